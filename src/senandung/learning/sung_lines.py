"""Sung lines of scores: which pitch each syllable has, where it stands in its bar, and the chord above it.

What the melody tables need, from what the corpus' readers read: first verses, one voice a part, bars of one length.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from senandung.domain.metre import Metre
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.learning.corpus import abc_reader, musicxml_reader
from senandung.learning.corpus.raw import FINE, RawMeasure, RawNote, RawScore
from senandung.learning.sung_parts import SungNote, SungPart, choose_key

LEAST_SYLLABLES = 8
"""Parts and stretches with fewer are left out."""

NEARLY = 0.95
"""In choruses the upper voice sings the tune, even where another has a syllable more."""

_PER_TICK = FINE // TICKS_PER_QUARTER


_CLAUSE = re.compile(r"[,.;:!?…»”]['\"’]?$")


def read_mxl(path: Path) -> list[SungPart]:
    """The sung part of a MusicXML score: the voice with the most syllables. Empty where nobody sings."""
    score = musicxml_reader.read_musicxml(path)
    return list(_parts(path.stem, score, list(_bars(score.measures))))


def read_abc(path: Path) -> list[SungPart]:
    """The sung voice of a hymn with its first verse. Empty where metre changes or bars do not fit it."""
    score = abc_reader.read_abc(path)
    bars = list(_bars(_in_one_metre(score.measures)))
    if any(bar.lonely for bar in bars):
        return []
    return list(_parts(path.stem, score, bars))


def read_voices(path: Path) -> tuple[tuple[tuple[Tick, Tick, int], ...], ...]:
    """Onset, length and pitch of every note of a hymn's four voices; empty where they do not end together."""
    score = abc_reader.read_abc(path)
    voices = tuple(
        tuple((n.start // _PER_TICK, n.length // _PER_TICK, n.pitch) for n in part.notes) for part in score.parts
    )
    ends = {voice[-1][0] + voice[-1][1] for voice in voices if voice}
    return voices if len(voices) == 4 and all(voices) and len(ends) == 1 else ()


def _in_one_metre(measures: Iterable[RawMeasure]) -> list[RawMeasure]:
    """Measures said to be in the metre that lasts longest: ABC bars that are cut at repeats have none of their own."""
    held = list(measures)
    lasting: Counter[str] = Counter()
    for measure in held:
        lasting[measure.metre or "4/4"] += measure.length
    metre = lasting.most_common(1)[0][0]
    return [replace(measure, metre=metre) for measure in held]


@dataclass(frozen=True)
class _Bar:
    """A measure on the grid: the number of its bar, where in that bar it begins in ticks, metre and signature.
    `lonely` where it is too short and no other completes it."""

    start: int
    number: int
    offset: Tick
    metre: Metre
    fifths: int
    lonely: bool = False


def _bars(measures: list[RawMeasure]) -> Iterator[_Bar]:
    """Measures as bars of their metre: a short first one stands at the end of bar 0, short ones that follow each other
    and fill a bar together (cut at a repeat or a double bar) are one."""
    metre, fifths, number, filled = Metre(), 0, -1, 0
    for index, measure in enumerate(measures):
        if measure.metre is not None:
            metre = Metre.parse(measure.metre)
        if measure.fifths is not None:
            fifths = measure.fifths
        length, full = measure.length // _PER_TICK, metre.bar_ticks
        goes_on = 0 < filled < full and filled + length <= full
        if not goes_on:
            number, filled = number + 1, full - length if index == 0 and length < full else 0
        offset = filled
        filled += length
        last = index == len(measures) - 1
        following = 0 if last else measures[index + 1].length // _PER_TICK
        lonely = length != full and not last and filled < full and filled + following > full
        yield _Bar(measure.start, number, offset, metre, fifths, lonely or length > full)


def _parts(name: str, score: RawScore, bars: list[_Bar]) -> Iterator[SungPart]:
    """The line that has the most syllables, in stretches of one signature and metre, each with its own key."""
    line = _line(score)
    if sum(bool(note.text) for note in line) < LEAST_SYLLABLES:
        return
    starts = [bar.start for bar in bars]
    times = [time for time, _ in score.written]
    run: list[SungNote] = []
    held: _Bar | None = None
    for note in line:
        bar = bars[bisect_right(starts, note.start) - 1]
        if held is not None and (bar.metre, bar.fifths) != (held.metre, held.fifths):
            yield from _stretch(name, held, run)
            run = []
        held = bar
        chord = bisect_right(times, note.start) - 1
        run.append(
            SungNote(
                bar.number, bar.offset + (note.start - bar.start) // _PER_TICK, note.length // _PER_TICK, note.pitch,
                bool(note.text), bool(_CLAUSE.search(note.text)), score.written[chord][1] if chord >= 0 else None,
            )
        )  # fmt: skip
    if held is not None:
        yield from _stretch(name, held, run)


def _line(score: RawScore) -> list[RawNote]:
    """The voice with the most syllables, or one above it with nearly as many; of notes together the first."""
    counts: Counter[tuple[int, str]] = Counter()
    for index, part in enumerate(score.parts):
        counts.update((index, note.voice) for note in part.notes if note.text)
    if not counts:
        return []
    most = max(counts.values())
    index, voice = min(line for line, count in counts.items() if count >= NEARLY * most)
    line: list[RawNote] = []
    for note in score.parts[index].notes:
        if note.voice == voice and not (line and line[-1].start == note.start):
            line.append(note)
    return line


def _stretch(name: str, bar: _Bar, notes: list[SungNote]) -> Iterator[SungPart]:
    if sum(note.begins for note in notes) >= LEAST_SYLLABLES and -7 <= bar.fifths <= 7:
        held = tuple(notes)
        yield SungPart(name, choose_key(bar.fifths, held), str(bar.metre), bar.metre.bar_ticks, held)
