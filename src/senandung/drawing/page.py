"""The song's page: one HTML file that plays the song, follows its words and shows its notes, without a server."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from senandung.domain.feeling import PLACES, Feeling
from senandung.domain.scales import Key
from senandung.domain.song import Song
from senandung.domain.time import Second, Tick
from senandung.domain.words import Line
from senandung.drawing.labels import FILES, clock, label, plain_licence, plain_notes, plain_style
from senandung.drawing.not_angka import not_angka_svg
from senandung.drawing.saving import save_bytes
from senandung.files.provenance import has_own_words, label_of


def save_page(
    song: Song,
    feeling: Feeling,
    path: Path,
    *,
    audio_name: str = "song.mp3",
    score_pages: Sequence[str] = (),
    files: Sequence[str] = (),
    seconds: Callable[[Tick], Second] | None = None,
    originality: str = "",
) -> None:
    """Write `index.html`: player, words, story, feeling, score and downloads; it asks nothing of any server.

    Parameters
    ----------
    song, feeling : what is shown.
    path : the file to write; it stands in the song folder, beside the audio.
    audio_name : the audio's name in that folder.
    score_pages : SVG pages of `drawing.score.engrave`; they are put into the page.
    files : names in the folder that are offered for download; `roll.png` and `feeling.png` among them are shown.
    seconds : when a tick of the song sounds in the audio, in seconds; by default the score's clock.
    originality : the verdict of its originality report, in the song's language; none without it.
    """
    text = page_html(
        song,
        feeling,
        audio_name=audio_name,
        score_pages=score_pages,
        files=files,
        seconds=seconds,
        originality=originality,
    )
    save_bytes(path, text.encode("utf-8"))


def page_html(
    song: Song,
    feeling: Feeling,
    *,
    audio_name: str = "song.mp3",
    score_pages: Sequence[str] = (),
    files: Sequence[str] = (),
    seconds: Callable[[Tick], Second] | None = None,
    originality: str = "",
) -> str:
    """The page of `save_page` as text."""
    language = song.words.language
    seconds = seconds or song.tempo_map.ticks_to_seconds

    def say(name: str) -> str:
        return html.escape(label(name, language))

    script = _asset("follow.js").replace("export function", "function") + _asset("page.js")
    values = {
        "language": language,
        "title": html.escape(song.title),
        "version": html.escape(song.provenance.version),
        "label": _label_tags(song),
        "css": _asset("page.css"),
        "script": script,
        "script_hash": "sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
        "about": html.escape(_about(song)),
        "story": _story(song),
        "whose": _whose(song),
        "lines": lines_html(song, seconds),
        "feeling": _feeling(feeling, language, files),
        "pictures": _pictures(song, score_pages, files),
        "details": _details(song, originality),
        "downloads": _downloads(files, language),
        "licence": html.escape(plain_licence(song)),
        "audio": _address(audio_name),
        "seconds": f"{seconds(song.end):.1f}",
        "length": clock(seconds(song.end)),
        "arc": arc_path(song, seconds),
        "marks": _marks(song, seconds),
        "data": _json(song, label("badge", language), seconds),
        "label_made": say("badge"),
    }
    for name in ("skip", "words", "details", "honest", "player", "play", "pause", "seek", "trouble"):
        values[f"label_{name}"] = say(name)
    return Template(_asset("page.html")).substitute(values)


def key_name(key: Key, language: str) -> str:
    """A key as a reader names it.

    >>> key_name(Key.parse("Am"), "id"), key_name(Key.parse("Bb"), "en")
    ('A minor', 'B♭ major')
    >>> key_name(Key.parse("slendro sanga"), "id")
    'laras slendro pathet sanga'
    """
    if key.laras:
        laras, pathet = str(key).split(" ", 1)
        return f"laras {laras} pathet {pathet}"
    tonic = str(key.tonic).replace("#", "♯").replace("b", "♭")
    mode = label(key.mode, language) if key.mode in ("major", "minor") else key.mode.replace("-", " ")
    return f"{tonic} {mode}"


def _asset(name: str) -> str:
    return resources.files("senandung.drawing").joinpath(name).read_text(encoding="utf-8")


def _address(name: str) -> str:
    """A name in the folder as a relative address that cannot become anything else."""
    return "./" + html.escape(quote(name))


def _bpm(song: Song) -> float:
    return song.tempos[0].bpm * 480 / song.metres[0].metre.beat_ticks


def _about(song: Song) -> str:
    language = song.words.language
    parts = (
        plain_style(song),
        key_name(song.keys[0].key, language),
        f"{_bpm(song):.0f} {label('beats', language)}",
        clock(song.seconds),
    )
    return " · ".join(part for part in parts if part)


def _story(song: Song) -> str:
    story = song.provenance.told_story.strip()
    if not story:
        return ""
    cite = html.escape(label("story", song.words.language))
    return f'<blockquote class="story">{html.escape(story)}<cite>{cite}</cite></blockquote>'


def _label_tags(song: Song) -> str:
    """The label for machines: a `meta` element a field."""
    return "\n".join(f'<meta name="{name}" content="{html.escape(text)}">' for name, text in label_of(song).items())


def _whose(song: Song) -> str:
    language = song.words.language
    if not song.words.lines:
        return f'<p class="whose">{html.escape(label("instrumental", language))}</p>'
    counts = dict.fromkeys(("person", "variation", "vocalise", "machine"), 0)
    for line in song.words.lines:
        counts[line.source] += 1
    parts = [f"{count} {label('source-' + source, language)}" for source, count in counts.items() if count]
    return f'<p class="whose">{html.escape(" · ".join(parts))}</p>'


def _syllable_times(song: Song, seconds: Callable[[Tick], Second]) -> dict[int, tuple[float, float]]:
    """Begin and end in seconds of each syllable that is sung."""
    spans: dict[int, tuple[int, int]] = {}
    for note in song.vocal.notes if song.vocal else ():
        if note.syllable is not None:
            start = spans.get(note.syllable, (note.onset, 0))[0]
            spans[note.syllable] = (start, note.end)
    return {number: (seconds(start), seconds(end)) for number, (start, end) in spans.items()}


def lines_html(song: Song, seconds: Callable[[Tick], Second]) -> str:
    """The words with their sections: each line that is sung a button with its times, each syllable a span."""
    language = song.words.language
    times = _syllable_times(song, seconds)
    rows: list[str] = []
    by_section: dict[int, list[int]] = {}
    for index, line in enumerate(song.words.lines):
        by_section.setdefault(line.section, []).append(index)
    for number, section in enumerate(song.sections):
        own = by_section.pop(number, [])
        name = html.escape(section.name)
        if own:
            rows.append(f"<h3>{name}</h3>")
            rows += [_line(song, index, times) for index in own]
        elif song.words.lines:
            bars = sum(section.onset <= start < section.end for start in song.bar_starts())
            rows.append(f'<p class="played">♪ {name} · {bars} {html.escape(label("bars", language))}</p>')
    for left in by_section.values():
        rows += [_line(song, index, times) for index in left]
    return "\n  ".join(rows)


def _line(song: Song, index: int, times: dict[int, tuple[float, float]]) -> str:
    line, first = song.words.lines[index], song.words.line_starts[index]
    numbers = range(first, first + len(line.syllables))
    pieces = []
    for text, offset in line_pieces(line):
        number = None if offset is None else first + offset
        if number in times and number is not None:
            pieces.append(f'<span data-t="{times[number][0]:.3f}">{html.escape(text)}</span>')
        else:
            pieces.append(html.escape(text))
    tag = "" if line.source == "person" else label("tag-" + line.source, song.words.language)
    body = f'<span class="text">{"".join(pieces)}</span>' + (f"<small>{html.escape(tag)}</small>" if tag else "")
    sung = [times[number] for number in numbers if number in times]
    if not sung:
        return f'<p class="line {line.source}">{body}</p>'
    start, end = sung[0][0], sung[-1][1]
    place = f'data-start="{start:.3f}" data-end="{end:.3f}"'
    return f'<button type="button" class="line {line.source}" {place}>{body}</button>'


def line_pieces(line: Line) -> list[tuple[str, int | None]]:
    """A line's text cut at its syllables: pieces with the syllable's number in the line, or None between syllables.

    The text as written keeps its punctuation; where it does not hold the syllables (numbers are sung as words), the
    syllables alone are given.

    >>> from senandung.domain.words import Syllable
    >>> line_pieces(Line("Aku, kamu", tuple(Syllable(t) for t in ("a", "ku", "ka", "mu"))))
    [('A', 0), ('ku', 1), (', ', None), ('ka', 2), ('mu', 3)]
    """
    pieces: list[tuple[str, int | None]] = []
    at, lowered = 0, line.text.lower()
    for number, syllable in enumerate(line.syllables):
        text = syllable.text.lower()
        found = lowered.find(text, at)
        gap = line.text[at:found] if found >= 0 else ""
        if found < 0 or len(lowered) != len(line.text) or any(letter.isalnum() for letter in gap):
            return _plain_pieces(line)
        if gap:
            pieces.append((gap, None))
        pieces.append((line.text[found : found + len(text)], number))
        at = found + len(text)
    rest = line.text[at:]
    if any(letter.isalnum() for letter in rest):
        return _plain_pieces(line)
    return [*pieces, (rest, None)] if rest else pieces


def _plain_pieces(line: Line) -> list[tuple[str, int | None]]:
    pieces: list[tuple[str, int | None]] = []
    for number, syllable in enumerate(line.syllables):
        if number and syllable.begins_word:
            pieces.append((" ", None))
        pieces.append((syllable.text, number))
    return pieces


def _feeling(feeling: Feeling, language: str, files: Sequence[str]) -> str:
    title = html.escape(label("feeling", language))
    rows = [f'<section aria-labelledby="feeling-title">\n  <h2 id="feeling-title">{title}</h2>']
    if not feeling.readable:
        rows.append(f"<p>{html.escape(label('unread', language))}</p>")
    elif feeling.words:
        names = [word if language == "id" or word not in PLACES else PLACES[word].english for word in feeling.words]
        rows.append(f'<p class="names">{html.escape(", ".join(names))}</p>')
    weighed = [item for item in feeling.evidence if item.weight > 0]
    if weighed:
        rows.append(f"<h3>{html.escape(label('weighed', language))}</h3>")
        most = max(item.weight for item in weighed)
        items = []
        for item in sorted(weighed, key=lambda item: -item.weight)[:8]:
            note = f" <small>{html.escape(plain_notes(item.note, language))}</small>" if item.note else ""
            width = round(100 * item.weight / most)
            items.append(f'<li><span>{html.escape(item.what)}{note}</span><i style="width:{width}%"></i></li>')
        rows.append(f'<ul class="weights">{"".join(items)}</ul>')
    if "feeling.png" in files:
        rows.append(_picture("feeling.png", label("feeling-picture", language)))
    rows.append("</section>")
    return "\n  ".join(rows)


def _picture(name: str, caption: str) -> str:
    text, address = html.escape(caption), _address(name)
    image = f'<a href="{address}"><img src="{address}" alt="{text}" loading="lazy"></a>'
    return f'<figure class="picture"><div>{image}</div><figcaption>{text}</figcaption></figure>'


def _pictures(song: Song, score_pages: Sequence[str], files: Sequence[str]) -> str:
    language = song.words.language

    def folded(name: str, body: str, pdf: str = "") -> str:
        link = f'<p><a href="{_address(pdf)}">{html.escape(pdf)}</a></p>' if pdf in files and pdf else ""
        return f"<details><summary>{html.escape(label(name, language))}</summary>{link}{body}</details>"

    rows = []
    sheets = not_angka_svg(song)
    if sheets:
        rows.append(folded("not-angka", f'<div class="sheets" tabindex="0">{"".join(sheets)}</div>', "not-angka.pdf"))
    if score_pages:
        pages = "".join(_inline_svg(page) for page in score_pages)
        rows.append(folded("score", f'<div class="sheets score" tabindex="0">{pages}</div>', "score.pdf"))
    if "roll.png" in files:
        rows.append(folded("roll", _picture("roll.png", label("roll-picture", language))))
    if not rows:
        return ""
    title = html.escape(label("pictures", language))
    return (
        f'<section aria-labelledby="pictures-title">\n  <h2 id="pictures-title">{title}</h2>\n  '
        + "".join(rows)
        + "</section>"
    )


def _inline_svg(page: str) -> str:
    """A page of verovio for HTML: without its declaration, sized by its box."""
    start = page.find("<svg")
    return page[max(start, 0) :]


def details(song: Song, originality: str, language: str) -> list[tuple[str, str]]:
    """What is said about a song: name and text, in a language ("id" or "en")."""
    made = song.provenance
    players = ", ".join(
        f"{track.name} ({track.sound.indonesian if language == 'id' else track.sound.english})"
        if track.name.casefold() not in (track.sound.indonesian.casefold(), track.sound.english.casefold())
        else track.name
        for track in song.tracks
    )
    keys = dict.fromkeys(key_name(change.key, language) for change in song.keys)
    metres = dict.fromkeys(str(change.metre) for change in song.metres)
    rows = (
        ("style", plain_style(song)),
        ("key", " → ".join(keys)),
        ("tempo", f"{_bpm(song):.0f} {label('beats', language)}"),
        ("metre", ", ".join(metres)),
        ("length", f"{clock(song.seconds)} · {len(song.bar_starts())} {label('bars', language)}"),
        ("players", players),
        ("seed", str(made.seed)),
        ("version", f"Senandung {made.version}".strip()),
        ("made-how", _made_how(song, language)),
        ("given", "; ".join(" · ".join(filter(None, (each.what, each.whose))) for each in made.given)),
        ("models", ", ".join(made.models)),
        ("sources", ", ".join(made.sources)),
        ("originality", originality),
        ("song-id", song.song_id[:16]),
    )
    return [(label(name, language), text) for name, text in rows if text]


def _details(song: Song, originality: str) -> str:
    rows = details(song, originality, song.words.language)
    return "\n".join(f"    <dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in rows)


def _made_how(song: Song, language: str) -> str:
    """How the song came about in words, with the IPTC's name for it."""
    name = song.provenance.source_type(own_words=has_own_words(song.words)).rpartition("/")[2]
    return f"{label(name, language)} ({name})" if name else ""


