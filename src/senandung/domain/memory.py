"""What a person keeps with a song: memories and chills at a moment of it, and how a listening without skipping felt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from senandung.domain.checks import require, require_unit, require_whole
from senandung.domain.feeling import PLACES, Feeling
from senandung.domain.fuzzy_date import UNKNOWN, FuzzyDate
from senandung.domain.music import TrackShown

KINDS = ("memory", "chills")
"""A memory; a moment at which the song gave chills ("merinding")."""

ENDINGS = ("heard", "stopped", "left")
"""How a listening ended: to the song's end, by Stop, or the page was closed. None of them is counted against anyone."""

LONGEST_TEXT = 20_000
LONGEST_NAME = 120
LONGEST_PLACE = 200
MOST_PEOPLE = 30
MOST_WORDS = 12
LONGEST_SONG_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Felt:
    """What was felt: a point on the plane of valence and arousal, words, both or neither.

    Parameters
    ----------
    valence, arousal : in -1..1, both or none.
    words : names of `PLACES` or the person's own, in small letters.
    """

    valence: float | None = None
    arousal: float | None = None
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        both = (self.valence is None) == (self.arousal is None)
        require(both, "a feeling's point must have valence and arousal", (self.valence, self.arousal))
        if self.valence is not None:
            require_unit("valence", self.valence)
            require_unit("arousal", self.arousal)
        require(len(self.words) <= MOST_WORDS, f"a feeling must have at most {MOST_WORDS} words", len(self.words))
        for word in self.words:
            own = word == word.strip().lower() and 0 < len(word) <= 40 and "|" not in word
            require(own, "a feeling's word must have 1..40 small letters", word)

    def __bool__(self) -> bool:
        return self.valence is not None or bool(self.words)

    @property
    def place(self) -> tuple[float, float] | None:
        """The point: as given, else the middle of the words that have a place; None where neither is there.

        >>> Felt(words=("haru",)).place, Felt(words=("campur aduk",)).place
        ((0.35, 0.15), None)
        """
        if self.valence is not None and self.arousal is not None:
            return self.valence, self.arousal
        known = [PLACES[word] for word in self.words if word in PLACES]
        if not known:
            return None
        count = len(known)
        valence, arousal = math.fsum(each.valence for each in known), math.fsum(each.arousal for each in known)
        return round(valence / count, 4), round(arousal / count, 4)

    def feeling(self) -> Feeling | None:
        """The feeling as songs are made of; None where there is no point."""
        place = self.place
        if self.valence is None and len(self.words) == 1 and self.words[0] in PLACES:
            return Feeling.named(self.words[0])
        return None if place is None else Feeling.at(*place)


def felt_of(valence: float | None, arousal: float | None, words: str | tuple[str, ...] | list[str]) -> Felt:
    """What was felt, of what a form or a file holds: words parted by commas, or one by one, each once.

    >>> felt_of(None, None, "Haru, lega, haru").words
    ('haru', 'lega')
    """
    parts = words.split(",") if isinstance(words, str) else words
    plain = dict.fromkeys(" ".join(word.replace("|", " ").split()).lower() for word in parts)
    english = {place.english: name for name, place in PLACES.items()}
    return Felt(valence, arousal, tuple(dict.fromkeys(english.get(word, word) for word in plain if word)))


@dataclass(frozen=True)
class Memory:
    """A memory at a moment of a track.

    Parameters
    ----------
    start_ms, end_ms : the moment, in milliseconds from the track's beginning; `end_ms` None for a point.
    kind : one of `KINDS`.
    when : when it was.
    people : who is in it, as they are called.
    place, text : in the person's words.
    felt : what was felt.
    """

    start_ms: int
    end_ms: int | None = None
    kind: str = "memory"
    when: FuzzyDate = UNKNOWN
    people: tuple[str, ...] = ()
    place: str = ""
    felt: Felt = Felt()
    text: str = ""

    def __post_init__(self) -> None:
        rule = "a memory's moment must be whole milliseconds of a song, at most a day"
        require_whole(rule, self.start_ms, 0, LONGEST_SONG_MS)
        if self.end_ms is not None:
            require_whole(rule, self.end_ms, 0, LONGEST_SONG_MS)
            require(self.start_ms < self.end_ms, "a memory's moment must end after it begins", self.end_ms)
        require(self.kind in KINDS, f"a memory's kind must be one of {', '.join(KINDS)}", self.kind)
        require(len(self.people) <= MOST_PEOPLE, f"a memory must have at most {MOST_PEOPLE} people", len(self.people))
        for name in self.people:
            good = name == " ".join(name.split()) and 0 < len(name) <= LONGEST_NAME
            require(good, f"a person's name must have 1..{LONGEST_NAME} characters", name)
        require(len(set(self.people)) == len(self.people), "a person must be named once", self.people)
        rule = f"a place must have at most {LONGEST_PLACE} characters"
        require(len(self.place) <= LONGEST_PLACE, rule, len(self.place))
        rule = f"a memory's text must have at most {LONGEST_TEXT} characters"
        require(len(self.text) <= LONGEST_TEXT, rule, len(self.text))


def people_of(text: str) -> tuple[str, ...]:
    """The people that a line names, parted by commas, each once.

    >>> people_of("Ibu, Dewi ,  ibu, Pak  Raden")
    ('Ibu', 'Dewi', 'Pak Raden')
    """
    found: dict[str, str] = {}
    for part in text.replace("\n", ",").split(","):
        name = " ".join(part.split())
        if name:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


@dataclass(frozen=True)
class Voice:
    """A voice note as it was recorded: its kind (audio/webm …) and its bytes."""

    mime: str
    data: bytes


@dataclass(frozen=True)
class KeptMemory:
    """A memory as it is kept. `primary`: the one of its track that a bookmark shows."""

    id: int
    track: TrackShown
    memory: Memory
    created: datetime
    changed: datetime
    primary: bool = False
    voice: str | None = None
    """The kind of its voice note, where it has one."""
    vow_id: int | None = None


@dataclass(frozen=True)
class Note:
    """What is said before or after a listening."""

    text: str = ""
    felt: Felt = Felt()

    def __post_init__(self) -> None:
        require(len(self.text) <= LONGEST_TEXT, f"a note must have at most {LONGEST_TEXT} characters", len(self.text))

    def __bool__(self) -> bool:
        return bool(self.text.strip()) or bool(self.felt)


NOTHING = Note()
"""Nothing was said."""


@dataclass(frozen=True)
class Vow:
    """A listening without skipping, as it is kept.

    Parameters
    ----------
    started, ended : when it began and ended; None while it lasts.
    ended_how : one of `ENDINGS`, None while it lasts.
    elsewhere : it was heard in another program, so the person's word alone stands for it.
    heard_ms : how far the song was heard, where it was heard here.
    before, after : what was said.
    """

    id: int
    track: TrackShown
    started: datetime
    ended: datetime | None = None
    ended_how: str | None = None
    elsewhere: bool = False
    heard_ms: int = 0
    before: Note = NOTHING
    after: Note = NOTHING

    def __post_init__(self) -> None:
        known = self.ended_how is None or self.ended_how in ENDINGS
        require(known, f"a listening's end must be one of {', '.join(ENDINGS)}", self.ended_how)
