"""What a drummer sees: strokes on a grid, with what stands around each of them, as numbers for `drum_feel`.

Places are counted in twelfths of a quarter, which hold sixteenths (3), triplet eighths (4) and their halves (2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNITS = 12
"""Places of a quarter."""

DRUMS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "kick": (35, 36),
        "snare": (38, 40, 37, 39),
        "closed": (42, 22, 54, 70, 82, 69),
        "pedal": (44,),
        "open": (46, 26),
        "ride": (51, 59, 53),
        "crash": (49, 55, 57, 52),
        "high tom": (48, 50),
        "middle tom": (45, 47),
        "low tom": (43, 58, 41),
    }
)
"""Percussion keys, General MIDI's and the Roland TD-11's, by drum: the nine of Gillick et al. (2019) and the pedal."""

NAMES = tuple(DRUMS)
GROUPS = ((0,), (1,), (2, 3, 4, 5), (6,), (7, 8, 9))
"""Drums that one limb or one purpose unites: bass drum, snare, timekeepers, crashes, toms."""

PLACES = (0, 3, 6, 9, 4, 8, 2, 10)
"""Places within a quarter that have a mean of their own: sixteenths, triplet eighths, their halves."""

TAGS = (
    "rock", "funk", "jazz", "hiphop", "latin", "afrocuban", "neworleans", "punk", "soul", "country", "reggae", "pop",
    "gospel", "afrobeat", "dance", "blues", "shuffle", "swing", "brazilian", "fast", "halftime", "motown",
)  # fmt: skip
"""Words of groove_midi's styles."""

AROUND = tuple(offset for offset in range(-12, 13, 1) if offset and offset % 3 == 0)
WINDOW_BEATS = 8


def drum_of(key: int) -> int:
    """The number of the drum that a percussion key strikes in `NAMES`; −1 for what is no drum of the kit.

    >>> NAMES[drum_of(38)], drum_of(64)
    ('snare', -1)
    """
    return next((number for number, keys in enumerate(DRUMS.values()) if key in keys), -1)


@dataclass(frozen=True)
class DrumScore:
    """Strokes of one drummer, in rising order of place.

    Parameters
    ----------
    place : twelfths of a quarter since the beginning, shape (strokes,).
    in_bar : the same since the bar line before.
    drum : numbers in `NAMES`.
    bpm : quarters a minute at each stroke.
    tags : words of the style, those of `TAGS` count.
    """

    place: Ints
    in_bar: Ints
    drum: Ints
    bpm: Floats
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sizes = {len(self.place), len(self.in_bar), len(self.drum), len(self.bpm)}
        require(len(sizes) == 1, "place, in_bar, drum and bpm must be of one length", sizes)
        require(bool(np.all(np.diff(self.place) >= 0)), "places of strokes must not fall", "they do")
        known = bool(np.all((self.drum >= 0) & (self.drum < len(NAMES))))
        require(known, "drums must be numbers of NAMES", self.drum.tolist()[:8])

    def __len__(self) -> int:
        return len(self.place)


