"""A recording: samples and their rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require


@dataclass(frozen=True, eq=False)
class Recording:
    """Sound.

    Parameters
    ----------
    samples : float32, shape (channels, n), full scale ±1, finite. The array is made read-only.
    sample_rate : in Hz, 8000..192000.
    """

    samples: NDArray[np.float32]
    sample_rate: int

    def __post_init__(self) -> None:
        require(self.samples.ndim == 2, "samples must have shape (channels, n)", self.samples.shape)
        require(1 <= self.samples.shape[0] <= 8, "a recording must have 1..8 channels", self.samples.shape[0])
        require(self.samples.dtype == np.float32, "samples must be float32", self.samples.dtype)
        require(8000 <= self.sample_rate <= 192_000, "a sample rate must be in 8000..192000 Hz", self.sample_rate)
        require(bool(np.isfinite(self.samples).all()), "samples must be finite", "nan or infinity")
        self.samples.setflags(write=False)

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[0])

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1] / self.sample_rate)
