"""Keroncong's players, read as its players would: who is silent when, who fills whose gaps, and what leads where."""

from __future__ import annotations

from itertools import product

import pytest

from composing.sketches import simple_sketch
from senandung.composing.arranging import arrange
from senandung.composing.arranging.chart import Chart, read_chart
from senandung.composing.arranging.keroncong.cello import BARS
from senandung.composing.arranging.keroncong.five import five_toned
from senandung.composing.arranging.keroncong.pace import opening, pace
from senandung.composing.arranging.keroncong.passages import voorspel_parts
from senandung.composing.arranging.keroncong.strummed import CAK_BARS, CUK_BARS
from senandung.composing.arranging.keroncong.winds import gaps
from senandung.composing.compose import compose
from senandung.composing.form import keeps_form, plan_song
from senandung.composing.plan import Sketch, Wishes
from senandung.composing.styles import load_style
from senandung.domain.feeling import Feeling
from senandung.domain.scales import Key
from senandung.domain.song import Track
from senandung.domain.style import parse_form

FAMILY = ("keroncong", "keroncong-asli", "keroncong-stambul", "langgam-jawa")
BAR = 1920
RINDU = Feeling.named("rindu")
ASLI = "intro8 verse8 interlude2 bridge6 chorus8 interlude2 bridge6 chorus8 outro4"
STAMBUL = "intro1 verse16 verse16 outro4"


def tracks_of(style: str, form: str, *, key: str = "C", seed: int = 1) -> tuple[Sketch, dict[str, Track]]:
    sketch = simple_sketch(form=form, key=key)
    return sketch, {track.name: track for track in arrange(sketch, load_style(style), RINDU, seed=seed)}


def chart_of(style: str, form: str) -> Chart:
    return read_chart(simple_sketch(form=form), load_style(style), RINDU, 1)


def quarters(signs: str, quick: str) -> set[int]:
    """Onsets in thirty-seconds; `quick` signs are struck twice."""
    onsets = {2 * step for step, sign in enumerate(signs) if sign != "."}
    return onsets | {2 * step + 1 for step, sign in enumerate(signs) if sign in quick}


@pytest.mark.parametrize("irama", CUK_BARS)
def test_no_stroke_of_the_cak_falls_on_one_of_the_cuk_in_any_bar_of_the_tables(irama: str) -> None:
    for cuk, cak in product(CUK_BARS[irama], CAK_BARS[irama]):
        assert len(cuk) == len(cak) == 16
        assert set(cuk) <= set("CTfGg.")
        assert set(cak) <= set("Kksr.")
        assert not quarters(cuk, "f") & quarters(cak, "r")
        assert all(cuk[step] == "." or step % 2 == 0 or cuk[step] in "fg" for step in range(16))


def test_dobel_is_denser_than_engkel_for_every_player_of_the_band() -> None:
    for table in (CUK_BARS, CAK_BARS, *BARS.values()):
        mean = {name: sum(len(row) - row.count(".") for row in table[name]) / len(table[name]) for name in table}
        assert mean["dobel"] > 1.3 * mean["engkel"]


def test_the_voorspel_is_played_by_one_after_another_and_the_band_waits() -> None:
    sketch, tracks = tracks_of("keroncong-asli", ASLI)
    until = 4 * BAR
    for name in ("Cuk", "Cak", "Cello", "Bass"):
        assert until <= tracks[name].notes[0].onset <= until + 240, name
    parts = voorspel_parts(chart_of("keroncong-asli", ASLI))
    assert parts == ((0, 2 * BAR), (2 * BAR, 3 * BAR), (3 * BAR, until))
    leads = []
    for start, end in parts:
        playing = [name for name, t in tracks.items() if any(start <= n.onset < end for n in t.notes)]
        assert len(playing) == 1
        leads += playing
    assert leads[:2] == ["Violin", "Guitar"]
    assert sketch.sections[0].end == 8 * BAR


