"""Whether the tune of a song with words goes as the tunes do that its style was learned from.

    python bench/own_tunes.py --data PUBLIC_SETS --packed PACKED [--lot held-out|tuning] [--seeds 4]

For each kind of music a style is learned from six works. The voice's line of songs with words is written three ways: in
the song style that it stands on (ground), in the learned style without what is known of the files' tunes (without), and
with it (learned). The distance of their intervals to those of other works of the same kind, which were kept back, is
the area that two distributions do not share (total variation, 0..1), of single intervals and of pairs of them by kind
and direction; beside it stands the distance of the six works themselves to those kept back, which is about what can be
hoped for. The lot `tuning` is what settings were chosen on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from senandung.api.own_styles import OwnChosen
from senandung.composing.compose import sketch_song
from senandung.composing.decoding.engine import Engine, load_engine
from senandung.composing.melody.tunes import USUAL
from senandung.composing.melody.write import lead_range
from senandung.composing.own.blend import choose_with
from senandung.composing.pieces.piece import METRES
from senandung.composing.pieces.score_piece import Facts, song_of_piece
from senandung.composing.plan import Sketch, Wishes
from senandung.composing.styles import load_style
from senandung.domain.errors import SenandungError
from senandung.domain.feeling import Feeling
from senandung.domain.own_style import OwnStyle
from senandung.domain.parts import MetreChange
from senandung.domain.song import KeyChange, Song, Track
from senandung.language.lines import split_lines
from senandung.learning.own.facts import leading_part, row_tops
from senandung.learning.own.learn import learn_style
from senandung.learning.own.read import OwnWork, read_works
from senandung.originality.check import check_song, index_songs

LOTS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "tuning": {
        "reels": {"set": "cre_irish", "file": "reel"},
        "Wolf": {"set": "openscore_lieder", "composer": "Wolf, Hugo"},
        "Gomółka": {"set": "polish_scores", "composer": "Gomółka"},
        "Warlock": {"set": "openscore_lieder", "composer": "Warlock"},
    },
    "held-out": {
        "hornpipes": {"set": "cre_irish", "file": "hornpipe"},
        "hymns": {"set": "open_hymnal"},
        "lead sheets": {"set": "openewld"},
        "Schumann": {"set": "openscore_lieder", "composer": "Schumann, Robert"},
        "Schröter": {"set": "openscore_lieder", "composer": "Schröter"},
        "Stefani": {"set": "polish_scores", "composer": "Stefani, Józef"},
        "Palestrina": {"set": "polish_scores", "composer": "Palestrina"},
    },
}
"""Kinds of music by what the packed corpus says of its works: their tunes differ, from steps to broken chords."""

LEARNED, KEPT = 6, 14

TEXTS = (
    ("id", "aku rindu kamu, malam ini hujan turun lagi\nlampu kota padam satu-satu\nkau tak juga pulang", "sedih"),
    ("id", "pagi datang, kopi hangat, tawa kita pecah lagi\nbesok kita berangkat ke laut", "girang"),
    ("en", "the river took the bridge last night\nwe walk the long way home\nand nobody says a word", "rindu"),
)

WAYS = ("ground", "without", "learned")


@dataclass(frozen=True)
class Heard:
    """Intervals of tunes in semitones, phrase by phrase, and the shares of ratios of the
    times between the beginnings of three notes: even, dotted, long and short."""

    phrases: tuple[tuple[int, ...], ...]
    ratios: Mapping[object, float]

    def single(self) -> dict[object, float]:
        """Shares of intervals; an octave and more are one."""
        return _shares(max(min(move, 12), -12) for moves in self.phrases for move in moves)

    def pairs(self) -> dict[object, float]:
        """Shares of pairs of intervals by kind and direction."""
        return _shares((_kind(one), _kind(other)) for moves in self.phrases for one, other in pairwise(moves))


def _kind(move: int) -> int:
    """Repeated, by step, by third, by leap; up or down."""
    size = abs(move)
    return (0 if not size else 1 if size <= 2 else 2 if size <= 4 else 3) * (1 if move > 0 else -1)


def _shares(found: Iterable[object]) -> dict[object, float]:
    counts = Counter(found)
    return {name: count / sum(counts.values()) for name, count in counts.items()}


def apart(one: Mapping[object, float], other: Mapping[object, float]) -> float:
    """The area that two distributions do not share, 0..1."""
    return 1 - sum(min(share, other.get(name, 0.0)) for name, share in one.items())


def of_works(works: Sequence[OwnWork]) -> Heard:
    """The leading parts of works, cut where they rest for a quarter."""
    found: list[tuple[int, ...]] = []
    ratios: list[object] = []
    for piece in (piece for work in works for piece in work.pieces):
        column = leading_part(piece)
        run: list[int] = []
        starts: list[int] = []
        at = 0
        for bar in piece.bars:
            tops = row_tops(bar, column) if column >= 0 else []
            starts += [at + start for start in sorted({note.start for note in bar.notes[column]})]
            at += METRES[bar.metre].steps
            if not tops and run:
                found.append(tuple(b - a for a, b in pairwise(run)))
                run = []
            run += tops
        found.append(tuple(b - a for a, b in pairwise(run)))
        ratios += _ratios(starts)
    return Heard(tuple(found), _shares(ratios))


def _ratios(starts: Sequence[int]) -> list[float]:
    """How much longer each time between two notes is than the one before, as a power of two."""
    gaps = [b - a for a, b in pairwise(starts)]
    return [round(float(np.clip(np.log2(b / a), -3, 3)) * 2) / 2 for a, b in pairwise(gaps)]


def of_songs(sketches: Sequence[Sketch]) -> Heard:
    """The voice's lines of songs, cut where they rest for a bar."""
    found: list[tuple[int, ...]] = []
    ratios: list[object] = []
    for sketch in sketches:
        notes = sketch.melody
        ratios += _ratios([note.onset for note in notes])
        run = [notes[0].pitch]
        for before, note in pairwise(notes):
            if note.onset - before.end >= 1920:
                found.append(tuple(b - a for a, b in pairwise(run)))
                run = []
            run.append(note.pitch)
        found.append(tuple(b - a for a, b in pairwise(run)))
    return Heard(tuple(found), _shares(ratios))


