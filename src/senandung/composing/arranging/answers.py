"""Counter-lines of a staged band: answers where the voice rests or holds, soft tones beside it, else the hook.

What a song answers with is drawn once for each kind of section and comes back: in choruses the head of the hook, in
verses a figure of the style. Beside the voice a player begins where no syllable begins; nothing starts a semitone or a
minor ninth from a sung tone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.arranging.chart import STEP, Bar, Chart, Harmony
from senandung.composing.arranging.fills import STABBING, guide_tone, leaders, register, turns
from senandung.composing.arranging.hook import hook_at, hook_line, hook_of
from senandung.composing.arranging.line import figure_line, near_tone, theme_line
from senandung.composing.arranging.player import playing
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick

FULL = 0.74
"""Fullness from which all counter-players sound at once."""

SPARE = 0.5
"""Below this fullness nobody plays beside the voice."""

# Short tones of a full band, steps and lengths in a bar of 4/4: a song has one of them. Commonly stated figures.
STABS: tuple[tuple[tuple[int, int], ...], ...] = (
    ((6, 2), (8, 4)),
    ((10, 2), (14, 2)),
    ((3, 1), (6, 2), (14, 2)),
    ((8, 2), (11, 1), (14, 2)),
    ((12, 1), (13, 1), (14, 2)),
)


def play_answers(chart: Chart, player: Player) -> list[Note]:
    """The part of a player with a counter-line."""
    players = leaders(chart.style.ensemble)
    low, high = register(player)
    lead = any(other.role == "melody" and other.track != player.track for other in players)
    players = tuple(other for other in players if other.role != "melody" or not lead)
    index = next((at for at, other in enumerate(players) if other.track == player.track), 0)
    notes: list[Note] = []
    for count, (start, end, section) in enumerate([] if lead else turns(chart, len(players))):
        if count % max(1, len(players)) == index:
            theme = hook_line(chart, section, low, high)
            theme = theme or theme_line(chart, section, low, high, chart.rng(f"theme {section.name}"))
            notes += [replace(n, duration=min(n.end, end) - n.onset) for n in theme if start <= n.onset < end]
    for count, (start, end) in enumerate(chart.rests):
        if count % max(1, len(players)) == index:
            notes += _answer(chart, player, start, end, low, high)
    notes += _beside(chart, player, notes, index, len(players), low, high)
    return clear_of_voice(chart, notes)


def _answer(chart: Chart, player: Player, start: Tick, end: Tick, low: int, high: int) -> list[Note]:
    """A figure in a rest of the voice; nothing where the rest is too short for one."""
    beat, bar = chart.sketch.plan.metre.beat_ticks, chart.bars[0].ticks
    short = end - start < 2 * beat
    onset = -(-(start if short or start % bar == 0 else start + beat // 2) // STEP) * STEP
    until = min(end, onset + 2 * bar) // STEP * STEP
    if until - onset < 3 * STEP:
        return []
    here = chart.bar_at(onset)
    if short and here.place % 4 != 3 and not here.closes_section:
        return []  # a soft tone will do; the figure is kept for the ends of phrases
    kind = here.section.kind
    rng = chart.rng(f"answer {player.track} {kind}")
    around = (low + high) // 2
    hook = hook_of(chart)
    if kind == "chorus" and hook and not short and rng.random() < 0.6:
        said = hook_at(chart, hook, onset, until, around, low, high, accent=-0.1)
        if len(said) >= 2:
            return said
    if short:
        return figure_line(chart, onset, until, low, high, around, rng, ("pickup",), -0.15)
    return figure_line(chart, onset, until, low, high, around, rng, chart.style.licks, -0.1)


def _beside(
    chart: Chart, player: Player, taken: Sequence[Note], index: int, count: int, low: int, high: int
) -> list[Note]:
    """Soft tones beside the voice in sections full enough, each begun where no syllable begins."""
    busy = [(note.onset, note.end) for note in taken]
    stabs = STABS[chart.rng(f"{player.track} stabs").randrange(len(STABS))]
    before = place = (low + high) // 2 - 2 - 4 * index
    notes: list[Note] = []
    for bar in playing(chart, player):
        if bar.fullness < SPARE or not bar.sung:
            continue
        if count > 1 and bar.fullness < FULL and (bar.place // 2 + bar.section_index) % count != index:
            continue
        for span in bar.harmony:
            if any(start < span.end and span.onset < end for start, end in busy):
                continue
            sung = chart.melody_in(span.onset, span.end)
            onset = _free(bar, span, sung)
            before, place = place, guide_tone(bar, span.onset, place, before, low, high, first=index == 0, sung=sung)
            if player.instrument in STABBING and bar.steps == 16:
                notes += _stabs(chart, bar, span, place, stabs, sung)
            elif onset is not None:
                last = notes[-1] if notes else None
                if last is not None and last.end == span.onset == onset and last.pitch == place:
                    notes[-1] = replace(last, duration=span.end - last.onset)
                else:
                    notes.append(Note(onset, span.end - onset, place, chart.velocity(bar, -0.35, 58)))
    return notes


def _free(bar: Bar, span: Harmony, sung: Sequence[Note]) -> Tick | None:
    """The first off-beat or beat of a chord at which the voice rests or has held its tone for a beat; else, in full
    sections, the chord's beginning where no syllable begins there."""
    beat = bar.metre.beat_ticks
    half = max(STEP, beat // 2 // STEP * STEP)
    for tick in range(span.onset, span.end - beat + 1, half):
        sounding = [note for note in sung if note.onset <= tick < note.end]
        if not sounding or (sounding[-1].duration > beat and tick - sounding[-1].onset >= beat):
            return tick
    starts = {note.onset for note in sung}
    return None if bar.fullness < FULL or span.onset in starts else span.onset


def _stabs(
    chart: Chart, bar: Bar, span: Harmony, pitch: int, rhythm: Sequence[tuple[int, int]], sung: Sequence[Note]
) -> list[Note]:
    """The song's short tones, left out where a syllable begins; in two bars of four."""
    if bar.place % 2 == 0 and bar.fullness < FULL:
        return []
    starts = {note.onset for note in sung}
    ticks = [(bar.onset + step * STEP, length * STEP) for step, length in rhythm]
    return [
        Note(tick, min(length, span.end - tick), pitch, chart.velocity(bar, 0.1, 60))
        for tick, length in ticks
        if span.onset <= tick < span.end and tick not in starts
    ]


def clear_of_voice(chart: Chart, notes: Sequence[Note]) -> list[Note]:
    """The notes without a beginning that rubs: a semitone or a minor ninth from a sung tone at the same tick.

    Such a tone goes to the nearest chord tone that does not rub; where there is none it is left out.
    """
    sung: dict[Tick, list[int]] = {}
    for note in chart.sketch.melody:
        sung.setdefault(note.onset, []).append(note.pitch)
    kept: list[Note] = []
    for note in notes:
        rubbing = [pitch for pitch in sung.get(note.onset, ()) if abs(pitch - note.pitch) in (1, 13)]
        if not rubbing:
            kept.append(note)
            continue
        for around in (note.pitch - 2, note.pitch + 2, note.pitch - 4, note.pitch + 4):
            pitch = near_tone(chart, note.onset, around, note.pitch - 7, note.pitch + 7)
            if all(abs(pitch - other) not in (0, 1, 13) for other in sung[note.onset]):
                kept.append(replace(note, pitch=pitch))
                break
    return kept
