"""A text of two feelings keeps both; an ordinary line has one."""

from __future__ import annotations

import pytest

from senandung.domain.feeling import Feeling
from senandung.sensing.text import read_text


@pytest.mark.parametrize(
    ("text", "surest", "other"),
    [
        ("aku senang dia lulus tapi sedih harus pisah", -1, 1),
        ("sedih harus pisah, tapi aku senang banget dia lulus", 1, -1),
        ("bangga banget tapi sedih", -1, 1),
        ("ketawa sambil nangis", -1, 1),
    ],
)
def test_two_feelings_stay_two_and_what_follows_comes_first(text: str, surest: int, other: int) -> None:
    feeling = read_text(text, "id")
    assert [(part.valence > 0) - (part.valence < 0) for part in feeling.parts] == [surest, other]
    assert feeling.words[:2] == tuple(part.words[0] for part in feeling.parts)
    low, high = sorted(part.valence for part in feeling.parts)
    assert low <= feeling.valence <= high
    assert all(part.evidence == () for part in feeling.parts), "evidence stands once, in the whole"


@pytest.mark.parametrize(
    "text",
    [
        "aku rindu kamu",
        "rapat jam 10, tapi pindah ke jam 11",
        "macet tapi untung sampai",
        "aku sedih tapi juga kecewa",
        "senang banget hari ini. kemarin hujan.",
        "bukan aku tidak senang, tapi aku sedih",
        "tapi",
        "senang tapi",
        "",
    ],
)
def test_an_ordinary_line_has_one(text: str) -> None:
    assert read_text(text, "id").parts == ()


def test_an_unread_text_has_none() -> None:
    assert read_text("halo", "id") == Feeling.unread()
