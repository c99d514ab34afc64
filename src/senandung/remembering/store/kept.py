"""The store of kept things: one SQLite file, which is there only while something is kept.

It survives a crash (SQLite rolls back from its journal) and several processes (SQLite's locks). Nothing that was
deleted stays in it: free pages are overwritten (`secure_delete`), the file is written anew (`VACUUM`) and is removed
with the last thing. It is readable by its owner alone.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError, InvalidValueError, OutputError

KINDS = ("correction", "feeling", "baseline")
"""Kinds of kept things."""

FILE = "kept.db"
"""The store's file in its folder."""

VERSION = 1
"""Of the table; a file of a higher one was written by a newer program."""

PATIENCE = 20.0
"""Seconds for which another process may hold the file."""

TRIES = 50
"""How often a file that another process removed in between is opened again."""

_TABLE = """
CREATE TABLE IF NOT EXISTS kept (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    mark TEXT NOT NULL,
    plain TEXT NOT NULL
)
"""


@dataclass(frozen=True)
class Kept:
    """One kept thing.

    Parameters
    ----------
    number : by which it is shown and deleted; no number is given twice while the file is there.
    kind : one of `KINDS`.
    at : when it was kept, in UTC.
    mark : what it belongs to, such as a trace's fingerprint; of one kind and mark the last is kept. Empty for none.
    plain : what is kept, as JSON has it.
    """

    number: int
    kind: str
    at: datetime
    mark: str
    plain: Mapping[str, Any]

    def days(self, now: datetime) -> float:
        """Its age in days, 0 where the clock was set back."""
        return max((now - self.at).total_seconds() / 86_400, 0.0)


class KeptStore:
    """The kept things in a folder. Final. Reading makes no file; a folder and a file come with the first thing."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def all(self, kind: str | None = None) -> tuple[Kept, ...]:
        """Every kept thing, or those of a kind, the oldest first."""
        return self._read("SELECT * FROM kept WHERE ? IN ('', kind) ORDER BY number", (kind or "",))

    def get(self, number: int) -> Kept:
        """The thing of a number."""
        found = self._read("SELECT * FROM kept WHERE number = ?", (number,))
        if not found:
            numbers = ", ".join(str(each.number) for each in self.all()) or "none"
            raise InvalidValueError(f"a kept thing must be one of the numbers of the list ({numbers}), got {number}")
        return found[0]

    def find(self, kind: str, mark: str) -> Kept | None:
        """The thing of a kind and a mark, None where there is none."""
        found = self._read("SELECT * FROM kept WHERE kind = ? AND mark = ?", (kind, mark))
        return found[-1] if found else None

    def keep(self, kind: str, plain: Mapping[str, Any], *, at: datetime, mark: str = "") -> Kept:
        """Keep a thing; one of the same kind and mark gives way to it.

        Parameters
        ----------
        kind : one of `KINDS`.
        plain : what JSON can hold.
        at : the time, with its zone.
        """
        if kind not in KINDS:
            raise InvalidValueError(f"a kept thing must be of the kinds {', '.join(KINDS)}, got {kind!r}")
        text = json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True)
        utc = at.astimezone(UTC).replace(microsecond=0)
        with self._writing() as file:
            if mark:
                file.execute("DELETE FROM kept WHERE kind = ? AND mark = ?", (kind, mark))
            row = (kind, utc.isoformat(), mark, text)
            number = file.execute("INSERT INTO kept (kind, at, mark, plain) VALUES (?, ?, ?, ?)", row).lastrowid
        assert number is not None
        return Kept(number, kind, utc, mark, json.loads(text))

    def delete(self, numbers: Sequence[int] | None = None) -> int:
        """Delete the things of these numbers, or all; how many there were. The file goes with the last one."""
        if not self.path.exists():
            return 0
        with self._writing() as file:
            if numbers is None:
                gone = file.execute("DELETE FROM kept").rowcount
            else:
                gone = sum(file.execute("DELETE FROM kept WHERE number = ?", (n,)).rowcount for n in set(numbers))
        self._clean()
        return gone

    def _clean(self) -> None:
        """Write the file anew without free pages; remove it where nothing is left."""
        with self._told(), suppress(FileNotFoundError), closing(self._open()) as file:
            file.execute("VACUUM")
            file.execute("BEGIN EXCLUSIVE")  # nobody else writes while it is looked at and removed
            if file.execute("SELECT count(*) FROM kept").fetchone()[0] == 0:
                with suppress(OSError):  # a system that removes no open file keeps an empty one
                    self.path.unlink()
            file.execute("ROLLBACK")
        if not self.path.exists():
            with suppress(OSError):  # a folder that holds other things stays
                self.path.parent.rmdir()

    def _read(self, query: str, values: tuple[object, ...]) -> tuple[Kept, ...]:
        rows: list[tuple[int, str, str, str, str]] = []
        with self._told(), suppress(FileNotFoundError), closing(self._open()) as file:
            if file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'kept'").fetchone()[0]:
                rows = file.execute(query, values).fetchall()
        return tuple(
            Kept(n, kind, datetime.fromisoformat(at), mark, json.loads(text)) for n, kind, at, mark, text in rows
        )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The file, locked for writing; what is done is kept whole or not at all."""
        with self._told():
            for _ in range(TRIES):
                self._make()
                before = _identity(self.path)
                try:
                    opened = self._open()
                except FileNotFoundError:
                    continue
                with closing(opened) as file:
                    file.execute("BEGIN IMMEDIATE")
                    if before is None or _identity(self.path) != before:
                        file.execute("ROLLBACK")  # another process removed the empty file meanwhile
                        continue
                    try:
                        file.execute(_TABLE)
                        file.execute(f"PRAGMA user_version = {VERSION}")
                        yield file
                    except BaseException:
                        file.execute("ROLLBACK")
                        raise
                    file.execute("COMMIT")
                    return
            raise OutputError(f"{self.path} cannot be written: it is removed again and again")

    def _make(self) -> None:
        """An empty file that its owner alone reads, where there is none."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    def _open(self) -> sqlite3.Connection:
        """The file; `FileNotFoundError` where there is none, for another process may have removed it."""
        if not self.path.exists():
            raise FileNotFoundError(self.path)
        place = f"{self.path.absolute().as_uri()}?mode=rw"
        try:
            file = sqlite3.connect(place, timeout=PATIENCE, isolation_level=None, uri=True)
        except sqlite3.OperationalError:
            if not self.path.exists():
                raise FileNotFoundError(self.path) from None
            raise
        try:
            file.execute("PRAGMA secure_delete = ON")
            file.execute("PRAGMA temp_store = MEMORY")
            file.execute("PRAGMA synchronous = FULL")
            version = file.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise FileError(self.path, f"written by a newer program (its version is {version})")
        except BaseException:
            file.close()
            raise
        return file

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite or the system has to say, as an error of ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise OutputError(f"{self.path} cannot be used: {error}") from error
        except sqlite3.DatabaseError as error:
            raise FileError(self.path, f"not a store of kept things: {error}") from error
        except OSError as error:
            raise OutputError(f"{self.path} cannot be written: {error.strerror or error}") from error


def _identity(path: Path) -> tuple[int, int] | None:
    """By which a file is known, even after another one took its name; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
