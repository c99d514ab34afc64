"""A whole gendhing: its form, its balungan, the players' parts, the sung line, and its changes of irama."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import cast

from senandung.composing.arc import arc_of
from senandung.composing.gamelan.balungan import Balungan, Gatra, write_balungan
from senandung.composing.gamelan.gerongan import write_gerongan
from senandung.composing.gamelan.laid import GATRA_TICKS, Laid, LaidGatra
from senandung.composing.gamelan.players import FIGURES
from senandung.composing.plan import Plan, SectionPlan, Wishes
from senandung.composing.words.write import write_words
from senandung.domain.checks import require
from senandung.domain.curve import TensionCurve
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.gendhing import CYCLES, IRAMAS, PATHETS, Cycle, Irama, Pathet
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import (
    FeelingPoint,
    KeyChange,
    MetreChange,
    Provenance,
    Role,
    Section,
    Song,
    Track,
)
from senandung.domain.style import Gendhing, Style, parse_form
from senandung.domain.tempo import TempoChange
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.domain.tuning import GAMELANS, TUNINGS
from senandung.domain.words import Words

SUNG_KINDS = ("verse", "chorus")
"""Kinds of section with a sung line: the ompak and the ngelik. The others are played."""

NAMES: Mapping[str, str] = MappingProxyType(
    {"intro": "Buka", "interlude": "Ompak", "verse": "Ompak", "chorus": "Ngelik", "outro": "Suwuk"}
)
"""What the kinds of section are called."""

KINDS = tuple(NAMES)

INTENSITY: Mapping[str, float] = MappingProxyType(
    {"intro": 0.25, "interlude": 0.5, "verse": 0.55, "chorus": 0.65, "outro": 0.45}
)

LINE_BARS = 2
"""Gatra of a sung line."""

LONGEST_SECONDS = 350.0
"""Many lines make a song longer, up to this."""

RING_BARS = 1
"""After the last gong the tones ring for a bar."""

EASED = ((12, 0.95), (9, 0.87), (6, 0.78), (4, 0.7), (2, 0.6))
"""Before an irama that is twice as slow: beats before the gong, and the share of the tempo from there on. In the last
gatra, where the pace is half way, peking and bonang already play twice as densely. Ours."""

PRESSED = ((12, 1.06), (9, 1.16), (6, 1.28), (4, 1.42), (2, 1.7))
"""The same before an irama that is twice as fast."""

SUWUK = ((10, 0.94), (7, 0.86), (5, 0.76), (3, 0.64), (1, 0.52))
"""Before the last gong."""


def compose_gendhing(
    feeling: Feeling,
    style: Style,
    person_lines: tuple[str, ...],
    wishes: Wishes,
    *,
    language: str,
    seeds: Mapping[str, int],
    seed: int,
    version: str,
) -> Song:
    """A gendhing for a feeling, in a style whose `gendhing` says form and gamelan.

    Parameters
    ----------
    feeling : chooses the pathet (its place in the feeling plane) and the tempo.
    style : its modes are laras and pathet, its tempo is the balungan's in irama tanggung.
    person_lines : singable lines; every one is sung where there is a voice.
    wishes : key (laras and pathet), tempo, length, form, voice; what a gamelan cannot do is refused.
    language : "id" or "en".
    seeds : a seed for each of "plan", "words", "melody".
    seed, version : kept in the song.
    """
    form = style.gendhing
    assert form is not None
    _refuse(style, wishes)
    pathet = choose_pathet(style, feeling, wishes.key, seed=seeds["plan"])
    plan = plan_gendhing(style, pathet, feeling, len(person_lines) if wishes.voice else 0, wishes, seed=seeds["plan"])
    if wishes.curve is not None:
        plan = _drawn(plan, wishes.curve)
    words = Words(language, ())
    if wishes.voice:
        words = write_words(
            person_lines, plan, feeling, language, seed=seeds["words"], verses=wishes.verses, pantun=style.pantun
        )
    laid = lay_gendhing(plan, pathet, form, seed=seeds["melody"])
    sections = _placed(plan)
    tracks = _tracks(style, laid)
    if wishes.voice and words.lines:
        sung = write_gerongan(laid, sections, words, seed=seeds["melody"])
        tracks = (Track("Gerong", "vocal", style.lead, sung, laid.tuning.name), *tracks)
    gamelan = GAMELANS[form.gamelan]
    return Song(
        title=style.title,
        tracks=tracks,
        tempos=_tempos(plan, laid),
        metres=(MetreChange(0, plan.metre),),
        keys=(KeyChange(0, plan.key),),
        sections=sections,
        feeling_curve=_curve(feeling, sections),
        words=words,
        provenance=Provenance(
            seed=seed,
            version=version,
            style=style.name,
            sources=(
                f"laras {pathet.laras}, pathet {pathet.name}, gamelan {gamelan.title}: {laid.tuning.source}",
                *style.sources,
            ),
            story=wishes.story,
        ),
        arc=arc_of(plan, tracks, None) if plan.asked else None,
    )


def _drawn(plan: Plan, curve: TensionCurve) -> Plan:
    """The plan with the person's curve: its sections as full as the curve says, its climax at the curve's top.

    Players follow it with their loudness (performing reads the arc); what is played is not changed.
    """
    sections, at = [], 0
    for section in plan.sections:
        level = curve.mean(at / plan.bars, (at + section.bars) / plan.bars)
        sections.append(replace(section, intensity=round(min(max(level, 0.0), 1.0), 3)))
        at += section.bars
    climax = min(int(curve.peak * plan.bars), plan.bars - 1)
    return replace(plan, sections=tuple(sections), curve=curve, asked=True, climax=climax)


def _refuse(style: Style, wishes: Wishes) -> None:
    """Say what does not go with a gamelan."""
    modes = ", ".join(mode.replace("-", " ") for mode in style.modes)
    if wishes.key is not None and not wishes.key.laras:
        raise InvalidValueError(f"a {style.name} must be in a laras and pathet, one of {modes}, got {wishes.key}")
    if wishes.chords:
        raise InvalidValueError(f"a {style.name} has no chords: leave out the wished ones")
    if wishes.ensemble:
        raise InvalidValueError(f"a {style.name} is played by its whole gamelan: leave out the wished ensemble")
    metre = wishes.metre
    require(metre is None or metre == Metre(4, 4), f"a {style.name} must be in 4/4, for a gatra has four beats", metre)


def choose_pathet(style: Style, feeling: Feeling, wished: Key | None, *, seed: int) -> Pathet:
    """The wished pathet, or one of the style's, the more likely the nearer its place is to the feeling."""
    if wished is not None:
        return PATHETS[wished.mode]
    found = [PATHETS[mode] for mode in style.modes]
    away = [math.hypot(row.place[0] - feeling.valence, row.place[1] - feeling.arousal) for row in found]
    return random.Random(seed).choices(found, [math.exp(-4 * distance) for distance in away])[0]


