"""A motif as a picture: where its tones lie, with names and not angka. Its notation is engraved beside it (`score`)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from senandung.domain.motif import Motif
from senandung.drawing.cipher import cipher_of, do_of
from senandung.drawing.figure import GRID, INK, PAPER, SOFT, VOCAL_COLOUR, new_figure, plain_text, save_figure
from senandung.drawing.fonts import fit


def save_motif_picture(motif: Motif, name: str, path: Path) -> None:
    """Write a PNG of a motif.

    Parameters
    ----------
    motif : what is drawn.
    name : its file's name, for the heading.
    """
    figure = new_figure(11.0, 3.4)
    said = f"{motif.key}, {motif.metre}, {motif.bpm:.0f} bpm, {len(motif.tones)} notes"
    figure.text(0.04, 0.91, plain_text(fit(name, "Senandung-Bold", 13, 420)), fontsize=13, weight="bold", color=INK)
    figure.text(0.98, 0.91, said, fontsize=10, color=SOFT, ha="right")
    first, last = motif.tones[0].onset, motif.tones[-1].end
    bar = motif.metre.bar_ticks
    roll = figure.add_axes((0.04, 0.12, 0.94, 0.74))
    roll.set_facecolor(PAPER)
    roll.set_xlim(min(first, 0) - 0.06 * bar, max(last, motif.bars * bar) + 0.06 * bar)
    for side in roll.spines.values():
        side.set_visible(False)
    roll.set_yticks([])
    _draw_roll(roll, motif)
    save_figure(figure, path)


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
