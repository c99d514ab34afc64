"""One played part as a MIDI file whose clock is the performance's: one quarter note lasts one second."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from senandung.domain.instruments import instrument
from senandung.domain.performance import Part, PlayedNote
from senandung.domain.time import Second
from senandung.rendering.presets import DRUM_BANK

if TYPE_CHECKING:
    import mido

TICKS_PER_SECOND = 20_000
"""50 microseconds a tick; fluidsynth itself starts notes on blocks of 64 samples."""

BEND_RANGE = 12
"""Semitones of the pitch wheel, set by registered parameter 0."""

BEND_STEP: Second = 0.005
"""A bend curve is sent at least this often."""

EXPRESSION_STEP: Second = 0.02
"""An expression curve is sent at most this often: a fifth of a dB a value, smoothed by fluidsynth's blocks."""

ALONE_CHANNELS = 4
"""Channels in turn for bent notes that follow each other: by the fourth note the first one's release is over."""

DRUM_CHANNEL = 9


def save_part_midi(part: Part, path: Path, seconds: Second, preset: tuple[int, int] | None = None) -> None:
    """Write a part as a MIDI file of the given length.

    Notes with a bend get channels of their own in turn (the pitch wheel is the channel's), the longest unused first.
    `preset` is the bank and program that play it; None takes the instrument's own.
    """
    import mido

    sound = instrument(part.instrument)
    bank, program = preset or (DRUM_BANK if sound.drum else sound.bank, sound.program)
    kit = bank == DRUM_BANK
    bent = any(note.bend for note in part.notes) and not sound.drum and not kit
    channels = [DRUM_CHANNEL] if kit else [0]
    if bent:
        most = ALONE_CHANNELS if _alone(part) else 16
        channels = [channel for channel in range(most) if channel != DRUM_CHANNEL]
    expression = _controller(part)
    events: list[tuple[int, int, mido.Message]] = []

    def send(second: Second, rank: int, kind: str, **values: int) -> None:
        events.append((round(second * TICKS_PER_SECOND), rank, mido.Message(kind, **values)))

    for channel in channels:
        send(0, 0, "control_change", channel=channel, control=0, value=0 if kit else bank)
        send(0, 1, "program_change", channel=channel, program=program)
        if bent:
            for control, value in ((101, 0), (100, 0), (6, BEND_RANGE), (38, 0)):
                send(0, 1, "control_change", channel=channel, control=control, value=value)
        for down, up in part.pedal:
            send(down, 3, "control_change", channel=channel, control=64, value=127)
            send(up, 2, "control_change", channel=channel, control=64, value=0)
        for at, value in expression:
            send(at, 1, "control_change", channel=channel, control=11, value=value)
    for number, note in enumerate(sorted(part.notes)):
        channel = channels[number % len(channels)]
        if bent:
            for at, wheel in _wheel(note):
                send(at, 4, "pitchwheel", channel=channel, pitch=wheel)
        send(note.onset, 5, "note_on", channel=channel, note=note.pitch, velocity=note.velocity)
        end = max(note.onset + note.duration, note.onset + 2 / TICKS_PER_SECOND)
        send(end, 2, "note_off", channel=channel, note=note.pitch, velocity=64)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)])
    reached = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - reached))
        reached = tick
    track.append(mido.MetaMessage("end_of_track", time=max(round(seconds * TICKS_PER_SECOND) - reached, 0)))
    mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_SECOND, tracks=[track]).save(path)


def _alone(part: Part) -> bool:
    """Whether at most two notes of a part sound at once: one, and the release of the one before."""
    ends = sorted((note.onset, note.onset + note.duration) for note in part.notes)
    return all(end <= later[0] for (_, end), later in zip(ends, ends[2:], strict=False))


def _controller(part: Part) -> list[tuple[Second, int]]:
    """Values of controller 11 (second, 0..127) for a part's expression curve, each change once."""
    if not part.expression:
        return []
    seconds, curve = np.array(part.expression).T
    times = np.union1d(np.arange(0.0, seconds[-1], EXPRESSION_STEP), seconds[[0, -1]])
    values = np.rint(127 * np.interp(times, seconds, curve)).astype(int)
    changed = np.flatnonzero(np.diff(values, prepend=-1))
    return [(float(times[at]), int(values[at])) for at in changed]


def _wheel(note: PlayedNote) -> list[tuple[Second, int]]:
    """Pitch-wheel values (second, -8192..8191) of a note's bend; a plain note gets one 0."""
    if not note.bend:
        return [(note.onset, 0)]
    points = [(0.0, note.bend[0][1]), *note.bend]
    values: list[tuple[Second, int]] = []
    for (start, cents), (stop, target) in pairwise(points):
        steps = max(1, int((stop - start) / BEND_STEP)) if target != cents else 1
        for step in range(1, steps + 1):
            now = cents + (target - cents) * step / steps
            wheel = max(-8192, min(8191, round(now / (100 * BEND_RANGE) * 8192)))
            if not values or values[-1][1] != wheel:
                values.append((note.onset + start + (stop - start) * step / steps, wheel))
    return values
