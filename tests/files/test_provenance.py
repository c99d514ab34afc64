"""Labels: every format says the same, other people's readers see it, and ours give it back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from mido import MidiFile
from PIL import Image
from pypdf import PdfReader

from senandung.domain.errors import InvalidValueError
from senandung.domain.provenance import Given, Model, Provenance, provenance_of, provenance_row
from senandung.domain.recording import Recording
from senandung.domain.song import Song
from senandung.drawing.not_angka import save_not_angka_pdf
from senandung.files.audio import AudioTags, save_audio
from senandung.files.chordpro import save_chordpro
from senandung.files.label_read import read_label
from senandung.files.manifest import save_manifest
from senandung.files.midi import load_midi, save_midi
from senandung.files.model_cards import card_of, cards_of
from senandung.files.musicxml import load_musicxml, save_musicxml
from senandung.files.picture_label import label_png
from senandung.files.provenance import (
    OTHERS_MUSIC,
    fields_of_text,
    label_of,
    label_text,
    line_of,
    provenance_of_fields,
)
from senandung.files.song_json import load_song, save_song
from senandung.files.ustx import load_ustx, save_ustx

STORY = "Untuk Ibu, 😭 “é”\nbaris: dua"
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffmpeg is not installed")


@pytest.fixture
def song(small_song: Song) -> Song:
    """The small song with everything that a provenance can say."""
    made = replace(
        small_song.provenance,
        models=("composer.safetensors",),
        sources=("a; b", "“kami”, CC BY 4.0"),
        story=STORY,
        given=(Given("motif", "a hum of 9 notes", "Rina"),),
        cards=(Model("composer.safetensors", "0" * 64, "CC BY 4.0"),),
    )
    return replace(small_song, provenance=made)


@pytest.mark.parametrize(
    ("save", "load", "ending"),
    [(save_midi, load_midi, "mid"), (save_musicxml, load_musicxml, "musicxml"), (save_ustx, load_ustx, "ustx"),
     (save_song, load_song, "json")],
)  # fmt: skip
def test_notes_carry_their_provenance(song: Song, tmp_path: Path, save, load, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    save(song, path)
    assert load(path).provenance == song.provenance
    assert read_label(path) == label_of(song)


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg"])
def test_sound_says_what_made_it(song: Song, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    tags = AudioTags(song.title, story=STORY, licence="CC0", label=line_of(song), fields=label_of(song))
    save_audio(Recording(np.zeros((2, 4411), dtype=np.float32), 44_100), path, tags)  # an odd number of frames
    assert read_label(path) == label_of(song)
    assert provenance_of_fields(read_label(path)) == song.provenance


@needs_ffmpeg
def test_a_label_survives_another_program(song: Song, tmp_path: Path) -> None:
    import subprocess

    tags = AudioTags(song.title, story=STORY, licence="CC0", label=line_of(song), fields=label_of(song))
    save_audio(Recording(np.zeros((2, 44_100), dtype=np.float32), 44_100), tmp_path / "a.wav", tags)
    subprocess.run(["ffmpeg", "-v", "error", "-i", tmp_path / "a.wav", tmp_path / "a.m4a"], check=True)
    assert "compositeWithTrainedAlgorithmicMedia" in read_label(tmp_path / "a.m4a")["origin"]
    assert read_label(tmp_path / "a.m4a")["story"] == STORY


def test_other_readers_see_it(song: Song, tmp_path: Path) -> None:
    save_midi(song, tmp_path / "a.mid")
    texts = [m.text for m in MidiFile(tmp_path / "a.mid", charset="utf-8").tracks[0] if m.type == "text"]
    assert f"digital-source-type: {label_of(song)['digital-source-type']}" in texts
    save_musicxml(song, tmp_path / "a.musicxml")
    root = etree.parse(tmp_path / "a.musicxml")
    assert root.findtext("identification/miscellaneous/miscellaneous-field[@name='seed']") == "1"
    save_not_angka_pdf(song, tmp_path / "a.pdf")
    pdf = PdfReader(tmp_path / "a.pdf")
    assert pdf.metadata is not None
    assert pdf.metadata["/song-id"] == song.song_id
    assert "digitalsourcetype/composite" in etree.tostring(etree.fromstring(pdf.root_object["/Metadata"].get_data()))\
        .decode()  # fmt: skip
    assert read_label(tmp_path / "a.pdf") == label_of(song)
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes(label_png((tmp_path / "a.png").read_bytes(), song.title, label_of(song)))
    with Image.open(tmp_path / "a.png") as picture:
        picture.load()
        assert picture.text["story"] == STORY
        assert "DigitalSourceType=" in picture.text["XML:com.adobe.xmp"]
    assert read_label(tmp_path / "a.png") == label_of(song)
    save_chordpro(song, tmp_path / "a.cho")
    assert read_label(tmp_path / "a.cho")["song-id"] == song.song_id


def test_a_private_story_stands_in_song_json_alone(song: Song, tmp_path: Path) -> None:
    private = replace(song, provenance=replace(song.provenance, private_story=True))
    save_song(private, tmp_path / "song.json")
    for save, name in ((save_midi, "a.mid"), (save_musicxml, "a.musicxml"), (save_ustx, "a.ustx"),
                       (save_chordpro, "a.cho")):  # fmt: skip
        save(private, tmp_path / name)
    save_manifest(private, tmp_path)
    assert load_song(tmp_path / "song.json").provenance.story == STORY
    others = [path for path in tmp_path.iterdir() if path.name != "song.json"]
    assert len(others) == 5
    assert not any(b"Untuk Ibu" in path.read_bytes() or b"private" in path.read_bytes() for path in others)


@given(st.text(), st.text(), st.booleans())
def test_any_text_comes_back(story: str, source: str, private: bool) -> None:
    made = Provenance(1, "1", "x", sources=(source.replace("\0", ""),), story=story, private_story=private)
    fields = label_of(Song("A", (), provenance=made))
    assert fields_of_text(label_text(fields)).get("story", "") == fields.get("story", "")
    read = provenance_of_fields(fields)
    assert (read.version, read.licence) == ("1", made.licence)
    assert provenance_of(provenance_row(made)) == made


@pytest.mark.parametrize("broken", ["", "{", "[]", "7", '{"seed": "a"}', '{"seed":1,"version":1}', "[" * 90_000])
def test_a_broken_label_leaves_the_story(broken: str) -> None:
    assert provenance_of_fields({"provenance": broken, "story": "Dulu"}) == Provenance(0, "", "", story="Dulu")


def test_what_others_made_is_not_called_ours() -> None:
    label = label_of(Song("Theirs", ()))
    assert label["origin"].startswith("Written to this file by a machine")
    assert label["licence"] == OTHERS_MUSIC
    assert "digital-source-type" not in label


def test_source_types_follow_what_was_given() -> None:
    learned = Provenance(1, "1", "x", models=("a",))
    ruled = Provenance(1, "1", "x")
    tune = (Given("motif", "a hum"),)
    style = (Given("style", "band"),)
    hummed, styled, nobodys = replace(learned, given=tune), replace(learned, given=style), Provenance(1, "", "")
    cases = ((learned, True), (hummed, False), (styled, False), (ruled, True), (ruled, False), (nobodys, True))
    name = [made.source_type(own_words=words).rpartition("/")[2] for made, words in cases]
    composite = "compositeWithTrainedAlgorithmicMedia"
    assert name == [composite, composite, "trainedAlgorithmicMedia", "compositeSynthetic", "algorithmicMedia", ""]
    with pytest.raises(InvalidValueError, match="must be one of motif, opening, style"):
        Given("mood", "x")  # type: ignore[arg-type]


def test_cards_of_models() -> None:
    assert card_of("composer.safetensors").licence == "CC BY 4.0"
    assert card_of("../NOTICE") == Model("../NOTICE")
    own = Model("mine.json", "1", "all mine")
    cards = cards_of(Provenance(1, "1", "x", models=("chords.json",), cards=(own,)))
    assert [card.name for card in cards] == ["chords.json", "mine.json"]
    assert cards[1] == own
