"""The step from note to note: the response of a damped second-order system."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def step_response(seconds: Floats, rate: float, damping: float) -> Floats:
    """The response of a second-order system to a step of 1 at 0: 0 before, with overshoot for damping below 1.

    >>> response = step_response(np.arange(0.0, 1.0, 0.005), 50.0, 0.68)
    >>> bool(1.04 < response.max() < 1.07), bool(abs(response[-1] - 1) < 1e-6)
    (True, True)
    """
    after = np.maximum(seconds, 0.0)
    swing = rate * math.sqrt(1 - damping**2)
    ratio = damping / math.sqrt(1 - damping**2)
    response: Floats = 1 - np.exp(-damping * rate * after) * (np.cos(swing * after) + ratio * np.sin(swing * after))
    return response
