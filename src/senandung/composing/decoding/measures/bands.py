"""Where real music lies: quantiles of every measure by ensemble and family of style, from `weights/measures.json`.

The bands come from training pieces and are two-sided: more is not better. `learning/reference.py` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, NamedTuple

from senandung.composing.pieces.piece import ENSEMBLES
from senandung.composing.pieces.vocabulary import STYLE_TOKENS
from senandung.domain.checks import require

STRETCH = 32
"""Bars in the stretches of real pieces that the bands and tables describe (shorter pieces whole, from 8 bars)."""

_FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "renaissance": "palestrina marenzio gomolka zielenski monte renaissance",
        "baroque": "bach handel vivaldi telemann buxtehude pekiel gorczycki purcell couperin scarlatti volckmer "
        "baroque",
        "classical": "zebrowski dankowski golabek haydn mozart beethoven stefani saint-georges giuliani carcassi "
        "carulli reichardt classical string-quartet",
        "sacred": "sacred luna",
        "romantic": "schubert schumann clara-schumann mendelssohn hensel chopin brahms bruckner wolf cornelius franz "
        "lang kinkel holmes chaminade bizet faure viardot mayer reger tchaikovsky grieg dvorak verdi elsner kurpinski "
        "szymanowska dobrzynski moniuszko zelenski noskowski wieniawski paderewski horetzky mertz czerny burgmuller "
        "liszt sowinski raszek walczynski polish lied romantic orchestral stanford lehmann",
        "modern": "debussy satie warlock modern",
        "ragtime": "joplin jazz march sousa",
        "folk": "irish traditional",
        "hymn": "hymn",
        "song": "song",
        "band": "band",
        "drums": " ".join(name for name in STYLE_TOKENS if name.startswith("drums-")),
    }
)

FAMILY_OF: Mapping[str, str] = MappingProxyType(
    {style: family for family, styles in _FAMILIES.items() for style in styles.split()}
)
"""The family of each style token; by the time in which a composer mainly wrote."""


class Band(NamedTuple):
    """Quantiles of a measure over training stretches: 5, 25, 50, 75 and 95 %."""

    low: float
    lower: float
    median: float
    upper: float
    high: float


@cache
def reference() -> Mapping[str, Any]:
    """What `measures.json` holds: `held_out` by set, `bands` by ensemble and family."""
    text = resources.files("senandung.weights").joinpath("measures.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = MappingProxyType(json.loads(text))
    return found


def bands(ensemble: str, style: str = "any") -> Mapping[str, Band]:
    """The bands of an ensemble in the family of a style, or of the ensemble alone where too few pieces are of it.

    Parameters
    ----------
    ensemble : a name of `ENSEMBLES`.
    style : a style token's name, "any" for none.

    Returns
    -------
    A band for each measure, empty for an ensemble of which nothing is known.

    >>> 2.5 < bands("voice-and-piano", "schubert")["pitch_class_entropy"].median < 3.5
    True
    """
    require(ensemble in ENSEMBLES, "an ensemble must be a known one", ensemble)
    known = reference()["bands"]
    found = known.get(f"{ensemble}/{FAMILY_OF.get(style, 'any')}") or known.get(ensemble) or {"measures": {}}
    return {name: Band(*row) for name, row in found["measures"].items()}


def strayed(measures: Mapping[str, float], wanted: Mapping[str, Band]) -> float:
    """How far measures lie outside their bands, on average: 0 inside every 25-75 % band, 1 at the 5 or 95 % edge.

    The scale beyond a quartile is its distance from the outer edge; a measure counts for 3 at most. Measures without a
    band are left out. The use is to choose among several decodings: the least is best, and all 0 are as good.

    >>> strayed({"polyphony": 3.0}, {"polyphony": Band(1.0, 2.0, 3.0, 4.0, 6.0)})
    0.0
    >>> strayed({"polyphony": 5.0}, {"polyphony": Band(1.0, 2.0, 3.0, 4.0, 6.0)})
    0.5
    """
    found = []
    for name, value in measures.items():
        if name in wanted:
            band = wanted[name]
            if value < band.lower:
                away = (band.lower - value) / max(band.lower - band.low, 1e-3)
            else:
                away = max(value - band.upper, 0.0) / max(band.high - band.upper, 1e-3)
            found.append(min(away, 3.0))
    return sum(found) / len(found) if found else 0.0
