"""Piano and electric piano of pop bands: a left hand and a right hand from tables, drawn once for a song.

Soft sections flow, middle ones comp, full ones drive; every fourth bar is varied, and where a bass plays, the left hand
leaves it the depth. The right hand's voices move by the smallest steps (`voicing.lead`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar, Chart, Harmony
from senandung.composing.arranging.comping import block, broken
from senandung.composing.arranging.player import grade, playing
from senandung.composing.arranging.voicing import fifth_of, lead, near, third_of
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player

# A sign a sixteenth: a letter strikes, "-" holds, "." rests. Right hand: 1..4 voices from below, T the top one, C the
# chord, U the chord without its lowest, P the chord with its top an octave lower added, H the two highest. Figures of
# soft, middle and full sections. Commonly stated figures written down by the project.
RIGHT: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "piano-ballad": {
            "4/4": (
                ("1-2-T-2-1-2-T-2-", "C-------H-------", "..1-2-T-2-T-2-1-", "U---1-2-T---2-1-", "T---2-1-T---2-1-"),
                ("C---C---C---C---", "1-2-T-2-U---2-1-", "C---U---C---U-1-", "C-----C-U---C---", "T-U-T-U-T-U-T-U-"),
                ("C--C--C---C-C---", "C-U-C-U-C-U-C-U-", "P---C-C-P---C-C-", "C-U-U-U-C-U-U-U-", "P--P--P-C-C-C-C-"),
            ),
            "3/4": (
                ("1-2-T-2-1-2-", "C-------H---", "1-2-T---2---"),
                ("1---C---C---", "C-----U-C---", "1-2-T-2-U---"),
                ("C---C-C-C---", "P---C---C-C-", "C-U-C-U-C-U-"),
            ),
            "6/8": (
                ("1-2-T-2-1-2-", "C-----H-----", "1-2-T-T-2-1-"),
                ("C---U-C---U-", "1-2-T-U-2-1-", "1-U-U-1-U-U-"),
                ("C-U-U-C-U-U-", "P---C-P---C-", "C-C-C-C-C-C-"),
            ),
        },
        "piano-pop": {
            "4/4": (
                ("C-----C-----C---", "C-----T-C-----T-", "C--C--..C--C--..", "C-------..C-C---", "C---T---C---T-T-"),
                ("C--C--C---C-C---", "C--C--C-..C-..C-", "..C-C-..C-..C-C-", "C-.C-.C-..C-.C-.", "..C-..C-..C-..C-"),
                ("C-C-C-C-C-C-C-C-", "P--P--P---P-P---", "P-C-C-P-C-C-P-C-", "C--C--C-C--C--C-", "P-.C-.C-P-.C-.C-"),
            ),
        },
    }
)

# Left hand: R the chord's bass, 8 its octave above, O its octave below with it, 5 the fifth above, X the tenth.
LEFT: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "piano-ballad": {
            "4/4": (
                ("R---5---X-------", "R-------5-------", "R-5-X-----------", "R---5---8---5---"),
                ("R-------5---X---", "R-5-8-5-R-------", "R-----5-8-------", "R-------R-----5-"),
                ("O-------O-------", "O-----R-O-----R-", "O---5---O---5---", "O-----O-O---R---"),
            ),
            "3/4": (
                ("R-----------", "R---5---X---", "R-5-X-------"),
                ("R---5---8---", "R-------5---"),
                ("O-----------", "O-------R---"),
            ),
            "6/8": (
                ("R-----------", "R-5-X-------", "R-----5-----"),
                ("R-----5-----", "R-5-8-R-----"),
                ("O-----O-----", "O---R-O---R-"),
            ),
        },
        "piano-pop": {
            "4/4": (
                ("R---------------", "R-------5-------"),
                ("R-----R-R-------", "R-------R-----5-", "R--R--R---------"),
                ("O-------O-------", "O-----O-O-------", "O--O--O-O-------"),
            ),
        },
    }
)  # fmt: skip

ENDS = ("C-C-", "U-C-", "C--C", "1-2-", "....")
"""Last beat of every fourth bar, in quarters: struck twice, pushed, broken, or left open."""


def play_band_keys(chart: Chart, player: Player) -> list[Note]:
    """The part of a keyboard with chords."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    notes: list[Note] = []
    before: tuple[int, ...] = ()
    bass: int | None = None
    under = {bar.number for other in chart.style.ensemble if other.role == "bass" for bar in playing(chart, other)}
    for bar in playing(chart, player):
        count = 3 if bar.fullness < 0.75 else 4
        top = min(high, 74 if bar.fullness < 0.8 else 79, chart.ceiling(bar) + count - 3)
        bottom = max(low, min(54 if bar.fullness < 0.8 else 57, top - 14))
        right, left = (figure(chart, player, bar, table) for table in (RIGHT, LEFT))
        for span in bar.harmony:
            root = span.chord.bass_pitch_class
            voices = lead(span.chord, before, count, bottom, top, None if bass is None else (bass, root))
            bass = root
            before = voices
            notes += _right(chart, bar, span, voices, right)
            if bar.number not in under or player.pattern == "piano-ballad" or grade(chart, bar) == 2:
                notes += _left(chart, player, bar, span, left, bottom)
    return notes


