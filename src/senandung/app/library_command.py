"""`library scan` and `library list`: folders of music read, what they hold, and, when asked, heard."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from senandung.api.home import Home
    from senandung.api.library import ScanReport
    from senandung.domain.music import TrackShown
    from senandung.remembering.analyses import AnalysisCounts
    from senandung.remembering.scanned import MusicFolder

Said = tuple[dict[str, Any], list[str]]
"""What a command says: as JSON, and as lines."""

SHOWN_PROBLEMS = 20
"""Files that could not be read, told by name on a terminal; JSON has all of this scan."""


def library_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `library scan` and `library list`."""
    parser.add_argument(
        "--hear", action="store_true", help="scan: also hear every track (feeling, tempo, key, likeness)"
    )
    parser.add_argument("--find", metavar="WORDS", default="", help="list: only tracks with these words")


def run_scan(given: argparse.Namespace) -> Said:
    """Scan a folder, which is added to the library where it is not in it; all folders where none is named."""
    from datetime import UTC, datetime

    from senandung.api.home import open_home
    from senandung.api.library import ScanProgress, add_folder, music_folders, scan, scan_all
    from senandung.app.show import Progress

    with open_home(given.home, address=given.database) as home, Progress() as progress:

        def show(done: ScanProgress) -> None:
            progress(f"{done.done} of {done.total} files", done.done / max(done.total, 1))

        at = datetime.now(UTC)
        if given.which is None:
            report = scan_all(home.database, at=at, progress=show)
        else:
            report = scan(home.database, add_folder(home.database, Path(given.which), at=at), at=at, progress=show)
        counts = _heard(home, progress) if given.hear else None
        folders = music_folders(home.database)
    return _scan_plain(report, folders, counts), _scan_lines(report, folders, counts)


def run_list(given: argparse.Namespace) -> Said:
    """Every track of the library that the owner can hear, by title."""
    from senandung.api.home import open_home
    from senandung.remembering.tracks import search_tracks

    found: list[TrackShown] = []
    with open_home(given.home, address=given.database) as home, home.database.reading() as session:
        after = None
        while True:
            page = search_tracks(session, home.owner.id, given.find, after=after, count=1000)
            found += page.tracks
            if not page.more:
                break
            after = found[-1].id
    lines = [f"{track.title} – {track.artist or '?'}{f' ({track.album})' if track.album else ''}" for track in found]
    return {"tracks": [_track_plain(track) for track in found]}, lines or ["No music yet: library scan DIR"]


def _heard(home: Home, progress: Any) -> AnalysisCounts:
    from datetime import UTC, datetime

    from senandung.api.analysis import analyse, hearing_pool

    def show(counts: AnalysisCounts) -> None:
        done = counts.total - counts.waiting
        progress(f"{done} of {counts.total} heard", done / max(counts.total, 1))

    with hearing_pool() as pool:
        return analyse(home.database, pool, clock=lambda: datetime.now(UTC), at_once=2, progress=show)


def _scan_plain(report: ScanReport, folders: list[MusicFolder], counts: AnalysisCounts | None) -> dict[str, Any]:
    from senandung.api.library import COUNTED

    plain: dict[str, Any] = {name: getattr(report, name) for name in COUNTED}
    plain["problems"] = [{"path": str(each.path), "reason": each.reason} for each in report.problems]
    plain["folders"] = [
        {"path": str(each.path), "tracks": each.tracks, "missing": each.missing, "unreadable": each.problems,
         "problem": each.problem}
        for each in folders
    ]  # fmt: skip
    if counts is not None:
        names = ("done", "waiting", "failed", "skipped")
        plain["heard"] = {name: getattr(counts, name) for name in names}
    return plain


def _scan_lines(report: ScanReport, folders: list[MusicFolder], counts: AnalysisCounts | None) -> list[str]:
    from senandung.api.library import COUNTED

    if not folders:
        return ["The library has no folder: library scan DIR"]
    told = [f"{getattr(report, name)} {name}" for name in COUNTED[1:] if getattr(report, name)]
    lines = [f"{report.seen} files of music: {', '.join(told) if told else 'nothing changed'}"]
    lines += [f"  {each.path}: {each.reason}" for each in report.problems[:SHOWN_PROBLEMS]]
    if len(report.problems) > SHOWN_PROBLEMS:
        lines.append(f"  and {len(report.problems) - SHOWN_PROBLEMS} more that could not be read (--json names them)")
    lines += [f"  {each.path}: {each.problem}" for each in folders if each.problem and not report.problems]
    if counts is not None:
        lines.append(
            f"  heard {counts.done}, failed {counts.failed}, skipped {counts.skipped}, waiting {counts.waiting}"
        )
    return lines


def _track_plain(track: TrackShown) -> dict[str, Any]:
    return {
        "id": track.id, "title": track.title, "artist": track.artist, "album": track.album,
        "seconds": None if track.duration_ms is None else track.duration_ms / 1000, "made_here": track.made_here,
    }  # fmt: skip
