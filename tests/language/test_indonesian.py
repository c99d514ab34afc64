"""Indonesian words against their divisions written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.language.syllables import syllabify_word

TABLE = Path(__file__).parent / "indonesian-words.tsv"


def rows() -> list[tuple[str, str, bool]]:
    """Word, division, whether the stress is asserted."""
    found = []
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            word, division, *rest = line.split("\t")
            found.append((word, division, not rest))
    return found


def test_the_table_is_large_and_has_no_word_twice_with_different_answers() -> None:
    table = rows()
    assert len({word for word, _, _ in table}) >= 300
    assert len({(word, division) for word, division, _ in table}) == len({word for word, _, _ in table})


@pytest.mark.parametrize(("word", "division", "stressed"), rows(), ids=[row[0] for row in rows()])
def test_a_word_divides_as_written_by_hand(word: str, division: str, stressed: bool) -> None:
    found = syllabify_word(word, "id")
    marked = ".".join(("*" if syllable.stressed and stressed else "") + syllable.text for syllable in found)
    assert marked.lower() == division
    assert "".join(syllable.text for syllable in found) == word
