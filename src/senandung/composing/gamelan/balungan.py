"""A balungan: the skeleton of a gendhing, written gatra by gatra towards its resting tones.

The tones of gong and kenong are chosen first, by pathet; then the ends of the gatra between them (seleh); then each
gatra gets a contour that falls, rises or turns onto its seleh. That a gatra leads to its fourth tone, the heaviest, is
commonly stated (Martopangrawit; Supanggah's padhang and ulihan). The contours are those of gatra that are common in the
repertoire, in steps of the pathet above or below the seleh; their weights are ours. Nothing is learned: no collection
of balungan has a licence that would allow it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from senandung.domain.gendhing import Cycle, Pathet, Tone

_T = TypeVar("_T")

Contour = tuple[int | None, ...]
"""Four places relative to the seleh, in steps of the pathet; None for a rest (pin)."""

MLAKU: Mapping[Contour, float] = MappingProxyType(
    {
        (3, 2, 1, 0): 4.0,  # 3 2 1 6
        (1, 2, 1, 0): 4.0,  # 5 6 5 3
        (-1, -2, -1, 0): 3.0,  # 2 1 2 3
        (2, 1, 2, 0): 2.0,  # 2 1 2 6
        (-1, 0, 1, 0): 2.0,  # 1 2 3 2
        (1, -1, 1, 0): 1.5,  # 3 1 3 2
        (-2, -1, 1, 0): 1.5,  # 6 1 3 2
        (-3, -2, -1, 0): 1.5,  # 2 3 5 6
        (0, 1, -1, 0): 1.0,  # 3 5 2 3
        (0, 2, 1, 0): 1.0,  # 3 6 5 3
    }
)
"""Contours of the walking balungan, with a gatra that has it in slendro manyura."""

NIBANI: Mapping[Contour, float] = MappingProxyType(
    {(None, 1, None, 0): 4.0, (None, -1, None, 0): 2.0, (None, 2, None, 0): 1.0}
)
"""Contours of the balungan that sounds on every second beat."""

CADENCES: Mapping[Contour, float] = MappingProxyType({(3, 2, 1, 0): 6.0, (1, 2, 1, 0): 1.5, (2, 1, 2, 0): 1.5})
"""Contours of the gatra before a gong: Hood's cadences 6532, 2165 and 3216 fall by step."""

HANGING: Contour = (0, 0, None, None)
"""Gantungan: the melody stays on the tone that it has reached."""

HIGH_START: Contour = (None, None, 0, None)
"""How a ngelik often begins: . . 6 ."""

BUKA: Contour = (None, -1, 1, 0)
"""The first gatra of a buka: . 1 3 2"""

HANG_SHARE = 0.25
"""How often a gatra hangs where its seleh is the tone before."""

LEAPS = (0.25, 1.0, 0.8, 0.25, 0.08)
"""Weight of a step of 0, 1, 2, 3 and 4 places from one gatra to the next; further ones are not taken."""

OMPAK_RANGE, NGELIK_RANGE, LANCARAN_RANGE = (-2, 4), (1, 7), (-1, 5)
"""Lowest and highest place of an ompak, of a ngelik, and of a lancaran's later gongan: in a pathet of 1 2 3 5 6 from 5
low to 6, from 2 to 3 high, and from 6 low to 1 high."""

SENTENCES: Mapping[int, Mapping[str, float]] = MappingProxyType(
    {
        4: {"AABG": 3.0, "GBCG": 3.0, "ABAG": 2.0, "ABCG": 1.5},
        2: {"AG": 3.0, "GG": 1.0},
    }
)
"""Which kenong phrases of a gongan are alike, by their number; G is the one that ends on the gong. Ours."""

EXCHANGED = ("pelog-lima",)
"""Where 4 stands for 3 between 5 and 2 (5 4 2 1): the exchange tone of pelog bem, commonly stated."""


@dataclass(frozen=True)
class Gatra:
    """Four beats: their places in the pathet and their tones, None for a rest."""

    places: tuple[int | None, ...]
    tones: tuple[Tone | None, ...]

    @property
    def seleh(self) -> int:
        """The place on which it comes to rest."""
        return next(place for place in reversed(self.places) if place is not None)

    @property
    def nibani(self) -> bool:
        """Whether it sounds on its second and fourth beat alone."""
        return [place is None for place in self.places] == [True, False, True, False]

    def __str__(self) -> str:
        return " ".join("." if tone is None else str(tone) for tone in self.tones)


