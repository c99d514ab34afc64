"""The phrase bank: its size, its facts, its rhymes, and what is proposed from it."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from senandung.composing.words.phrases import MachineLines, Phrase, line_rhyme, load_groups, load_phrases
from senandung.composing.words.themes import COMPANIONS, FEELING_THEMES, THEME_WORDS, find_themes
from senandung.composing.words.variations import plain_letters
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import BASIC, Feeling
from senandung.language.rhyme import count_syllables


def test_there_are_enough_phrases_and_none_twice() -> None:
    languages = Counter(phrase.language for phrase in load_phrases())
    assert languages["id"] >= 330
    assert languages["en"] >= 150
    assert len({phrase.name for phrase in load_phrases()}) == len(load_phrases())
    assert len({plain_letters(phrase.text) for phrase in load_phrases()}) == len(load_phrases())


def test_syllables_are_counted_rightly() -> None:
    for phrase in load_phrases():
        counted = count_syllables(phrase.text, phrase.language)
        assert abs(phrase.syllables - counted) <= (0 if phrase.language == "id" else 1), phrase.text
        assert 5 <= phrase.syllables <= 13, phrase.text


def test_pantun_rhyme_a_b_a_b() -> None:
    pantun = load_groups("sampiran")
    assert Counter(group[0].language for group in pantun) == {"id": 24, "en": 9}
    for group in pantun:
        assert [phrase.form for phrase in group] == ["sampiran", "sampiran", "isi", "isi"]
        first, second, third, fourth = (phrase.rhyme for phrase in group)
        assert (first, second) == (third, fourth), group


def test_indonesian_couplets_rhyme() -> None:
    for group in load_groups("couplet-first"):
        assert [phrase.form for phrase in group] == ["couplet-first", "couplet-second"]
        if group[0].language == "id":
            assert group[0].rhyme == group[1].rhyme, group


def test_every_theme_has_lines_and_is_known() -> None:
    used = {phrase.theme for phrase in load_phrases() if phrase.language == "id"}
    assert used == set(THEME_WORDS) == set(COMPANIONS)
    assert {theme for themes in COMPANIONS.values() for theme in themes} <= used
    assert set(FEELING_THEMES) == set(BASIC)
    assert {theme for themes in FEELING_THEMES.values() for theme in themes} <= used


def test_a_proposed_line_keeps_to_the_theme_and_rhymes() -> None:
    feeling = Feeling.named("marah")
    machine = MachineLines.near(("aku benci kamu, pembohong",), feeling, "id", random.Random(1))
    themes = {phrase.text: phrase.theme for phrase in load_phrases()}
    found = [machine.take_line("dasar kau pembohong besar", 8) for _ in range(8)]
    assert all(themes[line[0]] == "marah" for line in found if line)
    assert len(set(found)) == len(found)
    calm = MachineLines.near(("angin senja yang tenang",), Feeling.named("tenang"), "id", random.Random(1))
    rhymes = [line_rhyme(calm.take_line("aku duduk di sini", 8)[0], "id") for _ in range(2)]
    assert "i" in rhymes


def test_a_mother_does_not_come_in_unasked() -> None:
    ibu = {phrase.text for phrase in load_phrases() if phrase.theme == "ibu"}
    machine = MachineLines.near(("aku jatuh cinta padamu",), Feeling.named("cinta"), "id", random.Random(2))
    taken = {text for _ in range(60) for text in (*machine.take_line("", 9), *machine.take_couplet(9))}
    assert taken
    assert not taken & ibu


def test_the_bank_runs_out_quietly() -> None:
    machine = MachineLines.near(("hujan",), Feeling.named("sedih"), "en", random.Random(1))
    pantun = [machine.take_pantun() for _ in range(10)]
    assert all(len(lines) == 4 for lines in pantun[:9])
    assert pantun[9] == ()


def test_themes_are_found_through_clitics_and_long_letters() -> None:
    assert find_themes(("rinduuuku",), Feeling.unread()) != find_themes((), Feeling.unread())
    assert find_themes(("kampungku",), Feeling.unread())["kampung"] == 1.0


def test_a_phrase_without_a_known_theme_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="theme must be in THEME_WORDS, got 'kopi susu'"):
        Phrase("id-1", "id", "kopi susu", "kopi susu", 0.0, 0.0, 4, "line", "")
