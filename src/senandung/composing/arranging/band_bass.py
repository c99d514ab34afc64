"""The bass of pop and folk bands: it takes the bass drum's pattern, pumps, swings between octaves or walks.

A song draws one figure for its soft, its middle and its full sections and keeps it; every fourth bar turns to the next
chord by step, and the bar before a chorus climbs into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from senandung.composing.arranging.bass import one_by_one
from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.groove import kick_steps
from senandung.composing.arranging.player import grade, playing
from senandung.composing.arranging.voicing import fifth_of, near, third_of
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.scales import Key
from senandung.domain.song import Note
from senandung.domain.style import Player

Row = list[tuple[int, int, str]]
"""Step, length in steps, degree."""

# A letter begins a tone, "-" holds it, "." is a rest, a sign a sixteenth: R the chord's bass, 3 and 5 its third and
# fifth, 8 the bass an octave up, w a step towards the next bar's bass (the last of several arrives). "kick" takes the
# strokes of the bass drum; what follows it is the degree of the last one. Soft, middle and full sections. Commonly
# stated figures written down by the project.
CELLS: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "bass-ballad": {
            "4/4": (
                ("R---------------", "R-----------w---", "R-------R-----w-"),
                ("kick R", "kick 5", "R-----R-R-----w-", "R-----5-8-----w-"),
                ("kick 5", "kick 8", "kick R", "R--R--R-R---5-w-"),
            ),
            "3/4": (
                ("R-----------", "R-------w---"),
                ("R-------5---", "R---5---8---", "R-----R-5-w-"),
                ("R-----5-8-w-", "R---R-5-8-w-"),
            ),
            "6/8": (
                ("R-----------", "R-----R-----"),
                ("R-----5---w-", "R---R-R---w-", "R-----8---5-"),
                ("R---R-5---w-", "R---5-8---w-", "R-R-R-5---w-"),
            ),
        },
        "bass-pop": {
            "4/4": (
                ("kick R", "R-----R-R-----w-", "R--R....R--R..w-"),
                ("kick 8", "R--R--R-..R-8-w-", "R-8-R-8-R-8-R-w-", "kick 5"),
                ("R-8-R-8-R-8-R-w-", "R-R-8-R-R-R-8-w-", "kick 8", "R--8..R-R--8..w-"),
            ),
        },
        "bass-drive": {
            "4/4": (
                ("R---R---R---R-w-", "kick R", "R-------R-----w-"),
                ("R-R-R-R-R-R-R-w-", "R--R--R-R--R--w-", "kick 5"),
                ("R-R-R-R-R-R-R-w-", "R-R-R-R-R-R-5-w-", "R-R-8-R-R-R-8-w-", "R--R--R-R-R-5-w-"),
            ),
        },
        "bass-folk": {
            "4/4": (
                ("R-------5-------", "R-----R-5-------"),
                ("R---..R-5---..w-", "R---3---5---w---", "R---5---R---w---"),
                ("R---3---5---w---", "R---R-3-5---3-w-", "R---5---8---5-w-"),
            ),
            "3/4": (
                ("R-----------", "R-------5---"),
                ("R---5---5---", "R-------5-w-"),
                ("R---3---5-w-", "R---5---8-w-"),
            ),
            "6/8": (
                ("R-----5-----", "R-----R-----"),
                ("R-----5---w-", "R---R-5---w-"),
                ("R---R-5---w-", "R---5-8---w-"),
            ),
        },
    }
)


def play_band_bass(chart: Chart, player: Player) -> list[Note]:
    """The bass part: a chord tone on every strong beat, the chord's bass at every change of chord."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    home = near(chart.key.tonic.pitch_class, low + 7, low, min(high, low + 16))
    notes: list[Note] = []
    place = last = home
    for bar in playing(chart, player):
        row = _row(chart, player, bar)
        walking = [index for index, (_, _, degree) in enumerate(row) if degree == "w"]
        for index, (step, length, degree) in enumerate(row):
            tick = bar.onset + step * STEP
            chord = bar.chord_at(tick)
            weight = bar.metre.weight(step * STEP)
            root = near(chord.bass_pitch_class, (place + home) // 2, low, high)
            third = third_of(chord)
            if any(span.onset == tick for span in bar.harmony) or degree == "R":
                pitch = root
            elif degree == "w":
                goal = near(_next_chord(chart, bar), (place + home) // 2, low, high)
                pitch = _walked(chart.key_at(tick), place, goal, walking[-1] - index + 1, low, high)
                if pitch == goal or weight >= 3:
                    pitch = near(fifth_of(chord), place, low, high)
            elif degree == "8":
                pitch = root + 12 if root + 12 <= min(high, last + 12) else root
            elif degree == "3" and third is not None:
                pitch = near(third, root + 4, low, high)
            else:
                pitch = near(fifth_of(chord), last, low, high)
            accent = 0.25 if weight >= 3 else 0.0 if weight == 2 else -0.15
            notes.append(Note(tick, length * STEP, pitch, chart.velocity(bar, accent + _growing(chart, bar, step), 66)))
            place = pitch if degree != "8" else place
            last = pitch
    return [*_led(chart, _near(one_by_one(notes), low, high))]


def _growing(chart: Chart, bar: Bar, step: int) -> float:
    """Louder towards a chorus."""
    return 0.5 * step / bar.steps if chart.staging.drives.get(bar.number) in ("roll", "toms", "shake") else 0.0


def _row(chart: Chart, player: Player, bar: Bar) -> Row:
    """The tones of a bar: the song's figure, turned where a phrase ends, every change of chord heard."""
    pools = CELLS.get(player.pattern, CELLS["bass-ballad"]).get(str(bar.metre))
    kicks = kick_steps(chart, bar)
    level = grade(chart, bar)
    if pools is None:
        row: Row = [(step, bar.beat_steps, "5" if step else "R") for step in range(0, bar.steps, bar.beat_steps)]
    else:
        aside = "bridge" if bar.section.kind in ("bridge", "solo") else ""
        pool = pools[level]
        name = chart.rng(f"bass {player.pattern} {level} {aside}").choice(pool)
        if name.startswith("kick") and not kicks:
            name = next(other for other in pool if not other.startswith("kick"))
        row = _kicked(kicks, name[-1], bar) if name.startswith("kick") else read_cell(name)
    moves = _next_chord(chart, bar) != bar.harmony[-1].chord.bass_pitch_class
    drive = chart.staging.drives.get(bar.number)
    if drive in ("roll", "toms", "shake") and bar.steps >= 12:
        row = _climbing(bar)
    elif bar.place % 4 == 3 and level and bar.steps >= 12:
        row = _turned(row, bar, moves)
    taken = {step for step, _, _ in row}
    row += [(step, 2, "R") for span in bar.harmony for step in ((span.onset - bar.onset) // STEP,) if step not in taken]
    for step in kicks:  # lock to the bass drum
        taken = {at for at, _, _ in row}
        if not {step - 1, step, step + 1} & taken:
            row.append((step, 2, "R"))
    return sorted(row)


def read_cell(text: str) -> Row:
    """A figure's tones as step, length and degree.

    >>> read_cell("R---5-w.")
    [(0, 4, 'R'), (4, 2, '5'), (6, 1, 'w')]
    """
    row: Row = []
    for step, sign in enumerate(text):
        if sign == "-" and row:
            start, length, degree = row[-1]
            row[-1] = (start, length + 1, degree)
        elif sign not in "-.":
            row.append((step, 1, sign))
    return row


def _kicked(kicks: Sequence[int], last: str, bar: Bar) -> Row:
    """A tone on each stroke of the bass drum, the last of them on another degree, then a step towards the next bar."""
    steps = sorted({0, *(step for step in kicks if step - 1 not in kicks)})  # of a doubled stroke the first
    ends = [*steps[1:], bar.steps]
    row: Row = [(step, end - step, "R") for step, end in zip(steps, ends, strict=True)]
    if len(row) > 2:
        row[-1] = (*row[-1][:2], last)
    step, _, degree = row[-1]
    if bar.steps - step >= 5:
        row[-1] = (step, bar.steps - 2 - step, degree)
        row.append((bar.steps - 2, 2, "w"))
    return row


def _turned(row: Row, bar: Bar, moves: bool) -> Row:
    """The figure with its last beat turned: two steps into the next chord, or fifth and octave where it stays."""
    beat = bar.beat_steps
    last = bar.steps - beat
    kept = [(step, min(length, last - step), degree) for step, length, degree in row if step < last]
    first, second = ("5", "w") if moves else ("8", "5")
    short = max(1, beat // 2)
    return [*kept, (last, beat - short, first), (bar.steps - short, short, second)]


def _climbing(bar: Bar) -> Row:
    """The bar before a chorus: the root in eighths, then step by step into the chorus."""
    row: Row = [(step, 2, "R") for step in range(0, bar.steps - 4, 2)]
    return [*row, (bar.steps - 4, 2, "5"), (bar.steps - 2, 2, "w")]


def _next_chord(chart: Chart, bar: Bar) -> int:
    """Pitch class of the next bar's bass."""
    return chart.bars[min(bar.number + 1, len(chart.bars) - 1)].harmony[0].chord.bass_pitch_class


def _walked(key: Key, place: int, goal: int, away: int, low: int, high: int) -> int:
    """A tone so many scale steps from the goal, on the side on which the bass is."""
    scale = [pitch for pitch in range(low, high + 1) if pitch % 12 in key.pitch_classes or pitch == goal]
    at = scale.index(goal)
    side = -1 if goal > place or (goal == place and at >= away) else 1
    index = at + side * away
    return scale[index] if 0 <= index < len(scale) else scale[max(0, min(len(scale) - 1, at - side * away))]


def _near(notes: Sequence[Note], low: int, high: int) -> list[Note]:
    """The notes with those an octave nearer that leap by more than one to the next."""
    kept = list(notes)
    for at in range(len(kept) - 2, -1, -1):
        leap = kept[at + 1].pitch - kept[at].pitch
        if abs(leap) > 12:
            moved = kept[at].pitch + (12 if leap > 0 else -12)
            kept[at] = replace(kept[at], pitch=moved if low <= moved <= high else kept[at].pitch)
    return kept


def _led(chart: Chart, notes: Sequence[Note]) -> Iterator[Note]:
    """The notes, where a tone on a beat is foreign and does not lead on by step, the chord's fifth instead."""
    for note, after in zip(notes, [*notes[1:], None], strict=True):
        bar = chart.bar_at(note.onset)
        chord = bar.chord_at(note.onset)
        leads = after is not None and abs(after.pitch - note.pitch) <= 2
        if bar.metre.weight(note.onset - bar.onset) < 2 or note.pitch % 12 in chord.pitch_classes or leads:
            yield note
        else:
            yield replace(note, pitch=near(fifth_of(chord), note.pitch, note.pitch - 6, note.pitch + 6))
