"""What may become of a motif: moved, mirrored, stretched, cut (Schoenberg 1967, "Fundamentals of musical composition").

All forms keep the rhythm's proportions. Sequence and inversion move by steps of the key's scale, so that they stay in
the key; a tone outside the scale keeps its distance to the step below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senandung.domain.metre import Metre
from senandung.domain.motif import FEWEST_TONES, Tone
from senandung.domain.scales import SCALES, Key

RAISED = (5, 6)
"""Steps of minor (counted from 0) that are raised on the way to the tonic: moved elsewhere they are not."""


def place_of(pitch: int, key: Key) -> tuple[int, int]:
    """The number of a pitch's step of the scale, counted from MIDI number 0, and its semitones above that step.

    >>> place_of(60, Key.parse("C")), place_of(61, Key.parse("C")), place_of(57, Key.parse("Am"))
    ((35, 0), (35, 1), (28, 0))
    """
    scale = _scale(key)
    octave, rest = divmod(pitch - key.tonic.pitch_class, 12)
    step = max(at for at, semitones in enumerate(scale) if semitones <= rest)
    return octave * len(scale) + step, rest - scale[step]


def pitch_of(place: int, key: Key) -> int:
    """The MIDI number of a step of the scale. Inverse of `place_of` for tones of the scale."""
    scale = _scale(key)
    octave, step = divmod(place, len(scale))
    return key.tonic.pitch_class + 12 * octave + scale[step]


def _scale(key: Key) -> tuple[int, ...]:
    """The key's scale; of the minor ones with raised steps the natural one, whose steps are even."""
    return SCALES["minor" if key.mode in ("harmonic-minor", "melodic-minor") else key.mode]


def moved(tones: Sequence[Tone], key: Key, steps: int) -> tuple[Tone, ...]:
    """The tones moved by steps of the scale: a sequence. By whole octaves it is exact.

    >>> tones = [Tone(480 * at, 480, pitch) for at, pitch in enumerate((60, 64, 62))]
    >>> [tone.pitch for tone in moved(tones, Key.parse("C"), 1)]
    [62, 65, 64]
    """
    octaves, rest = divmod(steps, len(_scale(key)))
    if rest == 0:
        return tuple(replace(tone, pitch=tone.pitch + 12 * octaves) for tone in tones)
    found = []
    for tone in tones:
        place, above = place_of(tone.pitch, key)
        if key.is_minor and place % len(_scale(key)) in RAISED:
            above = 0
        pitch = pitch_of(place + steps, key)
        found.append(replace(tone, pitch=min(pitch + above, pitch_of(place + steps + 1, key) - (above > 0))))
    return tuple(found)


def mirrored(tones: Sequence[Tone], key: Key) -> tuple[Tone, ...]:
    """The tones mirrored about their first, by steps of the scale.

    What is raised is lowered there where the mirror is truer so.

    >>> tones = [Tone(480 * at, 480, pitch) for at, pitch in enumerate((60, 64, 62))]
    >>> [tone.pitch for tone in mirrored(tones, Key.parse("C"))]
    [60, 57, 59]
    """
    first, _ = place_of(tones[0].pitch, key)
    found: list[Tone] = []
    for at, tone in enumerate(tones):
        place, above = place_of(tone.pitch, key)
        there = 2 * first - place
        pitch = pitch_of(there, key)
        lowered = max(pitch - above, pitch_of(there - 1, key))
        if at:
            due = found[-1].pitch + tones[at - 1].pitch - tone.pitch
            pitch = min(pitch, lowered, key=lambda each: (abs(each - due), -each))
        found.append(replace(tone, pitch=pitch))
    return tuple(found)


def stretched(tones: Sequence[Tone], times: int = 2) -> tuple[Tone, ...]:
    """The tones so many times as long: augmentation."""
    return tuple(Tone(tone.onset * times, tone.duration * times, tone.pitch) for tone in tones)


def head_of(tones: Sequence[Tone], metre: Metre) -> int:
    """How many tones a motif's head has: to the clearest break near its middle.

    There are `FEWEST_TONES` behind its pickup at least, for which there may be no room. A break is clear where
    a tone is long, or a rest stands, before a bar line or a beat.
    """
    count = len(tones)
    least = min(FEWEST_TONES + sum(tone.onset < 0 for tone in tones), count)
    most = max(least, min(count - 2, 10))
    if count <= least + 1:
        return count

    def clear(at: int) -> float:
        gap = (tones[at].onset - tones[at - 1].onset) / metre.beat_ticks
        return min(gap, 3.0) + 0.25 * metre.weight(tones[at].onset) - 0.5 * abs(at - count / 2) / max(count / 2, 1)

    return max(range(least, most + 1), key=clear)


def semitone_span(tones: Sequence[Tone]) -> tuple[int, int]:
    """Lowest and highest pitch."""
    pitches = [tone.pitch for tone in tones]
    return min(pitches), max(pitches)
