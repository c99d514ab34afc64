"""Classes of instrument from what files call parts, and from MIDI programs."""

from __future__ import annotations

from senandung.composing.pieces.part_names import class_of_name

__all__ = ["class_of_name", "class_of_program"]

_PROGRAMS: tuple[tuple[range, str], ...] = (
    (range(6), "piano"), (range(6, 8), "harpsichord"), (range(8, 16), "mallets"), (range(16, 21), "organ"),
    (range(21, 24), "accordion"), (range(24, 26), "guitar"), (range(26, 32), "electric-guitar"),
    (range(32, 40), "bass"), (range(40, 41), "violin"), (range(41, 42), "viola"), (range(42, 43), "cello"),
    (range(43, 44), "contrabass"), (range(44, 46), "strings"), (range(46, 47), "harp"), (range(47, 48), "timpani"),
    (range(48, 52), "strings"), (range(52, 55), "choir"), (range(55, 56), "strings"), (range(56, 57), "trumpet"),
    (range(57, 58), "trombone"), (range(58, 59), "tuba"), (range(59, 60), "trumpet"), (range(60, 61), "horn"),
    (range(61, 64), "trumpet"), (range(64, 68), "saxophone"), (range(68, 70), "oboe"), (range(70, 71), "bassoon"),
    (range(71, 72), "clarinet"), (range(72, 80), "flute"), (range(80, 88), "synth"), (range(88, 104), "pad"),
    (range(104, 108), "mandolin"), (range(108, 109), "mallets"), (range(109, 110), "oboe"),
    (range(110, 111), "violin"), (range(111, 112), "oboe"), (range(112, 128), "other"),
)  # fmt: skip


def class_of_program(program: int) -> str:
    """The class of instrument of a General MIDI program, from 0.

    >>> class_of_program(0), class_of_program(33), class_of_program(127)
    ('piano', 'bass', 'other')
    """
    return next(name for programs, name in _PROGRAMS if program in programs)
