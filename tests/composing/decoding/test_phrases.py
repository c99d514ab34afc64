"""Chains of chords, the keys that they are heard in, and phrases that lead to their closes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composing.networks import RandomNetwork
from senandung.composing.decoding.chord_chains import (
    CHORDS,
    COUNT,
    EVADED,
    FIRST,
    FULL,
    HALF,
    NONE,
    OPEN,
    SEEN,
    Region,
    cadence,
    chain,
    goals_of,
    goes_on,
    hear_regions,
    region_chain,
    visits_of,
)
from senandung.composing.decoding.phrases import NO_WAY, Outlook, Phrases, phrase_starts, plan_phrases
from senandung.composing.decoding.plan_chords import plan_chords
from senandung.composing.decoding.sampling import Taste
from senandung.composing.pieces.asked import FormPart, PieceWish
from senandung.composing.pieces.piece import MODES, PiecePart
from senandung.composing.pieces.vocabulary import NAMES

WISH = PieceWish(
    {"mozart": 1.0}, "piano", (PiecePart("piano"), PiecePart("piano", 1)), 32, "3/4", 0, "major", 110.0
)  # fmt: skip
HOME = Region(0, "major")
NUMBERS = {name: number for number, name in enumerate(CHORDS)}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("family", ["classical", "band", "any", "no such family"])
def test_a_chain_gives_chances_of_the_next_different_chord(family: str, mode: str) -> None:
    found = chain(family, mode)
    assert found.shape == (COUNT, COUNT)
    assert np.allclose(found.sum(axis=1), 1)
    assert (np.diag(found) == 0).all()
    assert (found[~np.eye(COUNT, dtype=bool)] > 0).all()


def test_chains_know_what_every_harmony_book_says() -> None:
    major, minor = chain("classical", "major"), chain("classical", "minor")
    dominant = NUMBERS["7:7"]
    assert major[dominant].argmax() == NUMBERS["0:maj"]
    assert minor[dominant].argmax() == NUMBERS["0:min"]
    assert cadence("classical", HOME).argmax() == dominant
    assert minor[dominant, NUMBERS["0:maj"]] < 0.2 * minor[dominant, NUMBERS["0:min"]]
    assert minor[:, NUMBERS["1:min"]].mean() < 0.02  # no C sharp minor in C minor


def test_a_region_is_the_chain_seen_from_its_tonic() -> None:
    fifth = region_chain("classical", Region(7, "major"))
    assert fifth[NUMBERS["2:7"], NUMBERS["7:maj"]] == chain("classical", "major")[NUMBERS["7:7"], NUMBERS["0:maj"]]
    assert sorted(SEEN[5].tolist()) == list(range(COUNT))


def test_a_stretch_in_the_dominant_is_heard() -> None:
    home = ["0:maj", "5:maj", "7:7", "0:maj", "2:min", "7:7", "0:maj", "9:min", "2:7"]
    away = ["7:maj", "2:7"] * 6
    chords = [NUMBERS[name] for name in [*home, *away, "7:7", "0:maj", "5:maj", "7:7", "0:maj"]]
    chains = {mode: np.log(chain("any", mode) + 1e-12) for mode in MODES}
    heard = hear_regions(chords, "major", chains)
    assert heard[0] == heard[-1] == HOME
    assert heard[14] == Region(7, "major")
    assert hear_regions([], "major", chains) == []


def closing(family: str) -> float:
    """The share of phrases that close in the pieces of a family."""
    figures = "".join(goals_of(family))
    return 1 - figures.count(str(OPEN)) / len(figures)


def test_tables_say_how_real_pieces_go() -> None:
    middle, line = goes_on("hymn")
    assert 0 < middle < 1
    assert 0 < line < 1
    assert closing("hymn") > 1.5 * closing("band")  # hymns close more clearly
    assert closing("no such family") == closing("any")
    plans = visits_of("classical", "major", 48)
    assert any(visit.region.offset == 7 for plan in plans for visit in plan)
    assert len(visits_of("no such family", "major", 48)) >= 6
    assert visits_of("classical", "major", 10_000) == []


def test_phrases_begin_with_sections_and_are_never_one_bar() -> None:
    assert phrase_starts(replace(WISH, bars=17)) == [0, 4, 8, 12]
    form = (FormPart("verse", 6), FormPart("chorus", 9), FormPart("verse", 1))
    assert phrase_starts(replace(WISH, bars=16, form=form)) == [0, 4, 6, 10, 15]


@pytest.mark.parametrize("seed", range(8))
def test_a_plan_begins_and_ends_at_home(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for bars in (1, 3, 8, 16, 33, 64):
        phrases = plan_phrases(replace(WISH, bars=bars), {}, rng)
        assert len(phrases.regions) == len(phrases.goals) == bars
        assert phrases.regions[0] == phrases.regions[-1] == HOME
        assert phrases.goals[-1] == FULL


def test_longer_pieces_sometimes_leave_their_key() -> None:
    away = [
        sum(region != HOME for region in plan_phrases(replace(WISH, bars=48), {}, np.random.default_rng(seed)).regions)
        for seed in range(30)
    ]
    assert 3 <= sum(bars > 0 for bars in away) <= 27
    assert all(bars == 0 or bars >= 4 for bars in away)


def test_a_chord_is_worth_what_it_can_still_reach() -> None:
    phrases = Phrases("classical", (HOME,) * 8, (0, 0, 0, HALF, 0, 0, 0, FULL))
    outlook = Outlook(replace(WISH, bars=8), phrases)
    free: list[tuple[int, ...] | None] = [None] * 8
    _, closing = outlook.first(7, NUMBERS["7:7"], free)
    assert closing.argmax() == NUMBERS["0:maj"]
    assert closing[NUMBERS["9:min"]] == pytest.approx(NO_WAY, abs=1e-6)
    _, before = outlook.first(6, NUMBERS["2:min"], free)
    assert before[NUMBERS["7:7"]] > 4 * before[NUMBERS["9:min"]]
    _, far = outlook.first(4, NUMBERS["0:maj"], free)
    assert far[NUMBERS["9:min"]] > 0.3  # three bars before the close anything may come
    _, half = outlook.first(3, NUMBERS["2:min"], free)
    assert half.argmax() in (NUMBERS["7:maj"], NUMBERS["7:7"])
    free[6] = (FIRST + NUMBERS["7:7"],)
    _, given = outlook.first(5, NUMBERS["0:maj"], free)
    assert given[NUMBERS["2:min"]] > given[NUMBERS["3:maj"]]


def test_phrases_close_as_often_as_in_real_pieces() -> None:
    wish = replace(WISH, bars=64, chords=((),) * 64)  # at home: before a visit to another key there is a half close
    shares = []
    for seed in range(80):
        found = plan_phrases(wish, {}, np.random.default_rng(seed))
        ends = [found.goals[bar] for bar in range(3, 60, 4)]
        assert NONE not in ends
        shares.append(sum(goal != OPEN for goal in ends) / len(ends))
    assert abs(np.mean(shares) - closing("classical")) < 0.12
    assert min(shares) < 0.2  # some pieces hardly close
    assert max(shares) > 0.7  # others all the time


def test_a_bar_that_returns_closes_as_its_source_does() -> None:
    returns = {bar: bar - 8 for bar in range(8, 16)}
    for seed in range(6):
        goals = plan_phrases(WISH, returns, np.random.default_rng(seed)).goals
        assert goals[8:16] == goals[:8]


def test_a_phrase_that_goes_on_does_not_seem_to_close() -> None:
    phrases = Phrases("classical", (HOME,) * 8, (0, 0, 0, OPEN, 0, 0, 0, FULL), inside=0.3)
    outlook = Outlook(replace(WISH, bars=8), phrases)
    free: list[tuple[int, ...] | None] = [None] * 8
    _, ends = outlook.first(3, NUMBERS["7:7"], free)
    assert ends[NUMBERS["0:maj"]] < 0.15
    assert ends[NUMBERS["9:min"]] > 0.9
    _, inside = outlook.first(4, NUMBERS["7:7"], free)
    assert 0.15 < inside[NUMBERS["0:maj"]] < 0.5
    _, first = outlook.first(1, NUMBERS["7:7"], free)
    assert first[NUMBERS["0:maj"]] > 0.5  # a piece says first where it is at home
    broken = Outlook(replace(WISH, bars=8), replace(phrases, goals=(0, 0, 0, EVADED, 0, 0, 0, FULL)))
    _, turned = broken.first(3, NUMBERS["7:7"], free)
    assert turned.argmax() == NUMBERS["9:min"]


def test_a_network_that_knows_nothing_closes_its_phrases() -> None:
    wish = replace(WISH, bars=32)
    phrases = Phrases("classical", (HOME,) * 32, tuple(FULL if bar % 4 == 3 else 0 for bar in range(32)))
    chords = plan_chords(wish, RandomNetwork(3, spread=1.0), np.random.default_rng(1), Taste(), {}, phrases)
    names = [NAMES[bar[-1]] for bar in chords]
    assert all(name == "chord:0:maj" for name in names[3::4])
    assert sum(name.startswith(("chord:7:", "chord:11:", "chord:5:")) for name in names[2::4]) >= 7
