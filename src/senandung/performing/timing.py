"""Onsets: every player's lag, drift and jitter around the common clock, chords rolled, order kept."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np

from senandung.domain.song import Song, Track
from senandung.domain.time import Second
from senandung.performing.clock import Clock
from senandung.performing.phrases import phrase_spans, place_in_phrase
from senandung.performing.players import DRIFT_SECONDS, NGGANDHUL_LAG, ROLL_SECONDS, Player, hangs_back

MAX_DEVIATION: Second = 0.045
"""No onset is further from the common clock than this."""


def played_onsets(song: Song, track: Track, player: Player, clock: Clock, rng: np.random.Generator) -> list[Second]:
    """When each note of a track is struck, in seconds, in the order of `track.notes`.

    Notes that begin together in the score stay together but for the roll of a chord; a note that begins later in the
    score begins later here.
    """
    spans = phrase_spans(song, track)
    behind = hangs_back(song, track)
    roll = ROLL_SECONDS.get(track.sound.family, 0.0) if track.role in ("chords", "pad", "melody") else 0.0
    onsets: list[Second] = []
    drift, drift_at = player.drift * rng.standard_normal(), 0.0
    reached, beat_before = -1.0, -1.0
    groups = [list(group) for _, group in groupby(track.notes, key=lambda note: note.onset)]
    for index, group in enumerate(groups):
        beat = clock.seconds(group[0].onset)
        keep = math.exp(-(beat - drift_at) / DRIFT_SECONDS)
        drift = drift * keep + player.drift * math.sqrt(1 - keep * keep) * rng.standard_normal()
        drift_at = beat
        lag = player.lag
        if behind:
            _, place = place_in_phrase(spans, group[0].onset)
            lag += NGGANDHUL_LAG * (1 / 3 + 2 / 3 * math.sin(math.pi * place))
        onset = beat + lag + drift + player.jitter * rng.standard_normal()
        onset = min(max(onset, beat - MAX_DEVIATION), beat + MAX_DEVIATION)
        if index:
            # A pushed note stays within the bound: the one before it was inside, and half the distance is added.
            onset = max(onset, reached + min(0.5 * (beat - beat_before), 0.02))
        following = clock.seconds(groups[index + 1][0].onset) if index + 1 < len(groups) else beat + 1.0
        step = min(roll, 0.25 * (following - beat) / max(len(group) - 1, 1))
        for number in range(len(group)):
            onsets.append(min(onset + step * number, max(beat + MAX_DEVIATION, onset)))
        reached, beat_before = onsets[-1], beat
    return onsets
