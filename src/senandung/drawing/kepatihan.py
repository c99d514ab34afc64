"""A gendhing as kepatihan: the balungan in digits by gatra, the strokes of its gongs, and the sung line below.

The signs are those of kepatihan books (commonly stated; they differ a little from book to book): a circle around a
digit is the gong, an arch above it the kenong, a cup the kempul, + the kethuk, - the kempyang; a dot above or below a
digit is an octave, a point a rest or a tone held. A gatra leads to its last tone, so its signs stand at the ends of
their beats; the sung line stands where it sounds between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from senandung.domain.gendhing import Tone
from senandung.domain.song import Note, Section, Song, Track
from senandung.domain.tuning import GAMELANS, TUNINGS
from senandung.drawing.fonts import drawable, fit, text_width
from senandung.drawing.labels import label

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89  # A4 in points
MARGIN = 46.0
_ROOM = PAGE_WIDTH - 2 * MARGIN
DIGIT, SUNG, WORD = 14.0, 10.5, 8.5  # type sizes in points
GATRA_A_ROW, SUNG_GATRA_A_ROW = 4, 2
PLAIN_HEIGHT, SUNG_HEIGHT, HEADING = 40.0, 72.0, 20.0
BEAT = 480
_INK, _SOFT, _ACCENT = (0.13, 0.12, 0.15), (0.45, 0.43, 0.48), (0.55, 0.24, 0.2)

STRUCTURE = ("gong", "kenong", "kempul", "kethuk", "kempyang")
"""Instruments whose strokes have a sign."""

IRAMA_OF_PEKING = {1: "lancar", 2: "tanggung", 4: "dadi"}
"""The irama by how often the peking strikes in a beat."""


@dataclass(frozen=True)
class KepatihanBeat:
    """One beat: its tone (None for a rest) and the names of `STRUCTURE` that strike."""

    tick: int
    tone: Tone | None
    struck: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "." if self.tone is None else str(self.tone)


@dataclass(frozen=True)
class SungTone:
    """A tone of the sung line, with the number of the syllable that begins on it."""

    tick: int
    tone: Tone
    syllable: int | None = None


@dataclass(frozen=True)
class KepatihanGatra:
    """A gatra with what is sung up to its last beat."""

    beats: tuple[KepatihanBeat, ...]
    sung: tuple[SungTone, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.beats))


@dataclass(frozen=True)
class _Row:
    gatra: tuple[KepatihanGatra, ...]
    sung: bool
    heading: str = ""
    note: str = ""

    @property
    def height(self) -> float:
        """Height in points."""
        return (SUNG_HEIGHT if self.sung else PLAIN_HEIGHT) + (HEADING if self.heading else 0.0)


def is_gendhing(song: Song) -> bool:
    """Whether a song is a gendhing: in a laras, with a balungan on the saron."""
    return bool(song.keys[0].key.laras) and _track(song, "saron") is not None


def kepatihan(song: Song) -> tuple[tuple[Section | None, tuple[KepatihanGatra, ...]], ...]:
    """The gatra of each section of a gendhing.

    Octaves are those that the saron plays, in its one octave; in the buka those of the bonang's lower row.
    """
    saron, bonang = _track(song, "saron"), _track(song, "bonang-barung")
    assert saron is not None
    laras = song.keys[0].key.laras
    tuning = TUNINGS[saron.tuning]
    tones = {_beat(note): Tone.of_midi(note.pitch - 12, tuning, laras) for note in saron.notes}
    first = min(tones, default=0)
    for note in reversed(bonang.notes if bonang else ()):
        if _beat(note) < first // 4 * 4 and note.onset % BEAT == 0:  # its lower row comes last
            tones[_beat(note)] = Tone.of_midi(note.pitch, tuning, laras)
    struck = {name: {_beat(n) for n in track.notes} for name in STRUCTURE if (track := _track(song, name)) is not None}
    vocal = song.vocal.notes if song.vocal else ()
    last = max(tones, default=0)
    found: list[tuple[Section | None, list[KepatihanGatra]]] = []
    for start in range(0, last + 1, 4):
        section = song.section_at(start * BEAT)
        if not found or found[-1][0] is not section:
            found.append((section, []))
        beats = tuple(
            KepatihanBeat(beat * BEAT, tones.get(beat), tuple(name for name in struck if beat in struck[name]))
            for beat in range(start, start + 4)
        )
        low, high = (start - 1) * BEAT, (start + 3) * BEAT
        sung, before = [], None
        for note in vocal:
            begins = note.syllable if note.syllable != before else None
            before = note.syllable
            if low < note.onset <= high:
                sung.append(SungTone(note.onset, Tone.of_midi(note.pitch, tuning, laras), begins))
        found[-1][1].append(KepatihanGatra(beats, tuple(sung)))
    return tuple((section, tuple(gatra)) for section, gatra in found)


def _track(song: Song, instrument: str) -> Track | None:
    return next((track for track in song.tracks if track.instrument == instrument and track.notes), None)


def _beat(note: Note) -> int:
    """The beat of a note; the last tone, which comes half a beat late, belongs to the beat before."""
    return (note.onset + BEAT // 4) // BEAT


def irama_at(song: Song, tick: int) -> str:
    """The irama at a tick, by the peking's strokes in the beat that ends there; empty where it does not play."""
    peking = _track(song, "peking")
    strokes = sum(tick - BEAT < note.onset <= tick for note in peking.notes) if peking else 0
    return IRAMA_OF_PEKING.get(strokes, "")


