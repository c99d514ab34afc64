"""Leading lines: what an instrument plays where nobody sings, and what it answers between sung lines."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.voicing import near, tones
from senandung.domain.song import Note, Section
from senandung.domain.time import Tick

# A figure is a list of (sixteenths, scale steps from the figure's first tone); None rests. The first tone is a chord
# tone; a figure is bent so that tones on beats are chord tones. Figures are the project's own.
FIGURES: Mapping[str, tuple[tuple[tuple[int, int | None], ...], ...]] = MappingProxyType(
    {
        "arch": (
            ((4, 0), (2, 1), (2, 2), (4, 4), (4, 2)),
            ((2, 0), (2, 2), (4, 4), (2, 3), (2, 2), (4, 1)),
            ((6, 0), (2, 1), (4, 2), (4, 1)),
        ),
        "sigh": (
            ((6, 2), (2, 1), (8, 0)),
            ((4, 4), (4, 3), (6, 2), (2, 1)),
            ((8, 0), (4, 1), (4, 0)),
        ),
        "riff": (
            ((2, 0), (2, 0), (2, 2), (2, None), (2, 4), (2, 2), (2, 1), (2, 0)),
            ((3, 0), (3, 2), (2, 4), (4, 2), (2, 1), (2, 0)),
            ((2, 4), (2, 4), (2, 2), (4, 0), (2, 1), (2, 2), (2, 0)),
        ),
        "fall": (
            ((4, 4), (2, 3), (2, 2), (4, 1), (4, 0)),
            ((2, 5), (2, 4), (2, 3), (2, 2), (8, 0)),
        ),
        "turn": (
            ((3, 0), (1, 1), (1, 0), (1, -1), (2, 0), (4, 2), (4, 1)),
            ((4, 2), (1, 3), (1, 2), (1, 1), (1, 2), (4, 4), (4, 2)),
            ((2, 0), (2, 2), (1, 3), (1, 2), (2, 1), (6, 0), (2, -1)),
        ),
        "pickup": (
            ((1, 0), (1, 1), (1, 2), (1, 3), (2, 4), (2, 3)),
            ((1, 4), (1, 3), (1, 2), (1, 1), (2, 0), (2, 1)),
            ((2, 2), (1, 3), (1, 2), (2, 1), (2, 0)),
        ),
        "run": (
            ((2, 0), (1, 1), (1, 2), (2, 3), (2, 4), (2, 5), (2, 4), (4, 2)),
            ((1, 0), (1, 1), (1, 2), (1, 3), (4, 4), (2, 3), (2, 2), (2, 1), (2, 0)),
            ((2, 4), (2, 3), (2, 2), (2, 1), (2, 0), (2, 1), (4, 2)),
        ),
    }
)


def scale_pitches(chart: Chart, bar: Bar, tick: Tick, low: int, high: int) -> list[int]:
    """Pitches of the key inside low..high, with the chord's tones put in the place of their neighbours.

    A borrowed chord (the major chord on the second degree) bends the scale while it sounds.
    """
    chord = set(tones(bar.chord_at(tick)))
    scale = set(chart.key_at(tick).pitch_classes)
    for tone in chord - scale:
        scale -= {(tone + 1) % 12, (tone - 1) % 12} - chord
        scale.add(tone)
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in scale]


def snap(pitches: Sequence[int], target: int) -> int:
    """Index of the pitch nearest to `target`."""
    return min(range(len(pitches)), key=lambda index: (abs(pitches[index] - target), index))


def figure_line(
    chart: Chart,
    onset: Tick,
    end: Tick,
    low: int,
    high: int,
    around: int,
    rng: random.Random,
    licks: Sequence[str],
    accent: float = 0.0,
) -> list[Note]:
    """A line made of figures from `onset` to `end`: chord tones on the beats, steps of the scale between.

    Two figures come back (a a b a, or a b in a short span), so that the line is a phrase and not noise.
    """
    names = [name for name in licks if name in FIGURES] or ["arch"]
    chosen = [rng.choice(FIGURES[rng.choice(names)]) for _ in range(2)]
    pattern = (0, 0, 1, 0) if end - onset >= 4 * chart.bars[0].ticks else (0, 1)
    notes: list[Note] = []
    at, count, place = onset, 0, around
    while at < end:
        figure = chosen[pattern[count % len(pattern)]]
        bar = chart.bar_at(at)
        span = min(bar.end, end) - at
        start = near_tone(chart, at, place, low, high)
        for steps, move in fit_figure(figure, span // STEP):
            tick = at
            length = steps * STEP
            bar = chart.bar_at(tick)
            if move is not None:
                pitches = scale_pitches(chart, bar, tick, low, high)
                index = max(0, min(len(pitches) - 1, snap(pitches, start) + move))
                pitch = pitches[index]
                if (tick - bar.onset) % bar.metre.beat_ticks == 0:
                    pitch = near_tone(chart, tick, pitch, low, high)
                weight = bar.metre.weight(tick - bar.onset)
                notes.append(Note(tick, length, pitch, chart.velocity(bar, accent + 0.12 * (weight - 2), 68)))
                place = pitch
            at += length
        place = (place + around) // 2
        count += 1
    return notes


def fit_figure(figure: Sequence[tuple[int, int | None]], steps: int) -> list[tuple[int, int | None]]:
    """The figure made to last exactly `steps` sixteenths: cut, or its last tone held."""
    fitted: list[tuple[int, int | None]] = []
    left = steps
    for length, move in figure:
        if left <= 0:
            break
        fitted.append((min(length, left), move))
        left -= min(length, left)
    if left > 0 and fitted:
        length, move = fitted[-1]
        fitted[-1] = (length + left, move)
    return fitted or [(max(1, steps), 0)]


def near_tone(chart: Chart, tick: Tick, around: int, low: int, high: int) -> int:
    """The chord tone nearest to `around`."""
    chord = chart.bar_at(tick).chord_at(tick)
    return min((near(tone, around, low, high) for tone in tones(chord)), key=lambda pitch: (abs(pitch - around), pitch))


def theme_line(chart: Chart, section: Section, low: int, high: int, rng: random.Random) -> list[Note]:
    """The leading line of a played section: the chorus's melody, remembered, where there is one; else figures.

    The rhythm and the contour are the melody's (its first bars); each tone is bent to the chord that sounds now.
    """
    around = (low + high) // 2
    model = _model_bars(chart, section)
    if not model:
        return figure_line(chart, section.onset, section.end, low, high, around, rng, chart.style.licks)
    source, shift = model
    notes: list[Note] = []
    octave = 12 * round((around - sum(n.pitch for n in source) / len(source)) / 12)
    for note in source:
        tick = note.onset + shift
        if tick >= section.end:
            break
        bar = chart.bar_at(tick)
        pitches = scale_pitches(chart, bar, tick, low, high)
        pitch = pitches[snap(pitches, note.pitch + octave)]
        weight = bar.metre.weight(tick - bar.onset)
        if weight >= 2 or note.duration >= bar.metre.beat_ticks:
            pitch = near_tone(chart, tick, pitch, low, high)
        duration = min(note.duration, section.end - tick)
        if duration < STEP // 2:
            continue
        notes.append(Note(tick, duration, pitch, chart.velocity(bar, 0.1 * (weight - 2), 70)))
    merged = _join_repeats(notes)
    reached = merged[-1].end if merged else section.onset
    rest = section.end - reached
    if rest >= 4 * chart.sketch.plan.metre.beat_ticks:
        start = -(-reached // STEP) * STEP
        merged += figure_line(
            chart, start, section.end, low, high, merged[-1].pitch if merged else around, rng, chart.style.licks
        )
    return merged


def _join_repeats(notes: list[Note]) -> list[Note]:
    """Tones of a sung line that only repeat for a new syllable are joined when an instrument plays them, two by two."""
    joined: list[Note] = []
    for note in notes:
        before = joined[-1] if joined else None
        close = before is not None and before.pitch == note.pitch and before.end == note.onset
        if close and before is not None and before.duration + note.duration <= 4 * 240:
            joined[-1] = Note(before.onset, before.duration + note.duration, before.pitch, before.velocity)
        else:
            joined.append(note)
    return joined


def _model_bars(chart: Chart, section: Section) -> tuple[list[Note], Tick] | None:
    kinds = ("verse", "chorus") if section.kind in ("intro", "outro") else ("chorus", "verse")
    for kind in kinds:
        for other in chart.sketch.sections:
            if other.kind != kind:
                continue
            from_bar = other.onset
            if section.kind == "outro" and other.duration > section.duration:
                from_bar = other.end - section.duration
            notes = [n for n in chart.sketch.melody if from_bar <= n.onset < from_bar + section.duration]
            if len(notes) >= 3:
                return notes, section.onset - from_bar
    return None
