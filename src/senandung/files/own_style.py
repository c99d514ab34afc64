"""A style of one's own as one file: arrays in the safetensors format, and what it says of itself in the header."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.errors import FileError, InputError, OutputError
from senandung.domain.own_style import LearnedFile, OwnStyle, Passage
from senandung.files.reading import read_bytes
from senandung.files.tensors import load_tensors, save_tensors

ENDING = ".style"
"""The ending of such a file."""

PICTURE_ENDING = ".png"
"""The ending of the picture of what was learned, beside it."""

FORMAT, VERSION = "senandung-own-style", "1"

MAX_BYTES = 16_000_000


def save_own_style(style: OwnStyle, path: Path) -> None:
    """Write a style into a file. Inverse of `load_own_style`."""
    tensors: dict[str, NDArray[Any]] = {"spans": style.spans}
    for family, rows in style.tables.items():
        numbers = sorted(rows)
        if numbers:
            tensors[f"table.{family}.numbers"] = np.asarray(numbers, dtype=np.int64)
            tensors[f"table.{family}.rows"] = np.stack([rows[number] for number in numbers]).astype(np.float16)
    if style.passages:
        tensors["passages"] = np.concatenate([np.asarray(each.tokens, dtype=np.int64) for each in style.passages])
    tensors.update({f"adapter.{name}": array.astype(np.float32) for name, array in style.adapter.items()})
    facts = {
        "name": style.name,
        "by": style.by,
        "files": [[each.name, each.sha256, each.bars, each.notes, each.held_out] for each in style.files],
        "ground": style.ground,
        "song_ground": style.song_ground,
        "sings": style.sings,
        "ensembles": {name: dict(row) for name, row in style.ensembles.items()},
        "bpm": list(style.bpm),
        "forms": [[list(part) for part in form] for form in style.forms],
        "figures": {name: dict(shares) for name, shares in style.figures.items()},
        "measured": dict(style.measured),
        "tunes": dict(style.tunes),
        "passages": [[list(each.parts), each.metre, each.mode, len(each.tokens)] for each in style.passages],
    }
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False)
    save_tensors(tensors, path, {"format": FORMAT, "version": VERSION, "style": text})


def load_own_style(path: Path) -> OwnStyle:
    """The style in a file. Inverse of `save_own_style`; the tables are rounded to half precision.

    Raises `FileError` where it is no such file.
    """
    read_bytes(path, MAX_BYTES)
    try:
        tensors, said = load_tensors(path)
    except FileError:
        said = {}
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise FileError(path, "not a style of one's own (senandung styles export writes one)")
    if said.get("version") != VERSION:
        raise FileError(path, f"a style of one's own must be of version {VERSION}, got {said.get('version')}")
    try:
        facts: dict[str, Any] = json.loads(said["style"])
        return OwnStyle(
            facts["name"],
            facts["by"],
            tuple(LearnedFile(*row) for row in facts["files"]),
            facts["ground"],
            facts["song_ground"],
            bool(facts["sings"]),
            MappingProxyType(facts["ensembles"]),
            tuple(float(value) for value in facts["bpm"]),
            tuple(tuple((int(bars), int(source)) for bars, source in form) for form in facts["forms"]),
            MappingProxyType(facts["figures"]),
            MappingProxyType(_tables(tensors)),
            tensors.get("spans", np.zeros(0, dtype=np.int64)),
            _passages(facts["passages"], tensors),
            MappingProxyType(facts["measured"]),
            MappingProxyType(_tunes(facts.get("tunes", {}))),  # styles that were learned before have none
            MappingProxyType({name[8:]: array for name, array in tensors.items() if name.startswith("adapter.")}),
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, InputError) as error:
        raise FileError(path, f"not a whole style of one's own: {error}") from error


def remove_own_style(folder: Path, name: str) -> None:
    """Delete a style's file and its picture from the folder of styles; the folder too when it is empty then."""
    for ending in (ENDING, PICTURE_ENDING):
        path = folder / f"{name}{ending}"
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{path} cannot be deleted: {error.strerror or error}") from error
    with contextlib.suppress(OSError):
        folder.rmdir()


def _passages(rows: Sequence[Any], tensors: Mapping[str, NDArray[Any]]) -> tuple[Passage, ...]:
    found, at = [], 0
    tokens = tensors["passages"].tolist() if rows else []
    for parts, metre, mode, size in rows:
        found.append(Passage(tuple(parts), metre, mode, tuple(tokens[at : at + size])))
        at += size
    if at != len(tokens):
        raise ValueError(f"{at} tokens of passages are named, {len(tokens)} are there")
    return tuple(found)


def _tunes(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of tunes, each number and name in them checked."""
    if not plain:
        return {}
    melody, rhythm = plain["melody"], plain["rhythm"]
    return {
        "melody": {
            "intervals": {
                mode: {context: _counts(seen) for context, seen in rows.items()}
                for mode, rows in melody["intervals"].items()
            },
            "chord_tones": {str(int(weight)): _pair(row) for weight, row in melody["chord_tones"].items()},
            "endings": {mode: {"inner": _counts(rows["inner"])} for mode, rows in melody["endings"].items()},
            "bands": {name: _band(row) for name, row in melody["bands"].items()},
            "phrases": int(melody["phrases"]),
        },
        "rhythm": {
            metre: {
                place: {str(int(count)): _bars(seen) for count, seen in rows.items()} for place, rows in places.items()
            }
            for metre, places in rhythm.items()
        },
    }


def _counts(seen: Mapping[str, Any]) -> dict[str, int]:
    """Counts of whole numbers of semitones."""
    found = {str(int(name)): int(count) for name, count in seen.items()}
    if any(count < 1 for count in found.values()):
        raise ValueError(f"counts must be above 0, got {found}")
    return found


def _bars(seen: Mapping[str, Any]) -> dict[str, int]:
    """Counts of bars by the sixteenths where notes begin."""
    for pattern, count in seen.items():
        steps = [int(step) for step in pattern.split()]
        if steps != sorted(set(steps)) or int(count) < 1:
            raise ValueError(f"a bar must have rising steps and a count, got {pattern!r}: {count}")
    return {pattern: int(count) for pattern, count in seen.items()}


def _pair(row: Sequence[Any]) -> list[int]:
    tones, notes = row
    if not 0 <= int(tones) <= int(notes):
        raise ValueError(f"chord tones must be some of the notes, got {row}")
    return [int(tones), int(notes)]


def _band(row: Sequence[Any]) -> list[float]:
    low, middle, high = (float(value) for value in row)
    if not 0 <= low <= middle <= high:
        raise ValueError(f"a band must rise, got {row}")
    return [low, middle, high]


def _tables(tensors: Mapping[str, NDArray[Any]]) -> dict[str, dict[int, NDArray[np.float32]]]:
    found: dict[str, dict[int, NDArray[np.float32]]] = {}
    for name, numbers in tensors.items():
        if name.startswith("table.") and name.endswith(".numbers"):
            family = name[6:-8]
            rows = tensors[f"table.{family}.rows"].astype(np.float32)
            found[family] = {int(number): row for number, row in zip(numbers.tolist(), rows, strict=True)}
    return found
