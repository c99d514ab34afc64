"""A song given to one person, and their reply. The tables hold hashes of secrets, never the secrets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from senandung.remembering.store.base import Table


class ShareRow(Table):
    """A song that waits for one person, or was received by them."""

    __tablename__ = "share"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), index=True)
    memory_id: Mapped[int | None] = mapped_column(ForeignKey("memory.id", ondelete="SET NULL"))
    """A memory that goes with it, where the sender wants that."""
    start_ms: Mapped[int] = mapped_column(default=0)
    for_whom: Mapped[str] = mapped_column(String(120), default="")
    """The sender's own note; the page does not show it."""
    letter: Mapped[str] = mapped_column(Text, default="")
    token: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """SHA-256 of the link's secret."""
    created: Mapped[datetime]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]
    claimed: Mapped[datetime | None]
    device: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """SHA-256 of the secret of the device that claimed it."""
    asking: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """The same of another device that asks for it; the sender may approve one, once."""
    asked: Mapped[datetime | None]
    asked_from: Mapped[str] = mapped_column(String(80), default="")
    """What that device says it is, such as "Firefox, Android"."""
    reclaimed: Mapped[bool] = mapped_column(default=False)
    visits: Mapped[int] = mapped_column(default=0)
    visited: Mapped[datetime | None]


class ReplyRow(Table):
    """What the person who received a song wrote back. `state` is waiting, shown or hidden; the sender decides."""

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("share.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
