"""A vocal part and its words become singing: every phoneme's time, every breath, every curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from zlib import crc32

import numpy as np

from senandung.domain.checks import require
from senandung.domain.feeling import Feeling
from senandung.domain.performance import Part, Performance
from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Breath, Ornament, Singing, SungPhoneme, frames, in_steps
from senandung.domain.song import Song, Track
from senandung.domain.tuning import TUNINGS
from senandung.language.pronunciation import Pronunciation
from senandung.singing.breathing import Phrase, divide, taken
from senandung.singing.expression import Course, Stroke, expression_curves
from senandung.singing.habits import Habits
from senandung.singing.ornaments import OrnamentNote, decorate, hangs, rows_of
from senandung.singing.pitch_curve import PitchNote, pitch_curve
from senandung.singing.timing import SungNote, SungSyllable, phrase_phonemes
from senandung.singing.voices import VOICES, Voice
from senandung.singing.voices import voice as voice_of

HELD_OVER = 0.4
"""Seconds of rest that a melisma is held over; after a longer one its vowel begins anew."""

BEYOND = 0.3
"""Semitones out of its range, on average over the notes, from which on a voice takes another octave."""

UNASKED = ("melati", "kenanga", "bayu", "jati")
"""Who sings where no voice is asked for: the grown ones, alone."""

NOBODY = Habits()

BESIDE = 5.0
"""Cents by which a second voice lies beside the score, a third one on the other side."""


def along(habits: Habits) -> Habits:
    """A singer's habits when singing along with another: a little behind, plainer and softer. Our judgement.

    >>> along(NOBODY).lag, round(along(NOBODY).vibrato_extent)
    (0.018, 38)
    """
    return replace(
        habits,
        lag=min(habits.lag + 0.018, 0.2),
        timing_spread=habits.timing_spread + 0.006,
        vibrato_extent=0.76 * habits.vibrato_extent,
        scoop_share=0.5 * habits.scoop_share,
        fall_share=0.4 * habits.fall_share,
        breath_level=max(habits.breath_level - 7.0, -60.0),
        stress=0.6 * habits.stress,
        breathiness=min(habits.breathiness + 0.07, 1.0),
    )


def sing_part(
    song: Song,
    performance: Performance,
    pronunciation: Pronunciation,
    *,
    voice: Voice | str,
    feeling: Feeling,
    seed: int,
    habits: Habits = NOBODY,
    track: Track | None = None,
    detuned: float = 0.0,
) -> Singing:
    """How a singer sings the vocal part of a song, or a part that sings along.

    The vowel of each syllable begins where the performance plays its note. A part that lies outside of the voice's
    range is sung in another octave. The same arguments give the same singing.

    Parameters
    ----------
    song : with a vocal part; a note without a syllable holds the vowel before it.
    performance : of this song; note by note as `performing.perform` gives it.
    pronunciation : of the song's words.
    voice : or its name.
    feeling : changes the habits (`Habits.felt`).
    seed : 0 or more.
    habits : of the singer.
    track : None for the vocal part; else one of the song's backing tracks, in the vocal part's octave.
    detuned : cents by which the whole part lies beside the score.
    """
    track = track or song.vocal
    if track is None:
        require(False, "a song must have a vocal part to be sung", [each.name for each in song.tracks])
        raise AssertionError
    part = next((each for each in performance.parts if each.track == track.name), None)
    fits = part is not None and len(part.notes) == len(track.notes) and performance.song_id == song.song_id
    require(fits, "a singing needs a performance of the same song", (song.song_id[:8], performance.song_id[:8]))
    assert part is not None
    count = len(song.words.syllables)
    require(
        len(pronunciation.syllables) == count,
        f"a pronunciation must have the song's {count} syllables",
        len(pronunciation.syllables),
    )
    singer = voice_of(voice) if isinstance(voice, str) else voice
    felt = habits.felt(feeling)
    rng = np.random.default_rng([seed, crc32(track.name.encode("utf-8")), 2])
    shift = octave_shift([note.pitch for note in (song.vocal or track).notes if note.syllable is not None], singer)
    notes = _sung_notes(track, part, 12 * shift, felt, rng)
    syllables = _syllables(song, notes, pronunciation)
    require(bool(syllables), "a vocal part must have a note with a syllable", track.name)
    phrases = divide(syllables, felt)
    phonemes, breaths, spans = _timeline(phrases, felt)
    seconds = math.ceil(1e3 * max(performance.seconds, phonemes[-1].end)) / 1e3
    pitch_notes, strokes, ticks = _laid(phrases, phonemes, spans)
    decorations = []
    hanging: list[Ornament] = []
    rows = rows_of(song.provenance.style)
    if rows:
        closing = [*(one.begins_phrase for one in pitch_notes[1:]), True]
        decorations = decorate(
            [
                OrnamentNote(one.onset, one.end, one.pitch, song.key_at(tick), one.begins_phrase, one.slurred, closes)
                for one, tick, closes in zip(pitch_notes, ticks, closing, strict=True)
            ],
            rng,
            rows,
        )
    if hangs(song.provenance.style):
        hanging = [Ornament("nggandhul", start, stop) for start, stop in spans]
    curve = pitch_curve(pitch_notes, phonemes, decorations, frames(seconds), felt, rng)
    dynamics, tension, breathiness = expression_curves(
        strokes,
        spans,
        curve.pitch,
        curve.vibrato,
        _course(song, track, part, frames(seconds)),
        (singer.low + singer.high) / 2,
        felt,
        rng,
    )
    return Singing(
        song.song_id,
        track.name,
        seconds,
        tuple(phonemes),
        tuple(breaths),
        in_steps("pitch", curve.pitch + detuned / 100),
        in_steps("dynamics", dynamics),
        in_steps("tension", tension),
        in_steps("breathiness", breathiness),
        tuple(sorted([*curve.ornaments, *hanging], key=lambda each: (each.start, each.kind))),
        singer.name,
        pronunciation.unsure,
    )


def octave_shift(pitches: Sequence[int], voice: Voice) -> int:
    """By how many octaves a part is moved so that it lies in a voice's range, 0 where it lies there already.

    >>> octave_shift([67, 72, 76], VOICES["melati"]), octave_shift([67, 72, 76], VOICES["bayu"])
    (0, -1)
    """
    if not pitches:
        return 0
    middle = (voice.low + voice.high) / 2

    def beyond(octaves: int) -> float:
        moved = [pitch + 12 * octaves for pitch in pitches]
        return sum(max(pitch - voice.high, voice.low - pitch, 0) for pitch in moved) / len(moved)

    def strain(octaves: int) -> tuple[float, int]:
        return 2 * beyond(octaves) + abs(float(np.median(pitches)) + 12 * octaves - middle) / 6, abs(octaves)

    return min(range(-3, 4), key=strain) if beyond(0) > BEYOND else 0


def fitting_voice(song: Song) -> str:
    """The name of the voice of `UNASKED` in whose range the song's vocal part lies best; where two do, the first."""
    pitches = [note.pitch for note in song.vocal.notes if note.syllable is not None] if song.vocal else []
    solo = [VOICES[name] for name in UNASKED]

    def strain(singer: Voice) -> float:
        beyond = sum(max(pitch - singer.high, singer.low - pitch, 0) for pitch in pitches) / max(len(pitches), 1)
        return round(2 * beyond + abs(float(np.median(pitches or [64])) - (singer.low + singer.high) / 2) / 6, 6)

    return min(solo, key=strain).name


