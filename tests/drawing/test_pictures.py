"""Piano roll and feeling: pictures of the right size that are not blank, for songs of every kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from senandung.domain.errors import OutputError
from senandung.domain.feeling import Feeling
from senandung.domain.song import Note, Section, Song, Track
from senandung.drawing.feeling import save_feeling
from senandung.drawing.figure import VOCAL_COLOUR
from senandung.drawing.roll import save_roll, sung_words, track_colours


def pixels(path: Path) -> np.ndarray:
    return np.asarray(imread(path))[:, :, :3]


def share_of(picture: np.ndarray, colour: str) -> float:
    """The share of a picture's pixels that are near a colour."""
    wanted = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return float((np.abs(picture - wanted).max(axis=2) < 0.06).mean())


def test_the_roll_is_a_picture_with_every_track_in_its_colour(song: Song, tmp_path: Path) -> None:
    save_roll(song, tmp_path / "roll.png")
    picture = pixels(tmp_path / "roll.png")
    assert picture.shape[1] == 1650
    assert 900 < picture.shape[0] < 2600
    assert picture.std() > 0.03
    assert share_of(picture, VOCAL_COLOUR) > 0.002
    assert len(set(track_colours(song).values())) == len(song.tracks)
    assert [item.name for item in tmp_path.iterdir()] == ["roll.png"]


def test_the_roll_is_the_same_each_time(song: Song, tmp_path: Path) -> None:
    save_roll(song, tmp_path / "a.png")
    save_roll(song, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_sung_words_are_whole_and_in_order(song: Song) -> None:
    words = [word for word, _ in sung_words(song)]
    expected = [word.strip(",") for line in song.words.lines for word in line.text.split()]
    assert words == expected
    onsets = [onset for _, onset in sung_words(song)]
    assert onsets == sorted(onsets)


def test_a_silent_track_changes_only_the_legend(song: Song, tmp_path: Path) -> None:
    save_roll(song, tmp_path / "a.png")
    save_roll(replace(song, tracks=tuple(t for t in song.tracks if t.name != "Piano")), tmp_path / "b.png")
    full, bare = pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png")
    assert share_of(full, track_colours(song)["Piano"]) > 0
    assert np.abs(full - bare).max() > 0.2


def odd_songs(song: Song, song_maker: Callable[..., Song]) -> dict[str, Song]:
    long_name = "Biola kedua dari belakang yang sangat pelan "
    many = tuple(Track(long_name + str(n), "counter", "violin", (Note(0, 960, 60 + n),)) for n in range(12))
    wide = Track("Piano", "melody", "piano", tuple(Note(480 * n, 480, (21, 108)[n % 2]) for n in range(16)))
    drums = tuple(track for track in song.tracks if track.sound.drum)
    form = tuple((f"Bagian yang namanya panjang sekali {n}", "verse", 2, 0.5) for n in range(100))
    return {
        "many": Song("Dua belas " * 20, many),
        "wide": Song("$x_1^2 {} \\frac", (wide,)),
        "drums": Song("Drum", drums, sections=song.sections),
        "short": Song("Satu nada", (Track("a", "melody", "piano", (Note(0, 120, 60),)),)),
        "empty": Song("Hening", (), sections=(Section("Intro", "intro", 0, 1920),)),
        "long": song_maker(form, {}, title="雨"),
    }


@pytest.mark.parametrize("name", ["many", "wide", "drums", "short", "empty", "long"])
def test_odd_songs_are_drawn_too(
    name: str, song: Song, song_maker: Callable[..., Song], feeling: Feeling, tmp_path: Path
) -> None:
    odd = odd_songs(song, song_maker)[name]
    save_roll(odd, tmp_path / "roll.png")
    save_feeling(odd, feeling, tmp_path / "feeling.png")
    for picture in (pixels(tmp_path / "roll.png"), pixels(tmp_path / "feeling.png")):
        assert picture.std() > 0.01
        assert picture.shape[0] <= 4500


def test_the_feeling_is_a_picture_with_its_point(song: Song, feeling: Feeling, tmp_path: Path) -> None:
    save_feeling(song, feeling, tmp_path / "feeling.png")
    picture = pixels(tmp_path / "feeling.png")
    assert picture.shape[:2] == (616, 1650)
    assert picture.std() > 0.03
    plane = picture[:, :610]
    rows, columns = np.nonzero(np.abs(plane - [0xB3 / 255, 0x35 / 255, 0x2A / 255]).max(axis=2) < 0.03)
    x = (np.median(columns) / 1650 - 0.045) / 0.315 * 2.04 - 1.02
    y = (1 - np.median(rows) / 616 - 0.11) / 0.76 * 2.04 - 1.02
    assert abs(x - feeling.valence) < 0.05
    assert abs(y - feeling.arousal) < 0.05


def test_an_unread_feeling_says_so(song: Song, tmp_path: Path) -> None:
    save_feeling(song, Feeling.unread(), tmp_path / "a.png")
    save_feeling(song, replace(Feeling.unread(), readable=True), tmp_path / "b.png")
    one, other = (pixels(tmp_path / name)[:, :610] for name in ("a.png", "b.png"))
    assert not np.array_equal(one, other)


def test_a_folder_that_is_not_there_is_one_clear_error(song: Song, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        save_roll(song, tmp_path / "no" / "a.png")
