"""What is wrong with a piece, told from the piece alone: nothing here comes from the grammar that wrote it."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise

from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import METRES, Piece, PieceBar

MONOPHONIC = {
    "flute", "oboe", "clarinet", "bassoon", "saxophone", "horn", "trumpet", "trombone", "tuba", "timpani", "voice",
    "soprano", "alto", "tenor", "basso", "melody", "continuo", "bass", "contrabass",
}  # fmt: skip
PLAYED_BY_TWO = {"violin": 2, "viola": 2, "cello": 2, "piano": 5, "harpsichord": 5, "organ": 5, "guitar": 6, "harp": 5}
# lowest and highest sounding notes, after Adler (2002), as MIDI numbers
ADLER = {
    "piano": (21, 108), "harpsichord": (29, 89), "organ": (36, 96), "violin": (55, 103), "viola": (48, 91),
    "cello": (36, 81), "contrabass": (28, 67), "flute": (59, 98), "oboe": (58, 93), "clarinet": (50, 94),
    "bassoon": (34, 77), "horn": (34, 77), "trumpet": (52, 86), "trombone": (40, 75), "tuba": (26, 65),
    "timpani": (38, 60), "guitar": (40, 84), "bass": (28, 67), "soprano": (57, 84), "alto": (50, 79),
    "tenor": (45, 72), "basso": (38, 67), "voice": (45, 84), "drums": (27, 87),
}  # fmt: skip


def sounding(bars: tuple[PieceBar, ...], part: int) -> list[tuple[int, int, int]]:
    """Start, end (in steps of the whole) and MIDI number of a part's notes."""
    found, begin = [], 0
    for bar in bars:
        found += [(begin + n.start, begin + n.start + n.length, n.pitch) for n in bar.notes[part]]
        begin += METRES[bar.metre].steps
    return found


def faults(piece: Piece, wish: PieceWish) -> list[str]:
    """Every rule that a piece breaks."""
    found: list[str] = []

    def check(ok: bool, what: str) -> None:
        if not ok:
            found.append(what)

    check(piece.parts == wish.parts, "other parts")
    check(len(piece.bars) == wish.bars and piece.bars_after == 0, f"{len(piece.bars)} bars for {wish.bars}")
    check(piece.bars[: len(wish.opening)] == wish.opening, "the opening was changed")
    check((piece.tempo, piece.ensemble) == (wish.tempo, wish.ensemble), "another tempo or ensemble")
    own = piece.bars[len(wish.opening) :]
    for number, bar in enumerate(own, len(wish.opening)):
        check((bar.metre, bar.tonic, bar.mode) == (wish.metre, wish.tonic, wish.mode), f"bar {number}: another key")
        asked = wish.chords_at(number)
        check(not asked or bar.chords == asked, f"bar {number}: chords {bar.chords} for {asked}")
        for part, row in enumerate(bar.notes):
            name = f"bar {number} {wish.parts[part].instrument}.{wish.parts[part].slot}"
            check(list(row) == sorted(row), f"{name}: not in order")
            check(all(0 <= n.start < METRES[bar.metre].steps and n.length >= 1 for n in row), f"{name}: off the bar")
            low, high = wish.ranges.get(wish.parts[part], ADLER.get(wish.parts[part].instrument, (21, 108)))
            if wish.parts[part].instrument == "drums":
                low, high = 27, 87
                check(len({(n.start, n.pitch) for n in row}) == len(row), f"{name}: a drum twice at once")
            check(all(low <= n.pitch <= high for n in row), f"{name}: out of {low}..{high}")
            if _syllables(wish, part, number) is None:
                check(not any(n.melisma for n in row), f"{name}: a melisma without syllables")
    steps = sum(METRES[bar.metre].steps for bar in piece.bars)
    given = sum(METRES[bar.metre].steps for bar in wish.opening)
    everything: list[tuple[int, int, int]] = []
    for part, who in enumerate(wish.parts):
        notes = sounding(piece.bars, part)
        if who.instrument == "drums":
            everything += notes
            continue
        everything += notes
        check(all(end <= steps for start, end, _ in notes if start >= given), f"{who.instrument}: behind the end")
        most = 1 if who.instrument in MONOPHONIC else PLAYED_BY_TWO.get(who.instrument, 6)
        by_pitch: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for start, end, pitch in notes:
            by_pitch[pitch].append((start, end))
        for pitch, spans in by_pitch.items():
            spans.sort()
            for (_, end), (start, _) in pairwise(spans):
                check(start >= end or start < given, f"{who.instrument}: {pitch} struck at {start}, it sounds to {end}")
        for start, _, _ in notes:
            if start >= given:
                together = sum(s <= start < e for s, e, _ in notes)
                check(together <= most, f"{who.instrument}: {together} notes at once at {start}")
    begin = 0
    for number, bar in enumerate(piece.bars):
        stop = begin + METRES[bar.metre].steps
        asked = [_syllables(wish, part, number) for part in range(len(wish.parts))]
        sounds = any(s < stop and e > begin for s, e, _ in everything)
        check(sounds or all(count == 0 for count in asked), f"bar {number} is silent")
        begin = stop
    for part in range(len(wish.parts)):
        found += bad_singing(piece, wish, part)
    for part, who in enumerate(wish.parts):
        if who in wish.syllables:
            continue
        plays = sum(bool(bar.notes[part]) for bar in piece.bars)
        check(plays >= math.ceil(0.08 * wish.bars), f"{who.instrument}.{who.slot} plays in {plays} of {wish.bars} bars")
    found += _bad_ending(piece, wish, steps)
    return found


