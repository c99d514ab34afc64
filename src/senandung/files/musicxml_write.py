"""A song as MusicXML 4.0.

Times are in ticks: 480 divisions a quarter. A note that is written with ties is one chain of tied notes, so the number
of sounded notes equals that of the song.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from senandung.domain.instruments import Instrument
from senandung.domain.song import Song
from senandung.domain.time import Tick
from senandung.domain.tuning import TUNINGS
from senandung.files.musicxml_parts import PartWriter
from senandung.files.provenance import label_of, licence_of
from senandung.files.swing import evened, is_swung
from senandung.files.writing import write_atomically
from senandung.files.xml_tree import child

_BRACKETED = frozenset({"strings", "winds", "brass", "voice"})

HEADER = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    b'"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def save_musicxml(song: Song, path: Path) -> None:
    """Write the song as an uncompressed file. Inverse of `load_musicxml`, up to what docs/formats.md names."""
    write_atomically(path, musicxml_text(song).encode("utf-8"))


def musicxml_text(song: Song) -> str:
    """The song as MusicXML 4.0: parts, measures, voices, lyrics, chord symbols; the same song gives the same text."""
    from lxml import etree

    swings = is_swung(song)
    song = evened(song) if swings else song
    root = etree.Element("score-partwise", version="4.0")
    child(child(root, "work"), "work-title", song.title)
    bars = bar_spans(song)
    leading = next((index for index, part in enumerate(song.tracks) if part.role == "vocal"), 0)
    writers = [
        PartWriter(song, part, f"P{index + 1}", bars, first=index == 0, leading=index == leading, swings=swings)
        for index, part in enumerate(song.tracks)
    ]
    if not writers:
        writers = [PartWriter(song, None, "P1", bars, first=True, leading=True)]
    _identification(root, song, writers)
    part_list = child(root, "part-list")
    channels = _channels(song)
    groups = part_groups([writer.sound for writer in writers])
    for index, (writer, channel) in enumerate(zip(writers, channels, strict=False)):
        for number in (number for number, (first, _) in enumerate(groups, 1) if first == index):
            group = child(part_list, "part-group", type="start", number=str(number))
            child(group, "group-symbol", "bracket")
            sung = writer.sound is not None and writer.sound.family == "voice"  # words stand between their staves
            child(group, "group-barline", "no" if sung else "yes")
        writer.write_score_part(part_list, channel)
        for number in (number for number, (_, last) in enumerate(groups, 1) if last == index):
            child(part_list, "part-group", type="stop", number=str(number))
    for writer in writers:
        writer.write_part(root)
    body: bytes = etree.tostring(root, encoding="UTF-8", pretty_print=True)
    return (HEADER + body).decode("utf-8")


def part_groups(sounds: Sequence[Instrument | None]) -> list[tuple[int, int]]:
    """First and last of the parts that stand in a bracket: neighbours of one family of strings, winds, brass, voices.

    >>> from senandung.domain.instruments import INSTRUMENTS
    >>> part_groups([INSTRUMENTS[name] for name in ("flute", "oboe", "piano", "violin", "viola", "cello")])
    [(0, 1), (3, 5)]
    """
    groups = []
    for family, members in groupby(enumerate(sounds), lambda row: row[1].family if row[1] is not None else ""):
        indices = [index for index, _ in members]
        if family in _BRACKETED and len(indices) > 1:
            groups.append((indices[0], indices[-1]))
    return groups


def bar_spans(song: Song) -> list[tuple[Tick, Tick]]:
    """Start and end of every bar; the last one is as long as its metre asks."""
    starts = song.bar_starts() or (0,)
    last = starts[-1] + song.metre_at(starts[-1]).bar_ticks
    return list(zip(starts, (*starts[1:], last), strict=True))


def _channels(song: Song) -> list[int]:
    """A MIDI channel for each part, counted from 1; parts after the fifteenth begin again."""
    channels, melodic = [], 0
    for part in song.tracks:
        if part.sound.drum:
            channels.append(10)
        else:
            channels.append([*range(1, 10), *range(11, 17)][melodic % 15])
            melodic += 1
    return channels or [1]


def _identification(root: Any, song: Song, writers: Sequence[PartWriter]) -> None:
    identification = child(root, "identification")
    made = song.provenance.version
    if made:
        child(identification, "creator", "Senandung (machine)", type="composer")
    child(identification, "rights", licence_of(song.provenance))
    encoding = child(identification, "encoding")
    child(encoding, "software", f"Senandung {made}".strip())
    for element in ("accidental", "beam"):
        child(encoding, "supports", element=element, type="yes")
    notes = child(identification, "miscellaneous")
    for name, text in label_of(song).items():
        child(notes, "miscellaneous-field", text, name=name)
    if song.keys[0].key.laras:
        child(notes, "miscellaneous-field", str(song.keys[0].key), name="laras")
    for index, part in enumerate(song.tracks):
        child(notes, "miscellaneous-field", part.role, name=f"role-P{index + 1}")
        child(notes, "miscellaneous-field", part.instrument, name=f"instrument-P{index + 1}")
        if part.tuning != "equal" and not part.sound.drum:
            child(notes, "miscellaneous-field", f"{part.tuning} ({_cents(part.tuning)})", name=f"tuning-P{index + 1}")
        if writers[index].finds_staves:
            child(notes, "miscellaneous-field", "found", name=f"staves-P{index + 1}")


def _cents(name: str) -> str:
    """A tuning in words: its first tone's MIDI number and frequency, the cents of its tones, and its octave's last."""
    tuning = TUNINGS[name]
    cents = " ".join(f"{value:g}" for value in (*tuning.degrees, tuning.octave))
    return f"MIDI note {tuning.reference_midi} sounds at {tuning.reference_hz:g} Hz; cents {cents}"
