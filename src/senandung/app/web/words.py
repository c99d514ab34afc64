"""What the pages say, in Indonesian and English: `words/<area>.toml`, read once.

sign_in = { id = "Masuk", en = "Sign in" }
songs = { id = "{n} lagu", en = "{n} songs", one = "{n} song" }

is said by `say("id", "area.songs", n=3)`; `one` is English for n = 1.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError, UnknownNameError

LANGUAGES = ("id", "en")

FOLDER = Path(__file__).parent / "words"


@cache
def all_words() -> dict[str, dict[str, str]]:
    """Every key, `area.name`, with what it says in each language.

    Raises
    ------
    FileError : a key lacks a language.
    """
    found: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for name, said in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if not isinstance(said, dict) or not set(LANGUAGES) <= set(said) <= {*LANGUAGES, "one"}:
                raise FileError(path, f"{name} must say something in {' and '.join(LANGUAGES)}")
            found[f"{path.stem}.{name}"] = said
    return found


def say(language: str, key: str, **values: Any) -> str:
    """What a key says in a language, with its values filled in.

    >>> say("id", "frame.close")
    'Tutup'
    """
    words = all_words()
    if key not in words:
        raise UnknownNameError("word", key, words)
    said = words[key]
    text = said["one"] if language == "en" and "one" in said and values.get("n") == 1 else said[language]
    return text.format(**values) if values else text
