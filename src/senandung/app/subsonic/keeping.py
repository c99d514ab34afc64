"""What a person puts together: playlists, the play queue, bookmarks, and what they give.

The primary memory of a song is shown as a bookmark where the program set none itself. A share is a gift: a link that
one device opens; its secret is told once, when it is made.
"""

from __future__ import annotations

from typing import Any

from senandung.app.subsonic.answers import FORBIDDEN, GENERIC, MISSING, RefusedError, not_found
from senandung.app.subsonic.calls import Call, identifier, moment_of, number_of
from senandung.app.subsonic.shapes import playlist_shape, show_songs
from senandung.app.web.pages import origin_of_request
from senandung.domain.gift import Gift, Share
from senandung.remembering import lists, memories, sharing

Content = dict[str, Any]


# playlists -----------------------------------------------------------------------------------------------------------


def playlists(call: Call) -> Content:
    """The person's playlists, and those that are shown to all."""
    if call.text("username", call.person.name).casefold() != call.person.name.casefold():
        raise RefusedError(FORBIDDEN, "playlists of others are theirs")
    with call.home.database.reading() as session:
        found = lists.playlists(session, call.person.id)
    return {"playlists": {"playlist": [playlist_shape(call, each, entries=False) for each in found]}}


def playlist(call: Call) -> Content:
    """A playlist with its songs."""
    return _playlist(call, call.number("id", "playlist"))


def _playlist(call: Call, number: int) -> Content:
    with call.home.database.reading() as session:
        found = lists.find_playlist(session, call.person.id, number)
    if found is None:
        raise not_found("playlist")
    return {"playlist": playlist_shape(call, found, entries=True)}


def create_playlist(call: Call) -> Content:
    """A new playlist, or other songs for one."""
    which = call.number("playlistId", "playlist") if "playlistId" in call.given else None
    name = call.text("name", "") or None
    if which is None and name is None:
        raise RefusedError(MISSING, "required parameter is missing: name or playlistId")
    with call.home.database.writing() as session:
        number = lists.save_playlist(
            session, call.person.id, which, at=call.at, name=name, tracks=call.numbers("songId", "track")
        )
    if number is None:
        raise not_found("playlist or song")
    return _playlist(call, number)


def update_playlist(call: Call) -> None:
    """Another name, comment or visibility; songs added and taken out."""
    number = call.number("playlistId", "playlist")
    added = call.numbers("songIdToAdd", "track")
    out = {_place(each) for each in call.all("songIndexToRemove")}
    with call.home.database.writing() as session:
        found = lists.find_playlist(session, call.person.id, number)
        if found is None:
            raise not_found("playlist")
        if not found.own:
            raise RefusedError(FORBIDDEN, "only who made a playlist may change it")
        tracks = None
        if added or out:
            if any(place >= len(found.tracks) for place in out):
                raise RefusedError(GENERIC, f"songIndexToRemove must be below {len(found.tracks)}")
            tracks = [*(each for place, each in enumerate(found.tracks) if place not in out), *added]
        done = lists.save_playlist(
            session,
            call.person.id,
            number,
            at=call.at,
            name=call.given.get("name"),
            comment=call.given.get("comment"),
            public=call.flag("public", False) if "public" in call.given else None,
            tracks=tracks,
        )
        if done is None:
            raise not_found("song")


