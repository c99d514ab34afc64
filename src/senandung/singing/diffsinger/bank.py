"""A DiffSinger voicebank's folder: dsconfig.yaml, its phonemes, its languages, its speakers, and the vocoder beside it.

The fields are those that OpenUtau reads (https://github.com/stakira/OpenUtau, OpenUtau.Core/DiffSinger) and that the
exporter writes (https://github.com/openvpi/DiffSinger).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.errors import FileError
from senandung.files.reading import MEGABYTE, decode_text, read_bytes
from senandung.singing.diffsinger.variance import GUESSED, Variance

CONFIG = "dsconfig.yaml"
OWN_PHONEMES = "senandung.tsv"
"""A file in the bank in which the person says which of its phonemes are sung for ours."""

STEPS = 20
"""Steps of diffusion, OpenUtau's default: more are slower and a little cleaner."""

SILENCE, BREATH = "SP", "AP"

RANGE = (48, 81)
"""MIDI numbers: no bank says where it sings well, so only what lies far outside is moved by octaves."""


@dataclass(frozen=True)
class Vocoder:
    """What makes sound of a spectrogram: its model, and the spectrograms that it reads."""

    model: Path
    sample_rate: int
    hop: int
    bins: int
    base: str


@dataclass(frozen=True)
class Bank:
    """A DiffSinger voicebank.

    Parameters
    ----------
    folder, name : where it is; what it is called.
    acoustic : its model from phonemes and pitch to a spectrogram.
    vocoder : what makes sound of it.
    tokens : the number of each of its phonemes.
    languages : the number of each of its languages; empty where it has none.
    speaker : what tells its first speaker from the others, shape (hidden,); None where it has one only.
    deepest : how far diffusion may begin, 0..1 of the whole or in steps of a thousand; 0 where nothing says so.
    own : which of its phonemes the person wants for ours (`OWN_PHONEMES`).
    variance : its models of energy, breathiness, voicing and tension, where it has some.
    base : of the logarithm in its spectrograms: "10" or "e".
    """

    folder: Path
    name: str
    acoustic: Path
    vocoder: Vocoder
    tokens: Mapping[str, int]
    languages: Mapping[str, int]
    speaker: NDArray[np.float32] | None
    deepest: float
    own: Mapping[str, tuple[str, ...]]
    base: str
    variance: Variance | None = None


def load_bank(folder: Path) -> Bank:
    """Read a voicebank's files, the models themselves excepted; every value checked."""
    path = folder / CONFIG
    plain = _yaml(path)
    for field in ("acoustic", "vocoder", "phonemes"):
        if not isinstance(plain.get(field, "phonemes.txt" if field == "phonemes" else None), str):
            raise FileError(path, f"must name its {field}, got {plain.get(field)!r}")
    vocoder = load_vocoder(_vocoder_folder(folder, plain["vocoder"]))
    for what, here, there in (
        ("sample rate", _whole(path, plain, "sample_rate", 44_100), vocoder.sample_rate),
        ("hop", _whole(path, plain, "hop_size", 512), vocoder.hop),
        ("number of mel bins", _whole(path, plain, "num_mel_bins", vocoder.bins), vocoder.bins),
    ):
        if here != there:
            raise FileError(path, f"its {what} must be the vocoder's, {there}, got {here}")
    tokens = _numbered(_inside(folder, plain.get("phonemes", "phonemes.txt")))
    if SILENCE not in tokens:
        raise FileError(path, f"its phonemes must have {SILENCE}, silence")
    depth = plain.get("max_depth", 0)
    return Bank(
        folder,
        _name(folder),
        _inside(folder, plain["acoustic"]),
        vocoder,
        tokens,
        _languages(folder, plain),
        _speaker(folder, path, plain),
        float(depth) if isinstance(depth, int | float) and depth > 0 else 0.0,
        own_phonemes(folder / OWN_PHONEMES, tokens),
        _base(plain.get("mel_base", vocoder.base)),
        load_variance(folder),
    )


def load_variance(folder: Path) -> Variance | None:
    """A bank's models of its curves, in `dsvariance` or in the bank itself; None where it has none."""
    own = folder / "dsvariance"
    folder = own if (own / CONFIG).is_file() else folder
    path = folder / CONFIG
    plain = _yaml(path)
    linguistic, variance = plain.get("linguistic"), plain.get("variance")
    if not isinstance(linguistic, str) or not isinstance(variance, str):
        return None
    return Variance(
        _inside(folder, linguistic),
        _inside(folder, variance),
        _whole(path, plain, "sample_rate", 44_100),
        _whole(path, plain, "hop_size", 512),
        _numbered(_inside(folder, str(plain.get("phonemes", "phonemes.txt")))),
        _languages(folder, plain),
        _speaker(folder, path, plain),
        tuple(name for name in GUESSED if plain.get(f"predict_{name}")),
    )


