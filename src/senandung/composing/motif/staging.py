"""Where a song has its motif, and in which form: the plan of the theme, before chords and notes.

The chorus is the theme's home: there it is stated, answered, moved and said again. The verse prepares it with its head
or its mirror; a pre-chorus climbs with the head; a bridge turns it over or stretches it. Where there is no chorus the
verse is its home. Played sections take it up. What lies between is free, and hears what was sung.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from senandung.composing.melody.slots import Slot
from senandung.composing.motif.forms import head_of, mirrored, moved, semitone_span, stretched
from senandung.composing.plan import Plan
from senandung.domain.metre import Metre
from senandung.domain.motif import FEWEST_TONES, Motif, Tone
from senandung.domain.scales import SCALES
from senandung.domain.song import Section
from senandung.domain.time import Tick

PLAYED = ("intro", "interlude", "solo", "outro")
"""Kinds of section in which an instrument may lead."""

LOWER = (-1, -2, -3, -4, -5)
"""Steps of the scale by which a verse may take the motif's head lower than the chorus has it."""

MORE_ROOM = 2
"""Semitones by which a moved or mirrored form may leave the compass of the line."""


@dataclass(frozen=True)
class Use:
    """A form of the motif at a place of the song.

    Parameters
    ----------
    section : the section's index.
    form, first, count, steps : as in `senandung.domain.motif.Statement`.
    start : the tick of the bar line to which the tones' onsets are counted.
    tones : in the song's key.
    sung : whether it belongs to the sung (or leading) line; else an instrument plays it.
    lines : the indices of the section's lines that sing it, empty where it is played.
    """

    section: int
    form: str
    start: Tick
    tones: tuple[Tone, ...]
    first: int
    count: int
    steps: int = 0
    sung: bool = True
    lines: tuple[int, ...] = ()

    @property
    def onset(self) -> Tick:
        """The tick at which its first tone begins."""
        return self.start + self.tones[0].onset

    @property
    def end(self) -> Tick:
        """The tick at which its last tone ends."""
        return self.start + self.tones[-1].end


def stage_theme(
    motif: Motif, plan: Plan, sections: Sequence[Section], slots: Sequence[Slot], low: int, high: int, *, seed: int
) -> tuple[Use, ...]:
    """Every place at which the song is to have its motif.

    Parameters
    ----------
    motif : in the song's key, metre and note values.
    plan, sections : the form, and its sections in ticks.
    slots : where the lines are sung.
    low, high : the compass of the sung line.
    seed : the same seed stages it in the same way.
    """
    return _Stage(motif, plan, sections, slots, low, high, random.Random(f"theme {seed}")).uses()


