"""One part of a song as MusicXML measures."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from senandung.domain.instruments import Instrument
from senandung.domain.metre import Metre
from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key
from senandung.domain.song import Note, Song, Track
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.files.articulation import RELEASES, articulated
from senandung.files.clefs import clef_of, keyboard_clefs
from senandung.files.drum_notation import DRUM_SIGNS
from senandung.files.hands import needs_two_hands, split_hands, stated_staves
from senandung.files.musicxml_marks import Mark, marks_of
from senandung.files.notation import (
    Chordal,
    Piece,
    beam_states,
    separate_voices,
    split_staves,
    write_bar,
)
from senandung.files.xml_tree import child

ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}

FORTE = 90.0
"""The MIDI velocity that MusicXML's `dynamics` attribute counts as 100 %."""


@dataclass(frozen=True)
class _Event:
    """What one voice does for a while in a bar: a chord, or a rest. Ticks count from the bar's start."""

    onset: Tick
    end: Tick
    chord: Chordal | None
    tied_before: bool = False
    tied_after: bool = False
    articulation: str = ""


class PartWriter:
    """Writes one part. `leading` parts carry the chord symbols, the `first` part tempo and section names."""

    def __init__(
        self,
        song: Song,
        part: Track | None,
        identifier: str,
        bars: Sequence[tuple[Tick, Tick]],
        *,
        first: bool,
        leading: bool,
        swings: bool = False,
    ) -> None:
        self.song, self.part, self.identifier, self.bars = song, part, identifier, bars
        self.sound: Instrument | None = part.sound if part else None
        notes = part.notes if part else ()
        self.grand = self.sound is not None and self.sound.clef == "grand" and not _is_section_line(self.sound, notes)
        stated = stated_staves(notes) if self.grand else ()
        self.finds_staves = self.grand and not stated
        staves = stated or (_two_staves(self.sound, notes) if self.grand else (list(notes),))
        self.staves = len(staves)
        self.clefs = [
            keyboard_clefs(staff, index, bars) if self.grand else {0: clef_of(self.sound, staff)}
            for index, staff in enumerate(staves)
        ]
        self.mains = {4 * index + 1 for index in range(len(staves))}
        self.voices: list[tuple[int, int, list[Chordal]]] = []
        for staff, staff_notes in enumerate(staves, 1):
            separated = separate_voices(staff_notes) or [[]]
            for place, voice in enumerate(separated):
                number = (staff - 1) * 4 + place + 1 if place < 4 else 4 * len(staves) + place - 3 + 8 * (staff - 1)
                self.voices.append((staff, number, voice))
        self.by_bar = [self._cut(voice) for _, _, voice in self.voices]
        self.marks: dict[int, list[Mark]] = defaultdict(list)
        starts = [start for start, _ in bars]
        for mark in marks_of(song, first=first, leading=leading, swings=swings):
            self.marks[bisect.bisect_right(starts, mark.tick) - 1].append(mark)
        self.syllables = song.words.syllables if part is not None and part.role == "vocal" else ()
        self.begins, self.melismas = _syllable_starts(notes) if self.syllables else (set(), set())
        self.line_ends = {start - 1 for start in (*song.words.line_starts[1:], len(self.syllables))}
        self.keys = [(change.onset, change.key) for change in song.keys]
        # Drums have no key, but where they play alone the song's key has no other place to stand.
        self.shows_keys = not (self.sound and self.sound.drum) or all(track.sound.drum for track in song.tracks)

    def write_score_part(self, part_list: Any, channel: int) -> None:
        """Add the part to the part list: its name, its instruments and what MIDI plays them with."""
        score_part = child(part_list, "score-part", id=self.identifier)
        child(score_part, "part-name", self.part.name if self.part else "Music")
        if self.part is None or self.sound is None:
            return
        if self.sound.drum:
            pitches = sorted({note.pitch for note in self.part.notes})
            for pitch in pitches:
                instrument = child(score_part, "score-instrument", id=self._drum_id(pitch))
                child(instrument, "instrument-name", DRUM_SIGNS[pitch].name)
            for pitch in pitches:
                midi = child(score_part, "midi-instrument", id=self._drum_id(pitch))
                child(midi, "midi-channel", str(channel))
                child(midi, "midi-program", str(self.sound.program + 1))
                child(midi, "midi-unpitched", str(pitch + 1))
            return
        instrument = child(score_part, "score-instrument", id=f"{self.identifier}-I1")
        child(instrument, "instrument-name", self.sound.english)
        midi = child(score_part, "midi-instrument", id=f"{self.identifier}-I1")
        child(midi, "midi-channel", str(channel))
        if self.sound.bank:
            child(midi, "midi-bank", str(self.sound.bank + 1))
        child(midi, "midi-program", str(self.sound.program + 1))

    def write_part(self, root: Any) -> None:
        """Add the part's measures."""
        part = child(root, "part", id=self.identifier)
        for index in range(len(self.bars)):
            self._measure(part, index)

    def _drum_id(self, pitch: int) -> str:
        return f"{self.identifier}-I{pitch + 1}"

    def _cut(self, voice: Sequence[Chordal]) -> dict[int, list[_Event]]:
        """A voice's chords cut at the bar lines, by bar."""
        cut: dict[int, list[_Event]] = defaultdict(list)
        starts = [start for start, _ in self.bars]
        for chord in voice:
            index = bisect.bisect_right(starts, chord.onset) - 1
            at = chord.onset
            while at < chord.end and index < len(self.bars):
                start, end = self.bars[index]
                until = min(chord.end, end)
                cut[index].append(_Event(at - start, until - start, chord, at > chord.onset, until < chord.end))
                at, index = until, index + 1
        return cut

    def _measure(self, part: Any, index: int) -> None:
        start, end = self.bars[index]
        measure = child(part, "measure", number=str(index + 1))
        self._attributes(measure, index)
        accidentals = self._accidentals(index)
        at = 0
        for (staff, number, _), by_bar in zip(self.voices, self.by_bar, strict=True):
            main = number in self.mains
            events = by_bar.get(index, [])
            if not events and not main:
                continue
            if at > 0:
                child(child(measure, "backup"), "duration", str(at))
            marks = self.marks.get(index, []) if number == 1 else []
            self._voice(measure, events, staff, number, index, accidentals, marks, fill=main)
            at = end - start
        if index == len(self.bars) - 1:
            child(child(measure, "barline", location="right"), "bar-style", "light-heavy")

    def _attributes(self, measure: Any, index: int) -> None:
        start, end = self.bars[index]
        key = next((k for onset, k in self.keys if start <= onset < end), None)
        metre = next((change.metre for change in self.song.metres if change.onset == start), None)
        clefs = [(number, staff[index]) for number, staff in enumerate(self.clefs, 1) if index in staff]
        if index and key is None and metre is None and not clefs:
            return
        attributes = child(measure, "attributes")
        if index == 0:
            child(attributes, "divisions", str(TICKS_PER_QUARTER))
        if key is not None and self.shows_keys:
            element = child(attributes, "key")
            child(element, "fifths", str(key.fifths))
            child(element, "mode", key.mode if "-" not in key.mode else "minor" if key.is_minor else "major")
        if metre is not None:
            element = child(attributes, "time")
            child(element, "beats", str(metre.numerator))
            child(element, "beat-type", str(metre.denominator))
        if index == 0 and self.grand:
            child(attributes, "staves", str(self.staves))
        for number, (sign, line, octaves) in clefs:
            clef = child(attributes, "clef", **({"number": str(number)} if self.grand else {}))
            child(clef, "sign", sign)
            if line is not None:
                child(clef, "line", str(line))
            if octaves:
                child(clef, "clef-octave-change", str(octaves))

    def _voice(
        self,
        measure: Any,
        events: Sequence[_Event],
        staff: int,
        number: int,
        index: int,
        accidentals: dict[tuple[Note, Tick], str],
        marks: Sequence[Mark],
        *,
        fill: bool,
    ) -> None:
        start, end = self.bars[index]
        metre = self.song.metre_at(start)
        if not events and fill:
            for mark in marks:
                mark.write(measure, mark.tick - start)
            self._rest(measure, end - start, staff, number, None)
            return
        plain = self.sound is None or self.sound.drum or bool(self.syllables)
        timeline, written = _written(events if plain else _articulated(events, end - start, metre), metre, end - start)
        if any(event.articulation and len(pieces) > 1 for event, pieces in zip(timeline, written, strict=True)):
            timeline, written = _written(events, metre, end - start)
        flat = [(event, piece) for event, pieces in zip(timeline, written, strict=True) for piece in pieces]
        beams = beam_states([piece if event.chord else None for event, piece in flat], metre)
        waiting = list(marks)
        for place, ((event, piece), beam) in enumerate(zip(flat, beams, strict=True)):
            last = place == len(flat) - 1
            while waiting and (last or waiting[0].tick - start < piece.end):
                mark = waiting.pop(0)
                mark.write(measure, mark.tick - start - piece.onset)
            if event.chord is None:
                if fill or piece.triplet:
                    self._rest(measure, piece.end - piece.onset, staff, number, piece)
                else:
                    forward = child(measure, "forward")
                    child(forward, "duration", str(piece.end - piece.onset))
            else:
                before = event.tied_before or piece.onset > event.onset
                after = event.tied_after or piece.end < event.end
                for nth, note in enumerate(event.chord.notes):
                    accidental = "" if before else accidentals.get((note, index), "")
                    tied, sign = (before, after), event.articulation
                    self._note(measure, note, piece, nth, staff, number, tied, accidental, beam, sign)

    def _rest(self, measure: Any, ticks: Tick, staff: int, number: int, piece: Piece | None) -> None:
        note = child(measure, "note")
        child(note, "rest", **({} if piece else {"measure": "yes"}))
        child(note, "duration", str(ticks))
        child(note, "voice", str(number))
        if piece is not None:
            _type(note, piece)
        if self.grand:
            child(note, "staff", str(staff))
        if piece is not None and (piece.starts_triplet or piece.stops_triplet):
            _tuplets(child(note, "notations"), piece)

    def _note(
        self,
        measure: Any,
        note: Note,
        piece: Piece,
        nth: int,
        staff: int,
        number: int,
        tied: tuple[bool, bool],
        accidental: str,
        beam: Sequence[str],
        articulation: str,
    ) -> None:
        before, after = tied
        element = child(measure, "note", dynamics=f"{note.velocity * 100 / FORTE:.2f}")
        if articulation:
            element.set("release", str(round(-RELEASES[articulation] * (piece.end - piece.onset))))
        if nth:
            child(element, "chord")
        sign = DRUM_SIGNS.get(note.pitch) if self.sound is not None and self.sound.drum else None
        if sign is not None:
            unpitched = child(element, "unpitched")
            child(unpitched, "display-step", sign.step)
            child(unpitched, "display-octave", str(sign.octave))
        else:
            _pitch(element, self._name(note), note.pitch)
        child(element, "duration", str(piece.end - piece.onset))
        if before:
            child(element, "tie", type="stop")
        if after:
            child(element, "tie", type="start")
        if sign is not None:
            child(element, "instrument", id=self._drum_id(note.pitch))
        child(element, "voice", str(number))
        _type(element, piece, accidental)
        if sign is not None and sign.notehead:
            child(element, "notehead", sign.notehead)
        if self.grand:
            child(element, "staff", str(staff))
        if nth == 0:
            for level, state in enumerate(beam, 1):
                child(element, "beam", state, number=str(level))
        triplet = nth == 0 and (piece.starts_triplet or piece.stops_triplet)
        if before or after or triplet or articulation:
            notations = child(element, "notations")
            if before:
                child(notations, "tied", type="stop")
            if after:
                child(notations, "tied", type="start")
            if triplet:
                _tuplets(notations, piece)
            if articulation:
                child(child(notations, "articulations"), articulation)
        if not before and (note.onset, note.pitch) in self.begins and note.syllable is not None:
            self._lyric(element, note.syllable, held=note.syllable in self.melismas)

    def _lyric(self, element: Any, number: int, *, held: bool) -> None:
        syllable = self.syllables[number]
        # "malam-malam": the hyphen that is part of the word is printed, so its syllable ends what MusicXML calls a word
        begins = syllable.begins_word or (number > 0 and self.syllables[number - 1].text.endswith("-"))
        ends = syllable.ends_word or syllable.text.endswith("-")
        place = {(True, True): "single", (True, False): "begin", (False, False): "middle", (False, True): "end"}
        lyric = child(element, "lyric", number="1")
        child(lyric, "syllabic", place[begins, ends])
        child(lyric, "text", syllable.text)
        if held and ends:
            child(lyric, "extend")
        if number in self.line_ends:
            child(lyric, "end-line")

    def _name(self, note: Note) -> NoteName:
        name = self.part.name if self.part is not None else ""
        return self.song.names[name, note.onset, note.pitch]

    def _key_at(self, tick: Tick) -> Key:
        at = bisect.bisect_right(self.keys, tick, key=lambda row: row[0]) - 1
        return self.keys[max(at, 0)][1]

    def _accidentals(self, index: int) -> dict[tuple[Note, int], str]:
        """The accidental of each note that begins in the bar, where it differs from what its staff says so far."""
        if self.sound is None or self.sound.drum:
            return {}
        start, _ = self.bars[index]
        signature = _signature_alters(self._key_at(start).fifths)
        beginning = sorted(
            (event.onset, staff, note.pitch, note)
            for (staff, _, _), by_bar in zip(self.voices, self.by_bar, strict=True)
            for event in by_bar.get(index, [])
            if event.chord is not None and not event.tied_before
            for note in event.chord.notes
        )
        seen: dict[tuple[int, str, int], int] = {}
        shown: dict[tuple[Note, int], str] = {}
        for _, staff, pitch, note in beginning:
            name = self._name(note)
            place = (staff, name.step, name.octave_of(pitch))
            if seen.get(place, signature[name.step]) != name.alter:
                shown[note, index] = ACCIDENTALS[name.alter]
            seen[place] = name.alter
        return shown


