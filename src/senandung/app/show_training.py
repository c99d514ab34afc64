"""What a person sees of a training on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from senandung.learning.road import Travelled


def trained_plain(made: Travelled) -> dict[str, Any]:
    """A training as `train composer --json` prints it."""
    measured = made.measured
    return {
        "out": str(made.out),
        "stages": dict(made.stages),
        "missing": list(made.missing),
        "sets": {
            name: {"works": row["works_kept"], "notes": row["notes"], "tokens": row["tokens"]}
            for name, row in made.corpus["sets"].items()
        },
        "shared": made.corpus.get("shared"),
        "step": made.step,
        "steps": made.steps,
        "tokens": made.tokens,
        "nats_a_note": None if measured is None else {row["set"]: row["network"] for row in measured["table"]},
        "gate": None if measured is None else measured["gate"]["passes"],
        "files": [str(path.relative_to(made.out)) for path in made.files],
    }


def say_trained(made: Travelled) -> None:
    """Print what a training did."""
    from senandung.learning.pack import shared_line

    sets = made.corpus["sets"]
    notes = sum(row["notes"]["train"] + row["notes"]["valid"] for row in sets.values())
    print(f"{made.out}: " + ", ".join(f"{stage} {what}" for stage, what in made.stages.items()))
    print(f"  {len(sets)} sets, {notes} notes" + (f"; not there: {', '.join(made.missing)}" if made.missing else ""))
    if "shared" in made.corpus:
        print(f"  {shared_line(made.corpus['shared'])}")
    print(f"  step {made.step} of {made.steps}, {made.tokens} tokens"
          + ("" if made.step >= made.steps else "; the same command goes on"))  # fmt: skip
    if made.measured is not None:
        print(made.measured["markdown"])
        passes = made.measured["gate"]["passes"]
        print("  gate: " + ", ".join(f"{name} {'passed' if ok else 'not passed'}" for name, ok in passes.items()))
    for path in made.files:
        print(f"  {path.relative_to(made.out)}")