def draw_kepatihan(canvas: Any, song: Song) -> None:
    """Draw a gendhing onto a canvas with reportlab's methods, page after page."""
    pages = _pages(_rows(song))
    for number, rows in enumerate(pages, 1):
        top = _header(canvas, song) if number == 1 else PAGE_HEIGHT - MARGIN
        for row in rows:
            top -= row.height
            _draw_row(canvas, song, row, top)
        canvas.setFont("Senandung", 7.5)
        canvas.setFillColorRGB(*_SOFT)
        canvas.drawString(MARGIN, MARGIN - 16, label("made-with", song.words.language))
        canvas.drawRightString(PAGE_WIDTH - MARGIN, MARGIN - 16, f"{number} / {len(pages)}")
        canvas.showPage()


def _rows(song: Song) -> list[_Row]:
    rows: list[_Row] = []
    for section, gatra in kepatihan(song):
        sung = any(row.sung for row in gatra)
        size = SUNG_GATRA_A_ROW if sung else GATRA_A_ROW
        heading = drawable(section.name) if section else ""
        irama = irama_at(song, gatra[0].beats[3].tick)
        for start in range(0, len(gatra), size):
            note = f"irama {irama}" if start == 0 and irama else ""
            rows.append(_Row(gatra[start : start + size], sung, heading if start == 0 else "", note))
    return rows


def _pages(rows: Sequence[_Row]) -> list[list[_Row]]:
    pages: list[list[_Row]] = [[]]
    room = PAGE_HEIGHT - 2 * MARGIN - 88
    for row in rows:
        if row.height > room and pages[-1]:
            pages.append([])
            room = PAGE_HEIGHT - 2 * MARGIN
        room -= row.height
        pages[-1].append(row)
    return pages


def _header(canvas: Any, song: Song) -> float:
    y = PAGE_HEIGHT - MARGIN - 16
    key = song.keys[0].key
    saron = _track(song, "saron")
    assert saron is not None
    tuning = TUNINGS[saron.tuning]
    gamelan = next((row.title for row in GAMELANS.values() if saron.tuning in row.tunings.values()), saron.tuning)
    title = drawable(song.title) or "Senandung"
    canvas.setFillColorRGB(*_INK)
    size = 18.0 if text_width(title, "Senandung-Bold", 18) <= _ROOM else 13.0
    canvas.setFont("Senandung-Bold", size)
    canvas.drawCentredString(PAGE_WIDTH / 2, y, fit(title, "Senandung-Bold", size, _ROOM))
    laras, pathet = str(key).split(" ", 1)
    canvas.setFont("Senandung", 10.5)
    form = song.provenance.style.capitalize()
    canvas.drawCentredString(PAGE_WIDTH / 2, y - 18, f"{form}, laras {laras}, pathet {pathet}")
    canvas.setFont("Senandung", 8.5)
    canvas.setFillColorRGB(*_SOFT)
    cents = " ".join(f"{value:.0f}" for value in (*tuning.degrees, tuning.octave))
    text = f"{gamelan}: 1 = {tuning.reference_hz:g} Hz, {cents} cent · {label('made', song.words.language)}"
    canvas.drawCentredString(PAGE_WIDTH / 2, y - 32, fit(text, "Senandung", 8.5, _ROOM))
    _legend(canvas, y - 54)
    minutes, seconds = divmod(round(song.seconds), 60)
    canvas.setFont("Senandung", 8.5)
    canvas.setFillColorRGB(*_SOFT)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, y - 54, f"{minutes}:{seconds:02d}")
    return y - 62


