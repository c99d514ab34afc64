"""The melody players of dangdut: suling, lead guitar and strings, who open, bridge and answer.

What is stated. Introduction and interludes are instrumental displays of four to eight bars in which suling, organ,
guitar or mandolin take turns; the one before the second part never fails (school texts after Wikipedia, "Dangdut";
pardidut.blogspot.com, 2015). The form is introduction A A' interlude B A' coda (Aesijah & Muttaqin, "Musik dangdut:
suatu kajian bentuk musik"). Malay ornaments are cengkok, a swing around two tones, grenek, quick steps close
together, and patah lagu, the turning aside of a line (thesis on Zulfan Effendi's accordion, Universitas Sumatera
Utara). That the suling answers the singer in the gaps, and strings answer in unison, is commonly stated. All figures
are the project's own.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Chart
from senandung.composing.arranging.dangdut_figures import ANSWERS, BROKEN, CADENCES, CALLS, PUSHED, RIFFS
from senandung.composing.arranging.dangdut_plan import may_strike, song_pattern, stop_in
from senandung.composing.arranging.fills import play_counter, register
from senandung.composing.arranging.gendang import bass_row
from senandung.composing.arranging.line import near_tone, snap
from senandung.composing.arranging.pads import play_pad
from senandung.composing.arranging.player import final_onset, playing
from senandung.composing.arranging.voicing import fifth_of, near, third_of, tones
from senandung.domain.chords import Chord
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note, Section
from senandung.domain.style import Player
from senandung.domain.time import Tick

GRACE = STEP // 2
"""A thirty-second."""

CLOSING, TURNED, GRACED = 0.8, 0.55, 0.22
"""How often a phrase's last tone has a cengkok, a tone of a beat or more a turn, and a tone on a beat a grace note."""

SHARES: Mapping[str, int] = MappingProxyType({"suling-fills": 7, "guitar-answers": 2, "strings-answer": 2})
"""How often each answers the singer."""

EARLIER = 0.2
"""They answer in sections that are this much thinner than those in which they play throughout."""

ECHOES = 0.3
"""How often the suling's answer takes up the last tones that were sung."""

OPENS = 0.75
"""How often the first of the melody players opens the song."""

SHORT_ANSWERED = 0.75
"""Share of the gaps of less than a beat and a half that are answered."""


def play_line(chart: Chart, player: Player) -> list[Note]:
    """The part of a melody player: lead in its turn where nobody sings, answers in the gaps where somebody does.

    Between its answers the lead guitar has a riff in full sections, and the strings hold the chords; strings play
    their lines in octaves. A group without chords plays as any other.
    """
    if not any(other.role in ("chords", "pad") for other in chart.style.ensemble):
        return play_counter(chart, player)
    rng = chart.rng(f"{player.track} line")
    low, high = _register(player)
    line = [note for leader, notes in _leads(chart) for note in notes if leader.track == player.track]
    for start, end in _answers(chart, player):
        line += answer(chart, player, start, end, low, high, rng)
    ends = final_onset(chart)
    if player.pattern != "strings-answer":
        line = [note for note in line if note.onset < ends]
        riff = _riff(chart, player, line) if player.pattern == "guitar-answers" else []
        return ornament(chart, line, rng) + riff
    line += _unison(chart, low, high)
    active = {bar.number for bar in playing(chart, player)}
    line = [note for note in line if note.onset < ends and chart.bar_at(note.onset).number in active]
    octaves = line + [Note(n.onset, n.duration, n.pitch - 12, max(1, n.velocity - 6)) for n in line]
    return _between(play_pad(chart, player), line) + octaves


def play_melayu(chart: Chart, player: Player) -> list[Note]:
    """A counter-line as any other style has it, with the ornaments of this one: pop Melayu."""
    return ornament(chart, play_counter(chart, player), chart.rng(f"{player.track} ornaments"), 0.5)


def _register(player: Player) -> tuple[int, int]:
    if player.pattern == "strings-answer":
        low, high = INSTRUMENTS[player.instrument].comfortable
        return max(low + 12, 64), min(high, 82)
    if player.pattern == "guitar-answers":
        return 59, INSTRUMENTS[player.instrument].comfortable[1] - 3  # with room for a grace note above
    return register(player)


