"""The service itself: who is there, what it can, the scan."""

from __future__ import annotations

from typing import Any

from senandung.api import accounts, library
from senandung.app.subsonic.answers import FORBIDDEN, RefusedError, not_found
from senandung.app.subsonic.calls import Call
from senandung.app.web.music import keeper_of
from senandung.remembering import shelves, tracks
from senandung.remembering.accounts import Person

Content = dict[str, Any]

EXTENSIONS = ("apiKeyAuthentication", "formPost", "indexBasedQueue", "playbackReport", "songLyrics", "transcodeOffset")
"""Extensions of OpenSubsonic that are here, all in version 1."""


def ping(_call: Call) -> None:
    """It is there."""


def license_(_call: Call) -> Content:
    """It is free."""
    return {"license": {"valid": True}}


def extensions() -> Content:
    """What goes beyond Subsonic; told to everybody."""
    return {"openSubsonicExtensions": [{"name": name, "versions": [1]} for name in EXTENSIONS]}


def token_info(call: Call) -> Content:
    """Whose API key it is."""
    return {"tokenInfo": {"username": call.person.name}}


def user(call: Call) -> Content:
    """The person themselves."""
    if call.text("username", call.person.name).casefold() != call.person.name.casefold():
        if not call.person.owner:
            raise RefusedError(FORBIDDEN, "other people's accounts are theirs")
        raise not_found("user")
    return {"user": _user(call, call.person)}


def users(call: Call) -> Content:
    """Everybody, for the owner."""
    if not call.person.owner:
        raise RefusedError(FORBIDDEN, "only the owner may see who is here")
    return {"users": {"user": [_user(call, each) for each in accounts.people(call.home)]}}


def _user(call: Call, person: Person) -> Content:
    with call.home.database.reading() as session:
        folders = [number for number, _ in shelves.shelf_folders(session)]
    return {
        "username": person.name,
        "scrobblingEnabled": True,
        "adminRole": person.owner,
        "settingsRole": False,
        "downloadRole": True,
        "uploadRole": False,
        "playlistRole": True,
        "coverArtRole": False,
        "commentRole": False,
        "podcastRole": False,
        "streamRole": True,
        "jukeboxRole": False,
        "shareRole": True,
        "videoConversionRole": False,
        "folder": folders,
    }


def scan_status(call: Call) -> Content:
    """Whether folders are scanned now, and how many songs there are."""
    keeper = keeper_of(call.home)
    with call.home.database.reading() as session:
        count = tracks.count_tracks(session, call.person.id).tracks
    return {"scanStatus": {"scanning": keeper is not None and keeper.state.scanning is not None, "count": count}}


def start_scan(call: Call) -> Content:
    """Scan the folders, where the owner asks."""
    if not call.person.owner:
        raise RefusedError(FORBIDDEN, "only the owner may have the folders scanned")
    keeper = keeper_of(call.home)
    if keeper is None:
        library.scan_all(call.home.database, at=call.at)
    else:
        keeper.scan_soon()
    return scan_status(call)
