"""What py-opensonic sees of a home: run with its own Python, as ADDRESS PORT NAME SECRET; prints one JSON object.

py-opensonic is under the GPL, so it is a program beside ours and is never imported by it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import libopensonic


async def main(address: str, port: str, name: str, secret: str) -> dict[str, Any]:
    """Use the service as a player does."""
    ask = libopensonic.AsyncConnection(address, name, secret, port=int(port))
    said: dict[str, Any] = {"ping": await ask.ping()}
    by_key = libopensonic.AsyncConnection(address, api_key=secret, port=int(port))
    said["key"] = (await by_key.token_info()).username
    await by_key.cleanup()
    said["extensions"] = sorted(each.name for each in await ask.get_open_subsonic_extensions())
    artists = await ask.get_artists()
    first = artists.index[0].artist[0]
    album = await ask.get_album((await ask.get_artist(first.id)).album[0].id)
    songs = [each.id for each in album.song]
    said["album"] = [first.name, album.name, [each.title for each in album.song]]
    said["newest"] = len(await ask.get_album_list2("newest"))
    said["found"] = [each.title for each in (await ask.search3("layang")).song]
    (words,) = await ask.get_lyrics_by_song_id(songs[0])
    said["words"] = [[line.start, line.value] for line in words.line]
    await ask.star(sids=songs[:1])
    said["starred"] = [each.id for each in (await ask.get_starred2()).song] == songs[:1]
    await ask.create_playlist(name="Dari pemutar", song_ids=songs)
    (made,) = await ask.get_playlists()
    await ask.update_playlist(made.id, comment="pelan", song_indices_to_remove=[0])
    changed = await ask.get_playlist(made.id)
    said["playlist"] = [changed.name, changed.comment, changed.song_count]
    await ask.save_play_queue_by_index([songs[0], songs[1], songs[0]], 2, 1234)
    queue = await ask.get_play_queue_by_index()
    said["queue"] = [queue.current_index, queue.position, len(queue.entry)]
    await ask.create_bookmark(songs[1], 5000, "di sini")
    said["bookmarks"] = [[each.position, each.comment] for each in await ask.get_bookmarks()]
    gift = await ask.create_share(songs[:1], description="untukmu")
    said["gift"] = "/g/" in gift.url
    part = await ask.stream(songs[0], byte_range="bytes=0-99")
    said["part"] = [part.status, len(await part.read())]
    other = await ask.stream(songs[0], tformat="opus", max_bit_rate=64, time_offset=10)
    said["opus"] = (await other.read())[:4].decode()
    said["cover"] = (await ask.get_cover_art(album.cover_art)).content_type
    await ask.report_playback(songs[0], "song", 0, "playing")
    said["playing"] = [each.title for each in await ask.get_now_playing()]
    await ask.report_playback(songs[1], "song", 0, "playing")
    try:
        await ask.get_song("tr-9999")
    except libopensonic.errors.DataNotFoundError as error:
        said["missing"] = type(error).__name__
    await ask.cleanup()
    wrong = libopensonic.AsyncConnection(address, name, "wrong", port=int(port))
    try:
        said["wrong"] = await wrong.ping()
    except libopensonic.errors.SonicError as error:
        said["wrong"] = type(error).__name__
    await wrong.cleanup()
    return said


if __name__ == "__main__":
    json.dump(asyncio.run(main(*sys.argv[1:5])), sys.stdout)
