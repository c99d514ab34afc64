"""Reasons: every sentence by which a scan, a history or an upload is refused is said in Indonesian too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import senandung
from senandung.app.web.reasons import reason_in
from senandung.app.web.words import say

ROOT = Path(senandung.__file__).parent

SOURCES = (
    *sorted((ROOT / "files" / "history").glob("*.py")),
    *(ROOT / "files" / name for name in ("tags.py", "covers.py", "music_folders.py", "reading.py", "audio.py",
                                         "long_audio.py")),
    *(ROOT / "api" / name for name in ("history.py", "library.py", "analysis.py")),
    ROOT / "app" / "web" / "uploads.py",
)  # fmt: skip
"""Where those sentences stand."""

RAISED = {"FileError": 1, "InvalidValueError": 0, "OutputError": 0, "MissingProgramError": 0, "require": 1, "fail": 0}
"""What raises, and which of its arguments is the sentence."""

OURS = (
    "the kinds of an upload must be of", "the side of a cover must be", "a part must begin at 0 s or later",
    "bits must be 16 or 24", "7 cannot be written:",
)  # fmt: skip
"""How sentences begin that say a mistake of ours, or of a song that is written; nobody meets them there."""


def sentences(path: Path) -> Iterator[str]:
    """Every sentence of a file, with 7 where a value stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = RAISED.get(name)
            if place is not None and len(node.args) > place:
                for said in spoken(node.args[place]):
                    if name == "require":
                        yield f"{said}, got '7 bytes'"
                    elif name == "fail":
                        yield f"the JSON {said} at character 7"
                    else:
                        yield said
            if name == "TrackHeard" and len(node.args) > 1:
                yield from spoken(node.args[1])


def spoken(node: ast.expr) -> list[str]:
    """What an expression may say; nothing where it is only passed on."""
    if isinstance(node, ast.Constant):
        return [str(node.value)] if node.value else []
    if isinstance(node, ast.IfExp):
        return [*spoken(node.body), *spoken(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)]
    return []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_sentence_is_said_in_indonesian(path: Path) -> None:
    for said in sentences(path):
        if said.startswith(OURS) or said == "the JSON 7 at character 7":
            continue
        told = reason_in("id", said)
        assert told != say("id", "reasons.other", said=said), f"words/reasons.toml does not know: {said}"
        assert said not in told or said == "7"


def test_the_sentences_are_found() -> None:
    found = {said for path in SOURCES for said in sentences(path)}
    assert len(found) > 50
    assert "the file is empty" in found and "the JSON is no list at character 7" in found


TOLD = {
    "it is longer than 30 minutes": "lebih dari 30 menit",
    "/m/a.mp3: not a sound file that can be read: Format not recognised": "/m/a.mp3: rusak, atau bukan musik",
    "/m cannot be read: [Errno 13] Permission denied: '/m'": "/m tidak bisa dibaca: tidak diizinkan",
    "/m/a: b.mp3: cannot be read: Is a directory": "/m/a: b.mp3: tidak bisa dibaca: itu folder",
    "the file must be archive or text, got audio": "berkasnya harus arsip (zip) atau teks, yang ini suara",
    "r.zip: the archive is damaged or cut off: bad magic": "r.zip: arsipnya rusak atau terpotong; unduh lagi",
    "r.csv, line 7: a line may have at most 9 characters": "r.csv, baris 7: satu baris paling panjang 9 huruf",
}


@pytest.mark.parametrize("said", TOLD)
def test_what_stands_in_a_sentence_is_kept_and_said_too(said: str) -> None:
    assert reason_in("id", said) == TOLD[said]
    assert reason_in("en", said) == said


def test_what_is_not_known_says_so_and_is_not_hidden() -> None:
    assert reason_in("id", "the moon is full").endswith("dalam bahasa Inggris: the moon is full")
