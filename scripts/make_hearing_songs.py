"""Make the songs that the reader of recordings learns from: `senandung train hearing --data DIR --out …`.

    .venv/bin/python scripts/make_hearing_songs.py DIR [--first 0] [--last 270]

Song NUMBER becomes DIR/NUMBER.flac: 70 s, mono, 22,050 Hz, of a style, a feeling and a line that its number draws. From
`SUNG` on they are sung, and NUMBER.sung.flac holds what is sung. What is there already is kept; about 10 s each.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import soundfile

from senandung.api.compose import compose
from senandung.api.sung_files import SungFiles
from senandung.api.voice import take_of, voiced
from senandung.audio.hearing import RATE
from senandung.audio.resample import resample
from senandung.domain.recording import Recording
from senandung.rendering.render import render

SONG_STYLES = (
    "campursari", "dangdut", "dangdut-koplo", "folk-guitar", "keroncong", "keroncong-asli", "keroncong-stambul",
    "ketawang", "ladrang", "lancaran", "langgam-jawa", "pop-ballad", "pop-melayu", "pop-rock", "pop-upbeat",
    "solo-piano", "string-quartet",
)  # fmt: skip
COMPOSERS = ("bach", "haydn", "mozart", "beethoven", "chopin", "joplin", "vivaldi")
LINES = (
    "aku pulang sore ini, hujan belum berhenti",
    "kita tertawa di pinggir jalan yang ramai",
    "kamar ini sepi sejak kau pergi",
    "lari terus jangan menoleh lagi",
    "ibu menunggu di beranda rumah",
    "lampu kota menyala satu per satu",
)
FIRST_SEED = 9000
SUNG = 200
"""Number of the first song that is sung; those of composers never are."""
SECONDS = 70


def make(number: int, folder: Path) -> None:
    """Make one song."""
    seed = FIRST_SEED + number
    rng = np.random.default_rng(seed)
    composers = number % 6 == 5
    if composers:
        style = COMPOSERS[rng.integers(len(COMPOSERS))]
    else:
        style = SONG_STYLES[number % 17 if number % 2 else rng.integers(17)]
    valence, arousal = rng.uniform(-0.9, 0.9, 2)
    texts = [] if composers else [LINES[rng.integers(len(LINES))]]
    sings = number >= SUNG and not composers
    song = compose(
        *texts,
        style=style,
        feeling=f"{valence:.2f},{arousal:.2f}",
        seed=seed,
        voice=None if sings else False,
        minutes=1.1,
    ).song
    take = take_of(song, seed=seed, voice=None if sings else False)
    voices: list[Recording] = []
    with SungFiles() as files:
        for turn, singing in enumerate(take.singings):
            voice = voiced(singing, seed=seed + turn, voice=None)
            files.add(singing.track, voice)
            voices.append(voice)
        mix = render(take.performance, workers=1, sung=files)
        try:
            sound = mix.mix
        finally:
            mix.close()
    if voices:
        _save(voices[0], folder / f"{number:04d}.sung.flac")
    _save(sound, folder / f"{number:04d}.flac")


def _save(recording: Recording, path: Path) -> None:
    mono = recording.samples.mean(axis=0, keepdims=True)
    soundfile.write(path, resample(mono, recording.sample_rate, RATE)[0, : SECONDS * RATE], RATE)


def main() -> None:
    """Make the songs that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, default=270)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for number in range(given.first, given.last):
        if not (given.folder / f"{number:04d}.flac").exists():
            make(number, given.folder)
            sys.stderr.write(f"{number}\n")


if __name__ == "__main__":
    main()
