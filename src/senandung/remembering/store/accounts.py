"""People who use this home, how they come in, and what is set for all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from senandung.remembering.store.base import Table


class AccountRow(Table):
    """A person. The first is the owner; without a password they come in from this machine alone.

    `settings` holds what is the person's own choice (language, theme, whether the song they avoid may be looked for …).
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
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
