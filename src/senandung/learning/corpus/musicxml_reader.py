"""A fast reader of MusicXML for training: notes, bars, keys, metres, chords, syllables.

Beside `files.musicxml` it keeps staves apart, plays no repeats out and reads an orchestral movement in a second.
Pitches sound: transposing parts are moved; their own signatures are not used where another part has one.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from senandung.composing.pieces.piece import PieceChord
from senandung.domain.chords import Chord
from senandung.domain.errors import FileError
from senandung.domain.pitch import NoteName
from senandung.files.musicxml_measures import KINDS
from senandung.files.xml_reading import parse_xml, unpack_mxl
from senandung.learning.corpus.classes import class_of_name, class_of_program
from senandung.learning.corpus.raw import FINE, RawMeasure, RawNote, RawPart, RawScore

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

_KINDS = {
    "major": "maj", "minor": "min", "dominant": "7", "major-seventh": "maj7", "minor-seventh": "min7",
    "diminished": "dim", "augmented": "aug", "diminished-seventh": "dim7", "half-diminished": "hdim7",
    "suspended-fourth": "sus4", "dominant-ninth": "7", "major-sixth": "maj", "minor-sixth": "min",
    "dominant-13th": "7", "dominant-11th": "7", "augmented-seventh": "aug", "major-ninth": "maj7",
    "minor-ninth": "min7", "power": "maj", "suspended-second": "sus4", "major-minor": "min", "none": "",
}  # fmt: skip
"""MusicXML's chord kinds as qualities of chord tokens; sixths and ninths lose what no token has."""


def read_musicxml(path: Path) -> RawScore:
    """The score of a MusicXML file, compressed or not."""
    data = path.read_bytes()
    if data.startswith(b"PK"):
        try:
            data = unpack_mxl(data, path)
        except FileError:  # 25 archives of OpenEWLD have a broken table of contents (an apostrophe in quotes)
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = [name for name in archive.namelist() if name.endswith(".xml") and "META-INF" not in name]
                data = archive.read(names[0])
    return parse_musicxml_raw(data, path)


def parse_musicxml_raw(data: bytes, path: Path) -> RawScore:
    """The score of a partwise MusicXML document's bytes."""
    root = parse_xml(data, path)
    heads = {element.get("id"): element for element in root.findall("part-list/score-part")}
    measures: list[RawMeasure] = []
    parts: list[RawPart] = []
    score = RawScore(parts, measures)
    for number, element in enumerate(root.findall("part")):
        _PartReader(score, heads.get(element.get("id")), number == 0).read(element)
    score.chords.sort(key=lambda row: row[0])
    for measure in measures:  # a whole rest may be longer than its bar
        if measure.length <= 0:
            measure.length = FINE
    at = 0
    moved = {}
    for index, measure in enumerate(measures):
        moved[index] = at
        measure.start = at
        at += measure.length
    for part in parts:
        part.notes = _joined([RawNote(moved[n.start >> 40] + (n.start & _LOW), *n[1:]) for n in part.notes])
    score.chords = [(moved[time >> 40] + (time & _LOW), chord) for time, chord in score.chords]
    score.written = sorted(
        ((moved[time >> 40] + (time & _LOW), chord) for time, chord in score.written), key=lambda row: row[0]
    )
    facts = {"title": root.findtext("work/work-title") or root.findtext("movement-title") or ""}
    for creator in root.findall("identification/creator"):
        facts.setdefault(creator.get("type") or "creator", (creator.text or "").strip())
    score.facts = facts
    return score


_LOW = (1 << 40) - 1
_TIED = 1 << 20
"""A note that comes from a tie is marked by this much added to its pitch, until ties are joined."""


def _joined(notes: list[RawNote]) -> list[RawNote]:
    """Notes in order with ties joined to what they carry on."""
    notes.sort(key=lambda note: note.start)
    joined: list[RawNote] = []
    last: dict[int, int] = {}
    for note in notes:
        pitch = note.pitch & (_TIED - 1)
        at = last.get(pitch)
        if note.pitch & _TIED and at is not None and joined[at].start + joined[at].length == note.start:
            joined[at] = joined[at]._replace(length=joined[at].length + note.length)
        else:
            last[pitch] = len(joined)
            joined.append(note._replace(pitch=pitch))
    return joined


def _first_verse(element: Any) -> str:
    """The syllable of a note's first verse, with a hyphen behind it where its word goes on."""
    for lyric in element.iterfind("lyric"):
        if lyric.get("number", "1") in ("1", "part1verse1"):
            text = "".join(part.text or "" for part in lyric.iterfind("text")).strip()
            return f"{text}-" if text and lyric.findtext("syllabic") in ("begin", "middle") else text
    return ""


