"""A song as a piece: laid on the bar grid, with keys and chords read where they are not stated.

`score_piece.song_of_piece` is the inverse: notes on the grid of `STEPS_PER_QUARTER` come back exactly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from senandung.composing.pieces.asked import ANY_STYLE
from senandung.composing.pieces.bar_chords import UNPITCHED, chord_slots, read_bar_chords
from senandung.composing.pieces.ensembles import ensemble_of
from senandung.composing.pieces.key_reading import find_key, fits_key
from senandung.composing.pieces.part_names import class_of_name
from senandung.composing.pieces.piece import (
    CHORD_TONES,
    METRES,
    MODES,
    SLOTS,
    TICKS_PER_STEP,
    Piece,
    PieceBar,
    PieceChord,
    PieceNote,
    PiecePart,
)
from senandung.composing.pieces.players import CHOIR_VOICES, CLASS_OF_INSTRUMENT, TWO_HANDED
from senandung.composing.pieces.sounding import as_it_was_learnt, guitars_moved
from senandung.composing.pieces.vocabulary import DRUM_KEYS
from senandung.domain.checks import require
from senandung.domain.chords import Chord
from senandung.domain.errors import InvalidValueError
from senandung.domain.scales import Key
from senandung.domain.song import Note, Song, Track
from senandung.domain.time import Tick
from senandung.files.hands import needs_two_hands, split_hands, stated_staves

MOST_LAID_PARTS = 24
"""Parts that a piece is laid out with; more are left out, the last ones first."""

LEAST_FIT = 0.72
"""Share of the sounding time that must lie in a stated signature; below it the key is looked for everywhere."""

_MODE_OF_SCALE = {
    "harmonic-minor": "minor", "melodic-minor": "minor", "phrygian": "minor", "locrian": "minor",
    "minor-pentatonic": "minor", "lydian": "major", "major-pentatonic": "major",
}  # fmt: skip

_QUALITY_OF_CHORD = {
    "minmaj7": "min", "maj6": "maj", "min6": "min", "9": "7", "maj9": "maj7", "min9": "min7", "sus2": "sus4",
    "7sus4": "sus4", "add9": "maj", "5": "maj",
}  # fmt: skip


SINGING = ("vocal", "backing")
"""Roles whose notes are sung to syllables."""


@dataclass(frozen=True)
class LaidSong:
    """A stretch of a song on the bar grid, and where everything came from.

    `first` is the song's bar (from 0) at which the piece begins; `starts` are the ticks of the piece's bar lines in the
    song, the last one behind its last bar; `shift` is by how many ticks a pickup stands later in the piece's first bar;
    `columns` gives for each track of the song the indices of its parts in the piece, none where it was left out;
    `raised` is by how many semitones the piece's guitars stand higher than the song's (`sounding`).
    """

    piece: Piece
    first: int
    starts: tuple[Tick, ...]
    shift: Tick
    columns: tuple[tuple[int, ...], ...]
    raised: int = 0


def piece_of_song(song: Song, style: str = ANY_STYLE) -> Piece:
    """A song on the bar grid. Inverse of `song_of_piece`, up to silent parts.

    >>> from senandung.domain.song import Note, Song, Track
    >>> song = Song("A", (Track("Flute", "melody", "flute", (Note(0, 480, 72), Note(480, 480, 76))),))
    >>> [note.pitch for note in piece_of_song(song).bars[0].notes[0]]
    [72, 76]
    """
    return lay_song(song, style).piece


def lay_song(
    song: Song, style: str = ANY_STYLE, *, bars: range | None = None, needed: Collection[str] = ()
) -> LaidSong:
    """A song, or the bars of it that are named (from 0), on the bar grid.

    Parameters
    ----------
    song : what is laid out.
    style : the style token that the piece's header shall have.
    bars : which bars, without a gap; all without.
    needed : names of tracks that must have a part, be they silent; others may be left out where there are too many.

    Raises `InvalidValueError` where a bar has a metre that cannot be written on the grid, and for a gendhing.
    """
    laras = next((change.key for change in song.keys if change.key.laras), None)
    if laras is not None:
        raise InvalidValueError(f"the composer knows no gamelan: a song in {laras} is made anew by another seed")
    lines = bar_lines(song)
    bars = range(len(lines) - 1) if bars is None else bars
    require(0 <= bars.start < bars.stop <= len(lines) - 1, f"bars must lie in 1..{len(lines) - 1}", bars)
    metres = bar_metres(song)
    for bar in bars:
        if metres[bar] is None:
            written = song.metre_at(lines[bar])
            raise InvalidValueError(
                f"bar {bar + 1} must have a metre that the composer knows, got {written}; known are {', '.join(METRES)}"
            )
    shift = pickup_ticks(song) if bars.start == 0 else 0
    starts = tuple(lines[bars.start : bars.stop + 1])
    known = [metre for metre in metres[bars.start : bars.stop] if metre is not None]
    parts, columns, rows = _rows(song, starts, known, shift, needed)
    keys = _keys(song, starts, parts, rows)
    chords = _stated_chords(song, starts, known) if song.chords else read_bar_chords(known, parts, rows)
    laid = tuple(
        PieceBar(metre, *key, chord, tuple(tuple(row) for row in bar_rows))
        for metre, key, chord, bar_rows in zip(known, keys, chords, rows, strict=True)
    )
    piece = Piece(
        style,
        "tune" if [part.instrument for part in parts] == ["melody"] else ensemble_of([p.instrument for p in parts]),
        parts,
        laid,
        song.tempo_map.bpm_at(starts[0]),
        bars_after=len(lines) - 1 - bars.stop,
        opening=bars.start == 0,
    )
    raised = as_it_was_learnt(piece)
    return LaidSong(guitars_moved(piece, raised), bars.start, starts, shift, columns, raised)


def bar_lines(song: Song) -> list[Tick]:
    """The ticks of the song's bar lines, the last one behind the last bar.

    >>> bar_lines(Song("A", (Track("Flute", "melody", "flute", (Note(0, 2000, 72),)),)))
    [0, 1920, 3840]
    """
    starts = list(song.bar_starts())
    return [*starts, starts[-1] + song.metre_at(starts[-1]).bar_ticks]


def bar_metres(song: Song) -> list[str | None]:
    """The metre of each bar by its name in `METRES`, None where there is none as long; a pickup has the next one's."""
    lines = bar_lines(song)
    metres = []
    for start, end in pairwise(lines):
        written = str(song.metre_at(start))
        length = song.metre_at(start).bar_ticks
        if written not in METRES or METRES[written].steps * TICKS_PER_STEP != length or end - start > length:
            alike = (name for name, shape in METRES.items() if shape.steps * TICKS_PER_STEP == length)
            metres.append(next(alike, None))
        else:
            metres.append(written)
    if pickup_ticks(song):
        metres[0] = metres[1]
    return metres


