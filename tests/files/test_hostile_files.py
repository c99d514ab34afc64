"""Damaged, empty, huge and hostile files give one clear error each."""

from __future__ import annotations

import contextlib
import io
import itertools
import zipfile
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.domain.errors import FileError, OutputError
from senandung.domain.song import Song
from senandung.files.abc import load_abc, parse_abc
from senandung.files.kern import load_kern, parse_kern
from senandung.files.midi import load_midi, midi_bytes
from senandung.files.midi_read import parse_midi
from senandung.files.musicxml import load_musicxml, musicxml_text
from senandung.files.musicxml_read import parse_musicxml
from senandung.files.notes import load_notes
from senandung.files.song_json import load_song, parse_song_json, song_json_text
from senandung.files.ustx import load_ustx, parse_ustx, ustx_text
from senandung.files.writing import write_atomically

LOADERS = (load_midi, load_musicxml, load_kern, load_abc, load_ustx, load_song, load_notes)
HERE = Path("x")
SCORE = "<score-partwise><part-list/><part id='P1'><measure number='1'>{}</measure></part></score-partwise>"


@pytest.mark.parametrize("load", LOADERS)
def test_missing_empty_folder_and_huge(load, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with (tmp_path / "huge").open("wb") as stream:
        stream.truncate(3_000_000_000)  # sparse: takes no room on the disk
    with pytest.raises(FileError, match="missing: no such file"):
        load(tmp_path / "missing")
    with pytest.raises(FileError, match="empty: is empty"):
        load(tmp_path / "empty")
    with pytest.raises(FileError, match="is a folder, not a file"):
        load(tmp_path)
    with pytest.raises(FileError, match="may hold at most"):
        load(tmp_path / "huge")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.mid", "not a MIDI file: it begins with b'Dear diary, '"),
        ("x.mxl", "not a MusicXML file"),
        ("x.krn", "not a Humdrum file"),
        ("x.txt", "not a file of notes"),
    ],
)
def test_text_with_another_name(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("Dear diary, today it rained.", encoding="utf-8")
    with pytest.raises(FileError, match=message):
        load_notes(tmp_path / name)


@given(st.binary(max_size=400), st.sampled_from([b"", b"MThd\0\0\0\x06\0\1\0\1\1\xe0MTrk\0\0\0\x40", b"PK\x03\x04"]))
@settings(max_examples=150, deadline=None)
def test_garbage_raises_nothing_but_file_errors(data: bytes, head: bytes) -> None:
    text = data.decode("latin-1").replace("\0", "")
    for parse, given_data in (
        (parse_midi, head + data), (parse_musicxml, head + data), (parse_kern, text), (parse_kern, "**kern\n" + text),
        (parse_abc, text), (parse_abc, "X:1\nK:C\n" + text), (parse_ustx, text), (parse_song_json, text),
    ):  # fmt: skip
        try:
            assert isinstance(parse(given_data, HERE), Song)
        except FileError as error:
            assert str(error).startswith("x")


@given(st.text(alphabet="|:[]()1234567890/<>-ABCdefg^_=',zxZ\"Am{}&!\n wKLMV", max_size=120))
@settings(max_examples=150, deadline=None)
def test_abc_of_any_music_is_a_song_or_a_file_error(music: str) -> None:
    with contextlib.suppress(FileError):
        assert isinstance(parse_abc("X:1\nM:4/4\nK:D\n" + music, HERE), Song)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damage_anywhere_is_a_song_or_a_file_error(data: st.DataObject) -> None:
    parse, whole = data.draw(st.sampled_from(_whole_files()))
    cut = data.draw(st.integers(0, len(whole)))
    patch = data.draw(st.binary(max_size=6))
    damaged = whole[:cut] + patch + (whole[cut + len(patch) :] if data.draw(st.booleans()) else b"")
    binary = parse in (parse_midi, parse_musicxml)
    with contextlib.suppress(FileError):
        given_data = damaged if binary else damaged.decode("utf-8", "replace").replace("\0", "")
        assert isinstance(parse(given_data, HERE), Song)


def _whole_files() -> list:
    from senandung.domain.song import Note, Track
    from senandung.domain.words import Line, Syllable, Words

    words = Words("id", (Line("aku", (Syllable("a", ends_word=False), Syllable("ku", begins_word=False))),))
    song = Song("S", (Track("V", "vocal", "flute", (Note(0, 480, 72, 80, 0), Note(480, 480, 74, 80, 1))),), words=words)
    return [
        (parse_midi, midi_bytes(song)), (parse_musicxml, musicxml_text(song).encode()),
        (parse_ustx, ustx_text(song).encode()), (parse_song_json, song_json_text(song).encode()),
    ]  # fmt: skip


@pytest.mark.parametrize("music", ["{", "[", '"', "!", "[V:", ":", "(3", "&", "a - ", "+a"])
def test_long_lines_of_signs_take_no_long_time(music: str) -> None:
    for text in (music * 20_000, "C\nw:" + music * 20_000):
        with contextlib.suppress(FileError):
            parse_abc("X:1\nK:C\nC" + text, HERE)


def test_truncated_midi(small_song: Song) -> None:
    with pytest.raises(FileError, match="damaged MIDI"):
        parse_midi(midi_bytes(small_song)[:-20], HERE)


def test_midi_that_counts_film_frames() -> None:
    with pytest.raises(FileError, match="film frames"):
        parse_midi(b"MThd\0\0\0\x06\0\1\0\1\xe7\x28MTrk\0\0\0\4\0\xff\x2f\0", HERE)


def test_a_key_that_does_not_exist_is_left_out() -> None:
    track = mido.MidiTrack([mido.MetaMessage("key_signature", key="D")])
    track.extend([mido.Message("note_on", note=60, velocity=9), mido.Message("note_off", note=60, time=9)])
    broken = _midi(track).replace(b"\xff\x59\x02\x02\x00", b"\xff\x59\x02\x0a\x00")
    assert [str(change.key) for change in parse_midi(broken, HERE).keys] == ["C major"]


def test_midi_of_absurd_length() -> None:
    track = mido.MidiTrack([mido.Message("note_on", note=60, velocity=9)])
    track.extend(mido.Message("note_on", note=60, velocity=9, time=0x0FFFFFFF) for _ in range(8))
    with pytest.raises(FileError, match="at most 100000000 ticks"):
        parse_midi(_midi(track), HERE)
    slow = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=0xFFFFFF)])
    slow.append(mido.Message("note_on", note=60, velocity=9, time=10))
    slow.append(mido.Message("note_off", note=60, time=480 * 9000))
    with pytest.raises(FileError, match="at most 24 hours"):
        parse_midi(_midi(slow), HERE)


