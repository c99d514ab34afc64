"""Melody: the sung line, or the leading line of an instrumental, phrase by phrase."""

from __future__ import annotations

import bisect
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from senandung.composing.melody.lead import Lead
from senandung.composing.melody.motif_words import MOST_SPLIT, ThemeLine, lay_words, room_behind
from senandung.composing.melody.pitches import Frame, Tone, scale_tones, write_pitches
from senandung.composing.melody.rhythm import Beat, hold, write_rhythm
from senandung.composing.melody.slots import SHORTEST_SECONDS, Slot, place_lines
from senandung.composing.melody.tunes import USUAL, Balance, Tunes
from senandung.composing.plan import Plan
from senandung.domain.chords import Chord
from senandung.domain.feeling import Feeling
from senandung.domain.instruments import instrument
from senandung.domain.scales import SCALES, Key
from senandung.domain.song import ChordSpan, Note, Section
from senandung.domain.style import Style
from senandung.domain.time import Tick
from senandung.domain.words import Words

VOICE_RANGE = (57, 74)
"""A3..D5: comfortable for most untrained voices; a lead instrument that lies higher takes it higher."""

HEIGHTS = {"verse": (0.0, 0.68), "prechorus": (0.2, 0.8), "chorus": (0.3, 1.0), "bridge": (0.15, 0.9)}
"""The part of the compass where a kind of section lies: verses low, choruses high."""

VERSE_VARIES = 0.3
"""How often a verse's line that could come back note for note is drawn anew along its old outline; twice as often
where no words are sung."""

PICKUP_TRIES = 6
"""Further draws of a line that must leave room for a motif's pickup behind it."""

ORNATE = ("turn", "run")
"""Styles that play these licks also sing them: more melismas."""


SETTLINGS = 3
"""Drafts of a melody by which its intervals are brought near to a person's tunes."""


@dataclass(frozen=True)
class Tune:
    """A phrase as it was written: its rhythm within the slot and its pitches, to come back later.

    `syllables` numbers the line's syllable of each note where a motif is sung, some of them on several; else each has
    one of its own.
    """

    beats: tuple[Beat, ...]
    pitches: tuple[int, ...]
    syllables: tuple[int, ...] = ()


def write_melody(
    plan: Plan,
    sections: Sequence[Section],
    words: Words,
    chords: Sequence[ChordSpan],
    feeling: Feeling,
    style: Style,
    *,
    seed: int,
    lead: Lead | None = None,
    theme: Mapping[tuple[int, int], ThemeLine] | None = None,
    tunes: Tunes = USUAL,
) -> tuple[Note, ...]:
    """The notes of the voice, every syllable of `words` in order; without words an instrumental leading line.

    Parameters
    ----------
    plan, sections : the form, and its sections in ticks.
    words : lines with the section they belong to.
    chords : strong beats sing their tones.
    feeling : a glad or excited one moves wider and comes earlier on the beat.
    style : its lead's range, and how many melismas it likes.
    seed : the same seed gives the same melody.
    lead : the network that gives the shares of pitches; without it the learned intervals do.
    theme : what a person's motif says of some lines, by section and line.
    tunes : what tunes are like.
    """
    slots = place_lines(plan, sections, words, feeling, seed)

    def writer(heard: Lead | None, balance: Balance | None) -> _Writer:
        rng = random.Random(seed)
        return _Writer(plan, tuple(chords), feeling, style, slots, rng, heard, theme or {}, tunes, balance)

    if not tunes.own:
        return writer(lead, None).write()
    balance = Balance(tunes)
    for _ in range(SETTLINGS):
        writer(None if lead is None else replace(lead), balance).write()
        balance.settle()
    return writer(lead, balance).write()


def lead_range(style: Style) -> tuple[int, int]:
    """Lowest and highest pitch of the melody: the voice's range, moved into the lead instrument's comfortable one.

    >>> from senandung.composing.styles import load_style
    >>> lead_range(load_style("pop-ballad"))
    (57, 74)
    """
    low, high = instrument(style.lead).comfortable
    base, top = VOICE_RANGE
    up = min(max(low - base, 0), max(high - top, 0))
    down = max(top - high, 0)
    base, top = base + up - down, top + up - down
    return max(base, low), min(top, high)


