"""A sung line over the gendhing, in the manner of gerongan.

A gerongan meets the balungan on its seleh, is metrical, and gathers its syllables towards the end of the phrase, with
turns on the way; eight beats of the balungan have a line of about eight syllables (commonly stated). The line here
keeps to that and is otherwise ours: simpler than a gerongan, and no sindhenan, which floats around the beat.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from senandung.composing.gamelan.laid import Laid, LaidGatra
from senandung.domain.song import Note, Section
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.domain.words import Line, Words

SUNG_RANGE = (-1, 6)
"""Lowest and highest place of the voice: in a pathet of 1 2 3 5 6 from 6 low to 2 high."""

LINE_GATRA = 2
"""Gatra of a line where there is room."""

UNITS = 8
"""Places for syllables in a gatra of irama tanggung; twice as many in dadi, half as many in lancar."""

FILLED = 0.72
"""Share of its span that a line's syllables take, up to the seleh; the rest is breath and the tone before."""

HELD = 0.55
"""Share of the next gatra for which the last tone may be held."""

TURN_SHARE = 0.55
"""How often a longer syllable inside a line turns over its neighbour."""

REGISTER = 0.8
"""How much the balungan's own octave draws the voice, against staying where it is."""

VELOCITY = 84


def write_gerongan(laid: Laid, sections: Sequence[Section], words: Words, *, seed: int) -> tuple[Note, ...]:
    """The sung line: every syllable of the words, in order, each line in its section.

    Parameters
    ----------
    laid : the gendhing in time; a line's last syllable falls on the seleh of its last gatra.
    sections : the song's sections, for the lines name theirs by number.
    words : what is sung.
    seed : the same seed sings the same line.
    """
    chance = random.Random(seed)
    notes: list[Note] = []
    number, at = 0, 0
    for section in range(len(sections)):
        lines = [line for line in words.lines if line.section == section]
        gatra = [row for row in laid.gatra if row.section == section]
        if len(lines) > len(gatra):
            made, at = _crowd(laid, lines, gatra, number, at)
            notes += made
            number += sum(len(line.syllables) for line in lines)
            continue
        for line, span in zip(lines, _spans(gatra, len(lines)), strict=True):
            if not notes:
                at = _place(laid, span[0].gatra.seleh, 2)
            made, at = _sing(laid, line, span, number, at, chance)
            notes += made
            number += len(line.syllables)
    return _apart(notes, laid.end)


