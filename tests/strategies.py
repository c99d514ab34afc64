"""Random legal songs for property tests: words, several tracks, metres, tempos, keys, chords and sections."""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import strategies as st

from senandung.domain.chords import QUALITIES, Chord
from senandung.domain.instruments import INSTRUMENTS, instrument
from senandung.domain.metre import Metre
from senandung.domain.scales import key_of_pitch_class
from senandung.domain.song import (
    ChordSpan,
    Given,
    KeyChange,
    MetreChange,
    Model,
    Note,
    Provenance,
    Section,
    Song,
    Track,
    tidy_notes,
)
from senandung.domain.tempo import TempoChange
from senandung.domain.words import Line, Syllable, Words

METRES = (Metre(4, 4), Metre(3, 4), Metre(6, 8), Metre(2, 4), Metre(5, 8), Metre(12, 8))
GRID = 40
"""Ticks that onsets and lengths are multiples of: sixteenths, triplet eighths and finer."""

SYLLABLES = ("a", "ku", "rin", "du", "ka", "mu", "ma", "lam", "hu", "jan", "é", "sky", "love", "Tu", "han")

SINGERS = ("violin", "flute", "clarinet", "voice", "trumpet", "saxophone")
PLAYERS = ("piano", "guitar", "cak", "cuk", "strings", "bass", "cello", "harp", "pad", "drums", "gendang", "bassoon")


@st.composite
def words(draw: st.DrawFn) -> Words:
    """One to four lines of one to four words."""
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        syllables: list[Syllable] = []
        texts = []
        for _ in range(draw(st.integers(1, 4))):
            word = draw(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=4))
            if len(word) == 4 and draw(st.booleans()):
                word[1] += "-"  # reduplication: "malam-malam"
            texts.append("".join(word))
            syllables += [
                Syllable(text, stressed=False, begins_word=index == 0, ends_word=index == len(word) - 1)
                for index, text in enumerate(word)
            ]
        lines.append(Line(" ".join(texts), tuple(syllables), draw(st.sampled_from(("person", "variation")))))
    return Words(draw(st.sampled_from(("id", "en"))), tuple(lines))


@st.composite
def vocal_notes(draw: st.DrawFn, syllables: int, low: int, high: int) -> tuple[Note, ...]:
    """One note a syllable, or a melisma of up to three without gaps; rests between syllables, not inside."""
    notes: list[Note] = []
    at = GRID * draw(st.integers(0, 24))
    for number in range(syllables):
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
            length = GRID * draw(st.integers(2, 36))
            notes.append(Note(at, length, draw(st.integers(low, high)), draw(st.integers(1, 127)), number))
            at += length
        at += GRID * draw(st.sampled_from((0, 0, 6, 12, 48)))
    return tuple(notes)


@st.composite
def player_notes(draw: st.DrawFn, name: str, *, most: int = 24) -> tuple[Note, ...]:
    """Notes of any legal kind, chords and overlaps too."""
    sound = instrument(name)
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 200), st.integers(1, 60), st.integers(sound.low, sound.high), st.integers(1, 127)),
            min_size=1,
            max_size=most,
        )
    )
    return tidy_notes(Note(GRID * onset, GRID * length, pitch, velocity) for onset, length, pitch, velocity in rows)


