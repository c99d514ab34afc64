"""The figures that a style may give to keroncong's players, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from senandung.composing.arranging.chart import Chart
from senandung.composing.arranging.keroncong.bass import play_bass
from senandung.composing.arranging.keroncong.cello import play_cello
from senandung.composing.arranging.keroncong.guitar import play_guitar
from senandung.composing.arranging.keroncong.javanese import play_kethuk_kenong, play_saron_line, play_siter
from senandung.composing.arranging.keroncong.strummed import play_cak, play_cuk
from senandung.composing.arranging.keroncong.winds import play_winds
from senandung.domain.song import Note
from senandung.domain.style import Player

KERONCONG: Mapping[str, Callable[[Chart, Player], list[Note]]] = MappingProxyType(
    {
        "bass-gong": play_bass,
        "bass-keroncong": play_bass,
        "cak": play_cak,
        "cak-siter": play_siter,
        "cuk": play_cuk,
        "cuk-kethuk": play_kethuk_kenong,
        "keroncong-cello": play_cello,
        "keroncong-cello-kendang": play_cello,
        "keroncong-flute": play_winds,
        "keroncong-guitar": play_guitar,
        "keroncong-guitar-alone": play_guitar,
        "keroncong-guitar-bawa": play_guitar,
        "keroncong-guitar-voorspel": play_guitar,
        "keroncong-violin": play_winds,
        "saron-five": play_saron_line,
    }
)
"""The guitar's figure also says how a song opens, see `pace.OPENINGS`."""
