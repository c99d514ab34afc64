"""What the person remembers: memories at a moment of a song, and listening sessions with a vow."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from senandung.remembering.store.base import Table


class MemoryRow(Table):
    """A memory, or a moment of chills, at a moment of a track."""

    __tablename__ = "memory"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default="memory")
    """memory or chills."""
    start_ms: Mapped[int]
    end_ms: Mapped[int | None]
    primary: Mapped[bool] = mapped_column(default=False)
    """The one that a bookmark shows."""
    when_from: Mapped[date | None]
    when_to: Mapped[date | None]
    """The first and the last day that it may have been; both None where it is not known, the first
    where only an end is."""
    when_said: Mapped[str] = mapped_column(Text, default="")
    """The person's own words for it."""
    place: Mapped[str] = mapped_column(Text, default="")
    valence: Mapped[float | None]
    arousal: Mapped[float | None]
    feeling_words: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(Text, default="")
    search: Mapped[str] = mapped_column(Text, default="")
    """Text, people, place, feeling and the words for its time in plain letters; each feeling's word also between
    bars."""
    voice: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    voice_mime: Mapped[str | None] = mapped_column(String(40))
    vow_id: Mapped[int | None] = mapped_column(ForeignKey("vow.id", ondelete="SET NULL"))
    created: Mapped[datetime]
    changed: Mapped[datetime]

    people: Mapped[list[MemoryPersonRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin", order_by="MemoryPersonRow.position"
    )

    __table_args__ = (Index(None, "account_id", "when_from"), Index(None, "account_id", "track_id"))


class MemoryPersonRow(Table):
    """A person in a memory, as they are called in it. `key` is the name in plain letters."""

    __tablename__ = "memory_person"

    memory_id: Mapped[int] = mapped_column(ForeignKey("memory.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(400), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class VowRow(Table):
    """A listening without skipping: what was felt and written before and after, and how it ended.

    `ended_how` is heard, stopped, left or None while it lasts. `elsewhere` says that the song was heard in another
    program, so that only the person's word stands for it.
    """

    __tablename__ = "vow"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), index=True)
    started: Mapped[datetime]
    ended: Mapped[datetime | None]
    ended_how: Mapped[str | None] = mapped_column(String(10))
    elsewhere: Mapped[bool] = mapped_column(default=False)
    heard_ms: Mapped[int] = mapped_column(default=0)
    before_text: Mapped[str] = mapped_column(Text, default="")
    before_valence: Mapped[float | None]
    before_arousal: Mapped[float | None]
    before_words: Mapped[list[Any]] = mapped_column(default=list)
    after_text: Mapped[str] = mapped_column(Text, default="")
    after_valence: Mapped[float | None]
    after_arousal: Mapped[float | None]
    after_words: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (Index(None, "account_id", "started"),)
