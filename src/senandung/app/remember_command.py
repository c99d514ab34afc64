"""`remember`: memories at moments of songs; `gift`: a song with a letter as one file."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from senandung.domain.errors import InvalidValueError

if TYPE_CHECKING:
    from senandung.api.home import Home
    from senandung.domain.memory import KeptMemory

Said = tuple[dict[str, Any], list[str]]
"""What a command says: as JSON, and as lines."""

ACTIONS = ("add", "list", "export", "import", "delete")


def remember_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `remember`."""
    what = (
        "add TRACK: a memory at a moment of a song, by its number or words of its title; list [WORDS]; "
        "export FILE.json|FILE.html; import FILE.json; delete NUMBER or --all"
    )
    parser.add_argument("what", metavar="add|list|export|import|delete", choices=ACTIONS, help=what)
    parser.add_argument(
        "which", nargs="?", metavar="TRACK|WORDS|FILE|NUMBER", help="of which song; which file or memory"
    )
    parser.add_argument("--at", default="0:00", metavar="M:SS", help="the moment in the song (default: its beginning)")
    parser.add_argument("--until", metavar="M:SS", help="where the moment ends")
    parser.add_argument("--text", metavar="TEXT", help="what is remembered")
    parser.add_argument("--when", metavar="TEXT", help='in your own words: "sekitar Lebaran 2009", "the 90s", 2012')
    parser.add_argument("--born", type=int, metavar="YEAR", help="your year of birth, for schools and ages; it is kept")
    parser.add_argument("--who", metavar="A,B", help="who is in it")
    parser.add_argument("--place", metavar="TEXT", help="where it was")
    parser.add_argument("--feeling", metavar="WORDS|V,A", help="how it felt: words, or valence,arousal in -1..1")
    parser.add_argument("--voice", type=Path, metavar="FILE", help="a voice note, kept as it is")
    parser.add_argument("--year", type=int, metavar="N", help="list: of a year")
    parser.add_argument("--all", action="store_true", help="delete: all of them")


def run_remember(given: argparse.Namespace) -> Said:
    """The owner's memories."""
    from senandung.api.home import open_home

    run = {"add": _add, "list": _list, "export": _export, "import": _import, "delete": _delete}[given.what]
    with open_home(given.home, address=given.database) as home:
        return run(home, given)


def _now() -> datetime:
    return datetime.now(UTC)


def _add(home: Home, given: argparse.Namespace) -> Said:
    from senandung.api import accounts, memories
    from senandung.api.memories import BORN, Written

    person = home.owner
    if given.born is not None:
        person = accounts.change_settings(home, person, **{BORN: given.born})
    valence, arousal, words = _feeling(given.feeling)
    written = Written(
        _moment(given.at, "--at"),
        None if given.until is None else _moment(given.until, "--until"),
        given.when or "",
        people=given.who or "",
        place=given.place or "",
        valence=valence,
        arousal=arousal,
        words=words,
        text=given.text or "",
    )
    number = _track(home, given.which)
    today = datetime.now().date()
    kept = memories.add(home, person, number, written, at=_now(), today=today, voice=given.voice)
    lines = [f"kept as {kept.id}: {kept.track.title} {_clock(kept.memory.start_ms)}"]
    when = kept.memory.when
    if when.said:
        lines.append(f"{when.said}: {when.words('en') or 'the words are kept, the time is not understood'}")
    return _plain(kept), lines


def _list(home: Home, given: argparse.Namespace) -> Said:
    from senandung.api import memories
    from senandung.remembering.memories import Asked

    asked = Asked(given.which or "", given.who or "", given.place or "", given.year, given.feeling or "")
    found, count = memories.search(home, home.owner, asked, most=1000)
    lines = [_line(each) for each in found] or ["there is no such memory" if asked else "there are no memories yet"]
    return {"memories": [_plain(each) for each in found], "count": count}, lines


def _export(home: Home, given: argparse.Namespace) -> Said:
    from senandung.api import memories

    path = _path(given)
    count = memories.export(home, home.owner, path, at=_now())
    return {"file": str(path), "memories": count}, [f"{path}: {count} memories"]


def _import(home: Home, given: argparse.Namespace) -> Said:
    from senandung.api import memories

    taken = memories.import_book(home, home.owner, _path(given), at=_now())
    said = f"{taken.memories} memories and {taken.listenings} listenings came in; {taken.known} were here already"
    return {"memories": taken.memories, "listenings": taken.listenings, "known": taken.known}, [said]


def _delete(home: Home, given: argparse.Namespace) -> Said:
    from senandung.api import memories

    if given.all == (given.which is not None):
        raise InvalidValueError("delete takes the number of one memory, or --all")
    if given.all:
        count = memories.delete_all(home, home.owner)
        return {"deleted": count}, [f"{count} memories are deleted for good"]
    if not given.which.isdecimal() or not memories.delete(home, home.owner, int(given.which)):
        raise InvalidValueError(f"there is no such memory, got {given.which!r}; see senandung remember list")
    return {"deleted": 1}, ["deleted for good"]


