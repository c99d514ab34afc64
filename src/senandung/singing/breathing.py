"""Where a singer breathes: at rests and ends of lines, and where a phrase is longer than a breath, at a word's end.

The best places are found for the whole part at once (shortest path over its syllables): a breath costs more within a
line than at its end and most of all within a word, a stretch of song costs more the further it is from what one breath
likes to sing, and so does every part of a note that has to make room. Singers breathe at the boundaries of the text and
the music and hardly ever within a word (Sundberg 1987, *The Science of the Singing Voice*, ch. 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from senandung.domain.singing import Breath
from senandung.domain.time import Second
from senandung.singing.habits import Habits
from senandung.singing.timing import BEFORE_REST, SHORTEST, SungSyllable, head_seconds

JOINED: Second = 0.12
JOINED_IN_WORD: Second = 0.3
"""Syllables with less than this between them are sung without a rest: of two words, and of one."""

GIVES = 0.55
"""The most of its last note that a syllable gives for a breath."""
KEEPS: Second = 0.16
"""What the shortened note keeps at least."""

AT_LINE_END, AT_WORD_END, IN_WORD = 0.25, 1.3, 9.0
"""What a breath costs by its place."""
SHORTENED = 1.6
"""What a second taken from a note costs."""
AT_REST: Second = 0.9
"""From this long on, a rest is breathed in without cost."""

LIKED: tuple[Second, Second] = (1.8, 5.0)
"""How long a stretch between two breaths likes to be."""
TOO_SHORT, TOO_LONG, OUT_OF_BREATH = 0.6, 0.12, 12.0
"""What a second less, a second more (squared), and a second beyond the breath costs."""

COMES_BACK: Second = 0.03
"""Between the last sound and the breath."""


@dataclass(frozen=True)
class Phrase:
    """Syllables sung without a rest; `breath` is how long the singer wants to breathe before, 0 for not at all."""

    syllables: tuple[SungSyllable, ...]
    breath: Second = 0.0


def divide(syllables: Sequence[SungSyllable], habits: Habits) -> list[Phrase]:
    """The syllables in phrases: some end earlier so that there is time to breathe, the others reach the next."""
    if not syllables:
        return []
    breaths = _places(syllables, habits)
    phrases: list[Phrase] = []
    current: list[SungSyllable] = []
    for index, syllable in enumerate(syllables):
        following = syllables[index + 1] if index + 1 < len(syllables) else None
        if following is None:
            current.append(syllable)
            phrases.append(Phrase(tuple(current)))
            break
        onset = following.onset
        heads = sum(head_seconds(following.head, habits))
        joined = onset - syllable.end < (JOINED if syllable.ends_word else JOINED_IN_WORD)
        if index + 1 in breaths:
            gap = heads + habits.breath_before + _wanted(syllables, index + 1, breaths, habits) + COMES_BACK
            current.append(_ended(syllable, max(onset - gap, syllable.onset + _least(syllable))))
        elif joined:
            current.append(_ended(syllable, onset, longer=True))
            continue
        else:
            current.append(_ended(syllable, max(onset - heads - BEFORE_REST, syllable.onset + _least(syllable))))
        phrases.append(Phrase(tuple(current)))
        current = []
    found = []
    at = 0
    for phrase in phrases:
        found.append(replace(phrase, breath=_wanted(syllables, at, breaths, habits)) if at in breaths else phrase)
        at += len(phrase.syllables)
    return found


def taken(free: Second, sound: Second, wanted: Second, level: float, habits: Habits) -> Breath | None:
    """The breath between the last sound (`free`) and the next (`sound`), or None where there is no time for one."""
    end = sound - habits.breath_before
    start = max(end - wanted, free + COMES_BACK, 0.0)
    if end - start < min(0.6 * habits.breath_least, wanted):
        return None
    return Breath(start, end, min(max(level, -60.0), 0.0))


def _wanted(syllables: Sequence[SungSyllable], first: int, breaths: set[int], habits: Habits) -> Second:
    """How long the breath before a syllable wants to be: by how long the singer sings until the next one."""
    last = min((place for place in breaths if place > first), default=len(syllables)) - 1
    share = min(max((syllables[last].end - syllables[first].onset) / habits.breath_lasts, 0.0), 1.0)
    return habits.breath_least + share * (habits.breath_most - habits.breath_least)


def _ended(syllable: SungSyllable, end: Second, *, longer: bool = False) -> SungSyllable:
    """The syllable with another end; it is only made longer where asked."""
    last = syllable.notes[-1]
    end = end if longer else min(end, last.end)
    return replace(syllable, notes=(*syllable.notes[:-1], replace(last, end=max(end, last.onset + SHORTEST))))


def _least(syllable: SungSyllable) -> Second:
    """How much of a syllable must stay where it makes room."""
    length = syllable.end - syllable.onset
    return min(length, max((1 - GIVES) * length, KEEPS))


def _places(syllables: Sequence[SungSyllable], habits: Habits) -> set[int]:
    """The numbers of the syllables before which a breath is taken: the cheapest way from the first to the end."""
    count = len(syllables)
    costs = [0.0] + [_cost(syllables[index - 1], syllables[index], habits) for index in range(1, count)]
    best = [0.0] + [float("inf")] * count
    came = [0] * (count + 1)
    for end in range(1, count + 1):
        for start in range(end - 1, -1, -1):
            sung = syllables[end - 1].end - syllables[start].onset
            cost = best[start] + costs[start] + _stretch(sung, habits)
            if cost < best[end]:
                best[end], came[end] = cost, start
            if sung > 3 * habits.breath_lasts:
                break
    places = set()
    at = count
    while at > 0:
        at = came[at]
        places.add(at)
    return places


def _cost(before: SungSyllable, after: SungSyllable, habits: Habits) -> float:
    need = sum(head_seconds(after.head, habits)) + habits.breath_before + habits.breath_least + COMES_BACK
    rest = after.onset - before.end
    if rest >= max(AT_REST, need):
        return 0.0
    room = rest + (before.end - before.onset) - _least(before)
    place = AT_LINE_END if before.ends_line else AT_WORD_END if before.ends_word else IN_WORD
    if rest >= need:
        return 0.5 * place
    missing = max(need - room, 0.0)
    return place + SHORTENED * min(need - rest, before.end - before.onset) + 40.0 * missing


def _stretch(sung: Second, habits: Habits) -> float:
    low, high = LIKED
    cost = TOO_SHORT * max(low - sung, 0.0) + TOO_LONG * max(sung - min(high, 0.65 * habits.breath_lasts), 0.0) ** 2
    return cost + OUT_OF_BREATH * max(sung - habits.breath_lasts, 0.0)
