"""The whole arrangement: who plays, each player's part, and an end on which all come together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import cast

from senandung.composing.arranging.answers import play_answers
from senandung.composing.arranging.band_bass import play_band_bass
from senandung.composing.arranging.band_keys import play_band_keys
from senandung.composing.arranging.bass import play_bass
from senandung.composing.arranging.campursari import play_gong, play_saron
from senandung.composing.arranging.chart import Chart, read_chart
from senandung.composing.arranging.comping import play_guitar, play_keys
from senandung.composing.arranging.dangdut_figures import ANSWERS
from senandung.composing.arranging.dangdut_kit import play_kit
from senandung.composing.arranging.dangdut_lines import play_line, play_melayu
from senandung.composing.arranging.dangdut_plan import PLAYINGS, play_gendang
from senandung.composing.arranging.drums import play_drums
from senandung.composing.arranging.ensemble import choose_players
from senandung.composing.arranging.fills import play_counter
from senandung.composing.arranging.guitar import play_band_guitar
from senandung.composing.arranging.holes import cap_polyphony, close_holes
from senandung.composing.arranging.keroncong.figures import KERONCONG
from senandung.composing.arranging.melody import play_melody, vocal_track
from senandung.composing.arranging.moving_pads import play_moving_pad
from senandung.composing.arranging.pads import play_pad
from senandung.composing.arranging.player import before_final, hold_final
from senandung.composing.arranging.quartet import play_parts
from senandung.composing.arranging.solo import play_solo
from senandung.composing.arranging.staging import staged, stops
from senandung.composing.plan import Sketch
from senandung.domain.feeling import Feeling
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note, Role, Track, tidy_notes
from senandung.domain.style import Player, Style

Figure = Callable[[Chart, Player], list[Note]]

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "melody": play_melody,
        "piano-ballad": play_band_keys,
        "piano-pop": play_band_keys,
        "piano-dangdut": play_keys,
        "piano-solo": play_solo,
        "strings-hold": play_pad,
        "strings-move": play_moving_pad,
        "guitar-strum": play_band_guitar,
        "guitar-arpeggio": play_band_guitar,
        "guitar-picking": play_band_guitar,
        "guitar-offbeat": play_band_guitar,
        "guitar-drive": play_band_guitar,
        "guitar-dangdut": play_guitar,
        "bass-ballad": play_band_bass,
        "bass-pop": play_band_bass,
        "bass-drive": play_band_bass,
        "bass-dangdut": play_bass,
        "bass-folk": play_band_bass,
        "drums-ballad": play_drums,
        "drums-pop": play_drums,
        "drums-rock": play_drums,
        "drums-brush": play_drums,
        "drums-dangdut": play_kit,
        **dict.fromkeys(PLAYINGS, play_gendang),
        "bass-koplo": play_bass,
        "saron": play_saron,
        "saron-second": play_saron,
        "peking-doubles": play_saron,
        "gong": play_gong,
        "kempul": play_gong,
        "kenong": play_gong,
        "fills": play_counter,
        "answers": play_answers,
        **dict.fromkeys(ANSWERS, play_line),
        "melayu-fills": play_melayu,
        **KERONCONG,
    }
)
"""Every figure that a style's player may name; the figure "quartet" is written for all its players together."""

TOGETHER = "quartet"


def arrange(
    sketch: Sketch,
    style: Style,
    feeling: Feeling,
    *,
    seed: int,
    ensemble: tuple[str, ...] = (),
    voice: bool = True,
) -> tuple[Track, ...]:
    """Give a sketch to a band.

    Parameters
    ----------
    sketch : plan, words, harmony and melody.
    style : whose players and figures are used.
    feeling : its arousal raises or lowers the loudness.
    seed : the same seed gives the same notes.
    ensemble : names of the instrument table; where given, exactly these play, a name given twice is two players, and
        only a sung line may stand beside them.
    voice : False for no vocal part: the melody goes to one of the players.

    Returns
    -------
    Tracks, the vocal or leading one first. Notes stand on a grid of sixteenths (thirty-seconds in ornaments) and
    inside the instruments' ranges; the last chord is held by all to the end of the song.
    """
    sung = voice and any(note.syllable is not None for note in sketch.melody)
    players = choose_players(style, ensemble, needs_melody=not sung and bool(sketch.melody))
    chart = staged(read_chart(sketch, replace(style, ensemble=players, network=()), feeling, seed))
    tracks = [vocal_track(sketch, style)] if sung else []
    together = [player for player in players if player.pattern == TOGETHER]
    parts = play_parts(chart, together, sung) if together else {}
    for player in players:
        notes = parts[player.track] if player.track in parts else _figure(player)(chart, player)
        tracks.append(_finish(chart, player, notes))
    return close_holes(chart, tracks)


def _figure(player: Player) -> Figure:
    found = FIGURES.get(player.pattern)
    if found is not None:
        return found
    sound = INSTRUMENTS[player.instrument]
    if sound.drum:
        return play_gendang if sound.name in ("gendang", "kendang") else play_drums
    by_role: Mapping[str, Figure] = {
        "bass": play_band_bass,
        "pad": play_pad,
        "counter": play_counter,
        "melody": play_melody,
    }
    return by_role.get(player.role, play_band_guitar if sound.family == "plucked" else play_band_keys)


def _finish(chart: Chart, player: Player, notes: list[Note]) -> Track:
    """The player's track: the last chord held, every note inside the range, legal for `Track`."""
    sound = INSTRUMENTS[player.instrument]
    notes = _as_staged(chart, player, notes)
    if not sound.drum and player.pattern != TOGETHER:
        notes = before_final(chart, notes)
        notes = notes + hold_final(chart, player, notes)
    kept = []
    for note in notes:
        pitch = note.pitch
        while not sound.drum and pitch < sound.low:
            pitch += 12
        while not sound.drum and pitch > sound.high:
            pitch -= 12
        if sound.plays(pitch):
            kept.append(replace(note, pitch=pitch, syllable=None))
    legal = tidy_notes(kept)
    if not sound.drum:
        legal = tidy_notes(cap_polyphony(legal, sound.polyphony))
    return Track(player.track, cast(Role, player.role), player.instrument, legal)


def _as_staged(chart: Chart, player: Player, notes: list[Note]) -> list[Note]:
    """The notes without those in bars where the player rests, and cut where the band stops before a chorus."""
    resting = chart.staging.rests.get(player.track, frozenset())
    notes = [note for note in notes if chart.bar_at(note.onset).number not in resting]
    if player.role == "melody":
        return notes
    for start, end in stops(chart):
        notes = [
            replace(note, duration=min(note.end, start) - note.onset) if note.onset < start < note.end else note
            for note in notes
            if not start <= note.onset < end
        ]
    return notes
