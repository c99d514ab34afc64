"""Does the learned drummer play like people? On the test part of Groove MIDI, which no weight saw.

    python bench/groove.py --data DATA                the shipped weights; DATA holds groove_midi, unpacked
    python bench/groove.py --data DATA --sixteenths   on sixteenths alone, as Gillick et al. (2019); learns anew

Errors are against what the person played. The grid plays at the score's place with the mean velocity of the train part;
the jitter draws normal deviations with the train part's mean and variance. `mean` is what the model expects (the least
error), `drawn` a performance as it is played, whose error is larger: two people's takes differ, too.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.learning.extract_feel import SEED, Performance, read_performances
from senandung.performing.drum_feel import DrumFeel, load_drum_feel
from senandung.performing.drum_score import UNITS

Floats = NDArray[np.float64]
Player = Callable[[Performance, np.random.Generator], tuple[Floats, Floats]]

DRAWS = 5
"""Performances drawn of each score."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds groove_midi, unpacked")
    parser.add_argument(
        "--sixteenths", action="store_true", help="quantise to sixteenths alone; learns anew, 2 minutes"
    )
    parser.add_argument("--split", default="test", choices=("validation", "test"))
    arguments = parser.parse_args()
    every = list(read_performances(arguments.data / "groove_midi", triplets=not arguments.sixteenths))
    train = [found for found in every if found.split == "train"]
    feel = DrumFeel.fit([found.take for found in train], seed=SEED) if arguments.sixteenths else load_drum_feel()
    if feel is None:
        raise SystemExit("weights/drum-feel.safetensors is missing: senandung train tables --data DATA")
    held = [found for found in every if found.split == arguments.split and found.kind == "beat"]
    report(train, held, feel)


def report(train: Sequence[Performance], held: Sequence[Performance], feel: DrumFeel) -> None:
    """Print the tables."""
    beats = [found for found in train if found.kind == "beat"]
    offsets = np.concatenate([found.take.offset for found in beats])
    velocities = np.concatenate([found.take.velocity for found in beats])
    means = {found.name: feel.expected(found.take.score) for found in held}
    middle, loud = float(offsets.mean()), float(velocities.mean())
    wide, uneven = float(offsets.std()), float(velocities.std())

    def still(found: Performance, _: np.random.Generator) -> tuple[Floats, Floats]:
        return np.zeros(len(found.take.score)), np.full(len(found.take.score), loud)

    def moved(found: Performance, _: np.random.Generator) -> tuple[Floats, Floats]:
        return np.full(len(found.take.score), middle), np.full(len(found.take.score), loud)

    def jitter(found: Performance, rng: np.random.Generator) -> tuple[Floats, Floats]:
        size = len(found.take.score)
        return rng.normal(middle, wide, size), np.clip(rng.normal(loud, uneven, size), 1, 127)

    def mean(found: Performance, _: np.random.Generator) -> tuple[Floats, Floats]:
        return means[found.name].offset, means[found.name].velocity

    def drawn(found: Performance, rng: np.random.Generator) -> tuple[Floats, Floats]:
        return feel.sample(found.take.score, rng)

    players: dict[str, tuple[Player, int]] = {
        "grid": (still, 1),
        "grid, moved by the train part's mean": (moved, 1),
        "jitter": (jitter, DRAWS),
        "ours, mean": (mean, 1),
        "ours, drawn": (drawn, DRAWS),
    }
    strokes = sum(len(found.take.score) for found in held)
    print(f"{len(held)} performances, {strokes:,} strokes; learned from {len(train)}\n")
    print(
        _row(
            "",
            "offset RMSE ms",
            "MAE ms",
            "MSE, sixteenths²",
            "velocity RMSE",
            "MAE",
            "own mean taken away: ms",
            "velocity",
        )
    )
    print(_row(*["---"] * 8))
    played: dict[str, list[tuple[Floats, Floats]]] = {}
    for name, (player, draws) in players.items():
        rng = np.random.default_rng(SEED)
        takes = [[player(found, rng) for found in held] for _ in range(draws)]
        played[name] = takes[0]
        print(f"| {name} | {_errors(held, takes)} |")
    print()
    columns = ("spread of offsets ms", "within a performance", "of velocities", "KL of offsets", "of velocities")
    linked = ("a sixteenth apart", "a beat apart", "drums together", "a bar later", "swing ms", "its correlation")
    print(_row("", *columns, *linked))
    print(_row(*["---"] * 12))
    people = [(found.take.offset, found.take.velocity) for found in held]
    print(f"| people | {_likeness(held, people, people)} |")
    for name in ("jitter", "ours, mean", "ours, drawn"):
        print(f"| {name} | {_likeness(held, played[name], people)} |")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _errors(held: Sequence[Performance], takes: Sequence[Sequence[tuple[Floats, Floats]]]) -> str:
    """Root mean squares and mean absolute errors, over strokes."""
    late, hard, steps, inner, inner_hard = [], [], [], [], []
    for take in takes:
        for found, (offset, velocity) in zip(held, take, strict=True):
            error, force = offset - found.take.offset, velocity - found.take.velocity
            late.append(1000 * error)
            hard.append(force)
            steps.append(error * found.bpm / 15)
            inner.append(1000 * (error - error.mean()))
            inner_hard.append(force - force.mean())
    a, b, c, d, e = (np.concatenate(part) for part in (late, hard, steps, inner, inner_hard))
    return " | ".join(
        (
            f"{_rms(a):.2f}",
            f"{np.abs(a).mean():.2f}",
            f"{np.mean(c**2):.4f}",
            f"{_rms(b):.2f}",
            f"{np.abs(b).mean():.2f}",
            f"{_rms(d):.2f}",
            f"{_rms(e):.2f}",
        )
    )


