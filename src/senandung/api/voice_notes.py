"""Voice notes among the traces: which recordings are one, the words in them, and the person's own voice."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require

if TYPE_CHECKING:
    from senandung.audio.hearing import Heard
    from senandung.domain.reading import Reading
    from senandung.sensing.sound.voice_baseline import VoiceBaseline

RECOGNISER = "SENANDUNG_RECOGNISER"
"""The environment variable that names a speech recogniser: a command with {} for the WAV file's path."""

KINDS = ("voice", "song", "concert")
"""What a person can say a recording is."""

LONGEST_WORDS = 600.0
"""Seconds of a note that a recogniser is given."""

MOST_MARKS = 500
"""Fingerprints that a baseline remembers, so that a note given twice counts once."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Listening:
    """How recordings are to be read.

    Parameters
    ----------
    kind : one of `KINDS` where the person says what they are; None hears it.
    recogniser : a command that prints the words of a WAV file, {} for its path; None takes `$SENANDUNG_RECOGNISER`.
    mine : voice notes are the person's own: what is usual of their voice is kept, this note included.
    """

    kind: str | None = None
    recogniser: str | None = None
    mine: bool = False

    def __post_init__(self) -> None:
        require(self.kind is None or self.kind in KINDS, f"a recording must be one of {', '.join(KINDS)}", self.kind)
        require(not self.mine or self.kind in (None, "voice"), "only a voice can be your own", self.kind)

    @property
    def command(self) -> str | None:
        """The recogniser's command; None where there is none."""
        return self.recogniser or os.environ.get(RECOGNISER, "").strip() or None


HEARING = Listening()
"""As it is read where nothing else is said."""


class Beginning:
    """Passes pieces of a recording on, and keeps its first `seconds` seconds."""

    def __init__(self, pieces: Iterable[Floats], rate: int, seconds: float) -> None:
        self._pieces = pieces
        self._most = round(seconds * rate)
        self._kept: list[Floats] = []

    def __iter__(self) -> Iterator[Floats]:
        length = 0
        for piece in self._pieces:
            if length < self._most:
                self._kept.append(piece[: self._most - length])
                length += len(self._kept[-1])
            yield piece

    @property
    def samples(self) -> Floats:
        """What has been kept so far, shape (n,)."""
        return np.concatenate(self._kept) if self._kept else np.zeros(0, dtype=np.float32)


def is_voice(heard: Heard, samples: Floats, listening: Listening) -> bool:
    """Whether a recording is to be read as a voice note.

    Parameters
    ----------
    samples : its beginning, mono at `hearing.RATE`.
    """
    from senandung.sensing.sound.kind import VOICE, kind_of

    if listening.kind is not None:
        return listening.kind == "voice"
    return listening.mine or kind_of(heard, samples) == VOICE


def read_voice_note(path: Path, samples: Floats, rate: int, listening: Listening) -> Reading:
    """Read a voice note, against the person's own voice where they keep that; their own note is added where asked.

    Parameters
    ----------
    samples : mono, shape (n,), at `rate` Hz.
    """
    from dataclasses import replace

    from senandung.sensing.sound.voice import feel_voice

    baseline, marks = _kept_baseline()
    heard = feel_voice(samples, rate, baseline=baseline, own=listening.mine)
    reading = heard.reading(path.name)
    if not listening.mine:
        return reading
    said = _keep_own(path, heard.feeling.readable and heard.tune is None, baseline, marks, heard.cues)
    return replace(reading, remarks=(*reading.remarks, said))


def words_of_note(path: Path, listening: Listening, language: str | None) -> Reading | None:
    """The words of a voice note as a text's reading, by the person's recogniser; None without one.

    Parameters
    ----------
    language : "id" or "en"; None reads it from the words.
    """
    if listening.command is None:
        return None
    from senandung.domain.feeling import Feeling
    from senandung.domain.reading import Reading
    from senandung.files.audio import load_audio
    from senandung.files.recogniser import RATE, recognise
    from senandung.language.detect import detect_language
    from senandung.sensing.text import read_text, weigh_words

    sound = load_audio(path, sample_rate=RATE, mono=True, seconds=LONGEST_WORDS).samples[0]
    words = recognise(listening.command, sound, RATE)
    if not words:
        return Reading("text", path.name, Feeling.unread(), remarks=("the recogniser heard no words",))
    spoken = language or detect_language(words)
    heard = f"the recogniser heard: {words if len(words) <= 160 else words[:159].rstrip() + '…'}"
    return Reading("text", path.name, read_text(words, spoken), words=weigh_words(words, spoken), remarks=(heard,))


def _kept_baseline() -> tuple[VoiceBaseline | None, list[str]]:
    """The kept baseline, and the fingerprints of the notes it is of."""
    from senandung.api.kept import load_baseline
    from senandung.sensing.sound.voice_baseline import VoiceBaseline

    plain = load_baseline()
    if plain is None:
        return None, []
    return VoiceBaseline.from_plain(plain), [str(mark) for mark in plain.get("marks", [])]


def _keep_own(path: Path, spoken: bool, baseline: VoiceBaseline | None, marks: list[str], cues: Any) -> str:
    """Add a note to the kept baseline; what there is to say of it."""
    from senandung.api.kept import fingerprint, keep_baseline
    from senandung.sensing.sound.voice_baseline import VoiceBaseline

    if not spoken:
        return "not added to your own voice: only speech that could be read is"
    mark = fingerprint(path)
    if mark in marks:
        return "already part of what is kept of your own voice"
    grown = (baseline or VoiceBaseline()).with_note(cues)
    kept = keep_baseline({**grown.to_plain(), "marks": [*marks, mark][-MOST_MARKS:]})
    return (
        f"added to what is usual of your voice, now of {grown.notes} notes (kept as {kept.number}; no sound, no words)"
    )
