"""How notes are written, and how other people's scores are read."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from senandung.domain.errors import InvalidValueError
from senandung.domain.metre import Metre
from senandung.domain.song import Note, Song, Track
from senandung.files.drum_notation import DRUM_SIGNS
from senandung.files.midi_write import assign_channels
from senandung.files.musicxml import musicxml_text
from senandung.files.musicxml_read import parse_musicxml
from senandung.files.notation import TYPES, separate_voices, split_staves, write_bar
from strategies import songs

HERE = Path("x")


@given(st.sets(st.integers(1, 47), max_size=12), st.sampled_from([Metre(4, 4), Metre(3, 4), Metre(6, 8), Metre(5, 8)]))
@settings(max_examples=150, deadline=None)
def test_written_values_last_as_long_as_they_say(places: set[int], metre: Metre) -> None:
    inside = sorted(place * 40 for place in places if place * 40 < metre.bar_ticks)
    edges = [0, *inside, metre.bar_ticks]
    spans = list(itertools.pairwise(edges))
    written = write_bar(spans, metre, metre.bar_ticks)
    opened = 0
    for (start, stop), pieces in zip(spans, written, strict=True):
        assert (pieces[0].onset, pieces[-1].end) == (start, stop)
        for piece in pieces:
            value = Fraction(dict(TYPES)[piece.type]) * (2 - Fraction(1, 2**piece.dots))
            if piece.triplet:
                value = value * 2 / 3
            if (piece.end % 15 == 0 and piece.onset % 15 == 0) or piece.triplet:
                assert value == piece.end - piece.onset
            opened += piece.starts_triplet
            assert 0 <= opened <= 1
            assert bool(opened) == (piece.triplet is not None)
            opened -= piece.stops_triplet
    assert opened == 0


@pytest.mark.parametrize(
    ("spans", "metre", "types"),
    [
        ([(0, 240), (240, 720), (720, 1920)], Metre(4, 4), [["eighth"], ["quarter"], ["eighth", "half"]]),
        ([(0, 320), (320, 640), (640, 960), (960, 1920)], Metre(4, 4), [["quarter"]] * 3 + [["half"]]),
        ([(0, 720), (720, 1440)], Metre(6, 8), [["quarter."], ["quarter."]]),
        ([(0, 240), (240, 960), (960, 1440)], Metre(6, 8), [["eighth"], ["quarter", "eighth"], ["quarter"]]),
        ([(0, 1440)], Metre(3, 4), [["half."]]),
    ],
)
def test_values_keep_the_beats_visible(spans, metre: Metre, types) -> None:
    written = write_bar(spans, metre, metre.bar_ticks)
    assert [[piece.type + "." * piece.dots for piece in pieces] for pieces in written] == types


@given(songs(vocal=False, tracks=1))
@settings(max_examples=40, deadline=None)
def test_voices_do_not_overlap_and_hold_every_note_once(song: Song) -> None:
    notes = song.tracks[0].notes
    voices = separate_voices(notes)
    assert sorted(note for voice in voices for chord in voice for note in chord.notes) == sorted(notes)
    for voice in voices:
        assert all(a.end <= b.onset for a, b in itertools.pairwise(voice))
    upper, lower = split_staves(notes)
    assert sorted(upper + lower) == sorted(notes)


@given(songs(tracks=2))
@settings(max_examples=30, deadline=None)
def test_every_measure_of_every_voice_is_full(song: Song) -> None:
    root = etree.fromstring(musicxml_text(song).encode())
    for part in root.iter("part"):
        metre = Metre()
        for measure in part.iter("measure"):
            if measure.find("attributes/time") is not None:
                metre = Metre(int(measure.findtext("attributes/time/beats")), int(measure.findtext(".//beat-type")))
            at = 0
            for item in measure:
                if (item.tag == "note" and item.find("chord") is None) or item.tag == "forward":
                    at += int(item.findtext("duration"))
                elif item.tag == "backup":
                    assert at == int(item.findtext("duration")) == metre.bar_ticks
                    at = 0
            assert at == metre.bar_ticks


def test_drum_signs_are_legible() -> None:
    assert sorted(DRUM_SIGNS) == list(range(35, 82))
    places = [(sign.step, sign.octave, sign.notehead) for key, sign in DRUM_SIGNS.items() if key <= 59 and key != 40]
    assert len(set(places)) == len(places)


def test_channels_are_shared_only_where_they_run_out() -> None:
    def tracks(names: list[str]) -> list[Track]:
        return [Track(f"{name} {i}", "melody", name, (Note(0, 1, 60),)) for i, name in enumerate(names)]

    assert assign_channels(tracks(["piano"] * 3)) == [0, 1, 2]
    many = tracks(["piano"] * 10 + ["cello"] * 10)
    assert not set(assign_channels(many)[:10]) & set(assign_channels(many)[10:])
    names = "piano organ guitar violin viola cello harp strings choir voice trumpet horn oboe suling clarinet pad"
    crowd = [Track(name, "melody", name, (Note(0, 1, 72),)) for name in names.split()]
    with pytest.raises(InvalidValueError, match="channels for 15 different sounds besides drums, got 16"):
        assign_channels(crowd)


PART = "<score-part id='P1'><part-name>A</part-name></score-part>"


def score(measures: str, attributes: str = "", parts: str = PART) -> Song:
    head = f"<attributes><divisions>2</divisions>{attributes}</attributes>"
    body = measures.replace("<measure>", f"<measure>{head}", 1)
    text = f"<score-partwise><part-list>{parts}</part-list><part id='P1'>{body}</part></score-partwise>"
    return parse_musicxml(text.encode(), HERE)


def note(pitch: str, duration: int = 2, inner: str = "") -> str:
    return (
        f"<note><pitch><step>{pitch[0]}</step><octave>{pitch[1]}</octave></pitch>"
        f"<duration>{duration}</duration>{inner}</note>"
    )


def lyric(text: str, syllabic: str = "single", verse: int = 1) -> str:
    return f"<lyric number='{verse}'><syllabic>{syllabic}</syllabic><text>{text}</text></lyric>"


def played(song: Song) -> list[tuple[int, int, int]]:
    return [(n.onset, n.duration, n.pitch) for n in song.tracks[0].notes]


def test_pickup_repeat_endings_and_verses() -> None:
    time = "<time><beats>2</beats><beat-type>4</beat-type></time>"
    back = "<barline><ending number='1' type='stop'/><repeat direction='backward'/></barline>"
    song = score(
        f"<measure>{note('C4', 2, lyric('a') + lyric('u', verse=2))}</measure>"
        f"<measure><barline><repeat direction='forward'/></barline>{note('D4', 4, lyric('ku') + lyric('du', verse=2))}"
        f"</measure><measure><barline><ending number='1' type='start'/></barline>{note('E4', 4)}{back}</measure>"
        f"<measure><barline><ending number='2' type='start'/></barline>{note('F4', 4)}</measure>",
        time,
    )
    assert [pitch for _, _, pitch in played(song)] == [60, 62, 64, 62, 65]
    assert [(change.onset, str(change.metre)) for change in song.metres] == [(0, "1/4"), (480, "2/4")]
    assert [syllable.text for syllable in song.words.syllables] == ["a", "ku", "du"]


@pytest.mark.parametrize(
    "sign", ["<sound dacapo='yes'/>", "<direction-type><words>D.C. al Fine</words></direction-type>"]
)
def test_da_capo_al_fine(sign: str) -> None:
    fine = "<direction><direction-type><words>Fine</words></direction-type></direction>"
    jump = f"<direction>{sign}</direction>"
    song = score(
        f"<measure>{note('C4', 8)}</measure><measure>{note('D4', 8)}{fine}</measure>"
        f"<measure>{note('E4', 8)}{jump}</measure>"
    )
    assert [pitch for _, _, pitch in played(song)] == [60, 62, 64, 60, 62]


def test_transposing_ties_chords_grace_and_voices() -> None:
    clarinet = "<key><fifths>2</fifths></key><transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    grace = "<note><grace/><pitch><step>B</step><octave>5</octave></pitch></note>"
    start, stop, chord, low = "<tie type='start'/>", "<tie type='stop'/>", "<chord/>", "<voice>2</voice>"
    back = "<backup><duration>8</duration></backup>"
    song = score(
        f"<measure>{note('E4')}{note('G4', 2, chord)}{grace}{note('C5', 6, start)}{back}{note('A3', 8, low)}</measure>"
        f"<measure>{note('C5', 8, stop)}</measure>",
        clarinet,
    )
    assert played(song) == [(0, 1920, 55), (0, 480, 62), (0, 480, 65), (480, 3360, 70)]
    assert str(song.keys[0].key) == "C major"


def test_harmony_tempo_rehearsal_and_timewise() -> None:
    bass = "<bass><bass-step>G</bass-step></bass>"
    harmony = f"<harmony><root><root-step>A</root-step></root><kind>minor-seventh</kind>{bass}</harmony>"
    mark = "<direction><direction-type><rehearsal>Reff</rehearsal></direction-type><sound tempo='96'/></direction>"
    plain = f"{mark}{harmony}{note('C4', 8)}"
    song = score(f"<measure>{plain}</measure>")
    assert [(c.onset, c.duration, c.chord.letters()) for c in song.chords] == [(0, 1920, "Am7/G")]
    assert (song.sections[0].name, song.sections[0].kind) == ("Reff", "chorus")
    assert song.tempos[0].microseconds == 625_000
    timewise = f"<score-timewise><measure><part id='P1'>{plain}</part></measure></score-timewise>"
    assert [n.pitch for n in parse_musicxml(timewise.encode(), HERE).tracks[0].notes] == [60]


def test_drums_are_found_by_instrument_and_by_place() -> None:
    def hit(step: str, octave: int, inner: str = "") -> str:
        place = f"<display-step>{step}</display-step><display-octave>{octave}</display-octave>"
        return f"<note><unpitched>{place}</unpitched><duration>2</duration>{inner}</note>"

    parts = (
        "<score-part id='P1'><part-name>Kit</part-name><midi-instrument id='I1'><midi-unpitched>57</midi-unpitched>"
        "</midi-instrument><midi-instrument id='I2'><midi-unpitched>37</midi-unpitched></midi-instrument></score-part>"
    )
    measure = hit("E", 5, "<instrument id='I1'/>") + hit("C", 5) + hit("G", 5, "<notehead>x</notehead>")
    song = score(f"<measure>{measure}</measure>", parts=parts)
    assert (song.tracks[0].instrument, song.tracks[0].role) == ("drums", "drums")
    assert [pitch for _, _, pitch in played(song)] == [56, 38, 42]
