"""What all players share: when they play, and how the last chord is held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from senandung.composing.arc import held_back
from senandung.composing.arranging.chart import Bar, Chart
from senandung.composing.arranging.voicing import lead, near, tones
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick

LEAST_SHARE = 0.45
"""A player plays in at least this share of the bars: below it, its entrance is moved forward."""


LEVELS = (0.45, 0.66)
"""Fullness from which figures are those of a middle, and of a full section."""

LIFTED = ("chorus", "bridge", "solo", "outro")
"""Kinds of section that may have the full figures; verses and what leads to a chorus leave it something to lift."""


def grade(chart: Chart, bar: Bar) -> int:
    """The grade of a bar's figures: 0 soft, 1 middle, 2 full. A curve that the person drew decides alone."""
    found = sum(bar.fullness >= least for least in LEVELS)
    return found if bar.section.kind in LIFTED or chart.sketch.plan.asked else min(found, 1)


def playing(chart: Chart, player: Player) -> list[Bar]:
    """The bars in which a player takes part, in order.

    These are the bars as full as `player.enters` asks; where they are too few, the threshold falls to the fullest
    bars that make up `LEAST_SHARE`.
    """
    if held_for_climax(chart, player):
        climax = chart.sketch.plan.climax or 0
        return [bar for bar in chart.bars if bar.number >= climax]
    falling = sorted((bar.fullness for bar in chart.bars), reverse=True)
    needed = falling[max(0, min(len(falling) - 1, int(len(falling) * LEAST_SHARE)))]
    threshold = min(player.enters, needed)
    wanted = [bar.fullness >= threshold for bar in chart.bars]
    if chart.sketch.plan.asked:
        wanted = _by_halves(chart, threshold)
    joins, rests = (found.get(player.track, frozenset()) for found in (chart.staging.joins, chart.staging.rests))
    return [
        bar
        for bar, plays in zip(chart.bars, wanted, strict=True)
        if (plays or bar.number in joins) and bar.number not in rests
    ]


def held_for_climax(chart: Chart, player: Player) -> bool:
    """Whether the player waits for the climax, to come as a new voice."""
    if "new-voice" not in chart.sketch.plan.devices:
        return False
    waiting = held_back(chart.style, ())
    return waiting is not None and waiting.track == player.track


def _by_halves(chart: Chart, threshold: float) -> list[bool]:
    """Players come and go by two bars of a section, so that a steep curve makes no one play a single bar."""
    groups: dict[tuple[int, int], list[float]] = {}
    for bar in chart.bars:
        groups.setdefault((bar.section_index, bar.place // 2), []).append(bar.fullness)
    return [
        sum(groups[bar.section_index, bar.place // 2]) / len(groups[bar.section_index, bar.place // 2]) >= threshold
        for bar in chart.bars
    ]


def final_onset(chart: Chart) -> Tick:
    """Where the last chord of the song begins: from here on everybody holds."""
    return chart.bars[-1].harmony[-1].onset


def before_final(chart: Chart, notes: Iterable[Note]) -> list[Note]:
    """The notes up to the last chord, none of them reaching into it."""
    end = final_onset(chart)
    kept = [note for note in notes if note.onset < end]
    return [
        note if note.end <= end else Note(note.onset, end - note.onset, note.pitch, note.velocity, note.syllable)
        for note in kept
    ]


def hold_final(chart: Chart, player: Player, notes: Sequence[Note]) -> list[Note]:
    """The player's tones of the last chord, held to the song's end: the root in the bass, a voicing, or one tone."""
    sound = INSTRUMENTS[player.instrument]
    onset = final_onset(chart)
    bar = chart.bars[-1]
    chord = bar.chord_at(onset)
    velocity = chart.velocity(bar, 0.25)
    length = chart.end - onset
    low, high = sound.comfortable
    last = [note for note in notes if note.onset >= onset - 2 * bar.ticks] or list(notes[-4:])
    centre = round(sum(n.pitch for n in last) / len(last)) if last else (low + high) // 2
    if player.role == "bass":
        return [Note(onset, length, near(chord.bass_pitch_class, min(centre, low + 14), low, high), velocity)]
    if sound.polyphony >= 3 and (player.role in ("chords", "pad") or player.pattern == "piano-solo"):
        bottom, top = max(low, centre - 10), min(high, centre + 12)
        held = list(lead(chord, (), min(4, sound.polyphony), bottom, top))
        if sound.family == "keys" and player.role != "pad":
            root = near(chord.bass_pitch_class, max(low, 41), low, min(high, 52))
            held = sorted({root, *held})
        return [Note(onset, length, pitch, velocity) for pitch in held]
    before = max(notes, key=lambda note: note.onset).pitch if notes else centre
    choices = [near(tone, before, low, high) for tone in tones(chord)[:3]]
    return [Note(onset, length, min(choices, key=lambda pitch: abs(pitch - before)), velocity)]
