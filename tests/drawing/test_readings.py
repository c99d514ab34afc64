"""What was read of traces, as a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from senandung.domain.feeling import Feeling
from senandung.domain.reading import FeltSpan, Moment, Reading, WeighedWord
from senandung.drawing.readings import save_readings

SONG = Reading(
    "song",
    "lagu $5 雨.mp3",
    Feeling.named("senang"),
    curve=tuple(FeltSpan(2.0 * n, 2.0 * n + 4, 0.5, -0.5 + n / 20) for n in range(20)),
    moments=(Moment(30, 34, "peak", 1.0), Moment(38, 40, "applause", 0.5)),
)
TEXT = Reading(
    "text",
    "aku rindu",
    Feeling.named("rindu"),
    words=(WeighedWord("aku"), WeighedWord("rindu", -0.3, -0.1, 0.8), WeighedWord("😭", -0.6, 0.2, 0.2)) * 40,
)


def pixels(path: Path) -> np.ndarray:
    """The picture, shape (height, width, 3)."""
    return np.asarray(Image.open(path).convert("RGB"))


@pytest.mark.parametrize("readings", [[], [TEXT], [SONG], [SONG, TEXT, Reading("person", "x", Feeling.unread())]])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_mixture_is_drawn_and_drawn_alike(readings: list[Reading], language: str, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        save_readings(Feeling.named("sedih"), readings, "Terbaca sedih.", language, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_row_stands_where_a_trace_has_a_curve(tmp_path: Path) -> None:
    save_readings(Feeling.named("sedih"), [], "Terbaca sedih.", "id", tmp_path / "none.png")
    save_readings(Feeling.named("sedih"), [SONG], "Terbaca sedih.", "id", tmp_path / "song.png")
    none, song = pixels(tmp_path / "none.png"), pixels(tmp_path / "song.png")
    half = int(0.4 * none.shape[1])
    plain, drawn = none[80:, half:], song[80:, half:]
    assert (plain == plain[0, 0]).all()
    assert (drawn != plain[0, 0]).any()


def test_many_traces_stay_within_the_picture(tmp_path: Path) -> None:
    save_readings(Feeling.named("sedih"), [SONG] * 12, "Terbaca sedih.", "id", tmp_path / "many.png")
    assert pixels(tmp_path / "many.png").shape[0] < 2000
