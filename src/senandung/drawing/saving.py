"""Writing a picture whole or not at all."""

from __future__ import annotations

from pathlib import Path

from senandung.domain.errors import OutputError


def save_bytes(path: Path, data: bytes) -> None:
    """Write a file by way of a neighbour that takes its name once it is whole.

    >>> save_bytes(Path("no/such/folder/a.pdf"), b"")
    Traceback (most recent call last):
        ...
    senandung.domain.errors.OutputError: cannot write no/such/folder/a.pdf: No such file or directory
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
