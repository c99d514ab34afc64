"""Words laid on a motif: every tone is sung; a syllable may have several tones, and a tone may be split for several.

Where there are more tones than syllables, tones are joined by slurs where the tune moves by step; where there are
fewer, long tones are divided, said again on the same pitch. Either way contour and rhythm stay what they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from senandung.composing.melody.slots import SHORTEST_SECONDS
from senandung.domain.metre import Metre
from senandung.domain.motif import Tone
from senandung.domain.time import TICKS_PER_QUARTER, Second, Tick

MOST_SLURRED = 4
"""Tones of one syllable, unless there are too few syllables."""


MOST_SPLIT = 2
"""Syllables more than tones for which tones are divided; further ones are sung behind the motif where there is room."""

WIDEST_SLUR = 9
"""Semitones from a pickup to the bar line's tone over which one syllable is sung."""

TAIL_SECONDS = 0.24
"""Seconds that a syllable behind the motif takes at least, on average."""


@dataclass(frozen=True)
class ThemeLine:
    """What a line sings of a motif: tones counted from its slot, below 0 in a pickup.

    `goes_on` is True where the motif goes on in the next line: nothing else is sung before it does.
    """

    tones: tuple[Tone, ...]
    goes_on: bool = False

    def between(self, start: Tick, end: Tick) -> ThemeLine:
        """The line without the tones of a pickup for which there is no room, its last tone ended in time."""
        kept = [tone for tone in self.tones if tone.onset >= min(start, 0)] or list(self.tones)
        last = kept[-1]
        kept[-1] = replace(last, duration=max(min(last.duration, end - last.onset), min(last.duration, 120)))
        return replace(self, tones=tuple(kept))


