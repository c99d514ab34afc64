"""MusicXML as a song: partwise or timewise, plain or compressed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError
from senandung.domain.song import KeyChange, Note, Song
from senandung.domain.tempo import TempoChange
from senandung.domain.time import Tick
from senandung.files.bars import metres_of_bars
from senandung.files.building import build_song
from senandung.files.limits import MAX_NOTES, MAX_TICKS, checked_song
from senandung.files.lyrics import SungText
from senandung.files.musicxml_measures import Measure, PartReader, RawNote, chord_spans
from senandung.files.reading import read_bytes
from senandung.files.repeats import MAX_PLAYED, Signs, playing_order
from senandung.files.xml_reading import MAX_XML_BYTES, parse_xml, unpack_mxl


@dataclass(frozen=True)
class _Played:
    """A measure as it is played: its index, its start in ticks, its length, and which time it is played, from 0."""

    index: int
    start: Tick
    length: Tick
    visit: int


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
        readers.append(reader)
        rows.append([reader.read(element) for element in elements])
    if not rows:
        raise FileError(path, "a score must have a part, got none")
    played = _played(rows, path)
    for reader, row in zip(readers, rows, strict=True):
        _fill_part(reader, row, played)
    parts = [reader.part for reader in readers]
    if sum(len(part.notes) for part in parts) > MAX_NOTES:
        raise FileError(path, f"a song may have at most {MAX_NOTES} notes")
    end = played[-1].start + played[-1].length if played else 0
    leading = max(rows, key=lambda row: sum(len(measure.chords) for measure in row))
    title = root.findtext("{*}work/{*}work-title") or root.findtext("{*}movement-title") or path.stem
    return checked_song(
        path,
        lambda: build_song(
            title,
            parts,
            tempos=_tempos(rows, played),
            metres=metres_of_bars([(place.length, _metre_source(rows, place).metre) for place in played]),
            keys=_keys(rows, played),
            chords=chord_spans(
                [
                    (place.start + round(at), chord)
                    for place in played
                    if place.index < len(leading)
                    for at, chord in leading[place.index].chords
                ],
                end,
            ),
            marks=[
                (place.start + round(at), text)
                for row in rows[:1]
                for place in played
                if place.index < len(row)
                for at, text in row[place.index].marks
            ],
            story=_field(root, "story"),
            stated_end=end,
        ),
    )


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


def _played(rows: Sequence[Sequence[Measure]], path: Path) -> list[_Played]:
    """Every measure that is played, in order, with repeats and jumps played out."""
    count = max(map(len, rows))
    signs = [_joined_signs([row[index].signs for row in rows if index < len(row)]) for index in range(count)]
    lengths = []
    for index in range(count):
        here = [row[index] for row in rows if index < len(row)]
        longest = max(measure.length for measure in here)
        lengths.append(round(longest) if longest > 0 else here[0].metre.bar_ticks)
    order = playing_order(signs)
    if len(order) > MAX_PLAYED:
        raise FileError(path, f"repeats may make at most {MAX_PLAYED} measures")
    played, at, visits = [], 0, Counter[int]()
    for index in order:
        played.append(_Played(index, at, lengths[index], visits[index]))
        visits[index] += 1
        at += lengths[index]
        if at > MAX_TICKS:
            raise FileError(path, f"a song may last at most {MAX_TICKS} ticks")
    return played


def _joined_signs(signs: Sequence[Signs]) -> Signs:
    """The signs of a measure in all parts: each part may carry them, or only the first."""
    backward = [row.times for row in signs if row.backward]
    return Signs(
        forward=any(row.forward for row in signs),
        backward=bool(backward),
        times=max(backward, default=2),
        endings=next((row.endings for row in signs if row.endings), frozenset()),
        segno=any(row.segno for row in signs),
        coda=any(row.coda for row in signs),
        fine=any(row.fine for row in signs),
        to_coda=any(row.to_coda for row in signs),
        da_capo=any(row.da_capo for row in signs),
        dal_segno=any(row.dal_segno for row in signs),
    )


def _metre_source(rows: Sequence[Sequence[Measure]], place: _Played) -> Measure:
    return next(row[place.index] for row in rows if place.index < len(row))


def _tempos(rows: Sequence[Sequence[Measure]], played: Sequence[_Played]) -> list[TempoChange]:
    row = max(rows, key=lambda row: sum(len(measure.tempos) for measure in row))
    changes = []
    for place in played:
        if place.index < len(row):
            measure = row[place.index]
            if measure.bpm is not None:
                changes.append(TempoChange.at_bpm(place.start, measure.bpm))
            changes.extend(TempoChange.at_bpm(place.start + round(at), bpm) for at, bpm in measure.tempos)
    return changes


def _keys(rows: Sequence[Sequence[Measure]], played: Sequence[_Played]) -> list[KeyChange]:
    row = next((row for row in rows if any(measure.keys for measure in row)), rows[0])
    changes = []
    for place in played:
        if place.index < len(row):
            measure = row[place.index]
            if measure.key is not None:
                changes.append(KeyChange(place.start, measure.key))
            changes.extend(KeyChange(place.start + round(at), key) for at, key in measure.keys)
    return changes


def _fill_part(reader: PartReader, row: Sequence[Measure], played: Sequence[_Played]) -> None:
    """Give the reader's part its notes, ties joined, and its syllables."""
    part = reader.part
    part.drum = part.drum or reader.drums > 0
    verses = _verses(row)
    voice = _singing_voice(row)
    open_notes: dict[int, Note] = {}
    for place in played:
        if place.index >= len(row):
            continue
        for raw in row[place.index].notes:
            onset = place.start + round(raw.onset)
            end = max(place.start + round(raw.onset + raw.duration), onset + 1)
            tied = open_notes.pop(raw.pitch, None) if raw.stops_tie else None
            if tied is not None and tied.end == onset:
                note = replaced(tied, duration=end - tied.onset)
            else:
                if tied is not None:
                    part.notes.append(tied)
                note = Note(onset, end - onset, raw.pitch, raw.velocity)
            if raw.starts_tie:
                if raw.pitch in open_notes:
                    part.notes.append(open_notes[raw.pitch])
                open_notes[raw.pitch] = note
            else:
                part.notes.append(note)
            if raw.lyrics and raw.voice == voice:
                part.lyrics.setdefault(onset, _sung(raw, verses, place.visit))
    part.notes.extend(open_notes.values())
    part.lyrics = _without_printed_hyphens(part.lyrics)


