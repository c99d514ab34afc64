"""A person's files → a style of their own, which stays on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from senandung.domain.errors import InvalidValueError
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.composing.decoding.engine import Engine
    from senandung.domain.own_style import OwnStyle
    from senandung.domain.song import Song
    from senandung.learning.own.read import OwnWork

MEASURED_FROM = 4
"""Files from which on some are kept back and the style is measured on them."""

LISTENED = 1200.0
"""Seconds of all recordings together that are listened to: two seconds of one core for each minute."""

LONGEST_BY = 120
"""Characters that say whose music it is."""

ProgressCall = Callable[[str, float], None]


@dataclass(frozen=True)
class LearnedStyle:
    """A style that was learned: itself, its file, what was left out and why, and what a person should know."""

    style: OwnStyle
    path: Path
    left_out: tuple[tuple[Path, str], ...]
    remarks: tuple[str, ...]


def learn(
    *files: Path | str,
    name: str,
    by: str,
    ground: str | None = None,
    replace_it: bool = False,
    measure: bool = True,
    train: bool = False,
    progress: ProgressCall | None = None,
) -> LearnedStyle:
    """Learn a style from a handful of files, on this machine.

    Parameters
    ----------
    files : files of notes (MIDI, MusicXML, kern, ABC, USTX, song.json), recordings, or folders of them.
    name : of the style; `style=` takes it from then on.
    by : whose music it is; it stands in the style and in every song made with it.
    ground : the style of the program that it stands on; None finds the nearest.
    replace_it : learn a style of this name anew.
    measure : keep some of four or more files back first, and say how near the style comes to them.
    train : also train the network's row for the style, in minutes; needs the training extra (torch).
    progress : called with what is being done and the share done.
    """
    from senandung.api.own_styles import free_name, keep_own_style, own_style_names
    from senandung.composing.catalogue import choose
    from senandung.composing.decoding.engine import load_engine
    from senandung.learning.own.distance import measure_style
    from senandung.learning.own.learn import MOST_FILES, divide, learn_style
    from senandung.learning.own.read import SOUND_ENDINGS, find_files, read_works

    free_name(name)
    if train:
        _need_torch()
    whose = " ".join(by.split())
    if not whose or len(whose) > LONGEST_BY:
        raise InvalidValueError(f"whose music it is must be said in 1 to {LONGEST_BY} characters (--by), got {by!r}")
    if name in own_style_names() and not replace_it:
        raise InvalidValueError(f"there is a style {name} already; delete it or give --replace")
    if ground is not None:
        choose(ground)
    if not files:
        raise InvalidValueError("a style is learned from a file or a folder, got none")
    say = progress or _silent
    paths = find_files([given_path(each) for each in files])
    recordings = sum(path.suffix.lower() in SOUND_ENDINGS for path in paths)
    each = LISTENED / max(recordings, 1)
    works, left = read_works(paths, _writer(each), progress=lambda stage, share: say(stage, 0.3 * share))
    left_out = [(each.path, each.why) for each in left]
    left_out += [(work.path, f"a style is learned from at most {MOST_FILES} files") for work in works[MOST_FILES:]]
    works = works[:MOST_FILES]
    if not works:
        why = "; ".join(f"{path.name}: {reason}" for path, reason in left_out[:3]) or "no file of notes or sound"
        raise InvalidValueError(f"there is nothing to learn from: {why}")
    network = load_engine()
    measured: dict[str, Any] = {}
    held: list[str] = []
    if measure and len(works) >= MEASURED_FROM:
        heard, kept_back = divide(works)
        first = learn_style(heard, network, name=name, by=whose, ground=ground or "", progress=_part(say, 0.3, 0.55))
        ground = first.ground
        pieces, unheard = [work.pieces for work in heard], [work.pieces for work in kept_back]
        measured = measure_style(first, pieces, unheard, network, progress=_part(say, 0.55, 0.8))
        held = [work.sha256 for work in kept_back]
    style = learn_style(
        works, network, name=name, by=whose, ground=ground or "", held_out=held, progress=_part(say, 0.8, 1.0)
    )
    if train:
        style, found = _trained(style, works, network, _part(say, 0.9, 1.0))
        measured |= found
    style = replace(style, measured=measured)
    path = keep_own_style(style)
    remarks = remarks_of(style)
    if any(work.heard < 1.0 for work in works):
        remarks = (*remarks, f"of each of the {recordings} recordings {each:.0f} s were listened to")
    return LearnedStyle(style, path, tuple(left_out), remarks)


def _trained(
    style: OwnStyle, works: Sequence[OwnWork], network: Engine, progress: ProgressCall
) -> tuple[OwnStyle, dict[str, Any]]:
    """The style with a row of the network that was trained on the works, and what is to be said of it.

    It is composed with after each reading; where more of these pieces come nearer to other music than people's works
    do, it ends, and the row before is kept.
    """
    from senandung.learning.own.adapt import train_row
    from senandung.learning.own.distance import copies_of

    pieces = [work.pieces for work in works]
    before = copies_of(style, network, pieces)
    ended: list[int] = []

    def leaves(arrays: dict[str, Any]) -> bool:
        now = copies_of(replace(style, adapter=arrays), network, pieces)
        if now > before:
            ended.append(now)
        return now > before

    arrays, nats = train_row(works, style.ground, network.weights, stop=leaves, progress=progress)
    return replace(style, adapter=arrays), {"trained": nats, "training_left": bool(ended)}


def remarks_of(style: OwnStyle) -> tuple[str, ...]:
    """What a person should know of a style before they use it."""
    from senandung.learning.own.distance import is_small

    said = []
    if len(style.files) == 1:
        said.append(f"it was learned from one file and will sound like {style.files[0].name}")
    elif len(style.files) < MEASURED_FROM:
        said.append(f"it was learned from {len(style.files)} files: too few to keep one back and measure it")
    if is_small(dict(style.measured)):
        before, after = style.measured["mean_before"], style.measured["mean_after"]
        said.append(
            f"the effect is small: the overlap with the files that were kept back is {after:.2f} with what was learned "
            f"and {before:.2f} with {style.ground} alone"
        )
    if style.measured.get("copied"):
        said.append(
            f"{style.measured['copied']} of the pieces that were composed to measure it come nearer to other music "
            "than people's works do; check what you make with it (senandung check)"
        )
    return tuple(said)


def _need_torch() -> None:
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise InvalidValueError("--train needs torch, the training extra (docs/training.md says which build)")


def _writer(most: float) -> Callable[[Path], tuple[Song, float]]:
    """Writes down so many seconds of a recording at most."""
    from senandung.api.transcribe import transcribe

    def written(path: Path) -> tuple[Song, float]:
        made = transcribe(path, most=most)
        return made.song, made.listened / made.seconds

    return written


def _part(say: ProgressCall, first: float, last: float) -> ProgressCall:
    return lambda stage, share: say(stage, first + (last - first) * share)


def _silent(_: str, __: float) -> None:
    """Progress that nobody asked for."""
