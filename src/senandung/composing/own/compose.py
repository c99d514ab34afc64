"""A piece in a style of one's own: by a network that leans towards the files and has heard a passage of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from senandung.composing.catalogue import choose
from senandung.composing.decoding.decode import compose_piece
from senandung.composing.decoding.engine import Engine
from senandung.composing.decoding.window import Network
from senandung.composing.own.adapted import adapted
from senandung.composing.own.blend import lean, not_to_quote, prime
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import Piece
from senandung.domain.own_style import OwnStyle


def compose_own(
    wish: PieceWish,
    network: Network,
    owned: Sequence[tuple[OwnStyle, float]],
    *,
    seed: int,
    progress: Callable[[str, float], None] | None = None,
) -> Piece:
    """A piece as it is wished, in styles of one's own.

    Parameters
    ----------
    wish : what is asked; its styles are the grounds.
    network : the plain one.
    owned : styles of one's own with their shares.
    seed : the same seed, wish, styles and network give the same piece.
    progress : told what is being done.
    """
    told = prime(lean(trained(network, owned), owned), owned, wish, seed)
    return compose_piece(wish, told, seed=seed, progress=progress, unquoted=not_to_quote(owned))


def trained(network: Network, owned: Sequence[tuple[OwnStyle, float]]) -> Network:
    """The network with the rows that were trained for styles of one's own, where some were."""
    for style, _ in owned:
        if style.adapter and isinstance(network, Engine):
            token = next(iter(choose(style.ground).weights))
            network = adapted(network.weights, token, style.adapter)
    return network
