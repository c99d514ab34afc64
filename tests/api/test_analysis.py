"""What is heard in tracks: every one done, failed or skipped with its reason; a stop loses nothing."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from homes import KINDS, open_one
from music_files import make_music
from senandung.api import analysis
from senandung.api.analysis import Analysis, analyse, analyse_file, hearing_pool
from senandung.api.keeping import keeping
from senandung.api.library import add_folder, scan
from senandung.api.similar import similar
from senandung.domain.music import TrackHeard
from senandung.remembering.accounts import add_owner
from senandung.remembering.analyses import count_analyses, hear_again, not_heard
from senandung.remembering.similar import SoundSpace
from senandung.remembering.store.accounts import AccountRow
from senandung.remembering.store.database import Database
from senandung.remembering.store.tracks import TrackRow
from senandung.remembering.tracks import find_track, search_tracks

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    for home in open_one(request.param, tmp_path / "home"):
        with home.writing() as session:
            add_owner(session, at=NOW)
        yield home


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A song of chords with a beat, a silent one, a short one, and a file whose sound is damaged."""
    folder = tmp_path_factory.mktemp("music")
    sound = (
        "sin(2*PI*220*t)*0.2+sin(2*PI*277.18*t)*0.2+sin(2*PI*329.63*t)*0.2"
        "+lt(mod(t\\,0.5)\\,0.05)*(random(0)-0.5)*0.6|sin(2*PI*220*t)*0.3"
    )
    _made(folder / "lagu.flac", f"aevalsrc={sound}:d=16:s=44100", "Lagu")
    _made(folder / "hening.ogg", "anullsrc=d=8:r=44100", "Hening")
    make_music(folder / "pendek.mp3", {"title": "Pendek"}, seconds=1)
    broken = make_music(folder / "rusak.flac", {"title": "Rusak"}, seconds=4)
    data = bytearray(broken.read_bytes())
    data[len(data) // 2 :] = os.urandom(len(data) - len(data) // 2)
    broken.write_bytes(bytes(data))
    return folder


def _made(path: Path, source: str, title: str) -> None:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", source, "-metadata", f"title={title}"]
    subprocess.run([*command, f"file:{path}"], check=True, stdin=subprocess.DEVNULL)


def clock() -> datetime:
    return NOW


def test_a_song_is_heard(music: Path) -> None:
    found = analyse_file(music / "lagu.flac")
    assert found.heard.state == "done", found.heard.reason
    assert found.heard.tempo == pytest.approx(120, abs=3)
    assert found.heard.key == "A major"
    assert found.heard.valence is not None
    assert len(found.heard.arc) >= 5
    assert found.loudness is not None
    told = subprocess.run(
        ["ffmpeg", "-nostdin", "-i", str(music / "lagu.flac"), "-af", "ebur128", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    reference = float(told.rpartition("I:")[2].split()[0])
    assert found.loudness == pytest.approx(reference, abs=0.15)
    assert found.peak == pytest.approx(0.9, abs=0.15)


def test_what_comes_through_ffmpeg_is_heard_alike(music: Path, tmp_path: Path) -> None:
    other = tmp_path / "lagu.m4a"
    subprocess.run(["ffmpeg", "-v", "error", "-i", music / "lagu.flac", "-b:a", "192k", other], check=True)
    one, two = analyse_file(music / "lagu.flac"), analyse_file(other)
    assert (two.heard.state, two.heard.key) == ("done", one.heard.key)
    assert one.loudness is not None
    assert two.loudness == pytest.approx(one.loudness, abs=0.3)


@pytest.mark.parametrize(
    ("name", "state", "reason"),
    [("hening.ogg", "skipped", "silent"), ("pendek.mp3", "skipped", "shorter"), ("rusak.flac", "failed", "not a sound"),
     ("tak-ada.mp3", "failed", "no such file")],
)  # fmt: skip
def test_what_cannot_be_heard_says_why(name: str, state: str, reason: str, music: Path) -> None:
    heard = analyse_file(music / name).heard
    assert heard.state == state
    assert heard.reason is not None
    assert reason in heard.reason


def test_what_is_too_long_is_skipped(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "LONGEST", 5.0)
    heard = analyse_file(music / "lagu.flac").heard
    assert (heard.state, heard.reason) == ("skipped", f"it is longer than {5 / 60:g} minutes")


def test_every_track_ends_with_a_state_and_a_stop_loses_nothing(database: Database, music: Path) -> None:
    scan(database, add_folder(database, music, at=NOW), at=NOW)
    with ThreadPoolExecutor(1) as executor:
        stop = threading.Event()
        first = analyse(database, executor, clock=clock, progress=lambda _: stop.set(), stop=stop)
        assert (first.total, first.waiting) == (4, 3)
        counts = analyse(database, executor, clock=clock, at_once=2)
    assert (counts.waiting, counts.done, counts.failed, counts.skipped) == (0, 1, 1, 2)
    with database.reading() as session:
        assert {(each.title, each.state) for each in not_heard(session)} == {
            ("Hening", "skipped"), ("Pendek", "skipped"), ("Rusak", "failed")
        }  # fmt: skip
        number = next(track.id for track in search_tracks(session, 1).tracks if track.title == "Lagu")
        track = find_track(session, number, 1)
    assert track is not None
    assert track.heard is not None
    assert track.heard.key == "A major"
    assert track.loudness is not None
    with database.writing() as session:
        hear_again(session)
        assert count_analyses(session, analysis.VERSION).waiting == 1


def test_a_newer_version_hears_all_again(database: Database, music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan(database, add_folder(database, music, at=NOW), at=NOW)
    monkeypatch.setattr(analysis, "analyse_file", _quick)
    with ThreadPoolExecutor(1) as executor:
        assert analyse(database, executor, clock=clock).done == 4
        monkeypatch.setattr(analysis, "VERSION", analysis.VERSION + 1)
        with database.reading() as session:
            assert count_analyses(session, analysis.VERSION).waiting == 4
        assert analyse(database, executor, clock=clock, most=3).waiting == 1


def _quick(path: Path) -> Analysis:
    rng = np.random.default_rng(len(path.name))
    return Analysis(TrackHeard("done"), rng.normal(size=12).astype("<f4").tobytes(), -14.0, 0.5)


class _Breaks(Executor):
    """An executor whose process is gone."""

    def submit(self, *_: object, **__: object) -> Future[Analysis]:  # type: ignore[override]
        future: Future[Analysis] = Future()
        future.set_exception(BrokenExecutor("gone"))
        return future


def test_a_file_that_ends_the_program_is_failed_when_it_is_heard_alone(database: Database, music: Path) -> None:
    scan(database, add_folder(database, music, at=NOW), at=NOW)
    with pytest.raises(BrokenExecutor):
        analyse(database, _Breaks(), clock=clock, at_once=2)
    with database.reading() as session:
        assert count_analyses(session, analysis.VERSION).waiting == 4
    with pytest.raises(BrokenExecutor):
        analyse(database, _Breaks(), clock=clock, at_once=1)
    with database.reading() as session:
        counts = count_analyses(session, analysis.VERSION)
    assert (counts.waiting, counts.failed) == (3, 1)


def test_files_are_heard_in_processes_of_their_own(music: Path) -> None:
    with hearing_pool(1) as pool:
        assert pool.submit(analyse_file, music / "hening.ogg").result(60).heard.state == "skipped"


def test_a_space_finds_groups_whatever_the_scale_of_its_numbers() -> None:
    rng = np.random.default_rng(5)
    middles = rng.normal(size=(30, 40)) * 3
    rows = np.repeat(middles, 20, axis=0) + rng.normal(size=(600, 40))
    rows = (rows * rng.uniform(0.01, 1000, 40) + 50).astype(np.float32)
    ids = rng.permutation(np.arange(1000, 1600))
    group = {int(number): place // 20 for place, number in enumerate(ids)}
    space = SoundSpace.fit([int(number) for number in ids], rows)
    assert space.points.shape[1] == 40
    right = [group[near] == group[number] for number in group for near, _ in space.nearest(number, 5)]
    assert np.mean(right) > 0.95
    assert space.nearest(7, 5) == []
    assert SoundSpace.fit([], np.zeros((0, 3), dtype=np.float32)).nearest(1, 3) == []
    few = SoundSpace.fit(list(range(5)), rows[:5])
    assert few.nearest(1, 3) == []


@contextmanager
def _threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def test_a_keeper_scans_watches_and_hears(database: Database, music: Path, tmp_path: Path) -> None:
    folder = tmp_path / "watched"
    folder.mkdir()
    make_music(folder / "a.mp3", {"title": "Pertama"})
    add_folder(database, folder, at=NOW)
    with keeping(database, clock=clock, pool=_threads, at_once=1) as keeper:
        _until(lambda: _titles(database) == ["Pertama"])
        _until(lambda: keeper.state.watching)
        (folder / "baru").mkdir()
        make_music(folder / "baru" / "b.mp3", {"title": "Kedua"})
        _until(lambda: _titles(database) == ["Kedua", "Pertama"])
        (folder / "a.mp3").unlink()
        _until(lambda: _titles(database) == ["Kedua"])
        _until(lambda: _counts(database) == (0, 1))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("library")]


def _titles(database: Database) -> list[str]:
    with database.reading() as session:
        return [track.title for track in search_tracks(session, 1).tracks]


def _counts(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        counts = count_analyses(session, analysis.VERSION)
    return counts.waiting, counts.skipped


def _until(true: object) -> None:
    assert callable(true)
    for _ in range(1200):
        if true():
            return
        threading.Event().wait(0.05)
    pytest.fail("it did not come")


def test_what_sounds_alike_is_found_and_anothers_songs_are_left_out(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_music(tmp_path / "m" / "00.mp3", {"title": "0"})
    for number in range(1, 12):
        (tmp_path / "m" / f"{number:02}.mp3").write_bytes(first.read_bytes() + bytes(number))
    scan(database, add_folder(database, tmp_path / "m", at=NOW), at=NOW)

    def vectors(path: Path) -> Analysis:
        place = int(path.stem)
        angle = place % 3 + 0.01 * place
        row = np.array([np.cos(angle), np.sin(angle), 1.0], dtype="<f4")
        return Analysis(TrackHeard("done"), row.tobytes(), -14.0, 0.5)

    monkeypatch.setattr(analysis, "analyse_file", vectors)
    with ThreadPoolExecutor(1) as executor:
        analyse(database, executor, clock=clock)
    with database.writing() as session:
        session.execute(update(TrackRow).where(TrackRow.id == 4).values(owner_id=1))
        session.add(AccountRow(name="tamu", created=NOW, settings={}))
    near = similar(database, 1, 1, count=3)
    assert {each.track.id for each in near} == {4, 7, 10}
    assert near[0].likeness > 0.9
    assert {each.track.id for each in similar(database, 1, 2, count=2)} == {7, 10}
