"""A gift file: one HTML file with a song, a letter and the words, for those who have no server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from senandung.api.home import Home
from senandung.domain.checks import require
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.gift import Gift
from senandung.domain.music import LyricLine, TrackWhole
from senandung.files.paths import given_path
from senandung.remembering.accounts import Person

LONGEST_NAME = 60
"""Characters of the file's own name."""


@dataclass(frozen=True)
class GiftSong:
    """A song to be given: its sound and what is said of it. `seconds` is 0 where the length is not known."""

    title: str
    artist: str
    sound: Path
    seconds: float = 0.0
    lines: tuple[LyricLine, ...] = ()
    cover: tuple[bytes, str] | None = None
    story: str = ""
    machine: bool = False


def song_of_path(path: Path | str) -> GiftSong:
    """The song of a song folder, or of a file of music. Raises `FileError` for what is neither."""
    from senandung.api.songs import read_song_folder, song_sound
    from senandung.files.covers import small_cover
    from senandung.files.tags import is_music, read_tags

    path = given_path(path)
    story, machine = "", False
    if path.is_dir():
        tags, story = read_song_folder(path)
        sound, machine = song_sound(path), True
    elif is_music(path) or not path.exists():
        tags, sound = read_tags(path), path
    else:
        raise FileError(path, "neither a song folder nor a file of music")
    cover = None
    if tags.picture:
        try:
            picture = small_cover(tags.picture, sound)
            cover = picture.data, picture.mime
        except FileError:
            cover = None
    seconds = (tags.duration_ms or 0) / 1000
    return GiftSong(tags.title, tags.artist, sound, seconds, tags.lyrics, cover, story, machine)


def song_of_track(home: Home, person: Person, track: TrackWhole) -> GiftSong:
    """The song of a track of the home. Raises `InvalidValueError` where its sound is not here."""
    from senandung.remembering.tracks import find_cover

    if track.path is None or track.missing:
        raise InvalidValueError("a song that is given must have its sound here")
    cover = None
    if track.cover_id is not None:
        with home.database.reading() as session:
            found = find_cover(session, track.cover_id, person.id)
        cover = None if found is None else (found[0], found[1])
    seconds = (track.duration_ms or 0) / 1000
    return GiftSong(
        track.title, track.artist, track.path, seconds, track.lyrics, cover, track.story, track.song_folder is not None
    )


def gift_text(
    song: GiftSong,
    *,
    letter: str = "",
    start_ms: int = 0,
    memory: tuple[str, str] = ("", ""),
    voice: tuple[bytes, str] | None = None,
    language: str = "id",
) -> str:
    """The gift file as text, at most `drawing.gift.LARGEST` bytes.

    Parameters
    ----------
    letter : in the sender's words.
    start_ms : where the song begins.
    memory, voice : a memory that goes with it: its time and place, its text; its voice note and the type of it.
    language : of what the page itself says, id or en.

    Raises `FileError` for what is no sound, `InvalidValueError` for what is too long.
    """
    from senandung.drawing.gift import GiftPage, gift_html, room_for_sound
    from senandung.files.gift_sound import gift_sound

    page = GiftPage(
        song.title, song.artist, b"", "audio/mpeg", letter, song.lines, song.cover, start_ms, memory, voice, song.story,
        song.machine,
    )  # fmt: skip
    room = room_for_sound(page, language=language)
    sound, kind = gift_sound(song.sound, song.seconds, room, title=song.title, artist=song.artist)
    return gift_html(replace(page, sound=sound, sound_type=kind), language=language)


def gift_of_track(home: Home, person: Person, track: TrackWhole, gift: Gift) -> str:
    """The gift file of a track with what the sender gives along. Raises as `gift_text` does."""
    from senandung.api import memories

    memory, voice = ("", ""), None
    if gift.memory_id is not None:
        kept = memories.find(home, person, gift.memory_id)
        if kept is None:
            raise InvalidValueError(f"there is no such memory, got {gift.memory_id}")
        when = " · ".join(part for part in (kept.memory.when.said, kept.memory.place) if part)
        memory = when, kept.memory.text
        note = memories.voice(home, person, gift.memory_id)
        voice = None if note is None else (note.data, note.mime)
    song = song_of_track(home, person, track)
    return gift_text(
        song, letter=gift.letter, start_ms=gift.start_ms, memory=memory, voice=voice, language=person.language
    )


def save_gift(song: GiftSong, out: Path | str, *, letter: str = "", start_ms: int = 0, language: str = "id") -> Path:
    """Write the gift file of a song; the file must be new. Raises as `gift_text` does, and `OutputError`."""
    from senandung.files.writing import write_atomically

    path = given_path(out)
    require(not path.exists(), "the file must be new", str(path))
    text = gift_text(song, letter=letter, start_ms=start_ms, language=language)
    write_atomically(path, text.encode("utf-8", "replace"))
    return path


def gift_name(song: GiftSong) -> str:
    """The name of a gift file.

    >>> gift_name(GiftSong("Hujan di Bulan Juni", "", Path("a.mp3")))
    'hujan-di-bulan-juni.html'
    """
    from senandung.files.audio import file_name

    return f"{file_name(song.title)[:LONGEST_NAME].strip('-')}.html"
