"""The library's folders: scanned for what is new, changed, moved, gone or back; songs that were made here join it.

A second scan of unchanged files only looks at their sizes and times. What cannot be read is told with its reason and is
not tried again before it changes.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from senandung.api.songs import read_song_folder, song_sound
from senandung.domain.errors import FileError, InputError, InvalidValueError
from senandung.domain.music import FileState, Picture, Tags
from senandung.files.covers import load_cover, small_cover
from senandung.files.music_folders import Directory, file_state, told, walk_music
from senandung.files.paths import given_path
from senandung.files.tags import MIMES, digest_of_pieces, read_tags
from senandung.remembering import plays, scanned
from senandung.remembering.scanned import FoundFile, KnownFile, MusicFolder, Problem
from senandung.remembering.store.database import Database

READERS = 2
"""Files that are read at once."""

WRITTEN_AT_ONCE = 100
"""Files whose rows are written in one transaction, so that others are let in between."""


@dataclass(frozen=True)
class ScanProgress:
    """How far a scan is: files that were read of those that must be."""

    folder: Path
    done: int
    total: int


Progress = Callable[[ScanProgress], None]


@dataclass
class ScanReport:
    """What a scan found.

    Parameters
    ----------
    seen : files of music.
    new, changed, moved, back, gone : of them, by what became of them since the last scan.
    problems : files and directories that could not be read in this scan.
    stopped : whether it was stopped before its end.
    """

    seen: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    back: int = 0
    gone: int = 0
    problems: list[Problem] = field(default_factory=list)
    stopped: bool = False

    def __add__(self, other: ScanReport) -> ScanReport:
        counts = {name: getattr(self, name) + getattr(other, name) for name in COUNTED}
        return ScanReport(**counts, problems=self.problems + other.problems, stopped=self.stopped or other.stopped)


COUNTED = ("seen", "new", "changed", "moved", "back", "gone")


@dataclass(frozen=True)
class _Read:
    """A file that was read, or why it could not be; its embedded cover's picture."""

    path: Path
    state: FileState
    digest: bytes = b""
    tags: Tags | None = None
    picture: Picture | None = None
    story: str = ""
    reason: str = ""


def add_folder(database: Database, folder: Path, *, at: datetime) -> int:
    """The number of a folder that is scanned from now on.

    Raises `InvalidValueError` for what is no folder, and for one that lies in another or holds one.
    """
    path = given_path(folder).absolute()
    try:
        path = path.resolve()
        if not path.is_dir():
            raise InvalidValueError(f"a folder of music must be a folder that is there, got {told(folder)}")
    except (OSError, RuntimeError) as error:
        raise InvalidValueError(f"{told(folder)} cannot be read: {error}") from error
    if told(path) != str(path):
        raise InvalidValueError(f"a folder's name must be text, got {told(path)!r}")
    with database.writing() as session:
        for other in scanned.folders(session):
            if path != other.path and (path.is_relative_to(other.path) or other.path.is_relative_to(path)):
                raise InvalidValueError(f"{path} and {other.path} hold each other; one of them is enough")
        return scanned.add_folder(session, path, at=at)


def music_folders(database: Database) -> list[MusicFolder]:
    """The folders that are scanned."""
    with database.reading() as session:
        return scanned.folders(session)


def remove_folder(database: Database, folder_id: int) -> bool:
    """Scan a folder no longer; tracks that something is remembered of stay, as missing. False where there is none."""
    with database.writing() as session:
        return scanned.remove_folder(session, folder_id)


