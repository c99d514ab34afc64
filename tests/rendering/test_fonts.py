"""Sound fonts of a person's own, for everything and for one instrument."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rendering.small_fonts import font_bytes, save_sfz
from senandung.domain.errors import FileError, InvalidValueError, MissingProgramError, UnknownNameError
from senandung.domain.performance import Part, Performance, PlayedNote
from senandung.rendering.fonts import OwnFont, sounds_of
from senandung.rendering.presets import Preset, load_presets
from senandung.rendering.render import SAMPLE_RATE, render
from senandung.rendering.sfz import check_samples, converted, playable, sample_names

VIOLIN = Part("Biola", "melody", "violin", (PlayedNote(0.1, 1.6, 69, 90),))
SARON = Part("Saron", "chords", "saron", (PlayedNote(0.1, 1.6, 74, 90),))
DRUMS = Part("Drum", "drums", "drums", (PlayedNote(0.1, 0.4, 36, 90),))
needs_fluidsynth = pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="fluidsynth is not installed")
needs_polyphone = pytest.mark.skipif(shutil.which("polyphone") is None, reason="Polyphone is not installed")


def saved(path: Path, *presets: tuple[int, int, str], hz: float = 0.0) -> Path:
    path.write_bytes(font_bytes(*presets, hz=hz))
    return path


def loudest_hz(parts: Sequence[Part], fonts: Sequence[OwnFont]) -> float:
    """The frequency of the strongest partial of what sounds, in Hz."""
    with render(Performance("", tuple(parts), 2.0), fonts=fonts) as mix:
        held = mix.mix.samples.mean(axis=0)[SAMPLE_RATE // 2 : SAMPLE_RATE * 3 // 2]
    return float(np.abs(np.fft.rfft(held * np.hanning(len(held)))).argmax() * SAMPLE_RATE / len(held))


def test_presets_are_read_from_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.sf2", (128, 0, "Kit"), (0, 40, "Violin"), (0, 200, "beyond MIDI"), (8, 40, "Slow"))
    assert load_presets(path) == (Preset(0, 40, "Violin"), Preset(8, 40, "Slow"), Preset(128, 0, "Kit"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"MThd", "not a sound font: it begins with b'MThd'"),
        (b"", "not a sound font"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "not a sound font"),
        (b"RIFF\x10\x00\x00\x00sfbk", "cut off: it has no pdta chunk"),
        (font_bytes((0, 0, "a"))[:-30], "must be whole records of 38 bytes"),
        (b"RIFF\x10\x00\x00\x00sfbkLIST" + struct.pack("<I", 2**32 - 1) + b"INFO", "no pdta chunk"),
        (font_bytes(), "must be whole records of 38 bytes"),
        (font_bytes((0, 300, "a")), "without a preset"),
    ],
)
def test_what_is_no_sound_font_is_said(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a.sf2").write_bytes(data)
    with pytest.raises(FileError, match=reason):
        load_presets(tmp_path / "a.sf2")


def test_an_instruments_font_stands_before_the_one_for_all_and_before_ours(tmp_path: Path) -> None:
    whole = saved(tmp_path / "all.sf2", (0, 40, "Violin"), (128, 0, "Kit"))
    bars = saved(tmp_path / "bars.sf2", (5, 3, "My saron"))
    found = sounds_of([VIOLIN, SARON, DRUMS], [OwnFont(whole), OwnFont(bars, "saron")])
    assert {track: (s.font, s.bank, s.program) for track, s in found.items()} == {
        "Biola": (whole, 0, 40),
        "Saron": (bars, 5, 3),
        "Drum": (whole, 128, 0),
    }
    assert "Saron" not in sounds_of([VIOLIN, SARON, DRUMS], [OwnFont(whole)])


def test_a_program_that_is_not_there_is_said_with_those_that_are_near(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.sf2", (0, 0, "Piano"), (0, 48, "Strings"), (0, 42, "Cello"), (128, 0, "Kit"))
    with pytest.raises(FileError, match="no program 0:41 for violin; near are 0:42 Cello, 0:48 Strings, 0:0 Piano"):
        sounds_of([VIOLIN], [OwnFont(path, "violin", 0, 41)])
    with pytest.raises(FileError, match=r"no program 0:40 for violin; .*; choose with violin=FILE:BANK:PROGRAM"):
        sounds_of([VIOLIN], [OwnFont(path)])
    kitless = saved(tmp_path / "b.sf2", (0, 0, "Piano"), (0, 5, "Rhodes"))
    with pytest.raises(FileError, match="no program 128:0 for drums"):
        sounds_of([DRUMS], [OwnFont(kitless)])


def test_a_font_of_an_instrument_that_does_not_play_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.sf2", (0, 0, "Piano"))
    with pytest.raises(InvalidValueError, match=r"an instrument that plays here \(drums, violin\), got cello"):
        sounds_of([VIOLIN, DRUMS], [OwnFont(path, "cello")])
    with pytest.raises(InvalidValueError, match=r"a program of a sound font must be in 0\.\.127, got 999"):
        OwnFont(path, "violin", 0, 999)
    with pytest.raises(UnknownNameError, match="did you mean 'violin'"):
        OwnFont(path, "violn")
    with pytest.raises(InvalidValueError, match=r"violin must have one sound font, got .*a\.sf2 and"):
        sounds_of([VIOLIN], [OwnFont(path, "violin"), OwnFont(path, "violin")])


@needs_fluidsynth
@pytest.mark.parametrize(("bank", "program"), [(0, 40), (7, 99), (128, 3)])
def test_the_asked_preset_sounds(tmp_path: Path, bank: int, program: int) -> None:
    path = tmp_path / "two words 'quoted'.sf2"
    path.write_bytes(font_bytes((bank, program, "Sine"), hz=441.0))
    assert loudest_hz([VIOLIN], [OwnFont(path, "violin", bank, program)]) == pytest.approx(441.0, abs=2)
    with_bend = (PlayedNote(0.1, 1.6, 69, 90, ((0.0, 100.0),)),)
    if bank != 128:
        bent = Part("Biola", "melody", "violin", with_bend)
        assert loudest_hz([bent], [OwnFont(path, "violin")]) == pytest.approx(441.0 * 2 ** (1 / 12), abs=2)


@needs_fluidsynth
def test_a_font_takes_the_place_of_what_is_computed_for_its_instrument(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.sf2", (0, 0, "Sine"), hz=441.0)
    low = Part("Saron", "chords", "saron", (PlayedNote(0.1, 1.6, 74, 90),))
    computed, sampled = loudest_hz([low], []), loudest_hz([low], [OwnFont(path, "saron")])
    assert sampled == pytest.approx(441.0 * 2 ** (5 / 12), abs=2)
    assert computed != sampled


@needs_fluidsynth
@needs_polyphone
def test_an_sfz_instrument_sounds(tmp_path: Path) -> None:
    save_sfz(tmp_path / "my tone.sfz", 700.0)
    heard = loudest_hz([VIOLIN], [OwnFont(tmp_path / "my tone.sfz", "violin")])
    assert heard == pytest.approx(700.0, abs=2)
    (tmp_path / "b.sfz").write_text("no opcode at all\n")
    with pytest.raises(FileError, match=r"b\.sfz: (an SFZ instrument without a sample|.* without a preset|.* bytes)"):
        converted(tmp_path / "b.sfz", tmp_path, "b")


def test_the_samples_of_an_sfz_instrument_are_looked_for(tmp_path: Path) -> None:
    (tmp_path / "in here").mkdir()
    (tmp_path / "in here" / "a b.wav").write_bytes(b"RIFF")
    (tmp_path / "in here" / "e.ogg").write_bytes(b"OggS")
    path = tmp_path / "x.sfz"
    path.write_text(
        "<control> default_path=in here/ // comment\n<region> sample=a b.wav key=60\n"
        "<region> key=61 sample=c\\d.flac\n<region>sample=*sine key=62 <region>\n sample=a b.wav\n"
    )
    assert sample_names(path) == ("in here/a b.wav", "in here/c/d.flac")
    with pytest.raises(FileError, match=r"its samples must be there, got no in here/c/d\.flac"):
        check_samples(path)
    path.write_text("<region> sample=in here/e.ogg\n")
    with pytest.raises(FileError, match=r"must be WAV or FLAC files, got in here/e\.ogg"):
        check_samples(path)
    path.write_text('#include "more.sfz"\n<region> sample=gone.wav\n')
    check_samples(path)


def test_what_an_sfz_instrument_needs_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_sfz(tmp_path / "tone.sfz", 700.0)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match="needs Polyphone, which is not installed: apt install polyphone"):
        playable([OwnFont(tmp_path / "tone.sfz", "violin")], tmp_path)
