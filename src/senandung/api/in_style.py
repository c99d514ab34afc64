"""Traces, or nothing but a style → a piece of the network, in the style of a composer, a blend or a kind of music."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from senandung import __version__
from senandung.api.feel import parse_feeling
from senandung.api.motif import say_places
from senandung.api.motif_piece import network_filler, piece_on_motif, wishes_for_piece, with_theme
from senandung.api.network import MODELS, Composer, ProgressCall, network_composer
from senandung.api.options import Options, checked_seed
from senandung.api.traces import Trace, read_trace, sense
from senandung.api.wishes import wishes_of
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.song import Song

if TYPE_CHECKING:
    from senandung.api.own_styles import OwnChosen
    from senandung.composing.catalogue import Chosen
    from senandung.composing.motif.staging import Use
    from senandung.composing.pieces.score_piece import Facts
    from senandung.composing.wishing import Asked
    from senandung.domain.words import Words

VOICES = frozenset({"voice", "choir"})
"""Instruments that sing; in these styles without words, but for a voice that is given them."""


def compose_in_style(
    traces: tuple[Trace, ...],
    options: Options,
    *,
    composer: Composer | None = None,
    progress: ProgressCall | None = None,
    own: OwnChosen | None = None,
) -> tuple[Song, Feeling, tuple[str, ...]]:
    """A piece in a style of the network: the song, the feeling that it follows, and remarks for the person.

    Parameters
    ----------
    traces : what the feeling is read from; may be none.
    options : checked options; `style` names a composer, a kind of music or a blend.
    composer : what writes the piece; None takes the network.
    progress : called with what is being done and the share done.
    own : what the style means where one of the person's own is in it.
    """
    from senandung.composing.arc import drawn_arc
    from senandung.composing.catalogue import choose
    from senandung.composing.pieces.score_piece import key_of_bar, song_of_piece
    from senandung.composing.wishing import ask

    chosen = own.chosen if own is not None else choose(options["style"])
    if options.get("motif") is not None and options.get("words") is not None:
        raise InvalidValueError(
            f"words and a motif together are sung in the song styles (see styles), not in the style {chosen.name}"
        )
    if options.get("verses"):
        raise InvalidValueError(f"verses are written in the song styles (see styles), not in the style {chosen.name}")
    read = sense(traces, options.get("language")) if traces else None
    feeling = read.feeling if read else Feeling.unread()
    text = read.text if read else ""
    language = read.language if read and text else options.get("language") or "en"
    require(language in ("id", "en"), "language must be id or en", language)
    steers = feeling.readable
    if wished := options.get("feeling"):
        feeling, steers = parse_feeling(wished), True
    seed = checked_seed(options.get("seed", secrets.randbelow(1_000_000)))
    wishes = wishes_of(options) if own is None else own.usual(wishes_of(options), seed)
    wishes, tune_said = wishes_for_piece(wishes, chosen.name)
    asked = ask(chosen, wishes, feeling=feeling if steers else None, seed=seed)
    words: Words | None = None
    if options.get("words") is not None:
        asked, words = _with_words(
            chosen, asked, read_trace(options["words"]), options, feeling if steers else None, seed
        )
    if not options.get("voice", True):
        _check_without_voice(chosen, asked)
    usual = network_composer(progress) if own is None else own.composer(progress)
    uses: tuple[Use, ...] = ()
    motif = wishes.motif
    if motif is None:
        piece = (composer or usual)(asked.wish, seed)
    else:
        piece, motif, uses = piece_on_motif(motif, asked.wish, seed, composer or usual, network_filler())
    song = song_of_piece(
        piece,
        facts_of(chosen, options, language, seed, str(key_of_bar(piece.bars[0])), own),
        feeling=feeling if steers else None,
        seats=asked.seats,
        form=asked.wish.form or (),
        tempo=asked.wish.tempo,
        words=words,
    )
    remarks = (*(_remarks(text, language, chosen, asked, own) if words is None else ()), *tune_said)
    if motif is not None:
        song = with_theme(song, motif, uses)
        remarks = (*remarks, *say_places(song))
    if read and not wished:
        remarks = (*remarks, *read.remarks)
        if feeling.parts:
            names = ", ".join(part.words[0] for part in feeling.parts)
            remarks = (*remarks, f"mixed ({names}): the style {chosen.name} takes the middle of them")
    curve = wishes_of(options).curve
    if curve is not None:
        song = replace(song, arc=drawn_arc(song, curve))
        remarks = (*remarks, f"in the style {chosen.name} the curve shapes how loudly it is played, not the notes")
    return song, feeling, remarks


def _with_words(
    chosen: Chosen, asked: Asked, text: str, options: Options, feeling: Feeling | None, seed: int
) -> tuple[Asked, Words]:
    """The wish with lines for its voice, as long as they need where no length is asked for."""
    from senandung.composing.melody.lay_lines import lay_lines
    from senandung.composing.wishing import ask
    from senandung.language.detect import detect_language
    from senandung.language.lines import split_lines

    voice = next((part for part in asked.wish.parts if part.instrument == "voice"), None)
    if voice is None or not options.get("voice", True):
        raise InvalidValueError(
            f"words are sung in the song styles (see styles), or by a voice: {chosen.name} has none here; name "
            "an ensemble with one, such as --ensemble voice,piano"
        )
    language = options.get("language") or detect_language(text)
    wishes = wishes_of(options)
    long = wishes.bars is not None or wishes.minutes is not None or bool(wishes.form)
    laid = lay_lines(
        split_lines(text, language), language, asked.wish.metre, asked.wish.tempo,
        bars=asked.wish.bars if long else None, seed=seed,
    )  # fmt: skip
    if not long:
        asked = ask(chosen, replace(wishes, bars=len(laid.syllables)), feeling=feeling, seed=seed)
    return replace(asked, wish=replace(asked.wish, syllables={voice: laid.syllables})), laid.words


def facts_of(
    chosen: Chosen, options: Options, language: str, seed: int, key: str, own: OwnChosen | None = None
) -> Facts:
    """What the song says of itself."""
    from senandung.composing.pieces.score_piece import Facts

    title = options.get("title") or style_title(chosen, language, key)
    source = f"{chosen.name}: learnt from public-domain and openly licensed scores (see composers.card.md and NOTICE)"
    sources, given = ((source,), ()) if own is None else ((*own.sources(), source), own.given())
    return Facts(
        title, seed, __version__, chosen.name, MODELS, sources, options.get("story", ""), language, given=given
    )


def style_title(chosen: Chosen, language: str, key: str) -> str:
    """The title of a piece that has no other.

    >>> from senandung.composing.catalogue import choose
    >>> style_title(choose("chopin:2+band"), "en", "C major"), style_title(choose("hymn"), "id", "G major")
    ('In the style of Chopin and band', 'Himne dalam G mayor')
    """
    from senandung.composing.catalogue import KINDS, TITLES

    if chosen.name in KINDS:
        indonesian, english = KINDS[chosen.name].titles
        return f"{english} in {key}" if language == "en" else f"{indonesian} dalam {key.replace('major', 'mayor')}"
    names = [item.partition(":")[0] for item in chosen.name.split("+")]
    spoken = [TITLES[name].split()[-1] if name in TITLES else name for name in names]
    spoken = [TITLES[name] if name == "clara-schumann" else said for name, said in zip(names, spoken, strict=True)]
    if language == "id":
        return "Dalam gaya " + " dan ".join(spoken)
    return "In the style of " + " and ".join(spoken)


def _check_without_voice(chosen: Chosen, asked: Asked) -> None:
    from senandung.composing.catalogue import ENSEMBLE_NAMES, ensembles_of

    if any(seat.instrument in VOICES for seat in asked.seats):
        silent = [name for name in ensembles_of(chosen) if not name.startswith(("voice", "choir", "lead"))]
        possible = ", ".join(ENSEMBLE_NAMES[name] for name in silent) or "nothing"
        raise InvalidValueError(
            f"{chosen.name} has a voice in {ENSEMBLE_NAMES[asked.wish.ensemble]}; without one it has {possible}: "
            "name an ensemble or instruments with --ensemble"
        )


def _remarks(text: str, language: str, chosen: Chosen, asked: Asked, own: OwnChosen | None) -> tuple[str, ...]:
    from senandung.language.lines import split_lines

    if not text or not split_lines(text, language):
        return ()
    voices = " (its voices sing without words)" if any(seat.instrument in VOICES for seat in asked.seats) else ""
    sung = "" if own is None or not own.sings((), {"words": text}) else " (--words sings them)"
    return (f"the words are not sung: {chosen.name} is instrumental{voices}; the music follows their feeling{sung}",)
