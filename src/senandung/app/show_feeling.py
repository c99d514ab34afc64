"""A feeling as a person reads it in a terminal, and as `--json` prints it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from senandung.domain.feeling import Feeling
from senandung.domain.reading import FeltSpan, Reading, WeighedWord

if TYPE_CHECKING:
    from senandung.api.traces import Sensed

ACROSS, UP = 41, 13
"""Columns and rows of the plane in characters."""

BARS = "▁▂▃▄▅▆▇█"
WIDEST = 60
"""Columns of a curve."""


def feeling_plain(feeling: Feeling) -> dict[str, Any]:
    """A feeling as `feel --json` prints it."""
    return {
        "valence": round(feeling.valence, 4),
        "arousal": round(feeling.arousal, 4),
        "spread": {"valence": round(feeling.valence_spread, 4), "arousal": round(feeling.arousal_spread, 4)},
        "basic": {name: round(share, 6) for name, share in feeling.basic.items()},
        "words": list(feeling.words),
        "evidence": [
            {
                "what": item.what,
                "valence": round(item.valence, 4),
                "arousal": round(item.arousal, 4),
                "weight": round(item.weight, 4),
                "note": item.note,
            }
            for item in feeling.evidence
        ],
        "readable": feeling.readable,
        **({"parts": [_part_plain(part) for part in feeling.parts]} if feeling.parts else {}),
    }


def _part_plain(part: Feeling) -> dict[str, Any]:
    """One of the feelings that stay apart."""
    return {"valence": round(part.valence, 4), "arousal": round(part.arousal, 4), "words": list(part.words)}


def sensed_plain(sensed: Sensed) -> dict[str, Any]:
    """All that was read, as `feel --json` prints it: the feeling, a sentence, and every trace."""
    return {
        **feeling_plain(sensed.feeling),
        "sentence": sensed.sentence,
        "readings": [reading_plain(reading) for reading in sensed.readings],
    }


def reading_plain(reading: Reading) -> dict[str, Any]:
    """One trace's reading; times in seconds."""
    return {
        "kind": reading.kind,
        "name": reading.name,
        "days": reading.days,
        "feeling": feeling_plain(reading.feeling),
        "curve": [
            {
                "start": round(span.start, 3),
                "end": round(span.end, 3),
                "valence": round(span.valence, 4),
                "arousal": round(span.arousal, 4),
                "lead": span.lead,
            }
            for span in reading.curve
        ],
        "moments": [
            {
                "start": round(moment.start, 3),
                "end": round(moment.end, 3),
                "what": moment.what,
                "strength": round(moment.strength, 3),
            }
            for moment in reading.moments
        ],
        "words": [
            {
                "shown": word.shown,
                "valence": round(word.valence, 4),
                "arousal": round(word.arousal, 4),
                "weight": round(word.weight, 4),
            }
            for word in reading.words
        ],
        "melody": [
            {"onset": round(note.onset, 3), "duration": round(note.duration, 3), "pitch": note.pitch}
            for note in reading.melody
        ],
        "facts": dict(reading.facts),
        "remarks": list(reading.remarks),
    }


def say_sensed(sensed: Sensed) -> None:
    """Print a sentence, the words in colour, the plane, the curves, and the evidence."""
    print(sensed.sentence)
    readings, feeling = sensed.readings, sensed.feeling
    if sensed.feeling.readable:
        print()
        _say_plane(feeling, [reading.feeling for reading in readings] if len(readings) > 1 else [])
        shares = sorted(feeling.basic.items(), key=lambda row: -row[1])
        print("  " + ", ".join(f"{name} {share:.0%}" for name, share in shares if share >= 0.01))
        print(f"  valence {feeling.valence:+.2f} ± {feeling.valence_spread:.2f}, "
              f"arousal {feeling.arousal:+.2f} ± {feeling.arousal_spread:.2f}")  # fmt: skip
    for number, reading in enumerate(readings, start=1):
        print()
        _say_reading(reading, number if len(readings) > 1 else 0)


