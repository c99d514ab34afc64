"""Is every syllable of a song sung, in order, and heard? Twenty songs in every style, in Indonesian and English.

    make bench-syllables                          twenty songs of a minute: four minutes of one core
    make bench-syllables ARGS="--songs 3 --dry"   three of them, without the band

For every syllable of the words it is looked up, in this order, whether
  - the vocal part has a note that begins it, later than that of the syllable before,
  - the singing has all its phonemes, in order, behind those of the syllable before, its vowel for 30 ms at least,
  - its vowel sounds in the voice alone: at most 30 dB below the middle one of all vowels, and periodic at its pitch,
  - it is not covered by the band: in some third of an octave the voice is 3 dB louder than all others together, as they
    stand in the mix (a sound is heard from some 4 dB below another one in its critical band on: Zwicker & Fastl 2007,
    *Psychoacoustics*, ch. 4),
and for every word of the text, whether it stands in the words that are sung. The first fault of a syllable is counted.
Of the whole song the speech intelligibility index of the voice against the band is told (ANSI S3.5-1997, third octaves,
without hearing thresholds and spread of masking; .75 and more counts as good communication, below .45 as poor). A
syllable's own would not say whether it is heard: /u/ has next to nothing above 1 kHz, where most of the index lies.

Three controls are judged by the same rules and must fail: silence in every syllable, a hum on the first note's pitch in
most of them, and the voice with each tenth syllable cut out of its sound in just those.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

import senandung
from senandung.api.render import desk_of
from senandung.api.voice import take_of, voiced
from senandung.composing.styles import style_names
from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Singing
from senandung.domain.song import Song
from senandung.language.pronunciation import pronounce
from senandung.rendering.render import render

RATE = 44_100

Floats = NDArray[np.float64]

TEXTS: tuple[tuple[str, str], ...] = (
    ("id", "aku rindu kamu, malam ini hujan turun lagi"),
    ("id", "sudah 3 tahun 25 hari, sejak 17 Agustus 1998 kau pergi"),
    ("id", "kangeeen bangeeet sama masakan Nenek Sumiyati di Yogyakarta"),
    ("id", "kupu-kupu kecil, berlari-lari, anak-anak tertawa-tawa"),
    ("id", "apél dan têmpé di mêja, kêcap mérah, énak dan êmas"),
    ("id", "meeting sampai malam, deadline menunggu, I love you tapi aku capek"),
    ("id", "KESEL!! udah nunggu dua jam, gak dateng juga"),
    ("id", "nyanyian ngeri menyusuri sungai, khawatir, syukur, maaf, keadaan, saat"),
    ("id", "rindu rindu rindu, kau kau kau, di mana di mana di mana"),
    ("id", "Bapak Soeharjo bersepeda ke Tjirebon naik truk strategis berstruktur"),
    ("id", "gw gabut bgt sumpah, pengen nangis tp gak tau knp wkwk"),
    ("id", "pantai, pulau, amboi, survei, insaf, takdir, jumat, rakyat, bapak"),
    ("en", "I still hear your laughter in the hallway, and the light is never the same"),
    ("en", "we were 21 in 1999, twelve months, strengths and sixths"),
    ("en", "rhythm of the night, through the rough dough, Wednesday choir"),
    ("en", "nooooo waaaay, best night ever, Beyoncé and Zoë danced"),
    ("en", "the quiet house remembers every word you said"),
    ("en", "little little little star, la la la, na na na"),
    ("en", "Michael and Siobhan flew from Reykjavik to Phuket"),
    ("en", "sarong and gamelan, we sang bengawan solo by the river"),
)
"""A language and a text: numbers, years, names, English words between Indonesian ones, held letters, é and ê, doubled
and repeated words, slang without vowels, loanwords and old spellings, clusters, and words that defy their spelling."""

SHORTEST = 0.03
"""Seconds that a vowel lasts at least."""

SILENT_DB, PERIODIC, OFF_PITCH = -30.0, 0.35, 0.8
"""A vowel's level against the middle one, how much of it comes back a period later (correlation), at least; and by how
many semitones that period may lie off."""

STANDS_OUT_DB = 3.0
"""In some third of an octave a syllable is louder than the band by this."""

IMPORTANCE: Mapping[int, float] = {
    160: 0.0083, 200: 0.0095, 250: 0.0150, 315: 0.0289, 400: 0.0440, 500: 0.0578, 630: 0.0653, 800: 0.0711,
    1000: 0.0818, 1250: 0.0844, 1600: 0.0882, 2000: 0.0898, 2500: 0.0868, 3150: 0.0844, 4000: 0.0771,
    5000: 0.0527, 6300: 0.0364, 8000: 0.0185,
}  # fmt: skip
"""How much a third of an octave around so many Hz counts for understanding speech: ANSI S3.5-1997, table 3."""


@dataclass(frozen=True)
class Fault:
    """A syllable that is missing or not heard: its number and text, what is wrong."""

    number: int
    text: str
    kind: str


@dataclass(frozen=True, eq=False)
class Heard:
    """A judged song: its syllables and their faults; in the mix (nan without a band) by how many dB each syllable
    stands above the band in its best third of an octave, and the index of intelligibility of all."""

    syllables: int
    faults: tuple[Fault, ...]
    standing: Floats
    index: float


def hear(song: Song, singing: Singing, voice: Floats, band: Floats | None = None) -> Heard:
    """Judge a song's first voice.

    Parameters
    ----------
    singing : of the vocal part.
    voice : its sound alone, shape (n,), at 44.1 kHz.
    band : all others as they stand beside it in the mix, shape (n,); None where only the voice is judged.
    """
    assert song.vocal is not None
    said = pronounce(song.words).syllables
    begun: dict[int, int] = {}
    for note in song.vocal.notes:
        if note.syllable is not None:
            begun.setdefault(note.syllable, note.onset)
    sung = [(number, tuple(each)) for number, each in groupby(singing.phonemes, key=lambda each: each.syllable)]
    parts = dict(sung) if len(dict(sung)) == len(sung) else {}  # a syllable in two places is in none
    places = {number: place for place, number in enumerate(parts)}
    levels = {number: _level(voice, _vowel(each)) for number, each in parts.items()}
    middle = float(np.median(list(levels.values()))) if levels else 0.0
    faults = []
    standing = np.full(len(said), np.nan)
    powers = np.zeros((2, len(IMPORTANCE)))
    for number, (syllable, symbols) in enumerate(zip(song.words.syllables, said, strict=True)):
        own = parts.get(number, ())
        kind = ""
        if number not in begun:
            kind = "no note"
        elif number and begun.get(number - 1, -1) >= begun[number]:
            kind = "note out of order"
        elif _once(each.symbol for each in own) != symbols:
            kind = "phonemes missing"
        elif places[number] != number:
            kind = "out of order"
        elif max(each.end - each.start for each in own if PHONEMES[each.symbol].vowel) < SHORTEST - 1e-6:
            kind = "vowel too short"
        elif levels[number] < max(middle + SILENT_DB, -70.0):
            kind = "silent"
        elif periodic(voice, singing, *_vowel(own)) < PERIODIC:
            kind = "not at its pitch"
        elif band is not None:
            both = np.array([thirds(_cut(sound, own[0].start, own[-1].end)) for sound in (voice, band)])
            powers += both
            standing[number] = 10 * np.log10((both[0] + 1e-12) / (both[1] + 1e-12)).max()
            kind = "covered" if standing[number] < STANDS_OUT_DB else ""
        if kind:
            faults.append(Fault(number, syllable.text, kind))
    return Heard(len(said), tuple(faults), standing, intelligible(*powers) if band is not None else np.nan)


def _once(symbols: object) -> tuple[str, ...]:
    """The symbols without repeats: a vowel that begins anew after a rest is one."""
    return tuple(symbol for symbol, _ in groupby(symbols))  # type: ignore[call-overload]


def _vowel(phonemes: Sequence[object]) -> tuple[float, float]:
    """The longest vowel of a syllable."""
    vowels = [each for each in phonemes if PHONEMES[each.symbol].vowel]  # type: ignore[attr-defined]
    longest = max(vowels, key=lambda each: each.end - each.start)  # type: ignore[attr-defined]
    return longest.start, longest.end  # type: ignore[attr-defined]


def _cut(sound: Floats, start: float, end: float) -> Floats:
    return sound[max(round(start * RATE), 0) : max(round(end * RATE), round(start * RATE) + 1)]


def _level(voice: Floats, span: tuple[float, float]) -> float:
    """dB of a vowel's middle three fifths."""
    start, end = span
    inside = _cut(voice, start + 0.2 * (end - start), end - 0.2 * (end - start))
    return float(10 * np.log10(np.mean(inside**2) + 1e-12)) if len(inside) else -120.0


