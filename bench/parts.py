"""Parts by the network beside the arranger's, in the same songs: measures, what was kept, and scores to read.

    .venv/bin/python bench/parts.py --songs 6
    .venv/bin/python bench/parts.py --style pop-ballad --songs 2 --scores FOLDER

Every row is a player of a song style: first the arranger's part, then the network's, without the judge (every section
is the network's) and with it (`composing.part_judge`: where no draft serves as well, the arranger's section stays).
With a packed corpus (docs/training.md) real parts of the same class of instrument stand beside them, and the distance
of each part to them (`strayed`, 0 inside every 25-75 % band, 1 at the 5 or 95 % edge).
Every figure belongs to the commit, the seeds and the weights printed.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from senandung.composing import by_network
from senandung.composing.by_network import write_some
from senandung.composing.compose import compose, stage_seed
from senandung.composing.decoding.decode import rewrite_piece
from senandung.composing.decoding.engine import Engine, load_engine
from senandung.composing.decoding.measures.bands import Band, strayed
from senandung.composing.form import plan_song
from senandung.composing.part_judge import ACCEPTED
from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.players import CLASS_OF_INSTRUMENT
from senandung.composing.plan import Plan, Wishes
from senandung.composing.styles import load_style
from senandung.domain.feeling import Feeling
from senandung.domain.song import Note, Song, Track
from senandung.domain.style import NetworkParts, Style

LINES: Mapping[str, tuple[Feeling, tuple[str, ...]]] = MappingProxyType(
    {
        "sad": (
            Feeling(-0.5, -0.3),
            ("aku sedih sekali, kau pergi tanpa kata", "hujan turun lagi di kota yang sepi",
             "kursi di teras masih menunggu langkahmu", "dan aku belum bisa melepas namamu"),
        ),
        "glad": (
            Feeling(0.6, 0.4),
            ("hari ini aku bahagia, akhirnya lulus", "langit biru membentang di atas kepala",
             "ayo menari sampai pagi tiba", "kita muda dan tak akan berhenti"),
        ),
    }
)  # fmt: skip

TRIED: Mapping[str, tuple[NetworkParts, ...]] = MappingProxyType(
    {
        "pop-ballad": (
            NetworkParts(("Piano",), "lied", "voice-and-piano", ("Bass",), finest="1/8"),
            NetworkParts(("Strings",), "orchestral", "", ("Bass",), finest="1/4"),
            NetworkParts(("Acoustic guitar",), "romantic", "", ("Bass",), finest="1/8"),
            NetworkParts(("Bass",), "band", "band", ("Piano", "Drums"), finest="1/8"),
            NetworkParts(("Violin",), "romantic", "", ("Piano",), finest="1/8"),
        ),
        "folk-guitar": (
            NetworkParts(("Guitar",), "classical", "guitar", finest="1/8"),
            NetworkParts(("Second guitar",), "romantic", "", ("Bass",), finest="1/8"),
            NetworkParts(("Fiddle",), "irish", "", ("Guitar",), finest="1/8"),
            NetworkParts(("Bass",), "band", "band", ("Guitar", "Percussion"), finest="1/8"),
        ),
        "pop-rock": (
            NetworkParts(("Bass",), "band", "band", ("Rhythm guitar", "Drums"), finest="1/8"),
            NetworkParts(("Piano",), "band", "band", ("Bass", "Drums"), finest="1/8"),
            NetworkParts(("Organ",), "band", "band", ("Bass", "Drums"), finest="1/4"),
            NetworkParts(("Rhythm guitar",), "band", "band", ("Bass", "Drums"), finest="1/8"),
        ),
        "pop-upbeat": (
            NetworkParts(("Bass",), "band", "band", ("Electric piano", "Drums"), finest="1/8"),
            NetworkParts(("Electric piano",), "band", "band", ("Bass", "Drums"), finest="1/8"),
            NetworkParts(("Electric guitar",), "band", "band", ("Bass", "Drums"), finest="1/8"),
            NetworkParts(("Pad",), "band", "band", ("Bass", "Drums"), finest="1/4"),
        ),
        "solo-piano": (NetworkParts(("Piano",), "lied", finest="1/8"), NetworkParts(("Piano",), "lied")),
        "string-quartet": (
            NetworkParts(("Violin 1", "Violin 2", "Viola", "Cello"), "string-quartet", finest="1/8"),
            NetworkParts(("Violin 1", "Violin 2", "Viola", "Cello"), "string-quartet"),
        ),
        "dangdut": (
            NetworkParts(("Strings",), "orchestral", "", ("Bass",), finest="1/4"),
            NetworkParts(("Keyboard",), "band", "band", ("Bass", "Drums"), finest="1/8"),
        ),
    }
)
"""Parts that were tried; those that a style uses stand in its file."""

FORM = "intro4 verse8 chorus8 verse8 chorus8 outro4"
"""Of every song: all that differs, and what returns."""

COLUMNS = ("rubs voice", "rubs bass", "chord tones", "with drums", "attacks", "follows", "voices", "low", "high",
           "above voice", "bars", "rest", "repeated", "figure")  # fmt: skip
"""Dissonant pairs (seconds, sevenths, tritones) with voice and with bass; tones on beats in the chord; attacks that
fall on a drum stroke, in bars with drums; attacks a quarter; correlation of attacks with the sections' intensity; tones
sounding at an attack; 5 and 95 % of the pitches; notes above the sung one; bars played; longest rest inside them in
seconds; repeated bars; attacks shared by neighbouring bars."""

FIGURES = ("attacks", "voices", "repeated", "figure", "low", "high")
"""What real parts of a class are compared by."""

_DISSONANT = (1, 2, 6, 10, 11)


def main() -> None:
    """Compose, write, measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=6, help="songs of each style, sad and glad by turns")
    parser.add_argument("--style", default="", help="styles, divided by commas; all that were tried without")
    parser.add_argument("--part", default="", help="players, divided by commas; all without")
    parser.add_argument("--used", action="store_true", help="only the parts that the styles' files name")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", type=Path, help="the network's weights; without, those of the program")
    parser.add_argument("--packed", type=Path, help="packed corpus, for real parts")
    parser.add_argument("--scores", type=Path, help="folder for engraved scores of the first song")
    given = parser.parse_args()
    engine = load_engine(given.weights)
    setattr(by_network, "rewrite_piece", _remembered)  # noqa: B010
    names = [name for name in given.style.split(",") if name] or list(TRIED)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    print(f"commit {commit.stdout.strip() or 'unknown'}, weights of step {engine.facts.get('step', 'unknown')}, "
          f"seeds {given.seed} to {given.seed + given.songs - 1}\n")  # fmt: skip
    real = _real_bands(given.packed) if given.packed else {}
    print("| style, part | | strayed | " + " | ".join(COLUMNS) + " | sections kept | seconds |")
    print("|" + "---|" * (len(COLUMNS) + 5))
    for name in names:
        style = load_style(name)
        tried = style.network if given.used else TRIED.get(name, style.network)
        songs = [arranged(style, seed) for seed in range(given.seed, given.seed + given.songs)]
        for parts in tried:
            if given.part and parts.writes[0] not in given.part.split(","):
                continue
            compare(name, parts, songs, engine, given.seed, real, given.scores)


