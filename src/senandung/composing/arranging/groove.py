"""Grooves of the drum kit: learned bars where the table has them, the project's own else.

The table `weights/drums.json` (extracted from the Groove MIDI Dataset, CC BY 4.0) gives bass drum and snare; the
cymbals are played evenly, by the section's fullness, as an accompanist does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from senandung.composing.arranging.chart import Bar, Chart
from senandung.composing.arranging.player import LIFTED

KICK, STICK, SNARE, CLOSED, PEDAL, OPEN, CRASH, RIDE, SPLASH = 36, 37, 38, 42, 44, 46, 49, 51, 55
TAMBOURINE, SHAKER = 54, 70
HIGH_TOM, MID_TOM, FLOOR_TOM = 48, 45, 43


@dataclass(frozen=True)
class Groove:
    """Bass drum and snare of one bar: (step, velocity) each, velocity 1..127; `source` says whose it is."""

    kick: tuple[tuple[int, int], ...]
    snare: tuple[tuple[int, int], ...]
    source: str = "own"


# The project's own bars: (metre) -> (soft, full).
OWN: Mapping[str, Mapping[str, tuple[Groove, Groove]]] = MappingProxyType(
    {
        "drums-ballad": {
            "4/4": (
                Groove(((0, 96), (10, 74)), ((4, 88), (12, 90))),
                Groove(((0, 100), (6, 70), (8, 92), (10, 80)), ((4, 104), (12, 106))),
            ),
        },
        "drums-pop": {
            "4/4": (
                Groove(((0, 100), (8, 92), (10, 78)), ((4, 104), (12, 106))),
                Groove(((0, 104), (3, 80), (8, 98), (10, 90)), ((4, 112), (12, 114))),
            ),
        },
        "drums-rock": {
            "4/4": (
                Groove(((0, 106), (8, 100), (10, 88)), ((4, 112), (12, 114))),
                Groove(((0, 112), (2, 86), (8, 108), (10, 98)), ((4, 118), (12, 120))),
            ),
        },
        "drums-brush": {
            "4/4": (Groove(((0, 70), (8, 62)), ((4, 60), (12, 62))), Groove(((0, 78), (8, 72)), ((4, 72), (12, 74)))),
        },
        "drums-dangdut": {
            "4/4": (
                Groove(((0, 84), (8, 80)), ((4, 60), (12, 64))),
                Groove(((0, 96), (6, 70), (8, 92)), ((4, 80), (12, 84))),
            ),
        },
        "any": {
            "3/4": (
                Groove(((0, 96),), ((4, 70), (8, 76))),
                Groove(((0, 102), (10, 72)), ((4, 88), (8, 94))),
            ),
            "6/8": (
                Groove(((0, 96),), ((6, 90),)),
                Groove(((0, 102), (4, 72), (10, 80)), ((6, 108),)),
            ),
        },
    }
)

LEARNED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"drums-ballad": ("pop", "soul", "rock"), "drums-pop": ("pop", "rock", "funk"), "drums-rock": ("rock", "punk")}
)
"""Which styles of the learned table a pattern draws from."""


@cache
def table() -> Mapping[str, Any]:
    """The learned table, empty where it is not installed."""
    path = resources.files("senandung.weights") / "drums.json"
    if not path.is_file():
        return MappingProxyType({})
    found = json.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType(found if isinstance(found, dict) else {})


@cache
def learned_grooves(pattern: str, metre: str) -> tuple[Groove, ...]:
    """Learned bars fit to accompany: bass drum on one, a backbeat, not too busy; the sparsest first."""
    if metre not in ("4/4", "6/8"):
        return ()
    backbeat = {"4/4": {4, 12}, "6/8": {6}}[metre]
    suffix = "" if metre == "4/4" else f" {metre}"
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], Groove] = {}
    for name in LEARNED.get(pattern, ()):
        for row in table().get(name + suffix, {}).get("patterns", ()):
            hits = row["hits"]
            kick = tuple(sorted((int(s), int(v)) for s, v in hits.get("36", ()) if s % 2 == 0 or v >= 45))
            snare = tuple(sorted((int(s), int(v)) for s, v in hits.get("38", ()) if v >= 12))
            strong = {s for s, v in snare if v >= 60}
            on = tuple(s for s, _ in kick)
            if not (0 in on and 2 <= len(on) <= 5 and strong == backbeat and len(snare) <= 6):
                continue
            off_grid = sum(1 for s in on if s % 2)
            if off_grid > 1 or any(s in backbeat for s in on):
                continue
            level = max(v for _, v in kick)
            kick = tuple((s, min(112, max(60, round(v * 100 / level)))) for s, v in kick)
            snare = tuple((s, min(112, v)) for s, v in snare)
            found.setdefault((on, tuple(s for s, _ in snare)), Groove(kick, snare, f"groove_midi {name}"))
    return tuple(sorted(found.values(), key=lambda g: (len(g.kick) + len(g.snare), g.kick, g.snare)))


@dataclass(frozen=True)
class Fill:
    """The drums of a half bar before a new section: (steps from the bar's end, key, velocity) each."""

    hits: tuple[tuple[int, int, int], ...]

    @property
    def weight(self) -> int:
        """How much goes on: the sum of its velocities."""
        return sum(velocity for _, _, velocity in self.hits)


FILL_DRUMS = (KICK, SNARE, CLOSED, PEDAL, OPEN, HIGH_TOM, MID_TOM, FLOOR_TOM)
LOUDEST_OF_A_FILL = 104


@cache
def learned_fills(pattern: str) -> tuple[Fill, ...]:
    """Fills that drummers played, of a pattern's styles, the lightest first; their loudest stroke is 104."""
    found: dict[tuple[tuple[int, int], ...], Fill] = {}
    for name in LEARNED.get(pattern, ()):
        for row in table().get(name, {}).get("fills", ()):
            hits = [(16 - step, int(key), v) for key, strokes in row["hits"].items() for step, v in strokes]
            kept = [hit for hit in hits if hit[1] in FILL_DRUMS]
            if sum(key in (SNARE, HIGH_TOM, MID_TOM, FLOOR_TOM) for _, key, _ in kept) < 3 or max(kept)[0] > 8:
                continue
            scale = LOUDEST_OF_A_FILL / max(v for _, _, v in kept)
            loud = tuple((back, key, max(38, round(v * scale))) for back, key, v in sorted(kept, reverse=True))
            found.setdefault(tuple((back, key) for back, key, _ in loud), Fill(loud))
    return tuple(sorted(found.values(), key=lambda fill: (fill.weight, fill.hits)))


def groove_at(chart: Chart, bar: Bar, pattern: str) -> Groove:
    """The groove of a bar: one for the soft sections and one for the full ones, the same all through the song.

    Every fourth bar of a learned groove is turned: another bar that people played, with nearly the same bass drum.
    """
    metre = str(bar.metre)
    lifted = not chart.style.staged or chart.sketch.plan.asked or bar.section.kind in LIFTED
    full = bar.fullness >= 0.62 and lifted
    learned = learned_grooves(pattern, metre)
    if len(learned) >= 4:
        half = len(learned) // 2
        pool = learned[half:] if full else learned[:half]
        chosen = pool[chart.rng(f"groove {pattern} {full}").randrange(len(pool))]
        return _turned(chosen, pool) if bar.place % 4 == 3 else chosen
    own = OWN.get(pattern, {}).get(metre) or OWN["any"].get(metre)
    if own is None:
        beat = bar.beat_steps
        after = tuple((step, 90) for step in range(beat, bar.steps, 2 * beat))
        return Groove(tuple((step, 96) for step in range(0, bar.steps, 2 * beat)), after)
    return own[1 if full else 0]


ALIKE = 0.5
"""Least share of bass drum strokes that a turned bar has in common with the groove."""


def _turned(own: Groove, pool: Sequence[Groove]) -> Groove:
    """The groove of the pool that is likest without being the same; the groove itself where none is like it."""
    kicks = {step for step, _ in own.kick}

    def likeness(other: Groove) -> float:
        steps = {step for step, _ in other.kick}
        return len(kicks & steps) / len(kicks | steps)

    others = [other for other in pool if (other.kick, other.snare) != (own.kick, own.snare)]
    best = max(others, key=likeness, default=own)
    return best if likeness(best) >= ALIKE else own


def kick_steps(chart: Chart, bar: Bar) -> tuple[int, ...]:
    """Where the kit's bass drum falls in a bar; empty where the style has no kit playing there."""
    for player in chart.style.ensemble:
        joins = bar.number in chart.staging.joins.get(player.track, ())
        here = (bar.fullness >= player.enters or joins) and bar.number not in chart.staging.rests.get(player.track, ())
        if player.instrument == "drums" and player.pattern in LEARNED and here:
            return tuple(step for step, _ in groove_at(chart, bar, player.pattern).kick)
    return ()
