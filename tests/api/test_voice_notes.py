"""Voice notes among the traces of a feeling: what they are, their words, the person's own voice."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from made_voice import RATE, speak
from senandung.api.correct import correct
from senandung.api.feel import read_feeling
from senandung.api.kept import kept_things, load_baseline
from senandung.api.places import KEPT
from senandung.api.voice_notes import RECOGNISER, Beginning, Listening
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.recording import Recording
from senandung.files.audio import save_audio


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spoken note; nothing of the machine's own settings counts."""
    monkeypatch.setenv(KEPT, str(tmp_path / "kept"))
    monkeypatch.delenv(RECOGNISER, raising=False)
    return spoken(tmp_path / "pesan.wav")


def spoken(path: Path, **how: float) -> Path:
    """A made voice in a file."""
    made = speak(**{"seconds": 6.0, **how})  # type: ignore[arg-type]
    save_audio(Recording(made.samples[None, :].astype(np.float32), RATE), path, bits=16)
    return path


def saying(words: str) -> str:
    """A recogniser that hears the same words in everything."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(f'print({words!r})')} {{}}"


def test_a_voice_note_is_heard_to_be_one_and_read_without_a_recogniser(note: Path) -> None:
    (reading,) = read_feeling(note).readings
    assert (reading.kind, reading.name) == ("voice", "pesan.wav")
    assert reading.feeling.readable
    assert not kept_things()


def test_a_person_can_say_what_it_is(note: Path) -> None:
    for kind in ("song", "concert", "voice"):
        assert read_feeling(note, listening=Listening(kind)).readings[0].kind == kind
    with pytest.raises(InvalidValueError, match="a recording must be one of voice, song, concert"):
        Listening("film")
    with pytest.raises(InvalidValueError, match="only a voice can be your own"):
        Listening("song", mine=True)


def test_its_words_are_read_as_text_and_fused_with_the_voice(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = read_feeling(note)
    given = read_feeling(note, listening=Listening(recogniser=saying("aku sedih banget")))
    assert [reading.kind for reading in given.readings] == ["voice", "text"]
    assert given.readings[1].name == "pesan.wav"
    assert given.feeling.valence < plain.feeling.valence - 0.2
    assert given.feeling.valence_spread < plain.feeling.valence_spread
    monkeypatch.setenv(RECOGNISER, saying("aku senang sekali"))
    assert read_feeling(note).feeling.valence > plain.feeling.valence + 0.2


def test_a_correction_of_a_note_with_words_is_of_one_trace(note: Path) -> None:
    made = correct(note, said="lelah", keep=True, listening=Listening(recogniser=saying("aku senang sekali")))
    assert made.kept is not None
    assert made.kept.plain["trace"] == "voice"


def test_a_recogniser_that_hears_nothing_leaves_the_voice(note: Path) -> None:
    voice, text = read_feeling(note, listening=Listening(recogniser=saying(""))).readings
    assert voice.feeling.readable
    assert not text.feeling.readable
    assert "heard no words" in text.remarks[0]


def test_ones_own_voice_is_kept_only_when_asked_and_once_a_note(note: Path, tmp_path: Path) -> None:
    mine = Listening(mine=True)
    first = read_feeling(note, listening=mine).readings[0]
    again = read_feeling(note, listening=mine).readings[0]
    assert "now of 1 notes" in first.remarks[-1]
    assert "already part" in again.remarks[-1]
    read_feeling(spoken(tmp_path / "dua.wav", seed=2), listening=mine)
    baseline = load_baseline()
    assert baseline is not None
    assert baseline["notes"] == 2
    assert [kept.kind for kept in kept_things()] == ["baseline"]
    other = read_feeling(spoken(tmp_path / "tiga.wav", seed=3)).readings[0]
    assert any("compared with your own voice, of 2 earlier notes" in remark for remark in other.remarks)
    assert other.feeling.arousal_spread < 0.35
    stranger = read_feeling(spoken(tmp_path / "lain.wav", hz=230.0)).readings[0]
    assert any("another person's voice" in remark for remark in stranger.remarks)
    assert stranger.feeling.arousal_spread == 0.35


@pytest.mark.parametrize("data", [b"", b"RIFF....WAVEfmt "])
def test_a_broken_note_is_said_to_be_broken(note: Path, data: bytes) -> None:
    note.write_bytes(data)
    with pytest.raises(FileError, match=r"pesan\.wav"):
        read_feeling(note, listening=Listening("voice"))


def test_a_silent_note_is_not_read(tmp_path: Path, note: Path) -> None:
    path = tmp_path / "hening.wav"
    save_audio(Recording(np.zeros((2, 3 * RATE), dtype=np.float32), RATE), path, bits=16)
    (reading,) = read_feeling(path, listening=Listening("voice")).readings
    assert not reading.feeling.readable
    assert "nothing is read" in reading.remarks[0]


def test_an_8_bit_telephone_note_is_read(tmp_path: Path, note: Path) -> None:
    import soundfile

    made = speak(seconds=6.0, hz=200.0)
    path = tmp_path / "telepon.wav"
    soundfile.write(path, made.samples[::2], RATE // 2, subtype="PCM_U8")
    (reading,) = read_feeling(path).readings
    assert reading.kind == "voice"
    assert reading.feeling.readable
    assert float(reading.facts["pitch_hz"]) == pytest.approx(200, rel=0.08)


def test_the_beginning_of_a_long_recording_is_kept_and_all_of_it_passed_on() -> None:
    pieces = [np.full(n, n, dtype=np.float32) for n in (3, 5, 4)]
    beginning = Beginning(pieces, rate=2, seconds=3.0)
    assert [len(piece) for piece in beginning] == [3, 5, 4]
    assert beginning.samples.tolist() == [3, 3, 3, 5, 5, 5]
