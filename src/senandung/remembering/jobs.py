"""Wishes that take long: the one table is their queue, for every process that looks into it.

    waiting ──take──> running ──finish──> done
       ^                 │├──────fail───> failed ──again──> waiting
       └──hand back──────┘└──────stop───> cancelled ──again──> waiting

A worker that took a job holds a claim on it. `report` is at once its progress, its sign of life and its question
whether to go on; a worker whose claim is gone may write nothing more.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Select, Update, func, select, update
from sqlalchemy.orm import Session

from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.remembering.store.jobs import JobRow

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
STATES = (WAITING, RUNNING, DONE, FAILED, CANCELLED)

SILENCE = timedelta(seconds=20)
"""How long a worker may say nothing before its job is given to another. It says something every two seconds."""

MOST_TRIES = 3
"""How often a job is taken before it is said to fail: one that ends its worker each time must not go on for ever."""

MOST_WAITING = 20
"""Jobs of one person that may wait."""

LOST = f"it ended its process {MOST_TRIES} times; perhaps this machine has not enough memory for it"
"""Why a job failed whose worker never came back."""


@dataclass(frozen=True)
class Job:
    """A wish and what became of it; `progress` is in 0..1, `error` one sentence."""

    id: int
    account_id: int
    kind: str
    wish: Mapping[str, Any]
    seed: int
    state: str = WAITING
    stage: str = ""
    progress: float = 0.0
    cancel: bool = False
    error: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    created: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    claim: str | None = None
    tries: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state in (DONE, FAILED, CANCELLED)


def job_of(row: JobRow) -> Job:
    """The job of a row."""
    return Job(
        row.id, row.account_id, row.kind, dict(row.wish), row.seed, row.state, row.stage, row.progress, row.cancel,
        row.error, dict(row.result or {}), row.created, row.started, row.ended, row.claim, row.tries,
    )  # fmt: skip


# asked by a person


def add_job(session: Session, account_id: int, kind: str, wish: Mapping[str, Any], *, seed: int, at: datetime) -> Job:
    """A new wish, which waits. Raises `InvalidValueError` where `MOST_WAITING` of this person wait already."""
    require(0 <= seed < 2**63, "a seed must be a whole number in 0..2^63-1", seed)
    _check_room(session, account_id)
    row = JobRow(
        account_id=account_id, kind=kind, wish=dict(wish), seed=seed, state=WAITING, created=at, stage="", progress=0.0,
        cancel=False, tries=0,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return job_of(row)


def add_done(
    session: Session, account_id: int, kind: str, wish: Mapping[str, Any], result: Mapping[str, Any], *, at: datetime
) -> Job:
    """A wish that took no time and is done already."""
    row = JobRow(
        account_id=account_id, kind=kind, wish=dict(wish), seed=0, state=DONE, created=at, started=at, ended=at,
        stage="", progress=1.0, cancel=False, tries=1, result=dict(result),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return job_of(row)


def find_job(session: Session, account_id: int, job_id: int) -> Job | None:
    """A job of a person; None where there is none, or it is another's."""
    row = session.scalar(select(JobRow).where(JobRow.id == job_id, JobRow.account_id == account_id))
    return None if row is None else job_of(row)


def jobs_of(session: Session, account_id: int, *, kinds: Sequence[str] = (), most: int = 50) -> list[Job]:
    """A person's jobs, the newest first; of some kinds where they are named."""
    query = select(JobRow).where(JobRow.account_id == account_id).order_by(JobRow.id.desc()).limit(most)
    if kinds:
        query = query.where(JobRow.kind.in_(kinds))
    return [job_of(row) for row in session.scalars(query)]


def job_of_track(session: Session, account_id: int, track_id: int) -> Job | None:
    """The job of a person that made a track; None where it left the list, or the song was made elsewhere."""
    made = JobRow.result["track_id"].as_integer() == track_id
    query = select(JobRow).where(JobRow.account_id == account_id, JobRow.state == DONE, made)
    row = session.scalar(query.order_by(JobRow.id.desc()).limit(1))
    return None if row is None else job_of(row)


