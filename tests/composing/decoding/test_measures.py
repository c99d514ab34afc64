"""Measures on pieces whose answers are known, and what must hold for every piece."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.decoding.measures import form, rhythm, tonal, voices
from senandung.composing.decoding.measures.bands import FAMILY_OF, Band, bands, reference, strayed
from senandung.composing.decoding.measures.flat import flatten
from senandung.composing.decoding.measures.table import MEASURES, measure
from senandung.composing.pieces.piece import ENSEMBLES, Piece, PieceBar, PieceChord, PieceNote, PiecePart
from senandung.composing.pieces.vocabulary import STYLE_TOKENS
from senandung.domain.errors import InvalidValueError

VIOLIN, CELLO, DRUMS = PiecePart("violin"), PiecePart("cello"), PiecePart("drums")
C, F, G = PieceChord(0, "maj"), PieceChord(5, "maj"), PieceChord(7, "maj")


def bar(*rows: list[tuple[int, int, int]], chords: tuple[PieceChord | None, ...] = (C, C)) -> PieceBar:
    return PieceBar("4/4", 0, "major", chords, tuple(tuple(PieceNote(*note) for note in row) for row in rows))


def quarters(*pitches: int) -> list[tuple[int, int, int]]:
    return [(24 * index, pitch, 24) for index, pitch in enumerate(pitches)]


def piece(*bars: PieceBar, parts: tuple[PiecePart, ...] = (VIOLIN,), after: int = 0) -> Piece:
    return Piece("any", "chamber", parts, bars, bars_after=after)


def test_tonality_of_a_known_piece() -> None:
    flat = flatten(piece(bar(quarters(60, 64, 67, 66))))
    assert tonal.pitch_class_entropy(flat) == pytest.approx(2.0)
    assert tonal.scale_consistency(flat) == 1.0  # G major holds all four
    place = tonal.register(flat)
    assert place is not None
    assert np.allclose(place, (64.25, 2.6809513))
    chromatic = flatten(piece(bar(quarters(60, 61, 62, 63)), bar(quarters(64, 65, 66, 67))))
    assert tonal.pitch_class_entropy(chromatic) == pytest.approx(3.0)
    assert tonal.stretch_entropy(chromatic, 1) == pytest.approx(2.0)
    assert tonal.stretch_entropy(chromatic, 4) is None
    assert tonal.scale_consistency(chromatic) == pytest.approx(5 / 8)


def test_dissonance_counts_pairs_where_notes_begin() -> None:
    chord = flatten(piece(bar([(0, 60, 96), (0, 64, 96), (0, 67, 96)])))
    assert tonal.dissonant_pairs(chord) == 0.0
    held = flatten(piece(bar([(0, 60, 48), (24, 61, 24)])))
    assert tonal.dissonant_pairs(held) == 1.0
    seventh = flatten(piece(bar([(0, 67, 96), (0, 71, 96), (0, 74, 96), (0, 77, 96)])))
    assert tonal.dissonant_pairs(seventh) == pytest.approx(2 / 6)  # g-f and b-f
    assert tonal.dissonant_pairs(seventh, (6,)) == pytest.approx(1 / 6)
    assert tonal.dissonant_pairs(flatten(piece(bar(quarters(60, 61))))) is None
    doubled = piece(bar([(0, 60, 96)], [(0, 60, 96)]), parts=(VIOLIN, CELLO))
    assert tonal.dissonant_pairs(flatten(doubled)) is None  # one pitch, sounded twice
    octave = piece(bar([(0, 72, 96)], [(0, 60, 96)]), parts=(VIOLIN, CELLO))
    assert tonal.dissonant_pairs(flatten(octave)) == 0.0


def test_last_bass() -> None:
    ending = piece(bar(quarters(60, 62)), bar([(0, 48, 96), (24, 64, 72)]))
    assert tonal.final_bass_on_tonic(flatten(ending), ending) == 1.0
    other = piece(bar([(0, 48, 24), (24, 64, 72)]))
    assert tonal.final_bass_on_tonic(flatten(other), other) == 0.0
    cut = replace(ending, bars_after=3)
    assert tonal.final_bass_on_tonic(flatten(cut), cut) is None


def test_groove() -> None:
    steady = flatten(piece(*[bar(quarters(60, 62, 64, 65))] * 3))
    assert rhythm.groove_consistency(steady) == 1.0
    assert rhythm.groove_similarity(steady) == 1.0
    change = flatten(piece(bar(quarters(60, 62, 64, 65)), bar([(0, 60, 96)])))
    assert rhythm.groove_consistency(change) == pytest.approx(1 - 3 / 48)
    assert rhythm.groove_similarity(change) == pytest.approx(1 - 3 / 16)
    three = PieceBar("3/4", 0, "major", (C,), ((PieceNote(0, 60, 72),),))
    assert rhythm.groove_consistency(flatten(piece(bar(quarters(60)), three))) is None


def test_density_polyphony_and_who_plays() -> None:
    both = piece(
        bar(quarters(72, 74), [(0, 48, 192)]), bar([], []), bar(quarters(72), []), bar([], []), parts=(VIOLIN, CELLO)
    )
    flat = flatten(both)
    assert rhythm.notes_per_quarter(flat) == 4 / 16
    assert rhythm.onsets_per_quarter(flat) == 3 / 16
    assert rhythm.polyphony(flat) == pytest.approx((2 + 2 + 1) / 3)
    assert rhythm.shares_of_bars(flat) == (0.5, 0.5)  # the cello's note is held into the second bar


def test_repeated_bars_are_counted_by_part() -> None:
    one, other = quarters(60, 62, 64, 65), quarters(67, 65)
    same = piece(bar(one, other), bar(one, one), bar(one, other), bar([], []), parts=(VIOLIN, CELLO))
    assert form.repeated_bars(same) == pytest.approx(3 / 6)
    longer = piece(bar([(0, 60, 24)]), bar([(0, 60, 48)]))
    assert form.repeated_bars(longer) == 0.0


def test_irregularity_of_chords() -> None:
    turn = [bar(quarters(60), chords=(one, other)) for one, other in ((C, C), (F, F), (G, G))]
    assert form.chord_irregularity(piece(*turn, *turn, *turn)) == pytest.approx(3 / 7)
    assert form.chord_irregularity(piece(*turn)) is None


def scale_bars(firsts: list[int]) -> list[PieceBar]:
    return [bar([(24 * beat, 48 + (first * 7 + beat * beat * (first + 1)) % 36, 24) for beat in range(4)])
            for first in firsts]  # fmt: skip


def test_structure_is_found_where_it_is() -> None:
    returning = form.structureness(np.kron(np.eye(4), np.eye(4)) + np.kron(np.ones((4, 4)) - np.eye(4), np.eye(4)))
    assert returning["short"] == pytest.approx(0.75)  # four times four bars: three quarters are not the segment itself
    none = form.structureness(np.eye(16))
    assert none == {"short": 0.0, "mid": 0.0}
    again = np.eye(24)
    again[np.arange(12), np.arange(12) + 12] = again[np.arange(12) + 12, np.arange(12)] = 1.0
    # 12 bars that return once: half of the score is the segment's own, as is half of the bars
    assert form.fitness(np.where(again >= form.ALIKE, 1.0, form.PENALTY), 12)[0] == pytest.approx(0.5)
    assert form.structureness(again)["long"] == pytest.approx(0.5)


def test_a_repetition_at_another_pace_is_found() -> None:
    """Steps of two: every second bar of the segment stands in the repetition."""
    matrix = np.eye(12)
    for row, column in ((8, 0), (9, 2), (10, 4), (11, 5)):
        matrix[row, column] = matrix[column, row] = 1.0
    scores = np.where(matrix > 0.5, 1.0, form.PENALTY)
    # ten steps, four of them beyond the segment's own six; ten of twelve bars covered
    assert form.fitness(scores, 6)[0] == pytest.approx(2 * 0.4 * (4 / 12) / (0.4 + 4 / 12))


def test_self_similarity_of_bars() -> None:
    matrix = form.self_similarity(flatten(piece(bar(quarters(60, 64)), bar(quarters(60, 64)), bar(quarters(61, 63)))))
    assert matrix[0, 1] == pytest.approx(1.0)
    assert matrix[0, 2] == 0.0
    assert np.array_equal(matrix, matrix.T)
    beats = [(0, 36, 6), (48, 38, 6)]
    drums = form.self_similarity(flatten(piece(bar(beats), bar(beats), bar([]), parts=(DRUMS,))))
    assert drums[0, 1] == pytest.approx(1.0)
    assert drums[0, 2] == 0.0


def test_parallels_of_the_outer_parts() -> None:
    def two(upper: tuple[int, ...], lower: tuple[int, ...]) -> float | None:
        return voices.parallels(flatten(piece(bar(quarters(*upper), quarters(*lower)), parts=(VIOLIN, CELLO))))

    assert two((67, 69, 71), (60, 62, 64)) == 100.0  # fifths
    assert two((72, 74, 76), (60, 62, 64)) == 100.0  # octaves
    assert two((67, 69, 72), (60, 62, 64)) == 50.0
    assert two((67, 62), (60, 67)) == 0.0
    assert two((67, 67), (60, 60)) is None  # nothing moves
    assert voices.parallels(flatten(piece(bar(quarters(60, 62))))) is None


def test_cadences_at_the_ends_of_phrases() -> None:
    phrase = [
        bar(quarters(60, 62, 64, 65), chords=(C, F)),
        bar([(0, 62, 24), (24, 59, 24), (48, 60, 48)], chords=(G, C)),
    ]
    closed = piece(*phrase, *phrase)
    assert voices.phrase_ends(flatten(closed)).tolist() == [96 + 48, 3 * 96 + 48]
    assert voices.cadences(flatten(closed), closed) == 1.0
    open_end = [phrase[0], bar([(0, 62, 24), (24, 59, 24), (48, 60, 48)], chords=(C, F))]
    half = piece(*phrase, *open_end)
    assert voices.cadences(flatten(half), half) == 0.5
    silent = piece(bar(quarters(60), chords=(None, None)))
    assert voices.cadences(flatten(silent), silent) is None


rows = st.lists(
    st.tuples(st.integers(0, 95), st.integers(36, 96), st.integers(1, 120)), max_size=6, unique_by=lambda note: note[:2]
).map(sorted)
pieces = st.lists(st.tuples(rows, rows, rows), min_size=1, max_size=9).map(
    lambda bars: piece(*[bar(*three) for three in bars], parts=(VIOLIN, CELLO, DRUMS))
)


@settings(max_examples=60, deadline=None)
@given(pieces)
def test_every_measure_is_in_its_range(any_piece: Piece) -> None:
    found = measure(any_piece)
    assert set(found) <= set(MEASURES)
    for name, value in found.items():
        assert np.isfinite(value), name
        if MEASURES[name] in ("share", "fitness"):
            assert 0 <= value <= 1 + 1e-9, name
        if MEASURES[name] == "bits":
            assert 0 <= value <= np.log2(12) + 1e-9, name


@settings(max_examples=40, deadline=None)
@given(pieces, st.integers(-12, 12))
def test_transposing_changes_only_the_register(any_piece: Piece, semitones: int) -> None:
    moved = replace(
        any_piece,
        bars=tuple(
            replace(
                one, tonic=(one.tonic + semitones) % 12,
                chords=tuple(chord and chord._replace(root=(chord.root + semitones) % 12) for chord in one.chords),
                notes=tuple(
                    row if part == 2 else tuple(note._replace(pitch=note.pitch + semitones) for note in row)
                    for part, row in enumerate(one.notes)
                ),
            )
            for one in any_piece.bars
        ),
    )  # fmt: skip
    before, after = measure(any_piece), measure(moved)
    assert before.keys() == after.keys()
    for name, value in before.items():
        if name != "register":
            assert after[name] == pytest.approx(value, abs=1e-9), name
    if "register" in before:
        assert after["register"] == pytest.approx(before["register"] + semitones)


@settings(max_examples=40, deadline=None)
@given(pieces)
def test_playing_twice_never_lowers_repetition(any_piece: Piece) -> None:
    twice = replace(any_piece, bars=any_piece.bars * 2)
    once = form.repeated_bars(any_piece)
    if once is not None:
        assert form.repeated_bars(twice) == pytest.approx((1 + once) / 2)


def test_bands_of_real_pieces() -> None:
    assert set(STYLE_TOKENS) <= set(FAMILY_OF)
    held = reference()["held_out"]["openscore_lieder"]["measures"]
    assert 0.12 < held["dissonant_pairs"][0] < 0.2
    piano = bands("piano", "chopin")
    assert piano != bands("piano", "haydn")
    assert bands("winds", "joplin") == bands("winds")  # too few of that family: the ensemble's own
    for ensemble in ENSEMBLES:
        for band in bands(ensemble).values():
            assert list(band) == sorted(band)
    with pytest.raises(InvalidValueError, match="ensemble must be a known one"):
        bands("gamelan")


def test_strayed_is_two_sided() -> None:
    wanted = {"polyphony": Band(1.0, 2.0, 3.0, 4.0, 6.0), "register": Band(50.0, 55.0, 60.0, 65.0, 70.0)}
    assert strayed({"polyphony": 2.5, "register": 64.0}, wanted) == 0.0
    assert strayed({"polyphony": 1.0, "register": 64.0}, wanted) == 0.5
    assert strayed({"polyphony": 6.0, "register": 64.0}, wanted) == 0.5
    assert strayed({"polyphony": 100.0}, wanted) == 3.0
    assert strayed({"cadences": 0.1}, wanted) == 0.0
