"""Long sounds a piece at a time, so that memory does not grow with their length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

PIECE = 1 << 17
"""Samples of a piece: about three seconds."""


def cut(samples: NDArray[np.float32], length: int = PIECE) -> Iterator[NDArray[np.float32]]:
    """Consecutive pieces of samples of shape (channels, n), each of `length` samples but the last.

    >>> [piece.shape for piece in cut(np.zeros((2, 5), dtype=np.float32), 2)]
    [(2, 2), (2, 2), (2, 1)]
    """
    for first in range(0, samples.shape[1], length):
        yield samples[:, first : first + length]


def extended(pieces: Iterable[NDArray[np.float32]], channels: int, n: int) -> Iterator[NDArray[np.float32]]:
    """The pieces, cut or followed by silence so that they hold n samples of `channels` channels in all.

    >>> [piece.shape for piece in extended([np.ones((1, 3), dtype=np.float32)], 1, 5)]
    [(1, 3), (1, 2)]
    """
    left = n
    for piece in pieces:
        if left <= 0:
            return
        yield piece[:, :left]
        left -= piece.shape[1]
    while left > 0:
        yield np.zeros((channels, min(left, PIECE)), dtype=np.float32)
        left -= PIECE
