"""What a song says of itself, completed; and what a file of a song says of itself, read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from senandung.api.options import Options
from senandung.domain.song import Given, Song
from senandung.files.paths import given_path


def told(song: Song, options: Options | None = None) -> Song:
    """The song with the cards of its models, and its story kept to song.json where that is wished."""
    from senandung.files.model_cards import cards_of

    made = song.provenance
    private = bool((options or {}).get("private_story")) or made.private_story
    return replace(song, provenance=replace(made, cards=cards_of(made), private_story=private))


def given_before(song: Song, what: str) -> tuple[Given, ...]:
    """What a song that goes on, or is rewritten in part, was given: what it had, and music of others itself."""
    held = song.provenance
    return held.given if held.version else (*held.given, Given("opening", what))


@dataclass(frozen=True)
class Labelled:
    """A file, what it says of itself by the names of `files.provenance.FIELDS`, and whether it is as it was made.

    `as_made` is None where no manifest.json beside it lists it.
    """

    file: Path
    fields: dict[str, str]
    as_made: bool | None = None


def label(file: Path | str) -> Labelled:
    """Read the label of a file that Senandung wrote, or of a song folder; no fields where it has none.

    Raises `FileError` for what is not there or cannot be read.
    """
    from senandung.files.label_read import read_label
    from senandung.files.manifest import MANIFEST_FILE, compare, load_manifest

    path = given_path(file)
    if path.is_dir():
        names = [name for name in (MANIFEST_FILE, "song.json") if (path / name).is_file()]
        return Labelled(path, read_label(path / names[-1]) if names else {})
    fields = read_label(path)
    for folder in (path.absolute().parent, path.absolute().parent.parent):
        manifest = load_manifest(folder)
        name = path.absolute().relative_to(folder).as_posix()
        if manifest is not None and name in manifest.files:
            changes = compare(folder, replace(manifest, files={name: manifest.files[name]}))
            return Labelled(path, fields, name not in changes.changed)
    return Labelled(path, fields)
