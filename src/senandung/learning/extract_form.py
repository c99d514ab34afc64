"""Forms: the order and the lengths of sections in the McGill Billboard annotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from senandung.learning.extract_chords import SongBars

LONGEST = 14
"""Songs with more sections than this are jams and medleys rather than forms."""


def extract(songs: Iterable[SongBars], keep: int = 60) -> dict[str, Any]:
    """The commonest orders of sections, and how many bars a kind of section has.

    Returns
    -------
    {"orders": [[["intro", "verse", …], count], …], "bars": {kind: {bars: count}}}; sections of one kind that follow
    each other are one, lengths are those of the single sections.
    """
    orders: Counter[tuple[str, ...]] = Counter()
    bars: dict[str, Counter[int]] = {}
    for song in songs:
        order: list[str] = []
        for section in song.sections:
            bars.setdefault(section.kind, Counter())[len(section.bars)] += 1
            if not order or order[-1] != section.kind:
                order.append(section.kind)
        if 4 <= len(order) <= LONGEST and "verse" in order and "chorus" in order:
            orders[tuple(order)] += 1
    ranked = sorted(orders.items(), key=lambda item: (-item[1], item[0]))[:keep]
    return {
        "orders": [[list(order), count] for order, count in ranked],
        "bars": {
            kind: {str(length): count for length, count in sorted(seen.items()) if count >= 3}
            for kind, seen in sorted(bars.items())
        },
    }
