"""What holds for every text: letters are kept, syllables are whole, nothing raises."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.language.detect import detect_language
from senandung.language.letters import words_of
from senandung.language.lines import normalise_text, split_lines
from senandung.language.numbers import sung_text
from senandung.language.rhyme import count_syllables, rhyme_key
from senandung.language.syllables import syllabify_line, syllabify_word

LANGUAGES = st.sampled_from(["id", "en"])
LETTERS = st.text(alphabet="abcdefghijklmnoprstuwyéêngkaiu'-", min_size=1, max_size=24)
PIECES = st.sampled_from(
    [
        "aku",
        "rindu",
        "kamu",
        "malam,",
        "ini",
        "hujan.",
        "turun",
        "lagi!",
        "#RinduBerat",
        "karena",
        "yang",
        "dan",
        "dia…",
        "pergi?",
        "love",
        "you",
        "2024",
        "😭",
        "jam",
        "10.30",
        "—",
        ",",
        "kangeeen",
        "and",
        "because",
        "the",
        "night",
        "\n",
        "\u200b",
        "it's",
        "malam-malam",
        "https://a.id/x",
        "@nama_kita",
        "Rp10.000",
        "100%",
        '"kata',
        "& kita",
        "'cause",
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map(" ".join)


def kept(text: str) -> str:
    """Letters, digits and marks only."""
    return "".join(
        char for char in unicodedata.normalize("NFC", text) if char.isalnum() or unicodedata.category(char)[0] == "M"
    )


@given(LETTERS, LANGUAGES)
def test_the_syllables_of_a_word_are_its_letters(word: str, language: str) -> None:
    syllables = syllabify_word(word, language)
    assert kept("".join(syllable.text for syllable in syllables)) == kept(word)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), LANGUAGES)
def test_any_text_has_whole_syllables_and_keeps_its_letters(text: str, language: str) -> None:
    syllables = syllabify_line(text, language)
    sung = "".join(words_of(sung_text(text, language)))
    assert kept("".join(syllable.text for syllable in syllables)) == kept(sung)
    assert all(syllable.text.strip() for syllable in syllables)
    inside = False
    for syllable in syllables:
        assert syllable.begins_word is not inside
        inside = not syllable.ends_word
    assert not inside
    assert detect_language(text) in ("id", "en")
    assert isinstance(rhyme_key(text, language), str)
    for line in split_lines(text, language):
        assert words_of(line)


@settings(max_examples=150, deadline=None)
@given(TEXTS, LANGUAGES)
def test_lines_hold_every_word_once_and_in_order(text: str, language: str) -> None:
    lines = split_lines(text, language)
    assert [word for line in lines for word in words_of(line)] == list(words_of(normalise_text(text, language)))
    assert all(count_syllables(line, language) > 0 for line in lines)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), LANGUAGES)
def test_normalising_twice_changes_nothing_more_and_loses_no_plain_letter(text: str, language: str) -> None:
    once = normalise_text(text, language)
    assert normalise_text(once, language) == once
    assert not any(unicodedata.category(char) in ("Cf", "Cs") for char in once)


@given(st.integers(min_value=-(10**18), max_value=10**18), LANGUAGES)
def test_a_number_is_sung_without_digits(n: int, language: str) -> None:
    spelled = sung_text(f"ada {n} bintang", language)
    assert not any(char.isdigit() for char in spelled)
    assert spelled.startswith("ada ")
    assert spelled.endswith(" bintang")


@pytest.mark.parametrize(
    "word", ["rinduuu", "Malam-malam", "Jum'at", "RINDU", "kangeeennn", "café", "ñandú", "Straße", "İstanbul"]
)
@pytest.mark.parametrize("language", ["id", "en"])
def test_spelling_and_case_are_kept(word: str, language: str) -> None:
    assert "".join(syllable.text for syllable in syllabify_word(word, language)) == word
