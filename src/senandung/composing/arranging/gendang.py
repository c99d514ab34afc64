"""The gendang of dangdut and the kendang of campursari: named patterns with the bass that goes with each, as a table.

What is stated. Twelve patterns by name: senti mentil, 1/8 or medium, chalte, dangdut, dangdut balikan, rock-dut, pop-
dut, santana, kuraca, keroncong, koplo, campursari; the pattern tells which kind of dangdut a song is (Hirza et al.
2018, "Drum Etek on Dangdut Music", Int. J. of Education, Learning and Development 6/11). Chalte is the standard: five
sounds, three of the large drum and two of the small; koplo multiplies them and has twice the large drum (Weintraub,
in secondary accounts; Setiaji 2017, "Tinjauan karakteristik dangdut koplo", Handep 1/1, who adds fills, jem-jeman,
before the called senggakan). The bass goes do, sol, low sol with the drum's dang, dung, dut, which last five, one and
two eighths of a bar (S. R. Pakpahan, pmdsesawiak.blogspot.com, 2018). No transcription was found: the steps are the
project's own reading, and none contradicts these statements. Which section has which pattern is `dangdut_plan`'s.

A row has sixteen places, a syllable of `domain.hand_drums` or a dot each; "!" after one is an accent, "," a ghost. A
bass row has sixteen letters: R the chord's bass, 5 its fifth above, V below, 8 the octave, "-" holds, "." rests.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar
from senandung.domain.hand_drums import stroke_key
from senandung.domain.song import Note

Row = tuple[tuple[int, str, int], ...]
"""Sixteenth in the bar, syllable, velocity."""

STRENGTHS: Mapping[str, int] = MappingProxyType(
    {
        "tak": 84, "tek": 60, "tung": 78, "no": 76, "tang": 92, "dak": 90, "dam": 104, "duk": 90, "dut": 102,
        "ndut": 110, "dhah": 92, "dhung": 84, "thung": 78, "ket": 58, "dhe": 96, "dhet": 84, "lung": 80, "tong": 80,
        "tok": 72, "dang": 98,
    }
)  # fmt: skip
"""Velocity of a syllable that is neither accented nor a ghost; the project's own."""

ACCENT, GHOST = 12, -22


@dataclass(frozen=True)
class Pattern:
    """One named pattern.

    Parameters
    ----------
    plain, soft, dense : a bar of 4/4 as it is usually played, in thin sections, and every other bar of full ones.
    turned : the fourth bar of a phrase, which leads on.
    second : every other bar where it is played as usual; the same again where it is empty.
    bass : rows of the bass in thin, usual and full bars.
    hand_drum : whose syllables they are.
    """

    plain: str
    soft: str
    dense: str
    turned: str
    bass: tuple[str, str, str]
    hand_drum: str = "gendang"
    second: str = ""


