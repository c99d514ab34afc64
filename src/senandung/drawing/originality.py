"""An originality report as a page: the score on its scale, and the nearest passages side by side as notation."""

from __future__ import annotations

import html
from pathlib import Path

from senandung.domain.errors import SenandungError
from senandung.domain.metre import Metre
from senandung.domain.song import MetreChange, Note, Song, Track, tidy_notes
from senandung.drawing.excerpt import engrave_excerpt
from senandung.drawing.saving import save_bytes
from senandung.originality.report import FAMILIES, Nearest, OriginalityReport, PassageNotes, bars_text

_COMMON = "#b3261e"
"""The colour of notes in common."""

_LONGEST_BARS = 16
"""Bars of a passage that are drawn."""

_WORDS = {
    "title": ("Laporan keaslian", "Originality report"),
    "here": ("Lagu ini", "This piece"),
    "bars": ("birama", "bars"),
    "common": ("nada sama", "notes in common"),
    "of": ("kemiripan", "likeness"),
    "asked": ("Diminta: kemiripan dengan motif sendiri", "Asked for: likeness to one's own motif"),
    "nearest": ("Bagian yang terdekat", "The nearest passages"),
    "none": ("Tidak ada bagian yang mirip.", "No passage is like other music."),
    "scale": ("0 salinan · 1 tanpa kesamaan; jalur: 95 % karya manusia",
              "0 a copy · 1 nothing in common; band: 95 % of human works"),
    "legend": ("Merah: nada yang sama, setelah transposisi dan perubahan tempo.",
               "Red: the notes in common, after transposition and change of tempo."),
}  # fmt: skip

_STYLE = """
:root{color-scheme:light dark;--ink:#1d1b19;--paper:#fbf8f3;--line:#d9d2c7;--mark:#b3261e;--band:#8aa37b}
@media (prefers-color-scheme:dark){:root{--ink:#ece6dd;--paper:#191716;--line:#3a3530;--mark:#ff8a80;--band:#5d7a52}}
body{font:16px/1.5 Georgia,serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:76rem;padding:1.5rem}
h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:2rem 0 .6rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1rem;margin:0 0 1.6rem}
figure{margin:0;border:1px solid var(--line);border-radius:6px;padding:.6rem;background:#fff;color:#1d1b19}
figcaption{font-size:.9rem}figure svg{width:100%;height:auto}
.scale{width:100%;max-width:40rem;height:3.4rem}.small{font-size:.85rem;opacity:.75}
"""


def save_originality_page(report: OriginalityReport, path: Path, *, title: str, language: str = "id") -> None:
    """Write the report as one HTML file that asks nothing of any server.

    Parameters
    ----------
    title : what was checked.
    language : "id" or "en".
    """
    save_bytes(path, originality_html(report, title=title, language=language).encode("utf-8"))


def originality_html(report: OriginalityReport, *, title: str, language: str = "id") -> str:
    """The page of `save_originality_page` as text."""

    def say(name: str) -> str:
        return html.escape(_WORDS[name][0 if language == "id" else 1])

    other = "en" if language == "id" else "id"
    rows = [_pair(row, number, language) for number, row in enumerate(report.nearest)]
    asked = [_pair(row, 100 + number, language) for number, row in enumerate(report.asked)]
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{say('title')} · {html.escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{say('title')}</h1><p>{html.escape(title)}</p>",
        f"<p><strong>{html.escape(report.verdict(language))}</strong></p>",
        f'<p class="small" lang="{other}">{html.escape(report.verdict(other))}</p>',
        _scale(report),
        f'<p class="small">{say("scale")} ({html.escape(FAMILIES[report.family][0 if language == "id" else 1])})</p>',
        f"<h2>{say('nearest')}</h2>",
        *(rows or [f"<p>{say('none')}</p>"]),
        *([f"<h2>{say('asked')}</h2>", *asked] if asked else []),
        f'<p class="small">{say("legend")}</p></body></html>\n',
    ]
    return "\n".join(parts)


def _scale(report: OriginalityReport) -> str:
    low, high = report.human_interval
    label = html.escape(f"{report.score:.2f}")
    return (
        f'<svg class="scale" viewBox="-10 0 620 56" role="img" aria-label="{label}">'
        '<rect x="0" y="26" width="600" height="10" rx="5" fill="var(--line)"/>'
        f'<rect x="{600 * low:.1f}" y="26" width="{max(600 * (high - low), 2):.1f}" height="10" fill="var(--band)"/>'
        f'<circle cx="{600 * report.score:.1f}" cy="31" r="8" fill="var(--mark)"/>'
        f'<text x="{600 * report.score:.1f}" y="16" text-anchor="middle" font-size="15" fill="currentColor">'
        f"{label}</text>"
        '<text x="0" y="53" font-size="12" fill="currentColor">0</text>'
        '<text x="600" y="53" font-size="12" text-anchor="end" fill="currentColor">1</text></svg>'
    )


