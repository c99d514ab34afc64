"""The project's own phrases, and which of them a song may use where the person lets the machine propose lines."""

from __future__ import annotations

import random
from dataclasses import dataclass

from senandung.domain.feeling import Feeling


@dataclass
class MachineLines:
    """The machine's lines for one song; each is proposed once."""

    waiting: list[str]

    @classmethod
    def near(cls, lines: tuple[str, ...], feeling: Feeling, language: str, chance: random.Random) -> MachineLines:
        """The phrases nearest to a person's lines and feeling."""
        return cls([])

    def propose(self, after: str, want: int | None) -> list[str]:
        """Lines that could follow `after`, the best first; the best is then used up."""
        return []
