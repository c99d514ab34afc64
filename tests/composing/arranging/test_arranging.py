"""The arranger: properties that hold for every style, seed, feeling and metre."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composing.sketches import simple_sketch
from senandung.composing.arranging import arrange
from senandung.composing.arranging.chart import read_chart
from senandung.composing.arranging.keroncong.pace import is_dobel
from senandung.composing.plan import Sketch
from senandung.composing.styles import band_style_names, load_style
from senandung.domain.chords import QUALITIES, Chord
from senandung.domain.errors import InvalidValueError, UnknownNameError
from senandung.domain.feeling import Feeling
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.pitch import NoteName
from senandung.domain.song import ChordSpan, Note, Song, Track
from senandung.domain.words import Words

METRES = ("4/4", "3/4", "6/8")
CASES = [
    (name, metre, key, feeling, seed)
    for name in band_style_names()
    for metre, key, feeling, seed in zip(
        (*METRES, "7/8"),
        ("C", "F# minor", "Eb", "A minor"),
        ("rindu", "marah", "tenang", "senang"),
        (1, 2, 3, 4),
        strict=True,
    )
]


def arranged(name: str, metre: str, key: str, feeling: str, seed: int) -> tuple[Sketch, tuple[Track, ...]]:
    sketch = simple_sketch(metre=metre, key=key, split=True, bpm=60.0)
    return sketch, arrange(sketch, load_style(name), Feeling.named(feeling), seed=seed)


def longest_silence(sketch: Sketch, tracks: tuple[Track, ...]) -> float:
    """Seconds of the longest rest of all."""
    spans = sorted((note.onset, note.end) for track in tracks for note in track.notes)
    reached, longest = 0, 0
    for onset, end in spans:
        longest = max(longest, onset - reached)
        reached = max(reached, end)
    return longest * 60 / sketch.plan.bpm / sketch.plan.metre.beat_ticks


def most_at_once(track: Track) -> int:
    events = sorted([(n.onset, 1) for n in track.notes] + [(n.end, -1) for n in track.notes])
    sounding = most = 0
    for _, change in events:
        sounding += change
        most = max(most, sounding)
    return most


def foreign_basses(sketch: Sketch, track: Track) -> list[Note]:
    """Tones on beats that are not the chord's; a weak beat, or one before a change of chord, may lead on by step."""
    changes = {span.onset for span in sketch.chords}
    found = []
    for note, after in zip(track.notes, [*track.notes[1:], None], strict=True):
        chord = next(s.chord for s in sketch.chords if s.onset <= note.onset < s.onset + s.duration)
        weight = sketch.plan.metre.weight(note.onset % sketch.plan.metre.bar_ticks)
        walks = after is not None and abs(after.pitch - note.pitch) <= 2 and (weight == 2 or after.onset in changes)
        if weight >= 2 and note.pitch % 12 not in chord.pitch_classes and not walks:
            found.append(note)
    return found


