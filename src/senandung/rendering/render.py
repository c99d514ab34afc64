"""A performance becomes sound: every part played, put in its place, mixed and mastered."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import tee
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.audio.compression import compressed
from senandung.audio.filters import apply, high_pass
from senandung.audio.loudness import SILENCE, block_powers, gated_loudness
from senandung.audio.mixing import centred_below, db_to_gain, place
from senandung.audio.pieces import cut, extended
from senandung.audio.reverb import Room, convolve, impulse_response
from senandung.audio.true_peak import true_peak
from senandung.domain.checks import require
from senandung.domain.errors import OutputError
from senandung.domain.performance import Part, Performance
from senandung.domain.recording import Recording
from senandung.domain.time import Second
from senandung.rendering.faders import EVERY, hidden_moved, voices_placed
from senandung.rendering.fluidsynth import raw_pieces, synthesise
from senandung.rendering.fonts import OwnFont, sounds_of
from senandung.rendering.masking import band_powers
from senandung.rendering.master import master_gain, planned_level
from senandung.rendering.mix import Mix, StemFile, Stems
from senandung.rendering.riding import RIDDEN, part_ride
from senandung.rendering.sfz import playable
from senandung.rendering.soundfont import find_program
from senandung.rendering.strips import STRIPS, Strip, balance_of, breadth_of, place_of, strip_of
from senandung.rendering.synthesis.play import play_part
from senandung.rendering.vocal import MAKES_ROOM, activity, making_room, treated

SAMPLE_RATE = 44_100
TAIL: Second = 5.0
"""How long the song may ring after its last note."""

ROOM = Room()
ROOM_SEED = 1
"""The room is the same for every song."""

CENTRED = 140.0
"""Hz below which every part stands in the middle; the sides are 3 dB down there."""

QUIET = 10 ** (-72 / 20)
"""Where the tail may end, against the song's peak."""

Progress = Callable[[float, str], None]
"""Told the share that is done, 0..1, and what was done."""


def render(
    performance: Performance,
    *,
    workers: int = 2,
    fonts: Sequence[OwnFont] = (),
    progress: Progress | None = None,
    pans: Mapping[str, float] = MappingProxyType({}),
    levels: Mapping[str, float] = MappingProxyType({}),
    sung: Mapping[str, Recording] = MappingProxyType({}),
) -> Mix:
    """Play, mix and master a performance: -14 LUFS, true peak below -1 dBTP, 44.1 kHz stereo.

    Parameters
    ----------
    performance : at least one part; parts without notes are left out.
    workers : parts played at the same time, each by a program of its own.
    fonts : sound fonts of the person's own; what none of them plays is computed, or played by the installed font.
    progress : told after every step.
    pans, levels : by track name, where they differ from the desk's tables: -1..1, and dB added to the balance of
        `rendering.strips.balance_of`.
    sung : recordings at 44.1 kHz that begin at 0 s, by track name, instead of the part's instrument: a singer's.

    Returns a `Mix`, to be closed; its temporary files need about 0.35 MB a second and part.
    """
    parts = [part for part in performance.parts if part.notes or part.track in sung]
    require(bool(parts), "a performance must have a part with notes", [part.track for part in performance.parts])
    require(workers >= 1, "workers must be 1 or more", workers)
    for recording in sung.values():
        require(recording.sample_rate == SAMPLE_RATE, "a sung part must be at 44100 Hz", recording.sample_rate)
    try:
        folder = tempfile.TemporaryDirectory(prefix="senandung-")
    except OSError as error:
        raise OutputError(f"the stems' temporary folder cannot be made: {error.strerror or error}") from error
    try:
        return _render(performance, parts, folder, workers, fonts, progress, pans, levels, sung)
    except OSError as error:
        folder.cleanup()
        raise OutputError(f"the stems cannot be written to {folder.name}: {error.strerror or error}") from error
    except BaseException:
        folder.cleanup()
        raise


