"""What is heard of singing: pitch, time, vibrato, and which word it was.

Everything is measured in the sound, against the score as it was to be performed. Words are recognised by pocketsphinx,
which has to choose one of `CHOICES` phonetically near words.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.audio.resample import resample
from senandung.domain.performance import Performance
from senandung.domain.phonemes import PHONEMES
from senandung.domain.song import Song
from senandung.domain.words import Line, Words
from senandung.language.pronunciation import pronounce
from senandung.language.syllables import syllabify_line

Sound = NDArray[np.float64]

RATE = 44_100
HEARD = 16_000
"""Samples a second for the recogniser."""

CHOICES = 20

ROOM = 0.003
"""Deviation of the noise added to what the recogniser hears, whose peak is .5: it has learnt from rooms, and silence
without any noise in a closure misleads it. On the words for tuning, espeak-ng's voice is recognised in 55 % of the
words without it, in 69 at .001, 74 at .003 and 68 at .01."""

SOUNDS = {
    "a": "AA", "i": "IY", "u": "UW", "e": "EY", "o": "OW", "ə": "AH", "ɛ": "EH", "ɔ": "AO", "p": "P", "b": "B",
    "t": "T", "d": "D", "k": "K", "g": "G", "f": "F", "v": "V", "s": "S", "z": "Z", "h": "HH", "m": "M",
    "n": "N", "l": "L", "r": "R", "w": "W", "j": "Y", "x": "K", "ʔ": "", "tʃ": "CH", "dʒ": "JH", "ʃ": "SH",
    "ŋ": "NG", "ɲ": "N Y", "ɾ": "R", "æ": "AE", "ʌ": "AH", "ɑ": "AA", "ɪ": "IH", "ʊ": "UH", "ɝ": "ER", "ɹ": "R",
    "θ": "TH", "ð": "DH", "ʒ": "ZH",
}  # fmt: skip
"""The recogniser's names of the phonemes."""

GLIDED = {"a j": "AY", "a w": "AW", "o j": "OY"}

ALIKE = (
    set("ptkʔ"), set("bdg"), {"m", "n", "ŋ", "ɲ"}, {"s", "f", "h", "x", "ʃ", "z"}, {"l", "r"}, {"tʃ", "dʒ"}, set("ieɛ"),
    {"u", "o", "ɔ"}, {"a", "ə"}, set("pb"), set("td"), set("kg"), set("wj"),
)  # fmt: skip
"""Phonemes that are near each other: one for the other counts .6 in the distance between words."""


# What is heard: pitch and time ----------------------------------------------------------------------------------------


def pitch_track(sound: Sound, low: float, high: float, *, step: float = 0.005) -> tuple[Sound, Sound, Sound]:
    """Times in s, pitch in Hz, and aperiodicity (0 a perfect period) every `step` seconds.

    de Cheveigné & Kawahara (2002), "YIN, a fundamental frequency estimator for speech and music", J. Acoust. Soc. Am.
    111(4), equations 6 to 8, with a parabola through the least value of the difference function.
    """
    most, least = int(RATE / low) + 2, max(int(RATE / high) - 1, 2)
    width = 2 * most
    starts = np.arange(0, len(sound) - width - most, round(step * RATE))
    size = 1 << (width + most).bit_length()
    pitch, doubt = np.zeros(len(starts)), np.ones(len(starts))
    square = np.concatenate(([0.0], np.cumsum(sound**2)))
    lags = np.arange(most + 1)
    for begin in range(0, len(starts), 256):
        part = starts[begin : begin + 256]
        rows = np.lib.stride_tricks.sliding_window_view(sound, width + most)[part]
        spectrum = np.fft.rfft(rows, size, axis=1)
        product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(rows[:, :width], size, axis=1)), size, axis=1)
        energy = square[part[:, None] + width + lags] - square[part[:, None] + lags]
        difference = np.maximum(energy[:, :1] + energy - 2 * product[:, : most + 1], 0)
        running = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, most + 1)
        shape = np.ones_like(difference)
        shape[:, 1:] = difference[:, 1:] / np.maximum(running, 1e-12)
        for row, (values, raw) in enumerate(zip(shape, difference, strict=True)):
            dips = np.flatnonzero(
                (values[least:-1] < values[least - 1 : -2]) & (values[least:-1] <= values[least + 1 :])
            )
            dips += least
            if not len(dips):
                continue
            good = dips[values[dips] < values[dips].min() + 0.06]
            at = int(good[0])
            before, here, after = raw[at - 1], raw[at], raw[at + 1]
            bend = before - 2 * here + after
            shift = 0.5 * (before - after) / bend if bend > 0 else 0.0
            pitch[begin + row], doubt[begin + row] = RATE / (at + shift), values[at]
    return (starts + (width + most) / 2) / RATE, pitch, doubt


