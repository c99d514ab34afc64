"""song.json keeps how a syllable is sung where the person says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from senandung.domain.errors import FileError
from senandung.domain.song import Note, Song, Track, to_plain
from senandung.domain.words import Line, Syllable, Words
from senandung.files.song_json import load_song, save_song, song_json_text
from senandung.language.pronunciation import pronounce


def sung(*phonemes: tuple[str, ...]) -> Song:
    """A song of the one word "rindu", its syllables with these phonemes of their own."""
    syllables = (
        Syllable("rin", True, True, False, phonemes[0]),
        Syllable("du", False, False, True, phonemes[1]),
    )
    notes = (Note(0, 480, 60, 80, 0), Note(480, 480, 62, 80, 1))
    return Song("Rindu", (Track("Vokal", "vocal", "voice", notes),), words=Words("id", (Line("rindu", syllables),)))


def test_a_syllables_own_phonemes_come_back(tmp_path: Path) -> None:
    song = sung((), ("d", "ɔ", "h"))
    save_song(song, tmp_path / "song.json")
    again = load_song(tmp_path / "song.json")
    assert again == song
    assert again.song_id == song.song_id
    assert pronounce(again.words).syllables == (("r", "i", "n"), ("d", "ɔ", "h"))


def test_a_song_without_them_is_written_as_before() -> None:
    plain = sung((), ())
    rows = to_plain(plain)["words"]["lines"][0]["syllables"]
    assert rows == [["rin", 1, 1, 0], ["du", 0, 0, 1]]
    assert plain.song_id != sung((), ("d", "ɔ")).song_id


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["du", 0, 0, 1, "d x u o"], "a syllable must have exactly one vowel, got 'd x u o'"),
        (["du", 0, 0, 1, "d U"], "a phoneme must be one of"),
        (["du", 0, 0, 1, ["d", "u"]], "a song's fields must have their documented form"),
        (["du", 0, 0, 1, "d u", 1], "a song's fields must have their documented form"),
    ],
)
def test_phonemes_that_cannot_be_sung_are_refused(tmp_path: Path, row: list[object], reason: str) -> None:
    plain = json.loads(song_json_text(sung((), ())))
    plain["words"]["lines"][0]["syllables"][1] = row
    path = tmp_path / "song.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(FileError, match=reason):
        load_song(path)
