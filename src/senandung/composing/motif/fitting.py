"""A motif is fitted to a song: its mode and metre become the song's, its note values follow the song's tempo."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from senandung.composing.form import MAJOR_TONICS, MINOR_TONICS
from senandung.composing.motif.forms import semitone_span
from senandung.domain.errors import InvalidValueError
from senandung.domain.metre import Metre
from senandung.domain.motif import MOST_BARS, Motif, Tone
from senandung.domain.pitch import NoteName
from senandung.domain.scales import SCALES, SIGNATURE_SHIFT, Key, key_of_pitch_class
from senandung.domain.style import Style
from senandung.domain.time import TICKS_PER_QUARTER

FASTER, SLOWER = 1.7, 0.6
"""Where the song's pulse is so many times the motif's, its note values are doubled or halved."""

LEAST_A_BAR = 2
"""Tones a bar that there must be when note values are doubled: words want tones."""

SAME_BEATS: dict[str, tuple[str, Fraction]] = {
    "2/4": ("4/4", Fraction(1)), "2/2": ("4/4", Fraction(1)), "4/2": ("4/4", Fraction(1, 2)),
    "4/8": ("4/4", Fraction(2)), "2/8": ("4/4", Fraction(2)), "8/8": ("4/4", Fraction(1)), "8/4": ("4/4", Fraction(1)),
    "2/1": ("4/4", Fraction(1, 2)), "1/4": ("4/4", Fraction(1)), "1/2": ("4/4", Fraction(1)),
    "12/8": ("6/8", Fraction(1)), "6/4": ("6/8", Fraction(1, 2)), "6/16": ("6/8", Fraction(2)),
    "12/16": ("6/8", Fraction(2)), "3/8": ("3/4", Fraction(2)), "3/2": ("3/4", Fraction(1, 2)),
    "9/8": ("3/4", Fraction(2, 3)), "9/16": ("3/4", Fraction(4, 3)), "9/4": ("3/4", Fraction(1, 3)),
}  # fmt: skip
"""Metres that are written in another one without a change to what is heard: its name, and by how much each note value
grows. Only bar lines fall out, or beats in three parts become triplets."""

TO_ANOTHER: dict[tuple[str, str], Fraction] = {
    ("6/8", "4/4"): Fraction(2, 3), ("6/8", "2/4"): Fraction(2, 3), ("4/4", "6/8"): Fraction(3, 2),
    ("4/4", "12/8"): Fraction(3, 2), ("4/4", "2/4"): Fraction(1), ("4/4", "2/2"): Fraction(1),
    ("6/8", "12/8"): Fraction(1), ("3/4", "3/8"): Fraction(1, 2), ("3/4", "3/2"): Fraction(2),
    ("3/4", "9/8"): Fraction(3, 2), ("4/4", "8/8"): Fraction(1), ("4/4", "4/8"): Fraction(1, 2),
    ("4/4", "4/2"): Fraction(2), ("6/8", "6/4"): Fraction(2),
}  # fmt: skip
"""The same for metres that keep their beats: beats in three parts in the place of beats in two, and the reverse."""


@dataclass(frozen=True)
class Fitted:
    """A motif in a style's metre and mode, and sentences on what was done to it."""

    motif: Motif
    remarks: tuple[str, ...]


def fit_metre(motif: Motif, metres: Sequence[str], style: str, asked: Metre | None) -> Fitted:
    """The motif in the metre that was asked for, else in its own where the style has it, else in one of the style's.

    `metres` are those of a style, which is called `style`.

    Raises `InvalidValueError` where it cannot be brought into a metre that was asked for.
    """
    wanted = [str(asked)] if asked is not None else list(metres)
    own = str(motif.metre)
    if own in wanted:
        return Fitted(motif, ())
    plain = motif
    if own in SAME_BEATS:
        name, times = SAME_BEATS[own]
        plain = _in_metre(motif, name, times)
        if name in wanted:
            return Fitted(plain, ())
    for name in wanted:
        found = TO_ANOTHER.get((str(plain.metre), name))
        if found is not None and _on_ticks(plain, found):
            return Fitted(_in_metre(plain, name, found), ())
    for name in wanted:
        if Metre.parse(name).beats > plain.metre.beats and not plain.metre.is_compound and "/4" in name:
            longer = _held(plain, Metre.parse(name))
            return Fitted(
                longer,
                (f"the motif is in {own} and {style} in {name}: the last tone of each bar is held longer "
                 f"(--metre {own} keeps it as it is)",),
            )  # fmt: skip
    have = f"--metre {wanted[0]} was asked for" if asked is not None else f"{style} has {', '.join(metres)}"
    raise InvalidValueError(
        f"a motif in {own} cannot be carried here: {have}; ask for --metre {own}, or for a style that has it"
    )


