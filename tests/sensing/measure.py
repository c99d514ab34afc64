"""How well lines of text are read: `python tests/sensing/measure.py [TABLE.tsv ... | --brighter FOLDER]`.

A table has four columns: text, language, valence (-, 0, + or ?) and the basic feelings that are right, "|" between
them. FOLDER is the unpacked public set BRIGHTER (CC BY 4.0), whose Indonesian lines then give coverage and the area
under the curve of valence (joy against sadness, anger, fear and disgust).
"""

# ruff: noqa: T201 - this file is a program whose output is for a person
from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

from senandung.domain.feeling import Feeling
from senandung.sensing.text import read_text

HERE = Path(__file__).parent
NEUTRAL_BAND = 0.2


@dataclass(frozen=True)
class Line:
    """A line and what a right reading of it is."""

    text: str
    language: str
    valence: str
    basic: tuple[str, ...]

    def read(self) -> Feeling:
        """The reading of this line."""
        return read_text(self.text, self.language)

    def is_right(self, feeling: Feeling) -> bool:
        """Whether the sign of valence and the strongest basic feeling are both right."""
        sign = {"-": feeling.valence < 0, "+": feeling.valence > 0, "0": abs(feeling.valence) < NEUTRAL_BAND, "?": True}
        return sign[self.valence] and feeling.strongest in self.basic


def load_lines(path: Path) -> list[Line]:
    """The lines of a table; those that begin with # are left out."""
    lines = []
    for row in path.read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            text, language, valence, basic = row.split("\t")
            lines.append(Line(text, language, valence, tuple(basic.split("|"))))
    return lines


def measure_brighter(table: Path, language: str) -> None:
    """Print coverage and valence's area under the curve on one table of BRIGHTER; an unread line counts as 0."""
    coverage: list[bool] = []
    glad: list[float] = []
    unhappy: list[float] = []
    with table.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            feeling = read_text(row["text"], language)
            coverage.append(feeling.readable)
            bad = any(row.get(name) == "1" for name in ("sadness", "anger", "fear", "disgust"))
            if (row["joy"] == "1") != bad:
                (unhappy if bad else glad).append(feeling.valence)
    wins = sum((g > u) + 0.5 * (g == u) for g in glad for u in unhappy)
    area = wins / (len(glad) * len(unhappy))
    share = sum(coverage) / len(coverage)
    print(f"{table.name}: read {share:.1%} of {len(coverage)}; valence AUC {area:.3f} ({len(glad)} / {len(unhappy)})")


def main(arguments: list[str]) -> None:
    """Print the share of right readings of each table, and each wrong one."""
    if arguments[:1] == ["--brighter"]:
        for language, name in (("id", "indonesian_train.csv"), ("en", "english_train.csv")):
            measure_brighter(Path(arguments[1]) / name, language)
        return
    for name in arguments or [str(HERE / "lines.tsv"), str(HERE / "held_out.tsv")]:
        lines = load_lines(Path(name))
        wrong = [line for line in lines if not line.is_right(line.read())]
        print(f"{Path(name).name}: {len(lines) - len(wrong)} of {len(lines)} right")
        for line in wrong:
            feeling = line.read()
            shown = f"{feeling.valence:+.2f} {feeling.arousal:+.2f} {feeling.strongest}"
            print(f"  {line.text!r}: {shown}, {[(piece.what, piece.note) for piece in feeling.evidence]}")


if __name__ == "__main__":
    main(sys.argv[1:])
