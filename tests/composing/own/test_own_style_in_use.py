"""A style of one's own while composing: the network hears a passage, leans, and does not quote the files."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from composing.networks import RandomNetwork
from senandung.composing.catalogue import cell_of, choose, usual_ensemble
from senandung.composing.own.blend import choose_with, prime, shares, with_usual_form
from senandung.composing.own.compose import compose_own
from senandung.composing.own.primed import Primed, header_size
from senandung.composing.own.song_style import song_style
from senandung.composing.pieces.follow import follow
from senandung.composing.pieces.piece import Piece, PieceBar, PieceChord, PieceNote, PiecePart
from senandung.composing.pieces.tasks import INFILL, PLAN
from senandung.composing.pieces.tokens import encode_bars, encode_header
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style
from senandung.composing.wishing import ask
from senandung.domain.errors import InvalidValueError
from senandung.domain.own_style import LearnedFile, OwnStyle
from senandung.learning.extract_copies import spans_of
from senandung.learning.own import facts
from senandung.learning.own.learn import passages_of


def work(seed: int, bars: int = 16) -> Piece:
    """A tune over a bass for a guitar and a band's bass, in waltz time."""
    rng = random.Random(seed)
    parts = (PiecePart("electric-guitar"), PiecePart("bass"))
    rows, pitch = [], 67
    for bar in range(bars):
        root = (2, 7, 9, 2)[bar % 4]
        tune = []
        for beat in range(3):
            pitch = min(max(pitch + rng.choice((-4, -2, -1, 1, 2, 3)), 60), 79)
            tune.append(PieceNote(24 * beat, pitch, 24))
        chords = (PieceChord(root, "maj"),)
        rows.append(PieceBar("3/4", 2, "major", chords, (tuple(tune), (PieceNote(0, 36 + root, 72),))))
    return Piece("any", "band", parts, tuple(rows), 132.0)


WORKS = [[work(seed)] for seed in (1, 2, 3)]


@pytest.fixture(scope="module")
def style() -> OwnStyle:
    """A style of three such works, without tables."""
    return OwnStyle(
        "my-band", "Rina", tuple(LearnedFile(f"{n}.mid", f"{n:064d}", 16, 64) for n in range(3)), "band", "pop-rock",
        True, facts.ensembles(WORKS), facts.beats_a_minute(WORKS), facts.forms(WORKS), facts.figures(WORKS),
        spans=np.unique(np.concatenate([spans_of(pieces[0]) for pieces in WORKS])).view(np.int64),
        passages=passages_of(WORKS),
    )  # fmt: skip


def test_a_piece_has_what_the_files_have(style: OwnStyle) -> None:
    chosen = choose_with([(style, 1.0)], "", "my-band")
    assert dict(chosen.weights) == {"band": 1.0} and usual_ensemble(chosen) == "band"
    asked = ask(chosen, Wishes(), seed=1)
    assert (asked.wish.metre, asked.wish.mode, asked.wish.tonic) == ("3/4", "major", 2)
    assert [seat.instrument for seat in asked.seats] == ["electric-guitar", "bass"]
    assert 124 <= asked.wish.tempo <= 140
    low, high = asked.wish.ranges[PiecePart("electric-guitar")]
    assert low >= 59 and high <= 80
    assert asked.wish.bars != 24 and ask(chosen, with_usual_form(Wishes(), [(style, 1.0)], 1), seed=1).wish.bars == 16


def test_another_ensemble_is_the_grounds(style: OwnStyle) -> None:
    chosen = choose_with([(style, 1.0)], "", "my-band")
    assert cell_of(chosen, "drums") == cell_of(choose("band"), "drums")
    with pytest.raises(InvalidValueError, match="too few works in the style my-band"):
        ask(chosen, Wishes(ensemble=("quartet",)), seed=1)


def test_a_blend_has_both(style: OwnStyle) -> None:
    chosen = choose_with([(style, 2.0)], "chopin", "my-band:2+chopin")
    assert dict(chosen.weights) == pytest.approx({"band": 2 / 3, "chopin": 1 / 3})
    piano = cell_of(chosen, "piano")
    assert piano is not None and piano.works == cell_of(choose("chopin"), "piano").works  # type: ignore[union-attr]
    assert shares([(style, 2.0)], 1.0)[0][1] == pytest.approx(2 / 3)