@dataclass(frozen=True)
class Heard:
    """What was heard of lines: by note cents off, by consonant before a vowel ms late, by long note Hz and cents."""

    cents: tuple[float, ...]
    onsets: tuple[tuple[str, float], ...]
    vibrato: tuple[tuple[float, float], ...]


def hear_lines(sound: Sound, song: Song, performance: Performance) -> Heard:
    """Tune, time and vibrato of a song's only part, from its sound and what was to be played."""
    assert song.vocal is not None
    played = performance.parts[0].notes
    hertz = [440 * 2 ** ((note.pitch - 69) / 12) for note in song.vocal.notes]
    times, pitch, doubt = pitch_track(sound, 0.7 * min(hertz), 1.6 * max(hertz))
    levels = 10 * np.log10(np.interp(times, *_envelope(sound, 0.02)) + 1e-12)
    said = pronounce(song.words).syllables
    cents, onsets, vibrato = [], [], []
    ends = [*(each.onset for each in played[1:]), np.inf]
    for note, heard, most in zip(song.vocal.notes, played, ends, strict=True):
        end = _falls_silent(times, levels, heard.onset, min(heard.onset + heard.duration, most))
        lasts = end - heard.onset
        inside = (times > heard.onset + min(0.12, 0.4 * lasts)) & (times < end - min(0.07, 0.3 * lasts))
        loud = inside & (doubt < 0.15) & (pitch > 0)
        if loud.sum() >= 10:
            loud &= levels > np.percentile(levels[loud], 80) - 9
            off = 1200 * np.log2(pitch[loud] / (440 * 2 ** ((note.pitch - 69) / 12)))
            tone = 440 * 2 ** ((note.pitch - 69) / 12)
            if _sounds(sound, heard.onset, end, tone) and not _sounds(sound, heard.onset, end, tone / 2):
                off = off - 1200 * np.round(off / 1200)  # the octave is heard: what is left are the tracker's slips
            near = np.abs(off - np.median(off)) < 150  # a frame an octave off, or in noise, is the tracker's
            place = (times[loud][near] - times[loud][0]) / (times[loud][-1] - times[loud][0])
            # The middle counts most: a cycle of vibrato cut at an end is not out of tune.
            cents.append(float(np.average(off[near], weights=np.sin(np.pi * (0.02 + 0.96 * place)) ** 2)))
            if heard.duration > 1.0:
                vibrato += _vibrato(times[loud][near], off[near])
        else:
            cents.append(600.0)  # a note that is not heard
        head = next(index for index, each in enumerate(said[note.syllable or 0]) if PHONEMES[each].vowel)
        if head:
            symbol = said[note.syllable or 0][head - 1]
            onsets.append(
                (symbol, 1000 * (vowel_onset(sound, heard.onset, hertz[note.syllable or 0], symbol) - heard.onset))
            )
    return Heard(tuple(cents), tuple(onsets), tuple(vibrato))


def _falls_silent(times: Sound, levels: Sound, onset: float, end: float) -> float:
    """When a note stops sounding, at most `end`: a breath cuts it, and then its last moments are no middle of it.

    It has stopped where it is 15 dB below its first .15 s for .1 s, longer than a consonant is closed.
    """
    inside = np.flatnonzero((times >= onset) & (times < end))
    first = inside[times[inside] < onset + 0.15]
    if not len(first):
        return end
    quiet = np.concatenate((levels[inside] < np.median(levels[first]) - 15, [False]))
    quiet[: len(first)] = False
    turns = np.flatnonzero(np.diff(np.concatenate(([False], quiet)).astype(int)))
    for start, stop in zip(turns[::2], turns[1::2], strict=True):
        if times[inside[min(stop, len(inside) - 1)]] - times[inside[start]] >= 0.1:
            return float(times[inside[start]])
    return end


