"""Score and words → singing: times, breaths and curves, on made-up songs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Singing
from senandung.domain.song import Note, Song
from senandung.language.pronunciation import Pronunciation, pronounce
from senandung.singing.habits import Habits
from senandung.singing.ornaments import rows_of
from senandung.singing.phrase import fitting_voice, sing_part
from senandung.singing.timing import SHORTEST
from singing.sung_songs import LINES, performed, sung_song, with_melisma

STEADY = Habits(fall_share=0.0, leap_share=0.0)


def sing(
    song: Song, feeling: str = "netral", *, seed: int = 1, voice: str = "kenanga", habits: Habits | None = None
) -> Singing:
    return sing_part(
        song,
        performed(song),
        pronounce(song.words),
        voice=voice,
        feeling=Feeling.named(feeling),
        seed=seed,
        habits=habits or Habits(),
    )


def vowel_onsets(singing: Singing) -> dict[int, float]:
    onsets: dict[int, float] = {}
    for each in singing.phonemes:
        if PHONEMES[each.symbol].vowel:
            onsets.setdefault(each.syllable, each.start)
    return onsets


def played(song: Song) -> dict[int, tuple[float, float]]:
    """Onset and end of each syllable's notes in the performance."""
    part = performed(song).parts[0]
    found: dict[int, tuple[float, float]] = {}
    assert song.vocal is not None
    for note, sounded in zip(song.vocal.notes, part.notes, strict=True):
        assert note.syllable is not None
        first = found.get(note.syllable, (sounded.onset, 0.0))[0]
        found[note.syllable] = (first, sounded.onset + sounded.duration)
    return found


def test_every_syllable_is_sung_in_order_and_its_vowel_begins_with_its_note() -> None:
    song = sung_song()
    singing = sing(song)
    said = pronounce(song.words).syllables
    for number, sounds in enumerate(said):
        assert tuple(each.symbol for each in singing.sung(number)) == sounds
    assert [each.syllable for each in singing.phonemes] == sorted(each.syllable for each in singing.phonemes)
    beats = played(song)
    onsets = vowel_onsets(singing)
    assert all(abs(onsets[number] - beats[number][0]) < 1e-5 for number in beats)


def test_consonants_stand_before_the_beat_and_take_at_most_half_of_the_vowel_before() -> None:
    song = sung_song(step=160, bpm=120)
    singing = sing(song)
    for number, (start, _) in played(song).items():
        before = [each for each in singing.sung(number) if each.end <= start + 1e-5]
        taken = sum(each.end - each.start for each in before)
        if number and number - 1 in played(song):
            gap = start - played(song)[number - 1][0]
            assert taken <= 0.5 * gap + SHORTEST * len(before) + 1e-5
    assert min(each.end - each.start for each in singing.phonemes) >= SHORTEST - 1e-5


def test_codas_take_at_most_half_of_their_note() -> None:
    song = sung_song(("malam hujan bintang bulan",), step=120, last=240, bpm=100)
    singing = sing(song)
    onsets = vowel_onsets(singing)
    for number in onsets:
        sounds = singing.sung(number)
        after = [each for each in sounds if each.start >= onsets[number] and not PHONEMES[each.symbol].vowel]
        following = onsets.get(number + 1, sounds[-1].end)
        assert sum(each.end - each.start for each in after) <= 0.5 * (following - onsets[number]) + 1e-5


def test_within_a_phrase_there_is_no_gap_and_no_phoneme_sounds_during_a_breath() -> None:
    singing = sing(sung_song())
    gaps = [two.start - one.end for one, two in pairwise(singing.phonemes)]
    ends_of_lines = [len(line.syllables) for line in sung_song().words.lines]
    assert sum(gap > 1e-5 for gap in gaps) == len(ends_of_lines) - 1
    for breath in singing.breaths:
        assert all(each.end <= breath.start + 1e-5 or each.start >= breath.end - 1e-5 for each in singing.phonemes)
        after = min(each.start for each in singing.phonemes if each.start >= breath.end)
        assert after - breath.end == pytest.approx(0.05, abs=1e-5)
        assert 0.09 <= breath.end - breath.start <= 0.42


def test_a_melisma_is_one_vowel_whose_pitch_moves() -> None:
    song = with_melisma(sung_song(step=960), 3)
    singing = sing(song, habits=STEADY)
    (vowel,) = [each for each in singing.sung(3) if PHONEMES[each.symbol].vowel]
    part = performed(song).parts[0]
    assert song.vocal is not None
    for note, sounded in zip(song.vocal.notes, part.notes, strict=True):
        if note.syllable == 3:
            middle = sounded.onset + 0.6 * sounded.duration
            assert vowel.start <= middle <= vowel.end
            assert abs(singing.pitch[round(middle / FRAME)] - note.pitch) < 0.75
    assert any(each.kind == "portamento" for each in singing.ornaments)


def test_a_diphthong_glides_at_its_end() -> None:
    singing = sing(sung_song(("di pantai",), step=960))
    glide = [each for each in singing.phonemes if each.symbol == "j"][-1]
    vowel = next(each for each in singing.sung(glide.syllable) if PHONEMES[each.symbol].vowel)
    assert vowel.end == glide.start
    assert glide.end - glide.start < vowel.end - vowel.start


