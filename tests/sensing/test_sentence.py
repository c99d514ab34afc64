"""A reading in a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.feeling import PLACES, Evidence, Feeling
from senandung.domain.reading import Reading, WeighedWord
from senandung.sensing.fusion import fuse_readings
from senandung.sensing.sentence import CUES, sentence_of
from senandung.sensing.sound.rules import RULES


@given(st.floats(-1, 1), st.floats(-1, 1), st.sampled_from(["id", "en"]))
def test_every_point_of_the_plane_has_a_sentence(valence: float, arousal: float, language: str) -> None:
    said = sentence_of(Feeling.at(valence, arousal), [], language)
    assert said.endswith(".")
    assert "—" not in said


@pytest.mark.parametrize("word", PLACES)
def test_a_named_feeling_is_named(word: str) -> None:
    assert word in sentence_of(Feeling.named(word), [], "id")
    assert PLACES[word].english in sentence_of(Feeling.named(word), [], "en")


def test_the_heaviest_words_and_cues_are_said() -> None:
    sad = Feeling.named("sedih")
    words = (WeighedWord("aku", 0, 0, 0.02), WeighedWord("hilang", -0.4, -0.1, 0.9), WeighedWord("lagi", 0, 0, 0.08))
    text = Reading("text", "aku hilang lagi", sad, words=words)
    slow = Feeling(-0.6, -0.4, 0.5, 0.4, {"sedih": 1.0}, ("sendu",), (Evidence("slow", 0.0, -0.3, 0.8),))
    said = sentence_of(fuse_readings([text, Reading("song", "b.mp3", slow)]), [text, Reading("song", "b", slow)], "id")
    assert "“hilang”, lambat" in said
    assert "aku" not in said


def test_mixed_feelings_are_both_named() -> None:
    readings = [Reading("text", "a", Feeling.named("sedih")), Reading("song", "b", Feeling.named("girang"))]
    assert "sad and elated" in sentence_of(fuse_readings(readings), readings, "en")


def test_every_cue_of_music_has_its_indonesian() -> None:
    assert {word for rule in RULES for word in (rule.high, rule.low)} <= set(CUES)