def features(score: DrumScore) -> Floats:
    """What a drummer knows of each stroke, shape (strokes, `WIDTH`)."""
    count = len(score)
    if not count:
        return np.zeros((0, WIDTH))
    rows = np.arange(count)
    first = int(score.place[0])
    place = score.place - first + 2 * UNITS
    length = int(place[-1]) + 3 * UNITS
    struck = np.zeros((len(NAMES), length), dtype=bool)
    struck[score.drum, place] = True
    grouped = np.array([struck[list(group)].any(axis=0) for group in GROUPS])
    near = grouped.copy()
    near[:, 1:] |= grouped[:, :-1]
    near[:, :-1] |= grouped[:, 1:]

    in_beat = score.in_bar % UNITS
    beat = score.in_bar // UNITS
    columns: list[Floats] = [
        np.eye(len(NAMES))[score.drum],
        (in_beat[:, None] == np.array(PLACES)).astype(float),
        (np.minimum(beat, 3)[:, None] == np.arange(4)).astype(float),
    ]
    # The drum and its place together: a snare on the second beat is not a snare plus a second beat.
    limb = np.array([next(n for n, group in enumerate(GROUPS) if drum in group) for drum in range(len(NAMES))])
    own = limb[score.drum]
    sixteenth = np.minimum(score.in_bar // 3, 15)
    crossed = np.zeros((count, len(GROUPS) * 16))
    crossed[rows, own * 16 + sixteenth] = 1.0
    columns.append(crossed)
    together = struck[:, place].T.astype(float)
    together[rows, score.drum] = 0.0
    columns.append(together)
    for offset in AROUND:
        columns.append(near[:, place + offset].T.astype(float) if abs(offset) < 2 * UNITS else together)
    columns += [_gaps(score, place), _bar_before(score, struck, place), _habits(score, grouped, place)]
    tempo = np.log2(score.bpm / 110.0)
    columns.append(np.stack([tempo, tempo * tempo, 110.0 / score.bpm, (score.bpm > 150).astype(float)], axis=1))
    columns.append(np.tile(np.array([float(tag in score.tags) for tag in TAGS]), (count, 1)))
    return np.concatenate(columns, axis=1)


def _gaps(score: DrumScore, place: Ints) -> Floats:
    """How long ago the same drum was struck, how soon it will be again, and the same for any drum; in log2 beats."""
    seconds = 60.0 / score.bpm / UNITS
    found = np.full((len(score), 4), 2.0 * UNITS)
    for drum in range(-1, len(NAMES)):
        rows = np.arange(len(score)) if drum < 0 else np.flatnonzero(score.drum == drum)
        if len(rows) < 2:
            continue
        at = place[rows]
        if drum < 0:  # strokes together count once
            unique = np.unique(at)
            index = np.searchsorted(unique, at)
            steps = np.diff(unique, prepend=unique[0] - 2 * UNITS, append=unique[-1] + 2 * UNITS)
            found[rows, 2], found[rows, 3] = steps[index], steps[index + 1]
        else:
            steps = np.diff(at, prepend=at[0] - 2 * UNITS, append=at[-1] + 2 * UNITS)
            found[rows, 0], found[rows, 1] = steps[:-1], steps[1:]
    steps = np.clip(found, 1, 2 * UNITS)
    return np.concatenate([np.log2(steps / 3.0) / 2.0, np.log2(np.maximum(steps * seconds[:, None], 0.02) / 0.25)], 1)


def _bar_before(score: DrumScore, struck: NDArray[np.bool_], place: Ints) -> Floats:
    """Whether the drum was struck a bar (four beats) ago, and will be; how full the beats around are."""
    bar = 4 * UNITS
    padded = np.pad(struck, ((0, 0), (bar, bar)))
    back = padded[score.drum, place]
    ahead = padded[score.drum, place + 2 * bar]
    total = np.concatenate([[0.0], np.cumsum(padded.sum(axis=0))])
    wide = (total[place + bar + UNITS] - total[place + bar - UNITS]) / 8.0
    longer = (total[np.minimum(place + 2 * bar, len(total) - 1)] - total[place]) / 32.0
    return np.stack([back, ahead, wide, longer], axis=1).astype(float)


def _habits(score: DrumScore, grouped: NDArray[np.bool_], place: Ints) -> Floats:
    """Where in the beat bass drum, snare and timekeepers fall in the bars around: shuffles and sixteenths show."""
    length = grouped.shape[1]
    shift = int(score.place[0]) - 2 * UNITS
    in_beat = (np.arange(length) + shift + (int(score.in_bar[0]) - int(score.place[0]))) % UNITS
    low = np.clip(place - WINDOW_BEATS * UNITS, 0, length)
    high = np.clip(place + WINDOW_BEATS * UNITS, 0, length)
    found = []
    for group in (0, 1, 2):
        for where in ((0,), (3,), (6,), (9,), (4, 2), (8, 10)):
            mask = grouped[group] & np.isin(in_beat, where)
            total = np.concatenate([[0], np.cumsum(mask)])
            found.append((total[high] - total[low]) * UNITS / np.maximum(high - low, 1))
    return np.stack(found, axis=1).astype(float)


def words_of(style: str) -> tuple[str, ...]:
    """The words of a style of groove_midi that count.

    >>> words_of("latin/brazilian-bossa")
    ('latin', 'brazilian')
    """
    return tuple(word for word in style.replace("/", "-").split("-") if word in TAGS)


def score_of(
    places: Sequence[int], bars: Sequence[int], drums: Sequence[int], bpm: Sequence[float], tags: Sequence[str] = ()
) -> DrumScore:
    """A drum score from plain sequences."""
    whole = np.int64
    return DrumScore(
        np.asarray(places, whole),
        np.asarray(bars, whole),
        np.asarray(drums, whole),
        np.asarray(bpm, float),
        tuple(tags),
    )


WIDTH = (
    len(NAMES)
    + len(PLACES)
    + 4
    + len(GROUPS) * 16
    + len(NAMES)
    + len(AROUND) * len(GROUPS)
    + 8
    + 4
    + 18
    + 4
    + len(TAGS)
)
"""How many numbers describe a stroke."""
