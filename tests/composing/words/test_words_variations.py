"""Variations of single lines: what they are for known lines, and that none is cut open."""

from __future__ import annotations

import pytest

from senandung.composing.words.function_words import NOT_LAST
from senandung.composing.words.hook import choose_hook
from senandung.composing.words.variations import (
    LONGEST,
    cut_phrases,
    ends_openly,
    plain_letters,
    vary_line,
    vocalise_lines,
)
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import PLACES, Feeling
from senandung.language.letters import words_of
from senandung.language.rhyme import count_syllables

SAD = Feeling.named("sedih")
LINES = [
    ("aku rindu kamu,", "id"),
    ("malam ini hujan turun lagi", "id"),
    ("kau tak pernah kembali", "id"),
    ("Aku kangen masakan ibu di kampung", "id"),
    ("gue gak ngerti kenapa lo pergi", "id"),
    ("terima kasih ya Allah, aku lulus", "id"),
    ("aku ingin pulang tapi jalan sudah hilang", "id"),
    ("karena kau diam, aku pergi tanpa", "id"),
    ("rumah yang kita bangun dengan cinta", "id"),
    ("kangen kowe saben wengi", "id"),
    ("aku dan", "id"),
    ("I don't know why you left without a word", "en"),
    ("I miss you tonight", "en"),
    ("I'm so tired of waiting for you", "en"),
    ("walking home in the rain because of you", "en"),
    ("the house that we built and", "en"),
]


def forms(line: str, language: str, kind: str) -> list[str]:
    """The texts of one kind of variation."""
    return [form.text for form in vary_line(line, 0, language, SAD) if form.kind == kind]


@pytest.mark.parametrize(
    ("line", "kind", "texts"),
    [
        ("malam ini hujan turun lagi", "tail", ["hujan turun lagi"]),
        ("malam ini hujan turun lagi", "reordered", ["hujan turun lagi malam ini"]),
        ("hujan turun lagi malam ini", "reordered", ["malam ini hujan turun lagi"]),
        ("aku rindu kamu,", "answer", ["rindu kamu"]),
        ("aku rindu kamu,", "echo", ["aku rindu kamu, rindu kamu"]),
        ("kau tak pernah kembali", "answer", ["tak pernah kembali"]),
        ("Karena kau diam, aku pergi", "reordered", ["Aku pergi, karena kau diam"]),
        ("aku menunggu di stasiun tua", "head", ["aku menunggu"]),
        ("aku menunggu dari pagi sampai malam", "tail", ["dari pagi sampai malam"]),
        ("terima kasih ibu", "echo", []),
    ],
)
def test_known_variations(line: str, kind: str, texts: list[str]) -> None:
    assert forms(line, "id", kind) == texts


def test_a_negation_is_not_cut_off() -> None:
    for line in ("kau tak pernah kembali", "aku tidak mau pulang", "bukan salahmu", "jangan lupa aku"):
        for form in vary_line(line, 0, "id", SAD):
            assert set(words_of(line)) & {"tak", "tidak", "bukan", "jangan"} & set(words_of(form.text)), form


@pytest.mark.parametrize(("line", "language"), LINES)
def test_variations_are_whole_and_new(line: str, language: str) -> None:
    made = vary_line(line, 7, language, SAD)
    keys = [plain_letters(form.text) for form in made]
    assert len(set(keys)) == len(keys)
    assert plain_letters(line) not in keys
    for form in made:
        assert form.parent == 7
        assert not ends_openly(form.text), form
        if form.kind in ("head", "answer", "call") and words_of(form.text)[-1] != words_of(line)[-1]:
            assert words_of(form.text)[-1].lower() not in NOT_LAST, form
        assert 2 <= count_syllables(form.text, language) <= LONGEST
        assert form.text == form.text.strip(" ,.;:")


@pytest.mark.parametrize(("line", "language"), LINES)
def test_phrases_join_to_the_line(line: str, language: str) -> None:
    assert " ".join(cut_phrases(line)) == line


def test_a_line_that_ends_openly_gets_nothing_after_it() -> None:
    made = vary_line("aku menunggu di stasiun dan", 0, "id", SAD)
    assert [form.text for form in made] == ["aku menunggu"]


@pytest.mark.parametrize(
    ("line", "openly"),
    [
        ("semoga bahagia selalu", False), ("Nobody asks me how I am", False), ("ning kene udan terus", False),
        ("aku pulang dan", True), ("the house that we built and", True), ("padahal kemarin", True),
        ("seperti dulu", False),
    ],
)  # fmt: skip
def test_unfinished_lines_are_known(line: str, openly: bool) -> None:
    assert ends_openly(line) is openly


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("word", sorted(PLACES))
def test_vocalises_are_singable_and_differ(word: str, language: str) -> None:
    lines = vocalise_lines(language, Feeling.named(word))
    assert len({plain_letters(line) for line in lines}) == len(lines) >= 30
    assert all(4 <= count_syllables(line, language) <= 8 for line in lines)


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        (("hari ini biasa saja", "aku sedih sekali"), 1),
        (("aku sedih sekali", "hari ini biasa saja"), 0),
        (("karena aku sangat sedih", "aku sedih sekali"), 1),
        (("pergi ke pasar", "beli sayur", "masak nasi"), 2),
        (("hujan",), 0),
    ],
)
def test_the_most_feeling_line_is_the_hook(lines: tuple[str, ...], at: int) -> None:
    assert choose_hook(lines, SAD, "id") == at


def test_no_lines_no_hook() -> None:
    with pytest.raises(InvalidValueError, match="a hook needs at least one line"):
        choose_hook((), SAD, "id")
