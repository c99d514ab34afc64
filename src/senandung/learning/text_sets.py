"""The sets that text feeling is learned from, as examples: the project's own lines, BRIGHTER, XED, SmSA, NusaX.

EmoT is no part of them: its own source does not allow weights that saw it to be shipped.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from senandung.domain.errors import FileError
from senandung.domain.feeling import BASIC
from senandung.sensing.lexical import read_line
from senandung.sensing.text_features import features_of
from senandung.sensing.text_model import PLACES, Example
from senandung.sensing.tokens import tokenise

SOURCES = ("status", "brighter", "xed", "smsa", "nusax", "goemotions", "emobank")
"""The sets by their number in `Example.source`."""

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"status": 1.0, "brighter": 1.0, "xed": 0.5, "smsa": 0.1, "nusax": 0.2, "goemotions": 0.3, "emobank": 1.0}
)
"""How much a line of a set counts, by cross-validation on status lines and BRIGHTER."""

REGIONS = ("indonesian", "javanese", "sundanese", "minangkabau", "banjarese")
"""Languages of NusaX that status lines are written in too."""

POLARITY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "positive": frozenset({"cinta", "senang"}),
        "negative": frozenset({"marah", "takut", "sedih"}),
        "neutral": frozenset({"netral"}),
    }
)
"""The feelings that a line of a polarity may have."""

POLAR_VALENCE: Mapping[str, float] = MappingProxyType({"positive": 0.5, "negative": -0.45, "neutral": 0.0})
"""Its valence: near the mean of our own lines of those feelings."""

_BRIGHTER: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "anger": {"marah": 1.0}, "disgust": {"marah": 1.0}, "fear": {"takut": 1.0}, "sadness": {"sedih": 1.0},
        "joy": {"senang": 0.75, "cinta": 0.25},
    }
)  # fmt: skip
"""What BRIGHTER's labels are here; surprise alone says nothing."""

_XED = MappingProxyType({"1": "marah", "3": "marah", "4": "takut", "5": "senang", "6": "sedih"})
"""What XED's labels are here; anticipation, surprise and trust say nothing."""


@dataclass(frozen=True)
class Labelled:
    """A line of a set with what is known of its feeling; `labels` are the set's own, the rest is as in `Example`."""

    text: str
    source: str
    shares: tuple[float, ...]
    partial: bool = False
    valence: float | None = None
    arousal: float | None = None
    labels: tuple[str, ...] = ()
    language: str = "id"

    def example(self) -> Example:
        """The line as it is learned from."""
        tokens = tokenise(self.text, self.language)
        return Example(
            features_of(tokens, read_line(tokens, self.language)),
            self.shares,
            self.partial,
            WEIGHTS[self.source],
            SOURCES.index(self.source),
            self.valence,
            self.arousal,
        )

    def spoken(self, language: str) -> Labelled:
        """The same line, read as another language."""
        return replace(self, language=language)


def shares_of(feelings: Mapping[str, float]) -> tuple[float, ...]:
    """Shares in the order of `BASIC`."""
    return tuple(float(feelings.get(name, 0.0)) for name in BASIC)


def read_status(path: Path) -> list[Labelled]:
    """The project's own lines (corpora/status-lines.tsv) or the 600 of the test."""
    found = []
    for row in read_table(path)[1:]:
        text, valence, arousal, feeling, flags, variety = row
        labels = (feeling, *(flag for flag in flags.split(",") if flag), variety)
        found.append(Labelled(text, "status", shares_of({feeling: 1.0}), False, float(valence), float(arousal), labels))
    return found


def read_brighter(path: Path) -> list[Labelled]:
    """A table of BRIGHTER; lines that are only surprised have no shares and are left to the caller."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        labels = tuple(
            name for name in ("anger", "disgust", "fear", "joy", "sadness", "surprise") if row.get(name) == "1"
        )
        known = [_BRIGHTER[name] for name in labels if name in _BRIGHTER]
        feelings = {"netral": 1.0} if not labels else _mean(known)
        found.append(Labelled(row["text"], "brighter", shares_of(feelings), valence=_pleases(feelings), labels=labels))
    return found


def read_xed(path: Path) -> list[Labelled]:
    """Indonesian subtitles of XED that have one of the five feelings."""
    found = []
    for row in read_table(path):
        known = [{_XED[label.strip()]: 1.0} for label in row[1].split(",") if label.strip() in _XED]
        if known:
            feelings = _mean(known)
            found.append(Labelled(row[0], "xed", shares_of(feelings), valence=_pleases(feelings)))
    return found


def read_smsa(path: Path) -> list[Labelled]:
    """A part of SmSA: reviews, with their polarity."""
    return [_polar(row[0], row[1], "smsa") for row in read_table(path)]


def read_nusax(folder: Path) -> Iterator[Labelled]:
    """Training and validation parts of NusaX in `REGIONS`, with their polarity."""
    for language in REGIONS:
        for part in ("train", "valid"):
            path = folder / "datasets" / "sentiment" / language / f"{part}.csv"
            if path.exists():
                with path.open(encoding="utf-8", newline="") as file:
                    yield from (_polar(row["text"], row["label"], "nusax") for row in csv.DictReader(file))


def read_sets(folders: Mapping[str, Path], lines: Path) -> list[Labelled]:
    """All that is learned from: `folders` are the unpacked public sets, `lines` the project's own."""
    smsa = folders["indonlu_emotion"] / "dataset" / "smsa_doc-sentiment-prosa" / "train_preprocess.tsv"
    return [
        *read_status(lines),
        *(line for line in read_brighter(folders["brighter"] / "indonesian_train.csv") if any(line.shares)),
        *read_xed(folders["xed"] / "id.tsv"),
        *read_smsa(smsa),
        *read_nusax(folders["nusax"]),
    ]


def _polar(text: str, polarity: str, source: str) -> Labelled:
    shares = shares_of(dict.fromkeys(POLARITY[polarity], 1.0))
    return Labelled(text, source, shares, True, POLAR_VALENCE[polarity], labels=(polarity,))


def _pleases(feelings: Mapping[str, float]) -> float | None:
    """The valence that feelings have in the mean; None where there are none."""
    return sum(share * PLACES[name][0] for name, share in feelings.items()) if feelings else None


def _mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in rows:
        for name, share in row.items():
            found[name] = found.get(name, 0.0) + share / len(rows)
    return found


def read_table(path: Path) -> list[list[str]]:
    """The rows of a table whose cells are divided by tabs."""
    try:
        return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from error
