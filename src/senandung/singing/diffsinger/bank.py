"""A DiffSinger voicebank's folder: dsconfig.yaml, its phonemes, its languages, its speakers, and the vocoder beside it.

The fields are those that OpenUtau reads (https://github.com/stakira/OpenUtau, OpenUtau.Core/DiffSinger) and that the
exporter writes (https://github.com/openvpi/DiffSinger).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from senandung.domain.errors import FileError
from senandung.files.reading import MEGABYTE, decode_text, read_bytes
from senandung.singing.diffsinger.terms import CONFIG, Terms, inside, read_terms, read_yaml, whole
from senandung.singing.diffsinger.variance import GUESSED, Variance

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
    terms : its frames, the numbers of its phonemes and languages, its speaker.
    deepest : how far diffusion may begin, 0..1 of the whole or in steps of a thousand; 0 where nothing says so.
    own : which of its phonemes the person wants for ours (`OWN_PHONEMES`).
    variance : its models of energy, breathiness, voicing and tension, where it has some.
    base : of the logarithm in its spectrograms: "10" or "e".
    """

    folder: Path
    name: str
    acoustic: Path
    vocoder: Vocoder
    terms: Terms
    deepest: float
    own: Mapping[str, tuple[str, ...]]
    base: str
    variance: Variance | None = None


def load_bank(folder: Path) -> Bank:
    """Read a voicebank's files, the models themselves excepted; every value checked."""
    path = folder / CONFIG
    plain = read_yaml(path)
    for field in ("acoustic", "vocoder"):
        if not isinstance(plain.get(field), str):
            raise FileError(path, f"must name its {field}, got {plain.get(field)!r}")
    name, wanted = _says(folder)
    vocoder = load_vocoder(_vocoder_folder(folder, plain["vocoder"]))
    terms = read_terms(folder, folder, plain, wanted)
    for what, here, there in (
        ("sample rate", terms.sample_rate, vocoder.sample_rate),
        ("hop", terms.hop, vocoder.hop),
        ("number of mel bins", whole(path, plain, "num_mel_bins", vocoder.bins), vocoder.bins),
    ):
        if here != there:
            raise FileError(path, f"its {what} must be the vocoder's, {there}, got {here}")
    if SILENCE not in terms.tokens:
        raise FileError(path, f"its phonemes must have {SILENCE}, silence")
    depth = plain.get("max_depth", 0)
    return Bank(
        folder,
        name,
        inside(folder, plain["acoustic"], folder),
        vocoder,
        terms,
        float(depth) if isinstance(depth, int | float) and depth > 0 else 0.0,
        own_phonemes(folder / OWN_PHONEMES, terms.tokens),
        _base(plain.get("mel_base")),
        load_variance(folder, wanted),
    )


def load_variance(bank: Path, wanted: str = "") -> Variance | None:
    """A bank's models of its curves, in `dsvariance` or in the bank itself; None where it has none.

    `wanted` is the speaker's name, if the bank says one.
    """
    own = bank / "dsvariance"
    folder = own if (own / CONFIG).is_file() else bank
    plain = read_yaml(folder / CONFIG)
    linguistic, variance = plain.get("linguistic"), plain.get("variance")
    if not isinstance(linguistic, str) or not isinstance(variance, str):
        return None
    return Variance(
        inside(folder, linguistic, bank),
        inside(folder, variance, bank),
        read_terms(folder, bank, plain, wanted),
        tuple(name for name in GUESSED if plain.get(f"predict_{name}")),
    )


def load_vocoder(folder: Path) -> Vocoder:
    """Read a vocoder's folder: vocoder.yaml, which names its model."""
    path = folder / "vocoder.yaml"
    plain = read_yaml(path)
    model = plain.get("model", "model.onnx")
    if not isinstance(model, str):
        raise FileError(path, f"must name its model, got {model!r}")
    return Vocoder(
        inside(folder, model, folder),
        whole(path, plain, "sample_rate", 44_100),
        whole(path, plain, "hop_size", 512),
        whole(path, plain, "num_mel_bins", 128),
        _base(plain.get("mel_base")),
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


def _says(folder: Path) -> tuple[str, str]:
    """What the bank calls itself in character.txt or character.yaml, else its folder's name; which speaker it wants.

    As in OpenUtau that is the one whose name is the suffix of the first colour's subbank.
    """
    from senandung.files.character import Character, load_character

    try:
        found = load_character(folder)
    except FileError:
        found = Character()
    return found.name or folder.resolve().name, found.affixes.get(60, ("", ""))[1]


def _base(value: object) -> str:
    """The base of a spectrogram's logarithm; 10 where nothing says it, as in OpenUtau."""
    return "e" if str(value) == "e" else "10"
