"""Traces → notes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from senandung import __version__
from senandung.api.feel import parse_feeling
from senandung.api.options import Options, checked_options, checked_seed
from senandung.api.traces import Trace, read_trace, read_traces
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.song import Song

if TYPE_CHECKING:
    from senandung.composing.plan import Wishes

MOST_LINES = 120
"""Lines that one song can sing."""


@dataclass(frozen=True)
class Composed:
    """A composed song with the feeling it came from, and whether the person chose its style."""

    song: Song
    feeling: Feeling
    style_was_chosen: bool


def compose(*traces: Trace, **options: Unpack[Options]) -> Composed:
    """Compose a song from traces.

    Parameters
    ----------
    traces : a str is text, a Path a UTF-8 text file.
    options : see `senandung.api.options.Options`.
    """
    from senandung.composing.compose import compose as compose_song
    from senandung.composing.styles import choose_style, load_style
    from senandung.language.detect import detect_language
    from senandung.language.lines import split_lines
    from senandung.sensing.text import read_text

    options = checked_options(options)
    text = read_traces(traces)
    language = options.get("language") or detect_language(text)
    require(language in ("id", "en"), "language must be id or en", language)
    wished = options.get("feeling")
    feeling = parse_feeling(wished) if wished else read_text(text, language)
    wishes = _wishes(options)
    words = options.get("words")
    lines = split_lines(text if words is None else read_trace(words), language)
    if not lines and not feeling.readable:
        raise InvalidValueError(f"a text must hold a letter, a number or a known emoji, got {text.strip()[:40]!r}")
    require(len(lines) <= MOST_LINES, f"a song can sing at most {MOST_LINES} lines", len(lines))
    named = options.get("style")
    style = load_style(named) if named else choose_style(feeling, language)
    seed = checked_seed(options.get("seed", secrets.randbelow(1_000_000)))
    song = compose_song(feeling, style, lines, wishes, language=language, seed=seed, version=__version__)
    return Composed(song, feeling, bool(named))


def _wishes(options: Options) -> Wishes:
    from senandung.composing.plan import Wishes
    from senandung.domain.chords import parse_chords
    from senandung.domain.metre import Metre
    from senandung.domain.scales import Key

    key, metre, chords = options.get("key"), options.get("metre"), options.get("chords")
    return Wishes(
        key=Key.parse(key) if key else None,
        bpm=options.get("tempo"),
        metre=Metre.parse(metre) if metre else None,
        minutes=options.get("minutes"),
        bars=options.get("bars"),
        chords=parse_chords(chords) if chords else (),
        form=options.get("form", ""),
        ensemble=tuple(options.get("ensemble", ())),
        voice=options.get("voice", True),
        verses=options.get("verses", False),
        title=options.get("title", ""),
        story=options.get("story", ""),
    )


NOTE_FILES = ("song.json", "song.mid", "song.musicxml")


def save_notes(song: Song, folder: Path) -> None:
    """Write the song's notes into an existing folder: `NOTE_FILES`."""
    from senandung.files.midi import save_midi
    from senandung.files.musicxml import save_musicxml
    from senandung.files.song_json import save_song

    save_song(song, folder / "song.json")
    save_midi(song, folder / "song.mid")
    save_musicxml(song, folder / "song.musicxml")
