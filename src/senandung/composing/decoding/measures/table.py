"""All measures of a piece by name, and how far they lie from those of real music."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from senandung.composing.decoding.measures import form, rhythm, tonal, voices
from senandung.composing.decoding.measures.flat import flatten
from senandung.composing.pieces.piece import Piece

MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "pitch_class_entropy": "bits", "bar_entropy": "bits", "four_bar_entropy": "bits",
        "scale_consistency": "share", "dissonant_pairs": "share", "final_bass_on_tonic": "share",
        "register": "MIDI number", "register_spread": "semitones",
        "groove_consistency": "share", "groove_similarity": "share", "notes_per_quarter": "notes",
        "onsets_per_quarter": "onsets", "polyphony": "pitches", "parts_sounding": "share",
        "repeated_bars": "share", "chord_irregularity": "share", "structure_short": "fitness",
        "structure_mid": "fitness", "structure_long": "fitness", "parallels": "per 100", "cadences": "share",
    }
)  # fmt: skip
"""The names of the measures and what they count."""


def measure(piece: Piece, *, structure: bool = True) -> dict[str, float]:
    """Every measure of `MEASURES` that the piece has; those that do not apply are left out.

    `structure=False` leaves out the structureness, which takes a fifth of a second for a hundred bars.
    """
    flat = flatten(piece)
    shares = [share for share in rhythm.shares_of_bars(flat) if share > 0]
    place = tonal.register(flat)
    found: dict[str, float | None] = {
        "pitch_class_entropy": tonal.pitch_class_entropy(flat),
        "bar_entropy": tonal.stretch_entropy(flat, 1),
        "four_bar_entropy": tonal.stretch_entropy(flat, 4),
        "scale_consistency": tonal.scale_consistency(flat),
        "dissonant_pairs": tonal.dissonant_pairs(flat),
        "final_bass_on_tonic": tonal.final_bass_on_tonic(flat, piece),
        "register": place[0] if place else None,
        "register_spread": place[1] if place else None,
        "groove_consistency": rhythm.groove_consistency(flat),
        "groove_similarity": rhythm.groove_similarity(flat),
        "notes_per_quarter": rhythm.notes_per_quarter(flat),
        "onsets_per_quarter": rhythm.onsets_per_quarter(flat),
        "polyphony": rhythm.polyphony(flat),
        "parts_sounding": float(np.mean(shares)) if shares else None,
        "repeated_bars": form.repeated_bars(piece),
        "chord_irregularity": form.chord_irregularity(piece),
        "parallels": voices.parallels(flat),
        "cadences": voices.cadences(flat, piece),
    }
    if structure:
        scales = form.structureness(form.self_similarity(flat))
        found |= {f"structure_{name}": value for name, value in scales.items()}
    return {name: value for name in MEASURES if (value := found.get(name)) is not None}
