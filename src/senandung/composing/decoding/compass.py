"""What a player of each class of instrument can play: compass, notes at once, span."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from senandung.composing.pieces.piece import PiecePart
from senandung.composing.pieces.vocabulary import DRUM_KEYS


class Compass(NamedTuple):
    """Lowest and highest MIDI number, most notes at once, and most semitones from the lowest to the highest of them."""

    low: int
    high: int
    voices: int = 1
    span: int = 12


COMPASS: Mapping[str, Compass] = MappingProxyType(
    {
        "piano": Compass(24, 103, 5, 16), "harpsichord": Compass(29, 89, 4, 14), "organ": Compass(36, 91, 5, 16),
        "guitar": Compass(40, 81, 5, 30), "electric-guitar": Compass(40, 83, 4, 26), "harp": Compass(28, 96, 4, 16),
        "mandolin": Compass(55, 88, 2, 16), "violin": Compass(55, 96, 2, 14), "viola": Compass(48, 81, 2, 14),
        "cello": Compass(36, 74, 2, 14), "contrabass": Compass(28, 60), "strings": Compass(36, 93, 4, 30),
        "flute": Compass(60, 96), "oboe": Compass(58, 88), "clarinet": Compass(50, 88), "bassoon": Compass(34, 70),
        "saxophone": Compass(51, 81), "horn": Compass(40, 77), "trumpet": Compass(54, 84), "trombone": Compass(40, 71),
        "tuba": Compass(29, 58), "timpani": Compass(40, 57), "mallets": Compass(53, 96, 4, 24),
        "accordion": Compass(53, 89, 4, 16), "voice": Compass(52, 79), "soprano": Compass(59, 81),
        "alto": Compass(53, 74), "tenor": Compass(47, 69), "basso": Compass(40, 64), "choir": Compass(43, 81, 4, 30),
        "melody": Compass(55, 86), "continuo": Compass(36, 64), "bass": Compass(28, 55),
        "synth": Compass(36, 90, 3, 19), "pad": Compass(36, 86, 4, 24), "other": Compass(36, 90, 4, 24),
        "drums": Compass(DRUM_KEYS[0], DRUM_KEYS[-1], 4, 127),
    }
)  # fmt: skip
"""By class of instrument. Compasses lie inside those of `domain.instruments` (Adler) and hold all but some hundredths
of the notes of the training part; a class with two players a line (winds of an orchestra) is written in one voice."""

HANDS: Mapping[str, tuple[tuple[int, int], ...]] = MappingProxyType(
    {
        "piano": ((43, 103), (24, 79)), "harpsichord": ((48, 89), (29, 74)), "organ": ((48, 91), (36, 76), (36, 62)),
        "harp": ((48, 96), (28, 76)), "accordion": ((53, 89), (41, 72)),
    }
)  # fmt: skip
"""Compass of each hand (and of the organ's pedals) where two or more are written."""

HANDED = frozenset(HANDS)
"""Classes whose slots are hands of one player, who share the keys."""


def compass_of(part: PiecePart, slots: int = 1) -> Compass:
    """What a part can play; `slots` counts the parts of its class.

    >>> compass_of(PiecePart("piano", 1), 2)
    Compass(low=24, high=79, voices=5, span=16)
    """
    found = COMPASS[part.instrument]
    hands = HANDS.get(part.instrument, ())
    if slots > 1 and part.slot < len(hands):
        low, high = hands[part.slot]
        return found._replace(low=low, high=high)
    return found
