"""A song given to one person: what the sender does, and what the device that opened it may see and hear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from senandung.api.home import Home
from senandung.domain.gift import Gift, Reply, Share
from senandung.domain.memory import KeptMemory, Voice
from senandung.domain.music import TrackWhole
from senandung.remembering import memories, sharing, tracks
from senandung.remembering.accounts import Person
from senandung.remembering.store.database import forget


@dataclass(frozen=True)
class Opened:
    """What a gift holds for the device that opened it; its own replies stand in it whatever the sender decided."""

    share: Share
    track: TrackWhole
    memory: KeptMemory | None
    replies: tuple[Reply, ...]


def give(home: Home, person: Person, track_id: int, gift: Gift, *, at: datetime) -> tuple[Share, str]:
    """Make a link for one person: the gift, and the link's secret, which nobody can read again."""
    with home.database.writing() as session:
        return sharing.give(session, person.id, track_id, gift, at=at)


def look(home: Home, secret: str) -> Share | None:
    """The gift of a link, without opening it; None for a link that leads nowhere."""
    with home.database.reading() as session:
        return sharing.look(session, secret)


def claim(home: Home, secret: str, *, at: datetime) -> str | None:
    """Open a gift for a device; its secret, or None where it is not to be opened (any more)."""
    with home.database.writing() as session:
        return sharing.claim(session, secret, at=at)


def ask_again(home: Home, secret: str, *, device: str, said: str, at: datetime) -> bool:
    """Ask the sender, from another device, for a gift that was opened."""
    with home.database.writing() as session:
        return sharing.ask_again(session, secret, device=device, said=said, at=at)


def opened_by(home: Home, secret: str, device: str) -> Share | None:
    """The gift, while this device has it."""
    with home.database.reading() as session:
        return sharing.opened_by(session, secret, device)


def open_gift(home: Home, secret: str, device: str) -> Opened | None:
    """All that a gift holds, while this device has it."""
    with home.database.reading() as session:
        share = sharing.opened_by(session, secret, device)
        track = None if share is None else tracks.find_given_track(session, share.track.id)
        if share is None or track is None:
            return None
        number = share.gift.memory_id
        memory = None if number is None else memories.find_memory(session, share.account_id, number)
        return Opened(share, track, memory, sharing.replies_of(session, share.id))


def voice_of(home: Home, secret: str, device: str) -> Voice | None:
    """The voice note of the memory that goes with a gift."""
    with home.database.reading() as session:
        share = sharing.opened_by(session, secret, device)
        if share is None or share.gift.memory_id is None:
            return None
        return memories.voice_of(session, share.account_id, share.gift.memory_id)


def cover_of(home: Home, secret: str, device: str) -> tuple[bytes, str] | None:
    """The cover of a gift's song: its bytes and its type."""
    with home.database.reading() as session:
        share = sharing.opened_by(session, secret, device)
        if share is None or share.track.cover_id is None:
            return None
        found = tracks.find_cover(session, share.track.cover_id, share.account_id)
    return None if found is None else (found[0], found[1])


def visited(home: Home, share: Share, *, at: datetime) -> None:
    """Count that a gift was opened again."""
    with home.database.writing() as session:
        sharing.visit(session, share.id, at=at)


def reply(home: Home, share: Share, text: str, *, at: datetime) -> Reply:
    """Write back to the sender; it waits until they show it."""
    with home.database.writing() as session:
        return sharing.reply(session, share.id, text, at=at)


def given(home: Home, person: Person) -> tuple[tuple[Share, tuple[Reply, ...]], ...]:
    """What a person gave with the replies to each, the newest first."""
    with home.database.reading() as session:
        return tuple((share, sharing.replies_of(session, share.id)) for share in sharing.shares_of(session, person.id))


def find(home: Home, person: Person, share_id: int) -> tuple[Share, tuple[Reply, ...]] | None:
    """A gift of the person with its replies."""
    with home.database.reading() as session:
        share = sharing.find_share(session, person.id, share_id)
        return None if share is None else (share, sharing.replies_of(session, share.id))


def shown_replies(home: Home, person: Person, track_id: int) -> tuple[Reply, ...]:
    """The replies to a song that the person chose to show beside it."""
    with home.database.reading() as session:
        found = sharing.replies_to(session, person.id, track_id=track_id)
    return tuple(each for _, each in found if each.state == "shown")


def answer_asking(home: Home, person: Person, share_id: int, *, yes: bool) -> bool:
    """Let the device that asks have the gift, once, or refuse it."""
    with home.database.writing() as session:
        return sharing.answer_asking(session, person.id, share_id, yes=yes)


def revoke(home: Home, person: Person, share_id: int, *, at: datetime) -> bool:
    """Take a gift back: from now on nothing of it is sent."""
    with home.database.writing() as session:
        return sharing.revoke(session, person.id, share_id, at=at)


def delete(home: Home, person: Person, share_id: int) -> bool:
    """Delete a gift with its letter and replies for good."""
    with home.database.writing() as session:
        gone = sharing.delete_share(session, person.id, share_id)
    if gone:
        forget(home.database)
    return gone


def judge_reply(home: Home, person: Person, reply_id: int, state: str) -> bool:
    """Show, hide or (state "deleted") delete a reply."""
    with home.database.writing() as session:
        if state != "deleted":
            return sharing.judge_reply(session, person.id, reply_id, state)
        gone = sharing.delete_reply(session, person.id, reply_id)
    if gone:
        forget(home.database)
    return gone
