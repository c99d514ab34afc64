"""Sizes beside each other: what is known, what a network writes, the table, going on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from learning.toy import TUNE, other_tune, tune_piece  # noqa: E402
from senandung.learning import compare_sizes  # noqa: E402
from senandung.learning.compare_sizes import beginnings, known_spans, main, share_known  # noqa: E402
from senandung.learning.corpus.sets import Work  # noqa: E402
from senandung.learning.pack import load_folder, pack_pieces, save_folder  # noqa: E402


def test_what_is_copied_is_known_and_nothing_else() -> None:
    one, other = (pack_pieces("toy", [tune_piece(tune)]) for tune in (TUNE, other_tune(3)))
    known = known_spans({"toy": one})
    assert share_known([one.tokens.astype(np.int64)], known) == 1.0
    assert share_known([other.tokens.astype(np.int64)], known) < 0.1
    half = [one.tokens.astype(np.int64), np.arange(len(one.tokens))]
    assert share_known(half, known) == pytest.approx(0.5)


def test_two_sizes_are_compared_and_the_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.set_num_threads(1)
    monkeypatch.setattr(compare_sizes, "BEFORE", 24)
    monkeypatch.setattr(compare_sizes, "WRITTEN", 24)
    tiny = compare_sizes.CONFIGS["tiny"]
    monkeypatch.setattr(compare_sizes, "CONFIGS", {"tiny": tiny, "less": replace(tiny, layers=1)})
    works = []
    for number in range(30):
        work = Work("toy", tmp_path / f"{number}.mid", str(number), "", "irish", "CC0", "me", f"toy/{number}")
        work.pieces = [tune_piece(other_tune(number + 1))]
        works.append(work)
    save_folder(works, tmp_path, tmp_path / "packed", seed=1)
    assert beginnings(load_folder(tmp_path / "packed")["valid"], 2).shape == (2, 48)
    usual = ["--packed", str(tmp_path / "packed"), "--out", str(tmp_path / "out"), "--configs", "tiny,less", "--tokens",
             "512", "--marks", "2", "--length", "64", "--windows", "2", "--measure-windows", "2"]  # fmt: skip
    main(usual)
    table = capsys.readouterr().out
    lines = table.splitlines()
    assert len(lines) == 2 + 1 + 4
    assert lines[2].startswith("| real music |")
    assert [line.split(" | ")[0] for line in lines[3:]] == ["| tiny", "| tiny", "| less", "| less"]
    written = (tmp_path / "out" / "less-1" / "checkpoint.pt").stat().st_mtime_ns
    main(usual)
    assert capsys.readouterr().out == table
    assert (tmp_path / "out" / "less-1" / "checkpoint.pt").stat().st_mtime_ns == written
