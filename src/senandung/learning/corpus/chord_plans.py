"""Songs of which only the chords are known, as pieces without notes: plans for the network.

The McGill Billboard annotations (Burgoyne, Wild & Fujinaga 2011) hold chords by bar, metre and tonic of 840 songs of
1958 to 1991. A piece of them has no track, so that its bars are their heads and nothing else. The set is not among
`SETS`: it is packed where it is asked for by name. Sections stay out: bars of the token grammar do not name them.

Free MIDI Chords is not read: its 190 progressions are mostly of four chords without bars or metre, too short for a
piece, and its names of moods are one person's.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from senandung.composing.harmony.roman import chord_of
from senandung.composing.pieces.piece import METRES, Piece, PieceBar, PieceChord
from senandung.domain.errors import SenandungError
from senandung.domain.scales import Key
from senandung.learning.corpus.selflabels import valence_bin
from senandung.learning.extract_chords import SongBars, parse_salami

SHORTEST = 8
"""Bars that a plan must have."""

_QUALITIES = {
    "maj": "maj", "maj6": "maj", "add9": "maj", "5": "maj", "sus2": "maj", "6": "maj", "min": "min", "min6": "min",
    "minmaj7": "min", "7": "7", "9": "7", "7sus4": "7", "maj7": "maj7", "maj9": "maj7", "min7": "min7", "min9": "min7",
    "sus4": "sus4", "dim": "dim", "dim7": "dim7", "hdim7": "hdim7", "aug": "aug",
}  # fmt: skip
"""Qualities of chords as those of chord tokens."""


def read_chord_plan(path: Path) -> list[Piece]:
    """The plan of one `salami_chords.txt`; none where it states no metre or tonic, or a metre without a token."""
    song = parse_salami(path.read_text(encoding="utf-8"), path.parent.name)
    return [] if song is None else plan_pieces(song)


def plan_pieces(song: SongBars) -> list[Piece]:
    """A song's chords as a piece without tracks, in a key that its name decides: the annotated one says nothing of the
    chords' relations, and so that no key is commoner than another."""
    shape = METRES.get(song.metre)
    if shape is None:
        return []
    tonic = hashlib.sha256(song.name.encode()).digest()[0] % 12
    mode = "minor" if song.minor else "major"
    bars = []
    for section in song.sections:
        for numerals in section.bars:
            chords = [_chord(numeral, tonic, minor=song.minor) for numeral in numerals] or [None]
            halves = (chords[0], chords[-1]) if shape.halves else (chords[0],)
            bars.append(PieceBar(song.metre, tonic, mode, halves, ()))
    if len(bars) < SHORTEST:
        return []
    piece = Piece("song", "lead-sheet", (), tuple(bars))
    return [Piece("song", "lead-sheet", (), tuple(bars), valence=valence_bin(piece))]


def _chord(numeral: str, tonic: int, *, minor: bool) -> PieceChord | None:
    home = Key.parse("Cm" if minor else "C")
    try:
        chord = chord_of(numeral, home)
    except SenandungError:
        return None
    quality = _QUALITIES.get(chord.quality)
    return None if quality is None else PieceChord((chord.root.pitch_class + tonic) % 12, quality)
