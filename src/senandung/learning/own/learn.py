"""From a person's works to a style of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from senandung.composing.decoding.window import Network
from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.tokens import encode_bars
from senandung.composing.pieces.vocabulary import kind_of
from senandung.domain.checks import require
from senandung.domain.own_style import LearnedFile, OwnStyle, Passage
from senandung.learning.extract_copies import spans_of
from senandung.learning.own import facts
from senandung.learning.own.ground import nearest_song_style, nearest_style
from senandung.learning.own.marginals import MOST_TOKENS, fit, listen, spread, windows_of
from senandung.learning.own.read import OwnWork
from senandung.learning.own.tunes import tunes_of

MOST_FILES = 60
"""Files that one style is learned from at most."""

HELD_OUT = 4
"""One work of so many is kept back while the style's worth is measured, where there are so many."""

PHRASE = 4
"""A passage begins at a bar whose number is a multiple of this."""

LEAST_PASSAGE, LONGEST_PASSAGE, MOST_PASSAGES = 2, 256, 60
"""Bars of a passage at least, its tokens at most, and passages of a style at most."""

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
    most_tokens: int = MOST_TOKENS,
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
    most_tokens : how many tokens of the works are listened to.
    """
    require(1 <= len(works) <= MOST_FILES, f"a style is learned from 1 to {MOST_FILES} files", len(works))
    say = progress or _silent
    pieces = [work.pieces for work in works]
    say("finding the nearest style", 0.1)
    ground = ground or nearest_style(pieces, network)[0]
    say("listening", 0.3)
    windows = [window for own in pieces for piece in own for window in windows_of(piece, network.context)]
    tables = fit(listen(spread(windows, most_tokens), network)).rows
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
        facts.ensembles(pieces, [work.heard for work in works]),
        bpm,
        facts.forms([work.pieces for work in works if work.heard == 1.0]),
        shown,
        tables,
        _spans(pieces),
        passages_of(pieces),
        tunes=tunes_of(pieces),
    )


def passages_of(works: Sequence[Sequence[Piece]]) -> tuple[Passage, ...]:
    """Bars of each piece in one metre and key, from the beginning of a phrase on, evenly spread over the works."""
    found: list[list[Passage]] = []
    for own in works:
        mine: list[Passage] = []
        for piece in own:
            bars = encode_bars(piece)
            parts = tuple(f"{part.instrument}.{part.slot}" for part in piece.parts)
            for first in range(0, len(bars) - LEAST_PASSAGE + 1, PHRASE):
                head = piece.bars[first]
                tokens: list[int] = []
                count = 0
                for bar, row in zip(bars[first:], piece.bars[first:], strict=True):
                    body = [token for token in bar if kind_of(token) not in ("metre", "shift", "mode", "end")]
                    alike = (row.metre, row.tonic, row.mode) == (head.metre, head.tonic, head.mode)
                    if not alike or len(tokens) + len(body) > LONGEST_PASSAGE:
                        break
                    tokens += body
                    count += 1
                if count >= LEAST_PASSAGE:
                    mine.append(Passage(parts, head.metre, head.mode, tuple(tokens)))
        found.append(mine)
    most = max(MOST_PASSAGES // max(len(found), 1), 1)
    return tuple(passage for mine in found for passage in mine[:: max(-(-len(mine) // most), 1)])


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
