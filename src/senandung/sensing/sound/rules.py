"""Cues of a window → valence and arousal: an additive, linear rule, each cue's share named.

That cues add, nearly without interaction, and mostly linearly is from Juslin & Lindström (2010, Musicae Scientiae 14)
and Eerola, Friberg & Bresin (2013, Frontiers in Psychology 4:487), who also rank them: mode, tempo, register,
dynamics, articulation, timbre. Which way each points is from Gabrielsson & Lindström's review (2010, Handbook of Music
and Emotion): fast, loud, dense, bright, rough and detached stir; major, clear, quick and high please. How large each
weight is, and what is usual of a cue, is ours: usual is the mean of songs of this project in all styles, and their
standard deviation is the unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from senandung.sensing.additive import Rule, feel_cues
from senandung.sensing.sound.window import Window

if TYPE_CHECKING:
    from senandung.domain.time import Second


def _tempo(window: Window) -> float | None:
    """log2 of the tempo over 100, weighed by the pulse's clarity; None without a pulse."""
    return math.log2(window.tempo / 100) * min(1.0, 2 * window.pulse) if window.tempo else None


RULES: tuple[Rule[Window], ...] = (
    Rule("mode", lambda w: w.majorness, 0.1, 0.7, 0.30, 0.0, "major", "minor"),
    Rule("onsets", lambda w: w.onsets, 2.65, 0.8, 0.02, 0.11, "many notes", "few notes"),
    Rule("activity", lambda w: w.activity, 1.9, 0.5, 0.02, 0.13, "much is struck", "little is struck"),
    Rule("tempo", _tempo, 0.0, 0.25, 0.07, 0.12, "quick", "slow"),
    Rule("loudness", lambda w: w.loudness, -0.8, 4.0, 0.0, 0.16, "loud here", "soft here"),
    Rule("pulse", lambda w: w.pulse, 0.33, 0.15, 0.03, 0.04, "clear beat", "no clear beat"),
    Rule("roughness", lambda w: w.roughness, 0.22, 0.09, -0.05, 0.08, "rough", "smooth"),
    Rule("brightness", lambda w: w.brightness, -0.1, 0.24, 0.03, 0.06, "bright", "dark"),
    Rule("touch", lambda w: w.detached, 0.27, 0.08, 0.02, 0.04, "detached", "joined"),
    Rule("register", lambda w: w.height, 77.3, 2.2, 0.04, 0.02, "high", "low"),
    Rule("harmony", lambda w: w.changes, 0.38, 0.2, 0.0, 0.03, "chords move", "chords stay"),
    Rule("clarity", lambda w: w.clarity, 0.87, 0.08, 0.05, -0.02, "clear key", "unclear key"),
)


RECORDING = "recording"
"""The name of what a room, a crowd or a device did to the rules' reading, and is taken back (`steady`)."""


@dataclass(frozen=True)
class Felt:
    """What one window says.

    Parameters
    ----------
    start, end : seconds.
    valence, arousal : in -1..1.
    shares : for each rule's name what it moved, (valence, arousal); `RECORDING` is what the learned reader took back.
    lead : what drives it most, in words.
    """

    start: Second
    end: Second
    valence: float
    arousal: float
    shares: Mapping[str, tuple[float, float]]
    lead: str


def feel_window(window: Window) -> Felt:
    """The feeling of a window by the rules, and the cue that moves it most.

    A sum beyond ±.5 is bent so that nothing passes ±1 (the hyperbolic tangent).
    """
    felt = feel_cues(RULES, window)
    return Felt(window.start, window.end, felt.valence, felt.arousal, felt.shares, felt.lead)


def moved_to(felt: Felt, valence: float, arousal: float) -> Felt:
    """A window whose recording is looked past: what that moves is one more share, and the shares still add up."""
    sums = [math.fsum(share[axis] for share in felt.shares.values()) for axis in (0, 1)]
    wanted = [math.atanh(max(-0.99, min(0.99, value))) for value in (valence, arousal)]
    share = (wanted[0] - sums[0], wanted[1] - sums[1])
    shares = MappingProxyType({**felt.shares, RECORDING: share})
    return Felt(felt.start, felt.end, math.tanh(wanted[0]), math.tanh(wanted[1]), shares, felt.lead)