def periodic(voice: Floats, singing: Singing, start: float, end: float) -> float:
    """How much a vowel comes back a period of its pitch later where it does so best, -1..1.

    It is looked at in three places, for an ornament may be in one; -1 where other lags fit better in all of them. They
    are looked for between 6 semitones above and below.
    """
    return max(_periodic(voice, singing, start + share * (end - start), end) for share in (0.2, 0.45, 0.65))


def _periodic(voice: Floats, singing: Singing, first: float, end: float) -> float:
    last = max(min(end, first + 0.1), first + 0.03)
    pitch = float(np.median(singing.pitch[round(first / FRAME) : max(round(last / FRAME), round(first / FRAME) + 1)]))
    period = RATE / (440 * 2 ** ((pitch - 69) / 12))
    inside = _cut(voice, first, max(last, first + 3 * period / RATE))
    lags = np.arange(round(period * 2**-0.5), round(period * 2**0.5) + 1)
    found = np.array([_like(inside[:-lag], inside[lag:]) for lag in lags])
    best = int(np.argmax(found))
    return float(found[best]) if abs(12 * np.log2(lags[best] / period)) < OFF_PITCH else -1.0


def _like(one: Floats, two: Floats) -> float:
    both = float(np.sqrt((one @ one) * (two @ two)))
    return float(one @ two) / both if both > 1e-9 else -1.0


