"""The picture of a take."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from senandung.drawing.segmentation import save_segmentation


def test_a_take_is_drawn_the_same_every_time_and_its_cuts_are_seen(tmp_path: Path) -> None:
    from PIL import Image

    time = np.arange(2 * 44_100) / 44_100
    samples = 0.2 * np.sin(2 * np.pi * 220 * time)
    f0 = np.full(401, 220.0)
    sounds = [("mé", 0.2, 0.4, 0.9, 1.0), ("$ 雨", 1.2, 1.3, 1.8, 1.9)]
    for name in ("one", "two"):
        save_segmentation(tmp_path / f"{name}.png", "m.wav", samples, 44_100, sounds, f0, 0.005, ())
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    save_segmentation(tmp_path / "bad.png", "m.wav", samples, 44_100, [], f0, 0.005, ("noisy",))
    cut, bare = (np.asarray(Image.open(tmp_path / f"{name}.png").convert("RGB")).astype(int) for name in ("one", "bad"))
    blue = np.abs(cut - np.array((0x7F, 0xD4, 0xFF))).sum(axis=2) < 60
    assert blue.any(axis=0).sum() >= 4
    assert not (np.abs(bare - np.array((0x7F, 0xD4, 0xFF))).sum(axis=2) < 60).any()
