"""Covers in the size that they are shown in."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from senandung.api.home import Home
from senandung.files.covers import SIDE, scaled
from senandung.remembering import tracks
from senandung.remembering.accounts import Person

MOST_HELD = 32 << 20
"""Bytes of covers in other sizes that are held in memory; what was asked for longest ago goes first."""


@dataclass(frozen=True)
class Cover:
    """A cover as it is sent; `tag` changes with its bytes."""

    data: bytes
    mime: str
    tag: str


class Sizes:
    """Covers in other sizes, by the digest of the one that they were made of: made once, as long as there is room."""

    def __init__(self, most_bytes: int = MOST_HELD) -> None:
        self._most = most_bytes
        self._held: OrderedDict[str, Cover] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def of(self, data: bytes, digest: bytes, side: int, *, webp: bool) -> Cover:
        """A cover with at most `side` pixels a side, 1 to 600."""
        tag = f"{digest.hex()[:32]}-{side}{'w' if webp else ''}"
        with self._lock:
            if tag in self._held:
                self._held.move_to_end(tag)
                return self._held[tag]
        made = Cover(*scaled(data, side, webp=webp), tag)
        with self._lock:
            if tag not in self._held:
                self._held[tag] = made
                self._bytes += len(made.data)
            while self._bytes > self._most:
                self._bytes -= len(self._held.popitem(last=False)[1].data)
        return made


_SIZES = Sizes()
"""One for the whole program. Who may see a cover is asked of the database every time."""


def cover_for(
    home: Home, person: Person, cover_id: int, *, side: int | None = None, webp: bool = False
) -> Cover | None:
    """A cover for a person, at most `side` pixels a side; None where they may see nothing that has it.

    Parameters
    ----------
    side : pixels; None or more than 600: as it is kept.
    webp : in half the bytes, for browsers.
    """
    with home.database.reading() as session:
        found = tracks.find_cover(session, cover_id, person.id)
    if found is None:
        return None
    data, mime, digest = found
    if side is None or (side > SIDE and not webp):
        return Cover(data, mime, digest.hex()[:32])
    return _SIZES.of(data, digest, max(1, min(side, SIDE)), webp=webp)
