"""Onsets: every player's lag, drift and jitter around the common clock, chords rolled, order kept."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping
from itertools import groupby

import numpy as np

from senandung.domain.song import Song, Track
from senandung.domain.time import Second
from senandung.performing.clock import Clock
from senandung.performing.drummer import Wander
from senandung.performing.kit import groove_lag
from senandung.performing.phrases import phrase_spans, place_in_phrase
from senandung.performing.players import DRIFT_SECONDS, NGGANDHUL_LAG, Player, hangs_back
from senandung.performing.rules import strength
from senandung.performing.strums import is_upstroke, leads, spread_of

MAX_DEVIATION: Second = 0.045
"""No onset is further from the common clock than this at dial 1; at 2 twice as far."""


MELODY_LEAD: Second = 0.03
"""How much earlier a melody's tone is than its chord's others at k = 1 (Goebl 2001: some 30 ms, more if louder)."""

HAND_JITTER: Second = 0.0015
"""Standard deviation of a drummer's two hands and two feet against each other."""


def played_onsets(
    song: Song,
    track: Track,
    player: Player,
    clock: Clock,
    rng: np.random.Generator,
    *,
    dial: float,
    wander: Wander,
    drummed: Mapping[int, Second],
) -> list[Second]:
    """When each note of a track is struck, in seconds, in the order of `track.notes`.

    `wander` is what the band shares, `drummed` the learned drummer's offsets by the index of a note. At dial 0 every
    onset is the clock's.

    Notes that begin together in the score stay together but for a stroke over the strings and a drummer's groove; a
    note that begins later in the score begins later here.
    """
    if not dial:
        return [clock.seconds(note.onset) for note in track.notes]
    much, rolled = strength("timing", dial), strength("chords spread", dial)
    furthest = MAX_DEVIATION * max(dial, 1.0)
    spans = phrase_spans(song, track)
    behind = hangs_back(song, track)
    least, most = spread_of(track)
    bars = song.bar_starts()
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
        place_of = len(onsets)
        learned = place_of in drummed
        own = 0.0 if learned else lag + drift + player.jitter * rng.standard_normal()
        onset = beat + wander.at(group[0].onset) + much * own
        onset = min(max(onset, beat - furthest), beat + furthest)
        # A pushed note stays within the bound: the one before it was inside, and half the distance is added.
        earliest = reached + min(0.5 * (beat - beat_before), 0.02) if index else 0.0
        onset = max(onset, earliest)
        following = clock.seconds(groups[index + 1][0].onset) if index + 1 < len(groups) else beat + 1.0
        strings = len(group)
        if track.sound.drum:
            struck = [
                onset + drummed[place_of + number]
                if place_of + number in drummed
                else onset + much * (groove_lag(song, note.pitch) + HAND_JITTER * rng.standard_normal())
                for number, note in enumerate(group)
            ]
            struck = [max(at, earliest, beat - furthest) for at in struck]
        else:
            stroke = min(rolled * float(rng.uniform(least, most)), 0.25 * (following - beat)) if strings > 1 else 0.0
            bar = bars[max(bisect.bisect_right(bars, group[0].onset) - 1, 0)]
            up = strings > 1 and is_upstroke(song, track, group[0].onset, bar)
            places = [strings - 1 - number if up else number for number in range(strings)]
            struck = [onset + stroke * place / max(strings - 1, 1) for place in places]
            if leads(track, group):  # the melody's tone comes first, the others where they were
                struck[-1] = max(onset - strength("melody lead", dial) * MELODY_LEAD, earliest, beat - furthest)
        onsets.extend(min(at, max(beat + furthest, earliest)) for at in struck)
        reached, beat_before = max(onsets[-strings:]), beat
    return onsets
