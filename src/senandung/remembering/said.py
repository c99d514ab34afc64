"""What a person said of a song that the statistics named, and what they never want brought up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from senandung.domain.checks import require, require_text
from senandung.domain.track import plain_letters
from senandung.remembering.store.memories import MemoryPersonRow, MemoryRow
from senandung.remembering.store.plays import AnswerRow, NeverRow
from senandung.remembering.store.tracks import TrackRow
from senandung.remembering.tracks import visible_to

ANSWERS = ("avoid", "outgrew", "someone-else", "never-ask", "welcome")
"""I avoid it; I outgrew it; it was somebody else; do not ask again; it may come by itself again."""

KEPT_BACK = ("avoid", "someone-else", "never-ask")
"""Answers after which a song is not offered by itself."""

NEVER = ("song", "person", "time")

MOST_NEVER = 500


@dataclass(frozen=True)
class Never:
    """Something that is never brought up: a song (by its merge key), a person in memories, or a span of days.

    Parameters
    ----------
    shown : how it is called in the list of these.
    key : of a song or a person; empty for a time.
    first, last : of a time.
    """

    id: int
    kind: str
    shown: str
    key: str = ""
    first: date | None = None
    last: date | None = None


def answer(session: Session, account_id: int, merge_key: str, said: str, *, at: datetime) -> None:
    """Keep what the person said of a song; what they said before is replaced."""
    require(said in ANSWERS, f"an answer must be one of {', '.join(ANSWERS)}", said)
    row = session.scalar(select(AnswerRow).where(AnswerRow.account_id == account_id, AnswerRow.merge_key == merge_key))
    if row is None:
        session.add(AnswerRow(account_id=account_id, merge_key=merge_key, said=said, at=at))
    else:
        row.said, row.at = said, at
    session.flush()


def take_back(session: Session, account_id: int, merge_key: str) -> bool:
    """Forget what was said of a song; False where nothing was."""
    gone = delete(AnswerRow).where(AnswerRow.account_id == account_id, AnswerRow.merge_key == merge_key)
    return bool(session.scalars(gone.returning(AnswerRow.id)).all())


def answers(session: Session, account_id: int) -> dict[str, str]:
    """What the person said, by merge key."""
    rows = session.execute(select(AnswerRow.merge_key, AnswerRow.said).where(AnswerRow.account_id == account_id))
    return {row.merge_key: row.said for row in rows}


def never_song(session: Session, account_id: int, merge_key: str, shown: str, *, at: datetime) -> int:
    """Never bring up a song."""
    require_text("a song must have its key", merge_key)
    return _never(session, account_id, "song", {"key": merge_key, "shown": shown[:400]}, at)


def never_person(session: Session, account_id: int, name: str, *, at: datetime) -> int:
    """Never bring up a person, nor the songs of memories that they are in."""
    require_text("a person must have a name", name)
    return _never(session, account_id, "person", {"key": plain_letters(name), "shown": name.strip()[:120]}, at)


def never_time(session: Session, account_id: int, first: date, last: date, *, at: datetime) -> int:
    """Never bring up a time, nor the songs of memories of it, nor a song that was turned from in it."""
    require(first <= last, "a time must end on its first day or later", (first.isoformat(), last.isoformat()))
    span = {"first": first.isoformat(), "last": last.isoformat()}
    return _never(session, account_id, "time", {**span, "shown": f"{first.isoformat()} – {last.isoformat()}"}, at)


def _never(session: Session, account_id: int, kind: str, what: dict[str, Any], at: datetime) -> int:
    rows = session.scalars(select(NeverRow).where(NeverRow.account_id == account_id)).all()
    for row in rows:
        same = {name: value for name, value in row.what.items() if name != "shown"}
        if row.kind == kind and same == {name: value for name, value in what.items() if name != "shown"}:
            return row.id
    require(len(rows) < MOST_NEVER, f"at most {MOST_NEVER} things can be kept from being brought up", len(rows))
    made = NeverRow(account_id=account_id, kind=kind, what=what, at=at)
    session.add(made)
    session.flush()
    return made.id


def nevers(session: Session, account_id: int) -> tuple[Never, ...]:
    """All that is never brought up, in the order in which it was said."""
    rows = session.scalars(select(NeverRow).where(NeverRow.account_id == account_id).order_by(NeverRow.id))
    return tuple(
        Never(row.id, row.kind, str(row.what.get("shown", "")), str(row.what.get("key", "")), _day(row, "first"),
              _day(row, "last"))
        for row in rows
    )  # fmt: skip


def _day(row: NeverRow, name: str) -> date | None:
    said = row.what.get(name)
    return date.fromisoformat(said) if isinstance(said, str) else None


def allow_again(session: Session, account_id: int, never_id: int) -> bool:
    """Take back a "never"; False where the person has none of this number."""
    gone = delete(NeverRow).where(NeverRow.account_id == account_id, NeverRow.id == never_id)
    return bool(session.scalars(gone.returning(NeverRow.id)).all())


def never_keys(session: Session, account_id: int) -> set[str]:
    """The merge keys of songs that are never brought up: by themselves, or by a person or a time of their memories."""
    found = {each.key for each in nevers(session, account_id) if each.kind == "song"}
    mine = (
        select(TrackRow.merge_key)
        .join(MemoryRow, MemoryRow.track_id == TrackRow.id)
        .where(MemoryRow.account_id == account_id)
    )
    for each in nevers(session, account_id):
        if each.kind == "person":
            people = mine.join(MemoryPersonRow, MemoryPersonRow.memory_id == MemoryRow.id)
            found.update(session.scalars(people.where(MemoryPersonRow.key == each.key)))
        elif each.kind == "time" and each.first is not None and each.last is not None:
            during = MemoryRow.when_from <= each.last, MemoryRow.when_to >= each.first
            found.update(session.scalars(mine.where(*during)))
    return found


def named(session: Session, account_id: int, track_id: int) -> tuple[str, str] | None:
    """A track's merge key and how it is called; None where the person may not see it."""
    row = session.execute(
        select(TrackRow.merge_key, TrackRow.title, TrackRow.artist).where(
            TrackRow.id == track_id, visible_to(account_id)
        )
    ).first()
    return None if row is None else (row.merge_key, " · ".join(filter(None, (row.title, row.artist))))
