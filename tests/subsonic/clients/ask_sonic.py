"""What py-sonic sees of a home: run with its own Python, as ADDRESS PORT NAME SECRET; prints one JSON object.

py-sonic is under the GPL, so it is a program beside ours and is never imported by it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import libsonic


def main(address: str, port: str, name: str, secret: str, legacy: bool) -> dict[str, Any]:
    """Use the service as an older player does; `legacy` sends the secret itself, in hexadecimal."""
    ask = libsonic.Connection(address, name, secret, port=int(port), legacyAuth=legacy)
    said: dict[str, Any] = {"ping": ask.ping(), "license": ask.getLicense()["license"]["valid"]}
    index = ask.getIndexes()["indexes"]["index"]
    artist = index[0]["artist"][0]
    album = ask.getMusicDirectory(artist["id"])["directory"]["child"][0]
    songs = ask.getMusicDirectory(album["id"])["directory"]["child"]
    said["directory"] = [artist["name"], album["title"], [each["title"] for each in songs]]
    said["folders"] = len(ask.getMusicFolders()["musicFolders"]["musicFolder"])
    said["genres"] = [each["value"] for each in ask.getGenres()["genres"]["genre"]]
    said["albums"] = [each["title"] for each in ask.getAlbumList("alphabeticalByName")["albumList"]["album"]]
    said["found"] = [each["title"] for each in ask.search2("layang")["searchResult2"]["song"]]
    said["words"] = ask.getLyrics("Nara Senja", "Hujan di Beranda")["lyrics"]["value"].split("\n")
    said["user"] = ask.getUser(name)["user"]["streamRole"]
    first = songs[0]["id"]
    ask.star([first])
    said["starred"] = [each["id"] for each in ask.getStarred2()["starred2"]["song"]] == [first]
    ask.unstar([first])
    ask.setRating(first, 4)
    said["rating"] = ask.getSong(first)["song"]["userRating"]
    made = ask.createPlaylist(name=f"Lama {legacy}", songIds=[first, songs[1]["id"]])["playlist"]
    said["playlist"] = ask.getPlaylist(made["id"])["playlist"]["songCount"]
    ask.deletePlaylist(made["id"])
    ask.savePlayQueue([first], current=first, position=77)
    said["queue"] = ask.getPlayQueue()["playQueue"]["position"]
    ask.createBookmark(first, 4000)
    said["bookmark"] = ask.getBookmarks()["bookmarks"]["bookmark"][0]["position"]
    ask.deleteBookmark(first)
    said["bytes"] = [len(ask.stream(first).read()), len(ask.download(first).read()), songs[0]["size"]]
    said["cover"] = len(ask.getCoverArt(album["coverArt"]).read()) > 100
    ask.scrobble(first, submission=True)
    said["scan"] = ask.getScanStatus()["scanStatus"]["count"]
    try:
        ask.getAlbum("al-9999")
    except libsonic.errors.DataNotFoundError as error:
        said["missing"] = type(error).__name__
    return said


if __name__ == "__main__":
    json.dump([main(*sys.argv[1:5], legacy) for legacy in (False, True)], sys.stdout)
