"""Notes of a voice or of one instrument, from its pitch and its loudness."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import FRAME_RATE, Heard, hear
from senandung.audio.onsets import onset_strength
from senandung.audio.pitch import HOP, RATE, STEP, Floats, Pitch, track_pitch
from senandung.audio.resample import resample
from senandung.domain.performance import PlayedNote
from senandung.sensing.transcribing.edges import Edges

WIDE = 70.0
"""Cents by which a sung pitch strays from its note: vibrato and slides do."""

FURTHEST = 3.0
"""The most a frame's stray pitch speaks against a note, in standard deviations: slides pass through anything."""

CHANGE = 8.0
"""What another note costs, in nats: how much evidence it needs."""

BEGIN = 7.0
"""What a note after a silence costs, in nats."""

VOICED, UNVOICED = 1.2, 0.9
"""What a frame without pitch speaks against a note, and one with pitch against silence, in nats."""

DIP, FRESH = 12.0, 1.5
"""dB by which the loudness rises again within a tone where it is struck again, and how many dB less are needed for each
unit of onset strength (1 is the recording's usual strong onset): by logistic regression on songs of our own."""

REACH = 9
"""Frames within which the loudness rises where a tone is struck: 105 ms."""

MIDDLE = (600.0, 1500.0)
"""Hz between which a vowel has its first or second formant, and l, n, m and ng hardly anything."""

CLOSED = 10.0
"""dB by which that band dips where a voiced consonant divides two tones of one pitch: chosen on twelve training tunes
that were sung on "la"."""

SPECTRUM = 1024
"""Samples of a spectrum in which consonants are looked for: 46 ms."""

SHORTEST = 0.1
"""Seconds that a note lasts at least."""

SWING = 15
"""Frames of one swing of a vibrato: 174 ms."""

PAUSE = 0.03
"""Seconds without pitch within a tone from which a new note begins: a consonant."""


@dataclass(frozen=True, eq=False)
class Tune:
    """What one voice sang or played.

    Parameters
    ----------
    notes : in order, one at a time; their pitch is the nearest of the tuned semitones.
    cents : by which its tuning stands above A4 = 440 Hz, -50..50.
    pitch : what it was read from.
    """

    notes: tuple[PlayedNote, ...]
    cents: float
    pitch: Pitch


def notes_of_voice(samples: NDArray[np.float32], rate: int) -> Tune:
    """The notes of one voice or instrument, shape (n,), at a rate in Hz.

    A hidden Markov model over semitones and silence, as in Tony (Mauch, Cannam, Bittner et al. 2015, "Computer-aided
    melody note transcription using the Tony software", TENOR), simplified: one state a note. What it joins is cut
    where the loudness dips and where the pitch pauses.

    >>> t = np.arange(RATE) / RATE
    >>> tones = [np.sin(2 * np.pi * hz * t) * np.minimum(1, 20 * t * (1 - t)) for hz in (440.0, 523.25)]
    >>> [note.pitch for note in notes_of_voice(np.concatenate(tones).astype(np.float32), RATE).notes]
    [69, 72]
    """
    sound = resample(np.asarray(samples, dtype=np.float32)[None, :], rate, RATE)[0]
    return notes_of_pitch(sound, track_pitch(sound, RATE))


def notes_of_pitch(
    sound: NDArray[np.float32], pitch: Pitch, heard: Heard | None = None, *, consonants: bool = False
) -> Tune:
    """The same of a sound at `audio.pitch.RATE` whose pitch has been followed, and which may have been heard.

    With `consonants` a tone is also cut where a voiced consonant divides it ("la la"), which is not heard as silence.
    """
    midi = pitch.midi()
    fresh = _freshness(heard or hear([sound]), len(midi))
    cents = tuning_of(midi)
    level = loudness(sound, len(midi))
    states = _states(midi - cents / 100, pitch.voicing)
    notes = [
        piece
        for first, last, tone in _stretches(states)
        for piece in _cut(first, last, tone, midi, level, fresh)
        if (piece[1] - piece[0]) * STEP >= SHORTEST
    ]
    if consonants:
        middle = middle_level(sound, len(midi))
        notes = [part for note in notes for part in _said_again(*note, middle)]
    notes = _refined(notes, Edges(sound, len(midi)), cents)
    return Tune(tuple(_played(*piece, midi - cents / 100, level) for piece in notes), cents, pitch)


