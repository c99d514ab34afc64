"""Whole gendhing: the cycle of the gongs, every player's rule, irama, the sung line, wishes that do not go."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.compose import compose
from senandung.composing.pieces.song_piece import lay_song
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style
from senandung.domain.chords import parse_chords
from senandung.domain.curve import TensionCurve
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.gendhing import CYCLES, PATHETS, Tone
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import Song, Track, from_plain, to_plain
from senandung.domain.tuning import TUNINGS
from senandung.performing.perform import perform

FORMS = ("lancaran", "ketawang", "ladrang")
LINES = ("aku rindu kamu", "malam ini hujan turun lagi", "di jendela kutunggu pagi")


def song(style: str, key: str = "", seed: int = 1, lines: tuple[str, ...] = LINES, **wishes: object) -> Song:
    wished = Wishes(key=Key.parse(key) if key else None, **wishes)  # type: ignore[arg-type]
    return compose(Feeling.named("rindu"), load_style(style), lines, wished, language="id", seed=seed, version="1")


def track(made: Song, instrument: str) -> Track:
    return next(track for track in made.tracks if track.instrument == instrument)


def beats(made: Song, instrument: str) -> list[int]:
    """Beats of the song, from 0, on which an instrument strikes."""
    return [note.onset // 480 for note in track(made, instrument).notes]


def digits(part: Track, laras: str) -> list[int]:
    return [Tone.of_midi(note.pitch, TUNINGS[part.tuning], laras).digit for note in part.notes]


@pytest.mark.parametrize("form", FORMS)
def test_the_gongs_strike_as_the_cycle_says(form: str) -> None:
    made, cycle = song(form), CYCLES[form]
    gong = beats(made, "gong")
    assert gong[0] == 7  # the end of the buka
    assert {b - a for a, b in pairwise(gong)} == {cycle.beats}
    ends = set(gong[1:])
    for instrument in ("kenong", "kethuk", "kempul", *(["kempyang"] if form != "lancaran" else [])):
        places = Counter((beat - 8) % cycle.beats + 1 for beat in beats(made, instrument))
        assert tuple(sorted(places)) == cycle.beats_of(instrument), instrument
        assert len(set(places.values())) == 1
    assert ends <= set(beats(made, "kenong"))


def test_the_cycles_are_those_of_the_literature() -> None:
    assert CYCLES["lancaran"].beats_of("kethuk") == (1, 3, 5, 7, 9, 11, 13, 15)
    assert CYCLES["lancaran"].beats_of("kempul") == (6, 10, 14)
    assert CYCLES["lancaran"].beats_of("kenong") == (4, 8, 12, 16)
    assert CYCLES["lancaran"].beats_of("kempyang") == ()
    assert CYCLES["ketawang"].beats_of("kethuk") == (2, 6, 10, 14)
    assert CYCLES["ketawang"].beats_of("kempul") == (12,)
    assert CYCLES["ladrang"].beats_of("kenong") == (8, 16, 24, 32)
    assert CYCLES["ladrang"].beats_of("kempyang") == tuple(range(1, 33, 2))
    assert all(cycle.beats_of("gong") == (cycle.beats,) for cycle in CYCLES.values())


@pytest.mark.parametrize("mode", sorted(PATHETS))
@pytest.mark.parametrize("form", FORMS)
def test_every_note_is_in_its_laras_and_every_pathet_can_be_asked_for(form: str, mode: str) -> None:
    made = song(form, mode.replace("-", " "), seed=4)
    pathet = PATHETS[mode]
    assert str(made.keys[0].key) == mode.replace("-", " ")
    assert from_plain(to_plain(made)) == made
    tuned = [part for part in made.tracks if not part.sound.drum]
    assert {part.tuning.split("-")[0] for part in tuned} == {pathet.laras}
    for part in tuned:
        classes = set(TUNINGS[part.tuning].pitch_classes())
        assert {note.pitch % 12 for note in part.notes} <= classes
    said = made.provenance.sources[0]
    assert f"laras {pathet.laras}, pathet {pathet.name}" in said
    assert "Hz" in said


@pytest.mark.parametrize("form", FORMS)
def test_balungan_instruments_play_in_unison_an_octave_apart(form: str) -> None:
    made = song(form, "pelog nem")
    saron, demung, slenthem = (track(made, name) for name in ("saron", "demung", "slenthem"))
    assert [n.pitch - 12 for n in saron.notes] == [n.pitch for n in demung.notes]
    assert [n.pitch + 12 for n in slenthem.notes] == [n.pitch for n in demung.notes]
    assert [n.onset for n in saron.notes] == [n.onset for n in slenthem.notes]


def test_the_kenong_sounds_the_seleh_and_the_last_tone_comes_after_the_gong() -> None:
    made = song("ladrang", "slendro manyura")
    kenong, saron, gong = track(made, "kenong"), track(made, "saron"), track(made, "gong")
    felt = dict(zip([n.onset // 480 for n in saron.notes], digits(saron, "slendro"), strict=True))
    for beat, digit in zip(beats(made, "kenong"), digits(kenong, "slendro"), strict=True):
        heard = [felt[at] for at in range(beat, beat - 4, -1) if at in felt]
        assert digit == heard[0]
    assert saron.notes[-1].onset - gong.notes[-1].onset == 240


@pytest.mark.parametrize(("form", "slow"), [("ladrang", "dadi"), ("lancaran", "tanggung")])
def test_where_the_balungan_is_half_as_fast_the_peking_is_twice_as_dense(form: str, slow: str) -> None:
    made = song(form)
    peking = [note.onset for note in track(made, "peking").notes]
    panerus = {note.onset for note in track(made, "bonang-panerus").notes}
    barung = {note.onset for note in track(made, "bonang-barung").notes}

    def inside(kind: str) -> tuple[float, float, float]:
        section = next(section for section in made.sections if section.kind == kind)
        low, high = section.onset + 1920, section.onset + 2 * 1920
        bpm = next(change.bpm for change in reversed(made.tempos) if change.onset <= low)
        count = sum(low < onset <= high for onset in peking) / 4
        dense = sum(low < onset <= high for onset in panerus) / max(sum(low < onset <= high for onset in barung), 1)
        return bpm, count, dense

    fast, slowed = inside("interlude"), inside("verse")
    assert slowed[0] == pytest.approx(fast[0] / 2, rel=0.01)
    assert slowed[1] == 2 * fast[1]
    assert slowed[2] > 1.5
    assert load_style(form).gendhing is not None
    assert dict(load_style(form).gendhing.irama)["verse"] == slow  # type: ignore[union-attr]


@pytest.mark.parametrize("form", FORMS)
def test_an_irama_changes_by_degrees_and_the_peking_half_way(form: str) -> None:
    made = song(form)
    ratios = [
        b.bpm / a.bpm for a, b in pairwise(made.tempos) if b.onset < track(made, "gong").notes[-1].onset - 16 * 480
    ]
    assert ratios
    assert all(0.7 < ratio < 1.3 for ratio in ratios)  # never a jump to half or double
    verse = next(section for section in made.sections if section.kind == "verse")
    strokes = [note.onset for note in track(made, "peking").notes]

    def count(beat: int) -> int:
        end = verse.onset + beat * 480
        return sum(end - 480 < onset <= end for onset in strokes)

    assert 2 * count(-5) == count(-4) == count(0) == count(2)


def test_mipil_comes_to_the_second_tone_of_a_pair_with_the_balungan() -> None:
    made = song("ladrang", "slendro manyura")
    saron = {n.onset: Tone.of_midi(n.pitch, TUNINGS[track(made, "saron").tuning], "slendro").digit
             for n in track(made, "saron").notes}  # fmt: skip
    part = track(made, "bonang-barung")
    seconds = checked = 0
    for note in part.notes:
        if note.onset >= 8 * 480 and note.onset in saron and (note.onset // 480) % 2 == 1:
            digit = Tone.of_midi(note.pitch, TUNINGS[part.tuning], "slendro").digit
            checked += 1
            seconds += digit == saron[note.onset]
    assert checked > 30
    assert seconds == checked


def test_the_ngelik_is_sung_by_more_than_one_in_the_same_tuning() -> None:
    made = song("ketawang", "pelog barang")
    assert made.vocal is not None
    (second,) = made.backings
    assert second.tuning == made.vocal.tuning
    first = {(note.onset, note.pitch) for note in made.vocal.notes}
    assert {(note.onset, note.pitch) for note in second.notes} <= first
    ngelik = [section for section in made.sections if section.kind == "chorus"]
    assert all(any(s.onset <= note.onset < s.end + 480 for s in ngelik) for note in second.notes)


def test_both_hands_of_the_gender_meet_at_the_seleh() -> None:
    made = song("ketawang", "slendro manyura")
    gender, kenong = track(made, "gender-barung"), track(made, "kenong")
    tuning = TUNINGS[gender.tuning]
    wanted = dict(zip([n.onset for n in kenong.notes], digits(kenong, "slendro"), strict=True))
    for onset, digit in wanted.items():
        hands = sorted(n.pitch for n in gender.notes if n.onset == onset)
        low, high = (Tone.of_midi(pitch, tuning, "slendro") for pitch in hands)
        assert low.digit == digit
        gembyang = digit in PATHETS["slendro-manyura"].gong
        assert (high.digit == digit) is gembyang
    alone = Counter(n.onset for n in gender.notes)
    assert all(alone[onset] == 1 for onset in alone if onset % 480)


def test_in_irama_lancar_the_bonang_plays_octaves_off_the_beat() -> None:
    made = song("lancaran", "slendro sanga")
    section = next(section for section in made.sections if section.kind == "interlude")
    part = track(made, "bonang-barung")
    notes = [note for note in part.notes if section.onset <= note.onset < section.end - 5 * 480]
    assert notes
    assert all(note.onset % 480 == 240 for note in notes)
    together = Counter(note.onset for note in notes)
    assert set(together.values()) == {2}
    for onset in together:
        low, high = sorted(note.pitch for note in notes if note.onset == onset)
        assert high - low == 12


@pytest.mark.parametrize("form", FORMS)
def test_a_sung_line_reaches_the_seleh_and_holds_to_the_voice(form: str) -> None:
    made = song(form, "slendro manyura", seed=2)
    assert made.vocal is not None
    assert {line.text for line in made.words.lines} >= set(LINES)
    assert all(55 <= note.pitch <= 79 for note in made.vocal.notes)
    assert all(a.end <= b.onset for a, b in pairwise(made.vocal.notes))
    pathet, tuning = PATHETS["slendro-manyura"], TUNINGS[made.vocal.tuning]
    saron = track(made, "saron")
    felt = {note.onset: Tone.of_midi(note.pitch, tuning, pathet.laras).digit for note in saron.notes}
    starts = made.words.line_starts
    ends = [start - 1 for start in starts[1:]] + [len(made.words.syllables) - 1]
    met = 0
    for end in ends:
        notes = [note for note in made.vocal.notes if note.syllable == end]
        beat = notes[0].onset
        assert beat % 1920 == 1440  # on the last beat of a gatra
        heard = [felt[at] for at in range(beat, beat - 1920, -480) if at in felt]
        met += Tone.of_midi(notes[-1].pitch, tuning, pathet.laras).digit == heard[0]
    assert met == len(ends)


@pytest.mark.parametrize("form", FORMS)
def test_a_gendhing_slows_to_its_last_gong_and_rings(form: str) -> None:
    made = song(form)
    gong = track(made, "gong").notes[-1]
    before = [change.bpm for change in made.tempos if change.onset <= gong.onset - 480]
    assert before[-1] < 0.6 * before[-6]
    assert gong.end == made.end == made.sections[-1].end
    assert 100 <= made.seconds <= 200


@settings(max_examples=12)
@given(st.sampled_from(FORMS), st.integers(0, 60), st.integers(0, 9))
def test_any_number_of_lines_is_sung_in_order(form: str, count: int, seed: int) -> None:
    counted = ("satu", "dua", "tiga", "empat", "lima", "enam")
    lines = tuple(f"hujan turun di malam ke {counted[n % 6]}" for n in range(count))
    made = song(form, seed=seed, lines=lines)
    said = [line.text for line in made.words.lines if line.source == "person"]
    assert len(said) >= count
    assert made.seconds < 600


def test_a_short_song_takes_many_lines() -> None:
    made = song("lancaran", lines=tuple(f"baris nomor {n}" for n in ("satu", "dua", "tiga") * 6), bars=11)
    assert made.vocal is not None
    assert len(made.bar_starts()) == 11


def test_without_a_voice_the_gamelan_plays_alone() -> None:
    made = song("ketawang", voice=False)
    assert made.vocal is None
    assert not made.words.lines
    assert track(made, "saron").notes


@pytest.mark.parametrize("form", FORMS)
def test_a_length_can_be_wished_in_whole_gongan(form: str) -> None:
    gatra = CYCLES[form].gatra
    for count in (1, 2, 3, 5):
        assert len(song(form, bars=3 + count * gatra).bar_starts()) == 3 + count * gatra
    assert song(form, minutes=4.0).seconds == pytest.approx(240, rel=0.15)
    with pytest.raises(InvalidValueError, match=rf"must have 3 bars .* gongan of {gatra}, such as .*, got 30"):
        song(form, bars=30)
    assert song(form, bpm=70.0).tempos[0].bpm == pytest.approx(140 if form == "lancaran" else 70, rel=1e-4)


def test_a_drawn_curve_is_kept_for_the_players_and_changes_no_note() -> None:
    made = song("ladrang", curve=TensionCurve(((0.0, 0.0), (1.0, 1.0))))
    assert made.arc is not None
    assert made.arc.asked
    assert [section.intensity for section in made.sections] == sorted(section.intensity for section in made.sections)
    assert made.tracks == song("ladrang").tracks

    def loud(kind: str) -> float:
        (section,) = (section for section in made.sections if section.kind == kind)
        part = next(part for part in perform(made, seed=1).parts if part.instrument == "saron")
        notes = zip(track(made, "saron").notes, part.notes, strict=True)
        found = [played.velocity for note, played in notes if section.onset <= note.onset < section.end]
        return sum(found) / len(found)

    assert loud("outro") > loud("interlude") + 5


def test_a_form_can_be_wished() -> None:
    made = song("ladrang", form="intro2 verse8 chorus8 outro8")
    assert [section.name for section in made.sections] == ["Buka", "Ompak", "Ngelik", "Suwuk"]
    with pytest.raises(InvalidValueError, match=r"a ladrang's form must have .* gongan of 8 bars.*, got 'verse6'"):
        song("ladrang", form="verse6")
    with pytest.raises(InvalidValueError, match="form must have"):
        song("ladrang", form="verse8 bridge8")


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"key": Key.parse("C minor")}, "must be in a laras and pathet, one of slendro manyura, .*, got C minor"),
        ({"chords": parse_chords("Am F")}, "has no chords"),
        ({"ensemble": ("piano",)}, "whole gamelan"),
        ({"metre": Metre(3, 4)}, "must be in 4/4"),
    ],
)
def test_what_a_gamelan_cannot_do_is_refused(wish: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        compose(
            Feeling.named("rindu"),
            load_style("ladrang"),
            LINES,
            Wishes(**wish),  # type: ignore[arg-type]
            language="id",
            seed=1,
            version="1",
        )


def test_a_band_has_no_laras() -> None:
    with pytest.raises(InvalidValueError, match="slendro sanga must be asked for with a style of the gamelan"):
        song("pop-ballad", "slendro sanga")


def test_the_network_leaves_a_gendhing_alone() -> None:
    with pytest.raises(InvalidValueError, match="knows no gamelan: a song in pelog nem"):
        lay_song(song("ketawang", "pelog nem"))


def test_the_same_seed_gives_the_same_gendhing() -> None:
    assert song("ketawang", seed=9).song_id == song("ketawang", seed=9).song_id
    assert len({song("ketawang", seed=seed).song_id for seed in range(4)}) == 4
