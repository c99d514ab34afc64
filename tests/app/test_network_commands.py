"""compose, continue, rewrite and styles from the command line, with a composer that needs no network."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from composing.simple_pieces import chord_composer, other_notes
from senandung.app.cli import main
from senandung.composing.catalogue import composer_styles
from senandung.composing.pieces.song_piece import bar_lines
from senandung.composing.styles import style_names
from senandung.files.midi import load_midi
from senandung.files.song_json import load_song


@pytest.fixture(autouse=True)
def simple_composer(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("in_style", "continue_"):
        monkeypatch.setattr(f"senandung.api.{room}.network_composer", lambda progress=None: chord_composer)
    monkeypatch.setattr("senandung.api.rewrite.network_rewriter", lambda progress=None, sung=(): other_notes)


def run(*arguments: str) -> int:
    return main(list(arguments))


def test_compose_needs_nothing_but_a_style(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "piece"
    assert run("compose", "--style", "bach", "--ensemble", "violin,cello", "--bars", "8", "--seed", "3", "--json",
               "--out", str(out)) == 0  # fmt: skip
    said = json.loads(capsys.readouterr().out)
    assert (said["style"], said["seed"], said["folder"]) == ("bach", 3, str(out))
    assert sorted(path.name for path in out.iterdir()) == [
        "manifest.json",
        "originality.json",
        "song.json",
        "song.mid",
        "song.musicxml",
    ]
    assert [track.instrument for track in load_midi(out / "song.mid").tracks] == ["violin", "cello"]


def test_words_that_are_not_sung_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compose", "aku rindu kamu", "--style", "joplin", "--bars", "4", "--out", str(tmp_path / "a")) == 0
    said = capsys.readouterr().out
    assert "note: the words are not sung: joplin is instrumental" in said
    assert "style: joplin" in said


def test_without_a_trace_no_feeling_is_claimed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compose", "--style", "chopin", "--bars", "4", "--out", str(tmp_path / "a")) == 0
    assert "feeling" not in capsys.readouterr().out


def test_continue_and_rewrite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    assert run("compose", "--style", "haydn", "--bars", "8", "--seed", "1", "--out", str(first)) == 0
    assert run("continue", str(first / "song.mid"), "--bars", "4", "--seed", "2", "--out", str(second)) == 0
    assert run("rewrite", str(second), "--bars", "2-3", "--tracks", "viola", "--seed", "3", "--out", str(third)) == 0
    said = capsys.readouterr().out
    assert "bars 1–8 are the opening, bar for bar; 4 bars were added" in said
    assert "bars 2–3 of Viola are new; the rest is as it was" in said
    before, after = load_song(second / "song.json"), load_song(third / "song.json")
    assert len(bar_lines(before)) - 1 == 12
    assert [t.name for t, u in zip(before.tracks, after.tracks, strict=True) if t != u] == ["Viola"]
    assert run("rewrite", str(second), "--bars", "1", "--json", "--out", str(tmp_path / "4")) == 0
    plain = json.loads(capsys.readouterr().out)
    assert (plain["bars"], plain["tracks"]) == ([1, 1], ["Violin 1", "Violin 2", "Viola", "Cello"])


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (
            ["compose", "--style", "palestrina", "--ensemble", "piano"],
            "in the style palestrina for piano",
        ),
        (["compose"], "at least one trace must be given"),
        (["compose", "--style", "bahc"], "did you mean 'bach'"),
        (["create", "--style", "scarlatti"], "too few to learn a style from"),
        (["continue", "nothing.mid", "--bars", "4"], "nothing.mid: "),
        (["rewrite", "nothing.mid", "--bars", "4"], "nothing.mid: "),
    ],
)
def test_a_refusal_is_one_line_and_leaves_nothing(
    arguments: list[str], match: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(*arguments, "--out", str(out)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert match in said.err
    assert said.err.count("\n") == 1
    assert not out.exists()


def test_a_folder_that_holds_things_is_refused_before_composing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    assert run("compose", "--style", "bach", "--out", str(tmp_path)) == 2
    assert "mine.txt" not in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_styles_lists_songs_composers_and_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("styles", "--json") == 0
    rows = json.loads(capsys.readouterr().out)["styles"]
    assert [row["name"] for row in rows] == [*style_names(), *composer_styles()]
    bach = next(row for row in rows if row["name"] == "bach")
    assert bach["title"] == "Johann Sebastian Bach"
    assert bach["ensembles"]["piano"] > 100
    assert {row["kind"] for row in rows} == {"song", "composer", "music"}
    assert set(rows[0]) - {"kind"} <= set(bach)
    assert run("styles") == 0
    said = capsys.readouterr().out
    assert "bach             Johann Sebastian Bach: piano" in said
    assert "hymn             Hymns in four voices: choir" in said


def test_neither_help_nor_styles_load_a_network() -> None:
    code = "\n".join(
        [
            "import sys",
            "from senandung.app.cli import main",
            "main(['styles', '--json'])",
            "heavy = {'torch', 'numba', 'matplotlib', 'scipy'} & set(sys.modules)",
            "sys.exit(str(heavy) if heavy else 0)",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


WEIGHTS = Path(str(resources.files("senandung"))) / "weights" / "composer" / "composer.safetensors"


@pytest.mark.skipif(not WEIGHTS.exists(), reason="the composer's weights are not here yet")
def test_the_network_composes_without_torch_and_remakes_its_piece(tmp_path: Path) -> None:
    code = "\n".join(
        [
            "import sys",
            "from senandung.app.cli import main",
            "status = main(['compose', '--style', 'chopin', '--bars', '8', '--seed', '5', '--out', sys.argv[1]])",
            "heavy = {'torch', 'matplotlib', 'verovio'} & set(sys.modules)",
            "sys.exit(str(heavy) if heavy else status)",
        ]
    )
    for name in ("a", "b"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a" / "song.json").read_bytes() == (tmp_path / "b" / "song.json").read_bytes()
    song = load_song(tmp_path / "a" / "song.json")
    assert [track.instrument for track in song.tracks] == ["piano"]
    assert len(bar_lines(song)) - 1 == 8
