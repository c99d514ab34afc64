"""The common English words by which a text's language is told: the row `common` of weights/english-words.tsv.

    python -m senandung.learning.frequent_words --data DIR --table src/senandung/weights/english-words.tsv

counts words in GoEmotions (English comments; its test part is left for measuring), SmSA and XED (Indonesian reviews and
subtitles), and writes the row anew: words that are frequent in the first and rare in the others.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from senandung.domain.errors import FileError
from senandung.files.writing import write_atomically
from senandung.language.letters import base_letter, words_of
from senandung.language.tables import english_words, indonesian_words

ENGLISH = ("goemotions/data/original/train.tsv", "goemotions/data/original/dev.tsv")
INDONESIAN = (
    "indonlu_emotion/dataset/smsa_doc-sentiment-prosa/train_preprocess.tsv",
    "indonlu_emotion/dataset/smsa_doc-sentiment-prosa/valid_preprocess.tsv",
    "xed/id.tsv",
)
"""Tables whose first column is a text, below the folder of the sets."""

LEAST = 10
"""Times that a word stands in the English texts."""

TIMES = 6.0
"""How much more frequent it is there than in the Indonesian ones."""

ALIKE = frozenset([
    "absurd", "anime", "basic", "beta", "block", "bros", "bruh", "btw", "bye", "camera", "dem", "epic", "event",
    "fam", "fans", "final", "gif", "hah", "hero", "horror", "info", "lay", "legend", "lmao", "lmfao", "local",
    "marketing", "master", "min", "mix", "mod", "mods", "omg", "oof", "org", "partner", "planet", "pls", "plz",
    "ppl", "progress", "rap", "record", "ref", "refs", "say", "sharing", "skip", "spirit", "stress", "super",
    "swing", "tag", "target", "test", "thx", "vid", "virgin", "voting", "wow", "wtf", "yeh",
])  # fmt: skip
"""Words that Indonesians write as well, and those of chats, which tell no language (by knowledge of both)."""

UNFIT = frozenset([
    "aoc", "atheist", "bch", "bitch", "boner", "boobs", "bpd", "cakeday", "cunt", "dems", "dlc", "espn", "fart",
    "fortnite", "ftfy", "gop", "iirc", "incel", "incels", "intj", "maga", "mvp", "nazi", "nhl", "nsfw", "nyc",
    "penis", "porn", "rape", "raped", "redditors", "remindme", "shitpost", "shitposting", "subreddit",
    "subreddits", "tbf", "turd", "username", "vagina",
])  # fmt: skip
"""Obscene words and what only those comments are full of."""


def common_words(english: Iterable[str], indonesian: Iterable[str]) -> tuple[str, ...]:
    """English words, sorted, that are frequent in English texts and rare in Indonesian ones.

    Words of the other rows of the table, Indonesian words that are known, and `ALIKE` and `UNFIT` are left out.

    >>> common_words(["the old door of a hotel"] * 12, ["hotel itu"])
    ('door', 'old')
    """
    here, there = _counts(english), _counts(indonesian)
    share = TIMES * sum(here.values()) / max(sum(there.values()), 1)
    known = english_words("only") | english_words("function") | english_words("both") | ALIKE | UNFIT
    known |= {*indonesian_words("function"), *indonesian_words("common")}
    found = (
        word
        for word, count in here.items()
        if count >= LEAST and count >= share * there[word] and word not in known
    )  # fmt: skip
    return tuple(sorted(word for word in found if re.fullmatch(r"[a-z]+('[a-z]+)?", word) and len(word) > 2))


def _counts(texts: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        for word in words_of(text):
            found.update("".join(base_letter(letter) for letter in piece) for piece in word.split("-"))
    return found


def _texts(data: Path, names: Iterable[str]) -> list[str]:
    try:
        return [row.split("\t")[0] for name in names for row in (data / name).read_text("utf-8").splitlines()]
    except OSError as error:
        raise FileError(data, f"a set of texts is missing: {error}") from error


def main(arguments: list[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(description="Write the row of common English words anew.")
    parser.add_argument("--data", type=Path, required=True, help="folder in which the sets lie unpacked")
    parser.add_argument("--table", type=Path, required=True, help="the table whose row is written anew")
    given = parser.parse_args(arguments)
    words = " ".join(common_words(_texts(given.data, ENGLISH), _texts(given.data, INDONESIAN)))
    rows = given.table.read_text(encoding="utf-8").splitlines()
    rows = [f"common\t{words}" if row.startswith("common\t") else row for row in rows]
    write_atomically(given.table, ("\n".join(rows) + "\n").encode())


if __name__ == "__main__":
    main()
