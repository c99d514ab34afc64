"""The grammar's rules one by one; that together they never fail is test_decode_fuzz's matter."""

from __future__ import annotations

import numpy as np
import pytest

from senandung.composing.decoding.compass import COMPASS, compass_of
from senandung.composing.decoding.grammar import (
    PieceGrammar,
    carried_on,
    chord_of,
    chord_token,
    compasses_of,
    head_chords,
    header_tokens,
)
from senandung.composing.decoding.plan_chords import given_chords
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.piece import INSTRUMENT_CLASSES, PieceBar, PieceChord, PieceNote, PiecePart
from senandung.composing.pieces.tokens import encode_header
from senandung.composing.pieces.vocabulary import IDS, NAMES
from senandung.domain.errors import InvalidValueError
from senandung.domain.instruments import INSTRUMENTS

PIANO = (PiecePart("piano"), PiecePart("piano", 1))


def wish(**changes: object) -> PieceWish:
    fields: dict[str, object] = {
        "styles": {"bach": 1.0}, "ensemble": "piano", "parts": PIANO, "bars": 4, "metre": "4/4", "tonic": 0,
        "mode": "major", "tempo": 100.0,
    }  # fmt: skip
    return PieceWish(**{**fields, **changes})  # type: ignore[arg-type]


def begun(asked: PieceWish, text: str = "") -> PieceGrammar:
    """A grammar that has read a header and some tokens, each of which it allowed."""
    reader = Follower()
    for token in header_tokens(asked, 0, asked.style):
        reader.feed(token)
    grammar = PieceGrammar(asked, reader, given_chords(asked))
    for name in text.split():
        assert grammar.allow()[IDS[name]], name
        grammar.read(IDS[name])
    return grammar


def allowed(grammar: PieceGrammar, kind: str = "") -> list[str]:
    names = [NAMES[int(token)] for token in np.flatnonzero(grammar.allow())]
    return [name for name in names if name.startswith(kind)]


def test_a_header_says_what_the_encoder_would() -> None:
    asked = wish()
    bar = PieceBar("4/4", 0, "major", (None, None), ((), ()))
    from senandung.composing.pieces.piece import Piece

    piece = Piece("bach", "piano", PIANO, (bar,) * 4, 100.0)
    assert header_tokens(asked, 0, "bach") == encode_header(piece)
    assert NAMES[header_tokens(asked, 2, "bach")[0]] == "middle"


def test_the_countdown_and_the_end_are_forced() -> None:
    assert allowed(begun(wish())) == ["bar:4"]
    last = begun(wish(bars=1), "bar:1 chord:0:maj track:piano.0 pitch:60 len:96 track:piano.1 pitch:48 len:96")
    assert "end" in allowed(last)
    assert allowed(last, "bar") == []


def test_a_bar_has_one_chord_or_two_and_the_last_the_tonic() -> None:
    grammar = begun(wish(), "bar:4 chord:0:maj")
    assert "chord:7:maj" in allowed(grammar)
    assert "chord:0:maj" not in allowed(grammar)
    grammar = begun(wish(), "bar:4 chord:0:maj chord:7:maj")
    assert allowed(grammar, "chord") == []
    assert allowed(begun(wish(metre="3/4"), "bar:4 chord:0:maj"), "chord") == []
    assert allowed(begun(wish(bars=1), "bar:1")) == ["chord:0:maj"]
    before_last = allowed(begun(wish(bars=2, metre="3/4"), "bar:2"))
    assert "chord:7:7" in before_last
    assert "chord:0:maj" not in before_last


def test_given_chords_are_forced() -> None:
    chords = ((PieceChord(9, "min"), PieceChord(2, "7")), (), (None, None), ())
    asked = wish(chords=chords)
    assert allowed(begun(asked, "bar:4")) == ["chord:9:min"]
    assert allowed(begun(asked, "bar:4 chord:9:min")) == ["chord:2:7"]


def test_tracks_come_once_in_the_order_of_the_header() -> None:
    grammar = begun(wish(), "bar:4 chord:0:maj chord:7:maj")
    assert allowed(grammar) == ["track:piano.0", "track:piano.1"]
    grammar = begun(wish(), "bar:4 chord:0:maj track:piano.1 pitch:48 len:24")
    assert allowed(grammar, "track") == []
    assert allowed(grammar, "bar") == ["bar:3"]


def test_a_row_begins_with_a_length_and_moves_on() -> None:
    grammar = begun(wish(), "bar:4 chord:0:maj track:piano.0 pitch:60")
    assert {name.partition(":")[0] for name in allowed(grammar)} == {"len"}
    grammar = begun(wish(), "bar:4 chord:0:maj track:piano.0 pitch:60 len:24")
    assert "pos:0" not in allowed(grammar)  # behind the note's start
    assert "pos:24" not in allowed(grammar)  # implied
    assert "pos:12" in allowed(grammar)
    assert "mate:60" not in allowed(grammar)
    assert "mate:64" in allowed(grammar)
    assert "mate:77" not in allowed(grammar)  # beyond the hand


