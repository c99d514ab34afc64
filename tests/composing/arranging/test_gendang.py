"""The gendang's patterns with the bass that goes with them, stops, answering lines, and the gamelan in a band."""

from __future__ import annotations

from collections import Counter

import pytest

from composing.arranging.test_arranging import arranged
from composing.sketches import simple_sketch
from senandung.composing.arranging import arrange
from senandung.composing.arranging.chart import Chart, read_chart
from senandung.composing.arranging.dangdut_figures import ANSWERS, CADENCES, CALLS
from senandung.composing.arranging.dangdut_lines import gaps
from senandung.composing.arranging.dangdut_plan import PLAYINGS, pattern_of, song_pattern, stop_in
from senandung.composing.arranging.gendang import PATTERNS, ROLLS, STOPS, Row, read_bass, read_row
from senandung.composing.compose import compose
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style
from senandung.domain.feeling import Feeling
from senandung.domain.hand_drums import STROKES, stroke_at
from senandung.domain.song import Track

LARGE = {name for name, stroke in STROKES["gendang"].items() if stroke.head in ("large", "both")}
SLIDING = {"dut", "ndut"}


def rows(name: str) -> list[Row]:
    pattern = PATTERNS[name]
    return [read_row(text) for text in (pattern.plain, pattern.soft, pattern.dense, pattern.turned, pattern.second)]


def chart_of(style: str, seed: int, feeling: str = "rindu") -> Chart:
    return read_chart(simple_sketch(), load_style(style), Feeling.named(feeling), seed)


@pytest.mark.parametrize("name", list(PATTERNS))
def test_every_row_has_sixteen_places_and_known_strokes(name: str) -> None:
    pattern = PATTERNS[name]
    for text in (pattern.plain, pattern.soft, pattern.dense, pattern.turned, pattern.second):
        assert len(text.split()) == 16, text
        assert {syllable for _, syllable, _ in read_row(text)} <= set(STROKES[pattern.hand_drum])
    for bass in pattern.bass:
        assert len(bass) == 16
        assert bass[0] == "R"
        assert {degree for _, _, degree in read_bass(bass)} <= set("R5V8A")


def test_rolls_and_stops_have_sixteen_places_and_lead_into_the_next_bar() -> None:
    for hand_drum, texts in [*ROLLS.items(), *((h, (s.rolls[h],)) for s in STOPS for h in ("gendang", "kendang"))]:
        for text in texts:
            row = read_row(text)
            assert len(text.split()) == 16, text
            assert {syllable for _, syllable, _ in row} <= set(STROKES[hand_drum])
            assert row[-1][0] == 14, text
    for stop in STOPS:
        assert all({hit for hit, _, _ in read_row(text)} >= set(stop.hits) for text in stop.rolls.values())


def test_chalte_has_five_sounds_three_of_the_large_drum_and_koplo_strikes_it_twice_as_often() -> None:
    chalte, koplo = rows("chalte")[0], rows("koplo")[0]
    sounds = {syllable for _, syllable, _ in chalte}
    assert len(sounds) == 5
    assert len(sounds & LARGE) == 3

    def large(row: Row) -> int:
        return sum(syllable in LARGE for _, syllable, _ in row)

    assert large(koplo) >= 2 * large(chalte)


def test_the_bass_of_chalte_is_do_sol_low_sol_in_five_one_and_two_eighths() -> None:
    thin = PATTERNS["chalte"].bass[0]
    assert [(length, degree) for _, length, degree in read_bass(thin)] == [(10, "R"), (2, "5"), (4, "V")]


@pytest.mark.parametrize("name", list(PATTERNS))
def test_sliding_strokes_have_a_bass_tone(name: str) -> None:
    pattern = PATTERNS[name]
    usual = ((rows(name)[0], pattern.bass[1]), (rows(name)[4], pattern.bass[1]))
    for row, bass in ((rows(name)[1], pattern.bass[0]), *usual):
        slides = {step for step, syllable, _ in row if syllable in SLIDING}
        assert slides <= {step for step, _, _ in read_bass(bass)} | {0}, (name, slides)


