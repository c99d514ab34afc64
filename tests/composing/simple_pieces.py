"""Pieces for tests: drawn by hypothesis, and written by a simple composer that needs no network."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.bar_chords import chord_slots
from senandung.composing.pieces.piece import (
    CHORD_TONES,
    METRES,
    MODES,
    Piece,
    PieceBar,
    PieceChord,
    PieceNote,
    PiecePart,
)

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10), "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}  # fmt: skip


def chord_composer(wish: PieceWish, seed: int) -> Piece:
    """I, IV, V and I in quarters: chord tones for every part in its range, drums on every beat. Keeps what is asked."""
    rng = random.Random(seed)
    bars = list(wish.opening)
    while len(bars) < wish.bars:
        steps = METRES[wish.metre].steps
        asked = wish.chords_at(len(bars))
        degree = (0, 5, 7, 0)[len(bars) % 4]
        minor = wish.mode in ("minor", "dorian") and degree != 7
        chord = PieceChord((wish.tonic + degree) % 12, "min" if minor else "maj")
        chords = asked or (chord,) * chord_slots(wish.metre)
        rows = []
        for part in wish.parts:
            low, high = wish.ranges.get(part, (48, 84))
            if part.instrument == "drums":
                rows.append(tuple(PieceNote(at, 36 if at == 0 else 42, 6) for at in range(0, steps, 24)))
                continue
            row = []
            for at in range(0, steps, 24):
                sounding = chords[at * len(chords) // steps] or chord
                classes = {(sounding.root + tone) % 12 for tone in CHORD_TONES[sounding.quality]}
                choices = [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]
                row.append(PieceNote(at, rng.choice(choices), min(24, steps - at)))
            rows.append(tuple(row))
        bars.append(PieceBar(wish.metre, wish.tonic, wish.mode, tuple(chords), tuple(rows)))
    return Piece(wish.style, wish.ensemble, wish.parts, tuple(bars), wish.tempo, wish.valence, wish.arousal)


def other_notes(piece: Piece, blanks: set[tuple[int, int]], seed: int) -> Piece:
    """The piece with every blank row written anew: tones of the bar's chord in eighths, near the row's first pitch."""
    rng = random.Random(seed)
    bars = []
    for index, bar in enumerate(piece.bars):
        rows = list(bar.notes)
        for column, part in enumerate(piece.parts):
            if (index, column) not in blanks:
                continue
            chord = next((found for found in bar.chords if found is not None), PieceChord(bar.tonic, "maj"))
            classes = {(chord.root + tone) % 12 for tone in CHORD_TONES[chord.quality]}
            middle = rows[column][0].pitch if rows[column] else 60
            near = [pitch for pitch in range(middle - 8, middle + 9) if pitch % 12 in classes]
            drums = part.instrument == "drums"
            rows[column] = tuple(
                PieceNote(at, 38 if drums else rng.choice(near), 12) for at in range(0, METRES[bar.metre].steps, 12)
            )
        bars.append(PieceBar(bar.metre, bar.tonic, bar.mode, bar.chords, tuple(rows)))
    return Piece(piece.style, piece.ensemble, piece.parts, tuple(bars), piece.tempo)


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    """Pieces of single-line instruments whose notes do not strike a sounding pitch, with changes of metre and key."""
    classes = draw(st.lists(st.sampled_from(["violin", "flute", "cello", "horn"]), min_size=1, max_size=4))
    parts = tuple(PiecePart(name, classes[:at].count(name)) for at, name in enumerate(classes))
    metres = draw(st.lists(st.sampled_from(["4/4", "3/4", "6/8", "2/2"]), min_size=1, max_size=5))
    bars = []
    for metre in metres:
        steps = METRES[metre].steps
        rows = []
        for part in parts:
            middle = {"violin": 76, "flute": 79, "cello": 50, "horn": 55}[part.instrument]
            places = sorted(draw(st.sets(st.integers(0, steps - 1), max_size=6)))
            row = []
            for at, until in zip(places, [*places[1:], steps], strict=False):
                length = draw(st.integers(1, until - at))
                row.append(PieceNote(at, middle + draw(st.integers(-6, 6)), length))
            rows.append(tuple(row))
        slots = chord_slots(metre)
        chords = tuple(
            PieceChord(draw(st.integers(0, 11)), draw(st.sampled_from(list(CHORD_TONES)))) for _ in range(slots)
        )
        tonic, mode = draw(st.integers(0, 11)), draw(st.sampled_from(MODES))
        bars.append(PieceBar(metre, tonic, mode, chords, tuple(rows)))
    return Piece("any", "chamber", parts, tuple(bars), draw(st.integers(40, 200)))
