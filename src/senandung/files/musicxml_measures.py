"""The measures of one MusicXML part: notes, signs and marks in ticks from the start of their measure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from senandung.domain.chords import QUALITIES, Chord
from senandung.domain.errors import FileError, InputError
from senandung.domain.metre import Metre
from senandung.domain.parts import MOST_STAVES
from senandung.domain.pitch import STEP_SEMITONES, NoteName
from senandung.domain.scales import SIGNATURE_SHIFT, Key
from senandung.domain.time import TICKS_PER_QUARTER
from senandung.files.articulation import RELEASES
from senandung.files.building import Part
from senandung.files.drum_notation import DRUM_SIGNS
from senandung.files.lyrics import SungText
from senandung.files.measures import Measure, RawNote
from senandung.files.musicxml_parts import FORTE
from senandung.files.repeats import Signs

MODES = {"ionian": "major", "aeolian": "minor", "none": "major", "": "major"}

KINDS: Mapping[str, str] = {
    "augmented-seventh": "aug", "dominant-11th": "9", "dominant-13th": "9", "major-11th": "maj9",
    "major-13th": "maj9", "minor-11th": "min9", "minor-13th": "min9", "Neapolitan": "maj", "Italian": "7",
    "French": "7", "German": "7", "Tristan": "hdim7", "pedal": "5", "other": "maj",
    **{row.musicxml: name for name, row in reversed(list(QUALITIES.items()))},
}  # fmt: skip
"""The chord quality for each of MusicXML's kinds; kinds that have no quality of their own get the nearest."""

TEXT_JUMPS = (
    (re.compile(r"^d\.?\s*c\b", re.I), "da_capo"),
    (re.compile(r"^da capo", re.I), "da_capo"),
    (re.compile(r"^d\.?\s*s\b", re.I), "dal_segno"),
    (re.compile(r"^dal segno", re.I), "dal_segno"),
    (re.compile(r"^to coda", re.I), "to_coda"),
    (re.compile(r"^fine$", re.I), "fine"),
)


