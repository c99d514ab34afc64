"""The table of feeling words: its size, its rules, its agreement with the named feelings."""

from __future__ import annotations

from collections import Counter

import pytest

from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import PLACES
from senandung.sensing import cues
from senandung.sensing.lexicon import LONGEST_PHRASE, Entry, load_lexicon
from senandung.sensing.tokens import tokenise

ENTRIES = load_lexicon().entries


def is_emoji(form: str) -> bool:
    """Whether a form holds no letter and is not ASCII."""
    return not form.isascii() and not any(letter.isalpha() for letter in form)


def test_the_table_is_wide_enough() -> None:
    languages = Counter(entry.language for entry in ENTRIES)
    assert len(ENTRIES) >= 800
    assert languages["id"] >= 600
    assert languages["en"] + languages["both"] >= 200
    assert min(languages["jv"], languages["su"]) >= 40
    assert sum(is_emoji(entry.form) for entry in ENTRIES) >= 60
    assert sum(" " in entry.form for entry in ENTRIES) >= 100


def test_each_form_stands_once_and_is_trimmed_lower_case() -> None:
    forms = [entry.form for entry in ENTRIES]
    assert [form for form, count in Counter(forms).items() if count > 1] == []
    words = [form for form in forms if form.isascii() and len(form) > 3 and "_" not in form]
    assert [form for form in words if form != form.lower().strip()] == []
    assert max(len(form.split()) for form in forms) <= LONGEST_PHRASE


def test_places_agree_with_their_basic_feeling() -> None:
    strong = [
        (entry.form, entry.basic.split("+")[0], entry.valence, entry.arousal) for entry in ENTRIES if not entry.weak
    ]
    bitter = ("sedih", "takut", "marah")
    assert [form for form, first, valence, _ in strong if first in bitter and valence >= 0 and form != "🥹"] == []
    assert [form for form, first, valence, _ in strong if first in ("senang", "cinta") and valence <= 0] == []
    assert [form for form, first, _, arousal in strong if first == "marah" and arousal <= 0] == []


@pytest.mark.parametrize("name", [name for name in PLACES if name != "netral"])
def test_named_feelings_lie_near_their_place(name: str) -> None:
    entry = load_lexicon().find_word(name, "id")
    assert entry is not None
    assert entry.valence == pytest.approx(PLACES[name].valence, abs=0.2)
    assert entry.arousal == pytest.approx(PLACES[name].arousal, abs=0.2)


def test_every_emoji_is_found_in_a_text() -> None:
    for entry in ENTRIES:
        if is_emoji(entry.form):
            (token,) = tokenise(entry.form, "id")
            assert load_lexicon().find_emoji(token.plain) == entry


@pytest.mark.parametrize("form", [":(", ":)", ":'(", "<3", "</3", "T_T", ":D", ">:(", "XD", "^_^"])
def test_emoticons_are_found(form: str) -> None:
    (token,) = tokenise(form, "en")
    assert load_lexicon().find_emoji(token.plain) is not None


def test_cue_tables_name_forms_that_exist() -> None:
    forms = {entry.form for entry in ENTRIES}
    assert cues.TEARS - forms == set()
    assert cues.LOSS - forms == set()
    assert cues.MEMORY - forms == set()


def test_phrases_are_found_before_their_words_and_under_other_spellings() -> None:
    lexicon = load_lexicon()
    for words in ("nggak kuat", "patah hatiku", "move on"):
        assert lexicon.find_phrase(words.split()) is not None
    assert lexicon.find_phrase(["ini", "itu"]) is None
    found = lexicon.find_word("patahhati", "id")
    assert found is not None
    assert found.form == "patah hati"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"language": "xx"}, "language"),
        ({"valence": 2.0}, "valence"),
        ({"spread": 0.0}, "spread"),
        ({"weight": 2.0}, "weight"),
        ({"basic": "galau"}, "basic"),
    ],
)
def test_a_wrong_entry_is_refused(change: dict[str, object], rule: str) -> None:
    good = {"form": "x", "language": "id", "valence": 0, "arousal": 0, "spread": 0.3, "basic": "sedih", "weight": 1}
    with pytest.raises(InvalidValueError, match=rule):
        Entry(**{**good, **change})  # type: ignore[arg-type]
