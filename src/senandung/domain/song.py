"""A song: every note, word, chord and section, in ticks; its canonical form and its id.

The canonical form is plain dicts, lists, strings and numbers: what is hashed and saved. Keys, chords and metres are
written in it as people type them; notes are rows `[onset, duration, pitch, velocity]` with the syllable's number as a
fifth item where they begin or hold one and the staff as a sixth where it is known; syllables are rows with their
phonemes as a fifth item where they have their own.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from senandung.domain.checks import require, require_text
from senandung.domain.chords import Chord
from senandung.domain.curve import Arc
from senandung.domain.errors import InvalidValueError, SenandungError
from senandung.domain.metre import Metre
from senandung.domain.motif import Theme, theme_of_plain, theme_plain
from senandung.domain.parts import (
    MOST_STAVES,
    ROLES,
    SECTION_KINDS,
    SECTION_NAMES,
    ChordSpan,
    FeelingPoint,
    KeyChange,
    MetreChange,
    Note,
    Role,
    Section,
    Track,
    tidy_notes,
)
from senandung.domain.pitch import NoteName
from senandung.domain.provenance import Given, Model, Provenance, provenance_of, provenance_row
from senandung.domain.scales import Key
from senandung.domain.spelling import Sounding, spell_notes
from senandung.domain.tempo import TempoChange, TempoMap
from senandung.domain.time import Tick
from senandung.domain.words import Line, Syllable, Words

# A reader of songs finds a song and its parts in one place; `parts` exists so that the parts know no song.
__all__ = [
    "FORMAT",
    "ROLES",
    "SECTION_KINDS",
    "SECTION_NAMES",
    "VERSION",
    "ChordSpan",
    "FeelingPoint",
    "Given",
    "KeyChange",
    "MetreChange",
    "Model",
    "Note",
    "Provenance",
    "Role",
    "Section",
    "Song",
    "Track",
    "from_plain",
    "tidy_notes",
    "to_plain",
]

FORMAT = "senandung-song"
VERSION = 1


@dataclass(frozen=True)
class Song:
    """A whole song. Everything that can be heard or read is derived from it.

    Changes of tempo, metre and key stand in rising order and begin at tick 0; sections follow each other without a
    gap and cover the song; every syllable of `words` is begun exactly once, in order, by the vocal track where there
    is one; a backing track sings some of them, in order. `motif` is the person's own tune, where they gave one, and
    where it stands.
    """

    title: str
    tracks: tuple[Track, ...]
    tempos: tuple[TempoChange, ...] = (TempoChange(0, 500_000),)
    metres: tuple[MetreChange, ...] = (MetreChange(0, Metre()),)
    keys: tuple[KeyChange, ...] = field(default_factory=lambda: (KeyChange(0, Key.parse("C")),))
    chords: tuple[ChordSpan, ...] = ()
    sections: tuple[Section, ...] = ()
    feeling_curve: tuple[FeelingPoint, ...] = ()
    words: Words = field(default_factory=Words)
    provenance: Provenance = field(default_factory=lambda: Provenance(0, "", ""))
    arc: Arc | None = None
    motif: Theme | None = None

    def __post_init__(self) -> None:
        require_text("a song must have a title", self.title)
        names = [track.name for track in self.tracks]
        require(len(set(names)) == len(names), "track names must differ", names)
        require(bool(self.tempos), "a song must have a tempo", self.tempos)
        TempoMap(self.tempos)  # checks the order of the tempos
        for what, onsets in (("metre", [c.onset for c in self.metres]), ("key", [c.onset for c in self.keys])):
            ok = bool(onsets) and onsets[0] == 0 and all(a < b for a, b in itertools.pairwise(onsets))
            require(ok, f"changes of {what} must begin at tick 0 and rise", onsets)
        at = 0
        for section in self.sections:
            require(section.onset == at, "sections must follow each other without a gap", section.name)
            at = section.end
        reached = 0
        for span in self.chords:
            require(span.onset >= reached, "chords must not overlap", span)
            reached = span.end
        points = [point.onset for point in self.feeling_curve]
        rising = all(a < b for a, b in itertools.pairwise(points))
        require(rising, "the points of the feeling curve must stand at rising ticks", points[:12])
        vocal = [track for track in self.tracks if track.role == "vocal"]
        require(len(vocal) <= 1, "a song must have at most one vocal track", [track.name for track in vocal])
        if vocal:
            begun = [note.syllable for note in vocal[0].notes if note.syllable is not None]
            order = [number for index, number in enumerate(begun) if index == 0 or begun[index - 1] != number]
            expected = list(range(len(self.words.syllables)))
            require(order == expected, "the vocal track must begin every syllable once, in order", order[:12])
        for track in self.tracks:
            if track.role == "backing":
                begun = [note.syllable for note in track.notes if note.syllable is not None]
                rising = all(a <= b for a, b in itertools.pairwise(begun))
                known = not begun or max(begun) < len(self.words.syllables)
                require(rising and known, "a backing track must sing syllables of the song, in order", begun[:12])

    @property
    def end(self) -> Tick:
        """The tick at which the last note or section ends."""
        ends = [note.end for track in self.tracks for note in track.notes]
        return max([*ends, *(section.end for section in self.sections)], default=0)

    def intensity_at(self, tick: Tick) -> float:
        """How full the music is meant to be at a tick, 0..1: by the arc, else by the section, else one half."""
        if self.arc is not None:
            return self.arc.at(tick)
        section = self.section_at(tick)
        return section.intensity if section else 0.5

    @property
    def vocal(self) -> Track | None:
        """The track that carries the words."""
        return next((track for track in self.tracks if track.role == "vocal"), None)

    @property
    def backings(self) -> tuple[Track, ...]:
        """The backing tracks that sing syllables, in their order."""
        return tuple(
            track
            for track in self.tracks
            if track.role == "backing" and any(note.syllable is not None for note in track.notes)
        )

    @cached_property
    def tempo_map(self) -> TempoMap:
        """Ticks to seconds and back."""
        return TempoMap(self.tempos)

    @property
    def seconds(self) -> float:
        """Length in seconds by the score's clock."""
        return self.tempo_map.ticks_to_seconds(self.end)

    def bar_starts(self) -> tuple[Tick, ...]:
        """The tick of every bar line up to the end, the first 0; a last unfinished bar counts."""
        starts: list[Tick] = []
        for change, following in zip(self.metres, (*self.metres[1:], None), strict=True):
            until = following.onset if following else max(self.end, change.onset + 1)
            starts.extend(range(change.onset, until, change.metre.bar_ticks))
        return tuple(starts)

    def metre_at(self, tick: Tick) -> Metre:
        """The metre at a tick, 0 or later."""
        require(tick >= 0, "a song's ticks must be 0 or later", tick)
        return [change.metre for change in self.metres if change.onset <= tick][-1]

    def key_at(self, tick: Tick) -> Key:
        """The key at a tick, 0 or later."""
        require(tick >= 0, "a song's ticks must be 0 or later", tick)
        return [change.key for change in self.keys if change.onset <= tick][-1]

    def chord_at(self, tick: Tick) -> Chord | None:
        """The chord at a tick, or None where there is none."""
        return next((c.chord for c in self.chords if c.onset <= tick < c.end), None)

    def spell(self, pitch: int, tick: Tick) -> NoteName:
        """The written name of a MIDI note at a tick: a tone of the key as the key writes it, else as the chord does."""
        key, chord = self.key_at(tick), self.chord_at(tick)
        name = chord.name_of(pitch % 12) if chord is not None and pitch % 12 not in key.pitch_classes else None
        return name or key.spell(pitch)

    @cached_property
    def names(self) -> Mapping[tuple[str, Tick, int], NoteName]:
        """The written name of every pitched note, by its track's name, its onset and its pitch.

        Found from the key, the notes around and the line (`spelling`); where a chord symbol stands above, its name for
        the note counts too. A track's staves are lines of their own.
        """
        starts = [span.onset for span in self.chords]
        rows: list[tuple[Sounding, str]] = []
        for number, track in enumerate(self.tracks):
            if track.sound.drum:
                continue
            for note in track.notes:
                at = bisect_right(starts, note.onset) - 1
                chord = self.chords[at].chord if at >= 0 and note.onset < self.chords[at].end else None
                tone = chord.name_of(note.pitch % 12) if chord is not None else None
                line = number * (MOST_STAVES + 1) + note.staff
                written = None if tone is None else tone.fifths
                rows.append((Sounding(note.onset, note.end, note.pitch, line, written), track.name))
        rows.sort(key=lambda row: (row[0].onset, row[0].pitch, row[0].line))
        found = spell_notes([row for row, _ in rows], [(change.onset, change.key) for change in self.keys])
        return {(name, row.onset, row.pitch): written for (row, name), written in zip(rows, found, strict=True)}

    def section_at(self, tick: Tick) -> Section | None:
        """The section at a tick."""
        return next((s for s in self.sections if s.onset <= tick < s.end), None)

    @cached_property
    def song_id(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal: the same notes, words and provenance give the same id."""
        text = json.dumps(to_plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


def to_plain(song: Song) -> dict[str, Any]:
    """The song's canonical form. Inverse of `from_plain`."""
    arc = {} if song.arc is None else {"arc": _arc_row(song.arc)}
    motif = {} if song.motif is None else {"motif": theme_plain(song.motif)}
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": song.title,
        "tempos": [[change.onset, change.microseconds] for change in song.tempos],
        "metres": [[change.onset, str(change.metre)] for change in song.metres],
        "keys": [[change.onset, str(change.key)] for change in song.keys],
        "sections": [[s.name, s.kind, s.onset, s.duration, s.intensity] for s in song.sections],
        "chords": [[span.onset, span.duration, span.chord.harte()] for span in song.chords],
        "feeling_curve": [[p.onset, p.valence, p.arousal, p.tension] for p in song.feeling_curve],
        "words": {
            "language": song.words.language,
            "lines": [
                {
                    "text": line.text,
                    "source": line.source,
                    "section": line.section,
                    "syllables": [_syllable_row(syllable) for syllable in line.syllables],
                }
                for line in song.words.lines
            ],
        },
        "tracks": [
            {
                "name": track.name,
                "role": track.role,
                "instrument": track.instrument,
                "tuning": track.tuning,
                "notes": [_note_row(note) for note in track.notes],
            }
            for track in song.tracks
        ],
        "provenance": provenance_row(song.provenance),
        **arc,
        **motif,
    }


