"""What a person's works hold, as numbers that can be shown: ensembles, metres, keys, tempos, forms, figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from senandung.composing.pieces.piece import METRES, Piece, PieceBar, PieceChord
from senandung.composing.pieces.piece_sections import find_form
from senandung.composing.pieces.vocabulary import tempo_bin
from senandung.domain.metre import Metre
from senandung.domain.time import TICKS_PER_QUARTER

INNER = (0.01, 0.99)
"""Quantiles of the pitches that are a part's range."""

MOST_SHOWN = 24
"""Shares of a figure that are kept."""

LONGEST_FORM = 128
"""Bars of a form that can be taken up again."""

ALONE = 0.95
"""The share of a tune's notes that stand alone, at least."""

DEGREES = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")


def ensembles(works: Sequence[Sequence[Piece]], heard: Sequence[float] = ()) -> dict[str, dict[str, Any]]:
    """What the works hold of each ensemble, the commonest first; rows as in `weights/composers.json`.

    `heard` are the shares of the works that the pieces are (all of them by default): lengths are of whole works.
    """
    held: dict[str, list[tuple[Sequence[Piece], float]]] = defaultdict(list)
    for pieces, share in zip(works, heard or [1.0] * len(works), strict=True):
        for name in dict.fromkeys(piece.ensemble for piece in pieces):
            held[name].append(([piece for piece in pieces if piece.ensemble == name], share))
    ordered = sorted(held.items(), key=lambda item: (-len(item[1]), -sum(_notes(own) for own, _ in item[1]), item[0]))
    return {name: _row(found) for name, found in ordered}


def _notes(pieces: Sequence[Piece]) -> int:
    return sum(piece.note_count for piece in pieces)


def _row(works: Sequence[tuple[Sequence[Piece], float]]) -> dict[str, Any]:
    pieces = [piece for own, _ in works for piece in own]
    metres: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    tempos, lists = [0] * 10, Counter[tuple[str, ...]]()
    pitches: dict[str, Counter[int]] = defaultdict(Counter)
    for piece in pieces:
        metres[Counter(bar.metre for bar in piece.bars).most_common(1)[0][0]] += 1
        keys[f"{piece.bars[0].tonic} {piece.bars[0].mode}"] += 1
        if piece.tempo is not None:
            tempos[tempo_bin(piece.tempo)] += 1
        names = tuple(f"{part.instrument}.{part.slot}" for part in piece.parts)
        lists[names] += 1
        for bar in piece.bars:
            for name, row in zip(names, bar.notes, strict=True):
                pitches[name].update(note.pitch for note in row)
    players = Counter(name for names, count in lists.items() for name in names for _ in range(count))
    return {
        "works": len(works),
        "notes": _notes(pieces),
        "bars": sorted(round(sum(len(piece.bars) for piece in own) / share) for own, share in works),
        "metres": dict(metres.most_common(6)),
        "keys": dict(keys.most_common(16)),
        "tempos": tempos,
        "lists": [[list(names), count] for names, count in lists.most_common(6)],
        "pieces": dict(players),
        "ranges": {name: _range(found) for name, found in pitches.items()},
    }


def _range(pitches: Counter[int]) -> list[int]:
    rising = sorted(pitches)
    reached = np.cumsum([pitches[pitch] for pitch in rising]) / sum(pitches.values())
    return [rising[int(np.searchsorted(reached, share))] for share in INNER]


def beats_a_minute(works: Sequence[Sequence[Piece]]) -> tuple[float, ...]:
    """The tempo of each work that states one, in beats of its metre a minute, rising."""
    found = []
    for pieces in works:
        tempo = pieces[0].tempo
        if tempo is not None:
            beat = Metre.parse(pieces[0].bars[0].metre).beat_ticks / TICKS_PER_QUARTER
            found.append(round(tempo / beat, 1))
    return tuple(sorted(found))


