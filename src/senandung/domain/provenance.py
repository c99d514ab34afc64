"""Where a song comes from: what made it, what a person gave to it, and what may be done with it.

The words for how a medium came about are those of the IPTC's vocabulary "digital source type", which C2PA uses too
(cv.iptc.org/newscodes/digitalsourcetype). Its definitions, in short: *trained algorithmic media* are made by a model
that was derived from sampled content, *composite with trained algorithmic media* are a composite with such elements,
*composite synthetic* a composite with any synthetic elements, and *algorithmic media* are made purely by an algorithm
that is not based on any sampled training data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from senandung.domain.checks import require

GivenKind = Literal["motif", "opening", "style"]
"""What a person can give beside words: a tune, music that goes on or is rewritten, and music that a style is learned
from. The first two are heard in the song."""

HEARD: frozenset[str] = frozenset({"motif", "opening"})
"""What is given and then heard in the song."""

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""What every address of the IPTC's vocabulary begins with."""


@dataclass(frozen=True)
class Model:
    """A file of weights or a table that took part: its name, the SHA-256 of its bytes, its licence as its card says."""

    name: str
    sha256: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        _require_texts(self.name, self.sha256, self.licence)


@dataclass(frozen=True)
class Given:
    """Music that a person gave to a song: what it is in a few words, whose it is and under which licence, if known.

    >>> Given("motif", "a hummed tune of 9 notes", "Rina")
    Given(kind='motif', what='a hummed tune of 9 notes', whose='Rina', licence='')
    """

    kind: GivenKind
    what: str
    whose: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        kinds = get_args(GivenKind)
        require(self.kind in kinds, f"what is given must be one of {', '.join(kinds)}", self.kind)
        _require_texts(self.what, self.whose, self.licence)


@dataclass(frozen=True)
class Provenance:
    """Where a song comes from: what made it, and the person's story.

    `models` and `sources` name weights, tables and styles; `licence` is the song's; no date, path or host. `cards` say
    more of the models: each one's hash and licence. `given` is what a person gave beside words, which the song itself
    holds. A `private_story` stands in song.json alone. Without a version the song was not made by Senandung.
    """

    seed: int
    version: str
    style: str
    models: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    licence: str = "The person who asked for this song may use it as they like; Senandung claims no right in it."
    story: str = ""
    cards: tuple[Model, ...] = ()
    given: tuple[Given, ...] = ()
    private_story: bool = False

    def __post_init__(self) -> None:
        require(isinstance(self.seed, int), "a seed must be a whole number", self.seed)
        _require_texts(self.version, self.style, self.licence, self.story, *self.models, *self.sources)
        require(isinstance(self.private_story, bool), "private_story must be true or false", self.private_story)

    @property
    def told_story(self) -> str:
        """The story as every file but song.json tells it."""
        return "" if self.private_story else self.story

    def source_type(self, *, own_words: bool) -> str:
        """How the song came about, as an address of the IPTC's vocabulary; nothing for a song of somebody else.

        Tables that were counted from scores are models like the network: both were derived from sampled content.

        Parameters
        ----------
        own_words : whether a person's words are sung in it.

        >>> made = Provenance(1, "0.1.0", "keroncong", models=("composer.safetensors",))
        >>> made.source_type(own_words=True).rpartition("/")[2]
        'compositeWithTrainedAlgorithmicMedia'
        >>> made.source_type(own_words=False).rpartition("/")[2]
        'trainedAlgorithmicMedia'
        >>> Provenance(1, "0.1.0", "ladrang").source_type(own_words=False).rpartition("/")[2]
        'algorithmicMedia'
        """
        if not self.version:
            return ""
        persons = own_words or any(each.kind in HEARD for each in self.given)
        if self.models:
            name = "compositeWithTrainedAlgorithmicMedia" if persons else "trainedAlgorithmicMedia"
        else:
            name = "compositeSynthetic" if persons else "algorithmicMedia"
        return SOURCE_TYPES + name


def provenance_row(made: Provenance) -> dict[str, Any]:
    """A provenance as song.json holds it; what there is none of is left out. Inverse of `provenance_of`."""
    row: dict[str, Any] = {
        "seed": made.seed,
        "version": made.version,
        "style": made.style,
        "models": list(made.models),
        "sources": list(made.sources),
        "licence": made.licence,
        "story": made.story,
    }
    if made.cards:
        row["cards"] = [[card.name, card.sha256, card.licence] for card in made.cards]
    if made.given:
        row["given"] = [[each.kind, each.what, each.whose, each.licence] for each in made.given]
    if made.private_story:
        row["private_story"] = True
    return row


def provenance_of(row: Mapping[str, Any]) -> Provenance:
    """The provenance of what song.json holds. Inverse of `provenance_row`."""
    return Provenance(
        row["seed"],
        row["version"],
        row["style"],
        tuple(row["models"]),
        tuple(row["sources"]),
        row["licence"],
        row["story"],
        tuple(Model(*each) for each in row.get("cards", ())),
        tuple(Given(*each) for each in row.get("given", ())),
        row.get("private_story", False),
    )


def _require_texts(*texts: str) -> None:
    for text in texts:
        require(isinstance(text, str), "what a song says of itself must be text", text)