def _syllables(wish: PieceWish, part: int, bar: int) -> int | None:
    counts = wish.syllables.get(wish.parts[part])
    return None if counts is None or bar < len(wish.opening) else counts[bar]


def bad_singing(piece: Piece, wish: PieceWish, part: int) -> list[str]:
    """What is wrong with the syllables of a part: their number in each bar, and the notes that carry them on."""
    found = []
    begin, end, pitch, carried, known = 0, -1, -1, 0, False
    for number, bar in enumerate(piece.bars):
        row, count = bar.notes[part], _syllables(wish, part, number)
        name = f"bar {number} {wish.parts[part].instrument}"
        begun = sum(not note.melisma for note in row)
        if count is not None and begun != count:
            found.append(f"{name}: {begun} syllables for {count}")
        for note in row:
            carried = carried + 1 if note.melisma else 0
            if note.melisma and (not known or begin + note.start != end):
                found.append(f"{name}: a melisma at {note.start} carries nothing on")
            if carried > 3:
                found.append(f"{name}: {carried} melisma notes on a syllable")
            if note.melisma and note.pitch == pitch:
                found.append(f"{name}: a melisma at {note.start} on the same pitch")
            known = count is not None
            end, pitch = begin + note.start + note.length, note.pitch
        begin += METRES[bar.metre].steps
    return found


def _bad_ending(piece: Piece, wish: PieceWish, steps: int) -> list[str]:
    """What is wrong at the end, where nothing in the wish stands in the way of a good one."""
    pitched = [part for part, who in enumerate(wish.parts) if who.instrument != "drums"]
    if wish.ranges or wish.opening or not pitched:
        return []
    found = []
    last = piece.bars[-1]
    chord = last.chords[-1]
    if (wish.chords is None or not wish.chords[-1]) and (chord is None or chord.root != wish.tonic):
        found.append(f"the last chord is {chord}")
    if chord is None or chord.quality not in ("maj", "min"):
        return found
    held = [pitch for part in pitched for start, end, pitch in sounding(piece.bars, part) if end == steps]
    if not held and all(_syllables(wish, part, wish.bars - 1) == 0 for part in pitched):
        return found
    if not held or min(held) % 12 != chord.root:
        found.append(f"the last lowest note is {min(held, default=None)}, the chord {chord}")
    tones = {(chord.root + tone) % 12 for tone in ((0, 4, 7) if chord.quality == "maj" else (0, 3, 7))}
    if any(pitch % 12 not in tones for pitch in held):
        found.append(f"the last notes are {sorted(held)}, the chord {chord}")
    for part in pitched:
        notes = last.notes[part]
        if notes and max(n.start + n.length for n in notes) != METRES[last.metre].steps:
            found.append(f"{wish.parts[part].instrument} stops before the end")
    return found
