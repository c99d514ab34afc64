"""Any file of notes as a song: what it is, is read from its bytes and not from its name."""

from __future__ import annotations

from pathlib import Path

from senandung.domain.errors import FileError
from senandung.domain.song import Song
from senandung.files.reading import decode_text, read_bytes
from senandung.files.xml_reading import MAX_XML_BYTES

EXPECTED = {
    ".mid": "MIDI", ".midi": "MIDI", ".musicxml": "MusicXML", ".mxl": "MusicXML", ".xml": "MusicXML",
    ".krn": "Humdrum", ".kern": "Humdrum", ".abc": "tune (ABC)", ".ustx": "USTX", ".json": "song.json",
}  # fmt: skip
"""What a file of each ending should be, for the message where it is not."""


def load_notes(path: Path) -> Song:
    """Read a MIDI, MusicXML, **kern, ABC, USTX or song.json file into a song, whatever its name.

    Raises `FileError` for anything else, such as "x.mid: not a MIDI file: it begins with b'Dear '".
    """
    path = Path(path)
    data = read_bytes(path, MAX_XML_BYTES)
    kind = kind_of_notes(data)
    if kind is None:
        expected = EXPECTED.get(path.suffix.lower())
        known = "not a file of notes (MIDI, MusicXML, kern, ABC, USTX or song.json)"
        raise FileError(path, f"{f'not a {expected} file' if expected else known}: it begins with {data[:12]!r}")
    return _READERS[kind](path, data)


def kind_of_notes(data: bytes) -> str | None:
    """What a file of notes is by its first bytes: midi, musicxml, kern, abc, ustx or song; None where it is none.

    >>> kind_of_notes(b"MThd..."), kind_of_notes(b"Dear diary"), kind_of_notes(b"X:1\\nK:C\\nC")
    ('midi', None, 'abc')
    """
    if data.startswith(b"MThd") or (data.startswith(b"RIFF") and data[8:12] == b"RMID"):
        return "midi"
    if data.startswith(b"PK\x03\x04"):
        return "musicxml"
    head = data[:100_000]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="replace").encode("utf-8", errors="replace")
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<"):
        return "musicxml"
    if b"\0" in head:
        return None
    if head.startswith(b"{"):
        return "song"
    lines = head.splitlines()
    if any(line.startswith((b"**kern", b"**dynam", b"**text")) or b"\t**kern" in line for line in lines[:1000]):
        return "kern"
    if any(line.startswith(b"X:") for line in lines) and any(line.startswith(b"K:") for line in lines):
        return "abc"
    if any(line.startswith((b"ustx_version:", b"voice_parts:")) for line in lines):
        return "ustx"
    return None


def _midi(path: Path, data: bytes) -> Song:
    from senandung.files import midi_read

    _check_size(path, data, midi_read.MAX_BYTES)
    return midi_read.parse_midi(data, path)


def _musicxml(path: Path, data: bytes) -> Song:
    from senandung.files.musicxml_read import parse_musicxml

    return parse_musicxml(data, path)


def _kern(path: Path, data: bytes) -> Song:
    from senandung.files import kern

    _check_size(path, data, kern.MAX_BYTES)
    return kern.parse_kern(decode_text(path, data), path)


def _abc(path: Path, data: bytes) -> Song:
    from senandung.files import abc

    _check_size(path, data, abc.MAX_BYTES)
    return abc.parse_abc(decode_text(path, data), path)


def _ustx(path: Path, data: bytes) -> Song:
    from senandung.files import ustx

    _check_size(path, data, ustx.MAX_BYTES)
    return ustx.parse_ustx(decode_text(path, data), path)


def _song(path: Path, data: bytes) -> Song:
    from senandung.files.song_json import parse_song_json

    return parse_song_json(decode_text(path, data), path)


_READERS = {"midi": _midi, "musicxml": _musicxml, "kern": _kern, "abc": _abc, "ustx": _ustx, "song": _song}


def _check_size(path: Path, data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise FileError(path, f"a file of this kind may hold at most {limit / 1_000_000:g} MB")
