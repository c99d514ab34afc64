"""Traces → a whole song in a folder."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from senandung.api.check import save_report
from senandung.api.compose import NOTE_FILES, Composed, save_notes
from senandung.api.dial import dial_of
from senandung.api.fonts import FontWish, check_fonts, fonts_of
from senandung.api.network import Composer
from senandung.api.options import Options, checked_seed, lexicon_of
from senandung.api.original import compose_original
from senandung.api.render import AUDIO_FILES, save_sound
from senandung.api.traces import Trace
from senandung.api.voice import Take, check_habits, take_of
from senandung.domain.feeling import Feeling
from senandung.domain.song import Song
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.originality.report import OriginalityReport
    from senandung.rendering.fonts import OwnFont

ProgressCall = Callable[[str, float], None]
"""Called with what is being done and the share of all that is done, 0..1."""

ROOM = 400 << 20
"""Bytes that must be free before a song is made: stems of a long song with what is written on the way."""


@dataclass(frozen=True)
class Created:
    """A song folder that was made: the song, its feeling, its sound's length in seconds, and its files' names.

    `voice` is who sings, None where nobody does; `voice_to_band` by how many dB the voice stands above the band;
    `remarks` are sentences for the person about the sound.
    """

    folder: Path
    composed: Composed
    seconds: float
    files: tuple[str, ...]
    voice: str | None = None
    voice_to_band: float | None = None
    remarks: tuple[str, ...] = ()

    @property
    def song(self) -> Song:
        """The song."""
        return self.composed.song

    @property
    def feeling(self) -> Feeling:
        """The feeling it came from."""
        return self.composed.feeling


def create(
    *traces: Trace,
    out: Path | str | None = None,
    habits: Path | str | None = None,
    humanise: float | None = None,
    soundfont: FontWish = None,
    executor: Executor | None = None,
    composer: Composer | None = None,
    progress: ProgressCall | None = None,
    **options: Unpack[Options],
) -> Created:
    """Make a whole song from traces, in a new folder that appears when all of it is done.

    Parameters
    ----------
    traces : a str is text, a Path a UTF-8 text file.
    out : the folder; None makes `songs/TITLE` in the current folder.
    habits : a singer whose habits were learned, by name, or a habits.json; None takes the voice's own.
    humanise : how freely it is played, from 0 (exactly the grid) over 1 (None) to 2 (rubato); docs/performing.md.
    soundfont : a file (SF2, SF3), `INSTRUMENT=FILE` (also SFZ) or `INSTRUMENT=FILE:BANK:PROGRAM`, or some of them; None
        takes the installed one.
    executor : where the pictures and scores are drawn; None draws them here, one after the other.
    composer : what writes a piece in a composer's style; None takes the network.
    progress : called with a stage's name and the share done.
    options : see `senandung.api.options.Options`.
    """
    from senandung.files.folders import check_free

    say = progress or _silent
    if out is not None:
        check_free(out)
    fonts = fonts_of(soundfont)
    named = check_habits(habits, options.get("voice"))
    dial = dial_of(Path(), 1.0 if humanise is None else humanise)
    say("composing", 0.02)
    composed, report = compose_original(
        *traces, composer=composer, progress=lambda stage, share: say(stage, 0.02 + 0.03 * share), **options
    )
    song = composed.song
    lexicon = lexicon_of(options.get("lexicon"))
    seed = checked_seed(song.provenance.seed)
    take = take_of(song, seed=seed, voice=_voice(options), lexicon=lexicon, habits=named, humanise=dial)
    check_fonts(fonts, take)
    return save_created(composed, report, take, folder_for(song, out), fonts=fonts, executor=executor, progress=say)


def save_created(
    composed: Composed,
    report: OriginalityReport,
    take: Take,
    target: Path,
    *,
    fonts: Sequence[OwnFont] = (),
    executor: Executor | None = None,
    progress: ProgressCall,
) -> Created:
    """Draw, render and write a composed song into a new folder, which appears when all of it is done.

    Parameters
    ----------
    report : of its originality.
    take : how it is played and sung.
    target, fonts, executor, progress : as in `create`, with every value checked; progress goes on from .05.
    """
    from senandung.files.folders import new_folder
    from senandung.files.manifest import save_manifest

    song, say = composed.song, progress
    with new_folder(target, room=ROOM) as folder:
        save_notes(song, folder)
        save_report(report, folder)
        drawings = _draw(composed, take, folder, executor, say)
        try:
            sound = save_sound(
                song, folder, take, fonts=fonts, progress=lambda stage, share: say(stage, 0.3 + 0.65 * share)
            )
        except BaseException:
            for drawing in drawings:
                drawing.cancel()
            raise
        finally:
            wait(drawings)  # the folder must not go while somebody still writes into it
        for drawing in drawings:
            drawing.result()
        say("page", 0.97)
        _save_page(composed, folder, take.humanise, report.verdict(song.words.language))
        save_manifest(song, folder)
        files = tuple(sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()))
    say("done", 1.0)
    singer = take.singing.voice if take.singing else None
    return Created(target, composed, sound.seconds, files, singer, sound.voice_to_band, take.remarks)


def _voice(options: Options) -> str | bool | None:
    voice = options.get("voice")
    return voice if voice is None or isinstance(voice, bool) else os.fspath(voice)


def folder_for(song: Song, out: Path | str | None, *, suffix: str = "", songs: Path | None = None) -> Path:
    """The folder that a song goes to: `out`, or a free name of its title in `songs` (None: `songs/` here)."""
    if out is not None:
        return given_path(out).absolute()
    plain = unicodedata.normalize("NFKD", song.title).encode("ascii", "ignore").decode()
    name = (re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-") or "lagu") + suffix
    songs = songs or Path.cwd() / "songs"
    number = 1
    while (songs / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return songs / (name if number == 1 else f"{name}-{number}")


def _silent(stage: str, share: float) -> None:
    """Say nothing."""


def _draw(
    composed: Composed, take: Take, folder: Path, executor: Executor | None, say: ProgressCall
) -> list[Future[Any]]:
    """Begin (or, without an executor, finish) every drawing that needs no sound."""
    from senandung.drawing.feeling import save_feeling
    from senandung.drawing.not_angka import save_not_angka_pdf
    from senandung.drawing.roll import save_roll
    from senandung.drawing.score import save_score_pdf
    from senandung.files.chordpro import save_chordpro
    from senandung.files.ustx import save_ustx

    song = composed.song
    musicxml = (folder / "song.musicxml").read_text(encoding="utf-8")
    work: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (save_ustx, (song, folder / "song.ustx", *take.singings)),
        (save_chordpro, (song, folder / "chords.cho")),
        (save_score_pdf, (musicxml, folder / "score.pdf")),
        (save_not_angka_pdf, (song, folder / "not-angka.pdf")),
        (save_roll, (song, folder / "roll.png")),
        (save_feeling, (song, composed.feeling, folder / "feeling.png")),
    ]
    futures: list[Future[Any]] = []
    for number, (call, arguments) in enumerate(work):
        say("writing the score", 0.05 + 0.25 * number / len(work))
        if executor is not None:
            futures.append(executor.submit(call, *arguments))
        else:
            call(*arguments)
    return futures


def _save_page(composed: Composed, folder: Path, dial: float, originality: str) -> None:
    from senandung.drawing.page import save_page
    from senandung.drawing.score import engrave
    from senandung.performing.clock import Clock
    from senandung.performing.dynamics import arousal_at

    pages = engrave((folder / "song.musicxml").read_text(encoding="utf-8"), lead_sheet_only=True)
    names = [*AUDIO_FILES, *NOTE_FILES, *(path.name for path in sorted(folder.iterdir()) if path.is_file())]
    save_page(
        composed.song,
        composed.feeling,
        folder / "index.html",
        score_pages=pages,
        seconds=Clock.of(composed.song, arousal_at(composed.song, composed.song.end), dial).seconds,
        files=tuple(dict.fromkeys(names)),
        originality=originality,
    )
