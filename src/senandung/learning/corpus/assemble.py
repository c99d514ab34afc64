"""Raw scores on the bar grid: pickups, doubtful bars, keys, chords; what is dropped is counted by its reason."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from senandung.composing.pieces.bar_chords import chord_slots, read_bar_chords
from senandung.composing.pieces.ensembles import ensemble_of
from senandung.composing.pieces.key_reading import find_key, fits_key
from senandung.composing.pieces.piece import METRES, SLOTS, Piece, PieceBar, PieceChord, PieceNote, PiecePart
from senandung.composing.pieces.vocabulary import DRUM_KEYS, nearest_length
from senandung.learning.corpus.raw import FINE, FINE_PER_STEP, RawMeasure, RawPart, RawScore
from senandung.learning.corpus.selflabels import arousal_bin, valence_bin

SHORTEST = 4
"""Bars that a piece must have."""

LOWEST_FIT = 0.72
"""Share of the sounding time that must lie in the key's scale; below it the key is doubtful (or the music is free)."""

SIGNED_FIT = 0.62
"""The same where a signature or the file states the key: romantic music leaves its scale and still has its tonic."""

LEAST_LEAD = 0.02
"""How far a key that was found and not stated must be ahead of the next."""

CLEAR_LEAD, CLEAR_GAIN = 0.2, 0.2
"""How clearly another key must fit music that leaves the stated key's scale: ahead of the next key, and in the share of
the sounding time that lies in its scale. Transposing parts and editions without signatures are the usual cause."""

MOST_PARTS = 32


@dataclass(frozen=True)
class _Place:
    """A bar that is kept: its measure's start and end in fine units, its metre, and where its notes are shifted to."""

    start: int
    end: int
    metre: str
    shift: int
    key: tuple[int, str] | None
    fifths: int | None


def assemble(
    raw: RawScore,
    style: str,
    *,
    cap: int | None = None,
    drums: bool = False,
    least_fit: float = LOWEST_FIT,
    least_lead: float = LEAST_LEAD,
) -> tuple[list[Piece], Counter[str]]:
    """The pieces of a raw score: one, or more where bars in the middle had to be dropped.

    `cap`: the most notes to keep (whole bars from the beginning). `drums`: the key does not matter. `least_fit`: share
    of the sounding time that must lie in the key's scale; `least_lead`: how far a found key must be ahead.
    """
    counts: Counter[str] = Counter()
    parts = _parts(raw.parts, counts)
    if not parts:
        counts["work: no notes"] += 1
        return [], counts
    places = _places(raw.measures, counts)
    notes = _notes_by_bar(parts, places)
    kept = [
        part
        for index, part in enumerate(parts)
        if any(rows[index] for place, rows in zip(places, notes, strict=True) if place is not None)
    ]
    if not kept:
        counts["work: no bar to keep"] += 1
        return [], counts
    columns = [parts.index(part) for part in kept]
    keys = _keys(places, notes, parts, counts, drums=drums, least_fit=least_fit, least_lead=least_lead)
    if keys is None:
        return [], counts
    chords = _chords(raw, places, notes, parts)
    heads = _heads(kept)
    ensemble = ensemble_of([head.instrument for head in heads])
    bars: list[PieceBar | None] = []
    for index, place in enumerate(places):
        key = keys[index]
        if place is None or key is None:
            bars.append(None)
            continue
        rows = tuple(tuple(notes[index][column]) for column in columns)
        bars.append(PieceBar(place.metre, *key, chords[index], rows))
    while bars and (bars[-1] is None or not any(bars[-1].notes)):
        bars.pop()
    pieces: list[Piece] = []
    for start, stop in _runs(bars):
        if stop - start < (2 if drums else SHORTEST):
            counts["bars: too few between dropped ones"] += stop - start
            continue
        stretch = [bar for bar in bars[start:stop] if bar is not None]
        if cap is not None:
            stretch = _capped(stretch, cap - sum(piece.note_count for piece in pieces))
            if len(stretch) < SHORTEST:
                counts["bars: over the cap"] += stop - start
                continue
            counts["bars: over the cap"] += stop - start - len(stretch)
        piece = Piece(style, ensemble, heads, tuple(stretch), raw.tempo, None, None,
                      len(bars) - start - len(stretch), start == 0)  # fmt: skip
        if piece.note_count >= 16:
            pieces.append(replace(piece, valence=valence_bin(piece), arousal=arousal_bin(piece)))
        else:
            counts["bars: nearly empty stretches"] += len(stretch)
    if not pieces:
        counts["work: nothing left"] += 1
    return pieces, counts


