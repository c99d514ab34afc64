"""A status line cut into words, emoji and marks, with its slang spellings made plain."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Function words as they are typed in messages, and their plain form. Feeling words stand in the lexicon instead.
_SLANG_BY_PLAIN = {
    "nggak": "gak ga gk nggk ngga enggak engga kagak kaga kgk gag g ndak nda ora ra mboten teu henteu tidak tak tdk",
    "banget": "bgt bngt bgtt bget bingit bangett bingits beut",
    "aku": "aq ak akuh gue gua gw w gwe saya sy abdi kulo inyong",
    "kamu": "km kmu lu lo loe elo elu kau engkau dikau kowe anjeun maneh",
    "yang": "yg yng",
    "sama": "sm ama",
    "dengan": "dgn dg",
    "tapi": "tp tpi tetapi namun nanging",
    "sudah": "udah udh dah sdh wis wes",
    "belum": "blm blom belom durung",
    "jangan": "jgn jan",
    "bukan": "bkn dudu",
    "karena": "krn karna",
    "kalau": "klo kalo klu",
    "orang": "org",
    "lagi": "lg",
    "sekarang": "skrg skrng",
    "makasih": "mksh makasi makasii maacih mks",
    "dari": "dr",
    "ingin": "pengen pengin pgn kepengen pingin",
    "begitu": "gitu gt",
    "sendiri": "sndri dewe dewean",
    "terus": "trs trus",
    "ya": "yah yaa iya iyaa",
}
_SLANG = {slang: plain for plain, spellings in _SLANG_BY_PLAIN.items() for slang in spellings.split()}

# English contractions that are typed without their apostrophe.
_ENGLISH_SLANG = {
    **{short: short[:-1] + "'t" for short in ("dont", "cant", "wont", "isnt", "didnt", "doesnt", "wasnt", "aint")},
    **{short: short[:-1] + "'t" for short in ("couldnt", "wouldnt", "shouldnt", "arent", "werent", "havent", "hasnt")},
    "cannot": "can't",
    "u": "you",
    "ur": "your",
    "im": "i'm",
    "bc": "because",
    "rly": "really",
    "luv": "love",
    "lonley": "lonely",
}

_LAUGHTER = re.compile(
    r"(?:wk){2,}w?k?|(?:ha){2,}h?|(?:he){2,}h?|(?:hi){2,}h?|(?:xi){2,}|(?:wa?ha){2,}|lo+l|lmf?ao+|ngakak+"
)
_STRETCH = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1+")
_EMOTICONS = (
    r">:\(|:'\(|:-?\(+|;\(|:-?\)+|=\)|:-?D\b|=D\b|\bXD\b|:3\b|<3+|</3|:/(?!/)|T_+T|TT_TT|T\.T\b|;_;|-_+-|\^_*\^|\\o/"
)
_EMOJI_UNIT = "[\U0001f1e6-\U0001faff\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\u3030\u303d][\ufe0f\U0001f3fb-\U0001f3ff]*"
_TOKEN = re.compile(
    r"(?P<skip>https?://\S+|www\.\S+|@\w+)"
    rf"|(?P<emoticon>{_EMOTICONS})"
    rf"|(?P<emoji>{_EMOJI_UNIT}(?:\u200d{_EMOJI_UNIT})*)"
    r"|(?P<word>[^\W\d_]+(?:['\-][^\W\d_]+)*2?)"
    r"|(?P<number>\d+)"
    r"|(?P<mark>\.{2,}|[.!?]+|[,;:\n]+)"
)


@dataclass(frozen=True)
class Token:
    """One word, emoji or mark.

    Parameters
    ----------
    shown : as it was written.
    plain : lower case, slang spelt out, stretched letters shortened to two at most.
    kind : "word", "emoji", "laughter", "mark" or "number".
    caps : True for a word of three or more letters in capitals.
    stretched : True when letters were drawn out ("seneeeng").
    sentence : number of the sentence, from 0.
    repeats : how often an emoji stands in a row.
    """

    shown: str
    plain: str
    kind: str
    caps: bool = False
    stretched: bool = False
    sentence: int = 0
    repeats: int = 1


def clean(text: str) -> str:
    """The text with compatibility letters ("𝓼𝓮𝓭𝓲𝓱", "…") and typographic apostrophes made plain.

    >>> clean("don’t…")
    "don't..."
    """
    plain = unicodedata.normalize("NFKC", text)
    return plain.translate({0x2019: "'", 0x2018: "'", 0x02BC: "'", 0x60: "'", 0x2010: "-", 0x2011: "-", 0x200B: None})


def spellings(word: str) -> tuple[str, ...]:
    """The spellings under which a lower-case word is looked up, the likeliest first.

    >>> spellings("seneeeeng")
    ('seneeng', 'seneng')
    >>> spellings("bahagiaa")
    ('bahagiaa', 'bahagia')
    """
    shorter = _STRETCH.sub(r"\1\1", word)
    single = _DOUBLE.sub(r"\1", shorter)
    last_once = re.sub(r"(.)\1+$", r"\1", shorter)
    return tuple(dict.fromkeys((shorter, last_once, single)))


@lru_cache(maxsize=4096)
def plain_word(word: str, language: str) -> str:
    """A lower-case word with its slang spelling replaced, where it is a known function word.

    >>> plain_word("bgt", "id"), plain_word("dont", "en"), plain_word("gaaak", "id")
    ('banget', "don't", 'nggak')
    """
    for spelling in spellings(word):
        if language == "en" and spelling in _ENGLISH_SLANG:
            return _ENGLISH_SLANG[spelling]
        if spelling in _SLANG and (language == "id" or len(spelling) > 3):
            return _SLANG[spelling]
    return spellings(word)[0]


def emoji_key(emoji: str) -> str:
    """An emoji without variation selectors and skin tones, as it stands in the lexicon.

    >>> emoji_key("👍🏽") == "👍"
    True
    """
    return re.sub("[\ufe0f\U0001f3fb-\U0001f3ff]", "", emoji)


def tokenise(text: str, language: str) -> list[Token]:
    """Cut a text into tokens; addresses and @names are left out.

    >>> [token.plain for token in tokenise("Sedih bgt!! 😭😭", "id")]
    ['sedih', 'banget', '!!', '😭']
    """
    tokens: list[Token] = []
    sentence = 0
    for match in _TOKEN.finditer(clean(text)):
        kind = str(match.lastgroup)
        shown = match.group()
        if kind == "skip":
            continue
        if kind in ("emoji", "emoticon"):
            key = emoji_key(shown) if kind == "emoji" else _emoticon_key(shown)
            if tokens and tokens[-1].kind == "emoji" and tokens[-1].plain == key:
                before = tokens.pop()
                tokens.append(Token(before.shown + shown, key, "emoji", sentence=sentence, repeats=before.repeats + 1))
            else:
                tokens.append(Token(shown, key, "emoji", sentence=sentence))
        elif kind == "word":
            tokens.extend(_word_tokens(shown, language, sentence))
        else:
            tokens.append(Token(shown, shown, kind, sentence=sentence))
            if kind == "mark" and shown[0] in ".!?\n" and "\n" not in shown[1:]:
                sentence += 1
    return tokens


def _emoticon_key(shown: str) -> str:
    """An emoticon with its drawn-out parts shortened: ":((((" is ":("."""
    return _DOUBLE.sub(r"\1", shown) if shown != "TT_TT" else shown


def _word_tokens(shown: str, language: str, sentence: int) -> list[Token]:
    """The token of a word; a reduplicated word ("sedih-sedih", "sedih2") becomes one stretched token."""
    word = shown.lower()
    caps = len(shown) >= 3 and shown.isupper()
    stretched = _STRETCH.search(word) is not None
    if _LAUGHTER.fullmatch(word):
        return [Token(shown, "haha", "laughter", caps, len(word) > 8, sentence)]
    if word.endswith("2"):
        return [Token(shown, plain_word(word[:-1], language), "word", caps, True, sentence)]
    return [Token(shown, plain_word(word, language), "word", caps, stretched, sentence)]
