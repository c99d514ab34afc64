"""Long work beside the pages: wishes are taken from their table and run by an executor, here or elsewhere.

with Workshop(home, KINDS) as workshop:
    ...
    workshop.look()  # a wish was added

The table is the only queue. `Workshop` takes what waits as soon as there is room and gives it to any executor of
`concurrent.futures`: a `Pool` of processes on this machine, or `dask.distributed`'s `Client(...).get_executor()` where
the home's database is PostgreSQL and its folder is shared. A worker is told nothing but where the home is and which job
it has; it says itself how far it is, and learns in the same breath whether to go on.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, final

from senandung.api.home import Home, open_home
from senandung.domain.errors import InputError, MissingProgramError, OutputError, SenandungError
from senandung.remembering import jobs
from senandung.remembering.jobs import Job

BEAT = 0.5
"""Seconds between two looks of a worker at its job: so long may a cancelled one go on, beside its stage."""

LOOK = 1.0
"""Seconds between two looks at the table, where nobody says that something changed."""

logger = logging.getLogger(__name__)


class StoppedError(Exception):
    """Raised in the midst of work whose job was cancelled, or was given to another worker."""


@dataclass(frozen=True)
class Place:
    """Where a worker finds the home: the database's address and the folder."""

    address: str
    folder: Path

    @property
    def making(self) -> Path:
        """The folder of what is not whole yet."""
        return self.folder / "making"


@dataclass(frozen=True)
class Task:
    """A job in a worker's hands.

    Parameters
    ----------
    folder : an empty folder of its own, which is gone when the work ends.
    progress : to be called at every stage with its name and the share done; raises `StoppedError` where it must stop.
    """

    home: Home
    job: Job
    folder: Path
    progress: Callable[[str, float], None]


@dataclass(frozen=True)
class Finished:
    """What a job made. `settle` is called in the transaction that ends the job, with its session; what it returns joins
    the result, and where it fails nothing has happened."""

    result: Mapping[str, Any] = field(default_factory=dict)
    settle: Callable[[Any], Mapping[str, Any]] | None = None


Work = Callable[[Task], Finished]
"""What does the jobs of a kind; a function of a module, so that a worker elsewhere finds it by its name."""


# in a worker


def run_job(place: Place, job: Job, work: Work) -> None:
    """Do a job that was taken, and write what became of it into the table. Raises nothing but what ends the process."""
    with open_home(place.folder, address=place.address) as home:
        folder = place.making / f"{job.id}-{job.claim}"
        _clear(place, job)
        heart = _Heart(home, job, folder)
        with heart:
            try:
                folder.mkdir(parents=True, mode=0o700)
                done = work(Task(home, job, folder, heart.progress))
                with home.database.writing() as session:
                    if not jobs.alive(session, job, at=_now()):
                        raise StoppedError
                    more = done.settle(session) if done.settle is not None else {}
                    jobs.finish(session, job, {**done.result, **more}, at=_now())
            except StoppedError:
                with home.database.writing() as session:
                    jobs.stop(session, job, at=_now())
            except Exception as error:
                if not isinstance(error, SenandungError):
                    logger.exception("job %d (%s) failed", job.id, job.kind)
                with home.database.writing() as session:
                    jobs.fail(session, job, why_of(error), sentence_of(error), at=_now())
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def why_of(error: BaseException) -> str:
    """Why something failed, in one word that a page knows: input, disk, program, memory, machine or bug."""
    if isinstance(error, InputError):
        return "input"
    if isinstance(error, MissingProgramError):
        return "program"
    if isinstance(error, OutputError):
        return "disk"
    if isinstance(error, MemoryError):
        return "memory"
    return "machine" if isinstance(error, SenandungError | OSError) else "bug"


def sentence_of(error: BaseException) -> str:
    """Why something failed, in one sentence without line ends."""
    if isinstance(error, MemoryError):
        return "this machine has not enough memory for it"
    if isinstance(error, OSError) and error.strerror:
        return " ".join(f"{error.filename or 'a file'}: {error.strerror}".split())
    said = " ".join(str(error).split())
    return said if isinstance(error, SenandungError) else f"a fault of the program: {type(error).__name__}: {said}"


def _clear(place: Place, job: Job) -> None:
    """Remove what an earlier worker of this job left behind."""
    for left in place.making.glob(f"{job.id}-*"):
        shutil.rmtree(left, ignore_errors=True)


_ENDINGS: list[Callable[[], None]] = []
"""What a worker's process still does where the program that began it is gone."""


