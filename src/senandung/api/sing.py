"""A song's vocal part and its words → a sung stem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.api.options import checked_seed
from senandung.api.render import load_any_song
from senandung.domain.errors import FileError, InvalidValueError, UnknownNameError
from senandung.domain.feeling import Feeling
from senandung.domain.performance import Performance
from senandung.domain.song import Song
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.domain.recording import Recording
    from senandung.domain.singing import Singing

VOCAL_FILE, SINGING_FILE, PLOT_FILE = "vocal.wav", "singing.json", "singing.png"

ROOM = 200 << 20
"""Bytes that must be free before a part is sung."""


@dataclass(frozen=True)
class Sung:
    """A folder with a sung part: the song, how it is sung, the seed, the files' names, and sentences for the person."""

    folder: Path
    song: Song
    singing: Singing
    seed: int
    files: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def sing(
    source: Song | Path | str,
    *,
    out: Path | str,
    voice: str | None = None,
    singing: Path | str | None = None,
    plot: bool = False,
    seed: int | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Sung:
    """Sing a song's vocal part into a new folder: vocal.wav (the voice alone, dry, mono) and singing.json.

    Parameters
    ----------
    source : a song with words, a song folder, song.json, MusicXML, MIDI or USTX.
    out : a new or empty folder.
    voice : a name that `voices` lists; None takes the singing's, or the one in whose range the part lies best.
    singing : an edited singing.json to sing from; None makes a new one.
    plot : also draw the curves, singing.png.
    seed : of performance and singing; None takes the song's own.
    """
    from senandung.files.audio import AudioTags, save_audio
    from senandung.files.folders import check_free, new_folder
    from senandung.files.singing_json import save_singing
    from senandung.performing.perform import perform

    def say(stage: str, share: float) -> None:
        if progress is not None:
            progress(stage, share)

    check_free(out)
    check_voice(voice)
    song = source if isinstance(source, Song) else load_any_song(source)
    if not has_words(song):
        raise InvalidValueError(f"a song must have a vocal part with words to be sung, got none in {song.title!r}")
    chosen = checked_seed(song.provenance.seed if seed is None else seed)
    say("learning the words", 0.05)
    remarks: tuple[str, ...] = ()
    if singing is None:
        made, remarks = singing_of(song, perform(song, seed=chosen), voice=voice, seed=chosen)
    else:
        made = given_singing(given_path(singing), song, voice)
    with new_folder(out, room=ROOM) as folder:
        save_singing(made, folder / SINGING_FILE)
        if plot:
            from senandung.drawing.singing import save_singing_plot

            say("drawing", 0.15)
            save_singing_plot(song, made, folder / PLOT_FILE)
        say(f"{made.voice} sings", 0.3)
        tags = AudioTags(f"{song.title} — {made.track}", story=song.provenance.story, licence=song.provenance.licence)
        save_audio(voiced(made, seed=chosen), folder / VOCAL_FILE, tags)
        files = tuple(sorted(path.name for path in folder.iterdir()))
    say("done", 1.0)
    return Sung(given_path(out).absolute(), song, made, chosen, files, remarks)


def has_words(song: Song) -> bool:
    """Whether a song has a vocal part whose notes carry words."""
    return song.vocal is not None and any(note.syllable is not None for note in song.vocal.notes)


def check_voice(voice: str | None) -> None:
    """Refuse a name that no voice has."""
    from senandung.singing.voices import VOICES

    if voice is not None and voice not in VOICES:
        raise UnknownNameError("voice", voice, VOICES)


def feeling_of(song: Song) -> Feeling:
    """The feeling that a song follows: the middle of its feeling curve."""
    if not song.feeling_curve:
        return Feeling.unread()
    points = song.feeling_curve
    valence = sum(point.valence for point in points) / len(points)
    arousal = sum(point.arousal for point in points) / len(points)
    return Feeling.at(valence, arousal)


def singing_of(
    song: Song, performance: Performance, *, voice: str | None = None, seed: int
) -> tuple[Singing, tuple[str, ...]]:
    """How a song's vocal part is sung, and sentences about words that nobody could be sure of."""
    from senandung.language.pronunciation import pronounce
    from senandung.singing.phrase import fitting_voice, sing_part

    said = pronounce(song.words)
    made = sing_part(song, performance, said, voice=voice or fitting_voice(song), feeling=feeling_of(song), seed=seed)
    if not said.unsure:
        return made, ()
    words = ", ".join(f"{word} (line {number})" for number, word in said.unsure[:6])
    more = f" and {len(said.unsure) - 6} more" if len(said.unsure) > 6 else ""
    return made, (f"nobody can be sure how these words sound: {words}{more}",)


def given_singing(path: Path, song: Song, voice: str | None) -> Singing:
    """A singing.json, or the one of a song folder, that must belong to the song; sung by another voice if one is named.

    Raises `FileError` where it belongs to another song.
    """
    from dataclasses import replace

    from senandung.files.singing_json import load_singing
    from senandung.singing.voices import VOICES

    path = path / SINGING_FILE if path.is_dir() else path
    found = load_singing(path)
    if found.song_id != song.song_id or song.vocal is None or found.track != song.vocal.name:
        raise FileError(path, f"the singing of another song than {song.title!r}: its notes or words are not the same")
    found = found if voice is None else replace(found, voice=voice)
    if found.voice not in VOICES:
        raise FileError(path, f"its voice must be one of {', '.join(VOICES)}, got {found.voice!r}")
    return found


def voiced(singing: Singing, *, seed: int) -> Recording:
    """The singing in its voice: mono, 44.1 kHz, dry."""
    from senandung.singing.builtin import render
    from senandung.singing.voices import VOICES

    return render(singing, VOICES[singing.voice], seed=seed)