def plan_gendhing(
    style: Style, pathet: Pathet, feeling: Feeling, line_count: int, wishes: Wishes, *, seed: int
) -> Plan:
    """Sections, key and tempo: a form of the style, made longer by whole gongan for many lines or a wished length."""
    gendhing = style.gendhing
    assert gendhing is not None
    chance = random.Random(seed)
    low, high = style.tempo
    share = 0.5 + 0.4 * feeling.arousal + 0.1 * feeling.valence + chance.uniform(-0.08, 0.08)
    bpm = wishes.bpm or float(round(low + (high - low) * min(max(share, 0.0), 1.0)))
    cycle = CYCLES[gendhing.cycle]
    items = list(parse_form(wishes.form or chance.choice(style.forms)))
    if wishes.form:
        _check_form(style, cycle, items)
    elif wishes.bars is not None:
        items = _of_bars(style, cycle, wishes.bars)
    elif wishes.minutes is not None:
        items = _of_length(style, cycle, 60 * wishes.minutes, bpm)
        if wishes.bpm is None:
            bpm = min(max(bpm * _seconds(gendhing, items, bpm) / (60 * wishes.minutes), low), high)
    else:
        items = _grown(gendhing, items, line_count if wishes.voice else 0, bpm)
    counts: dict[str, int] = {}
    sections = []
    for kind, bars in items:
        name = NAMES[kind]
        counts[name] = counts.get(name, 0) + 1
        again = sum(NAMES[other] == name for other, _ in items) > 1
        slots = bars // LINE_BARS if wishes.voice and kind in SUNG_KINDS else 0
        label = f"{name} {counts[name]}" if again else name
        sections.append(SectionPlan(label, kind, bars, INTENSITY[kind], slots))
    last = sections[-1]
    ring = SectionPlan(last.name, last.kind, last.bars + RING_BARS, last.intensity, last.slots)
    key = Key.parse(pathet.mode)
    return Plan(key, Metre(4, 4), bpm, (*sections[:-1], ring))


