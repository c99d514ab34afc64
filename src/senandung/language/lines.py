"""Any text as singable lines: no word is lost or moved."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from senandung.language.letters import words_of
from senandung.language.rhyme import count_syllables
from senandung.language.tables import english_words, indonesian_words

SHORTEST, LONGEST = 4, 14
"""Syllables in a comfortable line: under SHORTEST it is joined to its neighbour, over LONGEST it is divided."""

QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201b": "'", "\u02bc": "'", "\u0060": "'", "\u00b4": "'",
                        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"',
                        "\u2010": "-", "\u2011": "-", "\u00a0": " "})  # fmt: skip
URL = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.\w[\w.]*", re.IGNORECASE)
HASHTAG = re.compile(r"#(\w+)")
CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[a-zà-ÿA-Z])(?=\d)|_+")
MOST_JOINED = 100
"""Pieces of one sentence that are weighed against each other at a time."""

LEANING = frozenset([
    "di", "ke", "dari", "pada", "si", "para", "masih", "sudah", "udah", "akan", "bakal", "sedang", "ingin",
    "mau", "bisa", "tak", "tidak", "nggak", "gak", "ga", "enggak", "belum", "jangan", "sangat", "paling",
    "harus", "selalu", "pernah", "hanya", "cuma", "setiap", "tiap", "sebuah", "seorang", "the", "a", "an", "my",
    "your", "our", "his", "her", "their", "of", "to", "in", "at", "on", "is", "was", "are", "were", "am", "be",
    "will", "would", "can", "could", "not", "very", "just", "always", "never", "every",
])  # fmt: skip
"""Words that lean on the next one: a line does not end after them."""

SUBJECTS = frozenset([
    "aku", "saya", "gue", "gw", "kau", "dia", "ia", "kami", "kita", "mereka", "i", "he", "she", "we", "they",
])  # fmt: skip
"""Words that more often begin a clause than end one: a line had better not end after them."""

END_MARKS = re.compile(r"(?<![.…])[.,;:]$")
"""What a written sentence ends with and a line of a lyric does not; "!", "?" and "…" stay."""


def normalise_text(text: str, language: str) -> str:
    """The text in one spelling: composed letters, plain quotes, no invisible characters, no emoji and no addresses.

    Accents stay (é and ê tell the e apart); letters in decorative alphabets become plain; `#RinduBerat` becomes
    its words; line ends stay, and a slash between blanks, as lyrics are quoted, is one. `language` is "id" or "en".

    >>> normalise_text("ka\u200bngen  banget 😭 #RinduBerat https://example.org", "id")
    'kangen banget Rindu Berat'
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(QUOTES)
    text = unicodedata.normalize("NFC", "".join(_kept(char) for char in text))
    text = re.sub(r"(?<=\s)/(?=\s)", "\n", text)
    plain = ""
    while plain != text:  # what stands after one mark may itself be one: @www.example.org
        plain = text
        text = URL.sub(" ", text)
        text = HASHTAG.sub(lambda match: " " + CAMEL.sub(" ", match[1]) + " ", text)
        text = re.sub(r"(?<!\w)@+(\w+)", lambda match: match[1].replace("_", " "), text)
        text = re.sub(r"(?<=\s)&(?=\s)", "dan" if language == "id" else "and", text)
        text = "\n".join(" ".join(row.split()) for row in text.split("\n")).strip()
    return text


def split_lines(text: str, language: str) -> tuple[str, ...]:
    """A status, a paragraph or a lyric as lines of about 4 to 14 syllables, in order, with every word.

    Divided at line ends, sentence marks and commas, then before words that open a phrase, then in the middle; a
    piece of fewer than 4 syllables joins a neighbour of its sentence. Text without a letter or digit gives ().

    >>> split_lines("Aku rindu kamu, malam ini hujan turun lagi. 😭", "id")
    ('Aku rindu kamu', 'malam ini hujan turun lagi')
    >>> split_lines("😭😭😭", "id")
    ()
    """
    lines: list[str] = []
    for row in normalise_text(text, language).split("\n"):
        for sentence in re.split(r"(?<=[.!?…;])[\"')\]]*\s+(?=\S)", row):
            pieces = [piece for piece in re.split(r"(?<=[,:])\s+|\s+[–—-]+\s+", sentence) if words_of(piece)]
            fitted = [part for piece in pieces for part in _divide(piece.strip(), language)]
            for start in range(0, len(fitted), MOST_JOINED):
                lines += _join(fitted[start : start + MOST_JOINED], language)
    return tuple(END_MARKS.sub("", line) for line in lines)


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if char in {"\n", "\u2028"}:
        return "\n"
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category[0] == "C" or char in "\ufe0e\ufe0f\u20e3":
        return ""
    if category == "So" or 0x1F3FB <= ord(char) <= 0x1F3FF:
        return " "
    if 0x1D400 <= ord(char) <= 0x1D7FF or 0xFF01 <= ord(char) <= 0xFF5E:
        return unicodedata.normalize("NFKC", char)
    return char


def _divide(piece: str, language: str) -> list[str]:
    """A piece in parts of at most LONGEST syllables: before a phrase opener near the middle, or at the middle."""
    tokens = piece.split(" ")
    total = sum(_token_syllables(token, language) for token in tokens)
    if total <= LONGEST or len(tokens) < 2:
        return [piece]
    openers = english_words("opener") if language == "en" else indonesian_words("opener")
    best, best_cost = 0, float("inf")
    before = 0
    for at in range(1, len(tokens)):
        before += _token_syllables(tokens[at - 1], language)
        word = (words_of(tokens[at]) or ("",))[0].lower()
        last = (words_of(tokens[at - 1]) or ("",))[0].lower()
        cost = abs(before - total / 2)
        if word in openers:
            cost -= 4 if total < 3 * LONGEST else 2
        if last in openers or last in LEANING:
            cost += 5
        elif last in SUBJECTS:
            cost += 3
        if min(before, total - before) < SHORTEST:
            cost += 10
        if cost < best_cost:
            best, best_cost = at, cost
    return [
        *_divide(" ".join(tokens[:best]), language),
        *_divide(" ".join(tokens[best:]), language),
    ]


@lru_cache(maxsize=8192)
def _token_syllables(token: str, language: str) -> int:
    return count_syllables(token, language)


def _join(pieces: list[str], language: str) -> list[str]:
    """Pieces of one sentence, those that are too short joined with the shorter neighbour that has room."""
    counts = [count_syllables(piece, language) for piece in pieces]
    while len(pieces) > 1:
        short = [at for at, count in enumerate(counts) if count < SHORTEST]
        options = [
            (counts[at] + counts[other], min(at, other))
            for at in short
            for other in (at - 1, at + 1)
            if 0 <= other < len(pieces) and counts[at] + counts[other] <= LONGEST
        ]
        if not options:
            break
        total, at = min(options)
        pieces = [*pieces[:at], f"{pieces[at]} {pieces[at + 1]}", *pieces[at + 2 :]]
        counts = [*counts[:at], total, *counts[at + 2 :]]
    return pieces
