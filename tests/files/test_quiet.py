"""Damaged sound files give one sentence, whatever the libraries below have to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from senandung.domain.errors import FileError
from senandung.files.audio import load_audio
from senandung.files.long_audio import mono_pieces
from senandung.files.quiet import quiet_libraries


def damaged(folder: Path) -> Path:
    """Bytes that only claim to be an MP3."""
    path = folder / "rusak.mp3"
    path.write_bytes(np.random.default_rng(1).bytes(5000))
    return path


def test_a_damaged_mp3_is_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FileError, match=r"rusak\.mp3: not a sound file that can be read: it is damaged"):
        load_audio(damaged(tmp_path))
    with pytest.raises(FileError, match=r"rusak\.mp3: not a sound file that can be read: it is damaged"):
        list(mono_pieces(damaged(tmp_path), sample_rate=22_050, max_seconds=60))
    assert capfd.readouterr() == ("", "")


def test_standard_error_comes_back_even_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"), quiet_libraries():
        os.write(2, b"hidden")
        raise ValueError("inside")
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"


def test_a_closed_standard_error_is_no_trouble() -> None:
    program = (
        "import os; os.close(2)\nfrom senandung.files.quiet import quiet_libraries\nwith quiet_libraries(): print(1)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"1\n")
