"""How the built-in voices sing, heard from their sound: tune, time, vibrato, speed, and whether words are understood.

    make bench-sing                                     every voice, 600 words at three heights: an hour of one core
    make bench-sing ARGS="--words 60 --voices melati"   for daily use
    make bench-sing ARGS="--ceiling id=FOLDER"          spoken words (FOLDER/word.wav) as a ceiling; may be given twice
    make bench-sing ARGS="--picture FILE.png"           spectrograms of some words instead, a row a voice

Notes and beginnings of vowels are measured in the sound against the score as it is performed. Words are recognised by
pocketsphinx, which has to choose one of 20 phonetically near words; the vowels' middles are cut out before, at the
times that singing.json names, for no recogniser has learnt vowels that last. The ratio is to the higher of the spoken
ceilings, on the same words, with a 95 % interval by drawing the words again. Without `--ceiling` the words are spoken
by espeak-ng where it is installed. The words that the voice was tuned on are left out (`TUNED_ON`).

Two controls are measured in place of a voice, a sine at the pitch and a hum; they must fail.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from hearing import (
    RATE,
    Recogniser,
    Sound,
    for_recogniser,
    hear_lines,
    lexicon,
    ratio_interval,
    without_middles,
)
from numpy.typing import NDArray

from senandung.domain.feeling import Feeling
from senandung.domain.performance import Performance
from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Singing, SungPhoneme
from senandung.domain.song import FeelingPoint, Note, Provenance, Section, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.domain.words import Line, Words
from senandung.language.pronunciation import pronounce
from senandung.language.syllables import syllabify_line
from senandung.performing.perform import perform
from senandung.singing.builtin import render
from senandung.singing.phrase import sing_part
from senandung.singing.voices import VOICES, Voice

Render = Callable[[Singing, Voice, int], Sound]

BARS = {"cents": 6.0, "cents_most": 15.0, "onset_p90": 15.0, "speed": 0.05, "middle": 0.88, "high": 0.75}
"""Most cents on average and at all, most ms (90th percentile), most seconds a second, least lower ends of ratios."""

HEIGHTS = {"low": 0.25, "middle": 0.5, "high": 0.75}
"""Where in a voice's range a word's notes lie, two semitones up and down."""


def height_of(voice: Voice, height: str) -> int:
    """The MIDI number around which is sung: a name of `HEIGHTS`, or the number itself."""
    return int(height) if height.isdigit() else int(voice.low + HEIGHTS[height] * (voice.high - voice.low))


LINES = (
    ("aku rindu malam ini putar lagu lama itu", (0, 3, 5, 7, 8, 7, 5, 3, 3, 5, 7, 8, 7, 5, 3, 0)),
    ("bila senja datang kutunggu di jendela", (7, 5, 3, 5, 7, 10, 8, 7, 5, 3, 2, 3, 0)),
    ("suaramu seperti hujan pagi", (0, 2, 3, 5, 7, 8, 7, 5, 3, 2, 0)),
    ("jangan pernah kau lupa semua yang kita punya", (5, 7, 8, 10, 8, 7, 5, 3, 5, 7, 5, 3, 2, 0, 2, 0)),
)
"""Lines and their semitones above the lowest note; a long note ends each."""

TUNED_ON = frozenset(
    """
    ada aman aroma berdua berempat bergantung berjalan berkemas beton bibirku bodoh cahaya caramu cerita dapur
    dua foto gedung gelap gemetar halaman halte hanya hilang jagung jatuh jingga kaku kampung karena kasur kecil
    kereta klakson kunci langitnya layar lebih lembut lengkapku manisnya matamu menara mengajak menggantung
    menua menyanyi mesin nakal nasi nenek peluk pergilah pertama petang petir rasanya rencana sakuku salam
    saling sebelum sesal setapak sisa sobek spion subuh talinya tempatnya terakhir teri tertidur tiap tiket
    tinggi tujuh untuk untukmu yakin
    """.split()  # noqa: SIM905
)
"""The words on which changes to the voice were tried."""


# What is sung ---------------------------------------------------------------------------------------------------------


def lines_song(lines: Sequence[tuple[str, Sequence[int]]], *, bpm: float, last: int, rest: int) -> Song:
    """A song of one voice: a quarter a syllable, the last `last` ticks long, `rest` ticks between lines."""
    words = Words("id", tuple(Line(text, syllabify_line(text, "id")) for text, _ in lines))
    notes, at, number = [], 960, 0
    for line, (_, pitches) in zip(words.lines, lines, strict=True):
        for place, pitch in zip(range(len(line.syllables)), pitches, strict=False):
            length = last if place + 1 == len(line.syllables) else 480
            notes.append(Note(at, length, pitch, 80, number))
            at, number = at + length, number + 1
        at += rest
    end = (at // 1920 + 1) * 1920
    return Song(
        "Ukuran", (Track("Vokal", "vocal", "voice", tuple(notes)),), tempos=(TempoChange.at_bpm(0, bpm),),
        sections=(Section("Bait", "verse", 0, end, 0.5),), words=words, provenance=Provenance(1, "0", "pop-ballad"),
        feeling_curve=(FeelingPoint(0, 0.0, 0.0, 0.3), FeelingPoint(end, 0.0, 0.0, 0.3)),
    )  # fmt: skip


def sung(song: Song, voice: Voice, seed: int) -> tuple[Performance, Singing]:
    """The performance and how a voice sings it; in the octave that is written."""
    wide = replace(voice, low=1, high=127)
    performance = perform(song, seed=seed)
    feeling = Feeling.unread()
    return performance, sing_part(song, performance, pronounce(song.words), voice=wide, feeling=feeling, seed=seed)


def by_voice(singing: Singing, voice: Voice, seed: int) -> Sound:
    """The voice itself."""
    return np.asarray(render(singing, voice, seed=seed).samples[0], dtype=np.float64)


def by_sine(singing: Singing, _voice: Voice, _seed: int) -> Sound:
    """A control: a sine at the pitch, as loud as the voice, while anything sounds."""
    times = np.arange(round(singing.seconds * RATE)) / RATE
    pitch = np.interp(times, np.arange(len(singing.pitch)) * FRAME, singing.pitch)
    loud = 10 ** (np.interp(times, np.arange(len(singing.dynamics)) * FRAME, singing.dynamics) / 20)
    inside = np.zeros(len(times))
    for each in singing.phonemes:
        inside[round(each.start * RATE) : round(each.end * RATE)] = 1
    inside = np.convolve(inside, np.hanning(882) / np.hanning(882).sum(), "same")
    return np.asarray(0.09 * inside * loud * np.sin(2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69) / 12)) / RATE))


def by_hum(singing: Singing, voice: Voice, seed: int) -> Sound:
    """A control: the voice with its mouth closed."""
    closed = tuple(SungPhoneme("m", each.start, each.end, each.syllable) for each in singing.phonemes)
    return by_voice(replace(singing, phonemes=closed), voice, seed)


def sung_words(
    words: Sequence[str], voice: Voice, centre: int, made_by: Render, seed: int
) -> Iterator[tuple[str, Sound]]:
    """Each word as it is sung for itself, a syllable .6 s long, around a pitch; ready for the recogniser."""
    for begin in range(0, len(words), 20):
        some = words[begin : begin + 20]
        lines = []
        for word in some:
            rng = random.Random(f"{seed} {word}")
            lines.append((word, [centre + rng.randint(-2, 2) for _ in lexicon()[word]]))
        song = lines_song(lines, bpm=100, last=480, rest=960)
        _, singing = sung(song, voice, seed)
        sound = made_by(singing, voice, seed)
        number = 0
        for word in some:
            count = len(lexicon()[word])
            own = [each for each in singing.phonemes if number <= each.syllable < number + count]
            number += count
            start, end = max(own[0].start - 0.03, 0.0), own[-1].end + 0.06
            cut = sound[round(start * RATE) : round(end * RATE)]
            vowels = [(each.start - start, each.end - start) for each in own if PHONEMES[each.symbol].vowel]
            yield word, for_recogniser(without_middles(cut, vowels), RATE)


def spoken_words(words: Sequence[str], folder: Path) -> Iterator[tuple[str, Sound]]:
    """Each word from a folder of recordings, ready for the recogniser."""
    import soundfile

    for word in words:
        samples, rate = soundfile.read(folder / f"{word}.wav", always_2d=True)
        yield word, for_recogniser(samples.mean(axis=1), rate)


def espeak(words: Sequence[str], voice: str, folder: Path) -> Path:
    """The words spoken by espeak-ng, a file each."""
    place = folder / voice.replace("+", "-")
    place.mkdir()
    for word in words:
        subprocess.run(
            ["espeak-ng", "-v", voice, "-s", str(SPOKEN_RATE), "-w", str(place / f"{word}.wav"), word], check=True
        )
    return place


SPOKEN = ("id", "id+f3")
SPOKEN_RATE = 130
"""Words a minute. On the words for tuning 80 and 105, and phonemes instead of letters, were recognised no better."""


PICTURED = ("rindu", "kamu", "senja")


def draw(names: Sequence[str], file: Path, seed: int) -> None:
    """Spectrograms of `PICTURED` by voices, in the middle and high in their ranges."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from PIL import Image

    rows = [(name, height) for name in names for height in ("middle", "high")]
    figure, axes = plt.subplots(len(rows), 1, figsize=(9, 1.9 * len(rows)), sharex=True, squeeze=False)
    for (name, height), axis in zip(rows, axes[:, 0], strict=True):
        voice = VOICES[name]
        centre = height_of(voice, height)
        song = lines_song([(" ".join(PICTURED), [centre] * 6)], bpm=110, last=720, rest=480)
        performance, singing = sung(song, voice, seed)
        sound = by_voice(singing, voice, seed)[: round((singing.phonemes[-1].end + 0.1) * RATE)]
        axis.specgram(
            sound + 1e-6 * np.random.default_rng(0).standard_normal(len(sound)),
            NFFT=512,
            noverlap=448,
            pad_to=1024,
            Fs=RATE,
            cmap="Greys",
            vmin=-125,
            vmax=-50,
        )
        axis.set(
            ylim=(0, 8000), ylabel=f"{name} {centre}\nHz", xlim=(singing.phonemes[0].start - 0.1, len(sound) / RATE)
        )
        for each in singing.phonemes:
            axis.text((each.start + each.end) / 2, 7900, each.symbol, ha="center", va="top", fontsize=8, color="C3")
            axis.axvline(each.start, lw=0.3, color="C3")
        for note in performance.parts[0].notes:
            axis.axvline(note.onset, lw=0.8, color="C0")
    axes[-1, 0].set_xlabel("s; blue: where a note begins, red: phonemes")
    figure.tight_layout()
    figure.savefig(file, dpi=80)
    Image.open(file).quantize(24).save(file, optimize=True)