def _sounds(sound: Sound, start: float, end: float, hertz: float) -> bool:
    """Whether there is a partial at a frequency, at most 30 dB below all that sounds."""
    part = sound[round(start * RATE) : round(end * RATE)]
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
    frequency = np.fft.rfftfreq(len(part), 1 / RATE)
    here = np.abs(np.log2(np.maximum(frequency, 1.0) / hertz)) < 1 / 12
    return bool(power[here].sum() > 1e-3 * power.sum())


def _envelope(sound: Sound, width: float) -> tuple[Sound, Sound]:
    """Times and power smoothed over `width` seconds, every millisecond."""
    hop, n = RATE // 1000, round(width * RATE)
    window = np.hanning(n + 2)[1:-1]
    power = np.convolve(sound**2, window / window.sum(), "same")[::hop]
    return np.arange(len(power)) * hop / RATE, power


def vowel_onset(sound: Sound, wanted: float, hertz: float, consonant: str) -> float:
    """When the vowel after a consonant begins that should begin at `wanted`; 0.1 s off where nothing begins.

    After a voiceless consonant, when the voice begins: the fundamental has risen half of the way (in dB, but at most
    6 dB below the vowel). After a voiced stop, when the mouth is open: the region of F1 and F2 is within 12 dB of the
    vowel. After others, when the spectrum is half of the way from the consonant's (45 to 15 ms before) to the vowel's
    (15 to 50 ms after).
    """
    kind = PHONEMES[consonant]
    stops = kind.voiced and kind.manner in ("stop", "affricate")
    times, frequency, power = _spectra(sound, wanted, max(0.012, 2 / hertz) if stops else max(0.02, 3 / hertz))
    after = (times > wanted + 0.015) & (times < wanted + (0.05 if kind.voiced and not stops else 0.08))
    if stops or not kind.voiced:
        low, high = (max(300.0, 1.5 * hertz), 3000.0) if stops else (0.6 * hertz, 1.5 * hertz)
        level = 10 * np.log10(power[:, (frequency > low) & (frequency < high)].sum(axis=1) + 1e-9)
        vowel = float(np.median(level[after]))
        floor = float(level[(times > wanted - 0.06) & (times < wanted)].min())
        mark = vowel - 12 if stops else max((vowel + floor) / 2, vowel - 6)
    else:
        edges = np.geomspace(200, 5000, 16)
        inside = [(frequency >= low) & (frequency < high) for low, high in pairwise(edges)]
        bands = np.stack([10 * np.log10(power[:, each].sum(axis=1) + 1e-7) for each in inside], axis=1)
        before = bands[(times > wanted - 0.045) & (times < wanted - 0.015)].mean(axis=0)
        way = np.clip(bands[after].mean(axis=0) - before, -25, 25)
        way = np.where(way > 0, way, 0.3 * way)  # what fades counts less: noise and murmurs fade late
        level = (bands - before) @ way / max(float(way @ way), 1e-9)
        mark = 0.5
    rises = times[:-1][(level[:-1] < mark) & (level[1:] >= mark)]
    rises = rises[np.abs(rises - wanted) < 0.08]
    return float(rises[np.argmin(np.abs(rises - wanted))]) if len(rises) else wanted - 0.1


