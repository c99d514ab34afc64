"""The checks that values make of themselves when they are made."""

from __future__ import annotations

import math

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
