# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""The weights that read worsened recordings, with their card, from songs of the project's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import RATE, Floats, Heard, hear
from senandung.audio.onsets import struck_strength
from senandung.audio.resample import resample
from senandung.domain.errors import FileError
from senandung.files.audio import load_audio
from senandung.learning.crowds import Note, applause, cheering, crowd, singing_along, sung_by_many, talk
from senandung.learning.hear_mixtures import Maker, Music, mixture
from senandung.learning.worsened import Rng, level, worsened
from senandung.sensing.sound.crowd import KINDS, CrowdReader, texture
from senandung.sensing.sound.cues import find_cues
from senandung.sensing.sound.rules import feel_window
from senandung.sensing.sound.steady import CHANGING, SteadyReader
from senandung.sensing.sound.surroundings import SPAN, look_around, middles
from senandung.sensing.sound.weights import FILE_NAME, save_readers

Numbers = NDArray[np.float64]

EXCERPT = 60
"""Seconds of a song that are worsened."""

SPEEDS = ((4, 4, 4), (5, 4, 2), (5, 6, 2))
"""How a song is played, quicker, slower, and its worsened copies: old samples that become so many new ones."""

BANK = 20
"""Crowds of each kind that are made; each is 15 s long and used many times."""

MIXTURES, MIXED = 480, 40.0
"""Made concerts, and seconds of each."""


@dataclass(frozen=True, eq=False)
class Told:
    """What a copy says: stretches and windows with what the rules say of them."""

    stretches: Numbers
    by_rules: Numbers
    centres: Numbers
    changing: Numbers
    felt: Numbers
    at: Numbers
    sounding: NDArray[np.bool_]


def tell(heard: Heard) -> Told:
    """What a copy says."""
    cues = find_cues(heard)
    felt = [feel_window(window) for window in cues.windows]
    places = np.array([(each.valence, each.arousal) for each in felt])
    at = np.array([(window.start + window.end) / 2 for window in cues.windows])
    sounding = np.array([not window.silent for window in cues.windows])
    centres = middles(heard.seconds)
    means = []
    for middle in centres:
        inside = sounding & (np.abs(at - middle) <= SPAN / 2)
        means.append(places[inside].mean(axis=0) if inside.any() else np.zeros(2))
    stretches = np.array([look_around(heard, cues.struck, cues.windows, middle) for middle in centres])
    changing = np.array([[getattr(window, name) for name in CHANGING] for window in cues.windows])
    return Told(stretches, np.array(means), centres, changing, places, at, sounding)


