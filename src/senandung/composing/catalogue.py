"""The styles of the network's composer: their names, what the data hold of them, and blends of them.

`weights/composers.json` (learning.extract_composers) says which ensembles, parts, metres, keys and tempos the works of
a style have. A style that is not in it, or an ensemble that its works do not have, is refused.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from senandung.composing.pieces.asked import ANY_STYLE, blend
from senandung.composing.styles import style_names as song_style_names
from senandung.domain.errors import InvalidValueError, UnknownNameError

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "bach": "Johann Sebastian Bach", "handel": "George Frideric Handel", "vivaldi": "Antonio Vivaldi",
        "palestrina": "Giovanni Pierluigi da Palestrina", "marenzio": "Luca Marenzio", "gomolka": "Mikołaj Gomółka",
        "zielenski": "Mikołaj Zieleński", "pekiel": "Bartłomiej Pękiel", "gorczycki": "Grzegorz Gerwazy Gorczycki",
        "zebrowski": "Marcin Józef Żebrowski", "dankowski": "Wojciech Dankowski", "golabek": "Jakub Gołąbek",
        "haydn": "Joseph Haydn", "mozart": "Wolfgang Amadeus Mozart", "beethoven": "Ludwig van Beethoven",
        "schubert": "Franz Schubert", "schumann": "Robert Schumann", "clara-schumann": "Clara Schumann",
        "mendelssohn": "Felix Mendelssohn", "hensel": "Fanny Hensel", "chopin": "Fryderyk Chopin",
        "brahms": "Johannes Brahms", "wolf": "Hugo Wolf", "cornelius": "Peter Cornelius", "franz": "Robert Franz",
        "lang": "Josephine Lang", "reichardt": "Louise Reichardt", "kinkel": "Johanna Kinkel",
        "holmes": "Augusta Holmès", "chaminade": "Cécile Chaminade", "lehmann": "Liza Lehmann",
        "bizet": "Georges Bizet", "faure": "Gabriel Fauré", "debussy": "Claude Debussy",
        "stanford": "Charles Villiers Stanford", "viardot": "Pauline Viardot", "warlock": "Peter Warlock",
        "mayer": "Emilie Mayer", "tchaikovsky": "Pyotr Tchaikovsky", "grieg": "Edvard Grieg",
        "dvorak": "Antonín Dvořák", "verdi": "Giuseppe Verdi", "elsner": "Józef Elsner",
        "kurpinski": "Karol Kurpiński", "stefani": "Józef Stefani", "szymanowska": "Maria Szymanowska",
        "dobrzynski": "Ignacy Feliks Dobrzyński", "moniuszko": "Stanisław Moniuszko",
        "zelenski": "Władysław Żeleński", "noskowski": "Zygmunt Noskowski", "wieniawski": "Henryk Wieniawski",
        "paderewski": "Ignacy Jan Paderewski", "horetzky": "Felix Horetzky", "burgmuller": "Friedrich Burgmüller",
        "joplin": "Scott Joplin", "sousa": "John Philip Sousa", "monte": "Philippe de Monte",
        "luna": "Georgius Luna", "volckmer": "Tobias Volckmer", "sowinski": "Wojciech Sowiński",
        "raszek": "Jakub Raszek", "giuliani": "Mauro Giuliani",
    }
)  # fmt: skip
"""Composers' names. A style token that stands neither here nor in `KINDS` is not offered: the files of Reger's
suites say saxophone, and most parts of Walczyński's name no known instrument."""