def _on_ticks(motif: Motif, times: Fraction) -> bool:
    return all((tone.onset * times).denominator == 1 for tone in motif.tones)


def _in_metre(motif: Motif, name: str, times: Fraction) -> Motif:
    metre = Metre.parse(name)
    tones = scaled(motif.tones, times)
    beats = motif.bpm * motif.metre.beat_ticks * float(times) / metre.beat_ticks
    return replace(motif, tones=_shortened(tones, metre), metre=metre, bpm=min(max(beats, 20.0), 300.0))


def scaled(tones: Sequence[Tone], times: Fraction) -> tuple[Tone, ...]:
    """The tones with all their times multiplied; every tone ends where the next begins at the latest."""
    found: list[Tone] = []
    for tone in tones:
        onset, end = round(tone.onset * times), round(tone.end * times)
        found.append(Tone(onset, max(end - onset, 1), tone.pitch))
    return tuple(
        replace(tone, duration=min(tone.duration, following.onset - tone.onset)) if following else tone
        for tone, following in zip(found, [*found[1:], None], strict=True)
    )


def _shortened(tones: Sequence[Tone], metre: Metre) -> tuple[Tone, ...]:
    """The first tones that a motif may have."""
    bar = metre.bar_ticks
    return tuple(tone for tone in tones if tone.onset < MOST_BARS * bar)


def _held(motif: Motif, metre: Metre) -> Motif:
    """Each bar longer by what the metre has more, on its last tone."""
    short, long = motif.metre.bar_ticks, metre.bar_ticks
    moved = []
    for tone in motif.tones:
        bar, rest = divmod(tone.onset, short)
        moved.append(Tone(bar * long + rest if bar >= 0 else rest - short, tone.duration, tone.pitch))
    filled = [
        replace(tone, duration=following.onset - tone.onset) if following and (source.end >= after.onset) else tone
        for tone, following, source, after in zip(
            moved, [*moved[1:], None], motif.tones, [*motif.tones[1:], motif.tones[-1]], strict=True
        )
    ]
    return replace(motif, tones=_shortened(filled, metre), metre=metre)


def fit_key(motif: Motif, style: Style, low: int, high: int, asked: Key | None, *, seed: int) -> Fitted:
    """The motif moved into the key that was asked for, else into one in which it lies well between two pitches.

    Its mode becomes the song's: one of the style's that has its tones, else its own. Only in a key of the other mode
    that was asked for its tones are bent, step by step of the scale.
    """
    if asked is not None:
        return into_key(motif, asked, low, high)
    mode = _mode_for(motif, style)
    remarks: tuple[str, ...] = ()
    if mode not in style.modes:
        remarks = (f"the song is {mode.replace('-', ' ')}, as the motif is; {style.name} is usually "
                   f"{' or '.join(m.replace('-', ' ') for m in style.modes)}",)  # fmt: skip
    tonics = MINOR_TONICS if 3 in SCALES[mode] else MAJOR_TONICS
    keys = [Key(NoteName.parse(t), mode) for t in tonics if abs(NoteName.parse(t).fifths + SIGNATURE_SHIFT[mode]) <= 5]
    rng = random.Random(seed)

    def badness(key: Key) -> float:
        bottom, top = semitone_span(_into(motif, key, low, high).tones)
        outside = max(low - bottom, 0) + max(top - high, 0)
        return 2.0 * outside + abs((bottom + top) / 2 - (low + 0.58 * (high - low))) + rng.uniform(0, 1.5)

    return Fitted(_into(motif, min(keys, key=badness), low, high), remarks)


def into_key(motif: Motif, key: Key, low: int, high: int) -> Fitted:
    """The motif in a key that was asked for, between two pitches; bent to its scale where the mode is the other one."""
    if key.is_minor == motif.key.is_minor or not _tells_mode(motif):
        return Fitted(_into(motif, key, low, high), ())
    said = f"the motif is {_mode_word(motif.key)}, {key} was asked for: its tones are bent to that scale"
    return Fitted(_into(bent(motif, key.mode), key, low, high), (said,))


