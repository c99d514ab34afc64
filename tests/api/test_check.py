from __future__ import annotations

import json
from pathlib import Path

import pytest

from originality.music import song, tune
from senandung.api.check import check, save_own_index
from senandung.api.original import asked_of
from senandung.app.cli import main
from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.midi import save_midi
from senandung.files.musicxml import save_musicxml
from senandung.files.song_json import save_song
from senandung.originality.check import shipped_index


def training_tune() -> list[tuple[int, int]]:
    """Sixty notes of the first tune of the index that is long enough."""
    index = shipped_index()
    voice = next(
        number
        for number, piece in enumerate(index.voice_piece.tolist())
        if index.works[index.pieces[piece].work].set == "cre_irish"
        and index.starts[number + 1] - index.starts[number] > 80
    )
    onsets, pitches = index.voice_notes(voice, 8, 68)
    return [(int(onset - onsets[0]), int(pitch)) for onset, pitch in zip(onsets, pitches, strict=True)]


def test_a_training_tune_is_told_from_any_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    piece = song(training_tune(), shift=3, ticks=30)
    save_midi(piece, tmp_path / "a.mid")
    save_musicxml(piece, tmp_path / "a.musicxml")
    save_song(piece, tmp_path / "song.json")
    scores = set()
    for name in ("a.mid", "a.musicxml", "."):
        assert main(["check", str(tmp_path / name), "--json"]) == 0
        plain = json.loads(capsys.readouterr().out)
        assert set(plain) == {"score", "human_interval", "nearest", "copied", "verdict"}
        assert plain["copied"]
        assert plain["score"] < plain["human_interval"][0]
        scores.add(plain["score"])
    assert len(scores) == 1


def test_the_page_shows_both_passages_as_notation(tmp_path: Path) -> None:
    report = check(song(training_tune()), out=tmp_path / "report")
    page = (tmp_path / "report" / "originality.html").read_text(encoding="utf-8")
    assert page.count("definition-scale") == 2 * len(report.nearest)
    assert page.count("#b3261e") > report.nearest[0].notes
    full = json.loads((tmp_path / "report" / "originality.json").read_text(encoding="utf-8"))
    assert full["nearest"][0]["set"] == report.nearest[0].work.set
    assert full["nearest"][0]["licence"]


def test_own_files_as_a_folder_or_a_kept_index(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    save_midi(song(tune(77)), folder / "mine.mid")
    (folder / "broken.mid").write_bytes(b"MThd")
    count = save_own_index([folder], tmp_path / "mine.index")
    assert count == 40
    for against in (folder, tmp_path / "mine.index"):
        report = check(song(tune(77), shift=2), against=[against])
        assert report.copied
        assert report.nearest[0].name == "mine.mid"
    with pytest.raises(InvalidValueError, match="must be a new file"):
        save_own_index([folder], tmp_path / "mine.index")


def test_what_was_asked_for_does_not_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_midi(song(training_tune()), tmp_path / "a.mid")
    assert main(["check", str(tmp_path / "a.mid"), "--asked", str(tmp_path / "a.mid")]) == 0
    assert "asked for" in capsys.readouterr().out
    assert asked_of(song(tune(1))) == []


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.mid", b"", "is empty"),
        ("a.mid", b"Dear diary", "not a MIDI file"),
        ("a.xml", b"<html/>", "a.xml"),
        ("a.json", b"{}", "a.json"),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "not a file of notes"),
    ],
)
def test_a_broken_file_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(data)
    assert main(["check", str(tmp_path / name)]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_what_cannot_be_checked_against_is_refused(tmp_path: Path) -> None:
    piece = song(tune(5))
    with pytest.raises(FileError, match="no file of notes"):
        check(piece, against=[tmp_path])
    with pytest.raises(FileError, match="no such"):
        check(piece, against=[tmp_path / "no.index"])


def test_a_piece_without_tunes_has_nothing_in_common() -> None:
    report = check(song([(0, 60), (24, 62)]))
    assert (report.score, report.nearest, report.copied) == (1.0, (), False)
    assert "No passage" in report.verdict("en")
