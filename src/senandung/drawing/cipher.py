"""Not angka (Indonesian cipher notation): a melody as digits, dots and lines, before anything is drawn.

The conventions are those of Indonesian school and choir books (movable do, after Galin-Paris-Chevé): 1..7 are do re
mi fa sol la si, a dot above or below a digit is an octave, 0 a rest, a point the sound held on. A beat is the metre's
lower number; one line joins half beats, two lines quarter beats. A stroke through the digit rises to the right for a
raised tone (kres) and falls to the right for a lowered one (mol). In minor la is the tonic. The lines stand below the
digits, as in the numbered notation of East Asia; many Indonesian choir books set them above.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from senandung.domain.pitch import STEPS, NoteName
from senandung.domain.scales import Key
from senandung.domain.song import Note, Song, Track
from senandung.domain.time import Tick

_MAJOR = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True)
class CipherToken:
    """One sign of not angka.

    `symbol` is "1".."7", "0" (rest) or "." (held); `alter` -1 or 1 semitones (the stroke); `octave` dots above
    (positive) or below; `lines` 0 for a whole beat, 1 for half, 2 for a quarter; `beat` the number of its beat in the
    bar; `syllable` the number of the syllable that begins here; `slur` True where the melisma of the note before goes
    on; `triplet` True where the beat divides in three.
    """

    symbol: str
    onset: Tick
    duration: Tick
    beat: int
    alter: int = 0
    octave: int = 0
    lines: int = 0
    syllable: int | None = None
    slur: bool = False
    triplet: bool = False

    def __str__(self) -> str:
        stroke = {1: "/", -1: "\\"}.get(self.alter, "")
        dots = "'" * self.octave if self.octave > 0 else "," * -self.octave
        return self.symbol + stroke + dots + "_" * self.lines


@dataclass(frozen=True)
class CipherBar:
    """One bar: its number from 1, its place, its signs, and the key whose do it is written in."""

    number: int
    onset: Tick
    duration: Tick
    tokens: tuple[CipherToken, ...]
    key: Key

    @property
    def is_empty(self) -> bool:
        """True where nothing sounds."""
        return all(token.symbol == "0" for token in self.tokens)


def do_of(key: Key) -> NoteName:
    """The do of a key: the tonic of the major key with the same signature.

    >>> str(do_of(Key.parse("Am"))), str(do_of(Key.parse("Eb")))
    ('C', 'Eb')
    """
    return NoteName.from_fifths(key.fifths)


def tonic_solfa(key: Key) -> str:
    """The sol-fa syllable of the key's tonic: do in major, la in minor, re in dorian.

    >>> tonic_solfa(Key.parse("Am")), tonic_solfa(Key.parse("G"))
    ('la', 'do')
    """
    place = (STEPS.index(key.tonic.step) - STEPS.index(do_of(key).step)) % 7
    return ("do", "re", "mi", "fa", "sol", "la", "si")[place]


def leading_track(song: Song) -> Track | None:
    """The track that not angka writes: the vocal, else the first melody, else the highest part that is no drum."""
    if song.vocal and song.vocal.notes:
        return song.vocal
    tuned = [track for track in song.tracks if track.notes and not track.sound.drum]
    for role in ("melody", "counter"):
        found = next((track for track in tuned if track.role == role), None)
        if found:
            return found
    return max(tuned, key=lambda track: sum(n.pitch for n in track.notes) / len(track.notes), default=None)


def skyline(notes: Sequence[Note]) -> tuple[Note, ...]:
    """One voice of a track: the highest note of each onset, ended where the next begins.

    >>> [(n.pitch, n.duration) for n in skyline([Note(0, 960, 60), Note(0, 960, 64), Note(480, 480, 67)])]
    [(64, 480), (67, 480)]
    """
    highest: dict[Tick, Note] = {}
    for note in notes:
        if note.onset not in highest or note.pitch > highest[note.onset].pitch:
            highest[note.onset] = note
    ordered = [highest[onset] for onset in sorted(highest)]
    ends = [note.onset for note in ordered[1:]]
    return tuple(
        Note(n.onset, min(n.duration, end - n.onset), n.pitch, n.velocity, n.syllable)
        for n, end in zip(ordered, [*ends, 2**62], strict=True)
    )


def cipher_bars(song: Song) -> tuple[CipherBar, ...]:
    """Every bar of the song's leading melody as not angka; empty where the song has no tuned note.

    Onsets are read on the nearest 32nd or triplet 16th; a gap of less than a 16th between two notes is not written.
    """
    track = leading_track(song)
    if track is None:
        return ()
    notes = _snapped(skyline(track.notes))
    bases = _do_pitches(song, notes)
    onsets = [note.onset for note in notes]
    bars = []
    starts = song.bar_starts()
    for number, start in enumerate(starts, 1):
        metre, key = song.metre_at(start), song.key_at(start)
        unit = 4 * 480 // metre.denominator
        tokens: list[CipherToken] = []
        for beat in range(metre.numerator):
            at = start + beat * unit
            first = max(bisect.bisect_right(onsets, at) - 1, 0)
            last = bisect.bisect_left(onsets, at + unit)
            tokens += _beat(notes, range(first, last), at, unit, beat, song, bases)
        bars.append(CipherBar(number, start, metre.bar_ticks, tuple(tokens), key))
    return tuple(bars)


def cipher_of(pitch: int, key: Key, do_pitch: int, written: NoteName | None = None) -> tuple[str, int, int]:
    """Digit, alteration and octave dots of a MIDI note, where `do_pitch` is the do without a dot.

    `written` is the note's written name where its chord says it; the key says it otherwise.

    >>> cipher_of(67, Key.parse("C"), 60), cipher_of(68, Key.parse("Am"), 60), cipher_of(59, Key.parse("C"), 60)
    (('5', 0, 0), ('5', 1, 0), ('7', 0, -1))
    """
    name, do = written or key.spell(pitch), do_of(key)
    degree = (STEPS.index(name.step) - STEPS.index(do.step)) % 7
    alter = (name.pitch_class - do.pitch_class - _MAJOR[degree] + 6) % 12 - 6
    if abs(alter) > 1:
        number, alter = Key(do).degree_of(pitch % 12)
        degree = number - 1
    octave = (pitch - alter - _MAJOR[degree] - do_pitch) // 12
    return str(degree + 1), alter, octave


def _nearest(tick: Tick, *steps: Tick) -> Tick:
    return min((step * round(tick / step) for step in steps), key=lambda place: abs(place - tick))


def _snapped(notes: Sequence[Note]) -> tuple[Note, ...]:
    onsets: list[Tick] = []
    for note in notes:
        onset = _nearest(note.onset, 60, 80)
        onsets.append(onset if not onsets or onset > onsets[-1] else onsets[-1] + 20)
    snapped = []
    for note, onset, following in zip(notes, onsets, [*onsets[1:], 2**62], strict=True):
        grid = (160,) if onset % 120 else (240,) if onset % 240 == 0 and note.duration > 240 else (120,)
        end = max(_nearest(note.end, *grid), onset + 60)
        if min(following - end, following - note.end) < 120:
            end = following
        snapped.append(Note(onset, end - onset, note.pitch, note.velocity, note.syllable))
    return tuple(snapped)


def _do_pitches(song: Song, notes: Sequence[Note]) -> dict[str, int]:
    """For each key's do, the MIDI note that stands without a dot: the one that needs the fewest dots."""
    bases: dict[str, int] = {}
    chosen: int | None = None
    for change in song.keys:
        name = do_of(change.key)
        places = [12 * octave + name.pitch_class for octave in range(-1, 10)]
        if chosen is None:
            key = change.key
            chosen = min(
                places,
                key=lambda do: (sum(abs(cipher_of(n.pitch, key, do)[2]) for n in notes), abs(do - 60)),
            )
        near = chosen
        bases.setdefault(str(name), min(places, key=lambda do: abs(do - near)))
    return bases


