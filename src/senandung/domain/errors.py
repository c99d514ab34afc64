"""Every error that reaches a user.

    SenandungError
    ├── InputError               what the person gave cannot be used              exit status 2
    │   ├── InvalidValueError    a value breaks its rule (also a ValueError)
    │   ├── UnknownNameError     a style, instrument, key … that does not exist
    │   └── FileError            a file cannot be read: path, line, reason
    └── MachineError             the machine cannot do it                         exit status 1
        ├── MissingProgramError  a program or sound font is not installed
        └── OutputError          the result cannot be written (disk full, no permission)

Each message is one sentence that says what, the rule and the value:
"pitch must be a MIDI note number in 0..127, got 128".
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class SenandungError(Exception):
    """The root of the tree. `exit_status` is what the command line ends with."""

    exit_status = 1


class InputError(SenandungError):
    """What the person gave cannot be used."""

    exit_status = 2


class InvalidValueError(InputError, ValueError):
    """A value breaks its rule."""


class UnknownNameError(InputError):
    """A name that is not in its table; the nearest known name is suggested.

    >>> raise UnknownNameError("style", "pop-balad", ["pop-ballad", "dangdut"])
    Traceback (most recent call last):
        ...
    senandung.domain.errors.UnknownNameError: unknown style 'pop-balad'; did you mean 'pop-ballad'?
    """

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(names)}"
        super().__init__(f"unknown {what} {name!r}; {hint}")


class FileError(InputError):
    """A file that cannot be read.

    >>> str(FileError(Path("a.mid"), "not a MIDI file: it begins with b'Hello'"))
    "a.mid: not a MIDI file: it begins with b'Hello'"
    >>> str(FileError(Path("a.abc"), "a bar without an end", line=12))
    'a.abc, line 12: a bar without an end'
    """

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        place = f"{path}, line {line}" if line is not None else str(path)
        super().__init__(f"{place}: {reason}")
        self.path = path
        self.line = line


class MachineError(SenandungError):
    """The machine cannot do what was asked."""


class MissingProgramError(MachineError):
    """A program that must be installed first."""


class OutputError(MachineError):
    """The result cannot be written."""
