"""The linear text model: it learns, forgets nothing on disk, and knows what negations and clauses do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from senandung.domain.feeling import BASIC
from senandung.sensing.lexical import read_line
from senandung.sensing.text_features import Features, features_of, scopes
from senandung.sensing.text_model import Example, Guess, TextModel
from senandung.sensing.tokens import tokenise

LINES = (
    ("aku kangen ibu di rumah", "cinta", 0.4, 0.0),
    ("peluk hangat dari ibu", "cinta", 0.7, 0.1),
    ("hore lulus sidang hari ini", "senang", 0.8, 0.5),
    ("akhirnya gajian juga hore", "senang", 0.7, 0.4),
    ("antrean diserobot lagi", "marah", -0.5, 0.5),
    ("dibohongi lagi sama dia", "marah", -0.6, 0.4),
    ("gempa, semua lari keluar", "takut", -0.6, 0.7),
    ("nunggu hasil lab, deg-degan", "takut", -0.5, 0.5),
    ("makam bapak sudah berumput", "sedih", -0.5, -0.3),
    ("kursinya kosong sejak lebaran", "sedih", -0.5, -0.3),
    ("rapat jam 10 di kantor", "netral", 0.0, 0.0),
    ("jual meja, hubungi admin", "netral", 0.0, 0.0),
)


def features(text: str) -> Features:
    """The features of an Indonesian line."""
    tokens = tokenise(text, "id")
    return features_of(tokens, read_line(tokens, "id"))


def examples() -> list[Example]:
    """The lines, each five times with other words around it."""
    rows = []
    for turn in ("", " tadi pagi", " kemarin sore", " di kota", " minggu lalu"):
        for text, name, valence, arousal in LINES:
            shares = tuple(float(each == name) for each in BASIC)
            rows.append(Example(features(text + turn), shares, valence=valence, arousal=arousal))
    return rows


@pytest.fixture(scope="module")
def model() -> TextModel:
    """A model of the lines above."""
    return TextModel.fit(examples(), least=2)


def strongest(guess: Guess) -> str:
    """The likeliest feeling."""
    return BASIC[int(np.argmax(guess.shares))]


def test_it_knows_what_it_learned_and_its_like(model: TextModel) -> None:
    for text, name, valence, _ in LINES:
        guess = model.predict(features(text))
        assert strongest(guess) == name
        assert guess.valence == pytest.approx(valence, abs=0.3)
    assert strongest(model.predict(features("ibu, kangen rumah"))) == "cinta"
    assert strongest(model.predict(features("antreannya diserobot terus"))) == "marah"


def test_shares_sum_to_one_whatever_is_read(model: TextModel) -> None:
    for text in ("", "?!", "xyzzy", "a " * 500, "😭😭😭", LINES[0][0]):
        guess = model.predict(features(text))
        assert sum(guess.shares) == pytest.approx(1)
        assert min(guess.shares) >= 0
        assert -1 <= guess.valence <= 1
        assert -1 <= guess.arousal <= 1


def test_it_learns_feelings_where_nobody_gave_valence() -> None:
    bare = [replace(example, valence=None, arousal=None) for example in examples()]
    guess = TextModel.fit(bare, least=2, rounds=20).predict(features("hore lulus sidang"))
    assert strongest(guess) == "senang"
    assert guess.valence > 0


def test_it_comes_back_from_disk_as_it_was(model: TextModel, tmp_path: Path) -> None:
    path = tmp_path / "text.safetensors"
    model.save(path)
    again = TextModel.load(path)
    for text, *_ in LINES:
        one, other = model.predict(features(text)), again.predict(features(text))
        assert one.shares == pytest.approx(other.shares, abs=0.01)
        assert one.valence == pytest.approx(other.valence, abs=0.01)


def test_the_same_lines_give_the_same_model(model: TextModel) -> None:
    again = TextModel.fit(examples(), least=2)
    np.testing.assert_array_equal(again.weights, model.weights)
    assert again.forms == model.forms


def test_forms_are_dropped_where_there_are_too_many() -> None:
    small = TextModel.fit(examples(), least=2, kept=200)
    assert len(small.forms) == 200
    right = [strongest(small.predict(features(text))) == name for text, name, *_ in LINES]
    assert sum(right) >= 11


def test_lines_that_only_say_good_or_bad_teach_which_of_several() -> None:
    glad = tuple(float(name in ("cinta", "senang")) for name in BASIC)
    bad = tuple(float(name in ("marah", "takut", "sedih")) for name in BASIC)
    partial = [
        *(Example(features(f"tempatnya asri {word}"), glad, partial=True, source=1) for word in "abcdefgh"),
        *(Example(features(f"tempatnya kumuh {word}"), bad, partial=True, source=1) for word in "abcdefgh"),
    ]
    taught = TextModel.fit([*examples(), *partial], least=2)

    def gladness(text: str) -> float:
        shares = dict(zip(BASIC, taught.predict(features(text)).shares, strict=True))
        return shares["cinta"] + shares["senang"] - shares["marah"] - shares["takut"] - shares["sedih"]

    assert gladness("asri") > gladness("kumuh") + 0.1


def test_a_negated_word_is_another_word() -> None:
    plain, negated = features("aku sedih"), features("aku nggak sedih")
    assert "sedih" in plain.words
    assert "sedih" not in negated.words
    assert "¬sedih" in negated.words
    assert not any(run.startswith("^") and "sedih" in run for run in negated.letters)


def test_what_stands_before_tapi_weighs_half() -> None:
    tokens = tokenise("capek tapi senang", "id")
    assert scopes(tokens)[1] == [0.5, 1.0, 1.0]
    assert scopes(tokenise("capek tapi", "id"))[1] == [1.0, 1.0]
