"""Scans of real folders: what is new, changed, moved, gone, back, damaged; who may see it."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homes import KINDS, open_one
from music_files import FULL, make_music, picture
from senandung.api.library import ScanProgress, ScanReport, add_folder, add_song, music_folders, remove_folder, scan
from senandung.app.cli import main
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.music import VARIOUS, TrackWhole
from senandung.remembering.accounts import add_owner
from senandung.remembering.albums import albums, artists, find_album, find_artist
from senandung.remembering.scanned import problems
from senandung.remembering.store.accounts import AccountRow
from senandung.remembering.store.database import Database
from senandung.remembering.store.memories import MemoryRow
from senandung.remembering.tracks import count_tracks, find_cover, find_track, recent_tracks, search_tracks
from song_folders import a_song, song_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    for home in open_one(request.param, tmp_path / "home"):
        with home.writing() as session:
            add_owner(session, at=NOW)
            session.add(AccountRow(name="tamu", created=NOW, settings={}))
        yield home


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that tests copy: making them takes longer."""
    folder = tmp_path_factory.mktemp("shelf")
    make_music(folder / "satu.mp3", {**FULL, "track": "1"}, cover=picture())
    make_music(folder / "dua.flac", {**FULL, "title": "Senja", "track": "2"}, hz=330)
    make_music(folder / "tiga.opus", {"title": "Ombak", "artist": "Rara feat. Dimas"}, hz=220)
    return folder


