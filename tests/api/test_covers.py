"""Covers in other sizes are made once, as long as there is room."""

from __future__ import annotations

import hashlib
from pathlib import Path

from music_files import picture
from senandung.api.covers import Sizes
from senandung.files.covers import small_cover


def test_sizes_are_made_once_and_let_go_when_there_are_too_many() -> None:
    kept = [small_cover(picture(300, 300 + number), Path("cover.png")).data for number in range(4)]
    digests = [hashlib.sha256(data).digest() for data in kept]
    first = Sizes().of(kept[0], digests[0], 100, webp=True)
    sizes = Sizes(most_bytes=3 * len(first.data))
    made = [sizes.of(data, digest, 100, webp=True) for data, digest in zip(kept, digests, strict=True)]
    assert sizes.of(kept[3], digests[3], 100, webp=True) is made[3]
    again = sizes.of(kept[0], digests[0], 100, webp=True)
    assert again is not made[0]
    assert again == made[0]
    assert len({each.tag for each in made} | {sizes.of(kept[0], digests[0], 99, webp=True).tag}) == 5