@dataclass
class _Writer:
    """Writes one song's melody. Final; used once."""

    plan: Plan
    chords: tuple[ChordSpan, ...]
    feeling: Feeling
    style: Style
    slots: tuple[Slot, ...]
    rng: random.Random
    lead: Lead | None = None
    theme: Mapping[tuple[int, int], ThemeLine] = field(default_factory=dict)
    habits: Tunes = USUAL
    balance: Balance | None = None
    tunes: dict[tuple[int, int], Tune] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    verse_top: int = 0
    chorus_sung: bool = False
    heard: int = 0

    def __post_init__(self) -> None:
        self.low, self.high = lead_range(self.style)
        self.high -= self.plan.lift  # room for the raised last chorus
        self.metre = self.plan.metre
        self.quarter_seconds = 60 / self.plan.bpm * 480 / self.metre.beat_ticks
        self.starts = [span.onset for span in self.chords]
        ornate = sum(lick in ORNATE for lick in self.style.licks)
        # A style that knows five tones only: chords are chosen for the melody there, not the melody for the chords.
        self.narrow = all(len(SCALES.get(mode, ())) == 5 for mode in self.style.modes)
        self.melisma = 0.08 + 0.14 * ornate
        self.push = (0.22 + 0.2 * self.feeling.arousal) if self.style.harmony == "pop" else 0.04

    def write(self) -> tuple[Note, ...]:
        """All notes in order."""
        for number, slot in enumerate(self.slots):
            tune = self._tune(slot, last=number == len(self.slots) - 1)
            self.tunes[slot.section, slot.index] = tune
            kind = self.plan.sections[slot.section].kind
            self.chorus_sung |= kind == "chorus"
            if kind == "verse":
                self.verse_top = max(self.verse_top, *tune.pitches)
            self._sing(slot, tune)
            if self.lead is not None:
                self.lead.hear(self.notes[self.heard :])
                self.heard = len(self.notes)
        return tuple(self.notes)

    # one line

    def _tune(self, slot: Slot, *, last: bool) -> Tune:
        given = self.theme.get((slot.section, slot.index))
        if given is not None:
            return self._themed(slot, given, last)
        shorter = self._before_pickup(slot)
        tune = self._free_tune(shorter, last)
        for _ in range(PICKUP_TRIES if shorter is not slot else 0):
            if tune.beats[-1][0] <= shorter.length - self.metre.beat_ticks:
                break
            tune = self._free_tune(shorter, last)
        return tune

    def _sung_until(self) -> Tick:
        """The tick from which a motif's pickup may begin: half a beat behind the last note's beginning."""
        return self.notes[-1].onset + self.metre.beat_ticks // 2 if self.notes else 0

    def _themed(self, slot: Slot, given: ThemeLine, last: bool) -> Tune:
        """A line that sings a motif: its words laid on it, and what they need behind it."""
        slot = self._before_pickup(slot)
        given = given.between(self._sung_until() - slot.start, slot.length)
        start, room = room_behind(given, slot.length, self.metre, self.quarter_seconds)
        if room and len(slot.stresses) > len(given.tones) + MOST_SPLIT:
            given = given.between(self._sung_until() - slot.start, start)
        else:
            room = 0
        laid = lay_words(given.tones, slot.stresses, self.metre, self.quarter_seconds, tail=room)
        if slot.first_syllable is None:
            laid = replace(laid, tones=given.tones, syllables=tuple(range(len(given.tones))), sung=len(slot.stresses))
        beats: tuple[Beat, ...] = tuple((tone.onset, tone.duration) for tone in laid.tones)
        pitches = tuple(tone.pitch for tone in laid.tones)
        left = slot.stresses[laid.sung :]
        if not left:
            return Tune(beats, pitches, laid.syllables)
        rest = write_rhythm(
            left, slot.length - start, self.metre, self.quarter_seconds, self.rng, whole=last, tunes=self.habits
        )
        behind = tuple((start + onset, duration) for onset, duration in rest)
        if beats[-1][0] + beats[-1][1] > behind[0][0]:
            beats = (*beats[:-1], (beats[-1][0], behind[0][0] - beats[-1][0]))
        return Tune(
            (*beats, *behind),
            self._pitches(slot, (*beats, *behind), None, last=last, sung=pitches),
            (*laid.syllables, *range(laid.sung, len(slot.stresses))),
        )

    def _before_pickup(self, slot: Slot) -> Slot:
        """The slot, shorter where the line behind it begins with a motif's pickup."""
        following = next((s for s in self.slots if s.start == slot.end), None)
        given = following and self.theme.get((following.section, following.index))
        if not given or given.tones[0].onset >= 0:
            return slot
        beat = self.metre.beat_ticks
        need = -(given.tones[0].onset // beat) * beat
        return replace(slot, end=slot.end - need) if slot.length - need >= self.metre.bar_ticks // 2 else slot

    def _free_tune(self, slot: Slot, last: bool) -> Tune:
        lead = self._pickup(slot)
        model = self._model(slot)
        if model is not None and len(model.beats) == len(slot.stresses) and self._room(slot, model.beats, last):
            beats = model.beats
        else:
            beats = self._beats(slot, lead, last)
        comes_back = model is not None and len(model.beats) == len(beats) and not last
        varies = VERSE_VARIES if slot.first_syllable is not None else 2 * VERSE_VARIES
        again = self.plan.sections[slot.section].kind != "verse" or self.rng.random() > varies
        if comes_back and again and model is not None and self._fits(slot, beats, model.pitches):
            return Tune(beats, model.pitches)
        return Tune(beats, self._pitches(slot, beats, model, last=last))

    def _model(self, slot: Slot) -> Tune | None:
        """The tune that this line takes up: the same line of the section it repeats, or line a for line a'."""
        section = self.plan.sections[slot.section]
        if section.repeats is not None and (section.repeats, slot.index) in self.tunes:
            return self.tunes[section.repeats, slot.index]
        if slot.index >= 2 and slot.index % 4 == 2:
            return self.tunes.get((slot.section, slot.index - 2))
        if slot.index >= 4:
            return self.tunes.get((slot.section, slot.index - 4))
        return None

    def _room(self, slot: Slot, beats: Sequence[Beat], last: bool = False) -> bool:
        """Whether a rhythm fits this slot and the end of the line before; the last line must reach its last bar."""
        onset, duration = beats[-1]
        if last and onset < slot.length - self.metre.bar_ticks:
            return False
        pickup = beats[0][0]
        return onset + duration <= slot.length and (pickup >= 0 or slot.start + pickup >= self._free())

    def _free(self) -> Tick:
        """The tick from which the next line may begin, the last note shortened to the utmost."""
        if not self.notes:
            return 0
        last = self.notes[-1]
        return min(last.end, last.onset + self.metre.beat_ticks // 2) + self.metre.beat_ticks // 4

    def _pickup(self, slot: Slot) -> int:
        """How many unstressed first syllables come before the bar line: as many as there is room for, two at most."""
        lead = 0
        while lead < min(2, len(slot.stresses) - 3) and not slot.stresses[lead]:
            lead += 1
        if lead == 0 or not slot.stresses[lead]:
            return 0
        while lead and slot.start - lead * self._pickup_step() < self._free():
            lead -= 1
        return lead

    def _pickup_step(self) -> Tick:
        half = self.metre.beat_ticks // (3 if self.metre.is_compound else 2)
        while half < SHORTEST_SECONDS * 480 / self.quarter_seconds:
            half *= 2
        return half

    def _beats(self, slot: Slot, lead: int, last: bool) -> tuple[Beat, ...]:
        twin = None if last else self._twin(slot, lead)
        if twin is not None:
            return twin
        step = self._pickup_step()
        pickup = [(place * step - lead * step, step) for place in range(lead)]
        stresses = slot.stresses[lead:]
        rest = write_rhythm(
            stresses, slot.length, self.metre, self.quarter_seconds, self.rng, push=self.push, whole=last,
            tunes=self.habits,
        )  # fmt: skip
        if last and rest[-1][0] < slot.length - self.metre.bar_ticks:  # the final tone comes with the final bar
            rest = hold(
                [*(onset for onset, _ in rest[:-1]), slot.length - self.metre.bar_ticks], slot.length, self.metre
            )
        if lead and rest[0][0] > 0 and not last:  # the pickup leads to the first beat: the line begins there
            moved = [onset - rest[0][0] for onset, _ in rest]
            rest = hold(moved, slot.length, self.metre)
        return (*pickup, *rest)

    def _twin(self, slot: Slot, lead: int) -> tuple[Beat, ...] | None:
        """Lines of one section that are stressed alike often share their rhythm."""
        if slot.index % 2 == 0 or self.rng.random() > 0.45:
            return None
        for index in range(slot.index):
            tune = self.tunes.get((slot.section, index))
            if (
                tune is None
                or tune.syllables
                or len(tune.beats) != len(slot.stresses)
                or (tune.beats[0][0] < 0) != (lead > 0)
            ):
                continue
            other = next(s for s in self.slots if (s.section, s.index) == (slot.section, index))
            unlike = sum(a != b for a, b in zip(other.stresses, slot.stresses, strict=True))
            if unlike <= 1 and self._room(slot, tune.beats):
                return tune.beats
        return None

    # pitches

    def _chord(self, tick: Tick) -> Chord:
        return self.chords[max(bisect.bisect_right(self.starts, tick) - 1, 0)].chord

    def _sounding(self, tick: Tick, duration: Tick) -> tuple[Chord, int]:
        """The chord and metrical weight that a note answers to: those of the beat that it anticipates, if any."""
        beat = self.metre.beat_ticks
        following = -(-tick // beat) * beat
        if tick % beat and following - tick <= beat // 2 and tick + duration >= following + beat // 2:
            return self._chord(following), self.metre.weight(following)
        return self._chord(tick), self.metre.weight(tick)

    def _fits(self, slot: Slot, beats: Sequence[Beat], pitches: Sequence[int]) -> bool:
        """Whether a tune can come back over these chords as it was."""
        for number, ((onset, duration), pitch) in enumerate(zip(beats, pitches, strict=True)):
            chord, weight = self._sounding(slot.start + onset, duration)
            firm = self._firm(weight, duration) or number == len(beats) - 1
            if firm and pitch % 12 not in chord.pitch_classes:
                return False
            if pitch not in scale_tones(self.plan.key_of(slot.section), chord, self.low, self.high, narrow=self.narrow):
                return False
        kind = self.plan.sections[slot.section].kind
        return not (kind == "chorus" and slot.index == self._climax(slot) and max(pitches) <= self.verse_top)

    def _firm(self, weight: int, duration: Tick) -> bool:
        return weight >= 3 or duration >= 2 * self.metre.beat_ticks

    def _climax(self, slot: Slot) -> int:
        """The line of a section that climbs highest: the third of four, the last but one."""
        count = sum(other.section == slot.section for other in self.slots)
        return max(count // 2, 0) if count > 1 else 0

    def _pitches(
        self, slot: Slot, beats: Sequence[Beat], model: Tune | None, *, last: bool, sung: Sequence[int] = ()
    ) -> tuple[int, ...]:
        targets = self._outline(slot, beats, model)
        closes = last or (slot.closes and self.plan.sections[slot.section].kind == "chorus")
        if closes:
            targets = self._homeward(targets, self.plan.key_of(slot.section))
        tones: list[Tone] = []
        for (onset, duration), target in zip(beats, targets, strict=True):
            chord, weight = self._sounding(slot.start + onset, duration)
            fixed = sung[len(tones)] if len(tones) < len(sung) else None
            tones.append(Tone(chord, weight, self._firm(weight, duration), target, fixed))
        kind = self.plan.sections[slot.section].kind
        climax = kind == "chorus" and slot.index == self._climax(slot)
        key = self.plan.key_of(slot.section)
        home = key.tonic.pitch_class in tones[-1].chord.pitch_classes[:3]
        top = self.high if kind != "verse" else self.low + round(0.8 * (self.high - self.low))
        if kind == "verse" and self.chorus_sung and self.verse_top >= self.low + 7:
            top = self.verse_top  # a later verse stays below the chorus that is known already
        frame = Frame(
            key=key,
            low=self.low,
            high=top,
            tonic_end=home and closes,
            above=min(self.verse_top, top - 1) if climax and self.verse_top else None,
            before=self.notes[-1].pitch if self.notes else None,
            narrow=self.narrow,
            tunes=self.habits,
            balance=self.balance,
        )
        if self.lead is not None:
            self.lead.begin([(slot.start + onset, duration) for onset, duration in beats])
        return write_pitches(tones, frame, self.rng, self.lead)

    def _homeward(self, targets: Sequence[float], key: Key) -> list[float]:
        """The outline bent, over its last four notes, to the tonic nearest to its end."""
        tonic = key.tonic.pitch_class
        homes = [pitch for pitch in range(self.low, self.high + 1) if pitch % 12 == tonic]
        home = min(homes, key=lambda pitch: abs(pitch - targets[-1]), default=targets[-1])
        left = range(len(targets) - 1, -1, -1)
        return [t + (home - t) * max(1 - n / 4, 0) for t, n in zip(targets, left, strict=True)]

    def _outline(self, slot: Slot, beats: Sequence[Beat], model: Tune | None) -> list[float]:
        """Heights that the phrase follows: those of its model, or an arch inside the section's band."""
        begin, span = beats[0][0], max(beats[-1][0] - beats[0][0], 1)
        if model is not None:
            first, reach = model.beats[0][0], max(model.beats[-1][0] - model.beats[0][0], 1)
            places = [(onset - first) / reach for onset, _ in model.beats]
            return [
                float(model.pitches[min(range(len(places)), key=lambda i: abs(places[i] - (onset - begin) / span))])
                for onset, _ in beats
            ]
        floor, top = HEIGHTS.get(self.plan.sections[slot.section].kind, (0.1, 0.8))
        compass = self.high - self.low
        arousal = self.plan.feeling_of(slot.section, self.feeling).arousal
        lift = 0.07 * arousal * compass  # excited lines lie higher, tired ones lower
        low, high = max(self.low + floor * compass + lift, self.low), min(self.low + top * compass + lift, self.high)
        chorus = self.plan.sections[slot.section].kind == "chorus"
        height = (high - low) * (1.0 if slot.index == self._climax(slot) else self.rng.uniform(0.55, 0.85))
        height *= 1 + 0.12 * arousal
        closing = slot.index % 2 == 1
        shape = self.rng.choices(
            ("convex", "descending", "ascending", "concave"),
            (2.3, 2.4 if closing else 1.2, 0.3 if closing else 1.9, 0.7),
        )[0]
        start, peak, end = {
            "convex": (0.35, 1.0, 0.1 if closing else 0.4),
            "descending": (0.95, 0.65, 0.05),
            "ascending": (0.1, 0.6, 0.95),
            "concave": (0.8, 0.3, 0.6),
        }[shape]
        turn = self.rng.uniform(0.4, 0.65)
        raised = 0.12 * (high - low) if chorus else 0.0
        out = []
        for onset, _ in beats:
            x = (onset - begin) / span
            share = start + (peak - start) * x / turn if x < turn else peak + (end - peak) * (x - turn) / (1 - turn)
            out.append(low + raised + height * share)
        return out

    # notes

    def _sing(self, slot: Slot, tune: Tune) -> None:
        first = slot.start + tune.beats[0][0]
        if self.notes and self.notes[-1].end > first - self.metre.beat_ticks // 4:
            last = self.notes[-1]
            shorter = max(first - self.metre.beat_ticks // 4 - last.onset, 1)
            self.notes[-1] = replace(last, duration=min(last.duration, shorter))
        arousal = self.plan.feeling_of(slot.section, self.feeling).arousal
        loud = 60 + round(34 * self.plan.sections[slot.section].intensity + 6 * arousal)
        top = max(tune.pitches)
        numbers = tune.syllables or tuple(range(len(tune.beats)))
        for index, ((onset, duration), pitch) in enumerate(zip(tune.beats, tune.pitches, strict=True)):
            stressed = numbers[index] < len(slot.stresses) and slot.stresses[numbers[index]]
            accent = 5 * stressed + (4 if pitch == top else 0) + self.metre.weight(slot.start + onset)
            note = Note(
                slot.start + onset,
                duration,
                pitch,
                min(max(loud + accent - 4, 1), 127),
                None if slot.first_syllable is None else slot.first_syllable + numbers[index],
            )
            following = tune.pitches[index + 1] if index + 1 < len(tune.pitches) else None
            self.notes.extend([note] if tune.syllables else self._ornamented(note, following))

    def _ornamented(self, note: Note, following: int | None) -> list[Note]:
        """A long syllable is sometimes sung on two or three notes: a passing tone onwards, or a turn where it ends."""
        beat = self.metre.beat_ticks
        small = beat // 2 if not self.metre.is_compound else beat // 3
        slow = small >= SHORTEST_SECONDS * 480 / self.quarter_seconds
        if not slow or note.duration < (2 * beat if following is None else beat) or self.rng.random() > self.melisma:
            return [note]
        tones = scale_tones(
            self.plan.key_at(note.onset), self._chord(note.onset), self.low, self.high, narrow=self.narrow
        )
        at = tones.index(note.pitch) if note.pitch in tones else -1
        if at < 0:
            return [note]
        if following is None:
            near = tones[at + 1] if at + 1 < len(tones) and self.rng.random() < 0.5 else tones[max(at - 1, 0)]
            if near == note.pitch or abs(near - note.pitch) > 2:
                return [note]
            return [
                replace(note, duration=small),
                replace(note, onset=note.onset + small, duration=small, pitch=near),
                replace(note, onset=note.onset + 2 * small, duration=note.duration - 2 * small),
            ]
        between = [pitch for pitch in tones if min(note.pitch, following) < pitch < max(note.pitch, following)]
        if len(between) != 1:
            return [note]
        return [
            replace(note, duration=note.duration - small),
            replace(note, onset=note.end - small, duration=small, pitch=between[0]),
        ]
