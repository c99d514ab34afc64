"""Whether a part by the network serves a song at least as well as the arranger's.

A part is faulted where it does what the arranger's part does not: it rubs against the voice or the bass, says less of
the chords, is far busier or idler, thicker or thinner, strikes the same tones again and again, has no figure that goes
on, or falls silent. Below its thresholds nothing counts:
drafts without a fault are all as good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log2

from senandung.composing.pieces.piece import CHORD_TONES, METRES, STEPS_PER_QUARTER, Piece, PieceNote

ACCEPTED = 1.0
"""A part with more faults than this is the arranger's."""

RUBBING, RUBBING_SCALE = 0.04, 0.06
"""How much larger the share of dissonant pairs with voice and bass may be, and what more counts for one fault."""

LESS_SAID, LESS_SAID_SCALE = 0.15, 0.2
"""How much smaller the share of the chords' tones may be that sound in a bar."""

OTHER_PACE, FREE_ATTACKS = 0.7, 2
"""Octaves by which the attacks may differ from the arranger's in number, and attacks a bar that are added to both, so
that a held chord may move; each further octave is two faults."""

OTHER_WEIGHT = 0.7
"""Octaves by which the notes an attack may differ from the arranger's; each further one is two faults."""

THINNER = 0.5
"""Octaves by which fewer tones may sound on average; each further one is two faults."""

STILL, STILL_SCALE = 0.3, 0.2
"""How many more of the attacks may strike the pitches of the one before again, and what more counts for one fault."""

FIGURE, FIGURE_SCALE = 0.45, 0.2
"""The least likeness of the attacks of neighbouring bars (shared ones among all)."""

LONGEST_REST = 2 * STEPS_PER_QUARTER
"""A rest that is longer by this than the arranger's longest, inside bars in which the part plays, is a fault."""

ROOTED, ROOTED_SCALE = 0.12, 0.1
"""The share of chord changes at which a bass may leave its tone, and what more counts for one fault."""

_DISSONANT = (1, 2, 6, 10, 11)

Row = tuple[PieceNote, ...]


def faults_of(
    new: Piece, old: Piece, heard: Piece, bars: Sequence[int], columns: Sequence[int], *, bass: bool = False
) -> dict[str, float]:
    """The faults of some bars of a part, by name; an empty mapping is a part without one.

    Parameters
    ----------
    new, old : pieces of the same bars and parts, with the part by the network and by the arranger.
    heard : the same bars with the leading line and, where it is another's, the bass.
    bars : the bars that are judged, from 0.
    columns : which parts of the pieces are the player's.
    bass : whether the part is the bass: then it must keep the chords' lowest tones.
    """
    played = [bar for bar in bars if any(old.bars[bar].notes[column] for column in columns)]
    if not played:
        return {}
    rows = {bar: _rows(new, bar, columns) for bar in played}
    known = {bar: _rows(old, bar, columns) for bar in played}
    others = {bar: _rows(heard, bar, range(len(heard.parts))) for bar in played}
    found = {
        "rubs": (_rubbing(rows, others) - _rubbing(known, others) - RUBBING) / RUBBING_SCALE,
        "says less": (_said(old, known) - _said(new, rows) - LESS_SAID) / LESS_SAID_SCALE,
        "paced otherwise": 2 * (abs(log2(_attacks(rows) / _attacks(known))) - OTHER_PACE),
        "of other weight": 2 * (abs(log2(_weight(rows) / _weight(known))) - OTHER_WEIGHT),
        "thinner": 2 * (log2(_sound(known) / _sound(rows)) - THINNER),
        "stands still": (_still(rows) - _still(known) - STILL) / STILL_SCALE,
        "no figure": (min(_figure(known), FIGURE) - _figure(rows)) / FIGURE_SCALE,
        "rests": float(_longest_rest(new, rows) - _longest_rest(old, known) >= LONGEST_REST),
    }
    if bass:
        found["off the root"] = (_left(known, rows) - ROOTED) / ROOTED_SCALE
    return {name: value for name, value in found.items() if value > 0}