def _pair(row: Nearest, number: int, language: str) -> str:
    def say(name: str) -> str:
        return html.escape(_WORDS[name][0 if language == "id" else 1])

    here = f"{say('here')}, {html.escape(row.here_part)}, {say('bars')} {bars_text(row.here_bars)}"
    about = f"{row.work.set}, {row.work.licence}" if row.work.set else ""
    there = f"{html.escape(row.name)}, {html.escape(row.part)}, {say('bars')} {bars_text(row.bars)}"
    likeness = f"{row.notes} {say('common')} · {row.bits:.0f} bit · {say('of')} {row.cardinality:.0%}"
    return (
        f'<div class="pair"><figure><figcaption>{here}<br><small>{likeness}</small></figcaption>'
        f"{passage_svg(row.here, number * 2, row.here_bars[0])}</figure>"
        f"<figure><figcaption>{there}<br><small>{html.escape(about)}</small></figcaption>"
        f"{passage_svg(row.there, number * 2 + 1, row.bars[0])}</figure></div>"
    )


def passage_svg(passage: PassageNotes, number: int = 0, first_bar: int = 1) -> str:
    """A passage as notation, its common notes red; empty where it cannot be written.

    Parameters
    ----------
    number : makes the identifiers of several passages on a page differ.
    first_bar : the number of its first bar.
    """
    from senandung.files.musicxml import musicxml_text

    try:
        song, common = _as_song(passage)
        return engrave_excerpt(_coloured(musicxml_text(song), common, first_bar), number)
    except SenandungError:
        return ""


def _as_song(passage: PassageNotes) -> tuple[Song, set[tuple[int, int]]]:
    bar = _metre_of(passage.bar_quarters)
    last = _LONGEST_BARS * bar.bar_ticks
    rows = [
        (round(onset * 480), max(round(length * 480), 30), pitch, place in set(passage.common))
        for place, (onset, length, pitch) in enumerate(
            zip(passage.onsets, passage.lengths, passage.pitches, strict=True)
        )
    ]
    rows = [row for row in rows if 0 <= row[0] < last]
    notes = tidy_notes(Note(onset, length, pitch, 80) for onset, length, pitch, _ in rows)
    low, high = min(note.pitch for note in notes), max(note.pitch for note in notes)
    name = "voice" if low >= 55 and high <= 84 else "bassoon" if low >= 34 and high <= 66 else "piano"
    common = {(onset, pitch) for onset, _, pitch, same in rows if same}
    track = Track("P", "melody", name, notes)
    return Song("P", (track,), metres=(MetreChange(0, bar),)), common


def _metre_of(quarters: float) -> Metre:
    for numerator, denominator in (
        (4, 4),
        (3, 4),
        (2, 4),
        (6, 8),
        (3, 8),
        (9, 8),
        (12, 8),
        (5, 4),
        (3, 2),
        (4, 2),
        (6, 4),
    ):
        if abs(4 * numerator / denominator - quarters) < 0.01:
            return Metre.parse(f"{numerator}/{denominator}")
    return Metre()


def _coloured(musicxml: str, common: set[tuple[int, int]], first_bar: int) -> str:
    """The score with its common notes coloured, its bars numbered from `first_bar`, without tempo and name.

    The notes are found by their place, 480 divisions a quarter.
    """
    from lxml import etree

    root = etree.fromstring(musicxml.encode("utf-8"))
    steps = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    for name in root.iter("part-name", "part-abbreviation"):
        name.text = ""
    at = 0
    for number, measure in enumerate(root.iter("measure"), first_bar):
        measure.set("number", str(number))
        for direction in measure.findall("direction"):
            measure.remove(direction)
        begin, cursor, last = at, at, at
        for item in measure:
            length = int(float(item.findtext("duration") or 0))
            if item.tag == "note":
                onset = last if item.find("chord") is not None else cursor
                pitch = item.find("pitch")
                if pitch is not None:
                    midi = 12 * (int(pitch.findtext("octave")) + 1) + steps[pitch.findtext("step")]
                    midi += int(float(pitch.findtext("alter") or 0))
                    if (onset, midi) in common or any(tie.get("type") == "stop" for tie in item.findall("tie")):
                        item.set("color", _COMMON)
                last = onset
                cursor = max(cursor, onset + length) if item.find("chord") is not None else cursor + length
            elif item.tag == "backup":
                cursor -= length
            elif item.tag == "forward":
                cursor += length
            at = max(at, cursor)
        at = max(at, begin)
    return str(etree.tostring(root, encoding="unicode"))
