"""A network that leans towards a person's music: what was learned of it is added to the logits.

    leaning = Leaning(load_engine(), [(table, 1.0)])
    compose_piece(wish, leaning, seed=1)

It reads and forgets as the network itself does, so all that decodes with a network decodes with it. The cost is a look
into a table for each family of contexts (`contexts.FAMILIES`) at each token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.window import Network, Reading
from senandung.composing.own.contexts import FAMILIES, START, Place, step
from senandung.composing.pieces.vocabulary import SIZE
from senandung.domain.checks import require

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Table:
    """What was learned: for each family the tables by number, and in them what is added to the logit of each outcome.

    `rows[family][table]` has the shape (outcomes,). Outcomes that were never heard lean as far as the evidence goes.
    """

    rows: Mapping[str, Mapping[int, Floats]]
    _vectors: dict[tuple[str, tuple[int, ...]], Floats | None] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        counts = {family.name: family.size for family in FAMILIES}
        for name, tables in self.rows.items():
            require(name in counts, f"a family must be one of {', '.join(counts)}", name)
            for row in tables.values():
                require(row.shape == (counts[name],), f"a row of {name} must have {counts[name]} outcomes", row.shape)

    def lean(self, place: Place) -> Floats:
        """What is added to the logits behind a place, shape (vocabulary,)."""
        found = np.zeros(SIZE, dtype=np.float32)
        for family in FAMILIES:
            key = family.key(place)
            if key is None:
                continue
            known = (family.name, key)
            if known not in self._vectors:
                self._vectors[known] = self._vector(family.name, key)
            vector = self._vectors[known]
            if vector is not None:
                found += vector
        return found

    def _vector(self, name: str, key: tuple[int, ...]) -> Floats | None:
        family = next(family for family in FAMILIES if family.name == name)
        row = self.rows.get(name, {}).get(key[0])
        if row is None:
            return None
        outcomes = family.outcomes(key)
        return np.where(outcomes >= 0, row[outcomes], 0.0).astype(np.float32)


class Leaning:
    """A network with tables of what a person's music is like, each with its weight. Final."""

    def __init__(self, network: Network, tables: Sequence[tuple[Table, float]]) -> None:
        for _, weight in tables:
            require(0.0 <= weight <= 4.0, "the weight of a style of one's own must be in 0..4", weight)
        self.network, self.tables = network, tuple(tables)

    @property
    def context(self) -> int:
        """The most tokens of a row."""
        return self.network.context

    def begin(self, rows: int = 1) -> LeaningState:
        """Rows of which nothing is read yet."""
        return LeaningState(self, self.network.begin(rows), [[] for _ in range(rows)])

    def lean(self, place: Place) -> Floats:
        """What is added to the logits behind a place."""
        found = np.zeros(SIZE, dtype=np.float32)
        for table, weight in self.tables:
            found += np.float32(weight) * table.lean(place)
        return found


class LeaningState:
    """What a leaning network has read, in rows of the same length."""

    def __init__(self, leaning: Leaning, reading: Reading, places: list[list[Place]]) -> None:
        self.leaning, self.reading, self._places = leaning, reading, places

    @property
    def rows(self) -> int:
        """How many sequences there are."""
        return len(self._places)

    @property
    def length(self) -> int:
        """How many tokens each has."""
        return len(self._places[0])

    def feed(self, tokens: NDArray[np.int64], features: NDArray[np.int64]) -> Floats:
        """Read tokens, shape (rows, n), with features: the next token's logits, (rows, vocabulary), leaned."""
        logits = np.array(self.reading.feed(tokens, features), dtype=np.float32)
        for row, places in enumerate(self._places):
            place = places[-1] if places else START
            for token, known in zip(tokens[row].tolist(), features[row], strict=True):
                place = step(place, token, known)
                places.append(place)
            logits[row] += self.leaning.lean(place)
        return logits

    def fork(self, rows: int) -> LeaningState:
        """Copies of a state of one row; this one stays as it is."""
        require(self.rows == 1, "only a state of one row can be forked", self.rows)
        return self.keep([0] * rows)

    def keep(self, rows: Sequence[int]) -> LeaningState:
        """A new state with these rows; this one stays as it is."""
        return LeaningState(self.leaning, self.reading.keep(rows), [list(self._places[row]) for row in rows])

    def truncate(self, length: int) -> None:
        """Forget all but the first tokens of every row."""
        self.reading.truncate(length)
        for places in self._places:
            del places[length:]
