"""Whether music composed in a learned style is taken for its composer's by a classifier that never saw the learner.

    python bench/own_style.py --data PUBLIC_SETS --packed PACKED [--lot held-out|tuning] [--seeds 10]

For each composer a style is learned from five works that the network was not trained on (the validation part of the
packed corpus). A classifier is trained on the composers' OTHER works, with features and code of its own. Pieces are
composed with the learned style and with its ground alone (same players), and the classifier says whose they are. The
composers of the lot `held-out` have no style of the network of their own; `tuning` is what settings were chosen on.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.catalogue import choose
from senandung.composing.decoding.engine import load_engine
from senandung.composing.pieces.piece import METRES, Piece
from senandung.domain.errors import SenandungError
from senandung.domain.own_style import OwnStyle
from senandung.learning.corpus.duplicates import melody_shingles
from senandung.learning.own import distance
from senandung.learning.own.learn import learn_style
from senandung.learning.own.marginals import MOST_TOKENS
from senandung.learning.own.read import OwnWork, read_work

Floats = NDArray[np.float64]

LOTS: Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "held-out": {
        "Coleridge-Taylor": ("voice-and-piano", ()), "Faisst": ("voice-and-piano", ()),
        "Satie, Erik": ("voice-and-piano", ()), "Certon": ("choir", ()), "Szadek": ("choir", ()),
        "Krogulski": ("choir-and-organ", ()), "Zeidler": ("choir-and-orchestra", ()), "CzernyC": ("piano", ()),
    },
    "tuning": {
        "Moniuszko": ("voice-and-piano", ("moniuszko",)), "Franz, Robert": ("voice-and-piano", ("franz",)),
        "Lang, Josephine": ("voice-and-piano", ("lang",)), "Marenzio": ("choir", ("marenzio",)),
        "kiel, Bart": ("choir", ("pekiel",)), "Paderewski": ("piano", ("paderewski",)),
    },
}  # fmt: skip
"""Composers by a part of their name: the ensemble of the works, and styles of the network that would give them away."""

LEARNED, BARS = 5, 16

MOST_OTHERS = 20
"""Works of a composer that the classifier is trained on, at most."""

EXCERPT = 16
"""Bars of the excerpts by which the classifier is trained."""


# the classifier, with features of its own


def features(piece: Piece) -> Floats:
    """Shares and means that say how a piece goes, whatever plays it."""
    tones, steps, sizes = np.zeros(12), np.zeros(17), np.zeros(5)
    lengths, places, ratios = np.zeros(12), np.zeros(8), np.zeros(5)
    pitches: list[int] = []
    onsets = quarters = silent = sounding = 0.0
    for bar in piece.bars:
        long = METRES[bar.metre].steps
        quarters += long / 24
        together: Counter[int] = Counter()
        for part, row in zip(piece.parts, bar.notes, strict=True):
            if part.instrument == "drums":
                continue
            silent += not row
            sounding += 1
            before: tuple[int, int] | None = None
            for note in row:
                together[note.start] += 1
                tones[(note.pitch - bar.tonic) % 12] += 1
                lengths[min(int(4 * math.log2(max(note.length, 1)) / 3), 11)] += 1
                places[note.start % 24 // 3] += 1
                pitches.append(note.pitch)
                if before is not None and note.start > before[0]:
                    steps[min(max(note.pitch - before[1], -8), 8) + 8] += 1
                    gap = note.start - before[0]
                    ratios[0 if gap <= 3 else 1 if gap <= 6 else 2 if gap <= 12 else 3 if gap <= 24 else 4] += 1
                if before is None or note.start > before[0]:
                    before = (note.start, note.pitch)
        onsets += len(together)
        for size in together.values():
            sizes[min(size, 5) - 1] += 1
    heights = np.asarray(pitches or [60])
    means = np.asarray(
        [
            heights.mean() / 12, heights.std() / 12, np.percentile(heights, 5) / 12, np.percentile(heights, 95) / 12,
            math.log(max(onsets / max(quarters, 1), 0.1)), math.log(max(len(pitches) / max(quarters, 1), 0.1)),
            silent / max(sounding, 1), len({bar.chords for bar in piece.bars}) / len(piece.bars),
            float(np.mean([bar.mode in ("minor", "dorian") for bar in piece.bars])),
        ]
    )  # fmt: skip
    shares = [np.sqrt(each / max(each.sum(), 1.0)) for each in (tones, steps, sizes, lengths, places, ratios)]
    return np.concatenate([*shares, means])


class Classifier:
    """Multinomial logistic regression on standardised features; made by `fit`."""

    def __init__(self, mean: Floats, spread: Floats, weights: Floats) -> None:
        self.mean, self.spread, self.weights = mean, spread, weights

    @classmethod
    def fit(cls, rows: Floats, labels: NDArray[np.int64], count: int, ridge: float = 1.0) -> Classifier:
        """Learn from rows and their labels; each class weighs the same."""
        from scipy.optimize import minimize

        mean, spread = rows.mean(axis=0), rows.std(axis=0) + 0.05
        wide = np.hstack([(rows - mean) / spread, np.ones((len(rows), 1))])
        share = 1 / np.bincount(labels, minlength=count)[labels]
        share = share / share.sum() * len(rows)
        wanted = np.eye(count)[labels]

        def cost(flat: Floats) -> tuple[float, Floats]:
            held = flat.reshape(wide.shape[1], count)
            said = wide @ held
            said = said - said.max(axis=1, keepdims=True)
            logs = said - np.log(np.exp(said).sum(axis=1, keepdims=True))
            found = -(share[:, None] * wanted * logs).sum() + ridge * (held[:-1] ** 2).sum()
            slope = wide.T @ (share[:, None] * (np.exp(logs) - wanted))
            slope[:-1] += 2 * ridge * held[:-1]
            return float(found), slope.ravel()

        found = minimize(cost, np.zeros(wide.shape[1] * count), jac=True, method="L-BFGS-B", options={"maxiter": 300})
        return cls(mean, spread, found.x.reshape(wide.shape[1], count))

    def chances(self, rows: Floats) -> Floats:
        """Chances of each class, shape (rows, classes)."""
        said = np.hstack([(rows - self.mean) / self.spread, np.ones((len(rows), 1))]) @ self.weights
        said = np.exp(said - said.max(axis=1, keepdims=True))
        return np.asarray(said / said.sum(axis=1, keepdims=True))


def excerpts(works: Sequence[OwnWork]) -> list[tuple[int, Floats]]:
    """Features of excerpts with the number of their work."""
    found = []
    for number, work in enumerate(works):
        for piece in work.pieces:
            for start in range(0, max(len(piece.bars) - EXCERPT // 2, 1), EXCERPT):
                bars = piece.bars[start : start + EXCERPT]
                if sum(len(row) for bar in bars for row in bar.notes) >= 24:
                    cut = Piece(piece.style, piece.ensemble, piece.parts, bars, piece.tempo)
                    found.append((number, features(cut)))
    return found


# the works


def divide(packed: Path, data: Path, who: str, ensemble: str) -> tuple[list[OwnWork], list[OwnWork]]:
    """Five works that the network was not trained on, and the others, of one composer and ensemble."""
    learned: list[OwnWork] = []
    others: list[OwnWork] = []
    with (packed / "works.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    mine = [row for row in rows if who in row["composer"] and row["pieces"] and row["notes"] >= 100]
    mine.sort(key=lambda row: (row["split"] != "valid", row["ensemble"] != [ensemble]))
    tunes: list[frozenset[int]] = []
    for row in mine:
        if len(learned) == LEARNED and len(others) == MOST_OTHERS:
            break
        try:
            work = read_work(data / row["file"])
        except SenandungError:
            continue
        tune = melody_shingles(work.pieces)
        if any(len(tune & other) > 0.6 * max(len(tune | other), 1) for other in tunes):
            continue  # another copy of the same work
        tunes.append(tune)
        if row["split"] == "valid" and row["ensemble"] == [ensemble] and len(learned) < LEARNED:
            learned.append(work)
        elif len(others) < MOST_OTHERS:
            others.append(work)
    return learned, others


def interval(right: int, total: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    share, z = right / total, 1.96
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return middle - half, middle + half


def cross_checked(rows: Sequence[Sequence[tuple[int, Floats]]]) -> float:
    """How often an excerpt of a human work is put right by a classifier that did not see the work."""
    right = total = 0
    for label, mine in enumerate(rows):
        for work in sorted({number for number, _ in mine})[:8]:
            kept = [
                (each, at)
                for at, others in enumerate(rows)
                for number, each in others
                if not (at == label and number == work)
            ]
            model = Classifier.fit(np.stack([each for each, _ in kept]), np.asarray([at for _, at in kept]), len(rows))
            asked = np.stack([each for number, each in mine if number == work])
            right += int((model.chances(asked).argmax(axis=1) == label).sum())
            total += len(asked)
    return right / total


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--packed", type=Path, required=True)
    parser.add_argument("--lot", choices=tuple(LOTS), default="held-out")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--tokens", type=int, default=MOST_TOKENS, help="how much of the works is listened to")
    parser.add_argument("--grounds", help="grounds that an earlier run found, in the lot's order: a,b,c")
    parser.add_argument("--no-cross", action="store_true", help="do not try the classifier on works it did not see")
    given = parser.parse_args()
    engine = load_engine()
    lot = LOTS[given.lot]
    works = {who: divide(given.packed, given.data, who, ensemble) for who, (ensemble, _) in lot.items()}
    human = [excerpts(others) for _, others in works.values()]
    labels = np.asarray([at for at, mine in enumerate(human) for _ in mine])
    model = Classifier.fit(np.stack([each for mine in human for _, each in mine]), labels, len(lot))
    if not given.no_cross:
        print(f"classifier on human excerpts of works it did not see: {cross_checked(human):.2f}", flush=True)
    grounds = given.grounds.split(",") if given.grounds else [""] * len(lot)
    groups = _groups(lot)
    found: dict[bool, list[Floats]] = {False: [], True: []}
    for at, (who, (_, barred)) in enumerate(lot.items()):
        learned, others = works[who]
        style = learn(learned, who, barred, engine, grounds[at], given.tokens)
        print(f"{who}: {len(learned)} works, {sum(work.notes for work in learned)} notes, ground {style.ground}; "
              f"{len(others)} others, {len(human[at])} excerpts", flush=True)  # fmt: skip
        for too in (False, True):
            seeds = range(1, given.seeds + 1)
            pieces = distance.composed(style, engine, learned=too, seeds=seeds, bars=BARS)
            found[too].append(model.chances(np.stack([features(own[0]) for own in pieces])))
            _say_one("learned" if too else "ground alone", found[too][at], at, groups[at])
    for too in (False, True):
        _say_all("learned" if too else "ground alone", found[too], groups)


def learn(works: Sequence[OwnWork], who: str, barred: Sequence[str], engine: Any, ground: str, tokens: int) -> OwnStyle:
    """A style of works, on a ground that is not the composer's own."""
    from senandung.learning.own import ground as grounds

    if barred and not ground:
        _, nats = grounds.nearest_style([work.pieces for work in works], engine)
        ground = next(name for name in nats if name not in barred)
        choose(ground)
    return learn_style(works, engine, name="own", by=who, ground=ground, most_tokens=tokens)


