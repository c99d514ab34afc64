"""Songs and pieces: each way, and back."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from composing.simple_pieces import chord_composer, pieces
from senandung.composing.pieces.asked import FormPart, PieceWish
from senandung.composing.pieces.piece import Piece, PieceBar, PieceChord, PieceNote, PiecePart
from senandung.composing.pieces.players import CLASS_OF_INSTRUMENT, seats_of_instruments
from senandung.composing.pieces.score_piece import Facts, song_of_piece
from senandung.composing.pieces.song_piece import lay_song, piece_of_song
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import KeyChange, MetreChange, Note, Provenance, Song, Track
from senandung.files.hands import split_hands
from senandung.files.musicxml import musicxml_text
from senandung.files.notes import load_notes

FACTS = Facts("A piece", version="1")


def rows(bars: tuple[PieceBar, ...], part: int) -> list[tuple[PieceNote, ...]]:
    return [bar.notes[part] for bar in bars]


@given(pieces())
@settings(max_examples=60, deadline=None)
def test_notes_on_the_grid_come_back_exactly(piece) -> None:
    if not piece.note_count:
        return
    back = piece_of_song(song_of_piece(piece, FACTS))
    heard = [index for index in range(len(piece.parts)) if any(bar.notes[index] for bar in piece.bars)]
    assert [part.instrument for part in back.parts] == [piece.parts[index].instrument for index in heard]
    # silent bars at the end are no notes, but the song's section keeps them
    assert len(back.bars) == len(piece.bars)
    for place, index in enumerate(heard):
        assert rows(back.bars, place) == rows(piece.bars, index)
    for mine, theirs in zip(back.bars, piece.bars, strict=True):
        assert (mine.metre, mine.tonic, mine.mode, mine.chords) == (
            theirs.metre, theirs.tonic, theirs.mode, theirs.chords,
        )  # fmt: skip
    assert back.tempo == pytest.approx(piece.tempo, rel=1e-4)


def song_note_count(song: Song) -> int:
    return sum(len(track.notes) for track in song.tracks)


def wish(*instruments: str, **other) -> PieceWish:
    parts = tuple(part for seat in seats_of_instruments(instruments) for part in seat.parts)
    asked = {"ensemble": "chamber", "bars": 8, "metre": "4/4", "tonic": 7, "mode": "major", "tempo": 90.0, **other}
    return PieceWish({"bach": 1.0}, parts=parts, **asked)


def test_a_piano_is_one_track_and_two_parts() -> None:
    piece = chord_composer(wish("piano", ranges={PiecePart("piano"): (67, 84), PiecePart("piano", 1): (36, 50)}), 1)
    song = song_of_piece(piece, FACTS)
    assert [(track.name, track.instrument) for track in song.tracks] == [("Piano", "piano")]
    back = piece_of_song(song)
    assert back.parts == piece.parts
    assert rows(back.bars, 0) == rows(piece.bars, 0)
    assert rows(back.bars, 1) == rows(piece.bars, 1)
    assert back.ensemble == "piano"


@pytest.mark.parametrize("player", ["piano", "harpsichord", "organ"])
def test_hands_that_cross_come_back_as_they_were(player: str) -> None:
    ranges = {PiecePart(player): (55, 84), PiecePart(player, 1): (50, 80)}
    piece = chord_composer(wish(player, ranges=ranges), 3)
    song = song_of_piece(piece, FACTS)
    assert {note.staff for note in song.tracks[0].notes} == {1, 2}
    staves = [[n for n in song.tracks[0].notes if n.staff == staff] for staff in (1, 2)]
    assert min(n.pitch for n in staves[0]) < max(n.pitch for n in staves[1])
    assert piece_of_song(song).note_count == song_note_count(song)
    for hand in (0, 1):
        back = rows(piece_of_song(song).bars, hand)
        assert [n.pitch for row in back for n in row] == [n.pitch for n in staves[hand]]


def test_one_hand_alone_stays_that_hand() -> None:
    notes = tuple(Note(480 * at, 480, 50 + at, staff=2) for at in range(8))
    song = Song("A", (Track("Piano", "chords", "piano", notes),), provenance=Provenance(1, "1", "bach"))
    piece = piece_of_song(song)
    assert [len(piece.bars[0].notes[hand]) for hand in (0, 1)] == [0, 4]


def test_every_instrument_has_a_class() -> None:
    assert set(CLASS_OF_INSTRUMENT) == set(INSTRUMENTS)


def test_sections_cover_the_piece_and_feeling_is_followed() -> None:
    form = (FormPart("verse", 4), FormPart("chorus", 2), FormPart("verse", 2, 0))
    ranges = {PiecePart("violin"): (67, 88), PiecePart("cello"): (36, 55)}
    piece = chord_composer(wish("violin", "cello", form=form, ranges=ranges), 3)
    bright = song_of_piece(piece, FACTS, feeling=Feeling.named("girang"), form=form)
    dark = song_of_piece(piece, FACTS, feeling=Feeling.named("sepi"), form=form)
    assert [section.name for section in bright.sections] == ["Verse 1", "Chorus", "Verse 2"]
    assert bright.sections[-1].end == 8 * 1920
    assert bright.tracks[0].notes[0].velocity > dark.tracks[0].notes[0].velocity
    assert bright.feeling_curve[0].valence > dark.feeling_curve[0].valence
    assert [track.role for track in bright.tracks] == ["melody", "bass"]


def test_a_pickup_is_a_bar_whose_beginning_rests() -> None:
    notes = (Note(0, 480, 67), Note(480, 1440, 72), Note(1920, 1440, 74))
    song = Song("A", (Track("Flute", "melody", "flute", notes),),
                metres=(MetreChange(0, Metre(1, 4)), MetreChange(480, Metre(3, 4))))  # fmt: skip
    laid = lay_song(song)
    assert [bar.metre for bar in laid.piece.bars] == ["3/4", "3/4", "3/4"]
    assert laid.piece.bars[0].notes[0] == (PieceNote(48, 67, 24),)
    assert (laid.shift, laid.starts[:2]) == (960, (0, 480))


def test_notes_off_the_grid_go_to_the_nearest_step_of_the_right_bar() -> None:
    song = Song("A", (Track("Flute", "melody", "flute", (Note(9, 470, 67), Note(1913, 480, 72))),))
    bars = piece_of_song(song).bars
    assert bars[0].notes[0] == (PieceNote(0, 67, 24),)
    assert bars[1].notes[0] == (PieceNote(0, 72, 24),)


def test_a_metre_that_is_unknown_is_named() -> None:
    song = Song("A", (Track("Flute", "melody", "flute", (Note(0, 480, 67),)),), metres=(MetreChange(0, Metre(11, 8)),))
    with pytest.raises(InvalidValueError, match="bar 1 must have a metre that the composer knows, got 11/8"):
        piece_of_song(song)


def test_a_key_that_no_file_states_is_found() -> None:
    scale = (67, 69, 71, 72, 74, 76, 78, 79)
    notes = tuple(Note(480 * at, 480, pitch) for at, pitch in enumerate([*scale, 78, 74, 71, 74, 72, 69, 67, 67]))
    found = piece_of_song(Song("A", (Track("Flute", "melody", "flute", notes),))).bars[0]
    assert (found.tonic, found.mode) == (7, "major")
    ours = Song("A", (Track("Flute", "melody", "flute", notes),), keys=(KeyChange(0, Key.parse("C")),),
                provenance=Provenance(1, "1", "bach"))  # fmt: skip
    assert piece_of_song(ours).bars[0].tonic == 0  # a song of ours states what it is in


def test_bars_and_needed_tracks_can_be_chosen() -> None:
    piece = chord_composer(wish("violin", "cello", bars=6), 2)
    song = song_of_piece(piece, FACTS)
    silent = replace(song, tracks=(*song.tracks, Track("Oboe", "counter", "oboe", ())))
    laid = lay_song(silent, bars=range(2, 4), needed=("Oboe",))
    assert laid.columns == ((0,), (1,), (2,))
    assert rows(laid.piece.bars, 0) == rows(piece.bars[2:4], 0)
    assert (laid.piece.opening, laid.piece.bars_after, laid.first) == (False, 2, 2)


def test_more_parts_of_a_class_than_slots_are_left_out() -> None:
    tracks = tuple(Track(f"Flute {i}", "counter", "flute", (Note(0, 480, 72 + i),)) for i in range(6))
    laid = lay_song(Song("A", tracks), needed=("Flute 5",))
    assert [bool(columns) for columns in laid.columns] == [True, True, True, False, False, True]
    assert len(laid.piece.parts) == 4


@pytest.mark.parametrize("name", ["example.abc", "example.krn"])
def test_files_of_others_are_laid_out(tmp_path: Path, name: str) -> None:
    texts = {
        "example.abc": "X:1\nT:Tune\nM:3/4\nL:1/4\nK:Em\nB,|E2 G|F2 A|G2 B|A2 c|B2 G|F2 D|E3|E2|]\n",
        "example.krn": "**kern\t**kern\n*M3/4\t*M3/4\n*e:\t*e:\n=1\t=1\n2.E\t2.e\n=2\t=2\n2.B\t2.f#\n==\t==\n*-\t*-\n",
    }
    path = tmp_path / name
    path.write_text(texts[name], encoding="utf-8")
    piece = piece_of_song(load_notes(path))
    assert {(bar.tonic, bar.mode) for bar in piece.bars} == {(4, "minor")}
    assert piece.bars[1].metre == "3/4"
    assert piece.ensemble == ("tune" if name.endswith("abc") else "piano")
    assert piece.note_count == (15 if name.endswith("abc") else 4)


def line(name: str, instrument: str, role: str = "counter", low: int = 60) -> Track:
    return Track(name, role, instrument, tuple(Note(480 * at, 480, low + at % 3) for at in range(8)))


@pytest.mark.parametrize(
    ("tracks", "classes"),
    [
        ((line("Violin 1", "strings", "vocal"), line("Violoncello", "strings"), line("Contrabass", "harp")),
         ["violin", "cello", "contrabass"]),
        ((line("Gesang", "oboe", "vocal"), line("right", "piano"), line("left", "piano", low=40)),
         ["voice", "piano", "piano"]),
        (tuple(line(str(at), "piano", "vocal" if at == 0 else "counter") for at in range(4)),
         ["soprano", "alto", "tenor", "basso"]),
        ((line("Tune", "piano"),), ["melody"]),
        ((line("Drums", "drums", "drums", 40),), ["drums"]),
    ],
)  # fmt: skip
def test_parts_of_files_are_what_they_are_called(tracks: tuple[Track, ...], classes: list[str]) -> None:
    assert [part.instrument for part in piece_of_song(Song("A", tracks)).parts] == classes


def test_hands_stay_where_they_are() -> None:
    notes = [Note(240 * at, 240, pitch) for at, pitch in enumerate((48, 55, 52, 55) * 4)]
    notes += [Note(480 * at, 480, pitch) for at, pitch in enumerate((72, 74, 76, 62, 64, 65, 72, 71))]
    notes += [Note(480 * at, 240, 69) for at in (0, 4)]  # shorter than the lower notes of its chord
    right, left = split_hands(notes)
    assert [note.pitch for note in sorted(left)] == [48, 55, 52, 55] * 4
    assert len(right) == 10


def test_too_many_of_a_kind_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="at most 2 of piano"):
        seats_of_instruments(["piano"] * 3)


def test_chords_are_named_as_the_notes_under_them() -> None:
    pitches = (64, 70, 71, 73, 76, 70, 71, 67)  # E minor, with A sharp as the leading note of B
    row = tuple(PieceNote(12 * at, pitch, 12) for at, pitch in enumerate(pitches))
    chords = (PieceChord(4, "min"), PieceChord(10, "dim7"))
    bars = tuple(PieceBar("4/4", 4, "minor", chords, (row,)) for _ in range(4))
    piece = Piece("bach", "solo", (PiecePart("violin"),), bars, 90.0)
    song = song_of_piece(piece, FACTS)
    assert [span.chord.letters() for span in song.chords[:2]] == ["Em", "A#dim7"]
    assert {str(name) for (_, _, pitch), name in song.names.items() if pitch == 70} == {"A#"}
    assert re.search(r"<root-step>A</root-step>\s*<root-alter>1</root-alter>", musicxml_text(song))
