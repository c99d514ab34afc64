"""The song's page: everything is in it, nothing leaves it, and no text becomes code."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from senandung.domain.errors import OutputError
from senandung.domain.feeling import Evidence, Feeling
from senandung.domain.song import Provenance, Song
from senandung.domain.words import Line, Syllable, Words
from senandung.drawing.labels import LICENCE, NOTES
from senandung.drawing.page import line_pieces, page_html, save_page
from senandung.drawing.score import engrave
from senandung.files.musicxml import musicxml_text
from senandung.sensing import rules
from senandung.sensing.text import read_text

FILES = (
    "song.mp3",
    "song.wav",
    "stems",
    "song.mid",
    "score.pdf",
    "not-angka.pdf",
    "roll.png",
    "feeling.png",
    "index.html",
)
VOID = {"meta", "img", "input", "br", "link", "hr"}


@dataclass
class Reader(HTMLParser):
    """The page as a browser's parser meets it: elements with their attributes, and the text of each kind."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.problems.append(tag)
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.problems
    assert not reader.open
    return reader


def test_the_page_is_whole(song: Song, feeling: Feeling, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    pages = engrave(musicxml_text(song), lead_sheet_only=True)
    save_page(song, feeling, path, score_pages=pages, files=FILES)
    text = path.read_text(encoding="utf-8")
    page = read(text)
    assert "$" not in re.sub(r"<script>.*?</script>", "", text, flags=re.S)
    for wanted in ("Hujan Turun Lagi", "A minor", "balada pop", "dibuat mesin", "2:2", "Refrein 2", "Benih", "rindu"):
        assert wanted in text
    assert song.provenance.story in text
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_line_can_be_clicked_and_every_syllable_has_its_time(song: Song, feeling: Feeling) -> None:
    page = read(page_html(song, feeling))
    buttons = [a for tag, a in page.elements if tag == "button" and "line" in a.get("class", "").split()]
    assert len(buttons) == len(song.words.lines)
    assert [b["class"].split()[1] for b in buttons] == [line.source for line in song.words.lines]
    times = [float(a["data-t"]) for tag, a in page.elements if tag == "span" and "data-t" in a]
    assert song.vocal is not None
    onsets = {}
    for note in song.vocal.notes:
        onsets.setdefault(note.syllable, song.tempo_map.ticks_to_seconds(note.onset))
    assert times == pytest.approx([onsets[n] for n in range(len(song.words.syllables))], abs=0.001)
    said = [
        re.sub(r"\W", "", text) for text in re.findall(r"<span data-t=[^>]*>([^<]*)</span>", page_html(song, feeling))
    ]
    assert said == [syllable.text for syllable in song.words.syllables]


def test_times_follow_the_clock_of_the_sound(song: Song, feeling: Feeling) -> None:
    score = song.tempo_map.ticks_to_seconds
    page = read(page_html(song, feeling, seconds=lambda tick: 0.1 + 1.01 * score(tick)))
    first = next(float(a["data-t"]) for tag, a in page.elements if tag == "span" and "data-t" in a)
    assert song.vocal is not None
    assert first == pytest.approx(0.1 + 1.01 * score(song.vocal.notes[0].onset), abs=0.001)
    data = json.loads(page.texts["script"][0])
    assert data["sections"][1][0] == pytest.approx(0.1 + 1.01 * score(song.sections[1].onset), abs=0.001)
    assert data["seconds"] == pytest.approx(0.1 + 1.01 * song.seconds, abs=0.001)


def test_the_page_asks_nothing_of_any_server(song: Song, feeling: Feeling) -> None:
    pages = engrave(musicxml_text(song), lead_sheet_only=True)
    page = read(page_html(song, feeling, score_pages=pages, files=FILES))
    for tag, attributes in page.elements:
        for name in ("src", "href", "xlink:href", "data", "action", "poster"):
            if name in attributes:
                address = attributes[name]
                assert address.startswith(("./", "#")), (tag, name, address)
    styles = "".join(page.texts["style"])
    assert "@import" not in styles
    assert "url(" not in styles
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1]


def test_the_policy_allows_this_script_and_no_other(song: Song, feeling: Feeling) -> None:
    text = page_html(song, feeling)
    script = re.findall(r"<script>(.*?)</script>", text, re.S)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert not re.search(r"\son[a-z]+=", re.sub(r"<script.*?</script>", "", text, flags=re.S))


EVIL = "</script><b onclick=alert(1)>\"'&$title ${css} ]]> <!--"


