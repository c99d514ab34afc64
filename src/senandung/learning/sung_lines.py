"""Sung lines of scores: which pitch each syllable has, where it stands in its bar, and the chord above it.

Only what the melody tables need is read; whole scores are read by `senandung.files`. Repeats are not unfolded, first
verses only, one voice a part.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from senandung.domain.chords import Chord
from senandung.domain.errors import SenandungError
from senandung.domain.pitch import STEP_SEMITONES
from senandung.domain.scales import SIGNATURE_SHIFT, Key, key_of_pitch_class
from senandung.domain.time import TICKS_PER_QUARTER, Tick

LONGEST_XML = 64_000_000
"""A score's XML is not read beyond this many bytes."""


@dataclass(frozen=True)
class SungNote:
    """A note of a sung part.

    `bar` counts bars from 0; `position` and `duration` in ticks, the position from the bar's start (a pickup stands at
    the end of bar 0); `begins` is True where a syllable begins; `ends_line` where its text ends a clause; `chord` is
    what the lead sheet writes at that place.
    """

    bar: int
    position: Tick
    duration: Tick
    pitch: int
    begins: bool
    ends_line: bool = False
    chord: Chord | None = None


@dataclass(frozen=True)
class SungPart:
    """A stretch of a sung part in one key and metre."""

    name: str
    key: Key
    metre: str
    bar_ticks: Tick
    notes: tuple[SungNote, ...]


_CLAUSE = re.compile(r"[,.;:!?…»”]['\"’]?$")
# Krumhansl & Kessler (1982), probe-tone ratings.
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def choose_key(fifths: int, notes: tuple[SungNote, ...]) -> Key:
    """The major or minor key of a signature that fits a melody: probe-tone profile, and its last note."""
    weights = [0.0] * 12
    for note in notes:
        weights[note.pitch % 12] += note.duration
    total = sum(weights) or 1.0
    fits: list[tuple[float, Key]] = []
    for mode, profile in (("major", _MAJOR), ("minor", _MINOR)):
        tonic = (7 * (fifths - SIGNATURE_SHIFT[mode])) % 12
        mean = sum(profile) / 12
        fit = sum(weights[(tonic + step) % 12] * (profile[step] - mean) for step in range(12)) / total
        last = (notes[-1].pitch - tonic) % 12
        fit += {0: 0.8, 7: 0.1, 3 if mode == "minor" else 4: 0.25}.get(last, 0.0)
        fits.append((fit, key_of_pitch_class(tonic, mode)))
    return max(fits, key=lambda row: row[0])[1]


# MusicXML

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "major": "maj", "minor": "min", "dominant": "7", "major-seventh": "maj7", "minor-seventh": "min7",
        "diminished": "dim", "diminished-seventh": "dim7", "half-diminished": "hdim7", "augmented": "aug",
        "suspended-fourth": "sus4", "suspended-second": "sus2", "major-sixth": "maj6", "minor-sixth": "min6",
        "dominant-ninth": "9", "major-ninth": "maj9", "minor-ninth": "min9", "power": "5", "major-minor": "minmaj7",
        "augmented-seventh": "aug",
    }
)  # fmt: skip


def read_mxl(path: Path) -> list[SungPart]:
    """The sung part of a compressed MusicXML score: the voice with the most syllables. Empty where nobody sings."""
    from lxml import etree

    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".musicxml")) and "META-INF" not in name]
        if not names or archive.getinfo(names[0]).file_size > LONGEST_XML:
            return []
        data = archive.read(names[0])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(data, parser)
    parts = root.findall("part")
    if not parts:
        return []
    sung = max(parts, key=lambda part: len(part.findall(".//lyric")))
    if len(sung.findall(".//lyric")) < 8:
        return []
    return _split(path.stem, list(_read_part(sung)))


@dataclass
class _Bar:
    """A bar as it is read."""

    number: int
    fifths: int
    metre: tuple[int, int]
    notes: list[SungNote]


def _read_part(part: Any) -> Iterator[_Bar]:
    divisions, fifths, metre = 1, 0, (4, 4)
    voices = Counter(note.findtext("voice") for note in part.iter("note") if note.find("lyric") is not None)
    voice = voices.most_common(1)[0][0]
    chord: Chord | None = None
    held = False
    for number, measure in enumerate(part.findall("measure")):
        at = 0
        notes: list[SungNote] = []
        for item in measure:
            if item.tag == "attributes":
                divisions = int(item.findtext("divisions") or divisions)
                fifths = int(item.findtext("key/fifths") or fifths)
                if item.find("time/beats") is not None:
                    metre = _metre(item, metre)
            elif item.tag == "harmony":
                chord = _harmony(item) or chord
            elif item.tag in ("backup", "forward"):
                moved = _ticks(item, divisions)
                at += moved if item.tag == "forward" else -moved
            elif item.tag == "note" and item.find("grace") is None and item.find("chord") is None:
                length = _ticks(item, divisions)
                if item.findtext("voice") == voice and item.find("pitch") is not None:
                    stops = any(tie.get("type") == "stop" for tie in item.findall("tie"))
                    if stops and held and notes_end(notes) == at:
                        notes[-1] = replace(notes[-1], duration=notes[-1].duration + length)
                    else:
                        notes.append(_note(item, number, at, length, chord, tied=stops))
                    held = any(tie.get("type") == "start" for tie in item.findall("tie"))
                at += length
        full = metre[0] * 4 * TICKS_PER_QUARTER // metre[1]
        if notes and (number == 0 or measure.get("implicit") == "yes") and at < full:
            notes = [replace(note, position=note.position + full - at) for note in notes]
        yield _Bar(number, fifths, metre, notes)