def intelligible(voice: Floats, band: Floats) -> float:
    """The speech intelligibility index of a voice against a band by their powers (`thirds`), 0..1."""
    ratio = 10 * np.log10((voice + 1e-12) / (band + 1e-12))
    weights = np.array(list(IMPORTANCE.values()))
    return float((np.clip((ratio + 15) / 30, 0, 1) * weights).sum() / weights.sum())


def thirds(sound: Floats) -> Floats:
    """The power in each third of an octave of `IMPORTANCE`."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), max(len(sound), 8192))) ** 2
    hertz = np.fft.rfftfreq(max(len(sound), 8192), 1 / RATE)
    return np.array([power[(hertz >= f * 2 ** (-1 / 6)) & (hertz < f * 2 ** (1 / 6))].sum() for f in IMPORTANCE])


def lost_words(text: str, song: Song) -> list[str]:
    """The words of a text that stand nowhere in the words that are sung."""
    there = {word for line in song.words.lines for word in words_of(line.text)}
    return [word for word in words_of(text) if word not in there]


def words_of(text: str) -> list[str]:
    """Words and numbers, in lower case.

    >>> words_of("Kupu-kupu, 25 hari!")
    ['kupu', 'kupu', '25', 'hari']
    """
    return re.findall(r"[^\W_]+", text.lower())


def controls(voice: Floats, singing: Singing) -> dict[str, Floats]:
    """What must fail: silence, a hum at the first note's pitch, the voice without each tenth syllable."""
    gaps = voice.copy()
    for each in singing.phonemes:
        if each.syllable % 10 == 0:
            gaps[round(each.start * RATE) : round(each.end * RATE)] = 0
    first = float(singing.pitch[round(singing.phonemes[0].start / FRAME)])
    moments = np.arange(len(voice)) / RATE
    hum = 0.05 * np.sin(2 * np.pi * 440 * 2 ** ((first - 69) / 12) * moments)
    return {"silence": np.zeros(len(voice)), "a hum": hum, "each tenth cut out": gaps}


