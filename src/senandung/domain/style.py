"""A style: tempo, metres, ensemble, form, harmony and patterns, all of it data.

A style is one TOML file; `composing/styles.py` loads it. Everything here is checked when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from senandung.domain.checks import require, require_match, require_unit, require_whole
from senandung.domain.errors import UnknownNameError
from senandung.domain.gendhing import CYCLES, IRAMAS
from senandung.domain.instruments import instrument
from senandung.domain.metre import Metre
from senandung.domain.parts import ROLES, SECTION_KINDS
from senandung.domain.tuning import GAMELANS, TUNINGS

_FORM_ITEM = re.compile(r"^([a-z]+)([0-9]{1,2})$")


@dataclass(frozen=True)
class Player:
    """One player of the ensemble.

    Parameters
    ----------
    track : the track's name, unique in the style ("Cuk").
    role : one of `domain.parts.ROLES`.
    instrument : a name of the instrument table.
    pattern : the name of the figure that the arranger plays for this player ("ballad-arpeggio", "cak-engkel").
    enters : the section intensity, 0..1, from which the player takes part.
    level : dB against the usual balance of its role (rendering has the table).
    pan : -1 (left) .. 1 (right).
    """

    track: str
    role: str
    instrument: str
    pattern: str
    enters: float = 0.0
    level: float = 0.0
    pan: float = 0.0

    def __post_init__(self) -> None:
        require(self.role in ROLES, f"a role must be one of {', '.join(ROLES)}", self.role)
        instrument(self.instrument)
        require_unit("enters", self.enters, 0.0)
        require_unit("pan", self.pan)
        require(-30 <= self.level <= 12, "a player's level must be in -30..12 dB", self.level)


FINEST: Mapping[str, Fraction] = MappingProxyType(
    {"": Fraction(0), "1/4": Fraction(1), "1/8": Fraction(1, 2), "1/16": Fraction(1, 4)}
)
"""The finest note values that a part by the network may be bound to, in quarters; 0 for no bound."""


@dataclass(frozen=True)
class NetworkParts:
    """Players whose parts the network writes anew, and in which manner.

    Parameters
    ----------
    writes : names of players of the style, written together.
    like : the kind of music ("lied") that the network is told to write.
    ensemble : the ensemble that it is told; empty for the one that the players seen make.
    beside : names of players that it sees beside the leading line.
    sections : kinds of section in which it writes; empty for all.
    finest : the finest note value, a key of `FINEST`.
    """

    writes: tuple[str, ...]
    like: str
    ensemble: str = ""
    beside: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    finest: str = ""

    def __post_init__(self) -> None:
        require(bool(self.writes), "parts by the network must name a player", self.writes)
        require(not set(self.writes) & set(self.beside), "a player must be written or seen, not both", self.beside)
        known = set(self.sections) <= set(SECTION_KINDS)
        require(known, f"sections must be among {', '.join(SECTION_KINDS)}", self.sections)
        require(
            self.finest in FINEST, f"the finest note must be one of {', '.join(n for n in FINEST if n)}", self.finest
        )


LINES = ("below", "above", "double")
"""Where a second voice sings: thirds and sixths below or above the first, or the same line."""


@dataclass(frozen=True)
class Backing:
    """A second voice that sings along.

    Parameters
    ----------
    line : one of `LINES`.
    sections : kinds of section in which it sings.
    begins : from the how manyth of them on.
    level : dB against the usual balance.
    pan : -1 (left) .. 1 (right).
    """

    line: str
    sections: tuple[str, ...] = ("chorus",)
    begins: int = 1
    level: float = 0.0
    pan: float = 0.28

    def __post_init__(self) -> None:
        require(self.line in LINES, f"a second voice's line must be one of {', '.join(LINES)}", self.line)
        known = bool(self.sections) and set(self.sections) <= set(SECTION_KINDS)
        require(known, f"sections must be among {', '.join(SECTION_KINDS)}", self.sections)
        require_whole("a second voice must begin with a section of the number 1 or more", self.begins, 1)
        require_unit("pan", self.pan)
        require(-30 <= self.level <= 12, "a second voice's level must be in -30..12 dB", self.level)


@dataclass(frozen=True)
class Gendhing:
    """What makes a style a form of the gamelan, written by `composing.gamelan`.

    Parameters
    ----------
    cycle : one of `domain.gendhing.CYCLES`.
    gamelan : one of `domain.tuning.GAMELANS`: whose tones sound.
    irama : the irama of each kind of section (`domain.gendhing.IRAMAS`); tanggung where a kind is not named.
    """

    cycle: str
    gamelan: str
    irama: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for what, name, known in (("cycle", self.cycle, CYCLES), ("gamelan", self.gamelan, GAMELANS)):
            if name not in known:
                raise UnknownNameError(what, name, known)
        for kind, name in self.irama.items():
            require(kind in SECTION_KINDS, f"an irama's section must be one of {', '.join(SECTION_KINDS)}", kind)
            if name not in IRAMAS:
                raise UnknownNameError("irama", name, IRAMAS)


@dataclass(frozen=True)
class Style:
    """A style.

    Parameters
    ----------
    name, title : lower-case name with hyphens, and what a person reads.
    description : one sentence in Indonesian and one in English, by language code.
    tempo : slowest and fastest tempo in beats a minute.
    metres : metres it is played in, the usual first.
    modes : modes it is sung in, the usual first.
    place : valence and arousal where it fits best; a style is chosen by its distance to the feeling.
    reach : how far from its place it still fits, 0..2.
    languages : languages it is usually sung in; empty where any will do.
    ensemble : its players; at least one.
    lead : the instrument that plays the vocal line until a voice sings it.
    forms : forms such as "intro4 verse8 chorus8 outro4": section kinds with their lengths in bars.
    harmony : name of the learned chord table ("pop", "song", "hymn").
    schemes : fixed harmony for a kind of section, bars divided by "|", Roman numerals ("I | IV V | I").
    swing : 0 straight .. 1 triplet.
    tuning : name of the tuning of its tuned tracks.
    licks : figure names that the arranger may use for fills, intro and interlude.
    pantun : whether proposed verses take the form of a pantun (a-b-a-b).
    staged : whether its band is staged: players enter one by one, a hook, a breakdown, a drive at each chorus.
    network : players whose parts the network writes anew; the others keep to their patterns.
    backing : the second voice, where the style has one.
    gendhing : what makes it a form of the gamelan; its modes are laras and pathet, its tempo is that of irama tanggung.
    sources : where its facts come from.
    """

    name: str
    title: str
    description: Mapping[str, str]
    tempo: tuple[float, float]
    metres: tuple[str, ...]
    modes: tuple[str, ...]
    place: tuple[float, float]
    reach: float
    ensemble: tuple[Player, ...]
    lead: str
    forms: tuple[str, ...]
    harmony: str
    languages: tuple[str, ...] = ()
    schemes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    swing: float = 0.0
    tuning: str = "equal"
    licks: tuple[str, ...] = ()
    pantun: bool = False
    staged: bool = False
    network: tuple[NetworkParts, ...] = ()
    backing: Backing | None = None
    gendhing: Gendhing | None = None
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named = bool(re.match(r"^[a-z0-9]+(-[a-z0-9]+)*$", self.name))
        require(named, "a style's name must be lower-case words joined by hyphens", self.name)
        require(20 <= self.tempo[0] <= self.tempo[1] <= 300, "a style's tempo must rise within 20..300", self.tempo)
        for text in self.metres:
            Metre.parse(text)
        require(bool(self.ensemble), "a style must have a player", self.ensemble)
        tracks = [player.track for player in self.ensemble]
        require(len(set(tracks)) == len(tracks), "a style's players must have names of their own", tracks)
        for parts in self.network:
            known = {*parts.writes, *parts.beside} <= set(tracks)
            require(known, "parts by the network must name the style's players", (*parts.writes, *parts.beside))
        instrument(self.lead)
        require_unit("valence", self.place[0])
        require_unit("arousal", self.place[1])
        require(bool(self.forms), "a style must have a form", self.forms)
        for form in self.forms:
            parse_form(form)
        require(self.tuning in TUNINGS, f"a tuning must be one of {', '.join(TUNINGS)}", self.tuning)
        require_unit("swing", self.swing, 0.0)


def parse_form(text: str) -> tuple[tuple[str, int], ...]:
    """Read a form such as "intro4 verse8 chorus8": kinds of section with their bars.

    >>> parse_form("intro4 verse8")
    (('intro', 4), ('verse', 8))
    """
    items = []
    for word in text.replace(",", " ").split():
        rule = f"a form must look like intro4 verse8 chorus8, with {', '.join(SECTION_KINDS)} and 1..64"
        kind, bars = require_match(_FORM_ITEM, rule, word).groups()
        require(kind in SECTION_KINDS and 1 <= int(bars) <= 64, rule, word)
        items.append((kind, int(bars)))
    require(bool(items), "a form must have at least one section", text)
    return tuple(items)