def notes_end(notes: list[SungNote]) -> Tick:
    """Where the last note ends inside its bar, -1 where there is none."""
    return notes[-1].position + notes[-1].duration if notes else -1


def _metre(item: Any, metre: tuple[int, int]) -> tuple[int, int]:
    try:
        return int(item.findtext("time/beats")), int(item.findtext("time/beat-type"))
    except (TypeError, ValueError):
        return metre


def _ticks(item: Any, divisions: int) -> Tick:
    return round(float(item.findtext("duration") or 0) * TICKS_PER_QUARTER / divisions)


def _note(item: Any, bar: int, at: Tick, length: Tick, chord: Chord | None, *, tied: bool) -> SungNote:
    pitch = item.find("pitch")
    step = STEP_SEMITONES[pitch.findtext("step")]
    midi = 12 * (int(pitch.findtext("octave")) + 1) + step + round(float(pitch.findtext("alter") or 0))
    lyrics = [lyric for lyric in item.findall("lyric") if lyric.get("number", "1") in ("1", "part1verse1")]
    text = "".join(t.text or "" for t in lyrics[0].findall("text")) if lyrics else ""
    ends = bool(_CLAUSE.search(text.strip())) and lyrics[0].findtext("syllabic") in ("single", "end", None)
    return SungNote(bar, at, length, midi, bool(lyrics) and not tied, ends, chord)


def _harmony(item: Any) -> Chord | None:
    kind = _KINDS.get(item.findtext("kind") or "")
    step = item.findtext("root/root-step")
    if kind is None or step is None:
        return None
    alter = round(float(item.findtext("root/root-alter") or 0))
    try:
        return Chord.parse_harte(f"{step}{'#' * alter if alter > 0 else 'b' * -alter}:{kind}")
    except SenandungError:
        return None


def _split(name: str, bars: list[_Bar]) -> list[SungPart]:
    """Stretches of one signature and metre, each with its own key."""
    parts: list[SungPart] = []
    run: list[_Bar] = []
    for bar in [*bars, None]:
        if run and (bar is None or (bar.fifths, bar.metre) != (run[-1].fifths, run[-1].metre)):
            notes = tuple(note for held in run for note in held.notes)
            if sum(note.begins for note in notes) >= 8 and -7 <= run[0].fifths <= 7:
                beats, unit = run[0].metre
                ticks = beats * 4 * TICKS_PER_QUARTER // unit
                parts.append(SungPart(name, choose_key(run[0].fifths, notes), f"{beats}/{unit}", ticks, notes))
            run = []
        if bar is not None:
            run.append(bar)
    return parts


# ABC

_ABC_TOKEN = re.compile(
    r"\[(?:[A-Za-z]:[^\]]*)\]|![^!]*!|\"[^\"]*\"|\{[^}]*\}|\[(?P<many>[^\]]+)\](?P<mlen>[\d/]*)|"
    r"(?P<acc>\^\^|\^|__|_|=)?(?P<note>[A-Ga-gzx])(?P<oct>[,']*)(?P<len>[\d/]*)|(?P<tie>-)|(?P<bar>\|\]?|:\|)|(?P<tup>\(3)|."
)


