"""The whole way from songs to the weights that read recordings, on songs of a few seconds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from senandung.audio.hearing import RATE
from senandung.domain.errors import FileError
from senandung.learning import train_hearing
from senandung.learning.train_hearing import build_hearing
from senandung.sensing.sound.weights import load_readers


def test_songs_become_weights_with_a_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songs, out = tmp_path / "songs", tmp_path / "out"
    songs.mkdir()
    out.mkdir()
    time = np.arange(8 * RATE) / RATE
    for number in range(10):
        beats = np.exp(-((time * (1 + 0.2 * number)) % 0.5) * 8)
        tones = sum(np.sin(2 * np.pi * 220 * 2 ** ((number + tone) / 12) * time) for tone in (0, 3 + number % 2, 7))
        soundfile.write(songs / f"{number}.flac", 0.2 * beats * tones, RATE)
    (songs / "0.json").write_text(json.dumps([[0.0, 1.0, 57.0], [1.0, 1.0, 60.0]]))
    soundfile.write(songs / "1.sung.flac", 0.2 * np.sin(2 * np.pi * 233 * time), RATE)
    monkeypatch.setattr(train_hearing, "SPEEDS", ((4, 4, 1), (5, 4, 1)))
    monkeypatch.setattr(train_hearing, "BANK", 1)
    monkeypatch.setattr(train_hearing, "MIXTURES", 4)
    monkeypatch.setattr(train_hearing, "MIXED", 8.0)
    said: list[str] = []
    steady, crowd = build_hearing(songs, out, seed=3, progress=said.append)
    again = load_readers(out / "hearing.safetensors")
    np.testing.assert_allclose(again[0].weights, steady.weights, rtol=1e-5)
    np.testing.assert_allclose(again[1].first, crowd.first, rtol=1e-5)
    assert "10 songs" in (out / "hearing.card.md").read_text()
    assert said[-1] == "making concerts"
    with pytest.raises(FileError, match="at least 10 songs are needed to learn from, got 0"):
        build_hearing(out, out)
