"""A song as MusicXML 4.0.

Times are in ticks: 480 divisions a quarter. A note that is written with ties is one chain of tied notes, so the number
of sounded notes equals that of the song.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from senandung.domain.song import Song
from senandung.domain.time import Tick
from senandung.files.musicxml_parts import PartWriter
from senandung.files.writing import write_atomically
from senandung.files.xml_tree import child

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

    root = etree.Element("score-partwise", version="4.0")
    child(child(root, "work"), "work-title", song.title)
    bars = bar_spans(song)
    leading = next((index for index, part in enumerate(song.tracks) if part.role == "vocal"), 0)
    writers = [
        PartWriter(song, part, f"P{index + 1}", bars, first=index == 0, leading=index == leading)
        for index, part in enumerate(song.tracks)
    ]
    if not writers:
        writers = [PartWriter(song, None, "P1", bars, first=True, leading=True)]
    _identification(root, song, writers)
    part_list = child(root, "part-list")
    channels = _channels(song)
    for writer, channel in zip(writers, channels, strict=False):
        writer.write_score_part(part_list, channel)
    for writer in writers:
        writer.write_part(root)
    body: bytes = etree.tostring(root, encoding="UTF-8", pretty_print=True)
    return (HEADER + body).decode("utf-8")


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
    child(identification, "creator", "Senandung (machine)", type="composer")
    child(identification, "rights", song.provenance.licence)
    encoding = child(identification, "encoding")
    child(encoding, "software", f"Senandung {song.provenance.version}".strip())
    for element in ("accidental", "beam"):
        child(encoding, "supports", element=element, type="yes")
    notes = child(identification, "miscellaneous")
    child(notes, "miscellaneous-field", "made by a machine", name="origin")
    if song.provenance.story:
        child(notes, "miscellaneous-field", song.provenance.story, name="story")
    for index, part in enumerate(song.tracks):
        child(notes, "miscellaneous-field", part.role, name=f"role-P{index + 1}")
        child(notes, "miscellaneous-field", part.instrument, name=f"instrument-P{index + 1}")
        if writers[index].finds_staves:
            child(notes, "miscellaneous-field", "found", name=f"staves-P{index + 1}")
