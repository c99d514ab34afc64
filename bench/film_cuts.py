"""How well the cuts of a film are found, on films that are made for it.

    .venv/bin/python bench/film_cuts.py --films 40 --seed 100 [--pictures DIR]

Shots are fields of coloured 1/f noise (natural pictures have nearly that spectrum; or, with `--pictures`, photographs
and clips of a folder) with pans, zooms, shaking, moving things, changing light and grain. They follow each other by
hard cuts (a third of them to the same place seen otherwise), dissolves and fades; flashes and strobes are no cuts.
Films are encoded (H.264, 25 frames a second) and read as any film. Thresholds were set on seeds 1 to 20; the figures
are of seeds from 100 on. A cut is found if one is told within .2 s, a dissolve if the told stretch meets it.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.api.films import RATE
from senandung.files.film import load_frames
from senandung.sensing.film.colour import see
from senandung.sensing.film.cuts import find_cuts

FPS = 25
TALL, WIDE = 96, 128
FIELD = 256
"""Side of the field that a shot looks at a part of."""

Frames = NDArray[np.float32]


@dataclass
class Film:
    """Frames in 0..1 and what was done between them, in seconds."""

    frames: list[Frames] = field(default_factory=list)
    cuts: list[tuple[float, str]] = field(default_factory=list)
    dissolves: list[tuple[float, float]] = field(default_factory=list)
    fades: list[tuple[float, float]] = field(default_factory=list)
    flashes: list[float] = field(default_factory=list)

    @property
    def now(self) -> float:
        """Seconds so far."""
        return len(self.frames) / FPS


def noise_field(rng: np.random.Generator) -> Frames:
    """A field of coloured noise whose amplitude falls with frequency, shape (FIELD, FIELD, 3)."""
    grid = np.hypot(*np.meshgrid(np.fft.fftfreq(FIELD), np.fft.fftfreq(FIELD)))
    grid[0, 0] = 1
    layers = [
        np.fft.ifft2(np.fft.fft2(rng.standard_normal((FIELD, FIELD))) / grid ** rng.uniform(0.9, 1.3)).real
        for _ in range(3)
    ]
    own = [(layer - layer.mean()) / layer.std() for layer in layers]
    base, contrast = rng.uniform(0.2, 0.65), rng.uniform(0.08, 0.22)
    tint = rng.normal(0, 0.08, 3)
    mixed = np.stack([own[0] + rng.uniform(0.1, 0.6) * own[(c % 2) + 1] for c in range(3)], axis=-1)
    return np.clip(base + contrast * mixed + tint, 0, 1).astype(np.float32)


def picture_fields(folder: Path) -> list[Frames]:
    """Photographs and clips of a folder, as fields; of a clip one picture every half second."""
    fields = []
    for path in sorted(folder.iterdir()):
        small = f"fps=2:eof_action=pass,scale={FIELD}:{FIELD},format=rgb24"
        command = ["ffmpeg", "-v", "error", "-i", str(path), "-vf", small]
        done = subprocess.run([*command, "-f", "rawvideo", "pipe:1"], capture_output=True, check=False)
        found = np.frombuffer(done.stdout, dtype=np.uint8)
        count = len(found) // (FIELD * FIELD * 3)
        every = found[: count * FIELD * FIELD * 3].reshape(count, FIELD, FIELD, 3)
        fields += [each.astype(np.float32) / 255 for each in every[::4]]
    return fields


def shot(place: Frames, count: int, rng: np.random.Generator) -> list[Frames]:
    """A camera that looks at a field: still, panning, zooming or shaking; things move, light changes, film grains."""
    kind = rng.choice(["still", "pan", "fast pan", "zoom", "shake"], p=[0.25, 0.3, 0.1, 0.2, 0.15])
    at = rng.uniform(0.25, 0.75, 2) * FIELD
    speed = rng.normal(0, {"pan": 0.8, "fast pan": 3.5}.get(str(kind), 0.0), 2)
    zoom, zooming = rng.uniform(0.7, 1.1), rng.uniform(-0.004, 0.004) if kind == "zoom" else 0.0
    shaking = 2.5 if kind == "shake" else 0.2
    light, lighting = 1.0, rng.normal(0, 0.004)
    things = [
        (rng.uniform(0, 1, 2) * (TALL, WIDE), rng.normal(0, 1.5, 2), rng.uniform(6, 22), rng.uniform(0, 1, 3))
        for _ in range(rng.integers(0, 3))
    ]
    rows, columns = np.mgrid[0:TALL, 0:WIDE]
    frames = []
    for number in range(count):
        eye = at + speed * number + rng.normal(0, shaking, 2)
        size = zoom * (1 + zooming * number)
        y = np.mod(eye[0] + (rows - TALL / 2) * size, FIELD).astype(np.int64) % FIELD
        x = np.mod(eye[1] + (columns - WIDE / 2) * size, FIELD).astype(np.int64) % FIELD
        frame = place[y, x] * (light + lighting * number)
        for start, move, wide, colour in things:
            middle = start + move * number
            inside = (rows - middle[0]) ** 2 + (columns - middle[1]) ** 2 < wide**2
            frame = np.where(inside[..., None], colour, frame)
        frames.append(np.clip(frame + rng.normal(0, 0.015, frame.shape), 0, 1).astype(np.float32))
    return frames


def make(rng: np.random.Generator, fields: list[Frames]) -> Film:
    """A film of 8 to 16 shots."""
    film = Film()
    pace = rng.uniform(0.7, 5.0)
    place = before = None
    for number in range(int(rng.integers(8, 17))):
        how = str(rng.choice(["cut", "same", "dissolve", "fade"], p=[0.5, 0.22, 0.2, 0.08])) if number else "first"
        if place is None or how != "same":
            place = fields[rng.integers(len(fields))] if fields and rng.random() < 0.8 else noise_field(rng)
        count = max(12, round(FPS * pace * rng.lognormal(0, 0.5)))
        frames = shot(place, count, rng)
        if how in ("dissolve", "fade"):
            length = int(rng.integers(14, 50))
            count = max(count, 2 * length)
            frames = shot(place, count, rng)
            begins = film.now
            share = np.linspace(0, 1, length + 2)[1:-1]
            if how == "dissolve" and before is not None:
                last = before
                # both cameras go on during a dissolve: here the earlier one holds its last picture
                film.frames += [last * (1 - s) + frames[i] * s for i, s in enumerate(share)]
                film.dissolves.append((begins, film.now))
                frames = frames[length:]
            elif before is not None:
                film.frames += [before * (1 - s) for s in share] + [frames[i] * s for i, s in enumerate(share)]
                film.fades.append((begins, film.now))
                frames = frames[length:]
        elif how != "first":
            film.cuts.append((film.now, "same place" if how == "same" else "new place"))
        if rng.random() < 0.25 and len(frames) > 40:
            for _ in range(int(rng.choice([1, 1, 2, 6]))):
                flash = int(rng.integers(12, len(frames) - 14))
                film.flashes.append(film.now + flash / FPS)
                for late in range(int(rng.integers(1, 5))):
                    frames[flash + late] = np.clip(frames[flash + late] + rng.uniform(0.4, 0.9), 0, 1)
        film.frames += frames
        before = frames[-1]
    return film


def save(film: Film, path: Path) -> None:
    """Encode a film."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDE}x{TALL}"]
    command += ["-r", str(FPS), "-i", "pipe:0", "-c:v", "libx264", "-preset", "veryfast", "-crf", "28"]
    command += ["-pix_fmt", "yuv420p", str(path)]
    data = b"".join((255 * frame).astype(np.uint8).tobytes() for frame in film.frames)
    subprocess.run(command, input=data, check=True)


