"""A song as a sheet of not angka: digits, words, chords and sections, as PDF."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senandung.domain.song import ChordSpan, Section, Song
from senandung.drawing.cipher import CipherBar, CipherToken, cipher_bars, do_of, leading_track, tonic_solfa
from senandung.drawing.fonts import drawable, fit, text_width, use_font
from senandung.drawing.kepatihan import draw_kepatihan, is_gendhing
from senandung.drawing.labels import label, plain_style
from senandung.drawing.saving import save_bytes
from senandung.drawing.svg_canvas import SvgCanvas
from senandung.files.picture_label import label_pdf
from senandung.files.provenance import label_of

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89  # A4 in points
MARGIN = 42.0
DIGIT, WORD, CHORD = 12.5, 9.0, 9.0  # type sizes in points
BARS_A_LINE = 4
_ROOM = PAGE_WIDTH - 2 * MARGIN
SYSTEM_HEIGHT = 56.0
_INK, _SOFT, _ACCENT = (0.13, 0.12, 0.15), (0.45, 0.43, 0.48), (0.55, 0.24, 0.2)


@dataclass(frozen=True)
class _Cell:
    """A sign with its width in points, the words below it, and the chords that begin with it."""

    token: CipherToken
    width: float
    word: str
    chord: str


@dataclass(frozen=True)
class _Measure:
    bar: CipherBar
    cells: tuple[_Cell, ...]

    @property
    def width(self) -> float:
        """Natural width in points."""
        return sum(cell.width for cell in self.cells) + 12.0


@dataclass(frozen=True)
class _Row:
    """One line of the sheet: bars, or the chords of bars that nobody sings."""

    measures: tuple[_Measure, ...] = ()
    chords: tuple[str, ...] = ()
    heading: str = ""
    note: str = ""

    @property
    def height(self) -> float:
        """Height in points."""
        body = SYSTEM_HEIGHT if self.measures else 17.0
        return body + (20.0 if self.heading else 0.0)


def save_not_angka_pdf(song: Song, path: Path) -> None:
    """Write the song's leading melody as not angka: A4 pages, PDF, with words, chords and section names.

    A gendhing is written as kepatihan (`drawing.kepatihan`). `song` is any song; one without a singer shows the leading
    melody, one without a tuned note only its chords. The file appears whole or not at all.
    """
    from reportlab.pdfgen.canvas import Canvas

    for name in ("Senandung", "Senandung-Bold", "Senandung-Italic"):
        use_font(name)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(f"{drawable(song.title)} — not angka")
    canvas.setAuthor("Senandung")
    canvas.setSubject(label("made", song.words.language))
    _draw_song(canvas, song)
    canvas.save()
    save_bytes(path, label_pdf(buffer.getvalue(), f"{song.title} — not angka", label_of(song)))


def not_angka_svg(song: Song) -> tuple[str, ...]:
    """The pages of `save_not_angka_pdf` as SVG for a web page; the letters are the reader's own sans-serif."""
    canvas = SvgCanvas(PAGE_WIDTH, PAGE_HEIGHT)
    _draw_song(canvas, song)
    return tuple(canvas.pages)


def _draw_song(canvas: Any, song: Song) -> None:
    if is_gendhing(song):
        draw_kepatihan(canvas, song)
        return
    pages = _pages(_rows(song))
    for number, rows in enumerate(pages, 1):
        top = PAGE_HEIGHT - MARGIN
        if number == 1:
            top = _header(canvas, song)
        for row in rows:
            top -= row.height
            _draw_row(canvas, row, top)
        _footer(canvas, song, number, len(pages))
        canvas.showPage()


def _pages(rows: Sequence[_Row]) -> list[list[_Row]]:
    pages: list[list[_Row]] = [[]]
    room = PAGE_HEIGHT - 2 * MARGIN - 68
    for index, row in enumerate(rows):
        need = row.height
        if row.heading and not row.measures and index + 1 < len(rows) and not rows[index + 1].heading:
            need += rows[index + 1].height
        if need > room and pages[-1]:
            pages.append([])
            room = PAGE_HEIGHT - 2 * MARGIN
        room -= row.height
        pages[-1].append(row)
    return pages


