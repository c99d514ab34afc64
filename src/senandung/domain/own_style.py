"""A style of one's own: what was learned from a person's files, whose music it is, and what it is measured to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require, require_text

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""What a style's name looks like."""

LONGEST_NAME = 40


@dataclass(frozen=True)
class LearnedFile:
    """A file that was learned from: its name without its folder, SHA-256 of its bytes, bars, notes.

    `held_out` says that it was kept back while the style's worth was measured.
    """

    name: str
    sha256: str
    bars: int
    notes: int
    held_out: bool = False

    def __post_init__(self) -> None:
        require_text("a file must have a name", self.name)
        require(re.fullmatch(r"[0-9a-f]{64}", self.sha256) is not None, "a hash must be 64 hex digits", self.sha256)
        require(self.bars >= 0 and self.notes >= 0, "bars and notes must not be negative", (self.bars, self.notes))


@dataclass(frozen=True)
class Passage:
    """A few bars of a file in tokens, which the network hears before it writes: what plays, metre, mode, the tokens.

    The tokens are those of `composing.pieces.tokens`: pitches count from the tonic, so a passage has no key.
    """

    parts: tuple[str, ...]
    metre: str
    mode: str
    tokens: tuple[int, ...]

    def __post_init__(self) -> None:
        require(bool(self.parts) and bool(self.tokens), "a passage must have parts and tokens", self.parts)
        require(min(self.tokens) >= 0, "tokens must not be negative", min(self.tokens))


@dataclass(frozen=True)
class OwnStyle:
    """A style that was learned from a handful of files. Final.

    Parameters
    ----------
    name : as `--style` takes it.
    by : whose music it is, in the words of who learned it.
    files : what it was learned from.
    ground : the style of the network that it stands on.
    song_ground : the song style that it stands on where words are sung.
    sings : whether the files are songs: of a band, a tune with chords, or a tune alone.
    ensembles : what the files hold of each ensemble, the commonest first; the rows are those of
        `weights/composers.json` (works, notes, bars, metres, keys, tempos, lists, pieces, ranges).
    bpm : beats a minute of each file that states a tempo, rising.
    forms : for each piece its sections: bars, and the number of the earlier section that comes back, or -1.
    figures : what can be shown: shares by name ("chords", "intervals", …), the commonest first.
    tables : what is added to the network's logits (`composing.own.leaning`): by family, by table's number, an array
        over the outcomes.
    passages : bars of the files that the network hears before it writes; they stay on this machine.
    spans : numbers of the files' tunes, ten events each, which are not to be quoted (`decoding.copies`).
    measured : how near the music composed with the ground and with this style comes to the files that were held back;
        empty where none were.
    tunes : what the files' tunes are like, as tables (`composing.melody.tunes`); empty where there are too few notes.
    adapter : arrays that were trained for the network (with the training extra), empty for none.
    """

    name: str
    by: str
    files: tuple[LearnedFile, ...]
    ground: str
    song_ground: str
    sings: bool
    ensembles: Mapping[str, Mapping[str, Any]]
    bpm: tuple[float, ...] = ()
    forms: tuple[tuple[tuple[int, int], ...], ...] = ()
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: MappingProxyType({}))
    tables: Mapping[str, Mapping[int, NDArray[np.float32]]] = field(default_factory=lambda: MappingProxyType({}))
    spans: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    passages: tuple[Passage, ...] = ()
    measured: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    tunes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    adapter: Mapping[str, NDArray[np.float32]] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        check_name(self.name)
        require_text("a style of one's own must say whose music it is", self.by)
        require(bool(self.files), "a style of one's own must have been learned from a file", self.files)
        require(bool(self.ensembles), "a style of one's own must have an ensemble", self.ensembles)
        for form in self.forms:
            for place, (bars, source) in enumerate(form):
                require(bars >= 1 and -1 <= source < place, "a form's sections must have bars and come back", form)

    @property
    def has_voice(self) -> bool:
        """Whether somebody sings alone in the files, so that words have a voice there.

        >>> row = {"voice-and-piano": {"pieces": {"voice.0": 2, "piano.0": 2}}}
        >>> OwnStyle("a", "Rina", (LearnedFile("x.mid", "0" * 64, 8, 90),), "lied", "pop-rock", False, row).has_voice
        True
        """
        return any(name.startswith("voice.") for row in self.ensembles.values() for name in row.get("pieces", ()))

    def learned(self, language: str) -> str:
        """One sentence of what it was learned from, in a language ("id" or "en").

        >>> row = {"piano": {}}
        >>> style = OwnStyle("a", "Rina", (LearnedFile("x.mid", "0" * 64, 8, 90),), "band", "pop-rock", True, row)
        >>> style.learned("en"), style.learned("id")
        ('learned from 1 file of 90 notes, the music of Rina', 'dipelajari dari 1 berkas berisi 90 not, musik Rina')
        """
        count = len(self.files)
        notes = sum(each.notes for each in self.files)
        if language == "id":
            return f"dipelajari dari {count} berkas berisi {f'{notes:,}'.replace(',', '.')} not, musik {self.by}"
        return f"learned from {count} file{'' if count == 1 else 's'} of {notes:,} notes, the music of {self.by}"

    @property
    def learned_from(self) -> str:
        """One sentence of what it was learned from, in English, as it stands in the sources of songs."""
        return self.learned("en")


SPOKEN_QUALITIES: Mapping[str, str] = MappingProxyType(
    {"maj": "", "min": "m", "min7": "m7", "dim": "°", "dim7": "°7", "hdim7": "ø7", "aug": "+"}
)
"""Qualities of chords as they are written behind a degree; the others are written as they are named."""


def chord_label(text: str) -> str:
    """A chord of the figures as it is written.

    >>> chord_label("bIII:maj"), chord_label("II:min7"), chord_label("V:7"), chord_label("-")
    ('♭III', 'IIm7', 'V7', '–')
    """
    degree, _, quality = text.partition(":")
    if not quality:
        return "–"
    return degree.replace("b", "♭").replace("#", "♯") + SPOKEN_QUALITIES.get(quality, quality)


def check_name(name: str) -> str:
    """A name for a style of one's own, checked.

    >>> check_name("My band")
    Traceback (most recent call last):
        ...
    senandung.domain.errors.InvalidValueError: a style's name must be lower-case words joined by hyphens, at most 40 \
letters, got 'My band'
    """
    ok = NAME.fullmatch(name) is not None and len(name) <= LONGEST_NAME
    require(ok, f"a style's name must be lower-case words joined by hyphens, at most {LONGEST_NAME} letters", name)
    return name
