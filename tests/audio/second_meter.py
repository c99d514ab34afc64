"""Another's meter of loudness, beside which ours is judged."""

from __future__ import annotations

import numpy as np
import pyloudnorm
from numpy.typing import NDArray

from senandung.audio.loudness import SILENCE


def integrated_loudness(samples: NDArray[np.float32], sample_rate: int) -> float:
    """Gated loudness in LUFS of samples of shape (channels, n), measured by pyloudnorm; -120 for silence."""
    with np.errstate(divide="ignore"):
        value = float(pyloudnorm.Meter(sample_rate).integrated_loudness(samples.T))
    return value if np.isfinite(value) else SILENCE
