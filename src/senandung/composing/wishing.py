"""From what a person asks for to a `PieceWish` that the data carry; what they cannot carry is refused.

What is not asked for is drawn from what is usual in the style, by the seed: metre, key, tempo. A feeling steers mode
and tempo among what is usual, the register, and the bins of valence and arousal (Eerola, Friberg & Bresin 2013).
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from senandung.composing.catalogue import (
    ENSEMBLE_NAMES,
    NEAR,
    SMALL_ORCHESTRA,
    USUAL_INSTRUMENTS,
    Cell,
    Chosen,
    cell_of,
    ensembles_of,
    usual_ensemble,
)
from senandung.composing.pieces.asked import ANY_STYLE, MOST_BARS, MOST_PARTS, FormPart, PieceWish
from senandung.composing.pieces.bar_chords import chord_slots
from senandung.composing.pieces.ensembles import ensemble_of
from senandung.composing.pieces.piece import BINS, METRES, MODES, PieceChord, PiecePart
from senandung.composing.pieces.players import (
    CHOIR_VOICES,
    CLASS_OF_INSTRUMENT,
    Seat,
    instrument_of_class,
    seats_of_instruments,
    seats_of_parts,
)
from senandung.composing.pieces.song_piece import piece_chord
from senandung.composing.pieces.sounding import WRITTEN_LOW
from senandung.composing.pieces.vocabulary import TEMPO_EDGES
from senandung.composing.plan import Wishes
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.style import parse_form
from senandung.domain.time import TICKS_PER_QUARTER

USUAL_SECONDS = 100
"""Length of a piece where none is asked for, in whole eights of bars between the next two."""

LEAST_USUAL_BARS, MOST_USUAL_BARS = 24, 96

SLOWEST, FASTEST = 40.0, 208.0
"""Quarters a minute between which a tempo is drawn."""

LEAST_BEATS = 44
"""Beats a minute that a drawn tempo has at least: the works' tempos are counted in quarters, and a 2/2 at 43 of them
would have a beat every three seconds."""

CLEAR_VALENCE = 0.15
"""From this valence on a feeling chooses the mode."""

RARE = 0.07
"""What is seen in a smaller share of the works than this is not drawn (a mode: twice this)."""

REGISTER = 4
"""Semitones by which the highest valence raises the ranges, and the lowest lowers them."""

LEAST_RANGE = 12
"""Semitones that a part's range has at least."""

_IN_PLACE: Mapping[str, tuple[str, ...]] = {
    "organ": ("continuo",), "harpsichord": ("continuo", "piano"), "piano": ("harpsichord",),
    "voice": ("soprano", "tenor", "alto", "basso", "melody"), "soprano": ("voice", "choir"), "alto": ("voice", "choir"),
    "tenor": ("voice", "choir"), "basso": ("voice", "choir"), "contrabass": ("cello",), "choir": CHOIR_VOICES,
}  # fmt: skip
"""Classes whose parts in the works tell enough about another's: a continuo is an organ's."""

_LINES = ("tune", "lead-sheet")
"""Ensembles of a single line that any single-line instrument may play."""


@dataclass(frozen=True)
class Asked:
    """A wish, who plays its parts, and the ensemble's name."""

    wish: PieceWish
    seats: tuple[Seat, ...]


def ask(chosen: Chosen, wishes: Wishes, *, feeling: Feeling | None = None, seed: int) -> Asked:
    """The wish for a piece in a style.

    Parameters
    ----------
    chosen : the style or blend (`catalogue.choose`).
    wishes : key, tempo, metre, length, chords, form and ensemble where they were asked for.
    feeling : steers mode, tempo and the bins of valence and arousal; None steers nothing.
    seed : draws what was not asked for.
    """
    rng = random.Random(seed)
    ensemble, seats, cell = choose_players(chosen, wishes.ensemble)
    metre = _metre(wishes.metre, cell, rng)
    tonic, mode = _key(wishes.key, cell, feeling, rng)
    beat = Metre.parse(metre).beat_ticks / TICKS_PER_QUARTER
    tempo = wishes.bpm * beat if wishes.bpm is not None else _tempo(cell, feeling, rng, beat)
    form = _form(wishes, metre, tempo)
    bars = sum(part.bars for part in form) if form else _bars(wishes, metre, tempo)
    parts = tuple(part for seat in seats for part in seat.parts)
    wish = PieceWish(
        chosen.weights,
        ensemble,
        parts,
        bars,
        metre,
        tonic,
        mode,
        tempo,
        None if feeling is None else _bin(feeling.valence),
        None if feeling is None else _bin(feeling.arousal),
        _chords(wishes, metre, bars),
        (),
        ranges_of(seats, cell, 0 if feeling is None else round(REGISTER * feeling.valence)),
        form or None,
    )
    return Asked(wish, seats)


