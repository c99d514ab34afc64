"""Habits of tunes: the tables', a person's mixed in, and how a drafted melody is brought to them."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.compose import sketch_song
from senandung.composing.melody.rhythm import write_rhythm
from senandung.composing.melody.tunes import FARTHEST, USUAL, Balance, Tunes, ratio_of
from senandung.composing.melody.write import lead_range
from senandung.composing.plan import Sketch, Wishes
from senandung.composing.styles import load_style
from senandung.composing.tables import MarkovChain, load_table
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre

LINES = ("aku rindu kamu", "malam ini hujan turun lagi", "kau tak pernah kembali ke pelukanku")


def tunes_with(moves: dict[int, int], weight: float = 1.0, bars: dict[str, int] | None = None) -> Tunes:
    """A person whose tunes have these intervals and bars, whatever comes before."""
    examples = [((), str(move)) for move, count in moves.items() for _ in range(count)]
    chain = MarkovChain.fit(examples).to_plain()
    rhythm = {} if bars is None else {"4/4": {"first": {str(len(b.split())): {b: n} for b, n in bars.items()}}}
    return Tunes({"melody": {"intervals": {"major": chain, "minor": chain}}, "rhythm": rhythm}, weight)


STEPS = tunes_with({1: 300, -1: 300, 2: 300, -2: 300})
THIRDS = tunes_with({3: 300, -3: 300, 4: 300, -4: 300})


def sketch(tunes: Tunes, seed: int, name: str = "pop-ballad") -> Sketch:
    return sketch_song(Feeling.named("sedih"), load_style(name), LINES, Wishes(), language="id", seed=seed, tunes=tunes)


def moves_of(made: Sketch) -> list[int]:
    starts = set(made.words.line_starts)
    return [abs(b.pitch - a.pitch) for a, b in pairwise(made.melody) if b.syllable not in starts]


def share(made: list[Sketch], low: int, high: int) -> float:
    moves = [move for each in made for move in moves_of(each)]
    return sum(low <= move <= high for move in moves) / len(moves)


def test_without_a_persons_tunes_the_tables_are_told() -> None:
    table = load_table("melody")
    assert USUAL.lean("major", ("0", "u", "s")) == {}
    assert USUAL.bands() == table["bands"]
    seen = table["endings"]["minor"]["inner"]
    assert USUAL.ends("minor") == {int(degree): count / sum(seen.values()) for degree, count in seen.items()}
    assert dict(USUAL.bars("4/4", "first", 3)) == load_table("rhythm")["4/4"]["first"]["3"]
    assert USUAL.flow("4/4") == {}


def test_a_persons_intervals_are_favoured_as_far_as_they_are_asked_for() -> None:
    whole, half, none = (tunes_with({4: 400}, weight).lean("major", ("0", "u", "s")) for weight in (1.0, 0.5, 0.0))
    assert whole["4"] > half["4"] > none["4"] == 1 > half["-2"] > whole["-2"]
    few = tunes_with({4: 4}).lean("major", ("0", "u", "s"))
    assert 1 < few["4"] < whole["4"], "few sightings say less"
    assert all(1 / FARTHEST <= value <= FARTHEST for value in whole.values())


def test_a_song_has_the_steps_or_the_thirds_of_a_persons_tunes_and_can_be_sung() -> None:
    ways = {tunes: [sketch(tunes, seed) for seed in (1, 2, 3)] for tunes in (USUAL, STEPS, THIRDS)}
    assert share(ways[STEPS], 1, 2) > share(ways[USUAL], 1, 2) + 0.2
    assert share(ways[THIRDS], 3, 4) > share(ways[USUAL], 3, 4) + 0.2
    low, high = lead_range(load_style("pop-ballad"))
    for made in (each for some in ways.values() for each in some):
        assert all(low <= note.pitch <= high for note in made.melody)
        assert all(move <= 9 or move == 12 for move in moves_of(made)) and 6 not in moves_of(made)
        order = list(dict.fromkeys(note.syllable for note in made.melody))
        assert order == list(range(len(made.words.syllables)))
        for before, note in pairwise(made.melody):
            assert before.end <= note.onset


def test_a_melody_in_a_persons_way_is_the_same_for_the_same_seed() -> None:
    assert sketch(THIRDS, 4).melody == sketch(THIRDS, 4).melody != sketch(THIRDS, 5).melody


@given(st.dictionaries(st.integers(-9, 9), st.floats(0.01, 5), min_size=2), st.integers(1, 6))
@settings(deadline=None)
def test_what_is_drawn_too_often_is_drawn_less_then(drawn: dict[int, float], times: int) -> None:
    balance = Balance(STEPS)
    for _ in range(times):
        for _ in range(30):
            balance.add("major", list(drawn), list(drawn.values()))
        balance.settle()
    wanted, total = STEPS.wanted("major"), sum(drawn.values())
    could = sum(wanted.get(leap, 0.0) for leap in drawn)
    for leap, weight in drawn.items():
        factor = balance.factor("major", leap)
        assert 1 / FARTHEST <= factor <= FARTHEST
        if could:
            more = wanted.get(leap, 0.0) / could - weight / total
            assert abs(more) < 1e-9 or (factor > 1) == (more > 0)
    assert balance.factor("minor", 2) == 1


def test_long_and_short_follow_each_other_as_in_a_persons_bars() -> None:
    dotted = tunes_with({2: 100}, bars={"0 3 4 7 8 11 12 15": 300})
    assert dotted.flow("4/4")[ratio_of(3, 1)] > 0 > dotted.flow("4/4")[ratio_of(2, 2)]

    def ratios(tunes: Tunes) -> list[float]:
        found: list[float] = []
        for seed in range(12):
            beats = write_rhythm([True, False] * 4, 3840, Metre(), 0.6, random.Random(seed), tunes=tunes)
            gaps = [b - a for (a, _), (b, _) in pairwise(beats)]
            found += [ratio_of(a, b) for a, b in pairwise(gaps)]
        return found

    assert sum(abs(each) == 1.5 for each in ratios(dotted)) > sum(abs(each) == 1.5 for each in ratios(USUAL))


def test_tunes_are_checked() -> None:
    with pytest.raises(InvalidValueError, match=r"the weight of a person's tunes must be in 0\.\.1, got 1\.5"):
        Tunes({}, 1.5)
    with pytest.raises(InvalidValueError, match="tunes must have a melody and a rhythm"):
        Tunes({"melody": {}})
