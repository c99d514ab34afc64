"""One text → `Feeling`: by the learned model, with lexicon and rules beside it; it abstains where neither knows.

Indonesian and English have a model each. The plane is Russell's (1980).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from senandung.domain.errors import UnknownNameError
from senandung.domain.feeling import BASIC, PLACES, Evidence, Feeling, nearest_words
from senandung.domain.reading import WeighedWord
from senandung.sensing import cues
from senandung.sensing.lexical import read_line
from senandung.sensing.mixed import parts_of, with_parts
from senandung.sensing.text_features import Features, features_of
from senandung.sensing.text_model import Guess, TextModel, load_text_model
from senandung.sensing.tokens import Token, tokenise

SURE = 0.3
"""Share of a feeling from which the model alone carries a reading; below it a third of held-out lines is read right."""
FEWEST = 2
"""Words of content that the model alone must see."""
MOSTLY = 0.4
"""Share of a line's words of content from which on the line is little but words of feeling."""
LEXICON = (0.3, 0.7)
"""What the lexicon weighs beside the model for its share of a line's words: in other lines, and in such ones."""
RULED = 0.8
"""Its least weight where a rule is certain: of irony and tears always, of the others in lines of little else."""
ALWAYS = frozenset({"sarcasm", "tears of joy"})
RULES = frozenset({"negated", "before tapi", "after tapi", "conceded", "main clause"})
"""Notes of rules. Where most of a line is no word of feeling the model is the better reader of what a rule turned."""
EMPTY = cues.FUNCTION_WORDS | cues.JOINERS | cues.PARTICLES
"""Words without content."""
MODEL_SPREAD = (0.45, 0.40)
"""Spread of the model's valence and arousal; on held-out lines its errors have .39 and .22."""


def read_text(text: str, language: str) -> Feeling:
    """The feeling of a text, with the words that weighed; `readable` is False when nothing is known.

    Parameters
    ----------
    text : a status line, a paragraph, emoji; may be empty.
    language : "id" or "en"; the other lexicon, Javanese and Sundanese are consulted too.

    >>> read_text("aku rindu kamu, malam ini hujan turun lagi", "id").words[0]
    'rindu'
    >>> read_text("aku nggak sedih kok", "id").valence > 0
    True
    >>> read_text("rapat jam 10 di kantor", "id").readable
    False
    """
    if language not in ("id", "en"):
        raise UnknownNameError("language", language, ("id", "en"))
    tokens = tokenise(text, language)
    parts = parts_of(tokens, language, lambda clause: _read(clause, language))
    return with_parts(_read(tokens, language), parts)


def _read(tokens: Sequence[Token], language: str) -> Feeling:
    read = read_line(tokens, language)
    return join(read, features_of(tokens, read), load_text_model(language))


def weigh_words(text: str, language: str) -> tuple[WeighedWord, ...]:
    """The words and emoji of a text in order, each with where it pulled the reading; nothing pulls what is not read.

    >>> max(weigh_words("aku patah hati", "id"), key=lambda word: word.weight).valence < 0
    True
    """
    tokens = tokenise(text, language)
    read = read_line(tokens, language)
    features = features_of(tokens, read)
    told = read_text(text, language)
    share = 1.0 if read is None else 1 - _lexicon_share(read, features)
    rows = load_text_model(language).pulls(features)
    pulled = [(shown, share * valence, share * arousal) for shown, valence, arousal in rows]
    for piece in read.evidence if read is not None else ():
        places = _written_at([shown for shown, _, _ in pulled], piece.what)
        for place in places:
            shown, valence, arousal = pulled[place]
            part = (1 - share) * piece.weight / len(places)
            pulled[place] = (shown, valence + part * piece.valence, arousal + part * piece.arousal)
    total = math.fsum(math.hypot(valence, arousal) for _, valence, arousal in pulled)
    if not told.readable or not total:
        return tuple(WeighedWord(shown) for shown, _, _ in pulled)
    return tuple(
        WeighedWord(shown, _unit(valence), _unit(arousal), min(1.0, math.hypot(valence, arousal) / total))
        for shown, valence, arousal in pulled
    )