def _rows(song: Song) -> list[_Row]:
    bars = cipher_bars(song)
    if not bars:
        return [
            _Row(chords=tuple(_chords_of_bar(song, start) for start in group), heading=section.name if section else "")
            for section, group in _chord_groups(song)
        ]
    rows: list[_Row] = []
    for section, own in _by_section(song, bars):
        heading = drawable(section.name) if section else ""
        for silent, run in _runs(own):
            if silent:
                names = [_chords_of_bar(song, bar.onset) for bar in run]
                for at in range(0, len(names), 8):
                    count = f"{len(run)} {label('bars', song.words.language)}" if at == 0 else ""
                    rows.append(_Row(chords=tuple(names[at : at + 8]), heading=heading, note=count))
                    heading = ""
                continue
            for line in _wrapped([_measure(song, bar) for bar in run]):
                key = line[0].bar.key
                before = next((r.measures[-1].bar.key for r in reversed(rows) if r.measures), None)
                changed = before is not None and before != key
                rows.append(_Row(measures=line, heading=heading, note=_key_text(key) if changed else ""))
                heading = ""
    return rows


def _key_text(key: Any) -> str:
    do, solfa = do_of(key), tonic_solfa(key)
    return f"do = {do}" + (f", {solfa} = {key.tonic}" if solfa != "do" else "")


def _by_section(song: Song, bars: Sequence[CipherBar]) -> list[tuple[Section | None, list[CipherBar]]]:
    groups: list[tuple[Section | None, list[CipherBar]]] = []
    for bar in bars:
        section = song.section_at(bar.onset)
        if not groups or groups[-1][0] is not section:
            groups.append((section, []))
        groups[-1][1].append(bar)
    return groups


def _chord_groups(song: Song) -> Iterable[tuple[Section | None, list[int]]]:
    for start in range(0, len(starts := song.bar_starts()), 8):
        yield song.section_at(starts[start]), list(starts[start : start + 8])


def _runs(bars: Sequence[CipherBar]) -> list[tuple[bool, list[CipherBar]]]:
    """Divide a section into bars with notes, and runs of two or more empty bars that are shown by their chords."""
    runs: list[tuple[bool, list[CipherBar]]] = []
    for bar in bars:
        if not runs or runs[-1][0] != bar.is_empty:
            runs.append((bar.is_empty, []))
        runs[-1][1].append(bar)
    joined: list[tuple[bool, list[CipherBar]]] = []
    for silent, run in runs:
        written = silent and len(run) < 2 and len(bars) > 1
        if joined and joined[-1][0] == (silent and not written):
            joined[-1][1].extend(run)
        else:
            joined.append((silent and not written, list(run)))
    return joined


def _chords_between(song: Song, start: int, end: int) -> list[ChordSpan]:
    return [span for span in song.chords if start <= span.onset < end]


def _chords_of_bar(song: Song, start: int) -> str:
    spans = _chords_between(song, start, start + song.metre_at(start).bar_ticks)
    sounding = song.chord_at(start)
    names = [span.chord.letters() for span in spans]
    if sounding is not None and (not spans or spans[0].onset > start):
        names.insert(0, sounding.letters())
    return " ".join(names) or "–"


def _measure(song: Song, bar: CipherBar) -> _Measure:
    cells = []
    spans = _chords_between(song, bar.onset, bar.onset + bar.duration)
    for index, token in enumerate(bar.tokens):
        end = bar.tokens[index + 1].onset if index + 1 < len(bar.tokens) else bar.onset + bar.duration
        chord = " ".join(span.chord.letters() for span in spans if token.onset <= span.onset < end)
        word = ""
        if token.syllable is not None and token.syllable < len(song.words.syllables):
            syllable = song.words.syllables[token.syllable]
            word = drawable(syllable.text) + ("" if syllable.ends_word else "-")
        natural = text_width(token.symbol, "Senandung", DIGIT) + (3.0 if token.lines else 7.0)
        natural += 2.0 if token.alter else 0.0
        if index + 1 == len(bar.tokens) or bar.tokens[index + 1].beat != token.beat:
            natural += 4.0
        width = max(natural, text_width(word, "Senandung", WORD) + 3.5 if word else 0.0)
        if chord:
            following = [c for c in spans if c.onset >= end]
            width = max(width, text_width(chord, "Senandung-Bold", CHORD) + 4.0 if following else width)
        cells.append(_Cell(token, width, word, chord))
    return _Measure(bar, tuple(cells))


def _wrapped(measures: Sequence[_Measure]) -> list[tuple[_Measure, ...]]:
    """Lines of four bars; where four are too wide, of two, then of one. A change of key begins a line."""
    lines: list[tuple[_Measure, ...]] = []
    at = 0
    while at < len(measures):
        same = at
        while same < min(len(measures), at + BARS_A_LINE) and measures[same].bar.key == measures[at].bar.key:
            same += 1
        taken = next(
            (n for n in (same - at, 2, 1) if n <= same - at and sum(m.width for m in measures[at : at + n]) <= _ROOM), 1
        )
        lines.append(tuple(measures[at : at + taken]))
        at += taken
    return lines


