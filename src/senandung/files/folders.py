"""A new folder that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from senandung.domain.errors import InvalidValueError, OutputError
from senandung.files.paths import given_path


@contextmanager
def new_folder(out: Path | str, *, room: int = 0) -> Iterator[Path]:
    """Yield an empty folder beside `out`; when the block ends well it becomes `out`, else it is removed.

    Parameters
    ----------
    out : the folder to make. It may exist if it is empty; a folder or file that holds something is refused.
    room : bytes that must be free on its disk before the work begins.
    """
    out = given_path(out).absolute()
    check_free(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(out.parent).free
        if free < room:
            raise OutputError(f"{out.parent}: {room >> 20} MB must be free on this disk, got {free >> 20} MB")
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name[:40]}.", dir=out.parent))
    except OSError as error:
        raise OutputError(f"{out}: cannot write there: {error.strerror or error}") from error
    try:
        yield partial
        partial.chmod(0o777 & ~_umask())
        _move(partial, out)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutputError(f"{out}: no room left on the disk") from error
        if error.filename is not None and Path(os.fsdecode(error.filename)).is_relative_to(out.parent):
            raise OutputError(f"{out}: cannot write there: {error.strerror or error}") from error
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _move(partial: Path, out: Path) -> None:
    """Make `partial` the folder `out`. Where the person stands in `out`, it stays the same folder and is filled."""
    if out.is_dir() and out.samefile(Path.cwd()):
        for path in sorted(partial.iterdir()):
            path.rename(out / path.name)
        return
    if out.is_dir():
        out.rmdir()
    partial.rename(out)


def check_free(out: Path | str) -> None:
    """Raise unless `out` does not exist yet, or is an empty folder."""
    out = given_path(out)
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise InvalidValueError(f"the output folder must be new or empty, but {out} is a file")
    if out.is_dir() and any(out.iterdir()):
        raise InvalidValueError(f"the output folder must be new or empty, but {out} holds other things")


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
