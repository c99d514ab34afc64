"""Names in plain letters: what is the same piece, and what is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from senandung.domain.track import LONGEST_KEY, isrc_of, names_key, plain_letters, plain_title

NAMES = some.text(some.characters(codec="utf-8"), max_size=60)


@given(NAMES)
def test_plain_letters_are_plain_already(name: str) -> None:
    plain = plain_letters(name)
    assert plain_letters(plain) == plain
    assert plain == " ".join(plain.split())
    assert bool(plain) == bool(name.split())


@given(some.text(some.sampled_from("abcdefgéüñ XYZ0123"), min_size=1).filter(str.strip))
def test_case_accents_and_composition_do_not_matter(name: str) -> None:
    decomposed = unicodedata.normalize("NFD", name)
    assert plain_letters(name.upper()) == plain_letters(decomposed) == plain_letters(f" {name}! ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bohemian Rhapsody - Remastered 2011", "Bohemian Rhapsody"),
        ("Bohemian Rhapsody (2011 Remaster)", "bohemian rhapsody"),
        ("Kangen [Official Music Video]", "Kangen"),
        ("Sesuatu di Jogja (feat. Dewi Lestari)", "Sesuatu Di Jogja ft. Dewi Lestari"),
        ("Pelangi – Album Version", "Pelangi"),
    ],
)
def test_one_recording_under_two_titles(one: str, other: str) -> None:
    assert plain_title(one) == plain_title(other)


@pytest.mark.parametrize("other", ["Kangen (Live)", "Kangen - Acoustic", "Kangen (Remix)", "Kangen 2", "Feat. Kangen"])
def test_another_performance_stays_another(other: str) -> None:
    assert plain_title(other) != plain_title("Kangen")


def test_other_alphabets_keep_their_letters() -> None:
    assert plain_letters("夜に駆ける") == "夜に駆ける"
    assert plain_letters("Кино — Группа крови") == "кино группа крови"
    assert names_key("ꦲꦏ꧀ꦱꦫ", "!!!").endswith("/ !!!")


@given(NAMES, NAMES)
def test_a_key_is_never_longer_than_its_column(artist: str, title: str) -> None:
    assert len(names_key(artist * 12, title * 12)) <= LONGEST_KEY


def test_long_names_that_differ_at_their_end_stay_apart() -> None:
    assert names_key("a" * 300, "b" * 300) != names_key("a" * 300, "b" * 301)


def test_an_isrc_is_known_however_it_is_written() -> None:
    assert isrc_of("us-rc1-76-07839") == isrc_of("US RC1 76 07839") == "USRC17607839"
    assert isrc_of("USRC1760783") is isrc_of("no isrc") is isrc_of(None) is None
