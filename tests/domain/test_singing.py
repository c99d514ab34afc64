from __future__ import annotations

import numpy as np
import pytest

from senandung.domain.errors import InvalidValueError
from senandung.domain.phonemes import PHONEMES, check_syllable
from senandung.domain.singing import Breath, Ornament, Singing, SungPhoneme, frames
from senandung.domain.words import Syllable


def _curves(seconds: float) -> dict[str, np.ndarray]:
    flat = np.zeros(frames(seconds), dtype=np.float32)
    return {"pitch": flat + np.float32(60), "dynamics": flat, "tension": flat, "breathiness": flat}


def test_a_singing_keeps_what_it_was_given() -> None:
    sung = (SungPhoneme("a", 0.1, 0.4, 0), SungPhoneme("k", 0.4, 0.5, 1), SungPhoneme("u", 0.5, 0.9, 1))
    singing = Singing("id", "vocal", 1.0, sung, (Breath(0.0, 0.1),), **_curves(1.0))
    assert [each.symbol for each in singing.sung(1)] == ["k", "u"]
    assert len(singing.pitch) == 201
    with pytest.raises(ValueError, match="read-only"):
        singing.pitch[0] = 1


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"phonemes": (SungPhoneme("a", 0, 0.4, 0), SungPhoneme("u", 0.3, 0.5, 1))}, "must not overlap"),
        ({"phonemes": (SungPhoneme("a", 0, 1.4, 0),)}, "must end with the singing"),
        ({"pitch": np.zeros(5, dtype=np.float32)}, "curve of pitch must have 201"),
        ({"tension": np.full(201, 2, dtype=np.float32)}, "tension must lie in -1..1"),
        ({"dynamics": np.full(201, np.nan, dtype=np.float32)}, "dynamics must lie in"),
        ({"seconds": 0.0}, "a singing must last"),
    ],
)
def test_what_is_no_singing_is_refused(change: dict[str, object], match: str) -> None:
    given: dict[str, object] = {"song_id": "id", "track": "vocal", "seconds": 1.0, "phonemes": (), **_curves(1.0)}
    with pytest.raises(InvalidValueError, match=match):
        Singing(**{**given, **change})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: SungPhoneme("q", 0, 1, 0), "a phoneme must be one of"),
        (lambda: SungPhoneme("a", 1, 1, 0), "must last"),
        (lambda: Breath(0, 1, level=3), "level must be in"),
        (lambda: Ornament("trill", 0, 1), "ornament must be one of"),
        (lambda: Syllable("rin", phonemes=("r", "n")), "exactly one vowel"),
    ],
)
def test_what_is_no_part_of_it_is_refused(make: object, match: str) -> None:
    with pytest.raises(InvalidValueError, match=match):
        make()  # type: ignore[operator]


def test_every_phoneme_is_in_a_language_and_only_vowels_carry_syllables() -> None:
    assert all(set(each.languages) <= {"id", "en"} and each.languages for each in PHONEMES.values())
    for symbol, each in PHONEMES.items():
        if each.vowel:
            check_syllable(("t", symbol, "n"))
        else:
            with pytest.raises(InvalidValueError, match="exactly one vowel"):
                check_syllable((symbol,))
