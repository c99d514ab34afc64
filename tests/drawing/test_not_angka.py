"""Not angka: the digits of known tunes, and a sheet that a PDF reader reads back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from senandung.domain.errors import OutputError
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import KeyChange, MetreChange, Note, Section, Song, Track
from senandung.domain.words import Line, Syllable, Words
from senandung.drawing.cipher import cipher_bars, cipher_of, do_of, skyline
from senandung.drawing.fonts import text_width
from senandung.drawing.not_angka import not_angka_svg, save_not_angka_pdf


def tune(
    pitches_and_ticks: list[tuple[int | None, int]],
    key: str = "C",
    metre: str = "4/4",
    keys: tuple[KeyChange, ...] = (),
) -> Song:
    notes, at = [], 0
    for pitch, ticks in pitches_and_ticks:
        if pitch is not None:
            notes.append(Note(at, ticks, pitch))
        at += ticks
    return Song(
        "Coba",
        (Track("Piano", "melody", "piano", tuple(notes)),),
        metres=(MetreChange(0, Metre.parse(metre)),),
        keys=keys or (KeyChange(0, Key.parse(key)),),
    )


def written(song: Song) -> str:
    return " | ".join(" ".join(str(token) for token in bar.tokens) for bar in cipher_bars(song))


def test_a_major_scale_is_one_to_seven() -> None:
    scale = [(pitch, 480) for pitch in (60, 62, 64, 65, 67, 69, 71, 72)]
    assert written(tune(scale)) == "1 2 3 4 | 5 6 7 1'"


@pytest.mark.parametrize("tonic", ["C", "D", "Eb", "F#", "A", "Bb"])
def test_do_moves_with_the_key(tonic: str) -> None:
    base = 60 + Key.parse(tonic).tonic.pitch_class
    scale = [(base + step, 480) for step in (0, 2, 4, 5, 7, 9, 11, 12)]
    assert written(tune(scale, tonic)) == "1 2 3 4 | 5 6 7 1'"


def test_in_minor_la_is_the_tonic_and_the_leading_tone_is_raised_so() -> None:
    assert written(tune([(69, 480), (71, 480), (72, 480), (68, 480)], "Am")) == "6 7 1' 5/"


def test_octaves_below_have_dots_below() -> None:
    assert written(tune([(60, 480), (59, 480), (48, 480), (64, 480)])) == "1 7, 1, 3"


def test_lowered_and_raised_tones() -> None:
    assert written(tune([(66, 480), (70, 480), (63, 480), (61, 480)])) == "4/ 7\\ 3\\ 1/"


def test_half_and_quarter_beats_have_lines_and_long_notes_points() -> None:
    rhythm = [(60, 240), (62, 240), (64, 360), (65, 120), (67, 960)]
    assert written(tune(rhythm)) == "1_ 2_ 3_ .__ 4__ 5 ."


def test_a_dotted_quarter_holds_into_the_next_beat() -> None:
    assert written(tune([(60, 720), (62, 240), (64, 960)])) == "1 ._ 2_ 3 ."


def test_rests_are_noughts() -> None:
    assert written(tune([(60, 480), (None, 480), (62, 240), (None, 240), (64, 480)])) == "1 0 2_ 0_ 3"


def test_triplets() -> None:
    bar = cipher_bars(tune([(60, 160), (62, 160), (64, 160), (65, 1440)]))[0]
    assert [str(token) for token in bar.tokens] == ["1_", "2_", "3_", "4", ".", "."]
    assert [token.triplet for token in bar.tokens] == [True] * 3 + [False] * 3


def test_in_six_eight_an_eighth_is_a_beat() -> None:
    assert written(tune([(60, 240), (62, 240), (64, 240), (65, 720)], metre="6/8")) == "1 2 3 4 . ."


def test_a_breath_before_the_next_note_is_not_written() -> None:
    assert written(tune([(60, 440), (None, 40), (62, 1380)])) == "1 2 . ."


def test_do_follows_a_change_of_key_without_leaping() -> None:
    keys = (KeyChange(0, Key.parse("C")), KeyChange(1920, Key.parse("Db")))
    song = tune([(60, 1920), (61, 1920)], keys=keys)
    assert written(song) == "1 . . . | 1 . . ."
    assert [str(do_of(bar.key)) for bar in cipher_bars(song)] == ["C", "Db"]


@given(
    st.lists(st.tuples(st.integers(48, 84), st.sampled_from([60, 120, 160, 240, 320, 360, 480, 720, 960])), min_size=1,
             max_size=24),
    st.sampled_from(["C", "Am", "F#", "Ebm", "D dorian", "B", "Bb minor"]),
)  # fmt: skip
def test_the_signs_fill_every_bar_and_give_every_pitch_back(rows: list[tuple[int, int]], key: str) -> None:
    song = tune([(pitch, ticks) for pitch, ticks in rows], key)
    bars = cipher_bars(song)
    for bar in bars:
        at = bar.onset
        for token in bar.tokens:
            assert token.onset == at
            at += token.duration
        assert at == bar.onset + bar.duration
    digits = [token for bar in bars for token in bar.tokens if token.symbol.isdigit() and token.symbol != "0"]
    assert len(digits) == len(rows)
    steps = (0, 2, 4, 5, 7, 9, 11)
    heights = [steps[int(t.symbol) - 1] + t.alter + 12 * t.octave for t in digits]
    assert [h - heights[0] for h in heights] == [pitch - rows[0][0] for pitch, _ in rows]


@given(st.integers(24, 100), st.sampled_from(["C", "Gm", "F#", "Eb", "A harmonic-minor", "D lydian"]))
def test_a_digit_names_its_pitch(pitch: int, name: str) -> None:
    key = Key.parse(name)
    do = 60 + do_of(key).pitch_class
    digit, alter, octave = cipher_of(pitch, key, do)
    assert abs(alter) <= 1
    assert do + (0, 2, 4, 5, 7, 9, 11)[int(digit) - 1] + alter + 12 * octave == pitch


def test_a_chordal_track_is_written_by_its_top_voice() -> None:
    notes = [Note(0, 480, 60), Note(0, 480, 67), Note(480, 480, 64)]
    assert [note.pitch for note in skyline(notes)] == [67, 64]


def test_every_syllable_stands_under_one_digit(song: Song) -> None:
    found = [t.syllable for bar in cipher_bars(song) for t in bar.tokens if t.syllable is not None]
    assert found == list(range(len(song.words.syllables)))


def test_melismas_are_slurred(song: Song) -> None:
    assert song.vocal is not None
    numbers = [note.syllable for note in song.vocal.notes]
    held = sum(a == b for a, b in pairwise(numbers))
    assert held > 0
    assert sum(token.slur for bar in cipher_bars(song) for token in bar.tokens) == held


def pdf_text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)


def test_the_pdf_holds_title_key_chords_sections_and_words(song: Song, tmp_path: Path) -> None:
    path = tmp_path / "not-angka.pdf"
    save_not_angka_pdf(song, path)
    text = pdf_text(path)
    for wanted in ("Hujan Turun Lagi", "do = C, la = A", "4/4", "= 76", "Bait 1", "Dm7", "dibuat mesin"):
        assert wanted in text
    letters = re.sub(r"[^a-z]", "", text)
    for line in song.words.lines:
        for syllable in line.syllables:
            assert re.sub(r"[^a-z]", "", syllable.text) in letters
    assert [path.name for path in tmp_path.iterdir()] == ["not-angka.pdf"]


def test_the_same_song_gives_the_same_bytes(song: Song, tmp_path: Path) -> None:
    save_not_angka_pdf(song, tmp_path / "a.pdf")
    save_not_angka_pdf(song, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_the_svg_shows_the_same_signs(song: Song) -> None:
    pages = not_angka_svg(song)
    words = re.findall(r"<text[^>]*>([^<]*)</text>", "".join(pages))
    assert sum(word.rstrip("-") == "rin" for word in words) == sum(s.text == "rin" for s in song.words.syllables)
    digits = [t for bar in cipher_bars(song) if not bar.is_empty for t in bar.tokens if t.symbol in "1234567"]
    drawn = re.findall(r'<text[^>]*font-size="12.5"[^>]*>([1-7])</text>', "".join(pages))
    assert drawn == [token.symbol for token in digits]


def test_an_instrumental_is_written_by_its_melody(instrumental: Song, tmp_path: Path) -> None:
    save_not_angka_pdf(instrumental, tmp_path / "a.pdf")
    text = pdf_text(tmp_path / "a.pdf")
    assert "Suling" in text
    assert "Tanpa Kata" in text


def test_a_song_of_drums_alone_shows_its_chords(song: Song, tmp_path: Path) -> None:
    drums = tuple(track for track in song.tracks if track.sound.drum)
    save_not_angka_pdf(replace(song, tracks=drums, words=Words()), tmp_path / "a.pdf")
    assert "Dm7" in pdf_text(tmp_path / "a.pdf")


def test_long_songs_take_more_pages(song_maker: Callable[..., Song], tmp_path: Path) -> None:
    form = tuple((f"Bait {n}", "verse", 8, 0.5) for n in range(1, 26))
    lines = {name: (("aku rindu kamu", "person"), ("malam ini hujan turun lagi", "person")) for name, *_ in form}
    song = song_maker(form, lines, title="Sebuah judul yang sangat panjang sekali tentang hujan " * 3)
    save_not_angka_pdf(song, tmp_path / "a.pdf")
    pages = PdfReader(tmp_path / "a.pdf").pages
    assert len(pages) >= 4
    assert "Bait 25" in pdf_text(tmp_path / "a.pdf")


def test_no_word_runs_into_the_next_or_off_the_page() -> None:
    syllables = tuple(Syllable("strengthsmmm", begins_word=True) for _ in range(16))
    notes = tuple(Note(240 * n, 240, 60 + n % 12, 80, n) for n in range(16))
    song = Song(
        "Lebar",
        (Track("Vokal", "vocal", "voice", notes),),
        sections=(Section("Bait", "verse", 0, 3840),),
        words=Words("en", (Line("x", syllables),)),
    )
    pattern = r'<text x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)"[^>]*>(strength[^<]*)</text>'
    placed = re.findall(pattern, "".join(not_angka_svg(song)))
    assert len(placed) == 16
    rows: dict[str, list[tuple[float, float]]] = {}
    for x, y, size, word in placed:
        rows.setdefault(y, []).append((float(x), float(x) + text_width(word, "Senandung", float(size))))
    for spans in rows.values():
        assert spans[-1][1] <= 595.28 - 36
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_a_folder_that_is_not_there_is_one_clear_error(song: Song, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        save_not_angka_pdf(song, tmp_path / "no" / "a.pdf")
