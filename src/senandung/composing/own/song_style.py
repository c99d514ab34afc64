"""A style of one's own where words are sung: a song style moved towards the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from senandung.composing.pieces.players import CLASS_OF_INSTRUMENT, instrument_of_class
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.metre import Metre
from senandung.domain.own_style import OwnStyle
from senandung.domain.style import Player, Style, parse_form

LEAST_SHARE = 0.02
"""Share of the files' notes from which on a class of instrument is one of theirs."""

NARROWEST = 8.0
"""Beats a minute between the slowest and the fastest tempo, at least."""

LEAST_METRE = 0.1
"""Share of the files' bars from which on a metre is one of theirs."""

LONGEST_SECTION = 16
"""Bars of a sung section at most."""

_NEEDED = ("chords", "bass")
"""Roles of which one player stays, whatever the files hold."""

_KEPT_FAMILIES = frozenset({"keys", "guitar", "strings", "winds", "woodwind", "brass"})
"""Families in which one instrument may play another's figures."""


def song_style(own: OwnStyle, ground: Style, name: str, share: float = 1.0) -> Style:
    """The song style `ground`, moved towards a person's files by their share of the blend.

    What the files do not say (figures of the players, harmony's table, swing) stays the ground's.

    Parameters
    ----------
    own : what was learned.
    ground : the song style that it stands on.
    name : a legal name of a style for the result.
    share : 1 for the style alone, less in a blend.
    """
    return replace(
        ground,
        name=name,
        title=own.name,
        tempo=_tempo(own, ground, share),
        metres=_metres(own, ground),
        modes=_modes(own, ground),
        ensemble=_players(own, ground) if share >= 0.5 else ground.ensemble,
        forms=_forms(own, ground),
        network=tuple(parts for parts in ground.network if share < 0.5 or _plays(own, ground, parts.writes)),
        sources=(*ground.sources, f"{own.name}: {own.learned_from}"),
    )


def _tempo(own: OwnStyle, ground: Style, share: float) -> tuple[float, float]:
    if not own.bpm:
        return ground.tempo
    low, high = (float(value) for value in np.quantile(own.bpm, [0.1, 0.9]))
    middle, half = (low + high) / 2, max(high - low, NARROWEST) / 2
    ends = zip((middle - half, middle + half), ground.tempo, strict=True)
    mixed = [share * mine + (1 - share) * its for mine, its in ends]
    slow, fast = (round(min(max(value, 30.0), 260.0), 1) for value in mixed)
    return slow, max(fast, slow)


def _metres(own: OwnStyle, ground: Style) -> tuple[str, ...]:
    """The files' metres that songs are written in, the commonest first; the ground's where there is none."""
    songs = {"2/4", "3/4", "4/4", "6/8", "12/8"}
    theirs = [name for name, part in own.figures.get("metres", {}).items() if part >= LEAST_METRE and name in songs]
    return tuple(str(Metre.parse(name)) for name in theirs) or ground.metres


def _modes(own: OwnStyle, ground: Style) -> tuple[str, ...]:
    known = {"dorian": "minor", "mixolydian": "major"}
    theirs = [known.get(name, name) for name, part in own.figures.get("modes", {}).items() if part >= LEAST_METRE]
    return tuple(dict.fromkeys(theirs)) or ground.modes


def classes_of(own: OwnStyle) -> list[str]:
    """The classes of instrument that play in the files, the commonest first."""
    return [name for name, part in own.figures.get("instruments", {}).items() if part >= LEAST_SHARE]


def _players(own: OwnStyle, ground: Style) -> tuple[Player, ...]:
    """The ground's players whose instruments the files have, or that another of their family can stand in for."""
    theirs = classes_of(own)
    free = [name for name in theirs if name not in {CLASS_OF_INSTRUMENT[p.instrument] for p in ground.ensemble}]
    kept: list[Player] = []
    for player in ground.ensemble:
        if CLASS_OF_INSTRUMENT[player.instrument] in theirs:
            kept.append(player)
            continue
        family = INSTRUMENTS[player.instrument].family
        alike = next((name for name in free if INSTRUMENTS[instrument_of_class(name)].family == family), None)
        if alike is not None and family in _KEPT_FAMILIES:
            free.remove(alike)
            kept.append(replace(player, instrument=instrument_of_class(alike)))
    for role in _NEEDED:
        if not any(player.role == role for player in kept):
            kept += [player for player in ground.ensemble if player.role == role and player not in kept][:1]
    order = [player.track for player in ground.ensemble]
    return tuple(sorted(kept, key=lambda player: order.index(player.track))) or ground.ensemble


def _plays(own: OwnStyle, ground: Style, writes: Sequence[str]) -> bool:
    names = {player.track for player in _players(own, ground)}
    return set(writes) <= names


def _forms(own: OwnStyle, ground: Style) -> tuple[str, ...]:
    """The ground's forms with sung sections as long as the files' phrases make them: four, eight, twelve or sixteen."""
    phrases = own.figures.get("phrases", {})
    if not phrases:
        return ground.forms
    mean = sum(int(name) * part for name, part in phrases.items()) / sum(phrases.values())
    unit = 3 if abs(mean - 3) < 0.35 else 5 if abs(mean - 5) < 0.35 else 4
    if unit == 4:
        return ground.forms
    return tuple(
        " ".join(f"{kind}{min(bars // 4 * unit if bars % 4 == 0 else bars, LONGEST_SECTION)}" for kind, bars in form)
        for form in map(parse_form, ground.forms)
    )
