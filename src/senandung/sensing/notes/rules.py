"""Cues of notes → valence and arousal: one table.

Which way each cue points is from Gabrielsson & Lindström's review (2010, Handbook of Music and Emotion), their rank
(mode, tempo, register, dynamics, articulation) from Eerola, Friberg & Bresin (2013, Frontiers in Psychology 4:487):
fast, dense, loud, wide and detached stir; major, consonant, quick, high and even please. How large each weight is, is
ours. Usual and unit are median and spread over public scores and songs of this project (docs/film-and-notes.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from senandung.sensing.additive import Felt, Rule, feel_cues
from senandung.sensing.notes.cues import NoteCues


def _tempo(cues: NoteCues) -> float | None:
    """log2 of the felt beats a minute over 100."""
    return math.log2(cues.tempo / 100) if cues.tempo > 0 else None


def _pitched(value: float, cues: NoteCues) -> float | None:
    return value if cues.register else None


RULES: tuple[Rule[NoteCues], ...] = (
    Rule("mode", lambda c: c.majorness, 0.1, 0.7, 0.32, 0.0, "major", "minor"),
    Rule("onsets", lambda c: math.log2(1 + c.onsets), 2.35, 0.6, 0.04, 0.24, "many notes", "few notes"),
    Rule("tempo", _tempo, 0.0, 0.5, 0.07, 0.12, "quick", "slow"),
    Rule("dynamics", lambda c: c.velocity, 67.0, 12.0, 0.0, 0.20, "loud", "soft"),
    Rule("register", lambda c: _pitched(c.register, c), 60.0, 4.5, 0.05, 0.03, "high", "low"),
    Rule("touch", lambda c: c.touch, 0.95, 0.15, -0.02, -0.06, "joined", "detached"),
    Rule("consonance", lambda c: c.consonance, 0.22, 0.07, 0.05, -0.03, "consonant", "dissonant"),
    Rule("harmony", lambda c: c.movement, 0.22, 0.14, 0.0, 0.03, "tones change", "tones stay"),
    Rule("evenness", lambda c: c.evenness, 0.75, 0.2, 0.02, -0.02, "even rhythm", "uneven rhythm"),
    Rule("range", lambda c: c.range, 14.0, 6.0, 0.01, 0.04, "wide melody", "narrow melody"),
    Rule("direction", lambda c: c.rise, 0.0, 1.5, 0.02, 0.02, "rises", "falls"),
    Rule("drums", lambda c: c.drums, 0.15, 0.3, 0.02, 0.06, "drums", "no drums"),
)

WITHOUT_DYNAMICS = 1.25
"""What arousal is multiplied by where dynamics are not told: the other cues must say it."""


@dataclass(frozen=True)
class Spreads:
    """Spreads of a reading of notes."""

    valence: float
    arousal: float


WITH, WITHOUT = Spreads(0.40, 0.25), Spreads(0.40, 0.32)
"""With and without dynamics. Without, only the rest of the cues tells arousal."""


def feel_notes(cues: NoteCues, *, dynamics: bool) -> Felt:
    """The feeling of a stretch of notes.

    Parameters
    ----------
    dynamics : False leaves the velocities aside.
    """
    if dynamics:
        return feel_cues(RULES, cues)
    return feel_cues(RULES, replace(cues, velocity=None), (1.0, WITHOUT_DYNAMICS))
