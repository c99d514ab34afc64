"""Where percussion keys are written on the staff, and with which notehead.

Keys and names: General MIDI 1 percussion map (MIDI Manufacturers Association). Places and heads: Weinberg, *Guide to
Standardized Drumset Notation* (1998), with the hand percussion on free places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class DrumSign:
    """A percussion sound: its General MIDI name, its place as a treble-clef pitch, and its notehead ("" is normal)."""

    name: str
    step: str
    octave: int
    notehead: str = ""


DRUM_SIGNS: Mapping[int, DrumSign] = MappingProxyType(
    {
        35: DrumSign("Acoustic Bass Drum", "E", 4),
        36: DrumSign("Bass Drum 1", "F", 4),
        37: DrumSign("Side Stick", "C", 5, "x"),
        38: DrumSign("Acoustic Snare", "C", 5),
        39: DrumSign("Hand Clap", "E", 5, "x"),
        40: DrumSign("Electric Snare", "C", 5),
        41: DrumSign("Low Floor Tom", "G", 4),
        42: DrumSign("Closed Hi-Hat", "G", 5, "x"),
        43: DrumSign("High Floor Tom", "A", 4),
        44: DrumSign("Pedal Hi-Hat", "D", 4, "x"),
        45: DrumSign("Low Tom", "B", 4),
        46: DrumSign("Open Hi-Hat", "G", 5, "circle-x"),
        47: DrumSign("Low-Mid Tom", "D", 5),
        48: DrumSign("Hi-Mid Tom", "E", 5),
        49: DrumSign("Crash Cymbal 1", "A", 5, "x"),
        50: DrumSign("High Tom", "F", 5),
        51: DrumSign("Ride Cymbal 1", "F", 5, "x"),
        52: DrumSign("Chinese Cymbal", "C", 6, "x"),
        53: DrumSign("Ride Bell", "F", 5, "diamond"),
        54: DrumSign("Tambourine", "E", 5, "diamond"),
        55: DrumSign("Splash Cymbal", "B", 5, "diamond"),
        56: DrumSign("Cowbell", "E", 5, "triangle"),
        57: DrumSign("Crash Cymbal 2", "B", 5, "x"),
        58: DrumSign("Vibraslap", "D", 6, "x"),
        59: DrumSign("Ride Cymbal 2", "D", 5, "x"),
        60: DrumSign("Hi Bongo", "E", 5),
        61: DrumSign("Low Bongo", "C", 5),
        62: DrumSign("Mute Hi Conga", "D", 5, "x"),
        63: DrumSign("Open Hi Conga", "D", 5),
        64: DrumSign("Low Conga", "B", 4),
        65: DrumSign("High Timbale", "E", 5),
        66: DrumSign("Low Timbale", "C", 5),
        67: DrumSign("High Agogo", "G", 5, "triangle"),
        68: DrumSign("Low Agogo", "E", 5, "triangle"),
        69: DrumSign("Cabasa", "A", 5, "slash"),
        70: DrumSign("Maracas", "A", 5, "diamond"),
        71: DrumSign("Short Whistle", "D", 6, "triangle"),
        72: DrumSign("Long Whistle", "D", 6, "diamond"),
        73: DrumSign("Short Guiro", "B", 5, "slash"),
        74: DrumSign("Long Guiro", "B", 5, "triangle"),
        75: DrumSign("Claves", "C", 6, "diamond"),
        76: DrumSign("Hi Wood Block", "C", 6, "triangle"),
        77: DrumSign("Low Wood Block", "A", 5, "triangle"),
        78: DrumSign("Mute Cuica", "F", 5, "triangle"),
        79: DrumSign("Open Cuica", "D", 5, "triangle"),
        80: DrumSign("Mute Triangle", "C", 6, "circle-x"),
        81: DrumSign("Open Triangle", "C", 6, "slash"),
    }
)
"""The sign of each percussion key, 35..81.

Within a kit only the snares share one; hand drums, 60 and up, use the toms' places.
"""
