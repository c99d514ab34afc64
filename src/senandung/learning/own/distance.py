"""How near music composed in a style comes to works that were kept back, against its ground without learning.

The overlapped area (Yang & Lerch 2020, "On the evaluation of generative models in music", on shares) of what pieces
are made of: tones above the tonic, chords, intervals, lengths, onsets. Beside it stands how near the works that were
learned from come to those kept back: more is not to be hoped for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from senandung.composing.catalogue import choose
from senandung.composing.decoding.decode import compose_piece
from senandung.composing.decoding.window import Network
from senandung.composing.own.blend import choose_with
from senandung.composing.own.compose import compose_own
from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.score_piece import Facts, song_of_piece
from senandung.composing.plan import Wishes
from senandung.composing.wishing import ask
from senandung.domain.own_style import OwnStyle
from senandung.domain.song import Song
from senandung.learning.own import facts
from senandung.originality.check import check_song, index_songs
from senandung.originality.report import OriginalityReport

COMPARED = ("tones", "chords", "intervals", "lengths", "onsets", "bass", "metres", "instruments")
"""The figures whose overlap is taken."""

SEEDS = (1, 2, 3, 4)

BARS = 24

SMALL = 0.02
"""A mean overlap that grows by less is called small."""


def overlaps(one: Sequence[Sequence[Piece]], other: Sequence[Sequence[Piece]]) -> dict[str, float]:
    """The overlapped area of each compared figure of two lots of works, 0..1."""
    mine, theirs = facts.figures(one), facts.figures(other)
    both = [name for name in COMPARED if name in mine or name in theirs]
    return {name: round(facts.overlap(mine.get(name, {}), theirs.get(name, {})), 4) for name in both}


def composed(
    style: OwnStyle, network: Network, *, learned: bool, seeds: Sequence[int] = SEEDS, bars: int = BARS
) -> list[list[Piece]]:
    """Pieces in the style, or in its ground without anything learned, in the same ensemble."""
    pieces = []
    for seed in seeds:
        owned = [(style, 1.0)]
        chosen = choose_with(owned, "", style.name) if learned else choose(style.ground)
        wishes = Wishes(bars=bars)
        if not learned:
            wishes = Wishes(bars=bars, ensemble=_players(style, seed))
        asked = ask(chosen, wishes, seed=seed)
        if learned:
            pieces.append([compose_own(asked.wish, network, owned, seed=seed)])
        else:
            pieces.append([compose_piece(asked.wish, network, seed=seed)])
    return pieces


def _players(style: OwnStyle, seed: int) -> tuple[str, ...]:
    """The instruments of the style, by name, where its ground can play them; else its ground's own."""
    from senandung.domain.errors import SenandungError

    seats = ask(choose_with([(style, 1.0)], "", style.name), Wishes(bars=BARS), seed=seed).seats
    names = tuple(seat.instrument for seat in seats)
    try:
        ask(choose(style.ground), Wishes(bars=BARS, ensemble=names), seed=seed)
    except SenandungError:
        return ()
    return names


def originality(pieces: Sequence[Piece], works: Sequence[Sequence[Piece]]) -> list[OriginalityReport]:
    """How near each piece comes to a person's works and to the training music."""
    index = index_songs([(f"file {at}", _song(piece)) for at, own in enumerate(works, 1) for piece in own])
    return [check_song(_song(piece), against=(index,)) for piece in pieces]


def _song(piece: Piece) -> Song:
    return song_of_piece(piece, Facts("A piece"))


def copies_of(
    style: OwnStyle, network: Network, works: Sequence[Sequence[Piece]], *, seeds: Sequence[int] = SEEDS
) -> int:
    """How many of the pieces that are composed in a style come nearer to other music, the files it was learned from
    among it, than 95 % of human works come."""
    pieces = [own[0] for own in composed(style, network, learned=True, seeds=seeds)]
    return sum(report.copied for report in originality(pieces, works))


def measure_style(
    style: OwnStyle,
    learned_from: Sequence[Sequence[Piece]],
    held: Sequence[Sequence[Piece]],
    network: Network,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> dict[str, Any]:
    """Overlaps with the works kept back: of the ground, of the style, and of the works learned from."""
    if progress is not None:
        progress("composing with the ground", 0.5)
    before = overlaps(composed(style, network, learned=False), held)
    if progress is not None:
        progress("composing with what was learned", 0.75)
    written = composed(style, network, learned=True)
    after = overlaps(written, held)
    human = overlaps(learned_from, held)
    reports = originality([own[0] for own in written], learned_from)
    return {
        "held_out": len(held),
        "before": before,
        "after": after,
        "works": human,
        "originality": [round(report.score, 3) for report in reports],
        "originality_of_people": [round(each, 3) for each in reports[0].human_interval],
        "copied": sum(report.copied for report in reports),
        "mean_before": round(float(np.mean(list(before.values()))), 4),
        "mean_after": round(float(np.mean(list(after.values()))), 4),
        "mean_works": round(float(np.mean(list(human.values()))), 4),
    }


def is_small(measured: dict[str, Any]) -> bool:
    """Whether what was learned brought the music hardly nearer."""
    return "mean_before" in measured and float(measured["mean_after"] - measured["mean_before"]) < SMALL
