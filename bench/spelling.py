"""How often notes get the names that scores state: python bench/spelling.py --data DIR --packed DIR [--split train].

Kern and MusicXML say whether a note is G sharp or A flat. The works are read as for training, so keys are what the
composer knows of them; a span whose key is written an enharmonic away is moved there first. Prints the share of right
names of all notes and of those outside the key's scale: by the key alone, by the key and the chords read from the notes
(what was done before), by ps13s1 anchored in the key, and by `senandung.domain.spelling`.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path

from senandung.composing.pieces.piece import METRES, TICKS_PER_STEP, Piece
from senandung.composing.pieces.score_piece import chord_of, key_of_bar
from senandung.domain import spelling
from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key
from senandung.domain.spelling import Sounding, spell_notes
from senandung.learning.corpus import kern_reader, musicxml_reader
from senandung.learning.corpus.assemble import assemble
from senandung.learning.corpus.sets import SETS, Work

STATING = ("openscore_lieder", "openscore_quartets", "polish_scores", "openewld")
"""Sets whose files state names and whose parts do not transpose, other than by octaves."""

MOST_WORKS, MOST_SACRED, MOST_BARS = 90, 20, 200


class Named(int):
    """A MIDI number that remembers its place on the line of fifths while a reader makes it."""

    fifths: int

    def __new__(cls, value: int, fifths: int) -> Named:
        made = super().__new__(cls, value)
        made.fifths = fifths
        return made

    def __add__(self, other: int) -> Named:
        return Named(int(self) + int(other), self.fifths + 7 * ((int(other) + 6) % 12 - 6))

    def __radd__(self, other: int) -> Named:
        return Named(int(self) + int(other), self.fifths)

    def __sub__(self, other: int) -> Named:
        return self + -int(other)

    def __or__(self, other: int) -> Named:
        return Named(int(self) | other, self.fifths)

    def __and__(self, other: int) -> Named:
        return Named(int(self) & other, self.fifths)


for _reader in (kern_reader, musicxml_reader):
    _reader._STEPS = {step: Named(at, NoteName(step.upper()).fifths) for step, at in dict(_reader._STEPS).items()}


Row = tuple[int, int, int, int, int]
"""Start and end in steps from the beginning, MIDI number, part, bar."""

Speller = Callable[[Piece, Sequence[Row]], list[int]]


def by_key(piece: Piece, rows: Sequence[Row]) -> list[int]:
    """The key's own names."""
    keys = [key_of_bar(bar) for bar in piece.bars]
    return [keys[bar].spell(pitch).fifths for _, _, pitch, _, bar in rows]


def by_chord(piece: Piece, rows: Sequence[Row]) -> list[int]:
    """As it was done before: foreign tones as the chord that was read has them."""
    starts = list(accumulate((METRES[bar.metre].steps for bar in piece.bars), initial=0))
    names = []
    for start, _, pitch, _, number in rows:
        bar, key = piece.bars[number], key_of_bar(piece.bars[number])
        slot = (start - starts[number]) * len(bar.chords) // METRES[bar.metre].steps
        found = bar.chords[min(slot, len(bar.chords) - 1)]
        named = chord_of(found, key).name_of(pitch % 12) if found and pitch % 12 not in key.pitch_classes else None
        names.append((named or key.spell(pitch)).fifths)
    return names


def by_ps13s1(piece: Piece, rows: Sequence[Row]) -> list[int]:
    """The votes of the pitch classes around alone."""
    kept, spelling.ROUNDS = spelling.ROUNDS, 0
    try:
        return by_line(piece, rows)
    finally:
        spelling.ROUNDS = kept


def by_line(piece: Piece, rows: Sequence[Row]) -> list[int]:
    """What is shipped."""
    starts = list(accumulate((METRES[bar.metre].steps for bar in piece.bars), initial=0))
    keys: list[tuple[int, Key]] = []
    for bar, start in zip(piece.bars, starts, strict=False):
        if not keys or keys[-1][1] != key_of_bar(bar):
            keys.append((start * TICKS_PER_STEP, key_of_bar(bar)))
    notes = [Sounding(a * TICKS_PER_STEP, b * TICKS_PER_STEP, pitch, line) for a, b, pitch, line, _ in rows]
    return [name.fifths for name in spell_notes(notes, keys)]


SPELLERS: tuple[Speller, ...] = (by_key, by_chord, by_ps13s1, by_line)


def rows_of(piece: Piece) -> tuple[list[Row], list[int]]:
    """The notes of a piece in order of time, and the names that the score states."""
    found: list[tuple[Row, int]] = []
    at = 0
    for number, bar in enumerate(piece.bars[:MOST_BARS]):
        for line, row in enumerate(bar.notes):
            found += [
                ((at + n.start, at + n.start + n.length, int(n.pitch), line, number), n.pitch.fifths) for n in row
            ]
        at += METRES[bar.metre].steps
    found.sort()
    return [row for row, _ in found], [name for _, name in found]


def right(piece: Piece, rows: Sequence[Row], truth: Sequence[int], names: Sequence[int]) -> list[bool]:
    """Which names are right, after each key's span is moved to where the score writes it."""
    plain, spans = by_key(piece, rows), defaultdict(list)
    for index, row in enumerate(rows):
        spans[key_of_bar(piece.bars[row[4]])].append(index)
    good = [False] * len(rows)
    for key, members in spans.items():
        inside = [i for i in members if rows[i][2] % 12 in key.pitch_classes] or members
        moved = Counter(round((truth[i] - plain[i]) / 12) * 12 for i in inside).most_common(1)[0][0]
        for index in members:
            good[index] = names[index] + moved == truth[index]
    return good


def main() -> None:
    """Read, spell, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the unpacked archives")
    parser.add_argument("--packed", type=Path, required=True, help="the packed corpus, for its division")
    parser.add_argument("--split", default="valid")
    parser.add_argument("--works", type=int, default=MOST_WORKS, help="works of a set at most")
    asked = parser.parse_args()
    works = [json.loads(line) for line in (asked.packed / "works.jsonl").open(encoding="utf-8")]
    sets = {found.name: found for found in SETS}
    for name in STATING:
        chosen = [work for work in works if work["set"] == name and work["split"] == asked.split]
        random.Random(5).shuffle(chosen)
        sacred = [work for work in chosen if work["style"] in ("sacred", "renaissance")]
        chosen = [work for work in chosen if work not in sacred[MOST_SACRED:]][: asked.works]
        counts: dict[str, Counter[str]] = {speller.__name__: Counter() for speller in SPELLERS}
        for row in chosen:
            work = Work(name, asked.data / row["file"], row["title"], row["composer"], row["style"], "", "", "")
            raw, found = sets[name].read(work), sets[name]
            pieces, _ = assemble(raw, row["style"], least_fit=found.least_fit, least_lead=found.least_lead)
            for piece in pieces:
                rows, truth = rows_of(piece)
                foreign = [pitch % 12 not in key_of_bar(piece.bars[bar]).pitch_classes for _, _, pitch, _, bar in rows]
                for speller in SPELLERS:
                    good = right(piece, rows, truth, speller(piece, rows))
                    count = counts[speller.__name__]
                    count.update(notes=len(good), right=sum(good), foreign=sum(foreign))
                    count["foreign right"] += sum(g for g, f in zip(good, foreign, strict=True) if f)
        for label, count in counts.items():
            share, outside = count["right"] / count["notes"], count["foreign right"] / count["foreign"]
            print(
                f"{name:20} {label:10} {count['notes']:7} notes {share:.4f}, {count['foreign']} foreign {outside:.3f}"
            )


if __name__ == "__main__":
    main()