def _others(chart: Chart) -> list[Player]:
    return [player for player in chart.style.ensemble if player.pattern in ANSWERS]


def _leads(chart: Chart) -> Iterable[tuple[Player, list[Note]]]:
    """Who leads the played sections, by halves of the long ones, and what they play: single lines in turn."""
    if any(other.role == "melody" for other in chart.style.ensemble):
        return
    players = [other for other in _others(chart) if other.pattern != "strings-answer"] or _others(chart)
    count = int(chart.rng("order of leads").random() > OPENS)
    for section in chart.sketch.sections:
        if chart.is_led(section):
            continue
        bars = section.duration // chart.bars[0].ticks
        middle = section.onset + bars // 2 * chart.bars[0].ticks
        spans = [(section.onset, middle), (middle, section.end)] if bars >= 8 else [(section.onset, section.end)]
        for start, end in spans:
            leader = players[count % len(players)]
            yield leader, lead_line(chart, section, start, end, *_register(leader))
            count += 1


def _unison(chart: Chart, low: int, high: int) -> list[Note]:
    """The cadences of the interludes, which the strings play with the leader, an octave or more apart."""
    found: list[Note] = []
    for _, notes in _leads(chart):
        if notes and chart.bar_at(notes[0].onset).section.kind in ("interlude", "solo"):
            end = chart.bar_at(notes[-1].onset).end
            late = [note for note in notes if note.onset >= end - 2 * chart.bars[0].ticks]
            middle = sum(note.pitch for note in late) / len(late)
            octave = 12 * round(((low + high) / 2 - middle) / 12)
            found += [Note(n.onset, n.duration, n.pitch + octave, n.velocity) for n in late]
    return [note for note in found if low - 12 <= note.pitch <= high + 12]


def _riff(chart: Chart, player: Player, line: Sequence[Note]) -> list[Note]:
    """A damped figure where the player has nothing else to do: a way of its own for each kind of section."""
    taken = {chart.bar_at(tick).number for note in line for tick in (note.onset, note.end - 1)}
    notes: list[Note] = []
    for bar in playing(chart, player):
        if bar.number in taken or not bar.sung:
            continue
        name = song_pattern(chart, bar)
        way = chart.rng(f"riff {bar.section.kind}").choice(RIFFS)
        if way == "bass" and name:
            row = bass_row(name, bar)
        elif way == "broken" and bar.steps == 16:
            row = BROKEN[bar.place % 2]
        elif bar.steps == 16:
            row = PUSHED[bar.place % 2]
        else:
            row = tuple((step, 2, "R") for step in range(0, bar.steps, bar.beat_steps))
        for step, length, degree in row:
            tick = bar.onset + step * STEP
            if may_strike(chart, bar, step):
                pitch = _riff_tone(bar.chord_at(tick), degree)
                notes.append(Note(tick, min(length, 2) * STEP, pitch, chart.velocity(bar, 0.0 if step else 0.2, 56)))
    return notes


def _riff_tone(chord: Chord, degree: str) -> int:
    root = near(chord.bass_pitch_class, 50, 45, 57)
    third = third_of(chord)
    if degree == "3" and third is not None:
        return near(third, root + 4, root, root + 11)
    if degree in "5V":
        return near(fifth_of(chord), root + (4 if degree == "5" else -4), 41, 62)
    return root + 12 if degree == "8" else root


def _answers(chart: Chart, player: Player) -> Iterable[tuple[Tick, Tick]]:
    """The gaps of the voice that the player answers: one player in each; long ones always, of short ones some."""
    players = _others(chart)
    rng = chart.rng("answers")
    for start, end in gaps(chart):
        full = chart.bar_at(start).fullness + EARLIER
        weights = [SHARES[other.pattern] * (full >= other.enters) for other in players]
        answered = rng.random() < (1.0 if end - start >= 6 * STEP else SHORT_ANSWERED)
        chosen = rng.choices(players, weights)[0] if sum(weights) else None
        if answered and chosen is not None and chosen.track == player.track:
            yield start, end