def _verses(row: Sequence[Measure]) -> list[str]:
    """The verses' names in the order of their first syllables; numbered ones by number."""
    names = dict.fromkeys(name for measure in row for note in measure.notes for name in note.lyrics)
    return sorted(names, key=lambda name: int(name) if name.isascii() and name.isdigit() and len(name) < 6 else 0)


def _singing_voice(row: Sequence[Measure]) -> str:
    voices = Counter(note.voice for measure in row for note in measure.notes if note.lyrics)
    return max(voices, key=lambda voice: (voices[voice], voice < "2"), default="1")


def _sung(raw: RawNote, verses: Sequence[str], visit: int) -> SungText:
    wanted = verses[visit] if visit < len(verses) else verses[0]
    return raw.lyrics.get(wanted) or next(iter(raw.lyrics.values()))


def _without_printed_hyphens(lyrics: dict[Tick, SungText]) -> dict[Tick, SungText]:
    """A word that is printed with its own hyphen ("malam-malam") goes on after it."""
    joined: dict[Tick, SungText] = {}
    goes_on = False
    for tick in sorted(lyrics):
        text = lyrics[tick]
        hyphen = text.text.endswith("-") and len(text.text) > 1
        begins, ends = text.begins_word and not goes_on, text.ends_word and not hyphen
        joined[tick] = replaced(text, begins_word=begins, ends_word=ends)
        goes_on = hyphen and text.ends_word
    return joined