Items = list[tuple[str, int]]


def _check_form(style: Style, cycle: Cycle, items: Items) -> None:
    rule = (
        f"a {style.name}'s form must have {', '.join(KINDS)} in gongan of {cycle.gatra} bars, intro2 only at its head"
    )
    for number, (kind, bars) in enumerate(items):
        buka = kind == "intro"
        fits = kind in KINDS and (number == 0 and bars == 2 if buka else bars % cycle.gatra == 0)
        require(fits, rule, f"{kind}{bars}")
    require(items[-1][0] != "intro", rule, "intro alone")


def _seconds(gendhing: Gendhing, items: Sequence[tuple[str, int]], bpm: float) -> float:
    """About how long the sections last."""
    beats = sum(4 * bars / _irama(gendhing, kind).pace for kind, bars in items)
    return 60 * beats / bpm


def _irama(gendhing: Gendhing, kind: str) -> Irama:
    return IRAMAS[gendhing.irama.get(kind, "tanggung")]


def _of_gongan(cycle: Cycle, count: int) -> Items:
    """A form of a number of gongan: played, then sung ompak and ngelik in turn, and the last one to the suwuk."""
    middle = [("verse" if number % 2 == 0 else "chorus", cycle.gatra) for number in range(max(count - 2, 0))]
    first = [("interlude", cycle.gatra)] if count > 3 else [("verse", cycle.gatra)] if count > 1 else []
    if count == 3:
        middle = [("chorus", cycle.gatra)]
    return [("intro", 2), *first, *middle, ("outro", cycle.gatra)]


def _of_bars(style: Style, cycle: Cycle, bars: int) -> Items:
    """The form of a wished number of bars."""
    extra = 2 + RING_BARS
    count, rest = divmod(bars - extra, cycle.gatra)
    if count < 1 or rest:
        around = [extra + number * cycle.gatra for number in (max(count, 1), max(count, 1) + 1)]
        raise InvalidValueError(
            f"a {style.name} must have {extra} bars (buka and the last ringing) and gongan of {cycle.gatra}, such as "
            f"{around[0]} or {around[1]}, got {bars}"
        )
    return _of_gongan(cycle, count)


def _of_length(style: Style, cycle: Cycle, seconds: float, bpm: float) -> Items:
    """The form that comes nearest to a length."""
    gendhing = style.gendhing
    assert gendhing is not None
    forms = [_of_gongan(cycle, count) for count in range(1, 200)]
    return min(forms, key=lambda items: abs(_seconds(gendhing, items, bpm) - seconds))


