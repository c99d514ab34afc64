"""Cues of a voice → arousal, and hardly valence: an additive rule, each cue's share named.

Which way each cue points is the summary of 104 studies of vocal expression by Juslin & Laukka (2003, "Communication of
emotions in vocal expression and music performance: different channels, same code?", Psychological Bulletin 129:770,
their table of cue patterns), in accord with Banse & Scherer (1996, J. Personality and Social Psychology 70:614) and
Scherer (2003, Speech Communication 40:227): anger, joy and panic are quick, loud, variable, bright, high, with few
pauses and rising pitch; sadness and tenderness slow, soft, even, dark, low, with pauses and falling pitch. Irregular
periods go with anger, fear and sadness, regular ones with joy and tenderness: that is all that points to valence.
How large each weight is, and what is usual, is ours (docs/voice-notes.md): cues that a room, a telephone or a coder
moves weigh less.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from senandung.sensing.additive import Rule
from senandung.sensing.sound.voice_baseline import VoiceBaseline, cue_of
from senandung.sensing.sound.voice_cues import VoiceCues

REGISTERS = (4.0, 12.8)
"""Usual pitch of low and of high voices, in semitones above 100 Hz: 126 and 210 Hz. Traunmüller & Eriksson ("The
frequency range of the voice fundamental in the speech of male and female adults") give 120 and 210 Hz as typical;
the lower one is put up a little because a note is nearly always spoken to someone."""

REGISTER_SPREAD = 2.7
"""Semitones by which voices of a register differ (judgement)."""

PRIOR_NOTES = 3.0
"""Notes as many as which what is usual of all voices counts against the person's own."""

LONG_ENOUGH_TO_PAUSE = 6.0
"""Seconds of a note below which it says nothing that nobody paused."""

QUIET_ENOUGH = 16.0
"""dB of the speech over the room below which soft endings drown: then pauses and breath are not told."""


@dataclass(frozen=True)
class VoiceRule:
    """One cue's rule.

    Parameters
    ----------
    name : the cue, a name of `VoiceBaseline`.
    usual, unit : of voices in general, and how far away from it counts 1.
    own : how far the cue moves within one person's notes.
    valence, arousal : what one unit moves without a baseline.
    arousal_own : what one unit moves with a baseline of many notes.
    high, low : what a person is told where it is above or below the usual, English.
    """

    name: str
    usual: float
    unit: float
    own: float
    valence: float
    arousal: float
    arousal_own: float
    high: str
    low: str


VOICE_RULES: tuple[VoiceRule, ...] = (
    VoiceRule("articulation", 4.3, 0.9, 0.5, 0.0, 0.15, 0.17, "quick speech", "slow speech"),
    VoiceRule("pause_share", 0.18, 0.12, 0.08, 0.0, -0.08, -0.08, "many pauses", "few pauses"),
    VoiceRule("pitch", 0.0, 3.0, 1.5, 0.0, 0.08, 0.18, "high voice", "low voice"),
    VoiceRule("pitch_deviation", 2.5, 1.0, 0.6, 0.0, 0.12, 0.12, "lively pitch", "even pitch"),
    VoiceRule("pitch_slope", -1.0, 2.5, 2.0, 0.0, 0.03, 0.03, "pitch rises", "pitch falls"),
    VoiceRule("level", 0.0, 1.0, 5.0, 0.0, 0.0, 0.10, "louder than usual", "softer than usual"),
    VoiceRule("level_range", 9.0, 4.0, 2.5, 0.0, 0.05, 0.05, "loud and soft", "even loudness"),
    VoiceRule("slope", -14.0, 6.0, 3.0, 0.0, 0.12, 0.16, "strong, bright voice", "soft, dark voice"),
    VoiceRule("cepstral_peak", 20.0, 4.0, 2.0, 0.0, 0.03, 0.04, "firm voice", "breathy voice"),
    VoiceRule("jitter", 0.012, 0.008, 0.004, -0.04, 0.0, 0.0, "unsteady voice", "steady voice"),
)
"""The rules; without a baseline loudness is left out, for nobody knows the microphone's gain."""


def from_register(semitones: float) -> float:
    """How far a pitch lies from what is usual of its register, in semitones; nearer 0 where both may be meant.

    >>> round(from_register(4.0), 1), round(from_register(17.0), 1)
    (-0.0, 4.2)
    """
    shares = [math.exp(-0.5 * ((semitones - usual) / REGISTER_SPREAD) ** 2) for usual in REGISTERS]
    total = math.fsum(shares)
    if total < 1e-12:
        return min((semitones - usual for usual in REGISTERS), key=abs)
    return math.fsum(share * (semitones - usual) for share, usual in zip(shares, REGISTERS, strict=True)) / total


def rules_for(baseline: VoiceBaseline | None) -> tuple[Rule[VoiceCues], ...]:
    """The rules for a voice whose baseline is known to some extent; None knows nothing."""
    own = baseline if baseline is not None else VoiceBaseline()
    return tuple(_rule(rule, own) for rule in VOICE_RULES)


def _rule(rule: VoiceRule, own: VoiceBaseline) -> Rule[VoiceCues]:
    known = own.counts.get(rule.name, 0)
    share = known / (known + PRIOR_NOTES) if known else 0.0

    def value(cues: VoiceCues) -> float | None:
        found = cue_of(cues, rule.name)
        unsure = cues.seconds < LONG_ENOUGH_TO_PAUSE or cues.noise < QUIET_ENOUGH
        if found is None or (rule.name in ("pause_share", "cepstral_peak") and unsure):
            return None
        if rule.name == "pitch":
            # Against the register as long as the person is not known, against their own voice then.
            return (1 - share) * from_register(found) + share * (found - own.means.get("pitch", found))
        return found

    if rule.name == "pitch":
        usual = 0.0
    elif rule.name == "level":
        usual = own.means.get("level", 0.0)
    else:
        usual = own.usual(rule.name, rule.usual, PRIOR_NOTES)
    unit = (1 - share) * rule.unit + share * own.deviation(rule.name, rule.own, PRIOR_NOTES)
    arousal = (1 - share) * rule.arousal + share * rule.arousal_own
    if rule.name == "level" and not known:
        arousal = 0.0
    return Rule(rule.name, value, usual, unit, rule.valence, arousal, rule.high, rule.low)
