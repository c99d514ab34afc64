"""The picture of what was learned of a style."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.domain.own_style import LearnedFile, OwnStyle
from senandung.drawing.own_style import PANELS, save_own_style

FIGURES = {
    "chords": {"I:maj": 0.6, "V:7": 0.3, "-": 0.1}, "changes": {"V:7 I:maj": 0.7, "I:maj V:7": 0.3},
    "tones": {"0": 0.6, "10": 0.4}, "intervals": {"+2": 0.5, "-1": 0.3, "+0": 0.2}, "lengths": {"0.5": 0.7, "0.3": 0.3},
    "onsets": {"0": 0.6, "1.5": 0.4}, "bass": {"0": 1.0}, "drums": {"0 36": 0.6, "1 91": 0.4}, "phrases": {"4": 1.0},
    "sections": {"8": 1.0}, "metres": {"4/4": 1.0}, "tempos": {"120": 1.0}, "instruments": {"piano": 1.0},
}  # fmt: skip

MEASURED = {"held_out": 1, "mean_before": 0.5, "mean_after": 0.6, "mean_works": 0.7}


def style(figures: dict[str, dict[str, float]], measured: dict[str, object]) -> OwnStyle:
    files = (LearnedFile("hujan.mid", "0" * 64, 8, 1234),)
    row: dict[str, dict[str, object]] = {"piano": {}}
    return OwnStyle("my-band", "Rina $ö雨", files, "band", "pop-rock", True, row, figures=figures, measured=measured)


def test_every_figure_has_a_panel_of_its_own(tmp_path: Path) -> None:
    assert [name for name, *_ in PANELS] == list(FIGURES)
    save_own_style(style(FIGURES, {}), tmp_path / "all.png")
    save_own_style(style({**FIGURES, "chords": {"I:maj": 1.0}}, {}), tmp_path / "other.png")
    save_own_style(style({"chords": {"I:maj": 1.0}}, MEASURED), tmp_path / "few.png")
    pictures = [(tmp_path / name).read_bytes() for name in ("all.png", "other.png", "few.png")]
    assert all(data.startswith(b"\x89PNG") for data in pictures) and len(set(pictures)) == 3
    save_own_style(style(FIGURES, {}), tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == pictures[0], "the same style is drawn by the same bytes"


@pytest.mark.parametrize(("name", "row", "said"), [
    ("changes", "V:7 I:maj", "V7 → I"), ("chords", "bVII:min7", "♭VIIm7"), ("tones", "10", "♭7"),
    ("intervals", "+0", "0"), ("intervals", "+10", "+10"), ("lengths", "0.75", "1/8 ."), ("lengths", "0.3", "0.075"),
    ("onsets", "1.5", "2.5"), ("drums", "0 42", "1 closed hi-hat"), ("drums", "2.5 91", "3.5 91"),
])  # fmt: skip
def test_an_outcome_is_written_as_a_musician_says_it(name: str, row: str, said: str) -> None:
    from senandung.drawing.own_style import _label

    assert _label(name, row) == said
