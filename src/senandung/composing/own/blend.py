"""Styles of one's own among the styles of the network: what is asked of them, and what their files hold."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.catalogue import Chosen, choose
from senandung.composing.decoding.copies import Copies
from senandung.composing.decoding.window import Network
from senandung.composing.own.leaning import Leaning, Table
from senandung.composing.own.primed import Primed
from senandung.composing.pieces.asked import PieceWish, blend
from senandung.composing.plan import Wishes
from senandung.domain.own_style import OwnStyle

Owned = tuple[OwnStyle, float]
"""A style of one's own and its weight in a blend."""

STRENGTH = 1.0
"""What a style's tables weigh that is asked for alone."""


LONGEST_USUAL = 96
"""Bars of a piece at most where no length was asked for."""


def choose_with(owned: Sequence[Owned], others: str, name: str) -> Chosen:
    """The style that the network is told, for styles of one's own and others of the network.

    Parameters
    ----------
    owned : styles of one's own with their weights.
    others : the rest of the blend as `catalogue.choose` takes it, with weights; empty for none.
    name : the whole as it was asked for.
    """
    weights: dict[str, float] = {}
    total = sum(weight for _, weight in owned)
    rest = choose(others) if others else None
    named = [item.rpartition(":")[2] if ":" in item else "1" for item in others.split("+")] if others else []
    added = sum(float(value) for value in named)
    for style, weight in owned:
        for token, share in choose(style.ground).weights.items():
            weights[token] = weights.get(token, 0.0) + weight * share
    lent: dict[str, float] = {}
    if rest is not None:
        for token, share in rest.weights.items():
            weights[token] = weights.get(token, 0.0) + added * share
            lent[token] = added * share / (total + added)
    own = tuple((weight / (total + added), style.ensembles) for style, weight in owned)
    return Chosen(name, blend(weights), rest.ensemble if rest is not None else "", own, lent)


def shares(owned: Sequence[Owned], others: float = 0.0) -> list[tuple[OwnStyle, float]]:
    """Each style with its share of the blend."""
    total = sum(weight for _, weight in owned) + others
    return [(style, weight / total) for style, weight in owned]


def lean(network: Network, owned: Sequence[tuple[OwnStyle, float]]) -> Network:
    """The network, leaning towards styles of one's own by their shares."""
    tables = [(Table(style.tables), STRENGTH * share) for style, share in owned if style.tables]
    return Leaning(network, tables) if tables else network


def prime(network: Network, owned: Sequence[tuple[OwnStyle, float]], wish: PieceWish, seed: int) -> Network:
    """The network, having heard a passage of the files that fits the wish: the same parts, metre and mode.

    Which one is drawn by the seed, by the styles' shares; where none fits, and in the share of a blend that is nobody's
    own, the network hears nothing.
    """
    rng = random.Random(seed)
    names = tuple(f"{part.instrument}.{part.slot}" for part in wish.parts)
    at = rng.random()
    for style, share in owned:
        at -= share
        if at < 0:
            fitting = [each for each in style.passages if (each.metre, each.mode) == (wish.metre, wish.mode)]
            fitting = [each for each in fitting if sorted(each.parts) == sorted(names)]
            if not fitting or wish.opening:
                return network
            return Primed(network, rng.choice(fitting).tokens)
    return network


def not_to_quote(owned: Sequence[tuple[OwnStyle, float]]) -> list[Copies]:
    """Filters of the tunes that styles of one's own were learned from."""
    found = []
    for style, _ in owned:
        if len(style.spans):
            size = 1 << max(10, (len(style.spans) * 4).bit_length())
            found.append(Copies.fit(style.spans.view("uint64"), size))
    return found


def with_usual_form(wishes: Wishes, owned: Sequence[tuple[OwnStyle, float]], seed: int) -> Wishes:
    """The wishes with a length as the files have it, where none was asked for."""
    if wishes.bars is not None or wishes.minutes is not None or wishes.form or wishes.chords:
        return wishes
    style, _ = max(owned, key=lambda item: item[1])
    lengths = [bars for row in style.ensembles.values() for bars in row["bars"]]
    if not lengths:
        return wishes
    bars = random.Random(seed).choice(sorted(lengths))
    return replace(wishes, bars=min(max(4 * round(bars / 4), 8), LONGEST_USUAL))
