"""What a song says of itself, completed; and what a file of a song says of itself, read."""

from __future__ import annotations

from dataclasses import replace

from senandung.api.options import Options
from senandung.domain.song import Given, Song


def told(song: Song, options: Options | None = None) -> Song:
    """The song with the cards of its models, and its story kept to song.json where that is wished."""
    from senandung.files.model_cards import cards_of

    made = song.provenance
    private = bool((options or {}).get("private_story")) or made.private_story
    return replace(song, provenance=replace(made, cards=cards_of(made), private_story=private))


def given_before(song: Song, what: str) -> tuple[Given, ...]:
    """What a song that goes on, or is rewritten in part, was given: what it had, and music of others itself."""
    held = song.provenance
    return held.given if held.version else (*held.given, Given("opening", what))
