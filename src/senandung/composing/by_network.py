"""A song's parts written anew by the network, around its melody and on its chords.

The arranger's parts say who plays in which bar, in which range and how loudly; the network says what. Several drafts
are written and judged section by section; where none serves the song as well as the arranger's part, that one stays. A
section that repeats another takes its bars over where the chords are the same, a few of them written again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from senandung.composing.decoding.decode import rewrite_piece
from senandung.composing.decoding.engine import Engine
from senandung.composing.decoding.fill_rows import Blank, Bounds
from senandung.composing.decoding.sampling import CUTS, Cut, Taste
from senandung.composing.part_judge import ACCEPTED, faults_of
from senandung.composing.pieces.piece import STEPS_PER_QUARTER, Piece
from senandung.composing.pieces.score_piece import Facts
from senandung.composing.pieces.song_piece import LaidSong, lay_song
from senandung.composing.pieces.splicing import splice_rows
from senandung.composing.plan import Plan
from senandung.domain.metre import Metre
from senandung.domain.song import Song, Track, tidy_notes
from senandung.domain.style import FINEST, NetworkParts
from senandung.domain.time import Tick

VARIED = 0.25
"""The share of a returning section's bars that are written again."""

DRAFTS = 3
"""Drafts of a bound part, of which every section takes the one with the fewest faults."""

ROOM = 2
"""Semitones by which a bound part may leave the arranger's range in a section."""

FOREIGN = 2.5
"""What tones outside the chord lose in a bound part (`Bounds.foreign`)."""

STEADY = Taste(cuts={**CUTS, "note": Cut(0.85, least=0.05), "rhythm": Cut(0.7, top=0.9), "place": Cut(0.7, top=0.9)})
"""How the tokens of a bound part are drawn: an accompaniment keeps to its figure."""


@dataclass(frozen=True)
class Written:
    """The song with new parts, and for every section in which they were tried what was wrong with them, by name.

    A section whose faults sum to more than `ACCEPTED` has the arranger's part.
    """

    song: Song
    faults: Mapping[int, Mapping[str, float]]


def write_parts(song: Song, plan: Plan, wanted: Sequence[NetworkParts], engine: Engine, *, seed: int) -> Song:
    """The song with some of its parts by the network.

    Parameters
    ----------
    song : an arranged song in one key.
    plan : its form.
    wanted : which parts, in which manner, one after the other.
    engine : the network.
    seed : the same seed, song and machine give the same parts.
    """
    for number, parts in enumerate(wanted):
        song = write_some(song, plan, parts, engine, seed=seed + 101 * number).song
    return song


def write_some(
    song: Song, plan: Plan, parts: NetworkParts, engine: Engine, *, seed: int, accepted: float = ACCEPTED
) -> Written:
    """The song with the parts of some players by the network, and how they were judged; see `write_parts`.

    `accepted` is the most faults that a section may have.
    """
    leads = _leads(song)
    names = {track.name for track in song.tracks if track.name in parts.writes and track not in leads}
    if not names or not leads:
        return Written(song, {})
    seen = {*names, *parts.beside, *(track.name for track in leads)}
    ticks = plan.metre.bar_ticks
    barred = {track.name: _barred(track, ticks) for track in song.tracks if track.name in names and parts.finest}
    small = replace(song, tracks=tuple(barred.get(t.name, t) for t in song.tracks if t.name in seen))
    laid = lay_song(small, parts.like, needed=names)
    piece = replace(laid.piece, ensemble=parts.ensemble) if parts.ensemble else laid.piece
    columns = [
        column for track, mine in zip(small.tracks, laid.columns, strict=True) if track.name in names for column in mine
    ]
    work = _Work(song, plan, parts, engine, piece, columns, names, accepted)
    written, faults = work.write(seed)
    changed = {bar for bar in range(plan.bars) if written.bars[bar] != piece.bars[bar]}
    spliced = splice_rows(small, laid, written, range(plan.bars), names, Facts(song.title))
    new = {t.name: t for t in _as_loud(small.tracks, spliced.tracks, laid, names) if t.name in names}
    tracks = [_mixed(track, new[track.name], changed, ticks) if track.name in new else track for track in song.tracks]
    return Written(replace(song, tracks=tuple(tracks)), faults)


