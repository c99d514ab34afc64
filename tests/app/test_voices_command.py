"""`voices`: the list, the record list, building, exporting and deleting a voice of one's own."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

import senandung
from senandung.api.sing import Sung
from senandung.api.voice import take_of
from senandung.app.cli import main
from senandung.domain.feeling import Feeling
from senandung.domain.singing import FRAME
from senandung.files.singing_json import load_singing
from senandung.files.song_json import save_song
from senandung.language.pronunciation import pronounce
from senandung.singing.banks.record_list import record_list
from singing.banks.made_up_banks import sing_row
from singing.sung_songs import sung_song

ROWS = {row.name: row for row in record_list()}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SENANDUNG_VOICES", str(tmp_path / "voices"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    for name in ("vowels", "k", "m"):
        sing_row(ROWS[name], folder)
    return folder


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    plain = json.loads(capsys.readouterr().out)
    assert isinstance(plain, dict)
    return plain


def test_voices_lists_the_built_in_ones(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voices"]) == 0
    out = capsys.readouterr().out
    assert "melati       A3 to E5" in out
    assert "none yet" in out
    assert main(["voices", "--json"]) == 0
    assert [each["name"] for each in said(capsys)["voices"]][:2] == ["melati", "kenanga"]  # type: ignore[index,attr-defined]


def test_the_record_list_is_printed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voices", "record-list"]) == 0
    assert "  ng.wav           nga   ngi   ngu   ngé   ngo   ngê" in capsys.readouterr().out
    assert main(["voices", "record-list", "--json"]) == 0
    assert len(said(capsys)["rows"]) == 35  # type: ignore[arg-type]


def test_a_voice_is_built_sung_with_exported_and_deleted(
    home: Path, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name: path.read_bytes() for path in recordings.iterdir()}
    assert main(["voices", "build", str(recordings), "--name", "sari", "--json"]) == 0
    made = said(capsys)
    folder = home / "voices" / "sari"
    assert made["folder"] == str(folder)
    assert (made["sounds"], made["takes"], made["again"], made["agreed"]) == (18, 3, {}, False)
    assert "s" in made["missing"]  # type: ignore[operator]
    for name in (
        "oto.ini",
        "character.txt",
        "character.yaml",
        "card.json",
        "card.md",
        "takes.md",
        "takes/k.png",
        "k.wav",
    ):
        assert (folder / name).is_file(), name
    assert {path.name: path.read_bytes() for path in recordings.iterdir()} == before

    song = sung_song(("aku mau makan",), step=240, last=480)
    save_song(song, home / "song.json")
    sung = senandung.sing(home / "song.json", out=home / "out", voice="sari")
    assert isinstance(sung, Sung)
    assert sung.singing.voice == "sari"
    assert any("the voice sari has no sound for" in remark for remark in sung.remarks)
    sound, _ = soundfile.read(home / "out" / "vocal.wav")
    assert np.sqrt(np.mean(sound**2)) > 0.005
    again = senandung.sing(home / "song.json", out=home / "again", singing=home / "out" / "singing.json")
    assert again.singing.voice == "sari"

    assert main(["voices", "export", "sari"]) == 2
    assert "must not be passed on before its card says whose voice it is" in capsys.readouterr().err
    assert main(["voices", "export", "sari", "--singer", "Sari W."]) == 2
    assert "before its card says that its singer agreed" in capsys.readouterr().err
    assert not (home / "sari.zip").exists()
    assert main(["voices", "export", "sari", "--singer", "Sari W.", "--agreed", "--out", "a.zip"]) == 0
    with zipfile.ZipFile(home / "a.zip") as packed:
        names = packed.namelist()
        assert "sari/oto.ini" in names
        assert not any(".senandung-cache" in name for name in names)
        assert json.loads(packed.read("sari/card.json"))["singer"] == "Sari W."
    assert main(["voices", "export", "sari", "--out", "a.zip"]) == 2
    capsys.readouterr()
    assert main(["voices"]) == 0
    assert "the voice of Sari W." in capsys.readouterr().out
    assert main(["voices", "build", str(recordings), "--name", "sari"]) == 2
    assert "'sari' exists; replace it, delete it, or choose another" in capsys.readouterr().err
    (folder / "habits.json").write_text('{"format": "senandung-habits", "habits": {"lag": 0.02}}', encoding="utf-8")
    cached = sorted((folder / ".senandung-cache").iterdir())
    assert main(["voices", "build", str(recordings), "--name", "sari", "--replace", "--json"]) == 0
    anew = said(capsys)
    assert (anew["singer"], anew["agreed"], anew["folder"]) == ("Sari W.", True, str(folder))
    assert (folder / "habits.json").is_file()
    assert sorted((folder / ".senandung-cache").iterdir()) == cached != []
    assert [path.name for path in (home / "voices").iterdir()] == ["sari"]
    assert main(["voices", "build", str(recordings), "--name", "sari", "--replace", "--singer", "Budi", "--json"]) == 0
    assert said(capsys)["agreed"] is False
    assert main(["voices", "delete", "sari"]) == 0
    assert not folder.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build"], "must be told which FOLDER"),
        (["build", "x"], "must be told the voice's --name"),
        (["build", "x", "--name", "Sari W"], "must be of a-z, 0-9 and hyphens"),
        (["build", "x", "--name", "melati"], "must not be a built-in one's"),
        (["build", "x", "--name", "sari"], "no such folder of recordings"),
        (["build", ".", "--name", "sari"], "has no recording of the record list"),
        (["delete", "sari"], "there is no voice of your own yet"),
        (["delete", "../x"], "there is no voice of your own yet"),
        (["delete", "melati"], "a built-in voice can be neither deleted nor exported"),
        (["export"], "must be told which NAME"),
        (["list", "x"], "takes nothing more"),
        (["list", "--replace"], "--replace belongs to voices build"),
        (["list", "--agreed"], "--agreed belongs to voices build and export"),
        (["sing"], "invalid choice"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], message: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["voices", *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert list(home.iterdir()) == []


def test_only_ones_own_voices_are_deleted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "voices" / "sari").mkdir(parents=True)
    (home / "penting").mkdir()
    for name in ("../penting", "sar", ".", "..", ""):
        assert main(["voices", "delete", name]) == 2
    assert (home / "penting").is_dir()
    assert (home / "voices" / "sari").is_dir()
    assert "unknown voice of your own 'sar'; did you mean 'sari'" in capsys.readouterr().err


def test_utau_banks_are_sung_from_their_folder(home: Path, recordings: Path) -> None:
    from singing.banks.made_up_banks import cv_bank

    bank = cv_bank(home / "buatan", {"a": ("a",), "ku": ("k", "u"), "ma": ("m", "a")})
    song = sung_song(("aku mama",), step=240, last=480)
    sung = senandung.sing(song, out=home / "out", voice=bank)
    assert sung.singing.voice == "Buatan"


def test_habits_are_learned_and_sung_with(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from senandung.files.audio import save_audio
    from senandung.files.midi import save_midi
    from senandung.performing.perform import perform
    from senandung.singing.builtin import render
    from senandung.singing.habits import Habits
    from senandung.singing.phrase import sing_part
    from senandung.singing.voices import VOICES

    takes = home / "takes"
    takes.mkdir()
    quick = Habits(vibrato_rate=7.0, vibrato_extent=90)
    for number, line in enumerate(("aku rindu kamu", "malam ini hujan")):
        song = sung_song((line,), last=1440)
        singing = sing_part(song, perform(song, seed=1), pronounce(song.words), voice="melati",
                            feeling=Feeling.unread(), seed=1, habits=quick)  # fmt: skip
        save_audio(render(singing, VOICES["melati"], seed=1), takes / f"t{number}.wav")
        save_midi(song, takes / f"t{number}.mid")
    assert main(["voices", "learn", str(takes), "--name", "guru", "--json"]) == 0
    made = said(capsys)
    assert made["held_out"] == ["t1.wav"]
    assert made["habits"]["vibrato_extent"] > 52  # type: ignore[index]
    distance, usual = made["distance"], made["usual_distance"]
    assert distance["vibrato_rate"] < usual["vibrato_rate"]  # type: ignore[index]
    song = sung_song(("aku rindu kamu",), last=1440)
    own = senandung.sing(song, out=home / "one", voice="jati", habits="guru").singing
    file = senandung.sing(song, out=home / "two", voice="jati", habits=home / "voices/guru/habits.json").singing
    usually = senandung.sing(song, out=home / "three", voice="jati").singing
    assert np.array_equal(own.pitch, file.pitch)
    assert not np.array_equal(own.pitch, usually.pitch)
    assert main(["voices"]) == 0
    assert "guru         habits" in capsys.readouterr().out
    save_song(song, home / "song.json")
    assert main(["sing", "song.json", "--habits", "gura", "--out", "no"]) == 2
    assert "did you mean 'guru'" in capsys.readouterr().err
    (home / "odd.json").write_text('{"format": "senandung-habits", "habits": {"vibrato_rate": 99}}', encoding="utf-8")
    assert main(["sing", "song.json", "--habits", "odd.json", "--out", "no"]) == 2
    assert "a singer's vibrato_rate must be in 2..10, got 99" in capsys.readouterr().err
    assert main(["sing", "song.json", "--voice", "guru", "--out", "no"]) == 2
    assert "has habits and no sounds; any voice sings with them: --habits guru" in capsys.readouterr().err
    (takes / "t1.mid").unlink()
    assert main(["voices", "learn", str(takes), "--name", "guru"]) == 2
    assert "a take must have its notes beside it: t1.mid" in capsys.readouterr().err


@pytest.fixture
def quick(home: Path) -> Path:
    """Habits of a singer who vibrates quickly and widely, as a file."""
    path = home / "quick.json"
    habits = {"vibrato_rate": 7.5, "vibrato_extent": 110}
    path.write_text(json.dumps({"format": "senandung-habits", "habits": habits}), encoding="utf-8")
    return path


def test_a_song_folder_is_rendered_anew_with_habits(home: Path, quick: Path) -> None:
    song = sung_song(("aku rindu",), last=1440)
    folder = senandung.render(song, out=home / "song", voice="kenanga").folder
    save_song(song, folder / "song.json")
    assert main(["render", str(folder), "--voice", "kenanga", "--habits", str(quick), "--out", str(home / "anew")]) == 0
    usual, anew = (load_singing(each / "singing.json") for each in (folder, home / "anew"))
    end = round(usual.phonemes[-1].end / FRAME)
    last = slice(end - round(0.9 / FRAME), end - round(0.1 / FRAME))
    assert anew.pitch[last].std() > 1.6 * usual.pitch[last].std()


@pytest.mark.slow
def test_create_sings_with_habits(home: Path, quick: Path) -> None:
    wishes = {"seed": 3, "bars": 8, "voice": "jati"}
    made = senandung.create("aku rindu kamu", out=home / "song", habits=quick, **wishes)  # type: ignore[arg-type]
    usual = senandung.sing(made.song, out=home / "usual", voice="jati").singing
    own = senandung.sing(made.song, out=home / "own", voice="jati", habits=quick).singing
    sung = load_singing(made.folder / "singing.json")
    assert np.array_equal(sung.pitch, own.pitch)
    assert not np.array_equal(sung.pitch, usual.pitch)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--habits", "nobody"], "unknown singer with habits 'nobody'; known are: none yet"),
        (["--habits", "gone.json"], "gone.json: no such file"),
        (["--habits", "quick.json", "--no-voice"], "habits are how a voice sings, and no voice was asked for"),
    ],
)
def test_habits_that_cannot_be_sung_with_are_refused_at_once(
    home: Path, quick: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["create", "aku rindu", *arguments, "--out", "no"]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert [path.name for path in home.iterdir()] == ["quick.json"]


def test_what_nobody_sings_has_a_remark(home: Path, quick: Path) -> None:
    song = sung_song(("aku",), last=480)
    silent = replace(
        song,
        words=replace(song.words, lines=()),
        tracks=(replace(song.tracks[0], notes=tuple(replace(n, syllable=None) for n in song.tracks[0].notes)),),
    )
    assert take_of(silent, seed=1, habits=str(quick)).remarks == (
        f"nobody sings here, so the habits of {quick} are not heard",
    )
