"""The commands as a person calls them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from senandung.app.arguments import build_parser
from senandung.app.cli import main

DOCS = Path(__file__).parents[2] / "docs"


def test_feel_prints_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", "aku rindu kamu", "--json"]) == 0
    out, err = capsys.readouterr()
    feeling = json.loads(out)
    assert err == ""
    told = {"valence", "arousal", "spread", "basic", "words", "evidence", "readable"}
    assert set(feeling) == told | {"sentence", "readings"}
    assert [word["shown"] for word in feeling["readings"][0]["words"]] == ["aku", "rindu", "kamu"]
    assert set(feeling["basic"]) == {"cinta", "senang", "marah", "takut", "sedih", "netral"}
    assert sum(feeling["basic"].values()) == pytest.approx(1, abs=1e-5)
    assert feeling["readable"] is True


def test_feel_abstains(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", "rapat jam sepuluh di kantor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["readable"] is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["feel", ""], "a text must not be empty"),
        (["feel", "   \n"], "a text must not be empty"),
        (["compose", "?!… --"], "a text must hold a letter"),
        (["compose", "aku", "--style", "pop-balad"], "did you mean 'pop-ballad'"),
        (["compose", "aku", "--key", "H"], "a key must look like"),
        (["compose", "aku", "--key", "G# major"], "at most seven sharps or flats"),
        (["compose", "aku", "--metre", "4/3"], "denominator"),
        (["compose", "aku", "--metre", "1/32"], "halves, quarters or eighths"),
        (["compose", "aku", "--metre", "17/8"], "1 to 16"),
        (["compose", "\n".join(f"baris {n}" for n in range(130))], "choose them with words"),
        (["compose", "aku", "--tempo", "1000"], "30..260"),
        (["compose", "aku", "--bars", "2"], "4..600"),
        (["compose", "aku", "--minutes", "0"], "0.25..15"),
        (["compose", "aku", "--chords", "Am Hx"], "a chord must look like"),
        (["compose", "aku", "--form", "refren8"], "a form must look like"),
        (["compose", "aku", "--ensemble", "violin,kazoo"], "unknown instrument 'kazoo'"),
        (["compose", "aku", "--feeling", "sedhi"], "did you mean 'sedih'"),
        (["compose", "aku", "--feeling", "2,0"], "valence must be a number in -1..1"),
        (["compose", "aku", "--feeling", "a,b"], "a feeling must be a word or a point"),
        (["compose", "aku", "--seed", "-1"], "a seed must be"),
        (["feel", "./tidak-ada.txt"], "no such file"),
        (["feel", "status.txt"], "no such file"),
        (["verify", "./tidak-ada"], "no such folder"),
        (["render", "./tidak-ada.mid"], "tidak-ada.mid"),
        (["create", "aku", "--soundfont", "./tidak-ada.sf2"], "tidak-ada.sf2: no such file"),
        (["render", "./tidak-ada.mid", "--soundfont", "/"], "a folder, not a sound font"),
        (["render", "./tidak-ada.mid", "--soundfont", "violin=./tidak-ada.sf2:0:40"], "tidak-ada.sf2: no such file"),
        (["create", "aku", "--soundfont", "biola=./tidak-ada.sf2"], "unknown instrument 'biola'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_megabyte_of_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = tmp_path / "long.txt"
    long.write_text("aku rindu kamu\n" * 70_000, encoding="utf-8")
    assert main(["compose", str(long), "--out", str(tmp_path / "out")]) == 2
    assert "at most 20000 characters" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "message"), [(b"\xff\xfe\x00a", "not a UTF-8 text"), (b"a\x00b", "zero bytes"), (b"", "empty")]
)
def test_unreadable_files(content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "status.txt"
    file.write_bytes(content)
    assert main(["feel", str(file)]) == 2
    assert message in capsys.readouterr().err


def test_a_folder_that_holds_other_things_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("penting", encoding="utf-8")
    assert main(["create", "aku rindu", "--out", str(tmp_path)]) == 2
    assert "holds other things" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "penting"


def test_standard_input_is_a_trace() -> None:
    program = "import sys; from senandung.app.cli import main; sys.exit(main(['feel', '-', '--json']))"
    done = subprocess.run([sys.executable, "-c", program], input=b"aku sedih sekali", capture_output=True, check=True)
    assert json.loads(done.stdout)["valence"] < 0


def test_help_needs_no_heavy_library() -> None:
    program = (
        "import sys; from senandung.app.arguments import build_parser; import senandung.app.cli; "
        "build_parser().format_help(); "
        "print([m for m in ('numpy', 'matplotlib', 'scipy', 'verovio', 'lxml', 'mido', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _commands() -> dict[str, list[str]]:
    parser = build_parser()
    action = next(a for a in parser._actions if a.dest == "command")
    assert action.choices is not None
    return {
        name: [option for a in command._actions for option in a.option_strings if option.startswith("--")]
        for name, command in dict(action.choices).items()  # type: ignore[call-overload]
    }


def test_every_command_and_option_stands_in_the_docs() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    for name, options in _commands().items():
        assert f"## {name}\n" in text, f"docs/commands.md must have a section {name}"
        for option in options:
            assert f"`{option}" in text, f"docs/commands.md must name {option} of {name}"


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in _commands():
        with pytest.raises(SystemExit) as left:
            main([name, "--help"])
        assert left.value.code == 0
        assert re.search(rf"usage: senandung {name}", capsys.readouterr().out)