def _path(given: argparse.Namespace) -> Path:
    if given.which is None:
        raise InvalidValueError(f"remember {given.what} takes a file")
    return Path(given.which)


def _track(home: Home, which: str | None) -> int:
    """The number of a track, by itself or by words of its names that fit no other."""
    from senandung.remembering.memories import tracks_with

    if which is None:
        raise InvalidValueError("remember add takes a song: its number, or words of its title")
    if which.isdecimal():
        return int(which)
    with home.database.reading() as session:
        found = tracks_with(session, home.owner.id, which)
    if len(found) == 1:
        return found[0].id
    if not found:
        raise InvalidValueError(f"no song has these words, got {which!r}; see senandung library list")
    names = "; ".join(f"{track.id} {track.title}" for track in found[:5])
    raise InvalidValueError(f"several songs have these words ({names}), got {which!r}; give its number")


def _moment(text: str, name: str) -> int:
    """Milliseconds of M:SS."""
    parts = text.strip().split(":")
    try:
        seconds = sum(float(part) * 60.0**power for power, part in enumerate(reversed(parts)))
    except ValueError as error:
        raise InvalidValueError(f"{name} must be minutes and seconds such as 1:23, got {text!r}") from error
    if not 0 <= seconds <= 86_400 or len(parts) > 3:
        raise InvalidValueError(f"{name} must be minutes and seconds such as 1:23, got {text!r}")
    return round(1000 * seconds)


def _feeling(text: str | None) -> tuple[float | None, float | None, str]:
    """A point, or words."""
    parts = (text or "").split(",")
    if len(parts) == 2:
        try:
            return float(parts[0]), float(parts[1]), ""
        except ValueError:
            pass
    return None, None, text or ""


def _clock(milliseconds: int) -> str:
    return f"{milliseconds // 60_000}:{milliseconds // 1000 % 60:02}"


def _line(kept: KeptMemory) -> str:
    memory = kept.memory
    about = [memory.when.said, memory.place, ", ".join(memory.people), ", ".join(memory.felt.words)]
    text = memory.text.splitlines()[0] if memory.text else ("chills" if memory.kind == "chills" else "")
    said = " · ".join(part for part in (*about, text[:80]) if part)
    return f"{kept.id:>5}  {kept.track.title} {_clock(memory.start_ms)}{'  ' + said if said else ''}"


def _plain(kept: KeptMemory) -> dict[str, Any]:
    from senandung.files.memories_json import memory_plain

    return {
        "id": kept.id,
        "track": {"id": kept.track.id, "title": kept.track.title, "artist": kept.track.artist},
        **memory_plain(kept.memory),
        "voice": kept.voice,
        "primary": kept.primary,
    }


def gift_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `gift`."""
    song = "a song folder, a file of music, or the number of a track of the home"
    parser.add_argument("song", metavar="TRACK|FOLDER|FILE", help=song)
    parser.add_argument("--letter", metavar="TEXT|FILE", help="a letter that goes with it, or a text file")
    parser.add_argument("--start", default="0:00", metavar="M:SS", help="where the song begins (default: 0:00)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the new HTML file (default: by the song's title)")
    language = "of what the page says itself (default: id)"
    parser.add_argument("--language", choices=("id", "en"), default="id", help=language)


def run_gift(given: argparse.Namespace) -> Said:
    """A song with a letter as one file."""
    from senandung.api.gift import gift_name, save_gift, song_of_path, song_of_track
    from senandung.api.home import open_home
    from senandung.remembering.tracks import find_track

    if given.song.isdecimal() and not Path(given.song).exists():
        with open_home(given.home, address=given.database) as home:
            with home.database.reading() as session:
                track = find_track(session, int(given.song), home.owner.id)
            if track is None:
                raise InvalidValueError(f"there is no such track, got {given.song}; see senandung library list")
            song = song_of_track(home, home.owner, track)
    else:
        song = song_of_path(Path(given.song))
    out = save_gift(
        song,
        given.out or Path(gift_name(song)),
        letter=_letter(given.letter),
        start_ms=_moment(given.start, "--start"),
        language=given.language,
    )
    size = out.stat().st_size
    lines = [f"{out}: {size / 1e6:.1f} MB", "It is not locked: whoever holds it can open it and pass it on."]
    return {"file": str(out), "bytes": size, "title": song.title}, lines


def _letter(given: str | None) -> str:
    """A letter as it is, or what a file holds."""
    from senandung.files.reading import MEGABYTE, decode_text, read_bytes

    if given is None:
        return ""
    path = Path(given) if len(given) < 1000 and "\x00" not in given and "\n" not in given else None
    if path is None or not path.is_file():
        return given
    return decode_text(path, read_bytes(path, MEGABYTE))
