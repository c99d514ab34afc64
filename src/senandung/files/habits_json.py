"""habits.json: how a singer sings, as numbers by their names in `singing.habits.Habits`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError
from senandung.files.reading import MEGABYTE, decode_text, read_bytes
from senandung.files.writing import write_atomically

FORMAT = "senandung-habits"


def load_habits(path: Path) -> dict[str, float]:
    """The habits of a file by name; what they mean and may be is for `singing.habits` to say."""
    try:
        plain: Any = json.loads(decode_text(path, read_bytes(path, MEGABYTE)))
    except (ValueError, RecursionError) as error:
        raise FileError(path, f"not a JSON file: {error}") from error
    if not isinstance(plain, dict) or plain.get("format") != FORMAT or not isinstance(plain.get("habits"), dict):
        raise FileError(path, f"habits must have the format {FORMAT!r} and a field habits")
    for name, value in plain["habits"].items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise FileError(path, f"a habit must be a number, got {str(value)[:40]!r} for {name}")
    return {str(name): float(value) for name, value in plain["habits"].items()}


def save_habits(habits: Mapping[str, float], path: Path, *, learned_from: Mapping[str, Any]) -> None:
    """Write habits and what they were learned from. Inverse of `load_habits`."""
    plain = {"format": FORMAT, "habits": dict(habits), "learned_from": dict(learned_from)}
    write_atomically(path, (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))
