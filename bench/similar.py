"""Whether songs that sound alike are near each other: songs made here, in styles, from seeds.

    .venv/bin/python bench/similar.py [--songs DIR] [--seeds 5] [--json FILE]

Eight styles, so many seeds each: 42 seconds of an instrumental from one line of text, by turns sad and glad, composed
and rendered by the commands (half a minute of processor time a song). With `--songs` what is there already
(STYLE-SEED.ogg) is used, and what is made is kept. Told: whether the nearest other song is of the same style; whether
the nearest second half of all songs is the song's own; and, on excerpts of six seconds with and without whitening, how
many of the five nearest of other songs are of the same style and whether the nearest is of the same song, apart for
the first three seeds (on which `SHRINK` was chosen) and for the others.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import RATE, hear
from senandung.files.audio import load_audio
from senandung.remembering import similar
from senandung.remembering.similar import SoundSpace
from senandung.sensing.sound.cues import find_cues
from senandung.sensing.sound.likeness import sound_vector

STYLES = ("dangdut", "folk-guitar", "keroncong", "ladrang", "pop-ballad", "pop-rock", "solo-piano", "string-quartet")
LINE = "aku rindu kamu, malam ini hujan turun lagi"
EXCERPTS = 7
CHOSEN_ON = 3
PROGRAM = [sys.executable, "-c", "import sys; from senandung.app.cli import main; sys.exit(main(sys.argv[1:]))"]

Rows = NDArray[np.float32]


def make(style: str, seed: int, out: Path) -> None:
    """One song as an Ogg file."""
    with tempfile.TemporaryDirectory() as name:
        notes, sound = Path(name) / "notes", Path(name) / "sound"
        feeling = "sedih" if seed % 2 else "senang"
        options = ["--style", style, "--feeling", feeling, "--minutes", ".7", "--no-voice", "--seed", str(seed)]
        subprocess.run([*PROGRAM, "compose", LINE, *options, "--out", notes], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*PROGRAM, "render", notes / "song.json", "--out", sound], check=True, stdout=subprocess.DEVNULL)
        command = ["ffmpeg", "-v", "error", "-i", f"file:{next(sound.glob('*.wav'))}", "-q:a", "6", f"file:{out}"]
        subprocess.run(command, check=True)


def numbers(samples: Rows) -> Rows:
    """What a stretch of sound is described by."""
    heard = hear([samples])
    return sound_vector(heard, find_cues(heard))


def unlike_itself(rows: Rows, groups: NDArray[np.str_]) -> NDArray[np.float32]:
    """Cosines of all rows, -2 within a group."""
    points = SoundSpace.fit(list(range(len(rows))), rows).points
    cosines = points @ points.T
    cosines[groups[:, None] == groups[None, :]] = -2
    return np.asarray(cosines)


def main() -> None:
    """Make, hear, say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    whole, halves, excerpts, names = [], [], [], []
    with ExitStack() as stack:
        folder = given.songs or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for style in STYLES:
            for seed in range(1, given.seeds + 1):
                path = folder / f"{style}-{seed}.ogg"
                if not path.exists():
                    make(style, seed, path)
                samples = load_audio(path, sample_rate=RATE, mono=True).samples[0]
                whole.append(numbers(samples))
                halves.append([numbers(part) for part in np.array_split(samples, 2)])
                excerpts.append([numbers(part) for part in np.array_split(samples, EXCERPTS)])
                names.append((style, seed))
    styles, seeds = np.array([style for style, _ in names]), np.array([seed for _, seed in names])
    songs = np.array([f"{style}-{seed}" for style, seed in names])
    nearest = unlike_itself(np.stack(whole), songs).argmax(axis=1)
    both = np.stack([pair[0] for pair in halves] + [pair[1] for pair in halves])
    points = SoundSpace.fit(list(range(len(both))), both).points
    across = points[: len(songs)] @ points[len(songs) :].T
    said: dict[str, Any] = {
        "songs": len(songs), "styles": len(STYLES),
        "nearest_is_same_style": float((styles[nearest] == styles).mean()),
        "by_chance": (given.seeds - 1) / (len(songs) - 1),
        "half_finds_its_other_half": float((across.argmax(axis=1) == np.arange(len(songs))).mean()),
        "median_rank_of_the_other_half": float(np.median((across > across.diagonal()[:, None]).sum(axis=1) + 1)),
        "excerpts": {},
    }  # fmt: skip
    rows = np.stack([part for parts in excerpts for part in parts])
    of_song, of_style, of_seed = (np.repeat(each, EXCERPTS) for each in (songs, styles, seeds))
    kept = similar.WHITENED_FROM, similar.SHRINK
    tried = [("plain", len(rows) + 1, 0.0), *((f"whitened, {shrink}", 8, shrink) for shrink in (0.1, 0.3, 1.0, 3.0))]
    for label, begin, shrink in tried:
        similar.WHITENED_FROM, similar.SHRINK = begin, shrink
        others = unlike_itself(rows, of_song)
        top = np.argsort(-others, axis=1)[:, :5]
        own = unlike_itself(rows, np.arange(len(rows)).astype(str)).argmax(axis=1)
        for part, inside in (("first", of_seed <= CHOSEN_ON), ("held out", of_seed > CHOSEN_ON)):
            if inside.any():
                said["excerpts"][f"{label}, {part}"] = {
                    "same_style_of_5": round(float((of_style[top] == of_style[:, None])[inside].mean()), 3),
                    "nearest_is_same_song": round(float((of_song[own] == of_song)[inside].mean()), 3),
                }
    similar.WHITENED_FROM, similar.SHRINK = kept
    print(json.dumps(said, indent=1))
    if given.json:
        given.json.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
