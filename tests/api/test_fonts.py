"""Sound fonts of a person's own: how they are asked for, and that a folder is rendered with them again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from rendering.small_fonts import font_bytes, save_sfz
from senandung.api.compose import save_notes
from senandung.api.dial import PERFORMANCE_FILE, own_dial, own_fonts, save_dial
from senandung.api.fonts import fonts_of
from senandung.api.render import render
from senandung.domain.errors import FileError, InvalidValueError, MissingProgramError, UnknownNameError
from senandung.domain.song import Note, Song, Track
from senandung.rendering.fonts import OwnFont

NOTES = tuple(Note(beat * 480, 480, 69) for beat in range(6))
SONG = Song("Nada", (Track("Saron", "chords", "saron", NOTES), Track("Biola", "melody", "violin", NOTES)))
needs_fluidsynth = pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="fluidsynth is not installed")


@pytest.fixture
def font(tmp_path: Path) -> Path:
    """A font that plays violin and one more."""
    path = tmp_path / "a font.sf2"
    path.write_bytes(font_bytes((0, 40, "Violin"), (0, 41, "Viola"), hz=441.0))
    return path


def test_what_is_asked_for_is_read(font: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fonts_of(None) == fonts_of("installed") == ()
    assert fonts_of(font) == fonts_of(str(font)) == fonts_of([font]) == (OwnFont(font),)
    assert fonts_of(f"violin={font}") == (OwnFont(font, "violin"),)
    both = fonts_of([f"violin={font}:0:41", str(font)])
    assert both == (OwnFont(font, "violin", 0, 41), OwnFont(font))
    odd = font.with_name("violin=a:1:2")
    odd.write_bytes(font.read_bytes())
    monkeypatch.chdir(font.parent)
    assert fonts_of(odd.name) == (OwnFont(Path(odd.name)),)
    assert fonts_of(f"viola={odd.name}") == (OwnFont(Path(odd.name), "viola"),)


def test_what_cannot_be_a_font_is_refused(font: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileError, match=r"b\.sf2: no such file"):
        fonts_of(f"violin={tmp_path / 'b.sf2'}:0:40")
    with pytest.raises(FileError, match="a folder, not a sound font"):
        fonts_of(tmp_path)
    with pytest.raises(UnknownNameError, match="unknown instrument 'biola'"):
        fonts_of(f"biola={font}")
    with pytest.raises(InvalidValueError, match="got both"):
        fonts_of(["installed", str(font)])
    (tmp_path / "note.sf2").write_text("no font")
    with pytest.raises(FileError, match="not a sound font"):
        fonts_of(f"violin={tmp_path / 'note.sf2'}")
    save_sfz(tmp_path / "a.sfz", 440.0)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match="apt install polyphone"):
        fonts_of(f"violin={tmp_path / 'a.sfz'}")


def test_an_sfz_instrument_is_not_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_sfz(tmp_path / "a.sfz", 440.0)
    (tmp_path / "polyphone").write_text("#!/bin/sh\n")
    (tmp_path / "polyphone").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidValueError, match=r"must be given to an instrument \(violin=.*a\.sfz\), got it for all"):
        fonts_of(tmp_path / "a.sfz")


def test_a_folder_keeps_its_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    fonts = (OwnFont(tmp_path / "fonts" / "a.sf2"), OwnFont(Path("/other/b.sf2"), "violin", 0, 41))
    save_dial(1.0, tmp_path, fonts)
    assert own_fonts(tmp_path) == fonts
    assert own_dial(tmp_path) == 1.0
    rows = json.loads((tmp_path / PERFORMANCE_FILE).read_text())["soundfont"]
    assert rows[0] == {"file": "~/fonts/a.sf2"}
    for wrong in ([{}], [{"file": "a", "instrument": "x"}], [{"file": "a", "bank": 1}], 3, ["a"], [{"file": 3}]):
        (tmp_path / PERFORMANCE_FILE).write_text(json.dumps({"humanise": 1.0, "soundfont": wrong}))
        with pytest.raises(FileError, match="must list sound fonts"):
            own_fonts(tmp_path)


@needs_fluidsynth
def test_a_folder_is_rendered_again_with_its_own_fonts(font: Path, tmp_path: Path) -> None:
    wishes = [f"saron={font}:0:41", f"violin={font}"]
    first = render(SONG, out=tmp_path / "first", soundfont=wishes)
    save_notes(SONG, first.folder)
    again = render(first.folder, out=tmp_path / "again")
    plain = render(first.folder, out=tmp_path / "plain", soundfont=wishes)
    sounds = [(made.folder / "song.wav").read_bytes() for made in (first, again, plain)]
    assert sounds[0] == sounds[1] == sounds[2]
    assert PERFORMANCE_FILE in again.files
    font.unlink()
    with pytest.raises(FileError, match=r"a font\.sf2: no such file"):
        render(first.folder, out=tmp_path / "third")
    assert not (tmp_path / "third").exists()


def test_a_font_of_an_instrument_that_does_not_play_is_refused_before_anything_is_written(
    font: Path, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValueError, match=r"plays here \(saron, violin\), got cello"):
        render(SONG, out=tmp_path / "x", soundfont=f"cello={font}")
    with pytest.raises(FileError, match="no program 0:99 for violin; near are 0:41 Viola, 0:40 Violin"):
        render(SONG, out=tmp_path / "x", soundfont=f"violin={font}:0:99")
    assert not (tmp_path / "x").exists()
