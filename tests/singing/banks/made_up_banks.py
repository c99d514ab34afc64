"""Made-up recordings and banks: our own built-in voice sings what a person would record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.domain.phonemes import PHONEMES
from senandung.domain.recording import Recording
from senandung.domain.singing import Singing, SungPhoneme, frames
from senandung.files.audio import save_audio
from senandung.files.oto import Oto, save_oto
from senandung.singing.banks.record_list import Row
from senandung.singing.builtin import render
from senandung.singing.habits import Habits
from senandung.singing.timing import CONSONANT_SECONDS, SungNote, SungSyllable, phrase_phonemes
from senandung.singing.voices import voice

REST = 0.45


def take(
    sounds: Sequence[tuple[str, ...]],
    *,
    pitch: float = 60.0,
    who: str = "melati",
    hold: float = 0.6,
    rest: float = REST,
    noise: float = 3e-5,
    seed: int = 1,
) -> tuple[NDArray[np.float32], list[list[SungPhoneme]]]:
    """Sounds sung one after the other, each with a rest after it: samples (n,) and where every phoneme is."""
    at, placed = 0.4, []
    for number, symbols in enumerate(sounds):
        row = []
        for symbol in symbols:
            long = hold if PHONEMES[symbol].vowel else CONSONANT_SECONDS[symbol] * 1.25
            long = 0.2 if PHONEMES[symbol].manner == "glide" and row else long
            row.append(SungPhoneme(symbol, round(at, 4), round(at + long, 4), number))
            at += long
        placed.append(row)
        at += rest
    count = frames(round(at, 3))
    flat = np.zeros(count, dtype=np.float32)
    calm = flat + np.float32(0.1)
    singing = Singing(
        "made-up", "vocal", round(at, 3), tuple(each for row in placed for each in row), (),
        flat + np.float32(pitch), flat, flat, calm,
    )  # fmt: skip
    sound = render(singing, voice(who), seed=seed).samples[0]
    rng = np.random.default_rng(seed)
    return sound + noise * rng.standard_normal(len(sound)).astype(np.float32), placed


def save(samples: NDArray[np.float32], path: Path, rate: int = 44_100) -> None:
    """Write a take as 16-bit WAV."""
    save_audio(Recording(np.ascontiguousarray(samples[None, :], dtype=np.float32), rate), path, bits=16)


def sing_row(row: Row, folder: Path, *, seed: int = 1, **how: float) -> list[list[SungPhoneme]]:
    """Sing a row of the record list into a folder."""
    samples, placed = take([unit.symbols for unit in row.units], seed=seed, **how)  # type: ignore[arg-type]
    save(samples, folder / f"{row.name}.wav")
    return placed


def cv_rows(wav: str, names: Sequence[str], placed: Sequence[Sequence[SungPhoneme]]) -> list[Oto]:
    """The oto.ini of a CV take whose phonemes are known."""
    rows = []
    for name, phonemes in zip(names, placed, strict=True):
        vowel = next(each for each in phonemes if PHONEMES[each.symbol].vowel)
        offset = 1000 * phonemes[0].start - 30
        pre = 1000 * vowel.start - offset
        rows.append(Oto(wav, name, offset, pre + 60, -(1000 * vowel.end - 40 - offset), pre, 20))
    return rows


def cv_bank(folder: Path, syllables: dict[str, tuple[str, ...]], *, pitch: float = 60.0, who: str = "melati") -> Path:
    """A CV bank of one recording."""
    folder.mkdir(parents=True, exist_ok=True)
    samples, placed = take(list(syllables.values()), pitch=pitch, who=who)
    save(samples, folder / "all.wav")
    save_oto(cv_rows("all.wav", list(syllables), placed), folder / "oto.ini")
    (folder / "character.txt").write_bytes("name=Buatan\r\n".encode("cp932"))
    return folder


def vcv_take(
    chain: Sequence[tuple[str, ...]], *, pitch: float, who: str = "melati"
) -> tuple[NDArray[np.float32], list[SungPhoneme]]:
    """Syllables sung without a rest between them."""
    at, row = 0.4, []
    for number, symbols in enumerate(chain):
        for symbol in symbols:
            long = 0.4 if PHONEMES[symbol].vowel else CONSONANT_SECONDS[symbol]
            row.append(SungPhoneme(symbol, round(at, 4), round(at + long, 4), number))
            at += long
    count = frames(round(at + 0.3, 3))
    flat = np.zeros(count, dtype=np.float32)
    singing = Singing(
        "made-up", "vocal", round(at + 0.3, 3), tuple(row), (), flat + np.float32(pitch), flat, flat, flat
    )
    return render(singing, voice(who), seed=2).samples[0], row


def vcv_rows(wav: str, chain: Sequence[tuple[str, str]], placed: Sequence[SungPhoneme], suffix: str) -> list[Oto]:
    """The oto.ini of a VCV take: `chain` has the kana and the vowel of every syllable."""
    rows = []
    vowels = [each for each in placed if PHONEMES[each.symbol].vowel]
    for number, (kana, _) in enumerate(chain):
        vowel = vowels[number]
        before = vowels[number - 1] if number else None
        first = next(each for each in placed if each.syllable == number)
        offset = 1000 * (before.end - 0.12 if before else first.start - 0.03)
        pre = 1000 * vowel.start - offset
        name = f"{chain[number - 1][1]} {kana}{suffix}" if number else f"- {kana}{suffix}"
        rows.append(Oto(wav, name, offset, pre + 60, -(1000 * vowel.end - 20 - offset), pre, 60 if before else 15))
    return rows


def singing_of(
    syllables: Sequence[tuple[tuple[str, ...], float]], *, note: float = 0.5, voice_name: str = "x"
) -> Singing:
    """A line: each syllable's phonemes and its pitch, `note` seconds long, without a rest."""
    sung = []
    for number, (symbols, pitch) in enumerate(syllables):
        start = 0.5 + number * note
        sung.append(SungSyllable(number, symbols, (SungNote(start, start + note, pitch, 80, 0),)))
    placed = phrase_phonemes(sung, 0.0, Habits())
    pitches = [(each.onset - 0.03, each.notes[0].pitch) for each in sung]
    at = sung[-1].end
    seconds = round(at + 0.4, 3)
    times = np.arange(frames(seconds)) * 0.005
    curve = np.full(len(times), pitches[0][1], dtype=np.float32)
    for start, pitch in pitches:
        curve[times >= start] = pitch
    flat = np.zeros(len(times), dtype=np.float32)
    placed = [replace(each, start=round(each.start, 4), end=round(each.end, 4)) for each in placed]
    return Singing(
        "made-up", "vocal", seconds, tuple(placed), (), curve, flat, flat, flat + np.float32(0.11), voice=voice_name
    )
