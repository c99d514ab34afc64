"""A song that `create` really made, once a run: four bars for a piano and a voice."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.api.create import create

TEXT = "aku rindu kamu, malam ini"
WORDS = "aku rindu kamu\nmalam ini"
STYLE = "solo-piano"
BARS = 4
SEED = 5


@pytest.fixture(scope="session")
def made_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its folder; nobody may change it."""
    place = tmp_path_factory.mktemp("made") / "aku-rindu-kamu"
    create(TEXT, words=WORDS, style=STYLE, bars=BARS, seed=SEED, language="id", story="Hujan itu.", out=place)
    return place
