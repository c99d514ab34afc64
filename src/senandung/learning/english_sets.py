"""The English sets that text feeling is learned from: GoEmotions and EmoBank, beside the project's own English lines.

GoEmotions: Demszky et al. (2020), Reddit comments with 27 emotions. EmoBank: Buechel & Hahn (2017), sentences with
valence and arousal by readers and writers on 1..5.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from senandung.learning.text_sets import Labelled, read_status, read_table, shares_of
from senandung.sensing.text_model import PLACES

VARIETIES = frozenset({"inggris", "campur-inggris"})
"""Varieties of the project's own lines that are English in whole or in part."""

GOEMOTIONS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "admiration": {"senang": 0.7, "cinta": 0.3}, "amusement": {"senang": 1.0}, "anger": {"marah": 1.0},
        "annoyance": {"marah": 1.0}, "approval": {"senang": 0.5, "netral": 0.5}, "caring": {"cinta": 1.0},
        "confusion": {"netral": 0.7, "takut": 0.3}, "curiosity": {"netral": 1.0},
        "desire": {"cinta": 0.5, "senang": 0.5}, "disappointment": {"sedih": 1.0},
        "disapproval": {"marah": 0.6, "netral": 0.4}, "disgust": {"marah": 1.0}, "embarrassment": {"takut": 1.0},
        "excitement": {"senang": 1.0}, "fear": {"takut": 1.0}, "gratitude": {"senang": 1.0}, "grief": {"sedih": 1.0},
        "joy": {"senang": 1.0}, "love": {"cinta": 1.0}, "nervousness": {"takut": 1.0}, "optimism": {"senang": 1.0},
        "pride": {"senang": 1.0}, "realization": {"netral": 1.0}, "relief": {"senang": 1.0},
        "remorse": {"sedih": 1.0}, "sadness": {"sedih": 1.0}, "neutral": {"netral": 1.0},
    }
)  # fmt: skip
"""What GoEmotions' labels are here, by our judgement; surprise alone says nothing."""

LABELS = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
    "disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief", "joy",
    "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise", "neutral",
)  # fmt: skip
"""GoEmotions' labels in the order of its numbers."""

EMOBANK_UNIT = 1.2
"""Steps of EmoBank's scale from its middle, 3, that are 1 here."""


def read_goemotions(folder: Path, part: str) -> list[Labelled]:
    """A part of GoEmotions, "train", "dev" or "test"; lines without a known emotion are left out."""
    found = []
    for text, numbers, _ in read_table(folder / "data" / "original" / f"{part}.tsv"):
        labels = tuple(LABELS[int(number)] for number in numbers.split(","))
        known = [GOEMOTIONS[label] for label in labels if label in GOEMOTIONS]
        if not known:
            continue
        shares: dict[str, float] = {}
        for row in known:
            for name, share in row.items():
                shares[name] = shares.get(name, 0.0) + share / len(known)
        valence = sum(share * PLACES[name][0] for name, share in shares.items())
        found.append(Labelled(text, "goemotions", shares_of(shares), valence=valence, labels=labels, language="en"))
    return found


def read_emobank(folder: Path, part: str) -> list[Labelled]:
    """A part of EmoBank, "train", "dev" or "test": valence and arousal, and no feeling's name."""
    with (folder / "corpus" / "emobank.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == part]
    return [
        Labelled(row["text"], "emobank", (1.0,) * 6, True, _placed(row["V"]), _placed(row["A"]), language="en")
        for row in rows
    ]


def read_english(folders: Mapping[str, Path], lines: Path) -> list[Labelled]:
    """All English lines that are learned from: `folders` are the unpacked public sets, `lines` the project's own."""
    own = [line.spoken("en") for line in read_status(lines) if VARIETIES & set(line.labels)]
    return [*own, *read_goemotions(folders["goemotions"], "train"), *read_emobank(folders["emobank"], "train")]


def _placed(value: str) -> float:
    return max(-1.0, min(1.0, (float(value) - 3.0) / EMOBANK_UNIT))