def _written_at(shown: Sequence[str], phrase: str) -> list[int]:
    """Where the words of a phrase stand first, one after the other; empty where they do not."""
    words = phrase.lower().split()
    plain = [word.lower() for word in shown]
    for at in range(len(plain) - len(words) + 1):
        if plain[at : at + len(words)] == words:
            return list(range(at, at + len(words)))
    return []


def _unit(value: float) -> float:
    return max(-1.0, min(1.0, value))


def join(read: Feeling | None, features: Features, model: TextModel) -> Feeling:
    """The model's reading of a line with the lexicon's beside it, which weighs more where a rule turned a word.

    Without a word of the lexicon the model must be sure, and sure of a feeling: else nothing is read.
    """
    guess = model.predict(features)
    best = max(range(len(BASIC)), key=lambda place: guess.shares[place])
    doubtful = BASIC[best] == "netral" or guess.shares[best] < SURE or len(_content(features)) < FEWEST
    if read is None and doubtful:
        return Feeling.unread()
    weight = 0.0 if read is None else _lexicon_share(read, features)
    other = read or Feeling.unread()
    valence = (1 - weight) * guess.valence + weight * other.valence
    arousal = (1 - weight) * guess.arousal + weight * other.arousal
    apart = [weight * (1 - weight) * gap**2 for gap in (guess.valence - other.valence, guess.arousal - other.arousal)]
    basic = {
        name: (1 - weight) * share + weight * other.basic[name] for name, share in zip(BASIC, guess.shares, strict=True)
    }
    evidence = (
        *(replace(piece, weight=weight * piece.weight) for piece in other.evidence),
        *_reasons(model, features, BASIC[best], guess, 1 - weight),
    )
    if not evidence:  # only marks spoke for it: nothing that could be shown
        return Feeling.unread()
    return Feeling(
        valence,
        arousal,
        math.sqrt(MODEL_SPREAD[0] ** 2 + apart[0]),
        math.sqrt(MODEL_SPREAD[1] ** 2 + apart[1]),
        basic,
        _named(other.words, valence, arousal, basic),
        evidence,
    )


def _lexicon_share(read: Feeling, features: Features) -> float:
    """What the lexicon weighs beside the model, 0..1."""
    notes = {note for piece in read.evidence for note in piece.note.split(", ")}
    covered = _covered(read, features)
    mostly = covered >= MOSTLY
    ruled = notes & ALWAYS or (mostly and notes & RULES)
    return max(RULED if ruled else 0.0, LEXICON[mostly] * covered)


def _covered(read: Feeling, features: Features) -> float:
    """The share of a line's words of content that are the lexicon's, 0..1."""
    content = _content(features)
    known = sum(len([word for word in piece.what.lower().split() if word not in EMPTY]) for piece in read.evidence)
    return min(1.0, known / len(content)) if content else 1.0


def _content(features: Features) -> list[str]:
    """The words of content and the emoji of a line."""
    return [word for _, (word, *_), _ in features.seen if word not in EMPTY and not cues.negates(word)]


def _named(written: Sequence[str], valence: float, arousal: float, basic: Mapping[str, float]) -> tuple[str, ...]:
    """Up to three named feelings: those that were written and fit, then the nearest of a likely kind."""
    kinds = {name for name in BASIC if name != "netral" and basic[name] >= 0.2} | {max(BASIC, key=lambda n: basic[n])}
    fit = [name for name in written if {PLACES[name].basic, PLACES[name].also} & kinds]
    near = [name for name in nearest_words(valence, arousal, len(PLACES)) if PLACES[name].basic in kinds]
    return tuple(dict.fromkeys([*fit, *near]))[:3]


def _reasons(model: TextModel, features: Features, kind: str, guess: Guess, weight: float) -> list[Evidence]:
    """The three written words that speak most for the likeliest feeling, by the model."""
    pushed = [(shown, size) for shown, size in model.reasons(features, kind) if size > 0]
    total = math.fsum(size for _, size in pushed) or 1.0
    return [
        Evidence(shown, guess.valence, guess.arousal, weight * size / total, f"learned: {kind}")
        for shown, size in pushed[:3]
    ]
