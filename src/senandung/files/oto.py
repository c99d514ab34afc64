"""oto.ini of UTAU: which part of which recording is which sound.

A line is `file.wav=alias,offset,consonant,cutoff,preutterance,overlap`, all in milliseconds. The sound begins at
`offset`; all but `consonant` counts from there. A negative `cutoff` is the sound's length; else the sound ends so long
before the file's end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from senandung.domain.checks import require
from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.utau_text import load_utau_text
from senandung.files.writing import write_atomically

MOST_MS = 3_600_000.0


@dataclass(frozen=True)
class Oto:
    """A sound of a voicebank, in milliseconds.

    Parameters
    ----------
    wav : the recording's file name.
    alias : the sound's name.
    offset : where it begins in the recording.
    consonant : how much of it, from its beginning, is not stretched.
    cutoff : where it ends: below 0 counted from the offset, else from the file's end.
    preutterance : from its beginning to where the note begins: to its vowel.
    overlap : how much of it lies over the sound before.
    """

    wav: str
    alias: str
    offset: float
    consonant: float
    cutoff: float
    preutterance: float
    overlap: float

    def __post_init__(self) -> None:
        bad = any(letter in self.wav for letter in "=\n\r\x00") or not self.wav
        require(not bad, "a recording's name must be a file name without '='", self.wav)
        require(not any(letter in self.alias for letter in ",\n\r\x00"), "an alias must have no comma", self.alias)
        numbers = (self.offset, self.consonant, self.cutoff, self.preutterance, self.overlap)
        require(all(math.isfinite(each) and abs(each) <= MOST_MS for each in numbers), "times must be in ms", numbers)
        require(self.offset >= 0, "an offset must be 0 ms or later", self.offset)

    def end(self, file_ms: float) -> float:
        """Where it ends in a recording of `file_ms` milliseconds.

        >>> Oto("a.wav", "a", 100, 50, -300, 20, 10).end(1000), Oto("a.wav", "a", 100, 50, 200, 20, 10).end(1000)
        (400, 800)
        """
        return self.offset - self.cutoff if self.cutoff < 0 else file_ms - self.cutoff

    def line(self) -> str:
        """As it stands in oto.ini."""
        times = (self.offset, self.consonant, self.cutoff, self.preutterance, self.overlap)
        return f"{self.wav}={self.alias},{','.join(f'{round(each, 3):g}' for each in times)}"


def load_oto(path: Path, encoding: str = "") -> tuple[Oto, ...]:
    """The sounds of an oto.ini, in its order; `encoding` is of banks that say theirs (`load_utau_text`).

    As in UTAU and OpenUtau a missing number is 0, a missing alias the file's name, a sixth number nothing, and a line
    that cannot be read is passed over. Raises `FileError` with the first of those where there are no others.
    """
    found = []
    wrong: FileError | None = None
    for number, line in enumerate(load_utau_text(path, encoding).split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith((";", "#")):
            continue
        try:
            found.append(_sound(line.strip()))
        except ValueError as error:
            wrong = wrong or FileError(path, str(error), line=number)
    if wrong is not None and not found:
        raise wrong
    return tuple(found)


def _sound(line: str) -> Oto:
    wav, equals, rest = line.partition("=")
    require(bool(equals), "a line must be file=alias,five numbers", line[:60])
    alias, *cells = rest.split(",")
    try:
        times = [float(cell) if cell.strip() else 0.0 for cell in cells[:5]]
    except ValueError as error:
        raise InvalidValueError(f"times must be numbers, got {rest[:60]!r}") from error
    times += [0.0] * (5 - len(times))
    return Oto(wav.strip(), alias.strip() or Path(wav.strip()).stem, max(times[0], 0.0), *times[1:])


def save_oto(sounds: Iterable[Oto], path: Path) -> None:
    """Write an oto.ini in UTF-8 that says so. Inverse of `load_oto` to a thousandth of a millisecond."""
    lines = ["#Charset:UTF-8", *(sound.line() for sound in sounds)]
    write_atomically(path, ("\r\n".join(lines) + "\r\n").encode("utf-8"))
