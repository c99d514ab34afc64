"""What a sound font holds: its presets, read from the file itself.

A SoundFont 2 file is a RIFF file of form `sfbk`; the records of its `phdr` chunk, 38 bytes each, name every preset with
its program and bank (SoundFont Technical Specification 2.04, section 7.2). SF3 differs only in how samples are packed.
The file is read here because fluidsynth plays another preset, and says nothing, where the one that is asked for is
missing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from senandung.domain.checks import require
from senandung.domain.errors import FileError

DRUM_BANK = 128
"""The bank of drum kits, which sound on MIDI's channel 10."""

_RECORD = struct.Struct("<20sHHHIII")


@dataclass(frozen=True, order=True)
class Preset:
    """One sound of a font: its bank (0..127, 128 for drum kits), program (0..127) and name."""

    bank: int
    program: int
    name: str

    def __post_init__(self) -> None:
        require(0 <= self.bank <= DRUM_BANK, "a bank must be in 0..128", self.bank)
        require(0 <= self.program <= 127, "a program must be in 0..127", self.program)

    def __str__(self) -> str:
        return f"{self.bank}:{self.program} {self.name}"


def load_presets(path: Path) -> tuple[Preset, ...]:
    """The presets of an SF2 or SF3 file, by bank and program.

    A preset with a bank or program that MIDI cannot ask for is left out.
    """
    try:
        with path.open("rb") as file:
            return tuple(sorted(_presets(file, path)))
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error


def sample_bytes(path: Path) -> int:
    """How many bytes of samples a sound font holds."""
    with path.open("rb") as file:
        file.seek(12)
        _chunk(file, b"LIST", path, inside=b"sdta")
        head = file.read(8)
        return int.from_bytes(head[4:], "little") if head[:4] == b"smpl" else 0


def near_presets(presets: Iterable[Preset], bank: int, program: int, most: int = 4) -> tuple[Preset, ...]:
    """The presets that lie nearest to the one asked for: those of its bank first, by the distance of programs.

    >>> font = (Preset(0, 0, "Piano"), Preset(0, 40, "Violin"), Preset(0, 42, "Cello"), Preset(128, 0, "Kit"))
    >>> [preset.name for preset in near_presets(font, 0, 41, 2)]
    ['Violin', 'Cello']
    """

    def distance(preset: Preset) -> tuple[bool, bool, int, int]:
        other_kind = (preset.bank == DRUM_BANK) != (bank == DRUM_BANK)
        return other_kind, preset.bank != bank, abs(preset.program - program), preset.bank

    return tuple(sorted(presets, key=distance)[:most])


def _presets(file: BinaryIO, path: Path) -> list[Preset]:
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"sfbk":
        raise FileError(path, f"not a sound font: it begins with {head!r}")
    lists = _chunk(file, b"LIST", path, inside=b"pdta")
    data = _chunk(file, b"phdr", path, until=lists)
    size = _RECORD.size
    records = file.read(data)
    if len(records) < data or data % size or data < 2 * size:
        raise FileError(path, f"a sound font's list of presets must be whole records of {size} bytes, got {data} bytes")
    found = []
    for at in range(0, data - size, size):  # the last record only ends the list
        name, program, bank, *_ = _RECORD.unpack_from(records, at)
        if program <= 127 and bank <= DRUM_BANK:
            text = name.split(b"\x00")[0].decode("latin-1").strip()
            found.append(Preset(bank, program, "".join(letter for letter in text if letter.isprintable())))
    if not found:
        raise FileError(path, "a sound font without a preset")
    return found


def _chunk(file: BinaryIO, name: bytes, path: Path, *, inside: bytes = b"", until: int | None = None) -> int:
    """Go behind the head of the next chunk of a name (a list's: of a kind) and return how many bytes it has."""
    end = None if until is None else file.tell() + until
    while end is None or file.tell() < end:
        head = file.read(8)
        if len(head) < 8:
            break
        size = int.from_bytes(head[4:], "little")
        if head[:4] == name:
            if not inside:
                return size
            if file.read(4) == inside:
                return size - 4
            size -= 4
        file.seek(size + size % 2, 1)
    raise FileError(path, f"a sound font that is cut off: it has no {(inside or name).decode()} chunk")
