"""An opening → the same music, note for note, and how it goes on."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from senandung import __version__
from senandung.api.label import given_before, told
from senandung.api.network import MODELS, OTHERS_LICENCE, Composer, ProgressCall, network_composer
from senandung.api.options import checked_seed, clean_text
from senandung.api.render import load_any_song
from senandung.domain.checks import require_whole
from senandung.domain.errors import InvalidValueError
from senandung.domain.song import Provenance, Role, Song, Track

if TYPE_CHECKING:
    from senandung.composing.pieces.piece import PiecePart
    from senandung.composing.pieces.song_piece import LaidSong

CONTEXT_BARS = 64
"""Bars at the end of an opening that the composer reads."""

MOST_NEW_BARS = 400

SLOWEST, FASTEST = 10.0, 400.0
"""Quarters a minute that the composer is told at least and at most; the song keeps its own tempo."""


@dataclass(frozen=True)
class Continued:
    """A song that goes on: what was there before has `opening_bars` bars; `remarks` are sentences for the person."""

    song: Song
    opening: Song
    opening_bars: int
    seed: int
    remarks: tuple[str, ...] = ()


def continue_(
    source: Song | Path | str,
    *,
    bars: int,
    style: str | None = None,
    join: str | Sequence[str] | None = None,
    seed: int | None = None,
    title: str | None = None,
    composer: Composer | None = None,
    progress: ProgressCall | None = None,
) -> Continued:
    """Keep an opening note for note and go on from its last bar line, with its instruments, in its key and texture.

    Parameters
    ----------
    source : a song, a song folder, or a file of notes (song.json, MusicXML, MIDI, USTX, kern, ABC).
    bars : how many bars to add, 1 to 400.
    style : a composer, a kind of music or a blend; None takes the song's own where it has one, else none.
    join : instruments that rest in the opening and play from there on, as names or one str of them divided by commas.
    seed : the same seed goes on in the same way; None draws one.
    title : None keeps the opening's.
    composer : what writes the bars; None takes the network.
    progress : called with what is being done and the share done.
    """
    from senandung.api.own_styles import own_chosen, own_if_there
    from senandung.composing.catalogue import choose, is_composer_style
    from senandung.composing.pieces.asked import PieceWish
    from senandung.composing.pieces.score_piece import Facts
    from senandung.composing.pieces.song_piece import bar_lines, lay_song
    from senandung.composing.pieces.splicing import extend_song
    from senandung.composing.styles import style_names

    require_whole(f"bars must be a whole number in 1..{MOST_NEW_BARS}", bars, 1, MOST_NEW_BARS)
    song = source if isinstance(source, Song) else load_any_song(source)
    if not any(track.notes for track in song.tracks):
        raise InvalidValueError(f"an opening must hold a note, got none in {song.title!r}")
    chosen_seed = checked_seed(secrets.randbelow(1_000_000) if seed is None else seed)
    before = song.provenance.style
    own = own_chosen(style) if style is not None else own_if_there(before)
    named = style or (before if own is not None or (before and is_composer_style(before)) else None)
    if (style is not None and style.strip().lower() in style_names()) or (style and own and own.song):
        raise InvalidValueError(f"an opening goes on in the style of a composer or a kind of music, got {style!r}")
    weights = own.chosen.weights if own else choose(named).weights if named else {"any": 1.0}
    lines = len(bar_lines(song)) - 1
    context = _context(song, lines)
    joined, new = _joined(song, join)
    laid = lay_song(joined, next(iter(weights)), bars=context, needed=new)
    piece, last = laid.piece, laid.piece.bars[-1]
    wish = PieceWish(
        weights,
        piece.ensemble,
        piece.parts,
        len(piece.bars) + bars,
        last.metre,
        last.tonic,
        last.mode,
        min(max(song.tempo_map.bpm_at(laid.starts[-1]), SLOWEST), FASTEST),
        opening=piece.bars,
        ranges=ranges_in_use(joined, laid),
    )
    usual = network_composer(progress) if own is None else own.composer(progress)
    written = (composer or usual)(wish, chosen_seed)
    facts = Facts(
        song.title,
        chosen_seed,
        __version__,
        named or before,
        tuple(dict.fromkeys((*song.provenance.models, *MODELS))),
        (*song.provenance.sources, f"bars 1-{lines} are the opening that was given ({song.title}); the rest goes on"),
        song.provenance.story,
        song.words.language,
        Provenance.licence if song.provenance.version else OTHERS_LICENCE,
        (*given_before(song, f"{song.title}, bars 1-{lines}"), *(own.given() if own is not None else ())),
        song.provenance.private_story,
    )
    longer = told(extend_song(joined, laid, written, facts))
    if title:
        longer = replace(longer, title=clean_text("a title", " ".join(title.split()), 200))
    return Continued(longer, song, lines, chosen_seed, _remarks(joined, laid))


def _joined(song: Song, names: str | Sequence[str] | None) -> tuple[Song, tuple[str, ...]]:
    """The song with a silent track for each instrument that joins, and the names of these tracks."""
    from senandung.composing.pieces.players import seats_of_instruments

    if not names:
        return song, ()
    seats = seats_of_instruments([name.strip() for name in (names.split(",") if isinstance(names, str) else names)])
    tracks = list(song.tracks)
    added: list[str] = []
    for seat in seats:
        name, number = seat.name, 2
        while any(track.name == name for track in tracks):
            name, number = f"{seat.name} {number}", number + 1
        bass = seat.instrument.startswith(("bass", "contrabass"))
        role: Role = "drums" if seat.sound.drum else "bass" if bass and seat.instrument != "bassoon" else "counter"
        tracks.append(Track(name, role, seat.instrument, ()))
        added.append(name)
    return replace(song, tracks=tuple(tracks)), tuple(added)


def _context(song: Song, lines: int) -> range:
    """The last bars of a song, as many as the composer reads and whose metres it knows."""
    from senandung.composing.pieces.song_piece import bar_metres

    metres = bar_metres(song)
    first = lines - 1
    while first > 0 and metres[first - 1] is not None and lines - first < CONTEXT_BARS:
        first -= 1
    return range(first, lines)


def ranges_in_use(song: Song, laid: LaidSong) -> dict[PiecePart, tuple[int, int]]:
    """The range of each part: what it plays in the song and a third around, inside of what the instrument plays."""
    ranges: dict[PiecePart, tuple[int, int]] = {}
    for track, columns in zip(song.tracks, laid.columns, strict=True):
        sound = track.sound
        for column in columns:
            part = laid.piece.parts[column]
            heard = [note.pitch for bar in laid.piece.bars for note in bar.notes[column]]
            if sound.drum:
                ranges[part] = (sound.low, sound.high)
                continue
            low, high = (min(heard) - 4, max(heard) + 4) if heard else sound.comfortable
            middle = (low + high) // 2
            low, high = min(low, middle - 7), max(high, middle + 7)
            low, high = max(low, sound.low), min(high, sound.high)
            ranges[part] = (low, high) if high - low >= 7 else (sound.low, sound.high)
    return ranges


def _remarks(song: Song, laid: LaidSong) -> tuple[str, ...]:
    remarks = []
    silent = [
        track.name
        for track, columns in zip(song.tracks, laid.columns, strict=True)
        if not columns and any(note.end > laid.starts[0] for note in track.notes)
    ]
    if silent:
        remarks.append(f"these tracks rest from there on: {', '.join(silent)}")
    if song.words.syllables:
        remarks.append("the words end with the opening; the voice goes on without words")
    return tuple(remarks)
