"""Wishes that take long: one table, so that what was not finished is taken up again at the next start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from senandung.remembering.store.base import Table


class JobRow(Table):
    """A wish. `state` is waiting, running, done, failed or cancelled.

    A worker that takes a job writes its own `claim`, and from then on says that it lives by `beat`; whoever writes to a
    running job names the claim, so that one whose job was given to another writes nothing.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    """read, create or rewrite."""
    wish: Mapped[dict[str, Any]]
    """What is asked, as plain data; with the seed it says all that the job needs."""
    seed: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), index=True)
    stage: Mapped[str] = mapped_column(String(80), default="")
    progress: Mapped[float] = mapped_column(default=0.0)
    """0..1."""
    cancel: Mapped[bool] = mapped_column(default=False)
    """Set to ask it to stop; each stage looks at it."""
    error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None]
    created: Mapped[datetime]
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    claim: Mapped[str | None] = mapped_column(String(32))
    beat: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    """How often it was taken since the person asked for it."""

    __table_args__ = (Index(None, "account_id", "state"),)
