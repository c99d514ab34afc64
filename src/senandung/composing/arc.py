"""The arc of a song: the tension that all who write and play it follow, its climax, and what happens there.

There is one mechanism: a curve that the person drew takes the place of the curve that the form has by itself.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.plan import VOCAL_KINDS, Plan, SectionPlan, Wishes
from senandung.domain.curve import Arc, TensionCurve
from senandung.domain.song import Note, Song, Track, tidy_notes
from senandung.domain.style import Player, Style
from senandung.domain.time import Tick

RETURNING = 0.07
"""A sung section that comes back is so much fuller than it was, twice at most."""

SWELL = 0.02
"""Inside a section the usual curve rises by twice this."""

LEAVING = 0.68
"""An outro begins at this share of the fullness before it: the band leaves by and by."""

SUMMIT = 0.05
"""Bars that are less than this below the top belong to it: the climax stands on the first that opens a section."""

MOST_DEVICES = 3

FIRST_CLIMAX = 4
"""A climax in an earlier bar has no device: nothing was heard before it that it could stand out from."""


def usual_curve(sections: Sequence[SectionPlan]) -> TensionCurve:
    """The curve that a form has by itself: each section's intensity, a little more when it returns, and a fading outro.

    >>> form = [SectionPlan("Verse", "verse", 8, 0.4), SectionPlan("Chorus", "chorus", 8, 0.8)]
    >>> usual_curve(form).at(0.25) < usual_curve(form).at(0.75)
    True
    """
    total = sum(section.bars for section in sections)
    points: list[tuple[float, float]] = []
    counts: dict[str, int] = {}
    at, before = 0, 0.0
    for section in sections:
        coming = counts.get(section.kind, 0)
        counts[section.kind] = coming + 1
        level = section.intensity + (RETURNING * min(coming, 2) if section.kind in VOCAL_KINDS else 0.0)
        first, last = level - SWELL, level + SWELL
        if section.kind == "outro":
            first, last = max(level, LEAVING * before), level
        before = last if section.kind == "outro" else level
        points += [(at / total, _unit(first)), ((at + section.bars) / total, _unit(last))]
        at += section.bars
    return TensionCurve(tuple(points))


def curve_of(plan: Plan) -> TensionCurve:
    """The plan's curve, or the one that its form has by itself."""
    return plan.curve or usual_curve(plan.sections)


def tension_of_bar(plan: Plan, bar: int) -> float:
    """The planned tension of a bar, counted from 0: the curve's mean over it."""
    return curve_of(plan).mean(bar / plan.bars, (bar + 1) / plan.bars)


def with_arc(plan: Plan, style: Style, wishes: Wishes, *, seed: int) -> Plan:
    """The plan with its curve, its sections as full as the curve says, its climax and the devices planned there."""
    if wishes.curve is not None:
        sections, at = [], 0
        for section in plan.sections:
            level = wishes.curve.mean(at / plan.bars, (at + section.bars) / plan.bars)
            sections.append(replace(section, intensity=round(_unit(level), 3)))
            at += section.bars
        plan = replace(plan, sections=tuple(sections), curve=wishes.curve, asked=True)
    else:
        plan = replace(plan, curve=usual_curve(plan.sections))
    climax = climax_bar(plan)
    plan = replace(plan, climax=climax)
    return replace(plan, devices=_choose_devices(plan, style, wishes, random.Random(f"devices {seed}")))


def climax_bar(plan: Plan) -> int:
    """The bar of the curve's top: of the bars near the top, the first that opens a section, else a group of four."""
    levels = [tension_of_bar(plan, bar) for bar in range(plan.bars)]
    top = max(levels)
    highest = levels.index(top)
    first = last = highest
    while first and levels[first - 1] >= top - SUMMIT:
        first -= 1
    while last + 1 < len(levels) and levels[last + 1] >= top - SUMMIT:
        last += 1
    summit = range(first, last + 1)
    opening, at = set(), 0
    for section in plan.sections:
        opening.add(at)
        at += section.bars
    return next((bar for bar in summit if bar in opening), highest)


