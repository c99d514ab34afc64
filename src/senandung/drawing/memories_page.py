"""A person's memories as one HTML file that is read without a server: by years, with voice notes and the timeline."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from string import Template

from senandung.domain.feeling import PLACES
from senandung.domain.fuzzy_words import MONTH_NAMES
from senandung.domain.listen import Piece
from senandung.domain.memory import Note
from senandung.domain.memory_book import BookMemory, BookVow, MemoryBook
from senandung.drawing.saving import save_bytes
from senandung.drawing.timeline import TimelineMark, timeline_svg

_WORDS = {
    "title": ("Kenangan", "Memories"),
    "about": ("{count} kenangan · disimpan {day}", "{count} memories · kept {day}"),
    "unknown": ("Entah kapan", "Who knows when"),
    "timeline": ("Kenangan sepanjang tahun", "Memories along the years"),
    "with": ("bersama", "with"),
    "chills": ("merinding di sini", "chills here"),
    "listenings": ("Didengar sampai habis", "Heard to the end"),
    "before": ("Sebelum", "Before"),
    "after": ("Sesudah", "After"),
    "honest": (
        "Berkas ini milikmu. Siapa pun yang memegangnya bisa membacanya.",
        "This file is yours. Whoever holds it can read it.",
    ),
}


def save_memories_page(book: MemoryBook, path: Path, *, language: str) -> None:
    """Write the page; it asks nothing of any server."""
    save_bytes(path, memories_html(book, language=language).encode("utf-8", "replace"))


def memories_html(book: MemoryBook, *, language: str) -> str:
    """The page of `save_memories_page` as text."""
    style = _asset("memories_page.css")
    memories = [each for each in book.memories if each.memory.kind == "memory"]
    day = _day(book.at.date(), language)
    values = {
        "language": language,
        "title": html.escape(_say("title", language)),
        "style": style,
        "style_hash": "sha256-" + base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii"),
        "about": html.escape(_say("about", language).format(count=len(memories), day=day)),
        "timeline": _timeline(book, language),
        "body": "\n".join(_years(book, language)),
        "honest": html.escape(_say("honest", language)),
    }
    return Template(_asset("memories_page.html")).substitute(values)


def _asset(name: str) -> str:
    return resources.files("senandung.drawing").joinpath(name).read_text(encoding="utf-8")


def _say(name: str, language: str) -> str:
    return _WORDS[name][0 if language == "id" else 1]


def _day(day: date, language: str) -> str:
    return f"{day.day} {MONTH_NAMES[language][day.month - 1]} {day.year}"


def _clock(milliseconds: int) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes}:{seconds:02}"


def _timeline(book: MemoryBook, language: str) -> str:
    marks = [
        TimelineMark(when.first, when.last, None if place is None else place[0], each.piece.title, f"#m{number}")
        for number, each in enumerate(book.memories)
        for when, place in [(each.memory.when, each.memory.felt.place)]
        if when.last is not None
    ]
    return timeline_svg(marks, today=book.at.date(), name=_say("timeline", language)) if marks else ""


def _years(book: MemoryBook, language: str) -> Iterator[str]:
    """A section a year, the first first; those of no known time at the end; then the listenings."""
    by_year: dict[str, list[tuple[int, BookMemory]]] = {}
    order = sorted(enumerate(book.memories), key=lambda item: (item[1].memory.when.middle or date.max, item[0]))
    for number, each in order:
        by_year.setdefault(each.memory.when.heading(language) or _say("unknown", language), []).append((number, each))
    for name, own in by_year.items():
        rows = "\n".join(_memory(number, each, language) for number, each in own)
        yield f"<section><h2>{html.escape(name)}</h2>\n{rows}\n</section>"
    if book.vows:
        rows = "\n".join(_vow(each, language) for each in book.vows)
        yield f"<section><h2>{html.escape(_say('listenings', language))}</h2>\n{rows}\n</section>"


def _song(piece: Piece, more: str = "") -> str:
    by = f" · {piece.artist}" if piece.artist else ""
    return f'<p class="song">♪ {html.escape(piece.title + by)}{html.escape(more)}</p>'


def _memory(number: int, each: BookMemory, language: str) -> str:
    memory = each.memory
    rows = [_song(each.piece, f" · {_clock(memory.start_ms)}")]
    said = memory.when.said or memory.when.words(language)
    about = [said, memory.place]
    if memory.people:
        about.append(f"{_say('with', language)} {', '.join(memory.people)}")
    about += [word if language == "id" or word not in PLACES else PLACES[word].english for word in memory.felt.words]
    if memory.kind == "chills":
        about.append(_say("chills", language))
    line = " · ".join(part for part in about if part)
    if line:
        rows.append(f'<p class="about">{html.escape(line)}</p>')
    if memory.text:
        rows.append(f'<p class="text">{html.escape(memory.text)}</p>')
    if each.voice is not None:
        data = base64.b64encode(each.voice.data).decode("ascii")
        rows.append(f'<audio controls preload="none" src="data:{html.escape(each.voice.mime)};base64,{data}"></audio>')
    return f'<article id="m{number}" class="{memory.kind}">{"".join(rows)}</article>'


def _vow(vow: BookVow, language: str) -> str:
    rows = [_song(vow.piece, f" · {_day(vow.started.date(), language)}")]
    for name, note in (("before", vow.before), ("after", vow.after)):
        if note:
            rows.append(f"<h3>{html.escape(_say(name, language))}</h3>{_note(note, language)}")
    return f"<article>{''.join(rows)}</article>"


def _note(note: Note, language: str) -> str:
    names = [word if language == "id" or word not in PLACES else PLACES[word].english for word in note.felt.words]
    felt = f'<p class="about">{html.escape(", ".join(names))}</p>' if names else ""
    text = f'<p class="text">{html.escape(note.text)}</p>' if note.text else ""
    return felt + text
