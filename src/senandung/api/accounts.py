"""Accounts: who may come in, with what, and what is set.

Secrets of browsers and programs are 256 random bits; a browser's is kept as its SHA-256, a password as its argon2id
hash (RFC 9106).
"""

from __future__ import annotations

import hashlib
import math
import secrets
import shutil
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from senandung.api.home import Home
from senandung.domain.checks import require
from senandung.domain.errors import InputError
from senandung.remembering import accounts
from senandung.remembering.accounts import AppPassword, Person, Visit
from senandung.remembering.store.accounts import name_key
from senandung.remembering.store.database import forget

VISIT_LASTS = timedelta(days=180)
"""How long a browser stays in without its password."""

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
"""Characters."""

TRIES_OF_A_NAME = 8
TRIES_OF_AN_ADDRESS = 30
TRIES_WITHIN = timedelta(minutes=15)
"""How often one may fail to come in before one has to wait."""

SETTINGS_OF_ALL: dict[str, Any] = {"avoided": True}
"""What the owner sets for all, and what holds where they did not. avoided: whether the song that a person avoids may be
asked for here at all."""


class TooManyTriesError(InputError):
    """Too many failed tries to come in; `minutes` is how long to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"too many tries to come in failed; wait {minutes} minutes")
        self.minutes = minutes


def digest(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits; so many need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash of a password of sufficient length."""
    require(
        SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD,
        f"a password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
        f"{len(password)} characters",
    )
    return _hasher().hash(password)


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_hex(16))


def _fits(hashed: str | None, password: str) -> bool:
    """Whether a password fits; a name that is not there takes as long as one that is."""
    try:
        return _hasher().verify(hashed or _nobodys(), password[: LONGEST_PASSWORD + 1]) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def check_password(home: Home, name: str, password: str, *, address: str, at: datetime) -> Person | None:
    """The person, if name and password fit.

    Raises
    ------
    TooManyTriesError : this name or this address failed too often.
    """
    keys = {f"name:{name_key(name)}": TRIES_OF_A_NAME, f"address:{address}": TRIES_OF_AN_ADDRESS}
    check_tries(home, keys, at=at)
    with home.database.reading() as session:
        found = accounts.find_person(session, name)
    good = _fits(found[1] if found else None, password)
    with home.database.writing() as session:
        if found is not None and good:
            accounts.clear_attempts(session, next(iter(keys)))
            return found[0]
        accounts.add_attempt(session, list(keys), at=at, forget=at - TRIES_WITHIN)
    return None


def check_tries(home: Home, keys: dict[str, int], *, at: datetime) -> None:
    """Raise `TooManyTriesError` where a key failed as often as it may."""
    with home.database.reading() as session:
        for key, most in keys.items():
            if accounts.count_attempts(session, key[:200], since=at - TRIES_WITHIN) >= most:
                raise TooManyTriesError(math.ceil(TRIES_WITHIN / timedelta(minutes=1)))


def add_failed_try(home: Home, address: str, *, at: datetime) -> None:
    """Write down that an address failed to come in with a code."""
    with home.database.writing() as session:
        accounts.add_attempt(session, [f"address:{address}"], at=at, forget=at - TRIES_WITHIN)


def begin_visit(home: Home, person: Person, *, device: str, at: datetime, lasts: timedelta = VISIT_LASTS) -> str:
    """Let a browser in; its secret, which is kept nowhere else."""
    secret = secrets.token_urlsafe(32)
    with home.database.writing() as session:
        accounts.begin_visit(session, person, digest(secret), device=device, at=at, lasts=lasts)
    return secret


def visit_of(home: Home, secret: str, *, at: datetime) -> tuple[Person, Visit] | None:
    """Who comes with a browser's secret, and which of their visits it is."""
    with home.database.reading() as session:
        found = accounts.visit_of(session, digest(secret), at=at)
    if found is not None and at - found[1].seen > accounts.SEEN_EVERY:
        with home.database.writing() as session:
            accounts.mark_seen(session, found[1].id, at=at)
    return found


def visits(home: Home, person: Person, *, at: datetime) -> list[Visit]:
    """The browsers that are in for a person, the last used first."""
    with home.database.reading() as session:
        return accounts.visits(session, person, at=at)


def end_visits(home: Home, person: Person, *, only: int | None = None, but: int | None = None) -> int:
    """Put a person's browsers out: all, `only` one, or all `but` one. Returns how many."""
    with home.database.writing() as session:
        return accounts.end_visits(session, person, only=only, but=but)


def has_password(home: Home, person: Person) -> bool:
    """Whether a person can come in by name and password."""
    with home.database.reading() as session:
        return accounts.password_of(session, person) is not None