def test_midi_of_too_many_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("senandung.files.midi_read.MAX_EVENTS", 100)
    with pytest.raises(FileError, match="at most 100 events"):
        parse_midi(_midi(mido.MidiTrack(mido.Message("pitchwheel") for _ in range(5000))), HERE)


def _midi(track: mido.MidiTrack) -> bytes:
    stream = io.BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=480, tracks=[track]).save(file=stream)
    return stream.getvalue()


def test_midi_without_ends_and_struck_twice() -> None:
    track = mido.MidiTrack(
        [
            mido.Message("note_on", note=60, velocity=9, time=0),
            mido.Message("note_on", note=60, velocity=9, time=480),
            mido.Message("note_off", note=99, time=0),
            mido.Message("control_change", control=1, value=1, time=960),
        ]
    )
    read = parse_midi(_midi(track), HERE)
    assert [(note.onset, note.duration) for note in read.tracks[0].notes] == [(0, 480), (480, 960)]


def test_format_0_is_split_by_channel_and_ranges_choose_instruments() -> None:
    track = mido.MidiTrack([mido.Message("program_change", channel=1, program=73)])
    for channel, pitch in ((0, 10), (1, 40), (9, 36), (9, 22)):
        track.append(mido.Message("note_on", channel=channel, note=pitch, velocity=9))
        track.append(mido.Message("note_off", channel=channel, note=pitch, time=480))
    read = parse_midi(_midi(track), HERE)
    # 10 is below every instrument: moved up by octaves; a flute has no 40: the piano plays it
    assert [(t.instrument, [n.pitch for n in t.notes]) for t in read.tracks] == [
        ("piano", [22]), ("piano", [40]), ("drums", [36, 42]),
    ]  # fmt: skip


def test_xml_entities_are_refused() -> None:
    laughs = "<!ENTITY a 'ha'>"
    for before, name in itertools.pairwise("abcdefg"):
        laughs += f"<!ENTITY {name} '{f'&{before};' * 10}'>"
    with pytest.raises(FileError, match="entities"):
        parse_musicxml(f"<!DOCTYPE x [{laughs}]><score-partwise>&g;</score-partwise>".encode(), HERE)
    outside = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><score-partwise>&e;</score-partwise>"
    for encoding in ("utf-8", "utf-16", "utf-16-be"):
        with pytest.raises(FileError, match=r"entities|damaged XML"):
            parse_musicxml(outside.encode(encoding), HERE)


def test_a_doctype_is_not_fetched(small_song: Song) -> None:
    text = musicxml_text(small_song).replace("http://www.musicxml.org/dtds/partwise.dtd", "http://localhost:9/x.dtd")
    assert len(parse_musicxml(text.encode(), HERE).tracks) == 4


