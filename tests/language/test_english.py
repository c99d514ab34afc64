"""English words against their divisions written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.language.english import divide_english
from senandung.language.english_phonemes import phonemes_english
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


@pytest.mark.parametrize(("word", "count"), [("Beyoncé", 3), ("résumé", 3), ("resume", 2), ("fiancé", 3), ("sauté", 2)])
def test_an_accented_e_at_the_end_is_sung(word: str, count: int) -> None:
    parts = divide_english(word)
    said, _ = phonemes_english(parts)
    assert "".join(parts) == word
    assert len(parts) == len(said) == count
    assert (said[-1][-2:] == ("e", "j")) == word.endswith("é")
