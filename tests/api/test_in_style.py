"""Pieces in composers' styles, openings that go on, bars written anew: with a composer that needs no network."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from composing.networks import RandomNetwork
from composing.simple_pieces import chord_composer, other_notes
from senandung.api.compose import compose, save_notes
from senandung.api.continue_ import continue_
from senandung.api.network import OTHERS_LICENCE
from senandung.api.rewrite import rewrite
from senandung.composing.decoding.decode import compose_piece
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import Piece, PieceNote
from senandung.composing.pieces.song_piece import bar_lines
from senandung.domain.errors import InputError
from senandung.domain.song import Note, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.domain.tuning import TUNINGS
from senandung.domain.words import Line, Syllable, Words
from senandung.files.midi import load_midi, save_midi
from senandung.files.musicxml import load_musicxml
from senandung.files.song_json import load_song

ABC = "X:1\nT:A tune\nM:3/4\nL:1/4\nK:Em\nB,|E2 G|F2 A|G2 B|A2 c|B2 G|F2 D|E3|E2|]\n"


def piece(style: str, **options) -> Song:
    return compose(composer=chord_composer, style=style, seed=3, **options).song


def starts(song: Song) -> list[tuple[str, int, int, int]]:
    return [(track.name, note.onset, note.duration, note.pitch) for track in song.tracks for note in track.notes]


# compose


def test_a_style_alone_is_enough() -> None:
    made = compose(composer=chord_composer, style="chopin", bars=32, seed=1)
    song = made.song
    assert (made.style_was_chosen, made.feeling_asked, made.remarks) == (True, False, ())
    assert [track.instrument for track in song.tracks] == ["piano"]
    assert len(bar_lines(song)) - 1 == 32
    assert song.title == "In the style of Chopin"
    assert (song.provenance.style, song.provenance.seed) == ("chopin", 1)
    assert song == compose(composer=chord_composer, style="chopin", bars=32, seed=1).song


def test_what_is_asked_is_what_comes() -> None:
    song = piece("bach", ensemble="violin,cello,harpsichord", bars=12, key="D minor", tempo=60, metre="6/8",
                 chords="Dm A7", title="Tiga", story="untuk ibu")  # fmt: skip
    assert [track.instrument for track in song.tracks] == ["violin", "cello", "harpsichord"]
    assert str(song.keys[0].key) == "D minor"
    assert song.tempos[0].bpm == pytest.approx(90)  # 60 dotted quarters a minute
    assert str(song.metres[0].metre) == "6/8"
    assert [span.chord.letters() for span in song.chords[:3]] == ["Dm", "A7", "Dm"]
    assert (song.title, song.provenance.story) == ("Tiga", "untuk ibu")


def test_minutes_become_bars() -> None:
    song = piece("joplin", minutes=2.0, tempo=90, metre="2/4")
    assert len(bar_lines(song)) - 1 == 90
    assert song.seconds == pytest.approx(120, abs=3)


def test_a_form_is_kept() -> None:
    song = piece("hymn", form="verse8 chorus4 verse8")
    assert [(section.name, section.duration // song.metres[0].metre.bar_ticks) for section in song.sections] == [
        ("Verse 1", 8), ("Chorus", 4), ("Verse 2", 8),
    ]  # fmt: skip


def test_a_blend_takes_the_ensemble_that_it_names() -> None:
    seen: list[PieceWish] = []

    def watched(wish: PieceWish, seed: int) -> Piece:
        seen.append(wish)
        return chord_composer(wish, seed)

    song = compose(composer=watched, style="Chopin:2+band:1", seed=1, bars=8).song
    assert dict(seen[0].styles) == {"chopin": pytest.approx(2 / 3), "band": pytest.approx(1 / 3)}
    assert [track.instrument for track in song.tracks] == ["electric-guitar", "piano", "bass", "drums"]
    assert song.provenance.style == "chopin:2+band"


def test_a_feeling_steers_mode_tempo_and_bins() -> None:
    seen: list[PieceWish] = []

    def watched(wish: PieceWish, seed: int) -> Piece:
        seen.append(wish)
        return chord_composer(wish, seed)

    for seed in range(5):
        for feeling in ("girang", "sepi"):
            compose(composer=watched, style="mozart", ensemble="piano", feeling=feeling, seed=seed, bars=4)
    glad, lonely = seen[0::2], seen[1::2]
    assert {wish.mode for wish in glad} == {"major"}
    assert {wish.mode for wish in lonely} == {"minor"}
    assert min(wish.tempo for wish in glad) > max(wish.tempo for wish in lonely)
    assert {(wish.valence, wish.arousal) for wish in glad} == {(4, 3)}
    assert {(wish.valence, wish.arousal) for wish in lonely} == {(1, 1)}


def test_a_trace_gives_its_feeling_and_its_words_are_said_to_stay_unsung() -> None:
    made = compose(
        "aku rindu kamu, malam ini hujan turun lagi", composer=chord_composer, style="chopin", seed=1, bars=4
    )
    assert made.feeling_asked
    assert made.feeling.words[0] == "rindu"
    assert made.song.title == "Dalam gaya Chopin"
    assert "the words are not sung: chopin is instrumental" in made.remarks[0]
    assert made.song.vocal is None


@pytest.mark.parametrize(
    ("style", "options", "match"),
    [
        ("palestrina", {"ensemble": "piano"}, r"in the style palestrina for piano; it has choir \(22 works\)"),
        ("bach", {"ensemble": "electric-guitar"}, "have no part for electric-guitar; they have cello"),
        ("scarlatti", {}, "the open music holds 2 works by scarlatti"),
        ("bachh", {}, "did you mean 'bach'"),
        ("beethoven", {"ensemble": ["violin"] * 30}, "at most 4 of violin, got 30"),
        ("haydn",
         {"ensemble": 4 * ["violin", "flute", "horn", "oboe", "viola", "cello", "bassoon"] + 2 * ["trumpet"]},
         "at most 24 parts .* got 30"),
        ("chopin+keroncong", {}, "keroncong is a song style, written by rules, and cannot be blended"),
        ("chopin:x+band", {}, "a blend must look like chopin"),
        ("bach", {"words": "aku rindu"}, "words are sung in the song styles"),
        ("bach", {"ensemble": "cuk,cak"}, "cuk plays in the song styles keroncong"),
        ("bach", {"metre": "11/8"}, "a metre must be one that the composer has learnt, got 11/8"),
        ("bach", {"key": "C lydian"}, "must be in one of major, minor, dorian, mixolydian"),
        ("lied", {"voice": False}, "lied has a voice in voice and piano; without one it has chamber music"),
        ("bach", {"bars": 8, "form": "verse8 chorus8"}, "bars must agree with the form, which has 16, got 8"),
        ("joplin", {"minutes": 15.0, "tempo": 200, "metre": "2/4"}, "at most 600 bars"),
    ],
)  # fmt: skip
def test_what_the_data_cannot_carry_is_refused(style: str, options: dict, match: str) -> None:
    with pytest.raises(InputError, match=match) as refused:
        compose(composer=chord_composer, style=style, seed=1, **options)
    assert refused.value.exit_status == 2
    assert "\n" not in str(refused.value)


def test_a_song_style_still_wants_a_trace() -> None:
    with pytest.raises(InputError, match="at least one trace must be given"):
        compose(style="keroncong")


# openings


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    path = tmp_path / "tune.abc"
    path.write_text(ABC, encoding="utf-8")
    return path


def test_an_opening_is_kept_note_for_note(tune: Path) -> None:
    made = continue_(tune, bars=8, style="chopin", seed=4, composer=chord_composer)
    end = bar_lines(made.opening)[-1]
    assert [row for row in starts(made.song) if row[1] < end] == starts(made.opening)
    new = [row for row in starts(made.song) if row[1] >= end]
    assert new
    assert len(bar_lines(made.song)) == len(bar_lines(made.opening)) + 8
    assert made.song.metre_at(end) == made.opening.metre_at(end - 1)
    assert made.song.key_at(end) == made.opening.key_at(0)
    assert made.song.sections[-1].end == bar_lines(made.song)[-1]
    assert made.song.provenance.licence == OTHERS_LICENCE
    # E minor's tonic, subdominant and dominant chords
    assert {row[3] % 12 for row in new} <= {4, 7, 11, 9, 0, 6, 3}


def test_an_opening_off_the_grid_is_kept_too(tmp_path: Path) -> None:
    song = piece("haydn", bars=8)
    bent = replace(
        song,
        tracks=tuple(
            replace(t, notes=tuple(replace(n, onset=n.onset + 7, duration=n.duration - 11) for n in t.notes))
            for t in song.tracks
        ),
    )
    save_midi(bent, tmp_path / "bent.mid")
    opening = load_midi(tmp_path / "bent.mid")
    made = continue_(tmp_path / "bent.mid", bars=4, seed=1, composer=chord_composer)
    end = bar_lines(opening)[-1]
    assert [row for row in starts(made.song) if row[1] < end] == starts(opening)
    assert {row[0] for row in starts(made.song) if row[1] >= end} == {track.name for track in opening.tracks}


def test_words_of_an_opening_stay_and_the_voice_goes_on_without() -> None:
    song = compose("aku rindu kamu, malam ini hujan turun lagi", style="pop-ballad", seed=2, minutes=0.6).song
    made = continue_(song, bars=4, style="schubert", seed=1, composer=chord_composer)
    assert made.song.words == song.words
    assert any("goes on without words" in remark for remark in made.remarks)
    assert [row for row in starts(made.song) if row[1] < bar_lines(song)[-1]] == starts(song)


def test_a_song_style_is_no_way_to_go_on(tune: Path) -> None:
    with pytest.raises(InputError, match="in the style of a composer or a kind of music, got 'keroncong'"):
        continue_(tune, bars=4, style="keroncong", composer=chord_composer)
    with pytest.raises(InputError, match=r"bars must be a whole number in 1\.\.400"):
        continue_(tune, bars=0, composer=chord_composer)


# rewrite


@pytest.fixture(scope="module")
def ballad() -> Song:
    return compose("aku rindu kamu, malam ini hujan turun lagi", style="pop-ballad", seed=2, minutes=0.8).song


def test_only_the_asked_bars_of_the_asked_tracks_change(ballad: Song) -> None:
    made = rewrite(ballad, bars="5-8", tracks="bass,drums", seed=1, rewriter=other_notes)
    lines = bar_lines(ballad)
    first, last = lines[4], lines[8]
    assert (made.bars, set(made.tracks)) == ((5, 8), {t.name for t in ballad.tracks if t.role in ("bass", "drums")})
    for before, after in zip(ballad.tracks, made.song.tracks, strict=True):
        outside = [note for note in before.notes if not first <= note.onset < last]
        assert [note for note in after.notes if not first <= note.onset < last] == outside
        if before.name not in made.tracks:
            assert after == before
        else:
            assert after.notes != before.notes
            assert all(note.end <= last for note in after.notes if first <= note.onset < last)
    assert (made.song.words, made.song.chords, made.song.title) == (ballad.words, ballad.chords, ballad.title)
    assert made.song.provenance.seed == ballad.provenance.seed
    assert "bars 5-8 of" in made.song.provenance.sources[-1]


def test_a_line_with_words_keeps_its_rhythm_and_its_syllables(ballad: Song) -> None:
    made = rewrite(ballad, bars="5-12", tracks="vocal", seed=1, rewriter=other_notes)
    before, after = ballad.vocal, made.song.vocal
    assert before is not None
    assert after is not None
    first, last = (bar_lines(ballad)[bar] for bar in (4, 12))
    assert [replace(note, pitch=60) for note in after.notes] == [replace(note, pitch=60) for note in before.notes]
    changed = [old.onset for old, new in zip(before.notes, after.notes, strict=True) if old.pitch != new.pitch]
    assert changed
    assert all(first <= onset < last for onset in changed)
    assert made.song.words == ballad.words
    assert made.remarks == (f"{before.name} keeps its rhythm and its words, with new pitches",)
    assert [t for t in made.song.tracks if t.role != "vocal"] == [t for t in ballad.tracks if t.role != "vocal"]


def test_a_second_voice_follows_a_first_that_is_written_anew() -> None:
    song = compose("aku rindu kamu, malam ini hujan turun lagi", style="folk-guitar", seed=2, minutes=0.8).song
    (second,) = song.backings
    lines = bar_lines(song)
    bar = max(at for at, line in enumerate(lines) if line <= second.notes[4].onset)
    bars, (first, end) = f"{bar + 1}-{bar + 2}", (lines[bar], lines[bar + 2])
    made = rewrite(song, bars=bars, tracks="vocal,backing", seed=1, rewriter=other_notes)
    assert set(made.tracks) == {"Vokal", "Vokal latar"}
    assert "Vokal latar follows the new first voice" in made.remarks
    (after,) = made.song.backings
    assert [n for n in after.notes if not first <= n.onset < end] == [
        n for n in second.notes if not first <= n.onset < end
    ]
    assert made.song.vocal is not None
    assert song.vocal is not None
    assert made.song.vocal.notes != song.vocal.notes
    lead = {note.onset: note for note in made.song.vocal.notes}
    inside = [note for note in after.notes if first <= note.onset < end]
    assert inside
    assert all(3 <= lead[note.onset].pitch - note.pitch <= 9 for note in inside)
    assert [n.syllable for n in after.notes] == [n.syllable for n in second.notes]
    alone = rewrite(song, bars=bars, tracks="vocal", seed=1, rewriter=other_notes)
    assert alone.song.backings == (second,)
    assert alone.remarks[-1] == "Vokal latar keeps its notes and may not fit the new first voice; name it too"


def any_notes(wish: PieceWish, seed: int) -> Piece:
    return compose_piece(wish, RandomNetwork(seed), seed=seed)


@pytest.mark.parametrize(("style", "bars"), [("schubert", 24), ("schumann", None), ("lied", 40)])
def test_a_lied_sings_the_words_that_it_is_given(tmp_path: Path, style: str, bars: int | None) -> None:
    lines = ["aku rindu kamu", "malam ini hujan turun lagi", "dan aku di sini", "menunggu pagi", "sampai terang"]
    options = {"bars": bars} if bars else {}
    song = compose(
        composer=any_notes, style=style, words="\n".join(lines), ensemble="voice,piano", seed=2, **options
    ).song
    assert song.vocal is not None
    text = "".join(syllable.text + " " * syllable.ends_word for syllable in song.words.syllables).split()
    once = " ".join(lines).split()
    assert text == once * (len(text) // len(once))
    assert not bars or len(bar_lines(song)) - 1 == bars
    begins = {note.syllable: note.onset for note in reversed(song.vocal.notes)}
    for first, line in zip(song.words.line_starts, song.words.lines, strict=True):
        section = song.sections[line.section]
        assert section.onset <= begins[first] < section.end
    save_notes(song, tmp_path)
    for read in (load_midi(tmp_path / "song.mid"), load_musicxml(tmp_path / "song.musicxml")):
        assert [s.text for s in read.words.syllables] == [s.text for s in song.words.syllables]


def test_words_that_nobody_can_sing_are_refused() -> None:
    words = "aku rindu kamu malam ini\n" * 20
    with pytest.raises(InputError, match=r"20 lines need .* bars of .* or more, got 8"):
        compose(composer=any_notes, style="schubert", ensemble="voice,piano", words=words, bars=8, seed=1)
    with pytest.raises(InputError, match="by a voice: schubert has none here"):
        compose(composer=any_notes, style="schubert", ensemble="piano", words=words, seed=1)
    with pytest.raises(InputError, match="verses are written in the song styles"):
        compose(composer=any_notes, style="schubert", ensemble="voice,piano", verses=True, seed=1)


def longer_notes(piece: Piece, blanks: set[tuple[int, int]], seed: int) -> Piece:
    """Rows with as many syllables as before, side by side on sixteenths, the last of each bar on three notes."""
    bars = list(piece.bars)
    for bar, part in blanks:
        count = sum(not note.melisma for note in bars[bar].notes[part])
        row = [PieceNote(6 * at, 60 + at, 6) for at in range(count)]
        row += [PieceNote(6 * (count + at), 62 + at, 6, True) for at in range(2 if row else 0)]
        notes = bars[bar].notes
        bars[bar] = replace(bars[bar], notes=(*notes[:part], tuple(row), *notes[part + 1 :]))
    return replace(piece, bars=tuple(bars))


def test_a_new_line_sings_every_syllable_in_its_bar(ballad: Song) -> None:
    made = rewrite(ballad, bars="5-12", tracks="vocal", seed=1, rewriter=longer_notes)
    before, after = ballad.vocal, made.song.vocal
    assert before is not None
    assert after is not None
    lines = bar_lines(ballad)
    for first, last in pairwise(lines):
        sung = [{n.syllable for n in track.notes if first <= n.onset < last} for track in (before, after)]
        assert sung[0] == sung[1]
    inside = [note for note in after.notes if lines[4] <= note.onset < lines[12]]
    assert len(inside) == len({note.syllable for note in inside}) + 2 * sum(
        any(first <= note.onset < last for note in inside) for first, last in pairwise(lines)
    )
    assert [n for n in after.notes if n not in inside] == [
        n for n in before.notes if not lines[4] <= n.onset < lines[12]
    ]
    loud = {note.syllable: note.velocity for note in reversed(before.notes)}
    assert all(note.velocity == loud[note.syllable] for note in inside)
    assert made.remarks == (f"{before.name} keeps its words, every syllable in its bar",)


def test_a_melisma_that_goes_on_behind_the_bars_is_reached() -> None:
    sung = (
        Note(0, 960, 60, 80, 0), Note(960, 960, 62, 80, 1), Note(1920, 1920, 64, 70, 2), Note(3840, 960, 65, 80, 2),
        Note(4800, 960, 62, 80, 3),
    )  # fmt: skip
    line = Line("aku pergi", tuple(Syllable(text) for text in ("a", "ku", "per", "gi")))
    song = Song("A", (Track("Voice", "vocal", "voice", sung),), words=Words("id", (line,)))
    made = rewrite(song, bars="2", seed=1, rewriter=longer_notes).song.tracks[0].notes
    assert [(n.onset, n.duration, n.syllable) for n in made[2:5]] == [(1920, 120, 2), (2040, 120, 2), (2160, 1680, 2)]
    assert (made[:2], made[5:]) == (sung[:2], sung[3:])


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({}, "rewrite must be told what"),
        ({"bars": "900-901"}, "bars must lie in 1"),
        ({"bars": "8-5"}, "and rise"),
        ({"bars": "a"}, "bars must lie in"),
        ({"tracks": "bas"}, "unknown track 'bas'; did you mean 'bass'"),
    ],
)
def test_a_rewrite_that_cannot_be_is_one_sentence(ballad: Song, options: dict, match: str) -> None:
    with pytest.raises(InputError, match=match):
        rewrite(ballad, rewriter=other_notes, **options)


def test_every_song_style_can_be_rewritten() -> None:
    for style in ("keroncong", "dangdut", "string-quartet"):
        song = compose("senang sekali hari ini", style=style, seed=5, minutes=0.6).song
        made = rewrite(song, bars="3-6", seed=1, rewriter=other_notes)
        assert {t.name for t in made.song.tracks if t not in song.tracks} == set(made.tracks)


def test_instruments_join_after_the_opening(tune: Path) -> None:
    made = continue_(tune, bars=6, style="chopin+band", join="piano, bass, drums", seed=2, composer=chord_composer)
    end = bar_lines(made.opening)[-1]
    assert [row for row in starts(made.song) if row[1] < end] == starts(made.opening)
    added = made.song.tracks[len(made.opening.tracks) :]
    assert [(track.instrument, track.role) for track in added] == [
        ("piano", "counter"), ("bass", "bass"), ("drums", "drums"),
    ]  # fmt: skip
    assert all(track.notes and track.notes[0].onset >= end for track in added)
    assert len({track.name for track in made.song.tracks}) == len(made.song.tracks)
    with pytest.raises(InputError, match="unknown instrument 'drms'; did you mean 'drums'"):
        continue_(tune, bars=6, join="drms", composer=chord_composer)


def test_tracks_keep_to_their_tuning() -> None:
    notes = tuple(Note(480 * at, 480, (72, 74, 77, 79, 82)[at % 5]) for at in range(16))
    song = Song("A", (Track("Suling", "melody", "suling", notes, "slendro"),))
    longer = continue_(song, bars=4, seed=1, composer=chord_composer).song
    other = rewrite(song, bars="2-3", seed=1, rewriter=other_notes).song
    for made in (longer, other):
        assert made.tracks[0].notes != notes
        assert {note.pitch % 12 for note in made.tracks[0].notes} <= set(TUNINGS["slendro"].pitch_classes())


@pytest.mark.parametrize("quarters", [8, 600])
def test_extreme_tempos_go_on(quarters: float) -> None:
    notes = tuple(Note(480 * at, 480, 72 + at % 5) for at in range(16))
    song = Song("A", (Track("Flute", "melody", "flute", notes),), tempos=(TempoChange.at_bpm(0, quarters),))
    assert continue_(song, bars=2, seed=1, composer=chord_composer).song.tempos == song.tempos


# files


def test_files_hold_the_same_notes(tmp_path: Path) -> None:
    song = piece("beethoven", ensemble="quartet", bars=8)
    save_notes(song, tmp_path)
    assert load_song(tmp_path / "song.json") == song
    count = sum(len(track.notes) for track in song.tracks)
    assert sum(len(track.notes) for track in load_midi(tmp_path / "song.mid").tracks) == count
    assert sum(len(track.notes) for track in load_musicxml(tmp_path / "song.musicxml").tracks) == count
    assert json.loads((tmp_path / "song.json").read_text(encoding="utf-8"))["provenance"]["style"] == "beethoven"
