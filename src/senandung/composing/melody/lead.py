"""The network as the writer of a lead: told chords and every note sung, it says how likely each next pitch is.

It reads a song as the lead sheets that it has learnt from, a voice above a chord or two a bar. Rhythm, outline and the
rules of singing are the melody's (`melody`, `pitches`); the network gives the shares from which pitches are drawn.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.window import Entry, entries_of
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.piece import METRES, TICKS_PER_STEP
from senandung.composing.pieces.song_piece import piece_chord
from senandung.composing.pieces.vocabulary import (
    HIGHEST,
    IDS,
    LENGTHS,
    LOWEST,
    bars_left_edge,
    kind_of,
    nearest_length,
    signed_tonic,
    tempo_bin,
)
from senandung.domain.chords import Chord
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, Note
from senandung.domain.time import Tick

TRACK = "voice.0"
"""The track that sings in the lead sheets of the corpus."""

MARGIN = 160
"""Tokens that a phrase may need: the window is moved before fewer are free."""

_PITCHES = slice(IDS[f"pitch:{LOWEST}"], IDS[f"pitch:{HIGHEST}"] + 1)

if TYPE_CHECKING:
    from senandung.composing.decoding.engine import Engine, State

Beat = tuple[Tick, Tick]
"""Onset in the song and duration."""


def can_follow(metre: Metre) -> bool:
    """Whether the network knows a metre.

    >>> can_follow(Metre(6, 8)), can_follow(Metre(11, 8))
    (True, False)
    """
    return str(metre) in METRES


def chord_token(chord: Chord, key: Key) -> int:
    """The token of a chord in a key.

    >>> from senandung.composing.pieces.vocabulary import NAMES
    >>> NAMES[chord_token(Chord.parse("G7"), Key.parse("C"))]
    'chord:7:7'
    """
    found = piece_chord(chord)
    return IDS[f"chord:{(found.root - key.tonic.pitch_class) % 12}:{found.quality}"]


def header(key: Key, metre: Metre, quarters_a_minute: float, *, opening: bool) -> list[int]:
    """The header of a song's lead sheet."""
    names = (
        "opening" if opening else "middle", "style:song", "ensemble:lead-sheet",
        f"tempo:{tempo_bin(quarters_a_minute)}", "valence:any", "arousal:any", f"metre:{metre}",
        f"tonic:{key.tonic.pitch_class}", "mode:minor" if key.is_minor else "mode:major", f"track:{TRACK}",
    )  # fmt: skip
    return [IDS[name] for name in names]


def bar_head(left: int, chords: Sequence[int], metre: Metre) -> list[int]:
    """The tokens before a bar's first note: how many bars are left, and a chord or two."""
    head = [IDS[f"bar:{bars_left_edge(left)}"], chords[0]]
    if METRES[str(metre)].halves and chords[-1] != chords[0]:
        head.append(chords[-1])
    return head


@dataclass
class _Scribe:
    """Writes one line as tokens, bar by bar."""

    song: Lead
    follower: Follower
    bar: int = -1

    def fork(self) -> _Scribe:
        return _Scribe(self.song, self.follower.fork(), self.bar)

    def write(self, tokens: Sequence[int]) -> list[Entry]:
        return entries_of(self.follower, tokens)

    def come_to(self, onset: Tick) -> list[Entry]:
        """What stands between the note before and an onset: bars, the track, a position."""
        bar, rest = divmod(onset, self.song.metre.bar_ticks)
        step = min(round(rest / TICKS_PER_STEP), METRES[str(self.song.metre)].steps - 1)
        read = []
        if bar > self.bar:
            first = self.bar + 1 if bar - self.bar <= 2 else bar  # bars in which nobody sings are passed over
            for number in range(first, bar + 1):
                read += self.write(self.song.head(number))
            self.bar = bar
        if self.follower.row is None:
            read += self.write([IDS[f"track:{TRACK}"]])
        if step != self.follower.cursor:
            read += self.write([IDS[f"pos:{step}"]])
        return read

    def note(self, pitch: int, duration: Tick, melisma: bool) -> list[Entry]:
        """A note at the place that was come to."""
        relative = min(max(pitch - self.song.tonic, LOWEST), HIGHEST)
        tokens = [*([IDS["melisma"]] if melisma else []), IDS[f"pitch:{relative}"]]
        length = nearest_length(min(max(round(duration / TICKS_PER_STEP), 1), LENGTHS[-1]))
        read = self.write(tokens)
        if length != self.follower.length:
            read += self.write([IDS[f"len:{length}"]])
        return read


