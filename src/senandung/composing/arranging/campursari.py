"""The gamelan in a campursari band: saron lines and imbal, peking, and the strokes that count the gongan.

What is stated. Manthous' campursari (1993) joins keyboard and a gamelan that is made to Western pitch, so that both
blend (Kusnadi, "Melodi dan lirik lagu campursari ciptaan Manthous", Universitas Negeri Yogyakarta). In imbal two
instruments of a kind interlock, each damping when the other strikes (toetuf.blogspot.com, 2009, "Saron"). A langgam
counts as a ketawang does: kenong on 8 and 16 of sixteen beats, kempul on 12, gong on 16 (`domain.gendhing` has the
cycle and its source; that langgam keep it in campursari is commonly stated). The lines and the tones of the imbal are
the project's own: the line goes by step through the scale towards the tone of the next bar's beginning, its seleh.
"""

from __future__ import annotations

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.dangdut_plan import may_strike, song_pattern
from senandung.composing.arranging.line import near_tone, scale_pitches
from senandung.composing.arranging.player import playing
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player

GONGAN = 4
"""Bars from one stroke of the gong to the next."""

COUNTED: dict[str, tuple[int, ...]] = {"gong": (0,), "kenong": (0, 2), "kempul": (3,)}
"""Bars of the gongan on whose first beat they strike: the downbeat ends a group of four beats. The kempul of bar 1
is left out, as after every gong (wela)."""

IMBAL: tuple[tuple[int, ...], tuple[int, ...]] = ((0, 1, 0, 1), (2, 3, 2, 1))
"""Scale steps of the two sarons from the imbal's lowest tone: the first on the beats, the second between them."""


def play_saron(chart: Chart, player: Player) -> list[Note]:
    """A saron's part: in langgam the line, a tone a beat; in sections in dangdut rhythm imbal of two sarons.

    The peking strikes each tone of the line twice throughout; a second saron has every other tone of it in langgam.
    """
    low, high = INSTRUMENTS[player.instrument].comfortable
    second = player.pattern == "saron-second"
    partner = second or any(other.pattern == "saron-second" for other in chart.style.ensemble)
    notes: list[Note] = []
    place = (low + high) // 2
    for bar in playing(chart, player):
        line = balungan(chart, bar, place, low, high)
        place = line[-1]
        if player.pattern == "peking-doubles":
            notes += _line(chart, bar, line, 2)
        elif partner and bar.steps == 16 and song_pattern(chart, bar) not in ("", "langgam"):
            notes += _imbal(chart, bar, line, low, high, second=second)
        else:
            notes += [note for index, note in enumerate(_line(chart, bar, line, 1)) if not second or index % 2 == 0]
    return notes


def _line(chart: Chart, bar: Bar, line: list[int], times: int) -> list[Note]:
    notes = []
    for beat, pitch in enumerate(line):
        tick, length = bar.onset + beat * bar.metre.beat_ticks, bar.metre.beat_ticks // times
        accent = 0.2 if beat == 0 else -0.1
        notes += [
            Note(tick + again * length, length, pitch, chart.velocity(bar, accent - 0.2 * again, 60))
            for again in range(times)
            if may_strike(chart, bar, (beat * bar.metre.beat_ticks + again * length) // STEP)
        ]
    return notes


def _imbal(chart: Chart, bar: Bar, line: list[int], low: int, high: int, *, second: bool) -> list[Note]:
    """Half of an imbal in eighths: both halves together run round the bar's tone and lead into the next one."""
    notes = []
    for beat in range(4):
        tick = bar.onset + beat * 4 * STEP + (2 * STEP if second else 0)
        step = (tick - bar.onset) // STEP
        scale = scale_pitches(chart, bar, tick, low, high)
        base = min(range(len(scale)), key=lambda index: abs(scale[index] - line[0]))
        base = max(0, min(base, len(scale) - 4))
        pitch = scale[min(len(scale) - 1, base + IMBAL[second][beat])]
        if beat == 3:  # into the next bar's tone
            pitch = line[3]
        if may_strike(chart, bar, step):
            notes.append(Note(tick, 2 * STEP, pitch, chart.velocity(bar, 0.1 if beat == 0 else -0.15, 58)))
    return notes


def balungan(chart: Chart, bar: Bar, place: int, low: int, high: int) -> list[int]:
    """A pitch a beat: from a chord tone near `place` by step towards the next bar's."""
    after = chart.bars[min(bar.number + 1, len(chart.bars) - 1)]
    goal = near_tone(chart, after.onset, place, low, high)
    pitch = near_tone(chart, bar.onset, place, low, high)
    found = [pitch]
    for beat in range(1, bar.metre.beats):
        tick = bar.onset + beat * bar.metre.beat_ticks
        scale = scale_pitches(chart, bar, tick, low, high)
        left = bar.metre.beats - beat
        at = min(range(len(scale)), key=lambda index: abs(scale[index] - found[-1]))
        to = min(range(len(scale)), key=lambda index: abs(scale[index] - goal))
        if abs(to - at) >= left:
            at += 1 if to > at else -1
        else:  # time is left: round the goal
            at += -1 if (beat % 2 == 1) == (at > 0) else 1
        found.append(scale[max(0, min(len(scale) - 1, at))])
    return found


def play_gong(chart: Chart, player: Player) -> list[Note]:
    """A tone of the chord, left to ring, in the bars of the gongan that the instrument counts."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    notes: list[Note] = []
    for bar in playing(chart, player):
        if bar.place % GONGAN in COUNTED[player.pattern]:
            pitch = near_tone(chart, bar.onset, (low + high) // 2, low, high)
            rings = min(GONGAN // 2 * bar.ticks, chart.end - bar.onset)
            notes.append(Note(bar.onset, rings, pitch, chart.velocity(bar, 0.2, 62)))
    return notes
