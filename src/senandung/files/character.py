"""character.txt, character.yaml and prefix.map: who sings in an UTAU voicebank, and which recordings at which pitch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from senandung.domain.errors import FileError
from senandung.files.reading import MEGABYTE, read_bytes
from senandung.files.utau_text import load_utau_text
from senandung.files.writing import write_atomically

TONES = {"C": 0, "C#": 1, "D": 2, "D#": 3, "E": 4, "F": 5, "F#": 6, "G": 7, "G#": 8, "A": 9, "A#": 10, "B": 11,
         "DB": 1, "EB": 3, "GB": 6, "AB": 8, "BB": 10}  # fmt: skip

_TONE = re.compile(r"\A([A-Ga-g][#b♯♭]?)(-?\d)\Z")


@dataclass(frozen=True)
class Character:
    """What a voicebank says of itself.

    Parameters
    ----------
    name : of the singer; "" where nothing says it.
    encoding : of the bank's texts, where character.yaml says it.
    fields : everything else of character.txt, by its name in lower case (author, voice, web, image …).
    affixes : prefix and suffix of the aliases by MIDI pitch; a pitch that is missing has none.
    """

    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    affixes: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    encoding: str = ""


def tone_number(text: str) -> int:
    """The MIDI number of a tone's name; C4 is 60.

    >>> tone_number("C4"), tone_number("A#3"), tone_number("Bb3")
    (60, 58, 58)
    """
    found = _TONE.match(text.strip())
    if not found:
        raise ValueError(f"a tone must look like C4 or A#3, got {text!r}")
    letters = found.group(1).upper().replace("♯", "#").replace("♭", "B")
    return 12 * (int(found.group(2)) + 1) + TONES[letters]


def load_character(folder: Path) -> Character:
    """What character.txt, character.yaml and prefix.map of a folder say; what is missing says nothing.

    Subbanks of character.yaml (the first colour's, or those without one) go before prefix.map, as in OpenUtau.
    """
    yaml = folder / "character.yaml"
    plain = _character_yaml(yaml) if yaml.is_file() and yaml.stat().st_size else {}
    encoding = str(plain.get("text_file_encoding") or "")
    fields = _character_txt(folder / "character.txt", encoding)
    affixes = _prefix_map(folder / "prefix.map", encoding)
    name = fields.pop("name", "") or fields.pop("名前", "")
    if plain:
        name = str(plain.get("name") or name)
        for key in ("author", "voice", "web", "version"):
            if plain.get(key):
                fields[key] = str(plain[key])
        affixes = _subbanks(yaml, plain) or affixes
    return Character(name.strip(), MappingProxyType(fields), MappingProxyType(affixes), encoding)


def save_character(character: Character, folder: Path) -> None:
    """Write character.txt and character.yaml in UTF-8, and prefix.map where there are affixes."""
    import yaml

    lines = [f"name={character.name}", *(f"{key}={value}" for key, value in character.fields.items())]
    write_atomically(folder / "character.txt", ("\r\n".join(lines) + "\r\n").encode("utf-8"))
    ranges: dict[tuple[str, str], list[str]] = {}
    for pitch, affix in sorted(character.affixes.items()):
        ranges.setdefault(affix, []).append(tone_name(pitch))
    plain = {
        "name": character.name,
        "text_file_encoding": "utf-8",
        **{key: value for key, value in character.fields.items() if key in ("author", "voice", "web", "version")},
        "subbanks": [
            {"color": "", "prefix": prefix, "suffix": suffix, "tone_ranges": tones}
            for (prefix, suffix), tones in (ranges or {("", ""): ["C1-B7"]}).items()
        ],
    }
    text = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)
    write_atomically(folder / "character.yaml", text.encode("utf-8"))
    if character.affixes:
        rows = [f"{tone_name(pitch)}\t{prefix}\t{suffix}" for pitch, (prefix, suffix) in character.affixes.items()]
        write_atomically(folder / "prefix.map", ("\r\n".join(rows) + "\r\n").encode("utf-8"))


def tone_name(pitch: int) -> str:
    """The name of a MIDI number, with sharps.

    >>> tone_name(61), tone_name(59)
    ('C#4', 'B3')
    """
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    return f"{names[pitch % 12]}{pitch // 12 - 1}"


def _character_txt(path: Path, encoding: str) -> dict[str, str]:
    if not path.is_file() or not path.stat().st_size:
        return {}
    rows = (re.split(r"[=:：]", line, maxsplit=1) for line in load_utau_text(path, encoding).split("\n"))
    return {row[0].strip().lower(): row[1].strip() for row in rows if len(row) == 2 and row[0].strip()}


def _prefix_map(path: Path, encoding: str) -> dict[int, tuple[str, str]]:
    """Tone, prefix and suffix a line; what is no such line is passed over, as in OpenUtau, unless no other is there."""
    if not path.is_file() or not path.stat().st_size:
        return {}
    found = {}
    wrong: FileError | None = None
    for number, line in enumerate(load_utau_text(path, encoding).split("\n"), start=1):
        if not line.strip():
            continue
        cells = [*line.split("\t"), "", ""]
        try:
            found[tone_number(cells[0])] = (cells[1], cells[2])
        except ValueError as error:
            wrong = wrong or FileError(path, str(error), line=number)
    if wrong is not None and not found:
        raise wrong
    return found


def _character_yaml(path: Path) -> dict[str, Any]:
    import yaml

    data = read_bytes(path, MEGABYTE)
    try:
        plain = yaml.safe_load(data.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise FileError(path, f"not a YAML file: {str(error).splitlines()[0]}") from error
    if not isinstance(plain, dict):
        raise FileError(path, f"must hold fields with values, got {str(plain)[:40]!r}")
    return plain


def _subbanks(path: Path, plain: Mapping[str, Any]) -> dict[int, tuple[str, str]]:
    banks = plain.get("subbanks") or []
    if not isinstance(banks, list) or not all(isinstance(bank, dict) for bank in banks):
        raise FileError(path, f"subbanks must be a list of fields, got {str(banks)[:40]!r}")
    colour = min((str(bank.get("color") or "") for bank in banks), default="")
    found: dict[int, tuple[str, str]] = {}
    for bank in banks:
        if str(bank.get("color") or "") != colour:
            continue
        affix = (str(bank.get("prefix") or ""), str(bank.get("suffix") or ""))
        ranges = bank.get("tone_ranges") or ["C1-B7"]
        for each in ranges if isinstance(ranges, list) else [ranges]:
            low, _, high = str(each).partition("-")
            try:
                first, last = tone_number(low), tone_number(high or low)
            except ValueError as error:
                raise FileError(path, str(error)) from error
            for pitch in range(first, last + 1):
                found.setdefault(pitch, affix)
    return {} if set(found.values()) == {("", "")} else found