@dataclass(frozen=True)
class Kind:
    """A style that is no composer's: titles of a piece and what it is, in Indonesian and English, token and ensemble.

    The token `ANY_STYLE` stands for the music of all styles; an empty ensemble for the most common one.
    """

    titles: tuple[str, str]
    indonesian: str
    english: str
    token: str
    ensemble: str = ""


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "folk": Kind(
            ("Lagu dansa Irlandia", "Irish tune"), "lagu dansa Irlandia", "Irish dance tunes", "irish", "tune"
        ),
        "irish": Kind(
            ("Lagu dansa Irlandia", "Irish tune"), "lagu dansa Irlandia", "Irish dance tunes", "irish", "tune"
        ),
        "traditional": Kind(
            ("Lagu rakyat", "Traditional tune"), "lagu rakyat Barat", "traditional tunes", "traditional"
        ),
        "hymn": Kind(("Himne", "Hymn"), "himne empat suara", "hymns in four voices", "hymn", "choir"),
        "lied": Kind(
            ("Lied", "Lied"),
            "lied: suara dan piano, abad ke-19",
            "Lieder: voice and piano, 19th century",
            "lied",
            "voice-and-piano",
        ),
        "lead-sheet": Kind(
            ("Lagu", "Tune"), "lembar lagu: melodi dan akor", "lead sheets: a tune and its chords", "song", "lead-sheet"
        ),
        "ragtime": Kind(("Ragtime", "Ragtime"), "ragtime piano", "piano ragtime", "joplin", "piano"),
        "march": Kind(("Mars", "March"), "mars dalam versi piano", "marches in piano scores", "sousa", "piano"),
        "quartet": Kind(
            ("Kuartet gesek", "String quartet"), "kuartet gesek", "string quartets", "string-quartet", "quartet"
        ),
        "orchestra": Kind(
            ("Karya orkestra", "Orchestral piece"),
            "orkestra segala zaman",
            "orchestral music of all times",
            ANY_STYLE,
            "orchestra",
        ),
        "choir": Kind(
            ("Karya paduan suara", "Choral piece"),
            "paduan suara segala zaman",
            "choral music of all times",
            ANY_STYLE,
            "choir",
        ),
        "guitar": Kind(("Karya gitar", "Guitar piece"), "gitar solo", "solo guitar", ANY_STYLE, "guitar"),
        "organ": Kind(("Karya organ", "Organ piece"), "organ", "organ music", ANY_STYLE, "organ"),
        "band": Kind(("Karya band", "Band piece"), "band instrumental", "instrumental bands", "band", "band"),
        "sacred": Kind(("Karya gerejawi", "Sacred piece"), "musik gereja", "church music", "sacred"),
        "renaissance": Kind(
            ("Karya renaisans", "Renaissance piece"), "renaisans", "Renaissance", "renaissance", "choir"
        ),
        "baroque": Kind(("Karya barok", "Baroque piece"), "barok", "Baroque", "baroque"),
        "classical": Kind(("Karya klasik", "Classical piece"), "klasik", "Classical", "classical", "piano"),
        "romantic": Kind(("Karya romantik", "Romantic piece"), "romantik", "Romantic", "romantic", "piano"),
        "polish": Kind(
            ("Karya Polandia", "Polish piece"),
            "Polandia abad ke-19",
            "Polish music of the 19th century",
            "polish",
            "piano",
        ),
    }
)
"""Styles beside the composers', by the name that `--style` takes."""

ENSEMBLE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "piano": "piano", "harpsichord": "harpsichord", "organ": "organ", "guitar": "guitar",
        "solo": "a single instrument", "strings": "strings", "quartet": "string quartet", "chamber": "chamber music",
        "orchestra": "orchestra", "choir": "choir", "choir-and-organ": "choir and organ",
        "choir-and-orchestra": "choir and orchestra", "voice-and-piano": "voice and piano",
        "voice-and-ensemble": "voice and ensemble", "tune": "a single tune", "lead-sheet": "a tune with chords",
        "band": "band", "winds": "winds", "drums": "drums",
    }
)  # fmt: skip
"""What an ensemble is called in a sentence. `--ensemble` takes the keys, and `string-quartet`."""

USUAL_INSTRUMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "choir": ("choir",), "voice-and-piano": ("voice", "piano"),
        "band": ("electric-guitar", "piano", "bass", "drums"),
        "choir-and-orchestra": ("choir", "oboe", "oboe", "horn", "horn", "violin", "violin", "viola", "cello",
                                "contrabass", "organ"),
        "choir-and-organ": ("choir", "organ"),
        "voice-and-ensemble": ("voice", "violin", "violin", "cello", "organ"),
    }
)  # fmt: skip
"""What plays in an ensemble of which the works agree on no list."""

SMALL_ORCHESTRA = (
    "flute", "oboe", "clarinet", "bassoon", "horn", "trumpet", "timpani", "violin", "violin", "viola", "cello",
    "contrabass",
)  # fmt: skip
"""What plays in the style orchestra, which is no composer's."""

NEAR: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "strings": ("quartet", "orchestra", "chamber"), "quartet": ("strings",),
        "chamber": ("quartet", "strings", "winds", "solo", "orchestra", "voice-and-ensemble"),
        "winds": ("orchestra", "chamber"), "solo": ("chamber", "strings", "quartet", "orchestra", "tune"),
        "orchestra": ("choir-and-orchestra",), "choir-and-organ": ("choir-and-orchestra", "choir"),
        "voice-and-ensemble": ("choir-and-orchestra", "voice-and-piano"), "choir": ("choir-and-organ",),
        "organ": ("choir-and-organ",),
    }
)  # fmt: skip
"""Ensembles from whose works one that a style has not can be carried, where they hold the same instruments."""