def open_wishes(session: Session) -> list[dict[str, Any]]:
    """What is asked in all jobs that are not over, of all people; also of those that may be tried again."""
    query = select(JobRow.wish).where(JobRow.state.in_((WAITING, RUNNING, FAILED, CANCELLED)))
    return [dict(wish) for wish in session.scalars(query)]


def numbers(session: Session) -> set[int]:
    """The numbers of all jobs, of all people."""
    return set(session.scalars(select(JobRow.id)))


def open_jobs(session: Session, account_id: int) -> int:
    """How many jobs of a person wait or run."""
    query = select(func.count()).where(JobRow.account_id == account_id, JobRow.state.in_((WAITING, RUNNING)))
    return session.scalar(query) or 0


def before(session: Session, job: Job) -> int:
    """How many waiting jobs of all people are older than this one: about how many come first."""
    query = select(func.count()).where(JobRow.state == WAITING, JobRow.id < job.id)
    return session.scalar(query) or 0


def cancel(session: Session, account_id: int, job_id: int, *, at: datetime) -> bool:
    """Ask a job to stop: one that waits stops at once, one that runs at its next stage. False where it is over."""
    mine = (JobRow.id == job_id, JobRow.account_id == account_id)
    waiting = update(JobRow).where(*mine, JobRow.state == WAITING).values(state=CANCELLED, cancel=True, ended=at)
    if _changed(session, waiting):
        return True
    return _changed(session, update(JobRow).where(*mine, JobRow.state == RUNNING).values(cancel=True))


def again(session: Session, account_id: int, job_id: int) -> bool:
    """Let a job that failed or was cancelled wait once more, with its seed. False where it is neither."""
    over = (JobRow.id == job_id, JobRow.account_id == account_id, JobRow.state.in_((FAILED, CANCELLED)))
    if session.scalar(select(JobRow.id).where(*over)) is None:
        return False
    _check_room(session, account_id)
    fresh = {"stage": "", "progress": 0.0, "cancel": False, "error": None, "result": None, "tries": 0}
    return _changed(
        session, update(JobRow).where(*over).values(state=WAITING, claim=None, started=None, ended=None, **fresh)
    )


def remove(session: Session, account_id: int, job_id: int) -> bool:
    """Take a job that is over off the list, with what was asked in it. What it made stays."""
    row = session.scalar(select(JobRow).where(JobRow.id == job_id, JobRow.account_id == account_id))
    if row is None or row.state in (WAITING, RUNNING):
        return False
    session.delete(row)
    return True


def _check_room(session: Session, account_id: int) -> None:
    query = select(func.count()).where(JobRow.account_id == account_id, JobRow.state == WAITING)
    waiting = session.scalar(query) or 0
    if waiting >= MOST_WAITING:
        raise InvalidValueError(f"at most {MOST_WAITING} wishes of a person may wait, got {waiting + 1}")


# done by a worker


def open_work(session: Session, *, at: datetime, mine: Sequence[int] = ()) -> tuple[bool, bool]:
    """Whether a job waits, and whether one runs, not among `mine`, whose worker says nothing any more."""
    waits = select(JobRow.id).where(JobRow.state == WAITING).limit(1)
    return session.scalar(waits) is not None, session.scalar(_silent(at, mine).limit(1)) is not None


def running(session: Session) -> set[int]:
    """The numbers of all jobs that run somewhere."""
    return set(session.scalars(select(JobRow.id).where(JobRow.state == RUNNING)))


def take(session: Session, kinds: Collection[str], *, at: datetime) -> Job | None:
    """Take the job of some kinds whose turn it is, and run it under a new claim; None where none waits.

    The turn is that of the person with the fewest jobs running; among such, of the one whose last job began longest
    ago; and then of their oldest job. Two processes that take at once take two jobs.
    """
    busy = dict(_counts(session, RUNNING))
    while True:
        oldest = session.execute(
            select(JobRow.account_id, func.min(JobRow.id))
            .where(JobRow.state == WAITING, JobRow.kind.in_(list(kinds)))
            .group_by(JobRow.account_id)
        ).all()
        if not oldest:
            return None
        people = [account for account, _ in oldest]
        begun = select(JobRow.account_id, func.max(JobRow.started)).where(JobRow.account_id.in_(people))
        last = {account: moment for account, moment in session.execute(begun.group_by(JobRow.account_id)) if moment}
        never = at - timedelta(days=365_000)
        _, job_id = min(oldest, key=lambda each: (busy.get(each[0], 0), last.get(each[0], never), each[1]))
        taken = update(JobRow).where(JobRow.id == job_id, JobRow.state == WAITING)
        claim = secrets.token_hex(16)
        values = {"state": RUNNING, "claim": claim, "started": at, "beat": at, "stage": "", "progress": 0.0}
        if _changed(session, taken.values(tries=JobRow.tries + 1, **values)):
            session.expire_all()
            return job_of(session.get_one(JobRow, job_id))


