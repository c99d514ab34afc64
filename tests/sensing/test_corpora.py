"""The project's own lines keep their format, and the 600 test lines stay apart from those that are learned from."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from senandung.domain.feeling import BASIC

ROOT = Path(__file__).parents[2]
LEARNED = ROOT / "corpora" / "status-lines.tsv"
TEST = Path(__file__).with_name("status_600.tsv")
ASSOCIATIONS = ROOT / "src" / "senandung" / "weights" / "associations.tsv"

FLAGS = {"negation", "sarcasm", "mixed"}
VARIETIES = {
    "jakarta", "baku", "betawi", "jawa", "sunda", "minang", "batak", "bali", "makassar", "melayu", "banjar", "manado",
    "campur-inggris", "inggris",
}  # fmt: skip


def rows(path: Path) -> list[list[str]]:
    """The rows of a table without its head."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def grams(text: str) -> set[str]:
    """Runs of four characters of a text, without case and marks."""
    plain = " ".join(re.sub(r"[^\w ]+", " ", text.lower()).split())
    return {plain[at : at + 4] for at in range(max(1, len(plain) - 3))}


def nearest(texts: list[str], others: list[str]) -> float:
    """The largest share of common runs (Jaccard) of a text and another one."""
    index: dict[str, int] = {}

    def matrix(lines: list[str]) -> csr_matrix:
        found = [[index.setdefault(gram, len(index)) for gram in sorted(grams(line))] for line in lines]
        ends = np.cumsum([0, *(len(row) for row in found)])
        data = np.ones(ends[-1], dtype=np.float32)
        return csr_matrix((data, np.concatenate([np.array(row, dtype=np.int64) for row in found]), ends))

    one, other = matrix(texts), matrix(others)
    one.resize(len(texts), len(index))
    other.resize(len(others), len(index))
    common = (one @ other.T).tocoo()
    sizes = np.asarray(one.sum(axis=1)).ravel()[common.row] + np.asarray(other.sum(axis=1)).ravel()[common.col]
    return float((common.data / (sizes - common.data)).max())


@pytest.mark.parametrize("path", [LEARNED, TEST], ids=["learned", "test"])
def test_every_line_has_a_feeling_in_the_plane(path: Path) -> None:
    for row in rows(path):
        text, valence, arousal, feeling, flags, variety = row
        assert text.strip(), row
        for number in (valence, arousal):
            assert -1 <= float(number) <= 1, row
            assert round(float(number) * 20) == pytest.approx(float(number) * 20, abs=1e-6), row
        assert feeling in BASIC, row
        assert set(flags.split(",")) - {""} <= FLAGS, row
        assert variety in VARIETIES, row


def test_there_are_lines_enough_of_every_kind() -> None:
    learned, test = rows(LEARNED), rows(TEST)
    assert len(learned) >= 3000
    assert len(test) == 600
    for table in (learned, test):
        feelings = Counter(row[3] for row in table)
        assert min(feelings[name] for name in BASIC) >= 0.1 * len(table)
        flags = Counter(flag for row in table for flag in row[4].split(","))
        assert all(flags[flag] >= 0.04 * len(table) for flag in FLAGS)
        assert len({row[5] for row in table}) == len(VARIETIES)


def test_no_test_line_is_like_one_that_is_learned() -> None:
    assert nearest([row[0] for row in rows(TEST)], [row[0] for row in rows(LEARNED)]) < 0.4


def test_associations_have_one_place_each() -> None:
    table = rows(ASSOCIATIONS)
    assert len({row[0] for row in table}) == len(table) > 10_000
    for form, valence, arousal, feeling in table:
        assert form == form.strip().lower()
        assert -1 <= float(valence) <= 1, form
        assert -1 <= float(arousal) <= 1, form
        assert set(feeling.split("+")) <= set(BASIC), form
