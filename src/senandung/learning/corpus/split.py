"""Training and validation: whole groups, a share of each set, some of every set."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from senandung.learning.corpus.sets import Work

SHARE = 0.04
"""Share of a set's notes that is kept for validation."""

FEWEST = 3
"""Groups of a set that are kept, however large they are."""


def validation_groups(works: Sequence[Work], *, seed: int) -> frozenset[str]:
    """The groups kept for validation.

    In each set groups are taken in the order of their names' hashes until they hold `SHARE` of its notes and are at
    least `FEWEST`; a group with more than a tenth of a set is never taken.
    """
    notes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for work in works:
        count = sum(piece.note_count for piece in work.pieces)
        if count:
            notes[work.set][work.group] += count
    chosen: set[str] = set()
    for name in sorted(notes):
        groups = notes[name]
        total = sum(groups.values())
        kept = taken = 0
        for group in sorted(groups, key=lambda text: _hash(text, seed)):
            if kept >= SHARE * total and taken >= FEWEST:
                break
            if 10 * groups[group] > total:
                continue
            chosen.add(group)
            kept += groups[group]
            taken += 1
    return frozenset(chosen)


def _hash(text: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{text}".encode()).hexdigest()
