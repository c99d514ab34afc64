"""The mixing desk: what each role gets, and where each player stands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from senandung.audio.compression import Compression
from senandung.audio.filters import Section, high_pass, high_shelf, peaking
from senandung.domain.instruments import instrument
from senandung.domain.performance import Part


@dataclass(frozen=True)
class Strip:
    """One channel of the desk.

    Parameters
    ----------
    loudness : gated loudness in LUFS that the part gets in the mix before mastering: the balance.
    high_pass : in Hz; what is below belongs to bass and kick.
    bells : (Hz, dB, q) of peaking filters.
    air : dB of a shelf above 8 kHz.
    width : of the part's own stereo sound, 0..1.
    send : level of the room against the part, in dB.
    compression : of the part, before its filters; None leaves its dynamics alone.
    """

    loudness: float
    high_pass: float
    bells: tuple[tuple[float, float, float], ...]
    air: float
    width: float
    send: float
    compression: Compression | None = None

    def sections(self, sample_rate: int) -> tuple[Section, ...]:
        """Its filters."""
        shelf = (high_shelf(8000, self.air, sample_rate),) if self.air else ()
        bells = tuple(peaking(frequency, gain, sample_rate, q) for frequency, gain, q in self.bells)
        return (high_pass(self.high_pass, sample_rate), *bells, *shelf)


EVEN_BASS = Compression(threshold=-2.0, ratio=3.0, knee=6.0, attack=0.02, release=0.4)
EVEN_DRUMS = Compression(threshold=2.0, ratio=2.0, knee=6.0, attack=0.012, release=0.09, deaf_below=150.0)
"""A bass whose notes are equally present; drums whose loudest strokes come nearer to the others, their attack kept."""

STRIPS: Mapping[str, Strip] = MappingProxyType(
    {
        "vocal": Strip(-20.0, 110, ((300, -1.5, 1.0), (3000, 1.5, 0.8)), 1.0, 0.5, -13.0),
        "backing": Strip(-27.0, 160, ((300, -2.0, 1.0), (3000, -2.0, 0.8)), 0.0, 0.7, -10.0),
        "melody": Strip(-21.5, 110, ((300, -1.5, 1.0), (2800, 1.0, 0.8)), 0.0, 0.6, -12.0),
        "counter": Strip(-25.5, 140, ((300, -1.5, 1.0), (2800, -1.5, 0.8)), 0.0, 0.7, -11.0),
        "chords": Strip(-26.0, 100, ((280, -2.0, 0.9), (2800, -2.0, 0.7)), 2.0, 0.7, -14.0),
        "pad": Strip(-28.0, 160, ((350, -3.0, 0.8), (2600, -2.0, 0.7)), 0.0, 0.9, -9.0),
        "bass": Strip(-25.0, 34, ((60, -3.5, 0.8), (250, -2.0, 0.9), (800, 1.5, 1.0)), -2.0, 0.0, -30.0, EVEN_BASS),
        "drums": Strip(-24.5, 30, ((350, -2.5, 0.9),), 1.0, 0.75, -17.0, EVEN_DRUMS),
    }
)
"""By role. The balance puts the lead 4 to 6 LU above any part that accompanies it, a second voice 7 below it; the cuts
around 300 Hz take away mud and those around 2.8 kHz leave the lead room (equaliser practice as in Senior, *Mixing
Secrets*, 2011, ch. 11); bass and kick stay in the middle and dry."""

EVENED = frozenset({"bass", "keroncong-bass", "contrabass-pizzicato", "drums", "gendang"})
"""Instruments that are compressed in a band: plucked basses and drums. Bowed basses and a kendang are left alone."""

TONES: Mapping[str, tuple[tuple[tuple[float, float, float], ...], float]] = MappingProxyType(
    {
        "cuk": (((4500, 3.0, 0.6), (450, -2.0, 0.9)), 4.0),
        "cak": (((2600, 2.0, 0.7), (450, -2.0, 0.9)), 0.0),
        "nylon-guitar": (((4500, 5.0, 0.7),), 4.0),
        "keroncong-bass": (((62, 2.0, 0.7),), 0.0),
        "contrabass-pizzicato": (((62, -4.0, 0.7), (1100, 4.0, 0.8)), 0.0),
        "piano": (((4500, 5.0, 0.6),), 3.0),
        "electric-piano": (((3200, 5.0, 0.6), (350, -1.5, 0.8)), 3.0),
        "clarinet": (((4000, 4.0, 0.6),), 4.0),
        "saxophone": (((5000, 4.0, 0.6),), 4.0),
        "kethuk": (((3200, 7.0, 0.5),), 5.0),
        "kempyang": (((1650, 6.0, 0.8), (3600, 4.0, 0.7)), 4.0),
    }
)
"""What samples and computed sounds lack or have too much of, by instrument: bells as in `Strip`, and dB of air. Set by
looking at octave bands: the font's nylon guitar, piano and clarinet have next to nothing above 4 kHz, its plucked
basses most of their sound below 80 Hz; the computed cuk is nylon and wants some air. Kethuk and kempyang are quiet and
stand in everybody's way around 400 Hz: above 1.5 kHz, where others are weak, they are heard."""

