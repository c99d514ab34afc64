"""Apple Music: `Apple Music Play Activity.csv` of the data that Apple hands out. As good as Spotify's: it knows how a
play ended. Of a row, its address in the network and its device are never looked at.

Apple writes several rows for a play that was interrupted (`SCRUB_BEGIN`, a pause); each is kept as it is, and such an
end is no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, timedelta

from senandung.domain.listen import Listen, sane
from senandung.files.history.rows import Asked, milliseconds, written

ENDS: Mapping[str, tuple[str, bool | None]] = {
    "NATURAL_END_OF_TRACK": ("trackdone", False),
    "TRACK_SKIPPED_FORWARDS": ("fwdbtn", True),
    "TRACK_SKIPPED_BACKWARDS": ("backbtn", True),
    "MANUALLY_SELECTED_PLAYBACK_OF_A_DIFF_ITEM": ("clickrow", None),
    "PLAYBACK_MANUALLY_PAUSED": ("endplay", None),
    "PLAYBACK_SUSPENDED": ("endplay", None),
    "PLAYBACK_STOPPED_DUE_TO_SESSION_TIMEOUT": ("endplay", None),
    "SCRUB_BEGIN": ("endplay", None),
    "SCRUB_END": ("endplay", None),
    "EXITED_APPLICATION": ("logout", None),
    "FAILED_TO_LOAD": ("trackerror", None),
}
"""Apple's reasons of an end → Spotify's word, and whether it is a skip."""

_PLAYED = "play duration milliseconds"

_NO_MUSIC = ("VIDEO", "MOVIE", "TV")

_SPOKEN = ("PODCAST", "AUDIOBOOK")


def is_head(cells: Sequence[str]) -> bool:
    """Whether a row is the head of the table."""
    names = {cell.strip().lower() for cell in cells}
    return _PLAYED in names and "event start timestamp" in names


def activity(rows: Iterable[list[str]], asked: Asked) -> Iterator[Listen | str]:
    """Plays of the table, or why a row is none."""
    names: list[str] = []
    for row in rows:
        if not names:
            names = [cell.strip().lower() for cell in row]
        elif len(row) != len(names):
            yield "unreadable"
        else:
            yield _play({name: cell.strip() for name, cell in zip(names, row, strict=True)}, asked)


def _play(row: Mapping[str, str], asked: Asked) -> Listen | str:
    if row.get("event type", "PLAY_END") not in ("PLAY_END", ""):
        return "not-a-play"
    kind = f"{row.get('media type', '')} {row.get('item type', '')}".upper()
    if any(word in kind for word in _SPOKEN):
        return "podcast"
    if any(word in kind for word in _NO_MUSIC):
        return "video"
    title = row.get("song name") or row.get("content name")
    artist = row.get("artist name") or row.get("container artist name")
    piece = asked.piece(
        title,
        artist,
        row.get("album name") or row.get("container album name"),
        row.get("media duration in milliseconds"),
        row.get("isrc"),
    )
    if piece is None:
        return "no-title"
    played = milliseconds(row.get(_PLAYED))
    started = written(row.get("event start timestamp"), UTC)
    if started is None:
        ended = written(row.get("event end timestamp"), UTC)
        if ended is None:
            return "no-time"
        started = ended - timedelta(milliseconds=played or 0)
    if not sane(started, asked.now):
        return "odd-time"
    reason = row.get("end reason type", "").upper()
    end, skipped = ENDS.get(reason, ("unknown" if reason else None, None))
    return Listen(
        piece, started, "apple", played_ms=played, ended=end, skipped=skipped,
        offset_minutes=_offset(row.get("utc offset in seconds")),
    )  # fmt: skip


def _offset(text: str | None) -> int | None:
    try:
        minutes = round(float(text or "nan") / 60)
    except (ValueError, OverflowError):
        return None
    return minutes if -1080 <= minutes <= 1080 else None
