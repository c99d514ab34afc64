"""Feasts by which people in Indonesia remember a year, and the days on which they may have fallen.

The Islamic calendar is the tabular one (30-year cycle, leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29; Richards
2013, "Calendars", in the Explanatory Supplement to the Astronomical Almanac, 3rd ed., chapter 15). The government's own
day, by sighting, was at most one day from it in 1998..2025; the spans leave room for two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import MAXYEAR, date, timedelta
from types import MappingProxyType

SIGHTING = 2
"""Days by which the sighted month may begin apart from the tabular one."""

_ISLAMIC_EPOCH = 227_015
"""The proleptic Gregorian ordinal of 1 Muharram 1 (16 July 622, Julian)."""

Span = tuple[date, date]
"""The first and the last day."""


def islamic_day(year: int, month: int, day: int) -> date:
    """The day of the tabular Islamic calendar.

    >>> islamic_day(1430, 10, 1), islamic_day(1445, 9, 1)
    (datetime.date(2009, 9, 21), datetime.date(2024, 3, 11))
    """
    before = (year - 1) * 354 + (3 + 11 * year) // 30 + (59 * (month - 1) + 1) // 2
    return date.fromordinal(_ISLAMIC_EPOCH + before + day - 1)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus 1998, Astronomical Algorithms, 2nd ed., chapter 8).

    >>> easter(2009)
    datetime.date(2009, 4, 12)
    """
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _islamic(month: int, day: int, before: int, after: int) -> Callable[[int], Iterator[Span]]:
    """The spans of a feast that begin in a year: mostly one, at times two, since its year is eleven days shorter."""

    def spans(year: int) -> Iterator[Span]:
        nearest = int((year - 622) * 33 / 32)
        for each in range(max(nearest - 1, 1), nearest + 4):
            feast = islamic_day(each, month, day)
            if feast.year == year:
                yield feast - timedelta(before + SIGHTING), feast + timedelta(after + SIGHTING)

    return spans


def _fixed(month: int, day: int, before: int = 0, after: int = 0) -> Callable[[int], Iterator[Span]]:
    def spans(year: int) -> Iterator[Span]:
        feast = date(year, month, day)
        yield feast - timedelta(before), feast + timedelta(after)

    return spans


def _between(first: tuple[int, int], last: tuple[int, int]) -> Callable[[int], Iterator[Span]]:
    def spans(year: int) -> Iterator[Span]:
        yield date(year, *first), date(year, *last)

    return spans


def _easter(year: int) -> Iterator[Span]:
    yield easter(year) - timedelta(3), easter(year) + timedelta(1)


FESTIVALS: Mapping[str, Callable[[int], Iterator[Span]]] = MappingProxyType(
    {
        "lebaran": _islamic(10, 1, 1, 7),
        "ramadan": _islamic(9, 1, 0, 29),
        "idul adha": _islamic(12, 10, 0, 3),
        "maulid": _islamic(3, 12, 0, 0),
        "natal": _fixed(12, 25, 1, 1),
        "tahun baru": _fixed(1, 1, 1, 0),
        "agustusan": _fixed(8, 17, 2, 0),
        "valentine": _fixed(2, 14),
        "hari ibu": _fixed(12, 22),
        "paskah": _easter,
        "imlek": _between((1, 21), (2, 21)),
        "nyepi": _between((3, 1), (4, 8)),
        "waisak": _between((5, 1), (6, 10)),
    }
)
"""The spans of each feast that belong to a year. Imlek, Nyepi and Waisak follow moons that are not computed here: the
days between which they always fall."""

FESTIVAL_NAMES: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in FESTIVALS},
        "idul fitri": "lebaran", "idulfitri": "lebaran", "hari raya": "lebaran", "eid": "lebaran",
        "eid al fitr": "lebaran", "mudik": "lebaran", "ramadhan": "ramadan", "bulan puasa": "ramadan",
        "puasa": "ramadan", "iduladha": "idul adha", "hari raya kurban": "idul adha", "kurban": "idul adha",
        "lebaran haji": "idul adha", "eid al adha": "idul adha", "maulid nabi": "maulid", "christmas": "natal",
        "xmas": "natal", "hari natal": "natal", "new year": "tahun baru", "new years eve": "tahun baru",
        "malam tahun baru": "tahun baru", "tahun baruan": "tahun baru", "tujuh belasan": "agustusan",
        "17 agustusan": "agustusan", "tujuhbelasan": "agustusan", "hari kemerdekaan": "agustusan",
        "independence day": "agustusan", "hari valentine": "valentine", "valentines day": "valentine",
        "easter": "paskah", "chinese new year": "imlek", "tahun baru imlek": "imlek", "vesak": "waisak",
    }
)  # fmt: skip
"""What people call them."""


def festival_spans(name: str, year: int) -> tuple[Span, ...]:
    """The spans of a feast in a year, by a name of `FESTIVAL_NAMES`; in 2000 there were two Lebarans.

    >>> festival_spans("natal", 2009)
    ((datetime.date(2009, 12, 24), datetime.date(2009, 12, 26)),)
    >>> len(festival_spans("lebaran", 2000))
    2
    """
    if not 1000 <= year < MAXYEAR:
        return ()
    return tuple(FESTIVALS[FESTIVAL_NAMES[name]](year))


def latest_festival(name: str, today: date) -> Span:
    """The newest one that has begun by a day.

    >>> latest_festival("natal", date(2026, 3, 1))[0]
    datetime.date(2025, 12, 24)
    """
    spans = [span for year in (today.year - 1, today.year) for span in festival_spans(name, year)]
    return max(span for span in spans if span[0] <= today)
