"""A finished mix: the mastered song in memory, and its stems on disk, read one at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from senandung.audio.pieces import PIECE
from senandung.domain.recording import Recording


@dataclass(frozen=True, eq=False)
class StemFile:
    """A processed part on disk: raw float32, left and right in turn, with the desk's gain not yet in it.

    `gain` is linear; `ride` the linear gain of a hand on its fader for each tenth of a second, straight between their
    middles; `loudness` in LUFS with both, before the master.
    """

    path: Path
    gain: float
    loudness: float
    ride: NDArray[np.float64]

    def curve(self, first: int, n: int, sample_rate: int) -> NDArray[np.float32]:
        """Its gain for the samples first .. first + n - 1, shape (n,)."""
        if not len(self.ride) or np.all(self.ride == 1.0):
            return np.full(n, self.gain, dtype=np.float32)
        return self.gain_at(np.arange(first, first + n), sample_rate).astype(np.float32)

    def gain_at(self, samples: NDArray[np.int_], sample_rate: int) -> NDArray[np.float64]:
        """Its gain at numbered samples, shape as theirs."""
        if not len(self.ride):
            return np.full(len(samples), self.gain)
        middles = (np.arange(len(self.ride)) + 0.5) * (sample_rate // 10)
        return np.asarray(self.gain * np.interp(samples, middles, self.ride))


class Stems(Mapping[str, Recording]):
    """The stems by track name, as they sound in the song: each is read and mastered when it is asked for."""

    def __init__(self, files: Mapping[str, StemFile], master: NDArray[np.float32], sample_rate: int) -> None:
        self._files = dict(files)
        self._master = master
        self._rate = sample_rate

    def __getitem__(self, track: str) -> Recording:
        file = self._files[track]
        samples = np.fromfile(file.path, dtype="<f4", count=2 * len(self._master)).reshape(-1, 2).T
        for at in range(0, len(self._master), PIECE):
            master = self._master[at : at + PIECE]
            samples[:, at : at + PIECE] *= file.curve(at, len(master), self._rate) * master
        return Recording(samples, self._rate)

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@dataclass(frozen=True, eq=False)
class Mix:
    """A mastered song. Use it in a `with`, or call `close`: its stems lie in a temporary folder.

    Parameters
    ----------
    mix : the mastered song, stereo.
    stems : by track name, lazily (`Stems`); their sum is `mix` but for rounding.
    loudness : of the song in LUFS; `true_peak` in dBTP; `reduction` the limiter's deepest gain reduction in dB.
    stem_loudness : of each stem in LUFS, before the master.
    voice_to_band : dB by which a sung part stands above all others together while it sings; None where none does.
    """

    mix: Recording
    stems: Mapping[str, Recording]
    loudness: float
    true_peak: float
    reduction: float
    stem_loudness: Mapping[str, float]
    folder: tempfile.TemporaryDirectory[str]
    voice_to_band: float | None = None

    def close(self) -> None:
        """Delete the stems' temporary files."""
        self.folder.cleanup()

    def __enter__(self) -> Mix:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
