"""The ornaments of Indonesian singing: what each does to the pitch, how often, and on which notes.

What they are. *Luk*: the tone is reached in a curve from below, like a portamento. *Gregel*: a quick shake with the
upper neighbour, near the mordent. *Cengkok*: tones around the main one, up, down and back, near the gruppetto.
*Nggandhul* ("hanging"): sung behind the beat, joining it at the phrase's end. (Zilmi, Rachman & Muttaqin 2021,
"Ngeroncongi and Ngepop", Jurnal Seni Musik 10(1), name luk, nggandhul, embat, gregel and cengkok as the techniques of
keroncong singers; the comparison with gruppetto and mordent is the one of Harmunah 1987, *Musik Keroncong*, that
school books repeat.) *Embat* is "swaying" in Javanese; we found no description to measure by and sing it as a slow
swing of a held tone before its vibrato begins.

How often. In 30 annotated songs luk was counted 1658 times, gregel 613, embat 563, cengkok 374, nggandhul 351: about
55, 20, 19, 12 and 12 a song. `TABLE` has shares of the notes that an ornament can stand on, set so that a song of some
150 sung notes comes near these figures. Depths and times are ours. Nggandhul is in the performance's onsets already
(`performing.players`) and is only marked here.

Dangdut and pop Melayu. That a singer of dangdut is known by the cengkok, above all at the ends of lines, is commonly
stated; Malay musicians tell cengkok, a swing around two tones, from grenek, quick steps close together (thesis on the
accordionist Zulfan Effendi, Universitas Sumatera Utara). The grenek is sung as a gregel is, and marked as one. Nobody
has counted them: shares, depths and times are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.domain.scales import Key
from senandung.domain.singing import Ornament
from senandung.domain.time import Second

STYLES = ("keroncong", "langgam")
"""Beginnings of the names of styles that are sung behind the beat."""


@dataclass(frozen=True)
class Row:
    """An ornament's quantities.

    Parameters
    ----------
    kind : its name.
    share : of the notes that it can stand on.
    shortest : the shortest note that it can stand on, in seconds.
    seconds : how long it lasts, least and most.
    depth : least and most in cents; 0 where the scale's neighbours give it.
    at : where in the note it begins, as a share of the note.
    closing : whether it stands on the last note of a phrase only.
    """

    kind: str
    share: float
    shortest: Second
    seconds: tuple[Second, Second]
    depth: tuple[float, float]
    at: float
    closing: bool = False


TABLE: tuple[Row, ...] = (
    Row("cengkok", 0.18, 0.70, (0.32, 0.46), (0.0, 0.0), 0.42),
    Row("embat", 0.28, 0.62, (0.45, 0.90), (28.0, 45.0), 0.15),
    Row("gregel", 0.20, 0.36, (0.14, 0.19), (0.0, 0.0), 0.06),
    Row("luk", 0.60, 0.24, (0.11, 0.20), (120.0, 230.0), 0.0),
)
"""Tried in this order; a note has at most one of the first three, and a luk only where it begins undecorated."""

LANGGAM: tuple[Row, ...] = tuple(
    replace(row, share={"cengkok": 0.06, "gregel": 0.10}.get(row.kind, row.share)) for row in TABLE
)
"""Langgam keroncong: sung without cengkok and gregel (Harmunah 1987, as school books repeat her), or with a cengkok now
and then (Omahku Studio 2010). Keroncong asli, stambul and langgam Jawa have the whole table."""

DANGDUT: tuple[Row, ...] = (
    Row("cengkok", 0.75, 0.42, (0.26, 0.40), (0.0, 0.0), 0.30, closing=True),
    Row("gregel", 0.20, 0.34, (0.13, 0.18), (0.0, 0.0), 0.06),
    Row("luk", 0.35, 0.22, (0.09, 0.15), (100.0, 200.0), 0.0),
)

MELAYU: tuple[Row, ...] = (
    Row("cengkok", 0.60, 0.55, (0.30, 0.44), (0.0, 0.0), 0.35, closing=True),
    Row("gregel", 0.10, 0.45, (0.14, 0.19), (0.0, 0.0), 0.06),
    Row("luk", 0.18, 0.26, (0.10, 0.16), (100.0, 200.0), 0.0),
)

MANNERS: Mapping[str, tuple[Row, ...]] = MappingProxyType(
    {
        "keroncong-asli": TABLE,
        "keroncong-stambul": TABLE,
        "keroncong": LANGGAM,
        "langgam": TABLE,
        "dangdut": DANGDUT,
        "campursari": DANGDUT,
        "pop-melayu": MELAYU,
    }
)
"""The ornaments of a style, by the beginning of its name."""

EMBAT_HZ = 2.6


@dataclass(frozen=True)
class OrnamentNote:
    """What ornaments need to know of a note: its times, its pitch, the key, and how the one before lies."""

    onset: Second
    end: Second
    pitch: float
    key: Key
    begins_phrase: bool
    slurred: bool
    closes_phrase: bool = False

    @property
    def seconds(self) -> Second:
        """How long it is."""
        return self.end - self.onset


@dataclass(frozen=True, eq=False)
class Decoration:
    """An ornament and what it adds to the pitch: cents at `times`, straight between them, 0 outside."""

    ornament: Ornament
    times: NDArray[np.float64]
    cents: NDArray[np.float64]


def hangs(style: str) -> bool:
    """Whether a style is sung behind the beat (nggandhul).

    >>> hangs("keroncong-asli"), hangs("dangdut")
    (True, False)
    """
    return style.startswith(STYLES)


def rows_of(style: str) -> tuple[Row, ...]:
    """The ornaments with which a style is sung; none for most.

    >>> [row.kind for row in rows_of("dangdut-koplo")], rows_of("pop-ballad")
    (['cengkok', 'gregel', 'luk'], ())
    """
    return next((rows for name, rows in MANNERS.items() if style.startswith(name)), ())


def decorate(notes: Sequence[OrnamentNote], rng: np.random.Generator, rows: Sequence[Row] = TABLE) -> list[Decoration]:
    """The ornaments of a part's notes by the table's rows, in order of time."""
    found: list[Decoration] = []
    for note in notes:
        luck = rng.random(len(rows))
        seconds = [float(rng.uniform(*row.seconds)) for row in rows]
        depth = [float(rng.uniform(*row.depth)) for row in rows]
        for row, chance, length, cents in zip(rows, luck, seconds, depth, strict=True):
            if note.seconds < row.shortest or chance >= row.share or (row.kind == "luk" and note.slurred):
                continue
            if row.closing and not note.closes_phrase:
                continue
            found.append(_SHAPES[row.kind](note, row, min(length, 0.5 * note.seconds), cents))
            break
    return found


def neighbour(pitch: float, key: Key, step: int) -> float:
    """Cents to the next tone of the key above (`step` 1) or below (-1).

    >>> neighbour(64.0, Key.parse("C"), 1), neighbour(64.0, Key.parse("C"), -1)
    (100.0, -200.0)
    """
    at = round(pitch)
    for distance in (1, 2, 3):
        if (at + step * distance) % 12 in key.pitch_classes:
            return 100.0 * step * distance
    return 200.0 * step


def _luk(note: OrnamentNote, _row: Row, seconds: Second, cents: float) -> Decoration:
    """From below, slowly at first: the pitch lies low before the vowel and is there after `seconds`."""
    begin = note.onset - 0.05
    x = np.linspace(0.0, 1.0, 25)
    curve = -cents * (0.5 + 0.5 * np.cos(np.pi * x**0.8))
    lead = begin - 0.12 if note.begins_phrase else begin - 0.07
    times = np.concatenate(([lead], begin + x * (seconds + 0.05)))
    start = -cents if note.begins_phrase else 0.0
    return Decoration(
        Ornament("luk", max(begin if note.begins_phrase else lead, 0.0), note.onset + seconds),
        times,
        np.concatenate(([start], curve)),
    )


def _gregel(note: OrnamentNote, row: Row, seconds: Second, _cents: float) -> Decoration:
    """Main tone, upper neighbour, main tone, upper neighbour a little less, main tone."""
    begin = note.onset + max(row.at * note.seconds, 0.05)
    up = neighbour(note.pitch, note.key, 1)
    x = np.linspace(0.0, 1.0, 41)
    curve = up * (1 - 0.25 * x) * np.sin(2 * np.pi * x) ** 2
    return Decoration(Ornament("gregel", begin, begin + seconds), begin + seconds * x, curve)


def _embat(note: OrnamentNote, row: Row, seconds: Second, cents: float) -> Decoration:
    """A slow swing that grows and dies, in whole periods so that the tone's mean stays."""
    begin = note.onset + max(row.at * note.seconds, 0.1)
    periods = max(round(seconds * EMBAT_HZ), 1)
    x = np.linspace(0.0, 1.0, 24 * periods + 1)
    curve = cents * np.sin(2 * np.pi * periods * x) * np.sin(np.pi * x) ** 0.5
    return Decoration(Ornament("embat", begin, begin + seconds), begin + seconds * x, curve)


def _cengkok(note: OrnamentNote, row: Row, seconds: Second, _cents: float) -> Decoration:
    """Upper neighbour, main tone, lower neighbour, main tone."""
    begin = note.onset + row.at * note.seconds
    up, down = neighbour(note.pitch, note.key, 1), neighbour(note.pitch, note.key, -1)
    x = np.linspace(0.0, 1.0, 61)
    curve = np.where(x < 0.5, up, down) * np.sin(2 * np.pi * x) ** 2
    return Decoration(Ornament("cengkok", begin, begin + seconds), begin + seconds * x, curve)


_SHAPES = {"luk": _luk, "gregel": _gregel, "embat": _embat, "cengkok": _cengkok}
