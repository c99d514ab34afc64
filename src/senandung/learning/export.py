"""Trained weights as the program ships them: matrices of a byte with scales, one file, and its facts.

    python -m senandung.learning.export --weights OUT --out src/senandung/weights/composer

reads `weights-*.safetensors` (`train_composer`) and writes `composer.safetensors`
(`composing.decoding.engine_weights`) and `composer.facts.json`.
With `--packed DIR` (the corpus that `learning.pack` wrote) the export also sees how large keys
and values grow, so that the engine's cache holds bytes instead of floats. Torch is not needed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from senandung.composing.decoding.engine_weights import FILE_NAME, KINDS, load_weights, save_weights
from senandung.domain.checks import require, require_whole
from senandung.domain.errors import FileError
from senandung.learning.cache_ranges import sample_of, with_cache_scales
from senandung.learning.pack import load_folder
from senandung.learning.tensors import load_pieces

FACTS_NAME = "composer.facts.json"

CONTEXT = 1024
"""Tokens of a training window, where the weights do not say."""


def export_composer(
    weights: Path, out: Path, *, kind: str = "int8", context: int | None = None, packed: Path | None = None
) -> None:
    """Write the shipped files from the pieces in a folder.

    Parameters
    ----------
    weights : the folder with `weights-*.safetensors`, as `train_composer` leaves it.
    out : the folder of the shipped files; nothing stays there when the pieces are not a whole network.
    kind : `int8` or, four times as large, `fp32`.
    context : the most tokens that may be read, if not the training's.
    packed : the packed corpus, for a cache of bytes; a cache of floats without it, and with `fp32`.
    """
    require(kind in KINDS, f"the kind must be one of {', '.join(KINDS)}", kind)
    arrays, facts = load_pieces(weights)
    length = context if context is not None else int(facts.get("length", CONTEXT))
    require_whole("the context must be a whole number from 1", length, 1)
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise FileError(weights, f"{name} holds numbers that are not finite")
    out.mkdir(parents=True, exist_ok=True)
    part, path = out / f"{FILE_NAME}.part", out / FILE_NAME
    try:
        facts = {**facts, "context": str(length)}
        if packed is not None and kind == "int8":
            save_weights(arrays, part, facts, kind="fp32")
            arrays = with_cache_scales(load_weights(part), sample_of(load_folder(packed)["train"], length))
        save_weights(arrays, part, facts, kind=kind)
        load_weights(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    text = json.dumps(_facts(path), indent=1, ensure_ascii=False)
    (out / FACTS_NAME).write_text(text + "\n", encoding="utf-8")


def _facts(path: Path) -> dict[str, Any]:
    """What a reader of the repository wants to know of a file without opening it."""
    weights = load_weights(path)
    numbers = sum(weights.arrays[name].size for name in weights.sizes.shapes())
    known: dict[str, Any] = {name: int(value) if value.isdigit() else value for name, value in weights.facts.items()}
    return {
        **known, "config": json.loads(weights.facts["config"]), "parameters": numbers, "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(description="Write the composer's weights as the program ships them.")
    parser.add_argument("--weights", type=Path, required=True, help="folder of weights-*.safetensors")
    parser.add_argument("--out", type=Path, required=True, help="folder of the shipped files")
    parser.add_argument("--kind", choices=KINDS, default="int8")
    parser.add_argument("--context", type=int, help="tokens that may be read, if not the training's")
    parser.add_argument("--packed", type=Path, help="folder of the packed corpus, for a cache of bytes")
    given = parser.parse_args(arguments)
    export_composer(given.weights, given.out, kind=given.kind, context=given.context, packed=given.packed)
    sys.stdout.write((given.out / FACTS_NAME).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
