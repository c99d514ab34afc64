"""ABC notation in (the ABC music standard 2.1, 2011, with the voices of abcm2ps): the first tune of a file.

Grace notes, decorations and the order of parts (P:) are left out; repeats are played out, each with its own verse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from senandung.domain.chords import Chord
from senandung.domain.errors import FileError, InputError
from senandung.domain.metre import Metre
from senandung.domain.pitch import STEP_SEMITONES
from senandung.domain.scales import Key
from senandung.domain.song import Song
from senandung.domain.time import TICKS_PER_QUARTER
from senandung.files.abc_fields import (
    parse_key,
    parse_length,
    parse_metre,
    parse_tempo,
    parse_words,
    signature,
)
from senandung.files.building import Part, build_song
from senandung.files.limits import MAX_NOTES, MAX_TICKS, checked_song
from senandung.files.lyrics import SungText
from senandung.files.measures import (
    Measure,
    RawNote,
    chords_of,
    fill_part,
    keys_of,
    marks_played,
    metres_played,
    play_out,
    tempos_of,
)
from senandung.files.reading import MEGABYTE, decode_text, read_bytes
from senandung.files.repeats import Signs

MAX_BYTES = 5 * MEGABYTE

MAX_MEASURES = 20_000

WHOLE = 4 * TICKS_PER_QUARTER

FIELD = re.compile(r"^([A-Za-z]):(?![|:])(.*)$")

_LENGTH = r"(?:\d{0,4}/{1,4}\d{0,4}|\d{0,4})"
TOKEN = re.compile(
    rf"""
    (?P<inline>\[[A-Za-z]:[^\]]{{0,200}}\])
    | (?P<bar>:*\|[\]|:]*(?:\[?\d[\d,\-]*)?|::+|\[\|\]?|\[\d[\d,\-]*|:+(?=\s|$))
    | (?P<grace>\{{[^}}]{{0,200}}\}})
    | (?P<text>"[^"]{{0,200}}")
    | (?P<decoration>![^!\n]{{0,40}}!|\+[a-z.<>()0-9]{{1,40}}\+)
    | (?P<tuplet>\(\d(?::\d?)?(?::\d?)?)
    | (?P<chord>\[[^\]|]{{0,200}}\]{_LENGTH}-?)
    | (?P<note>(?:\^\^?|__?|=)?[A-Ga-g][,']*{_LENGTH}-?)
    | (?P<rest>[zx]{_LENGTH})
    | (?P<bars>[ZX]\d{{0,3}})
    | (?P<broken>>{{1,3}}|<{{1,3}})
    | (?P<overlay>&)
    | (?P<tie>-)
    | (?P<other>.)
    """,
    re.VERBOSE,
)

NOTE = re.compile(rf"(\^\^?|__?|=)?([A-Ga-g])([,']*)({_LENGTH})(-?)")

TUPLETS = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""In the time of how many notes a tuplet of 2, 3, 4, 6 or 8 stands; 5, 7 and 9 go by the metre."""


@dataclass
class _Voice:
    """A voice while it is read; times in ticks from the start of the measure."""

    name: str
    part: Part
    metre: Metre
    unit: Fraction
    key: Key | None
    alters: dict[str, int]
    bpm: float | None = None
    semitones: int = 0
    measures: list[Measure] = field(default_factory=list)
    measure: Measure | None = None
    at: Fraction = Fraction(0)
    inside: dict[tuple[str, int], int] = field(default_factory=dict)
    tied: dict[tuple[str, int], int] = field(default_factory=dict)
    endings: frozenset[int] = frozenset()
    forward: bool = False
    mark: str = ""
    tuplet: tuple[Fraction, int] = (Fraction(1), 0)
    broken: Fraction = Fraction(1)
    last: list[RawNote] = field(default_factory=list)
    last_length: Fraction = Fraction(0)
    line: list[tuple[RawNote, int]] = field(default_factory=list)
    verse: int = 0


class _Tune:
    """Reads the lines of one tune."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.title = ""
        self.in_body = False
        self.metre: Metre = Metre()
        self.unit: Fraction | None = None
        self.key: Key | None = None
        self.alters = signature(0)
        self.bpm: float | None = None
        self.voices: dict[str, _Voice] = {}
        self.current = ""
        self.programs: dict[int, int] = {}
        self.synced = 0
        self.notes = 0
        self.line = 0

    def fail(self, reason: str) -> FileError:
        return FileError(self.path, reason, line=self.line)

    def voice(self, name: str = "") -> _Voice:
        """The voice of a name, or the one that is being read."""
        name = name or self.current or "1"
        self.current = name
        if name not in self.voices:
            if len(self.voices) >= 100:
                raise self.fail("a tune may have at most 100 voices")
            unit = self.unit or default_unit(self.metre)
            self.voices[name] = _Voice(name, Part(name), self.metre, unit, self.key, dict(self.alters), self.bpm)
            self.voices[name].measures = self._empty(self.voices[name], self.synced)
        return self.voices[name]

    def _empty(self, voice: _Voice, count: int) -> list[Measure]:
        if count > MAX_MEASURES:
            raise self.fail(f"a tune may have at most {MAX_MEASURES} measures")
        return [Measure(voice.metre, voice.key, voice.bpm) for _ in range(count)]

    def synchronise(self) -> None:
        """%%staves begins a new system: voices that were silent until here rest."""
        for voice in self.voices.values():
            self.close_measure(voice)
        self.synced = max((len(voice.measures) for voice in self.voices.values()), default=0)
        for voice in self.voices.values():
            voice.measures.extend(self._empty(voice, self.synced - len(voice.measures)))

    def read_field(self, name: str, text: str, *, inline: bool = False) -> None:
        """One information field, in the head, between lines or inside a line."""
        text = text.strip()
        if name == "T" and not self.in_body:
            self.title = self.title or text
        elif name == "M":
            metre = parse_metre(text)
            if metre is not None:
                self._set_metre(metre)
        elif name == "L":
            match = re.match(r"(\d{1,3})\s*/\s*(\d{1,4})$", text)
            if match and int(match[1]) and int(match[2]):
                unit = Fraction(int(match[1]), int(match[2]))
                if not self.in_body:
                    self.unit = unit
                for voice in [self.voice()] if self.in_body else self.voices.values():
                    voice.unit = unit
        elif name == "Q":
            self._set_tempo(text)
        elif name == "K":
            self._set_key(text)
        elif name == "V":
            self._set_voice(text)
        elif name == "P" and self.in_body:
            self.voice().mark = text.strip('"')
        elif name == "w" and not inline and self.in_body:
            self._words(text)

    def _set_metre(self, metre: Metre) -> None:
        if not self.in_body:
            self.metre = metre
        for voice in [self.voice()] if self.in_body else self.voices.values():
            voice.metre = metre
            if voice.measure is not None and voice.at == 0:
                voice.measure.metre = metre

    def _set_tempo(self, text: str) -> None:
        unit = self.unit or default_unit(self.metre)
        bpm = parse_tempo(text, unit)
        if bpm is None:
            return
        if not self.in_body:
            self.bpm = bpm
            return
        voice = self.voice()
        voice.bpm = bpm
        self._open(voice).tempos.append((voice.at, bpm))

    def _set_key(self, text: str) -> None:
        found = parse_key(text)
        if not self.in_body:
            if found is not None:
                self.key, self.alters = found
            for voice in self.voices.values():
                voice.key, voice.alters = self.key, dict(self.alters)
                voice.metre, voice.bpm = self.metre, self.bpm
                voice.unit = self.unit or default_unit(self.metre)
            self.in_body = True
        elif found is not None:
            voice = self.voice()
            voice.key, voice.alters = found[0], dict(found[1])
            self._open(voice).keys.append((voice.at, found[0]))

    def _set_voice(self, text: str) -> None:
        match = re.match(r"(\S+)(.*)$", text)
        if match is None:
            return
        voice = self.voice(match[1])
        for name, value in re.findall(r'([a-z]+)="?([^"\s]+(?:[^"=]*(?="))?)', match[2]):
            if name in ("name", "nm"):
                voice.part.name = value.replace("\\n", " ").strip()
            elif name == "transpose" and re.fullmatch(r"-?\d{1,2}", value):
                voice.semitones += int(value)
            elif name == "octave" and re.fullmatch(r"-?\d", value):
                voice.semitones += 12 * int(value)

    def read_directive(self, text: str) -> None:
        """A %% line: programs and new systems; the rest is page layout."""
        match = re.match(r"MIDI\s+program\s+(?:(\d{1,3})\s+)?(\d{1,3})", text)
        if match and int(match[2]) <= 127:
            self.programs[int(match[1] or 0)] = int(match[2])
        elif re.match(r"(staves|score)\b", text) and self.in_body:
            self.synchronise()

    def read_music(self, text: str, *, continues: bool) -> None:
        """A line of music. `continues` where the line before ended with a backslash."""
        started: set[str] = set()
        for match in TOKEN.finditer(text):
            kind, token = match.lastgroup, match[0]
            if kind == "inline":
                self.read_field(token[1], token[3:-1], inline=True)
                continue
            voice = self.voice()
            if voice.name not in started and kind in ("note", "chord", "bar", "rest"):
                started.add(voice.name)
                if not continues:
                    voice.line, voice.verse = [], 0
            if kind == "bar":
                self._bar(voice, token)
            elif kind in ("note", "chord"):
                self._notes(voice, token)
            elif kind == "rest":
                self._advance(voice, [], self._length(voice, parse_length(token[1:])))
            elif kind == "bars":
                self._bars_of_rest(voice, int(token[1:] or 1))
            elif kind == "tuplet":
                self._tuplet(voice, token)
            elif kind == "broken":
                self._broken(voice, token)
            elif kind == "overlay":
                voice.at = voice.last_length = Fraction(0)
            elif kind == "text":
                self._text(voice, token[1:-1])
            elif kind == "decoration":
                self._decoration(voice, token[1:-1])
            elif kind == "tie":
                for note in voice.last:
                    note.starts_tie = True

    def _open(self, voice: _Voice) -> Measure:
        if voice.measure is None:
            if len(voice.measures) >= MAX_MEASURES:
                raise self.fail(f"a tune may have at most {MAX_MEASURES} measures")
            voice.measure = Measure(voice.metre, voice.key, voice.bpm)
            voice.measure.signs = Signs(forward=voice.forward, endings=voice.endings)
            voice.forward = False
            if voice.mark:
                voice.measure.marks.append((Fraction(0), voice.mark))
                voice.mark = ""
        return voice.measure

    def close_measure(self, voice: _Voice) -> None:
        """End the measure that is being read, if anything stands in it."""
        if voice.measure is not None and voice.measure.length > 0:
            voice.measures.append(voice.measure)
            voice.measure = None
        voice.at = voice.last_length = Fraction(0)
        voice.inside = {}

    def _bar(self, voice: _Voice, token: str) -> None:
        self.close_measure(voice)
        if token.startswith(":") and voice.measures:
            voice.measures[-1].signs.backward = True
            voice.measures[-1].signs.times = min(len(token) - len(token.lstrip(":")), 9) + 1 if "|" in token else 2
        plain = re.sub(r"\[?\d[\d,\-]*$", "", token)
        if token.startswith(":") or "||" in plain or plain.endswith(("]", ":")):
            voice.endings = frozenset()
        if plain.endswith(":") and (plain.startswith("|") or set(plain) == {":"} or "|" in plain):
            voice.forward = True
        numbers = re.search(r"\d[\d,\-]*$", token)
        if numbers:
            voice.endings = ending_numbers(numbers[0])
        if voice.measure is not None:
            voice.measure.signs.forward |= voice.forward
            voice.measure.signs.endings = voice.endings
            voice.forward = False

    def _length(self, voice: _Voice, length: Fraction) -> Fraction:
        """Ticks of a length, tuplets and broken rhythm counted."""
        ratio, left = voice.tuplet
        voice.tuplet = (ratio, left - 1) if left > 1 else (Fraction(1), 0)
        ticks = length * voice.unit * WHOLE * ratio * voice.broken
        voice.broken = Fraction(1)
        return ticks

    def _advance(self, voice: _Voice, notes: list[RawNote], ticks: Fraction) -> None:
        measure = self._open(voice)
        for note in notes:
            note.duration = note.duration if len(notes) > 1 and note.duration > 0 else ticks
        self.notes += len(notes)
        if self.notes > MAX_NOTES:
            raise self.fail(f"a song may have at most {MAX_NOTES} notes")
        measure.notes.extend(note for note in notes if ticks > 0)
        voice.last, voice.last_length = notes, ticks
        voice.at += ticks
        measure.length = max(measure.length, voice.at)
        if voice.at > MAX_TICKS:
            raise self.fail(f"a song may last at most {MAX_TICKS} ticks")

    def _notes(self, voice: _Voice, token: str) -> None:
        whole = re.fullmatch(rf"\[(.*)\]({_LENGTH})(-?)", token)
        inner, factor, tie = (whole[1], parse_length(whole[2]), whole[3]) if whole else (token, Fraction(1), "")
        inner = re.sub(r'"[^"]*"|![^!]*!|\{[^}]*\}', "", inner)
        found = list(NOTE.finditer(inner))
        if not found:
            return
        lengths = [parse_length(match[4]) * factor for match in found]
        ticks = self._length(voice, lengths[0])
        notes = []
        tied: dict[tuple[str, int], int] = {}
        for match, length in zip(found, lengths, strict=True):
            own = ticks * length / lengths[0] if lengths[0] else Fraction(0)
            note, place, alter = self._note(voice, match, own)
            note.starts_tie = bool(match[5] or tie)
            if note.starts_tie:
                tied[place] = alter
            notes.append(note)
        voice.tied = tied
        self._advance(voice, notes, ticks)
        voice.line.append((notes[0], len(voice.measures)))

    def _note(self, voice: _Voice, match: re.Match[str], ticks: Fraction) -> tuple[RawNote, tuple[str, int], int]:
        step = match[2].upper()
        octave = (5 if match[2].islower() else 4) + match[3].count("'") - match[3].count(",")
        place = (step, octave)
        if match[1]:
            alter = match[1].count("^") - match[1].count("_")
            voice.inside[place] = alter
        else:
            alter = voice.tied.get(place, voice.inside.get(place, voice.alters[step]))
        pitch = STEP_SEMITONES[step] + alter + 12 * (octave + 1) + voice.semitones
        if not 0 <= pitch <= 127:
            raise self.fail(f"pitch must be a MIDI note number in 0..127, got {pitch}")
        return RawNote(voice.at, ticks, pitch, 80, "1", starts_tie=False, stops_tie=place in voice.tied), place, alter

    def _bars_of_rest(self, voice: _Voice, count: int) -> None:
        for _ in range(count):
            self._advance(voice, [], Fraction(voice.metre.bar_ticks))
            self.close_measure(voice)

    def _tuplet(self, voice: _Voice, token: str) -> None:
        numbers = token[1:].split(":")
        count = int(numbers[0])
        if count < 2:
            return
        usual = TUPLETS.get(count, 3 if voice.metre.is_compound else 2)
        time = int(numbers[1]) if len(numbers) > 1 and numbers[1] else usual
        notes = int(numbers[2]) if len(numbers) > 2 and numbers[2] else count
        voice.tuplet = (Fraction(max(time, 1), count), max(notes, 1))

    def _broken(self, voice: _Voice, token: str) -> None:
        short = Fraction(1, 2 ** len(token))
        long = 2 - short
        before, after = (long, short) if token[0] == ">" else (short, long)
        if voice.measure is None or voice.last_length <= 0:
            return
        for note in voice.last:
            note.duration *= before
        voice.at += voice.last_length * (before - 1)
        voice.measure.length = max((n.onset + n.duration for n in voice.measure.notes), default=voice.at)
        voice.measure.length = max(voice.measure.length, voice.at)
        voice.broken = after

    def _text(self, voice: _Voice, text: str) -> None:
        if not text or text[0] in "^_<>@":
            return
        try:
            chord = Chord.parse(text.strip().strip("()"))
        except InputError:
            if text.strip().upper().replace(".", "") == "NC":
                self._open(voice).chords.append((voice.at, None))
            return
        self._open(voice).chords.append((voice.at, chord))

    def _decoration(self, voice: _Voice, text: str) -> None:
        signs = {"segno": "segno", "coda": "coda", "fine": "fine", "D.C.": "da_capo", "D.S.": "dal_segno",
                 "dacapo": "da_capo", "dacoda": "to_coda"}  # fmt: skip
        if text in signs:
            measure = self._open(voice) if text in ("segno", "coda") or not voice.measures else voice.measure
            setattr((measure or voice.measures[-1]).signs, signs[text], True)

    def _words(self, text: str) -> None:
        """Give the notes of the line before their syllables; each further line of words is the next verse."""
        voice = self.voice()
        voice.verse += 1
        at = 0
        for item in parse_words(text):
            if at >= len(voice.line):
                break
            if isinstance(item, str):
                bar = voice.line[at][1]
                while at and at < len(voice.line) and voice.line[at][1] == bar == voice.line[at - 1][1]:
                    at += 1
                continue
            if isinstance(item, SungText):
                voice.line[at][0].lyrics[str(voice.verse)] = item
            at += 1


def load_abc(path: Path) -> Song:
    """Read the first tune of an ABC file into a song, a track a voice.

    Raises `FileError`, with the line, for a file without a tune and for values that break their rules.
    """
    path = Path(path)
    return parse_abc(decode_text(path, read_bytes(path, MAX_BYTES)), path)


def parse_abc(text: str, path: Path) -> Song:
    """The song of an ABC file's text; `path` is named in errors."""
    tune = _Tune(path)
    _read_lines(tune, text)
    if not tune.in_body:
        raise FileError(path, "not an ABC file: it has no key (K:) that begins a tune")
    for voice in tune.voices.values():
        tune.close_measure(voice)
    voices = [voice for voice in tune.voices.values() if any(measure.notes for measure in voice.measures)]
    if not voices:
        raise FileError(path, "the tune must have a note, got none")
    rows = [voice.measures for voice in voices]
    _divide_joined_measures(rows)
    played = play_out(rows, path)
    for index, (name, voice) in enumerate(tune.voices.items(), 1):
        voice.part.program = tune.programs.get(index, tune.programs.get(0))
        voice.part.name = voice.part.name or name

    def build() -> Song:
        for voice in voices:
            fill_part(voice.part, voice.measures, played)
        return build_song(
            tune.title or path.stem,
            [voice.part for voice in voices],
            tempos=tempos_of(rows, played),
            metres=metres_played(rows, played),
            keys=keys_of(rows, played),
            chords=chords_of(rows, played),
            marks=marks_played(rows[0], played),
        )

    return checked_song(path, build)


def _divide_joined_measures(rows: list[list[Measure]]) -> None:
    """Divide a measure where one voice leaves out a bar line that the others have."""
    most = max(len(row) for row in rows)
    usual = next(row for row in rows if len(row) == most)
    for row in rows:
        index = 0
        while index < len(row) < most and index < most:
            here, length = row[index], usual[index].length
            if 0 < length < here.length:
                rest = Measure(here.metre, here.key, here.bpm, length=here.length - length)
                rest.signs = Signs(backward=here.signs.backward, times=here.signs.times, endings=here.signs.endings)
                here.signs.backward = False
                for note in [note for note in here.notes if note.onset >= length]:
                    here.notes.remove(note)
                    note.onset -= length
                    rest.notes.append(note)
                here.length = length
                row.insert(index + 1, rest)
            index += 1


def default_unit(metre: Metre) -> Fraction:
    """The unit length, as a part of a whole, where no L: states it: a sixteenth in metres shorter than 3/4."""
    return Fraction(1, 16) if metre.bar_ticks * 4 < 3 * WHOLE else Fraction(1, 8)


def ending_numbers(text: str) -> frozenset[int]:
    """The passes of an ending such as "1", "1,3" or "1-3".

    >>> sorted(ending_numbers("1-3,5"))
    [1, 2, 3, 5]
    """
    numbers: set[int] = set()
    for item in text.split(","):
        ends = [int(part[:2]) for part in item.split("-") if part]
        if ends:
            numbers.update(range(ends[0], ends[-1] + 1))
    return frozenset(numbers) or frozenset({1})


def _read_lines(tune: _Tune, text: str) -> None:
    """The lines up to the second tune."""
    tunes, inside, continues = 0, "", False
    for number, row in enumerate(text.split("\n"), 1):
        tune.line = number
        if inside:
            inside = "" if row.startswith(inside) else inside
            continue
        if match := re.match(r"%%begin(text|ps)", row):
            inside = f"%%end{match[1]}"
        elif row.startswith("%%"):
            tune.read_directive(row[2:].strip())
        else:
            music = re.sub(r"(?<!\\)%.*$", "", row).rstrip()
            found = FIELD.match(music)
            if found and found[1] == "X":
                tunes += 1
                if tunes > 1 and tune.in_body:
                    return
            elif found and (tunes or found[1] in "TMLQKV"):
                tune.read_field(found[1], found[2])
            elif music and tune.in_body:
                tune.read_music(music.removesuffix("\\"), continues=continues)
                continues = music.endswith("\\")
