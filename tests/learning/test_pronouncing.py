"""The table of English divisions, made from a pronouncing dictionary."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.learning.pronouncing import build_table, divide_by_phones, main


@pytest.mark.parametrize(
    ("word", "phones", "division"),
    [
        ("accurate", "AE1 K Y ER0 AH0 T", ["ac", "cu", "rate"]),
        ("exam", "IH0 G Z AE1 M", ["ex", "am"]),
        ("through", "TH R UW1", ["through"]),
        ("kingdom", "K IH1 NG D AH0 M", ["king", "dom"]),
        ("hours", "AW1 ER0 Z", ["hours"]),
    ],
)
def test_phones_divide_letters(word: str, phones: str, division: list[str]) -> None:
    found = divide_by_phones(word, phones.split())
    assert found is not None
    assert found[0] == division


def test_letters_that_cannot_be_said_so_are_left_out() -> None:
    assert divide_by_phones("hello", ["K", "AE1", "T"]) is None
    assert build_table({"hello": ["K", "AE1", "T"]}, ["hello", "absent"]) == []


def test_the_table_is_written_from_a_dictionary_and_a_word_list(tmp_path: Path) -> None:
    (tmp_path / "dict").write_text("goodbye G UH2 D B AY1\nriver R IH1 V ER0\n", "utf-8")
    (tmp_path / "words").write_text("river\ngoodbye\n", "utf-8")
    main([str(tmp_path / "dict"), str(tmp_path / "words"), str(tmp_path / "out.tsv")])
    rows = (tmp_path / "out.tsv").read_text("utf-8").splitlines()
    assert rows[0].startswith("#")
    assert rows[1:] == ["goodbye\tgood.*bye"]
