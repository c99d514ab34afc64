"""Word stems by rule: which shorter forms a word may come from.

A light stemmer for looking words up, not a linguistic analysis: it proposes, and the lexicon decides. The affixes and
the nasal changes of Indonesian (meN- before k, p, s, t) are those of Sneddon et al., Indonesian Reference Grammar
(2010), chapter 1; the colloquial ng-, ny- and -in are added.
"""

from __future__ import annotations

from collections.abc import Iterator

_ENCLITICS = ("nya", "ku", "mu", "lah", "kah", "pun")
_SUFFIXES = ("kan", "an", "in", "i", "ne", "e")
# A prefix and the letters that it may have swallowed ("" keeps what follows).
_PREFIXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("memper", ("",)),
    ("diper", ("",)),
    ("menge", ("",)),
    ("meng", ("", "k")),
    ("meny", ("s", "c")),
    ("mem", ("", "p")),
    ("men", ("", "t")),
    ("me", ("",)),
    ("peng", ("", "k")),
    ("peny", ("s",)),
    ("pem", ("", "p")),
    ("pen", ("", "t")),
    ("per", ("",)),
    ("pe", ("",)),
    ("ber", ("",)),
    ("be", ("",)),
    ("ter", ("",)),
    ("ke", ("",)),
    ("se", ("",)),
    ("di", ("",)),
    ("ku", ("",)),
    ("kau", ("",)),
    ("nge", ("",)),
    ("ng", ("", "k")),
    ("ny", ("s", "c")),
    ("ka", ("",)),
)
_SHORTEST = 4


def strip_enclitic(word: str) -> str:
    """A word without -nya, -ku, -mu, -lah, -kah or -pun.

    >>> strip_enclitic("hatiku")
    'hati'
    """
    for enclitic in _ENCLITICS:
        if word.endswith(enclitic) and len(word) - len(enclitic) >= _SHORTEST - 1:
            return word[: -len(enclitic)]
    return word


def indonesian_stems(word: str) -> Iterator[str]:
    """Shorter forms that an Indonesian word may come from, the least cut first.

    >>> "rindu" in set(indonesian_stems("merindukanmu"))
    True
    >>> "sakit" in set(indonesian_stems("menyakitkan"))
    True
    """
    seen = {word}
    layer = [word]
    for _ in range(4):
        following: list[str] = []
        for form in layer:
            for shorter in _one_cut(form):
                if shorter not in seen and len(shorter) >= _SHORTEST:
                    seen.add(shorter)
                    following.append(shorter)
                    yield shorter
        layer = following


def _one_cut(form: str) -> Iterator[str]:
    """Each form with one affix less."""
    if "-" in form:
        parts = form.split("-")
        yield parts[0]
        yield parts[-1]
    without = strip_enclitic(form)
    if without != form:
        yield without
    for suffix in _SUFFIXES:
        if form.endswith(suffix):
            yield form[: -len(suffix)]
    for prefix, swallowed in _PREFIXES:
        if form.startswith(prefix):
            for letters in swallowed:
                yield letters + form[len(prefix) :]


def english_stems(word: str) -> Iterator[str]:
    """Shorter forms that an English word may come from.

    >>> list(english_stems("hurting"))
    ['hurt', 'hurte']
    """
    for suffix in ("'s", "ness", "ing", "ed", "ly", "es", "s", "d", "er", "est", "in'"):
        if not word.endswith(suffix) or len(word) - len(suffix) < 3 or (suffix == "d" and word[-2] != "e"):
            continue
        stem = word[: -len(suffix)]
        yield stem
        if suffix in ("ing", "ed", "er", "est", "in'"):
            yield stem + "e"
            if stem[-1] == stem[-2]:
                yield stem[:-1]
        if stem.endswith("i"):
            yield stem[:-1] + "y"
