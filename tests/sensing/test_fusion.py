"""Several readings become one feeling, or stay two."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import BASIC, PLACES, Feeling
from senandung.domain.reading import Reading
from senandung.sensing.fusion import MOST_OF_A_KIND, fuse_readings

names = st.sampled_from([name for name in PLACES if name != "netral"])
kinds = st.sampled_from(["text", "song", "voice", "person"])


def at(valence: float, arousal: float, spread: float = 0.4) -> Feeling:
    """A feeling at a point with a spread."""
    return Feeling(valence, arousal, spread, spread, {"senang": 1.0}, ("senang",))


@given(st.lists(st.tuples(kinds, names, st.floats(0, 400)), min_size=1, max_size=6))
def test_what_is_fused_is_a_feeling_between_its_readings(rows: list[tuple[str, str, float]]) -> None:
    readings = [Reading(kind, str(place), Feeling.named(name), days) for place, (kind, name, days) in enumerate(rows)]
    fused = fuse_readings(readings)
    assert fused.readable
    assert sum(fused.basic[name] for name in BASIC) == pytest.approx(1)
    low, high = min(r.feeling.valence for r in readings), max(r.feeling.valence for r in readings)
    assert min(low, 0) - 1e-9 <= fused.valence <= max(high, 0) + 1e-9
    assert len(fused.parts) != 1


@given(st.permutations(list(range(4))))
def test_the_order_of_traces_does_not_matter(order: list[int]) -> None:
    readings = [
        Reading("text", "a", Feeling.named("rindu")),
        Reading("song", "b", Feeling.named("sendu")),
        Reading("voice", "c", Feeling.named("sepi")),
        Reading("notes", "d", Feeling.named("galau")),
    ]
    first, again = fuse_readings(readings), fuse_readings([readings[place] for place in order])
    assert first.valence == pytest.approx(again.valence)
    assert first.arousal_spread == pytest.approx(again.arousal_spread)


def test_one_reading_comes_back_as_it_was() -> None:
    feeling = Feeling.named("rindu")
    assert fuse_readings([Reading("text", "a", feeling)]) is feeling


def test_unread_traces_say_nothing() -> None:
    feeling = Feeling.named("rindu")
    assert fuse_readings([Reading("song", "a", Feeling.unread()), Reading("text", "b", feeling)]) is feeling
    assert not fuse_readings([Reading("song", "a", Feeling.unread())]).readable
    assert not fuse_readings([]).readable


def test_a_thousand_songs_do_not_drown_one_sentence() -> None:
    songs = [Reading("song", str(number), at(0.3, 0.0, 0.5)) for number in range(1000)]
    said = Reading("text", "sedih", at(-0.3, 0.0, 0.35))
    fused = fuse_readings([*songs, said])
    two = fuse_readings([*songs[: round(MOST_OF_A_KIND)], said])
    assert fused.valence == pytest.approx(two.valence, abs=0.01)
    assert fused.valence < 0.05


def test_agreement_narrows_and_disagreement_widens() -> None:
    agreed = fuse_readings([Reading("text", "a", at(0.4, 0.2)), Reading("song", "b", at(0.4, 0.2))])
    apart = fuse_readings([Reading("text", "a", at(0.7, 0.2)), Reading("song", "b", at(0.1, 0.2))])
    assert agreed.valence_spread < 0.4
    assert apart.valence_spread > agreed.valence_spread


def test_contrasts_stay_two_feelings() -> None:
    fused = fuse_readings([Reading("text", "a", Feeling.named("sedih")), Reading("song", "b", Feeling.named("girang"))])
    assert [part.words[0] for part in fused.parts] == ["sedih", "girang"]
    assert fused.words[:2] == ("sedih", "girang")
    assert fused.valence_spread > 0.5


def test_an_old_trace_weighs_less() -> None:
    now, old = at(0.4, 0.0), at(-0.2, 0.0)
    fresh = fuse_readings([Reading("text", "a", now), Reading("song", "b", old)])
    faded = fuse_readings([Reading("text", "a", now), Reading("song", "b", old, days=90)])
    assert faded.valence > fresh.valence


def test_a_correction_outweighs_all() -> None:
    said = [Reading("text", "a", at(-0.5, 0.3, 0.35)), Reading("song", "b", at(-0.4, 0.2, 0.5))]
    corrected = fuse_readings([*said, Reading("person", "c", Feeling.at(0.1, -0.2))])
    assert corrected.valence == pytest.approx(0.1, abs=0.12)


@pytest.mark.parametrize("days", [-1.0, math.nan, math.inf])
def test_an_age_must_be_a_number_of_days(days: float) -> None:
    with pytest.raises(InvalidValueError, match="age must be at least 0 days"):
        Reading("text", "a", Feeling.named("rindu"), days)


def test_what_the_person_says_outweighs_all_and_does_not_age() -> None:
    read = [Reading(kind, kind, at(-0.8, 0.7, 0.2)) for kind in ("text", "song", "voice", "video")]
    said = Reading("person", "you", Feeling.at(0.7, -0.3), days=4000.0)
    fused = fuse_readings([*read, said])
    assert (fused.valence, fused.arousal, fused.valence_spread, fused.parts) == (0.7, -0.3, 0.1, ())
    newer = Reading("person", "you", Feeling.at(0.1, 0.1), days=1.0)
    assert fuse_readings([said, *read, newer]).valence == 0.1


def test_a_reading_of_two_feelings_brings_both_to_others() -> None:
    glad, sad = Feeling.named("girang"), Feeling.named("sedih")
    mixed = fuse_readings([Reading("text", "a", glad), Reading("song", "b", sad)])
    fused = fuse_readings([Reading("text", "a", mixed), Reading("song", "b", Feeling.named("sendu"))])
    assert {part.words[0] for part in fused.parts} == {"girang", "sedih"}
    assert len(fused.parts) == 2, "the second trace joins the part that it is near to"