def scan(
    database: Database,
    folder_id: int,
    *,
    at: datetime,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> ScanReport:
    """Scan one folder.

    Parameters
    ----------
    at : now, as `added` of what is new.
    progress : told after each batch.
    stop : where it is set the scan ends after its batch; what was found so far is kept.
    """
    with database.reading() as session:
        folder = next((each for each in scanned.folders(session) if each.id == folder_id), None)
        if folder is None:
            raise InvalidValueError(f"there is no folder {folder_id} in the library")
        known, bad = scanned.known_files(session, folder_id), scanned.known_problems(session, folder_id)
    report = ScanReport()
    directories = list(walk_music(folder.path))
    if len(directories) == 1 and directories[0].problem and directories[0].path == folder.path:
        report.problems.append(Problem(folder.path, directories[0].problem))
    found: dict[str, FileState] = {}
    for directory in directories:
        if directory.problem:
            if directory.path != folder.path:
                report.problems.append(Problem(directory.path, directory.problem))
            continue
        found |= {told(path): state for path, state in directory.files.items()}
    report.seen = len(found)
    gone = {each.track_id for path, each in known.items() if path not in found}
    work = [(directory, paths) for directory in directories if (paths := _unread(directory, known, bad))]
    back = [each.track_id for path, each in known.items() if each.missing and found.get(path) == each.state]
    scan_of = _Scan(database, folder_id, known, gone, report, at, stop or threading.Event())
    total, done = sum(len(paths) for _, paths in work), 0
    with ThreadPoolExecutor(READERS) as readers:
        for directory, paths in work:
            for count in scan_of.read(directory, paths, readers):
                done += count
                if progress is not None:
                    progress(ScanProgress(folder.path, done, total))
            if scan_of.stop.is_set():
                report.stopped = True
                break
    moved = scan_of.moved
    newly = {each.track_id for path, each in known.items() if path not in found and not each.missing} - moved
    with database.writing() as session:
        if not report.stopped:
            scanned.set_missing(session, newly, True)
        scanned.set_missing(session, back, False)
        scanned.drop_problems(session, [path for path in bad if path not in found])
        scanned.prune(session)
        own = directories[0].problem if directories and directories[0].path == folder.path else None
        scanned.folder_scanned(session, folder_id, at=at, problem=own)
        if report.new or report.changed or report.moved or back:
            plays.join_files(session)
    report.back += len(back)
    report.gone = 0 if report.stopped else len(newly)
    return report


def scan_all(
    database: Database, *, at: datetime, progress: Progress | None = None, stop: threading.Event | None = None
) -> ScanReport:
    """Scan every folder."""
    report = ScanReport()
    for folder in music_folders(database):
        report += scan(database, folder.id, at=at, progress=progress, stop=stop)
        if report.stopped:
            break
    return report


def add_song(database: Database, folder: Path, *, owner_id: int, at: datetime) -> int:
    """A song folder as a track of one person's own, new or written anew. The track's number.

    Raises `FileError` where it is no song folder or has no sound.
    """
    found = found_song(folder, owner_id=owner_id)
    with database.writing() as session:
        return scanned.save_file(session, found, folder_id=None, at=at, moved=None)


def found_song(folder: Path, *, owner_id: int) -> FoundFile:
    """A song folder as a file that was found, for one person alone. Raises as `add_song` does."""
    folder = folder.absolute()
    sound = song_sound(folder)
    tags, story = read_song_folder(folder)
    return FoundFile(
        sound, file_state(sound), digest_of_pieces(sound), tags, MIMES[sound.suffix.lower()], None, folder, story,
        owner_id,
    )  # fmt: skip


def _unread(directory: Directory, known: dict[str, KnownFile], bad: dict[str, FileState]) -> list[Path]:
    """The files of a directory that are new or changed."""
    return [
        path
        for path, state in directory.files.items()
        if bad.get(told(path)) != state and (told(path) not in known or known[told(path)].state != state)
    ]


class _Scan:
    """One scan of one folder while it lasts: what is known, the covers that were made, the report."""

    def __init__(
        self,
        database: Database,
        folder_id: int,
        known: dict[str, KnownFile],
        gone: set[int],
        report: ScanReport,
        at: datetime,
        stop: threading.Event,
    ) -> None:
        self.database, self.folder_id, self.known, self.gone = database, folder_id, known, gone
        self.report, self.at, self.stop = report, at, stop
        self.moved: set[int] = set()
        self._pictures: dict[bytes, Picture | None] = {}

    def read(self, directory: Directory, paths: Sequence[Path], readers: ThreadPoolExecutor) -> Iterator[int]:
        """Read and write files of a directory; how many, a batch at a time."""
        own = {self.known[told(path)].track_id for path in directory.files if told(path) in self.known}
        cover = self._folder_cover(directory)
        for first in range(0, len(paths), WRITTEN_AT_ONCE):
            some = paths[first : first + WRITTEN_AT_ONCE]
            read = list(readers.map(lambda path: self._one(directory, path), some))
            with self.database.writing() as session:
                folder_cover = None if cover is None else scanned.save_cover(session, cover)
                for each in read:
                    if each.tags is None:
                        shown = Path(told(each.path))
                        scanned.note_problem(session, self.folder_id, shown, each.state, each.reason, at=self.at)
                        self.report.problems.append(Problem(shown, each.reason))
                        continue
                    picture = each.picture
                    cover_id = folder_cover if picture is None else scanned.save_cover(session, picture)
                    moved = None
                    if str(each.path) in self.known:
                        self.report.changed += 1
                    else:
                        left = self.gone - self.moved
                        moved = scanned.find_moved(session, each.digest, each.tags, left, Path.exists)
                        moved = None if moved in self.moved else moved
                        self.report.moved += moved is not None
                        self.report.new += moved is None
                    if moved is not None:
                        self.moved.add(moved)
                    own.add(
                        scanned.save_file(
                            session, self._found(directory, each, cover_id), folder_id=self.folder_id, at=self.at,
                            moved=moved,
                        )
                    )  # fmt: skip
                if first + WRITTEN_AT_ONCE >= len(paths) or self.stop.is_set():
                    scanned.settle_albums(session, sorted(own), folder_cover, at=self.at)
            yield len(some)
            if self.stop.is_set():
                return

    def _found(self, directory: Directory, each: _Read, cover_id: int | None) -> FoundFile:
        assert each.tags is not None
        song = directory.path if directory.song else None
        mime = MIMES[each.path.suffix.lower()]
        return FoundFile(each.path, each.state, each.digest, each.tags, mime, cover_id, song, each.story)

    def _one(self, directory: Directory, path: Path) -> _Read:
        state = directory.files[path]
        try:
            if told(path) != str(path):
                raise FileError(Path(told(path)), "its name must be text in UTF-8")
            story = ""
            if directory.song:
                tags, story = read_song_folder(directory.path)
            else:
                tags = read_tags(path)
            digest = digest_of_pieces(path)
        except InputError as error:
            return _Read(path, state, reason=str(error).removeprefix(f"{told(path)}: "))
        return _Read(path, state, digest, tags, self._picture(path, tags.picture), story)

    def _picture(self, path: Path, data: bytes | None) -> Picture | None:
        """An embedded cover made small, once for all files that hold it; None where there is none that can be read."""
        if not data:
            return None
        mark = hashlib.sha256(data).digest()
        if mark not in self._pictures:
            try:
                self._pictures[mark] = small_cover(data, path)
            except FileError:
                self._pictures[mark] = None
            if len(self._pictures) > 64:
                self._pictures.pop(next(iter(self._pictures)))
        return self._pictures.get(mark)

    @staticmethod
    def _folder_cover(directory: Directory) -> Picture | None:
        if directory.cover is None or directory.song:
            return None
        try:
            return load_cover(directory.cover)
        except FileError:
            return None