def figure(
    chart: Chart, player: Player, bar: Bar, table: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]
) -> str:
    """The song's figure for a bar as full as this; empty in a metre that the table does not have."""
    pools = table.get(player.pattern, table["piano-ballad"]).get(str(bar.metre))
    if pools is None:
        return ""
    level = grade(chart, bar)
    hand = "right" if table is RIGHT else "left"
    aside = "bridge" if bar.section.kind in ("bridge", "solo") else ""
    rng = chart.rng(f"{player.track} {hand} {level} {aside}")
    found = rng.choice(pools[level])
    if hand == "right" and bar.place % 4 == 3 and len(found) == 16:
        found = found[:12] + rng.choice(ENDS[:3] if level == 2 else ENDS)
    return found


def _read(text: str) -> list[tuple[int, int, str]]:
    rows: list[tuple[int, int, str]] = []
    for step, sign in enumerate(text):
        if sign == "-" and rows and rows[-1][0] + rows[-1][1] == step:
            start, length, what = rows[-1]
            rows[-1] = (start, length + 1, what)
        elif sign not in "-.":
            rows.append((step, 1, sign))
    return rows


def _right(chart: Chart, bar: Bar, span: Harmony, voices: Sequence[int], text: str) -> list[Note]:
    if not text:
        full = grade(chart, bar) == 2
        return block(chart, bar, span, voices, "eighths", 60) if full else broken(chart, bar, span, voices, 2, 56)
    rows = [(bar.onset + step * STEP, length * STEP, what) for step, length, what in _read(text)]
    inside = [row for row in rows if span.onset <= row[0] < span.end]
    if (not inside or inside[0][0] > span.onset) and (span.onset > bar.onset or not inside):
        first = inside[0][0] if inside else span.end  # a chord that begins between strokes is struck when it begins
        inside.insert(0, (span.onset, first - span.onset, "C"))
    notes: list[Note] = []
    base = 56 + 2 * grade(chart, bar)
    for onset, length, what in inside:
        weight = bar.metre.weight(onset - bar.onset)
        accent = (-0.3, -0.2, 0.0, 0.12, 0.3)[weight]
        end = min(span.end, onset + length)
        if what in "123T":  # a broken chord rings
            end = min(span.end, onset + max(length, bar.metre.beat_ticks))
        for index, pitch in enumerate(_voices(what, voices)):
            crown = 5 if index and pitch == max(voices) else 0
            notes.append(Note(onset, end - onset, pitch, min(124, chart.velocity(bar, accent, base) + crown)))
    return _not_again(notes)


def _voices(what: str, voices: Sequence[int]) -> list[int]:
    if what in "123":
        return [voices[min(int(what), len(voices)) - 1]]
    if what == "T":
        return [voices[-1]]
    if what == "H":
        return list(voices[-2:])
    if what == "U":
        return list(voices[1:])
    doubled = voices[-1] - 12
    return sorted({*voices, doubled}) if what == "P" and doubled > voices[0] - 8 else list(voices)


def _not_again(notes: Sequence[Note]) -> list[Note]:
    """The notes, each ended where its key is struck again."""
    kept: list[Note] = []
    last: dict[int, int] = {}
    for note in sorted(notes):
        index = last.get(note.pitch)
        if index is not None and kept[index].end > note.onset:
            before = kept[index]
            if before.onset == note.onset:
                continue
            kept[index] = Note(before.onset, note.onset - before.onset, before.pitch, before.velocity)
        last[note.pitch] = len(kept)
        kept.append(note)
    return kept


def _left(chart: Chart, player: Player, bar: Bar, span: Harmony, text: str, under: int) -> list[Note]:
    low, _ = INSTRUMENTS[player.instrument].comfortable
    root = near(span.chord.bass_pitch_class, 43, max(low, 36), 52)
    fifth = near(fifth_of(span.chord), root + 7, root + 1, root + 11)
    third = third_of(span.chord)
    tenth = near(third if third is not None else span.chord.root.pitch_class, root + 15, root + 12, root + 19)
    pitches: dict[str, tuple[int, ...]] = {
        "R": (root,),
        "5": (fifth,),
        "8": (root + 12,),
        "X": (tenth if tenth < under else fifth,),
    }
    pitches["O"] = (root - 12, root) if root - 12 >= low else (root,)
    rows = [(bar.onset + step * STEP, length * STEP, what) for step, length, what in _read(text or "R" + "-" * 63)]
    inside = [row for row in rows if span.onset <= row[0] < span.end]
    if not inside or inside[0][0] > span.onset:
        first = inside[0][0] if inside else span.end
        inside.insert(0, (span.onset, first - span.onset, "O" if grade(chart, bar) == 2 else "R"))
    elif inside[0][2] not in "RO":
        inside[0] = (*inside[0][:2], "R")
    notes: list[Note] = []
    for onset, length, what in inside:
        accent = 0.1 if what in "RO" else -0.25
        # In soft sections the tones of the left hand ring under each other.
        end = span.end if not grade(chart, bar) else min(span.end, onset + length)
        for pitch in pitches[what]:
            velocity = chart.velocity(bar, accent, 58) - (4 if pitch < root else 0)
            notes.append(Note(onset, end - onset, pitch, velocity))
    return _not_again(notes)