def _place(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise RefusedError(GENERIC, f"songIndexToRemove must be a whole number, got {text[:40]!r}")
    return int(text)


def delete_playlist(call: Call) -> None:
    """Delete a playlist."""
    number = call.number("id", "playlist")
    with call.home.database.writing() as session:
        if lists.delete_playlist(session, call.person.id, number):
            return
        there = lists.find_playlist(session, call.person.id, number)
    if there is None:
        raise not_found("playlist")
    raise RefusedError(FORBIDDEN, "only who made a playlist may delete it")


# the queue -----------------------------------------------------------------------------------------------------------


def play_queue(call: Call) -> Content:
    """The queue, its current song by its identifier."""
    plain, songs, current = _queue(call)
    if current is not None:
        plain["current"] = songs[current]["id"]
    return {"playQueue": {**plain, "entry": songs}}


def play_queue_by_index(call: Call) -> Content:
    """The queue, its current song by its place."""
    plain, songs, current = _queue(call)
    return {"playQueueByIndex": {**plain, "currentIndex": current, "entry": songs}}


def _queue(call: Call) -> tuple[Content, list[Content], int | None]:
    with call.home.database.reading() as session:
        queue = lists.load_queue(session, call.person.id)
    if queue is None:
        return {"username": call.person.name, "changed": call.at, "changedBy": ""}, [], None
    songs = show_songs(call, queue.tracks)
    current = queue.current
    if len(songs) != len(queue.tracks):  # files that are gone for now
        there = {song["id"] for song in songs}
        kept = [place for place, track in enumerate(queue.tracks) if identifier("track", track) in there]
        current = kept.index(current) if current in kept else None
    plain = {"username": call.person.name, "changed": queue.changed, "changedBy": queue.client}
    return {**plain, "position": queue.position_ms}, songs, current


def save_play_queue(call: Call) -> None:
    """Keep the queue."""
    numbers = call.numbers("id", "track")
    current = call.number("current", "track") if numbers and "current" in call.given else None
    if current is not None and current not in numbers:
        raise not_found("current song")
    _save_queue(call, numbers, None if current is None else numbers.index(current))


def save_play_queue_by_index(call: Call) -> None:
    """Keep the queue, with the place of the song that plays."""
    numbers = call.numbers("id", "track")
    _save_queue(call, numbers, call.whole("currentIndex", high=len(numbers) - 1) if numbers else None)


def _save_queue(call: Call, numbers: list[int], current: int | None) -> None:
    position = call.whole("position", 0)
    with call.home.database.writing() as session:
        good = lists.save_queue(
            session, call.person.id, numbers, current=current, position_ms=position, client=call.client, at=call.at
        )
    if not good:
        raise not_found("song")


# bookmarks -----------------------------------------------------------------------------------------------------------


def bookmarks(call: Call) -> Content:
    """Bookmarks of programs, and the primary memories of songs that have none."""
    with call.home.database.reading() as session:
        own = lists.bookmarks(session, call.person.id)
        known = {each.track_id for each in own}
        remembered = [each for each in memories.primary_memories(session, call.person.id) if each.track.id not in known]
    marks = [(each.track_id, each.position_ms, each.comment, each.created, each.changed) for each in own]
    marks += [
        (each.track.id, each.memory.start_ms, each.memory.text, each.created, each.changed) for each in remembered
    ]
    songs = {song["id"]: song for song in show_songs(call, [each[0] for each in marks])}
    shown = [
        {
            "position": position,
            "username": call.person.name,
            "comment": comment or None,
            "created": created,
            "changed": changed,
            "entry": songs[identifier("track", track)],
        }
        for track, position, comment, created, changed in marks
        if identifier("track", track) in songs
    ]
    return {"bookmarks": {"bookmark": shown}}


def create_bookmark(call: Call) -> None:
    """Keep a place in a song."""
    number, position = call.number("id", "track"), call.whole("position")
    with call.home.database.writing() as session:
        comment = call.text("comment", "")
        if not lists.save_bookmark(session, call.person.id, number, position_ms=position, comment=comment, at=call.at):
            raise not_found("song")


def delete_bookmark(call: Call) -> None:
    """Forget a place in a song. A memory is never deleted by a program."""
    number = call.number("id", "track")
    with call.home.database.writing() as session:
        if lists.delete_bookmark(session, call.person.id, number):
            return
        remembered = any(each.track.id == number for each in memories.primary_memories(session, call.person.id))
    if remembered:
        raise RefusedError(FORBIDDEN, "this bookmark is a memory; it can be deleted in the home alone")
    raise not_found("bookmark")


# shares --------------------------------------------------------------------------------------------------------------


def shares(call: Call) -> Content:
    """What the person gave. The address is that of the page of gifts: a link's secret is kept nowhere."""
    with call.home.database.reading() as session:
        found = [each for each in sharing.shares_of(session, call.person.id) if each.revoked is None]
    return {"shares": {"share": [_share(call, each, "/gifts") for each in found]}}


def create_share(call: Call) -> Content:
    """Give one song to one person."""
    numbers = call.numbers("id", "track")
    if len(numbers) != 1:
        raise RefusedError(GENERIC if numbers else MISSING, f"a gift is one song (id), got {len(numbers)}")
    until = call.whole("expires", 0, high=2**53)
    gift = Gift(letter=call.text("description", ""), expires=moment_of(until) if until else None)
    if not show_songs(call, numbers):
        raise not_found("song")
    with call.home.database.writing() as session:
        made, secret = sharing.give(session, call.person.id, numbers[0], gift, at=call.at)
    return {"shares": {"share": [_share(call, made, f"/g/{secret}")]}}


def update_share(call: Call) -> None:
    """Another letter or another end, as long as nobody opened it."""
    number = number_of(call.text("id"), "share")
    until = call.whole("expires", 0, high=2**53)
    with call.home.database.writing() as session:
        if sharing.find_share(session, call.person.id, number) is None:
            raise not_found("share")
        changed = sharing.change_share(
            session, call.person.id, number, letter=call.given.get("description"),
            expires=moment_of(until) if until else None, at=call.at,
        )  # fmt: skip
    if not changed:
        raise RefusedError(FORBIDDEN, "a gift that was opened or taken back cannot be changed")


def delete_share(call: Call) -> None:
    """Delete a gift; who has it hears it no more."""
    number = number_of(call.text("id"), "share")
    with call.home.database.writing() as session:
        if not sharing.delete_share(session, call.person.id, number):
            raise not_found("share")


def _share(call: Call, share: Share, path: str) -> Content:
    origin = origin_of_request(call.request)
    return {
        "id": identifier("share", share.id),
        "url": f"{'https' if origin.public else 'http'}://{origin.host}{path}",
        "description": share.gift.letter or None,
        "username": call.person.name,
        "created": share.created,
        "expires": share.gift.expires,
        "lastVisited": share.visited,
        "visitCount": share.visits,
        "entry": show_songs(call, [share.track.id]),
    }
