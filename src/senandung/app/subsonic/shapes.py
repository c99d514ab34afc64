"""How songs, albums, artists and lists look in an answer.

Source: OpenSubsonic API, "Child", "AlbumID3", "ArtistID3" and the others of the same names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from senandung.app.subsonic.answers import not_found
from senandung.app.subsonic.calls import Call, identifier
from senandung.remembering import lists, plays, shelves
from senandung.remembering.lists import Mark, Playlist
from senandung.remembering.shelves import Album, Artist, Song

REPLAYGAIN_LUFS = -18.0
"""The loudness to which a gain brings a track (ReplayGain 2.0)."""

IGNORED = "The El La Los Las Le Les Si Sang"
"""Articles that an index leaves out."""


@dataclass(frozen=True)
class Own:
    """What is the person's own of what is shown: stars, ratings, how often and when last heard."""

    marks: Mapping[int, Mark] = field(default_factory=dict)
    heard: Mapping[int, tuple[int, datetime]] = field(default_factory=dict)

    def of(self, number: int) -> dict[str, Any]:
        """Of one thing."""
        mark, heard = self.marks.get(number, Mark()), self.heard.get(number)
        return {
            "starred": mark.starred,
            "userRating": mark.rating,
            "playCount": heard[0] if heard else None,
            "played": heard[1] if heard else None,
        }


def show_songs(call: Call, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Songs by their numbers, as `Child`; those that the person may not hear are left out."""
    with call.home.database.reading() as session:
        found = shelves.songs(session, call.person.id, numbers)
        marks = lists.marks(session, call.person.id, "track")
        heard = plays.plays_of_tracks(session, call.person.id, sorted({each.id for each in found}))
    own = Own(marks, heard)
    return [child(each, own) for each in found]


def show_song(call: Call, number: int) -> dict[str, Any]:
    """One song; an error where the person may not hear it."""
    found = show_songs(call, [number])
    if not found:
        raise not_found("song")
    return found[0]


def child(song: Song, own: Own) -> dict[str, Any]:
    """A song."""
    gain = None if song.loudness is None else round(REPLAYGAIN_LUFS - song.loudness, 2)
    artists = [] if song.artist_id is None else [{"id": identifier("artist", song.artist_id), "name": song.artist}]
    owners = (
        []
        if song.album_artist_id is None
        else [{"id": identifier("artist", song.album_artist_id), "name": song.album_artist}]
    )
    ending = song.suffix or "bin"
    return {
        "id": identifier("track", song.id),
        "parent": _optional("album", song.album_id) or _optional("artist", song.artist_id),
        "isDir": False,
        "title": song.title,
        "album": song.album or None,
        "artist": song.artist or None,
        "track": song.number,
        "year": song.year,
        "genre": song.genre,
        "coverArt": _optional("cover", song.cover_id),
        "size": song.size,
        "contentType": song.mime,
        "suffix": song.suffix,
        "duration": _seconds(song.duration_ms),
        "bitRate": song.bit_rate,
        "samplingRate": song.sample_rate,
        "channelCount": song.channels,
        "path": "/".join(_name(each) for each in (song.album_artist or song.artist, song.album) if each)
        + f"/{_name(song.title)}.{ending}",
        "isVideo": False,
        "discNumber": song.disc,
        "created": song.added,
        "albumId": _optional("album", song.album_id),
        "artistId": _optional("artist", song.artist_id),
        "type": "music",
        "mediaType": "song",
        "bpm": None if song.tempo is None else round(song.tempo),
        "musicBrainzId": song.mbid,
        "isrc": [song.isrc] if song.isrc else [],
        "genres": [{"name": song.genre}] if song.genre else [],
        "artists": artists,
        "displayArtist": song.artist,
        "albumArtists": owners,
        "displayAlbumArtist": song.album_artist or song.artist,
        "replayGain": {"trackGain": gain, "trackPeak": song.peak} if gain is not None else {},
        **own.of(song.id),
    }


def _name(text: str) -> str:
    return text.replace("/", "-").replace("\\", "-")


def _optional(kind: str, number: int | None) -> str | None:
    return None if number is None else identifier(kind, number)


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else round(milliseconds / 1000)


def show_albums(call: Call, found: Sequence[Album]) -> list[dict[str, Any]]:
    """Albums, as `AlbumID3`."""
    with call.home.database.reading() as session:
        own = Own(lists.marks(session, call.person.id, "album"))
    return [album_id3(each, own) for each in found]


def album_id3(album: Album, own: Own) -> dict[str, Any]:
    """An album."""
    return {
        "id": identifier("album", album.id),
        "name": album.name,
        "artist": album.artist,
        "artistId": identifier("artist", album.artist_id),
        "coverArt": _optional("cover", album.cover_id),
        "songCount": album.songs,
        "duration": _seconds(album.duration_ms),
        "created": album.added,
        "year": album.year,
        "genre": album.genre,
        "genres": [{"name": album.genre}] if album.genre else [],
        "artists": [{"id": identifier("artist", album.artist_id), "name": album.artist}],
        "displayArtist": album.artist,
        "isCompilation": album.compilation,
        **own.of(album.id),
    }


def album_child(album: dict[str, Any]) -> dict[str, Any]:
    """An album as a directory, of its `AlbumID3`."""
    taken = ("id", "artist", "artistId", "coverArt", "created", "year", "genre", "starred", "userRating", "duration")
    return {
        **{name: album[name] for name in taken},
        "parent": album["artistId"],
        "isDir": True,
        "title": album["name"],
        "album": album["name"],
        "mediaType": "album",
    }


def show_artists(call: Call, found: Sequence[Artist]) -> list[dict[str, Any]]:
    """Artists, as `ArtistID3`."""
    with call.home.database.reading() as session:
        own = Own(lists.marks(session, call.person.id, "artist"))
    return [
        {
            "id": identifier("artist", each.id),
            "name": each.name,
            "coverArt": _optional("cover", each.cover_id),
            "albumCount": each.albums,
            "musicBrainzId": each.mbid,
            "starred": own.of(each.id)["starred"],
        }
        for each in found
    ]


def artist_plain(artist: dict[str, Any]) -> dict[str, Any]:
    """An artist of an index of directories, of its `ArtistID3`."""
    return {name: artist[name] for name in ("id", "name", "starred")}


def index_of(artists: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Artists under their first letters; what begins with none stands under #."""
    found: dict[str, list[dict[str, Any]]] = {}
    articles = tuple(f"{each.lower()} " for each in IGNORED.split())
    for each in artists:
        name = str(each["name"])
        bare = name[len(name.split(" ", 1)[0]) + 1 :] if name.lower().startswith(articles) else name
        letter = bare.strip()[:1].upper()
        found.setdefault(letter if letter.isalpha() else "#", []).append(each)
    return [{"name": letter, "artist": found[letter]} for letter in sorted(found)]


def playlist_shape(call: Call, each: Playlist, *, entries: bool) -> dict[str, Any]:
    """A playlist, with its songs where they are asked for."""
    songs = show_songs(call, each.tracks)
    cover = next((song["coverArt"] for song in songs if song["coverArt"]), None)
    return {
        "id": identifier("playlist", each.id),
        "name": each.name,
        "comment": each.comment or None,
        "owner": each.owner,
        "public": each.public,
        "songCount": len(songs),
        "duration": sum(song["duration"] or 0 for song in songs),
        "created": each.created,
        "changed": each.changed,
        "coverArt": cover,
        "readonly": not each.own,
        **({"entry": songs} if entries else {}),
    }