GAMELAN: Mapping[str, Strip] = MappingProxyType(
    {
        name: Strip(loudness, cut, (), 0.0, 0.8, send)
        for name, loudness, cut, send in (
            ("saron", -23.5, 150, -13.0),
            ("demung", -24.0, 90, -13.0),
            ("slenthem", -25.0, 60, -14.0),
            ("peking", -29.5, 300, -13.0),
            ("bonang-barung", -24.5, 120, -12.0),
            ("bonang-panerus", -27.0, 200, -12.0),
            ("gender-barung", -24.5, 70, -13.0),
            ("gender-panerus", -28.0, 120, -13.0),
            ("gambang", -30.0, 80, -14.0),
            ("kenong", -23.5, 120, -11.0),
            ("kethuk", -27.0, 120, -14.0),
            ("kempyang", -28.5, 180, -13.0),
            ("kempul", -24.0, 60, -11.0),
            ("gong", -26.0, 26, -13.0),
            ("kendang", -23.0, 40, -14.0),
        )
    }
)
"""A gamelan's players, whatever their role: nobody leads it as a singer leads a band, the room is an open hall, and a
gong keeps its bass. Bars that carry the melody stand before those that embellish it (the order is commonly stated)."""

RINGING: Mapping[int, tuple[float, float, float]] = MappingProxyType({54: (11_400.0, -10.0, 2.5)})
"""Bells for percussion keys that ring in one place: the tambourine is a bright stripe between 10.5 and 12 kHz."""

PRESENT: Mapping[str, float] = MappingProxyType({"cuk": 2.0, "cak": 2.0, "gendang": 3.0})
"""dB of instruments that a music is known by: cuk and cak make the *crong* of keroncong, the gendang the dangdut."""

SHARED_DB = 4.0
"""What players who share a role give up of their level, times log10 of their number; at 10 their sum would stay."""

BEHIND_A_VOICE = -2.0
"""dB of a melody part where somebody sings."""

ACCOMPANIMENT = 1.5
"""LU by which all parts that accompany the lead are together above it."""

MOST_SHIFT = 3.0
"""dB: no further are they moved from the strips' own figures for that."""

ALONE = Strip(-20.0, 25, (), 0.0, 1.0, -12.0)
"""A part that plays by itself."""

PLACES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "vocal": (0.0,),
        "backing": (0.28, -0.28),
        "melody": (0.12, -0.18, 0.3),
        "counter": (-0.32, 0.36, -0.5),
        "chords": (-0.35, 0.38, -0.55, 0.58, 0.15),
        "pad": (0.2, -0.25),
        "bass": (0.0,),
        "drums": (0.0,),
    }
)
"""Where the first, second, third … player of a role stands, -1 left .. 1 right; the row is repeated."""


def strip_of(part: Part, parts: Sequence[Part], *, own: bool = False) -> Strip:
    """The strip of a part among all parts: its role's, with what its instrument needs.

    `own` says that a sound font of the person's plays it: nobody knows what that lacks, and it gets no tone.
    """
    strip = ALONE if len(parts) == 1 else GAMELAN.get(part.instrument, STRIPS[part.role])
    if part.instrument not in EVENED:
        strip = replace(strip, compression=None)
    bells, air = ((), 0.0) if own else TONES.get(part.instrument, ((), 0.0))
    if instrument(part.instrument).drum and not own:
        struck = {note.pitch for note in part.notes}
        bells = tuple(bell for pitch, bell in RINGING.items() if pitch in struck)
    return replace(strip, bells=(*strip.bells, *bells), air=strip.air + air)


CHAMBER = 1.4
"""How much further apart soft and loud may be than an arc asks for, where neither drums nor a plucked bass play."""


def breadth_of(parts: Sequence[Part]) -> float:
    """By what the loudness that an arc asks for is multiplied: 1 for bands and gamelan, `CHAMBER` for chamber music.

    >>> breadth_of([Part("Biola", "melody", "violin", ()), Part("Selo", "bass", "cello", ())])
    1.4
    >>> breadth_of([Part("Biola", "melody", "violin", ()), Part("Bas", "bass", "keroncong-bass", ())])
    1.0
    """
    names = {part.instrument for part in parts}
    return 1.0 if names & (EVENED | GAMELAN.keys()) else CHAMBER


def place_of(part: Part, parts: Sequence[Part]) -> float:
    """Where the part's player stands: by role, and by the order among the players of this role."""
    if len(parts) == 1:
        return 0.0
    row = PLACES[part.role]
    return row[[other.track for other in parts if other.role == part.role].index(part.track) % len(row)]


def balance_of(parts: Sequence[Part]) -> Mapping[str, float]:
    """The loudness of each part in LUFS before mastering, by track name.

    Players who share a role share its loudness; then all who accompany the lead are moved together so that their sum
    stands `ACCOMPANIMENT` above it: one piano below a voice is nearly as present as a whole band.

    >>> from senandung.domain.performance import Part
    >>> duo = [Part("Vokal", "vocal", "voice", ()), Part("Piano", "chords", "piano", ())]
    >>> {track: round(level, 1) for track, level in balance_of(duo).items()}
    {'Vokal': -20.0, 'Piano': -23.0}
    """
    same = {part.role: sum(other.role == part.role for other in parts) for part in parts}
    levels = {
        part.track: strip_of(part, parts).loudness
        + PRESENT.get(part.instrument, 0.0)
        - (0.0 if part.instrument in GAMELAN else SHARED_DB * math.log10(same[part.role]))
        for part in parts
    }
    if any(part.role == "vocal" for part in parts):
        levels |= {part.track: levels[part.track] + BEHIND_A_VOICE for part in parts if part.role == "melody"}
    lead = next((part.track for role in ("vocal", "melody") for part in parts if part.role == role), None)
    sung = {part.track for part in parts if part.role == "backing"} | {lead}
    band = [level for track, level in levels.items() if track not in sung]
    if lead is None or not band:
        return levels
    sum_of_band = 10 * math.log10(sum(10 ** (level / 10) for level in band))
    shift = max(min(levels[lead] + ACCOMPANIMENT - sum_of_band, MOST_SHIFT), -MOST_SHIFT)
    return {track: level if track in sung else level + shift for track, level in levels.items()}
