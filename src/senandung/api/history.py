"""A listening history: taken in from the files that services hand out, looked at, and deleted."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from senandung.api.home import Home
from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.history import load_history
from senandung.remembering import history, plays
from senandung.remembering.accounts import Person
from senandung.remembering.history import Imported
from senandung.remembering.plays import Month
from senandung.remembering.store.database import forget


def import_history(
    home: Home,
    person: Person,
    path: Path,
    *,
    at: datetime,
    name: str | None = None,
    zone: str = "UTC",
    incognito: bool = False,
) -> Imported:
    """Take in a file of a listening history, every play of it, or nothing at all.

    Parameters
    ----------
    path : the file as the service handed it out, packed or not; it is known by what it holds.
    name : what it is called where that is not its path's.
    zone : of times that a source writes without one (Spotify's account data, Last.fm's text form): Asia/Jakarta …
    incognito : whether plays of private sessions are taken in.

    Raises
    ------
    FileError : the file cannot be read, or is no history that is known.
    InvalidValueError : there is no such zone.
    """
    found = _zone(zone)
    digest = _digest(path)
    with home.database.reading() as session:
        before = history.find_import(session, person.id, digest)
    if before is not None:
        return before
    read = load_history(path, now=at, zone=found, incognito=incognito)
    with home.database.writing() as session:
        return history.add_import(session, person.id, read, name=name or path.name, digest=digest, at=at)


def imports(home: Home, person: Person) -> list[Imported]:
    """What a person took in, the last first."""
    with home.database.reading() as session:
        return history.imports(session, person.id)


def months(home: Home, person: Person) -> list[Month]:
    """A person's listening per month."""
    with home.database.reading() as session:
        return plays.months(session, person.id)


def delete_import(home: Home, person: Person, import_id: int) -> int | None:
    """Delete an import with all its plays, for good. How many plays; None where the person has no such import."""
    with home.database.writing() as session:
        count = history.delete_import(session, person.id, import_id)
    forget(home.database)
    return count


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidValueError(f"a time zone must be one such as Asia/Jakarta or UTC, got {name!r}") from error


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError as error:
        raise FileError(path, f"it cannot be read: {error.strerror or error}") from error
