"""A hum, a whistle, a sung voice note, a played phrase, or a file of notes → the motif of a song."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.motif import FEWEST_TONES, Motif

if TYPE_CHECKING:
    from senandung.domain.song import Song

SOUNDS = frozenset(
    {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".mp4", ".webm", ".mov", ".mkv", ".avi", ".m4v", ".3gp",
     ".oga", ".wma", ".aif", ".aiff", ".amr"}
)  # fmt: skip
"""Endings of files that are listened to, whatever stands in them."""

LONGEST = 1200.0
"""Seconds that a recording may last."""

LISTENED = 90.0
"""Seconds of its beginning that are listened to."""

SILENT = 1e-4
"""Largest sample (-80 dB) of what is called silence."""

ALONE = 0.55
"""Share of the sound that one voice's harmonics explain, below which several sound at a time: lower than transcribe's,
for a telephone's noise hides harmonics and here nothing else is done with it."""

SUNG = 0.13
"""Share of the time in which the pitch rests, times how closely it then lies on semitones (0..1), from which on a
recording is sung or played: the synthetic speech that we have has at most .08, quick whistling .22, humming .3 and
more."""

FILES = ("motif.mid", "motif.musicxml", "motif.svg", "motif.png", "motif.wav")
"""What `save_motif` writes: notes, notation, a picture with names and not angka, and how it sounds."""


@dataclass(frozen=True)
class ReadMotif:
    """A motif, how it was read, and what a person should know.

    Parameters
    ----------
    motif : cleaned: on beats, in a key.
    kind : "recording" or "notes".
    name : what the file is called.
    cents : how far a recording's tuning stands above A4 = 440 Hz, -50..50.
    remarks : in sentences.
    """

    motif: Motif
    kind: str
    name: str
    cents: float = 0.0
    remarks: tuple[str, ...] = ()


def read_motif(path: Path | str) -> ReadMotif:
    """Read a motif from a recording of one voice or instrument, or from MIDI, MusicXML, ABC, kern, USTX or song.json.

    Parameters
    ----------
    path : the file. Of a long one the phrase that tells most of the tune is taken, and said.
    """
    from senandung.files.notes import kind_of_notes, load_notes
    from senandung.files.paths import given_path
    from senandung.files.reading import read_bytes

    path = given_path(path)
    if path.is_dir() and (path / "song.json").is_file():
        path = path / "song.json"
    if path.suffix.lower() in SOUNDS:
        return _of_recording(path)
    kind = kind_of_notes(read_bytes(path, 50_000_000))
    if kind is not None:
        from senandung.composing.motif.taking import take_from_song

        song = load_notes(path)
        try:
            unsaid = kind == "midi" and str(song.keys[0].key) == "C major"  # MIDI's default
            taken = take_from_song(song, key_is_stated=not unsaid)
        except InvalidValueError as error:
            raise FileError(path, str(error)) from error
        return ReadMotif(taken.motif, "notes", path.name, 0.0, taken.remarks)
    if path.suffix.lower() in (".txt", ".md", ".csv", ".lrc", ".pdf", ".png", ".jpg"):
        raise FileError(path, "neither a recording nor a file of notes (MIDI, MusicXML, kern, ABC, USTX, song.json)")
    return _of_recording(path)


def _of_recording(path: Path) -> ReadMotif:
    from senandung.audio.pitch import RATE, track_pitch
    from senandung.composing.motif.heard import hear_tune
    from senandung.composing.motif.taking import take_from_heard
    from senandung.files.audio import load_audio
    from senandung.sensing.transcribing.kind import one_voice_share
    from senandung.sensing.transcribing.voice import notes_of_pitch

    recording = load_audio(path, sample_rate=RATE, mono=True, max_seconds=LONGEST)
    sound = recording.samples[0]
    if not sound.size or float(abs(sound).max()) < SILENT:
        raise FileError(path, "it is silent: hum, whistle, sing or play a tune of a few bars")
    sound = sound[: round(LISTENED * RATE)]
    pitch = track_pitch(sound, RATE)
    tune = notes_of_pitch(sound, pitch, consonants=True)
    if len(tune.notes) < FEWEST_TONES:
        raise FileError(
            path, f"too few notes were heard for a motif: it needs {FEWEST_TONES} or more, got {len(tune.notes)}"
        )
    if not _is_sung(pitch.midi()):
        raise FileError(path, "nothing hummed, sung or played was heard in it: its pitch glides, as in speech")
    share = one_voice_share(sound, pitch)
    try:
        taken = take_from_heard(hear_tune(tune.notes))
    except InvalidValueError as error:
        raise FileError(path, str(error)) from error
    remarks = taken.remarks
    if recording.seconds > LISTENED:
        remarks = (f"only its first {LISTENED:.0f} s were listened to", *remarks)
    if share < ALONE:
        remarks = (*remarks, "more than one voice sounds in it: the clearest pitch was followed")
    return ReadMotif(taken.motif, "recording", path.name, tune.cents, remarks)


def _is_sung(midi: object) -> bool:
    """Whether a pitch rests on tones, as in singing and playing, and does not glide on as in speech."""
    import numpy as np

    from senandung.audio.pitch import STEP

    row = np.asarray(midi, dtype=np.float64)
    swing = 15
    if np.isfinite(row).sum() < 2 * swing:
        return False
    level = np.lib.stride_tricks.sliding_window_view(row, swing).mean(axis=1)
    moves = np.abs(np.diff(level, append=np.nan)) / STEP
    rests = level[np.isfinite(moves) & (moves < 2.5)]
    steady = len(rests) / float(np.isfinite(row).sum())
    on_grid = float(abs(np.exp(2j * np.pi * rests).mean())) if len(rests) else 0.0
    return steady * on_grid > SUNG


