"""What there is: folders, indexes, artists, albums, songs, genres, lists of albums, searches, words."""

from __future__ import annotations

from typing import Any

from senandung.api.similar import similar
from senandung.app.subsonic.answers import GENERIC, MISSING, RefusedError, not_found
from senandung.app.subsonic.calls import Call, identifier, kind_of, whole
from senandung.app.subsonic.shapes import (
    IGNORED,
    album_child,
    artist_plain,
    index_of,
    show_albums,
    show_artists,
    show_song,
    show_songs,
)
from senandung.domain.errors import UnknownNameError
from senandung.remembering import shelves, tracks
from senandung.remembering.shelves import Album
from senandung.remembering.store.base import milliseconds_of

Content = dict[str, Any]


def music_folders(call: Call) -> Content:
    """The folders; songs that were made here are one of them."""
    with call.home.database.reading() as session:
        found = shelves.shelf_folders(session)
    made = "Buatan sendiri" if call.person.language == "id" else "Made here"
    return {"musicFolders": {"musicFolder": [{"id": number, "name": name or made} for number, name in found]}}


def artists(call: Call) -> Content:
    """All artists by letter."""
    return {"artists": {"ignoredArticles": IGNORED, "index": index_of(_artists(call))}}


def _artists(call: Call) -> list[Content]:
    with call.home.database.reading() as session:
        found = shelves.artists(session, call.person.id, folder=call.folder())
    return show_artists(call, found)


def indexes(call: Call) -> Content:
    """All artists by letter, as directories; none where nothing is newer than the program knows."""
    with call.home.database.reading() as session:
        newest = shelves.last_added(session, call.person.id)
    changed = 0 if newest is None else milliseconds_of(newest)
    known = call.whole("ifModifiedSince", 0, high=2**53)
    index = []
    if not known or changed > known:
        index = index_of(_artists(call))
    plain = [{**each, "artist": [artist_plain(artist) for artist in each["artist"]]} for each in index]
    return {"indexes": {"lastModified": changed, "ignoredArticles": IGNORED, "index": plain}}


def artist(call: Call) -> Content:
    """An artist with albums."""
    number = call.number("id", "artist")
    with call.home.database.reading() as session:
        found = shelves.artists(session, call.person.id, only=number)
        albums = shelves.artist_albums(session, call.person.id, number)
    if not found:
        raise not_found("artist")
    return {"artist": {**show_artists(call, found)[0], "album": show_albums(call, albums)}}


def album(call: Call) -> Content:
    """An album with its songs."""
    number = call.number("id", "album")
    found, songs = _album(call, number)
    return {"album": {**show_albums(call, [found])[0], "song": songs}}


def _album(call: Call, number: int) -> tuple[Album, list[Content]]:
    with call.home.database.reading() as session:
        found = shelves.albums_by_number(session, call.person.id, [number])
        songs = shelves.album_songs(session, call.person.id, number)
    if not found:
        raise not_found("album")
    return found[0], show_songs(call, [each.id for each in songs])


def song(call: Call) -> Content:
    """A song."""
    return {"song": show_song(call, call.number("id", "track"))}


def music_directory(call: Call) -> Content:
    """An artist or an album as a directory."""
    kind, number = kind_of(call.text("id"))
    if kind == "album":
        found, songs = _album(call, number)
        plain = {"id": identifier("album", number), "parent": identifier("artist", found.artist_id), "name": found.name}
        return {"directory": {**plain, "child": songs}}
    if kind != "artist":
        raise not_found("directory")
    with call.home.database.reading() as session:
        named = shelves.artists(session, call.person.id, only=number)
        albums = shelves.artist_albums(session, call.person.id, number)
        single = shelves.single_songs(session, call.person.id, number)
    if not named:
        raise not_found("directory")
    children = [album_child(each) for each in show_albums(call, albums)]
    children += show_songs(call, [each.id for each in single])
    return {"directory": {"id": identifier("artist", number), "name": named[0].name, "child": children}}


def album_list(call: Call) -> Content:
    """Albums in an order, as directories."""
    return {"albumList": {"album": [album_child(each) for each in _albums(call)]}}


def album_list2(call: Call) -> Content:
    """Albums in an order."""
    return {"albumList2": {"album": _albums(call)}}


def _albums(call: Call) -> list[Content]:
    order = call.text("type")
    genre = call.text("genre") if order == "byGenre" else None
    years = (call.whole("fromYear"), call.whole("toYear")) if order == "byYear" else (None, None)
    try:
        with call.home.database.reading() as session:
            found = shelves.albums(
                session, call.person.id, order, genre=genre, from_year=years[0], to_year=years[1],
                folder=call.folder(), offset=call.whole("offset", 0), count=call.count("size", 10),
            )  # fmt: skip
    except UnknownNameError as error:
        raise RefusedError(GENERIC, str(error)) from error
    return show_albums(call, found)


def random_songs(call: Call) -> Content:
    """Songs by chance."""
    with call.home.database.reading() as session:
        numbers = shelves.song_numbers(
            session, call.person.id, genre=call.text("genre", "") or None, from_year=_year(call, "fromYear"),
            to_year=_year(call, "toYear"), folder=call.folder(), random=True, count=call.count("size", 10),
        )  # fmt: skip
    return {"randomSongs": {"song": show_songs(call, numbers)}}


def _year(call: Call, name: str) -> int | None:
    text = call.text(name, "")
    return whole(name, text, 0, 9999) if text else None