def _legend(canvas: Any, y: float) -> None:
    x = MARGIN
    for name in STRUCTURE:
        canvas.setStrokeColorRGB(*_ACCENT)
        _sign(canvas, name, x + 5, y - (DIGIT if name != "gong" else 1.8), radius=5.0)
        canvas.setFont("Senandung", 8.5)
        canvas.setFillColorRGB(*_SOFT)
        canvas.drawString(x + 14, y, name)
        x += 24 + text_width(name, "Senandung", 8.5)


def _sign(canvas: Any, name: str, x: float, base: float, radius: float = 9.0) -> None:
    """The sign of an instrument over a digit whose middle is x and which stands on `base`."""
    canvas.setLineWidth(0.9)
    top = base + DIGIT
    if name == "gong":
        canvas.circle(x, base + 4.8, radius, stroke=1, fill=0)
    elif name == "kenong":
        canvas.bezier(x - 5, top + 1, x - 4, top + 6, x + 4, top + 6, x + 5, top + 1)
    elif name == "kempul":
        canvas.bezier(x - 5, top + 5, x - 4, top, x + 4, top, x + 5, top + 5)
    else:
        canvas.line(x - 3, top + 3, x + 3, top + 3)
        if name == "kethuk":
            canvas.line(x, top, x, top + 6)


def _draw_row(canvas: Any, song: Song, row: _Row, bottom: float) -> None:
    top = bottom + row.height
    if row.heading:
        canvas.setFont("Senandung-Bold", 9.5)
        canvas.setFillColorRGB(*_ACCENT)
        canvas.drawString(MARGIN, top - 14, row.heading)
        width = text_width(row.heading, "Senandung-Bold", 9.5)
        canvas.setFont("Senandung-Italic", 8.5)
        canvas.setFillColorRGB(*_SOFT)
        canvas.drawString(MARGIN + width + 8, top - 14, row.note)
    base = bottom + (44.0 if row.sung else 12.0)
    size = SUNG_GATRA_A_ROW if row.sung else GATRA_A_ROW
    width = _ROOM / size
    for number, gatra in enumerate(row.gatra):
        _draw_gatra(canvas, song, gatra, MARGIN + number * width, width - 12.0, base, sung=row.sung)


def _draw_gatra(
    canvas: Any, song: Song, gatra: KepatihanGatra, left: float, width: float, base: float, *, sung: bool
) -> None:
    start = gatra.beats[0].tick - BEAT

    def place(tick: int) -> float:
        return left + width * (tick - start) / (4 * BEAT)

    for beat in gatra.beats:
        x = place(beat.tick) - 4
        canvas.setFillColorRGB(*_INK)
        _digit(canvas, beat.tone, x, base, DIGIT)
        canvas.setStrokeColorRGB(*_ACCENT)
        for name in beat.struck:
            _sign(canvas, name, x, base)
        if sung and not any(beat.tick - BEAT // 4 < tone.tick <= beat.tick for tone in gatra.sung):
            canvas.setFillColorRGB(*_SOFT)
            _digit(canvas, None, x, base - 22, SUNG)
    free = left - 20.0
    for tone in gatra.sung:
        x = place(tone.tick) - 4
        canvas.setFillColorRGB(*_INK)
        _digit(canvas, tone.tone, x, base - 22, SUNG)
        if tone.syllable is not None and tone.syllable < len(song.words.syllables):
            syllable = song.words.syllables[tone.syllable]
            text = drawable(syllable.text) + ("" if syllable.ends_word else "-")
            at = max(x - 3, free)
            canvas.setFont("Senandung", WORD)
            canvas.drawString(at, base - 37, text)
            free = at + text_width(text, "Senandung", WORD) + 2.5


def _digit(canvas: Any, tone: Tone | None, x: float, base: float, size: float) -> None:
    """A digit with its octave's dots around x, or the point of a rest."""
    text = "." if tone is None else str(tone.digit)
    canvas.setFont("Senandung", size)
    canvas.drawString(x - text_width(text, "Senandung", size) / 2, base + (3 if tone is None else 0), text)
    for dot in range(abs(tone.octave) if tone else 0):
        up = tone is not None and tone.octave > 0
        y = base + 0.82 * size + 1.4 + 2.6 * dot if up else base - 2.6 - 2.6 * dot
        canvas.circle(x, y, 0.07 * size, stroke=0, fill=1)
