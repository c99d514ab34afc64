"""The library while the home is open: folders are watched and scanned, what is new is heard, and how far it is is told.

One thread scans, one hears (in processes of their own), one watches. Nothing is lost when they stop: the tables say
what is left.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from senandung.api.analysis import VERSION, analyse, hearing_pool
from senandung.api.library import ScanProgress, ScanReport, music_folders, scan
from senandung.domain.errors import SenandungError
from senandung.files.tags import is_music
from senandung.remembering import analyses
from senandung.remembering.store.database import Database

SETTLED_MS = 2000
"""Milliseconds that changes are gathered before a scan: a file that is being copied changes many times."""

LOOKS_AGAIN = 900.0
"""Seconds after which folders are scanned where they cannot be watched (a network drive, too many directories)."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeeperState:
    """What goes on now.

    Parameters
    ----------
    scanning : how far a scan is; None where none runs.
    hearing : whether tracks are being heard.
    watching : whether folders are watched; where not, they are scanned every `LOOKS_AGAIN` seconds.
    """

    scanning: ScanProgress | None = None
    hearing: bool = False
    watching: bool = False


class Keeper:
    """Scans, watches and hears one library in the background. `keeping` makes one and ends it."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime],
        pool: Callable[[], AbstractContextManager[Executor]] = hearing_pool,
        at_once: int = 2,
    ) -> None:
        self.database = database
        self._clock, self._pool, self._at_once = clock, pool, at_once
        self._stop, self._scan, self._hear, self._folders = (threading.Event() for _ in range(4))
        self._wanted: set[int] = set()
        self._lock = threading.Lock()
        self._scanning: ScanProgress | None = None
        self._hearing = False
        self._watching = False
        self.last: ScanReport | None = None
        self._threads: list[threading.Thread] = []

    @property
    def state(self) -> KeeperState:
        """What goes on now."""
        return KeeperState(self._scanning, self._hearing, self._watching)

    def scan_soon(self, *folder_ids: int) -> None:
        """Scan folders as soon as the scan that runs is over; all of them where none is named."""
        chosen = set(folder_ids) or {folder.id for folder in music_folders(self.database)}
        with self._lock:
            self._wanted |= chosen
        self._scan.set()

    def hear_soon(self) -> None:
        """Hear what waits."""
        self._hear.set()

    def folders_changed(self) -> None:
        """Watch the folders that there are now."""
        self._folders.set()

    def begin(self) -> None:
        """Start; every folder is scanned once."""
        for run in (self._scans, self._hears, self._watches):
            thread = threading.Thread(target=run, name=f"library{run.__name__}", daemon=True)
            thread.start()
            self._threads.append(thread)
        self.scan_soon()
        self.hear_soon()

    def end(self) -> None:
        """Stop; a batch or a track that was begun is ended or left for the next time."""
        for event in (self._stop, self._scan, self._hear, self._folders):
            event.set()
        for thread in self._threads:
            thread.join()

    def _scans(self) -> None:
        while self._woken(self._scan):
            with self._lock:
                wanted, self._wanted = sorted(self._wanted), set()
            report = ScanReport()
            for folder_id in wanted:
                try:
                    report += scan(
                        self.database, folder_id, at=self._clock(), progress=self._progressed, stop=self._stop
                    )
                except SenandungError as error:
                    logger.warning("a folder could not be scanned: %s", error)
                except Exception:
                    logger.exception("a folder could not be scanned")
                finally:
                    self._scanning = None
                self.hear_soon()
            self.last = report

    def _progressed(self, progress: ScanProgress) -> None:
        self._scanning = progress

    def _hears(self) -> None:
        at_once = self._at_once
        while self._woken(self._hear):
            with self.database.reading() as session:
                left = analyses.count_analyses(session, VERSION).waiting
            if not left:
                continue
            self._hearing = True
            try:
                with self._pool() as executor:
                    analyse(self.database, executor, clock=self._clock, at_once=at_once, stop=self._stop)
                at_once = self._at_once
            except BrokenExecutor:
                logger.warning(
                    "a process that heard was ended; tracks are heard one by one to find the one that did it"
                )
                at_once = 1
                self.hear_soon()
            except SenandungError as error:
                logger.warning("hearing was cut short: %s", error)
            except Exception:
                logger.exception("hearing was cut short")
            finally:
                self._hearing = False

    def _watches(self) -> None:
        from watchfiles import watch

        while not self._stop.is_set():
            self._folders.clear()
            if self._stop.is_set():  # it was woken to end between the two lines above
                break
            places = {folder.path: folder.id for folder in music_folders(self.database) if folder.path.is_dir()}
            if not places:
                self._folders.wait(60.0)
                continue
            try:
                self._watching = True
                changes = watch(
                    *places, watch_filter=_of_music, debounce=SETTLED_MS, stop_event=self._folders, recursive=True,
                    raise_interrupt=False, ignore_permission_denied=True,
                )  # fmt: skip
                for changed in changes:
                    paths = [Path(path) for _, path in changed]
                    self.scan_soon(
                        *{number for place, number in places.items() if any(p.is_relative_to(place) for p in paths)}
                    )
            except (OSError, RuntimeError) as error:
                logger.warning("folders cannot be watched, and are looked at now and then: %s", error)
                self._watching = False
                if not self._folders.wait(LOOKS_AGAIN):
                    self.scan_soon()
        self._watching = False

    def _woken(self, event: threading.Event) -> bool:
        event.wait()
        event.clear()
        return not self._stop.is_set()


@contextmanager
def keeping(
    database: Database,
    *,
    clock: Callable[[], datetime],
    pool: Callable[[], AbstractContextManager[Executor]] = hearing_pool,
    at_once: int = 2,
) -> Iterator[Keeper]:
    """A keeper that works until the end of the block."""
    keeper = Keeper(database, clock=clock, pool=pool, at_once=at_once)
    keeper.begin()
    try:
        yield keeper
    finally:
        keeper.end()


def _of_music(_change: object, path: str) -> bool:
    """Whether a change is of music, of words or a picture beside it, or of a directory."""
    name = Path(path)
    if name.name.startswith("."):
        return False
    ending = name.suffix.lower()
    return (
        is_music(name) or ending in (".lrc", ".jpg", ".jpeg", ".png", ".webp") or name.name == "song.json" or not ending
    )
