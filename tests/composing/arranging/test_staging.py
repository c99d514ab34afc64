"""The staging of bands: entrances, hook, breakdown, drives, answers; and the tables of their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from composing.sketches import simple_sketch
from senandung.composing.arranging import arrange, band_bass, band_keys, guitar, kit
from senandung.composing.arranging.chart import Chart, read_chart
from senandung.composing.arranging.ensemble import choose_players
from senandung.composing.arranging.groove import kick_steps
from senandung.composing.arranging.hook import hook_line, hook_of
from senandung.composing.arranging.parallels import parallels
from senandung.composing.arranging.staging import first_chords, staged, stops
from senandung.composing.arranging.voicing import lead
from senandung.composing.plan import Sketch
from senandung.composing.styles import load_style
from senandung.domain.chords import Chord
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.song import Note, Track

STAGED = ("pop-ballad", "pop-upbeat", "pop-rock", "folk-guitar")
SEEDS = range(6)
LONG = "intro4 verse8 chorus8 verse8 chorus8 bridge8 chorus8 outro4"


def chart_of(sketch: Sketch, name: str, seed: int) -> Chart:
    style = load_style(name)
    players = choose_players(style, (), needs_melody=False)
    return staged(read_chart(sketch, replace(style, ensemble=players, network=()), Feeling.named("rindu"), seed))


def arranged(name: str, seed: int, form: str = LONG) -> tuple[Sketch, dict[str, Track]]:
    sketch = simple_sketch(form=form)
    tracks = arrange(sketch, load_style(name), Feeling.named("rindu"), seed=seed)
    return sketch, {track.name: track for track in tracks}


@pytest.mark.parametrize("name", STAGED)
def test_players_enter_one_after_another_and_the_first_chords_carry_the_song(name: str) -> None:
    moments = []
    for seed in SEEDS:
        _, tracks = arranged(name, seed)
        band = [track for track in tracks.values() if track.role != "vocal"]
        moments.append(len({track.notes[0].onset // 1920 for track in band}))
        carrier = first_chords(load_style(name).ensemble)
        assert tracks[carrier.track].notes[0].onset < 1920
    assert min(moments) >= 2
    assert max(moments) >= 3


@pytest.mark.parametrize("name", STAGED)
def test_intro_and_outro_play_the_hook(name: str) -> None:
    for seed in SEEDS:
        chart = chart_of(simple_sketch(form=LONG), name, seed)
        hook = hook_of(chart)
        assert 3 <= len(hook) <= 2 * 9
        assert all(a.step + a.steps <= b.step for a, b in pairwise(hook))
        sections = chart.sketch.sections
        rhythms = []
        for section in (sections[0], sections[-1]):
            line = hook_line(chart, section, 60, 80)
            rhythms.append([note.onset - section.onset for note in line])
            assert all(60 <= note.pitch <= 80 for note in line)
            for note in line:
                bar = chart.bar_at(note.onset)
                if bar.metre.weight(note.onset - bar.onset) >= 3:
                    assert note.pitch % 12 in bar.chord_at(note.onset).pitch_classes
        assert rhythms[0] == rhythms[1]


def test_songs_have_different_hooks_from_one_melody() -> None:
    assert len({hook_of(chart_of(simple_sketch(form=LONG), "pop-rock", seed)) for seed in range(12)}) >= 2


@pytest.mark.parametrize("name", STAGED)
def test_a_breakdown_leaves_a_section_to_a_few_and_never_the_climax(name: str) -> None:
    found = 0
    for seed in SEEDS:
        chart = chart_of(simple_sketch(form=LONG), name, seed)
        bare = chart.staging.bare
        found += bool(bare)
        assert chart.sketch.plan.climax not in bare
        kits = [player.track for player in chart.style.ensemble if player.role in ("bass", "drums")]
        assert all(bare <= chart.staging.rests[track] for track in kits if bare)
        assert all(chart.bars[number].fullness <= 0.3 for number in bare)
    assert found


@pytest.mark.parametrize("name", STAGED)
def test_the_bar_before_a_chorus_drives(name: str) -> None:
    for seed in SEEDS:
        chart = chart_of(simple_sketch(form=LONG), name, seed)
        opening = {bar.number for bar in chart.bars if bar.section.kind == "chorus" and bar.opens_section}
        assert {number + 1 for number in chart.staging.drives} == opening
        assert list(chart.staging.drives.values()).count("stop") <= 1


def test_where_the_band_stops_only_the_voice_sounds() -> None:
    stopped = 0
    for seed in range(12):
        sketch, tracks = arranged("pop-upbeat", seed)
        for start, end in stops(chart_of(sketch, "pop-upbeat", seed)):
            stopped += 1
            band = [track for track in tracks.values() if track.role != "vocal"]
            assert not [n for t in band for n in t.notes if start <= n.onset < end]
    assert stopped


def test_a_drawn_curve_is_not_staged_but_driven() -> None:
    sketch = simple_sketch(form=LONG)
    sketch = replace(sketch, plan=replace(sketch.plan, asked=True))
    staging = chart_of(sketch, "pop-rock", 1).staging
    assert not staging.bare
    assert not staging.rests
    assert staging.drives


def test_a_small_ensemble_and_other_styles_are_not_staged() -> None:
    sketch = simple_sketch(form=LONG)
    trio = choose_players(load_style("pop-rock"), ("piano", "bass", "drums"), needs_melody=False)
    chart = read_chart(sketch, replace(load_style("pop-rock"), ensemble=trio), Feeling.named("rindu"), 1)
    assert staged(chart) is chart
    chart = read_chart(sketch, load_style("keroncong"), Feeling.named("rindu"), 1)
    assert staged(chart) is chart


@pytest.mark.parametrize("name", ["pop-upbeat", "pop-rock"])
def test_every_stroke_of_the_bass_drum_has_a_bass_tone(name: str) -> None:
    for seed in SEEDS:
        chart = chart_of(simple_sketch(form=LONG), name, seed)
        player = next(player for player in chart.style.ensemble if player.role == "bass")
        onsets = {note.onset for note in band_bass.play_band_bass(chart, player)}
        playing = {onset // 1920 for onset in onsets}
        for bar in chart.bars:
            for step in kick_steps(chart, bar) if bar.number in playing else ():
                tick = bar.onset + step * 120
                assert {tick - 120, tick, tick + 120} & onsets, (seed, bar.number, step)


@pytest.mark.parametrize("name", STAGED)
def test_the_bass_does_not_leap_more_than_an_octave_inside_a_bar(name: str) -> None:
    for seed in SEEDS:
        _, tracks = arranged(name, seed)
        notes = next(track for track in tracks.values() if track.role == "bass").notes
        inside = [(a, b) for a, b in pairwise(notes) if a.onset // 1920 == b.onset // 1920]
        assert all(abs(a.pitch - b.pitch) <= 12 for a, b in inside)


@pytest.mark.parametrize("name", STAGED)
def test_answers_keep_out_of_the_voices_way(name: str) -> None:
    sung: dict[int, list[int]] = {}
    for note in simple_sketch(form=LONG).melody:
        sung.setdefault(note.onset, []).append(note.pitch)
    for seed in SEEDS:
        sketch, tracks = arranged(name, seed)
        led = [s for s in sketch.sections if s.kind in ("verse", "chorus", "bridge")]
        notes = [n for t in tracks.values() if t.role == "counter" for n in t.notes]
        beside = [n for n in notes if any(s.onset <= n.onset < s.end for s in led)]
        assert all(abs(n.pitch - p) not in (1, 13) for n in notes for p in sung.get(n.onset, ()))
        assert sum(n.onset in sung for n in beside) <= 0.25 * len(beside)


def test_two_songs_of_a_style_have_different_figures() -> None:
    def chorus(seed: int, name: str) -> tuple[tuple[int, int], ...]:
        sketch, tracks = arranged("pop-rock", seed)
        first = next(section for section in sketch.sections if section.kind == "chorus")
        return tuple((n.onset, n.duration) for n in tracks[name].notes if first.onset <= n.onset < first.onset + 1920)

    for name in ("Rhythm guitar", "Piano"):
        assert len({chorus(seed, name) for seed in range(8)}) >= 3
    assert len({chorus(seed, "Bass") for seed in range(8)}) >= 2


def test_the_top_of_a_pad_keeps_clear_of_fifths_with_the_bass() -> None:
    chords = [Chord.parse(name) for name in ("C", "Dm", "Em", "F", "G", "Am", "G", "F", "C")]
    tops, plain = [], []
    before = other = lead(chords[0], (), 4, 55, 77)
    for at, (last, chord) in enumerate(pairwise(chords), start=1):
        basses = (last.bass_pitch_class, chord.bass_pitch_class)
        before, other = lead(chord, before, 4, 55, 77, basses), lead(chord, other, 4, 55, 77)
        tops.append(Note(480 * at, 480, before[-1]))
        plain.append(Note(480 * at, 480, other[-1]))
    lows = [Note(480 * at, 480, 36 + chord.bass_pitch_class) for at, chord in enumerate(chords) if at]
    assert not parallels(tops, lows)
    assert len(parallels(plain, lows)) >= len(parallels(tops, lows))


TONES = {"P": 2, "H": 2, "D": 5, "U": 3, "X": 3, "x": 2, "M": 2, "O": 3, "S": 3, "C": 3}
"""Tones of a sign that strikes more than one."""

TABLES: dict[str, tuple[Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]], str]] = {
    "bass": (band_bass.CELLS, "R358w"),
    "right hand": (band_keys.RIGHT, "123TCUPH"),
    "left hand": (band_keys.LEFT, "R58OX"),
    "guitar": (guitar.FIGURES, "ptimaPHDUXxMOS"),
}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_figures_fill_their_bar_and_grow_with_the_section(table: str) -> None:
    rows, signs = TABLES[table]
    for pattern, metres in rows.items():
        for metre, levels in metres.items():
            steps = Metre.parse(metre).bar_ticks // 120
            assert len(levels) == 3
            mean = []
            for figures in levels:
                written = [figure for figure in figures if not figure.startswith("kick")]
                assert written, f"{pattern} {metre} has nothing without a kit"
                for figure in written:
                    assert len(figure) == steps, f"{pattern} {metre} {figure}"
                    assert set(figure) <= set(f"{signs}-."), f"{pattern} {metre} {figure}"
                tones = [sum(TONES.get(sign, 1) for sign in figure if sign not in "-.") for figure in written]
                mean.append(sum(tones) / len(tones))
            if table != "left hand":  # it leaves room where the right hand grows
                assert mean[0] <= mean[2], f"{pattern} {metre} thins out: {mean}"


def test_drives_grow_towards_the_chorus() -> None:
    for kind in ("roll", "toms", "shake"):
        hits = sorted(kit.DRIVES[kind], reverse=True)
        first = [velocity for back, _, velocity in hits if back > 8]
        last = [velocity for back, _, velocity in hits if back <= 4]
        assert min(last) > max(first)
