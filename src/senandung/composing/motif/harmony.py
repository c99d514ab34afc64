"""Chords for a motif: where it stands, the chords are those that carry its tones, led as songs lead them.

Under each statement the cheapest way through bars of the learned table is found (Viterbi's search, a few ways kept):
what a tone on a strong beat, or a long one, asks for; what was written there before, the style's scheme above all; and
what follows what in songs. The same form over the same bars gets the same chords every time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from senandung.composing.harmony.roman import chord_of, numeral_of
from senandung.composing.harmony.write import bar_parts
from senandung.composing.motif.staging import Use
from senandung.composing.plan import Plan
from senandung.composing.tables import MarkovChain, load_chain, load_table, place_of
from senandung.domain.chords import Chord
from senandung.domain.metre import Metre
from senandung.domain.motif import Tone
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan
from senandung.domain.style import Style
from senandung.domain.time import Tick

WAYS = 24
"""Ways that are followed at once."""

LEARNED = 0.45
"""What a nat of the learned table weighs against a beat of a fitting tone."""

AS_WRITTEN, AS_SCHEMED = 0.8, 1.6
"""What a chord is worth that was written there before; that the style's scheme has there."""

HOME = 6.0
"""What the last bar's chord is worth: a song comes home."""

FOREIGN = 1.3
"""What a chord tone outside the key costs that the motif does not sing."""

Bar = tuple[Chord, ...]
Cost = float


