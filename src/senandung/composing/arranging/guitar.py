"""Guitars of pop and folk bands: picked, strummed, chopped and driven, from tables, drawn once for a song.

Only what a hand can hold is played (`voicing.grip`). Every fourth bar is varied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar, Chart, Harmony
from senandung.composing.arranging.player import grade, playing
from senandung.composing.arranging.voicing import GUITAR, fifth_of, grip, near
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player

# A sign a sixteenth, "-" and "." let ring. Picking: p the thumb on the chord's bass string, t on the next string above
# it, i m a the fingers on the third, second and first string (classical names), P thumb and a together, H m and a
# together. Strumming: D down, U up, over all or the upper strings. Chopping: X the upper strings, short; x softly.
# Driving: M the power chord damped, O open and held, S a stab. Figures of soft, middle and full sections; commonly
# stated ones (arpeggios, alternating thumb, off-beat chops, 3-3-2 stabs) written down by the project.
FIGURES: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "guitar-arpeggio": {
            "4/4": (
                ("p-i-m-a-m-i-p-i-", "p-i-m-i-a-i-m-i-", "p---i-m-a---m-i-", "p-i-H---p-i-H---"),
                ("p-i-m-a-t-i-m-a-", "p-m-i-a-p-m-i-a-", "P-i-m-i-t-i-m-i-", "p-i-m-a-m-i-m-i-"),
                ("D---D-U---U-D-U-", "D---D-U-D---D-U-", "PimamimiPimamimi", "D-D-D-U---U-D-U-"),
            ),
            "3/4": (
                ("p-i-m-a-m-i-", "p---H---H---", "p-i-m-i-a-i-"),
                ("P-i-m-i-m-i-", "p-i-H-i-H-i-", "p-i-m-a-m-i-"),
                ("D---D-U-D-U-", "D---D---D-U-"),
            ),
            "6/8": (
                ("p-i-m-a-m-i-", "p-m-i-a-i-m-", "p-i-m-t-i-m-"),
                ("P-i-m-a-m-i-", "p-i-H-t-i-H-"),
                ("D---U-D---U-", "D---U-D-U-D-"),
            ),
        },
        "guitar-picking": {
            "4/4": (
                ("P---t-m-p-i-t-m-", "p---t-i-p-m-t-i-", "P---t-m-p---t-i-", "p-i-t-m-p-a-t-m-"),
                ("P-i-t-m-p-i-t-m-", "P---t-m-p-i-t-a-", "p-m-t-i-P-m-t-i-", "p-i-tim-p-a-tim-"),
                ("D---D-U---U-D-U-", "D-DUD-U-D-DUD-U-", "D-D-D-U-D-D-D-U-", "D-----DUD---D-DU"),
            ),
            "3/4": (
                ("p---H---H---", "p-i-m-a-m-i-", "P---t-m-t-i-"),
                ("P-i-t-m-t-i-", "p-m-H-i-H-m-"),
                ("D---D-U-D-U-", "D---D---D-U-"),
            ),
            "6/8": (
                ("p-i-m-t-i-m-", "p-i-m-a-m-i-"),
                ("P-i-m-t-i-a-", "p-m-i-t-m-i-"),
                ("D---U-D---U-", "D-U-U-D-U-U-"),
            ),
        },
        "guitar-strum": {
            "4/4": (
                ("D-------D---D-U-", "D---D-U---U-D-U-", "D-----U-D-----U-", "D---------U-D---"),
                ("D---D-U-D---D-U-", "D---D-U---U-D-U-", "D--D--U-D--D--U-", "D-----DU--DUD-U-"),
                ("D-DUD-UU--DU-UDU", "D-D-DUDUD-D-DUDU", "D--UD-DU-UDUD-DU", "D-DUDUDUD-DUDUDU"),
            ),
            "3/4": (
                ("D-------D---", "D---D-U-D-U-"),
                ("D---D-U-D-U-", "D---D---D-U-"),
                ("D-DUD-U-D-DU", "D-D-D-DUD-DU"),
            ),
            "6/8": (
                ("D-----D---U-", "D-----D-----"),
                ("D---U-D---U-", "D-U-U-D---U-"),
                ("D-U-D-D-U-DU", "D-DUD-D-DUD-"),
            ),
        },
        "guitar-offbeat": {
            "4/4": (
                ("....X-......X-..", "..X.........X...", "p-i-m-a-m-i-p-i-", "......X-......X-"),
                ("..X...X...X...X.", "....X..x..X.X..x", "..X-..X-..X-..Xx", "X..X..X.X..X..X."),
                ("..X.X..x..X.X..x", "xxXxxxXxxxXxxxXx", "X-.X..X-.X..X-X.", "..Xx..Xx..Xx..Xx", "X-X-X-X-X-X-X-X-"),
            ),
            "3/4": (("....X...X...",), ("..X...X...X.",), ("..X.X..xX.X.",)),
            "6/8": (("....X.....X.",), ("..X.X...X.X.",), ("..X.X...X.X.", "X.X.X.X.X.X.")),
        },
        "guitar-drive": {
            "4/4": (
                ("M-M-M-M-M-M-M-M-", "M-M-M-M-S-....M-", "M--M--M-M--M--M-", "O---------------"),
                ("M-M-S-M-M-S-M-S-", "S--S--S---M-M-M-", "M-MMM-MMM-MMM-MM", "M-M-M-M-O-------"),
                ("O-O-O-O-O-O-O-O-", "O---O-O-O---O-O-", "O--O--O-O--O--O-", "O-----O-O-O-O-O-", "S-O---S-O---O-O-"),
            ),
            "3/4": (("M-M-M-M-M-M-",), ("M-M-S-M-S-M-",), ("O-O-O-O-O-O-", "O-----O-O-O-")),
            "6/8": (("M-M-M-M-M-M-",), ("M-M-S-M-M-S-",), ("O-O-O-O-O-O-", "O---O-O---O-")),
        },
    }
)  # fmt: skip

ENDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"D": ("D-DU", "DUDU", "D---"), "p": ("a-m-", "H---", "m-i-"), "X": ("X-X-", "X.xX", "...."), "M": ("M-S-", "S-S-"),
     "O": ("O-O-", "S-S-", "O---")}
)  # fmt: skip
"""Last beat of every fourth bar, by the hand that plays."""

BEHIND = {"D": 0.0, "U": -0.4, "X": 0.1, "x": -0.6, "M": -0.15, "O": 0.1, "S": 0.3, "p": 0.15, "t": 0.05, "P": 0.2}
"""Accent of a sign; the fingers' is -.15."""


