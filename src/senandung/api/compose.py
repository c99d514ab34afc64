"""Traces → notes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from senandung import __version__
from senandung.api.feel import parse_feeling
from senandung.api.in_style import compose_in_style
from senandung.api.label import told
from senandung.api.network import Composer, ProgressCall
from senandung.api.options import Options, checked_options, checked_seed, lexicon_of
from senandung.api.traces import Sensed, Trace, read_trace, sense
from senandung.api.wishes import wishes_of
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError, UnknownNameError
from senandung.domain.feeling import Feeling
from senandung.domain.motif import FEWEST_TONES
from senandung.domain.song import Song

if TYPE_CHECKING:
    from senandung.composing.plan import Wishes
    from senandung.domain.reading import Reading
    from senandung.domain.style import Style

MOST_LINES = 120
"""Lines that one song can sing."""


@dataclass(frozen=True)
class Composed:
    """A composed song with the feeling it came from, and whether the person chose its style.

    `remarks` are sentences for the person: what was left out, and why. `feeling_asked` is False where there was nothing
    to read a feeling from.
    """

    song: Song
    feeling: Feeling
    style_was_chosen: bool
    remarks: tuple[str, ...] = ()
    feeling_asked: bool = True


def compose(
    *traces: Trace,
    composer: Composer | None = None,
    progress: ProgressCall | None = None,
    **options: Unpack[Options],
) -> Composed:
    """Compose a song from traces, or a piece in a composer's style from traces or from nothing but its style.

    Parameters
    ----------
    traces : a str is text; a Path is a file, as `feel` takes them. A composer's style needs none.
    composer : what writes a piece in a composer's style; None takes the network.
    progress : called with what the network is doing and the share done.
    options : see `senandung.api.options.Options`.
    """
    from senandung.api.own_styles import own_chosen, own_style_names
    from senandung.composing.catalogue import composer_styles, is_composer_style
    from senandung.composing.compose import compose as compose_song
    from senandung.composing.decoding.engine import load_engine
    from senandung.composing.melody.tunes import USUAL
    from senandung.composing.motif.theme import style_for_motif
    from senandung.composing.styles import choose_style, load_style, style_names
    from senandung.language.lines import split_lines

    options, tune_said = with_own_tune(checked_options(options))
    lexicon = lexicon_of(options.get("lexicon"))
    named = options.get("style")
    own = own_chosen(named)
    if own is not None and not own.sings(traces, options):
        song, feeling, remarks = compose_in_style(traces, options, composer=composer, progress=progress, own=own)
        return Composed(
            told(_said_as(song, lexicon), options), feeling, True, remarks, bool(traces or options.get("feeling"))
        )
    if own is None and named and is_composer_style(named):
        song, feeling, remarks = compose_in_style(traces, options, composer=composer, progress=progress)
        return Composed(
            told(_said_as(song, lexicon), options), feeling, True, remarks, bool(traces or options.get("feeling"))
        )
    if own is None and named and named.strip().lower() not in style_names():
        raise UnknownNameError("style", named, [*composer_styles(), *style_names(), *own_style_names()])
    wished = options.get("feeling")
    spoken = options.get("language")
    if own is not None and not traces and options.get("words") is not None:
        traces = (options["words"],)  # what is sung says how it feels
    if isinstance(wished, Feeling) and not traces:  # they were read before
        read = Sensed("", spoken or "id", (), wished)
    else:
        read = sense(traces, spoken)
    text, language = read.text, read.language
    feeling = parse_feeling(wished) if wished else read.feeling
    wishes = wishes_of(options)
    words = options.get("words")
    lines = split_lines(text if words is None else read_trace(words), language)
    if not lines and not feeling.readable:
        if not text:
            raise InvalidValueError("no feeling could be read from the recording, and there is no text: give --feeling")
        raise InvalidValueError(f"a text must hold a letter, a number or a known emoji, got {text.strip()[:40]!r}")
    rule = f"a song can sing at most {MOST_LINES} lines (choose them with words; the feeling is read from all)"
    require(len(lines) <= MOST_LINES, rule, len(lines))
    style = own.song_style() if own else load_style(named) if named else choose_style(feeling, language)
    if own is None and not named and wishes.motif is not None and wishes.metre is None:
        style = style_for_motif(wishes.motif, style, feeling, language)
    seed = checked_seed(options.get("seed", secrets.randbelow(1_000_000)))
    engine = load_engine() if own is None else own.engine()
    tunes = USUAL if own is None else own.tunes()
    song = compose_song(
        feeling, style, lines, wishes, language=language, seed=seed, version=__version__, engine=engine, tunes=tunes
    )
    song = song if own is None else own.labelled(song)
    remarks = (*(() if wished else read.remarks), *mixed_remarks(feeling, song))
    remarks = (*remarks, *tune_said, *motif_remarks(wishes, style, song, read.readings))
    return Composed(told(_said_as(song, lexicon), options), feeling, bool(named), remarks)


def mixed_remarks(feeling: Feeling, song: Song) -> tuple[str, ...]:
    """Which sections have which part of a mixed feeling, or that the song has the middle; nothing for one feeling."""
    from senandung.composing.mixed import cast_parts

    if len(feeling.parts) < 2:
        return ()
    names = [part.words[0] for part in feeling.parts if part.words]
    one_key = bool(song.keys[0].key.laras) or song.motif is not None
    cast = () if one_key else cast_parts(feeling, [section.kind for section in song.sections])
    if not cast:
        who = "a song with a motif of your own" if song.motif is not None else song.provenance.style
        return (f"mixed ({', '.join(names)}): {who} takes the middle of them",)
    keys = [next(k.key for k in reversed(song.keys) if k.onset <= section.onset) for section in song.sections]
    said: dict[tuple[str, str], list[str]] = {}
    for section, part, key in zip(song.sections, cast, keys, strict=True):
        kinds = said.setdefault((part.words[0] if part.words else "?", str(key)), [])
        if section.kind not in kinds:
            kinds.append(section.kind)
    rows = [f"{word} in {key}: {', '.join(kinds)}" for (word, key), kinds in said.items()]
    return (f"mixed: {'; '.join(rows)}",)


def with_own_tune(options: Options) -> tuple[Options, tuple[str, ...]]:
    """The options with the motif of its file, and what a person should know of how it was read."""
    from senandung.api.motif import motif_of

    given = options.get("motif")
    if given is None:
        return options, ()
    read = motif_of(given)
    options = options.copy()
    options["motif"] = read.motif
    return options, tuple(f"your motif: {remark}" for remark in read.remarks)


def motif_remarks(wishes: Wishes, style: Style, song: Song, readings: Sequence[Reading]) -> tuple[str, ...]:
    """What became of the person's motif; where there is none, that a tune they hummed could be one."""
    from senandung.api.motif import say_places

    if wishes.motif is None or song.motif is None:
        hummed = [reading.name for reading in readings if len(reading.melody) >= FEWEST_TONES]
        return tuple(f"{name} holds a tune: --motif {name} makes it the song's theme" for name in hummed)
    from senandung.composing.compose import stage_seed
    from senandung.composing.motif.theme import fit_motif

    _, fitted = fit_motif(wishes, style, seed=stage_seed(song.provenance.seed, "plan"))
    return (*fitted, *say_places(song))


def _said_as(song: Song, lexicon: Mapping[str, str]) -> Song:
    """The song with the person's pronunciations in its words."""
    from senandung.language.pronunciation import with_lexicon

    return replace(song, words=with_lexicon(song.words, lexicon)) if lexicon else song


NOTE_FILES = ("song.json", "song.mid", "song.musicxml")


def save_notes(song: Song, folder: Path) -> None:
    """Write the song's notes into an existing folder: `NOTE_FILES`."""
    from senandung.files.midi import save_midi
    from senandung.files.musicxml import save_musicxml
    from senandung.files.song_json import save_song

    save_song(song, folder / "song.json")
    save_midi(song, folder / "song.mid")
    save_musicxml(song, folder / "song.musicxml")
