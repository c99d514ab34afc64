"""English words against their divisions written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.language.syllables import syllabify_line, syllabify_word

ROWS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "english-words.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("word", "division"), ROWS, ids=[row[0] for row in ROWS])
def test_a_word_divides_as_written_by_hand(word: str, division: str) -> None:
    found = syllabify_word(word, "en")
    assert ".".join(("*" if syllable.stressed else "") + syllable.text for syllable in found).lower() == division


def test_indonesian_words_in_an_english_line_keep_their_own_division() -> None:
    found = [syllable.text for syllable in syllabify_line("I love you, sayang, this senja is ours", "en")]
    assert found == ["I", "love", "you", "sa", "yang", "this", "sen", "ja", "is", "ours"]
