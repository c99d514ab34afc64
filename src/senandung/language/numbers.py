"""Numbers, and what else is not written as it is sung: times, money, shares, "malam2"."""

from __future__ import annotations

import re

from senandung.domain.checks import require
from senandung.language.tables import indonesian_short

ID_DIGITS = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]
ID_SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"), (10, "puluh"))
EN_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
EN_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
EN_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
EN_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
LARGEST = 10**15
"""From here on a number is read digit by digit."""

NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?!\d)|\d+"


def spell_number(n: int, language: str) -> str:
    """A whole number in words.

    >>> spell_number(2024, "id"), spell_number(115, "id"), spell_number(342, "en")
    ('dua ribu dua puluh empat', 'seratus lima belas', 'three hundred forty-two')
    """
    require(language in ("id", "en"), "language must be id or en", language)
    if n < 0:
        return f"minus {spell_number(-n, language)}"
    if n >= LARGEST:
        return _digits(str(n), language)
    return _indonesian(n) if language == "id" else _english(n)


def sung_text(line: str, language: str) -> str:
    """The line as it is sung: numbers, times, money, percentages, "malam2" and "bgt" in words; all else as written.

    >>> sung_text("jam 10.30, Rp10.000 lagi, ke-2 kalinya, malam2, 100%", "id")
    'jam sepuluh tiga puluh, sepuluh ribu rupiah lagi, kedua kalinya, malam-malam, seratus persen'
    >>> sung_text("kangen bgt dgn kamu", "id")
    'kangen banget dengan kamu'
    >>> sung_text("in 1998 on the 2nd floor at 7:30", "en")
    'in nineteen ninety-eight on the second floor at seven thirty'
    """
    require(language in ("id", "en"), "language must be id or en", language)
    line = _ascii_digits(line)
    if language == "id":
        line = re.sub(
            r"(?<![^\W\d_])[Rr][Pp]\.?\s?(" + NUMBER + r")(?:,\d\d)?", lambda m: f"{_spell(m[1], 'id')} rupiah", line
        )
        line = re.sub(r"\bke-?(\d+)\b", lambda m: _ordinal_id(m[1]), line, flags=re.IGNORECASE)
        line = re.sub(r"(?<![\w'-])[^\W\d_]{2,5}(?![\w'-])", lambda m: _written_out(m[0]), line)
        line = re.sub(r"\b([^\W\d_]{2,})2(nya|ku|mu|an)?\b", lambda m: f"{m[1]}-{m[1].lower()}{m[2] or ''}", line)
    else:
        line = re.sub(r"\$(" + NUMBER + ")", lambda m: f"{_spell(m[1], 'en')} dollars", line)
        line = re.sub(r"\b(\d+)(?:st|nd|rd|th)\b", lambda m: _ordinal_en(m[1]), line, flags=re.IGNORECASE)
    line = re.sub(r"(?<![\d.:])([01]?\d|2[0-3])[.:]([0-5]\d)(?![\d.:%])", lambda m: _time(m[1], m[2], language), line)
    if language == "en":
        line = re.sub(r"(?<![\d.,])(1[1-9]|20)(\d\d)(?![\d.,]\d|\d|%)", lambda m: _year(m[1], m[2]), line)
    line = re.sub(r"(\d+)x\b", lambda m: f"{_spell(m[1], language)} {'kali' if language == 'id' else 'times'}", line)
    percent, point = ("persen", "koma") if language == "id" else ("percent", "point")
    line = re.sub(r"(\d)\s?%", rf"\1 {percent}", line)
    decimal = r"(\d+)[.,](?!\d{3}(?!\d))(\d+)"
    line = re.sub(decimal, lambda m: f"{_spell(m[1], language)} {point} {_digits(m[2], language)}", line)
    return re.sub(NUMBER, lambda m: _apart(m, _spell(m[0], language)), line)


def _written_out(word: str) -> str:
    """A short form in full, with its capital."""
    full = indonesian_short().get(word.lower(), word)
    return full.capitalize() if full != word and word[0].isupper() else full


def _apart(match: re.Match[str], spelled: str) -> str:
    """Words set off from letters that stand beside the digits ("b4", "4ever")."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return (" " if before.isalpha() else "") + spelled + (" " if after.isalpha() else "")


def _ascii_digits(text: str) -> str:
    return "".join(str(int(char)) if char.isdecimal() else char for char in text)


def _spell(digits: str, language: str) -> str:
    plain = re.sub("[.,]", "", digits)
    if len(plain) > 15 or (len(plain) > 1 and plain.startswith("0")):
        return _digits(plain, language)
    return spell_number(int(plain), language)


def _digits(digits: str, language: str) -> str:
    names = ID_DIGITS if language == "id" else EN_SMALL
    return " ".join(names[int(digit)] for digit in digits)


def _indonesian(n: int) -> str:
    if n < 10:
        return ID_DIGITS[n]
    if n < 20:
        return {10: "sepuluh", 11: "sebelas"}.get(n) or f"{ID_DIGITS[n - 10]} belas"
    size, name = next(scale for scale in ID_SCALES if n >= scale[0])
    count, rest = divmod(n, size)
    head = f"se{name}" if count == 1 and size <= 1000 else f"{_indonesian(count)} {name}"
    return f"{head} {_indonesian(rest)}" if rest else head


def _english(n: int) -> str:
    if n < 20:
        return EN_SMALL[n]
    if n < 100:
        return EN_TENS[n // 10] + (f"-{EN_SMALL[n % 10]}" if n % 10 else "")
    size, name = next(scale for scale in EN_SCALES if n >= scale[0])
    count, rest = divmod(n, size)
    head = f"{_english(count)} {name}"
    return f"{head} {_english(rest)}" if rest else head


def _ordinal_id(digits: str) -> str:
    number = _spell(digits, "id")
    return "pertama" if number == "satu" else f"ke{number}"


def _ordinal_en(digits: str) -> str:
    number = _spell(digits, "en")
    head, last = re.fullmatch(r"(.*?)([a-z]+)", number).groups()  # type: ignore[union-attr]
    if last in EN_ORDINALS:
        return f"{head}{EN_ORDINALS[last]}"
    return f"{head}{last[:-1]}ieth" if last.endswith("y") else f"{head}{last}th"


def _time(hour: str, minute: str, language: str) -> str:
    spelled = _spell(str(int(hour)), language)
    if minute == "00":
        return spelled
    return f"{spelled} {spell_number(int(minute), language) if minute[0] != '0' else _digits(minute, language)}"


def _year(century: str, rest: str) -> str:
    if century == "20" and rest[0] == "0":
        return _english(int(century + rest))
    if rest == "00":
        return f"{_english(int(century))} hundred"
    tail = f"oh {_english(int(rest[1]))}" if rest[0] == "0" else _english(int(rest))
    return f"{_english(int(century))} {tail}"
