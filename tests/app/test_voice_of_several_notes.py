"""`voices build` of recordings on several notes: a folder a note, found for every pitch by prefix.map."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from senandung.app.cli import main
from senandung.files.bank_card import load_card
from senandung.files.character import load_character
from senandung.singing.banks.bank import Sound, load_bank
from senandung.singing.banks.plan import plan_pieces
from senandung.singing.banks.record_list import record_list
from singing.banks.made_up_banks import sing_row, singing_of

ROWS = {row.name: row for row in record_list()}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SENANDUNG_VOICES", str(tmp_path / "voices"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def record(folder: Path, pitch: float, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        sing_row(ROWS[name], folder, pitch=pitch)


def test_each_note_is_sung_with_the_nearest_recordings(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(home / "rekaman", 57, "vowels", "m")
    record(home / "rekaman" / "tinggi", 67, "vowels")
    (home / "rekaman" / "catatan").mkdir()
    assert main(["voices", "build", "rekaman", "--name", "sari", "--singer", "Sari", "--agreed", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    folder = home / "voices" / "sari"
    assert (made["sounds"], made["takes"], made["low"], made["high"], made["again"]) == (18, 3, 49, 78, {})
    assert made["pictures"] == ["takes/A3/vowels.png", "takes/A3/m.png", "takes/G4/vowels.png"]
    assert "G4/m" in made["missing"]
    assert "A3/m" not in made["missing"]
    for name in ("A3/oto.ini", "A3/m.wav", "G4/vowels.wav", "prefix.map", *made["pictures"]):
        assert (folder / name).is_file(), name
    assert not (folder / "oto.ini").exists()
    card = load_card(folder)
    assert card is not None
    assert card.pitches == pytest.approx((57, 67), abs=0.1)
    affixes = load_character(folder).affixes
    assert {affixes[note] for note in range(24, 62)} == {("", "_A3")}
    assert {affixes[note] for note in range(63, 108)} == {("", "_G4")}
    (folder / "character.yaml").unlink()
    assert load_character(folder).affixes == affixes  # prefix.map says the same to UTAU
    bank = load_bank(folder)
    singing = singing_of([(("a",), 55.0), (("a",), 66.0), (("m", "i"), 69.0)])
    phrases, gaps = plan_pieces(bank, singing.phonemes, singing.pitch)
    sounds: list[Sound] = [piece.sound for phrase in phrases for piece in phrase.pieces]
    assert [(each.alias, each.path.parent.name) for each in sounds] == [
        ("a_A3", "A3"), ("a_G4", "G4"), ("mi_A3", "A3"),
    ]  # fmt: skip
    assert gaps.sentence("sari") == ""
    assert main(["voices", "export", "sari", "--out", "sari.zip"]) == 0


def test_one_folder_in_a_folder_is_one_set(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(home / "rekaman" / "satu", 60, "vowels")
    assert main(["voices", "build", "rekaman", "--name", "sari"]) == 0
    assert (home / "voices" / "sari" / "oto.ini").is_file()
    assert not (home / "voices" / "sari" / "prefix.map").exists()


def test_sets_on_one_note_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(home / "rekaman" / "satu", 60, "vowels")
    record(home / "rekaman" / "dua", 61, "vowels")
    assert main(["voices", "build", "rekaman", "--name", "sari"]) == 2
    err = capsys.readouterr().err
    assert "its notes must lie 2 semitones from those of satu, but they are C4 and C#4" in err
    assert err.count("\n") == 1
    assert not (home / "voices").exists()


def test_where_a_set_has_no_sound_the_nearest_one_lends_it(tmp_path: Path) -> None:
    from senandung.files.character import Character, save_character
    from senandung.files.oto import save_oto
    from singing.banks.made_up_banks import cv_rows, save, take

    samples, placed = take([("a",)])
    for note in ("C3", "C4", "C5"):
        (tmp_path / note).mkdir()
        save(samples, tmp_path / note / "a.wav")
        names = [f"{'u' if note == 'C5' else 'a'}_{note}"]
        save_oto(cv_rows("a.wav", names, placed), tmp_path / note / "oto.ini")
    affixes = {note: ("", f"_C{min(max((note + 6) // 12 - 1, 3), 5)}") for note in range(24, 108)}
    save_character(Character("x", {}, affixes), tmp_path)
    bank = load_bank(tmp_path)
    found = [bank.find(["a"], pitch) for pitch in (40, 60, 72, 90)]
    assert [sound and sound.alias for sound in found] == ["a_C3", "a_C4", "a_C4", "a_C4"]
