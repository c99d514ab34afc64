"""oto.ini, prefix.map, character.txt, character.yaml and card.json."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.errors import FileError
from senandung.files.bank_card import BankCard, load_card, save_card
from senandung.files.character import Character, load_character, save_character, tone_name, tone_number
from senandung.files.oto import Oto, load_oto, save_oto

ms = st.integers(-900_000, 900_000).map(lambda n: n / 1000)
sounds = st.builds(
    Oto,
    st.sampled_from(["_ba.wav", "か き.wav", "a&b.wav"]),
    st.text("abい・- @'", min_size=1, max_size=6).filter(lambda text: text == text.strip()),
    ms.map(abs), ms, ms, ms, ms,
)  # fmt: skip


@given(st.lists(sounds, min_size=1, max_size=6))
def test_an_oto_ini_comes_back(tmp_path_factory: pytest.TempPathFactory, rows: list[Oto]) -> None:
    path = tmp_path_factory.mktemp("oto") / "oto.ini"
    save_oto(rows, path)
    assert [(each.wav, each.alias) for each in load_oto(path)] == [(each.wav, each.alias) for each in rows]
    for one, two in zip(load_oto(path), rows, strict=True):
        assert one.offset == pytest.approx(two.offset, abs=0.01, rel=1e-5)
        assert one.cutoff == pytest.approx(two.cutoff, abs=0.01, rel=1e-5)


@pytest.mark.parametrize(
    "data",
    [
        "か.wav=- か,1,2,-3,4,5\r\n".encode("cp932"),
        "か.wav=- か,1,2,-3,4,5\n".encode(),
        "#Charset:UTF-8\r\nか.wav=- か,1,2,-3,4,5\r\n".encode(),
        b"\xef\xbb\xbf" + "#Charset:UTF-8\nか.wav=- か,1,2,-3,4,5\n".encode(),
        "#Charset:Shift-JIS\nか.wav=- か,1,2,-3,4,5\n".encode("cp932"),
    ],
)
def test_every_charset_is_read(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "oto.ini").write_bytes(data)
    assert load_oto(tmp_path / "oto.ini") == (Oto("か.wav", "- か", 1, 2, -3, 4, 5),)


def test_what_is_missing_is_as_in_utau(tmp_path: Path) -> None:
    (tmp_path / "oto.ini").write_text("ka.wav=\nki.wav=ki,10,,\n", encoding="utf-8")
    assert load_oto(tmp_path / "oto.ini") == (Oto("ka.wav", "ka", 0, 0, 0, 0, 0), Oto("ki.wav", "ki", 10, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("\nhalo\n", "line 2: a line must be file=alias,five numbers, got 'halo'"),
        ("a.wav=a,satu,2,3,4,5\n", "line 1: times must be numbers"),
        ("a.wav=a,nan,2,3,4,5\nb.wav=b,x\n", "line 1: times must be in ms"),
        ("#Charset:klingon\na.wav=a,1,2,3,4,5\n", "its charset must be one that is known, got 'klingon'"),
    ],
)
def test_a_broken_oto_ini_is_refused_by_its_line(text: str, match: str, tmp_path: Path) -> None:
    (tmp_path / "oto.ini").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=match):
        load_oto(tmp_path / "oto.ini")


def test_lines_that_nobody_can_read_are_passed_over_as_in_openutau(tmp_path: Path) -> None:
    """Too many commas, too few, remarks, garbage, a name in a charset of somewhere else: seen in public banks."""
    lines = [
        b"a.wav=- a,,,,,,,,,", b"!@#$!@#$", b"", b"; lama", b"a.wav=a o,,", b"i.wav=i e,,100,-150,,,", b"a.wav=a R,5,x",
        b"\xd3\xb4 \xc0\xd6\xc6\xf7.wav=,,,,,", b"u.wav=u,-5,1,2,3,-4",
    ]  # fmt: skip
    (tmp_path / "oto.ini").write_bytes(b"\r\n".join(lines))
    found = load_oto(tmp_path / "oto.ini")
    assert [each.alias for each in found][:3] == ["- a", "a o", "i e"]
    assert found[2] == Oto("i.wav", "i e", 0, 100, -150, 0, 0)
    assert found[-1] == Oto("u.wav", "u", 0, 1, 2, 3, -4)
    assert len(found) == 5
    (tmp_path / "oto.ini").write_bytes(b"#Charset:UTF-8\na.wav=\x83\x41,1,2,3,4,5\n")
    assert load_oto(tmp_path / "oto.ini")[0].alias == "\ufffdA"
    (tmp_path / "oto.ini").write_bytes(b"#Charset:UTF-8\r\n")
    assert load_oto(tmp_path / "oto.ini") == ()


@pytest.mark.parametrize(
    ("said", "codec"),
    [
        ("gb2312", "gbk"),
        ("gbk", "gbk"),
        ("euc-kr", "cp949"),
        ("shift_jis", "cp932"),
        ("", "utf-16"),
        ("base64", "cp932"),
    ],
)
def test_the_texts_are_in_what_character_yaml_says(said: str, codec: str, tmp_path: Path) -> None:
    name = {"gbk": "冰之泪痕镕", "cp949": "시유똠"}.get(codec, "闇音①")
    (tmp_path / "character.yaml").write_text(f"text_file_encoding: {said}\nimage:\n", encoding="utf-8")
    (tmp_path / "character.txt").write_bytes(f"名前={name}\r\nimage=a.png\r\n".encode(codec))
    (tmp_path / "prefix.map").write_bytes(f"#Charset\r\nC4\t\t{name}\r\nB3\t\t C5\r\n".encode(codec))
    found = load_character(tmp_path)
    assert (found.name, found.affixes[60], found.affixes[59]) == (name, ("", name), ("", " C5"))
    (tmp_path / "oto.ini").write_bytes(f"a.wav={name},1,2,3,4,5\r\n".encode(codec))
    assert load_oto(tmp_path / "oto.ini", found.encoding)[0].alias == name


@given(st.integers(24, 107))
def test_tones_have_names(pitch: int) -> None:
    assert tone_number(tone_name(pitch)) == pitch


def test_a_character_comes_back(tmp_path: Path) -> None:
    affixes = {pitch: ("", "_L") if pitch < 60 else ("h ", "") for pitch in range(48, 72)}
    made = Character("Sari", {"author": "Sari", "web": "x"}, affixes)
    save_character(made, tmp_path)
    found = load_character(tmp_path)
    assert (found.name, dict(found.fields), dict(found.affixes)) == ("Sari", made.fields, affixes)
    (tmp_path / "character.yaml").unlink()
    assert load_character(tmp_path).affixes == affixes


def test_a_character_in_shift_jis(tmp_path: Path) -> None:
    (tmp_path / "character.txt").write_bytes("name=闇音\r\nimage=a.bmp\r\n".encode("cp932"))
    (tmp_path / "prefix.map").write_bytes("C4\t\t_強\r\nB3\t\t\r\n".encode("cp932"))
    found = load_character(tmp_path)
    assert (found.name, found.affixes[60], found.affixes[59]) == ("闇音", ("", "_強"), ("", ""))


def test_the_first_colour_counts(tmp_path: Path) -> None:
    (tmp_path / "character.yaml").write_text(
        "name: Dua\nsubbanks:\n- {color: soft, suffix: S, tone_ranges: [C4-E4]}\n"
        "- {color: '', suffix: L, tone_ranges: [C3-B3, D4]}\n", encoding="utf-8",
    )  # fmt: skip
    found = load_character(tmp_path)
    assert (found.affixes[48], found.affixes[62], 60 in found.affixes) == (("", "L"), ("", "L"), False)


@pytest.mark.parametrize(
    ("file", "text", "match"),
    [
        ("prefix.map", "H4\ta\tb\n", "prefix.map, line 1: a tone must look like C4"),
        ("character.yaml", "a: [", "not a YAML file"),
        ("character.yaml", "- a", "must hold fields with values"),
        ("character.yaml", "subbanks: [{tone_ranges: [X1]}]", "a tone must look like C4"),
        ("character.yaml", "subbanks: 3", "subbanks must be a list"),
    ],
)
def test_a_broken_character_is_refused(file: str, text: str, match: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=match):
        load_character(tmp_path)


def test_a_card_comes_back(tmp_path: Path) -> None:
    card = BankCard("sari", "Sari W.", True, 50, 70, 60.5, 3, 18, ("b", "ng"))
    assert load_card(tmp_path) is None
    save_card(card, tmp_path)
    assert load_card(tmp_path) == card
    assert "Whose voice: Sari W.\n\nThey agreed" in (tmp_path / "card.md").read_text(encoding="utf-8")
    assert not BankCard("sari", "Sari W.").given
    assert not BankCard("sari", " ", True).given


@pytest.mark.parametrize(
    ("text", "match"),
    [("{", "not a JSON file"), ("{}", "a card's format must be"), ('{"format": "senandung-voice"}', "documented form")],
)
def test_a_broken_card_is_refused(text: str, match: str, tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=match):
        load_card(tmp_path)