def matched(told: list[float], there: list[float], within: float) -> list[tuple[int, int]]:
    """Pairs of what was told and what is there, each used once, the nearest first."""
    pairs = sorted((abs(a - b), i, j) for i, a in enumerate(told) for j, b in enumerate(there) if abs(a - b) <= within)
    used: set[int] = set()
    taken: set[int] = set()
    found = []
    for _, i, j in pairs:
        if i not in used and j not in taken:
            used.add(i)
            taken.add(j)
            found.append((i, j))
    return found


def main() -> None:
    """Make films, read them, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=40)
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--pictures", type=Path, help="folder of photographs and clips")
    given = parser.parse_args()
    fields = picture_fields(given.pictures) if given.pictures else []
    count: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    errors: list[float] = []
    for number in range(given.films):
        film = make(np.random.default_rng(given.seed + number), fields)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            save(film, path)
            seen = see(load_frames(path, rate=RATE), RATE)
        found = find_cuts(seen)
        told = [place / RATE for place in found.hard.tolist()]
        pairs = matched(told, [at for at, _ in film.cuts], 0.2)
        count["told"] += len(told)
        count["right"] += len(pairs)
        for index, (_, kind) in enumerate(film.cuts):
            count[kind] += 1
            count[f"{kind} found"] += any(j == index for _, j in pairs)
        hits = {i for i, _ in pairs}
        errors += [told[i] - film.cuts[j][0] for i, j in pairs]
        for index, at in enumerate(told):
            if index in hits:
                continue
            if any(abs(at - flash) < 0.4 for flash in film.flashes):
                wrong["a flash"] += 1
            elif any(start - 0.1 <= at <= end + 0.1 for start, end in film.dissolves):
                wrong["a dissolve"] += 1
            elif any(start - 0.1 <= at <= end + 0.1 for start, end in film.fades):
                wrong["a fade"] += 1
            else:
                wrong["motion"] += 1
        soft = [(first / RATE, last / RATE) for first, last in found.soft]
        count["dissolves"] += len(film.dissolves)
        count["dissolves found"] += sum(any(a < end and b > start for a, b in soft) for start, end in film.dissolves)
        count["dissolves told"] += len(soft)
        count["dissolves right"] += sum(any(a < end and b > start for start, end in film.dissolves) for a, b in soft)
        count["seconds"] += round(film.now)
        count["flashes"] += len(film.flashes)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    print(f"commit {commit.stdout.strip()}, seed {given.seed}, {given.films} films of {count['seconds']} s in all, "
          f"{count['flashes']} flashes, {'pictures' if fields else 'noise'}, {platform.machine()}\n")  # fmt: skip
    there = count["new place"] + count["same place"]
    print("| | there | found | told | precision | recall |\n|---|---|---|---|---|---|")
    print(f"| cuts | {there} | {count['right']} | {count['told']} | {count['right'] / max(1, count['told']):.3f} | "
          f"{count['right'] / max(1, there):.3f} |")  # fmt: skip
    for kind in ("new place", "same place"):
        share = count[f"{kind} found"] / max(1, count[kind])
        print(f"| … to a {kind} | {count[kind]} | {count[f'{kind} found']} | | | {share:.3f} |")
    print(f"| dissolves | {count['dissolves']} | {count['dissolves found']} | {count['dissolves told']} | "
          f"{count['dissolves right'] / max(1, count['dissolves told']):.3f} | "
          f"{count['dissolves found'] / max(1, count['dissolves']):.3f} |")  # fmt: skip
    print(f"\nNo cuts but told as such: {dict(wrong)}; median error {1000 * float(np.median(np.abs(errors))):.0f} ms")


if __name__ == "__main__":
    main()