@final
class _Heart:
    """Says in the background that a worker lives and how far it is, and hears whether it must stop."""

    def __init__(self, home: Home, job: Job, folder: Path) -> None:
        self._home, self._job, self._folder = home, job, folder
        self._said = ("", 0.0)
        self._stopped = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"job-{job.id}", daemon=True)

    def progress(self, stage: str, share: float) -> None:
        """Take note of a stage; raise where the work must stop."""
        self._said = (stage, share)
        if self._stopped:
            raise StoppedError

    def __enter__(self) -> None:
        _ENDINGS.append(self._give_up)
        self._thread.start()

    def __exit__(self, *_raised: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        _ENDINGS.remove(self._give_up)

    def _run(self) -> None:
        last, quiet = ("", -1.0), 0.0
        while not self._over.wait(BEAT):
            said, quiet = self._said, quiet + BEAT
            if said == last and quiet < 2.0:
                with self._home.database.reading() as session:
                    self._stopped = self._stopped or not jobs.goes_on(session, self._job)
                continue
            try:
                with self._home.database.writing() as session:
                    self._stopped = not jobs.report(session, self._job, *said, at=_now())
                last, quiet = said, 0.0
            except Exception:  # a database that is busy is asked again; without an answer the job goes to another
                logger.warning("job %d could not say how far it is", self._job.id, exc_info=True)

    def _give_up(self) -> None:
        with contextlib.suppress(Exception), self._home.database.writing() as session:
            jobs.hand_back(session, self._job, at=_now(), tried=False)
        shutil.rmtree(self._folder, ignore_errors=True)


# the executor of one machine


@final
class Pool(ProcessPoolExecutor):
    """Processes that end with the program that began them, however it ends: what they did is handed back.

    Parameters
    ----------
    workers : processes, 1 or more. A song uses two cores by itself for much of its time.
    """

    def __init__(self, workers: int) -> None:
        reader, self._life = multiprocessing.get_context("spawn").Pipe(duplex=False)
        super().__init__(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_live_with, initargs=(reader,)
        )

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, at once where they work."""
        self._life.close()
        super().shutdown(wait, cancel_futures=cancel_futures)


def usual_workers() -> int:
    """How many songs are made at a time on this machine: one for every two cores, at most four."""
    return min(max((os.cpu_count() or 1) // 2, 1), 4)


def _live_with(other_end: Connection) -> None:
    """End this process when the other end of a pipe is closed, which it is when its program ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keyboard stops the program, and the program its workers

    def wait() -> None:
        with contextlib.suppress(EOFError, OSError):
            other_end.recv()
        for ending in list(_ENDINGS):
            ending()
        os._exit(1)

    threading.Thread(target=wait, name="life", daemon=True).start()


# in the program


@final
class Workshop:
    """Takes wishes from the table and gives them to an executor.

    Parameters
    ----------
    home : whose jobs; other workshops may look into the same table.
    kinds : what does the jobs of each kind.
    executor : makes one; called again where its processes broke.
    slots : jobs that run here at a time.
    """

    def __init__(
        self,
        home: Home,
        kinds: Mapping[str, Work],
        *,
        executor: Callable[[], Executor] | None = None,
        slots: int | None = None,
    ) -> None:
        self.slots = slots or usual_workers()
        self._home, self._kinds = home, dict(kinds)
        self._place = Place(home.database.address, home.folder)
        self._make = executor or (lambda: Pool(self.slots))
        self._executor: Executor | None = None
        self._running: dict[Future[None], Job] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="workshop", daemon=True)

    def __enter__(self) -> Workshop:
        """Take up what waits, also from before; what is left of work that nobody does any more goes."""
        with self._home.database.reading() as session:
            running = jobs.running(session)
        for left in self._place.making.glob("*-*"):
            if left.name.partition("-")[0] not in {str(number) for number in running}:
                shutil.rmtree(left, ignore_errors=True)
        self._thread.start()
        return self

    def __exit__(self, *_raised: type[BaseException] | BaseException | TracebackType | None) -> None:
        """End it; what runs is handed back and begins again at the next start."""
        self._closing = True
        self.look()
        self._thread.join()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            left = list(self._running.values())
        for job in left:
            self._hand_back(job)

    def look(self) -> None:
        """Say that the table changed."""
        self._wake.set()

    def _run(self) -> None:
        while not self._closing:
            try:
                self._turn()
            except Exception:  # a database that is away for a while must not end all work for good
                logger.exception("the table of wishes could not be looked at")
            self._wake.wait(LOOK)
            self._wake.clear()

    def _turn(self) -> None:
        with self._lock:
            mine = [job.id for job in self._running.values()]
        with self._home.database.reading() as session:
            waiting, silent = jobs.open_work(session, at=_now(), mine=mine)
        if silent:
            with self._home.database.writing() as session:
                waiting = bool(jobs.take_back(session, at=_now(), mine=mine)) or waiting
        while waiting and not self._closing and len(self._running) < self.slots:
            with self._home.database.writing() as session:
                job = jobs.take(session, self._kinds, at=_now())
            if job is None:
                return
            self._begin(job)

    def _begin(self, job: Job) -> None:
        try:
            if self._executor is None:
                self._executor = self._make()
            future = self._executor.submit(run_job, self._place, job, self._kinds[job.kind])
        except BrokenExecutor:
            self._executor = None
            self._hand_back(job)
            return
        with self._lock:
            self._running[future] = job
        future.add_done_callback(self._ended)

    def _ended(self, future: Future[None]) -> None:
        with self._lock:
            job = self._running.pop(future)
        if future.cancelled():
            self._hand_back(job)
        elif (error := future.exception()) is not None:
            if isinstance(error, BrokenExecutor):
                self._executor = None
            else:
                logger.error("job %d ended without a word", job.id, exc_info=error)
            self._hand_back(job, tried=not self._closing)
        self._wake.set()

    def _hand_back(self, job: Job, *, tried: bool = False) -> None:
        with contextlib.suppress(Exception), self._home.database.writing() as session:
            jobs.hand_back(session, job, at=_now(), tried=tried)


def _now() -> datetime:
    return datetime.now(UTC)
