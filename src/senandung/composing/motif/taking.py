"""A motif from a file of notes or a tune that was heard: which track, which bars, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from senandung.composing.motif.heard import HeardTune
from senandung.composing.motif.tune_key import key_of_tones
from senandung.domain.errors import InvalidValueError
from senandung.domain.metre import Metre
from senandung.domain.motif import FEWEST_TONES, MOST_BARS, MOST_TONES, Motif, Tone
from senandung.domain.scales import SCALES, Key
from senandung.domain.song import Song, Track
from senandung.domain.time import TICKS_PER_QUARTER, Tick

LEADS = ("vocal", "melody", "counter")
"""Roles whose track has the tune, the first that a song has."""

GRID = TICKS_PER_QUARTER // 24
"""Ticks on which a file's notes are put: triplets and thirty-seconds stand on it, an export's stray ticks do not."""

SIXTEENTH, STRAY = TICKS_PER_QUARTER // 4, TICKS_PER_QUARTER // 24
"""A tick so near to a sixteenth stands on it: what was played is a little early or late."""

WIDEST = 24
"""Semitones of a motif at most: two octaves are more than most people sing."""

WANTED = 4
"""Bars of which a motif is taken where a tune is longer than a motif may be: a phrase and its answer."""

BREAK = 1.0
"""Beats from one tone to the next, more than is usual in the tune, that end a phrase."""


@dataclass(frozen=True)
class Taken:
    """A motif as it was taken, and what a person should know of it, in sentences."""

    motif: Motif
    remarks: tuple[str, ...] = ()


def take_from_song(song: Song, *, key_is_stated: bool = True) -> Taken:
    """The motif of a file of notes: of its leading part, the highest notes.

    Parameters
    ----------
    key_is_stated : whether the file said its key; else it is found.

    Raises `InvalidValueError` where it holds no tune.
    """
    track = _leading(song)
    if track is None:
        raise InvalidValueError("no notes with a pitch stand in it: a motif needs four tones or more")
    tones = _skyline(track)
    start, metre = _first_bar_line(song, track.notes[0].onset)
    bar = metre.bar_ticks
    tones = [replace(tone, onset=tone.onset - start) for tone in tones]
    if tones[0].onset > bar // 2:  # what begins late in its bar is a pickup
        tones = [replace(tone, onset=tone.onset - bar) for tone in tones]
    change = next((change.onset - start for change in song.metres if change.onset > start + bar // 2), None)
    tempo = [each for each in song.tempos if each.onset <= track.notes[0].onset][-1]
    bpm = 60e6 / tempo.microseconds * TICKS_PER_QUARTER / metre.beat_ticks
    remarks = []
    others = sum(not other.sound.drum and bool(other.notes) for other in song.tracks)
    if others > 1:
        remarks.append(f"of {others} parts {track.name} was taken")
    if change is not None:
        tones = [tone for tone in tones if tone.onset < change]
        remarks.append("only what stands before the metre changes was taken")
    stated = song.key_at(track.notes[0].onset)
    found = _take(tones, metre, bpm, stated if key_is_stated and not stated.laras else None)
    return replace(found, remarks=(*remarks, *found.remarks))


def take_from_heard(tune: HeardTune) -> Taken:
    """The motif of a tune that was hummed, whistled, sung or played."""
    found = _take(list(tune.tones), tune.metre, tune.bpm, tune.key)
    said = []
    if tune.mended:
        said.append(f"{tune.mended} tone{'s' if tune.mended > 1 else ''} between two pitches taken for the scale's own")
    return replace(found, remarks=(*said, *found.remarks))


def _leading(song: Song) -> Track | None:
    pitched = [track for track in song.tracks if track.notes and not track.sound.drum]
    for role in LEADS:
        for track in pitched:
            if track.role == role:
                return track

    def tuneful(track: Track) -> float:
        starts = len({note.onset for note in track.notes})
        middle = sum(note.pitch for note in track.notes) / len(track.notes)
        return middle / 12 + 2.0 * starts / len(track.notes) + (0.5 if starts >= FEWEST_TONES else -5.0)

    return max(pitched, key=tuneful, default=None)


def _skyline(track: Track) -> list[Tone]:
    """The highest note at each onset, on a fine grid, ended where the next begins.

    What moves below a held note is left out.
    """
    tops: dict[Tick, Tone] = {}
    for note in track.notes:
        onset, end = _on_grid(note.onset), _on_grid(note.end)
        if onset not in tops or tops[onset].pitch < note.pitch:
            tops[onset] = Tone(onset, max(end - onset, GRID), note.pitch)
    found: list[Tone] = []
    for tone in sorted(tops.values()):
        if found and tone.onset < found[-1].end and tone.pitch < found[-1].pitch - 7:
            continue  # the accompaniment under a held tone
        if found and found[-1].end > tone.onset:
            found[-1] = replace(found[-1], duration=tone.onset - found[-1].onset)
        found.append(tone)
    return found


def _on_grid(tick: Tick) -> Tick:
    near = SIXTEENTH * round(tick / SIXTEENTH)
    fine = GRID * round(tick / GRID)
    return near if abs(fine - near) <= STRAY else fine


def _first_bar_line(song: Song, onset: Tick) -> tuple[Tick, Metre]:
    """The bar line at or before a tick, and the metre there; behind a short first bar, which is a pickup."""
    line = max((start for start in song.bar_starts() if start <= onset), default=0)
    metre = song.metre_at(onset)
    following = next((change for change in song.metres if change.onset > onset), None)
    if following and following.onset - line < following.metre.bar_ticks and following.onset - line <= metre.bar_ticks:
        return following.onset, following.metre
    return line, metre


def _take(tones: list[Tone], metre: Metre, bpm: float, stated: Key | None) -> Taken:
    remarks: list[str] = []
    if len(tones) < FEWEST_TONES:
        raise InvalidValueError(
            f"too few notes for a motif: it needs {FEWEST_TONES} or more, and {len(tones)} stand in its leading part"
        )
    whole = max(tones[-1].onset // metre.bar_ticks + 1, 1)
    if whole > MOST_BARS or len(tones) > MOST_TONES:
        tones, first, said = _phrase(tones, metre)
        remarks.append(
            f"bars {first + 1} to {first + said} of {whole} were taken: a motif has at most {MOST_BARS} bars"
        )
    key = key_of_tones(tones, stated)
    if stated is not None and (stated.tonic.pitch_class, stated.is_minor) != (key.tonic.pitch_class, key.is_minor):
        remarks.append(f"by its tones it is {key}, not {stated}")
    if key.mode not in SCALES:
        key = key_of_tones(tones)
    span = max(tone.pitch for tone in tones) - min(tone.pitch for tone in tones)
    if span > WIDEST:
        raise InvalidValueError(
            f"its leading part spans {span} semitones: a motif that can be sung has at most {WIDEST}"
        )
    if len({tone.pitch for tone in tones}) < 2:
        raise InvalidValueError("all its notes have one pitch: a motif needs two or more")
    bpm = min(max(bpm, 20.0), 300.0)
    return Taken(Motif(tuple(_cut_last(tones, metre)), key, metre, round(bpm, 2)), tuple(remarks))


def _cut_last(tones: Sequence[Tone], metre: Metre) -> list[Tone]:
    """The tones with the last one held no longer than a bar."""
    last = tones[-1]
    return [*tones[:-1], replace(last, duration=min(last.duration, metre.bar_ticks))]


def _phrase(tones: Sequence[Tone], metre: Metre) -> tuple[list[Tone], int, int]:
    """The phrase of a long tune that is worth most: its tones, its first bar and how many bars.

    The first one, unless another comes back more often in the tune; it begins behind a rest or a long tone and ends
    with one.
    """
    bar, beat = metre.bar_ticks, metre.beat_ticks
    gaps = [b.onset - a.onset for a, b in pairwise(tones)]
    usual = sorted(gaps)[len(gaps) // 2]
    breaks = [0, *(at + 1 for at, gap in enumerate(gaps) if gap >= usual + BREAK * beat), len(tones)]
    best: tuple[float, int, int] | None = None
    for first in breaks[:-1]:
        start = _line_of(tones[first].onset, metre)
        for last in (*[at for at in breaks if at > first], *_at_bars(tones, first, start, bar)):
            own = tones[first:last]
            bars = (own[-1].onset - start) // bar + 1
            if (
                not FEWEST_TONES <= len(own) <= MOST_TONES
                or not 2 <= bars <= MOST_BARS
                or len({t.pitch for t in own}) < 3
            ):
                continue
            worth = 1.2 * (last in breaks) - 0.35 * abs(bars - WANTED) - 0.04 * first
            worth += 0.5 * min(_comes_again(tones, first), 3) + 0.5 * (bars in (2, 4, 8))
            if best is None or worth > best[0]:
                best = (worth, first, last)
    if best is None:
        first, last = 0, next((at for at, t in enumerate(tones) if t.onset >= WANTED * bar), len(tones))
        last = min(max(last, FEWEST_TONES), MOST_TONES)
    else:
        _, first, last = best
    start = _line_of(tones[first].onset, metre)
    own = [
        replace(tone, onset=tone.onset - start) for tone in tones[first:last] if tone.onset - start < MOST_BARS * bar
    ]
    return own, start // bar, own[-1].onset // bar + 1


def _line_of(onset: Tick, metre: Metre) -> Tick:
    """The bar line to which a phrase that begins at a tick belongs: the next one for a pickup."""
    number, rest = divmod(onset, metre.bar_ticks)
    return (number + (rest > metre.bar_ticks // 2)) * metre.bar_ticks


def _at_bars(tones: Sequence[Tone], first: int, start: Tick, bar: Tick) -> list[int]:
    """The numbers of the tones at which two or four bars are over."""
    found = []
    for bars in (2, WANTED):
        at = next((at for at in range(first, len(tones)) if tones[at].onset >= start + bars * bar), None)
        if at is not None:
            found.append(at)
    return found


def _comes_again(tones: Sequence[Tone], first: int, length: int = 6) -> int:
    """How often the beginning of a phrase stands elsewhere in the tune, moved or not."""

    def shape(at: int) -> list[tuple[int, Tick]]:
        return [
            (tones[i + 1].pitch - tones[i].pitch, tones[i + 1].onset - tones[i].onset)
            for i in range(at, at + length - 1)
        ]

    if first + length > len(tones):
        return 0
    own = shape(first)
    return sum(shape(at) == own for at in range(len(tones) - length + 1) if abs(at - first) >= length)