@pytest.mark.parametrize(("name", "metre", "key", "feeling", "seed"), CASES)
def test_an_arrangement_is_playable(name: str, metre: str, key: str, feeling: str, seed: int) -> None:
    sketch, tracks = arranged(name, metre, key, feeling, seed)
    end = sketch.sections[-1].end
    bar = sketch.plan.metre.bar_ticks
    assert tracks[0].role == "vocal"
    assert tracks[0].name == "Vokal"
    assert [n.syllable for n in tracks[0].notes] == [n.syllable for n in sketch.melody]
    for track in tracks[1:]:
        sound = track.sound
        assert track.notes, track.name
        assert all(n.onset % 60 == 0 and n.duration % 60 == 0 for n in track.notes), f"{track.name} leaves the grid"
        assert max(n.end for n in track.notes) == end, f"{track.name} does not end with the others"
        assert all(n.syllable is None for n in track.notes)
        bars = {b for n in track.notes for b in range(n.onset // bar, -(-n.end // bar))}
        assert len(bars) >= sketch.plan.bars / 3, f"{track.name} plays in {len(bars)} of {sketch.plan.bars} bars"
        if not sound.drum:
            low, high = sound.comfortable
            assert all(low <= n.pitch <= high for n in track.notes), f"{track.name} leaves its comfortable range"
            assert most_at_once(track) <= sound.polyphony, track.name
    assert longest_silence(sketch, tracks) < 2
    Song("x", tracks, sections=sketch.sections, chords=sketch.chords, words=sketch.words)  # its own checks


@pytest.mark.parametrize(("name", "metre", "key", "feeling", "seed"), CASES)
def test_the_bass_plays_chord_tones_on_beats_and_roots_at_changes(
    name: str, metre: str, key: str, feeling: str, seed: int
) -> None:
    sketch, tracks = arranged(name, metre, key, feeling, seed)
    for track in (track for track in tracks if track.role == "bass"):
        onsets = {note.onset: note for note in track.notes}
        roots = 0
        heard = 0
        assert not foreign_basses(sketch, track)
        for span in sketch.chords:
            if span.onset in onsets:
                heard += 1
                roots += onsets[span.onset].pitch % 12 == span.chord.bass_pitch_class
        assert roots >= (0.6 if name == "string-quartet" else 0.99) * heard
        assert track.notes[-1].pitch % 12 == sketch.chords[-1].chord.root.pitch_class


@pytest.mark.parametrize("name", ["pop-ballad", "pop-upbeat", "pop-rock", "keroncong", "keroncong-asli", "dangdut"])
def test_a_band_has_five_tracks_or_more(name: str) -> None:
    assert len(arrange(simple_sketch(), load_style(name), Feeling.named("rindu"), seed=1)) >= 6


@pytest.mark.parametrize("name", band_style_names())
def test_the_same_seed_gives_the_same_notes_and_another_gives_others(name: str) -> None:
    sketch, style, feeling = simple_sketch(), load_style(name), Feeling.named("rindu")
    first = arrange(sketch, style, feeling, seed=1)
    assert first == arrange(sketch, style, feeling, seed=1)
    assert any(first != arrange(sketch, style, feeling, seed=seed) for seed in (2, 3, 4))


@pytest.mark.parametrize("name", band_style_names())
def test_a_chorus_is_fuller_than_the_first_verse_and_the_second_verse_is_not_the_first(name: str) -> None:
    sketch = simple_sketch()
    tracks = arrange(sketch, load_style(name), Feeling.named("rindu"), seed=1)

    def weight(index: int) -> float:
        section = sketch.sections[index]
        return sum(n.velocity for t in tracks[1:] for n in t.notes if section.onset <= n.onset < section.end) / len(
            [None for bar in range(section.duration // sketch.plan.metre.bar_ticks)]
        )

    def content(index: int) -> list[tuple[str, int, int]]:
        section = sketch.sections[index]
        return [
            (t.name, n.onset - section.onset, n.pitch)
            for t in tracks[1:]
            for n in t.notes
            if section.onset <= n.onset < section.end
        ]

    assert weight(2) > 1.1 * weight(1)
    assert content(1) != content(4)


@pytest.mark.parametrize("name", band_style_names())
def test_an_instrumental_has_a_melody_track_without_syllables(name: str) -> None:
    for sketch, voice in ((simple_sketch(sung=False), True), (simple_sketch(), False)):
        tracks = arrange(sketch, load_style(name), Feeling.named("rindu"), seed=1, voice=voice)
        assert not [t for t in tracks if t.role == "vocal"]
        melody = next(t for t in tracks if t.role == "melody")
        wanted = {note.pitch % 12 for note in sketch.melody}
        sung = {(n.onset, n.pitch % 12) for n in melody.notes}
        found = sum((n.onset, n.pitch % 12) in sung for n in sketch.melody)
        assert found == len(sketch.melody), f"{name}: {found} of {len(sketch.melody)}, {wanted}"
        assert all(n.syllable is None for t in tracks for n in t.notes)
        assert longest_silence(sketch, tracks) < 2


@pytest.mark.parametrize("name", band_style_names())
def test_played_sections_have_a_leading_voice(name: str) -> None:
    sketch = simple_sketch()
    tracks = arrange(sketch, load_style(name), Feeling.named("rindu"), seed=1)
    for section in sketch.sections:
        if section.kind in ("intro", "interlude"):
            moving = [
                t
                for t in tracks
                if t.role in ("counter", "melody") or len(tracks) == 2
                if len({n.pitch for n in t.notes if section.onset <= n.onset < section.end}) >= 3
            ]
            assert moving, section.name


def test_cuk_and_cak_interlock_and_the_pace_doubles() -> None:
    sketch = simple_sketch()
    tracks = {t.name: t for t in arrange(sketch, load_style("keroncong"), Feeling.named("rindu"), seed=1)}
    end = sketch.chords[-1].onset
    cuk = {n.onset for n in tracks["Cuk"].notes if n.onset < end}
    cak = {n.onset for n in tracks["Cak"].notes if n.onset < end}
    assert not cuk & cak
    first, second = sketch.sections[1], sketch.sections[4]

    def strokes(onsets: set[int], section: object) -> int:
        return sum(first.onset <= o < first.end if section is first else second.onset <= o < second.end for o in onsets)

    assert strokes(cuk, second) >= 1.4 * strokes(cuk, first)
    assert strokes(cak, second) >= 1.5 * strokes(cak, first)
    chart = read_chart(sketch, load_style("keroncong"), Feeling.named("rindu"), 1)
    assert not is_dobel(chart, chart.bars[5])
    assert is_dobel(chart, chart.bars[26])


def test_the_gendang_plays_the_low_dut_before_the_bar_line() -> None:
    sketch = simple_sketch()
    gendang = next(
        t for t in arrange(sketch, load_style("dangdut"), Feeling.named("rindu"), seed=1) if t.name == "Gendang"
    )
    duts = {n.onset // 1920 for n in gendang.notes if n.onset % 1920 >= 12 * 120 and n.pitch in (41, 64)}
    assert len(duts) >= 0.9 * sketch.plan.bars


def test_the_ballad_drums_enter_late_and_crash_into_the_chorus() -> None:
    sketch = simple_sketch()
    drums = next(
        t for t in arrange(sketch, load_style("pop-ballad"), Feeling.named("rindu"), seed=1) if t.name == "Drums"
    )
    chorus = sketch.sections[2]
    assert drums.notes[0].onset >= sketch.sections[1].end - 480  # a pickup at most
    assert any(n.onset == chorus.onset and n.pitch == 49 for n in drums.notes)


def test_the_drums_drop_out_before_the_climax() -> None:
    sketch = simple_sketch()
    drums = next(
        t for t in arrange(sketch, load_style("pop-upbeat"), Feeling.named("senang"), seed=1) if t.name == "Drums"
    )
    climax = max(sketch.sections, key=lambda section: (section.intensity, section.onset))
    inside = {n.onset - (climax.onset - 1920) for n in drums.notes if climax.onset - 1920 <= n.onset < climax.onset}
    assert min(inside) == 0
    assert not {onset for onset in inside if 0 < onset < 960}
    assert {onset for onset in inside if onset >= 960}


ENSEMBLES = [
    ("flute",),
    ("piano",),
    ("guitar",),
    ("violin", "violin"),
    ("drums", "flute"),
    ("violin", "viola", "cello"),
    ("bass",),
    ("horn", "trumpet", "trombone"),
    ("strings", "choir"),
    ("harp", "flute"),
    ("piano", "violin", "cello", "drums"),
    ("flute", "oboe", "clarinet", "bassoon", "horn"),
    ("gendang", "suling"),
    ("timpani", "organ", "Trumpet"),
    ("vibraphone", "contrabass"),
]


@pytest.mark.parametrize("ensemble", ENSEMBLES)
@pytest.mark.parametrize("name", ["pop-ballad", "string-quartet"])
def test_an_ensemble_is_kept_to(ensemble: tuple[str, ...], name: str) -> None:
    sketch = simple_sketch(bpm=60.0)
    wanted = sorted(name.lower() for name in ensemble)
    for voice in (True, False):
        tracks = arrange(sketch, load_style(name), Feeling.named("rindu"), seed=1, ensemble=ensemble, voice=voice)
        band = [t for t in tracks if t.role != "vocal"]
        assert len(tracks) - len(band) == voice
        assert sorted(t.instrument for t in band) == wanted
        assert len({t.name for t in tracks}) == len(tracks)
        assert all((t.role == "drums") == t.sound.drum for t in band)
        assert longest_silence(sketch, tracks) < 2
        for track in band:
            assert track.notes
            assert max(n.end for n in track.notes) == sketch.sections[-1].end
            assert track.sound.drum or most_at_once(track) <= track.sound.polyphony
        if not voice:
            assert [t.role for t in tracks].count("melody") == 1


def test_a_name_given_twice_is_two_players() -> None:
    tracks = arrange(
        simple_sketch(),
        load_style("pop-ballad"),
        Feeling.named("rindu"),
        seed=1,
        ensemble=("violin", "cello", "violin"),
    )
    assert [t.name for t in tracks] == ["Vokal", "Violin 1", "Cello", "Violin 2"]
    assert next(t for t in tracks if t.name == "Cello").role == "bass"


@pytest.mark.parametrize(
    ("ensemble", "voice", "error", "message"),
    [
        (("piano", " "), True, InvalidValueError, "empty name"),
        (("celo",), True, UnknownNameError, "did you mean 'cello'"),
        (("drums",), False, InvalidValueError, "instrument for the melody: add one such as flute"),
        (("flute",) * 16, False, InvalidValueError, "at most 15 melodic players .*leave some out, got 16"),
        (("flute",) * 15, True, InvalidValueError, "at most 14 melodic players"),
    ],
)
def test_an_impossible_ensemble_is_one_clear_error(
    ensemble: tuple[str, ...], voice: bool, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        arrange(
            simple_sketch(), load_style("pop-ballad"), Feeling.named("rindu"), seed=1, ensemble=ensemble, voice=voice
        )


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_every_instrument_of_the_table_can_play_alone_with_a_voice(name: str) -> None:
    sketch = simple_sketch(form="intro4 verse8 outro2")
    tracks = arrange(sketch, load_style("pop-ballad"), Feeling.named("tenang"), seed=1, ensemble=(name,))
    assert [t.instrument for t in tracks] == ["clarinet", name]
    assert longest_silence(sketch, tracks) < 2


@st.composite
def wild_sketches(draw: st.DrawFn) -> Sketch:
    """Sketches with any chords, changing on any eighth, and any melody with any rests."""
    metre = draw(st.sampled_from(("4/4", "3/4", "6/8", "2/4", "5/4", "12/8")))
    key = draw(st.sampled_from(("C", "F# minor", "Bb", "D dorian", "A minor", "E mixolydian")))
    form = draw(st.sampled_from(("intro2 verse4 outro2", "verse4", "verse3 chorus2 solo2 chorus2", "intro4 outro1")))
    sketch = simple_sketch(form=form, metre=metre, key=key, bpm=draw(st.sampled_from((50.0, 90.0, 150.0))))
    end = sketch.sections[-1].end
    names = st.sampled_from(range(-6, 7))
    at, chords = 0, []
    while at < end:
        length = min(240 * draw(st.integers(1, 16)), end - at)
        bass = draw(st.one_of(st.none(), names))
        chord = Chord(
            NoteName.from_fifths(draw(names)),
            draw(st.sampled_from(sorted(QUALITIES))),
            None if bass is None else NoteName.from_fifths(bass),
        )
        chords.append(ChordSpan(at, length, chord))
        at += length
    melody, at = [], 120 * draw(st.integers(0, 8))
    while at < end - 960:
        length = 120 * draw(st.integers(1, 12))
        melody.append(Note(at, min(length, end - at), draw(st.integers(55, 76)), 80))
        at += length + draw(st.sampled_from((0, 0, 0, 120, 480, 1920)))
    return replace(sketch, chords=tuple(chords), melody=tuple(melody), words=Words("id"))


@settings(max_examples=40, deadline=None)
@given(wild_sketches(), st.sampled_from(band_style_names()), st.integers(0, 3))
def test_any_sketch_can_be_arranged(sketch: Sketch, name: str, seed: int) -> None:
    tracks = arrange(sketch, load_style(name), Feeling.named("galau"), seed=seed)
    end = sketch.sections[-1].end
    assert longest_silence(sketch, tracks) < 2
    for track in tracks:
        assert max((n.end for n in track.notes), default=end) == end
        assert track.sound.drum or most_at_once(track) <= track.sound.polyphony
        if track.role == "bass":
            assert not foreign_basses(sketch, track)


def test_english_words_name_the_voice_in_english() -> None:
    tracks = arrange(simple_sketch(language="en"), load_style("pop-ballad"), Feeling.named("rindu"), seed=1)
    assert tracks[0].name == "Voice"


def test_sections_rise_without_gaps_in_the_test_sketch() -> None:
    sketch = simple_sketch(metre="3/4", split=True)
    assert all(a.onset + a.duration == b.onset for a, b in pairwise(sketch.chords))
