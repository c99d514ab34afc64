"""How long each stage of `create` takes, how much memory it needs, and how that compares with the song's own length.

    make bench ARGS="--runs 3"

Whole processes are measured from outside, so start-up counts. Processor time and memory (the largest resident set of
the process and of its largest child, the synthesiser) are as the operating system accounts for them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINES = (
    ("pop-ballad", "aku rindu kamu, malam ini hujan turun lagi"),
    ("pop-upbeat", "hari ini kita menang, ayo menari sampai pagi"),
    ("keroncong", "di tepi sungai kampungku, ibu menunggu aku pulang"),
    ("dangdut", "sakitnya hati ini, kau pergi tanpa pamit"),
    ("string-quartet", "the quiet house remembers every word you said"),
    ("solo-piano", "tenang sekali pagi ini"),
)

STAGES = """
import json, sys, time
from pathlib import Path
import senandung
began = time.perf_counter()
marks = []
made = senandung.create(sys.argv[1], style=sys.argv[2], seed=int(sys.argv[3]), minutes=float(sys.argv[4]),
    out=Path(sys.argv[5]), progress=lambda stage, share: marks.append((stage, time.perf_counter() - began)))
print(json.dumps({"marks": marks, "seconds": made.seconds, "tracks": len(made.song.tracks),
    "notes": sum(len(t.notes) for t in made.song.tracks)}))
"""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1, help="runs of each style; the median is printed")
    parser.add_argument("--minutes", type=float, default=3.0, help="length of each song")
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, seed {given.seed}")
    print(f"senandung --help: {_help_seconds():.2f} s of CPU")
    print(f"load {os.getloadavg()[0]:.1f} before the first")
    head = f"{'style':16} {'total s':>8} {'cpu s':>6} {'song s':>7} {'ratio':>6} {'MiB':>5}"
    print(f"{head} {'tracks':>6} {'notes':>6}  stages (s)", flush=True)
    for style, line in LINES:
        runs = sorted(
            (_one(style, line, given.seed, given.minutes) for _ in range(given.runs)), key=lambda r: r["wall"]
        )
        run = runs[len(runs) // 2]
        stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in _stages(run["marks"], run["wall"]).items())
        numbers = f"{run['wall']:8.1f} {run['cpu']:6.1f} {run['seconds']:7.1f} {run['wall'] / run['seconds']:6.2f}"
        print(f"{style:16} {numbers} {run['mib']:5.0f} {run['tracks']:6} {run['notes']:6}  {stages}", flush=True)


def _one(style: str, line: str, seed: int, minutes: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said.json"
        began = time.perf_counter()
        with said.open("w", encoding="utf-8") as out:
            made = subprocess.Popen(
                [sys.executable, "-c", STAGES, line, style, str(seed), str(minutes), str(Path(folder) / "song")],
                stdout=out,
            )
            _, status, usage = os.wait4(made.pid, 0)
        wall = time.perf_counter() - began
        if status:
            raise SystemExit(f"{style}: status {status}")
        plain = json.loads(said.read_text(encoding="utf-8"))
    return {**plain, "wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024}


def _stages(marks: list[tuple[str, float]], wall: float) -> dict[str, float]:
    """Seconds between the marks, summed by stage; what comes before the first is the start-up."""
    ends = [at for _, at in marks[1:]] + [marks[-1][1]]
    stages: dict[str, float] = {"start": wall - marks[-1][1] + marks[0][1]}
    for (name, began), end in zip(marks, ends, strict=True):
        stages[name] = stages.get(name, 0.0) + end - began
    return {name: seconds for name, seconds in stages.items() if seconds >= 0.05}


def _help_seconds() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([Path(sys.executable).parent / "senandung", "--help"], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


if __name__ == "__main__":
    main()
