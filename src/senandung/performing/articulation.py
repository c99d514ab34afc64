"""How long each note sounds: legato, detached or short, a breath at a phrase's end, and never into its own repetition.

*Score legato* and *Score staccato articulation*, *Repetition articulation* and *Punctuation* of Friberg, Bresin &
Sundberg (2006): joined notes overlap a little, a repeated tone is shortened, and the last note of a phrase is followed
by a short silence. The higher the arousal, the more detached (Juslin 2001: staccato for happiness and anger, legato for
sadness).
"""

from __future__ import annotations

from collections.abc import Sequence

from senandung.domain.song import Song, Track
from senandung.domain.time import Second
from senandung.performing.clock import Clock
from senandung.performing.dynamics import LEADING, arousal_at, contrast
from senandung.performing.phrases import phrase_spans
from senandung.performing.players import Player
from senandung.performing.rules import strength

OVERLAP: Second = 0.012
"""How far a joined note sounds into the next one."""

REPETITION_GAP: Second = 0.035
"""Silence before the same pitch is struck again, at k = 1."""

CONTRAST_SECONDS: Second = 0.0165
"""What duration contrast takes from the sounding length of a note of 0.2 s, at k = 1."""

PHRASE_BREATH: Second = 0.08
"""How much earlier the last note of a phrase ends."""

SHORTEST: Second = 0.03
DRUM_SECONDS: Second = 0.2


def played_durations(
    song: Song, track: Track, player: Player, clock: Clock, onsets: Sequence[Second], *, dial: float
) -> list[Second]:
    """How long each note of a track sounds, in seconds, in the order of `track.notes`; all above 0.

    At dial 0 that is what is written; the way there is straight.
    """
    notes = track.notes
    touched, gap = strength("articulation", min(dial, 1.0)), REPETITION_GAP * strength("repetition", dial)
    breath = PHRASE_BREATH * strength("punctuation", dial)
    contrasted = CONTRAST_SECONDS * strength("duration contrast, length", dial) if track.role in LEADING else 0.0
    ends_phrase = {last for _, last in phrase_spans(song, track)} if player.legato else set()
    next_same: dict[int, Second] = {}
    next_other: Second | None = None
    next_tick = -1
    durations = [0.0] * len(notes)
    for index in range(len(notes) - 1, -1, -1):
        note, onset = notes[index], onsets[index]
        written = clock.seconds(note.end) - clock.seconds(note.onset)
        arousal = arousal_at(song, note.onset)
        share = player.length - (0.0 if player.legato else 0.16 * max(arousal, 0.0)) + 0.03 * max(-arousal, 0.0)
        length = DRUM_SECONDS if track.sound.drum else written * min(share, 1.0)
        if player.legato and next_other is not None and next_tick - note.end <= 10 and note.end <= next_tick:
            length = next_other - onset + OVERLAP
        if track.sound.drum:
            written = DRUM_SECONDS
        if contrasted and not player.legato:
            length += contrasted * contrast(song, note)
        length = written + touched * (length - written)
        if note.end in ends_phrase:
            length = min(length, written - min(breath, 0.25 * written))
        length = max(length, min(SHORTEST, written))
        same = next_same.get(note.pitch)
        if same is not None:
            room = same - onset
            length = min(length, room - min(gap, 0.3 * room))
        durations[index] = length
        next_same[note.pitch] = onset
        if index and notes[index - 1].onset != note.onset:
            next_other, next_tick = onset, note.onset
    return durations