@dataclass(frozen=True)
class Balungan:
    """What the sections are made of: the buka, and the gongan of ompak and ngelik."""

    buka: tuple[Gatra, ...]
    ompak: tuple[tuple[Gatra, ...], ...]
    ngelik: tuple[tuple[Gatra, ...], ...]


def write_balungan(pathet: Pathet, cycle: Cycle, gongan: tuple[int, int], *, nibani: bool, seed: int) -> Balungan:
    """A balungan in a pathet.

    Parameters
    ----------
    pathet, cycle : what it is written in.
    gongan : how many gongan the ompak and the ngelik have.
    nibani : whether the ompak sounds on every second beat; the ngelik of a ketawang or ladrang walks in any case.
    seed : the same seed gives the same balungan.

    >>> from senandung.domain.gendhing import CYCLES, PATHETS
    >>> made = write_balungan(PATHETS["slendro-manyura"], CYCLES["ketawang"], (1, 1), nibani=True, seed=1)
    >>> str(made.ompak[0][-1]).endswith("6,")
    True
    """
    writer = _Writer(pathet, cycle, random.Random(seed))
    goal = writer.gong_place(usual=True)
    ompak: list[tuple[Gatra, ...]] = []
    for number in range(gongan[0]):
        last = number == gongan[0] - 1
        ompak.append(writer.gongan(goal, OMPAK_RANGE, nibani=nibani, end=goal if last else None))
    walks = cycle.name != "lancaran"
    ngelik: list[tuple[Gatra, ...]] = []
    for number in range(gongan[1]):
        before = goal if number == 0 else ngelik[-1][-1].seleh
        last = number == gongan[1] - 1
        ngelik.append(
            writer.gongan(
                before,
                NGELIK_RANGE if walks else LANCARAN_RANGE,
                nibani=nibani and not walks,
                end=goal if last else None,
                high=walks,
            )
        )
    close = ompak[-1][-1]
    first = writer.opening(close, nibani=nibani)
    return Balungan((first, close), tuple(ompak), tuple(ngelik))


