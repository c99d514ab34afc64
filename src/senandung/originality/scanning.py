"""The loops of the search over notes, compiled by numba when they are first used.

`scan` reads an index once and says where fingerprints stand in it, `paths` gives those of a part that sounds several
notes at once, `extend` goes on from a common fingerprint in both directions while the notes agree, as BLAST does with
letters (Altschul et al. 1990). numba keeps what it has compiled in `__pycache__`, or in the person's cache folder where
it may not write there, and makes it anew when this file has changed.
"""

from __future__ import annotations

import numba
import numpy as np

_compiled = numba.njit(error_model="numpy")


def kept(function):
    """Compiled, without Python's lock, and kept for the next start; where no folder can be written, for this one."""
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:
        return numba.njit(nogil=True, error_model="numpy")(function)


_TABLE_BITS = 23
_MIX = 2654435761

MISS = 12.0
"""Eighths of a bit that a note of the voice costs which is not found."""

SAME_PACE, OTHER_PACE = 4.0, 8.0
"""Eighths of a bit for a step in the tempo, and those that each octave off costs."""

WIDEST = 2.2
"""How many times longer or shorter than the tempo foretells a step may be."""

EXACT = 0.1
"""Octaves by which a step in the tempo may be off."""

_MISSED, _DROP = 2, 64.0
"""Notes missed in a row, and eighths of a bit lost since the best, after which nothing is gone on with."""


@_compiled
def _place(key):
    return ((np.int64(key) * _MIX) & 0xFFFFFFFF) >> (32 - _TABLE_BITS)


@_compiled
def symbol_of(interval):
    """An interval in semitones as a row of the tables: wider than an octave counts as an octave, the lowest is 0."""
    return min(max(np.int64(interval), -12), 12) + 12


@_compiled
def _pace(before, after):
    """The class of a step against the one before: log2 of their ratio to the nearest whole number, -2..2, plus 2."""
    one = max(np.int64(before), 1)
    two = max(np.int64(after), 1)
    one, two = one * one, two * two
    if two > 2 * one:
        return 4 if two > 8 * one else 3
    if 2 * two < one:
        return 0 if 8 * two < one else 1
    return 2


@_compiled
def _found(keys, key):
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low if low < len(keys) and keys[low] == key else -1


@_compiled
def _table(keys):
    table = np.zeros(1 << (_TABLE_BITS - 3), np.uint8)
    for key in keys:
        place = _place(key)
        table[place >> 3] |= np.uint8(1 << (place & 7))
    return table


@_compiled
def _may_hold(table, key):
    place = _place(key)
    return (np.int64(table[place >> 3]) >> (place & 7)) & 1


@_compiled
def _longer(rows):
    longer = np.empty((2 * rows.shape[0], rows.shape[1]), rows.dtype)
    longer[: rows.shape[0]] = rows
    return longer


@kept
def scan(intervals, gaps, starts, voices, paced, plain, most):
    """Where fingerprints stand in voices of an index: rows of kind (0 paced, 1 plain), number of the key, first and
    last note; and how often each key of both kinds does.

    `voices` are the first and the one after the last that are read. `paced` and `plain` are rising keys; of a key that
    stands in more than `most` places only so many are given.
    """
    tables = _table(paced), _table(plain)
    counts = np.zeros(len(paced), np.int64), np.zeros(len(plain), np.int64)
    rows = np.empty((1 << 18, 4), np.int32)
    filled = 0
    ring = np.zeros(7, np.int64)
    for voice in range(voices[0], voices[1]):
        begin, end = starts[voice], starts[voice + 1]
        leaps = classes = turn = np.int64(0)
        moved = 0
        for at in range(begin, end):
            symbol = symbol_of(intervals[at])
            since = at - begin
            if since:
                leaps = (leaps * 25 + symbol) % 390625
            if since > 1:
                classes = (classes * 5 + _pace(gaps[at - 1], gaps[at])) % 125
            if since >= 4:
                key = leaps * 125 + classes
                if _may_hold(tables[0], key):
                    asked = _found(paced, key)
                    if asked >= 0:
                        counts[0][asked] += 1
                        if counts[0][asked] <= most:
                            if filled == len(rows):
                                rows = _longer(rows)
                            rows[filled, 0], rows[filled, 1] = 0, asked
                            rows[filled, 2], rows[filled, 3] = at - 4, at
                            filled += 1
            if since == 0 or intervals[at] != 0:
                ring[moved % 7] = at
                moved += 1
                if since:
                    turn = (turn * 25 + symbol) % 244140625
                if moved >= 7:
                    key = turn
                    if _may_hold(tables[1], key):
                        asked = _found(plain, key)
                        if asked >= 0:
                            counts[1][asked] += 1
                            if counts[1][asked] <= most:
                                if filled == len(rows):
                                    rows = _longer(rows)
                                rows[filled, 0], rows[filled, 1] = 1, asked
                                rows[filled, 2], rows[filled, 3] = ring[moved % 7], at
                                filled += 1
    return rows[:filled].copy(), counts[0], counts[1]


