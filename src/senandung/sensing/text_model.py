"""A linear model of a line's feeling: learned from words, pairs and letters, kept as bytes.

Two linear readers are mixed: multinomial logistic regression, and one against the rest on features scaled by their
log-count ratios (Wang & Manning 2012, "Baselines and bigrams", ACL). Valence and arousal are half ridge regressions on
the same features, from every line that says something of them, half what the likely feelings have in the mean. Lines
that only say good, bad or neutral are learned from as well: the likelihood of such a line is the sum over the feelings
that it may have. Each set of lines has a bias of its own, so that reviews do not tell how often people are glad; what
is shipped is the bias of status lines.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.feeling import BASIC
from senandung.files.tensors import load_tensors, save_tensors
from senandung.sensing.text_features import TOLD, Features

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]

FILE_NAMES = {"id": "text.safetensors", "en": "text-en.safetensors"}
"""The weights of each language in the package `weights`."""

KINDS = len(BASIC)
PLACE_DAMP = 1.0
"""Damping of the regressions of valence and arousal; their squared error is that of a line."""

COLUMNS = 2 * KINDS + 2
"""Columns of the weights: logistic regression, one against the rest, valence, arousal."""


@dataclass(frozen=True)
class Example:
    """A line that is learned from.

    Parameters
    ----------
    features : of the line.
    shares : of each of `BASIC`: what it is, or with `partial` which of them it may be (1 or 0).
    partial : True where only a set of feelings is known.
    weight : how much it counts, above 0.
    source : the number of its set; 0 is status lines, whose bias is kept.
    valence, arousal : in -1..1, where they are known.
    """

    features: Features
    shares: tuple[float, ...]
    partial: bool = False
    weight: float = 1.0
    source: int = 0
    valence: float | None = None
    arousal: float | None = None


@dataclass(frozen=True)
class Guess:
    """What the model says: shares of `BASIC` that sum to 1, valence and arousal in -1..1."""

    shares: tuple[float, ...]
    valence: float
    arousal: float


@dataclass(frozen=True, eq=False)
class TextModel:
    """The learned weights.

    Parameters
    ----------
    forms : words, pairs and runs of letters → their row.
    idf : inverse document frequency of each form.
    weights : int8, shape (forms + TOLD, COLUMNS); a form's weight is its byte times the column's scale.
    scale, bias : of each column.
    mix : share of the one-against-the-rest reader, 0..1.
    warmth : temperature that the mixed logits are divided by, so that shares are probabilities.
    """

    forms: dict[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    mix: float
    warmth: float

    def predict(self, features: Features) -> Guess:
        """The feeling of a line."""
        rows, values = self._row(features)
        total = values @ self.weights[rows].astype(np.float32) * self.scale + self.bias
        logits = (1 - self.mix) * _log_softmax(total[:KINDS]) + self.mix * _log_softmax(total[KINDS : 2 * KINDS])
        shares = np.exp(_log_softmax(logits / self.warmth))
        shares /= shares.sum()
        told = np.array([PLACES[name] for name in BASIC]).T @ shares
        valence, arousal = (float(np.clip(value, -1, 1)) for value in 0.5 * (total[2 * KINDS :] + told))
        return Guess(tuple(float(share) for share in shares), valence, arousal)

    def reasons(self, features: Features, kind: str) -> list[tuple[str, float]]:
        """What each written word or emoji adds to the odds of a feeling against the others' mean, the largest first."""
        weights = self._weights_of(features)[:, :KINDS]
        pushed = weights[:, BASIC.index(kind)] - weights.mean(axis=1)
        found = [(shown, float(push[0])) for shown, push in self._by_word(features, pushed[:, None])]
        return sorted(found, key=lambda row: -row[1])

    def pulls(self, features: Features) -> list[tuple[str, float, float]]:
        """What each written word or emoji, in order, adds to valence and arousal, to first order."""
        weights = self._weights_of(features)
        shares = np.array(self.predict(features).shares)
        places = np.array([PLACES[name] for name in BASIC])
        slope = shares[:, None] * (places - shares @ places) / self.warmth
        logits = (1 - self.mix) * weights[:, :KINDS] + self.mix * weights[:, KINDS : 2 * KINDS]
        pushed = 0.5 * (weights[:, 2 * KINDS :] + logits @ slope)
        return [(shown, float(push[0]), float(push[1])) for shown, push in self._by_word(features, pushed)]

    def _weights_of(self, features: Features) -> Floats:
        """What each form of a line adds to each column, shape (forms found, COLUMNS)."""
        rows, values = self._row(features)
        return np.asarray(values[:, None] * (self.weights[rows].astype(np.float32) * self.scale), dtype=np.float64)

    def _by_word(self, features: Features, pushed: Floats) -> list[tuple[str, Floats]]:
        """What the forms of each word add together; a form of several words is divided among them."""
        names = [form for block in (features.words, features.letters) for form in block if form in self.forms]
        push = dict(zip(names, pushed, strict=False))
        none = np.zeros(pushed.shape[1])
        shared = Counter(form for _, words, letters in features.seen for form in {*words, *letters})
        return [
            (shown, sum((push.get(form, none) / shared[form] for form in sorted({*words, *letters})), none))
            for shown, words, letters in features.seen
        ]

    def _row(self, features: Features) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        rows: list[int] = []
        values: list[float] = []
        for block in (features.words, features.letters):
            found = [(self.forms[form], weight) for form, weight in block.items() if form in self.forms]
            sizes = [_damped(weight) * float(self.idf[row]) for row, weight in found]
            length = math.sqrt(math.fsum(size * size for size in sizes)) or 1.0
            rows += [row for row, _ in found]
            values += [size / length for size in sizes]
        rows += range(len(self.forms), len(self.forms) + TOLD)
        values += features.told
        return np.array(rows, dtype=np.int64), np.array(values, dtype=np.float32)

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        *,
        least: int = 3,
        ridge: float = 1.0,
        kept: int = 80_000,
        mix: float = 0.5,
        warmth: float = 0.9,
        rounds: int = 150,
    ) -> TextModel:
        """Learn from lines; the same lines in the same order give the same model on the same machine.

        Parameters
        ----------
        least : a form must stand in so many lines.
        ridge : how much large weights cost.
        kept : the forms with the largest weights are kept, at most so many, and the rest learned anew without others.
        mix, warmth : see the class.
        rounds : of the optimiser (L-BFGS).
        """
        forms = _vocabulary(examples, least)
        weights, bias, idf = _learn(examples, forms, ridge, rounds)
        if len(forms) > kept:
            size = np.abs(weights[: len(forms)]).max(axis=1) * idf
            best = set(np.argsort(-size)[:kept].tolist())
            forms = {form: place for place, form in enumerate(form for form, row in forms.items() if row in best)}
            weights, bias, idf = _learn(examples, forms, ridge, rounds)
        scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
        return cls(
            forms,
            idf.astype(np.float32),
            np.round(weights / scale).astype(np.int8),
            scale.astype(np.float32),
            bias.astype(np.float32),
            mix,
            warmth,
        )

    def save(self, path: Path, facts: dict[str, str] | None = None) -> None:
        """Write the model. Inverse of `load`."""
        names = "\n".join(self.forms).encode()
        save_tensors(
            {
                "forms": np.frombuffer(names, dtype=np.uint8),
                "idf": self.idf.astype(np.float16),
                "weights": self.weights,
                "scale": self.scale,
                "bias": self.bias,
            },
            path,
            {**(facts or {}), "mix": repr(self.mix), "warmth": repr(self.warmth)},
        )

    @classmethod
    def load(cls, path: Path) -> TextModel:
        """Read a model. Inverse of `save`."""
        tensors, facts = load_tensors(path)
        names = bytes(tensors["forms"]).decode().split("\n")
        return cls(
            {form: row for row, form in enumerate(names)},
            tensors["idf"].astype(np.float32),
            tensors["weights"],
            tensors["scale"],
            tensors["bias"],
            float(facts["mix"]),
            float(facts["warmth"]),
        )


