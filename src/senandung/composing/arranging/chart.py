"""The chart that every player reads: bars with their chords, sections, fullness, and where the voice rests."""

from __future__ import annotations

import bisect
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from senandung.composing.arc import tension_of_bar
from senandung.composing.plan import Sketch
from senandung.domain.chords import Chord
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import Note, Section
from senandung.domain.style import Style
from senandung.domain.time import Tick

STEP: Tick = 120
"""A sixteenth note: the arranger's grid."""

COVER = 4
"""Chords stay at most this many semitones above the middle of a section's melody."""

LOWEST_CEILING = 65
"""However low a melody lies, chords may reach up to here (F4): below it they would be mud."""


@dataclass(frozen=True)
class Harmony:
    """A chord inside one bar: where it begins and ends, in ticks of the song."""

    onset: Tick
    end: Tick
    chord: Chord


@dataclass(frozen=True)
class Bar:
    """One bar of the chart.

    `number` counts bars from 0; `place` counts them inside the section; `fullness` in 0..1 is the tension that the
    arc has there (`composing.arc`); `occurrence` counts sections of the
    same kind from 0; `sung` is False where the section is played.
    """

    number: int
    onset: Tick
    ticks: Tick
    metre: Metre
    section: Section
    section_index: int
    occurrence: int
    place: int
    section_bars: int
    harmony: tuple[Harmony, ...]
    fullness: float
    sung: bool
    first: bool
    last: bool

    @property
    def end(self) -> Tick:
        """The tick of the next bar line."""
        return self.onset + self.ticks

    @property
    def steps(self) -> int:
        """Sixteenths in the bar."""
        return self.ticks // STEP

    @property
    def closes_section(self) -> bool:
        """Whether the bar is the last of its section."""
        return self.place == self.section_bars - 1

    @property
    def opens_section(self) -> bool:
        """Whether the bar is the first of its section."""
        return self.place == 0

    @property
    def beat_steps(self) -> int:
        """Sixteenths in a felt beat."""
        return max(1, self.metre.beat_ticks // STEP)

    def chord_at(self, tick: Tick) -> Chord:
        """The chord that sounds at a tick of the song."""
        return next((span.chord for span in self.harmony if span.onset <= tick < span.end), self.harmony[-1].chord)


@dataclass(frozen=True)
class Staging:
    """Who plays beside what the fullness of the bars says, and how the band drives at a chorus (`staging`).

    `rests` and `joins` hold bars by track; `drives` says for the bar before a chorus what the drums do there ("fill",
    "roll", "toms", "shake", "stop", "pickup"); `bare` are the bars of the breakdown.
    """

    rests: Mapping[str, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    joins: Mapping[str, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    drives: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    bare: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Chart:
    """What the players read.

    Parameters
    ----------
    sketch, style, feeling : as given to `arrange`.
    bars : the song, bar by bar.
    seed : every player draws from a generator of its own, made from this and its name.
    staging : who plays beside what the fullness says; nothing of it in a style that is not staged.
    """

    sketch: Sketch
    style: Style
    feeling: Feeling
    bars: tuple[Bar, ...]
    seed: int
    staging: Staging = field(default_factory=Staging)

    @property
    def key(self) -> Key:
        """The song's key."""
        return self.sketch.plan.key

    def key_at(self, tick: Tick) -> Key:
        """The key at a tick: a section's own in a song of mixed feelings."""
        return self.sketch.plan.key_at(tick)

    def feeling_in(self, bar: Bar) -> Feeling:
        """The feeling of a bar's section."""
        return self.sketch.plan.feeling_of(bar.section_index, self.feeling)

    @property
    def end(self) -> Tick:
        """The tick at which the song ends."""
        return self.bars[-1].end

    @property
    def seconds_a_tick(self) -> float:
        """Length of a tick in seconds at the plan's tempo, which counts the metre's beat."""
        return 60.0 / self.sketch.plan.bpm / self.sketch.plan.metre.beat_ticks

    def rng(self, name: str) -> random.Random:
        """The generator of one player."""
        return random.Random(f"{self.seed}:{name}")

    def velocity(self, bar: Bar, accent: float = 0.0, base: int = 62) -> int:
        """Velocity 1..127 from the bar's fullness, the feeling's arousal and an accent in -1..1."""
        value = base + 34 * (bar.fullness - 0.5) + 5 * self.feeling_in(bar).arousal + 16 * accent
        return max(18, min(120, round(value)))

    @cached_property
    def rests(self) -> tuple[tuple[Tick, Tick], ...]:
        """Spans in led sections where others may answer: the leading line rests, or only holds a long last tone.

        A span lasts at least a beat. A held tone of two and a half beats or more, or a last tone before a rest, is
        free after its first beat.
        """
        beat = self.sketch.plan.metre.beat_ticks
        melody = self.sketch.melody
        busy: list[tuple[Tick, Tick]] = []
        for note, after in zip(melody, [*(n.onset for n in melody[1:]), self.end], strict=True):
            held = note.duration >= 2.5 * beat or (note.duration > beat and after - note.end >= beat // 4)
            busy.append((note.onset, note.onset + beat if held else note.end))
        spans: list[tuple[Tick, Tick]] = []
        for section in self.sketch.sections:
            if not self.is_led(section):
                continue
            at = section.onset
            for start, end in [*busy, (section.end, section.end)]:
                if end <= at or start > section.end:
                    continue
                if start - at >= beat:
                    spans.append((at, start))
                at = max(at, end)
        return tuple(spans)

    def is_led(self, section: Section) -> bool:
        """Whether the sketch's melody leads in this section: otherwise a player of the band must."""
        return any(section.onset <= note.onset < section.end for note in self.sketch.melody)

    def bar_at(self, tick: Tick) -> Bar:
        """The bar that holds a tick."""
        index = min(len(self.bars) - 1, max(0, tick // self.bars[0].ticks))
        return self.bars[index]

    @cached_property
    def _melody_ends(self) -> list[Tick]:
        return [note.end for note in self.sketch.melody]

    def melody_in(self, onset: Tick, end: Tick) -> tuple[Note, ...]:
        """The notes of the melody that sound between two ticks."""
        first = bisect.bisect_right(self._melody_ends, onset)
        found = []
        for note in self.sketch.melody[first:]:
            if note.onset >= end:
                break
            found.append(note)
        return tuple(found)

    @cached_property
    def _ceilings(self) -> tuple[int, ...]:
        """For every section the height above which chords would cover its melody; 127 where none is sung."""
        found = []
        for section in self.sketch.sections:
            pitches = sorted(note.pitch for note in self.melody_in(section.onset, section.end))
            found.append(max(pitches[len(pitches) // 2] + COVER, LOWEST_CEILING) if pitches else 127)
        return tuple(found)

    def ceiling(self, bar: Bar) -> int:
        """The highest pitch that chords should take in a bar, so that the melody is not buried under them."""
        return self._ceilings[bar.section_index]


def read_chart(sketch: Sketch, style: Style, feeling: Feeling, seed: int) -> Chart:
    """The chart of a sketch.

    How full a bar is says the arc; where the chords leave a gap, the last one stays.
    """
    metre = sketch.plan.metre
    ticks = metre.bar_ticks
    end = max(section.end for section in sketch.sections)
    tonic = Chord(sketch.plan.key.tonic, "min" if sketch.plan.key.is_minor else "maj")
    counts: dict[str, int] = {}
    bars: list[Bar] = []
    chord = sketch.chords[0].chord if sketch.chords else tonic
    for index, section in enumerate(sketch.sections):
        occurrence = counts.get(section.kind, 0)
        counts[section.kind] = occurrence + 1
        led = any(section.onset <= note.onset < section.end for note in sketch.melody)
        total = max(1, section.duration // ticks)
        for place in range(total):
            fullness = tension_of_bar(sketch.plan, len(bars))
            onset = section.onset + place * ticks
            spans = []
            for span in sketch.chords:
                low, high = max(span.onset, onset), min(span.end, onset + ticks)
                if low < high:
                    spans.append(Harmony(low, high, span.chord))
            harmony = _without_gaps(spans, onset, onset + ticks, chord)
            chord = harmony[-1].chord
            bars.append(
                Bar(
                    len(bars), onset, ticks, metre, section, index, occurrence, place, total, harmony,
                    max(0.0, min(1.0, fullness)), led, not bars, onset + ticks >= end,
                )
            )  # fmt: skip
    return Chart(sketch, style, feeling, tuple(bars), seed)


def _without_gaps(spans: list[Harmony], onset: Tick, end: Tick, before: Chord) -> tuple[Harmony, ...]:
    filled: list[Harmony] = []
    at, chord = onset, spans[0].chord if spans and before is None else before
    for span in spans:
        if span.onset > at:
            filled.append(Harmony(at, span.onset, chord))
        if filled and filled[-1].chord == span.chord and filled[-1].end == span.onset:
            filled[-1] = Harmony(filled[-1].onset, span.end, span.chord)
        else:
            filled.append(span)
        at, chord = span.end, span.chord
    if at < end:
        filled.append(Harmony(at, end, chord))
    return tuple(filled)