@pytest.mark.parametrize("style", ["dangdut", "dangdut-koplo"])
def test_a_song_keeps_one_main_pattern(style: str) -> None:
    mains = set()
    for seed in range(12):
        chart = chart_of(style, seed)
        found = Counter(song_pattern(chart, bar) for bar in chart.bars if bar.section.kind == "verse")
        assert len(found) == 1 or (style == "dangdut-koplo" and set(found) == {"dangdut", "koplo"})
        mains.add(found.most_common(1)[0][0])
        refrains = {song_pattern(chart, bar) for bar in chart.bars if bar.section.kind == "chorus"}
        assert len(refrains) == 1
    assert (len(mains) >= 3) if style == "dangdut" else "koplo" in mains


def test_koplo_breaks_in_after_a_soft_beginning_at_once_or_after_the_first_verse() -> None:
    first = set()
    for seed in range(12):
        chart = chart_of("dangdut-koplo", seed)
        verse = next(bar for bar in chart.bars if bar.section.kind == "verse")
        first.add(song_pattern(chart, verse))
        entrance = next(bar for bar in chart.bars if song_pattern(chart, bar) == "koplo" and bar.sung)
        assert stop_in(chart, chart.bars[entrance.number - 1]) is not None
    assert first == {"dangdut", "koplo"}


def test_an_angry_dangdut_may_be_rock_dut_and_a_quick_one_is_never_senti_mentil() -> None:
    def mains(feeling: str, bpm: float) -> set[str]:
        sketch = simple_sketch(bpm=bpm)
        charts = (read_chart(sketch, load_style("dangdut"), Feeling.named(feeling), seed) for seed in range(20))
        return {pattern_of(chart, chart.bars[9], "gendang-dangdut") for chart in charts}

    assert "rock-dut" in mains("marah", 110.0)
    assert "senti-mentil" in mains("rindu", 98.0)
    assert "senti-mentil" not in mains("senang", 124.0)


def test_the_band_stops_before_a_refrain() -> None:
    chart = chart_of("dangdut-koplo", 1)
    tracks = arrange(chart.sketch, chart.style, chart.feeling, seed=1)
    stopped = [bar for bar in chart.bars if stop_in(chart, bar) is not None]
    assert stopped
    for bar in stopped:
        stop = stop_in(chart, bar)
        assert stop is not None
        allowed = {bar.onset + step * 120 for step in stop.hits}
        for track in tracks:
            if track.name in ("Bass", "Keyboard", "Electric guitar", "Drums"):
                assert {note.onset for note in track.notes if bar.onset <= note.onset < bar.end} <= allowed, track.name
        gendang = next(track for track in tracks if track.name == "Gendang")
        assert sum(bar.onset <= note.onset < bar.end for note in gendang.notes) > len(stop.hits) + 3


def test_duts_have_the_bass_with_them_in_a_song() -> None:
    for style in ("dangdut", "dangdut-koplo"):
        tracks = {track.name: track for track in arranged(style, "4/4", "A minor", "rindu", 3)[1]}
        bass = {note.onset for note in tracks["Bass"].notes}
        slides = [n.onset for n in tracks["Gendang"].notes if stroke_at("gendang", n.pitch).name in SLIDING]
        assert sum(onset in bass for onset in slides) >= 0.85 * len(slides)


