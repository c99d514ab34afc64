"""A song given to exactly one person: made, claimed by one device, asked for by another, taken back, answered.

The link's secret and the device's are never kept, only their SHA-256. Whether a claim counts is decided by one UPDATE
with its condition, so that of two that race one wins, on every database.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Select, func, or_, select, update
from sqlalchemy.orm import Session

from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.gift import (
    LONGEST_REPLY,
    MOST_REPLIES,
    REPLY_STATES,
    Gift,
    Reply,
    Share,
    digest_of,
    is_secret,
    new_secret,
)
from senandung.remembering.memories import find_memory
from senandung.remembering.store.shares import ReplyRow, ShareRow
from senandung.remembering.store.tracks import TrackRow
from senandung.remembering.tracks import find_track, shown


def give(session: Session, account_id: int, track_id: int, gift: Gift, *, at: datetime) -> tuple[Share, str]:
    """Make a link for one person.

    Returns
    -------
    The gift and the link's secret, which nobody can read again.

    Raises `InvalidValueError` for a song or a memory that the person has not, or an end in the past.
    """
    if find_track(session, track_id, account_id) is None:
        raise InvalidValueError(f"there is no such song, got {track_id}")
    if gift.memory_id is not None and find_memory(session, account_id, gift.memory_id) is None:
        raise InvalidValueError(f"there is no such memory, got {gift.memory_id}")
    require(gift.expires is None or gift.expires > at, "a gift must end after now", gift.expires)
    secret = new_secret()
    row = ShareRow(
        account_id=account_id,
        track_id=track_id,
        memory_id=gift.memory_id,
        start_ms=gift.start_ms,
        for_whom=gift.for_whom,
        letter=gift.letter,
        token=digest_of(secret),
        created=at,
        expires=gift.expires,
    )
    session.add(row)
    session.flush()
    return _share(row, session.get_one(TrackRow, track_id)), secret


def shares_of(session: Session, account_id: int) -> tuple[Share, ...]:
    """What a person gave, the newest first."""
    found = session.execute(_shares().where(ShareRow.account_id == account_id).order_by(ShareRow.id.desc()))
    return tuple(_share(row, track) for row, track in found)


def find_share(session: Session, account_id: int, share_id: int) -> Share | None:
    """A gift that a person made; None where they made no such one."""
    found = session.execute(_shares().where(ShareRow.id == share_id, ShareRow.account_id == account_id)).first()
    return None if found is None else _share(*found)


def look(session: Session, secret: str) -> Share | None:
    """The gift of a link; None for a link that leads nowhere. Looking changes nothing."""
    if not is_secret(secret):
        return None
    found = session.execute(_shares().where(ShareRow.token == digest_of(secret))).first()
    return None if found is None else _share(*found)


def claim(session: Session, secret: str, *, at: datetime) -> str | None:
    """Open a gift for the device that asks, and close it to all others.

    Returns
    -------
    The device's secret; None where it is open already, taken back, over, or there is no such gift.
    """
    device = new_secret()
    done = session.execute(
        update(ShareRow)
        .where(
            ShareRow.token == digest_of(secret),
            ShareRow.claimed.is_(None),
            ShareRow.revoked.is_(None),
            or_(ShareRow.expires.is_(None), ShareRow.expires > at),
        )
        .values(claimed=at, device=digest_of(device)),
        execution_options={"synchronize_session": False},
    )
    return device if _changed(done) else None


def opened_by(session: Session, secret: str, device: str) -> Share | None:
    """The gift of a link, for the device that claimed it and while it is not taken back; else None."""
    if not is_secret(secret) or not is_secret(device):
        return None
    found = session.execute(
        _shares().where(
            ShareRow.token == digest_of(secret), ShareRow.device == digest_of(device), ShareRow.revoked.is_(None)
        )
    ).first()
    return None if found is None else _share(*found)


def visit(session: Session, share_id: int, *, at: datetime) -> None:
    """Count that a gift was opened again."""
    session.execute(
        update(ShareRow).where(ShareRow.id == share_id).values(visits=ShareRow.visits + 1, visited=at),
        execution_options={"synchronize_session": False},
    )


def ask_again(session: Session, secret: str, *, device: str, said: str = "", at: datetime) -> bool:
    """Ask, from another device, for a gift that was claimed; whether the sender may still decide it.

    Parameters
    ----------
    device : the secret that the asking device has made for itself.
    said : what it says it is.
    """
    require(is_secret(device), "a device's secret must have its form", len(device))
    done = session.execute(
        update(ShareRow)
        .where(
            ShareRow.token == digest_of(secret),
            ShareRow.claimed.is_not(None),
            ShareRow.revoked.is_(None),
            ShareRow.reclaimed.is_(False),
            or_(ShareRow.asking.is_(None), ShareRow.asking == digest_of(device)),
        )
        .values(asking=digest_of(device), asked=at, asked_from=said[:80]),
        execution_options={"synchronize_session": False},
    )
    return _changed(done)


def answer_asking(session: Session, account_id: int, share_id: int, *, yes: bool) -> bool:
    """Let the device that asks have the gift, once, in the other's place, or refuse it; whether one was asking."""
    values = {"device": ShareRow.asking, "reclaimed": True} if yes else {}
    done = session.execute(
        update(ShareRow)
        .where(_own(account_id, share_id), ShareRow.asking.is_not(None), ShareRow.reclaimed.is_(False))
        .values(**values, asking=None, asked=None, asked_from=""),
        execution_options={"synchronize_session": False},
    )
    return _changed(done)


