"""Write the migration from the newest one to the tables as they stand in `remembering/store`.

    .venv/bin/python scripts/make_migration.py 0002 "what changes"

Read it before it is committed: Alembic does not see everything (renamed columns, data that must move).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from senandung.remembering.store.database import alembic_config, open_database, sqlite_address


def main() -> None:
    """Write it."""
    number, message = sys.argv[1:3]
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(sqlite_address(Path(folder))) as home,
        home.engine.connect() as connection,
    ):
        command.revision(alembic_config(connection), message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main()
