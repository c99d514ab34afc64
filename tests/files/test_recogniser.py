"""A speech recogniser of the user's own: a command, without a shell."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from senandung.domain.errors import InvalidValueError, MachineError, MissingProgramError
from senandung.files.audio import load_audio
from senandung.files.recogniser import recognise, recogniser_command, spoken_text

SOUND = (0.1 * np.sin(np.arange(22_050) / 10)).astype(np.float32)


def program(folder: Path, source: str) -> str:
    """A command that runs a Python program, whose path has a space in it."""
    path = folder / "pen dengar.py"
    path.write_text(source, encoding="utf-8")
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(path))}"


def test_the_command_is_given_a_wav_of_16_khz(tmp_path: Path) -> None:
    source = (
        "import sys, wave\n"
        "with wave.open(sys.argv[1]) as w:\n"
        "    print(w.getframerate(), w.getnchannels(), w.getsampwidth(), w.getnframes())\n"
    )
    assert recognise(program(tmp_path, source) + " {}", SOUND, 22_050) == "16000 1 2 16000"


def test_the_words_are_what_it_prints(tmp_path: Path) -> None:
    command = program(tmp_path, "print('aku rindu\\n  kamu')")
    assert recognise(command, SOUND, 22_050) == "aku rindu kamu"
    assert recognise(program(tmp_path, "pass"), SOUND, 22_050) == ""


def test_no_shell_looks_at_the_command(tmp_path: Path) -> None:
    command = program(tmp_path, "import sys; print(' '.join(sys.argv[1:-1]))")
    marker = tmp_path / "made"
    assert recognise(f"{command} ; touch {marker} '$HOME'", SOUND, 22_050) == f"; touch {marker} $HOME"
    assert not marker.exists()


def test_what_fails_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MissingProgramError, match="the recogniser tidak-ada-ini is not installed"):
        recognise("tidak-ada-ini {}", SOUND, 22_050)
    failing = program(tmp_path, "import sys; print('model missing', file=sys.stderr); sys.exit(3)")
    with pytest.raises(MachineError, match="ended with status 3: model missing"):
        recognise(failing, SOUND, 22_050)
    with pytest.raises(MachineError, match=r"must end within 0\.3 s, got no end"):
        recognise(program(tmp_path, "import time; time.sleep(20)"), SOUND, 22_050, seconds=0.3)
    for text in ("", "  ", "dengar 'tanpa akhir"):
        with pytest.raises(InvalidValueError, match="a recogniser must be a command such as"):
            recogniser_command(text)


def test_subtitles_are_words_too() -> None:
    srt = "1\n00:00:00,000 --> 00:00:02,000\naku rindu\n\n2\n00:00:02,000 --> 00:00:03,500\n1000 kali\n"
    assert spoken_text(srt) == "aku rindu 1000 kali"
    assert spoken_text("7\n") == "7"


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng speaks the sentence")
def test_a_real_recogniser_hears_spoken_english(tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    wav = tmp_path / "said.wav"
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "130", "-w", str(wav), "I love you my friend"], check=True)
    source = (
        "import sys, wave\n"
        "from pocketsphinx import Decoder\n"
        "decoder = Decoder(samprate=16000, loglevel='FATAL')\n"
        "with wave.open(sys.argv[1]) as w:\n"
        "    sound = w.readframes(w.getnframes())\n"
        "decoder.start_utt(); decoder.process_raw(sound, full_utt=True); decoder.end_utt()\n"
        "print(decoder.hyp().hypstr if decoder.hyp() else '')\n"
    )
    sound = load_audio(wav, mono=True)
    words = set(recognise(program(tmp_path, source), sound.samples[0], sound.sample_rate).split())
    assert len(words & {"i", "love", "you", "my", "friend"}) >= 2
