"""The plucked bass: the chord on one and its fifth on three, and a walk of chord tones and a step into the next chord.

Strong beats: commonly stated. The walk is the *overgang*, the way from a chord into the next (Nugroho 2015 describes
the one I–IV–V7–I at the end of a line); at the ropelan the bass is varied (eshakarsanada 2008). In langgam Jawa it
takes the gong's place (ethnicindo 2007). The cells are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Chart
from senandung.composing.arranging.keroncong.five import to_five
from senandung.composing.arranging.keroncong.pace import banded
from senandung.composing.arranging.voicing import fifth_of, near, third_of, tones
from senandung.domain.chords import Chord
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.scales import Key
from senandung.domain.song import Note
from senandung.domain.style import Player

Cell = tuple[tuple[int, int, str], ...]

# Step, length, degree: R the chord's bass, 5 and 3 its fifth and third, C a chord tone on the way, A a step from the
# next chord's bass. By pace, sixteenths of the chord, and whether another chord follows.
CELLS: Mapping[tuple[str, int, bool], Cell] = MappingProxyType(
    {
        ("engkel", 16, False): ((0, 8, "R"), (8, 8, "5")),
        ("engkel", 16, True): ((0, 8, "R"), (8, 4, "5"), (12, 2, "C"), (14, 2, "A")),
        ("engkel", 8, False): ((0, 8, "R"),),
        ("engkel", 8, True): ((0, 4, "R"), (4, 2, "C"), (6, 2, "A")),
        ("dobel", 16, False): ((0, 6, "R"), (6, 2, "5"), (8, 6, "5"), (14, 2, "R")),
        ("dobel", 16, True): ((0, 6, "R"), (6, 2, "R"), (8, 4, "5"), (12, 2, "C"), (14, 2, "A")),
        ("dobel", 8, False): ((0, 6, "R"), (6, 2, "5")),
        ("dobel", 8, True): ((0, 4, "R"), (4, 2, "C"), (6, 2, "A")),
        ("ropelan", 16, False): ((0, 4, "R"), (4, 4, "3"), (8, 4, "5"), (12, 4, "3")),
        ("ropelan", 16, True): ((0, 4, "R"), (4, 4, "3"), (8, 4, "5"), (12, 2, "C"), (14, 2, "A")),
        ("ropelan", 8, False): ((0, 4, "R"), (4, 4, "5")),
        ("ropelan", 8, True): ((0, 4, "R"), (4, 2, "C"), (6, 2, "A")),
    }
)


GONG = "bass-gong"
"""The figure of langgam Jawa: the bass stands for gong and kempul there and walks nowhere."""


def play_bass(chart: Chart, player: Player) -> list[Note]:
    """The bass: each change of chord is heard in it, and it is led into by step."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    home = near(chart.key.tonic.pitch_class, low + 9, low, min(high, low + 16))
    notes: list[Note] = []
    place = home
    for bar, irama in banded(chart, player):
        for span in bar.harmony:
            steps = (span.end - span.onset) // STEP
            following = chart.bar_at(min(span.end, chart.end - 1)).chord_at(min(span.end, chart.end - 1))
            moves = following.bass_pitch_class != span.chord.bass_pitch_class and player.pattern != GONG
            beat = bar.beat_steps
            cell = CELLS.get((irama, steps, moves)) or tuple(
                (step, min(beat, steps - step), "R" if step == 0 else "5") for step in range(0, steps, 2 * beat)
            )
            goal = near(following.bass_pitch_class, (place + home) // 2, low, high)
            for step, length, degree in cell:
                tick = span.onset + step * STEP
                weight = bar.metre.weight(tick - bar.onset)
                # Where a chord begins off the beat its last step may fall on one: a tone of the chord there.
                sounding = "C" if degree == "A" and weight >= 2 else degree
                pitch = _tone(chart.key_at(tick), span.chord, sounding, place, home, goal, low, high)
                accent = 0.25 if weight >= 3 else 0.0 if weight == 2 else -0.15
                notes.append(Note(tick, length * STEP, pitch, chart.velocity(bar, accent, 66)))
                place = pitch
    return to_five(chart, notes, chordal=True)


def _tone(key: Key, chord: Chord, degree: str, place: int, home: int, goal: int, low: int, high: int) -> int:
    if degree == "R":
        return near(chord.bass_pitch_class, (place + home) // 2, low, high)
    if degree == "5":
        return near(fifth_of(chord), place, low, high)
    if degree == "3":
        third = third_of(chord)
        return near(fifth_of(chord) if third is None else third, place, low, high)
    side = -1 if place < goal else 1
    if degree == "C":  # from the side on which the bass is, two steps and more away
        way = [goal + side * far for far in (3, 4, 5, 2, 6, 7)] + [goal - side * far for far in (3, 4, 5)]
        return next(
            (p for p in way if low <= p <= high and p % 12 in tones(chord)), near(fifth_of(chord), place, low, high)
        )
    scale = set(key.pitch_classes)
    steps = [goal + side * far for far in (1, 2)] + [goal - side * far for far in (1, 2)]
    return next((p for p in steps if low <= p <= high and p % 12 in scale), near(fifth_of(chord), place, low, high))
