"""A performance keeps its bounds for any song and any seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import BAR, band_song

from senandung.domain.chords import Chord
from senandung.domain.errors import InvalidValueError
from senandung.domain.performance import Part, Performance
from senandung.domain.song import ChordSpan, FeelingPoint, Note, Provenance, Section, Song, Track, tidy_notes
from senandung.domain.tempo import TempoChange
from senandung.domain.words import Words
from senandung.performing.charge import Tension
from senandung.performing.clock import LEAD_IN, Clock
from senandung.performing.dynamics import LOUDEST, SOFTEST, arousal_at
from senandung.performing.expression import DYING, can_swell
from senandung.performing.perform import perform
from senandung.performing.players import PLAYERS
from senandung.performing.slides import SLIDES
from senandung.performing.timing import MAX_DEVIATION
from senandung.performing.vibrato import DELAY, SCOOP_CENTS, WIDEST

ROLES = tuple(PLAYERS)
INSTRUMENTS = {"bass": "bass", "drums": "drums", "pad": "strings", "chords": "guitar", "melody": "flute"}


@st.composite
def songs(draw: st.DrawFn) -> Song:
    """Any song: odd metres of notes, chords, repeated pitches, one-tick notes, tempo changes."""
    tracks = []
    for number in range(draw(st.integers(1, 3))):
        role = draw(st.sampled_from([r for r in ROLES if r != "vocal"]))
        name = INSTRUMENTS.get(role, "piano")
        sound = Track("x", "melody", name, ()).sound
        row = st.builds(
            Note,
            st.integers(0, 40).map(lambda n: n * 120) | st.integers(0, 5000),
            st.integers(1, 2000),
            st.integers(max(sound.low, 30), min(sound.high, 100)),
            st.integers(1, 127),
        )
        tracks.append(Track(f"{role} {number}", role, name, tidy_notes(draw(st.lists(row, max_size=40)))))
    tempos = [TempoChange.at_bpm(0, draw(st.floats(30, 250)))]
    if draw(st.booleans()):
        tempos.append(TempoChange.at_bpm(draw(st.integers(1, 5000)), draw(st.floats(30, 250))))
    curve = (FeelingPoint(0, 0.0, draw(st.floats(-1, 1)), 0.5), FeelingPoint(4000, 0.0, draw(st.floats(-1, 1)), 0.5))
    style = draw(st.sampled_from(["keroncong-asli", "pop-ballad", "dangdut"]))
    return Song("A", tuple(tracks), tuple(tempos), feeling_curve=curve, provenance=Provenance(0, "", style))


def check_bounds(song: Song, performance: Performance, dial: float = 1.0) -> None:
    """What must hold of every performance."""
    clock = Clock.of(song, arousal_at(song, song.end), dial)
    furthest = MAX_DEVIATION * max(dial, 1.0)
    assert [part.track for part in performance.parts] == [track.name for track in song.tracks]
    for track, part in zip(song.tracks, performance.parts, strict=True):
        assert [note.pitch for note in part.notes] == [note.pitch for note in track.notes]
        for note, played in zip(track.notes, part.notes, strict=True):
            assert abs(played.onset - clock.seconds(note.onset)) <= furthest + 1e-9
            assert played.onset >= LEAD_IN - furthest
            assert played.duration > 0
            assert not dial or SOFTEST <= played.velocity <= LOUDEST
            assert played.onset + played.duration <= performance.seconds + 1e-9
        for (note, played), (after, played_after) in pairwise(zip(track.notes, part.notes, strict=True)):
            if note.onset < after.onset:
                assert played.onset < played_after.onset
        ends: dict[int, float] = {}
        for played in sorted(part.notes):
            assert ends.get(played.pitch, 0.0) <= played.onset
            ends[played.pitch] = played.onset + played.duration
        spans = [edge for span in part.pedal for edge in span]
        assert spans == sorted(spans)
        assert bool(part.expression) == (can_swell(track) and bool(track.notes) and dial > 0)
        assert all(0 < value <= 1 for _, value in part.expression)
        for played in part.notes:
            slides = 100 * SLIDES[track.instrument].widest if track.instrument in SLIDES else 0
            low, high = max(SCOOP_CENTS[1], slides), max(WIDEST, slides)
            assert all(-1.2 * low <= cents <= 1.2 * high for _, cents in played.bend)
            assert all(a < b for (a, _), (b, _) in pairwise(played.bend))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(songs(), st.integers(0, 2**32))
def test_any_song_keeps_the_bounds(song: Song, seed: int) -> None:
    check_bounds(song, perform(song, seed=seed))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(songs(), st.integers(0, 2**32), st.sampled_from((0.0, 0.3, 1.5, 2.0)))
def test_the_dial_keeps_the_bounds_everywhere(song: Song, seed: int, dial: float) -> None:
    check_bounds(song, perform(song, seed=seed, humanise=dial), dial)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(songs(), st.integers(0, 2**32))
def test_dial_zero_is_exactly_the_grid(song: Song, seed: int) -> None:
    clock = song.tempo_map.ticks_to_seconds
    for track, part in zip(song.tracks, perform(song, seed=seed, humanise=0).parts, strict=True):
        assert not part.expression
        for note, played in zip(track.notes, part.notes, strict=True):
            assert played.onset == LEAD_IN + clock(note.onset)
            assert played.velocity == note.velocity
            assert played.bend == ()
            if not track.sound.drum:
                assert played.duration == pytest.approx(clock(note.end) - clock(note.onset), rel=1e-9)


def test_the_dial_moves_players_away_from_the_grid() -> None:
    song = band_song(24)
    spreads = []
    for dial in (0, 0.5, 1, 2):
        performance = perform(song, seed=5, humanise=dial)
        clock = Clock.of(song, arousal_at(song, song.end), dial)
        late = [
            played.onset - clock.seconds(note.onset)
            for track, part in zip(song.tracks, performance.parts, strict=True)
            for note, played in zip(track.notes, part.notes, strict=True)
        ]
        spreads.append(spread(late))
    assert spreads[0] < 1e-9 < spreads[1] < spreads[2] < spreads[3]
    with pytest.raises(InvalidValueError, match=r"humanise must be in 0\.\.2, got 2\.5"):
        perform(song, seed=1, humanise=2.5)


def test_rubato_is_given_back_at_the_end_of_each_phrase() -> None:
    notes = tuple(Note(step * 240, 240, 60 + step % 7) for step in range(12 * 8))
    song = Song("A", (Track("Piano", "chords", "piano", notes),))
    straight, free = (Clock.of(song, 0.0, dial) for dial in (0, 2))
    for bar in (0, 4, 8):
        assert free.seconds(bar * BAR) == pytest.approx(straight.seconds(bar * BAR))
    late = [free.seconds(tick) - straight.seconds(tick) for tick in range(0, 4 * BAR, 120)]
    assert 0.02 < max(late) < 0.6
    steps = [free.seconds(tick + 240) - free.seconds(tick) for tick in range(0, 4 * BAR, 240)]
    assert steps[0] > min(steps) * 1.05
    assert steps[-1] > min(steps) * 1.1
    banded = replace(song, tracks=(*song.tracks, Track("Drum", "drums", "drums", (Note(0, 60, 36),))))
    assert Clock.of(banded, 0.0).seconds(2 * BAR) == pytest.approx(straight.seconds(2 * BAR))


def test_charged_chords_and_tones_are_louder() -> None:
    names = ("C", "D7", "G7", "C")
    spans = tuple(ChordSpan(bar * BAR, BAR, Chord.parse(name)) for bar, name in enumerate(names))
    chords = tuple(Note(bar * BAR, BAR, 60, 70) for bar in range(4))
    song = Song("A", (Track("P", "chords", "organ", chords),), chords=spans)
    tension = Tension(song)
    assert tension.harmony(BAR) > tension.harmony(2 * BAR) > tension.harmony(0)
    assert tension.harmony(BAR - 240) > tension.harmony(0)
    assert tension.tone(Note(0, 240, 66)) > tension.tone(Note(0, 240, 67))


def test_a_melody_leads_its_chord_on_a_piano() -> None:
    louder = tuple(Note(bar * 960, 900, p, 84 if p == 76 else 66) for bar in range(16) for p in (60, 64, 76))
    even = tuple(replace(note, velocity=66) for note in louder)
    for notes, leads in ((louder, True), (even, False)):
        played = perform(Song("A", (Track("P", "chords", "piano", notes),)), seed=1).parts[0].notes
        firsts = [played[at + 2].onset < played[at].onset for at in range(0, len(played), 3)]
        assert all(firsts) if leads else not any(firsts)


@pytest.mark.parametrize("style", ["pop-ballad", "keroncong-langgam", "dangdut"])
def test_a_band_keeps_the_bounds_and_is_remade_from_its_seed(style: str) -> None:
    song = band_song(16, style=style)
    first = perform(song, seed=3)
    check_bounds(song, first)
    assert perform(song, seed=3) == first
    assert perform(song, seed=4) != first
    assert first.song_id == song.song_id


def test_a_new_part_does_not_change_the_others() -> None:
    song = band_song(8)
    fewer = replace(song, tracks=song.tracks[1:])
    assert perform(fewer, seed=1).parts == perform(song, seed=1).parts[1:]


def deviations(song: Song, part: Part, track: Track) -> list[float]:
    """Seconds of each onset behind the common clock."""
    clock = Clock.of(song, arousal_at(song, song.end))
    return [played.onset - clock.seconds(note.onset) for note, played in zip(track.notes, part.notes, strict=True)]


def spread(values: list[float]) -> float:
    """Standard deviation."""
    mean = sum(values) / len(values)
    return float((sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5)


def test_no_player_is_a_grid_and_the_rhythm_section_is_tighter() -> None:
    song = band_song(32)
    performance = perform(song, seed=2)
    spreads = {
        part.role: spread(deviations(song, part, track))
        for part, track in zip(performance.parts, song.tracks, strict=True)
    }
    assert all(0.002 < value < 0.014 for value in spreads.values()), spreads
    assert max(spreads["drums"], spreads["bass"]) < min(spreads["melody"], spreads["counter"])


def vocal_song(style: str) -> Song:
    """Eight bars of quarter notes for a voice, vocalised."""
    notes = tuple(
        Note(bar * BAR + beat * 480, 470, 64 + (bar + beat) % 8) for bar in range(8) for beat in range(4 - bar % 2)
    )
    return Song(
        "Nyanyi",
        (Track("Vokal", "vocal", "voice", notes),),
        words=Words(),
        sections=(Section("Verse", "verse", 0, 8 * BAR),),
        provenance=Provenance(0, "", style),
    )


def test_a_keroncong_singer_hangs_behind_the_beat() -> None:
    behind = {}
    for style in ("keroncong-asli", "pop-upbeat"):
        song = vocal_song(style)
        values = deviations(song, perform(song, seed=1).parts[0], song.tracks[0])
        behind[style] = sum(values) / len(values)
    assert behind["keroncong-asli"] > behind["pop-upbeat"] + 0.012


def test_the_song_slows_down_at_its_end_and_only_there() -> None:
    song = band_song(16, bpm=120)
    calm, lively = Clock.of(song, -1.0), Clock.of(song, 1.0)
    scored = song.tempo_map.ticks_to_seconds
    middle = 8 * BAR
    assert calm.seconds(middle) == pytest.approx(LEAD_IN + scored(middle))
    last = max(note.onset for track in song.tracks for note in track.notes)
    late = calm.seconds(last) - LEAD_IN - scored(last)
    assert 0.2 < late < 2.0
    assert 0 < lively.seconds(last) - LEAD_IN - scored(last) < late
    times = [calm.seconds(tick) for tick in range(0, song.end + BAR, 7)]
    steps = [b - a for a, b in pairwise(times)]
    assert min(steps) > 0
    tail = steps[-(BAR // 7) - 200 :]
    assert max(b / a for a, b in pairwise(tail)) < 1.05


def mean_velocity(song: Song, track: int, first: int, last: int) -> float:
    """Mean played velocity of the notes that begin in a span of ticks."""
    part = perform(song, seed=1).parts[track]
    values = [p.velocity for n, p in zip(song.tracks[track].notes, part.notes, strict=True) if first <= n.onset < last]
    return sum(values) / len(values)


def test_full_sections_are_played_louder_and_downbeats_are_accented() -> None:
    song = band_song(32)
    piano = [track.name for track in song.tracks].index("Piano")
    verse, chorus = song.sections[1], song.sections[2]
    verse_level = mean_velocity(song, piano, verse.onset, verse.end)
    assert mean_velocity(song, piano, chorus.onset, chorus.end) > verse_level + 3
    drums = song.tracks[-1]
    struck = zip(drums.notes, perform(song, seed=1).parts[-1].notes, strict=True)
    played = {note.onset: hit.velocity for note, hit in struck if note.pitch == 42}
    on = [velocity for onset, velocity in played.items() if onset % 480 == 0]
    off = [velocity for onset, velocity in played.items() if onset % 480 == 240]
    assert sum(on) / len(on) > sum(off) / len(off) + 2


def test_guitar_chords_are_rolled_upwards_and_piano_has_its_pedal() -> None:
    song = band_song(16)
    performance = perform(song, seed=1)
    parts = {part.track: part for part in performance.parts}
    tracks = {track.name: track for track in song.tracks}
    chords: dict[int, list[float]] = {}
    for note, played in zip(tracks["Gitar"].notes, parts["Gitar"].notes, strict=True):
        chords.setdefault(note.onset, []).append(played.onset)
    assert all(row == sorted(row) and row[-1] - row[0] < 0.04 for row in chords.values())
    assert max(row[-1] - row[0] for row in chords.values()) > 0.012
    assert len(parts["Piano"].pedal) >= 12
    assert all(not parts[name].pedal for name in ("Gitar", "Bas", "Drum"))


def test_strokes_alternate_and_fade_and_piano_chords_are_nearly_together() -> None:
    fifths = tuple(Note(step * 240, 200, pitch, 80) for step in range(64) for pitch in (55, 59, 62, 67))
    tracks = tuple(Track(name, "chords", name, fifths) for name in ("guitar", "piano"))
    guitar, piano = perform(Song("A", tracks), seed=1).parts
    falls = []
    for first in range(0, len(fifths), 4):
        row = guitar.notes[first : first + 4]
        onsets = [note.onset for note in row]
        up = first // 4 % 2 == 1
        assert onsets == sorted(onsets, reverse=up)
        assert 0.008 <= max(onsets) - min(onsets) <= 0.030 + 1e-9
        falls.append(row[-1].velocity - row[0].velocity if not up else row[0].velocity - row[-1].velocity)
        keys = [note.onset for note in piano.notes[first : first + 4]]
        assert keys == sorted(keys)
        assert 0.002 <= keys[-1] - keys[0] <= 0.010 + 1e-9
    assert -12 < sum(falls) / len(falls) < -2


def test_a_ballads_snare_lies_back_and_ghost_notes_are_softer_than_written() -> None:
    hits = tidy_notes(
        Note(bar * BAR + step * 120, 60, key, velocity)
        for bar in range(32)
        for step, key, velocity in ((0, 36, 100), (4, 38, 100), (7, 38, 50), (8, 36, 100), (12, 38, 100), (12, 42, 80))
    )
    song = Song("A", (Track("Drum", "drums", "drums", hits),), provenance=Provenance(0, "", "pop-ballad"))
    part = perform(song, seed=1).parts[0]
    late = deviations(song, part, song.tracks[0])
    mean = {}
    for key in (36, 38):
        values = [value for value, note in zip(late, hits, strict=True) if note.pitch == key]
        mean[key] = sum(values) / len(values)
    assert 0.002 < mean[38] - mean[36] < 0.020
    ghosts = [played.velocity for note, played in zip(hits, part.notes, strict=True) if note.velocity == 50]
    assert 30 < sum(ghosts) / len(ghosts) < 46


def test_a_bar_before_a_fuller_section_grows() -> None:
    chords = tuple(Note(step * 480, 400, 60, 70) for step in range(32))
    played = {}
    for fullness in (0.5, 0.9):
        sections = (Section("A", "verse", 0, 4 * BAR, 0.5), Section("B", "chorus", 4 * BAR, 4 * BAR, fullness))
        song = Song("A", (Track("P", "chords", "piano", chords),), sections=sections)
        played[fullness] = [note.velocity for note in perform(song, seed=1).parts[0].notes]
    growth = [loud - soft for loud, soft in zip(played[0.9], played[0.5], strict=True)][:16]
    assert growth == [0] * 13 + [2, 4, 6]


def test_a_flute_joins_its_notes_and_an_excited_guitar_does_not() -> None:
    line = tuple(Note(step * 240, 240, 72 + step % 5) for step in range(16))
    curve = (FeelingPoint(0, 0.5, 0.9, 0.5),)
    song = Song("A", (Track("F", "melody", "flute", line), Track("G", "chords", "guitar", line)), feeling_curve=curve)
    flute, guitar = perform(song, seed=1).parts
    assert all(a.onset + a.duration >= b.onset - 1e-9 for a, b in pairwise(flute.notes))
    assert sum(a.onset + a.duration < b.onset - 0.02 for a, b in pairwise(guitar.notes)) > 10


def test_a_tuned_track_is_bent_to_its_tuning() -> None:
    song = Song("Slendro", (Track("Suling", "melody", "suling", (Note(0, 480, 60), Note(480, 480, 62)), "slendro"),))
    first, second = perform(song, seed=1).parts[0].notes
    assert all(abs(cents) <= WIDEST for _, cents in first.bend)
    assert second.bend[0] == (0.0, 31.0)
    assert all(at < DELAY or abs(cents - 31) <= WIDEST for at, cents in second.bend)
    assert len(second.bend) > 10


def level_at(part: Part, second: float) -> float:
    """Expression of a part in dB."""
    seconds, values = np.array(part.expression).T
    return 40 * float(np.log10(np.interp(second, seconds, values)))


def test_long_notes_swell_and_the_last_one_dies_away() -> None:
    line = tuple(Note(bar * BAR, BAR, 72 + bar % 3) for bar in range(8))
    tracks = (
        Track("F", "melody", "flute", line),
        Track("O", "pad", "organ", line),
        Track("A", "chords", "accordion", line),
    )
    sections = (Section("A", "verse", 0, 4 * BAR, 0.4), Section("B", "chorus", 4 * BAR, 4 * BAR, 0.9))
    flute, organ, accordion = perform(Song("A", tracks, sections=sections), seed=1).parts
    assert organ.expression == ()
    for part in (flute, accordion):
        for note in part.notes[:-1]:
            middle = level_at(part, note.onset + 0.45 * note.duration)
            assert 2.0 < middle - level_at(part, note.onset + 0.02) < 5.5
            assert 1.2 < middle - level_at(part, note.onset + note.duration - 0.06) < 8
        last = part.notes[-1]
        end = last.onset + last.duration
        assert level_at(part, end) < -18
        assert level_at(part, end - DYING) > -6
        before, chorus = part.notes[2], part.notes[4]
        assert level_at(part, chorus.onset + 0.5) > level_at(part, before.onset + 0.5) + 1


def test_clarinets_get_a_vibrato_on_long_notes_and_flutes_have_their_own() -> None:
    line = tuple(Note(bar * BAR, BAR - 480 if bar % 2 else 240, 67 + bar % 3) for bar in range(16))
    tracks = (Track("C", "melody", "clarinet", line), Track("F", "counter", "flute", line))
    clarinet, flute = perform(Song("A", tracks), seed=1).parts
    for note, played in zip(line, clarinet.notes, strict=True):
        late = [cents for at, cents in played.bend if at > DELAY + 0.3]
        assert bool(late) == (note.duration > 240)
        assert not late or 8 < max(late) - min(late) < 2 * WIDEST
    assert all(at < DELAY for played in flute.notes for at, _ in played.bend)
    scooped = [played for part in (clarinet, flute) for played in part.notes if played.bend and played.bend[0][1] < 0]
    assert 2 <= len(scooped) <= 24


def test_a_suling_slides_more_in_dangdut_and_a_lead_guitar_bends_its_strings() -> None:
    joined = tuple(Note(step * 480, 480, 72 + (step * 2) % 5) for step in range(160))
    apart = tuple(replace(note, duration=420) for note in joined)
    slid = {}
    for style in ("dangdut", "pop-ballad"):
        tracks = (Track("S", "counter", "suling", joined), Track("G", "counter", "electric-guitar", apart))
        song = Song("A", (*tracks, Track("P", "counter", "piano", joined)), provenance=Provenance(0, "", style))
        suling, guitar, piano = perform(song, seed=1).parts
        slid[style] = sum(bool(note.bend) and abs(note.bend[0][1]) >= 100 for note in suling.notes)
        bent = [note.bend for note in guitar.notes if note.bend]
        assert 20 < len(bent) < 80
        assert all(bend[0] == (0.0, -200.0) and bend[-1][1] == 0.0 for bend in bent)
        assert not any(note.bend for note in piano.notes)
    assert slid["dangdut"] > slid["pop-ballad"] + 5 > 10


def test_a_curve_must_rise_and_stay_in_its_bounds() -> None:
    with pytest.raises(InvalidValueError, match=r"expression must be in 0\.\.1, got 1\.2"):
        Part("F", "melody", "flute", (), (), ((0.0, 1.2),))
    with pytest.raises(InvalidValueError, match="times of an expression curve must rise"):
        Part("F", "melody", "flute", (), (), ((1.0, 0.2), (1.0, 0.3)))


def test_a_song_without_notes() -> None:
    performance = perform(Song("Sunyi", (Track("Piano", "chords", "piano", ()),)), seed=1)
    assert performance.parts[0].notes == ()
    assert performance.seconds == LEAD_IN


def test_a_voorspel_is_free_in_time_and_gives_back_what_it_took() -> None:
    notes = tuple(Note(tick, 480, 60, 70) for tick in range(0, 16 * BAR, 480))
    solo = Track("Violin", "counter", "violin", notes)
    band = Track("Bass", "bass", "keroncong-bass", tuple(replace(n, pitch=40) for n in notes if n.onset >= 4 * BAR))
    song = replace(band_song(16, bpm=80), tracks=(solo, band))
    free, strict = (
        Clock.of(replace(song, provenance=replace(song.provenance, style=style)), 0.0)
        for style in ("keroncong-asli", "dangdut")
    )
    apart = [free.seconds(tick) - strict.seconds(tick) for tick in range(0, 4 * BAR, 480)]
    assert max(abs(each) for each in apart) > 0.1
    for tick in (0, 2 * BAR, 4 * BAR, 5 * BAR, 8 * BAR):
        assert free.seconds(tick) == pytest.approx(strict.seconds(tick))
