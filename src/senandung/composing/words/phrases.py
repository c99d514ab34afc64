"""The project's own phrases, and which of them a song may use where the person lets the machine propose lines."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from senandung.composing.words.themes import THEME_WORDS, find_themes
from senandung.domain.checks import require, require_unit
from senandung.domain.feeling import Feeling
from senandung.language.letters import words_of
from senandung.language.rhyme import rhyme_key

FORMS = ("line", "couplet-first", "couplet-second", "sampiran", "isi")
"""A line by itself, the halves of a rhyming couplet, the first two and the last two lines of a pantun (a-b-a-b)."""


@dataclass(frozen=True)
class Phrase:
    """One row of weights/phrases.tsv.

    `theme` is one of `THEME_WORDS`; `valence` and `arousal` in -1..1; `syllables` as sung; `form` one of `FORMS`;
    `group` names the couplet or pantun to which the row belongs, "" for a line by itself.
    """

    name: str
    language: str
    text: str
    theme: str
    valence: float
    arousal: float
    syllables: int
    form: str
    group: str

    def __post_init__(self) -> None:
        require(self.language in ("id", "en"), "a phrase's language must be id or en", self.language)
        require(self.theme in THEME_WORDS, "a phrase's theme must be in THEME_WORDS", self.theme)
        require_unit("valence", self.valence)
        require_unit("arousal", self.arousal)
        require(self.form in FORMS, f"a phrase's form must be one of {', '.join(FORMS)}", self.form)
        require(bool(self.group) == (self.form != "line"), "only a line by itself has no group", self.name)

    @property
    def rhyme(self) -> str:
        """The rhyme key of its last word."""
        return line_rhyme(self.text, self.language)


Group = tuple[Phrase, ...]
"""Phrases that are sung together."""

FARTHEST = 2.2
"""The distance in theme, feeling and length beyond which no phrase is proposed."""


@dataclass
class MachineLines:
    """The machine's lines for one song: those near to it, each given once.

    `themes` are shares as `find_themes` gives them; `taken` the names of the phrases that are used up.
    """

    themes: dict[str, float]
    feeling: Feeling
    language: str
    chance: random.Random
    taken: set[str] = field(default_factory=set)

    @classmethod
    def near(cls, lines: tuple[str, ...], feeling: Feeling, language: str, chance: random.Random) -> MachineLines:
        """The lines for a song on a person's lines and feeling."""
        return cls(find_themes(lines, feeling), feeling, language, chance)

    def take_line(self, after: str, want: int | None) -> tuple[str, ...]:
        """One line that can follow the line `after`: near in theme, feeling and length (`want` syllables), rhyming.

        () where no phrase is near enough.
        """
        key = line_rhyme(after, self.language) if after else ""
        last = after.lower().split()[-1:] if after else []

        def cost(group: Group) -> float:
            phrase = group[0]
            rhymes = bool(key) and phrase.rhyme == key and phrase.text.lower().split()[-1:] != last
            return self._distance(group, want) - (0.8 if rhymes else 0.0)

        return self._take([(phrase,) for phrase in load_phrases() if phrase.form == "line"], cost)

    def take_couplet(self, want: int | None) -> tuple[str, ...]:
        """Two lines that rhyme with each other, or () where none is near enough."""
        return self._take(load_groups("couplet-first"), lambda group: self._distance(group, want))

    def take_pantun(self) -> tuple[str, ...]:
        """The four lines of a pantun (a-b-a-b), the nearest in theme and feeling; () when all are used up."""
        return self._take(load_groups("sampiran"), lambda group: self._distance(group, None), limit=math.inf)

    def _take(
        self, groups: Sequence[Group], cost: Callable[[Group], float], limit: float = FARTHEST
    ) -> tuple[str, ...]:
        waiting = [group for group in groups if group[0].language == self.language and group[0].name not in self.taken]
        costs = [cost(group) for group in waiting]
        if not costs or min(costs) > limit:
            return ()
        chosen = waiting[costs.index(min(costs))]
        self.taken.add(chosen[0].name)
        return tuple(phrase.text for phrase in chosen)

    def _distance(self, group: Group, want: int | None) -> float:
        first = group[0]
        theme = 1.2 * (1 - self.themes[first.theme]) if first.theme in self.themes else 3.0
        feeling = math.hypot(first.valence - self.feeling.valence, first.arousal - self.feeling.arousal)
        length = 0.12 * abs(first.syllables - want) if want is not None else 0.0
        return theme + feeling + length + 0.4 * self.chance.random()


def line_rhyme(line: str, language: str) -> str:
    """The rhyme key of a line's last word, "" where it has none.

    >>> line_rhyme("malam ini hujan turun lagi.", "id")
    'i'
    """
    return rhyme_key((words_of(line) or ("",))[-1], language)


@cache
def load_phrases() -> tuple[Phrase, ...]:
    """Every phrase of the project, in the order of the table (CC0; see weights/phrases.card.md).

    >>> len(load_phrases()) >= 520
    True
    """
    table = resources.files("senandung.weights").joinpath("phrases.tsv").read_text(encoding="utf-8")
    found = []
    for row in table.splitlines()[1:]:
        name, language, text, theme, valence, arousal, syllables, form, group = row.split("\t")
        found.append(Phrase(name, language, text, theme, float(valence), float(arousal), int(syllables), form, group))
    return tuple(found)


@cache
def load_groups(form: str) -> tuple[Group, ...]:
    """The couplets ("couplet-first") or pantun ("sampiran"), each whole and in order.

    >>> {len(group) for group in load_groups("couplet-first")}, {len(group) for group in load_groups("sampiran")}
    ({2}, {4})
    """
    names = dict.fromkeys(phrase.group for phrase in load_phrases() if phrase.form == form)
    return tuple(tuple(phrase for phrase in load_phrases() if phrase.group == name) for name in names)
