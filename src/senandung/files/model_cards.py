"""The program's own models: the hash of each file of weights or table, and the licence that its data card states."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib import resources

from senandung.domain.provenance import Model, Provenance

PLACES = ("", "composer")
"""Folders of the weights."""

USUAL_LICENCE = "CC BY 4.0"
"""Of learned tables whose card does not say otherwise (NOTICE)."""

_LICENCE = re.compile(
    r"(?:Licence(?: of (?:these weights|this table))?|^- Weights)[.:]\**:?\s*(.+?)(?:\.\s|\.$|[,;])", re.MULTILINE
)


@cache
def card_of(name: str) -> Model:
    """The card of a file of weights; one that the program does not have is only named.

    >>> card_of("composer.safetensors").licence, len(card_of("composer.safetensors").sha256)
    ('CC BY 4.0', 64)
    >>> card_of("their-own.safetensors")
    Model(name='their-own.safetensors', sha256='', licence='')
    """
    for place in PLACES:
        folder = resources.files("senandung.weights").joinpath(place)
        file, card = folder.joinpath(name), folder.joinpath(f"{name.rpartition('.')[0]}.card.md")
        if re.fullmatch(r"[\w.-]+", name) and file.is_file():
            said = _LICENCE.search(card.read_text(encoding="utf-8")) if card.is_file() else None
            return Model(name, hashlib.sha256(file.read_bytes()).hexdigest(), said[1] if said else USUAL_LICENCE)
    return Model(name)


def cards_of(made: Provenance) -> tuple[Model, ...]:
    """The cards of a provenance's models: those it has, and the program's own for the others."""
    known = {card.name: card for card in made.cards}
    named = tuple(known[name] if name in known else card_of(name) for name in made.models)
    return (*named, *(card for card in made.cards if card.name not in made.models))
