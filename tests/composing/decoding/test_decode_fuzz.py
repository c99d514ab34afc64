"""500 short pieces under random wishes, by a network that knows nothing: not one breaks a rule."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from composing.networks import RandomNetwork
from composing.piece_checks import faults
from senandung.composing.decoding.decode import compose_piece
from senandung.composing.decoding.sampling import Taste
from senandung.composing.pieces.asked import SINGERS, FormPart, PieceWish, blend
from senandung.composing.pieces.piece import (
    CHORD_TONES,
    ENSEMBLES,
    INSTRUMENT_CLASSES,
    METRES,
    MODES,
    PieceBar,
    PieceChord,
    PiecePart,
)
from senandung.composing.pieces.room import syllable_room
from senandung.composing.pieces.vocabulary import STYLE_TOKENS

USUAL = (
    ("piano", "piano"), ("violin", "violin", "viola", "cello"), ("soprano", "alto", "tenor", "basso"), ("melody",),
    ("voice", "piano", "piano"), ("drums",), ("melody", "electric-guitar", "bass", "drums"), ("guitar",),
    ("organ", "organ", "organ"), ("flute", "oboe", "clarinet", "bassoon", "horn", "trumpet", "timpani", "strings"),
    ("harpsichord", "harpsichord"), ("bass",), ("drums", "bass"),
)  # fmt: skip


def parts_of(names: tuple[str, ...]) -> tuple[PiecePart, ...]:
    return tuple(PiecePart(name, names[:index].count(name)) for index, name in enumerate(names))


def random_wish(seed: int) -> PieceWish:
    rng = random.Random(seed)
    names = rng.choice(USUAL)
    if rng.random() < 0.4:
        names = tuple(rng.choice(INSTRUMENT_CLASSES) for _ in range(rng.choice((1, 1, 2, 3, 5))))
        names = tuple(name for index, name in enumerate(names) if names[:index].count(name) < 4)
    metre = rng.choice(sorted(METRES))
    bars = rng.choice((1, 2, 2, 3, 3, 4))
    parts = parts_of(names)
    tonic = rng.randrange(12)
    slots = 2 if METRES[metre].halves else 1
    chords = None
    if rng.random() < 0.3:
        qualities = sorted(CHORD_TONES)
        chords = tuple(
            tuple(
                None if rng.random() < 0.1 else PieceChord(rng.randrange(12), rng.choice(qualities))
                for _ in range(slots)
            )
            if rng.random() < 0.7 else ()
            for _ in range(bars)
        )  # fmt: skip
    ranges = {}
    if rng.random() < 0.25:
        for part in parts:
            low = rng.randrange(24, 90)
            ranges[part] = (low, low + rng.choice((0, 1, 3, 7, 12, 24)))
    styles = rng.sample(STYLE_TOKENS, rng.choice((1, 1, 1, 2, 3)))
    return PieceWish(
        blend({name: rng.uniform(0.2, 1) for name in styles}), rng.choice(ENSEMBLES), parts, bars, metre, tonic,
        rng.choice(MODES), rng.uniform(40, 200), rng.choice((None, 0, 2, 4)), rng.choice((None, 1, 3)), chords,
        ranges=ranges,
    )  # fmt: skip


def with_syllables(wish: PieceWish, seed: int) -> PieceWish:
    """The wish with words for its voices, and now and then with a voice more; many stay without."""
    rng = random.Random(f"syllables {seed}")
    voice = PiecePart("voice")
    if voice not in wish.parts and rng.random() < 0.3:
        wish = replace(wish, parts=(voice, *wish.parts))
    counts = {}
    for part in wish.parts:
        if part.instrument in SINGERS and rng.random() < 0.8:
            counts[part] = tuple(_count(wish, bar, rng) for bar in range(wish.bars))
    return replace(wish, syllables=counts)


def _count(wish: PieceWish, bar: int, rng: random.Random) -> int | None:
    most = syllable_room(METRES[wish.metre_at(bar)].steps, last=bar == wish.bars - 1)
    usual = rng.randrange(min(most, 8) + 1)
    return rng.choice((None, 0, usual, usual, usual, usual, usual, rng.randint(0, most), most))


def test_a_good_share_of_the_wishes_has_words() -> None:
    wishes = [with_syllables(random_wish(seed), seed) for seed in range(500)]
    assert sum(bool(wish.syllables) for wish in wishes) > 150


@pytest.mark.parametrize("tens", range(50))
def test_no_piece_breaks_a_rule(tens: int) -> None:
    for seed in range(tens * 10, tens * 10 + 10):
        wish = with_syllables(random_wish(seed), seed)
        taste = Taste(guidance=1.5) if seed % 7 == 0 else None
        spread = (0.5, 2.0, 5.0)[seed % 3]
        piece = compose_piece(wish, RandomNetwork(seed, 256 if seed % 4 == 0 else 1024, spread), seed=seed, taste=taste)
        assert faults(piece, wish) == [], f"seed {seed}: {wish}"


@pytest.mark.parametrize("seed", range(20))
def test_a_continuation_keeps_its_opening(seed: int) -> None:
    rng = random.Random(seed)
    wish = replace(random_wish(seed), bars=3, chords=None, ranges={})
    opening = compose_piece(wish, RandomNetwork(seed), seed=seed).bars
    bars = rng.choice((4, 5, 6))
    other = rng.choice(sorted(METRES))
    longer = replace(wish, bars=bars, opening=opening, metre=other, tonic=rng.randrange(12))
    longer = with_syllables(longer, seed) if _ends_clear(opening) and PiecePart("voice") in wish.parts else longer
    piece = compose_piece(longer, RandomNetwork(seed + 1), seed=seed)
    assert faults(piece, longer) == []


def _ends_clear(opening: tuple[PieceBar, ...]) -> bool:
    last = opening[-1]
    return all(note.start + note.length <= METRES[last.metre].steps for row in last.notes for note in row)


@pytest.mark.parametrize("seed", range(6))
def test_longer_pieces_with_returns_break_no_rule_either(seed: int) -> None:
    form = (FormPart("verse", 5), FormPart("chorus", 4), FormPart("verse", 6, 0), FormPart("chorus", 4, 1))
    wish = replace(random_wish(seed), bars=19, chords=None, form=form if seed % 2 else None)
    wish = with_syllables(wish, seed)
    network = RandomNetwork(seed, 300)
    piece = compose_piece(wish, network, seed=seed)
    assert faults(piece, wish) == []


def test_the_same_seed_writes_the_same_piece() -> None:
    wish = random_wish(3)
    assert compose_piece(wish, RandomNetwork(1), seed=5) == compose_piece(wish, RandomNetwork(1), seed=5)