class _PartReader:
    """Reads one part; times are (measure << 40) + fine units until every part's measures are known."""

    def __init__(self, score: RawScore, head: Any, first: bool) -> None:
        self.score = score
        self.first = first
        label = "" if head is None else (head.findtext("part-name") or head.findtext("part-abbreviation") or "")
        self.label = re.sub(r"\s+", " ", label).strip()
        program = None if head is None else head.findtext("midi-instrument/midi-program")
        sound = "" if head is None else (head.findtext("score-instrument/instrument-sound") or "")
        name = "" if head is None else (head.findtext("score-instrument/instrument-name") or "")
        named = class_of_name(self.label)
        self.named = named is not None and named != "piano"
        self.instrument = (
            class_of_name(self.label)
            or class_of_name(name)
            or class_of_name(sound.replace(".", " "))
            or (class_of_program(int(program) - 1) if program and program.isdigit() and program != "0" else "other")
        )
        self.staves: dict[str, RawPart] = {}
        self.divisions = 1
        self.transpose = 0

    def read(self, element: Any) -> None:
        syllables = 0
        for index, measure in enumerate(element.iterfind("measure")):
            while len(self.score.measures) <= index:
                self.score.measures.append(RawMeasure(0, 0))
            syllables += self._measure(measure, index)
        for staff in sorted(self.staves):
            part = self.staves[staff]
            part.sung = syllables > len(part.notes) // 5
            if part.sung and len(self.staves) == 1 and not self.named:
                part.instrument = "voice"
            if not part.sung:
                part.notes = [note._replace(melisma=False) for note in part.notes]
            self.score.parts.append(part)

    def _measure(self, element: Any, index: int) -> int:
        row = self.score.measures[index]
        base = index << 40
        at = reach = previous = syllables = 0
        for child in element:
            tag = child.tag
            if tag == "note":
                if child.find("grace") is not None or child.find("cue") is not None:
                    continue
                length = self._fine(child.findtext("duration"))
                chord = child.find("chord") is not None
                start = previous if chord else at
                if not chord:
                    previous = at
                    at += length
                    reach = max(reach, at)
                syllables += self._note(child, base + start, length)
            elif tag == "backup":
                at = max(at - self._fine(child.findtext("duration")), 0)
            elif tag == "forward":
                at += self._fine(child.findtext("duration"))
                reach = max(reach, at)
            elif tag == "attributes":
                self._attributes(child, row)
            elif tag == "harmony":
                self._harmony(child, base + at)
            elif tag in ("direction", "sound") and self.score.tempo is None:
                sound = child if tag == "sound" else child.find("sound")
                tempo = None if sound is None else sound.get("tempo")
                if tempo:
                    self.score.tempo = float(tempo)
        row.length = max(row.length, reach)
        return syllables

    def _note(self, element: Any, start: int, length: int) -> bool:
        """Add a note; whether it carries a syllable."""
        pitch = element.find("pitch")
        if pitch is None or length <= 0:
            return False
        midi = 12 * (int(pitch.findtext("octave")) + 1) + _STEPS[pitch.findtext("step")]
        midi += round(float(pitch.findtext("alter") or 0)) + self.transpose
        if not 0 <= midi <= 127:
            return False
        tied = any(tie.get("type") == "stop" for tie in element.iterfind("tie"))
        syllable = element.find("lyric/text") is not None
        staff = element.findtext("staff") or "1"
        part = self.staves.get(staff)
        if part is None:
            part = self.staves[staff] = RawPart(self.label, self.instrument)
        voice, text = element.findtext("voice") or "", "" if tied or not syllable else _first_verse(element)
        part.notes.append(RawNote(start, length, midi | (_TIED if tied else 0), not syllable and not tied, voice, text))
        return syllable

    def _attributes(self, element: Any, row: RawMeasure) -> None:
        divisions = element.findtext("divisions")
        if divisions:
            self.divisions = max(int(divisions), 1)
        for transpose in element.iterfind("transpose"):
            self.transpose = int(transpose.findtext("chromatic") or 0)
            self.transpose += 12 * int(transpose.findtext("octave-change") or 0)
        beats, unit = element.findtext("time/beats"), element.findtext("time/beat-type")
        if beats and unit and row.metre is None and beats.isdigit():
            row.metre = f"{beats}/{unit}"
        fifths = element.findtext("key/fifths")
        if fifths is not None and row.fifths is None and self.transpose % 12 == 0:
            row.fifths = int(fifths)

    def _harmony(self, element: Any, time: int) -> None:
        step = element.findtext("root/root-step")
        kind = _KINDS.get(element.findtext("kind") or "major", "maj")
        if step is None or not kind:
            self.score.chords.append((time, None))
            return
        alter = int(float(element.findtext("root/root-alter") or 0))
        self.score.chords.append((time, PieceChord((_STEPS[step.strip()] + alter) % 12, kind)))
        quality = KINDS.get(element.findtext("kind") or "")
        if quality and abs(alter) <= 2:
            self.score.written.append((time, Chord(NoteName(step.strip(), alter), quality)))

    def _fine(self, text: str | None) -> int:
        return round(float(text) * FINE / self.divisions) if text else 0
