"""The notes of a song or of a performance in seconds, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from senandung.domain.instruments import instrument
from senandung.domain.time import TICKS_PER_QUARTER

if TYPE_CHECKING:
    from senandung.domain.performance import Performance
    from senandung.domain.song import Song
    from senandung.domain.time import Second

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LONGEST: Second = 3600.0
"""Seconds of notes that are read."""

LEVEL = 3.0
"""Velocities of a part that lie within this (standard deviation) are one dynamic."""


@dataclass(frozen=True, eq=False)
class Events:
    """Notes in order of their onsets, shape (n,) each.

    Parameters
    ----------
    onset, end : seconds.
    pitch : MIDI number; of a drum its key.
    velocity : 1..127.
    part : number of the part that plays it.
    drum : whether it is a drum.
    tempos : (second, felt beats a minute) in order; empty where no tempo is known.
    cut : whether notes after `LONGEST` were left out.
    tuned : whether most pitched notes are of a tuning without major and minor (slendro, pelog).
    """

    onset: Floats
    end: Floats
    pitch: Whole
    velocity: Whole
    part: Whole
    drum: NDArray[np.bool_]
    tempos: tuple[tuple[Second, float], ...] = ()
    cut: bool = False
    tuned: bool = False

    @property
    def seconds(self) -> Second:
        """When the last note ends; 0 without notes."""
        return float(self.end.max()) if len(self.end) else 0.0

    @property
    def flat(self) -> bool:
        """Whether velocities say nothing: in no part do they vary (levels between parts are a mix, not dynamics)."""
        if not len(self.onset):
            return True
        vary = weight = 0.0
        for number in np.unique(self.part):
            inside = self.velocity[self.part == number]
            vary += len(inside) * float(inside.std())
            weight += len(inside)
        return vary / weight < LEVEL


def events_of_song(song: Song) -> Events:
    """The notes of a song by the score's clock, as they are written."""
    changes = np.array([change.onset for change in song.tempos])
    begins = np.array([song.tempo_map.ticks_to_seconds(change.onset) for change in song.tempos])
    lasts = np.array([change.microseconds for change in song.tempos]) / (1e6 * TICKS_PER_QUARTER)

    def seconds(ticks: Whole) -> Floats:
        at = np.searchsorted(changes, ticks, side="right") - 1
        return np.asarray(begins[at] + (ticks - changes[at]) * lasts[at])

    rows = [
        (note.onset, note.end, note.pitch, note.velocity, number, track.sound.drum)
        for number, track in enumerate(song.tracks)
        for note in track.notes
    ]
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 6)
    metres = np.array([change.onset for change in song.metres])
    beats = np.array([change.metre.beat_ticks for change in song.metres])
    ticks = np.unique(np.concatenate([changes, metres]))
    lengths = beats[np.searchsorted(metres, ticks, side="right") - 1]
    paces = 60 / (lengths * lasts[np.searchsorted(changes, ticks, side="right") - 1])
    tempos = tuple((float(at), float(pace)) for at, pace in zip(seconds(ticks), paces, strict=True))
    counts = [0, 0]
    for track in song.tracks:
        if not track.sound.drum:
            counts[track.tuning != "equal"] += len(track.notes)
    events = _events(seconds(table[:, 0]), seconds(table[:, 1]), table[:, 2:], tempos)
    return replace(events, tuned=counts[1] > counts[0])


def events_of_performance(performance: Performance) -> Events:
    """The notes of a performance, as they are played. The tempo of a performance is not known."""
    rows = [
        (note.onset, note.onset + note.duration, note.pitch, note.velocity, number, instrument(part.instrument).drum)
        for number, part in enumerate(performance.parts)
        for note in part.notes
    ]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 6)
    return _events(table[:, 0], table[:, 1], table[:, 2:].astype(np.int64), ())


def _events(onset: Floats, end: Floats, rest: Whole, tempos: tuple[tuple[Second, float], ...]) -> Events:
    """`rest` has the columns pitch, velocity, part, drum."""
    kept = np.flatnonzero(onset < LONGEST)
    kept = kept[np.lexsort((rest[kept, 0], onset[kept]))]
    pitch, velocity, part, drum = rest[kept].T
    ends = np.minimum(end[kept], LONGEST)
    return Events(onset[kept], ends, pitch, velocity, part, drum.astype(bool), tempos, len(kept) < len(onset))
