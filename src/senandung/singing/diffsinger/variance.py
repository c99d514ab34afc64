"""A bank's own guess of energy, breathiness, voicing and tension: its linguistic model, then its variance model.

What OpenUtau runs before the acoustic model where that asks for these curves (`DsVariance`); the person's curves are
laid on what comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.errors import FileError
from senandung.singing.diffsinger.terms import Terms

GUESSED = ("energy", "breathiness", "voicing", "tension")
"""The curves that a variance model may guess, in the order in which it is asked to."""


@dataclass(frozen=True)
class Variance:
    """The models of a bank's curves: their files, how they are spoken to, and which curves they guess."""

    linguistic: Path
    variance: Path
    terms: Terms
    guesses: tuple[str, ...]


def words_of(vowels: tuple[bool, ...], frames: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """How many tokens and how many frames each word has, a word beginning with its vowel as the models count.

    What stands before the first vowel is a word of its own, with the silence at the phrase's beginning; the silence at
    its end belongs to the last.

    >>> words_of((False, False, True, False, True, False), (8, 5, 20, 4, 30, 8))
    ([2, 2, 2], [13, 24, 38])
    """
    starts = [at for at, vowel in enumerate(vowels) if vowel and 0 < at < len(vowels) - 1] or [len(vowels) - 1]
    edges = [0, *starts, len(vowels)]
    spans = list(pairwise(edges))
    return [end - start for start, end in spans], [sum(frames[start:end]) for start, end in spans]


def asked(
    numbers: list[int], languages: list[int], frames: tuple[int, ...], vowels: tuple[bool, ...]
) -> dict[str, NDArray[Any]]:
    """What a linguistic model may ask for."""
    divided, lasting = words_of(vowels, frames)
    rows = {"tokens": numbers, "languages": languages, "word_div": divided, "word_dur": lasting, "ph_dur": list(frames)}
    return {name: np.asarray(row)[None, :] for name, row in rows.items()}


def guessed(
    variance: Variance,
    models: tuple[Any, Any],
    given: Mapping[str, NDArray[Any]],
    pitch: NDArray[np.float64],
    *,
    steps: int,
    speedup: int,
) -> dict[str, NDArray[np.float32]]:
    """The curves that the models guess, a value a frame of theirs.

    Parameters
    ----------
    models : the linguistic and the variance model.
    given : of `asked`.
    pitch : in semitones, a value a frame.
    steps, speedup : of diffusion.
    """
    linguistic, model = models
    count = len(pitch)
    values: dict[str, NDArray[Any]] = {name: np.zeros((1, count)) for name in GUESSED}
    values |= {
        "encoder_out": linguistic.run(given, "encoder_out"),
        "ph_dur": given["ph_dur"],
        "pitch": pitch[None, :],
        "retake": np.ones((1, count, max(len(variance.guesses), 1)), dtype=bool),
        "steps": np.array([steps]),
        "speedup": np.array([speedup]),
    }
    values |= variance.terms.voices(count)
    found = {}
    for name in variance.guesses:
        curve = model.run(values, f"{name}_pred").reshape(-1)
        if len(curve) != count:
            raise FileError(variance.variance, f"a guess of {name} must have {count} values, got {len(curve)}")
        found[name] = curve
    return found
