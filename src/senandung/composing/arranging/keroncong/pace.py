"""The paces of keroncong (irama): which one a bar is played at, and how it changes.

Engkel (single) in the first verse, dobel (double) when it comes again, to the end (Soeharto 1996); ropelan, cuk and cak
struck without a pause, in preludes and interludes ("Jenis irama (pukulan) musik keroncong", eshakarsanada 2008); a
voorspel by one player after another, ad libitum, before the band comes in (Nugroho 2015, Guritno); stambul II begins
with the singer alone (Harmunah 1994). Petikan (plucked) and genjrengan (struck) are ways of the cuk in `strummed`. Of
Soeharto's *cakapur* we found the name only. Which bar changes is ours where no source is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from senandung.composing.arranging.chart import Bar, Chart
from senandung.composing.arranging.player import playing
from senandung.domain.style import Player

OPENINGS: Mapping[str, str] = MappingProxyType(
    {"keroncong-guitar-voorspel": "voorspel", "keroncong-guitar-alone": "alone", "keroncong-guitar-bawa": "bawa"}
)
"""How a song opens, by the figure that the style gives to its guitar."""

UNPLAYED = ("voorspel", "alone", "bawa")
"""Paces at which the band is silent."""

ALONE_BARS = 3
"""Bars of stambul's first verse that are sung without the band: I I I, before it comes in on IV."""


def opening(chart: Chart) -> str:
    """How the song opens: "voorspel", "alone", "bawa", or "" with the whole band."""
    return next((OPENINGS[p.pattern] for p in chart.style.ensemble if p.pattern in OPENINGS), "")


def pace(chart: Chart, bar: Bar) -> str:
    """The pace of a bar: "engkel", "dobel", "ropelan", or one of `UNPLAYED`.

    Parameters
    ----------
    chart : the song; which sections are led says where it is sung.
    bar : one of its bars.
    """
    opens, section = opening(chart), bar.section
    first_led = next((i for i, other in enumerate(chart.sketch.sections) if chart.is_led(other)), -1)
    if opens == "voorspel" and bar.section_index == 0 and section.kind == "intro" and bar.place < voorspel_bars(bar):
        return "voorspel"
    if opens == "alone" and (
        (bar.section_index == 0 and section.kind == "intro" and bar.section_bars <= 2)
        or (bar.section_index == first_led and bar.place < ALONE_BARS < bar.section_bars)
    ):
        return "alone"
    if opens == "bawa" and bar.section_index == 0 == first_led and bar.section_bars <= 4 < len(chart.bars):
        return "bawa"
    if section.kind == "outro":
        return "dobel" if bar.place < bar.section_bars // 2 and _came_back(chart, bar.section_index) else "engkel"
    if not chart.is_led(section):
        return "ropelan"
    return "dobel" if _came_back(chart, bar.section_index + 1) else "engkel"


def voorspel_bars(bar: Bar) -> int:
    """Bars of an introduction that are free: its first half."""
    return bar.section_bars // 2


def _came_back(chart: Chart, until: int) -> bool:
    """Whether a sung section of a kind that was sung before begins before section number `until`."""
    kinds = [section.kind for section in chart.sketch.sections[:until] if chart.is_led(section)]
    return len(kinds) > len(set(kinds))


def turns_next(chart: Chart, bar: Bar) -> bool:
    """Whether the pace changes with the next bar line, or the phrase of four bars ends here."""
    if bar.last:
        return False
    after = chart.bars[bar.number + 1]
    return bar.place % 4 == 3 or bar.closes_section or pace(chart, bar) != pace(chart, after)


def is_dobel(chart: Chart, bar: Bar) -> bool:
    """Whether the bar is played at the double pace."""
    return pace(chart, bar) == "dobel"


def banded(chart: Chart, player: Player) -> Iterator[tuple[Bar, str]]:
    """The bars in which a player of the band takes part, with their pace; none while one of the others is alone."""
    for bar in playing(chart, player):
        found = pace(chart, bar)
        if found not in UNPLAYED:
            yield bar, found
