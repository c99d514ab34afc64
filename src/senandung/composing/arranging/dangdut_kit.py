"""The kit beside a gendang: bass drum with the bass, hi-hat and tambourine between the beats, and the stops.

That a tambourine and a kit play beside the gendang, which leads and fills, is commonly stated; what they strike is
the project's own.
"""

from __future__ import annotations

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.dangdut_plan import song_pattern, stop_in
from senandung.composing.arranging.drums import play_drums
from senandung.composing.arranging.gendang import bass_row, bounded
from senandung.composing.arranging.groove import CLOSED, CRASH, KICK, OPEN, SNARE, STICK, TAMBOURINE
from senandung.composing.arranging.player import final_onset, playing
from senandung.domain.song import Note
from senandung.domain.style import Player

Hit = tuple[int, int, int]
"""Step, key, velocity."""


def play_kit(chart: Chart, player: Player) -> list[Note]:
    """The kit's part; without a gendang, or in another metre, that of any other band."""
    if not song_pattern(chart, chart.bars[0]):
        return play_drums(chart, player)
    notes: list[Note] = []
    end = final_onset(chart)
    before = -2
    for bar in playing(chart, player):
        scale = 0.62 + 0.4 * bar.fullness + 0.05 * chart.feeling_in(bar).arousal
        notes += [
            Note(bar.onset + step * STEP, STEP * (4 if key == CRASH else 1), key, bounded(velocity * scale))
            for step, key, velocity in _hits(chart, bar, entering=bar.number - 1 != before)
            if bar.onset + step * STEP < end
        ]
        before = bar.number
    last = chart.bars[-1]
    notes.append(Note(end, chart.end - end, CRASH, chart.velocity(last, 0.2, 64) if notes else 40))
    notes.append(Note(end, STEP, KICK, chart.velocity(last, 0.4, 72)))
    return notes


def _hits(chart: Chart, bar: Bar, *, entering: bool) -> list[Hit]:
    stop = stop_in(chart, bar)
    if stop is not None:
        return [(step, key, 100) for step in stop.hits for key in (KICK, SNARE)]
    name = song_pattern(chart, bar)
    hits = [(step, KICK, 96 if step == 0 else 80) for step, _, degree in bass_row(name, bar) if degree in "RV"]
    rock = name == "rock-dut"
    if rock or bar.fullness >= 0.55:
        hits += [(step, SNARE if rock else STICK, 100 if rock else 80) for step in (4, 12)]
    hits += [(step, CLOSED, 72 if step % 4 == 2 else 54) for step in range(0, 16, 2)]
    if bar.fullness >= 0.5:
        hits += [(step, TAMBOURINE, 84 if step % 4 == 2 else 58) for step in range(0, 16, 2)]
    if bar.fullness >= 0.72:
        hits += [(step, TAMBOURINE, 46) for step in range(3, 16, 4)]
    opens = bar.opens_section and bar.fullness >= 0.5
    if opens or (entering and bar.number > 0 and bar.fullness >= 0.45):
        hits = [hit for hit in hits if hit[:2] != (0, CLOSED)] + [(0, CRASH, 96)]
    if bar.place % 4 == 3 and bar.fullness >= 0.6:
        hits = [hit for hit in hits if hit[:2] != (14, CLOSED)] + [(14, OPEN, 82)]
    return hits
