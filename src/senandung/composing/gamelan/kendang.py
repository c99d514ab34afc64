"""The kendang: strokes that count the gongan, in the manner of kendhang kalih.

Kendhang kalih, the large drum and the ketipung, is usual for ladrang, ketawang and lancaran (Sorrell 1990). Which
strokes make a pattern differs by form, irama and place; these patterns are ours: thung (p) counts, dhah (b) stands
before the kenong and gathers before the gong; tak (t) and ket (k) fill where the balungan is slow. No transcription.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from senandung.composing.gamelan.laid import Laid, LaidGatra
from senandung.domain.hand_drums import stroke_key
from senandung.domain.song import Note, tidy_notes
from senandung.domain.time import TICKS_PER_QUARTER

SYLLABLES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {"p": ("thung", 76), "b": ("dhah", 88), "t": ("tak", 80), "k": ("ket", 50)}
)
"""Letters of the patterns as kepatihan books have them, with the stroke's syllable and its velocity."""

BUKA = ("........", "....p.pb")
"""Strokes of a gatra on its eight half beats, the last one on the fourth beat: the drum comes in before the gong."""

PHRASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ketawang": ("...p...p", "...b...p", "...p.b.p", ".p.b.pp."),
        "ladrang": (
            "...p...p", "...b...p", "...p...b", "...p.b.p",
            "...p...p", "...b.p.b", "...p.b.p", ".pbp.bp.",
        ),
        "lancaran": ("...p...b", "...p...b", "...p.p.b", ".p.b.pp."),
    }
)  # fmt: skip
"""The gatra of a gongan by form."""

SUWUK: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ketawang": (".p.p.b.p", ".b.p.p.b", ".p.b.p.p", "bp.b.p.b"),
        "ladrang": (
            "...p...p", "...b...p", "...p...b", "...p.b.p",
            ".p.p.b.p", ".b.p.p.b", ".p.b.p.p", "bp.b.p.b",
        ),
        "lancaran": (".p.b.p.b", ".p.b.p.b", ".p.b.pp.", "bp.b.p.b"),
    }
)  # fmt: skip
"""The last gongan: the strokes gather and tell that the piece ends."""

FILL = "k"
"""What stands between the strokes in irama dadi, off the half beats."""


def play_kendang(laid: Laid) -> tuple[Note, ...]:
    """The kendang's part."""
    last = {gatra.section for gatra in laid.gatra if gatra.last}
    ends = [index for index, gatra in enumerate(laid.gatra) if gatra.last]
    first_of_suwuk = ends[0] - laid.cycle.gatra + 1 if ends else len(laid.gatra)
    notes: list[Note] = []
    for index, gatra in enumerate(laid.gatra):
        if gatra.buka:
            pattern = BUKA[min(index, 1)]
        elif index >= first_of_suwuk and gatra.section in last:
            pattern = SUWUK[laid.cycle.name][gatra.number]
        else:
            pattern = PHRASES[laid.cycle.name][gatra.number]
        notes += _strokes(gatra, pattern)
    return tidy_notes(notes)


def _strokes(gatra: LaidGatra, pattern: str) -> list[Note]:
    half = TICKS_PER_QUARTER // 2
    notes = []

    def strike(letter: str, at: int, softer: int = 0) -> None:
        syllable, velocity = SYLLABLES[letter]
        if at >= 0:
            notes.append(Note(at, half // 2, stroke_key("kendang", syllable), velocity - softer))

    for place, letter in enumerate(pattern, 1):
        at = gatra.end - (len(pattern) - place) * half
        if letter != ".":
            strike(letter, at)
        if gatra.density.name == "dadi":
            strike(FILL, at - half // 2, 6 * (place % 2))
    return notes