@_compiled
def _nearest_note(cell_times, cell_starts, high, time, expected, step, stretch):
    """The place before `high` whose distance from `time`, onwards or back, is nearest in ratio to `expected`, and how
    many octaves off; -1 without one. `cell_starts` says where the cell's notes of every `stretch` ticks begin."""
    least = time + expected / WIDEST if step > 0 else time - expected * WIDEST
    most = time + expected * WIDEST if step > 0 else time - expected / WIDEST
    first = cell_starts[min(max(np.int64(least / stretch), 0), len(cell_starts) - 1)]
    best, off = -1, 99.0
    while first < high and cell_times[first] <= most:
        if cell_times[first] >= least:
            ratio = abs(cell_times[first] - time) / expected
            if ratio < 1.0:
                ratio = 1.0 / ratio
            if ratio < off:
                best, off = first, ratio
        first += 1
    return best, np.log2(off) if best >= 0 else off


@_compiled
def _mark(marks, stamps, stamp, there, here):
    """Puts a pair into the set of this voice; whether it was there already."""
    place = (there * 7919 + here * 104729) & (len(marks) - 1)
    for _ in range(16):
        if stamps[place] != stamp:
            stamps[place] = stamp
            marks[place] = there * (1 << 31) + here
            return False
        if marks[place] == there * (1 << 31) + here:
            return True
        place = (place + 1) & (len(marks) - 1)
    return False


@_compiled
def _note_bits(intervals, bits, at, begin):
    """Eighths of a bit of a note after the three intervals before it; 20 where the voice is too short to say."""
    if at - begin < 4:
        return 20.0
    return np.float64(
        bits[
            symbol_of(intervals[at - 3]),
            symbol_of(intervals[at - 2]),
            symbol_of(intervals[at - 1]),
            symbol_of(intervals[at]),
        ]
    )


@_compiled
def _gone_on(
    times, mates, cell_starts, stretch, cell_times, cell_notes, part, intervals, gaps, bits, begin, end,
    first_at, first_note, first_pitch, scale, reach, step, voice, marks, stamps, octaves,
):  # fmt: skip
    """From a pair of notes onwards (step 1) or back (-1): bits gained, last note here and last note there."""
    total = best = 0.0
    best_note, best_at = first_note, first_at
    note, gone, missed = first_note, 0.0, 0
    pitch, at = first_pitch, first_at + step
    while begin <= at < end and abs(at - first_at) <= reach:
        entered = at if step > 0 else at + 1
        gone += gaps[entered]
        pitch += step * intervals[entered]
        place, off = -1, 0.0
        if 0 <= pitch < 128 and gone > 0:
            cell = part * 128 + pitch
            place, off = _nearest_note(
                cell_times, cell_starts[cell], cell_starts[cell, -1], times[note], gone * scale, step, stretch
            )
        if place >= 0:
            found = cell_notes[place]
            many = mates[found] if off < EXACT else abs(found - note)
            says = max(_note_bits(intervals, bits, entered, begin) - 8 * octaves[min(many, 63)], 1.0)
            total += says * (1.0 if missed == 0 else 0.85) + (SAME_PACE if off < EXACT else -OTHER_PACE * off)
            note, gone, missed = found, 0.0, 0
            if off < EXACT:
                _mark(marks, stamps, voice, at, note)
            if total > best:
                best, best_note, best_at = total, note, at
        else:
            missed += 1
            total -= MISS
            if missed > _MISSED or total < best - _DROP:
                break
        at += step
    return best, best_note, best_at


