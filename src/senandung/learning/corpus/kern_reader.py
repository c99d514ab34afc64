"""A fast reader of Humdrum **kern for training: notes, bars, keys, metres, syllables; nothing of the engraving.

`files.kern` reads a file into a song for a user and checks everything; this one reads 294 MB in minutes and says
which bars it does not trust. Repeats are not played out; grace notes are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from senandung.learning.corpus.classes import class_of_name
from senandung.learning.corpus.raw import FINE, RawMeasure, RawNote, RawPart, RawScore

_RECIP = re.compile(r"(\d+)(?:%(\d+))?(\.*)")
_PITCH = re.compile(r"([a-gA-G])\1*(#+|-+|n)?")
_KEY = re.compile(r"^\*([a-gA-G])([#-]?):(?:([a-z]{3}))?")
_SIGNATURE = re.compile(r"^\*k\[([a-g#-]*)\]")
_METRE = re.compile(r"^\*M(\d+)/(\d+)$")
_TEMPO = re.compile(r"^\*MM(\d+(?:\.\d+)?)")
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_MODES = {"dor": "dorian", "mix": "mixolydian", "phr": "minor", "aeo": "minor", "lyd": "major", "ion": "major"}

_Token = tuple[int, tuple[tuple[int, bool, bool], ...]]
"""Length in fine units, and each note's pitch, whether it starts or carries on a tie, and whether it comes from one."""


@dataclass
class _Column:
    """A spine or sub-spine."""

    kind: str
    root: int
    end: int = 0


@dataclass
class _Staff:
    """What a **kern spine says of itself."""

    code: str = ""
    name: str = ""
    part: str = ""
    sung: bool = False
    notes: list[RawNote] = field(default_factory=list)
    open: dict[int, int] = field(default_factory=dict)


def read_kern(path: Path) -> RawScore:
    """The score of a kern file, and its reference records as `facts`."""
    return parse_kern(path.read_text(encoding="utf-8", errors="replace"))


def parse_kern(text: str) -> RawScore:
    """The score of kern text."""
    return _Parser().parse(text)


