"""How each player plays: lag, drift, evenness and accents by role, and what a style changes about it.

Sizes: timing noise of skilled players has a standard deviation of about 6 to 12 ms with slow drift in it ("Performance
noise", Friberg, Bresin & Sundberg 2006; Hennig et al. 2011, "The nature and perception of fluctuations in human musical
rhythms", PLoS ONE 6(10)); a soloist stands a little behind the rhythm section (melody lag in ballads: Ashley 2002,
"Do(n't) change a hair for me", Music Perception 19). Keroncong singers sing behind the beat, *nggandhul*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from senandung.domain.song import Song, Track


@dataclass(frozen=True)
class Player:
    """One player's habits.

    Parameters
    ----------
    lag : seconds behind the common clock, on average; below 0 is ahead of it.
    drift : standard deviation in seconds of the slow wandering (time constant `DRIFT_SECONDS`).
    jitter : standard deviation in seconds of each onset's own deviation.
    accent : weight of metrical accents, 1 for the full table of `dynamics`.
    phrase : weight of the phrase arch.
    length : share of the written length that a note sounds.
    legato : True where neighbouring notes are joined.
    """

    lag: float
    drift: float
    jitter: float
    accent: float
    phrase: float
    length: float
    legato: bool = False


DRIFT_SECONDS = 4.0

PLAYERS: Mapping[str, Player] = MappingProxyType(
    {
        "vocal": Player(0.010, 0.006, 0.007, 0.5, 1.2, 0.97, True),
        "backing": Player(0.010, 0.005, 0.006, 0.4, 1.0, 0.97, True),
        "melody": Player(0.008, 0.006, 0.007, 0.6, 1.0, 0.96, True),
        "counter": Player(0.006, 0.006, 0.007, 0.6, 0.9, 0.95, True),
        "chords": Player(0.003, 0.004, 0.006, 1.0, 0.6, 0.94),
        "pad": Player(-0.010, 0.006, 0.008, 0.2, 0.6, 1.0, True),
        "bass": Player(0.002, 0.002, 0.004, 0.8, 0.4, 0.93),
        "drums": Player(0.0, 0.002, 0.003, 1.0, 0.2, 1.0),
    }
)
"""Habits by role."""

SUSTAINED = frozenset({"strings", "winds", "brass", "voice"})
"""Families of instruments that join the notes of a melody."""

BALLAD_BPM = 96.0
"""Below this tempo the leading voice hangs back further."""

NGGANDHUL_STYLES = ("keroncong", "langgam")
"""Beginnings of the names of styles whose singer hangs behind the beat."""

NGGANDHUL_LAG = 0.028
"""Seconds; it swells from a third of this at a phrase's start to this at its middle."""


def player_of(song: Song, track: Track) -> Player:
    """The player of a track in this song."""
    player = PLAYERS[track.role]
    if track.role in ("vocal", "backing", "melody") and song.tempos[0].bpm < BALLAD_BPM:
        player = replace(player, lag=player.lag + 0.006)
    if track.role in ("melody", "counter") and track.sound.family not in SUSTAINED:
        player = replace(player, legato=False)
    if song.keys[0].key.laras and track.role not in ("vocal", "backing"):
        player = replace(player, accent=0.0, phrase=0.3)  # a gatra leads to its end: its weights are written
    return player


def hangs_back(song: Song, track: Track) -> bool:
    """Whether the track is sung *nggandhul*."""
    return track.role in ("vocal", "backing") and song.provenance.style.startswith(NGGANDHUL_STYLES)
