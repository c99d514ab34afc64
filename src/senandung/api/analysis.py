"""What the program hears in the library's tracks: feeling over time, tempo, key, loudness, and how each sounds.

Every track ends as done, failed or skipped with its reason. The table says what is left, so that a stop loses nothing,
and a newer version of the analysis hears all tracks anew.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.domain.errors import FileError, MissingProgramError
from senandung.domain.music import TrackHeard
from senandung.domain.time import Second
from senandung.remembering import analyses
from senandung.remembering.analyses import AnalysisCounts, Waiting
from senandung.remembering.store.database import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 1
"""Of the analysis; a higher one hears every track anew."""

LONGEST: Second = 1800.0
"""Seconds of a track that is heard; a longer one is a concert or a book, and skipped."""

SHORTEST: Second = 3.0

POINTS = 150
"""Points of a feeling's arc that are kept at most."""

SILENT = -70.0
"""LUFS at which nothing sounds."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Analysis:
    """What one file gave: what was heard, its numbers (float32, little-endian), loudness in LUFS and sample peak."""

    heard: TrackHeard
    vector: bytes | None = None
    loudness: float | None = None
    peak: float | None = None


def analyse_file(path: Path) -> Analysis:
    """Hear one file. Never raises for what a file may hold: it is then failed or skipped, with the reason."""
    try:
        return _heard(path)
    except (FileError, MissingProgramError) as error:
        return Analysis(TrackHeard("failed", str(error).removeprefix(f"{path}: ")))
    except (ArithmeticError, ValueError, IndexError, MemoryError) as error:
        return Analysis(TrackHeard("failed", f"it cannot be heard: {type(error).__name__}: {error}"[:300]))


def analyse(
    database: Database,
    executor: Executor,
    *,
    clock: Callable[[], datetime],
    at_once: int = 1,
    most: int | None = None,
    progress: Callable[[AnalysisCounts], None] | None = None,
    stop: threading.Event | None = None,
) -> AnalysisCounts:
    """Hear all tracks that wait; how far it is at the end.

    Parameters
    ----------
    executor : where `analyse_file` runs: a pool of processes, or any executor of `concurrent.futures` whose workers
        reach the files.
    at_once : files that are given to it at a time.
    most : tracks that are heard at most; None hears all.
    progress : told after each track.
    stop : where it is set, no further track is begun; those that are not done wait.

    Raises `BrokenExecutor` where a process was ended from without; where one is heard at a time, it has failed.
    """
    ended = stop or threading.Event()
    running: dict[Future[Analysis], Waiting] = {}
    begun: set[int] = set()
    try:
        while not ended.is_set():
            room = at_once - len(running)
            if most is not None:
                room = min(room, most - len(begun))
            for track in _next(database, begun, room) if room > 0 else []:
                begun.add(track.track_id)
                running[executor.submit(analyse_file, track.path)] = track
            if not running:
                break
            for future in wait(running, timeout=0.5, return_when=FIRST_COMPLETED).done:
                track = running.pop(future)
                try:
                    found = _result(future)
                except BrokenExecutor:
                    if at_once == 1:  # no other can have done it
                        _keep(
                            database,
                            track,
                            Analysis(TrackHeard("failed", "the process that heard it was ended")),
                            clock(),
                        )
                    raise
                _keep(database, track, found, clock())
                if progress is not None:
                    with database.reading() as session:
                        progress(analyses.count_analyses(session, VERSION))
    finally:
        for future in running:
            future.cancel()
    with database.reading() as session:
        return analyses.count_analyses(session, VERSION)


@contextmanager
def hearing_pool(workers: int | None = None) -> Iterator[Executor]:
    """Processes that hear: started when the first is needed, gone at the end. By default one processor is left free."""
    count = workers or max(1, (os.cpu_count() or 2) - 1)
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_politely)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _politely() -> None:
    """Let everything else go before, leave the keyboard to the program that asked, and end where that has ended."""
    if hasattr(os, "nice"):
        os.nice(10)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _next(database: Database, begun: set[int], room: int) -> list[Waiting]:
    with database.reading() as session:
        found = analyses.waiting(session, VERSION, room + len(begun))
    return [track for track in found if track.track_id not in begun][:room]


def _result(future: Future[Analysis]) -> Analysis:
    try:
        return future.result()
    except BrokenExecutor:
        raise
    except Exception as error:  # whatever one file does, the others are heard
        logger.warning("a track could not be heard", exc_info=error)
        return Analysis(TrackHeard("failed", f"it cannot be heard: {type(error).__name__}"))


def _keep(database: Database, track: Waiting, found: Analysis, at: datetime) -> None:
    with database.writing() as session:
        analyses.save_heard(
            session, track, found.heard, version=VERSION, at=at, vector=found.vector, loudness=found.loudness,
            peak=found.peak,
        )  # fmt: skip


def _heard(path: Path) -> Analysis:
    from senandung.audio.hearing import RATE, hear
    from senandung.files.long_audio import mono_pieces
    from senandung.sensing.sound.likeness import sound_vector
    from senandung.sensing.sound.song import read_song

    try:
        heard = hear(mono_pieces(path, sample_rate=RATE, max_seconds=LONGEST))
    except FileError as error:
        if "this one is longer" in str(error):
            return Analysis(TrackHeard("skipped", f"it is longer than {LONGEST / 60:g} minutes"))
        if "holds no sound" in str(error):
            return Analysis(TrackHeard("skipped", "it holds no sound"))
        raise
    loudness, peak = _loudness(path)
    if loudness <= SILENT or heard.seconds < SHORTEST:
        reason = "it is silent" if loudness <= SILENT else f"it is shorter than {SHORTEST:g} seconds"
        return Analysis(TrackHeard("skipped", reason), None, None, peak)
    song = read_song(heard, "song")
    facts, feeling = song.facts, song.feeling
    arc = [((w.start + w.end) / 2, w.valence, w.arousal) for w in song.windows]
    every = max(1, -(-len(arc) // POINTS))
    tempo = song.cues.beats.tempo
    return Analysis(
        TrackHeard(
            "done",
            None,
            round(feeling.valence, 3) if feeling.readable else None,
            round(feeling.arousal, 3) if feeling.readable else None,
            round(tempo, 1) if tempo > 0 else None,
            str(facts["key"]) if "key" in facts else None,
            tuple((round(at, 1), round(v, 3), round(a, 3)) for at, v, a in arc[::every]),
        ),
        _bytes(sound_vector(heard, song.cues)),
        round(loudness, 2),
        round(peak, 4),
    )


def _loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS over all channels, and the sample peak."""
    import numpy as np

    from senandung.audio.loudness import block_powers, gated_loudness
    from senandung.files.long_audio import channel_pieces

    rate, pieces = channel_pieces(path, max_seconds=LONGEST)
    peak = 0.0

    def watched() -> Iterator[NDArray[np.float32]]:
        nonlocal peak
        for piece in pieces:
            if piece.size:
                peak = max(peak, float(np.abs(piece).max()))
            yield piece

    return gated_loudness(block_powers(watched(), rate)), peak


def _bytes(vector: NDArray[np.float32]) -> bytes:
    return vector.astype("<f4").tobytes()