@st.composite
def songs(draw: st.DrawFn, *, vocal: bool | None = None, tracks: int = 4, chords: bool = True) -> Song:
    """A random legal song. `vocal`: with or without a vocal track, or either; `tracks`: the most further tracks.

    Metres change at bar lines, sections cover the song, and all times are multiples of `GRID`.
    """
    sung = draw(words()) if (draw(st.booleans()) if vocal is None else vocal) else Words()
    made: list[Track] = []
    if sung.lines:
        singer = draw(st.sampled_from(SINGERS))
        low, high = INSTRUMENTS[singer].comfortable
        made.append(Track("Vokal", "vocal", singer, draw(vocal_notes(len(sung.syllables), low, high))))
        if draw(st.booleans()):
            low = INSTRUMENTS[singer].low
            along = [note for note in made[0].notes if note.pitch - 3 >= low and draw(st.booleans())]
            if along:
                notes = tuple(replace(note, pitch=note.pitch - 3, velocity=draw(st.integers(1, 127))) for note in along)
                made.append(Track("Vokal latar", "backing", singer, notes))
    for index in range(draw(st.integers(0 if made else 1, tracks))):
        player = draw(st.sampled_from(PLAYERS))
        role = "drums" if instrument(player).drum else draw(st.sampled_from(("melody", "chords", "pad", "bass")))
        made.append(Track(f"{player} {index + 1}", role, player, draw(player_notes(player))))
    end = max(note.end for track in made for note in track.notes)
    metres, starts = _metres(draw, end)
    keys = [KeyChange(0, draw(keys_of_songs()))]
    if len(starts) > 2 and draw(st.booleans()):
        keys.append(KeyChange(starts[len(starts) // 2], draw(keys_of_songs())))
        keys = keys if keys[0].key != keys[1].key else keys[:1]
    total = starts[-1]
    return Song(
        title=draw(st.sampled_from(("Hujan turun lagi", "Aku & kamu <3", "Élan", "Rindu"))),
        tracks=tuple(made),
        tempos=_tempos(draw, total),
        metres=tuple(metres),
        keys=tuple(keys),
        chords=_chords(draw, starts) if chords else (),
        sections=_sections(draw, starts),
        words=sung,
        provenance=Provenance(
            draw(st.integers(0, 9)),
            "0.1.0",
            "pop",
            story=draw(st.sampled_from(["", "Dulu"])),
            cards=draw(st.sampled_from([(), (Model("a.json", "0" * 64, "CC BY 4.0"), Model("b.json"))])),
            given=draw(st.sampled_from([(), (Given("motif", "a hum; 9 notes", "Rina"), Given("style", "“kami”"))])),
        ),
    )


def keys_of_songs() -> st.SearchStrategy:
    """Major and minor keys on every pitch class."""
    return st.builds(key_of_pitch_class, st.integers(0, 11), st.sampled_from(("major", "minor")))


def _metres(draw: st.DrawFn, end: int) -> tuple[list[MetreChange], list[int]]:
    """Metre changes at bar lines, and the bar lines up to the first at or after `end`."""
    changes = [MetreChange(0, draw(st.sampled_from(METRES)))]
    starts = [0]
    while starts[-1] < end:
        if len(starts) > 1 and len(changes) < 3 and draw(st.integers(0, 5)) == 0:
            metre = draw(st.sampled_from(METRES))
            if metre != changes[-1].metre:
                changes.append(MetreChange(starts[-1], metre))
        starts.append(starts[-1] + changes[-1].metre.bar_ticks)
    return changes, starts


def _tempos(draw: st.DrawFn, total: int) -> tuple[TempoChange, ...]:
    onsets = [0, *sorted(draw(st.sets(st.integers(1, max(total // GRID - 1, 1)), max_size=3)))]
    tempos = [TempoChange(GRID * onset, draw(st.integers(200_000, 2_000_000))) for onset in onsets]
    return tuple(
        tempo
        for index, tempo in enumerate(tempos)
        if index == 0 or tempo.microseconds != tempos[index - 1].microseconds
    )


def _chords(draw: st.DrawFn, starts: list[int]) -> tuple[ChordSpan, ...]:
    roots = [key_of_pitch_class(number, "major").tonic for number in range(12)]
    spans = []
    for start, stop in itertools.pairwise(starts):
        if draw(st.booleans()):
            chord = Chord(draw(st.sampled_from(roots)), draw(st.sampled_from(sorted(QUALITIES))))
            spans.append(ChordSpan(start, stop - start, chord))
    return tuple(spans)


def _sections(draw: st.DrawFn, starts: list[int]) -> tuple[Section, ...]:
    cuts = sorted({0, *draw(st.sets(st.sampled_from(starts[:-1]), max_size=3)), starts[-1]})
    kinds = ("intro", "verse", "chorus", "bridge", "outro")
    return tuple(
        Section(f"{kinds[index % 5].title()} {index + 1}", kinds[index % 5], start, stop - start)
        for index, (start, stop) in enumerate(itertools.pairwise(cuts))
    )
