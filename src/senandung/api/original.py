"""A song that is no copy: what is composed is checked, and composed again where it comes too near other music."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from senandung.api.check import REPORT_NAME, check, save_report
from senandung.api.compose import NOTE_FILES, Composed, compose, save_notes
from senandung.api.network import Composer, ProgressCall
from senandung.api.options import Options
from senandung.api.traces import Trace

if TYPE_CHECKING:
    from senandung.domain.song import Song
    from senandung.originality.report import OriginalityReport

MOST_TRIES = 3
"""How often a song is composed, the first time counted."""

_STEP = 1_000_003
"""How far the seed of the next try lies, modulo 2^31: the same seed gives the same tries."""


def compose_original(
    *traces: Trace,
    composer: Composer | None = None,
    progress: ProgressCall | None = None,
    **options: Unpack[Options],
) -> tuple[Composed, OriginalityReport]:
    """As `compose`, with the originality report; a song below the human interval is composed again with another seed.

    The try that comes least near is given, and a remark says what happened. Likeness to the person's own motif does not
    count.
    """
    made = compose(*traces, composer=composer, progress=progress, **options)
    report = check(made.song, asked=asked_of(made.song))
    first = made.song.provenance.seed
    tries = 1
    while report.copied and tries < MOST_TRIES:
        options["seed"] = (first + tries * _STEP) % 2**31
        again = compose(*traces, composer=composer, progress=progress, **options)
        found = check(again.song, asked=asked_of(again.song))
        tries += 1
        if found.score > report.score:
            made, report = again, found
    if report.copied:
        said = f"composed {tries} times, and still near other music: {report.verdict('en')}"
        made = replace(made, remarks=(*made.remarks, said))
    elif tries > 1:
        said = f"seed {first} came too near other music, so it was composed again with seed {made.song.provenance.seed}"
        made = replace(made, remarks=(*made.remarks, said))
    return made, report


def save_composed(song: Song, report: OriginalityReport, folder: Path) -> tuple[str, ...]:
    """Write a song's notes, its originality report and its manifest into an existing folder; their names."""
    from senandung.files.manifest import MANIFEST_FILE, save_manifest

    save_notes(song, folder)
    save_report(report, folder)
    save_manifest(song, folder)
    return (*NOTE_FILES, REPORT_NAME, MANIFEST_FILE)


def asked_of(song: Song) -> list[list[tuple[int, int]]]:
    """What the person asked for in a song: the notes of their own motif."""
    if song.motif is None:
        return []
    return [[(tone.onset, tone.pitch) for tone in song.motif.motif.tones]]