@dataclass(frozen=True)
class Chosen:
    """What `--style` named: its canonical name, the weight of each style token, and the ensemble that it implies.

    An empty ensemble stands for the one that the style's works have most. `own` are styles of one's own in it: the
    share of each, and what its files hold of each ensemble (rows as in the table); `lent` are then the weights of the
    styles whose works count beside them, while `weights` tells the network on what to stand.
    """

    name: str
    weights: Mapping[str, float]
    ensemble: str = ""
    own: tuple[tuple[float, Mapping[str, Mapping[str, Any]]], ...] = ()
    lent: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Cell:
    """What the works of a style (or of a blend) hold for an ensemble, as weights of what is seen in them."""

    works: int
    metres: Mapping[str, float]
    keys: Mapping[str, float]
    tempos: tuple[float, ...]
    lists: tuple[tuple[tuple[str, ...], float], ...]
    pieces: Mapping[str, int]
    ranges: Mapping[str, tuple[int, int]]

    def metres_by_use(self) -> list[str]:
        """The metres, the most used first."""
        return sorted(self.metres, key=lambda metre: (-self.metres[metre], metre))

    def plays(self, instrument_class: str) -> bool:
        """Whether a class of instrument plays in two of the works or more."""
        return any(part.rpartition(".")[0] == instrument_class for part in self.pieces)