def works_of(packed: Path, data: Path, kind: Mapping[str, str]) -> tuple[list[OwnWork], list[OwnWork]]:
    """Works to learn from and works kept back, in the order of a hash of their names; copies are left out."""
    with (packed / "works.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    wanted = [row for row in rows if row["set"] == kind["set"] and row["pieces"] and row["notes"] >= 100]
    wanted = [row for row in wanted if kind.get("composer", "") in row["composer"]]
    wanted = [row for row in wanted if kind.get("file", "") in Path(row["file"]).name.lower()]
    wanted.sort(key=lambda row: hashlib.sha256(row["file"].encode()).hexdigest())
    works, _ = read_works([data / row["file"] for row in wanted[: 2 * (LEARNED + KEPT)]])
    return works[:LEARNED], works[LEARNED : LEARNED + KEPT]


def sing(
    own: OwnStyle, way: str, text: tuple[str, str, str], seed: int, engine: Engine
) -> tuple[Sketch, tuple[int, int]]:
    """The sketch of a song with words, one way, and the range that its voice is given."""
    language, words, feeling = text
    chosen = OwnChosen(choose_with([(own, 1.0)], "", own.name), ((own, 1.0),))
    style = load_style(own.song_ground) if way == "ground" else chosen.song_style()
    sketch = sketch_song(
        Feeling.named(feeling),
        style,
        split_lines(words, language),
        Wishes(minutes=1.5),
        language=language,
        seed=seed,
        engine=engine if way == "ground" else chosen.engine(),
        tunes=chosen.tunes() if way == "learned" else USUAL,
    )
    return sketch, lead_range(style)


def faults(sketch: Sketch, compass: tuple[int, int]) -> Counter[str]:
    """What cannot be sung: notes out of range, leaps beyond an octave or of a tritone in a line, lost syllables."""
    found: Counter[str] = Counter()
    found["notes"] = len(sketch.melody)
    found["out of range"] = sum(not compass[0] <= note.pitch <= compass[1] for note in sketch.melody)
    order = list(dict.fromkeys(note.syllable for note in sketch.melody))
    found["syllables lost"] = (
        len(sketch.words.syllables) - len(order) + (order != sorted(order, key=lambda at: at or 0))
    )
    starts = set(sketch.words.line_starts)
    for before, note in pairwise(sketch.melody):
        move = abs(note.pitch - before.pitch)
        found["unsingable leaps"] += note.syllable not in starts and (move == 6 or move > 12)
        found["leaps of a fifth and more"] += move >= 7
    stressed = {at for at, syllable in enumerate(sketch.words.syllables) if syllable.stressed}
    found["stressed"] = len(stressed)
    begun: dict[int | None, int] = {}
    for note in sketch.melody:
        begun.setdefault(note.syllable, note.onset)
    metre = sketch.plan.metre
    found["stressed on a beat"] = sum(metre.weight(begun[at]) >= 2 for at in stressed if at in begun)
    return found


def songs_of(sketches: Sequence[Sketch]) -> list[Song]:
    """The voice's lines alone, as songs that can be checked."""
    return [
        Song(
            "A song",
            (Track("Voice", "vocal", "voice", sketch.melody),),
            metres=(MetreChange(0, sketch.plan.metre),),
            keys=(KeyChange(0, sketch.plan.key),),
            chords=tuple(sketch.chords),
            words=sketch.words,
        )
        for sketch in sketches
    ]


def likeness(sketches: Sequence[Sketch], works: Sequence[OwnWork]) -> tuple[float, float, int]:
    """The mean and the least originality of tunes, beside the training music and the works learned from, and how many
    are nearer to them than people's works come."""
    index = index_songs([(work.path.name, song_of_piece(piece, Facts("A"))) for work in works for piece in work.pieces])
    reports = [check_song(song, against=(index,)) for song in songs_of(sketches)]
    scores = [report.score for report in reports]
    return float(np.mean(scores)), min(scores), sum(report.copied for report in reports)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--packed", type=Path, required=True)
    parser.add_argument("--lot", choices=tuple(LOTS), default="held-out")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--keep", type=Path, help="folder where learned styles are kept for the next run")
    parser.add_argument("--originality", action="store_true", help="check every tune too: some seconds each")
    given = parser.parse_args()
    engine = load_engine()
    ways = given.ways.split(",")
    means: dict[str, list[tuple[float, ...]]] = {way: [] for way in ways}
    wrong = {way: Counter[str]() for way in ways}
    for name, kind in LOTS[given.lot].items():
        own, learned, kept = style_of(name, kind, given, engine)
        goal = of_works(kept)
        hoped = of_works(learned)
        print(f"{name}: {len(learned)} works learned, {len(kept)} kept back; song style {own.song_ground}; "
              "works themselves " + " ".join(f"{each:.3f}" for each in _far(hoped, goal)), flush=True)  # fmt: skip
        _say("kept back", goal)
        for way in ways:
            made = [sing(own, way, text, seed, engine) for seed in range(1, given.seeds + 1) for text in TEXTS]
            heard = of_songs([sketch for sketch, _ in made])
            means[way].append(_far(heard, goal))
            for sketch, compass in made:
                wrong[way] += faults(sketch, compass)
            if given.originality:
                mean, least, copied = likeness([sketch for sketch, _ in made], learned)
                print(
                    f"  {way:9} originality {mean:.2f}, least {least:.2f}, copied {copied} of {len(made)}", flush=True
                )
            _say(f"{way:9} " + " ".join(f"{each:.3f}" for each in means[way][-1]), heard)
    for way in ways:
        mean = " ".join(f"{each:.3f}" for each in np.mean(means[way], axis=0))
        print(f"{way:9} mean distance {mean}; {dict(wrong[way])}")


def _far(one: Heard, other: Heard) -> tuple[float, ...]:
    """Distances of single intervals, of pairs, and of ratios of times."""
    single, pairs = apart(one.single(), other.single()), apart(one.pairs(), other.pairs())
    return single, pairs, apart(one.ratios, other.ratios)


def style_of(
    name: str, kind: Mapping[str, str], given: argparse.Namespace, engine: Engine
) -> tuple[OwnStyle, list[OwnWork], list[OwnWork]]:
    """A style learned from a kind of music, with the works that it was learned from and those kept back."""
    from senandung.files.own_style import load_own_style, save_own_style
    from senandung.learning.own.tunes import tunes_of

    learned, kept = works_of(given.packed, given.data, kind)
    path = given.keep / f"{''.join(letter for letter in name if letter.isalnum())}.style" if given.keep else None
    if path is not None and path.exists():
        return replace(load_own_style(path), tunes=tunes_of([work.pieces for work in learned])), learned, kept
    own = learn_style(learned, engine, name="own", by=name, ground="")
    if path is not None:
        save_own_style(own, path)
    return own, learned, kept


def _say(what: str, heard: Heard) -> None:
    shares: Counter[int] = Counter()
    for move, share in heard.single().items():
        shares[abs(_kind(int(str(move))))] += share  # type: ignore[assignment]
    count = sum(map(len, heard.phrases))
    print(f"  {what:28} repeats {shares[0]:.2f} steps {shares[1]:.2f} thirds {shares[2]:.2f} leaps {shares[3]:.2f} "
          f"({count} intervals)", flush=True)  # fmt: skip


if __name__ == "__main__":
    try:
        main()
    except SenandungError as error:
        sys.exit(str(error))