def test_the_song_style_moves_towards_the_files(style: OwnStyle) -> None:
    ground = load_style("pop-rock")
    made = song_style(style, ground, "my-band")
    assert made.metres == ("3/4",) and made.modes == ("major",)
    assert made.tempo[0] <= 132 <= made.tempo[1] and made.tempo != ground.tempo
    assert {player.role for player in made.ensemble} >= {"bass", "chords"}
    assert "drums" not in {player.instrument for player in made.ensemble}
    assert any("the music of Rina" in source for source in made.sources)
    half = song_style(style, ground, "my-band", 0.4)
    assert half.ensemble == ground.ensemble and ground.tempo[0] < half.tempo[1]


# what is heard before


def test_a_passage_is_heard_behind_the_header_and_nowhere_else(style: OwnStyle) -> None:
    piece = WORKS[0][0]
    passage = style.passages[0].tokens
    network = RandomNetwork(1, context=1024, spread=0.0)
    primed = Primed(network, passage)
    assert primed.context == 1024 - len(passage)
    header, bar = encode_header(piece), encode_bars(piece)[0]
    assert header_size([*header, *bar]) == len(header)
    tokens = [*header, *bar]
    state = primed.begin(2)
    state.feed(np.tile(np.asarray([tokens]), (2, 1)), np.tile(follow(tokens)[None], (2, 1, 1)))
    assert state.length == len(tokens) and state.reading.read == len(tokens) + len(passage)  # type: ignore[attr-defined]
    other = state.keep([1])
    other.truncate(len(header) + 1)
    assert other.reading.read == len(header) + 1 + len(passage)  # type: ignore[attr-defined]
    assert state.reading.read == len(tokens) + len(passage), "the first stays as it is"  # type: ignore[attr-defined]
    filled = [*header, INFILL]
    plain = primed.begin(1)
    plain.feed(np.asarray([filled]), follow(filled)[None])
    assert plain.reading.read == len(filled), "rows that are filled in hear nothing"  # type: ignore[attr-defined]
    planned = [*header, PLAN]
    plan = primed.begin(1)
    plan.feed(np.asarray([planned]), follow(planned)[None])
    assert plan.reading.read == len(planned) + len(passage)  # type: ignore[attr-defined]


def test_a_passage_must_be_bars_and_leave_room(style: OwnStyle) -> None:
    network = RandomNetwork(1, context=100)
    with pytest.raises(InvalidValueError, match="must begin with a bar"):
        Primed(network, [PLAN])
    with pytest.raises(InvalidValueError, match="must leave half of the context"):
        Primed(network, style.passages[0].tokens[:1] * 60)


def test_only_a_passage_that_fits_is_heard(style: OwnStyle) -> None:
    network = RandomNetwork(1, context=1024)
    wish = ask(choose_with([(style, 1.0)], "", "my-band"), Wishes(bars=8), seed=1).wish
    assert isinstance(prime(network, [(style, 1.0)], wish, 1), Primed)
    assert prime(network, [(style, 0.0)], wish, 1) is network
    assert prime(network, [(style, 1.0)], replace(wish, mode="minor"), 1) is network
    assert prime(network, [(style, 1.0)], replace(wish, opening=WORKS[0][0].bars[:2], bars=10), 1) is network


def test_a_piece_is_the_same_for_the_same_seed_and_holds_no_bar_of_the_passage(style: OwnStyle) -> None:
    wish = ask(choose_with([(style, 1.0)], "", "my-band"), Wishes(bars=8), seed=3).wish
    one, two, other = (compose_own(wish, RandomNetwork(1, spread=0.0), [(style, 1.0)], seed=seed) for seed in (5, 5, 6))
    assert one == two != other
    assert len(one.bars) == 8 and one.parts == wish.parts
    assert not {bar.notes for bar in one.bars} & {bar.notes for pieces in WORKS for bar in pieces[0].bars}
