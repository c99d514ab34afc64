"""The composer's tokens by name and number.

A change here makes every packed corpus and every weight stale: raise `VERSION`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from types import MappingProxyType

from senandung.composing.pieces.piece import (
    BINS,
    CHORD_TONES,
    ENSEMBLES,
    INSTRUMENT_CLASSES,
    METRES,
    MODES,
    SLOTS,
)

VERSION = 1

COMPOSERS = (
    "bach", "handel", "vivaldi", "telemann", "buxtehude", "palestrina", "marenzio", "gomolka", "zielenski", "pekiel",
    "gorczycki", "zebrowski", "dankowski", "golabek", "haydn", "mozart", "beethoven", "schubert", "schumann",
    "clara-schumann", "mendelssohn", "hensel", "chopin", "brahms", "bruckner", "wolf", "cornelius", "franz", "lang",
    "reichardt", "kinkel", "holmes", "chaminade", "lehmann", "bizet", "faure", "debussy", "satie", "stanford",
    "viardot", "warlock", "saint-georges", "mayer", "reger", "tchaikovsky", "grieg", "dvorak", "verdi", "elsner",
    "kurpinski", "stefani", "szymanowska", "dobrzynski", "moniuszko", "zelenski", "noskowski", "wieniawski",
    "paderewski", "giuliani", "carcassi", "carulli", "horetzky", "mertz", "czerny", "burgmuller", "joplin", "sousa",
    "liszt", "scarlatti", "purcell", "couperin", "monte", "luna", "volckmer", "sowinski", "raszek", "walczynski",
)  # fmt: skip
"""Composers with enough works in the open corpora, by surname."""

GENERIC_STYLES = (
    "sacred", "renaissance", "baroque", "classical", "romantic", "modern", "traditional", "hymn", "irish", "song",
    "lied", "string-quartet", "orchestral", "polish", "band", "march", "jazz", "drums-rock", "drums-funk",
    "drums-jazz", "drums-latin", "drums-hiphop", "drums-soul", "drums-afrocuban", "drums-afrobeat", "drums-other",
)  # fmt: skip
"""Styles for composers with few works, and for music without one."""

STYLE_TOKENS = (*COMPOSERS, *GENERIC_STYLES)

TEMPO_EDGES = (50, 62, 74, 86, 98, 110, 124, 140, 164)
"""Quarters a minute that divide the ten bins of tempo."""

BARS_LEFT = (1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 17, 25, 33, 49, 65)
"""Lower edges of the buckets of bars left, the present one counted."""

LENGTHS: tuple[int, ...] = (*range(1, 25), *range(26, 49, 2), *range(54, 193, 6), *range(216, 385, 24))
"""Lengths of notes in steps; others go to the nearest."""

LONGEST_BAR = max(shape.steps for shape in METRES.values())

LOWEST, HIGHEST = 12, 116
"""Pitches as semitones above the tonic that lies in -5..6."""

DRUM_KEYS = range(27, 88)

SECTIONS = ("intro", "verse", "prechorus", "chorus", "bridge", "interlude", "solo", "outro")

TASKS = ("plan", "music", "infill", "blank", "fill", "filled")
"""What is asked for beside going on; see `tasks`."""

RESERVED = 18
"""Numbers kept for what comes later (copies of bars, more tasks), so that weights stay usable."""


def _names() -> tuple[str, ...]:
    return (
        "pad", "end", "opening", "middle", "melisma",
        *(f"task:{name}" for name in TASKS), *(f"reserved:{index}" for index in range(RESERVED)),
        "style:any", *(f"style:{name}" for name in STYLE_TOKENS),
        "ensemble:any", *(f"ensemble:{name}" for name in ENSEMBLES),
        "tempo:any", *(f"tempo:{index}" for index in range(len(TEMPO_EDGES) + 1)),
        "valence:any", *(f"valence:{index}" for index in range(BINS)),
        "arousal:any", *(f"arousal:{index}" for index in range(BINS)),
        *(f"tonic:{tonic}" for tonic in range(12)),
        *(f"mode:{mode}" for mode in MODES),
        *(f"metre:{metre}" for metre in METRES),
        *(f"shift:{semitones}" for semitones in range(12)),
        *(f"section:{kind}" for kind in SECTIONS),
        *(f"bar:{edge}" for edge in BARS_LEFT),
        "chord:none", *(f"chord:{degree}:{quality}" for degree in range(12) for quality in CHORD_TONES),
        *(f"track:{name}.{slot}" for name in INSTRUMENT_CLASSES for slot in range(SLOTS)),
        *(f"pos:{step}" for step in range(LONGEST_BAR)),
        *(f"pitch:{pitch}" for pitch in range(LOWEST, HIGHEST + 1)),
        *(f"mate:{pitch}" for pitch in range(LOWEST, HIGHEST + 1)),
        *(f"drum:{key}" for key in DRUM_KEYS),
        *(f"len:{length}" for length in LENGTHS),
    )  # fmt: skip


NAMES: tuple[str, ...] = _names()
"""Every token's name, by its number."""

IDS: Mapping[str, int] = MappingProxyType({name: index for index, name in enumerate(NAMES)})
"""Every token's number, by its name."""

SIZE = len(NAMES)

_KINDS = tuple(name.partition(":")[0] for name in NAMES)


def kind_of(token: int) -> str:
    """What a token is: the part of its name before the colon.

    >>> kind_of(IDS["pos:12"]), kind_of(IDS["end"])
    ('pos', 'end')
    """
    return _KINDS[token]


def signed_tonic(tonic: int) -> int:
    """A tonic's pitch class in -5..6, from which pitches are counted."""
    return tonic - 12 if tonic > 6 else tonic


def nearest_length(steps: int) -> int:
    """The length nearest to a number of steps that has a token, the shorter of two.

    >>> nearest_length(25), nearest_length(1000), nearest_length(96)
    (24, 384, 96)
    """
    at = bisect_left(LENGTHS, steps)
    if at == 0:
        return LENGTHS[0]
    if at == len(LENGTHS):
        return LENGTHS[-1]
    return LENGTHS[at] if LENGTHS[at] - steps < steps - LENGTHS[at - 1] else LENGTHS[at - 1]


def bars_left_edge(bars: int) -> int:
    """The lower edge of the bucket of bars left.

    >>> bars_left_edge(3), bars_left_edge(15), bars_left_edge(400)
    (3, 13, 65)
    """
    return BARS_LEFT[bisect_right(BARS_LEFT, max(bars, 1)) - 1]


def tempo_bin(quarters_a_minute: float) -> int:
    """The bin of a tempo.

    >>> tempo_bin(40), tempo_bin(120), tempo_bin(200)
    (0, 6, 9)
    """
    return bisect_right(TEMPO_EDGES, quarters_a_minute)


def tempo_of_bin(index: int) -> float:
    """A tempo inside a bin, in quarters a minute: `tempo_bin` is its inverse."""
    edges = (TEMPO_EDGES[0] - 10, *TEMPO_EDGES, TEMPO_EDGES[-1] + 32)
    return (edges[index] + edges[index + 1]) / 2
