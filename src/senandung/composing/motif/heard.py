"""What was hummed, whistled, sung or played, in seconds → a tune on beats and in a key.

No metronome ticks behind a hummed tune: tempo, the beats' place and the bars are found from when its tones begin and
how long they last, each tone measured from the one before, so that a tempo that drifts is followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senandung.composing.motif.tune_key import key_of_tones
from senandung.domain.metre import Metre
from senandung.domain.motif import Tone
from senandung.domain.performance import PlayedNote
from senandung.domain.scales import Key
from senandung.domain.time import TICKS_PER_QUARTER, Second, Tick

SHORTEST: Second = 0.09
"""Shorter notes are slides from one tone to the next."""

SLIDE: Second = 0.16
"""A slide into a tone lasts so long at most, and half as long as the tune's usual tones."""

WAVER: Second = 0.2
"""Two tones of one pitch that touch were one where either is shorter, if the tune's usual tones are longer."""

CLOSE: Second = 0.04
"""Seconds between two tones that touch."""

LEAPS, STAYS_NEAR = 8, 5
"""Semitones of two leaps, there and back, to a tone that an octave away lies so near to both neighbours."""

USUAL_BPM, SPREAD_BPM = 92.0, 0.55
"""The usual tempo of a hummed tune, and by how many octaves it usually strays (ours)."""

LENGTHS: dict[Fraction, float] = {
    Fraction(1): 0.0, Fraction(1, 2): 0.08, Fraction(2): 0.12, Fraction(3, 2): 0.35, Fraction(4): 0.3,
    Fraction(3): 0.35, Fraction(1, 4): 0.75, Fraction(3, 4): 0.9, Fraction(5, 2): 1.0, Fraction(7, 2): 1.1,
    Fraction(1, 3): 0.8, Fraction(2, 3): 0.9, Fraction(4, 3): 1.4, Fraction(5, 3): 1.6, Fraction(5): 0.8,
    Fraction(6): 0.7, Fraction(7): 0.9, Fraction(8): 0.7,
}  # fmt: skip
"""Beats from one tone to the next, and what each costs beside its deviation: tunes are made of few values (ours)."""

PLACES: dict[Fraction, float] = {
    Fraction(0): 0.0, Fraction(1, 2): 0.18, Fraction(1, 4): 0.7, Fraction(3, 4): 0.6, Fraction(1, 3): 0.7,
    Fraction(2, 3): 0.6,
}  # fmt: skip
"""Parts of a beat on which a tone begins, and what each costs."""

STRAY, STRAYS = 0.035, 0.09
"""Seconds, and share of the time between two tones, by which people miss it."""

KINDS: Mapping[str, tuple[int, Mapping[Fraction, float]]] = {
    "4": (4, {Fraction(0): 1.0, Fraction(2): 0.55}),
    "3": (3, {Fraction(0): 1.0}),
    "6": (3, {Fraction(0): 1.0, Fraction(3, 2): 0.6}),
}
"""Kinds of bar: quarters, and the weights of strong places."""

LOUD = 0.01
"""What a velocity more than the others' mean adds to a tone's accent."""

BARS: Mapping[str, float] = {
    "accents": 2.27, "last": 0.41, "at once": 1.66, "soon": 0.61, "begun": 2.13, "long": 1.38, "three": -0.44,
    "six": -1.58, "six, quarters": -1.31, "three, eighths": -1.40, "off": -0.64, "six, again": 1.73, "whole": 0.89,
}  # fmt: skip
"""What speaks for a kind of bar and a place in it (`signs_of`): weights of a conditional logistic regression on
openings of 245 training tunes, and on the same cut at a tone drawn by lot (`bench/tune_bars.py`)."""

SLIP_CENTS = 22.0
"""A tone outside the key is a slip where its pitch lies so far towards the scale's own."""

LEGATO = Fraction(1, 2)
"""Beats of silence behind a tone that are breath or consonants, not a rest."""


@dataclass(frozen=True)
class HeardTune:
    """A tune with its key, metre and tempo (beats a minute), and what was mended."""

    tones: tuple[Tone, ...]
    key: Key
    metre: Metre
    bpm: float
    mended: int = 0


