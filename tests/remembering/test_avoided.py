"""The song you avoid: the definitions, each test beside a slow one, and what must not change the result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact

from listeners import BEGIN, DAY, LENGTH, SONGS, TURN, done, plays_of, rows_of, scrobble, skip, songs_of
from senandung.domain.errors import InvalidValueError
from senandung.remembering.avoided import AVOIDED, LEFT, RESTING, Finding, find_silent
from senandung.remembering.heard import BUTTON, DONE, ELSEWHERE, OTHER, Heard, Plays, hear
from senandung.remembering.patterns import named_pattern, seasonal
from senandung.remembering.turning import benjamini_hochberg, find_turns, ledger
from senandung.remembering.wear_out import find_wear

PLANTED = plays_of(rows_of())


def found(plays: Plays) -> dict[int, Finding]:
    return {each.song: each for each in find_silent(plays, songs_of())}


def avoided(plays: Plays) -> list[int]:
    return [each.song for each in find_silent(plays, songs_of()) if each.grade == AVOIDED]


def test_a_song_that_was_loved_and_then_skipped_is_found_with_its_evidence() -> None:
    song = found(PLANTED)[0]
    assert avoided(PLANTED) == [0]
    assert (song.completed, song.days, song.completed_after, song.skips_after) == (75, 75, 0, 60)
    assert song.tests == ("turn", "wear") and song.because is None and song.score > 3
    assert abs((song.turned - BEGIN) / DAY - TURN) < 3
    assert song.last == song.turned and song.silent_days == 400 - 1 - (TURN - 2)


@pytest.mark.parametrize("seed", range(4))
def test_of_a_listener_who_turns_from_nothing_nothing_is_named(seed: int) -> None:
    assert avoided(plays_of(rows_of(turns=False, seed=seed))) == []


def test_an_empty_history_and_one_of_a_single_play_say_nothing() -> None:
    assert find_silent(plays_of([]), songs_of()) == ()
    assert find_silent(plays_of([done(3, 0.5)]), songs_of()) == ()


@pytest.mark.parametrize(
    ("row", "completed", "skipped"),
    [
        ((0, 0, LENGTH, True, DONE, 0), True, False),
        ((0, 0, 171_000, True, OTHER, -1), True, False),
        ((0, 0, 169_000, True, OTHER, -1), False, False),
        ((0, 0, 90_000, False, BUTTON, 1), False, True),
        ((0, 0, 110_000, False, BUTTON, 1), False, False),
        ((0, 0, 20_000, False, ELSEWHERE, -1), False, True),
        ((0, 0, 40_000, False, ELSEWHERE, -1), False, False),
        ((0, 0, 40_000, False, ELSEWHERE, 1), False, True),
        ((0, 0, 5_000, False, OTHER, 1), False, False),
        ((0, 0, 5_000, False, OTHER, 0), False, False),
        ((0, 0, -1, False, 0, -1), True, False),
        ((0, 0, -1, False, 0, 1), False, False),
    ],
)
def test_what_a_play_says(row: tuple[int, int, int, bool, int, int], completed: bool, skipped: bool) -> None:
    others = [(0, 1000 + number, LENGTH, True, DONE, 0) for number in range(12)]
    heard = hear(plays_of([row, *others]), 1)
    assert (bool(heard.completed[0]), bool(heard.skipped[0])) == (completed, skipped)


def test_a_length_is_the_ninetieth_percentile_of_what_was_heard_to_the_end() -> None:
    rng = np.random.default_rng(4)
    drawn = zip(rng.integers(0, 5, 200), rng.integers(1, 9_000, 200), strict=True)
    rows = [(int(song), at, int(ms), False, DONE, 0) for at, (song, ms) in enumerate(drawn)]
    heard = hear(plays_of(rows), 6)
    for song in range(5):
        mine = [row[2] for row in rows if row[0] == song]
        assert heard.length[song] == pytest.approx(np.percentile(mine, 90))
    assert np.isnan(heard.length[5])


def test_songs_must_be_numbered_below_their_count() -> None:
    with pytest.raises(InvalidValueError, match="below their count"):
        hear(plays_of([done(7, 0)]), 7)


# ---- the two tests beside slow ones ----


def test_the_turn_is_that_of_a_slow_search() -> None:
    heard = hear(plays_of(rows_of(days=120, seed=3)), SONGS)
    book = ledger(heard, np.arange(6))
    turn = find_turns(book)
    for k, song in enumerate(book.song):
        slow_drop, slow_skips = _slow_turn(heard, int(song))
        assert turn.p_turn[k] == pytest.approx(slow_drop, rel=1e-9)
        assert turn.p_skips[k] == pytest.approx(slow_skips, rel=1e-6)


def _slow_turn(heard: Heard, song: int) -> tuple[float, float]:
    """V1 as it is written down, row by row."""
    own = heard.plays.song == song
    rows = [(int(each), bool(heard.completed[each])) for each in np.flatnonzero(heard.evident & own)]
    finished = np.flatnonzero(heard.completed & ~own)
    total = sum(finished >= rows[0][0])
    all_done = sum(each for _, each in rows)
    drop, skips, days = 1.0, 1.0, set()
    for place, (row, is_done) in enumerate(rows):
        before = [each for _, each in rows[: place + 1]]
        after = [each for _, each in rows[place + 1 :]]
        if is_done:
            days.add(int(heard.day[row]))
        if sum(before) < 12 or len(days) < 5:
            continue
        skipped = len(after) - sum(after)
        if skipped < 4 or skipped < 0.6 * len(after):
            continue
        if is_done and total:
            drop = min(drop, float(binom.cdf(sum(after), all_done, sum(finished > row) / total)))
        table = [[skipped, sum(after)], [len(before) - sum(before), sum(before)]]
        skips = min(skips, float(fisher_exact(table, alternative="greater")[1]))
    return min(drop * all_done, 1.0), min(skips * len(rows), 1.0)


def test_a_step_is_told_from_no_change_and_from_wearing_out() -> None:
    heard = hear(PLANTED, SONGS)
    book = ledger(heard, np.arange(SONGS))
    wear = find_wear(heard, book)
    assert wear.gain[0] > 30 and wear.ceased[0]
    assert (wear.gain[1:] < 10).all()


def test_a_song_that_wears_out_slowly_is_not_avoided() -> None:
    rng = np.random.default_rng(5)
    rows = [row for row in rows_of(turns=False) if row[0] != 0]
    for day in range(400):
        share = 0.5 ** (day / 60)
        if rng.random() < share:
            rows.append(done(0, day + 0.47))
        if rng.random() < 0.35:
            rows.append(skip(0, day + 0.48) if rng.random() > share else done(0, day + 0.48, chosen=False))
    assert 0 not in avoided(plays_of(rows))


def test_the_false_discovery_rate_is_that_of_benjamini_and_hochberg() -> None:
    known = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
    ]
    p = np.array([*known, 1.0])  # the example of their paper, of which four are taken at q = .05
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4
    assert (np.diff(benjamini_hochberg(np.sort(p))) >= 0).all()


# ---- what must not change the result ----


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 400))
def test_order_and_doubles_change_nothing(seed: int, doubles: int) -> None:
    numbers = np.random.default_rng(seed).permutation(len(PLANTED))
    again = PLANTED.take(np.append(numbers, numbers[:doubles]))
    assert find_silent(again, songs_of()) == find_silent(PLANTED, songs_of())


@settings(max_examples=20, deadline=None)
@given(st.integers(-14 * 60, 14 * 60))
def test_the_time_zone_changes_nothing(minutes: int) -> None:
    """The same evenings of another part of the world: the same findings, at other instants."""
    shift = minutes * 60_000
    moved = find_silent(replace(PLANTED, started=PLANTED.started + shift), songs_of())
    back = [replace(each, turned=each.turned - shift, last=each.last - shift) for each in moved]
    assert back == list(find_silent(PLANTED, songs_of()))


@settings(max_examples=10, deadline=None)
@given(
    st.integers(1, 5),
    st.integers(20, 70),
    st.lists(st.floats(0.001, 200), min_size=1, max_size=4),
    st.booleans(),
)
def test_a_completion_after_all_that_was_heard_never_raises_the_score(
    seed: int, skips: int, later: list[float], chosen: bool
) -> None:
    rows = rows_of(seed=seed, skips=skips)
    before = found(plays_of(rows)).get(0)
    end = 400.0
    for each in later:
        end += each
        rows = [*rows, done(0, end, chosen=chosen)]
        after = found(plays_of(rows)).get(0)
        assert (after.score if after else 0.0) <= (before.score if before else 0.0)
        before = after


# ---- what is not avoided ----


def test_without_short_plays_it_is_at_most_left_behind() -> None:
    kept = PLANTED.take(PLANTED.played >= 30_000)
    assert avoided(kept) == [] and found(kept)[0].grade == LEFT


def test_of_scrobbles_alone_it_is_at_most_left_behind() -> None:
    rows = [scrobble(row[0], (row[1] - BEGIN) / DAY) for row in rows_of() if row[4] == DONE]
    assert avoided(plays_of(rows)) == [] and found(plays_of(rows))[0].grade == LEFT


def test_three_skips_are_too_few_and_so_are_many_on_one_day() -> None:
    assert avoided(plays_of(rows_of(skips=3))) == []
    one_day = [*rows_of(skips=0), *(skip(0, TURN + 10 + place / 400) for place in range(30))]
    assert avoided(plays_of(one_day)) == []


def test_a_song_that_was_loved_too_little_is_not_named() -> None:
    rows = [row for row in rows_of() if row[0] != 0 or row[4] != DONE or (row[1] - BEGIN) / DAY < 22]
    assert sum(row[0] == 0 and row[4] == DONE for row in rows) == 11
    assert 0 not in found(plays_of(rows))


def test_an_artist_that_is_left_and_a_company_that_is_gone_are_not_avoidance() -> None:
    kin = [row for row in rows_of() if not (row[0] % 8 == 0 and row[0] and (row[1] - BEGIN) / DAY > TURN)]
    assert found(plays_of(kin))[0].because == "artist"
    rows = [row for row in rows_of() if row[0] != 0 or row[4] != DONE]
    for day in range(0, TURN, 2):  # mornings of four songs, of which song 0 is one, that all end
        rows += [done(song, day + 0.1 + place / 400) for place, song in enumerate((33, 0, 34, 35, 36))]
    rows = [row for row in rows if row[0] not in (33, 34, 35, 36) or (row[1] - BEGIN) / DAY < TURN]
    assert found(plays_of(rows))[0].because == "company"


def test_a_song_to_sleep_by_is_resting() -> None:
    rows = [row for row in rows_of() if row[0] != 0 or row[4] != DONE]
    rows = [*rows, *(done(0, day + 0.62) for day in range(0, TURN, 2))]
    for day in range(400):  # mornings, so that evenings end in a long silence and most songs are not before it
        rows += [done(1 + (day + place) % 39, day + 0.3 + place / 200, chosen=False) for place in range(12)]
    assert (found(plays_of(rows))[0].because, found(plays_of(rows))[0].grade) == ("sleep", RESTING)


def test_what_cannot_be_heard_any_more_is_not_avoided() -> None:
    songs = songs_of()
    songs.available[0] = False
    song = {each.song: each for each in find_silent(PLANTED, songs)}[0]
    assert (song.grade, song.because) == (LEFT, "gone")


@pytest.mark.parametrize(
    ("days", "is_season"),
    [
        (["2022-12-10", "2022-12-20", "2022-12-25", "2023-12-24"], True),
        (["2023-03-25", "2023-04-10", "2023-04-22", "2024-03-20", "2024-04-11"], True),
        (["2022-08-15", "2022-08-17", "2023-08-14", "2023-08-17", "2024-08-17", "2024-08-16"], True),
        (["2022-02-01", "2022-05-10", "2022-08-20", "2022-11-02"], False),
        (["2022-07-01", "2022-07-10", "2022-07-20", "2022-07-30"], False),
    ],
)
def test_seasons_are_known(days: list[str], is_season: bool) -> None:
    started = np.array(days, dtype="datetime64[ms]").astype(np.int64)
    assert seasonal(started) is is_season


def test_names_say_what_a_song_is_for() -> None:
    assert named_pattern("Selamat Hari Lebaran", "Oslan Husein") == "season"
    assert named_pattern("Potong Bebek", "Lagu Anak Indonesia") == "child"
    assert named_pattern("Sleep Sounds", "White Noise") == "sleep"
    assert named_pattern("Separuh Nafas", "Dewa 19") is None
