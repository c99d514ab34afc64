"""Wishes of songs: plain data there and back, read, made, rewritten; with everything that goes wrong."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as some

from made_songs import BARS, SEED, STYLE, TEXT, WORDS, made_song
from senandung.api import create as create_module
from senandung.api import making, song_view
from senandung.api.home import Home, open_home
from senandung.api.jobs import Workshop
from senandung.api.making import CREATE, KINDS, READ, REWRITE, Asked
from senandung.api.original import compose_original
from senandung.api.verify import verify
from senandung.domain.errors import FileError, InvalidValueError, UnknownNameError
from senandung.domain.feeling import Evidence, Feeling
from senandung.domain.metre import Metre
from senandung.domain.motif import Motif, Tone
from senandung.domain.scales import Key
from senandung.remembering import jobs, tracks
from senandung.remembering.jobs import DONE, FAILED, Job

__all__ = ["made_song"]

TUNE = Motif(
    tuple(Tone(480 * at, 480, pitch) for at, pitch in enumerate((67, 64, 60, 62, 64))), Key.parse("C"), Metre(), 96.0
)
PATIENCE = 600.0
"""Seconds: a machine may have other things to do."""

RIGHT = {"style": STYLE, "bars": BARS, "language": "id"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


def ask(home: Home, kind: str, wish: dict[str, Any], seed: int = SEED) -> Job:
    with home.database.writing() as session:
        return jobs.add_job(session, home.owner.id, kind, wish, seed=seed, at=datetime.now(UTC))


def done(home: Home, *asked: Job, processes: bool = False) -> list[Job]:
    """What became of jobs, done here by a thread or by processes."""
    executor = None if processes else lambda: ThreadPoolExecutor(1)
    with Workshop(home, KINDS, executor=executor, slots=1):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with home.database.reading() as session:
                found = [jobs.find_job(session, home.owner.id, job.id) for job in asked]
            if all(job is not None and job.over for job in found):
                return [job for job in found if job is not None]
            time.sleep(0.05)
    raise AssertionError(f"the jobs stayed {found}")


def hum(path: Path, seconds: float = 0.45) -> Path:
    """A tune as somebody hums it: a tone with harmonics a step, a little vibrato, a gap between."""
    rate, parts = 24000, []
    for pitch in (67, 64, 60, 62, 64, 67, 64, 60):
        clock = np.arange(round(seconds * rate)) / rate
        phase = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * clock + 0.15 * np.sin(2 * np.pi * 5 * clock)
        shape = np.minimum(1, np.minimum(clock, seconds - clock) / 0.04)
        parts += [shape * sum(np.sin(n * phase) / n**2 for n in (1, 2, 3, 4)), np.zeros(round(0.06 * rate))]
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * np.concatenate(parts), rate)
    return path


feelings = some.builds(
    Feeling,
    some.floats(-1, 1),
    some.floats(-1, 1),
    some.floats(0.01, 1),
    some.floats(0.01, 1),
    some.just({"cinta": 0.25, "sedih": 0.75}),
    some.just(("rindu",)),
    some.lists(some.builds(Evidence, some.text(), some.floats(-1, 1), some.floats(-1, 1), some.floats(0, 1))).map(
        tuple
    ),
    some.booleans(),
)


@given(
    text=some.text(max_size=200),
    feeling=feelings,
    parts=some.lists(feelings, max_size=2).map(tuple),
    words=some.none() | some.text(max_size=200),
    tune=some.sampled_from([None, TUNE]),
    letter=some.text(max_size=50),
    memory=some.none() | some.integers(1, 2**31),
)
def test_a_wish_goes_into_the_table_and_back(
    text: str, feeling: Feeling, parts: Any, words: Any, tune: Any, letter: str, memory: Any
) -> None:
    asked = Asked(text, replace(feeling, parts=parts), words, tune, {"voice": False, **RIGHT}, letter, memory)
    assert making.asked_of_wish(making.wish_of(asked)) == asked


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"style": "pop-balad"}, UnknownNameError, "did you mean 'pop-ballad'"),
        ({"voice": "melatti"}, UnknownNameError, "did you mean 'melati'"),
        ({"out": "/etc"}, InvalidValueError, "a wish's options must be among"),
        ({"bars": "four"}, InvalidValueError, "bars must be a whole number"),
        ({"title": "x" * 300}, InvalidValueError, "a title must have at most 200"),
        ({"story": "x" * 30_000}, InvalidValueError, "a story must have at most 20000"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_before_it_waits(
    options: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        making.wish_of(Asked("aku", Feeling.named("rindu"), options=options))


def test_too_much_of_a_text_and_of_files() -> None:
    with pytest.raises(InvalidValueError, match="at most 20000 characters"):
        Asked("x" * 20_001, Feeling.unread())
    with pytest.raises(InvalidValueError, match="at most 20000 characters"):
        making.reading_wish("x" * 20_001)
    with pytest.raises(InvalidValueError, match="at most 5 files"):
        making.reading_wish("", [f"1/{number}.wav" for number in range(6)])
    with pytest.raises(InvalidValueError, match="something must be"):
        making.reading_wish(" \n")


def test_a_text_is_read(home: Home) -> None:
    found = making.read_wish(home, making.reading_wish(TEXT))
    assert found["language"] == "id"
    assert "rindu" in found["sentence"]
    assert found["feeling"]["readable"] is True
    unread = making.read_wish(home, making.reading_wish("今日は雨が降っている"))
    assert unread["feeling"]["readable"] is False


def test_what_was_said_in_a_memory_counts_above_what_is_read(home: Home) -> None:
    wish = making.reading_wish(TEXT, felt=Feeling.at(0.7, 0.3), memory=4)
    assert making.read_wish(home, wish)["feeling"]["place"][:2] == [0.7, 0.3]
    assert making.read_wish(home, making.reading_wish("", felt=Feeling.at(0.7, 0.3)))["text"] == ""


def test_a_hum_becomes_a_tune_and_its_recording_goes(home: Home) -> None:
    path = hum(home.uploads / "1" / "a.wav")
    wish = making.reading_wish("", [], "1/a.wav", names={"1/a.wav": "senandung.wav"})
    (job,) = done(home, ask(home, READ, wish))
    assert job.state == DONE, job.error
    assert len(job.result["tune"]["tones"]) >= 4
    assert not path.exists()
    drawn = making.tune_folder(home, job.id)
    assert {"motif.svg", "motif.wav"} <= {each.name for each in drawn.iterdir()}
    making.forget_tune(home, job.id)
    assert not drawn.exists()


def test_what_cannot_be_read_says_why_and_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = home.uploads / "1" / "b.wav"
    silent.parent.mkdir(parents=True)
    soundfile.write(silent, np.zeros(24000), 24000)
    film = silent.with_name("c.webm")
    film.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(500))
    quiet, gone, broken = (
        ask(home, READ, making.reading_wish("", files, tune))
        for files, tune in (((), "1/b.wav"), (("1/none.wav",), None), (("1/c.webm",), None))
    )
    said = {job.id: job for job in done(home, quiet, gone, broken)}
    assert {job.state for job in said.values()} == {FAILED}
    assert {job.result["why"] for job in said.values()} == {"input"}
    assert "silent" in (said[quiet.id].error or "")
    assert "not here any more" in (said[gone.id].error or "")
    monkeypatch.setenv("PATH", "/nowhere")
    missing = ask(home, READ, making.reading_wish("", ("1/c.webm",)))
    (job,) = done(home, missing)
    assert (job.state, job.result["why"]) == (FAILED, "program"), job.error
    assert list((home.folder / "making").iterdir()) == []


def test_uploads_stay_in_their_folder_and_are_swept(home: Home) -> None:
    (home.folder / "secret.txt").write_text("aku")
    with pytest.raises(FileError, match="hand it in once more"):
        making.uploaded(home, "../secret.txt")
    making.forget_uploads(home, {"files": ["../secret.txt"], "tune": "../secret.txt"})
    assert (home.folder / "secret.txt").exists()
    old, kept, new = (making.keep_upload(home.uploads / "1", name, b"x") for name in ("a.wav", "b.wav", "c.wav"))
    at = datetime.now(UTC)
    for path in (old, kept):
        os.utime(path, ((at - timedelta(days=5)).timestamp(),) * 2)
    wish = {"files": [kept.relative_to(home.uploads).as_posix()], "tune": None}
    assert making.sweep(home, at=at, kept=[wish]) == 1
    assert [path.exists() for path in (old, kept, new)] == [False, True, True]
    for number in (3, 4):
        making.tune_folder(home, number).mkdir(parents=True)
    making.sweep(home, at=at, kept=[wish], known={4})
    assert [making.tune_folder(home, number).exists() for number in (3, 4)] == [False, True]


@pytest.mark.slow
def test_a_song_is_made_by_processes_and_the_same_seed_is_the_same_song(home: Home) -> None:
    read = making.read_wish(home, making.reading_wish(TEXT))
    feeling = making.feeling_of_plain(read["feeling"])
    asked = Asked(TEXT, feeling, WORDS, None, {**RIGHT, "story": "Hujan itu."}, "Untukmu.", None)
    (job,) = done(home, ask(home, CREATE, making.wish_of(asked)), processes=True)
    assert job.state == DONE, job.error
    with home.database.reading() as session:
        track = tracks.find_track(session, job.result["track_id"], home.owner.id)
        assert tracks.find_track(session, job.result["track_id"], home.owner.id + 1) is None
    assert track is not None
    assert track.song_folder is not None
    assert (track.owner_id, track.story, track.title) == (home.owner.id, "Hujan itu.", job.result["title"])
    assert verify(track.song_folder).whole
    assert job.result["letter"] == "Untukmu."
    again, _ = compose_original(TEXT, feeling=feeling, words=WORDS, seed=SEED, story="Hujan itu.", **RIGHT)
    assert job.result["song_id"] == again.song.song_id == song_view.song_of(track.song_folder).song_id


@pytest.mark.slow
def test_bars_are_written_anew_as_another_song(home: Home, made_song: Path) -> None:
    wish = making.rewrite_wish(made_song, "Aku rindu kamu", "2-3", ["Piano"])
    (job,) = done(home, ask(home, REWRITE, wish))
    assert job.state == DONE, job.error
    with home.database.reading() as session:
        track = tracks.find_track(session, job.result["track_id"], home.owner.id)
    assert track is not None
    assert track.song_folder is not None
    before, after = song_view.song_of(made_song), song_view.song_of(track.song_folder)
    assert after.song_id != before.song_id
    assert after.vocal == before.vocal
    assert {path.name for path in made_song.iterdir()} == {path.name for path in track.song_folder.iterdir()}


def test_a_rewriting_that_cannot_be_is_refused(made_song: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"bars must lie in 1\.\.\d+ and rise"):
        making.rewrite_wish(made_song, "x", "9-160", [])
    with pytest.raises(InvalidValueError, match="tracks must be among"):
        making.rewrite_wish(made_song, "x", "1-2", ["Gong"])


def test_a_full_disk_is_told_and_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(create_module, "ROOM", 1 << 60)
    asked = Asked(TEXT, Feeling.named("rindu"), WORDS, None, {**RIGHT, "voice": False})
    (job,) = done(home, ask(home, CREATE, making.wish_of(asked)))
    assert (job.state, job.result["why"]) == (FAILED, "disk")
    assert "must be free on this disk" in (job.error or "")
    assert not home.songs.exists()
    assert list((home.folder / "making").iterdir()) == []


def test_a_song_folder_as_a_page_shows_it(made_song: Path, tmp_path: Path) -> None:
    view = song_view.song_view(made_song, "id")
    assert view.following["seconds"] > 5
    assert len(view.following["bars"]) == len(view.song.bar_starts())
    assert len(view.stems) == len(view.song.tracks)
    assert "data-t=" in view.lines
    assert view.arc.startswith("<path d=")
    names = [name for name, _ in view.files]
    assert {"song.mp3", "score.pdf", "song.musicxml"} <= set(names)
    assert song_view.song_file(made_song, "song.mid").is_file()
    for wrong in ("../made.txt", "/etc/passwd", "stems", "none.txt", ""):
        with pytest.raises(FileError, match="no such file"):
            song_view.song_file(made_song, wrong)
    with pytest.raises(FileError, match="not a song folder"):
        song_view.song_view(tmp_path, "id")


def test_windows_of_a_stem_join_without_a_gap(made_song: Path) -> None:
    import io

    whole, rate = soundfile.read(song_view.stem_files(made_song)[1], dtype="int16")
    parts, start = [], 0.0
    while start * rate < len(whole):
        parts.append(soundfile.read(io.BytesIO(song_view.stem_window(made_song, 1, start)), dtype="int16")[0])
        start += song_view.WINDOW
    assert np.array_equal(np.concatenate(parts), whole)
    with pytest.raises(InvalidValueError, match="a stem must be one of"):
        song_view.stem_window(made_song, 9, 0.0)
    with pytest.raises(InvalidValueError, match="a time must lie in"):
        song_view.stem_window(made_song, 0, 1e6)


def test_all_files_go_into_one_zip(made_song: Path, tmp_path: Path) -> None:
    packed = tmp_path / "song.zip"
    packed.write_bytes(b"".join(song_view.zipped(made_song)))
    shutil.unpack_archive(packed, tmp_path / "out")
    there = {p.relative_to(made_song): p.read_bytes() for p in made_song.rglob("*") if p.is_file()}
    out = tmp_path / "out" / made_song.name
    assert {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()} == there


def test_notation_for_a_page_without_styles_of_its_own(made_song: Path) -> None:
    pages = song_view.score_pages(made_song)
    bars = sum(page.count('class="measure"') for page in pages)
    assert bars == len(song_view.song_of(made_song).bar_starts())
    assert all("<style" not in page and "viewBox" in page for page in pages)
    assert song_view.number_pages(made_song)
    found = song_view.likeness(made_song, "id")
    assert 0 <= found.low <= found.high <= 1
    assert found.verdict
    assert all("<style" not in svg for pair in found.pairs for svg in (pair[1], pair[3]))
