"""What may follow at each token of a piece that is being written, so that a piece nobody could play cannot be drawn.

Forced: the header, the countdown of bars and the end, metre and key, chords where they are given, the tracks and their
order. Left to the network, within what may be: chords, which tracks play, notes. See docs/composing.md for the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np

from senandung.composing.decoding.compass import HANDED, Compass, compass_of
from senandung.composing.decoding.row_grammar import CHORD_ENDS, Ending, Mask, RowGrammar
from senandung.composing.decoding.sung import Sung, slurs_left
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.piece import (
    METRES,
    PieceBar,
    PieceChord,
    PieceNote,
    PiecePart,
)
from senandung.composing.pieces.room import shortest_sung
from senandung.composing.pieces.vocabulary import (
    HIGHEST,
    IDS,
    LONGEST_BAR,
    LOWEST,
    NAMES,
    SIZE,
    bars_left_edge,
    kind_of,
    signed_tonic,
    tempo_bin,
)
from senandung.domain.checks import require

QUOTA = 0.08
"""Share of the bars in which every asked part begins a note, at least."""

QUOTAS: Mapping[str, float] = {
    "band": 0.4, "choir": 0.6, "quartet": 0.6, "strings": 0.4, "piano": 0.75, "harpsichord": 0.75, "guitar": 0.8,
    "organ": 0.4, "voice-and-piano": 0.5, "choir-and-organ": 0.4, "chamber": 0.3, "solo": 0.8, "tune": 0.9,
    "lead-sheet": 0.8,
}  # fmt: skip
"""The same by ensemble: about the lower quartile of what parts play in the training music."""

LONGEST_REST: Mapping[str, int] = {
    "tune": 1, "lead-sheet": 2, "solo": 1, "guitar": 1, "drums": 1, "piano": 2, "harpsichord": 2, "organ": 3,
    "choir": 2, "choir-and-organ": 4, "quartet": 3, "strings": 4, "voice-and-piano": 4, "band": 4,
}  # fmt: skip
"""Bars that a part may be silent at a stretch, by ensemble; in others as long as its quota allows."""

TUTTI = 5
"""Up to so many parts all play in the last bar; of more, the highest and the lowest."""

_CHORDS = np.asarray([kind_of(token) == "chord" for token in range(SIZE)])
_NONE, _END, _MUSIC = IDS["chord:none"], IDS["end"], IDS["task:music"]
_TONIC_CHORDS = {"major": ("0:maj",), "mixolydian": ("0:maj",), "minor": ("0:min", "0:maj"), "dorian": ("0:min",)}
_CADENCES = {
    "major": ("7:maj", "7:7", "5:maj", "11:dim", "11:hdim7"),
    "mixolydian": ("7:maj", "7:7", "7:min", "10:maj", "5:maj"),
    "minor": ("7:maj", "7:7", "7:min", "5:min", "11:dim", "11:dim7"),
    "dorian": ("7:maj", "7:7", "7:min", "10:maj", "5:maj"),
}


def cadence_chords(mode: str) -> tuple[int, ...]:
    """The chord tokens that may stand before the last chord."""
    return tuple(IDS[f"chord:{name}"] for name in _CADENCES[mode])


def tonic_chords(mode: str) -> tuple[int, ...]:
    """The chord tokens with which a piece may end."""
    return tuple(IDS[f"chord:{name}"] for name in _TONIC_CHORDS[mode])


def chord_token(chord: PieceChord | None, tonic: int) -> int:
    """The token of a chord in a key."""
    return _NONE if chord is None else IDS[f"chord:{(chord.root - tonic) % 12}:{chord.quality}"]


def chord_of(token: int, tonic: int) -> PieceChord | None:
    """The chord of a token in a key. Inverse of `chord_token`."""
    degree, _, quality = NAMES[token].partition(":")[2].partition(":")
    return None if degree == "none" else PieceChord((int(degree) + tonic) % 12, quality)


def head_chords(chords: Sequence[PieceChord | None], tonic: int) -> tuple[int, ...]:
    """The chord tokens of a bar: the second only where it differs."""
    found = tuple(chord_token(chord, tonic) for chord in chords)
    return found[:1] if len(set(found)) == 1 else found


def key_at(wish: PieceWish, bar: int) -> tuple[str, int, str]:
    """Metre, tonic and mode of a bar: the opening's own, then the asked ones."""
    given = wish.opening[bar] if bar < len(wish.opening) else wish
    return given.metre, given.tonic, given.mode