class PartReader:
    """Reads the measures of a part; what lasts longer than a measure (divisions, key, transposition) is kept here."""

    def __init__(self, path: Path, score_part: Any) -> None:
        self.path = path
        self.part = _part_of(score_part)
        self.unpitched = _unpitched_keys(score_part)
        self.states_staves = True
        self.swings = False
        self.staves = 1
        self.ticks_per_division = Fraction(TICKS_PER_QUARTER)
        self.metre = Metre()
        self.key: Key | None = None
        self.bpm: float | None = None
        self.semitones = 0
        self.velocity = 80
        self.endings: frozenset[int] = frozenset()
        self.drums = 0

    def read(self, element: Any) -> Measure:
        """Read one measure element."""
        measure = Measure(self.metre, self.key, self.bpm, signs=Signs(endings=self.endings))
        at = onset = Fraction(0)
        for item in element:
            tag = _tag(item)
            if tag == "note":
                if item.find("{*}grace") is not None or item.find("{*}cue") is not None:
                    continue
                duration = self._ticks(item.find("{*}duration"))
                if item.find("{*}chord") is None:
                    onset, at = at, at + duration
                self._note(item, measure, onset, duration)
            elif tag == "backup":
                at = max(at - self._ticks(item.find("{*}duration")), Fraction(0))
            elif tag == "forward":
                at += self._ticks(item.find("{*}duration"))
            elif tag == "attributes":
                self._attributes(item, measure, at)
            elif tag in ("direction", "sound"):
                self._direction(item, measure, at)
            elif tag == "harmony":
                self._harmony(item, measure, at)
            elif tag == "barline":
                self._barline(item, measure)
            measure.length = max(measure.length, at)
        return measure

    def _ticks(self, element: Any) -> Fraction:
        return number(element, self.path) * self.ticks_per_division if element is not None else Fraction(0)

    def _note(self, item: Any, measure: Measure, onset: Fraction, duration: Fraction) -> None:
        if item.find("{*}rest") is not None or duration <= 0:
            return
        unpitched = item.find("{*}unpitched")
        pitch = self._pitch(item) if unpitched is None else self._drum(item, unpitched)
        if pitch is None:
            return
        if not 0 <= pitch <= 127:
            raise FileError(self.path, f"pitch must be a MIDI note number in 0..127, got {pitch}", line=item.sourceline)
        dynamics = _float(item.get("dynamics"))
        velocity = self.velocity if dynamics is None else round(dynamics * FORTE / 100)
        duration += self._release(item, duration)
        ties = [tie.get("type") for tie in (item.findall("{*}tie") or item.findall("{*}notations/{*}tied"))]
        lyrics: dict[str, SungText] = {}
        for lyric in item.findall("{*}lyric"):
            text = _sung_text(lyric)
            if text is not None:
                lyrics.setdefault(lyric.get("number") or lyric.get("name") or "1", text)
        measure.notes.append(
            RawNote(
                onset, duration, pitch, max(1, min(127, velocity)), item.findtext("{*}voice") or "1",
                "start" in ties, "stop" in ties, lyrics, self._staff(item),
            )
        )  # fmt: skip

    def _release(self, item: Any, duration: Fraction) -> Fraction:
        """By how many ticks an articulated note of ours stops earlier than it is written; other files' are left."""
        released = _float(item.get("release"))
        if released is None or released >= 0:
            return Fraction(0)
        early = Fraction(round(released)) * self.ticks_per_division
        signs = item.findall("{*}notations/{*}articulations/*")
        return early if any(-early == RELEASES.get(_tag(sign), 0) * duration for sign in signs) else Fraction(0)

    def _staff(self, item: Any) -> int:
        """The staff of a note in a part of several, 0 where there is one or where the file found them itself."""
        if self.staves < 2 or not self.states_staves:
            return 0
        text = (item.findtext("{*}staff") or "1").strip()
        return min(max(int(text), 1), MOST_STAVES) if re.fullmatch(r"[0-9]{1,4}", text) else 1

    def _pitch(self, item: Any) -> int | None:
        element = item.find("{*}pitch")
        if element is None:
            return None
        step = (element.findtext("{*}step") or "").strip().upper()
        if step not in STEP_SEMITONES:
            raise FileError(self.path, f"a step must be one of C D E F G A B, got {step!r}", line=item.sourceline)
        alter = round(_float(element.findtext("{*}alter")) or 0)
        octave = round(number(element.find("{*}octave"), self.path))
        return STEP_SEMITONES[step] + alter + 12 * (octave + 1) + self.semitones

    def _drum(self, item: Any, unpitched: Any) -> int:
        self.drums += 1
        instrument = item.find("{*}instrument")
        if instrument is not None and instrument.get("id") in self.unpitched:
            return self.unpitched[instrument.get("id")]
        if instrument is None and len(self.unpitched) == 1:
            return next(iter(self.unpitched.values()))
        step = unpitched.findtext("{*}display-step") or ""
        octave = unpitched.findtext("{*}display-octave") or ""
        head = (item.findtext("{*}notehead") or "").replace("normal", "")
        place = [key for key, sign in DRUM_SIGNS.items() if (sign.step, str(sign.octave)) == (step, octave)]
        return next((key for key in place if DRUM_SIGNS[key].notehead == head), (place or [38])[0])

    def _attributes(self, item: Any, measure: Measure, at: Fraction) -> None:
        divisions = item.find("{*}divisions")
        if divisions is not None:
            count = number(divisions, self.path)
            if count <= 0:
                raise FileError(self.path, f"divisions must be above 0, got {count}", line=divisions.sourceline)
            self.ticks_per_division = TICKS_PER_QUARTER / count
        staves = (item.findtext("{*}staves") or "").strip()
        if re.fullmatch(r"[1-9][0-9]{0,3}", staves):
            self.staves = int(staves)
        transpose = item.find("{*}transpose")
        if transpose is not None:
            chromatic = _float(transpose.findtext("{*}chromatic")) or 0
            self.semitones = round(chromatic + 12 * (_float(transpose.findtext("{*}octave-change")) or 0))
        key = item.find("{*}key")
        if key is not None and key.find("{*}fifths") is not None:
            self._key(key, measure, at)
        time = item.find("{*}time")
        if time is not None:
            self._metre(time, measure)

    def _key(self, element: Any, measure: Measure, at: Fraction) -> None:
        fifths = round(number(element.find("{*}fifths"), self.path))
        mode = (element.findtext("{*}mode") or "").strip().lower()
        mode = MODES.get(mode, mode)
        mode = mode if mode in SIGNATURE_SHIFT else "major"
        if self.semitones:
            fifths = (fifths + 7 * self.semitones + 5) % 12 - 5
        try:
            self.key = Key(NoteName.from_fifths(fifths - SIGNATURE_SHIFT[mode]), mode)
        except InputError:
            return
        measure.keys.append((at, self.key))

    def _metre(self, time: Any, measure: Measure) -> None:
        beats = [text for element in time.findall("{*}beats") for text in (element.text or "").split("+")]
        units = [element.text for element in time.findall("{*}beat-type")]
        try:
            ticks = sum(int(beat) for beat in beats)
            self.metre = Metre(ticks, int(units[0] or ""))
        except (ValueError, IndexError, TypeError):
            return  # senza misura, or a metre that a song cannot have: the bars' own lengths say it
        if measure.length == 0:
            measure.metre = self.metre

    def _direction(self, item: Any, measure: Measure, at: Fraction) -> None:
        at = max(at + self._ticks(item.find("{*}offset")), Fraction(0))
        for mark in item.findall("{*}direction-type/{*}rehearsal"):
            if mark.text and mark.text.strip():
                measure.marks.append((at, mark.text.strip()))
        for words in item.findall("{*}direction-type/{*}words"):
            for pattern, sign in TEXT_JUMPS:
                if pattern.match((words.text or "").strip()):
                    setattr(measure.signs, sign, True)
        measure.signs.segno |= item.find("{*}direction-type/{*}segno") is not None
        measure.signs.coda |= item.find("{*}direction-type/{*}coda") is not None
        sound = item if _tag(item) == "sound" else item.find("{*}sound")
        tempo = None
        if sound is not None:
            self.swings = self.swings or _swings(sound)
            for name, sign in (("dacapo", "da_capo"), ("dalsegno", "dal_segno"), ("tocoda", "to_coda")):
                if sound.get(name):
                    setattr(measure.signs, sign, True)
            for name in ("segno", "coda", "fine"):
                if sound.get(name):
                    setattr(measure.signs, name, True)
            tempo = _float(sound.get("tempo"))
            dynamics = _float(sound.get("dynamics"))
            if dynamics is not None:
                self.velocity = max(1, min(127, round(dynamics * FORTE / 100)))
        if tempo is None:
            tempo = _metronome(item.find("{*}direction-type/{*}metronome"))
        if tempo is not None and 4 <= tempo <= 1000:
            self.bpm = tempo
            measure.tempos.append((at, tempo))

    def _harmony(self, item: Any, measure: Measure, at: Fraction) -> None:
        at = max(at + self._ticks(item.find("{*}offset")), Fraction(0))
        kind = (item.findtext("{*}kind") or "").strip()
        if kind == "none":
            measure.chords.append((at, None))
            return
        root = _note_name(item.find("{*}root"), "root", self.semitones)
        if root is None or kind not in KINDS:
            return
        quality = KINDS[kind]
        added = {degree.findtext("{*}degree-value") for degree in item.findall("{*}degree")
                 if degree.findtext("{*}degree-type") == "add"}  # fmt: skip
        if quality == "maj" and added == {"9"}:
            quality = "add9"
        if quality == "sus4" and added == {"7"}:
            quality = "7sus4"
        measure.chords.append((at, Chord(root, quality, _note_name(item.find("{*}bass"), "bass", self.semitones))))

    def _barline(self, item: Any, measure: Measure) -> None:
        signs = measure.signs
        repeat, ending = item.find("{*}repeat"), item.find("{*}ending")
        signs.segno |= item.find("{*}segno") is not None
        signs.coda |= item.find("{*}coda") is not None
        if repeat is not None and repeat.get("direction") == "forward":
            signs.forward = True
        elif repeat is not None:
            signs.backward = True
            times = _float(repeat.get("times"))
            signs.times = 2 if times is None else max(1, min(round(times), 1_000_000))
        if ending is not None:
            numbers = frozenset(int(text) for text in re.findall(r"\d{1,3}", ending.get("number") or ""))
            if ending.get("type") == "start":
                self.endings = signs.endings = numbers or frozenset({1})
            else:
                self.endings = frozenset()