def _sung_notes(
    track: Track, part: Part, shift: int, habits: Habits, rng: np.random.Generator
) -> list[tuple[int | None, SungNote]]:
    """The notes one after the other, with their syllables; of notes that begin together the highest is sung."""
    rows: list[tuple[int | None, SungNote]] = []
    for note, played in zip(track.notes, part.notes, strict=True):
        own = habits.timing_spread * float(rng.standard_normal())
        late = habits.lag + min(max(own, -habits.timing_most), habits.timing_most)
        onset = max(played.onset + late, rows[-1][1].onset + 0.02 if rows else 0.0)
        end = max(played.onset + late + played.duration, onset + 0.02)
        tuned = played.bend[0][1] / 100 if track.tuning != "equal" and played.bend else 0.0
        tuned += shift / 12 * (TUNINGS[track.tuning].octave - 1200) / 100  # in octaves of the tuning
        sung = SungNote(onset, end, note.pitch + shift + tuned, played.velocity, note.onset)
        if rows and rows[-1][1].tick == note.onset:
            before, other = rows[-1]
            rows[-1] = (before if note.syllable is None else note.syllable, max(sung, other, key=lambda n: n.pitch))
        else:
            rows.append((note.syllable, sung))
    ends = [following.onset for _, following in rows[1:]] + [np.inf]
    return [(syllable, _ended(sung, min(sung.end, end))) for (syllable, sung), end in zip(rows, ends, strict=True)]


def _ended(note: SungNote, end: float) -> SungNote:
    return SungNote(note.onset, end, note.pitch, note.velocity, note.tick)


