"""`now`: one song for now, with its sentence and its reasons."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from senandung.domain.errors import InvalidValueError

if TYPE_CHECKING:
    from senandung.api.now import Offer

Said = tuple[dict[str, Any], list[str]]
"""What a command says: as JSON, and as lines."""


def now_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `now`."""
    parser.add_argument("--feeling", metavar="WORD|V,A", help="how you feel: a word or valence,arousal; for six hours")
    parser.add_argument("--not-now", action="store_true", help="another song; it learns from that")
    parser.add_argument("--forget", action="store_true", help="forget what was offered and what was learned from it")


def run_now(given: argparse.Namespace) -> Said:
    """The owner's song for now."""
    from datetime import UTC, datetime

    from senandung.api import now
    from senandung.api.feel import parse_feeling
    from senandung.api.home import open_home

    if given.forget and (given.not_now or given.feeling is not None):
        raise InvalidValueError("--forget goes alone, got it with --not-now or --feeling")
    at = datetime.now(UTC)
    with open_home(given.home, address=given.database) as home:
        person = home.owner
        if given.forget:
            gone = now.forget_taught(home, person)
            return {"forgotten": gone}, [f"forgotten: {gone} songs that were offered"]
        if given.feeling is not None:
            feeling = parse_feeling(given.feeling)
            person = now.say_feeling(home, person, (feeling.valence, feeling.arousal), at=at)
        offer = now.offer_now(home, person, at=at)
        if offer is not None and given.not_now:
            now.not_now(home, person, offer.id)
            offer = now.offer_now(home, person, at=at)
    if offer is None:
        return {"track": None}, ["No song yet: library scan DIR, or create"]
    return _plain(offer), _lines(offer, person.language)


def _plain(offer: Offer) -> dict[str, Any]:
    track = offer.track
    return {
        "track": {"id": track.id, "title": track.title, "artist": track.artist, "album": track.album,
                  "file": None if track.path is None else str(track.path), "address": track.address},
        "points": offer.points,
        "reasons": [{"reason": name, "points": points} for name, points in offer.reasons],
    }  # fmt: skip


def _lines(offer: Offer, language: str) -> list[str]:
    from functools import partial

    from senandung.app.web.now import reasons_of, sentence_of
    from senandung.app.web.words import say

    t = partial(say, language)
    track = offer.track
    where = [f"  {track.path or track.address}"] if track.path or track.address else []
    rows = [(text, points) for text, points in reasons_of(t, offer)] + [(t("now.sum"), str(offer.points))]
    wide = max(len(text) for text, _ in rows)
    names = track.title + (f" – {track.artist}" if track.artist else "")
    return [sentence_of(t, offer), names, *where, *(f"  {text:<{wide}}  {points:>4}" for text, points in rows)]
