"""Values that a program gives wrongly are refused with a sentence, in Python too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import senandung
from senandung.api.compose import save_notes
from senandung.api.options import LONGEST_TITLE, checked_options, checked_seed
from senandung.domain.errors import FileError, InputError, InvalidValueError
from senandung.files.folders import new_folder


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"title": 5}, "title must be a str, got 5"),
        ({"title": "\ud83d"}, "a title must be UTF-8"),
        ({"story": "\udcff"}, "a story must be UTF-8"),
        ({"title": "x" * (LONGEST_TITLE + 1)}, "at most 200 characters, got 201"),
        ({"story": "x" * 20_001}, "at most 20000 characters, got 20001"),
        ({"tempo": "90"}, "tempo must be a number, got '90'"),
        ({"tempo": True}, "tempo must be a number, got True"),
        ({"bars": 8.5}, "bars must be a whole number"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"seed": 2**63}, "a whole number in 0"),
        ({"seed": -1}, "a whole number in 0"),
        ({"ensemble": 5}, "ensemble must be names of instruments"),
        ({"ensemble": [1]}, "an ensemble must be names of instruments, got 1"),
        ({"chords": ["C", "G"]}, "chords must be a str"),
        ({"feeling": 0.5}, "feeling must be a word"),
        ({"words": ["a"]}, "words must be a str or a Path"),
        ({"voice": "no"}, "unknown voice 'no'; known are: bayu"),
        ({"voice": "./no"}, "no: no such folder"),
        (
            {"voice": Path(__file__).parent},
            "not a voicebank: it has neither dsconfig.yaml nor oto.ini nor character.txt",
        ),
        ({"voice": 1}, "voice must be True, False, the name of a voice or a voicebank's folder, got 1"),
        ({"tittle": "x"}, "did you mean 'title'"),
    ],
)
def test_wrong_options_are_sentences(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        senandung.compose("halo", **options)


@pytest.mark.parametrize("trace", [123, None, b"x", ["a"]])
def test_only_text_and_paths_are_traces(trace: Any) -> None:
    with pytest.raises(InvalidValueError, match="a trace must be a str"):
        senandung.feel(trace)


def test_none_is_as_if_left_out_and_one_str_names_an_ensemble() -> None:
    made = senandung.compose("halo", bars=8, seed=3, key=None, title=None, ensemble="violin, cello")  # type: ignore[arg-type]
    assert {track.instrument for track in made.song.tracks if track.role != "vocal"} <= {"violin", "cello"}
    assert checked_options({"key": None}) == {}


def test_no_control_character_reaches_title_or_story() -> None:
    made = senandung.compose("halo", bars=8, seed=3, title="a\x00\x1b[31m\n b", story="satu\r\ndua\x07")
    assert made.song.title == "a[31m b"
    assert made.song.provenance.story == "satu\ndua"


def test_folders_may_be_str_and_unknown_homes_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such home folder"):
        senandung.verify("~no-such-person/song")
    with pytest.raises(FileError, match="no such home folder"), new_folder("~no-such-person/song"):
        pass
    (tmp_path / "song.json").write_text("{}", encoding="utf-8")
    with pytest.raises(FileError, match="a file, not a song folder"):
        senandung.verify(str(tmp_path / "song.json"))
    with pytest.raises(InvalidValueError, match="a path must be"):
        senandung.verify(None)  # type: ignore[arg-type]


def test_a_performance_has_a_seed_that_generators_take() -> None:
    with pytest.raises(InvalidValueError, match="a seed must be"):
        checked_seed(-1)


def test_the_folder_a_person_stands_in_is_filled_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    before = here.stat().st_ino
    with new_folder(".") as folder:
        (folder / "song.json").write_text("x", encoding="utf-8")
    assert here.stat().st_ino == before
    assert [path.name for path in tmp_path.rglob("*")] == ["here", "song.json"]


def test_a_long_folder_name_is_as_long_as_the_disk_allows(tmp_path: Path) -> None:
    with new_folder(tmp_path / ("x" * 250)) as folder:
        (folder / "a").touch()
    assert (tmp_path / ("x" * 250) / "a").exists()


def test_a_damaged_sound_is_one_of_the_problems_not_the_end(tmp_path: Path) -> None:
    save_notes(senandung.compose("halo", bars=8, seed=3).song, tmp_path)
    (tmp_path / "song.wav").write_bytes(b"x")
    report = senandung.verify(tmp_path, audio=True)
    assert (report.whole, report.notes_remade, report.audio_remade) == (False, True, False)
    assert any("song.wav: not a sound file" in problem for problem in report.problems)
    assert "song.mp3 is missing or empty" in report.problems