def harmonise_theme(spans: Sequence[ChordSpan], uses: Sequence[Use], plan: Plan, style: Style) -> tuple[ChordSpan, ...]:
    """The chords with those under every use of the motif chosen for it.

    Parameters
    ----------
    spans : chords of the whole song, no span over a bar line.
    uses : where the motif stands.
    plan, style : the form; the style's schemes are kept where they carry the tune nearly as well.
    """
    bars = _bars_of(spans, plan)
    done: dict[tuple[object, ...], list[Bar]] = {}
    for use in uses:
        first = max(use.start // plan.metre.bar_ticks, 0)
        last = min((use.start + use.tones[-1].onset) // plan.metre.bar_ticks, plan.bars - 1)
        key = plan.key_of(use.section)
        kind = plan.sections[use.section].kind
        name = (tuple((t.onset, t.pitch) for t in use.tones), kind if style.schemes else "", last == plan.bars - 1)
        if name not in done or len(done[name]) != last - first + 1:
            search = _Search(
                plan, key, kind, _chain(style, key), kind in style.schemes or _minor(kind) in style.schemes
            )
            done[name] = search.best(use, bars, first, last)
        bars[first : last + 1] = done[name]
    return tuple(
        ChordSpan(number * plan.metre.bar_ticks + start, length, chord)
        for number, chords in enumerate(bars)
        for chord, (start, length) in zip(chords, bar_parts(plan.metre, len(chords)), strict=True)
    )


def _minor(kind: str) -> str:
    return f"{kind}-minor"


def _bars_of(spans: Sequence[ChordSpan], plan: Plan) -> list[Bar]:
    found: list[list[Chord]] = [[] for _ in range(plan.bars)]
    for span in spans:
        found[min(span.onset // plan.metre.bar_ticks, plan.bars - 1)].append(span.chord)
    for at, bar in enumerate(found):
        if not bar:
            found[at] = [found[at - 1][-1]]
    return [tuple(bar) for bar in found]


def _chain(style: Style, key: Key) -> MarkovChain:
    tables = load_table("chords")
    name = style.harmony if style.harmony in tables else "pop"
    return load_chain("chords", name, "minor" if key.is_minor else "major")


@dataclass
class _Search:
    plan: Plan
    key: Key
    kind: str
    chain: MarkovChain
    schemed: bool

    def best(self, use: Use, bars: Sequence[Bar], first: int, last: int) -> list[Bar]:
        """The chords of the bars from the first to the last that carry a use best."""
        ways: list[tuple[float, tuple[str, ...], list[Bar]]] = [(0.0, self._before(bars, use, first), [])]
        section_end = self._section_end(use.section)
        for number in range(first, last + 1):
            written = bars[number]
            choices = self._choices(use, number, written)
            onward: list[tuple[float, tuple[str, ...], list[Bar]]] = []
            for worth, before, made in ways:
                place = place_of(number - self._section_start(use.section), max(section_end - number, 1))
                shares = self.chain.predict((place, before[-1], before[-2]))
                for symbol, chords, own in choices:
                    learned = math.log(max(shares.get(symbol, 1e-5), 1e-5))
                    onward.append((worth + own + LEARNED * learned, (before[-1], symbol), [*made, chords]))
            onward.sort(key=lambda way: -way[0])
            ways = onward[:WAYS]
        if last + 1 < len(bars) and last + 1 < section_end:
            after = self._symbol(bars[last + 1])
            place = place_of(last + 1 - self._section_start(use.section), max(section_end - last - 1, 1))
            ways = [
                (w + LEARNED * math.log(max(self.chain.predict((place, b[-1], b[-2])).get(after, 1e-4), 1e-4)), b, m)
                for w, b, m in ways
            ]
        return max(ways, key=lambda way: way[0])[2]

    def _section_start(self, section: int) -> int:
        return sum(other.bars for other in self.plan.sections[:section])

    def _section_end(self, section: int) -> int:
        return self._section_start(section) + self.plan.sections[section].bars

    def _before(self, bars: Sequence[Bar], use: Use, first: int) -> tuple[str, ...]:
        found = [f"^{self.kind}"] * 2
        start = self._section_start(use.section)
        return (*found, *(self._symbol(bar) for bar in bars[start:first]))[-2:]

    def _symbol(self, bar: Bar) -> str:
        return " ".join(numeral_of(chord, self.key.tonic, self.key.is_minor) for chord in bar)

    def _choices(self, use: Use, number: int, written: Bar) -> list[tuple[str, Bar, float]]:
        """Bars that carry the tones of one bar, with what each is worth by itself; the best few."""
        metre = self.plan.metre
        start = number * metre.bar_ticks - use.start
        found = []
        for symbol in self.chain.alphabet:
            numerals = symbol.split()
            if len(numerals) > 2:
                continue
            chords = tuple(chord_of(numeral, self.key) for numeral in numerals)
            worth = self._carries(use.tones, chords, start, metre) + self._as_written(chords, written, number)
            found.append((symbol, chords, worth - self._odd(chords, use.tones)))
        known = self._symbol(written)
        if known not in self.chain.alphabet:
            worth = self._carries(use.tones, written, start, metre) + self._as_written(written, written, number)
            found.append((known, written, worth))
        found.sort(key=lambda item: -item[2])
        return found[:WAYS]

    def _carries(self, tones: Sequence[Tone], chords: Bar, start: Tick, metre: Metre) -> float:
        return sum(
            carried(tones, chord, start + at, start + at + length, metre)
            for chord, (at, length) in zip(chords, bar_parts(metre, len(chords)), strict=True)
        )

    def _as_written(self, chords: Bar, written: Bar, number: int) -> float:
        worth = AS_SCHEMED if self.schemed else AS_WRITTEN
        if number == self.plan.bars - 1:
            worth = HOME
        if len(chords) == len(written):
            return worth * sum(_same(a, b) for a, b in zip(chords, written, strict=True)) / len(chords)
        return 0.6 * worth * (_same(chords[0], written[0]) + _same(chords[-1], written[-1])) / 2

    def _odd(self, chords: Bar, tones: Sequence[Tone]) -> float:
        """What tones outside the key cost, that the motif does not have; and a change of chord in a short bar."""
        sung = {tone.pitch % 12 for tone in tones}
        leading = (self.key.tonic.pitch_class + 11) % 12
        at_home = set(self.key.pitch_classes) | sung
        cost = 0.0
        for chord in chords:
            dominant = chord.root.pitch_class == (self.key.tonic.pitch_class + 7) % 12
            cost += FOREIGN * sum(
                tone not in at_home and not (dominant and tone == leading) for tone in chord.pitch_classes
            )
            cost += 0.5 * (chord.quality in ("dim", "aug", "hdim7", "dim7")) + 0.25 * (len(chord.pitch_classes) > 3)
        seconds = self.plan.metre.beats * 60 / self.plan.bpm
        return cost + (len(chords) - 1) * (0.3 if seconds > 2.6 else 0.8)


def _same(one: Chord, other: Chord) -> float:
    if one.root.pitch_class != other.root.pitch_class:
        return 0.0
    return 1.0 if one.pitch_classes[:3] == other.pitch_classes[:3] else 0.3


def carried(tones: Sequence[Tone], chord: Chord, start: Tick, end: Tick, metre: Metre) -> float:
    """How well a chord carries the tones that sound between two ticks: beats of fitting ones less those of others."""
    total = 0.0
    for at, tone in enumerate(tones):
        length = min(tone.end, end) - max(tone.onset, start)
        if length <= 0:
            continue
        begins = tone.onset >= start
        weight = metre.weight(tone.onset) if begins else 3
        held = length / metre.beat_ticks
        strong = (0.5 + 0.25 * weight) * min(held, 2.0) ** 0.7
        kind = _kind(tone.pitch % 12, chord.pitch_classes)
        if kind == "tone":
            total += strong
        elif kind == "seventh":
            total += 0.35 * strong
        else:
            total -= (0.3 if _passes(tones, at, metre) else 1.4) * strong + (0.5 * strong if kind == "clash" else 0.0)
    return total


@lru_cache(maxsize=4096)
def _kind(pitch_class: int, chord: tuple[int, ...]) -> str:
    if pitch_class in chord[:3]:
        return "tone"
    if pitch_class in chord:
        return "seventh"
    return "clash" if any((pitch_class - tone) % 12 == 1 for tone in chord[:3]) else "foreign"


def _passes(tones: Sequence[Tone], at: int, metre: Metre) -> bool:
    """Whether a tone is short and weak and goes on by step: a passing or neighbouring one."""
    tone = tones[at]
    if metre.weight(tone.onset) >= 3 or tone.duration > metre.beat_ticks:
        return False
    return at + 1 < len(tones) and 0 < abs(tones[at + 1].pitch - tone.pitch) <= 2
