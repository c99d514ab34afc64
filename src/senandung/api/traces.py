"""The traces a person gives: text, a file that holds text, a recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.api.voice_notes import Listening
    from senandung.domain.feeling import Feeling
    from senandung.domain.reading import Reading

Trace = str | Path
"""A str is text; a Path is a file: a recording, a film or notes by its ending, a song folder, else a text."""

SOUND = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".w64", ".caf"})
"""Endings of recordings, beside those that are read through ffmpeg."""

FILM = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".3gp"})
"""Endings of files that may hold moving pictures."""

NOTES = frozenset({".mid", ".midi", ".musicxml", ".mxl", ".xml", ".krn", ".kern", ".abc", ".ustx", ".json"})
"""Endings of files of notes; a song folder is one too."""

LONGEST_SOUND = 10_800.0
"""Seconds of a recording that are read: a concert's three hours."""

LONGEST_VOICE = 601.0
"""Seconds of a recording that a voice note is read from: one more than is read, so that a longer one is told."""

LONGEST_TEXT = 20_000
"""Characters of text that one song can be made from."""


def read_trace(trace: Trace) -> str:
    """The text of one trace.

    >>> read_trace("aku rindu kamu")
    'aku rindu kamu'
    """
    if not isinstance(trace, str | Path):
        raise InvalidValueError(f"a trace must be a str (text) or a Path (a file), got {trace!r}")
    text = _read_text_file(given_path(trace)) if isinstance(trace, Path) else trace
    where = f" in {trace}" if isinstance(trace, Path) else ""
    if not text.strip():
        raise InvalidValueError(f"a text must not be empty{where}")
    if len(text) > LONGEST_TEXT:
        raise InvalidValueError(f"a text must have at most {LONGEST_TEXT} characters, got {len(text)}{where}")
    return text


def is_sound(trace: Trace) -> bool:
    """Whether a trace is a recording or a film, by its ending.

    >>> is_sound(Path("kaset/lagu.MP3")), is_sound("lagu.mp3")
    (True, False)
    """
    from senandung.files.audio import THROUGH_FFMPEG

    return isinstance(trace, Path) and trace.suffix.lower() in SOUND | THROUGH_FFMPEG


def is_notes(trace: Trace) -> bool:
    """Whether a trace is a file of notes, by its ending, or a song folder.

    >>> is_notes(Path("lagu.mid")), is_notes(Path("lagu.txt"))
    (True, False)
    """
    return isinstance(trace, Path) and (trace.suffix.lower() in NOTES or (given_path(trace) / "song.json").is_file())


def is_file_of_feeling(trace: Trace) -> bool:
    """Whether a trace is a file that is not read as text: a recording, a film or notes."""
    return is_sound(trace) or is_notes(trace)


def text_of(traces: tuple[Trace, ...]) -> str:
    """The texts among the traces, one below the other; empty where all are recordings."""
    if not traces:
        raise InvalidValueError("at least one trace must be given: a text or a file (a composer's style needs none)")
    return "\n".join(read_trace(trace) for trace in traces if not is_file_of_feeling(trace))


@dataclass(frozen=True)
class Sensed:
    """What was read of all traces.

    Parameters
    ----------
    text : of those that are text, one below the other; empty where there is none.
    language : of the text, "id" or "en"; "id" where there is none.
    readings : of each trace; the texts are one.
    feeling : of all together.
    remarks : sentences for the person, such as that their own correction counts.
    """

    text: str
    language: str
    readings: tuple[Reading, ...]
    feeling: Feeling
    remarks: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What was read, in a sentence of the text's language."""
        from senandung.sensing.sentence import sentence_of

        return sentence_of(self.feeling, self.readings, self.language)


