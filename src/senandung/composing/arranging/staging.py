"""The staging of a band: who comes in when, where it is taken back, and how it drives at a chorus.

The fullness of the bars says how much is played. Here stands what an arranger decides beside it: in the introduction
the players come one after another, in the first verse some wait for its second half, one later section is taken back
to a few players (the breakdown), and the bar before a chorus leads into it. Commonly stated devices of pop arranging;
which of them a song takes is drawn by its seed. A curve that the person drew is followed to the letter: then nothing is
staged but the drives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from senandung.composing.arranging.chart import Bar, Chart, Staging
from senandung.domain.style import Player

FEWEST = 4
"""Smaller bands are not staged: everyone is needed."""

EARLY = 0.22
"""A player may come into the introduction this far below its own threshold."""

JOINING = 0.14
"""And this far below it into the second half of the first verse."""

BARE, GROWING = 0.3, 0.5
"""Fullness of a breakdown, and of the bars in which the band comes back."""

DRIVEN = 0.06
"""A bar that drives at a chorus is so much fuller."""

CHOPPING = ("guitar-offbeat",)
"""Figures that make no accompaniment alone."""

INTROS = ("chords first", "lead first", "all at once")
DRIVES = ("roll", "toms", "fill", "stop")
"""What the drums do in the bar before a chorus; brushes shake, and drums that enter with the chorus play a pickup."""


def staged(chart: Chart) -> Chart:
    """The chart with its staging, where its style is staged and enough players are there."""
    players = chart.style.ensemble
    if not chart.style.staged or len(players) < FEWEST:
        return chart
    rng = chart.rng("staging")
    intro, verse, back = rng.choice(INTROS), rng.random(), rng.random()
    order = rng.sample(DRIVES, len(DRIVES))
    rests: dict[str, set[int]] = {player.track: set() for player in players}
    joins: dict[str, set[int]] = {player.track: set() for player in players}
    bare: set[int] = set()
    if not chart.sketch.plan.asked:
        _introduction(chart, intro, rests, joins)
        _first_verse(chart, verse, rests, joins)
        _later_verses(chart, verse, rests)
        bare = _breakdown(chart, back, rests)
    drives = _drives(chart, order, rests)
    staging = Staging(_frozen(rests), _frozen(joins), MappingProxyType(drives), frozenset(bare))
    return replace(chart, bars=tuple(_shaded(bar, bare, drives) for bar in chart.bars), staging=staging)


def _frozen(rows: Mapping[str, set[int]]) -> Mapping[str, frozenset[int]]:
    return MappingProxyType({track: frozenset(bars) for track, bars in rows.items() if bars})


def _shaded(bar: Bar, bare: set[int], drives: Mapping[int, str]) -> Bar:
    if bar.number in bare:
        return replace(bar, fullness=min(bar.fullness, BARE))
    if bar.number - bar.place in bare:  # the band comes back
        return replace(bar, fullness=min(bar.fullness, max(GROWING, bar.fullness - 0.15)))
    if bar.number in drives:
        return replace(bar, fullness=min(1.0, bar.fullness + DRIVEN))
    return bar


def first_chords(players: Sequence[Player]) -> Player:
    """The player who carries the song alone: the first with chords who does not only chop, else the first of all."""
    chords = [player for player in players if player.role == "chords"]
    return next((player for player in chords if player.pattern not in CHOPPING), [*chords, players[0]][0])


def _introduction(chart: Chart, way: str, rests: dict[str, set[int]], joins: dict[str, set[int]]) -> None:
    """In an introduction of four bars or more the band enters by halves, with a few who would wait for the verse."""
    section = [bar for bar in chart.bars if bar.section_index == 0 and bar.section.kind == "intro"]
    if len(section) < 4 or section[0].sung:
        return
    half = len(section) // 2
    early, late = [bar.number for bar in section[:half]], [bar.number for bar in section[half:]]
    carrier = first_chords(chart.style.ensemble)
    for player in chart.style.ensemble:
        own = player.track == carrier.track
        leads = player.role in ("counter", "melody")
        near = section[0].fullness + (EARLY if way != "all at once" else EARLY / 2) >= player.enters
        if own:
            joins[player.track].update(early + late)
        elif way == "all at once":
            if near and player.role != "drums":
                joins[player.track].update(early + late)
        elif leads and way == "lead first":
            joins[player.track].update(early + late)
        else:
            rests[player.track].update(early)
            if near and player.role in ("bass", "pad", "counter", "melody"):
                joins[player.track].update(late)
            if player.role == "drums":
                rests[player.track].update(late[:-1])


def _first_verse(chart: Chart, draw: float, rests: dict[str, set[int]], joins: dict[str, set[int]]) -> None:
    """In the first verse some wait for its second half, or come into it before their time."""
    section = [bar for bar in chart.bars if bar.section.kind == "verse" and bar.occurrence == 0]
    if len(section) < 8 or section[0].section_index > 1:
        return
    half = len(section) // 2
    carrier = first_chords(chart.style.ensemble)
    there = [p for p in chart.style.ensemble if p.enters <= section[0].fullness and p.track != carrier.track]
    waiting = {"bass", "drums"} if draw < 0.3 else {"drums"} if draw < 0.55 else set()
    busy = [player for player in there if player.role in ("bass", "drums", "chords")]
    for player in chart.style.ensemble:
        if player in there and player.role in waiting and len(busy) >= 3:
            rests[player.track].update(bar.number for bar in section[:half])
        elif player not in there and player.enters <= section[0].fullness + JOINING and player.role != "drums":
            joins[player.track].update(bar.number for bar in section[half:])


def _later_verses(chart: Chart, draw: float, rests: dict[str, set[int]]) -> None:
    """Later verses leave one of the chords out, another one each time, so that a chorus is more than a loud verse."""
    carrier = first_chords(chart.style.ensemble)
    spare = [p for p in chart.style.ensemble if p.role in ("chords", "pad") and p.track != carrier.track]
    if len(spare) < 2:
        return
    for bar in chart.bars:
        if bar.section.kind == "verse" and bar.occurrence:
            waiting = spare[(bar.occurrence + int(draw * 97)) % len(spare)]
            if bar.occurrence == 1 or bar.place < bar.section_bars // 2:
                rests[waiting.track].add(bar.number)


def _breakdown(chart: Chart, draw: float, rests: dict[str, set[int]]) -> set[int]:
    """The first half of one later section is left to a few: the bridge, the last verse, or a chorus before the last."""
    climax = chart.sketch.plan.climax
    found: list[list[Bar]] = []
    last = len(chart.bars)
    for index in range(2, len(chart.sketch.sections)):
        section = [bar for bar in chart.bars if bar.section_index == index]
        half = section[: max(2, len(section) // 2)]
        kind = section[0].section.kind
        later = section[0].number >= 0.45 * last
        peak = climax is not None and climax in {bar.number for bar in half}
        again = any(bar.section.kind == "chorus" and bar.section_index > index for bar in chart.bars)
        if len(section) >= 4 and later and not peak and not section[-1].last and again:
            doubled = chart.sketch.sections[index + 1].kind == "chorus"
            least = {"bridge": 0, "verse": 1, "prechorus": 1, "chorus": 1 if doubled else 2}.get(kind)
            if least is not None and section[0].occurrence >= least:
                found.append(half)
    if not found:
        return set()
    bare = {bar.number for bar in found[min(len(found) - 1, int(draw * len(found)))]}
    carrier = first_chords(chart.style.ensemble)
    for player in chart.style.ensemble:
        kept = player.track == carrier.track or player.role in ("counter", "melody")
        if not kept and not (player.role == "pad" and draw * 7 % 1 < 0.5):
            rests[player.track].update(bare)
    return bare


def _drives(chart: Chart, order: Sequence[str], rests: Mapping[str, set[int]]) -> dict[int, str]:
    """What the drums do in the bar before each chorus; the stop comes once, and never before the planned climax."""
    kit = next((player for player in chart.style.ensemble if player.instrument == "drums"), None)
    if kit is None:
        return {}
    brushes = kit.pattern == "drums-brush"
    drives: dict[int, str] = {}
    fullest = max(bar.fullness for bar in chart.bars)
    for bar in chart.bars[1:]:
        before = chart.bars[bar.number - 1]
        if bar.section.kind != "chorus" or not bar.opens_section or before.section.kind == "intro":
            continue
        playing = before.fullness >= min(kit.enters, fullest) and before.number not in rests[kit.track]
        chosen = order[len(drives) % len(order)]
        if not playing:
            chosen = "pickup"
        elif brushes:
            chosen = "shake"
        elif chosen == "stop" and ("stop" in drives.values() or chart.sketch.plan.climax == bar.number):
            chosen = "roll"
        drives[before.number] = chosen
    return drives


def stops(chart: Chart) -> tuple[tuple[int, int], ...]:
    """Spans in ticks in which the whole band is silent before a chorus: the last beat, or two where beats are short."""
    found = []
    for number, kind in chart.staging.drives.items():
        if kind == "stop":
            bar = chart.bars[number]
            beats = 2 if bar.metre.beat_ticks * chart.seconds_a_tick < 0.55 and bar.metre.beats >= 4 else 1
            found.append((bar.end - beats * bar.metre.beat_ticks, bar.end))
    return tuple(found)
