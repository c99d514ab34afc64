"""A motif as the opening of a piece that the network writes: its tune stands in the leading part, the others are asked.

The network fills in the other parts of the opening, as the style has it, and goes on from there; an opening comes back
in a piece, at last at its end (`decoding.returns`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from senandung.composing.motif.forms import moved, semitone_span
from senandung.composing.motif.harmony import carried
from senandung.composing.motif.staging import Use
from senandung.composing.pieces.asked import SINGERS, PieceWish
from senandung.composing.pieces.piece import (
    METRES,
    TICKS_PER_STEP,
    Piece,
    PieceBar,
    PieceChord,
    PieceNote,
)
from senandung.composing.pieces.score_piece import chord_of, key_of_bar
from senandung.domain.errors import InvalidValueError
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.metre import Metre
from senandung.domain.motif import Motif, Tone
from senandung.domain.scales import Key
from senandung.domain.time import Tick

LEADING = (
    "violin", "voice", "soprano", "melody", "piano", "harpsichord", "organ", "guitar", "flute", "oboe", "clarinet",
)  # fmt: skip
"""Classes that lead, the first that the ensemble has; else its first part with a pitch."""

LEAST_BARS = 4
"""Bars of an opening: a shorter motif is said and then moved by a step."""

USUAL_RANGE = (62, 81)
"""Where a leading part usually lies, inside of what its instrument plays."""

DEGREES = ((0, "maj"), (2, "min"), (4, "min"), (5, "maj"), (7, "maj"), (7, "7"), (9, "min"))
MINOR_DEGREES = ((0, "min"), (3, "maj"), (5, "min"), (7, "maj"), (7, "7"), (8, "maj"), (10, "maj"))
"""Chords that carry an opening: semitones above the tonic, and their quality."""

LEADS_ON: Mapping[int, float] = {5: 0.6, 7: 0.25, 2: 0.3, 10: 0.2, 9: 0.3, 8: 0.3, 0: -0.3}
"""What a root's step upwards in semitones is worth: down a fifth first."""


@dataclass(frozen=True)
class Opening:
    """Bars with the motif in one part and all others to be filled in.

    `blanks` are rows (bar, part) to be written; `uses` say where the motif stands, in ticks; `part` is who has it.
    """

    piece: Piece
    blanks: frozenset[tuple[int, int]]
    uses: tuple[Use, ...]
    part: int


def open_with(motif: Motif, wish: PieceWish) -> Opening:
    """An opening for a piece.

    Parameters
    ----------
    motif : in the wish's metre and key.
    wish : the piece that is asked for.

    Raises `InvalidValueError` where nobody can lead, or the piece is too short.
    """
    part = _leader(wish)
    metre = Metre.parse(wish.metre)
    bar = metre.bar_ticks
    lead = 1 if motif.tones[0].onset < 0 else 0
    tones = _in_range(motif.tones, wish.parts[part].instrument)
    key = Key(motif.key.tonic, wish.mode)
    bars = motif.bars
    uses = [Use(0, "statement", lead * bar, tones, 0, len(tones), 0, False)]
    if 2 * bars <= LEAST_BARS and tones[-1].end <= bars * bar + min(tones[0].onset, 0):
        again = moved(tones, key, _step(tones))
        uses.append(Use(0, "sequence", (lead + bars) * bar, again, 0, len(again), _step(tones), False))
        bars *= 2
    whole = lead + max(bars, LEAST_BARS)
    if wish.bars < whole + LEAST_BARS:
        raise InvalidValueError(f"a piece on this motif must have at least {whole + LEAST_BARS} bars, got {wish.bars}")
    notes = [Tone(use.start + tone.onset, tone.duration, tone.pitch) for use in uses for tone in use.tones]
    chords = _chords(notes, (wish.metre, wish.tonic, wish.mode), whole, key, metre)
    rows = []
    for number in range(whole):
        own = tuple(_notes_in(notes, number, bar))
        others = tuple(own if at == part else () for at in range(len(wish.parts)))
        rows.append(PieceBar(wish.metre, wish.tonic, wish.mode, chords[number], others))
    piece = Piece(wish.style, wish.ensemble, wish.parts, tuple(rows), wish.tempo, wish.valence, wish.arousal,
                  wish.bars - whole)  # fmt: skip
    sung = {at for at, each in enumerate(wish.parts) if each.instrument in SINGERS and at != part}
    blanks = {(number, at) for number in range(lead, whole) for at in range(len(wish.parts)) if at not in sung | {part}}
    empty = {(number, part) for number in range(lead, whole) if not rows[number].notes[part]}
    return Opening(piece, frozenset(blanks | empty), tuple(uses), part)


