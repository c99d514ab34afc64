"""Styles from their files: one TOML file a style in `style_files/`.

Adding a style is adding a file; nothing else names the styles. `docs/styles.md` says what stands in one.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from senandung.composing.pieces.piece import ENSEMBLES
from senandung.composing.pieces.vocabulary import STYLE_TOKENS
from senandung.domain.errors import FileError, InputError, UnknownNameError
from senandung.domain.feeling import Feeling
from senandung.domain.style import Backing, Gendhing, NetworkParts, Player, Style

_TEXT = (str, "a text")
_NUMBER = ((int, float), "a number")
_TEXTS = (list, "a list of texts")

# Keys of a style's file with their kind; those of `_NEEDED` must stand in every file.
_KEYS: Mapping[str, tuple[type | tuple[type, ...], str]] = MappingProxyType(
    {
        "title": _TEXT, "description": (dict, "a table of texts by language"), "tempo": (list, "two numbers"),
        "metres": _TEXTS, "modes": _TEXTS, "place": (list, "two numbers"), "reach": _NUMBER, "player": (list, "tables"),
        "lead": _TEXT, "forms": _TEXTS, "harmony": _TEXT, "languages": _TEXTS, "schemes": (dict, "a table of texts"),
        "swing": _NUMBER, "tuning": _TEXT, "licks": _TEXTS, "sources": _TEXTS,
        "pantun": (bool, "true or false"), "staged": (bool, "true or false"), "network": (list, "tables"),
        "backing": (dict, "a table"), "gendhing": (dict, "a table"),
    }
)  # fmt: skip
_NEEDED = (
    "title", "description", "tempo", "metres", "modes", "place", "reach", "player", "lead", "forms", "harmony",
    "sources",
)  # fmt: skip
_PLAYER_KEYS: Mapping[str, tuple[type | tuple[type, ...], str]] = MappingProxyType(
    {
        "track": _TEXT, "role": _TEXT, "instrument": _TEXT, "pattern": _TEXT,
        "enters": _NUMBER, "level": _NUMBER, "pan": _NUMBER,
    }
)  # fmt: skip
_PLAYER_NEEDED = ("track", "role", "instrument", "pattern")
_NETWORK_KEYS: Mapping[str, tuple[type | tuple[type, ...], str]] = MappingProxyType(
    {
        "writes": _TEXTS, "like": _TEXT, "ensemble": _TEXT, "beside": _TEXTS, "sections": _TEXTS, "finest": _TEXT,
    }
)  # fmt: skip

_BACKING_KEYS: Mapping[str, tuple[type | tuple[type, ...], str]] = MappingProxyType(
    {"line": _TEXT, "sections": _TEXTS, "begins": (int, "a whole number"), "level": _NUMBER, "pan": _NUMBER}
)
_GENDHING_KEYS: Mapping[str, tuple[type | tuple[type, ...], str]] = MappingProxyType(
    {"cycle": _TEXT, "gamelan": _TEXT, "irama": (dict, "a table of texts")}
)


def style_names() -> tuple[str, ...]:
    """Names of all styles that come with the program, in alphabetical order.

    >>> "keroncong" in style_names()
    True
    """
    return tuple(sorted(entry.name[:-5] for entry in _folder().iterdir() if entry.name.endswith(".toml")))


def band_style_names() -> tuple[str, ...]:
    """Names of the styles that the arranger writes; the others are the gamelan's (`composing.gamelan`).

    >>> "keroncong" in band_style_names(), "ladrang" in band_style_names()
    (True, False)
    """
    return tuple(name for name in style_names() if load_style(name).gendhing is None)


@cache
def load_style(name: str) -> Style:
    """The style of a name.

    >>> load_style("pop-ballad").metres[0]
    '4/4'
    >>> load_style("pop-balad")
    Traceback (most recent call last):
        ...
    senandung.domain.errors.UnknownNameError: unknown style 'pop-balad'; did you mean 'pop-ballad'?
    """
    key = name.strip().lower()
    if key not in style_names():
        raise UnknownNameError("style", name, style_names())
    return parse_style(key, (_folder() / f"{key}.toml").read_text(encoding="utf-8"), Path(f"{key}.toml"))


def read_style(path: Path) -> Style:
    """The style in a TOML file of one's own; the file's name without its ending is the style's name.

    Raises `FileError`, which names the file and the key that breaks a rule.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(path, f"a style must be a readable text file in UTF-8 ({error})") from error
    return parse_style(path.stem, text, path)


def choose_style(feeling: Feeling, language: str) -> Style:
    """The style whose place in the feeling plane is nearest to the feeling, among those sung in the language.

    Distances are counted in each style's own reach, so that a style of wide use wins over a narrow one as far away;
    equal ones go by name. A gendhing is played only where it is asked for.

    >>> choose_style(Feeling.named("rindu"), "id").name
    'pop-ballad'
    >>> choose_style(Feeling.named("girang"), "en").name
    'pop-upbeat'
    """
    styles = [load_style(name) for name in band_style_names()]
    fitting = [style for style in styles if not style.languages or language in style.languages]

    def distance(style: Style) -> tuple[float, str]:
        away = math.hypot(style.place[0] - feeling.valence, style.place[1] - feeling.arousal)
        return away / max(style.reach, 1e-6), style.name

    return min(fitting, key=distance)


