"""The keroncong band: cuk and cak that interlock, the drum-like cello, the running guitar."""

from __future__ import annotations

from senandung.composing.arranging.chart import Chart
from senandung.composing.arranging.pads import play_pad
from senandung.domain.song import Note
from senandung.domain.style import Player


def play_cuk(chart: Chart, player: Player) -> list[Note]:
    """The cuk."""
    return play_pad(chart, player)


play_cak = play_cello = play_running_guitar = play_cuk