@dataclass
class Lead:
    """Follows one song's melody. Final; used once, in the order of time.

    `bars` is the length of the song; `rows` candidates are followed at once.
    """

    engine: Engine
    key: Key
    metre: Metre
    quarters_a_minute: float
    chords: Sequence[ChordSpan]
    bars: int
    rows: int

    def __post_init__(self) -> None:
        self.tonic = signed_tonic(self.key.tonic.pitch_class)
        self._onsets = [span.onset for span in self.chords]
        self._scribe = _Scribe(self, Follower())
        self._syllable: int | None = None
        self._log: list[Entry] = []
        self._begin(header(self.key, self.metre, self.quarters_a_minute, opening=True))

    def head(self, bar: int) -> list[int]:
        """The tokens of a bar's head."""
        ticks = self.metre.bar_ticks
        spans = [self.chords[self._chord(bar * ticks)], self.chords[self._chord(bar * ticks + ticks // 2)]]
        return bar_head(max(self.bars - bar, 1), [chord_token(span.chord, self.key) for span in spans], self.metre)

    def _chord(self, tick: Tick) -> int:
        return max(bisect.bisect_right(self._onsets, tick) - 1, 0)

    # what was sung

    def hear(self, notes: Sequence[Note]) -> None:
        """Read notes as they are sung."""
        read: list[Entry] = []
        for note in notes:
            read += self._scribe.come_to(note.onset)
            melisma = note.syllable is not None and note.syllable == self._syllable
            read += self._scribe.note(note.pitch, note.duration, melisma)
            self._syllable = note.syllable
        self._log += read
        if self._state.length + len(read) + MARGIN > self.engine.context:
            self._move()
        elif read:
            self._logits = self._feed(self._state, [read])

    def _begin(self, tokens: Sequence[int]) -> None:
        self._state = self.engine.begin(1)
        self._logits = self._feed(self._state, [self._scribe.write(tokens)])

    def _move(self) -> None:
        """A new window: the header, and the last bars of what was read."""
        bars = [at for at, (token, _) in enumerate(self._log) if kind_of(token) == "bar"]
        room = self.engine.context // 2
        first = next(at for at in bars if len(self._log) - at <= room or at == bars[-1])
        self._log = self._log[first:]
        read = entries_of(Follower(), header(self.key, self.metre, self.quarters_a_minute, opening=False))
        self._state = self.engine.begin(1)
        self._logits = self._feed(self._state, [[*read, *self._log]])

    # candidates

    def begin(self, beats: Sequence[Beat]) -> None:
        """Follow candidates of a phrase from here on; its rhythm is the same for all."""
        self._beats = list(beats)
        self._at = 0
        self._scribes = [self._scribe.fork() for _ in range(self.rows)]
        self._draft = self._state.fork(self.rows)
        self._draft_logits = np.repeat(self._logits, self.rows, axis=0)

    def shares(self) -> NDArray[np.float64]:
        """The share of each MIDI number as the next pitch of every candidate, shape (rows, 128)."""
        onset, _ = self._beats[self._at]
        read = [scribe.come_to(onset) for scribe in self._scribes]
        if read[0]:
            self._draft_logits = self._feed(self._draft, read)
        logits = self._draft_logits[:, _PITCHES].astype(np.float64)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        found = np.zeros((self.rows, 128))
        low = LOWEST + self.tonic
        found[:, low : low + odds.shape[1]] = (odds / odds.sum(axis=1, keepdims=True))[:, : 128 - low]
        return found

    def sing(self, pitches: Sequence[int]) -> None:
        """Give every candidate its next pitch."""
        _, duration = self._beats[self._at]
        read = [
            scribe.note(pitch, duration, melisma=False) for scribe, pitch in zip(self._scribes, pitches, strict=True)
        ]
        self._at += 1
        if self._at < len(self._beats):
            self._draft_logits = self._feed(self._draft, read)

    def _feed(self, state: State, read: Sequence[Sequence[Entry]]) -> NDArray[np.float32]:
        tokens = np.asarray([[token for token, _ in row] for row in read], dtype=np.int64)
        features = np.asarray([[known for _, known in row] for row in read], dtype=np.int64)
        if len(read) == 1:
            return state.feed(tokens, features)
        for at in range(tokens.shape[1]):  # rows are quicker side by side, token by token
            logits = state.feed(tokens[:, at : at + 1], features[:, at : at + 1])
        return logits
