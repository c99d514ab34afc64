"""Banks of every kind sing: pitch, order of the vowels, no clicks, and one sentence for what they lack."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from senandung.domain.errors import FileError
from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Breath, Singing
from senandung.files.character import Character, save_character
from senandung.files.oto import Oto, load_oto, save_oto
from senandung.singing.banks.analysis import SAMPLE_RATE, bank_voice, world
from senandung.singing.banks.bank import CACHE, Bank, load_bank
from senandung.singing.banks.render import sing_with
from singing.banks.made_up_banks import cv_bank, save, singing_of, vcv_rows, vcv_take

TONES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

CV = {
    "a": ("a",), "i": ("i",), "u": ("u",), "ku": ("k", "u"), "ri": ("r", "i"), "ma": ("m", "a"), "sa": ("s", "a"),
    "nga": ("ŋ", "a"), "l@": ("l", "ə"), "a n": ("a", "n"),
}  # fmt: skip

LINE = [(("a",), 60.0), (("k", "u"), 62.0), (("r", "i"), 64.0), (("m", "a", "n"), 65.0), (("l", "ə"), 62.0)]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return load_bank(cv_bank(tmp_path_factory.mktemp("cv") / "bank", CV))


def measured(sound: NDArray[np.float32], singing: Singing) -> list[tuple[str, float, NDArray[np.float64]]]:
    """Of every vowel: its name, its error in cents, and its envelope in 12 bands."""
    f0, times = world().harvest(sound.astype(np.float64), SAMPLE_RATE)
    wanted = 440 * 2 ** ((np.interp(times, np.arange(len(singing.pitch)) * FRAME, singing.pitch) - 69) / 12)
    edges = np.geomspace(150, 5000, 13)
    rows = []
    for each in singing.phonemes:
        if not PHONEMES[each.symbol].vowel:
            continue
        inside = (times > each.start + 0.1) & (times < each.end - 0.06) & (f0 > 0)
        assert inside.sum() > 10, f"{each.symbol} is not heard"
        cents = 1200 * np.log2(f0[inside] / wanted[inside])
        middle = sound[round((each.start + 0.1) * SAMPLE_RATE) : round((each.end - 0.06) * SAMPLE_RATE)]
        power = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) ** 2
        hertz = np.fft.rfftfreq(len(middle), 1 / SAMPLE_RATE)
        bands = [power[(hertz >= a) & (hertz < b)].sum() for a, b in pairwise(edges)]
        decibels = 10 * np.log10(np.array(bands) + 1e-9)
        rows.append((each.symbol, float(np.abs(cents.mean())), decibels - decibels.mean()))
    return rows


def test_a_cv_bank_sings_in_tune_and_its_vowels_in_order(bank: Bank) -> None:
    singing = singing_of(LINE)
    sung = sing_with(bank, singing, name="buatan", seed=1)
    assert sung.remark == ""
    sound = sung.recording.samples[0]
    assert len(sound) == round(singing.seconds * SAMPLE_RATE)
    rows = measured(sound, singing)
    assert [name for name, _, _ in rows] == ["a", "u", "i", "a", "ə"]
    assert max(error for _, error, _ in rows) < 3
    shapes = {name: shape[5:] for name, _, shape in rows[:3]}  # below, a band has one partial or none
    nearest = min(shapes, key=lambda name: float(np.abs(shapes[name] - rows[3][2][5:]).mean()))
    assert nearest == "a"


def test_nothing_clicks(bank: Bank) -> None:
    singing = singing_of(LINE)
    sound = sing_with(bank, singing, name="buatan", seed=1).recording.samples[0].astype(np.float64)
    from scipy.signal import butter, sosfilt

    high = np.abs(sosfilt(butter(4, 9000, "high", fs=SAMPLE_RATE, output="sos"), sound))
    for one, two in pairwise(singing.phonemes):
        if "s" in (one.symbol, two.symbol) or PHONEMES[two.symbol].manner == "stop":
            continue
        at = round(two.start * SAMPLE_RATE)
        around = high[at - 3000 : at + 3000]
        usual = np.sqrt(np.mean(high[at - 3000 : at + 3000] ** 2))
        assert around.max() < 14 * usual, f"between {one.symbol} and {two.symbol}"


def test_vowels_begin_on_time(bank: Bank) -> None:
    singing = singing_of([(("s", "a"), 60.0), (("k", "u"), 64.0), (("s", "a"), 62.0)])
    sound = sing_with(bank, singing, name="buatan", seed=1).recording.samples[0].astype(np.float64)
    from scipy.signal import butter, sosfiltfilt

    low = sosfiltfilt(butter(2, 700, "low", fs=SAMPLE_RATE, output="sos"), sound)
    level = np.sqrt(np.convolve(low**2, np.ones(400) / 400, "same"))
    for each in singing.phonemes:
        if PHONEMES[each.symbol].vowel:
            loud = np.median(level[round((each.start + 0.1) * SAMPLE_RATE) : round((each.end - 0.1) * SAMPLE_RATE)])
            before = round((each.start - 0.05) * SAMPLE_RATE)
            risen = before + int(np.argmax(level[before:] > 0.4 * loud))
            assert abs(risen / SAMPLE_RATE - each.start) < 0.025


def test_the_curves_are_heard(bank: Bank) -> None:
    singing = singing_of([(("a",), 60.0)], note=1.2)
    flat = np.zeros_like(singing.pitch)
    usual = sing_with(bank, singing, name="x", seed=1).recording.samples[0]
    soft = sing_with(bank, replace(singing, dynamics=flat - np.float32(12)), name="x", seed=1).recording.samples[0]
    breathy = sing_with(bank, replace(singing, breathiness=flat + np.float32(1)), name="x", seed=1)
    tense = sing_with(bank, replace(singing, tension=flat + np.float32(0.8)), name="x", seed=1).recording.samples[0]
    middle = slice(round(0.8 * SAMPLE_RATE), round(1.4 * SAMPLE_RATE))

    def decibels(sound: NDArray[np.float32]) -> float:
        return float(10 * np.log10(np.mean(sound[middle].astype(np.float64) ** 2)))

    def bright(sound: NDArray[np.float32]) -> float:
        power = np.abs(np.fft.rfft(sound[middle])) ** 2
        edge = round(1500 / SAMPLE_RATE * len(sound[middle]))
        return float(10 * np.log10(power[edge:].sum() / power[:edge].sum()))

    assert decibels(usual) - decibels(soft) == pytest.approx(12, abs=1.5)
    assert bright(tense) > bright(usual) + 2
    f0, _ = world().harvest(breathy.recording.samples[0].astype(np.float64), SAMPLE_RATE)
    assert np.mean(f0[160:280] > 0) < 0.5
    assert decibels(usual) == pytest.approx(20 * np.log10(0.063), abs=3)


def test_vowels_are_alike_in_loudness_however_late_their_onset_is_marked(tmp_path: Path) -> None:
    folder = cv_bank(tmp_path / "bank", {"a": ("a",), "ga": ("g", "a"), "da": ("d", "a")})
    rows = load_oto(folder / "oto.ini")
    late = [replace(each, preutterance=each.preutterance + 45) if each.alias == "ga" else each for each in rows]
    save_oto(late, folder / "oto.ini")
    singing = singing_of([(("g", "a"), 60.0), (("d", "a"), 60.0), (("a",), 60.0)])
    sound = sing_with(load_bank(folder), singing, name="x", seed=1).recording.samples[0].astype(np.float64)
    vowels = [each for each in singing.phonemes if each.symbol == "a"]
    parts = [sound[round((each.start + 0.15) * SAMPLE_RATE) :][:8820] for each in vowels]
    levels = [10 * np.log10(np.mean(part**2)) for part in parts]
    assert max(levels) - min(levels) < 2.5


def test_a_long_note_goes_on(bank: Bank) -> None:
    singing = singing_of([(("m", "a"), 60.0)], note=5.0)
    sound = sing_with(bank, singing, name="x", seed=1).recording.samples[0].astype(np.float64)
    parts = [np.sqrt(np.mean(sound[round(at * SAMPLE_RATE) :][:8820] ** 2)) for at in np.arange(1.0, 5.0, 0.4)]
    assert max(parts) / min(parts) < 1.5


def test_breaths_are_heard_and_the_seed_counts_for_them(bank: Bank) -> None:
    singing = replace(singing_of([(("a",), 60.0)]), breaths=(Breath(0.1, 0.4, -20.0),))
    one, same, other = (sing_with(bank, singing, name="x", seed=seed).recording.samples[0] for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert np.abs(one[4410:16000]).max() > 1e-3
    assert not np.array_equal(one, other)


def test_what_is_missing_is_said_in_one_sentence(bank: Bank) -> None:
    singing = singing_of([(("v", "e"), 60.0), (("x", "ɛ"), 62.0), (("k", "a"), 62.0)])
    with pytest.raises(FileError, match="no sound for the vowel e"):
        sing_with(bank, singing, name="buatan", seed=1)
    singing = singing_of([(("ŋ", "u"), 60.0), (("x", "a"), 62.0), (("f", "a"), 62.0)])
    remark = sing_with(bank, singing, name="buatan", seed=1).remark
    assert remark == "the voice buatan has no sound for x (sung as k, once), f (left out, once)"


def test_analyses_are_kept_by_content(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    singing = singing_of(LINE)
    before = sing_with(bank, singing, name="x", seed=1).recording.samples[0]
    kept = sorted((bank.folder / CACHE).iterdir())
    assert kept
    from senandung.singing.banks import analysis

    def never(*_: object) -> None:
        raise AssertionError("analysed again")

    monkeypatch.setattr(analysis, "analyse_samples", never)
    assert np.allclose(sing_with(bank, singing, name="x", seed=1).recording.samples[0], before, atol=0.02)
    monkeypatch.undo()
    for path in kept:
        path.write_bytes(b"broken")
    again = sing_with(bank, singing, name="x", seed=1).recording.samples[0]
    assert np.allclose(again, before, atol=0.02)
    assert any(path.stat().st_size > 1000 for path in kept)


@pytest.fixture(scope="module")
def japanese(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vcv") / "連続音"
    chain = [("か", "a"), ("り", "i"), ("む", "u"), ("あ", "a"), ("か", "a"), ("む", "u"), ("り", "i"), ("さ", "a")]
    symbols = {"か": ("k", "a"), "り": ("ɾ", "i"), "む": ("m", "u"), "あ": ("a",), "さ": ("s", "a")}
    for name, suffix, pitch in (("low", "_L", 57.0), ("high", "_H", 64.0)):
        (folder / name).mkdir(parents=True)
        samples, placed = vcv_take([symbols[kana] for kana, _ in chain], pitch=pitch)
        save(samples, folder / name / "_かりむ.wav")
        rows = vcv_rows("_かりむ.wav", chain, placed, suffix)
        text = "\r\n".join(each.line() for each in rows)
        (folder / name / "oto.ini").write_bytes(text.encode("cp932"))
    (folder / "character.txt").write_bytes("name=連\r\n".encode("cp932"))
    tones = [(f"{tone}{octave}", octave) for octave in (3, 4) for tone in TONES]
    rows_of_map = [f"{tone}\t\t{'_L' if octave < 4 else '_H'}" for tone, octave in tones]
    (folder / "prefix.map").write_bytes("\r\n".join(rows_of_map).encode("cp932"))
    return folder


def test_a_vcv_bank_with_a_prefix_map_sings(japanese: Path) -> None:
    bank = load_bank(japanese)
    low, high = bank.find(["a り"], 58), bank.find(["a り"], 62)
    assert low is not None and high is not None
    assert (low.alias, high.alias) == ("a り_L", "a り_H")
    singing = singing_of([(("k", "a"), 58.0), (("r", "i"), 62.0), (("m", "u"), 60.0), (("s", "a"), 55.0)])
    sung = sing_with(bank, singing, name="連", seed=1)
    rows = measured(sung.recording.samples[0], singing)
    assert [name for name, _, _ in rows] == ["a", "i", "u", "a"]
    assert max(error for _, error, _ in rows) < 3
    assert sung.remark == "the voice 連 has no sound for r (sung as ɾ, once)"
    voice = bank_voice(bank, "連")
    assert voice.low < 57
    assert voice.high > 64


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda folder: None, "it has no oto.ini"),
        (
            lambda folder: save_oto([Oto("no.wav", "a", 0, 1, 2, 3, 4)], folder / "oto.ini"),
            "none of the 1 that its oto.ini",
        ),
    ],
)
def test_a_folder_that_cannot_sing_is_refused(make: object, match: str, tmp_path: Path) -> None:
    make(tmp_path)  # type: ignore[operator]
    with pytest.raises(FileError, match=match):
        load_bank(tmp_path)
    with pytest.raises(FileError, match="no such voicebank"):
        load_bank(tmp_path / "tidak-ada")


def test_a_recording_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF but not really")
    save_oto([Oto("a.wav", "a", 0, 1, 2, 3, 4)], tmp_path / "oto.ini")
    save_character(Character("Rusak"), tmp_path)
    with pytest.raises(FileError, match=r"a\.wav: a recording that cannot be read"):
        sing_with(load_bank(tmp_path), singing_of([(("a",), 60.0)]), name="x", seed=1)