PATTERNS: Mapping[str, Pattern] = MappingProxyType(
    {
        "chalte": Pattern(
            "tang . . .    tak . tung .    tak . duk .     dut! . . tung",
            "tang . . .    tak . . .       tung . duk .    dut . . .",
            "tang . tek tak    tak . tung tek,    tak tek, duk duk    dut! . tak tung",
            "tang . . tak   tak . tung tung   tak tung duk .    dut! . ndut .",
            ("R---------5-V---", "R-----R---5-V---", "R--R--8---5-V-5-"),
            second="tang . . tak   tak . tung .     tak . duk .     dut! . tung tak",
        ),
        "medium": Pattern(  # "1/8": a stroke an eighth
            "tang . tek .   tak . tung .   tang . tek .   tak . dut! .",
            "tang . . .     tak . tung .   tang . . .     tak . dut .",
            "tang . tek tek,    tak . tung tek,    tang . tek tak    tak . dut! dut",
            "tang . tek .   tak . tung tak    tang . tung tung    tak tung ndut! .",
            ("R-------R-----V-", "R-----5-R-----V-", "R-R---5-R-R---V-"),
            second="tang . tek .   tak . tung tak   tang . tek .    tak . dut! .",
        ),
        "dangdut": Pattern(  # dang and dut by half bars
            "tang . . tak   tak . dut .    tang . . tak   tak . dut! tung",
            "tang . . .     tak . dut .    tang . . .     tak . dut .",
            "tang tek, tek tak    tak tek, dut duk    tang tek, tung tak    tak tek, dut! duk",
            "tang . . tak   tak . dut .    tak tak tung tung    tak . ndut! .",
            ("R-----5-R-----V-", "R--R--5-R-----V-", "R--R--5-R--R--V-"),
            second="tang . tek tak   tak . dut .    tang . tung tak   tak . dut! .",
        ),
        "balikan": Pattern(  # dangdut turned: the slide opens each half, the dang answers
            "dut . . tak    tak . tang .   dut . . tak    tak . ndut! .",
            "dut . . .      tak . tang .   dut . . .      tak . dut .",
            "dut tek, tek tak   tak tek, tang tak   dut tek, tung tak   tak tek, ndut! .",
            "dut . . tak    tak . tang .   tak tung tung tak    tung . ndut! .",
            ("R-----5-R-----V-", "R--R--5-R-----V-", "R--R--5-R--R--V-"),
            second="dut . tek tak   tak . tang .    dut . tung tak   tak . ndut! .",
        ),
        "senti-mentil": Pattern(
            "tang . . tek    tung . tak .    . tung duk .    dut! . . tek",
            "tang . . .      tung . . .      tak . duk .     dut . . .",
            "tang . tek tek,    tung . tak tek,    tung tek, duk .    dut! . tung tek",
            "tang . . tek    tung . tak .    tung tung duk .    dut! . ndut .",
            ("R---------5-V---", "R---------5-V---", "R-----8---5-V---"),
            second="tang . . tek    tung . tak tek,   . . duk .    dut! . tung .",
        ),
        "rock-dut": Pattern(
            "duk! . duk .    dak . tek .    tang . duk .    dak . dut! .",
            "duk . . .       dak . . .      tang . duk .    dak . dut .",
            "duk! . duk tek,    dak . tek tak    tang . duk duk    dak . dut! tung",
            "duk! . duk .    dak . dak dak    tung tung dak dak    tung . ndut! .",
            ("R-------R-5---V-", "R-R---R-R-R---V-", "R-R-R-R-R-R-5-V-"),
            second="duk! . duk .    dak . tek .    tang . duk duk    dak . dut! .",
        ),
        "pop-dut": Pattern(
            "tang . . .    tak . . tung    tek . duk .    tak . dut! .",
            "tang . . .    tak . . .       . . duk .      tak . dut .",
            "tang . tek tek,    tak . tung tek,    tek . duk duk    tak . dut! tung",
            "tang . . tak    tak . tung tung    tak . duk .    tak tak ndut! .",
            ("R---------5---V-", "R-----R---5---V-", "R-----8-R-5---V-"),
            second="tang . . tek    tak . . tung    . . duk .    tak . dut! tung",
        ),
        "koplo": Pattern(
            "dut . tak dut   tung tak dut! .   tang . dut tak   tung . ndut! tak",
            "dut . . dut     tak . dut .       tang . dut .     tak . ndut .",
            "dut tak tung dut    tak tung dut! tak   tang tung dut tak   tung dut ndut! tak",
            "dut . tak dut   tung tak dut! .   tak tak tung tung   tak tung ndut! .",
            ("R--R--5-R-5---V-", "R--R--5-R-R---V-", "R--R--5-R-R-5-V-"),
            second="dut . tung dut   tak tung dut! .   tang tak dut tak   tung . ndut! tak",
        ),
        "jaipong": Pattern(  # koplo is traced to drummers who played jaipongan (Weintraub); sparser
            "dam . . tak     . tung dut .    . tak dut .    tak tung ndut! .",
            "dam . . .       . tung dut .    . . dut .      tak . ndut .",
            "dam . tak tak   tek tung dut tak    tek tak dut tung    tak tung ndut! tung",
            "dam . . tak     tak tak . tung    tung . tak tak    tung . ndut! .",
            ("R-----5---R---V-", "R-----5---R---V-", "R--R--5---R---V-"),
            second="dam . . tak     . tung dut .     tung . dut .    tak tung ndut! .",
        ),
        "langgam": Pattern(  # of campursari: the ciblon in a slow irama, low strokes before kempul and gong
            "dhe . . tak    tong . lung .   dhet . tong tak   . tong dhe! .",
            ". . . .        tong . . .      dhet . tong .     . . dhe .",
            "dhe . tok tak  tong tok lung tak   dhet . tong tak   tok tong dhe! tak",
            "dhe . tak tak  lung . tong tak     dhe . dhe .       lung . dang! .",
            ("R-------5-------", "R-------5-----A-", "R-----R-5-----A-"),
            "kendang",
            second="dhe . tak .     tong . lung .    dhet . lung tak   . tong dhe! tak",
        ),
        "campursari": Pattern(
            "dut . . tak    tung . dut .   tang . tung tak   tak . dut! .",
            "dut . . .      tung . dut .   tang . . .        tak . dut .",
            "dut . tek tak  tung tak dut .   tang tek tung tak   tak tung dut! tak",
            "dut . . tak    tung . dut .     tak tak tung tung   tak . ndut! .",
            ("R-----5-R-----V-", "R-----5-R-----V-", "R--R--5-R--5--V-"),
            second="dut . tek tak    tung . dut .    tang . tung .   tak tung dut! .",
        ),
    }
)  # fmt: skip
"""The patterns, by name. Of the twelve `santana`, `kuraca` and `keroncong` are missing: only names were found."""

ROLLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gendang": (
            "tang . tak tak   tung . tak tak   tung tung tak tak   tung . ndut! .",
            "tang . . tak     tak . tung .     tak tak tak tung    tung tung ndut! .",
            "dam . tak tung   tak tung dam .   tak tung tak tung   dam . ndut! .",
        ),
        "kendang": (
            "dhe . tak tak    tong . tak tak   lung tong tak tong   dhe . dang! .",
            "dang . . tak     tong tak lung .  tong tak tong tak    lung . dang! .",
        ),
    }
)
"""Fills before a new section; each ends with the slide into it. The project's own."""


@dataclass(frozen=True)
class Stop:
    """A bar in which the band stops: all strike together at `hits` (sixteenths), then the hand drum alone rolls on."""

    hits: tuple[int, ...]
    rolls: Mapping[str, str]


def _stop(hits: tuple[int, ...], gendang: str, kendang: str) -> Stop:
    return Stop(hits, MappingProxyType({"gendang": gendang, "kendang": kendang}))


STOPS: tuple[Stop, ...] = (
    _stop(
        (0, 3, 6),
        "dam! . . dam   . . dam! .   tak tak tung tung   tak tung ndut! .",
        "dang! . . dang . . dang! .  tong tak lung tong  tak dhe dang! .",
    ),
    _stop(
        (0, 4, 7),
        "dam! . . .     dam . . dam! . tak tung tak      tung tung ndut! .",
        "dang! . . .    dang . . dang! . tak tong tak    lung dhe dang! .",
    ),
    _stop(
        (0, 6),
        "dam! . tak tak   tung . dam! .   tak tung tak tung   tak . ndut! .",
        "dang! . tak tak  tong . dang! .  lung tak tong tak   dhe . dang! .",
    ),
    _stop(
        (0,),
        "dam! . . tak     tak tung tak tak   tung tung tak tung   dam . ndut! .",
        "dang! . . tak    tong . tak tak     lung . tong tak      dhe . dang! .",
    ),
)
"""Before a refrain. In koplo such rolls are called jem-jeman (Setiaji 2017); in campursari the kendang may stop the
band (mandeg) at any time (senibudayasia.blogspot.com, 2018). The strokes are the project's own."""


@cache
def read_row(text: str) -> Row:
    """The strokes of a row.

    >>> read_row("tang . . . tak, . . . . . duk . dut! . . .")
    ((0, 'tang', 92), (4, 'tak', 62), (10, 'duk', 90), (12, 'dut', 114))
    """
    found = []
    for step, place in enumerate(text.split()):
        syllable = place.rstrip("!,")
        if syllable != ".":
            more = ACCENT if place.endswith("!") else GHOST if place.endswith(",") else 0
            found.append((step, syllable, STRENGTHS[syllable] + more))
    return tuple(found)


@cache
def read_bass(text: str) -> tuple[tuple[int, int, str], ...]:
    """Step, length in steps and degree of a bass row's tones.

    >>> read_bass("R---------5-V---")
    ((0, 10, 'R'), (10, 2, '5'), (12, 4, 'V'))
    """
    found: list[tuple[int, int, str]] = []
    for step, letter in enumerate(text):
        if letter == "-" and found:
            found[-1] = (found[-1][0], found[-1][1] + 1, found[-1][2])
        elif letter not in "-.":
            found.append((step, 1, letter))
    return tuple(found)


def pattern_row(name: str, bar: Bar) -> Row:
    """A pattern's strokes in an ordinary bar: thin, usual or full by twos, and the phrase's fourth bar."""
    pattern = PATTERNS[name]
    if bar.fullness < 0.36:
        return read_row(pattern.soft)
    if bar.place % 4 == 3:
        return read_row(pattern.turned)
    if bar.place % 2 == 1:
        return read_row(pattern.dense if bar.fullness >= 0.66 else pattern.second or pattern.plain)
    return read_row(pattern.plain)


def bass_row(name: str, bar: Bar) -> tuple[tuple[int, int, str], ...]:
    """The bass that goes with a pattern in a bar."""
    thin, usual, full = PATTERNS[name].bass
    return read_bass(thin if bar.fullness < 0.36 else usual if bar.fullness < 0.66 else full)


def strike(
    hand_drum: str, bar: Bar, row: Row, rng: random.Random, scale: float, first: int = 0, end: int = 16
) -> list[Note]:
    """The strokes of a row from one sixteenth of a bar to another, each hand a little uneven."""
    return [
        Note(
            bar.onset + step * STEP,
            STEP,
            stroke_key(hand_drum, syllable),
            bounded((velocity + rng.randint(-4, 4)) * scale),
        )
        for step, syllable, velocity in row
        if first <= step < min(end, bar.steps)
    ]


def beaten(bar: Bar) -> Row:
    """A bar of a metre that the table does not have: low on one, then in turn, an eighth each."""
    beats = [(step, (step // bar.beat_steps) % 2) for step in range(0, bar.steps, 2)]
    return tuple((step, "dut" if step == 0 else "tak" if odd else "tang", 80) for step, odd in beats)


def bounded(velocity: float) -> int:
    """A velocity that a drum can have.

    >>> bounded(3.2), bounded(200.0)
    (10, 122)
    """
    return max(10, min(122, round(velocity)))