@cache
def _table() -> Mapping[str, Any]:
    text = resources.files("senandung.weights").joinpath("composers.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def composer_styles() -> tuple[str, ...]:
    """Names of all styles of the network: composers in the order of their times, then the others.

    >>> {"bach", "joplin", "hymn", "folk"} <= set(composer_styles()), "scarlatti" in composer_styles()
    (True, False)
    """
    held = _table()["styles"]
    composers = tuple(name for name in held if name in TITLES)
    return (*composers, *(name for name, kind in KINDS.items() if kind.token == ANY_STYLE or kind.token in held))


def is_composer_style(text: str) -> bool:
    """Whether `--style` names the network's styles (or means to: a blend, or a composer with too few works).

    >>> is_composer_style("Bach"), is_composer_style("chopin:2+band:1"), is_composer_style("pop-ballad")
    (True, True, False)
    """
    names = [item.partition(":")[0].strip().lower() for item in text.split("+")]
    if len(names) > 1 or ":" in text:
        return True
    return names[0] in composer_styles() or names[0] in _table()["few"]


def choose(text: str) -> Chosen:
    """The style or blend that a text names.

    >>> dict(choose("chopin:2+band").weights)
    {'chopin': 0.6666666666666666, 'band': 0.3333333333333333}
    >>> choose("chopin+bandd")
    Traceback (most recent call last):
        ...
    senandung.domain.errors.UnknownNameError: unknown style 'bandd'; did you mean 'band'?
    """
    weights: Counter[str] = Counter()
    names: list[tuple[str, float]] = []
    for item in text.split("+"):
        name, weight = _weighted(item, text)
        _check_known(name, alone="+" not in text)
        names.append((name, weight))
        weights[KINDS[name].token if name in KINDS else name] += weight  # type: ignore[assignment]
    if len(weights) > 1:
        weights.pop(ANY_STYLE, None)  # "chopin+orchestra" asks for an ensemble
    implied = [(weight, at, KINDS[name].ensemble) for at, (name, weight) in enumerate(names) if name in KINDS]
    implied = [row for row in implied if row[2]]
    canonical = "+".join(name if weight == 1 else f"{name}:{weight:g}" for name, weight in names)
    return Chosen(canonical, MappingProxyType(blend(weights)), max(implied)[2] if implied else "")


def _weighted(item: str, text: str) -> tuple[str, float]:
    match = re.fullmatch(r"\s*([^:+]*?)\s*(?::\s*([0-9.]+)\s*)?", item)
    rule = f"a blend must look like chopin+band or chopin:2+band:1, got {text!r}"
    if match is None or not match[1]:
        raise InvalidValueError(rule)
    try:
        weight = float(match[2]) if match[2] else 1.0
    except ValueError:
        raise InvalidValueError(rule) from None
    if not (math.isfinite(weight) and 0 < weight <= 1000):
        raise InvalidValueError(f"the weight of a style must be above 0 and at most 1000, got {match[2]}")
    return match[1].lower(), weight


def _check_known(name: str, *, alone: bool) -> None:
    if name in composer_styles():
        return
    few = _table()["few"].get(name)
    if few is not None:
        least = _table()["least"]
        raise InvalidValueError(
            f"the open music holds {few[0]} works by {name} with {few[1]} notes, too few to learn a style from "
            f"(at least {least['works']} works and {least['notes']} notes); the command styles lists those with enough"
        )
    if not alone and name in song_style_names():
        raise InvalidValueError(
            f"{name} is a song style, written by rules, and cannot be blended; blends take composers and "
            f"{', '.join(KINDS)}"
        )
    raise UnknownNameError("style", name, [*composer_styles(), *song_style_names()])


# what the data hold


def ensembles_of(chosen: Chosen) -> dict[str, int]:
    """The ensembles of which a style, or any style of a blend, has enough works, with their number, most first.

    >>> list(ensembles_of(choose("chopin")))
    ['piano', 'orchestra']
    """
    counts: Counter[str] = Counter()
    for _, held in chosen.own:
        counts.update({ensemble: row["works"] for ensemble, row in held.items()})
    for token in _tokens(chosen.weights):
        for ensemble, row in _table()["styles"].get(token, {"ensembles": {}})["ensembles"].items():
            counts[ensemble] += row["works"]
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def usual_ensemble(chosen: Chosen) -> str:
    """The ensemble that is taken where none is asked: the implied one, else that of most works, by the weights.

    >>> usual_ensemble(choose("chopin+band")), usual_ensemble(choose("chopin")), usual_ensemble(choose("schubert"))
    ('band', 'piano', 'voice-and-piano')
    """
    if chosen.ensemble:
        return chosen.ensemble
    shares: Counter[str] = Counter()
    known = [(weight, _table()["styles"][token]["ensembles"]) for token, weight in _lent(chosen).items()]
    for weight, rows in (*chosen.own, *known):
        total = sum(row["works"] for row in rows.values())
        for ensemble, row in rows.items():
            shares[ensemble] += weight * row["works"] / total
    return max(sorted(shares), key=lambda ensemble: shares[ensemble])


def cell_of(chosen: Chosen, ensemble: str) -> Cell | None:
    """What the works of a style or blend hold for an ensemble; None where none of its styles has enough works."""
    found = [(share, row) for share, held in chosen.own if (row := held.get(ensemble)) is not None]
    for weights in (_lent(chosen), chosen.weights):
        found += [
            (weight, row)
            for token, weight in _weights(weights)
            if (row := _table()["styles"].get(token, {"ensembles": {}})["ensembles"].get(ensemble)) is not None
        ]
        if found:
            break
    return _merged(found) if found else None


def all_cells(chosen: Chosen) -> Cell:
    """What the works of a style or blend hold, whatever their ensemble."""
    return _merged(
        [
            (weight, row)
            for token, weight in _weights(chosen.weights)
            for row in _table()["styles"][token]["ensembles"].values()
        ]
    )


def _tokens(weights: Mapping[str, float]) -> Iterable[str]:
    return _table()["styles"] if ANY_STYLE in weights else weights


def _lent(chosen: Chosen) -> Mapping[str, float]:
    """The weights of the styles whose works say what is usual."""
    return chosen.weights if chosen.lent is None else chosen.lent


def _weights(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    if ANY_STYLE not in weights:
        return list(weights.items())
    return [(token, 1.0) for token in _table()["styles"]]


def _merged(rows: list[tuple[float, Mapping[str, Any]]]) -> Cell:
    metres: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    lists: Counter[tuple[str, ...]] = Counter()
    pieces: Counter[str] = Counter()
    tempos = [0.0] * 10
    spans: dict[str, list[list[int]]] = {}
    for weight, row in rows:
        share = weight / max(row["works"], 1) if len(rows) < 4 else 1.0
        for counter, name in ((metres, "metres"), (keys, "keys")):
            for key, count in row[name].items():
                counter[key] += count * share
        for parts, count in row["lists"]:
            lists[tuple(parts)] += count * share
        pieces.update(row["pieces"])
        tempos = [held + share * count for held, count in zip(tempos, row["tempos"], strict=True)]
        for part, span in row["ranges"].items():
            spans.setdefault(part, []).append(span)
    ranges = {part: _middle(held) for part, held in spans.items()}
    ordered = sorted(lists.items(), key=lambda item: (-item[1], item[0]))
    return Cell(sum(row["works"] for _, row in rows), metres, keys, tuple(tempos), tuple(ordered), pieces, ranges)


def _middle(spans: list[list[int]]) -> tuple[int, int]:
    """The median of several ranges' ends."""
    lows, highs = sorted(span[0] for span in spans), sorted(span[1] for span in spans)
    return lows[len(lows) // 2], highs[len(highs) // 2]
