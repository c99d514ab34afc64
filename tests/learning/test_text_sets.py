"""The sets that text feeling is learned from, as lines with what is known of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from senandung.domain.errors import FileError
from senandung.domain.feeling import BASIC
from senandung.learning.english_sets import GOEMOTIONS, LABELS, read_emobank, read_goemotions
from senandung.learning.text_sets import read_brighter, read_smsa, read_status


def test_goemotions_labels_become_shares_that_sum_to_one(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "original"
    folder.mkdir(parents=True)
    rows = [f"line {number}\t{number}\tid{number}" for number in range(28)] + ["both\t17,25\tidx", "wow\t26,27\tidy"]
    (folder / "train.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    lines = read_goemotions(tmp_path, "train")
    assert len(lines) == 29  # surprise alone is left out
    assert all(sum(line.shares) == pytest.approx(1) for line in lines)
    by_text = {line.text: line for line in lines}
    assert by_text["both"].shares == tuple(0.5 * (name in ("senang", "sedih")) for name in BASIC)
    assert by_text["wow"].shares[BASIC.index("netral")] == 1
    assert by_text["line 17"].valence > 0 > by_text["line 25"].valence
    assert {line.language for line in lines} == {"en"}
    assert set(GOEMOTIONS) | {"surprise"} == set(LABELS)


def test_emobank_gives_valence_and_arousal_and_no_feeling(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    text = 'id,split,V,A,D,text\na,train,4.2,3.0,3.0,"She won, at last"\nb,test,1.8,3.6,3,Lost\nc,train,1,5,3,No!\n'
    (tmp_path / "corpus" / "emobank.csv").write_text(text, encoding="utf-8")
    won, no = read_emobank(tmp_path, "train")
    assert (won.text, won.valence, won.arousal) == ("She won, at last", pytest.approx(1.0), pytest.approx(0.0))
    assert (no.valence, no.arousal) == (-1, 1)
    assert won.partial
    assert set(won.shares) == {1.0}


def test_labels_of_public_sets_say_something_of_valence(tmp_path: Path) -> None:
    head = "id,text,anger,disgust,fear,joy,sadness,surprise\n"
    table = head + "1,a,0,0,0,1,0,0\n2,b,1,0,0,0,1,0\n3,c,0,0,0,0,0,1\n4,d,0,0,0,0,0,0\n"
    (tmp_path / "b.csv").write_text(table, encoding="utf-8")
    joy, bad, surprised, plain = read_brighter(tmp_path / "b.csv")
    assert joy.valence > 0.3
    assert bad.valence < -0.3
    assert surprised.valence is None
    assert plain.shares[BASIC.index("netral")] == 1
    (tmp_path / "s.tsv").write_text("enak sekali\tpositive\nlambat\tnegative\n", encoding="utf-8")
    good, slow = read_smsa(tmp_path / "s.tsv")
    assert (good.partial, good.valence > 0 > slow.valence) == (True, True)
    assert good.shares == (1.0, 1.0, 0.0, 0.0, 0.0, 0.0)


def test_own_lines_keep_their_place_and_can_be_read_as_english(tmp_path: Path) -> None:
    path = tmp_path / "lines.tsv"
    path.write_text("text\tvalence\tarousal\tfeeling\tflags\tvariety\nso tired\t-0.40\t-0.50\tsedih\t\tinggris\n")
    (line,) = read_status(path)
    assert (line.valence, line.arousal, line.labels, line.language) == (-0.4, -0.5, ("sedih", "inggris"), "id")
    assert "so tired" in line.spoken("en").example().features.words


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"lines\.tsv.*cannot be read"):
        read_status(tmp_path / "lines.tsv")