def _syllables(
    song: Song, notes: Sequence[tuple[int | None, SungNote]], pronunciation: Pronunciation
) -> list[SungSyllable]:
    """The notes gathered to syllables; what follows a rest inside of one begins anew on its vowel."""
    groups: list[tuple[int, list[SungNote]]] = []
    for syllable, note in notes:
        number = groups[-1][0] if syllable is None and groups else syllable
        if number is None:
            continue
        if groups and groups[-1][0] == number and note.onset - groups[-1][1][-1].end < HELD_OVER:
            groups[-1][1].append(note)
        else:
            groups.append((number, [note]))
    line_ends = {start - 1 for start in song.words.line_starts[1:]} | {len(song.words.syllables) - 1}
    found = []
    for index, (number, held) in enumerate(groups):
        symbols = pronunciation.syllables[number]
        vowel = next(at for at, symbol in enumerate(symbols) if PHONEMES[symbol].vowel)
        first = index == 0 or groups[index - 1][0] != number
        last = index + 1 == len(groups) or groups[index + 1][0] != number
        sung = (*(symbols[:vowel] if first else ()), symbols[vowel], *(symbols[vowel + 1 :] if last else ()))
        written = song.words.syllables[number]
        stressed = written.stressed and not (written.begins_word and written.ends_word)
        joined = [_ended(one, two.onset) for one, two in pairwise(held)]
        found.append(
            SungSyllable(
                number,
                sung,
                (*joined, held[-1]),
                stressed and first,
                not last or written.ends_word,
                last and number in line_ends,
            )
        )
    return found


def _timeline(
    phrases: Sequence[Phrase], habits: Habits
) -> tuple[list[SungPhoneme], list[Breath], list[tuple[float, float]]]:
    """The phonemes and breaths of all phrases, and each phrase's span from its first vowel to its end."""
    phonemes: list[SungPhoneme] = []
    breaths: list[Breath] = []
    spans: list[tuple[float, float]] = []
    free = 0.0
    for phrase in phrases:
        sung = [
            replace(each, start=round(each.start, 6), end=round(each.end, 6))
            for each in phrase_phonemes(phrase.syllables, free, habits)
        ]
        if phrase.breath:
            level = habits.breath_level + 3.0 * (phrase.breath - habits.breath_least)
            breath = taken(free, sung[0].start, phrase.breath, level, habits)
            if breath is not None:
                breaths.append(replace(breath, start=round(breath.start, 6), end=round(breath.end, 6)))
        vowel = next(each.start for each in sung if PHONEMES[each.symbol].vowel)
        spans.append((vowel, sung[-1].end))
        phonemes += sung
        free = sung[-1].end
    return phonemes, breaths, spans


def _laid(
    phrases: Sequence[Phrase], phonemes: Sequence[SungPhoneme], spans: Sequence[tuple[float, float]]
) -> tuple[list[PitchNote], list[Stroke], list[int]]:
    """The notes of all phrases as the pitch and the dynamics see them, and their ticks; vowels begin as in `phonemes`.

    A vowel that had to wait for its consonants takes its notes with it.
    """
    vowels = iter([each.start for each in phonemes if PHONEMES[each.symbol].vowel])
    again = {
        two.start
        for one, two in pairwise(phonemes)
        if one.symbol == two.symbol and one.end == two.start and PHONEMES[two.symbol].vowel
    }
    begins = [min(each.start for each in phonemes if each.end > stop) for stop in _stops(spans)]
    notes: list[PitchNote] = []
    strokes: list[Stroke] = []
    ticks: list[int] = []
    for number, (phrase, (_, stop)) in enumerate(zip(phrases, spans, strict=True)):
        rows = []
        for syllable in phrase.syllables:
            vowel = next(vowels)
            for place, note in enumerate(syllable.notes):
                onset = vowel if place == 0 else max(note.onset, vowel + 0.02 * place)
                rows.append((onset, note, place > 0, syllable.stressed))
        for index, (onset, note, slurred, stressed) in enumerate(rows):
            end = rows[index + 1][0] if index + 1 < len(rows) else stop
            end = max(end, onset + FRAME)
            first, last = index == 0, index + 1 == len(rows)
            notes.append(PitchNote(onset, end, note.pitch, first, last, slurred, begins[number] if first else 0.0))
            strokes.append(Stroke(onset, end, note.velocity, stressed and not slurred, onset in again))
            ticks.append(note.tick)
    return notes, strokes, ticks


def _stops(spans: Sequence[tuple[float, float]]) -> list[float]:
    """For each phrase, when the one before it has ended."""
    return [-1.0, *(stop for _, stop in spans[:-1])]


def _course(song: Song, track: Track, part: Part, count: int) -> Course:
    """The song's feeling curve on the performance's clock, read off the notes of the part."""
    time = np.arange(count) * FRAME
    if not song.feeling_curve:
        return Course(np.zeros(count), np.full(count, 0.35))
    onsets = np.maximum.accumulate([note.onset for note in part.notes])
    ticks = np.interp(time, onsets, [note.onset for note in track.notes])
    points = [point.onset for point in song.feeling_curve]
    arousal = np.interp(ticks, points, [point.arousal for point in song.feeling_curve])
    tension = np.interp(ticks, points, [point.tension for point in song.feeling_curve])
    return Course(arousal - arousal.mean(), tension)
