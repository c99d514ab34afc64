"""The gamelan in a campursari band: saron lines and imbal, peking, and the strokes that count the gongan.

What is stated. Manthous' campursari (1993) joins keyboard and a gamelan that is made to Western pitch, so that both
blend (Kusnadi, "Melodi dan lirik lagu campursari ciptaan Manthous", Universitas Negeri Yogyakarta). In imbal two
instruments of a kind interlock, each damping when the other strikes (toetuf.blogspot.com, 2009, "Saron"). A langgam
counts as a ketawang does: kenong on 8 and 16 of sixteen beats, kempul on 12, gong on 16 (`domain.gendhing` has the
cycle and its source; that langgam keep it in campursari is commonly stated). The lines and the tones of the imbal are
the project's own: the line goes by step through the scale towards the tone of the next bar's beginning, its seleh.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.dangdut_plan import may_strike, song_pattern
from senandung.composing.arranging.line import near_tone, scale_pitches
from senandung.composing.arranging.player import playing
from senandung.composing.arranging.voicing import near, tones
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player

GONGAN = 4
"""Bars from one stroke of the gong to the next."""

COUNTED: Mapping[str, tuple[int, ...]] = MappingProxyType({"gong": (0,), "kenong": (0, 2), "kempul": (3,)})
"""Bars of the gongan on whose first beat they strike: the downbeat ends a group of four beats. The kempul of bar 1
is left out, as after every gong (wela)."""

IMBAL: tuple[tuple[int, ...], tuple[int, ...]] = ((0, 1, 0, 1), (2, 3, 2, 1))
"""Scale steps of the two sarons from the imbal's lowest tone: the first on the beats, the second between them."""


GATRA: Mapping[int, tuple[tuple[int, int, int, int], ...]] = MappingProxyType(
    {
        0: ((0, 1, 2, 1), (0, -1, -2, -1), (0, 2, 1, -1), (0, 1, 0, -1)),
        1: ((0, -1, 0, 2), (0, 2, 1, 0), (0, 1, 2, 3)),
        2: ((0, 1, 0, 1), (0, 2, 3, 1), (0, -1, 1, 3)),
        3: ((0, 1, 2, 4), (0, 2, 1, 2), (0, 1, 3, 2)),
        -1: ((0, 1, 0, -2), (0, -2, -1, 0), (0, 1, 2, 1)),
        -2: ((0, 1, 0, -1), (0, -1, 0, -1), (0, 1, -1, -3)),
        -3: ((0, -1, 0, -2), (0, 1, -1, -2), (0, -2, -1, -2)),
    }
)
"""Scale steps of a bar's four tones from its first, by how far the next bar's first tone lies away: contours in the
manner of gatra, by step or turning round a tone, and never on the goal just before it."""


def play_saron(chart: Chart, player: Player) -> list[Note]:
    """A saron's part: in langgam the line, a tone a beat; in sections in dangdut rhythm imbal of two sarons.

    The peking strikes each tone of the line twice throughout, an octave higher; in langgam a second saron has every
    other tone of it.
    """
    low, high = INSTRUMENTS[player.instrument].comfortable
    second = player.pattern == "saron-second"
    partner = second or any(other.pattern == "saron-second" for other in chart.style.ensemble)
    lines = balungan(chart)
    notes: list[Note] = []
    for bar in playing(chart, player):
        line = [_within(pitch, low, high) for pitch in lines[bar.number]]
        if player.pattern == "peking-doubles":
            notes += _line(chart, bar, [_within(pitch + 12, low, high) for pitch in lines[bar.number]], 2)
        elif partner and bar.steps == 16 and song_pattern(chart, bar) not in ("", "langgam"):
            notes += _imbal(chart, bar, line, low, high, second=second)
        else:
            notes += [note for index, note in enumerate(_line(chart, bar, line, 1)) if not second or index % 2 == 0]
    return notes


def _within(pitch: int, low: int, high: int) -> int:
    while pitch > high:
        pitch -= 12
    while pitch < low:
        pitch += 12
    return pitch


def balungan(chart: Chart) -> list[list[int]]:
    """The line that all sarons have: for every bar a pitch a beat, which lead to the next bar's first tone, the seleh.

    A bar that comes back at the same place of a section of its kind, over the same chords, has the same contour.
    """
    low, high = INSTRUMENTS["saron"].comfortable
    middle = (low + high) // 2
    first = near_tone(chart, 0, middle, low, high)
    found = []
    for bar in chart.bars:
        after = chart.bars[min(bar.number + 1, len(chart.bars) - 1)]
        rng = chart.rng(f"balungan {bar.section.kind} {bar.place}")
        drift = rng.choice((-4, -2, 2, 4))
        goal = near_tone(
            chart, after.onset, (first + drift + middle) // 2 if abs(first - middle) > 5 else first + drift, low, high
        )
        scale = scale_pitches(chart, bar, bar.onset, low, high)
        at = min(range(len(scale)), key=lambda index: abs(scale[index] - first))
        to = min(range(len(scale)), key=lambda index: abs(scale[index] - goal))
        contour = rng.choice(GATRA[max(-3, min(3, to - at))])
        line = [first]
        for beat in range(1, bar.metre.beats):
            tick = bar.onset + beat * bar.metre.beat_ticks
            here = scale_pitches(chart, bar, tick, low, high)
            base = min(range(len(here)), key=lambda index: abs(here[index] - first))
            wanted = abs(base + contour[beat % 4])  # at the ends of the instrument the contour turns back
            line.append(here[max(0, min(wanted, 2 * len(here) - 2 - wanted))])
        found.append(line)
        first = goal
    return found


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
        step = 4 * beat + (2 if second else 0)
        tick = bar.onset + step * STEP
        scale = scale_pitches(chart, bar, tick, low, high)
        base = min(range(len(scale)), key=lambda index: abs(scale[index] - line[0]))
        base = max(0, min(base, len(scale) - 4))
        pitch = line[3] if beat == 3 else scale[min(len(scale) - 1, base + IMBAL[second][beat])]
        if may_strike(chart, bar, step):
            notes.append(Note(tick, 2 * STEP, pitch, chart.velocity(bar, 0.1 if beat == 0 else -0.15, 58)))
    return notes


def play_gong(chart: Chart, player: Player) -> list[Note]:
    """A tone left to ring in the bars of the gongan that the instrument counts: the gong's own, or one of the chord."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    notes: list[Note] = []
    for bar in playing(chart, player):
        if bar.place % GONGAN in COUNTED[player.pattern]:
            pitch = near_tone(chart, bar.onset, (low + high) // 2, low, high)
            if player.pattern == "gong":
                pitch = near(gong_tone(chart, bar), (low + high) // 2, low, high)
            rings = min(GONGAN // 2 * bar.ticks, chart.end - bar.onset)
            notes.append(Note(bar.onset, rings, pitch, chart.velocity(bar, 0.2, 62)))
    return notes


def gong_tone(chart: Chart, bar: Bar) -> int:
    """The gong's pitch class: a set has few gongs, here the tonic's and the dominant's, which sounds where it fits."""
    tonic = chart.key.tonic.pitch_class
    chord = tones(bar.chord_at(bar.onset))
    return (tonic + 7) % 12 if tonic not in chord and (tonic + 7) % 12 in chord else tonic
