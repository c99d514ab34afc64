"""Harmony: the chords of every bar, from a wish, from a style's schemes, or from the learned tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from senandung.composing.harmony.cadence import CADENCES, cadence_of
from senandung.composing.harmony.changes import Changes
from senandung.composing.harmony.inversions import SLOW_BPM, invert_chords
from senandung.composing.harmony.roman import chord_of, in_minor, parse_scheme
from senandung.composing.plan import VOCAL_KINDS, Plan, SectionPlan, Wishes
from senandung.composing.tables import load_chain, load_table, place_of
from senandung.domain.chords import Chord
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, Section
from senandung.domain.style import Style
from senandung.domain.time import TICKS_PER_QUARTER, Tick

Bar = tuple[str, ...]
"""The numerals of one bar."""

FOREIGN_TONE = 0.1
"""A chord's share is multiplied by this for each of its tones outside the scale (the leading tone of V excepted)."""

SHARPEN = 1.5
"""Learned shares are raised to this power: above 1 the usual is preferred to the merely possible."""

CANDIDATES = 12
"""Progressions tried for a section; twice as many where the network judges them."""

EAR = 1.5
"""What a nat a bar by the network weighs against the dullness of a progression."""

USUAL_HOME = (0.2, 0.45)
"""The share of bars on the tonic chord alone: in the learned songs it is .25 (major) to .4 (minor)."""

USUAL_STILL = 0.36
"""More bars than this share that repeat the bar before are dull."""

USUAL_ALIKE = 0.3
"""A chorus that shares more than this part of its bars, place by place, with the verse brings nothing new."""

LONG_BAR_SECONDS = 2.6
"""In longer bars two chords are welcome, in shorter ones rarer."""


def harmonise(
    plan: Plan,
    sections: Sequence[Section],
    feeling: Feeling,
    style: Style,
    wishes: Wishes,
    *,
    seed: int,
    changes: Changes | None = None,
) -> tuple[ChordSpan, ...]:
    """The chords of the whole song; no span crosses a bar line, the last bar stands on the tonic.

    Parameters
    ----------
    plan, sections : the form and where its sections stand, in ticks.
    feeling : sad ones change chords more slowly, glad ones stay with the primary chords.
    style : its `schemes` are taken as they are; elsewhere its `harmony` names the learned table.
    wishes : `chords` overrides everything, one chord a bar, repeated.
    seed : the same seed gives the same chords.
    changes : the network that judges what is proposed; without it the rules alone choose.
    """
    if wishes.chords:
        bars: list[tuple[Chord, ...]] = [(wishes.chords[at % len(wishes.chords)],) for at in range(plan.bars)]
        bars[-1] = (_home(plan.key, wishes.chords),)
        return _spans(bars, plan.metre)
    writer = _Writer(plan, feeling, style, random.Random(seed), changes)
    numerals = [bar for section in writer.sections() for bar in section]
    numerals[-1] = ("i" if plan.key.is_minor else "I",)
    assert sum(section.bars for section in plan.sections) == len(numerals)
    assert not sections or sections[-1].end == len(numerals) * plan.metre.bar_ticks
    spans = _spans([tuple(chord_of(numeral, plan.key) for numeral in bar) for bar in numerals], plan.metre)
    if style.harmony == "hymn" or style.schemes or plan.bpm * plan.metre.beat_ticks / TICKS_PER_QUARTER > SLOW_BPM:
        return spans
    return invert_chords(spans, sections, plan.key, seed=seed)