def _groups(lot: Mapping[str, tuple[str, tuple[str, ...]]]) -> list[list[int]]:
    """Composers whose works have the same kind of ensemble: there the ensemble gives nobody away."""
    kinds = ["choir-with" if ensemble.startswith("choir-and") else ensemble for ensemble, _ in lot.values()]
    return [[at for at, other in enumerate(kinds) if other == kind] for kind in kinds]


def _hits(found: Floats, at: int, group: Sequence[int]) -> tuple[int, int]:
    """How many pieces are put right among all composers, and among those of the same kind."""
    near = np.asarray(group)[found[:, list(group)].argmax(axis=1)]
    return int((found.argmax(axis=1) == at).sum()), int((near == at).sum())


def _say_one(what: str, found: Floats, at: int, group: Sequence[int]) -> None:
    hits, near = _hits(found, at, group)
    beside = f"; among {len(group)} of its kind {near}" if len(group) > 1 else ""
    print(f"  {what:13} {hits} of {len(found)}, chance given {found[:, at].mean():.2f}{beside}", flush=True)


def _say_all(what: str, found: Sequence[Floats], groups: Sequence[Sequence[int]]) -> None:
    hits = [_hits(each, at, groups[at]) for at, each in enumerate(found)]
    total, right = sum(map(len, found)), sum(hit for hit, _ in hits)
    low, high = interval(right, total)
    print(f"{what}: {right} of {total} = {right / total:.2f} ({low:.2f}–{high:.2f}), by chance {1 / len(found):.2f}")
    kin = [at for at in range(len(found)) if len(groups[at]) > 1]
    total, right = sum(len(found[at]) for at in kin), sum(hits[at][1] for at in kin)
    low, high = interval(right, total)
    chance = np.mean([1 / len(groups[at]) for at in kin])
    print(
        f"  among their kind: {right} of {total} = {right / total:.2f} ({low:.2f}–{high:.2f}), by chance {chance:.2f}"
    )


if __name__ == "__main__":
    sys.exit(main())
