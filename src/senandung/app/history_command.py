"""`library import-history`: a listening history taken in from the file that a service handed out."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from senandung.remembering.history import Imported


def import_history_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `library import-history`."""
    zone = "import-history: the zone of times that a source writes without one, such as Asia/Jakarta (default: UTC)"
    parser.add_argument("--zone", default="UTC", metavar="ZONE", help=zone)
    incognito = "import-history: take in plays of private sessions too"
    parser.add_argument("--incognito", action="store_true", help=incognito)


def run_import_history(given: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Take in a file for the owner of the home."""
    from datetime import UTC, datetime

    from senandung.api.accounts import the_owner
    from senandung.api.history import import_history
    from senandung.api.home import open_home
    from senandung.domain.errors import InvalidValueError
    from senandung.files.paths import given_path

    if given.which is None:
        raise InvalidValueError("library import-history must be told which FILE, got nothing")
    with open_home(given.home, address=given.database) as home:
        made = import_history(
            home,
            the_owner(home),
            given_path(given.which),
            at=datetime.now(UTC),
            zone=given.zone,
            incognito=given.incognito,
        )
    return _plain(made), _lines(made)


def _plain(made: Imported) -> dict[str, Any]:
    return {
        "import": made.id,
        "source": made.source,
        "name": made.name,
        "again": made.again,
        "rows": made.rows,
        "kept": made.kept,
        "doubled": made.doubled,
        "dropped": dict(made.dropped),
        "first": None if made.first is None else made.first.isoformat(),
        "last": None if made.last is None else made.last.isoformat(),
    }


def _lines(made: Imported) -> list[str]:
    from senandung.domain.listen import DROPPED, SOURCES

    if made.again:
        return [f"{made.name}: taken in before, on {made.at:%Y-%m-%d}; nothing changed"]
    lines = [f"{made.name}: {SOURCES.get(made.source, 'no plays')}; {made.rows} rows, {made.kept} taken in"]
    if made.first is not None and made.last is not None:
        lines.append(f"  {made.first:%Y-%m-%d} to {made.last:%Y-%m-%d}")
    if made.doubled:
        lines.append(f"  {made.doubled} were known already from elsewhere")
    lines += [f"  {count} left out: {DROPPED[reason]}" for reason, count in made.dropped.items()]
    return lines
