"""The plucked cello: it drums, with low and high strings and damped strokes, and leads from one pace into the other.

It is played freely and rules the tempo (Lilik 2008), plucked with thumb and forefinger (Harmunah 1987), and has strokes
for sounds of the kendang: dang, thung, lung, ket, tak, dlang ("Bunyi cello keroncong pada langgam Jawa", 123dok). In
langgam Jawa it imitates the kendang's tones without taking over its patterns (abstract of "Feeling Time in Indonesian
Langgam Jawa"). The bars are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.keroncong.five import to_five
from senandung.composing.arranging.keroncong.pace import banded, pace, turns_next
from senandung.composing.arranging.line import near_tone
from senandung.composing.arranging.voicing import fifth_of, near
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick

# L the low string, F the same or the fifth, M the middle, H the high one, D low and high together (dlang), x a damped
# stroke (ket, tak), r the high string struck twice.
BARS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "keroncong-cello": {
            "engkel": ("L..MH.M.F..MH.MM", "L..xH.M.F.xMH..M", "L.xMH...F..MH.xM", "L..MH.MxF.MHMrHM"),
            "dobel": ("L.MMH.MMF.MMHMHM", "L.xMH.MMF.xMH.MM", "L.MxHMxMF.MxHMxM", "L.MMHrMMFrMHMrHr"),
            "ropelan": ("L.M.H.M.F.M.H.M.", "L..MH..MF..MH.MH", "L.M.HrM.F.MHMrHr"),
            "turn": ("L...H.M.F.MMHMHr",),
        },
        "keroncong-cello-kendang": {
            "engkel": ("D..x.xM.x.M.MLMx", "D.x.M..xH.x.M.Mx", "D..xM.x.F.xM.xMM", "D.xMxMH.xMxMMLMM"),
            "dobel": ("D.xMxMxHF.xMxMMx", "DxM.xMHxFxM.HMxM", "D.xMHMxMF.xMHMxM", "D.xMxMHrFxMHMrHr"),
            "ropelan": ("D.x.M.x.H.x.M.x.", "D.xMx.xMH.xMx.MM", "D.xMxMHxFxMHMrMM"),
            "turn": ("D...x.M.F.MMMMHr",),
        },
    }
)  # fmt: skip
"""Bars by figure and pace; the last of a row closes a phrase, `turn` leads from engkel into dobel."""

ACCENTS: Mapping[str, float] = MappingProxyType(
    {"L": 0.35, "D": 0.4, "F": 0.25, "M": -0.15, "H": 0.15, "x": -0.45, "r": -0.1}
)
RINGS: Mapping[str, int] = MappingProxyType({"L": 4, "D": 4, "F": 4, "M": 2, "H": 3})
"""Sixteenths that a stroke rings at most; a damped one and each of a doubled one last half a sixteenth."""


def play_cello(chart: Chart, player: Player) -> list[Note]:
    """The plucked cello, in the manner of a drum."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    rng = chart.rng(player.track)
    notes: list[Note] = []
    rows: tuple[str, ...] = ()
    at = (-1, "")
    table = BARS.get(player.pattern, BARS["keroncong-cello"])
    for bar, irama in banded(chart, player):
        if at != (bar.section_index, irama):
            at, rows = (bar.section_index, irama), tuple(rng.sample(table[irama][:-1], 2))
        signs = rows[bar.place % 4 == 2]
        if turns_next(chart, bar):
            faster = irama != "dobel" and pace(chart, chart.bars[bar.number + 1]) == "dobel"
            signs = table["turn"][0] if faster else table[irama][-1]
        if bar.steps != 16:
            signs = "".join(("L" if not step else "H") if step % bar.beat_steps == 0 else "M" if step % 2 == 0 else "."
                            for step in range(bar.steps))  # fmt: skip
        struck = [step for step, sign in enumerate(signs) if sign != "."]
        for step, after in zip(struck, [*struck[1:], bar.steps], strict=True):
            tick = bar.onset + step * STEP
            notes += _stroke(chart, bar, tick, signs[step], after - step, low, high)
    return to_five(chart, notes, chordal=True)


def _stroke(chart: Chart, bar: Bar, tick: Tick, sign: str, room: int, low: int, high: int) -> list[Note]:
    chord = bar.chord_at(tick)
    root = near(chord.bass_pitch_class, 43, low, 49)
    velocity = chart.velocity(bar, ACCENTS[sign], 62)
    upper = near_tone(chart, tick, 60, 56, high)
    if sign == "r":
        return [Note(tick + half * STEP // 2, STEP // 2, upper, velocity) for half in (0, 1)]
    if sign == "D":
        length = min(RINGS[sign], room) * STEP
        return [Note(tick, length, root, velocity), Note(tick, length, upper, velocity)]
    middle = near(chord.root.pitch_class, 50, 45, 56)
    if middle == root:
        middle = near(fifth_of(chord), 52, 45, 57)
    changed = any(span.onset == tick for span in bar.harmony)
    pitch = {
        "L": root,
        "F": root if changed else near(fifth_of(chord), root, low, 50),
        "M": middle,
        "H": upper,
        "x": middle,
    }[sign]
    length = STEP // 2 if sign == "x" else min(RINGS[sign], room) * STEP
    return [Note(tick, length, pitch, velocity)]
