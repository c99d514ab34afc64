"""The network as a judge of harmony."""

from __future__ import annotations

import pytest

from senandung.composing.decoding.engine import load_engine
from senandung.composing.harmony.changes import Changes
from senandung.domain.chords import Chord
from senandung.domain.metre import Metre
from senandung.domain.scales import Key


def _bars(text: str) -> list[list[Chord]]:
    return [[Chord.parse(name) for name in bar.split()] for bar in text.split("|")]


@pytest.fixture(scope="module")
def changes() -> Changes:
    return Changes(load_engine(), Key.parse("C"), Metre.parse("4/4"), 80.0, 32)


def test_what_songs_do_is_likelier_than_what_they_do_not(changes: Changes) -> None:
    before = _bars("C|Am|F|G7")
    usual, strange = changes.nats(before, [_bars("C|Am|F|G7 C"), _bars("F#|Eb7|Bdim|Abm")])
    assert 0 < usual < strange - 1


def test_a_proposal_is_judged_alike_alone_and_among_others(changes: Changes) -> None:
    proposals = [_bars("C|F"), _bars("Am F|Dm G7|C|C"), _bars("G|C|C")]
    for before in ([], _bars("C|G7|C|C")):
        together = changes.nats(before, proposals)
        alone = [changes.nats(before, [proposal])[0] for proposal in proposals]
        assert together == pytest.approx(alone, abs=2e-2)
