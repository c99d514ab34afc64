"""New bars put into a song, so that all that was there before stays, note for note."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from statistics import fmean

from senandung.composing.pieces.asked import SINGERS
from senandung.composing.pieces.chord_names import respell_chords
from senandung.composing.pieces.piece import TICKS_PER_STEP, Piece
from senandung.composing.pieces.players import Seat
from senandung.composing.pieces.score_piece import (
    INTENSITY,
    Facts,
    bar_ticks,
    chord_spans,
    into_range,
    key_changes,
    metre_changes,
    seat_notes,
)
from senandung.composing.pieces.song_piece import LaidSong, bar_lines
from senandung.composing.pieces.sounding import guitars_moved
from senandung.domain.checks import require
from senandung.domain.song import ChordSpan, FeelingPoint, Note, Section, Song, Track, tidy_notes
from senandung.domain.time import Tick
from senandung.domain.tuning import TUNINGS

USUAL_VELOCITY = 80

_OCTAVE = 12


def extend_song(song: Song, laid: LaidSong, piece: Piece, facts: Facts) -> Song:
    """The song with the bars of `piece` that follow those of `laid` behind its last bar line.

    `laid` reaches to the song's end, and the first bars of `piece` are its bars. Every note, word and chord of the song
    stays; a new note waits where the same pitch still sounds.
    """
    known = len(laid.piece.bars)
    require(laid.starts[-1] == bar_lines(song)[-1], "a song must be laid out to its end", laid.starts[-1])
    require(len(piece.bars) > known, "a piece that goes on must have more bars than the song", len(piece.bars))
    joint, ticks = laid.starts[-1], bar_ticks(piece.bars[known:])
    starts = [joint + tick for tick in ticks]
    lines = [0] * known + starts
    tracks = []
    for track, columns in zip(song.tracks, laid.columns, strict=True):
        new = _track_notes(track, columns, laid, piece, lines, known)
        new = [replace(note, duration=min(note.duration, starts[-1] - note.onset)) for note in new]
        velocity = _velocity(track.notes, joint - 4 * (starts[1] - joint), joint)
        spliced = _clear_of(track.notes, [replace(note, velocity=velocity) for note in new])
        tracks.append(replace(track, notes=(*track.notes, *spliced)))
    new_bars = piece.bars[known - 1 :]  # the last known bar tells whether key and metre change
    before = [joint, *starts]
    keys = [replace(change, onset=max(change.onset, joint)) for change in key_changes(new_bars, before)[1:]]
    metres = metre_changes(new_bars, before)[1:]
    held = tuple(
        span if span.end <= joint else replace(span, duration=joint - span.onset)
        for span in song.chords
        if span.onset < joint
    )
    longer = replace(
        song,
        tracks=tuple(tracks),
        keys=(*[change for change in song.keys if change.onset < joint], *keys),
        metres=(*[change for change in song.metres if change.onset < joint], *metres),
        chords=(*held, *chord_spans(piece.bars[known:], starts)),
        sections=_sections(song, joint, starts[-1], facts.language),
        feeling_curve=_curve(song, joint, starts[-1]),
        provenance=facts.provenance,
    )
    return respell_chords(longer, kept=held)


def splice_rows(song: Song, laid: LaidSong, piece: Piece, bars: range, names: Collection[str], facts: Facts) -> Song:
    """The song with the bars (from 0, in the song) of the named tracks taken from `piece`, laid out as `laid` is.

    Notes that begin outside of the bars stay, also those that sound into them; new ones end with the bars. A line with
    words keeps them: where the new one begins as many syllables in every bar it is sung on them (`sung_anew`), else the
    line keeps its rhythm and only its pitches are new (`repitched`).
    """
    local = range(bars.start - laid.first, bars.stop - laid.first)
    require(local.start >= 0 and local.stop <= len(laid.piece.bars), "bars must have been laid out", bars)
    first, last = laid.starts[local.start], laid.starts[local.stop]
    lines = [start - (laid.shift if index == 0 else 0) for index, start in enumerate(laid.starts)]
    tracks = []
    for track, columns in zip(song.tracks, laid.columns, strict=True):
        if track.name not in names:
            tracks.append(track)
            continue
        if any(note.syllable is not None for note in track.notes):
            sung = sung_anew(track, columns, laid, piece, local)
            if sung is not None:
                tracks.append(replace(track, notes=sung))
                continue
        new = _track_notes(track, columns, laid, piece, lines, 0)
        new = [
            replace(note, duration=min(note.duration, last - note.onset)) for note in new if first <= note.onset < last
        ]
        before = [note for note in track.notes if note.onset < first]
        after = [note for note in track.notes if note.onset >= last]
        if any(note.syllable is not None for note in track.notes):
            inside = [note for note in track.notes if first <= note.onset < last]
            ringing = {note.pitch for note in before if note.end > first}
            kept = [
                old if made.pitch in ringing else made
                for old, made in zip(inside, repitched(inside, new, track), strict=True)
            ]
            tracks.append(replace(track, notes=(*before, *tidy_notes([*kept, *after]))))
            continue
        velocity = _velocity(track.notes, first, last)
        spliced = _clear_of(before, [replace(note, velocity=velocity) for note in new])
        tracks.append(replace(track, notes=(*before, *spliced, *after)))
    chords = _new_chords(song, laid, piece, local)
    new_song = replace(song, tracks=tuple(tracks), chords=chords, provenance=facts.provenance)
    return respell_chords(new_song, kept=song.chords)


def _new_chords(song: Song, laid: LaidSong, piece: Piece, local: range) -> tuple[ChordSpan, ...]:
    """The song's chords, those of the piece where they are others than were laid."""
    changed = [bar for bar in local if piece.bars[bar].chords != laid.piece.bars[bar].chords]
    if not changed or not song.chords:
        return song.chords
    first, last = laid.starts[changed[0]], laid.starts[changed[-1] + 1]
    begin = first - (laid.shift if changed[0] == 0 else 0)
    bars = piece.bars[changed[0] : changed[-1] + 1]
    new = chord_spans(bars, [begin, *laid.starts[changed[0] + 1 : changed[-1] + 1]])
    inside = [(max(span.onset, first), min(span.end, last), span) for span in new]
    before = [(span.onset, min(span.end, first), span) for span in song.chords if span.onset < first]
    after = [(max(span.onset, last), span.end, span) for span in song.chords if span.end > last]
    return tuple(
        replace(span, onset=onset, duration=end - onset)
        for onset, end, span in (*before, *inside, *after)
        if end > onset
    )


