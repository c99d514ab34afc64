"""Chord progressions in Roman numerals from the McGill Billboard annotations.

Burgoyne, Wild & Fujinaga (2011), "An Expert Ground Truth Set for Audio Chord Recognition and Music Analysis", ISMIR.
Each line of salami_chords.txt holds a time, a section's letter and name where one begins, and bars of chords in Harte's
syntax; "x4" repeats a line, "." repeats a chord, "(2/4)" names another metre for one bar.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from senandung.composing.harmony.roman import numeral_of
from senandung.composing.tables import Context, MarkovChain, place_of
from senandung.domain.chords import Chord
from senandung.domain.errors import SenandungError
from senandung.domain.pitch import NoteName
from senandung.learning.sung_parts import SungPart

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "verse": "verse", "chorus": "chorus", "refrain": "chorus", "intro": "intro", "pre-intro": "intro",
        "bridge": "bridge", "pre-chorus": "prechorus", "prechorus": "prechorus", "pre chorus": "prechorus",
        "pre-verse": "interlude", "solo": "solo", "instrumental": "solo", "interlude": "interlude",
        "trans": "interlude", "transition": "interlude", "outro": "outro", "coda": "outro", "fadeout": "outro",
        "ending": "outro", "main theme": "chorus", "theme": "chorus",
    }
)  # fmt: skip
"""The annotators' section names, as the kinds that a form knows; others continue the section before."""

START = "^"
"""With a section's kind: stands for the bar before its first."""

Bar = tuple[str, ...]
"""The chords of one bar as numerals, equally long."""


@dataclass(frozen=True)
class SectionBars:
    """One annotated section: its kind and its bars."""

    kind: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class SongBars:
    """One annotated song: its name, metre, whether its tonic chord is minor, and its sections."""

    name: str
    metre: str
    minor: bool
    sections: tuple[SectionBars, ...]


def read_billboard(folder: Path) -> list[SongBars]:
    """Every song of the unpacked archive that has a tonic and a metre, in the order of its number."""
    paths = sorted(folder.glob("billboard-2.0-salami_chords/*/salami_chords.txt"))
    return [song for path in paths if (song := parse_salami(path.read_text("utf-8"), path.parent.name)) is not None]


def parse_salami(text: str, name: str) -> SongBars | None:
    """One salami_chords.txt; None where it names no metre or no tonic.

    >>> song = parse_salami("# metre: 4/4\\n# tonic: C\\n0.0\\tA, verse, | C:maj | A:min F:maj |, (voice", "x")
    >>> song.sections[0].bars, song.minor
    ((('I',), ('vi', 'IV')), False)
    """
    metre = tonic = ""
    raw: list[tuple[str, list[tuple[NoteName, list[str]]]]] = []
    for line in text.splitlines():
        header = re.match(r"^# (metre|tonic): (\S+)", line)
        if header and header.group(1) == "metre":
            metre = metre or header.group(2)
        elif header:
            tonic = header.group(2)
        elif "\t" in line and tonic:
            body = line.split("\t", 1)[1]
            words = {part.strip(" ()'") for part in body.split("|", 1)[0].split(",")}
            kind = next((KINDS[word] for word in sorted(words) if word in KINDS), None)
            if kind or not raw:
                raw.append((kind or "intro", []))
            if "|" in body:
                raw[-1][1].extend((NoteName.parse(tonic), bar) for bar in _bars(body))
    if not metre or not tonic:
        return None
    parsed = [(kind, [(root, chords) for root, bar in bars if (chords := _chords(bar))]) for kind, bars in raw]
    home = Counter(
        chord.quality.startswith("min")
        for _, bars in parsed
        for root, bar in bars
        for chord in bar
        if chord.root.pitch_class == root.pitch_class
    )
    minor = home[True] > home[False]
    sections = [
        SectionBars(kind, tuple(_numerals(bar, root, minor) for root, bar in bars)) for kind, bars in parsed if bars
    ]
    return SongBars(name, metre, minor, tuple(sections))


def _numerals(bar: list[Chord], root: NoteName, minor: bool) -> Bar:
    numerals = tuple(numeral_of(chord, root, minor) for chord in bar)
    return numerals[:1] if len(set(numerals)) == 1 else numerals


def _bars(body: str) -> list[list[str]]:
    times = re.search(r"x(\d+)\s*(?:,|$)", body.rsplit("|", 1)[1])
    bars = [re.sub(r"\(\d+/\d+\)", "", bar).split() for bar in body.split("|")[1:-1]]
    return bars * (int(times.group(1)) if times else 1)


def _chords(bar: Iterable[str]) -> list[Chord]:
    """The bar's chords, one a beat where beats are written; at most two are kept, one a half bar."""
    chords: list[Chord] = []
    for word in bar:
        if word in (".", "->", "*", "&pause") and chords:
            chords.append(chords[-1])
        elif ":" in word:
            try:
                chords.append(Chord.parse_harte(word))
            except SenandungError:
                continue
    if len(chords) <= 1 or len(set(chords)) == 1:
        return chords[:1]
    return [chords[0], chords[len(chords) // 2]] if chords[0] != chords[len(chords) // 2] else chords[:1]


def examples(song: SongBars) -> Iterator[tuple[Context, str]]:
    """(context, bar) pairs: context is the place in the phrase, the bar before, and two bars before.

    Places are "0".."3" within four bars; the last two bars of a section are "e2" and "e1", so that cadences are
    learned. Before a section's first bar stands its kind ("^verse").
    """
    for section in song.sections:
        before = [START + section.kind] * 2
        for index, bar in enumerate(section.bars):
            left = len(section.bars) - index
            symbol = " ".join(bar)
            yield (place_of(index, left), before[-1], before[-2]), symbol
            before.append(symbol)


def sheets(parts: Iterable[SungPart]) -> list[SongBars]:
    """Lead sheets as songs: the chords above the sung notes of each bar, all as one verse.

    A bar without a sung note repeats the bar before; sheets with fewer than 8 bars of chords are left out.
    """
    songs = []
    for part in parts:
        held: dict[int, list[Chord]] = {}
        for note in part.notes:
            if note.chord is not None:
                held.setdefault(note.bar, []).append(note.chord)
        if len(held) < 8:
            continue
        bars: list[Bar] = []
        for number in range(min(held), max(held) + 1):
            chords = list(dict.fromkeys(held.get(number, [])))
            if chords:
                two = chords if len(chords) <= 2 else [chords[0], chords[-1]]
                bars.append(_numerals(two, part.key.tonic, part.key.is_minor))
            elif bars:
                bars.append(bars[-1])
        songs.append(SongBars(part.name, part.metre, part.key.is_minor, (SectionBars("verse", tuple(bars)),)))
    return songs


def extract(songs: Iterable[SongBars], least: int = 8) -> dict[str, dict[str, dict[str, int]]]:
    """Chains of bars for "major" and "minor" songs; bars seen fewer than `least` times are left out."""
    table = {}
    for name, minor in (("major", False), ("minor", True)):
        pairs = [pair for song in songs if song.minor == minor for pair in examples(song)]
        seen = Counter(symbol for _, symbol in pairs)
        chain = MarkovChain.fit([pair for pair in pairs if seen[pair[1]] >= least], least=4)
        table[name] = chain.to_plain()
    return table
