"""Databases for tests of the home: SQLite always, and PostgreSQL where its programs are installed.

@pytest.fixture(params=KINDS)
def database(request, tmp_path): yield from open_one(request.param, tmp_path)
"""

from __future__ import annotations

import atexit
import getpass
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from senandung.remembering.store.database import Database, open_database, sqlite_address

KINDS = ("sqlite", "postgresql")


def open_one(kind: str, folder: Path) -> Iterator[Database]:
    """An empty database of a kind, closed and gone at the end."""
    if kind == "sqlite":
        with open_database(sqlite_address(folder)) as home:
            yield home
        return
    server = postgres()
    if server is None:
        pytest.skip("PostgreSQL's programs are not installed")
    name = f"test_{secrets.token_hex(6)}"
    _at_server(server, f"CREATE DATABASE {name}")
    try:
        with open_database(f"postgresql+psycopg://postgres@/{name}?host={server}") as home:
            yield home
    finally:
        _at_server(server, f"DROP DATABASE {name}")


def _at_server(server: Path, statement: str) -> None:
    engine = create_engine(f"postgresql+psycopg://postgres@/postgres?host={server}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@cache
def postgres() -> Path | None:
    """The folder of the socket of a PostgreSQL server of our own, started once a run; None where there is none.

    It listens on no network, writes nothing to disk that must last, and ends with the tests.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "/nowhere")]
    programs = found[-1].parent
    if not (programs / "postgres").is_file():
        return None
    folder = Path(tempfile.mkdtemp(prefix="senandung-pg-"))
    root = getpass.getuser() == "root"
    if root:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
    user = ["runuser", "-u", "postgres", "--"] if root else []

    def run(*words: str | Path) -> None:
        subprocess.run([*user, *map(str, words)], check=True, capture_output=True, cwd=folder, env=_plain())

    data = folder / "data"
    run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c full_page_writes=off"
    run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")

    def stop() -> None:
        run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return folder


def _plain() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
