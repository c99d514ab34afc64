"""The sung line: every syllable once and in order, in range, in time, on the chord where it counts."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.compose import sketch_song
from senandung.composing.melody.pitches import scale_tones
from senandung.composing.melody.rhythm import write_rhythm
from senandung.composing.melody.slots import place_lines
from senandung.composing.melody.write import lead_range
from senandung.composing.plan import Sketch, Wishes
from senandung.composing.styles import band_style_names, load_style
from senandung.domain.chords import Chord
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import Note

NONE = Wishes()
SAD = ("aku rindu kamu", "malam ini hujan turun lagi", "kau tak pernah kembali ke pelukanku")
LONG = ("sesungguhnya aku telah lama sekali menyimpan perasaan yang mendalam ini kepadamu seorang diri",) * 3
ENGLISH = ("I miss you in the middle of the night", "the rain is falling on my window", "I never wanted you to go")


def sketch(
    name: str, word: str, lines: tuple[str, ...], seed: int, wishes: Wishes = NONE, language: str = "id"
) -> Sketch:
    return sketch_song(Feeling.named(word), load_style(name), lines, wishes, language=language, seed=seed)


def chord_at(made: Sketch, tick: int) -> Chord:
    return next(span.chord for span in made.chords if span.onset <= tick < span.onset + span.duration)


def check(made: Sketch, name: str) -> None:
    low, high = lead_range(load_style(name))
    assert made.melody
    for before, note in pairwise(made.melody):
        assert before.end <= note.onset
    assert all(low <= note.pitch <= high for note in made.melody)
    begun = [note.syllable for note in made.melody]
    order = [number for at, number in enumerate(begun) if at == 0 or begun[at - 1] != number]
    assert order == list(range(len(made.words.syllables)))
    assert made.melody[-1].end <= made.sections[-1].end


@pytest.mark.parametrize("name", band_style_names())
@pytest.mark.parametrize(("word", "lines", "language"), [("sedih", SAD, "id"), ("girang", ENGLISH, "en")])
def test_lines_are_sung_whole_in_range_and_at_home(name: str, word: str, lines: tuple[str, ...], language: str) -> None:
    for seed in (0, 1):
        made = sketch(name, word, lines, seed, language=language)
        check(made, name)
        tonic = made.plan.key.tonic.pitch_class
        if tonic in chord_at(made, made.melody[-1].onset).pitch_classes:
            assert made.melody[-1].pitch % 12 == tonic
        strong = [note for note in made.melody if made.plan.metre.weight(note.onset) >= 3]
        fitting = [note.pitch % 12 in chord_at(made, note.onset).pitch_classes for note in strong]
        assert sum(fitting) >= 0.95 * len(fitting)


@pytest.mark.parametrize("lines", [LONG, ("ya",), ("rindu",) * 40])
def test_overfull_and_tiny_lines_are_sung(lines: tuple[str, ...]) -> None:
    for name in ("pop-ballad", "dangdut", "keroncong-asli"):
        check(sketch(name, "rindu", lines, 1), name)


@pytest.mark.parametrize("metre", ["2/4", "3/4", "5/4", "6/8", "7/8", "12/8", "2/2"])
def test_every_metre_is_sung(metre: str) -> None:
    check(sketch("pop-ballad", "rindu", SAD, 2, Wishes(metre=Metre.parse(metre))), "pop-ballad")


def test_a_song_of_four_bars_holds_all_words() -> None:
    made = sketch("pop-ballad", "rindu", SAD, 3, Wishes(bars=4))
    check(made, "pop-ballad")
    assert [line.text for line in made.words.lines][:3] == list(SAD)


def test_the_chorus_comes_back_note_for_note_where_its_words_do() -> None:
    made = sketch("pop-ballad", "rindu", SAD, 1, Wishes(form="verse8 chorus8 verse8 chorus8 chorus8"))

    def tune(section: int) -> list[tuple[int, int]]:
        place = made.sections[section]
        notes: dict[int | None, Note] = {}
        for note in made.melody:
            if place.onset <= note.onset < place.end:
                notes.setdefault(note.syllable, note)
        return [(note.onset - place.onset, note.pitch) for note in notes.values()]

    texts = [[line.text for line in made.words.lines if line.section == at] for at in (1, 3)]
    assert texts[0] == texts[1]
    assert tune(1) == tune(3)


def test_the_chorus_climbs_above_the_verse() -> None:
    higher = 0
    for seed in range(8):
        made = sketch("pop-ballad", "rindu", SAD, seed, Wishes(form="verse8 chorus8 verse8 chorus8"))
        tops = [
            max(note.pitch for note in made.melody if place.onset <= note.onset < place.end)
            for place in (made.sections[0], made.sections[3])
        ]
        higher += tops[1] > tops[0]
    assert higher >= 7


def test_stressed_syllables_stand_on_stronger_places() -> None:
    weights: dict[bool, list[int]] = {True: [], False: []}
    for seed in range(6):
        made = sketch("pop-ballad", "rindu", SAD, seed)
        seen: set[int | None] = set()
        for note in made.melody:
            if note.syllable is not None and note.syllable not in seen:
                seen.add(note.syllable)
                weights[made.words.syllables[note.syllable].stressed].append(made.plan.metre.weight(note.onset))
    means = {stressed: sum(held) / len(held) for stressed, held in weights.items()}
    assert means[True] > means[False] + 0.7


def test_most_moves_are_steps_and_thirds_and_leaps_are_rare() -> None:
    moves = []
    for name in ("pop-ballad", "pop-upbeat", "keroncong", "dangdut", "string-quartet"):
        made = sketch(name, "senang", SAD, 4)
        moves.extend(abs(b.pitch - a.pitch) for a, b in pairwise(made.melody))
    small = sum(move <= 4 for move in moves) / len(moves)
    assert 0.8 < small < 0.97
    assert 0.12 < sum(move == 0 for move in moves) / len(moves) < 0.4


def test_ornate_styles_sing_more_melismas() -> None:
    def share(name: str) -> float:
        counts = [sketch(name, "rindu", SAD, seed) for seed in range(3)]
        notes = sum(len(made.melody) for made in counts)
        return 1 - sum(len(made.words.syllables) for made in counts) / notes

    assert share("dangdut") > share("pop-ballad") >= 0


def test_an_instrumental_has_a_leading_line_without_syllables() -> None:
    made = sketch("string-quartet", "tenang", (), 2, Wishes(voice=False))
    assert all(note.syllable is None for note in made.melody)
    assert len(made.melody) > 60
    low, high = lead_range(load_style("string-quartet"))
    assert all(low <= note.pitch <= high for note in made.melody)
    assert all(before.end <= note.onset for before, note in pairwise(made.melody))


@given(
    count=st.integers(1, 30),
    bars=st.integers(1, 4),
    metre=st.sampled_from(["4/4", "3/4", "6/8", "2/4", "5/4", "7/8"]),
    quarter=st.floats(0.3, 1.1),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_rhythms_stay_in_their_slot(count: int, bars: int, metre: str, quarter: float, seed: int) -> None:
    rule = Metre.parse(metre)
    length = bars * rule.bar_ticks
    beats = write_rhythm([at % 2 == 0 for at in range(count)], length, rule, quarter, random.Random(seed), push=0.3)
    assert len(beats) == count
    assert beats[0][0] >= 0
    assert beats[-1][0] + beats[-1][1] <= length
    assert all(duration > 0 for _, duration in beats)
    assert all(a + held <= b for (a, held), (b, _) in pairwise(beats))


def test_syllables_that_fit_are_not_rushed() -> None:
    for name, seed in (("pop-upbeat", 1), ("pop-rock", 2), ("pop-ballad", 3), ("keroncong", 4)):
        made = sketch(name, "girang", SAD, seed)
        seconds = 60 / made.plan.bpm / made.plan.metre.beat_ticks
        starts = [note.onset for note in made.melody]
        assert min((b - a) * seconds for a, b in pairwise(starts)) >= 0.15


def test_a_foreign_chord_tone_replaces_its_neighbours() -> None:
    tones = {pitch % 12 for pitch in scale_tones(Key.parse("C"), Chord.parse("D7"), 60, 72)}
    assert 6 in tones
    assert 5 not in tones


def test_many_lines_in_a_waltz_begin_on_beats() -> None:
    lines = ("kapan kau pulang ke rumah kita", "aku menunggu di depan pintu", "setiap malam kusebut namamu")
    made = sketch("folk-guitar", "rindu", lines * 6, 44, Wishes(metre=Metre.parse("3/4")))
    slots = place_lines(made.plan, made.sections, made.words, Feeling.named("rindu"), 44)
    assert all(slot.start % 240 == 0 for slot in slots)