def _render(
    performance: Performance,
    parts: list[Part],
    folder: tempfile.TemporaryDirectory[str],
    workers: int,
    fonts: Sequence[OwnFont],
    progress: Progress | None,
    pans: Mapping[str, float],
    levels: Mapping[str, float],
    sung: Mapping[str, Recording],
) -> Mix:
    fonts = playable(fonts, Path(folder.name))
    sounds = sounds_of([part for part in parts if part.track not in sung], fonts)
    program = find_program() if sounds else None
    seconds = performance.seconds + TAIL
    n = round(seconds * SAMPLE_RATE)
    response = impulse_response(ROOM, SAMPLE_RATE, seed=ROOM_SEED)
    balance = balance_of(parts)
    arc = [(second, breadth_of(parts) * loudness) for second, loudness in performance.arc]
    last_onset = max((note.onset for part in parts for note in part.notes), default=performance.seconds)

    voices = {track: treated(recording) for track, recording in sung.items()}
    active = activity(voices.values(), seconds) if voices else None

    def make(number: int) -> tuple[StemFile, NDArray[np.float64], NDArray[np.float64]]:
        part = parts[number]
        strip = (
            STRIPS["backing" if part.role == "backing" else "vocal"]
            if part.track in sung and len(parts) > 1
            else strip_of(part, parts, own=part.track in sounds and sounds[part.track].own)
        )
        pan = pans.get(part.track, place_of(part, parts))
        if part.track in sung:
            voice = voices[part.track].samples
            pieces = cut(np.broadcast_to(voice, (2, voice.shape[1])))
            dry = None
        else:
            sound = sounds.get(part.track)
            if sound is None or program is None:
                dry = None
                own = play_part(part, seconds, SAMPLE_RATE)
                played = partial(cut, np.broadcast_to(own, (2, len(own))))
            else:
                preset = sound.bank, sound.program
                tools = program, sound.font
                dry = synthesise(part, Path(folder.name), f"{number:02}", seconds, SAMPLE_RATE, tools, preset)
                played = partial(raw_pieces, dry)
            pieces = played()
            if strip.compression is not None:
                whole = np.concatenate([piece.mean(axis=0) for piece in played()])
                pieces = compressed(pieces, strip.compression.gain_of(whole, SAMPLE_RATE), SAMPLE_RATE)
            if active is not None and part.role in MAKES_ROOM:
                pieces = making_room(pieces, active, MAKES_ROOM[part.role], SAMPLE_RATE)
        path = Path(folder.name) / f"{number:02}.stem"
        powers = _process(pieces, strip, pan, response, n, path)
        ridden = part.role in RIDDEN and len(parts) > 1
        planned = planned_level(arc, len(powers))
        ride = part_ride(powers, last_onset, planned) if ridden else np.ones(len(powers))
        loudness = gated_loudness(powers * ride**2)
        if dry is not None:
            dry.unlink()
        wanted = balance[part.track] + levels.get(part.track, 0.0)
        gain = wanted - loudness if loudness > SILENCE else 0.0
        file = StemFile(path, db_to_gain(gain), loudness + gain, ride)
        powers = powers * ride**2 * db_to_gain(gain) ** 2
        return file, powers, band_powers(raw_pieces(path), SAMPLE_RATE, every=EVERY)

    files: dict[str, StemFile] = {}
    heard: dict[str, NDArray[np.float64]] = {}
    bands: dict[str, NDArray[np.float64]] = {}
    with ThreadPoolExecutor(workers) as pool:
        for number, (stem, powers, own) in enumerate(pool.map(make, range(len(parts)))):
            track = parts[number].track
            files[track], heard[track], bands[track] = stem, powers, own
            if progress is not None:
                progress(0.8 * (number + 1) / len(parts), track)
    voices.clear()  # a minute of a voice is 11 MB, and the sum comes next
    roles = {part.track: part.role for part in parts if part.track in sung}
    placed, _ = voices_placed(files, heard, roles, levels)
    moved = hidden_moved(placed, bands, parts, sung, SAMPLE_RATE)
    for track, decibels in moved.items():
        file = files[track]
        files[track] = replace(file, gain=file.gain * db_to_gain(decibels), loudness=file.loudness + decibels)
        heard[track] = heard[track] * db_to_gain(decibels) ** 2
    files, ratio = voices_placed(files, heard, roles, levels)
    mixed = _sum(files.values(), n)
    mixed = mixed[:, : _end(mixed, performance.seconds)]
    master = master_gain(mixed, SAMPLE_RATE, last_onset=last_onset, played=performance.seconds, arc=arc)
    mixed *= master.gain[None, :]
    if progress is not None:
        progress(1.0, "master")
    return Mix(
        Recording(mixed, SAMPLE_RATE),
        Stems(files, master.gain, SAMPLE_RATE),
        gated_loudness(block_powers(cut(mixed), SAMPLE_RATE)),
        float(20 * np.log10(max(true_peak(mixed), 1e-9))),
        master.reduction,
        MappingProxyType({track: file.loudness for track, file in files.items()}),
        folder,
        ratio,
    )


def _process(
    pieces: Iterator[NDArray[np.float32]],
    strip: Strip,
    pan: float,
    response: NDArray[np.float32],
    n: int,
    path: Path,
) -> NDArray[np.float64]:
    """Filter a part, put it in its place and in the room, and write it; its powers by tenths of a second are returned.

    The room hears the part in mono from the middle: it stands around the players, wherever they stand.
    """
    sections = (high_pass(20, SAMPLE_RATE), *strip.sections(SAMPLE_RATE))
    dry, heard = tee(apply(sections, extended(pieces, 2, n)))
    send = np.float32(db_to_gain(strip.send))
    room = convolve((piece.mean(axis=0) * send for piece in heard), response)

    stands: Iterator[NDArray[np.float32]] = (place(piece, pan, strip.width) for piece in dry)
    if strip.high_pass < CENTRED and (pan or strip.width):
        stands = centred_below(stands, CENTRED, SAMPLE_RATE)

    def written() -> Iterator[NDArray[np.float32]]:
        with path.open("wb") as file:
            for piece, wet in zip(stands, room, strict=True):
                placed = piece + wet
                np.ascontiguousarray(placed.T).astype("<f4", copy=False).tofile(file)
                yield placed

    return block_powers(written(), SAMPLE_RATE)


def _sum(files: Iterable[StemFile], n: int) -> NDArray[np.float32]:
    """All stems with their gains, added in the order of the parts, shape (2, n)."""
    mixed = np.zeros((2, n), dtype=np.float32)
    for file in files:
        at = 0
        for piece in raw_pieces(file.path):
            mixed[:, at : at + piece.shape[1]] += piece * file.curve(at, piece.shape[1], SAMPLE_RATE)
            at += piece.shape[1]
    return mixed


def _end(mixed: NDArray[np.float32], played: Second) -> int:
    """The sample at which the tail has died away: at least half a second after the last note."""
    n = int(mixed.shape[1])
    first = min(round((played + 0.7) * SAMPLE_RATE), n)
    threshold = QUIET * max(float(np.abs(mixed).max()), 1e-9)
    loud = np.flatnonzero(np.abs(mixed[:, first:]).max(axis=0) > threshold)
    return first + int(loud[-1]) + 1 if len(loud) else first