def load_vocoder(folder: Path) -> Vocoder:
    """Read a vocoder's folder: vocoder.yaml, which names its model."""
    path = folder / "vocoder.yaml"
    plain = _yaml(path)
    model = plain.get("model", "model.onnx")
    if not isinstance(model, str):
        raise FileError(path, f"must name its model, got {model!r}")
    return Vocoder(
        _inside(folder, model),
        _whole(path, plain, "sample_rate", 44_100),
        _whole(path, plain, "hop_size", 512),
        _whole(path, plain, "num_mel_bins", 128),
        _base(plain.get("mel_base", "10")),
    )


def own_phonemes(path: Path, tokens: Mapping[str, int]) -> Mapping[str, tuple[str, ...]]:
    """The person's own table, if there is one: our phoneme, a tab, the bank's (several with blanks between them)."""
    from senandung.domain.phonemes import PHONEMES

    if not path.is_file():
        return MappingProxyType({})
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(decode_text(path, read_bytes(path, MEGABYTE)).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        ours, tab, said = line.partition("\t")
        theirs = tuple(said.split())
        if not tab or not theirs or ours.strip() not in PHONEMES:
            rule = f"a line must be one of {' '.join(PHONEMES)}, a tab and the bank's phonemes"
            raise FileError(path, f"{rule}, got {line!r}", line=number)
        missing = next((name for name in theirs if name not in tokens), None)
        if missing is not None:
            raise FileError(path, f"the bank has no phoneme {missing!r}", line=number)
        found[ours.strip()] = theirs
    return MappingProxyType(found)


def _vocoder_folder(folder: Path, name: str) -> Path:
    """Where the vocoder is: in the bank, beside it, or where OpenUtau keeps what singers share."""
    if name in ("", ".", "..") or "/" in name or "\\" in name:
        raise FileError(folder / CONFIG, f"its vocoder must be a folder's name, got {name!r}")
    places = (folder / "dsvocoder", folder / name, folder.parent / name, folder.parent.parent / "Dependencies" / name)
    for place in places:
        if (place / "vocoder.yaml").is_file():
            return place
    raise FileError(
        folder / CONFIG,
        f"its vocoder {name!r} is not there; put its folder, with vocoder.yaml, into the bank or beside it",
    )


def _languages(folder: Path, plain: Mapping[str, Any]) -> Mapping[str, int]:
    named = plain.get("languages") if plain.get("use_lang_id") else None
    return _numbered(_inside(folder, named)) if isinstance(named, str) else MappingProxyType({})


def _speaker(folder: Path, path: Path, plain: Mapping[str, Any]) -> NDArray[np.float32] | None:
    speakers = plain.get("speakers")
    if not speakers:
        return None
    if not isinstance(speakers, list) or not all(isinstance(name, str) for name in speakers):
        raise FileError(path, f"its speakers must be names, got {speakers!r}")
    file = _inside(folder, f"{speakers[0]}.emb")
    data = read_bytes(file, 4 * MEGABYTE)
    hidden = _whole(path, plain, "hidden_size", 256)
    if len(data) != 4 * hidden:
        raise FileError(file, f"a speaker must be {hidden} numbers of four bytes, got {len(data)} bytes")
    embedding = np.frombuffer(data, dtype="<f4").astype(np.float32)
    if not np.isfinite(embedding).all():
        raise FileError(file, "a speaker's numbers must be finite")
    return embedding


def _name(folder: Path) -> str:
    """What the bank calls itself in character.txt or character.yaml; else its folder's name."""
    from senandung.files.character import load_character

    try:
        name = load_character(folder).name
    except FileError:
        name = ""
    return name or folder.resolve().name


def _numbered(path: Path) -> Mapping[str, int]:
    """Names with their numbers: a JSON object, or a text file whose lines are counted from 0."""
    text = decode_text(path, read_bytes(path, MEGABYTE))
    if path.suffix.lower() != ".json":
        return MappingProxyType({line.strip(): number for number, line in enumerate(text.splitlines()) if line.strip()})
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(path, f"not a JSON file: {error}") from error
    if not isinstance(plain, dict) or not all(type(number) is int and number >= 0 for number in plain.values()):
        raise FileError(path, "must be names with whole numbers")
    return MappingProxyType(plain)


def _yaml(path: Path) -> dict[str, Any]:
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


def _inside(folder: Path, name: str) -> Path:
    """A file that a bank names, which must be in it."""
    path = folder / name.replace("\\", "/")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise FileError(folder / CONFIG, f"its files must be inside of the bank, got {name!r}")
    if not path.is_file():
        raise FileError(path, "no such file, but the bank names it")
    return path


def _whole(path: Path, plain: Mapping[str, Any], field: str, usual: int) -> int:
    value = plain.get(field, usual)
    if type(value) is not int or not 1 <= value <= 400_000:
        raise FileError(path, f"{field} must be a whole number of 1 or more, got {value!r}")
    return value


def _base(value: object) -> str:
    return "e" if str(value) == "e" else "10"
