"""What is asked of the network's composer: a wish on the bar grid, checked when it is made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from senandung.composing.pieces.piece import (
    BINS,
    ENSEMBLES,
    METRES,
    MODES,
    PieceBar,
    PieceChord,
    PiecePart,
)
from senandung.composing.pieces.room import SHORTEST_SUNG, syllable_room
from senandung.composing.pieces.vocabulary import SECTIONS, STYLE_TOKENS
from senandung.domain.checks import require, require_whole

ANY_STYLE = "any"
"""The style of music of which nothing is said: it has a token of its own."""

MOST_BARS = 600
"""Bars that a piece can be asked to have."""

MOST_PARTS = 24
"""Parts that a piece can be asked to have (a piano counts two)."""


SINGERS = frozenset({"voice", "soprano", "alto", "tenor", "basso"})
"""Classes whose parts sing syllables: one note at a time."""


class FormPart(NamedTuple):
    """A section of an asked form: its kind, its bars, and the earlier section whose music comes back here (or None).

    `source` is that section's place in the form.
    """

    kind: str
    bars: int
    source: int | None = None


@dataclass(frozen=True)
class PieceWish:
    """A piece that is asked for.

    Parameters
    ----------
    styles : weight of each style token's name (`vocabulary.STYLE_TOKENS` or `ANY_STYLE`); one style, or several to be
        blended. The weights are above 0 and sum to 1 (`blend` brings them there).
    ensemble : one of `piece.ENSEMBLES`.
    parts : exactly the parts that play, the highest in the score first.
    bars : all bars of the piece, those of the opening counted.
    metre, tonic, mode : of the bars behind the opening; a name of `METRES`, a pitch class, a name of `MODES`.
    tempo : quarters a minute.
    valence, arousal : bins 0..`BINS`-1, None where nothing was asked.
    chords : for each bar of the piece a chord in every chord slot of the metre (None: no chord), or an empty tuple
        where the composer may choose; None where it may choose everywhere.
    opening : bars that are taken over note for note, a row for each of `parts`.
    ranges : lowest and highest MIDI number of a part; parts that are missing here keep to what the composer knows.
    form : sections that together last `bars`, or None.
    syllables : of parts that sing words, how many syllables begin in each bar; None in a bar that is free, and in those
        of the opening.
    """

    styles: Mapping[str, float]
    ensemble: str
    parts: tuple[PiecePart, ...]
    bars: int
    metre: str
    tonic: int
    mode: str
    tempo: float
    valence: int | None = None
    arousal: int | None = None
    chords: tuple[tuple[PieceChord | None, ...], ...] | None = None
    opening: tuple[PieceBar, ...] = ()
    ranges: Mapping[PiecePart, tuple[int, int]] = field(default_factory=dict)
    form: tuple[FormPart, ...] | None = None
    syllables: Mapping[PiecePart, tuple[int | None, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "styles", MappingProxyType(dict(self.styles)))
        object.__setattr__(self, "ranges", MappingProxyType(dict(self.ranges)))
        object.__setattr__(self, "syllables", MappingProxyType(dict(self.syllables)))
        require(bool(self.styles), "a wish must have a style", dict(self.styles))
        for name, weight in self.styles.items():
            require(name in STYLE_TOKENS or name == ANY_STYLE, "a style must have a token", name)
            require(math.isfinite(weight) and weight > 0, f"the weight of {name} must be above 0", weight)
        total = math.fsum(self.styles.values())
        require(abs(total - 1) < 1e-6, "the weights of styles must sum to 1", total)
        require(self.ensemble in ENSEMBLES, "an ensemble must be a known one", self.ensemble)
        require(1 <= len(self.parts) <= MOST_PARTS, f"a piece must have 1..{MOST_PARTS} parts", len(self.parts))
        require(len(set(self.parts)) == len(self.parts), "the parts of a piece must differ", self.parts)
        require_whole(f"bars must be a whole number in 1..{MOST_BARS}", self.bars, 1, MOST_BARS)
        require(self.metre in METRES, "a metre must be one that can be learnt", self.metre)
        require_whole("a tonic must be a pitch class in 0..11", self.tonic, 0, 11)
        require(self.mode in MODES, f"a mode must be one of {', '.join(MODES)}", self.mode)
        ok = math.isfinite(self.tempo) and 10 <= self.tempo <= 400
        require(ok, "a tempo must be in 10..400 quarters a minute", self.tempo)
        for name, chosen in (("valence", self.valence), ("arousal", self.arousal)):
            if chosen is not None:
                require_whole(f"a bin of {name} must be a whole number in 0..{BINS - 1}", chosen, 0, BINS - 1)
        require(len(self.opening) < self.bars, "an opening must be shorter than the piece", len(self.opening))
        whole = all(len(bar.notes) == len(self.parts) for bar in self.opening)
        require(whole, "every bar of an opening must hold a row of notes for each part", len(self.parts))
        self._check_chords()
        for part, (low, high) in self.ranges.items():
            require(part in self.parts, "a range must belong to a part of the wish", part)
            require(0 <= low <= high <= 127, f"the range of {part.instrument} must rise within 0..127", (low, high))
        if self.form is not None:
            self._check_form(self.form)
        for part, counts in self.syllables.items():
            self._check_syllables(part, counts)

    @property
    def style(self) -> str:
        """The style that weighs most; of equals the first.

        >>> PieceWish({"bach": 0.4, "chopin": 0.6}, "piano", (PiecePart("piano"),), 8, "4/4", 0, "major", 96).style
        'chopin'
        """
        return max(self.styles, key=lambda name: self.styles[name])

    def metre_at(self, bar: int) -> str:
        """The metre of a bar: the opening's own, then the asked one."""
        return self.opening[bar].metre if bar < len(self.opening) else self.metre

    def chords_at(self, bar: int) -> tuple[PieceChord | None, ...]:
        """The chords that a bar must have; empty where the composer may choose."""
        if bar < len(self.opening):
            return self.opening[bar].chords
        return () if self.chords is None else self.chords[bar]

    def _check_chords(self) -> None:
        if self.chords is None:
            return
        require(len(self.chords) == self.bars, "chords must be given for every bar", len(self.chords))
        for bar, chords in enumerate(self.chords):
            metre = self.metre_at(bar)
            slots = 2 if METRES[metre].halves else 1
            require(len(chords) in (0, slots), f"bar {bar + 1} of {metre} must have {slots} chord slots", chords)

    def _check_syllables(self, part: PiecePart, counts: tuple[int | None, ...]) -> None:
        require(part in self.parts, "syllables must belong to a part of the wish", part)
        one_line = f"syllables are sung by {', '.join(sorted(SINGERS))}"
        require(part.instrument in SINGERS, one_line, part.instrument)
        require(len(counts) == self.bars, "syllables must be given for every bar", len(counts))
        known = len(self.opening)
        for bar in range(known, self.bars):
            count = counts[bar]
            if count is None:
                continue
            require_whole(f"the syllables of bar {bar + 1} must be a whole number of 0 or more", count, 0)
            steps = METRES[self.metre_at(bar)].steps
            rings = self._rings(part) if bar == known else 0
            last = bar == self.bars - 1
            most = (steps - rings) // SHORTEST_SUNG if rings else syllable_room(steps, last=last)
            where = "the last bar" if last else "a bar"
            held = f" behind a note that the opening holds for {rings / 24:g} quarters" if rings else ""
            room = f"{where} of {self.metre_at(bar)}{held} has room for at most {max(most, 0)} syllables"
            require(count <= most, room, count)

    def _rings(self, part: PiecePart) -> int:
        """Steps for which a part sounds on over the opening's end."""
        back, ends = 0, [0]
        for bar in reversed(self.opening):
            back += METRES[bar.metre].steps
            ends += [note.start + note.length - back for note in bar.notes[self.parts.index(part)]]
        return max(ends)

    def _check_form(self, form: tuple[FormPart, ...]) -> None:
        for place, (kind, bars, source) in enumerate(form):
            require(kind in SECTIONS, f"a section must be one of {', '.join(SECTIONS)}", kind)
            require_whole("a section must have at least one bar", bars, 1)
            known = source is None or 0 <= source < place
            require(known, "a section must come back from an earlier one", source)
        total = sum(bars for _, bars, _ in form)
        require(total == self.bars, f"the sections of a form must last {self.bars} bars", total)


def blend(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights brought to a sum of 1.

    >>> blend({"chopin": 2, "band": 2})
    {'chopin': 0.5, 'band': 0.5}
    """
    total = math.fsum(weights.values())
    require(total > 0, "weights must be above 0 together", total)
    return {name: weight / total for name, weight in weights.items()}