def _rms(values: Floats) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _likeness(
    held: Sequence[Performance], take: Sequence[tuple[Floats, Floats]], people: Sequence[tuple[Floats, Floats]]
) -> str:
    """How the deviations are distributed and hang together."""
    offset, velocity = (np.concatenate([pair[part] for pair in take]) for part in (0, 1))
    real, loud = (np.concatenate([pair[part] for pair in people]) for part in (0, 1))
    inside = np.concatenate([pair[0] - pair[0].mean() for pair in take])
    sums = {name: [0.0, 0.0] for name in ("sixteenth", "beat", "together", "bar")}
    swings = []
    for found, (own, _) in zip(held, take, strict=True):
        score = found.take.score
        away = own - own.mean()
        slots, index = np.unique(score.place, return_inverse=True)
        by_slot = np.bincount(index, away) / np.bincount(index)
        at = dict(zip(slots.tolist(), by_slot.tolist(), strict=True))
        power = float(np.mean(by_slot**2)) + 1e-12
        for name, lag in (("sixteenth", 3), ("beat", UNITS), ("bar", 4 * UNITS)):
            products = [value * at[place + lag] for place, value in at.items() if place + lag in at]
            sums[name][0] += sum(products)
            sums[name][1] += power * len(products)
        same = np.flatnonzero((np.diff(score.place) == 0) & (np.diff(score.drum) != 0))
        sums["together"][0] += float((away[same] * away[same + 1]).sum())
        sums["together"][1] += float(np.mean(away**2)) * len(same)
        swings.append(_swing(found, own))
    real_swings = [_swing(found, own) for found, (own, _) in zip(held, people, strict=True)]
    both = np.array([pair for pair in zip(swings, real_swings, strict=True) if None not in pair], float)
    linked = float(np.corrcoef(both.T)[0, 1])
    shares = [f"{top / low:.2f}" for top, low in sums.values()]
    distances = (_divergence(1000 * real, 1000 * offset, 5.0), _divergence(loud, velocity, 8.0))
    return " | ".join(
        (
            f"{1000 * offset.std():.1f}",
            f"{1000 * inside.std():.1f}",
            f"{velocity.std():.1f}",
            *(f"{value:.2f}" for value in distances),
            *(shares[number] for number in (0, 1, 2, 3)),
            f"{1000 * both[:, 0].mean():.1f} ± {1000 * both[:, 0].std():.1f}",
            f"{linked:.2f}",
        )
    )


def _swing(found: Performance, offset: Floats) -> float | None:
    """How much later the second sixteenth of each pair is than the first, in seconds; None where there are few."""
    score = found.take.score
    straight = score.place % 3 == 0
    odd, even = (straight & (score.place % 6 == rest) for rest in (3, 0))
    if odd.sum() < 10 or even.sum() < 10:
        return None
    return float(offset[odd].mean() - offset[even].mean())


def _divergence(real: Floats, made: Floats, width: float) -> float:
    """Kullback-Leibler divergence in nats of histograms with bins of a width, one count added to each."""
    low, high = min(real.min(), made.min()), max(real.max(), made.max())
    edges = np.arange(low, high + width, width)
    p, q = (np.histogram(values, edges)[0] + 1.0 for values in (real, made))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


if __name__ == "__main__":
    main()
