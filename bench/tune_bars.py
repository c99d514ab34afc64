"""The weights by which the bars of a hummed tune are found, from training tunes: python bench/tune_bars.py --works FILE
--data DIR [--most N].

`--works` is the list of works of the packed corpus (works.jsonl), `--data` the folder of the public sets. Openings of
works of the split "train" whose metre is known, with their beats as they are written; each also cut at a tone that is
drawn by lot, because not everybody hums to the end of a phrase. It prints the weights (`composing.motif.heard.BARS`)
and how often they are right on tunes that they were not fitted on (five folds).
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import numpy as np
from motif import SETS  # the bench beside this one
from numpy.typing import NDArray
from scipy.optimize import minimize

from senandung.api.motif import read_motif
from senandung.composing.motif.heard import BARS, accents_of, candidates, signs_of
from senandung.domain.errors import SenandungError
from senandung.domain.motif import Motif

Floats = NDArray[np.float64]

KIND = {"4/4": "4", "2/4": "4", "2/2": "4", "3/4": "3", "6/8": "6", "12/8": "6"}
"""Metres of which a hummed tune can be told to be, and their kind."""

RIDGE, BALANCE, FOLDS = 2.0, 0.3, 5
"""How strongly weights are held at 0; how far rare kinds weigh more; parts of the tunes."""


def tunes(works: Path, data: Path, most: int) -> Iterator[Motif]:
    """Openings of training works, of each set in turn."""
    rows: dict[str, list[str]] = {name: [] for name in SETS}
    for line in works.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == "train" and row["set"] in rows:
            rows[row["set"]].append(row["file"])
    rng = random.Random(17)
    for files in rows.values():
        rng.shuffle(files)
    taken = 0
    for turn in zip_longest(*rows.values()):
        for file in turn:
            if file is None or taken >= most:
                continue
            try:
                motif = read_motif(data / file).motif
            except SenandungError:
                continue
            if str(motif.metre) in KIND and all(tone.onset % 120 == motif.tones[0].onset % 120 for tone in motif.tones):
                taken += 1
                yield motif


def example(motif: Motif, count: int) -> tuple[Floats, NDArray[np.bool_], str]:
    """Signs of every candidate, shape (candidates, signs), which candidates are right, and the kind of bar."""
    first = motif.tones[0].onset
    places = [Fraction(tone.onset - first, 480) for tone in motif.tones[:count]]
    lengths = [Fraction(tone.duration, 480) for tone in motif.tones[:count]]
    accents = accents_of(places, lengths, [80] * count)
    name = str(motif.metre)
    kind, bar = KIND[name], motif.metre.bar_ticks
    begins = Fraction(first % bar, 480)
    right = {begins % 3} if kind == "6" else {begins % 2, begins % 2 + 2} if name == "2/4" else {begins}
    rows = [list(signs_of(places, accents, own, place).values()) for own, place in candidates()]
    return np.array(rows), np.array([own == kind and place in right for own, place in candidates()]), kind


def fit(rows: Floats, right: NDArray[np.bool_], share: Floats) -> Floats:
    """Weights under which the right candidates, together, are likeliest."""

    def cost(weights: Floats) -> tuple[float, Floats]:
        said = rows @ weights
        said = np.exp(said - said.max(axis=1, keepdims=True))
        chances = said / said.sum(axis=1, keepdims=True)
        good = (chances * right).sum(axis=1)
        wanted = chances * right / good[:, None]
        slope = -(rows * ((wanted - chances) * share[:, None])[:, :, None]).sum(axis=(0, 1)) + 2 * RIDGE * weights
        return float(-(share * np.log(good)).sum() + RIDGE * (weights**2).sum()), slope

    found: Floats = minimize(cost, np.zeros(rows.shape[2]), jac=True, method="L-BFGS-B").x
    return found


def main() -> None:
    """Fit and say how often they are right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--most", type=int, default=250)
    given = parser.parse_args()
    rng = random.Random(5)
    found, cut, fold = [], [], []
    for motif in tunes(given.works, given.data, given.most):
        count, part = len(motif.tones), rng.randrange(FOLDS)
        lengths = [count] if count < 8 else [count, rng.randrange(max(6, count // 2), count)]
        begins = motif.tones[0].onset % motif.metre.bar_ticks
        if begins % 240:
            continue
        for number, length in enumerate(lengths):
            found.append(example(motif, length))
            cut.append(number)
            fold.append(part)
    rows, right = np.stack([each[0] for each in found]), np.stack([each[1] for each in found])
    kinds = np.array([each[2] for each in found])
    is_cut, folds = np.array(cut), np.array(fold)
    share = np.array([(len(kinds) / 3 / (kinds == kind).sum()) ** BALANCE for kind in kinds])
    names = np.array([kind for kind, _ in candidates()])
    same_kind, same_place = np.zeros(len(kinds), bool), np.zeros(len(kinds), bool)
    for part in range(FOLDS):
        learned, asked = folds != part, np.flatnonzero(folds == part)
        best = (rows[asked] @ fit(rows[learned], right[learned], share[learned])).argmax(axis=1)
        same_kind[asked], same_place[asked] = names[best] == kinds[asked], right[asked, best]
    for number, what in enumerate(("whole", "cut")):
        own = is_cut == number
        by_kind = {kind: f"{same_kind[own & (kinds == kind)].mean():.2f}" for kind in ("4", "3", "6")}
        print(f"{what}: {own.sum()} tunes, kind of bar {same_kind[own].mean():.3f} {by_kind}, "
              f"and the first tone's place {same_place[own].mean():.3f}")  # fmt: skip
    weights = fit(rows, right, share)
    print({name: round(float(weight), 2) for name, weight in zip(BARS, weights, strict=True)})


if __name__ == "__main__":
    main()
