"""The whole road of the composer: from the public archives to weights, one stage after the other.

    sets      archives found, told apart by their content, unpacked         OUT/sets
    corpus    read, audited, copies left out, divided, packed as tokens     OUT/packed
    training  the network, as far as the time given reaches                 OUT/network
    measures  nats a note beside the baselines, and the gate                OUT/network/measured.json
    weights   what the program decodes with, and its data card              OUT/weights

A stage whose output is there and was made from the same things is left as it is; `OUT/stages.json` says from what. So
the same command again goes on: a training from its last checkpoint, another stage from its beginning.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from senandung.composing.pieces import vocabulary
from senandung.domain.errors import InvalidValueError, MissingProgramError
from senandung.files.writing import write_atomically
from senandung.learning.composer_card import composer_card, source_facts
from senandung.learning.corpus.build import READERS, join_duplicates, read_set
from senandung.learning.corpus.sets import SETS, MusicSet, Work
from senandung.learning.export import export_composer
from senandung.learning.pack import save_folder
from senandung.learning.unpack import Source, find_sources, unpack

if TYPE_CHECKING:
    from senandung.learning.training_run import Reached

Progress = Callable[[str, float], None]
"""Told what is being done and how much of all is done, 0..1."""


@dataclass(frozen=True)
class Recipe:
    """How a configuration of the network is trained: `steps` of `windows` windows of `length` tokens."""

    steps: int
    windows: int
    length: int


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "tiny": Recipe(steps=300, windows=4, length=512),
        "small": Recipe(steps=4000, windows=4, length=1024),
        "full": Recipe(steps=1500, windows=32, length=2048),
    }
)
"""tiny is a rehearsal, small is for a CPU, full for a GPU; their sizes are `network.CONFIGS`."""

MEASURED = 32
"""Held-out windows of each set that are measured."""

_READING = {"polish_scores": 55, "openscore_lieder": 12, "openscore_quartets": 9, "openscore_orchestra": 9}
"""How long sets take to be read, in hundredths of all; others take two."""

_SHARES = {"sets": (0.0, 0.03), "corpus": (0.03, 0.25), "training": (0.25, 0.9), "measures": (0.9, 0.97),
           "weights": (0.97, 1.0)}  # fmt: skip


@dataclass(frozen=True)
class Travelled:
    """What the road led to: the folder, what each stage did ("made" or "kept"), and the facts of the results.

    `measured` is None where nothing was measured; `files` are the weights and their card.
    """

    out: Path
    stages: Mapping[str, str]
    missing: tuple[str, ...]
    corpus: Mapping[str, Any]
    step: int
    steps: int
    tokens: int
    measured: Mapping[str, Any] | None
    files: tuple[Path, ...]


def travel(
    data: Path,
    out: Path,
    *,
    config: str | None = None,
    minutes: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Travelled:
    """Go the whole road, or go on where it was left.

    Parameters
    ----------
    data : the folder of the sets, `NAME.tar.xz` or unpacked as `NAME`; sets that are missing are left out and named.
    out : the folder to work in: new, empty, or left by an earlier call.
    config : one of `RECIPES`; without it full where torch finds a GPU, else small.
    minutes : how long this call trains; without it until `steps`.
    steps : of the whole training, over all calls; without it the recipe's.
    seed : of the split, the network and the windows drawn.
    progress : told stage and share.
    """
    tell: Progress = progress or _silent
    tell("looking at the sets", 0.0)
    sources = find_sources(data, [found.name for found in SETS])
    _check_torch()
    from senandung.learning import training_run
    from senandung.learning.network import CONFIGS
    from senandung.learning.trainer import Training

    config = config or ("full" if training_run.best_device() == "cuda" else "small")
    ledger = _Ledger(out)
    done: dict[str, str] = {}
    key = corpus_key(sources, seed)
    recipe = RECIPES[config]
    training = Training(steps=steps or recipe.steps, windows=recipe.windows, length=recipe.length, seed=seed)
    plan = training_run.TrainingPlan(ledger.out / "packed", ledger.out / "network", config, CONFIGS[config], training)
    ledger.check_training({"corpus": key, "configuration": config, "seed": seed})
    homes = _sets_stage(sources, ledger.out, tell, done)
    _corpus_stage(sources, homes, ledger, key, seed, tell, done)
    trained = training_run.train(
        training_run.for_this_machine(plan), minutes=minutes, progress=_training(_part(tell, "training"))
    )
    done["training"] = "made" if trained.went_on else "kept"
    index = _read_json(ledger.out / "packed" / "index.json")
    state = fingerprint_of(ledger.out / "network", "weights-*.safetensors")
    report = ledger.out / "network" / "measured.json"
    if ledger.is_made("measures", f"{state} {MEASURED}"):
        done["measures"] = "kept"
    elif any(row["notes"]["valid"] for row in index["sets"].values()):
        _part(tell, "measures")("measuring on works that were held out", 0.0)
        training_run.measure(plan, MEASURED)
        ledger.note("measures", f"{state} {MEASURED}", [report])
        done["measures"] = "made"
    else:
        done["measures"] = "nothing held out"
    files = _weights_stage(ledger, state, recipe.length, sources, homes, tell, done)
    measured = _read_json(report) if report.exists() else None
    tell("done", 1.0)
    missing = tuple(found.name for found in SETS if found.name not in sources)
    return Travelled(ledger.out, done, missing, index, trained.step, training.steps, trained.tokens, measured, files)


def corpus_key(sources: Mapping[str, Source], seed: int) -> str:
    """What a packed corpus is made from: the sets' content, the readers, the vocabulary and the seed."""
    facts = {
        "sets": {name: sources[name].fingerprint for name in sorted(sources)},
        "readers": READERS, "vocabulary": [vocabulary.VERSION, vocabulary.SIZE], "seed": seed,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def fingerprint_of(folder: Path, pattern: str) -> str:
    """The SHA-256 of the files of a folder that fit a pattern, in the order of their names."""
    total = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def _check_torch() -> None:
    if find_spec("torch") is None:
        raise MissingProgramError(
            "training needs torch, which is not installed: put the build for this machine (the CPU build, or the CUDA "
            "build for its graphics card) into the environment that holds senandung; docs/training.md says how"
        )


# stages


class _Ledger:
    """`stages.json`: what each stage was made from, and the files that it wrote."""

    def __init__(self, out: Path) -> None:
        self.out = out.absolute()
        self.path = self.out / "stages.json"
        if self.out.exists() and not self.out.is_dir():
            raise InvalidValueError(f"the output folder must be a folder, but {out} is a file")
        if self.out.is_dir() and any(self.out.iterdir()) and not self.path.exists():
            raise InvalidValueError(f"the output folder must be new, empty or one of an earlier training, but {out} "
                                    "holds other things")  # fmt: skip
        self.out.mkdir(parents=True, exist_ok=True)
        self.rows: dict[str, Any] = {}
        if self.path.exists():
            try:
                self.rows = dict(json.loads(self.path.read_text(encoding="utf-8")))
            except (ValueError, UnicodeDecodeError) as error:
                raise InvalidValueError(f"{self.path} is damaged; choose another output folder") from error
        else:
            self._write()

    def is_made(self, stage: str, key: str) -> bool:
        """Whether a stage was made from the same things and its files are as it left them."""
        row = self.rows.get(stage)
        if row is None or row["from"] != key:
            return False
        files = [(self.out / name, size) for name, size in row["files"].items()]
        return all(path.is_file() and path.stat().st_size == size for path, size in files)

    def note(self, stage: str, key: str, files: list[Path]) -> None:
        """Write down that a stage is made."""
        sizes = {path.relative_to(self.out).as_posix(): path.stat().st_size for path in files}
        self.rows[stage] = {"from": key, "files": sizes}
        self._write()

    def check_training(self, facts: Mapping[str, Any]) -> None:
        """Raise where the folder holds a training that began from other things: it is not thrown away silently."""
        known = self.rows.get("training")
        if known is not None and (self.out / "network" / "checkpoint.pt").exists():
            other = [
                f"{name} {known.get(name)}" for name in facts if name != "corpus" and known.get(name) != facts[name]
            ]
            if other or known.get("corpus") != facts["corpus"]:
                which = " and ".join(other) or "other archives or older readers"
                raise InvalidValueError(
                    f"{self.out} holds a training with {which}; choose another output folder, or remove {self.out}"
                )
        self.rows["training"] = dict(facts)
        self._write()

    def _write(self) -> None:
        write_atomically(self.path, json.dumps(self.rows, indent=1).encode())


def _sets_stage(
    sources: Mapping[str, Source], out: Path, tell: Progress, done: dict[str, str]
) -> dict[str, Path]:  # fmt: skip
    """The folder of each set; archives are unpacked below `out/sets`, where a note says from which."""
    part = _part(tell, "sets")
    homes: dict[str, Path] = {}
    made = False
    for index, (name, source) in enumerate(sources.items()):
        if not source.packed:
            homes[name] = source.path
            continue
        home, note = out / "sets" / name, out / "sets" / f"{name}.from"
        if not (home.is_dir() and note.exists() and note.read_text(encoding="utf-8") == source.fingerprint):
            part(f"unpacking {name}", index / len(sources))
            note.unlink(missing_ok=True)
            unpack(source.path, name, out / "sets")
            write_atomically(note, source.fingerprint.encode())
            made = True
        homes[name] = home
    done["sets"] = "made" if made else "kept"
    return homes


def _corpus_stage(
    sources: Mapping[str, Source],
    homes: Mapping[str, Path],
    ledger: _Ledger,
    key: str,
    seed: int,
    tell: Progress,
    done: dict[str, str],
) -> None:
    if ledger.is_made("corpus", key):
        done["corpus"] = "kept"
        return
    part = _part(tell, "corpus")
    works = _read(homes, part)
    part("leaving out copies, dividing, packing", 0.9)
    partial, packed = ledger.out / ".packed", ledger.out / "packed"
    shutil.rmtree(partial, ignore_errors=True)
    save_folder(join_duplicates(works), ledger.out, partial, seed=seed)
    if not any(row["tokens"]["train"] for row in _read_json(partial / "index.json")["sets"].values()):
        raise InvalidValueError(f"the sets {', '.join(sources)} hold no music that can be learnt")
    shutil.rmtree(packed, ignore_errors=True)
    partial.rename(packed)
    ledger.note("corpus", key, sorted(packed.iterdir()))
    done["corpus"] = "made"


def _read(homes: Mapping[str, Path], tell: Progress) -> list[Work]:
    """The works of every set, in the order of `SETS`."""
    sets: list[MusicSet] = [found for found in SETS if found.name in homes]
    costs = [_READING.get(found.name, 2) for found in sets]
    works: list[Work] = []
    for index, found in enumerate(sets):
        before = sum(costs[:index])
        for count, work in enumerate(read_set(found, homes[found.name].parent)):
            works.append(work)
            if count % 20 == 0:
                reached = before + costs[index] * (1 - 0.5 ** (count / 400))
                tell(f"reading {found.name}, {count + 1} works", 0.9 * reached / sum(costs))
    return works


def _weights_stage(
    ledger: _Ledger, state: str, length: int, sources: Mapping[str, Source], homes: Mapping[str, Path],
    tell: Progress, done: dict[str, str],
) -> tuple[Path, ...]:  # fmt: skip
    """What is shipped, and its card; `length` is the training window's."""
    folder, network = ledger.out / "weights", ledger.out / "network"
    measures = fingerprint_of(network, "measured.json")
    key = f"{state} {measures}"
    if ledger.is_made("weights", key):
        done["weights"] = "kept"
        return tuple(ledger.out / name for name in ledger.rows["weights"]["files"])
    _part(tell, "weights")("writing the weights and their card", 0.0)
    shutil.rmtree(folder, ignore_errors=True)
    export_composer(network, folder, context=length, packed=ledger.out / "packed")
    weights = sorted(folder.iterdir())
    facts = source_facts(homes, {name: source.fingerprint for name, source in sources.items()})
    card = folder / "composer.card.md"
    card.write_text(composer_card(ledger.out / "packed", network, facts, weights), encoding="utf-8")
    ledger.note("weights", key, [*weights, card])
    done["weights"] = "made"
    return (*weights, card)


def _part(tell: Progress, stage: str) -> Progress:
    """The progress of one stage as progress of all."""
    low, high = _SHARES[stage]

    def part(text: str, share: float) -> None:
        tell(text, low + (high - low) * min(max(share, 0.0), 1.0))

    return part


def _training(part: Progress) -> Callable[[Reached], None]:
    """What the progress of the training is told, in words."""

    def told(reached: Reached) -> None:
        row = reached.row if reached.row and "loss" in reached.row else None
        loss = f", loss {row['loss']:.2f}, {row['tokens_per_second']} tokens/s" if row else ""
        part(f"training, step {reached.step} of {reached.steps}{loss}", reached.share)

    return told


def _silent(_stage: str, _share: float) -> None:
    """Tells nobody."""