def report(session: Session, job: Job, stage: str, progress: float, *, at: datetime) -> bool:
    """Say how far a job is. False: it was cancelled, or is another's now, and its worker must stop."""
    values = {"stage": stage[:80], "progress": min(max(progress, 0.0), 1.0), "beat": at}
    return _changed(session, _held(job).where(~JobRow.cancel).values(**values))


def goes_on(session: Session, job: Job) -> bool:
    """Whether a worker still has its job, and nobody asked it to stop."""
    held = select(JobRow.id).where(JobRow.id == job.id, JobRow.claim == job.claim, JobRow.state == RUNNING)
    return session.scalar(held.where(~JobRow.cancel)) is not None


def alive(session: Session, job: Job, *, at: datetime) -> bool:
    """Say that a job's worker lives, and hold its row to the transaction's end. False as in `report`."""
    return _changed(session, _held(job).where(~JobRow.cancel).values(beat=at))


def finish(session: Session, job: Job, result: Mapping[str, Any], *, at: datetime) -> bool:
    """A job is done. False where it is another's now: nothing was written."""
    return _changed(session, _held(job).values(state=DONE, progress=1.0, result=dict(result), ended=at, error=None))


def fail(session: Session, job: Job, why: str, error: str, *, at: datetime) -> bool:
    """A job cannot be done; `error` says why in one sentence, `why` in one word that a page knows."""
    return _changed(session, _held(job).values(state=FAILED, error=error, result={"why": why}, ended=at))


def stop(session: Session, job: Job, *, at: datetime) -> bool:
    """A job's worker stopped, as it was asked to."""
    return _changed(session, _held(job).where(JobRow.cancel).values(state=CANCELLED, ended=at))


def hand_back(session: Session, job: Job, *, at: datetime, tried: bool = True) -> bool:
    """A job's worker ends before the job does: another takes it up from its beginning, with the same seed.

    One that was asked to stop is cancelled; one that was taken `MOST_TRIES` times fails. A worker that was only sent
    away (`tried` is False) does not count.
    """
    if stop(session, job, at=at):
        return True
    if tried and job.tries >= MOST_TRIES:
        return fail(session, job, "lost", LOST, at=at)
    left = {"state": WAITING, "claim": None, "beat": None, "stage": "", "progress": 0.0}
    return _changed(session, _held(job).values(tries=job.tries if tried else job.tries - 1, **left))


def take_back(session: Session, *, at: datetime, mine: Sequence[int] = ()) -> list[Job]:
    """Hand back every running job whose worker said nothing for `SILENCE`, but those in `mine`; which they were."""
    found = [job_of(row) for row in session.scalars(_silent(at, mine))]
    return [job for job in found if hand_back(session, job, at=at)]


def _silent(at: datetime, mine: Sequence[int]) -> Select[JobRow]:
    return select(JobRow).where(JobRow.state == RUNNING, JobRow.beat < at - SILENCE, JobRow.id.not_in(mine))


def _held(job: Job) -> Update:
    return update(JobRow).where(JobRow.id == job.id, JobRow.claim == job.claim, JobRow.state == RUNNING)


def _counts(session: Session, state: str) -> list[tuple[int, int]]:
    query = select(JobRow.account_id, func.count()).where(JobRow.state == state).group_by(JobRow.account_id)
    return [(account, count) for account, count in session.execute(query)]


def _changed(session: Session, statement: Update) -> bool:
    """Whether a statement changed its row; rows that are held in the session stay as they were read."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    return isinstance(result, CursorResult) and result.rowcount > 0
