"""The network as writer of a melody: what it reads is the melody, and candidates are followed as if they were sung."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from senandung.composing.melody.lead import Lead, can_follow
from senandung.composing.pieces.follow import SLOTS
from senandung.composing.pieces.tokens import decode
from senandung.composing.pieces.vocabulary import IDS, SIZE
from senandung.domain.chords import Chord
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, Note


@dataclass
class ListState:
    """Logits that depend on every token and feature that was fed: enough to tell two histories apart."""

    rows: list[list[int]]
    fed: list[int] = field(default_factory=list)

    @property
    def length(self) -> int:
        return len(self.fed)

    def feed(self, tokens: NDArray[np.int64], features: NDArray[np.int64]) -> NDArray[np.float32]:
        assert tokens.shape == features.shape[:2]
        assert features.shape[2] == SLOTS
        for row, new, known in zip(self.rows, tokens, features, strict=True):
            for token, slots in zip(new.tolist(), known.tolist(), strict=True):
                row.append(hash((token, *slots)))
        self.fed += tokens[0].tolist()
        seeds = [hash(tuple(row)) % 2**32 for row in self.rows]
        return np.stack([np.random.default_rng(seed).normal(size=SIZE) for seed in seeds]).astype(np.float32)

    def fork(self, rows: int) -> ListState:
        assert len(self.rows) == 1
        return ListState([list(self.rows[0]) for _ in range(rows)], list(self.fed))


@dataclass
class ListEngine:
    context: int = 1024
    begun: list[ListState] = field(default_factory=list)

    def begin(self, rows: int) -> ListState:
        self.begun.append(ListState([[] for _ in range(rows)]))
        return self.begun[-1]


def _lead(engine: ListEngine, *, bars: int = 16, metre: str = "4/4", rows: int = 3) -> Lead:
    chords = [Chord.parse(name) for name in ("C", "Am", "F", "G7")]
    ticks = Metre.parse(metre).bar_ticks
    spans = [ChordSpan(bar * ticks, ticks, chords[bar % 4]) for bar in range(bars)]
    return Lead(engine, Key.parse("C"), Metre.parse(metre), 72.0, spans, bars, rows)  # type: ignore[arg-type]


NOTES = (
    Note(480, 480, 64, 80, 0), Note(960, 480, 65, 80, 1), Note(1440, 240, 67, 80, 2), Note(1680, 240, 69, 80, 2),
    Note(1920, 1440, 67, 80, 3), Note(3600, 240, 60, 80, 4), Note(3840, 960, 72, 80, 5),
)  # fmt: skip


def test_what_the_network_reads_is_the_melody() -> None:
    engine = ListEngine()
    lead = _lead(engine, bars=3)
    lead.hear(NOTES)
    piece = decode([*engine.begun[0].fed, IDS["end"]])
    assert piece.bars[0].chords[0] is not None
    heard = [
        (bar * 96 + note.start, note.length, note.pitch, note.melisma)
        for bar, row in enumerate(piece.bars)
        for note in row.notes[0]
    ]
    wanted = [
        (note.onset // 20, note.duration // 20, note.pitch, index > 0 and NOTES[index - 1].syllable == note.syllable)
        for index, note in enumerate(NOTES)
    ]
    assert heard == wanted
    assert (piece.ensemble, piece.style) == ("lead-sheet", "song")


def test_a_candidate_is_heard_as_if_it_had_been_sung() -> None:
    beats = [(note.onset, note.duration) for note in NOTES[4:]]
    lead = _lead(ListEngine())
    lead.hear(NOTES[:4])
    lead.begin(beats)
    for place in range(len(beats)):
        shares = lead.shares()
        assert shares.shape == (3, 128)
        assert np.allclose(shares.sum(axis=1), 1)
        other = _lead(ListEngine(), rows=1)
        other.hear([*NOTES[:4], *NOTES[4 : 4 + place]])
        other.begin(beats[place:])
        assert np.allclose(other.shares()[0], shares[1])
        assert place == 0 or not np.allclose(shares[0], shares[1])
        lead.sing([55 + place, NOTES[4 + place].pitch, 57])
    lead.hear(NOTES[4:])  # drafts leave no trace
    other = _lead(ListEngine())
    other.hear(NOTES)
    for one in (lead, other):
        one.begin([(5760, 480)])
    assert np.allclose(lead.shares(), other.shares())


def test_a_long_song_moves_its_window() -> None:
    engine = ListEngine(context=400)
    lead = _lead(engine, bars=60)
    for bar in range(60):
        lead.hear([Note(bar * 1920 + beat * 480, 480, 60 + (bar + beat) % 12, 80) for beat in range(4)])
        assert engine.begun[-1].length < 400 - 100
    assert len(engine.begun) > 2
    assert engine.begun[-1].fed[0] == IDS["middle"]


@pytest.mark.parametrize(("metre", "known"), [("4/4", True), ("6/8", True), ("7/8", True), ("13/8", False)])
def test_metres_that_it_can_follow(metre: str, known: bool) -> None:
    assert can_follow(Metre.parse(metre)) is known