def sense(
    traces: tuple[Trace, ...],
    language: str | None = None,
    *,
    recalling: bool = True,
    listening: Listening | None = None,
) -> Sensed:
    """Read all traces, and the feeling of all of them together.

    Parameters
    ----------
    language : "id" or "en"; None reads it from the text.
    listening : what the person says of the recordings; None hears what they are.
    recalling : what the person said of these traces earlier, and asked to be kept, counts; False reads them anew.
    """
    from senandung.api.kept import recall
    from senandung.domain.checks import require
    from senandung.domain.reading import Reading
    from senandung.language.detect import detect_language
    from senandung.sensing.fusion import fuse_readings
    from senandung.sensing.text import read_text, weigh_words

    text = text_of(traces)
    spoken = language or (detect_language(text) if text else "id")
    require(spoken in ("id", "en"), "language must be id or en", spoken)
    found: list[tuple[Trace, list[Reading]]] = []  # each trace with all that is read of it
    if text:
        words = weigh_words(text, spoken)
        found.append((text, [Reading("text", _beginning(text), read_text(text, spoken), words=words)]))
    found += [(path, _readings(path, listening, language)) for path in _files(traces)]
    if recalling:
        return Sensed(text, spoken, *recall(found))
    readings = tuple(reading for _, own in found for reading in own)
    return Sensed(text, spoken, readings, fuse_readings(readings))


def marks_of(traces: tuple[Trace, ...]) -> tuple[str, ...]:
    """The fingerprints of traces: of all texts as one, and of each recording."""
    from senandung.api.kept import fingerprint

    text = text_of(traces)
    sources: list[Trace] = [text] if text else []
    return tuple(fingerprint(each) for each in [*sources, *_files(traces)])


def _files(traces: tuple[Trace, ...]) -> list[Path]:
    """The files that are not text; a song folder is its song.json."""
    paths = [given_path(Path(trace)) for trace in traces if is_file_of_feeling(trace)]
    return [path / "song.json" if (path / "song.json").is_file() else path for path in paths]


def _readings(path: Path, listening: Listening | None, language: str | None) -> list[Reading]:
    """All that is read of a file: of a voice note or a film of one also its words, where there is a recogniser."""
    from senandung.api.voice_notes import HEARING, words_of_note

    reading = read_file(path, listening)
    heard = reading.facts.get("sound") if reading.kind == "video" else reading.kind
    if heard != "voice" or reading.melody:
        return [reading]
    words = words_of_note(path, listening or HEARING, language)
    return [reading] if words is None else [reading, words]


def read_file(path: Path, listening: Listening | None = None) -> Reading:
    """Read a recording, a film or notes."""
    from functools import partial

    from senandung.api.films import film_facts, read_film_file

    if path.suffix.lower() in NOTES:
        return read_notes_file(path)
    facts = film_facts(path) if path.suffix.lower() in FILM else None
    read = partial(read_recording, listening=listening)
    return read(path) if facts is None else read_film_file(path, facts, read)


def read_notes_file(path: Path) -> Reading:
    """Read a file of notes."""
    from senandung.files.notes import load_notes
    from senandung.sensing.notes.events import events_of_song
    from senandung.sensing.notes.read import read_notes

    name = path.parent.name if path.name == "song.json" else path.name
    return read_notes(events_of_song(load_notes(path)), name or path.name)


def read_recording(path: Path, listening: Listening | None = None) -> Reading:
    """Read a recording: a voice note, or music."""
    from senandung.api.voice_notes import HEARING, Beginning, is_voice, read_voice_note
    from senandung.audio.hearing import RATE, hear
    from senandung.files.long_audio import mono_pieces
    from senandung.sensing.sound.song import read_song

    pieces = mono_pieces(path, sample_rate=RATE, max_seconds=LONGEST_SOUND)
    beginning = Beginning(pieces, RATE, LONGEST_VOICE)
    heard = hear(beginning)
    if is_voice(heard, beginning.samples, listening or HEARING):
        return read_voice_note(path, beginning.samples, RATE, listening or HEARING)
    return read_song(heard, None if listening is None else listening.kind).reading(path.name)


def _beginning(text: str) -> str:
    """The first words of a text, as its name."""
    words = " ".join(text.split())
    return words if len(words) <= 24 else words[:23].rstrip() + "…"


def _read_text_file(path: Path) -> str:
    if path.is_dir():
        raise FileError(path, "a folder, not a text file")
    try:
        with path.open("rb") as file:
            data = file.read(4 * LONGEST_TEXT + 1)
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error
    if len(data) > 4 * LONGEST_TEXT:
        raise InvalidValueError(f"a text must have at most {LONGEST_TEXT} characters, got more in {path}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(path, f"not a UTF-8 text: byte {error.start} cannot be read") from error
    if "\x00" in text:
        raise FileError(path, "not a text file: it holds zero bytes")
    return text
