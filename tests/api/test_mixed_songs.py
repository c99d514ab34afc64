"""What is said of a song of mixed feelings."""

from __future__ import annotations

import pytest

from composing.simple_pieces import chord_composer
from senandung.api.compose import compose

TEXT = "aku senang dia lulus tapi sedih harus pisah"


def test_which_sections_have_which_part_is_said() -> None:
    made = compose(TEXT, seed=1, style="folk-guitar", bars=32)
    assert len(made.feeling.parts) == 2
    (remark,) = made.remarks
    assert remark.startswith("mixed: ") and "sedih in" in remark and "senang in" in remark
    keys = {str(change.key) for change in made.song.keys}
    assert len(keys) == 2 and all(key in remark for key in keys)
    values = [point.valence for point in made.song.feeling_curve]
    assert min(values) < -0.3 and max(values) > 0.5


def test_a_style_that_cannot_says_that_it_takes_the_middle() -> None:
    made = compose(TEXT, seed=1, style="ladrang")
    assert made.remarks == ("mixed (sedih, senang): ladrang takes the middle of them",)


@pytest.mark.parametrize("options", [{"feeling": "rindu"}, {"feeling": "0.1,0.1"}])
def test_a_wished_feeling_is_one(options: dict[str, str]) -> None:
    made = compose(TEXT, seed=1, style="folk-guitar", bars=16, feeling=options["feeling"])
    assert made.remarks == () and len(made.song.keys) == 1


def test_a_composers_style_says_that_it_takes_the_middle() -> None:
    made = compose(TEXT, composer=chord_composer, style="chopin", seed=3, bars=8)
    assert any("mixed (sedih, senang)" in remark and "middle" in remark for remark in made.remarks)
