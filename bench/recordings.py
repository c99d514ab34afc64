"""How far rooms, crowds, noise and devices move the reading of a recording; how well crowds are told from music.

    .venv/bin/python bench/recordings.py --songs DIR [--only steady|crowd|speed]

DIR holds song folders of `senandung create` (or sound files) that were not learned from. Rooms, crowds and coders are
those of `other_rooms`, of another synthesis than the ones learned from; lines that begin with "as learned" are of the
same synthesis, drawn anew. Nothing is tuned on what is printed here.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from other_rooms import (
    box,
    chatter,
    chorus,
    church,
    clapping,
    fan,
    hurrahs,
    in_box,
    messenger,
    old_mp3,
    telephone,
)

from senandung.audio.hearing import RATE, Floats, hear
from senandung.audio.onsets import struck_strength
from senandung.files.audio import load_audio
from senandung.learning.crowds import crowd
from senandung.learning.hear_mixtures import Maker, Music, mixture
from senandung.learning.worsened import Rng, by_telephone, clipped, in_room, level, mixed, with_noise
from senandung.sensing.sound.crowd import KINDS, smoothed, texture
from senandung.sensing.sound.moments import LIKELY, SURE
from senandung.sensing.sound.rules import RECORDING
from senandung.sensing.sound.song import SongReading, read_song
from senandung.sensing.sound.weights import shipped_readers

SECONDS = 60
Worse = Callable[[Floats, Rng], Floats]


@dataclass(frozen=True, eq=False)
class Held:
    """A song that was not learned from: its name, its sound, and what is sung in it where that is known."""

    name: str
    sound: Floats
    sung: Floats | None


def held_songs(folder: Path) -> list[Held]:
    """The songs of a folder."""
    found = []
    for path in sorted(folder.iterdir()):
        wav = path / "song.wav" if path.is_dir() else path
        if wav.suffix not in (".wav", ".flac") or not wav.is_file():
            continue
        stems = sorted(path.glob("stems/01-vo*.flac")) if (path / "singing.json").is_file() else []
        sung = load_audio(stems[0], sample_rate=RATE, mono=True).samples[0] if stems else None
        found.append(Held(path.name, load_audio(wav, sample_rate=RATE, mono=True).samples[0], sung))
    return found


class People:
    """Crowds of the other synthesis, and of the one that is learned from: a few, used again at other places."""

    def __init__(self, songs: list[Held], seed: int) -> None:
        """Made from what is sung in the songs."""
        rng = np.random.default_rng(seed)
        voices = []
        for song in songs:
            if song.sung is not None:
                power = np.convolve(song.sung**2, np.ones(2205) / 2205, "same")
                loud = song.sung[power > 0.05 * power[power > 0].mean()]
                voices.append(loud / level(loud))
        length = 15 * RATE
        self.banks = {
            "applause": [clapping(length, rng) for _ in range(8)],
            "talk": [chatter(length, voices, rng) for _ in range(8)],
            "cheering": [hurrahs(length, voices, rng) for _ in range(8)],
            "learned": [crowd(length, rng) for _ in range(8)],
        }

    def maker(self, name: str) -> Maker:
        """Makes a crowd of a kind from (samples, rng)."""

        def make(count: int, rng: Rng) -> Floats:
            bank = self.banks[name]
            return np.roll(np.resize(bank[rng.integers(len(bank))], count), int(rng.integers(count)))

        return make

    def any(self, count: int, rng: Rng) -> Floats:
        """One of the kinds, or applause and cheering together."""
        names = [("applause",), ("talk",), ("cheering",), ("applause", "cheering")][rng.integers(4)]
        parts = [self.maker(name)(count, rng) for name in names]
        return np.asarray(sum(part / level(part) for part in parts), dtype=np.float32)


def ways(people: People) -> dict[str, Worse]:
    """The ways in which recordings are made worse."""
    learned = people.maker("learned")

    def small(sound: Floats, rng: Rng) -> Floats:
        return in_box(sound, box((5.2, 4.1, 2.7), 0.80, 2.0, int(rng.integers(3))))

    def hall(sound: Floats, rng: Rng, distance: float = 9.0) -> Floats:
        return in_box(sound, box((24.0, 17.0, 9.0), 0.86, distance, int(rng.integers(3))))

    def rides(sound: Floats, _: Rng) -> Floats:
        times = np.arange(len(sound)) / RATE
        return np.asarray(sound * 10 ** (6 * np.sin(2 * np.pi * times / 17) / 20), dtype=np.float32)

    def everything(sound: Floats, rng: Rng) -> Floats:
        return clipped(messenger(mixed(hall(sound, rng, 6.0), people.any(len(sound), rng), 10)), 4)

    return {
        "gain -20 dB, 16 bits": lambda x, _: (np.round(x * 0.1 * 32767) / 32767).astype(np.float32),
        "gain +20 dB": lambda x, _: x * np.float32(10),
        "gain rides of 6 dB": rides,
        "clipped 6 dB": lambda x, _: clipped(x, 6),
        "clipped 12 dB": lambda x, _: clipped(x, 12),
        "room, .3 s": small,
        "hall, 2 s, 9 m away": hall,
        "church, 3 s": lambda x, _: church(x, 3.0, 2.0),
        "fan, 20 dB": lambda x, rng: fan(x, 20, rng),
        "fan, 10 dB": lambda x, rng: fan(x, 10, rng),
        "crowd, 15 dB": lambda x, rng: mixed(x, people.any(len(x), rng), 15),
        "crowd, 8 dB": lambda x, rng: mixed(x, people.any(len(x), rng), 8),
        "crowd, 3 dB": lambda x, rng: mixed(x, people.any(len(x), rng), 3),
        "telephone (GSM)": lambda x, _: telephone(x),
        "voice message (Opus, 12 kbit/s)": lambda x, _: messenger(x),
        "MP3, 32 kbit/s": lambda x, _: old_mp3(x),
        "hall, crowd, Opus, clipped": everything,
        "as learned: room, 1.2 s": lambda x, rng: in_room(x, 1.2, 0, rng),
        "as learned: hall, 2.2 s": lambda x, rng: in_room(x, 2.2, 3.5, rng),
        "as learned: noise, 20 dB": lambda x, rng: with_noise(x, 20, rng),
        "as learned: crowd, 8 dB": lambda x, rng: mixed(x, learned(len(x), rng), 8),
        "as learned: telephone": by_telephone,
    }


def by_rules(reading: SongReading) -> NDArray[np.float64]:
    """Valence and arousal by the rules alone."""
    rows = []
    for felt in reading.windows:
        shares = [share for name, share in felt.shares.items() if name != RECORDING]
        rows.append(np.tanh(np.sum(shares, axis=0)))
    return np.asarray(np.mean(rows, axis=0)) if rows else np.zeros(2)


def learned(reading: SongReading) -> NDArray[np.float64]:
    """Valence and arousal as they are told."""
    return np.array([reading.feeling.valence, reading.feeling.arousal])


def highest(reading: SongReading) -> list[float]:
    """When the peaks begin, the highest first."""
    found = [moment for moment in reading.moments if moment.what == "peak"]
    return [moment.start for moment in sorted(found, key=lambda moment: -moment.strength)]


def say_steady(songs: list[Held], people: People, seed: int) -> None:
    """Print how far each way moves the reading, and the peaks."""
    table = ways(people)
    clean = {}
    moved: dict[str, list[NDArray[np.float64]]] = {name: [] for name in table}
    kept: dict[str, list[tuple[bool, bool]]] = {name: [] for name in table}
    rng = np.random.default_rng(seed)
    for song in songs:
        start = min(50 * RATE, max(0, len(song.sound) - SECONDS * RATE))
        sound = song.sound[start : start + SECONDS * RATE]
        own = clean[song.name] = read_song(hear([sound]))
        for name, worsen in table.items():
            other = read_song(hear([np.asarray(worsen(sound, rng), dtype=np.float32)]))
            apart = [learned(other) - learned(own), by_rules(other) - by_rules(own)]
            moved[name].append(np.abs(np.concatenate(apart)))
            tops, tops_own = highest(other), highest(own)
            if tops_own:
                near = [abs(top - tops_own[0]) <= 4 for top in tops]
                kept[name].append((bool(near[:1] and near[0]), any(near)))
        print(f"  {song.name}", flush=True)
    said = np.array([learned(own) for own in clean.values()])
    told = np.array([by_rules(own) for own in clean.values()])
    r = [float(np.corrcoef(said[:, axis], told[:, axis])[0, 1]) for axis in (0, 1)]
    print(f"{len(songs)} songs; clean, learned against rules: r {r[0]:.2f}, {r[1]:.2f}; spread between songs kept",
          (said.std(axis=0) / told.std(axis=0)).round(2).tolist(), "mean apart",
          np.abs(said - told).mean(axis=0).round(3).tolist())  # fmt: skip
    print("| way | V mean | V 95 % | V max | A mean | A 95 % | A max | A 95 %, rules | peak kept | among the peaks |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in [*table, "all"]:
        rows = np.array(moved[name] if name != "all" else [row for some in moved.values() for row in some])
        same = np.array(kept[name] if name != "all" else [row for some in kept.values() for row in some])
        cells = [f(rows[:, axis]) for axis in (0, 1) for f in (np.mean, lambda row: np.percentile(row, 95), np.max)]
        cells.append(np.percentile(rows[:, 3], 95))
        print(f"| {name} |", " | ".join(f"{cell:.3f}" for cell in cells),
              "|", " | ".join(f"{share:.0%}" for share in same.mean(axis=0)), "|")  # fmt: skip
    rows = np.array([row for some in moved.values() for row in some])
    print("within .15:", (rows < 0.15).mean(axis=0).round(3).tolist(), "(V, A, V by rules, A by rules)")


def say_crowds(songs: list[Held], people: People, seed: int) -> None:
    """Print precision and recall of each kind in made concerts of the other synthesis."""
    rng = np.random.default_rng(seed)
    makers = {name: people.maker(name) for name in ("applause", "talk", "cheering")}
    _, reader = shipped_readers()
    labels, chances, told = [], [], {"song": [0, 0], "concert": [0, 0]}
    for number in range(3 * len(songs)):
        song = songs[number % len(songs)]
        made = mixture(Music(song.sound, _chorus(song)), makers, 40, rng)
        sound = made.sound
        turn = rng.integers(0, 6)
        if turn == 0:
            sound = in_box(sound, box((24.0, 17.0, 9.0), 0.86, 9.0, int(rng.integers(3))))
        elif turn == 1:
            sound = messenger(sound)
        elif turn == 2:
            sound = fan(sound, 20, rng)
        heard = hear([sound])
        struck = struck_strength(heard)
        starts = [float(start) for start in np.arange(0, 36.1, 2)]
        chances.append(smoothed(reader.read(np.array([texture(heard, struck, at, at + 4) for at in starts]))))
        labels.append(np.array([made.labels(at, at + 4) for at in starts]))
        live = bool((labels[-1][:, 1:3] == 1).any(axis=1).sum() >= 4)
        told["concert" if live else "song"][read_song(heard).kind == ("concert" if live else "song")] += 1
    truth, said = np.concatenate(labels), np.concatenate(chances) > [SURE.get(kind, LIKELY) for kind in KINDS]
    print("| kind | windows | precision | recall | false alarms in others |\n|---|---|---|---|---|")
    for place, name in enumerate(KINDS):
        known = np.isfinite(truth[:, place])
        here, found = truth[known, place] > 0.5, said[known, place]
        hit = int((here & found).sum())
        print(f"| {name} | {here.sum()} | {hit / max(1, found.sum()):.2f} | {hit / max(1, here.sum()):.2f} "
              f"| {(found & ~here).sum() / max(1, (~here).sum()):.1%} |")  # fmt: skip
    print("kind told rightly:", {name: f"{right} of {right + wrong}" for name, (wrong, right) in told.items()})
    whole = [read_song(hear([song.sound])) for song in songs]
    print("whole songs told as concerts:", sum(each.kind == "concert" for each in whole), "of", len(songs),
          {what: sum(any(m.what == what for m in each.moments) for each in whole) for what in KINDS[1:]})  # fmt: skip


def _chorus(song: Held) -> Maker | None:
    if song.sung is None:
        return None
    sung = song.sung
    return lambda first, rng: chorus(np.ascontiguousarray(sung[first : first + 40 * RATE]), rng)


def say_speed(songs: list[Held]) -> None:
    """Print the time and the memory of three minutes and of three hours."""
    import resource

    sound = np.resize(songs[0].sound, 180 * RATE)
    for minutes in (3, 180):
        began = time.process_time()
        read_song(hear(sound for _ in range(minutes // 3)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{minutes} min: {time.process_time() - began:.2f} s of processor, {peak:.0f} MB at most", flush=True)


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=Path, required=True)
    parser.add_argument("--only", choices=("steady", "crowd", "speed"))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    songs = held_songs(given.songs)
    if given.only in (None, "speed"):
        say_speed(songs[:1])
    if given.only == "speed":
        return
    people = People(songs, given.seed + 1000)
    if given.only in (None, "crowd"):
        say_crowds(songs, people, given.seed)
    if given.only in (None, "steady"):
        say_steady(songs, people, given.seed)


if __name__ == "__main__":
    main()
