"""MusicXML as a song: partwise or timewise, plain or compressed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError, InputError
from senandung.domain.scales import Key
from senandung.domain.song import KeyChange, Song
from senandung.files.building import build_song
from senandung.files.limits import MAX_NOTES, checked_song
from senandung.files.measures import (
    chords_of,
    fill_part,
    keys_of,
    marks_played,
    metres_played,
    play_out,
    tempos_of,
)
from senandung.files.musicxml_measures import PartReader
from senandung.files.provenance import FIELDS, provenance_of_fields
from senandung.files.reading import read_bytes
from senandung.files.swing import swung
from senandung.files.xml_reading import MAX_XML_BYTES, parse_xml, unpack_mxl


def load_musicxml(path: Path) -> Song:
    """Read .musicxml, .xml or .mxl into a song. Inverse of `save_musicxml`, up to what docs/formats.md names.

    Repeats and jumps are played out, ties joined, transposing parts read at their sounding pitch, grace and cue notes
    left out. Each time a measure is repeated its next verse is sung. Raises `FileError` for anything else.
    """
    path = Path(path)
    return parse_musicxml(read_bytes(path, MAX_XML_BYTES), path)


def parse_musicxml(data: bytes, path: Path) -> Song:
    """The song of a MusicXML file's bytes, compressed or not; `path` is named in errors."""
    root = parse_xml(unpack_mxl(data, path) if data.startswith(b"PK") else data, path)
    name = root.tag.rpartition("}")[2]
    if name not in ("score-partwise", "score-timewise"):
        raise FileError(path, f"not a MusicXML score: its root is <{name[:40]}>")
    score_parts = {element.get("id"): element for element in root.findall("{*}part-list/{*}score-part")}
    readers, rows = [], []
    for identifier, elements in _measures_by_part(root):
        reader = PartReader(path, score_parts.get(identifier))
        reader.part.role = _field(root, f"role-{identifier}")
        reader.part.instrument = _field(root, f"instrument-{identifier}") or reader.part.instrument
        reader.part.tuning = _field(root, f"tuning-{identifier}").partition(" ")[0]
        reader.states_staves = _field(root, f"staves-{identifier}") != "found"
        readers.append(reader)
        rows.append([reader.read(element) for element in elements])
    if not rows:
        raise FileError(path, "a score must have a part, got none")
    played = play_out(rows, path)
    title = root.findtext("{*}work/{*}work-title") or root.findtext("{*}movement-title") or path.stem

    def build() -> Song:
        for reader, row in zip(readers, rows, strict=True):
            reader.part.drum = reader.part.drum or reader.drums > 0
            fill_part(reader.part, row, played)
        parts = [reader.part for reader in readers]
        if sum(len(part.notes) for part in parts) > MAX_NOTES:
            raise FileError(path, f"a song may have at most {MAX_NOTES} notes")
        song = build_song(
            title,
            parts,
            tempos=tempos_of(rows, played),
            metres=metres_played(rows, played),
            keys=[*keys_of(rows, played), *_laras(root)],
            chords=chords_of(rows, played),
            marks=marks_played(rows[0], played),
            provenance=provenance_of_fields({name: _field(root, name) for name in FIELDS}),
            stated_end=played[-1].start + played[-1].length if played else 0,
        )
        return swung(song) if any(reader.swings for reader in readers) else song

    return checked_song(path, build)


def _laras(root: Any) -> list[KeyChange]:
    """The laras and pathet that a gendhing's file names, for its signature only comes near them."""
    try:
        key = Key.parse(_field(root, "laras"))
    except InputError:
        return []
    return [KeyChange(0, key)] if key.laras else []


def _field(root: Any, name: str) -> str:
    for element in root.findall("{*}identification/{*}miscellaneous/{*}miscellaneous-field"):
        if element.get("name") == name:
            return element.text or ""
    return ""


def _measures_by_part(root: Any) -> list[tuple[str, list[Any]]]:
    if root.tag.rpartition("}")[2] == "score-partwise":
        return [(part.get("id") or "", part.findall("{*}measure")) for part in root.findall("{*}part")]
    by_part: dict[str, list[Any]] = defaultdict(list)
    for measure in root.findall("{*}measure"):
        for part in measure.findall("{*}part"):
            by_part[part.get("id") or ""].append(part)
    return list(by_part.items())
