"""Pieces as tokens and back.

    header   opening|middle  style  ensemble  tempo  valence  arousal  metre  tonic  mode  track*
    bar      bar:LEFT  [metre]  [shift mode]  chord  [chord of the second half, where it differs]  track-row*
    row      track  ([pos] [melisma] pitch [len]  (mate [len])*)*        drums: track (pos drum+)*
    end      end

Where this departs from REMI+ (von Rütte et al. 2023) and MMM (Ens & Pasquier 2020), and why:
- pitches are semitones above the tonic (Huang & Yang's EMO-Disentanger calls it functional): no twelve-fold data;
- `pos` is left out where a note begins at the end of the one before, `len` where it equals the last: a third fewer
  tokens. Both are forgotten at a track token, so that a row can be written anew without touching its neighbours;
- notes that begin together follow as `mate`, rising, so that `pos` can be left out without ambiguity;
- the chords of a bar come before its notes: the voices of row after row then share a harmony;
- instead of a role, a track has a slot among its class (first and second violin, right and left hand), for scores
  have no roles and rows of one class must be told apart;
- no velocity: scores hardly have any, and `performing` sets dynamics from the feeling.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from senandung.composing.pieces.piece import (
    METRES,
    Piece,
    PieceBar,
    PieceChord,
    PieceNote,
    PiecePart,
)
from senandung.composing.pieces.vocabulary import (
    DRUM_KEYS,
    HIGHEST,
    IDS,
    LENGTHS,
    LOWEST,
    NAMES,
    STYLE_TOKENS,
    bars_left_edge,
    nearest_length,
    signed_tonic,
    tempo_bin,
    tempo_of_bin,
)
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError

HEADER_FIELDS = ("start", "style", "ensemble", "tempo", "valence", "arousal", "metre", "tonic", "mode")
"""What the first tokens of a header say, in order; the tracks follow."""

_POS = IDS["pos:0"]
_PITCH = IDS[f"pitch:{LOWEST}"] - LOWEST
_MATE = IDS[f"mate:{LOWEST}"] - LOWEST
_DRUM = IDS[f"drum:{DRUM_KEYS[0]}"] - DRUM_KEYS[0]
_LEN = {steps: IDS[f"len:{nearest_length(steps)}"] for steps in range(1, LENGTHS[-1] + 1)}
_MELISMA = IDS["melisma"]
_END = IDS["end"]


def encode(piece: Piece) -> list[int]:
    """A piece's tokens. Inverse of `decode`, up to the bins of tempo, bars left and length."""
    tokens = encode_header(piece)
    for row in encode_bars(piece):
        tokens.extend(row)
    if piece.bars_after == 0:
        tokens.append(_END)
    return tokens


def encode_header(piece: Piece, bar: int = 0) -> list[int]:
    """The header of the music from a bar on: key and metre are that bar's."""
    first = piece.bars[bar]
    require(piece.style in STYLE_TOKENS or piece.style == "any", "a style must have a token", piece.style)
    tempo = "any" if piece.tempo is None else str(tempo_bin(piece.tempo))
    return [
        IDS["opening" if piece.opening and bar == 0 else "middle"],
        IDS[f"style:{piece.style}"],
        IDS[f"ensemble:{piece.ensemble}"],
        IDS[f"tempo:{tempo}"],
        IDS[f"valence:{'any' if piece.valence is None else piece.valence}"],
        IDS[f"arousal:{'any' if piece.arousal is None else piece.arousal}"],
        IDS[f"metre:{first.metre}"],
        IDS[f"tonic:{first.tonic}"],
        IDS[f"mode:{first.mode}"],
        *(IDS[f"track:{part.instrument}.{part.slot}"] for part in piece.parts),
    ]


def encode_bars(piece: Piece) -> list[list[int]]:
    """The tokens of each bar."""
    heads = [(IDS[f"track:{part.instrument}.{part.slot}"], part.instrument == "drums") for part in piece.parts]
    rows = []
    left = len(piece.bars) + piece.bars_after
    before: PieceBar | None = None
    for bar in piece.bars:
        rows.append(_encode_bar(bar, before, left, heads))
        before = bar
        left -= 1
    return rows


def _encode_bar(bar: PieceBar, before: PieceBar | None, left: int, heads: Sequence[tuple[int, bool]]) -> list[int]:
    out = [IDS[f"bar:{bars_left_edge(left)}"]]
    if before is not None and bar.metre != before.metre:
        out.append(IDS[f"metre:{bar.metre}"])
    if before is not None and (bar.tonic, bar.mode) != (before.tonic, before.mode):
        out += [IDS[f"shift:{(bar.tonic - before.tonic) % 12}"], IDS[f"mode:{bar.mode}"]]
    out.append(_chord_token(bar.chords[0], bar.tonic))
    if len(bar.chords) == 2 and bar.chords[1] != bar.chords[0]:
        out.append(_chord_token(bar.chords[1], bar.tonic))
    tonic = signed_tonic(bar.tonic)
    for (head, drums), notes in zip(heads, bar.notes, strict=True):
        if notes:
            out.append(head)
            if drums:
                _encode_drums(notes, out)
            else:
                _encode_row(notes, tonic, out)
    return out