def pickup_ticks(song: Song) -> Tick:
    """How many ticks a first bar is shorter than the second's metre, where it is a pickup; else 0.

    A song of ours has no pickups: its first bar is as long as it says.

    >>> from senandung.domain.metre import Metre
    >>> from senandung.domain.song import MetreChange
    >>> metres = (MetreChange(0, Metre(1, 4)), MetreChange(480, Metre(3, 4)))
    >>> pickup_ticks(Song("A", (Track("Flute", "melody", "flute", (Note(0, 1000, 72),)),), metres=metres))
    960
    """
    lines = bar_lines(song)
    if song.provenance.version or len(lines) < 3 or len(song.metres) < 2 or song.metres[1].onset != lines[1]:
        return 0
    following = song.metres[1].metre
    short = following.bar_ticks - (lines[1] - lines[0])
    on_grid = short % TICKS_PER_STEP == 0 and str(following) in METRES
    lasts = len(song.metres) == 2 or song.metres[2].onset > lines[2]
    return short if short > 0 and on_grid and lasts else 0


# parts

_Rows = list[list[list[PieceNote]]]


def _rows(
    song: Song, starts: Sequence[Tick], metres: Sequence[str], shift: Tick, needed: Collection[str]
) -> tuple[tuple[PiecePart, ...], tuple[tuple[int, ...], ...], _Rows]:
    """The parts, the parts of each track, and the notes by bar and part."""
    first, last = starts[0], starts[-1]
    heard = {track.name: [n for n in track.notes if first <= n.onset < last] for track in song.tracks}
    hands: dict[str, list[list[Note]]] = {}
    classes = dict(zip([track.name for track in song.tracks], _classes(song), strict=True))
    taken: Counter[str] = Counter()
    for track in sorted(song.tracks, key=lambda track: track.name not in needed):
        notes = heard[track.name]
        if (not notes and track.name not in needed) or sum(taken.values()) >= MOST_LAID_PARTS:
            continue
        kind = classes[track.name]
        # a file that has a keyboard in two tracks has divided the hands itself
        alone = bool(song.provenance.version) or list(classes.values()).count(kind) == 1
        stated = any(note.staff for note in track.notes)
        wide = kind in TWO_HANDED and (stated or (alone and (needs_two_hands(track.notes) or not notes)))
        count = 2 if wide and taken[kind] + 2 <= SLOTS else 1
        if taken[kind] + count > SLOTS:
            continue
        taken[kind] += count
        hands[track.name] = _hands(notes) if count == 2 else [notes]
    slots: Counter[str] = Counter()
    parts: list[PiecePart] = []
    columns: list[tuple[int, ...]] = []
    voices: list[tuple[list[Note], bool]] = []
    for track in song.tracks:
        mine = []
        for notes in hands.get(track.name, ()):
            kind = classes[track.name]
            mine.append(len(parts))
            parts.append(PiecePart(kind, slots[kind]))
            voices.append((notes, track.role in SINGING))
            slots[kind] += 1
        columns.append(tuple(mine))
    require(bool(parts), "a song must have a note in the bars that are asked for", song.title)
    rows: _Rows = [[[] for _ in parts] for _ in metres]
    for column, (notes, sung) in enumerate(voices):
        _lay(notes, sung, parts[column].instrument == "drums", column, starts, metres, shift, rows)
    return tuple(parts), tuple(columns), rows


