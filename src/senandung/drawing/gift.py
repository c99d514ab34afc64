"""A song as a gift: one HTML file with its sound, a letter and its words, which asks nothing of anybody."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from string import Template

from senandung.domain.checks import require, require_whole
from senandung.domain.gift import LONGEST_LETTER
from senandung.domain.memory import LONGEST_SONG_MS
from senandung.domain.music import LyricLine

LARGEST = 15_000_000
"""Bytes of a gift file: what mail and messengers take."""

_WORDS = {
    "song": ("Sebuah lagu untukmu", "A song for you"),
    "play": ("Putar", "Play"),
    "pause": ("Jeda", "Pause"),
    "place": ("Tempat dalam lagu", "Place in the song"),
    "words": ("Lirik", "Words"),
    "memory": ("Kenangan yang ikut bersamanya", "The memory that comes with it"),
    "voice": ("Catatan suara", "Voice note"),
    "story": ("Ceritanya", "Its story"),
    "machine": (
        "Lagu ini dibuat mesin (made by a machine) dengan Senandung.",
        "This song was made by a machine (dibuat mesin), with Senandung.",
    ),
    "honest": (
        "Berkas ini tidak terkunci: siapa pun yang memegangnya bisa membukanya dan meneruskannya.",
        "This file is not locked: whoever holds it can open it and pass it on.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class GiftPage:
    """What a gift file holds.

    Parameters
    ----------
    title, artist : of the song.
    sound, sound_type : its sound and the type of it.
    letter : in the sender's words; may be empty.
    lines : the song's words, with times where they are known.
    cover : a picture and its type; a drawn one without.
    start_ms : where the song begins, in milliseconds.
    memory : what the sender remembers: its time and place, and its text; empty for none.
    voice : a voice note and its type.
    story : of a song that was made here.
    machine : whether a machine made the song.
    """

    title: str
    artist: str
    sound: bytes
    sound_type: str
    letter: str = ""
    lines: tuple[LyricLine, ...] = ()
    cover: tuple[bytes, str] | None = None
    start_ms: int = 0
    memory: tuple[str, str] = ("", "")
    voice: tuple[bytes, str] | None = None
    story: str = ""
    machine: bool = False

    def __post_init__(self) -> None:
        require(
            len(self.letter) <= LONGEST_LETTER,
            f"a letter must have at most {LONGEST_LETTER} characters",
            len(self.letter),
        )
        require_whole("a gift must begin at a whole millisecond of a song", self.start_ms, 0, LONGEST_SONG_MS)


def gift_html(gift: GiftPage, *, language: str) -> str:
    """The file's text. Raises `InvalidValueError` where it would be larger than `LARGEST`."""

    def say(name: str) -> str:
        return html.escape(_WORDS[name][0 if language == "id" else 1])

    style, script = _asset("gift.css"), _asset("gift.js")
    values = {
        "language": language,
        "title": html.escape(gift.title),
        "artist": html.escape(gift.artist),
        "style": style,
        "style_hash": _hash(style),
        "script": script,
        "script_hash": _hash(script),
        "letter": f'<p class="letter">{html.escape(gift.letter)}</p>' if gift.letter.strip() else "",
        "cover": _cover(gift),
        "sound": _data(gift.sound, gift.sound_type),
        "memory": _memory(gift, say("memory"), say("voice")),
        "words": _lines(gift.lines, say("words")),
        "story": _story(gift.story, say("story")),
        "machine": f"<p>{say('machine')}</p>" if gift.machine else "",
        "settings": html.escape(json.dumps({"start": gift.start_ms / 1000}), quote=False),
    }  # fmt: skip
    for name in ("song", "play", "pause", "place", "honest"):
        values[f"say_{name}"] = say(name)
    text = Template(_asset("gift.html")).substitute(values)
    size = len(text.encode("utf-8", "replace"))
    require(size <= LARGEST, f"a gift file must have at most {LARGEST // 10**6} MB", f"{size / 10**6:.1f} MB")
    return text


def room_for_sound(gift: GiftPage, *, language: str) -> int:
    """Bytes that the sound of a gift may have, beside all else that it holds; as text it grows by a third."""
    return (LARGEST - len(gift_html(gift, language=language).encode("utf-8", "replace")) - 1000) * 3 // 4


def _asset(name: str) -> str:
    return resources.files("senandung.drawing").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _data(data: bytes, kind: str) -> str:
    return f"data:{html.escape(kind)};base64,{base64.b64encode(data).decode('ascii')}"


def _cover(gift: GiftPage) -> str:
    if gift.cover is not None:
        return f'<img class="cover" src="{_data(*gift.cover)}" alt="">'
    return (
        '<svg class="cover" viewBox="0 0 100 100" aria-hidden="true"><rect width="100" height="100"/>'
        '<path d="M16 58c9-30 20-30 29-2s20 27 30-5"/><circle cx="80" cy="37" r="6"/></svg>'
    )


def _memory(gift: GiftPage, title: str, voice: str) -> str:
    when, text = gift.memory
    rows = []
    if when:
        rows.append(f'<p class="soft">{html.escape(when)}</p>')
    if text:
        rows.append(f'<p class="letter small">{html.escape(text)}</p>')
    if gift.voice is not None:
        rows.append(f'<audio controls preload="none" aria-label="{voice}" src="{_data(*gift.voice)}"></audio>')
    return f"<section><h2>{title}</h2>{''.join(rows)}</section>" if rows else ""


def _story(story: str, title: str) -> str:
    if not story.strip():
        return ""
    return f'<section><h2>{title}</h2><p class="letter small">{html.escape(story)}</p></section>'


def _lines(lines: Sequence[LyricLine], title: str) -> str:
    if not lines:
        return ""
    rows = [
        f"<p>{html.escape(line.text) or '&nbsp;'}</p>"
        if line.start_ms is None
        else f'<button type="button" data-ms="{line.start_ms}">{html.escape(line.text) or "♪"}</button>'
        for line in lines
    ]
    return f'<section class="words"><h2>{title}</h2>{"".join(rows)}</section>'
