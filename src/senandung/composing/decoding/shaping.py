"""Slopes that are laid over the logits: a climax, what was felt, and a bass that closes a phrase.

All are slight and linear in the logits: a note or a length stays likely for the reasons that the network has. Which
cues a feeling moves and where to: Eerola, Friberg & Bresin (2013), Frontiers in Psychology 4:487.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.chord_chains import EVADED, FULL, NONE, OPEN
from senandung.composing.decoding.compass import COMPASS
from senandung.composing.decoding.grammar import PieceGrammar
from senandung.composing.decoding.phrases import Phrases
from senandung.composing.pieces.asked import SINGERS, PieceWish
from senandung.composing.pieces.piece import BINS
from senandung.composing.pieces.vocabulary import HIGHEST, IDS, LENGTHS, LOWEST, NAMES, SIZE

CLIMAX = 0.7
"""Where in a piece its climax lies, as a share of its bars."""

SHORTEST = 16
"""Bars from which on a piece of two parts or more has a climax (in a tune, whose bars return, it only thins them)."""

HIGHER, DENSER = 0.45, 0.2
"""At the climax: added for each octave higher in the highest part, and taken for each doubling of a length."""

AROUSED = 0.35
"""Taken for each doubling of a length in the highest bin of arousal, added in the lowest."""

BRIGHT = 0.5
"""Added to major chords, and taken from minor and diminished ones, in the highest bin of valence; the lowest: less."""

ROOTED = 1.5
"""Added to the chord's root in the bass where a phrase closes, and for the chord before a full close."""

_OCTAVES = (np.arange(LOWEST, HIGHEST + 1) - 64) / 12
_DOUBLINGS = np.log2(np.asarray(LENGTHS) / 24)
_BLOCKS = (IDS[f"pitch:{LOWEST}"], IDS[f"mate:{LOWEST}"])
_LEN = IDS[f"len:{LENGTHS[0]}"]
_BRIGHT = np.asarray(
    [
        0.0 if not name.startswith("chord:") or name == "chord:none"
        else 1.0 if name.rpartition(":")[2] in ("maj", "7", "maj7", "sus4")
        else -1.0
        for name in NAMES
    ]
)  # fmt: skip
_ROOTS = {
    str(root): np.asarray(
        [ROOTED * (name.startswith("pitch:") and int(name[6:]) % 12 == root) for name in NAMES], dtype=np.float64
    )
    for root in range(12)
}
"""By a chord's degree, what is added to pitches."""


def tension(share: float) -> float:
    """How tense a piece is after a share of its bars, -1..1: it rises to its climax and falls more quickly.

    >>> tension(0.0), round(tension(CLIMAX), 6), tension(1.0)
    (-0.5, 1.0, -0.5)
    """
    if share <= CLIMAX:
        return float(0.25 - 0.75 * np.cos(np.pi * share / CLIMAX))
    return float(0.25 + 0.75 * np.cos(np.pi * (share - CLIMAX) / (1 - CLIMAX)))


def felt(chosen: int | None) -> float:
    """A bin of valence or arousal as -1..1, 0 where none was asked."""
    return 0.0 if chosen is None else 2 * chosen / (BINS - 1) - 1


def highest_part(wish: PieceWish) -> int:
    """The part that carries the climax: the first that is sung, else that of the highest compass (first of equals)."""
    sung = [index for index, part in enumerate(wish.parts) if part.instrument in SINGERS]
    if sung:
        return sung[0]
    pitched = [index for index, part in enumerate(wish.parts) if part.instrument != "drums"]
    return max(pitched, key=lambda index: (COMPASS[wish.parts[index].instrument].high, -index), default=0)


def shape_bar(wish: PieceWish, bar: int, part: int, strength: float = 1.0) -> NDArray[np.float64] | None:
    """What is added to the logits in a part of a bar, shape (vocabulary,); None for nothing."""
    tense = tension(bar / (wish.bars - 1)) if wish.bars >= SHORTEST and len(wish.parts) > 1 else 0.0
    denser = strength * (DENSER * tense + AROUSED * felt(wish.arousal))
    higher = strength * HIGHER * tense if part == highest_part(wish) else 0.0
    if denser == 0.0 and higher == 0.0:
        return None
    added = np.zeros(SIZE)
    added[_LEN : _LEN + len(LENGTHS)] = -denser * _DOUBLINGS
    for block in _BLOCKS:
        added[block : block + len(_OCTAVES)] = higher * _OCTAVES
    return added


def close_at_bass(grammar: PieceGrammar, phrases: Phrases) -> NDArray[np.float64] | None:
    """What is added to the logits in the bass at a phrase's close: the root of the chord; None elsewhere."""
    bar, reader = grammar.bar, grammar.reader
    if grammar.part != grammar.bass or len(grammar.tracks) == 1 or reader.cursor >= reader.bars[reader.bar].steps:
        return None
    step = reader.cursor
    chords = reader.bars[reader.bar].chords
    last = len(chords) < 2 or step >= reader.bars[reader.bar].steps // 2
    leads = bar + 1 < len(phrases.goals) and phrases.goals[bar + 1] in (FULL, EVADED) and last
    if phrases.goals[bar] in (NONE, OPEN) and not leads:
        return None
    name = NAMES[reader.bars[reader.bar].chord_at(step)]
    return _ROOTS.get(name.partition(":")[2].partition(":")[0])


def shape_chords(wish: PieceWish, strength: float = 1.0) -> NDArray[np.float64]:
    """What is added to the logits of chords, shape (vocabulary,)."""
    return strength * BRIGHT * felt(wish.valence) * _BRIGHT
