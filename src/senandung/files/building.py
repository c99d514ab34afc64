"""From the parts that a file holds to a legal `Song`: instruments chosen, names made unique, words joined to notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from senandung.domain.instruments import INSTRUMENTS, Instrument
from senandung.domain.song import (
    ROLES,
    SECTION_KINDS,
    ChordSpan,
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
from senandung.domain.tempo import TempoChange
from senandung.domain.time import Tick
from senandung.domain.tuning import TUNINGS
from senandung.domain.words import Words
from senandung.files.lyrics import Sung, SungText, make_words

Change = TypeVar("Change", TempoChange, MetreChange, KeyChange)

MELISMA_GAP: Tick = 60
"""A note without a syllable that begins at most this long after the note before holds that note's syllable."""

OTHER_DRUMS: Mapping[int, int] = {
    22: 42, 26: 46, 27: 56, 28: 39, 31: 37, 33: 37, 34: 56, 82: 70, 83: 54, 84: 81, 85: 76, 86: 41, 87: 45,
}  # fmt: skip
"""Percussion keys outside General MIDI 1 (General MIDI 2 and Roland's GS; 22 and 26 are edge hi-hats of electronic
kits) by the General MIDI 1 key that is nearest in sound."""


@dataclass
class Part:
    """A part as it was read: its notes (their `syllable` unset), its syllables by onset, and what its sound may be.

    `tuning` is the name of a tuning where the file says one.
    """

    name: str
    notes: list[Note] = field(default_factory=list)
    lyrics: dict[Tick, SungText] = field(default_factory=dict)
    bank: int = 0
    program: int | None = None
    drum: bool = False
    instrument: str = ""
    role: str = ""
    tuning: str = ""


