"""Recordings become a bank: the record list, the cuts, the takes that must be sung again, and the round trip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from senandung.domain.errors import FileError
from senandung.domain.phonemes import PHONEMES
from senandung.files.oto import save_oto
from senandung.singing.banks.bank import load_bank
from senandung.singing.banks.build import oto_of, read_takes
from senandung.singing.banks.record_list import VOWELS, Row, record_list, record_list_text
from senandung.singing.banks.render import sing_with
from senandung.singing.banks.segment import Heard, Segment, hear, segment
from senandung.singing.banks.takes import judge
from singing.banks.made_up_banks import save, sing_row, singing_of, take
from singing.banks.test_singing_with_banks import measured

ROWS = {row.name: row for row in record_list()}


def symbols(row: Row) -> list[tuple[str, ...]]:
    return [unit.symbols for unit in row.units]


def test_the_record_list_has_every_syllable_once() -> None:
    units = [unit for row in ROWS.values() for unit in row.units]
    assert len({unit.alias for unit in units}) == len(units) == 6 + 3 + 22 * 6 + 11 * 6
    heads = {unit.symbols[0] for unit in units if unit.kind == "syllable"}
    assert len(heads) == 22
    indonesian = {s for s, each in PHONEMES.items() if "id" in each.languages and not each.vowel}
    assert indonesian - heads == {"ʔ", "v", "ɾ"}  # a vowel's hard onset; sung as f; as r
    text = record_list_text()
    for row in ROWS.values():
        assert f"  {row.name}.wav" in text
    assert len({row.name.lower() for row in ROWS.values()}) == 35


@pytest.mark.parametrize("name", ["m", "t", "s", "ng", "y", "an", "ap", "vowels"])
def test_vowels_are_found_where_they_are(name: str) -> None:
    row = ROWS[name]
    samples, placed = take(symbols(row), who="jati", pitch=52)
    found = segment(hear(samples.astype(np.float64)), row.units)
    assert len(found) == 6
    errors = []
    for each, phonemes in zip(found, placed, strict=True):
        vowel = next(one for one in phonemes if PHONEMES[one.symbol].vowel)
        is_coda = row.units[0].kind == "coda"
        errors.append(abs((each.vowel_end - vowel.end) if is_coda else (each.vowel - vowel.start)))
        assert each.start < each.vowel < each.vowel_end < each.end
    assert np.median(errors) < 0.025
    assert max(errors) < 0.065


def test_a_built_bank_sings_what_was_recorded(tmp_path: Path) -> None:
    for name in ("vowels", "diphthongs", "k", "r", "m", "an"):
        sing_row(ROWS[name], tmp_path)
    takes = read_takes(tmp_path)
    assert [each.judged.reasons for each in takes.takes] == [()] * 6
    assert takes.pitch == pytest.approx(60, abs=0.1)
    assert len(takes.missing) == 35 - 6
    rows = [line for each in takes.takes for line in oto_of(each.path.name, each.judged.segments)]
    save_oto(rows, tmp_path / "oto.ini")
    line = [(("a",), 60.0), (("k", "u"), 62.0), (("r", "i", "n"), 64.0), (("k", "ə"), 62.0), (("m", "u"), 60.0)]
    singing = singing_of(line)
    sung = sing_with(load_bank(tmp_path), singing, name="sendiri", seed=1)
    assert sung.remark == ""
    rows_heard = measured(sung.recording.samples[0], singing)
    assert [name for name, _, _ in rows_heard] == ["a", "u", "i", "ə", "u"]
    assert max(error for _, error, _ in rows_heard) < 3
    # every vowel is nearest to the one that the built-in singer recorded under its name
    samples, placed = take([(vowel,) for vowel in VOWELS], pitch=62.0)
    from dataclasses import replace

    recorded = replace(
        singing_of([((vowel,), 62.0) for vowel in VOWELS]),
        seconds=round(len(samples) / 44_100, 3),
        phonemes=tuple(each for row in placed for each in row),
        **{
            name: np.full(int(round(len(samples) / 44_100, 3) / 0.005 + 1e-6) + 1, value, dtype=np.float32)
            for name, value in (("pitch", 62.0), ("dynamics", 0.0), ("tension", 0.0), ("breathiness", 0.1))
        },
    )
    usual = {name: shape for name, _, shape in measured(samples, recorded)}
    for name, _, shape in rows_heard:
        nearest = min(usual, key=lambda vowel: float(np.abs(usual[vowel] - shape).mean()))
        assert nearest == name or {nearest, name} <= {"u", "o"}


def clipped(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.clip(sound * 40, -1, 1).astype(np.float32)


def noisy(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    return sound + (0.004 * np.random.default_rng(1).standard_normal(len(sound))).astype(np.float32)


def quiet(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    return (sound * 0.02).astype(np.float32)


Heard3 = tuple[Row, Heard, tuple[Segment, ...]]


def listened(name: str, samples: NDArray[np.float32]) -> Heard3:
    row = ROWS[name]
    heard = hear(np.rint(np.clip(samples, -1, 1) * 32767).astype(np.float64) / 32768)
    return row, heard, segment(heard, row.units)


@pytest.fixture(scope="module")
def good() -> list[Heard3]:
    return [listened(name, take(symbols(ROWS[name]))[0]) for name in ("m", "t", "s")]


@pytest.mark.parametrize(
    ("change", "how", "match"),
    [
        (clipped, {}, "too loud: it is cut off"),
        (noisy, {}, "noisy: its rests lie only"),
        (quiet, {}, "too quiet"),
        (None, {"hold": 0.2}, "too short: ka, ki"),
        (None, {"rest": 0.1}, "sounds were found, not 6"),
        (None, {"pitch": 64.0}, "on another note than the other takes: ka"),
    ],
)
def test_a_bad_take_is_told(
    change: Callable[[NDArray[np.float32]], NDArray[np.float32]] | None,
    how: dict[str, float],
    match: str,
    good: list[Heard3],
) -> None:
    samples, _ = take(symbols(ROWS["k"]), **how)  # type: ignore[arg-type]
    bad = listened("k", samples if change is None else change(samples))
    judged = judge([*good, bad])
    assert match in "; ".join(judged[-1].reasons)
    assert all(each.reasons == () for each in judged[:-1])


def test_a_wrong_vowel_and_a_wobbling_pitch_are_told(good: list[Heard3]) -> None:
    wrong = symbols(ROWS["k"])
    wrong[1] = ("k", "a")
    samples, _ = take(wrong)
    assert judge([*good, listened("k", samples)])[-1].reasons == ("the wrong vowel: ki sounds like a",)
    times = np.arange(len(samples)) / 44_100
    wobble = np.interp(times + 0.004 * np.sin(2 * np.pi * 2.5 * times), times, samples).astype(np.float32)
    reasons = judge([*good, listened("k", wobble)])[-1].reasons
    assert any("its pitch is not held still" in reason for reason in reasons)


def test_a_folder_without_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"has no recording of the record list: vowels\.wav"):
        read_takes(tmp_path)
    with pytest.raises(FileError, match="no such folder of recordings"):
        read_takes(tmp_path / "tidak-ada")
    save(np.zeros(4410, dtype=np.float32), tmp_path / "m.wav")
    with pytest.raises(FileError, match=r"m\.wav: a take must last"):
        read_takes(tmp_path)
    save(np.zeros(44_100, dtype=np.float32), tmp_path / "m.wav")
    assert "0 sounds were found" in read_takes(tmp_path).takes[0].judged.reasons[0]
