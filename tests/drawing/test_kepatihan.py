"""Kepatihan: the digits of the balungan, the signs of the gongs, the sung line and the header."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.composing.compose import compose
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style
from senandung.domain.feeling import Feeling
from senandung.domain.gendhing import CYCLES
from senandung.domain.scales import Key
from senandung.domain.song import Song
from senandung.drawing.kepatihan import irama_at, is_gendhing, kepatihan
from senandung.drawing.not_angka import not_angka_svg, save_not_angka_pdf

LINES = ("aku rindu kamu", "malam ini hujan turun lagi")


def song(style: str = "ladrang", key: str = "pelog barang", seed: int = 3, voice: bool = True) -> Song:
    wishes = Wishes(key=Key.parse(key), voice=voice)
    return compose(Feeling.named("rindu"), load_style(style), LINES, wishes, language="id", seed=seed, version="1")


@pytest.mark.parametrize("style", ["ladrang", "ketawang", "lancaran"])
def test_signs_stand_where_the_cycle_has_them(style: str) -> None:
    cycle = CYCLES[style]
    rows = [
        gatra for section, gatras in kepatihan(song(style)) for gatra in gatras if section and section.name != "Buka"
    ]
    beats = [beat for gatra in rows for beat in gatra.beats]
    assert len(beats) % cycle.beats == 0
    for number, beat in enumerate(beats):
        place = number % cycle.beats + 1
        wanted = {name for name in ("gong", "kenong", "kempul", "kethuk", "kempyang") if place in cycle.beats_of(name)}
        assert set(beat.struck) == wanted


def test_digits_are_those_of_the_laras_and_every_syllable_is_written_once() -> None:
    made = song()
    beats = [beat for _, gatras in kepatihan(made) for gatra in gatras for beat in gatra.beats]
    assert {beat.tone.digit for beat in beats if beat.tone is not None} <= {2, 3, 5, 6, 7}
    sung = [tone.syllable for _, gatras in kepatihan(made) for gatra in gatras for tone in gatra.sung]
    assert [number for number in sung if number is not None] == list(range(len(made.words.syllables)))
    buka = kepatihan(made)[0][1]
    assert buka[-1].beats[-1].struck == ("gong",)
    assert buka[-1].beats[-1].tone == kepatihan(made)[1][1][-1].beats[-1].tone


def test_the_irama_is_read_from_the_peking() -> None:
    made = song("lancaran", "slendro sanga")
    found = {section.kind: irama_at(made, section.onset + 3 * 480) for section in made.sections}
    assert found == {"intro": "", "interlude": "lancar", "verse": "tanggung", "chorus": "tanggung", "outro": "lancar"}


def test_the_sheet_of_a_gendhing_is_kepatihan(tmp_path: Path) -> None:
    made = song()
    assert is_gendhing(made)
    pages = not_angka_svg(made)
    text = " ".join(pages)
    assert "Ladrang, laras pelog, pathet barang" in text
    assert "Madukusuma" in text
    assert "irama dadi" in text
    assert "rin-" in text
    save_not_angka_pdf(made, tmp_path / "sheet.pdf")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")


def test_a_gendhing_without_words_has_a_sheet_and_a_band_has_none() -> None:
    assert "Ketawang" in " ".join(not_angka_svg(song("ketawang", "slendro nem", voice=False)))
    ballad = compose(
        Feeling.named("rindu"), load_style("pop-ballad"), LINES, Wishes(), language="id", seed=1, version="1"
    )
    assert not is_gendhing(ballad)