def choose_instrument(part: Part) -> Instrument:
    """The row of the instrument table that is nearest to what the file says and that plays the part's notes.

    First by name, then by bank and program, then by the nearest program of the General MIDI family; the piano where
    nothing near plays the notes.
    """
    if part.drum:
        named = INSTRUMENTS.get(part.instrument)
        return named if named is not None and named.drum else INSTRUMENTS["drums"]
    pitched = [row for row in INSTRUMENTS.values() if not row.drum]
    low = min((note.pitch for note in part.notes), default=60)
    high = max((note.pitch for note in part.notes), default=60)
    able = [row for row in pitched if row.plays(low) and row.plays(high)]
    wanted = _by_name(part.instrument) or (_by_name(part.name) if part.program is None else None)
    if wanted in able:
        return wanted
    program = wanted.program if wanted is not None else part.program
    if program is None:
        return INSTRUMENTS["piano"]
    common = [row for row in able if row.family != "gamelan"]  # tubular bells are no kenong: a gamelan is named
    exact = [row for row in common if row.program == program]
    exact.sort(key=lambda row: row.bank != part.bank)
    if exact:
        return exact[0]
    family = [row for row in common if row.program // 8 == program // 8]
    return min(family, key=lambda row: abs(row.program - program), default=INSTRUMENTS["piano"])


def guess_role(part: Part, sound: Instrument, *, first: bool) -> Role:
    """What a part without a stated role does: by its instrument and by how many of its notes sound together."""
    if part.role in ROLES and (part.role != "vocal") and (part.role == "drums") == sound.drum:
        return cast(Role, part.role)
    if sound.drum:
        return "drums"
    if "bass" in sound.name.split("-") or sound.name.startswith("contrabass"):
        return "bass"
    onsets = {note.onset for note in part.notes}
    if len(part.notes) > 1.5 * len(onsets):
        return "chords"
    return "melody" if first else "counter"


NOBODYS = Provenance(0, "", "")
"""The provenance of a file that says nothing of it."""


def build_song(
    title: str,
    parts: Sequence[Part],
    *,
    tempos: Iterable[TempoChange] = (),
    metres: Iterable[MetreChange] = (),
    keys: Iterable[KeyChange] = (),
    chords: Iterable[ChordSpan] = (),
    marks: Iterable[tuple[Tick, str]] = (),
    provenance: Provenance = NOBODYS,
    stated_end: Tick = 0,
) -> Song:
    """A legal song of parts that were read; parts without notes are left out.

    `marks` are section names by tick; `stated_end` is the tick at which the last section ends where that is
    later than the last note.
    """
    kept = [part for part in parts if part.notes]
    end = max((note.end for part in kept for note in part.notes), default=0)
    end = max(end, stated_end)
    sections = sections_of(marks, end)
    singing = _singing_part(kept)
    words, tracks, names = Words(), list[Track](), set[str]()
    first = True
    for part in kept:
        sound = choose_instrument(part)
        notes = tidy_notes(_playable(part.notes, sound))
        if not notes:
            continue
        role: Role = guess_role(part, sound, first=first)
        if part is singing and not sound.drum:
            role = "vocal"
            notes, sung = _join_words(notes, part.lyrics)
            words = make_words(sung, sections)
        first = first and role not in ("melody", "vocal")
        name = _unique(part.name.strip() or sound.english, names)
        tracks.append(Track(name, role, sound.name, notes, _tuning(part, sound, notes)))
    tracks = _sung_along(tracks)
    defaults = Song("-", ())
    return Song(
        title=" ".join(title.split()) or "Untitled",
        tracks=tuple(tracks),
        tempos=_from_start(tempos, defaults.tempos[0]),
        metres=_from_start(metres, defaults.metres[0]),
        keys=_from_start(keys, defaults.keys[0]),
        chords=tuple(chords),
        sections=sections,
        words=words,
        provenance=provenance,
    )


def sections_of(marks: Iterable[tuple[Tick, str]], end: Tick) -> tuple[Section, ...]:
    """Sections of named marks, each up to the next; the kind is read from the name, "verse" where it says nothing."""
    named: dict[Tick, str] = {}
    for tick, name in sorted(marks):
        if name.strip() and tick < end:
            named.setdefault(tick, " ".join(name.split()))
    if not named:
        return ()
    if 0 not in named:
        named[0] = "Intro"
    ticks = sorted(named)
    return tuple(
        Section(named[tick], kind_of(named[tick]), tick, until - tick)
        for tick, until in zip(ticks, [*ticks[1:], end], strict=True)
    )


def kind_of(name: str) -> str:
    """The kind of a section from its name.

    >>> kind_of("Chorus 2"), kind_of("Pre-chorus"), kind_of("Reff"), kind_of("B")
    ('chorus', 'prechorus', 'chorus', 'verse')
    """
    letters = re.sub(r"[^a-z]", "", name.lower())
    for start, kind in (
        *((kind, kind) for kind in SECTION_KINDS),
        ("ref", "chorus"), ("bait", "verse"), ("coda", "outro"), ("ending", "outro"), ("tag", "outro"),
        ("buka", "intro"), ("ngelik", "chorus"), ("suwuk", "outro"),
        ("instrumental", "interlude"), ("jembatan", "bridge"), ("pembuka", "intro"), ("penutup", "outro"),
    ):  # fmt: skip
        if letters.startswith(start):
            return kind
    return "verse"


def _by_name(name: str) -> Instrument | None:
    plain = re.sub(r"[^a-z]+", " ", name.lower()).strip()
    if not plain:
        return None
    for row in INSTRUMENTS.values():
        if not row.drum and plain in (row.name.replace("-", " "), row.english.lower(), row.indonesian.lower()):
            return row
    words = plain.split()
    return next((row for row in INSTRUMENTS.values() if not row.drum and row.name in words), None)


def _singing_part(parts: Sequence[Part]) -> Part | None:
    """The part that says it sings, else the one with the most syllables; a song has one."""
    stated = next((part for part in parts if part.role == "vocal" and not part.drum), None)
    if stated is not None:
        return stated
    singing = max((part for part in parts if not part.drum), key=lambda part: len(part.lyrics), default=None)
    return singing if singing is not None and singing.lyrics else None


def _sung_along(tracks: Sequence[Track]) -> list[Track]:
    """Backing tracks with the syllables that the vocal track sings at the same time: files carry the words once."""
    vocal = next((track for track in tracks if track.role == "vocal"), None)
    sung = {note.onset: note.syllable for note in vocal.notes} if vocal else {}
    return [
        replace(track, notes=tuple(replace(note, syllable=sung.get(note.onset)) for note in track.notes))
        if track.role == "backing"
        else track
        for track in tracks
    ]


def _playable(notes: Iterable[Note], sound: Instrument) -> list[Note]:
    """Notes moved by octaves into the range (or to a known percussion key); unknown percussion is left out."""
    kept = []
    for note in notes:
        pitch = note.pitch
        if sound.drum:
            pitch = pitch if sound.plays(pitch) else OTHER_DRUMS.get(pitch, pitch)
        else:
            while pitch < sound.low:
                pitch += 12
            while pitch > sound.high:
                pitch -= 12
        if sound.plays(pitch):
            kept.append(note if pitch == note.pitch else replace(note, pitch=pitch))
    return kept


def _join_words(notes: tuple[Note, ...], lyrics: Mapping[Tick, SungText]) -> tuple[tuple[Note, ...], list[Sung]]:
    """Number the syllables on the top note of their onset; a note that follows at once holds the syllable before."""
    tops: dict[Tick, int] = {}
    for index, note in enumerate(notes):
        tops[note.onset] = index
    joined = list(notes)
    sung: list[Sung] = []
    held: int | None = None
    sounding = 0
    for onset in sorted(tops):
        index = tops[onset]
        text = lyrics.get(onset)
        if text is not None and text.text.strip():
            held = len(sung)
            sung.append(Sung(text, onset, notes[index].end))
        elif held is not None and -MELISMA_GAP <= onset - sounding <= MELISMA_GAP:
            sung[held] = replace(sung[held], end=notes[index].end)
        else:
            held = None
        joined[index] = replace(notes[index], syllable=held)
        sounding = notes[index].end
    return tuple(joined), sung


def _tuning(part: Part, sound: Instrument, notes: Iterable[Note]) -> str:
    """The tuning that a part names, where it is known and has all of its notes."""
    tuning = None if sound.drum else TUNINGS.get(part.tuning)
    if tuning is None or not {note.pitch % 12 for note in notes} <= set(tuning.pitch_classes()):
        return "equal"
    return tuning.name


def _unique(name: str, taken: set[str]) -> str:
    unique, number = name, 2
    while unique in taken:
        unique, number = f"{name} {number}", number + 1
    taken.add(unique)
    return unique


def _from_start(changes: Iterable[Change], default: Change) -> tuple[Change, ...]:
    """Changes in rising order, the last of each tick, beginning at tick 0 and without repetitions."""
    by_tick: dict[Tick, Change] = {0: default}
    for change in sorted(changes, key=lambda change: change.onset):
        by_tick[change.onset] = change
    kept: list[Change] = []
    for tick in sorted(by_tick):
        change = by_tick[tick]
        if not kept or replace(change, onset=kept[-1].onset) != kept[-1]:
            kept.append(change)
    return tuple(kept)