def _rows(piece: Piece, bar: int, columns: Sequence[int]) -> Row:
    return tuple(sorted(note for column in columns for note in piece.bars[bar].notes[column]))


def _sounding(row: Row, step: int) -> list[int]:
    return [note.pitch for note in row if note.start <= step < note.start + note.length]


def _rubbing(rows: Mapping[int, Row], others: Mapping[int, Row]) -> float:
    """The share of dissonant pairs of a part's tone and another's, at every attack of either."""
    pairs = rough = 0
    for bar, row in rows.items():
        for step in {note.start for note in (*row, *others[bar])}:
            mine, theirs = _sounding(row, step), _sounding(others[bar], step)
            pairs += len(mine) * len(theirs)
            rough += sum(abs(one - other) % 12 in _DISSONANT for one in mine for other in theirs)
    return rough / pairs if pairs else 0.0


def _said(piece: Piece, rows: Mapping[int, Row]) -> float:
    """The share of the first three tones of the chords that a part sounds in their half bars."""
    said = wanted = 0
    for bar, row in rows.items():
        chords = piece.bars[bar].chords
        length = METRES[piece.bars[bar].metre].steps // len(chords)
        for slot, chord in enumerate(chords):
            if chord is None:
                continue
            tones = {(chord.root + tone) % 12 for tone in CHORD_TONES[chord.quality][:3]}
            first, last = slot * length, (slot + 1) * length
            heard = {note.pitch % 12 for note in row if note.start < last and note.start + note.length > first}
            wanted += len(tones)
            said += len(tones & heard)
    return said / wanted if wanted else 0.0


def _attacks(rows: Mapping[int, Row]) -> int:
    return sum(FREE_ATTACKS + len({note.start for note in row}) for row in rows.values())


def _weight(rows: Mapping[int, Row]) -> float:
    """Notes an attack, at least one."""
    return max(sum(map(len, rows.values())), 1) / max(
        sum(len({note.start for note in row}) for row in rows.values()), 1
    )


def _sound(rows: Mapping[int, Row]) -> float:
    """How long all tones sound together, in steps, at least one."""
    return max(sum(note.length for row in rows.values() for note in row), 1)


def _still(rows: Mapping[int, Row]) -> float:
    """The share of attacks that strike the same pitches as the one before in their bar."""
    same = [
        one == other
        for row in rows.values()
        for one, other in pairwise(
            [{n.pitch for n in row if n.start == step} for step in sorted({n.start for n in row})]
        )
    ]
    return sum(same) / len(same) if same else 0.0


def _figure(rows: Mapping[int, Row]) -> float:
    """The likeness of the attacks of neighbouring bars, 0..1."""
    starts = [{note.start for note in row} for row in rows.values() if row]
    shares = [len(one & other) / len(one | other) for one, other in pairwise(starts)]
    return sum(shares) / len(shares) if shares else 1.0


def _longest_rest(piece: Piece, rows: Mapping[int, Row]) -> int:
    """Steps of the longest silence inside runs of bars that follow each other."""
    longest = reached = 0
    begun, before = 0, -2
    for bar, row in rows.items():
        if bar != before + 1:
            begun = reached = 0
        for note in row:
            longest = max(longest, begun + note.start - reached)
            reached = max(reached, begun + note.start + note.length)
        begun += METRES[piece.bars[bar].metre].steps
        before = bar
    return max(longest, begun - reached)


def _left(known: Mapping[int, Row], rows: Mapping[int, Row]) -> float:
    """The share of bars whose first bass tone is another than the arranger's."""
    pairs = [(row[0], rows[bar][:1]) for bar, row in known.items() if row and row[0].start == 0]
    away = sum(not any(n.start == 0 and n.pitch % 12 == first.pitch % 12 for n in row) for first, row in pairs)
    return away / len(pairs) if pairs else 0.0