def one_song(number: int, style: str, seed: int, *, minutes: float, dry: bool) -> tuple[Heard, Counter[str], list[str]]:
    """Make and judge a song: what was heard, the faults of the controls, the words that were lost."""
    language, text = TEXTS[number % len(TEXTS)]
    song = senandung.compose(text, style=style, language=language, seed=seed, minutes=minutes).song
    take = take_of(song, seed=seed)
    assert take.singing is not None
    raw = {each.track: voiced(each, seed=seed + place) for place, each in enumerate(take.singings)}
    voice = raw[take.singing.track].samples[0].astype(np.float64)
    control = Counter({name: len(hear(song, take.singing, sound).faults)
                       for name, sound in controls(voice, take.singing).items()})  # fmt: skip
    if dry:
        return hear(song, take.singing, voice), control, lost_words(text, song)
    desk = desk_of(song)
    pans, levels = ({track: row[at] for track, row in desk.items()} for at in (0, 1))
    with render(take.performance, sung=raw, workers=1, pans=pans, levels=levels) as mix:
        ours = mix.stems[take.singing.track].samples.mean(axis=0).astype(np.float64)
        whole = mix.mix.samples.mean(axis=0).astype(np.float64)
        along = sum(
            (mix.stems[each.track].samples.mean(axis=0).astype(np.float64) for each in take.along), np.zeros(len(whole))
        )
    count = min(len(ours), len(whole))
    band = whole[:count] - ours[:count] - along[:count]
    dry_heard = hear(song, take.singing, voice)
    mixed = hear(song, take.singing, ours[:count], band)
    first = {fault.number: fault for fault in (*mixed.faults, *dry_heard.faults)}
    faults = tuple(first[at] for at in sorted(first))
    return Heard(mixed.syllables, faults, mixed.standing, mixed.index), control, lost_words(text, song)


def main() -> int:
    """Judge songs and print a table; 1 where a syllable is missing."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--songs", type=int, default=len(TEXTS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1.0, help="of each song")
    parser.add_argument("--dry", action="store_true", help="judge the voice alone, without the band")
    parser.add_argument("--styles", help="divided by commas (default: all, one after the other)")
    given = parser.parse_args()
    styles = given.styles.split(",") if given.styles else list(style_names())
    began = time.perf_counter()
    kinds: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    total, lost, tenths = 0, 0, 0
    standing: list[Floats] = []
    index: list[float] = []
    for number in range(given.songs):
        style = styles[number % len(styles)]
        heard, control, words = one_song(number, style, given.seed + number, minutes=given.minutes, dry=given.dry)
        total += heard.syllables
        tenths += -(-heard.syllables // 10)
        lost += len(words)
        failed += control
        standing.append(heard.standing[np.isfinite(heard.standing)])
        index.append(heard.index)
        kinds += Counter(fault.kind for fault in heard.faults)
        said = "; ".join(f"{fault.number} {fault.text!r} {fault.kind}" for fault in heard.faults[:6])
        mixed = (
            ""
            if given.dry
            else f"index {heard.index:.2f}, above {np.median(standing[-1]):.0f} dB, least {standing[-1].min():.0f}"
        )
        print(f"{number + 1:2} {style:16} {TEXTS[number % len(TEXTS)][0]} {heard.syllables:4} syllables, "
              f"{len(heard.faults)} faults, {mixed}  {said} "
              f"{' lost: ' + ', '.join(words) if words else ''}",
              flush=True)  # fmt: skip
    every = np.concatenate(standing)
    print(f"\n{given.songs} songs, {total} syllables; words lost {lost}; faults {sum(kinds.values())} {dict(kinds)}")
    if len(every):
        low, middle = np.percentile(every, (1, 50))
        print(f"above the band in the best third: median {middle:.1f} dB, 1 % {low:.1f}, least {every.min():.1f}; "
              f"index of intelligibility: median {np.median(index):.2f}, least {min(index):.2f}")  # fmt: skip
    print(f"faults of the controls: {', '.join(f'{name} {count}' for name, count in failed.items())} (of {tenths})")
    print(f"seed {given.seed}, {given.minutes:g} min each, {time.perf_counter() - began:.0f} s")
    sharp = failed["silence"] == total and failed["a hum"] > 0.5 * total and failed["each tenth cut out"] == tenths
    return 0 if sharp and not kinds and not lost else 1


if __name__ == "__main__":
    sys.exit(main())
