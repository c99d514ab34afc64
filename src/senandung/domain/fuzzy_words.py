"""The words by which people say when something was, Indonesian and English, in plain letters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MONTH_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": (
            "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
            "November", "Desember",
        ),
        "en": (
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ),
    }
)  # fmt: skip
"""Months as they are written."""

_SHORT = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "ags": 8, "agt": 8, "agu": 8, "agust": 8, "aug": 8,
    "sep": 9, "sept": 9, "okt": 10, "oct": 10, "nop": 11, "nov": 11, "nopember": 11, "pebruari": 2, "des": 12,
    "dec": 12,
}  # fmt: skip

MONTHS: Mapping[str, int] = MappingProxyType(
    {name.lower(): number for names in MONTH_NAMES.values() for number, name in enumerate(names, 1)} | _SHORT
)
"""Their numbers by all their names."""

WEEKDAYS: Mapping[str, int] = MappingProxyType(
    {
        "senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "sabtu": 5, "ahad": 6,
        "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    }
)  # fmt: skip
"""Monday is 0. Minggu is left out: it also means a week."""

FILLERS = frozenset(
    {
        "pada", "waktu", "pas", "saat", "ketika", "di", "in", "on", "during", "when", "the", "i", "zaman", "jaman",
        "masa", "dulu", "tanggal", "tgl", "suatu", "sebuah", "malam", "pagi", "siang", "sore", "subuh", "petang",
        "night", "morning", "evening", "afternoon", "one", "a", "an", "of", "at", "kami", "aku", "saya", "kita",
        "masih", "sedang", "lagi", "duduk", "back",
    }
)  # fmt: skip
"""Words before a time that say nothing of it."""

SEASONS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "musim hujan": (10, 4), "musim penghujan": (10, 4), "rainy season": (10, 4), "musim kemarau": (4, 10),
        "musim panas": (6, 8), "musim dingin": (12, 2), "musim semi": (3, 5), "musim gugur": (9, 11),
        "dry season": (4, 10), "summer": (6, 8), "winter": (12, 2), "spring": (3, 5), "autumn": (9, 11),
        "fall": (9, 11),
    }
)  # fmt: skip
"""First and last month; the four seasons are those of the north, which are meant by who lived there."""

DECADE_WORDS: Mapping[str, int] = MappingProxyType(
    {
        "lima puluhan": 1950, "enam puluhan": 1960, "tujuh puluhan": 1970, "delapan puluhan": 1980,
        "sembilan puluhan": 1990, "dua ribuan": 2000, "fifties": 1950, "sixties": 1960, "seventies": 1970,
        "eighties": 1980, "nineties": 1990, "two thousands": 2000,
    }
)  # fmt: skip

SCHOOLS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "tk": (4, 2), "taman kanak-kanak": (4, 2), "kindergarten": (4, 2), "sd": (6, 6), "sekolah dasar": (6, 6),
        "primary school": (6, 6), "elementary school": (6, 6), "smp": (12, 3), "sltp": (12, 3), "mts": (12, 3),
        "junior high": (12, 3), "junior high school": (12, 3), "middle school": (12, 3), "sma": (15, 3),
        "smu": (15, 3), "slta": (15, 3), "smk": (15, 3), "stm": (15, 3), "man": (15, 3), "putih abu-abu": (15, 3),
        "putih biru": (12, 3), "putih merah": (6, 6), "high school": (15, 3), "senior high": (15, 3),
        "senior high school": (15, 3), "kuliah": (18, 5), "kuliahan": (18, 5), "ngampus": (18, 5),
        "mahasiswa": (18, 5), "college": (18, 5), "university": (18, 5), "uni": (18, 5), "sekolah": (6, 12),
        "school": (6, 12),
    }
)  # fmt: skip
"""The age in the year in which its first class begins at the earliest, and its years (kuliah: five, as most take)."""

CLASSES: Mapping[str, int] = MappingProxyType(
    {str(number): number for number in range(1, 13)}
    | {
        roman: number
        for number, roman in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"), 1)
    }
    | {"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6}
)  # fmt: skip

COUNTS: Mapping[str, int] = MappingProxyType(
    {
        "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
        "sepuluh": 10, "sebelas": 11, "dua belas": 12, "lima belas": 15, "dua puluh": 20, "dua puluh lima": 25,
        "tiga puluh": 30, "empat puluh": 40, "lima puluh": 50, "one": 1, "a": 1, "two": 2, "three": 3, "four": 4,
        "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30,
    }
)  # fmt: skip

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "hari": "day", "day": "day", "days": "day", "minggu": "week", "pekan": "week", "week": "week", "weeks": "week",
        "bulan": "month", "month": "month", "months": "month", "tahun": "year", "thn": "year", "year": "year",
        "years": "year",
    }
)  # fmt: skip

ONE_AGO: Mapping[str, str] = MappingProxyType(
    {"sehari": "hari", "seminggu": "minggu", "sebulan": "bulan", "setahun": "tahun"}
)
"""One unit in one word."""

LIFE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "bayi": (0, 1), "kecil": (0, 12), "kanak-kanak": (3, 12), "anak-anak": (3, 12), "remaja": (12, 19),
        "abg": (12, 17), "belasan": (11, 19), "childhood": (0, 12), "my childhood": (0, 12), "was a child": (0, 12),
        "was a kid": (0, 12), "was little": (0, 12), "was a baby": (0, 1), "was a teenager": (12, 19),
        "my teens": (13, 19), "teenage years": (12, 19),
    }
)  # fmt: skip
"""Times of life: the first and the last year of age."""

NAMED_DAYS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "hari ini": (0, 0), "today": (0, 0), "tadi": (0, 0), "barusan": (0, 0), "tadi malam": (1, 0),
        "semalam": (1, 0), "tonight": (0, 0), "last night": (1, 0), "kemarin": (1, 1), "kemaren": (1, 1),
        "yesterday": (1, 1), "kemarin malam": (1, 1), "kemarin dulu": (2, 2), "kemarin lusa": (2, 2),
        "beberapa hari lalu": (7, 2), "beberapa hari yang lalu": (7, 2), "a few days ago": (7, 2),
    }
)  # fmt: skip
"""How many days ago it began and ended."""

PARTS: tuple[tuple[str, ...], ...] = (
    ("awal", "permulaan", "early", "beginning of", "start of"),
    ("pertengahan", "tengah", "mid", "middle of"),
    ("akhir", "penghujung", "late", "end of"),
)
"""The beginning, the middle, the end."""