def _spectra(sound: Sound, wanted: float, width: float) -> tuple[Sound, Sound, Sound]:
    """Times every millisecond around a moment, frequencies, and power spectra of windows of `width` seconds."""
    n, hop = round(width * RATE), RATE // 1000
    first = max(round((wanted - 0.2) * RATE), 0)
    part = np.pad(sound[first : round((wanted + 0.2) * RATE)], n // 2)
    rows = np.lib.stride_tricks.sliding_window_view(part, n)[::hop]
    times = (first + np.arange(len(rows)) * hop) / RATE
    power = np.abs(np.fft.rfft(rows * np.hanning(n), 4096, axis=1)) ** 2
    return times, np.asarray(np.fft.rfftfreq(4096, 1 / RATE)), np.asarray(power)


def _vibrato(times: Sound, cents: Sound) -> list[tuple[float, float]]:
    """Rate in Hz and extent in cents from middle to top of a held note, from its later part."""
    later = times > times[0] + 0.35 * (times[-1] - times[0])
    grid = np.arange(times[later][0], times[later][-1], 0.005)
    if len(grid) < 80:
        return []
    curve = np.interp(grid, times[later], cents[later])
    curve -= np.polyval(np.polyfit(grid, curve, 2), grid)
    window = np.hanning(len(curve))
    power = np.abs(np.fft.rfft(curve * window, 8192))
    frequency = np.fft.rfftfreq(8192, 0.005)
    range_ = (frequency > 3) & (frequency < 9)
    at = int(np.flatnonzero(range_)[np.argmax(power[range_])])
    return [(float(frequency[at]), float(2 * power[at] / window.sum()))]


# What is heard: words -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def lexicon() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Every Indonesian word of two or three syllables in the phrases' texts, with the phonemes of its syllables."""
    table = resources.files("senandung.weights").joinpath("phrases.tsv").read_text(encoding="utf-8")
    found = {
        word.lower()
        for row in csv.DictReader(table.splitlines(), delimiter="\t")
        if row["language"] == "id"
        for word in re.findall(r"[a-zA-Z]+", row["text"])
    }
    said = {}
    for word in sorted(found):
        one = pronounce(Words("id", (Line(word, syllabify_line(word, "id")),)))
        if not one.unsure and len(word) >= 3 and 2 <= len(one.syllables) <= 3:
            said[word] = one.syllables
    return said


def recogniser_sounds(syllables: Sequence[Sequence[str]]) -> str:
    """A word as the recogniser's dictionary has it.

    >>> recogniser_sounds((("d", "a"), ("m", "a", "j")))
    'D AA M AY'
    """
    sounds = []
    for syllable in syllables:
        at = 0
        while at < len(syllable):
            pair = GLIDED.get(" ".join(syllable[at : at + 2]))
            sounds.append(pair or SOUNDS[syllable[at]])
            at += 2 if pair else 1
    return " ".join(each for each in sounds if each)


@lru_cache(maxsize=1)
def _table() -> tuple[list[str], dict[str, list[int]], NDArray[np.intp], NDArray[np.intp], Sound]:
    """All words, their phonemes as numbers, the same as a table with its lengths, and what one for another costs."""
    symbols = sorted({sound for said in lexicon().values() for syllable in said for sound in syllable})
    number = {symbol: index for index, symbol in enumerate(symbols)}
    flat = {word: [number[sound] for syllable in said for sound in syllable] for word, said in lexicon().items()}
    lengths = np.array([len(each) for each in flat.values()])
    table = np.zeros((len(flat), lengths.max()), dtype=np.intp)
    for row, each in zip(table, flat.values(), strict=True):
        row[: len(each)] = each
    swap = np.array(
        [[0.0 if x == y else 0.6 if any({x, y} <= some for some in ALIKE) else 1.0 for y in symbols] for x in symbols]
    )
    return list(flat), flat, table, lengths, swap


def choices(word: str) -> tuple[str, ...]:
    """A word and the 19 others that are nearest to it in phonemes (edits) and do not sound the same."""
    words, flat, table, lengths, swap = _table()
    row = np.tile(np.arange(table.shape[1] + 1.0), (len(words), 1))
    for place, sound in enumerate(flat[word], 1):
        new = np.full_like(row, float(place))
        for at in range(1, row.shape[1]):
            least = np.minimum(row[:, at], new[:, at - 1]) + 1
            new[:, at] = np.minimum(least, row[:, at - 1] + swap[sound, table[:, at - 1]])
        row = new
    near = sorted(zip(row[np.arange(len(words)), lengths].round(6).tolist(), words, strict=True))
    heard, chosen = {recogniser_sounds(lexicon()[word])}, [word]
    for _, other in near:
        sounds = recogniser_sounds(lexicon()[other])
        if sounds not in heard and len(chosen) < CHOICES:
            heard.add(sounds)
            chosen.append(other)
    return tuple(sorted(chosen))


class Recogniser:
    """Chooses which of a word's choices was sung or spoken."""

    def __init__(self, words: Sequence[str], folder: Path) -> None:
        """Ready for these words; its dictionary is written to a folder."""
        import pocketsphinx  # type: ignore[import-untyped]

        self.choices = {word: choices(word) for word in words}
        every = sorted({each for some in self.choices.values() for each in some})
        dictionary = folder / "words.dict"
        dictionary.write_text(
            "".join(f"{each} {recogniser_sounds(lexicon()[each])}\n" for each in every), encoding="utf-8"
        )
        model = Path(pocketsphinx.__file__).parent / "model" / "en-us" / "en-us"
        self.decoder = pocketsphinx.Decoder(
            pocketsphinx.Config(
                hmm=str(model),
                dict=str(dictionary),
                lm=None,
                loglevel="ERROR",
                cmn="batch",
                bestpath=False,
                lw=1.0,
                compallsen=True,
                beam=1e-150,
                wbeam=1e-150,
                pbeam=1e-150,
            )
        )

    def best(self, sound: Sound, names: Sequence[str]) -> tuple[str, float]:
        """The likeliest of some words in a sound of `HEARD` samples a second, and its log likelihood."""
        key = "-".join(names)
        self.decoder.add_jsgf_string(key, f"#JSGF V1.0; grammar g; public <g> = {' | '.join(names)} ;")
        self.decoder.activate_search(key)
        raw = (np.clip(sound, -1, 1) * 32767).astype(np.int16).tobytes()
        self.decoder.start_utt()
        self.decoder.process_raw(raw, full_utt=True)
        self.decoder.end_utt()
        found = self.decoder.hyp()
        score = sum(float(np.log(max(each.ascore, 1e-300))) for each in self.decoder.seg()) if found else -1e6
        return (found.hypstr.split()[0] if found and found.hypstr else ""), score

    def right(self, sound: Sound, word: str) -> bool:
        """Whether a word is recognised."""
        return self.best(sound, self.choices[word])[0] == word


def without_middles(sound: Sound, spans: Sequence[tuple[float, float]], keep: float = 0.085) -> Sound:
    """A sound with the middle of each span left out but for `keep` seconds at its ends, spliced where periods fit."""
    parts, done, n = [], 0, round(0.012 * RATE)
    for start, end in spans:
        if end - start <= 2 * keep + 0.02:
            continue
        one, two = round((start + keep) * RATE), round((end - keep) * RATE)
        reference = sound[one - n : one]
        first = max(two - n, one)
        region = sound[first - n : two + n]
        likeness = np.correlate(region, reference, "valid") / (
            np.sqrt(np.convolve(region**2, np.ones(n), "valid")) + 1e-9
        )
        there = first - n + int(np.argmax(likeness))
        fade = np.linspace(0, 1, n)
        parts += [sound[done : one - n], reference * (1 - fade) + sound[there : there + n] * fade]
        done = there + n
    return np.concatenate([*parts, sound[done:]])


def for_recogniser(sound: Sound, rate: int) -> Sound:
    """At the recogniser's rate, at one level, with a fifth of a second before and after, in the noise of a room."""
    peak = max(float(np.abs(sound).max()), 1e-9)
    slow = resample((sound / peak * 0.5).astype(np.float32)[None, :], rate, HEARD)[0].astype(np.float64)
    padded = np.concatenate((np.zeros(HEARD // 5), slow, np.zeros(HEARD // 5)))
    return np.asarray(padded + ROOM * np.random.default_rng(0).standard_normal(len(padded)))


def ratio_interval(
    sung: NDArray[np.bool_], ceilings: Sequence[NDArray[np.bool_]], seed: int
) -> tuple[float, float, float]:
    """Words right against the higher ceiling: the ratio and its 95 % interval, words drawn again 4,000 times."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(sung), (4000, len(sung)))
    best = np.max([each[drawn].mean(axis=1) for each in ceilings], axis=0)
    ratios = sung[drawn].mean(axis=1) / np.maximum(best, 1e-9)
    low, high = np.percentile(ratios, (2.5, 97.5))
    return float(sung.mean() / np.max([each.mean() for each in ceilings]).clip(1e-9)), float(low), float(high)
