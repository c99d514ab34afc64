"""Humdrum **kern in (Huron, *The Humdrum Toolkit: Reference Manual*, 1994): a part a spine, words of its **text spine.

Grace notes and expansions (*>) are left out; an editor's signifiers are ignored.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from fractions import Fraction
from pathlib import Path

from senandung.domain.errors import FileError, InputError
from senandung.domain.metre import Metre
from senandung.domain.pitch import STEP_SEMITONES, NoteName
from senandung.domain.scales import Key
from senandung.domain.song import KeyChange, Note, Song
from senandung.domain.tempo import TempoChange
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.files.bars import metres_of_bars
from senandung.files.building import Part, build_song
from senandung.files.limits import MAX_NOTES, MAX_TICKS, checked_song
from senandung.files.lyrics import SungText
from senandung.files.reading import MEGABYTE, decode_text, read_bytes

MAX_BYTES = 20 * MEGABYTE

MAX_SPINES = 200

DURATION = re.compile(r"(\d{1,6})(?:%(\d{1,6}))?(\.{0,6})")
PITCH = re.compile(r"([a-gA-G])\1{0,6}(#{1,3}|-{1,3}|n?)")

INSTRUMENTS: Mapping[str, str] = {
    "piano": "piano", "pno": "piano", "klav": "piano", "cemba": "harpsichord", "organ": "organ", "guitr": "guitar",
    "arpa": "harp", "violn": "violin", "vioin": "violin", "viola": "viola", "cello": "cello", "cbass": "contrabass",
    "flt": "flute", "oboe": "oboe", "clars": "clarinet", "fagot": "bassoon", "cor": "horn", "tromp": "trumpet",
    "clarn": "trumpet", "tromb": "trombone", "timpa": "timpani", "vox": "voice", "soprn": "voice", "mezzo": "voice",
    "alto": "voice", "tenor": "voice", "baritn": "voice", "bass": "voice", "calto": "voice", "coro": "choir",
}  # fmt: skip
"""Instrument names by Humdrum's codes for them."""

MODES = {"dor": "dorian", "phr": "phrygian", "lyd": "lydian", "mix": "mixolydian", "loc": "locrian"}


@dataclass
class _Spine:
    """A column of the file: its kind, the part and verse that it belongs to, and until when its last token lasts."""

    kind: str
    part: int
    due: Fraction = Fraction(0)
    verse: int = 0


@dataclass
class _Reading:
    """What is known while the lines are read."""

    path: Path
    parts: list[Part] = field(default_factory=list)
    spines: list[_Spine] = field(default_factory=list)
    open_notes: dict[tuple[int, int], Note] = field(default_factory=dict)
    words: dict[tuple[int, int], dict[Tick, SungText]] = field(default_factory=dict)
    now: Fraction = Fraction(0)
    notes: int = 0
    bars: list[Fraction] = field(default_factory=list)
    metres: list[tuple[Fraction, Metre]] = field(default_factory=list)
    keys: list[KeyChange] = field(default_factory=list)
    tempos: list[TempoChange] = field(default_factory=list)
    title: str = ""


def load_kern(path: Path) -> Song:
    """Read a **kern file into a song, a track a **kern spine.

    Raises `FileError`, with the line, for a file without **kern, and for columns or tokens that break its rules.
    """
    path = Path(path)
    return parse_kern(decode_text(path, read_bytes(path, MAX_BYTES)), path)


def parse_kern(text: str, path: Path) -> Song:
    """The song of a **kern file's text; `path` is named in errors."""
    reading = _Reading(path)
    for number, row in enumerate(text.split("\n"), 1):
        if row.startswith("!!!OTL") and not reading.title:
            reading.title = row.partition(":")[2].strip()
        if row.strip() and not row.startswith("!"):
            _read_row(reading, row.split("\t"), number)
    if not reading.parts:
        raise FileError(path, "not a Humdrum file: it has no **kern spine")
    for (part, _), note in reading.open_notes.items():
        reading.parts[part].notes.append(note)
    for index, part_read in enumerate(reading.parts):
        verses = sorted(verse for owner, verse in reading.words if owner == index)
        if verses:
            part_read.lyrics = reading.words[index, verses[0]]
    return checked_song(
        path,
        lambda: build_song(
            reading.title or path.stem,
            list(reversed(reading.parts)),  # a Humdrum score stands on its side: the lowest part comes first
            tempos=reading.tempos,
            metres=metres_of_bars(_bars(reading)),
            keys=reading.keys,
        ),
    )


