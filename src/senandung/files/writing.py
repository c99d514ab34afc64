"""The one way in which a file is written: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from senandung.domain.errors import OutputError


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` through a temporary file in the same folder, so that nothing half-written stays.

    Raises `OutputError` where the folder is missing, not writable or full; an older file then stays as it was.
    """
    path = Path(path)
    part = path.with_name(f".{path.name[:60]}.{os.getpid()}.part")
    try:
        with part.open("xb") as stream:
            stream.write(data)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise OutputError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from error