def from_plain(plain: Mapping[str, Any]) -> Song:
    """The song of a canonical form, every value checked. Inverse of `to_plain`."""
    if not isinstance(plain, Mapping) or plain.get("format") != FORMAT:
        raise InvalidValueError(f"a song's format must be {FORMAT!r}")
    if plain.get("version") != VERSION:
        raise InvalidValueError(f"a song's version must be {VERSION}, got {plain.get('version')!r}")
    try:
        return _song(plain)
    except SenandungError:
        raise
    except KeyError as error:
        raise InvalidValueError(f"a song must have the field {error}") from error
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise InvalidValueError(f"a song's fields must have their documented form: {error!r}") from error


def _note_row(note: Note) -> list[int | None]:
    row: list[int | None] = [note.onset, note.duration, note.pitch, note.velocity]
    if note.staff:
        return [*row, note.syllable, note.staff]
    return row if note.syllable is None else [*row, note.syllable]


def _syllable_row(syllable: Syllable) -> list[Any]:
    row = [syllable.text, int(syllable.stressed), int(syllable.begins_word), int(syllable.ends_word)]
    return [*row, " ".join(syllable.phonemes)] if syllable.phonemes else row


def _syllable(text: str, stressed: int, begins_word: int, ends_word: int, phonemes: str = "") -> Syllable:
    return Syllable(text, bool(stressed), bool(begins_word), bool(ends_word), tuple(phonemes.split()))


