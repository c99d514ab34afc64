"""Instruments take the motif up where nobody sings: in introduction, interlude and ending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.motif.staging import Use
from senandung.domain.song import Note, Track, tidy_notes
from senandung.domain.time import Tick

LEADING = ("melody", "counter")
"""Roles that lead where nobody sings; where none does, who has chords takes the tune on top of them."""

LOUD = 84
"""Usual velocity of a tune that leads."""


def play_theme(tracks: Sequence[Track], uses: Sequence[Use], ends: Sequence[Tick]) -> tuple[Track, ...]:
    """The tracks with the motif on an instrument at every played use.

    Parameters
    ----------
    tracks : an arranged song's.
    uses : of the motif; those that are sung are left as they are.
    ends : the tick at which the section of each use ends.
    """
    found = list(tracks)
    for use, end in zip(uses, ends, strict=True):
        if not use.sung:
            at = _player(found, use, end)
            if at is not None:
                found[at] = _with_tune(found[at], use, end)
                found = [
                    _resting(track, use) if number != at and _leads_alone(track, use, end) else track
                    for number, track in enumerate(found)
                ]
    return tuple(found)


def _inside(track: Track, start: Tick, end: Tick) -> list[Note]:
    return [note for note in track.notes if start <= note.onset < end]


def _player(tracks: Sequence[Track], use: Use, end: Tick) -> int | None:
    """Who plays a use: who leads there already, else who leads elsewhere, else the highest who has chords."""

    def rank(track: Track) -> tuple[int, int, float] | None:
        if track.sound.drum or track.role in ("vocal", "backing", "bass", "drums") or track.tuning != "equal":
            return None
        if _octave(track, use, end) is None:
            return None
        here = _inside(track, use.onset, end)
        middle = sum(note.pitch for note in here) / len(here) if here else 0.0
        leads = track.role in LEADING
        return (3 if leads and here else 2 if leads else 1, len(here) > 0, middle)

    ranked = [(found, -at) for at, track in enumerate(tracks) if (found := rank(track)) is not None]
    return -max(ranked)[1] if ranked else None


def _octave(track: Track, use: Use, end: Tick) -> int | None:
    """By how many semitones, whole octaves, an instrument moves the tune to play it; None where it cannot."""
    sound = track.sound
    pitches = [tone.pitch for tone in use.tones]
    low, high = sound.comfortable
    here = _inside(track, use.onset, end) or list(track.notes)
    leads = track.role in LEADING
    middle = sum(note.pitch for note in here) / len(here) if here and leads else max((low + high) / 2, 70.0)

    def badness(octave: int) -> tuple[int, int, float]:
        moved = [pitch + 12 * octave for pitch in pitches]
        impossible = sum(not 0 <= pitch <= 127 or not sound.plays(pitch) for pitch in moved)
        mean = sum(moved) / len(moved)
        return impossible, sum(not low <= pitch <= high for pitch in moved), abs(mean - middle)

    best = min(range(-4, 5), key=badness)
    return None if badness(best)[0] else 12 * best


def _with_tune(track: Track, use: Use, end: Tick) -> Track:
    """The track with the tune in the place of what it led there; chords below it stay."""
    moved = _octave(track, use, end) or 0
    until = min(use.end, end)
    lowest = min(tone.pitch for tone in use.tones) + moved
    here = _inside(track, use.onset, until)
    only = track.role in LEADING and len({note.onset for note in here}) == len(here)
    velocity = max(round(sum(note.velocity for note in here) / len(here)) + (4 if only else 12), 60) if here else LOUD
    kept = []
    for note in track.notes:
        over = note.onset < until and note.end > use.onset
        if not over or (not only and note.pitch < lowest - 2):
            kept.append(note)
        elif note.onset < use.onset:
            kept.append(replace(note, duration=use.onset - note.onset))
    hand = max((note.staff for note in track.notes), default=0) and 1  # where hands are told apart, the right one
    tune = [
        Note(use.start + tone.onset, tone.duration, tone.pitch + moved, min(velocity, 112), staff=hand)
        for tone in use.tones
    ]
    tune = [replace(note, duration=min(note.duration, max(until - note.onset, 1))) for note in tune]
    return replace(track, notes=tidy_notes([*kept, *tune]))


def _leads_alone(track: Track, use: Use, end: Tick) -> bool:
    """Whether a player has a line of his own there that would speak against the tune."""
    if track.sound.drum or track.role not in LEADING:
        return False
    here = _inside(track, use.onset, min(use.end, end))
    starts = {note.onset for note in here}
    return bool(here) and len(starts) == len(here) and len(here) > 1


def _resting(track: Track, use: Use) -> Track:
    kept = []
    for note in track.notes:
        if use.onset <= note.onset < use.end:
            continue
        sounds_into = note.onset < use.onset < note.end
        kept.append(replace(note, duration=use.onset - note.onset) if sounds_into else note)
    return replace(track, notes=tidy_notes(kept))
