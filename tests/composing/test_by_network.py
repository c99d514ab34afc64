"""Parts written by the network around a melody that stays."""

from __future__ import annotations

import pytest

from senandung.composing.by_network import write_parts
from senandung.composing.compose import compose, stage_seed
from senandung.composing.decoding.engine import load_engine
from senandung.composing.form import plan_song
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style
from senandung.domain.feeling import Feeling
from senandung.domain.song import Track

LINES = ("Aku rindu kamu malam ini", "hujan turun lagi di kota")
FEELING = Feeling(-0.4, -0.2)
WISHES = Wishes(bars=24)


def _bar(track: Track, bar: int, ticks: int) -> list[tuple[int, int, int]]:
    return [
        (note.onset - bar * ticks, note.duration, note.pitch)
        for note in track.notes
        if bar * ticks <= note.onset < (bar + 1) * ticks
    ]


@pytest.mark.parametrize("name", ["solo-piano", "string-quartet"])
def test_the_melody_stays_and_the_parts_are_new(name: str) -> None:
    style = load_style(name)
    song = compose(FEELING, style, LINES, WISHES, language="id", seed=4, version="x")
    plan = plan_song(FEELING, style, len(LINES), WISHES, seed=stage_seed(4, "plan"))
    written = write_parts(song, plan, style.network, load_engine(), seed=9)
    assert [track.name for track in written.tracks] == [track.name for track in song.tracks]
    assert (written.words, written.chords, written.sections) == (song.words, song.chords, song.sections)
    for old, new in zip(song.tracks, written.tracks, strict=True):
        assert (old == new) is (old.role == "vocal")
    assert written.end <= plan.bars * plan.metre.bar_ticks
    ticks = plan.metre.bar_ticks
    for old, new in zip(song.tracks, written.tracks, strict=True):
        for bar in range(plan.bars):
            if not _bar(old, bar, ticks):
                assert not _bar(new, bar, ticks), "who rests goes on resting"


def test_a_section_that_returns_brings_its_parts_back() -> None:
    style = load_style("solo-piano")
    wishes = Wishes(form="verse8 chorus8 verse8 chorus8")
    song = compose(FEELING, style, LINES, wishes, language="id", seed=4, version="x", engine=load_engine())
    plan = plan_song(FEELING, style, len(LINES), wishes, seed=stage_seed(4, "plan"))
    assert plan.sections[3].repeats == 1
    piano = next(track for track in song.tracks if track.role != "vocal")
    ticks = plan.metre.bar_ticks
    alike = sum(_bar(piano, bar, ticks) == _bar(piano, bar + 16, ticks) for bar in range(8, 16))
    assert 3 <= alike < 8