class _Work:
    """The rows of some players in a piece."""

    def __init__(
        self,
        song: Song,
        plan: Plan,
        parts: NetworkParts,
        engine: Engine,
        piece: Piece,
        columns: Sequence[int],
        names: Collection[str],
        accepted: float,
    ) -> None:
        self.accepted = accepted
        self.plan, self.engine, self.piece, self.columns = plan, engine, piece, columns
        self.bound = bool(parts.finest)
        others = [t for t in song.tracks if t.name not in names and not t.sound.drum]
        self.whole = all(track in _leads(song) for track in others)
        heard = tuple(track for track in others if track in _leads(song) or track.role == "bass")
        self.heard = lay_song(replace(song, tracks=heard), needed={track.name for track in heard}).piece
        self.bass = all(track.role == "bass" for track in song.tracks if track.name in names)
        self.sources = self._returns()
        kinds = [section.kind for section in plan.sections for _ in range(section.bars)]
        last = plan.bars if self.whole else plan.bars - 1  # a band ends together, as it was arranged
        self.bars = [
            bar
            for bar in range(last)
            if (not parts.sections or kinds[bar] in parts.sections)
            and any(piece.bars[bar].notes[column] for column in columns)
        ]
        self.bounds = Bounds()
        self.taste = Taste()
        if self.bound:
            grid = _grid(parts.finest, plan.metre)
            self.bounds, self.taste = Bounds(self._ranges(), grid, FOREIGN, over=False), STEADY

    def write(self, seed: int) -> tuple[Piece, dict[int, Mapping[str, float]]]:
        """The piece with the rows of the players, and the faults by section."""
        first = {bar for bar in self.bars if bar not in self.sources}
        again = {bar for bar in self.bars if self.sources.get(bar) in first}
        drafts = [self._fill(self.piece, first, seed + number) for number in range(DRAFTS if self.bound else 1)]
        found: dict[int, Mapping[str, float]] = {}
        written = self.piece
        for number, bars in self._sections(first):
            judged = [self._faults(draft, bars) for draft in drafts]
            best = min(range(len(drafts)), key=lambda index: sum(judged[index].values()))
            found[number] = judged[best]
            if sum(judged[best].values()) <= self.accepted:
                written = self._with_bars(written, {bar: drafts[best].bars[bar].notes for bar in bars})
        fresh = {bar for bar in first if written.bars[bar] is not self.piece.bars[bar]}
        returning = {bar for bar in again if self.sources[bar] in fresh}
        written = self._with_bars(written, {bar: written.bars[self.sources[bar]].notes for bar in returning})
        rng = np.random.default_rng(seed)
        other = {bar for bar in sorted(returning) if rng.random() < VARIED or bar == self.plan.bars - 1}
        if other:
            varied = self._fill(written, other, seed + DRAFTS)
            for _, bars in self._sections(returning):
                if sum(self._faults(varied, bars).values()) <= self.accepted:
                    written = self._with_bars(written, {bar: varied.bars[bar].notes for bar in bars})
        return written, found

    def _fill(self, piece: Piece, bars: Collection[int], seed: int) -> Piece:
        blanks = {(bar, column) for bar in bars for column in self.columns}
        return rewrite_piece(piece, blanks, self.engine, seed=seed, taste=self.taste, bounds=self.bounds)

    def _sections(self, bars: Collection[int]) -> Iterator[tuple[int, list[int]]]:
        """Those of the bars that lie in a section, with its number."""
        start = 0
        for number, section in enumerate(self.plan.sections):
            inside = [bar for bar in range(start, start + section.bars) if bar in bars]
            start += section.bars
            if inside:
                yield number, inside

    def _faults(self, draft: Piece, bars: Sequence[int]) -> Mapping[str, float]:
        if not self.bound:
            return {}
        return faults_of(draft, self.piece, self.heard, bars, self.columns, bass=self.bass)

    def _with_bars(self, piece: Piece, rows: Mapping[int, Sequence[object]]) -> Piece:
        """The piece with the players' rows in some bars taken from elsewhere; who rested goes on resting."""
        bars = list(piece.bars)
        for bar, new in rows.items():
            mixed = [
                new[column] if column in self.columns and self.piece.bars[bar].notes[column] else row
                for column, row in enumerate(bars[bar].notes)
            ]
            bars[bar] = replace(bars[bar], notes=tuple(mixed))  # type: ignore[arg-type]
        return replace(piece, bars=tuple(bars))

    def _returns(self) -> dict[int, int]:
        """The bars that repeat others in which the same players play."""
        rows = [tuple(bool(bar.notes[column]) for column in self.columns) for bar in self.piece.bars]
        return {bar: source for bar, source in _sources(self.plan, self.piece).items() if rows[bar] == rows[source]}

    def _ranges(self) -> dict[Blank, tuple[int, int]]:
        """About where the arranger's part lies in each section."""
        found = {}
        for _, bars in self._sections(range(self.plan.bars)):
            for column in self.columns:
                pitches = [note.pitch for bar in bars for note in self.piece.bars[bar].notes[column]]
                if pitches:
                    span = (min(pitches) - ROOM, max(pitches) + ROOM)
                    found.update({(bar, column): span for bar in bars})
        return found


def _barred(track: Track, ticks: Tick) -> Track:
    """The track with every note that sounds over a bar line struck again there."""
    notes = []
    for note in track.notes:
        first, last = note.onset // ticks, (note.end - 1) // ticks
        for bar in range(first, last + 1):
            onset = max(note.onset, bar * ticks)
            notes.append(replace(note, onset=onset, duration=min(note.end, (bar + 1) * ticks) - onset))
    return replace(track, notes=tidy_notes(notes))


def _mixed(old: Track, new: Track, changed: Collection[int], ticks: Tick) -> Track:
    """The track with the notes of the changed bars from another; a note that sounds into them or from them is cut."""
    kept = []
    for note in old.notes:
        bars = range(note.onset // ticks, (note.end - 1) // ticks + 1)
        if not any(bar in changed for bar in bars):
            kept.append(note)
            continue
        inside = _barred(replace(old, notes=(note,)), ticks).notes
        kept += [part for part in inside if part.onset // ticks not in changed]
    return replace(old, notes=tidy_notes([*kept, *(n for n in new.notes if n.onset // ticks in changed)]))


def _leads(song: Song) -> tuple[Track, ...]:
    """The voice; where nobody sings, who has the melody."""
    sung = tuple(track for track in song.tracks if track.role == "vocal")
    return sung or tuple(track for track in song.tracks if track.role == "melody")


def _grid(finest: str, metre: Metre) -> int:
    """Steps of the finest note value; in compound metres a beat has three eighths."""
    steps = int(FINEST[finest] * STEPS_PER_QUARTER)
    return steps * 3 // 2 if metre.is_compound and steps == STEPS_PER_QUARTER else steps


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
