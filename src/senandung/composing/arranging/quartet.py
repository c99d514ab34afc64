"""Real parts: a string quartet, or any group of single-line players."""

from __future__ import annotations

from collections.abc import Sequence

from senandung.composing.arranging.chart import Chart
from senandung.composing.arranging.fills import play_counter
from senandung.composing.arranging.melody import play_melody
from senandung.domain.song import Note
from senandung.domain.style import Player


def play_parts(chart: Chart, players: Sequence[Player], sung: bool) -> dict[str, list[Note]]:
    """A part for each player."""
    return {p.track: (play_melody if p.role == "melody" else play_counter)(chart, p) for p in players}