def _two_staves(sound: Instrument | None, notes: Sequence[Note]) -> tuple[list[Note], list[Note]]:
    """Upper and lower staff: a hand each where two play on keys or strings, else around middle C."""
    played = sound is not None and sound.family in ("keys", "plucked")
    return split_hands(notes) if played and needs_two_hands(notes) else split_staves(notes)


def _is_section_line(sound: Instrument, notes: Sequence[Note]) -> bool:
    """Whether a choir or a string section has one line, which then stands on one staff."""
    return sound.family in ("voice", "strings") and len({note.onset for note in notes}) == len(notes)


def _syllable_starts(notes: Sequence[Note]) -> tuple[set[tuple[Tick, int]], set[int]]:
    """Onset and pitch of each note that begins a syllable, and the numbers of the syllables that more notes hold."""
    begins: set[tuple[Tick, int]] = set()
    held: set[int] = set()
    before: int | None = None
    for note in notes:
        if note.syllable is None:
            continue
        if note.syllable == before:
            held.add(note.syllable)
        else:
            begins.add((note.onset, note.pitch))
        before = note.syllable
    return begins, held


def _signature_alters(fifths: int) -> dict[str, int]:
    order = "FCGDAEB"
    sharps, flats = order[: max(fifths, 0)], order[7 + min(fifths, 0) :]
    return {step: (step in sharps) - (step in flats) for step in order}


