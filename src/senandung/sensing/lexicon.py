"""The project's own lexicon of feeling: weights/lexicon.tsv, and how a word or phrase is looked up in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType

from senandung.domain.checks import require, require_unit
from senandung.domain.feeling import BASIC
from senandung.sensing.stems import english_stems, indonesian_stems, strip_enclitic
from senandung.sensing.tokens import clean, emoji_key, plain_word, spellings

LANGUAGES = ("id", "en", "both", "jv", "su")
"""Indonesian, English, both, Javanese, Sundanese."""

LONGEST_PHRASE = 5
"""The most words that a phrase of the lexicon has."""


@dataclass(frozen=True)
class Entry:
    """One form of the lexicon.

    Parameters
    ----------
    form : a word, phrase or emoji, lower case.
    language : one of `LANGUAGES`.
    valence, arousal : in -1..1.
    spread : standard deviation of both, above 0 and at most 1.
    basic : one basic feeling, or two joined by "+": the first then has .6, the second .4.
    weight : 1 for a word of feeling, less for scenery, 0 for a form that must not be read.
    """

    form: str
    language: str
    valence: float
    arousal: float
    spread: float
    basic: str
    weight: float

    def __post_init__(self) -> None:
        require(self.language in LANGUAGES, f"language of {self.form!r} must be among {LANGUAGES}", self.language)
        require_unit("valence", self.valence)
        require_unit("arousal", self.arousal)
        require(0 < self.spread <= 1, "spread must be above 0 and at most 1", self.spread)
        require_unit("weight", self.weight, 0.0)
        require(set(self.basic.split("+")) <= set(BASIC), f"basic must be of {BASIC}", self.basic)

    @property
    def shares(self) -> Mapping[str, float]:
        """The share of each basic feeling that this form speaks for.

        >>> dict(Entry("rindu", "id", -0.1, -0.05, 0.45, "sedih+cinta", 1.0).shares)
        {'sedih': 0.6, 'cinta': 0.4}
        """
        names = self.basic.split("+")
        return {names[0]: 1.0} if len(names) == 1 else {names[0]: 0.6, names[1]: 0.4}

    @property
    def weak(self) -> bool:
        """True for scenery: it colours a reading and cannot carry one alone."""
        return self.weight <= 0.3


@dataclass(frozen=True)
class Lexicon:
    """All forms, by their plain spelling.

    Parameters
    ----------
    entries : the forms in the order of the table.
    """

    entries: tuple[Entry, ...]
    _by_key: Mapping[str, Entry] = field(init=False, repr=False, compare=False)
    _joined: Mapping[str, Entry] = field(init=False, repr=False, compare=False)
    _openings: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key: dict[str, Entry] = {}
        for entry in self.entries:
            by_key.setdefault(entry.form, entry)
        for entry in self.entries:
            words = clean(entry.form).split()
            for language in ("id", "en") if entry.language == "both" else ("en" if entry.language == "en" else "id",):
                by_key.setdefault(" ".join(plain_word(word, language) for word in words), entry)
        joined = {entry.form.replace(" ", ""): entry for entry in self.entries if " " in entry.form}
        object.__setattr__(self, "_by_key", MappingProxyType(by_key))
        openings = frozenset(form.split()[0] for form in by_key if " " in form)
        object.__setattr__(self, "_openings", openings)
        object.__setattr__(self, "_joined", MappingProxyType(joined))

    def find_emoji(self, emoji: str) -> Entry | None:
        """The entry of an emoji or emoticon; of a joined emoji that is unknown, that of its first part."""
        key = emoji_key(emoji)
        return self._by_key.get(key) or self._by_key.get(key.split("\u200d")[0])

    def find_word(self, word: str, language: str) -> Entry | None:
        """The entry of a lower-case word, as it stands, drawn out, written together, or by its stem.

        Parameters
        ----------
        word : lower case, as `senandung.sensing.tokens.tokenise` leaves it.
        language : "id" or "en"; the line's language, whose stems are tried first.

        >>> lexicon = load_lexicon()
        >>> lexicon.find_word("kesedihanku", "id").form, lexicon.find_word("bahagiaa", "id").form
        ('kesedihan', 'bahagia')
        """
        forms = spellings(word)
        for form in forms:
            entry = self._by_key.get(form) or self._joined.get(form)
            if entry is not None and _speaks(entry, form, language):
                return entry
        order = ("en", "id") if language == "en" else ("id", "en")
        for tongue in order:
            for form in forms:
                for stem in english_stems(form) if tongue == "en" else indonesian_stems(form):
                    entry = self._by_key.get(stem)
                    if entry is None or " " in entry.form or not _speaks(entry, stem, language):
                        continue
                    if (entry.language in ("en", "both")) if tongue == "en" else (entry.language != "en"):
                        return entry
        return None

    def find_phrase(self, words: Sequence[str]) -> tuple[Entry, int] | None:
        """The longest phrase of two or more words with which `words` begin, and its length in words.

        >>> load_lexicon().find_phrase(["patah", "hatiku", "lagi"])[0].form
        'patah hati'
        """
        if not words or words[0] not in self._openings:
            return None
        for length in range(min(LONGEST_PHRASE, len(words)), 1, -1):
            part = words[:length]
            for form in (" ".join(part), " ".join([*part[:-1], strip_enclitic(part[-1])])):
                entry = self._by_key.get(form)
                if entry is not None:
                    return entry, length
        return None


def _speaks(entry: Entry, form: str, language: str) -> bool:
    """Whether a form of another language may be read here: not when it is so short that it is chance."""
    foreign = (entry.language == "en") == (language == "id") and entry.language != "both"
    return not foreign or len(form) >= 4


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that comes with the program (CC0; see weights/lexicon.card.md).

    >>> len(load_lexicon().entries) > 800
    True
    """
    table = resources.files("senandung.weights").joinpath("lexicon.tsv").read_text(encoding="utf-8")
    entries = []
    for line in table.splitlines()[1:]:
        form, language, valence, arousal, spread, basic, weight = line.split("\t")
        entries.append(Entry(form, language, float(valence), float(arousal), float(spread), basic, float(weight)))
    return Lexicon(tuple(entries))
