"""Drums: the kit's grooves with fills and crashes; hand drums have files of their own."""

from __future__ import annotations

import random
from collections.abc import Sequence

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.gendang import bounded
from senandung.composing.arranging.groove import (
    CLOSED,
    CRASH,
    FLOOR_TOM,
    HIGH_TOM,
    KICK,
    MID_TOM,
    OPEN,
    PEDAL,
    RIDE,
    SHAKER,
    SNARE,
    STICK,
    TAMBOURINE,
    groove_at,
    learned_fills,
)
from senandung.composing.arranging.kit import TIMES, drive_hits, time_kept
from senandung.composing.arranging.player import final_onset, playing
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player

# Fills of one beat or more before a new section, by loudness: (steps from the bar's end, key, velocity); in 4/4 those
# from the second on give way to learned ones (`groove.learned_fills`).
FILLS: tuple[tuple[tuple[int, int, int], ...], ...] = (
    ((4, SNARE, 70), (2, SNARE, 80), (1, SNARE, 88)),
    ((4, SNARE, 84), (3, SNARE, 76), (2, HIGH_TOM, 90), (1, FLOOR_TOM, 96)),
    ((6, SNARE, 84), (4, HIGH_TOM, 92), (3, HIGH_TOM, 84), (2, MID_TOM, 94), (1, FLOOR_TOM, 100)),
    (
        (8, SNARE, 90), (7, SNARE, 80), (6, HIGH_TOM, 96), (5, HIGH_TOM, 86), (4, MID_TOM, 98), (3, MID_TOM, 90),
        (2, FLOOR_TOM, 104), (1, FLOOR_TOM, 98),
    ),
)  # fmt: skip


def play_drums(chart: Chart, player: Player) -> list[Note]:
    """The part of a drum instrument, with a hit and a ringing cymbal on the last chord."""
    rng = chart.rng(player.track)
    sound = INSTRUMENTS[player.instrument]
    active = {bar.number for bar in playing(chart, player)}
    notes: list[Note] = []
    for bar in chart.bars:
        drive = chart.staging.drives.get(bar.number)
        if bar.number not in active and drive == "pickup" and bar.number + 1 in active:
            pickup = drive_hits(bar, drive, (), soft=bar.fullness < 0.5)
            notes += [Note(bar.onset + s * STEP, STEP, key, _scaled(chart, bar, v)) for s, key, v in pickup]
        if bar.number in active:
            notes += _kit_bar(chart, player, bar, rng, bar.number - 1 not in active)
    end = final_onset(chart)
    notes = [note for note in notes if note.onset < end]
    last = chart.bars[-1]
    there = any(note.onset >= end - 2 * last.ticks for note in notes)  # else only a soft cymbal
    notes.append(Note(end, chart.end - end, CRASH, chart.velocity(last, 0.2, 64) if there else 40))
    if there:
        notes.append(Note(end, STEP, KICK, chart.velocity(last, 0.4, 72)))
    return [note for note in notes if sound.plays(note.pitch)]


def _scaled(chart: Chart, bar: Bar, velocity: float) -> int:
    """A table's velocity, made softer in soft sections."""
    return bounded(velocity * _scale(chart, bar))


def _scale(chart: Chart, bar: Bar) -> float:
    return 0.62 + 0.4 * bar.fullness + 0.05 * chart.feeling_in(bar).arousal


def _fills_here(chart: Chart, bar: Bar) -> bool:
    if bar.last or chart.bars[bar.number].last:
        return False
    halfway = bar.section_bars >= 8 and bar.place == bar.section_bars // 2 - 1 and bar.fullness >= 0.6
    return bar.closes_section or halfway


def _before_climax(chart: Chart, bar: Bar) -> bool:
    """Whether the planned climax, or without one the fullest section, the last of equals, begins with the next bar."""
    sections, planned = chart.sketch.sections, chart.sketch.plan.climax
    if planned is not None:
        return bar.closes_section and bar.number == planned - 1
    climax = max(range(len(sections)), key=lambda index: (sections[index].intensity, index))
    return climax > 1 and bar.closes_section and bar.section_index == climax - 1


