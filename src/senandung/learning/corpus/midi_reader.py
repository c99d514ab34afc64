"""A fast reader of MIDI files for training, and the bar lines that a MIDI file does not write.

Bars follow the time signatures; where the music starts with a pickup, the grid that puts most long and low notes on
the first beat is taken (a third of the Irish tunes and many Mutopia scores are off the grid that begins at 0).
"""

from __future__ import annotations

import struct
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from senandung.domain.errors import FileError
from senandung.learning.corpus.classes import class_of_name, class_of_program
from senandung.learning.corpus.raw import FINE, RawMeasure, RawNote, RawPart, RawScore

DRUM_ALIASES = {22: 42, 26: 46, 58: 43}
"""Keys of the Roland kit in Groove MIDI as General MIDI's (Gillick et al. 2019, "Learning to groove", appendix)."""

_CLEAR, _CLEAR_LONG = 1.15, 1.5
"""How much better another grid must be than the one that begins at 0: for a pickup shorter than half a bar, and for a
longer one, which is rare and easily the half bar mistaken for the bar."""


@dataclass
class _Events:
    """What the tracks of a file say; times in fine units."""

    metres: dict[int, str] = field(default_factory=dict)
    keys: dict[int, tuple[int, bool]] = field(default_factory=dict)
    tempos: dict[int, float] = field(default_factory=dict)
    parts: list[RawPart] = field(default_factory=list)
    end: int = 0


def read_midi(path: Path, *, pickup: bool = True) -> RawScore:
    """The score of a MIDI file of format 0 or 1."""
    return parse_midi_raw(path.read_bytes(), path, pickup=pickup)


def parse_midi_raw(data: bytes, path: Path, *, pickup: bool = True) -> RawScore:
    """The score of a MIDI file's bytes; with `pickup`, the bar grid is looked for."""
    if data[:4] != b"MThd" or len(data) < 14:
        raise FileError(path, "not a MIDI file")
    header, _, tracks, division = struct.unpack(">IHHH", data[4:14])
    if division == 0 or division & 0x8000:
        raise FileError(path, "a MIDI file must count ticks a quarter")
    events = _Events()
    at = 8 + header
    for _ in range(tracks):
        if data[at : at + 4] != b"MTrk":
            break
        size = struct.unpack(">I", data[at + 4 : at + 8])[0]
        _read_track(data[at + 8 : at + 8 + size], FINE / division, events)
        at += 8 + size
    events.parts = [part for part in events.parts if part.notes]
    if any(part.instrument == "drums" for part in events.parts):
        for part in events.parts:
            part.instrument = _in_band(part)
    if not events.parts:
        raise FileError(path, "a score must have notes, got none")
    score = RawScore(events.parts, [])
    if events.tempos:
        score.tempo = events.tempos[min(events.tempos)]
    score.measures = _measures(events, pickup=pickup)
    return score


def _read_track(data: bytes, scale: float, events: _Events) -> None:
    at, tick, status, size = 0, 0, 0, len(data)
    name = ""
    programs: dict[int, int] = {}
    found: dict[int, list[RawNote]] = defaultdict(list)
    first_program: dict[int, int] = {}
    open_notes: dict[int, int] = {}
    while at < size:
        delta = 0
        while at < size:
            byte = data[at]
            at += 1
            delta = delta << 7 | byte & 127
            if byte < 128:
                break
        tick += delta
        if at >= size:
            break
        if data[at] & 128:
            status = data[at]
            at += 1
        high, channel = status & 0xF0, status & 15
        if high in (0x80, 0x90):
            pitch, velocity = data[at], data[at + 1]
            at += 2
            key = channel << 7 | pitch
            begun = open_notes.pop(key, None)
            if begun is not None and tick > begun:
                start = round(begun * scale)
                found[channel].append(RawNote(start, max(round(tick * scale) - start, 1), pitch))
            if high == 0x90 and velocity:
                open_notes[key] = tick
                first_program.setdefault(channel, programs.get(channel, 0))
        elif high in (0xA0, 0xB0, 0xE0):
            at += 2
        elif high == 0xC0:
            programs[channel] = data[at]
            at += 1
        elif high == 0xD0:
            at += 1
        elif status in (0xFF, 0xF0, 0xF7):
            meta = data[at] if status == 0xFF else -1
            at += status == 0xFF
            length = 0
            while at < size:
                byte = data[at]
                at += 1
                length = length << 7 | byte & 127
                if byte < 128:
                    break
            body = data[at : at + length]
            at += length
            time = round(tick * scale)
            if meta == 3:
                name = name or body.decode("utf-8", "replace").strip()
            elif meta == 0x51 and length == 3:
                events.tempos[time] = 60e6 / max(int.from_bytes(body, "big"), 1)
            elif meta == 0x58 and length >= 2:
                events.metres[time] = f"{body[0]}/{2 ** body[1]}"
            elif meta == 0x59 and length >= 2:
                events.keys.setdefault(time, (body[0] - 256 if body[0] > 127 else body[0], body[1] == 1))
        else:
            break
    events.end = max(events.end, round(tick * scale))
    for channel in sorted(found):
        drums = channel == 9
        kind = "drums" if drums else class_of_name(name) if len(found) == 1 else None
        kind = kind or class_of_program(first_program.get(channel, 0))
        notes = sorted(found[channel])
        if drums:
            notes = [note._replace(pitch=DRUM_ALIASES.get(note.pitch, note.pitch)) for note in notes]
        label = name or f"channel {channel + 1}"
        events.parts.append(RawPart(label, kind, False, notes, first_program.get(channel, 0)))


