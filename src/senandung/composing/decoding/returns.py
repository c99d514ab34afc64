"""Which bars of a piece come back later, the same or varied: its form, bar by bar.

Where a form is asked, its sections say what returns. A piece that goes on from an opening comes back to it. Else a real
piece of the same ensemble and kind lends the order in which its bars return (`weights/returns.json`: numbers, no
notes), so that phrases answer each other as people let them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from senandung.composing.decoding.measures.bands import FAMILY_OF
from senandung.composing.pieces.asked import FormPart, PieceWish
from senandung.composing.pieces.follow import NEW, SAME, VARIED, Pointer

SHORTEST = 8
"""Bars from which on a piece has a form."""

PHRASE = 4
"""Bars of a phrase."""

LENDERS, ALIKE = 6, 0.12
"""How many real pieces are looked at for one whose phrases return where phrases begin, or in which most bars return
whole phrases later (the cut to the wish's bars loses many returns, and one in the middle of a phrase is not heard as
such), and how far their shares of new and of unchanged
bars may be from those of the first that was drawn: so pieces repeat as much, and as little, as real ones do."""

LEAST_LENDERS = 10
"""Forms of at least the wish's bars that there should be to draw from."""

OTHER_CHORDS = 1000
"""Added to the step of a bar that varies another over other chords (no form has so many bars)."""

SECTION = 16
"""Bars of a section of a long piece whose form nobody asked for and no real piece lends."""

ORDERS = ((0, 0, 1, 0), (0, 1, 0, 2, 0), (0, 1, 0, 1, 2, 1), (0, 0, 1, 1, 0), (0, 1, 2, 0, 1))
"""Orders of sections of such pieces: song, rondo, verse and chorus with a bridge, binary with a return, sonata."""

LEAST_OPENING, LEAST_NEW = 4, 8
"""Bars of an opening that can return, and bars behind it from which on a form is planned."""

SAME_AGAIN = 0.5
"""Share of the two-bar groups of a returning section that come back unchanged."""