def test_a_phrase_longer_than_a_breath_is_divided_at_a_words_end() -> None:
    line = "aku menunggu di bawah hujan sepanjang malam tanpa tahu ke mana kau pergi meninggalkan diriku di sini"
    song = sung_song((line,), bpm=72)
    singing = sing(song)
    syllables = song.words.syllables
    cuts = [one.syllable for one, two in pairwise(singing.phonemes) if two.start - one.end > 0.1]
    assert cuts
    assert all(syllables[number].ends_word for number in cuts)
    starts = [singing.phonemes[0].start, *(breath.end for breath in singing.breaths[1:]), singing.phonemes[-1].end]
    assert max(two - one for one, two in pairwise(starts)) <= 8.5
    onsets = vowel_onsets(singing)
    assert all(abs(onsets[number] - start) < 1e-5 for number, (start, _) in played(song).items())


@pytest.mark.parametrize("style", ["pop-ballad", "keroncong"])
@pytest.mark.parametrize("step", [240, 480, 960])
def test_each_note_is_in_tune_on_average(style: str, step: int) -> None:
    song = sung_song(style=style, step=step)
    singing = sing(song)
    time = np.arange(len(singing.pitch)) * FRAME
    apart = np.zeros(len(time), dtype=bool)
    for each in singing.ornaments:
        if each.kind in ("luk", "gregel", "embat", "cengkok", "fall"):
            apart |= (time >= each.start) & (time <= each.end)
    for sound in singing.phonemes:
        if PHONEMES[sound.symbol].manner not in ("vowel", "nasal", "lateral", "glide", "approximant"):
            apart |= (time >= sound.start) & (time <= sound.end)
    assert song.vocal is not None
    onsets = vowel_onsets(singing)
    off = []
    for number, note in enumerate(song.vocal.notes):
        last = singing.sung(number)[-1].end
        left = onsets.get(number + 1, np.inf)
        end = min(left - 0.07, last - (0.07 if left > last + 0.2 else 0.0))
        heard = (time >= onsets[number] + min(0.12, 0.4 * (end - onsets[number]))) & (time <= end) & ~apart
        if heard.sum() >= 10:
            off.append(100 * abs(float(singing.pitch[heard].mean()) - note.pitch))
    assert len(off) > 10
    assert np.mean(off) < 3
    assert max(off) < 6


def test_vibrato_has_its_rate_and_extent_and_only_long_notes_have_it() -> None:
    song = sung_song(("aku",), step=480, last=3840, bpm=90)
    singing = sing(song, habits=replace(STEADY, drift=0.0, jitter=0.0))
    held = [each for each in singing.ornaments if each.kind == "vibrato"]
    assert len(held) == 2
    last = held[-1]
    wave = singing.pitch[round((last.start + 0.4) / FRAME) : round((last.end - 0.2) / FRAME)].astype(float)
    wave -= wave.mean()
    crossings = np.flatnonzero((wave[1:] > 0) & (wave[:-1] <= 0))
    rate = (len(crossings) - 1) / ((crossings[-1] - crossings[0]) * FRAME)
    assert 5.1 < rate < 6.2
    assert 35 < 100 * float(wave.std()) * 2**0.5 < 65
    assert not [each for each in sing(sung_song(step=200, last=240, bpm=120)).ornaments if each.kind == "vibrato"]


def test_a_scoop_rises_into_a_phrase() -> None:
    song = sung_song()
    singing = sing(song, habits=replace(STEADY, scoop_share=1.0, jitter=0.0, drift=0.0))
    scoops = [each for each in singing.ornaments if each.kind == "scoop"]
    assert len(scoops) == len(LINES)
    start = vowel_onsets(singing)[0]
    begin, later = singing.pitch[round(start / FRAME)], singing.pitch[round((start + 0.2) / FRAME)]
    assert later - begin > 0.35


def test_a_sad_line_is_breathy_soft_and_slow_and_an_angry_one_pressed() -> None:
    song = sung_song()
    sad, plain, angry = (sing(song, word) for word in ("sedih", "netral", "marah"))
    assert sad.breathiness.mean() > plain.breathiness.mean() > angry.breathiness.mean()
    assert sad.tension.mean() < plain.tension.mean() < angry.tension.mean()
    first = vowel_onsets(sad)[0]
    rise = [each.dynamics[round((first + 0.15) / FRAME)] - each.dynamics[round(first / FRAME)] for each in (sad, angry)]
    assert rise[0] > rise[1]
    assert Habits().felt(Feeling.named("sedih")).vibrato_rate < Habits().felt(Feeling.named("marah")).vibrato_rate
    assert Habits().felt(Feeling.named("tenang")).tension < 0
    assert [each.level for each in sad.breaths][1] > [each.level for each in plain.breaths][1]


