"""Variations of a person's line: shortened, answered, reordered, echoed, with a vocalise; never cut inside a phrase."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from senandung.composing.words.function_words import (
    COMPOUNDS,
    COORDINATORS,
    DAY_TIMES,
    EACH,
    MANNERS,
    NEGATORS,
    NOT_FIRST,
    NOT_LAST,
    OPEN_ENDS,
    PLACES,
    POINTERS,
    RELATIVES,
    SUBJECTS,
    SUBORDINATORS,
    TIME_WORDS,
)
from senandung.domain.feeling import Feeling
from senandung.language.letters import words_of
from senandung.language.rhyme import count_syllables

LONGEST = 14
"""The most syllables of a variation."""
SHORTEST = 3
"""The fewest syllables of a piece of a line that is sung alone."""


@dataclass(frozen=True)
class Variation:
    """A line made from a person's line.

    `parent` is the index of the person's line; `kind` one of head, tail, answer (without its subject), reordered,
    echo (its end once more), call (its end alone), repeat, sigh (vocalise before) and fade (vocalise after).
    """

    text: str
    parent: int
    kind: str


def plain_letters(text: str) -> str:
    """The letters and digits of a text in lower case: two lines with the same ones are the same line to a listener.

    >>> plain_letters("Aku rindu, kamu!")
    'akurindukamu'
    """
    return "".join(char for char in text.lower() if char.isalnum())


def cut_phrases(line: str) -> tuple[str, ...]:
    """The phrases of a line in order: cut after commas, before conjunctions and around phrases of time and place.

    >>> cut_phrases("malam ini hujan turun lagi")
    ('malam ini', 'hujan turun lagi')
    >>> cut_phrases("aku tetap menunggu di stasiun tua walau kau lupa")
    ('aku tetap menunggu', 'di stasiun tua', 'walau kau lupa')
    >>> cut_phrases("I keep your letters in a box under the bed")
    ('I keep your letters', 'in a box', 'under the bed')
    """
    tokens = line.split()
    bare = [_bare(token) for token in tokens]
    cuts: set[int] = set()
    for at in range(len(tokens)):
        if at and _cut_before(tokens, bare, at):
            cuts.add(at)
        length = _time_length(bare, at)
        if length:
            starts = at == 0 or at in cuts
            if at and bare[at - 1] not in NOT_LAST:
                cuts.add(at)
            if starts and at + length < len(tokens) and bare[at + length] not in NOT_FIRST:
                cuts.add(at + length)
    edges = [0, *sorted(cuts), len(tokens)]
    return tuple(" ".join(tokens[a:b]) for a, b in itertools.pairwise(edges))


def vary_line(line: str, parent: int, language: str, feeling: Feeling) -> tuple[Variation, ...]:
    """All variations of a line that keep grammatical sense, the plainest first; none is the line itself.

    Parameters
    ----------
    line : one of the person's lines.
    parent : its index among them.
    language : "id" or "en".
    feeling : decides which syllables a vocalise has.

    >>> lines = vary_line("malam ini hujan turun lagi", 0, "id", Feeling.named("sedih"))
    >>> [line.text for line in lines][:3]
    ['hujan turun lagi', 'malam ini, oh malam ini', 'hujan turun lagi malam ini']
    """
    whole = _trim(line)
    if not whole:
        return ()
    found: list[tuple[str, str]] = []
    phrases = cut_phrases(whole)
    found += [("tail", text) for text in _tails(phrases, language)]
    found += [("head", text) for text in _heads(phrases, language)]
    answer = _answer(whole, language)
    if answer:
        found.append(("answer", answer))
    if not ends_openly(whole):
        found += [("reordered", text) for text in _reordered(phrases)]
        found += _ornamented(whole, _echo(whole, phrases, answer, language), language, feeling)
    made: list[Variation] = []
    seen = {plain_letters(whole)}
    for kind, text in found:
        key = plain_letters(text)
        if key not in seen and 0 < count_syllables(text, language) <= LONGEST:
            seen.add(key)
            made.append(Variation(text, parent, kind))
    return tuple(made)


def _ornamented(whole: str, echo: str, language: str, feeling: Feeling) -> list[tuple[str, str]]:
    """The whole line with something sung before or after it."""
    found = [("echo", f"{whole}, {echo}")] if echo else []
    syllables = count_syllables(whole, language)
    tone, sigh = vocalise_sounds(language, feeling)[:2]
    if syllables <= 4 and len(words_of(whole)) <= 3:
        found += [("repeat", f"{whole}, {_low(whole)}"), ("repeat", f"{whole}, oh {_low(whole)}")]
    if syllables <= 5:
        found += [("fade", f"{whole}, {tone} {tone}"), ("sigh", f"{_capital(sigh, whole)} {sigh}, {_low(whole)}")]
    if syllables <= 10:
        found.append(("sigh", f"{_capital('oh', whole)}, {_low(whole)}"))
    if echo and _bare(echo.split(maxsplit=1)[0]) not in PLACES:
        found += [("call", _capital(f"{echo}, oh {echo}", whole)), ("call", _capital(f"{echo}, {tone} {tone}", whole))]
    return [*found, ("fade", f"{whole}, {tone}")]


def vocalise_sounds(language: str, feeling: Feeling) -> tuple[str, str, str]:
    """Three syllables to sing without words, the fittest first.

    >>> vocalise_sounds("id", Feeling.named("sedih")), vocalise_sounds("en", Feeling.named("senang"))
    (('uu', 'hm', 'oh'), ('na', 'la', 'hey'))
    """
    dark, hum = ("uu", "hm") if language == "id" else ("ooh", "mm")
    if feeling.valence >= 0.2:
        bright = ("na", "la", "hei" if language == "id" else "hey")
        return bright if feeling.arousal >= 0 else (hum, "la", dark)
    return ("oh", "na", dark) if feeling.arousal > 0.3 else (dark, hum, "oh")


def vocalise_lines(language: str, feeling: Feeling) -> tuple[str, ...]:
    """Lines without words, of 4 to 8 syllables, the fittest first; none is equal to another.

    >>> vocalise_lines("id", Feeling.named("sedih"))[:3]
    ('uu uu uu uu', 'hm hm hm hm', 'uu uu, oh uu uu')
    """
    first, second, third = vocalise_sounds(language, feeling)
    lines = [f"{first} {first} {first} {first}", f"{second} {second} {second} {second}"]
    lines += [f"{first} {first}, {third} {first} {first}", f"{third}, {first} {first} {first}"]
    for one, two in (
        (first, second),
        (second, first),
        (first, third),
        (third, second),
        (second, third),
        (third, first),
    ):
        for left, right in ((3, 3), (2, 2), (4, 2), (2, 4), (4, 4), (3, 2), (2, 3)):
            lines.append(f"{' '.join([one] * left)}, {' '.join([two] * right)}")
    return tuple(dict.fromkeys(lines))


def ends_openly(text: str) -> bool:
    """Whether a text is only the beginning of a sentence ("aku dan", "rumah yang", "padahal kemarin").

    >>> ends_openly("aku dan"), ends_openly("padahal kemarin"), ends_openly("aku rindu")
    (True, True, False)
    """
    found = [word.lower() for word in words_of(text)]
    return not found or found[-1] in OPEN_ENDS or (len(found) == 2 and found[0] in SUBORDINATORS - MANNERS)


def _bare(token: str) -> str:
    return token.strip('.,;:!?…"()[]–—-~*').lower()


def _trim(text: str) -> str:
    return re.sub(r"^[\s,;:.\-–—…\"()~*]+|[\s,;:.!?\-–—…\"()~*]+$", "", text)


def _cut_before(tokens: list[str], bare: list[str], at: int) -> bool:
    if re.search(r"[,;:.!?…]$|^[–—-]+$", tokens[at - 1]):
        return True
    if bare[at - 1] in NOT_LAST or at == len(tokens) - 1:
        return False
    if bare[at] in ("sampai", "hingga", "to", "till", "until") and {"dari", "from"} & set(bare[:at]):
        return False
    return bare[at] in COORDINATORS | SUBORDINATORS | PLACES | RELATIVES


def _time_length(bare: list[str], at: int) -> int:
    """How many words the phrase of time that begins at `at` has, 0 if there is none."""
    after = bare[at + 1] if at + 1 < len(bare) else ""
    if (bare[at] in DAY_TIMES and after in POINTERS) or (bare[at] in EACH and after in DAY_TIMES):
        return 2
    return 1 if bare[at] in TIME_WORDS else 0


def _sensible(text: str, language: str, least: int = SHORTEST) -> bool:
    words = [word.lower() for word in words_of(text)]
    if not words or words[0] in NOT_FIRST or words[-1] in NOT_LAST:
        return False
    return count_syllables(text, language) >= least and (len(words) > 1 or len(words[0]) > 5)


def _tails(phrases: tuple[str, ...], language: str) -> list[str]:
    found = []
    for at in range(1, len(phrases)):
        words = " ".join(phrases[at:]).split()
        while words and _bare(words[0]) in COORDINATORS:
            words = words[1:]
        text = _trim(" ".join(words))
        if _sensible(text, language) and _stands_alone(text, language) and not _loses_negation(" ".join(phrases[:at])):
            found.append(text)
    return found


def _stands_alone(text: str, language: str) -> bool:
    """Whether a piece is more than a bare place ("di kota", "for two"), which only an echo can be."""
    words = [word.lower() for word in words_of(text)]
    need = 4 if words[0] in ("tanpa", "without") else 5
    return words[0] not in PLACES or count_syllables(text, language) >= need


def _heads(phrases: tuple[str, ...], language: str) -> list[str]:
    heads = [_trim(" ".join(phrases[:at])) for at in range(len(phrases) - 1, 0, -1)]
    found = []
    for head in heads:
        bare = [_bare(word) for word in head.split()]
        if _sensible(head, language) and bare[0] not in SUBORDINATORS and _stands_alone(head, language):
            found.append(f"{head}, oh {_low(head)}" if _time_length(bare, 0) == len(bare) else head)
    return found


def _loses_negation(before: str) -> bool:
    """Whether what is left out ends in a negation that reaches over the cut."""
    words = [word.lower() for word in words_of(before)]
    return bool(set(words[-2:]) & NEGATORS)


def _reordered(phrases: tuple[str, ...]) -> list[str]:
    found = []
    for at in range(1, len(phrases)):
        head, tail = " ".join(phrases[:at]), " ".join(phrases[at:])
        start, opening = [_bare(word) for word in tail.split()], [_bare(word) for word in head.split()]
        leading = _time_length(opening, 0) == len(opening)
        trailing = _time_length(start, 0) == len(start)
        moves = trailing or leading or start[0] in SUBORDINATORS | (PLACES - {"for", "from", "untuk", "dari"})
        divided = head.rstrip()[-1] in ",;" and len(phrases) == 2
        head, tail = _trim(head), _trim(tail)
        if not (moves or divided) or start[0] in NOT_FIRST or not _fits_last(head) or not _fits_last(tail):
            continue
        if opening[0] in COORDINATORS | RELATIVES or (len(opening) < 2 and not leading):
            continue
        if start[0] in ("sampai", "hingga", "till", "until") or (start[0] in PLACES and NEGATORS & set(opening)):
            continue
        mark = "" if leading or (trailing and opening[0] not in SUBORDINATORS) else ","
        found.append(_capital(f"{_low(tail)}{mark} {_low(head)}", head))
    return found


def _fits_last(text: str) -> bool:
    found = words_of(text)
    return bool(found) and found[-1].lower() not in NOT_LAST and not ends_openly(text)


def _answer(whole: str, language: str) -> str:
    """The line without its subject ("aku rindu kamu" → "rindu kamu"), or ""."""
    words = whole.split()
    if len(words) < 2 or len(words) > 6 or words[0].lower() not in SUBJECTS | {"i'm"}:
        return ""
    rest = _trim(" ".join(words[1:]))
    first = _bare(words[1])
    blocked = NOT_FIRST | (NOT_LAST - NEGATORS) | SUBJECTS
    if first in blocked or not _sensible(rest, language, 2):
        return ""
    return _capital(rest, whole)


def _echo(whole: str, phrases: tuple[str, ...], answer: str, language: str) -> str:
    """A short end of the line that can be sung once more after it, or ""."""
    words = [word.lower() for word in words_of(whole)]
    last = _trim(phrases[-1])
    options = [last] if len(phrases) > 1 else []
    if len(words) <= 4:
        options.append(answer)
    if language == "id" and len(words) >= 3:
        size = 3 if " ".join(words[-3:-1]) in COMPOUNDS else 2
        if not set(words[-size - 2 : -size]) & NEGATORS:
            options.append(" ".join(whole.split()[-size:]))
    for option in options:
        sung = [word.lower() for word in words_of(option)]
        if not sung or sung[0] in NOT_FIRST | (NOT_LAST - PLACES - SUBORDINATORS - NEGATORS) or not _fits_last(option):
            continue
        if len(sung) >= 2 and count_syllables(option, language) <= 6:
            return _low(option)
    return ""


def _low(text: str) -> str:
    """The text with a small first letter, unless it is I or in capitals."""
    first = (text.split(maxsplit=1) or [""])[0]
    if re.match(r"I\b", first) or (len(first) > 1 and first.isupper()):
        return text
    return text[:1].lower() + text[1:]


def _capital(text: str, model: str) -> str:
    """The text with a capital where `model` begins with one."""
    return text[:1].upper() + text[1:] if model[:1].isupper() else text
