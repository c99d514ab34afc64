"""A home with two people and some tracks, for tests of what is kept with songs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from senandung.domain.track import names_key, plain_letters
from senandung.remembering.store.accounts import AccountRow
from senandung.remembering.store.database import Database
from senandung.remembering.store.tracks import TrackRow

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

SONGS = (("Kangen", "Dewa 19"), ("Lilin-Lilin Kecil", "Chrisye"), ("Bengawan Solo", "Gesang"))


@dataclass(frozen=True)
class People:
    """Ids: two people; tracks that both may hear; one that is Ibu's alone; one known from a history alone."""

    ibu: int
    dewi: int
    songs: tuple[int, ...]
    own: int
    elsewhere: int


def settle(database: Database) -> People:
    """Put them in."""
    with database.writing() as session:
        people = [AccountRow(name=name, created=NOW, settings={}, owner=name == "ibu") for name in ("ibu", "dewi")]
        session.add_all(people)
        session.flush()
        ibu, dewi = (each.id for each in people)
        shared = [track(title, artist, path=f"/music/{title}.mp3") for title, artist in SONGS]
        own = track("Hujan Malam Itu", "Senandung", path="/songs/hujan/song.mp3", owner=ibu)
        elsewhere = track("Sempurna", "Andra and the Backbone", owner=ibu, address="https://example.org/sempurna")
        session.add_all([*shared, own, elsewhere])
        session.flush()
        return People(ibu, dewi, tuple(each.id for each in shared), own.id, elsewhere.id)


def track(
    title: str, artist: str, *, path: str | None = None, owner: int | None = None, address: str | None = None
) -> TrackRow:
    """A track's row."""
    return TrackRow(
        title=title,
        artist=artist,
        path=path,
        owner_id=owner,
        address=address,
        duration_ms=240_000,
        merge_key=names_key(artist, title),
        search=plain_letters(f"{title} {artist}"),
        added=NOW,
    )