def _kit_bar(chart: Chart, player: Player, bar: Bar, rng: random.Random, entering: bool) -> list[Note]:
    groove = groove_at(chart, bar, player.pattern)
    hits: list[tuple[int, int, float]] = []
    soft = bar.fullness < 0.5
    brush = player.pattern == "drums-brush"
    snare = STICK if (soft or brush) and player.pattern != "drums-rock" else SNARE
    hits += [(step, KICK, velocity) for step, velocity in groove.kick]
    hits += [(step, snare if v >= 60 else SNARE, v) for step, v in groove.snare if snare == SNARE or v >= 60]
    timed = chart.style.staged and player.pattern in TIMES
    hits += time_kept(chart, bar, player.pattern) if timed else _cymbals(bar, player.pattern)
    steps = bar.steps
    drive = chart.staging.drives.get(bar.number, "fill")
    if drive != "fill" and not (_before_climax(chart, bar) and not brush):
        hits = drive_hits(bar, drive, hits, soft)
    elif _fills_here(chart, bar) and not brush:
        loudness = sum(bar.fullness >= limit for limit in (0.45, 0.6, 0.75))
        grade = rng.choice(((0,), (1,), (1, 2), (2, 3))[loudness])
        if not bar.closes_section:
            grade = min(grade, 1)
        elif _before_climax(chart, bar):  # the drop: one stroke, silence, the longest fill
            grade = len(FILLS) - 1
            hits = [hit for hit in hits if hit[0] == 0]
        fill = _fill(chart, bar, player.pattern, grade, rng)
        start = steps - min(steps, max(back for back, _, _ in fill))
        struck = {(steps - back, key) for back, key, _ in fill}
        on_beat = [hit for hit in hits if hit[1] == KICK and hit[0] % bar.beat_steps == 0 and hit[:2] not in struck]
        hits = [hit for hit in hits if hit[0] < start] + [hit for hit in on_beat if hit[0] >= start]
        hits += [(steps - back, snare if key == SNARE and soft else key, v) for back, key, v in fill if back <= steps]
    if brush:
        pass
    elif (bar.opens_section and bar.fullness >= 0.5) or (entering and bar.number > 0 and bar.fullness >= 0.45):
        hits = [hit for hit in hits if not (hit[0] == 0 and hit[1] in (CLOSED, RIDE, OPEN))]
        hits.append((0, CRASH, 96))
        hits.append((0, KICK, 104))
    return [
        Note(bar.onset + step * STEP, STEP * (4 if key == CRASH else 1), key, _scaled(chart, bar, velocity))
        for step, key, velocity in hits
        if step < steps
    ]


OWN_FILLS = 3
"""How many fills of each weight a drummer has in a song."""


def _fill(chart: Chart, bar: Bar, pattern: str, grade: int, rng: random.Random) -> Sequence[tuple[int, int, int]]:
    """A fill of a weight 0..3: the drummer's own few of the learned ones, the table's where it must stay small."""
    learned = learned_fills(pattern)
    if grade == 0 or bar.steps != 16 or len(learned) < 3 * OWN_FILLS:
        return FILLS[grade]
    third = len(learned) // 3
    pool = learned[third * (grade - 1) : third * grade]
    own = chart.rng(f"fills {pattern} {grade}").sample(pool, OWN_FILLS)
    return rng.choice(own).hits


def _cymbals(bar: Bar, pattern: str) -> list[tuple[int, int, float]]:
    steps, beat = bar.steps, bar.beat_steps
    if pattern == "drums-dangdut":  # tambourine and closed hat drive the off-beats under the gendang
        hats = [(step, CLOSED, 70.0 if step % 4 == 2 else 52.0) for step in range(0, steps, 2)]
        shake = [(step, TAMBOURINE, 84.0 if step % beat == 2 else 56.0) for step in range(0, steps, 2)]
        return hats + (shake if bar.fullness >= 0.55 else [])
    if pattern == "drums-brush":
        return [(step, SHAKER, 72.0 if step % beat == 0 else 48.0) for step in range(0, steps, 2)]
    if bar.fullness < 0.42 and pattern == "drums-ballad":
        return [(step, PEDAL, 62.0) for step in range(beat, steps, 2 * beat)]
    if bar.fullness >= 0.78 and bar.section.kind in ("chorus", "solo", "outro"):
        ride = [(step, RIDE, 92.0 if step % beat == 0 else 66.0) for step in range(0, steps, 2)]
        return [*ride, *((step, PEDAL, 60.0) for step in range(beat, steps, 2 * beat))]
    hats = [(step, CLOSED, 88.0 if step % beat == 0 else 58.0) for step in range(0, steps, 2)]
    if bar.fullness >= 0.6 and bar.place % 4 == 3:
        hats[-1] = (hats[-1][0], OPEN, 84.0)
    if bar.fullness >= 0.68 and pattern == "drums-pop":
        hats += [(step, CLOSED, 40.0) for step in range(3, steps, 4)]
    return hats
