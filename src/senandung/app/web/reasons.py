"""Why something could not be read, in the language of who asks.

The program's own sentences are English: they stand in the tables of scans, and on the command line. A page says them in
Indonesian by words/reasons.toml, whose English is the sentence itself; a test finds every sentence there.
"""

from __future__ import annotations

import re
from functools import cache

from senandung.app.web.words import all_words, say

_HOLE = re.compile(r"(\{\w+\}|…)")
_LINE = re.compile(r", line (\d+)$")
_ERRNO = re.compile(r"^\[Errno \d+\] |: '[^']*'$")


def reason_in(language: str, text: str, *, ours: bool = False) -> str:
    """A reason in a language; with its file and line before it, where it has them.

    Parameters
    ----------
    ours : whether what is not known may be a page's own words, in the right language already, and stays as it is.

    >>> reason_in("id", "riwayat.json, line 3: the line is no JSON: the file is damaged or cut off")
    'riwayat.json, baris 3: barisnya bukan JSON: berkasnya rusak atau terpotong'
    >>> reason_in("en", "the file is empty")
    'the file is empty'
    """
    if language == "en":
        return text
    told = _told(language, text)
    if told is not None:
        return told
    start = 0
    while (at := text.find(": ", start)) >= 0:
        told = _told(language, text[at + 2 :])
        if told is not None:
            place = _LINE.sub(r", baris \1", text[:at])
            return f"{place}: {told}"
        start = at + 2
    return text if ours else say(language, "reasons.other", said=text)


def _told(language: str, text: str) -> str | None:
    """A whole sentence that is known; None for another."""
    for pattern, name in _patterns():
        match = pattern.fullmatch(text)
        if match is not None:
            values = {key: _part(language, value) for key, value in match.groupdict().items()}
            return say(language, f"reasons.{name}", **values)
    return None


def _part(language: str, text: str) -> str:
    """What stands in a sentence: a reason of its own, kinds of files, or a value as it is."""
    kinds = [_told(language, each) for each in text.split(" or ")]
    if all(kinds):
        return " atau ".join(each for each in kinds if each)
    return _told(language, _ERRNO.sub("", _ERRNO.sub("", text))) or text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every sentence as a pattern, with its key; those that say more themselves come first."""
    found = []
    for key, said in all_words().items():
        area, _, name = key.partition(".")
        if area == "reasons" and name != "other":
            parts = [_as_pattern(part) for part in _HOLE.split(said["en"])]
            found.append((re.compile("".join(parts), re.IGNORECASE | re.DOTALL), name, len(_HOLE.sub("", said["en"]))))
    return tuple((pattern, name) for pattern, name, _ in sorted(found, key=lambda each: -each[2]))


def _as_pattern(part: str) -> str:
    if part == "…":
        return ".*?"
    return f"(?P<{part[1:-1]}>.+?)" if _HOLE.fullmatch(part) else re.escape(part)
