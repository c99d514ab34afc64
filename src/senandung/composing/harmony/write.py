"""Harmony: the chords of every bar, from a wish, from a style's schemes, or from the learned tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from senandung.composing.harmony.cadence import CADENCES, cadence_of
from senandung.composing.harmony.changes import Changes
from senandung.composing.harmony.clear import clearness, plain, shading, unclear
from senandung.composing.harmony.inversions import SLOW_BPM, invert_chords
from senandung.composing.harmony.roman import chord_of, in_minor, parse_scheme
from senandung.composing.plan import VOCAL_KINDS, Plan, SectionPlan, Wishes
from senandung.composing.tables import MarkovChain, load_chain, load_table, place_of
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

LED = 0.5
"""How often the dominant that leads into the relative major has its seventh."""

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
    written = writer.sections()
    last = len(written) - 1
    written[last] = [*written[last][:-1], ("i" if plan.key_of(last).is_minor else "I",)]
    bars = [
        tuple(chord_of(numeral, plan.key_of(at)) for numeral in bar) for at, own in enumerate(written) for bar in own
    ]
    assert sum(section.bars for section in plan.sections) == len(bars)
    assert not sections or sections[-1].end == len(bars) * plan.metre.bar_ticks
    spans = _spans(bars, plan.metre)
    if style.harmony == "hymn" or style.schemes or plan.bpm * plan.metre.beat_ticks / TICKS_PER_QUARTER > SLOW_BPM:
        return spans
    for key in dict.fromkeys(plan.key_of(at) for at in range(len(sections))):
        own_sections = [section for at, section in enumerate(sections) if plan.key_of(at) == key]
        spans = invert_chords(spans, own_sections, key, seed=seed)
    return spans


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
        self.done: list[list[Bar]] = []
        self.rooms: dict[tuple[Key, float], _Room] = {}
        self._enter(0)

    def _enter(self, at: int) -> None:
        """Write in the key and the feeling of a section from here on."""
        self.key = self.plan.key_of(at)
        feeling = self.plan.feeling_of(at, self.feeling)
        own = self.key, feeling.valence
        if own not in self.rooms:
            self.rooms[own] = _Room.of(self, self.key, feeling)
        room = self.rooms[own]
        self.minor, self.tonic, self.still = self.key.is_minor, "i" if self.key.is_minor else "I", room.still
        self.chain, self.fit, self.foreign, self.memo = room.chain, room.fit, room.foreign, room.memo

    def sections(self) -> list[list[Bar]]:
        """Every section's bars."""
        for at, section in enumerate(self.plan.sections):
            last = at == len(self.plan.sections) - 1
            self._enter(at)
            self.done.append(self._section(section, last))
        self._close()
        played = [at for at, section in enumerate(self.plan.sections) if section.kind in ("intro", "interlude")]
        for at in played:
            self._enter(at)
            self._borrow(at)
        self._lead_over()
        return self.done

    def _lead_over(self) -> None:
        """Where the key changes, an open section ends on the dominant of the next; one that closed needs no bridge.

        The relative major comes from its dominant, which the minor has as bVII; the relative minor from a dominant of
        its own (III7); parallel keys share theirs. Behind a chorus that closed on its tonic, and fixed chords that did,
        the next key follows at once: two tones of the tonic chord stay, in either case.
        """
        for at in range(1, len(self.plan.sections)):
            old, new = self.plan.key_of(at - 1), self.plan.key_of(at)
            before = self.plan.sections[at - 1]
            closes = self.done[at - 1][-1][-1] in ("i", "I")
            rests = closes and (before.kind == "chorus" or bool(self._scheme(before.kind)))
            if old == new or before.bars < 2 or rests:
                continue
            steps = (new.tonic.pitch_class - old.tonic.pitch_class) % 12
            numeral = {3: "bVII7" if self.rng.random() < LED else "bVII", 9: "III7", 0: "V7"}.get(steps)
            if numeral is not None:
                self.done[at - 1] = [*self.done[at - 1][:-1], (numeral,)]

    def _close(self) -> None:
        """The last sung section ends at home, by a dominant where it stood on the tonic already."""
        sung = [at for at, section in enumerate(self.plan.sections) if section.kind in VOCAL_KINDS]
        if not sung:
            return
        self._enter(sung[-1])
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
            earlier = [i for i in self._alike() if self.plan.sections[i].kind in ("chorus", "verse")]
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
        alike = self._alike()
        following = next((i for i in alike if i > at and self.plan.sections[i].kind in VOCAL_KINDS), None)
        choruses = [i for i in alike if self.plan.sections[i].kind == "chorus"]
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
            costs = self.changes.nats(self._heard(), [[self._chords(bar) for bar in bars] for bars in tries])
        ranked = [(self._dullness(kind, bars) + EAR * cost, bars) for bars, cost in zip(tries, costs, strict=True)]
        return min(enumerate(ranked), key=lambda item: (item[1][0], item[0]))[1][1]

    def _chords(self, bar: Bar) -> list[Chord]:
        return [chord_of(numeral, self.key) for numeral in bar]

    def _heard(self) -> list[list[Chord]]:
        """The chords of all bars that are written, each in its section's key."""
        keys = [self.plan.key_of(at) for at in range(len(self.done))]
        return [
            [chord_of(n, key) for n in bar] for key, section in zip(keys, self.done, strict=True) for bar in section
        ]

    def _alike(self) -> list[int]:
        """The written sections in the key that is written in now."""
        return [at for at in range(len(self.done)) if self.plan.key_of(at) == self.key]

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
        others = {self.plan.sections[i].kind: self.done[i] for i in self._alike() if self.plan.sections[i].kind != kind}
        if any(done[:3] == bars[:3] for name, done in others.items() if name in VOCAL_KINDS and len(done) > 2):
            dull += 1.5
        for name, done in others.items():
            if name in ("verse", "chorus") and kind in ("verse", "chorus", "bridge"):
                alike = sum(a == b for a, b in zip(done, bars, strict=False)) / min(len(done), len(bars))
                dull += 5 * max(alike - USUAL_ALIKE, 0)
        if self.plan.changes_key:
            dull += unclear(bars, self.minor)
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
        alike = self._alike()
        choruses = [i for i in alike if self.plan.sections[i].kind == "chorus"] or alike[-1:]
        source = self.done[choruses[-1]] if choruses else [(self.tonic,)]
        bars = _fill(source, count)
        close = self.rng.choice(CADENCES[self.minor]["close"])
        at = len(self.done)
        if at and self.plan.key_of(at - 1) != self.key:
            close = "V7"  # a key that has only this outro needs its own dominant
        ending: list[Bar] = [(close,), (self.tonic,)] if count < 4 else [(close,), (self.tonic,), (self.tonic,)]
        return [*bars[: max(count - len(ending), 0)], *ending[-count:]]

    def fitness(self, symbol: str, key: Key, feeling: Feeling) -> float:
        """How well a bar of numerals suits key, feeling and pace, as a factor."""
        weight = 1.0
        side = self.plan.side_of(feeling)
        numerals = symbol.split()
        for numeral in numerals:
            chord = chord_of(numeral, key)
            weight *= FOREIGN_TONE ** len(set(chord.pitch_classes) - _allowed(numeral, key))
            if self.plan.changes_key:
                weight *= clearness(numeral, key.is_minor)
            elif side:
                weight *= shading(chord, key, side)
            if chord.quality in ("aug", "dim"):
                weight *= 0.4
            if feeling.valence > 0.3 and numeral not in ("I", "IV", "V", "V7", "vi"):
                weight *= 0.7
            if len(chord.pitch_classes) > 3 and numeral not in ("V7", "v7"):
                weight *= 0.6 if self.style.harmony == "pop" else 0.35
        if len(numerals) > 1:
            seconds = self.plan.metre.beats * 60 / self.plan.bpm
            weight *= 1.2 if seconds >= LONG_BAR_SECONDS else 0.55
            weight *= 0.6 if feeling.valence < -0.3 else 1.0
        return weight


