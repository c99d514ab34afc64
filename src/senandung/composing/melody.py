"""Melody: the sung line, or the leading line of an instrumental, phrase by phrase."""

from __future__ import annotations

import bisect
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from senandung.composing.plan import VOCAL_KINDS, Plan
from senandung.composing.rhythm import Beat, write_rhythm
from senandung.domain.chords import Chord
from senandung.domain.feeling import Feeling
from senandung.domain.instruments import instrument
from senandung.domain.song import ChordSpan, Note, Section
from senandung.domain.style import Style
from senandung.domain.time import Tick
from senandung.domain.words import Line, Words

VOICE_RANGE = (57, 74)
"""A3..D5: comfortable for most untrained voices; a lead instrument that lies higher takes it higher."""

SPAN = 16
"""A song's melody spans about a tenth."""

CANDIDATES = 20
"""Tunes tried for a phrase."""


@dataclass(frozen=True)
class Tune:
    """A phrase as it was written: its rhythm within the slot and its pitches, to come back later."""

    beats: tuple[Beat, ...]
    pitches: tuple[int, ...]


@dataclass(frozen=True)
class Slot:
    """Where a line is sung: ticks from `start` to `end`, its place among its section's lines, and its line."""

    section: int
    index: int
    start: Tick
    end: Tick
    stresses: tuple[bool, ...]
    first_syllable: int | None


def write_melody(
    plan: Plan,
    sections: Sequence[Section],
    words: Words,
    chords: Sequence[ChordSpan],
    feeling: Feeling,
    style: Style,
    *,
    seed: int,
) -> tuple[Note, ...]:
    """The notes of the voice, every syllable of `words` in order; without words an instrumental leading line.

    Parameters
    ----------
    plan, sections : the form, and its sections in ticks.
    words : lines with the section they belong to.
    chords : strong beats sing their tones.
    feeling : a glad or excited one moves wider and higher.
    style : its lead's range, and how many melismas it likes.
    seed : the same seed gives the same melody.
    """
    writer = _Writer(plan, tuple(sections), words, tuple(chords), feeling, style, random.Random(seed))
    return writer.write()


def lead_range(style: Style) -> tuple[int, int]:
    """Lowest and highest pitch of the melody: the voice's range, moved into the lead instrument's comfortable one.

    >>> from senandung.composing.styles import load_style
    >>> lead_range(load_style("pop-ballad"))
    (57, 74)
    """
    low, high = instrument(style.lead).comfortable
    base, top = VOICE_RANGE
    while base < low and top + 2 <= high:
        base, top = base + 1, top + 1
    while top > high and base > low:
        base, top = base - 1, top - 1
    return max(base, low), min(top, high)


