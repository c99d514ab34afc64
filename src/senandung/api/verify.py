"""Whether a song folder is whole, and what of it can be remade."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from senandung import __version__
from senandung.domain.errors import FileError, SenandungError
from senandung.domain.song import Song
from senandung.files.paths import given_path

EXPECTED = (
    "song.json", "song.mid", "song.musicxml", "song.ustx", "song.wav", "song.mp3", "chords.cho", "score.pdf",
    "not-angka.pdf", "roll.png", "feeling.png", "index.html",
)  # fmt: skip
"""The files of a song folder, beside its stems."""

AUDIO_TOLERANCE_DB = -60.0
"""Two renderings count as the same where their difference stays this far below full scale (root mean square)."""


@dataclass(frozen=True)
class Report:
    """What was found. `audio_remade` is None where the audio was not tried."""

    whole: bool
    notes_remade: bool
    audio_remade: bool | None
    problems: tuple[str, ...]

    def sentence(self) -> str:
        """The verdict in a sentence."""
        if not self.whole:
            return "The song folder is not whole."
        audio = {None: "audio not tried", True: "audio remade", False: "audio differs"}[self.audio_remade]
        notes = "notes remade exactly" if self.notes_remade else "notes differ"
        return f"The song folder is whole; {notes}, {audio}."


def verify(folder: Path | str, *, audio: bool = False) -> Report:
    """Check a song folder: every file there, the notes remade from song.json, and with `audio` the sound too."""
    from senandung.files.song_json import load_song

    folder = given_path(folder)
    if not folder.is_dir():
        raise FileError(folder, "a file, not a song folder" if folder.exists() else "no such folder")
    if not (folder / "song.json").is_file():
        raise FileError(folder, "not a song folder: it has no song.json")
    song = load_song(folder / "song.json")
    problems = [f"{name} is missing or empty" for name in EXPECTED if not _is_filled(folder / name)]
    stems = len(list((folder / "stems").glob("*"))) if (folder / "stems").is_dir() else 0
    if stems < len(song.tracks):
        problems.append(f"stems must be at least {len(song.tracks)}, one a track, got {stems}")
    missing = bool(problems)
    note_problems = _compare_notes(song, folder)
    audio_problems = _compare_audio(song, folder) if audio and _is_filled(folder / "song.wav") else []
    return Report(
        whole=not missing and not note_problems and not audio_problems,
        notes_remade=not note_problems,
        audio_remade=not audio_problems if audio else None,
        problems=(*problems, *note_problems, *audio_problems),
    )


def _is_filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _compare_notes(song: Song, folder: Path) -> list[str]:
    """The MIDI and MusicXML files made again from song.json, compared with those in the folder."""
    from senandung.api.compose import save_notes

    problems = []
    with tempfile.TemporaryDirectory() as remade:
        save_notes(song, Path(remade))
        for name in ("song.mid", "song.musicxml"):
            there = folder / name
            if _is_filled(there) and there.read_bytes() != (Path(remade) / name).read_bytes():
                problems.append(f"{name} does not hold what song.json holds")
    if song.provenance.version and song.provenance.version != __version__:
        problems = [f"{p} (made by version {song.provenance.version}, this is {__version__})" for p in problems]
    return problems


def _compare_audio(song: Song, folder: Path) -> list[str]:
    """The sound rendered again, compared with song.wav within `AUDIO_TOLERANCE_DB`."""
    import numpy as np

    from senandung.api.dial import own_dial, own_fonts
    from senandung.api.options import checked_seed
    from senandung.api.render import own_singing, save_sound
    from senandung.api.voice import take_of
    from senandung.files.audio import load_audio

    try:
        theirs = load_audio(folder / "song.wav")
    except FileError as error:
        return [str(error)]
    with tempfile.TemporaryDirectory() as remade:
        try:
            singing = own_singing(folder)
            voice = None if singing else False  # a folder that was made before voices has none
            seed, dial = checked_seed(song.provenance.seed), own_dial(folder)
            take = take_of(song, seed=seed, voice=voice, singing=singing, humanise=dial)
            save_sound(song, Path(remade), take, fonts=own_fonts(folder))
        except SenandungError as error:
            return [f"the audio could not be rendered again: {error}"]
        ours = load_audio(Path(remade) / "song.wav")
    if ours.samples.shape != theirs.samples.shape:
        return [f"song.wav must have {ours.seconds:.2f} s, got {theirs.seconds:.2f} s"]
    difference = float(np.sqrt(np.mean((ours.samples - theirs.samples) ** 2)))
    level = 20 * np.log10(max(difference, 1e-9))
    return [] if level <= AUDIO_TOLERANCE_DB else [f"song.wav differs from its rendering by {level:.1f} dBFS"]