def _articulated(events: Sequence[_Event], ticks: Tick, metre: Metre) -> list[_Event]:
    """The events of a voice's bar, short ones before rests written longer, with an articulation."""
    found = []
    for event, following in zip_longest(events, events[1:]):
        free = following.onset if following is not None else ticks
        if not (event.tied_before or event.tied_after):
            end, sign = articulated(event.onset, event.end, free, metre)
            event = replace(event, end=end, articulation=sign)  # noqa: PLW2901
        found.append(event)
    return found


def _written(events: Sequence[_Event], metre: Metre, ticks: Tick) -> tuple[list[_Event], list[list[Piece]]]:
    """A voice's bar with its rests, and the values that write each event."""
    timeline = _with_rests(events, ticks)
    return timeline, write_bar([(event.onset, event.end) for event in timeline], metre, ticks)


def _with_rests(events: Sequence[_Event], ticks: Tick) -> list[_Event]:
    timeline, at = [], 0
    for event in events:
        if event.onset > at:
            timeline.append(_Event(at, event.onset, None))
        timeline.append(event)
        at = event.end
    if at < ticks:
        timeline.append(_Event(at, ticks, None))
    return timeline


def _pitch(element: Any, name: NoteName, midi: int) -> None:
    pitch = child(element, "pitch")
    child(pitch, "step", name.step)
    if name.alter:
        child(pitch, "alter", str(name.alter))
    child(pitch, "octave", str(name.octave_of(midi)))


def _type(element: Any, piece: Piece, accidental: str = "") -> None:
    child(element, "type", piece.type)
    for _ in range(piece.dots):
        child(element, "dot")
    if accidental:
        child(element, "accidental", accidental)
    if piece.triplet:
        change = child(element, "time-modification")
        child(change, "actual-notes", "3")
        child(change, "normal-notes", "2")
        child(change, "normal-type", piece.triplet)


def _tuplets(notations: Any, piece: Piece) -> None:
    if piece.starts_triplet:
        child(notations, "tuplet", type="start", bracket="yes")
    if piece.stops_triplet:
        child(notations, "tuplet", type="stop")