def tuning_of(midi: Floats) -> float:
    """Cents by which tones stand above the equal semitones of A4 = 440 Hz, -50..50: the direction of their mean.

    Vibrato is levelled first (over a sixth of a second, about one swing), and only where the pitch rests is heard.

    >>> round(tuning_of(np.full(100, 60.2)))
    20
    """
    if len(midi) < SWING:
        return 0.0
    level = np.lib.stride_tricks.sliding_window_view(midi, SWING).mean(axis=1)
    moves = np.abs(np.diff(level, append=np.nan))
    rests = level[np.isfinite(level) & (moves < 0.03)]
    if len(rests) < 10:
        return 0.0
    turn = np.exp(2j * np.pi * rests).mean()
    return float(np.angle(turn) / (2 * np.pi) * 100) if abs(turn) > 0.15 else 0.0


def loudness(sound: NDArray[np.float32], count: int) -> Floats:
    """Level in dB around each frame, over 23 ms, shape (count,)."""
    total = np.concatenate(([0.0], np.cumsum(sound.astype(np.float64) ** 2)))
    centres = np.arange(count) * HOP
    first, last = np.maximum(centres - HOP, 0), np.minimum(centres + HOP, len(sound))
    return np.asarray(10 * np.log10((total[last] - total[first]) / (2 * HOP) + 1e-10), dtype=np.float64)


