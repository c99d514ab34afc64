"""From ticks to what is written: note types, dots, triplets, ties and voices (after Gould, *Behind Bars*, 2011)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from senandung.domain.metre import Metre
from senandung.domain.song import Note
from senandung.domain.time import Tick

TYPES: tuple[tuple[str, Tick], ...] = (
    ("breve", 3840), ("whole", 1920), ("half", 960), ("quarter", 480), ("eighth", 240), ("16th", 120), ("32nd", 60),
    ("64th", 30), ("128th", 15),
)  # fmt: skip
"""MusicXML's names of the note values, and their ticks."""

BINARY_GRID: Tick = 15
TRIPLET_GRID: Tick = 20
"""What notation can say: a place is a multiple of a 128th, or in a triplet of a 64th of the triplet."""

WRITTEN = {
    **{ticks: (name, 0) for name, ticks in TYPES},
    **{ticks * 3 // 2: (name, 1) for name, ticks in TYPES[:-1]},
}
"""Note type and dots by ticks."""


@dataclass(frozen=True)
class Piece:
    """A written value: its place, its type and dots, and the triplet that it stands in, if any.

    `triplet` is the type of which three stand in the time of two; `starts_triplet` and `stops_triplet` mark the ends
    of the bracket.
    """

    onset: Tick
    end: Tick
    type: str
    dots: int = 0
    triplet: str | None = None
    starts_triplet: bool = False
    stops_triplet: bool = False

    @property
    def flags(self) -> int:
        """How many flags or beams the value has."""
        names = [name for name, _ in TYPES]
        return max(0, names.index(self.type) - names.index("quarter"))


@dataclass(frozen=True)
class Chordal:
    """Notes of one staff that begin and end together; one note is a chord of one."""

    onset: Tick
    end: Tick
    notes: tuple[Note, ...]


def on_grid(tick: Tick) -> Tick:
    """The nearest tick that notation can say: itself, or the nearest 32nd or triplet 16th."""
    if tick % BINARY_GRID == 0 or tick % TRIPLET_GRID == 0:
        return tick
    return min((round(tick / 60) * 60, round(tick / 80) * 80), key=lambda near: abs(near - tick))


def written_span(note: Note) -> tuple[Tick, Tick]:
    """Where a note is written to begin and end: on the grid, and at least a 32nd long."""
    onset, end = on_grid(note.onset), on_grid(note.end)
    return onset, max(end, onset + min(60, max(note.duration, BINARY_GRID))) if end <= onset else end


def separate_voices(notes: Iterable[Note]) -> list[list[Chordal]]:
    """Notes as few voices, each without overlap: notes of the same span are a chord, the rest fill the voices in order.

    >>> voices = separate_voices([Note(0, 960, 48), Note(0, 480, 60), Note(0, 480, 64), Note(480, 480, 62)])
    >>> [[len(chord.notes) for chord in voice] for voice in voices]
    [[2, 1], [1]]
    """
    spans: dict[tuple[Tick, Tick], list[Note]] = {}
    for note in notes:
        spans.setdefault(written_span(note), []).append(note)
    ordered = sorted(spans.items(), key=lambda item: (item[0][0], -max(note.pitch for note in item[1])))
    voices: list[list[Chordal]] = []
    for (onset, end), group in ordered:
        chord = Chordal(onset, end, tuple(sorted(group, key=lambda note: note.pitch)))
        voice = next((voice for voice in voices if voice[-1].end <= onset), None)
        if voice is None:
            voices.append([chord])
        else:
            voice.append(chord)
    return voices


def split_staves(notes: Iterable[Note]) -> tuple[list[Note], list[Note]]:
    """Notes of a keyboard as upper and lower staff, around middle C.

    A lone note near middle C stays on the staff of the note before, so that a line does not change staves for one note.
    """
    by_onset: dict[Tick, list[Note]] = {}
    for note in notes:
        by_onset.setdefault(note.onset, []).append(note)
    upper: list[Note] = []
    lower: list[Note] = []
    on_upper = True
    for onset in sorted(by_onset):
        group = by_onset[onset]
        limit = 60
        if len(group) == 1 and 57 <= group[0].pitch <= 62:
            limit = 0 if on_upper else 127
        for note in group:
            (upper if note.pitch >= limit else lower).append(note)
        on_upper = group[-1].pitch >= limit
    return upper, lower


def write_bar(spans: Sequence[tuple[Tick, Tick]], metre: Metre, bar_ticks: Tick) -> list[list[Piece]]:
    """Each span of a voice in a bar, in ticks from the bar's start, as the pieces that are tied to write it.

    The spans follow each other and fill the bar (rests are spans too). Beats whose places need it become triplets.

    >>> [[piece.type for piece in pieces] for pieces in write_bar([(0, 720), (720, 1920)], Metre(4, 4), 1920)]
    [['quarter'], ['eighth', 'half']]
    """
    places = sorted({place for span in spans for place in span})
    groups = _triplet_groups(places, metre, bar_ticks)
    written = []
    for onset, end in spans:
        pieces: list[Piece] = []
        for start, stop, group in _by_group(onset, end, groups):
            pieces.extend(_triplet_pieces(start, stop, group) if group else _plain_pieces(start, stop, metre))
        written.append(pieces)
    return _with_brackets(written, groups)


def _triplet_groups(places: Sequence[Tick], metre: Metre, bar_ticks: Tick) -> list[tuple[Tick, Tick]]:
    """The stretches of the bar that must be written in triplets: a beat, or two where quarter triplets span them."""
    unit = 480 if metre.denominator <= 4 else 240
    groups: list[tuple[Tick, Tick]] = []
    for start in range(0, bar_ticks - unit + 1, unit):
        inner = [place for place in places if start < place < start + unit]
        if any(place % BINARY_GRID for place in inner) and not any(place % TRIPLET_GRID for place in inner):
            groups.append((start, start + unit))
    if unit == 480:
        for start in range(0, bar_ticks - 959, 960):
            inner = [place - start for place in places if start < place < start + 960]
            if inner and set(inner) <= {320, 640}:
                groups = [group for group in groups if not start <= group[0] < start + 960]
                groups.append((start, start + 960))
    return sorted(groups)


def _by_group(
    onset: Tick, end: Tick, groups: Sequence[tuple[Tick, Tick]]
) -> Iterable[tuple[Tick, Tick, tuple[Tick, Tick] | None]]:
    """A span divided where triplets begin and end, each part with the triplet that it stands in."""
    at = onset
    for group in groups:
        if group[1] <= at or group[0] >= end:
            continue
        if at < group[0]:
            yield at, group[0], None
        start, stop = max(at, group[0]), min(end, group[1])
        yield start, stop, group
        at = stop
    if at < end:
        yield at, end, None


def _triplet_pieces(start: Tick, stop: Tick, group: tuple[Tick, Tick]) -> list[Piece]:
    normal = next(name for name, ticks in TYPES if 2 * ticks == group[1] - group[0])
    pieces, at = [], start
    while at < stop:
        length = max(ticks for ticks in WRITTEN if 2 * ticks <= 3 * (stop - at))
        taken = length * 2 // 3
        name, dots = WRITTEN[length]
        pieces.append(Piece(at, at + taken, name, dots, normal))
        at += taken
    return pieces


def _plain_pieces(start: Tick, stop: Tick, metre: Metre) -> list[Piece]:
    length = stop - start
    if start % BINARY_GRID or stop % BINARY_GRID:
        near = min(WRITTEN, key=lambda ticks: abs(ticks - length))
        return [Piece(start, stop, *WRITTEN[near])]
    if length in WRITTEN and _reads_well(start, stop, metre):
        return [Piece(start, stop, *WRITTEN[length])]
    cut = _strongest_inside(start, stop, metre)
    if cut is None:
        largest = max(ticks for ticks in WRITTEN if ticks <= length)
        cut = start + largest
        if cut == stop:
            return [Piece(start, stop, *WRITTEN[length])]
    return [*_plain_pieces(start, cut, metre), *_plain_pieces(cut, stop, metre)]


def _reads_well(start: Tick, stop: Tick, metre: Metre) -> bool:
    """Whether one value may stand here without hiding the beat that it crosses."""
    length, beat = stop - start, metre.beat_ticks
    first, last = start // beat, (stop - 1) // beat
    if first == last:
        name, dots = WRITTEN[length]
        base = dict(TYPES)[name]
        return start % beat == 0 or stop % beat == 0 or (start % beat) % (base // (2 if dots else 1)) == 0
    if start % beat == 0:
        return True
    if metre.is_compound:
        return False
    middle = metre.bar_ticks // 2
    crosses_middle = metre.beats % 2 == 0 and metre.beats > 2 and start < middle < stop
    return not crosses_middle and length <= beat and start % (beat // 2) == 0 and stop % (beat // 2) == 0


def _strongest_inside(start: Tick, stop: Tick, metre: Metre) -> Tick | None:
    middle = metre.bar_ticks // 2
    if metre.beats % 2 == 0 and metre.beats > 2 and start < middle < stop:
        return middle
    beat = metre.beat_ticks
    thirds = [beat // 3] if metre.is_compound else []
    for unit in (beat, *thirds, beat // 2, beat // 4, beat // 8, 60, 30):
        if unit <= 0:
            continue
        first = (start // unit + 1) * unit
        if first < stop:
            # a beat that is begun is filled first, one that ends inside is left for last
            return first if start % unit else (stop - 1) // unit * unit if stop % unit else first
    return None


def _with_brackets(written: list[list[Piece]], groups: Sequence[tuple[Tick, Tick]]) -> list[list[Piece]]:
    starts, ends = {group[0] for group in groups}, {group[1] for group in groups}
    return [
        [
            Piece(
                piece.onset, piece.end, piece.type, piece.dots, piece.triplet,
                piece.triplet is not None and piece.onset in starts, piece.triplet is not None and piece.end in ends,
            )
            for piece in pieces
        ]
        for pieces in written
    ]  # fmt: skip


def beam_states(pieces: Sequence[Piece | None], metre: Metre) -> list[list[str]]:
    """For each piece of a voice's bar (None for a rest) its beams: begin, continue, end or a hook, outermost first.

    >>> eighth = [Piece(tick, tick + 240, "eighth") for tick in (0, 240)]
    >>> beam_states(eighth, Metre(4, 4))
    [['begin'], ['end']]
    """
    window = metre.bar_ticks if metre.numerator == 3 and metre.denominator == 8 else max(metre.beat_ticks, 480)
    states: list[list[str]] = [[] for _ in pieces]
    run: list[int] = []

    def close() -> None:
        if len(run) > 1:
            for place, index in enumerate(run):
                states[index] = _beams_of(pieces, run, place)
        run.clear()

    for index, piece in enumerate(pieces):
        if piece is None or piece.flags == 0:
            close()
            continue
        first = pieces[run[0]] if run else None
        if first is not None and first.onset // window != piece.onset // window:
            close()
        run.append(index)
    close()
    return states


def _beams_of(pieces: Sequence[Piece | None], run: Sequence[int], place: int) -> list[str]:
    def flags(at: int) -> int:
        piece = pieces[run[at]] if 0 <= at < len(run) else None
        return piece.flags if piece is not None else 0

    states = []
    for level in range(1, flags(place) + 1):
        before, after = flags(place - 1) >= level, flags(place + 1) >= level
        if before and after:
            states.append("continue")
        elif after:
            states.append("begin")
        elif before:
            states.append("end")
        else:
            states.append("backward hook" if place > 0 else "forward hook")
    return states