PLACES: dict[str, tuple[float, float]] = {
    "cinta": (0.44, 0.09),
    "senang": (0.58, 0.21),
    "marah": (-0.49, 0.40),
    "takut": (-0.47, 0.52),
    "sedih": (-0.43, -0.05),
    "netral": (0.02, 0.03),
}
"""Mean valence and arousal of the status lines of each feeling."""


@cache
def load_text_model(language: str = "id") -> TextModel:
    """The model of a language, "id" or "en", that comes with the program (weights/text.card.md, text-en.card.md)."""
    with resources.as_file(resources.files("senandung.weights").joinpath(FILE_NAMES[language])) as path:
        return TextModel.load(path)


def _damped(weight: float) -> float:
    """A count of a form, damped: one is one, many are little more."""
    return 1 + math.log(weight) if weight > 1 else weight


def _log_softmax(row: NDArray[Any]) -> NDArray[Any]:
    shifted = row - row.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


# Learning -------------------------------------------------------------------------------------------------------------


def _vocabulary(examples: Sequence[Example], least: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for example in examples:
        for block in (example.features.words, example.features.letters):
            for form in block:
                counts[form] = counts.get(form, 0) + 1
    return {form: row for row, form in enumerate(sorted(form for form, count in counts.items() if count >= least))}


def _matrix(examples: Sequence[Example], forms: dict[str, int]) -> tuple[csr_matrix, Floats]:
    """The features of all lines, shape (lines, forms + TOLD), and the forms' idf."""
    from scipy.sparse import csr_matrix

    counts = np.zeros(len(forms))
    found: list[list[list[tuple[int, float]]]] = []
    for example in examples:
        blocks = []
        for block in (example.features.words, example.features.letters):
            pairs = [(forms[form], _damped(weight)) for form, weight in block.items() if form in forms]
            counts[[row for row, _ in pairs]] += 1
            blocks.append(pairs)
        found.append(blocks)
    idf = np.log((1 + len(examples)) / (1 + counts)) + 1
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    told = range(len(forms), len(forms) + TOLD)
    for example, blocks in zip(examples, found, strict=True):
        for pairs in blocks:
            sizes = [weight * idf[row] for row, weight in pairs]
            length = math.sqrt(math.fsum(size * size for size in sizes)) or 1.0
            columns += [row for row, _ in pairs]
            values += [size / length for size in sizes]
        columns += told
        values += example.features.told
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(examples), len(forms) + TOLD)), idf


