"""A song → its sound."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.api.dial import dial_of, own_dial, own_fonts, save_dial
from senandung.api.fonts import FontWish, check_fonts, fonts_of
from senandung.api.options import check_voice, checked_seed
from senandung.api.voice import SINGING_FILE, Take, check_habits, singing_file, take_of, voiced
from senandung.domain.errors import FileError
from senandung.domain.song import Song
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.files.audio import AudioTags
    from senandung.rendering.fonts import OwnFont
    from senandung.rendering.masking import Audibility

AUDIO_FILES = ("song.wav", "song.mp3")
"""What a rendered song has beside its stems."""


@dataclass(frozen=True)
class Sound:
    """A song's length in seconds, and by how many dB the voice stands above the band; None where nobody sings."""

    seconds: float
    voice_to_band: float | None = None
    masking: Mapping[str, Audibility] | None = None


@dataclass(frozen=True)
class Rendered:
    """A folder with a song's sound: its length in seconds, the take's seed, who sings, and its files' names.

    `masking` says how much of each part is heard beside the others, by track name, where that was asked for.
    """

    folder: Path
    song: Song
    seed: int
    seconds: float
    files: tuple[str, ...]
    voice: str | None = None
    voice_to_band: float | None = None
    remarks: tuple[str, ...] = ()
    masking: Mapping[str, Audibility] | None = None


def render(
    source: Song | Path | str,
    *,
    out: Path | str,
    seed: int | None = None,
    voice: Path | str | bool | None = None,
    habits: Path | str | None = None,
    humanise: float | None = None,
    soundfont: FontWish = None,
    masking: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> Rendered:
    """Perform, sing, render, mix and master a song into a new folder.

    A song folder's own singing.json is sung as it stands, edited or not, unless another seed, habits or dial are asked
    for.

    Parameters
    ----------
    source : a song, a song folder, song.json, MusicXML, MIDI or USTX.
    out : a new or empty folder.
    seed : of performance and singing; None takes the song's own.
    voice : a voice's name or a voicebank's folder; False leaves a vocal part to its instrument; None takes the
        singing's own, or the voice in whose range the part lies best.
    habits : a singer whose habits were learned, by name, or a habits.json; None takes the voice's own.
    humanise : how freely it is played, from 0 (exactly the grid) over 1 to 2 (rubato); None takes the folder's own.
    soundfont : a file (SF2, SF3), `INSTRUMENT=FILE` (also SFZ) or `INSTRUMENT=FILE:BANK:PROGRAM`, or some of them;
        `installed` takes the installed one; None the folder's own, if it has some.
    masking : whether to say how much of each part is heard (`rendering.masking`).
    """
    from senandung.files.folders import check_free, new_folder
    from senandung.files.manifest import save_manifest
    from senandung.files.singing_json import load_singing

    check_free(out)
    fonts = fonts_of(soundfont)
    voice = os.fspath(voice) if isinstance(voice, Path) else voice
    check_voice(voice if isinstance(voice, str) else None)
    named = check_habits(habits, voice)
    song = source if isinstance(source, Song) else load_any_song(source)
    chosen = checked_seed(song.provenance.seed if seed is None else seed)
    dial = dial_of(source, humanise)
    moved = not isinstance(source, Song) and dial != own_dial(given_path(source))
    anew = seed is not None or habits is not None or moved
    own = None if isinstance(source, Song) or anew else own_singing(given_path(source))
    remarks: tuple[str, ...] = ()
    if own is not None and load_singing(own).song_id != song.song_id:
        own, remarks = None, (f"{SINGING_FILE} is of other notes or words than song.json has now, and is sung anew",)
    if soundfont is None and not isinstance(source, Song):
        fonts = own_fonts(given_path(source))
    take = take_of(song, seed=chosen, voice=voice, singing=own, habits=named, humanise=dial)
    check_fonts(fonts, take)
    with new_folder(out, room=300 << 20) as folder:
        sound = save_sound(song, folder, take, fonts=fonts, masking=masking, progress=progress)
        save_manifest(song, folder)
        files = tuple(sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()))
    singer = take.singing.voice if take.singing else None
    return Rendered(
        given_path(out).absolute(),
        song,
        chosen,
        sound.seconds,
        files,
        singer,
        sound.voice_to_band,
        (*remarks, *take.remarks),
        sound.masking,
    )


def own_singing(source: Path) -> Path | None:
    """The singing.json of a song folder, if there is one."""
    path = source / SINGING_FILE
    return path if source.is_dir() and path.is_file() else None


def load_any_song(source: Path | str) -> Song:
    """The song of a song folder, or of a file that holds notes."""
    from senandung.files.notes import load_notes

    source = given_path(source)
    if source.is_dir():
        if not (source / "song.json").is_file():
            raise FileError(source, "not a song folder: it has no song.json")
        source = source / "song.json"
    return load_notes(source)


def save_sound(
    song: Song,
    folder: Path,
    take: Take,
    *,
    fonts: Sequence[OwnFont] = (),
    masking: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> Sound:
    """Render a take of a song into an existing folder: `AUDIO_FILES`, `stems/`, and singing.json where it is sung."""
    from senandung.api.sung_files import SungFiles
    from senandung.files.audio import save_audio, save_stems
    from senandung.files.provenance import label_of
    from senandung.files.singing_json import save_singing
    from senandung.rendering.masking import audibility
    from senandung.rendering.render import render as render_performance

    def say(stage: str, share: float) -> None:
        if progress is not None:
            progress(stage, share)

    desk = desk_of(song)
    save_dial(take.humanise, folder, fonts)
    with SungFiles() as sung:
        for number, singing in enumerate(take.singings, 1):
            say(f"{singing.voice} sings", 0.0)
            save_singing(singing, folder / singing_file(number), label_of(song))
            seed = take.seed if number == 1 else take.seed + number
            sung.add(singing.track, voiced(singing, seed=seed, voice=take.voice))
        rendered = render_performance(
            take.performance,
            workers=os.cpu_count() or 1,
            fonts=fonts,
            pans={track: pan for track, (pan, _) in desk.items()},
            levels={track: level for track, (_, level) in desk.items()},
            progress=lambda share, stage: say(f"playing {stage}", 0.05 + 0.65 * share),
            sung=sung,
        )
    with rendered as mix:
        say("writing the sound", 0.7)
        for name in AUDIO_FILES:
            save_audio(mix.mix, folder / name, tags_of(song))
        say("writing the stems", 0.85)
        (folder / "stems").mkdir()
        save_stems(mix.stems, folder / "stems", tags_of(song))
        return Sound(take.performance.seconds, mix.voice_to_band, audibility(mix.stems) if masking else None)


def desk_of(song: Song) -> dict[str, tuple[float, float]]:
    """Where the song's style wants its tracks: place -1..1 and dB more than usual, by the track's name."""
    from senandung.composing.styles import load_style, style_names

    if song.provenance.style not in style_names():
        return {}
    style = load_style(song.provenance.style)
    desk = {player.track: (player.pan, player.level) for player in style.ensemble}
    if style.backing is not None:
        desk |= {track.name: (style.backing.pan, style.backing.level) for track in song.backings[:1]}
    return desk


def tags_of(song: Song) -> AudioTags:
    """What the song's sound files say about themselves."""
    from senandung.files.audio import AudioTags
    from senandung.files.provenance import label_of, licence_of, line_of

    made = song.provenance
    return AudioTags(
        song.title, story=made.told_story, licence=licence_of(made), label=line_of(song), fields=label_of(song)
    )