def _parts(parts: list[RawPart], counts: Counter[str]) -> list[RawPart]:
    kept: list[RawPart] = []
    slots: Counter[str] = Counter()
    for part in parts:
        if not part.notes:
            continue
        if slots[part.instrument] == SLOTS or len(kept) == MOST_PARTS:
            counts["notes: of parts beyond four of a kind"] += len(part.notes)
            continue
        slots[part.instrument] += 1
        kept.append(part)
    return kept


def _heads(parts: list[RawPart]) -> tuple[PiecePart, ...]:
    slots: Counter[str] = Counter()
    heads = []
    for part in parts:
        heads.append(PiecePart(part.instrument, slots[part.instrument]))
        slots[part.instrument] += 1
    return tuple(heads)


def _places(measures: list[RawMeasure], counts: Counter[str]) -> list[_Place | None]:
    """Each bar as it is laid on the grid, None for one that is dropped."""
    places: list[_Place | None] = []
    metre, key, fifths = "4/4", None, None
    index = 0
    stated = next((m.metre for m in measures if m.metre), None)
    while index < len(measures):
        measure = measures[index]
        metre = measure.metre or metre
        if stated is None and index == 0:
            metre = "4/4"
        if measure.key is not None or measure.fifths is not None:
            key, fifths = measure.key, measure.fifths
        length, broken = measure.length, measure.broken
        following = measures[index + 1] if index + 1 < len(measures) else None
        shape = METRES.get(metre)
        nominal = shape.steps * FINE_PER_STEP if shape else -1
        if (
            0 < length < nominal
            and following is not None
            and following.metre in (None, metre)
            and following.key is None
            and following.fifths is None
            and length + following.length == nominal
            and index > 0
        ):
            length += following.length
            broken = broken or following.broken
            counts["bars: halves joined"] += 1
            index += 1
        index += 1
        place_metre, shift = metre, 0
        if length > nominal:
            found = next((name for name, other in METRES.items() if other.steps * FINE_PER_STEP == length), None)
            if found is None:
                counts["bars: too long or of an odd metre"] += 1
                places.append(None)
                continue
            place_metre = found
            counts["bars: metre by length"] += 1
        elif length < nominal:
            first = not any(place is not None for place in places)
            shift = nominal - length if first else 0
            counts["bars: pickups" if first else "bars: short, filled with rest"] += 1
        if broken:
            counts["bars: voices of unequal length"] += 1
            places.append(None)
            continue
        places.append(_Place(measure.start, measure.start + length, place_metre, shift, key, fifths))
    return places


_Rows = list[list[PieceNote]]


