"""Colour, cuts and motion → valence and arousal: one table.

Colour: Valdez & Mehrabian (1994, J. Exp. Psych. General 123:394) for standardised variables, as their abstract has
them: pleasure = .69 B + .22 S, arousal = -.31 B + .60 S (dominance, which is not used, = -.76 B + .32 S: later papers
often print it without the minus). Standardised here means: distance from the usual picture in the unit of the table,
ours, for their chips are no films; and a standard deviation of ratings is taken as `RATINGS` of the plane. Wilms &
Oberfeld (2018, Psychological Research 82:896) agree on pleasure and on saturation, but found bright colours the more
arousing: brightness's arousal is disputed. Hue had small effects that differ between the two; it is left out.

Cuts: Lang, Zhou, Schwartz, Bolls & Potter (2000, J. Broadcasting & Electronic Media 44): skin conductance rises over
0-7, 8-15, 16-23 and 24 and more cuts a minute. Motion: Detenber, Simons & Bennett (1998, ibid. 42:113) and Simons et
al. (1999, 2000): a moving picture stirs more than a still, and hardly changes valence. Their sizes here are ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from senandung.sensing.additive import Felt, Rule, feel_cues

if TYPE_CHECKING:
    from senandung.domain.time import Second

RATINGS = 0.25
"""Share of the plane that one standard deviation of ratings of colours is."""


@dataclass(frozen=True)
class PictureCues:
    """The cues of a stretch of film.

    Parameters
    ----------
    start, end : seconds.
    brightness : mean L*, 0..100.
    saturation : mean C*, 0 grey; about 100 the purest.
    cutting : cuts a minute around here; None where the film is one take, whose lack of cuts says little.
    motion : mean change of L* a second; None where it cannot be told (one frame).
    """

    start: Second
    end: Second
    brightness: float
    saturation: float
    cutting: float | None = None
    motion: float | None = None


def _motion(cues: PictureCues) -> float | None:
    return None if cues.motion is None else math.log2(1 + cues.motion)


RULES: tuple[Rule[PictureCues], ...] = (
    Rule(
        "brightness", lambda c: c.brightness, 40.0, 15.0, 0.69 * RATINGS, -0.31 * RATINGS,
        "bright picture", "dark picture",
    ),
    Rule(
        "saturation", lambda c: c.saturation, 15.0, 9.0, 0.22 * RATINGS, 0.60 * RATINGS,
        "strong colours", "pale colours",
    ),
    Rule("cutting", lambda c: c.cutting, 12.0, 8.0, 0.0, 0.14, "fast cutting", "slow cutting"),
    Rule("motion", _motion, 4.0, 1.2, 0.0, 0.12, "much motion", "little motion"),
)  # fmt: skip

VALENCE_SPREAD, AROUSAL_SPREAD = 0.7, 0.5
"""Of a picture without its sound. What is shown is not seen here, only how: valence is nearly unknown."""


def feel_picture(cues: PictureCues) -> Felt:
    """The feeling of a stretch of film by how it looks."""
    return feel_cues(RULES, cues)
