"""`learn`, and what `styles` does with styles of one's own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from senandung.domain.errors import InvalidValueError
from senandung.domain.own_style import chord_label

if TYPE_CHECKING:
    from senandung.domain.own_style import OwnStyle

Said = tuple[dict[str, Any], list[str]]
"""What a command says: as JSON, and as lines."""

MOST_LINES = 12
"""Files that are named on a terminal; the rest is counted."""


def run_learn(given: argparse.Namespace) -> Said:
    """Learn a style from files."""
    from senandung.api.learn import learn
    from senandung.api.own_styles import free_name
    from senandung.app.show import Progress

    free_name(given.name)
    by = _whose(given)
    with Progress() as progress:
        made = learn(
            *given.files,
            name=given.name,
            by=by,
            ground=given.ground,
            replace_it=given.replace,
            measure=not given.no_measure,
            train=given.train,
            progress=progress,
        )
    left = [{"file": str(path), "why": why} for path, why in made.left_out]
    plain = {
        **style_plain(made.style),
        "file": str(made.path),
        "left_out": left,
        "remarks": list(made.remarks),
    }
    lines = style_lines(made.style)
    lines += [f"  left out: {path.name}: {why}" for path, why in made.left_out[:MOST_LINES]]
    if len(made.left_out) > MOST_LINES:
        lines.append(f"  and {len(made.left_out) - MOST_LINES} files more were left out (--json names them)")
    lines += [f"  note: {remark}" for remark in made.remarks]
    lines.append(f'  use it:   senandung create "…" --style {made.style.name}')
    return plain, lines


def _whose(given: argparse.Namespace) -> str:
    """Whose music it is: as given, or asked on a terminal."""
    if given.by:
        return str(given.by)
    if not given.json and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
        print("Musik siapa ini? (Whose music is it?) ", end="", file=sys.stderr, flush=True)
        said = sys.stdin.readline().strip()
        if said:
            return said
    raise InvalidValueError("learn must be told whose music it is (--by NAME), got nothing")


def run_styles(given: argparse.Namespace) -> Said:
    """Show, export, take in or delete a style of one's own."""
    actions: Mapping[str, Callable[[argparse.Namespace], Said]] = {
        "show": _show, "export": _export, "import": _import, "delete": _delete,
    }  # fmt: skip
    if given.which is None:
        what = "FILE" if given.what == "import" else "NAME"
        raise InvalidValueError(f"styles {given.what} must be told which {what}, got nothing")
    for option, only in (("name", ("import",)), ("out", ("show", "export")), ("passages", ("export",))):
        if getattr(given, option) and given.what not in only:
            raise InvalidValueError(f"--{option} belongs to styles {' and '.join(only)}, got styles {given.what}")
    return actions[given.what](given)


def _show(given: argparse.Namespace) -> Said:
    from senandung.api.own_styles import own_style, picture_of_style

    style = own_style(given.which)
    picture = picture_of_style(style, given.out)
    return {**style_plain(style), "picture": str(picture)}, [*style_lines(style), f"  picture: {picture}"]


def _export(given: argparse.Namespace) -> Said:
    from senandung.api.own_styles import export_own_style
    from senandung.files.own_style import ENDING

    path = export_own_style(given.which, given.out or Path(f"{given.which}{ENDING}"), passages=given.passages)
    return {"file": str(path)}, [f"{path}: the style as one file; senandung styles import takes it in elsewhere"]


def _import(given: argparse.Namespace) -> Said:
    from senandung.api.own_styles import import_own_style

    style = import_own_style(given.which, name=given.name)
    return style_plain(style), style_lines(style)


def _delete(given: argparse.Namespace) -> Said:
    from senandung.api.own_styles import delete_own_style

    path = delete_own_style(given.which)
    line = f"{given.which} is deleted, with all that was learned; songs made with it stay where they are"
    return {"deleted": given.which, "file": str(path)}, [line]


def style_plain(style: OwnStyle) -> dict[str, Any]:
    """A style of one's own as JSON has it."""
    return {
        "name": style.name,
        "kind": "own",
        "by": style.by,
        "ground": style.ground,
        "song_ground": style.song_ground,
        "sings": style.sings,
        "files": [
            {"name": each.name, "sha256": each.sha256, "bars": each.bars, "notes": each.notes,
             "held_out": each.held_out}
            for each in style.files
        ],
        "tempo": [style.bpm[0], style.bpm[-1]] if style.bpm else None,
        "ensembles": {name: row["works"] for name, row in style.ensembles.items()},
        "figures": {name: dict(shares) for name, shares in style.figures.items()},
        "measured": dict(style.measured) or None,
    }  # fmt: skip


def style_lines(style: OwnStyle) -> list[str]:
    """A style of one's own in a few lines."""
    lines = [
        f"{style.name}: {style.learned_from}",
        f"  stands on {style.ground}{_sung(style)}; {_tempo(style.bpm)}; "
        + ", ".join(f"{name} ({row['works']})" for name, row in style.ensembles.items()),
    ]
    for name in ("metres", "chords", "phrases"):
        shares = list(style.figures.get(name, {}).items())[:5]
        if shares:
            lines.append(f"  {name + ':':9} " + ", ".join(f"{_spoken(name, item)} {part:.0%}" for item, part in shares))
    if not style.tunes:
        lines.append("  tunes:    none (no part goes as tunes do, or they were learned before tunes were: --replace)")
    return [*lines, *_measured(style)]


def _sung(style: OwnStyle) -> str:
    """Where words are sung: always, where they are asked for, or by the files' own voice."""
    if style.sings:
        return f", with words on {style.song_ground}"
    return "" if style.has_voice else f", with --words on {style.song_ground}"


def _tempo(bpm: Sequence[float]) -> str:
    if not bpm:
        return "no tempo stated"
    slow, fast = f"{bpm[0]:.0f}", f"{bpm[-1]:.0f}"
    return f"{slow} bpm" if slow == fast else f"{slow}–{fast} bpm"


def _spoken(name: str, item: str) -> str:
    """An outcome of a figure as a musician says it."""
    if name == "chords":
        return chord_label(item)
    return f"{item} bars" if name == "phrases" else item


def _measured(style: OwnStyle) -> list[str]:
    lines = []
    found = style.measured
    if "trained" in found:
        lines += _trained(found["trained"], ended=bool(found.get("training_left")))
    if "mean_before" in found:
        count = found["held_out"]
        low, high = found["originality_of_people"]
        lines += [
            f"  overlap with {count} file{'' if count == 1 else 's'} kept back: {found['mean_before']:.2f} with "
            f"{style.ground} alone, {found['mean_after']:.2f} with what was learned (your other files: "
            f"{found['mean_works']:.2f})",
            f"  originality of the pieces composed, your files counted: {min(found['originality']):.2f} to "
            f"{max(found['originality']):.2f} (95 % of human works: {low:.2f} to {high:.2f})",
        ]
    return lines


def _trained(nats: Sequence[float], *, ended: bool) -> list[str]:
    """What came of a training: -log P a token of bars kept apart, before it and after each reading."""
    if not nats:
        return ["  trained:  not at all: the files are too short to learn from most bars and keep some apart"]
    count, better = len(nats) - 1 + ended, 1 - min(nats) / nats[0]
    gain = f"the network foretells bars kept apart {better:.1%} better" if better > 0 else "nothing was taken over"
    end = "; ended where more pieces came nearer to other music than people's works do" if ended else ""
    return [f"  trained:  in {count} reading{'' if count == 1 else 's'}, {gain}{end}"]
