"""Real parts: a string quartet, or any group of single-line players.

The leading line is given; the bass is written against it, the inner voices between them. Rules after Fux, *Gradus ad
Parnassum* (1725): no parallel fifths or octaves between the outer voices; suspensions are prepared and resolve by step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from senandung.composing.arranging.chart import STEP, Bar, Chart, Harmony
from senandung.composing.arranging.line import figure_line, scale_pitches, snap, theme_line
from senandung.composing.arranging.melody import play_melody
from senandung.composing.arranging.parallels import Voice, is_parallel, parallels
from senandung.composing.arranging.player import final_onset
from senandung.composing.arranging.voicing import near, third_of, tones
from senandung.domain.chords import Chord
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick

FORBIDDEN = 1000.0
"""The cost of a parallel: more than any other cost together."""


@dataclass(frozen=True)
class _Place:
    """A note to be pitched: where it lies, its bar, its accent, and whether it starts a chord."""

    onset: Tick
    end: Tick
    bar: Bar
    opens: bool


def play_parts(chart: Chart, players: Sequence[Player], sung: bool) -> dict[str, list[Note]]:
    """A part for each player of a group of single lines, by track name.

    Parameters
    ----------
    players : the group; the one with the role "melody" leads where nobody sings, else the highest.
    sung : whether a voice sings the sketch's melody beside the group.
    """
    ordered = sorted(players, key=lambda p: -sum(INSTRUMENTS[p.instrument].comfortable))
    top = next((player for player in ordered if player.role == "melody"), ordered[0])
    ordered = [top, *(player for player in ordered if player is not top)]
    given = _leading_line(chart, top, sung)
    if len(ordered) == 1:
        return {top.track: given}
    voice = list(chart.sketch.melody) if sung else []
    low = ordered[-1]
    bass = _bass(chart, low, [line for line in (voice, given) if line])
    upper = _sustained(chart, top, given, bass, voice) if sung else given
    upper = _with_final(chart, top, upper, bass)
    bass = _mend(chart, low, bass, [line for line in (voice, upper) if line])
    parts = {top.track: upper, low.track: bass}
    parts.update(_inner(chart, ordered[1:-1], upper, bass, voice))
    return parts


def before_end(chart: Chart, notes: Sequence[Note]) -> list[Note]:
    """Notes cut at the last chord."""
    end = final_onset(chart)
    return [replace(note, duration=min(note.end, end) - note.onset) for note in notes if note.onset < end]


def _leading_line(chart: Chart, top: Player, sung: bool) -> list[Note]:
    """What is fixed in the top part: the melody and its themes, or themes and answers beside a voice."""
    if not sung:
        return before_end(chart, one_at_a_time(play_melody(chart, top)))
    low, high = _register(top, 0, 2)
    rng = chart.rng(top.track)
    notes: list[Note] = []
    for section in chart.sketch.sections:
        if not chart.is_led(section):
            notes += theme_line(chart, section, low, high, rng)
    beat = chart.sketch.plan.metre.beat_ticks
    for start, end in chart.rests:
        onset = -(-(start + beat // 2) // STEP) * STEP
        until = end // STEP * STEP
        if until - onset >= 3 * STEP:
            notes += figure_line(chart, onset, until, low, high, (low + high) // 2, rng, chart.style.licks, -0.1)
    return before_end(chart, one_at_a_time(notes))


def one_at_a_time(notes: Sequence[Note]) -> list[Note]:
    """The notes as one line: each ends where the next begins; of notes that begin together the highest stays."""
    line: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.onset, -n.pitch)):
        if line and note.onset == line[-1].onset:
            continue
        if line and line[-1].end > note.onset:
            line[-1] = replace(line[-1], duration=note.onset - line[-1].onset)
        line.append(note)
    return line


def _register(player: Player, index: int, count: int) -> tuple[int, int]:
    """Where a part lies: its comfortable range, narrowed to the middle for the index-th of `count` voices."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    if index == 0:
        return max(low, min(64, high - 14)), min(high, max(83, low + 14))
    if index == count - 1:
        return low, min(high, low + 24)
    return low, min(high, low + 22)


# The bass.