def build_hearing(
    songs: Path,
    out: Path,
    *,
    seed: int = 1,
    executor: Executor | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[SteadyReader, CrowdReader]:
    """Learn from a folder of songs, and write the weights with their card into an existing folder.

    Parameters
    ----------
    songs : sound files; beside NAME.flac may lie what people sing along: NAME.json, a tune as [[begins, lasts, pitch]],
        or NAME.sung.flac, the sung part.
    out : where to write; the package's `weights`.
    executor : where songs are worsened; None worsens them here. What is learned does not depend on it.
    progress : told what is being done.
    """
    paths = sorted(
        path for path in songs.iterdir() if path.name.endswith((".wav", ".flac")) and ".sung" not in path.name
    )
    if len(paths) < 10:
        raise FileError(songs, f"at least 10 songs are needed to learn from, got {len(paths)}")
    stretches, by_rules, clean, rows, moved = [], [], [], [], []
    count = copies = 0
    turns = executor.map if executor else map
    for path, song in zip(paths, turns(worsen_song, paths, repeat(seed), range(len(paths))), strict=True):
        stretches.append(song.stretches)
        by_rules.append(song.by_rules)
        clean.append(count + song.clean)
        rows.append(song.rows)
        moved.append(song.moved)
        count += len(song.clean)
        copies += song.copies
        progress(f"worsened {path.name}")
    steady = SteadyReader.fit(
        np.concatenate(stretches),
        np.concatenate(by_rules),
        np.concatenate(clean),
        np.concatenate(rows),
        np.concatenate(moved),
    )
    progress("making concerts")
    reader, windows = fit_crowd(paths, crowd_bank(seed), seed)
    save_readers(steady, reader, out / FILE_NAME)
    (out / "hearing.card.md").write_text(_card(len(paths), count, copies, windows, seed), encoding="utf-8")
    return steady, reader


@dataclass(frozen=True, eq=False)
class WorsenedSong:
    """A song's clean and worsened copies, as `SteadyReader.fit` takes them.

    `clean` counts from the song's own first stretch; `copies` says how many were worsened.
    """

    stretches: Numbers
    by_rules: Numbers
    clean: NDArray[np.intp]
    rows: Numbers
    moved: Numbers
    copies: int


def worsen_song(path: Path, seed: int, number: int) -> WorsenedSong:
    """Hear a song and its worsened copies; what is drawn depends on the seed and on the song's number alone."""
    rng = np.random.default_rng([seed, 1, number])
    makers = crowd_bank(seed)

    def people(count: int, rng: Rng) -> Floats:
        parts = [makers[str(rng.choice(list(makers)))](count, rng) for _ in range(int(rng.integers(1, 3)))]
        return np.asarray(sum(part / level(part) for part in parts), dtype=np.float32)

    stretches, by_rules, clean = [], [], []
    rows, moved = [np.zeros((0, len(CHANGING)))], [np.zeros((0, 2))]
    count = copies = 0
    for excerpt, worse in _excerpts(path):
        teacher = tell(hear([excerpt]))
        own = count + np.arange(len(teacher.centres))
        for copy in range(worse + 1):
            told = teacher if copy == 0 else tell(hear([worsened(excerpt, rng, people)]))
            stretches.append(told.stretches)
            by_rules.append(told.by_rules)
            clean.append(own)
            count += len(own)
            copies += copy > 0
            for middle in teacher.centres[::2]:
                inside = teacher.sounding & told.sounding & (np.abs(teacher.at - middle) <= SPAN / 2)
                if inside.sum() > 3:
                    rows.append(told.changing[inside] - told.changing[inside].mean(axis=0))
                    moved.append(teacher.felt[inside] - teacher.felt[inside].mean(axis=0))
    return WorsenedSong(
        np.concatenate(stretches),
        np.concatenate(by_rules),
        np.concatenate(clean),
        np.concatenate(rows),
        np.concatenate(moved),
        copies,
    )


def _from(sounds: list[Floats]) -> Maker:
    def make(count: int, rng: Rng) -> Floats:
        return np.roll(np.resize(sounds[rng.integers(len(sounds))], count), int(rng.integers(count)))

    return make


def _excerpts(path: Path) -> Iterator[tuple[Floats, int]]:
    """A part of a song at several speeds, and how many worsened copies of each are wanted."""
    sound = load_audio(path, sample_rate=RATE, mono=True).samples[0]
    start = 20 * RATE if len(sound) > (EXCERPT + 50) * RATE else 0
    for old, new, worse in SPEEDS:
        part = sound[start : start + EXCERPT * RATE * old // new]
        yield resample(part[None, :], old, new)[0][: EXCERPT * RATE], worse


def _music(path: Path) -> Music:
    sound = load_audio(path, sample_rate=RATE, mono=True).samples[0]
    stem = path.with_suffix(".sung.flac")
    if stem.exists():
        sung = load_audio(stem, sample_rate=RATE, mono=True).samples[0]
        return Music(sound, lambda first, rng: sung_by_many(sung[first : first + round(MIXED * RATE)], rng))
    tune = path.with_suffix(".json")
    notes: list[Note] = [tuple(row) for row in json.loads(tune.read_text(encoding="utf-8"))] if tune.exists() else []
    if not notes:
        return Music(sound)

    def chorus(first: int, rng: Rng) -> Floats:
        start = first / RATE
        heard = [(onset - start, *rest) for onset, *rest in notes if start <= onset < start + MIXED]
        return singing_along(round(MIXED * RATE), heard, rng)  # type: ignore[arg-type]

    return Music(sound, chorus)


def fit_crowd(paths: Sequence[Path], makers: dict[str, Maker], seed: int) -> tuple[CrowdReader, int]:
    """Learn to tell crowds from music, from made concerts with songs; three in ten are of songs that are sung.

    Returns the reader, and how many windows it learned from.
    """
    rng = np.random.default_rng([seed, 2])
    songs = [_music(path) for path in paths]
    sung = [song for song, path in zip(songs, paths, strict=True) if path.with_suffix(".sung.flac").exists()] or songs
    textures, labels = [], []
    for number in range(MIXTURES):
        some = sung if number % 10 < 3 else songs
        made = mixture(some[number % len(some)], makers, MIXED, rng)
        heard = hear([worsened(made.sound, rng) if rng.random() < 0.6 else made.sound])
        struck = struck_strength(heard)
        for start in np.arange(0, MIXED - 3.9, 2):
            textures.append(texture(heard, struck, float(start), float(start + 4)))
            labels.append(made.labels(float(start), float(start + 4)))
    return CrowdReader.fit(np.array(textures), np.array(labels), seed=seed), len(textures)


@lru_cache(maxsize=2)
def crowd_bank(seed: int) -> dict[str, Maker]:
    """What makes crowds of each kind, from a few that are used many times."""
    rng = np.random.default_rng([seed, 0])
    kinds = (("applause", applause), ("talk", talk), ("cheering", cheering), ("all", crowd))
    return {name: _from([make(15 * RATE, rng) for _ in range(BANK)]) for name, make in kinds}


def _card(songs: int, stretches: int, copies: int, windows: int, seed: int) -> str:
    return f"""# {FILE_NAME}

Reads recordings in spite of rooms, crowds, noise and devices: a linear map from half a minute's cues to what the rules of `sensing/sound/rules.py` say of the clean recording, another for how a window stands out; and a small network that tells {", ".join(KINDS)} in windows of four seconds.

- Learned from {songs} songs of the project's own in all song styles, composed, sung and rendered by this program (CC0; `scripts/make_hearing_songs.py`), each also a quarter quicker and a fifth slower; {stretches} stretches of half a minute, {copies} worsened copies.
- Worsened by machine (`learning/worsened.py`, `learning/crowds.py`): rooms of decaying noise, steady noise, made crowds and applause, telephones by mu-law, coarse spectra, clipping, automatic gain, small loudspeakers. {windows} windows of made concerts.
- The teacher is the rules, not people: nobody's ratings were learned. No recording of a real room, crowd or concert was heard.
- Remade by `senandung train hearing`, seed {seed}.
- Figures on other songs, rooms, crowds and coders: docs/hearing.md, by `bench/recordings.py`. It reads a recording, not a person.
- Weights: CC BY 4.0.
"""