def test_damaged_xml_names_the_line() -> None:
    with pytest.raises(FileError, match="x, line 2: damaged XML"):
        parse_musicxml(b"<score-partwise>\n<part></score-partwise>", HERE)
    with pytest.raises(FileError, match="its root is <html>"):
        parse_musicxml(b"<html/>", HERE)


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        ("<note><pitch><step>H</step><octave>4</octave></pitch><duration>1</duration></note>", "a step must be"),
        ("<note><pitch><step>C</step><octave>99</octave></pitch><duration>1</duration></note>", "pitch must be"),
        ("<note><pitch><step>C</step><octave>4</octave></pitch><duration>1e9</duration></note>", "a number must have"),
        ("<attributes><divisions>0</divisions></attributes>", "divisions must be above 0"),
        ("<forward><duration>999999999</duration></forward>", "at most 100000000 ticks"),
        ("<barline><repeat direction='backward' times='999999'/></barline>", "repeats may make at most"),
    ],
)
def test_musicxml_values_that_break_their_rules(measure: str, message: str) -> None:
    with pytest.raises(FileError, match=message):
        parse_musicxml(SCORE.format(measure).encode(), HERE)


def _zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_mxl_is_read_by_its_container(small_song: Song) -> None:
    container = b'<container><rootfiles><rootfile full-path="a/b.xml"/></rootfiles></container>'
    score = musicxml_text(small_song).encode()
    packed = _zip({"META-INF/container.xml": container, "0.xml": b"<html/>", "a/b.xml": score})
    assert parse_musicxml(packed, HERE).tracks[0].notes == small_song.tracks[0].notes
    broken = _zip({"META-INF/container.xml": b"<rootfile full-path='It's.xml'/>", "It's.xml": score})
    assert parse_musicxml(broken, HERE).tracks[0].notes == small_song.tracks[0].notes


def test_mxl_bombs() -> None:
    with pytest.raises(FileError, match="unpacks to 60 MB"):
        parse_musicxml(_zip({"s.xml": b" " * 60_000_000}), HERE)
    with pytest.raises(FileError, match="unpacks to 5 MB"):
        parse_musicxml(_zip({"s.xml": b" " * 5_000_000}), HERE)
    with pytest.raises(FileError, match="at most 1000 files"):
        parse_musicxml(_zip({f"{number}.xml": b"" for number in range(1001)}), HERE)
    with pytest.raises(FileError, match="must hold a score"):
        parse_musicxml(_zip({"readme.txt": b""}), HERE)
    with pytest.raises(FileError, match=r"damaged \.mxl"):
        parse_musicxml(_zip({"s.xml": b"<a/>"})[:-30], HERE)


def test_yaml_bombs() -> None:
    rows = ["a: &a [x, x, x, x]"]
    rows += [f"{c}: &{c} [*{p}, *{p}, *{p}, *{p}]" for p, c in itertools.pairwise("abcdefgh")]
    with pytest.raises(FileError, match="YAML aliases"):
        parse_ustx("\n".join(rows), HERE)
    with pytest.raises(FileError, match="YAML at most 50 deep"):
        parse_ustx("[" * 1_000_000, HERE)
    with pytest.raises(FileError, match="no voice_parts"):
        parse_ustx("name: x", HERE)
    with pytest.raises(FileError, match="tone must be a number"):
        parse_ustx("voice_parts:\n- notes:\n  - {position: 0, duration: 1, tone: .nan, lyric: a}", HERE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1: not a JSON file"),
        ("[" * 100_000, "not a JSON file"),
        ("[1]", "format must be 'senandung-song'"),
        ('{"format": "senandung-song", "version": 9}', "version must be 1"),
        ('{"format": "senandung-song", "version": 1}', "a song must have the field 'words'"),
        (
            '{"format": "senandung-song", "version": 1, "words": 7, "provenance": 7, "title": "a", "tempos": 7}',
            "fields must have their documented form",
        ),
        ('{"a": NaN}', "must be finite"),
    ],
)
def test_song_json_that_is_none(text: str, message: str) -> None:
    with pytest.raises(FileError, match=message):
        parse_song_json(text, HERE)


@pytest.mark.parametrize(("row", "message"), [("3840.5, 480", r"got 3840\.5"), ("3840, true", "got True")])
def test_song_json_holds_whole_ticks(small_song: Song, row: str, message: str) -> None:
    text = song_json_text(small_song).replace("[3840, 480, 74, 80]", f"[{row}, 74, 80]")
    with pytest.raises(FileError, match=message):
        parse_song_json(text, HERE)


def test_song_json_of_absurd_length(small_song: Song) -> None:
    text = song_json_text(small_song).replace("[3840, 480, 74, 80]", "[3840, 99999999999, 74, 80]")
    with pytest.raises(FileError, match="at most 100000000 ticks"):
        parse_song_json(text, HERE)


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: no such file"):
        write_atomically(tmp_path / "nowhere" / "song.mid", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_atomically(tmp_path / "folder", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
