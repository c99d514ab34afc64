"""Melody and rhythm statistics of sung lines: intervals, chord tones, endings, arches, bands and bar patterns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import quantiles
from typing import Any

from senandung.composing.tables import Context, MarkovChain, interval_context
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.learning.sung_parts import SungNote, SungPart

LONGEST_PHRASE = 18
"""A phrase without a clause's end is cut after this many syllables: it is left out."""

METRES = ("4/4", "3/4", "6/8", "2/4")
"""Metres with bar patterns of their own; metres in halves are read as these, the others are left out of rhythm."""

SIXTEENTH: Tick = TICKS_PER_QUARTER // 4


@dataclass(frozen=True)
class Phrase:
    """A sung phrase: its notes with absolute onsets in ticks from the part's start, key and metre."""

    key: Key
    metre: Metre
    onsets: tuple[Tick, ...]
    notes: tuple[SungNote, ...]
    last: bool

    @property
    def syllables(self) -> list[int]:
        """Indices of the notes that begin a syllable."""
        return [index for index, note in enumerate(self.notes) if note.begins]


def phrases(part: SungPart) -> Iterator[Phrase]:
    """Cut a part at the ends of clauses and at rests of a beat; phrases of 3 to `LONGEST_PHRASE` syllables."""
    metre = Metre.parse(part.metre)
    joined: list[tuple[Tick, SungNote]] = []
    for note in part.notes:
        onset = note.bar * part.bar_ticks + note.position
        if joined and not note.begins:
            before, held = joined[-1]
            if held.pitch == note.pitch and before + held.duration == onset:  # tied over the bar line
                joined[-1] = (before, replace(held, duration=held.duration + note.duration))
                continue
        joined.append((onset, note))
    run: list[tuple[Tick, SungNote]] = []
    ending = False
    for index, (onset, note) in enumerate(joined):
        rest = bool(run) and onset - (run[-1][0] + run[-1][1].duration) >= metre.beat_ticks
        if run and (rest or (ending and note.begins)):
            yield from _phrase(part, metre, run, last=False)
            run, ending = [], False
        run.append((onset, note))
        ending |= note.ends_line
        if index == len(joined) - 1:
            yield from _phrase(part, metre, run, last=True)


def _phrase(part: SungPart, metre: Metre, run: Sequence[tuple[Tick, SungNote]], *, last: bool) -> Iterator[Phrase]:
    count = sum(note.begins for _, note in run)
    if 3 <= count <= LONGEST_PHRASE and run[0][1].begins:
        yield Phrase(part.key, metre, tuple(onset for onset, _ in run), tuple(note for _, note in run), last)


def interval_examples(phrase: Phrase) -> Iterator[tuple[Context, str]]:
    """(context, interval in semitones) for each note after the first; leaps beyond an octave are left out."""
    tonic = phrase.key.tonic.pitch_class
    for index in range(1, len(phrase.notes)):
        note, before = phrase.notes[index], phrase.notes[index - 1]
        leap = note.pitch - before.pitch
        if abs(leap) > 12:
            continue
        previous = before.pitch - phrase.notes[index - 2].pitch if index > 1 else None
        strong = phrase.metre.weight(note.position) >= 2
        yield interval_context((before.pitch - tonic) % 12, previous, strong=strong), str(leap)


def extract_melody(parts: Iterable[SungPart]) -> dict[str, Any]:
    """The melody table.

    Returns
    -------
    {"intervals": {mode: chain}, "degrees": {mode: {degree: count}}, "chord_tones": {weight: [chord tones, notes]},
    "endings": {mode: {"inner"|"last": {degree: count}}}, "arches": {shape: count}, "bands": {feature: [10 %, 50 %,
    90 %]}, "phrases": count}. Degrees are semitones above the tonic; weights are `Metre.weight`'s, 0..4.
    """
    pairs: defaultdict[str, list[tuple[Context, str]]] = defaultdict(list)
    degrees: defaultdict[str, Counter[int]] = defaultdict(Counter)
    endings: dict[str, dict[str, Counter[str]]] = {
        m: {"inner": Counter(), "last": Counter()} for m in ("major", "minor")
    }
    tones: defaultdict[str, list[float]] = defaultdict(lambda: [0, 0])
    arches: Counter[str] = Counter()
    features: defaultdict[str, list[float]] = defaultdict(list)
    held: list[Phrase] = [phrase for part in parts for phrase in phrases(part)]
    for phrase in held:
        mode, tonic = phrase.key.mode, phrase.key.tonic.pitch_class
        pairs[mode].extend(interval_examples(phrase))
        degrees[mode].update((note.pitch - tonic) % 12 for note in phrase.notes)
        endings[mode]["last" if phrase.last else "inner"][str((phrase.notes[-1].pitch - tonic) % 12)] += 1
        arches[arch(phrase)] += 1
        for name, value in measure([note.pitch for note in phrase.notes]).items():
            features[name].append(value)
        for note in phrase.notes:
            if note.chord is not None:
                row = tones[str(phrase.metre.weight(note.position))]
                row[0] += note.pitch % 12 in note.chord.pitch_classes
                row[1] += 1
    return {
        "intervals": {mode: MarkovChain.fit(pairs[mode], least=6).to_plain() for mode in ("major", "minor")},
        "degrees": {mode: {str(d): n for d, n in sorted(degrees[mode].items())} for mode in ("major", "minor")},
        "chord_tones": {weight: [int(row[0]), int(row[1])] for weight, row in sorted(tones.items())},
        "endings": {mode: {k: dict(sorted(v.items())) for k, v in rows.items()} for mode, rows in endings.items()},
        "arches": dict(sorted(arches.items())),
        "bands": {name: _band(values) for name, values in sorted(features.items())},
        "phrases": len(held),
    }


