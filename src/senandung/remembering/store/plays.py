"""Listening: imports, every play, and what the person said of the song that they avoid or do not want now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from senandung.remembering.store.base import Table


class ImportRow(Table):
    """One file of a history that was read: what it held, what was kept, and what was dropped and why.

    `rows` = `kept` + `doubled` + all of `dropped`. What is doubled is counted as it was when the file was read.
    """

    __tablename__ = "history_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(20))
    """As `domain/listen.py` lists them."""
    name: Mapped[str] = mapped_column(Text)
    """The file's name, without its folder."""
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the file."""
    at: Mapped[datetime]
    rows: Mapped[int]
    kept: Mapped[int]
    doubled: Mapped[int]
    dropped: Mapped[dict[str, Any]]
    """Reason → count."""

    __table_args__ = (UniqueConstraint("account_id", "digest"),)


class PlayRow(Table):
    """One play, however short. Every row of every file is one; those told twice are kept too, and say so.

    `started` is exact or by the source's minute; `played_ms` None where the source does not say; `began` and `ended`
    are the reasons in Spotify's words (clickrow, trackdone, fwdbtn …) as `domain/listen.py` lists them. A play that
    another row tells better is `doubled`: it is counted nowhere, and counts again when that row is deleted.
    """

    __tablename__ = "play"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), index=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("history_import.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(20))
    """As `domain/listen.py` lists them."""
    started: Mapped[datetime]
    offset_minutes: Mapped[int | None]
    """How far the listener's clock stood ahead of UTC, where the source says."""
    played_ms: Mapped[int | None]
    began: Mapped[str | None] = mapped_column(String(32))
    ended: Mapped[str | None] = mapped_column(String(32))
    skipped: Mapped[bool | None]
    doubled: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index(None, "account_id", "started"), Index(None, "account_id", "track_id", "started"))


class AnswerRow(Table):
    """What the person said of a song that the statistics named; it stands above them.

    `said` is avoid, outgrew, someone-else, never-ask; `never` forbids the song to be brought up at all.
    """

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    merge_key: Mapped[str] = mapped_column(String(400))
    said: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("account_id", "merge_key"),)


class NeverRow(Table):
    """What the person never wants brought up: a song, a person, or a span of time."""

    __tablename__ = "never"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """song, person or time."""
    what: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class OfferRow(Table):
    """A song that was offered for now, why, and what came of it."""

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    reasons: Mapped[list[Any]]
    """[name, share of the score] each."""
    answer: Mapped[str | None] = mapped_column(String(10))
    """played, not-now, or none yet."""

    __table_args__ = (Index(None, "account_id", "at"),)
