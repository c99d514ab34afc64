"""A song's parts written anew by the network, around its melody and on its chords.

The arranger's parts say who plays in which bar and how loudly; the network says what. A section that repeats another
takes its bars over where the chords are the same, a few of them written again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from senandung.composing.decoding.decode import rewrite_piece
from senandung.composing.decoding.engine import Engine
from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.score_piece import Facts
from senandung.composing.pieces.song_piece import LaidSong, lay_song
from senandung.composing.pieces.splicing import splice_rows
from senandung.composing.plan import Plan
from senandung.domain.song import Song, Track
from senandung.domain.time import Tick

VARIED = 0.25
"""The share of a returning section's bars that are written again."""

Blanks = set[tuple[int, int]]


def write_parts(song: Song, plan: Plan, style: str, engine: Engine, *, seed: int) -> Song:
    """The song with all parts but its melody by the network.

    Parameters
    ----------
    song : an arranged song in one key.
    plan : its form.
    style : the style token whose music the parts shall be like.
    engine : the network.
    seed : the same seed, song and machine give the same parts.
    """
    leads = {"vocal"} if any(track.role == "vocal" for track in song.tracks) else {"melody"}
    names = {track.name for track in song.tracks if track.role not in leads and not track.sound.drum}
    laid = lay_song(song, style, needed=names)
    columns = [
        column for track, mine in zip(song.tracks, laid.columns, strict=True) if track.name in names for column in mine
    ]
    sources = _sources(plan, laid.piece)
    fresh = {(bar, column) for bar in range(plan.bars) if bar not in sources for column in columns}
    piece = rewrite_piece(laid.piece, fresh, engine, seed=seed)
    piece = _with_returns(piece, sources, columns)
    rng = np.random.default_rng(seed)
    again = {bar for bar in sources if rng.random() < VARIED or bar == plan.bars - 1}
    if again:
        piece = rewrite_piece(piece, {(bar, c) for bar in again for c in columns}, engine, seed=seed + 1)
    held = song.provenance
    facts = Facts(
        song.title, held.seed, held.version, held.style, held.models, held.sources, held.story, song.words.language
    )
    written = splice_rows(song, laid, piece, range(plan.bars), names, facts)
    return replace(written, tracks=_as_loud(song.tracks, written.tracks, laid, names), provenance=song.provenance)


def _sources(plan: Plan, piece: Piece) -> Mapping[int, int]:
    """For bars of returning sections, the bars that they repeat: the same chords in the same place."""
    starts = np.cumsum([0, *(section.bars for section in plan.sections)]).tolist()
    sources: dict[int, int] = {}
    for place, section in enumerate(plan.sections):
        if section.repeats is None:
            continue
        for bar in range(min(section.bars, plan.sections[section.repeats].bars)):
            here, there = starts[place] + bar, starts[section.repeats] + bar
            if piece.bars[here].chords == piece.bars[there].chords:
                sources[here] = sources.get(there, there)
    return sources


def _with_returns(piece: Piece, sources: Mapping[int, int], columns: Collection[int]) -> Piece:
    bars = list(piece.bars)
    for bar, source in sources.items():
        rows = [
            bars[source].notes[part] if part in columns and row else row for part, row in enumerate(bars[bar].notes)
        ]
        bars[bar] = replace(bars[bar], notes=tuple(rows))
    return replace(piece, bars=tuple(bars))


def _as_loud(
    before: Sequence[Track], after: Sequence[Track], laid: LaidSong, names: Collection[str]
) -> tuple[Track, ...]:
    """New notes with the mean velocity that their bar had."""
    return tuple(
        replace(new, notes=tuple(replace(n, velocity=_velocity(old, n.onset, laid.starts)) for n in new.notes))
        if new.name in names
        else new
        for old, new in zip(before, after, strict=True)
    )


def _velocity(track: Track, onset: Tick, starts: Sequence[Tick]) -> int:
    bar = int(np.searchsorted(starts, onset, side="right")) - 1
    first, last = starts[bar], starts[min(bar + 1, len(starts) - 1)]
    here = [note.velocity for note in track.notes if first <= note.onset < last]
    here = here or [note.velocity for note in track.notes]
    return round(sum(here) / len(here)) if here else 70
