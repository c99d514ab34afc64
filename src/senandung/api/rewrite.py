"""A song → the same song with some bars of some tracks written anew, and everything else as it was."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from senandung import __version__
from senandung.api.label import given_before, told
from senandung.api.network import MODELS, OTHERS_LICENCE, ProgressCall, Rewriter, network_rewriter
from senandung.api.options import checked_seed
from senandung.api.render import load_any_song
from senandung.domain.errors import InputError, InvalidValueError, UnknownNameError
from senandung.domain.song import Song, Track

if TYPE_CHECKING:
    from senandung.api.own_styles import OwnChosen
    from senandung.composing.pieces.score_piece import Facts
    from senandung.composing.pieces.song_piece import LaidSong

CONTEXT_BEFORE, CONTEXT_AFTER = 32, 16
"""Bars around the rewritten ones that the composer reads."""


@dataclass(frozen=True)
class Rewritten:
    """A song with new notes: first and last rewritten bar (from 1), the tracks' names, sentences for the person."""

    song: Song
    bars: tuple[int, int]
    tracks: tuple[str, ...]
    seed: int
    remarks: tuple[str, ...] = ()


def rewrite(
    source: Song | Path | str,
    *,
    bars: str | tuple[int, int] | None = None,
    tracks: str | Sequence[str] | None = None,
    seed: int | None = None,
    rewriter: Rewriter | None = None,
    progress: ProgressCall | None = None,
) -> Rewritten:
    """Write bars, tracks, or bars of tracks anew; the rest stays, note for note.

    Parameters
    ----------
    source : a song, a song folder, or a file of notes.
    bars : "9-16", "9", or (9, 16), counted from 1; None takes all.
    tracks : names of tracks, instruments or roles, or one str of them divided by commas; None takes all. A line with
        words keeps them, every syllable in its bar, and gets a new tune; a second voice follows the first.
    seed : the same seed writes the same notes; None draws one.
    rewriter : what writes them; None takes the network.
    progress : called with what is being done and the share done.
    """
    from senandung.api.own_styles import own_if_there
    from senandung.composing.backing import follow
    from senandung.composing.pieces.song_piece import bar_lines, lay_song
    from senandung.composing.pieces.splicing import splice_rows

    song = source if isinstance(source, Song) else load_any_song(source)
    if bars is None and not tracks:
        raise InvalidValueError("rewrite must be told what: bars (9-16), tracks (bass,drums), or both")
    count = len(bar_lines(song)) - 1
    asked = parse_bars(bars, count) if bars is not None else range(count)
    chosen = _tracks(song, tracks)
    chosen_seed = checked_seed(secrets.randbelow(1_000_000) if seed is None else seed)
    along = [track for track in chosen if song.vocal in chosen and track in song.backings]
    names = [track.name for track in chosen if track not in along]
    own = own_if_there(song.provenance.style)
    laid = lay_song(song, _style(song, own), bars=_context(song, asked, count), needed=names)
    columns = _columns(song, laid, names)
    blanks = {(bar - laid.first, column) for bar in asked for column in columns}
    sung = _sung(song, laid, names)
    usual = network_rewriter(progress, sung) if own is None else own.rewriter(progress, sung)
    written = (rewriter or usual)(laid.piece, blanks, chosen_seed)
    where = f"bars {asked.start + 1}-{asked.stop} of {', '.join(names)}"
    facts = _facts(song, f"{where} were written anew (seed {chosen_seed})")
    spliced = splice_rows(song, laid, written, asked, names, facts)
    lines = bar_lines(song)
    first, end = lines[asked.start], lines[asked.stop]
    parts = {track.name: follow(spliced, track, song, first, end) for track in along}
    spliced = told(replace(spliced, tracks=tuple(parts.get(track.name, track) for track in spliced.tracks)))
    remarks = [*_remarks(song, spliced, names), *(f"{name} follows the new first voice" for name in parts)]
    for track in song.backings if song.vocal in chosen else ():
        if track not in chosen and any(first <= note.onset < end for note in track.notes):
            remarks.append(f"{track.name} keeps its notes and may not fit the new first voice; name it too")
    names = [track.name for track in chosen]
    if song.motif is not None:
        from senandung.composing.motif.standing import still_standing

        spliced = replace(spliced, motif=still_standing(song.motif, song.tracks, spliced.tracks))
    return Rewritten(spliced, (asked.start + 1, asked.stop), tuple(names), chosen_seed, tuple(remarks))


