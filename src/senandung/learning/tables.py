"""The tables that composing reads, built from the public archives, each with its data card.

`build_tables(data, out)` remakes every file; the same archives give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from senandung.learning import extract_chords, extract_drums, extract_form, extract_hymns, extract_melody
from senandung.learning.cards import HELD_OUT, LIEDER, card_chords, card_drums, card_form, card_melody, card_rhythm
from senandung.learning.extract_feel import build_feel
from senandung.learning.sung_lines import read_abc, read_mxl
from senandung.learning.sung_parts import SungPart

SETS = ("mcgill_billboard", "openewld", "open_hymnal", "openscore_lieder", "groove_midi")
"""The sets that the tables are made from."""


def name_hash(name: str) -> int:
    """A whole number that belongs to a work's name (SHA-256)."""
    return int(hashlib.sha256(name.encode("utf-8")).hexdigest(), 16)


def is_held_out(name: str) -> bool:
    """Whether a work of this name is kept out of the tables, to measure them."""
    return name_hash(name) % HELD_OUT == 0


def build_tables(data: Path, out: Path, progress: Callable[[str], None] = lambda _: None) -> None:
    """Write chords, form, melody, rhythm, drums and the drummer's feel with their cards.

    Parameters
    ----------
    data : the folder that holds the unpacked archives.
    out : where to write; the package's `weights`.
    progress : told what is being read.
    """
    progress("mcgill_billboard")
    songs = extract_chords.read_billboard(data / "mcgill_billboard")
    progress("openewld, open_hymnal, openscore_lieder")
    sung = read_sung(data)
    every = [part for parts in sung.values() for part in parts]
    learned, kept = _divide(every)
    pop = [s for s in songs if not is_held_out(s.name)]
    hymns = extract_hymns.read_hymns(data / "open_hymnal")
    works = {"pop": songs, "song": extract_chords.sheets(sung["openewld"]), "hymn": hymns}
    chords = {
        name: extract_chords.extract([s for s in held if not is_held_out(s.name)], least=8 if name == "pop" else 4)
        for name, held in works.items()
    }
    kept_works = {name: [s for s in held if is_held_out(s.name)] for name, held in works.items()}
    _write(out, "chords", chords, card_chords(data, works, kept_works, chords))
    _write(out, "form", extract_form.extract(pop), card_form(data, pop))
    melody = extract_melody.extract_melody(learned)
    _write(out, "melody", melody, card_melody(data, sung, learned, kept, melody))
    _write(out, "rhythm", extract_melody.extract_rhythm(learned), card_rhythm(data, sung, learned, kept))
    progress("groove_midi")
    drums = extract_drums.extract(data / "groove_midi")
    _write(out, "drums", drums, card_drums(data, drums))
    build_feel(data, out)


def read_sung(data: Path) -> dict[str, list[SungPart]]:
    """The sung parts of every set, in the order of their files' names."""
    lieder = sorted(data.glob("openscore_lieder/scores/**/*.mxl"), key=lambda path: name_hash(path.stem))[:LIEDER]
    return {
        "openewld": [part for path in sorted(data.glob("openewld/dataset/*/*/*.mxl")) for part in read_mxl(path)],
        "open_hymnal": [part for path in sorted(data.glob("open_hymnal/Complete/*/*.abc")) for part in read_abc(path)],
        "openscore_lieder": [part for path in sorted(lieder) for part in read_mxl(path)],
    }


def _divide(parts: Iterable[SungPart]) -> tuple[list[SungPart], list[SungPart]]:
    learned: list[SungPart] = []
    kept: list[SungPart] = []
    for part in parts:
        (kept if is_held_out(part.name) else learned).append(part)
    return learned, kept


def _write(out: Path, name: str, table: dict[str, Any], card: str) -> None:
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    (out / f"{name}.card.md").write_text(card, encoding="utf-8")
