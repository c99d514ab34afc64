"""The home: the library, what is remembered, and the folder in which both lie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from senandung.api.places import home_folder
from senandung.remembering.accounts import Person, add_owner, the_owner
from senandung.remembering.store.database import Database, open_database, sqlite_address

DATABASE = "SENANDUNG_DATABASE"
"""The environment variable that names another database than the SQLite file in the home's folder."""


@dataclass(frozen=True)
class Home:
    """An open home. `folder` holds what is no row of a table: songs that were made (`songs`), uploads (`uploads`)."""

    database: Database
    folder: Path
    owner: Person

    @property
    def songs(self) -> Path:
        """The folder of songs that were made here, a folder each."""
        return self.folder / "songs"

    @property
    def uploads(self) -> Path:
        """The folder of what was handed in and waits for its job."""
        return self.folder / "uploads"


@contextmanager
def open_home(folder: Path | None = None, *, address: str | None = None) -> Iterator[Home]:
    """Open the home of this machine, made where there is none, and close it at the end.

    Parameters
    ----------
    folder : where it lies; `$SENANDUNG_HOME` or the data home without one.
    address : of its database; `$SENANDUNG_DATABASE` or a SQLite file in the folder without one.
    """
    place = home_folder() if folder is None else folder
    with open_database(address or os.environ.get(DATABASE) or sqlite_address(place)) as database:
        with database.reading() as session:
            owner = the_owner(session)
        if owner is None:
            with database.writing() as session:
                owner = the_owner(session) or add_owner(session, at=datetime.now(UTC))
        yield Home(database, place, owner)
