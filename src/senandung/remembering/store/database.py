"""The home's database: SQLite in a file by default, PostgreSQL by its address.

with open_database(sqlite_address(folder)) as home, home.writing() as session:
    session.add(...)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from senandung.domain.errors import FileError, InvalidValueError, OutputError
from senandung.remembering.store import accounts, jobs, lists, memories, plays, shares, tracks  # noqa: F401  their tables
from senandung.remembering.store.base import Table

FILE = "home.db"

PATIENCE = 20.0
"""Seconds for which another process may hold a SQLite file."""

MIGRATIONS = Path(__file__).parent / "migrations"

_WRITES = "senandung_writes"


class Database:
    """An open database, at the newest form of its tables. Sessions are made by `reading` and `writing` alone."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})

    @property
    def sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def address(self) -> str:
        """By which another process opens it, with its password."""
        return self.engine.url.render_as_string(hide_password=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; all that it reads is of one moment."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at the end of the block, or undone as a whole where the block fails.

        On SQLite it takes the write lock at its beginning, so that two never fail on each other.
        """
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_raised: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def sqlite_address(folder: Path) -> str:
    """The address of the SQLite file in a folder."""
    return f"sqlite:///{folder / FILE}"


def open_database(address: str) -> Database:
    """Open a database and bring its tables to their newest form; an empty one gets them.

    Parameters
    ----------
    address : as SQLAlchemy writes it, `sqlite:////folder/home.db` or `postgresql+psycopg://name@host/database`.

    Raises
    ------
    InvalidValueError : the address is none, or of another kind of database.
    FileError : a newer program wrote it, or the file is no database.
    OutputError : it cannot be opened or made.
    """
    try:
        url = make_url(address)
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise InvalidValueError(f"the database must be sqlite or postgresql, got {url.get_backend_name()}")
        if url.get_backend_name() == "sqlite":
            _ready_file(Path(url.database or ""))
        engine = create_engine(url, pool_pre_ping=url.get_backend_name() == "postgresql")
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise InvalidValueError(f"not the address of a database that can be used here: {error}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    home = Database(engine)
    shown = Path(url.database or "") if home.sqlite else Path(url.render_as_string(hide_password=True))
    try:
        _upgrade(home, shown)
    except OperationalError as error:
        home.close()
        raise OutputError(f"{shown}: the database cannot be opened: {error.orig}") from error
    except SQLAlchemyError as error:
        home.close()
        raise FileError(shown, f"no database of this program: {error}") from error
    except BaseException:
        home.close()
        raise
    return home


def _ready_file(path: Path) -> None:
    """A folder and a file that their owner alone may read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise OutputError(f"{path}: the library cannot be kept there: {error.strerror or error}") from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {int(1000 * PATIENCE)}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what was deleted is gone
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def alembic_config(connection: Connection | None = None) -> Config:
    """What Alembic needs to find the migrations and the database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(home: Database, shown: Path) -> None:
    script = ScriptDirectory.from_config(alembic_config())
    head = script.get_current_head()
    with home.engine.connect() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
    if now == head:
        return
    if now is not None:
        known = {each.revision for each in script.walk_revisions()}
        if now not in known:
            raise FileError(shown, f"a newer version of this program wrote it (its tables are {now})")
    with home._writer.begin() as connection:
        command.upgrade(alembic_config(connection), "head")


def tables() -> Any:
    """The tables as this version of the program knows them (for migrations and tests)."""
    return Table.metadata


def forget(home: Database) -> None:
    """Write a SQLite file anew, so that nothing deleted is left in it or in its journal."""
    if home.sqlite:
        with suppress(OperationalError), home.engine.connect() as connection:
            raw = connection.connection.cursor()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.close()
