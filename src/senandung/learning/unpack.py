"""The public sets as they were downloaded: archives or folders, found, told apart by their content, and unpacked."""

from __future__ import annotations

import hashlib
import lzma
import shutil
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from senandung.domain.errors import FileError, OutputError

MOST_BYTES = 1 << 31
"""The most that one archive may unpack to; the largest of the public sets holds 280 MB."""

MOST_FILES = 100_000
"""The most files of an archive; the largest of the public sets holds 7,851."""

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Source:
    """Where a set lies, a folder or an archive, and the SHA-256 of what it holds."""

    name: str
    path: Path
    fingerprint: str

    @property
    def packed(self) -> bool:
        """Whether it must be unpacked first."""
        return self.path.is_file()


def find_sources(data: Path, names: Sequence[str]) -> dict[str, Source]:
    """The sets that lie in a folder, as folders `NAME` or as archives `NAME.tar.xz`; a folder is preferred.

    Raises `FileError` where there is none.
    """
    if not data.exists():
        raise FileError(data, "no such folder")
    if not data.is_dir():
        raise FileError(data, "must be the folder that holds the sets, but it is a file")
    found = {}
    for name in names:
        folder, archive = data / name, data / f"{name}.tar.xz"
        if folder.is_dir() and any(folder.iterdir()):
            found[name] = Source(name, folder, fingerprint_folder(folder))
        elif archive.is_file():
            found[name] = Source(name, archive, fingerprint_file(archive))
    if not found and data.absolute().name in names:
        raise FileError(data, f"this is one of the sets; give the folder that holds them, {data.absolute().parent}")
    if not found:
        raise FileError(data, f"none of the music sets is here, neither as NAME.tar.xz nor as a folder NAME, "
                              f"with NAME one of {', '.join(names)}")  # fmt: skip
    return found


def fingerprint_file(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fingerprint_folder(folder: Path) -> str:
    """The SHA-256 of a folder's files: their names inside it and what they hold, whatever their dates."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        total.update(f"{name}\0{fingerprint_file(path)}\n".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def unpack(archive: Path, name: str, into: Path) -> Path:
    """Unpack a set's archive as `into/NAME`, whole or not at all; returns that folder.

    Only plain files and folders below `NAME/` are taken. Anything else (a link, a device, a path that leads outside),
    more than `MOST_BYTES` or more than `MOST_FILES` is refused with `FileError`.
    """
    into.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=into))
    try:
        with lzma.open(archive) as stream:
            _extract(_Bounded(stream, archive), archive, name, partial)
        found = partial / name
        if not found.is_dir():
            raise FileError(archive, f"an archive of this set must hold files below {name}/, got none")
        target = into / name
        shutil.rmtree(target, ignore_errors=True)
        found.rename(target)
        return target
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise FileError(archive, f"not a whole archive: {error}") from error
    except OSError as error:
        raise OutputError(f"{into}: cannot unpack {name} there: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def gather(data: Path, names: Sequence[str], into: Path) -> Path:
    """Every named set below one folder: archives unpacked, folders linked. Raises `FileError` where one is missing."""
    found = find_sources(data, names)
    missing = [name for name in names if name not in found]
    if missing:
        raise FileError(data, f"the sets {', '.join(missing)} are needed too, as NAME.tar.xz or as a folder NAME")
    for name, source in found.items():
        if source.packed:
            unpack(source.path, name, into)
        else:
            (into / name).symlink_to(source.path.absolute(), target_is_directory=True)
    return into


class _Bounded:
    """A stream that ends with an error where it gives more than an archive may hold."""

    def __init__(self, stream: IO[bytes] | lzma.LZMAFile, path: Path) -> None:
        self.stream, self.path, self.left = stream, path, MOST_BYTES

    def read(self, size: int = _BLOCK) -> bytes:
        """The next bytes."""
        data = self.stream.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise FileError(self.path, f"an archive must unpack to at most {MOST_BYTES >> 20} MB, got more")
        return data


def _extract(stream: _Bounded, archive: Path, name: str, into: Path) -> None:
    count = 0
    with tarfile.open(fileobj=stream, mode="r|") as members:  # type: ignore[call-overload]
        for member in members:
            path = PurePosixPath(member.name)
            inside = path.parts[:1] == (name,) and not set(path.parts) & {"..", "."} and "\\" not in member.name
            if not inside or not (member.isdir() or member.isreg()) or member.issparse():
                raise FileError(archive, f"an archive must hold plain files below {name}/ only, got {member.name!r}")
            count += 1
            if count > MOST_FILES:
                raise FileError(archive, f"an archive must hold at most {MOST_FILES} files, got more")
            target = into.joinpath(*path.parts)
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            content = members.extractfile(member)
            assert content is not None
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                shutil.copyfileobj(content, out, _BLOCK)
