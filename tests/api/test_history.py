"""A listening history taken in: whole or not at all, told once, deleted for good, everybody's own."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select

from histories import NOW, brainz_rows, lastfm_text, listens, pack, short_rows, spotify_row, spotify_rows, write
from homes import KINDS, open_one
from senandung.api.history import delete_import, import_history, imports, months
from senandung.api.home import Home
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.listen import Listen, Piece
from senandung.domain.track import names_key
from senandung.remembering import plays
from senandung.remembering.accounts import Person, add_owner
from senandung.remembering.store.accounts import AccountRow
from senandung.remembering.store.base import Table
from senandung.remembering.store.database import Database, open_database, sqlite_address
from senandung.remembering.store.memories import MemoryRow
from senandung.remembering.store.plays import ImportRow, PlayRow
from senandung.remembering.store.tracks import TrackRow


def home_in(database: Database, folder: Path) -> Home:
    with database.writing() as session:
        return Home(database, folder, add_owner(session, at=NOW))


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    for database in open_one(request.param, tmp_path / "home"):
        yield home_in(database, tmp_path)


def another(home: Home) -> Person:
    with home.database.writing() as session:
        row = AccountRow(name="tamu", created=NOW, settings={})
        session.add(row)
        session.flush()
        return Person(row.id, row.name)


def heard(home: Home, person: Person | None = None) -> list[tuple[object, ...]]:
    """What counts of what a person heard, in the order of time."""
    with home.database.reading() as session:
        rows = session.execute(
            select(
                PlayRow.started, TrackRow.merge_key, PlayRow.played_ms, PlayRow.began, PlayRow.ended, PlayRow.skipped,
                PlayRow.source,
            )
            .join(TrackRow, TrackRow.id == PlayRow.track_id)
            .where(PlayRow.account_id == (person or home.owner).id, PlayRow.doubled.is_(False))
        )  # fmt: skip
        return sorted((tuple(row) for row in rows), key=str)


def rows_of_all_tables(home: Home) -> dict[str, int]:
    with home.database.reading() as session:
        return {
            table.name: count
            for table in Table.metadata.sorted_tables
            if (count := session.scalar(select(func.count()).select_from(table)))
        }


def file_track(home: Home, artist: str, title: str, *, isrc: str | None = None, owner: int | None = None) -> int:
    with home.database.writing() as session:
        row = TrackRow(
            title=title, artist=artist, isrc=isrc, owner_id=owner, path=f"/music/{artist}/{title}.flac", added=NOW,
            merge_key=names_key(artist, title),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def take(home: Home, path: Path, person: Person | None = None, **options: object):  # type: ignore[no-untyped-def]
    return import_history(home, person or home.owner, path, at=NOW, **options)  # type: ignore[arg-type]


def test_every_row_is_kept_and_counted(home: Home, tmp_path: Path) -> None:
    told = listens(1, 120)
    rows = [*spotify_rows(told), spotify_row(NOW, incognito_mode=True), spotify_row(NOW, ts="?")]
    report = take(home, write(tmp_path / "a.json", rows))
    assert (report.source, report.name, report.rows, report.kept, report.doubled) == ("spotify", "a.json", 122, 120, 0)
    assert report.dropped == {"incognito": 1, "no-time": 1}
    assert (report.first, report.last) == (told[0].started, told[-1].started)
    assert len(heard(home)) == 120
    assert any(played < 30_000 for _, _, played, *_ in heard(home) if isinstance(played, int))
    assert imports(home, home.owner) == [report]


def test_the_same_file_again_does_nothing(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", spotify_rows(listens(2, 30)))
    first = take(home, path)
    before = rows_of_all_tables(home), heard(home)
    again = take(home, path.rename(tmp_path / "b.json"))
    assert again.again
    assert (again.id, again.name) == (first.id, "a.json")
    assert (rows_of_all_tables(home), heard(home)) == before


def test_overlapping_exports_are_told_as_doubled(home: Home, tmp_path: Path) -> None:
    told = listens(3, 60)
    take(home, write(tmp_path / "a", spotify_rows(told[:40])))
    report = take(home, pack(tmp_path / "b", {"endsong_0.json": spotify_rows(told[20:])}))
    assert (report.rows, report.kept, report.doubled) == (40, 20, 20)
    assert len(heard(home)) == 60


def test_listenbrainz_beside_spotify_is_told_as_doubled_and_counts_again_when_spotify_goes(
    home: Home, tmp_path: Path
) -> None:
    told = [each for each in listens(4, 80) if not each.skipped]
    extra = listens(5, 3, begins=datetime(2024, 1, 1, tzinfo=UTC))
    spotify = take(home, write(tmp_path / "a", spotify_rows(told)))
    report = take(home, write(tmp_path / "b.json", brainz_rows([*told, *extra], late=4)))
    assert (report.kept, report.doubled) == (3, len(told))
    assert {source for *_, source in heard(home)} == {"spotify", "listenbrainz"}
    assert delete_import(home, home.owner, spotify.id) == len(told)
    assert len(heard(home)) == len(told) + 3
    assert {source for *_, source in heard(home)} == {"listenbrainz"}


def test_a_broken_file_leaves_nothing(home: Home, tmp_path: Path) -> None:
    before = rows_of_all_tables(home)
    whole = write(tmp_path / "a.json", spotify_rows(listens(6, 50))).read_text()
    with pytest.raises(FileError, match="breaks off"):
        take(home, write(tmp_path / "a.json", whole[:-20]))
    with pytest.raises(InvalidValueError, match="Asia/Jakarta or UTC, got 'Jakarta'"):
        take(home, write(tmp_path / "a.json", whole), zone="Jakarta")
    assert rows_of_all_tables(home) == before


def test_plays_find_files_by_code_and_by_names_in_plain_letters(home: Home, tmp_path: Path) -> None:
    by_name = file_track(home, "DEWA 19", "Kangen (2011 Remaster)")
    by_code = file_track(home, "Chrisye & Band", "Lilin2", isrc="IDA012345678")
    strangers = file_track(home, "Padi", "Semua Tak Sama", owner=another(home).id)
    at = datetime(2024, 1, 1, tzinfo=UTC)
    rows = brainz_rows(
        [Listen(Piece(title, artist), at + timedelta(hours=hour), "listenbrainz") for hour, (artist, title) in
         enumerate([("Dewa 19", "Kangen - Remastered"), ("Chrisye", "Lilin-Lilin Kecil"), ("Padi", "Semua Tak Sama")])]
    )  # fmt: skip
    rows[1]["track_metadata"]["additional_info"] = {"isrc": "ID-A01-23-45678"}
    take(home, write(tmp_path / "a.json", rows))
    with home.database.reading() as session:
        found = list(session.scalars(select(PlayRow.track_id).order_by(PlayRow.started)))
        assert found[:2] == [by_name, by_code]
        assert found[2] not in (by_name, by_code, strangers)
        own = session.get(TrackRow, found[2])
        assert own is not None
        assert (own.owner_id, own.path) == (home.owner.id, None)


def test_a_track_of_the_history_knows_where_it_opens_whatever_came_first(home: Home, tmp_path: Path) -> None:
    told = listens(7, 1)
    take(home, write(tmp_path / "a", lastfm_text(told)))
    take(home, write(tmp_path / "b", spotify_rows(told)))
    with home.database.reading() as session:
        (row,) = session.scalars(select(TrackRow))
        assert row.address == told[0].piece.address
        assert row.search
        assert row.merge_key == names_key(row.artist, row.title)


def test_deleting_an_import_leaves_nothing_of_it(home: Home, tmp_path: Path) -> None:
    before = rows_of_all_tables(home)
    report = take(home, write(tmp_path / "a", spotify_rows(listens(8, 90))))
    assert delete_import(home, home.owner, report.id) == 90
    assert rows_of_all_tables(home) == before
    assert delete_import(home, home.owner, report.id) is None


def test_deleting_an_import_leaves_a_track_that_holds_a_memory(home: Home, tmp_path: Path) -> None:
    report = take(home, write(tmp_path / "a", spotify_rows(listens(9, 40))))
    with home.database.writing() as session:
        track = session.scalars(select(TrackRow.id)).first()
        session.add(
            MemoryRow(account_id=home.owner.id, track_id=track, start_ms=0, text="hujan", created=NOW, changed=NOW)
        )
    delete_import(home, home.owner, report.id)
    with home.database.reading() as session:
        assert list(session.scalars(select(TrackRow.id))) == [track]


def test_deleted_names_are_in_no_byte_of_the_file(tmp_path: Path) -> None:
    with open_database(sqlite_address(tmp_path / "h")) as database:
        home = home_in(database, tmp_path)
        rows = [spotify_row(NOW - timedelta(days=3), title="Rahasia Sekali Judulnya")]
        report = take(home, write(tmp_path / "rahasia-berkas.json", rows))
        delete_import(home, home.owner, report.id)
        for path in (tmp_path / "h").iterdir():
            content = path.read_bytes()
            assert b"Rahasia Sekali" not in content, path.name
            assert b"rahasia-berkas" not in content, path.name


def test_a_history_is_its_owners_alone(home: Home, tmp_path: Path) -> None:
    guest = another(home)
    path = write(tmp_path / "a", spotify_rows(listens(10, 20)))
    report = take(home, path)
    assert imports(home, guest) == []
    assert months(home, guest) == []
    assert heard(home, guest) == []
    assert delete_import(home, guest, report.id) is None
    own = take(home, path, guest)
    assert not own.again
    assert own.kept == 20
    assert heard(home, guest) == heard(home)
    with home.database.reading() as session:
        tracks = list(session.scalars(select(TrackRow.owner_id)))
        assert tracks.count(guest.id) == tracks.count(home.owner.id) == len(tracks) // 2
    delete_import(home, guest, own.id)
    assert len(heard(home)) == 20


def test_listening_per_month_has_quiet_months_too(home: Home, tmp_path: Path) -> None:
    rows = [
        spotify_row(datetime(2023, 11, 30, 23, 50, tzinfo=UTC), played=60_000),
        spotify_row(datetime(2024, 2, 1, tzinfo=UTC), played=1000),
        spotify_row(datetime(2024, 2, 28, tzinfo=UTC), played=2000),
    ]
    take(home, write(tmp_path / "a", rows))
    assert [(each.year, each.month, each.plays, each.heard_ms) for each in months(home, home.owner)] == [
        (2023, 11, 1, 60_000), (2023, 12, 0, 0), (2024, 1, 0, 0), (2024, 2, 2, 3000),
    ]  # fmt: skip


# files that come later -----------------------------------------------------------------------------------------------


def test_files_that_come_later_take_over_what_hangs_on_the_history(home: Home, tmp_path: Path) -> None:
    take(home, write(tmp_path / "a", spotify_rows(listens(11, 60))))
    before = heard(home)
    with home.database.writing() as session:
        old = session.scalars(select(TrackRow).where(TrackRow.title == "Kangen")).one().id
        session.add(MemoryRow(account_id=home.owner.id, track_id=old, start_ms=5, created=NOW, changed=NOW))
    new = file_track(home, "Dewa 19", "Kangen")
    with home.database.writing() as session:
        assert plays.join_files(session) == 1
        assert plays.join_files(session) == 0
    with home.database.reading() as session:
        assert session.get(TrackRow, old) is None
        assert session.scalars(select(MemoryRow.track_id)).one() == new
        assert new in set(session.scalars(select(PlayRow.track_id)))
    assert heard(home) == before


def test_a_play_of_ones_own_is_written_once(home: Home) -> None:
    track, owner = file_track(home, "Dewa 19", "Kangen"), home.owner.id
    guests = file_track(home, "Padi", "Harmony", owner=another(home).id)
    at = NOW - timedelta(hours=1)
    with home.database.writing() as session:

        def record(number: int, source: str, started: datetime, **said: object) -> int | None:
            return plays.record_play(session, owner, number, source=source, started=started, **said)  # type: ignore[arg-type]

        first = record(track, "here", at, played_ms=4000, began="clickrow", ended="fwdbtn", skipped=True)
        assert first is not None
        assert record(track, "here", at, played_ms=3000, ended="unexpected-exit") == first
        assert record(guests, "here", at) is None
        assert record(track, "submitted", at + timedelta(seconds=2)) not in (first, None)
        assert record(track, "submitted", at + timedelta(minutes=9)) is not None
        with pytest.raises(InvalidValueError, match="known reason, got 'tired'"):
            record(track, "here", at, ended="tired")
    assert [(played, ended, source) for _, _, played, _, ended, _, source in heard(home)] == [
        (4000, "fwdbtn", "here"), (None, None, "submitted"),
    ]  # fmt: skip


# what must not change the result -------------------------------------------------------------------------------------


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(some.integers(0, 10**6), some.integers(5, 60))
def test_order_of_files_doubles_and_zones_do_not_change_what_was_heard(
    tmp_path_factory: pytest.TempPathFactory, seed: int, count: int
) -> None:
    folder = tmp_path_factory.mktemp("orders")
    told = listens(seed, count)
    dice = random.Random(seed)
    jakarta = ZoneInfo("Asia/Jakarta")
    local = [
        {
            **row,
            "endTime": datetime.fromisoformat(row["endTime"]).replace(tzinfo=UTC).astimezone(jakarta).strftime("%F %R"),
        }
        for row in short_rows(told[: count // 2])
    ]
    files = [
        (write(folder / "a", spotify_rows(told[: 2 * count // 3])), "UTC"),
        (write(folder / "b", spotify_rows(told[count // 3 :])), "UTC"),
        (write(folder / "c", brainz_rows(told, late=dice.randrange(-6, 7))), "UTC"),
        (write(folder / "d", local), "Asia/Jakarta"),
    ]
    results = []
    orders = dice.sample(list(itertools.permutations(files)), 3)
    for number, order in enumerate([*orders, (*orders[0], *orders[0])]):
        with open_database(sqlite_address(folder / str(number))) as database:
            home = home_in(database, folder)
            for path, zone in order:
                take(home, path, zone=zone)
            results.append(heard(home))
            with database.reading() as session:
                for row in session.scalars(select(ImportRow)):
                    assert row.rows == row.kept + row.doubled + sum(row.dropped.values())
    assert all(result == results[0] for result in results)
    assert sum(source == "spotify" for *_, source in results[0]) == count
