"""What is recorded for a voice of one's own: the syllables of Indonesian, in rows that can be sung in one breath.

22 consonants before 6 vowels, the vowels alone, 3 diphthongs, and 11 consonants after 6 vowels: 207 sounds in 35 rows,
grouped by where the tongue is, so that neighbours are easy. Every row is one recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["vowel", "syllable", "diphthong", "coda"]

VOWELS: Mapping[str, str] = MappingProxyType({"a": "a", "i": "i", "u": "u", "e": "é", "o": "o", "ə": "ê"})
"""The vowels, and how they are printed: é as in *enak*, ê as in *emas*."""

LETTERS: Mapping[str, str] = MappingProxyType(
    {"tʃ": "c", "dʒ": "j", "ŋ": "ng", "ɲ": "ny", "ʃ": "sy", "x": "kh", "j": "y", "ə": "@"}
)
"""What an alias writes for a phoneme, where that is not its symbol."""

ONSETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "the lips": ("m", "b", "p", "w", "f"),
        "the tip of the tongue": ("n", "d", "t", "l", "r", "s", "z"),
        "the palate": ("ɲ", "dʒ", "tʃ", "j", "ʃ"),
        "the throat": ("ŋ", "g", "k", "x", "h"),
    }
)

CODAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ends that hum": ("m", "n", "ŋ"),
        "ends that stop": ("p", "t", "k"),
        "ends that go on": ("s", "h", "f", "l", "r"),
    }
)

DIPHTHONGS = (("a", "j", "ai"), ("a", "w", "au"), ("o", "j", "oi"))


@dataclass(frozen=True)
class Unit:
    """A sound to record: its phonemes, how it is printed, what it is called in oto.ini."""

    kind: Kind
    symbols: tuple[str, ...]
    text: str
    alias: str

    @property
    def vowel(self) -> str:
        """Its vowel."""
        return next(symbol for symbol in self.symbols if symbol in VOWELS)


@dataclass(frozen=True)
class Row:
    """A recording: its file's name without its ending, its group, its sounds in order."""

    name: str
    group: str
    units: tuple[Unit, ...]


def letters(symbol: str) -> str:
    """What an alias writes for a phoneme.

    >>> letters("ŋ"), letters("m")
    ('ng', 'm')
    """
    return LETTERS.get(symbol, symbol)


def record_list() -> tuple[Row, ...]:
    """Every row, in the order in which it is sung.

    >>> rows = record_list()
    >>> len(rows), sum(len(row.units) for row in rows), [unit.text for unit in rows[2].units]
    (35, 207, ['ma', 'mi', 'mu', 'mé', 'mo', 'mê'])
    """
    rows = [
        Row("vowels", "vowels", tuple(Unit("vowel", (v,), text, letters(v)) for v, text in VOWELS.items())),
        Row(
            "diphthongs",
            "vowels",
            tuple(Unit("diphthong", (v, glide), text, f"{v} {letters(glide)}") for v, glide, text in DIPHTHONGS),
        ),
    ]
    for group, consonants in ONSETS.items():
        for c in consonants:
            units = tuple(
                Unit("syllable", (c, v), f"{letters(c)}{text}", f"{letters(c)}{letters(v)}")
                for v, text in VOWELS.items()
            )
            rows.append(Row(letters(c), group, units))
    for group, consonants in CODAS.items():
        for c in consonants:
            units = tuple(
                Unit("coda", (v, c), f"{text}{letters(c)}", f"{letters(v)} {letters(c)}") for v, text in VOWELS.items()
            )
            rows.append(Row(f"a{letters(c)}", group, units))
    return tuple(rows)


def record_list_text() -> str:
    """The list as a person reads it while recording."""
    lines = [
        "Sing every row into one file: FOLDER/NAME.wav (44.1 kHz or more, mono, no effects).",
        "All sounds on one comfortable note, each about a second long, half a second of rest after each.",
        "é as in enak, ê as in emas. Hold the vowel still: no vibrato, no swelling.",
        "",
    ]
    group = ""
    for row in record_list():
        if row.group != group:
            group = row.group
            lines += [*([""] if lines[-1] else []), f"[{group}]"]
        lines.append(f"  {row.name + '.wav':<16} {'   '.join(unit.text for unit in row.units)}")
    return "\n".join(lines) + "\n"
