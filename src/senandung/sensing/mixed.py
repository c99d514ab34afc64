"""A text of two feelings: the clauses of a contrast, each read by itself, where both are sure and of opposite sign.

"aku senang dia lulus tapi sedih harus pisah" is two feelings, not one that is nearly none. Only a contrast (tapi, but)
or two words of feeling around *campur* or *sambil* can part a text: of neighbouring sentences that were read with
opposite signs a quarter were meant so. The thresholds were set on one half of the project's own lines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from senandung.domain.feeling import Feeling
from senandung.sensing import cues
from senandung.sensing.lexical import read_line
from senandung.sensing.tokens import Token

SURE = 0.5
"""The share of a clause's likeliest feeling from which it is sure."""

CLEAR = 0.3
"""How good or bad a clause must be."""

APART = 2.0
"""Clauses this many spreads apart are two feelings in any case."""

BOTH = frozenset({"campur", "bercampur", "nyampur", "sambil", "sekaligus"})
"""Words that hold two feelings together."""

DENIALS = frozenset({"bukan", "dudu", "not"})
"""What begins with them is denied and not felt: "bukan ga bersyukur, tapi …"."""

Read = Callable[[Sequence[Token]], Feeling]


def parts_of(tokens: Sequence[Token], language: str, read: Read) -> tuple[Feeling, ...]:
    """The feelings of a text that stay apart, the surest first: what follows the contrast; empty where it has one.

    Parameters
    ----------
    tokens : the whole text.
    language : "id" or "en".
    read : reads some of the tokens as a text of their own.
    """
    for before, after in _contrasts(tokens):
        if any(token.plain in DENIALS for token in before[:2]):
            continue
        one, other = read(after), read(before)
        if _two(one, other):
            return one, other
    for before, after in _joined(tokens):
        found = [read_line(side, language) for side in (before, after)]
        if all(each is not None and abs(each.valence) >= CLEAR for each in found):
            first, second = (each for each in found if each is not None)
            if first.valence * second.valence < 0:
                return tuple(sorted((first, second), key=_doubt))
    return ()


def with_parts(feeling: Feeling, parts: Sequence[Feeling]) -> Feeling:
    """A reading that names its parts first; as it was without any."""
    if not parts or not feeling.readable:
        return feeling
    named = [part.words[0] for part in parts if part.words]
    bare = tuple(replace(part, evidence=()) for part in parts)
    return replace(feeling, words=tuple(dict.fromkeys([*named, *feeling.words]))[:3], parts=bare)


def _contrasts(tokens: Sequence[Token]) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    """What stands before and after each contrast, the last one first."""
    for at in range(len(tokens) - 2, 0, -1):
        if tokens[at].plain in cues.CONTRASTS:
            yield tokens[:at], tokens[at + 1 :]


def _joined(tokens: Sequence[Token]) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    for at in range(1, len(tokens) - 1):
        if tokens[at].plain in BOTH:
            yield tokens[:at], tokens[at + 1 :]


def _two(one: Feeling, other: Feeling) -> bool:
    if not (one.readable and other.readable):
        return False
    valence = (one.valence - other.valence) / max(one.valence_spread, other.valence_spread)
    arousal = (one.arousal - other.arousal) / max(one.arousal_spread, other.arousal_spread)
    if math.hypot(valence, arousal) > APART:
        return True
    sure = all(
        abs(f.valence) >= CLEAR and f.strongest != "netral" and f.basic[f.strongest] >= SURE for f in (one, other)
    )
    return sure and one.valence * other.valence < 0


def _doubt(feeling: Feeling) -> float:
    return math.hypot(feeling.valence_spread, feeling.arousal_spread)