def song_of_motif(read: ReadMotif) -> Song:
    """The motif as a song of one part, for its files: a pickup stands in a first bar of its own."""
    from senandung.domain.instruments import INSTRUMENTS
    from senandung.domain.parts import KeyChange, MetreChange, Note, Track, tidy_notes
    from senandung.domain.provenance import Provenance
    from senandung.domain.song import Song
    from senandung.domain.tempo import TempoChange
    from senandung.domain.time import TICKS_PER_QUARTER

    motif = read.motif
    lead = motif.metre.bar_ticks if motif.tones[0].onset < 0 else 0
    names = ("voice", "flute", "violin", "cello", "piano")
    plays = next((name for name in names if all(INSTRUMENTS[name].plays(tone.pitch) for tone in motif.tones)), "piano")
    notes = tidy_notes(Note(tone.onset + lead, tone.duration, tone.pitch) for tone in motif.tones)
    quarters = motif.bpm * motif.metre.beat_ticks / TICKS_PER_QUARTER
    return Song(
        title=Path(read.name).stem[:200] or "Motif",
        tracks=(Track("Motif", "melody", plays, notes),),
        tempos=(TempoChange.at_bpm(0, quarters),),
        metres=(MetreChange(0, motif.metre),),
        keys=(KeyChange(0, motif.key),),
        provenance=Provenance(0, "", ""),
    )


def names_of(motif: Motif) -> tuple[str, ...]:
    """The tones' names, with a bar line where a bar begins; a pickup stands before the first.

    >>> from senandung.domain.metre import Metre
    >>> from senandung.domain.motif import Tone
    >>> from senandung.domain.scales import Key
    >>> tones = tuple(Tone(480 * at, 480, pitch) for at, pitch in enumerate((67, 60, 64, 66, 67)))
    >>> " ".join(names_of(Motif(tones, Key.parse("G"), Metre(), 96.0)))
    'G4 C4 E4 F#4 | G4'
    """
    found: list[str] = []
    bar = motif.tones[0].onset // motif.metre.bar_ticks
    for tone in motif.tones:
        here = tone.onset // motif.metre.bar_ticks
        if here != bar:
            found.append("|")
            bar = here
        name = motif.key.spell(tone.pitch)
        found.append(f"{name}{(tone.pitch - name.alter) // 12 - 1}")
    return tuple(found)


def cipher_line(motif: Motif) -> str:
    """The motif as not angka on one line: digits, dots for octaves, points for tones held on, bars divided.

    >>> from senandung.domain.metre import Metre
    >>> from senandung.domain.motif import Tone
    >>> from senandung.domain.scales import Key
    >>> tones = tuple(Tone(480 * at, 480 + 480 * (at == 3), p) for at, p in enumerate((67, 60, 64, 66)))
    >>> cipher_line(Motif(tones, Key.parse("G"), Metre(), 96.0))
    "1' 4 6 7 | ."
    """
    from senandung.drawing.cipher import cipher_bars

    bars = cipher_bars(song_of_motif(ReadMotif(motif, "notes", "motif")))
    rows = [" ".join(str(token).replace("_", "") for token in bar.tokens) for bar in bars]
    if motif.tones[0].onset < 0 and rows:
        rows[0] = " ".join(rows[0].split()[len(rows[0].split()) - _pickup_signs(rows[0]) :])
    while rows and not rows[-1].replace("0", "").strip():
        rows.pop()
    if rows:
        rows[-1] = rows[-1].removesuffix(" 0").removesuffix(" 0").removesuffix(" 0")
    return " | ".join(rows)


def _pickup_signs(row: str) -> int:
    signs = row.split()
    return len(signs) - next((at for at, sign in enumerate(signs) if sign != "0"), 0)


def save_motif(read: ReadMotif, out: Path | str) -> tuple[str, ...]:
    """Write a motif into a new folder: `FILES`. Returns their names."""
    from senandung.drawing.excerpt import engrave_excerpt
    from senandung.drawing.motif import save_motif_picture
    from senandung.drawing.saving import save_bytes
    from senandung.files.audio import save_audio
    from senandung.files.folders import new_folder
    from senandung.files.midi import save_midi
    from senandung.files.musicxml import save_musicxml
    from senandung.performing.perform import perform
    from senandung.rendering.render import render

    song = song_of_motif(read)
    with new_folder(out) as folder:
        save_midi(song, folder / "motif.mid")
        save_musicxml(song, folder / "motif.musicxml")
        notation = engrave_excerpt((folder / "motif.musicxml").read_text(encoding="utf-8"))
        save_bytes(folder / "motif.svg", notation.encode("utf-8"))
        save_motif_picture(read.motif, read.name, folder / "motif.png")
        with render(perform(song, seed=1), workers=1) as mix:
            save_audio(mix.mix, folder / "motif.wav")
    return FILES


def motif_of(value: Motif | os.PathLike[str] | str) -> ReadMotif:
    """A motif that was given as such, or read from a file."""
    if isinstance(value, Motif):
        return ReadMotif(value, "notes", "motif")
    return read_motif(Path(os.fspath(value)))


def say_places(song: Song) -> tuple[str, ...]:
    """Where a song has its motif, in a sentence: bars, counted from 1, by form."""
    theme = song.motif
    if theme is None or not theme.statements:
        return ()
    starts = song.bar_starts()
    places: dict[str, list[str]] = {}
    for one in theme.statements:
        bar = sum(start <= one.onset for start in starts)
        player = "" if song.vocal is not None and one.track == song.vocal.name else f" ({one.track})"
        places.setdefault(one.form, []).append(f"{bar}{player}")
    return ("your motif: " + "; ".join(f"{form} in bar {', '.join(bars)}" for form, bars in places.items()),)
