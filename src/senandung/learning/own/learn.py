"""From a person's works to a style of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from senandung.composing.decoding.window import Network
from senandung.composing.pieces.piece import Piece
from senandung.domain.checks import require
from senandung.domain.own_style import LearnedFile, OwnStyle
from senandung.learning.extract_copies import spans_of
from senandung.learning.own import facts
from senandung.learning.own.ground import nearest_song_style, nearest_style
from senandung.learning.own.marginals import MOST_TOKENS, fit, listen, spread, windows_of
from senandung.learning.own.read import OwnWork

MOST_FILES = 60
"""Files that one style is learned from at most."""

HELD_OUT = 4
"""One work of so many is kept back while the style's worth is measured, where there are so many."""

MOST_SPANS = 200_000

Progress = Callable[[str, float], None]


def learn_style(
    works: Sequence[OwnWork],
    network: Network,
    *,
    name: str,
    by: str,
    ground: str = "",
    held_out: Sequence[str] = (),
    progress: Progress | None = None,
) -> OwnStyle:
    """A style from works; nothing is random in it.

    Parameters
    ----------
    works : what it is learned from, at most `MOST_FILES`.
    network : listens to them.
    name, by : of the style, and whose music it is.
    ground : the style of the network that it stands on; empty finds the nearest.
    held_out : hashes of the works that were kept back while it was measured.
    """
    require(1 <= len(works) <= MOST_FILES, f"a style is learned from 1 to {MOST_FILES} files", len(works))
    say = progress or _silent
    pieces = [work.pieces for work in works]
    say("finding the nearest style", 0.1)
    ground = ground or nearest_style(pieces, network)[0]
    say("listening", 0.3)
    windows = [window for own in pieces for piece in own for window in windows_of(piece, network.context)]
    tables = fit(listen(spread(windows, MOST_TOKENS), network)).rows
    say("counting", 0.9)
    shown = facts.figures(pieces)
    bpm = facts.beats_a_minute(pieces)
    return OwnStyle(
        name,
        by,
        tuple(
            LearnedFile(work.path.name, work.sha256, work.bars, work.notes, work.sha256 in held_out) for work in works
        ),
        ground,
        nearest_song_style(bpm, shown.get("metres", {}), shown.get("instruments", {})),
        facts.sings(pieces),
        facts.ensembles(pieces),
        bpm,
        facts.forms(pieces),
        shown,
        tables,
        _spans(pieces),
    )


def _spans(works: Sequence[Sequence[Piece]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = [spans_of(piece) for pieces in works for piece in pieces]
    every = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)
    return every[:MOST_SPANS].view(np.int64)


def divide(works: Sequence[OwnWork]) -> tuple[list[OwnWork], list[OwnWork]]:
    """Works to learn from and works that are kept back: every fourth, none of fewer than four."""
    held = [work for place, work in enumerate(works) if place % HELD_OUT == HELD_OUT - 1]
    return [work for work in works if work not in held], held


def _silent(_: str, __: float) -> None:
    """Progress that nobody asked for."""
