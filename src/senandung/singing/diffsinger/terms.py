"""What a dsconfig.yaml says of how its models are spoken to: frames, the numbers of phonemes and languages, a speaker.

Every folder of a bank with a dsconfig.yaml has its own: `dsvariance` may count other frames and phonemes than the bank.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.errors import FileError
from senandung.domain.time import Second
from senandung.files.reading import MEGABYTE, decode_text, read_bytes

CONFIG = "dsconfig.yaml"


@dataclass(frozen=True)
class Terms:
    """How models of a bank are spoken to.

    Parameters
    ----------
    sample_rate, hop : of their frames: samples a second, and a frame.
    tokens : the number of each phoneme.
    languages : the number of each language; empty where there is none.
    speaker : what tells the speaker from the others, shape (hidden,); None where there is one only.
    """

    sample_rate: int
    hop: int
    tokens: Mapping[str, int]
    languages: Mapping[str, int]
    speaker: NDArray[np.float32] | None

    @property
    def frame(self) -> Second:
        """How long a frame is."""
        return self.hop / self.sample_rate

    def numbers(self, names: Iterable[str]) -> list[int]:
        """The numbers of phonemes; a `KeyError` names one that there is not."""
        return [self.tokens[name] for name in names]

    def language_numbers(self, names: Iterable[str]) -> list[int]:
        """The numbers of the languages that phonemes say they are of (`id/ng`), 0 for none."""
        return [self.languages.get(language_of(name), 0) for name in names]

    def voices(self, count: int) -> dict[str, NDArray[np.float32]]:
        """The speaker, a row a frame, as models ask for it; nothing where there is one only."""
        if self.speaker is None:
            return {}
        return {"spk_embed": np.broadcast_to(self.speaker, (1, count, len(self.speaker)))}


def language_of(name: str) -> str:
    """The language that a bank's phoneme is of, "" where it does not say.

    >>> language_of("id/ng"), language_of("ng")
    ('id', '')
    """
    return name.partition("/")[0] if "/" in name else ""


def read_terms(folder: Path, bank: Path, plain: Mapping[str, Any], wanted: str = "") -> Terms:
    """The terms that a dsconfig.yaml states.

    Parameters
    ----------
    folder, bank : the folder that it is in, and the bank's.
    plain : what stands in it.
    wanted : which of its speakers sings, if there is one of that name; else the first.
    """
    path = folder / CONFIG
    phonemes = plain.get("phonemes", "phonemes.txt")
    if not isinstance(phonemes, str):
        raise FileError(path, f"must name its phonemes, got {phonemes!r}")
    languages = plain.get("languages") if plain.get("use_lang_id") else None
    return Terms(
        whole(path, plain, "sample_rate", 44_100),
        whole(path, plain, "hop_size", 512),
        numbered(inside(folder, phonemes, bank)),
        numbered(inside(folder, languages, bank)) if isinstance(languages, str) else MappingProxyType({}),
        _speaker(folder, bank, plain, wanted),
    )


def _speaker(folder: Path, bank: Path, plain: Mapping[str, Any], wanted: str) -> NDArray[np.float32] | None:
    path = folder / CONFIG
    speakers = plain.get("speakers")
    if not speakers:
        return None
    if not isinstance(speakers, list) or not all(isinstance(name, str) for name in speakers):
        raise FileError(path, f"its speakers must be names, got {speakers!r}")
    file = inside(folder, f"{wanted if wanted in speakers else speakers[0]}.emb", bank)
    data = read_bytes(file, 4 * MEGABYTE)
    hidden = whole(path, plain, "hidden_size", max(len(data) // 4, 1))
    if len(data) != 4 * hidden:
        raise FileError(file, f"a speaker must be {hidden} numbers of four bytes, got {len(data)} bytes")
    embedding = np.frombuffer(data, dtype="<f4").astype(np.float32)
    if not np.isfinite(embedding).all():
        raise FileError(file, "a speaker's numbers must be finite")
    return embedding


def numbered(path: Path) -> Mapping[str, int]:
    """Names with their numbers: a JSON object, or a text file whose lines are counted from 0."""
    text = decode_text(path, read_bytes(path, MEGABYTE))
    if path.suffix.lower() != ".json":
        return MappingProxyType({line.strip(): number for number, line in enumerate(text.split("\n")) if line.strip()})
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(path, f"not a JSON file: {error}") from error
    if not isinstance(plain, dict) or not all(type(number) is int and number >= 0 for number in plain.values()):
        raise FileError(path, "must be names with whole numbers")
    return MappingProxyType(plain)


def read_yaml(path: Path) -> dict[str, Any]:
    """The fields of a YAML file."""
    import yaml

    text = decode_text(path, read_bytes(path, MEGABYTE))
    try:
        plain = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise FileError(path, f"not a YAML file: {problem}", line=mark.line + 1 if mark else None) from error
    if not isinstance(plain, dict):
        raise FileError(path, "must be a YAML mapping")
    return plain


def inside(folder: Path, name: str, bank: Path) -> Path:
    """A file that a bank names in one of its folders: in the bank, or in a folder beside it.

    Banks of one maker share models that lie beside them (`../../Core/linguistic.onnx` in `dsvariance`).
    """
    path = folder / name.replace("\\", "/")
    if not path.resolve().is_relative_to(bank.resolve().parent):
        raise FileError(folder / CONFIG, f"its files must be in the bank or beside it, got {name!r}")
    if not path.is_file():
        raise FileError(path, "no such file, but the bank names it")
    return path


def whole(path: Path, plain: Mapping[str, Any], field: str, usual: int) -> int:
    """A number of 1 or more that a file states."""
    value = plain.get(field, usual)
    if type(value) is not int or not 1 <= value <= 400_000:
        raise FileError(path, f"{field} must be a whole number of 1 or more, got {value!r}")
    return value
