"""A piece written token by token: the network says what is likely, the grammar what is possible.

The harmony is planned first: several plans are drawn and the likeliest of those that look like real harmony is taken.
Then the bars are written one after the other. The network sees a header, the chords to come and the last bars.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.copies import Copies, load_copies
from senandung.composing.decoding.fill_rows import SUNG_TRIES, Bounds, RowFiller, choose_try
from senandung.composing.decoding.grammar import QUOTAS, PieceGrammar, header_tokens
from senandung.composing.decoding.measures.bands import Band, bands, strayed
from senandung.composing.decoding.measures.table import measure
from senandung.composing.decoding.new_chords import emptied, with_new_chords
from senandung.composing.decoding.pace import Pace, pacing_lengths
from senandung.composing.decoding.phrases import Phrases, plan_phrases
from senandung.composing.decoding.plan_chords import plan_chords, plan_heads
from senandung.composing.decoding.quoting import Quotations
from senandung.composing.decoding.repeating import LEAVING, BarAgain, RowAgain, astray, latest_end, notes_in, shorten
from senandung.composing.decoding.returns import form_after, kept_rows, plan_returns
from senandung.composing.decoding.row_grammar import Mask
from senandung.composing.decoding.sampling import Taste, draw
from senandung.composing.decoding.shaping import close_at_bass, highest_part, shape_bar
from senandung.composing.decoding.voice_leading import leaning
from senandung.composing.decoding.window import Entry, Network, Window
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.follow import NEW, SAME, UNKNOWN, VARIED, Follower, Pointer
from senandung.composing.pieces.liveliness import arousal_of, onsets_a_second
from senandung.composing.pieces.piece import METRES, Piece, PieceBar, PiecePart
from senandung.composing.pieces.tasks import MUSIC, PLAN
from senandung.composing.pieces.tokens import encode_bars
from senandung.composing.pieces.vocabulary import DRUM_KEYS, NAMES, SIZE, kind_of, signed_tonic
from senandung.domain.checks import require

STRETCH = 8
"""Bars that are written, measured and, if need be, written again at a time."""

DRAFTS = 3
"""Drafts of a stretch, at most."""

FEW_PARTS, FEW_DRAFTS = 2, 6
"""In pieces of so few parts drafts are cheap, and a dull bar that returns spoils much: up to so many drafts."""

BAR_TRIES = 3
"""Tries at a bar that does not come back, or comes back, as the form has it, at most."""

THINNER = 0.6
"""A further try with fewer notes than this share of the first one's is no better: silence repeats nothing."""

STRAYED = 0.75
"""A stretch that strays further than this (`measures.bands.strayed`) is written again."""

JUDGED = frozenset(
    {"pitch_class_entropy", "scale_consistency", "dissonant_pairs", "register", "register_spread", "notes_per_quarter",
     "onsets_per_quarter", "polyphony", "parts_sounding", "groove_consistency", "groove_similarity", "parallels"}
)  # fmt: skip
"""The measures that a few bars can be judged by."""

TEXTURE = frozenset(
    {"register", "notes_per_quarter", "onsets_per_quarter", "polyphony", "parts_sounding", "groove_similarity"}
)  # fmt: skip
LEAST_OPENING = 2
"""What goes on as in an opening, and bars that this must have."""

_HOME = np.asarray([1.5 * (NAMES[t].startswith("pitch:") and int(NAMES[t][6:]) % 12 == 0) for t in range(SIZE)])
"""Added in the last bar to the tonic in the highest part."""

CLOSING = 3.0
"""Added in the last bar to the length that lasts to its end."""

PLAYED = 1.5
"""Added in a varied bar to the tracks that played in its source, and taken from the others."""

WAITING, LONGEST_WAIT = 0.5, 6
"""Added to the logits of a part's track for each bar that it has been silent, and the most such bars."""

LEAST_QUOTA = 0.3
"""In ensembles whose parts play in a smaller share of the bars (`grammar.QUOTAS`) nobody waits."""

HEAD = ("header", "bar", "metre", "shift", "mode")
_CHORDS = np.asarray([kind_of(token) == "chord" for token in range(SIZE)])

Progress = Callable[[str, float], None]
"""Called with what is being done and how much of all is done, 0..1."""