def room_behind(line: ThemeLine, length: Tick, metre: Metre, quarter_seconds: Second) -> tuple[Tick, int]:
    """The beat of a slot from which words can be sung behind a motif, and how many syllables have room there."""
    beat = metre.beat_ticks
    last = line.tones[-1]
    start = max(-(-min(last.end, last.onset + 2 * beat) // beat) * beat, 0)
    left = length - start
    if left < 2 * beat or line.goes_on:
        return start, 0
    each = max(TICKS_PER_QUARTER // 2, TAIL_SECONDS * TICKS_PER_QUARTER / quarter_seconds)
    return start, max(int((left - beat) / each), 0)


@dataclass(frozen=True)
class Laid:
    """Tones with their syllables: which syllable of the line each sings, and how many syllables have found a tone."""

    tones: tuple[Tone, ...]
    syllables: tuple[int, ...]
    sung: int


def lay_words(
    tones: Sequence[Tone], stresses: Sequence[bool], metre: Metre, quarter_seconds: Second, *, tail: int = 0
) -> Laid:
    """Lay a line's syllables on tones.

    Parameters
    ----------
    tones : of the line, counted from its slot.
    stresses : for each syllable whether it is stressed.
    metre, quarter_seconds : where strong beats are, and how fast they come.
    tail : how many syllables can be sung behind the tones.
    """
    if _leans_over(tones, stresses):
        laid = _split(tones[2:], stresses[1:], metre, quarter_seconds)
        if laid.sung == len(stresses) - 1 and len(laid.tones) <= 2 * len(tones[2:]):
            return Laid((*tones[:2], *laid.tones), (0, 0, *(1 + each for each in laid.syllables)), len(stresses))
    return _laid(tones, stresses, metre, quarter_seconds, tail)


def _leans_over(tones: Sequence[Tone], stresses: Sequence[bool]) -> bool:
    """Whether a stressed syllable would stand on a pickup of one tone: it is held over the bar line, then."""
    if len(tones) < 4 or len(stresses) < 2 or not tones[0].onset < 0 <= tones[1].onset:
        return False
    leap = abs(tones[1].pitch - tones[0].pitch)
    touches = tones[1].onset == tones[0].end
    return stresses[0] and not stresses[1] and touches and 0 < leap <= WIDEST_SLUR


def _laid(tones: Sequence[Tone], stresses: Sequence[bool], metre: Metre, quarter_seconds: Second, tail: int) -> Laid:
    count = len(tones)
    if len(stresses) <= count:
        return _slurred(tones, stresses, metre)
    over = len(stresses) - count
    if over > MOST_SPLIT and tail >= 3:
        left = min(over, tail)
        kept = _split(tones, stresses[: len(stresses) - left], metre, quarter_seconds)
    else:
        kept = _split(tones, stresses, metre, quarter_seconds)
    if kept.sung < len(stresses) and len(stresses) - kept.sung > tail:
        kept = _forced(tones, stresses[: len(stresses) - tail])
    return kept


def _weight(tone: Tone, metre: Metre) -> float:
    return metre.weight(tone.onset) + 0.8 * min(tone.duration / metre.beat_ticks, 2.0)


def _slurred(tones: Sequence[Tone], stresses: Sequence[bool], metre: Metre) -> Laid:
    """At least as many tones as syllables: choose the tones on which syllables begin."""
    count, wanted = len(tones), len(stresses)
    most = max(MOST_SLURRED, -(-count // wanted) + 1)

    @cache
    def best(tone: int, syllable: int) -> tuple[float, tuple[int, ...]]:
        """The best way to sing the syllables from one on, the first of them beginning on a tone."""
        if syllable == wanted:
            return (0.0, ()) if tone == count else (-1e9, ())
        found: tuple[float, tuple[int, ...]] = (-1e9, ())
        for length in range(1, min(most, count - tone) + 1):
            onward = best(tone + length, syllable + 1)
            if onward[0] <= -1e9:
                continue
            worth = 0.5 * _weight(tones[tone], metre) * (1.0 if stresses[syllable] else 0.4)
            for at in range(tone + 1, tone + length):
                leap = abs(tones[at].pitch - tones[at - 1].pitch)
                rest = tones[at].onset - tones[at - 1].end
                worth -= 0.5 + 0.25 * max(leap - 2, 0) + 0.4 * metre.weight(tones[at].onset) / 4
                worth -= (0.4 if leap == 0 else 0.0) + (2.0 if rest > 0 else 0.0) + 0.2 * (length > 3)
            found = max(found, (worth + onward[0], (tone, *onward[1])))
        return found

    _, starts = best(0, 0)
    numbers = [sum(start <= at for start in starts) - 1 for at in range(count)]
    return Laid(tuple(tones), tuple(numbers), wanted)


def _split(tones: Sequence[Tone], stresses: Sequence[bool], metre: Metre, quarter_seconds: Second) -> Laid:
    """More syllables than tones: divide long tones, on the beat where it can be; as many as can be sung."""
    if len(stresses) <= len(tones):
        return _slurred(tones, stresses, metre)
    least = max(int(SHORTEST_SECONDS * TICKS_PER_QUARTER / quarter_seconds), TICKS_PER_QUARTER // 8)
    parts = [(tone, number) for number, tone in enumerate(tones)]
    while len(parts) < len(stresses):
        choices = []
        for at, (tone, number) in enumerate(parts):
            for cut in _cuts(tone, metre):
                if min(cut, tone.duration - cut) < least:
                    continue
                pieces = sum(other == number for _, other in parts)
                final = at == len(parts) - 1
                worth = metre.weight(tone.onset + cut) * 0.4 + min(tone.duration / metre.beat_ticks, 3.0)
                worth -= 0.8 * pieces + (0.6 if final else 0.0)
                worth += 0.5 * (cut >= tone.duration - cut)
                grid = TICKS_PER_QUARTER // 4
                worth -= 1.5 * (cut % grid != 0)
                choices.append((worth, -at, cut))
        if not choices:
            break
        _, place, cut = max(choices)
        tone, number = parts[-place]
        parts[-place : -place + 1] = [
            (Tone(tone.onset, cut, tone.pitch), number),
            (Tone(tone.onset + cut, tone.duration - cut, tone.pitch), number),
        ]
    found = tuple(tone for tone, _ in parts)
    return Laid(found, tuple(range(len(found))), len(found))


def _cuts(tone: Tone, metre: Metre) -> list[Tick]:
    """Where a tone can be divided: on beats inside it, at its half, or two to one."""
    found = {tone.duration // 2}
    if tone.duration % 3 == 0:
        found |= {tone.duration * 2 // 3, tone.duration // 3}
    beat = metre.beat_ticks
    first = (tone.onset // beat + 1) * beat - tone.onset
    found |= set(range(first, tone.duration, beat))
    return sorted(cut for cut in found if 0 < cut < tone.duration)


def _forced(tones: Sequence[Tone], stresses: Sequence[bool]) -> Laid:
    """An overfull line: the longest tones are divided until every syllable has one, however short."""
    parts = list(tones)
    while len(parts) < len(stresses):
        at = max(range(len(parts)), key=lambda index: parts[index].duration)
        tone = parts[at]
        cut = max(tone.duration // 2, 1)
        if cut == tone.duration:
            break
        parts[at : at + 1] = [
            Tone(tone.onset, cut, tone.pitch),
            Tone(tone.onset + cut, tone.duration - cut, tone.pitch),
        ]
    return Laid(tuple(parts), tuple(range(len(parts))), len(parts))
