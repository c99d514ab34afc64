"""Words: every key that is used says something in both languages, and none says something unused."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from senandung.app import web
from senandung.app.web.words import FOLDER, LANGUAGES, all_words, say
from senandung.domain.errors import FileError, UnknownNameError

ROOT = Path(web.__file__).parent
SOURCES = [*ROOT.rglob("*.html"), *ROOT.rglob("*.py")]
TEXT = re.sub(r"{#.*?#}", "", "\n".join(path.read_text(encoding="utf-8") for path in SOURCES), flags=re.DOTALL)
AREAS = {path.stem for path in FOLDER.glob("*.toml")}
WHOLE = set(re.findall(rf"""["']((?:{"|".join(AREAS)})\.[a-z0-9_]+)["']""", TEXT))
BEGUN = set(re.findall(rf"""["']((?:{"|".join(AREAS)})\.[a-z0-9_]*)(?:["'] ?[~+]|%[sd]|\{{)""", TEXT))
"""Keys that are put together: "settings.theme_" ~ name."""


def test_every_key_that_is_used_says_something() -> None:
    assert len(WHOLE) > 100
    endings = (".html", ".py", ".toml", ".css", ".ts")
    assert sorted(key for key in WHOLE - all_words().keys() - BEGUN if not key.endswith(endings)) == []


def test_no_key_says_what_nobody_asks() -> None:
    unused = [key for key in all_words() if key not in WHOLE and not any(key.startswith(each) for each in BEGUN)]
    assert unused == []


@pytest.mark.parametrize("key", sorted(all_words()))
def test_both_languages_take_the_same_values(key: str) -> None:
    said = all_words()[key]
    named = {language: {name for _, name, _, _ in Formatter().parse(said[language]) if name} for language in LANGUAGES}
    assert named["id"] == named["en"]
    assert all(said[language].strip() for language in LANGUAGES)


def test_one_is_said_as_one_in_english() -> None:
    assert say("en", "accounts.too_many", n=1) == "Too many tries. Wait 1 minute."
    assert say("en", "accounts.too_many", n=2) == "Too many tries. Wait 2 minutes."
    assert say("id", "accounts.too_many", n=1) == "Terlalu banyak percobaan. Tunggu 1 menit."
    with pytest.raises(UnknownNameError, match="unknown word 'accounts\\.nam'"):
        say("id", "accounts.nam")


def test_a_key_without_a_language_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.toml").write_text('a = { id = "satu" }\n', encoding="utf-8")
    monkeypatch.setattr("senandung.app.web.words.FOLDER", tmp_path)
    with pytest.raises(FileError, match="a must say something in id and en"):
        all_words.__wrapped__()
