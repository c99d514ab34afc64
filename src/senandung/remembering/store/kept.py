"""The store of kept things: one SQLite file, which is there only while something is kept.

It survives a crash (SQLite rolls back from its journal) and several processes (SQLite's locks). Nothing that was
deleted stays in it: free pages are overwritten (`secure_delete`), the file is written anew (`VACUUM`) and is removed
with the last thing. It is readable by its owner alone.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from senandung.domain.errors import FileError, InvalidValueError, OutputError

KINDS = ("correction", "feeling", "baseline", "style")
"""Kinds of kept things."""

FILE = "kept.db"
"""The store's file in its folder."""

VERSION = 1
"""Of the table; a file of a higher one was written by a newer program."""

PATIENCE = 20.0
"""Seconds for which another process may hold the file."""

FOLDERS_LOCK = fcntl is not None
"""Whether this system can hold a folder for one process."""

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
        with self._writing(cleaning=True) as file:
            if numbers is None:
                gone = file.execute("DELETE FROM kept").rowcount
            else:
                gone = sum(file.execute("DELETE FROM kept WHERE number = ?", (n,)).rowcount for n in set(numbers))
        return gone

    def _clean(self) -> None:
        """Write the file anew without free pages; remove it where nothing is left."""
        with closing(self._open()) as file:
            file.execute("VACUUM")
            left = file.execute("SELECT count(*) FROM kept").fetchone()[0]
        if left or not FOLDERS_LOCK:  # where no folder can be held, an empty file stays
            return
        self.path.unlink()
        with suppress(OSError):  # a folder that holds other things stays
            self.path.parent.rmdir()

    def _read(self, query: str, values: tuple[object, ...]) -> tuple[Kept, ...]:
        rows: list[tuple[int, str, str, str, str]] = []
        with self._told(), self._held() as there:
            if there and self.path.exists():
                with closing(self._open()) as file:
                    if file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'kept'").fetchone()[0]:
                        rows = file.execute(query, values).fetchall()
        return tuple(
            Kept(n, kind, datetime.fromisoformat(at), mark, json.loads(text)) for n, kind, at, mark, text in rows
        )

    @contextmanager
    def _writing(self, *, cleaning: bool = False) -> Iterator[sqlite3.Connection]:
        """The file for writing; what is done is kept whole or not at all."""
        with self._told(), self._held(make=True):
            self._make()
            with closing(self._open()) as file:
                file.execute("BEGIN IMMEDIATE")
                try:
                    file.execute(_TABLE)
                    file.execute(f"PRAGMA user_version = {VERSION}")
                    yield file
                except BaseException:
                    file.execute("ROLLBACK")
                    raise
                file.execute("COMMIT")
            if cleaning:
                self._clean()

    @contextmanager
    def _held(self, *, make: bool = False) -> Iterator[bool]:
        """Nobody else reads, writes or removes the file meanwhile; False where there is no folder and none is made.

        SQLite's own locks are not enough for a file that is removed: its journal goes by the name alone.
        """
        if not FOLDERS_LOCK:
            if make:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            yield self.path.parent.exists()
            return
        until = time.monotonic() + PATIENCE
        while True:
            if make:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                folder = os.open(self.path.parent, os.O_RDONLY)
            except FileNotFoundError:
                if make:
                    continue
                yield False
                return
            try:
                if _locked(folder) and _same(folder, self.path.parent):
                    yield True
                    return
            finally:
                os.close(folder)
            if time.monotonic() > until:
                raise OutputError(f"{self.path} cannot be used: another process holds it")
            time.sleep(0.01)

    def _make(self) -> None:
        """An empty file that its owner alone reads, where there is none."""
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    def _open(self) -> sqlite3.Connection:
        place = f"{self.path.absolute().as_uri()}?mode=rw"
        file = sqlite3.connect(place, timeout=PATIENCE, isolation_level=None, uri=True)
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
            raise OutputError(f"{self.path} cannot be used: {error.strerror or error}") from error


def _locked(folder: int) -> bool:
    """Whether the open folder could be locked for this process alone; closing it lets it go."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: SQLite's own must do
    return True


def _same(folder: int, path: Path) -> bool:
    """Whether the open folder is still the one of this name."""
    try:
        return os.path.samestat(os.fstat(folder), path.stat())
    except FileNotFoundError:
        return False