class _Parser:
    def __init__(self) -> None:
        self.columns: list[_Column] = []
        self.staves: dict[int, _Staff] = {}
        self.words: dict[int, int] = {}
        self.facts: dict[str, str] = {}
        self.measures: list[RawMeasure] = [RawMeasure(0, 0)]
        self.now = 0
        self.tempo: float | None = None
        self.cache: dict[str, _Token] = {}

    def parse(self, text: str) -> RawScore:
        for line in text.splitlines():
            if not line:
                continue
            if line.startswith("!"):
                if line.startswith("!!!") and not line.startswith("!!!!"):
                    name, _, value = line[3:].partition(":")
                    self.facts.setdefault(name.partition("@")[0].strip(), value.strip())
                continue
            tokens = line.split("\t")
            if line.startswith("*"):
                self._interpret(tokens)
            elif line.startswith("="):
                self._bar_line()
            elif len(tokens) == len(self.columns):
                self._data(tokens)
            else:
                self.measures[-1].broken = True
        self._bar_line()
        measures = [measure for measure in self.measures if measure.length > 0]
        return RawScore(self._parts(), measures, self.tempo, facts=self.facts)

    def _interpret(self, tokens: list[str]) -> None:
        if tokens[0].startswith("**") or not self.columns:
            self.columns = [_Column(token, index) for index, token in enumerate(tokens)]
            for index, token in enumerate(tokens):
                if token == "**kern":
                    self.staves[index] = _Staff()
                elif token == "**text" and index and index - 1 in self.staves:
                    self.words[index - 1] = index
                    self.staves[index - 1].sung = True
            return
        if any(token in ("*^", "*v", "*-", "*+", "*x") for token in tokens):
            self._reshape(tokens)
            return
        measure = self.measures[-1]
        for column, token in zip(self.columns, tokens, strict=False):
            if len(token) < 3 or column.kind != "**kern":
                continue
            staff = self.staves[column.root]
            if token.startswith('*I"'):
                staff.name = staff.name or token[3:].strip('"')
            elif token.startswith("*I") and token[2:3].islower() and not staff.code:
                staff.code = token[2:]
            elif token.startswith("*part"):
                staff.part = token[5:]
            elif found := _METRE.match(token):
                measure.metre = f"{found[1]}/{found[2]}"
            elif found := _KEY.match(token):
                tonic = _STEPS[found[1].lower()] + {"#": 1, "-": -1}.get(found[2], 0)
                mode = _MODES.get(found[3] or "", "minor" if found[1].islower() else "major")
                if measure.key is None:
                    measure.key = (tonic % 12, mode)
            elif found := _SIGNATURE.match(token):
                flats = found[1].count("-")
                measure.fifths = -flats if flats else found[1].count("#")
            elif found := _TEMPO.match(token):
                self.tempo = self.tempo or float(found[1])

    def _reshape(self, tokens: list[str]) -> None:
        shaped: list[_Column] = []
        joining = False
        for column, token in zip(self.columns, tokens, strict=False):
            if token == "*-":
                joining = False
            elif token == "*^":
                shaped += [column, _Column(column.kind, column.root, column.end)]
                joining = False
            elif token == "*v":
                if joining and shaped[-1].root == column.root:
                    shaped[-1].end = max(shaped[-1].end, column.end)
                else:
                    shaped.append(column)
                joining = True
            else:
                shaped.append(column)
                joining = False
        for index, token in enumerate(tokens[:-1]):
            if token == "*x" and tokens[index + 1] == "*x" and index + 1 < len(shaped):
                shaped[index], shaped[index + 1] = shaped[index + 1], shaped[index]
                break
        self.columns = shaped

    def _bar_line(self) -> None:
        """A bar line stands where time has come to: in old music values run over it, rests may count several bars."""
        measure = self.measures[-1]
        if self.now > measure.start:
            measure.length = self.now - measure.start
            self.measures.append(RawMeasure(self.now, 0))

    def _data(self, tokens: list[str]) -> None:
        now = self.now
        soonest, moved = -1, False
        for index, column in enumerate(self.columns):
            if column.kind != "**kern":
                continue
            token = tokens[index]
            if token != ".":
                parsed = self.cache.get(token)
                if parsed is None:
                    parsed = self.cache[token] = _parse_token(token)
                length, notes = parsed
                if length:
                    column.end = now + length
                    moved = True
                    if notes:
                        self._add(column.root, notes, length, tokens)
            if column.end > now and (soonest < 0 or column.end < soonest):
                soonest = column.end  # a voice that has ended and got nothing rests
        if moved:
            self.now = max(now, soonest)

    def _add(self, root: int, notes: tuple[tuple[int, bool, bool], ...], length: int, tokens: list[str]) -> None:
        staff = self.staves[root]
        melisma = False
        words = self.words.get(root)
        if words is not None:
            column = next((i for i, column in enumerate(self.columns) if column.root == words), None)
            melisma = column is not None and tokens[column] in (".", "_", "-")
        for pitch, ties_on, ties_from in notes:
            at = staff.open.pop(pitch, None) if ties_from else None
            if at is not None:
                known = staff.notes[at]
                staff.notes[at] = known._replace(length=self.now + length - known.start)
            else:
                at = len(staff.notes)
                staff.notes.append(RawNote(self.now, length, pitch, melisma))
            if ties_on:
                staff.open[pitch] = at

    def _parts(self) -> list[RawPart]:
        choir = any(staff.code in ("soprn", "canto", "alto", "tenor") for staff in self.staves.values())
        staves = [self.staves[index] for index in sorted(self.staves, reverse=True)]
        shared: dict[str, int] = {}
        for staff in staves:
            shared[staff.part] = shared.get(staff.part, 0) + 1
        parts = []
        for staff in staves:
            mates = [other for other in staves if other.part == staff.part] if staff.part else [staff]
            code = next((other.code for other in mates if other.code and other.code != "empty"), "")
            name = next((other.name for other in mates if other.name), "")
            found = class_of_name(code) or class_of_name(name) or ("voice" if staff.sung else "other")
            if found == "organ" and len(mates) == 1:
                found = "continuo"
            if found in ("basso", "alto") and not staff.sung and not choir:
                found = "contrabass" if found == "basso" else "viola"
            parts.append(RawPart(name or code, found, staff.sung, staff.notes))
        return parts


def _parse_token(token: str) -> _Token:
    """The length and notes of a token; length 0 for grace notes and what has none."""
    length = 0
    notes = []
    for sub in token.split(" "):
        if "q" in sub or "Q" in sub:
            continue
        recip = _RECIP.search(sub)
        if recip is None:
            continue
        number = int(recip[1])
        base = 4 * FINE * int(recip[2] or 1) / number if number else 8 * FINE * 2 ** (len(recip[1]) - 1)
        dots = len(recip[3])
        here = round(base * (2 - 0.5**dots))
        length = length or here
        if "r" in sub:
            continue
        pitch = _PITCH.search(sub)
        if pitch is None:
            continue
        letter = pitch[1]
        signs = pitch[2] or ""
        run = len(pitch[0]) - len(signs)
        octave = 60 + 12 * (run - 1) if letter.islower() else 48 - 12 * (run - 1)
        midi = octave + _STEPS[letter.lower()] + signs.count("#") - signs.count("-")
        if 0 <= midi <= 127:
            notes.append((midi, "[" in sub or "_" in sub, "]" in sub or "_" in sub))
    return length, tuple(notes)
