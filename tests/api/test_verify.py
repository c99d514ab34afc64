"""Folders held against their manifest, and labels read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from senandung.api.compose import save_notes
from senandung.api.label import label
from senandung.api.verify import verify
from senandung.app.cli import main
from senandung.domain.errors import FileError
from senandung.domain.song import Note, Provenance, Song, Track
from senandung.files.manifest import MANIFEST_FILE, load_manifest, save_manifest

SONG = Song(
    "A", (Track("Flute", "melody", "flute", (Note(0, 480, 72), Note(480, 480, 74))),),
    provenance=Provenance(7, "0.1.0", "bach", models=("composer.safetensors",), story="Dulu"),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Notes with something beside them, and their manifest."""
    made = tmp_path / "song"
    (made / "stems").mkdir(parents=True)
    save_notes(SONG, made)
    (made / "stems" / "01.flac").write_bytes(b"a")
    save_manifest(SONG, made)
    return made


def test_a_folder_as_it_was_made_is_whole(folder: Path) -> None:
    report = verify(folder)
    assert (report.whole, report.notes_remade, report.audio_remade, report.problems) == (True, True, None, ())
    assert "no file was changed" in report.sentence()
    manifest = load_manifest(folder)
    assert manifest is not None
    assert list(manifest.files) == ["song.json", "song.mid", "song.musicxml", "stems/01.flac"]


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed": (lambda f: (f / "stems/01.flac").write_bytes(b"b"), "stems/01.flac was changed"),
    "missing": (lambda f: (f / "song.mid").unlink(), "song.mid is missing"),
    "emptied": (lambda f: (f / "song.musicxml").write_bytes(b""), "song.musicxml was changed"),
    "broken": (lambda f: (f / "song.json").write_text("{"), "song.json, line 1: not a JSON file"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_named(folder: Path, what: str) -> None:
    change, said = CHANGES[what]
    change(folder)
    report = verify(folder)
    assert not report.whole
    assert any(said in problem for problem in report.problems)


def test_a_foreign_file_is_told_and_breaks_nothing(folder: Path) -> None:
    (folder / "note.txt").write_text("x")
    (folder / ".DS_Store").write_text("x")
    report = verify(folder)
    assert report.whole
    assert report.foreign == ("note.txt",)


def test_a_note_edited_by_hand_is_seen_until_all_is_made_anew(folder: Path) -> None:
    path = folder / "song.json"
    path.write_text(path.read_text().replace("[480, 480, 74, ", "[480, 480, 76, "))
    report = verify(folder)
    assert report.changed == ("song.json",)
    assert report.notes_remade is False
    assert "song.mid does not hold what song.json holds" in report.problems
    assert "senandung render" in report.remarks[0]
    from senandung.files.song_json import load_song

    edited = load_song(path)
    save_notes(edited, folder)
    save_manifest(edited, folder)
    assert verify(folder).whole
    assert label(folder / "song.mid").fields["song-id"] == edited.song_id != SONG.song_id


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "not a JSON file"),
        ("[]", "format must be"),
        ('{"format": "senandung-manifest", "version": 1, "files": 7}', "texts by their names"),
        ('{"format": "senandung-manifest", "version": 1, "files": {"../a": "0"}}', "must lie in its folder"),
    ],
)
def test_a_broken_manifest_gets_one_sentence(folder: Path, text: str, match: str) -> None:
    (folder / MANIFEST_FILE).write_text(text)
    with pytest.raises(FileError, match=match):
        verify(folder)


def test_notes_without_a_manifest_are_still_checked(folder: Path) -> None:
    (folder / MANIFEST_FILE).unlink()
    (folder / "stems" / "01.flac").unlink()
    report = verify(folder)
    assert report.whole
    assert "no manifest.json" in report.remarks[0]


def test_labels_are_read(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert label(folder).fields["story"] == "Dulu"
    read = label(folder / "song.mid")
    assert (read.fields["seed"], read.as_made) == ("7", True)
    (folder / "song.mid").write_bytes((folder / "song.mid").read_bytes() + b" ")
    assert label(folder / "song.mid").as_made is False
    assert main(["label", str(folder / "song.json"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["labels"][0]
    assert said["label"]["digital-source-type"].endswith("/trainedAlgorithmicMedia")
    plain = tmp_path / "a.json"
    plain.write_text("{}")
    assert main(["label", str(plain)]) == 0
    assert "no label of Senandung" in capsys.readouterr().out


@pytest.mark.parametrize(
    "data", [b"", b"MThd", b"%PDF-1.4 broken", b"PK\3\4", b"<a", b"{", b"[]", b"\0" * 99, b"aku rindu"]
)
def test_what_has_no_label_gets_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        label(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
