"""A song given to exactly one person."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from homes import KINDS, open_one
from senandung.domain.errors import InvalidValueError
from senandung.domain.gift import MOST_REPLIES, Gift, Share, new_secret
from senandung.domain.memory import Memory
from senandung.remembering.memories import add_memory
from senandung.remembering.sharing import (
    answer_asking,
    ask_again,
    claim,
    delete_reply,
    delete_share,
    find_share,
    give,
    judge_reply,
    look,
    opened_by,
    replies_of,
    replies_to,
    reply,
    revoke,
    shares_of,
    visit,
)
from senandung.remembering.store.database import Database, forget
from settled import NOW, People, settle

GIFT = Gift("Dengarkan sampai bait kedua.", "Dewi", 83_400)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    yield from open_one(request.param, tmp_path)


@pytest.fixture
def people(database: Database) -> People:
    return settle(database)


def given(database: Database, people: People, gift: Gift = GIFT) -> tuple[Share, str]:
    with database.writing() as session:
        return give(session, people.ibu, people.songs[0], gift, at=NOW)


def claimed(database: Database, secret: str) -> str:
    with database.writing() as session:
        device = claim(session, secret, at=NOW)
    assert device is not None
    return device


def test_one_device_opens_it_and_no_other(database: Database, people: People) -> None:
    share, secret = given(database, people)
    device = claimed(database, secret)
    with database.writing() as session:
        assert claim(session, secret, at=NOW) is None
    with database.reading() as session:
        opened = opened_by(session, secret, device)
        assert opened is not None and opened.gift == GIFT and opened.state(NOW) == "claimed"
        assert opened_by(session, secret, new_secret()) is None
        assert opened_by(session, new_secret(), device) is None
        assert opened_by(session, secret, "") is None
    with database.writing() as session:
        visit(session, share.id, at=NOW)
    with database.reading() as session:
        found = find_share(session, people.ibu, share.id)
        assert found is not None and (found.visits, found.visited) == (1, NOW)


def test_a_hundred_looks_claim_nothing(database: Database, people: People) -> None:
    share, secret = given(database, people)
    with database.reading() as session:
        for _ in range(100):
            assert look(session, secret) == share
    claimed(database, secret)
    with database.reading() as session:
        assert look(session, new_secret()) is None
        assert look(session, "../../etc") is None


def test_of_two_that_race_one_wins(database: Database, people: People) -> None:
    for _ in range(5):
        _, secret = given(database, people)
        gate = threading.Barrier(8)
        won: list[str | None] = []

        def open_it(secret: str = secret, gate: threading.Barrier = gate, won: list[str | None] = won) -> None:
            gate.wait()
            with database.writing() as session:
                won.append(claim(session, secret, at=NOW))

        threads = [threading.Thread(target=open_it) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (winner,) = [device for device in won if device is not None]
        assert len(won) == 8
        with database.reading() as session:
            assert opened_by(session, secret, winner) is not None


def test_after_its_end_it_cannot_be_claimed_but_what_was_claimed_stays(database: Database, people: People) -> None:
    end = NOW + timedelta(days=7)
    _, late = given(database, people, Gift(expires=end))
    share, early = given(database, people, Gift(expires=end))
    device = claimed(database, early)
    with database.writing() as session:
        assert claim(session, late, at=end) is None
        found = look(session, late)
        assert found is not None and found.state(end) == "expired"
        assert opened_by(session, early, device) is not None
    with pytest.raises(InvalidValueError, match="must end after now"):
        given(database, people, Gift(expires=NOW))
    assert share.state(NOW) == "waiting"


def test_taken_back_it_is_closed_at_once(database: Database, people: People) -> None:
    share, secret = given(database, people)
    device = claimed(database, secret)
    other, waiting = given(database, people)
    with database.writing() as session:
        assert revoke(session, people.ibu, share.id, at=NOW)
        assert not revoke(session, people.ibu, share.id, at=NOW)
        assert revoke(session, people.ibu, other.id, at=NOW)
    with database.writing() as session:
        assert opened_by(session, secret, device) is None
        assert claim(session, waiting, at=NOW) is None
        assert not ask_again(session, secret, device=new_secret(), at=NOW)


def test_another_device_may_have_it_once_if_the_sender_says_so(database: Database, people: People) -> None:
    share, secret = given(database, people)
    first = claimed(database, secret)
    second, third = new_secret(), new_secret()
    with database.writing() as session:
        assert ask_again(session, secret, device=second, said="Firefox, Android", at=NOW)
        assert ask_again(session, secret, device=second, said="Firefox, Android", at=NOW)
        assert not ask_again(session, secret, device=third, at=NOW)
        asking = find_share(session, people.ibu, share.id)
        assert asking is not None
        assert (asking.state(NOW), asking.asked, asking.asked_from) == ("asked", NOW, "Firefox, Android")
        assert opened_by(session, secret, second) is None
    with database.writing() as session:
        assert not answer_asking(session, people.dewi, share.id, yes=True)
        assert answer_asking(session, people.ibu, share.id, yes=False)
        assert not answer_asking(session, people.ibu, share.id, yes=True)
        assert opened_by(session, secret, first) is not None
    with database.writing() as session:
        assert ask_again(session, secret, device=third, at=NOW)
        assert answer_asking(session, people.ibu, share.id, yes=True)
    with database.writing() as session:
        assert opened_by(session, secret, third) is not None
        assert opened_by(session, secret, first) is None
        assert not ask_again(session, secret, device=second, at=NOW)
        assert not answer_asking(session, people.ibu, share.id, yes=True)


def test_nobody_asks_for_what_still_waits(database: Database, people: People) -> None:
    _, secret = given(database, people)
    with database.writing() as session:
        assert not ask_again(session, secret, device=new_secret(), at=NOW)
        assert claim(session, secret, at=NOW) is not None


def test_replies_wait_for_the_sender(database: Database, people: People) -> None:
    share, _ = given(database, people)
    with database.writing() as session:
        said = reply(session, share.id, "  Aku menangis di bait kedua.  ", at=NOW)
    assert (said.text, said.state) == ("Aku menangis di bait kedua.", "waiting")
    with database.writing() as session:
        assert not judge_reply(session, people.dewi, said.id, "shown")
        assert judge_reply(session, people.ibu, said.id, "shown")
        with pytest.raises(InvalidValueError, match="waiting, shown, hidden"):
            judge_reply(session, people.ibu, said.id, "liked")
    with database.writing() as session:
        assert [each.state for each in replies_of(session, share.id)] == ["shown"]
        ((to, shown),) = replies_to(session, people.ibu)
        assert (to.id, shown.id) == (share.id, said.id)
        assert replies_to(session, people.ibu, track_id=people.songs[1]) == ()
        assert replies_to(session, people.dewi) == ()
        assert not delete_reply(session, people.dewi, said.id)
        assert delete_reply(session, people.ibu, said.id)
    with database.writing() as session:
        assert replies_of(session, share.id) == ()
        for number in range(MOST_REPLIES):
            reply(session, share.id, str(number), at=NOW)
        with pytest.raises(InvalidValueError, match=f"at most {MOST_REPLIES} replies"):
            reply(session, share.id, "satu lagi", at=NOW)
        with pytest.raises(InvalidValueError, match=r"1\.\.4000 characters"):
            reply(session, share.id, "  ", at=NOW)


def test_only_ones_own_is_given_and_seen(database: Database, people: People) -> None:
    share, _ = given(database, people)
    with database.writing() as session:
        memory = add_memory(session, people.dewi, people.songs[0], Memory(0, text="rahasia Dewi"), at=NOW)
    for gift, track, said in (
        (Gift(memory_id=memory.id), people.songs[0], "no such memory"),
        (Gift(), 999_999, "no such song"),
    ):
        with pytest.raises(InvalidValueError, match=said), database.writing() as session:
            give(session, people.ibu, track, gift, at=NOW)
    with pytest.raises(InvalidValueError, match="no such song"), database.writing() as session:
        give(session, people.dewi, people.own, Gift(), at=NOW)
    with database.writing() as session:
        assert shares_of(session, people.dewi) == ()
        assert find_share(session, people.dewi, share.id) is None
        assert not revoke(session, people.dewi, share.id, at=NOW)
        assert not delete_share(session, people.dewi, share.id)
        assert delete_share(session, people.ibu, share.id)
        assert shares_of(session, people.ibu) == ()


def test_no_secret_is_in_the_database(tmp_path: Path) -> None:
    for database in open_one("sqlite", tmp_path):
        people = settle(database)
        _, secret = given(database, people)
        device, asking = claimed(database, secret), new_secret()
        with database.writing() as session:
            assert ask_again(session, secret, device=asking, at=NOW)
        forget(database)
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("home.db*"))
        assert b"Dengarkan sampai bait kedua." in kept
        assert [each for each in (secret, device, asking) if each.encode() in kept] == []