def hear_tune(notes: Sequence[PlayedNote]) -> HeardTune:
    """The tune of notes in seconds, one at a time; at least two.

    Pitch: a drift of the tuning is followed, tones that are clearly slips come back into the key. Beat: tempo, bars and
    note values are found.
    """
    kept = _in_octave(_without_slides(notes))
    exact = _undrifted(kept)
    kept = [replace(note, pitch=round(float(pitch))) for note, pitch in zip(kept, exact, strict=True)]
    period, places = _beats(kept)
    ternary = sum(place.denominator == 3 for place in places) >= 0.3 * len(places)
    loud = [note.velocity for note in kept]
    lengths = [Fraction(round(4 * note.duration / period), 4) or Fraction(1, 4) for note in kept]
    kind, bar, begins = _bars(places, lengths, loud)
    beat = TICKS_PER_QUARTER * 3 // 2 if ternary else TICKS_PER_QUARTER
    tones = _written(kept, places, lengths, bar, begins, beat)
    metre = Metre(12 if bar == 4 else 9, 8) if ternary else Metre(6, 8) if kind == "6" else Metre(bar, 4)
    if kind == "6" and not ternary:
        period *= 1.5
    key = key_of_tones(tones)
    mended, count = _mended(tones, exact, key)
    return HeardTune(mended, key_of_tones(mended), metre, float(np.clip(60 / period, 20, 300)), count)


def _without_slides(notes: Sequence[PlayedNote]) -> list[PlayedNote]:
    """The notes that are tones: slides go to the tone that they lead to, and what only wavers is one tone.

    A slide is short, close to the next tone in time and pitch; a tone whose second half is short was not struck again.
    """
    long = [note for note in notes if note.duration >= SHORTEST]
    if len(long) < 2:
        return list(notes)
    usual = float(np.median([note.duration for note in long]))
    found: list[PlayedNote] = []
    for note in notes:
        if found:
            last = found[-1]
            touches = note.onset - (last.onset + last.duration) < CLOSE
            until = note.onset + note.duration - last.onset
            if touches and last.duration <= min(SLIDE, 0.5 * usual) and abs(last.pitch - note.pitch) in (1, 2):
                found[-1] = replace(note, onset=last.onset, duration=until)
                continue
            shorter = min(last.duration, note.duration)
            if touches and last.pitch == note.pitch and shorter < min(WAVER, 0.6 * usual):
                found[-1] = replace(last, duration=until)
                continue
        found.append(note)
    kept = [note for note in found if note.duration >= SHORTEST]
    return kept if len(kept) >= 2 else list(notes)


def _in_octave(notes: Sequence[PlayedNote]) -> list[PlayedNote]:
    """The notes with one that lies an octave from both its neighbours' tune brought back: a slip of the listening."""
    found = list(notes)
    for at in range(1, len(found) - 1):
        before, own, after = (found[at + place].pitch for place in (-1, 0, 1))
        for octave in (-12, 12):
            leaps = own - before, own - after
            near = own + octave - before, own + octave - after
            if min(map(abs, leaps)) >= LEAPS and leaps[0] * leaps[1] > 0 and max(map(abs, near)) <= STAYS_NEAR:
                found[at] = replace(found[at], pitch=own + octave)
    return found


def _undrifted(notes: Sequence[PlayedNote]) -> NDArray[np.float64]:
    """The pitches with fractions, in a tuning that may drift at an even pace: the one that puts them on semitones."""
    onsets = np.array([note.onset for note in notes])
    exact = np.array([note.pitch + _bent(note) / 100 for note in notes])
    lengths = np.array([min(note.duration, 1.0) for note in notes])
    if len(notes) < 6:
        return exact
    middle = onsets - onsets.mean()

    def together(slope: float) -> complex:
        return complex((lengths * np.exp(2j * np.pi * (exact - slope * middle))).sum() / lengths.sum())

    most = 0.5 / max(float(np.ptp(onsets)), 1.0)  # half a semitone over the tune
    slopes = np.linspace(-most, most, 41)
    best = max(slopes, key=lambda slope: abs(together(float(slope))) - 0.05 * abs(slope) / most)
    if abs(together(float(best))) < abs(together(0.0)) + 0.08:
        best = 0.0
    offset = float(np.angle(together(float(best)))) / (2 * np.pi)
    moved: NDArray[np.float64] = exact - best * middle - offset
    return moved


