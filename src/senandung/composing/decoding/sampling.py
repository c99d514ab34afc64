"""Drawing a token from what the network says and the grammar allows.

First a kind of token is drawn (note, rhythm, chord, what comes next in the bar), then one of that kind: each kind has
its own temperature and its own cut of the tail. Top-p: Holtzman et al. (2020), arXiv:1904.09751. Min-p: Nguyen et al.
(2024), arXiv:2407.01082. Guidance: Ho & Salimans (2022), arXiv:2207.12598, on log-probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.row_grammar import Mask
from senandung.composing.pieces.vocabulary import SIZE, kind_of


class Cut(NamedTuple):
    """A temperature, the share of probability that is kept (top-p), and the least share of the likeliest's (min-p)."""

    temperature: float
    top: float = 1.0
    least: float = 0.0


CUTS: Mapping[str, Cut] = MappingProxyType(
    {
        "note": Cut(1.0, least=0.025),
        "rhythm": Cut(0.95, top=0.97),
        "chord": Cut(1.0, top=0.98),
        "drum": Cut(0.95, top=0.97),
        "place": Cut(0.95, top=0.97),
    }
)
"""How each kind is drawn; "place" is the choice between kinds, and which track comes next."""

_KINDS = tuple(CUTS)
_OF = {"pitch": "note", "mate": "note", "len": "rhythm", "pos": "rhythm", "chord": "chord", "drum": "drum"}
_KIND: NDArray[np.int64] = np.asarray([_KINDS.index(_OF.get(kind_of(token), "place")) for token in range(SIZE)])


@dataclass(frozen=True)
class Taste:
    """How tokens are drawn: the cuts, and `guidance`: 1 takes the network as it is, more leans towards what the header
    asks (the odds against a header without style are raised to that power); `spare` drafts may be thrown away for every
    stretch of bars, on average; `voices` is the weight of the help with voice-leading, `shape` that
    of the climax and of what was felt."""

    cuts: Mapping[str, Cut] = field(default_factory=lambda: CUTS)
    guidance: float = 1.0
    spare: float = 0.5
    voices: float = 1.0
    shape: float = 1.0


FEW = 8
"""Up to so many chances are drawn from without arrays."""


def log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Logarithms of probabilities, along the last axis."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=-1, keepdims=True)
    found: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found


def blend_rows(logits: NDArray[np.floating], weights: Sequence[float], guidance: float = 1.0) -> NDArray[np.float64]:
    """Logits of rows that differ in style only, shape (rows, vocabulary), as one.

    The mean of the logarithms by weight; where there is a row more than weights it has no style, and `guidance` leans
    away from it.
    """
    if len(logits) == 1:
        only: NDArray[np.float64] = logits[0].astype(np.float64)
        return only
    found = log_softmax(logits)
    mixed: NDArray[np.float64] = np.asarray(weights) @ found[: len(weights)]
    if len(logits) > len(weights):
        mixed = found[-1] + guidance * (mixed - found[-1])
    return mixed


def draw(logits: NDArray[np.float64], mask: Mask, rng: np.random.Generator, cuts: Mapping[str, Cut] = CUTS) -> int:
    """Draw a token that the mask allows."""
    tokens = np.flatnonzero(mask)
    if len(tokens) == 1:
        return int(tokens[0])
    chances = logits[tokens]
    chances = np.exp(chances - chances.max())
    kinds = _KIND[tokens]
    kind = int(kinds[0])
    if (kinds != kind).any():
        totals = np.bincount(kinds, chances, minlength=len(_KINDS)).astype(np.float64)
        kind = _one(totals, cuts["place"], rng)
        chosen = kinds == kind
        tokens, chances = tokens[chosen], chances[chosen]
    return int(tokens[_one(chances, cuts[_KINDS[kind]], rng)])


def _one(chances: NDArray[np.float64], cut: Cut, rng: np.random.Generator) -> int:
    """The place of one of the chances."""
    if len(chances) <= FEW:
        return _one_of_few(chances.tolist(), cut, rng)
    if cut.temperature != 1.0:
        chances = chances ** (1.0 / cut.temperature)
    if cut.least > 0.0:
        chances = np.where(chances >= cut.least * chances.max(), chances, 0.0)
    if cut.top < 1.0:
        order = np.argsort(-chances, kind="stable")
        ranked = chances[order]
        before = np.cumsum(ranked) - ranked
        chances = chances.copy()
        chances[order[before >= cut.top * ranked.sum()]] = 0.0
    total = np.cumsum(chances)
    return min(int(np.searchsorted(total, rng.random() * total[-1], side="right")), len(chances) - 1)


def _one_of_few(chances: list[float], cut: Cut, rng: np.random.Generator) -> int:
    """The same without arrays, which take longer than the work for a few chances."""
    most = max(chances)
    scaled = [(chance / most) ** (1.0 / cut.temperature) if chance > 0.0 else 0.0 for chance in chances]
    kept = [share if share >= cut.least else 0.0 for share in scaled]
    if cut.top < 1.0:
        edge, heard = cut.top * sum(kept), 0.0
        for place in sorted(range(len(kept)), key=lambda place: -kept[place]):
            heard, kept[place] = heard + kept[place], kept[place] if heard < edge else 0.0
    point = rng.random() * sum(kept)
    for place, share in enumerate(kept):
        if point < share:
            return place
        point -= share
    return max(range(len(kept)), key=lambda place: kept[place])
