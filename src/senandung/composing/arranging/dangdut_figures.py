"""The figures of dangdut's melody players, as tables: calls and cadences, answers to the singer, the guitar's riffs.

All are the project's own; that interludes are made of sequences, and that the suling answers in quick steps, is
commonly stated. `dangdut_lines` plays them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Phrase = tuple[tuple[int, int, int], ...]
"""Tones of a phrase: step, length in steps, and scale steps from its base."""

CALLS: tuple[Phrase, ...] = (
    ((0, 3, 4), (3, 1, 5), (4, 2, 4), (6, 2, 3), (8, 4, 2), (12, 2, 3), (14, 2, 4), (16, 3, 3), (19, 1, 4), (20, 2, 3),
     (22, 2, 2), (24, 6, 1)),
    ((2, 2, 0), (4, 2, 1), (6, 2, 2), (8, 4, 4), (12, 2, 3), (14, 2, 2), (16, 2, 3), (18, 2, 2), (20, 2, 1), (22, 2, 2),
     (24, 6, 0)),
    ((0, 2, 2), (2, 2, 2), (4, 2, 3), (6, 2, 2), (8, 2, 1), (10, 2, 2), (12, 4, 0), (18, 2, 0), (20, 2, 1), (22, 2, 2),
     (24, 6, 1)),
    ((0, 6, 4), (6, 2, 5), (8, 2, 4), (10, 2, 3), (12, 2, 2), (14, 2, 3), (16, 4, 4), (20, 2, 3), (22, 2, 2),
     (24, 6, 2)),
    ((0, 1, 0), (1, 1, 1), (2, 2, 2), (4, 4, 4), (10, 2, 4), (12, 1, 5), (13, 1, 4), (14, 2, 3), (16, 2, 2), (18, 2, 4),
     (20, 2, 3), (22, 2, 2), (24, 6, 1)),
    ((0, 2, 0), (2, 1, 1), (3, 3, 2), (6, 2, 2), (8, 2, 4), (10, 1, 3), (11, 3, 2), (14, 2, 1), (16, 2, 0), (18, 1, 1),
     (19, 3, 2), (22, 2, 1), (24, 6, 0)),
)  # fmt: skip
"""Two bars that lead on; said again a step lower they are a sequence, as film songs and Malay songs like them."""

CADENCES: tuple[Phrase, ...] = (
    ((0, 2, 4), (2, 2, 3), (4, 2, 4), (6, 2, 5), (8, 2, 4), (10, 2, 3), (12, 2, 2), (14, 2, 1), (16, 2, 2), (18, 2, 1),
     (20, 4, -1), (24, 8, 0)),
    ((0, 4, 4), (4, 2, 3), (6, 2, 2), (8, 3, 3), (11, 1, 2), (12, 2, 1), (14, 2, 0), (16, 2, 1), (18, 1, 2), (19, 1, 1),
     (20, 4, -1), (24, 8, 0)),
    ((0, 2, 2), (2, 2, 3), (4, 2, 4), (6, 2, 2), (8, 2, 3), (10, 2, 1), (12, 2, 2), (14, 2, 0), (16, 4, 1), (20, 2, 0),
     (22, 2, -1), (24, 8, 0)),
)  # fmt: skip
"""Two bars that come home over the leading tone."""

ANSWERS: Mapping[str, tuple[Phrase, ...]] = MappingProxyType(
    {
        "suling-fills": (
            ((0, 1, 2), (1, 1, 1), (2, 2, 0)),
            ((0, 1, 0), (1, 1, 1), (2, 1, 2), (3, 1, 1)),
            ((0, 1, 4), (1, 1, 3), (2, 1, 2), (3, 1, 1), (4, 2, 0)),
            ((0, 1, 0), (1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 2, 4), (6, 2, 2)),
            ((0, 2, 4), (2, 1, 5), (3, 1, 4), (4, 1, 3), (5, 1, 2), (6, 2, 1)),
            ((0, 2, 2), (2, 1, 3), (3, 1, 4), (4, 2, 5), (6, 1, 4), (7, 1, 3), (8, 1, 2), (9, 1, 1), (10, 2, 0)),
            ((0, 1, 0), (1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 4, 4), (8, 1, 5), (9, 1, 4), (10, 1, 3),
             (11, 1, 2), (12, 4, 2)),
        ),
        "guitar-answers": (
            ((0, 2, 2), (2, 1, 1), (3, 1, 0)),
            ((0, 1, 0), (1, 1, 2), (2, 1, 1), (3, 1, 0), (4, 2, 0)),
            ((0, 2, 0), (2, 1, 1), (3, 1, 2), (4, 2, 4), (6, 2, 2)),
            ((0, 1, 4), (1, 1, 4), (2, 2, 3), (4, 1, 2), (5, 1, 2), (6, 2, 1)),
            ((0, 2, 0), (2, 2, 2), (4, 1, 4), (5, 1, 3), (6, 2, 2), (8, 1, 3), (9, 1, 2), (10, 2, 0)),
        ),
        "strings-answer": (
            ((0, 2, 0), (2, 2, 2)),
            ((0, 2, 4), (2, 2, 3), (4, 2, 2)),
            ((0, 2, 0), (2, 2, 1), (4, 2, 2), (6, 2, 4)),
            ((0, 1, 4), (1, 1, 3), (2, 1, 2), (3, 1, 1), (4, 2, 0), (6, 2, 0)),
            ((0, 2, 4), (2, 2, 5), (4, 2, 4), (6, 2, 3), (8, 2, 2), (10, 2, 2)),
        ),
    }
)  # fmt: skip
"""Figures for the gaps of the voice by figure of the player; the longest that fits is taken, or one as long."""

RIFFS = ("bass", "broken", "pushed")
"""What a lead guitar does in full sections: the bass an octave higher, broken chords, or pushed fifths."""

BROKEN: tuple[tuple[tuple[int, int, str], ...], ...] = (
    ((0, 2, "R"), (2, 1, "5"), (3, 1, "8"), (6, 2, "3"), (8, 2, "R"), (10, 1, "5"), (11, 1, "8"), (14, 2, "5")),
    ((0, 2, "R"), (2, 1, "5"), (3, 1, "8"), (6, 2, "5"), (8, 1, "8"), (9, 1, "5"), (10, 2, "3"), (12, 2, "R")),
)
PUSHED: tuple[tuple[tuple[int, int, str], ...], ...] = (
    ((3, 1, "5"), (6, 2, "8"), (11, 1, "5"), (14, 2, "R")),
    ((3, 1, "5"), (6, 1, "8"), (7, 1, "8"), (10, 2, "5"), (12, 2, "3"), (14, 2, "R")),
)
"""Two bars each: step, length in steps, and degree of the chord."""
