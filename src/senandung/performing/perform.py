"""A song is performed: the score's ticks become seconds, with the timing, loudness and touch of players."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from senandung.domain.performance import Part, Performance, PlayedNote
from senandung.domain.song import Song, Track
from senandung.domain.tuning import TUNINGS
from senandung.performing.articulation import played_durations
from senandung.performing.charge import Tension
from senandung.performing.clock import Clock
from senandung.performing.drummer import Wander, drummed
from senandung.performing.dynamics import arousal_at, planned_loudness, played_velocities
from senandung.performing.expression import expression_curve
from senandung.performing.pedal import pedal_spans
from senandung.performing.players import player_of
from senandung.performing.rules import checked_dial
from senandung.performing.slides import Bend
from senandung.performing.timing import played_onsets
from senandung.performing.vibrato import played_bends


def perform(song: Song, *, seed: int, humanise: float = 1.0) -> Performance:
    """What players do with a song. The song stays exact; the same song and seed give the same performance.

    `parts[i].notes[j]` is `song.tracks[i].notes[j]` as it is played, so that times of words can be looked up. Every
    onset lies within 45 ms of the common clock (`performing.clock`: the tempo map, 0.1 s of lead-in, rubato, a final
    ritardando), with `humanise` above 1 within that many times as much; a note that begins later in its part's score
    begins later here; no pitch is struck while it sounds in the same part.

    Parameters
    ----------
    song : any song.
    seed : 0 or more; each part draws from a stream of its own, so that a new part does not change the others.
    humanise : from 0, exactly what is written (onsets, lengths and velocities), over 1, players, to 2, rubato
        (`performing.rules`).

    >>> from senandung.domain.song import Note
    >>> song = Song("Pendek", (Track("Piano", "chords", "piano", (Note(0, 480, 60), Note(480, 480, 64))),))
    >>> performance = perform(song, seed=1)
    >>> [round(note.onset, 1) for note in performance.parts[0].notes]
    [0.1, 0.6]
    """
    dial = checked_dial(humanise)
    clock = Clock.of(song, arousal_at(song, song.end), dial)
    shared = (Wander(song, seed, dial), Tension(song))
    parts = tuple(_perform_track(song, track, clock, seed, dial, *shared) for track in song.tracks)
    ends = [note.onset + note.duration for part in parts for note in part.notes]
    arc = tuple((clock.seconds(tick), level) for tick, level in planned_loudness(song)) if dial else ()
    return Performance(song.song_id, parts, max([clock.seconds(song.end), *ends]), arc)


def _perform_track(
    song: Song, track: Track, clock: Clock, seed: int, dial: float, wander: Wander, tension: Tension
) -> Part:
    stream = (seed, crc32(track.name.encode("utf-8")))
    rng = np.random.default_rng(stream)
    player = player_of(song, track)
    offsets, touches = drummed(song, track, dial, np.random.default_rng([*stream, 2]))
    onsets = played_onsets(song, track, player, clock, rng, dial=dial, wander=wander, drummed=offsets)
    durations = played_durations(song, track, player, clock, onsets, dial=dial)
    velocities = played_velocities(song, track, player, rng, dial=dial, tension=tension, drummed=touches)
    bends = played_bends(song, track, durations, stream, dial=dial)
    notes = tuple(
        PlayedNote(onset, duration, note.pitch, velocity, _tuned(track, note.pitch, bend))
        for note, onset, duration, velocity, bend in zip(track.notes, onsets, durations, velocities, bends, strict=True)
    )
    pedal = pedal_spans(song, track, clock, onsets)
    curve = expression_curve(song, track, clock, notes, dial=dial)
    return Part(track.name, track.role, track.instrument, notes, pedal, curve)


def _tuned(track: Track, pitch: int, bend: Bend) -> Bend:
    """A bend around the pitch of the track's tuning: its distance from equal temperament is added, in cents."""
    if track.tuning == "equal" or track.sound.drum:
        return bend
    tuning = TUNINGS[track.tuning]
    reference = 1200 * float(np.log2(tuning.reference_hz / 440.0)) + 6900
    cents = round(reference + tuning.cents(pitch) - 100 * pitch, 3)
    if not cents:
        return bend
    return ((0.0, cents), *((at, around + cents) for at, around in bend if at > 0))
