"""A piece written token by token: the network says what is likely, the grammar what is possible.

The harmony is planned first: several plans are drawn and the likeliest of those that look like real harmony is taken.
Then the bars are written one after the other. The network sees a header, the chords to come and the last bars.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from senandung.composing.asked import PieceWish
from senandung.composing.fill_rows import RowFiller
from senandung.composing.follow import Follower, Pointer
from senandung.composing.grammar import PieceGrammar, header_tokens
from senandung.composing.piece import Piece
from senandung.composing.plan_chords import plan_chords, plan_heads
from senandung.composing.sampling import Taste, draw
from senandung.composing.tasks import MUSIC, PLAN
from senandung.composing.tokens import encode_bars
from senandung.composing.window import Network, Window

Progress = Callable[[str, float], None]
"""Called with what is being done and how much of all is done, 0..1."""


def compose_piece(
    wish: PieceWish,
    network: Network,
    *,
    seed: int,
    progress: Progress | None = None,
    taste: Taste | None = None,
) -> Piece:
    """A piece as it is wished.

    Parameters
    ----------
    wish : what is asked.
    network : gives the logits; see `window.Network`.
    seed : of all that is drawn; the same seed, wish and network give the same piece.
    progress : told what is being done.
    taste : how tokens are drawn.
    """
    say = progress or _silent
    taste = taste or Taste()
    rng = np.random.default_rng(seed)
    say("planning the harmony", 0.0)
    chords = plan_chords(wish, network, rng, taste)
    heads = plan_heads(wish, chords)
    piece = _Writer(wish, network, rng, taste, heads, {})
    return piece.write(chords, say)


def rewrite_piece(
    piece: Piece,
    blanks: set[tuple[int, int]],
    network: Network,
    *,
    seed: int,
    progress: Progress | None = None,
    taste: Taste | None = None,
) -> Piece:
    """A piece with some rows written anew; all others are the same, note for note.

    Parameters
    ----------
    piece : the piece; a row that rests goes on resting, unless all rows asked of its part rest.
    blanks : bars and parts (numbers from 0) to be written anew.
    network, seed, progress, taste : as in `compose_piece`.
    """
    say = progress or _silent
    filler = RowFiller(piece, blanks, network, np.random.default_rng(seed), taste or Taste())
    most = len(filler.blanks)
    while filler.blanks:
        say("writing the rows", 1 - filler.pass_on() / most)
    return replace(piece, bars=tuple(filler.bars))


def _silent(_: str, __: float) -> None:
    """Progress that nobody asked for."""


class _Writer:
    """Writes the bars of a piece whose harmony is known."""

    def __init__(
        self,
        wish: PieceWish,
        network: Network,
        rng: np.random.Generator,
        taste: Taste,
        heads: Sequence[Sequence[int]],
        pointers: Mapping[int, Pointer],
    ) -> None:
        self.wish, self.rng, self.taste = wish, rng, taste
        self.reader = Follower(pointers)
        self.window = Window(network, wish, heads, pointers, taste.guidance)
        for token in header_tokens(wish, 0, wish.style):
            self.reader.feed(token)
        for token in (PLAN, *(token for head in heads for token in head), MUSIC):
            self.reader.feed(token)

    def write(self, chords: Sequence[tuple[int, ...]], say: Progress) -> Piece:
        """Write all bars behind the opening."""
        wish = self.wish
        self._read_opening()
        grammar = PieceGrammar(wish, self.reader, chords)
        while not grammar.ended:
            mask = grammar.allow()
            if np.count_nonzero(mask) == 1:
                token = int(mask.argmax())
            else:
                token = draw(self.window.logits(), mask, self.rng, self.taste.cuts)
            bar = grammar.bar
            grammar.read(token)
            self.window.add(token, self.reader.features())
            if grammar.bar != bar:
                say("writing the bars", grammar.bar / wish.bars)
        return Piece(
            wish.style, wish.ensemble, wish.parts, tuple(grammar.bars), wish.tempo, wish.valence, wish.arousal
        )  # fmt: skip

    def _read_opening(self) -> None:
        wish = self.wish
        if not wish.opening:
            return
        after = wish.bars - len(wish.opening)
        given = Piece(wish.style, wish.ensemble, wish.parts, wish.opening, bars_after=after)
        for bar in encode_bars(given):
            for token in bar:
                self.reader.feed(token)
                self.window.add(token, self.reader.features())
