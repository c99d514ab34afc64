"""The row of common English words: what gets in, what stays out, and the table that comes with the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.domain.errors import FileError
from senandung.language.tables import english_words, indonesian_words
from senandung.learning.frequent_words import ALIKE, ENGLISH, INDONESIAN, LEAST, UNFIT, common_words, main


def test_frequent_in_english_and_rare_in_indonesian() -> None:
    english = ["a window, the window's door; our hotel in Jakarta"] * LEAST + ["seldom a meadow"] * (LEAST - 1)
    assert common_words(english, ["hotel itu bagus"]) == ("door", "window", "window's")
    assert "hotel" in common_words(english, ["rumah itu bagus"])


def test_words_of_both_languages_stay_out() -> None:
    unwanted = [*sorted(ALIKE | UNFIT)[:20], "hujan", "the", "heart"]
    assert common_words([" ".join([*unwanted, "pillow"])] * LEAST, []) == ("pillow",)


def test_the_shipped_row_keeps_the_rules() -> None:
    row = english_words("common")
    assert len(row) > 1000
    assert not row & (ALIKE | UNFIT | english_words("only") | english_words("function"))
    assert not row & {*indonesian_words("function"), *indonesian_words("common")}


def test_the_command_writes_one_row_anew(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="a set of texts is missing"):
        main(["--data", str(tmp_path), "--table", str(tmp_path / "words.tsv")])
    for name in (*ENGLISH, *INDONESIAN):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("my pillow\t27\n" * LEAST if name in ENGLISH else "dapur kami\tneutral\n", "utf-8")
    table = tmp_path / "words.tsv"
    table.write_text("# a comment\nfunction\tthe a\ncommon\told words\nboth\tair\n")
    main(["--data", str(tmp_path), "--table", str(table)])
    assert table.read_text() == "# a comment\nfunction\tthe a\ncommon\tpillow\nboth\tair\n"