def test_keroncong_is_sung_with_its_ornaments_and_pop_is_not() -> None:
    lines = ("aku rindu kamu malam ini", "hujan turun lagi di kampungku", "pulanglah sayang", "bulan purnama") * 3
    kinds = {each.kind for each in sing(sung_song(lines, style="keroncong", bpm=66)).ornaments}
    assert {"luk", "gregel", "embat", "cengkok", "nggandhul"} <= kinds
    assert not {"luk", "gregel", "embat", "cengkok", "nggandhul"} & {
        each.kind for each in sing(sung_song(lines)).ornaments
    }


def test_dangdut_turns_its_line_ends_and_does_not_hang() -> None:
    lines = ("aku rindu kamu malam ini", "hujan turun lagi di kampungku", "pulanglah sayang", "bulan purnama") * 3
    for style in ("dangdut", "pop-melayu"):
        singing = sing(sung_song(lines, style=style, bpm=80))
        kinds = [each.kind for each in singing.ornaments]
        assert {"cengkok", "luk"} <= set(kinds)
        assert not {"nggandhul", "embat"} & set(kinds)
        assert kinds.count("cengkok") <= len(lines) + 2


def test_the_same_seed_sings_the_same_and_another_one_otherwise() -> None:
    song = sung_song()
    one, two, other = sing(song), sing(song), sing(song, seed=2)
    assert one.phonemes == two.phonemes
    for name in ("pitch", "dynamics", "tension", "breathiness"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert not np.array_equal(one.pitch, other.pitch)


def test_a_low_voice_sings_an_octave_lower_and_the_fitting_voice_is_found() -> None:
    song = sung_song(pitch=8)
    assert sing(song, voice="melati").pitch.mean() > 67
    assert sing(song, voice="bayu").pitch.mean() < 62
    assert fitting_voice(song) == "melati"
    assert fitting_voice(sung_song(pitch=-12)) == "jati"


def test_learned_habits_take_the_place_of_the_default_ones() -> None:
    song = sung_song()
    late = sing(song, habits=Habits(lag=0.05))
    assert vowel_onsets(late)[3] - vowel_onsets(sing(song))[3] == pytest.approx(0.05, abs=1e-5)
    with pytest.raises(InvalidValueError, match=r"a singer's vibrato_rate must be in 2\.\.10, got 20"):
        Habits(vibrato_rate=20)


def test_notes_without_a_syllable_hold_the_vowel_and_a_rest_in_a_melisma_begins_it_anew() -> None:
    song = sung_song(("aku rindu",), last=480)
    (track,) = song.tracks
    end = track.notes[-1].end
    more = (Note(end, 480, 64), Note(end + 1920, 480, 65))
    song = replace(song, tracks=(replace(track, notes=(*track.notes, *more)),), sections=())
    vowels = [each for each in sing(song).phonemes if PHONEMES[each.symbol].vowel and each.syllable == 3]
    assert len(vowels) == 2
    assert vowels[0].end - vowels[0].start > 1.0


def test_what_cannot_be_sung_is_refused() -> None:
    song = sung_song()
    said = pronounce(song.words)
    ask = {"voice": "melati", "feeling": Feeling.named("netral"), "seed": 1}
    with pytest.raises(InvalidValueError, match="must have a vocal part"):
        sing_part(replace(song, tracks=()), performed(song), said, **ask)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="a performance of the same song"):
        sing_part(song, performed(replace(song, title="Lain")), said, **ask)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"must have the song's \d+ syllables, got 1"):
        sing_part(song, performed(song), Pronunciation((("a",),)), **ask)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="a voice must be one of melati"):
        sing(song, voice="nobody")


@settings(max_examples=25, deadline=None)
@given(
    step=st.integers(30, 1500), rest=st.integers(0, 900), last=st.integers(40, 4000), bpm=st.floats(40, 220),
    pitch=st.integers(-14, 14), seed=st.integers(0, 99), feeling=st.sampled_from(["sedih", "marah", "girang"]),
    style=st.sampled_from(["pop-ballad", "keroncong-asli"]),
)  # fmt: skip
def test_any_song_is_sung_whole(
    step: int, rest: int, last: int, bpm: float, pitch: int, seed: int, feeling: str, style: str
) -> None:
    lines = ("struktur abstrak kompleks", "prangko sprinter", "syahdunya nyanyian", "ai")
    song = sung_song(lines, step=step, rest=rest, last=last, bpm=bpm, pitch=pitch, style=style)
    singing = sing(song, feeling, seed=seed)
    said = pronounce(song.words).syllables
    assert [each.symbol for each in singing.phonemes] == [symbol for sounds in said for symbol in sounds]
    assert min(each.end - each.start for each in singing.phonemes) >= SHORTEST - 1e-5
    assert singing.seconds >= singing.phonemes[-1].end


def test_a_langgam_has_fewer_cengkok_and_gregel_than_keroncong_asli() -> None:
    shares = {style: {row.kind: row.share for row in rows_of(style)} for style in ("keroncong", "keroncong-asli")}
    for kind in ("cengkok", "gregel"):
        assert shares["keroncong"][kind] < shares["keroncong-asli"][kind]
    assert shares["keroncong"]["luk"] == shares["keroncong-asli"]["luk"]
    assert rows_of("keroncong-stambul") == rows_of("langgam-jawa") == rows_of("keroncong-asli")
