"""From a pronouncing dictionary to rules that read English letters, and a lexicon of the words they read wrongly.

How weights/english-sounds.tsv and weights/english-lexicon.tsv are made. Letters and phones are aligned
(`senandung.learning.pronouncing`); then rules are learned from few letters around to many, each kept only where it
mends more words than it spoils, after the idea of van den Bosch & Daelemans (1993), "Data-oriented methods for
grapheme-to-phoneme conversion", EACL.

    python -m senandung.learning.english_sounds cmudict.dict words.txt held-back.txt OUT
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from zlib import crc32

from senandung.language.english_rules import WINDOWS, read_by_rule
from senandung.learning.pronouncing import _align, read_pronunciations

PHONEMES = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "a w", "AY": "a j", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɝ", "EY": "e j", "F": "f", "G": "g", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "dʒ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "o w", "OY": "ɔ j", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
"""The dictionary's phones (ARPAbet) as phonemes; unstressed AH is ə."""

LEAST_GAIN = 3
"""How many more words a rule must mend than spoil."""

KNOWN_WEIGHT = 4
"""How much more a word of the list counts than one of the rest of the dictionary, half of which are surnames."""

KEPT_ASIDE = 25
"""One word of so many is kept from the rules and measures them."""

SAID = {
    "a": "ə", "and": "æ n d", "the": "ð ə", "to": "t u", "of": "ʌ v", "was": "w ʌ z", "what": "w ʌ t",
    "because": "b ɪ k ʌ z", "'cause": "k ʌ z", "em": "ɛ m", "an": "æ n", "from": "f ɹ ʌ m", "for": "f ɔ ɹ",
    "your": "j ɔ ɹ", "you're": "j ɔ ɹ", "our": "a w ɹ", "ours": "a w ɹ z", "hour": "a w ɹ", "again": "ə g ɛ n",
    "on": "ɑ n", "every": "ɛ v ɹ i", "everything": "ɛ v ɹ i θ ɪ ŋ", "everyone": "ɛ v ɹ i w ʌ n", "i": "a j",
    "oh": "o w", "ooh": "u", "yeah": "j æ", "na": "n ɑ", "wanna": "w ɑ n ə",
    "gotta": "g ɑ t ə", "live": "l ɪ v", "read": "ɹ i d", "close": "k l o w z", "wind": "w ɪ n d", "tear": "t ɪ ɹ",
    "tears": "t ɪ ɹ z", "ok": "o w k e j", "okay": "o w k e j", "babe": "b e j b", "ain't": "e j n t",
    "bought": "b ɔ t", "caught": "k ɔ t", "brought": "b ɹ ɔ t", "taught": "t ɔ t", "fought": "f ɔ t",
    "fall": "f ɔ l", "falls": "f ɔ l z", "falling": "f ɔ l ɪ ŋ", "fallen": "f ɔ l ə n", "call": "k ɔ l",
    "calls": "k ɔ l z", "calling": "k ɔ l ɪ ŋ", "called": "k ɔ l d", "gonna": "g ɑ n ə", "hm": "h ə m", "hmm": "h ə m",
    "comb": "k o w m", "combs": "k o w m z", "bled": "b l ɛ d",
    "whoa": "w o w", "mmm": "ə m", "la": "l ɑ", "da": "d ɑ", "doo": "d u",
}  # fmt: skip
"""Words that are sung otherwise than the dictionary's first pronunciation has them."""


SUNG_WORDS = """
    lonesome moonlight starlight sunlight daylight midnight twilight sunrise sunset rainbow raindrop teardrop heartache
    heartbeat lullaby serenade melody harmony refrain chorus yonder evermore nevermore forevermore hallelujah amen
    whisper whispered whispering shimmer glimmer flicker ember embers candle lantern harbor harbour horizon meadow
    willow blossom petal petals thorn thorns velvet crimson scarlet azure emerald wander wandering wanderer drifting
    fading aching longing yearning weary weeping trembling shiver shivering surrender farewell sorrow solitude shadow
    shadows silhouette mirage paradise heavenly angelic sweetheart darling beloved lover lovers kissed embrace tender
    tenderly gently softly sweetly slowly holding dreaming dreamer waiting wishing hoping burning crashing falling
    rising shining tonight tomorrow yesterday remember memories goodbye unspoken undone unbroken unchained lifeline
    avenue boulevard highway railway lighthouse seaside riverside hometown carousel merry saxophone violin cello
    trumpet tambourine ukulele karaoke
    james john robert michael david william richard joseph thomas charles daniel matthew anthony mark paul steven andrew
    kevin brian george edward jason jeffrey ryan jacob nicholas eric jonathan stephen justin scott brandon benjamin
    samuel frank gregory raymond alexander patrick jack dennis jerry tyler aaron peter adam henry nathan zachary kyle
    noah ethan jeremy christian walter austin dylan logan lucas oliver leo max mary patricia jennifer linda elizabeth
    barbara susan jessica sarah karen lisa nancy sandra ashley emily kimberly margaret donna michelle carol amanda
    melissa deborah stephanie rebecca laura helen sharon cynthia kathleen amy angela shirley anna ruth brenda pamela
    nicole katherine samantha christine emma catherine virginia rachel maria heather diana julie joyce victoria olivia
    grace sophia isabella alice julia judy rose jane charlotte chloe lily stella ella ruby lucy clara juliet romeo
    london paris rome berlin tokyo york california texas america england france spain italy japan india africa
    australia canada mexico china hollywood vegas chicago boston manhattan brooklyn jerusalem bethlehem jesus
    christmas january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday facebook youtube whatsapp instagram
"""
"""Words of songs and names that are read rightly, whether or not the list of words has them."""


