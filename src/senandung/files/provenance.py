"""What every file of a song says about itself: one function makes the fields, each writer maps them to its format.

The label speaks of the song, whatever the file shows of it. `docs/provenance.md` says where each format keeps it. It is
a statement, not a proof: whoever can write a file can write another label into it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from senandung.domain.errors import SenandungError
from senandung.domain.provenance import Given, Model, Provenance, provenance_of, provenance_row
from senandung.domain.song import Song
from senandung.domain.words import Words

FIELDS = (
    "origin", "digital-source-type", "song-id", "style", "seed", "from-the-person", "models", "sources", "licence",
    "provenance", "story",
)  # fmt: skip
"""The names of a label's fields, in their order. The story is last: a text that holds several fields ends with it."""

FIELD_STARTS = tuple(f"{name}: " for name in FIELDS)
"""How a text begins that holds a field."""

EXACT = "provenance"
"""The field that holds everything but the story as JSON, as song.json has it, for machines to read back."""

PERSONS_LINES = ("person", "variation")
"""Whose lines count as a person's words: theirs, and variations of theirs."""

OTHERS_MUSIC = "The music stays under the terms that it had; Senandung claims no right in this file."
"""The licence that a file of somebody else's music tells of."""

_UNWRITABLE = re.compile("[^\t\n\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, so that every format has the same text."""

_SAID = {"motif": "a tune", "opening": "the music that was there before", "style": "the music of the style"}
_SHORT_HASH = 16


def label_of(song: Song) -> dict[str, str]:
    """The fields of a song's label that say something, by their names in `FIELDS`."""
    made = song.provenance
    exact = {key: value for key, value in provenance_row(made).items() if key not in ("story", "private_story")}
    fields = {
        "origin": sentence_of(song),
        "digital-source-type": made.source_type(own_words=has_own_words(song.words)),
        "song-id": song.song_id,
        "style": made.style,
        "seed": str(made.seed) if made.version else "",
        "from-the-person": "; ".join(from_the_person(song)),
        "models": "; ".join(_models(made)),
        "sources": "; ".join(made.sources),
        "licence": licence_of(made),
        EXACT: json.dumps(exact, ensure_ascii=False, separators=(",", ":")) if made.version else "",
    }
    told = _UNWRITABLE.sub(" ", made.told_story).strip()
    clean = {name: " ".join(_UNWRITABLE.sub(" ", fields[name]).split()) for name in FIELDS[:-1]}
    return {name: text for name, text in (*clean.items(), ("story", told)) if text}


def sentence_of(song: Song) -> str:
    """What made the song, in a sentence.

    >>> sentence_of(Song("A", (), provenance=Provenance(1, "0.1.0", "pop-ballad")))
    'Made by a machine (Senandung 0.1.0).'
    >>> sentence_of(Song("A", ()))
    'Written to this file by a machine (Senandung), which did not make the song.'
    """
    made = song.provenance
    if not made.version:
        return "Written to this file by a machine (Senandung), which did not make the song."
    by = "Continued or rewritten" if any(each.kind == "opening" for each in made.given) else "Made"
    return f"{by} by a machine (Senandung {made.version})."


def line_of(song: Song) -> str:
    """What made the song and how, in a line: what players show as a file's comment.

    >>> line_of(Song("A", (), provenance=Provenance(7, "0.1.0", "ladrang")))[:-16]
    'Made by a machine (Senandung 0.1.0). algorithmicMedia, style ladrang, seed 7, song '
    """
    made = song.provenance
    if not made.version:
        return sentence_of(song)
    kind = made.source_type(own_words=has_own_words(song.words)).rpartition("/")[2]
    style = f", style {made.style}" if made.style else ""
    return f"{sentence_of(song)} {kind}{style}, seed {made.seed}, song {song.song_id[:_SHORT_HASH]}"


def licence_of(made: Provenance) -> str:
    """Under what a song may be used; of music of others that Senandung only wrote down, that their terms hold."""
    return OTHERS_MUSIC if not made.version and made.licence == Provenance.licence else made.licence


def has_own_words(words: Words) -> bool:
    """Whether a person's words are sung."""
    return any(line.source in PERSONS_LINES for line in words.lines)


def from_the_person(song: Song) -> list[str]:
    """What of the song is a person's: words, then the music that was given."""
    count = sum(line.source == "person" for line in song.words.lines)
    varied = sum(line.source == "variation" for line in song.words.lines)
    found = []
    if song.provenance.version and (count or varied):
        found.append(f"words ({count} of {len(song.words.lines)} lines, {varied} more varied from them)")
    return found + [given_said(each) for each in song.provenance.given]


def given_said(given: Given) -> str:
    """Music that was given, as a reader is told of it.

    >>> given_said(Given("motif", "a hum of 9 notes", "Rina"))
    'a tune: a hum of 9 notes (of Rina)'
    """
    whose = "; ".join(text for text in (f"of {given.whose}" if given.whose else "", given.licence) if text)
    return f"{_SAID[given.kind]}: {given.what}" + (f" ({whose})" if whose else "")


def _models(made: Provenance) -> list[str]:
    cards = {card.name: card for card in made.cards}
    return [_model(cards.get(name) or Model(name)) for name in (*made.models, *(set(cards) - set(made.models)))]


def _model(card: Model) -> str:
    hashed = f"SHA-256 {card.sha256[:_SHORT_HASH]}…" if card.sha256 else ""
    about = ", ".join(text for text in (card.licence, hashed) if text)
    return f"{card.name} ({about})" if about else card.name


def label_rows(fields: Mapping[str, str]) -> list[str]:
    """The fields as texts for formats that know only texts, "seed: 7". Inverse of `fields_of_rows`."""
    return [f"{name}: {fields[name]}" for name in FIELDS if name in fields]


def fields_of_rows(rows: Iterable[str]) -> dict[str, str]:
    """The fields in texts; other texts are passed over, and of a field the first is taken. Inverse of `label_rows`.

    >>> fields_of_rows(["role: bass", "seed: 7", "story: Malam itu: hujan."])
    {'seed': '7', 'story': 'Malam itu: hujan.'}
    """
    found: dict[str, str] = {}
    for row in rows:
        name, colon, value = row.partition(": ")
        if colon and name in FIELDS:
            found.setdefault(name, value)
    return found


def label_text(fields: Mapping[str, str]) -> str:
    """The fields as one text, a line each, the story last. Inverse of `fields_of_text`."""
    return "\n".join(label_rows(fields))


def fields_of_text(text: str) -> dict[str, str]:
    """The fields in a text of `label_text`; the story may have several lines. Inverse of `label_text`.

    >>> fields_of_text("seed: 7\\nstory: satu\\ndua")
    {'seed': '7', 'story': 'satu\\ndua'}
    """
    head, story, told = f"\n{text}".partition("\nstory: ")
    return fields_of_rows([*head.splitlines(), *([f"story: {told}"] if story else [])])


def provenance_of_fields(fields: Mapping[str, str]) -> Provenance:
    """The provenance that a label tells of; where it holds none that can be read, only the story is kept."""
    story = fields.get("story", "")
    try:
        row = json.loads(fields.get(EXACT, ""))
        return provenance_of({**row, "story": story})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, SenandungError):
        return Provenance(0, "", "", story=story)
