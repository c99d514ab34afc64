"""Who stays out of whose way: chords under the melody, long counter-tones beside it."""

from __future__ import annotations

import pytest

from senandung.composing.compose import compose
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style
from senandung.domain.feeling import Feeling
from senandung.domain.song import Note, Song

LINES = ("aku rindu kamu", "malam ini hujan turun lagi")


def song_of(style: str, seed: int) -> Song:
    return compose(Feeling.named("sedih"), load_style(style), LINES, Wishes(), language="id", seed=seed, version="0")


def overlaps(song: Song, track: str) -> list[tuple[Note, Note, int]]:
    assert song.vocal is not None
    notes = next(t.notes for t in song.tracks if t.name == track)
    pairs = [(note, sung) for note in notes for sung in song.vocal.notes]
    found = [(note, sung, min(note.end, sung.end) - max(note.onset, sung.onset)) for note, sung in pairs]
    return [(note, sung, ticks) for note, sung, ticks in found if ticks > 0]


@pytest.mark.parametrize("seed", [3, 8])
def test_pads_do_not_tower_over_a_verse(seed: int) -> None:
    song = song_of("pop-ballad", seed)
    assert song.vocal is not None
    for section in song.sections:
        sung = sorted(n.pitch for n in song.vocal.notes if section.onset <= n.onset < section.end)
        pad = [
            n.pitch for t in song.tracks if t.role == "pad" for n in t.notes if section.onset < n.onset < section.end
        ]
        if sung and pad:
            assert max(pad) <= max(sung[len(sung) // 2] + 4, 65)


@pytest.mark.parametrize("seed", [3, 8])
def test_a_counter_line_seldom_hides_in_the_voice_or_rubs_against_it(seed: int) -> None:
    pairs = overlaps(song_of("pop-ballad", seed), "Violin")
    together = sum(ticks for _, _, ticks in pairs)
    close = sum(ticks for note, sung, ticks in pairs if abs(note.pitch - sung.pitch) <= 2)
    assert together > 0
    assert close <= 0.22 * together
