"""All the words of a song: the person's lines, what grows out of them, and where each line is sung."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from senandung.composing.plan import Plan, SectionPlan
from senandung.composing.words.chorus import write_choruses
from senandung.composing.words.draft import MOST, Draft, Material, Sung, first_unworn
from senandung.composing.words.phrases import MachineLines
from senandung.domain.feeling import Feeling
from senandung.domain.words import Line, Words
from senandung.language.rhyme import count_syllables
from senandung.language.syllables import syllabify_line
from senandung.sensing.lexical import read_words

FORM_COST = {
    "reordered": 0.5, "tail": 0.8, "answer": 1.0, "head": 1.0, "repeat": 1.0, "echo": 1.6, "call": 1.8, "whole": 2.0,
    "fade": 2.4, "sigh": 2.6,
}  # fmt: skip
"""How late each form of a line is taken in a verse, by judgement: new order and shortening first, the repeat late."""


def write_words(
    person_lines: tuple[str, ...],
    plan: Plan,
    feeling: Feeling,
    language: str,
    *,
    seed: int,
    verses: bool,
    pantun: bool = False,
) -> Words:
    """The words of a whole song, in sung order.

    The person's lines come first, complete, in their order, with nothing between them; lines that find no slot are
    added to the last sung section. The hook returns in every later chorus, and the chorus has the same words each
    time. Other sections hold variations, vocalises and, where `verses` is True, lines of the machine. No line is
    sung more than six times, unless the person wrote it more often. See docs/words.md.

    Parameters
    ----------
    person_lines : singable lines as `senandung.language.lines.split_lines` gives them; may be empty.
    plan : how many lines each section holds.
    feeling : chooses the hook, the vocalises and the machine's lines.
    language : "id" or "en".
    seed : the same seed gives the same words.
    verses : whether the machine may propose lines of its own, each marked "machine".
    pantun : whether, with `verses`, the first free verse of four lines or more is a pantun (a-b-a-b).
    """
    lines = tuple(line for line in person_lines if count_syllables(line, language) > 0)
    sung = [at for at, section in enumerate(plan.sections) if section.slots > 0]
    if not sung:
        return Words(language, ())
    chance = random.Random(seed)
    writer = _Writer(
        plan,
        Material.gather(lines, feeling, language),
        MachineLines.near(lines, feeling, language, chance) if verses else None,
        chance,
        pantun,
        Draft([[] for _ in plan.sections]),
    )
    draft = writer.write(sung)
    return Words(
        language,
        tuple(
            Line(line.text, syllabify_line(line.text, language), line.source, section)
            for section, held in enumerate(draft.sections)
            for line in held
        ),
    )


@dataclass
class _Writer:
    """Writes one song's words; used once. `walk` numbers the person's line from which the next verse line is made."""

    plan: Plan
    material: Material
    machine: MachineLines | None
    chance: random.Random
    pantun: bool
    draft: Draft
    stated: set[int] = field(default_factory=set)
    walk: int = 0

    def write(self, sung: list[int]) -> Draft:
        """Fill the sung sections: the person's lines, the choruses, then the others in order."""
        self._state(sung)
        choruses = [at for at in sung if self.plan.sections[at].kind == "chorus"]
        write_choruses(self.draft, self.plan, choruses, self.stated, self.material, self.machine)
        for at in sung:
            if self.plan.sections[at].kind != "chorus" or not self.draft.sections[at]:
                self._fill(at, refrain=not choruses and at not in self.stated)
        last = sung[-1]
        if not choruses and len(self.draft.sections[last]) < self.plan.sections[last].slots:
            self.draft.add(last, self.material.vocalise(self.draft.counts, None))
        return self.draft

    def _state(self, sung: list[int]) -> None:
        """Sing the person's lines once, in order."""
        waiting = list(self.material.lines)
        for at in sung:
            while waiting and (len(self.draft.sections[at]) < self.plan.sections[at].slots or at == sung[-1]):
                self.draft.add(at, waiting.pop(0))
                self.stated.add(at)

    def _fill(self, at: int, *, refrain: bool) -> None:
        """Fill one section; with `refrain` its last line is the hook."""
        section, held = self.plan.sections[at], self.draft.sections[at]
        if self._repeat_prechorus(at, section) or len(held) >= section.slots:
            return
        goal = self._goal(at)
        refrain = refrain and bool(self.material.lines) and goal > 1
        lines = len(self.material.lines)
        if at not in self.stated and 1 < lines < 5 and self.walk % lines == 0:
            self.walk += 1
        while len(held) < goal - refrain:
            added = self._next(at, goal - refrain - len(held))
            if not added:
                break
            for line in added:
                self.draft.add(at, line)
        if refrain:
            hook = self.material.hook
            options = [self.material.lines[hook], *self.material.varied(hook)]
            chosen = first_unworn(options, self.draft.counts, self.draft.neighbours(at))
            if chosen is not None:
                self.draft.add(at, chosen)
        if not held:
            self.draft.add(at, self.material.vocalise(self.draft.counts, None))

    def _repeat_prechorus(self, at: int, section: SectionPlan) -> bool:
        """Whether a prechorus came back with the words of the earlier one."""
        if section.kind != "prechorus" or section.repeats is None or section.repeats in self.stated | {at}:
            return False
        lines = self.draft.sections[section.repeats][: section.slots]
        if not lines or self.draft.sections[at] or any(self.draft.counts[line.key] >= MOST - 1 for line in lines):
            return False
        for line in lines:
            self.draft.add(at, line)
        return True

    def _goal(self, at: int) -> int:
        """How many lines a section should have: all its slots where there is material, else room to play in."""
        section, stock = self.plan.sections[at], self.material.stock
        if self.machine is not None:
            return section.slots
        if not self.material.lines:
            return (section.slots + 1) // 2
        if section.kind == "bridge":
            return min(section.slots, (section.slots + 1) // 2 + (stock > 8))
        if stock >= 6:
            return section.slots
        return max(1, section.slots - section.slots // (3 if at in self.stated else 4))

    def _want(self, at: int) -> int | None:
        """The syllables of the line that the melody of the next line was made for, where it comes back."""
        model = self.plan.sections[at].repeats
        place = len(self.draft.sections[at])
        if model is None or place >= len(self.draft.sections[model]):
            return None
        return count_syllables(self.draft.sections[model][place].text, self.material.language)

    def _next(self, at: int, room: int) -> list[Sung]:
        """The next line or lines of a section, [] where the instruments had better play."""
        held, want = self.draft.sections[at], self._want(at)
        proposed = self._propose(at, room, want)
        if proposed:
            return proposed
        bridge = self.plan.sections[at].kind == "bridge" and not held and self.material.stock <= 8
        if self.material.lines and not bridge:
            mixed = self.plan.sections[at].feeling is not None
            for most, own in [(most, own) for most in (2, MOST - 2) for own in ((True, False) if mixed else (False,))]:
                for _ in self.material.lines:
                    parent = self.walk % len(self.material.lines)
                    self.walk += 1
                    chosen = self._form(parent, at, want, most) if not own or self._belongs(parent, at) else None
                    if chosen is not None:
                        return [chosen]
            if held and self.chance.random() < 0.5:
                return []
        return [self.material.vocalise(self.draft.counts, want)]

    def _belongs(self, parent: int, at: int) -> bool:
        """Whether a line of the person's does not turn against the feeling that its section has for itself."""
        feeling = self.plan.sections[at].feeling
        read = read_words(self.material.lines[parent].text, self.material.language)
        return feeling is None or not read.readable or read.valence * feeling.valence > -0.05

    def _propose(self, at: int, room: int, want: int | None) -> list[Sung]:
        """The machine's lines for this place: a pantun, a couplet, or a line that rhymes with the one before."""
        if self.machine is None:
            return []
        held = self.draft.sections[at]
        alone = not self.material.lines or self.plan.sections[at].kind == "bridge" or at in self.stated
        found: tuple[str, ...] = ()
        if self.pantun and room >= 4:
            found = self.machine.take_pantun()
            self.pantun = False
        elif alone and room >= 2:
            found = self.machine.take_couplet(want) or self.machine.take_line("", want)
        elif alone or len(held) % 2 == 1:
            found = self.machine.take_line(held[-1].text if held else "", want)
        return [Sung(self._cased(text), "machine") for text in found]

    def _cased(self, text: str) -> str:
        """The text with a small first letter where the person writes so ("I" and "Lord" keep theirs)."""
        small = bool(self.material.lines) and not any(line.text[:1].isupper() for line in self.material.lines)
        keeps = re.match(r"(?:I\b|Tuhan|Lord|Monday|Senin)", text) is not None
        return text[:1].lower() + text[1:] if small and not keeps else text

    def _form(self, parent: int, at: int, want: int | None, most: int) -> Sung | None:
        """The form of a person's line that has been heard least and fits; None where all are sung `most` times."""
        avoid = {line.key for line in self.draft.sections[at]} | self.draft.neighbours(at)
        whole = self.material.lines[parent]
        forms = [("whole", whole)] if whole.key not in self.material.unfinished else []
        forms += [(form.kind, Sung(form.text, "variation")) for form in self.material.forms[parent]]
        options: list[tuple[float, int, Sung]] = []
        for place, (kind, line) in enumerate(forms):
            count = self.draft.counts[line.key]
            if count >= most + (kind == "whole") or line.key in avoid:
                continue
            cost = 3.0 * count + FORM_COST[kind] + self.chance.random()
            if want is not None:
                cost += 0.25 * abs(count_syllables(line.text, self.material.language) - want)
            options.append((cost, place, line))
        return min(options, key=lambda option: option[:2])[2] if options else None