# players


def choose_players(chosen: Chosen, asked: Sequence[str]) -> tuple[str, tuple[Seat, ...], Cell]:
    """The ensemble, its players, and what the style's works hold for it.

    `asked` are instruments, or the name of an ensemble alone, or nothing. Raises `InvalidValueError` with what would be
    possible where the works of the style hold no such ensemble, or not one of the instruments.
    """
    alone = asked[0].strip().lower() if len(asked) == 1 else ""
    alone = {"string-quartet": "quartet"}.get(alone, alone)
    if not asked or (alone in ENSEMBLE_NAMES and (alone not in INSTRUMENTS or cell_of(chosen, alone) is not None)):
        ensemble = alone or usual_ensemble(chosen)
        cell = cell_of(chosen, ensemble)
        if cell is None:
            raise InvalidValueError(_no_ensemble(chosen, ensemble))
        if ANY_STYLE in chosen.weights and ensemble == "orchestra":
            return ensemble, seats_of_instruments(SMALL_ORCHESTRA), cell
        return ensemble, own_seats(chosen, ensemble) or usual_seats(cell, ensemble), cell
    seats = seats_of_instruments(asked)
    count = sum(len(seat.parts) for seat in seats)
    if count > MOST_PARTS:
        raise InvalidValueError(
            f"a piece may have at most {MOST_PARTS} parts (a keyboard has two, a choir four), got {count}; "
            "strings is a whole section"
        )
    classes = [part.instrument for seat in seats for part in seat.parts]
    line = next((name for name in _LINES if cell_of(chosen, name) is not None), None)
    if len(seats) == 1 and line is not None and cell_of(chosen, ensemble_of(classes)) is None:
        return _tune(chosen, seats[0], line)
    ensemble = ensemble_of(classes)
    cell = _carrying(chosen, ensemble)
    if cell is None:
        raise InvalidValueError(_no_ensemble(chosen, ensemble))
    _check_instruments(chosen, seats, ensemble)
    return ensemble, seats, cell


def _tune(chosen: Chosen, seat: Seat, line: str) -> tuple[str, tuple[Seat, ...], Cell]:
    cell = cell_of(chosen, line)
    assert cell is not None
    if seat.sound.drum or len(seat.parts) > 1:
        raise InvalidValueError(_no_ensemble(chosen, ensemble_of([part.instrument for part in seat.parts])))
    part = PiecePart(cell.lists[0][0][0].rpartition(".")[0])
    return line, (Seat(seat.name, seat.instrument, (part,)),), cell


def _carrying(chosen: Chosen, ensemble: str) -> Cell | None:
    """The works that carry an ensemble: its own, else those of one that is near."""
    for name in (ensemble, *NEAR.get(ensemble, ())):
        cell = cell_of(chosen, name)
        if cell is not None:
            return cell
    return None


def own_seats(chosen: Chosen, ensemble: str) -> tuple[Seat, ...]:
    """The players of the ensemble in the files of the style of one's own that weighs most; none where none has it."""
    held = max((row for row in chosen.own if ensemble in row[1]), key=lambda row: row[0], default=None)
    if held is None:
        return ()
    for parts, _ in held[1][ensemble]["lists"]:
        if len(parts) <= MOST_PARTS:
            split = [part.rpartition(".") for part in parts]
            return seats_of_parts([PiecePart(name, int(slot)) for name, _, slot in split], ensemble)
    return ()


def usual_seats(cell: Cell, ensemble: str) -> tuple[Seat, ...]:
    """The players of the ensemble's most common list of parts that names real instruments; else a usual list."""
    if ensemble in USUAL_INSTRUMENTS:
        return seats_of_instruments(USUAL_INSTRUMENTS[ensemble])
    for parts, _ in cell.lists:
        classes = [part.rpartition(".")[0] for part in parts]
        if len(parts) <= MOST_PARTS and not {"other", "synth", "tuba"} & set(classes):
            if ensemble == "organ":
                return seats_of_instruments(["organ"])
            heads = [PiecePart(name, int(part.rpartition(".")[2])) for name, part in zip(classes, parts, strict=True)]
            return seats_of_parts(heads, ensemble)
    commonest = sorted(cell.pieces, key=lambda part: -cell.pieces[part])
    classes = [name for part in commonest[:6] if (name := part.rpartition(".")[0]) not in ("other", "synth", "tuba")]
    slots: Counter[str] = Counter()
    heads = []
    for name in classes:
        heads.append(PiecePart(name, slots[name]))
        slots[name] += 1
    return seats_of_parts(heads, ensemble)


