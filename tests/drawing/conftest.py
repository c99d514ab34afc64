"""A song of the size and shape that the composer makes, built by hand so that the pictures can be judged alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from senandung.domain.chords import Chord
from senandung.domain.feeling import Evidence, Feeling
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, FeelingPoint, KeyChange, Note, Provenance, Section, Song, Track, tidy_notes
from senandung.domain.tempo import TempoChange
from senandung.domain.words import Line, Words
from senandung.language.syllables import syllabify_line

BAR = 1920
FORM = (
    ("Intro", "intro", 4, 0.2), ("Bait 1", "verse", 8, 0.4), ("Refrein 1", "chorus", 8, 0.8),
    ("Selingan", "interlude", 4, 0.5), ("Bait 2", "verse", 8, 0.5), ("Refrein 2", "chorus", 8, 0.95),
    ("Penutup", "outro", 4, 0.3),
)  # fmt: skip
LINES: dict[str, tuple[tuple[str, str], ...]] = {
    "Bait 1": (
        ("aku rindu kamu", "person"), ("malam ini hujan turun lagi", "person"),
        ("kusimpan namamu di jendela", "machine"), ("na na na na", "vocalise"),
    ),
    "Refrein 1": (
        ("aku rindu, aku rindu", "variation"), ("hujan turun lagi", "variation"),
        ("aku rindu kamu", "person"), ("malam ini", "variation"),
    ),
    "Bait 2": (
        ("malam ini hujan turun lagi", "person"), ("langkahmu masih terdengar pelan", "machine"),
        ("aku rindu kamu", "person"), ("uu uu uu", "vocalise"),
    ),
    "Refrein 2": (
        ("aku rindu, aku rindu", "variation"), ("hujan turun lagi", "variation"),
        ("aku rindu kamu", "person"), ("malam ini", "variation"),
    ),
}  # fmt: skip
CHORDS = ("Am", "F", "C", "G", "Am", "Dm7", "E7", "Am/C")


def _melody(lines: tuple[Line, ...], starts: list[int], rng: random.Random) -> list[Note]:
    scale = [57, 59, 60, 62, 64, 65, 67, 69, 71, 72, 74]
    notes, number, place = [], 0, 5
    for line, start in zip(lines, starts, strict=True):
        count = len(line.syllables)
        at = start + (480 if count < 8 and rng.random() < 0.4 else 0)
        lengths = (240, 240, 480, 360) if count < 8 else (240, 240, 240, 480) if count < 11 else (240,)
        for index in range(count):
            last = index == count - 1
            place = min(max(place + rng.choice((-2, -1, -1, 0, 1, 1, 2)), 0), len(scale) - 1)
            length = 480 if last else rng.choice(lengths)
            notes.append(Note(at, length, scale[place], 80, number))
            at += length
            if last and rng.random() < 0.5:
                notes.append(Note(at, 240, scale[max(place - 1, 0)], 76, number))
                at += 240
            number += 1
    return notes


def build_song(
    form: tuple[tuple[str, str, int, float], ...] = FORM,
    lines: dict[str, tuple[tuple[str, str], ...]] | None = None,
    *,
    title: str = "Hujan Turun Lagi",
    key: str = "Am",
    bpm: float = 76,
    language: str = "id",
) -> Song:
    """A song for voice (played by a flute), piano, guitar, bass, strings and drums."""
    rng = random.Random(11)
    lines = LINES if lines is None else lines
    sections, sung, starts, at = [], [], [], 0
    for index, (name, kind, bars, intensity) in enumerate(form):
        sections.append(Section(name, kind, at, bars * BAR, intensity))
        for number, (text, source) in enumerate(lines.get(name, ())):
            sung.append(Line(text, syllabify_line(text, language), source, index))  # type: ignore[arg-type]
            starts.append(at + 2 * BAR * number)
        at += bars * BAR
    end = at
    chords = tuple(ChordSpan(n * BAR, BAR, Chord.parse(CHORDS[n % len(CHORDS)])) for n in range(end // BAR))
    piano, guitar, bass, strings, drums = [], [], [], [], []
    for span in chords:
        tones = sorted(60 + (p % 12) for p in span.chord.pitch_classes)
        piano += [Note(span.onset + k * 240, 240, tones[k % len(tones)], 64) for k in range(8)]
        piano += [Note(span.onset, BAR, 36 + span.chord.bass_pitch_class, 60)]
        guitar += [Note(span.onset + k * 480, 480, t - 12, 58) for k in range(4) for t in tones[:3]]
        low = 28 + (span.chord.bass_pitch_class - 28) % 12
        bass += [Note(span.onset, 720, low, 84), Note(span.onset + 960, 720, low, 80)]
        strings += [Note(span.onset, BAR, t, 50) for t in tones[:3]]
        drums += [Note(span.onset + k * 240, 120, 42, 60) for k in range(8)]
        drums += [Note(span.onset, 120, 36, 90), Note(span.onset + 480, 120, 38, 88)]
        drums += [Note(span.onset + 960, 120, 36, 90), Note(span.onset + 1440, 120, 38, 88)]
    tracks = [
        Track("Piano", "chords", "piano", tidy_notes(piano)),
        Track("Gitar", "chords", "nylon-guitar", tidy_notes(guitar)),
        Track("Gesek", "pad", "strings", tidy_notes(strings)),
        Track("Bas", "bass", "bass", tidy_notes(bass)),
        Track("Drum", "drums", "drums", tidy_notes(drums)),
    ]
    if sung:
        tracks.insert(0, Track("Vokal", "vocal", "voice", tuple(_melody(tuple(sung), starts, rng))))
    curve = tuple(
        FeelingPoint(s.onset, max(-1.0, -0.6 + 0.4 * s.intensity), -0.5 + s.intensity * 0.9, s.intensity)
        for s in sections
    )
    return Song(
        title=title,
        tracks=tuple(tracks),
        tempos=(TempoChange.at_bpm(0, bpm), TempoChange.at_bpm(end - 2 * BAR, bpm * 0.85)),
        keys=(KeyChange(0, Key.parse(key)),),
        chords=chords,
        sections=tuple(sections),
        feeling_curve=curve,
        words=Words(language, tuple(sung)),
        provenance=Provenance(
            7, "0.1.0", "pop-ballad", models=("n-gram tables 1",), sources=("openewld",),
            story="Hujan di Bandung, November. Aku menunggu pesan yang tidak datang.",
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def song() -> Song:
    return build_song()


@pytest.fixture(scope="session")
def instrumental() -> Song:
    """The same band without a singer; the strings carry the leading line."""
    bare = build_song(lines={}, title="Tanpa Kata")
    lead = tuple(Note(n * BAR + k * 480, 480, 67 + (n + 2 * k) % 7, 70) for n in range(44) for k in range(4))
    return replace(bare, tracks=(Track("Suling", "melody", "suling", lead), *bare.tracks))


@pytest.fixture(scope="session")
def song_maker() -> Callable[..., Song]:
    return build_song


@pytest.fixture(scope="session")
def feeling() -> Feeling:
    return Feeling(
        -0.42, -0.2, 0.25, 0.3, {"sedih": 0.6, "cinta": 0.3, "netral": 0.1}, ("sedih", "rindu", "sendu"),
        (
            Evidence("rindu", -0.1, -0.05, 0.5),
            Evidence("hujan", -0.3, -0.3, 0.2),
            Evidence("malam", -0.2, -0.4, 0.1),
        ),
    )  # fmt: skip
