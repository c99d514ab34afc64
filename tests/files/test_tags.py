"""Tags of real files of other programs: every format, words, loudness, wrong encodings, damage."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from music_files import FULL, make_music, picture, with_id3
from senandung.domain.errors import FileError
from senandung.domain.music import VARIOUS, LyricLine
from senandung.files.lrc import lrc_text, parse_lrc
from senandung.files.tags import digest_of_pieces, mended, read_tags

ENDINGS = (".mp3", ".flac", ".ogg", ".opus", ".m4a", ".wma", ".aiff", ".wav")


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_tells_its_tags(ending: str, tmp_path: Path) -> None:
    tags = read_tags(make_music(tmp_path / f"a{ending}", FULL))
    assert (tags.title, tags.artist, tags.album) == ("Hujan di Kotamu", "Ibu Sri", "Lagu Lama")
    assert tags.genre == "Keroncong"
    assert tags.duration_ms is not None
    assert 450 <= tags.duration_ms <= 650
    assert tags.sample_rate in (44_100, 48_000)
    assert tags.channels == 1 or ending == ".m4a"  # whose header says 2 as a rule
    assert tags.year == 1998
    assert tags.number == 3
    if ending != ".wav":  # RIFF has no name for them that both programs share
        assert (tags.disc, tags.album_artist) == (2, "Ibu Sri")


@pytest.mark.parametrize("ending", [".mp3", ".flac", ".m4a"])
def test_embedded_covers_are_found(ending: str, tmp_path: Path) -> None:
    tags = read_tags(make_music(tmp_path / f"a{ending}", cover=picture()))
    assert tags.picture == picture()


def test_names_of_all_alphabets(tmp_path: Path) -> None:
    for name in ("Rindu ʼku — Ëlan", "夜に駆ける", "Кино", "ꦱꦼꦤꦤ꧀ꦢꦸꦁ", "حنين"):
        for ending in (".mp3", ".opus", ".m4a"):
            assert read_tags(make_music(tmp_path / f"{name}{ending}", {"title": name, "artist": name})).title == name


def test_a_file_without_tags_is_called_by_its_name(tmp_path: Path) -> None:
    tags = read_tags(make_music(tmp_path / "07 - Kangen Rumah.mp3"))
    assert (tags.title, tags.number, tags.artist) == ("Kangen Rumah", 7, "")
    assert read_tags(make_music(tmp_path / "1999.ogg")).title == "1999"


def test_loudness_of_replaygain_and_r128(tmp_path: Path) -> None:
    gained = {"REPLAYGAIN_TRACK_GAIN": "-6.48 dB", "REPLAYGAIN_TRACK_PEAK": "0.98"}
    for ending in (".flac", ".mp3"):
        tags = read_tags(make_music(tmp_path / f"a{ending}", gained))
        assert (tags.loudness, tags.peak) == (-11.52, 0.98)
    assert read_tags(make_music(tmp_path / "a.opus", {"R128_TRACK_GAIN": "-1280"})).loudness == -18.0
    assert read_tags(make_music(tmp_path / "b.flac", {"REPLAYGAIN_TRACK_GAIN": "loud"})).loudness is None


def test_compilations_codes_and_several_artists_say_so(tmp_path: Path) -> None:
    tags = read_tags(make_music(tmp_path / "a.mp3", {"compilation": "1", "TSRC": "ID-A01-99-00001"}))
    assert (tags.compilation, tags.isrc) == (True, "IDA019900001")
    assert read_tags(make_music(tmp_path / "b.flac", {"album_artist": "Berbagai Artis"})).album_artist == VARIOUS
    assert read_tags(make_music(tmp_path / "c.flac", {"ISRC": "IDA019900001"})).isrc == "IDA019900001"


LRC = "[ti:Hujan]\n[offset:+500]\n[00:01.00]Aku rindu\n[00:03.5][00:09]kamu <00:04.00>malam ini\n"
LINES = (LyricLine(500, "Aku rindu"), LyricLine(3000, "kamu malam ini"), LyricLine(8500, "kamu malam ini"))


def test_words_beside_a_file_and_in_it(tmp_path: Path) -> None:
    beside = make_music(tmp_path / "a.mp3", {"lyrics": "tanpa waktu"})
    assert read_tags(beside).lyrics == (LyricLine(None, "tanpa waktu"),)
    beside.with_suffix(".lrc").write_text(LRC, encoding="utf-8")
    assert read_tags(beside).lyrics == LINES
    for name in ("LYRICS", "SYNCEDLYRICS"):
        assert read_tags(make_music(tmp_path / f"{name}.flac", {name: LRC})).lyrics == LINES
    assert read_tags(make_music(tmp_path / "b.m4a", {"lyrics": LRC})).lyrics == LINES


def test_words_of_id3_frames(tmp_path: Path) -> None:
    lines = "".join(
        f"{text}\0" + struct.pack(">I", ms).decode("latin-1") for text, ms in (("Aku", 1200), ("kau", 3400))
    )
    timed = b"\x00ind\x02\x01\x00" + lines.encode("latin-1")
    plain = b"\x01ind\xff\xfe\x00\x00" + "\ufeffbaris satu\nbaris dua".encode("utf-16-le")
    tags = read_tags(with_id3(tmp_path / "a.mp3", {"USLT": plain, "SYLT": timed}))
    assert tags.lyrics == (LyricLine(1200, "Aku"), LyricLine(3400, "kau"))
    only_plain = read_tags(with_id3(tmp_path / "b.mp3", {"USLT": plain}))
    assert [line.text for line in only_plain.lyrics] == ["baris satu", "baris dua"]


@pytest.mark.parametrize(
    ("text", "coding"),
    [("Kafé — rindu", "utf-8"), ("Группа крови", "cp1251"), ("さくらのうた", "cp932"), ("ひこうき雲", "cp932")],
)
def test_tags_in_a_wrong_encoding_are_mended(text: str, coding: str, tmp_path: Path) -> None:
    path = with_id3(tmp_path / "a.mp3", {"TIT2": b"\0" + text.encode(coding)})
    assert read_tags(path).title == text


@given(some.text(some.sampled_from("abcdefghijklmnopqrstuvwxyz ABC éèüßñçå"), max_size=40))
def test_right_latin_texts_are_left_alone(text: str) -> None:
    accented = sum(not letter.isascii() for letter in text)
    if 2 * accented < sum(letter.isalpha() for letter in text):
        assert mended(text) == text


@given(some.text(some.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30))
def test_utf_8_taken_for_latin_1_comes_back(text: str) -> None:
    assert mended(text.encode().decode("latin-1")) == text


@given(some.lists(some.tuples(some.integers(0, 5_999_999), some.text("aiu rindu kamu", max_size=20))))
def test_lrc_goes_and_comes_back(rows: list[tuple[int, str]]) -> None:
    lines = tuple(LyricLine(ms, " ".join(text.split())) for ms, text in sorted(rows, key=lambda row: row[0]))
    assert parse_lrc(lrc_text(lines)) == lines


@given(some.text())
def test_any_text_is_words(text: str) -> None:
    for line in parse_lrc(text):
        assert line.start_ms is None or line.start_ms >= 0


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.mp3", b"", "empty"),
        ("letter.mp3", b"this is a letter, no music at all. " * 200, "not a sound file"),
        ("letter.flac", b"fLaC" + b"\xff" * 3000, "not a sound file"),
        ("letter.ogg", b"OggS" + b"\0" * 3000, "not a sound file"),
        ("letter.m4a", b"\0\0\0\x18ftypM4A " + b"\0" * 999, "not a sound file"),
        ("letter.wav", b"RIFF\xff\xff\xff\xffWAVEfmt ", "not a sound file"),
    ],
)
def test_damaged_files_say_why(name: str, data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FileError, match=reason):
        read_tags(path)
    with pytest.raises(FileError, match="no such file"):
        read_tags(tmp_path / "gone.mp3")


def test_a_cut_file_still_tells_its_tags(tmp_path: Path) -> None:
    path = make_music(tmp_path / "a.mp3", FULL, seconds=2)
    path.write_bytes(path.read_bytes()[:9000])
    assert read_tags(path).title == "Hujan di Kotamu"


def test_another_file_has_another_digest(tmp_path: Path) -> None:
    one, two = make_music(tmp_path / "a.flac"), make_music(tmp_path / "b.flac", hz=441)
    moved = one.with_name("c.flac")
    moved.write_bytes(one.read_bytes())
    assert digest_of_pieces(one) == digest_of_pieces(moved) != digest_of_pieces(two)