def _bent(note: PlayedNote) -> float:
    """Cents of the middle of a note against its pitch."""
    inner = [cents for at, cents in note.bend if 0.2 * note.duration <= at <= 0.8 * note.duration]
    return float(np.median(inner)) if inner else 0.0


def _beats(notes: Sequence[PlayedNote]) -> tuple[Second, list[Fraction]]:
    """Seconds of a beat, and the beat on which each tone begins, from the first on."""
    onsets = [note.onset for note in notes]
    gaps = [max(b - a, 0.05) for a, b in pairwise(onsets)]
    best: tuple[float, Second, list[Fraction]] | None = None
    for period in np.geomspace(0.3, 1.6, 70):
        cost, places = _placed(gaps, float(period))
        cost += 0.5 * (np.log2(60 / period / USUAL_BPM) / SPREAD_BPM) ** 2
        if best is None or cost < best[0]:
            best = (float(cost), float(period), places)
    assert best is not None
    _, period, places = best
    spans = [float(b - a) for a, b in pairwise(places)]
    if spans and sum(spans) > 0:
        period = sum(gaps) / sum(spans)
    return period, places


def _placed(gaps: Sequence[Second], period: Second) -> tuple[float, list[Fraction]]:
    """The cheapest beats of tones whose onsets lie some seconds apart, and their cost a tone (Viterbi's search)."""
    ways = {place: (cost + (0.4 if place else 0.0), [place]) for place, cost in PLACES.items()}
    for gap in gaps:
        stray = STRAY + STRAYS * gap
        onward: dict[Fraction, tuple[float, list[Fraction]]] = {}
        options = [
            (length, price + 0.5 * min((gap - float(length) * period) / stray, 6.0) ** 2)
            for length, price in LENGTHS.items()
            if abs(gap - float(length) * period) < 5 * stray
        ]
        if not options:
            length = Fraction(max(round(2 * gap / period), 1), 2)
            options = [(length, 2.0)]
        for _, (spent, way) in ways.items():
            for length, price in options:
                place = way[-1] + length
                part = place % 1
                if part not in PLACES:
                    continue
                cost = spent + price + PLACES[part]
                if part not in onward or cost < onward[part][0]:
                    onward[part] = (cost, [*way, place])
        if not onward:
            return 1e9, [Fraction(at) for at in range(len(gaps) + 1)]
        ways = onward
    cost, way = min(ways.values(), key=lambda found: found[0])
    return cost / max(len(gaps), 1), way


def _bars(places: Sequence[Fraction], lengths: Sequence[Fraction], loud: Sequence[int]) -> tuple[str, int, Fraction]:
    """What kind of bar ("4", "3" or "6": two beats in three parts), its quarters, and the first tone's place in it."""
    accents = accents_of(places, lengths, loud)
    best: tuple[float, str, int, Fraction] | None = None
    for kind, begins in candidates():
        signs = signs_of(places, accents, kind, begins)
        fit = sum(BARS[name] * value for name, value in signs.items())
        if best is None or fit > best[0] + 1e-9:
            best = (fit, kind, KINDS[kind][0], begins)
    assert best is not None
    return best[1:]


def accents_of(places: Sequence[Fraction], lengths: Sequence[Fraction], loud: Sequence[int]) -> NDArray[np.float64]:
    """How much weight each tone has: by its length, or the time to the next, and by its velocity."""
    accents = np.array([float(min(length, Fraction(2))) for length in lengths]) ** 0.7
    gaps = [float(b - a) for a, b in pairwise(places)]
    accents[:-1] = np.maximum(accents[:-1], np.minimum(gaps, 2.0) ** 0.7)
    found: NDArray[np.float64] = accents + LOUD * (np.array(loud) - np.mean(loud))
    return found


def candidates() -> list[tuple[str, Fraction]]:
    """Kinds of bar, and the places in them at which a tune may begin."""
    return [(kind, Fraction(half, 2)) for kind, (bar, _) in KINDS.items() for half in range(2 * bar)]


