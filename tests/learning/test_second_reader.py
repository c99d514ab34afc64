"""The corpus readers against music21 and mido on small sets of our own making."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning.made_up_sets import write_sets
from senandung.learning.corpus.raw import RawScore
from senandung.learning.corpus.sets import SETS
from senandung.learning.second_reader import compare, compare_set

pytest.importorskip("music21")


@pytest.mark.parametrize(
    ("name", "notes"), [("cre_irish", 48), ("polish_scores", 64), ("openewld", 32), ("open_hymnal", 128)]
)
def test_other_programs_find_the_same_notes(tmp_path: Path, name: str, notes: int) -> None:
    (found,) = [found for found in SETS if found.name == name]
    rows = list(compare_set(found, write_sets(tmp_path, works=2), 2, seed=1))
    assert [(row.theirs, row.ours, row.same_pitches) for row in rows] == [(notes, notes, notes)] * 2
    if name != "open_hymnal":
        assert [row.same for row in rows] == [notes] * 2


def test_a_missing_note_shows(tmp_path: Path) -> None:
    (found,) = [found for found in SETS if found.name == "cre_irish"]
    data = write_sets(tmp_path, works=1)
    (work,) = found.works(data / found.folder, found)
    raw = found.read(work)
    raw.parts[0].notes.pop()
    row = compare(RawScore(raw.parts, raw.measures), work.path)
    assert (row.theirs, row.ours, row.same) == (48, 47, 47)
