"""The feeling curve that the music follows."""

from __future__ import annotations

from collections.abc import Sequence

from senandung.composing.plan import Plan
from senandung.domain.chords import Chord
from senandung.domain.curve import TensionCurve
from senandung.domain.feeling import Feeling
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, FeelingPoint, Section
from senandung.domain.time import Tick

STEP_BARS = 4
"""A point at least every four bars, and at every section's start and the end."""

DRAWN_BARS = 2
"""The same where a curve is planned."""


def feeling_curve(
    feeling: Feeling,
    key: Key,
    sections: Sequence[Section],
    chords: Sequence[ChordSpan],
    bar_ticks: Tick,
    curve: TensionCurve | None = None,
    plan: Plan | None = None,
) -> tuple[FeelingPoint, ...]:
    """Valence, arousal and tension over the song.

    Tension follows the planned curve, else the section's intensity, and how far the harmony stands from the tonic;
    arousal moves with that fullness around the feeling's own, valence a little with the share of major chords. Where a
    plan gives sections feelings of their own, these are shown.
    """
    points = []
    end = max((section.end for section in sections), default=1)
    for index, section in enumerate(sections):
        own = feeling if plan is None else plan.feeling_of(index, feeling)
        home = key if plan is None else plan.key_of(index)
        onset = section.onset
        while onset < section.end:
            until = min(onset + (STEP_BARS if curve is None else DRAWN_BARS) * bar_ticks, section.end)
            held = [span for span in chords if onset <= span.onset < until]
            away = sum(_distance(home, span.chord) * span.duration for span in held) / max(until - onset, 1)
            bright = sum(span.duration for span in held if 4 in _steps(span.chord)) / max(until - onset, 1)
            level = section.intensity if curve is None else curve.at(onset / end)
            points.append(
                FeelingPoint(
                    onset,
                    _clip(own.valence + 0.2 * (bright - 0.5), -1.0),
                    _clip(own.arousal + 0.7 * (level - 0.5), -1.0),
                    _clip(0.75 * level + 0.35 * away, 0.0),
                )
            )
            onset = until
    if sections:
        last = points[-1]
        points.append(FeelingPoint(sections[-1].end, last.valence, last.arousal, round(last.tension * 0.5, 3)))
    return tuple(points)


def _steps(chord: Chord) -> set[int]:
    return {(pitch - chord.root.pitch_class) % 12 for pitch in chord.pitch_classes}


def _distance(key: Key, chord: Chord) -> float:
    """0 for the tonic chord, up to 1 for a chord with no tone of the scale; a seventh or tritone adds a little."""
    home = chord.root.pitch_class == key.tonic.pitch_class
    foreign = sum(pitch not in key.pitch_classes for pitch in chord.pitch_classes) / len(chord.pitch_classes)
    dominant = 0.35 if {4, 10} <= _steps(chord) or 6 in _steps(chord) else 0.0
    return min((0.0 if home else 0.3) + foreign + dominant, 1.0)


def _clip(value: float, low: float) -> float:
    return round(min(max(value, low), 1.0), 3)
