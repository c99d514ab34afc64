"""A motif as a picture: a staff with its notes, and below it where the tones lie, with names and not angka."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from senandung.domain.motif import Motif
from senandung.domain.pitch import STEPS
from senandung.drawing.cipher import cipher_of, do_of
from senandung.drawing.figure import GRID, INK, PAPER, SOFT, VOCAL_COLOUR, new_figure, plain_text, save_figure
from senandung.drawing.fonts import fit

MIDDLE_LINE = 34
"""Place of the treble staff's middle line (B4) in steps of the staff above C0."""


def save_motif_picture(motif: Motif, name: str, path: Path) -> None:
    """Write a PNG of a motif.

    Parameters
    ----------
    motif : what is drawn.
    name : its file's name, for the heading.
    """
    figure = new_figure(11.0, 5.4)
    said = f"{motif.key}, {motif.metre}, {motif.bpm:.0f} bpm, {len(motif.tones)} notes"
    figure.text(0.04, 0.945, plain_text(fit(name, "Senandung-Bold", 13, 420)), fontsize=13, weight="bold", color=INK)
    figure.text(0.98, 0.945, said, fontsize=10, color=SOFT, ha="right")
    first, last = motif.tones[0].onset, motif.tones[-1].end
    bar = motif.metre.bar_ticks
    left, right = min(first, 0) - 0.06 * bar, max(last, motif.bars * bar) + 0.06 * bar
    room = 0.05 * (right - left) + 0.012 * (right - left) * abs(motif.key.fifths)
    staff = figure.add_axes((0.04, 0.58, 0.94, 0.33))
    roll = figure.add_axes((0.04, 0.08, 0.94, 0.45))
    for box in (staff, roll):
        box.set_facecolor(PAPER)
        box.set_xlim(left - room, right)
        for side in box.spines.values():
            side.set_visible(False)
        box.set_yticks([])
    _draw_staff(staff, motif, (left - room, right), figure)
    _draw_roll(roll, motif)
    save_figure(figure, path)


def _place(motif: Motif, pitch: int) -> tuple[int, int]:
    """Steps of the staff above C0, and the sign beside what the key has: semitones, or 0."""
    written = motif.key.spell(pitch)
    octave = (pitch - written.alter) // 12 - 1
    usual = next((motif.key.spell(p) for p in range(60, 72) if motif.key.spell(p).step == written.step
                  and p % 12 in motif.key.pitch_classes), written)  # fmt: skip
    return 7 * octave + STEPS.index(written.step), 0 if usual.alter == written.alter else written.alter or 9


def _draw_signature(box: Any, motif: Motif, left: float) -> None:
    """The letter of the clef on its line, and the key's sharps or flats; `left` is where the staff begins."""
    sharps = (38, 35, 39, 36, 33, 37, 34)
    flats = (34, 37, 33, 36, 32, 35, 31)
    wide = (box.get_xlim()[1] - left) * 0.012
    box.text(left + 0.6 * wide, MIDDLE_LINE - 2, "G", fontsize=13, weight="bold", color=INK, ha="left", va="center")
    for number in range(abs(motif.key.fifths)):
        place = (sharps if motif.key.fifths > 0 else flats)[number]
        sign = "♯" if motif.key.fifths > 0 else "♭"
        box.text(left + (2.6 + number) * wide, place, sign, fontsize=11, color=INK, ha="left", va="center")


