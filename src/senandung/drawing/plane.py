"""The plane of valence and arousal (Russell 1980) with a feeling in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from senandung.domain.feeling import PLACES, Feeling
from senandung.drawing.figure import GRID, INK, PAPER, SOFT, TRACK_COLOURS, VOCAL_COLOUR
from senandung.drawing.labels import label


def draw_plane(box: Any, feeling: Feeling, language: str, others: Sequence[Feeling] = ()) -> None:
    """Draw a feeling into axes: its point, the ellipse of one standard deviation, and the named feelings around it.

    Parameters
    ----------
    others : readings that the feeling was made of, drawn with their number from 1.
    """
    from matplotlib.patches import Ellipse

    box.set_facecolor(PAPER)
    box.set_xlim(-1.02, 1.02)
    box.set_ylim(-1.02, 1.02)
    box.axhline(0, color=GRID, lw=1)
    box.axvline(0, color=GRID, lw=1)
    box.set_xlabel(label("valence", language), fontsize=9, color=SOFT)
    box.set_ylabel(label("arousal", language), fontsize=9, color=SOFT, labelpad=1)
    box.tick_params(labelsize=8, colors=SOFT)
    box.set_xticks([-1, -0.5, 0, 0.5, 1])
    box.set_yticks([-1, -0.5, 0, 0.5, 1])
    for side in box.spines.values():
        side.set_color(GRID)
    points = [feeling, *(other for other in others if other.readable)]
    taken: list[tuple[float, float, float]] = [(each.valence, each.arousal, 0.06) for each in points]
    own = set(feeling.words)
    for name, place in sorted(PLACES.items(), key=lambda item: item[0] not in own):
        text = name if language == "id" else place.english
        chosen = name in own
        x, y = _free_place(place.valence, place.arousal, 0.021 * len(text) + 0.03, taken)
        taken.append((x, y, 0.021 * len(text) + 0.03))
        box.plot(place.valence, place.arousal, ".", ms=3, color=INK if chosen else SOFT, zorder=2)
        look = {"weight": "bold", "color": INK} if chosen else {"color": SOFT}
        box.text(x, y, text, fontsize=9.5 if chosen else 8, ha="center", va="center", zorder=4, **look)
    wide, tall = 2 * feeling.valence_spread, 2 * feeling.arousal_spread
    centre = (feeling.valence, feeling.arousal)
    box.add_patch(Ellipse(centre, wide, tall, facecolor=VOCAL_COLOUR, alpha=0.13, lw=0, zorder=1))
    box.add_patch(Ellipse(centre, wide, tall, fill=False, edgecolor=VOCAL_COLOUR, lw=1.2, zorder=3))
    box.plot(*centre, "o", ms=9, color=VOCAL_COLOUR, mec=PAPER, mew=1.2, zorder=5)
    for number, other in enumerate(others, start=1):
        at, colour = (other.valence, other.arousal), TRACK_COLOURS[(number - 1) % len(TRACK_COLOURS)]
        size = (2 * other.valence_spread, 2 * other.arousal_spread)
        if other.readable:
            box.add_patch(Ellipse(at, *size, fill=False, edgecolor=colour, lw=1, ls=(0, (4, 3)), zorder=3))
            box.plot(*at, "o", ms=13, color=colour, mec=PAPER, mew=1, zorder=6)
            box.text(*at, str(number), fontsize=8, weight="bold", color=PAPER, ha="center", va="center", zorder=7)
    if not feeling.readable:
        box.text(0, -0.93, label("unread", language), fontsize=9, color=VOCAL_COLOUR, ha="center", zorder=6)


def _free_place(x: float, y: float, half: float, taken: list[tuple[float, float, float]]) -> tuple[float, float]:
    """The nearest place by a point where a word of half-width `half` meets no other and stays in the plane."""
    best = (x, y)
    least = float("inf")
    for dy in (-0.065, 0.065, -0.14, 0.14, -0.21, 0.21):
        for dx in (0.0, 0.12, -0.12, 0.24, -0.24):
            place = (min(max(x + dx, half - 1), 1 - half), min(max(y + dy, -0.97), 0.97))
            clash = sum(
                max(0.0, half + other - abs(place[0] - tx)) + 0.05
                for tx, ty, other in taken
                if abs(place[1] - ty) < 0.068 and abs(place[0] - tx) < half + other
            )
            cost = 10 * clash + abs(dx) + abs(dy)
            if cost < least:
                best, least = place, cost
    return best
