"""How much of rendered music is written down rightly: notes, beats, key (mir_eval's measures).

    .venv/bin/python bench/transcribe.py SONG... --pieces DIR

SONG are song folders with stems (`create`); DIR holds pieces in the styles of `PIECES`, made there where they are
missing. What was tuned on music of seeds 0 to 9 is reported on others: seeds of 100 and more.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import mir_eval
import numpy as np
from numpy.typing import NDArray

from senandung.api.compose import compose, save_notes
from senandung.api.render import render
from senandung.api.transcribe import transcribe
from senandung.audio.pitch import RATE, track_pitch
from senandung.domain.performance import PlayedNote
from senandung.domain.song import Song
from senandung.files.audio import load_audio, save_audio
from senandung.files.singing_json import load_singing
from senandung.files.song_json import load_song
from senandung.performing.clock import Clock
from senandung.performing.dynamics import arousal_at
from senandung.performing.perform import perform
from senandung.sensing.transcribing.kind import ALONE, one_voice_share
from senandung.sensing.transcribing.many import notes_of_many
from senandung.sensing.transcribing.network import hear_pitches
from senandung.sensing.transcribing.voice import notes_of_voice

Sound = NDArray[np.float32]
Row = tuple[float, float, int]

PIECES = (
    ("bach", "piano"), ("chopin", "piano"), ("mozart", "piano"), ("haydn", "string-quartet"),
    ("mozart", "string-quartet"), ("beethoven", "string-quartet"), ("bach", "organ"), ("bach", "guitar"),
    ("giuliani", "guitar"),
)  # fmt: skip
"""Styles and ensembles; the first has seed 100, and so on."""

ONE = {"violin", "viola", "cello", "contrabass", "contrabass-pizzicato", "bass", "keroncong-bass", "flute", "suling",
       "trumpet", "saxophone", "clarinet", "oboe", "bassoon", "horn"}  # fmt: skip
"""Instruments that are read as one voice where their part has one note at a time."""

MANY = {"piano", "organ", "guitar", "nylon-guitar", "electric-piano", "harpsichord"}

WORSE = ("clean", "room", "noise", "phone")
SECONDS = 20.0
"""Length of what is heard of each stem."""


@dataclass(frozen=True)
class Line:
    """A stem's beginning and the notes that are in it: seconds of onset and end, MIDI number."""

    song: str
    instrument: str
    sung: bool
    sound: Sound
    notes: tuple[Row, ...]


def worsened(sound: Sound, how: str) -> Sound:
    """The sound as it is, in a room of .6 s, in noise 20 dB below, or through a telephone's band."""
    from scipy.signal import butter, fftconvolve, sosfilt

    rng = np.random.default_rng(0)
    loud = float(np.sqrt(np.mean(sound**2))) + 1e-9
    if how == "noise":
        return np.asarray(sound + 0.1 * loud * rng.standard_normal(len(sound)), dtype=np.float32)
    if how == "room":
        n = round(0.72 * RATE)
        response = rng.standard_normal(n) * 10 ** (-3 * np.arange(n) / (0.6 * RATE))
        late = fftconvolve(sound, response / np.sqrt(np.sum(response**2)))[: len(sound)]
        return np.asarray(sound + 0.7 * np.concatenate((np.zeros(220), late))[: len(sound)], dtype=np.float32)
    if how == "phone":
        band = sosfilt(butter(4, [300, 3400], "bandpass", fs=RATE, output="sos"), sound)
        clipped = np.tanh(2 * band / (np.abs(band).max() + 1e-9))
        return np.asarray(clipped + 0.005 * rng.standard_normal(len(sound)), dtype=np.float32)
    return sound


