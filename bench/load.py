"""Whether the home bears many at once: listeners who stream and seek, and people who browse, from a second process.

    .venv/bin/python bench/load.py [--listeners 100] [--browsing 20] [--seconds 60] [--tracks 20000] [--cores 2]

`senandung serve` runs on `--cores` processors with a made-up library (seed 8, as bench/library.py) and 12 real files
of 90 seconds, which it begins to hear meanwhile. A listener asks for a file from some byte on, reads as fast as
music at 256 kbit/s plays with a player's buffer of 20 seconds, and after some seconds seeks or takes another. A
browsing person asks for a page, and a second later for another. Every answer is looked at: its status, and that all
bytes are those of the file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from library import fill

from senandung.api.home import open_home
from senandung.api.library import add_folder, scan
from senandung.remembering.tracks import recent_tracks

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FILES = 12
BYTES_A_SECOND = 32_000
BUFFER = 20 * BYTES_A_SECOND
PATIENCE = 30.0


@dataclass
class Told:
    """What happened."""

    requests: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    pages: list[float] = field(default_factory=list)
    first_bytes: list[float] = field(default_factory=list)
    stalls: int = 0


class Client:
    """A browser of its own: one cookie, a connection a request."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    async def ask(
        self, path: str, **headers: str
    ) -> tuple[int, dict[str, str], asyncio.StreamReader, asyncio.StreamWriter]:
        """Status, headers, and the connection from which the body comes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{self.port}", "Accept: text/html", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Cookie: {self.cookie}"] if self.cookie else []
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        if "set-cookie" in found:
            self.cookie = found["set-cookie"].partition(";")[0]
        return int(head[0].split()[1]), found, reader, writer


async def listen(port: int, files: list[tuple[int, bytes]], until: float, told: Told, rng: random.Random) -> None:
    """Stream until the end, with a seek or another file now and then."""
    client = Client(port)
    while time.monotonic() < until:
        number, data = rng.choice(files)
        first = rng.randrange(0, len(data) // 2)
        wanted = BYTES_A_SECOND * rng.uniform(5, 25)
        begin = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE + 40):
                status, headers, reader, writer = await client.ask(f"/stream/{number}", Range=f"bytes={first}-")
                told.requests["stream"] += 1
                if status != 206 or headers.get("content-range") != f"bytes {first}-{len(data) - 1}/{len(data)}":
                    told.errors[f"stream: {status}"] += 1
                    continue
                at, heard_from = first, None
                while at - first < wanted and time.monotonic() < until:
                    piece = await reader.read(16_384)
                    if heard_from is None:
                        heard_from = time.monotonic()
                        told.first_bytes.append(heard_from - begin)
                    if piece != data[at : at + len(piece)] or not piece:
                        told.errors["stream: other bytes" if piece else "stream: ended early"] += 1
                        break
                    at += len(piece)
                    told.bytes += len(piece)
                    played = BYTES_A_SECOND * (time.monotonic() - heard_from)
                    told.stalls += played > at - first + BYTES_A_SECOND  # a second behind: it would stand still
                    if at - first > played + BUFFER:
                        await asyncio.sleep((at - first - played - BUFFER) / BYTES_A_SECOND)
                writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            told.errors[f"stream: {type(error).__name__}"] += 1


async def browse(port: int, pages: list[str], until: float, told: Told, rng: random.Random) -> None:
    """A page, a second, another."""
    client = Client(port)
    while time.monotonic() < until:
        path = rng.choice(pages)
        begin = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                status, _, reader, writer = await client.ask(path)
                body = await reader.read()
                writer.close()
            told.requests["page"] += 1
            told.pages.append(time.monotonic() - begin)
            if status != 200 or b"</html>" not in body:
                told.errors[f"page {path.partition('?')[0]}: {status}"] += 1
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            told.errors[f"page: {type(error).__name__}"] += 1
        await asyncio.sleep(rng.uniform(0.5, 1.5))


async def crowd(given: argparse.Namespace, port: int, files: list[tuple[int, bytes]], pages: list[str]) -> Told:
    """All of them at once."""
    told = Told()
    until = time.monotonic() + given.seconds
    who = [listen(port, files, until, told, random.Random(n)) for n in range(given.listeners)]
    who += [browse(port, pages, until, told, random.Random(1000 + n)) for n in range(given.browsing)]
    await asyncio.gather(*who)
    return told


def prepare(folder: Path, tracks: int) -> tuple[list[tuple[int, bytes]], list[str]]:
    """A home with made-up tracks and real files; the files by their numbers, and pages to browse."""
    music = folder / "music"
    music.mkdir()
    for number in range(FILES):
        source = f"sine={200 + 10 * number}:d=90,aformat=channel_layouts=stereo"
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            source,
            "-b:a",
            "256k",
            "-metadata",
            f"title=Nada {number}",
        ]
        subprocess.run([*command, f"file:{music / f'{number}.mp3'}"], check=True)
    with open_home(folder / "home") as home:
        artist = fill(home, tracks)
        scan(home.database, add_folder(home.database, music, at=datetime.now(UTC)), at=datetime.now(UTC))
        with home.database.reading() as session:
            real = recent_tracks(session, home.owner.id, count=FILES).tracks
    files = [(track.id, (music / f"{track.title.split()[1]}.mp3").read_bytes()) for track in real]
    pages = ["/music", "/music?show=albums", "/music?show=tracks", f"/music?show=tracks&after={tracks // 2}"]
    pages += ["/music?show=artists", "/music?q=rindu", "/music?q=ka+ri", f"/music/artists/{artist}", "/settings"]
    pages += [f"/music/albums/{number}" for number in range(1, 20)]
    pages += [f"/track/{number}" for number in range(1, tracks, max(1, tracks // 40))]
    return files, pages


def main() -> int:
    """Serve, load, say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listeners", type=int, default=100)
    parser.add_argument("--browsing", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files, pages = prepare(folder, given.tracks)
        cores = sorted(os.sched_getaffinity(0))[: given.cores]
        code = (
            f"import os, sys; os.sched_setaffinity(0, {cores}); from senandung.app.cli import main; main(sys.argv[1:])"
        )
        command = [sys.executable, "-c", code, "serve", "--json", "--port", "0", "--home", str(folder / "home")]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            said = ""
            while not said.rstrip().endswith("}"):
                line = server.stdout.readline()
                assert line, "the server did not start"
                said += line
            port = int(json.loads(said)["address"].rstrip("/").rpartition(":")[2])
            told = asyncio.run(crowd(given, port, files, pages))
        finally:
            server.terminate()
            server.wait(30)
    quantiles = statistics.quantiles(told.pages, n=20) if len(told.pages) > 20 else [0.0] * 19
    plain = {
        "listeners": given.listeners, "browsing": given.browsing, "seconds": given.seconds, "tracks": given.tracks,
        "cores": len(cores), "requests": dict(told.requests), "errors": dict(told.errors), "stalls": told.stalls,
        "megabytes_a_second": round(told.bytes / given.seconds / 1e6, 2),
        "page_seconds": {"median": round(statistics.median(told.pages), 3), "p95": round(quantiles[18], 3)},
        "first_byte_seconds": {
            "median": round(statistics.median(told.first_bytes), 3), "slowest": round(max(told.first_bytes), 3)
        },
    }  # fmt: skip
    print(json.dumps(plain, indent=1))
    if given.json:
        given.json.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    return int(bool(told.errors))


if __name__ == "__main__":
    sys.exit(main())
