"""ListenBrainz: its export, and one listen as programs submit it.

Source: ListenBrainz documentation, "JSON documentation". `listened_at` is when the listening began.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from senandung.domain.listen import Listen, Piece, sane
from senandung.files.history.rows import Asked, address_of, milliseconds, moment, spotify_address


def exported(rows: Iterable[Any], asked: Asked) -> Iterator[Listen | str]:
    """Plays of an export, or why a row is none."""
    for row in rows:
        yield listen_of(row, asked, "listenbrainz") if isinstance(row, Mapping) else "unreadable"


def is_listen(row: Mapping[str, Any]) -> bool:
    """Whether a row is a listen."""
    return "track_metadata" in row and "listened_at" in row


def listen_of(row: Mapping[str, Any], asked: Asked, source: str) -> Listen | str:
    """A play, or why it is none."""
    piece = piece_of(row.get("track_metadata"), asked)
    if isinstance(piece, str):
        return piece
    started = moment(row.get("listened_at"))
    if started is None:
        return "no-time"
    return Listen(piece, started, source) if sane(started, asked.now) else "odd-time"


def piece_of(metadata: object, asked: Asked) -> Piece | str:
    """The piece that a listen, or what plays now, is of."""
    if not isinstance(metadata, Mapping):
        return "unreadable"
    said = metadata.get("additional_info")
    more: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    mapped = metadata.get("mbid_mapping")
    mbid = more.get("recording_mbid") or (mapped.get("recording_mbid") if isinstance(mapped, Mapping) else None)
    length = milliseconds(more.get("duration_ms"))
    if length is None and (seconds := milliseconds(more.get("duration"))) is not None:
        length = milliseconds(1000 * seconds)
    piece = asked.piece(
        metadata.get("track_name"),
        metadata.get("artist_name"),
        metadata.get("release_name"),
        length,
        more.get("isrc"),
        mbid,
        spotify_address(more.get("spotify_id")) or address_of(more.get("origin_url")),
    )
    return piece if piece is not None else "no-title"
