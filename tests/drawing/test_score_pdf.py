"""The engraved score: every word and name is there, every part fits, and the PDF opens elsewhere."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader

from senandung.domain.errors import InvalidValueError
from senandung.domain.song import Note, Song, Track
from senandung.drawing.fonts import text_width
from senandung.drawing.score import engrave, lead_sheet, save_score_pdf
from senandung.drawing.svg_pdf import svg_pages_pdf
from senandung.files.musicxml import musicxml_text


@pytest.fixture(scope="module")
def musicxml(song: Song) -> str:
    return musicxml_text(song)


@pytest.fixture(scope="module")
def pages(musicxml: str) -> tuple[str, ...]:
    return engrave(musicxml)


def texts(pages: tuple[str, ...]) -> list[str]:
    """What each text of the pages says."""
    found = []
    for page in pages:
        for text in etree.fromstring(page.encode()).iter("{http://www.w3.org/2000/svg}text"):
            spans = text.iter("{http://www.w3.org/2000/svg}tspan")
            found.append("".join(span.text or "" for span in spans if len(span) == 0).strip())
    return found


def test_every_syllable_is_engraved_in_order(song: Song, pages: tuple[str, ...]) -> None:
    lyrics = [
        word.strip("- _") for word in re.findall(r'class="syl".*?<tspan font-size[^>]*>([^<]+)<', "".join(pages), re.S)
    ]
    assert [word for word in lyrics if word] == [syllable.text for syllable in song.words.syllables]


def test_title_parts_sections_and_label_are_there(song: Song, pages: tuple[str, ...]) -> None:
    said = texts(pages)
    for wanted in (song.title, "dibuat mesin · made by a machine", "Bait 1", "Refrein 2", "Dm7"):
        assert wanted in said
    for track in song.tracks:
        assert track.name in said


def test_the_lead_sheet_has_the_tune_and_the_chords_only(song: Song, musicxml: str) -> None:
    root = etree.fromstring(lead_sheet(musicxml).encode())
    assert len(root.findall("part")) == 1
    assert len(root.findall("part/measure/harmony")) == len(song.chords)
    assert len(root.findall("part/measure/note/lyric")) == len(song.words.syllables)


def test_chords_and_marks_of_another_part_come_to_the_lead_sheet(song: Song) -> None:
    moved = replace(song, tracks=(*song.tracks[1:], song.tracks[0]))
    root = etree.fromstring(lead_sheet(musicxml_text(moved)).encode())
    assert len(root.findall("part/measure/harmony")) == len(song.chords)
    assert len(root.findall(".//rehearsal")) == len(song.sections)
    assert len(root.findall("part/measure/note/lyric")) == len(song.words.syllables)


def test_the_same_score_gives_the_same_pages(musicxml: str) -> None:
    assert engrave(musicxml, lead_sheet_only=True) == engrave(musicxml, lead_sheet_only=True)


def test_the_pages_ask_for_nothing_outside(pages: tuple[str, ...]) -> None:
    for page in pages:
        outside = set(re.findall(r"https?://[^\s\"'<)]+", page)) - {
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/1999/xlink",
        }
        assert not outside


def test_the_pdf_begins_with_the_lead_sheet_and_holds_the_words(song: Song, musicxml: str, tmp_path: Path) -> None:
    path = tmp_path / "score.pdf"
    save_score_pdf(musicxml, path)
    sheets = PdfReader(path).pages
    assert len(sheets) >= 3
    first = sheets[0].extract_text()
    assert song.title in first
    assert "Vokal" in first
    assert "Gitar" not in first
    assert re.search(r"=\s+76", first)
    assert "Gitar" in sheets[1].extract_text() + sheets[2].extract_text()
    letters = re.sub(r"[^a-z]", "", first)
    for syllable in song.words.syllables:
        assert syllable.text in letters
    assert {tuple(round(float(side)) for side in sheet.mediabox) for sheet in sheets} == {(0, 0, 595, 842)}
    assert [item.name for item in tmp_path.iterdir()] == ["score.pdf"]


def test_every_letter_of_the_pdf_is_embedded(musicxml: str, tmp_path: Path) -> None:
    save_score_pdf(musicxml, tmp_path / "a.pdf")
    for page in PdfReader(tmp_path / "a.pdf").pages:
        fonts = page["/Resources"]["/Font"]  # type: ignore[index]
        used = [
            font.get_object() for name, font in fonts.items() if not str(font["/BaseFont"]).startswith("/Helvetica")
        ]
        assert used
        for font in used:
            assert "/FontFile2" in font["/FontDescriptor"]


def extents(page: str) -> tuple[float, float]:
    """The lowest staff line and the foot of the page, in the page's units."""
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', page)
    assert box is not None
    shift = re.search(r'page-margin" transform="translate\((\d+), (\d+)\)', page)
    assert shift is not None
    lines = [int(y) for y in re.findall(r'd="M\d+ (\d+) L\d+ \1"', page)]
    return max(lines) + int(shift[2]), float(box[2])