def play_band_guitar(chart: Chart, player: Player) -> list[Note]:
    """The part of a guitar."""
    notes: list[Note] = []
    acoustic = [p.track for p in chart.style.ensemble if p.instrument in ("guitar", "nylon-guitar")]
    position = 5 if player.track in acoustic[1:] else 0  # a second guitar plays higher up the neck
    low, high = INSTRUMENTS[player.instrument].comfortable
    for bar in playing(chart, player):
        text = _figure(chart, player, bar)
        for span in bar.harmony:
            strings = [pitch for pitch in grip(span.chord, GUITAR, position) if pitch is not None]
            upper = [pitch for pitch in grip(span.chord, GUITAR, 5) if pitch is not None][-3:] or strings[-3:]
            if strings:
                notes += _played(chart, bar, span, text, strings, upper)
    return [note for note in notes if low <= note.pitch <= high]


def _figure(chart: Chart, player: Player, bar: Bar) -> str:
    pools = FIGURES.get(player.pattern, FIGURES["guitar-arpeggio"]).get(str(bar.metre))
    if pools is None:
        sign = {"guitar-drive": "M", "guitar-offbeat": "X", "guitar-strum": "D"}.get(player.pattern, "H")
        return (sign + "-" * (bar.beat_steps - 1)) * bar.metre.beats
    level = grade(chart, bar)
    aside = "bridge" if bar.section.kind in ("bridge", "solo") else ""
    rng = chart.rng(f"{player.track} {level} {aside}")
    found = rng.choice(pools[level])
    if bar.place % 4 == 3 and bar.steps == 16:
        hand = next((hand for hand in "DXMO" if hand in found), "p")
        found = found[:12] + rng.choice(ENDS[hand])
    return found


def _played(
    chart: Chart, bar: Bar, span: Harmony, text: str, strings: Sequence[int], upper: Sequence[int]
) -> list[Note]:
    """A figure's strokes on one chord; a chord that begins between strokes is struck when it begins."""
    places = [(step, sign) for step, sign in enumerate(text) if sign not in "-."]
    rows = [(bar.onset + step * STEP, sign) for step, sign in places]
    inside = [row for row in rows if span.onset <= row[0] < span.end]
    if span.onset > bar.onset and (not inside or inside[0][0] > span.onset):
        inside.insert(0, (span.onset, "p" if any(sign in "pPtimaH" for _, sign in places) else places[0][1]))
    if not inside:
        return []
    notes: list[Note] = []
    power = _power(span)
    ends = [*(onset for onset, _ in inside[1:]), span.end]
    for (onset, written), end in zip(inside, ends, strict=True):
        # A new chord is heard from its bass.
        sign = "P" if onset == span.onset and written in "imaH" and onset > bar.onset else written
        weight = bar.metre.weight(onset - bar.onset)
        accent = BEHIND.get(sign, -0.15) + 0.08 * (weight - 1.5)
        pitches = _struck(sign, strings, upper, power)
        if sign in "DUOH":
            until = end
        elif sign in "XxMS":
            until = onset + (STEP if sign != "S" else 2 * STEP)
        else:  # picked strings ring
            until = onset + (2 if sign in "pPt" else 1) * bar.metre.beat_ticks
        until = max(onset + STEP, min(until, span.end))
        velocity = chart.velocity(bar, accent, 60 if sign in "MOSp" else 56)
        notes += [Note(onset, until - onset, pitch, velocity) for pitch in pitches]
    return notes


def _struck(sign: str, strings: Sequence[int], upper: Sequence[int], power: Sequence[int]) -> list[int]:
    treble = list(strings[-3:])
    return {
        "D": list(strings), "U": treble, "X": list(upper), "x": list(upper[-2:]),
        "M": list(power[:2]), "O": list(power), "S": list(power),
        "p": [strings[0]], "t": [strings[1] if len(strings) > 3 else strings[0]],
        "i": treble[:1], "m": treble[1:2] or treble[:1], "a": treble[-1:],
        "P": [strings[0], strings[-1]], "H": treble[-2:],
    }[sign]  # fmt: skip


def _power(span: Harmony) -> tuple[int, ...]:
    """Root, fifth and octave on the low strings."""
    root = near(span.chord.root.pitch_class, 43, 40, 52)
    return (root, near(fifth_of(span.chord), root + 7, root + 5, root + 9), root + 12)