def bar_parts(metre: Metre, count: int) -> list[tuple[Tick, Tick]]:
    """Start and length in ticks of `count` chords in a bar, each on a beat where there are beats enough.

    >>> bar_parts(Metre(4, 4), 2), bar_parts(Metre(3, 4), 2)
    ([(0, 960), (960, 960)], [(0, 960), (960, 480)])
    """
    if count <= metre.beats:
        beats = [-(-metre.beats * part // count) for part in range(count + 1)]
        starts = [beat * metre.beat_ticks for beat in beats]
    else:
        starts = [metre.bar_ticks * part // count for part in range(count + 1)]
    return [(start, end - start) for start, end in pairwise(starts)]


@cache
def plain(numeral: str) -> str:
    """A numeral without its seventh or suspension: two such chords in a row are hardly a change.

    >>> plain("IVmaj7"), plain("bVII"), plain("iio")
    ('IV', 'bVII', 'iio')
    """
    for ending in ("maj7", "sus4", "7"):
        numeral = numeral.removesuffix(ending)
    return numeral


def _spans(bars: Sequence[tuple[Chord, ...]], metre: Metre) -> tuple[ChordSpan, ...]:
    return tuple(
        ChordSpan(number * metre.bar_ticks + start, length, chord)
        for number, chords in enumerate(bars)
        for chord, (start, length) in zip(chords, bar_parts(metre, len(chords)), strict=True)
    )


def _home(key: Key, chords: Sequence[Chord]) -> Chord:
    """The tonic chord as the person writes it, or the plain triad."""
    tonic = [chord for chord in chords if chord.root.pitch_class == key.tonic.pitch_class]
    return tonic[0] if tonic else Chord(key.tonic, "min" if key.is_minor else "maj")


@dataclass
class _Writer:
    """Writes one song's numerals. Final; used once."""

    plan: Plan
    feeling: Feeling
    style: Style
    rng: random.Random
    changes: Changes | None = None

    def __post_init__(self) -> None:
        tables = load_table("chords")
        name = self.style.harmony if self.style.harmony in tables else "pop"
        self.minor = self.plan.key.is_minor
        self.chain = load_chain("chords", name, "minor" if self.minor else "major")
        self.tonic = "i" if self.minor else "I"
        self.fit = {symbol: self._fitness(symbol) for symbol in self.chain.alphabet}
        self.foreign = {symbol: self._is_foreign(symbol) for symbol in self.chain.alphabet}
        self.still = 0.45 if self.feeling.valence < -0.3 or self.style.harmony != "pop" else 0.28
        self.memo: dict[tuple[str, ...], list[tuple[str, float]]] = {}
        self.done: list[list[Bar]] = []

    def sections(self) -> list[list[Bar]]:
        """Every section's bars."""
        for at, section in enumerate(self.plan.sections):
            last = at == len(self.plan.sections) - 1
            self.done.append(self._section(section, last))
        self._close()
        played = [at for at, section in enumerate(self.plan.sections) if section.kind in ("intro", "interlude")]
        for at in played:
            self._borrow(at)
        return self.done

    def _close(self) -> None:
        """The last sung section ends at home, by a dominant where it stood on the tonic already."""
        sung = [at for at, section in enumerate(self.plan.sections) if section.kind in VOCAL_KINDS]
        if not sung:
            return
        bars = list(self.done[sung[-1]])
        if self._scheme(self.plan.sections[sung[-1]].kind):
            if len(bars) > 1 and bars[-1][-1] in ("V", "V7", "v"):  # a scheme that leads round comes home at last
                bars[-2:] = [(bars[-2][0], bars[-1][-1]), (self.tonic,)]
            self.done[sung[-1]] = bars
            return
        bars[-1] = (self.tonic,)
        if len(bars) >= 4 and bars[-2][-1] == self.tonic:
            bars[-2] = (self.rng.choice(CADENCES[self.minor]["half"]),)
        self.done[sung[-1]] = bars

    def _section(self, section: SectionPlan, last: bool) -> list[Bar]:
        scheme = self._scheme(section.kind)
        if scheme:
            return _fill(scheme, section.bars)
        if section.kind == "solo":
            earlier = [i for i in range(len(self.done)) if self.plan.sections[i].kind in ("chorus", "verse")]
            if earlier:
                return _fill(self.done[self.rng.choice(earlier)], section.bars)
        if section.repeats is not None and section.repeats < len(self.done):
            bars = _fill(self.done[section.repeats], section.bars)
            return self._vary(bars) if section.kind == "verse" else bars
        if section.kind == "outro":
            return self._outro(section.bars)
        return self._compose(section.kind, section.bars, home=last or section.kind == "chorus")

    def _scheme(self, kind: str) -> list[Bar]:
        text = self.style.schemes.get(f"{kind}-minor" if self.minor else kind, self.style.schemes.get(kind, ""))
        if not text:
            return []
        bars = parse_scheme(text)
        written_major = any(numeral[:2] in ("I", "I7", "I6", "Im") for bar in bars for numeral in bar)
        if self.minor and written_major:
            return [tuple(in_minor(numeral) for numeral in bar) for bar in bars]
        return list(bars)

    def _borrow(self, at: int) -> None:
        """An intro or interlude without a scheme plays the chords of what it introduces, and leads into it."""
        section = self.plan.sections[at]
        if self._scheme(section.kind):
            return
        following = next((i for i in range(at + 1, len(self.done)) if self.plan.sections[i].kind in VOCAL_KINDS), None)
        choruses = [i for i, other in enumerate(self.plan.sections) if other.kind == "chorus"]
        source = choruses[0] if section.kind == "interlude" and choruses else following
        if source is None or len(self.done[source]) < 2:
            return
        bars = _fill(self.done[source], section.bars)
        if section.bars >= 4 and following is not None and self.done[following][0][0] == self.tonic:
            bars[-1] = (self.rng.choice(CADENCES[self.minor]["half"]),)
        self.done[at] = bars

    def _compose(self, kind: str, count: int, *, home: bool) -> list[Bar]:
        """Fresh bars: the best of several by how much they move, how often they are at home and what songs do."""
        if self.changes is None:
            tries = [self._phrases(kind, count, home=home) for _ in range(CANDIDATES)]
            costs = [0.0] * CANDIDATES
        else:
            tries = [self._phrases(kind, count, home=home) for _ in range(2 * CANDIDATES)]
            before = [self._chords(bar) for section in self.done for bar in section]
            costs = self.changes.nats(before, [[self._chords(bar) for bar in bars] for bars in tries])
        ranked = [(self._dullness(kind, bars) + EAR * cost, bars) for bars, cost in zip(tries, costs, strict=True)]
        return min(enumerate(ranked), key=lambda item: (item[1][0], item[0]))[1][1]

    def _chords(self, bar: Bar) -> list[Chord]:
        return [chord_of(numeral, self.plan.key) for numeral in bar]

    def _phrases(self, kind: str, count: int, *, home: bool) -> list[Bar]:
        """A phrase with its answer, which begins alike, where the length allows; else a chain to the end."""
        bars = self._chain_bars(kind, count, 0, [], home)
        if count >= 8 and count % 4 == 0 and self.rng.random() < (0.75 if kind in ("verse", "chorus") else 0.35):
            half = count // 2
            answer = bars[:half]
            closing = self._chain_bars(kind, count, count - 2, bars[:half] + answer[:-2], home)
            bars = bars[:half] + closing[half:]
        return bars

    def _dullness(self, kind: str, bars: list[Bar]) -> float:
        """How far bars lie outside what songs usually do: two-sided, 0 inside."""
        names = [numeral for bar in bars for numeral in bar]
        roots = {plain(name) for name in names}
        at_home = sum({plain(name) for name in bar} == {self.tonic} for bar in bars) / len(bars)
        still = sum(plain(a[0]) == plain(b[0]) for a, b in pairwise(bars)) / max(len(bars) - 1, 1)
        dull = 2.0 * max(min(len(bars), 3 if len(bars) < 8 else 4) - len(roots), 0) + max(len(roots) - 5, 0)
        dull += 6 * max(at_home - USUAL_HOME[1], 0) + (6 * max(USUAL_HOME[0] - at_home, 0) if kind == "verse" else 0)
        dull += 6 * max(still - USUAL_STILL, 0)
        foreign = sum(self.foreign[" ".join(bar)] for bar in bars)
        dull += 0.7 * max(foreign - 1, 0)
        others = {s.kind: done for s, done in zip(self.plan.sections, self.done, strict=False) if s.kind != kind}
        if any(done[:3] == bars[:3] for name, done in others.items() if name in VOCAL_KINDS and len(done) > 2):
            dull += 1.5
        for name, done in others.items():
            if name in ("verse", "chorus") and kind in ("verse", "chorus", "bridge"):
                alike = sum(a == b for a, b in zip(done, bars, strict=False)) / min(len(done), len(bars))
                dull += 5 * max(alike - USUAL_ALIKE, 0)
        return dull + self.rng.random()

    def _chain_bars(self, kind: str, count: int, start: int, bars: list[Bar], home: bool) -> list[Bar]:
        bars = list(bars)
        for at in range(start, count):
            before = [f"^{kind}"] * 2 + [" ".join(bar) for bar in bars]
            left = count - at
            options = self._options((place_of(at, left), before[-1], before[-2]))
            still = 0.04 if plain(before[-1]) == plain(before[-2]) else self.still
            weights = [
                share
                * (still if plain(symbol) == plain(before[-1]) else 1.0)
                * cadence_of(symbol, kind, at, left, self.minor, home=home)
                for symbol, share in options
            ]
            bars.append(tuple(self.rng.choices(options, weights)[0][0].split()))
        return bars

    def _options(self, context: tuple[str, ...]) -> list[tuple[str, float]]:
        """Bars that may follow a context, with their learned share times their fitness; the unfit are left out."""
        if context not in self.memo:
            shares = self.chain.predict(context)
            self.memo[context] = [
                (s, share**SHARPEN * self.fit[s]) for s, share in shares.items() if self.fit[s] > 0.01
            ]
        return self.memo[context]

    def _vary(self, bars: list[Bar]) -> list[Bar]:
        """A verse that returns changes one inner bar now and then."""
        if len(bars) < 8 or self.rng.random() < 0.4:
            return bars
        at = self.rng.choice([2, 5])
        before = [" ".join(bar) for bar in bars[:at]]
        following = " ".join(bars[at + 1])

        def weigh(symbol: str) -> float:
            onward = self.chain.probability(following, (place_of(at + 1, len(bars) - at - 1), symbol))
            return self.fit[symbol] * onward * (0.3 if symbol in (" ".join(bars[at]), before[-1], following) else 1.0)

        new = self.chain.sample((place_of(at, len(bars) - at), before[-1], before[-2]), self.rng, weigh)
        return [*bars[:at], tuple(new.split()), *bars[at + 1 :]]

    def _outro(self, count: int) -> list[Bar]:
        """What was sung last, slowing to plagal or authentic close and two bars of tonic where there is room."""
        choruses = [i for i, section in enumerate(self.plan.sections[: len(self.done)]) if section.kind == "chorus"]
        source = self.done[choruses[-1]] if choruses else (self.done[-1] if self.done else [(self.tonic,)])
        bars = _fill(source, count)
        close = self.rng.choice(CADENCES[self.minor]["close"])
        ending: list[Bar] = [(close,), (self.tonic,)] if count < 4 else [(close,), (self.tonic,), (self.tonic,)]
        return [*bars[: max(count - len(ending), 0)], *ending[-count:]]

    def _allowed(self, numeral: str) -> set[int]:
        """The pitch classes at home under a numeral: the key's, and the leading tone under a dominant."""
        key = self.plan.key
        leading = {(key.tonic.pitch_class + 11) % 12} if numeral.startswith(("V", "vii")) else set()
        return set(key.pitch_classes) | leading

    def _is_foreign(self, symbol: str) -> bool:
        return any(set(chord_of(n, self.plan.key).pitch_classes) - self._allowed(n) for n in symbol.split())

    def _fitness(self, symbol: str) -> float:
        """How well a bar of numerals suits key, feeling and pace, as a factor."""
        key = self.plan.key
        weight = 1.0
        numerals = symbol.split()
        for numeral in numerals:
            chord = chord_of(numeral, key)
            weight *= FOREIGN_TONE ** len(set(chord.pitch_classes) - self._allowed(numeral))
            if chord.quality in ("aug", "dim"):
                weight *= 0.4
            if self.feeling.valence > 0.3 and numeral not in ("I", "IV", "V", "V7", "vi"):
                weight *= 0.7
            if len(chord.pitch_classes) > 3 and numeral not in ("V7", "v7"):
                weight *= 0.6 if self.style.harmony == "pop" else 0.35
        if len(numerals) > 1:
            seconds = self.plan.metre.beats * 60 / self.plan.bpm
            weight *= 1.2 if seconds >= LONG_BAR_SECONDS else 0.55
            weight *= 0.6 if self.feeling.valence < -0.3 else 1.0
        return weight


def _fill(bars: Sequence[Bar], count: int) -> list[Bar]:
    """Bars brought to a length: whole repeats from the start, the end kept at the end."""
    if count == len(bars):
        return list(bars)
    if count < len(bars):
        return list(bars[:count])
    spare = count - len(bars)
    return [*(list(bars) * (spare // len(bars) + 1))[:spare], *bars]
