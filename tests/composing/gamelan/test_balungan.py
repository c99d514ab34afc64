"""The balungan: in its pathet, to its resting tones, by steps, the same for the same seed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.composing.gamelan.balungan import CADENCES, MLAKU, NIBANI, Balungan, Gatra, write_balungan
from senandung.domain.gendhing import CYCLES, PATHETS

FORMS = {"ladrang": False, "ketawang": True, "lancaran": True}

made = st.tuples(st.sampled_from(sorted(PATHETS)), st.sampled_from(sorted(FORMS)), st.integers(0, 400))


def write(mode: str, form: str, seed: int) -> Balungan:
    return write_balungan(PATHETS[mode], CYCLES[form], (2, 2), nibani=FORMS[form], seed=seed)


def gongan(balungan: Balungan) -> list[tuple[Gatra, ...]]:
    return [*balungan.ompak, *balungan.ngelik]


@given(made)
def test_every_tone_is_in_the_pathet(which: tuple[str, str, int]) -> None:
    balungan = write(*which)
    allowed = {tone.digit for tone in PATHETS[which[0]].tones} | ({4} if which[0] == "pelog-lima" else set())
    for row in [balungan.buka, *gongan(balungan)]:
        assert {tone.digit for gatra in row for tone in gatra.tones if tone is not None} <= allowed


@given(made)
def test_gong_and_kenong_fall_on_the_tones_of_the_pathet(which: tuple[str, str, int]) -> None:
    pathet, cycle, balungan = PATHETS[which[0]], CYCLES[which[1]], write(*which)
    for row in gongan(balungan):
        assert len(row) == cycle.gatra
        assert pathet.tone(row[-1].seleh).digit in pathet.gong
        for beat in cycle.beats_of("kenong"):
            seleh = pathet.tone(row[beat // 4 - 1].seleh).digit
            assert seleh in (*pathet.gong, *pathet.rests)
    usual = {pathet.tone(rows[-1][-1].seleh).digit for rows in (balungan.ompak, balungan.ngelik)}
    assert usual == {pathet.gong[0]}
    assert balungan.buka[-1] == balungan.ompak[-1][-1]


@given(made)
def test_no_gatra_ends_on_an_avoided_tone_and_none_leaps_out_of_the_range(which: tuple[str, str, int]) -> None:
    pathet, balungan = PATHETS[which[0]], write(*which)
    for row in gongan(balungan):
        assert all(pathet.tone(gatra.seleh).digit not in pathet.avoided for gatra in row)
        places = [place for gatra in row for place in gatra.places if place is not None]
        assert all(-2 <= place <= 8 for place in places)
        assert all(abs(a - b) <= 6 for a, b in pairwise(places))


def test_leaps_between_gatra_are_rare() -> None:
    leaps = []
    for mode in PATHETS:
        for form in FORMS:
            for seed in range(20):
                for row in gongan(write(mode, form, seed)):
                    places = [place for gatra in row for place in gatra.places if place is not None]
                    leaps += [abs(a - b) for a, b in pairwise(places)]
    assert sum(leap <= 2 for leap in leaps) / len(leaps) > 0.93
    assert sum(leap > 4 for leap in leaps) / len(leaps) < 0.01


@given(made)
def test_a_gatra_has_a_contour_of_its_table(which: tuple[str, str, int]) -> None:
    for row in gongan(write(*which)):
        for gatra in row:
            assert len(gatra.places) == len(gatra.tones) == 4
            assert [place is None for place in gatra.places] == [tone is None for tone in gatra.tones]


def test_the_same_seed_writes_the_same_balungan_and_seeds_differ() -> None:
    assert write("pelog-nem", "ladrang", 3) == write("pelog-nem", "ladrang", 3)
    assert len({str(write("pelog-nem", "ladrang", seed)) for seed in range(8)}) == 8


@pytest.mark.parametrize("table", [MLAKU, NIBANI, CADENCES])
def test_every_contour_comes_to_rest(table: dict[tuple[int | None, ...], float]) -> None:
    assert all(contour[-1] == 0 and len(contour) == 4 for contour in table)


def test_a_ketawang_sounds_on_every_second_beat_and_its_ngelik_walks() -> None:
    balungan = write("slendro-manyura", "ketawang", 5)
    assert all(gatra.nibani for row in balungan.ompak for gatra in row)
    assert not all(gatra.nibani for row in balungan.ngelik for gatra in row)


def test_a_ngelik_lies_higher_than_the_ompak() -> None:
    def height(rows: tuple[tuple[Gatra, ...], ...]) -> float:
        places = [place for row in rows for gatra in row for place in gatra.places if place is not None]
        return sum(places) / len(places)

    for mode in PATHETS:
        for form in ("ladrang", "ketawang"):
            pieces = [write(mode, form, seed) for seed in range(10)]
            assert sum(height(p.ngelik) - height(p.ompak) for p in pieces) / len(pieces) > 1.0
