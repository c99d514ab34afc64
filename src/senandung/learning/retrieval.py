"""A model that only copies: what follows the longest stretches of the training part (and of the piece itself) that
agree with what stands before.

It stands in the tables beside the n-gram: a network that is no better has learnt to look things up. What follows each
longer context is interpolated over the shorter ones (Jelinek & Mercer 1980), with weights fitted on pieces that are not
counted; Witten-Bell, as in `ngram`, trusts a context seen once too much (6.73 nats a note against 6.58 by the n-gram).
Liu et al. (2024), "Infini-gram", arXiv:2401.17377, take the longest suffix; PPM* (Cleary & Teahan 1997) mixes all.
The copy of the piece itself follows the cache of Grave et al. (2017), "Improving neural language models with a
continuous cache", with the longest match for a key.

All numbers of bars left are one token here, as everywhere in the tables: they are given and not foretold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.vocabulary import BARS_LEFT, IDS, SIZE
from senandung.domain.checks import require
from senandung.learning.ngram import TokenNgram, token_stream
from senandung.learning.pack import Packed, load_folder
from senandung.learning.windows import Batch, held_out_windows

ORDERS = (6, 8, 12, 16, 24, 32)
"""Lengths of context, in tokens, beyond those of the n-gram."""

SEEN = (1, 2, 4, 16)
"""Lower edges of how often a context was seen, each with a weight of its own."""

BUCKETS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""Lower edges of the lengths of match in the piece itself, each with a weight of its own."""

DEVELOPMENT = 97
"""One piece in so many is kept out of the counts, to fit the weights; in two runs, for neighbours are of one work."""

_BAR = IDS["bar:1"]
_BARS = tuple(IDS[f"bar:{edge}"] for edge in BARS_LEFT)
_FACTOR = 0x9E3779B97F4A7C15
_FILTER_BITS = 26

