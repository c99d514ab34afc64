"""A recording of music → a feeling over time: windows of four seconds, each with what drives it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from senandung.audio.hearing import Heard
from senandung.domain.feeling import Evidence, Feeling, basic_near, nearest_words
from senandung.domain.reading import FeltSpan, Reading
from senandung.domain.scales import key_of_pitch_class
from senandung.sensing.sound.cues import Cues, find_cues
from senandung.sensing.sound.rules import RULES, Felt, feel_window

VALENCE_SPREAD, AROUSAL_SPREAD = 0.5, 0.35
"""Spread of a clean recording's reading: what music says of a feeling without its words is wide."""

SHORTEST = 3.0
"""Seconds of sound that is not silence, below which nothing is read."""


@dataclass(frozen=True, eq=False)
class SongReading:
    """What was read of a recording of music.

    Parameters
    ----------
    feeling : of the whole.
    windows : the feeling over time; silent windows are left out.
    cues : what was heard.
    """

    feeling: Feeling
    windows: tuple[Felt, ...]
    cues: Cues

    def reading(self, name: str) -> Reading:
        """The reading as of a trace that is called `name`."""
        curve = tuple(FeltSpan(w.start, w.end, w.valence, w.arousal, w.lead) for w in self.windows)
        return Reading("song", name, self.feeling, curve=curve, facts=MappingProxyType(self.facts))

    @property
    def facts(self) -> dict[str, float | str]:
        """Tempo, key and the like, for a person."""
        key, beats = self.cues.key, self.cues.beats
        return {
            "seconds": round(self.cues.seconds, 2),
            "tempo": round(beats.tempo, 1),
            "pulse": round(beats.clarity, 2),
            "key": str(key_of_pitch_class(key.tonic, "minor" if key.minor else "major")),
            "key_confidence": round(key.confidence, 2),
            "tuning_cents": round(self.cues.tuning, 1),
            "onsets_a_second": round(len(self.cues.onsets) / max(self.cues.seconds, 1e-3), 2),
            "loudness_db": round(self.cues.loudness, 1),
        }


def read_song(heard: Heard) -> SongReading:
    """Read the feeling of music; the whole is unread where less than `SHORTEST` seconds sound.

    The whole is the mean of the windows, the louder half of it counting twice: what is intense is what is remembered.
    """
    cues = find_cues(heard)
    windows = tuple(feel_window(window) for window in cues.windows if not window.silent)
    sounding = sum(window.end - window.start for window in cues.windows if not window.silent)
    if sounding < SHORTEST or cues.loudness <= -100:
        return SongReading(Feeling.unread(), (), cues)
    middle = sorted(felt.arousal for felt in windows)[len(windows) // 2]
    weights = [2.0 if felt.arousal >= middle else 1.0 for felt in windows]
    total = math.fsum(weights)
    valence = math.fsum(w * felt.valence for w, felt in zip(weights, windows, strict=True)) / total
    arousal = math.fsum(w * felt.arousal for w, felt in zip(weights, windows, strict=True)) / total
    basic = basic_near(valence, arousal, VALENCE_SPREAD, AROUSAL_SPREAD)
    feeling = Feeling(
        valence,
        arousal,
        VALENCE_SPREAD,
        AROUSAL_SPREAD,
        basic,
        nearest_words(valence, arousal),
        _evidence(windows, weights, total),
    )
    return SongReading(feeling, windows, cues)


def _evidence(windows: Sequence[Felt], weights: Sequence[float], total: float) -> tuple[Evidence, ...]:
    """For each rule what it moved over the whole, the strongest first."""
    moved = {
        rule.name: tuple(
            math.fsum(w * felt.shares[rule.name][axis] for w, felt in zip(weights, windows, strict=True)) / total
            for axis in (0, 1)
        )
        for rule in RULES
    }
    size = math.fsum(math.hypot(*share) for share in moved.values()) or 1.0
    pieces = []
    for rule in sorted(RULES, key=lambda rule: -math.hypot(*moved[rule.name])):
        valence, arousal = moved[rule.name]
        weight = math.hypot(valence, arousal) / size
        if weight >= 0.02:
            # The weights of a rule are not negative but for a few: its larger weight tells the side.
            main = (valence, rule.valence) if abs(rule.valence) > abs(rule.arousal) else (arousal, rule.arousal)
            told = rule.high if main[0] * main[1] > 0 else rule.low
            pieces.append(Evidence(told, max(-1, min(1, valence)), max(-1, min(1, arousal)), weight, rule.name))
    return tuple(pieces)
