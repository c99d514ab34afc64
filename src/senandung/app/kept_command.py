"""`kept`: what is kept, and how it is deleted; and what `feel` says of a correction."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from senandung.domain.errors import InvalidValueError

if TYPE_CHECKING:
    from senandung.api.traces import Sensed
    from senandung.domain.feeling import Feeling
    from senandung.remembering.store.kept import Kept

Said = tuple[dict[str, Any], list[str]]
"""What a command says: as JSON, and as lines."""


def run_kept(given: argparse.Namespace) -> Said:
    """Do what was asked of `kept`."""
    actions: dict[str, Callable[[argparse.Namespace], Said]] = {
        "list": _list, "show": _show, "delete": _delete, "export": _export,
    }  # fmt: skip
    if given.all and given.what != "delete":
        raise InvalidValueError(f"--all belongs to kept delete, got kept {given.what}")
    if given.what == "list" and given.which is not None:
        raise InvalidValueError(f"kept list takes nothing more, got {given.which!r}")
    if given.what != "list" and given.which is None and not given.all:
        needs = {"show": "NUMBER", "delete": "NUMBER, or --all", "export": "FILE"}[given.what]
        raise InvalidValueError(f"kept {given.what} must be told which {needs}, got nothing")
    return actions[given.what](given)


def _list(_: argparse.Namespace) -> Said:
    from senandung.api.kept import kept_plain, kept_things
    from senandung.api.places import kept_folder, voices_folder
    from senandung.api.voices import voices

    things = kept_things()
    own = [each for each in voices() if each.folder is not None]
    lines = [f"Kept ({kept_folder()})"] if things else ["Nothing is kept."]
    lines += [f"  {each.number:>4}  {each.at:%Y-%m-%d %H:%M}  {each.kind:<10}  {_what(each)}" for each in things]
    if own:
        lines.append(f"Voices of your own ({voices_folder()}); voices delete NAME deletes one")
        lines += [f"        {each.name:<18}{each.kind}" for each in own]
    plain = {
        "folder": str(kept_folder()),
        "kept": [{**kept_plain(each), "what": _what(each)} for each in things],
        "voices": [{"name": each.name, "kind": each.kind, "folder": str(each.folder)} for each in own],
    }
    return plain, lines


def _what(each: Kept) -> str:
    """A kept thing in a few words."""
    plain = each.plain
    if each.kind == "correction":
        read = "unread" if plain["read"] is None else _point(*plain["read"])
        word = " ".join([*plain["words"], _point(*plain["said"])])
        return f"{plain['trace']} {each.mark[:8]}: you said {word}, read {read}"
    if each.kind == "feeling":
        feeling = plain["feeling"]
        named = ", ".join(feeling["words"][:2]) if feeling["readable"] else "belum terbaca"
        return f"{named} {_point(feeling['valence'], feeling['arousal'])}, from {', '.join(plain['kinds'])}"
    if each.kind == "style":
        count = len(plain["files"])
        files = f"{count} file{'' if count == 1 else 's'}"
        return f"{plain['name']}: a style learned from {files}, the music of {plain['by']}"
    return "the usual of your voice: " + ", ".join(list(plain)[:6])


def _point(valence: float, arousal: float) -> str:
    return f"{valence:+.2f}/{arousal:+.2f}"


def _number(given: argparse.Namespace) -> int:
    try:
        return int(given.which)
    except ValueError:
        rule = "a kept thing must be given by its number in kept list"
        raise InvalidValueError(f"{rule}, got {given.which!r}") from None


def _show(given: argparse.Namespace) -> Said:
    from senandung.api.kept import kept_plain, kept_thing

    plain = kept_plain(kept_thing(_number(given)))
    return plain, [f"{name}: {_shown(value)}" for name, value in plain.items()]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "".join(f"\n  {name}: {each}" for name, each in value.items())
    return str(value)


def _delete(given: argparse.Namespace) -> Said:
    from senandung.api.kept import delete_kept

    if given.all and given.which is not None:
        raise InvalidValueError(f"give a number or --all, not both, got {given.which!r}")
    gone = delete_kept(None if given.all else _number(given))
    return {"deleted": gone}, [f"deleted: {gone}"]


def _export(given: argparse.Namespace) -> Said:
    from senandung.api.kept import export_kept

    count = export_kept(Path(given.which))
    return {"file": given.which, "kept": count}, [f"{given.which}: {count} kept things"]


def read_and_keep(given: argparse.Namespace, traces: Sequence[str | Path]) -> tuple[Sensed, dict[str, Any], list[str]]:
    """What `feel` reads of traces, corrected and kept where that is asked for, and what there is to say of it."""
    from senandung.api.correct import correct
    from senandung.api.feel import read_feeling
    from senandung.api.kept import keep_feeling
    from senandung.api.voice_notes import Listening

    if given.keep_words and (not given.keep or given.correct is not None):
        raise InvalidValueError("--keep-words goes with --keep and without --correct, got it alone or with --correct")
    listening = Listening(given.as_kind, given.recogniser, given.as_mine)
    if given.correct is not None:
        made = correct(*traces, said=given.correct, keep=given.keep, language=given.language, listening=listening)
        lines = [f"  read:     {_named(made.read)}", f"  you said: {_named(made.feeling)}"]
        read = {"valence": round(made.read.valence, 4), "arousal": round(made.read.arousal, 4)}
        plain: dict[str, Any] = {"read": {**read, "words": list(made.read.words), "readable": made.read.readable}}
        if made.kept is not None:
            lines.append(_kept_line(made.kept, "its fingerprint (SHA-256) and these numbers, neither text nor sound"))
            plain["kept"] = made.kept.number
        return made.sensed, plain, lines
    sensed = read_feeling(*traces, language=given.language, listening=listening)
    if not given.keep:
        return sensed, {"remarks": list(sensed.remarks)} if sensed.remarks else {}, []
    if not sensed.feeling.readable:
        return sensed, {"kept": None}, ["  nothing is kept: no feeling could be read"]
    kept = keep_feeling(sensed.feeling, [each.kind for each in sensed.readings], words=given.keep_words)
    what = "the feeling and its evidence" + ("" if given.keep_words else " without its words")
    return sensed, {"kept": kept.number}, [_kept_line(kept, f"{what}, neither text nor sound")]


def _kept_line(kept: Kept, what: str) -> str:
    return f"  kept as {kept.number}: {what} (senandung kept delete {kept.number})"


def _named(feeling: Feeling) -> str:
    if not feeling.readable:
        return "belum terbaca"
    return f"{', '.join(feeling.words[:2])} {_point(feeling.valence, feeling.arousal)}"
