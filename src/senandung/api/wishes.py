"""What was asked for, as values of composing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from senandung.api.options import Options
from senandung.domain.checks import require

if TYPE_CHECKING:
    from senandung.composing.plan import Wishes
    from senandung.domain.metre import Metre


def wishes_of(options: Options) -> Wishes:
    """The wishes of checked options."""
    from senandung.api.motif import motif_of
    from senandung.composing.plan import Wishes
    from senandung.domain.chords import parse_chords
    from senandung.domain.scales import Key
    from senandung.files.curve import read_curve

    key, metre, chords = options.get("key"), options.get("metre"), options.get("chords")
    return Wishes(
        key=Key.parse(key) if key else None,
        bpm=options.get("tempo"),
        metre=_metre(metre) if metre else None,
        minutes=options.get("minutes"),
        bars=options.get("bars"),
        chords=parse_chords(chords) if chords else (),
        form=options.get("form", ""),
        ensemble=tuple(options.get("ensemble", ())),
        voice=bool(options.get("voice", True)),
        verses=options.get("verses", False),
        title=options.get("title", ""),
        story=options.get("story", ""),
        curve=read_curve(os.fspath(options["curve"])) if "curve" in options else None,
        motif=motif_of(options["motif"]).motif if "motif" in options else None,
    )


def _metre(text: str) -> Metre:
    """A metre that every style's figures fit into: 1 to 16 beats of a half, a quarter or an eighth."""
    from senandung.domain.metre import Metre

    metre = Metre.parse(text)
    fits = metre.denominator in (2, 4, 8) and metre.numerator <= 16
    require(fits, "a song's metre must have 1 to 16 halves, quarters or eighths", text)
    return metre
