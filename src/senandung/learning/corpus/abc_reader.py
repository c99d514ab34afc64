"""ABC tunes for training, by way of the project's own reader `files.abc` (few files; it counts bars itself)."""

from __future__ import annotations

from pathlib import Path

from senandung.domain.song import Track
from senandung.domain.words import Words
from senandung.files.abc import load_abc
from senandung.learning.corpus.classes import class_of_name
from senandung.learning.corpus.raw import FINE, RawMeasure, RawNote, RawPart, RawScore

_SCALE = FINE // 480

_MODES = {"major": "major", "minor": "minor", "dorian": "dorian", "mixolydian": "mixolydian"}


def read_abc(path: Path) -> RawScore:
    """The score of an ABC file: repeats played out, every verse's notes once as they are written."""
    song = load_abc(path)
    parts = []
    for track in song.tracks:
        texts = _texts(track, song.words)
        notes = [
            RawNote(n.onset * _SCALE, n.duration * _SCALE, n.pitch, text=text)
            for n, text in zip(track.notes, texts, strict=True)
        ]
        parts.append(RawPart(track.name, class_of_name(track.name) or "voice", False, notes))
    starts = song.bar_starts()
    measures = []
    for index, start in enumerate(starts):
        metre = song.metre_at(start)
        until = starts[index + 1] if index + 1 < len(starts) else start + metre.bar_ticks
        row = RawMeasure(start * _SCALE, (until - start) * _SCALE, str(metre))
        measures.append(row)
    for change in song.keys:
        at = max((m for m in measures if m.start <= change.onset * _SCALE), key=lambda m: m.start)
        at.fifths = change.key.fifths
        mode = _MODES.get(change.key.mode)
        at.key = (change.key.tonic.pitch_class, mode) if mode else None
    tempo = 60e6 / song.tempos[0].microseconds if song.tempos else None
    return RawScore(parts, measures, tempo, facts={"title": song.title})


def _texts(track: Track, words: Words) -> list[str]:
    """For each note the syllable that begins there, with a hyphen behind it where its word goes on."""
    found, before = [], None
    for note in track.notes:
        syllable = words.syllables[note.syllable] if note.syllable not in (None, before) else None
        before = note.syllable
        found.append("" if syllable is None else syllable.text + ("" if syllable.ends_word else "-"))
    return found
