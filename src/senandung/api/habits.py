"""A singer's habits: learned from sung takes, and given to any voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.api.singers import HABITS_FILE
from senandung.domain.errors import FileError, InputError, OutputError
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.domain.song import Song
    from senandung.singing.habits import Habits
    from senandung.singing.sung_takes import SungTake

HELD_OUT = 4
"""One take of so many, at least one where there are two, is kept apart and judged by."""

SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".m4a", ".opus", ".aiff", ".aif")
SCORES = (".mid", ".midi", ".musicxml", ".mxl", ".xml", ".ustx", ".json")


@dataclass(frozen=True)
class LearnedHabits:
    """What was learned: the file, the habits, from which takes, and the distances to the takes that were kept apart.

    `distance` and `usual_distance` are of habits learned without those takes, and of the usual habits, by observation;
    both are empty where there was one take only.
    """

    path: Path
    habits: Habits
    takes: tuple[str, ...]
    held_out: tuple[str, ...]
    distance: Mapping[str, float]
    usual_distance: Mapping[str, float]

    @property
    def changed(self) -> dict[str, tuple[float, float]]:
        """The habits that were learned: (learned, usual) by name."""
        from senandung.singing.habits import Habits

        usual = Habits().values()
        return {name: (value, usual[name]) for name, value in self.habits.values().items() if value != usual[name]}


def learn_habits(
    folder: Path | str, *, name: str, progress: Callable[[str, float], None] | None = None
) -> LearnedHabits:
    """Learn a singer's habits from a folder of takes, and keep them among the voices under a name.

    Parameters
    ----------
    folder : of pairs: NAME.wav, sung to the notes of NAME.mid (or MusicXML, USTX, song.json) from its beginning on.
    name : of a voice of one's own, or a new one, which then has habits only.
    """
    from senandung.api.places import voices_folder
    from senandung.api.voices import voice_name
    from senandung.files.habits_json import save_habits
    from senandung.singing.habits import Habits
    from senandung.singing.sung_takes import observe

    voice_name(name)
    pairs = _pairs(given_path(folder))
    observed = []
    for number, (sound, score) in enumerate(pairs):
        if progress is not None:
            progress(f"listening to {sound.name}", number / len(pairs))
        take = load_take(sound, score)
        try:
            observed.append(observe(take))
        except InputError as error:
            raise FileError(sound, str(error)) from error
    apart = [place for place in range(len(pairs)) if place % HELD_OUT == HELD_OUT - 1] or [len(pairs) - 1]
    apart = apart if len(pairs) > 1 else []
    near: Mapping[str, float] = {}
    usual: Mapping[str, float] = {}
    if apart:
        known = reduce(add, (each for place, each in enumerate(observed) if place not in apart))
        unknown = reduce(add, (observed[place] for place in apart))
        near, usual = Habits().learned(known).distance(unknown), Habits().distance(unknown)
    habits = Habits().learned(reduce(add, observed))
    path = voices_folder() / name / HABITS_FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path.parent} cannot be made: {error.strerror or error}") from error
    held = tuple(pairs[place][0].name for place in apart)
    takes = tuple(sound.name for sound, _ in pairs)
    save_habits(
        habits.values(), path,
        learned_from={
            "takes": list(takes), "held_out": list(held),
            "distance": {key: round(value, 3) for key, value in near.items()},
            "usual_distance": {key: round(value, 3) for key, value in usual.items()},
        },
    )  # fmt: skip
    return LearnedHabits(path, habits, takes, held, near, usual)


def load_take(sound: Path, score: Path) -> SungTake:
    """A take and the notes that it sings: the score's vocal part, or its first part with pitches."""
    import numpy as np

    from senandung.api.render import load_any_song
    from senandung.files.audio import load_audio
    from senandung.singing.banks.analysis import SAMPLE_RATE
    from senandung.singing.sung_takes import SungTake, TakeNote

    song = load_any_song(score)
    recording = load_audio(sound, sample_rate=SAMPLE_RATE)
    rows = _notes(song, score)
    notes = tuple(TakeNote(start, end, pitch, slurred) for start, end, pitch, slurred in rows)
    try:
        return SungTake(np.asarray(recording.samples.mean(axis=0), dtype=np.float64), notes)
    except InputError as error:
        raise FileError(sound, str(error)) from error


def _notes(song: Song, score: Path) -> list[tuple[float, float, float, bool]]:
    from itertools import pairwise

    from senandung.domain.instruments import INSTRUMENTS

    track = song.vocal or next(
        (each for each in song.tracks if each.notes and not INSTRUMENTS[each.instrument].drum), None
    )
    if track is None or not track.notes:
        raise FileError(score, "has no part with notes that could have been sung")
    sung = bool(song.words.syllables) and any(note.syllable is not None for note in track.notes)
    notes = list(track.notes)
    slurred = [False] + [
        sung and (two.syllable is None or two.syllable == one.syllable) and two.onset - one.end < 120
        for one, two in pairwise(notes)
    ]
    seconds = song.tempo_map.ticks_to_seconds
    return [
        (seconds(note.onset), seconds(note.end), float(note.pitch), slur)
        for note, slur in zip(notes, slurred, strict=True)
    ]


def _pairs(folder: Path) -> list[tuple[Path, Path]]:
    if not folder.is_dir():
        raise FileError(folder, "no such folder of takes")
    files = sorted(path for path in folder.iterdir() if path.is_file())
    pairs = []
    for sound in files:
        if sound.suffix.lower() not in SOUNDS:
            continue
        score = next((each for each in files if each.stem == sound.stem and each.suffix.lower() in SCORES), None)
        if score is None:
            raise FileError(sound, f"a take must have its notes beside it: {sound.stem}.mid or {sound.stem}.musicxml")
        pairs.append((sound, score))
    if not pairs:
        raise FileError(folder, "has no takes: NAME.wav with the notes that it sings in NAME.mid")
    return pairs
