"""Who can sing: the built-in voices and one's own by name, and voicebanks by their folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from senandung.domain.errors import FileError, InputError, UnknownNameError
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.domain.recording import Recording
    from senandung.domain.singing import Singing
    from senandung.singing.habits import Habits
    from senandung.singing.voices import Voice

BankKind = Literal["diffsinger", "utau"]

HABITS_FILE = "habits.json"
"""A singer's habits, beside the voicebank or alone."""

BANK_FILES: tuple[tuple[str, BankKind], ...] = (
    ("dsconfig.yaml", "diffsinger"),
    ("oto.ini", "utau"),
    ("*/oto.ini", "utau"),
    ("character.txt", "utau"),
)
"""The file by which a voicebank's folder is known, and what it is then."""


@dataclass(frozen=True)
class Singer:
    """Who sings: a sheet with name and range, and what makes sound of a singing and a seed.

    `lacks` says in a sentence which sounds of a singing the voice has to replace ("" for none). `habits` are the
    singer's own, where they were learned.
    """

    sheet: Voice
    sing: Callable[[Singing, int], Recording]
    lacks: Callable[[Singing], str] = lambda _: ""
    habits: Habits | None = None


def singer_of(voice: str) -> Singer:
    """The singer of a voice's name, built-in or of one's own, or of a voicebank's folder.

    Raises `UnknownNameError` for a name that no voice has, `FileError` for a folder that is no voicebank.

    >>> singer_of("melati").sheet.low
    57
    """
    from senandung.singing.voices import VOICES

    if voice in VOICES:
        return _built_in(VOICES[voice])
    from senandung.api.places import voices_folder

    own = voices_folder() / voice
    if re.fullmatch(r"\w[-\w ]*", voice) and own.is_dir():
        if [path.name for path in own.iterdir()] == [HABITS_FILE]:
            raise FileError(own, f"has habits and no sounds; any voice sings with them: --habits {voice}")
        found = _bank(own)
        habits = habits_of(voice) if (own / HABITS_FILE).is_file() else None
        return replace(found, sheet=replace(found.sheet, name=voice), habits=habits)
    folder = given_path(voice)
    if not folder.is_dir():
        if folder.exists() or "/" in voice or "\\" in voice or voice.startswith("."):
            raise FileError(folder, "no voicebank's folder" if folder.exists() else "no such folder")
        known = [each.name for each in voices_folder().iterdir()] if voices_folder().is_dir() else []
        raise UnknownNameError("voice", voice, [*VOICES, *known])
    return _bank(folder)


def _bank(folder: Path) -> Singer:
    return _diffsinger(folder) if bank_kind(folder) == "diffsinger" else _utau(folder)


def bank_kind(folder: Path) -> BankKind:
    """What kind of voicebank a folder holds, by its files (`BANK_FILES`)."""
    for pattern, kind in BANK_FILES:
        if next(folder.glob(pattern), None) is not None:
            return kind
    names = " nor ".join(dict.fromkeys(pattern.removeprefix("*/") for pattern, _ in BANK_FILES))
    raise FileError(folder, f"not a voicebank: it has neither {names}")


def habits_of(named: str) -> Habits:
    """The habits of a voice of one's own, or of a file."""
    from senandung.api.places import voices_folder
    from senandung.files.habits_json import load_habits
    from senandung.singing.habits import Habits

    there = voices_folder()
    known = [path.parent.name for path in there.glob(f"*/{HABITS_FILE}")] if there.is_dir() else []
    path = there / named / HABITS_FILE if named in known else given_path(named)
    if named not in known and not path.exists() and not ("/" in named or "." in named):
        raise UnknownNameError("singer with habits", named, known or ["none yet"])
    values = load_habits(path)
    unknown = sorted(set(values) - set(Habits().values()))
    if unknown:
        raise FileError(path, f"unknown habits: {', '.join(unknown)[:80]}")
    try:
        return Habits(**values)
    except InputError as error:
        raise FileError(path, str(error)) from error


def _built_in(voice: Voice) -> Singer:
    def sing(singing: Singing, seed: int) -> Recording:
        from senandung.singing.builtin import render

        return render(singing, voice, seed=seed)

    return Singer(voice, sing)


def _diffsinger(folder: Path) -> Singer:
    from senandung.singing.diffsinger.bank import RANGE, load_bank
    from senandung.singing.voices import Voice

    bank = load_bank(folder)

    def sing(singing: Singing, seed: int) -> Recording:
        from senandung.singing.diffsinger.render import render

        return render(singing, bank, seed=seed)

    def lacks(singing: Singing) -> str:
        from senandung.singing.diffsinger.symbols import spelt

        spelt(bank, (each.symbol for each in singing.phonemes))  # says what is lacking before anything is played
        return ""

    return Singer(Voice(bank.name, *RANGE, tract=1.0, mouth=1.0), sing, lacks)


def _utau(folder: Path) -> Singer:
    from senandung.singing.banks.analysis import bank_voice
    from senandung.singing.banks.bank import load_bank

    bank = load_bank(folder)

    def sing(singing: Singing, seed: int) -> Recording:
        from senandung.singing.banks.render import sing_with

        return sing_with(bank, singing, name=bank.name, seed=seed).recording

    def lacks(singing: Singing) -> str:
        from senandung.singing.banks.plan import plan_pieces

        return plan_pieces(bank, singing.phonemes, singing.pitch)[1].sentence(bank.name)

    return Singer(bank_voice(bank, bank.name), sing, lacks)
