"""Cuk and cak: the two small guitars whose strokes interlock, which is what the music is named for.

The cuk in mouth music (Yulianta, "Bentuk pembelajaran teknik permainan instrumen keroncong"): engkel *crong, thung,
thunglolot, thung, crong*, dobel or rangkep *thung, thunglolot, thunglolot, thunglolot*. Read here as a beat a word:
crong is the rolled chord, thung the thumb's string, lolot two quick plucks of the others before the next beat. The cak
fills what the cuk leaves, so on syncopated strokes (Harmunah 1987). Struck cuk (*genjrengan*) for merry songs, both
without a pause (*ropelan*) in preludes and interludes (eshakarsanada 2008). Steps and variants are ours.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.keroncong.pace import banded, turns_next
from senandung.composing.arranging.voicing import CAK, CUK, grip
from senandung.domain.chords import Chord
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick

QUICK: Tick = STEP // 2
"""A thirty-second: the strokes of a lolot and of a roll."""

# A sign a sixteenth. C crong, T thung, f lolot, G the strings struck and damped, g the same, softer.
CUK_BARS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "engkel": ("C...T...T..fT...", "C...T..fC...T...", "C..fT...T...T...", "C...T..fC..fT..."),
        "genjrengan": ("G...G...G...G...", "G...G..gG...G...", "G...G...G..gG..g"),
        "dobel": ("T...T.f.T.f.T.f.", "C.f.T.f.T.f.T.f.", "T.f.T...T.f.T.f.", "C.f.T.f.C.f.T.f."),
        "ropelan": ("G.g.G.g.G.g.G.g.", "G.g.g.G.g.g.G.g."),
    }
)
"""Bars of the cuk by pace; the last of a row closes a phrase."""

# K the whole chord, k softer, s one string after another, r a roll: a string struck twice.
CAK_BARS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "engkel": ("..K...K...K...K.", "..K...K..sK...K.", "..K..sK...K..sK.", "..K...K...K..rKr"),
        "genjrengan": ("..K...K...K...K.", "..K...K...K..sK.", "..K...K...K..rK."),
        "dobel": (".s.K.s.K.s.K.s.K", ".K.s.K.s.K.s.K.s", ".s.K.s.s.s.K.s.s", ".s.K.s.K.s.r.r.r"),
        "ropelan": (".k.K.k.K.k.K.k.K", ".k.K.k.K.k.K.r.r"),
    }
)
"""Bars of the cak by pace; the last of a row closes a phrase with rolls (ngroll)."""

BEATS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"engkel": ("T...", "..K."), "genjrengan": ("G...", "..K."), "dobel": ("T.f.", ".s.K"), "ropelan": ("G.g.", ".k.K")}
)
"""A beat of cuk and cak, for metres other than four quarters."""

SHORT_BEAT = ("T.", ".K")
"""The same for beats of an eighth."""

RINGS: Mapping[str, int] = MappingProxyType({"C": 4, "T": 4, "G": 1, "g": 1, "K": 2, "k": 1, "s": 1})
"""Sixteenths that a stroke rings at most."""

ACCENTS: Mapping[str, float] = MappingProxyType(
    {"C": 0.2, "T": 0.0, "f": -0.35, "G": 0.05, "g": -0.3, "K": 0.05, "k": -0.35, "s": -0.25, "r": -0.3}
)

DENSE = ("dobel", "ropelan")
"""Paces at which the cak's strokes are all short."""

MERRY = (0.3, 0.1)
"""Valence and arousal from which the cuk is struck in the first verse."""