def header_tokens(wish: PieceWish, bar: int, style: str) -> list[int]:
    """The header of the music of a wish from a bar on; `style` may be "any"."""
    first = wish.opening[bar] if bar < len(wish.opening) else wish
    return [
        IDS["middle" if bar else "opening"],
        IDS[f"style:{style}"],
        IDS[f"ensemble:{wish.ensemble}"],
        IDS[f"tempo:{tempo_bin(wish.tempo)}"],
        IDS[f"valence:{'any' if wish.valence is None else wish.valence}"],
        IDS[f"arousal:{'any' if wish.arousal is None else wish.arousal}"],
        IDS[f"metre:{first.metre}"],
        IDS[f"tonic:{first.tonic}"],
        IDS[f"mode:{first.mode}"],
        *(track_token(part) for part in wish.parts),
    ]


def track_token(part: PiecePart) -> int:
    """The token of a part's track."""
    return IDS[f"track:{part.instrument}.{part.slot}"]


def carried_on(bars: Sequence[PieceBar], part: int) -> tuple[tuple[int, int], ...]:
    """End, in steps behind the last bar line, and MIDI number of what a part sounds on over it."""
    found: list[tuple[int, int]] = []
    back = 0
    for bar in reversed(bars):
        back += METRES[bar.metre].steps
        found += [
            (note.start + note.length - back, note.pitch) for note in bar.notes[part] if note.start + note.length > back
        ]
        if back > 4 * LONGEST_BAR:
            break
    return tuple(found)


