"""The tracks that a person may hear, as far as they are shown beside a memory, a listening or a gift."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from senandung.domain.memory import Piece
from senandung.remembering.store.tracks import TrackRow


def may_hear(account_id: int) -> ColumnElement[bool]:
    """The condition on `TrackRow` that a person may hear a track: everybody's, or their own."""
    return or_(TrackRow.owner_id.is_(None), TrackRow.owner_id == account_id)


def piece_of(row: TrackRow) -> Piece:
    """The piece of a track's row."""
    return Piece(
        row.id,
        row.title,
        row.artist,
        row.album,
        row.duration_ms,
        playable=row.path is not None and not row.missing,
        address=row.address,
        cover_id=row.cover_id,
        song_folder=row.song_folder,
    )


def find_piece(session: Session, account_id: int, track_id: int) -> Piece | None:
    """A track that a person may hear; None for what is not there or not theirs."""
    row = session.scalar(select(TrackRow).where(TrackRow.id == track_id, may_hear(account_id)))
    return None if row is None else piece_of(row)
