"""A leaning tone on the climax: the first long note there is approached from the step above, on the same syllable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.melody.pitches import scale_tones
from senandung.composing.plan import Plan
from senandung.domain.song import ChordSpan, Note

WITHIN = 2
"""Bars from the climax on in which a long note is looked for."""


def lean(
    melody: Sequence[Note], plan: Plan, chords: Sequence[ChordSpan], *, high: int
) -> tuple[tuple[Note, ...], bool]:
    """The melody with its appoggiatura, and whether there was a note for it: a chord tone of a beat or more on a beat.

    Nothing leans from above `high`, the highest pitch of the line.
    The leaning tone takes half of the note, as long as two thirds where three beats are there (commonly stated of the
    appoggiatura in duple and triple notes).
    """
    bar, beat = plan.metre.bar_ticks, plan.metre.beat_ticks
    first = (plan.climax or 0) * bar
    for index, note in enumerate(melody):
        if not first <= note.onset < first + WITHIN * bar or note.duration < beat or note.onset % beat:
            continue
        chord = next((span.chord for span in chords if span.onset <= note.onset < span.end), None)
        if chord is None or note.pitch % 12 not in chord.pitch_classes:
            continue
        above = scale_tones(plan.key_at(note.onset), chord, note.pitch + 1, min(note.pitch + 2, high))
        outside = [pitch for pitch in above if pitch % 12 not in chord.pitch_classes]
        same = [other for other in melody if other.syllable is not None and other.syllable == note.syllable]
        if not outside or (note.syllable is not None and len(same) > 1):
            continue
        leaning = max(note.duration // 2, 1) if note.duration % (3 * beat) else note.duration * 2 // 3
        leaning = max(leaning // 120 * 120, min(120, note.duration - 1))
        tones = (
            replace(note, pitch=outside[0], duration=leaning),
            replace(note, onset=note.onset + leaning, duration=note.duration - leaning),
        )
        return (*melody[:index], *tones, *melody[index + 1 :]), True
    return tuple(melody), False
