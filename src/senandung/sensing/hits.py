"""The forms of the lexicon that stand in a text, before and after the rules have changed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from senandung.sensing import cues
from senandung.sensing.lexicon import LONGEST_PHRASE, Entry, Lexicon
from senandung.sensing.tokens import Token

LAUGHTER = Entry("haha", "both", 0.50, 0.40, 0.45, "senang", 0.6)
"""wkwk, haha, lol: glad and awake, but often a mask, so wide and not of full weight (judgement)."""


@dataclass(frozen=True)
class Hit:
    """A form found in the text, and what the rules made of it.

    Parameters
    ----------
    start, end : its tokens are start..end, end not included.
    entry : the form of the lexicon.
    shown : as it was written.
    valence, arousal : in -1..1, after the rules.
    shares : basic feelings that it speaks for; sum to 1.
    strength : 0 or more; multiplies its precision.
    notes : what the rules did.
    """

    start: int
    end: int
    entry: Entry
    shown: str
    valence: float
    arousal: float
    shares: Mapping[str, float]
    strength: float
    notes: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        """How much this hit weighs: its strength over its variance."""
        return self.strength / self.entry.spread**2

    def changed(self, note: str, **changes: Any) -> Hit:
        """This hit with a note ("" for none) and changed fields; valence and arousal stay in -1..1."""
        hit = replace(self, notes=(*self.notes, note) if note else self.notes, **changes)
        return replace(hit, valence=max(-1.0, min(1.0, hit.valence)), arousal=max(-1.0, min(1.0, hit.arousal)))


@dataclass(frozen=True)
class Marks:
    """The marks of one sentence: exclamation marks, a question mark, "…"."""

    shouts: int = 0
    asks: bool = False
    trails_off: bool = False

    def and_also(self, mark: str) -> Marks:
        """These marks and one more run of them.

        >>> Marks().and_also("?!!")
        Marks(shouts=2, asks=True, trails_off=False)
        """
        return Marks(self.shouts + mark.count("!"), self.asks or "?" in mark, self.trails_off or ".." in mark)


@dataclass(frozen=True)
class Line:
    """A text's tokens, and which hit each belongs to.

    Parameters
    ----------
    tokens : as `senandung.sensing.tokens.tokenise` gives them.
    hits : in text order.
    """

    tokens: Sequence[Token]
    hits: Sequence[Hit]
    taken: Mapping[int, Hit] = field(init=False, repr=False)
    marks: Mapping[int, Marks] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        taken = {at: hit for hit in self.hits for at in range(hit.start, hit.end)}
        marks: dict[int, Marks] = {}
        for token in self.tokens:
            if token.kind == "mark":
                marks[token.sentence] = marks.get(token.sentence, Marks()).and_also(token.plain)
        object.__setattr__(self, "taken", MappingProxyType(taken))
        object.__setattr__(self, "marks", MappingProxyType(marks))

    def sentence(self, hit: Hit) -> int:
        """The number of the sentence that a hit stands in."""
        return self.tokens[hit.start].sentence


def find_hits(tokens: Sequence[Token], language: str, lexicon: Lexicon) -> list[Hit]:
    """The forms of the lexicon in a row of tokens, the longest phrase first, unchanged.

    >>> from senandung.sensing.lexicon import load_lexicon
    >>> from senandung.sensing.tokens import tokenise
    >>> [hit.entry.form for hit in find_hits(tokenise("patah hatiku 😭", "id"), "id", load_lexicon())]
    ['patah hati', '😭']
    """
    hits: list[Hit] = []
    known: dict[str, Entry | None] = {}
    at = 0
    while at < len(tokens):
        entry, length = _form_at(tokens, at, language, lexicon, known)
        if entry is not None:
            shown = " ".join(token.shown for token in tokens[at : at + length])
            hits.append(Hit(at, at + length, entry, shown, entry.valence, entry.arousal, entry.shares, entry.weight))
        at += length
    return hits


def _form_at(
    tokens: Sequence[Token], at: int, language: str, lexicon: Lexicon, known: dict[str, Entry | None]
) -> tuple[Entry | None, int]:
    """The entry that begins at a token, if any, and how many tokens it takes; `known` collects words looked up."""
    token = tokens[at]
    if token.kind == "laughter":
        return LAUGHTER, 1
    if token.kind == "emoji":
        return lexicon.find_emoji(token.plain), 1
    if token.kind not in ("word", "number"):
        return None, 1
    run: list[str] = []
    for follower in tokens[at : at + LONGEST_PHRASE]:
        if follower.kind not in ("word", "number"):
            break
        run.append(follower.plain)
    phrase = lexicon.find_phrase(run)
    if phrase is not None:
        return phrase
    if token.kind == "number" or cues.is_cue(token.plain):
        return None, 1
    if token.plain not in known:
        known[token.plain] = lexicon.find_word(token.plain, language)
    return known[token.plain], 1