def _draw_staff(box: Any, motif: Motif, ends: tuple[float, float], figure: Any) -> None:
    from matplotlib.patches import Ellipse

    left, right = ends
    places = [_place(motif, tone.pitch) for tone in motif.tones]
    middle = sum(place for place, _ in places) / len(places)
    shift = 7 * round((middle - MIDDLE_LINE) / 7)  # written in the octave in which it stands on the staff
    low = min(*(place - shift for place, _ in places), MIDDLE_LINE - 4)
    high = max(*(place - shift for place, _ in places), MIDDLE_LINE + 4)
    box.set_ylim(low - 4, high + 4)
    for line in range(MIDDLE_LINE - 4, MIDDLE_LINE + 5, 2):
        box.plot([left, right], [line, line], color=SOFT, lw=0.7, zorder=1)
    _draw_signature(box, motif, left)
    for number in range(motif.bars + 1):
        at = number * motif.metre.bar_ticks - 0.03 * motif.metre.bar_ticks
        box.plot([at, at], [MIDDLE_LINE - 4, MIDDLE_LINE + 4], color=SOFT, lw=0.9, zorder=1)
    size = figure.get_size_inches()
    width_inches, height_inches = 0.94 * size[0], 0.33 * size[1]
    tall = 2.0
    inches = tall / (high - low + 8) * height_inches
    wide = 1.25 * inches / width_inches * (right - left)
    box.set_xticks([])
    for tone, (place, sign) in zip(motif.tones, places, strict=True):
        y, x = place - shift, tone.onset + wide / 2
        beats = tone.duration / 480
        hollow = beats >= 2
        head = Ellipse((x, y), wide, tall * 0.86, facecolor=PAPER if hollow else INK,
                       edgecolor=INK, lw=1.4, zorder=3)  # fmt: skip
        box.add_patch(head)
        up = y < MIDDLE_LINE
        if beats < 4:
            side = x + wide / 2 if up else x - wide / 2
            end = y + (6.5 if up else -6.5)
            box.plot([side, side], [y, end], color=INK, lw=1.2, zorder=2)
            flags = sum(beats < limit for limit in (0.99, 0.49, 0.24))
            for flag in range(flags):
                at = end - (1.6 * flag if up else -1.6 * flag)
                box.plot([side, side + 0.8 * wide], [at, at - (2.2 if up else -2.2)], color=INK, lw=1.8, zorder=2)
        if any(abs(beats - dotted) < 0.02 for dotted in (0.375, 0.75, 1.5, 3.0)):
            box.plot([x + 0.85 * wide], [y + 0.5 * (y % 2 == 0)], ".", color=INK, ms=3.5, zorder=3)
        for ledger in (*range(MIDDLE_LINE - 6, y - 1, -2), *range(MIDDLE_LINE + 6, y + 1, 2)):
            box.plot([x - 0.8 * wide, x + 0.8 * wide], [ledger, ledger], color=SOFT, lw=0.8, zorder=1)
        if sign:
            text = {1: "♯", -1: "♭", 9: "♮"}.get(sign, "")
            box.text(x - 0.75 * wide, y, text, fontsize=11, color=INK, ha="right", va="center", zorder=3)


def _draw_roll(box: Any, motif: Motif) -> None:
    bar, beat = motif.metre.bar_ticks, motif.metre.beat_ticks
    pitches = [tone.pitch for tone in motif.tones]
    low, high = min(pitches) - 3.2, max(pitches) + 2.2
    box.set_ylim(low, high)
    start = -(-min(motif.tones[0].onset, 0) // beat) * beat
    for tick in range(start, motif.bars * bar + 1, beat):
        box.axvline(tick, color=SOFT if tick % bar == 0 else GRID, lw=1.0 if tick % bar == 0 else 0.6, zorder=0)
    do = min(range(48, 72), key=lambda pitch: (pitch % 12 != do_of(motif.key).pitch_class, abs(pitch - min(pitches))))
    while do + 12 <= sum(pitches) / len(pitches):
        do += 12
    for tone, following in pairwise([*motif.tones, motif.tones[-1]]):
        box.barh(
            tone.pitch, tone.duration * 0.96, left=tone.onset, height=0.8, color=VOCAL_COLOUR, alpha=0.85, zorder=3
        )
        if following is not tone and following.onset - tone.end < beat // 2:
            box.plot([tone.end, following.onset], [tone.pitch, following.pitch], color=VOCAL_COLOUR, lw=0.7, zorder=2)
        middle = tone.onset + tone.duration / 2
        box.text(middle, tone.pitch + 0.55, str(motif.key.spell(tone.pitch)).replace("#", "♯").replace("b", "♭"),
                 fontsize=8.5, color=INK, ha="center", va="bottom", zorder=4)  # fmt: skip
        digit, alter, octave = cipher_of(tone.pitch, motif.key, do)
        sign = {1: "/", -1: "\\"}.get(alter, "")
        box.text(middle, low + 0.9, digit + sign, fontsize=10, weight="bold", color=INK, ha="center", va="center")
        if octave:
            dots = "·" * abs(octave)
            box.text(
                middle, low + (1.5 if octave > 0 else 0.35), dots, fontsize=10, color=INK, ha="center", va="center"
            )
    box.set_xticks(
        [number * bar + bar / 2 for number in range(motif.bars)], [f"bar {n + 1}" for n in range(motif.bars)]
    )
    box.tick_params(labelsize=8, colors=SOFT, length=0)
