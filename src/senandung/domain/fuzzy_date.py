"""When something was, as a person says it: a day, a month, a year, a decade, "waktu SMA", "sekitar Lebaran 2009".

    >>> when = parse_fuzzy_date("sekitar Lebaran 2009", today=date(2026, 3, 1))
    >>> when.first.isoformat(), when.last.isoformat(), when.said
    ('2009-09-04', '2009-10-14', 'sekitar Lebaran 2009')

The words are kept as they are; what is understood of them is the first and the last day that it may have been. Days
before months (20/9/2009). Schools and ages need the year in which the person was born.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

from senandung.domain.checks import require
from senandung.domain.festivals import FESTIVAL_NAMES, Span, festival_spans, latest_festival
from senandung.domain.fuzzy_words import (
    CLASSES,
    COUNTS,
    DECADE_WORDS,
    FILLERS,
    LIFE,
    MONTH_NAMES,
    MONTHS,
    NAMED_DAYS,
    ONE_AGO,
    PARTS,
    SCHOOLS,
    SEASONS,
    UNITS,
    WEEKDAYS,
)

LONGEST = 200
"""Characters of what a person says of a time."""


@dataclass(frozen=True)
class FuzzyDate:
    """When something was.

    Parameters
    ----------
    said : in the person's words, at most `LONGEST` characters; may be empty.
    first, last : the first and the last day that it may have been. Both None where it is not known; `first` alone
        where only an end is known ("sebelum 2009").
    """

    said: str = ""
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        require(len(self.said) <= LONGEST, f"a time must be said in at most {LONGEST} characters", len(self.said))
        require(self.last is not None or self.first is None, "a time with a first day must have a last one", self.first)
        ordered = self.first is None or self.last is None or self.first <= self.last
        require(ordered, "a time's first day must not be after its last", (self.first, self.last))

    @property
    def middle(self) -> date | None:
        """The day in its middle, by which it is put in order; None where nothing is known."""
        if self.first is None or self.last is None:
            return self.last
        return self.first + (self.last - self.first) // 2

    def heading(self, language: str) -> str:
        """What it stands under in a list: its year, or the years that it may have been in; empty where none is known.

        >>> FuzzyDate("", date(2009, 12, 30), date(2010, 1, 2)).heading("id")
        '2009'
        """
        middle = self.middle
        if middle is None or self.last is None:
            return ""
        wide = self.first is None or (self.last - self.first).days > 800
        return self.words(language) if wide else str(middle.year)

    def words(self, language: str) -> str:
        """What was understood, in plain words; empty where nothing was.

        >>> FuzzyDate("90-an", date(1990, 1, 1), date(1999, 12, 31)).words("id")
        '1990-an'
        """
        return "" if self.last is None else span_words(self.first, self.last, language)


UNKNOWN = FuzzyDate()
"""Nobody said when."""


def parse_fuzzy_date(said: str, *, today: date, born: int | None = None) -> FuzzyDate:
    """What a person says of a time, in Indonesian or English, as a first and a last day.

    Parameters
    ----------
    said : their words. What is not understood keeps its words and has no days.
    today : the day on which it is said.
    born : the year of their birth, by which schools and ages are found; None where it is not known.
    """
    whole = " ".join(said.split())
    span = _Reader(today, born).read(_plain(whole))
    return FuzzyDate(whole) if span is None else FuzzyDate(whole, *span)


def span_words(first: date | None, last: date, language: str) -> str:
    """A span of days in plain words, which `parse_fuzzy_date` reads back as the same span.

    >>> span_words(date(2009, 6, 1), date(2009, 8, 31), "id")
    'Juni–Agustus 2009'
    >>> span_words(None, date(2008, 12, 31), "en")
    'before 2009'
    """
    names = MONTH_NAMES[language]
    if first is None:
        if (last.month, last.day) == (12, 31) and last.year < MAXYEAR:
            return f"{ {'id': 'sebelum', 'en': 'before'}[language] } {last.year + 1}"
        return f"{ {'id': 'sampai', 'en': 'until'}[language] } {_day_words(last, names)}"
    if first == last:
        return _day_words(first, names)
    months = first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]
    if not months:
        if first.year != last.year:
            return f"{_day_words(first, names)} – {_day_words(last, names)}"
        begin = str(first.day) if first.month == last.month else f"{first.day} {names[first.month - 1]}"
        return f"{begin} – {_day_words(last, names)}"
    if (first.month, last.month) == (1, 12):
        if first.year == last.year:
            return str(first.year)
        if first.year % 10 == 0 and last.year == first.year + 9:
            return f"{first.year}{ {'id': '-an', 'en': 's'}[language] }"
        return f"{first.year}–{last.year}"
    if first.year == last.year:
        begin = names[first.month - 1]
        return f"{begin} {first.year}" if first.month == last.month else f"{begin}–{names[last.month - 1]} {last.year}"
    return f"{names[first.month - 1]} {first.year} – {names[last.month - 1]} {last.year}"


def _day_words(day: date, names: tuple[str, ...]) -> str:
    return f"{day.day} {names[day.month - 1]} {day.year}"


def _plain(text: str) -> str:
    """Small letters without accents, every dash a hyphen, commas as words of their own."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    bare = re.sub(r"[‐-―−~]", lambda found: " sekitar " if found.group() == "~" else "-", bare)
    bare = re.sub(r"[’‘ʼ`]", "'", bare)
    bare = re.sub(r"[^\w\s,./'-]", " ", bare)
    bare = re.sub(r"\.(?!\d)|(?<!\d)\.", " ", bare)
    return " ".join(re.sub(r",", " , ", bare).split())