@pytest.fixture
def music(shelf: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    shutil.copytree(shelf, folder / "album")
    shutil.move(folder / "album" / "tiga.opus", folder / "tiga.opus")
    return folder


def scanned(database: Database, folder: Path, **options: object) -> ScanReport:
    return scan(database, add_folder(database, folder, at=NOW), at=NOW, **options)  # type: ignore[arg-type]


def titles(database: Database, words: str = "", person: int = 1) -> list[str]:
    with database.reading() as session:
        return [track.title for track in search_tracks(session, person, words).tracks]


def the_track(database: Database, title: str, person: int = 1) -> TrackWhole:
    with database.reading() as session:
        number = next(track.id for track in recent_tracks(session, person).tracks if track.title == title)
        found = find_track(session, number, person)
    assert found is not None
    return found


def remember(database: Database, track_id: int) -> None:
    with database.writing() as session:
        session.add(MemoryRow(account_id=1, track_id=track_id, start_ms=0, created=NOW, changed=NOW, text="di sana"))


def test_a_scan_finds_tracks_albums_artists_and_covers(database: Database, music: Path) -> None:
    told: list[ScanProgress] = []
    report = scanned(database, music, progress=told.append)
    assert (report.seen, report.new, report.problems) == (3, 3, [])
    assert told[-1].done == told[-1].total == 3
    assert titles(database) == ["Hujan di Kotamu", "Ombak", "Senja"]
    assert titles(database, "LAMA sri") == ["Hujan di Kotamu", "Senja"]
    assert titles(database, "100%_") == []
    with database.reading() as session:
        page = albums(session, 1)
        assert [(album.name, album.artist, album.year) for album in page.albums] == [("Lagu Lama", "Ibu Sri", 1998)]
        assert [artist.name for artist in artists(session, 1).artists] == ["Ibu Sri", "Rara"]
        whole = find_album(session, page.albums[0].id, 1)
        assert whole is not None
        assert [track.number for track in whole.tracks] == [1, 2]
        assert whole.cover_id is not None
        cover = find_cover(session, whole.cover_id, 2)
        assert cover is not None
        assert cover[1] == "image/jpeg"
        rara = next(artist for artist in artists(session, 1, "rara").artists)
        single = find_artist(session, rara.id, 1)
        assert single is not None
        assert [track.title for track in single.single] == ["Ombak"]
        assert count_tracks(session, 1).tracks == 3


def test_a_second_scan_reads_nothing(database: Database, music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (music / "rusak.mp3").write_bytes(b"this is no music at all " * 99)
    assert len(scanned(database, music).problems) == 1
    read: list[Path] = []
    monkeypatch.setattr(Path, "open", lambda self, *rest, **more: read.append(self))
    report = scanned(database, music)
    assert (report.seen, report.new, report.changed, report.moved, report.gone) == (4, 0, 0, 0, 0)
    assert report.problems == []
    assert read == []
    with database.reading() as session:
        assert [(each.path.name, "not a sound" in each.reason) for each in problems(session)] == [("rusak.mp3", True)]
    assert [(each.tracks, each.problems) for each in music_folders(database)] == [(3, 1)]


def test_a_moved_file_keeps_its_row_and_memories(database: Database, music: Path) -> None:
    scanned(database, music)
    before = the_track(database, "Senja")
    remember(database, before.id)
    (music / "lain").mkdir()
    (music / "album" / "dua.flac").rename(music / "lain" / "2 senja.flac")
    report = scanned(database, music)
    assert (report.moved, report.new, report.gone) == (1, 0, 0)
    after = the_track(database, "Senja")
    assert (after.id, after.added) == (before.id, before.added)
    assert after.path == music / "lain" / "2 senja.flac"


def test_a_file_moved_and_tagged_anew_is_known_by_its_names(database: Database, music: Path) -> None:
    scanned(database, music)
    before = the_track(database, "Senja")
    (music / "album" / "dua.flac").unlink()
    make_music(music / "lain.flac", {**FULL, "title": "SENJA", "track": "2", "comment": "baru"}, hz=330)
    assert scanned(database, music).moved == 1
    assert the_track(database, "SENJA").id == before.id


def test_a_copy_is_no_move(database: Database, music: Path) -> None:
    scanned(database, music)
    shutil.copy(music / "tiga.opus", music / "salinan.opus")
    report = scanned(database, music)
    assert (report.moved, report.new) == (0, 1)


def test_what_is_gone_stays_and_comes_back(database: Database, music: Path, tmp_path: Path) -> None:
    scanned(database, music)
    before = the_track(database, "Ombak")
    away = tmp_path / "away.opus"
    shutil.move(music / "tiga.opus", away)
    assert scanned(database, music).gone == 1
    assert titles(database) == ["Hujan di Kotamu", "Senja"]
    with database.reading() as session:
        gone = find_track(session, before.id, 1)
    assert gone is not None
    assert gone.missing
    shutil.move(away, music / "tiga.opus")
    assert scanned(database, music).back == 1
    assert the_track(database, "Ombak").id == before.id


def test_a_changed_file_is_read_again(database: Database, music: Path) -> None:
    scanned(database, music)
    before = the_track(database, "Ombak")
    make_music(music / "tiga.opus", {"title": "Ombak Malam", "artist": "Rara"}, hz=221)
    report = scanned(database, music)
    assert (report.changed, report.new) == (1, 0)
    after = the_track(database, "Ombak Malam")
    assert after.id == before.id
    assert after.heard is not None
    assert after.heard.state == "waiting"


def test_words_and_pictures_that_come_later_are_seen(database: Database, music: Path) -> None:
    scanned(database, music)
    (music / "tiga.lrc").write_text("[00:01.00]ombak", encoding="utf-8")
    (music / "cover.jpg").write_bytes(picture(kind="JPEG"))
    assert scanned(database, music).changed == 1
    after = the_track(database, "Ombak")
    assert [line.text for line in after.lyrics] == ["ombak"]
    assert after.cover_id is not None
    assert scanned(database, music).changed == 0


def test_loops_links_and_hidden_things_end_no_scan(database: Database, music: Path) -> None:
    (music / "album" / "lagi").symlink_to(music)
    (music / "ke-mana.mp3").symlink_to(music / "nowhere.mp3")
    (music / ".trash").mkdir()
    shutil.copy(music / "tiga.opus", music / ".trash" / "lama.opus")
    (music / "._tiga.opus").write_bytes(b"mac")
    assert scanned(database, music).seen == 3


def test_a_name_that_is_no_text_is_told(database: Database, music: Path) -> None:
    strange = os.fsencode(music) + b"/lagu-\xff\xfe.opus"
    shutil.copy(os.fsencode(music / "tiga.opus"), strange)
    report = scanned(database, music)
    assert [problem.reason for problem in report.problems] == ["its name must be text in UTF-8"]
    assert report.new == 3
    assert scanned(database, music).problems == []


def test_several_artists_of_a_directory_make_a_compilation(database: Database, tmp_path: Path) -> None:
    for number, artist in enumerate(("A", "B feat. A", "C", "夜"), start=1):
        make_music(tmp_path / "m" / f"{number}.mp3", {"title": f"t{number}", "artist": artist, "album": "Kumpulan"})
    scanned(database, tmp_path / "m")
    make_music(tmp_path / "m" / "5.mp3", {"title": "t5", "artist": "D", "album": "Kumpulan", "compilation": "1"})
    scanned(database, tmp_path / "m")
    with database.reading() as session:
        found = albums(session, 1).albums
        assert [(album.artist, album.compilation) for album in found] == [(VARIOUS, True)]
        whole = find_album(session, found[0].id, 1)
        assert whole is not None
        assert len(whole.tracks) == 5
        b = artists(session, 1, "b").artists[0]
        of_b = find_artist(session, b.id, 1)
        assert of_b is not None
        assert [album.name for album in of_b.appears] == ["Kumpulan"]


def test_a_folder_that_is_removed_leaves_what_is_remembered(database: Database, music: Path) -> None:
    scanned(database, music)
    kept = the_track(database, "Senja")
    remember(database, kept.id)
    folder = music_folders(database)[0]
    assert remove_folder(database, folder.id)
    assert not remove_folder(database, folder.id)
    assert titles(database) == []
    with database.reading() as session:
        assert find_track(session, kept.id, 1) is not None
        assert albums(session, 1).albums == ()
    scanned(database, music)
    assert the_track(database, "Senja").id == kept.id
    assert len(titles(database)) == 3


def test_a_folder_that_is_gone_says_so(database: Database, music: Path, tmp_path: Path) -> None:
    scanned(database, music)
    number = music_folders(database)[0].id
    music.rename(tmp_path / "elsewhere")
    report = scan(database, number, at=NOW)
    assert report.gone == 3
    problem = music_folders(database)[0].problem
    assert problem is not None
    assert "No such file" in problem
    (tmp_path / "elsewhere").rename(music)
    assert scan(database, number, at=NOW).back == 3
    assert music_folders(database)[0].problem is None


def test_folders_that_hold_each_other_are_refused(database: Database, music: Path) -> None:
    add_folder(database, music, at=NOW)
    with pytest.raises(InvalidValueError, match="hold each other"):
        add_folder(database, music / "album", at=NOW)
    with pytest.raises(InvalidValueError, match="must be a folder"):
        add_folder(database, music / "tiga.opus", at=NOW)
    with pytest.raises(InvalidValueError, match="no folder 99"):
        scan(database, 99, at=NOW)


def test_a_scan_that_is_stopped_keeps_what_it_read_and_marks_nothing_gone(database: Database, music: Path) -> None:
    stop = threading.Event()
    report = scanned(database, music, progress=lambda _: stop.set(), stop=stop)
    assert report.stopped
    assert 0 < report.new < 3
    report = scanned(database, music)
    assert len(titles(database)) == 3


def test_pages_follow_each_other_without_doubles(database: Database, shelf: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(7):
        shutil.copy(shelf / "tiga.opus", folder / f"{number}.opus")
    scanned(database, folder)
    with database.reading() as session:
        for pages in (search_tracks, recent_tracks):
            seen: list[int] = []
            after = None
            while True:
                page = pages(session, 1, after=after, count=3)
                seen += [track.id for track in page.tracks]
                if not page.more:
                    break
                after = seen[-1]
            assert len(seen) == len(set(seen)) == 7


def test_a_song_of_ones_own_is_seen_by_no_one_else(database: Database, shelf: Path, tmp_path: Path) -> None:
    folder = song_folder(tmp_path / "song")
    number = add_song(database, folder, owner_id=1, at=NOW)
    assert add_song(database, folder, owner_id=1, at=NOW + timedelta(days=1)) == number
    with database.reading() as session:
        found = find_track(session, number, 1)
        assert find_track(session, number, 2) is None
        assert search_tracks(session, 2).tracks == ()
        assert count_tracks(session, 2).tracks == 0
        assert recent_tracks(session, 1, made_here=True).tracks[0].made_here
    assert found is not None
    assert found.song_folder == folder
    assert [(line.start_ms, line.text) for line in found.lyrics] == [(1000, "Rindu"), (3000, "rindu")]
    assert (found.title, found.artist, found.story) == ("Rindu di Jendela", "Senandung", "Malam itu hujan.")
    with pytest.raises(FileError, match="not a song folder"):
        add_song(database, shelf, owner_id=1, at=NOW)


def test_a_scan_knows_song_folders_and_tells_no_private_story(database: Database, music: Path) -> None:
    song_folder(music / "rindu", a_song("hanya untukku", private=True))
    assert scanned(database, music).seen == 4
    found = the_track(database, "Rindu di Jendela")
    assert (found.made_here, found.story, found.genre) == (True, "", "pop-ballad")
    assert found.path == music / "rindu" / "song.wav"
    (music / "rindu" / "song.json").write_text("{}", encoding="utf-8")
    assert "song.json" in scanned(database, music).problems[0].reason


def test_the_commands_scan_and_list(tmp_path: Path, music: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home")]
    (music / "rusak.mp3").write_bytes(b"no music " * 300)
    assert main(["library", "scan", str(music), *home]) == 0
    said = capsys.readouterr().out
    assert "4 files of music: 3 new" in said
    assert "rusak.mp3: not a sound file" in said
    assert main(["library", "scan", "--json", *home]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert (plain["seen"], plain["new"], plain["folders"][0]["unreadable"]) == (4, 0, 1)
    assert main(["library", "list", "--find", "ombak", "--json", *home]) == 0
    assert [track["title"] for track in json.loads(capsys.readouterr().out)["tracks"]] == ["Ombak"]
    assert main(["library", "list", *home]) == 0
    assert "Hujan di Kotamu – Ibu Sri (Lagu Lama)" in capsys.readouterr().out
    assert main(["library", "scan", str(music / "rusak.mp3"), *home]) == 2
    assert "must be a folder" in capsys.readouterr().err
    assert main(["library", "list", "x", *home]) == 2
