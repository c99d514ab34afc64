"""A piece on a bar grid: the form in which scores are learnt and in which new ones are decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from senandung.domain.checks import require

STEPS_PER_QUARTER = 24
"""The grid: it holds triplets and thirty-second notes; .1 % of written notes lie off it."""

TICKS_PER_STEP = 20
"""Ticks of a `Song` (480 a quarter) in a step of the grid."""


class BarShape(NamedTuple):
    """Length of a bar in steps, and whether it has two halves with a chord each."""

    steps: int
    halves: bool


METRES: Mapping[str, BarShape] = MappingProxyType(
    {
        "2/4": BarShape(48, False), "3/4": BarShape(72, False), "4/4": BarShape(96, True), "5/4": BarShape(120, False),
        "6/4": BarShape(144, True), "8/4": BarShape(192, True), "2/2": BarShape(96, True), "3/2": BarShape(144, False),
        "4/2": BarShape(192, True), "2/1": BarShape(192, True), "3/8": BarShape(36, False), "4/8": BarShape(48, False),
        "5/8": BarShape(60, False), "6/8": BarShape(72, True), "7/8": BarShape(84, False), "9/8": BarShape(108, False),
        "12/8": BarShape(144, True), "6/16": BarShape(36, False), "9/16": BarShape(54, False),
        "1/4": BarShape(24, False), "1/2": BarShape(48, False), "7/4": BarShape(168, False), "2/8": BarShape(24, False),
        "8/8": BarShape(96, True), "12/16": BarShape(72, True),
    }
)  # fmt: skip
"""The metres that can be learnt; a bar lasts at most eight quarters (longer sacred bars are dropped)."""

MODES = ("major", "minor", "dorian", "mixolydian")

CHORD_TONES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "maj": (0, 4, 7), "min": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8), "7": (0, 4, 7, 10),
        "maj7": (0, 4, 7, 11), "min7": (0, 3, 7, 10), "hdim7": (0, 3, 6, 10), "dim7": (0, 3, 6, 9), "sus4": (0, 5, 7),
    }
)  # fmt: skip
"""Qualities of a chord token, by Harte's names, with their semitones above the root."""

INSTRUMENT_CLASSES = (
    "piano", "harpsichord", "organ", "guitar", "electric-guitar", "harp", "mandolin", "violin", "viola", "cello",
    "contrabass", "strings", "flute", "oboe", "clarinet", "bassoon", "saxophone", "horn", "trumpet", "trombone",
    "tuba", "timpani", "mallets", "accordion", "voice", "soprano", "alto", "tenor", "basso", "choir", "melody",
    "continuo", "bass", "synth", "pad", "other", "drums",
)  # fmt: skip
"""Classes of instrument. `voice` sings alone, soprano to basso in a choir; `melody` is a tune for any instrument;
`bass` is the band's; `drums` holds General MIDI percussion keys."""

SLOTS = 4
"""Tracks of one class: slot 0 stands highest in the score (first violin, a piano's right hand)."""

ENSEMBLES = (
    "piano", "harpsichord", "organ", "guitar", "solo", "strings", "quartet", "chamber", "orchestra", "choir",
    "choir-and-organ", "choir-and-orchestra", "voice-and-piano", "voice-and-ensemble", "tune", "lead-sheet", "band",
    "drums", "winds",
)  # fmt: skip

BINS = 5
"""Bins of valence and of arousal, 0 the lowest."""


class PieceNote(NamedTuple):
    """A note: steps from its bar's start, MIDI number, length in steps, and whether it goes on a syllable."""

    start: int
    pitch: int
    length: int
    melisma: bool = False


class PieceChord(NamedTuple):
    """A chord: the root's pitch class and a quality of `CHORD_TONES`."""

    root: int
    quality: str


@dataclass(frozen=True, slots=True)
class PiecePart:
    """A part: its class of instrument and its slot among the parts of that class."""

    instrument: str
    slot: int = 0

    def __post_init__(self) -> None:
        require(self.instrument in INSTRUMENT_CLASSES, "a part must be of a known class", self.instrument)
        require(0 <= self.slot < SLOTS, f"a slot must be in 0..{SLOTS - 1}", self.slot)


@dataclass(frozen=True, slots=True)
class PieceBar:
    """A bar: metre, tonic (pitch class), mode, one chord or one a half bar (None: no chord), notes by part.

    A pickup is a whole bar whose beginning rests.
    """

    metre: str
    tonic: int
    mode: str
    chords: tuple[PieceChord | None, ...]
    notes: tuple[tuple[PieceNote, ...], ...]

    def __post_init__(self) -> None:
        require(self.metre in METRES, "a metre must be one that can be learnt", self.metre)
        require(self.mode in MODES, f"a mode must be one of {', '.join(MODES)}", self.mode)
        require(0 <= self.tonic <= 11, "a tonic must be a pitch class in 0..11", self.tonic)
        slots = 2 if METRES[self.metre].halves else 1
        require(len(self.chords) == slots, f"a bar of {self.metre} must have {slots} chord slots", self.chords)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bars that follow each other, and what they are: the header of the tokens.

    `tempo` is in quarters a minute, None where the source has none; `valence` and `arousal` are bins (None: unknown);
    `bars_after` counts the bars of the work behind the last one here; `opening` says that the first bar is the work's.
    """

    style: str
    ensemble: str
    parts: tuple[PiecePart, ...]
    bars: tuple[PieceBar, ...]
    tempo: float | None = None
    valence: int | None = None
    arousal: int | None = None
    bars_after: int = 0
    opening: bool = True

    def __post_init__(self) -> None:
        require(self.ensemble in ENSEMBLES, "an ensemble must be a known one", self.ensemble)
        require(len(set(self.parts)) == len(self.parts), "the parts of a piece must differ", self.parts)
        require(bool(self.bars), "a piece must have a bar", self.bars)
        require(self.bars_after >= 0, "bars after the end must not be negative", self.bars_after)
        ok = all(len(bar.notes) == len(self.parts) for bar in self.bars)
        require(ok, "every bar must hold a row of notes for each part", len(self.parts))

    @property
    def note_count(self) -> int:
        """Notes in all bars and parts."""
        return sum(len(row) for bar in self.bars for row in bar.notes)
