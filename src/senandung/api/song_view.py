"""A song folder as the home's page of a song shows it: what follows the sound, its notes, stems, report and files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError, InvalidValueError, OutputError
from senandung.domain.song import Song

WINDOW = 10.0
"""Seconds of a stem that are asked for at a time."""

PICTURES = ("roll.png", "feeling.png")


@dataclass(frozen=True)
class SongView:
    """A song as it is shown.

    Parameters
    ----------
    lines : the words as HTML (`drawing.page.lines_html`), every syllable with its time.
    arc : the tension as an SVG path in a box of 1000 by 100.
    following : what the page's script follows: length, sections, chords, bars, tracks with their notes, the feeling's
        curve; times in seconds of the sound.
    details : what is said of it, name and text.
    files : names in the folder, each with what it is.
    stems : name of each stem as a person reads it, in the order of the files.
    """

    folder: Path
    song: Song
    lines: str
    arc: str
    following: dict[str, Any]
    details: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    stems: tuple[str, ...]


def song_view(folder: Path, language: str) -> SongView:
    """What a song folder holds, said in a language ("id" or "en"). Raises `FileError` where it is none."""
    from senandung.drawing.labels import FILES
    from senandung.drawing.page import arc_path, details, in_order, lines_html
    from senandung.files.manifest import names_in

    song = song_of(folder)
    seconds = _seconds(folder, song)
    names = [name for name in names_in(folder) if "/" not in name]
    stems = stem_files(folder)
    about = tuple(
        (name, FILES.get(name, ("", ""))[0 if language == "id" else 1]) for name in in_order(names)
    )  # fmt: skip
    return SongView(
        folder,
        song,
        lines_html(song, seconds),
        arc_path(song, seconds),
        _following(song, seconds),
        tuple(details(song, "", language)),
        about,
        tuple(_stem_name(song, number, path) for number, path in enumerate(stems)),
    )


def song_of(folder: Path) -> Song:
    """The song of a folder."""
    from senandung.files.song_json import load_song

    path = folder / "song.json"
    if not path.is_file():
        raise FileError(folder, "not a song folder: it has no song.json")
    return load_song(path)


def _seconds(folder: Path, song: Song) -> Any:
    from senandung.api.dial import own_dial
    from senandung.performing.clock import Clock
    from senandung.performing.dynamics import arousal_at

    return Clock.of(song, arousal_at(song, song.end), own_dial(folder)).seconds


def _following(song: Song, seconds: Any) -> dict[str, Any]:
    from senandung.drawing.page import following

    return {
        **following(song, seconds),
        "bars": [round(seconds(start), 3) for start in song.bar_starts()],
        "curve": [
            [round(seconds(p.onset), 3), round(p.valence, 3), round(p.arousal, 3), round(p.tension, 3)]
            for p in song.feeling_curve
        ],
        "tracks": [
            {
                "name": track.name,
                "role": track.role,
                "drum": track.sound.drum,
                "notes": [
                    [round(seconds(note.onset), 3), round(seconds(note.end) - seconds(note.onset), 3), note.pitch]
                    for note in track.notes
                ],
            }
            for track in song.tracks
        ],
    }


def _stem_name(song: Song, number: int, path: Path) -> str:
    from senandung.files.audio import file_name

    plain = path.stem.partition("-")[2]
    return next((track.name for track in song.tracks if file_name(track.name) == plain), plain or str(number + 1))


# notation


def score_pages(folder: Path) -> tuple[str, ...]:
    """The lead sheet as SVG pages for a page that allows no style of its own; bars are `g.measure` in order."""
    path = folder / "song.musicxml"
    try:
        return _engraved(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error


def number_pages(folder: Path) -> tuple[str, ...]:
    """The sung line in not angka as SVG pages; none for a song without words."""
    from senandung.drawing.not_angka import not_angka_svg

    return tuple(not_angka_svg(song_of(folder)))


@lru_cache(maxsize=16)
def _engraved(path: Path, _changed: int) -> tuple[str, ...]:
    from senandung.drawing.score import engrave

    pages = engrave(path.read_text(encoding="utf-8"), lead_sheet_only=True)
    return tuple(without_style(page) for page in pages)


def without_style(svg: str) -> str:
    """An SVG of verovio with a view box and without its style element, which stands in the page's own styles.

    >>> without_style('<svg width="10px" height="20px"><style>g {}</style><g/></svg>')
    '<svg viewBox="0 0 10 20"><g/></svg>'
    """
    import re

    svg = svg[max(svg.find("<svg"), 0) :]
    svg = re.sub(r"<style\b.*?</style>", "", svg, flags=re.DOTALL)
    head, _, rest = svg.partition(">")
    size = re.search(r'width="([\d.]+)px" height="([\d.]+)px"', head)
    if size and "viewBox" not in head:
        head = head.replace(size[0], f'viewBox="0 0 {size[1]} {size[2]}"')
    return f"{head}>{rest}"


# originality


@dataclass(frozen=True)
class Likeness:
    """How near a song comes to other music: `low` and `high` are where 95 % of human works lie.

    `pairs` are the nearest passages: what is said of each side and its notation (SVG), here and there.
    """

    verdict: str
    score: float
    low: float
    high: float
    pairs: tuple[tuple[str, str, str, str], ...]


def likeness(folder: Path, language: str) -> Likeness:
    """The originality report of a song with its passages side by side; made anew, for the file holds no notes."""
    return _likeness(folder, (folder / "song.json").stat().st_mtime_ns, language)


@lru_cache(maxsize=8)
def _likeness(folder: Path, _changed: int, language: str) -> Likeness:
    from senandung.api.check import check
    from senandung.api.original import asked_of
    from senandung.drawing.originality import passage_svg
    from senandung.originality.report import bars_text

    song = song_of(folder)
    report = check(song, asked=asked_of(song))
    bars = "birama" if language == "id" else "bars"
    pairs = tuple(
        (
            f"{row.here_part}, {bars} {bars_text(row.here_bars)}",
            without_style(passage_svg(row.here, 2 * number, row.here_bars[0])),
            f"{row.name}, {row.part}, {bars} {bars_text(row.bars)}",
            without_style(passage_svg(row.there, 2 * number + 1, row.bars[0])),
        )
        for number, row in enumerate(report.nearest)
    )
    return Likeness(report.verdict(language), report.score, *report.human_interval, pairs)


# sound and files


def stem_files(folder: Path) -> list[Path]:
    """The stems of a song in their order."""
    return sorted((folder / "stems").glob("[0-9]*.flac"))


def stem_window(folder: Path, number: int, start: float) -> bytes:
    """`WINDOW` seconds of a stem from `start` on, as FLAC; windows join without a gap.

    Raises `InvalidValueError` for a stem or a time that is not there.
    """
    import soundfile

    files = stem_files(folder)
    if not 0 <= number < len(files):
        raise InvalidValueError(f"a stem must be one of 0..{len(files) - 1}, got {number}")
    try:
        with soundfile.SoundFile(files[number]) as file:
            first = round(start * file.samplerate)
            if not 0 <= first < file.frames:
                raise InvalidValueError(f"a time must lie in 0..{file.frames / file.samplerate:.1f} s, got {start}")
            file.seek(first)
            samples = file.read(round(WINDOW * file.samplerate), dtype="int16", always_2d=True)
            made = io.BytesIO()
            soundfile.write(made, samples, file.samplerate, format="FLAC", subtype="PCM_16")
    except soundfile.LibsndfileError as error:
        raise FileError(files[number], f"cannot be read: {error}") from error
    return made.getvalue()


def song_file(folder: Path, name: str) -> Path:
    """A file of a song folder by its name. Raises `FileError` for what is none of its own files."""
    from senandung.files.manifest import names_in

    if name not in names_in(folder) and name != "manifest.json":
        raise FileError(Path(Path(name).name), "no such file in the song")
    return folder / name


class _Pipe(io.RawIOBase):
    """Takes what a zip writes and gives it on."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        """It is written to."""
        return True

    def write(self, data: Any) -> int:
        """Hold some bytes."""
        self.held += data
        return len(data)

    def taken(self) -> bytes:
        """What was held since the last time."""
        data = bytes(self.held)
        self.held.clear()
        return data


def zipped(folder: Path) -> Iterator[bytes]:
    """Every file of a song folder in one zip, piece by piece; nothing is written to disk."""
    from senandung.files.manifest import names_in

    names = [*names_in(folder), *(["manifest.json"] if (folder / "manifest.json").is_file() else [])]
    pipe = _Pipe()
    try:
        with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # sound and pictures are packed already
            for name in names:
                entry = zipfile.ZipInfo(f"{folder.name}/{name}")  # its time is 1980: the same song, the same bytes
                with (folder / name).open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                    while block := source.read(1 << 18):
                        target.write(block)
                        yield pipe.taken()
            yield pipe.taken()
        yield pipe.taken()
    except OSError as error:
        raise OutputError(f"{folder}: cannot be read: {error.strerror or error}") from error
