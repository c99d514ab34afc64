"""A song as plain dicts, lists, strings and numbers, and back: the form that is hashed and saved.

Keys, chords and metres are written as people type them; notes are rows `[onset, duration, pitch, velocity]` with the
syllable's number as a fifth item where they begin or hold one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from senandung.domain.chords import Chord
from senandung.domain.errors import InvalidValueError, SenandungError
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import (
    ChordSpan,
    FeelingPoint,
    KeyChange,
    MetreChange,
    Note,
    Provenance,
    Section,
    Song,
    Track,
)
from senandung.domain.tempo import TempoChange
from senandung.domain.words import Line, Syllable, Words

FORMAT = "senandung-song"
VERSION = 1


def to_plain(song: Song) -> dict[str, Any]:
    """The song's canonical form. Inverse of `from_plain`."""
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
                    "syllables": [
                        [s.text, int(s.stressed), int(s.begins_word), int(s.ends_word)] for s in line.syllables
                    ],
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
        "provenance": {
            "seed": song.provenance.seed,
            "version": song.provenance.version,
            "style": song.provenance.style,
            "models": list(song.provenance.models),
            "sources": list(song.provenance.sources),
            "licence": song.provenance.licence,
            "story": song.provenance.story,
        },
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
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise InvalidValueError(f"a song's fields must have their documented form: {error!r}") from error


def _note_row(note: Note) -> list[int]:
    row = [note.onset, note.duration, note.pitch, note.velocity]
    return row if note.syllable is None else [*row, note.syllable]


def _song(plain: Mapping[str, Any]) -> Song:
    words, provenance = plain["words"], plain["provenance"]
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
                    tuple(Syllable(text, bool(a), bool(b), bool(c)) for text, a, b, c in line["syllables"]),
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
        provenance=Provenance(
            provenance["seed"],
            provenance["version"],
            provenance["style"],
            tuple(provenance["models"]),
            tuple(provenance["sources"]),
            provenance["licence"],
            provenance["story"],
        ),
    )
