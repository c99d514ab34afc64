"""The words that pictures and pages show, in Indonesian and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from senandung.domain.song import Song

LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "made": ("dibuat mesin", "made by a machine"),
        "made-with": ("Dibuat mesin dengan Senandung (made by a machine)", "Made by a machine, with Senandung"),
        "bars": ("birama", "bars"),
        "bar": ("birama", "bar"),
        "valence": ("tidak enak  ←  valensi  →  enak", "unpleasant  ←  valence  →  pleasant"),
        "arousal": ("tenang  ←  gairah  →  bergelora", "calm  ←  arousal  →  excited"),
        "valence-short": ("valensi", "valence"),
        "arousal-short": ("gairah", "arousal"),
        "tension-short": ("tegangan", "tension"),
        "unread": ("perasaan tidak terbaca", "the feeling could not be read"),
    }
)
"""Indonesian and English by name."""


def label(name: str, language: str) -> str:
    """A label in a language ("id" or "en").

    >>> label("made", "id"), label("made", "en")
    ('dibuat mesin', 'made by a machine')
    """
    return LABELS[name][0 if language == "id" else 1]


def plain_style(song: Song) -> str:
    """The song's style as a reader sees it: "pop-ballad" is "pop ballad"."""
    return song.provenance.style.replace("-", " ")


def clock(seconds: float) -> str:
    """Minutes and seconds.

    >>> clock(125.4)
    '2:05'
    """
    minutes, rest = divmod(int(max(seconds, 0)), 60)
    return f"{minutes}:{rest:02d}"
