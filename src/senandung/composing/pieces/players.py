"""Instruments of a song and classes of instrument of a piece: one table each way.

A keyboard or a harp is one player and one track of a song, and a part for each hand in a piece.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from senandung.composing.pieces.piece import SLOTS, PiecePart
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.instruments import INSTRUMENTS, Instrument, instrument

CLASS_OF_INSTRUMENT: Mapping[str, str] = MappingProxyType(
    {
        "piano": "piano", "electric-piano": "piano", "harpsichord": "harpsichord", "celesta": "mallets",
        "vibraphone": "mallets", "organ": "organ", "accordion": "accordion", "guitar": "guitar",
        "nylon-guitar": "guitar", "electric-guitar": "electric-guitar", "contrabass-pizzicato": "contrabass",
        "bass": "bass", "violin": "violin", "viola": "viola", "cello": "cello", "contrabass": "contrabass",
        "harp": "harp", "timpani": "timpani", "strings": "strings", "choir": "choir", "voice": "voice",
        "trumpet": "trumpet", "trombone": "trombone", "horn": "horn", "saxophone": "saxophone", "oboe": "oboe",
        "bassoon": "bassoon", "clarinet": "clarinet", "flute": "flute", "suling": "flute", "pad": "pad",
        "cuk": "mandolin", "cak": "mandolin", "keroncong-cello": "cello", "keroncong-bass": "bass",
        "drums": "drums", "gendang": "drums", "kendang": "drums",
        **dict.fromkeys(
            ("slenthem", "demung", "saron", "peking", "gender-barung", "gender-panerus", "gambang", "bonang-barung",
             "bonang-panerus", "kenong", "kethuk", "kempyang", "kempul", "gong"),
            "mallets",
        ),
    }
)  # fmt: skip
"""The class of every instrument of the instrument table."""

INSTRUMENT_OF_CLASS: Mapping[str, str] = MappingProxyType(
    {
        "mandolin": "guitar", "tuba": "trombone", "mallets": "vibraphone", "synth": "electric-piano",
        "other": "piano", "melody": "violin", "continuo": "organ", "soprano": "voice", "alto": "voice",
        "tenor": "voice", "basso": "voice",
    }
)  # fmt: skip
"""What plays a class that has no instrument of its own name in the table."""

CHOIR_VOICES = ("soprano", "alto", "tenor", "basso")

TWO_HANDED = frozenset({"piano", "harpsichord", "organ", "harp"})
"""Classes of which one player has two parts, the right hand's and the left hand's."""

_ALL_ONE = frozenset({"organ", "continuo"})
"""Classes whose parts are all one player's: manuals and pedal."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A player: the name of the track, the instrument's name, and the parts of the piece that are played here."""

    name: str
    instrument: str
    parts: tuple[PiecePart, ...]

    def __post_init__(self) -> None:
        instrument(self.instrument)
        require(bool(self.parts), "a player must have a part", self.name)

    @property
    def sound(self) -> Instrument:
        """The row of the instrument table."""
        return INSTRUMENTS[self.instrument]


def instrument_of_class(name: str, *, choir: bool = False) -> str:
    """The instrument that plays a class; with `choir` the voices of a choir are sung by many.

    >>> instrument_of_class("cello"), instrument_of_class("tuba"), instrument_of_class("alto", choir=True)
    ('cello', 'trombone', 'choir')
    """
    if choir and name in (*CHOIR_VOICES, "voice"):
        return "choir"
    return INSTRUMENT_OF_CLASS.get(name, name)


def seats_of_parts(parts: Sequence[PiecePart], ensemble: str = "") -> tuple[Seat, ...]:
    """Players for the parts of a piece: the hands of a keyboard together, each other part its own.

    >>> [seat.name for seat in seats_of_parts((PiecePart("violin"), PiecePart("piano"), PiecePart("piano", 1)))]
    ['Violin', 'Piano']
    """
    groups: list[list[PiecePart]] = []
    for part in parts:
        mine = next((group for group in groups if _together(group[0], part)), None)
        if mine is None:
            groups.append([part])
        else:
            mine.append(part)
    choir = ensemble.startswith("choir")
    sounds = [instrument_of_class(group[0].instrument, choir=choir) for group in groups]
    names = [
        group[0].instrument.replace("basso", "bass voice").capitalize()
        if group[0].instrument in CHOIR_VOICES
        else INSTRUMENTS[sound].english
        for group, sound in zip(groups, sounds, strict=True)
    ]
    return tuple(
        Seat(name, sound, tuple(group)) for name, sound, group in zip(numbered(names), sounds, groups, strict=True)
    )


def _together(first: PiecePart, other: PiecePart) -> bool:
    if first.instrument != other.instrument:
        return False
    if first.instrument in _ALL_ONE:
        return True
    return first.instrument in TWO_HANDED and first.slot // 2 == other.slot // 2


def numbered(names: Sequence[str]) -> list[str]:
    """Names told apart by numbers where they come twice.

    >>> numbered(["Violin", "Viola", "Violin"])
    ['Violin 1', 'Viola', 'Violin 2']
    """
    totals, seen = Counter(names), Counter[str]()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if totals[name] == 1 else f"{name} {seen[name]}")
    return told


def seats_of_instruments(names: Sequence[str]) -> tuple[Seat, ...]:
    """Players for instruments that were asked for, in the order in which they were named; a keyboard has two parts.

    Three voices or more are a choir's, from soprano to bass; a choir that is named once has four parts.

    >>> [[str(part.instrument) for part in seat.parts] for seat in seats_of_instruments(["flute", "piano"])]
    [['flute'], ['piano', 'piano']]
    """
    rows = [instrument(name) for name in names]
    sounds, classes = [row.name for row in rows], [CLASS_OF_INSTRUMENT[row.name] for row in rows]
    if classes.count("choir") == 1:
        at = classes.index("choir")
        sounds[at : at + 1] = ["choir"] * 4
        classes[at : at + 1] = list(CHOIR_VOICES)
    for kind in ("voice", "choir"):
        singing = [index for index, name in enumerate(classes) if name == kind]
        if len(singing) >= 3 or (kind == "choir" and singing):
            for place, index in enumerate(singing):
                classes[index] = CHOIR_VOICES[min(place * 4 // len(singing), 3)]
    slots: Counter[str] = Counter()
    labels, rows_of_parts = [], []
    for sound, name in zip(sounds, classes, strict=True):
        wide = 2 if name in TWO_HANDED else 1
        if slots[name] + wide > SLOTS:
            most = SLOTS // wide
            raise InvalidValueError(f"a composer's piece has at most {most} of {sound}, got {sounds.count(sound)}")
        rows_of_parts.append(tuple(PiecePart(name, slots[name] + hand) for hand in range(wide)))
        slots[name] += wide
        labels.append(
            name.replace("basso", "bass voice").capitalize() if name in CHOIR_VOICES else INSTRUMENTS[sound].english
        )
    return tuple(
        Seat(label, sound, parts) for label, sound, parts in zip(numbered(labels), sounds, rows_of_parts, strict=True)
    )
