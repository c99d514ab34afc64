"""Accounts in the home's tables: names, visits, programs, tries, settings, deleting."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select

from homes import KINDS, open_one
from senandung.domain.errors import InvalidValueError
from senandung.remembering import accounts
from senandung.remembering.store.accounts import AttemptRow, SessionRow
from senandung.remembering.store.database import Database, open_database, tables
from senandung.remembering.store.memories import MemoryRow
from senandung.remembering.store.tracks import TrackRow

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    for made in open_one(request.param, tmp_path):
        with made.writing() as session:
            accounts.add_owner(session, at=NOW)
        yield made


def test_names_are_one_persons_whatever_their_case(database: Database) -> None:
    with database.writing() as session:
        sari = accounts.add_person(session, "  Sari   Dewi ", "hash", at=NOW)
        assert sari.name == "Sari Dewi"
        assert accounts.find_person(session, "sari dewi") == (sari, "hash")
        owner = accounts.the_owner(session)
        assert owner is not None
        assert accounts.rename_person(session, owner, "Ibu").name == "Ibu"
        assert accounts.rename_person(session, sari, "SARI DEWI").name == "SARI DEWI"
        assert [each.name for each in accounts.people(session)] == ["Ibu", "SARI DEWI"]
    for name, rule in (("sari  DEWI", "free"), ("", "1 to 40"), ("a" * 41, "1 to 40"), ("sa\u202eri", "seen")):
        with pytest.raises(InvalidValueError, match=rule), database.writing() as session:
            accounts.add_person(session, name, "hash", at=NOW)


def test_a_visit_holds_until_its_end(database: Database) -> None:
    with database.writing() as session:
        owner = accounts.the_owner(session)
        assert owner is not None
        number = accounts.begin_visit(session, owner, b"1" * 32, device="Firefox", at=NOW, lasts=HOUR)
    with database.reading() as session:
        found = accounts.visit_of(session, b"1" * 32, at=NOW + HOUR / 2)
        assert found is not None
        assert (found[0], found[1].id, found[1].device) == (owner, number, "Firefox")
        assert accounts.visit_of(session, b"1" * 32, at=NOW + HOUR) is None
        assert accounts.visit_of(session, b"2" * 32, at=NOW) is None
    with database.writing() as session:
        accounts.begin_visit(session, owner, b"3" * 32, device="", at=NOW + 2 * HOUR, lasts=HOUR)
        assert session.scalar(select(func.count()).select_from(SessionRow)) == 1, "what is over is deleted"


def test_visits_are_ended_by_their_person_alone(database: Database) -> None:
    with database.writing() as session:
        owner = accounts.the_owner(session)
        assert owner is not None
        sari = accounts.add_person(session, "sari", "hash", at=NOW)
        own = [accounts.begin_visit(session, owner, bytes([n]) * 32, device="", at=NOW, lasts=HOUR) for n in range(3)]
        hers = accounts.begin_visit(session, sari, b"s" * 32, device="", at=NOW, lasts=HOUR)
        assert accounts.end_visits(session, owner, only=hers) == 0
        assert accounts.end_visits(session, owner, only=own[0]) == 1
        assert accounts.end_visits(session, owner, but=own[1]) == 1
        assert [each.id for each in accounts.visits(session, owner, at=NOW)] == [own[1]]
        assert [each.id for each in accounts.visits(session, sari, at=NOW)] == [hers]


def test_a_programs_password_is_its_persons(database: Database) -> None:
    with database.writing() as session:
        owner = accounts.the_owner(session)
        assert owner is not None
        sari = accounts.add_person(session, "sari", "hash", at=NOW)
        made = accounts.add_app_password(session, sari, "Symfonium", "secret-1", at=NOW)
        assert accounts.person_of_secret(session, "secret-1") == (sari, made)
        assert accounts.person_of_secret(session, "secret") is None
        assert accounts.secrets_of(session, "SARI") == [(sari, made, "secret-1")]
        assert accounts.secrets_of(session, "nobody") == []
        assert accounts.app_passwords(session, owner) == []
        assert not accounts.revoke_app_password(session, owner, made.id)
        accounts.mark_used(session, made.id, at=NOW)
        assert [each.used for each in accounts.app_passwords(session, sari)] == [NOW]
    with pytest.raises(InvalidValueError, match="which has a password"), database.writing() as session:
        accounts.add_app_password(session, sari, "Symfonium", "secret-2", at=NOW)
    with database.writing() as session:
        assert accounts.revoke_app_password(session, sari, made.id)
        assert accounts.person_of_secret(session, "secret-1") is None


def test_tries_are_counted_and_forgotten(database: Database) -> None:
    with database.writing() as session:
        for minute in range(5):
            at = NOW + timedelta(minutes=minute)
            accounts.add_attempt(session, ["name:a", "address:1"], at=at, forget=at - HOUR)
        assert accounts.count_attempts(session, "name:a", since=NOW + timedelta(minutes=1)) == 3
        assert accounts.count_attempts(session, "name:b", since=NOW - HOUR) == 0
        accounts.clear_attempts(session, "name:a")
        assert accounts.count_attempts(session, "name:a", since=NOW - HOUR) == 0
        late = NOW + 2 * HOUR
        accounts.add_attempt(session, ["name:c"], at=late, forget=late - HOUR)
        assert session.scalars(select(AttemptRow.key)).all() == ["name:c"]


def test_settings_stay_and_go(database: Database) -> None:
    with database.writing() as session:
        owner = accounts.the_owner(session)
        assert owner is not None
        changed = accounts.change_settings(session, owner, {"language": "en", "theme": "dark"})
        assert changed.language == "en"
        assert accounts.change_settings(session, owner, {"theme": None}).settings == {"language": "en"}
        accounts.write_setting(session, "avoided", False)
        assert accounts.read_setting(session, "avoided") is False
        accounts.write_setting(session, "avoided", True)
        assert accounts.read_setting(session, "avoided") is True
        accounts.write_setting(session, "avoided", None)
        assert accounts.read_setting(session, "avoided") is None


def test_a_deleted_person_leaves_no_row(database: Database) -> None:
    with database.writing() as session:
        owner = accounts.the_owner(session)
        assert owner is not None
        sari = accounts.add_person(session, "sari", "hash", at=NOW)
        for person in (owner, sari):
            accounts.begin_visit(session, person, person.name.encode().ljust(32), device="", at=NOW, lasts=HOUR)
            accounts.add_app_password(session, person, "x", person.name, at=NOW)
            track = TrackRow(
                owner_id=person.id, title="lagu", merge_key="k", added=NOW, song_folder=f"/songs/{person.name}"
            )
            session.add(track)
            session.flush()
            session.add(MemoryRow(account_id=person.id, track_id=track.id, start_ms=0, created=NOW, changed=NOW))
    with database.writing() as session:
        assert accounts.delete_person(session, sari, at=NOW) == ["/songs/sari"]
    with database.reading() as session:
        for table in tables().sorted_tables:
            for column in table.columns:
                if any(key.column.table.name == "account" for key in column.foreign_keys):
                    count = session.scalar(select(func.count()).select_from(table).where(column == sari.id))
                    assert count == 0, f"{table.name}.{column.name}"
        assert len(accounts.app_passwords(session, owner)) == 1
    with database.writing() as session:
        assert accounts.delete_person(session, owner, at=NOW + HOUR) == [f"/songs/{accounts.OWNER}"]
        fresh = accounts.the_owner(session)
        assert fresh is not None
        assert (fresh.id, fresh.name, fresh.settings) == (owner.id, accounts.OWNER, {})
        assert accounts.app_passwords(session, fresh) == []
        assert session.scalar(select(func.count()).select_from(MemoryRow)) == 0


@settings(max_examples=60)
@given(name=some.text(min_size=1, max_size=50))
def test_a_name_is_found_again_however_it_is_written(name: str) -> None:
    with open_database("sqlite://") as database, database.writing() as session:
        try:
            person = accounts.add_person(session, name, "hash", at=NOW)
        except InvalidValueError:
            return
        for other in (name, f" {name} ", name.casefold(), unicodedata.normalize("NFD", name)):
            found = accounts.find_person(session, other)
            assert found is not None
            assert found[0] == person
            with pytest.raises(InvalidValueError, match="name must"):
                accounts.add_person(session, other, "hash", at=NOW)