def _any(words: Iterable[str]) -> str:
    """A pattern for any of them, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_YEAR = r"(?:1\d|20)\d\d"
_NAMED_YEAR = r"tahun lalu|tahun kemarin|last year|tahun ini|this year|'\d\d"
_ANY_YEAR = rf"(?:{_YEAR}|{_NAMED_YEAR}|\d+ (?:tahun|years?) (?:yang )?(?:lalu|ago))"
_MOST_WORDS = 30

_Found = re.Match[str]
_OpenSpan = tuple[date | None, date]


class _NoBirthError(Exception):
    """The words mean a time of life, and the year of birth is not known."""


class _Reader:
    """Reads spans from plain text, on a day, for a person born in a year."""

    def __init__(self, today: date, born: int | None) -> None:
        self.today, self.born = today, born

    def read(self, text: str, *, narrowed: bool = True) -> _OpenSpan | None:
        """The span of the longest run of words that means one, `narrowed` by what else is said."""
        words = text.split()[:_MOST_WORDS]
        for length in range(len(words), 0, -1):
            for start in range(len(words) - length + 1):
                rest = [*words[:start], ",", *words[start + length :]]
                try:
                    span = self.whole(" ".join(words[start : start + length]))
                except _NoBirthError:
                    return self.read(" ".join(rest), narrowed=narrowed)
                if span is not None:
                    return self.agreeing(span, rest) if narrowed else span
        return None

    def agreeing(self, span: _OpenSpan, rest: list[str]) -> _OpenSpan:
        """The span, narrowed by another one that the remaining words mean, where both agree."""
        other = self.read(" ".join(rest), narrowed=False) if len(rest) > 1 else None
        if other is None or other[0] is None or span[0] is None:
            return span
        first, last = max(span[0], other[0]), min(span[1], other[1])
        return (first, last) if first <= last else span

    def whole(self, text: str) -> _OpenSpan | None:
        """The span that a text means as a whole; None where it means none."""
        text = _without_fillers(text)
        for pattern, meaning in _MEANINGS:
            found = pattern.fullmatch(text)
            if found is not None:
                try:
                    return meaning(self, found)
                except (ValueError, OverflowError):  # 31 June, the year 0
                    return None
        return None

    def birth(self) -> int:
        """The year of birth."""
        if self.born is None:
            raise _NoBirthError
        return self.born

    # compounds

    def between(self, found: _Found) -> _OpenSpan | None:
        """From one time to another; the first takes from the second what it does not say itself."""
        last = self.whole(found["last"])
        words = found["last"].split()
        tails = ["", *(" " + " ".join(words[-count:]) for count in (1, 2) if count < len(words))]
        firsts = (self.whole(found["first"] + tail) for tail in tails)
        first = next((each for each in firsts if each is not None), None)
        if first is None or last is None or first[0] is None or first[0] > last[1]:
            return None
        return first[0], last[1]

    def before(self, found: _Found) -> _OpenSpan | None:
        """Two months before a day, a feast or a month; before a year from birth on, or from nobody knows when."""
        span = self.whole(found["rest"])
        if span is None or span[0] is None:
            return None
        last = span[0] - timedelta(1)
        if (span[1] - span[0]).days < 60:
            return last - timedelta(60), last
        return self.since_birth(last), last

    def until(self, found: _Found) -> _OpenSpan | None:
        """Up to a time, and in it."""
        span = self.whole(found["rest"])
        return None if span is None else (self.since_birth(span[1]), span[1])

    def since_birth(self, last: date) -> date | None:
        """The first day of the year of birth, where it is known and not behind the last day."""
        first = None if self.born is None else date(self.born, 1, 1)
        return first if first is not None and first <= last else None

    def after(self, found: _Found) -> _OpenSpan | None:
        """Two months after a day, a feast or a month; after a year up to today."""
        span = self.whole(found["rest"])
        if span is None or span[0] is None:
            return None
        first = span[1] + timedelta(1)
        last = first + timedelta(60) if (span[1] - span[0]).days < 60 else self.today
        return (first, min(last, self.today)) if first <= self.today else None

    def around(self, found: _Found) -> _OpenSpan | None:
        """A time and what lies beside it: a week of a day, two of a feast, a month of a month, a year of a year."""
        span = self.whole(found["rest"])
        if span is None or span[0] is None:
            return span
        first, last = span[0], span[1]
        days = (last - first).days + 1
        if 27 < days < 32 and first.day == 1:
            begin = first - timedelta(1)
            end = last + timedelta(1)
            return begin.replace(day=1), _month_end(end.year, end.month)
        if days > 360:
            years = 1 if days < 370 else 2
            return _moved(first, -years), _moved(last, years)
        margin = timedelta(7 if days == 1 else 14)
        return first - margin, last + margin

    def part(self, found: _Found) -> _OpenSpan | None:
        """The beginning, the middle or the end of a time: its thirds; of a decade years that overlap."""
        span = self.whole(found["rest"])
        if span is None or span[0] is None:
            return None
        first, last = span[0], span[1]
        third = next(number for number, words in enumerate(PARTS) if found["part"] in words)
        days = (last - first).days + 1
        if first.day == 1 and first.year == last.year and 364 < days < 367:
            month = 4 * third + 1
            return date(first.year, month, 1), _month_end(first.year, month + 3)
        if first.day == 1 and 27 < days < 32:
            return first.replace(day=(1, 11, 21)[third]), (first.replace(day=10), first.replace(day=20), last)[third]
        if 3652 <= days <= 3653:
            begin, end = ((0, 3), (3, 6), (6, 9))[third]
            return date(first.year + begin, 1, 1), date(first.year + end, 12, 31)
        return first + timedelta(days * third // 3), first + timedelta(max(days * (third + 1) // 3, 1) - 1)

    # simple ones

    def day(self, found: _Found) -> Span:
        """A day by its numbers or the name of its month."""
        month = found["month"]
        day = date(self.year(found["year"]), int(month) if month.isdigit() else MONTHS[month], int(found["day"]))
        return day, day

    def month(self, found: _Found) -> Span:
        """A month of a year."""
        named, year = found["month"], self.year(found["year"])
        month = int(named) if named.isdigit() else MONTHS[named]
        return date(year, month, 1), _month_end(year, month)

    def a_year(self, found: _Found) -> Span:
        """A whole year."""
        year = self.year(found["year"])
        return date(year, 1, 1), date(year, 12, 31)

    def decade(self, found: _Found) -> Span | None:
        """Ten years, by two or four digits."""
        digits = found["decade"]
        year = int(digits) if len(digits) == 4 else self.century(int(digits))
        return (date(year, 1, 1), date(year + 9, 12, 31)) if year % 10 == 0 and year < MAXYEAR - 9 else None

    def decade_words(self, found: _Found) -> Span:
        """Ten years, in words."""
        year = DECADE_WORDS[found["words"]]
        return date(year, 1, 1), date(year + 9, 12, 31)

    def festival(self, found: _Found) -> Span | None:
        """A feast of a year, or the newest one; both where a year had two."""
        name = found["festival"]
        if found["year"] is None:
            return latest_festival(name, self.today)
        spans = festival_spans(name, self.year(found["year"]))
        return (spans[0][0], spans[-1][1]) if spans else None

    def season(self, found: _Found) -> Span:
        """A season of a year; of one that lies over New Year both that touch it."""
        begin, end = SEASONS[found["season"]]
        year = self.year(found["year"])
        if begin <= end:
            return date(year, begin, 1), _month_end(year, end)
        return date(year - 1, begin, 1), _month_end(year + 1, end)

    def ago(self, found: _Found) -> Span:
        """So many days, weeks, months or years ago: the whole of that unit."""
        count = found["count"]
        return self.back(COUNTS[count] if count in COUNTS else int(count), found["unit"])

    def last(self, found: _Found) -> Span:
        """The last day, week, month or year."""
        return self.back(1, ONE_AGO.get(found["unit"], found["unit"]))

    def this(self, found: _Found) -> Span:
        """This week, month or year."""
        return self.back(0, found["unit"])

    def back(self, number: int, unit: str) -> Span:
        """The whole unit that lies a number of units back."""
        kind = UNITS[unit]
        if kind == "year":
            year = self.today.year - number
            return date(year, 1, 1), date(year, 12, 31)
        if kind == "month":
            year, month = divmod(self.today.year * 12 + self.today.month - 1 - number, 12)
            return date(year, month + 1, 1), _month_end(year, month + 1)
        if kind == "week":
            monday = self.today - timedelta(self.today.weekday() + 7 * number)
            return monday, monday + timedelta(6)
        day = self.today - timedelta(number)
        return day, day

    def named_day(self, found: _Found) -> Span:
        """Today, yesterday, last night."""
        begin, end = NAMED_DAYS[found["named"]]
        return self.today - timedelta(begin), self.today - timedelta(end)

    def weekday(self, found: _Found) -> Span:
        """The last Monday, and so on."""
        back = (self.today.weekday() - WEEKDAYS[found["weekday"]] - 1) % 7 + 1
        return self.today - timedelta(back), self.today - timedelta(back)

    def school(self, found: _Found) -> Span:
        """The years of a school by the usual ages: class 1 begins in July, in the year of the 6th or 7th birthday."""
        begin, years = SCHOOLS[found["school"]]
        return date(self.birth() + begin, 7, 1), date(self.birth() + begin + years + 1, 6, 30)

    def school_class(self, found: _Found) -> Span | None:
        """One class, counted in its school or, without one and beyond its classes, from the first of all."""
        number, named = CLASSES[found["number"]], found.groupdict().get("school")
        begin, years = SCHOOLS[named or "sekolah"]
        if number > years:
            begin = SCHOOLS["sekolah"][0]
        year = self.birth() + begin + number - 1
        return date(year, 7, 1), date(year + 2, 6, 30)

    def age(self, found: _Found) -> Span:
        """An age in years, or its decade."""
        born, age = self.birth(), int(found["age"])
        more = 10 if found["decade"] else 1
        return date(born + age, 1, 1), date(born + age + more, 12, 31)

    def life(self, found: _Found) -> Span:
        """A time of life."""
        first, last = LIFE[found["life"]]
        return date(self.birth() + first, 1, 1), date(self.birth() + last, 12, 31)

    def year(self, text: str) -> int:
        """A year as digits, '98, or beside today's."""
        if text.isdigit() and len(text) == 4:
            return int(text)
        if text.strip("'").isdigit():
            return self.century(int(text.strip("'")))
        if text in ("tahun ini", "this year"):
            return self.today.year
        number = re.match(r"\d+", text)
        return self.today.year - (int(number.group()) if number else 1)

    def century(self, digits: int) -> int:
        """The newest year with these last two digits that has begun."""
        year = self.today.year - self.today.year % 100 + digits
        return year if year <= self.today.year else year - 100


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _moved(day: date, years: int) -> date:
    year = min(max(day.year + years, 1), MAXYEAR)
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _without_fillers(text: str) -> str:
    """Without the words before a time that say nothing of it, where they are no part of a feast's name."""
    words = text.split()
    while len(words) > 1:
        if any(" ".join(words[:count]) in FESTIVAL_NAMES for count in (1, 2, 3)):
            break
        unit = words[0] in ("bulan", "tahun", "hari", "year") and words[1] not in ("lalu", "ini", "kemarin", "yang")
        if words[0] not in FILLERS and words[0] not in WEEKDAYS and not unit:
            break
        if (
            " ".join(words) in NAMED_DAYS
            or " ".join(words) in LIFE
            or words[1] in ("few", "lalu", "year", "week", "month")
        ):
            break
        words = words[1:]
    return " ".join(words).strip(" ,")