def _check_instruments(chosen: Chosen, seats: Sequence[Seat], ensemble: str) -> None:
    held = [cell for name in (ensemble, *NEAR.get(ensemble, ())) if (cell := cell_of(chosen, name)) is not None]
    for seat in seats:
        name = seat.parts[0].instrument
        if seat.sound.family == "gamelan" or seat.instrument == "kendang":
            raise InvalidValueError(
                f"{seat.instrument} plays in the gamelan styles ladrang, ketawang and lancaran; {chosen.name} has no "
                f"works for it; its instruments here are {_instruments(held)}"
            )
        if seat.instrument in ("cuk", "cak", "keroncong-cello", "keroncong-bass", "gendang", "suling"):
            raise InvalidValueError(
                f"{seat.instrument} plays in the song styles keroncong, keroncong-asli and dangdut; {chosen.name} has "
                f"no works for it; its instruments here are {_instruments(held)}"
            )
        if not any(cell.plays(other) for cell in held for other in (name, *_IN_PLACE.get(name, ()))):
            raise InvalidValueError(
                f"works in the style {chosen.name} have no part for {seat.instrument}; they have {_instruments(held)}"
            )


def _instruments(cells: Sequence[Cell]) -> str:
    pieces: Counter[str] = Counter()
    for cell in cells:
        for part, count in cell.pieces.items():
            name = part.rpartition(".")[0]
            sound = instrument_of_class(name)
            if name not in ("other", "tuba", "synth", "continuo") and CLASS_OF_INSTRUMENT.get(sound) is not None:
                pieces[sound] = max(pieces[sound], count)
    return ", ".join(name for name, _ in pieces.most_common())


def _no_ensemble(chosen: Chosen, ensemble: str) -> str:
    held = ensembles_of(chosen)
    possible = ", ".join(f"{ENSEMBLE_NAMES[name]} ({works} works)" for name, works in held.items())
    return (
        f"the open music has too few works in the style {chosen.name} for {ENSEMBLE_NAMES[ensemble]}; it has {possible}"
    )


def ranges_of(seats: Sequence[Seat], cell: Cell, shift: int = 0) -> dict[PiecePart, tuple[int, int]]:
    """The range of each part: what the works use, moved by `shift` semitones, inside of what the instrument plays."""
    ranges = {}
    for seat in seats:
        sound = seat.sound
        for part in seat.parts:
            span = _span(part, cell)
            if sound.drum:
                ranges[part] = (sound.low, sound.high)
                continue
            low, high = span if span is not None else sound.comfortable
            lowest = sound.low
            if part.instrument == "guitar" and low >= WRITTEN_LOW - 2:  # read as it is written: `pieces.sounding`
                lowest = WRITTEN_LOW
            low, high = max(low + shift, lowest), min(high + shift, sound.high)
            if high - low < LEAST_RANGE:
                low, high = sound.comfortable
            ranges[part] = (low, high)
    return ranges


def _span(part: PiecePart, cell: Cell) -> tuple[int, int] | None:
    """The range of the part in the works, else of the same class in another slot, else of a class in its place."""
    for name in (part.instrument, *_IN_PLACE.get(part.instrument, ())):
        slots = [(abs(slot - part.slot), slot) for slot in range(4) if f"{name}.{slot}" in cell.ranges]
        if slots:
            return cell.ranges[f"{name}.{min(slots)[1]}"]
    return None


# metre, key, tempo


def _drawn(weights: Mapping[str, float], rng: random.Random) -> str:
    least = RARE * sum(weights.values())
    weights = {name: weight for name, weight in weights.items() if weight >= least} or weights
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def _metre(asked: Metre | None, cell: Cell, rng: random.Random) -> str:
    if asked is None:
        return _drawn(cell.metres, rng)
    if str(asked) not in METRES:
        usual = ", ".join(cell.metres_by_use())
        raise InvalidValueError(
            f"a metre must be one that the composer has learnt, got {asked}; usual here are {usual}"
        )
    return str(asked)


