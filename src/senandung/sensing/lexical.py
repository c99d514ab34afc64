"""What lexicon and rules make of a text: the precision-weighted mean of the words of feeling that are found.

There is a weak prior at 0 of spread .7; a word's own spread is .30 to .60 (docs/feeling.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from senandung.domain.feeling import BASIC, PLACES, Evidence, Feeling, nearest_words
from senandung.sensing import cues
from senandung.sensing.hits import Hit, Line, find_hits
from senandung.sensing.lexicon import load_lexicon
from senandung.sensing.rules import apply_rules
from senandung.sensing.stems import indonesian_stems
from senandung.sensing.tokens import Token, tokenise

PRIOR_SPREAD = 0.7
LEAST_SPREAD = 0.1
"""However much is written, a lexicon knows no better than this (as a person's own correction)."""
MOST_EVIDENCE = 100
"""The most pieces of evidence that are kept, the heaviest."""


def read_words(text: str, language: str) -> Feeling:
    """The feeling of a text by its words of feeling alone; `readable` is False where none carries a reading.

    >>> read_words("aku nggak sedih kok", "id").valence > 0
    True
    """
    return read_line(tokenise(text, language), language) or Feeling.unread()


def read_line(tokens: Sequence[Token], language: str) -> Feeling | None:
    """What lexicon and rules make of a line; None where no word of feeling carries a reading."""
    hits = apply_rules(Line(tokens, find_hits(tokens, language, load_lexicon())))
    carried = any(not hit.entry.weak for hit in hits) or len({hit.entry.form for hit in hits}) > 1
    return fuse(hits) if carried else None


def fuse(hits: Sequence[Hit]) -> Feeling:
    """One feeling from all hits: the precision-weighted mean with the weak prior; disagreement widens the spread.

    Parameters
    ----------
    hits : at least one, each with a strength above 0.
    """
    prior = 1 / PRIOR_SPREAD**2
    told = math.fsum(hit.precision for hit in hits)
    total = prior + told
    valence = math.fsum(hit.precision * hit.valence for hit in hits) / told
    arousal = math.fsum(hit.precision * hit.arousal for hit in hits) / told
    basic = dict.fromkeys(BASIC, 0.0)
    basic["netral"] = prior / total
    for hit in hits:
        for name, share in hit.shares.items():
            basic[name] += share * hit.precision / total
    heaviest = {id(hit) for hit in sorted(hits, key=lambda hit: -hit.precision)[:MOST_EVIDENCE]}
    evidence = tuple(
        Evidence(hit.shown, hit.valence, hit.arousal, hit.precision / total, ", ".join(hit.notes))
        for hit in hits
        if id(hit) in heaviest
    )
    return Feeling(
        valence * told / total,
        arousal * told / total,
        _spread([(hit.precision, hit.valence - valence) for hit in hits], total),
        _spread([(hit.precision, hit.arousal - arousal) for hit in hits], total),
        basic,
        _words(hits, valence, arousal, basic),
        evidence,
    )


def _spread(offsets: Sequence[tuple[float, float]], total: float) -> float:
    """Standard deviation of the mean, plus how far the hits differ: (precision, distance from their mean)."""
    within = 1 / total
    between = math.fsum(precision * offset**2 for precision, offset in offsets) / total
    return min(1.0, max(LEAST_SPREAD, math.sqrt(within + between)))


def _words(hits: Sequence[Hit], valence: float, arousal: float, basic: dict[str, float]) -> tuple[str, ...]:
    """Up to three named feelings: those that were written, the heaviest first, then the nearest of the same kind."""
    written: list[str] = []
    for hit in sorted(hits, key=lambda hit: -hit.precision):
        name = _name_of(hit)
        if name is not None and not {"negated", "sarcasm"} & set(hit.notes):
            written.append(name)
    forms = {hit.entry.form for hit in hits}
    if forms & cues.LOSS and forms & cues.MEMORY:
        written = ["sedih", "rindu", *written]
    strongest = max(BASIC, key=lambda name: basic[name])
    kinds = {name for name in BASIC if name != "netral" and basic[name] >= 0.25} | {strongest}
    near = [name for name in nearest_words(valence, arousal, len(PLACES)) if PLACES[name].basic in kinds]
    return tuple(dict.fromkeys([*written, *near]))[:3]


def _name_of(hit: Hit) -> str | None:
    """The named feeling that a form is, by itself, in English or by its stem."""
    english = {place.english: name for name, place in PLACES.items()}
    for word in (hit.entry.form, *hit.entry.form.split()):
        for form in (word, *indonesian_stems(word)):
            name = form if form in PLACES else english.get(form)
            if name is not None and name != "netral" and PLACES[name].basic in hit.entry.basic.split("+"):
                return name
    return None
