"""Which gendang pattern a song and each of its sections have, where the band stops, and the gendang's part.

A song has one main pattern, for the pattern tells what kind of dangdut it is (Hirza et al. 2018). The second part of
a song, B, is higher and more ardent (commonly stated, school texts after Wikipedia, "Dangdut"): it may have a pattern
of its own. Koplo begins slowly and sadly until the drum breaks in (Kompas, 23 September 2022, after the leader of OM
Arjasta). In campursari langgam and dangdut rhythms stand beside each other (commonly stated). Which pattern suits
which tempo and feeling, and how often, is the project's own.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from senandung.composing.arranging.chart import Bar, Chart
from senandung.composing.arranging.gendang import (
    PATTERNS,
    ROLLS,
    STOPS,
    Stop,
    beaten,
    pattern_row,
    read_row,
    strike,
)
from senandung.composing.arranging.player import final_onset, playing
from senandung.domain.hand_drums import stroke_key
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player


@dataclass(frozen=True)
class Playing:
    """How a style's hand drums go through a song.

    Parameters
    ----------
    main : patterns to choose the song's own from: (name, weight, slowest and fastest beats a minute).
    ardent : the same, taken instead where the feeling is dark and stirred.
    refrain : what the main pattern may become in the refrain, with weights; "" stays.
    others : patterns of other kinds of section; "" stays.
    opening : the pattern of the intro's first half.
    waiting : now and then the opening has the whole intro and this pattern the first verse.
    """

    main: tuple[tuple[str, int, float, float], ...]
    ardent: tuple[tuple[str, int, float, float], ...] = ()
    refrain: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=lambda: MappingProxyType({}))
    others: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=lambda: MappingProxyType({}))
    opening: str = ""
    waiting: str = ""


PLAYINGS: Mapping[str, Playing] = MappingProxyType(
    {
        "gendang-dangdut": Playing(
            main=(
                ("chalte", 5, 0, 300), ("dangdut", 2, 100, 300), ("medium", 2, 0, 116), ("senti-mentil", 3, 0, 106),
                ("pop-dut", 1, 0, 300),
            ),
            ardent=(("rock-dut", 3, 0, 300), ("chalte", 1, 0, 300)),
            refrain=MappingProxyType(
                {
                    "chalte": (("dangdut", 3), ("", 1)),
                    "dangdut": (("balikan", 3), ("", 1)),
                    "medium": (("dangdut", 2), ("chalte", 1)),
                    "senti-mentil": (("chalte", 1),),
                    "pop-dut": (("chalte", 1),),
                    "rock-dut": (("dangdut", 1), ("", 1)),
                }
            ),
            others=MappingProxyType({"interlude": (("balikan", 1), ("dangdut", 1)), "solo": (("rock-dut", 1),)}),
        ),
        "gendang-chalte": Playing(main=(("chalte", 1, 0, 300),)),
        "gendang-melayu": Playing(
            main=(("pop-dut", 2, 0, 300), ("senti-mentil", 1, 0, 300)),
            refrain=MappingProxyType({"pop-dut": (("chalte", 1), ("", 1)), "senti-mentil": (("pop-dut", 1),)}),
        ),
        "gendang-koplo": Playing(
            main=(("koplo", 1, 0, 300),),
            others=MappingProxyType({"interlude": (("jaipong", 2), ("dangdut", 1)), "bridge": (("jaipong", 1),)}),
            opening="senti-mentil",
            waiting="dangdut",
        ),
        "gendang-campursari": Playing(
            main=(("langgam", 1, 0, 300),),
            refrain=MappingProxyType({"langgam": (("campursari", 3), ("koplo", 1), ("chalte", 1))}),
            others=MappingProxyType({"interlude": (("campursari", 1),), "solo": (("campursari", 1),)}),
        ),
    }
)  # fmt: skip
"""How the hand drums of a style go, by the figure that its drummer names."""

WAITS = 0.35
"""How often the first verse waits for the song's own pattern, where a playing has one to wait with."""

ROLLED = 0.4
"""In koplo the roll before a stop begins a bar earlier in sections that are at least so full."""

STOP_FULLNESS = 0.3
"""A stop stands before a refrain that is at least so full."""


def drummer(chart: Chart) -> Player | None:
    """The player whose patterns the band follows: the first hand drum that names a playing."""
    return next((player for player in chart.style.ensemble if player.pattern in PLAYINGS), None)


def pattern_of(chart: Chart, bar: Bar, playing_name: str) -> str:
    """The name of the pattern that a bar has."""
    plan = PLAYINGS[playing_name]
    rng = chart.rng(f"{playing_name} patterns")
    bpm = chart.sketch.plan.bpm
    ardent = plan.ardent and chart.feeling.valence < -0.25 and chart.feeling.arousal > 0.3
    rows = [row for row in (plan.ardent if ardent else plan.main) if row[2] <= bpm <= row[3]] or list(plan.main)
    main = rng.choices([row[0] for row in rows], [row[1] for row in rows])[0]
    refrain = _drawn(rng, plan.refrain.get(main, ())) or main
    others = {kind: _drawn(rng, choices) or main for kind, choices in sorted(plan.others.items())}
    waits = plan.waiting != "" and rng.random() < WAITS
    kind = bar.section.kind
    if waits and kind == "verse" and bar.occurrence == 0:
        return plan.waiting
    if kind == "intro":
        if waits:
            return plan.opening
        half = bar.section_bars >= 8 and bar.place < bar.section_bars // 2
        return plan.opening if plan.opening and half else main
    return refrain if kind == "chorus" else others.get(kind, main)


