"""The command `check`: how original a piece is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from senandung.originality.report import Nearest, OriginalityReport


def check_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `check`."""
    from pathlib import Path

    what = "a song folder, song.json, MIDI, MusicXML, kern, ABC or USTX"
    parser.add_argument("file", type=Path, metavar="FILE", help=what)
    against = "your own files too: files of notes, folders of them, or NAME.index"
    parser.add_argument("--against", type=Path, nargs="+", default=[], metavar="FILE", help=against)
    parser.add_argument(
        "--asked", type=Path, metavar="FILE", help="a tune that was asked for: its likeness is told apart"
    )
    keep = "keep the index of the --against files, to give it to --against later"
    parser.add_argument("--save-index", type=Path, metavar="NAME.index", help=keep)
    out = "a new folder for originality.json and a page with the passages as notation"
    parser.add_argument("--out", type=Path, metavar="DIR", help=out)


def run_check(given: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Check a file; returns what `--json` prints and the lines for a person."""
    from senandung.api.check import check, save_own_index
    from senandung.api.render import load_any_song
    from senandung.domain.errors import InvalidValueError

    if given.save_index is not None and not given.against:
        raise InvalidValueError("--save-index goes with --against, got it alone")
    asked = []
    if given.asked is not None:
        tracks = load_any_song(given.asked).tracks
        asked = [[(note.onset, note.pitch) for note in track.notes] for track in tracks if not track.sound.drum]
    report = check(given.file, against=given.against, asked=asked, out=given.out)
    lines = report_lines(report)
    if given.save_index is not None:
        count = save_own_index(given.against, given.save_index)
        lines.append(f"  {given.save_index}: an index of {count} notes")
    if given.out is not None:
        lines.append(f"  {given.out}/originality.html shows the passages side by side")
    return report.to_plain(), lines


def report_lines(report: OriginalityReport) -> list[str]:
    """A report as a person reads it on a terminal."""
    low, high = report.human_interval
    return [
        report.verdict("id"),
        report.verdict("en"),
        f"  score {report.score:.3f}; 95 % of human works ({report.family}) lie in {low:.3f}–{high:.3f}; "
        f"{report.notes} notes against {report.searched:,}",
        *(_line(row) for row in report.nearest),
        *(f"{_line(row)} (asked for)" for row in report.asked),
    ]


def _line(row: Nearest) -> str:
    from senandung.originality.report import bars_text

    shift = f"{row.shift:+d} semitones" if row.shift else "same pitch"
    pace = "same pace" if abs(row.scale - 1) < 0.05 else f"{row.scale:.2g} × as slow"
    return (
        f"  bars {bars_text(row.here_bars)} ({row.here_part}): {row.name}, bars {bars_text(row.bars)} "
        f"({row.work.set}): {row.notes} notes, {row.bits:.0f} bits, {shift}, {pace}"
    )
