"""Jobs in processes of their own: done, cancelled, failed, and taken up again when a process was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import job_works
from homes import KINDS, open_one
from senandung.api.home import Home, open_home
from senandung.api.jobs import Workshop
from senandung.remembering import jobs
from senandung.remembering.jobs import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job

PATIENCE = 300.0


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    for database in open_one(request.param, tmp_path):
        with open_home(tmp_path, address=database.address) as opened:
            yield opened


def wish(home: Home, kind: str, *, seed: int = 3, **plain: Any) -> Job:
    with home.database.writing() as session:
        return jobs.add_job(session, home.owner.id, kind, plain, seed=seed, at=datetime.now(UTC))


def now_of(home: Home, job: Job) -> Job:
    with home.database.reading() as session:
        found = jobs.find_job(session, job.account_id, job.id)
    assert found is not None
    return found


def wait_for(home: Home, job: Job, holds: Callable[[Job], bool]) -> Job:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = now_of(home, job)
        if holds(found):
            return found
        time.sleep(0.02)
    raise AssertionError(f"the job stayed {now_of(home, job)}")


def over(job: Job) -> bool:
    return job.over


def left_over(home: Home) -> list[Path]:
    return list((home.folder / "making").rglob("*"))


def test_jobs_in_processes(home: Home) -> None:
    first, second = wish(home, "slow", stages=30), wish(home, "slow", stages=30, seed=4)
    settled = wish(home, "settles", seed=9)
    with Workshop(home, job_works.KINDS, slots=2) as workshop:
        told = wait_for(home, first, lambda job: job.progress > 0)
        assert (told.state, told.stage.split()[0]) == (RUNNING, "stage")
        assert (wait_for(home, first, over).state, now_of(home, first).result) == (DONE, {"of": 3})
        assert wait_for(home, second, over).result == {"of": 4}
        assert wait_for(home, settled, over).result == {"seed": 9, "track_id": 5}
        late = wish(home, "slow", stages=400)
        workshop.look()
        wait_for(home, late, lambda job: job.progress > 0)
        with home.database.writing() as session:
            assert jobs.cancel(session, home.owner.id, late.id, at=datetime.now(UTC))
        assert wait_for(home, late, over).state == CANCELLED
        assert left_over(home) == []


@pytest.mark.parametrize("how", ["input", "disk", "program", "memory", "machine", "bug"])
def test_why_one_failed_is_one_sentence(how: str, tmp_path: Path) -> None:
    with open_home(tmp_path) as home:
        job = wish(home, "fails", how=how)
        with Workshop(home, job_works.KINDS, executor=lambda: ThreadPoolExecutor(1), slots=1):
            failed = wait_for(home, job, over)
        assert (failed.state, failed.result) == (FAILED, {"why": how})
        assert failed.error
        assert "\n" not in failed.error
        assert "Traceback" not in failed.error
        assert left_over(home) == []


def test_a_worker_that_is_killed_is_replaced(home: Home) -> None:
    job, other = wish(home, "dies"), wish(home, "settles")
    with Workshop(home, job_works.KINDS, slots=1):
        assert wait_for(home, job, over).result == {"tries": 2}
        assert wait_for(home, other, over).state == DONE
    assert left_over(home) == []


def test_work_that_is_ended_is_handed_back_and_begins_again(home: Home) -> None:
    job = wish(home, "slow", stages=400, seed=11)
    with Workshop(home, job_works.KINDS, slots=1):
        wait_for(home, job, lambda each: each.progress > 0)
    back = now_of(home, job)
    assert (back.state, back.tries, back.progress) == (WAITING, 0, 0.0)
    assert left_over(home) == []
    with home.database.writing() as session:
        jobs.cancel(session, home.owner.id, job.id, at=datetime.now(UTC))


PROGRAM = """
import sys, time
from pathlib import Path
import job_works
from senandung.api.home import open_home
from senandung.api.jobs import Workshop
if __name__ == "__main__":
    with open_home(Path(sys.argv[1]), address=sys.argv[2]) as home, Workshop(home, job_works.KINDS, slots=1):
        time.sleep(120)
"""


def test_killed_hard_the_job_is_taken_up_by_the_next(home: Home, tmp_path: Path) -> None:
    job = wish(home, "slow", stages=60, seed=21)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    first = subprocess.Popen(
        [sys.executable, program, home.folder, home.database.address], env=environment, stderr=subprocess.DEVNULL
    )
    wait_for(home, job, lambda each: each.progress > 0)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    back = wait_for(home, job, lambda each: each.state == WAITING)
    assert back.seed == 21
    begun = (home.folder / "begun.txt").read_text().split()
    end = time.monotonic() + PATIENCE
    while Path(f"/proc/{begun[1]}").exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not Path(f"/proc/{begun[1]}").exists(), "the worker outlived its program"
    assert left_over(home) == []
    with Workshop(home, job_works.KINDS, slots=1):
        assert wait_for(home, job, over).result == {"of": 21}
    assert [line.split()[0] for line in (home.folder / "begun.txt").read_text().splitlines()] == [str(job.id)] * 2


def test_two_workshops_at_one_table_do_each_job_once(home: Home) -> None:
    asked = [wish(home, "slow", stages=2, seed=seed) for seed in range(8)]

    def threads() -> ThreadPoolExecutor:
        return ThreadPoolExecutor(2)

    with (
        Workshop(home, job_works.KINDS, executor=threads, slots=2),
        Workshop(home, job_works.KINDS, executor=threads, slots=2),
    ):
        results = [wait_for(home, job, over).result for job in asked]
    assert results == [{"of": seed} for seed in range(8)]
    begun = [int(line.split()[0]) for line in (home.folder / "begun.txt").read_text().splitlines()]
    assert sorted(begun) == sorted(job.id for job in asked)
