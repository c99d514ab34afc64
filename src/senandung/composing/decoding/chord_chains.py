"""How chords follow each other in real pieces, by family of styles and mode: chains, cadences, visits to other keys.

The tables (`weights/harmony.json`) are made of the chords of training pieces by `learning/extract_harmony.py`. A chain
says which chord follows a different one inside of one key. A stretch of a piece that stands in another key for a while
is heard as a region: the chain of its own mode, seen from its own tonic (Viterbi over 24 keys and the written one).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.measures.bands import FAMILY_OF, Band
from senandung.composing.pieces.piece import CHORD_TONES, MODES
from senandung.composing.pieces.vocabulary import IDS, NAMES

FIRST = IDS["chord:none"]
"""The first chord token; chords are counted from it."""

CHORDS: tuple[str, ...] = tuple(name[6:] for name in NAMES if name.startswith("chord:"))
"""Names of the chords, "none" and then degree and quality."""

COUNT = len(CHORDS)
QUALITIES = len(CHORD_TONES)
"""Qualities of each degree; a chord's number is 1 + degree * QUALITIES + quality."""

LEAST = 1e-6
"""The least chance of any chord after any other."""

BACK_OFF = 4.0
"""Weight of the chain of all families beside that of one, for each kind of chord that follows."""

NEAR = (0.6, 3.0)
"""Bars of the real pieces that lend their visits, by the bars of the new one: a short piece is a long one in small."""

COMMON = 6.0
"""Per cent of the pieces that must begin on a chord."""

LEAST_PLANS = 6
"""Pieces of a family that there must be; where there are fewer, those of all families join them."""

NONE, HALF, FULL, EVADED, OPEN = range(5)
"""What closes in a bar: nothing is said (inside of a phrase), a half close, a full one, a dominant that goes to the
submediant instead of the tonic, or nothing (a phrase's end that goes on)."""

SUBMEDIANTS: Mapping[str, tuple[str, ...]] = {
    "major": ("9:min", "9:min7"), "mixolydian": ("9:min", "9:min7"), "minor": ("8:maj", "8:maj7"),
    "dorian": ("10:maj", "3:maj"),
}  # fmt: skip
"""Where a dominant goes that does not go home."""

SWITCH, HOMEWARDS, END_AT_HOME = -5.8, 1.0, 2.0
"""Logarithms: the chance that a chord begins another region, what is added where it is home, and at the end at home."""


_CLOSING = frozenset(
    {"7:maj", "7:7", "7:sus4", "7:min", "7:min7", "5:maj", "5:min", "10:maj", "11:dim", "11:hdim7", "11:dim7"}
)
_SURELY = [CHORDS.index("7:maj"), CHORDS.index("7:7")]
"""Chords that may stand before a closing tonic (others were read there by mistake, such as a suspension over it), and
those that may everywhere."""


class Region(NamedTuple):
    """A key in which a piece stands for a while: its tonic in semitones above the piece's, and its mode."""

    offset: int
    mode: str


def _seen_from(offset: int) -> list[int]:
    found = [0]
    for index in range(1, COUNT):
        degree, quality = divmod(index - 1, QUALITIES)
        found.append(1 + (degree - offset) % 12 * QUALITIES + quality)
    return found


SEEN: NDArray[np.int64] = np.asarray([_seen_from(offset) for offset in range(12)])
"""The number of each chord seen from a tonic so many semitones above, shape (12, chords)."""


class Visit(NamedTuple):
    """From a bar on (as a share of all bars) a piece stands in a region."""

    share: float
    region: Region


