"""Every syllable is sung, in order, and `make bench-syllables` (bench/syllables.py) finds one that is not."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import senandung
from senandung.api.voice import Take, take_of, voiced
from senandung.domain.song import Song
from singing.sung_songs import sung_song


def _load() -> ModuleType:
    path = Path(__file__).parents[2] / "bench" / "syllables.py"
    spec = importlib.util.spec_from_file_location("syllables", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["syllables"] = module
    spec.loader.exec_module(module)
    return module


syllables = _load()


def taken(song: Song) -> tuple[Take, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    take = take_of(song, seed=3)
    assert take.singing is not None
    return take, voiced(take.singing, seed=3).samples[0].astype(np.float64)


@pytest.mark.parametrize(
    ("text", "style", "language"),
    [
        ("kupu-kupu, 25 hari di Yogyakarta, têmpé énaaak", "keroncong", "id"),
        ("I love you, strengths and 1999 nights, Siobhan", "pop-rock", "en"),
    ],
)
def test_every_syllable_of_a_song_is_sung(text: str, style: str, language: str) -> None:
    song = senandung.compose(text, style=style, language=language, seed=3, bars=16).song
    take, voice = taken(song)
    heard = syllables.hear(song, take.singing, voice)
    assert heard.syllables == len(song.words.syllables) > 10
    assert heard.faults == ()
    assert syllables.lost_words(text, song) == []
    controls = {
        name: len(syllables.hear(song, take.singing, sound).faults)
        for name, sound in syllables.controls(voice, take.singing).items()
    }
    assert controls["silence"] == heard.syllables
    assert controls["a hum"] > 0.5 * heard.syllables
    assert controls["each tenth cut out"] == -(-heard.syllables // 10)


def test_what_is_missing_is_found() -> None:
    song = sung_song(("aku rindu", "kamu"), step=240, last=480)
    take, voice = taken(song)
    made = take.singing
    assert made is not None

    def kinds(song: Song, sung: object, sound: object = voice) -> dict[int, str]:
        return {fault.number: fault.kind for fault in syllables.hear(song, sung, sound).faults}

    assert kinds(song, made) == {}
    less = tuple(each for each in made.phonemes if not (each.syllable == 2 and each.symbol == "n"))
    assert kinds(song, replace(made, phonemes=less)) == {2: "phonemes missing"}
    other = {1: 2, 2: 1}
    swapped = tuple(replace(each, syllable=other.get(each.syllable, each.syllable)) for each in made.phonemes)
    assert set(kinds(song, replace(made, phonemes=swapped))) == {1, 2}
    assert syllables.lost_words("aku rindu dia", song) == ["dia"]
    assert set(kinds(song, replace(made, pitch=made.pitch + np.float32(1.5)))) == set(range(6))


def test_a_band_that_covers_the_voice_is_found() -> None:
    song = sung_song(("aku rindu",), step=240, last=480)
    take, voice = taken(song)
    noise = np.random.default_rng(1).standard_normal(len(voice))
    quiet = syllables.hear(song, take.singing, voice, 0.0003 * noise)
    loud = syllables.hear(song, take.singing, voice, noise)
    assert quiet.faults == ()
    assert [fault.kind for fault in loud.faults] == ["covered"] * 4
    assert quiet.index > 0.75
    assert loud.index < 0.1
    assert syllables.intelligible(np.ones(18), np.ones(18)) == pytest.approx(0.5)
    assert sum(syllables.IMPORTANCE.values()) == pytest.approx(1, abs=1e-3)
