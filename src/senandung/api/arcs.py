"""The arc of a track: the tension of a song that was made here, what was heard in any other."""

from __future__ import annotations

from senandung.domain.errors import InputError
from senandung.domain.music import TrackWhole
from senandung.drawing.timeline import heard_arc_path


def arc_outline(track: TrackWhole) -> str:
    """The arc as an SVG path in a box of 1000 by 100; empty where none is known.

    A song's tension is drawn by the score's clock, which its performance leaves by less than a second.
    """
    from senandung.api.song_view import song_of
    from senandung.drawing.page import arc_path

    if track.song_folder is not None:
        try:
            song = song_of(track.song_folder)
        except InputError:
            return ""
        return arc_path(song, song.tempo_map.ticks_to_seconds)
    if track.heard is None or track.duration_ms is None:
        return ""
    return heard_arc_path(track.heard.arc, track.duration_ms)