def test_the_last_bar_of_the_voorspel_leads_upwards_into_the_band() -> None:
    for seed in range(1, 6):
        _, tracks = tracks_of("keroncong-asli", ASLI, seed=seed)
        last = [n for n in (*tracks["Violin"].notes, *tracks["Flute"].notes) if 3 * BAR <= n.onset < 4 * BAR]
        assert max(n.end for n in last) == 4 * BAR
        assert min(n.duration for n in sorted(last, key=lambda n: n.onset)[-3:]) <= 120


def test_stambul_begins_with_a_chord_for_the_singer_and_the_singer_alone() -> None:
    sketch, tracks = tracks_of("keroncong-stambul", STAMBUL)
    first = [n for n in tracks["Guitar"].notes if n.onset < BAR]
    assert [n.pitch for n in first] == sorted(n.pitch for n in first)
    assert {n.pitch % 12 for n in first} == set(sketch.chords[0].chord.pitch_classes)
    for name in ("Cuk", "Cak", "Cello", "Bass", "Flute", "Violin"):
        assert not [n.onset for n in tracks[name].notes if n.onset < 4 * BAR], name
    held = [n for n in tracks["Guitar"].notes if BAR <= n.onset < 4 * BAR]
    assert len(held) <= 2, "where the singer rests long, and nothing else"
    assert tracks["Bass"].notes[0].onset == 4 * BAR
    again = [n for n in tracks["Bass"].notes if 17 * BAR <= n.onset < 20 * BAR]
    assert again, "the second time the band plays from the first bar"


def test_a_bawa_is_sung_alone() -> None:
    _, tracks = tracks_of("langgam-jawa", "bridge4 intro4 verse8 verse8 outro4", key="C langgam-jawa")
    first = {track.role: track.notes[0].onset for track in tracks.values()}
    assert (first["vocal"], first["bass"]) == (0, 4 * BAR)


def test_paces_follow_each_other_as_the_sources_have_them() -> None:
    chart = chart_of("keroncong-asli", ASLI)
    found = [pace(chart, bar) for bar in chart.bars]
    assert found[:8] == ["voorspel"] * 4 + ["ropelan"] * 4
    assert set(found[8:16]) == {"engkel"}
    assert set(found[16:18]) == {"ropelan"}  # middenspel
    assert set(found[18:32]) == {"engkel"}
    assert set(found[34:48]) == {"dobel"}
    assert found[-1] == "engkel"
    langgam = chart_of("keroncong", "intro4 verse8 verse8 chorus8 verse8 outro4")
    assert {pace(langgam, bar) for bar in langgam.bars[4:12]} == {"engkel"}
    assert {pace(langgam, bar) for bar in langgam.bars[12:36]} == {"dobel"}


def test_a_song_opens_as_the_figure_of_its_guitar_says() -> None:
    found = [opening(read_chart(simple_sketch(), load_style(name), RINDU, 1)) for name in FAMILY]
    assert found == ["", "voorspel", "alone", "bawa"]


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_bass_comes_into_another_chord_by_step(seed: int) -> None:
    sketch, tracks = tracks_of("keroncong", "intro4 verse8 verse8 outro4", seed=seed)
    notes = tracks["Bass"].notes
    for before, span in zip(sketch.chords, sketch.chords[1:], strict=False):
        if before.chord.bass_pitch_class == span.chord.bass_pitch_class:
            continue
        at = next(i for i, n in enumerate(notes) if n.onset == span.onset)
        assert notes[at].pitch % 12 == span.chord.bass_pitch_class
        assert abs(notes[at - 1].pitch - notes[at].pitch) <= 2