def _header(canvas: Any, song: Song) -> float:
    language = song.words.language
    width = PAGE_WIDTH - 2 * MARGIN
    y = PAGE_HEIGHT - MARGIN - 16
    title = drawable(song.title) or "Senandung"
    size = 18.0 if text_width(title, "Senandung-Bold", 18) <= width else 13.0
    canvas.setFillColorRGB(*_INK)
    canvas.setFont("Senandung-Bold", size)
    canvas.drawCentredString(PAGE_WIDTH / 2, y, fit(title, "Senandung-Bold", size, width))
    canvas.setFont("Senandung", 9)
    canvas.setFillColorRGB(*_SOFT)
    lead = leading_track(song)
    who = f" · {drawable(lead.name)}" if lead is not None and lead.role != "vocal" else ""
    about = f"{plain_style(song)}{who} · {label('made', language)}".removeprefix(" · ")
    canvas.drawCentredString(PAGE_WIDTH / 2, y - 16, fit(about, "Senandung", 9, width))
    canvas.setFillColorRGB(*_INK)
    canvas.setFont("Senandung", 10.5)
    metre = song.metres[0].metre
    bpm = song.tempos[0].bpm * 480 / metre.beat_ticks
    sign = "♩." if metre.is_compound else {2: "𝅗𝅥", 8: "♪"}.get(metre.denominator, "♩")
    sign = drawable(sign) or "♩"
    canvas.drawString(MARGIN, y - 40, f"{_key_text(song.keys[0].key)}    {metre}    {sign} = {bpm:.0f}")
    minutes, seconds = divmod(round(song.seconds), 60)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, y - 40, f"{minutes}:{seconds:02d}")
    return y - 48


def _footer(canvas: Any, song: Song, number: int, pages: int) -> None:
    canvas.setFont("Senandung", 7.5)
    canvas.setFillColorRGB(*_SOFT)
    canvas.drawString(MARGIN, MARGIN - 16, label("made-with", song.words.language))
    canvas.drawRightString(PAGE_WIDTH - MARGIN, MARGIN - 16, f"{number} / {pages}")


def _draw_row(canvas: Any, row: _Row, bottom: float) -> None:
    top = bottom + row.height
    if row.heading:
        canvas.setFont("Senandung-Bold", 9.5)
        canvas.setFillColorRGB(*_ACCENT)
        canvas.drawString(MARGIN, top - 15, fit(row.heading, "Senandung-Bold", 9.5, 330))
    if row.chords:
        _draw_chords(canvas, row, bottom)
        return
    if row.note:
        canvas.setFont("Senandung", 9.5)
        canvas.setFillColorRGB(*_ACCENT)
        canvas.drawRightString(PAGE_WIDTH - MARGIN, top - 15 if row.heading else top - 8, row.note)
    natural = sum(measure.width for measure in row.measures)
    room = _ROOM
    full = len(row.measures) >= BARS_A_LINE or natural > 0.62 * room
    wanted = room if full else room * len(row.measures) / BARS_A_LINE
    stretch = max(wanted, min(natural, room)) / natural  # below 1 only where one bar is wider than the page
    x = MARGIN
    canvas.setFont("Senandung", 6)
    canvas.setFillColorRGB(*_SOFT)
    canvas.drawRightString(MARGIN - 3, bottom + 24 + 1, str(row.measures[0].bar.number))
    for measure in row.measures:
        width = measure.width * stretch
        _draw_measure(canvas, measure, x, bottom + 24, width, stretch)
        x += width


def _draw_chords(canvas: Any, row: _Row, bottom: float) -> None:
    x = MARGIN + 8
    if row.note:
        canvas.setFont("Senandung-Italic", 8.5)
        canvas.setFillColorRGB(*_SOFT)
        canvas.drawString(x, bottom + 5, row.note)
    x = MARGIN + 66
    step = (PAGE_WIDTH - MARGIN - x) / 8
    canvas.setFillColorRGB(*_INK)
    canvas.setStrokeColorRGB(*_SOFT)
    canvas.setLineWidth(0.6)
    for name in row.chords:
        canvas.line(x, bottom + 2, x, bottom + 13)
        size = CHORD if text_width(name, "Senandung-Bold", CHORD) < step - 8 else 6.5
        canvas.setFont("Senandung-Bold", size)
        canvas.drawString(x + 4, bottom + 4.5, fit(name, "Senandung-Bold", size, step - 6))
        x += step
    canvas.line(x, bottom + 2, x, bottom + 13)


