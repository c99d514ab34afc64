"""A song's vocal part and its words → a sung stem."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.api.dial import dial_of, save_dial
from senandung.api.options import check_voice, checked_seed, lexicon_of
from senandung.api.render import load_any_song, tags_of
from senandung.api.voice import check_habits, has_words, singing_file, take_of, voiced
from senandung.domain.errors import InvalidValueError
from senandung.domain.song import Song
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.domain.singing import Singing

VOCAL_FILE, PLOT_FILE = "vocal.wav", "singing.png"

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
    voice: Path | str | None = None,
    singing: Path | str | None = None,
    lexicon: Path | str | None = None,
    habits: Path | str | None = None,
    plot: bool = False,
    seed: int | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Sung:
    """Sing a song's vocal part into a new folder: vocal.wav (the voice alone, dry, mono) and singing.json.

    Who sings along (`Song.backings`) has vocal-2.wav and singing-2.json.

    Parameters
    ----------
    source : a song with words, a song folder, song.json, MusicXML, MIDI or USTX.
    out : a new or empty folder.
    voice : a voice's name or a voicebank's folder; None takes the singing's own, or the
        one in whose range the part lies best.
    singing : an edited singing.json to sing from; None makes a new one.
    lexicon : a file that says how words are pronounced (docs/pronunciation.md).
    habits : a singer whose habits were learned, by name, or a habits.json; None takes the voice's own.
    plot : also draw the curves, singing.png.
    seed : of performance and singing; None takes the song's own.
    """
    from senandung.files.audio import save_audio
    from senandung.files.folders import check_free, new_folder
    from senandung.files.provenance import label_of
    from senandung.files.singing_json import save_singing

    def say(stage: str, share: float) -> None:
        if progress is not None:
            progress(stage, share)

    check_free(out)
    voice = None if voice is None else os.fspath(voice)
    check_voice(voice)
    song = source if isinstance(source, Song) else load_any_song(source)
    if not has_words(song):
        raise InvalidValueError(f"a song must have a vocal part with words to be sung, got none in {song.title!r}")
    chosen = checked_seed(song.provenance.seed if seed is None else seed)
    if singing is not None and lexicon is not None:
        raise InvalidValueError(
            "a lexicon changes words that are sung anew, not a singing that has its phonemes already"
        )
    if singing is not None and habits is not None:
        raise InvalidValueError("habits shape what is sung anew, not a singing that has its curves already")
    say("learning the words", 0.05)
    given = None if singing is None else given_path(singing)
    named = check_habits(habits, voice)
    dial = dial_of(source, None)
    take = take_of(
        song, seed=chosen, voice=voice, singing=given, lexicon=lexicon_of(lexicon), habits=named, humanise=dial
    )
    made = take.singing
    assert made is not None
    with new_folder(out, room=ROOM) as folder:
        save_dial(dial, folder)
        for number, each in enumerate(take.singings, 1):
            save_singing(each, folder / singing_file(number), label_of(song))
        if plot:
            from senandung.drawing.singing import save_singing_plot

            say("drawing", 0.15)
            save_singing_plot(song, made, folder / PLOT_FILE)
        say(f"{made.voice} sings", 0.3)
        tags = replace(tags_of(song), title=f"{song.title} — {made.track}")
        save_audio(voiced(made, seed=chosen, voice=take.voice), folder / VOCAL_FILE, tags)
        for number, each in enumerate(take.along, 2):
            say(f"{made.voice} sings along", 0.3 + 0.6 * (number - 1) / (1 + len(take.along)))
            tags = replace(tags, title=f"{song.title} — {each.track}")
            save_audio(voiced(each, seed=chosen + number, voice=take.voice), folder / f"vocal-{number}.wav", tags)
        files = tuple(sorted(path.name for path in folder.iterdir()))
    say("done", 1.0)
    return Sung(given_path(out).absolute(), song, made, chosen, files, take.remarks)