def arch(phrase: Phrase) -> str:
    """The phrase's shape by its first note, the mean of its inner notes and its last note, after Huron (1996).

    Huron, "The melodic arch in Western folksongs", Computing in Musicology 10. Differences below half a semitone are
    level: "convex", "concave", "ascending", "descending", "horizontal", "horizontal-ascending", ….
    """
    pitches = [note.pitch for note in phrase.notes]
    middle = sum(pitches[1:-1]) / len(pitches[1:-1])
    first = _sign(middle - pitches[0])
    second = _sign(pitches[-1] - middle)
    names = {
        (1, -1): "convex", (-1, 1): "concave", (1, 1): "ascending", (-1, -1): "descending", (0, 0): "horizontal",
        (0, 1): "horizontal-ascending", (0, -1): "horizontal-descending", (1, 0): "ascending-horizontal",
        (-1, 0): "descending-horizontal",
    }  # fmt: skip
    return names[first, second]


def _sign(difference: float) -> int:
    return 0 if abs(difference) < 0.5 else (1 if difference > 0 else -1)


def measure(pitches: Sequence[int]) -> dict[str, float]:
    """Range in semitones and the shares of repeated notes, steps (up to a tone) and leaps (a fourth or more)."""
    moves = [abs(b - a) for a, b in pairwise(pitches)]
    return {
        "range": float(max(pitches) - min(pitches)),
        "repeats": sum(move == 0 for move in moves) / len(moves),
        "steps": sum(1 <= move <= 2 for move in moves) / len(moves),
        "leaps": sum(move >= 5 for move in moves) / len(moves),
    }


def _band(values: Sequence[float]) -> list[float]:
    cuts = quantiles(values, n=10)
    return [round(cuts[0], 3), round(cuts[4], 3), round(cuts[8], 3)]


# rhythm


def bar_patterns(phrase: Phrase) -> Iterator[tuple[str, str, str]]:
    """(metre, place, pattern) for every bar of a phrase: onsets of syllables in sixteenths, divided by blanks.

    Places are "first", "inner", "last" and "only". A pickup of at most half a bar belongs to no bar. 2/2 and 4/2 are
    read as 4/4 in halved values, 3/2 as 3/4.
    """
    metre = str(phrase.metre)
    halve = metre in ("2/2", "4/2", "3/2")
    name = {"2/2": "4/4", "3/2": "3/4", "4/2": "4/4"}.get(metre, metre)
    if name not in METRES:
        return
    bar = phrase.metre.bar_ticks
    onsets = [phrase.onsets[index] for index in phrase.syllables]
    first_bar = onsets[0] // bar
    if onsets[0] % bar > bar // 2 and onsets[-1] // bar > first_bar:
        first_bar += 1
    last_bar = onsets[-1] // bar
    for number in range(first_bar, last_bar + 1):
        places = [(onset % bar) / (SIXTEENTH * (2 if halve else 1)) for onset in onsets if onset // bar == number]
        if any(place != int(place) for place in places) or (number == last_bar and not places):
            continue
        place = "inner"
        if number == first_bar:
            place = "only" if number == last_bar else "first"
        elif number == last_bar:
            place = "last"
        yield name, place, " ".join(str(int(onset)) for onset in places)


def extract_rhythm(parts: Iterable[SungPart], keep: int = 24) -> dict[str, Any]:
    """Bar patterns: {metre: {place: {number of syllables: {pattern: count}}}}, the `keep` commonest of each.

    "pickups" counts, for phrases, the sixteenths that stand before their first bar line (0: none).
    """
    counts: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    pickups: Counter[str] = Counter()
    for part in parts:
        for phrase in phrases(part):
            for metre, place, pattern in bar_patterns(phrase):
                counts[metre, place, str(len(pattern.split()))][pattern] += 1
            start = phrase.onsets[0] % phrase.metre.bar_ticks
            late = start > phrase.metre.bar_ticks // 2
            pickups[str((phrase.metre.bar_ticks - start) // SIXTEENTH if late else 0)] += 1
    table: dict[str, Any] = {}
    for (metre, place, number), seen in sorted(counts.items()):
        ranked = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
        common = {pattern: count for pattern, count in ranked[:keep] if count >= 2}
        if common:
            table.setdefault(metre, {}).setdefault(place, {})[number] = common
    table["pickups"] = {steps: count for steps, count in sorted(pickups.items()) if count >= 5}
    return table
