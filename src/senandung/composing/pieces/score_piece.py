"""A piece as a song: bars and steps become ticks, parts become tracks. `song_piece.piece_of_song` is the inverse."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import fmean
from types import MappingProxyType

from senandung.composing.curve import feeling_curve
from senandung.composing.pieces.asked import SINGERS, FormPart
from senandung.composing.pieces.breaths import with_breaths
from senandung.composing.pieces.chord_names import respell_chords
from senandung.composing.pieces.piece import METRES, TICKS_PER_STEP, Piece, PieceBar, PieceChord
from senandung.composing.pieces.piece_sections import find_form, fullness
from senandung.composing.pieces.players import Seat, seats_of_parts
from senandung.composing.pieces.sounding import as_it_sounds
from senandung.domain.checks import require
from senandung.domain.chords import Chord
from senandung.domain.feeling import Feeling
from senandung.domain.instruments import Instrument
from senandung.domain.metre import Metre
from senandung.domain.parts import SECTION_NAMES
from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key, key_of_pitch_class
from senandung.domain.song import (
    ChordSpan,
    FeelingPoint,
    Given,
    KeyChange,
    MetreChange,
    Note,
    Provenance,
    Role,
    Section,
    Song,
    Track,
    tidy_notes,
)
from senandung.domain.tempo import TempoChange, TempoMap
from senandung.domain.time import Tick
from senandung.domain.words import Words

USUAL_TEMPO = 96.0
"""Quarters a minute where neither a wish nor the piece says anything."""

INTENSITY: Mapping[str, float] = MappingProxyType(
    {"intro": 0.35, "verse": 0.5, "prechorus": 0.6, "chorus": 0.8, "bridge": 0.65, "interlude": 0.5, "solo": 0.7,
     "outro": 0.4}
)  # fmt: skip
"""How full a kind of section is; performing plays it louder or softer by it."""

ROLE_VELOCITY: Mapping[str, int] = MappingProxyType(
    {"vocal": 8, "melody": 8, "counter": 0, "chords": -6, "pad": -10, "bass": 0, "drums": 0}
)
"""What a role adds to the velocity. The accents of the metre are performing's."""

MIDDLE_VELOCITY, AROUSAL_VELOCITY = 74, 22
"""The velocity of a neutral piece, and how much the highest arousal adds."""


@dataclass(frozen=True)
class Facts:
    """What a song says of itself beside its notes: see `Song` and `Provenance`."""

    title: str
    seed: int = 0
    version: str = ""
    style: str = ""
    models: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    story: str = ""
    language: str = "en"
    licence: str = field(default=Provenance.licence)
    given: tuple[Given, ...] = ()
    private_story: bool = False

    @property
    def provenance(self) -> Provenance:
        """What the song's provenance is."""
        return Provenance(
            self.seed, self.version, self.style, self.models, self.sources, self.licence, self.story,
            given=self.given, private_story=self.private_story,
        )  # fmt: skip


def song_of_piece(
    piece: Piece,
    facts: Facts,
    *,
    feeling: Feeling | None = None,
    seats: Sequence[Seat] = (),
    form: Sequence[FormPart] = (),
    tempo: float | None = None,
    words: Words | None = None,
) -> Song:
    """The song of a piece: a track a player, at 480 ticks a quarter.

    Parameters
    ----------
    piece : what was composed.
    facts : title, provenance, language.
    feeling : what the feeling curve and the velocities follow; None writes neither.
    seats : who plays which parts (`players`); without, the hands of a keyboard together and each other part alone.
    form : the sections, which together last as long as the piece; without, they are found (`piece_sections`).
    tempo : quarters a minute; without, the piece's own.
    words : what the first voice sings: its notes that are no melismas begin a syllable each. It breathes between lines
        (`breaths`).

    Guitars that were composed as they are written sound an octave lower (`sounding`). A pitch that is struck while it
    sounds ends there, and one outside of its instrument's range is moved by octaves.
    """
    piece = as_it_sounds(piece)
    starts = bar_ticks(piece.bars)
    seats = tuple(seats) or seats_of_parts(piece.parts, piece.ensemble)
    arousal = feeling.arousal if feeling is not None else 0.0
    players = [seat_notes(piece, seat, starts) for seat in seats]
    roles = roles_of(seats, players)
    tempos = (TempoChange.at_bpm(0, tempo or piece.tempo or USUAL_TEMPO),)
    if words is not None:
        sung = next(index for index, seat in enumerate(seats) if seat.parts[0].instrument in SINGERS)
        roles[sung] = "vocal"
        players[sung] = with_breaths(sung_notes(piece, seats[sung], starts), words.line_starts, TempoMap(tempos))
    tracks = tuple(
        Track(seat.name, role, seat.instrument, voiced(notes, role, arousal))
        for seat, role, notes in zip(seats, roles, players, strict=True)
    )
    keys = key_changes(piece.bars, starts)
    chords = chord_spans(piece.bars, starts)
    if form:
        sections = sections_of_form(form, starts, facts.language)
    else:
        found = find_form(piece)
        sections = sections_of_form(found, starts, facts.language, intensities=fullness(piece, found))
    curve: tuple[FeelingPoint, ...] = ()
    if feeling is not None:
        curve = feeling_curve(feeling, keys[0].key, sections, chords, Metre.parse(piece.bars[0].metre).bar_ticks)
    song = Song(
        title=facts.title,
        tracks=tracks,
        tempos=tempos,
        metres=metre_changes(piece.bars, starts),
        keys=keys,
        chords=chords,
        sections=sections,
        feeling_curve=curve,
        words=Words(facts.language, ()) if words is None else _in_sections(words, tracks, sections),
        provenance=facts.provenance,
    )
    return respell_chords(song)


