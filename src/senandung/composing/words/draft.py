"""What the words are made from, and the lines of each section while they are being written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from senandung.composing.words.hook import choose_hook
from senandung.composing.words.variations import Variation, ends_openly, plain_letters, vary_line, vocalise_lines
from senandung.domain.feeling import Feeling
from senandung.domain.words import Source
from senandung.language.rhyme import count_syllables

MOST = 6
"""How often one line may be sung in a song."""


@dataclass(frozen=True)
class Sung:
    """A line before it has syllables: its text and whose it is."""

    text: str
    source: Source

    @property
    def key(self) -> str:
        """What a listener hears: two lines with one key are the same line."""
        return plain_letters(self.text)


@dataclass
class Draft:
    """The lines of every section so far, and how often each is sung."""

    sections: list[list[Sung]]
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, section: int, line: Sung) -> None:
        """Put a line at the end of a section."""
        self.sections[section].append(line)
        self.counts[line.key] += 1

    def neighbours(self, section: int) -> set[str]:
        """The keys of the lines that will stand just before and after a line put at the end of a section."""
        before = next((held[-1].key for held in reversed(self.sections[: section + 1]) if held), "")
        after = next((held[0].key for held in self.sections[section + 1 :] if held), "")
        return {before, after}


@dataclass(frozen=True)
class Material:
    """A person's lines with all that can be made of them.

    `hook` is the index of the hook, -1 where there are no lines; `forms` the variations of each line; `vocalises`
    the lines without words, the fittest first; `unfinished` the keys of lines whose sentence goes on in the next.
    """

    lines: tuple[Sung, ...]
    hook: int
    forms: tuple[tuple[Variation, ...], ...]
    vocalises: tuple[Sung, ...]
    unfinished: frozenset[str]
    language: str

    @classmethod
    def gather(cls, lines: tuple[str, ...], feeling: Feeling, language: str) -> Material:
        """The material of a person's lines, each of which has at least one syllable."""
        return cls(
            tuple(Sung(line, "person") for line in lines),
            choose_hook(lines, feeling, language) if lines else -1,
            tuple(vary_line(line, at, language, feeling) for at, line in enumerate(lines)),
            tuple(Sung(text, "vocalise") for text in vocalise_lines(language, feeling)),
            frozenset(plain_letters(line) for line in lines if ends_openly(line)),
            language,
        )

    def varied(self, line: int, *kinds: str) -> list[Sung]:
        """The variations of a line, of the given kinds in their order, or all."""
        forms = self.forms[line]
        chosen = [form for kind in kinds for form in forms if form.kind == kind] if kinds else forms
        return [Sung(form.text, "variation") for form in chosen]

    @property
    def stock(self) -> int:
        """How many lines there are that differ clearly from one another."""
        new = ("tail", "head", "reordered", "answer")
        return len(self.lines) + sum(form.kind in new for forms in self.forms for form in forms)

    def vocalise(self, counts: Counter[str], want: int | None) -> Sung:
        """The vocalise heard least, nearest to `want` syllables (4 where None)."""
        goal = 4 if want is None else want

        def cost(line: Sung) -> float:
            off = abs(count_syllables(line.text, self.language) - goal)
            return 4.0 * counts[line.key] + off + 0.2 * self.vocalises.index(line)

        return min(self.vocalises, key=cost)


def first_unworn(options: Sequence[Sung], counts: Counter[str], avoid: set[str]) -> Sung | None:
    """The first line that may be sung once more and is not among the keys to avoid."""
    return next((line for line in options if counts[line.key] < MOST and line.key not in avoid), None)
