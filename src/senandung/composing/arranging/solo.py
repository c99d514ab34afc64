"""One instrument alone that plays chords: the left hand flows, the right sings or answers."""

from __future__ import annotations

from senandung.composing.arranging.chart import Chart
from senandung.composing.arranging.comping import play_keys
from senandung.domain.song import Note
from senandung.domain.style import Player


def play_solo(chart: Chart, player: Player) -> list[Note]:
    """The part of a solo piano."""
    return play_keys(chart, player)
