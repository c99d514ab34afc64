"""The hook: a short figure from the head of the chorus that introduction, interlude and outro play.

It is two bars long and made once for a song: the chorus's first tones (the verse's where there is no chorus), as they
are sung, or said twice, or answered by their mirror; which of them is drawn by the song's seed. It is bent to the
chords that sound where it is played, and keeps its rhythm and its direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.line import near_tone, scale_pitches, snap, theme_line
from senandung.composing.arranging.voicing import tones
from senandung.domain.song import Note, Section
from senandung.domain.time import Tick

FEWEST = 3
"""A bar of the melody with fewer tones gives no figure that could be answered."""

MOST = 9
"""Tones of a hook at most."""

WAYS = ("as sung", "twice", "mirrored")


@dataclass(frozen=True)
class Tone:
    """A tone of the hook: step from its beginning, length in steps, and scale steps above its first tone."""

    step: int
    steps: int
    move: int


def hook_of(chart: Chart) -> tuple[Tone, ...]:
    """The song's hook, two bars of it; empty where the melody gives none."""
    bar = chart.bars[0].ticks
    for kind in ("chorus", "verse"):
        for section in chart.sketch.sections:
            if section.kind == kind:
                head = _head(chart, section.onset, section.onset + 2 * bar)
                if len(head) >= FEWEST:
                    return _made(head, bar // STEP, chart.rng("hook").choice(WAYS))
    return ()


def _head(chart: Chart, onset: Tick, end: Tick) -> list[Tone]:
    """The melody between two ticks on the grid of sixteenths; tones that only repeat for a new syllable are joined."""
    notes = [note for note in chart.sketch.melody if onset <= note.onset < end]
    if not notes:
        return []
    scale = [pitch for pitch in range(24, 109) if pitch % 12 in chart.key_at(onset).pitch_classes]
    first = snap(scale, notes[0].pitch)
    found: list[Tone] = []
    for note in notes:
        step = (note.onset - onset) // STEP
        steps = max(1, (min(note.end, end) - onset) // STEP - step)
        move = snap(scale, note.pitch) - first
        if found and found[-1].step == step:
            continue
        if found and found[-1].move == move and found[-1].steps < 3 and steps < 3:
            found[-1] = replace(found[-1], steps=step + steps - found[-1].step)
        else:
            found.append(Tone(step, steps, move))
    return found[:MOST]


def _made(head: Sequence[Tone], bar: int, way: str) -> tuple[Tone, ...]:
    opening = [tone for tone in head if tone.step < bar]
    if way == "as sung" or len(opening) < FEWEST:
        made = list(head)
    else:
        sign = 1 if way == "twice" else -1
        last = opening[-1].move if way == "mirrored" else -1
        made = [*opening]
        for tone in opening[: max(FEWEST, len(opening) - 1)]:
            made.append(Tone(tone.step + bar, tone.steps, last + sign * tone.move))
    ends = [tone.step for tone in made[1:]] + [2 * bar]
    return tuple(
        replace(tone, steps=min(tone.steps, end - tone.step) if end < 2 * bar else min(8, end - tone.step))
        for tone, end in zip(made, ends, strict=True)
    )


def hook_line(chart: Chart, section: Section, low: int, high: int) -> list[Note]:
    """A played section led by the hook: twice, then in a long section the theme; the last tone is held.

    Empty where the song has no hook.
    """
    hook = hook_of(chart)
    bar = chart.bars[0].ticks
    if not hook:
        return []
    notes: list[Note] = []
    around = (low + high) // 2
    at = section.onset
    until = min(section.end, section.onset + (4 * bar if section.duration > 4 * bar else section.duration))
    while at < until:
        said = hook_at(chart, hook, at, until, around + (2 if at > section.onset else -1), low, high)
        notes += said
        at += 2 * bar
    if until < section.end:
        theme = theme_line(chart, section, low, high, chart.rng(f"theme {section.name}"))
        notes += [note for note in theme if note.onset >= until]
    elif notes and section.kind == "outro":
        notes[-1] = replace(notes[-1], duration=section.end - notes[-1].onset)
    return notes


def hook_at(
    chart: Chart,
    hook: Sequence[Tone],
    at: Tick,
    end: Tick,
    around: int,
    low: int,
    high: int,
    accent: float = 0.0,
) -> list[Note]:
    """The hook said once from a tick on, cut at `end`, near `around`, on the chords that sound there."""
    notes: list[Note] = []
    base = None
    for tone in hook:
        tick = at + tone.step * STEP
        if tick >= end:
            break
        bar = chart.bar_at(tick)
        scale = scale_pitches(chart, bar, tick, low, high)
        if base is None:
            base = near_tone(chart, tick, max(low + 2, min(high - 2, around - tone.move)), low, high)
        wanted = scale[max(0, min(len(scale) - 1, snap(scale, base) + tone.move - hook[0].move))]
        way = 0 if not notes else _sign(tone.move - hook[len(notes) - 1].move)
        if bar.metre.weight(tick - bar.onset) >= 3 or tone.steps * STEP >= bar.metre.beat_ticks:
            wanted = _chord_tone(bar, tick, wanted, notes[-1].pitch if notes else None, way, low, high)
        weight = bar.metre.weight(tick - bar.onset)
        length = min(tone.steps * STEP, end - tick)
        notes.append(Note(tick, length, wanted, chart.velocity(bar, accent + 0.1 * (weight - 2) + 0.1, 70)))
    return notes


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _chord_tone(bar: Bar, tick: Tick, wanted: int, before: int | None, way: int, low: int, high: int) -> int:
    """The chord tone nearest to `wanted` that lies in the figure's direction from the tone before."""
    chord = tones(bar.chord_at(tick))
    choices = [pitch for pitch in range(low, high + 1) if pitch % 12 in chord]

    def cost(pitch: int) -> tuple[int, int]:
        wrong = before is not None and _sign(pitch - before) != way
        return abs(pitch - wanted) + (4 if wrong else 0), pitch

    return min(choices, key=cost)
