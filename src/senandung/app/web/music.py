"""The pages of the library: music, an album, an artist, a track; and the owner's folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from weakref import WeakKeyDictionary

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from senandung.api import library
from senandung.api.analysis import VERSION
from senandung.api.home import Home
from senandung.api.keeping import Keeper, KeeperState, keeping
from senandung.api.similar import similar
from senandung.app.web.pages import (
    field,
    flash,
    home_of,
    language_of,
    now,
    owner_of_request,
    page,
    person_of_request,
    see,
    translator,
    with_form,
)
from senandung.app.web.reasons import reason_in
from senandung.domain.errors import InputError
from senandung.domain.feeling import PLACES, nearest_words
from senandung.domain.music import TrackHeard, TrackWhole
from senandung.remembering import albums, analyses, scanned, tracks
from senandung.remembering.store.database import Database

SHOWN = ("albums", "artists", "tracks", "new", "made")
"""What can be browsed."""

FIRST = 8
"""Items of each kind on the first page and in a search."""

ARC_WIDTH, ARC_HEIGHT = 600, 120
"""Units of the picture of a feeling's arc."""

LEAST_RANGE = 0.3
"""Valence and arousal that the arc's picture spans at least above and below 0: what hardly moves looks so."""

SMOOTH = 5
"""Points of an arc that are drawn as their mean."""

_KEEPERS: WeakKeyDictionary[Database, Keeper] = WeakKeyDictionary()
"""Who keeps the library of a database that is served: pages ask how far it is."""


def running(home: Home) -> AbstractContextManager[None]:
    """What goes on while the home is open: folders are watched, scanned and heard."""
    return _keep(home)


@contextmanager
def _keep(home: Home) -> Iterator[None]:
    with keeping(home.database, clock=lambda: datetime.now(UTC)) as keeper:
        _KEEPERS[home.database] = keeper
        try:
            yield
        finally:
            _KEEPERS.pop(home.database, None)


def keeper_of(home: Home) -> Keeper | None:
    """Who keeps a home's library; None where nobody does (in tests, mostly)."""
    return _KEEPERS.get(home.database)


# browsing


def _music(request: Request) -> Response:
    person, home = person_of_request(request), home_of(request)
    words = request.query_params.get("q", "").strip()[:200]
    show = request.query_params.get("show", "")
    after = _after(request)
    if show and show not in SHOWN:
        raise HTTPException(404)
    found: dict[str, object] = {}
    with home.database.reading() as session:
        if words and not show:
            found["artists"] = albums.artists(session, person.id, words, count=FIRST)
            found["albums"] = albums.albums(session, person.id, words, count=FIRST)
            found["tracks"] = tracks.search_tracks(session, person.id, words)
        elif show == "albums":
            found["albums"] = albums.albums(session, person.id, words, after=after)
        elif show == "artists":
            found["artists"] = albums.artists(session, person.id, words, after=after)
        elif show == "tracks":
            found["tracks"] = tracks.search_tracks(session, person.id, words, after=after)
        elif show:
            found["tracks"] = tracks.recent_tracks(session, person.id, after=after, made_here=show == "made")
        else:
            found["albums"] = albums.albums(session, person.id, recent=True, count=2 * FIRST)
            found["made"] = tracks.recent_tracks(session, person.id, count=4, made_here=True)
            found["new"] = tracks.recent_tracks(session, person.id, count=FIRST)
    return page(
        request, "music/index.html", words=words, show=show, after=after, shown=SHOWN,
        found={"albums": None, "artists": None, "tracks": None, "made": None, "new": None, **found},
    )  # fmt: skip


def _album(request: Request) -> Response:
    person, home = person_of_request(request), home_of(request)
    with home.database.reading() as session:
        album = albums.find_album(session, request.path_params["album_id"], person.id)
    if album is None:
        raise HTTPException(404)
    length = sum(track.duration_ms or 0 for track in album.tracks)
    discs = [(disc, list(some)) for disc, some in groupby(album.tracks, lambda track: track.disc or 0)]
    return page(request, "music/album.html", album=album, length=length, discs=discs)


def _artist(request: Request) -> Response:
    person, home = person_of_request(request), home_of(request)
    with home.database.reading() as session:
        artist = albums.find_artist(session, request.path_params["artist_id"], person.id)
    if artist is None:
        raise HTTPException(404)
    return page(request, "music/artist.html", artist=artist)


# a track


def _track(request: Request) -> Response:
    track = _seen(request)
    heard = track.heard if track.heard is not None and track.heard.state == "done" else None
    return page(
        request, "music/track.html", track=track, heard=heard, arc=arc_of(heard, track.duration_ms),
        feeling=feeling_words(heard, language_of(request)),
        timed=any(line.start_ms is not None for line in track.lyrics),
        waiting=track.heard is not None and track.heard.state == "waiting",
        second=request.query_params.get("t", "")[:12],
    )  # fmt: skip


def _lyrics(request: Request) -> Response:
    lines = [[line.start_ms, line.text] for line in _seen(request).lyrics]
    return JSONResponse(lines, headers={"Cache-Control": "private, no-store"})


def _similar(request: Request) -> Response:
    person, home, track = person_of_request(request), home_of(request), _seen(request)
    return page(request, "music/similar.html", track=track, near=similar(home.database, track.id, person.id))


def _seen(request: Request) -> TrackWhole:
    person, home = person_of_request(request), home_of(request)
    with home.database.reading() as session:
        track = tracks.find_track(session, request.path_params["track_id"], person.id)
    if track is None:
        raise HTTPException(404)
    return track