Codes = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CopyModel:
    """Retrieval from a training part; made by `fit`.

    `trust` says what the continuations of a context count, by `ORDERS` and `SEEN`; `weights` what the piece's own past
    counts, by `BUCKETS`.
    """

    ngram: TokenNgram
    stream: NDArray[np.uint16]
    trust: tuple[tuple[float, ...], ...] = ()
    weights: tuple[float, ...] = ()

    @classmethod
    def fit(cls, sets: Mapping[str, Packed], *, length: int = 512, windows: int = 8, seed: int = 1) -> CopyModel:
        """Count the training part, and fit both kinds of weight on pieces kept out of the counts.

        Some 2 GB are in use while the n-gram counts 26 million tokens, half of it afterwards.
        """
        learnt, kept = _divided(sets)
        require(any(packed.pieces for packed in kept.values()), f"a set must have {DEVELOPMENT} pieces", len(sets))
        stream = token_stream(learnt)
        model = cls(TokenNgram.fit(stream), one_bar(stream).astype(np.uint16))
        batches = [held_out_windows(packed, length, windows, seed=seed) for packed in kept.values() if packed.pieces]
        tokens = np.concatenate([batch.tokens for batch in batches])
        wanted = np.concatenate([batch.wanted for batch in batches])
        plain = one_bar(tokens)
        elsewhere = model._short(tokens)
        trust = []
        for order in ORDERS:
            counts = model._counts(plain, order)
            asked, found = wanted[:, order - 1 :], elsewhere[:, order - 1 :]
            trust.append(tuple(counts.fitted(asked & here, found) for here in counts.buckets()))
            elsewhere[:, order - 1 :] = counts.mixed(trust[-1], found)
        lengths, agrees = own_matches(tokens)
        weights = []
        for low, high in zip(BUCKETS, (*BUCKETS[1:], 1 << 30), strict=True):
            here = wanted & (lengths >= low) & (lengths < high)
            weights.append(_fitted(agrees[here].astype(np.float64), elsewhere[here]))
        return cls(model.ngram, model.stream, tuple(trust), tuple(weights))

    def probabilities(self, tokens: Ints) -> Floats:
        """P of `tokens[:, 1:]` by the training part alone, shape (windows, length)."""
        found = self._short(tokens)
        plain = one_bar(tokens)
        for order, trust in zip(ORDERS, self.trust, strict=True):
            if order < tokens.shape[1]:
                found[:, order - 1 :] = self._counts(plain, order).mixed(trust, found[:, order - 1 :])
        return found

    def nats(self, batch: Batch, *, own: bool = True) -> Floats:
        """-log P of each token that follows, shape (windows, length); 0 where none is wanted.

        `own` lets the model copy from the window's own past too.
        """
        elsewhere = self.probabilities(batch.tokens)
        return _scored(batch.wanted, self.with_own(batch.tokens, elsewhere) if own else elsewhere)

    def with_own(self, tokens: Ints, elsewhere: Floats) -> Floats:
        """The probabilities with the window's own past, from those by the training part."""
        lengths, agrees = own_matches(tokens)
        share = np.asarray([0.0, *self.weights])[np.searchsorted(BUCKETS, lengths, side="right")]
        mixed: Floats = share * agrees + (1 - share) * elsewhere
        return mixed

    def _short(self, tokens: Ints) -> Floats:
        """P of `tokens[:, 1:]` by the n-gram, a bar line as any number of bars left."""
        targets = tokens[:, 1:]
        found = self.ngram.probabilities(tokens, targets)
        any_bar = np.zeros(found.shape)
        for bar in _BARS:
            any_bar += self.ngram.probabilities(tokens, np.full_like(targets, bar))
        return np.where(np.isin(targets, _BARS), any_bar, found)

    def _counts(self, tokens: Ints, order: int) -> _Counts:
        """How often the contexts of `order` tokens stand in the training part, and with the token that follows."""
        contexts = span_codes(tokens, order)[:, :-1]
        asked, which = np.unique(contexts, return_inverse=True)
        which = which.reshape(contexts.shape).astype(np.int64)
        pairs, counts = np.unique(self._continuations(asked, order), return_counts=True)
        totals = np.bincount(pairs // SIZE, weights=counts, minlength=len(asked))
        wanted = which * SIZE + tokens[:, order:]
        count = np.zeros(wanted.shape)
        if len(pairs):
            places = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
            count = np.where(pairs[places] == wanted, counts[places], 0).astype(np.float64)
        return _Counts(count, totals[which].astype(np.float64))

    def _continuations(self, asked: Codes, order: int) -> Ints:
        """What follows in the stream wherever a context that is asked for stands: its number times SIZE + token."""
        maybe = np.zeros(1 << _FILTER_BITS, dtype=np.bool_)
        shift = np.uint64(64 - _FILTER_BITS)
        maybe[asked >> shift] = True
        found = []
        block = 1 << 22
        for first in range(0, len(self.stream) - order, block):
            part = self.stream[first : first + block + order]
            codes = span_codes(part.astype(np.int64), order)[: len(part) - order]
            near = np.flatnonzero(maybe[codes >> shift])
            at = np.minimum(np.searchsorted(asked, codes[near]), len(asked) - 1)
            same = asked[at] == codes[near]
            found.append(at[same] * SIZE + part[near[same] + order].astype(np.int64))
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class _Counts:
    """Counts of contexts with what follows them, and of the contexts."""

    count: Floats
    total: Floats

    def buckets(self) -> list[NDArray[np.bool_]]:
        """Where the context was seen as often as each of `SEEN` says."""
        return [(self.total >= low) & (self.total < high) for low, high in zip(SEEN, (*SEEN[1:], np.inf), strict=True)]

    def fitted(self, here: NDArray[np.bool_], shorter: Floats) -> float:
        """The weight that fits best where asked."""
        return _fitted(self.count[here] / np.maximum(self.total[here], 1), shorter[here])

    def mixed(self, trust: Sequence[float], shorter: Floats) -> Floats:
        """Interpolated over a shorter context."""
        share = np.asarray([0.0, *trust])[np.searchsorted(SEEN, self.total, side="right")]
        found: Floats = share * self.count / np.maximum(self.total, 1) + (1 - share) * shorter
        return found


def _scored(wanted: NDArray[np.bool_], chances: Floats) -> Floats:
    nats: Floats = -np.log(np.maximum(chances, 1e-12)) * wanted
    return nats


def copy_measures(model: CopyModel, windows: Mapping[str, Batch]) -> dict[str, Callable[[Batch], Floats]]:
    """Measures for `evaluate.table`: "copy" from the training part, and "copy, own" from the window's past as well.

    The training part is read once for all windows; the measures know these batches only.
    """
    batches = list(windows.values())
    tokens = np.concatenate([batch.tokens for batch in batches])
    wanted = np.concatenate([batch.wanted for batch in batches])
    elsewhere = model.probabilities(tokens)
    ends = np.cumsum([len(batch.tokens) for batch in batches])[:-1]
    found: dict[str, Callable[[Batch], Floats]] = {}
    for label, chances in (("copy", elsewhere), ("copy, own", model.with_own(tokens, elsewhere))):
        parts = np.split(_scored(wanted, chances), ends)
        found[label] = _looked_up({id(batch): part for batch, part in zip(batches, parts, strict=True)})
    return found


def _looked_up(known: Mapping[int, Floats]) -> Callable[[Batch], Floats]:
    return lambda batch: known[id(batch)]


def own_matches(tokens: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """For each of `tokens[:, 1:]`, how many tokens before it agree with the best match earlier in its window, and
    whether the token behind that match is the same; the latest of equally long matches counts.

    Both of shape (windows, length).

    >>> lengths, agrees = own_matches(np.asarray([[7, 8, 9, 7, 8, 9, 5]]))
    >>> lengths.tolist(), agrees.tolist()
    ([[0, 0, 0, 1, 2, 3]], [[False, False, False, True, True, False]])
    """
    plain = one_bar(tokens)
    windows, width = plain.shape
    lengths = np.zeros((windows, width - 1), dtype=np.int64)
    agrees = np.zeros((windows, width - 1), dtype=np.bool_)
    columns = np.arange(width)
    for row in range(windows):
        line = plain[row]
        run = np.zeros(width, dtype=np.int64)  # by place: agreeing tokens that end there and at the present token
        for at in range(width - 1):
            run[1:] = run[:-1]
            run[0] = 0
            run += 1
            run[line != line[at]] = 0
            if at:
                key = run[:at] * width + columns[:at]
                best = int(key.argmax())
                if run[best]:
                    lengths[row, at] = run[best]
                    agrees[row, at] = line[best + 1] == line[at + 1]
    return lengths, agrees


def one_bar(tokens: Ints) -> Ints:
    """Tokens with every number of bars left as one."""
    return np.where(np.isin(tokens, _BARS), _BAR, tokens)


def span_codes(tokens: Ints, length: int) -> Codes:
    """A number for each `length` tokens in a row, by a polynomial modulo 2^64 (Karp & Rabin 1987), well mixed."""
    found = _spans(tokens.astype(np.uint64) + np.uint64(1), length)
    found ^= found >> np.uint64(32)
    found *= np.uint64(0xD6E8FEB86659FD93)
    return found


def _spans(codes: Codes, length: int) -> Codes:
    if length == 1:
        return codes.copy()
    first, second = (length + 1) // 2, length // 2
    longer = _spans(codes, first)
    count = codes.shape[-1] - length + 1
    shorter = longer if first == second else _spans(codes, second)
    power = np.uint64(pow(_FACTOR, second, 1 << 64))
    return longer[..., :count] * power + shorter[..., first : first + count]


def _fitted(chances: Floats, others: Floats) -> float:
    """The share of one model in a mixture with another that makes the tokens likeliest (expectation maximisation)."""
    if not len(chances):
        return 0.0
    share = 0.5
    for _ in range(30):
        total = share * chances + (1 - share) * others
        share = float(np.mean(share * chances / np.maximum(total, 1e-12)))
    return min(share, 0.99)


def _divided(sets: Mapping[str, Packed]) -> tuple[dict[str, Packed], dict[str, Packed]]:
    """Pieces to count, and those for the weights."""
    learnt, kept = {}, {}
    for name, packed in sets.items():
        late = np.zeros(packed.pieces, dtype=np.bool_)
        run = -(-packed.pieces // (2 * DEVELOPMENT))
        for begin in (packed.pieces // 3, 2 * packed.pieces // 3) if packed.pieces >= DEVELOPMENT else ():
            late[begin : begin + run] = True
        learnt[name], kept[name] = _chosen(packed, ~late), _chosen(packed, late)
    return learnt, kept


def _chosen(packed: Packed, chosen: NDArray[np.bool_]) -> Packed:
    bar_of = np.repeat(chosen, np.diff(packed.piece_bars))
    token_of = np.repeat(bar_of, np.diff(packed.bar_starts))
    track_of = np.repeat(chosen, np.diff(packed.track_starts))

    def starts(edges: Ints, keep: NDArray[np.bool_]) -> Ints:
        return np.concatenate([[0], np.cumsum(np.diff(edges)[keep])]).astype(np.int64)

    return Packed(
        packed.name, packed.tokens[token_of], starts(packed.bar_starts, bar_of), packed.bar_heads[bar_of],
        starts(packed.piece_bars, chosen), packed.heads[chosen], packed.tracks[track_of],
        starts(packed.track_starts, chosen),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m senandung.learning.retrieval --packed DIR`: nats a note of n-gram and copy on held-out windows."""
    import argparse
    import json
    import sys
    import time

    from senandung.learning.evaluate import ngram_nats, table, windows_by_set

    parser = argparse.ArgumentParser(description="Nats a note of the n-gram and of a model that copies.")
    parser.add_argument("--packed", type=Path, required=True, help="folder of the packed corpus")
    parser.add_argument("--length", type=int, default=512, help="tokens of a window")
    parser.add_argument("--windows", type=int, default=24, help="the most windows of a set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", type=Path, help="a training's folder: the network as well")
    options = parser.parse_args(arguments)
    splits = load_folder(options.packed)
    began = time.perf_counter()
    model = CopyModel.fit(splits["train"], seed=options.seed)
    sys.stderr.write(f"fitted in {time.perf_counter() - began:.0f} s\ntrust {model.trust}\nown {model.weights}\n")
    windows = windows_by_set(splits["valid"], options.length, options.windows, seed=options.seed)
    measures: dict[str, Callable[[Batch], Floats]] = {"n-gram": lambda batch: ngram_nats(model.ngram, batch)}
    measures |= copy_measures(model, windows)
    if options.weights:
        measures["network"] = _network(options.weights)
    rows = table(windows, measures)
    sys.stderr.write(f"measured after {time.perf_counter() - began:.0f} s\n")
    sys.stdout.write(json.dumps(rows, indent=1) + "\n")


def _network(folder: Path) -> Callable[[Batch], Floats]:
    """The network of a training's folder as a measure."""
    import json

    from senandung.learning.evaluate import network_nats
    from senandung.learning.network import Composer, NetworkConfig, load_arrays
    from senandung.learning.tensors import load_pieces

    arrays, facts = load_pieces(folder)
    model = Composer(NetworkConfig(**json.loads(facts["config"])))
    load_arrays(model, arrays)
    return lambda batch: network_nats(model, batch)


if __name__ == "__main__":
    main()