def gaps(chart: Chart) -> list[tuple[Tick, Tick]]:
    """Spans of a beat or more in sung sections in which the voice rests, or only holds a tone that has begun.

    A tone of a beat or more is free after its first eighth: a flute may turn round it.
    """
    beat = chart.sketch.plan.metre.beat_ticks
    found: list[tuple[Tick, Tick]] = []
    for section in chart.sketch.sections:
        if not chart.is_led(section):
            continue
        notes = [note for note in chart.sketch.melody if section.onset <= note.onset < section.end]
        spans = [(section.onset, notes[0].onset)]
        for note, after in zip(notes, [*(n.onset for n in notes[1:]), section.end], strict=True):
            spans.append((note.onset + beat // 2 if note.duration >= beat else note.end, after))
        found += [(start, end) for start, end in spans if end - start >= beat]
    return found


def lead_line(chart: Chart, section: Section, start: Tick, end: Tick, low: int, high: int) -> list[Note]:
    """A melody over a played section or a half of it: a call, its sequence, and a cadence at the end.

    Sections of a kind have the same melody, those of another kind another.
    """
    kind = "interlude" if section.kind == "solo" else section.kind
    late = start > section.onset
    rng = chart.rng(f"dangdut {kind} {late}")
    call, cadence = rng.choice(CALLS), rng.choice(CADENCES)
    bar = chart.bars[0].ticks
    notes: list[Note] = []
    middle = (low + high) // 2
    at, count = start, 0
    while at < end:
        closing = end - at <= 2 * bar
        phrase = cadence if closing else call
        around = middle - 3 if closing else middle - 2 - 2 * (count % 2) - (2 if late else 0)
        if closing:
            tonic = chart.key_at(at).tonic.pitch_class
            around = min((p for p in range(low, high + 1) if p % 12 == tonic), key=lambda p: abs(p - around))
        if end - at < 2 * bar:  # a single bar: the phrase's second half
            phrase = tuple((step - 16, length, move) for step, length, move in phrase if step >= 16)
        notes += say(chart, phrase, at, min(end, at + 2 * bar), around, low, high, 0.1)
        at += 2 * bar
        count += 1
    return notes


def answer(chart: Chart, player: Player, start: Tick, end: Tick, low: int, high: int, rng: random.Random) -> list[Note]:
    """A figure in a gap of the voice, over before it sings again; empty where the gap is short or the band stops."""
    onset = -(-start // STEP) * STEP
    onset += 2 * STEP if end - onset >= 8 * STEP and rng.random() < 0.5 else 0
    steps = min((end - onset) // STEP, 16)
    fitting = [phrase for phrase in ANSWERS[player.pattern] if phrase[-1][0] + phrase[-1][1] <= steps]
    if not fitting or stop_in(chart, chart.bar_at(onset)) is not None:
        return []
    if player.pattern == "suling-fills" and steps >= 4 and rng.random() < ECHOES:
        return echo(chart, onset, steps, low, high)
    longest = max(phrase[-1][0] + phrase[-1][1] for phrase in fitting)
    phrase = rng.choice([phrase for phrase in fitting if phrase[-1][0] + phrase[-1][1] >= longest - 2])
    around = near_tone(chart, onset, (low + high) // 2 + rng.choice((-3, 0, 2)), low, high)
    return say(chart, phrase, onset, end, around, low, high, -0.1)


def echo(chart: Chart, onset: Tick, steps: int, low: int, high: int) -> list[Note]:
    """The last tones that were sung, said again higher and quicker, the last one longest; it turns away at the end."""
    sung = [note.pitch for note in chart.sketch.melody if note.onset < onset][-min(5, steps - 1) :]
    sung = [pitch for place, pitch in enumerate(sung) if place == 0 or pitch != sung[place - 1]]
    if not sung:
        return []
    octave = 12 * round(((low + high) / 2 - sum(sung) / len(sung)) / 12)
    notes: list[Note] = []
    for place, pitch in enumerate(sung):
        tick = onset + place * STEP
        scale = scale_here(chart, tick, low, high)
        last = place == len(sung) - 1
        length = min(2, steps - place) if last else 1
        tone = scale[snap(scale, pitch + octave)]
        tone = near_tone(chart, tick, tone, low, high) if last else tone
        notes.append(Note(tick, length * STEP, tone, chart.velocity(chart.bar_at(tick), -0.1, 70)))
    return notes


def say(
    chart: Chart,
    phrase: Sequence[tuple[int, int, int]],
    at: Tick,
    end: Tick,
    around: int,
    low: int,
    high: int,
    accent: float,
) -> list[Note]:
    """A phrase from a tick on: in the scale of each moment, on chord tones at beats where one lies within a step."""
    notes: list[Note] = []
    for step, length, move in phrase:
        tick = at + step * STEP
        if tick >= end:
            break
        bar = chart.bar_at(tick)
        scale = scale_here(chart, tick, low, high)
        base = snap(scale, around)
        pitch = scale[max(0, min(len(scale) - 1, base + move))]
        if step % 4 == 0 and length >= 2:
            chord = near_tone(chart, tick, pitch, low, high)
            pitch = chord if abs(chord - pitch) <= 2 else pitch
        weight = bar.metre.weight(tick - bar.onset)
        notes.append(
            Note(tick, min(length * STEP, end - tick), pitch, chart.velocity(bar, accent + 0.1 * (weight - 2), 70))
        )
    return notes


def scale_here(chart: Chart, tick: Tick, low: int, high: int) -> list[int]:
    """The key's tones, where the chord raises one with that one in its place: harmonic minor over its dominant.

    Unlike the scale of other styles it keeps the tonic beside the leading tone, so that the augmented second is heard.
    """
    chord = set(tones(chart.bar_at(tick).chord_at(tick)))
    scale = set(chart.key_at(tick).pitch_classes)
    for tone in sorted(chord - scale):
        below, above = (tone - 1) % 12, (tone + 1) % 12
        scale -= {below} - chord if below in scale else {above} - chord
        scale.add(tone)
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in scale]


def ornament(chart: Chart, notes: Sequence[Note], rng: random.Random, often: float = 1.0) -> list[Note]:
    """The line with turns on long tones, a cengkok on the last tone of a phrase, and grace notes on some beats.

    `often` in 0..1 makes all of them rarer.
    """
    beat = chart.sketch.plan.metre.beat_ticks
    ordered = sorted(notes)
    found: list[Note] = []
    for index, note in enumerate(ordered):
        scale = scale_here(chart, note.onset, note.pitch - 5, note.pitch + 5)
        at = snap(scale, note.pitch)
        upper, lower = scale[min(at + 1, len(scale) - 1)], scale[max(at - 1, 0)]
        closes = index + 1 == len(ordered) or ordered[index + 1].onset > note.end
        luck = rng.random() / max(often, 1e-6)
        if note.duration >= beat and closes and luck < CLOSING:
            found += _shaken(note, (note.pitch, upper, note.pitch, lower))
        elif note.duration >= beat and luck < TURNED:
            found += _shaken(note, (note.pitch, upper))
        elif note.duration >= 2 * STEP and note.onset % beat == 0 and luck < GRACED:
            found += _shaken(note, (upper if luck < GRACED / 2 else lower,))
        else:
            found.append(note)
    return found


def _shaken(note: Note, graces: Sequence[int]) -> list[Note]:
    """The note after grace notes of a thirty-second each, taken from its beginning; as it is where it is too short."""
    if note.duration < (len(graces) + 1) * GRACE:
        return [note]
    soft = max(1, note.velocity - 8)
    found = [Note(note.onset + place * GRACE, GRACE, pitch, soft) for place, pitch in enumerate(graces)]
    taken = len(graces) * GRACE
    return [*found, Note(note.onset + taken, note.duration - taken, note.pitch, note.velocity)]


def _between(held: Sequence[Note], line: Sequence[Note]) -> list[Note]:
    """Held chords where the line is silent: cut before it, and taken up again after it."""
    spans: list[tuple[Tick, Tick]] = []
    for note in sorted(line):
        if spans and note.onset - spans[-1][1] <= 4 * STEP:
            spans[-1] = (spans[-1][0], max(spans[-1][1], note.end))
        else:
            spans.append((note.onset, note.end))
    kept = list(held)
    for start, end in spans:
        cut: list[Note] = []
        for note in kept:
            if note.end <= start or note.onset >= end:
                cut.append(note)
                continue
            if start - note.onset >= 2 * STEP:
                cut.append(Note(note.onset, start - note.onset, note.pitch, note.velocity))
            if note.end - end >= 4 * STEP:
                cut.append(Note(end, note.end - end, note.pitch, note.velocity))
        kept = cut
    return kept
