"""What can be asked of a song, with every value's type checked."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, SupportsIndex, TypedDict

from senandung.api.traces import LONGEST_TEXT, Trace
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError, UnknownNameError
from senandung.domain.feeling import Feeling
from senandung.domain.motif import Motif

LONGEST_TITLE = 200
"""Characters of a title."""


class Options(TypedDict, total=False):
    """What can be asked of a song. Every option may be left out; None is as if it were."""

    style: str  # a name that `styles` lists; chosen from feeling and language where it is left out
    feeling: str | Feeling  # a word, "valence,arousal", or one that was read; else read from the traces
    words: Trace  # what is sung, where it is not the traces' own text
    verses: bool  # the machine may propose further lines, marked as its own
    chords: str  # a progression, one chord a bar, repeated: "Am F C/G G"
    form: str  # "intro4 verse8 chorus8 outro4"
    ensemble: Sequence[str]  # instrument names, or one str of them divided by commas; twice a name is two players
    key: str  # "C", "Am", "D dorian", "slendro manyura"
    tempo: float  # beats a minute
    metre: str  # "4/4"
    minutes: float  # length, or
    bars: int  # length in bars
    lexicon: os.PathLike[str] | str  # a file that says how words are pronounced (docs/pronunciation.md)
    voice: bool | str | os.PathLike[str]  # False: no vocal part at all; a name or a voicebank's folder: who sings
    language: str  # "id" or "en"
    title: str
    story: str  # the person's story, kept in the song and in its files
    private_story: bool  # the story stands in song.json alone
    curve: str | os.PathLike[str]  # points "0:0.2, 0.8:1, 1:0.3", a shape's name, or a CSV or SVG file (docs/arc.md)
    motif: str | os.PathLike[str] | Motif  # a tune of your own: a recording or a file of notes (docs/motif.md)
    seed: int  # the same seed gives the same song


_KINDS: Mapping[str, tuple[Any, str]] = MappingProxyType(
    {
        **dict.fromkeys(("style", "chords", "form", "key", "metre", "language", "title", "story"),
                        (str, "a str")),
        **dict.fromkeys(("tempo", "minutes"), (Real, "a number")),
        **dict.fromkeys(("bars", "seed"), (Integral, "a whole number")),
        **dict.fromkeys(("verses", "private_story"), (bool, "True or False")),
        "feeling": ((str, Feeling), "a word, a point or a Feeling"),
        "voice": ((bool, str, os.PathLike), "True, False, the name of a voice or a voicebank's folder"),
        "words": ((str, os.PathLike), "a str or a Path"),
        "lexicon": ((str, os.PathLike), "a file's path"),
        "curve": ((str, os.PathLike), "points, a shape's name or a file's path"),
        "ensemble": (Sequence, "names of instruments"),
        "motif": ((str, os.PathLike, Motif), "a file's path or a Motif"),
    }
)  # fmt: skip
"""Type of each option, and how it is said."""


def checked_options(options: Mapping[str, Any]) -> Options:
    """The options without those that are None, every type checked, title and story cleaned.

    >>> checked_options({"ensemble": "violin, cello", "title": " Hujan\\n", "key": None})
    {'ensemble': ('violin', 'cello'), 'title': 'Hujan'}
    >>> checked_options({"bars": "8"})
    Traceback (most recent call last):
        ...
    senandung.domain.errors.InvalidValueError: bars must be a whole number, got '8'
    """
    kept: dict[str, Any] = {}
    for name, value in options.items():
        if name not in _KINDS:
            raise UnknownNameError("option", name, _KINDS)
        if value is None:
            continue
        kind, said = _KINDS[name]
        fits = isinstance(value, kind) and not (isinstance(value, bool) and kind in (Real, Integral))
        require(fits, f"{name} must be {said}", value)
        kept[name] = float(value) if kind is Real else int(value) if kind is Integral else value
    if not isinstance(kept.get("voice", True), bool):
        kept["voice"] = os.fspath(kept["voice"])
        check_voice(kept["voice"])
    if "ensemble" in kept:
        kept["ensemble"] = _names(kept["ensemble"])
    if "title" in kept:
        kept["title"] = clean_text("a title", " ".join(kept["title"].split()), LONGEST_TITLE)
    if "story" in kept:
        kept["story"] = clean_text("a story", kept["story"], LONGEST_TEXT)
    if kept.get("private_story") and not kept.get("story"):
        raise InvalidValueError("private_story keeps a story in song.json alone, and no story was given")
    return kept  # type: ignore[return-value]


def check_voice(voice: str | None) -> None:
    """Refuse a name that no voice has, and a folder that is no voicebank.

    >>> check_voice("melatti")
    Traceback (most recent call last):
        ...
    senandung.domain.errors.UnknownNameError: unknown voice 'melatti'; did you mean 'melati'?
    """
    from senandung.api.singers import singer_of

    if voice is not None:
        singer_of(voice)


def lexicon_of(path: os.PathLike[str] | str | None) -> dict[str, str]:
    """The person's pronunciations in a file, none without a file."""
    from senandung.files.lexicon import load_lexicon
    from senandung.files.paths import given_path

    return {} if path is None else load_lexicon(given_path(os.fspath(path)))


def checked_seed(seed: object) -> int:
    """The seed as a whole number that every generator takes."""
    if isinstance(seed, bool) or not isinstance(seed, SupportsIndex) or not 0 <= int(seed) < 2**63:
        raise InvalidValueError(f"a seed must be a whole number in 0..2^63-1, got {seed!r}")
    return int(seed)


def clean_text(what: str, text: str, most: int) -> str:
    """The text in NFC without control characters, which no file format takes; line ends stay.

    >>> clean_text("a title", "merah\\x1b[31m", 200)
    'merah[31m'
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidValueError(f"{what} must be UTF-8, got bytes that are not") from error
    text = re.sub(r"\r\n?", "\n", unicodedata.normalize("NFC", text))
    text = "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc").strip()
    if len(text) > most:
        raise InvalidValueError(f"{what} must have at most {most} characters, got {len(text)}")
    return text


def _names(ensemble: Sequence[Any]) -> tuple[str, ...]:
    names = ensemble.split(",") if isinstance(ensemble, str) else list(ensemble)
    for name in names:
        require(isinstance(name, str), "an ensemble must be names of instruments", name)
    return tuple(name.strip() for name in names)
