"""The table of wishes: taken once, fair, cancelled, handed back, failed with a reason; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homes import KINDS, open_one
from senandung.domain.errors import InvalidValueError
from senandung.remembering import jobs
from senandung.remembering.accounts import Person, add_owner, person_of
from senandung.remembering.jobs import CANCELLED, DONE, FAILED, MOST_TRIES, MOST_WAITING, RUNNING, SILENCE, WAITING, Job
from senandung.remembering.store.accounts import AccountRow
from senandung.remembering.store.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KIND = ("create",)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    yield from open_one(request.param, tmp_path)


def person(database: Database, name: str) -> Person:
    with database.writing() as session:
        row = AccountRow(name=name, created=NOW, settings={})
        session.add(row)
        session.flush()
        return person_of(row)


def wish(database: Database, who: Person, seed: int = 7, kind: str = "create") -> Job:
    with database.writing() as session:
        return jobs.add_job(session, who.id, kind, {"text": "hujan"}, seed=seed, at=NOW)


def taken(database: Database, at: datetime = NOW) -> Job:
    with database.writing() as session:
        job = jobs.take(session, KIND, at=at)
    assert job is not None
    return job


def now_of(database: Database, job: Job) -> Job:
    with database.reading() as session:
        found = jobs.find_job(session, job.account_id, job.id)
    assert found is not None
    return found


def test_a_wish_goes_its_way(database: Database) -> None:
    sari = person(database, "sari")
    asked = wish(database, sari)
    assert (asked.state, asked.seed, asked.wish) == (WAITING, 7, {"text": "hujan"})
    job = taken(database)
    assert (job.id, job.state, job.tries) == (asked.id, RUNNING, 1)
    with database.writing() as session:
        assert jobs.take(session, KIND, at=NOW) is None
        assert jobs.report(session, job, "composing", 0.25, at=NOW)
    assert (now_of(database, job).stage, now_of(database, job).progress) == ("composing", 0.25)
    with database.writing() as session:
        assert jobs.finish(session, job, {"track_id": 3}, at=NOW)
        assert not jobs.report(session, job, "late", 0.5, at=NOW)
    done = now_of(database, job)
    assert (done.state, done.result, done.over, done.ended) == (DONE, {"track_id": 3}, True, NOW)


def test_another_person_has_nothing_of_it(database: Database) -> None:
    sari, budi = person(database, "sari"), person(database, "budi")
    job = wish(database, sari)
    with database.writing() as session:
        assert jobs.find_job(session, budi.id, job.id) is None
        assert jobs.jobs_of(session, budi.id) == []
        assert not jobs.cancel(session, budi.id, job.id, at=NOW)
        assert not jobs.again(session, budi.id, job.id)
        assert not jobs.remove(session, budi.id, job.id)
        assert jobs.open_jobs(session, budi.id) == 0
    assert now_of(database, job).state == WAITING


def test_turns_are_fair_between_people(database: Database) -> None:
    sari, budi, wati = (person(database, name) for name in ("sari", "budi", "wati"))
    for _ in range(3):
        wish(database, sari)
    wish(database, budi)
    wish(database, wati)
    order = [taken(database, NOW + timedelta(seconds=turn)).account_id for turn in range(5)]
    assert order == [sari.id, budi.id, wati.id, sari.id, sari.id]


def test_who_just_had_a_turn_comes_after_who_did_not(database: Database) -> None:
    sari, budi = person(database, "sari"), person(database, "budi")
    first = wish(database, sari)
    wish(database, sari)
    wish(database, budi)
    job = taken(database)
    assert job.id == first.id
    with database.writing() as session:
        jobs.finish(session, job, {}, at=NOW)
    assert taken(database, NOW + timedelta(seconds=9)).account_id == budi.id


def test_a_kind_that_nobody_here_can_do_is_left(database: Database) -> None:
    wish(database, person(database, "sari"), kind="embroider")
    with database.writing() as session:
        assert jobs.take(session, KIND, at=NOW) is None


def test_many_who_take_at_once_take_each_job_once(database: Database) -> None:
    sari = person(database, "sari")
    asked = {wish(database, sari).id for _ in range(12)}
    found: list[int] = []

    def work() -> None:
        while True:
            with database.writing() as session:
                job = jobs.take(session, KIND, at=NOW)
            if job is None:
                return
            found.append(job.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(asked)


def test_cancelled_while_it_waits_and_while_it_runs(database: Database) -> None:
    sari = person(database, "sari")
    runs = wish(database, sari)
    waits = wish(database, sari)
    job = taken(database)
    assert job.id == runs.id
    with database.writing() as session:
        assert jobs.cancel(session, sari.id, waits.id, at=NOW)
        assert jobs.cancel(session, sari.id, runs.id, at=NOW)
        assert not jobs.goes_on(session, job)
        assert not jobs.report(session, job, "playing", 0.5, at=NOW)
    assert now_of(database, waits).state == CANCELLED
    assert now_of(database, runs).state == RUNNING
    with database.writing() as session:
        assert jobs.stop(session, job, at=NOW)
        assert not jobs.cancel(session, sari.id, runs.id, at=NOW)
    assert now_of(database, runs).state == CANCELLED


def test_one_that_failed_says_why_and_is_tried_again_with_its_seed(database: Database) -> None:
    sari = person(database, "sari")
    wish(database, sari, seed=2**62)
    job = taken(database)
    with database.writing() as session:
        assert jobs.fail(session, job, "disk", "/x: no room left on the disk", at=NOW)
    failed = now_of(database, job)
    assert (failed.state, failed.error, failed.result["why"]) == (FAILED, "/x: no room left on the disk", "disk")
    with database.writing() as session:
        assert jobs.again(session, sari.id, job.id)
        assert not jobs.again(session, sari.id, job.id)
    once_more = taken(database)
    assert (once_more.id, once_more.seed, once_more.error, once_more.tries) == (job.id, 2**62, None, 1)


def test_a_silent_worker_loses_its_job(database: Database) -> None:
    sari = person(database, "sari")
    wish(database, sari)
    lost = taken(database)
    late = NOW + SILENCE + timedelta(seconds=1)
    with database.reading() as session:
        assert jobs.open_work(session, at=NOW + SILENCE) == (False, False)
        assert jobs.open_work(session, at=late) == (False, True)
        assert jobs.open_work(session, at=late, mine=[lost.id]) == (False, False)
    with database.writing() as session:
        assert [job.id for job in jobs.take_back(session, at=late)] == [lost.id]
    found = taken(database, late)
    assert (found.id, found.seed, found.tries) == (lost.id, lost.seed, 2)
    assert found.claim != lost.claim
    with database.writing() as session:  # the first worker wakes up
        assert not jobs.report(session, lost, "playing", 0.9, at=late)
        assert not jobs.finish(session, lost, {"track_id": 1}, at=late)
        assert not jobs.fail(session, lost, "bug", "late", at=late)
        assert not jobs.hand_back(session, lost, at=late)
    assert now_of(database, found).state == RUNNING


def test_one_that_ends_its_worker_each_time_fails_at_last(database: Database) -> None:
    sari = person(database, "sari")
    asked = wish(database, sari)
    for turn in range(MOST_TRIES):
        job = taken(database, NOW + turn * timedelta(minutes=1))
        with database.writing() as session:
            assert jobs.hand_back(session, job, at=NOW)
    failed = now_of(database, asked)
    assert (failed.state, failed.result["why"]) == (FAILED, "lost")


def test_a_worker_that_is_sent_away_does_not_count(database: Database) -> None:
    sari = person(database, "sari")
    asked = wish(database, sari)
    for _ in range(MOST_TRIES + 2):
        job = taken(database)
        with database.writing() as session:
            assert jobs.hand_back(session, job, at=NOW, tried=False)
    assert (now_of(database, asked).state, now_of(database, asked).tries) == (WAITING, 0)


def test_a_worker_that_ends_when_it_was_to_stop_leaves_a_cancelled_job(database: Database) -> None:
    sari = person(database, "sari")
    wish(database, sari)
    job = taken(database)
    with database.writing() as session:
        jobs.cancel(session, sari.id, job.id, at=NOW)
        assert jobs.hand_back(session, job, at=NOW)
    assert now_of(database, job).state == CANCELLED


def test_only_what_is_over_leaves_the_list(database: Database) -> None:
    sari = person(database, "sari")
    asked = wish(database, sari)
    with database.writing() as session:
        assert not jobs.remove(session, sari.id, asked.id)
        jobs.cancel(session, sari.id, asked.id, at=NOW)
        assert jobs.remove(session, sari.id, asked.id)
        assert jobs.jobs_of(session, sari.id) == []


def test_not_too_many_wait(database: Database) -> None:
    sari = person(database, "sari")
    for _ in range(MOST_WAITING):
        wish(database, sari)
    with pytest.raises(InvalidValueError, match=f"at most {MOST_WAITING} wishes"):
        wish(database, sari)
    with database.reading() as session:
        assert jobs.open_jobs(session, sari.id) == MOST_WAITING
        assert jobs.before(session, jobs.jobs_of(session, sari.id)[0]) == MOST_WAITING - 1


def test_jobs_go_with_their_person(database: Database) -> None:
    with database.writing() as session:
        owner = add_owner(session, at=NOW)
    job = wish(database, owner)
    with database.writing() as session:
        session.delete(session.get_one(AccountRow, owner.id))
    with database.reading() as session:
        assert jobs.find_job(session, owner.id, job.id) is None
