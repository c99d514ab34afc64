"""Sound fonts and SFZ instruments small enough to be made in a test."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import soundfile

RATE = 44_100
LENGTH = RATE // 2


def font_bytes(*presets: tuple[int, int, str], hz: float = 0.0) -> bytes:
    """An SF2 file with the given presets (bank, program, name), all of one looped sine of `hz` for the key 69.

    Without `hz` it holds a list of presets and nothing behind it: fluidsynth cannot play it.
    """
    headers = b"".join(
        struct.pack("<20sHHHIII", name.encode(), program, bank, number, 0, 0, 0)
        for number, (bank, program, name) in enumerate(presets)
    )
    phdr = _chunk(b"phdr", headers + struct.pack("<20sHHHIII", b"EOP", 0, 0, len(presets), 0, 0, 0))
    info = _list(b"INFO", _chunk(b"ifil", struct.pack("<HH", 2, 1)), _chunk(b"INAM", b"Test\x00\x00"))
    if not hz:
        return _riff(info, _list(b"sdta"), _list(b"pdta", phdr))
    period = round(RATE / hz)
    wave = (12_000 * np.sin(2 * np.pi * np.arange(LENGTH) / period)).astype("<i2").tobytes() + bytes(92)
    many = len(presets)
    pdta = (
        phdr,
        _chunk(b"pbag", b"".join(struct.pack("<HH", number, 0) for number in range(many + 1))),
        _chunk(b"pmod", bytes(10)),
        _chunk(b"pgen", struct.pack("<HH", 41, 0) * many + bytes(4)),
        _chunk(b"inst", struct.pack("<20sH", b"tone", 0) + struct.pack("<20sH", b"EOI", 1)),
        _chunk(b"ibag", struct.pack("<HHHH", 0, 0, 2, 0)),
        _chunk(b"imod", bytes(10)),
        _chunk(b"igen", struct.pack("<HHHH", 54, 1, 53, 0) + bytes(4)),
        _chunk(
            b"shdr",
            struct.pack("<20sIIIIIBbHH", b"tone", 0, LENGTH, period, period * (LENGTH // period - 1), RATE, 69, 0, 0, 1)
            + struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ),
    )
    return _riff(info, _list(b"sdta", _chunk(b"smpl", wave)), _list(b"pdta", *pdta))


def save_sfz(path: Path, hz: float) -> None:
    """An SFZ instrument of one sine of `hz` on the key 69, with its sample beside it."""
    times = np.arange(3 * RATE) / RATE
    soundfile.write(path.with_suffix(".wav"), 0.4 * np.sin(2 * np.pi * hz * times), RATE, subtype="PCM_16")
    path.write_text(f"<region> sample={path.stem}.wav lokey=0 hikey=127 pitch_keycenter=69\n", encoding="utf-8")


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _list(kind: bytes, *chunks: bytes) -> bytes:
    return _chunk(b"LIST", kind + b"".join(chunks))


def _riff(*chunks: bytes) -> bytes:
    return _chunk(b"RIFF", b"sfbk" + b"".join(chunks))
