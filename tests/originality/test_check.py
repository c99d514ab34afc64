from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from originality.music import song, tune
from senandung.domain.errors import FileError
from senandung.originality.check import check_song, index_songs, shipped_index
from senandung.originality.index import MusicIndex, load_index, save_index
from senandung.originality.report import HumanRange, OriginalityReport, excess_of, score_of

HUMAN = HumanRange({"all": (0.4, 0.6, 99)})


@pytest.fixture(scope="module")
def index() -> MusicIndex:
    return index_songs([(f"tune {seed}", song(tune(seed))) for seed in range(60)])


def check(piece: object, index: MusicIndex, **options: object) -> OriginalityReport:
    return check_song(piece, index=index, human=HUMAN, **options)  # type: ignore[arg-type]


def test_a_tune_of_the_index_is_found_in_another_key_and_tempo(index: MusicIndex) -> None:
    report = check(song(tune(7), ticks=15, shift=-5), index)
    assert report.copied
    assert report.nearest[0].name == "tune 7"
    assert report.nearest[0].notes == 40
    assert report.nearest[0].shift == -5
    assert report.nearest[0].scale == pytest.approx(0.75)


def test_an_unknown_tune_is_no_copy(index: MusicIndex) -> None:
    report = check(song(tune(1234)), index)
    assert not report.copied
    assert "Bukan salinan" in report.verdict("id")
    assert "Not a copy" in report.verdict("en")


@settings(max_examples=8, deadline=None)
@given(shift=st.integers(-7, 7), ticks=st.sampled_from([10, 15, 20, 30, 40]))
def test_key_and_tempo_of_the_whole_piece_leave_the_score(index: MusicIndex, shift: int, ticks: int) -> None:
    rows = [*tune(3)[:20], *((onset + 600, pitch) for onset, pitch in tune(555)[:20])]
    assert check(song(rows, ticks=ticks, shift=shift), index).score == pytest.approx(check(song(rows), index).score)


def test_likeness_to_what_was_asked_is_told_apart(index: MusicIndex) -> None:
    report = check(song(tune(9)), index, asked=[tune(9)])
    assert not report.copied
    assert report.asked[0].name == "tune 9"
    assert all(row.name != "tune 9" for row in report.nearest)


def test_own_files_count_too(index: MusicIndex) -> None:
    own = index_songs([("mine", song(tune(4321)))])
    report = check(song(tune(4321)), index, against=[own])
    assert report.copied
    assert report.nearest[0].name == "mine"


def test_an_index_comes_back_whole(index: MusicIndex, tmp_path: Path) -> None:
    save_index(index, tmp_path / "a.index")
    again = load_index(tmp_path / "a.index")
    for name in ("intervals", "gaps", "starts", "voice_pitch", "voice_onset", "voice_piece", "voice_part",
                 "bar_lengths", "piece_bars"):  # fmt: skip
        assert np.array_equal(getattr(again, name), getattr(index, name)), name
    assert (again.works, again.pieces) == (index.works, index.pieces)
    save_index(again, tmp_path / "b.index")
    assert (tmp_path / "a.index").read_bytes() == (tmp_path / "b.index").read_bytes()


@pytest.mark.parametrize("data", [b"", b"x", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_broken_index_is_a_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.index").write_bytes(data)
    with pytest.raises(FileError, match="not a"):
        load_index(tmp_path / "x.index")


def test_a_score_is_its_excess() -> None:
    for notes in (100, 1024, 5000):
        assert excess_of(score_of(73.0, notes), notes) == pytest.approx(73.0)
    assert score_of(73.0, 5000) > score_of(73.0, 1000) > score_of(73.0, 100)


def test_json_has_the_five_fields(index: MusicIndex) -> None:
    plain = json.loads(json.dumps(check(song(tune(7)), index).to_plain()))
    assert set(plain) == {"score", "human_interval", "nearest", "copied", "verdict"}
    assert set(plain["nearest"][0]) == {"work", "bars", "here_bars", "notes"}


def test_a_human_range_holds_95_in_100() -> None:
    human = HumanRange.fit([("tune", number / 1000) for number in range(1000)])
    name, (low, high) = human.of("tune")
    assert name == "tune"
    assert sum(low <= number / 1000 <= high for number in range(1000)) == pytest.approx(950, abs=3)
    assert human.of("band")[0] == "all"


def test_the_shipped_index_names_work_and_bars() -> None:
    index = shipped_index()
    voice = int(np.argmax(np.diff(index.starts)))
    onsets, pitches = index.voice_notes(voice, 0, 5)
    assert len(onsets) == len(pitches) == 5
    assert index.notes > 10_000_000
    piece = int(index.voice_piece[voice])
    assert index.bar_span(piece, index.bar_of(piece, int(onsets[4])))[0] <= onsets[4]