def _bass_places(chart: Chart) -> list[_Place]:
    places: list[_Place] = []
    end = final_onset(chart)
    for bar in chart.bars:
        beat = bar.metre.beat_ticks
        for span in bar.harmony:
            stop = min(span.end, end)
            if span.onset >= end:
                continue
            starts = {span.onset}
            pace = _bass_pace(bar)
            for tick in range(bar.onset, bar.end, beat):
                weight = bar.metre.weight(tick - bar.onset)
                if span.onset < tick < stop and weight >= pace:
                    starts.add(tick)
            ordered = sorted(starts)
            for start, after in zip(ordered, [*ordered[1:], stop], strict=True):
                places.append(_Place(start, after, bar, start == span.onset))
    return places


def _bass_pace(bar: Bar) -> int:
    """The least metrical weight at which the bass moves: 4 bars, 3 half bars, 2 beats."""
    if bar.fullness < 0.36:
        return 4
    if bar.fullness < 0.66 or bar.metre.is_compound:
        return 3 if bar.metre.beats % 2 == 0 else 2 if bar.place % 2 else 4
    return 2


def _bass(chart: Chart, player: Player, above: Sequence[Sequence[Note]]) -> list[Note]:
    low, high = _register(player, 3, 4)
    voices = [Voice(line) for line in above]
    notes: list[Note] = []
    place = near(chart.key.tonic.pitch_class, (low + high) // 2, low, high)
    for spot in _bass_places(chart):
        chord = spot.bar.chord_at(spot.onset)
        best = min(
            _bass_choices(chord, low, high),
            key=lambda pitch: (_bass_cost(pitch, chord, spot, place, notes, voices, (low + high) // 2 - 2), pitch),
        )
        weight = spot.bar.metre.weight(spot.onset - spot.bar.onset)
        velocity = chart.velocity(spot.bar, 0.08 * (weight - 2), 66)
        notes.append(Note(spot.onset, spot.end - spot.onset, best, velocity))
        place = best
    end = final_onset(chart)
    chord = chart.bars[-1].chord_at(end)
    final = near(chord.bass_pitch_class, place, low, high)
    notes.append(Note(end, chart.end - end, final, chart.velocity(chart.bars[-1], 0.2)))
    return notes


def _bass_choices(chord: Chord, low: int, high: int) -> list[int]:
    classes = {*tones(chord)[:3], chord.bass_pitch_class}
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]


def _bass_cost(
    pitch: int, chord: Chord, spot: _Place, place: int, notes: Sequence[Note], above: Sequence[Voice], home: int
) -> float:
    cost = 0.35 * abs(pitch - place) + 0.12 * abs(pitch - home)
    if abs(pitch - place) > 12:
        cost += 20
    if pitch == place:
        cost += 2.5
    if len(notes) > 1 and notes[-2].pitch == pitch:
        cost += 1.5  # to and fro is no line
    degree = pitch % 12
    if degree != chord.bass_pitch_class:
        strong = spot.bar.metre.weight(spot.onset - spot.bar.onset) >= 3
        cost += (9 if strong else 3) if spot.opens else 0.5
        third = third_of(chord)
        cost += 0 if degree == third else 3
    for voice in above:
        cost += _clash(pitch, spot.onset, notes, voice)
        sounding = voice.at(spot.onset)
        if sounding is not None and pitch > sounding - 3:
            cost += 40
    return cost


def _clash(pitch: int, onset: Tick, notes: Sequence[Note], above: Voice) -> float:
    """Cost of the parallels that a lower voice makes by moving to `pitch` at `onset`."""
    if not notes or notes[-1].end != onset:
        return 0.0
    before = notes[-1]
    now = above.at(onset)
    if now is None:
        return 0.0
    cost = 0.0
    just = above.at(onset - 1)
    if just is not None and is_parallel((just, before.pitch), (now, pitch)):
        cost += FORBIDDEN
    then = above.at(before.onset)
    if then is not None and is_parallel((then, before.pitch), (now, pitch)):
        cost += 30  # from beat to beat, with a passing tone between
    return cost


def _mend(chart: Chart, player: Player, bass: list[Note], above: Sequence[Sequence[Note]]) -> list[Note]:
    """Change single bass tones until no parallel with any upper line is left (at most a few rounds)."""
    low, high = _register(player, 3, 4)
    for _ in range(24):
        faults = sorted({tick for line in above for tick in parallels(line, bass)})
        if not faults:
            break
        better = next((trial for tick in faults for trial in _trials(chart, bass, above, tick, low, high)), None)
        if better is None:
            break
        bass = better
    return bass


def _trials(
    chart: Chart, bass: list[Note], above: Sequence[Sequence[Note]], tick: Tick, low: int, high: int
) -> Iterator[list[Note]]:
    """Bass lines with fewer parallels: the tone at `tick` or the one before changed to another of its chord."""
    now = sum(len(parallels(line, bass)) for line in above)
    index = next((i for i, note in enumerate(bass) if note.onset == tick), 0)
    for number in (index, index - 1):
        if not 0 <= number < len(bass) - 1:
            continue
        note = bass[number]
        chord = chart.bar_at(note.onset).chord_at(note.onset)
        for pitch in sorted(_bass_choices(chord, low, high), key=lambda pitch: abs(pitch - note.pitch)):
            trial = [*bass[:number], replace(note, pitch=pitch), *bass[number + 1 :]]
            if sum(len(parallels(line, trial)) for line in above) < now:
                yield trial


# The upper voice beside a singer.


def _sustained(
    chart: Chart, player: Player, given: Sequence[Note], bass: Sequence[Note], voice: Sequence[Note]
) -> list[Note]:
    """The top part beside a voice: where nothing is given, slow chord tones around the voice."""
    low, high = _register(player, 0, 4)
    busy = [(note.onset, note.end) for note in given]
    below, sung = Voice(bass), Voice(voice)
    fixed = Voice(given)
    notes: list[Note] = list(given)
    home = place = (low + high) // 2 - 1
    last: Note | None = None
    for spot in _upper_places(chart, busy):
        chord = spot.bar.chord_at(spot.onset)
        before = last if last is not None and last.end == spot.onset else fixed_before(fixed, spot.onset)

        def cost(pitch: int, spot: _Place = spot, before: Note | None = before, place: int = place) -> float:
            value = 0.5 * abs(pitch - place) + (2.5 if pitch == place else 0.0) + 0.2 * abs(pitch - home)
            singing = sung.at(spot.onset)
            if singing is not None and abs(pitch - singing) <= 2:
                value += 6
            under = below.at(spot.onset)
            if before is not None and under is not None:
                just = below.at(spot.onset - 1)
                if just is not None and is_parallel((before.pitch, just), (pitch, under)):
                    value += FORBIDDEN
            after, lower, later = fixed.at(spot.end), below.at(spot.end - 1), below.at(spot.end)
            if after is not None and lower is not None and later is not None:
                value += FORBIDDEN if is_parallel((pitch, lower), (after, later)) else 0.0
            return value

        best = min((p for p in range(low, high + 1) if p % 12 in tones(chord)), key=lambda p: (cost(p), p))
        last = Note(spot.onset, spot.end - spot.onset, best, chart.velocity(spot.bar, -0.25, 60))
        notes.append(last)
        place = best
    return sorted(notes)


def fixed_before(line: Voice, tick: Tick) -> Note | None:
    """The note of a line that ends exactly at a tick."""
    return next((note for note in line.notes if note.end == tick), None)


def _upper_places(chart: Chart, busy: Sequence[tuple[Tick, Tick]]) -> list[_Place]:
    places: list[_Place] = []
    end = final_onset(chart)
    for bar in chart.bars:
        if bar.fullness < 0.3:
            continue
        pace = 2 if bar.fullness >= 0.7 and bar.place % 2 else 3
        for span in bar.harmony:
            cuts = {span.onset}
            beat = bar.metre.beat_ticks
            cuts |= {t for t in range(bar.onset, bar.end, beat) if bar.metre.weight(t - bar.onset) >= pace}
            starts = sorted(t for t in cuts if span.onset <= t < min(span.end, end))
            for start, stop in zip(starts, [*starts[1:], min(span.end, end)][: len(starts)], strict=True):
                for low, high in _free(start, stop, busy):
                    if high - low >= 2 * STEP:
                        places.append(_Place(low, high, bar, True))
    return places


def _free(start: Tick, end: Tick, busy: Sequence[tuple[Tick, Tick]]) -> list[tuple[Tick, Tick]]:
    free = [(start, end)]
    for low, high in busy:
        if high <= start or low >= end:
            continue
        free = [piece for a, b in free for piece in ((a, min(b, low)), (max(a, high), b)) if piece[1] > piece[0]]
    return free


def _with_final(chart: Chart, player: Player, notes: Sequence[Note], bass: Sequence[Note]) -> list[Note]:
    """The part with its tone of the last chord: the nearest that makes no parallel with the bass."""
    low, high = _register(player, 0, 4)
    end = final_onset(chart)
    line = [note for note in notes if note.onset < end]
    chord = chart.bars[-1].chord_at(end)
    before = line[-1].pitch if line else (low + high) // 2
    below = Voice(bass)
    just, now = below.at(end - 1), below.at(end)

    def cost(pitch: int) -> float:
        value = abs(pitch - before) + (0.0 if pitch % 12 == chord.root.pitch_class else 1.5)
        if line and line[-1].end == end and just is not None and now is not None:
            value += FORBIDDEN if is_parallel((before, just), (pitch, now)) else 0.0
        return value

    pitch = min((p for p in range(low, high + 1) if p % 12 in tones(chord)[:3]), key=lambda p: (cost(p), p))
    return [*line, Note(end, chart.end - end, pitch, chart.velocity(chart.bars[-1], 0.2))]


# The inner voices.

# For each degree of fullness the textures of the inner voices from the upper to the lower, used in turn by section.
TEXTURES: tuple[tuple[float, tuple[tuple[str, str], ...]], ...] = (
    (0.36, (("suspended", "suspended"), ("suspended", "neighbours"))),
    (0.5, (("suspended", "rocking"), ("offbeats", "neighbours"), ("neighbours", "suspended"))),
    (0.66, (("rocking", "offbeats"), ("syncopated", "rocking"), ("neighbours", "rocking"))),
    (1.01, (("repeated", "rocking"), ("syncopated", "repeated"), ("rocking", "syncopated"))),
)


def _inner(
    chart: Chart, players: Sequence[Player], upper: Sequence[Note], bass: Sequence[Note], voice: Sequence[Note]
) -> dict[str, list[Note]]:
    parts: dict[str, list[Note]] = {player.track: [] for player in players}
    if not players:
        return parts
    top, low, sung = Voice(upper), Voice(bass), Voice(voice)
    places = [sum(_register(p, i + 1, len(players) + 2)) // 2 for i, p in enumerate(players)]
    end = final_onset(chart)
    rng = chart.rng("inner")
    textures = {index: rng.randrange(6) for index in range(len(chart.sketch.sections))}
    for bar in chart.bars:
        row = next(options for limit, options in TEXTURES if bar.fullness < limit)
        pair = row[(textures[bar.section_index] + bar.occurrence + bar.place // 4) % len(row)]
        for span in bar.harmony:
            chosen = _between(span, players, places, top, low, sung)
            for index, (player, pitch) in enumerate(zip(players, chosen, strict=True)):
                if span.onset >= end:
                    velocity = chart.velocity(bar, 0.1)
                    parts[player.track].append(Note(span.onset, chart.end - span.onset, pitch, velocity))
                    continue
                texture = pair[0] if index == 0 else pair[1]
                bounds = _register(player, index + 1, len(players) + 2)
                own = parts[player.track]
                before = own[-1].pitch if own and own[-1].end == span.onset else None
                own += _texture(chart, bar, span, texture, pitch, before, bounds)
            places = list(chosen)
    return parts


def _between(
    span: Harmony,
    players: Sequence[Player],
    places: Sequence[int],
    top: Voice,
    low: Voice,
    sung: Voice,
) -> list[int]:
    """A pitch for each inner voice: the chord complete, small steps, no crossing where it can be avoided."""
    chord = span.chord
    sounding = [pitch for pitch in (top.at(span.onset), low.at(span.onset), sung.at(span.onset)) if pitch is not None]
    bottom = low.at(span.onset)
    ceiling = top.at(span.onset)
    covered = {pitch % 12 for pitch in sounding}
    third = third_of(chord)
    chosen: list[int] = []
    for index, player in enumerate(players):
        floor, roof = _register(player, index + 1, len(players) + 2)
        home = max(floor + 3, min(roof - 3, round(71 - (71 - 47) * (index + 1) / (len(players) + 1) + 2)))

        def cost(pitch: int, index: int = index, chosen: tuple[int, ...] = tuple(chosen), home: int = home) -> float:
            value = 0.6 * abs(pitch - places[index]) + 0.4 * abs(pitch - home)
            degree = pitch % 12
            if 1 <= places[index] - pitch <= 2 and places[index] % 12 not in tones(chord):
                value -= 4  # the tone before can be suspended
            if degree in covered:
                value += 6 if degree == third else 2
            elif degree == third:
                value -= 5
            if ceiling is not None and pitch >= ceiling:
                value += 8
            if bottom is not None and pitch <= bottom + 2:
                value += 12
            if chosen and pitch >= chosen[-1] - 1:
                value += 10
            return value

        pitch = min((p for p in range(floor, roof + 1) if p % 12 in tones(chord)), key=lambda p: (cost(p), p))
        chosen.append(pitch)
        covered.add(pitch % 12)
    return chosen


def _texture(
    chart: Chart,
    bar: Bar,
    span: Harmony,
    texture: str,
    pitch: int,
    before: int | None,
    bounds: tuple[int, int],
) -> list[Note]:
    """One inner voice over one chord."""
    beat = bar.metre.beat_ticks
    half = beat // 3 if bar.metre.is_compound else beat // 2
    length = span.end - span.onset
    low, high = bounds
    suspends = before is not None and 1 <= before - pitch <= 2 and before % 12 not in tones(span.chord)
    if before is not None and suspends and texture in ("suspended", "neighbours") and length >= 2 * beat:
        return [
            Note(span.onset, beat, before, chart.velocity(bar, 0.05, 60)),
            Note(span.onset + beat, length - beat, pitch, chart.velocity(bar, -0.25, 60)),
        ]
    if texture == "suspended" or length < 2 * half:
        return [Note(span.onset, length, pitch, chart.velocity(bar, -0.15, 60))]
    near_tones = [p for p in range(max(low, pitch - 7), min(high, pitch + 7) + 1) if p % 12 in tones(span.chord)]
    other = max((p for p in near_tones if p < pitch), default=min((p for p in near_tones if p > pitch), default=pitch))
    notes: list[Note] = []
    scale = scale_pitches(chart, bar, span.onset, max(low, pitch - 5), pitch)
    neighbour = scale[max(0, snap(scale, pitch) - 1)] if scale else pitch
    for count, tick in enumerate(range(span.onset, span.end, half)):
        left = min(half, span.end - tick)
        on_beat = (tick - bar.onset) % beat == 0
        accent = -0.05 if on_beat else -0.3
        if texture == "rocking":
            notes.append(Note(tick, left, (pitch, other)[count % 2], chart.velocity(bar, accent, 58)))
        elif texture == "repeated":
            notes.append(Note(tick, left, pitch, chart.velocity(bar, accent, 60)))
        elif texture == "offbeats" and not on_beat:
            notes.append(Note(tick, left, pitch, chart.velocity(bar, -0.2, 58)))
        elif texture == "neighbours":
            third_of_bar = (tick - bar.onset) // half
            moving = third_of_bar % 4 == 3 and neighbour != pitch
            notes.append(Note(tick, left, neighbour if moving else pitch, chart.velocity(bar, accent, 58)))
        elif texture == "syncopated" and (count == 0 or count % 2 == 1):
            long = min(half if count == 0 else 2 * half, span.end - tick)
            notes.append(Note(tick, long, pitch, chart.velocity(bar, -0.1, 60)))
    if texture == "neighbours":
        notes = _joined(notes)
    return notes


def _joined(notes: Sequence[Note]) -> list[Note]:
    """Repeated tones joined into longer ones."""
    joined: list[Note] = []
    for note in notes:
        if joined and joined[-1].pitch == note.pitch and joined[-1].end == note.onset:
            joined[-1] = replace(joined[-1], duration=joined[-1].duration + note.duration)
        else:
            joined.append(note)
    return joined