def compose_piece(
    wish: PieceWish,
    network: Network,
    *,
    seed: int,
    progress: Progress | None = None,
    taste: Taste | None = None,
    unquoted: Sequence[Copies] = (),
) -> Piece:
    """A piece as it is wished.

    Parameters
    ----------
    wish : what is asked.
    network : gives the logits; see `window.Network`.
    seed : of all that is drawn; the same seed, wish and network give the same piece.
    progress : told what is being done.
    taste : how tokens are drawn.
    unquoted : filters of tunes that are not to be quoted, beside those of the training music.
    """
    say = progress or _silent
    taste = taste or Taste()
    check_bars(wish.opening, wish.parts)
    rng = np.random.default_rng(seed)
    say("planning the harmony", 0.0)
    if wish.arousal is None:  # by dice of its own, so that the others fall as they do where it was asked
        wish = replace(wish, arousal=usual_arousal(wish, np.random.default_rng([seed, 1])))
    form = form_after(wish, rng)
    wish = wish if form is None else replace(wish, form=form)
    pointers, repeated = plan_returns(wish, rng)
    phrases = plan_phrases(wish, repeated, rng)
    varied = {
        bar: to for bar, (to, how) in pointers.items() if how != NEW and bar not in repeated and bar < wish.bars - 2
    }
    chords = plan_chords(wish, network, rng, taste, repeated, phrases, varied=varied)
    for bar, (to, strength) in pointers.items():
        if strength == SAME and chords[bar] != chords[to]:
            pointers[bar] = Pointer(to, VARIED)
    writer = _Writer(wish, network, rng, taste, chords, pointers, phrases, unquoted)
    return writer.write(say)


def rewrite_piece(
    piece: Piece,
    blanks: set[tuple[int, int]],
    network: Network,
    *,
    seed: int,
    progress: Progress | None = None,
    taste: Taste | None = None,
    sung: Collection[int] = (),
    bounds: Bounds | None = None,
    harmony: bool = False,
) -> Piece:
    """A piece with some rows written anew; all others are the same, note for note.

    Parameters
    ----------
    piece : the piece; a row that rests goes on resting, unless all rows asked of its part rest.
    blanks : bars and parts (numbers from 0) to be written anew.
    network, seed, progress, taste : as in `compose_piece`.
    sung : parts (from 0) whose notes sing words: in every bar as many syllables begin as before.
    bounds : what binds the rows beside what their players can play.
    harmony : whether bars of which nothing pitched stays get other chords too.
    """
    say = progress or _silent
    check_bars(piece.bars, piece.parts)
    rng = np.random.default_rng(seed)
    if harmony:
        say("planning the harmony", 0.0)
        piece = with_new_chords(piece, emptied(piece, blanks), network, rng, taste or Taste())
    filler = RowFiller(piece, blanks, network, rng, taste or Taste(), sung, bounds)
    most = len(filler.blanks)
    while filler.blanks:
        say("writing the rows", 1 - filler.pass_on() / most)
    return replace(piece, bars=tuple(filler.bars))


def usual_arousal(wish: PieceWish, rng: np.random.Generator) -> int | None:
    """The bin of arousal where nothing was asked: the opening's, or one that is usual at the tempo.

    Left open, it is found anew by every seed: in ten parts from a half to twice the notes that real pieces have.
    """
    if len(wish.opening) >= LEAST_OPENING:
        return arousal_of(onsets_a_second(wish.opening, wish.tempo))
    band = bands(wish.ensemble, wish.style).get("onsets_per_quarter")
    if band is None:
        return None
    return arousal_of(rng.uniform(band.lower, band.upper) * wish.tempo / 60)


def check_bars(bars: Sequence[PieceBar], parts: Sequence[PiecePart]) -> None:
    """Raise `InvalidValueError` where bars hold notes that cannot be written as tokens."""
    for number, bar in enumerate(bars, 1):
        steps = METRES[bar.metre].steps
        for part, row in zip(parts, bar.notes, strict=True):
            keys = DRUM_KEYS if part.instrument == "drums" else range(128)
            where = f"notes of {part.instrument} in bar {number}"
            require(list(row) == sorted(row), f"{where} must be in order", row)
            for note in row:
                require(0 <= note.start < steps, f"{where} must begin before step {steps}", note.start)
                require(note.length >= 1, f"{where} must last a step or more", note.length)
                require(note.pitch in keys, f"{where} must be in {keys[0]}..{keys[-1]}", note.pitch)


