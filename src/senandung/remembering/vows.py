"""Listening without skipping: what was felt before and after, kept, and how it changed over months.

Nothing here counts how often somebody left, and there is no streak: a listening that was stopped is kept with the words
that were written, and stands beside the others as one more.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.memory import ENDINGS, LONGEST_SONG_MS, Felt, Note, Vow
from senandung.domain.memory_book import BookVow
from senandung.domain.music import TrackShown
from senandung.remembering.store.memories import VowRow
from senandung.remembering.store.tracks import TrackRow
from senandung.remembering.tracks import find_track, shown, visible_to


def begin_vow(
    session: Session,
    account_id: int,
    track_id: int,
    before: Note,
    *,
    at: datetime,
    elsewhere: bool = False,
) -> Vow:
    """Begin a listening. `elsewhere`: the person hears the song in another program.

    Raises `InvalidValueError` for a song that the person has not.
    """
    if find_track(session, track_id, account_id) is None:
        raise InvalidValueError(f"there is no such song, got {track_id}")
    row = VowRow(account_id=account_id, track_id=track_id, started=at, elsewhere=elsewhere)
    _put(row, "before", before)
    _put(row, "after", Note())
    session.add(row)
    session.flush()
    return _vow(row, session.get_one(TrackRow, track_id))


def end_vow(session: Session, account_id: int, vow_id: int, how: str, *, heard_ms: int = 0, at: datetime) -> Vow | None:
    """Say how a listening ended; the first word stands, but for a "left" that turns out to be more. None: no such one.

    Parameters
    ----------
    how : one of `ENDINGS`.
    heard_ms : how far it was heard.
    """
    require(how in ENDINGS, f"a listening's end must be one of {', '.join(ENDINGS)}", how)
    row = _row(session, account_id, vow_id)
    if row is None:
        return None
    if row.ended_how in (None, "left"):
        row.ended_how, row.ended = how, at
    row.heard_ms = max(row.heard_ms, min(max(heard_ms, 0), LONGEST_SONG_MS))
    session.flush()
    return _vow(row, session.get_one(TrackRow, row.track_id))


def note_vow(
    session: Session, account_id: int, vow_id: int, *, before: Note | None = None, after: Note | None = None
) -> Vow | None:
    """Write the note before or after a listening anew; None where there is no such one."""
    row = _row(session, account_id, vow_id)
    if row is None:
        return None
    if before is not None:
        _put(row, "before", before)
    if after is not None:
        _put(row, "after", after)
    session.flush()
    return _vow(row, session.get_one(TrackRow, row.track_id))


def find_vow(session: Session, account_id: int, vow_id: int) -> Vow | None:
    """A listening of the person; None where they have no such one."""
    row = _row(session, account_id, vow_id)
    return None if row is None else _vow(row, session.get_one(TrackRow, row.track_id))


def delete_vow(session: Session, account_id: int, vow_id: int) -> bool:
    """Delete a listening with its notes; whether there was one. Its chills stay."""
    row = _row(session, account_id, vow_id)
    if row is None:
        return False
    session.delete(row)
    return True


def vows_of_track(session: Session, account_id: int, track_id: int) -> tuple[Vow, ...]:
    """The listenings of a song that were heard or have a word, the first first."""
    found = session.execute(_worth(account_id).where(VowRow.track_id == track_id).order_by(VowRow.started, VowRow.id))
    return tuple(_vow(row, track) for row, track in found)


def all_vows(session: Session, account_id: int) -> tuple[Vow, ...]:
    """Every listening of a person that was heard or has a word, the first first."""
    return tuple(_vow(row, track) for row, track in session.execute(_worth(account_id).order_by(VowRow.started)))


def vowed_songs(session: Session, account_id: int, *, most: int = 100) -> tuple[tuple[TrackShown, datetime], ...]:
    """The songs that were listened to in this way and when last, the last first."""
    last = func.max(VowRow.started).label("last")
    found = session.execute(
        _worth(account_id)
        .with_only_columns(VowRow.track_id, last)
        .group_by(VowRow.track_id)
        .order_by(last.desc())
        .limit(most)
    ).all()
    rows = session.scalars(select(TrackRow).where(TrackRow.id.in_([track_id for track_id, _ in found])))
    tracks = {row.id: row for row in rows}
    return tuple((shown(tracks[track_id]), when) for track_id, when in found)


def same_vow(session: Session, account_id: int, track_id: int, started: datetime) -> int | None:
    """The number of the listening of a song that began at a time; None where there is none."""
    return session.scalar(
        select(VowRow.id).where(VowRow.account_id == account_id, VowRow.track_id == track_id, VowRow.started == started)
    )


def take_vow(session: Session, account_id: int, track_id: int, vow: BookVow) -> int:
    """Take in a listening of another home; its number here."""
    row = VowRow(
        account_id=account_id,
        track_id=track_id,
        started=vow.started,
        ended=vow.ended,
        ended_how=vow.ended_how,
        elsewhere=vow.elsewhere,
        heard_ms=vow.heard_ms,
    )
    _put(row, "before", vow.before)
    _put(row, "after", vow.after)
    session.add(row)
    session.flush()
    return row.id


def _worth(account_id: int) -> Select[VowRow, TrackRow]:
    """Listenings that are shown: heard to the end, or with a word or a feeling before or after."""
    said = or_(
        VowRow.ended_how == "heard",
        VowRow.before_text != "",
        VowRow.after_text != "",
        VowRow.before_valence.is_not(None),
        VowRow.after_valence.is_not(None),
    )
    return select(VowRow, TrackRow).join(TrackRow).where(VowRow.account_id == account_id, visible_to(account_id), said)


def _row(session: Session, account_id: int, vow_id: int) -> VowRow | None:
    return session.scalar(select(VowRow).where(VowRow.id == vow_id, VowRow.account_id == account_id))


def _put(row: VowRow, when: str, note: Note) -> None:
    place = note.felt.place
    setattr(row, f"{when}_text", note.text)
    setattr(row, f"{when}_valence", None if place is None else place[0])
    setattr(row, f"{when}_arousal", None if place is None else place[1])
    setattr(row, f"{when}_words", list(note.felt.words))


def _vow(row: VowRow, track: TrackRow) -> Vow:
    def note(text: str, valence: float | None, arousal: float | None, words: list[str]) -> Note:
        return Note(text, Felt(valence, arousal, tuple(words)))

    return Vow(
        row.id,
        shown(track),
        row.started,
        row.ended,
        row.ended_how,
        row.elsewhere,
        row.heard_ms,
        note(row.before_text, row.before_valence, row.before_arousal, row.before_words),
        note(row.after_text, row.after_valence, row.after_arousal, row.after_words),
    )
