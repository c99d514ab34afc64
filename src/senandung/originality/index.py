"""An index of music: every voice of every work as steps from note to note, packed, with what the works are called.

    intervals   int8   semitones from the note before in the same voice; 0 at a voice's first note
    times       uint8  which of the 255 most frequent distances in time it stands from the note before; 255: in `far`
    voices      of each voice: notes, first pitch, first onset, piece, part
    pieces      of each piece: work, bars before it, bars; `bars` holds the length of every bar in steps

Columns are deflated: that reads eight times as fast as xz and is an eighth larger. What is searched (fingerprints) is
computed while it is read; nothing sorted is kept, for a song asks for far fewer fingerprints than an index holds.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.domain.errors import FileError
from senandung.files.tensors import load_tensors, save_tensors
from senandung.originality.information import ORDERS, PACES, SYMBOLS, Information

STEPS_PER_QUARTER = 24
"""The grid of time of an index."""

FORMAT = "senandung-originality"
VERSION = 1
_FAR = 255

Ints = NDArray[np.int64]


class WorkRow(NamedTuple):
    """What a work is called and whose it is."""

    title: str
    composer: str
    set: str
    licence: str

    @property
    def name(self) -> str:
        """Composer and title, or the title alone."""
        return f"{self.composer}: {self.title}" if self.composer else self.title


class Voice(NamedTuple):
    """A voice to be put into an index: its piece's and its part's number, onsets in steps, pitches."""

    piece: int
    part: int
    onsets: Ints
    pitches: Ints


class PieceRow(NamedTuple):
    """A stretch of a work without a gap: the work's number, how many of its bars stand before, the parts' names."""

    work: int
    bars_before: int
    parts: tuple[str, ...]


@dataclass(frozen=True)
class MusicIndex:
    """The music that is searched; see the module for the columns, which are already inflated here.

    `voice_*` have a row a voice, `starts` one more: where each voice begins in `intervals` and `gaps`. `gaps` are the
    steps from the note before. `bar_starts` holds the first step of every bar, `piece_bars` where each piece's begin.
    """

    intervals: NDArray[np.int8]
    gaps: NDArray[np.int32]
    starts: Ints
    voice_pitch: Ints
    voice_onset: Ints
    voice_piece: Ints
    voice_part: Ints
    pieces: tuple[PieceRow, ...]
    bar_lengths: Ints
    piece_bars: Ints
    works: tuple[WorkRow, ...]
    information: Information

    def __post_init__(self) -> None:
        # numba compiles once for arrays that may be written and once for those that may not
        for column in (self.intervals, self.gaps, self.starts, self.voice_pitch, self.voice_onset):
            column.setflags(write=False)

    @property
    def notes(self) -> int:
        """Notes of all voices."""
        return len(self.intervals)

    def voice_notes(self, voice: int, first: int, last: int) -> tuple[Ints, Ints]:
        """Onsets, in steps of the piece, and pitches of a voice's notes from `first` up to `last`, counted in it."""
        begin = int(self.starts[voice])
        steps = self.gaps[begin + 1 : begin + last].astype(np.int64)
        leaps = self.intervals[begin + 1 : begin + last].astype(np.int64)
        onsets = self.voice_onset[voice] + np.concatenate([[0], np.cumsum(steps)])
        pitches = self.voice_pitch[voice] + np.concatenate([[0], np.cumsum(leaps)])
        return onsets[first:], pitches[first:]

    def bar_of(self, piece: int, onset: int) -> int:
        """The number, from 1, of the bar of a work in which a step of one of its pieces lies."""
        begin = int(self.piece_bars[piece])
        starts = np.cumsum(self.bar_lengths[begin : int(self.piece_bars[piece + 1])])
        return self.pieces[piece].bars_before + int(np.searchsorted(starts, onset, side="right")) + 1

    def bar_span(self, piece: int, bar: int) -> tuple[int, int]:
        """First and last step of a bar by its number in the work; the inverse of `bar_of`."""
        begin = int(self.piece_bars[piece])
        ends = np.cumsum(self.bar_lengths[begin : int(self.piece_bars[piece + 1])])
        place = min(max(bar - 1 - self.pieces[piece].bars_before, 0), len(ends) - 1)
        return int(ends[place] - self.bar_lengths[begin + place]), int(ends[place])

    def bar_steps(self, piece: int) -> float:
        """How long a bar of a piece is, in steps: the length in the middle."""
        lengths = self.bar_lengths[int(self.piece_bars[piece]) : int(self.piece_bars[piece + 1])]
        return float(np.median(lengths)) if len(lengths) else 4.0 * STEPS_PER_QUARTER

    @cached_property
    def voice_work(self) -> Ints:
        """The work of each voice."""
        works = np.asarray([piece.work for piece in self.pieces], dtype=np.int64)
        found: Ints = works[self.voice_piece]
        return found


