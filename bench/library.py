"""How quick a large library is: its pages, a second scan of unchanged files, and the nearest tracks.

    .venv/bin/python bench/library.py [--tracks 100000] [--files 0] [--database ADDRESS] [--json FILE]

Names, albums and lengths are made up (seed 8); nothing is read from the person's home. Every page is asked for through
the whole application, in one process; the median and the slowest of `--times`, and of processor time, are told.
`--files` makes so many small files (links to one tone), enters them as they are, and scans them: none was changed.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert
from starlette.testclient import TestClient

from senandung.api.analysis import VERSION
from senandung.api.home import Home, open_home
from senandung.api.library import add_folder, scan
from senandung.app.web.application import web_application
from senandung.app.web.serving import Serving
from senandung.domain.track import names_key, plain_letters
from senandung.files.music_folders import walk_music
from senandung.remembering.scanned import search_text
from senandung.remembering.similar import load_space
from senandung.remembering.store.tracks import AlbumRow, AnalysisRow, ArtistRow, FolderRow, SoundRow, TrackRow

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BAR = 0.2
SIZE = 179
READ = 1000
SYLLABLES = (
    "ka", "ri", "nu", "sa", "la", "mi", "ten", "da", "ru", "wi", "jo", "pa", "ma", "hu", "ja", "ngi", "lu", "bu", "ran",
    "se", "nan", "dung", "ga", "lo", "ti", "ke", "mba", "ro", "sri", "wan",
)  # fmt: skip
OTHER = ("夜", "Кино", "حنين", "ꦱꦼꦤꦤ꧀")


def fill(home: Home, tracks: int) -> int:
    """Tracks with artists, albums, words for a tenth of them, and what was heard; an artist with albums.

    Tracks lie in four folders. One in a hundred is gone, and one in a hundred could not be heard.
    """
    rng, letters = np.random.default_rng(8), random.Random(8)

    def name(low: int, high: int) -> str:
        words = [
            "".join(letters.choices(SYLLABLES, k=letters.randint(2, 3))).title()
            for _ in range(letters.randrange(low, high))
        ]
        return " ".join([*words, *([letters.choice(OTHER)] if letters.random() < 0.05 else [])])

    artists, albums = max(1, tracks // 25), max(1, tracks // 11)
    artist_names = [f"{name(1, 3)} {number}" for number in range(artists)]
    owners = rng.integers(0, artists, albums)
    album_names = [f"{name(1, 4)} {number}" for number in range(albums)]
    lyrics = [[1000 * line, "aku rindu kamu malam ini"] for line in range(40)]
    with home.database.writing() as session:
        session.execute(insert(FolderRow), [{"id": n, "path": f"/music/{n}", "added": NOW} for n in range(1, 5)])
        session.execute(
            insert(ArtistRow),
            [{"id": n + 1, "name": each, "key": plain_letters(each)} for n, each in enumerate(artist_names)],
        )
        session.execute(
            insert(AlbumRow),
            [
                {"id": n + 1, "artist_id": int(owners[n]) + 1, "name": each, "key": plain_letters(each),
                 "compilation": False, "year": int(rng.integers(1960, 2026)), "added": NOW - timedelta(minutes=n)}
                for n, each in enumerate(album_names)
            ],
        )  # fmt: skip
    for first in range(0, tracks, 10_000):
        rows: list[dict[str, Any]] = []
        heard: list[dict[str, Any]] = []
        vectors = rng.normal(size=(min(10_000, tracks - first), SIZE)).astype("<f4")
        for number in range(first, min(first + 10_000, tracks)):
            album = number % albums
            artist = artist_names[owners[album]]
            title = name(1, 5)
            rows.append(
                {"id": number + 1, "path": f"/music/{album}/{number}.mp3", "title": title, "artist": artist,
                 "artist_id": int(owners[album]) + 1, "album": album_names[album], "album_id": album + 1,
                 "number": number // albums + 1, "disc": 1, "duration_ms": int(rng.integers(90_000, 400_000)),
                 "mime": "audio/mpeg", "suffix": "mp3", "folder_id": number % 4 + 1,
                 "missing": number % 100 == 7, "merge_key": names_key(artist, title),
                 "lyrics": lyrics if number % 10 == 0 else None, "story": "", "album_artist": "",
                 "search": search_text(title, artist, album_names[album]), "added": NOW - timedelta(seconds=number),
                 "song_folder": f"/songs/{number}" if number % 2000 == 0 else None}
            )  # fmt: skip
            heard.append(
                {"track_id": number + 1, "state": "failed" if number % 100 == 9 else "done", "version": VERSION,
                 "at": NOW, "valence": 0.1, "arousal": 0.2, "tempo": 92.0, "key": "A minor",
                 "arc": [[2 * n, 0.1, 0.2] for n in range(120)]}
            )  # fmt: skip
        with home.database.writing() as session:
            session.execute(insert(TrackRow), rows)
            session.execute(insert(AnalysisRow), heard)
            session.execute(
                insert(SoundRow),
                [
                    {"track_id": first + n + 1, "version": VERSION, "vector": vector.tobytes()}
                    for n, vector in enumerate(vectors)
                ],
            )
    return int(owners[albums // 2]) + 1


def time_pages(client: TestClient, tracks: int, times: int, artist: int) -> dict[str, dict[str, float]]:
    """Median and slowest seconds of each page, and its size in kB."""
    middle = tracks // 2
    pages = {
        "music": "/music",
        "albums": "/music?show=albums",
        "artists": "/music?show=artists",
        "tracks": "/music?show=tracks",
        "tracks, from the middle": f"/music?show=tracks&after={middle}",
        "new, from the middle": f"/music?show=new&after={middle}",
        "made here": "/music?show=made",
        "search, frequent": "/music?q=ka",
        "search, two words": "/music?q=rindu+sa",
        "search, one hit": "/music?q=dung+77+78",
        "search, none": "/music?q=xyzzy+qwerty",
        "album": f"/music/albums/{tracks // 22}",
        "artist": f"/music/artists/{artist}",
        "track": f"/track/{middle}",
        "track with words": f"/track/{10 * (tracks // 20) + 1}",
        "similar": f"/track/{middle}/similar",
        "folders": "/music/folders",
    }
    found = {}
    for label, address in pages.items():
        client.get(address)
        seconds, busy = [], []
        for _ in range(times):
            begin, worked = time.perf_counter(), time.process_time()
            answer = client.get(address)
            seconds.append(time.perf_counter() - begin)
            busy.append(time.process_time() - worked)
            assert answer.status_code == 200, (label, answer.status_code)
        found[label] = {
            "median": round(statistics.median(seconds), 4),
            "slowest": round(max(seconds), 4),
            "cpu": round(statistics.median(busy), 4),
            "kB": round(len(answer.content) / 1000, 1),
        }
    return found


def time_scans(home: Home, files: int, folder: Path) -> dict[str, float]:
    """Seconds to read `READ` new files, and of a scan of all files when none of them was changed."""
    tone = folder / "tone.mp3"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=440:d=1", "-metadata", "title=Nada", f"file:{tone}"]
    subprocess.run(command, check=True)
    music = folder / "music"
    for number in range(files):
        place = music / f"{number // 12:05}"
        place.mkdir(parents=True, exist_ok=True)
        if number and number % 30_000 == 0:  # a file system allows only so many names of one file
            tone = tone.with_name(f"tone{number}.mp3")
            tone.write_bytes((folder / "tone.mp3").read_bytes())
        (place / f"{number:06}.mp3").hardlink_to(tone)
    first = folder / "first"
    for number in range(READ):
        first.mkdir(exist_ok=True)
        (first / f"{number:06}.mp3").hardlink_to(tone)
    begin, worked = time.perf_counter(), time.process_time()
    assert scan(home.database, add_folder(home.database, first, at=NOW), at=NOW).new == READ
    read, busy = time.perf_counter() - begin, time.process_time() - worked
    number = add_folder(home.database, music, at=NOW)
    rows: list[dict[str, Any]] = [
        {"folder_id": number, "path": str(path), "title": "Nada", "artist": "", "album": "", "album_artist": "",
         "missing": False, "merge_key": "nada", "story": "", "search": "nada", "added": NOW, "size": state.size,
         "changed": state.changed}
        for directory in walk_music(music.resolve())
        for path, state in directory.files.items()
    ]  # fmt: skip
    with home.database.writing() as session:
        session.execute(insert(TrackRow), rows)
    begin, worked = time.perf_counter(), time.process_time()
    report = scan(home.database, number, at=NOW)
    assert (report.seen, report.new, report.changed) == (files, 0, 0)
    unchanged = {"seconds": round(time.perf_counter() - begin, 2), "cpu": round(time.process_time() - worked, 2)}
    return {"files_read": READ, "read_seconds": round(read, 2), "read_cpu": round(busy, 2), **unchanged}


def main() -> int:
    """Make the library, time it, say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=0)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--database")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        home = stack.enter_context(open_home(folder / "home", address=given.database))
        begin = time.perf_counter()
        artist = fill(home, given.tracks)
        filled = time.perf_counter() - begin
        begin = time.perf_counter()
        with home.database.reading() as session:
            space = load_space(session, VERSION)
        made = time.perf_counter() - begin
        begin = time.perf_counter()
        for number in range(1, 21):
            space.nearest(number, 48)
        near = (time.perf_counter() - begin) / 20
        app = web_application(home, Serving(), running=())
        client = stack.enter_context(
            TestClient(app, base_url="http://localhost:8733", client=("127.0.0.1", 50000), follow_redirects=False)
        )
        client.headers["accept"] = "text/html"
        pages = time_pages(client, given.tracks, given.times, artist)
        said: dict[str, Any] = {
            "tracks": given.tracks, "kind": "sqlite" if home.database.sqlite else "postgresql",
            "filled_seconds": round(filled, 1), "space_seconds": round(made, 2), "nearest_ms": round(1000 * near, 1),
            "pages": pages,
        }  # fmt: skip
        if given.files:
            said["scan"] = {"files": given.files, **time_scans(home, given.files, folder)}
    for label, row in pages.items():
        slow = "" if row["median"] <= BAR else "   above the bar"
        median, slowest, busy = (1000 * row[name] for name in ("median", "slowest", "cpu"))
        print(f"{label:<26} {median:7.1f} ms   slowest {slowest:7.1f}   cpu {busy:6.1f}   {row['kB']:6.1f} kB{slow}")
    print(f"space of {given.tracks} tracks {made:.1f} s, nearest {1000 * near:.1f} ms")
    if given.files:
        told = said["scan"]
        print(f"{READ} new files read in {told['read_seconds']} s, cpu {told['read_cpu']} s")
        print(f"scan of {given.files} unchanged files {told['seconds']} s, cpu {told['cpu']} s")
    if given.json:
        given.json.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return int(any(row["median"] > BAR for row in pages.values()))


if __name__ == "__main__":
    sys.exit(main())
