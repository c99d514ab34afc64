"""Measures as a file writes them, and the parts that they make when repeats are played out and ties joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from fractions import Fraction
from pathlib import Path

from senandung.domain.chords import Chord
from senandung.domain.errors import FileError
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, KeyChange, MetreChange, Note
from senandung.domain.tempo import TempoChange
from senandung.domain.time import Tick
from senandung.files.bars import metres_of_bars
from senandung.files.building import Part
from senandung.files.limits import MAX_TICKS
from senandung.files.lyrics import SungText
from senandung.files.repeats import MAX_PLAYED, Signs, playing_order


@dataclass
class RawNote:
    """A note of a measure; times in ticks, not yet rounded. `lyrics` holds its syllables by verse."""

    onset: Fraction
    duration: Fraction
    pitch: int
    velocity: int
    voice: str
    starts_tie: bool
    stops_tie: bool
    lyrics: dict[str, SungText] = field(default_factory=dict)
    staff: int = 0


@dataclass
class Measure:
    """A measure of one part. `key` and `bpm` hold at its start, if known."""

    metre: Metre
    key: Key | None
    bpm: float | None
    length: Fraction = Fraction(0)
    notes: list[RawNote] = field(default_factory=list)
    keys: list[tuple[Fraction, Key]] = field(default_factory=list)
    tempos: list[tuple[Fraction, float]] = field(default_factory=list)
    chords: list[tuple[Fraction, Chord | None]] = field(default_factory=list)
    marks: list[tuple[Fraction, str]] = field(default_factory=list)
    signs: Signs = field(default_factory=Signs)


@dataclass(frozen=True)
class Place:
    """A measure as it is played: its index, its start in ticks, its length, and which time it is played, from 0."""

    index: int
    start: Tick
    length: Tick
    visit: int


def play_out(rows: Sequence[Sequence[Measure]], path: Path) -> list[Place]:
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
        played.append(Place(index, at, lengths[index], visits[index]))
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


def metres_played(rows: Sequence[Sequence[Measure]], played: Sequence[Place]) -> list[MetreChange]:
    """The metres of the bars as they are played, by the first part that has them."""
    bars = []
    for place in played:
        measure = next(row[place.index] for row in rows if place.index < len(row))
        bars.append((place.length, measure.metre))
    return metres_of_bars(bars)


def tempos_of(rows: Sequence[Sequence[Measure]], played: Sequence[Place]) -> list[TempoChange]:
    """The tempos as they are played, by the part that has the most."""
    row = max(rows, key=lambda row: sum(len(measure.tempos) for measure in row))
    changes = []
    for place in played:
        if place.index < len(row):
            measure = row[place.index]
            if measure.bpm is not None:
                changes.append(TempoChange.at_bpm(place.start, measure.bpm))
            changes.extend(TempoChange.at_bpm(place.start + round(at), bpm) for at, bpm in measure.tempos)
    return changes


def keys_of(rows: Sequence[Sequence[Measure]], played: Sequence[Place]) -> list[KeyChange]:
    """The keys as they are played, by the first part that has any."""
    row = next((row for row in rows if any(measure.keys for measure in row)), rows[0])
    changes = []
    for place in played:
        if place.index < len(row):
            measure = row[place.index]
            if measure.key is not None:
                changes.append(KeyChange(place.start, measure.key))
            changes.extend(KeyChange(place.start + round(at), key) for at, key in measure.keys)
    return changes


def fill_part(part: Part, row: Sequence[Measure], played: Sequence[Place]) -> None:
    """Give a part its notes, ties joined, and its syllables."""
    verses = _verses(row)
    voice = _singing_voice(row)
    open_notes: dict[tuple[int, Tick], Note] = {}  # by pitch and end
    for place in played:
        if place.index >= len(row):
            continue
        for raw in row[place.index].notes:
            onset = place.start + round(raw.onset)
            end = max(place.start + round(raw.onset + raw.duration), onset + 1)
            tied = open_notes.pop((raw.pitch, onset), None) if raw.stops_tie else None
            onset_of_all = tied.onset if tied is not None else onset
            velocity = tied.velocity if tied is not None else raw.velocity
            staff = tied.staff if tied is not None else raw.staff
            note = Note(onset_of_all, end - onset_of_all, raw.pitch, velocity, staff=staff)
            if raw.starts_tie:
                if (raw.pitch, end) in open_notes:
                    part.notes.append(open_notes[raw.pitch, end])
                open_notes[raw.pitch, end] = note
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


def chords_of(rows: Sequence[Sequence[Measure]], played: Sequence[Place]) -> list[ChordSpan]:
    """The chord symbols as they are played, by the part that has the most."""
    row = max(rows, key=lambda row: sum(len(measure.chords) for measure in row))
    symbols = [
        (place.start + round(at), chord)
        for place in played
        if place.index < len(row)
        for at, chord in row[place.index].chords
    ]
    return chord_spans(symbols, played[-1].start + played[-1].length if played else 0)


def chord_spans(chords: Iterable[tuple[int, Chord | None]], end: int) -> list[ChordSpan]:
    """Chord symbols at their ticks as spans, each up to the next symbol; None is "no chord"."""
    ordered = sorted(dict(chords).items())
    spans = []
    followings = [*(tick for tick, _ in ordered[1:]), end]
    for (onset, chord), following in zip(ordered, followings, strict=False):
        if chord is not None and following > onset:
            spans.append(ChordSpan(onset, following - onset, chord))
    return spans


def marks_played(row: Sequence[Measure], played: Sequence[Place]) -> list[tuple[Tick, str]]:
    """The section names of a part as they are played, by tick."""
    return [
        (place.start + round(at), text)
        for place in played
        if place.index < len(row)
        for at, text in row[place.index].marks
    ]
