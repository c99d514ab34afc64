"""Flute and violin: they open, answer the singer, lead where nobody sings and close.

Both carry the melody before, between and after the singing; the violin is the voice's counterpoint and imitates it, the
flute fills the gaps, its low tones stressed and its high ones short (Harmunah 1987, as school books repeat her); both
improvise in voorspel, middenspel, fills and coda (Rachman et al. 2022). The prelude and the interlude are the end of
the song's own melody (Guritno; eshakarsanada 2008); the middenspel is two free bars of one of them (Guritno).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.fills import guide_tone, leaders, register
from senandung.composing.arranging.keroncong.five import to_five
from senandung.composing.arranging.keroncong.pace import UNPLAYED, pace
from senandung.composing.arranging.keroncong.passages import (
    CALLS,
    FLUTE_FILLS,
    INVITATIONS,
    VIOLIN_FILLS,
    ornamented,
    passage,
    voorspel_parts,
)
from senandung.composing.arranging.line import figure_line, near_tone, scale_pitches, snap
from senandung.composing.arranging.player import playing
from senandung.domain.song import Note, Section
from senandung.domain.style import Player
from senandung.domain.time import Tick

FIXED = ("saron", "saron-five", "peking-doubles")
"""Figures of players of counter-lines who do not take turns with the others."""

SHORT = 3
"""From this many semitones above the tone before on, the flute's eighths are cut short."""

MOVING = 0.5
"""From this fullness on the counterpoint moves by half bars."""

IMITATED = 5
"""Tones of the singer's that the violin takes up at most."""


def play_winds(chart: Chart, player: Player) -> list[Note]:
    """The part of flute or violin; those who play such lines take turns."""
    seats = [other for other in leaders(chart.style.ensemble) if other.pattern not in FIXED and other.role != "melody"]
    index = next((i for i, other in enumerate(seats) if other.track == player.track), 0)
    count = max(1, len(seats))
    led_by_another = any(other.role == "melody" and other.track != player.track for other in chart.style.ensemble)
    low, high = register(player)
    rng = chart.rng(player.track)
    notes = _voorspel(chart, player, seats, low, high)
    reached = voorspel_end(chart)
    if not led_by_another:
        for number, (start, end, section) in enumerate(_turns(chart, count)):
            if number % count == (index if count == 1 else (index + 1) % count) and end > reached:
                notes += _lead(chart, player, max(start, reached), end, section, low, high)
    for number, (start, end) in enumerate(_answers(chart, count)):
        if number % count == index:
            notes += _fill(chart, player, start, end, low, high)
    told = ornamented(chart, sorted(notes, key=lambda note: note.onset), player.instrument, rng)
    return to_five(chart, [*told, *_counterpoint(chart, player, seats, index, notes, low, high)])


def voorspel_end(chart: Chart) -> Tick:
    """Where the band comes in after a voorspel; the song's first tick without one."""
    parts = voorspel_parts(chart)
    return parts[-1][1] if parts else chart.bars[0].onset


def _voorspel(chart: Chart, player: Player, seats: Sequence[Player], low: int, high: int) -> list[Note]:
    """The first part by the violin, the last one by the violin or, in every second song, by the flute."""
    parts = voorspel_parts(chart)
    if not parts:
        return []
    rng = chart.rng("voorspel")
    first = next((other for other in seats if other.instrument == "violin"), seats[0] if seats else player)
    last = rng.choice([first, *(other for other in seats if other.track != first.track)][:2])
    call, invitation = rng.choice(CALLS), rng.choice(INVITATIONS)
    middle = (low + high) // 2
    notes: list[Note] = []
    if player.track == first.track:
        notes += passage(chart, *parts[0], call, middle - 2, low, high)
    if player.track == last.track:
        notes += passage(chart, *parts[2], invitation, middle + 3, low, high)
    return notes