def lines(folder: Path) -> Iterator[Line]:
    """The pitched stems of a rendered song, each from half a second before its first note."""
    song = load_song(folder / "song.json")
    performance = perform(song, seed=song.provenance.seed)
    for number, (track, part) in enumerate(zip(song.tracks, performance.parts, strict=True), 1):
        stems = sorted((folder / "stems").glob(f"{number:02d}-*.flac"))
        if not stems or track.sound.drum:
            continue
        start = max(0.0, part.notes[0].onset - 0.5)
        rows = tuple(
            (note.onset - start, note.onset + note.duration - start, note.pitch)
            for note in part.notes
            if note.onset + note.duration < start + SECONDS
        )
        if len(rows) < 8:
            continue
        singing = folder / ("singing.json" if track.role == "vocal" else "singing-2.json")
        sung = track.role in ("vocal", "backing") and singing.exists()
        name = load_singing(singing).voice if sung else track.instrument
        sound = load_audio(stems[0], sample_rate=RATE, mono=True, start=start, seconds=SECONDS).samples[0]
        yield Line(folder.name, name, sung, sound, rows)


def alone(rows: Sequence[Row]) -> bool:
    """Whether notes follow one another."""
    ordered = sorted(rows)
    over = sum(later[0] < note[1] - 0.05 for note, later in pairwise(ordered))
    return over <= 0.05 * len(rows)


def scores(truth: Sequence[Row], found: Sequence[PlayedNote]) -> tuple[float, float, float, float]:
    """Precision, recall and F by onset (50 ms) and pitch, and F with ends too (50 ms or a fifth of the length)."""
    if not found:
        return 0.0, 0.0, 0.0, 0.0
    hertz = 440 * 2 ** ((np.array([row[2] for row in truth]) - 69) / 12)
    spans = np.array([row[:2] for row in truth])
    heard = np.array([(note.onset, note.onset + note.duration) for note in found])
    pitches = 440 * 2 ** ((np.array([note.pitch for note in found]) - 69) / 12)
    measure = mir_eval.transcription.precision_recall_f1_overlap
    precision, recall, f, _ = measure(spans, hertz, heard, pitches, offset_ratio=None)
    return precision, recall, f, measure(spans, hertz, heard, pitches)[2]


def report_notes(folders: Sequence[Path]) -> None:
    """Notes of every stem, by kind and by what was done to the sound."""
    table: dict[tuple[str, str], list[tuple[float, ...]]] = defaultdict(list)
    told: dict[tuple[str, str], list[bool]] = defaultdict(list)
    spent: dict[str, float] = defaultdict(float)
    heard: dict[str, float] = defaultdict(float)
    for folder in folders:
        for line in lines(folder):
            single = line.sung or (line.instrument in ONE and alone(line.notes))
            if not single and line.instrument not in MANY:
                continue
            kind = "sung" if line.sung else "one instrument" if single else "several notes"
            for how in WORSE if line.sung or folder.name.startswith("piece") else ("clean",):
                sound = worsened(line.sound, how)
                begun = time.process_time()
                found = notes_of_voice(sound, RATE).notes if single else notes_of_many(hear_pitches(sound, RATE))
                spent[kind] += time.process_time() - begun
                heard[kind] += len(sound) / RATE
                score = scores(line.notes, found)
                table[kind, how].append(score)
                if how == "clean":
                    table[kind, line.instrument].append(score)
                if how in ("clean", "phone"):
                    told[kind, how].append((one_voice_share(sound, track_pitch(sound, RATE)) >= ALONE) == single)
    print("| notes | stems | precision | recall | F | F with ends |\n|---|---|---|---|---|---|")
    for (kind, what), rows in sorted(table.items()):
        print(f"| {kind}, {what} | {len(rows)} | " + " | ".join(f"{mean:.3f}" for mean in np.mean(rows, axis=0)) + " |")
    for (kind, how), right in sorted(told.items()):
        print(f"read as {kind}, {how}: {np.mean(right):.0%} of {len(right)}")
    for kind, seconds in spent.items():
        print(f"{kind}: {heard[kind] / seconds:.0f} times real time on one core")