def arranged(style: Style, seed: int) -> tuple[Song, Plan]:
    """A song in one key whose parts are all the arranger's, with its plan; tune and chords are those of the tables."""
    feeling, lines = LINES["sad" if seed % 2 else "glad"]
    free = plan_song(feeling, style, len(lines), Wishes(form=FORM), seed=stage_seed(seed, "plan"))
    wishes = Wishes(form=FORM, key=free.key)  # where the key is wished no chorus is raised
    song = compose(feeling, replace(style, network=()), lines, wishes, language="id", seed=seed, version="bench")
    return song, plan_song(feeling, style, len(lines), wishes, seed=stage_seed(seed, "plan"))


_FILLED: dict[Any, Piece] = {}


def _remembered(piece: Piece, blanks: set[tuple[int, int]], network: Engine, **more: Any) -> Piece:
    """`rewrite_piece`, which the network's part and the mixture of it ask for the same drafts."""
    key = (piece.style, piece.ensemble, piece.bars, frozenset(blanks), more["seed"], bool(more["bounds"].ranges))
    if key not in _FILLED:
        _FILLED[key] = rewrite_piece(piece, blanks, network, **more)
    return _FILLED[key]


def compare(
    name: str,
    parts: NetworkParts,
    songs: Sequence[tuple[Song, Plan]],
    engine: Engine,
    seed: int,
    real: Mapping[str, Mapping[str, Band]],
    scores: Path | None,
) -> None:
    """Print the rows of some players: the arranger's, the network's in every section, and the mixture."""
    rows: dict[str, list[dict[str, float]]] = {"rules": [], "network": [], "judged": []}
    kept: list[bool] = []
    seconds: list[float] = []
    reasons: dict[str, int] = {}
    for number, (song, plan) in enumerate(songs):
        began = time.process_time()
        judged = write_some(song, plan, parts, engine, seed=seed + number)
        seconds.append(time.process_time() - began)
        all_of_it = write_some(song, plan, parts, engine, seed=seed + number, accepted=math.inf)
        kept += [sum(faults.values()) <= ACCEPTED for faults in judged.faults.values()]
        for faults in judged.faults.values():
            for fault, value in faults.items():
                reasons[fault] = reasons.get(fault, 0) + (value > 0.3)
        for label, made in (("rules", song), ("network", all_of_it.song), ("judged", judged.song)):
            rows[label] += [figures(made, plan, player) for player in parts.writes]
            if scores is not None and number < 1 and label != "judged":
                _engrave(made, parts, scores / f"{name}-{parts.writes[0].replace(' ', '-')}-{seed + number}-{label}")
    players = " + ".join(parts.writes)
    manner = f"like {parts.like}{', bound' if parts.finest else ''}"
    kind = CLASS_OF_INSTRUMENT[next(t.instrument for t in songs[0][0].tracks if t.name == parts.writes[0])]
    for label, made_rows in rows.items():
        found = [row for row in made_rows if row]
        means = {column: float(np.mean(values)) for column in COLUMNS
                 if (values := [row[column] for row in found if not np.isnan(row[column])])}  # fmt: skip
        cells = [f"{means[column]:.2f}" if column in means else "" for column in COLUMNS]
        away = f"{np.mean([strayed(row, real[kind]) for row in found]):.2f}" if kind in real and found else ""
        head = f"{name}, {players}" if label == "rules" else manner if label == "network" else ""
        tail = f"{np.mean(kept):.2f}" if label == "judged" and kept else ""
        spent = f"{np.mean(seconds):.1f}" if label == "judged" else ""
        print(f"| {head} | {label} | {away} | " + " | ".join(cells) + f" | {tail} | {spent} |", flush=True)
    common = ", ".join(f"{fault} {count}" for fault, count in sorted(reasons.items(), key=lambda row: -row[1]))
    sys.stderr.write(f"{name}, {players}: sections faulted: {common or 'none'}\n")