def play_cuk(chart: Chart, player: Player) -> list[Note]:
    """The cuk: on the beats, with its lolot before them."""
    notes: list[Note] = []
    for bar, step, sign, ring in _strokes(chart, player, CUK_BARS, 0):
        tick = bar.onset + step * STEP
        strings = _strings(bar.chord_at(tick), CUK)
        velocity = chart.velocity(bar, ACCENTS[sign] + (0.1 if step == 0 else 0.0), 58)
        if sign == "f":
            first, second = strings[-1], strings[0] if strings[0] != strings[-1] else strings[len(strings) // 2]
            notes += [Note(tick, QUICK, first, velocity), Note(tick + QUICK, QUICK, second, velocity)]
        elif sign == "T":
            notes.append(Note(tick, ring * STEP, min(strings), velocity))
        else:
            notes += [Note(tick, ring * STEP, pitch, velocity) for pitch in sorted(set(strings))]
    return notes


def play_cak(chart: Chart, player: Player) -> list[Note]:
    """The cak: in the gaps of the cuk; at the double pace single strings run through them."""
    notes: list[Note] = []
    count = 0
    for bar, step, sign, ring in _strokes(chart, player, CAK_BARS, 1):
        tick = bar.onset + step * STEP
        strings = sorted(set(_strings(bar.chord_at(tick), CAK)))
        velocity = chart.velocity(bar, ACCENTS[sign], 57)
        if sign == "r":
            notes += [Note(tick + half * QUICK, QUICK, strings[-1], velocity) for half in (0, 1)]
        elif sign == "s":
            count += 1
            notes.append(Note(tick, ring * STEP, strings[count % len(strings)], velocity))
        else:
            notes += [Note(tick, ring * STEP, pitch, velocity) for pitch in strings]
    return notes


def _strings(chord: Chord, strings: tuple[int, ...]) -> list[int]:
    """What is held on the strings, in their order; open strings where no hand can hold the chord."""
    return [pitch for pitch in grip(chord, strings, 0, 5) if pitch is not None] or list(strings)


def _strokes(
    chart: Chart, player: Player, bars: Mapping[str, Sequence[str]], which: int
) -> Iterator[tuple[Bar, int, str, int]]:
    """Each stroke: its bar, its sixteenth, its sign and how many sixteenths it rings."""
    rng = chart.rng(player.track)
    chosen: tuple[str, str] = ("", "")
    at = (-1, "")
    for bar, irama in banded(chart, player):
        feeling = chart.feeling_in(bar)
        merry = feeling.valence >= MERRY[0] and feeling.arousal >= MERRY[1]
        kind = "genjrengan" if irama == "engkel" and merry else irama
        if at != (bar.section_index, kind):
            at, chosen = (bar.section_index, kind), _two(bars[kind][:-1], rng)
        if bar.steps == 16 and bar.beat_steps == 4:
            signs = bars[kind][-1] if turns_next(chart, bar) else chosen[bar.place % 4 == 2]
        else:
            cell = BEATS[kind][which] if bar.beat_steps >= 3 else SHORT_BEAT[which]
            cell = cell[: bar.beat_steps].ljust(bar.beat_steps, ".")
            signs = (cell * (bar.steps // bar.beat_steps + 1))[: bar.steps]
        if which == 0:
            signs = with_changes(bar, signs)
        struck = [step for step, sign in enumerate(signs) if sign != "."]
        for step, after in zip(struck, [*struck[1:], bar.steps], strict=False):
            changes = [(s.onset - bar.onset) // STEP for s in bar.harmony if s.onset > bar.onset + step * STEP]
            until = min([after, *changes])
            ring = 1 if kind in DENSE and which else RINGS.get(signs[step], 1)
            yield bar, step, signs[step], max(1, min(ring, until - step))


def with_changes(bar: Bar, signs: str) -> str:
    """The bar's strokes with a thung wherever the chord changes and nothing is struck."""
    line = list(signs)
    for span in bar.harmony:
        step = (span.onset - bar.onset) // STEP
        if line[step] in ".f":
            line[step] = "T"
    return "".join(line)


def _two(rows: Sequence[str], rng: random.Random) -> tuple[str, str]:
    """The bar that a section keeps to, and the one that varies it."""
    first = rng.choice(rows)
    return first, rng.choice([row for row in rows if row != first] or [first])