def _learn(
    examples: Sequence[Example], forms: dict[str, int], ridge: float, rounds: int
) -> tuple[Floats, Floats, Floats]:
    """Weights, shape (forms + TOLD, COLUMNS), biases of status lines, and idf."""
    table, idf = _matrix(examples, forms)
    lines = _Lines(
        table,
        np.array([example.shares for example in examples]),
        np.array([example.partial for example in examples]),
        np.array([example.weight for example in examples]),
        np.array([example.source for example in examples]),
    )
    logistic, bias = _regress(lines, ridge, rounds)
    rest, rest_bias = _against_the_rest(lines, ridge, rounds)
    valence, usual = _place(lines, [example.valence for example in examples])
    arousal, middle = _place(lines, [example.arousal for example in examples])
    weights = np.hstack((logistic, rest, valence[:, None], arousal[:, None]))
    return weights, np.concatenate((bias, rest_bias, [usual, middle])), idf


@dataclass(frozen=True, eq=False)
class _Lines:
    """Lines as arrays: features, and `shares`, `partial`, `weight`, `source` as `Example` has them."""

    table: csr_matrix
    shares: Floats
    partial: NDArray[np.bool_]
    weight: Floats
    source: NDArray[np.int64]


def _regress(lines: _Lines, ridge: float, rounds: int) -> tuple[Floats, Floats]:
    """Multinomial logistic regression with partial labels and a bias for each source; the bias of source 0 is kept."""
    from scipy.optimize import minimize

    table, shares, partial, weight, source = lines.table, lines.shares, lines.partial, lines.weight, lines.source
    wide, kinds = table.shape[1], shares.shape[1]
    sources = int(source.max()) + 1
    belongs = np.zeros((len(source), sources))
    belongs[np.arange(len(source)), source] = 1
    turned = table.T.tocsr()

    def cost(flat: Floats) -> tuple[float, Floats]:
        slopes, bias = flat[: wide * kinds].reshape(wide, kinds), flat[wide * kinds :].reshape(sources, kinds)
        logits = table @ slopes + bias[source]
        logits -= logits.max(axis=1, keepdims=True)
        chance = np.exp(logits)
        chance /= chance.sum(axis=1, keepdims=True)
        allowed = (chance * shares).sum(axis=1) + 1e-12
        aimed = np.where(partial[:, None], chance * shares / allowed[:, None], shares)
        told = np.where(partial, np.log(allowed), (shares * np.log(chance + 1e-12)).sum(axis=1))
        error = (chance - aimed) * weight[:, None]
        value = -float(weight @ told) + 0.5 * ridge * float((slopes**2).sum()) + 5e-4 * float((bias**2).sum())
        slope = turned @ error + ridge * slopes
        return value, np.concatenate((slope.ravel(), (belongs.T @ error + 1e-3 * bias).ravel()))

    options = {"maxiter": rounds, "maxcor": 8}
    found = minimize(cost, np.zeros((wide + sources) * kinds), jac=True, method="L-BFGS-B", options=options).x
    return found[: wide * kinds].reshape(wide, kinds), found[wide * kinds :].reshape(sources, kinds)[0]


