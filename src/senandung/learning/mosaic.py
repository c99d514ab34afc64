"""The plainest composer: real bars of the training part, set one after the other where their chords meet.

It stands in the benchmark of whole pieces: what is right inside a bar it has for nothing, what makes a
piece it has not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import Piece, PieceBar, PieceChord, PieceNote, PiecePart
from senandung.composing.pieces.vocabulary import IDS, signed_tonic
from senandung.domain.checks import require
from senandung.learning.pack import Packed
from senandung.learning.reference import unpack

SOURCES = 16
"""Pieces whose bars one mosaic may use."""

GO_ON = 0.7
"""How often the bar that follows in the source follows here too: three bars in a row on average."""


class _Place(NamedTuple):
    source: int
    bar: int


@dataclass(frozen=True)
class Mosaic:
    """A composer that sets real bars of a packed training part one after the other."""

    sets: Mapping[str, Packed]

    def compose(self, wish: PieceWish, *, seed: int) -> Piece:
        """A piece as it is wished, of bars of the pieces that are most like it: parts, metre, mode, style, ensemble.

        The metre is kept always, the mode where there are bars in it.
        """
        rng = np.random.default_rng(seed)
        sources = self._sources(wish, rng)
        places = [
            _Place(source, bar)
            for source, piece in enumerate(sources)
            for bar, here in enumerate(piece.bars)
            if here.metre == wish.metre
        ]
        require(bool(places), "the training part must hold bars of the metre", wish.metre)
        places = [place for place in places if sources[place.source].bars[place.bar].mode == wish.mode] or places
        known = set(places)
        by_chord: dict[tuple[int, str] | None, list[_Place]] = {}
        for place in places:
            before = _Place(place.source, place.bar - 1)
            if before in known:
                by_chord.setdefault(_chord(sources[before.source].bars[before.bar]), []).append(place)
        at = _one([place for place in places if place.bar == 0] or places, rng)
        chosen = [at]
        while len(chosen) < wish.bars:
            following = _Place(at.source, at.bar + 1)
            if following not in known or rng.random() > GO_ON:
                chord = _chord(sources[at.source].bars[at.bar])
                following = _one(by_chord.get(chord) or places, rng)
            at = following
            chosen.append(at)
        endings = [place for place in places if _is_end(sources[place.source], place.bar)]
        if endings:
            chosen[-1] = _one(endings, rng)
        bars = tuple(_moved(sources[source], bar, wish) for source, bar in chosen)
        return Piece(wish.style, wish.ensemble, wish.parts, bars, wish.tempo, wish.valence, wish.arousal)

    def _sources(self, wish: PieceWish, rng: np.random.Generator) -> list[Piece]:
        """The pieces most like a wish."""
        tracks = np.asarray([IDS[f"track:{part.instrument}.{part.slot}"] for part in wish.parts])
        ranked: list[tuple[float, Packed, int]] = []
        for packed in self.sets.values():
            if not packed.pieces or not len(packed.tracks):
                continue
            owner = np.repeat(np.arange(packed.pieces), np.diff(packed.track_starts))
            shared = np.bincount(owner[np.isin(packed.tracks, tracks)], minlength=packed.pieces) / len(tracks)
            firsts = packed.bar_heads[packed.piece_bars[:-1]]
            score = (
                4.0 * shared
                + 4.0 * (firsts[:, 0] == IDS[f"metre:{wish.metre}"])
                + 3.0 * (firsts[:, 2] == IDS[f"mode:{wish.mode}"])
                + 1.0 * (packed.heads[:, 2] == IDS[f"ensemble:{wish.ensemble}"])
                + 1.0 * (packed.heads[:, 1] == IDS[f"style:{wish.style}"])
                + 0.5 * rng.random(packed.pieces)
            )
            for index in np.argsort(-score, kind="stable")[:SOURCES].tolist():
                ranked.append((float(score[index]), packed, index))
        ranked.sort(key=lambda row: -row[0])
        return [unpack(packed, index) for _, packed, index in ranked[:SOURCES]]


def _one(places: list[_Place], rng: np.random.Generator) -> _Place:
    return places[int(rng.integers(len(places)))]


def _is_end(piece: Piece, bar: int) -> bool:
    return piece.bars_after == 0 and bar == len(piece.bars) - 1


def _chord(bar: PieceBar) -> tuple[int, str] | None:
    """The last chord of a bar, above its tonic."""
    chord = bar.chords[-1]
    return None if chord is None else ((chord.root - bar.tonic) % 12, chord.quality)


def _moved(piece: Piece, index: int, wish: PieceWish) -> PieceBar:
    """A bar in the key and for the parts of a wish."""
    bar = piece.bars[index]
    semitones = signed_tonic(wish.tonic) - signed_tonic(bar.tonic)
    rows: dict[PiecePart, tuple[PieceNote, ...]] = dict(zip(piece.parts, bar.notes, strict=True))
    notes = tuple(
        rows.get(part, ())
        if part.instrument == "drums"
        else tuple(note._replace(pitch=min(max(note.pitch + semitones, 0), 127)) for note in rows.get(part, ()))
        for part in wish.parts
    )
    chords = tuple(chord and PieceChord((chord.root + semitones) % 12, chord.quality) for chord in bar.chords)
    return PieceBar(bar.metre, wish.tonic, bar.mode, chords, notes)
