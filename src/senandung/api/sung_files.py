"""Sung parts that wait for the mix on disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

import numpy as np

from senandung.domain.errors import OutputError
from senandung.domain.recording import Recording


class SungFiles(Mapping[str, Recording]):
    """Sung parts by track name, each mapped from its file when it is asked for: three minutes of a voice are 32 MB.

    Use it in a `with`: its files are temporary, and no recording of it outlives that.

    >>> with SungFiles() as sung:
    ...     sung.add("Vokal", Recording(np.zeros((1, 8), dtype=np.float32), 44_100))
    ...     list(sung), sung["Vokal"].samples.shape
    (['Vokal'], (1, 8))
    """

    def __init__(self) -> None:
        """Make the folder of the files."""
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="senandung-", ignore_cleanup_errors=True)
        except OSError as error:
            raise OutputError(f"a temporary folder cannot be made: {error.strerror or error}") from error
        self._kept: dict[str, tuple[Path, int]] = {}

    def add(self, track: str, recording: Recording) -> None:
        """Put a part away."""
        path = Path(self._folder.name) / f"{len(self._kept)}.npy"
        try:
            np.save(path, recording.samples)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
        self._kept[track] = (path, recording.sample_rate)

    def __getitem__(self, track: str) -> Recording:
        """The part of a track."""
        path, rate = self._kept[track]
        return Recording(np.asarray(np.load(path, mmap_mode="r")), rate)

    def __iter__(self) -> Iterator[str]:
        """The tracks, in the order in which they were added."""
        return iter(self._kept)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._kept)

    def __enter__(self) -> SungFiles:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete the files."""
        self._folder.cleanup()
