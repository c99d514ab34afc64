"""How many onsets a second are wanted, and what is laid over the lengths of notes where the last bars have others.

The header says how lively the piece is to be (`pieces.liveliness`); over minutes the network forgets it, and a piece
that began thinly stays thin, for it carries on what it sees. Here the last bars are counted. Between the two edges of
the header's bin nothing is added; the edges keep to what real pieces of the ensemble have.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.measures.bands import bands
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.liveliness import AROUSAL_EDGES, onsets_a_second
from senandung.composing.pieces.piece import PieceBar
from senandung.composing.pieces.vocabulary import IDS, LENGTHS, SIZE

COUNTED = 8
"""The last bars that are counted."""

LEAN = 1.5
"""Added to the logit of a length for each halving, for each doubling of the onsets that is wanted."""

FURTHEST = 1.0
"""The most doublings, or halvings, that are reckoned with."""

BEFORE_ANY = 12.0
"""Steps with which the first length of a row is compared: an eighth."""

_LEN = IDS[f"len:{LENGTHS[0]}"]
_HALVINGS = -np.log2(np.asarray(LENGTHS, dtype=np.float64))


class Pace:
    """The onsets a second that a piece should have.

    Parameters
    ----------
    wish : whose arousal says how lively; where it is None nothing is ever added.
    """

    def __init__(self, wish: PieceWish) -> None:
        self.lower, self.upper = 0.0, math.inf
        self._tempo = wish.tempo
        band = bands(wish.ensemble, wish.style).get("onsets_per_quarter")
        if wish.arousal is None or band is None or wish.syllables:
            return
        edges = [0.0, *(2**edge - 1 for edge in AROUSAL_EDGES), math.inf]
        quarters = wish.tempo / 60
        self.lower = min(max(edges[wish.arousal], band.low * quarters), band.upper * quarters)
        self.upper = max(min(edges[wish.arousal + 1], band.high * quarters), band.lower * quarters)

    def wanted(self, bars: Sequence[PieceBar]) -> float:
        """How often the onsets of the last bars should be doubled: below 0 where they are too many."""
        counted = bars[-COUNTED:]
        if not counted or self.lower == 0.0:
            return 0.0
        found = onsets_a_second(counted, self._tempo)
        away = math.log2(self.lower / max(found, 1e-3)) if found < self.lower else 0.0
        if found > self.upper:
            away = math.log2(self.upper / found)
        return min(max(away, -FURTHEST), FURTHEST)


def pacing_lengths(reader: Follower, before: str, wanted: float) -> NDArray[np.float64] | None:
    """What is added to the logits of lengths, shape (vocabulary,); None for nothing.

    The length that would be kept without a token is the mark: shorter ones gain where more onsets are wanted.
    """
    if wanted == 0.0 or before not in ("pitch", "mate"):
        return None
    added = np.zeros(SIZE)
    mark = math.log2(reader.length or BEFORE_ANY)
    added[_LEN : _LEN + len(LENGTHS)] = LEAN * wanted * (_HALVINGS + mark)
    return added
