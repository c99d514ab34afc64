"""One part through the fluidsynth program and a sound font: dry, without chorus and reverb.

The font is loaded by a command (`load FONT 0`) and the player is told not to reset: otherwise fluidsynth decodes the
piano and the drum kit for its idle channels, one second of work for every part. The samples are the same.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.audio.pieces import PIECE
from senandung.domain.errors import MachineError
from senandung.domain.performance import Part
from senandung.domain.time import Second
from senandung.rendering.part_midi import save_part_midi

GAIN = 0.4
"""fluidsynth's master gain. Samples are floats: nothing is clipped, and the mix sets the levels."""


def synthesise(
    part: Part,
    folder: Path,
    stem: str,
    seconds: Second,
    sample_rate: int,
    tools: tuple[Path, Path],
    preset: tuple[int, int] | None = None,
) -> Path:
    """Play a part into a file of raw samples (float32, left and right in turn) in `folder`; its path is returned.

    Parameters
    ----------
    seconds : how long to play; what rings after it is cut.
    tools : the fluidsynth program and the sound font (`rendering.soundfont`).
    preset : the bank and program in the font; None takes the instrument's own.
    """
    program, font = tools
    score, sound = folder / f"{stem}.mid", folder / f"{stem}.dry"
    # Short names in the working folder: fluidsynth's own commands need no quoting then.
    link, orders = folder / f"{stem}.font", folder / f"{stem}.orders"
    save_part_midi(part, score, seconds, preset)
    link.symlink_to(font.resolve())
    orders.write_text(f"load {link.name} 0\n", encoding="ascii")
    command = [str(program.absolute()), "-ni", "-q", "-C", "0", "-R", "0", "-g", str(GAIN), "-r", str(sample_rate)]
    command += ["-o", "synth.dynamic-sample-loading=1", "-o", "synth.polyphony=256", "-T", "raw", "-O", "float"]
    command += ["-o", "synth.default-soundfont=", "-o", "player.reset-synth=0", "-f", orders.name]
    command += ["-F", sound.name, score.name]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=120 + 4 * seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise MachineError(f"fluidsynth must play {part.track} within {120 + 4 * seconds:.0f} s, got no end") from None
    for used in (score, link, orders):
        used.unlink()
    errors = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines() or ["nothing"]
    failed = done.returncode != 0 or "fluidsynth: error" in done.stderr
    if failed or not sound.is_file() or not sound.stat().st_size:
        raise MachineError(f"fluidsynth must play {part.track}, got exit status {done.returncode}: {errors[0]}")
    return sound


def raw_pieces(path: Path, channels: int = 2, length: int = PIECE) -> Iterator[NDArray[np.float32]]:
    """The samples of a raw float32 file, in pieces of shape (channels, n)."""
    with path.open("rb") as file:
        while len(data := np.fromfile(file, dtype="<f4", count=length * channels)):
            yield data[: len(data) // channels * channels].reshape(-1, channels).T