def build_index(
    works: Sequence[WorkRow],
    pieces: Sequence[PieceRow],
    bar_lengths: Sequence[Sequence[int]],
    voices: Sequence[Voice],
    information: Information | None = None,
) -> MusicIndex:
    """An index of voices.

    Parameters
    ----------
    works, pieces : the rows that voices name by number.
    bar_lengths : of each piece, the lengths of its bars in steps.
    voices : every voice of at least one note, notes in order.
    information : how common turns are; counted from these voices without it, which wants some hours of music.
    """
    counts = np.asarray([len(voice.onsets) for voice in voices], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    none = np.zeros(0, dtype=np.int64)
    onsets = np.concatenate([none, *(voice.onsets for voice in voices)])
    pitches = np.concatenate([none, *(voice.pitches for voice in voices)])
    begins = np.zeros(len(onsets), dtype=np.bool_)
    begins[starts[:-1]] = True
    intervals = np.where(begins, 0, np.diff(pitches, prepend=0))
    gaps = np.where(begins, 0, np.diff(onsets, prepend=0))
    if information is None:
        information = Information.fit(intervals, pace_classes(gaps), begins)
    lengths = [np.asarray(row, dtype=np.int64) for row in bar_lengths]
    return MusicIndex(
        intervals.astype(np.int8),
        gaps.astype(np.int32),
        starts,
        pitches[starts[:-1]],
        onsets[starts[:-1]],
        np.asarray([voice.piece for voice in voices], dtype=np.int64),
        np.asarray([voice.part for voice in voices], dtype=np.int64),
        tuple(pieces),
        np.concatenate([none, *lengths]),
        np.concatenate([[0], np.cumsum([len(row) for row in lengths])]).astype(np.int64),
        tuple(works),
        information,
    )


def pace_classes(gaps: NDArray[Any]) -> Ints:
    """How long each step is against the one before, as a class 0..4; the same at any tempo.

    >>> pace_classes(np.asarray([0, 24, 24, 12, 36, 9])).tolist()
    [2, 4, 2, 1, 4, 0]
    """
    octaves = np.log2(np.maximum(gaps, 1))
    found: Ints = np.clip(np.rint(np.diff(octaves, prepend=octaves[:1])), -2, 2).astype(np.int64) + 2
    return found


def save_index(index: MusicIndex, path: Path) -> None:
    """Write an index. Inverse of `load_index`."""
    kinds, counts = np.unique(index.gaps, return_counts=True)
    frequent = np.sort(kinds[np.argsort(-counts, kind="stable")[:_FAR]])
    place = np.searchsorted(frequent, index.gaps)
    known = frequent[np.minimum(place, len(frequent) - 1)] == index.gaps
    times = np.where(known, place, _FAR).astype(np.uint8)
    text = json.dumps(
        {
            "works": [list(row) for row in index.works],
            "pieces": [[row.work, row.bars_before, list(row.parts)] for row in index.pieces],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    voices = {
        "notes": np.diff(index.starts), "pitch": index.voice_pitch, "onset": index.voice_onset,
        "piece": np.diff(index.voice_piece, prepend=0), "part": index.voice_part,
    }  # fmt: skip
    columns = {
        "intervals": index.intervals,
        "times": times,
        "frequent": frequent.astype(np.int32),
        "far": index.gaps[~known].astype(np.int32),
        "bar_lengths": index.bar_lengths.astype(np.int32),
        "piece_bars": np.diff(index.piece_bars).astype(np.int32),
        "text": np.frombuffer(text.encode("utf-8"), dtype=np.uint8),
        "paces": index.information.paces,
        **{f"bits{order}": table for order, table in enumerate(index.information.intervals)},
        **{f"voice_{name}": column.astype(np.int32) for name, column in voices.items()},
    }
    packed = {name: np.frombuffer(zlib.compress(column.tobytes(), 9), np.uint8) for name, column in columns.items()}
    save_tensors(packed, path, {"format": FORMAT, "version": str(VERSION)})


def load_index(path: Path) -> MusicIndex:
    """Read an index. Inverse of `save_index`."""
    if not path.is_file():
        raise FileError(path, "no such index of music")
    packed, facts = load_tensors(path)
    if facts.get("format") != FORMAT or facts.get("version") != str(VERSION):
        raise FileError(path, f"not an index of music of version {VERSION}")

    def column(name: str, kind: Any) -> NDArray[Any]:
        return np.frombuffer(zlib.decompress(packed[name].tobytes()), dtype=kind)

    try:
        text = json.loads(column("text", np.uint8).tobytes())
        times, frequent = column("times", np.uint8), np.append(column("frequent", np.int32), 0)
        spread = np.zeros(256, dtype=np.int32)
        spread[: len(frequent)] = frequent[:256]
        gaps = spread[times]
        far = column("far", np.int32)
        if len(far):
            gaps[np.flatnonzero(times == _FAR)] = far
        notes = column("voice_notes", np.int32)
        lengths = column("piece_bars", np.int32)
        shapes = [(SYMBOLS,) * (order + 1) for order in range(ORDERS)]
        return MusicIndex(
            column("intervals", np.int8),
            gaps,
            np.concatenate([[0], np.cumsum(notes, dtype=np.int64)]).astype(np.int64),
            column("voice_pitch", np.int32).astype(np.int64),
            column("voice_onset", np.int32).astype(np.int64),
            np.cumsum(column("voice_piece", np.int32), dtype=np.int64),
            column("voice_part", np.int32).astype(np.int64),
            tuple(PieceRow(work, before, tuple(parts)) for work, before, parts in text["pieces"]),
            column("bar_lengths", np.int32).astype(np.int64),
            np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64),
            tuple(WorkRow(*row) for row in text["works"]),
            Information(
                tuple(column(f"bits{order}", np.uint8).reshape(shape) for order, shape in enumerate(shapes)),
                column("paces", np.uint8).reshape(PACES, PACES),
            ),
        )
    except (KeyError, ValueError, TypeError, zlib.error) as error:
        raise FileError(path, f"not a whole index of music: {error}") from error
