"""How much of the held-out music stands, token for token, in the training part: what the split by groups is for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from senandung.learning.pack import Packed

SPAN = 16
"""Tokens in a row that are compared: about eight notes with their lengths."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def span_hashes(tokens: NDArray[np.uint16], span: int = SPAN) -> NDArray[np.uint64]:
    """A number for each `span` tokens in a row, by a polynomial modulo 2^64 (Karp & Rabin 1987)."""
    count = max(len(tokens) - span + 1, 0)
    found = np.zeros(count, dtype=np.uint64)
    for offset in range(span):
        found = found * _FACTOR + tokens[offset : offset + count].astype(np.uint64) + np.uint64(1)
    return found


def shared_spans(
    train: Mapping[str, Packed], valid: Mapping[str, Packed], span: int = SPAN
) -> dict[str, tuple[int, float]]:
    """By set: how many spans of the held-out part there are, and the share that stands in any set's training part."""
    known = np.sort(np.concatenate([span_hashes(packed.tokens, span) for packed in train.values()]))
    shares = {}
    for name, packed in valid.items():
        hashes = span_hashes(packed.tokens, span)
        places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)  # np.isin of so many takes minutes
        shares[name] = (len(hashes), float(np.mean(known[places] == hashes)) if len(hashes) else 0.0)
    return shares
