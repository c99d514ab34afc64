"""The voices: one table. A voice is a tract's length, a way of closing the glottis, and how regular it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.checks import require, require_whole


@dataclass(frozen=True)
class Voice:
    """A built-in voice.

    Parameters
    ----------
    name : as it is asked for.
    low, high : what such a singer uses for songs (docs/voice.md), MIDI numbers; it sings beyond it, less well.
    tract : formant frequencies against a grown man's, F2 and up; `mouth` the same for F1.
    rd : shape of the glottal pulse at tension 0, 0.5 pressed .. 2.7 lax.
    bandwidth : of the formants against speech.
    breath : dB of aspiration against the voice, at breathiness 0.
    ring : dB by which the region of 2.5 to 3.5 kHz is raised: the singer's formant.
    jitter : cents, of the period; `shimmer` : dB, of its strength.
    singers : how many sing together.
    """

    name: str
    low: int
    high: int
    tract: float
    mouth: float
    rd: float = 1.3
    bandwidth: float = 0.7
    breath: float = -34.0
    ring: float = 0.0
    jitter: float = 3.0
    shimmer: float = 0.2
    singers: int = 1

    def __post_init__(self) -> None:
        require(0.7 <= self.tract <= 1.6, "a voice's tract must be in 0.7..1.6", self.tract)
        require(0.7 <= self.mouth <= 1.6, "a voice's mouth must be in 0.7..1.6", self.mouth)
        require(0.5 <= self.rd <= 2.7, "a voice's rd must be in 0.5..2.7", self.rd)
        require(self.low < self.high, "a voice's range must go up", (self.low, self.high))
        require_whole("a voice must have 1..16 singers", self.singers, 1, 16)


VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        voice.name: voice
        for voice in (
            Voice("melati", 57, 76, tract=1.13, mouth=1.13, rd=1.3),
            Voice("kenanga", 53, 74, tract=1.08, mouth=1.08, rd=1.6, breath=-37.0),
            Voice("bayu", 48, 69, tract=1.02, mouth=1.02, rd=1.2, ring=2.0),
            Voice("jati", 41, 64, tract=0.95, mouth=0.96, rd=1.4),
            Voice("tunas", 57, 76, tract=1.17, mouth=1.15, rd=1.5, breath=-36.0),
            Voice("paduan", 55, 76, tract=1.1, mouth=1.09, rd=1.5, singers=10),
        )
    }
)
"""Every voice by its name: two women, two men, a child, a choir."""


def voice(name: str) -> Voice:
    """The voice of a name.

    >>> voice("melati").singers
    1
    """
    require(name in VOICES, f"a voice must be one of {', '.join(VOICES)}", name)
    return VOICES[name]