def _notes_in(tones: Sequence[Tone], number: int, bar: Tick) -> list[PieceNote]:
    """The tones that begin in a bar, as its notes."""
    return [
        PieceNote((tone.onset - number * bar) // TICKS_PER_STEP, tone.pitch, max(tone.duration // TICKS_PER_STEP, 1))
        for tone in tones
        if number * bar <= tone.onset < (number + 1) * bar
    ]


def _leader(wish: PieceWish) -> int:
    names = [part.instrument for part in wish.parts]
    for name in LEADING:
        if name in names:
            return names.index(name)
    pitched = [at for at, name in enumerate(names) if name not in ("drums", "timpani")]
    if not pitched:
        raise InvalidValueError("a motif needs a player with a pitch, got drums alone")
    return pitched[0]


def _in_range(tones: Sequence[Tone], name: str) -> tuple[Tone, ...]:
    """The tones in the octave in which the instrument leads best."""
    low, high = USUAL_RANGE
    if name in INSTRUMENTS and name not in ("piano", "harpsichord", "organ"):
        low, high = INSTRUMENTS[name].comfortable
    bottom, top = semitone_span(tones)

    def badness(octave: int) -> tuple[int, float]:
        outside = max(low - bottom - 12 * octave, 0) + max(top + 12 * octave - high, 0)
        return outside, abs((bottom + top) / 2 + 12 * octave - (low + high) / 2 - 2)

    shift = 12 * min(range(-6, 7), key=badness)
    return tuple(replace(tone, pitch=tone.pitch + shift) for tone in tones)


def _step(tones: Sequence[Tone]) -> int:
    """A tune that ends higher than it began goes on a step lower; else a step higher."""
    return -1 if tones[-1].pitch > tones[0].pitch else 1


def _chords(
    notes: Sequence[Tone], where: tuple[str, int, str], bars: int, key: Key, metre: Metre
) -> list[tuple[PieceChord | None, ...]]:
    """A chord for every slot: the cheapest way through the degrees that carry the tones (Viterbi's search).

    `where` is the bars' metre, tonic and mode.
    """
    name, tonic, mode = where
    slots = 2 if METRES[name].halves else 1
    length: Tick = metre.bar_ticks // slots
    degrees = MINOR_DEGREES if mode in ("minor", "dorian") else DEGREES
    chords = [PieceChord((tonic + step) % 12, quality) for step, quality in degrees]
    names = [chord_of(chord, key) for chord in chords]
    ways: list[tuple[float, list[int]]] = [(0.6 * (at == 0), [at]) for at in range(len(chords))]
    total = bars * slots
    for slot in range(total):
        fits = [1.2 * carried(notes, name, slot * length, (slot + 1) * length, metre) for name in names]
        if slot == 0:
            ways = [(worth + fits[way[-1]], way) for worth, way in ways]
            continue
        onward = []
        for at in range(len(chords)):
            best = max(ways, key=lambda way: way[0] + _leads(chords, way[1][-1], at, slot % slots != 0))
            step = _leads(chords, best[1][-1], at, slot % slots != 0)
            closing = 0.5 * (at in (0, 4)) if slot == total - 1 else 0.0
            onward.append((best[0] + step + fits[at] + closing, [*best[1], at]))
        ways = onward
    _, way = max(ways, key=lambda found: found[0])
    return [tuple(chords[way[bar * slots + slot]] for slot in range(slots)) for bar in range(bars)]


def _leads(chords: Sequence[PieceChord], one: int, other: int, inside: bool) -> float:
    """What going from a chord to another is worth; inside a bar it is rather kept."""
    if one == other:
        return 0.4 if inside else -0.3
    return LEADS_ON.get((chords[other].root - chords[one].root) % 12, 0.0) - (0.5 if inside else 0.0)


def returns_in(piece: Piece, opening: Opening, metre: Metre) -> tuple[Use, ...]:
    """Where the leading part has the opening's motif again, in any key, as uses in ticks."""
    bar = metre.bar_ticks
    notes = [
        (number * bar + note.start * TICKS_PER_STEP, note.pitch)
        for number, each in enumerate(piece.bars)
        for note in each.notes[opening.part]
    ]
    tops: dict[Tick, int] = {}
    for onset, pitch in notes:
        tops[onset] = max(pitch, tops.get(onset, 0))
    line = sorted(tops.items())
    model = opening.uses[0]
    found = list(opening.uses)
    taken = {(use.onset, use.tones[0].pitch) for use in opening.uses}
    for first, pitch in line:
        start = first - model.tones[0].onset
        shift = pitch - model.tones[0].pitch
        wanted = [(start + tone.onset, tone.pitch + shift) for tone in model.tones]
        if (first, pitch) in taken or any(tops.get(onset) != tone for onset, tone in wanted):
            continue
        inside = [onset for onset, _ in line if first <= onset <= wanted[-1][0]]
        if len(inside) == len(wanted):
            tones = tuple(replace(tone, pitch=tone.pitch + shift) for tone in model.tones)
            found.append(Use(0, "repetition", start, tones, 0, len(tones), 0, False))
    return tuple(found)


def planted(piece: Piece, opening: Opening, metre: Metre) -> tuple[Piece, frozenset[tuple[int, int]], Use]:
    """The piece with the motif said once more in its last third, in the key that it has there.

    Returns it with the rows that are to be written anew around it, and the use.
    """
    bar = metre.bar_ticks
    model = opening.uses[0]
    bars = list(piece.bars)
    lead = 1 if model.tones[0].onset < 0 else 0
    length = model.tones[-1].onset // bar + 1
    at = max(len(opening.piece.bars) + lead, min(round(0.66 * len(bars) / 4) * 4 + lead, len(bars) - length - 2))
    here = key_of_bar(bars[at])
    first = key_of_bar(opening.piece.bars[-1])
    shift = (here.tonic.pitch_class - first.tonic.pitch_class + 6) % 12 - 6
    tones = tuple(replace(tone, pitch=tone.pitch + shift) for tone in model.tones)
    start = at * bar
    onset, end = start + tones[0].onset, start + tones[-1].end
    placed = [Tone(start + tone.onset, tone.duration, tone.pitch) for tone in tones]
    for number in range(len(bars)):
        line = number * bar
        if line + 2 * bar <= onset or line >= end:
            continue
        row = []
        for note in bars[number].notes[opening.part]:
            begins = line + note.start * TICKS_PER_STEP
            if not onset <= begins < end:
                room = (onset - begins) // TICKS_PER_STEP if begins < onset else note.length
                row.append(note._replace(length=max(min(note.length, room), 1)))
        row += _notes_in(placed, number, bar)
        rows = list(bars[number].notes)
        rows[opening.part] = tuple(sorted(row))
        bars[number] = replace(bars[number], notes=tuple(rows))
    changed = range(at, min(at + length, len(bars)))
    here_on = [replace(tone, onset=tone.onset - start) for tone in placed if tone.onset >= start]
    chords = _chords(here_on, (bars[at].metre, bars[at].tonic, bars[at].mode), len(changed), here, metre)
    for number, own in zip(changed, chords, strict=True):
        if bars[number].metre == bars[at].metre:
            bars[number] = replace(bars[number], chords=own)
    blanks = {
        (number, part)
        for number in changed
        for part, instrument in enumerate(piece.parts)
        if part != opening.part and instrument.instrument not in SINGERS
    }
    use = Use(0, "repetition", start, tones, 0, len(tones), 0, False)
    return replace(piece, bars=tuple(bars)), frozenset(blanks), use
