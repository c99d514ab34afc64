"""What stands above the staff: section names, tempo and chord symbols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from senandung.domain.chords import QUALITIES, Chord
from senandung.domain.pitch import NoteName
from senandung.domain.song import Song
from senandung.domain.tempo import TempoChange
from senandung.domain.time import Tick
from senandung.files.notation import on_grid
from senandung.files.xml_tree import child


@dataclass(frozen=True)
class Mark:
    """Something written at a tick; `write(measure, offset)` adds it `offset` ticks after the place in the measure."""

    tick: Tick
    write: Callable[[Any, Tick], None]


def marks_of(song: Song, *, first: bool, leading: bool, swings: bool = False) -> list[Mark]:
    """The marks of a part in order of time: section names and tempo above the first, chords above the leading one."""
    marks: list[tuple[Tick, int, Mark]] = []
    if first and swings:
        marks.append((0, 1, Mark(0, _swing)))
    if first:
        for section in song.sections:
            marks.append((section.onset, 0, Mark(section.onset, _rehearsal(section.name))))
        shown: TempoChange | None = None
        for change, following in zip(song.tempos, (*song.tempos[1:], None), strict=True):
            bar = song.metre_at(change.onset).bar_ticks
            stays = following is None or following.onset - change.onset >= bar
            differs = shown is None or abs(change.bpm / shown.bpm - 1) > 0.02
            visible = stays and differs
            shown = change if visible else shown
            beat = song.metre_at(change.onset).beat_ticks
            marks.append((change.onset, 1, Mark(change.onset, _tempo(change, beat, visible=visible))))
    if leading:
        reached: Tick | None = None
        for span in song.chords:
            if reached is not None and span.onset > reached:
                marks.append((on_grid(reached), 2, Mark(on_grid(reached), _no_chord)))
            marks.append((on_grid(span.onset), 3, Mark(on_grid(span.onset), _harmony(span.chord))))
            reached = span.end
        if reached is not None and reached < song.end:
            marks.append((on_grid(reached), 2, Mark(on_grid(reached), _no_chord)))
    return [mark for _, _, mark in sorted(marks, key=lambda item: item[:2])]


def _rehearsal(name: str) -> Callable[[Any, Tick], None]:
    def write(measure: Any, offset: Tick) -> None:
        direction = child(measure, "direction", placement="above")
        child(child(direction, "direction-type"), "rehearsal", name)
        if offset:
            child(direction, "offset", str(offset))

    return write


def _tempo(change: TempoChange, beat_ticks: Tick, *, visible: bool) -> Callable[[Any, Tick], None]:
    """A metronome mark where it is visible, and the exact tempo in quarter notes a minute for players."""
    exact = f"{change.bpm:.9f}".rstrip("0").rstrip(".")

    def write(measure: Any, offset: Tick) -> None:
        if not visible:
            sound = child(measure, "sound", tempo=exact)
            if offset:
                child(sound, "offset", str(offset))
            return
        direction = child(measure, "direction", placement="above")
        metronome = child(child(direction, "direction-type"), "metronome")
        dotted = beat_ticks % 360 == 0 and beat_ticks % 480 != 0
        unit = {480: "quarter", 240: "eighth", 960: "half", 1920: "whole", 120: "16th", 60: "32nd"}
        plain = beat_ticks * 2 // 3 if dotted else beat_ticks
        child(metronome, "beat-unit", unit.get(plain, "quarter"))
        if dotted:
            child(metronome, "beat-unit-dot")
        beats = change.bpm * 480 / (beat_ticks if plain in unit else 480)
        child(metronome, "per-minute", f"{beats:.0f}")
        if offset:
            child(direction, "offset", str(offset))
        child(direction, "sound", tempo=exact)

    return write


def _harmony(chord: Chord) -> Callable[[Any, Tick], None]:
    def write(measure: Any, offset: Tick) -> None:
        quality = QUALITIES[chord.quality]
        harmony = child(measure, "harmony")
        _name(harmony, "root", chord.root)
        child(harmony, "kind", quality.musicxml, text=quality.suffix)
        if chord.bass is not None:
            _name(harmony, "bass", chord.bass)
        for value, alter in {"7sus4": [(7, -1)], "add9": [(9, 0)]}.get(chord.quality, []):
            degree = child(harmony, "degree", **{"print-object": "no"})
            child(degree, "degree-value", str(value))
            child(degree, "degree-alter", str(alter))
            child(degree, "degree-type", "add")
        if offset:
            child(harmony, "offset", str(offset))

    return write


def _swing(measure: Any, offset: Tick) -> None:
    direction = child(measure, "direction", placement="above")
    child(child(direction, "direction-type"), "words", "Swing")
    if offset:
        child(direction, "offset", str(offset))
    swing = child(child(direction, "sound"), "swing")
    child(swing, "first", "2")
    child(swing, "second", "1")
    child(swing, "swing-type", "eighth")


def _no_chord(measure: Any, offset: Tick) -> None:
    harmony = child(measure, "harmony")
    child(child(harmony, "root"), "root-step", "C", text="")  # the schema asks for a root; text="" hides it
    child(harmony, "kind", "none", text="N.C.")
    if offset:
        child(harmony, "offset", str(offset))


def _name(harmony: Any, what: str, name: NoteName) -> None:
    element = child(harmony, what)
    child(element, f"{what}-step", name.step)
    if name.alter:
        child(element, f"{what}-alter", str(name.alter))
