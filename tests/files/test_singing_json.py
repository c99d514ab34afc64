"""singing.json: out and in again, edited by hand, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.errors import FileError
from senandung.domain.singing import STEPS, Breath, Ornament, Singing, SungPhoneme, frames, in_steps
from senandung.files.singing_json import load_singing, parse_singing_json, save_singing, singing_json_text

HERE = Path("singing.json")
BOUNDS = {"pitch": (12, 108), "dynamics": (-40, 12), "tension": (-1, 1), "breathiness": (0, 1)}


def _singing(seconds: float = 2.5, seed: int = 1) -> Singing:
    rng = np.random.default_rng(seed)
    curves = {name: in_steps(name, rng.uniform(low, high, frames(seconds))) for name, (low, high) in BOUNDS.items()}
    third = seconds / 3
    sung = (SungPhoneme("tʃ", 0.1, third, 0), SungPhoneme("ə", third, 2 * third, 0))
    breaths = (Breath(0.0, 0.05, -23.25),)
    return Singing("ab" * 32, "Vokal é", seconds, sung, breaths, **curves,
                   ornaments=(Ornament("luk", 0.1, 0.2),), voice="melati")  # fmt: skip


def _same(one: Singing, two: Singing) -> bool:
    names = ("song_id", "track", "seconds", "phonemes", "breaths", "ornaments", "voice")
    return all(getattr(one, name) == getattr(two, name) for name in names) and all(
        np.array_equal(getattr(one, name), getattr(two, name)) for name in STEPS
    )


@given(st.floats(0.5, 20.0), st.integers(0, 1000))
def test_what_is_saved_is_loaded_exactly(seconds: float, seed: int) -> None:
    singing = _singing(seconds, seed)
    text = singing_json_text(singing)
    again = parse_singing_json(text, HERE)
    assert _same(singing, again)
    assert singing_json_text(again) == text


def test_it_is_written_to_a_file_and_a_song_of_three_minutes_is_small(tmp_path: Path) -> None:
    singing = _singing(180.0)
    save_singing(singing, tmp_path / "singing.json")
    assert _same(load_singing(tmp_path / "singing.json"), singing)
    assert (tmp_path / "singing.json").stat().st_size < 1_500_000


def test_it_can_be_edited_by_hand() -> None:
    plain = json.loads(singing_json_text(_singing()))
    plain["phonemes"][0][0] = "s"
    plain["pitch"][1][:3] = [60_000, 60_500.4, 61_000]
    plain["breathiness"] = [value for row in plain["breathiness"] for value in row]  # rows are only for the eye
    edited = parse_singing_json(json.dumps(plain, indent=2), HERE)
    assert edited.phonemes[0].symbol == "s"
    assert edited.pitch[200:203].tolist() == pytest.approx([60.0, 60.5004, 61.0], abs=1e-5)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"format": "song"}, "a singing's format must be 'senandung-singing'"),
        ({"version": 2}, "version must be 1, got 2"),
        ({"seconds": 1e9}, "seconds must be above 0 and at most"),
        ({"seconds": "long"}, "must be a number, got 'long'"),
        ({"seconds": 2.0}, "the curve of pitch must have 401 values for 2 s, got 501"),
        ({"pitch": [["a"] * 501]}, "the curve of pitch must be numbers, got 'a'"),
        ({"pitch": [[2_000_000] * 501]}, r"pitch must lie in 12\.\.108"),
        ({"dynamics": "loud"}, "the curve of dynamics must be lists"),
        ({"tension": [True] * 501}, "must be numbers, got 'True'"),
        ({"phonemes": [["q", 0, 1, 0]]}, "a phoneme must be one of"),
        ({"phonemes": [["a", 0, 1]]}, "must have their documented form"),
        ({"phonemes": [["a", 0, 1, 0], ["u", 0.5, 1.5, 1]]}, "phonemes must not overlap"),
        ({"phonemes": 5}, "rows must be lists in a list, got '5'"),
        ({"breaths": [[0, 1, 3]]}, "level must be in"),
        ({"ornaments": [["trill", 0, 1]]}, "an ornament must be one of"),
        ({"frame": 0.01}, r"frame must be 0\.005"),
        ({"voice": 3}, "a name must be text"),
    ],
)
def test_bad_fields_are_refused_with_a_sentence(change: dict[str, Any], match: str) -> None:
    plain = json.loads(singing_json_text(_singing()))
    with pytest.raises(FileError, match=match):
        parse_singing_json(json.dumps({**plain, **change}), HERE)


@pytest.mark.parametrize("field", ["song_id", "phonemes", "pitch", "voice"])
def test_a_missing_field_is_named(field: str) -> None:
    plain = json.loads(singing_json_text(_singing()))
    del plain[field]
    with pytest.raises(FileError, match=f"must have the field '{field}'"):
        parse_singing_json(json.dumps(plain), HERE)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"format": NaN}', "[" * 100_000, '"\\ud800"'])
def test_what_is_no_singing_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "singing.json").write_text(text)
    with pytest.raises(FileError, match=r"is empty|not a JSON file|format must be"):
        load_singing(tmp_path / "singing.json")
