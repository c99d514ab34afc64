"""The bass: roots and fifths of the chord, locked to the bass drum, led by step into the next root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.dangdut_plan import song_pattern, stop_in
from senandung.composing.arranging.gendang import bass_row
from senandung.composing.arranging.groove import kick_steps
from senandung.composing.arranging.player import playing
from senandung.composing.arranging.voicing import fifth_of, near
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player

Cell = tuple[tuple[int, int, str], ...]
"""Step, length in steps, and degree: R the chord's bass, 5 its fifth, V that below, 8 an octave up, A an approach."""

# For each pattern the cells from soft to full, by metre. Commonly stated figures written down by the project.
CELLS: Mapping[str, Mapping[str, tuple[Cell, ...]]] = MappingProxyType(
    {
        "bass-dangdut": {
            # Do, sol, low sol (`gendang`); beside a gendang the bass of the bar's pattern takes this one's place.
            "4/4": (
                ((0, 10, "R"), (10, 2, "5"), (12, 4, "V")),
                ((0, 6, "R"), (6, 4, "R"), (10, 2, "5"), (12, 2, "V"), (14, 2, "A")),
            ),
        },
        "bass-koplo": {
            "4/4": (((0, 3, "R"), (3, 3, "R"), (6, 2, "5"), (8, 2, "R"), (10, 4, "R"), (14, 2, "V")),),
        },
    }
)  # fmt: skip


def play_bass(chart: Chart, player: Player) -> list[Note]:
    """The bass part. On beats and at every change of chord it plays a chord tone; approaches stand on off-beats."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    table = CELLS.get(player.pattern, CELLS["bass-dangdut"])
    home = near(chart.key.tonic.pitch_class, low + 7, low, min(high, low + 16))
    notes: list[Note] = []
    place = home
    for bar in playing(chart, player):
        cell = _cell(chart, table, bar, player)
        floor = low + 5 if any(degree == "V" for _, _, degree in cell) else low  # room for the low fifth
        for step, length, degree in cell:
            tick = bar.onset + step * STEP
            chord = bar.chord_at(tick)
            changed = any(span.onset == tick for span in bar.harmony)
            weight = bar.metre.weight(step * STEP)
            root = near(chord.bass_pitch_class, (place + home) // 2, floor, high)
            if changed or degree == "R" or (degree == "A" and weight >= 2):
                pitch = root
            elif degree == "5":
                pitch = near(fifth_of(chord), root + 7, low, high)
            elif degree == "V":
                pitch = near(fifth_of(chord), root - 5, low, high)
            elif degree == "8":
                pitch = root + 12 if root + 12 <= high else root
            else:
                pitch = _approach(chart, bar, place, low, high)
            accent = 0.25 if weight >= 3 else 0.0 if weight == 2 else -0.15
            notes.append(Note(tick, length * STEP, pitch, chart.velocity(bar, accent, 66)))
            place = pitch if degree not in "8V5" else place
    return one_by_one(notes)


WITH_GENDANG = ("bass-dangdut", "bass-koplo")
"""Figures that follow the pattern of the gendang, where one plays."""


def _with_gendang(chart: Chart, bar: Bar) -> list[tuple[int, int, str]]:
    """The bass of the gendang's pattern, every change of chord heard, nothing after the last hit of a stop."""
    stop = stop_in(chart, bar)
    if stop is not None:
        return [(step, 2, "R") for step in stop.hits]
    cell = list(bass_row(song_pattern(chart, bar), bar))
    following = chart.bars[min(bar.number + 1, len(chart.bars) - 1)].harmony[0].chord
    moves = following.bass_pitch_class != bar.harmony[-1].chord.bass_pitch_class
    if moves and bar.place % 2 == 1 and bar.fullness >= 0.45 and cell[-1][0] < 14:
        cell.append((14, 2, "A"))
    steps = {step for step, _, _ in cell}
    for span in bar.harmony:
        step = (span.onset - bar.onset) // STEP
        if step not in steps:
            cell.append((step, 2, "R"))
    return sorted(cell)


def _cell(chart: Chart, table: Mapping[str, tuple[Cell, ...]], bar: Bar, player: Player) -> list[tuple[int, int, str]]:
    if player.pattern in WITH_GENDANG and song_pattern(chart, bar):
        return _with_gendang(chart, bar)
    cells = table.get(str(bar.metre))
    if cells is None:
        beat = bar.beat_steps
        cells = (tuple((step, beat, "R" if step == 0 else "5") for step in range(0, bar.steps, beat)),)
    level = min(len(cells) - 1, int(bar.fullness * len(cells) * 0.999))
    cell = list(cells[level])
    if bar.closes_section and level > 0 and cell[-1][2] != "A" and bar.steps >= 8:
        cell.append((bar.steps - 2, 2, "A"))
    steps = {step for step, _, _ in cell}
    for span in bar.harmony:  # every change of chord is heard in the bass
        step = (span.onset - bar.onset) // STEP
        if step not in steps:
            cell.append((step, 2, "R"))
    if level > 0:  # lock to the bass drum
        taken = {step for step, _, _ in cell}
        for step in kick_steps(chart, bar):
            if step not in taken and not {step - 1, step + 1} & taken:
                cell.append((step, 2, "R"))
                taken.add(step)
    return sorted(cell)


def _approach(chart: Chart, bar: Bar, place: int, low: int, high: int) -> int:
    """A tone a step from the next bar's bass, from the side on which the bass is."""
    following = chart.bars[min(bar.number + 1, len(chart.bars) - 1)]
    target = near(following.harmony[0].chord.bass_pitch_class, place, low, high)
    scale = set(chart.key_at(following.onset).pitch_classes)
    side = -1 if target > place else 1
    if target == place:
        return near(fifth_of(bar.harmony[-1].chord), place, low, high)
    for distance in (1, 2):
        pitch = target + side * distance
        if low <= pitch <= high and pitch % 12 in scale:
            return pitch
    return near(fifth_of(bar.harmony[-1].chord), place, low, high)


def one_by_one(notes: Sequence[Note]) -> list[Note]:
    """One tone at a time: each ends where the next begins."""
    ordered = sorted(notes, key=lambda note: note.onset)
    ends = [note.onset for note in ordered[1:]] + [ordered[-1].end if ordered else 0]
    return [
        Note(note.onset, min(note.duration, end - note.onset), note.pitch, note.velocity)
        for note, end in zip(ordered, ends, strict=True)
        if end > note.onset
    ]