def _say_reading(reading: Reading, number: int) -> None:
    feeling = reading.feeling
    words = ", ".join(feeling.words[:3]) if feeling.readable else "belum terbaca / unread"
    print((f"{number} " if number else "") + f"{reading.name} ({reading.kind}): {words}")
    if reading.words:
        print("  " + " ".join(_coloured(word) for word in reading.words))
    if reading.curve:
        _say_curve(reading.curve)
    for moment in reading.moments[:12]:
        print(f"  {_clock(moment.start)}  {moment.what} ({moment.strength:.0%})")
    for item in sorted(feeling.evidence, key=lambda item: -item.weight)[:8]:
        note = f" ({item.note})" if item.note else ""
        print(f"  · {item.what}{note}: {item.valence:+.2f}/{item.arousal:+.2f}, weight {item.weight:.0%}")
    if reading.facts:
        print("  " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in reading.facts.items()))
    for remark in reading.remarks:
        print(f"  {remark}")
    if reading.melody:
        print(f"  a melody of {len(reading.melody)} notes (--out DIR writes it as melody.mid)")


def plane_lines(feeling: Feeling, others: Sequence[Feeling] = ()) -> list[str]:
    """The plane of valence (across) and arousal (up) in characters: ● the feeling, ░ its spread, numbers the traces.

    >>> any("●" in line for line in plane_lines(Feeling.named("sedih")))
    True
    """
    rows = []
    for row in range(UP):
        arousal = 1 - 2 * row / (UP - 1)
        line = []
        for column in range(ACROSS):
            valence = 2 * column / (ACROSS - 1) - 1
            inside = ((valence - feeling.valence) / feeling.valence_spread) ** 2 + (
                (arousal - feeling.arousal) / feeling.arousal_spread
            ) ** 2 <= 1
            axis = "┼" if row == UP // 2 and column == ACROSS // 2 else "─" if row == UP // 2 else "│"
            on_axis = row == UP // 2 or column == ACROSS // 2
            line.append("░" if inside else axis if on_axis else " ")
        rows.append(line)
    corners = (("marah", 1, 1), ("girang", 1, ACROSS - 7), ("sedih", UP - 2, 1), ("tenang", UP - 2, ACROSS - 7))
    for word, row, column in corners:
        if all(rows[row][column + at] == " " for at in range(len(word))):
            rows[row][column : column + len(word)] = list(word)
    marks = [(other, str(number)[-1]) for number, other in enumerate(others, start=1) if other.readable]
    for each, mark in [*marks, (feeling, "●")]:
        rows[round((1 - each.arousal) / 2 * (UP - 1))][round((each.valence + 1) / 2 * (ACROSS - 1))] = mark
    return ["".join(line).rstrip() for line in rows]


def _say_plane(feeling: Feeling, others: Sequence[Feeling]) -> None:
    for line in plane_lines(feeling, others):
        print(f"  {line}")


def _say_curve(curve: Sequence[FeltSpan]) -> None:
    """Valence and arousal over time, a bar a column."""
    end = curve[-1].end
    wide = min(WIDEST, len(curve))
    for name in ("valence", "arousal"):
        values = []
        for column in range(wide):
            at = (column + 0.5) * end / wide
            nearest = min(curve, key=lambda span: abs((span.start + span.end) / 2 - at))
            values.append(getattr(nearest, name))
        bars = "".join(BARS[min(7, int((value + 1) * 4))] for value in values)
        print(f"  {name:8} {bars} {min(values):+.2f} to {max(values):+.2f}")
    print(f"           0:00{_clock(end):>{max(0, wide - 4)}}")


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _coloured(word: WeighedWord) -> str:
    """A word in the terminal's colours: warm where it pleases, blue where it hurts, bold where it weighs."""
    if word.weight < 0.05 or not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return word.shown
    colour = "38;5;172" if word.valence > 0 else "38;5;32"
    return f"\x1b[{'1;' if word.weight >= 0.2 else ''}{colour}m{word.shown}\x1b[0m"
