"""A recording → notes: a song that can be edited, and the notes as they were played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.song import Song

if TYPE_CHECKING:
    from senandung.domain.performance import PlayedNote
    from senandung.sensing.transcribing.grid import Grid

KINDS = ("voice", "notes")
"""What a recording is read as: one voice or instrument, or several notes at a time."""

LONGEST = 1200.0
"""Seconds of a recording that are transcribed at most."""

SILENT = 1e-4
"""Largest sample (-80 dB) of what is called silence."""

PLAYED_FILE = "played.mid"
"""The notes as they were played, beside the files of every song."""

NOTHING = "no notes were heard in it"

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Transcribed:
    """What was heard of a recording.

    Parameters
    ----------
    song : the notes in bars and beats.
    played : the notes in seconds, as they were sung or played.
    kind : one of `KINDS`.
    single : how much of the sound one voice's harmonics explain, 0..1.
    grid : beats and bars in seconds.
    clarity : how clearly the beats are heard, 0..1.
    key_confidence : how far the key stands before others, 0..1.
    cents : how far the tuning stands above A4 = 440 Hz, -50..50.
    seconds : the recording's length.
    listened : seconds of it that were listened to.
    remarks : what a person should know, in sentences.
    """

    song: Song
    played: tuple[PlayedNote, ...]
    kind: str
    single: float
    grid: Grid
    clarity: float
    key_confidence: float
    cents: float
    seconds: float
    listened: float
    remarks: tuple[str, ...]

    @property
    def tempo(self) -> float:
        """Beats a minute."""
        return self.grid.tempo


def transcribe(
    path: Path | str, *, kind: str | None = None, most: float | None = None, progress: Progress | None = None
) -> Transcribed:
    """Write down the notes of a recording.

    Parameters
    ----------
    path : sound, or a film with sound, of at most 20 minutes.
    kind : one of `KINDS`; None hears which.
    most : seconds that are listened to at most, from a third of what is left out on; None for the whole.
    progress : called with what is being done and the share done.
    """
    from senandung.audio.beats import find_beats
    from senandung.audio.hearing import hear
    from senandung.audio.onsets import onset_strength
    from senandung.audio.pitch import RATE, track_pitch
    from senandung.audio.tonality import tuning
    from senandung.files.audio import load_audio
    from senandung.files.paths import given_path
    from senandung.sensing.transcribing.grid import follow_beats, lay_grid
    from senandung.sensing.transcribing.kind import ALONE, one_voice_share
    from senandung.sensing.transcribing.many import notes_of_many
    from senandung.sensing.transcribing.network import hear_pitches
    from senandung.sensing.transcribing.score import key_of_notes, write_song
    from senandung.sensing.transcribing.voice import notes_of_pitch

    def say(stage: str, share: float) -> None:
        if progress is not None:
            progress(stage, share)

    if kind is not None and kind not in KINDS:
        raise InvalidValueError(f"what a recording is read as must be voice or notes, got {kind!r}")
    path = given_path(path)
    say("reading the sound", 0.0)
    recording = load_audio(path, sample_rate=RATE, mono=True, max_seconds=LONGEST)
    sound = recording.samples[0]
    if most is not None and recording.seconds > most:
        first = round((recording.seconds - most) / 3 * RATE)
        sound = sound[first : first + round(most * RATE)]
    if float(abs(sound).max()) < SILENT:
        raise FileError(path, "it is silent")
    say("following the pitch", 0.1)
    pitch = track_pitch(sound, RATE)
    share = one_voice_share(sound, pitch)
    chosen = kind or ("voice" if share >= ALONE else "notes")
    heard = hear([sound])
    models: tuple[str, ...] = ()
    if chosen == "voice":
        tune = notes_of_pitch(sound, pitch, heard)
        notes, cents = tune.notes, tune.cents
    else:
        say("hearing the notes", 0.3)
        notes, cents, models = notes_of_many(hear_pitches(sound, RATE)), tuning(heard), ("basic-pitch",)
    if not notes:
        raise FileError(path, NOTHING)
    say("finding the beats", 0.9)
    strength = onset_strength(heard)
    beats = find_beats(strength)
    grid = lay_grid(follow_beats(beats.times, strength, notes), notes)
    key = key_of_notes(notes)
    song = write_song(notes, grid, key, title=_title(path), single=chosen == "voice", models=models)
    remarks = []
    if not len(beats.times):
        remarks.append("no beat was heard: the notes lie on a grid of 100 beats a minute")
    if not grid.sure:
        remarks.append(f"the bar could not be told: {grid.bar}/4 is supposed")
    if key.confidence < 0.15:
        remarks.append("the key is a guess: another fits nearly as well")
    return Transcribed(
        song, tuple(notes), chosen, share, grid, beats.clarity, key.confidence, cents, recording.seconds,
        len(sound) / RATE, tuple(remarks),
    )  # fmt: skip


def save_transcribed(made: Transcribed, folder: Path) -> tuple[str, ...]:
    """Write the song's files and `PLAYED_FILE` into an existing folder. Returns their names."""
    from senandung.api.compose import NOTE_FILES, save_notes
    from senandung.domain.performance import Part
    from senandung.rendering.part_midi import save_part_midi

    save_notes(made.song, folder)
    track = made.song.tracks[0]
    part = Part(track.name, track.role, track.instrument, made.played)
    save_part_midi(part, folder / PLAYED_FILE, made.seconds)
    return (*NOTE_FILES, PLAYED_FILE)


def _title(path: Path) -> str:
    """The recording's name without its ending, as a title."""
    return " ".join(path.stem.replace("_", " ").split())[:200] or "Transcription"