def _key(asked: Key | None, cell: Cell, feeling: Feeling | None, rng: random.Random) -> tuple[int, str]:
    if asked is not None:
        mode = {"harmonic-minor": "minor", "melodic-minor": "minor"}.get(asked.mode, asked.mode)
        rule = f"a key of a composer's style must be in one of {', '.join(MODES)}"
        require(mode in MODES, rule, str(asked))
        return asked.tonic.pitch_class, mode
    shares: Counter[str] = Counter()
    for key, weight in cell.keys.items():
        shares[key.split()[1]] += weight  # type: ignore[assignment]
    usual = {mode for mode, share in shares.items() if share >= 2 * RARE * shares.total()}
    weights = {key: weight for key, weight in cell.keys.items() if key.split()[1] in usual}
    if feeling is not None and abs(feeling.valence) >= CLEAR_VALENCE:
        modes = ("major", "mixolydian") if feeling.valence > 0 else ("minor", "dorian")
        weights = {key: weight for key, weight in weights.items() if key.split()[1] in modes} or {
            f"{key.split()[0]} {modes[0]}": weight for key, weight in weights.items()
        }
    tonic, mode = _drawn(weights, rng).split()
    return int(tonic), mode


def _tempo(cell: Cell, feeling: Feeling | None, rng: random.Random, beat: float) -> float:
    """Quarters a minute: drawn from the bins that the works have; a feeling's arousal is the place among them."""
    bins = [count + 0.02 * sum(cell.tempos) + 1e-9 for count in cell.tempos]
    if sum(cell.tempos) == 0:
        bins = [0.2, 0.5, 1, 2, 3, 3, 2, 1, 0.5, 0.2]
    edges = (SLOWEST, *TEMPO_EDGES, FASTEST)
    place = rng.random()
    if feeling is not None:
        place = min(max((feeling.arousal + 1) / 2 + 0.15 * (place - 0.5), 0.02), 0.98)
    total, passed = sum(bins), 0.0
    tempo = edges[-1]
    for index, weight in enumerate(bins):
        if passed + weight >= place * total:
            tempo = edges[index] + (edges[index + 1] - edges[index]) * (place * total - passed) / weight
            break
        passed += weight
    return max(round(tempo / beat), LEAST_BEATS) * beat


def _bin(value: float) -> int:
    """The bin of a valence or arousal in -1..1, all as wide."""
    return bisect_right([-0.6, -0.2, 0.2, 0.6], value) if BINS == 5 else 0


# length, form, chords


def _bars(wishes: Wishes, metre: str, tempo: float) -> int:
    if wishes.bars is not None:
        return wishes.bars
    if wishes.minutes is None:
        eights = round(USUAL_SECONDS / 60 * tempo / _quarters(metre) / 8)
        return min(max(8 * eights, LEAST_USUAL_BARS), MOST_USUAL_BARS)
    bars = max(round(wishes.minutes * tempo / _quarters(metre)), 1)
    if bars > MOST_BARS:
        most = MOST_BARS * _quarters(metre) / tempo
        raise InvalidValueError(
            f"a piece has at most {MOST_BARS} bars, which are {most:.1f} minutes of {metre} at this tempo, got "
            f"{wishes.minutes:g} minutes"
        )
    return bars


def _quarters(metre: str) -> float:
    return Metre.parse(metre).bar_ticks / TICKS_PER_QUARTER


def _form(wishes: Wishes, metre: str, tempo: float) -> tuple[FormPart, ...]:
    """The asked form; a kind that comes back takes up the first section of its kind with as many bars."""
    if not wishes.form:
        return ()
    form: list[FormPart] = []
    for kind, bars in parse_form(wishes.form):
        source = next((at for at, part in enumerate(form) if part.kind == kind and part.bars == bars), None)
        form.append(FormPart(kind, bars, source))
    total = sum(part.bars for part in form)
    if wishes.bars is not None or wishes.minutes is not None:
        asked = _bars(wishes, metre, tempo)
        near = wishes.minutes is not None and 0.8 <= asked / total <= 1.25
        require(near or abs(asked - total) <= 1, f"bars must agree with the form, which has {total}", asked)
    return tuple(form)


def _chords(wishes: Wishes, metre: str, bars: int) -> tuple[tuple[PieceChord | None, ...], ...] | None:
    """One chord a bar, repeated."""
    if not wishes.chords:
        return None
    found = [piece_chord(chord) for chord in wishes.chords]
    return tuple((found[bar % len(found)],) * chord_slots(metre) for bar in range(bars))
