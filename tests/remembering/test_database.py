"""The home's database: made, migrated, locked, forgotten."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import create_engine, func, select

from homes import KINDS, open_one
from senandung.domain.errors import FileError, InvalidValueError, OutputError
from senandung.remembering.accounts import add_owner, the_owner
from senandung.remembering.store.accounts import AccountRow
from senandung.remembering.store.base import instant_of, milliseconds_of
from senandung.remembering.store.database import Database, open_database, sqlite_address, tables

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    yield from open_one(request.param, tmp_path)


def test_migrations_lead_to_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables()) == []


def test_an_owner_and_a_time_come_back(database: Database) -> None:
    there = datetime(2026, 3, 1, 19, 0, 0, 123000, tzinfo=timezone(timedelta(hours=7)))
    with database.writing() as session:
        owner = add_owner(session, at=there)
    with database.reading() as session:
        assert the_owner(session) == owner
        row = session.scalars(select(AccountRow)).one()
        assert row.created == there
        assert row.created.tzinfo == UTC
    with pytest.raises(InvalidValueError, match="one owner"), database.writing() as session:
        add_owner(session, at=NOW)


def test_a_block_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        add_owner(session, at=NOW)
        raise ZeroDivisionError
    with database.reading() as session:
        assert the_owner(session) is None


def test_threads_that_read_and_write_at_once_wait_for_each_other(database: Database) -> None:
    failed: list[BaseException] = []

    def add(number: int) -> None:
        try:
            for turn in range(8):
                with database.writing() as session:
                    count = session.scalar(select(func.count()).select_from(AccountRow)) or 0
                    session.add(AccountRow(name=f"{number}-{turn}-{count}", created=NOW, settings={}))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AccountRow)) == 32


def test_a_file_is_its_owners_alone_and_opens_again(tmp_path: Path) -> None:
    with open_database(sqlite_address(tmp_path / "home")) as home, home.writing() as session:
        add_owner(session, at=NOW, name="ibu")
    assert stat.S_IMODE((tmp_path / "home" / "home.db").stat().st_mode) == 0o600
    with open_database(sqlite_address(tmp_path / "home")) as home, home.reading() as session:
        found = the_owner(session)
    assert found is not None
    assert found.name == "ibu"


def test_a_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    with open_database(sqlite_address(tmp_path)):
        pass
    engine = create_engine(sqlite_address(tmp_path))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(FileError, match="newer version"):
        open_database(sqlite_address(tmp_path))


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="sqlite or postgresql"):
        open_database("mysql://nobody@localhost/none")
    with pytest.raises(InvalidValueError, match="address"):
        open_database("home")
    (tmp_path / "home.db").write_bytes(b"this is a letter and no database" * 40)
    with pytest.raises((FileError, OutputError), match="database"):
        open_database(sqlite_address(tmp_path))


@given(some.datetimes(timezones=some.timezones(), allow_imaginary=False))
def test_points_in_time_go_and_come_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert instant_of(milliseconds_of(whole)) == whole.astimezone(UTC)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its zone"):
        milliseconds_of(datetime(2026, 3, 1))