def number(element: Any, path: Path) -> Fraction:
    """The number in an element, exactly; at most nine digits before the point."""
    text = ((element.text if element is not None else None) or "").strip()
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d{0,9})?", text):
        line = element.sourceline if element is not None else None
        raise FileError(path, f"a number must have one to nine digits, got {text[:40]!r}", line=line)
    return Fraction(text)


def _tag(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _float(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e6 else None


def _swings(sound: Any) -> bool:
    """Whether a sign asks for eighths of two and one."""
    told = [(sound.findtext(f"{{*}}swing/{{*}}{name}") or "").strip() for name in ("first", "second", "swing-type")]
    return told in (["2", "1", "eighth"], ["2", "1", ""])


def _note_name(element: Any, what: str, semitones: int) -> NoteName | None:
    if element is None:
        return None
    step = (element.findtext(f"{{*}}{what}-step") or "").strip()
    alter = round(_float(element.findtext(f"{{*}}{what}-alter")) or 0)
    if step not in STEP_SEMITONES or abs(alter) > 2:
        return None
    name = NoteName(step, alter)
    if not semitones:
        return name
    return NoteName.from_fifths((name.fifths + 7 * semitones + 5) % 12 - 5)


def _metronome(element: Any) -> float | None:
    """Quarter notes a minute of a metronome mark."""
    if element is None:
        return None
    found = re.search(r"\d+(\.\d+)?", element.findtext("{*}per-minute") or "")
    quarters = {"whole": 4.0, "half": 2.0, "quarter": 1.0, "eighth": 0.5, "16th": 0.25}
    unit = quarters.get(element.findtext("{*}beat-unit") or "")
    if found is None or unit is None:
        return None
    return float(found[0][:9]) * unit * (1.5 if element.find("{*}beat-unit-dot") is not None else 1)


def _sung_text(lyric: Any) -> SungText | None:
    text = ""
    for item in lyric:
        tag = _tag(item)
        if tag == "text":
            text += item.text or ""
        elif tag == "elision":
            text += " " if (item.text or "").strip() in ("", "‿", "_", "~") else str(item.text)
    text = " ".join(text.split())
    if not text:
        return None
    syllabic = lyric.findtext("{*}syllabic") or "single"
    begins, ends = syllabic in ("single", "begin"), syllabic in ("single", "end")
    return SungText(text, begins, ends, ends_line=lyric.find("{*}end-line") is not None)


def _part_of(score_part: Any) -> Part:
    if score_part is None:
        return Part("")
    name = " ".join((score_part.findtext("{*}part-name") or "").split())
    instrument = score_part.findtext("{*}score-instrument/{*}instrument-name") or ""
    midi = score_part.find("{*}midi-instrument")
    program = _float(midi.findtext("{*}midi-program")) if midi is not None else None
    bank = _float(midi.findtext("{*}midi-bank")) if midi is not None else None
    channel = (midi.findtext("{*}midi-channel") or "") if midi is not None else ""
    return Part(
        name,
        bank=max(round(bank or 1) - 1, 0),
        program=None if program is None else max(0, min(127, round(program) - 1)),
        drum=channel.strip() == "10",
        instrument=instrument,
    )


def _unpitched_keys(score_part: Any) -> dict[str, int]:
    keys = {}
    for midi in score_part.findall("{*}midi-instrument") if score_part is not None else []:
        key = _float(midi.findtext("{*}midi-unpitched"))
        if key is not None and 1 <= key <= 128:
            keys[midi.get("id") or ""] = round(key) - 1
    return keys