def _beat(
    notes: Sequence[Note], candidates: range, at: Tick, unit: Tick, beat: int, song: Song, bases: dict[str, int]
) -> list[CipherToken]:
    inside = [notes[i] for i in candidates if notes[i].onset < at + unit and notes[i].end > at]
    edges = {n.onset - at for n in inside if n.onset > at} | {n.end - at for n in inside if n.end < at + unit}
    parts = _division(sorted(edges), unit)
    grid = [at + part * unit // parts for part in range(parts + 1)]
    states: list[tuple[str, Note | None]] = []
    for left, right in pairwise(grid):
        begun = [n for n in inside if left <= n.onset < right]
        held = [n for n in inside if n.onset < left < n.end]
        if begun:
            states.append(("note", begun[-1]))
        elif held:
            states.append(("held", held[-1]))
        else:
            states.append(("rest", None))
    triplet = parts in (3, 6, 24)
    tokens = []
    for low, high, lines in _group(states, 0, parts, 0, triplet):
        kind, note = states[low]
        onset, length = grid[low], grid[high] - grid[low]
        if kind == "note" and note is not None:
            key = song.key_at(note.onset)
            digit, alter, octave = cipher_of(
                note.pitch, key, bases[str(do_of(key))], song.spell(note.pitch, note.onset)
            )
            before = next((notes[i - 1] for i in candidates if notes[i] is note and i > 0), None)
            goes_on = before is not None and note.syllable is not None and before.syllable == note.syllable
            syllable = None if goes_on else note.syllable
            tokens.append(CipherToken(digit, onset, length, beat, alter, octave, lines, syllable, goes_on, triplet))
        else:
            tokens.append(
                CipherToken("." if kind == "held" else "0", onset, length, beat, lines=lines, triplet=triplet)
            )
    return tokens


def _division(edges: Sequence[Tick], unit: Tick) -> int:
    """The coarsest of 1, 2, 4, 3, 8, 6 parts of a beat on whose grid all edges stand; 24 where none does."""
    return next((n for n in (1, 2, 4, 3, 8, 6) if all(edge * n % unit == 0 for edge in edges)), 24)


def _group(
    states: Sequence[tuple[str, Note | None]], low: int, high: int, lines: int, triplet: bool
) -> list[tuple[int, int, int]]:
    """Divide a beat until each piece is one sign: rows of first part, end and number of lines."""
    first = states[low]
    tail = states[low + 1 : high]
    if all((kind == "held" and note is first[1]) or (kind == first[0] == "rest") for kind, note in tail):
        return [(low, high, lines)]
    if high - low == 1:
        return [(low, high, lines)]
    pieces = 3 if triplet and (high - low) % 3 == 0 else 2
    step = (high - low) // pieces
    rows = []
    for piece in range(pieces):
        rows += _group(states, low + piece * step, low + (piece + 1) * step, lines + 1, triplet)
    return rows
