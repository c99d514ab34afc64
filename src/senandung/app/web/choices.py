"""What can be chosen for a song: styles and voices, as a person reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from senandung.api.voices import voices
from senandung.app.show import styles_plain

BUILT_IN = "built-in"


@dataclass(frozen=True)
class Choice:
    """Something to choose: its value, what it is called, and a line about it."""

    value: str
    name: str
    about: str = ""


@dataclass(frozen=True)
class StyleChoices:
    """Styles by kind: songs with words, the person's own, and composers and kinds of music without words."""

    songs: tuple[Choice, ...]
    own: tuple[Choice, ...]
    instrumental: tuple[Choice, ...]


def style_choices(language: str, own_hint: str) -> StyleChoices:
    """Every style that there is now, said in a language; one's own that cannot be read are left out."""
    own = tuple(
        Choice(row["name"], row["name"], f"{own_hint} {row['by']}".strip())
        for row in styles_plain()
        if row["kind"] == "own" and "broken" not in row
    )
    songs, instrumental = _of_the_program(language)
    return StyleChoices(songs, own, instrumental)


@cache
def _of_the_program(language: str) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    rows = [row for row in styles_plain() if row["kind"] != "own"]
    found: dict[bool, list[Choice]] = {True: [], False: []}
    for row in rows:
        about: dict[str, Any] = row["description"]
        found[row["kind"] == "song"].append(Choice(row["name"], row["title"], about.get(language, "")))
    return tuple(found[True]), tuple(found[False])


def voice_choices(t: Callable[..., str]) -> tuple[Choice, ...]:
    """Who can sing: chosen by the song, nobody, the built-in voices, and voices of one's own."""
    fixed = (Choice("", t("make.voice_auto")), Choice("-", t("make.voice_none")))
    singers = tuple(
        Choice(each.name, each.name.capitalize(), t(f"make.voice_{each.name}"))
        if each.kind == BUILT_IN
        else Choice(each.name, each.name, t("make.voice_own"))
        for each in voices()
        if each.kind != "habits"
    )
    return (*fixed, *singers)
