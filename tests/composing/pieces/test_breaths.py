"""Breaths between lines: where they are due, how long, and that nothing else changes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from senandung.composing.pieces.breaths import LONGEST, with_breaths
from senandung.domain.song import Note
from senandung.domain.tempo import TempoChange, TempoMap

SLOW = TempoMap((TempoChange.at_bpm(0, 60),))  # a quarter a second


def sung(*lengths: int, gap_after: int = -1) -> list[Note]:
    """A syllable a note, one after the other; a rest of a quarter behind one of them."""
    notes, at = [], 0
    for number, length in enumerate(lengths):
        notes.append(Note(at, length, 60 + number % 5, 80, number))
        at += length + (480 if number == gap_after else 0)
    return notes


def cut(before: list[Note], after: list[Note]) -> dict[int, int]:
    return {
        index: old.duration - new.duration
        for index, (old, new) in enumerate(zip(before, after, strict=True))
        if old.duration != new.duration
    }


def test_a_short_song_is_sung_in_one_breath() -> None:
    notes = sung(*[480] * 8)
    assert with_breaths(notes, (0, 4), SLOW) == notes


def test_a_breath_stands_before_the_line_that_would_be_too_long() -> None:
    notes = sung(*[480] * 20)
    assert cut(notes, with_breaths(notes, (0, 4, 8, 12, 16), SLOW)) == {7: 240, 15: 240}


def test_where_there_is_a_rest_already_nothing_is_cut() -> None:
    notes = sung(*[480] * 16, gap_after=7)
    assert with_breaths(notes, (0, 4, 8, 12), SLOW) == notes


def test_a_rest_inside_a_line_counts_as_a_breath() -> None:
    notes = sung(*[480] * 16, gap_after=9)
    assert cut(notes, with_breaths(notes, (0, 8), SLOW)) == {}


def test_a_melisma_belongs_to_its_line() -> None:
    notes = [replace(note, syllable=min(note.syllable or 0, 6)) for note in sung(*[720] * 12)]
    notes = [*notes, *(replace(n, onset=n.onset + 12 * 720, syllable=7 + (n.syllable or 0)) for n in sung(*[720] * 4))]
    assert cut(notes, with_breaths(notes, (0, 7), SLOW)) == {11: 240}


@settings(deadline=None, max_examples=100)
@example([480, 60, 1920], {1, 2}, 30, -1)
@given(
    st.lists(st.sampled_from((60, 120, 240, 480, 960, 1920)), min_size=1, max_size=60),
    st.sets(st.integers(1, 59), max_size=12), st.integers(30, 200), st.integers(-1, 59),
)  # fmt: skip
def test_only_ends_of_lines_are_cut_and_breaths_come_in_time(
    lengths: list[int], starts: set[int], bpm: int, gap: int
) -> None:
    tempo = TempoMap((TempoChange.at_bpm(0, bpm),))
    notes = sung(*lengths, gap_after=gap)
    lines = (0, *sorted(start for start in starts if start < len(notes)))
    after = with_breaths(notes, lines, tempo)
    changed = cut(notes, after)
    assert set(changed) <= {start - 1 for start in lines[1:]}
    assert all(2 * ticks <= notes[index].duration for index, ticks in changed.items())
    assert [(n.onset, n.pitch, n.syllable) for n in after] == [(n.onset, n.pitch, n.syllable) for n in notes]
    since = 0
    ends = {start - 1 for start in lines[1:]} | {len(notes) - 1}
    for index, note in enumerate(after):
        if index + 1 == len(after) or note.end < after[index + 1].onset:
            seconds = tempo.ticks_to_seconds(note.end) - tempo.ticks_to_seconds(after[since].onset)
            inside = [end for end in ends if since <= end < index and notes[end].duration >= 240]
            assert seconds <= LONGEST or not inside
            since = index + 1