def test_a_key_is_not_struck_while_it_sounds() -> None:
    grammar = begun(wish(), "bar:4 chord:0:maj track:piano.0 pitch:60 len:96 pos:24")
    assert "pitch:60" not in allowed(grammar)
    assert "pitch:62" in allowed(grammar)
    over = "bar:4 chord:0:maj track:piano.0 pos:48 pitch:60 len:72 bar:3 chord:0:maj track:piano.0"
    assert "pitch:60" not in allowed(begun(wish(), over))
    assert "pitch:60" in allowed(begun(wish(), over + " pos:24"))


def test_one_voice_is_one_voice() -> None:
    flute = wish(parts=(PiecePart("flute"),), ensemble="solo")
    grammar = begun(flute, "bar:4 chord:0:maj track:flute.0 pitch:72 len:24")
    assert allowed(grammar, "mate") == []
    assert "pos:12" not in allowed(grammar)
    over = "bar:4 chord:0:maj track:flute.0 pos:48 pitch:72 len:60 bar:3 chord:0:maj track:flute.0"
    grammar = begun(flute, over)
    assert allowed(grammar, "pitch") == []
    assert allowed(grammar, "pos")[0] == "pos:12"


def test_pitches_are_those_of_the_instrument_in_every_key() -> None:
    for tonic in range(12):
        asked = wish(parts=(PiecePart("violin"),), ensemble="solo", tonic=tonic)
        grammar = begun(asked, "bar:4 chord:0:maj track:violin.0")
        shift = tonic - 12 if tonic > 6 else tonic
        numbers = [int(name.partition(":")[2]) + shift for name in allowed(grammar, "pitch")]
        assert (min(numbers), max(numbers)) == COMPASS["violin"][:2]


def test_a_wished_range_is_kept_and_one_without_a_pitch_refused() -> None:
    asked = wish(ranges={PIANO[0]: (60, 62)})
    grammar = begun(asked, "bar:4 chord:0:maj track:piano.0")
    assert allowed(grammar, "pitch") == ["pitch:60", "pitch:61", "pitch:62"]
    with pytest.raises(InvalidValueError, match="the range of piano must hold a pitch"):
        compasses_of(wish(ranges={PIANO[0]: (0, 5)}))


def test_no_note_ends_behind_the_piece() -> None:
    last = begun(wish(bars=1), "bar:1 chord:0:maj track:piano.0 pos:48 pitch:64")
    assert allowed(last, "len")[-1] == "len:48"
    second = begun(wish(bars=2), "bar:2 chord:7:maj track:piano.0 pitch:64")
    assert allowed(second, "len")[-1] == "len:96"
    early = begun(wish(bars=3), "bar:3 chord:7:maj track:piano.0 pitch:64")
    assert allowed(early, "len")[-1] == "len:192"


def test_the_last_bass_is_the_tonic() -> None:
    grammar = begun(wish(bars=1), "bar:1 chord:0:maj track:piano.0 pitch:64 len:96 track:piano.1 pos:72")
    assert {int(name.partition(":")[2]) % 12 for name in allowed(grammar, "pitch")} == {0}


def test_drum_strokes_are_drums_at_places() -> None:
    kit = wish(parts=(PiecePart("drums"),), ensemble="drums")
    grammar = begun(kit, "bar:4 chord:none track:drums.0")
    assert "pos:0" in allowed(grammar)
    assert {name.partition(":")[0] for name in allowed(grammar)} == {"pos"}
    grammar = begun(kit, "bar:4 chord:none track:drums.0 pos:0 drum:36")
    assert "drum:36" not in allowed(grammar)
    assert "drum:42" in allowed(grammar)


@pytest.mark.parametrize("tonic", range(12))
def test_chords_and_their_tokens(tonic: int) -> None:
    for chord in (None, PieceChord(3, "min7"), PieceChord(11, "dim")):
        assert chord_of(chord_token(chord, tonic), tonic) == chord
    one, two = PieceChord(0, "maj"), PieceChord(7, "7")
    assert len(head_chords((one, one), tonic)) == 1
    assert len(head_chords((one, two), tonic)) == 2


def test_what_rings_over_a_bar_line_is_counted_from_it() -> None:
    first = PieceBar("4/4", 0, "major", (None, None), ((PieceNote(0, 60, 200), PieceNote(90, 64, 10)),))
    second = PieceBar("3/4", 0, "major", (None,), ((PieceNote(0, 67, 72),),))
    assert sorted(carried_on((first,), 0)) == [(4, 64), (104, 60)]
    assert carried_on((first, second), 0) == ((32, 60),)


def test_every_class_has_a_compass_inside_its_instruments() -> None:
    assert set(COMPASS) == set(INSTRUMENT_CLASSES)
    for name, compass in COMPASS.items():
        assert compass.low + 12 <= compass.high
        if name in INSTRUMENTS and name not in ("drums", "voice"):
            assert INSTRUMENTS[name].low <= compass.low, name
            assert compass.high <= INSTRUMENTS[name].high, name
    assert compass_of(PiecePart("piano"), 1) == COMPASS["piano"]
