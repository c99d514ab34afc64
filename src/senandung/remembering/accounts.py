"""People who use a home."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from senandung.domain.checks import require
from senandung.remembering.store.accounts import AccountRow

OWNER = "pemilik"
"""The name of the owner, until they choose another."""


@dataclass(frozen=True)
class Person:
    """Who is asking. `settings` holds their own choices, as plain data."""

    id: int
    name: str
    owner: bool = False
    minor: bool = False
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """id or en."""
        return "en" if self.settings.get("language") == "en" else "id"


def person_of(row: AccountRow) -> Person:
    """The person of a row."""
    return Person(row.id, row.name, row.owner, row.minor, dict(row.settings))


def the_owner(session: Session) -> Person | None:
    """The owner; None in a home that nobody has yet."""
    row = session.scalar(select(AccountRow).where(AccountRow.owner).order_by(AccountRow.id).limit(1))
    return None if row is None else person_of(row)


def add_owner(session: Session, *, at: datetime, name: str = OWNER) -> Person:
    """The owner of a new home, who needs no password on this machine."""
    require(the_owner(session) is None, "a home has one owner", name)
    row = AccountRow(name=name, owner=True, created=at, settings={})
    session.add(row)
    session.flush()
    return person_of(row)
