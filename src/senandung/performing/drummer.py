"""A drummer at the kit: micro-timing and touch of every stroke from the learned feel, in the words of a style.

The gendang of dangdut and the shakers of folk keep their tables (`performing.kit`): nobody measured them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from senandung.domain.song import Song, Track
from senandung.domain.time import TICKS_PER_QUARTER, Second, Tick
from senandung.performing.drum_feel import load_drum_feel
from senandung.performing.drum_score import UNITS, DrumScore, Floats, drum_of, score_of
from senandung.performing.kit import is_ghost
from senandung.performing.rules import strength

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pop-ballad": ("pop", "soul"),
        "pop-rock": ("rock",),
        "pop-upbeat": ("pop", "funk"),
        "pop-melayu": ("pop",),
        "band": ("rock",),
    }
)
"""Words of groove_midi's styles for ours, by the beginning of a name; a style that is not here has none of them."""

TABLES = ("dangdut", "keroncong", "langgam", "folk", "campursari", "lancaran", "ketawang", "ladrang", "gamelan")
"""Styles whose drummers keep their tables, by the beginning of their names."""

SHARED: Second = 0.006
"""Standard deviation of the wandering that the band shares with its drummer, who is its clock."""

SHARED_BEATS = 3.75
"""Its time constant, that of `slow` in the learned feel."""

AROUND_BARS = 2
"""Accents are counted against the same drum's strokes so many bars around."""

WRITTEN = 0.5
"""How much of an accent is the score's; the rest is the learned drummer's."""


def has_drummer(song: Song) -> bool:
    """Whether a kit of the learned feel plays in a song."""
    return any(learned_strokes(song, track) is not None for track in song.tracks)


def learned_strokes(song: Song, track: Track) -> list[int] | None:
    """The indices of the notes that the learned drummer plays; None where a track keeps its tables."""
    if track.instrument != "drums" or song.provenance.style.startswith(TABLES) or load_drum_feel() is None:
        return None
    return [index for index, note in enumerate(track.notes) if drum_of(note.pitch) >= 0] or None


def drum_score(song: Song, track: Track, strokes: Sequence[int]) -> DrumScore:
    """What the drummer reads."""
    style = song.provenance.style
    words = next((found for name, found in WORDS.items() if style.startswith(name)), ())
    onsets = np.array([track.notes[index].onset for index in strokes])
    bars = np.array(song.bar_starts())
    starts = bars[np.maximum(np.searchsorted(bars, onsets, side="right") - 1, 0)]
    changes = np.array([change.onset for change in song.tempos])
    tempos = np.array([change.bpm for change in song.tempos])
    unit = TICKS_PER_QUARTER // UNITS
    in_bar = np.rint((onsets - starts) / unit).astype(int)
    place = np.rint(starts / unit).astype(int) + in_bar
    return score_of(
        np.maximum.accumulate(place).tolist(),
        in_bar.tolist(),
        [drum_of(track.notes[index].pitch) for index in strokes],
        tempos[np.searchsorted(changes, onsets, side="right") - 1].tolist(),
        words,
    )


def drummed(
    song: Song, track: Track, dial: float, rng: np.random.Generator
) -> tuple[dict[int, Second], dict[int, float]]:
    """Offsets from the clock in seconds and velocities before dynamics, by the index of a note; empty for tables.

    The drummer's mean offset is the clock: what a band feels is how the strokes stand to each other.
    """
    strokes, feel = learned_strokes(song, track), load_drum_feel()
    if strokes is None or feel is None or not dial:
        return {}, {}
    score = drum_score(song, track, strokes)
    means = feel.expected(score)
    still = np.zeros(len(score))
    width, mean = strength("drummer's scatter", dial), strength("drummer's means", dial)
    offset = mean * means.offset + width * means.offset_spread * feel.timing.draw(score, rng, slow=still, whole=0.0)
    offset = _together(score, offset, UNISON * max(dial, 1.0))
    offset -= offset.mean()
    written = np.array([float(track.notes[index].velocity) for index in strokes])
    ghosts = np.array([is_ghost(track.notes[index]) for index in strokes])
    strayed = TOUCH * width * means.velocity_spread * feel.touch.draw(score, rng, slow=still, whole=0.0)
    usual = mean * (1 - WRITTEN) * (means.velocity - written)
    velocity = written + _accents(score, ghosts, usual + strayed)
    return dict(zip(strokes, offset.tolist(), strict=True)), dict(zip(strokes, velocity.tolist(), strict=True))


UNISON: Second = 0.015
"""How far strokes that are written together come apart at dial 1. People's main strokes scatter by 8 to 13 ms
against each other (.74 of the width of the middle half, Groove MIDI); ghost notes, flams and slips by more."""

TOUCH = 0.6
"""Share of the learned scatter of velocities: a band's drummer is more even than a soloist at an electronic kit."""


def _together(score: DrumScore, offset: Floats, furthest: Second) -> Floats:
    """Offsets whose strokes at one place lie within `furthest` of their mean."""
    _, slot = np.unique(score.place, return_inverse=True)
    mean = (np.bincount(slot, offset) / np.bincount(slot))[slot]
    kept: Floats = mean + np.clip(offset - mean, -furthest, furthest)
    return kept


def _accents(score: DrumScore, ghosts: Sequence[bool] | Floats, values: Floats) -> Floats:
    """How far each stroke stands from the mean of the same drum's strokes around it; ghost notes are their own drum."""
    found = np.zeros(len(score))
    rows: defaultdict[tuple[int, bool], list[int]] = defaultdict(list)
    for index, (drum, ghost) in enumerate(zip(score.drum.tolist(), ghosts, strict=True)):
        rows[drum, bool(ghost)].append(index)
    for members in rows.values():
        at, total = score.place[members], np.concatenate([[0.0], np.cumsum(values[members])])
        reach = AROUND_BARS * 4 * UNITS
        low, high = np.searchsorted(at, at - reach), np.searchsorted(at, at + reach, side="right")
        found[members] = values[members] - (total[high] - total[low]) / (high - low)
    return found


class Wander:
    """The slow wandering of a band's common beat, in seconds: the same for all who play in it."""

    def __init__(self, song: Song, seed: int, dial: float) -> None:
        rng = np.random.default_rng([seed, 0xBEA7])
        beats = song.end // TICKS_PER_QUARTER + 2
        keep = float(np.exp(-1 / SHARED_BEATS))
        moves = rng.standard_normal(beats)
        values = np.empty(beats)
        values[0] = moves[0]
        for beat in range(1, beats):
            values[beat] = keep * values[beat - 1] + np.sqrt(1 - keep * keep) * moves[beat]
        size = SHARED * strength("timing", dial) if has_drummer(song) else 0.0
        self._values = size * np.clip(values, -2, 2)

    def at(self, tick: Tick) -> Second:
        """How late the band is at a tick."""
        return float(np.interp(tick / TICKS_PER_QUARTER, np.arange(len(self._values)), self._values))
