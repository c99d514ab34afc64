"""Imports of listening histories: what each file held, what of it counts, and how it goes again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from senandung.domain.listen import History
from senandung.remembering import plays
from senandung.remembering.store.plays import ImportRow, PlayRow


@dataclass(frozen=True)
class Imported:
    """A file of a history that was read.

    Parameters
    ----------
    source : of `domain.listen.SOURCES`; empty where no row was a play.
    name : the file's.
    rows : all that the file held: `kept` + `doubled` + all of `dropped`.
    kept : plays that no other row told better when the file was read.
    dropped : reason → count; reasons of `domain.listen.DROPPED`.
    first, last : when its first and its last play began; None without plays.
    again : whether the very same file had been read before, so that nothing was done.
    """

    id: int
    source: str
    name: str
    at: datetime
    rows: int
    kept: int
    doubled: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None
    again: bool = False


def find_import(session: Session, account_id: int, digest: bytes) -> Imported | None:
    """The import of a file by its SHA-256, if the person's home read it already."""
    row = session.scalar(select(ImportRow).where(ImportRow.account_id == account_id, ImportRow.digest == digest))
    return None if row is None else _imported(session, row, again=True)


def add_import(
    session: Session, account_id: int, history: History, *, name: str, digest: bytes, at: datetime
) -> Imported:
    """Write a history down, every row of it; the same file a second time does nothing."""
    before = find_import(session, account_id, digest)
    if before is not None:
        return before
    row = ImportRow(
        account_id=account_id,
        source=history.source,
        name=name,
        digest=digest,
        at=at,
        rows=history.rows,
        kept=0,
        doubled=0,
        dropped=dict(history.dropped),
    )
    session.add(row)
    session.flush()
    plays.add_plays(session, account_id, history.listens, at=at, import_id=row.id)
    plays.settle(session, account_id)
    row.doubled = (
        session.scalar(
            select(func.count()).select_from(PlayRow).where(PlayRow.import_id == row.id, PlayRow.doubled.is_(True))
        )
        or 0
    )
    row.kept = len(history.listens) - row.doubled
    session.flush()
    return _imported(session, row)


def imports(session: Session, account_id: int) -> list[Imported]:
    """What a person imported, the last first."""
    rows = session.scalars(
        select(ImportRow).where(ImportRow.account_id == account_id).order_by(ImportRow.at.desc(), ImportRow.id.desc())
    )
    return [_imported(session, row) for row in rows]


def delete_import(session: Session, account_id: int, import_id: int) -> int | None:
    """Delete an import with all its plays and the tracks that only it told of; how many plays.

    None where the person has no such import. Plays that this file told better than another file now count as the other
    told them.
    """
    row = session.scalar(select(ImportRow).where(ImportRow.id == import_id, ImportRow.account_id == account_id))
    if row is None:
        return None
    count = session.scalar(select(func.count()).select_from(PlayRow).where(PlayRow.import_id == import_id)) or 0
    session.execute(delete(PlayRow).where(PlayRow.import_id == import_id))
    session.delete(row)
    session.flush()
    plays.delete_unheard(session, account_id)
    plays.settle(session, account_id)
    return count


def _imported(session: Session, row: ImportRow, *, again: bool = False) -> Imported:
    span = plays.span_of(session, PlayRow.import_id == row.id)
    first, last = span or (None, None)
    return Imported(
        row.id, row.source, row.name, row.at, row.rows, row.kept, row.doubled, dict(row.dropped), first, last, again
    )
