# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""The data card of the composer's weights, made from what the stages of the road wrote."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError
from senandung.learning.corpus.sets import PLAN_SETS, SETS, source_commit
from senandung.learning.pack import shared_line

OPEN, SHARE_ALIKE = "CC BY 4.0", "CC BY-SA 4.0"

_PARTS = ("pitch", "time", "track", "chord")

_LIMITS = """- Western notated music, most of it from before 1930, more than half of it Polish and much of that sacred; no Indonesian music: no set with a usable licence was found.
- Bands are metal and ambient music of two games; drums are humans on one electronic kit, laid on a grid. Nothing says how loud a note is or how it was played.
- Chords are read from the notes by templates where a file states none; keys are stated or found, never checked by hand. Valence and arousal in the header are labels from the piece's own mode, register, tempo and density, so that a judge with the same cues agrees by construction.
- The longest stretch it sees is one window; form over minutes comes from the plan it is given.
- It can repeat what it has seen: check a piece with the originality report before it is called new."""


def composer_card(
    packed: Path, network: Path, sources: Mapping[str, Mapping[str, str]], weights: Sequence[Path]
) -> str:
    """The card of composer weights.

    Parameters
    ----------
    packed : the folder of the packed corpus (`index.json`, `works.jsonl`).
    network : the folder of the training (`log.jsonl`, `measured.json`).
    sources : by set its `commit` and, where known, the `sha256` of what was read.
    weights : the files that are shipped.
    """
    index = _json(packed / "index.json")
    works = _rows(packed / "works.jsonl")
    seen = [row for row in works if row["pieces"] and row["split"] == "train"]
    measured = _json(network / "measured.json") if (network / "measured.json").exists() else None
    files = ", ".join(f"{path.name} ({path.stat().st_size / 1e6:.1f} MB)" for path in weights)
    return f"""# composer

The weights of the network that writes plans, chords and notes: {files or "not exported"}. Read with numba or numpy; torch is not needed.

- **Licence of these weights:** {licence_of(row["licence"] for row in seen)}. {_why_licence(seen)}
- **Made by:** the stages of `senandung train composer --config {_config(network)} --seed {index["seed"]}` from the public sets below; vocabulary {index["vocabulary"]} of {index["vocabulary_size"]} tokens.
- **Not in it:** data of users, audio, lyrics as text (only where a syllable begins), and every set not named here.

## Sets

{_sets_table(index, sources)}

Credits: {_credits(index)}
{_typesetters(seen)}

## What was left out, and why

{_dropped_table(index)}

- Near copies whatever their key (35 % of six-interval melody n-grams shared) stand on one side of the split; a work that repeats another of its set to 95 % is left out.{_shared(index)}
- Seven composers of Mutopia who are living, died less than seventy years ago or of whom nothing is known are not read; nor are the test and validation performances of Groove MIDI. Sacred scores keep 2,000 notes each.
- Each work's row, with its file, title, composer, licence, credit, part and what was dropped, stands in `works.jsonl`, which the command writes.

## Training

{_training(network, index, measured)}

## Measured

{_measured(measured)}

## What it knows

Works by style, of those trained on: {_styles(seen)}.

## Limits

{_LIMITS}
"""


def licence_of(licences: Iterable[str]) -> str:
    """The licence of weights that saw works of these licences.

    >>> licence_of(["CC0", "CC BY 4.0"]), licence_of(["CC BY-SA 3.0"])
    ('CC BY 4.0', 'CC BY-SA 4.0')
    """
    share = any("-SA" in text.upper() or "SHAREALIKE" in text.upper().replace(" ", "") for text in licences)
    return SHARE_ALIKE if share else OPEN


