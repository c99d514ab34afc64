"""The hands of a keyboard part: as its notes state them, or found where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from senandung.domain.song import Note
from senandung.domain.time import Tick

SPAN = 14
"""Semitones that a hand reaches with ease; what lies further apart is taken by two."""

_REACH_COST = 4.0
_IDLE_COST = 8.0
_DRIFT = 0.3


def needs_two_hands(notes: Sequence[Note]) -> bool:
    """Whether a keyboard part is more than one hand's: notes together, and wider than a hand reaches.

    >>> needs_two_hands([Note(0, 480, 36), Note(0, 480, 72)]), needs_two_hands([Note(0, 480, 60), Note(480, 480, 90)])
    (True, False)
    """
    if not notes:
        return False
    pitches = [note.pitch for note in notes]
    until = 0
    together = False
    for note in sorted(notes):
        together = together or note.onset < until
        until = max(until, note.end)
    return together and max(pitches) - min(pitches) > SPAN


def split_hands(notes: Sequence[Note]) -> tuple[list[Note], list[Note]]:
    """Notes of a keyboard as right and left hand.

    Notes that begin together are cut where both hands stay near where they were and neither reaches too far: a greedy
    form of the rules of Kilian & Hoos (2002, "Voice separation: a local optimisation approach", ISMIR).

    >>> right, left = split_hands([Note(0, 480, 40), Note(0, 480, 64), Note(0, 480, 72), Note(480, 480, 43)])
    >>> [note.pitch for note in right], [note.pitch for note in left]
    ([64, 72], [40, 43])
    """
    groups: dict[Tick, list[Note]] = {}
    for note in sorted(notes, key=lambda note: (note.onset, note.pitch)):
        groups.setdefault(note.onset, []).append(note)
    wide = [group for group in groups.values() if len(group) > 1]
    high = fmean(group[-1].pitch for group in wide) if wide else 67.0
    low = fmean(group[0].pitch for group in wide) if wide else 50.0
    right: list[Note] = []
    left: list[Note] = []
    for group in groups.values():
        cut = min(range(len(group) + 1), key=lambda at: _cost([n.pitch for n in group], at, low, high))
        left += group[:cut]
        right += group[cut:]
        if cut > 0:
            low += _DRIFT * (fmean(note.pitch for note in group[:cut]) - low)
        if cut < len(group):
            high += _DRIFT * (fmean(note.pitch for note in group[cut:]) - high)
        if high - low < 7:  # hands that meet part again
            middle = (high + low) / 2
            low, high = middle - 3.5, middle + 3.5
    return right, left


def stated_staves(notes: Sequence[Note]) -> tuple[list[Note], ...]:
    """Notes by the staves that they state, two at least; none where no note states any.

    A note that states none (one that a person put in) goes to the hand that `split_hands` finds for it.

    >>> upper, lower = stated_staves([Note(0, 480, 60, staff=2), Note(0, 480, 64, staff=1), Note(480, 480, 72)])
    >>> [note.pitch for note in upper], [note.pitch for note in lower]
    ([64, 72], [60])
    """
    most = max((note.staff for note in notes), default=0)
    if most == 0:
        return ()
    staves: tuple[list[Note], ...] = tuple([] for _ in range(max(most, 2)))
    unstated = any(note.staff == 0 for note in notes)
    right = set(split_hands(notes)[0]) if unstated else set()
    for note in notes:
        staves[note.staff - 1 if note.staff else 0 if note in right else 1].append(note)
    return staves


def _cost(pitches: Sequence[int], cut: int, low: float, high: float) -> float:
    cost = sum(abs(pitch - low) for pitch in pitches[:cut]) + sum(abs(pitch - high) for pitch in pitches[cut:])
    for hand in (pitches[:cut], pitches[cut:]):
        if not hand:
            cost += _IDLE_COST if len(pitches) > 1 else 0
        else:
            cost += _REACH_COST * max(max(hand) - min(hand) - SPAN, 0)
    return cost
