"""The words of the chorus: the hook, its answer, the hook again, another line; the same each time it comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from senandung.composing.plan import Plan
from senandung.composing.words.draft import MOST, Draft, Material, Sung, first_unworn
from senandung.composing.words.phrases import MachineLines


def write_choruses(
    draft: Draft,
    plan: Plan,
    choruses: Sequence[int],
    stated: set[int],
    material: Material,
    machine: MachineLines | None,
) -> None:
    """Fill every chorus of the draft.

    Parameters
    ----------
    draft : holds the person's lines already, sung once in order.
    plan : how many lines each section holds.
    choruses : indices of the sung sections that are choruses.
    stated : indices of the sections in which the person's lines stand; a first chorus that is among them keeps its
        lines and comes back with them.
    material : what the lines are made from.
    machine : proposes lines where there are none of the person's, or None.
    """
    if not choruses:
        return
    first = choruses[0]
    free = [at for at in choruses if at not in stated]
    begun = list(draft.sections[first]) if first in stated else []
    slots = max(plan.sections[at].slots for at in choruses)
    hook = material.lines[material.hook].key if material.lines else ""
    if not material.lines:
        pattern = _wordless(material, machine, slots, len(free))
    elif begun and (any(line.key == hook for line in begun) or len(begun) < plan.sections[first].slots):
        pattern = plan_chorus(material, draft.counts, slots, len(free) + 1, begun=begun)
    else:
        pattern = plan_chorus(material, draft.counts, slots, len(free), others=begun)
    for at in choruses:
        held = draft.sections[at]
        if at not in stated or (at == first and pattern[: len(held)] == held):
            for line in pattern[len(held) : plan.sections[at].slots]:
                spare = [line, *(material.varied(material.hook) if material.lines else ()), *material.vocalises]
                chosen = line if draft.counts[line.key] < MOST else first_unworn(spare, draft.counts, set())
                if chosen is not None:
                    draft.add(at, chosen)
    last = choruses[-1]
    if len(choruses) > 1 and last not in stated and 0 < len(draft.sections[last]) < plan.sections[last].slots:
        draft.add(last, material.vocalise(draft.counts, 8))


def plan_chorus(
    material: Material,
    counts: Counter[str],
    slots: int,
    times: int,
    *,
    begun: Sequence[Sung] = (),
    others: Sequence[Sung] = (),
) -> list[Sung]:
    """A chorus of at most `slots` lines that can be sung `times` times without wearing a line out.

    Parameters
    ----------
    counts : how often each line is sung already, `begun` included once.
    begun : lines with which it begins.
    others : lines to take first where a line other than the hook is wanted.
    """
    times = min(max(times, 1), MOST - 1)
    planned: Counter[str] = Counter()
    already = Counter(line.key for line in begun)
    pattern = list(begun)
    hook = material.hook
    near = [at for at in (hook + 1, hook - 1, hook + 2, hook - 2) if 0 <= at < len(material.lines)]
    beside = [*others, *(material.lines[at] for at in near)]
    beside = [line for line in beside if line.key not in material.unfinished]
    extra = [line for at in near for line in material.varied(at)]
    returns = [material.lines[hook], *material.varied(hook, "fade", "repeat", "echo", "sigh")]
    answers = material.varied(hook, "answer", "tail", "repeat", "reordered", "call")
    closing = material.varied(hook, "echo", "sigh", "fade")
    turns = [returns, [*answers, *beside, *closing], returns, [*beside, *extra, *closing]]

    def fits(line: Sung) -> bool:
        sung = counts[line.key] - already[line.key] + (planned[line.key] + 1 + already[line.key]) * times
        again = line.key in planned and line.key != material.lines[hook].key
        return sung <= MOST and not again and (not pattern or pattern[-1].key != line.key)

    for turn in range(2 * slots):
        if len(pattern) >= slots:
            break
        chosen = next((line for line in turns[turn % 4] if fits(line)), None)
        if chosen is None and turn % 4 == 3 and not any(line.source == "vocalise" for line in pattern):
            chosen = material.vocalises[0]
        if chosen is not None:
            planned[chosen.key] += 1
            pattern.append(chosen)
    return pattern


def _wordless(material: Material, machine: MachineLines | None, slots: int, times: int) -> list[Sung]:
    """A chorus where the person gave no words: couplets of the machine, or vocalises of which the first returns."""
    pattern: list[Sung] = []
    while machine is not None and len(pattern) + 2 <= slots:
        couplet = machine.take_couplet(None)
        if not couplet:
            break
        pattern += [Sung(text, "machine") for text in couplet]
    first, *rest = material.vocalises
    while len(pattern) < slots:
        turn = len(pattern)
        returns = turn % 2 == 0 and (turn // 2 + 1) * times <= MOST
        pattern.append(first if returns else rest[turn % len(rest)])
    return pattern
