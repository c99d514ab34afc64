"""What jobs do in tests: functions of a module, so that a worker's process finds them."""

from __future__ import annotations

import errno
import os
import signal
import time

from senandung.api.jobs import Finished, Task
from senandung.domain.errors import InvalidValueError, MissingProgramError, OutputError

STEP = 0.05


def slow(task: Task) -> Finished:
    """As many stages as the wish says; it leaves word in the home of each time it begins and in its folder of each."""
    with (task.home.folder / "begun.txt").open("a") as file:
        file.write(f"{task.job.id} {os.getpid()}\n")
    for stage in range(task.job.wish["stages"]):
        (task.folder / f"{stage}.txt").write_text("half")
        task.progress(f"stage {stage}", stage / task.job.wish["stages"])
        time.sleep(STEP)
    return Finished({"of": task.job.seed})


def settles(task: Task) -> Finished:
    """Something that belongs to the end of the job alone."""

    def settle(_session: object) -> dict[str, int]:
        (task.home.folder / "settled.txt").write_text("whole")
        return {"track_id": 5}

    return Finished({"seed": task.job.seed}, settle)


def fails(task: Task) -> Finished:
    """In every way in which work may fail."""
    raise {
        "input": InvalidValueError("a text must not be empty"),
        "disk": OutputError("/x: no room left on the disk"),
        "program": MissingProgramError("fluidsynth is not installed"),
        "memory": MemoryError(),
        "machine": OSError(errno.EACCES, "Permission denied", "/x"),
        "bug": KeyError("strange"),
    }[task.job.wish["how"]]


def dies(task: Task) -> Finished:
    """As where the system ends a process that takes too much memory; the second time it lives."""
    if task.job.tries < 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return Finished({"tries": task.job.tries})


KINDS = {"slow": slow, "settles": settles, "fails": fails, "dies": dies}