# The table ------------------------------------------------------------------------------------------------------------


def main() -> None:
    """Measure and print a table; exit 1 where a bar is missed or a control is not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", default=",".join(VOICES))
    parser.add_argument("--heights", default=",".join(HEIGHTS), help="low, middle, high, or MIDI numbers")
    parser.add_argument("--words", type=int, default=600, help="held-back words; 0 for none")
    parser.add_argument("--tuning", action="store_true", help="the words for tuning instead")
    parser.add_argument("--ceiling", action="append", default=[], metavar="NAME=FOLDER", help="spoken words: word.wav")
    parser.add_argument("--no-controls", action="store_true", help="voices only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write everything here too")
    parser.add_argument("--picture", type=Path, help="draw spectrograms of some words to this file, measure nothing")
    given = parser.parse_args()
    if given.picture:
        draw(given.voices.split(","), given.picture, given.seed)
        return
    heights = given.heights.split(",")
    pool = sorted(TUNED_ON if given.tuning else set(lexicon()) - TUNED_ON)
    random.Random(given.seed).shuffle(pool)
    words = pool[: given.words]
    print(f"{platform.machine()}, Python {platform.python_version()}, seed {given.seed}, {len(words)} words, "
          f"{'for tuning' if given.tuning else 'held back'}")  # fmt: skip
    rows: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        recogniser = Recogniser(words, Path(folder)) if words else None
        ceilings = _ceilings(given.ceiling, words, recogniser, Path(folder))
        asked = [(name, VOICES[name], by_voice) for name in given.voices.split(",")]
        first = asked[0][1]
        controls = [("sine", first, by_sine), ("hum", first, by_hum)]
        for name, voice, made_by in [*asked, *([] if given.no_controls else controls)]:
            only = ["middle"] if made_by is not by_voice else heights
            rows[name] = _measure(name, voice, made_by, only, words, recogniser, ceilings, given.seed)
            if given.json:
                given.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
    wrong = [name for name in rows if bool(rows[name]["missed"]) == (name not in ("sine", "hum"))]
    sys.exit(1 if wrong else 0)


def _ceilings(
    given: Sequence[str], words: Sequence[str], recogniser: Recogniser | None, folder: Path
) -> dict[str, NDArray[np.bool_]]:
    if recogniser is None:
        return {}
    folders = {name: Path(where) for name, _, where in (each.partition("=") for each in given)}
    if not folders and shutil.which("espeak-ng"):
        folders = {voice: espeak(words, voice, folder) for voice in SPOKEN}
    if not folders:
        print("No spoken ceiling: espeak-ng is not installed and no --ceiling was given. Words right, no ratio.")
    found = {}
    for name, where in folders.items():
        found[name] = np.array([recogniser.right(sound, word) for word, sound in spoken_words(words, where)])
        print(f"spoken ceiling {name}: {100 * found[name].mean():.1f} % of the words", flush=True)
    return found


def _measure(
    name: str,
    voice: Voice,
    made_by: Render,
    heights: Sequence[str],
    words: Sequence[str],
    recogniser: Recogniser | None,
    ceilings: dict[str, NDArray[np.bool_]],
    seed: int,
) -> dict[str, object]:
    """Measure one voice, print its rows, and say which bars it missed."""
    cents: list[float] = []
    onsets: list[tuple[str, float]] = []
    vibrato: list[tuple[float, float]] = []
    processor = seconds = 0.0
    for height in heights:
        centre = height_of(voice, height)
        lines = [(text, [centre - 5 + step for step in steps]) for text, steps in LINES]
        song = lines_song(lines, bpm=84, last=1440, rest=480)
        performance, singing = sung(song, voice, seed)
        made_by(singing, voice, seed)  # once before the clock: wavetables
        began = time.process_time()
        sound = made_by(singing, voice, seed)
        processor += time.process_time() - began
        seconds += singing.seconds
        heard = hear_lines(sound, song, performance)
        cents += heard.cents
        onsets += heard.onsets
        vibrato += heard.vibrato
    late = np.array([value for _, value in onsets])
    off = np.abs(cents)
    row: dict[str, object] = {
        "notes": len(cents), "cents": float(off.mean()), "cents_most": float(off.max()),
        "onset_median": float(np.median(np.abs(late))), "onset_p90": float(np.percentile(np.abs(late), 90)),
        "onset_bias": float(np.median(late)), "onsets": onsets,
        "vibrato_hz": float(np.median([rate for rate, _ in vibrato])) if vibrato else 0.0,
        "vibrato_cents": float(np.median([extent for _, extent in vibrato])) if vibrato else 0.0,
        "speed": processor / seconds,
    }  # fmt: skip
    missed = [key for key in ("cents", "cents_most", "onset_p90", "speed") if float(str(row[key])) > BARS[key]]
    print(
        f"\n{name}: {row['notes']} notes off by {row['cents']:.1f} cents, {row['cents_most']:.1f} at most; "
        f"{len(onsets)} vowels late or early by {row['onset_median']:.1f} ms (median), {row['onset_p90']:.1f} (p90), "
        f"on the whole {row['onset_bias']:+.1f}; vibrato {row['vibrato_hz']:.1f} Hz, {row['vibrato_cents']:.0f} cents; "
        f"{row['speed']:.3f} s a second",
        flush=True,
    )
    for height in heights:
        if recogniser is None:
            break
        centre = height_of(voice, height)
        right = np.array(
            [recogniser.right(each, word) for word, each in sung_words(words, voice, centre, made_by, seed)]
        )
        row[height] = {"pitch": centre, "right": float(right.mean()), "words": right.tolist()}
        said = f"  {height} ({centre}): {100 * right.mean():.1f} % of the words"
        if ceilings:
            ratio = ratio_interval(right, list(ceilings.values()), seed)
            row[height] = {**row[height], "ratio": ratio}  # type: ignore[dict-item]
            said += f", ratio {ratio[0]:.2f} [{ratio[1]:.2f}, {ratio[2]:.2f}]"
            if height in BARS and ratio[1] < BARS[height]:
                missed.append(height)
        print(said, flush=True)
    row["missed"] = missed
    print(f"  {'bars missed: ' + ', '.join(missed) if missed else 'every bar met that was measured'}", flush=True)
    return row


if __name__ == "__main__":
    main()
