"""A piece of the network on a person's motif: it opens the piece, comes back in it, and is listed where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from senandung.domain.errors import InvalidValueError

if TYPE_CHECKING:
    from senandung.api.network import Composer
    from senandung.composing.motif.staging import Use
    from senandung.composing.pieces.asked import PieceWish
    from senandung.composing.pieces.piece import Piece
    from senandung.composing.plan import Wishes
    from senandung.domain.motif import Motif
    from senandung.domain.song import Song

Filler = Callable[["Piece", set[tuple[int, int]], int], "Piece"]
"""What writes rows (bar, part) of a piece on the chords that it has, by a seed."""

MIDDLE = (48, 84)
"""MIDI numbers between which a motif is brought before a part is chosen for it."""


def wishes_for_piece(wishes: Wishes, style: str) -> tuple[Wishes, tuple[str, ...]]:
    """The wishes with key and metre as their motif has them, where nothing else was asked; and what was done to it."""
    from senandung.composing.motif.fitting import fit_metre, into_key
    from senandung.composing.pieces.piece import METRES, MODES
    from senandung.domain.scales import Key

    if wishes.motif is None:
        return wishes, ()
    if wishes.chords:
        raise InvalidValueError(f"{style} takes its chords from the motif: give --motif or --chords, not both")
    metred = fit_metre(wishes.motif, tuple(METRES), style, wishes.metre)
    own = metred.motif.key
    plain = own.mode if own.mode in MODES else "minor" if own.is_minor else "major"
    keyed = into_key(metred.motif, wishes.key or Key(own.tonic, plain), *MIDDLE)
    fitted = replace(wishes, motif=keyed.motif, key=keyed.motif.key, metre=metred.motif.metre)
    return fitted, (*metred.remarks, *keyed.remarks)


def piece_on_motif(
    motif: Motif, wish: PieceWish, seed: int, write: Composer, fill: Filler
) -> tuple[Piece, Motif, tuple[Use, ...]]:
    """A piece that opens with a motif and comes back to it, the motif in its note values, and where it stands.

    Parameters
    ----------
    motif : in the wish's key and metre.
    wish : the piece that is asked for.
    write, fill : what goes on from an opening, and what writes the other parts.
    """
    from senandung.composing.motif.fitting import fit_tempo
    from senandung.composing.motif.opening import open_with, planted, returns_in
    from senandung.domain.metre import Metre

    metre = Metre.parse(wish.metre)
    motif = fit_tempo(motif, wish.tempo)
    opening = open_with(motif, wish)
    opened = fill(opening.piece, set(opening.blanks), seed)
    piece = write(replace(wish, opening=opened.bars), seed)
    uses = returns_in(piece, opening, metre)
    if len(uses) == len(opening.uses) or max(use.start for use in uses) < len(piece.bars) * metre.bar_ticks // 2:
        piece, blanks, use = planted(piece, opening, metre)
        piece = fill(piece, set(blanks), seed + 1)
        uses = (*(one for one in uses if one.end <= use.onset or one.onset >= use.end), use)
    return piece, motif, uses


def with_theme(song: Song, motif: Motif, uses: tuple[Use, ...]) -> Song:
    """The song with where its motif stands, and with what the person gave in its provenance."""
    from senandung.composing.motif.standing import theme_of
    from senandung.composing.motif.theme import given_of

    made = replace(song.provenance, given=(*song.provenance.given, given_of(motif)))
    return replace(song, motif=theme_of(motif, uses, song.tracks), provenance=made)


def network_filler() -> Filler:
    """What writes rows with the weights that come with the program."""

    def fill(piece: Piece, blanks: set[tuple[int, int]], seed: int) -> Piece:
        from senandung.composing.decoding.decode import rewrite_piece
        from senandung.composing.decoding.engine import load_engine

        return rewrite_piece(piece, blanks, load_engine(), seed=seed)

    return fill
