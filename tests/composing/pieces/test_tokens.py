"""Tokens of the neural composer: round trips, grammar, chords from notes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.pieces.chord_reading import read_chords
from senandung.composing.pieces.piece import (
    CHORD_TONES,
    ENSEMBLES,
    INSTRUMENT_CLASSES,
    METRES,
    MODES,
    Piece,
    PieceBar,
    PieceChord,
    PieceNote,
    PiecePart,
)
from senandung.composing.pieces.tokens import DRUM_LENGTH, decode, encode, encode_bars, encode_header
from senandung.composing.pieces.vocabulary import (
    BARS_LEFT,
    DRUM_KEYS,
    IDS,
    LENGTHS,
    NAMES,
    SIZE,
    STYLE_TOKENS,
    TEMPO_EDGES,
    bars_left_edge,
    nearest_length,
    tempo_bin,
    tempo_of_bin,
)
from senandung.domain.errors import InvalidValueError

CHORDS = st.one_of(st.none(), st.builds(PieceChord, st.integers(0, 11), st.sampled_from(sorted(CHORD_TONES))))


@st.composite
def rows(draw: st.DrawFn, steps: int, drums: bool) -> tuple[PieceNote, ...]:
    places = draw(st.sets(st.tuples(st.integers(0, steps - 1), st.integers(27, 87)), max_size=8))
    found = []
    for start, pitch in sorted(places):
        if drums:
            found.append(PieceNote(start, pitch, DRUM_LENGTH))
        else:
            found.append(PieceNote(start, pitch, draw(st.sampled_from(LENGTHS)), draw(st.booleans())))
    return tuple(found)


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    parts = draw(
        st.lists(
            st.builds(PiecePart, st.sampled_from(INSTRUMENT_CLASSES), st.integers(0, 3)),
            min_size=1, max_size=4, unique=True,
        )
    )  # fmt: skip
    bars = []
    for _ in range(draw(st.integers(1, 4))):
        metre = draw(st.sampled_from(sorted(METRES)))
        shape = METRES[metre]
        chords = tuple(draw(CHORDS) for _ in range(2 if shape.halves else 1))
        notes = tuple(draw(rows(shape.steps, part.instrument == "drums")) for part in parts)
        bars.append(PieceBar(metre, draw(st.integers(0, 11)), draw(st.sampled_from(MODES)), chords, notes))
    bins = st.one_of(st.none(), st.integers(0, 4))
    return Piece(
        draw(st.sampled_from(STYLE_TOKENS)),
        draw(st.sampled_from(ENSEMBLES)),
        tuple(parts),
        tuple(bars),
        draw(st.one_of(st.none(), st.sampled_from([tempo_of_bin(i) for i in range(len(TEMPO_EDGES) + 1)]))),
        draw(bins),
        draw(bins),
        0,
        draw(st.booleans()),
    )


@settings(max_examples=150, deadline=None)
@given(pieces())
def test_tokens_and_back(piece: Piece) -> None:
    assert decode(encode(piece)) == piece


@given(pieces(), st.integers(1, 100))
@settings(max_examples=30, deadline=None)
def test_an_unfinished_piece_keeps_its_bars_and_counts_down(piece: Piece, after: int) -> None:
    unfinished = Piece(piece.style, piece.ensemble, piece.parts, piece.bars, bars_after=after)
    tokens = encode(unfinished)
    assert tokens[-1] != IDS["end"]
    again = decode(tokens)
    assert again.bars == piece.bars
    assert again.bars_after == bars_left_edge(after + 1) - 1


def _scale(*, second: int = 60) -> Piece:
    notes = (PieceNote(0, 60, 24), PieceNote(24, 62, 24), PieceNote(48, 64, 48))
    bar = PieceBar("4/4", 0, "major", (None, None), (notes,))
    other = PieceBar("4/4", second % 12, "major", (None, None), (tuple(n._replace(pitch=n.pitch + 2) for n in notes),))
    return Piece("bach", "piano", (PiecePart("piano"),), (bar, other))


def test_what_is_implied_is_left_out() -> None:
    names = [NAMES[token] for token in encode_bars(_scale())[0]]
    assert names == [
        "bar:2", "chord:none", "track:piano.0", "pitch:60", "len:24", "pitch:62", "pitch:64", "len:48"
    ]  # fmt: skip


def test_music_in_another_key_has_the_same_tokens() -> None:
    first, second = encode_bars(_scale(second=2))
    assert [NAMES[t] for t in second[1:3]] == ["shift:2", "mode:major"]
    assert second[3:] == first[1:]


def test_a_header_in_the_middle_states_the_key_of_its_bar() -> None:
    header = [NAMES[token] for token in encode_header(_scale(second=2), bar=1)]
    assert header[0] == "middle"
    assert header[6:9] == ["metre:4/4", "tonic:2", "mode:major"]


HEADER = (
    "opening style:bach ensemble:piano tempo:any valence:any arousal:any metre:4/4 tonic:0 mode:major track:piano.0"
)


@pytest.mark.parametrize(
    ("tokens", "match"),
    [
        ("opening bar:1", "token 1 must be a style"),
        (HEADER + " bar:1 chord:none track:flute.0", "must stand in the header"),
        (HEADER + " bar:1 chord:none track:piano.0 pitch:60 end", "must have a length"),
        (HEADER + " bar:1 chord:none pitch:60", "must end where the piece does"),
    ],
)
def test_broken_tokens_are_refused(tokens: str, match: str) -> None:
    with pytest.raises(InvalidValueError, match=match):
        decode([IDS[name] for name in tokens.split()])


def test_the_vocabulary_has_no_name_twice_and_fits_eleven_bits() -> None:
    assert len(IDS) == len(NAMES) == SIZE <= 2048


@given(st.integers(1, 2000))
def test_bins_hold_their_values(number: int) -> None:
    assert bars_left_edge(number) <= number
    assert bars_left_edge(number) in BARS_LEFT
    assert nearest_length(nearest_length(number)) == nearest_length(number)


@pytest.mark.parametrize("index", range(len(TEMPO_EDGES) + 1))
def test_a_tempo_of_a_bin_lies_in_it(index: int) -> None:
    assert tempo_bin(tempo_of_bin(index)) == index


def test_drum_keys_are_general_midi() -> None:
    assert DRUM_KEYS[0] == 27
    assert DRUM_KEYS[-1] == 87


@pytest.mark.parametrize("root", range(12))
@pytest.mark.parametrize("quality", [q for q in CHORD_TONES if q not in ("aug", "dim7", "min7", "sus4")])
def test_plain_chords_are_read_whatever_their_root(root: int, quality: str) -> None:
    profile = np.zeros((1, 12))
    for tone in CHORD_TONES[quality]:
        profile[0, (root + tone) % 12] = 1.0
    assert read_chords(profile, [root]) == [PieceChord(root, quality)]


def test_passing_notes_do_not_change_a_chord() -> None:
    profile = np.zeros((1, 12))
    profile[0, [0, 4, 7]] = [48, 40, 40]
    profile[0, [2, 5]] = 12
    assert read_chords(profile, [0]) == [PieceChord(0, "maj")]
    assert read_chords(np.zeros((1, 12)), [-1]) == [None]