@dataclass
class _Writer:
    pathet: Pathet
    cycle: Cycle
    chance: random.Random

    def gong_place(self, *, usual: bool = False) -> int:
        """A low place on which a gongan may end."""
        digit = self.pathet.gong[0]
        if not usual and self.chance.random() < 0.35:
            digit = self.pathet.gong[-1]
        return min(self.pathet.places(digit, *OMPAK_RANGE), key=lambda place: abs(place + 0.5))

    def gongan(
        self, before: int, reach: tuple[int, int], *, nibani: bool, end: int | None, high: bool = False
    ) -> tuple[Gatra, ...]:
        """A gongan from the tone `before` on; it ends on `end`, or on a gong tone of its own."""
        kenong = self.cycle.beats_of("kenong")
        sentence = self._drawn({text: w for text, w in SENTENCES[len(kenong)].items() if not high or text[0] != "G"})
        goal = self.gong_place() if end is None else end
        digits = {"G": self.pathet.tone(goal).digit}
        length = kenong[0] // 4
        written: dict[str, tuple[Gatra, ...]] = {}
        phrases: list[tuple[Gatra, ...]] = []
        at = before
        for number, letter in enumerate(sentence):
            final = number == len(sentence) - 1
            if letter in written and (letter != "G" or final) and not (high and number == 1):
                phrase = written[letter]
                if abs(_first(phrase) - at) < len(LEAPS):
                    phrases.append(phrase)
                    at = phrase[-1].seleh
                    continue
            if letter not in digits:
                digits[letter] = self._rest_digit(set(digits.values()))
            span = reach if not (final or letter == "G") else (OMPAK_RANGE[0], reach[1])
            ends = [goal] if final or letter == "G" else list(self.pathet.places(digits[letter], *span))
            if high and number == 0:
                target = self._near(ends, span[1] - 2, 1.0)
            elif high and number == len(sentence) - 2:  # on the way down to the gong
                target = self._near(ends, (at + goal) / 2 + 1, 1.5)
            else:
                target = self._near(ends, at, 2.5)
            before_it = phrases[-1][-1] if phrases else None
            phrase = self._phrase(
                at, target, length, span, before_it, nibani=nibani, cadence=letter == "G", high=high and number == 0
            )
            written.setdefault(letter, phrase)
            phrases.append(phrase)
            at = phrase[-1].seleh
        return tuple(gatra for phrase in phrases for gatra in phrase)

    def opening(self, close: Gatra, *, nibani: bool) -> Gatra:
        """The first gatra of the buka: it leads to the last gatra of the gongan."""
        first = next(place for place in close.places if place is not None)
        seleh = self._near([first - 1, first + 1, first], first, 1.0)
        seleh = min(max(seleh, OMPAK_RANGE[0] + 1), OMPAK_RANGE[1])
        return self._made((None, 1, None, 0) if nibani else BUKA, seleh)

    def _phrase(
        self,
        at: int,
        target: int,
        length: int,
        span: tuple[int, int],
        before: Gatra | None,
        *,
        nibani: bool,
        cadence: bool,
        high: bool,
    ) -> tuple[Gatra, ...]:
        found: list[Gatra] = []
        for number in range(length):
            last = number == length - 1
            seleh = target if last else self._between(at, target, span)
            if high and number == 0 and length > 1 and self.chance.random() < 0.6:
                seleh = self._near(self._seleh_places((span[0] + 2, span[1])), span[0] + 3, 1.0)
                gatra = self._made(HIGH_START, seleh)
            elif not nibani and seleh == at and not (cadence and last) and self.chance.random() < HANG_SHARE:
                gatra = self._made(HANGING, seleh)
            else:
                table = NIBANI if nibani else CADENCES if cadence and last else MLAKU
                gatra = self._gatra(at, seleh, table, span, found[-1] if found else before)
            found.append(gatra)
            at = gatra.seleh
        return tuple(found)

    def _gatra(
        self, at: int, seleh: int, table: Mapping[Contour, float], span: tuple[int, int], before: Gatra | None
    ) -> Gatra:
        weights: dict[Contour, float] = {}
        for contour, weight in table.items():
            places = [seleh + step for step in contour if step is not None]
            if not all(span[0] <= place <= span[1] for place in places[:-1]):
                continue
            leap = abs(places[0] - at)
            if leap < len(LEAPS):
                weights[contour] = weight * LEAPS[leap]
            if before is not None and self._made(contour, seleh).places == before.places:
                weights[contour] = 0.1 * weights.get(contour, 0.0)
        if not any(weights.values()):  # nothing fits: fall or rise onto the seleh from as near as may be
            step = 1 if seleh < span[1] else -1
            weights = {(None, step, None, 0) if table is NIBANI else (step, 2 * step, step, 0): 1.0}
        return self._made(self._drawn(weights), seleh)

    def _between(self, at: int, target: int, span: tuple[int, int]) -> int:
        """The seleh of a gatra inside a phrase: a resting tone of the pathet on the way."""
        places = [place for place in self._seleh_places(span) if abs(place - at) <= 3 and abs(place - target) <= 4]
        return self._near(places or self._seleh_places((OMPAK_RANGE[0], span[1])), (at + target) / 2, 1.0)

    def _seleh_places(self, span: tuple[int, int]) -> list[int]:
        allowed = set(range(1, 8)) - set(self.pathet.avoided)
        return [place for place in range(span[0], span[1] + 1) if self.pathet.tone(place).digit in allowed]

    def _rest_digit(self, used: set[int]) -> int:
        wishes = [*self.pathet.rests, *self.pathet.gong[1:]]
        weights = {digit: (0.3 if digit in used else 1.0) / (1 + 0.5 * n) for n, digit in enumerate(wishes)}
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def _near(self, places: Sequence[int], at: float, width: float) -> int:
        weights = [math.exp(-(((place - at) / width) ** 2)) + 1e-9 for place in places]
        return self.chance.choices(list(places), weights)[0]

    def _drawn(self, weights: Mapping[_T, float]) -> _T:
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def _made(self, contour: Contour, seleh: int) -> Gatra:
        places = tuple(None if step is None else seleh + step for step in contour)
        tones = [None if place is None else self.pathet.tone(place) for place in places]
        for at in range(1, 3):
            digits = tuple(0 if tone is None else tone.digit for tone in tones[at - 1 : at + 2])
            middle = tones[at]
            if self.pathet.mode in EXCHANGED and digits == (5, 3, 2) and middle is not None:
                tones[at] = Tone(middle.octave, 4)
        return Gatra(places, tuple(tones))


def _first(phrase: Sequence[Gatra]) -> int:
    return next(place for gatra in phrase for place in gatra.places if place is not None)
