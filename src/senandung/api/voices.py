"""Voices: those that there are, and one's own from recordings, which stay on this machine."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from senandung.api.places import voices_folder
from senandung.domain.checks import require
from senandung.domain.errors import FileError, InvalidValueError, OutputError, UnknownNameError
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.files.bank_card import BankCard
    from senandung.singing.banks.build import PitchSet, Take
    from senandung.singing.banks.record_list import Row

PICTURES = "takes"
"""The folder of a built bank with a picture of every take."""

TAKES_FILE = "takes.md"

BELOW, ABOVE = 8, 11
"""Semitones below and above the recorded pitch that a built voice sings."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class VoiceInfo:
    """A voice: its name, what it is, its range (0, 0 where it is only known when it sings), its singer, its sounds."""

    name: str
    kind: Literal["built-in", "utau", "diffsinger", "habits", "broken"]
    low: int = 0
    high: int = 0
    singer: str = ""
    agreed: bool = False
    habits: bool = False
    folder: Path | None = None


@dataclass(frozen=True)
class BuiltVoice:
    """A voice that was built: its folder, its card, reasons to record takes again by take, rows not recorded."""

    folder: Path
    card: BankCard
    again: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...]
    pictures: tuple[str, ...]


def voices() -> tuple[VoiceInfo, ...]:
    """The built-in voices, then those in the folder of voices."""
    from senandung.singing.voices import VOICES

    found = [VoiceInfo(each.name, "built-in", each.low, each.high) for each in VOICES.values()]
    folder = voices_folder()
    if folder.is_dir():
        own = (path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith("."))
        found += [_info(path) for path in own]
    return tuple(found)


def _info(folder: Path) -> VoiceInfo:
    from senandung.api.singers import HABITS_FILE, bank_kind
    from senandung.files.bank_card import load_card

    has_habits = (folder / HABITS_FILE).is_file()
    try:
        card = load_card(folder)
        kind = bank_kind(folder)
    except FileError:
        return VoiceInfo(folder.name, "habits" if has_habits else "broken", habits=has_habits, folder=folder)
    if card is None:
        return VoiceInfo(folder.name, kind, habits=has_habits, folder=folder)
    return VoiceInfo(folder.name, kind, card.low, card.high, card.singer, card.given, has_habits, folder)


def voice_name(name: str) -> str:
    """A name for a voice of one's own, checked.

    >>> voice_name("Sari W")
    Traceback (most recent call last):
        ...
    senandung.domain.errors.InvalidValueError: a voice's name must be of a-z, 0-9 and hyphens, got 'Sari W'
    """
    from senandung.singing.voices import VOICES

    require(_NAME.fullmatch(name) is not None, "a voice's name must be of a-z, 0-9 and hyphens", name)
    require(name not in VOICES, "a voice's name must not be a built-in one's", name)
    return name