@pytest.mark.parametrize("parts", [2, 9, 14, 24])
def test_a_system_of_many_parts_fits_its_page(song: Song, parts: int) -> None:
    lead = song.tracks[0]
    others = tuple(
        Track(f"Biola kedua yang sangat jauh {n}", "counter", "violin", (Note(0, 1920, 60 + n), Note(1920, 1920, 70)))
        for n in range(parts - 1)
    )
    for page in engrave(musicxml_text(replace(song, tracks=(lead, *others)))):
        lowest, foot = extents(page)
        assert lowest < foot


def test_extreme_ranges_and_an_instrumental_are_engraved(instrumental: Song, tmp_path: Path) -> None:
    wide = Track("Piano 2", "melody", "piano", tuple(Note(480 * n, 480, (21, 108)[n % 2]) for n in range(16)))
    song = replace(instrumental, tracks=(*instrumental.tracks, wide))
    save_score_pdf(musicxml_text(song), tmp_path / "a.pdf")
    assert "Tanpa Kata" in PdfReader(tmp_path / "a.pdf").pages[0].extract_text()


def test_two_hundred_bars(song_maker: Callable[..., Song]) -> None:
    form = tuple((f"Bait {n}", "verse", 8, 0.5) for n in range(1, 26))
    lines = {name: (("aku rindu kamu", "person"),) for name, *_ in form}
    pages = engrave(musicxml_text(song_maker(form, lines)), lead_sheet_only=True)
    assert len(pages) >= 3
    assert "Bait 25" in texts(pages)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "well-formed"),
        ("<html/>", "score-partwise"),
        ("<score-partwise><part-list/></score-partwise>", "must have a part"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><score-partwise>&b;</score-partwise>", "must have a part"),
    ],
)
def test_what_is_no_score_is_one_clear_error(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=message):
        save_score_pdf(text, tmp_path / "a.pdf")
    assert not list(tmp_path.iterdir())


def test_a_title_in_another_script_does_not_stop_the_pdf(song: Song, tmp_path: Path) -> None:
    save_score_pdf(musicxml_text(replace(song, title="雨 <Hujan> & ꦲ")), tmp_path / "a.pdf")
    assert "<Hujan> &" in PdfReader(tmp_path / "a.pdf").pages[0].extract_text()


def test_a_long_title_with_emoji_stays_clear_of_the_label(song: Song) -> None:
    title = "../../etc/x 👨‍👩‍👧 judul 😭 yang panjang sekali sampai tidak muat di atas satu baris kertas ini " * 2
    page = engrave(musicxml_text(replace(song, title=title.strip())), lead_sheet_only=True)[0]
    head = page[page.index('class="pgHead"') :]
    shown = re.search(r'font-size="(\d+)px">([^<]*judul[^<]*)<', head)
    label = re.search(r'font-size="(\d+)px">(dibuat mesin · made by a machine)<', head)
    assert shown is not None
    assert label is not None
    right = max(float(x) for x in re.findall(r' x="(\d+)"', head[: head.index("</g>")]))
    written = html.unescape(shown[2])
    width = text_width(written, "Senandung", float(shown[1]))
    assert width / 2 <= right / 2 - text_width(label[2], "Score", float(label[1]))
    assert "👨" not in written


def test_a_drawing_with_each_kind_of_stroke_becomes_a_pdf() -> None:
    page = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<defs><g id="E0A4-x"><path d="M0 0h10v10h-10z"/></g></defs>'
        '<svg viewBox="0 0 2100 2970"><g transform="translate(10, 10)"><path d="M1 1Q2 2 3 1S4 4 5 5" fill="none"/>'
        '<rect x="1" y="1" width="5" height="5"/><polygon points="0,0 1,1 2,0"/><polyline points="0,0 1,1"/>'
        '<ellipse cx="3" cy="3" rx="1" ry="1"/><use xlink:href="#E0A4-x" transform="translate(5, 5) scale(2, 2)"/>'
        '<text x="9" y="9" font-size="20px" text-anchor="end">Senja</text></g></svg></svg>'
    )
    data = svg_pages_pdf([page, page], title="Coba")
    sheets = PdfReader(io.BytesIO(data)).pages
    assert [sheet.extract_text().strip() for sheet in sheets] == ["Senja", "Senja"]
