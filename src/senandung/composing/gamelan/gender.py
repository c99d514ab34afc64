"""The gender barung: a running line for two hands that leads from seleh to seleh.

Players of the gender choose a cengkok for each gatra, by its seleh and the pathet (Sumarsam 1975, "Gender barung, its
technique and function in the context of Javanese gamelan", Indonesia 20). The cengkok are no table here: this line is
ours and keeps to what they have in common by common statement: two hands in one stream of strokes, the low one along
the melody, the high one around a tone above, and at the seleh both together in an octave (gembyang) or, on tones that
are not the pathet's gong tones, with two tones between them (kempyung).
"""

from __future__ import annotations

from senandung.composing.gamelan.laid import Laid
from senandung.domain.song import Note, tidy_notes
from senandung.domain.time import TICKS_PER_QUARTER

VELOCITY, SELEH = 58, 8

TURN = (0, 1, 0, -1)
"""How the low hand winds around its way, in places."""

LOWEST, HIGHEST = -5, 8
"""The instrument's places, for a pathet of 1 2 3 5 6: from 1 low to 5 high."""

OCTAVE, KEMPYUNG = 5, 3
"""Places between the hands at a seleh: an octave, or with two tones between them."""


def play_gender(laid: Laid) -> tuple[Note, ...]:
    """The gender's part: as many strokes a beat as the peking, two at least."""
    notes: list[Note] = []
    gong = {laid.pathet.tone(place).digit for place in range(5)} & set(laid.pathet.gong)
    before = laid.gatra[0].gatra.seleh
    for gatra in laid.played:
        strokes = 4 * max(gatra.density.peking, 2)
        step = 4 * TICKS_PER_QUARTER // strokes
        goal = _low(gatra.gatra.seleh)
        start = _low(before, goal)
        octave = laid.pathet.tone(goal).digit in gong
        for number in range(1, strokes + 1):
            at = gatra.end - (strokes - number) * step
            share = number / strokes
            place = round(start + (goal - start) * share) + TURN[number // 2 % 4]
            high = goal + (OCTAVE if octave else KEMPYUNG)
            if number == strokes:
                length = laid.end - at if gatra.last else step
                notes += [_stroke(laid, hand, at, length, VELOCITY + SELEH) for hand in (goal, high)]
            elif number % 2 == 0:  # the low hand, along the melody
                notes.append(_stroke(laid, place, at, step, VELOCITY))
            else:  # the high hand, around the tone above the goal
                notes.append(_stroke(laid, high + number // 2 % 2, at, step, VELOCITY - 6))
        before = gatra.gatra.seleh
    return tidy_notes(notes)


def _low(place: int, near: int = -2) -> int:
    """A seleh in the low hand's octave."""
    return min(range(LOWEST, 1), key=lambda low: ((low - place) % 5 != 0, abs(low - near)))


def _stroke(laid: Laid, place: int, at: int, length: int, velocity: int) -> Note:
    inside = min(max(place, LOWEST), HIGHEST)
    return Note(at, length, laid.pathet.tone(inside).midi(laid.tuning, laid.pathet.laras), velocity)