@cache
def _tables() -> Mapping[str, Any]:
    text = resources.files("senandung.weights").joinpath("returns.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def forms_of(ensemble: str, style: str) -> list[Sequence[int]]:
    """The forms of real pieces of an ensemble and a style's family; of the ensemble alone where there are none."""
    forms: Mapping[str, Sequence[Sequence[int]]] = _tables()["forms"]
    exact = forms.get(f"{ensemble}/{FAMILY_OF.get(style, 'any')}")
    if exact:
        return list(exact)
    return [form for cell, rows in forms.items() if cell.startswith(f"{ensemble}/") for form in rows]


def kept_rows(ensemble: str, style: str) -> tuple[float, float]:
    """The share of the rows of a bar that varies another that are the same note for note in real pieces.

    Over the same chords, and over others; pieces of an ensemble and a style's family, or of the ensemble.
    """
    kept: Mapping[str, tuple[float, float]] = _tables()["kept"]
    over_same, over_others = kept.get(f"{ensemble}/{FAMILY_OF.get(style, 'any')}") or kept.get(ensemble) or (0.0, 0.0)
    return over_same, over_others


def form_after(wish: PieceWish, rng: np.random.Generator) -> tuple[FormPart, ...] | None:
    """A form for a piece that goes on from an opening, which comes back in it, at last at the end.

    None where a form is asked, or opening or continuation is too short for one.
    """
    opening, new = len(wish.opening), wish.bars - len(wish.opening)
    if wish.form is not None or opening < LEAST_OPENING or new < LEAST_NEW:
        return None
    section = min(opening, SECTION) if opening % 4 == 0 or opening < SECTION // 2 else SECTION // 2
    count = max(round(new / section), 2)
    section = min(section, new // count)
    order = ORDERS[int(rng.integers(len(ORDERS)))]
    letters = [order[place % len(order)] for place in range(1, count)] + [0]
    if not any(letters[:-1]):
        letters[0] = 1
    form = [FormPart("verse", opening)]
    first = {0: 0}
    for place, letter in enumerate(letters):
        bars = section if place < count - 1 else new - section * (count - 1)
        form.append(FormPart("verse", bars, first.get(letter)))
        first.setdefault(letter, len(form) - 1)
    return tuple(form)


class Returns(NamedTuple):
    """What comes back in a piece.

    `bars` names for every bar behind the opening the earlier one that it repeats, and how; `chords` the bars that take
    the chords of that one: all that repeat it, but those that vary it over other chords and the cadence at the end.
    """

    bars: dict[int, Pointer]
    chords: dict[int, int]


def plan_returns(wish: PieceWish, rng: np.random.Generator) -> Returns:
    """What comes back in a piece: nothing in a very short one."""
    if wish.bars < SHORTEST:
        return Returns({}, {})
    steps = _steps_of_real(wish, rng) if wish.form is None else _steps_of_sections(wish.form, wish, rng)
    pointers: dict[int, Pointer] = {}
    chords: dict[int, int] = {}
    for bar in range(len(wish.opening), wish.bars):
        step = steps[bar]
        to = bar - _back(step)
        if step == 0 or to < 0 or bar == wish.bars - 1 or wish.metre_at(to) != wish.metre_at(bar):
            pointers[bar] = Pointer(0, NEW)
            continue
        pointers[bar] = Pointer(to, SAME if step < 0 else VARIED)
        if step < OTHER_CHORDS and bar < wish.bars - 2:
            chords[bar] = to
    return Returns(pointers, chords)


def _back(step: int) -> int:
    """How many bars before stood what a bar repeats."""
    return abs(step) % OTHER_CHORDS


def _steps_of_real(wish: PieceWish, rng: np.random.Generator) -> list[int]:
    forms = forms_of(wish.ensemble, wish.style)
    fitting = [form for form in forms if len(form) >= wish.bars]
    if fitting:
        near = sorted(fitting, key=len)[: max(len(fitting) // 2, 3)]
        if len(near) < LEAST_LENDERS:  # other families of the ensemble join them
            others = [form for form in forms_of(wish.ensemble, "any") if len(form) >= wish.bars and form not in near]
            near += sorted(others, key=len)[: LEAST_LENDERS - len(near)]
        drawn = [list(near[index])[: wish.bars] for index in rng.permutation(len(near)).tolist()]
        alike = [steps for steps in drawn if _unlike(steps, drawn[0]) <= ALIKE][:LENDERS]
        return max(alike, key=lambda steps: (_comes_back(steps), _square(steps)))
    order = ORDERS[int(rng.integers(len(ORDERS)))]
    form: list[FormPart] = []
    first: dict[int, int] = {}
    left = wish.bars
    while left > 0:
        letter = order[len(form) % len(order)]
        bars = min(SECTION, left) if left >= SECTION + SECTION // 2 else left
        form.append(FormPart("verse", bars, first.get(letter)))
        first.setdefault(letter, len(form) - 1)
        left -= bars
    return _steps_of_sections(form, wish, rng)


def _unlike(one: Sequence[int], other: Sequence[int]) -> float:
    """How far two forms of the same length differ in their shares of new and of unchanged bars."""
    new = sum(step == 0 for step in one) - sum(step == 0 for step in other)
    same = sum(step < 0 for step in one) - sum(step < 0 for step in other)
    return max(abs(new), abs(same)) / len(one)


def _comes_back(steps: Sequence[int]) -> bool:
    """Whether a phrase returns where a phrase begins: four bars in a row that repeat four from a phrase's beginning."""
    return any(
        steps[bar] != 0 and (bar - _back(steps[bar])) % PHRASE == 0
        and len({_back(step) for step in steps[bar : bar + PHRASE]}) == 1
        for bar in range(2 * PHRASE, len(steps) - PHRASE + 1, PHRASE)
    )  # fmt: skip


def _square(steps: Sequence[int]) -> float:
    """The share of the returning bars that repeat what stood whole phrases before, and not some bars beside them."""
    back = [_back(step) for step in steps if step != 0]
    return sum(bars % PHRASE == 0 for bars in back) / max(len(back), 1)


def _steps_of_sections(form: Sequence[FormPart], wish: PieceWish, rng: np.random.Generator) -> list[int]:
    """Bars of a section that returns point to its first time; inside a new one a real piece's beginning is followed."""
    forms = forms_of(wish.ensemble, wish.style)
    starts = np.cumsum([0, *(part.bars for part in form)]).tolist()
    steps: list[int] = []
    for place, (_, bars, source) in enumerate(form):
        if source is None:
            lent = list(forms[int(rng.integers(len(forms)))]) if forms else []
            lent = (lent + [0] * bars)[:bars]
            steps += [step if _back(step) <= bar else 0 for bar, step in enumerate(lent)]
            continue
        back = starts[place] - starts[source]
        same = rng.random(bars // 2 + 1) < SAME_AGAIN
        for bar in range(bars):
            if bar >= form[source].bars:
                steps.append(0)
            else:
                steps.append(-back if same[bar // 2] and bar < bars - 1 else back)
    return steps
