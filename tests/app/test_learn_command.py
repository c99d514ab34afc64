"""`learn` and `styles`, as a person calls them: learned, shown, used, blended, taken elsewhere, deleted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from senandung.api.continue_ import continue_
from senandung.api.own_styles import own_chosen, own_style, own_style_names
from senandung.api.rewrite import rewrite
from senandung.app.cli import main
from senandung.domain.errors import InvalidValueError, UnknownNameError
from senandung.domain.song import Note, Song, Track
from senandung.files.midi import save_midi
from senandung.files.song_json import load_song


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for styles and kept things, and a folder of one MIDI file and one that is none."""
    monkeypatch.setenv("SENANDUNG_STYLES", str(tmp_path / "styles"))
    monkeypatch.setenv("SENANDUNG_KEPT", str(tmp_path / "kept"))
    band = tmp_path / "band"
    band.mkdir()
    rng = np.random.default_rng(5)
    scale, place = (62, 64, 66, 67, 69, 71, 73, 74), 3
    tune, bass = [], []
    for bar in range(10):
        for beat in range(3):
            place = int(np.clip(place + rng.integers(-2, 3), 0, 7))
            tune.append(Note(1440 * bar + 480 * beat, 480, scale[place]))
        bass.append(Note(1440 * bar, 1440, (38, 43, 45, 38)[bar % 4]))
    save_midi(_waltz(tuple(tune), tuple(bass)), band / "waltz.mid")
    (band / "empty.mid").write_bytes(b"")
    return band


def _waltz(tune: tuple[Note, ...], bass: tuple[Note, ...]) -> Song:
    from senandung.domain.metre import Metre
    from senandung.domain.parts import MetreChange
    from senandung.domain.scales import Key
    from senandung.domain.song import KeyChange

    return Song(
        "Waltz",
        (Track("Electric guitar", "melody", "electric-guitar", tune), Track("Bass", "bass", "bass", bass)),
        metres=(MetreChange(0, Metre(3, 4)),),
        keys=(KeyChange(0, Key.parse("D")),),
    )


def learn(band: Path, *more: str) -> list[str]:
    return ["learn", str(band), "--name", "my-band", "--by", "Rina, Bandung", "--ground", "band", *more]


def test_a_style_lives_from_learning_to_deleting(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*learn(own), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["by"], told["ground"]) == ("my-band", "Rina, Bandung", "band")
    assert [Path(each["file"]).name for each in told["left_out"]] == ["empty.mid"]
    assert told["remarks"] == ["it was learned from one file and will sound like waltz.mid"]
    assert told["measured"] is None

    assert main(["styles", "--json"]) == 0
    listed = {row["name"]: row for row in json.loads(capsys.readouterr().out)["styles"]}
    assert listed["my-band"]["kind"] == "own" and listed["my-band"]["by"] == "Rina, Bandung"
    assert main(["styles"]) == 0
    assert "my-band" in capsys.readouterr().out
    assert main(["kept", "list"]) == 0
    assert "my-band: a style learned from 1 file, the music of Rina, Bandung" in capsys.readouterr().out

    assert main(["styles", "show", "my-band"]) == 0
    assert "chords:" in capsys.readouterr().out
    assert (tmp_path / "styles" / "my-band.png").read_bytes()[:4] == b"\x89PNG"

    assert main(["compose", "--style", "my-band", "--bars", "8", "--seed", "4", "--out", str(tmp_path / "a")]) == 0
    song = load_song(tmp_path / "a" / "song.json")
    assert song.provenance.style == "my-band"
    assert [(each.kind, each.whose) for each in song.provenance.given] == [("style", "Rina, Bandung")]
    assert str(song.metres[0].metre) == "3/4" and {track.instrument for track in song.tracks} == {
        "electric-guitar",
        "bass",
    }
    assert any("Rina, Bandung" in source for source in song.provenance.sources)

    longer = continue_(tmp_path / "a", bars=2, seed=1).song
    assert longer.provenance.style == "my-band"
    other = rewrite(tmp_path / "a", bars="3-4", seed=1).song
    assert other.provenance.style == "my-band"

    capsys.readouterr()
    assert main(["styles", "export", "my-band", "--out", str(tmp_path / "x.style")]) == 0
    assert main(["styles", "import", str(tmp_path / "x.style"), "--name", "their-band"]) == 0
    assert own_style("their-band").by == "Rina, Bandung"
    assert own_style("my-band").passages and not own_style("their-band").passages, "no music goes along unasked"
    assert main(["styles", "import", str(tmp_path / "x.style")]) == 2
    assert "there is a style my-band already" in capsys.readouterr().err

    assert main(["styles", "delete", "my-band"]) == 0
    assert main(["kept", "delete", "--all"]) == 0
    assert (
        own_style_names() == () and not (tmp_path / "styles").exists() and not (tmp_path / "kept" / "kept.db").exists()
    )
    after = rewrite(tmp_path / "a", bars="3-4", seed=1).song
    assert after.provenance.style == "my-band", "a song outlives the style that it was made in"