def revoke(session: Session, account_id: int, share_id: int, *, at: datetime) -> bool:
    """Take a gift back; whether it was not yet."""
    done = session.execute(
        update(ShareRow).where(_own(account_id, share_id), ShareRow.revoked.is_(None)).values(revoked=at),
        execution_options={"synchronize_session": False},
    )
    return _changed(done)


def change_share(
    session: Session, account_id: int, share_id: int, *, letter: str | None, expires: datetime | None, at: datetime
) -> bool:
    """Another letter or another end, as long as nobody opened the gift; what is None stays. Whether it was changed."""
    row = session.scalar(
        select(ShareRow).where(_own(account_id, share_id), ShareRow.claimed.is_(None), ShareRow.revoked.is_(None))
    )
    if row is None:
        return False
    require(expires is None or expires > at, "a gift must end after now", expires)
    changed = Gift(row.letter if letter is None else letter, expires=expires or row.expires)
    row.letter, row.expires = changed.letter, changed.expires
    return True


def delete_share(session: Session, account_id: int, share_id: int) -> bool:
    """Delete a gift with its letter and replies; whether there was one."""
    row = session.scalar(select(ShareRow).where(_own(account_id, share_id)))
    if row is None:
        return False
    session.delete(row)
    return True


def reply(session: Session, share_id: int, text: str, *, at: datetime) -> Reply:
    """Write back. It waits until the sender shows it.

    Raises `InvalidValueError` for an empty or too long text, and beyond `MOST_REPLIES`.
    """
    plain = text.strip()
    require(0 < len(plain) <= LONGEST_REPLY, f"a reply must have 1..{LONGEST_REPLY} characters", len(plain))
    count = session.scalar(select(func.count()).select_from(ReplyRow).where(ReplyRow.share_id == share_id)) or 0
    require(count < MOST_REPLIES, f"a gift must have at most {MOST_REPLIES} replies", count + 1)
    row = ReplyRow(share_id=share_id, text=plain, created=at, state="waiting")
    session.add(row)
    session.flush()
    return _reply(row)


def replies_of(session: Session, share_id: int) -> tuple[Reply, ...]:
    """The replies to a gift, the first first."""
    found = session.scalars(select(ReplyRow).where(ReplyRow.share_id == share_id).order_by(ReplyRow.id))
    return tuple(map(_reply, found))


def replies_to(session: Session, account_id: int, *, track_id: int | None = None) -> tuple[tuple[Share, Reply], ...]:
    """All replies to what a person gave, the newest first; `track_id`: to one song alone."""
    query = (
        select(ShareRow, TrackRow, ReplyRow)
        .join(TrackRow, TrackRow.id == ShareRow.track_id)
        .join(ReplyRow, ReplyRow.share_id == ShareRow.id)
        .where(ShareRow.account_id == account_id)
        .order_by(ReplyRow.id.desc())
    )
    if track_id is not None:
        query = query.where(ShareRow.track_id == track_id)
    return tuple((_share(row, track), _reply(own)) for row, track, own in session.execute(query))


def judge_reply(session: Session, account_id: int, reply_id: int, state: str) -> bool:
    """Show or hide a reply; whether there is one to what the person gave."""
    require(state in REPLY_STATES, f"a reply must be one of {', '.join(REPLY_STATES)}", state)
    row = _own_reply(session, account_id, reply_id)
    if row is None:
        return False
    row.state = state
    return True


def delete_reply(session: Session, account_id: int, reply_id: int) -> bool:
    """Delete a reply; whether there was one to what the person gave."""
    row = _own_reply(session, account_id, reply_id)
    if row is None:
        return False
    session.delete(row)
    return True


def _own_reply(session: Session, account_id: int, reply_id: int) -> ReplyRow | None:
    return session.scalar(
        select(ReplyRow)
        .join(ShareRow, ShareRow.id == ReplyRow.share_id)
        .where(ReplyRow.id == reply_id, ShareRow.account_id == account_id)
    )


def _own(account_id: int, share_id: int) -> ColumnElement[bool]:
    return (ShareRow.id == share_id) & (ShareRow.account_id == account_id)


def _shares() -> Select[ShareRow, TrackRow]:
    return select(ShareRow, TrackRow).join(TrackRow, TrackRow.id == ShareRow.track_id)


def _changed(done: object) -> bool:
    assert isinstance(done, CursorResult)
    return bool(done.rowcount == 1)


def _share(row: ShareRow, track: TrackRow) -> Share:
    return Share(
        row.id,
        row.account_id,
        shown(track),
        Gift(row.letter, row.for_whom, row.start_ms, row.memory_id, row.expires),
        row.created,
        row.revoked,
        row.claimed,
        row.asked,
        row.asked_from,
        row.reclaimed,
        row.visits,
        row.visited,
    )


def _reply(row: ReplyRow) -> Reply:
    return Reply(row.id, row.share_id, row.text, row.created, row.state)
