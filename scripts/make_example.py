"""Make the README's example again: docs/example/excerpt.ogg and roll.png.

.venv/bin/python scripts/make_example.py
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np

import senandung
from senandung.api.render import tags_of
from senandung.domain.recording import Recording
from senandung.files.audio import load_audio, save_audio

LINE = "aku rindu kamu, malam ini hujan turun lagi"
SEED = 7
BEGIN, LENGTH, FADE = 0.0, 36.0, 3.0
"""The excerpt in seconds: where it begins, how long it is, and how long it fades at its end."""


def main() -> None:
    """Write both files."""
    example = Path(__file__).parents[1] / "docs" / "example"
    example.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        made = senandung.create(LINE, style="pop-ballad", seed=SEED, out=Path(folder) / "song")
        shutil.copy(made.folder / "roll.png", example / "roll.png")
        whole = load_audio(made.folder / "song.wav")
    rate = whole.sample_rate
    samples = whole.samples[:, int(BEGIN * rate) : int((BEGIN + LENGTH) * rate)].copy()
    fade = int(FADE * rate)
    samples[:, -fade:] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    save_audio(Recording(samples, rate), example / "excerpt.ogg", tags_of(made.song))


if __name__ == "__main__":
    main()