def section_of_bar(plan: Plan, bar: int) -> int:
    """The index of the section that holds a bar."""
    at = 0
    for index, section in enumerate(plan.sections):
        at += section.bars
        if bar < at:
            return index
    return len(plan.sections) - 1


def held_back(style: Style, ensemble: Sequence[str]) -> Player | None:
    """The player who can wait for the climax: the last with a pad or a counter-line, in a band of four or more."""
    if ensemble or len(style.ensemble) < 4:
        return None
    waiting = [player for player in style.ensemble if player.role in ("pad", "counter") and player.pattern != "quartet"]
    return waiting[0] if len(waiting) >= 2 or (waiting and waiting[0].role == "counter") else None


def _choose_devices(plan: Plan, style: Style, wishes: Wishes, rng: random.Random) -> tuple[str, ...]:
    """One to three devices: what the form brings by itself, then what is made for it."""
    climax = plan.climax or 0
    if climax < FIRST_CLIMAX or (plan.curve is not None and plan.curve.is_level):
        return ()
    index = section_of_bar(plan, climax)
    section = plan.sections[index]
    chosen = []
    if plan.lift and section.kind == "chorus" and all(other.kind != "chorus" for other in plan.sections[index + 1 :]):
        chosen.append("new-key")
    elif section.repeats is not None:
        chosen.append("return")
    made = ["sudden-texture"]
    free = not wishes.chords and section.kind not in style.schemes
    if free and not plan.changes_key and "new-key" not in chosen and climax < plan.bars - 1:
        made.append("new-harmony")
    if section.slots:
        made.append("appoggiatura")
    if held_back(style, wishes.ensemble) is not None and not plan.asked:
        made.append("new-voice")
    rng.shuffle(made)
    return (*chosen, *made[: MOST_DEVICES - len(chosen)])


def arc_of(plan: Plan, tracks: Sequence[Track], waiting: Player | None) -> Arc:
    """What the song keeps: the curve in ticks, the climax, and the devices that are truly there."""
    bar = plan.metre.bar_ticks
    end = plan.bars * bar
    points = [(round(share * end), round(tension, 4)) for share, tension in curve_of(plan).points]
    onset = (plan.climax or 0) * bar
    devices = [name for name in plan.devices if name != "new-voice" or _enters(tracks, waiting, onset, bar)]
    return Arc(tuple(points), onset, tuple(devices), plan.asked)


def drawn_arc(song: Song, curve: TensionCurve) -> Arc:
    """The arc of a finished piece on which a curve was drawn: its players and its mix follow it, its notes do not."""
    starts = song.bar_starts()
    points = tuple((round(share * song.end), round(tension, 4)) for share, tension in curve.points)
    climax = max((tick for tick in starts if tick <= curve.peak * song.end), default=0)
    return Arc(points, climax, (), asked=True)


def _enters(tracks: Sequence[Track], waiting: Player | None, onset: Tick, bar: Tick) -> bool:
    own = [track for track in tracks if waiting is not None and track.name == waiting.track]
    return bool(own and own[0].notes) and onset - bar // 2 <= own[0].notes[0].onset < onset + bar


def break_before(plan: Plan, tracks: Sequence[Track]) -> tuple[Track, ...]:
    """The tracks with the band silent for the last beat before the climax; who sings goes on."""
    if "sudden-texture" not in plan.devices:
        return tuple(tracks)
    end = (plan.climax or 0) * plan.metre.bar_ticks
    first = end - plan.metre.beat_ticks
    broken = []
    for track in tracks:
        if track.role in ("vocal", "backing", "melody"):
            broken.append(track)
            continue
        notes: list[Note] = []
        for note in track.notes:
            if first <= note.onset < end:
                continue
            notes.append(replace(note, duration=first - note.onset) if note.onset < first < note.end else note)
        broken.append(replace(track, notes=tidy_notes(notes)))
    return tuple(broken)


def _unit(value: float) -> float:
    return min(max(value, 0.05), 1.0)