def source_facts(homes: Mapping[str, Path], fingerprints: Mapping[str, str] | None = None) -> dict[str, dict[str, str]]:
    """By set the commit that its folder names, and the SHA-256 of what was read where it is known."""
    return {
        name: {"commit": source_commit(home), "sha256": (fingerprints or {}).get(name, "")}
        for name, home in homes.items()
    }


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(path, f"cannot be read: {error}") from error


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        raise FileError(path, "no manifest here")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _why_licence(seen: Sequence[Mapping[str, Any]]) -> str:
    if licence_of(row["licence"] for row in seen) == SHARE_ALIKE:
        return "Some works are under a share-alike licence."
    return "No work is under a share-alike licence; the credits that CC BY asks for stand here and in NOTICE."


def _sets_table(index: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]]) -> str:
    known = {found.name: found for found in (*SETS, *PLAN_SETS)}
    lines = ["| set | source and commit | licence | works kept | pieces | notes trained on | notes held out |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    total: Counter[str] = Counter()
    for name, row in index["sets"].items():
        found = known.get(name)
        home, licence = (found.home, found.licence) if found else ("", "")
        commit = sources.get(name, {}).get("commit", "unknown")
        pieces = row["pieces"]["train"] + row["pieces"]["valid"]
        lines.append(
            f"| {name} | {home} {commit} | {licence} | {row['works_kept']:,} of {row['works']:,} | {pieces:,} | {row['notes']['train']:,} | {row['notes']['valid']:,} |"
        )
        total.update(works=row["works"], kept=row["works_kept"], pieces=pieces)
        total.update(train=row["notes"]["train"], valid=row["notes"]["valid"])
    lines.append(
        f"| all | | | {total['kept']:,} of {total['works']:,} | {total['pieces']:,} | {total['train']:,} | {total['valid']:,} |"
    )
    return "\n".join(lines)


def _shared(index: Mapping[str, Any]) -> str:
    """A sentence on music that stands on both sides; packed folders from before it was counted say nothing."""
    return f" What is left: {shared_line(index['shared'])}." if "shared" in index else ""


def _credits(index: Mapping[str, Any]) -> str:
    return (
        "; ".join(f"{found.name}: {found.credit}" for found in (*SETS, *PLAN_SETS) if found.name in index["sets"]) + "."
    )


def _typesetters(seen: Sequence[Mapping[str, Any]]) -> str:
    """Who set the pieces under CC BY of a set whose pieces are credited one by one."""
    found: dict[str, Counter[str]] = {}
    for row in seen:
        if row["set"] == "mutopia" and row["credit"]:
            found.setdefault(row["licence"], Counter())[row["credit"].rpartition(",")[0]] += 1
    if not found:
        return ""
    parts = [
        f"{licence}: " + ", ".join(f"{name} ({count})" for name, count in sorted(names.items()))
        for licence, names in sorted(found.items())
    ]
    return f"\nTypesetters of the pieces of the Mutopia Project that are under CC BY, with the number of their pieces: {'; '.join(parts)}. The other pieces are in the public domain."


def _dropped_table(index: Mapping[str, Any]) -> str:
    reasons: dict[str, dict[str, int]] = {}
    for name, row in index["sets"].items():
        for reason, count in row["counts"].items():
            if count and not reason.startswith("audit"):
                reasons.setdefault(reason, {})[name] = count
    lines = ["| what | all | where most |", "|---|---|---|"]
    for reason in sorted(reasons):
        counts = sorted(reasons[reason].items(), key=lambda pair: -pair[1])
        where = ", ".join(f"{name} {count:,}" for name, count in counts[:3])
        lines.append(f"| {reason} | {sum(reasons[reason].values()):,} | {where} |")
    return "\n".join(lines)


def _log(network: Path) -> list[dict[str, Any]]:
    path = network / "log.jsonl"
    return _rows(path) if path.exists() else []


def _config(network: Path) -> str:
    return next((str(row["config"]) for row in reversed(_log(network)) if "config" in row), "small")


def _training(network: Path, index: Mapping[str, Any], measured: Mapping[str, Any] | None) -> str:
    log = _log(network)
    head: dict[str, Any] = next((row for row in reversed(log) if "parameters" in row), {})
    steps = [row for row in log if "step" in row and "loss" in row]
    if not steps:
        return "Not trained."
    last = max(steps, key=lambda row: row["step"])
    if measured is not None:  # a call may end between two rows of the log
        last = {**last, "step": measured.get("step", last["step"]), "tokens": measured.get("tokens", last["tokens"])}
    size = sum(row["tokens"]["train"] for row in index["sets"].values())
    shown = {row["step"]: row for row in steps}
    marks = sorted(shown)[:: max(len(shown) // 6, 1)]
    losses = " · ".join(f"{shown[step]['tokens'] / 1e6:.1f} M {shown[step]['loss']:.2f}" for step in marks)
    return f"""- Configuration {_config(network)}, {head.get("parameters", 0):,} parameters, on {head.get("device", "an unknown device")}, {last["step"]:,} steps, {last["tokens"]:,} tokens: {last["tokens"] / max(size, 1):.1f} times the {size:,} tokens of the training part (sets are drawn by the square root of their tokens).
- Loss a token on the way: {losses}."""


def _measured(measured: Mapping[str, Any] | None) -> str:
    if measured is None:
        return "Not measured."
    labels = _labels(measured["table"])
    lines = ["| set | notes | " + " | ".join(labels) + " |", "|" + "---|" * (2 + len(labels))]
    for row in measured["table"]:
        cells = [f"{row[label]:.2f}" if label in row else "" for label in labels]
        lines.append(f"| {row['set']} | {row['notes']:,} | " + " | ".join(cells) + " |")
    gate = measured["gate"]
    passes = ", ".join(f"{name}: {'passed' if ok else 'not passed'}" for name, ok in gate["passes"].items())
    copies = "copy" in labels
    return f"""Nats a note on works that the network never saw (at step {measured.get("step", 0):,}), the same windows for all; lower is better. The n-gram has order 5{"; copy looks up the longest stretches of the training part that agree, with own also those of the piece itself" if copies else ""}.

{chr(10).join(lines)}

Gate (pitch nats must fall along the window and by track; a swapped composer must cost clearly more than .01): {passes}. Pitch nats along the window: {_numbers(gate["pitch nats by place in window"])}; by track of the bar: {_numbers(gate["pitch nats by track of the bar"])}; a swapped composer costs {gate["nats a note of a swapped style"]} nats a note."""


def _labels(table: Sequence[Mapping[str, Any]]) -> list[str]:
    """The measures of a table: its columns that are neither counts nor the share of one kind of token."""
    counts = {"set", "windows", "notes", "tokens_per_note"}
    found: dict[str, None] = {}
    for row in table:
        for key in row:
            if key not in counts and not key.endswith(tuple(f" {part}" for part in _PARTS)):
                found[key] = None
    return list(found)


def _numbers(rows: Mapping[str, float]) -> str:
    return ", ".join(f"{value:.2f}" for value in rows.values()) or "too few windows"


def _styles(seen: Sequence[Mapping[str, Any]]) -> str:
    counts = Counter(row["style"] for row in seen)
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def main() -> None:
    """`python -m senandung.learning.composer_card`: the card of a training that was not made by the whole road."""
    import argparse

    parser = argparse.ArgumentParser(description="Write the data card of composer weights.")
    parser.add_argument("--data", type=Path, required=True, help="folder in which the sets lie unpacked")
    parser.add_argument("--packed", type=Path, required=True, help="folder of the packed corpus")
    parser.add_argument("--network", type=Path, required=True, help="folder of the training")
    parser.add_argument("--weights", type=Path, nargs="*", default=[], help="the files that are shipped")
    parser.add_argument("--card", type=Path, required=True, help="file to write")
    given = parser.parse_args()
    homes = {found.name: given.data / found.folder for found in (*SETS, *PLAN_SETS)}
    card = composer_card(given.packed, given.network, source_facts(homes), given.weights)
    given.card.write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