def _allowed(numeral: str, key: Key) -> set[int]:
    """The pitch classes at home under a numeral: the key's, and the leading tone under a dominant."""
    leading = {(key.tonic.pitch_class + 11) % 12} if numeral.startswith(("V", "vii")) else set()
    return set(key.pitch_classes) | leading


@dataclass(frozen=True)
class _Room:
    """What is at hand in one key and feeling: the learned chords, how each fits, which are foreign, how still it is."""

    chain: MarkovChain
    fit: dict[str, float]
    foreign: dict[str, bool]
    still: float
    memo: dict[tuple[str, ...], list[tuple[str, float]]]

    @classmethod
    def of(cls, writer: _Writer, key: Key, feeling: Feeling) -> _Room:
        """The room of a key and a feeling."""
        tables = load_table("chords")
        name = writer.style.harmony if writer.style.harmony in tables else "pop"
        chain = load_chain("chords", name, "minor" if key.is_minor else "major")
        return cls(
            chain,
            {symbol: writer.fitness(symbol, key, feeling) for symbol in chain.alphabet},
            {s: any(set(chord_of(n, key).pitch_classes) - _allowed(n, key) for n in s.split()) for s in chain.alphabet},
            0.45 if feeling.valence < -0.3 or writer.style.harmony != "pop" else 0.28,
            {},
        )


def _fill(bars: Sequence[Bar], count: int) -> list[Bar]:
    """Bars brought to a length: whole repeats from the start, the end kept at the end."""
    if count == len(bars):
        return list(bars)
    if count < len(bars):
        return list(bars[:count])
    spare = count - len(bars)
    return [*(list(bars) * (spare // len(bars) + 1))[:spare], *bars]
