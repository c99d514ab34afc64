"""Chords follow the arc: colour where it is tense, plain triads where it is calm, a pedal before the climax.

On the climax stands, where it is planned, a chord that was not heard before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.arc import tension_of_bar
from senandung.composing.plan import Plan, Wishes
from senandung.domain.chords import QUALITIES, Chord
from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan
from senandung.domain.style import Style

TENSE, CALM = 0.66, 0.3
"""From the first tension on chords get colour, up to the second they are plain."""

PEDAL_BARS = 2
"""So many bars before the climax stand on the dominant in the bass."""

NEW: tuple[tuple[int, str], ...] = ((-4, "maj"), (-1, "min"), (-3, "maj"), (4, "maj"))
"""Chords to surprise with in major, in fifths from the tonic: flat sixth, minor fourth, flat third, major third."""

NEW_MINOR: tuple[tuple[int, str], ...] = ((-5, "maj"), (-1, "maj"), (4, "min"), (2, "maj"))
"""The same in minor: Neapolitan, major fourth, minor third degree raised, major second."""

_PLAIN = {"7": "maj", "maj7": "maj", "add9": "maj", "9": "maj", "maj9": "maj", "min7": "min", "min9": "min"}


def tense_chords(spans: Sequence[ChordSpan], plan: Plan, style: Style, wishes: Wishes) -> tuple[ChordSpan, ...]:
    """The chords as the arc asks; as they are where the person or the style's scheme for the section gives them."""
    if wishes.chords or plan.climax is None:
        return tuple(spans)
    bar_ticks = plan.metre.bar_ticks
    fixed = [section.kind in style.schemes for section in plan.sections for _ in range(section.bars)]
    found = list(spans)
    if plan.asked:
        levels = [tension_of_bar(plan, bar) for bar in range(plan.bars)]

        def bar_of(span: ChordSpan) -> int:
            return min(span.onset // bar_ticks, plan.bars - 1)

        found = [
            span
            if fixed[bar_of(span)]
            else replace(span, chord=_coloured(span.chord, plan.key_at(span.onset), levels[bar_of(span)]))
            for span in found
        ]
        before = fixed[max(0, plan.climax - PEDAL_BARS) : plan.climax]
        rises = plan.climax > PEDAL_BARS and levels[plan.climax - 1] > levels[plan.climax - 1 - PEDAL_BARS]
        if rises and not any(before):
            first, end = (plan.climax - PEDAL_BARS) * bar_ticks, plan.climax * bar_ticks
            bass = NoteName.from_fifths(plan.key_at(plan.climax * bar_ticks).tonic.fifths + 1)
            found = [
                replace(span, chord=replace(span.chord, bass=bass)) if first <= span.onset < end else span
                for span in found
            ]
    if "new-harmony" in plan.devices:
        onset = plan.climax * bar_ticks
        new = unheard_chord(plan.key_at(onset), [span.chord for span in found])
        if new is not None:
            found = [replace(span, chord=new) if span.onset == onset else span for span in found]
    return tuple(found)


def unheard_chord(key: Key, chords: Sequence[Chord]) -> Chord | None:
    """The first of the surprising chords whose root and third were not heard, None where all were.

    >>> str(unheard_chord(Key.parse("C"), [Chord.parse("C"), Chord.parse("G")]).letters())
    'Ab'
    """
    heard = {(chord.root.pitch_class, 3 in QUALITIES[chord.quality].semitones) for chord in chords}
    for fifths, quality in NEW_MINOR if key.is_minor else NEW:
        chord = Chord(NoteName.from_fifths(key.tonic.fifths + fifths), quality)
        if (chord.root.pitch_class, quality == "min") not in heard:
            return chord
    return None


def _coloured(chord: Chord, key: Key, tension: float) -> Chord:
    if tension <= CALM:
        return replace(chord, quality=_PLAIN.get(chord.quality, chord.quality))
    if tension < TENSE:
        return chord
    dominant = chord.root.pitch_class == (key.tonic.pitch_class + 7) % 12
    home = chord.root.pitch_class == key.tonic.pitch_class
    if chord.quality == "maj":
        return replace(chord, quality="7" if dominant else "add9" if home or tension < 0.85 else "maj7")
    return replace(chord, quality="min7") if chord.quality == "min" and not home else chord