@dataclass
class _Writer:
    """Writes one song's melody. Final; used once."""

    plan: Plan
    sections: tuple[Section, ...]
    words: Words
    chords: tuple[ChordSpan, ...]
    feeling: Feeling
    style: Style
    rng: random.Random
    tunes: dict[tuple[int, int], Tune] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.low, self.high = lead_range(self.style)
        self.metre = self.plan.metre
        self.quarter_seconds = 60 / self.plan.bpm * 480 / self.metre.beat_ticks
        self.starts = [span.onset for span in self.chords]

    def write(self) -> tuple[Note, ...]:
        """All notes in order."""
        slots = self._slots()
        notes: list[Note] = []
        for number, slot in enumerate(slots):
            last = number == len(slots) - 1
            tune = self._tune(slot, last)
            self.tunes[slot.section, slot.index] = tune
            notes.extend(self._notes(slot, tune))
        return tuple(notes)

    # where lines stand

    def _slots(self) -> list[Slot]:
        slots: list[Slot] = []
        starts = self.words.line_starts
        lines: dict[int, list[tuple[int, Line]]] = {}
        for number, line in enumerate(self.words.lines):
            lines.setdefault(line.section, []).append((starts[number], line))
        for at, section in enumerate(self.sections):
            held: list[tuple[tuple[bool, ...], int | None]]
            if self.words.lines:
                held = [(tuple(s.stressed for s in line.syllables), first) for first, line in lines.get(at, [])]
            elif section.kind in VOCAL_KINDS:
                held = [(stresses, None) for stresses in self._wordless(at)]
            else:
                held = []
            if held:
                slots.extend(self._divide(at, held))
        return slots

    def _wordless(self, at: int) -> list[tuple[bool, ...]]:
        """Phrases of an instrumental: two bars each, the first and third alike in number of notes."""
        rng = random.Random(f"{self.plan.sections[at].kind} {self.plan.bpm}")
        count = max(self.plan.sections[at].bars // 2, 1)
        base = 6 + round(3 * max(self.feeling.arousal, -0.5)) + rng.choice((0, 1, 2))
        sizes = [(base, base + 1, base, max(base - 2, 3))[index % 4] for index in range(count)]
        return [tuple(index % 2 == 0 for index in range(size)) for size in sizes]

    def _divide(self, at: int, held: list[tuple[tuple[bool, ...], int | None]]) -> list[Slot]:
        """The section's slots; where lines are too many or too long for equal ones, by what each needs."""
        section = self.sections[at]
        bar = self.metre.bar_ticks
        total = section.duration
        usual = max(self.plan.sections[at].slots, 1) if self.words.lines else len(held)
        count = max(len(held), usual)
        needs = [len(stresses) + 1.5 for stresses, _ in held]
        step = bar if total // bar >= count else (bar // 2 if 2 * total // bar >= count and bar % 480 == 0 else 120)
        edges = [total * place // count // step * step for place in range(len(held))] + [
            total if len(held) == count else total * len(held) // count // step * step
        ]
        grid = 0.16 * 480 / self.quarter_seconds
        if any((b - a) < need * grid for a, b, need in zip(edges, edges[1:], needs, strict=False)):
            whole = sum(needs)
            sums = [sum(needs[:place]) for place in range(len(held) + 1)]
            unit = min(step, bar // 2 if bar % 480 == 0 else 120)
            edges = [round(total * part / whole / unit) * unit for part in sums]
            if any(b - a < need * 60 for a, b, need in zip(edges, edges[1:], needs, strict=False)):
                edges = [round(total * part / whole / 30) * 30 for part in sums]
            edges[-1] = total
        return [
            Slot(at, index, section.onset + start, section.onset + end, stresses, first)
            for index, ((stresses, first), start, end) in enumerate(zip(held, edges, edges[1:], strict=False))
        ]

    # tunes

    def _tune(self, slot: Slot, last: bool) -> Tune:
        model = self._model(slot)
        count = len(slot.stresses)
        length = slot.end - slot.start
        if model is not None and len(model.beats) == count and model.beats[-1][0] + 60 <= length:
            beats = model.beats if model.beats[-1][0] + model.beats[-1][1] <= length else _trim(model.beats, length)
        else:
            beats = write_rhythm(slot.stresses, length, self.metre, self.quarter_seconds, self.rng)
        same = model is not None and len(model.beats) == count
        if same and model is not None and not last and self._still_fits(slot, beats, model.pitches):
            return Tune(beats, model.pitches)
        return Tune(beats, self._pitches(slot, beats, model, last))

    def _model(self, slot: Slot) -> Tune | None:
        """The tune that this line takes up: the same line of the section it repeats, or line a for line a'."""
        section = self.plan.sections[slot.section]
        if section.repeats is not None and (section.repeats, slot.index) in self.tunes:
            return self.tunes[section.repeats, slot.index]
        if slot.index >= 2 and slot.index % 2 == 0:
            return self.tunes.get((slot.section, slot.index - 2))
        return None

    def _still_fits(self, slot: Slot, beats: Sequence[Beat], pitches: Sequence[int]) -> bool:
        return all(
            self.metre.weight(slot.start + onset) < 3 or pitch % 12 in self._chord(slot.start + onset).pitch_classes
            for (onset, _), pitch in zip(beats, pitches, strict=True)
        )

    def _chord(self, tick: Tick) -> Chord:
        return self.chords[max(bisect.bisect_right(self.starts, tick) - 1, 0)].chord

    def _scale(self, chord: Chord) -> list[int]:
        """Pitches in range: the key's tones, where a foreign chord tone replaces its neighbours."""
        tones = set(chord.pitch_classes)
        foreign = tones - set(self.plan.key.pitch_classes)
        classes = {
            pitch
            for pitch in self.plan.key.pitch_classes
            if pitch in tones or not any((pitch - other) % 12 in (1, 11) for other in foreign)
        } | tones
        return [pitch for pitch in range(self.low, self.high + 1) if pitch % 12 in classes]

    def _band(self, slot: Slot) -> tuple[float, float]:
        """Where the phrase lies: verses low, choruses high, the climax at the top."""
        section = self.plan.sections[slot.section]
        span = self.high - self.low
        floor = {"verse": 0.0, "prechorus": 0.2, "chorus": 0.35, "bridge": 0.15}.get(section.kind, 0.1)
        top = {"verse": 0.68, "prechorus": 0.8, "chorus": 1.0, "bridge": 0.9}.get(section.kind, 0.8)
        return self.low + floor * span, self.low + top * span

    def _pitches(self, slot: Slot, beats: Sequence[Beat], model: Tune | None, last: bool) -> tuple[int, ...]:
        best: tuple[float, tuple[int, ...]] = (-math.inf, ())
        targets = self._contour(slot, beats, model)
        for _ in range(CANDIDATES):
            pitches, likelihood = self._draw(slot, beats, targets, last)
            best = max(best, (self._score(pitches, likelihood), pitches))
        return best[1]

    def _contour(self, slot: Slot, beats: Sequence[Beat], model: Tune | None) -> list[float]:
        length = max(beats[-1][0], 1)
        if model is not None:
            reach = max(model.beats[-1][0], 1)
            places = [onset / reach for onset, _ in model.beats]
            return [
                float(model.pitches[min(range(len(places)), key=lambda i: abs(places[i] - onset / length))])
                for onset, _ in beats
            ]
        low, high = self._band(slot)
        peak = self.rng.uniform(0.35, 0.7)
        height = (high - low) * self.rng.uniform(0.75, 1.0)
        closing = slot.index % 2 == 1
        begin, end = (0.35, 0.05 if closing else 0.35)
        out = []
        for onset, _ in beats:
            x = onset / length
            rise = begin + (1 - begin) * (x / peak) if x < peak else 1 - (1 - end) * (x - peak) / (1 - peak)
            out.append(low + height * rise)
        return out

    def _draw(
        self, slot: Slot, beats: Sequence[Beat], targets: Sequence[float], last: bool
    ) -> tuple[tuple[int, ...], float]:
        pitches: list[int] = []
        likelihood = 0.0
        for index, (onset, duration) in enumerate(beats):
            tick = slot.start + onset
            chord = self._chord(tick)
            scale = self._scale(chord)
            strong = self.metre.weight(tick) >= 3 or duration >= 2 * self.metre.beat_ticks
            final = index == len(beats) - 1
            weights = []
            for pitch in scale:
                weight = math.exp(-(((pitch - targets[index]) / 3.5) ** 2))
                in_chord = pitch % 12 in chord.pitch_classes[:3]
                if strong or final:
                    weight *= 1.0 if in_chord else 0.0
                else:
                    weight *= 1.0 if in_chord else 0.45
                if final and last:
                    weight *= 1.0 if pitch % 12 == self.plan.key.tonic.pitch_class else 1e-6
                if pitches:
                    leap = pitch - pitches[-1]
                    weight *= _STEP.get(abs(leap), 0.002)
                    if len(pitches) > 1:
                        before = pitches[-1] - pitches[-2]
                        if abs(before) >= 5:
                            weight *= 2.0 if before * leap < 0 and abs(leap) <= 4 else 0.25
                        if leap == 0 and before == 0:
                            weight *= 0.3
                    if not in_chord and abs(leap) > 4:
                        weight *= 0.05
                weights.append(weight + 1e-12)
            chosen = self.rng.choices(range(len(scale)), weights)[0]
            likelihood += math.log(weights[chosen] / sum(weights))
            pitches.append(scale[chosen])
        return tuple(pitches), likelihood / len(beats)

    def _score(self, pitches: Sequence[int], likelihood: float) -> float:
        return likelihood + (-0.5 if len(set(pitches)) < 3 < len(pitches) else 0.0)

    # notes

    def _notes(self, slot: Slot, tune: Tune) -> list[Note]:
        section = self.plan.sections[slot.section]
        loud = 62 + round(34 * section.intensity)
        return [
            Note(
                slot.start + onset,
                duration,
                pitch,
                min(max(loud + (6 if stressed else 0) + 2 * self.metre.weight(slot.start + onset) - 4, 1), 127),
                None if slot.first_syllable is None else slot.first_syllable + index,
            )
            for index, ((onset, duration), pitch, stressed) in enumerate(
                zip(tune.beats, tune.pitches, slot.stresses, strict=True)
            )
        ]


_STEP = {0: 0.8, 1: 1.0, 2: 1.1, 3: 0.55, 4: 0.4, 5: 0.3, 7: 0.15, 8: 0.03, 9: 0.04, 12: 0.05}


def _trim(beats: tuple[Beat, ...], length: Tick) -> tuple[Beat, ...]:
    onset, _ = beats[-1]
    return (*beats[:-1], (onset, max((length - onset) * 3 // 4, 30)))