def _silent(_: str, __: float) -> None:
    """Progress that nobody asked for."""


class _Writer:
    """Writes the bars of a piece whose harmony is known.

    A few bars at a time: where their measures stray from those of real music they are written again, and the best
    drafts stay.
    """

    def __init__(
        self,
        wish: PieceWish,
        network: Network,
        rng: np.random.Generator,
        taste: Taste,
        chords: Sequence[tuple[int, ...]],
        pointers: Mapping[int, Pointer],
        phrases: Phrases,
        unquoted: Sequence[Copies] = (),
    ) -> None:
        self.wish, self.rng, self.taste, self.phrases, self.chords = wish, rng, taste, phrases, chords
        heads = plan_heads(wish, chords)
        reader = Follower(pointers)
        self.window = Window(network, wish, heads, pointers, taste.guidance)
        for token in (*header_tokens(wish, 0, wish.style), PLAN, *(token for head in heads for token in head), MUSIC):
            reader.feed(token)
        self._read_opening(reader)
        self.grammar = PieceGrammar(wish, reader, chords)
        self.pointers = pointers
        self.bands = self._bands()
        self._pace, self._wanted = Pace(wish), 0.0
        known = load_copies()
        filters = [*unquoted, *([known] if known is not None else [])]
        self.quotations = [Quotations(copies) for copies in filters]
        self._waiting = QUOTAS.get(wish.ensemble, 0.0) >= LEAST_QUOTA
        self._bar_again: BarAgain | None = None
        self._row_again: RowAgain | None = None
        self._leaving, self._score = -1, 0.0
        self._shaped: tuple[tuple[int, int], NDArray[np.float64] | None] = ((-1, -1), None)

    def write(self, say: Progress) -> Piece:
        """Write all bars behind the opening."""
        wish = self.wish
        few = len(wish.parts) <= FEW_PARTS
        most = FEW_DRAFTS if few else DRAFTS
        spare = round(wish.bars / STRETCH * self.taste.spare * (FEW_DRAFTS if few else 2 if wish.opening else 1))
        self._step()  # the first bar line
        while not self.grammar.ended:
            start, mark = self.grammar, self.window.mark()
            until = min(start.bar + STRETCH, wish.bars)
            drafts: list[_Draft] = []
            while True:
                self.grammar = start.fork(start.reader.fork())
                while not self.grammar.ended and self.grammar.bar < until:
                    self._write_bar()
                drafts.append(_Draft(self._strayed(start.bar), self.grammar, self.window.since(mark)))
                if drafts[-1].strayed <= STRAYED or spare == 0 or len(drafts) == most:
                    break
                spare -= 1
                self.window.back_to(mark)
            best = min(drafts, key=lambda draft: draft.strayed)
            if best is not drafts[-1]:
                self.window.back_to(mark)
                self.window.take(best.entries)
                self.grammar = best.grammar
            say("writing the bars", len(self.grammar.bars) / wish.bars)
        return self._piece(self.grammar.bars)

    def _piece(self, bars: Sequence[PieceBar]) -> Piece:
        wish = self.wish
        return Piece(wish.style, wish.ensemble, wish.parts, tuple(bars), wish.tempo, wish.valence, wish.arousal)

    def _bands(self) -> dict[str, Band]:
        """Where the measures should lie: those of an opening's texture about what they are there."""
        wish = self.wish
        found = dict(bands(wish.ensemble, wish.style))
        if len(wish.opening) >= LEAST_OPENING:
            for name, value in measure(self._piece(wish.opening), structure=False).items():
                if name in TEXTURE and name in found:
                    half = (found[name].upper - found[name].lower) / 2
                    found[name] = Band(value - 2 * half, value - half / 2, value, value + half / 2, value + 2 * half)
        return found

    def _strayed(self, first: int) -> float:
        """How far the bars from one on, with some before them, lie from real music."""
        bars = self.grammar.bars[max(0, first - STRETCH) :]
        found = measure(self._piece(bars), structure=False)
        return strayed({name: value for name, value in found.items() if name in JUDGED}, self.bands)

    def _write_bar(self) -> None:
        """Write a bar, again where it is to be new and is not, or varied and is too near its source or too far."""
        start, mark = self.grammar, self.window.mark()
        to, strength = self.pointers.get(start.bar, (0, UNKNOWN))
        self._wanted = self._pace.wanted(start.bars)
        tries: list[_Draft] = []
        for _ in range(BAR_TRIES):
            if tries:
                self.window.back_to(mark)
            self.grammar = start.fork(start.reader.fork())
            self._bar_again, self._row_again = self._same_again(start.bar), None
            while not self.grammar.ended and self.grammar.bar == start.bar:
                self._step()
            away = astray(self.grammar.bars, to, strength)
            if tries and notes_in(self.grammar.bars[-1]) < THINNER * notes_in(tries[0].grammar.bars[-1]):
                away = max(away, tries[0].strayed)
            tries.append(_Draft(away, self.grammar, self.window.since(mark)))
            if away == 0.0:
                return
        best = min(tries, key=lambda one: one.strayed)
        if best is not tries[-1]:
            self.window.back_to(mark)
            self.window.take(best.entries)
            self.grammar = best.grammar

    def _step(self) -> None:
        """Write a token."""
        grammar = self.grammar
        token = self._next(grammar.allow())
        grammar.read(token)
        self.window.add(token, grammar.reader.features())
        kind = kind_of(token)
        if kind == "track" and self._bar_again is None:
            self._row_again = self._kept(grammar.bar, grammar.part)
            if self._row_again is None and grammar.row is not None and grammar.row.sings:
                self._sing()

    def _next(self, mask: Mask) -> int:
        """The next token: what is to be copied, the only one that may follow, or one that is drawn."""
        leaving, self._leaving = self._leaving, -1
        if leaving >= 0:
            return leaving
        self._shorten(mask)
        token = self._again(mask)
        if token >= 0:
            return token
        token = int(mask.argmax()) if np.count_nonzero(mask) == 1 else self._draw(mask.copy())
        if self._bar_again is not None and LEAVING[token]:
            wanted = self._bar_again.leave(self.grammar, mask)
            return wanted if wanted >= 0 else token
        return token

    def _sing(self) -> None:
        """Write a row with words several times and keep one (`fill_rows.choose_try`)."""
        start, mark = self.grammar, self.window.mark()
        tries: list[_Try] = []
        for _ in range(SUNG_TRIES):
            self.window.back_to(mark)
            self.grammar = start.fork(start.reader.fork())
            self._score = 0.0
            while not LEAVING[token := self._next(self.grammar.allow())]:
                self.grammar.read(token)
                self.window.add(token, self.grammar.reader.features())
            tries.append(_Try(self._score, self.grammar, self.window.since(mark), token))
        chosen = tries[choose_try([one.score for one in tries], self.rng)]
        if chosen is not tries[-1]:
            self.window.back_to(mark)
            self.window.take(chosen.entries)
        self.grammar, self._leaving = chosen.grammar, chosen.leaving

    def _same_again(self, bar: int) -> BarAgain | None:
        """What writes a bar that is to be the same as an earlier one; None where it is not."""
        to, strength = self.pointers.get(bar, (0, NEW))
        if strength != SAME or bar >= self.wish.bars - 1 or not any(self.grammar.bars[to].notes):
            return None
        return BarAgain(self.grammar.bars[to], self.grammar)

    def _kept(self, bar: int, part: int) -> RowAgain | None:
        """What writes a row that stays as it is in the bar that its bar varies; None where the network writes it."""
        to, strength = self.pointers.get(bar, (0, NEW))
        if strength != VARIED or bar >= self.wish.bars - 1:
            return None
        source = self.grammar.bars[to]
        other = self.chords[bar] != self.chords[to]
        share = kept_rows(self.wish.ensemble, self.wish.style)[other]
        if not source.notes[part] or self.rng.random() >= share:
            return None
        return RowAgain(source.notes[part], signed_tonic(source.tonic), drums=self.grammar.drums[part])

    def _again(self, mask: Mask) -> int:
        """The next token of a bar or row that is copied, -1 where none is or where it would break a rule."""
        if self.grammar.before in HEAD or (self.grammar.before == "chord" and _CHORDS[mask].any()):
            return -1
        if self._bar_again is not None:
            return self._bar_again.token(self.grammar, mask)
        if self._row_again is not None:
            token = self._row_again.token(self.grammar, mask)
            if token >= 0:
                return token
            if not self._row_again.going:
                self._row_again = None
                if (mask & LEAVING).any():
                    mask &= LEAVING
        return -1

    def _shorten(self, mask: Mask) -> None:
        """Keep notes from ringing into a bar that is to be the same as an earlier one, where that began otherwise."""
        grammar = self.grammar
        to, strength = self.pointers.get(grammar.bar + 1, (0, NEW))
        if grammar.row is None or grammar.row.drums or strength != SAME or grammar.bar + 1 >= self.wish.bars - 1:
            return
        latest = latest_end(grammar, to)
        if latest is not None:
            shorten(grammar, mask, latest)

    def _added(self) -> Iterator[NDArray[np.float64]]:
        """What is laid over the logits inside a row."""
        grammar, taste = self.grammar, self.taste
        if grammar.before in ("chord", "len", "pitch", "mate", "drum") and self._waiting:
            added = np.zeros(SIZE)
            for part in range(grammar.part + 1, len(grammar.tracks)):
                added[grammar.tracks[part]] = WAITING * min(grammar.silent[part], LONGEST_WAIT)
            yield added
        to, strength = self.pointers.get(grammar.bar, (0, NEW))
        if strength == VARIED and len(grammar.tracks) > 1 and grammar.before not in ("track", "pos", "melisma"):
            added = np.zeros(SIZE)
            added[grammar.tracks] = [PLAYED if row else -PLAYED for row in grammar.bars[to].notes]
            yield added
        if grammar.row is None:
            return
        if grammar.last and grammar.part == highest_part(self.wish):
            yield _HOME
        closing = close_at_bass(grammar, self.phrases) if taste.shape else None
        if closing is not None:
            yield closing
        if grammar.last and grammar.before in ("pitch", "mate"):
            length = grammar.row.closing(grammar.reader)
            if length >= 0:
                added = np.zeros(SIZE)
                added[length] = CLOSING
                yield added
        pace = grammar.row.pacing(grammar.reader, grammar.before)
        if pace is not None:
            yield pace
        elif not grammar.row.drums:
            pace = pacing_lengths(grammar.reader, grammar.before, self._wanted)
            if pace is not None:
                yield pace
        lean = leaning(grammar.reader) if taste.voices else None
        if lean is not None:
            yield taste.voices * lean
        if (grammar.bar, grammar.part) != self._shaped[0]:
            shape = shape_bar(self.wish, grammar.bar, grammar.part, taste.shape)
            self._shaped = ((grammar.bar, grammar.part), shape)
        if self._shaped[1] is not None:
            yield self._shaped[1]

    def _draw(self, mask: Mask) -> int:
        """Draw a token, but no note that carries on a quotation where there is another choice."""
        logits = self.window.logits()
        every = logits
        for added in self._added():
            logits = logits + added
        grammar = self.grammar
        if grammar.row is not None and grammar.row.sings:
            self._score += float(np.logaddexp.reduce(logits[mask]) - np.logaddexp.reduce(every))
        while True:
            token = draw(logits, mask, self.rng, self.taste.cuts)
            row = grammar.row
            if not self.quotations or row is None or row.drums or np.count_nonzero(mask) == 1:
                return token
            place = (grammar.reader, grammar.bars, grammar.part, row.tonic, token)
            if not any(quotations.carried_on(*place) for quotations in self.quotations):
                return token
            mask[token] = False

    def _read_opening(self, reader: Follower) -> None:
        wish = self.wish
        if not wish.opening:
            return
        after = wish.bars - len(wish.opening)
        given = Piece(wish.style, wish.ensemble, wish.parts, wish.opening, bars_after=after)
        for bar in encode_bars(given):
            for token in bar:
                reader.feed(token)
                self.window.add(token, reader.features())


class _Try(NamedTuple):
    """A row with words: how much of what was likely was allowed, the grammar behind it, its tokens, what follows."""

    score: float
    grammar: PieceGrammar
    entries: list[Entry]
    leaving: int


class _Draft(NamedTuple):
    """A few bars: how far they stray, the grammar behind them, and the tokens with their features."""

    strayed: float
    grammar: PieceGrammar
    entries: list[Entry]