def _drawn(rng: random.Random, choices: tuple[tuple[str, int], ...]) -> str:
    """One of the named choices by weight; a number is drawn even where there is but one."""
    luck = rng.random() * sum(weight for _, weight in choices)
    for name, weight in choices:
        if luck < weight:
            return name
        luck -= weight
    return ""


def song_pattern(chart: Chart, bar: Bar) -> str:
    """The pattern that the band follows in a bar; "" where no hand drum leads it or the metre is not 4/4."""
    leader = drummer(chart)
    return pattern_of(chart, bar, leader.pattern) if leader is not None and bar.steps == 16 else ""


def stop_in(chart: Chart, bar: Bar) -> Stop | None:
    """The stop of the band in a bar: the last one before a refrain. A song has one kind of stop."""
    leader = drummer(chart)
    if leader is None or leader.pattern == "gendang-melayu" or bar.steps != 16 or not bar.closes_section:
        return None
    if bar.number + 1 >= len(chart.bars) or bar.section_bars < 4:
        return None
    after = chart.bars[bar.number + 1]
    refrain = after.section.kind == "chorus" and bar.section.kind != "chorus"
    soft = (PLAYINGS[leader.pattern].opening, PLAYINGS[leader.pattern].waiting)
    here, then = (pattern_of(chart, each, leader.pattern) for each in (bar, after))
    breaks_in = (bar.section.kind == "intro" or here in soft) and "" not in soft and then not in soft
    if after.fullness < STOP_FULLNESS or not (refrain or breaks_in):
        return None
    return chart.rng("stop").choice(STOPS)


def may_strike(chart: Chart, bar: Bar, step: int) -> bool:
    """Whether the band strikes at a sixteenth of a bar: in a stop only the common strokes."""
    stop = stop_in(chart, bar)
    return stop is None or step in stop.hits


def play_gendang(chart: Chart, player: Player) -> list[Note]:
    """The part of a hand drum: its pattern, turned every fourth bar, rolls into new sections, a slide at the end.

    Of two hand drums that name the same playing (campursari's kendang and gendang) each plays its own patterns.
    """
    rng = chart.rng(player.track)
    playing_name = player.pattern if player.pattern in PLAYINGS else "gendang-chalte"
    alone = sum(other.pattern == playing_name for other in chart.style.ensemble) < 2
    active = {bar.number for bar in playing(chart, player)}
    notes: list[Note] = []
    for bar in chart.bars:
        if bar.number not in active:
            continue
        name = pattern_of(chart, bar, playing_name)
        if PATTERNS[name].hand_drum == player.instrument:
            notes += _bar(chart, bar, name, rng)
        elif alone:
            notes += _bar(chart, bar, "langgam" if player.instrument == "kendang" else "chalte", rng)
    return _closed(chart, player, notes)


def _bar(chart: Chart, bar: Bar, name: str, rng: random.Random) -> list[Note]:
    scale = 0.62 + 0.4 * bar.fullness + 0.05 * chart.feeling_in(bar).arousal
    hand_drum = PATTERNS[name].hand_drum if bar.steps == 16 else "gendang"
    if bar.steps != 16:
        return strike("gendang", bar, beaten(bar), rng, scale, end=bar.steps)
    stop = stop_in(chart, bar)
    if stop is not None:
        return strike(hand_drum, bar, read_row(stop.rolls[hand_drum]), rng, scale)
    before_last = bar.number + 1 < len(chart.bars) and not chart.bars[bar.number + 1].last
    koplo = name == "koplo" and bar.number + 1 < len(chart.bars) and bar.fullness >= ROLLED
    grows = koplo and stop_in(chart, chart.bars[bar.number + 1]) is not None  # two bars of it in koplo
    if (bar.closes_section and before_last) or bar.number == 0 or grows:
        roll = read_row(rng.choice(ROLLS[hand_drum]))
        if bar.section_bars < 4 or bar.fullness < 0.36:  # thin sections and short ones: half a bar
            return strike(hand_drum, bar, pattern_row(name, bar), rng, scale, 0, 8) + strike(
                hand_drum, bar, roll, rng, scale, 8
            )
        return strike(hand_drum, bar, roll, rng, scale)
    return strike(hand_drum, bar, pattern_row(name, bar), rng, scale)


def _closed(chart: Chart, player: Player, notes: list[Note]) -> list[Note]:
    """The part up to the last chord, and the strokes on it."""
    end, last = final_onset(chart), chart.bars[-1]
    low, high = ("dhe", "dang") if player.instrument == "kendang" else ("dut", "tang")
    kept = [note for note in notes if note.onset < end]
    for syllable, length, accent in ((low, chart.end - end, 0.8), (high, 120, 0.4)):
        key = stroke_key(player.instrument, syllable)
        kept.append(Note(end, length, key, chart.velocity(last, accent, 72)))
    return [note for note in kept if INSTRUMENTS[player.instrument].plays(note.pitch)]
