"""The learned tables, and the Markov chain that they hold.

A table is a small JSON file in `senandung/weights`, with a data card beside it; `learning` writes them.
"""

from __future__ import annotations

import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

Context = tuple[str, ...]
"""What is known before a symbol, the most telling item first: the model backs off by dropping the last."""

DOUBT = 5
"""How much a context is doubted: chosen on a fifth of the learning works, where every table gained (.3 to .5 bits a bar
in pop) over 1, Witten and Bell's own value."""

TABLE_NAMES = ("chords", "form", "melody", "rhythm")
"""The tables that composing reads."""


@lru_cache
def load_table(name: str) -> dict[str, Any]:
    """The table `name` of the package's weights ("chords", "form", "melody", "rhythm")."""
    text = resources.files("senandung.weights").joinpath(f"{name}.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


@lru_cache
def load_chain(table: str, *path: str) -> MarkovChain:
    """The chain that stands at `path` inside a table."""
    found: Any = load_table(table)
    for part in path:
        found = found[part]
    return MarkovChain.from_plain(found)


def place_of(index: int, left: int) -> str:
    """The place of a bar for the chord chains: its number in the four-bar phrase, or how near the section's end is.

    >>> [place_of(index, 8 - index) for index in range(8)]
    ['0', '1', '2', '3', '0', '1', 'e2', 'e1']
    """
    return f"e{left}" if left <= 2 else str(index % 4)


def interval_context(degree: int, previous: int | None, *, strong: bool) -> Context:
    """The context of a melodic interval: the tone it leaves, how it was reached, and whether it goes to a beat.

    Parameters
    ----------
    degree : semitones above the tonic, 0..11.
    previous : the interval before in semitones, None at a phrase's start; only its direction and kind are kept.
    strong : whether the next note stands on a beat.

    >>> interval_context(4, -7, strong=True)
    ('4', 'D', 's')
    """
    if previous is None:
        kind = "^"
    elif previous == 0:
        kind = "0"
    else:
        kind = ("u" if abs(previous) <= 2 else "U") if previous > 0 else ("d" if abs(previous) <= 2 else "D")
    return str(degree), kind, "s" if strong else "w"


@dataclass(frozen=True)
class MarkovChain:
    """Counts of symbols after contexts, smoothed down to shorter contexts.

    After Witten & Bell (1991), "The zero-frequency problem": a context that was followed by t kinds of symbol in n
    sightings trusts its own counts by n / (n + t) and the shorter context for the rest; below the empty context
    stands the uniform distribution over the alphabet. We depart from it by `DOUBT` t in place of t.

    >>> chain = MarkovChain.fit([(("a",), "b"), (("a",), "b"), (("b",), "a")])
    >>> round(chain.probability("b", ("a",)), 2)
    0.71
    """

    counts: Mapping[Context, Mapping[str, int]]
    alphabet: tuple[str, ...]

    @classmethod
    def fit(cls, examples: Iterable[tuple[Context, str]], least: int = 1) -> MarkovChain:
        """Count (context, symbol) pairs. Contexts seen fewer than `least` times are dropped."""
        counts: defaultdict[Context, Counter[str]] = defaultdict(Counter)
        for context, symbol in examples:
            for length in range(len(context) + 1):
                counts[context[:length]][symbol] += 1
        kept = {c: dict(sorted(n.items())) for c, n in sorted(counts.items()) if not c or sum(n.values()) >= least}
        return cls(kept, tuple(sorted(counts[()])))

    def predict(self, context: Context) -> dict[str, float]:
        """Probability of every symbol of the alphabet after `context`."""
        shares = dict.fromkeys(self.alphabet, 1.0 / max(len(self.alphabet), 1))
        for length in range(len(context) + 1):
            seen = self.counts.get(context[:length])
            if seen is None:
                break
            total, kinds = sum(seen.values()), len(seen)
            own = total / (total + (DOUBT if length else 1) * kinds)
            shares = {symbol: (1 - own) * share for symbol, share in shares.items()}
            for symbol, count in seen.items():
                shares[symbol] += own * count / total
        return shares

    def probability(self, symbol: str, context: Context) -> float:
        """Probability of one symbol after `context`; 0 where the alphabet lacks it."""
        return self.predict(context).get(symbol, 0.0)

    def sample(
        self, context: Context, rng: random.Random, weigh: Callable[[str], float] | None = None, power: float = 1.0
    ) -> str:
        """Draw a symbol. `weigh` multiplies its share (0 forbids it); `power` above 1 favours the likely."""
        shares = self.predict(context)
        weights = [share**power * (weigh(symbol) if weigh else 1.0) for symbol, share in shares.items()]
        if not any(weights):
            weights = list(shares.values())
        return rng.choices(list(shares), weights)[0]

    def bits(self, examples: Sequence[tuple[Context, str]]) -> float:
        """Mean bits per symbol on examples; a symbol that was never seen costs as one of twice the alphabet."""
        floor = 1.0 / (2 * len(self.alphabet))
        return sum(-math.log2(self.probability(s, c) or floor) for c, s in examples) / max(len(examples), 1)

    def to_plain(self) -> dict[str, dict[str, int]]:
        """Contexts joined by tabs. Inverse of `from_plain`."""
        return {"\t".join(context): dict(seen) for context, seen in self.counts.items()}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Mapping[str, int]]) -> MarkovChain:
        """Inverse of `to_plain`."""
        counts = {tuple(key.split("\t")) if key else (): dict(seen) for key, seen in plain.items()}
        return cls(counts, tuple(sorted(counts.get((), {}))))
