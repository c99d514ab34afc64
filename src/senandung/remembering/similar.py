"""Which tracks sound alike: their numbers made comparable over the library, and the cosine between them.

Exact: every track is compared with every other, 64 numbers each, which numpy does for 100,000 tracks in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from senandung.domain.checks import require
from senandung.remembering.store.tracks import AnalysisRow, SoundRow

SIZE = 64
"""Numbers of a track after whitening."""

FEWEST = 8
"""Tracks below which nothing can be said of what is near in the library."""

WHITENED_FROM = 256
"""Tracks from which on the numbers are whitened; fewer would whiten chance."""

SHRINK = 1.0
"""How much of the mean variance is added to each before it is divided by, so that what hardly differs is not blown up.

Less of it finds a song's own excerpts better and its style worse; chosen between the two on songs made here, seeds 1 to
3 (bench/similar.py).
"""

CLIPPED = 4.0
"""Deviations beyond which a number counts no further."""


@dataclass(frozen=True, eq=False)
class SoundSpace:
    """Tracks as points on a sphere.

    Parameters
    ----------
    ids : of the tracks, shape (n,), ascending.
    points : float32, shape (n, size), each of length 1.
    """

    ids: NDArray[np.int64]
    points: NDArray[np.float32]

    @classmethod
    def fit(cls, ids: Sequence[int], rows: NDArray[np.float32]) -> SoundSpace:
        """The space of some tracks: each number standardised over them, from `WHITENED_FROM` tracks on whitened.

        Whitening (principal components divided by their deviation) keeps numbers that say the same from counting
        twice. See Seyerlehner, Widmer & Pohle (2010), "Fusing block-level features for music similarity estimation",
        on standardising before distances are taken.

        Parameters
        ----------
        ids : of the tracks.
        rows : their numbers, shape (n, any).
        """
        numbers = np.asarray(ids, dtype=np.int64)
        require(rows.ndim == 2 and len(rows) == len(numbers), "a row of numbers for each track is needed", rows.shape)
        order = np.argsort(numbers)
        values = rows[order].astype(np.float32)
        if not len(values):
            return cls(numbers, values)
        deviation = values.std(axis=0)
        used = deviation > 1e-6
        values = (values[:, used] - values[:, used].mean(axis=0)) / deviation[used]
        np.clip(values, -CLIPPED, CLIPPED, out=values)
        if len(values) >= WHITENED_FROM:
            variance, axes = np.linalg.eigh(np.cov(values, rowvar=False, dtype=np.float64))
            variance, axes = variance[::-1][:SIZE], axes[:, ::-1][:, :SIZE]
            values = values @ (axes / np.sqrt(variance + SHRINK * variance.mean())).astype(np.float32)
        length = np.linalg.norm(values, axis=1, keepdims=True)
        return cls(numbers[order], np.asarray(values / np.maximum(length, 1e-9), dtype=np.float32))

    def nearest(self, track_id: int, count: int) -> list[tuple[int, float]]:
        """The tracks that sound most like one, nearest first, with the cosine (-1..1); none where it has no numbers."""
        place = int(np.searchsorted(self.ids, track_id))
        if len(self.ids) < FEWEST or place >= len(self.ids) or self.ids[place] != track_id:
            return []
        near = self.points @ self.points[place]
        near[place] = -2
        most = min(count, len(near) - 1)
        chosen = np.argpartition(-near, most - 1)[:most]
        chosen = chosen[np.argsort(-near[chosen], kind="stable")]
        return [(int(self.ids[each]), float(near[each])) for each in chosen]


def load_space(session: Session, version: int) -> SoundSpace:
    """The space of all tracks that were heard by one version of the analysis."""
    ids: list[int] = []
    rows: list[bytes] = []
    for number, vector in session.execute(
        select(SoundRow.track_id, SoundRow.vector).where(SoundRow.version == version)
    ):
        ids.append(number)
        rows.append(vector)
    size = max((len(row) for row in rows), default=0)
    kept = [place for place, row in enumerate(rows) if len(row) == size]
    values = np.frombuffer(b"".join(rows[place] for place in kept), dtype="<f4").reshape(len(kept), size // 4)
    return SoundSpace.fit([ids[place] for place in kept], values)


def space_mark(session: Session) -> tuple[int, datetime | None]:
    """What changes when tracks are heard anew: how many there are, and when the last one was."""
    row = session.execute(select(func.count(), func.max(AnalysisRow.at)).where(AnalysisRow.state == "done")).one()
    return row[0], row[1]
