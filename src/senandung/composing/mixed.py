"""Mixed feelings (*campur*): sections of different feeling in one song, instead of a middle that nobody feels.

What stays apart in the feeling stays apart in the form. The chorus has the part that is more stirred, or the surer one
where both are as stirred; verses, with what leads from them, have the other; a bridge has a third part where there is
one; played sections go with their neighbours; and the end is left to the surest part, so that a song may close in
another feeling than its choruses had. Where the parts differ clearly in valence the brighter sections stand in major
and the darker ones in minor: mostly in the relative key, whose tones are the same ones, else in the parallel one, whose
tonic and dominant are the same ones. Both are the commonest changes of key between verse and chorus (commonly stated).
Who asks for a key or for chords keeps them: then density, loudness, register and the chords' colour tell them apart.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.plan import VOCAL_KINDS, Plan, SectionPlan, Wishes
from senandung.domain.feeling import Feeling
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.scales import Key, key_of_pitch_class
from senandung.domain.style import Style

AS_STIRRED = 0.2
"""Parts whose arousal differs by less are as stirred as each other."""

OTHER_MODE = 0.5
"""Parts whose valence differs by this much stand in different modes."""

PARALLEL = 0.35
"""How often the parallel key is taken, where it has few enough signs, and not the relative one."""

MOST_SIGNS = 5

PACE, MOST_PACE = 0.06, 0.04
"""A section's share of the tempo above or below 1, for each unit of arousal, and at most: where nobody keeps a beat."""

AROUSED = 0.12
"""What a section's arousal adds to its fullness beside what the song's adds."""


def cast_parts(feeling: Feeling, kinds: Sequence[str]) -> tuple[Feeling, ...]:
    """The part of a mixed feeling that each section of a form has; empty where the feeling is one.

    Parameters
    ----------
    feeling : its `parts`, the surest first.
    kinds : kinds of section in order.

    >>> glad, sad = Feeling.named("senang"), Feeling.named("sedih")
    >>> mixed = Feeling(0.1, 0.0, parts=(sad, glad))
    >>> [part.words[0] for part in cast_parts(mixed, ("verse", "chorus", "outro"))]
    ['sedih', 'senang', 'sedih']
    """
    if len(feeling.parts) < 2 or not any(kind in VOCAL_KINDS for kind in kinds):
        return ()
    surest, other = feeling.parts[:2]
    more, less = (surest, other) if surest.arousal >= other.arousal else (other, surest)
    chorus, verse = (more, less) if more.arousal - less.arousal >= AS_STIRRED else (surest, other)
    if "chorus" not in kinds:
        return _without_chorus(surest, other, kinds)
    bridge = feeling.parts[2] if len(feeling.parts) > 2 else verse
    own = {"verse": verse, "prechorus": verse, "chorus": chorus, "bridge": bridge, "outro": surest}
    cast: list[Feeling | None] = [own.get(kind) for kind in kinds]
    if kinds[-1] != "outro" and kinds[-1] not in VOCAL_KINDS:
        cast[-1] = surest
    return _neighbours(cast, kinds, chorus)


def _without_chorus(surest: Feeling, other: Feeling, kinds: Sequence[str]) -> tuple[Feeling, ...]:
    """Where verses alone are sung they take turns, and where there is a bridge it is the other part's."""
    turn = 0
    cast: list[Feeling | None] = []
    for kind in kinds:
        if kind == "verse" and "bridge" not in kinds:
            cast.append((surest, other)[turn % 2])
            turn += 1
        else:
            cast.append({"verse": surest, "prechorus": surest, "bridge": other, "outro": surest}.get(kind))
    return _neighbours(cast, kinds, surest)


def _neighbours(cast: Sequence[Feeling | None], kinds: Sequence[str], chorus: Feeling) -> tuple[Feeling, ...]:
    """Played sections go with the one before, an introduction with the one after."""
    found = list(cast)
    for at in range(1, len(found)):
        if found[at] is None and kinds[at] != "intro":
            found[at] = found[at - 1]
    for at in range(len(found) - 2, -1, -1):
        if found[at] is None:
            found[at] = found[at + 1]
    return tuple(part if part is not None else chorus for part in found)


def with_parts(plan: Plan, feeling: Feeling, style: Style, wishes: Wishes, *, seed: int) -> Plan:
    """The plan with each section's own feeling, and its key where the modes differ; as it was for one feeling."""
    cast = cast_parts(feeling, [section.kind for section in plan.sections])
    if not cast:
        return plan
    bright, dark = _keys(plan, feeling, style, wishes, random.Random(f"mixed {seed}"))
    middle = (max(part.valence for part in cast) + min(part.valence for part in cast)) / 2
    free = wishes.bpm is None and wishes.minutes is None and keeps_no_beat(style)
    sections: list[SectionPlan] = []
    for at, (section, part) in enumerate(zip(plan.sections, cast, strict=True)):
        level = section.intensity + AROUSED * (part.arousal - feeling.arousal)
        again = (i for i in range(at) if (plan.sections[i].kind, cast[i]) == (section.kind, part))
        sections.append(
            replace(
                section,
                intensity=round(min(max(level, 0.12), 1.0), 3),
                repeats=next(again, None) if section.kind in VOCAL_KINDS else None,
                feeling=part,
                key=bright if part.valence > middle else dark,
                pace=pace_of(part, feeling) if free else 1.0,
            )
        )
    first = next(section.key for section in sections if section.kind in VOCAL_KINDS)
    return replace(plan, key=first or plan.key, sections=tuple(sections))


def keeps_no_beat(style: Style) -> bool:
    """Whether nobody in the band drums, so that a section may have a tempo of its own."""
    return not any(player.role == "drums" or INSTRUMENTS[player.instrument].drum for player in style.ensemble)


def pace_of(part: Feeling, whole: Feeling) -> float:
    """A section's share of the song's tempo.

    >>> pace_of(Feeling.named("girang"), Feeling.at(0.0, 0.0)), pace_of(Feeling.named("sedih"), Feeling.at(0.0, 0.0))
    (1.033, 0.982)
    """
    return round(1 + min(max(PACE * (part.arousal - whole.arousal), -MOST_PACE), MOST_PACE), 3)


def _keys(plan: Plan, feeling: Feeling, style: Style, wishes: Wishes, rng: random.Random) -> tuple[Key, Key]:
    """The key of the brighter and of the darker part; twice the plan's where they share one."""
    values = [part.valence for part in feeling.parts]
    fixed = wishes.key is not None or bool(wishes.chords)
    if fixed or max(values) - min(values) < OTHER_MODE or not {"major", "minor"} <= set(style.modes):
        return plan.key, plan.key
    home = plan.key.tonic.pitch_class
    minor_first = plan.key.is_minor
    parallel = key_of_pitch_class(home, "major"), key_of_pitch_class(home, "minor")
    other = home + 3 if minor_first else home - 3
    relative = (
        key_of_pitch_class(other % 12 if minor_first else home, "major"),
        key_of_pitch_class(home if minor_first else other % 12, "minor"),
    )
    few = all(abs(key.fifths) <= MOST_SIGNS for key in parallel)
    return parallel if rng.random() < PARALLEL and few else relative
