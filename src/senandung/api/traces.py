"""The traces a person gives: text, or a file that holds text."""

from __future__ import annotations

from pathlib import Path

from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.paths import given_path

Trace = str | Path
"""A str is text; a Path is a file."""

LONGEST_TEXT = 20_000
"""Characters of text that one song can be made from."""


def read_trace(trace: Trace) -> str:
    """The text of one trace.

    >>> read_trace("aku rindu kamu")
    'aku rindu kamu'
    """
    if not isinstance(trace, str | Path):
        raise InvalidValueError(f"a trace must be a str (text) or a Path (a file), got {trace!r}")
    text = _read_text_file(given_path(trace)) if isinstance(trace, Path) else trace
    where = f" in {trace}" if isinstance(trace, Path) else ""
    if not text.strip():
        raise InvalidValueError(f"a text must not be empty{where}")
    if len(text) > LONGEST_TEXT:
        raise InvalidValueError(f"a text must have at most {LONGEST_TEXT} characters, got {len(text)}{where}")
    return text


def read_traces(traces: tuple[Trace, ...]) -> str:
    """The texts of all traces, one below the other."""
    if not traces:
        raise InvalidValueError("at least one trace must be given: a text or a file (a composer's style needs none)")
    return "\n".join(read_trace(trace) for trace in traces)


def _read_text_file(path: Path) -> str:
    if path.is_dir():
        raise FileError(path, "a folder, not a text file")
    try:
        with path.open("rb") as file:
            data = file.read(4 * LONGEST_TEXT + 1)
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error
    if len(data) > 4 * LONGEST_TEXT:
        raise InvalidValueError(f"a text must have at most {LONGEST_TEXT} characters, got more in {path}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(path, f"not a UTF-8 text: byte {error.start} cannot be read") from error
    if "\x00" in text:
        raise FileError(path, "not a text file: it holds zero bytes")
    return text
