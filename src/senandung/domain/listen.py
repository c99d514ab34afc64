"""A listening history as values: what was heard, when, how much of it, why it began and ended, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from senandung.domain.checks import require, require_text, require_whole

SOURCES: Mapping[str, str] = {
    "here": "this program's own player",
    "spotify": "Spotify, extended streaming history",
    "apple": "Apple Music, play activity",
    "subsonic": "a player over OpenSubsonic",
    "submitted": "a scrobbler over ListenBrainz' interface",
    "listenbrainz": "ListenBrainz, export",
    "lastfm": "Last.fm, to the second",
    "spotify-short": "Spotify, account data of a year",
    "lastfm-text": "Last.fm, to the minute",
    "youtube": "YouTube and YouTube Music, Takeout",
}
"""Who may tell of a play, the one that knows most of it first: where two tell of one play, the first is believed."""

BY_MINUTE = frozenset({"spotify-short", "lastfm-text"})
"""Sources that know the time to the minute only."""

BEGAN = frozenset({
    "appload", "autoplay", "backbtn", "clickrow", "clickside", "fwdbtn", "playbtn", "popup", "remote", "trackdone",
    "trackerror", "unknown", "uriopen",
})  # fmt: skip
"""Why a play began, in Spotify's words."""

ENDED = frozenset({
    "backbtn", "clickrow", "clickside", "endplay", "fwdbtn", "logout", "playbtn", "popup", "remote", "trackdone",
    "trackerror", "unexpected-exit", "unexpected-exit-while-paused", "unknown", "uriopen",
})  # fmt: skip
"""Why a play ended, in Spotify's words."""

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before it no service wrote plays down."""

AHEAD = timedelta(days=2)
"""How far a source's clock may stand ahead of ours."""

LONGEST_MS = 86_400_000
"""The longest play, milliseconds: a day."""

LONGEST_NAME = 1000
"""Characters of a title, an artist or an album; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of music as a history names it.

    Parameters
    ----------
    title : never empty.
    artist, album : empty where the source does not say.
    length_ms : of the whole piece, where the source says.
    isrc, mbid : of the recording, where the source says.
    address : where it can be heard (https).
    """

    title: str
    artist: str = ""
    album: str = ""
    length_ms: int | None = None
    isrc: str | None = None
    mbid: str | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        require_text("a piece must have a title", self.title)
        require(max(map(len, (self.title, self.artist, self.album))) <= LONGEST_NAME,
                f"a name must have at most {LONGEST_NAME} characters", self.title[:40])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listen:
    """One play, however short.

    Parameters
    ----------
    started : when it began, with its zone.
    source : of `SOURCES`.
    played_ms : how much was heard, milliseconds; None where the source does not say.
    began, ended : of `BEGAN` and `ENDED`; None where the source does not say.
    skipped : as the source says; None where it does not.
    offset_minutes : how far the listener's clock stood ahead of UTC, where the source says.
    """

    piece: Piece
    started: datetime
    source: str
    played_ms: int | None = None
    began: str | None = None
    ended: str | None = None
    skipped: bool | None = None
    offset_minutes: int | None = None

    def __post_init__(self) -> None:
        require(self.started.tzinfo is not None, "the time of a play must have its zone", self.started)
        require(self.source in SOURCES, f"the source of a play must be one of {', '.join(SOURCES)}", self.source)
        require(self.began is None or self.began in BEGAN, "a play must begin for a known reason", self.began)
        require(self.ended is None or self.ended in ENDED, "a play must end for a known reason", self.ended)
        if self.played_ms is not None:
            require_whole("a play must last 0 ms to a day", self.played_ms, 0, LONGEST_MS)
        if self.offset_minutes is not None:
            require_whole("a clock must stand at most 18 hours from UTC", self.offset_minutes, -1080, 1080)


@dataclass(frozen=True)
class History:
    """A file of a listening history as it was read.

    Parameters
    ----------
    source : what it is; of several in one archive, that of most rows.
    listens : every play, in the order of the file.
    dropped : reason → how many rows were no plays of music, or could not be read; reasons of `DROPPED`.
    """

    source: str
    listens: tuple[Listen, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows the file held."""
        return len(self.listens) + sum(self.dropped.values())


DROPPED: Mapping[str, str] = {
    "incognito": "heard in a private session",
    "podcast": "a podcast or an audiobook",
    "video": "a video, not music",
    "advert": "an advertisement",
    "not-music": "watched, but not as music",
    "gone": "taken away by its owner, without a title",
    "no-title": "without a title",
    "no-time": "without a time",
    "odd-time": "at a time that cannot be",
    "not-a-play": "not a play (a like, a pause, lyrics shown …)",
    "playing-now": "still playing when the file was made",
    "unreadable": "not readable as a row",
}
"""Why a row of a history is no play."""


def sane(started: datetime, now: datetime) -> bool:
    """Whether a play may have begun then."""
    return EARLIEST <= started <= now + AHEAD


def began_word(word: object) -> str | None:
    """A reason of a beginning in Spotify's words; unknown ones are `unknown`, none is None.

    >>> began_word("clickrow"), began_word("magic"), began_word("")
    ('clickrow', 'unknown', None)
    """
    return _word(word, BEGAN)


def ended_word(word: object) -> str | None:
    """A reason of an end in Spotify's words, as `began_word`."""
    return _word(word, ENDED)


def _word(word: object, known: frozenset[str]) -> str | None:
    if not isinstance(word, str) or not word:
        return None
    return word if word in known else "unknown"
