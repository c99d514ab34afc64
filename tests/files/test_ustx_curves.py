"""A singing in an OpenUtau project, read back by another program's reader."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.singing import FRAME, Singing, SungPhoneme, frames
from senandung.domain.song import Note, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.domain.words import Line, Syllable, Words
from senandung.files.ustx import load_ustx, save_ustx, ustx_text
from senandung.files.ustx_curves import seconds_of_ticks, straightened

LEAD = 0.1  # what the performance waits before tick 0


def _song(language: str = "id") -> Song:
    texts = (("rin", True, False), ("du", False, True), ("ka", True, False), ("mu", False, True))
    syllables = tuple(Syllable(text, begins, begins, ends) for text, begins, ends in texts)
    notes = (
        Note(960, 480, 60, 80, 0), Note(1440, 480, 64, 80, 1), Note(1920, 240, 62, 80, 1), Note(2640, 480, 67, 80, 2),
        Note(3120, 960, 65, 80, 3),
    )  # fmt: skip
    words = Words(language, (Line("rindu kamu", syllables),))
    return Song("Rindu", (Track("Vokal", "vocal", "voice", notes),), (TempoChange.at_bpm(0, 90),), words=words)


def _singing(song: Song, octave: int = 0) -> Singing:
    """Vowels a little late; a pitch that swings around the notes; curves that rise."""
    clock = song.tempo_map.ticks_to_seconds
    late = (0.012, -0.008, 0.02, 0.0)
    starts = [clock(tick) + LEAD + lag for tick, lag in zip((960, 1440, 2640, 3120), late, strict=True)]
    ends = [starts[1] - 0.06, clock(2160) + LEAD, starts[3] - 0.07, clock(4080) + LEAD]
    sounds = (("r", "i"), ("d", "u"), ("k", "a"), ("m", "u"))
    begins = [starts[0] - 0.06, ends[0], starts[2] - 0.09, ends[2]]
    phonemes = []
    for number, ((consonant, vowel), begin, start, end) in enumerate(zip(sounds, begins, starts, ends, strict=True)):
        phonemes += [SungPhoneme(consonant, begin, start, number), SungPhoneme(vowel, start, end, number)]
    seconds = clock(4080) + 1.0
    time = np.arange(frames(seconds)) * FRAME
    steps = np.searchsorted([starts[1], clock(1920) + LEAD, starts[2] - 0.1, starts[3]], time, side="right")
    pitch = np.array([60, 64, 62, 67, 65])[steps] + 12 * octave + 0.4 * np.sin(2 * np.pi * 5.5 * time)
    curves = (pitch, 6 * time / seconds, time / seconds - 0.4, 0.1 + 0.3 * time / seconds)
    return Singing(song.song_id, "Vokal", seconds, tuple(phonemes), (), *(c.astype(np.float32) for c in curves))


def _read(path: Path) -> tuple[list[str], list[tuple[int, int]]]:
    from libresvip.plugins.ustx.ustx_converter import OpenUtauConverter

    (track,) = OpenUtauConverter.load(path, {}).track_list
    points = [(point.x - 1920, point.y) for point in track.edited_params.pitch.points.root if point.y > 0]
    return [note.pronunciation or "" for note in track.note_list], points


@pytest.mark.parametrize("octave", [0, -1])
def test_libresvip_hears_the_same_pitch(octave: int, tmp_path: Path) -> None:
    song = _song()
    singing = _singing(song, octave)
    save_ustx(song, tmp_path / "song.ustx", singing)
    hints, points = _read(tmp_path / "song.ustx")
    assert [hint for hint in hints if hint] == ["r i", "d u", "k a", "m u"]
    heard = dict(points)
    off = []
    assert song.vocal is not None
    for note in song.vocal.notes:
        ticks = np.arange(note.onset + 60, note.end - 60, 5)
        at = np.rint(seconds_of_ticks(song, singing, ticks) / FRAME).astype(int)
        off += [heard[int(t)] - 100 * float(singing.pitch[i] - 12 * octave) for t, i in zip(ticks, at, strict=True)]
    assert np.abs(off).max() < 15  # 5 ms of a vibrato of 40 cents are 7
    assert np.abs(off).mean() < 4


def test_the_song_comes_back_as_it_was(tmp_path: Path) -> None:
    song = _song()
    save_ustx(song, tmp_path / "plain.ustx")
    save_ustx(song, tmp_path / "sung.ustx", _singing(song))
    plain, sung = load_ustx(tmp_path / "plain.ustx"), load_ustx(tmp_path / "sung.ustx")
    assert sung == plain
    assert [s.text for s in sung.words.syllables] == ["rin", "du", "ka", "mu"]


def test_curves_are_in_openutaus_units_and_bounds(tmp_path: Path) -> None:
    song = _song()
    part = yaml.safe_load(ustx_text(song, _singing(song)))["voice_parts"][0]
    curves = {curve["abbr"]: curve for curve in part["curves"]}
    assert set(curves) == {"dyn", "pitd", "brec", "tenc"}
    for curve in curves.values():
        assert len(curve["xs"]) == len(curve["ys"])
        assert all(x % 5 == 0 for x in curve["xs"])
        assert all(a < b for a, b in zip(curve["xs"], curve["xs"][1:], strict=False))
    assert -240 <= min(curves["dyn"]["ys"]) <= max(curves["dyn"]["ys"]) <= 120
    assert 30 <= max(curves["dyn"]["ys"]) <= 60  # 6 dB at the end, in tenths
    assert curves["tenc"]["ys"][0] < -35 < 30 < curves["tenc"]["ys"][-1]
    assert abs(max(curves["pitd"]["ys"])) <= 1200


def test_who_sings_along_is_a_part_of_its_own_with_its_curves(tmp_path: Path) -> None:
    song = _song()
    (vocal,) = song.tracks
    notes = tuple(replace(note, pitch=note.pitch - 4) for note in vocal.notes)
    song = replace(song, tracks=(vocal, replace(vocal, name="Latar", role="backing", notes=notes)))
    first = replace(_singing(song), song_id=song.song_id)
    second = replace(first, track="Latar", pitch=first.pitch - np.float32(4.3))
    project = yaml.safe_load(ustx_text(song, first, second))
    assert [track["track_name"] for track in project["tracks"]] == [vocal.name, "Latar"]
    lead, along = project["voice_parts"]
    assert [note["tone"] + 4 for note in along["notes"]] == [note["tone"] for note in lead["notes"]]
    assert [note["lyric"] for note in along["notes"]] == [note["lyric"] for note in lead["notes"]]
    middle = [dict(zip(curve["xs"], curve["ys"], strict=True)) for part in (lead, along)
              for curve in part["curves"] if curve["abbr"] == "pitd"]  # fmt: skip
    same = middle[0].keys() & middle[1].keys()
    assert same
    assert np.median([middle[1][x] - middle[0][x] for x in same]) == pytest.approx(-30, abs=3)
    save_ustx(song, tmp_path / "song.ustx", first, second)
    assert load_ustx(tmp_path / "song.ustx").backings[0].notes[0].syllable == 0
    without = yaml.safe_load(ustx_text(song, second))
    assert [bool(part["curves"]) for part in without["voice_parts"]] == [False, True]


def test_an_english_word_has_its_phonemes_on_its_first_note() -> None:
    song = _song("en")
    notes = yaml.safe_load(ustx_text(song, _singing(song)))["voice_parts"][0]["notes"]
    assert [note["lyric"] for note in notes] == ["rindu[r i d u]", "+", "+~", "kamu[k a m u]", "+"]


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=80), st.floats(0.5, 6))
def test_straightened_curves_miss_no_value_by_more_than_asked(rows: list[int], tolerance: float) -> None:
    values = np.array(rows, dtype=float)
    kept = straightened(values, tolerance)
    assert kept[0] == 0
    assert kept[-1] == len(rows) - 1
    drawn = np.interp(np.arange(len(rows)), kept, values[kept])
    assert np.abs(drawn - values).max() <= 2 * tolerance + 1e-9


OWN_FIELDS = {
    "project": "name comment output_dir cache_dir ustx_version resolution bpm beat_per_bar beat_unit expressions "
    "exp_selectors exp_primary exp_secondary key time_signatures tempos tracks voice_parts wave_parts",
    "track": "singer phonemizer renderer_settings track_name track_color mute solo volume pan track_expressions "
    "voice_color_names",
    "part": "duration name comment track_no position notes curves",
    "note": "position duration tone lyric pitch vibrato phoneme_expressions phoneme_overrides",
    "vibrato": "length period depth in out shift drift vol_link",
    "curve": "xs ys abbr",
    "expression": "name abbr type min max default_value is_flag flag",
}
"""The fields of a project as OpenUtau writes them itself, in its order (an autosave of a new project; its sources)."""


def test_the_fields_are_those_that_openutau_writes() -> None:
    song = _song()
    project = yaml.safe_load(ustx_text(song, _singing(song)))
    (track,), (part,) = project["tracks"], project["voice_parts"]
    found = {
        "project": project, "track": track, "part": part, "note": part["notes"][0],
        "vibrato": part["notes"][0]["vibrato"], "curve": part["curves"][0], "expression": project["expressions"]["dyn"],
    }  # fmt: skip
    assert {name: " ".join(each) for name, each in found.items()} == OWN_FIELDS
    assert [curve["abbr"] for curve in part["curves"]] == ["dyn", "pitd", "brec", "tenc"]
    for curve in part["curves"]:
        limits = project["expressions"][curve["abbr"]]
        assert len(curve["xs"]) == len(curve["ys"]) > 1
        assert all(type(value) is int for value in (*curve["xs"], *curve["ys"]))
        assert all(two > one and two % 5 == 0 for one, two in pairwise(curve["xs"]))
        assert limits["min"] <= min(curve["ys"]) <= max(curve["ys"]) <= limits["max"]
        assert curve["xs"][-1] >= part["notes"][-1]["position"] + part["notes"][-1]["duration"]
    ends = [note["position"] + note["duration"] for note in part["notes"]]
    assert all(note["position"] >= end for note, end in zip(part["notes"][1:], ends, strict=False))
    assert part["duration"] >= ends[-1]