def middle_level(sound: NDArray[np.float32], count: int) -> Floats:
    """Level in dB of the band `MIDDLE` around each frame, shape (count,)."""
    from scipy.fft import rfft

    padded = np.pad(sound, (SPECTRUM // 2, SPECTRUM))
    views = np.lib.stride_tricks.sliding_window_view(padded, SPECTRUM)[::HOP][:count]
    low, high = (round(hz * SPECTRUM / RATE) for hz in MIDDLE)
    window = np.hanning(SPECTRUM).astype(np.float32)
    power = [
        (np.abs(rfft(views[first : first + 512] * window, axis=1)[:, low:high]) ** 2).sum(axis=1)
        for first in range(0, len(views), 512)
    ]
    level = 10 * np.log10(np.concatenate(power) / SPECTRUM + 1e-10)
    return np.asarray(np.pad(level, (0, count - len(level)), mode="edge"), dtype=np.float64)


def _said_again(first: int, last: int, tone: int, middle: Floats) -> list[tuple[int, int, int]]:
    """A note cut where consonants divide it."""
    least = round(SHORTEST / STEP)
    pieces, at = [], first
    for dip in _closures(middle[first:last]):
        if first + dip - at >= least and last - first - dip >= least:
            pieces.append((at, first + dip, tone))
            at = first + dip
    return [*pieces, (at, last, tone)]


def _closures(middle: Floats) -> list[int]:
    """Frames at which the middle band is lowest, `CLOSED` below its level shortly before and behind; the deepest first
    where two are close."""
    found = []
    for frame in range(1, len(middle) - 1):
        before, after = middle[max(0, frame - REACH) : frame], middle[frame + 1 : frame + 1 + REACH]
        depth = min(before.max(), after.max()) - middle[frame]
        if depth >= CLOSED and middle[frame] <= min(middle[frame - 1], middle[frame + 1]):
            found.append((-float(depth), frame))
    kept: list[int] = []
    for _, frame in sorted(found):
        if all(abs(frame - other) >= REACH for other in kept):
            kept.append(frame)
    return sorted(kept)


def _states(midi: Floats, voicing: Floats) -> NDArray[np.intp]:
    """The note of each frame as a MIDI number, -1 for silence: the likeliest way through notes and silence."""
    heard = np.isfinite(midi)
    if not heard.any():
        return np.full(len(midi), -1, dtype=np.intp)
    low, high = int(np.floor(np.nanmin(midi))), int(np.ceil(np.nanmax(midi)))
    tones = np.arange(low, high + 1)
    away = np.minimum(np.abs(np.where(heard, midi, 0)[:, None] - tones) * 100 / WIDE, FURTHEST)
    sure = 0.3 + 0.7 * voicing
    against = np.where(heard[:, None], sure[:, None] * 0.5 * away**2, VOICED)
    silence = np.where(heard, UNVOICED * sure, 0.0)
    cost = np.concatenate((against, silence[:, None]), axis=1)
    rest = len(tones)
    best = cost[0]
    links = np.zeros(cost.shape, dtype=np.intp)
    stay = np.arange(rest + 1)
    for frame in range(1, len(cost)):
        cheapest = int(np.argmin(best[:rest]))
        moved = min(best[cheapest] + CHANGE, best[rest] + BEGIN)
        source = cheapest if best[cheapest] + CHANGE <= best[rest] + BEGIN else rest
        other = np.full(rest + 1, moved)
        other[rest] = best[cheapest]
        origin = np.full(rest + 1, source)
        origin[rest] = cheapest
        leaves = other < best
        links[frame] = np.where(leaves, origin, stay)
        best = np.where(leaves, other, best) + cost[frame]
    way = np.zeros(len(cost), dtype=np.intp)
    way[-1] = int(np.argmin(best))
    for frame in range(len(cost) - 1, 0, -1):
        way[frame - 1] = links[frame, way[frame]]
    return np.where(way == rest, -1, way + low)


def _stretches(states: NDArray[np.intp]) -> list[tuple[int, int, int]]:
    """First frame, the one after the last, and the note of each stretch of one note."""
    edges = np.flatnonzero(np.diff(states)) + 1
    bounds = [0, *(int(edge) for edge in edges), len(states)]
    return [
        (first, last, int(states[first])) for first, last in pairwise(bounds) if last > first and states[first] >= 0
    ]


def _cut(first: int, last: int, tone: int, midi: Floats, level: Floats, fresh: Floats) -> list[tuple[int, int, int]]:
    """A stretch of one note, cut where it begins anew: after a pause of the pitch, or where the loudness dips."""
    heard = np.isfinite(midi[first:last])
    pause, least = max(1, round(PAUSE / STEP)), round(SHORTEST / STEP)
    cuts: list[tuple[int, int]] = []
    begin, quiet = first, 0
    for frame in range(first, last):
        if heard[frame - first]:
            if quiet >= pause and frame - quiet > begin:
                cuts.append((begin, frame - quiet))
                begin = frame
            quiet = 0
        else:
            quiet += 1
    cuts.append((begin, last - quiet))
    pieces = []
    for start, end in cuts:
        at = start
        for dip in _dips(level[start:end], fresh[start:end]):
            if start + dip - at >= least and end - start - dip >= least:
                pieces.append((at, start + dip, tone))
                at = start + dip
        if end > at:
            pieces.append((at, end, tone))
    return pieces


def _refined(notes: list[tuple[int, int, int]], edges: Edges, cents: float) -> list[tuple[int, int, int]]:
    """The same notes with the frames at which their own harmonics rise and fall."""
    starts: list[int] = []
    before = 0
    if not notes:
        return []
    for first, last, tone in notes:
        begin = edges.begins(_hertz(tone, cents), first, before, last)
        starts.append(begin)
        before = max(begin + 1, (first + last) // 2)
    refined = []
    for (_, last, tone), begin, following in zip(notes, starts, [*starts[1:], len(edges.amplitudes)], strict=True):
        end = min(edges.ends(_hertz(tone, cents), begin, max(last, begin + 1)), following)
        refined.append((begin, max(end, min(begin + round(SHORTEST / STEP), following), begin + 1), tone))
    return refined


def _hertz(tone: float, cents: float) -> float:
    """The frequency of a MIDI number in a tuning."""
    return float(440 * 2 ** ((tone + cents / 100 - 69) / 12))


def _freshness(heard: Heard, count: int) -> Floats:
    """Strength of the strongest onset around each frame, 1 the recording's usual strong one, shape (count,)."""
    from scipy.ndimage import maximum_filter1d

    strength = onset_strength(heard).astype(np.float64)
    if not len(strength) or strength.max() <= 0:
        return np.zeros(count)
    around = maximum_filter1d(strength / np.percentile(strength[strength > 0], 95), 6, origin=-1)
    return np.asarray(np.interp(np.arange(count) * STEP, np.arange(len(around)) / FRAME_RATE, around))


def _dips(level: Floats, fresh: Floats) -> list[int]:
    """Frames at which the level is lowest before it rises enough for how fresh the sound is there."""
    found = []
    lowest, at = np.inf, 0
    for frame, value in enumerate(level):
        if frame - at > REACH and lowest < value:
            # The rise took too long: what is lowest in its last part counts.
            at = frame - REACH + int(np.argmin(level[frame - REACH : frame + 1]))
            lowest = level[at]
        if value < lowest:
            lowest, at = value, frame
        elif at > 0 and value - lowest + FRESH * fresh[at] > DIP and level[max(0, at - REACH) : at].max() > lowest + 1:
            found.append(at)
            lowest, at = value, frame
    return found


def _played(first: int, last: int, tone: int, midi: Floats, level: Floats) -> PlayedNote:
    """A note from its frames, with the pitch's way around it in cents."""
    own = midi[first:last]
    inner = own[round(0.2 * len(own)) : max(round(0.8 * len(own)), round(0.2 * len(own)) + 1)]
    middle = float(np.nanmedian(inner)) if np.isfinite(inner).any() else float(tone)
    nearest = round(middle) if abs(middle - tone) < 1.5 else tone
    bend = tuple(
        (round(number * STEP, 4), round(100 * (float(own[number]) - nearest), 1))
        for number in range(0, len(own), 2)
        if np.isfinite(own[number]) and abs(own[number] - nearest) < 4
    )
    loud = float(np.max(level[first:last]))
    velocity = int(np.clip(round(110 + 1.6 * (loud + 12)), 20, 120))
    return PlayedNote(first * STEP, (last - first) * STEP, nearest, velocity, bend)
