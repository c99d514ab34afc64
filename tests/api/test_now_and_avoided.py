"""The first page's song and the song you avoid, in a home: stable, private, off until asked, never of itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from homes import KINDS
from listeners import BEGIN, DAY, rows_of
from senandung.api import accounts, avoided, now
from senandung.api.home import Home, open_home
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.fuzzy_date import FuzzyDate
from senandung.domain.memory import Felt, Memory
from senandung.remembering import memories as kept
from senandung.remembering.accounts import Person
from senandung.remembering.heard import BUTTON, DONE
from senandung.remembering.store.base import instant_of, milliseconds_of
from senandung.remembering.store.plays import OfferRow, PlayRow
from senandung.remembering.store.tracks import AnalysisRow, TrackRow

AT = instant_of(BEGIN + 400 * DAY + 15 * 3_600_000)
ENDED = {DONE: "trackdone", BUTTON: "fwdbtn"}


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    if request.param == "sqlite":
        with open_home(tmp_path / "home") as opened:
            yield opened
    else:
        from homes import open_one

        for database in open_one(request.param, tmp_path):
            address = database.engine.url.render_as_string(hide_password=False)
            with open_home(tmp_path / "home", address=address) as opened:
                yield opened


def fill(home: Home, *, plays: bool = True, owner: Person | None = None, tracks: int = 40) -> list[int]:
    """Tracks 0..39 of eight artists, and the made-up listener's plays of them."""
    person = owner or home.owner
    with home.database.writing() as session:
        rows = [
            TrackRow(
                path=f"/nowhere/{person.id}/{place}.ogg", owner_id=person.id, title=f"Lagu {place}",
                artist=f"Penyanyi {place % 8}", merge_key=f"penyanyi {place % 8} / lagu {place}", duration_ms=200_000,
                added=AT, search=f"lagu {place}",
            )
            for place in range(tracks)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        numbers = [row.id for row in rows]
        if plays:
            told = {"account_id": person.id, "source": "spotify", "offset_minutes": 420, "doubled": False}
            session.execute(
                insert(PlayRow),
                [
                    {
                        **told, "track_id": numbers[song], "started": instant_of(started), "played_ms": played,
                        "began": "clickrow" if chosen else "trackdone", "ended": ENDED[ended], "skipped": bool(skipped),
                    }
                    for song, started, played, chosen, ended, skipped in rows_of()
                ],
            )  # fmt: skip
    return numbers


def asked(home: Home) -> Person:
    """The owner, who asked for the song they avoid."""
    return avoided.ask(home, home.owner, True)


# ---- the song you avoid ----


def test_it_is_off_until_asked_and_then_shows_one_song(home: Home) -> None:
    tracks = fill(home)
    assert avoided.allowed(home, home.owner) == "asked"
    with pytest.raises(InvalidValueError, match="only when it is asked for"):
        avoided.silent_songs(home, home.owner)
    person = asked(home)
    song = avoided.one_to_show(avoided.silent_songs(home, person))
    assert song is not None and song.track_id == tracks[0] and song.grade == "avoided"
    assert (song.completed, song.days, song.skips_after, song.completed_after) == (75, 75, 60, 0)
    months = avoided.with_months(home, person, song).months
    assert sum(each.completed for each in months) == 75 and sum(each.skipped for each in months) == 60
    assert months[0].month == date(2022, 1, 1) and len(months) == 14
    assert avoided.allowed(home, avoided.ask(home, person, False)) == "asked"


def test_it_is_off_for_minors_and_where_the_owner_says_so(home: Home) -> None:
    child = accounts.add_person(home, "sari", "sebuah kata sandi", at=AT, minor=True)
    assert avoided.allowed(home, child) == "minor"
    with pytest.raises(InvalidValueError, match="is off here"):
        avoided.ask(home, child, True)
    accounts.set_setting(home, "avoided", False)
    assert avoided.allowed(home, home.owner) == "owner"
    with pytest.raises(InvalidValueError, match="is off here"):
        avoided.ask(home, home.owner, True)


def test_another_person_sees_nothing_of_it(home: Home) -> None:
    tracks = fill(home)
    other = avoided.ask(home, accounts.add_person(home, "sari", "sebuah kata sandi", at=AT), True)
    assert avoided.silent_songs(home, other) == ()
    assert avoided.answer(home, other, tracks[0], "avoid", at=AT) is None
    assert avoided.kept_back(home, other) == set()
    assert not avoided.never_this_song(home, other, tracks[0], at=AT)
    assert now.offer_now(home, other, at=AT) is None


@pytest.mark.parametrize("what", ["avoid", "outgrew", "someone-else", "never-ask", "welcome"])
def test_the_answer_stands_above_the_statistics(home: Home, what: str) -> None:
    tracks = fill(home)
    person = asked(home)
    assert avoided.answer(home, person, tracks[0], what, at=AT) is not None
    songs = avoided.silent_songs(home, person)
    assert next(each for each in songs if each.track_id == tracks[0]).said == what
    assert all(each.track_id != tracks[0] for n in range(len(songs)) if (each := avoided.one_to_show(songs, n)))
    back = "penyanyi 0 / lagu 0" in avoided.kept_back(home, person)
    assert back is (what in ("avoid", "someone-else", "never-ask"))
    assert avoided.take_back(home, person, tracks[0]) and "penyanyi 0 / lagu 0" in avoided.kept_back(home, person)


def test_an_answer_that_is_none_is_refused(home: Home) -> None:
    tracks = fill(home)
    with pytest.raises(InvalidValueError, match="an answer must be one of avoid, outgrew"):
        avoided.answer(home, asked(home), tracks[0], "maybe", at=AT)


def test_never_a_song_a_person_or_a_time(home: Home) -> None:
    tracks = fill(home)
    person = asked(home)
    avoided.never_this_time(home, person, date(2022, 5, 1), date(2022, 6, 30), at=AT)
    assert all(each.track_id != tracks[0] for each in avoided.silent_songs(home, person)), "it turned within that time"
    (never,) = avoided.nevers(home, person)
    assert avoided.allow_again(home, person, never.id) and not avoided.allow_again(home, person, never.id)
    with home.database.writing() as session:
        kept.add_memory(session, person.id, tracks[5], Memory(0, people=("Bu Sri",), text="x"), at=AT)
        kept.add_memory(session, person.id, tracks[6], _memory_of(date(2010, 3, 4)), at=AT)
    avoided.never_this_person(home, person, "bu SRI", at=AT)
    avoided.never_this_person(home, person, "Bu Sri", at=AT)
    avoided.never_this_time(home, person, date(2010, 1, 1), date(2010, 12, 31), at=AT)
    assert avoided.never_this_song(home, person, tracks[7], at=AT)
    assert len(avoided.nevers(home, person)) == 3
    expected = {f"penyanyi {place % 8} / lagu {place}" for place in (0, 5, 6, 7)}
    assert avoided.kept_back(home, person) == expected
    with pytest.raises(InvalidValueError, match="must end on its first day or later"):
        avoided.never_this_time(home, person, date(2011, 1, 1), date(2010, 1, 1), at=AT)


def _memory_of(day: date) -> Memory:
    return Memory(0, when=FuzzyDate("hari itu", day, day), text="x", felt=Felt(-0.6, -0.3))


def test_where_help_is_found_is_a_dated_table_that_can_be_edited(home: Home) -> None:
    rows = avoided.help_table(home)
    assert len(rows) >= 2 and {"healing119.id", "119, ekstensi 8"} <= {each.name for each in rows}
    assert all(each.checked > date(2026, 1, 1) and set(each.how) == {"id", "en"} for each in rows)
    path = home.folder / avoided.HELP_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('[[help]]\ncountry="ID"\nname="Puskesmas"\nid="dekat"\nen="near"\nchecked=2026-11-01\n', "utf-8")
    assert [each.name for each in avoided.help_table(home)] == ["Puskesmas"]
    path.write_text('[[help]]\nname="?"\n', "utf-8")
    with pytest.raises(FileError, match="must have country, name, id, en and checked"):
        avoided.help_table(home)


# ---- what fits now ----


def test_the_song_of_the_day_stays_until_not_now(home: Home) -> None:
    fill(home)
    first = now.offer_now(home, home.owner, at=AT)
    assert first is not None
    again = now.offer_now(home, home.owner, at=AT + timedelta(hours=1))
    assert again is not None and (again.id, again.track.id, again.reasons) == (first.id, first.track.id, first.reasons)
    assert first.points == sum(points for _, points in first.reasons)
    assert now.not_now(home, home.owner, first.id)
    second = now.offer_now(home, home.owner, at=AT + timedelta(hours=1))
    assert second is not None and second.track.id != first.track.id
    tomorrow = now.offer_now(home, home.owner, at=AT + timedelta(days=1))
    assert tomorrow is not None and tomorrow.id not in (first.id, second.id)
    assert now.forget_taught(home, home.owner) == 3


def test_all_day_nothing_refused_comes_back_and_at_last_there_is_none(home: Home) -> None:
    fill(home, plays=False, tracks=4)
    seen = []
    while (offer := now.offer_now(home, home.owner, at=AT)) is not None:
        seen.append(offer.track.id)
        now.not_now(home, home.owner, offer.id)
    assert len(seen) == len(set(seen)) == 4


def test_the_avoided_song_is_never_offered_but_by_consent(home: Home) -> None:
    tracks = fill(home)
    with home.database.writing() as session:  # a memory of these days: the strongest reason there is
        kept.add_memory(session, home.owner.id, tracks[0], _memory_of(AT.date() - timedelta(days=365)), at=AT)
    offer = now.offer_now(home, home.owner, at=AT)
    assert offer is not None and offer.track.id != tracks[0]
    avoided.answer(home, asked(home), tracks[0], "welcome", at=AT)
    later = now.offer_now(home, home.owner, at=AT + timedelta(days=1))
    assert later is not None and later.track.id == tracks[0] and later.strongest == "season"


def test_what_is_forbidden_after_it_was_offered_is_gone_at_once(home: Home) -> None:
    fill(home)
    offer = now.offer_now(home, home.owner, at=AT)
    assert offer is not None
    avoided.never_this_song(home, home.owner, offer.track.id, at=AT)
    other = now.offer_now(home, home.owner, at=AT)
    assert other is not None and other.track.id != offer.track.id


def test_a_feeling_that_was_said_chooses_and_is_forgotten_after_six_hours(home: Home) -> None:
    tracks = fill(home, plays=False)
    with home.database.writing() as session:
        for place, number in enumerate(tracks):
            point = (-0.7, -0.4) if place == 9 else (0.8, 0.8)
            session.add(AnalysisRow(track_id=number, state="done", at=AT, valence=point[0], arousal=point[1]))
    first = now.offer_now(home, home.owner, at=AT)
    person = now.say_feeling(home, home.owner, (-0.65, -0.3), at=AT)
    offer = now.offer_now(home, person, at=AT)
    assert first is not None and offer is not None
    assert offer.track.id == tracks[9] and offer.strongest == "mood" and offer.id != first.id
    assert now.feeling_now(person, AT + timedelta(hours=6)) == (-0.65, -0.3)
    assert now.feeling_now(person, AT + timedelta(hours=6, seconds=1)) is None
    with pytest.raises(InvalidValueError, match="valence must be a number"):
        now.say_feeling(home, person, (2.0, 0.0), at=AT)
    assert now.feeling_now(now.say_feeling(home, person, None, at=AT), AT) is None


def test_a_reason_that_is_left_aside_changes_the_score_by_its_points(home: Home) -> None:
    fill(home)
    fit = now.fit_now(home, home.owner, at=AT)
    assert fit is not None and len(fit.reasons) > 2
    shelf, at, weights = now.look(home, home.owner, at=AT)
    from senandung.remembering.fitting import fit_of, reasons

    place = int((shelf.track == fit.track).argmax())
    found = reasons(shelf, at, weights)
    for name, points in fit.reasons:
        rest = {other: each for other, each in found.items() if other != name}
        assert fit_of(shelf, rest, place).points == fit.points - points


def test_not_now_and_what_was_played_teach(home: Home) -> None:
    tracks = fill(home, plays=False)
    with home.database.writing() as session:
        for day in range(8):
            for number, name in ((tracks[1], "youth"), (tracks[2], "made")):
                offered = AT + timedelta(days=day)
                row = OfferRow(account_id=home.owner.id, track_id=number, at=offered, reasons=[[name, 10]])
                row.answer = "not-now" if name == "youth" else None
                session.add(row)
                if name == "made":
                    played = PlayRow(account_id=home.owner.id, track_id=number, source="here", played_ms=180_000)
                    played.started, played.ended = offered + timedelta(hours=1), "trackdone"
                    session.add(played)
    _, _, weights = now.look(home, home.owner, at=AT + timedelta(days=9))
    assert weights["youth"] < 9.5 and weights["made"] > 10.2


def test_an_offer_is_its_persons_alone(home: Home) -> None:
    fill(home)
    offer = now.offer_now(home, home.owner, at=AT)
    other = accounts.add_person(home, "sari", "sebuah kata sandi", at=AT)
    assert offer is not None and not now.not_now(home, other, offer.id) and not now.played(home, other, offer.id)
    with home.database.reading() as session:
        assert session.scalars(select(OfferRow.answer)).all() == [None]


def test_lately_remembered_leaves_out_what_does_not_come_by_itself(home: Home) -> None:
    tracks = fill(home)
    with home.database.writing() as session:
        for number in (tracks[0], tracks[3]):
            kept.add_memory(session, home.owner.id, number, Memory(1000, text="rahasia"), at=AT)
    assert [each.track.id for each in now.lately_remembered(home, home.owner)] == [tracks[3]]


def test_the_day_is_the_persons_own(home: Home) -> None:
    fill(home)  # their clock stands seven hours ahead
    before = datetime(2023, 3, 1, 16, 59, tzinfo=UTC)
    offer, later = (now.offer_now(home, home.owner, at=before + timedelta(minutes=n)) for n in (0, 2))
    assert offer is not None and later is not None and offer.id != later.id
    assert milliseconds_of(later.at) - milliseconds_of(offer.at) == 120_000


def test_a_few_new_plays_are_not_waited_for_but_the_song_that_was_just_heard_is_known(home: Home) -> None:
    tracks = fill(home)
    told = avoided.told_by_plays(home, home.owner)
    with home.database.writing() as session:
        played = PlayRow(account_id=home.owner.id, track_id=tracks[4], source="here", played_ms=200_000, doubled=False)
        played.started, played.ended, played.offset_minutes = AT - timedelta(minutes=5), "trackdone", 420
        session.add(played)
    assert avoided.told_by_plays(home, home.owner, lately=True) is told
    shelf, _, _ = now.look(home, home.owner, at=AT)
    place = int((shelf.track == tracks[4]).argmax())
    assert shelf.last[place] == milliseconds_of(AT - timedelta(minutes=5))
    assert avoided.told_by_plays(home, home.owner) is not told


def test_plays_that_were_deleted_count_no_more_even_lately(home: Home) -> None:
    fill(home)
    told = avoided.told_by_plays(home, home.owner)
    with home.database.writing() as session:
        first, second = session.scalars(select(PlayRow).where(PlayRow.account_id == home.owner.id).limit(2))
        track = first.track_id
        session.delete(first)
        session.delete(second)
        session.flush()
        for minute in range(2):
            session.add(PlayRow(account_id=home.owner.id, track_id=track, source="here", doubled=False,
                                started=AT - timedelta(minutes=minute)))  # fmt: skip
    assert avoided.told_by_plays(home, home.owner, lately=True) is not told
