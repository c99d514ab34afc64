"""Wishes that the data carry, drawn or asked for; and what the decoder makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composing.networks import RandomNetwork
from composing.simple_pieces import chord_composer
from senandung.composing.catalogue import KINDS, TITLES, cell_of, choose, composer_styles, ensembles_of, usual_ensemble
from senandung.composing.decoding.decode import compose_piece
from senandung.composing.pieces.asked import FormPart, PieceWish
from senandung.composing.pieces.ensembles import ensemble_of
from senandung.composing.pieces.piece import METRES, PieceBar, PieceChord, PiecePart
from senandung.composing.pieces.score_piece import Facts, song_of_piece
from senandung.composing.pieces.song_piece import bar_lines, piece_of_song
from senandung.composing.plan import Wishes
from senandung.composing.wishing import ask
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.metre import Metre

PIANO = {"styles": {"bach": 1.0}, "ensemble": "piano", "parts": (PiecePart("piano"),), "bars": 4, "metre": "4/4",
         "tonic": 0, "mode": "major", "tempo": 96.0}  # fmt: skip


@pytest.mark.parametrize("name", composer_styles())
def test_every_style_has_a_wish_for_each_of_its_ensembles(name: str) -> None:
    chosen = choose(name)
    ensembles = [usual_ensemble(chosen)] if name in KINDS else list(ensembles_of(chosen))
    for ensemble in ensembles:
        asked = ask(chosen, Wishes(ensemble=(ensemble,)), seed=1)
        assert asked.wish.ensemble == ensemble
        assert asked.wish.parts == tuple(part for seat in asked.seats for part in seat.parts)
        for seat in asked.seats:
            for part in seat.parts:
                low, high = asked.wish.ranges[part]
                assert seat.sound.plays(low)
                assert seat.sound.plays(high)
                assert high - low >= 7


@given(st.integers(0, 2**40), st.sampled_from(["bach", "mozart", "joplin", "chopin+band", "hymn", "folk"]),
       st.one_of(st.none(), st.tuples(st.floats(-1, 1), st.floats(-1, 1))))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_what_is_drawn_is_what_the_works_have(seed: int, style: str, place: tuple[float, float] | None) -> None:
    chosen = choose(style)
    feeling = None if place is None else Feeling.at(*place)
    wish = ask(chosen, Wishes(), feeling=feeling, seed=seed).wish
    cell = cell_of(chosen, wish.ensemble)
    assert cell is not None
    assert wish.metre in cell.metres
    assert 10 <= wish.tempo <= 240
    if feeling is None:
        assert f"{wish.tonic} {wish.mode}" in cell.keys
        assert wish.valence is None
    elif abs(feeling.valence) >= 0.15:
        assert (wish.mode in ("major", "mixolydian")) == (feeling.valence > 0)
    assert wish == ask(chosen, Wishes(), feeling=feeling, seed=seed).wish


def test_arousal_is_the_place_among_the_usual_tempos() -> None:
    tempos = [
        ask(choose("mozart"), Wishes(ensemble=("piano",)), feeling=Feeling.at(0.5, arousal), seed=2).wish.tempo
        for arousal in (-0.9, -0.3, 0.3, 0.9)
    ]
    assert tempos == sorted(tempos)
    assert tempos[-1] > 1.4 * tempos[0]


def test_the_docs_count_the_styles() -> None:
    composers = sum(name in TITLES for name in composer_styles())
    docs = Path(__file__).parents[2] / "docs"
    assert f"{composers} composers" in (docs / "styles.md").read_text(encoding="utf-8")
    assert f"{composers} composers and {len(KINDS)} kinds" in (docs / "changelog.md").read_text(encoding="utf-8")


def test_without_a_length_a_piece_lasts_about_a_hundred_seconds() -> None:
    for tempo, metre, bars in ((96.0, Metre(4, 4), 40), (60.0, Metre(4, 4), 24), (240.0, Metre(2, 4), 96)):
        wish = ask(choose("bach"), Wishes(bpm=tempo, metre=metre), seed=1).wish
        assert wish.bars == bars


def test_a_bright_feeling_lies_higher() -> None:
    dark, bright = (
        ask(choose("mozart"), Wishes(), feeling=Feeling.at(valence, 0.0), seed=1).wish.ranges for valence in (-0.9, 0.9)
    )
    assert all(bright[part][1] >= dark[part][1] for part in dark)
    assert sum(bright[part][0] - dark[part][0] for part in dark) >= 16


def test_a_kind_of_music_names_the_ensemble_and_a_composer_does_not() -> None:
    assert usual_ensemble(choose("chopin+orchestra")) == "orchestra"
    assert dict(choose("chopin+orchestra").weights) == {"chopin": 1.0}
    assert dict(choose("bach:3+chopin:1").weights) == {"bach": 0.75, "chopin": 0.25}
    assert choose(" Bach ").name == "bach"


def test_the_songs_parts_make_the_ensemble_that_was_asked() -> None:
    asked = ask(choose("beethoven"), Wishes(ensemble=("violin", "violin", "viola", "cello")), seed=1)
    assert asked.wish.ensemble == "quartet" == ensemble_of([part.instrument for part in asked.wish.parts])


@pytest.mark.parametrize(
    ("style", "ensemble"),
    [("bach", ("violin", "cello", "harpsichord")), ("chopin+band", ()), ("hymn", ()), ("folk", ("flute",)),
     ("orchestra", ()), ("zielenski", ())],
)  # fmt: skip
def test_the_decoder_keeps_to_the_wish_and_the_song_can_be_read_again(style: str, ensemble: tuple[str, ...]) -> None:
    asked = ask(choose(style), Wishes(ensemble=ensemble, bars=6), seed=3)
    piece = compose_piece(asked.wish, RandomNetwork(4), seed=5)
    song = song_of_piece(piece, Facts("A", version="1"), seats=asked.seats, tempo=asked.wish.tempo)
    assert len(bar_lines(song)) - 1 == 6
    assert [track.instrument for track in song.tracks] == [seat.instrument for seat in asked.seats]
    for track in song.tracks:
        assert track.notes
        assert all(INSTRUMENTS[track.instrument].plays(note.pitch) for note in track.notes)
    assert len(piece_of_song(song).bars) == 6


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"styles": {"bach": 0.5}}, "must sum to 1"),
        ({"styles": {"bahc": 1.0}}, "a style must have a token, got 'bahc'"),
        ({"parts": ()}, r"must have 1\.\.24 parts"),
        ({"bars": 0}, "bars must be a whole number"),
        ({"metre": "11/8"}, "a metre must be one that can be learnt"),
        ({"tempo": float("nan")}, "a tempo must be in"),
        ({"valence": 7}, "a bin of valence"),
        ({"chords": ((PieceChord(0, "maj"),),) * 4}, "bar 1 of 4/4 must have 2 chord slots"),
        ({"chords": ((),) * 3}, "chords must be given for every bar"),
        ({"ranges": {PiecePart("violin"): (60, 70)}}, "a range must belong to a part"),
        ({"ranges": {PiecePart("piano"): (70, 60)}}, "must rise"),
        ({"form": (FormPart("verse", 3),)}, "the sections of a form must last 4 bars"),
        ({"form": (FormPart("verse", 4, 0),)}, "must come back from an earlier one"),
        ({"opening": (PieceBar("4/4", 0, "major", (None, None), ((),)),) * 4}, "an opening must be shorter"),
    ],
)
def test_a_wish_checks_itself(changed: dict, match: str) -> None:
    with pytest.raises(InvalidValueError, match=match):
        PieceWish(**{**PIANO, **changed})


def test_a_wish_knows_its_bars() -> None:
    opening = (PieceBar("3/4", 0, "major", (PieceChord(0, "maj"),), ((),)),)
    chords = ((), (PieceChord(5, "maj"), None), (), ())
    wish = PieceWish(**{**PIANO, "opening": opening, "chords": chords})
    assert [wish.metre_at(bar) for bar in range(3)] == ["3/4", "4/4", "4/4"]
    assert [wish.chords_at(bar) for bar in range(3)] == [(PieceChord(0, "maj"),), (PieceChord(5, "maj"), None), ()]
    piece = chord_composer(replace(wish, tonic=5), 1)
    assert [METRES[bar.metre].steps for bar in piece.bars] == [72, 96, 96, 96]