def _grown(gendhing: Gendhing, items: Items, lines: int, bpm: float) -> Items:
    """The form with further pairs of ompak and ngelik before its end until every line has a place."""
    sung = [item for item in items if item[0] in SUNG_KINDS]
    pair = sung[-2:]
    while pair and sum(bars // LINE_BARS for kind, bars in items if kind in SUNG_KINDS) < lines:
        longer = [*items[:-1], *pair, items[-1]]
        if _seconds(gendhing, longer, bpm) > LONGEST_SECONDS:
            break
        items = longer
    return items


def lay_gendhing(plan: Plan, pathet: Pathet, gendhing: Gendhing, *, seed: int) -> Laid:
    """The balungan of every section in its place: verses and played sections the ompak, choruses the ngelik."""
    cycle = CYCLES[gendhing.cycle]
    longest = {
        part: max((s.bars // cycle.gatra for s in plan.sections if (s.kind == "chorus") == (part == 1)), default=1)
        for part in (0, 1)
    }
    gongan = (max(longest[0], 1), max(longest[1], 1))
    nibani = gendhing.cycle != "ladrang"
    made = write_balungan(pathet, cycle, gongan, nibani=nibani, seed=seed)
    rows: list[LaidGatra] = []
    at = 0
    for number, section in enumerate(plan.sections):
        irama = _irama(gendhing, section.kind)
        final = number == len(plan.sections) - 1
        bars = section.bars - (RING_BARS if final else 0)
        for bar, (gatra, place) in enumerate(_material(made, section.kind, bars, cycle)):
            last = final and bar == bars - 1
            onset = at + bar * GATRA_TICKS
            rows.append(LaidGatra(gatra, onset, place, irama, irama, number, place < 0, last))
        at += section.bars * GATRA_TICKS
    for index, (row, following) in enumerate(pairwise(rows)):
        if not row.buka:
            rows[index] = replace(row, density=following.irama)
    tuning = TUNINGS[GAMELANS[gendhing.gamelan].tunings[pathet.laras]]
    return Laid(pathet, cycle, tuning, tuple(rows), at)


def _material(made: Balungan, kind: str, bars: int, cycle: Cycle) -> list[tuple[Gatra, int]]:
    """The gatra of a section with their numbers in the gongan, -1 in the buka."""
    if kind == "intro":
        return [(gatra, -1) for gatra in made.buka]
    gongan = made.ngelik if kind == "chorus" else made.ompak
    rows: list[tuple[Gatra, int]] = []
    count = bars // cycle.gatra
    for number in range(count):
        # the gongan that comes back to the gong tone stands last
        chosen = gongan[(number - count) % len(gongan)]
        rows += [(gatra, place) for place, gatra in enumerate(chosen)]
    return rows


def _placed(plan: Plan) -> tuple[Section, ...]:
    placed, at = [], 0
    for section in plan.sections:
        length = section.bars * GATRA_TICKS
        placed.append(Section(section.name, section.kind, at, length, section.intensity))
        at += length
    return tuple(placed)


def _tracks(style: Style, laid: Laid) -> tuple[Track, ...]:
    tracks = []
    for player in style.ensemble:
        notes = FIGURES[player.pattern](laid)
        tuning = "equal" if player.role == "drums" else laid.tuning.name
        if notes:
            tracks.append(Track(player.track, cast(Role, player.role), player.instrument, notes, tuning))
    return tuple(tracks)


def _tempos(plan: Plan, laid: Laid) -> tuple[TempoChange, ...]:
    """The tempo of each irama from the gong before it on, with the way there, and the slowing before the last gong."""
    changes: dict[Tick, float] = {}
    before: LaidGatra | None = None
    for gatra in laid.gatra:
        pace = plan.bpm * gatra.irama.pace
        if before is None:
            changes[0] = pace
        elif before.irama != gatra.irama:
            ratio = gatra.irama.pace / before.irama.pace
            if not before.buka:
                for beats, share in EASED if ratio < 1 else PRESSED:
                    at = before.end - beats * TICKS_PER_QUARTER
                    changes[max(at, 0)] = plan.bpm * before.irama.pace * share
            changes[before.end] = pace
        if gatra.last:
            for beats, share in SUWUK:
                changes[gatra.end - beats * TICKS_PER_QUARTER] = pace * share
            changes[gatra.end] = pace  # what rings needs no slower clock
        before = gatra
    return tuple(TempoChange.at_bpm(tick, changes[tick]) for tick in sorted(changes))


def _curve(feeling: Feeling, sections: Sequence[Section]) -> tuple[FeelingPoint, ...]:
    points = []
    for section in sections:
        arousal = min(max(feeling.arousal + 0.5 * (section.intensity - 0.5), -1.0), 1.0)
        points.append(
            FeelingPoint(section.onset, feeling.valence, round(arousal, 3), round(0.75 * section.intensity, 3))
        )
    last = points[-1]
    return (*points, FeelingPoint(sections[-1].end, last.valence, last.arousal, round(0.5 * last.tension, 3)))