def to_phonemes(phones: Iterable[str]) -> tuple[str, ...]:
    """The dictionary's phones as phonemes.

    >>> to_phonemes("L AH1 V".split()), to_phonemes("AH0 W EY1".split())
    (('l', 'ʌ', 'v'), ('ə', 'w', 'e', 'j'))
    """
    found: list[str] = []
    for phone in phones:
        found += ["ə"] if phone == "AH0" else PHONEMES[phone.rstrip("012")].split()
    return tuple(found)


def align(word: str, phones: list[str]) -> tuple[str, ...] | None:
    """What each letter of a word says ("" for a silent one, "k s" for an x), or None where they cannot be aligned.

    >>> align("knight", "N AY1 T".split())
    ('', 'n', 'a j', '', '', 't')
    """
    groups = _align(word, tuple(phones))
    if groups is None:
        return None
    said: list[str] = []
    at = 0
    for letters, count in groups:
        first = " ".join(to_phonemes(phones[at : at + count]))
        written = "".join(word[len(said) : len(said) + letters])
        silent = 1 if written in ("kn", "wr", "gn", "ps", "pn") else 0
        said += [first if place == silent else "" for place in range(letters)]
        at += count
    return tuple(said)


def learn_rules(examples: Mapping[str, tuple[str, ...]], weights: Mapping[str, int]) -> dict[str, str]:
    """Rules "left|letter|right" → phonemes, from words whose letters are aligned."""
    rules: dict[str, str] = {}
    cells = [
        (f"_{word}_", at + 1, said[at], weights.get(word, 1))
        for word, said in sorted(examples.items())
        for at in range(len(word))
    ]
    now = [""] * len(cells)
    for left, right in WINDOWS:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        prior: Counter[str] = Counter()
        keys = []
        for index, (text, at, said, weight) in enumerate(cells):
            key = f"{text[max(at - left, 0) : at]}|{text[at]}|{text[at + 1 : at + 1 + right]}"
            keys.append(key)
            counts[key][said] += weight
            prior[key] += weight if now[index] == said else 0
        for key, heard in counts.items():
            best, many = max(heard.items(), key=lambda item: (item[1], item[0]))
            if many - prior[key] >= (LEAST_GAIN if left + right else 0):
                rules[key] = best
        now = [rules.get(key, before) for key, before in zip(keys, now, strict=True)]
    return rules


def build(dictionary: str, words: list[str], held_back: list[str]) -> tuple[list[str], list[str], float]:
    """Rows of the rules, rows of the lexicon, and the share of the words kept aside that the rules read rightly."""
    pronunciations = {
        word: phones for word, phones in read_pronunciations(dictionary).items() if re.fullmatch("[a-z]+", word)
    }
    listed = set(words) | set(SUNG_WORDS.split())
    aligned: dict[str, tuple[str, ...]] = {}
    for word, phones in pronunciations.items():
        said = align(word, phones)
        if said is not None and len(word) > 1:
            aligned[word] = said
    aside = {word for word in aligned if crc32(word.encode()) % KEPT_ASIDE == 0} | set(held_back)
    rules = learn_rules(
        {word: said for word, said in aligned.items() if word not in aside},
        dict.fromkeys(listed, KNOWN_WEIGHT),
    )
    measured = [word for word in aside if word in listed and word in aligned]
    right = sum(read_by_rule(word, rules) == to_phonemes(pronunciations[word]) for word in measured)
    lexicon = dict(SAID)
    everything = read_pronunciations(dictionary)
    for word in sorted(listed):
        if word in everything and word not in lexicon:
            phonemes = to_phonemes(everything[word])
            if read_by_rule(word, rules) != phonemes:
                lexicon[word] = " ".join(phonemes)
    return (
        [f"{key}\t{said}" for key, said in sorted(rules.items())],
        [f"{word}\t{said}" for word, said in sorted(lexicon.items())],
        right / max(len(measured), 1),
    )


def main(arguments: list[str]) -> None:
    """Write both tables: dictionary, list of words, words held back (one a line each), folder."""
    dictionary, words, held_back, out = (Path(argument) for argument in arguments)
    rules, lexicon, share = build(
        dictionary.read_text("utf-8"), words.read_text("utf-8").split(), held_back.read_text("utf-8").split()
    )
    source = "from the CMU Pronouncing Dictionary, (c) 1993-2015 Carnegie Mellon University, BSD 2-clause:"
    licence = "see english-sounds.card.md and english-stress.licence.txt"
    for name, what, rows in (
        ("english-sounds.tsv", "Rules that read English letters: left|letter|right<TAB>phonemes,", rules),
        ("english-lexicon.tsv", "English words that the rules read wrongly, with their phonemes,", lexicon),
    ):
        (out / name).write_text(f"# {what} {source} {licence}.\n" + "\n".join(rows) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(rules)} rules, {len(lexicon)} words; {share:.3f} of the words kept aside read rightly\n")


if __name__ == "__main__":
    main(sys.argv[1:])
