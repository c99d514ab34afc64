"""No quotations: spans of tunes, the filter, and notes that are looked up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.decoding.copies import LONGEST_STEP, SPAN, Copies, events, spans
from senandung.composing.decoding.quoting import Quotations, tail_of
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.piece import PieceBar, PieceNote
from senandung.composing.pieces.vocabulary import IDS

ONSETS = np.cumsum([0, 24, 12, 12, 24, 24, 12, 12, 36, 12, 24, 24, 48, 24, 12, 12])
TUNE = np.asarray([60, 62, 64, 65, 67, 64, 60, 62, 69, 67, 65, 64, 62, 59, 60, 64])


@given(st.integers(-12, 12), st.integers(1, 4))
def test_a_tune_is_the_same_in_every_key_and_tempo(up: int, slower: int) -> None:
    assert (spans(events(ONSETS, TUNE)) == spans(events(ONSETS * slower, TUNE + up))).all()


@given(st.integers(0, len(TUNE) - 1), st.integers(1, 11))
def test_another_note_makes_other_spans(place: int, up: int) -> None:
    other = TUNE.copy()
    other[place] += up
    same = spans(events(ONSETS, other)) == spans(events(ONSETS, TUNE))
    touched = [span for span in range(len(same)) if max(place, span + 1) <= min(place, span + SPAN + 1)]
    assert not same[touched].any()


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_the_filter_finds_all_it_holds_and_little_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    kept, other = rng.integers(0, 2**63, (2, 2000)).astype(np.uint64)
    copies = Copies.fit(kept, 1 << 12)
    assert copies.holds(kept).all()
    assert copies.holds(other).mean() < 0.1


def _copies(*tunes: np.ndarray) -> Copies:
    return Copies.fit(np.concatenate([spans(events(ONSETS, tune)) for tune in tunes]), 1 << 16)


def test_a_quotation_is_not_carried_on() -> None:
    copies = _copies(TUNE)
    line = list(zip(ONSETS.tolist(), TUNE.tolist(), strict=True))
    for notes in range(SPAN + 2, len(TUNE)):
        wanted = [pitch for pitch in range(48, 84) if copies.quoted(line[:notes], int(ONSETS[notes]), pitch)]
        assert wanted == [TUNE[notes]]
    assert not any(copies.quoted(line[: SPAN + 1], int(ONSETS[SPAN + 1]), pitch) for pitch in range(48, 84))
    other = [*line[:12], (line[12][0], line[12][1] + 1)]
    assert not any(copies.quoted(other, int(ONSETS[13]), pitch) for pitch in range(48, 84))


def _bars() -> tuple[PieceBar, ...]:
    """The first twelve notes of the tune as bars of 96 steps."""
    rows: list[list[PieceNote]] = [[], [], []]
    for onset, pitch in zip(ONSETS[:12].tolist(), TUNE[:12].tolist(), strict=True):
        rows[onset // 96].append(PieceNote(onset % 96, pitch, 6))
    return tuple(PieceBar("4/4", 0, "major", (None, None), (tuple(row),)) for row in rows)


def test_only_the_quoted_note_is_known() -> None:
    bars = _bars()
    assert tail_of(bars[:2], 0)[0] == (-192, 60)
    header = "opening style:bach ensemble:piano tempo:any valence:any arousal:any metre:4/4 tonic:0 mode:major"
    written = bars[2].notes[0]
    text = f"{header} track:piano.0 bar:1 chord:none track:piano.0"
    reader = Follower()
    for name in text.split():
        reader.feed(IDS[name])
    at = 0
    for note in written:
        if note.start != at:
            reader.feed(IDS[f"pos:{note.start}"])
        reader.feed(IDS[f"pitch:{note.pitch}"])
        if note is written[0]:
            reader.feed(IDS["len:6"])
        at = note.start + 6
    reader.feed(IDS[f"pos:{int(ONSETS[12]) % 96}"])
    quotations = Quotations(_copies(TUNE))
    notes = [f"{kind}:{pitch}" for kind in ("pitch", "mate") for pitch in range(48, 84)]
    quoted = [name for name in notes if quotations.carried_on(reader, bars[:2], 0, 0, IDS[name])]
    assert quoted == [f"pitch:{TUNE[12]}"]
    assert not quotations.carried_on(reader, bars[:2], 0, 0, IDS["len:6"])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 400), st.integers(20, 100)), min_size=SPAN + 2, max_size=SPAN + 2))
def test_one_span_is_looked_up_as_many_are(notes: list[tuple[int, int]]) -> None:
    onsets = np.cumsum([step for step, _ in notes])
    pitches = np.asarray([pitch for _, pitch in notes])
    line = list(zip(onsets.tolist(), pitches.tolist(), strict=True))
    held = Copies.fit(spans(events(onsets, pitches)), 1 << 12)
    assert held.holds_tune(line) == bool(np.diff(onsets).max() <= LONGEST_STEP)
    empty = Copies(np.zeros(1 << 12, dtype=np.uint8))
    assert not empty.holds_tune(line)


@pytest.mark.parametrize("notes", [0, 5, SPAN + 1])
def test_a_short_tune_has_no_span(notes: int) -> None:
    codes = events(ONSETS[:notes], TUNE[:notes]) if notes > 2 else np.zeros(0, dtype=np.uint64)
    assert len(spans(codes)) == 0
