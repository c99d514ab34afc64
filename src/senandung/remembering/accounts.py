"""People who use a home: who they are, how they come in, and what is set.

Secrets come in as their SHA-256 and are kept so; passwords come in as their argon2 hash.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.remembering.store.accounts import (
    AccountRow,
    AppPasswordRow,
    AttemptRow,
    SessionRow,
    SettingRow,
    name_key,
)
from senandung.remembering.store.tracks import TrackRow

OWNER = "pemilik"
"""The name of the owner, until they choose another."""

LONGEST_NAME = 40
"""Characters of a person's or a program's name."""

SEEN_EVERY = timedelta(minutes=10)
"""How often it is written down that a browser is still in use."""


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


@dataclass(frozen=True)
class Visit:
    """A browser that came in, as its person sees it."""

    id: int
    device: str
    created: datetime
    seen: datetime
    expires: datetime


@dataclass(frozen=True)
class AppPassword:
    """A program that may come in for a person, without its secret."""

    id: int
    client: str
    created: datetime
    used: datetime | None


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


def add_person(session: Session, name: str, password: str, *, at: datetime, minor: bool = False) -> Person:
    """Somebody else who may come in; `password` is its argon2 hash."""
    clean = _free_name(session, name)
    row = AccountRow(name=clean, password=password, minor=minor, created=at, settings={})
    session.add(row)
    session.flush()
    return person_of(row)


def rename_person(session: Session, person: Person, name: str) -> Person:
    """Another name, which nobody else has."""
    row = _row(session, person)
    row.name = _free_name(session, name, but=person.id)
    row.key = name_key(row.name)
    return person_of(row)


def _free_name(session: Session, name: str, but: int | None = None) -> str:
    clean = unicodedata.normalize("NFC", " ".join(name.split()))
    require(0 < len(clean) <= LONGEST_NAME, f"a name must have 1 to {LONGEST_NAME} characters", name)
    require(clean.isprintable(), "a name must be written in letters that can be seen", name)
    same = session.scalar(select(AccountRow.id).where(AccountRow.key == name_key(clean)))
    if same is not None and same != but:
        raise InvalidValueError(f"a name must be free, got {clean!r}, which somebody here has")
    return clean


def people(session: Session) -> list[Person]:
    """Everybody who may come in, the owner first."""
    return [
        person_of(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.owner.desc(), AccountRow.id))
    ]


def find_person(session: Session, name: str) -> tuple[Person, str | None] | None:
    """The person of a name, without regard to case, and the hash of their password."""
    row = session.scalar(select(AccountRow).where(AccountRow.key == name_key(name)))
    return None if row is None else (person_of(row), row.password)


def person_by_id(session: Session, account_id: int) -> Person | None:
    """The person, or None where they are gone."""
    row = session.get(AccountRow, account_id)
    return None if row is None else person_of(row)


def password_of(session: Session, person: Person) -> str | None:
    """The hash of the person's password; None where there is none."""
    return session.scalar(select(AccountRow.password).where(AccountRow.id == person.id))


def set_password_hash(session: Session, person: Person, password: str | None) -> None:
    """Keep another hash, or none."""
    _row(session, person).password = password


def set_minor(session: Session, person: Person, minor: bool) -> None:
    """Say whether a person is not of age."""
    _row(session, person).minor = minor


def change_settings(session: Session, person: Person, changes: dict[str, Any]) -> Person:
    """The person with some of their own choices changed; a value None takes a choice away."""
    row = _row(session, person)
    merged = {**row.settings, **changes}
    row.settings = {name: value for name, value in merged.items() if value is not None}
    return person_of(row)


def _row(session: Session, person: Person) -> AccountRow:
    row = session.get(AccountRow, person.id)
    require(row is not None, "the account must still be here", person.name)
    assert row is not None
    return row


def delete_person(session: Session, person: Person, *, at: datetime) -> list[str]:
    """Delete a person and everything that is theirs; the owner stays as somebody who was never here.

    Returns
    -------
    The folders of the songs that were made for them; their files are the caller's to delete.
    """
    row = _row(session, person)
    folders = select(TrackRow.song_folder).where(TrackRow.owner_id == person.id, TrackRow.song_folder.is_not(None))
    songs = [folder for folder in session.scalars(folders) if folder]
    session.delete(row)
    session.flush()
    if person.owner:
        session.add(AccountRow(id=person.id, name=OWNER, owner=True, created=at, settings={}))
        session.flush()
    return songs


def begin_visit(session: Session, person: Person, token: bytes, *, device: str, at: datetime, lasts: timedelta) -> int:
    """Let a browser in; `token` is the SHA-256 of its secret. Those whose time is over are deleted."""
    session.execute(delete(SessionRow).where(SessionRow.expires <= at))
    row = SessionRow(account_id=person.id, token=token, device=device[:200], created=at, seen=at, expires=at + lasts)
    session.add(row)
    session.flush()
    return row.id


def visit_of(session: Session, token: bytes, *, at: datetime) -> tuple[Person, Visit] | None:
    """Who comes with a secret of this SHA-256, if it still holds."""
    found = session.execute(
        select(SessionRow, AccountRow)
        .join(AccountRow, AccountRow.id == SessionRow.account_id)
        .where(SessionRow.token == token, SessionRow.expires > at)
    ).first()
    return None if found is None else (person_of(found[1]), _visit(found[0]))