def build_voice(
    recordings: Path | str,
    *,
    name: str,
    singer: str = "",
    agreed: bool = False,
    out: Path | str | None = None,
    replace_it: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> BuiltVoice:
    """Build a voicebank from recordings of the record list.

    Parameters
    ----------
    recordings : a folder; its files are named as the record list names them. They are copied, never changed. What was
        sung on other notes lies in folders of its own in it.
    name : of the voice.
    singer : whose voice it is; agreed : that they agreed to it. Without both it can be sung with, not exported.
    out : the new folder; None puts it among the voices, where `--voice NAME` finds it.
    replace_it : build a voice of one's own anew; what its card says of the singer stays, and so do its habits.
    """
    from senandung.files.bank_card import BankCard, load_card, save_card
    from senandung.files.character import Character, save_character
    from senandung.files.folders import check_free, new_folder
    from senandung.singing.banks.build import affixes_of, read_sets

    voice_name(name)
    target = voices_folder() / name if out is None else given_path(out)
    before = target if out is None and target.is_dir() and any(target.iterdir()) else None
    if before is not None:
        known = load_card(before)
        if not replace_it or known is None:
            ways = "replace it, delete it, or choose another" if known is not None else "delete it, or choose another"
            raise InvalidValueError(f"a voice must have a new name, but {name!r} exists; {ways}")
        singer, agreed = singer or known.singer, agreed or (known.agreed and singer in ("", known.singer))
        target = target.with_name(f".{name}.new")
        shutil.rmtree(target, ignore_errors=True)
    check_free(target)

    def say(stage: str, share: float) -> None:
        if progress is not None:
            progress(stage, share)

    sets = read_sets(given_path(recordings), lambda stage, share: say(stage, 0.7 * share))
    taken = [(named(each, take.judged.row), take) for each in sets for take in each.takes.takes]
    sounds = sum(len(take.judged.segments) for _, take in taken)
    if not sounds:
        said = next((f"{take.path.name}: {reason}" for _, take in taken for reason in take.judged.reasons), "")
        raise FileError(given_path(recordings), f"no take could be cut into its sounds: {said}")
    again = tuple((called, take.judged.reasons) for called, take in taken if take.judged.reasons)
    missing = tuple(named(each, row) for each in sets for row in each.takes.missing)
    pitches = tuple(round(each.takes.pitch, 2) for each in sets)
    card = BankCard(
        name, " ".join(singer.split()), agreed, max(round(pitches[0]) - BELOW, 0), min(round(pitches[-1]) + ABOVE, 127),
        round(sum(pitches) / len(pitches), 2), len(taken), sounds, tuple(each for each, _ in again),
        pitches if len(sets) > 1 else (),
    )  # fmt: skip
    with new_folder(target, room=64 << 20) as folder:
        for each in sets:
            _save_set(each, folder / each.name)
        fields = {"voice": card.singer} if card.singer else {}
        save_character(Character(name, fields, affixes_of(sets)), folder)
        pictures = _draw(taken, folder / PICTURES, say)
        save_card(card, folder)
        _save_takes(taken, missing, folder / TAKES_FILE)
    if before is not None:
        target = _put_in_place(target, before)
    say("done", 1.0)
    return BuiltVoice(target.absolute(), card, again, missing, pictures)


def named(each: PitchSet, row: Row) -> str:
    """How a take is called: its row's name, behind its note's where there are several sets."""
    return f"{each.name}/{row.name}" if each.name else row.name


def _save_set(each: PitchSet, folder: Path) -> None:
    from senandung.files.audio import save_audio
    from senandung.files.oto import Oto, save_oto
    from senandung.singing.banks.build import oto_of, recording_of

    folder.mkdir(exist_ok=True)
    rows: list[Oto] = []
    for take in each.takes.takes:
        wav = f"{take.judged.row.name}.wav"
        if take.judged.segments:
            save_audio(recording_of(take), folder / wav, bits=16)
        rows += oto_of(wav, take.judged.segments, each.suffix)
    save_oto(rows, folder / "oto.ini")


def _put_in_place(new: Path, old: Path) -> Path:
    """Let a new bank take an old one's place; habits and analyses, which are kept by content, go with it."""
    from senandung.api.singers import HABITS_FILE
    from senandung.singing.banks.bank import CACHE

    try:
        for name in (HABITS_FILE, CACHE):
            if (old / name).exists():
                (old / name).rename(new / name)
        shutil.rmtree(old)
        return new.rename(old)
    except OSError as error:
        raise OutputError(f"{old} cannot be replaced: {error.strerror or error}") from error


def delete_voice(name: str) -> Path:
    """Delete a voice of one's own: recordings, cuts, analyses, card, habits. The folder that it was."""
    folder = _own(name)
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise OutputError(f"{folder} cannot be deleted: {error.strerror or error}") from error
    return folder


def export_voice(name: str, *, out: Path | str | None = None, singer: str = "", agreed: bool = False) -> Path:
    """A voice of one's own as a ZIP that OpenUtau installs, without its analyses.

    Refused where its card does not say whose voice it is and that they agreed.

    Parameters
    ----------
    out : the new file; None is NAME.zip here.
    singer, agreed : what the card does not say yet; it is kept there.
    """
    from senandung.files.bank_card import load_card, save_card
    from senandung.singing.banks.bank import CACHE

    folder = _own(name)
    card = load_card(folder)
    if card is None:
        raise InvalidValueError(f"only a voice that was built here can be exported: {name!r} has no card")
    if singer or agreed:
        card = replace(card, singer=" ".join(singer.split()) or card.singer, agreed=agreed or card.agreed)
    if not card.given:
        missing = "whose voice it is" if not card.singer.strip() else "that its singer agreed"
        raise InvalidValueError(f"a voice must not be passed on before its card says {missing}, got {name!r}")
    save_card(card, folder)
    path = given_path(out) if out is not None else Path(f"{name}.zip")
    if path.exists():
        raise InvalidValueError(f"the output must be a new file, but {path} exists")
    part = path.with_name(f".{path.name}.part")
    files = sorted(each for each in folder.rglob("*") if each.is_file() and CACHE not in each.parts)
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
            for each in files:
                entry = zipfile.ZipInfo(f"{name}/{each.relative_to(folder).as_posix()}")
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                packed.writestr(entry, each.read_bytes())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
    return path


def _own(name: str) -> Path:
    """The folder of a voice of one's own; never one outside of the folder of voices."""
    from senandung.singing.voices import VOICES

    if name in VOICES:
        raise InvalidValueError(f"a built-in voice can be neither deleted nor exported, got {name!r}")
    there = voices_folder()
    known = [path.name for path in there.iterdir() if path.is_dir()] if there.is_dir() else []
    if name not in known:
        raise (
            UnknownNameError("voice of your own", name, known)
            if known
            else InvalidValueError(f"there is no voice of your own yet, got {name!r}")
        )
    return there / name


def _draw(taken: Sequence[tuple[str, Take]], folder: Path, say: Callable[[str, float], None]) -> tuple[str, ...]:
    from senandung.domain.singing import FRAME
    from senandung.drawing.segmentation import save_segmentation
    from senandung.singing.banks.analysis import SAMPLE_RATE

    names = []
    for number, (name, take) in enumerate(taken):
        say(f"drawing {name}", 0.7 + 0.3 * number / len(taken))
        sounds = [(each.unit.text, each.start, each.vowel, each.vowel_end, each.end) for each in take.judged.segments]
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        save_segmentation(
            path, f"{name}.wav", take.heard.samples, SAMPLE_RATE, sounds, take.heard.f0, FRAME, take.judged.reasons
        )
        names.append(f"{PICTURES}/{name}.png")
    return tuple(names)


def _save_takes(taken: Sequence[tuple[str, Take]], missing: Sequence[str], path: Path) -> None:
    from senandung.files.writing import write_atomically

    lines = ["# Takes", ""]
    for name, take in taken:
        said = "; ".join(take.judged.reasons)
        lines.append(f"- {name}.wav: {f'record again: {said}' if said else 'good'}")
    lines += [f"- {name}.wav: not recorded" for name in missing]
    write_atomically(path, ("\n".join(lines) + "\n").encode("utf-8"))
