"""The checks that values make of themselves when they are made."""

from __future__ import annotations

import math
import re

from senandung.domain.errors import InvalidValueError


def require(ok: bool, rule: str, value: object) -> None:
    """Raise `InvalidValueError` with "{rule}, got {value}" unless `ok`.

    >>> require(False, "pitch must be a MIDI note number in 0..127", 128)
    Traceback (most recent call last):
        ...
    senandung.domain.errors.InvalidValueError: pitch must be a MIDI note number in 0..127, got 128
    """
    if not ok:
        raise InvalidValueError(f"{rule}, got {value!r}")


def require_unit(name: str, value: float, low: float = -1.0) -> None:
    """Raise unless `value` is a finite number in `low`..1."""
    ok = math.isfinite(value) and low <= value <= 1.0
    require(ok, f"{name} must be a number in {low:g}..1", value)


def require_whole(rule: str, value: object, low: int, high: int | None = None) -> None:
    """Raise with the rule unless `value` is an int (no bool, no float) of at least `low` and at most `high`.

    >>> require_whole("velocity must be a whole number in 1..127", 80.0, 1, 127)
    Traceback (most recent call last):
        ...
    senandung.domain.errors.InvalidValueError: velocity must be a whole number in 1..127, got 80.0
    """
    ok = isinstance(value, int) and not isinstance(value, bool) and low <= value and (high is None or value <= high)
    require(ok, rule, value)


def require_match(pattern: re.Pattern[str], rule: str, text: str) -> re.Match[str]:
    """The match of `pattern` at the beginning of `text`; raise with the rule where there is none.

    >>> require_match(re.compile("[0-9]+"), "a number must have digits", "12").group()
    '12'
    """
    match = pattern.match(text)
    if match is None:
        raise InvalidValueError(f"{rule}, got {text!r}")
    return match