def bar_ticks(bars: Sequence[PieceBar]) -> list[Tick]:
    """The tick of each bar line, the last one behind the last bar."""
    ticks = [0]
    for bar in bars:
        ticks.append(ticks[-1] + METRES[bar.metre].steps * TICKS_PER_STEP)
    return ticks


def seat_notes(piece: Piece, seat: Seat, starts: Sequence[Tick], *, first: int = 0) -> list[Note]:
    """The notes of a player from bar `first` on, moved by octaves into the instrument's range; not yet tidied.

    `starts` are the ticks of the bar lines; where there is one behind the last bar, all notes end there. Where a player
    has several parts, the notes of each stand on a staff of their own, the first part's on the upper one.
    """
    columns = [piece.parts.index(part) for part in seat.parts]
    found = []
    end = starts[len(piece.bars)] if len(starts) > len(piece.bars) else None
    for bar, start in zip(piece.bars[first:], starts[first:], strict=False):
        for staff, column in enumerate(columns, 1):
            for note in bar.notes[column]:
                pitch = into_range(note.pitch, seat.sound)
                if pitch is not None:
                    onset, length = start + note.start * TICKS_PER_STEP, note.length * TICKS_PER_STEP
                    length = length if end is None else min(length, end - onset)
                    found.append(Note(onset, length, pitch, staff=staff if len(columns) > 1 else 0))
    return found


def sung_notes(piece: Piece, seat: Seat, starts: Sequence[Tick]) -> list[Note]:
    """The notes of a voice, numbered by the syllables that they begin or carry on."""
    (part,) = seat.parts
    column = piece.parts.index(part)
    found: list[Note] = []
    number = -1
    for bar, start in zip(piece.bars, starts, strict=False):
        for note in bar.notes[column]:
            number += not note.melisma
            pitch = into_range(note.pitch, seat.sound)
            require(pitch is not None, f"a voice must sing what {seat.sound.name} can sing", note.pitch)
            onset, length = start + note.start * TICKS_PER_STEP, note.length * TICKS_PER_STEP
            found.append(Note(onset, min(length, starts[-1] - onset), pitch or 0, syllable=number))
    return found


def _in_sections(words: Words, tracks: Sequence[Track], sections: Sequence[Section]) -> Words:
    """The words with each line in the section in which it begins."""
    vocal = next(track for track in tracks if track.role == "vocal")
    begins = {note.syllable: note.onset for note in reversed(vocal.notes)}
    places = [bisect_right([s.onset for s in sections], begins[first]) - 1 for first in words.line_starts]
    lines = (replace(line, section=place) for line, place in zip(words.lines, places, strict=True))
    return replace(words, lines=tuple(lines))


def into_range(pitch: int, sound: Instrument) -> int | None:
    """The pitch, or its nearest octave that the instrument plays; None for a drum key that it has not.

    >>> from senandung.domain.instruments import INSTRUMENTS
    >>> into_range(40, INSTRUMENTS["violin"]), into_range(27, INSTRUMENTS["drums"])
    (64, None)
    """
    if sound.drum:
        return pitch if sound.plays(pitch) else None
    while pitch < sound.low:
        pitch += 12
    while pitch > sound.high:
        pitch -= 12
    return pitch if sound.plays(pitch) else None


