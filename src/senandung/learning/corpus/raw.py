"""What a reader makes of a score, before it is laid on the bar grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from senandung.composing.pieces.piece import STEPS_PER_QUARTER, PieceChord
from senandung.domain.chords import Chord

FINE = 6720
"""Units a quarter in a raw score: exact for 256th notes, triplets, quintuplets and septuplets."""

FINE_PER_STEP = FINE // STEPS_PER_QUARTER


class RawNote(NamedTuple):
    """A note: start and length in fine units from the beginning, MIDI number, and whether it goes on a syllable.

    `voice` is the file's name of the voice inside a staff; `text` the syllable of the first verse that begins here,
    with a hyphen behind it where its word goes on. Readers of formats that have neither leave them empty.
    """

    start: int
    length: int
    pitch: int
    melisma: bool = False
    voice: str = ""
    text: str = ""


@dataclass
class RawPart:
    """A part: what the file calls it, its class of instrument, whether it has words, its notes.

    `program` is the General MIDI program of a MIDI part, from 0.
    """

    label: str
    instrument: str
    sung: bool = False
    notes: list[RawNote] = field(default_factory=list)
    program: int = 0


@dataclass
class RawMeasure:
    """A measure as the file writes it; metre and key only where they are stated."""

    start: int
    length: int
    metre: str | None = None
    key: tuple[int, str] | None = None
    fifths: int | None = None
    broken: bool = False


@dataclass
class RawScore:
    """A score: parts from the highest in the score to the lowest, measures in order.

    `tempo` in quarters a minute; `chords` are stated ones with their times in fine units, `written` the same with the
    quality that the file gives them.
    """

    parts: list[RawPart]
    measures: list[RawMeasure]
    tempo: float | None = None
    chords: list[tuple[int, PieceChord | None]] = field(default_factory=list)
    written: list[tuple[int, Chord]] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
