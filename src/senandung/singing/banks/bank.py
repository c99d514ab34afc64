"""A voicebank in UTAU's form: its sounds by their names, found for a pitch."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from senandung.domain.errors import FileError
from senandung.domain.time import Second
from senandung.files.bank_card import BankCard, load_card
from senandung.files.character import Character, load_character
from senandung.files.oto import Oto, load_oto

MOST_FOLDERS = 400
"""How many oto.ini a bank may have."""

CACHE = ".senandung-cache"
"""The folder below a bank that holds its analyses."""


@dataclass(frozen=True)
class Sound:
    """A sound of a bank, in seconds of its recording.

    Parameters
    ----------
    alias, path : its name, and its recording.
    start, end : where it begins and ends.
    fixed : until where it is not stretched.
    onset : where its vowel begins; of a vowel with what follows it, where the vowel ends.
    overlap : until where it may lie over the sound before.
    """

    alias: str
    path: Path
    start: Second
    fixed: Second
    onset: Second
    overlap: Second
    end: Second


@dataclass(frozen=True)
class Bank:
    """A voicebank.

    Parameters
    ----------
    folder : where it lies.
    character : what it says of itself.
    rows : every sound by its name: the recording's folder, and its line of oto.ini.
    lost : how many lines name a recording that is not there.
    card : whose voice it is, where it was built here.
    """

    folder: Path
    character: Character
    rows: Mapping[str, tuple[Path, Oto]]
    lost: int = 0
    card: BankCard | None = None

    @property
    def name(self) -> str:
        """Its singer's name, or its folder's."""
        return (self.card.name if self.card else self.character.name) or self.folder.name

    def find(self, names: Iterable[str], pitch: float) -> Sound | None:
        """The first sound of these names that there is at a pitch (MIDI), or None."""
        for each in names:
            for name in self._dressed(each, round(pitch)):
                sound = self._sound(name) if name in self.rows else None
                if sound is not None:
                    return sound
        return None

    def _dressed(self, name: str, pitch: int) -> list[str]:
        prefix, suffix = self.character.affixes.get(pitch, ("", ""))
        plain = unicodedata.normalize("NFC", name)
        dressed = [f"{prefix}{plain}{suffix}"] if prefix or suffix else []
        others = [f"{before}{plain}{after}" for before, after in self._other_affixes(pitch) if before or after]
        return [*dressed, plain, *others]

    def _other_affixes(self, pitch: int) -> tuple[tuple[str, str], ...]:
        """Every prefix and suffix, those of the nearest pitch first."""
        if pitch not in self._nearest:
            near = sorted(self.character.affixes, key=lambda each: abs(each - pitch))
            self._nearest[pitch] = tuple(dict.fromkeys(self.character.affixes[each] for each in near))
        return self._nearest[pitch]

    @cached_property
    def _nearest(self) -> dict[int, tuple[tuple[str, str], ...]]:
        return {}

    @cached_property
    def _lengths(self) -> dict[Path, float]:
        return {}

    def _sound(self, name: str) -> Sound | None:
        """A sound by its name in oto.ini; None where that says a part that its recording does not have."""
        folder, row = self.rows[name]
        path = folder / row.wav
        end = row.end(1000 * self._length(path)) / 1000
        start = row.offset / 1000
        end = min(max(end, start + 0.02), self._length(path))
        within = [min(max(start + ms / 1000, start), end) for ms in (row.consonant, row.preutterance, row.overlap)]
        fixed, onset, overlap = within
        if not start < end:
            return None
        return Sound(name, path, start, max(fixed, onset), onset, min(overlap, onset), end)

    def _length(self, path: Path) -> float:
        if path not in self._lengths:
            import soundfile

            try:
                self._lengths[path] = float(soundfile.info(str(path)).duration)
            except (RuntimeError, OSError) as error:
                raise FileError(path, "a recording that cannot be read") from error
        return self._lengths[path]


def load_bank(folder: Path) -> Bank:
    """Read a voicebank's folder: every oto.ini in it and below, character.txt or .yaml, prefix.map, card.json.

    Of two sounds of one name the first is taken. A recording beside an oto.ini that has no line in it is a sound of its
    file's name, as in UTAU. Raises `FileError` where nothing can be sung with.
    """
    if not folder.is_dir():
        raise FileError(folder, "no such voicebank: it must be a folder with an oto.ini")
    found = sorted(path for path in folder.rglob("oto.ini") if CACHE not in path.parts)
    if not found:
        raise FileError(folder, "not a voicebank: it has no oto.ini, nor has a folder in it")
    if len(found) > MOST_FOLDERS:
        raise FileError(folder, f"a voicebank may have at most {MOST_FOLDERS} oto.ini, got {len(found)}")
    character = load_character(folder)
    rows: dict[str, tuple[Path, Oto]] = {}
    unnamed: dict[str, tuple[Path, Oto]] = {}
    lost = 0
    for path in found:
        files = sorted(each.name for each in path.parent.iterdir())
        there = {unicodedata.normalize("NFC", name): name for name in files}
        there |= {name.lower(): file for name, file in there.items() if name.lower() not in there}
        named = set()
        for row in load_oto(path, character.encoding) if path.stat().st_size else ():
            wav = unicodedata.normalize("NFC", row.wav)
            name = there.get(wav, there.get(wav.lower()))
            if name is None:
                lost += 1
                continue
            named.add(name)
            rows.setdefault(unicodedata.normalize("NFC", row.alias), (path.parent, replace(row, wav=name)))
        for wav in files:
            stem, dot, ending = wav.rpartition(".")
            if dot and ending.lower() == "wav" and wav not in named and not _bad_name(wav):
                unnamed.setdefault(unicodedata.normalize("NFC", stem), (path.parent, Oto(wav, stem, 0, 0, 0, 0, 0)))
    rows = {**unnamed, **rows}
    if not rows:
        raise FileError(folder, f"a voicebank must have recordings; none of the {lost} that its oto.ini names is there")
    return Bank(folder, character, rows, lost, load_card(folder))


def _bad_name(wav: str) -> bool:
    return "=" in wav or "," in wav or wav.startswith(".")
