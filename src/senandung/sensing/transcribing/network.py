"""What basic-pitch's network hears: onsets, notes and pitches, frame by frame.

R. M. Bittner, J. J. Bosch, D. Rubinstein, G. Meseguer-Brocal and S. Ewert, "A Lightweight Instrument-Agnostic Model for
Polyphonic Note Transcription and Multipitch Estimation", ICASSP 2022. The weights are Spotify's (Apache-2.0; see their
card); how sound is framed here and how notes are made of it is our own writing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.audio.resample import resample

Floats = NDArray[np.float32]

RATE = 22_050
"""Samples a second that the network hears, in Hz."""

HOP = 256
"""Samples from one frame to the next."""

STEP = HOP / RATE
"""Seconds from one frame to the next."""

WINDOW = 43_844
"""Samples that the network hears at once: 172 frames."""

EDGE = 15
"""Frames at either end of a window that are left to its neighbour, for half of what they hang on is missing."""

LOWEST = 21
"""MIDI number of the lowest of the 88 pitches."""

PITCHES = 88

THIRDS = 3
"""Places of a semitone that the contours tell apart."""

BATCH = 8
"""Windows that are heard in one run: 15 s."""


@dataclass(frozen=True, eq=False)
class Heard:
    """What the network hears in n frames, `STEP` seconds apart, the first at 0 s.

    Parameters
    ----------
    onsets : how likely a note of each pitch begins, 0..1, shape (n, 88).
    notes : how likely a note of each pitch sounds, 0..1, shape (n, 88).
    contours : how likely each third of a semitone sounds, 0..1, shape (n, 264).
    """

    onsets: Floats
    notes: Floats
    contours: Floats


def hear_pitches(samples: Floats, rate: int) -> Heard:
    """What the network hears of a mono recording, shape (n,), at a rate in Hz. About 20 times real time on one core."""
    sound = resample(np.asarray(samples, dtype=np.float32)[None, :], rate, RATE)[0]
    count = -(-len(sound) // HOP)
    frames = -(-WINDOW // HOP)
    kept = frames - 2 * EDGE
    windows = max(1, -(-count // kept))
    padded = np.zeros((windows - 1) * kept * HOP + WINDOW, dtype=np.float32)
    end = min(len(sound), len(padded) - EDGE * HOP)
    padded[EDGE * HOP : EDGE * HOP + end] = sound[:end]
    rows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[:: kept * HOP]
    parts: list[list[Floats]] = []
    for first in range(0, windows, BATCH):
        batch = np.ascontiguousarray(rows[first : first + BATCH])[:, :, None]
        parts.append([each[:, EDGE : EDGE + kept] for each in _session().run(_OUTPUTS, {_INPUT: batch})])
    onsets, notes, contours = (
        np.concatenate([part[number].reshape(-1, part[number].shape[2]) for part in parts])[:count]
        for number in range(3)
    )
    return Heard(onsets, notes, contours)


_INPUT = "serving_default_input_2:0"
_OUTPUTS = ["StatefulPartitionedCall:2", "StatefulPartitionedCall:1", "StatefulPartitionedCall:0"]
"""The file's names of onsets, notes and contours."""


@lru_cache(maxsize=1)
def _session() -> Any:
    """The network, on one core, sleeping when it has nothing to do."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = resources.files("senandung.weights").joinpath("basic-pitch.onnx").read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