def test_no_text_becomes_code(song: Song, feeling: Feeling) -> None:
    line = Line(EVIL, (Syllable("</script><b>"), Syllable("$x")), "machine", 0)
    words = Words("id", (line, *song.words.lines))
    evil = replace(
        song,
        title=EVIL,
        tracks=tuple(track for track in song.tracks if track.role != "vocal"),
        sections=tuple(replace(section, name=EVIL) for section in song.sections),
        words=words,
        provenance=Provenance(1, EVIL, EVIL, (EVIL,), (EVIL,), EVIL, EVIL),
    )
    felt = replace(feeling, evidence=(Evidence(EVIL, 0, 0, 0.5, EVIL),))
    text = page_html(evil, felt, audio_name=EVIL, files=(EVIL, "javascript:alert(1)", "../x"))
    page = read(text)
    assert "b" not in {tag for tag, _ in page.elements}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert [tag for tag, _ in page.elements].count("script") == 2
    assert "".join(page.texts["h1"]) == EVIL
    assert json.loads("".join(page.texts["script"][:1]))["title"] == EVIL
    addresses = [a["href"] for tag, a in page.elements if tag == "a"]
    assert all(address.startswith(("./", "#")) for address in addresses)
    assert text.count("</script>") == 2


def test_the_player_knows_sections_and_chords(song: Song, feeling: Feeling) -> None:
    data = json.loads("".join(read(page_html(song, feeling)).texts["script"][0]))
    assert [name for _, name in data["sections"]] == [section.name for section in song.sections]
    assert data["chords"][1][2] == "F"
    assert data["seconds"] == pytest.approx(song.seconds, abs=0.001)


@pytest.mark.parametrize(
    ("language", "wanted", "unwanted"), [("id", "Perasaan", "Feeling<"), ("en", "Feeling<", "Perasaan")]
)
def test_labels_follow_the_words(
    language: str, wanted: str, unwanted: str, song_maker: Callable[..., Song], feeling: Feeling
) -> None:
    lines = {"Bait 1": (("I miss you so", "person"),)}
    text = page_html(song_maker(lines=lines, language=language), feeling)
    assert f'<html lang="{language}">' in text
    assert wanted in text
    assert unwanted not in text


def test_an_instrumental_has_a_page_too(instrumental: Song, feeling: Feeling) -> None:
    text = page_html(instrumental, replace(feeling, readable=False))
    read(text)
    assert "tanpa kata" in text
    assert "tidak terbaca" in text


def test_all_files_but_the_page_itself_are_offered(song: Song, feeling: Feeling) -> None:
    page = read(page_html(song, feeling, files=(*FILES, "catatan saya #1.txt")))
    links = {a["href"] for tag, a in page.elements if tag == "a"}
    assert {f"./{name}" for name in FILES if name != "index.html"} <= links
    assert "./catatan%20saya%20%231.txt" in links
    assert "./index.html" not in links


@pytest.mark.parametrize(
    ("text", "syllables", "expected"),
    [
        ("Aku, rindu!", ("A", "ku", "rin", "du"), ["A", "ku", ", ", "rin", "du", "!"]),
        ("2 malam", ("du", "a", "ma", "lam"), ["du", "a", " ", "ma", "lam"]),
        ("malam-malam", ("ma", "lam-", "ma", "lam"), ["ma", "lam-", "ma", "lam"]),
        ("lain kata", ("be", "da"), ["be", "da"]),
    ],
)
def test_lines_keep_their_punctuation(text: str, syllables: tuple[str, ...], expected: list[str]) -> None:
    begins = {"rin", "ma", "A", "be"} if "-" not in text else {"ma"}
    line = Line(text, tuple(Syllable(s, begins_word=s in begins or i == 0) for i, s in enumerate(syllables)))
    pieces = line_pieces(line)
    assert [piece for piece, _ in pieces] == expected
    assert [number for _, number in pieces if number is not None] == list(range(len(syllables)))


def test_a_folder_that_is_not_there_is_one_clear_error(song: Song, feeling: Feeling, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        save_page(song, feeling, tmp_path / "no" / "index.html")


SAID = """GAK SEDIH!! banget sekali... wkwkwk tapi aku rindu?
bagus ya, macet lagi. meski capek, aku senang 😭😭 menang
agak sedih, sedih, anjir wkwk
meskipun sedih aku bahagia
makasih ya sudah menyakiti aku"""


def test_an_indonesian_page_is_indonesian_throughout(song: Song) -> None:
    feeling = read_text(SAID, "id")
    notes = {note for item in feeling.evidence for note in item.note.split(", ")}
    assert {"negated", "capitals", "laughter", "emoji"} <= notes
    page = re.sub('<meta name="[^>]*>', "", page_html(song, feeling))  # what is shown, not what machines read
    for english in ("negated", "capitals", "laughter", "repeated", "claims no right", "pop ballad"):
        assert english not in page
    assert "tidak menuntut hak" in page
    own = replace(song, provenance=replace(song.provenance, licence="CC BY-SA 4.0"))
    assert "CC BY-SA 4.0" in page_html(own, feeling)


def test_every_note_of_the_reading_has_its_indonesian() -> None:
    said = Path(rules.__file__).read_text(encoding="utf-8")
    written = re.findall(r'changed\(\s*"([a-z ,]+)"', said) + re.findall(
        r'"((?:before|after) tapi|conceded|main clause)"', said
    )
    assert len(written) > 10
    for notes in written:
        for note in notes.split(", "):
            assert note in NOTES, note


def test_the_licence_of_the_page_is_the_licence_of_the_song() -> None:
    assert [one.default for one in fields(Provenance) if one.name == "licence"] == [LICENCE[1]]