class PieceGrammar:
    """Follows a piece that is written to a wish, and says what may come next.

    `allow` gives the mask, `read` takes the token that was chosen; `bars` are the bars that are finished, `reader`
    the follower that has read the same tokens. With `heads` only bar-heads are written: a plan.

    Parameters
    ----------
    wish : what is asked; its opening stands already when the grammar begins.
    reader : a follower that has read the header and the opening.
    chords : for each bar the chord tokens that it has, or None where they are free.
    """

    def __init__(
        self,
        wish: PieceWish,
        reader: Follower,
        chords: Sequence[tuple[int, ...] | None],
        *,
        heads: bool = False,
        first: int = -1,
    ) -> None:
        self.wish, self.reader, self.chords, self.heads = wish, reader, chords, heads
        self.tracks = [track_token(part) for part in wish.parts]
        self.compasses = compasses_of(wish)
        self.drums = [part.instrument == "drums" for part in wish.parts]
        self.bars: list[PieceBar] = list(wish.opening)
        self.bar = (len(wish.opening) if first < 0 else first) - 1
        self.quota = max(1, -(-round(QUOTAS.get(wish.ensemble, QUOTA) * 100) * wish.bars // 100))
        self.least = max(1, -(-round(QUOTA * 100) * wish.bars // 100))
        self.rest = LONGEST_REST.get(wish.ensemble, wish.bars)
        self.played = [sum(bool(bar.notes[part]) for bar in wish.opening) for part in range(len(wish.parts))]
        self.silent = [0] * len(wish.parts)
        self.before = "header"
        self.part = -1
        self.row: RowGrammar | None = None
        self.rows: list[tuple[PieceNote, ...]] = []
        self.carried: list[tuple[tuple[int, int], ...]] = []
        self.blocked: list[bool] = []
        self.bass = _bass(wish, self.compasses)
        self.ended = False

    def fork(self, reader: Follower) -> PieceGrammar:
        """Another at the same place, with a follower of its own."""
        other = copy(self)
        other.reader = reader
        other.bars, other.played, other.silent = list(self.bars), list(self.played), list(self.silent)
        other.rows = list(self.rows)
        other.row = self.row.fork() if self.row is not None else None
        return other

    @property
    def last(self) -> bool:
        """Whether the present bar is the piece's last."""
        return self.bar == self.wish.bars - 1

    def allow(self) -> Mask:
        """Which tokens may follow; at least one."""
        mask: Mask = np.zeros(SIZE, dtype=np.bool_)
        if self.before == "header":
            mask[self.bar_token(self.bar + 1)] = True
        elif self.before in ("bar", "metre", "shift", "mode"):
            self._allow_head(mask)
        elif self.before == "chord":
            self._allow_second_chord(mask)
            if not mask.any() or self._second_is_free():
                self._allow_tracks(mask)
        else:
            assert self.row is not None
            if self.row.allow(self.reader, self.before, mask):
                self._allow_tracks(mask)
        return mask

    def read(self, token: int) -> None:
        """Take the next token."""
        kind = kind_of(token)
        if kind in ("bar", "end", "track") or token == _MUSIC:
            self._close_row()
        if kind in ("bar", "end") or token == _MUSIC:
            self._close_bar()
        self.reader.feed(token)
        if kind == "bar":
            self._open_bar()
        elif kind == "track":
            self.part = self.tracks.index(token)
            self.row = self._row_grammar(self.part)
        elif self.row is not None:
            self.row.read(self.reader, kind, token)
        self.ended = self.ended or kind == "end" or token == _MUSIC
        self.before = kind

    def bar_token(self, bar: int) -> int:
        """The token with which a bar begins."""
        return IDS[f"bar:{bars_left_edge(self.wish.bars - bar)}"]

    def _open_bar(self) -> None:
        self.bar += 1
        self.part, self.row = -1, None
        self.rows = [()] * len(self.tracks)
        if self.heads:
            return
        self.carried = [() if drums else carried_on(self.bars, part) for part, drums in enumerate(self.drums)]
        self.blocked = [
            (bool(rings) or self.syllables(part, self.bar) is not None) and not self._row_grammar(part).playable()
            for part, rings in enumerate(self.carried)
        ]

    def _close_row(self) -> None:
        if self.row is not None:
            self.rows[self.part] = self.row.row(self.reader)
            self.row = None

    def _close_bar(self) -> None:
        if self.before == "header" or self.heads:
            return
        metre, tonic, mode = key_at(self.wish, self.bar)
        here = self.reader.bars[self.reader.bar]
        chords = tuple(chord_of(token, tonic) for token in here.chords)
        if METRES[metre].halves and len(chords) == 1:
            chords *= 2
        self.bars.append(PieceBar(metre, tonic, mode, chords, tuple(self.rows)))
        for part, row in enumerate(self.rows):
            self.played[part] += bool(row)
            self.silent[part] = 0 if row or self.carried[part] else self.silent[part] + 1

    def _allow_head(self, mask: Mask) -> None:
        metre, tonic, mode = key_at(self.wish, self.bar)
        reader = self.reader
        if IDS[f"metre:{metre}"] != reader.metre:
            mask[IDS[f"metre:{metre}"]] = True
        elif self.before == "shift":
            mask[IDS[f"mode:{mode}"]] = True
        elif tonic != reader.tonic or IDS[f"mode:{mode}"] != reader.mode:
            mask[IDS[f"shift:{(tonic - reader.tonic) % 12}"]] = True
        else:
            self._allow_chord(mask)

    def _allow_chord(self, mask: Mask) -> None:
        given = self.chords[self.bar]
        metre, _, mode = key_at(self.wish, self.bar)
        if given is not None:
            mask[given[0]] = True
        elif all(self.drums):
            mask[_NONE] = True
        elif self.last:
            mask[list(tonic_chords(mode))] = True
        elif self.bar == self.wish.bars - 2 and not METRES[metre].halves:
            mask[list(cadence_chords(mode))] = True
        else:
            mask |= _CHORDS
            mask[_NONE] = False

    def _allow_second_chord(self, mask: Mask) -> None:
        given = self.chords[self.bar]
        metre, _, mode = key_at(self.wish, self.bar)
        written = self.reader.bars[self.reader.bar].chords
        if len(written) > 1 or not METRES[metre].halves:
            return
        if given is not None:
            if len(given) > 1:
                mask[given[1]] = True
        elif self.last or all(self.drums):
            return
        elif self.bar == self.wish.bars - 2:
            mask[list(cadence_chords(mode))] = True
            mask[written[0]] = False
        else:
            mask |= _CHORDS
            mask[_NONE] = mask[written[0]] = False

    def _second_is_free(self) -> bool:
        if self.chords[self.bar] is not None:
            return False
        written = self.reader.bars[self.reader.bar].chords
        mode = key_at(self.wish, self.bar)[2]
        return self.bar != self.wish.bars - 2 or written[0] in cadence_chords(mode)

    def _allow_tracks(self, mask: Mask) -> None:
        """The tracks that may play next in the bar, and the bar's end."""
        if self.heads:
            mask[_MUSIC if self.last else self.bar_token(self.bar + 1)] = True
            return
        for part in range(self.part + 1, len(self.tracks)):
            if self.blocked[part]:
                continue
            mask[self.tracks[part]] = True
            if self.must_play(part):
                return
        if self.part >= 0 or any(self.carried) or all(self.blocked):
            mask[_END if self.last else self.bar_token(self.bar + 1)] = True

    def must_play(self, part: int) -> bool:
        """Whether a part has to play in the present bar."""
        bars, bar = self.wish.bars, self.bar
        sung = self.syllables(part, bar)
        if sung is not None:
            return sung > 0
        if self.played[part] < int(self.quota * bar / bars) or max(self.least - self.played[part], 0) * 2 >= bars - bar:
            return True
        if self.last and (len(self.tracks) <= TUTTI or part in (0, self.bass)):
            return True
        return self.silent[part] >= self.rest and not self.carried[part]

    def syllables(self, part: int, bar: int) -> int | None:
        """How many syllables a part must begin in a bar; None where it is free."""
        counts = self.wish.syllables.get(self.wish.parts[part])
        return None if counts is None or not len(self.wish.opening) <= bar < len(counts) else counts[bar]

    def _sung(self, part: int, steps: int) -> Sung | None:
        syllables = self.syllables(part, self.bar)
        if syllables is None:
            return None
        free = steps - max((end for end, _ in self.carried[part]), default=0)
        slurs, pitch = slurs_left(self.bars, part, lambda bar: self.syllables(part, bar) is not None)
        return Sung(syllables, shortest_sung(syllables, free, self.wish.tempo), slurs, pitch)

    def _tie(self, part: int) -> int:
        """How far into the next bar a note may sound."""
        after = self.bar + 1
        if after >= self.wish.bars - 1:
            return 0
        steps = METRES[key_at(self.wish, after)[0]].steps
        syllables = self.syllables(part, after) or 0
        return steps - syllables * shortest_sung(syllables, steps, self.wish.tempo)

    def _row_grammar(self, part: int) -> RowGrammar:
        metre, tonic, _ = key_at(self.wish, self.bar)
        steps = METRES[metre].steps
        tie = self._tie(part)
        avoided: list[tuple[int, int, int]] = []
        if self.wish.parts[part].instrument in HANDED:
            for other, row in enumerate(self.rows):
                if other != part and self.wish.parts[other].instrument == self.wish.parts[part].instrument:
                    avoided += [(note.start, note.start + note.length, note.pitch) for note in row]
                    avoided += [(0, end, midi) for end, midi in self.carried[other]]
        return RowGrammar(
            self.compasses[part], steps, steps + tie, signed_tonic(tonic), self.carried[part],
            ending=self._ending(part, steps), drums=self.drums[part], avoided=avoided, sung=self._sung(part, steps),
        )  # fmt: skip

    def _ending(self, part: int, steps: int) -> Ending | None:
        if not self.last or self.drums[part]:
            return None
        _, tonic, mode = key_at(self.wish, self.bar)
        tokens = self.reader.bars[self.reader.bar].chords
        chord = chord_of(tokens[-1], tonic) if tokens else None
        root = 0 if chord is None else (chord.root - tonic) % 12
        triad = "maj" if mode in ("major", "mixolydian") else "min"
        tones = CHORD_ENDS[triad if chord is None else chord.quality]
        classes = frozenset((root + tone) % 12 for tone in tones)
        shift = signed_tonic(tonic)
        compass = self.compasses[self.bass]
        low = [p for p in range(LOWEST, HIGHEST + 1) if p % 12 == root and compass.low <= p + shift <= compass.high]
        floor, ceiling = (low[0] if low else LOWEST), HIGHEST
        if part == self.bass:
            floor = LOWEST
            ends = [
                note.pitch - shift
                for index, row in enumerate(self.rows)
                if not self.drums[index]
                for note in row
                if note.start + note.length == steps
            ]
            later = [index for index in range(part + 1, len(self.rows)) if not self.drums[index]]
            ceiling = min([*ends, *(_highest(self.compasses[index], classes, shift) for index in later), HIGHEST])
        elif self.rows[self.bass]:
            floor = min((n.pitch - shift for n in self.rows[self.bass] if n.start + n.length == steps), default=floor)
        return Ending(classes, root, part == self.bass, floor, ceiling)


def compasses_of(wish: PieceWish) -> list[Compass]:
    """What each part may play: the wish's range, or what its class can play.

    Raises `InvalidValueError` where a range holds no pitch that has a token.
    """
    found = []
    for part in wish.parts:
        slots = sum(other.instrument == part.instrument for other in wish.parts)
        compass = compass_of(part, slots)
        if part in wish.ranges:
            low, high = wish.ranges[part]
            most = range(LOWEST + 6, HIGHEST - 4)
            ok = part.instrument == "drums" or (high >= most[0] and low <= most[-1])
            require(ok, f"the range of {part.instrument} must hold a pitch in {most[0]}..{most[-1]}", (low, high))
            compass = compass._replace(low=low, high=high)
        found.append(compass)
    return found


def _highest(compass: Compass, classes: frozenset[int], tonic: int) -> int:
    """The highest of some pitch classes in a compass, in semitones above the tonic."""
    most = min(compass.high - tonic, HIGHEST)
    return next((pitch for pitch in range(most, LOWEST, -1) if pitch % 12 in classes), HIGHEST)


def _bass(wish: PieceWish, compasses: Sequence[Compass]) -> int:
    """The part that has the last lowest note: of those that play then, with a tonic in their compass, the lowest."""
    root = wish.tonic
    lowest: list[tuple[bool, bool, int, int]] = []
    for index, (part, compass) in enumerate(zip(wish.parts, compasses, strict=True)):
        if part.instrument != "drums":
            tonic = compass.low + (root - compass.low) % 12
            rests = part in wish.syllables and wish.syllables[part][-1] == 0
            lowest.append((rests, tonic > compass.high, tonic, -index))
    return -min(lowest)[3] if lowest else 0
