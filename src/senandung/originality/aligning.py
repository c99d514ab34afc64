"""Alignment: how far a voice of the index stands, note for note, in the notes of a part around a place.

The transposition is fixed by the place. A chain of pairs, a note of the voice with one of the piece of the same pitch,
goes on in time on both sides; every note counts what it says (`information`), the less the more notes of the piece it
could have met; skipped notes and changes of pace cost (local alignment, Smith & Waterman 1981, over the pairs alone;
chains of points under a transposition are Ukkonen, Lemström & Mäkinen's geometric matching, 2003, with time scaled as
in Lemström & Laitinen 2011). Where the steps do not keep the tempo, the voice is tried dotted too, three to one.

Compiled by numba when first used; what it keeps is made anew when this file has changed, not when `scanning` has.
"""

from __future__ import annotations

import numba
import numpy as np

from senandung.originality.scanning import EXACT, WIDEST, kept, symbol_of

_compiled = numba.njit(error_model="numpy")

SKIPPED_THERE, REACH = 3, 48
"""The furthest that a pair may stand from the one before: notes of the voice, notes of the part."""

START = 1.0
COST_THERE, COST_HERE, MOST_HERE = 3.0, 0.25, 3
"""Bits that a left out note of the voice and a moment of the piece that is passed over cost, the latter at most so
many: others sound while a slow voice rests."""

SAME_PACE, INEXACT, OTHER_PACE, MOST_OTHER = 0.5, 1.0, 2.0, 1.5
"""Bits for a step in the tempo; those that another costs, and that each octave off costs up to so many octaves."""

AFTER_SKIP = 0.85
"""What a note counts whose foregoing notes were left out."""

DOTTED = 4.0
"""Bits that it costs to take the voice as dotted."""

DOTTED_BELOW = 0.8
"""Share of steps in the tempo below which that is tried."""

REPEATED = 0.25
"""What a turn of three notes counts that has already stood in the same passage."""

MOST_PACE = 3.0
"""Bits that the pace of one note counts at most."""

LONG, SHORT, SWUNG = 0.585, -1.0, 0.5
"""Octaves by which the long and the short step of two dotted ones are off, and bits that such a step costs at first."""

_VARIANTS = 14
"""The tempo of the chain, three units of dots with four phases, and dots from the first note on."""

_NEAR, _AROUND, _TALLEST, _WIDE = 5, 14, 256, 1024
"""Notes of the voice before and after a place; notes of the voice and of the part at most."""


@_compiled
def _chain(
    times, pitches, moments, chances, there_times, there_pitches, bits, rhythm, shift, scale, swung, score, back
):  # fmt: skip
    """Fills the tables of the best chain to each pair; the best value and its place."""
    tall, wide = len(there_times), len(times)
    best, best_at = -np.inf, -1
    met = np.empty((tall, wide), np.int32)  # the columns of each row that have its pitch
    counts = np.zeros(tall, np.int64)
    below = np.zeros(SKIPPED_THERE + 1, np.int64)
    for place in range(tall):
        below[:] = 0
        chance = chances[place]
        for column in range(wide):
            if pitches[column] - shift != there_pitches[place]:
                continue
            top, came = START, -1
            first, last = column, column + 1
            while first > 0 and moments[first - 1] == moments[column]:
                first -= 1
            while last < wide and moments[last] == moments[column]:
                last += 1
            alone = _bits(chance[last] - chance[first], bits[place])
            most = bits[place] + SAME_PACE + rhythm[place]
            for left in range(1, min(SKIPPED_THERE, place) + 1):
                row = place - left
                while below[left] < counts[row] and met[row, below[left]] < column:
                    below[left] += 1
                step = (there_times[place] - there_times[row]) * scale
                if step <= 0:
                    continue
                for number in range(below[left] - 1, -1, -1):
                    before = met[row, number]
                    spent = times[column] - times[before]
                    if spent > step * WIDEST or column - before > REACH:
                        break
                    if score[row, before] + most <= top or spent * WIDEST < step:
                        continue  # nothing that it could gain would be enough
                    octaves = np.log2(spent / step)
                    off = abs(octaves)
                    passed = moments[column] - moments[before]
                    if off < EXACT:
                        pace = SAME_PACE + (rhythm[place] if passed == 1 and left == 1 else 0.0)
                        gain = alone
                    elif swung and (abs(octaves - LONG) < EXACT or abs(octaves - SHORT) < EXACT):
                        pace, gain = -SWUNG, alone
                    else:
                        pace = -INEXACT - OTHER_PACE * min(off, MOST_OTHER)
                        gain = _bits(chance[last] - chance[before + 1], bits[place])
                    if left > 1:
                        gain *= AFTER_SKIP
                    total = score[row, before] + gain + pace
                    total -= COST_THERE * (left - 1) + COST_HERE * min(passed - 1, MOST_HERE)
                    if total > top:
                        top, came = total, row * wide + before
            score[place, column] = top
            back[place, column] = came
            met[place, counts[place]] = column
            counts[place] += 1
            if top > best:
                best, best_at = top, place * wide + column
    return best, best_at


