"""How much of the held-out music stands, token for token, in the training part: what the split by groups is for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

SPAN = 16
"""Tokens in a row that are compared: about eight notes with their lengths."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)

Tokens = NDArray[np.uint16]


def span_hashes(tokens: Tokens, span: int = SPAN) -> NDArray[np.uint64]:
    """A number for each `span` tokens in a row, by a polynomial modulo 2^64 (Karp & Rabin 1987)."""
    count = max(len(tokens) - span + 1, 0)
    found = np.zeros(count, dtype=np.uint64)
    for offset in range(span):
        found = found * _FACTOR + tokens[offset : offset + count].astype(np.uint64) + np.uint64(1)
    return found


def shared_spans(
    train: Mapping[str, Tokens], valid: Mapping[str, Tokens], span: int = SPAN
) -> dict[str, tuple[int, int]]:
    """By set: how many spans of the held-out part there are, and how many of them stand in any set's training part.

    >>> tune, other = (np.arange(start, start + 40, dtype=np.uint16) for start in (0, 20))
    >>> shared_spans({"folk": tune}, {"folk": other}, span=10)
    {'folk': (31, 11)}
    """
    none = np.zeros(0, dtype=np.uint64)
    known = np.sort(np.concatenate([none, *(span_hashes(tokens, span) for tokens in train.values())]))
    found = {}
    for name, tokens in valid.items():
        hashes = span_hashes(tokens, span)
        places = np.minimum(np.searchsorted(known, hashes), max(len(known) - 1, 0))  # np.isin of so many takes minutes
        found[name] = (len(hashes), int((known[places] == hashes).sum()) if len(known) else 0)
    return found
