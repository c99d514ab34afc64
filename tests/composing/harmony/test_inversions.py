"""Inversions: chord tones in the bass, by step, the same wherever the same chords come back."""

from __future__ import annotations

import pytest

from senandung.composing.harmony.inversions import invert_chords
from senandung.domain.chords import parse_chords
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, Section

BAR = 1920


def spans(text: str) -> tuple[ChordSpan, ...]:
    return tuple(ChordSpan(at * BAR, BAR, chord) for at, chord in enumerate(parse_chords(text)))


def halves(count: int) -> list[Section]:
    half = count // 2 * BAR
    return [Section("A", "verse", 0, half, 0.5), Section("B", "chorus", half, half, 0.5)]


@pytest.mark.parametrize("seed", range(8))
def test_inverted_basses_are_chord_tones_that_lead_on_by_step(seed: int) -> None:
    plain = spans("C G Am F C G F C C G Am F C G F C")
    made = invert_chords(plain, halves(16), Key.parse("C"), seed=seed)
    for at, (before, after) in enumerate(zip(plain, made, strict=True)):
        assert (before.onset, before.chord.root, before.chord.quality) == (
            after.onset, after.chord.root, after.chord.quality,
        )  # fmt: skip
        if after.chord.bass is not None:
            assert after.chord.bass_pitch_class in before.chord.pitch_classes
            assert (made[at + 1].chord.bass_pitch_class - after.chord.bass_pitch_class) % 12 in (1, 2, 10, 11)
            assert made[at - 1].chord.bass is None
            assert at % 8 not in (0, 6, 7)
    assert [span.chord for span in made[:8]] == [span.chord for span in made[8:]]


def test_a_falling_bass_is_found() -> None:
    plain = spans("C G Am F C G F C C G Am F C G F C")
    basses = {invert_chords(plain, halves(16), Key.parse("C"), seed=seed)[1].chord.letters() for seed in range(12)}
    assert basses == {"G", "G/B"}
