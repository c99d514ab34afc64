"""`voices`: what there is, and a voice of one's own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from senandung.domain.errors import InvalidValueError

if TYPE_CHECKING:
    from senandung.api.voices import BuiltVoice, VoiceInfo

Said = tuple[dict[str, Any], list[str]]
"""What a command says: as JSON, and as lines."""


def run_voices(given: argparse.Namespace) -> Said:
    """Do what was asked of `voices`."""
    actions: dict[str, Callable[[argparse.Namespace], Said]] = {
        "list": _list, "record-list": _record_list, "build": _build, "learn": _learn, "delete": _delete,
        "export": _export,
    }  # fmt: skip
    needs = {"build": "FOLDER", "learn": "FOLDER", "delete": "NAME", "export": "NAME"}
    if given.what in needs and given.which is None:
        raise InvalidValueError(f"voices {given.what} must be told which {needs[given.what]}, got nothing")
    if given.what not in needs and given.which is not None:
        raise InvalidValueError(f"voices {given.what} takes nothing more, got {given.which!r}")
    for option, only in (
        ("replace", ("build",)),
        ("name", ("build", "learn")),
        ("singer", ("build", "export")),
        ("agreed", ("build", "export")),
    ):
        if getattr(given, option) and given.what not in only:
            raise InvalidValueError(f"--{option} belongs to voices {' and '.join(only)}, got voices {given.what}")
    return actions[given.what](given)


def _list(_: argparse.Namespace) -> Said:
    from senandung.api.places import voices_folder
    from senandung.api.voices import voices

    found = voices()
    lines = ["Built-in"]
    lines += [_line(each) for each in found if each.kind == "built-in"]
    own = [each for each in found if each.kind != "built-in"]
    lines += [
        "",
        f"Your own ({voices_folder()})",
        *([_line(each) for each in own] or ["  none yet: voices record-list"]),
    ]
    return {"voices": [_plain(each) for each in found]}, lines


def _plain(each: VoiceInfo) -> dict[str, Any]:
    known = each.high > each.low
    return {
        "name": each.name, "kind": each.kind, "low": each.low if known else None, "high": each.high if known else None,
        "singer": each.singer or None, "agreed": each.agreed, "habits": each.habits,
        "folder": None if each.folder is None else str(each.folder),
    }  # fmt: skip


def _line(each: VoiceInfo) -> str:
    from senandung.files.character import tone_name

    reach = f"{tone_name(each.low)} to {tone_name(each.high)}" if each.high > each.low else ""
    kind = (
        ""
        if each.kind == "built-in"
        else f"{each.kind}{' with habits' if each.habits and each.kind != 'habits' else ''}"
    )
    whose = f"the voice of {each.singer}" if each.singer else ""
    return f"  {each.name:<12} " + ", ".join(part for part in (reach, kind, whose) if part)


def _record_list(_: argparse.Namespace) -> Said:
    from senandung.singing.banks.record_list import record_list, record_list_text

    rows = [
        {"file": f"{row.name}.wav", "group": row.group, "sounds": [unit.text for unit in row.units]}
        for row in record_list()
    ]
    return {"rows": rows}, record_list_text().splitlines()


def _build(given: argparse.Namespace) -> Said:
    from senandung.api.voices import build_voice, voice_name
    from senandung.app.show import Progress

    if given.name is None:
        raise InvalidValueError("voices build must be told the voice's --name, got none")
    voice_name(given.name)
    singer, agreed = _asked(given)
    with Progress() as progress:
        made = build_voice(
            Path(given.which),
            name=given.name,
            singer=singer,
            agreed=agreed,
            out=given.out,
            replace_it=given.replace,
            progress=progress,
        )
    return _built_plain(made), _built_lines(made, own=given.out is None)


def _asked(given: argparse.Namespace) -> tuple[str, bool]:
    """Whose voice it is and whether they agreed: as given, or asked on a terminal."""
    from senandung.api.voices import voices

    singer, agreed = given.singer or "", bool(given.agreed)
    if given.replace and not singer and any(each.name == given.name and each.agreed for each in voices()):
        return singer, agreed  # its card says it already
    if given.json or not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        return singer, agreed
    if not singer:
        print("Whose voice is it? ", end="", file=sys.stderr, flush=True)
        singer = sys.stdin.readline().strip()
    if singer and not agreed:
        print(f"Did {singer} agree that a machine sings with it? [y/N] ", end="", file=sys.stderr, flush=True)
        agreed = sys.stdin.readline().strip().lower() in ("y", "yes", "ya")
    return singer, agreed


def _built_plain(made: BuiltVoice) -> dict[str, Any]:
    return {
        "folder": str(made.folder), "name": made.card.name, "singer": made.card.singer or None,
        "agreed": made.card.given, "low": made.card.low, "high": made.card.high, "sounds": made.card.sounds,
        "takes": made.card.takes, "again": {name: list(reasons) for name, reasons in made.again},
        "missing": list(made.missing), "pictures": list(made.pictures),
    }  # fmt: skip


def _built_lines(made: BuiltVoice, *, own: bool) -> list[str]:
    from senandung.files.character import tone_name

    card = made.card
    lines = [
        f"{card.name}: {card.sounds} sounds from {card.takes} takes, {tone_name(card.low)} to {tone_name(card.high)}"
    ]
    if made.again:
        lines.append("  record again:")
        lines += [f"    {name}.wav: {'; '.join(reasons)}" for name, reasons in made.again]
    if made.missing:
        lines.append(f"  not recorded: {', '.join(f'{name}.wav' for name in made.missing)}")
    if not card.given:
        lines.append("  it cannot be exported before its card says whose voice it is and that they agreed")
    lines.append(f"  {made.folder}/takes has a picture of every take")
    lines.append(f"  senandung sing SONG --voice {card.name if own else made.folder}")
    return lines


def _learn(given: argparse.Namespace) -> Said:
    from senandung.api.habits import learn_habits
    from senandung.app.show import Progress

    if given.name is None:
        raise InvalidValueError("voices learn must be told the singer's --name, got none")
    if given.out is not None:
        raise InvalidValueError(f"voices learn keeps habits among your voices and takes no --out, got {given.out}")
    with Progress() as progress:
        made = learn_habits(Path(given.which), name=given.name, progress=progress)
    plain = {
        "file": str(made.path), "takes": list(made.takes), "held_out": list(made.held_out),
        "habits": made.habits.values(), "learned": sorted(made.changed),
        "distance": dict(made.distance), "usual_distance": dict(made.usual_distance),
    }  # fmt: skip
    lines = [f"{given.name}: habits from {len(made.takes)} takes"]
    lines += [f"  {name:<22} {learned:8.3f}   usual {usual:.3f}" for name, (learned, usual) in made.changed.items()]
    if made.distance:
        mean, usual_mean = (sum(each.values()) / len(each) for each in (made.distance, made.usual_distance))
        held = ", ".join(made.held_out)
        lines.append(f"  distance to takes kept apart ({held}): {mean:.2f}, of the usual habits {usual_mean:.2f}")
        lines += [f"    {name:<20} {near:5.2f}   usual {made.usual_distance[name]:.2f}"
                  for name, near in made.distance.items()]  # fmt: skip
    lines.append(f"  senandung sing SONG --habits {given.name}")
    return plain, lines


def _delete(given: argparse.Namespace) -> Said:
    from senandung.api.voices import delete_voice

    folder = delete_voice(given.which)
    return {"deleted": str(folder)}, [f"{given.which} is deleted: {folder}"]


def _export(given: argparse.Namespace) -> Said:
    from senandung.api.voices import export_voice

    path = export_voice(given.which, out=given.out, singer=given.singer or "", agreed=bool(given.agreed))
    return {"file": str(path)}, [f"{path}: a voicebank that OpenUtau installs"]
