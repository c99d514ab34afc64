"""The network's composer, loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from senandung.composing.pieces.asked import PieceWish
    from senandung.composing.pieces.piece import Piece

Composer = Callable[["PieceWish", int], "Piece"]
"""What writes a piece as it is wished, by a seed."""

Rewriter = Callable[["Piece", set[tuple[int, int]], int], "Piece"]
"""What writes rows (bar, part) of a piece anew, by a seed."""

ProgressCall = Callable[[str, float], None]

MODELS = ("composer.safetensors", "composers.json", "harmony.json", "returns.json", "measures.json")
"""What a piece of the network names as its models."""

OTHERS_LICENCE = (
    "What was there before stays under the terms that it had; Senandung claims no right in what it added, which the "
    "person who asked for it may use as they like."
)
"""The licence of a song that was given, with new bars."""


def network_composer(progress: ProgressCall | None = None) -> Composer:
    """The composer with the weights that come with the program."""

    def write(wish: PieceWish, seed: int) -> Piece:
        from senandung.composing.decoding.decode import compose_piece
        from senandung.composing.decoding.engine import load_engine

        return compose_piece(wish, load_engine(), seed=seed, progress=progress)

    return write


def network_rewriter(progress: ProgressCall | None = None, sung: Collection[int] = ()) -> Rewriter:
    """The rewriter with the weights that come with the program; in the parts `sung` every bar keeps its syllables.

    Bars of which nothing pitched stays get other chords too.
    """

    def write(piece: Piece, blanks: set[tuple[int, int]], seed: int) -> Piece:
        from senandung.composing.decoding.decode import rewrite_piece
        from senandung.composing.decoding.engine import load_engine

        return rewrite_piece(piece, blanks, load_engine(), seed=seed, progress=progress, sung=sung, harmony=True)

    return write
