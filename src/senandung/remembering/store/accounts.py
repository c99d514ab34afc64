"""People who use this home, how they come in, and what is set for all."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from senandung.remembering.store.base import Table


def name_key(name: str) -> str:
    """A name by which it is found again, however it is written.

    >>> name_key("  IBU  Édith ") == name_key("ibu e\u0301dith")
    True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", " ".join(name.split())).casefold())


def _key_of_row(context: Any) -> str:
    return name_key(context.get_current_parameters()["name"])


class AccountRow(Table):
    """A person. The first is the owner; without a password they come in from this machine alone.

    `settings` holds what is the person's own choice (language, theme, whether the song they avoid may be looked for …).
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(240), unique=True, default=_key_of_row)
    """The name without regard to case, in every script; databases know that of Latin letters at most."""
    password: Mapped[str | None] = mapped_column(String(200))
    """Its argon2 hash."""
    owner: Mapped[bool] = mapped_column(default=False)
    minor: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SessionRow(Table):
    """A browser that came in. Only the hash of its secret is kept."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """SHA-256 of the cookie's secret."""
    device: Mapped[str] = mapped_column(String(200), default="")
    created: Mapped[datetime]
    seen: Mapped[datetime]
    expires: Mapped[datetime]


class AppPasswordRow(Table):
    """A random password or key for one program of a person: a player, a scrobbler.

    OpenSubsonic's token login (MD5 of password and salt) needs the password itself, so `secret` is kept as it is; it
    opens nothing but that service, is random, and can be taken back.
    """

    __tablename__ = "app_password"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    client: Mapped[str] = mapped_column(String(80))
    secret: Mapped[str] = mapped_column(String(80), unique=True)
    created: Mapped[datetime]
    used: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("account_id", "client"),)


class SettingRow(Table):
    """What the owner set for all: a name and a plain value."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[dict[str, Any]]


class AttemptRow(Table):
    """A failed try to come in, by name and address, for the limit of tries; old ones are deleted."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]

    __table_args__ = (Index(None, "key", "at"),)
