"""What the text model looks at: words, pairs, letters, and what lexicon and associations say of a line.

A word that a negation reaches becomes another word ("¬sedih"), and what stands before "tapi" weighs half, so that the
rules that are certain need not be learned.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from senandung.domain.feeling import BASIC, Feeling
from senandung.sensing import cues
from senandung.sensing.associations import load_associations
from senandung.sensing.tokens import Token

LETTERS = (1, 7)
"""Least and most letters of the runs that are looked at, the word's edges counted."""

NEGATED = 2
"""Words of content that a negation reaches."""

BEFORE_TAPI = 0.5
"""Weight of what stands before the last "tapi"."""

TOLD = 22
"""How many numbers `told_by` gives."""


@dataclass(frozen=True)
class Features:
    """A line as the model sees it.

    Parameters
    ----------
    words, letters : weights of words and pairs of words, and of runs of letters.
    told : `TOLD` numbers of associations and lexicon.
    seen : each word or emoji as it was written, with the words and the runs that it gave.
    """

    words: dict[str, float]
    letters: dict[str, float]
    told: tuple[float, ...]
    seen: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()


def features_of(tokens: Sequence[Token], read: Feeling | None) -> Features:
    """The features of a line; `read` is what the lexicon and its rules made of it, None where they found nothing."""
    reached, weights = scopes(tokens)
    words: dict[str, float] = {}
    letters: dict[str, float] = {}
    seen: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []

    def count(into: dict[str, float], form: str, weight: float = 1.0) -> None:
        into[form] = into.get(form, 0.0) + weight

    before = ""
    for token, negated, weight in zip(tokens, reached, weights, strict=True):
        after = ""
        if token.kind == "word":
            mark = "¬" if negated else ""
            after = mark + token.plain
            count(words, after, weight)
            if before:
                count(words, f"{before} {after}", weight)
            parts = tuple(f"{mark}^{run}" for run in runs(token.plain))
            for part in parts:
                count(letters, part, weight)
            seen.append((token.shown, (after,), parts))
            if token.caps:
                count(words, "<caps>")
            if token.stretched:
                count(words, "<stretch>")
        elif token.kind == "emoji":
            count(words, token.plain, weight)
            seen.append((token.shown, (token.plain,), ()))
        elif token.kind == "mark":
            for sign in ("!" * min(3, token.plain.count("!")), "?" * min(1, token.plain.count("?"))):
                if sign:
                    count(words, sign)
            if ".." in token.plain:
                count(words, "..")
        else:
            after = f"<{token.kind}>"
            count(words, after, weight)
        before = after
    return Features(words, letters, told_by(tokens, reached, weights, read), tuple(seen))


def runs(word: str) -> Iterator[str]:
    """All runs of `LETTERS` letters of a word with its edges.

    >>> "_se" in set(runs("sepi")), "pi_" in set(runs("sepi"))
    (True, True)
    """
    edged = f"_{word}_"
    for length in range(LETTERS[0], LETTERS[1] + 1):
        for at in range(len(edged) - length + 1):
            yield edged[at : at + length]


def scopes(tokens: Sequence[Token]) -> tuple[list[bool], list[float]]:
    """For each token whether a negation reaches it, and what it weighs by its clause."""
    reached = [False] * len(tokens)
    turned, content = False, 0
    for at, token in enumerate(tokens):
        if token.kind == "mark" or token.plain in cues.CONTRASTS or token.plain in cues.CONCESSIONS:
            turned = False
        elif token.kind == "word" and cues.negates(token.plain):
            turned, content = not turned, 0
        elif turned and token.kind == "word":
            if token.plain in cues.FUNCTION_WORDS or token.plain in cues.JOINERS:
                continue
            content += 1
            reached[at] = True
            turned = content < NEGATED
    contrast = max((at for at, token in enumerate(tokens) if token.plain in cues.CONTRASTS), default=len(tokens))
    last = contrast >= len(tokens) - 1
    return reached, [1.0 if last or at >= contrast else BEFORE_TAPI for at in range(len(tokens))]


def told_by(
    tokens: Sequence[Token], reached: Sequence[bool], weights: Sequence[float], read: Feeling | None
) -> tuple[float, ...]:
    """What associations (12 numbers) and the lexicon's reading (10) say of a line."""
    table = load_associations()
    shares = [0.0] * len(BASIC)
    valence = arousal = total = 0.0
    highest = lowest = 0.0
    at = 0
    while at < len(tokens):
        if tokens[at].kind != "word":
            at += 1
            continue
        row: list[str] = []
        for token in tokens[at : at + 4]:
            if token.kind != "word":
                break
            row.append(token.plain)
        event = table.find_event(row)
        found, length = event if event is not None else (table.find_word(row[0]), 1)
        if found is not None:
            weight = weights[at] * (2.0 if length > 1 else 1.0)
            side = -0.5 if reached[at] else 1.0
            valence += side * found.valence * weight
            arousal += found.arousal * weight
            total += weight
            highest, lowest = max(highest, side * found.valence), min(lowest, side * found.valence)
            if not reached[at]:
                shares = [share + more * weight for share, more in zip(shares, found.shares, strict=True)]
        at += length
    size = max(total, 1e-9)
    associated = (
        *(valence / size, arousal / size, highest, lowest, total / 10, math.log1p(total) / 3),
        *(1.5 * share / size for share in shares),
    )
    if read is None:
        return (*associated, *([0.0] * 10))
    lexical = (1.0, read.valence, read.arousal, max(0.0, read.valence))
    return (*associated, *lexical, *(read.basic[name] for name in BASIC))