def _read_row(reading: _Reading, tokens: Sequence[str], line: int) -> None:
    if tokens[0].startswith("**"):
        _begin(reading, tokens, line)
        return
    if not reading.spines:
        raise FileError(reading.path, f"not a Humdrum file: it begins with {tokens[0][:20]!r}", line=line)
    if len(tokens) != len(reading.spines):
        reason = f"a line must have a token for each of the {len(reading.spines)} spines, got {len(tokens)}"
        raise FileError(reading.path, reason, line=line)
    if any(token.startswith("*") for token in tokens):
        _interpret(reading, tokens, line)
    elif any(token.startswith("=") for token in tokens):
        _bar_line(reading)
    else:
        _play(reading, tokens, line)


def _begin(reading: _Reading, tokens: Sequence[str], line: int) -> None:
    if reading.spines:
        raise FileError(reading.path, "spines must end before new ones begin", line=line)
    if len(tokens) > MAX_SPINES:
        raise FileError(reading.path, f"a file may have at most {MAX_SPINES} spines, got {len(tokens)}", line=line)
    for token in tokens:
        if token == "**kern":
            reading.parts.append(Part(""))
        reading.spines.append(_Spine(token, len(reading.parts) - 1, reading.now, len(reading.spines)))


def _interpret(reading: _Reading, tokens: Sequence[str], line: int) -> None:
    if any(token in ("*^", "*v", "*-", "*+", "*x") or token.startswith("**") for token in tokens):
        reading.spines = _rearranged(reading, tokens, line)
        return
    for spine, token in zip(reading.spines, tokens, strict=True):
        if spine.kind == "**kern" and len(token) > 1:
            _state(reading, reading.parts[spine.part], token)


def _rearranged(reading: _Reading, tokens: Sequence[str], line: int) -> list[_Spine]:
    """The columns after splits, joins, exchanges, ends and beginnings."""
    after: list[_Spine] = []
    joining = False
    exchanged: int | None = None
    for spine, token in zip(reading.spines, tokens, strict=True):
        if token == "*v" and joining:
            after[-1].due = max(after[-1].due, spine.due)
            continue
        joining = token == "*v"
        if token == "*-":
            continue
        after.append(spine)
        if token == "*^":
            after.append(replaced(spine))
        elif token == "*+":
            after.append(_Spine("", spine.part, reading.now))
        elif token == "*x" and exchanged is not None:
            after[exchanged], after[-1] = after[-1], after[exchanged]
            exchanged = None
        elif token == "*x":
            exchanged = len(after) - 1
        elif token.startswith("**"):
            spine.kind = token
            if token == "**kern":
                reading.parts.append(Part(""))
                spine.part = len(reading.parts) - 1
    if len(after) > MAX_SPINES:
        raise FileError(reading.path, f"a file may have at most {MAX_SPINES} spines, got {len(after)}", line=line)
    return after


def _state(reading: _Reading, part: Part, token: str) -> None:
    """A tandem interpretation: metre, key, tempo, instrument; a value that breaks its rule is left out."""
    at = round(_next_time(reading))
    try:
        if match := re.fullmatch(r"\*M(\d{1,2})/(\d{1,2})", token):
            reading.metres.append((_next_time(reading), Metre(int(match[1]), int(match[2]))))
        elif match := re.fullmatch(r"\*MM(\d{1,4}(?:\.\d{1,4})?)", token):
            reading.tempos.append(TempoChange.at_bpm(at, float(match[1])))
        elif match := re.fullmatch(r"\*k\[((?:[a-g][#-]+)*)\]", token):
            fifths = match[1].count("#") - match[1].count("-")
            reading.keys.append(KeyChange(at, Key(NoteName.from_fifths(fifths), "major")))
        elif match := re.fullmatch(r"\*([A-Ga-g])([#-]?):([a-z]{3})?", token):
            mode = MODES.get(match[3] or "", "minor" if match[1].islower() else "major")
            reading.keys.append(KeyChange(at, Key(NoteName.parse(match[1].upper() + match[2].replace("-", "b")), mode)))
        elif token.startswith('*I"') and not part.name:
            part.name = token[3:].strip(" []")
        elif token.startswith("*I") and token[2:] in INSTRUMENTS:
            part.instrument = part.instrument or INSTRUMENTS[token[2:]]
    except InputError:
        return


def _next_time(reading: _Reading) -> Fraction:
    """The time at which the next line of data stands."""
    ahead = [spine.due for spine in reading.spines if spine.kind == "**kern" and spine.due > reading.now]
    return min(ahead, default=reading.now)


