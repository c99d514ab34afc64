"""Pieces by the network, the n-gram, a copier and a mosaic, beside real ones; controls, speed, a long piece.

    make bench-compose ARGS="--pieces 4 --packed PACKED"

The wishes are the headers of held-out pieces (style, ensemble, parts, metre, key, tempo), kept in `measures.json`.
Network, n-gram and copier compose through the same grammar and plan; the mosaic sets real bars side by side. All but
the network read the training part of a packed corpus (`docs/training.md`): without `--packed` it stands alone.
Every figure belongs to the commit and seed printed.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from senandung.composing.decoding.decode import compose_piece
from senandung.composing.decoding.measures.bands import STRETCH, reference
from senandung.composing.decoding.measures.flat import flatten
from senandung.composing.decoding.measures.form import self_similarity
from senandung.composing.decoding.measures.table import MEASURES, measure
from senandung.composing.decoding.window import Network
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.key_reading import find_key
from senandung.composing.pieces.piece import Piece, PiecePart
from senandung.composing.pieces.tokens import encode
from senandung.composing.pieces.vocabulary import tempo_bin
from senandung.domain.errors import SenandungError

PUBLISHED = {
    "pitch_class_entropy": (2.974, 2.897, 2.802), "scale_consistency": (0.9226, 0.9312, 0.9474),
    "groove_consistency": (0.9305, 0.9290, 0.9209),
}  # fmt: skip
"""Real, REMI+ and MMT on an orchestral set of their own (Dong et al. 2023, ICASSP, table 3)."""

LEADING = ("pitch_class_entropy", "scale_consistency", "groove_consistency", "dissonant_pairs", "repeated_bars",
           "final_bass_on_tonic", "structure_short", "structure_mid", "structure_long", "groove_similarity",
           "chord_irregularity", "cadences", "parallels", "polyphony")  # fmt: skip
"""Measures that the table of sets shows."""

TRAINING = "training part"
"""A column of real pieces, to compare with."""

LONG = """
import json, resource, sys, time
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.decoding.decode import compose_piece
from senandung.composing.decoding.engine import load_engine
from senandung.composing.pieces.piece import PiecePart
from senandung.composing.pieces.tokens import encode
names = ["flute", "oboe", "clarinet", "bassoon", "horn", "trumpet", "violin", "violin", "viola", "cello"]
parts = tuple(PiecePart(name, names[:place].count(name)) for place, name in enumerate(names))
wish = PieceWish({"beethoven": 1.0}, "orchestra", parts, 120, "4/4", 0, "major", 120.0)
began = time.perf_counter()
piece = compose_piece(wish, load_engine(), seed=int(sys.argv[1]))
seconds = time.perf_counter() - began
shares = [sum(bool(bar.notes[part]) for bar in piece.bars) / len(piece.bars) for part in range(len(parts))]
print(json.dumps({"seconds": seconds, "notes": piece.note_count, "tokens": len(encode(piece)),
    "least": min(shares), "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""

Composer = Callable[[PieceWish, int], Piece]

Rows = dict[str, dict[str, list[dict[str, float]]]]


def main() -> None:
    """Compose, measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pieces", type=int, default=4, help="pieces of each set")
    parser.add_argument("--bars", type=int, default=STRETCH, help="bars of each piece; the real ones have 32")
    parser.add_argument("--sets", default="", help="sets, divided by commas; all without")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--packed", type=Path, help="packed corpus, for the n-gram, the copier and real pictures")
    parser.add_argument("--weights", type=Path, help="the network's weights; without, those of the program")
    parser.add_argument("--no-network", action="store_true", help="the baselines alone")
    parser.add_argument("--no-long", action="store_true", help="without the four-minute piece")
    parser.add_argument("--pictures", type=Path, help="folder for pictures of self-similarity")
    parser.add_argument("--beside", type=Path, help="figures of an earlier run (--json) to show beside these")
    parser.add_argument("--json", type=Path, help="file for all figures")
    given = parser.parse_args()
    splits = _splits(given.packed)
    systems = _systems(given, splits)
    names = [name for name in given.sets.split(",") if name] or list(reference()["wishes"])
    commit = _commit()
    print(f"commit {commit}, seed {given.seed}, {given.pieces} pieces of {given.bars} bars a set, "
          f"{platform.machine()}, Python {platform.python_version()}\n", flush=True)  # fmt: skip
    rows: Rows = {label: {} for label in systems}
    runs: dict[str, dict[str, float]] = {label: dict.fromkeys(_RUN, 0.0) for label in systems}
    for name in names:
        wishes = wishes_of(name, given.pieces, given.bars)
        shown: dict[str, Piece] = {}
        for place, wish in enumerate(wishes):
            for label, compose in systems.items():
                began, spent = time.perf_counter(), time.process_time()
                try:
                    piece = compose(wish, given.seed + place)
                except SenandungError as error:
                    runs[label]["refused"] += 1
                    sys.stderr.write(f"{label} refused {name} {place}: {error}\n")
                    continue
                _add(runs[label], wish, piece)
                runs[label]["seconds"] += time.perf_counter() - began
                runs[label]["processor"] += time.process_time() - spent
                rows[label].setdefault(name, []).append(measure(piece))
                shown.setdefault(label, piece)
        known = ", ".join(f"{label} {run['seconds']:.0f} s" for label, run in runs.items())
        sys.stderr.write(f"{name}: {known} in all\n")
        if splits is not None:
            rows.setdefault(TRAINING, {})[name] = [measure(one) for one in real_stretches(splits, name, given)]
        if given.pictures:
            _picture(given.pictures, name, shown, splits)
    if given.beside:
        earlier = json.loads(given.beside.read_text())
        print(f"beside figures of commit {earlier['commit']}, seed {earlier['seed']}\n")
        rows, runs = {**rows, **earlier["rows"]}, {**runs, **earlier["runs"]}
    tables = [distances(rows), by_set(rows), published(rows), controls(runs)]
    if not given.no_long and "network" in systems:
        tables.append(long_piece(given.seed))
    print("\n\n".join(table for table in tables if table))
    if given.json:
        given.json.write_text(json.dumps({"commit": commit, "seed": given.seed, "rows": rows, "runs": runs}))


_RUN = (
    "pieces",
    "seconds",
    "processor",
    "tokens",
    "notes",
    "tempo",
    "key",
    "heard key",
    "pitched",
    "bars",
    "parts",
    "refused",
)


def real_stretches(splits: Any, name: str, given: argparse.Namespace) -> list[Piece]:
    """As many real stretches of a set's training part as pieces are made: how far real music lies from real music."""
    from senandung.learning.reference import stretches, unpack

    packed = splits["train"][name]
    rng = np.random.default_rng(given.seed)
    found: list[Piece] = []
    for index in rng.permutation(packed.pieces).tolist():
        parts = stretches(unpack(packed, index), bars=given.bars)
        if parts:
            found.append(parts[int(rng.integers(len(parts)))])
        if len(found) == given.pieces:
            break
    return found


def wishes_of(name: str, count: int, bars: int = STRETCH) -> list[PieceWish]:
    """Wishes like held-out pieces of a set."""
    known = reference()["wishes"][name]
    chosen = [known[int(at)] for at in np.linspace(0, len(known) - 1, min(count, len(known))).round()]
    return [
        PieceWish(
            {row["style"]: 1.0}, row["ensemble"], tuple(_part(part) for part in row["parts"]), bars, row["metre"],
            row["tonic"], row["mode"], row["tempo"] or 96.0, row["valence"], row["arousal"],
        )
        for row in chosen
    ]  # fmt: skip


def _part(text: str) -> PiecePart:
    name, _, slot = text.rpartition(".")
    return PiecePart(name, int(slot))


def heard_key(piece: Piece) -> tuple[int, str] | None:
    """The key that the notes alone suggest: Temperley's profiles by sounding time, and the last bass."""
    flat = flatten(piece)
    if not len(flat.moments):
        return None
    profile = np.bincount(flat.pitch[flat.pitched] % 12, weights=flat.length[flat.pitched], minlength=12)
    bass = int(np.flatnonzero(flat.roll[-1])[0]) % 12
    tonic, mode, _ = find_key(profile.tolist(), last_bass=bass)
    return tonic, mode


def _add(run: dict[str, float], wish: PieceWish, piece: Piece) -> None:
    run["pieces"] += 1
    run["tokens"] += len(encode(piece))
    run["notes"] += piece.note_count
    run["tempo"] += piece.tempo is not None and tempo_bin(piece.tempo) == tempo_bin(wish.tempo)
    run["key"] += all((bar.tonic, bar.mode, bar.metre) == (wish.tonic, wish.mode, wish.metre) for bar in piece.bars)
    run["bars"] += len(piece.bars) == wish.bars
    run["parts"] += piece.parts == wish.parts
    heard = heard_key(piece)
    run["pitched"] += heard is not None
    run["heard key"] += heard == (wish.tonic, wish.mode)


def _mean(rows: Sequence[Mapping[str, float]], name: str) -> float | None:
    values = [row[name] for row in rows if name in row]
    return float(np.mean(values)) if values else None


def distances(rows: Rows) -> str:
    """How far each system's mean lies from the real one, in standard deviations of real pieces, over all sets."""
    real = reference()["held_out"]
    lines = [
        "**Distance to held-out real pieces**: of the mean, in standard deviations of real pieces of the set "
        "(90 % range / 3.29), mean over sets; and the share of pieces within the real 5-95 %. "
        "The training part is real music as well.\n",
        "| measure | " + " | ".join(f"{label} | within" for label in rows) + " |", "|---|" + "---|" * (2 * len(rows)),
    ]  # fmt: skip
    totals: dict[str, list[float]] = {label: [] for label in rows}
    for name in MEASURES:
        cells = []
        for label, made in rows.items():
            away, inside = [], []
            for key, pieces in made.items():
                known = real[key]["measures"].get(name)
                mean = _mean(pieces, name)
                if known is None or mean is None:
                    continue
                spread = max((known[5] - known[1]) / 3.29, 0.005 * abs(known[0]), 1e-3)
                if name != "final_bass_on_tonic":
                    inside += [known[1] - 1e-9 <= row[name] <= known[5] + 1e-9 for row in pieces if name in row]
                else:
                    spread = max(np.sqrt(known[0] * (1 - known[0])), 0.2)
                away.append(min(abs(mean - known[0]) / spread, 5.0))
            totals[label] += away
            within = f"{100 * np.mean(inside):.0f} %" if inside else ""
            cells.append(f"{np.mean(away):.2f} | {within}" if away else " | ")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append("| all | " + " | ".join(f"**{np.mean(found):.2f}** |" for found in totals.values() if found) + " |")
    return "\n".join(lines)


def by_set(rows: Rows) -> str:
    """The means of the leading measures by set: real, then each system."""
    real = reference()["held_out"]
    names = list(next(iter(rows.values())))
    lines = [
        f"**Means by set**: real / {' / '.join(rows)}.\n",
        "| set | " + " | ".join(LEADING) + " |", "|---|" + "---|" * len(LEADING),
    ]  # fmt: skip
    for key in names:
        cells = []
        for name in LEADING:
            known = real[key]["measures"].get(name)
            means = [known[0] if known else None, *(_mean(made[key], name) for made in rows.values())]
            cells.append(" / ".join("-" if mean is None else f"{mean:.2f}" for mean in means))
        lines.append(f"| {key} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def published(rows: Rows) -> str:
    """The gap to real music on the orchestral set, beside published gaps on another orchestral set."""
    key = "openscore_orchestra"
    if any(key not in made for made in rows.values()):
        return ""
    lines = [
        "**Gap to real music, orchestra** (published ones: another orchestral set, whole pieces).\n",
        "| measure | " + " | ".join(rows) + " | REMI+ | MMT |", "|---|" + "---|" * (len(rows) + 2),
    ]  # fmt: skip
    real = reference()["held_out"][key]["measures"]
    for name, (truth, remi, mmt) in PUBLISHED.items():
        gaps = [abs((_mean(made[key], name) or 0.0) - real[name][0]) for made in rows.values()]
        cells = [f"{gap:.3f}" for gap in (*gaps, abs(remi - truth), abs(mmt - truth))]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def controls(runs: Mapping[str, Mapping[str, float]]) -> str:
    """Whether what was asked was kept, and how fast it went."""
    lines = [
        "**Controls and speed** (planning counted; heard key: by profiles and the last bass, which is right for some "
        "three quarters of real scores).\n",
        "| | tempo | key, mode, metre | bars | parts | heard key | tokens a s | notes a s | tokens a s of processor "
        "| pieces | refused |",
        "|" + "---|" * 11,
    ]
    for label, run in runs.items():
        shares = [run[name] / max(run["pieces"], 1) for name in ("tempo", "key", "bars", "parts")]
        shares.append(run["heard key"] / max(run["pitched"], 1))
        cells = [f"{100 * share:.0f} %" for share in shares]
        cells += [f"{run[name] / max(run['seconds'], 1e-9):.0f}" for name in ("tokens", "notes")]
        cells.append(f"{run['tokens'] / max(run['processor'], 1e-9):.0f}")
        lines.append(f"| {label} | " + " | ".join(cells) + f" | {run['pieces']:.0f} | {run['refused']:.0f} |")
    return "\n".join(lines)


def long_piece(seed: int) -> str:
    """Time and memory of four minutes for ten parts, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", LONG, str(seed)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return (
        f"**Four minutes, ten parts** (120 bars at 120): {found['seconds']:.1f} s, {found['notes']} notes, "
        f"{found['tokens']} tokens ({found['tokens'] / found['seconds']:.0f} a second), the part that plays least in "
        f"{100 * found['least']:.0f} % of bars, largest resident set {found['megabytes']:.0f} MB."
    )


def _splits(packed: Path | None) -> Any:
    if packed is None:
        return None
    from senandung.learning.pack import load_folder

    return load_folder(packed)


def _systems(given: argparse.Namespace, splits: Any) -> dict[str, Composer]:
    systems: dict[str, Composer] = {}
    if not given.no_network:
        from senandung.composing.decoding.engine import load_engine

        systems["network"] = _through_grammar(load_engine(given.weights))
    if splits is not None:
        from senandung.learning.baselines import CopyNetwork, NgramNetwork
        from senandung.learning.mosaic import Mosaic

        sys.stderr.write("counting the training part\n")
        ngram = NgramNetwork.fit(splits["train"])
        mosaic = Mosaic(splits["train"])
        systems["n-gram"] = _through_grammar(ngram)
        systems["copy"] = _through_grammar(CopyNetwork.beside(ngram, splits["train"]))
        systems["mosaic"] = lambda wish, seed: mosaic.compose(wish, seed=seed)
    if not systems:
        sys.exit("nothing to compose with: give --packed, or leave out --no-network")
    return systems


def _through_grammar(network: Network) -> Composer:
    return lambda wish, seed: compose_piece(wish, network, seed=seed)


def _picture(folder: Path, name: str, shown: Mapping[str, Piece], splits: Any) -> None:
    from senandung.drawing.similarity import save_similarity

    panels = {}
    if splits is not None:
        from senandung.learning.reference import held_out_pieces

        panels["real"] = self_similarity(flatten(held_out_pieces(splits["valid"][name])[0]))
    panels |= {label: self_similarity(flatten(piece)) for label, piece in shown.items()}
    folder.mkdir(parents=True, exist_ok=True)
    save_similarity({f"{name}: {label}": matrix for label, matrix in panels.items()}, folder / f"{name}.png", columns=5)


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
