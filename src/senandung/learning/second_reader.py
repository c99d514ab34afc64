"""The readers of the corpus against second ones, music21 and mido, on a sample: notes with the same start and pitch.

    python -m senandung.learning.second_reader --data DIR --works 5 --seed 1

music21 (Cuthbert & Ariza 2010) is a tool of development and is not needed to use or to train anything. It sets the
voices of ABC one after the other, so that of hymns only the pitches can be compared; MIDI is compared with mido, for
music21 cuts its notes at bar lines and leaves out the drums.
"""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from senandung.learning.corpus.midi_reader import DRUM_ALIASES, read_midi
from senandung.learning.corpus.raw import FINE, RawScore
from senandung.learning.corpus.sets import SETS, MusicSet, Work

LARGEST = 120_000
"""Bytes of a file that is compared: music21 needs minutes for larger ones."""

_GRID = 48
"""Starts are compared in this part of a quarter."""

Notes = Counter[tuple[int, int]]
"""Notes by start, in 48ths of a quarter, and MIDI number."""


@dataclass(frozen=True)
class Compared:
    """Notes of a work by the second reader and by ours, those that both have, and those of either that the other has
    at another time."""

    work: str
    theirs: int
    ours: int
    same: int
    same_pitches: int


def compare_set(found: MusicSet, data: Path, works: int, *, seed: int) -> Iterator[Compared]:
    """A sample of a set's works, by the hashes of their names."""
    every = [work for work in found.works(data / found.folder, found) if work.path.stat().st_size <= LARGEST]
    every.sort(key=lambda work: hashlib.sha256(f"{seed}:{work.path.name}".encode()).hexdigest())
    for work in every[:works]:
        try:
            yield compare(_raw(found, work), work.path)
        except Exception as error:  # the other reader may raise anything; the row says so
            yield Compared(f"{work.path.name}: {error}", 0, 0, 0, 0)


def compare(raw: RawScore, path: Path) -> Compared:
    """One file as we read it against music21's reading."""
    ours: Notes = Counter(
        (round(note.start * _GRID / FINE), note.pitch) for part in raw.parts for note in part.notes
    )  # fmt: skip
    theirs = second_reading(path)
    one, other = (Counter(pitch for _, pitch in found.elements()) for found in (ours, theirs))
    return Compared(path.name, theirs.total(), ours.total(), (ours & theirs).total(), (one & other).total())


def second_reading(path: Path) -> Notes:
    """The notes of a file as another program reads it: ties joined, no repeats played out, no grace notes."""
    return _by_mido(path) if path.suffix == ".mid" else _by_music21(path)


def _by_mido(path: Path) -> Notes:
    import mido

    file = mido.MidiFile(path)
    found: Notes = Counter()
    for track in file.tracks:
        tick, sounding = 0, dict[tuple[int, int], int]()
        for message in track:
            tick += message.time
            if message.type not in ("note_on", "note_off"):
                continue
            key = (message.channel, message.note)
            begun = sounding.pop(key, None)
            if begun is not None and tick > begun:
                pitch = DRUM_ALIASES.get(message.note, message.note) if message.channel == 9 else message.note
                found[round(begun * _GRID / file.ticks_per_beat), pitch] += 1
            if message.type == "note_on" and message.velocity:
                sounding[key] = tick
    return found


def _by_music21(path: Path) -> Notes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import music21

        score = music21.converter.parse(path, forceSource=True).toSoundingPitch().stripTies()
    found: Notes = Counter()
    for element in score.recurse().notes:
        if element.duration.isGrace or not element.pitches or isinstance(element, music21.harmony.ChordSymbol):
            continue
        start = round(float(element.getOffsetInHierarchy(score)) * _GRID)
        found.update((start, pitch.midi) for pitch in element.pitches)
    return found


def _raw(found: MusicSet, work: Work) -> RawScore:
    """As the set is read, but with every part: sets that keep one part are read whole."""
    if work.path.suffix == ".mid":
        return read_midi(work.path)
    return found.read(work)


def main() -> None:
    """The command; see the module."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(description="Compare the corpus readers with music21 on a sample.")
    parser.add_argument("--data", type=Path, required=True, help="folder in which the sets lie unpacked")
    parser.add_argument("--works", type=int, default=5, help="works of each set")
    parser.add_argument("--sets", default="", help="names of sets, divided by commas; all without")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    names = [name for name in given.sets.split(",") if name]
    print_line = sys.stdout.write
    print_line(
        "| set | works | notes by the other reader | ours | the same | the same pitches |\n|---|---|---|---|---|---|\n"
    )
    for found in SETS:
        if (given.data / found.folder).is_dir() and (not names or found.name in names):
            rows = list(compare_set(found, given.data, given.works, seed=given.seed))
            sums = [sum(getattr(row, key) for row in rows) for key in ("theirs", "ours", "same", "same_pitches")]
            share = [f"{count:,} ({count / max(sums[0], 1):.1%})" for count in sums[2:]]
            print_line(f"| {found.name} | {len(rows)} | {sums[0]:,} | {sums[1]:,} | {' | '.join(share)} |\n")
            for row in rows:
                if row.same < 0.98 * max(row.theirs, row.ours, 1):
                    sys.stderr.write(f"  {row}\n")


if __name__ == "__main__":
    main()