def parse_style(name: str, text: str, path: Path) -> Style:
    """Read a style from TOML text; `path` is named in errors.

    Parameters
    ----------
    name : the style's name, lower-case with hyphens.
    text : the TOML text.
    path : where it comes from.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileError(path, f"not TOML: {error}") from error
    _check_keys(path, "", data, _KEYS, _NEEDED)
    for key in ("tempo", "place"):
        numbers = data[key]
        if len(numbers) != 2 or not all(isinstance(number, int | float) for number in numbers):
            raise FileError(path, f"{key} must be two numbers, got {numbers!r}")
    players = []
    for number, row in enumerate(data["player"], start=1):
        where = f"player {number}: "
        if not isinstance(row, dict):
            raise FileError(path, f"{where}must be a table [[player]], got {row!r}")
        _check_keys(path, where, row, _PLAYER_KEYS, _PLAYER_NEEDED)
        try:
            players.append(Player(**row))
        except InputError as error:
            raise FileError(path, f"{where}{error}") from error
    try:
        return Style(
            name=name,
            title=data["title"],
            description=MappingProxyType(dict(data["description"])),
            tempo=(float(data["tempo"][0]), float(data["tempo"][1])),
            metres=tuple(data["metres"]),
            modes=tuple(data["modes"]),
            place=(float(data["place"][0]), float(data["place"][1])),
            reach=float(data["reach"]),
            ensemble=tuple(players),
            lead=data["lead"],
            forms=tuple(data["forms"]),
            harmony=data["harmony"],
            languages=tuple(data.get("languages", ())),
            schemes=MappingProxyType(dict(data.get("schemes", {}))),
            swing=float(data.get("swing", 0.0)),
            tuning=data.get("tuning", "equal"),
            licks=tuple(data.get("licks", ())),
            pantun=data.get("pantun", False),
            staged=data.get("staged", False),
            backing=_backing(path, data["backing"]) if "backing" in data else None,
            gendhing=_gendhing(path, data["gendhing"]) if "gendhing" in data else None,
            network=tuple(_network_parts(path, n, row) for n, row in enumerate(data.get("network", ()), start=1)),
            sources=tuple(data["sources"]),
        )
    except InputError as error:
        raise FileError(path, str(error)) from error


def _network_parts(path: Path, number: int, row: object) -> NetworkParts:
    where = f"network {number}: "
    if not isinstance(row, dict):
        raise FileError(path, f"{where}must be a table [[network]], got {row!r}")
    _check_keys(path, where, row, _NETWORK_KEYS, ("writes", "like"))
    like, ensemble = row["like"], row.get("ensemble", "")
    if like not in STYLE_TOKENS:
        raise FileError(path, f"{where}{UnknownNameError('kind of music', like, STYLE_TOKENS)}")
    if ensemble and ensemble not in ENSEMBLES:
        raise FileError(path, f"{where}{UnknownNameError('ensemble', ensemble, ENSEMBLES)}")
    lists = {key: tuple(row.get(key, ())) for key in ("writes", "beside", "sections")}
    try:
        return NetworkParts(like=like, ensemble=ensemble, finest=row.get("finest", ""), **lists)
    except InputError as error:
        raise FileError(path, f"{where}{error}") from error


def _backing(path: Path, row: dict[str, Any]) -> Backing:
    _check_keys(path, "backing: ", row, _BACKING_KEYS, ("line",))
    try:
        return Backing(**{**row, "sections": tuple(row.get("sections", Backing.sections))})
    except InputError as error:
        raise FileError(path, f"backing: {error}") from error


def _gendhing(path: Path, row: dict[str, Any]) -> Gendhing:
    _check_keys(path, "gendhing: ", row, _GENDHING_KEYS, ("cycle", "gamelan"))
    try:
        return Gendhing(row["cycle"], row["gamelan"], MappingProxyType(dict(row.get("irama", {}))))
    except InputError as error:
        raise FileError(path, f"gendhing: {error}") from error


def _check_keys(
    path: Path,
    where: str,
    data: Mapping[str, object],
    kinds: Mapping[str, tuple[type | tuple[type, ...], str]],
    needed: tuple[str, ...],
) -> None:
    for key in needed:
        if key not in data:
            raise FileError(path, f"{where}the key {key!r} is missing")
    for key, value in data.items():
        if key not in kinds:
            raise FileError(path, f"{where}{UnknownNameError('key', key, kinds)}")
        kind, spoken = kinds[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise FileError(path, f"{where}{key} must be {spoken}, got {value!r}")
        inside = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
        if spoken.endswith(("texts", "language")) and not all(isinstance(item, str) for item in inside):
            raise FileError(path, f"{where}{key} must be {spoken}, got {value!r}")


def _folder() -> Traversable:
    return resources.files("senandung.composing") / "style_files"
