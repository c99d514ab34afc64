"""The table of styles: made again from a packed corpus, and the one that comes with the program."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from learning.toy import other_tune, tune_piece
from senandung.composing.pieces.piece import ENSEMBLES
from senandung.composing.pieces.vocabulary import STYLE_TOKENS
from senandung.learning import extract_composers
from senandung.learning.corpus.sets import Work
from senandung.learning.extract_composers import count_works, extract, save_table
from senandung.learning.pack import pack_pieces, save_folder


def test_counts_keys_metres_and_ranges() -> None:
    pieces = [tune_piece(other_tune(number + 1), repeats=8) for number in range(60)]
    table = extract([pack_pieces("toy", pieces)], {("irish", "solo"): 60})
    cell = table["styles"]["irish"]["ensembles"]["solo"]
    assert (cell["works"], cell["notes"]) == (60, sum(piece.note_count for piece in pieces))
    assert cell["metres"] == {"4/4": 60}
    assert sum(cell["keys"].values()) == 60
    assert cell["lists"] == [[["melody.0"], 60]]
    assert cell["pieces"] == {"melody.0": 60}
    pitches = sorted(note.pitch for piece in pieces for bar in piece.bars for row in bar.notes for note in row)
    low, high = cell["ranges"]["melody.0"]
    assert pitches[0] <= low < high <= pitches[-1]
    outside = sum(not low <= pitch <= high for pitch in pitches)
    assert outside <= 0.021 * len(pitches)


def test_too_few_works_are_named_and_not_offered() -> None:
    table = extract([pack_pieces("toy", [tune_piece(other_tune(1))])], {("irish", "solo"): 1})
    assert table["styles"] == {}
    assert table["few"]["irish"] == [1, 48]


def test_only_training_works_count() -> None:
    row = {"style": "bach", "ensemble": ["piano", "solo"], "pieces": 2, "split": "train"}
    rows = [row, {**row, "split": "valid"}, {**row, "pieces": 0}, row]
    assert count_works(rows) == {("bach", "piano"): 2, ("bach", "solo"): 2}


def test_the_same_corpus_gives_the_same_bytes(tmp_path: Path) -> None:
    works = []
    for number in range(60):
        made = Work("toy", tmp_path / f"{number}.mid", str(number), "", "irish", "CC0", "me", f"toy/{number}")
        made.pieces = [tune_piece(other_tune(number + 1), repeats=8)]
        works.append(made)
    save_folder(works, tmp_path, tmp_path / "packed", seed=1)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        save_table(tmp_path / "packed", tmp_path / name)
    made = (tmp_path / "a" / "composers.json").read_bytes()
    assert made == (tmp_path / "b" / "composers.json").read_bytes()
    assert 40 <= json.loads(made)["styles"]["irish"]["works"] < 60
    assert "toy" in (tmp_path / "a" / "composers.card.md").read_text(encoding="utf-8")


def test_the_table_that_comes_along_is_small_and_sound() -> None:
    file = resources.files("senandung.weights").joinpath("composers.json")
    text = file.read_text(encoding="utf-8")
    assert len(text.encode()) < 200_000
    table = json.loads(text)
    least = extract_composers
    for style, row in table["styles"].items():
        assert style in STYLE_TOKENS
        assert row["works"] >= least.LEAST_WORKS
        assert row["notes"] >= least.LEAST_NOTES
        for ensemble, cell in row["ensembles"].items():
            assert ensemble in ENSEMBLES
            assert cell["works"] >= least.LEAST_ENSEMBLE_WORKS
            assert set(cell["ranges"]) <= set(cell["pieces"])
            assert cell["metres"]
    assert set(table["styles"]) >= {
        "bach",
        "haydn",
        "mozart",
        "beethoven",
        "schubert",
        "schumann",
        "chopin",
        "brahms",
        "joplin",
    }