def _bar_line(reading: _Reading) -> None:
    at = _next_time(reading)
    if not reading.bars or reading.bars[-1] < at:
        reading.bars.append(at)


def _play(reading: _Reading, tokens: Sequence[str], line: int) -> None:
    """A line of data: every token begins at the same time."""
    kern = [
        (spine, token)
        for spine, token in zip(reading.spines, tokens, strict=True)
        if spine.kind == "**kern" and token != "." and "q" not in token.lower().split(" ")[0]
    ]
    if kern:
        reading.now = max(reading.now, min(spine.due for spine, _ in kern))
    if reading.now > MAX_TICKS:
        raise FileError(reading.path, f"a song may last at most {MAX_TICKS} ticks", line=line)
    for spine, token in kern:
        spine.due = reading.now + _strike(reading, spine.part, token, line)
    onset = round(reading.now)
    for spine, token in zip(reading.spines, tokens, strict=True):
        if spine.kind in ("**text", "**silbe") and token != "." and spine.part >= 0:
            before = reading.words.setdefault((spine.part, spine.verse), {})
            text = _sung_text(token)
            if text is not None:
                before[onset] = text


def _strike(reading: _Reading, part: int, token: str, line: int) -> Fraction:
    """Begin the notes of a token; returns its duration in ticks."""
    total: Fraction | None = None
    for item in token.split(" "):
        match = DURATION.search(item)
        duration = _ticks(match) if match else total
        if duration is None:
            raise FileError(reading.path, f"a note must have a duration, got {item[:20]!r}", line=line)
        total = duration if total is None else total
        found = PITCH.search(item)
        if "r" in item or found is None:
            continue
        pitch = _midi(found)
        if not 0 <= pitch <= 127:
            raise FileError(reading.path, f"pitch must be a MIDI note number in 0..127, got {pitch}", line=line)
        _add_note(reading, part, pitch, duration, item)
        if reading.notes > MAX_NOTES:
            raise FileError(reading.path, f"a song may have at most {MAX_NOTES} notes", line=line)
    return total if total is not None else Fraction(0)


def _add_note(reading: _Reading, part: int, pitch: int, duration: Fraction, item: str) -> None:
    onset, end = round(reading.now), round(reading.now + duration)
    if end <= onset:
        return
    reading.notes += 1
    tied = reading.open_notes.pop((part, pitch), None) if "_" in item or "]" in item else None
    note = Note(onset, end - onset, pitch)
    if tied is not None and tied.end == onset:
        note = replaced(tied, duration=end - tied.onset)
    elif tied is not None:
        reading.parts[part].notes.append(tied)
    if "[" in item or "_" in item:
        before = reading.open_notes.pop((part, pitch), None)
        if before is not None:
            reading.parts[part].notes.append(before)
        reading.open_notes[part, pitch] = note
    else:
        reading.parts[part].notes.append(note)


def _ticks(match: re.Match[str]) -> Fraction:
    """The duration of a reciprocal: 4 a quarter, 0 a breve, 3%2 two thirds of a whole, dots as written."""
    digits = match[1]
    wholes = Fraction(2 ** len(digits)) if set(digits) == {"0"} else Fraction(int(match[2] or 1), int(digits))
    dots = len(match[3])
    return wholes * 4 * TICKS_PER_QUARTER * (2 - Fraction(1, 2**dots))


def _midi(match: re.Match[str]) -> int:
    letters = re.match(r"[a-gA-G]+", match[0])
    count = len(letters[0]) if letters else 1
    octave = 3 + count if match[1].islower() else 4 - count
    alter = match[2].count("#") - match[2].count("-")
    return STEP_SEMITONES[match[1].upper()] + alter + 12 * (octave + 1)


def _sung_text(token: str) -> SungText | None:
    begins, ends = not token.startswith("-"), not token.endswith("-")
    text = token.strip("-_| ").replace("|", "")
    return SungText(text, begins, ends) if text and any(letter.isalnum() for letter in text) else None


def _bars(reading: _Reading) -> list[tuple[Tick, Metre]]:
    """The length and the metre of each bar."""
    end = max([spine.due for spine in reading.spines] + [reading.now, Fraction(0)])
    end = max(end, Fraction(max((note.end for part in reading.parts for note in part.notes), default=0)))
    lines = sorted({Fraction(0), *reading.bars, end})
    bars = []
    for start, stop in itertools.pairwise(lines):
        known = [metre for at, metre in reading.metres if at <= start]
        bars.append((round(stop) - round(start), known[-1] if known else Metre()))
    return [bar for bar in bars if bar[0] > 0]
