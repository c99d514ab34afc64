"""Reading a line by model, lexicon and rules: the project's own lines, the failures that were seen, abstaining."""

from __future__ import annotations

import math
import runpy
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from senandung.domain.errors import UnknownNameError
from senandung.domain.feeling import BASIC, PLACES, Feeling
from senandung.sensing.text import read_text

HERE = Path(__file__).parent
MEASURE = runpy.run_path(str(HERE / "measure.py"))
LINES = MEASURE["load_lines"](HERE / "lines.tsv")
HELD_OUT = MEASURE["load_lines"](HERE / "held_out.tsv")


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.text)
def test_own_lines_are_read_right(line) -> None:
    feeling = line.read()
    shown = (feeling.valence, feeling.arousal, feeling.strongest, feeling.evidence)
    assert line.is_right(feeling), shown


def test_held_out_lines_do_not_get_worse() -> None:
    assert len(HELD_OUT) == 30
    assert sum(line.is_right(line.read()) for line in HELD_OUT) >= 23


@pytest.mark.parametrize(
    "text",
    ["", "   ", "rapat jam 10 di kantor", "meeting at ten", "12345", "...", "hati-hati", "?!", "https://sedih.id"],
)
def test_abstains_rather_than_invents(text: str) -> None:
    feeling = read_text(text, "id")
    assert feeling == Feeling.unread()
    assert not feeling.readable


def test_an_unknown_language_is_an_error_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="language"):
        read_text("sedih", "xx")


@pytest.mark.parametrize(
    ("text", "feelings"),
    [
        ("nomor antrean diserobot bapak-bapak, petugasnya diem aja", {"marah"}),
        ("kursi bapak di meja makan masih di tempatnya sejak beliau pergi", {"sedih", "cinta"}),
        ("akhirnya lulus sidang juga, makasih semua", {"senang"}),
        ("jual meja belajar bekas, harga nego, cod depok", {"netral"}),
        ("gempa barusan, lari keluar gendong anak, kaki masih gemeteran", {"takut"}),
        ("dia masakin bubur pas aku demam, nungguin sampe tidur", {"cinta", "senang"}),
    ],
)
def test_a_feeling_without_a_word_of_feeling_is_read(text: str, feelings: set[str]) -> None:
    feeling = read_text(text, "id")
    assert feeling.strongest in feelings
    assert feeling.readable == ("netral" not in feelings)


def test_what_was_denied_is_not_felt() -> None:
    denied = read_text("aku nggak sedih kok", "id")
    assert denied.valence > 0
    assert denied.basic["sedih"] < 0.2
    assert read_text("gak takut sama siapapun", "id").basic["takut"] < 0.2


def test_praise_of_a_nuisance_is_anger() -> None:
    assert read_text("bagus banget ya macetnya, makasih pak", "id").strongest == "marah"


def test_a_loss_is_sad() -> None:
    feeling = read_text("tiap denger lagu ini inget almarhum bapak", "id")
    assert feeling.valence < -0.2
    assert feeling.words[0] == "sedih"


def test_the_clause_after_tapi_outweighs() -> None:
    assert read_text("sedih tapi senang", "id").valence > 0 > read_text("senang tapi sedih", "id").valence


def test_longing_is_wide_and_named() -> None:
    feeling = read_text("aku rindu kamu", "id")
    assert feeling.words[0] == "rindu"
    assert min(feeling.basic["sedih"], feeling.basic["cinta"]) > 0.15
    assert feeling.valence_spread > 0.3


def test_the_model_says_which_words_it_learned() -> None:
    feeling = read_text("antrean diserobot lagi sama bapak-bapak", "id")
    learned = [piece.what for piece in feeling.evidence if piece.note.startswith("learned: marah")]
    assert "diserobot" in learned


PIECES = ("aku", "sedih", "senang", "rindu", "macet", "bagus", "happy", "haha", "😭", "nggak", "not", "tapi", "but")
CHANGES = ("meski", "banget", "agak", "ya", "makasih", "!!!", "…", ",", "?", "\n")


@example("B!E")
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES + CHANGES), max_size=25).map(" ".join)))
@settings(deadline=None)
def test_any_text_gives_a_valid_feeling_and_the_same_again(text: str) -> None:
    for language in ("id", "en"):
        feeling = read_text(text, language)
        assert feeling == read_text(text, language)
        assert math.fsum(feeling.basic[name] for name in BASIC) == pytest.approx(1)
        assert feeling.readable == bool(feeling.evidence)
        assert sum(piece.weight for piece in feeling.evidence) <= 1 + 1e-9
        assert set(feeling.words) <= set(PLACES)
