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
    """What was found. `notes_remade` and `audio_remade` are None where they were not tried.

    `changed`, `missing` and `foreign` are files against manifest.json, `has_manifest` says whether there is one;
    `problems` are sentences, and so are `remarks`, which keep nothing from being whole.
    """

    whole: bool
    notes_remade: bool | None
    audio_remade: bool | None
    problems: tuple[str, ...]
    has_manifest: bool = False
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The verdict in a sentence."""
        if not self.whole:
            return "The song folder is not whole."
        audio = {None: "audio not tried", True: "audio remade", False: "audio differs"}[self.audio_remade]
        notes = {None: "notes not tried", True: "notes remade exactly", False: "notes differ"}[self.notes_remade]
        files = "no file was changed" if self.has_manifest else "without a manifest.json no change can be told"
        return f"The song folder is whole; {files}, {notes}, {audio}."


def verify(folder: Path | str, *, audio: bool = False) -> Report:
    """Check a song folder: every file as it was made, the notes remade from song.json, and with `audio` the sound too.

    A folder with a manifest.json is held against it; one without must have the files of `create`, or of `compose`.
    Raises `FileError` for what is no such folder.
    """
    from senandung.files.manifest import Changes, compare, load_manifest
    from senandung.files.song_json import load_song

    folder = given_path(folder)
    if not folder.is_dir():
        more = "; senandung label reads what a file says of itself" if folder.exists() else ""
        raise FileError(folder, f"a file, not a song folder{more}" if folder.exists() else "no such folder")
    manifest = load_manifest(folder)
    has_song = (folder / "song.json").is_file()
    if manifest is None and not has_song:
        raise FileError(folder, "not a song folder: it has no song.json")
    changes = Changes() if manifest is None else compare(folder, manifest)
    problems, remarks = list[str](), list[str]()
    if manifest is None:
        problems += _unmanifested(folder)
        remarks.append("it has no manifest.json, so it cannot be told whether a file was changed")
    problems += [f"{name} was changed" for name in changes.changed]
    problems += [f"{name} is missing" for name in changes.missing]
    if changes.foreign:
        remarks.append(f"not of this song, or added later: {', '.join(changes.foreign)}")
    song: Song | None = None
    if has_song:
        try:
            song = load_song(folder / "song.json")
        except FileError as error:
            if manifest is None:
                raise
            problems.append(str(error))
    if manifest is not None and song is not None and song.song_id != manifest.song_id:
        remarks.append(
            "song.json holds another song than the other files were made from; `senandung render` makes its sound anew"
        )
    notes = _compare_notes(song, folder) if song is not None else []
    tried = audio and song is not None and _is_filled(folder / "song.wav")
    sound = _compare_audio(song, folder) if tried and song is not None else []
    problems += [*notes, *sound]
    return Report(
        whole=not problems,
        notes_remade=None if song is None else not notes,
        audio_remade=not sound if tried else None,
        problems=tuple(problems),
        has_manifest=manifest is not None,
        changed=changes.changed,
        missing=changes.missing,
        foreign=changes.foreign,
        remarks=tuple(remarks),
    )


def _unmanifested(folder: Path) -> list[str]:
    """What a folder lacks that says not itself what it should have: one without sound was made by `compose`."""
    from senandung.api.compose import NOTE_FILES
    from senandung.files.song_json import load_song

    only_notes = {path.suffix for path in folder.iterdir() if path.is_file()} <= {".json", ".mid", ".musicxml"}
    expected = NOTE_FILES if only_notes else EXPECTED
    problems = [f"{name} is missing or empty" for name in expected if not _is_filled(folder / name)]
    if not only_notes:
        tracks = len(load_song(folder / "song.json").tracks)
        stems = len(list((folder / "stems").glob("*"))) if (folder / "stems").is_dir() else 0
        if stems < tracks:
            problems.append(f"stems must be at least {tracks}, one a track, got {stems}")
    return problems


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
            if _is_filled(there) and not _same_notes(there, Path(remade) / name):
                problems.append(f"{name} does not hold what song.json holds")
    if song.provenance.version and song.provenance.version != __version__:
        problems = [f"{p} (made by version {song.provenance.version}, this is {__version__})" for p in problems]
    return problems


def _same_notes(there: Path, remade: Path) -> bool:
    """Whether two files are the same, or hold the same notes: earlier versions wrote less of a label."""
    from senandung.files.notes import load_notes

    if there.read_bytes() == remade.read_bytes():
        return True
    try:
        theirs, ours = load_notes(there), load_notes(remade)
    except SenandungError:
        return False
    what = ("tracks", "words", "tempos", "metres", "keys")
    return all(getattr(theirs, name) == getattr(ours, name) for name in what)


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
