"""The strokes of Indonesian hand drums: which syllable stands on which key of a drum track.

A drum track's pitch is a General MIDI percussion key, so that a MIDI file sounds like hand drums everywhere; our own
drums (`rendering.synthesis`) play the stroke itself. The syllables of the gendang are those of Hirza et al. (2018,
"Drum Etek on Dangdut Music"), those of the kendang the usual Central Javanese ones (kendhang kalih: dhah on the large
drum, thung on the ketipung, tak, ket; the others on the ciblon). Which hand and head make which syllable is commonly
stated, and differs from player to player; the choice of keys is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.errors import UnknownNameError
from senandung.domain.pitch import check_midi


@dataclass(frozen=True)
class Stroke:
    """One stroke: its syllable, its General MIDI percussion key, the head that is struck, and what it sounds like."""

    name: str
    key: int
    head: str
    sound: str

    def __post_init__(self) -> None:
        check_midi(self.key)


def _table(*rows: Stroke) -> Mapping[str, Stroke]:
    return MappingProxyType({row.name: row for row in rows})


STROKES: Mapping[str, Mapping[str, Stroke]] = MappingProxyType(
    {
        "gendang": _table(
            Stroke("tak", 60, "small", "slapped, bright and short"),
            Stroke("tek", 62, "small", "a light closed tap"),
            Stroke("tung", 61, "small", "open, rings on its pitch"),
            Stroke("no", 66, "small", "open at the rim, a clear high ring"),
            Stroke("tang", 63, "large", "open with a bright edge"),
            Stroke("dak", 65, "large", "slapped, short and dry"),
            Stroke("dam", 45, "both", "both heads open together"),
            Stroke("duk", 43, "large", "low and closed, without a slide"),
            Stroke("dut", 64, "large", "low, sliding upwards as the heel of the hand presses the head"),
            Stroke("ndut", 41, "large", "a deeper and longer slide"),
        ),
        "kendang": _table(
            Stroke("dhah", 41, "ageng, large", "deep and open"),
            Stroke("dhung", 43, "ageng, large", "open at the edge, rings"),
            Stroke("thung", 63, "ketipung, large", "open, rings on its pitch"),
            Stroke("tak", 60, "small", "slapped, bright and short"),
            Stroke("ket", 62, "small", "a light closed tap"),
            Stroke("dhe", 64, "ciblon, large", "low and open, falls a little"),
            Stroke("dhet", 45, "ciblon, large", "low, closed at once"),
            Stroke("lung", 47, "ciblon, large", "open at the edge, higher than dhe"),
            Stroke("tong", 65, "ciblon, small", "open, rings on its pitch"),
            Stroke("tok", 61, "ciblon, small", "a finger at the rim, high and short"),
            Stroke("dang", 66, "ciblon, both", "dhe and tak together"),
        ),
    }
)
"""Strokes by instrument and syllable."""


def stroke_key(instrument: str, syllable: str) -> int:
    """The percussion key of a syllable.

    >>> stroke_key("gendang", "dut")
    64
    >>> stroke_key("kendang", "tok") == stroke_key("kendang", "Tok")
    True
    """
    strokes = STROKES.get(instrument)
    if strokes is None:
        raise UnknownNameError("hand drum", instrument, STROKES)
    found = strokes.get(syllable.strip().lower())
    if found is None:
        raise UnknownNameError(f"stroke of the {instrument}", syllable, strokes)
    return found.key


def stroke_at(instrument: str, key: int) -> Stroke:
    """The stroke of a percussion key; a key that the drum does not have gives the stroke of the nearest key.

    >>> stroke_at("gendang", 64).name, stroke_at("kendang", 78).name
    ('dut', 'dang')
    """
    strokes = STROKES.get(instrument)
    if strokes is None:
        raise UnknownNameError("hand drum", instrument, STROKES)
    check_midi(key)
    return min(strokes.values(), key=lambda stroke: (abs(stroke.key - key), stroke.key))