def _draw_measure(canvas: Any, measure: _Measure, left: float, base: float, width: float, stretch: float) -> None:
    """Draw one bar whose digits stand on `base`; all lengths in points."""
    canvas.setLineWidth(0.7)
    canvas.setStrokeColorRGB(*_SOFT)
    canvas.line(left + width, base - 5, left + width, base + 13)
    canvas.setFillColorRGB(*_INK)
    canvas.setStrokeColorRGB(*_INK)
    x = left + 7 * stretch
    places: list[float] = []
    for cell in measure.cells:
        places.append(x)
        x += cell.width * stretch
    digit = text_width("0", "Senandung", DIGIT)
    for cell, place in zip(measure.cells, places, strict=True):
        _draw_sign(canvas, cell.token, place, base, digit)
        if cell.chord:
            canvas.setFont("Senandung-Bold", CHORD * min(stretch, 1.0))
            canvas.drawString(place, base + 19, cell.chord)
        if cell.word:
            canvas.setFont("Senandung", WORD * min(stretch, 1.0))
            canvas.drawString(place, base - 20, cell.word)
    _draw_lines(canvas, measure, places, base, digit)
    _draw_slurs(canvas, measure, places, base, digit)


def _draw_sign(canvas: Any, token: CipherToken, x: float, base: float, digit: float) -> None:
    canvas.setFont("Senandung", DIGIT)
    shift = (digit - text_width(token.symbol, "Senandung", DIGIT)) / 2
    canvas.drawString(x + shift, base + (3 if token.symbol == "." else 0), token.symbol)
    canvas.setLineWidth(0.8)
    if token.alter > 0:
        canvas.line(x - 1, base - 1, x + digit + 1, base + 10)
    elif token.alter < 0:
        canvas.line(x - 1, base + 10, x + digit + 1, base - 1)
    for dot in range(abs(token.octave)):
        y = base + 12 + 3 * dot if token.octave > 0 else base - 3.2 - 2.2 * token.lines - 3 * dot
        canvas.circle(x + digit / 2, y, 0.95, stroke=0, fill=1)


def _draw_lines(canvas: Any, measure: _Measure, places: Sequence[float], base: float, digit: float) -> None:
    canvas.setLineWidth(0.7)
    tokens = [cell.token for cell in measure.cells]
    for level in range(1, max((token.lines for token in tokens), default=0) + 1):
        begin: int | None = None
        for index, token in enumerate([*tokens, None]):
            goes_on = (
                token is not None
                and token.lines >= level
                and begin is not None
                and token.beat == tokens[begin].beat
                and (level == 1 or _same_half(tokens[begin], token, level, measure))
            )
            if begin is not None and not goes_on:
                y = base - 2.4 - 2.2 * (level - 1)
                canvas.line(places[begin], y, places[index - 1] + digit, y)
                begin = None
            if token is not None and token.lines >= level and begin is None:
                begin = index


def _same_half(first: CipherToken, token: CipherToken, level: int, measure: _Measure) -> bool:
    """Whether two signs of one beat stand in the same half (quarter …) of it, so that one line joins them."""
    beats = max((t.token.beat for t in measure.cells), default=0) + 1
    unit = measure.bar.duration // beats
    part = unit // (3 if first.triplet else 2) // (1 << (level - 2))
    offset = measure.bar.onset + first.beat * unit
    places = [(sign.onset - offset) // max(part, 1) for sign in (first, token)]
    return places[0] == places[1]


def _draw_slurs(canvas: Any, measure: _Measure, places: Sequence[float], base: float, digit: float) -> None:
    canvas.setLineWidth(0.6)
    tokens = [cell.token for cell in measure.cells]
    for index, token in enumerate(tokens):
        if not token.slur:
            continue
        from_index = next((i for i in range(index - 1, -1, -1) if tokens[i].symbol.isdigit()), None)
        left = places[from_index] + digit / 2 if from_index is not None else places[0] - 5
        right = places[index] + digit / 2
        y = base + 12.5
        canvas.bezier(left, y, left + 1.5, y + 4.5, right - 1.5, y + 4.5, right, y)
    for beat in {token.beat for token in tokens if token.triplet}:
        own = [place for token, place in zip(tokens, places, strict=True) if token.beat == beat]
        canvas.setFont("Senandung-Italic", 6)
        canvas.drawCentredString((own[0] + own[-1] + digit) / 2, base + 13.5, "3")