def test_the_style_is_sung_where_there_are_words_and_blended(own: Path, tmp_path: Path) -> None:
    assert main([*learn(own), "--no-measure"]) == 0
    chosen = own_chosen("my-band:2+chopin:1")
    assert chosen is not None and dict(chosen.chosen.weights) == pytest.approx({"band": 2 / 3, "chopin": 1 / 3})
    assert chosen.owned[0][1] == pytest.approx(2 / 3)
    words = "aku rindu kamu\nmalam ini hujan"
    assert (
        main(["compose", words, "--style", "my-band", "--seed", "4", "--bars", "16", "--out", str(tmp_path / "a")]) == 0
    )
    song = load_song(tmp_path / "a" / "song.json")
    assert song.vocal is not None and song.words.syllables
    assert str(song.metres[0].metre) == "3/4" and song.provenance.given[0].whose == "Rina, Bandung"
    blend = ["compose", words, "--style", "my-band+keroncong", "--seed", "4", "--bars", "16"]
    assert main([*blend, "--out", str(tmp_path / "b")]) == 0
    mixed = load_song(tmp_path / "b" / "song.json")
    assert mixed.provenance.style == "my-band+keroncong" and mixed.vocal is not None
    with pytest.raises(InvalidValueError, match="or with one song style"):
        own_chosen("my-band+keroncong+dangdut")
    with pytest.raises(UnknownNameError, match="unknown style 'chopinn'"):
        own_chosen("my-band+chopinn")


def test_words_are_sung_in_a_style_that_has_no_voice(own: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    right = [Note(480 * at, 480, 60 + (0, 4, 7)[int(rng.integers(3))]) for at in range(64)]
    left = [Note(1920 * bar + 480 * at, 480, 36 + 4 * at) for bar in range(16) for at in range(4)]
    hands = (Track("Right", "melody", "piano", tuple(right)), Track("Left", "chords", "piano", tuple(left)))
    save_midi(Song("Broken chords", hands), own / "broken.mid")
    (own / "waltz.mid").unlink()
    assert main(["learn", str(own), "--name", "my-piano", "--by", "Rina", "--ground", "mozart", "--no-measure"]) == 0
    style = own_style("my-piano")
    assert not style.sings and not style.has_voice
    assert set(style.tunes["melody"]["intervals"]["major"][""]) == {"-7", "-4", "-3", "0", "3", "4", "7"}
    words = ["--words", "aku rindu kamu\nmalam ini hujan", "--style", "my-piano", "--seed", "4", "--bars", "16"]
    assert main(["compose", *words, "--out", str(tmp_path / "sung")]) == 0
    song = load_song(tmp_path / "sung" / "song.json")
    assert song.vocal is not None and song.provenance.style == "my-piano"
    assert song.provenance.given[0].whose == "Rina"
    assert main(["compose", "aku rindu", "--style", "my-piano", "--bars", "8", "--out", str(tmp_path / "played")]) == 0
    assert load_song(tmp_path / "played" / "song.json").vocal is None, "a text alone is what a piece feels like"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--name", "my-band"], "learn must be told whose music it is (--by NAME), got nothing"),
        (["--name", "My band", "--by", "me"], "a style's name must be lower-case words"),
        (["--name", "chopin", "--by", "me"], "must not be called as one of the program's"),
        (["--name", "keroncong", "--by", "me"], "must not be called as one of the program's"),
        (["--name", "a", "--by", "me", "--ground", "chopinn"], "unknown style 'chopinn'"),
    ],
)
def test_what_cannot_be_learned_is_said(
    arguments: list[str], message: str, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learn", str(own), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert own_style_names() == ()


def test_nothing_to_learn_from_is_said(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "waltz.mid").write_bytes(b"not music")
    assert main(learn(own)) == 2
    error = capsys.readouterr().err
    assert "there is nothing to learn from: empty.mid: is empty; waltz.mid: not a MIDI file" in error
    assert main(["learn", str(own / "none.mid"), "--name", "a", "--by", "me"]) == 2
    assert "no such file or folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["styles", "show"], "styles show must be told which NAME, got nothing"),
        (["styles", "show", "none"], "unknown style of one's own 'none'"),
        (["styles", "delete", "none"], "unknown style of one's own 'none'"),
        (["styles", "import", "none.style"], "no such file"),
        (["styles", "delete", "none", "--name", "a"], "--name belongs to styles import, got styles delete"),
    ],
)
def test_a_style_that_is_not_there_is_said(
    arguments: list[str], message: str, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
