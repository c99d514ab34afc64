"""Styles: every file loads, the choice is deterministic, faults name the file and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.composing.arranging.band import FIGURES, TOGETHER
from senandung.composing.arranging.line import FIGURES as LICKS
from senandung.composing.gamelan.players import FIGURES as GARAP
from senandung.composing.styles import (
    band_style_names,
    choose_style,
    load_style,
    parse_style,
    read_style,
    style_names,
)
from senandung.domain.errors import FileError, UnknownNameError
from senandung.domain.feeling import PLACES, Feeling
from senandung.domain.gendhing import PATHETS
from senandung.domain.metre import Metre
from senandung.domain.scales import SCALES
from senandung.domain.style import parse_form

WANTED = {"pop-ballad", "pop-upbeat", "keroncong", "dangdut", "string-quartet", "solo-piano"}
GOOD = """
title = "Test"
description = { id = "Uji.", en = "A test." }
tempo = [60, 80]
metres = ["4/4"]
modes = ["major"]
place = [0, 0]
reach = 0.5
lead = "flute"
forms = ["verse8"]
harmony = "pop"
sources = ["the test"]
[[player]]
track = "Piano"
role = "chords"
instrument = "piano"
pattern = "piano-ballad"
"""


def test_the_promised_styles_are_there() -> None:
    assert set(style_names()) >= WANTED


@pytest.mark.parametrize("name", style_names())
def test_a_style_is_whole(name: str) -> None:
    style = load_style(name)
    assert style.name == name
    assert {"id", "en"} <= set(style.description)
    assert style.sources
    if style.gendhing is not None:
        assert all(mode in PATHETS for mode in style.modes)
        assert all(player.pattern in GARAP for player in style.ensemble)
        return
    assert all(mode in SCALES for mode in style.modes)
    for player in style.ensemble:
        assert player.pattern in FIGURES or player.pattern == TOGETHER
    assert all(lick in LICKS for lick in style.licks)
    seconds_a_bar = Metre.parse(style.metres[0]).beats * 60 / (sum(style.tempo) / 2)
    lengths = [sum(bars for _, bars in parse_form(form)) * seconds_a_bar for form in style.forms]
    assert any(120 <= seconds <= 180 for seconds in lengths), lengths


@pytest.mark.parametrize("name", ["pop-ballad", "pop-upbeat", "keroncong", "dangdut"])
def test_a_band_has_five_players_or_more(name: str) -> None:
    assert len(load_style(name).ensemble) >= 5


def test_schemes_fill_their_sections() -> None:
    for name in ("keroncong", "keroncong-asli"):
        style = load_style(name)
        for form in style.forms:
            for kind, bars in parse_form(form):
                if kind in style.schemes and kind != "outro":
                    scheme = len(style.schemes[kind].split("|"))
                    assert bars % scheme == 0 or scheme % bars == 0, (name, kind)


GENDHING = "[gendhing]\ngamelan = 'kanyut-mesem'\n"
NETWORK = '[[network]]\nwrites = ["Piano"]\nlike = "lied"\n'


def test_langgam_is_aaba_of_32_bars() -> None:
    style = load_style("keroncong")
    kinds = [kind for kind, _ in parse_form(style.forms[0])]
    start = kinds.index("verse")
    assert kinds[start : start + 4] == ["verse", "verse", "chorus", "verse"]
    assert sum(len(style.schemes[kind].split("|")) for kind in kinds[start : start + 4]) == 32


def test_keroncong_asli_is_28_bars_with_its_prelude_and_opens_with_a_voorspel() -> None:
    style = load_style("keroncong-asli")
    for text in style.forms:
        form = parse_form(text)
        assert [kind for kind, _ in form][:5] == ["intro", "verse", "interlude", "bridge", "chorus"]
        assert sum(bars for _, bars in form[1:5]) == 24
    bars = [len(style.schemes[kind].split("|")) for kind in ("intro", "verse", "interlude", "bridge", "chorus")]
    assert sum(bars) == 4 + 28
    prelude = style.schemes["intro"].split("|")[4:]
    assert [bar.split() for bar in prelude] == [["V7"], ["I", "I7"], ["IV", "V7"], ["I"]]


def test_every_feeling_finds_a_style_sung_in_its_language() -> None:
    for word in PLACES:
        for language in ("id", "en"):
            style = choose_style(Feeling.named(word), language)
            assert not style.languages or language in style.languages
            assert choose_style(Feeling.named(word), language) is style
            assert style.name in band_style_names()  # a gendhing is asked for


def test_indonesian_styles_are_not_chosen_for_english() -> None:
    chosen = {choose_style(Feeling.at(v / 10, a / 10), "en").name for v in range(-9, 10) for a in range(-9, 10)}
    assert not chosen & {"keroncong", "keroncong-asli", "dangdut"}
    chosen = {choose_style(Feeling.at(v / 10, a / 10), "id").name for v in range(-9, 10) for a in range(-9, 10)}
    assert chosen >= {"keroncong", "dangdut", "pop-ballad", "pop-upbeat"}


def test_a_misspelt_style_gets_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'keroncong'"):
        load_style("kroncong")


def test_a_style_of_ones_own_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "my-band.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_style(path).name == "my-band"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('harmony = "pop"', "", r"my\.toml: the key 'harmony' is missing"),
        ('lead = "flute"', 'lead = "flut"', r"my\.toml: unknown instrument 'flut'; did you mean 'flute'"),
        ('harmony = "pop"', 'harmonie = "pop"\nharmony = "pop"', r"my\.toml: unknown key 'harmonie'"),
        ("tempo = [60, 80]", "tempo = [80, 60]", r"my\.toml: a style's tempo must rise"),
        ("tempo = [60, 80]", "tempo = [80]", r"my\.toml: tempo must be two numbers"),
        ("tempo = [60, 80]", 'tempo = "60"', r"my\.toml: tempo must be two numbers, got '60'"),
        ('forms = ["verse8"]', 'forms = ["vers8"]', r"my\.toml: a form must look like"),
        ('forms = ["verse8"]', "forms = [8]", r"my\.toml: forms must be a list of texts"),
        ('role = "chords"', 'role = "chord"', r"my\.toml: player 1: a role must be one of"),
        ('pattern = "piano-ballad"', "", r"my\.toml: player 1: the key 'pattern' is missing"),
        ('title = "Test"', "title = ", r"my\.toml: not TOML"),
        (
            "[[player]]",
            '[[network]]\nwrites = ["Piano"]\n[[player]]',
            r"network 1: the key 'like' is missing",
        ),
        ("[[player]]", f"{NETWORK}manner = 1\n[[player]]", r"my\.toml: network 1: unknown key 'manner'"),
        ("[[player]]", f"{NETWORK}finest = '1/7'\n[[player]]", r"my\.toml: network 1: the finest note must be one of"),
        ("[[player]]", f"{NETWORK}ensemble = 'bnd'\n[[player]]", r"unknown ensemble 'bnd'; did you mean 'band'"),
        ("[[player]]", f"{NETWORK}sections = ['vers']\n[[player]]", r"network 1: sections must be among"),
        ("[[player]]", f"{NETWORK}beside = ['Piano']\n[[player]]", r"network 1: a player must be written or seen"),
        (
            "[[player]]",
            f"{NETWORK}beside = ['Cak']\n[[player]]",
            r"parts by the network must name the style's",
        ),
        (
            "[[player]]",
            f"{GENDHING}cycle = 'ladrng'\n[[player]]",
            r"gendhing: unknown cycle 'ladrng'; did you mean 'ladrang'",
        ),
        ("[[player]]", f"{GENDHING}[[player]]", r"my\.toml: gendhing: the key 'cycle' is missing"),
        (
            "[[player]]",
            f"{GENDHING}cycle = 'ladrang'\nirama = {{verse = 'lambat'}}\n[[player]]",
            r"gendhing: unknown irama 'lambat'",
        ),
        ("[[player]]", NETWORK.replace("lied", "leid") + "[[player]]", r"unknown kind of music 'leid'; did you mean"),
    ],
)
def test_a_fault_names_the_file_and_the_key(old: str, new: str, message: str) -> None:
    with pytest.raises(FileError, match=message):
        parse_style("my", GOOD.replace(old, new), Path("my.toml"))


def test_an_unreadable_style_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="readable text file"):
        read_style(path)
    with pytest.raises(FileError, match="readable text file"):
        read_style(tmp_path / "none.toml")
