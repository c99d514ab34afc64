"""All the words of a song: the person's lines, what grows out of them, and where each line is sung."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from senandung.composing.hook import choose_hook
from senandung.composing.phrases import MachineLines
from senandung.composing.plan import Plan, SectionPlan
from senandung.composing.variations import (
    Variation,
    plain_letters,
    vary_line,
    vocalise_lines,
)
from senandung.domain.feeling import Feeling
from senandung.domain.words import Line, Source, Words
from senandung.language.rhyme import count_syllables
from senandung.language.syllables import syllabify_line

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


def write_words(
    person_lines: tuple[str, ...], plan: Plan, feeling: Feeling, language: str, *, seed: int, verses: bool
) -> Words:
    """The words of a whole song, in sung order.

    The person's lines come first, complete, in their order, with nothing between them; lines that find no slot are
    added to the last sung section. The hook returns in every later chorus, and the chorus has the same words each
    time. Other sections hold variations, vocalises and, where `verses` is True, lines of the machine. No line is
    sung more than six times, unless the person wrote it more often.

    Parameters
    ----------
    person_lines : singable lines as `senandung.language.lines.split_lines` gives them; may be empty.
    plan : how many lines each section holds.
    feeling : chooses the hook, the vocalises and the machine's lines.
    language : "id" or "en".
    seed : the same seed gives the same words.
    verses : whether the machine may propose lines of its own, each marked "machine".
    """
    lines = tuple(line for line in person_lines if count_syllables(line, language) > 0)
    sung = [at for at, section in enumerate(plan.sections) if section.slots > 0]
    if not sung:
        return Words(language, ())
    writer = _Writer(lines, plan, feeling, language, random.Random(seed), verses)
    draft = writer.write(sung)
    return Words(
        language,
        tuple(
            Line(line.text, syllabify_line(line.text, language), line.source, section)
            for section, held in enumerate(draft.sections)
            for line in held
        ),
    )


class _Writer:
    """Writes one song's words. Final; used once."""

    def __init__(
        self, lines: tuple[str, ...], plan: Plan, feeling: Feeling, language: str, chance: random.Random, verses: bool
    ) -> None:
        self.lines = lines
        self.plan = plan
        self.feeling = feeling
        self.language = language
        self.chance = chance
        self.hook = choose_hook(lines, feeling, language) if lines else -1
        self.variations = [vary_line(line, at, language, feeling) for at, line in enumerate(lines)]
        self.vocalises = [Sung(text, "vocalise") for text in vocalise_lines(language, feeling)]
        self.machine = MachineLines.near(lines, feeling, language, chance) if verses else None
        self.draft = Draft([[] for _ in plan.sections])
        self.walk = 0

    def write(self, sung: list[int]) -> Draft:
        """Fill the sung sections: statement, choruses, then the others in order."""
        stated = self._state(sung)
        choruses = [at for at in sung if self.plan.sections[at].kind == "chorus"]
        self._write_choruses(choruses, stated)
        for place, at in enumerate(sung):
            if self.plan.sections[at].kind != "chorus" or not self.draft.sections[at]:
                self._write_other(at, stated, last=place == len(sung) - 1, choruses=bool(choruses))
        return self.draft

    def _state(self, sung: list[int]) -> set[int]:
        """Sing the person's lines once, in order; returns the sections in which they stand."""
        waiting = list(self.lines)
        stated: set[int] = set()
        for at in sung:
            while waiting and (len(self.draft.sections[at]) < self.plan.sections[at].slots or at == sung[-1]):
                self.draft.add(at, Sung(waiting.pop(0), "person"))
                stated.add(at)
        return stated

    # choruses

    def _write_choruses(self, choruses: list[int], stated: set[int]) -> None:
        """The same words in every chorus: those already stated there, or the hook with its answers."""
        if not choruses:
            return
        first = choruses[0]
        free = [at for at in choruses if at not in stated]
        slots = max((self.plan.sections[at].slots for at in (free or [first])), default=0)
        begun = list(self.draft.sections[first]) if first in stated else []
        hook_heard = not begun or any(line.key == self._hook_key for line in begun)
        times = len(free) + (1 if first in stated else 0)
        if begun and (hook_heard or len(begun) < self.plan.sections[first].slots):
            pattern = self._chorus(max(slots, self.plan.sections[first].slots), times, begun)
        else:
            pattern = self._chorus(slots, len(free), [], others=begun)
        for at in choruses:
            held = len(self.draft.sections[at])
            if at in free or (begun and at == first and pattern[:held] == begun):
                for line in pattern[held : self.plan.sections[at].slots]:
                    self.draft.add(at, line)
        if free and len(choruses) > 1:
            last = choruses[-1]
            if 0 < len(self.draft.sections[last]) < self.plan.sections[last].slots:
                self.draft.add(last, self._vocalise(8))

    @property
    def _hook_key(self) -> str:
        return plain_letters(self.lines[self.hook]) if self.lines else ""

    def _chorus(self, slots: int, times: int, begun: list[Sung], others: Sequence[Sung] = ()) -> list[Sung]:
        """A chorus of at most `slots` lines that can come `times` times without a line being sung too often."""
        times = max(times, 1)
        planned: Counter[str] = Counter()
        already = Counter(line.key for line in begun)
        pattern = list(begun)

        def fits(line: Sung) -> bool:
            new = planned[line.key] + 1 + already[line.key]
            before = self.draft.counts[line.key] - already[line.key]
            return before + new * times <= MOST and (not pattern or pattern[-1].key != line.key)

        def put(options: Sequence[Sung]) -> None:
            for option in options:
                if len(pattern) < slots and fits(option):
                    planned[option.key] += 1
                    pattern.append(option)
                    return

        if not self.lines:
            wordless = [*self.vocalises]
            machine = self._machine_options(None, 4) if self.machine else []
            for turn in range(slots):
                put([*machine[turn : turn + 1], *wordless[turn:], *wordless])
            return pattern
        hook = Sung(self.lines[self.hook], "person")
        forms = self._as_sung(self.variations[self.hook])
        by_kind = {
            kind: [s for s, v in zip(forms, self.variations[self.hook], strict=True) if v.kind == kind]
            for kind in FORM_COST
        }
        answers = [*by_kind["answer"], *by_kind["tail"], *by_kind["repeat"], *by_kind["reordered"], *by_kind["echo"]]
        tails = [*by_kind["fade"], *by_kind["echo"], *by_kind["sigh"]]
        near = [at for at in (self.hook + 1, self.hook - 1, self.hook + 2, self.hook - 2) if 0 <= at < len(self.lines)]
        beside = [*others, *(Sung(self.lines[at], "person") for at in near)]
        extra = [*self._as_sung([v for at in near for v in self.variations[at]])]
        wordless = self.vocalises
        hooks = [hook, *tails, *by_kind["repeat"]]
        if begun:
            order = [hooks, [*answers, *tails], hooks, [*beside, *extra]]
        else:
            order = [hooks, [*answers, *beside, *tails], hooks, [*beside, *extra, *tails]]
        turn = 0
        while len(pattern) < slots and turn < 2 * slots:
            size = len(pattern)
            put([line for line in order[turn % 4] if line.key not in planned or line.key == hook.key])
            if len(pattern) == size and turn % 4 in (1, 3) and not any(line.source == "vocalise" for line in pattern):
                put(wordless)
            turn += 1
        if not pattern:
            put([*hooks, *answers, *beside, *extra, *wordless])
        return pattern

    # verses, bridges and the rest

    def _write_other(self, at: int, stated: set[int], *, last: bool, choruses: bool) -> None:
        section = self.plan.sections[at]
        held = self.draft.sections[at]
        if section.kind == "prechorus" and self._repeat_prechorus(at, section, stated):
            return
        goal = self._goal(section, fresh=at not in stated)
        model = self._model(section)
        refrain = not choruses and bool(self.lines) and at not in stated and goal > 1
        while len(held) < goal - (1 if refrain else 0):
            place = len(held)
            want = count_syllables(model[place].text, self.language) if place < len(model) else None
            line = self._next(at, want)
            if line is None:
                break
            self.draft.add(at, line)
        if refrain:
            hook = Sung(self.lines[self.hook], "person")
            options = [hook, *self._as_sung(self.variations[self.hook])]
            chosen = next((o for o in options if self.draft.counts[o.key] < MOST and o.key != self._before(at)), None)
            if chosen is not None:
                self.draft.add(at, chosen)
        if not held:
            self.draft.add(at, self._vocalise(None))
        if last and not choruses and len(held) < section.slots and held[-1].source != "vocalise":
            self.draft.add(at, self._vocalise(None))

    def _repeat_prechorus(self, at: int, section: SectionPlan, stated: set[int]) -> bool:
        if section.repeats is None or section.repeats in stated or self.draft.sections[at]:
            return False
        lines = self.draft.sections[section.repeats][: section.slots]
        if not lines or any(self.draft.counts[line.key] >= MOST - 1 for line in lines):
            return False
        for line in lines:
            self.draft.add(at, line)
        return True

    def _goal(self, section: SectionPlan, *, fresh: bool) -> int:
        """How many lines a section should have: all slots where there is material for them, else room to play in."""
        stock = len(self.lines) + sum(
            1 for kept in self.variations for v in kept if v.kind in ("tail", "head", "reordered", "answer")
        )
        if self.machine is not None:
            return section.slots
        if not self.lines:
            return max(1, (section.slots + 1) // 2)
        if section.kind == "bridge":
            return max(1, min(section.slots, (section.slots + 1) // 2 + (1 if stock > 8 else 0)))
        if stock >= 6:
            return section.slots
        spare = section.slots // 4 if fresh else section.slots // 3
        return max(1, section.slots - spare)

    def _model(self, section: SectionPlan) -> list[Sung]:
        """The lines of the section whose melody comes back here."""
        return self.draft.sections[section.repeats] if section.repeats is not None else []

    def _before(self, at: int) -> str:
        """The key of the line that is sung just before the next one of section `at`."""
        for section in range(at, -1, -1):
            if self.draft.sections[section]:
                return self.draft.sections[section][-1].key
        return ""

    def _next(self, at: int, want: int | None) -> Sung | None:
        """The next line of a verse or bridge, or None where the instruments had better play."""
        held = self.draft.sections[at]
        kind = self.plan.sections[at].kind
        if kind == "bridge" and not held and self.machine is None:
            return self._vocalise(want)
        if self.machine is not None and (not self.lines or len(held) % 2 == 1 or kind == "bridge"):
            options = self._machine_options(held[-1] if held else None, want)
            if options:
                return options[0]
        if not self.lines:
            return self._vocalise(want)
        for _ in range(len(self.lines)):
            parent = self.walk % len(self.lines)
            self.walk += 1
            chosen = self._form(parent, at, want)
            if chosen is not None:
                return chosen
        return None if held and self.chance.random() < 0.5 else self._vocalise(want)

    def _form(self, parent: int, at: int, want: int | None) -> Sung | None:
        """The form of one person's line that has been heard least, fits the length and is not heard just now."""
        here = {line.key for line in self.draft.sections[at]}
        before = self._before(at)
        options: list[tuple[float, int, Sung]] = []
        whole = Sung(self.lines[parent], "person")
        forms: list[tuple[str, Sung]] = [("whole", whole)]
        forms += [
            (v.kind, s) for v, s in zip(self.variations[parent], self._as_sung(self.variations[parent]), strict=True)
        ]
        for place, (kind, line) in enumerate(forms):
            count = self.draft.counts[line.key]
            if count >= (3 if kind == "whole" else 2) or line.key in here or line.key == before:
                continue
            cost = 3.0 * count + FORM_COST[kind] + self.chance.random()
            if want is not None:
                cost += 0.25 * abs(count_syllables(line.text, self.language) - want)
            options.append((cost, place, line))
        return min(options)[2] if options and min(options)[0] < 9 else None

    def _machine_options(self, after: Sung | None, want: int | None) -> list[Sung]:
        if self.machine is None:
            return []
        text = after.text if after is not None else ""
        return [Sung(line, "machine") for line in self.machine.propose(text, want)]

    def _vocalise(self, want: int | None) -> Sung:
        """The vocalise heard least, nearest to the wished number of syllables."""
        goal = want if want is not None else 4

        def cost(at: int) -> tuple[float, int]:
            line = self.vocalises[at]
            return (
                4.0 * self.draft.counts[line.key] + abs(count_syllables(line.text, self.language) - goal) + 0.2 * at,
                at,
            )

        return self.vocalises[min(range(len(self.vocalises)), key=cost)]

    def _as_sung(self, variations: Sequence[Variation]) -> list[Sung]:
        return [Sung(variation.text, "variation") for variation in variations]


FORM_COST = {
    "reordered": 0.5, "tail": 0.8, "answer": 1.0, "head": 1.0, "repeat": 1.0, "echo": 1.6, "whole": 2.0, "fade": 2.4,
    "sigh": 2.6,
}  # fmt: skip
"""How late each form of a line is taken in a verse: new order and shortening first, the plain repeat late."""
