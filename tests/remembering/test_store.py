"""The store of kept things: whole after a crash, shared by processes, empty after deleting."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.domain.errors import FileError, InvalidValueError, OutputError
from senandung.remembering.store.kept import FILE, KINDS, KeptStore

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_reading_makes_nothing(tmp_path: Path) -> None:
    store = KeptStore(tmp_path / "kept")
    assert store.all() == () and store.find("baseline", "voice") is None and store.delete() == 0
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8")),
        st.none()
        | st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(codec="utf-8")),
    )
)
def test_what_is_kept_comes_back(tmp_path_factory: pytest.TempPathFactory, plain: dict[str, object]) -> None:
    store = KeptStore(tmp_path_factory.mktemp("kept"))
    kept = store.keep("baseline", plain, at=NOW, mark="voice")
    assert store.all() == (kept,) and dict(kept.plain) == plain and store.find("baseline", "voice") == kept


def test_times_are_kept_in_utc(tmp_path: Path) -> None:
    jakarta = datetime(2026, 11, 23, 16, 30, tzinfo=timezone(timedelta(hours=7)))
    kept = KeptStore(tmp_path).keep("feeling", {}, at=jakarta)
    assert kept.at == NOW and kept.at.utcoffset() == timedelta(0)
    assert kept.days(NOW + timedelta(days=3)) == 3.0
    assert kept.days(NOW - timedelta(days=3)) == 0.0


def test_one_of_a_kind_and_mark_is_kept_and_no_number_comes_back(tmp_path: Path) -> None:
    store = KeptStore(tmp_path)
    store.keep("correction", {"said": 1}, at=NOW, mark="a")
    store.keep("correction", {"said": 2}, at=NOW, mark="b")
    store.keep("feeling", {}, at=NOW)
    store.keep("feeling", {}, at=NOW)
    again = store.keep("correction", {"said": 3}, at=NOW, mark="a")
    assert [each.plain["said"] for each in store.all("correction")] == [2, 3]
    assert len(store.all("feeling")) == 2
    store.delete([again.number])
    assert store.keep("feeling", {}, at=NOW).number > again.number


def test_deleted_content_is_in_no_byte_of_the_file(tmp_path: Path) -> None:
    store = KeptStore(tmp_path)
    secrets = [f"rahasia-{number:04}-" + "x" * 700 for number in range(60)]
    numbers = [store.keep("feeling", {"what": secret}, at=NOW).number for secret in secrets]
    assert b"rahasia-0007" in store.path.read_bytes()
    assert store.delete(numbers[5:20]) == 15
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [secret for secret in secrets if secret[:12].encode() in left] == secrets[:5] + secrets[20:]
    assert len(store.all()) == 45
    store.keep("correction", {"said": "dulu-sekali"}, at=NOW, mark="m")
    store.keep("correction", {"said": "kini"}, at=NOW, mark="m")
    assert b"dulu-sekali" not in store.path.read_bytes()


def test_the_file_and_the_folder_go_with_the_last_thing(tmp_path: Path) -> None:
    store = KeptStore(tmp_path / "kept")
    one, two = (store.keep("feeling", {}, at=NOW).number for _ in range(2))
    store.delete([one])
    assert store.path.exists()
    assert store.delete([two]) == 1
    assert list(tmp_path.iterdir()) == []
    store.keep("feeling", {}, at=NOW)
    assert store.delete() == 1 and list(tmp_path.iterdir()) == []


def test_a_folder_with_other_things_stays(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("mine", encoding="utf-8")
    store = KeptStore(tmp_path)
    store.keep("feeling", {}, at=NOW)
    store.delete()
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]


def test_its_owner_alone_reads_it(tmp_path: Path) -> None:
    store = KeptStore(tmp_path / "deep" / "kept")
    store.keep("feeling", {}, at=NOW)
    assert store.path.stat().st_mode & 0o077 == 0 and store.path.parent.stat().st_mode & 0o077 == 0


def test_a_crash_in_the_middle_leaves_what_was_there(tmp_path: Path) -> None:
    store = KeptStore(tmp_path)
    before = store.keep("feeling", {"n": 1}, at=NOW)
    code = f"""
import os, sqlite3
file = sqlite3.connect({str(store.path)!r}, isolation_level=None)
file.execute("PRAGMA cache_size = 1")
file.execute("PRAGMA cache_spill = 1")
file.execute("BEGIN IMMEDIATE")
file.execute("UPDATE kept SET plain = 'lost'")
for n in range(200):
    file.execute("INSERT INTO kept (kind, at, mark, plain) VALUES ('feeling', '', '', ?)", ("y" * 5000,))
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert (tmp_path / f"{FILE}-journal").exists(), "the crash must have left a journal"
    assert store.all() == (before,)
    assert b"y" * 100 not in store.path.read_bytes()


def test_processes_that_keep_and_delete_at_once_lose_nothing(tmp_path: Path) -> None:
    code = f"""
from datetime import UTC, datetime
from pathlib import Path
from senandung.remembering.store.kept import KeptStore
store = KeptStore(Path({str(tmp_path / "kept")!r}))
for n in range(15):
    mine = store.keep("feeling", {{"n": n}}, at=datetime.now(UTC))
    assert mine in store.all(), "lost"
    assert store.delete([mine.number]) == 1
"""
    running = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)]
    errors = [each.communicate(timeout=60)[1].decode() for each in running]
    assert [each.returncode for each in running] == [0, 0, 0], errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"hello, this is no database at all" * 40, b"SQLite format 3\x00" + b"\xff" * 500])
def test_another_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    store = KeptStore(tmp_path)
    store.path.write_bytes(content)
    with pytest.raises((FileError, OutputError), match=r"kept\.db"):
        store.all()
    with pytest.raises((FileError, OutputError), match=r"kept\.db"):
        store.keep("feeling", {}, at=NOW)
    assert store.path.read_bytes() == content


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    store = KeptStore(tmp_path)
    store.keep("feeling", {}, at=NOW)
    file = sqlite3.connect(store.path)
    file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(FileError, match="newer program"):
        store.all()


def test_what_is_no_kind_or_no_json_is_refused(tmp_path: Path) -> None:
    store = KeptStore(tmp_path)
    with pytest.raises(InvalidValueError, match=", ".join(KINDS)):
        store.keep("diary", {}, at=NOW)
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.keep("feeling", {"v": float("nan")}, at=NOW)
    store.keep("feeling", {}, at=NOW)
    with pytest.raises(InvalidValueError, match=r"numbers of the list \(1\), got 7"):
        store.get(7)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be used"):
        KeptStore(tmp_path / "kept").keep("feeling", {}, at=NOW)
