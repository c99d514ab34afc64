"""Where the motif truly stands in a finished song: every use that is there, tone for tone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.motif.staging import Use
from senandung.domain.motif import FEWEST_TONES, Motif, Statement, Theme
from senandung.domain.song import Note, Track


def theme_of(motif: Motif, uses: Sequence[Use], tracks: Sequence[Track]) -> Theme:
    """The song's theme: the motif, and every use that a track sings or plays, tone for tone.

    Parameters
    ----------
    motif : as the song has it.
    uses : that were staged.
    tracks : of the song, before it is raised or bent.
    """
    found = []
    for use in uses:
        ways = [use]
        pickup = sum(tone.onset < 0 for tone in use.tones)
        if pickup and use.count - pickup >= FEWEST_TONES:  # where there was no room for it, it is left out
            ways.append(replace(use, tones=use.tones[pickup:], first=use.first + pickup, count=use.count - pickup))
        for way in ways:
            track = next((track for track in _by_chance(tracks, sung=use.sung) if _has(track, way)), None)
            if track is not None:
                end = _end(track.notes, way)
                found.append(Statement(way.onset, end, way.form, track.name, way.first, way.count, way.steps))
                break
    return Theme(motif, tuple(sorted(found)))


def still_standing(theme: Theme, before: Sequence[Track], after: Sequence[Track]) -> Theme:
    """The theme of a song of which bars were written anew: without the statements whose notes are others now."""

    def own(tracks: Sequence[Track], one: Statement) -> list[tuple[int, int]]:
        return [
            (note.onset, note.pitch)
            for track in tracks
            if track.name == one.track
            for note in upper_staff(track.notes)
            if one.onset <= note.onset < one.end
        ]

    kept = [one for one in theme.statements if own(before, one) == own(after, one)]
    return Theme(theme.motif, tuple(kept))


def _by_chance(tracks: Sequence[Track], *, sung: bool) -> list[Track]:
    """The tracks in the order in which they may have it: the singer's first, or the players' first."""
    pitched = [track for track in tracks if not track.sound.drum and track.role != "backing"]
    return sorted(pitched, key=lambda track: ((track.role == "vocal") != sung, track.role not in ("melody", "counter")))


def _has(track: Track, use: Use) -> bool:
    """Whether a track has every tone of a use where it should be, all moved alike, and strikes no other between.

    Players of chords may strike others below the tune; of keys the right hand is looked at.
    """
    last = use.start + use.tones[-1].onset
    inside: dict[int, int] = {}
    for note in upper_staff(track.notes):
        if use.onset <= note.onset <= last:
            inside[note.onset] = max(note.pitch, inside.get(note.onset, 0))
    if use.onset not in inside:
        return False
    shift = inside[use.onset] - use.tones[0].pitch
    lowest = min(tone.pitch for tone in use.tones) + shift
    sounding = use.tones[0].pitch + shift
    wanted = {use.start + tone.onset: tone.pitch + shift for tone in use.tones}
    if not set(wanted) <= set(inside):
        return False
    for onset in sorted(inside):
        if onset in wanted:
            sounding = wanted[onset]
        elif track.role != "vocal" and inside[onset] < lowest:
            continue
        if inside[onset] != sounding:  # a tone may be said again for another syllable
            return False
    return True


def upper_staff(notes: Sequence[Note]) -> Sequence[Note]:
    """The notes of the right hand, where hands are known; else all."""
    return [note for note in notes if note.staff == 1] if any(note.staff == 1 for note in notes) else notes


def _end(notes: Sequence[Note], use: Use) -> int:
    """The tick at which the last tone of a use ends in a track."""
    last = use.start + use.tones[-1].onset
    return min(max(note.end for note in notes if note.onset == last), max(use.end, last + 1))