def _spans(gatra: Sequence[LaidGatra], lines: int) -> list[list[LaidGatra]]:
    """The gatra of each line: two where there is room, spread over the section; else one."""
    if not lines:
        return []
    blocks = [list(gatra[start : start + LINE_GATRA]) for start in range(0, len(gatra), LINE_GATRA)]
    if lines <= len(blocks):
        return [blocks[number * len(blocks) // lines] for number in range(lines)]
    return [[gatra[number * len(gatra) // lines]] for number in range(lines)]


def _crowd(
    laid: Laid, lines: Sequence[Line], gatra: Sequence[LaidGatra], first: int, before: int
) -> tuple[list[Note], int]:
    """More lines than gatra: all their syllables as even as words in speech, on the seleh of the gatra they are in."""
    count = sum(len(line.syllables) for line in lines)
    start, end = gatra[0].onset, gatra[-1].end + TICKS_PER_QUARTER
    notes: list[Note] = []
    at = before
    for number in range(count):
        tick, until = (start + (end - start) * place // count for place in (number, number + 1))
        inside = next(row for row in gatra if tick < row.end + TICKS_PER_QUARTER)
        at = _place(laid, inside.gatra.seleh, at)
        midi = laid.pathet.tone(at).midi(laid.tuning, laid.pathet.laras)
        notes.append(Note(tick, max(until - tick, 1), midi, VELOCITY, first + number))
    return notes, at


def _sing(
    laid: Laid, line: Line, span: Sequence[LaidGatra], first: int, before: int, chance: random.Random
) -> tuple[list[Note], int]:
    """One line over its gatra: notes with their syllables' numbers, and the place that is reached."""
    count = len(line.syllables)
    halves = _halves(line) if len(span) > 1 and count > 3 else (0, count)
    notes: list[Note] = []
    at = before
    start = 0
    for gatra, size in zip(span[-2:] if halves[0] else span[-1:], halves if halves[0] else halves[1:], strict=True):
        goal = _place(laid, gatra.gatra.seleh, at)
        onsets = _onsets(gatra, size, long=not halves[0] and len(span) > 1)
        places = _course(at, goal, size, chance)
        for number, (tick, place) in enumerate(zip(onsets, places, strict=True)):
            end = onsets[number + 1] if number + 1 < size else tick + int(HELD * 4 * TICKS_PER_QUARTER)
            notes += _syllable(laid, first + start + number, tick, end, place, places[number + 1 :], chance)
        start += size
        at = goal
    return notes, at


def _halves(line: Line) -> tuple[int, int]:
    """How many syllables come before the middle seleh: up to a word's end, as near to the middle as may be."""
    ends = [number for number, syllable in enumerate(line.syllables[:-1], 1) if syllable.ends_word]
    count = len(line.syllables)
    cut = min(ends, key=lambda end: (abs(end - count / 2), end), default=0)
    return (cut, count - cut) if 2 <= cut <= count - 2 else (0, count)


def _onsets(gatra: LaidGatra, count: int, *, long: bool) -> list[Tick]:
    """When the syllables begin: evenly before the seleh, on which the last one falls, the one before it longer."""
    pace = {"lancar": 0.5, "tanggung": 1.0, "dadi": 2.0}[gatra.irama.name]
    unit = int(4 * TICKS_PER_QUARTER / (UNITS * pace))
    room = FILLED * 4 * TICKS_PER_QUARTER * (2 if long else 1)
    steps = max(count - 1, 1)
    wide = 1 if count > 2 else 0  # the last but one is held for two
    while unit > 15 and (steps + wide) * unit > room:
        unit //= 2
    widest = max(int(room / (steps + wide)) // unit, 1)
    step = unit * min(widest, 2 if count > 4 else 3)
    ticks = [gatra.end - (steps - number + (wide if number < steps else 0)) * step for number in range(count)]
    return ticks if count > 1 else [gatra.end]


def _place(laid: Laid, seleh: int, near: int) -> int:
    """The seleh in the voice's range: in the octave near to where the voice is, and to where the balungan is."""
    size = len(laid.pathet.tones)
    places = [place for place in range(SUNG_RANGE[0], SUNG_RANGE[1] + 1) if (place - seleh) % size == 0]
    return min(places, key=lambda place: (abs(place - near) + REGISTER * abs(place - seleh), place))


def _course(start: int, goal: int, count: int, chance: random.Random) -> list[int]:
    """A place for every syllable: an arch from near the last tone to the goal, by steps of two at most.

    No three syllables in a row stay on one tone.
    """
    low, high = SUNG_RANGE
    first = min(max(start + chance.choice((-1, 0, 0, 1)), low), high)
    still = abs(goal - first) < 2
    rise = chance.choice((1, 2, 2, -1) if still else (0, 1, 1, 2)) if count > 2 else 0
    if rise < 0 and min(first, goal) <= low:
        rise = 1
    if rise > 0 and max(first, goal) >= high:
        rise = -1
    places = []
    for number in range(1, count + 1):
        share = number / count
        place = round(first + (goal - first) * share + rise * math.sin(math.pi * share))
        places.append(min(max(place, low), high))
    places[-1] = goal
    for number in range(count - 2, -1, -1):  # no leap of more than two steps on the way to the goal
        places[number] = min(max(places[number], places[number + 1] - 2), places[number + 1] + 2)
    for number in range(1, count - 1):
        if places[number - 1] == places[number] == places[number + 1]:
            places[number] += 1 if places[number] < high and (rise > 0 or places[number] == low) else -1
    return places


def _syllable(
    laid: Laid, number: int, onset: Tick, end: Tick, place: int, ahead: Sequence[int], chance: random.Random
) -> list[Note]:
    """A syllable's notes: one tone, or, where it is long, a turn over the neighbour or a passing tone to the next."""
    length = end - onset
    beat = TICKS_PER_QUARTER // 2

    def note(at: Tick, size: Tick, where: int) -> Note:
        tone = laid.pathet.tone(min(max(where, SUNG_RANGE[0]), SUNG_RANGE[1] + 1))
        return Note(at, size, tone.midi(laid.tuning, laid.pathet.laras), VELOCITY, number)

    if length < 2 * beat or chance.random() > TURN_SHARE:
        return [note(onset, length, place)]
    if not ahead:  # the end of a phrase: over the neighbour onto the seleh
        return [note(onset, beat // 2, place + 1), note(onset + beat // 2, length - beat // 2, place)]
    between = place + (1 if ahead[0] > place else -1)
    if abs(ahead[0] - place) == 2:
        return [note(onset, length - beat, place), note(end - beat, beat, between)]
    return [
        note(onset, length - beat, place),
        note(end - beat, beat // 2, place + 1),
        note(end - beat // 2, beat // 2, place),
    ]


def _apart(notes: Sequence[Note], end: Tick) -> tuple[Note, ...]:
    """The notes without overlap, one voice; a note that would end a line too late gives way to the next."""
    held: list[Note] = []
    for note, following in zip(notes, [*notes[1:], None], strict=True):
        until = min(note.end, end if following is None else following.onset)
        if until > note.onset:
            held.append(Note(note.onset, until - note.onset, note.pitch, note.velocity, note.syllable))
    return tuple(held)