def songs_by_genre(call: Call) -> Content:
    """Songs of a genre."""
    with call.home.database.reading() as session:
        numbers = shelves.song_numbers(
            session, call.person.id, genre=call.text("genre"), folder=call.folder(), offset=call.whole("offset", 0),
            count=call.count("count", 10),
        )  # fmt: skip
    return {"songsByGenre": {"song": show_songs(call, numbers)}}


def genres(call: Call) -> Content:
    """All genres."""
    with call.home.database.reading() as session:
        found = shelves.genres(session, call.person.id)
    plain = [{"value": each.name, "songCount": each.songs, "albumCount": each.albums} for each in found]
    return {"genres": {"genre": plain}}


def search3(call: Call) -> Content:
    """What fits words; everything without any."""
    words, folder = call.text("query"), call.folder()
    with call.home.database.reading() as session:
        found = shelves.artists(
            session, call.person.id, words=words, folder=folder, offset=call.whole("artistOffset", 0),
            count=call.count("artistCount", 20),
        )  # fmt: skip
        albums = shelves.albums(
            session, call.person.id, "alphabeticalByName", words=words, folder=folder,
            offset=call.whole("albumOffset", 0), count=call.count("albumCount", 20),
        )  # fmt: skip
        numbers = shelves.song_numbers(
            session, call.person.id, words=words, folder=folder, offset=call.whole("songOffset", 0),
            count=call.count("songCount", 20),
        )  # fmt: skip
    return {
        "searchResult3": {
            "artist": show_artists(call, found),
            "album": show_albums(call, albums),
            "song": show_songs(call, numbers),
        }
    }


def search2(call: Call) -> Content:
    """The same, as directories."""
    found = search3(call)["searchResult3"]
    return {
        "searchResult2": {
            "artist": [artist_plain(each) for each in found["artist"]],
            "album": [album_child(each) for each in found["album"]],
            "song": found["song"],
        }
    }


def top_songs(call: Call) -> Content:
    """An artist's songs that the person heard most."""
    with call.home.database.reading() as session:
        found = shelves.most_heard(session, call.person.id, call.text("artist"), call.count("count", 50))
    return {"topSongs": {"song": show_songs(call, [each.id for each in found])}}


def similar_songs(call: Call) -> Content:
    """Songs that sound like one."""
    return {"similarSongs": {"song": _similar(call)}}


def similar_songs2(call: Call) -> Content:
    """The same, as the newer interface names it."""
    return {"similarSongs2": {"song": _similar(call)}}


def _similar(call: Call) -> list[Content]:
    kind, number = kind_of(call.text("id"))
    with call.home.database.reading() as session:
        if kind == "artist":
            named = shelves.artists(session, call.person.id, only=number)
            first = [each.id for each in shelves.most_heard(session, call.person.id, named[0].name, 1)] if named else []
        elif kind == "album":
            first = [each.id for each in shelves.album_songs(session, call.person.id, number)[:1]]
        else:
            first = [each.id for each in tracks.tracks_of(session, [number], call.person.id)]
    if not first:
        raise not_found(call.text("id")[:40])
    near = similar(call.home.database, first[0], call.person.id, count=call.count("count", 50))
    return show_songs(call, [each.track.id for each in near])


def artist_info(call: Call) -> Content:
    """Nothing is known of artists beyond the music: no service is asked."""
    _exists(call)
    return {"artistInfo": {}}


def artist_info2(call: Call) -> Content:
    """The same, as the newer interface names it."""
    _exists(call)
    return {"artistInfo2": {}}


def album_info(call: Call) -> Content:
    """Nothing is known of albums beyond the music."""
    _exists(call)
    return {"albumInfo": {}}


def _exists(call: Call) -> None:
    kind, number = kind_of(call.text("id"))
    with call.home.database.reading() as session:
        there: object = None
        if kind == "artist":
            there = shelves.artists(session, call.person.id, only=number)
        elif kind == "album":
            there = shelves.albums_by_number(session, call.person.id, [number])
        elif kind == "track":
            there = shelves.songs(session, call.person.id, [number])
    if not there:
        raise not_found(call.text("id")[:40])


def lyrics_by_song(call: Call) -> Content:
    """A song's words, with their times where they are known."""
    with call.home.database.reading() as session:
        track = tracks.find_track(session, call.number("id", "track"), call.person.id)
    if track is None or not track.playable:
        raise not_found("song")
    if not track.lyrics:
        return {"lyricsList": {"structuredLyrics": []}}
    synced = all(line.start_ms is not None for line in track.lyrics)
    lines = [{**({"start": line.start_ms} if synced else {}), "value": line.text} for line in track.lyrics]
    words = {"lang": "xxx", "synced": synced, "displayArtist": track.artist, "displayTitle": track.title, "line": lines}
    return {"lyricsList": {"structuredLyrics": [words]}}


def lyrics(call: Call) -> Content:
    """The words of a song that is named, as one text."""
    artist, title = call.text("artist", ""), call.text("title", "")
    if not title:
        raise RefusedError(MISSING, "required parameter is missing: title")
    with call.home.database.reading() as session:
        numbers = shelves.song_numbers(session, call.person.id, words=f"{title} {artist}", count=20)
        for number in numbers:
            track = tracks.find_track(session, number, call.person.id)
            if track is not None and track.lyrics:
                text = "\n".join(line.text for line in track.lyrics)
                return {"lyrics": {"artist": track.artist, "title": track.title, "value": text}}
    return {"lyrics": {"value": ""}}