def _against_the_rest(lines: _Lines, ridge: float, rounds: int) -> tuple[Floats, Floats]:
    """For each feeling a reader of it against all others, on features scaled by their log-count ratio."""
    from scipy.sparse import diags

    kept = ~lines.partial
    rows, own, heavy, where = lines.table[kept], lines.shares[kept], lines.weight[kept], lines.source[kept]
    wide, kinds = rows.shape[1], own.shape[1]
    counted = wide - TOLD
    slopes, biases = np.zeros((wide, kinds)), np.zeros(kinds)
    for kind in range(kinds):
        is_kind = own[:, kind]
        with_it = np.asarray(rows[:, :counted].T @ (is_kind * heavy)).ravel() + 0.5
        without = np.asarray(rows[:, :counted].T @ ((1 - is_kind) * heavy)).ravel() + 0.5
        ratio = np.log(with_it / with_it.sum()) - np.log(without / without.sum())
        scaled = np.concatenate((ratio, np.ones(TOLD)))
        two = np.stack((is_kind, 1 - is_kind), axis=1)
        whole = np.zeros(len(two), dtype=bool)
        found, bias = _regress(_Lines((rows @ diags(scaled)).tocsr(), two, whole, heavy, where), 1.7 * ridge, rounds)
        slopes[:, kind] = (found[:, 0] - found[:, 1]) * scaled
        biases[kind] = bias[0] - bias[1]
    return slopes, biases


def _place(lines: _Lines, values: Sequence[float | None]) -> tuple[Floats, float]:
    """Ridge regression of valence or arousal by conjugate gradients (LSQR): slopes and mean; 0 where unknown."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import lsqr

    known = np.array([row for row, value in enumerate(values) if value is not None], dtype=np.int64)
    if not len(known):
        return np.zeros(lines.table.shape[1]), 0.0
    asked = np.array([values[row] for row in known])
    weight = lines.weight[known]
    middle = float(weight @ asked / weight.sum())
    root = np.sqrt(weight)
    found = lsqr(diags(root) @ lines.table[known], root * (asked - middle), damp=PLACE_DAMP, iter_lim=60)[0]
    return np.asarray(found), middle
