"""Ticks and seconds: the song's clock and the performance's clock."""

from __future__ import annotations

TICKS_PER_QUARTER = 480
"""A song counts time in ticks, 480 to a quarter note."""

Tick = int
"""A time or a length in ticks."""

Second = float
"""A time or a length in seconds."""
