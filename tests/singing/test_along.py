"""Who sings along: a little later, a little beside the pitch, plainer, in the octave of the first, the same words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senandung.domain.feeling import Feeling
from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Singing
from senandung.domain.song import Song, Track
from senandung.language.pronunciation import pronounce
from senandung.performing.perform import perform
from senandung.singing.phrase import BESIDE, NOBODY, along, sing_part
from singing.sung_songs import sung_song


def with_second(song: Song, *, least: int = 3, by: int = -3) -> Song:
    """The song with a second voice from syllable `least` on."""
    (vocal,) = song.tracks
    notes = [note for note in vocal.notes if note.syllable is not None and note.syllable >= least]
    second = Track("Vokal latar", "backing", "voice", tuple(replace(note, pitch=note.pitch + by) for note in notes))
    return replace(song, tracks=(vocal, second))


def both(song: Song, voice: str) -> tuple[Singing, Singing]:
    said, performance = pronounce(song.words), perform(song, seed=1)
    first = sing_part(song, performance, said, voice=voice, feeling=Feeling.unread(), seed=1)
    second = sing_part(
        song, performance, said, voice=voice, feeling=Feeling.unread(), seed=1, habits=along(NOBODY),
        track=song.backings[0], detuned=-BESIDE,
    )  # fmt: skip
    return first, second


def onsets(singing: Singing) -> dict[int, float]:
    found: dict[int, float] = {}
    for each in singing.phonemes:
        if PHONEMES[each.symbol].vowel:
            found.setdefault(each.syllable, each.start)
    return found


@pytest.mark.parametrize("voice", ["kenanga", "jati"])
def test_the_same_words_a_third_below_a_little_late(voice: str) -> None:
    song = with_second(sung_song(tuple(["aku rindu kamu", "malam ini hujan turun lagi"] * 3)))
    first, second = both(song, voice)
    assert (first.track, second.track) == ("Vokal", "Vokal latar")
    assert {each.syllable for each in second.phonemes} == set(range(3, len(song.words.syllables)))
    for number in range(3, len(song.words.syllables)):
        assert [each.symbol for each in second.sung(number)] == [each.symbol for each in first.sung(number)]
    ours, theirs = onsets(first), onsets(second)
    late = [theirs[number] - ours[number] for number in theirs]
    assert 0.008 < np.median(late) < 0.03
    assert np.abs(late).max() < 0.09
    apart = []
    for number, start in theirs.items():
        vowel = next(each for each in second.sung(number) if each.start == start)
        inside = slice(round((start + 0.12) / FRAME), round((vowel.end - 0.05) / FRAME))
        if inside.stop - inside.start > 10:
            apart.append(float(np.mean(second.pitch[inside]) - np.mean(first.pitch[inside])))
    assert np.median(apart) == pytest.approx(-3 - BESIDE / 100, abs=0.03)


def test_it_is_softer_and_breathier_and_vibrates_less() -> None:
    song = with_second(sung_song(("aku rindu kamu",) * 4, last=1920), by=0)
    first, second = both(song, "melati")
    voiced = np.zeros(len(second.pitch), dtype=bool)
    for each in second.phonemes:
        voiced[round(each.start / FRAME) : round(each.end / FRAME)] = True
    assert second.breathiness[voiced].mean() > first.breathiness[voiced].mean() + 0.03
    waves = [[one.end - one.start for one in each.ornaments if one.kind == "vibrato"] for each in (first, second)]
    assert waves[0]
    assert along(NOBODY).vibrato_extent < 50
    assert min(breath.level for breath in second.breaths) < min(breath.level for breath in first.breaths)