def feeling_words(heard: TrackHeard | None, language: str) -> list[str]:
    """The two named feelings nearest to what was heard, at two places of the plane; none where nothing was.

    >>> feeling_words(TrackHeard("done", valence=0.6, arousal=-0.55), "en")
    ['calm', 'tender']
    """
    if heard is None or heard.valence is None or heard.arousal is None:
        return []
    near = nearest_words(heard.valence, heard.arousal, 4)
    here = PLACES[near[0]]
    other = next(
        word for word in near[1:] if (PLACES[word].valence, PLACES[word].arousal) != (here.valence, here.arousal)
    )
    words = (near[0], other)
    return [word if language == "id" else PLACES[word].english for word in words]


def arc_of(heard: TrackHeard | None, duration_ms: int | None) -> dict[str, str] | None:
    """Valence and arousal as points of lines, `ARC_WIDTH` by `ARC_HEIGHT`; None where nothing was heard."""
    if heard is None or len(heard.arc) < 3:
        return None
    last = max(heard.arc[-1][0], (duration_ms or 0) / 1000, 1.0)
    smooth = {axis: _smooth([point[axis] for point in heard.arc]) for axis in (1, 2)}
    span = max(LEAST_RANGE, *(abs(value) for row in smooth.values() for value in row)) * 1.1
    drawn = {}
    for name, axis in (("valence", 1), ("arousal", 2)):
        rows = zip(heard.arc, smooth[axis], strict=True)
        drawn[name] = " ".join(
            f"{ARC_WIDTH * point[0] / last:.1f},{ARC_HEIGHT * (0.5 - 0.5 * value / span):.1f}" for point, value in rows
        )
    return drawn


def _smooth(row: Sequence[float]) -> list[float]:
    """Each value as the mean of the `SMOOTH` around it."""
    half = SMOOTH // 2
    around = [row[max(0, place - half) : place + half + 1] for place in range(len(row))]
    return [sum(some) / len(some) for some in around]


# the owner's folders


def _folders(request: Request) -> Response:
    return _folders_page(request)


def _folders_page(request: Request, *, wrong: str = "", given: str = "", status: int = 200) -> Response:
    owner_of_request(request)
    home = home_of(request)
    with home.database.reading() as session:
        folders = scanned.folders(session)
        problems = scanned.problems(session, most=200)
        not_heard = analyses.not_heard(session, most=200)
        counts = analyses.count_analyses(session, VERSION)

    told = partial(reason_in, language_of(request))
    keeper = keeper_of(home)
    return page(
        request, "music/folders.html", status=status, folders=folders, problems=problems, not_heard=not_heard,
        counts=counts, state=KeeperState() if keeper is None else keeper.state, told=told, wrong=wrong, given=given,
    )  # fmt: skip


def _add(request: Request, form: FormData) -> Response:
    owner_of_request(request)
    home, given = home_of(request), field(form, "folder", longest=4096)
    try:
        number = library.add_folder(home.database, Path(given or "."), at=now(request)) if given else None
        if number is None:
            return _folders_page(request, wrong=translator(request)("music.which_folder"), status=400)
    except InputError as error:
        return _folders_page(request, wrong=reason_in(language_of(request), str(error)), given=given, status=400)
    _scan_soon(request, number)
    flash(request, translator(request)("music.folder_added"))
    return see("/music/folders")


def _remove(request: Request, _form: FormData) -> Response:
    owner_of_request(request)
    home = home_of(request)
    if not library.remove_folder(home.database, request.path_params["folder_id"]):
        raise HTTPException(404)
    if (keeper := keeper_of(home)) is not None:
        keeper.folders_changed()
    flash(request, translator(request)("music.folder_removed"))
    return see("/music/folders")


def _scan(request: Request, _form: FormData) -> Response:
    owner_of_request(request)
    _scan_soon(request, *(folder.id for folder in library.music_folders(home_of(request).database)))
    flash(request, translator(request)("music.scan_begun"))
    return see("/music/folders")


def _hear_again(request: Request, _form: FormData) -> Response:
    owner_of_request(request)
    home = home_of(request)
    with home.database.writing() as session:
        analyses.hear_again(session)
    if (keeper := keeper_of(home)) is not None:
        keeper.hear_soon()
    return see("/music/folders")


def _scan_soon(request: Request, *folder_ids: int) -> None:
    """Scan in the background where somebody keeps the library, else now."""
    home = home_of(request)
    keeper = keeper_of(home)
    if keeper is None:
        for folder_id in folder_ids:
            library.scan(home.database, folder_id, at=now(request))
    elif folder_ids:
        keeper.folders_changed()
        keeper.scan_soon(*folder_ids)


def _after(request: Request) -> int | None:
    text = request.query_params.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


routes = [
    Route("/music", _music),
    Route("/music/albums/{album_id:int}", _album),
    Route("/music/artists/{artist_id:int}", _artist),
    Route("/music/folders", _folders),
    Route("/music/folders", with_form(_add), methods=["POST"]),
    Route("/music/folders/scan", with_form(_scan), methods=["POST"]),
    Route("/music/folders/hear-again", with_form(_hear_again), methods=["POST"]),
    Route("/music/folders/{folder_id:int}/remove", with_form(_remove), methods=["POST"]),
    Route("/track/{track_id:int}", _track),
    Route("/track/{track_id:int}/lyrics", _lyrics),
    Route("/track/{track_id:int}/similar", _similar),
]