def roles_of(seats: Sequence[Seat], players: Sequence[Sequence[Note]]) -> list[Role]:
    """What each player does: one melody, one bass, chords where several notes sound together, else counter-voices."""
    roles: list[Role] = ["counter"] * len(seats)
    means = {
        index: fmean(note.pitch for note in notes)
        for index, (seat, notes) in enumerate(zip(seats, players, strict=True))
        if notes and not seat.sound.drum
    }
    chordal = {index for index in means if len(players[index]) > 1.3 * len({note.onset for note in players[index]})}
    for index, seat in enumerate(seats):
        if seat.sound.drum:
            roles[index] = "drums"
        elif seat.instrument == "pad":
            roles[index] = "pad"
        elif index in chordal:
            roles[index] = "chords"
    single = [index for index in means if index not in chordal and roles[index] == "counter"]
    leading = max(single, key=lambda index: (_sings(seats[index]), means[index]), default=None)
    if leading is None and means:
        leading = max(means, key=lambda index: means[index])
    if leading is not None:
        roles[leading] = "melody"
    lower = [index for index in single if index != leading and seats[index].instrument != "timpani"]
    if lower:
        lowest = min(lower, key=lambda index: means[index])
        if means[lowest] < 57:
            roles[lowest] = "bass"
    return roles


def _sings(seat: Seat) -> bool:
    return seat.parts[0].instrument in ("voice", "soprano", "melody")


def voiced(notes: Sequence[Note], role: Role, arousal: float) -> tuple[Note, ...]:
    """Notes with the velocity of their role and of the arousal (-1..1), tidied."""
    velocity = round(MIDDLE_VELOCITY + AROUSAL_VELOCITY * arousal + ROLE_VELOCITY[role])
    velocity = min(max(velocity, 30), 116)
    return tidy_notes(replace(note, velocity=velocity) for note in notes)


def key_of_bar(bar: PieceBar) -> Key:
    """The key of a bar, spelled with the fewest accidentals."""
    return key_of_pitch_class(bar.tonic, bar.mode)


def key_changes(bars: Sequence[PieceBar], starts: Sequence[Tick]) -> tuple[KeyChange, ...]:
    """The keys where they change."""
    changes = [KeyChange(0, key_of_bar(bars[0]))]
    for (before, bar), start in zip(pairwise(bars), starts[1:], strict=False):
        if (bar.tonic, bar.mode) != (before.tonic, before.mode):
            changes.append(KeyChange(start, key_of_bar(bar)))
    return tuple(changes)


def metre_changes(bars: Sequence[PieceBar], starts: Sequence[Tick]) -> tuple[MetreChange, ...]:
    """The metres where they change."""
    changes = [MetreChange(0, Metre.parse(bars[0].metre))]
    for (before, bar), start in zip(pairwise(bars), starts[1:], strict=False):
        if bar.metre != before.metre:
            changes.append(MetreChange(start, Metre.parse(bar.metre)))
    return tuple(changes)


def chord_spans(bars: Sequence[PieceBar], starts: Sequence[Tick]) -> tuple[ChordSpan, ...]:
    """The chords with their ticks; one that goes on is one span."""
    spans: list[ChordSpan] = []
    for bar, start in zip(bars, starts, strict=False):
        width = METRES[bar.metre].steps * TICKS_PER_STEP // len(bar.chords)
        for slot, found in enumerate(bar.chords):
            if found is None:
                continue
            onset, chord = start + slot * width, chord_of(found, key_of_bar(bar))
            if spans and spans[-1].chord == chord and spans[-1].end == onset:
                spans[-1] = replace(spans[-1], duration=spans[-1].duration + width)
            else:
                spans.append(ChordSpan(onset, width, chord))
    return tuple(spans)


def chord_of(found: PieceChord, key: Key) -> Chord:
    """A piece's chord as it is written in a key.

    >>> chord_of(PieceChord(10, "7"), Key.parse("F")).letters()
    'Bb7'
    """
    root = key.spell(found.root)
    if abs(root.alter) > 1:
        names = [NoteName.from_fifths(fifths) for fifths in range(-7, 12)]
        root = min((n for n in names if n.pitch_class == found.root), key=lambda name: abs(name.fifths))
    return Chord(root, found.quality)


def sections_of_form(
    form: Sequence[FormPart], starts: Sequence[Tick], language: str, *, intensities: Sequence[float] = ()
) -> tuple[Section, ...]:
    """The sections of a form in ticks, named by kind and number; with intensities of their own, by letters."""
    sections: list[Section] = []
    counts: dict[str, int] = {}
    letters: list[str] = []
    at = 0
    for kind, bars, source in form:
        counts[kind] = counts.get(kind, 0) + 1
        many = sum(part.kind == kind for part in form) > 1
        letters.append(letters[source] if source is not None else chr(ord("A") + len(set(letters)) % 26))
        name = letters[-1] if intensities else f"{SECTION_NAMES[kind][language]}{f' {counts[kind]}' if many else ''}"
        full = intensities[len(sections)] if intensities else INTENSITY[kind]
        sections.append(Section(name, kind, starts[at], starts[at + bars] - starts[at], full))
        at += bars
    return tuple(sections)