def test_answering_figures_stay_within_their_gap() -> None:
    for phrases in (*ANSWERS.values(), CALLS, CADENCES):
        for phrase in phrases:
            ends = [step + length for step, length, _ in phrase]
            assert all(end <= step for end, (step, _, _) in zip(ends, phrase[1:], strict=False))
    chart = chart_of("dangdut", 2)
    tracks = {track.name: track for track in arrange(chart.sketch, chart.style, chart.feeling, seed=2)}
    free = gaps(chart)
    led = [section for section in chart.sketch.sections if chart.is_led(section)]
    sung = [n for n in tracks["Suling"].notes if any(s.onset <= n.onset < s.end for s in led)]
    assert len(sung) >= 20
    assert all(any(start <= n.onset and n.end <= end for start, end in free) for n in sung)


def test_the_interlude_has_a_melody_of_its_own() -> None:
    chart = chart_of("dangdut", 1)
    tracks = arrange(chart.sketch, chart.style, chart.feeling, seed=1)

    def lead(kind: str) -> list[tuple[int, int]]:
        section = next(section for section in chart.sketch.sections if section.kind == kind)
        return [
            (note.onset - section.onset, note.pitch % 12)
            for track in tracks
            if track.name in ("Suling", "Lead guitar")
            for note in track.notes
            if section.onset <= note.onset < section.end
        ]

    assert len(lead("intro")) >= 8 or len(lead("interlude")) >= 8
    assert lead("intro") != lead("interlude")


@pytest.mark.parametrize("name", list(PLAYINGS))
def test_every_pattern_that_a_playing_names_is_in_the_table(name: str) -> None:
    playing = PLAYINGS[name]
    named = {row[0] for row in (*playing.main, *playing.ardent)} | set(playing.refrain)
    named |= {pattern for choices in (*playing.refrain.values(), *playing.others.values()) for pattern, _ in choices}
    assert named | {playing.opening, playing.waiting} <= set(PATTERNS) | {""}
    assert any(low <= 40 for _, _, low, _ in playing.main)


def test_a_langgam_jawa_is_sung_near_pelog() -> None:
    lines = ("aku rindu kampung halaman", "malam ini hujan turun lagi")
    style = load_style("langgam-jawa")
    song = compose(Feeling.named("rindu"), style, lines, Wishes(), language="id", seed=2, version="0")
    tonic = song.keys[0].key.tonic.pitch_class
    scale = {(tonic + step) % 12 for step in (0, 4, 5, 7, 11)}
    sung = next(track for track in song.tracks if track.role == "vocal").notes
    assert sum(note.pitch % 12 in scale for note in sung) >= 0.6 * len(sung)


def test_gong_and_kempul_take_turns() -> None:
    _, tracks = arranged("campursari", "4/4", "C", "senang", 1)
    gong, kempul = (next(t for t in tracks if t.name == name) for name in ("Gong", "Kempul"))
    bars = {note.onset // 1920 for note in gong.notes}, {note.onset // 1920 for note in kempul.notes}
    assert len(bars[0] & bars[1]) <= 1  # the last chord
    assert min(bars[0]) < min(bars[1])
    kenong = next(t for t in tracks if t.name == "Kenong")
    assert bars[0] <= {note.onset // 1920 for note in kenong.notes}


def test_the_sarons_interlock_in_dangdut_rhythm_and_the_kendang_changes_with_them() -> None:
    chart = chart_of("campursari", 1, "senang")
    tracks = {t.name: t for t in arrange(chart.sketch, chart.style, chart.feeling, seed=1)}

    def onsets(track: Track, kind: str) -> set[int]:
        spans = [section for section in chart.sketch.sections if section.kind == kind]
        return {n.onset for n in track.notes if any(s.onset <= n.onset < s.end for s in spans)}

    one, two = tracks["Saron"], tracks["Saron 2"]
    assert onsets(two, "chorus")
    assert not onsets(one, "chorus") & onsets(two, "chorus")
    assert onsets(two, "verse") < onsets(one, "verse")
    assert onsets(tracks["Kendang"], "verse")
    assert not onsets(tracks["Gendang"], "verse")
    assert onsets(tracks["Gendang"], "chorus")
    assert not onsets(tracks["Kendang"], "chorus")