@cache
def _tables() -> Mapping[str, Any]:
    text = resources.files("senandung.weights").joinpath("harmony.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def family_of(style: str) -> str:
    """The family of a style, "any" where it has none."""
    return FAMILY_OF.get(style, "any")


@cache
def chain(family: str, mode: str) -> NDArray[np.float64]:
    """Chances of the next different chord in a key, shape (chords, chords); each row sums to 1."""
    tables = _tables()["chains"]
    whole = smoothed(*counts_of(tables.get(f"any/{mode}", [])))
    own = tables.get(f"{family}/{mode}")
    return whole if own is None else backed_off(*counts_of(own), whole)


def counts_of(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts of the pairs of chords that were kept, shape (chords, chords), and of all after each, shape (chords,)."""
    found, totals = np.zeros((COUNT, COUNT)), np.zeros(COUNT)
    for before, total, *pairs in rows:
        totals[before] = total
        found[before, pairs[0::2]] = pairs[1::2]
    return found, totals


def smoothed(counts: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances from counts of pairs, backed off to how common the second chord is."""
    common = counts.sum(axis=0) + 0.02
    common[0] = LEAST
    return backed_off(counts, totals, np.tile(common / common.sum(), (COUNT, 1)), 1.0)


def backed_off(
    counts: NDArray[np.float64], totals: NDArray[np.float64], other: NDArray[np.float64], weight: float = BACK_OFF
) -> NDArray[np.float64]:
    """Chances from counts of pairs and a chain that is trusted where pairs are few; none follows itself.

    After Witten & Bell (1991): the other chain's weight is the kinds of chord that follow, times `weight`. It says too
    how the pairs that were not kept are divided.
    """
    kinds = weight * ((counts > 0).sum(axis=1, keepdims=True) + 1)
    missing = np.maximum(totals[:, None] - counts.sum(axis=1, keepdims=True), 0.0)
    rest = np.where(counts > 0, 0.0, other)
    rest /= np.maximum(rest.sum(axis=1, keepdims=True), 1e-12)
    found: NDArray[np.float64] = counts + missing * rest + kinds * other
    np.fill_diagonal(found, 0.0)
    found = np.maximum(found, LEAST)
    np.fill_diagonal(found, 0.0)
    found /= found.sum(axis=1, keepdims=True)
    return found


@cache
def region_chain(family: str, region: Region) -> NDArray[np.float64]:
    """The chain of a region, its chords named from the piece's tonic."""
    seen = SEEN[region.offset % 12]
    found: NDArray[np.float64] = chain(family, region.mode)[np.ix_(seen, seen)]
    return found


@cache
def begins(family: str, mode: str) -> NDArray[np.float64]:
    """Chances of a piece's first chord, shape (chords,)."""
    known = _tables()["begins"]
    found = np.full(COUNT, LEAST)
    for index, share in known.get(f"{family}/{mode}") or known[f"any/{mode}"]:
        found[index] = share if share >= COMMON else LEAST
    first: NDArray[np.float64] = found / found.sum()
    return first


@cache
def cadence(family: str, region: Region) -> NDArray[np.float64]:
    """How fit each chord is to stand before the tonic at a close, 0..1: the commonest has 1."""
    ends = _tables()["ends"]
    found = np.zeros(COUNT)
    for index, share in ends.get(f"{family}/{region.mode}") or ends[f"any/{region.mode}"]:
        found[index] = share if CHORDS[index] in _CLOSING else 0.0
    found[_SURELY] = np.maximum(found[_SURELY], 0.3 * max(found.max(), 1e-9))
    found /= found.max()
    there: NDArray[np.float64] = found[SEEN[region.offset % 12]]
    return there


def goes_on(family: str) -> tuple[float, float]:
    """The chance that a chord goes on in the middle of a bar, and over a bar line."""
    stays = _tables()["stays"]
    middle, line = stays.get(family, stays["any"])
    return middle, line


def goals_of(family: str) -> Sequence[str]:
    """What closes the phrases of real pieces of a family: a string a piece, a figure a phrase."""
    found: Mapping[str, Sequence[str]] = _tables()["goals"]
    return found.get(family) or found["any"]


def usual_cost(family: str) -> Band:
    """Bits that a change of chord costs by the chain of its key: quantiles of pieces of a family."""
    costs = _tables()["costs"]
    return Band(*(costs.get(family) or costs["any"]))


def visits_of(family: str, mode: str, bars: int) -> list[tuple[Visit, ...]]:
    """The regions that real pieces of about so many bars go through, one entry a piece; many stay at home."""
    near: list[Sequence[int]] = []
    for name in (f"{family}/{mode}", f"any/{mode}"):
        if len(near) < LEAST_PLANS:
            near += [row for row in _tables()["visits"].get(name, []) if NEAR[0] <= row[0] / bars <= NEAR[1]]
    return [
        tuple(
            Visit(at / row[0], Region(offset, MODES[kind]))
            for at, offset, kind in zip(row[1::3], row[2::3], row[3::3], strict=True)
        )
        for row in near
    ]


def regions_of(mode: str) -> list[Region]:
    """The written key, and all major and minor ones."""
    return [Region(0, mode), *(Region(offset, kind) for offset in range(12) for kind in MODES[:2])]


def hear_regions(changes: Sequence[int], mode: str, chains: Mapping[str, NDArray[np.float64]]) -> list[Region]:
    """The region of each chord of a piece: the likeliest path (Viterbi 1967).

    Parameters
    ----------
    changes : chords (counted from `FIRST`), none the same as the one before.
    mode : the piece's.
    chains : logarithms of the chain of each mode.
    """
    regions = regions_of(mode)
    chords = np.asarray(changes, dtype=np.int64)
    if not len(chords):
        return []
    follows = np.zeros((len(chords), len(regions)))
    for place, region in enumerate(regions):
        seen = SEEN[region.offset][chords]
        follows[1:, place] = chains[region.mode][seen[:-1], seen[1:]]
    everywhere = np.arange(len(regions))
    score = np.where(everywhere == 0, 0.0, 2 * SWITCH) + follows[0]
    came_from = np.zeros((len(chords), len(regions)), dtype=np.int64)
    for place in range(1, len(chords)):
        best = int(score.argmax())
        jump = np.where(everywhere == 0, score[best] + SWITCH + HOMEWARDS, score[best] + SWITCH)
        came_from[place] = np.where(score >= jump, everywhere, best)
        score = np.maximum(score, jump) + follows[place]
    score[0] += END_AT_HOME
    path = [int(score.argmax())]
    for place in range(len(chords) - 1, 0, -1):
        path.append(int(came_from[place, path[-1]]))
    return [regions[at] for at in reversed(path)]