def in_order(names: Sequence[str]) -> list[str]:
    """Names of a song folder's files, in the order of `labels.FILES`.

    >>> in_order(["strange.txt", "song.mid", "song.mp3"])
    ['song.mp3', 'song.mid', 'strange.txt']
    """
    order = {name: index for index, name in enumerate(FILES)}
    return sorted(names, key=lambda name: (order.get(name.rstrip("/"), len(order)), name))


def _downloads(files: Sequence[str], language: str) -> str:
    names = [name for name in files if name != "index.html"]
    if not names:
        return ""
    items = []
    for name in in_order(names):
        known = FILES.get(name.rstrip("/"))
        about = f"<small>{html.escape(known[0 if language == 'id' else 1])}</small>" if known else ""
        items.append(f'<li><a href="{_address(name)}">{html.escape(name)}</a>{about}</li>')
    title = html.escape(label("downloads", language))
    return (
        f'<section aria-labelledby="files-title">\n  <h2 id="files-title">{title}</h2>\n'
        f'  <ul class="files">{"".join(items)}</ul>\n</section>'
    )


def arc_path(song: Song, seconds: Callable[[Tick], Second]) -> str:
    """The tension over the song as an outline in a box of 1000 by 100, an SVG path; empty where none is known."""
    end = max(seconds(song.end), 0.001)
    points = [(seconds(p.onset), p.tension) for p in song.feeling_curve]
    if not points:
        points = [(seconds(s.onset), s.intensity) for s in song.sections]
    if not points:
        return ""
    points.append((end, points[-1][1]))
    line = " ".join(f"L{min(1000 * time / end, 1000):.1f} {100 - 92 * tension:.1f}" for time, tension in points)
    return f'<path d="M0 100 {line} L1000 100Z"/>'


def _marks(song: Song, seconds: Callable[[Tick], Second]) -> str:
    rows = []
    for section in song.sections:
        start, length = seconds(section.onset), seconds(section.end) - seconds(section.onset)
        name = html.escape(section.name)
        rows.append(
            f'<button type="button" style="flex:{length:.2f} 1 0" data-section data-start="{start:.3f}" title="{name}" '
            f'aria-label="{name}, {clock(start)}">{name}</button>'
        )
    return "".join(rows)


def following(song: Song, seconds: Callable[[Tick], Second]) -> dict[str, Any]:
    """What `follow.js` needs beside the words: length, sections and chords, in seconds."""
    return {
        "title": song.title,
        "seconds": round(seconds(song.end), 3),
        "sections": [[round(seconds(s.onset), 3), s.name] for s in song.sections],
        "chords": [
            [round(seconds(c.onset), 3), round(seconds(c.onset + c.duration), 3), c.chord.letters()]
            for c in song.chords
        ],
    }


def _json(song: Song, made: str, seconds: Callable[[Tick], Second]) -> str:
    """What the player needs, as JSON that is safe inside a script element."""
    data = {**following(song, seconds), "made": made}
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