@pytest.mark.parametrize("style", FAMILY)
def test_flute_and_violin_move_where_the_singer_leaves_room(style: str) -> None:
    form = "intro4 verse8 verse8 chorus8 outro4"
    sketch, tracks = tracks_of(style, form, key="C langgam-jawa" if style == "langgam-jawa" else "C")
    chart = read_chart(sketch, load_style(style), RINDU, 1)
    free = gaps(chart)
    quick = [
        n
        for name in ("Flute", "Violin")
        for n in tracks[name].notes
        if n.duration <= 240 and chart.is_led(chart.bar_at(n.onset).section)
    ]
    assert quick
    assert all(any(start <= n.onset < end for start, end in free) for n in quick)


def test_langgam_jawa_has_a_siter_kethuk_and_kenong_and_five_tones() -> None:
    sketch, tracks = tracks_of("langgam-jawa", "intro4 verse8 verse8 outro4", key="C langgam-jawa")
    scale = Key.parse("C langgam-jawa").pitch_classes
    chart = read_chart(sketch, load_style("langgam-jawa"), RINDU, 1)
    assert five_toned(chart)
    last = sketch.chords[-1].onset
    for name in ("Cak", "Cuk", "Cello", "Guitar", "Flute", "Violin"):
        assert all(n.pitch % 12 in scale for n in tracks[name].notes if n.onset < last), name
    for name in ("Cak", "Cuk"):
        onsets = [n.onset for n in tracks[name].notes if n.onset < last]
        assert len(onsets) == len(set(onsets)), f"{name} plucks one string at a time"
    siter = [n for n in tracks["Cak"].notes if 4 * BAR <= n.onset < 12 * BAR]
    assert len(siter) == 16 * 8
    assert {n.duration for n in siter} == {120}
    assert {n.duration for n in tracks["Cak"].notes if 12 * BAR <= n.onset < 20 * BAR} == {60}
    kethuk = [n for n in tracks["Cuk"].notes if n.onset % BAR == 0 and n.onset < last]
    assert {n.pitch % 12 for n in kethuk} == {7}


@pytest.mark.parametrize("style", FAMILY)
@pytest.mark.parametrize("word", ["rindu", "sedih", "girang", "tenang"])
def test_forms_are_kept_whole(style: str, word: str) -> None:
    loaded = load_style(style)
    assert keeps_form(loaded)
    for seed in range(8):
        plan = plan_song(Feeling.named(word), loaded, 4, Wishes(), seed=seed)
        made = tuple((section.kind, section.bars) for section in plan.sections)
        assert made in {parse_form(form) for form in loaded.forms}


def test_many_lines_bring_a_whole_round_more() -> None:
    plan = plan_song(RINDU, load_style("keroncong-asli"), 24, Wishes(), seed=1)
    kinds = " ".join(section.kind for section in plan.sections)
    assert kinds.count("verse interlude bridge chorus") >= 2
    assert kinds.endswith("verse interlude bridge chorus outro")


def test_styles_without_a_scheme_for_all_that_is_sung_do_not_keep_their_form() -> None:
    assert not any(keeps_form(load_style(name)) for name in ("pop-ballad", "dangdut", "pop-melayu", "solo-piano"))


@pytest.mark.parametrize(("word", "scale"), [("sedih", "langgam-jawa"), ("girang", "major-pentatonic")])
def test_langgam_jawa_is_sung_in_five_tones_over_any_chord(word: str, scale: str) -> None:
    lines = ("aku kangen kowe", "udan sore iki tiba maneh")
    song = compose(
        Feeling.named(word), load_style("langgam-jawa"), lines, Wishes(), language="id", seed=3, version="test"
    )
    key = song.keys[0].key
    assert str(key).endswith(scale)
    foreign = {pitch for span in song.chords for pitch in span.chord.pitch_classes} - set(key.pitch_classes)
    assert foreign, "the chords have tones that are not sung"
    sung = next(track for track in song.tracks if track.role == "vocal")
    assert {note.pitch % 12 for note in sung.notes} <= set(key.pitch_classes)
    bass = next(track for track in song.tracks if track.role == "bass")
    assert {note.pitch % 12 for note in bass.notes} <= set(key.pitch_classes)
