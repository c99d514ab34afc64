"""When something was, as people say it."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from senandung.domain.errors import InvalidValueError
from senandung.domain.festivals import FESTIVAL_NAMES, festival_spans, islamic_day
from senandung.domain.fuzzy_date import LONGEST, FuzzyDate, parse_fuzzy_date, span_words

TODAY = date(2026, 3, 1)
DAYS = some.dates(date(1900, 1, 1), date(2099, 12, 31))

# The days that Indonesia's government named as 1 Syawal.
LEBARAN = """
    1998-01-30 1999-01-19 2001-12-16 2002-12-06 2003-11-25 2004-11-14 2005-11-03 2006-10-24 2007-10-13 2008-10-01
    2009-09-20 2010-09-10 2011-08-31 2012-08-19 2013-08-08 2014-07-28 2015-07-17 2016-07-06 2017-06-25 2018-06-15
    2019-06-05 2020-05-24 2021-05-13 2022-05-02 2023-04-22 2024-04-10 2025-03-31
"""


def read(said: str, born: int | None = None) -> tuple[str, str]:
    when = parse_fuzzy_date(said, today=TODAY, born=born)
    assert when.said == " ".join(said.split())
    return str(when.first), str(when.last)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("20 September 2009", "2009-09-20", "2009-09-20"),
        ("September 20, 2009", "2009-09-20", "2009-09-20"),
        ("Sept 20th, 2009", "2009-09-20", "2009-09-20"),
        ("20/9/2009", "2009-09-20", "2009-09-20"),
        ("20-9-09", "2009-09-20", "2009-09-20"),
        ("2009-09-20", "2009-09-20", "2009-09-20"),
        ("hari Minggu, 3 Maret 2019", "2019-03-03", "2019-03-03"),
        ("bulan Juni 2012", "2012-06-01", "2012-06-30"),
        ("06/2012", "2012-06-01", "2012-06-30"),
        ("Juni tahun lalu", "2025-06-01", "2025-06-30"),
        ("tahun 2009", "2009-01-01", "2009-12-31"),
        ("Mei '98", "1998-05-01", "1998-05-31"),
        ("90-an", "1990-01-01", "1999-12-31"),
        ("tahun 90an", "1990-01-01", "1999-12-31"),
        ("the 90s", "1990-01-01", "1999-12-31"),
        ("sembilan puluhan", "1990-01-01", "1999-12-31"),
        ("awal 2000-an", "2000-01-01", "2003-12-31"),
        ("mid-90s", "1993-01-01", "1996-12-31"),
        ("akhir tahun 1998", "1998-09-01", "1998-12-31"),
        ("pertengahan Juni 2012", "2012-06-11", "2012-06-20"),
        ("sekitar 2009", "2008-01-01", "2010-12-31"),
        ("kira-kira Juni 2009", "2009-05-01", "2009-07-31"),
        ("~ Lebaran 2009", "2009-09-04", "2009-10-14"),
        ("sekitar Lebaran 2009", "2009-09-04", "2009-10-14"),
        ("malam tahun baru 2010", "2009-12-31", "2010-01-01"),
        ("Natal tahun lalu", "2025-12-24", "2025-12-26"),
        ("Lebaran kemarin", "2025-03-28", "2025-04-09"),
        ("17 Agustus 2005", "2005-08-17", "2005-08-17"),
        ("summer of 2010", "2010-06-01", "2010-08-31"),
        ("musim hujan 2012", "2011-10-01", "2013-04-30"),
        ("kemarin", "2026-02-28", "2026-02-28"),
        ("minggu lalu", "2026-02-16", "2026-02-22"),
        ("bulan lalu", "2026-02-01", "2026-02-28"),
        ("Senin lalu", "2026-02-23", "2026-02-23"),
        ("sepuluh tahun yang lalu", "2016-01-01", "2016-12-31"),
        ("10 years ago", "2016-01-01", "2016-12-31"),
        ("antara 2007 dan 2009", "2007-01-01", "2009-12-31"),
        ("Juni–Agustus 2009", "2009-06-01", "2009-08-31"),
        ("20-22 September 2009", "2009-09-20", "2009-09-22"),
        ("setelah 2020", "2021-01-01", "2026-03-01"),
        ("sebelum 2009", "None", "2008-12-31"),
        ("suatu malam hujan di bulan Juni 2012 bersama ibu", "2012-06-01", "2012-06-30"),
        ("Lebaran, 2009", "2009-09-18", "2009-09-30"),
        ("entah kapan", "None", "None"),
        ("dia bilang 5 kali", "None", "None"),
        ("waktu SMA", "None", "None"),
        ("umur 20-an", "None", "None"),
    ],
)
def test_times_as_people_say_them(said: str, first: str, last: str) -> None:
    assert read(said) == (first, last)
    assert read(said.upper()) == (first, last)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("waktu SMA", "2005-07-01", "2009-06-30"),
        ("in high school", "2005-07-01", "2009-06-30"),
        ("pas kelas 2 SMA", "2006-07-01", "2008-06-30"),
        ("kelas XI", "2006-07-01", "2008-06-30"),
        ("SD kelas 1", "1996-07-01", "1998-06-30"),
        ("waktu SMA, tahun 2006", "2006-01-01", "2006-12-31"),
        ("umur 17", "2007-01-01", "2008-12-31"),
        ("when I was 17", "2007-01-01", "2008-12-31"),
        ("masa kecil", "1990-01-01", "2002-12-31"),
        ("sebelum 2009", "1990-01-01", "2008-12-31"),
    ],
)
def test_times_of_a_life_that_began_in_1990(said: str, first: str, last: str) -> None:
    assert read(said, born=1990) == (first, last)


def test_a_year_is_understood_where_the_birth_is_not_known() -> None:
    assert read("waktu SMA, 2006") == ("2006-01-01", "2006-12-31")
    assert read("umur 20-an, tahun 2015") == ("2015-01-01", "2015-12-31")


@given(DAYS, DAYS, some.sampled_from(("id", "en")))
def test_spans_in_words_come_back(one: date, other: date, language: str) -> None:
    first, last = sorted((one, other))
    for span in (
        (first, last),
        (first, first),
        (first.replace(day=1), month_end(last)),
        (first.replace(day=1), month_end(first)),
        (date(first.year, 1, 1), date(last.year, 12, 31)),
        (date(first.year // 10 * 10, 1, 1), date(first.year // 10 * 10 + 9, 12, 31)),
        (None, last),
        (None, date(last.year - 1, 12, 31)),
    ):
        when = parse_fuzzy_date(span_words(*span, language), today=date(2100, 1, 1))
        assert (when.first, when.last) == span


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@given(some.text(max_size=LONGEST), some.none() | some.integers(1900, 2020))
def test_any_text_is_kept_and_its_days_stand_in_order(said: str, born: int | None) -> None:
    when = parse_fuzzy_date(said, today=TODAY, born=born)
    assert when.said == " ".join(said.split())
    assert when.middle is None or when.first is None or when.first <= when.middle <= (when.last or when.middle)


@given(DAYS, some.sampled_from(("sekitar {}", "around {}", "kira-kira {}")))
def test_around_a_time_holds_the_time(day: date, around: str) -> None:
    for exact in (span_words(day, day, "id"), str(day.year), span_words(day.replace(day=1), month_end(day), "en")):
        inner = parse_fuzzy_date(exact, today=TODAY)
        outer = parse_fuzzy_date(around.format(exact), today=TODAY)
        assert inner.first is not None and inner.last is not None and outer.first is not None and outer.last is not None
        assert outer.first < inner.first <= inner.last < outer.last


def test_lebaran_as_the_government_named_it_lies_in_the_span() -> None:
    for day in map(date.fromisoformat, LEBARAN.split()):
        assert any(first <= day <= last for first, last in festival_spans("lebaran", day.year)), day


def test_a_year_with_two_lebarans() -> None:
    assert len(festival_spans("Lebaran".lower(), 2000)) == 2
    assert islamic_day(1, 1, 1) == date(622, 7, 19)  # 16 July by the Julian calendar


@given(some.sampled_from(sorted(FESTIVAL_NAMES)), some.integers(1900, 2099))
def test_every_feast_of_every_year_is_understood(name: str, year: int) -> None:
    spans = festival_spans(name, year)
    when = parse_fuzzy_date(f"{name} {year}", today=TODAY)
    assert spans and (when.first, when.last) == (spans[0][0], spans[-1][1])
    assert all(last - first < timedelta(45) for first, last in spans)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="must not be after"):
        FuzzyDate("x", date(2010, 1, 1), date(2009, 1, 1))
    with pytest.raises(InvalidValueError, match="must have a last"):
        FuzzyDate("x", date(2010, 1, 1))
    with pytest.raises(InvalidValueError, match="at most 200"):
        parse_fuzzy_date("x" * 201, today=TODAY)