def _in_band(part: RawPart) -> str:
    """A part's class where drums play: nobody in a band is called a choir's bass, whatever the file's "bass" is."""
    if part.instrument not in ("soprano", "alto", "tenor", "basso", "contrabass", "voice"):
        return part.instrument
    by_program = class_of_program(part.program)
    if part.instrument in ("basso", "contrabass") and by_program in ("piano", "strings", "pad", "synth", "contrabass"):
        return "bass"
    return by_program


def _measures(events: _Events, *, pickup: bool) -> list[RawMeasure]:
    notes = sorted(note for part in events.parts for note in part.notes)
    end = max(note.start + note.length for note in notes)
    changes = sorted(events.metres.items()) or [(0, "4/4")]
    if changes[0][0] > 0:
        changes.insert(0, (0, "4/4"))
    measures: list[RawMeasure] = []
    for index, (start, metre) in enumerate(changes):
        until = changes[index + 1][0] if index + 1 < len(changes) else end
        top, _, unit = metre.partition("/")
        length = max(int(top) * 4 * FINE // int(unit), 1)
        offset = 0
        if pickup and until - start >= 4 * length:
            here = [note for note in notes if start <= note.start < until]
            offset = pickup_length(here, start, length, 4 * FINE // int(unit))
        at = start
        if offset:
            measures.append(RawMeasure(at, offset, metre))
            at += offset
        while at < until:
            whole = length if index + 1 == len(changes) else min(length, until - at)
            measures.append(RawMeasure(at, whole, metre))
            at += whole
    for time, (fifths, minor) in sorted(events.keys.items()):
        place = next((m for m in reversed(measures) if m.start <= time), None)
        if place is not None and -7 <= fifths <= 7:
            place.fifths = fifths
            if minor:  # a writer that says minor means it; "major" is the default of many
                place.key = ((9 + 7 * fifths) % 12, "minor")
    return measures


def pickup_length(notes: list[RawNote], start: int, bar: int, beat: int) -> int:
    """How long the first, short bar lasts, 0 where there is none.

    Each grid is scored by the length of the notes that begin on its bar lines (two beats at most, low notes double).

    >>> tune = [RawNote(FINE * (0 if i == 0 else 1 + 4 * (i - 1)), FINE if i == 0 else 4 * FINE, 60) for i in range(9)]
    >>> pickup_length(tune, 0, 4 * FINE, FINE) == FINE
    True
    """
    grain = beat // 2
    scores: dict[int, float] = defaultdict(float)
    for note in notes:
        place = (note.start - start + FINE // 96) % bar
        if place % grain <= FINE // 48:
            scores[place // grain] += min(note.length, 2 * beat) * (2 if note.pitch < 55 else 1)
    if not scores:
        return 0
    weighed = {place: scores[place] / (_CLEAR_LONG if 2 * place * grain >= bar else _CLEAR) for place in scores}
    weighed[0] = scores.get(0, 0.0)
    return max(weighed, key=lambda place: (weighed[place], -place)) * grain