def mark_seen(session: Session, visit_id: int, *, at: datetime) -> None:
    """Write down that a browser is in use."""
    row = session.get(SessionRow, visit_id)
    if row is not None:
        row.seen = at


def visits(session: Session, person: Person, *, at: datetime) -> list[Visit]:
    """The browsers that are in for a person, the last used first."""
    own = select(SessionRow).where(SessionRow.account_id == person.id, SessionRow.expires > at)
    return [_visit(row) for row in session.scalars(own.order_by(SessionRow.seen.desc(), SessionRow.id.desc()))]


def end_visits(session: Session, person: Person, *, only: int | None = None, but: int | None = None) -> int:
    """Put a person's browsers out: all, `only` one, or all `but` one. Returns how many."""
    gone = delete(SessionRow).where(SessionRow.account_id == person.id)
    if only is not None:
        gone = gone.where(SessionRow.id == only)
    if but is not None:
        gone = gone.where(SessionRow.id != but)
    return len(session.scalars(gone.returning(SessionRow.id)).all())


def _visit(row: SessionRow) -> Visit:
    return Visit(row.id, row.device, row.created, row.seen, row.expires)


def add_app_password(session: Session, person: Person, client: str, secret: str, *, at: datetime) -> AppPassword:
    """Let a program in with a random secret; its name is new among the person's."""
    clean = " ".join(client.split())
    require(0 < len(clean) <= LONGEST_NAME, f"a program's name must have 1 to {LONGEST_NAME} characters", client)
    named = select(AppPasswordRow.id).where(AppPasswordRow.account_id == person.id, AppPasswordRow.client == clean)
    if session.scalar(named) is not None:
        raise InvalidValueError(f"a program's name must be new, got {clean!r}, which has a password")
    row = AppPasswordRow(account_id=person.id, client=clean, secret=secret, created=at)
    session.add(row)
    session.flush()
    return _app_password(row)


def app_passwords(session: Session, person: Person) -> list[AppPassword]:
    """The programs that may come in for a person, by name."""
    own = select(AppPasswordRow).where(AppPasswordRow.account_id == person.id).order_by(AppPasswordRow.client)
    return [_app_password(row) for row in session.scalars(own)]


def revoke_app_password(session: Session, person: Person, password_id: int) -> bool:
    """Take a program's password back; False where the person has none of this number."""
    gone = delete(AppPasswordRow).where(AppPasswordRow.id == password_id, AppPasswordRow.account_id == person.id)
    return session.scalar(gone.returning(AppPasswordRow.id)) is not None


def person_of_secret(session: Session, secret: str) -> tuple[Person, AppPassword] | None:
    """Who a program with this secret comes for."""
    found = session.execute(
        select(AppPasswordRow, AccountRow)
        .join(AccountRow, AccountRow.id == AppPasswordRow.account_id)
        .where(AppPasswordRow.secret == secret)
    ).first()
    return None if found is None else (person_of(found[1]), _app_password(found[0]))


def secrets_of(session: Session, name: str) -> list[tuple[Person, AppPassword, str]]:
    """The secrets of all programs of a person, for services whose sign-in needs them (see `AppPasswordRow`)."""
    found = find_person(session, name)
    if found is None:
        return []
    rows = session.scalars(select(AppPasswordRow).where(AppPasswordRow.account_id == found[0].id))
    return [(found[0], _app_password(row), row.secret) for row in rows]


def mark_used(session: Session, password_id: int, *, at: datetime) -> None:
    """Write down when a program last came in."""
    row = session.get(AppPasswordRow, password_id)
    if row is not None:
        row.used = at


def _app_password(row: AppPasswordRow) -> AppPassword:
    return AppPassword(row.id, row.client, row.created, row.used)


def count_attempts(session: Session, key: str, *, since: datetime) -> int:
    """How many tries to come in failed since then."""
    return session.scalar(select(func.count()).where(AttemptRow.key == key, AttemptRow.at > since)) or 0


def add_attempt(session: Session, keys: list[str], *, at: datetime, forget: datetime) -> None:
    """Write a failed try down; those before `forget` are deleted."""
    session.execute(delete(AttemptRow).where(AttemptRow.at <= forget))
    session.add_all(AttemptRow(key=key[:200], at=at) for key in keys)


def clear_attempts(session: Session, key: str) -> None:
    """Forget the failed tries of a name that came in."""
    session.execute(delete(AttemptRow).where(AttemptRow.key == key))


def read_setting(session: Session, name: str) -> Any:
    """What the owner set for all, as plain data; None where nothing is set."""
    row = session.get(SettingRow, name)
    return None if row is None else row.value["value"]


def write_setting(session: Session, name: str, value: Any) -> None:
    """Set something for all; None takes it away."""
    row = session.get(SettingRow, name)
    if value is None:
        if row is not None:
            session.delete(row)
            session.flush()
    elif row is None:
        session.add(SettingRow(name=name, value={"value": value}))
    else:
        row.value = {"value": value}
