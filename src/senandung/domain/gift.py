"""A song given to one person: the letter, the link that only one device opens, and their reply."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from senandung.domain.checks import require, require_whole
from senandung.domain.memory import LONGEST_NAME, LONGEST_SONG_MS
from senandung.domain.music import TrackShown

LONGEST_LETTER = 20_000
LONGEST_REPLY = 4_000
MOST_REPLIES = 20
"""Replies to one gift."""

REPLY_STATES = ("waiting", "shown", "hidden")

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """256 random bits, as 43 letters, digits, hyphens and underscores."""
    return secrets.token_urlsafe(32)


def is_secret(text: str) -> bool:
    """Whether a text has the form of a secret.

    >>> is_secret(new_secret()), is_secret("1234")
    (True, False)
    """
    return _SECRET.fullmatch(text) is not None


def digest_of(secret: str) -> bytes:
    """What is kept of a secret: its SHA-256. 256 random bits need no slower hash."""
    return hashlib.sha256(secret.encode("ascii", "replace")).digest()


@dataclass(frozen=True)
class Gift:
    """What is given with a song.

    Parameters
    ----------
    letter : in the sender's words; may be empty.
    for_whom : the sender's own note of who it is for; the receiver does not see it.
    start_ms : where the song begins for them, in milliseconds.
    memory_id : a memory that goes with it.
    expires : after when nobody can claim it any more; None for never.
    """

    letter: str = ""
    for_whom: str = ""
    start_ms: int = 0
    memory_id: int | None = None
    expires: datetime | None = None

    def __post_init__(self) -> None:
        rule = f"a letter must have at most {LONGEST_LETTER} characters"
        require(len(self.letter) <= LONGEST_LETTER, rule, len(self.letter))
        rule = f"a name must have at most {LONGEST_NAME} characters"
        require(len(self.for_whom) <= LONGEST_NAME, rule, len(self.for_whom))
        require_whole("a gift must begin at a whole millisecond of a song", self.start_ms, 0, LONGEST_SONG_MS)


@dataclass(frozen=True)
class Reply:
    """What the receiver wrote back. `state` is one of `REPLY_STATES`; the sender decides."""

    id: int
    share_id: int
    text: str
    created: datetime
    state: str


@dataclass(frozen=True)
class Share:
    """A gift as it is kept.

    Parameters
    ----------
    account_id : whose it is.
    claimed : when a device opened it; None while it waits.
    asked, asked_from : when another device asked for it, and what it says it is; None where none waits.
    reclaimed : it was given on to another device; that is possible once.
    visits, visited : how often it was opened since, and when last.
    """

    id: int
    account_id: int
    track: TrackShown
    gift: Gift
    created: datetime
    revoked: datetime | None = None
    claimed: datetime | None = None
    asked: datetime | None = None
    asked_from: str = ""
    reclaimed: bool = False
    visits: int = 0
    visited: datetime | None = None

    def state(self, at: datetime) -> str:
        """revoked, asked, claimed, expired or waiting."""
        if self.revoked is not None:
            return "revoked"
        if self.claimed is not None:
            return "claimed" if self.asked is None else "asked"
        return "expired" if self.gift.expires is not None and self.gift.expires <= at else "waiting"