_REST = r"(?P<rest>.+)"
_MONTH = rf"(?P<month>{_any(MONTHS)})"
_ITS_YEAR = rf"(?: , | )?(?:tahun |in |of )?(?P<year>{_ANY_YEAR})"
_ENDING = r"(?:-? ?an|'?s)"
_SCHOOL = rf"(?P<school>{_any(SCHOOLS)})"
_NUMBER = rf"(?P<number>{_any(CLASSES)})"
_DAY = r"(?P<day>\d{1,2})"
_UNIT = rf"(?P<unit>{_any(UNITS)})"
_AGO = r"(?:yang )?(?:lalu|silam|kemarin|ago)"

_MEANINGS: tuple[tuple[re.Pattern[str], Callable[[_Reader, _Found], _OpenSpan | None]], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (rf"(?P<year>{_YEAR})", _Reader.a_year),
        (rf"(?P<year>{_NAMED_YEAR})", _Reader.a_year),
        (rf"(?P<decade>{_YEAR}|\d0){_ENDING}", _Reader.decade),
        (rf"(?:dekade|decade) (?P<decade>{_YEAR}|\d0){_ENDING}?", _Reader.decade),
        (rf"(?P<words>{_any(DECADE_WORDS)})", _Reader.decade_words),
        (rf"(?P<year>{_YEAR})([-/.])(?P<month>\d{{1,2}})\2{_DAY}", _Reader.day),
        (rf"{_DAY}([-/. ])(?P<month>\d{{1,2}})\2(?P<year>{_YEAR}|'?\d\d)", _Reader.day),
        (rf"{_DAY}(?:st|nd|rd|th)? ?-?(?:of )?{_MONTH}-?{_ITS_YEAR}", _Reader.day),
        (rf"{_MONTH} {_DAY}(?:st|nd|rd|th)?{_ITS_YEAR}", _Reader.day),
        (rf"{_MONTH}{_ITS_YEAR}", _Reader.month),
        (rf"(?P<month>\d{{1,2}})[-/](?P<year>{_YEAR})", _Reader.month),
        (rf"(?P<year>{_YEAR})[-/](?P<month>\d{{1,2}})", _Reader.month),
        (rf"(?P<festival>{_any(FESTIVAL_NAMES)}){_ITS_YEAR}", _Reader.festival),
        (rf"(?P<festival>{_any(FESTIVAL_NAMES)}) (?:lalu|kemarin|yang lalu)(?P<year>(?!))?", _Reader.festival),
        (rf"last (?P<festival>{_any(FESTIVAL_NAMES)})(?P<year>(?!))?", _Reader.festival),
        (rf"(?P<season>{_any(SEASONS)}){_ITS_YEAR}", _Reader.season),
        (rf"(?P<named>{_any(NAMED_DAYS)})", _Reader.named_day),
        (rf"(?P<count>\d{{1,4}}|{_any(COUNTS)}) {_UNIT} {_AGO}", _Reader.ago),
        (rf"(?P<unit>{_any((*UNITS, *ONE_AGO))}) {_AGO}", _Reader.last),
        (rf"last {_UNIT}", _Reader.last),
        (rf"{_UNIT} ini", _Reader.this),
        (rf"this {_UNIT}", _Reader.this),
        (rf"(?P<weekday>{_any(WEEKDAYS)}) {_AGO}", _Reader.weekday),
        (rf"last (?P<weekday>{_any(WEEKDAYS)})", _Reader.weekday),
        (_SCHOOL, _Reader.school),
        (rf"(?:kelas|kls|grade) {_NUMBER}(?: {_SCHOOL})?", _Reader.school_class),
        (rf"{_SCHOOL} (?:kelas|kls) {_NUMBER}", _Reader.school_class),
        (r"(?:umur|usia|umurku|usiaku|berumur|berusia|age|aged|was|turned|my) (?P<age>\d{1,2})(?P<decade>-? ?an|'?s)?"
         r"(?: tahun| thn| years?)?(?: old)?", _Reader.age),
        (rf"(?:umur |usia )?(?P<life>{_any(LIFE)})", _Reader.life),
        (rf"(?P<first>{_YEAR}) ?- ?(?P<last>{_YEAR})", _Reader.between),
        (r"(?P<first>\d{1,2}) ?- ?(?P<last>\d{1,2} .+)", _Reader.between),
        (rf"(?P<first>.*[a-z].*?) ?- ?(?P<last>(?:\d{{1,2}} )?(?:{_any(MONTHS)})\b.*)", _Reader.between),
        (r"(?:antara |between |dari |from )?(?P<first>.+?) (?:sampai|hingga|s/d|sd|dan|and|to|until|till) (?P<last>.+)",
         _Reader.between),
        (rf"(?:sebelum|before) {_REST}", _Reader.before),
        (rf"(?:until|till|hingga|sampai) {_REST}", _Reader.until),
        (rf"(?:setelah|sesudah|sehabis|habis|sejak|after|since) {_REST}", _Reader.after),
        (rf"(?:sekitar|sekitaran|kira-kira|kurang lebih|kurleb|around|about|circa|roughly) {_REST}", _Reader.around),
        (rf"(?P<part>{_any(word for words in PARTS for word in words)})[ -]{_REST}", _Reader.part),
    )
)  # fmt: skip