def sung_anew(
    track: Track, columns: Sequence[int], laid: LaidSong, piece: Piece, local: range
) -> tuple[Note, ...] | None:
    """The notes of a track with words whose bars `local` (from 0, in the piece) are sung to a new line.

    The line must begin as many syllables in each bar as before; where it does not, or where the old notes are not all
    sung to words, None. A new note takes the velocity of the old one that began its syllable.
    """
    if len(columns) != 1 or piece.parts[columns[0]].instrument not in SINGERS:
        return None
    column = columns[0]
    first, last = (laid.starts[bar] - TICKS_PER_STEP // 2 + 1 for bar in (local.start, local.stop))  # as they are laid
    before = [note for note in track.notes if note.onset < first]
    inside = [note for note in track.notes if first <= note.onset < last]
    after = [note for note in track.notes if note.onset >= last]
    number = before[-1].syllable if before else None
    begun: list[Note] = []
    for note in inside:
        if note.syllable is None:
            return None
        if note.syllable != (begun[-1].syllable if begun else number):
            begun.append(note)
    counts = [[sum(not n.melisma for n in p.bars[bar].notes[column]) for bar in local] for p in (laid.piece, piece)]
    if counts[0] != counts[1] or sum(counts[0]) != len(begun):
        return None
    made: list[Note] = []
    waiting = iter(begun)
    velocity = before[-1].velocity if before else USUAL_VELOCITY
    free = max((note.end for note in before), default=0)
    for bar in local:
        line = laid.starts[bar] - (laid.shift if bar == 0 else 0)
        for start, midi, length, melisma in piece.bars[bar].notes[column]:
            if not melisma:
                old = next(waiting)
                number, velocity = old.syllable, old.velocity
            onset = line + start * TICKS_PER_STEP
            end = min(onset + length * TICKS_PER_STEP, after[0].onset if after else laid.starts[local.stop])
            onset = max(onset, min(free, end - 1))
            pitch = into_range(midi, track.sound)
            if pitch is None or onset < 0:
                return None
            one = Note(onset, end - onset, pitch, velocity, number)
            made.append(one if track.tuning == "equal" else in_tuning(one, track))
    if made and after and after[0].syllable is not None and after[0].syllable == number:
        made[-1] = replace(made[-1], duration=after[0].onset - made[-1].onset)  # what carries it on begins there
    return (*before, *tidy_notes([*made, *after]))


def repitched(notes: Sequence[Note], line: Sequence[Note], track: Track) -> list[Note]:
    """Notes with the pitches that a new line has at their onsets: rhythm, velocities and syllables stay.

    Within a melisma the old steps stay, from the new first pitch on; where the line has no note at all, all stays. A
    leap of more than an octave to the note before is folded.

    >>> voice = Track("Voice", "vocal", "voice", ())
    >>> old = [Note(0, 480, 60, 80, 0), Note(480, 480, 62, 80, 0), Note(960, 480, 64, 80, 1)]
    >>> [(n.pitch, n.syllable) for n in repitched(old, [Note(0, 960, 67), Note(960, 960, 65)], voice)]
    [(67, 0), (69, 0), (65, 1)]
    """
    if not line:
        return list(notes)
    ordered = sorted(line)
    onsets = [note.onset for note in ordered]
    made: list[Note] = []
    for index, note in enumerate(notes):
        before = notes[index - 1] if index else None
        if before is not None and note.syllable is not None and note.syllable == before.syllable:
            pitch = made[-1].pitch + note.pitch - before.pitch
        else:
            pitch = ordered[max(bisect_right(onsets, note.onset) - 1, 0)].pitch
            while made and pitch - made[-1].pitch > _OCTAVE:
                pitch -= _OCTAVE
            while made and made[-1].pitch - pitch > _OCTAVE:
                pitch += _OCTAVE
        inside = into_range(pitch, track.sound)
        new = replace(note, pitch=note.pitch if inside is None else inside)
        made.append(new if track.tuning == "equal" else in_tuning(new, track))
    return made


def _track_notes(
    track: Track, columns: Sequence[int], laid: LaidSong, piece: Piece, lines: Sequence[Tick], first: int
) -> list[Note]:
    """The notes of a track in a piece from bar `first` on; `lines` are the ticks of the piece's bars in the song."""
    if not columns:
        return []
    seat = Seat(track.name, track.instrument, tuple(laid.piece.parts[column] for column in columns))
    found = []
    for bar in range(first, len(piece.bars)):
        one = guitars_moved(replace(piece, bars=(piece.bars[bar],)), -laid.raised)
        begin = lines[bar]
        found += [replace(n, onset=n.onset + begin) for n in seat_notes(one, seat, (0,)) if n.onset + begin >= 0]
    return found if track.tuning == "equal" else [in_tuning(note, track) for note in found]


def in_tuning(note: Note, track: Track) -> Note:
    """The note on the nearest tone that the track's tuning has and its instrument plays.

    >>> in_tuning(Note(0, 480, 76), Track("Suling", "melody", "suling", (), "slendro")).pitch
    77
    """
    tones = TUNINGS[track.tuning].pitch_classes()
    near = sorted(range(track.sound.low, track.sound.high + 1), key=lambda pitch: (abs(pitch - note.pitch), pitch))
    return replace(note, pitch=next(pitch for pitch in near if pitch % 12 in tones))


def _velocity(notes: Sequence[Note], first: Tick, last: Tick) -> int:
    """The mean velocity of the notes in a stretch, else of all."""
    near = [note.velocity for note in notes if first <= note.onset < last] or [note.velocity for note in notes]
    return round(fmean(near)) if near else USUAL_VELOCITY


def _clear_of(before: Sequence[Note], new: Sequence[Note]) -> list[Note]:
    """New notes, tidied; one on a pitch that still sounds from before waits for its end, or is left out."""
    sounding: dict[int, Tick] = {}
    for note in before:
        sounding[note.pitch] = max(sounding.get(note.pitch, 0), note.end)
    kept = []
    for note in new:
        onset = max(note.onset, sounding.get(note.pitch, 0))
        if onset < note.end:
            kept.append(replace(note, onset=onset, duration=note.end - onset))
    return list(tidy_notes(kept))


def _sections(song: Song, joint: Tick, end: Tick, language: str) -> tuple[Section, ...]:
    name = {"id": "Lanjutan", "en": "Continuation"}[language]
    opening = {"id": "Pembuka", "en": "Opening"}[language]
    held = list(song.sections) or [Section(opening, "verse", 0, joint, INTENSITY["verse"])]
    held[-1] = replace(held[-1], duration=joint - held[-1].onset)
    return (*held, Section(name, "verse", joint, end - joint, held[-1].intensity))


def _curve(song: Song, joint: Tick, end: Tick) -> tuple[FeelingPoint, ...]:
    """The feeling goes on as it was when the song ended."""
    if not song.feeling_curve:
        return ()
    kept = [point for point in song.feeling_curve if point.onset < joint]
    at = max(bisect_right([point.onset for point in song.feeling_curve], joint) - 1, 0)
    held = song.feeling_curve[at]
    return (*kept, replace(held, onset=joint), replace(held, onset=end, tension=round(held.tension * 0.5, 3)))
