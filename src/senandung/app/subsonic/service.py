"""The service: every name that is answered, signing in, and errors as programs expect them."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from senandung.api.players import Players
from senandung.app.subsonic import browsing, keeping, marking, media, system
from senandung.app.subsonic.answers import GENERIC, RefusedError, answer, refusal
from senandung.app.subsonic.calls import Call, sign_in
from senandung.app.web.pages import home_of, now, origin_of_request
from senandung.domain.errors import InputError

LARGEST = 4 << 20
"""Bytes of a form: a queue of twenty thousand songs."""

Handler = Callable[[Call], Mapping[str, Any] | None]

ANSWERS: Mapping[str, Handler] = {
    "ping": system.ping,
    "getLicense": system.license_,
    "tokenInfo": system.token_info,
    "getUser": system.user,
    "getUsers": system.users,
    "getScanStatus": system.scan_status,
    "startScan": system.start_scan,
    "getMusicFolders": browsing.music_folders,
    "getIndexes": browsing.indexes,
    "getMusicDirectory": browsing.music_directory,
    "getGenres": browsing.genres,
    "getArtists": browsing.artists,
    "getArtist": browsing.artist,
    "getAlbum": browsing.album,
    "getSong": browsing.song,
    "getArtistInfo": browsing.artist_info,
    "getArtistInfo2": browsing.artist_info2,
    "getAlbumInfo": browsing.album_info,
    "getAlbumInfo2": browsing.album_info,
    "getSimilarSongs": browsing.similar_songs,
    "getSimilarSongs2": browsing.similar_songs2,
    "getTopSongs": browsing.top_songs,
    "getAlbumList": browsing.album_list,
    "getAlbumList2": browsing.album_list2,
    "getRandomSongs": browsing.random_songs,
    "getSongsByGenre": browsing.songs_by_genre,
    "search2": browsing.search2,
    "search3": browsing.search3,
    "getLyrics": browsing.lyrics,
    "getLyricsBySongId": browsing.lyrics_by_song,
    "star": marking.star,
    "unstar": marking.unstar,
    "setRating": marking.set_rating,
    "getStarred": marking.starred,
    "getStarred2": marking.starred2,
    "scrobble": marking.scrobble,
    "reportPlayback": marking.report_playback,
    "getNowPlaying": marking.now_playing,
    "getPlaylists": keeping.playlists,
    "getPlaylist": keeping.playlist,
    "createPlaylist": keeping.create_playlist,
    "updatePlaylist": keeping.update_playlist,
    "deletePlaylist": keeping.delete_playlist,
    "getPlayQueue": keeping.play_queue,
    "savePlayQueue": keeping.save_play_queue,
    "getPlayQueueByIndex": keeping.play_queue_by_index,
    "savePlayQueueByIndex": keeping.save_play_queue_by_index,
    "getBookmarks": keeping.bookmarks,
    "createBookmark": keeping.create_bookmark,
    "deleteBookmark": keeping.delete_bookmark,
    "getShares": keeping.shares,
    "createShare": keeping.create_share,
    "updateShare": keeping.update_share,
    "deleteShare": keeping.delete_share,
}
"""Name → what answers it. None is an answer without content."""

MEDIA: Mapping[str, Callable[[Call], Awaitable[Response]]] = {
    "stream": media.stream,
    "download": media.download,
    "getCoverArt": media.cover_art,
}
"""Name → what sends bytes."""

OPEN = "getOpenSubsonicExtensions"
"""Answered without signing in."""

_LOCK = threading.Lock()


def players_of(request: Request) -> Players:
    """What players report, as long as the application is served."""
    state = request.app.state
    with _LOCK:
        if not hasattr(state, "subsonic"):
            state.subsonic = Players(state.playing)
        made: Players = state.subsonic
        return made


async def _serve(request: Request) -> Response:
    name = request.path_params["name"].removesuffix(".view")
    given: ImmutableMultiDict[str, str] = request.query_params
    kind, callback = given.get("f", "xml"), given.get("callback", "")
    if name != OPEN and name not in ANSWERS and name not in MEDIA:
        return PlainTextResponse("404: there is no such call", 404)
    try:
        if request.method == "POST":
            given = await _with_form(request)
            kind, callback = given.get("f", "xml"), given.get("callback", "")
        if name == OPEN:
            return answer(system.extensions(), kind=kind, callback=callback)
        call = await run_in_threadpool(_call, request, given)
        if name in MEDIA:
            return await MEDIA[name](call)
        return answer(await run_in_threadpool(ANSWERS[name], call), kind=kind, callback=callback)
    except RefusedError as error:
        return refusal(error, kind=kind, callback=callback)
    except InputError as error:
        return refusal(RefusedError(GENERIC, str(error)), kind=kind, callback=callback)


async def _with_form(request: Request) -> ImmutableMultiDict[str, str]:
    """Parameters of the address and of the form."""
    async with request.form(max_files=0, max_fields=100_000) as form:
        fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return QueryParams([*request.query_params.multi_items(), *fields])


def _call(request: Request, given: ImmutableMultiDict[str, str]) -> Call:
    home, at = home_of(request), now(request)
    person = sign_in(home, given, address=origin_of_request(request).address, at=at)
    client = " ".join("".join(c for c in given.get("c", "") if c.isprintable()).split())[:80]
    return Call(request, home, person, given, client, at, players_of(request))


async def _serve_checked(request: Request) -> Response:
    try:
        return await _serve(request)
    except HTTPException as error:
        return PlainTextResponse(f"{error.status_code}: {error.detail}", error.status_code, dict(error.headers or {}))


routes = [Route("/rest/{name}", _serve_checked, methods=["GET", "POST"], max_body_size=LARGEST)]