@kept
def extend(
    hits, key_starts, rows, times, parts, pitches, mates, cell_starts, stretch, cell_times, cell_notes,
    intervals, gaps, starts, voice_pitch, bits, least, reach,
):  # fmt: skip
    """Every pair of a fingerprint here and there, gone on with in both directions as far as the notes agree.

    `hits` as `scan` gives them, in order of their places; `key_starts` of each kind, where a key's `rows` begin. Notes
    that go on: of the pitch that the voice goes to, in the part, near the time that the tempo foretells; one that was
    one of many says less. Gives rows (part, first and last note here, voice, first and last note there, semitones) with
    their bits and their time against the voice's, of those that say `least` bits.
    """
    marks = np.zeros(1 << 14, np.int64)
    stamps = np.full(1 << 14, -1, np.int64)
    octaves = np.log2(np.maximum(np.arange(64), 1))
    found = np.empty((1 << 14, 7), np.int64)
    said = np.empty((1 << 14, 2), np.float64)
    filled = 0
    voice = 0
    pitch_at, pitch_of = -1, 0
    for hit in range(len(hits)):
        kind, asked, first, last = hits[hit, 0], hits[hit, 1], np.int64(hits[hit, 2]), np.int64(hits[hit, 3])
        while starts[voice + 1] <= first:
            voice += 1
        begin, end = starts[voice], starts[voice + 1]
        if pitch_at < begin or pitch_at > first:
            pitch_at, pitch_of = begin, voice_pitch[voice]
        while pitch_at < first:
            pitch_at += 1
            pitch_of += intervals[pitch_at]
        spent_there = raised = 0
        seed_bits = 0.0
        for at in range(first + 1, last + 1):
            spent_there += gaps[at]
            raised += intervals[at]
            seed_bits += _note_bits(intervals, bits, at, begin)
        if spent_there <= 0:
            continue
        for row in range(key_starts[kind, asked], key_starts[kind, asked + 1]):
            here_first, here_last = rows[row, 0], rows[row, 1]
            if _mark(marks, stamps, voice, first, here_first):
                continue
            part = parts[here_first]
            shift = pitches[here_first] - pitch_of
            scale = (times[here_last] - times[here_first]) / spent_there
            after, last_here, last_there = _gone_on(
                times, mates, cell_starts, stretch, cell_times, cell_notes, part, intervals, gaps, bits, begin, end,
                last, here_last, pitch_of + raised + shift, scale, reach, 1, voice, marks, stamps, octaves,
            )  # fmt: skip
            before, first_here, first_there = _gone_on(
                times, mates, cell_starts, stretch, cell_times, cell_notes, part, intervals, gaps, bits, begin, end,
                first, here_first, pitch_of + shift, scale, reach, -1, voice, marks, stamps, octaves,
            )  # fmt: skip
            total = seed_bits + after + before
            if total < 8 * least:
                continue
            if filled == len(found):
                found = _longer(found)
                said = _longer(said)
            found[filled, 0], found[filled, 1], found[filled, 2] = part, first_here, last_here
            found[filled, 3], found[filled, 4], found[filled, 5] = voice, first_there, last_there
            found[filled, 6] = shift
            said[filled, 0], said[filled, 1] = total / 8, scale
            filled += 1
    return found[:filled].copy(), said[:filled].copy()


@kept
def paths(times, pitches, moments, low, high, furthest, widest, bits, least, most):
    """Paced fingerprints of five notes of a part that need not be neighbours.

    Gives keys, first and last notes, and whether there are no more than `most`.

    The next note lies at most `furthest` notes and `widest` semitones on. Long and short notes in turn give the key of
    equal ones too, for a tune is often dotted so.
    """
    keys = np.empty(most, np.int64)
    rows = np.empty((most, 2), np.int64)
    count = 0
    after_none, after_one, after_two, after_three, paces = bits
    for a in range(low, high):
        for b in range(a + 1, min(a + furthest + 1, high)):
            one = pitches[b] - pitches[a]
            if moments[b] == moments[a] or abs(one) > widest:
                continue
            said_one = np.int64(after_none[one + 12])
            for c in range(b + 1, min(b + furthest + 1, high)):
                two = pitches[c] - pitches[b]
                if moments[c] == moments[b] or abs(two) > widest:
                    continue
                pace_one = _pace(times[b] - times[a], times[c] - times[b])
                said_two = said_one + after_one[one + 12, two + 12]
                for d in range(c + 1, min(c + furthest + 1, high)):
                    three = pitches[d] - pitches[c]
                    if moments[d] == moments[c] or abs(three) > widest:
                        continue
                    pace_two = _pace(times[c] - times[b], times[d] - times[c])
                    said_three = said_two + after_two[one + 12, two + 12, three + 12] + paces[pace_one, pace_two]
                    for e in range(d + 1, min(d + furthest + 1, high)):
                        four = pitches[e] - pitches[d]
                        if moments[e] == moments[d] or abs(four) > widest:
                            continue
                        pace = _pace(times[d] - times[c], times[e] - times[d])
                        said = said_three + after_three[one + 12, two + 12, three + 12, four + 12]
                        if said + paces[pace_two, pace] < 8 * least:
                            continue
                        if count + 2 > most:
                            return keys, rows, False
                        turn = (((one + 12) * 25 + two + 12) * 25 + three + 12) * 25 + four + 12
                        keys[count] = turn * 125 + (pace_one * 5 + pace_two) * 5 + pace
                        rows[count, 0], rows[count, 1] = a, e
                        count += 1
                        if pace_one == pace and pace_one + pace_two == 4 and abs(pace - pace_two) == 4:
                            keys[count] = turn * 125 + 62
                            rows[count, 0], rows[count, 1] = a, e
                            count += 1
    return keys[:count].copy(), rows[:count].copy(), True
