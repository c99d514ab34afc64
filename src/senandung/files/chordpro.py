"""ChordPro: words with their chords, as song books print them (ChordPro 6 file format)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from senandung.domain.song import ChordSpan, Section, Song
from senandung.domain.time import Tick
from senandung.files.provenance import EXACT, label_of
from senandung.files.writing import write_atomically

ENVIRONMENTS = ("verse", "chorus", "bridge")
"""Section kinds with an environment of their own; any other lines of words stand in a verse under their own name."""

EARLY: Tick = 120
"""A chord that changes at most this long after a syllable begins stands above that syllable."""


def save_chordpro(song: Song, path: Path) -> None:
    """Write the song's words and chords. ChordPro holds no notes, so there is no inverse."""
    write_atomically(path, chordpro_text(song).encode("utf-8"))


def chordpro_text(song: Song) -> str:
    """The song's words with a chord above each syllable where it changes; sections without words are chord grids."""
    key = song.keys[0].key
    rows = [
        f"{{title: {_plain(song.title)}}}",
        *(["{artist: Senandung (machine)}"] if song.provenance.version else []),
        f"{{key: {key.tonic}{'m' if key.is_minor else ''}}}",
        f"{{tempo: {song.tempos[0].bpm:.0f}}}",
        f"{{time: {song.metres[0].metre}}}",
    ]
    label = label_of(song)
    rows.append(f"{{copyright: {_plain(label['licence'])}}}")
    rows += [f"{{meta: {name} {_plain(text)}}}" for name, text in label.items() if name not in (EXACT, "story")]
    if "story" in label:
        rows.append(f"{{comment: {_plain(label['story'])}}}")
    sections = song.sections or ((Section("Song", "verse", 0, song.end),) if song.end else ())
    onsets = _syllable_onsets(song)
    for section in sections:
        rows.extend(["", *_section_rows(song, section, onsets)])
    return "\n".join(rows) + "\n"


def _section_rows(song: Song, section: Section, onsets: Sequence[Tick | None]) -> list[str]:
    lines = []
    for line, start in zip(song.words.lines, song.words.line_starts, strict=True):
        numbers = range(start, start + len(line.syllables))
        begin = next((onsets[number] for number in numbers if onsets[number] is not None), None)
        if begin is not None and section.onset <= begin < section.end:
            lines.append(numbers)
    changes = _changes(song.chords, section)
    if not lines:
        return _grid(song, section, changes)
    above = _placed(lines, changes, onsets)
    kind = section.kind if section.kind in ENVIRONMENTS else "verse"
    rows = [f"{{start_of_{kind}: {_plain(section.name)}}}"]
    for numbers in lines:
        text = ""
        for number in numbers:
            syllable = song.words.syllables[number]
            text += (" " if syllable.begins_word and text else "") + above.get((number, 0), "") + _plain(syllable.text)
        after = above.get((numbers[-1], 1), "")
        rows.append(text + (f" {after}" if after else ""))
    return [*rows, f"{{end_of_{kind}}}"]


def _changes(chords: Sequence[ChordSpan], section: Section) -> list[ChordSpan]:
    """The chords of a section, the one that holds at its start first, without repetitions."""
    inside = [span for span in chords if span.onset < section.end and span.end > section.onset]
    before = [None, *(span.chord for span in inside)]
    return [span for span, chord in zip(inside, before, strict=False) if span.chord != chord]


def _placed(
    lines: Sequence[range], changes: Sequence[ChordSpan], onsets: Sequence[Tick | None]
) -> dict[tuple[int, int], str]:
    """Chords in brackets by syllable and side: 0 above it, 1 after it."""
    sung = [(onset, number) for numbers in lines for number in numbers if (onset := onsets[number]) is not None]
    firsts, lasts = {numbers[0] for numbers in lines}, {numbers[-1] for numbers in lines}
    above: dict[tuple[int, int], str] = {}
    for span in changes:
        following = next(((onset, number) for onset, number in sung if onset >= span.onset - EARLY), None)
        before = next((number for onset, number in reversed(sung) if onset < span.onset - EARLY), None)
        place = (following[1], 0) if following is not None else (sung[-1][1], 1)
        # between two lines a chord that is gone when the next line begins belongs to the end of the line before
        gone = following is not None and span.end <= following[0]
        if before is not None and before in lasts and following is not None and following[1] in firsts and gone:
            place = (before, 1)
        above[place] = above.get(place, "") + f"[{span.chord.letters()}]"
    return above


def _grid(song: Song, section: Section, changes: Sequence[ChordSpan]) -> list[str]:
    """A section without words: its bars with a cell a beat."""
    bars = [tick for tick in song.bar_starts() if section.onset <= tick < section.end]
    cells = []
    for bar in bars:
        metre = song.metre_at(bar)
        starts = [bar + beat * metre.beat_ticks for beat in range(metre.beats)]
        row = []
        for start in starts:
            here = [span for span in changes if start <= max(span.onset, section.onset) < start + metre.beat_ticks]
            row.append(here[-1].chord.letters() if here else ".")
        cells.append(" ".join(row))
    rows = [f"{{start_of_grid: {_plain(section.name)}}}"]
    rows.extend("| " + " | ".join(cells[index : index + 4]) + " |" for index in range(0, len(cells), 4))
    return [*rows, "{end_of_grid}"]


def _syllable_onsets(song: Song) -> list[Tick | None]:
    onsets: list[Tick | None] = [None] * len(song.words.syllables)
    for note in song.vocal.notes if song.vocal else ():
        if note.syllable is not None and onsets[note.syllable] is None:
            onsets[note.syllable] = note.onset
    return onsets


def _plain(text: str) -> str:
    """Text without the characters that mean something to ChordPro."""
    return " ".join(text.split()).translate(str.maketrans("[]{}", "()()")).lstrip("#")
