"""Parts written by the network around a melody that stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from senandung.composing.by_network import write_parts, write_some
from senandung.composing.compose import compose, stage_seed
from senandung.composing.decoding.engine import load_engine
from senandung.composing.form import plan_song
from senandung.composing.part_judge import ACCEPTED
from senandung.composing.plan import Plan, Wishes
from senandung.composing.styles import load_style
from senandung.domain.feeling import Feeling
from senandung.domain.song import Song, Track
from senandung.domain.style import NetworkParts

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


def _by_rules(name: str, wishes: Wishes = WISHES) -> tuple[Song, Plan]:
    style = replace(load_style(name), network=())
    song = compose(FEELING, style, LINES, wishes, language="id", seed=4, version="x")
    return song, plan_song(FEELING, style, len(LINES), wishes, seed=stage_seed(4, "plan"))


@pytest.mark.parametrize(
    "parts",
    [
        NetworkParts(("Piano",), "lied", "voice-and-piano", ("Bass",), finest="1/8"),
        NetworkParts(("Strings",), "orchestral", finest="1/4"),
        NetworkParts(("Bass",), "band", "band", ("Piano", "Drums"), finest="1/8"),
    ],
    ids=lambda parts: parts.writes[0],
)
def test_a_band_keeps_all_others_and_who_is_written_stays_in_range_and_bars(parts: NetworkParts) -> None:
    song, plan = _by_rules("pop-ballad", Wishes(form="verse4 chorus8 verse4 chorus8"))
    written = write_some(song, plan, parts, load_engine(), seed=5)
    assert {t.name for t in written.song.tracks} == {t.name for t in song.tracks}
    grid = 480 if parts.finest == "1/4" else 240
    ticks = plan.metre.bar_ticks
    last = (plan.bars - 1) * ticks
    for old, new in zip(song.tracks, written.song.tracks, strict=True):
        if old.name not in parts.writes:
            assert new == old
            continue
        low, high = min(n.pitch for n in old.notes), max(n.pitch for n in old.notes)
        assert all(low - 2 <= note.pitch <= high + 2 for note in new.notes)
        assert [note for note in new.notes if note.onset >= last] == [note for note in old.notes if note.onset >= last]
        fresh = set(new.notes) - set(old.notes)
        assert all(note.onset % grid == 0 and note.onset // ticks == (note.end - 1) // ticks for note in fresh)
        sounding = {bar for n in old.notes for bar in range(n.onset // ticks, (n.end - 1) // ticks + 1)}
        assert {note.onset // ticks for note in new.notes} <= sounding, "who rests goes on resting"
        if any(sum(faults.values()) <= ACCEPTED for faults in written.faults.values()):
            assert fresh


def test_where_no_draft_serves_the_arrangers_part_stays() -> None:
    song, plan = _by_rules("pop-ballad")
    parts = NetworkParts(("Piano",), "lied", finest="1/8")
    assert write_some(song, plan, parts, load_engine(), seed=5, accepted=-1.0).song == song


def test_only_the_named_sections_are_written() -> None:
    song, plan = _by_rules("pop-ballad", Wishes(form="verse8 chorus8 verse8 chorus8"))
    parts = NetworkParts(("Piano",), "lied", sections=("verse",))
    written = write_some(song, plan, parts, load_engine(), seed=5).song
    before, after = (next(t for t in s.tracks if t.name == "Piano") for s in (song, written))
    ticks = plan.metre.bar_ticks
    changed = {bar for bar in range(plan.bars) if _bar(before, bar, ticks) != _bar(after, bar, ticks)}
    assert changed
    assert not changed & {*range(8, 16), *range(24, 32)}


def test_a_raised_chorus_is_raised_with_the_networks_parts() -> None:
    style, wishes = load_style("pop-ballad"), Wishes(form="verse4 chorus4 verse4 chorus4", voice=False)
    seed = next(s for s in range(40) if plan_song(FEELING, style, 0, wishes, seed=stage_seed(s, "plan")).lift)
    plan = plan_song(FEELING, style, 0, wishes, seed=stage_seed(seed, "plan"))
    song = compose(FEELING, style, (), wishes, language="id", seed=seed, version="x", engine=load_engine())
    at = plan.lift_onset
    assert at is not None
    assert [change.onset for change in song.keys] == [0, at]
    for track in song.tracks:
        assert all(note.end <= at or note.onset >= at for note in track.notes if not track.sound.drum)