def _hands(notes: Sequence[Note]) -> list[list[Note]]:
    """Right and left hand: as the notes state them (what stands below a second staff is the left one's), else found."""
    stated = stated_staves(notes)
    if not stated:
        return list(split_hands(notes))
    return [stated[0], sorted(note for staff in stated[1:] for note in staff)]


def _classes(song: Song) -> list[str]:
    """The class of each track; three singing tracks or more are a choir, from soprano to bass.

    The tracks of a song of ours are what they say. A file's instruments were chosen among those that can play the
    notes, and its words may be marks of expression: there a part's name counts for more. A file that is one line for no
    named instrument is a tune.
    """
    tracks = song.tracks
    if song.provenance.version:
        classes = ["voice" if track.role in SINGING else CLASS_OF_INSTRUMENT[track.instrument] for track in tracks]
    else:
        classes = [_class_of_foreign(track) for track in tracks]
        if _is_hymn(tracks):
            return list(CHOIR_VOICES)
        if classes == ["piano"] and _is_line(tracks[0]):
            return ["melody"]
    singing = [index for index, kind in enumerate(classes) if kind in ("voice", "choir")]
    if len(singing) >= 3 and song.provenance.version:
        for place, index in enumerate(singing):
            classes[index] = _voice_named(tracks[index].name) or CHOIR_VOICES[min(place * 4 // len(singing), 3)]
    return classes


def _class_of_foreign(track: Track) -> str:
    heard = CLASS_OF_INSTRUMENT[track.instrument]
    named = class_of_name(track.name)
    if track.sound.drum or named == "drums":
        return "drums" if track.sound.drum else heard
    if track.role == "vocal":
        return named if named is not None and named not in ("melody", "choir") else "voice"
    return heard if named in (None, "voice", "basso") and heard != "voice" else named or heard


def _is_hymn(tracks: Sequence[Track]) -> bool:
    """Whether four lines without names, the first with words, are the four voices of a hymn."""
    lines = [_is_line(track) for track in tracks]
    plain = [CLASS_OF_INSTRUMENT[track.instrument] in ("piano", "choir", "voice") for track in tracks[1:]]
    sung = len(tracks) == 4 and tracks[0].role == "vocal" and class_of_name(tracks[0].name) in (None, "voice", "piano")
    return sung and all(lines) and all(plain)


def _is_line(track: Track) -> bool:
    return len(track.notes) <= 1.05 * len({note.onset for note in track.notes})


def _voice_named(name: str) -> str | None:
    found = class_of_name(name.replace(" voice", ""))
    return found if found in CHOIR_VOICES else None


def _lay(
    notes: Sequence[Note], sung: bool, drums: bool, column: int, starts: Sequence[Tick], metres: Sequence[str],
    shift: Tick, rows: _Rows,
) -> None:  # fmt: skip
    """Put notes into their bars, in steps, in order and without doubles."""
    held: int | None = None
    laid: list[dict[tuple[int, int], PieceNote]] = [{} for _ in metres]
    for note in notes:
        if drums and note.pitch not in DRUM_KEYS:
            continue
        bar = min(max(bisect_right(starts, note.onset + TICKS_PER_STEP // 2 - 1) - 1, 0), len(metres) - 1)
        later = shift if bar == 0 else 0
        step = max(round((note.onset - starts[bar] + later) / TICKS_PER_STEP), 0)
        step = min(step, METRES[metres[bar]].steps - 1)
        goes_on = sung and note.syllable is not None and note.syllable == held
        held = note.syllable
        length = max(round(note.duration / TICKS_PER_STEP), 1)
        placed = PieceNote(step, note.pitch, length, goes_on)
        same = laid[bar].get((step, note.pitch))
        if same is None or same.length < length:
            laid[bar][step, note.pitch] = placed
    for bar, found in enumerate(laid):
        rows[bar][column] = [found[place] for place in sorted(found)]


# keys


def _keys(song: Song, starts: Sequence[Tick], parts: Sequence[PiecePart], rows: _Rows) -> list[tuple[int, str]]:
    """Tonic and mode of each bar: as stated by a song of ours, or by a file that names a mode; else found."""
    onsets = [change.onset for change in song.keys]
    holding = [max(bisect_right(onsets, start) - 1, 0) for start in starts[:-1]]
    found: dict[int, tuple[int, str]] = {}
    for index in sorted(set(holding)):
        key = song.keys[index].key
        found[index] = _tonic_mode(key)
        if key.mode == "major" and not song.provenance.version:
            profile, bass = _profile([rows[bar] for bar, held in enumerate(holding) if held == index], parts)
            found[index] = _found(key, profile, bass, stated=len(song.keys) > 1 or key.fifths != 0)
    return [found[index] for index in holding]


def _tonic_mode(key: Key) -> tuple[int, str]:
    mode = _MODE_OF_SCALE.get(key.mode, key.mode)
    return key.tonic.pitch_class, mode if mode in MODES else "minor" if key.is_minor else "major"


def _found(key: Key, profile: list[float], bass: int | None, *, stated: bool) -> tuple[int, str]:
    """The key of a span whose file states a signature and no more, or nothing at all."""
    if not any(profile):
        return _tonic_mode(key)
    near = stated and fits_key(profile, key.tonic.pitch_class, "major") >= LEAST_FIT
    tonic, mode, lead = find_key(profile, key.fifths if near else None, bass)
    return (tonic, mode) if lead > 0 else _tonic_mode(key)


def _profile(rows: Sequence[list[list[PieceNote]]], parts: Sequence[PiecePart]) -> tuple[list[float], int | None]:
    """How long each pitch class sounds, and the last bass."""
    profile = [0.0] * 12
    last: int | None = None
    for bar in rows:
        lowest: PieceNote | None = None
        for part, row in zip(parts, bar, strict=True):
            if part.instrument in UNPITCHED:
                continue
            for note in row:
                profile[note.pitch % 12] += min(note.length, 48)
                if lowest is None or (-note.start, note.pitch) < (-lowest.start, lowest.pitch):
                    lowest = note
        if lowest is not None:
            last = lowest.pitch % 12
    return profile, last


# chords


def piece_chord(chord: Chord) -> PieceChord:
    """The chord of a piece that is nearest to a written one.

    >>> piece_chord(Chord.parse("Bb6")), piece_chord(Chord.parse("F#m7b5"))
    (PieceChord(root=10, quality='maj'), PieceChord(root=6, quality='hdim7'))
    """
    quality = chord.quality if chord.quality in CHORD_TONES else _QUALITY_OF_CHORD[chord.quality]
    return PieceChord(chord.root.pitch_class, quality)


def _stated_chords(song: Song, starts: Sequence[Tick], metres: Sequence[str]) -> list[tuple[PieceChord | None, ...]]:
    found = []
    onsets = [span.onset for span in song.chords]
    for start, end, metre in zip(starts, starts[1:], metres, strict=False):
        slots = chord_slots(metre)
        chords: list[PieceChord | None] = []
        for slot in range(slots):
            at = start + (end - start) * slot // slots
            index = bisect_right(onsets, at) - 1
            if index >= 0 and song.chords[index].end > at:
                chords.append(piece_chord(song.chords[index].chord))
            else:
                chords.append(None)
        found.append(tuple(chords))
    return found