@dataclass
class _Stage:
    motif: Motif
    plan: Plan
    sections: Sequence[Section]
    slots: Sequence[Slot]
    low: int
    high: int
    rng: random.Random

    def __post_init__(self) -> None:
        self.head = head_of(self.motif.tones, self.motif.metre)
        kinds = [section.kind for section in self.plan.sections]
        sung = {slot.section for slot in self.slots}
        with_lines = [kind for at, kind in enumerate(kinds) if at in sung]
        self.home = next((kind for kind in ("chorus", "verse", *with_lines) if kind in with_lines), "")
        # Steps of five tones are so uneven that a tune moved along them is another one.
        self.uneven = len(SCALES[self.plan.key.mode]) == 5
        self.opening = self.rng.choice(("head", "mirror")) if self.home != "verse" and not self.uneven else "head"
        self.step_up, self.step_down = self._free_steps((2, 1, 3)), self._free_steps((-1, -2, -3))

    def uses(self) -> tuple[Use, ...]:
        found: list[Use] = []
        last_sung = max((slot.section for slot in self.slots), default=-1)
        for at, section in enumerate(self.plan.sections):
            slots = [slot for slot in self.slots if slot.section == at]
            if slots:
                found += self._sung(at, section.kind, slots, last=at == last_sung)
            elif section.kind in PLAYED:
                found += self._played(at, section.kind)
        return self._apart([_from(use, 0) for use in found])

    def _apart(self, uses: Sequence[Use]) -> tuple[Use, ...]:
        """The uses without the tones of pickups that would begin while the one before is sung.

        Where too little is left, it is not planned; or the one before is not, if it is a part and this is the whole.
        """
        kept: list[Use] = []
        for use in uses:
            before = next((other for other in reversed(kept) if other.sung), None)
            begun = use
            if use.sung and before is not None:
                until = before.start + before.tones[-1].onset + self.plan.metre.beat_ticks // 2
                begun = _from(use, min(until, use.start))
            if begun.count >= FEWEST_TONES:
                kept.append(begun)
            elif before is not None and before.form == "fragment" and use.form != "fragment":
                kept.remove(before)
                kept.append(use)
        return tuple(kept)

    # sung sections

    def _sung(self, at: int, kind: str, slots: Sequence[Slot], *, last: bool) -> list[Use]:
        whole = self._lines_for(slots, 0, self.motif.tones)
        returns = self.plan.sections[at].repeats is not None
        free_close = 1 if last and len(slots) > 1 else 0
        if kind == self.home and whole:
            found = [self._use(at, slots, 0, "repetition" if returns else "statement", self.motif.tones)]
            place = whole
            room = len(slots) - free_close
            if whole == 1 and room >= 3:  # a, an answer, a moved, a close
                steps = self.step_up or self.step_down
                form = moved(self.motif.tones, self.plan.key, steps) if steps else self.motif.tones
                if self._lines_for(slots, 2, form) == 1:
                    found.append(self._use(at, slots, 2, "sequence" if steps else "repetition", form, steps=steps))
                place = 3
            elif whole + 1 <= room:
                found += self._head(at, slots, place, self.step_up)
                place += 1
            return [use for use in found if use is not None]
        if not whole:
            return self._head(at, slots, 0, 0)
        if kind == "prechorus":
            return [
                *self._head(at, slots, 0, self.step_down),
                *(self._head(at, slots, 1, 0) if len(slots) > 1 + free_close else []),
            ]
        if kind == "bridge":
            return self._bridge(at, slots)
        if self.opening == "mirror":
            tones = mirrored(self.motif.tones, self.plan.key)
            fitted, steps = self._in_compass(tones)
            if fitted and self._lines_for(slots, 0, fitted):
                use = self._use(at, slots, 0, "inversion", fitted, steps=steps)
                rest = use.lines[-1] + 1
                more = self._head(at, slots, rest + 1, self.step_down) if len(slots) - free_close > rest + 1 else []
                return [use, *more]
        down = self._lower()
        found = self._head(at, slots, 0, down)
        if len(slots) - free_close > 2:
            found += self._head(at, slots, 2, down + (not self.uneven))
        return found

    def _bridge(self, at: int, slots: Sequence[Slot]) -> list[Use]:
        long = stretched(self.motif.tones[: self.head])
        if len(slots) >= 2 and self._lines_for(slots, 0, long) in (1, 2) and self.rng.random() < 0.5:
            return [self._use(at, slots, 0, "augmentation", long, count=self.head)]
        fitted, steps = self._in_compass(mirrored(self.motif.tones, self.plan.key))
        if fitted and not self.uneven and self._lines_for(slots, 0, fitted):
            return [self._use(at, slots, 0, "inversion", fitted, steps=steps)]
        return self._head(at, slots, 0, self.step_up)

    def _head(self, at: int, slots: Sequence[Slot], line: int, steps: int) -> list[Use]:
        """The motif's head at a line's beginning, where it fits."""
        tones = self.motif.tones[: self.head]
        tones = moved(tones, self.plan.key, steps) if steps else tones
        while len(tones) > FEWEST_TONES and line < len(slots) and self._lines_for(slots, line, tones) != 1:
            tones = tones[:-1]
        if line >= len(slots) or self._lines_for(slots, line, tones) != 1:
            return []
        form = "fragment" if len(tones) < len(self.motif.tones) or steps else "statement"
        return [self._use(at, slots, line, form, tones, count=len(tones), steps=steps)]

    def _use(
        self, at: int, slots: Sequence[Slot], line: int, form: str, tones: Sequence[Tone], *, count: int = 0,
        steps: int = 0,
    ) -> Use:  # fmt: skip
        lines = tuple(range(line, line + self._lines_for(slots, line, tones)))
        return Use(at, form, slots[line].start, tuple(tones), 0, count or len(tones), steps, True, lines)

    def _lines_for(self, slots: Sequence[Slot], line: int, tones: Sequence[Tone]) -> int:
        """How many lines from one on are needed for some tones; 0 where there are not enough."""
        if line >= len(slots) or slots[line].start % self.plan.metre.bar_ticks:
            return 0
        start = slots[line].start
        reach = start + tones[-1].onset
        for count in range(1, len(slots) - line + 1):
            if reach < slots[line + count - 1].end:
                return count
        return 0

    # heights

    def _fits(self, tones: Sequence[Tone], more: int = 0) -> bool:
        bottom, top = semitone_span(tones)
        return self.low - more <= bottom and top <= self.high + more

    def _free_steps(self, wanted: Sequence[int]) -> int:
        """The first of some steps by which the motif can be moved inside the compass; 0 where none can."""
        for steps in () if self.uneven else wanted:
            if self._fits(moved(self.motif.tones, self.plan.key, steps), MORE_ROOM):
                return steps
        return 0

    def _lower(self) -> int:
        """By how many steps the verse takes the head lower: about a third, to where the tonic's chord carries it."""
        head = self.motif.tones[: self.head]
        fitting = [steps for steps in (() if self.uneven else LOWER) if self._fits(moved(head, self.plan.key, steps))]
        return max(fitting, key=lambda steps: self._at_home(head, steps) - 0.1 * abs(steps + 2), default=0)

    def _at_home(self, head: Sequence[Tone], steps: int) -> float:
        """The share of the strong or long tones of a moved head that are the tonic chord's, by their lengths."""
        metre, key = self.plan.metre, self.plan.key
        chord = {(key.tonic.pitch_class + step) % 12 for step in (0, 3 if key.is_minor else 4, 7)}
        strong = [
            tone
            for tone in moved(head, key, steps)
            if metre.weight(tone.onset) >= 3 or tone.duration > metre.beat_ticks
        ] or list(head)
        total = sum(tone.duration for tone in strong)
        return sum(tone.duration for tone in strong if tone.pitch % 12 in chord) / total

    def _in_compass(self, tones: Sequence[Tone]) -> tuple[tuple[Tone, ...], int]:
        """The tones moved by the fewest steps that bring them into the compass; none where it is too narrow."""
        for steps in sorted(range(-7, 8), key=lambda steps: (abs(steps), -steps)):
            if self._fits(shifted := moved(tones, self.plan.key, steps), MORE_ROOM):
                return shifted, steps
        return (), 0

    # played sections

    def _played(self, at: int, kind: str) -> list[Use]:
        section, bar = self.sections[at], self.plan.metre.bar_ticks
        room = section.duration
        tones, form, count = self.motif.tones, "statement", len(self.motif.tones)
        if kind == "outro":
            long = stretched(self.motif.tones[: self.head])
            if long[-1].end <= room - bar and self.rng.random() < 0.6:
                tones, form, count = long, "augmentation", self.head
        if tones[-1].onset >= room or (kind == "outro" and tones[-1].end > room):
            tones, form, count = self.motif.tones[: self.head], "fragment", self.head
        if tones[-1].onset >= room:
            return []
        shift = -(-max(0, -tones[0].onset) // bar) * bar if section.onset == 0 else 0
        if shift + tones[-1].onset >= room:
            return []
        tones = within(tones, room - shift)
        return [Use(at, form, section.onset + shift, tones, 0, count, 0, False)]


def _from(use: Use, tick: Tick) -> Use:
    """The use without the tones that begin before a tick."""
    late = next((at for at, tone in enumerate(use.tones) if use.start + tone.onset >= tick), 0)
    return replace(use, tones=use.tones[late:], first=use.first + late, count=use.count - late)


def within(tones: Sequence[Tone], end: Tick) -> tuple[Tone, ...]:
    """The tones with the last one ended at a tick at the latest."""
    last = tones[-1]
    return (*tones[:-1], replace(last, duration=max(min(last.duration, end - last.onset), 1)))


def by_line(use: Use, slots: Sequence[Slot], metre: Metre) -> Mapping[int, tuple[Tone, ...]]:
    """A use's tones divided among its lines, counted from each line's slot; a line may get none.

    They are cut where the motif breathes, near the slots' edges.
    """
    own = {slot.index: slot for slot in slots if slot.section == use.section}
    tones = list(use.tones)
    cuts = [0]
    for line in use.lines[1:]:
        edge = own[line].start - use.start
        cuts.append(_cut(tones, edge, cuts[-1], metre))
    cuts.append(len(tones))
    return {
        line: tuple(replace(tone, onset=tone.onset + use.start - own[line].start) for tone in tones[first:last])
        for line, (first, last) in zip(use.lines, pairwise(cuts), strict=True)
    }


def _cut(tones: Sequence[Tone], edge: Tick, least: int, metre: Metre) -> int:
    """Before which tone the line changes, near an edge: behind a rest or a long tone."""
    half = metre.bar_ticks // 2

    def worth(at: int) -> float:
        gap = (tones[at].onset - tones[at - 1].onset) / metre.beat_ticks
        rest = (tones[at].onset - tones[at - 1].end) / metre.beat_ticks
        again = tones[at].onset - edge == tones[0].onset  # the lines begin alike, with a pickup or without
        return min(gap, 4.0) + rest - 2.0 * abs(tones[at].onset - edge) / half + 1.5 * again

    near = [at for at in range(least + 1, len(tones)) if abs(tones[at].onset - edge) <= half]
    if near:
        return max(near, key=worth)
    return next((at for at in range(least, len(tones)) if tones[at].onset >= edge), len(tones))
