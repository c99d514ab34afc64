"""Trains the composer's network from a packed corpus, on a CPU or on one GPU, in one call or in many.

    python -m senandung.learning.train_composer --packed DIR --out DIR --config tiny --minutes 8 --seed 1

For machines that have the packed tokens and not the archives; `senandung train composer` goes the whole road with the
same loop (`training_run`). A call trains for `--minutes` or until `--steps`, saves `checkpoint.pt` (network, optimiser,
averages, step), the averaged weights as `weights-*.safetensors` (float16) and `log.jsonl`; the next call with the same
`--out` goes on. `--weights DIR` begins from saved or shipped weights with a fresh optimiser. The step alone decides the
rate and the windows drawn: the same seed and the same machine give the same run, however it is cut into calls.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import torch

from senandung.learning.network import CONFIGS
from senandung.learning.trainer import Training
from senandung.learning.training_run import BESIDE, Reached, TrainingPlan, measure, train


def main(arguments: list[str] | None = None) -> None:
    """The command; see the module."""
    usual = Training()
    parser = argparse.ArgumentParser(description="Train the composer's network from a packed corpus.")
    parser.add_argument("--packed", type=Path, required=True, help="folder that senandung.learning.pack wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoint, weights and log")
    parser.add_argument("--config", choices=sorted(CONFIGS), default="tiny")
    parser.add_argument("--dropout", type=float, help="other than the configuration's")
    parser.add_argument("--minutes", type=float, help="how long this call trains")
    parser.add_argument("--steps", type=int, default=usual.steps, help="steps of the whole training, over all calls")
    parser.add_argument("--windows", type=int, default=usual.windows, help="windows a step")
    parser.add_argument("--length", type=int, default=usual.length, help="tokens a window")
    parser.add_argument("--rate", type=float, default=usual.rate, help="learning rate of the layers")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--weights", type=Path, help="begin from the weights in this folder")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 leaves it to torch")
    parser.add_argument("--workers", type=int, default=0, help="processes that make windows ahead (GPU: one a core)")
    parser.add_argument("--device", default="", help="cuda or cpu; the best there is without")
    parser.add_argument("--compile", action="store_true", help="compile the network first (GPU)")
    parser.add_argument(
        "--beside", choices=sorted(BESIDE), default="n-gram", help="what is measured beside the network"
    )
    parser.add_argument("--no-ngram", action="store_const", const="nothing", dest="beside", help="--beside nothing")
    parser.add_argument("--measure-windows", type=int, default=32, help="held-out windows a set; 0 measures nothing")
    parser.add_argument("--only-measure", action="store_true", help="no training: measure the checkpoint")
    options = parser.parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    config = CONFIGS[options.config]
    if options.dropout is not None:
        config = replace(config, dropout=options.dropout)
    training = Training(
        steps=options.steps, windows=options.windows, length=options.length, rate=options.rate, seed=options.seed
    )
    plan = TrainingPlan(
        options.packed, options.out, options.config, config, training,
        weights=options.weights, device=options.device, workers=options.workers, compiled=options.compile,
    )  # fmt: skip
    if not options.only_measure:
        train(plan, minutes=options.minutes, progress=_say)
    if options.measure_windows:
        found = measure(plan, options.measure_windows, beside=options.beside)
        sys.stdout.write(found["markdown"] + "\n" + json.dumps(found["gate"], indent=1) + "\n")


def _say(reached: Reached) -> None:
    if reached.row is not None:
        sys.stderr.write(json.dumps(reached.row) + "\n")


if __name__ == "__main__":
    main()