def read_abc(path: Path) -> list[SungPart]:
    """The upper voice of an Open Hymnal tune with its first verse. Empty where metre changes or notes do not fit."""
    text = path.read_text(encoding="utf-8", errors="replace")
    head = _abc_head(text)
    if head is None:
        return []
    key, metre, bar_ticks, default = head
    lines = text.splitlines()
    notes: list[tuple[Tick, Tick, int | None, bool, bool]] = []
    bars: list[Tick] = []
    at = 0
    for row, line in enumerate(lines):
        if not line.startswith("[V: S1V1]"):
            continue
        words = next((w[2:] for w in lines[row + 1 : row + 2] if w.startswith("w:")), "")
        marks = _abc_words(words)
        for pitch, duration, is_bar in _abc_notes(line, key, default):
            if is_bar:
                bars.append(at)
                continue
            begins, ends = next(marks, (False, False)) if pitch is not None else (False, False)
            notes.append((at, duration, pitch, begins, ends))
            at += duration
    if not bars or sum(row[3] for row in notes) < 8:
        return []
    first = bars[0] if bars[0] <= bar_ticks else 0
    shift = (bar_ticks - first) % bar_ticks
    if sum((bar + shift) % bar_ticks == 0 for bar in bars) < 0.6 * len(bars):
        return []
    sung = tuple(
        SungNote((start + shift) // bar_ticks, (start + shift) % bar_ticks, duration, pitch, begins, ends)
        for start, duration, pitch, begins, ends in notes
        if pitch is not None
    )
    return [SungPart(path.stem, choose_key(key.fifths, sung), metre, bar_ticks, sung)]


def _abc_head(text: str) -> tuple[Key, str, Tick, Tick] | None:
    """Key, metre, ticks of a bar and of the default length; None where they change or are not understood."""
    fields = {m.group(1): m.group(2).split("%")[0].strip() for m in re.finditer(r"^([MLK]):\s*(.*)$", text, re.M)}
    metre = {"C": "4/4", "C|": "2/2"}.get(fields.get("M", ""), fields.get("M", ""))
    key_text = re.sub(r"\s.*", "", fields.get("K", ""))
    if not re.fullmatch(r"\d+/\d+", metre) or re.search(r"\[M:", text):
        return None
    try:
        key = Key.parse(key_text)
    except SenandungError:
        return None
    beats, unit = (int(part) for part in metre.split("/"))
    length = fields.get("L", "1/8").split("/")
    default = 4 * TICKS_PER_QUARTER * int(length[0]) // int(length[1])
    return key, metre, beats * 4 * TICKS_PER_QUARTER // unit, default


VOICES = ("S1V1", "S1V2", "S2V1", "S2V2")
"""The four voices of the Open Hymnal's files: soprano, alto, tenor, bass."""


def read_voices(path: Path) -> tuple[tuple[tuple[Tick, Tick, int], ...], ...]:
    """Onset, length and pitch of every note of the four voices; empty where they do not end together."""
    text = path.read_text(encoding="utf-8", errors="replace")
    head = _abc_head(text)
    if head is None:
        return ()
    voices = []
    ends = set()
    for voice in VOICES:
        notes: list[tuple[Tick, Tick, int]] = []
        at = 0
        for line in text.splitlines():
            if line.startswith(f"[V: {voice}]"):
                for pitch, ticks, _ in _abc_notes(line, head[0], head[3]):
                    if pitch is not None:
                        notes.append((at, ticks, pitch))
                    at += ticks
        voices.append(tuple(notes))
        ends.add(at)
    return tuple(voices) if len(ends) == 1 and all(voices) else ()


def _abc_notes(line: str, key: Key, default: Tick) -> Iterator[tuple[int | None, Tick, bool]]:
    """Pitch (None for a rest), ticks, and whether it is a bar line instead, for one line of one voice."""
    body = line[len("[V: S1V1]") :].partition("%")[0]
    sharps, flats = "FCGDAEB"[: max(key.fifths, 0)], "BEADGCF"[: max(-key.fifths, 0)]
    signature = {step: (step in sharps) - (step in flats) for step in STEP_SEMITONES}
    bar_signs: dict[str, int] = {}
    triplet = 0
    for match in _ABC_TOKEN.finditer(body):
        if match.group("bar"):
            bar_signs = {}
            yield None, 0, True
        elif match.group("tup"):
            triplet = 3
        elif match.group("note") or match.group("many"):
            inner = match if match.group("note") else _ABC_TOKEN.match(match.group("many"))
            if inner is None or not inner.group("note"):
                continue
            ticks = _abc_length(inner.group("len") or match.group("mlen") or "", default)
            if triplet:
                ticks, triplet = ticks * 2 // 3, triplet - 1
            letter = inner.group("note")
            if letter in "zx":
                yield None, ticks, False
                continue
            step = letter.upper()
            octave = 5 if letter.isupper() else 6
            octave += inner.group("oct").count("'") - inner.group("oct").count(",")
            sign = inner.group("acc")
            if sign:
                bar_signs[step] = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}[sign]
            yield 12 * octave + STEP_SEMITONES[step] + bar_signs.get(step, signature[step]), ticks, False


def _abc_length(text: str, default: Tick) -> Tick:
    if not text:
        return default
    above, slash, below = text.partition("/")
    divisor = int(below) if below.isdigit() else 2 ** (len(below) + 1) if slash else 1
    return default * int(above or 1) // divisor


def _abc_words(text: str) -> Iterator[tuple[bool, bool]]:
    for word in text.replace("\\-", "").split():
        for piece in re.findall(r"\*|_|[^-*_]+-?|-", word):
            if piece in ("*", "_"):
                yield False, False
            elif piece != "-":
                yield True, bool(_CLAUSE.search(piece))