def set_password(home: Home, person: Person, password: str) -> None:
    """Another password."""
    hashed = hash_password(password)
    with home.database.writing() as session:
        accounts.set_password_hash(session, person, hashed)


def drop_password(home: Home, person: Person) -> None:
    """No password any more: the owner then comes in from this machine alone."""
    require(person.owner, "only the owner can be without a password", person.name)
    with home.database.writing() as session:
        accounts.set_password_hash(session, person, None)


def people(home: Home) -> list[Person]:
    """Everybody who may come in, the owner first."""
    with home.database.reading() as session:
        return accounts.people(session)


def person_by_id(home: Home, account_id: int) -> Person | None:
    """The person, or None where they are gone."""
    with home.database.reading() as session:
        return accounts.person_by_id(session, account_id)


def the_owner(home: Home) -> Person:
    """The owner, as they are now."""
    with home.database.reading() as session:
        return accounts.the_owner(session) or home.owner


def add_person(home: Home, name: str, password: str, *, at: datetime, minor: bool = False) -> Person:
    """Somebody else who may come in by name and password."""
    hashed = hash_password(password)
    with home.database.writing() as session:
        return accounts.add_person(session, name, hashed, at=at, minor=minor)


def rename_person(home: Home, person: Person, name: str) -> Person:
    """Another name, which nobody else has."""
    with home.database.writing() as session:
        return accounts.rename_person(session, person, name)


def set_minor(home: Home, person: Person, minor: bool) -> None:
    """Say whether a person is not of age: what may hurt is then not offered to them."""
    with home.database.writing() as session:
        accounts.set_minor(session, person, minor)


def change_settings(home: Home, person: Person, **changes: Any) -> Person:
    """The person with some of their own choices changed; None takes a choice away."""
    with home.database.writing() as session:
        return accounts.change_settings(session, person, changes)


def delete_person(home: Home, person: Person, *, at: datetime) -> None:
    """Delete a person and all that is theirs, rows and files; the owner stays as somebody who was never here."""
    with home.database.writing() as session:
        songs = accounts.delete_person(session, person, at=at)
    ours = home.songs.resolve()
    for song in songs:
        folder = Path(song).resolve()
        if folder != ours and folder.is_relative_to(ours):
            shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(uploads_of(home, person), ignore_errors=True)
    forget(home.database)


def uploads_of(home: Home, person: Person) -> Path:
    """The folder of what a person handed in."""
    return home.uploads / str(person.id)


def add_app_password(home: Home, person: Person, client: str, *, at: datetime) -> tuple[AppPassword, str]:
    """Let a program in (a player, a scrobbler); its secret, to be shown once."""
    secret = secrets.token_urlsafe(24)
    with home.database.writing() as session:
        return accounts.add_app_password(session, person, client, secret, at=at), secret


def app_passwords(home: Home, person: Person) -> list[AppPassword]:
    """The programs that may come in for a person, by name."""
    with home.database.reading() as session:
        return accounts.app_passwords(session, person)


def revoke_app_password(home: Home, person: Person, password_id: int) -> bool:
    """Take a program's password back; False where the person has none of this number."""
    with home.database.writing() as session:
        return accounts.revoke_app_password(session, person, password_id)


def person_of_secret(home: Home, secret: str, *, at: datetime) -> Person | None:
    """Who a program with this key or token comes for."""
    with home.database.reading() as session:
        found = accounts.person_of_secret(session, secret)
    return None if found is None else _used(home, found[0], found[1], at)


def secrets_of(home: Home, name: str) -> list[tuple[Person, AppPassword, str]]:
    """The secrets of all programs of a person: OpenSubsonic's token login is an MD5 of one of them and a salt."""
    with home.database.reading() as session:
        return accounts.secrets_of(session, name)


def _used(home: Home, person: Person, password: AppPassword, at: datetime) -> Person:
    if password.used is None or at - password.used > accounts.SEEN_EVERY:
        with home.database.writing() as session:
            accounts.mark_used(session, password.id, at=at)
    return person


def setting(home: Home, name: str) -> Any:
    """What the owner set for all, as plain data; what holds by default where they did not."""
    require(name in SETTINGS_OF_ALL, f"a setting for all must be one of {', '.join(sorted(SETTINGS_OF_ALL))}", name)
    with home.database.reading() as session:
        value = accounts.read_setting(session, name)
    return SETTINGS_OF_ALL[name] if value is None else value


def set_setting(home: Home, name: str, value: Any) -> None:
    """Set something for all; None returns to what holds by default."""
    require(name in SETTINGS_OF_ALL, f"a setting for all must be one of {', '.join(sorted(SETTINGS_OF_ALL))}", name)
    with home.database.writing() as session:
        accounts.write_setting(session, name, value)