def _arc_row(arc: Arc) -> dict[str, Any]:
    points = [[tick, tension] for tick, tension in arc.points]
    return {"points": points, "climax": arc.climax, "devices": list(arc.devices), "asked": arc.asked}


def _arc(row: Mapping[str, Any]) -> Arc:
    points = tuple((tick, tension) for tick, tension in row["points"])
    return Arc(points, row["climax"], tuple(row["devices"]), row["asked"])


def _song(plain: Mapping[str, Any]) -> Song:
    words = plain["words"]
    return Song(
        title=plain["title"],
        tempos=tuple(TempoChange(*row) for row in plain["tempos"]),
        metres=tuple(MetreChange(onset, Metre.parse(text)) for onset, text in plain["metres"]),
        keys=tuple(KeyChange(onset, Key.parse(text)) for onset, text in plain["keys"]),
        sections=tuple(Section(*row) for row in plain["sections"]),
        chords=tuple(ChordSpan(onset, length, Chord.parse_harte(text)) for onset, length, text in plain["chords"]),
        feeling_curve=tuple(FeelingPoint(*row) for row in plain["feeling_curve"]),
        words=Words(
            words["language"],
            tuple(
                Line(
                    line["text"],
                    tuple(_syllable(*row) for row in line["syllables"]),
                    line["source"],
                    line["section"],
                )
                for line in words["lines"]
            ),
        ),
        tracks=tuple(
            Track(
                track["name"],
                track["role"],
                track["instrument"],
                tuple(Note(*row) for row in track["notes"]),
                track["tuning"],
            )
            for track in plain["tracks"]
        ),
        provenance=provenance_of(plain["provenance"]),
        arc=_arc(plain["arc"]) if plain.get("arc") is not None else None,
        motif=theme_of_plain(plain["motif"]) if plain.get("motif") is not None else None,
    )