def forms(works: Sequence[Sequence[Piece]]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The sections of each piece: bars, and the number of the earlier section that comes back, -1 for none."""
    found = []
    for pieces in works:
        for piece in pieces:
            if 8 <= len(piece.bars) <= LONGEST_FORM:
                parts = find_form(piece)
                found.append(tuple((part.bars, -1 if part.source is None else part.source) for part in parts))
    return tuple(found)


# figures


def figures(works: Sequence[Sequence[Piece]]) -> dict[str, dict[str, float]]:
    """Shares of what the works are made of, the commonest first: the pictures of a style are drawn from them."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for pieces in works:
        for piece in pieces:
            _count(piece, counts)
    return {name: _shares(counts[name]) for name in FIGURES if counts[name]}


FIGURES = (
    "metres", "modes", "tempos", "chords", "changes", "tones", "intervals", "lengths", "onsets", "bass", "drums",
    "sections", "phrases", "instruments",
)  # fmt: skip
"""What is counted: metres and modes of bars, chords and changes of chord by scale degree, tones above the tonic,
intervals of the leading part, lengths in quarters, onsets in quarters from the bar line, onsets of the lowest part,
drums by their place and key, bars of sections and of phrases, notes of instruments."""


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = sum(counts.values())
    return {name: round(count / total, 5) for name, count in counts.most_common(MOST_SHOWN)}


def chord_name(chord: PieceChord | None, tonic: int) -> str:
    """A chord by its degree in the key.

    >>> chord_name(PieceChord(7, "7"), 0), chord_name(PieceChord(2, "min"), 5), chord_name(None, 0)
    ('V:7', 'VI:min', '-')
    """
    return "-" if chord is None else f"{DEGREES[(chord.root - tonic) % 12]}:{chord.quality}"


def _count(piece: Piece, counts: dict[str, Counter[str]]) -> None:
    lead = leading_part(piece)
    low = _lowest(piece)
    before: str | None = None
    last: int | None = None
    rests = 0
    if piece.tempo is not None:
        counts["tempos"][f"{10 * round(piece.tempo / 10)}"] += 1
    for bar in piece.bars:
        counts["metres"][bar.metre] += 1
        counts["modes"][bar.mode] += 1
        for chord in bar.chords:
            name = chord_name(chord, bar.tonic)
            if name != before:
                counts["chords"][name] += 1
                if before is not None:
                    counts["changes"][f"{before} {name}"] += 1
            before = name
        for column, (part, row) in enumerate(zip(piece.parts, bar.notes, strict=True)):
            counts["instruments"][part.instrument] += len(row)
            if part.instrument == "drums":
                counts["drums"].update(f"{note.start / 24:g} {note.pitch}" for note in row)
                continue
            for note in row:
                counts["tones"][str((note.pitch - bar.tonic) % 12)] += 1
                counts["lengths"][f"{note.length / 24:.3g}"] += 1
                counts["onsets"][f"{note.start / 24:.3g}"] += 1
            if column == low:
                counts["bass"].update(f"{note.start / 24:.3g}" for note in row)
            if column == lead:
                last = _intervals(row_tops(bar, column), last, counts["intervals"])
                rests = _phrase(bar, column, rests, counts["phrases"])
    counts["sections"].update(str(part.bars) for part in find_form(piece))


def _intervals(tops: Sequence[int], last: int | None, counts: Counter[str]) -> int | None:
    for pitch in tops:
        if last is not None:
            counts[f"{max(min(pitch - last, 24), -24):+d}"] += 1
        last = pitch
    return last


def _phrase(bar: PieceBar, column: int, since: int, counts: Counter[str]) -> int:
    """Bars since the last phrase of the leading part ended: where it rests, or holds, for a quarter of a bar."""
    steps = METRES[bar.metre].steps
    row = bar.notes[column]
    ends = not row or row[-1].start + row[-1].length <= steps * 3 // 4 or row[-1].length >= steps // 2
    if ends and since + 1 >= 2:
        counts[str(min(since + 1, 16))] += 1
        return 0
    return since + 1


def row_tops(bar: PieceBar, column: int) -> list[int]:
    """The highest note at each onset of a part in a bar."""
    tops: dict[int, int] = {}
    for note in bar.notes[column]:
        tops[note.start] = max(tops.get(note.start, 0), note.pitch)
    return [tops[start] for start in sorted(tops)]


def _pitched(piece: Piece) -> list[int]:
    return [column for column, part in enumerate(piece.parts) if part.instrument not in ("drums", "timpani")]


def leading_part(piece: Piece) -> int:
    """The part that sings; else the first that plays in a third of the bars; -1 for none."""
    columns = _pitched(piece)
    for kinds in (("voice", "melody", "soprano"), None):
        for column in columns:
            playing = sum(bool(bar.notes[column]) for bar in piece.bars)
            if (kinds is None or piece.parts[column].instrument in kinds) and 3 * playing >= len(piece.bars):
                return column
    return columns[0] if columns else -1


def _lowest(piece: Piece) -> int:
    columns = _pitched(piece)
    means = {
        column: np.mean(pitches)
        for column in columns
        if (pitches := [note.pitch for bar in piece.bars for note in bar.notes[column]])
    }
    return min(means, key=lambda column: means[column]) if means else -1


def sings(works: Sequence[Sequence[Piece]]) -> bool:
    """Whether the works are songs for the most part: of a band, a tune with chords, or a tune alone."""
    songs = ("band", "lead-sheet", "tune")
    count = sum(any(piece.ensemble in songs or is_tune(piece) for piece in pieces) for pieces in works)
    return count * 2 > len(works)


def is_tune(piece: Piece) -> bool:
    """Whether a piece is a tune alone, whatever plays it: one part, and hardly ever two notes at once."""
    if len(piece.parts) != 1 or not _pitched(piece):
        return False
    rows = [bar.notes[0] for bar in piece.bars]
    notes = sum(map(len, rows))
    return len({(at, note.start) for at, row in enumerate(rows) for note in row}) >= ALONE * notes


def overlap(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The area that two distributions share, 0..1 (the overlapped area of Yang & Lerch 2020, on shares).

    >>> overlap({"a": 0.5, "b": 0.5}, {"a": 1.0})
    0.5
    """
    return sum(min(share, other.get(name, 0.0)) for name, share in one.items())
