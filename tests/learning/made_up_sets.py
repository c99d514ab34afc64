"""Small sets of our own making in the real formats and folders of the public ones: no note of them is anyone's."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import mido

WORKS = 13
"""Works of each set: enough for three groups to be kept, none of them more than a tenth of the set."""

_SCALE = (0, 2, 4, 5, 7, 9, 11, 12, 14)
_LETTERS = "CDEFGAB"


def write_sets(data: Path, *, works: int = WORKS) -> Path:
    """Write a few works of four sets below `data`, in four formats; returns `data`."""
    for index in range(works):
        rng = random.Random(index)
        _write(data / "cre_irish/cre_corpus/MIDI" / f"MadeUp{chr(65 + index)}.mid", _midi(_tune(rng, 12)))
        name = f"A_Hymn_{chr(65 + index)}"
        abc = _abc(name, [_tune(rng, 8) for _ in range(4)])
        _write(data / f"open_hymnal/Complete/{name}" / f"{name}-Tune{chr(65 + index)}.abc", abc.encode())
        kern = _kern(f"Work {index}", _tune(rng, 8), _tune(rng, 8))
        _write(data / "polish_scores/pl-x/kern" / f"pl-x--{index:03d}_work.krn", kern.encode())
        xml = _musicxml(f"Song {index}", _tune(rng, 8))
        _write(data / f"openewld/dataset/Nobody/Song_{index}" / f"Song_{index}.mxl", _mxl(xml))
    for name in ("cre_irish", "open_hymnal", "polish_scores", "openewld"):
        _write(data / name / "SOURCE_COMMIT", b"example.org/made-up " + b"0123456789abcdef" * 2 + b"01234567\n")
    return data


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _tune(rng: random.Random, bars: int) -> list[int]:
    """Four quarters a bar as steps of the C major scale, ending on the tonic."""
    at, found = 0, []
    for _ in range(4 * bars - 1):
        at = min(max(at + rng.choice((-2, -1, -1, 1, 1, 2, 3)), 0), len(_SCALE) - 1)
        found.append(at)
    return [*found, 0]


def _midi(tune: list[int]) -> bytes:
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("time_signature", numerator=4, denominator=4))
    track.append(mido.MetaMessage("key_signature", key="C"))
    for step in tune:
        track.append(mido.Message("note_on", note=60 + _SCALE[step], velocity=80))
        track.append(mido.Message("note_off", note=60 + _SCALE[step], time=480))
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def _letter(step: int, low: str) -> str:
    octave, degree = divmod(step, 7)
    return _LETTERS[degree].lower() * 1 if octave else _LETTERS[degree] + low


def _abc(title: str, voices: list[list[int]]) -> str:
    lines = ["X:1", f"T:{title}", "C: copyright: public domain.", "M:4/4", "L:1/4"]
    names = ("S", "A", "T", "B")
    lines += [f"V:{name}" for name in names] + ["K:C"]
    for name, voice in zip(names, voices, strict=True):
        low = {"S": "", "A": "", "T": ",", "B": ","}[name]
        bars = ["".join(_letter(step % 7, low) for step in bar) for bar in zip(*[iter(voice)] * 4, strict=True)]
        lines.append(f"[V:{name}] " + "|".join(bars) + "|]")
    return "\n".join(lines) + "\n"


def _kern(title: str, low: list[int], high: list[int]) -> str:
    lines = ["!!!COM: Nobody", f"!!!OTL: {title}", "!!!AGN: Secular", "**kern\t**kern", "*Icello\t*Ivioln",
             "*k[]\t*k[]", "*C:\t*C:", "*M4/4\t*M4/4"]  # fmt: skip
    for index, (one, two) in enumerate(zip(low, high, strict=True)):
        if index % 4 == 0:
            lines.append(f"={index // 4 + 1}\t={index // 4 + 1}")
        lines.append(f"4{_LETTERS[one % 7]}\t4{_LETTERS[two % 7].lower()}")
    return "\n".join([*lines, "==\t==", "*-\t*-"]) + "\n"


def _musicxml(title: str, tune: list[int]) -> str:
    measures = []
    for number in range(len(tune) // 4):
        head = ("<attributes><divisions>1</divisions><key><fifths>0</fifths></key><time><beats>4</beats>"
                "<beat-type>4</beat-type></time></attributes>") if number == 0 else ""  # fmt: skip
        root = "CFGC"[number % 4]
        harmony = f"<harmony><root><root-step>{root}</root-step></root><kind>major</kind></harmony>"
        notes = "".join(
            f"<note><pitch><step>{_LETTERS[step % 7]}</step><octave>{4 + step // 7}</octave></pitch>"
            "<duration>1</duration><type>quarter</type><lyric><syllabic>single</syllabic><text>la</text></lyric></note>"
            for step in tune[4 * number : 4 * number + 4]
        )
        measures.append(f'<measure number="{number + 1}">{head}{harmony}{notes}</measure>')
    return (f"<?xml version='1.0'?><score-partwise version='3.1'><work><work-title>{title}</work-title></work>"
            "<part-list><score-part id='P1'><part-name>Voice</part-name></score-part></part-list>"
            f"<part id='P1'>{''.join(measures)}</part></score-partwise>")  # fmt: skip


def _mxl(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container><rootfiles><rootfile full-path='s.xml'/></rootfiles>"
                         "</container>")  # fmt: skip
        archive.writestr("s.xml", text)
    return stream.getvalue()
