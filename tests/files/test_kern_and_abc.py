"""Small tunes of our own in **kern and ABC, each rule of the formats once."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.domain.errors import FileError
from senandung.domain.song import Song
from senandung.files.abc import load_abc, parse_abc
from senandung.files.kern import load_kern, parse_kern
from senandung.files.notes import load_notes

HERE = Path("x")

KERN = """!!!OTL: Small piece
**kern\t**kern\t**text
*I"Bass\t*I"Voice\t*
*Icello\t*Ivox\t*
*k[b-]\t*k[b-]\t*
*F:\t*F:\t*
*M3/4\t*M3/4\t*
*MM90\t*MM90\t*
4r\t4c\tma-
=1\t=1\t=1
2.F 2.A 2.c\t[4f\t-lam
.\t8f]L\t.
.\t8b-J\tter-
.\t8qa\t.
.\t12a\t-lu
.\t12g#\t.
.\t12gn\t.
=2\t=2\t=2
*^\t*\t*
4F\t2.C\t4.a\tjan-
4G\t.\t.\t.
.\t.\t8g\t-ji
4A\t.\t4f;\t.
=3\t=3\t=3\t=3
*v\t*v\t*\t*
2F\t2f\tku
==\t==\t==
*-\t*-\t*-
"""


def rows(song: Song, track: int = 0) -> list[tuple[int, int, int]]:
    return [(note.onset, note.duration, note.pitch) for note in song.tracks[track].notes]


def texts(song: Song) -> list[str]:
    return [syllable.text for syllable in song.words.syllables]


def test_kern_notes_words_and_signs() -> None:
    song = parse_kern(KERN, HERE)
    assert song.title == "Small piece"
    assert [(t.name, t.role, t.instrument) for t in song.tracks] == [
        ("Voice", "vocal", "voice"), ("Bass", "chords", "cello"),
    ]  # fmt: skip
    assert rows(song) == [
        (0, 480, 60), (480, 720, 65), (1200, 240, 70), (1440, 160, 69), (1600, 160, 68), (1760, 160, 67),
        (1920, 720, 69), (2640, 240, 67), (2880, 480, 65), (3360, 960, 65),
    ]  # fmt: skip
    assert rows(song, 1) == [
        (480, 1440, 53), (480, 1440, 57), (480, 1440, 60), (1920, 1440, 48), (1920, 480, 53), (2400, 480, 55),
        (2880, 480, 57), (3360, 960, 53),
    ]  # fmt: skip
    assert texts(song) == ["ma", "lam", "ter", "lu", "jan", "ji", "ku"]
    assert [s.ends_word for s in song.words.syllables] == [False, True, False, True, False, True, True]
    # the triplet and the note under the fermata hold the syllable before
    assert [note.syllable for note in song.tracks[0].notes] == [0, 1, 2, 3, 3, 3, 4, 5, 5, 6]
    assert [(change.onset, str(change.metre)) for change in song.metres] == [(0, "1/4"), (480, "3/4")]
    assert [str(change.key) for change in song.keys] == ["F major"]
    assert round(song.tempos[0].bpm) == 90


@pytest.mark.parametrize(
    ("token", "ticks"),
    [("4c", 480), ("4..c", 840), ("0c", 3840), ("00c", 7680), ("3%2c", 1280), ("12.c", 240), ("6c", 320)],
)
def test_kern_durations(token: str, ticks: int) -> None:
    assert rows(parse_kern(f"**kern\n{token}\n4d\n*-\n", HERE))[0] == (0, ticks, 60)


@pytest.mark.parametrize(
    ("token", "pitch"),
    [("4c", 60), ("4cc", 72), ("4C", 48), ("4CC", 36), ("4b-", 70), ("4f##", 67), ("4e--", 62), ("4BBn", 47)],
)
def test_kern_pitches(token: str, pitch: int) -> None:
    assert rows(parse_kern(f"**kern\n{token}\n*-\n", HERE))[0][2] == pitch


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4c\n", "not a Humdrum file: it begins with '4c'"),
        ("**text\nla\n*-\n", r"no \*\*kern spine"),
        ("**kern\t**kern\n4c\n", "x, line 2: a line must have a token for each of the 2 spines, got 1"),
        ("**kern\nc\n", "x, line 2: a note must have a duration, got 'c'"),
        ("**kern\n4ccccccc\n", "x, line 2: pitch must be"),
    ],
)
def test_kern_that_breaks_its_rules(text: str, message: str) -> None:
    with pytest.raises(FileError, match=message):
        parse_kern(text, HERE)


def abc(music: str, head: str = "M:4/4\nL:1/8\nK:C") -> Song:
    return parse_abc(f"X:1\nT:Tune\n{head}\n{music}\n", HERE)


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C D2 E/ F// G3/2", [(0, 240, 60), (240, 480, 62), (720, 120, 64), (840, 60, 65), (900, 360, 67)]),
        ("C, c c' C,,", [(0, 240, 48), (240, 240, 72), (480, 240, 84), (720, 240, 36)]),
        ("A>B c<d", [(0, 360, 69), (360, 120, 71), (480, 120, 72), (600, 360, 74)]),
        ("A>>B", [(0, 420, 69), (420, 60, 71)]),
        ("(3CDE F", [(0, 160, 60), (160, 160, 62), (320, 160, 64), (480, 240, 65)]),
        ("(3:2:2C2D E", [(0, 320, 60), (320, 160, 62), (480, 240, 64)]),
        ("^F F _B,|F B,", [(0, 240, 66), (240, 240, 66), (480, 240, 58), (720, 240, 65), (960, 240, 59)]),
        ("^F4-F4-|F2F2", [(0, 2400, 66), (2400, 480, 65)]),
        ("[CEG]2 [C2E]", [(0, 480, 60), (0, 480, 64), (0, 480, 67), (480, 480, 60), (480, 240, 64)]),
        ('{ga}C2 z2 !trill!~D2 "^slow"vE2', [(0, 480, 60), (960, 480, 62), (1440, 480, 64)]),
        ("[CE]-[CE] G-[GB]", [(0, 480, 60), (0, 480, 64), (480, 480, 67), (720, 240, 71)]),
        ("C4 & E4 | Z | C", [(0, 960, 60), (0, 960, 64), (2880, 240, 60)]),
        ("C2>E2 & D<E", [(0, 720, 60), (0, 120, 62), (120, 360, 64), (720, 240, 64)]),
        ("C & <E", [(0, 240, 60), (0, 240, 64)]),
        ('C8 | "G" <E', [(0, 1920, 60), (1920, 240, 64)]),
        ("C [L:1/4] C [K:D] F", [(0, 240, 60), (240, 480, 60), (720, 480, 66)]),
    ],
)
def test_abc_notes(music: str, expected: list[tuple[int, int, int]]) -> None:
    assert rows(abc(music)) == expected


@pytest.mark.parametrize(
    ("music", "order"),
    [
        ("C8|:D8:|E8|", "CDDE"),
        ("|:C8|D8::E8:|", "CDCDEE"),
        ("|:C8|[1D8:|[2E8|]", "CDCE"),
        ("C8|1D8:|2E8||F8|", "CDCEF"),
        ("|:C8|[1,2D8:|[3E8|]", "CDCDCE"),
        ("!segno!C8|D8!fine!|E8!D.S.!|", "CDECD"),
        ("C8|D8!dacoda!|E8!D.C.!|!coda!F8|", "CDECDF"),
    ],
)
def test_abc_repeats(music: str, order: str) -> None:
    letters = {60: "C", 62: "D", 64: "E", 65: "F"}
    assert "".join(letters[pitch] for _, _, pitch in rows(abc(music))) == order


@pytest.mark.parametrize(
    ("key", "pitch"), [("D", 66), ("Ddor", 65), ("Em", 66), ("Fmix", 65), ("G#m", 66), ("C ^f", 66)]
)
def test_abc_keys(key: str, pitch: int) -> None:
    assert rows(abc("F", f"L:1/4\nK:{key}"))[0][2] == pitch


def test_abc_words_chords_tempo_and_pickup() -> None:
    head = 'M:3/4\nL:1/4\nQ:"Andante" 1/4=72\nK:Am'
    song = abc('E|"Am"A2 (A/B/)|"Dm7"c2 d|"N.C."e3|]\nw: 1.~A-ku rin-_du * ma~lam\nw: 2.~Ka-mu', head)
    assert texts(song) == ["A", "ku", "rin", "du", "ma lam"]
    assert [note.syllable for note in song.tracks[0].notes] == [0, 1, 2, 2, 3, 3, 4]
    assert [(span.onset, span.duration, span.chord.letters()) for span in song.chords] == [
        (480, 1440, "Am"), (1920, 1440, "Dm7"),
    ]  # fmt: skip
    assert [(change.onset, str(change.metre)) for change in song.metres] == [(0, "1/4"), (480, "3/4")]
    assert round(song.tempos[0].bpm) == 72
    assert str(song.keys[0].key) == "A minor"
    assert song.title == "Tune"


def test_abc_verses_follow_repeats() -> None:
    song = abc("|: C4 D4 :|\nw: sa-tu\nw: du-a")
    assert texts(song) == ["sa", "tu", "du", "a"]


def test_abc_voices() -> None:
    head = 'M:2/4\nL:1/4\nV:1 name="Upper"\nV:2 name="Lower" octave=-1\nK:G'
    song = abc("[V:1] B2 | c B |\nw: la la la\n[V:2] G2 | E G |\nV:1\nd2 |]\nV:2\nG2 |]", head)
    assert [(track.name, track.role) for track in song.tracks] == [("Upper", "vocal"), ("Lower", "counter")]
    assert rows(song) == [(0, 960, 71), (960, 480, 72), (1440, 480, 71), (1920, 960, 74)]
    assert rows(song, 1) == [(0, 960, 55), (960, 480, 52), (1440, 480, 55), (1920, 960, 55)]


def test_abc_voice_that_leaves_out_a_bar_line() -> None:
    song = abc("[V:1] CD|EF|G2|]\n[V:2] CDEF|G2|]", "M:2/4\nL:1/4\nV:1\nV:2\nK:C")
    assert rows(song) == rows(song, 1)
    assert [str(change.metre) for change in song.metres] == ["2/4"]


def test_abc_that_breaks_its_rules() -> None:
    with pytest.raises(FileError, match="not an ABC file"):
        parse_abc("Dear diary", HERE)
    with pytest.raises(FileError, match="must have a note"):
        abc("z4|")
    with pytest.raises(FileError, match="x, line 7: pitch must be"):
        abc("C\nc''''''''")
    with pytest.raises(FileError, match="at most 20000 measures"):
        abc("Z999|" * 30)


def test_loaders_by_path(tmp_path: Path) -> None:
    (tmp_path / "a.krn").write_text(KERN, encoding="utf-8")
    (tmp_path / "b.abc").write_bytes("X:1\nT:Élan\nK:C\nC".encode("latin-1"))
    assert load_kern(tmp_path / "a.krn") == load_notes(tmp_path / "a.krn")
    assert load_abc(tmp_path / "b.abc") == load_notes(tmp_path / "b.abc")
    assert load_abc(tmp_path / "b.abc").title == "Élan"