def _mode_word(key: Key) -> str:
    return "minor" if key.is_minor else "major"


def _tells_mode(motif: Motif) -> bool:
    """Whether the third or the sixth of its scale stands in a motif."""
    tonic = motif.key.tonic.pitch_class
    return any((tone.pitch - tonic) % 12 in (3, 4, 8, 9) for tone in motif.tones)


def _mode_for(motif: Motif, style: Style) -> str:
    """The style's mode of the motif's kind that misses fewest of its tones, by their lengths; else the motif's own."""
    tonic = motif.key.tonic.pitch_class
    total = sum(tone.duration for tone in motif.tones)

    def missing(mode: str) -> float:
        scale = {(tonic + semitones) % 12 for semitones in SCALES[mode]}
        return sum(tone.duration for tone in motif.tones if tone.pitch % 12 not in scale) / total

    own = motif.key.mode if motif.key.mode in SCALES else _mode_word(motif.key)
    alike = [mode for mode in style.modes if (3 in SCALES[mode]) == motif.key.is_minor]
    best = min(alike, key=lambda mode: (missing(mode), mode != own, style.modes.index(mode)), default=own)
    if missing(best) <= missing(own) + 0.02:
        return best
    plain = _mode_word(motif.key)
    if plain in style.modes:
        return plain
    return own if missing(own) <= missing(plain) else plain


def bent(motif: Motif, mode: str) -> Motif:
    """The motif on the same tonic in another mode, every tone on its step of the scale."""
    tonic = motif.key.tonic.pitch_class
    seven = "minor" if motif.key.is_minor else "major"
    source = SCALES[motif.key.mode] if len(SCALES[motif.key.mode]) == 7 else SCALES[seven]
    target = SCALES[mode] if len(SCALES[mode]) == 7 else SCALES["minor" if 3 in SCALES[mode] else "major"]
    tones = []
    for tone in motif.tones:
        octave, rest = divmod(tone.pitch - tonic, 12)
        step = max(at for at, semitones in enumerate(source) if semitones <= rest)
        above = rest - source[step]
        tones.append(replace(tone, pitch=tonic + 12 * octave + target[step] + (above if above and rest < 11 else 0)))
    return replace(motif, tones=tuple(tones), key=key_of_pitch_class(tonic, mode))


def _into(motif: Motif, key: Key, low: int, high: int) -> Motif:
    """The motif in a key, in the octave in which it lies best between two pitches: rather high than low."""
    steps = (key.tonic.pitch_class - motif.key.tonic.pitch_class) % 12

    def badness(octave: int) -> tuple[int, float]:
        bottom, top = (pitch + steps + 12 * octave for pitch in semitone_span(motif.tones))
        if bottom < 0 or top > 127:
            return 999, 0.0
        return max(low - bottom, 0) + max(top - high, 0), abs((bottom + top) / 2 - (low + 0.58 * (high - low)))

    return motif.transposed(steps + 12 * min(range(-10, 11), key=badness), key)


def fit_tempo(motif: Motif, quarters_a_minute: float) -> Motif:
    """The motif with its note values doubled or halved where the song goes about twice or half as fast.

    In bars of three beats the values stay: their accents would fall elsewhere.
    """
    own = motif.bpm * motif.metre.beat_ticks / TICKS_PER_QUARTER
    ratio = quarters_a_minute / own
    if motif.metre.beats % 2:
        return motif
    dense = len(motif.tones) >= LEAST_A_BAR * 2 * motif.bars
    if ratio > FASTER and motif.bars <= MOST_BARS // 2 and dense:
        return replace(motif, tones=scaled(motif.tones, Fraction(2)), bpm=min(2 * motif.bpm, 300.0))
    shortest = min(b.onset - a.onset for a, b in zip(motif.tones, motif.tones[1:], strict=False))
    if ratio < SLOWER and motif.bars >= 2 and shortest >= TICKS_PER_QUARTER // 2:
        return replace(motif, tones=scaled(motif.tones, Fraction(1, 2)), bpm=max(motif.bpm / 2, 20.0))
    return motif