@_compiled
def _bits(chance, most):
    """Bits of a note by the chance that any of those at its time goes on with the voice."""
    return most if chance <= 0 else min(max(-np.log2(chance), 0.0), most)


@_compiled
def _in_tempo(back, at, times, there_times, scale):
    """Steps of a chain, and how many of them keep the tempo."""
    wide = len(times)
    steps = kept = 0
    while back[at // wide, at % wide] >= 0:
        before = back[at // wide, at % wide]
        spent = times[at % wide] - times[before % wide]
        steps += 1
        kept += abs(np.log2(spent / ((there_times[at // wide] - there_times[before // wide]) * scale))) < EXACT
        at = before
    return steps, kept


@_compiled
def _dotted(onset, times, unit, phase):
    """Times as they are when of every two units the first is held three times as long as the second."""
    found = np.empty(len(times))
    for place in range(len(times)):
        beats = (onset + times[place] + phase * unit) / (2.0 * unit)
        rest = beats - np.floor(beats)
        held = 1.5 * rest if rest < 0.5 else 0.75 + (rest - 0.5) / 2
        found[place] = (np.floor(beats) + held) * 2.0 * unit
    return found


@_compiled
def _shares(intervals, at, since, none, one, two, three):
    """Eighths of a bit of each next interval of a voice, `since` notes after its beginning, after those before it."""
    if since == 1:
        return none
    last = symbol_of(intervals[at - 1])
    if since == 2:
        return one[last]
    before = symbol_of(intervals[at - 2])
    if since == 3:
        return two[before, last]
    return three[symbol_of(intervals[at - 3]), before, last]


@_compiled
def _pace_bits(gaps, at, since, paces):
    if since < 3:
        return 0.0
    octaves = np.log2(max(gaps[at - 2], 1)), np.log2(max(gaps[at - 1], 1)), np.log2(max(gaps[at], 1))
    before = int(min(max(np.rint(octaves[1] - octaves[0]), -2), 2)) + 2
    after = int(min(max(np.rint(octaves[2] - octaves[1]), -2), 2)) + 2
    return min(paces[before, after] / 8, MOST_PACE)


@_compiled
def _novel(gains, turns):
    """Counts a turn that the passage had before at `REPEATED`."""
    for place in range(3, len(gains)):
        for other in range(2, place):
            if turns[other] == turns[place] and turns[other - 1] == turns[place - 1]:
                if gains[place] > 0:
                    gains[place] *= REPEATED
                break


@_compiled
def _first(back, at):
    """The first pair of a chain."""
    wide = back.shape[1]
    while back[at // wide, at % wide] >= 0:
        at = back[at // wide, at % wide]
    return at


@_compiled
def _tempo(first, at, times, there_times):
    """The time of a chain against that of the voice, from end to end; 0 for a single pair."""
    wide = len(times)
    spent = there_times[at // wide] - there_times[first // wide]
    return (times[at % wide] - times[first % wide]) / spent if spent > 0 else 0.0


@kept
def chains(
    places, scales, thorough, times, pitches, part_starts, moments,
    intervals, gaps, starts, voice_pitch, voice_onset, tables,
):  # fmt: skip
    """The best chain at each place.

    `places` and `scales` as `scanning.extend` gives them, `tables` those of `Information`. `thorough` goes further
    around and tries the tempo of the chain found and the voice dotted too; without it dotted steps cost little. Gives
    where the chain of each place begins in the rest: numbers of the notes here and there, what each pair gains, in
    bits; and of each place the share of steps in the tempo.
    """
    none, one, two, three, paces = tables
    begins, shares = np.zeros(len(places) + 1, np.int64), np.zeros(len(places))
    here, there, gains = np.empty(1 << 16, np.int64), np.empty(1 << 16, np.int64), np.empty(1 << 16)
    size = 1 << 15
    scores, backs = np.empty((2, size)), np.empty((2, size), np.int32)
    power = 2.0 ** (-np.arange(256) / 8)
    filled = 0
    for number in range(len(places)):
        part, here_first, here_last, voice = places[number, 0], places[number, 1], places[number, 2], places[number, 3]
        there_first, there_last, shift = places[number, 4], places[number, 5], places[number, 6]
        begin, scale = starts[voice], scales[number]
        around = _AROUND if thorough else _NEAR
        first = max(there_first - around, begin)
        last = min(there_last + around + 1, starts[voice + 1], first + _TALLEST)
        tall = last - first
        pitch, onset = voice_pitch[voice], np.float64(voice_onset[voice])
        for at in range(begin + 1, first + 1):
            pitch += intervals[at]
            onset += gaps[at]
        there_times, there_pitches = np.zeros(tall), np.empty(tall, np.int64)
        for at in range(first, last):
            place = at - first
            if place:
                pitch += intervals[at]
                there_times[place] = there_times[place - 1] + gaps[at]
            there_pitches[place] = pitch
        end = min(there_last, last - 1) - first
        lead, trail = there_times[there_first - first] * scale, (there_times[tall - 1] - there_times[end]) * scale
        low, high = here_first, here_last + 1
        while low > part_starts[part] and times[low - 1] >= times[here_first] - 1.2 * lead:
            low -= 1
        while high < part_starts[part + 1] and times[high] <= times[here_last] + 1.2 * trail:
            high += 1
        low = max(low, here_first - 200)
        high = min(high, low + _WIDE)
        wide = high - low
        bits, rhythm = np.zeros(tall), np.zeros(tall)
        chances = np.zeros((tall, wide + 1))
        for at in range(max(first, begin + 1), last):
            place = at - first
            after = _shares(intervals, at, at - begin, none, one, two, three)
            bits[place] = after[symbol_of(intervals[at])] / 8
            rhythm[place] = _pace_bits(gaps, at, at - begin, paces)
            from_pitch = there_pitches[place] - intervals[at] + shift
            own = power[after[symbol_of(intervals[at])]]
            total = 0.0
            for column in range(wide):
                leap = pitches[low + column] - from_pitch
                if leap == intervals[at]:
                    total += own
                elif -12 <= leap <= 12:
                    total += power[after[leap + 12]]
                chances[place, column + 1] = total
        if tall * wide > size:
            size = tall * wide
            scores, backs = np.empty((2, size)), np.empty((2, size), np.int32)
        score, back = scores[0, : tall * wide].reshape(tall, wide), backs[0, : tall * wide].reshape(tall, wide)
        row = slice(low, high)
        best, at = _chain(
            times[row], pitches[row], moments[row], chances,
            there_times, there_pitches, bits, rhythm, shift, scale, not thorough, score, back,
        )  # fmt: skip
        cost = 0.0
        if at >= 0:
            steps, kept = _in_tempo(back, at, times[row], there_times, scale)
            shares[number] = kept / max(steps, 1)
            middle = np.median(gaps[there_first + 1 : first + end + 1]) if first + end > there_first else 0.0
            if thorough and steps >= 4 and kept < steps and best > 8.0:
                for variant in range(_VARIANTS):
                    unit = middle if variant < 5 or variant == 13 else 12.0 if variant < 9 else 24.0
                    heard, charge = there_times, 0.0
                    if variant:
                        if unit <= 0 or kept >= DOTTED_BELOW * steps or (5 <= variant < 13 and unit == middle):
                            continue
                        from_bar = onset if variant < 13 else -there_times[_first(back, at) // wide]
                        heard, charge = _dotted(from_bar, there_times, unit, ((variant - 1) % 4) / 2), DOTTED
                    tempo = _tempo(_first(back, at), at, times[row], heard)
                    if tempo <= 0:
                        continue
                    other, table = (
                        scores[1, : tall * wide].reshape(tall, wide),
                        backs[1, : tall * wide].reshape(tall, wide),
                    )
                    value, place = _chain(
                        times[row], pitches[row], moments[row], chances,
                        heard, there_pitches, bits, rhythm, shift, tempo, False, other, table,
                    )  # fmt: skip
                    if value - charge > best:
                        best, at, cost = value - charge, place, charge
                        steps, kept = _in_tempo(table, at, times[row], heard, tempo)
                        shares[number] = kept / max(steps, 1)
                        score[:, :] = other
                        back[:, :] = table
        count, walk = 0, at
        while walk >= 0:
            count += 1
            walk = back[walk // wide, walk % wide]
        while filled + count > len(here):
            here, there, gains = np.append(here, here), np.append(there, there), np.append(gains, gains)
        place = filled + count
        while at >= 0:
            place -= 1
            there[place], here[place] = at // wide + first, at % wide + low
            before = back[at // wide, at % wide]
            gains[place] = score[at // wide, at % wide]
            if before >= 0:
                gains[place] -= score[before // wide, before % wide]
            at = before
        if count:
            gains[filled] -= cost
            turns = np.zeros(count, np.int64)
            for place in range(1, count):
                turns[place] = (
                    there_pitches[there[filled + place] - first] - there_pitches[there[filled + place - 1] - first]
                )
            _novel(gains[filled : filled + count], turns)
        filled += count
        begins[number + 1] = filled
    return begins, here[:filled].copy(), there[:filled].copy(), gains[:filled].copy(), shares