def true_beats(song: Song) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds of the beats and of the first beats of bars, as they were played."""
    clock = Clock.of(song, arousal_at(song, song.end), 1.0)
    beat = song.metres[0].metre.beat_ticks
    return (
        np.array([clock.seconds(tick) for tick in range(0, song.end, beat)]),
        np.array([clock.seconds(tick) for tick in song.bar_starts()]),
    )


def report_songs(folders: Sequence[Path], scratch: Path) -> None:
    """Beats, bars, key and notes of whole mixes, as `transcribe` has them."""
    table: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for folder in folders:
        song = load_song(folder / "song.json")
        beats, firsts = true_beats(song)
        tempo = 60 / float(np.median(np.diff(beats)))
        mode = "minor" if song.keys[0].key.is_minor else "major"
        key = f"{str(song.keys[0].key).split()[0]} {mode}"
        performance = perform(song, seed=song.provenance.seed)
        truth = [(n.onset, n.onset + n.duration, n.pitch) for part in performance.parts for n in part.notes]
        sources = [("mix", folder / "song.wav")]
        if song.vocal is not None and (folder / "singing.json").exists():
            sources.append(("voice alone", sorted((folder / "stems").glob("01-*.flac"))[0]))
        for what, path in sources:
            for how in WORSE if what == "mix" else ("clean",):
                recording = load_audio(path, sample_rate=RATE, mono=True, seconds=60)
                sound = scratch / "sound.wav"
                peak = worsened(recording.samples[0], how)
                save_audio(type(recording)((peak / max(1.0, float(np.abs(peak).max())))[None, :], RATE), sound)
                made = transcribe(sound)
                grid = made.grid
                end = made.seconds
                near = [
                    mir_eval.beat.f_measure(mir_eval.beat.trim_beats(wanted[wanted < end]),
                                            mir_eval.beat.trim_beats(found[found < end]))
                    for wanted, found in ((beats, grid.beats), (firsts, grid.beats[grid.first :: grid.bar]))
                ]  # fmt: skip
                ratio = made.tempo / tempo
                weighted = mir_eval.key.evaluate(key, _plain(str(made.song.keys[0].key)))["Weighted Score"]
                same = made.song.metres[0].metre.numerator % 3 == 0, song.metres[0].metre.numerator % 3 == 0
                right = min(abs(np.log(ratio / by)) for by in (1, 2, 0.5)) < 0.04
                row = (*near, abs(np.log(ratio)) < 0.04, right, same[0] == same[1], weighted)
                if what == "mix" and folder.name.startswith("piece"):
                    row = (*row, scores([each for each in truth if each[1] < end], made.played)[2])
                    table[f"pieces, {how}"].append(row)
                else:
                    table[f"{what}, {how}"].append((*row, np.nan))
    print("| whole | songs | beats F | bars F | tempo | or its double or half | three or four | key | notes F |")
    print("|---|---|---|---|---|---|---|---|---|")
    for what, rows in table.items():
        print(f"| {what} | {len(rows)} | " + " | ".join(f"{mean:.2f}" for mean in np.mean(rows, axis=0)) + " |")


def _plain(key: str) -> str:
    name, mode = key.split()[:2]
    return f"{name} {mode}"


def made_pieces(folder: Path) -> list[Path]:
    """The pieces of `PIECES`, made where they are missing."""
    made = []
    for seed, (style, ensemble) in enumerate(PIECES, 100):
        place = folder / f"piece-{seed}-{style}-{ensemble}"
        if not (place / "song.json").exists():
            song = compose(style=style, ensemble=[ensemble], bars=24, seed=seed).song
            render(song, out=place, seed=song.provenance.seed)
            save_notes(song, place)
        made.append(place)
    return made


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("songs", nargs="*", type=Path, metavar="SONG")
    parser.add_argument("--pieces", type=Path, metavar="DIR")
    parser.add_argument("--only", choices=("notes", "songs"))
    given = parser.parse_args()
    pieces = made_pieces(given.pieces) if given.pieces else []
    folders = [*given.songs, *pieces]
    if given.only != "songs":
        report_notes(folders)
    if given.only != "notes":
        import tempfile

        with tempfile.TemporaryDirectory() as scratch:
            report_songs(folders, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
