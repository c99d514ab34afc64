"""Simple sketches for the tests of the arranger, so that they need no composer."""

from __future__ import annotations

from senandung.composing.plan import VOCAL_KINDS, Plan, SectionPlan, Sketch
from senandung.domain.chords import Chord
from senandung.domain.metre import Metre
from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, Note, Section
from senandung.domain.style import parse_form
from senandung.domain.words import Line, Syllable, Words

FORM = "intro4 verse8 chorus8 interlude4 verse8 chorus8 outro4"
INTENSITY = {
    "intro": 0.3, "verse": 0.42, "prechorus": 0.55, "chorus": 0.75, "bridge": 0.5, "interlude": 0.5, "solo": 0.7,
    "outro": 0.35,
}  # fmt: skip
# Degrees in fifths from the tonic of C major, with qualities.
MAJOR = ((0, "maj"), (3, "min"), (-1, "maj"), (1, "7"))
MINOR = ((0, "min"), (-4, "maj"), (-1, "min"), (1, "7"))


def simple_sketch(
    *,
    form: str = FORM,
    metre: str = "4/4",
    key: str = "C",
    bpm: float = 80.0,
    sung: bool = True,
    split: bool = False,
    language: str = "id",
) -> Sketch:
    """A sketch of I vi IV V in a form: two lines of words in every four bars, a rest at each line's end."""
    measure, tonic = Metre.parse(metre), Key.parse(key)
    bar = measure.bar_ticks
    plans, sections, chords, melody, lines = [], [], [], [], []
    at = 0
    counts: dict[str, int] = {}
    progression = MINOR if tonic.is_minor else MAJOR
    for index, (kind, bars) in enumerate(parse_form(form)):
        counts[kind] = counts.get(kind, 0) + 1
        name = f"{kind.title()} {counts[kind]}"
        vocal = kind in VOCAL_KINDS
        plans.append(SectionPlan(name, kind, bars, INTENSITY[kind], bars // 2 if vocal else 0))
        sections.append(Section(name, kind, at, bars * bar, INTENSITY[kind]))
        for place in range(bars):
            fifths, quality = progression[place % 4]
            onset = at + place * bar
            final = index == len(parse_form(form)) - 1 and place == bars - 1
            if final:
                fifths, quality = progression[0]
            chord = Chord(NoteName.from_fifths(tonic.tonic.fifths + fifths), quality)
            if split and place % 4 == 1 and not final:
                half = bar // 2 // 120 * 120
                chords.append(ChordSpan(onset, half, chord))
                other = Chord(NoteName.from_fifths(tonic.tonic.fifths - 1), "min" if tonic.is_minor else "maj")
                chords.append(ChordSpan(onset + half, bar - half, other))
            else:
                chords.append(ChordSpan(onset, bar, chord))
            if vocal:
                tones = chord.pitch_classes
                beats = measure.beats if place % 2 == 0 else max(1, measure.beats - 2)
                for beat in range(beats):
                    pitch = 60 + (tones[(beat + place) % 3] - 60) % 12
                    pitch = pitch - 12 if pitch > 72 else pitch
                    melody.append(Note(onset + beat * measure.beat_ticks, measure.beat_ticks, pitch, 80, len(melody)))
                    lines.append((index, "la"))
        at += bars * bar
    words = Words(language, tuple(Line(text, (Syllable(text, True),), "person", section) for section, text in lines))
    if not sung:
        words = Words(language)
        melody = [Note(n.onset, n.duration, n.pitch, n.velocity) for n in melody]
    plan = Plan(tonic, measure, bpm, tuple(plans))
    return Sketch(plan, words, tuple(sections), tuple(chords), tuple(melody))