def _turns(chart: Chart, count: int) -> Iterator[tuple[Tick, Tick, Section]]:
    """Spans of the played sections, each with one leader: two bars and two bars where two or more can take turns."""
    bar = chart.bars[0].ticks
    for number, section in enumerate(chart.sketch.sections):
        if chart.is_led(section) or pace(chart, chart.bar_at(section.end - 1)) in UNPLAYED:
            continue
        bars = section.duration // bar
        if count < 2 or bars < 4:
            yield section.onset, section.end, section
            if count > 1 and number % 2:
                yield section.end, section.end, section  # the other one has the next
        else:
            middle = section.onset + bars // 2 * bar
            yield section.onset, middle, section
            yield middle, section.end, section


def _lead(chart: Chart, player: Player, start: Tick, end: Tick, section: Section, low: int, high: int) -> list[Note]:
    """The end of the song's melody where the section is long enough for it; free in a middenspel."""
    rng = chart.rng(f"{player.track} {section.name}")
    if section.duration <= 2 * chart.bars[0].ticks and section.kind == "interlude":
        return figure_line(chart, start, end, low, high, (low + high) // 2 + 2, rng, ("run", "turn", "pickup"), 0.1)
    begins, source = _last_phrase(chart, section.duration)
    if len(source) < 3:
        return figure_line(chart, start, end, low, high, (low + high) // 2, rng, chart.style.licks, 0.1)
    shift = section.onset - begins
    octave = 12 * round(((low + high) / 2 - sum(n.pitch for n in source) / len(source)) / 12)
    notes: list[Note] = []
    for note in source:
        tick = note.onset + shift
        if not start <= tick < end or tick >= chart.end:
            continue
        bar = chart.bar_at(tick)
        scale = scale_pitches(chart, bar, tick, low, high)
        pitch = scale[snap(scale, note.pitch + octave)]
        weight = bar.metre.weight(tick - bar.onset)
        if weight >= 3 or note.duration >= bar.metre.beat_ticks:
            pitch = near_tone(chart, tick, pitch, low, high)
        length = min(note.duration, end - tick)
        same = notes and notes[-1].pitch == pitch and notes[-1].end == tick
        if same and notes[-1].duration + length <= 2 * bar.metre.beat_ticks:
            notes[-1] = replace(notes[-1], duration=notes[-1].duration + length)
        elif length >= STEP // 2:
            notes.append(Note(tick, length, pitch, chart.velocity(bar, 0.1 * (weight - 2) + 0.05, 70)))
    reached = notes[-1].end if notes else start
    if end - reached >= 2 * chart.sketch.plan.metre.beat_ticks:
        begin = -(-reached // STEP) * STEP
        around = notes[-1].pitch if notes else (low + high) // 2
        notes += figure_line(chart, begin, end, low, high, around, rng, chart.style.licks, 0.05)
    return notes


def _last_phrase(chart: Chart, length: Tick) -> tuple[Tick, Sequence[Note]]:
    """Where the last phrase of the last sung section begins that is as long as `length`, and its notes."""
    led = [section for section in chart.sketch.sections if chart.is_led(section)]
    if not led:
        return 0, ()
    begin = max(led[-1].onset, led[-1].end - length)
    return begin, [note for note in chart.sketch.melody if begin <= note.onset < led[-1].end]


def _answers(chart: Chart, count: int) -> Iterator[tuple[Tick, Tick]]:
    """The gaps of the singing, long ones in two: a call and its answer."""
    beat = chart.sketch.plan.metre.beat_ticks
    for start, end in gaps(chart):
        if pace(chart, chart.bar_at(start)) in UNPLAYED:
            continue
        begin = -(-start // STEP) * STEP
        if count > 1 and end - begin >= 4 * beat:
            middle = begin + (end - begin) // 2 // beat * beat
            yield begin, middle
            yield middle, end // STEP * STEP
        else:
            yield begin, min(end, begin + 2 * chart.bars[0].ticks) // STEP * STEP


def gaps(chart: Chart) -> tuple[tuple[Tick, Tick], ...]:
    """Where others may answer the singer: `Chart.rests`, and held tones after their first beat.

    A gap lasts at least a beat.
    """
    beat = chart.sketch.plan.metre.beat_ticks
    melody = chart.sketch.melody
    found = list(chart.rests)
    for note, after in zip(melody, [*(n.onset for n in melody[1:]), chart.end], strict=True):
        start = note.onset + beat if note.duration > beat else note.end
        end = min(after, chart.bar_at(note.onset).section.end)
        if end - start >= beat and not any(a < end and start < b for a, b in chart.rests):
            found.append((start, end))
    return tuple(sorted(found))


def _fill(chart: Chart, player: Player, start: Tick, end: Tick, low: int, high: int) -> list[Note]:
    """A fill: the violin takes up what was just sung, the flute has broken chords and runs of its own."""
    if end - start < 2 * STEP:
        return []
    rng = chart.rng(f"{player.track} {start}")
    if player.instrument == "violin":
        said = [note for note in chart.sketch.melody if start - 3 * chart.bars[0].ticks // 2 <= note.onset < start]
        echo = _imitation(chart, said[-IMITATED:], start, end, low, high)
        if echo and rng.random() < 0.6:
            return echo
        return passage(chart, start, end, rng.choice(VIOLIN_FILLS), (low + high) // 2, low, high, -0.1)
    notes = passage(chart, start, end, rng.choice(FLUTE_FILLS), (low + high) // 2 + 2, low, high, -0.1)
    return [_shortened(note, before) for note, before in zip(notes, [None, *notes], strict=False)]


def _shortened(note: Note, before: Note | None) -> Note:
    """High tones after low ones are cut short."""
    high = before is not None and note.pitch - before.pitch >= SHORT and note.duration <= 2 * STEP
    return replace(note, duration=max(STEP // 2, note.duration // 2 // (STEP // 2) * (STEP // 2))) if high else note


def _imitation(chart: Chart, said: Sequence[Note], start: Tick, end: Tick, low: int, high: int) -> list[Note]:
    """The contour of the last sung tones on the chord that sounds now, in eighths, the last one held."""
    beat = chart.sketch.plan.metre.beat_ticks
    fits = min(len(said), (end - start) // (beat // 2))
    if fits < 3:
        return []
    said = said[-fits:]
    octave = 12 * round(((low + high) / 2 - sum(note.pitch for note in said) / fits) / 12)
    notes: list[Note] = []
    for index, note in enumerate(said):
        tick = start + index * (beat // 2)
        bar = chart.bar_at(tick)
        scale = scale_pitches(chart, bar, tick, low, high)
        pitch = scale[snap(scale, note.pitch + octave)]
        last = index == fits - 1
        if last:
            pitch = near_tone(chart, tick, pitch, low, high)
        until = min(end, tick + 2 * beat) if last else tick + beat // 2
        notes.append(Note(tick, until - tick, pitch, chart.velocity(bar, -0.1, 66)))
    return notes


def _counterpoint(
    chart: Chart, player: Player, seats: Sequence[Player], index: int, taken: Sequence[Note], low: int, high: int
) -> list[Note]:
    """Soft long tones under the singing, two bars by one and two by the other, in sections full enough."""
    busy = [(note.onset, note.end) for note in taken]
    notes: list[Note] = []
    before = place = (low + high) // 2 - 2 - 4 * index
    for bar in playing(chart, player):
        if bar.fullness < max(0.4, player.enters) or pace(chart, bar) in UNPLAYED or not bar.sung:
            continue
        if len(seats) > 1 and (bar.place // 2 + bar.section_index) % len(seats) != index:
            continue
        for onset, until in _spans(bar):
            if any(start < until and onset < end for start, end in busy):
                continue
            sung = chart.melody_in(onset, until)
            before, place = place, guide_tone(bar, onset, place, before, low, high, first=index == 0, sung=sung)
            if notes and notes[-1].pitch == place and notes[-1].end == onset > bar.onset:
                notes[-1] = replace(notes[-1], duration=until - notes[-1].onset)
            else:
                notes.append(Note(onset, until - onset, place, chart.velocity(bar, -0.35, 58)))
    return notes


def _spans(bar: Bar) -> list[tuple[Tick, Tick]]:
    """The chords of a bar; a whole bar of one in two halves where the music is full."""
    spans = [(span.onset, span.end) for span in bar.harmony]
    if len(spans) == 1 and bar.fullness >= MOVING and bar.metre.beats % 2 == 0:
        middle = bar.onset + bar.ticks // 2
        return [(bar.onset, middle), (middle, bar.end)]
    return spans