def figures(song: Song, plan: Plan, player: str) -> dict[str, float]:
    """What is counted of one part (`COLUMNS`); empty for a part without notes."""
    tracks = {track.name: track for track in song.tracks}
    part = tracks[player].notes
    if not part:
        return {}
    voice = next(track.notes for track in song.tracks if track.role in ("vocal", "melody"))
    basses = [n for track in song.tracks if track.role == "bass" and track.name != player for n in track.notes]
    ticks = plan.metre.bar_ticks
    strokes = {note.onset for track in song.tracks if track.sound.drum for note in track.notes}
    drummed = {stroke // ticks for stroke in strokes}
    attacks = sorted({note.onset for note in part})
    inside = [tick for tick in attacks if tick // ticks in drummed]
    played = sorted({tick // ticks for tick in attacks})
    bars = [tuple((n.onset - bar * ticks, n.pitch, n.duration) for n in part if n.onset // ticks == bar)
            for bar in played]  # fmt: skip
    starts = [{row[0] for row in bar} for bar in bars]
    on_beats = [n for n in part if n.onset % plan.metre.beat_ticks == 0]
    over = [n.pitch > v.pitch for n in part for v in voice if v.onset <= n.onset < v.end]
    low, high = np.percentile([n.pitch for n in part], [5, 95])
    share = [sum(s.onset <= tick < s.end for tick in attacks) / s.duration for s in song.sections]
    intensity = [s.intensity for s in song.sections]
    moves = np.std(share) > 0 and np.std(intensity) > 0
    return {
        "rubs voice": rubbing(part, voice),
        "rubs bass": rubbing(part, basses),
        "chord tones": _mean([_in_chord(song, note) for note in on_beats]),
        "with drums": _mean([any(abs(tick - stroke) < 10 for stroke in strokes) for tick in inside]),
        "attacks": len(attacks) * 480 / (len(played) * ticks),
        "follows": float(np.corrcoef(share, intensity)[0, 1]) if moves else float("nan"),
        "voices": _mean([len({n.pitch for n in part if n.onset <= tick < n.end}) for tick in attacks]),
        "low": float(low),
        "high": float(high),
        "above voice": _mean(over),
        "bars": len(played) / plan.bars,
        "rest": _longest_rest(part, played, ticks) * 60 / (480 * plan.bpm * plan.metre.beat_ticks / 480),
        "repeated": 1 - len(set(bars)) / len(bars),
        "figure": _mean([len(a & b) / len(a | b) for a, b in pairwise(starts)]),
    }


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def rubbing(part: Sequence[Note], other: Sequence[Note]) -> float:
    """The share of dissonant pairs between two parts, at every attack of either."""
    pairs = rough = 0
    for tick in sorted({note.onset for note in (*part, *other)}):
        theirs = [note.pitch for note in other if note.onset <= tick < note.end]
        for note in part if theirs else ():
            if note.onset <= tick < note.end:
                pairs += len(theirs)
                rough += sum(abs(note.pitch - pitch) % 12 in _DISSONANT for pitch in theirs)
    return rough / pairs if pairs else float("nan")


def _in_chord(song: Song, note: Note) -> float:
    spans = [span.chord for span in song.chords if span.onset <= note.onset < span.end]
    return float(not spans or note.pitch % 12 in {pitch % 12 for pitch in spans[0].pitch_classes})


def _longest_rest(part: Sequence[Note], played: Sequence[int], ticks: int) -> int:
    longest, reached, held = 0, part[0].onset, set(played)
    for note in part:
        between = range(reached // ticks, note.onset // ticks + 1)
        if note.onset > reached and all(bar in held for bar in between):
            longest = max(longest, note.onset - reached)
        reached = max(reached, note.end)
    return longest


def _real_bands(packed: Path) -> dict[str, dict[str, Band]]:
    """Where `FIGURES` of real parts of each class lie, in the training part."""
    from senandung.composing.pieces.piece import METRES, STEPS_PER_QUARTER
    from senandung.learning.pack import load_folder
    from senandung.learning.reference import stretches, unpack

    found: dict[str, list[dict[str, float]]] = {}
    rng = np.random.default_rng(1)
    splits = load_folder(packed)
    for name in ("openscore_lieder", "openscore_orchestra", "openscore_quartets", "freedoom_midi", "mutopia"):
        corpus = splits["train"][name]
        for index in rng.permutation(corpus.pieces)[:120].tolist():
            for piece in stretches(unpack(corpus, index), most=1):
                for kind in {part.instrument for part in piece.parts}:
                    columns = [c for c, part in enumerate(piece.parts) if part.instrument == kind]
                    hands = columns if kind in ("piano", "harpsichord", "organ") else columns[:1]
                    bars = [sorted(n for c in hands for n in bar.notes[c]) for bar in piece.bars]
                    rows = [(row, METRES[bar.metre].steps) for row, bar in zip(bars, piece.bars, strict=True) if row]
                    if len(rows) < 8:
                        continue
                    starts = [{n.start for n in row} for row, _ in rows]
                    low, high = np.percentile([n.pitch for row, _ in rows for n in row], [5, 95])
                    seen = {tuple((n.start, n.pitch, n.length) for n in row) for row, _ in rows}
                    sounding = [len({n.pitch for n in row if n.start <= step < n.start + n.length})
                                for row, _ in rows for step in {n.start for n in row}]  # fmt: skip
                    found.setdefault(kind, []).append(
                        {
                            "attacks": sum(map(len, starts)) * STEPS_PER_QUARTER / sum(steps for _, steps in rows),
                            "voices": _mean(sounding), "repeated": 1 - len(seen) / len(rows),
                            "figure": _mean([len(a & b) / len(a | b) for a, b in pairwise(starts)]),
                            "low": float(low), "high": float(high),
                        }
                    )  # fmt: skip
    return {
        kind: {name: Band(*np.percentile([row[name] for row in rows], [5, 25, 50, 75, 95]).tolist())
               for name in FIGURES}
        for kind, rows in found.items() if len(rows) >= 12
    }  # fmt: skip


def _engrave(song: Song, parts: NetworkParts, path: Path) -> None:
    from senandung.drawing.score import save_score_pdf
    from senandung.files.musicxml import save_musicxml

    path.parent.mkdir(parents=True, exist_ok=True)
    shown: list[Track] = [t for t in song.tracks if t.role in ("vocal", "bass") or t.name in parts.writes]
    xml = path.with_name(f"{path.name}.musicxml")
    save_musicxml(replace(song, tracks=tuple(shown)), xml)
    save_score_pdf(xml.read_text(encoding="utf-8"), path.with_name(f"{path.name}.pdf"))


if __name__ == "__main__":
    main()
