"""What is usual of a person's own voice: means and deviations of its cues over the notes they gave."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.sensing.sound.voice_cues import VoiceCues

CUES = (
    "articulation",
    "pause_share",
    "pitch",
    "pitch_deviation",
    "pitch_slope",
    "level",
    "level_range",
    "slope",
    "alpha",
    "harmonics",
    "cepstral_peak",
    "jitter",
    "shimmer",
)
"""The cues of which a baseline holds means; pitch in semitones above 100 Hz, the others as in `VoiceCues`."""


def cue_of(cues: VoiceCues, name: str) -> float | None:
    """A cue as baselines count it; None where it was not heard."""
    if name == "pitch":
        return 12 * math.log2(cues.pitch / 100) if cues.pitch > 0 else None
    value = getattr(cues, name)
    return None if value is None else float(value)


@dataclass(frozen=True)
class VoiceBaseline:
    """The person's usual voice; no sound and no words, only these figures.

    Parameters
    ----------
    notes : how many voice notes it is of.
    counts : of how many notes each cue is known.
    means : of each cue of `CUES` that is known.
    squares : for each cue the sum of squared distances from the mean (Welford 1962), which a new note adds to.
    """

    notes: int = 0
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    means: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    squares: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        require(self.notes >= 0, "a baseline must be of 0 notes or more", self.notes)
        same = set(self.counts) == set(self.means) == set(self.squares) and set(self.means) <= set(CUES)
        require(same, "a baseline's cues must have a count, a mean and a square each", sorted(self.means))
        for name, count in self.counts.items():
            fine = 1 <= count <= self.notes and math.isfinite(self.means[name]) and 0 <= self.squares[name] < math.inf
            require(fine, f"a baseline's {name} must be finite and of 1..{self.notes} notes", count)

    def with_note(self, cues: VoiceCues) -> VoiceBaseline:
        """The baseline with one more note.

        Welford's running mean and sum of squares (1962, Technometrics 4): the same as of all notes at once.
        """
        counts, means, squares = dict(self.counts), dict(self.means), dict(self.squares)
        for name in CUES:
            value = cue_of(cues, name)
            if value is None:
                continue
            count, mean = counts.get(name, 0) + 1, means.get(name, 0.0)
            moved = mean + (value - mean) / count
            counts[name], means[name] = count, moved
            squares[name] = squares.get(name, 0.0) + (value - mean) * (value - moved)
        return VoiceBaseline(
            self.notes + 1, MappingProxyType(counts), MappingProxyType(means), MappingProxyType(squares)
        )

    def usual(self, name: str, prior: float, weight: float) -> float:
        """A cue's usual value: its mean, drawn to a prior that counts as much as `weight` notes.

        >>> VoiceBaseline().usual("slope", -14.0, 2.0)
        -14.0
        """
        count = self.counts.get(name, 0)
        return (count * self.means.get(name, 0.0) + weight * prior) / (count + weight)

    def deviation(self, name: str, prior: float, weight: float) -> float:
        """How far a cue usually moves, drawn to a prior that counts as much as `weight` notes."""
        count = self.counts.get(name, 0)
        return math.sqrt((self.squares.get(name, 0.0) + weight * prior**2) / (max(count - 1, 0) + weight))

    def to_plain(self) -> dict[str, Any]:
        """As a plain dict for JSON. Inverse of `from_plain` to six decimals."""
        return {
            "notes": self.notes,
            "cues": {
                name: {
                    "notes": self.counts[name],
                    "mean": round(self.means[name], 6),
                    "square": round(self.squares[name], 6),
                }
                for name in CUES
                if name in self.means
            },
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> VoiceBaseline:
        """From `to_plain`'s dict; cues that are no longer known are left out.

        >>> VoiceBaseline.from_plain({"notes": 0, "cues": {}}).notes
        0
        """
        try:
            rows = {name: row for name, row in plain["cues"].items() if name in CUES}
            return cls(
                int(plain["notes"]),
                MappingProxyType({name: int(row["notes"]) for name, row in rows.items()}),
                MappingProxyType({name: float(row["mean"]) for name, row in rows.items()}),
                MappingProxyType({name: float(row["square"]) for name, row in rows.items()}),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            if isinstance(error, InvalidValueError):
                raise
            raise InvalidValueError(f"a voice's baseline must have notes and cues, got {error!r}") from error
