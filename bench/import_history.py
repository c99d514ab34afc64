"""How long a listening history of years takes to be taken in, and a second service's beside it.

    .venv/bin/python bench/import_history.py --plays 200000 [--songs 8000] [--database ADDRESS]

Prints seconds and plays a second for: reading the archive, taking it in, taking in ListenBrainz' export of the same
plays, the picture per month, deleting the first. The plays are drawn by a seed: songs by rank (Zipf), three in ten
skipped.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from senandung.api.history import delete_import, import_history, months
from senandung.api.home import open_home
from senandung.files.history import load_history

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--plays", type=int, default=200_000)
    parser.add_argument("--songs", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="an empty database, instead of a SQLite file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spotify, brainz = write_archives(folder, given.plays, given.songs, given.seed)
        print(f"{given.plays} plays of {given.songs} songs: {spotify.stat().st_size / 1e6:.1f} MB packed")
        with timed("reading alone", given.plays):
            load_history(spotify, now=NOW)
        with open_home(folder / "home", address=given.database) as home:
            with timed("Spotify taken in", given.plays):
                first = import_history(home, home.owner, spotify, at=NOW)
            with timed("ListenBrainz beside it", given.plays):
                second = import_history(home, home.owner, brainz, at=NOW)
            print(f"  kept {first.kept} and {second.kept}, doubled {first.doubled} and {second.doubled}")
            with timed("per month", given.plays):
                months(home, home.owner)
            with timed("the first deleted", given.plays):
                delete_import(home, home.owner, first.id)
    print(f"  at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of memory")


@contextmanager
def timed(what: str, plays: int) -> Iterator[None]:
    """Print how long a block took."""
    begun = time.perf_counter()
    yield
    seconds = time.perf_counter() - begun
    print(f"  {what:24} {seconds:6.2f} s  {plays / seconds:9.0f} plays/s", flush=True)


def write_archives(folder: Path, plays: int, songs: int, seed: int) -> tuple[Path, Path]:
    """The archives of Spotify and of ListenBrainz; the second knows what was not skipped, three seconds late."""
    draw = np.random.default_rng(seed)
    rank = 1.0 / np.arange(1, songs + 1)
    which = draw.choice(songs, plays, p=rank / rank.sum())
    skipped = draw.random(plays) < 0.3
    played = np.where(skipped, draw.integers(1, 29, plays), draw.integers(120, 320, plays))
    gap = draw.choice([0, 1, 60, 9000], plays, p=[0.6, 0.2, 0.15, 0.05])
    started = int(datetime(2014, 1, 1, tzinfo=UTC).timestamp()) + np.cumsum(played + gap) - played
    spotify = [
        {
            "ts": (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(at + length))).strftime("%FT%TZ"),
            "ms_played": int(length) * 1000,
            "conn_country": "ID",
            "ip_addr": "192.0.2.1",
            "master_metadata_track_name": f"Judul {song}",
            "master_metadata_album_artist_name": f"Artis {song % 900}",
            "master_metadata_album_album_name": f"Album {song % 2000}",
            "spotify_track_uri": f"spotify:track:{song:022d}",
            "reason_start": "trackdone",
            "reason_end": "fwdbtn" if skip else "trackdone",
            "shuffle": False,
            "skipped": bool(skip),
            "offline": False,
            "incognito_mode": False,
        }
        for at, length, song, skip in zip(started, played, which, skipped, strict=True)
    ]
    brainz = [
        {
            "listened_at": int(at) + 3,
            "track_metadata": {
                "artist_name": f"Artis {song % 900}",
                "track_name": f"Judul {song}",
                "release_name": f"Album {song % 2000}",
                "additional_info": {"music_service": "spotify.com"},
                "mbid_mapping": None,
            },
        }
        for at, song, skip in zip(started, which, skipped, strict=True)
        if not skip
    ]
    one, other = folder / "spotify.zip", folder / "listenbrainz.zip"
    with zipfile.ZipFile(one, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in range(0, plays, 16_000):
            archive.writestr(f"Streaming_History_Audio_{part}.json", json.dumps(spotify[part : part + 16_000]))
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        text = io.StringIO()
        text.writelines(json.dumps(row) + "\n" for row in brainz)
        archive.writestr("listens/2014/1.jsonl", text.getvalue())
    return one, other


if __name__ == "__main__":
    main()