def parse_bars(text: str | tuple[int, int], count: int) -> range:
    """Bars counted from 1, both ends meant, as a range from 0.

    >>> parse_bars("9-16", 32), parse_bars("3", 8)
    (range(8, 16), range(2, 3))
    >>> parse_bars("9-16", 12)
    Traceback (most recent call last):
        ...
    senandung.domain.errors.InvalidValueError: bars must lie in 1..12 and rise, such as 1-12, got '9-16'
    """
    if isinstance(text, str):
        match = re.fullmatch(r"\s*([0-9]{1,6})\s*(?:[-–]\s*([0-9]{1,6})\s*)?", text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    else:
        first, last = text
    if not 1 <= first <= last <= count:
        raise InvalidValueError(f"bars must lie in 1..{count} and rise, such as 1-{count}, got {text!r}")
    return range(first - 1, last)


def _tracks(song: Song, asked: str | Sequence[str] | None) -> list[Track]:
    """The tracks that are meant, in the song's order."""
    if not asked:
        return list(song.tracks)
    meant = []
    for name in asked.split(",") if isinstance(asked, str) else list(asked):
        plain = name.strip().casefold()
        found = [track for track in song.tracks if track.name.casefold() == plain]
        found = found or [track for track in song.tracks if plain in (track.instrument, track.role)]
        if not found:
            known = {word for track in song.tracks for word in (track.name, track.instrument, track.role)}
            raise UnknownNameError("track", name.strip(), known)
        meant += found
    return [track for track in song.tracks if track in meant]


def _sung(song: Song, laid: LaidSong, names: Sequence[str]) -> tuple[int, ...]:
    """The parts of the piece that sing words."""
    from senandung.composing.pieces.asked import SINGERS

    return tuple(
        column
        for track, columns in zip(song.tracks, laid.columns, strict=True)
        for column in columns
        if track.name in names and laid.piece.parts[column].instrument in SINGERS
        if any(note.syllable is not None for note in track.notes)
    )


def _remarks(before: Song, after: Song, names: Sequence[str]) -> tuple[str, ...]:
    """What became of the words of the tracks that were written anew."""
    found = []
    for old, new in zip(before.tracks, after.tracks, strict=True):
        if old.name in names and any(note.syllable is not None for note in old.notes):
            same = [(note.onset, note.syllable) for note in old.notes] == [(n.onset, n.syllable) for n in new.notes]
            kept = "its rhythm and its words, with new pitches" if same else "its words, every syllable in its bar"
            found.append(f"{old.name} keeps {kept}")
    return tuple(found)


def _context(song: Song, asked: range, count: int) -> range:
    """The bars that are read: the asked ones and those around them whose metres are known."""
    from senandung.composing.pieces.song_piece import bar_metres

    metres = bar_metres(song)
    first, stop = asked.start, asked.stop
    while first > 0 and metres[first - 1] is not None and asked.start - first < CONTEXT_BEFORE:
        first -= 1
    while stop < count and metres[stop] is not None and stop - asked.stop < CONTEXT_AFTER:
        stop += 1
    return range(first, stop)


def _columns(song: Song, laid: LaidSong, names: Sequence[str]) -> list[int]:
    columns: list[int] = []
    for track, mine in zip(song.tracks, laid.columns, strict=True):
        if track.name in names:
            if not mine:
                raise InvalidValueError(
                    f"a composer reads at most four parts of a kind, and {track.name} is one more; name fewer tracks"
                )
            columns += mine
    return columns


def _style(song: Song, own: OwnChosen | None = None) -> str:
    """The style token of a song that was made in a composer's style, else the one that says nothing."""
    from senandung.composing.catalogue import choose, is_composer_style
    from senandung.composing.pieces.asked import ANY_STYLE

    named = song.provenance.style
    try:
        weights = own.chosen.weights if own is not None else choose(named).weights if is_composer_style(named) else {}
    except InputError:  # a blend with a style of one's own that is not there any more
        weights = {}
    if not weights:
        return ANY_STYLE
    return max(weights, key=lambda name: weights[name])


def _facts(song: Song, what: str) -> Facts:
    from senandung.composing.pieces.score_piece import Facts

    held = song.provenance
    return Facts(
        song.title,
        held.seed,
        held.version or __version__,
        held.style,
        tuple(dict.fromkeys((*held.models, *MODELS))),
        (*held.sources, what),
        held.story,
        song.words.language,
        held.licence if held.version else OTHERS_LICENCE,
        given_before(song, f"{song.title}, all that stays"),
        held.private_story,
    )
