"""What everyday words and short events suggest of a writer's feeling: weights/associations.tsv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from senandung.domain.feeling import BASIC
from senandung.sensing.stems import english_stems, indonesian_stems
from senandung.sensing.tokens import plain_word, spellings

LONGEST = 4
"""The most words that an event of the table has."""


@dataclass(frozen=True)
class Association:
    """What a form suggests: valence and arousal in -1..1, and the shares of `BASIC`."""

    valence: float
    arousal: float
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Associations:
    """All associations by their plain spelling."""

    by_form: Mapping[str, Association]

    def find_word(self, word: str) -> Association | None:
        """The association of a lower-case word, as it stands or by its stem.

        >>> load_associations().find_word("makamnya").valence < 0
        True
        """
        forms = spellings(word)
        for form in forms:
            if form in self.by_form:
                return self.by_form[form]
        for form in forms:
            for stem in (*indonesian_stems(form), *english_stems(form)):
                if stem in self.by_form:
                    return self.by_form[stem]
        return None

    def find_event(self, words: Sequence[str]) -> tuple[Association, int] | None:
        """The longest event of two or more words with which `words` begin, and its length in words.

        >>> load_associations().find_event(["gagal", "panen", "lagi"])[1]
        2
        """
        for length in range(min(LONGEST, len(words)), 1, -1):
            found = self.by_form.get(" ".join(words[:length]))
            if found is not None:
                return found, length
        return None


@cache
def load_associations() -> Associations:
    """The table that comes with the program (CC0; weights/associations.card.md)."""
    table = resources.files("senandung.weights").joinpath("associations.tsv").read_text(encoding="utf-8")
    written: dict[str, Association] = {}
    for line in table.splitlines()[1:]:
        form, valence, arousal, feeling = line.split("\t")
        names = feeling.split("+")
        sizes = (1.0,) if len(names) == 1 else (0.6, 0.4)
        shares = tuple(sizes[names.index(name)] if name in names else 0.0 for name in BASIC)
        written[form] = Association(float(valence), float(arousal), shares)
    by_form = {" ".join(plain_word(word, "id") for word in form.split()): each for form, each in written.items()}
    return Associations(MappingProxyType({**by_form, **written}))
