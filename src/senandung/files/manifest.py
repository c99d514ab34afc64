"""manifest.json: the SHA-256 of every file of a folder, so that anyone can tell which of them were changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from senandung.domain.errors import FileError
from senandung.domain.song import Song
from senandung.files.provenance import label_of
from senandung.files.reading import MEGABYTE, decode_text, digest_of, read_bytes
from senandung.files.writing import write_atomically

FORMAT = "senandung-manifest"
VERSION = 1
MANIFEST_FILE = "manifest.json"
MAX_BYTES = 4 * MEGABYTE

NOT_SIGNED = (
    "Hashes tell what was changed since they were written; they prove nothing about who wrote them. This is not a "
    "signed C2PA manifest; it uses its words (c2pa.created, digitalSourceType)."
)

_PASSED_OVER = (".", "__MACOSX", "Thumbs.db", "desktop.ini")
"""How names begin that file managers leave behind."""


@dataclass(frozen=True)
class Manifest:
    """Hashes by the file's path in the folder, divided by "/"; whose song it is, and its label."""

    song_id: str
    files: Mapping[str, str]
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Changes:
    """What became of the files of a manifest: paths in their order."""

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def manifest_of(folder: Path, song: Song) -> Manifest:
    """The manifest of a folder as it is now."""
    return Manifest(song.song_id, {name: digest_of(folder / name) for name in names_in(folder)}, label_of(song))


def names_in(folder: Path) -> list[str]:
    """Every file of a folder and its folders, but the manifest itself and what file managers leave."""
    found = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_file() and str(name) != MANIFEST_FILE and not name.parts[-1].startswith(_PASSED_OVER):
            found.append(name.as_posix())
    return sorted(found)


def save_manifest(song: Song, folder: Path) -> None:
    """Write manifest.json into a folder that is otherwise complete. Inverse of `load_manifest`."""
    made = manifest_of(folder, song)
    kind = made.label.get("digital-source-type", "")
    version = song.provenance.version
    action = {"action": "c2pa.created"} | ({"digitalSourceType": kind} if kind else {})
    plain = {
        "format": FORMAT,
        "version": VERSION,
        "song_id": made.song_id,
        "note": NOT_SIGNED,
        "actions": [action | ({"softwareAgent": f"Senandung {version}"} if version else {})],
        "label": dict(made.label),
        "files": dict(made.files),
    }
    text = json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write_atomically(folder / MANIFEST_FILE, text.encode("utf-8", "replace"))


def load_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; None where there is none. Raises `FileError` for a broken one."""
    path = folder / MANIFEST_FILE
    if not path.is_file():
        return None
    try:
        plain = json.loads(decode_text(path, read_bytes(path, MAX_BYTES)))
    except (ValueError, RecursionError) as error:
        raise FileError(path, f"not a JSON file: {error}") from error
    if not isinstance(plain, dict) or plain.get("format") != FORMAT or plain.get("version") != VERSION:
        raise FileError(path, f"a manifest's format must be {FORMAT!r}, version {VERSION}")
    files, label = _texts(path, plain.get("files")), _texts(path, plain.get("label", {}))
    for name in files:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name or "\0" in name or not name:
            raise FileError(path, f"a manifest's files must lie in its folder, got {name[:80]!r}")
    return Manifest(str(plain.get("song_id", "")), files, label)


def compare(folder: Path, manifest: Manifest) -> Changes:
    """What was changed, is missing, or stands there beside what the manifest lists."""
    there = set(names_in(folder))
    changed = tuple(
        name for name in manifest.files if name in there and digest_of(folder / name) != manifest.files[name]
    )
    return Changes(
        changed,
        tuple(name for name in manifest.files if name not in there),
        tuple(sorted(there - set(manifest.files))),
    )


def _texts(path: Path, row: Any) -> dict[str, str]:
    if not isinstance(row, dict) or not all(isinstance(text, str) for text in row.values()):
        raise FileError(path, f"a manifest's files and label must be texts by their names, got {str(row)[:40]!r}")
    return row
