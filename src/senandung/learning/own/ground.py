"""The style on which one of a person's own stands: the one under whose name the network expects their music best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from senandung.composing.catalogue import cell_of, choose, composer_styles
from senandung.composing.decoding.window import Network, in_styles
from senandung.composing.pieces.asked import ANY_STYLE
from senandung.composing.pieces.piece import Piece
from senandung.composing.styles import band_style_names, load_style
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.style import Style
from senandung.learning.own.marginals import Window, windows_of

EXCERPT = 320
"""Tokens of an excerpt with its header and plan."""

FIRST, SECOND = 2, 6
"""Excerpts that all styles are judged by, and those that the nearest few are."""

FINALISTS = 8

ROWS = 8


def nearest_style(works: Sequence[Sequence[Piece]], network: Network) -> tuple[str, dict[str, float]]:
    """The style of the network that is nearest to the works, and -log P a token under each of the nearest few.

    Only styles whose works have the ensemble of the works, or all styles where none has.
    """
    excerpts = excerpts_of(works)
    ensemble = max(
        sorted({piece.ensemble for pieces in works for piece in pieces}),
        key=lambda name: sum(piece.ensemble == name for pieces in works for piece in pieces),
    )
    chosen = {name: choose(name) for name in composer_styles()}
    names = [name for name, each in chosen.items() if ANY_STYLE not in each.weights]
    fitting = [name for name in names if cell_of(chosen[name], ensemble) is not None] or names
    tokens: dict[str, list[str]] = {}
    for name in fitting:
        tokens.setdefault(next(iter(chosen[name].weights)), []).append(name)
    nats = _nats(excerpts[:FIRST], list(tokens), network)
    best = sorted(nats, key=lambda token: (nats[token], token))[:FINALISTS]
    nats = _nats(excerpts[:SECOND], best, network)
    ordered = sorted(nats, key=lambda token: (nats[token], token))
    return tokens[ordered[0]][0], {tokens[token][0]: round(nats[token], 4) for token in ordered}


def excerpts_of(works: Sequence[Sequence[Piece]]) -> list[Window]:
    """Excerpts of the works, one of each in turn, from their middles outward."""
    rows: list[list[Window]] = []
    for pieces in works:
        mine = [window for piece in pieces for window in windows_of(piece, EXCERPT)]
        rows.append([mine[at] for at in _outward(len(mine))])
    longest = max((len(row) for row in rows), default=0)
    return [row[at] for at in range(longest) for row in rows if at < len(row)]


def _outward(count: int) -> list[int]:
    """Places from the middle outward.

    >>> _outward(5)
    [2, 1, 3, 0, 4]
    """
    return sorted(range(count), key=lambda at: (abs(at - count // 2), at))


def _nats(excerpts: Iterable[Window], styles: Sequence[str], network: Network) -> dict[str, float]:
    """-log P a token of the excerpts under each style."""
    totals, count = np.zeros(len(styles)), 0
    for window in excerpts:
        entries = [(token, known.tolist()) for token, known in zip(window.tokens, window.features, strict=True)]
        count += sum(window.learnt)
        for begin in range(0, len(styles), ROWS):
            some = list(styles[begin : begin + ROWS])
            tokens, features = in_styles(entries, some if len(some) > 1 else [*some, *some])
            state = network.begin(len(tokens))
            for at in range(tokens.shape[1] - 1):
                logits = state.feed(tokens[:, at : at + 1], features[:, at : at + 1]).astype(np.float64)
                if window.learnt[at + 1]:
                    said = logits[np.arange(len(tokens)), tokens[:, at + 1]]
                    wide = logits.max(axis=1)
                    lost = wide + np.log(np.exp(logits - wide[:, None]).sum(axis=1)) - said
                    totals[begin : begin + len(some)] += lost[: len(some)]
    return {name: float(total) / max(count, 1) for name, total in zip(styles, totals, strict=True)}


_ROLE_OF: Mapping[str, str] = {"bass": "bass", "contrabass": "bass", "drums": "drums"}


def nearest_song_style(
    bpm: Sequence[float], metres: Mapping[str, float], classes: Mapping[str, float], language: str = ""
) -> str:
    """The song style whose tempo, metres and instruments are nearest.

    Parameters
    ----------
    bpm : beats a minute of the works that state them.
    metres : shares of metres.
    classes : shares of notes of the classes of instrument.
    """
    names = [
        name for name in band_style_names() if not language or language in (load_style(name).languages or language)
    ]
    return min(names, key=lambda name: (_far(load_style(name), bpm, metres, classes), name))


IDIOMS = ("keroncong", "langgam", "campursari", "dangdut", "pop-melayu")
"""Song styles that are stood on where the files have their instruments, and not where nothing says so."""


def _far(style: Style, bpm: Sequence[float], metres: Mapping[str, float], classes: Mapping[str, float]) -> float:
    from senandung.composing.pieces.players import CLASS_OF_INSTRUMENT

    low, high = style.tempo
    outside = [max(low - tempo, tempo - high, 0.0) / 40 for tempo in bpm]
    tempo = float(np.mean(np.minimum(outside, 1.0))) if outside else 0.3
    metre = 1.0 - sum(share for name, share in metres.items() if name in style.metres)
    mine = {CLASS_OF_INSTRUMENT[player.instrument] for player in style.ensemble if player.instrument in INSTRUMENTS}
    theirs = {name for name, share in classes.items() if share >= 0.02 and name not in ("voice", "melody")}
    both = len(mine & theirs) / max(len(mine | theirs), 1)
    far = (style.tuning != "equal") + (style.name.startswith(IDIOMS) * 0.2)
    return tempo + metre + (1.0 - both) + float(far)
