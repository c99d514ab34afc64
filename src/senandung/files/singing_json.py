"""singing.json: how a part is sung, as text that can be read and edited; see docs/formats.md.

Phonemes, breaths and ornaments stand a row a line. A curve holds whole numbers in the steps of `domain.singing.STEPS`
(pitch 60123 is MIDI note 60 and 12.3 cents), a second of 200 values a line.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from senandung.domain.errors import FileError, InputError
from senandung.domain.singing import FRAME, STEPS, Breath, Curve, Ornament, Singing, SungPhoneme, frames
from senandung.files.reading import MEGABYTE, decode_text, read_bytes
from senandung.files.writing import write_atomically

FORMAT = "senandung-singing"
NO_LABEL: Mapping[str, str] = MappingProxyType({})
VERSION = 1

MAX_BYTES = 100 * MEGABYTE

MAX_SECONDS = 4 * 3600.0
"""The longest singing in a file."""

A_LINE = round(1 / FRAME)
"""Values of a curve in a line of the file."""

MOST = 1 << 24
"""Beyond this a float32 does not hold every whole number."""


def singing_json_text(singing: Singing, label: Mapping[str, str] = NO_LABEL) -> str:
    """The text of singing.json, with the song's label where one is given. The same singing gives the same text."""
    lines = [
        "{",
        f' "format": {_said(FORMAT)},',
        f' "version": {VERSION},',
        f' "song_id": {_said(singing.song_id)},',
        f' "track": {_said(singing.track)},',
        f' "voice": {_said(singing.voice)},',
        *([f' "label": {_said(dict(label))},'] if label else []),
        f' "seconds": {_said(singing.seconds)},',
        f' "frame": {_said(FRAME)},',
        f' "steps": {_said(dict(STEPS))},',
        *_rows("phonemes", [[each.symbol, each.start, each.end, each.syllable] for each in singing.phonemes]),
        *_rows("breaths", [[each.start, each.end, each.level] for each in singing.breaths]),
        *_rows("unsure", [list(each) for each in singing.unsure]),
        *_rows("ornaments", [[each.kind, each.start, each.end] for each in singing.ornaments]),
    ]
    for name in STEPS:
        values = np.rint(getattr(singing, name).astype(np.float64) / STEPS[name]).astype(np.int64).tolist()
        lines += _rows(name, [values[at : at + A_LINE] for at in range(0, len(values), A_LINE)])
    lines[-1] = lines[-1].rstrip(",")
    return "\n".join([*lines, "}"]) + "\n"


def save_singing(singing: Singing, path: Path, label: Mapping[str, str] = NO_LABEL) -> None:
    """Write singing.json in UTF-8. Inverse of `load_singing` for curves in the steps of `domain.singing.STEPS`.

    `label` is what the song says of itself (`files.provenance.label_of`); it is no part of the singing.
    """
    write_atomically(path, singing_json_text(singing, label).encode("utf-8"))


def load_singing(path: Path) -> Singing:
    """Read singing.json, every value checked. Inverse of `save_singing`."""
    path = Path(path)
    return parse_singing_json(decode_text(path, read_bytes(path, MAX_BYTES)), path)


def parse_singing_json(text: str, path: Path) -> Singing:
    """The singing of singing.json's text; `path` is named in errors."""
    try:
        plain = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise FileError(path, f"not a JSON file: {error.msg.lower()}", line=error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise FileError(path, f"not a JSON file: {error}") from error
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise FileError(path, f"a singing's format must be {FORMAT!r}")
    if plain.get("version") != VERSION:
        raise FileError(path, f"a singing's version must be {VERSION}, got {plain.get('version')!r}")
    try:
        return _singing(plain)
    except KeyError as error:
        raise FileError(path, f"a singing must have the field {error}") from error
    except InputError as error:
        raise FileError(path, str(error)) from error
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise FileError(path, f"a singing's fields must have their documented form: {error}") from error


def _singing(plain: dict[str, Any]) -> Singing:
    seconds = _number(plain["seconds"])
    if not 0 < seconds <= MAX_SECONDS:
        raise ValueError(f"seconds must be above 0 and at most {MAX_SECONDS:g}, got {seconds!r}")
    if plain.get("frame", FRAME) != FRAME or plain.get("steps", dict(STEPS)) != dict(STEPS):
        raise ValueError(f"frame must be {FRAME} and steps {dict(STEPS)}")
    return Singing(
        _text(plain["song_id"]),
        _text(plain["track"]),
        seconds,
        _each(plain["phonemes"], lambda s, a, b, n: SungPhoneme(_text(s), _number(a), _number(b), n)),
        _each(plain["breaths"], lambda a, b, level: Breath(_number(a), _number(b), _number(level))),
        **{name: _curve(plain[name], name, seconds) for name in STEPS},
        ornaments=_each(plain["ornaments"], lambda kind, a, b: Ornament(_text(kind), _number(a), _number(b))),
        voice=_text(plain["voice"]),
        unsure=_each(plain.get("unsure", []), lambda number, word: (number, _text(word))),
    )


def _each(rows: Any, make: Callable[..., Any]) -> tuple[Any, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError(f"rows must be lists in a list, got {str(rows)[:40]!r}")
    return tuple(make(*row) for row in rows)


def _curve(rows: Any, name: str, seconds: float) -> Curve:
    if not isinstance(rows, list):
        raise ValueError(f"the curve of {name} must be lists of numbers, got {str(rows)[:40]!r}")
    values = [value for row in rows for value in (row if isinstance(row, list) else [row])]
    wrong = next((v for v in values if isinstance(v, bool) or not isinstance(v, int | float) or abs(v) > MOST), None)
    if wrong is not None:
        raise ValueError(f"the curve of {name} must be numbers, got {str(wrong)[:40]!r}")
    if len(values) != frames(seconds):
        raise ValueError(f"the curve of {name} must have {frames(seconds)} values for {seconds:g} s, got {len(values)}")
    return (np.array(values, dtype=np.float64) * STEPS[name]).astype(np.float32)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"a time or a level must be a number, got {str(value)[:40]!r}")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a name must be text, got {str(value)[:40]!r}")
    value.encode("utf-8")
    return value


def _rows(name: str, rows: list[list[Any]]) -> list[str]:
    """The lines of a field whose value is a list of rows."""
    if not rows:
        return [f" {_said(name)}: [],"]
    said = [json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False) for row in rows]
    return [f" {_said(name)}: [", *(f"  {row}," for row in said[:-1]), f"  {said[-1]}", " ],"]


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _no_constant(name: str) -> float:
    raise ValueError(f"a number must be finite, got {name}")
