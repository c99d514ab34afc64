"""What fits now, with 100,000 tracks and 200,000 plays of each of two people: how long the first page of the day takes.

And the next, and the one of a person whose history was not read yet.

    python -m bench.fitting [--tracks N] [--plays N]

Exit 1 where the first page, after the home was opened and had read itself, takes more than `FLOOR` seconds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import insert
from starlette.testclient import TestClient

from senandung.api import accounts, now
from senandung.api.home import Home, open_home
from senandung.app.web.application import web_application
from senandung.remembering.store.base import instant_of, milliseconds_of
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.store.tracks import AnalysisRow, TrackRow

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FLOOR = 0.2


def fill(home: Home, tracks: int, plays: int) -> None:
    """A library that was heard by the program, and histories over six years, by weight of a few songs."""
    rng = np.random.default_rng(5)
    with home.database.writing() as session:
        for begin in range(0, tracks, 5000):
            numbers = range(begin + 1, min(begin + 5000, tracks) + 1)
            session.execute(
                insert(TrackRow),
                [
                    {"id": n, "path": f"/nowhere/{n}.ogg", "title": f"Lagu {n}", "artist": f"Penyanyi {n % 5000}",
                     "merge_key": f"{n % 5000} / {n}", "year": 1960 + n % 66, "duration_ms": 200_000, "added": AT}
                    for n in numbers
                ],
            )  # fmt: skip
            felt = rng.uniform(-1, 1, (len(numbers), 2))
            session.execute(
                insert(AnalysisRow),
                [
                    {"track_id": n, "state": "done", "version": 1, "at": AT, "valence": float(v), "arousal": float(a)}
                    for n, (v, a) in zip(numbers, felt, strict=True)
                ],
            )
        song = (tracks * rng.random(plays) ** 4).astype(int) + 1
        started = milliseconds_of(AT) - (rng.random(plays) * 6 * 365 * 86_400_000).astype(np.int64)
        skipped = rng.random(plays) < 0.2
        for person, begin in ((each, n) for each in accounts.people(home) for n in range(0, plays, 5000)):
            session.execute(
                insert(PlayRow),
                [
                    {"account_id": person.id, "track_id": int(song[n]), "source": "spotify", "offset_minutes": 420,
                     "started": instant_of(int(started[n])), "played_ms": 9_000 if skipped[n] else 200_000,
                     "began": "clickrow", "ended": "fwdbtn" if skipped[n] else "trackdone",
                     "skipped": bool(skipped[n]), "doubled": False}
                    for n in range(begin, min(begin + 5000, plays))
                ],
            )  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """Seconds of the processor that it takes: other work on the machine does not count."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> int:
    """Run; the exit status is 1 where the floor is not held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--plays", type=int, default=200_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_home(Path(folder)) as home:
        other = accounts.add_person(home, "sari", "sebuah kata sandi yang panjang", at=AT)
        fill(home, given.tracks, given.plays)
        cold = timed(lambda: now.prepare(home, home.owner))
        days = [0]
        application = web_application(home, clock=lambda: AT + timedelta(days=days[0]), running=())
        with TestClient(application, base_url="http://localhost:8733", client=("127.0.0.1", 50000)) as client:
            client.headers["accept"] = "text/html"
            client.get("/in")
            first = []
            for day in range(1, 8):
                days[0] = day
                first.append(timed(lambda: client.get("/").raise_for_status()))
            again = [timed(lambda: client.get("/").raise_for_status()) for _ in range(7)]
            size = len(client.get("/").content)
        with TestClient(application, base_url="http://localhost:8733", client=("127.0.0.1", 50000)) as client:
            client.headers["accept"] = "text/html"
            client.cookies.set("senandung_8733", accounts.begin_visit(home, other, device="bench", at=AT))
            client.get("/music")
            unread = timed(lambda: client.get("/").raise_for_status())
            waited = timed(lambda: client.get("/?wait=1").raise_for_status())
    page, next_ = float(np.median(first)), float(np.median(again))
    print(f"{given.tracks} tracks, {given.plays} plays: reading them at the start {cold:.2f} s")
    print(f"first page of a day {1000 * page:.0f} ms (median of {len(first)}), again {1000 * next_:.0f} ms")
    print(f"of another person: at once {1000 * unread:.0f} ms, and with the song {waited:.2f} s once")
    print(f"{size / 1000:.1f} kB of HTML")
    print("floor held" if page <= FLOOR else f"not held: {page:.3f} s above {FLOOR} s")
    return 0 if page <= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
