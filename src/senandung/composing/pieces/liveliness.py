"""How lively a piece is: the bin of arousal in its header, from the onsets that are heard in a second.

Tempo and density are the cues of arousal in Eerola, Friberg & Bresin (2013), "Emotional expression in music", Frontiers
in Psychology 4:487. Training pieces are labelled so from their own notes; a wish that says nothing gets what is usual.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from senandung.composing.pieces.piece import METRES, STEPS_PER_QUARTER, PieceBar

AROUSAL_EDGES = (1.58, 1.97, 2.27, 2.61)
"""The quintiles of a sample of the corpora, pieces weighed by the square root of their notes."""


def liveliness(onsets_a_second: float) -> float:
    """Log2 of one plus the onsets a second, simultaneous notes counted once.

    >>> liveliness(3.0)
    2.0
    """
    return math.log2(1 + onsets_a_second)


def arousal_of(onsets_a_second: float) -> int:
    """The bin of arousal, 0..4.

    >>> arousal_of(3.0), arousal_of(8.0)
    (2, 4)
    """
    return bisect_right(AROUSAL_EDGES, liveliness(onsets_a_second))


def onsets_a_second(bars: Sequence[PieceBar], tempo: float) -> float:
    """Onsets a second in some bars at a tempo in quarters a minute, simultaneous notes counted once."""
    onsets = sum(len({note.start for row in bar.notes for note in row}) for bar in bars)
    quarters = sum(METRES[bar.metre].steps for bar in bars) / STEPS_PER_QUARTER
    return onsets / max(quarters * 60 / tempo, 1e-6)
