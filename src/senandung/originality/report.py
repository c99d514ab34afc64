"""What a check of originality says: a score, where human works lie, the nearest passages, a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from senandung.domain.checks import require
from senandung.originality.index import WorkRow

HALF_BITS = 50.0
"""Excess of the nearest passage, in bits, at which a score is one half in a piece of `USUAL_NOTES`."""

USUAL_NOTES, FEWEST_NOTES, DOUBLE_BITS = 1024, 64, 4.0
"""A piece of twice the notes meets other music nearer by chance: so many bits (3.9 in held-out works)."""


@dataclass(frozen=True)
class PassageNotes:
    """Notes of a passage for print: quarters from its first bar line, and pitches; `common` are the places in common.

    `bar_quarters` is how long its first bar is.
    """

    onsets: tuple[float, ...]
    lengths: tuple[float, ...]
    pitches: tuple[int, ...]
    common: tuple[int, ...]
    bar_quarters: float = 4.0


@dataclass(frozen=True)
class Nearest:
    """A passage of other music and where the piece has it.

    `bars` and `here_bars` are first and last bar, from 1; `notes` how many notes are in common, `bits` how much they
    say (a common turn little, a rare one much), `excess` how much of that goes beyond what other works say there, less
    for holes, with bits for the length (`search.Passage.excess`), which makes the score; `in_tempo` the share of the
    steps that keep the tempo, `cardinality` the share of the longer of both passages that the notes are (Yin et al.
    2022); `shift` how many semitones the piece stands above, `scale` how many times slower it goes.
    """

    work: WorkRow
    part: str
    bars: tuple[int, int]
    here_part: str
    here_bars: tuple[int, int]
    notes: int
    bits: float
    excess: float
    in_tempo: float
    cardinality: float
    shift: int
    scale: float
    there: PassageNotes
    here: PassageNotes

    @property
    def name(self) -> str:
        """Composer and title."""
        return self.work.name


@dataclass(frozen=True)
class OriginalityReport:
    """How near a piece comes to other music.

    `score` lies in 0..1, 1 with nothing in common; `human_interval` is where 95 % of human works of the `family` lie;
    `copied` says that the piece lies below it. `asked` are passages that the person asked for (a motif), which do not
    count. `notes` is how many notes were compared, `searched` against how many.
    """

    score: float
    human_interval: tuple[float, float]
    family: str
    nearest: tuple[Nearest, ...]
    copied: bool
    notes: int = 0
    searched: int = 0
    asked: tuple[Nearest, ...] = ()

    def __post_init__(self) -> None:
        require(0.0 <= self.score <= 1.0, "a score must be in 0..1", self.score)
        low, high = self.human_interval
        require(0.0 <= low <= high <= 1.0, "an interval must rise in 0..1", self.human_interval)

    def verdict(self, language: str) -> str:
        """The verdict as one sentence, in Indonesian ("id") or English."""
        return _indonesian(self) if language == "id" else _english(self)

    def to_plain(self) -> dict[str, Any]:
        """As `check --json` prints it: score, human_interval, nearest, copied, verdict."""
        return {
            "score": round(self.score, 4),
            "human_interval": [round(each, 4) for each in self.human_interval],
            "nearest": [
                {"work": row.name, "bars": list(row.bars), "here_bars": list(row.here_bars), "notes": row.notes}
                for row in self.nearest
            ],
            "copied": self.copied,
            "verdict": f"{self.verdict('id')} {self.verdict('en')}",
        }

    def to_full(self) -> dict[str, Any]:
        """As originality.json holds it: `to_plain`, and of every passage its parts, set, licence and likeness."""
        plain = self.to_plain()
        plain["nearest"] = [_full(row) for row in self.nearest]
        plain["asked"] = [_full(row) for row in self.asked]
        return {"format": "senandung-originality-report", "version": 1, "family": self.family, **plain,
                "notes": self.notes, "searched_notes": self.searched}  # fmt: skip


def score_of(excess: float, notes: int = USUAL_NOTES) -> float:
    """The score of a piece of so many notes whose nearest passage says so many bits beyond the level of other works.

    >>> score_of(0), score_of(50), score_of(150), score_of(54, 2048)
    (1.0, 0.5, 0.25, 0.5)
    """
    beyond = excess - _by_chance(notes) if excess > 0 else 0.0
    return 1.0 / (1.0 + max(beyond, 0.0) / HALF_BITS)


def excess_of(score: float, notes: int = USUAL_NOTES) -> float:
    """Excess of the nearest passage, in bits, by the score and the notes of the piece. Inverse of `score_of`."""
    return HALF_BITS * (1.0 / max(score, 1e-9) - 1.0) + _by_chance(notes)


def _by_chance(notes: int) -> float:
    """Bits that a piece of so many notes comes nearer by chance than one of `USUAL_NOTES`."""
    return DOUBLE_BITS * math.log2(max(notes, FEWEST_NOTES) / USUAL_NOTES)


def _full(row: Nearest) -> dict[str, Any]:
    return {
        "work": row.name, "bars": list(row.bars), "part": row.part, "here_bars": list(row.here_bars),
        "here_part": row.here_part, "notes": row.notes, "bits": round(row.bits, 1), "excess": round(row.excess, 1),
        "in_tempo": round(row.in_tempo, 3), "cardinality": round(row.cardinality, 3),
        "semitones": row.shift, "slower": round(row.scale, 3),
        "set": row.work.set, "licence": row.work.licence,
    }  # fmt: skip


def bars_text(bars: tuple[int, int]) -> str:
    """Bars as a person writes them.

    >>> bars_text((3, 3)), bars_text((3, 8))
    ('3', '3–8')
    """
    return str(bars[0]) if bars[0] == bars[1] else f"{bars[0]}–{bars[1]}"


FAMILIES = {
    "tune": ("lagu rakyat satu suara", "single tunes"),
    "song": ("lagu dengan iringan", "songs with accompaniment"),
    "choir": ("paduan suara", "choral music"),
    "keyboard": ("musik papan nada", "keyboard music"),
    "guitar": ("musik gitar", "guitar music"),
    "strings": ("musik gesek", "music for strings"),
    "orchestra": ("musik orkestra", "orchestral music"),
    "band": ("musik band", "band music"),
    "chamber": ("musik kamar", "chamber music"),
    "all": ("musik manusia", "human music"),
}
"""Families of music by their names in Indonesian and English."""


def _indonesian(report: OriginalityReport) -> str:
    low, high = (f"{each:.2f}".replace(".", ",") for each in report.human_interval)
    score = f"{report.score:.2f}".replace(".", ",")
    kind = FAMILIES[report.family][0]
    if not report.nearest:
        return f"Tidak ada bagian yang mirip dengan musik lain (nilai {score}; manusia {low}–{high})."
    near = report.nearest[0]
    place = f"birama {bars_text(near.here_bars)} dan {near.name}, birama {bars_text(near.bars)}"
    if report.copied:
        return (
            f"Terlalu mirip: {near.notes} nada sama antara {place} (nilai {score}, di bawah {low}–{high} pada {kind})."
        )
    where = "lebih asli daripada kebanyakan" if report.score > report.human_interval[1] else "seasli"
    return f"Bukan salinan, {where} karya manusia (nilai {score}; {kind}: {low}–{high}); yang terdekat {place}."


def _english(report: OriginalityReport) -> str:
    low, high = (f"{each:.2f}" for each in report.human_interval)
    kind = FAMILIES[report.family][1]
    if not report.nearest:
        return f"No passage is like other music (score {report.score:.2f}; humans {low}–{high})."
    near = report.nearest[0]
    place = f"bars {bars_text(near.here_bars)} and {near.name}, bars {bars_text(near.bars)}"
    if report.copied:
        return (
            f"Too near: {near.notes} notes in common between {place} "
            f"(score {report.score:.2f}, below {low}–{high} of {kind})."
        )
    where = (
        "more original than most human works"
        if report.score > report.human_interval[1]
        else "as original as human works"
    )
    return f"Not a copy, {where} (score {report.score:.2f}; {kind}: {low}–{high}); nearest are {place}."


@dataclass(frozen=True)
class HumanRange:
    """Where the scores of human works lie, by family: low and high end, and how many works were scored.

    1 % of the works lie below and 4 % above, so that 95 % lie inside. A family of fewer than `FEWEST` works takes the
    range of all.
    """

    ranges: dict[str, tuple[float, float, int]]

    @classmethod
    def fit(cls, scores: Sequence[tuple[str, float]]) -> HumanRange:
        """From the family and score of every held-out work."""
        rows: dict[str, list[float]] = {"all": [score for _, score in scores]}
        for family, score in scores:
            rows.setdefault(family, []).append(score)
        require(bool(scores), "a human range needs human works", len(rows))
        return cls({name: (*_ends(row), len(row)) for name, row in sorted(rows.items())})

    def of(self, family: str) -> tuple[str, tuple[float, float]]:
        """The family whose range is used for a family, and that range."""
        low, high, count = self.ranges.get(family, (0.0, 1.0, 0))
        if count < FEWEST:
            family = "all"
            low, high, count = self.ranges["all"]
        return family, (low, high)


FEWEST = 40
"""Works of a family that give it a range of its own."""

BELOW, ABOVE = 0.01, 0.04
"""Shares of human works below and above their interval."""


def _ends(scores: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(scores)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        below = int(place)
        after = ordered[min(below + 1, len(ordered) - 1)]
        return round(ordered[below] + (place - below) * (after - ordered[below]), 4)

    return at(BELOW), at(1 - ABOVE)