def _notes_by_bar(parts: list[RawPart], places: list[_Place | None]) -> list[_Rows]:
    """Notes by bar and part, on the grid; those of dropped bars are lost with them."""
    bars: list[_Rows] = [[[] for _ in parts] for _ in places]
    known = [(place.start, index) for index, place in enumerate(places) if place is not None]
    starts = [start for start, _ in known]
    for column, part in enumerate(parts):
        drums = part.instrument == "drums"
        for note in part.notes:
            at = bisect_right(starts, note.start + FINE_PER_STEP // 2) - 1
            if at < 0:
                continue
            index = known[at][1]
            place = places[index]
            assert place is not None
            if note.start >= place.end:
                continue
            steps = METRES[place.metre].steps
            start = (max(note.start - place.start, 0) + place.shift + FINE_PER_STEP // 2) // FINE_PER_STEP
            if drums:
                if note.pitch not in DRUM_KEYS:
                    continue
                start = _drum_step(start)
            start = min(start, steps - 1)
            length = 6 if drums else nearest_length(max(round(note.length / FINE_PER_STEP), 1))
            bars[index][column].append(PieceNote(start, note.pitch, length, note.melisma and part.sung))
    for rows in bars:
        for column, row in enumerate(rows):
            seen: dict[tuple[int, int], PieceNote] = {}
            for played in row:
                same = seen.get((played.start, played.pitch))
                if same is None or same.length < played.length:
                    seen[played.start, played.pitch] = played
            rows[column] = [seen[place_key] for place_key in sorted(seen)]
    return bars


def _drum_step(step: int) -> int:
    """A played stroke on the nearest sixteenth or triplet eighth."""
    whole, part = divmod(step, 24)
    return 24 * whole + min((0, 6, 8, 12, 16, 18, 24), key=lambda grid: abs(grid - part))


def _profile(rows: list[_Rows], parts: list[RawPart]) -> tuple[list[float], int | None]:
    profile = [0.0] * 12
    last: int | None = None
    for bar in rows:
        lowest: PieceNote | None = None
        for part, row in zip(parts, bar, strict=True):
            if part.instrument in ("drums", "timpani"):
                continue
            for note in row:
                profile[note.pitch % 12] += min(note.length, 48)
                if lowest is None or note.start > lowest.start or (
                    note.start == lowest.start and note.pitch < lowest.pitch
                ):  # fmt: skip
                    lowest = note
        if lowest is not None:
            last = lowest.pitch % 12
    return profile, last


def _keys(
    places: list[_Place | None],
    notes: list[_Rows],
    parts: list[RawPart],
    counts: Counter[str],
    *,
    drums: bool,
    least_fit: float,
    least_lead: float,
) -> list[tuple[int, str] | None] | None:
    """The key of each bar, span by span; None for the whole where too much of it is doubtful."""
    keys: list[tuple[int, str] | None] = [None] * len(places)
    if drums:
        return [(0, "major")] * len(places)
    spans: list[tuple[int, int, _Place]] = []
    for index, place in enumerate(places):
        if place is None:
            continue
        if spans and (spans[-1][2].key, spans[-1][2].fifths) == (place.key, place.fifths):
            spans[-1] = (spans[-1][0], index + 1, spans[-1][2])
        else:
            spans.append((index, index + 1, place))
    doubtful = total = 0
    silent: list[tuple[int, int]] = []
    for start, stop, place in spans:
        profile, last = _profile(notes[start:stop], parts)
        total += stop - start
        if sum(profile) <= 0:
            silent.append((start, stop))
            continue
        if place.key is not None:
            key, lead = place.key, 1.0
            fit = fits_key(profile, *key)
            counts["audit: bars with a stated key"] += stop - start
        else:
            tonic, mode, lead = find_key(profile, place.fifths, last)
            key = (tonic, mode)
            fit = fits_key(profile, tonic, mode)
            counts["audit: bars with a key that was found"] += stop - start
        signed = place.key is not None or place.fifths is not None
        if signed and fit < LOWEST_FIT:
            free = find_key(profile, None, last)
            if free[2] >= CLEAR_LEAD and fits_key(profile, free[0], free[1]) >= fit + CLEAR_GAIN:
                counts["audit: bars whose stated key or signature is not theirs"] += stop - start
                key, lead, fit, signed = free[:2], free[2], fits_key(profile, free[0], free[1]), False
        if fit < (min(least_fit, SIGNED_FIT) if signed else least_fit) or lead < least_lead:
            doubtful += stop - start
            continue
        for index in range(start, stop):
            keys[index] = key
    for start, stop in reversed(silent):  # silence is in the key of what follows, or of what went before
        near = next((key for key in (*keys[stop : stop + 1], *reversed(keys[:start])) if key is not None), None)
        keys[start:stop] = [near] * (stop - start)
    counts["bars: key doubtful"] += doubtful
    if doubtful > 0.5 * total:
        counts["work: key doubtful"] += 1
        return None
    return keys


def _chords(
    raw: RawScore, places: list[_Place | None], notes: list[_Rows], parts: list[RawPart]
) -> list[tuple[PieceChord | None, ...]]:
    """The chords of each bar: stated ones where the file has them, else read from the notes that sound."""
    if raw.chords:
        return [
            () if place is None else _stated(raw, place, chord_slots(place.metre)) for place in places
        ]  # fmt: skip
    heads = [PiecePart(part.instrument) for part in parts]
    chords: list[tuple[PieceChord | None, ...]] = [()] * len(places)
    for start, stop in _runs(places):
        metres = [place.metre for place in places[start:stop] if place is not None]
        chords[start:stop] = read_bar_chords(metres, heads, notes[start:stop])
    return chords


def _stated(raw: RawScore, place: _Place, count: int) -> tuple[PieceChord | None, ...]:
    width = (place.end - place.start) // count
    times = [time for time, _ in raw.chords]
    found = []
    for slot in range(count):
        at = bisect_right(times, place.start + slot * width + FINE // 8) - 1
        found.append(raw.chords[at][1] if at >= 0 else None)
    return tuple(found)


def _runs(bars: Sequence[object | None]) -> list[tuple[int, int]]:
    runs, start = [], None
    for index, bar in enumerate([*bars, None]):
        if bar is not None and start is None:
            start = index
        elif bar is None and start is not None:
            runs.append((start, index))
            start = None
    return runs


def _capped(bars: list[PieceBar], most: int) -> list[PieceBar]:
    kept, count = [], 0
    for bar in bars:
        count += sum(map(len, bar.notes))
        if count > most:
            break
        kept.append(bar)
    return kept
