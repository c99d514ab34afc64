"""Cuk and cak of langgam Jawa: they stand for instruments of the gamelan.

The cak imitates the siter: strings are plucked one by one, in sixteenths at the engkel and in thirty-seconds at the
dobel, and follow the melody; its figures are named engkel, dobel, seseg (faster before the interlude) and suwuk (the
end) (a cak player in Prima 2015; "Teknik permainan cak dalam langgam Jawa", ISI Yogyakarta). The cuk stands for kethuk
and kenong: the kethuk plucks the fifth of the scale (sol), the kenong the tone on which the melody falls, *nibo ngeng*;
no chords, for the scale has five tones (Danang and Sugiyanto in Nurcahyo 2015). The contours, and on which beats kethuk
and kenong stand, are ours.
"""

from __future__ import annotations

from senandung.composing.arranging.campursari import play_saron
from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.keroncong.five import to_five
from senandung.composing.arranging.keroncong.pace import banded
from senandung.composing.arranging.line import snap
from senandung.composing.arranging.voicing import near
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick

SITER: tuple[tuple[int, ...], ...] = (
    (2, 1, 2, 0, 1, -1, 1, 0),
    (0, 1, 2, 1, 2, 1, -1, 0),
    (-2, -1, 0, -1, 1, 0, 1, 0),
    (3, 2, 1, 2, 0, 1, -1, 0),
    (0, -1, -2, -1, 1, 2, 1, 0),
)
"""Contours of half a bar in tones of the scale, counted from the goal that the last of them is."""

PARTNER = 3
"""At the dobel each tone is plucked with the one so many tones higher, near a fifth (kempyung)."""

KETHUK, KENONG = "T", "N"
CUK_BARS = {"engkel": "T...T...T...N...", "dobel": "T.T.T.N.T.T.T.N.", "ropelan": "T.T.T.N.T.T.T.N."}


def seleh(chart: Chart, tick: Tick) -> int:
    """The pitch class that is aimed at by `tick`: what is sung then, else the chord's bass, on a tone of the scale."""
    tick = min(tick, chart.end - 1)
    scale = chart.key.pitch_classes
    sung = [note.pitch % 12 for note in chart.melody_in(tick, tick + 1)]
    for pitch_class in [*sung, chart.bar_at(tick).chord_at(tick).bass_pitch_class]:
        if pitch_class in scale:
            return pitch_class
    return chart.key.tonic.pitch_class


def play_siter(chart: Chart, player: Player) -> list[Note]:
    """The cak as a siter: round the tones of the scale, to the tone that is sung at each half bar."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    ladder = [pitch for pitch in range(low, high + 1) if pitch % 12 in chart.key.pitch_classes]
    rng = chart.rng(player.track)
    notes: list[Note] = []
    place = (low + high) // 2
    for bar, irama in banded(chart, player):
        half = bar.steps // 2
        for first in (0, half):
            goal = near(seleh(chart, bar.onset + (first + half) * STEP), (place + (low + high) // 2) // 2, low, high)
            contour = rng.choice(SITER)
            for index in range(half):
                step = first + index
                at = max(0, min(len(ladder) - 1, snap(ladder, goal) + contour[index % len(contour)]))
                tick = bar.onset + step * STEP
                velocity = chart.velocity(bar, 0.1 if step % bar.beat_steps == bar.beat_steps - 1 else -0.2, 57)
                if irama == "dobel":
                    partner = ladder[at + PARTNER] if at + PARTNER < len(ladder) else ladder[at - PARTNER]
                    notes.append(Note(tick, STEP // 2, ladder[at], velocity))
                    notes.append(Note(tick + STEP // 2, STEP // 2, partner, max(1, velocity - 8)))
                else:
                    notes.append(Note(tick, STEP, ladder[at], velocity))
            place = goal
    return notes


def play_kethuk_kenong(chart: Chart, player: Player) -> list[Note]:
    """The cuk as kethuk, on the fifth of the scale, and kenong, on the tone that the melody falls on next."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    kethuk = near(chart.key.tonic.pitch_class + 7, low + 5, low, high)
    notes: list[Note] = []
    for bar, irama in banded(chart, player):
        signs = CUK_BARS[irama] if bar.steps == 16 else _counted(bar)
        struck = [step for step, sign in enumerate(signs) if sign != "."]
        for step, after in zip(struck, [*struck[1:], bar.steps], strict=True):
            sign = signs[step]
            tick = bar.onset + step * STEP
            goal = bar.end if step >= bar.steps // 2 else bar.onset + bar.steps // 2 * STEP
            kenong = near(seleh(chart, goal), low + 7, low, high)
            length = min(2 if sign == KETHUK else 4, after - step)
            velocity = chart.velocity(bar, -0.15 if sign == KETHUK else 0.2, 58)
            notes.append(Note(tick, length * STEP, kethuk if sign == KETHUK else kenong, velocity))
    return notes


def play_saron_line(chart: Chart, player: Player) -> list[Note]:
    """The saron's line as in campursari, on the song's five tones."""
    return to_five(chart, play_saron(chart, player))


def _counted(bar: Bar) -> str:
    beats = [KETHUK] * bar.metre.beats
    beats[-1] = KENONG
    return "".join(sign.ljust(bar.beat_steps, ".") for sign in beats)[: bar.steps].ljust(bar.steps, ".")
