"""Train what the program decodes with, from the public data."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from senandung.domain.checks import require, require_whole
from senandung.domain.errors import FileError, UnknownNameError
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.learning.road import Travelled

MOST_STEPS = 1_000_000


def train_composer(
    data: Path | str,
    *,
    out: Path | str = "training",
    config: str | None = None,
    minutes: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    progress: Callable[[str, float], None] | None = None,
) -> Travelled:
    """The composer's weights from the public archives; the same call again goes on where the last one ended.

    Parameters
    ----------
    data : the folder that holds the music sets, as archives `NAME.tar.xz` or unpacked as folders `NAME`.
    out : the folder to work in: new, empty, or left by an earlier call.
    config : tiny (a rehearsal), small (for a CPU) or full (for a GPU); chosen by the machine without it.
    minutes : how long this call trains; without it until the training is finished.
    steps : of the whole training; without it the configuration's.
    seed : the same archives, seed and machine give the same weights.
    progress : told what is being done and how much of all is done, 0..1.
    """
    from senandung.learning.road import RECIPES, travel

    if config is not None and config not in RECIPES:
        raise UnknownNameError("configuration", config, RECIPES)
    if minutes is not None:
        require(math.isfinite(minutes) and minutes > 0, "minutes must be a number above 0", minutes)
    if steps is not None:
        require_whole(f"steps must be a whole number in 1..{MOST_STEPS}", steps, 1, MOST_STEPS)
    require_whole("the seed must be a whole number of at least 0", seed, 0)
    return travel(
        given_path(data), given_path(out), config=config, minutes=minutes, steps=steps, seed=seed, progress=progress
    )


def train_tables(data: Path | str, *, out: Path | str, progress: Callable[[str], None] | None = None) -> Path:
    """The tables of chords, form, melody, rhythm and drums with their cards, in a new folder.

    Parameters
    ----------
    data : the folder that holds the sets, as archives `NAME.tar.xz` or unpacked as folders `NAME`.
    out : the folder to make.
    progress : told which set is being read.
    """
    from senandung.files.folders import new_folder
    from senandung.learning.tables import SETS, build_tables
    from senandung.learning.unpack import gather

    with new_folder(out) as folder, TemporaryDirectory() as room:
        build_tables(gather(given_path(data), SETS, Path(room)), folder, progress or (lambda _: None))
    return given_path(out)


def train_text(
    data: Path | str,
    *,
    lines: Path | str = "corpora/status-lines.tsv",
    out: Path | str,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """The weights that read feeling from text, with their card, in a new folder.

    Parameters
    ----------
    data : the folder that holds the sets, as archives `NAME.tar.xz` or unpacked as folders `NAME`.
    lines : the project's own status lines.
    out : the folder to make.
    progress : told what is being done.
    """
    from senandung.files.folders import new_folder
    from senandung.learning.train_text import SETS, build_text
    from senandung.learning.unpack import gather

    with new_folder(out) as folder, TemporaryDirectory() as room:
        build_text(gather(given_path(data), SETS, Path(room)), given_path(lines), folder, progress or (lambda _: None))
    return given_path(out)


def train_hearing(
    songs: Path | str, *, out: Path | str, seed: int = 1, progress: Callable[[str], None] | None = None
) -> Path:
    """The weights that hear music past rooms, crowds and devices, with their card, in a new folder.

    Parameters
    ----------
    songs : the folder of clean songs, .flac or .wav; what people sing along may lie beside each (docs/commands.md).
    out : the folder to make.
    progress : told what is being done.
    """
    from senandung.files.folders import new_folder
    from senandung.learning.train_hearing import build_hearing

    folder = given_path(songs)
    if not folder.is_dir():
        raise FileError(folder, "there is no such folder")
    with new_folder(out) as made, ProcessPoolExecutor(mp_context=get_context("spawn")) as executor:
        build_hearing(folder, made, seed=seed, executor=executor, progress=progress or (lambda _: None))
    return given_path(out)


def train_originality(
    data: Path | str, *, out: Path | str, seed: int = 1, progress: Callable[[str], None] | None = None
) -> Path:
    """The index of originality, the human range and their card, in a new folder.

    Parameters
    ----------
    data : the folder that holds the music sets, or a packed corpus that `train composer` left (`packed`).
    out : the folder to make.
    seed : of the split, where the sets are packed first.
    progress : told what is being done.
    """
    from senandung.files.folders import new_folder
    from senandung.learning.corpus.build import read_corpus
    from senandung.learning.corpus.sets import SETS
    from senandung.learning.pack import save_folder
    from senandung.learning.train_originality import build_originality
    from senandung.learning.unpack import gather

    say = progress or (lambda _: None)
    source = given_path(data)
    with new_folder(out) as folder, TemporaryDirectory() as room:
        if not (source / "works.jsonl").is_file():
            sets, packed = Path(room) / "sets", Path(room) / "packed"
            sets.mkdir()
            gathered = gather(source, [each.name for each in SETS], sets)
            save_folder(read_corpus(gathered, [], progress=say), gathered, packed, seed=seed, progress=say)
            source = packed
        build_originality(source, folder, say)
    return given_path(out)