def signs_of(places: Sequence[Fraction], accents: NDArray[np.float64], kind: str, begins: Fraction) -> dict[str, float]:
    """What speaks for a kind of bar and the first tone's place in it, by the names of `BARS`.

    Parameters
    ----------
    places : beats on which the tones begin, from the first on.
    accents : of the tones, by how long and how loud they are.
    """
    bar, strong = KINDS[kind]
    inside = [(place + begins) % bar for place in places]
    weights = np.array([_weight(place, strong) for place in inside])
    steady = weights.std() == 0 or accents.std() == 0
    down = np.array([place == 0 for place in inside])
    line = -begins if 2 * begins <= bar else bar - begins
    lines = [line + bar * number for number in range(int((places[-1] - line) // bar) + 1)]
    gaps = np.array([float(b - a) for a, b in pairwise(places)] or [0.0])
    three, six = kind == "3", kind == "6"
    starts = set(places)
    return {
        "accents": 0.0 if steady else float(np.corrcoef(weights, accents)[0, 1]),
        "last": _weight(inside[-1], strong),
        "at once": float(begins == 0),
        "soon": float(0 < bar - begins <= 1),
        "begun": sum(at in starts for at in lines) / len(lines) if lines else 0.0,
        "long": float(accents[down].mean() - accents.mean()) if down.any() else -0.5,
        "three": float(three),
        "six": float(six),
        "six, quarters": six * float((gaps == 1.0).mean()),
        "three, eighths": three * float((gaps == 0.5).mean()),
        "off": float(begins.denominator == 2 and not six),
        "six, again": six * _again(places, Fraction(3, 2)),
        "whole": float(len(lines) in (2, 4, 8)),
    }


def _weight(place: Fraction, strong: Mapping[Fraction, float]) -> float:
    return strong.get(
        place, 0.25 if place.denominator == 1 and Fraction(3, 2) not in strong else 0.1 * (place * 2 % 1 == 0)
    )


def _again(places: Sequence[Fraction], later: Fraction) -> float:
    """How much of the rhythm comes again so many beats later, 0..1."""
    starts = set(places)
    inner = [place for place in places if place + later <= places[-1]]
    return sum(place + later in starts for place in inner) / len(inner) if len(inner) > 2 else 0.0


def _written(
    kept: Sequence[PlayedNote],
    places: Sequence[Fraction],
    lengths: Sequence[Fraction],
    bar: int,
    begins: Fraction,
    beat: Tick,
) -> tuple[Tone, ...]:
    """Tones in ticks from the first bar line; a tune that begins late in a bar has a pickup."""
    line = bar if places[0] + begins > Fraction(bar, 2) else 0
    tones = []
    for at, (note, place, length) in enumerate(zip(kept, places, lengths, strict=True)):
        following = places[at + 1] - place if at + 1 < len(places) else None
        if following is None:
            held = max(Fraction(round(2 * length), 2), Fraction(1, 2))
        elif following - length <= max(LEGATO, following / 4):
            held = following
        else:
            held = min(max(Fraction(round(2 * length), 2), Fraction(1, 4)), following)
        onset = round((place + begins - line) * beat)
        tones.append(Tone(onset, max(round(held * beat), 1), note.pitch))
    return tuple(
        replace(tone, duration=min(tone.duration, after.onset - tone.onset)) if after else tone
        for tone, after in zip(tones, [*tones[1:], None], strict=True)
    )


def _mended(tones: Sequence[Tone], exact: NDArray[np.float64], key: Key) -> tuple[tuple[Tone, ...], int]:
    """The tones with those that are clearly slips on the scale's own, and how many they were."""
    scale = set(key.pitch_classes) | ({(key.tonic.pitch_class + 11) % 12} if key.is_minor else set())
    found, count = [], 0
    for tone, pitch in zip(tones, exact, strict=True):
        away = 100 * (float(pitch) - tone.pitch)
        towards = tone.pitch + (1 if away > 0 else -1)
        if tone.pitch % 12 not in scale and towards % 12 in scale and abs(away) >= SLIP_CENTS:
            found.append(replace(tone, pitch=towards))
            count += 1
        else:
            found.append(tone)
    return tuple(found), count
