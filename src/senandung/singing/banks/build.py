"""A bank from recordings: the takes of a folder are found, cut into sounds, judged and written down for oto.ini."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from senandung.domain.errors import FileError
from senandung.domain.recording import Recording
from senandung.files.audio import load_audio
from senandung.files.character import tone_name
from senandung.files.oto import Oto
from senandung.singing.banks.analysis import SAMPLE_RATE
from senandung.singing.banks.record_list import Row, record_list
from senandung.singing.banks.segment import Heard, Segment, hear, segment
from senandung.singing.banks.takes import Judged, judge, middle_pitch

ENDINGS = (".wav", ".flac", ".aiff", ".aif", ".ogg", ".mp3", ".m4a", ".opus", ".webm")

LONGEST_TAKE = 120.0
"""Seconds of a recording."""

APART = 2.0
"""Semitones by which the notes of two sets of takes lie apart at least."""

LOWEST, HIGHEST = 24, 107
"""MIDI numbers of a prefix.map: C1 to B7."""

BEFORE_CODA = 0.12
"""How much of the vowel a sound of vowel and consonant has."""


@dataclass(frozen=True, eq=False)
class Take:
    """A recording of a row: its file, what is heard of it, its sounds and what is wrong with it."""

    path: Path
    heard: Heard
    judged: Judged


@dataclass(frozen=True, eq=False)
class Takes:
    """All takes of a folder, the rows that were not recorded, and the MIDI number around which they were sung."""

    takes: tuple[Take, ...]
    missing: tuple[Row, ...]
    pitch: float


@dataclass(frozen=True, eq=False)
class PitchSet:
    """The takes that were sung on one note; `name` is the note's (`D4`), "" where there is only one set."""

    name: str
    takes: Takes

    @property
    def suffix(self) -> str:
        """What the names of its sounds end with."""
        return f"_{self.name}" if self.name else ""


def read_sets(folder: Path, progress: Callable[[str, float], None] | None = None) -> tuple[PitchSet, ...]:
    """Read a folder of recordings, and the folders in it: each a set on a note of its own. The lowest comes first.

    Raises `FileError` where there is no recording of the record list, and where two sets lie on the same note.
    """
    if not folder.is_dir():
        raise FileError(folder, "no such folder of recordings")
    inner = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = [path for path in (folder, *inner) if any(row.name in _recordings(path) for row in record_list())]
    sets = []
    for number, path in enumerate(found or [folder]):

        def said(stage: str, share: float, number: int = number) -> None:
            if progress is not None:
                progress(stage, (number + share) / max(len(found), 1))

        sets.append((path, read_takes(path, said)))
    if len(sets) == 1:
        return (PitchSet("", sets[0][1]),)
    sets.sort(key=lambda each: each[1].pitch)
    for (one, low), (two, high) in pairwise(sets):
        if high.pitch - low.pitch < APART:
            notes = f"{tone_name(round(low.pitch))} and {tone_name(round(high.pitch))}"
            raise FileError(
                two, f"its notes must lie {APART:g} semitones from those of {one.name}, but they are {notes}"
            )
    return tuple(PitchSet(tone_name(round(takes.pitch)), takes) for _, takes in sets)


def affixes_of(sets: Sequence[PitchSet]) -> Mapping[int, tuple[str, str]]:
    """Prefix and suffix of the sounds for each note: those of the nearest set. Empty where there is one set only."""
    if len(sets) < 2:
        return {}
    nearest = {note: min(sets, key=lambda each: abs(each.takes.pitch - note)) for note in range(LOWEST, HIGHEST + 1)}
    return {note: ("", each.suffix) for note, each in nearest.items()}


def _recordings(folder: Path) -> dict[str, Path]:
    """The recordings of a folder by their names without ending, in small letters."""
    there: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in ENDINGS and path.is_file():
            there.setdefault(path.stem.lower(), path)
    return there


def read_takes(folder: Path, progress: Callable[[str, float], None] | None = None) -> Takes:
    """Read a folder of recordings that are named as the record list names them.

    Raises `FileError` where the folder has none of them.
    """
    if not folder.is_dir():
        raise FileError(folder, "no such folder of recordings")
    there = _recordings(folder)
    rows = record_list()
    named = [row for row in rows if row.name in there]
    if not named:
        raise FileError(folder, f"has no recording of the record list: {rows[0].name}.wav, {rows[2].name}.wav …")
    found: list[tuple[Row, Heard, tuple[Segment, ...]]] = []
    for number, row in enumerate(named):
        if progress is not None:
            progress(f"listening to {there[row.name].name}", number / len(named))
        recording = load_audio(there[row.name], sample_rate=SAMPLE_RATE, max_seconds=LONGEST_TAKE)
        samples = np.asarray(recording.samples.mean(axis=0), dtype=np.float64)
        if len(samples) < SAMPLE_RATE // 2:
            raise FileError(there[row.name], f"a take must last .5 s at least, got {len(samples) / SAMPLE_RATE:.2f} s")
        heard = hear(samples)
        found.append((row, heard, segment(heard, row.units)))
    takes = tuple(Take(there[one.row.name], heard, one) for one, (_, heard, _) in zip(judge(found), found, strict=True))
    return Takes(takes, tuple(row for row in rows if row.name not in there), middle_pitch(found))


def oto_of(wav: str, segments: Sequence[Segment], suffix: str = "") -> tuple[Oto, ...]:
    """The lines of oto.ini of a take; `suffix` is what its sounds' names end with."""
    lines = (_line(wav, each) for each in segments)
    return tuple(replace(line, alias=line.alias + suffix) for line in lines)


def _line(wav: str, each: Segment) -> Oto:
    unit = each.unit
    if unit.kind in ("coda", "diphthong"):
        lead = min(BEFORE_CODA if unit.kind == "coda" else 0.16, 0.6 * (each.vowel_end - each.vowel))
        start = each.vowel_end - lead
        return _ms(wav, unit.alias, start, each.end, each.end, each.vowel_end, start + 0.5 * lead)
    start = each.start
    stop = max(each.vowel_end - 0.03, each.vowel + 0.05)
    fixed = min(each.vowel + 0.06, stop - 0.02)
    overlap = min(0.03, 0.4 * max(each.vowel - start, 0.01))
    return _ms(wav, unit.alias, start, fixed, stop, each.vowel, start + overlap)


def _ms(wav: str, alias: str, start: float, fixed: float, end: float, onset: float, overlap: float) -> Oto:
    values = [round(1000 * (each - start), 1) for each in (fixed, end, onset, overlap)]
    return Oto(wav, alias, round(1000 * start, 1), values[0], -values[1], values[2], values[3])


def recording_of(take: Take) -> Recording:
    """The take itself, mono, 44.1 kHz."""
    return Recording(take.heard.samples[None, :].astype(np.float32), SAMPLE_RATE)