def _encode_row(notes: Iterable[PieceNote], tonic: int, out: list[int]) -> None:
    at, cursor, group_end, last = -1, 0, 0, 0
    for start, pitch, length, melisma in notes:
        new = start != at
        if new:
            cursor = group_end
            if start != cursor:
                out.append(_POS + start)
            at = start
        if melisma:
            out.append(_MELISMA)
        relative = min(max(pitch - tonic, LOWEST), HIGHEST)
        out.append((_PITCH if new else _MATE) + relative)
        token = _LEN[min(length, LENGTHS[-1])]
        if token != last:
            out.append(token)
            last = token
        end = start + LENGTHS[token - _LEN[1]]
        group_end = end if new else min(group_end, end)


def _encode_drums(notes: Iterable[PieceNote], out: list[int]) -> None:
    at = -1
    for note in notes:
        if note.start != at:
            out.append(_POS + note.start)
            at = note.start
        out.append(_DRUM + note.pitch)


def _chord_token(chord: PieceChord | None, tonic: int) -> int:
    return IDS["chord:none" if chord is None else f"chord:{(chord.root - tonic) % 12}:{chord.quality}"]


DRUM_LENGTH = 6
"""Steps that a decoded drum stroke lasts: a drum's length says nothing."""


def decode(tokens: Sequence[int]) -> Piece:
    """The piece that tokens write. Inverse of `encode`.

    Raises `InvalidValueError` where the tokens break the grammar.
    """
    return _Reader(tokens).piece()


@dataclass
class _Reader:
    """Reads tokens from left to right."""

    tokens: Sequence[int]
    at: int = 0

    def piece(self) -> Piece:
        fields = [self._value(kind) for kind in ("", *HEADER_FIELDS[1:])]
        start, style, ensemble, tempo, valence, arousal, metre, tonic, mode = fields
        parts = []
        while self._kind() == "track":
            name, _, slot = self._value("track").rpartition(".")
            parts.append(PiecePart(name, int(slot)))
        bars, left = [], 0
        metre_now, tonic_now, mode_now = metre, int(tonic), mode
        while self._kind() == "bar":
            left = int(self._value("bar"))
            if self._kind() == "metre":
                metre_now = self._value("metre")
            if self._kind() == "shift":
                tonic_now = (tonic_now + int(self._value("shift"))) % 12
                mode_now = self._value("mode")
            bars.append(self._bar(metre_now, tonic_now, mode_now, parts))
        ended = self._kind() == "end"
        self.at += ended
        require(self.at == len(self.tokens), "tokens must end where the piece does", self._name())
        return Piece(
            style,
            ensemble,
            tuple(parts),
            tuple(bars),
            None if tempo == "any" else tempo_of_bin(int(tempo)),
            None if valence == "any" else int(valence),
            None if arousal == "any" else int(arousal),
            0 if ended else left - 1,
            start == "opening",
        )

    def _bar(self, metre: str, tonic: int, mode: str, parts: Sequence[PiecePart]) -> PieceBar:
        first = self._chord(tonic)
        second = self._chord(tonic) if self._kind() == "chord" else first
        rows: list[tuple[PieceNote, ...]] = [()] * len(parts)
        while self._kind() == "track":
            name, _, slot = self._value("track").rpartition(".")
            part = PiecePart(name, int(slot))
            require(part in parts, "a track must stand in the header", f"{name}.{slot}")
            index = parts.index(part)
            require(not rows[index], "a track must stand in a bar once", f"{name}.{slot}")
            rows[index] = tuple(self._drums() if name == "drums" else self._row(signed_tonic(tonic)))
        chords = (first, second) if METRES[metre].halves else (first,)
        return PieceBar(metre, tonic, mode, chords, tuple(rows))

    def _chord(self, tonic: int) -> PieceChord | None:
        degree, _, quality = self._value("chord").partition(":")
        return None if degree == "none" else PieceChord((int(degree) + tonic) % 12, quality)

    def _row(self, tonic: int) -> list[PieceNote]:
        notes: list[PieceNote] = []
        start, group_end, length = 0, 0, 0
        while (kind := self._kind()) in ("pos", "melisma", "pitch", "mate"):
            placed = int(self._value("pos")) if kind == "pos" else None
            melisma = self._kind() == "melisma"
            self.at += melisma
            kind = self._kind()
            pitch = int(self._value(kind if kind in ("pitch", "mate") else "pitch")) + tonic
            new = kind == "pitch"
            require(new or bool(notes), "a mate must follow a pitch", kind)
            if new:
                start = group_end if placed is None else placed
            if self._kind() == "len":
                length = int(self._value("len"))
            require(length > 0, "the first note of a row must have a length", self._name())
            notes.append(PieceNote(start, pitch, length, melisma))
            group_end = start + length if new else min(group_end, start + length)
        return notes

    def _drums(self) -> list[PieceNote]:
        notes = []
        while self._kind() == "pos":
            start = int(self._value("pos"))
            require(self._kind() == "drum", "a position must be followed by a drum", self._name())
            while self._kind() == "drum":
                notes.append(PieceNote(start, int(self._value("drum")), DRUM_LENGTH))
        return notes

    def _name(self) -> str:
        return NAMES[self.tokens[self.at]] if self.at < len(self.tokens) else "nothing"

    def _kind(self) -> str:
        return self._name().partition(":")[0]

    def _value(self, kind: str) -> str:
        """The value of the next token, which must be of a kind; an empty kind takes any name whole."""
        name = self._name()
        found, _, value = name.partition(":")
        if kind and found != kind:
            raise InvalidValueError(f"token {self.at} must be a {kind}, got {name}")
        self.at += 1
        return value if kind else name
