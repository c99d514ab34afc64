"""Motifs from files: whistled and played tunes, notes, and what is refused; the command, and pieces on a motif."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from senandung.api.compose import compose
from senandung.api.motif import read_motif, save_motif, song_of_motif
from senandung.app.cli import main
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.recording import Recording
from senandung.files.audio import save_audio
from senandung.files.midi import save_midi
from senandung.files.musicxml import save_musicxml

RATE = 22_050
PITCHES = (67, 69, 67, 64, 60, 62, 64, 65, 64)
BEATS = (1.0, 0.5, 0.5, 1.0, 1.0, 0.5, 0.5, 1.0, 2.0)
ABC = "X:1\nT:Lagu\nM:3/4\nL:1/4\nQ:1/4=96\nK:G\nD|GAB|d2B|ABA|G3|]\n"


def whistle(path: Path, *, bpm: float = 84.0, cents: float = 30.0, level: float = 0.3) -> Path:
    """The tune as a sine with soft edges, tuned off A4 = 440 Hz."""
    parts = [np.zeros(RATE // 4)]
    for pitch, beats in zip(PITCHES, BEATS, strict=True):
        count = int(beats * 60 / bpm * RATE)
        t = np.arange(count) / RATE
        edge = np.minimum(1, np.minimum(t, t[::-1] - 0.02).clip(0) * 40)
        parts.append(np.sin(2 * np.pi * 440 * 2 ** ((pitch + 12 + cents / 100 - 69) / 12) * t) * edge)
    sound = level * np.concatenate([*parts, np.zeros(RATE // 4)])
    save_audio(Recording(sound[None, :].astype(np.float32), RATE), path)
    return path


def test_a_whistle_is_read_in_its_own_tuning(tmp_path: Path) -> None:
    read = read_motif(whistle(tmp_path / "w.wav"))
    assert read.kind == "recording"
    assert tuple(tone.pitch - 12 for tone in read.motif.tones) == PITCHES
    assert abs(read.cents - 30) < 12
    gaps = [b.onset - a.onset for a, b in zip(read.motif.tones, read.motif.tones[1:], strict=False)]
    assert [gap / gaps[0] for gap in gaps] == list(BEATS[:-1])
    assert str(read.motif.key) == "C major"


def test_files_of_notes_give_the_same_tune(tmp_path: Path) -> None:
    abc = tmp_path / "tune.abc"
    abc.write_text(ABC, encoding="utf-8")
    motif = read_motif(abc).motif
    assert str(motif.metre) == "3/4" and motif.tones[0].onset == -480
    song = song_of_motif(read_motif(abc))
    save_midi(song, tmp_path / "tune.mid")
    save_musicxml(song, tmp_path / "tune.musicxml")
    for name in ("tune.mid", "tune.musicxml"):
        again = read_motif(tmp_path / name).motif
        assert [(t.onset, t.pitch) for t in again.tones] == [(t.onset, t.pitch) for t in motif.tones], name
        assert again.key == motif.key


def test_what_holds_no_tune_is_said_in_a_sentence(tmp_path: Path) -> None:
    silent = tmp_path / "silent.wav"
    save_audio(Recording(np.zeros((1, RATE * 2), dtype=np.float32), RATE), silent)
    with pytest.raises(FileError, match="it is silent"):
        read_motif(silent)
    noise = tmp_path / "noise.wav"
    sound = np.random.default_rng(1).normal(0, 0.1, (1, RATE * 3)).astype(np.float32)
    save_audio(Recording(sound, RATE), noise)
    with pytest.raises(FileError, match=r"too few notes|nothing hummed"):
        read_motif(noise)
    glide = tmp_path / "glide.wav"
    t = np.arange(RATE * 4) / RATE
    hz = 180 + 60 * np.sin(2 * np.pi * 1.7 * t) + 30 * np.sin(2 * np.pi * 0.6 * t)
    speech = sum(np.sin(n * 2 * np.pi * np.cumsum(hz) / RATE) / n for n in range(1, 8))
    speech = speech * (np.sin(2 * np.pi * 4 * t) > -0.3)
    save_audio(Recording(0.2 * speech[None, :].astype(np.float32), RATE), glide)
    with pytest.raises(FileError, match=r"its pitch glides, as in speech|too few notes"):
        read_motif(glide)
    empty = tmp_path / "empty.wav"
    empty.write_bytes(b"")
    with pytest.raises(FileError):
        read_motif(empty)
    with pytest.raises(FileError, match="no such file"):
        read_motif(tmp_path / "none.mid")


def test_the_command_shows_it_and_writes_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    abc = tmp_path / "tune.abc"
    abc.write_text(ABC, encoding="utf-8")
    assert main(["motif", str(abc)]) == 0
    said = capsys.readouterr().out
    assert "G major, 3/4, 96 bpm" in said
    assert "D4 | G4 A4 B4 | D5 B4" in said
    assert "5, | 1 2 3 | 5 . 3" in said
    assert main(["motif", str(abc), "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["names"][:2] == ["D4", "G4"]
    assert plain["folder"] is None
    bad = tmp_path / "bad.mid"
    bad.write_bytes(b"MThd")
    assert main(["motif", str(bad)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.slow
def test_pictures_and_sound_of_a_motif(tmp_path: Path) -> None:
    abc = tmp_path / "tune.abc"
    abc.write_text(ABC, encoding="utf-8")
    files = save_motif(read_motif(abc), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(files)


def test_a_song_says_what_it_took(tmp_path: Path) -> None:
    abc = tmp_path / "tune.abc"
    abc.write_text(ABC, encoding="utf-8")
    made = compose("aku rindu kamu", motif=abc, style="pop-ballad", minutes=1, metre="3/4", seed=1, voice=False)
    assert made.song.motif is not None and made.song.motif.statements
    assert any(remark.startswith("your motif: ") for remark in made.remarks)
    with pytest.raises(InvalidValueError, match="words and a motif together"):
        compose(style="schubert", ensemble="voice,piano", words="aku rindu", motif=abc, seed=1)
