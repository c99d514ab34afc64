"""A person's files as pieces on the bar grid; what cannot be learned from is left out, with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.song_piece import piece_of_song
from senandung.domain.errors import FileError, SenandungError
from senandung.domain.song import Song
from senandung.files.notes import kind_of_notes, load_notes
from senandung.files.reading import digest_of, read_bytes
from senandung.learning.corpus.assemble import assemble
from senandung.learning.corpus.classes import class_of_program
from senandung.learning.corpus.duplicates import melody_shingles
from senandung.learning.corpus.raw import RawScore
from senandung.learning.corpus.sets import BAND_FIT

NOTE_ENDINGS = (".mid", ".midi", ".musicxml", ".mxl", ".xml", ".krn", ".kern", ".abc", ".ustx", ".json")
"""Files of notes, by their endings, in a folder; a file that is named is read whatever its ending."""

SOUND_ENDINGS = (".wav", ".flac", ".ogg", ".mp3", ".m4a", ".opus", ".aiff", ".aif", ".aac")
"""Recordings, which are transcribed first."""

MOST_BYTES = 8_000_000
"""A larger file of notes is left out."""

MOST_NOTES = 4_000
"""Notes of a file that are learned from, whole bars from its beginning: no file outweighs all others."""

FEWEST_NOTES = 32

SAME = 0.9
"""Likeness of melodies (Jaccard, of runs of intervals) from which on two files are the same music."""

_PIANOS = 8
"""General MIDI programs below this one are pianos and other keyboards."""

_SINGERS = frozenset({"soprano", "alto", "tenor", "basso", "voice", "choir"})

_CANNOT_READ = (ValueError, IndexError, KeyError, AttributeError, TypeError, ZeroDivisionError, RecursionError)
"""What readers made for speed raise where a file is not what they expect."""


@dataclass(frozen=True)
class OwnWork:
    """A file that can be learned from.

    Parameters
    ----------
    path, sha256 : where it is, and the digest of its bytes.
    pieces : its bars.
    heard : the share of a recording that was listened to, 0..1; 1 for notes.
    """

    path: Path
    sha256: str
    pieces: tuple[Piece, ...]
    heard: float = 1.0

    @property
    def notes(self) -> int:
        """Notes of all its pieces."""
        return sum(piece.note_count for piece in self.pieces)

    @property
    def bars(self) -> int:
        """Bars of all its pieces."""
        return sum(len(piece.bars) for piece in self.pieces)


@dataclass(frozen=True)
class LeftOut:
    """A file that was left out, and why."""

    path: Path
    why: str


Transcriber = Callable[[Path], tuple[Song, float]]
"""Writes down the notes of a recording, and says which share of it was listened to."""


def read_works(
    paths: Sequence[Path],
    transcriber: Transcriber | None = None,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> tuple[list[OwnWork], list[LeftOut]]:
    """The works in files, and the files that were left out.

    Parameters
    ----------
    paths : files.
    transcriber : for recordings; without one they are left out.
    progress : called with what is being read and the share done.
    """
    works: list[OwnWork] = []
    left: list[LeftOut] = []
    melodies: list[frozenset[int]] = []
    for number, path in enumerate(paths):
        if progress is not None:
            progress(f"reading {path.name}", number / len(paths))
        try:
            work = read_work(path, transcriber)
        except SenandungError as error:
            why = str(error).removeprefix(f"{path}: ")
            left.append(LeftOut(path, " ".join(why.split())))
            continue
        twin = next((other for other in works if other.sha256 == work.sha256), None)
        melody = melody_shingles(work.pieces)
        if twin is None and len(melody) >= 8:
            alike = [len(melody & other) / max(len(melody | other), 1) for other in melodies]
            twin = next((other for other, share in zip(works, alike, strict=True) if share >= SAME), None)
        if twin is not None:
            left.append(LeftOut(path, f"the same music as {twin.path.name}"))
            continue
        works.append(work)
        melodies.append(melody)
    return works, left


def read_work(path: Path, transcriber: Transcriber | None = None) -> OwnWork:
    """The pieces of one file. Raises `FileError` where there is nothing in it to learn from."""
    if path.suffix.lower() in SOUND_ENDINGS:
        if transcriber is None:
            raise FileError(path, "is a recording, and nothing here writes down its notes")
        digest = digest_of(path)
        song, heard = transcriber(path)
        pieces = [piece_of_song(song)]
    else:
        data = read_bytes(path, MOST_BYTES)
        digest, heard = hashlib.sha256(data).hexdigest(), 1.0
        pieces = _pieces(path, data)
    work = OwnWork(path, digest, tuple(pieces), heard)
    if work.notes < FEWEST_NOTES:
        raise FileError(path, f"must hold at least {FEWEST_NOTES} notes in bars that can be learned, got {work.notes}")
    return work


def _pieces(path: Path, data: bytes) -> list[Piece]:
    """By the readers of the training corpus, which find pickups and drop doubtful bars; else as any file is opened."""
    try:
        raw = _raw(path, data)
        if raw is not None:
            pieces, _ = assemble(raw, "any", cap=MOST_NOTES, drums=_only_drums(raw), least_fit=BAND_FIT, least_lead=0.0)
            if pieces:
                return pieces
    except (SenandungError, *_CANNOT_READ):
        pass  # the other reader knows more forms of a format, and says what is wrong
    return [piece_of_song(load_notes(path))]


def _only_drums(raw: RawScore) -> bool:
    return all(part.instrument == "drums" for part in raw.parts)


def _raw(path: Path, data: bytes) -> RawScore | None:
    kind = kind_of_notes(data)
    if kind == "midi":
        from senandung.learning.corpus.midi_reader import parse_midi_raw

        return _played(parse_midi_raw(data, path))
    if kind == "musicxml":
        from senandung.learning.corpus.musicxml_reader import parse_musicxml_raw

        return parse_musicxml_raw(data, path)
    if kind == "kern":
        from senandung.learning.corpus.kern_reader import read_kern

        return read_kern(path)
    return None


def _played(raw: RawScore) -> RawScore:
    """A MIDI file's parts as they are played: a part that is named as a singer is one where its program says no other.

    A band's "Bass" is no choir's, and two staves for a keyboard are often called treble and bass.
    """
    for part in raw.parts:
        played = class_of_program(part.program)
        if part.instrument in _SINGERS and part.program >= _PIANOS and played not in _SINGERS:
            part.instrument = played
    keyboard = len(raw.parts) == 2 and all(part.program < _PIANOS for part in raw.parts)
    if keyboard and all(part.instrument in _SINGERS for part in raw.parts):
        for part in raw.parts:
            part.instrument = "piano"
    return raw


def find_files(named: Sequence[Path]) -> list[Path]:
    """The files that are meant: those named, and those of notes or sound in the folders named, in order.

    Raises `FileError` where a name is neither.
    """
    found: list[Path] = []
    for path in named:
        if path.is_dir():
            inside = (each for each in sorted(path.rglob("*")) if each.is_file())
            known = (*NOTE_ENDINGS, *SOUND_ENDINGS)
            found += [each for each in inside if each.suffix.lower() in known and not each.name.startswith(".")]
        elif path.exists():
            found.append(path)
        else:
            raise FileError(path, "no such file or folder")
    return list(dict.fromkeys(found))
