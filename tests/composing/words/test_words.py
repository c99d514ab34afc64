"""Words of whole songs: what a listener, and an outside judge, may rely on, over many inputs and plans."""

from __future__ import annotations

import functools
import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.plan import Plan, SectionPlan
from senandung.composing.words.draft import MOST
from senandung.composing.words.hook import choose_hook
from senandung.composing.words.variations import plain_letters
from senandung.composing.words.write import write_words
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.words import Words
from senandung.language.lines import split_lines
from senandung.language.syllables import syllabify_line
from senandung.sensing.text import read_text


def plan_of(*sections: tuple[str, int, int | None]) -> Plan:
    """A plan of (kind, slots, repeats)."""
    held = tuple(
        SectionPlan(f"{kind} {at}", kind, 8, 0.5, slots, back) for at, (kind, slots, back) in enumerate(sections)
    )
    return Plan(Key.parse("C"), Metre(4, 4), 80.0, held)


POP = plan_of(
    ("intro", 0, None), ("verse", 4, None), ("chorus", 4, None), ("verse", 4, 1), ("chorus", 4, 2), ("bridge", 4, None),
    ("chorus", 4, 2), ("outro", 0, None),
)  # fmt: skip
LONG = plan_of(
    ("verse", 4, None), ("prechorus", 2, None), ("chorus", 4, None), ("verse", 4, 0), ("prechorus", 2, 1),
    ("chorus", 4, 2), ("bridge", 2, None), ("chorus", 8, 2),
)  # fmt: skip
LANGGAM = plan_of(
    ("intro", 0, None), ("verse", 2, None), ("verse", 2, 1), ("bridge", 2, None), ("verse", 2, 1), ("solo", 0, None),
    ("bridge", 2, 3), ("verse", 2, 1),
)  # fmt: skip
CHORUSES = plan_of(*[("verse", 1, None), ("chorus", 4, None)] * 12)
SMALL = plan_of(("verse", 1, None), ("chorus", 1, None))
PLANS = {"pop": POP, "long": LONG, "langgam": LANGGAM, "choruses": CHORUSES, "small": SMALL}

PARAGRAPH = (
    "Rumah ini sepi sejak ibu pergi. Kursi goyangnya masih di teras, kopinya masih di meja. Aku rindu suaranya "
    "memanggil makan malam, dan aku belum sempat bilang terima kasih."
)
TEXTS = {
    "one line": ("aku rindu kamu, malam ini hujan turun lagi", "id"),
    "one word": ("Rindu", "id"),
    "two words": ("dasar pembohong!", "id"),
    "emoji": ("😭😭😭", "id"),
    "paragraph": (PARAGRAPH, "id"),
    "forty lines": ("\n".join(f"hari ke {at} aku menunggu" for at in range(1, 41)), "id"),
    "english": ("I don't know why you left without a word. I still set the table for two", "en"),
    "english word": ("Love", "en"),
    "javanese": ("aku kangen kowe tenan, ning kene udan terus", "id"),
    "slang": ("gue gak ngerti kenapa lo pergi, padahal kemarin kita masih ketawa bareng wkwk", "id"),
    "same line": ("\n".join(["pulanglah padaku"] * 3), "id"),
}
CASES = [(text, plan) for text in TEXTS for plan in PLANS if text != "forty lines" or plan in ("pop", "small")]


@functools.cache
def written(text: str, plan: str, *, verses: bool = False, seed: int = 1) -> tuple[tuple[str, ...], Words]:
    """The person's lines and the words of a song on one of the texts."""
    told, language = TEXTS[text]
    lines = split_lines(told, language)
    return lines, write_words(lines, PLANS[plan], read_text(told, language), language, seed=seed, verses=verses)


def letters(texts: list[str] | tuple[str, ...]) -> str:
    """The letters of all texts in a row."""
    return "".join(plain_letters(text) for text in texts)


@pytest.mark.parametrize("verses", [False, True])
@pytest.mark.parametrize(("text", "plan"), CASES)
def test_persons_words_come_first_and_whole(text: str, plan: str, verses: bool) -> None:
    lines, words = written(text, plan, verses=verses)
    sung = letters([syllable.text for syllable in words.syllables])
    told = letters([s.text for line in lines for s in syllabify_line(line, words.language)])
    assert sung.startswith(told)
    assert [line.text for line in words.lines[: len(lines)]] == list(lines)
    assert all(line.source == "person" for line in words.lines[: len(lines)])


@pytest.mark.parametrize("verses", [False, True])
@pytest.mark.parametrize(("text", "plan"), CASES)
def test_no_line_is_sung_more_than_six_times(text: str, plan: str, verses: bool) -> None:
    for seed in (1, 2):
        _, words = written(text, plan, verses=verses, seed=seed)
        counts = Counter(plain_letters(line.text) for line in words.lines)
        assert max(counts.values()) <= MOST, counts.most_common(1)


@pytest.mark.parametrize(("text", "plan"), CASES)
def test_sections_are_kept_to(text: str, plan: str) -> None:
    lines, words = written(text, plan)
    sections = PLANS[plan].sections
    numbers = [line.section for line in words.lines]
    assert numbers == sorted(numbers)
    held = Counter(numbers)
    sung = [at for at, section in enumerate(sections) if section.slots]
    assert set(held) == set(sung)
    room = sum(section.slots for section in sections)
    assert all(held[at] <= sections[at].slots for at in sung[:-1])
    assert held[sung[-1]] <= sections[sung[-1]].slots or len(lines) > room


@pytest.mark.parametrize(("text", "plan"), CASES)
def test_sources_are_true(text: str, plan: str) -> None:
    lines, words = written(text, plan)
    own = {plain_letters(line) for line in lines}
    for line in words.lines:
        assert line.source in ("person", "variation", "vocalise")
        if line.source == "person":
            assert line.text in lines
        if line.source == "variation":
            assert own
            assert plain_letters(line.text) not in own or text == "slang"


@pytest.mark.parametrize("plan", ["pop", "long"])
@pytest.mark.parametrize("text", [text for text in TEXTS if text != "forty lines"])
def test_chorus_returns_with_the_same_words(text: str, plan: str) -> None:
    lines, words = written(text, plan)
    sections = PLANS[plan].sections
    choruses = [
        [line.text for line in words.lines if line.section == at]
        for at, section in enumerate(sections)
        if section.kind == "chorus"
    ]
    assert choruses[1][: len(choruses[2])] == choruses[2][: len(choruses[1])]
    if len(lines) <= 4:
        assert choruses[0] == choruses[1]
        if lines:
            hook = lines[choose_hook(lines, read_text(*TEXTS[text]), TEXTS[text][1])]
            assert all(chorus[0] == hook for chorus in choruses)


@pytest.mark.parametrize("text", ["one line", "javanese", "two words", "english word"])
def test_second_verse_is_not_the_first(text: str) -> None:
    _, words = written(text, "pop")
    first = [line.text for line in words.lines if line.section == 1]
    second = [line.text for line in words.lines if line.section == 3]
    assert first != second
    assert len(set(second)) == len(second)


@pytest.mark.parametrize("text", [text for text in TEXTS if text != "same line"])
def test_no_line_follows_itself_but_the_hook_into_its_chorus(text: str) -> None:
    for plan in ("pop", "long", "langgam"):
        lines, words = written(text, plan)
        hook = lines[choose_hook(lines, read_text(*TEXTS[text]), words.language)] if lines else ""
        for line, after in itertools.pairwise(words.lines):
            if plain_letters(line.text) == plain_letters(after.text):
                assert line.text == hook
                assert line.section != after.section


def test_machine_lines_only_when_asked() -> None:
    lines, words = written("one line", "pop", verses=True)
    machine = [line for line in words.lines if line.source == "machine"]
    assert len(machine) >= 6
    assert max(Counter(line.text for line in machine).values()) == 1
    assert not {line.text for line in machine} & set(lines)


def test_pantun_fills_a_verse_when_asked() -> None:
    lines = split_lines("aku rindu kamu, malam ini hujan turun lagi", "id")
    words = write_words(lines, POP, Feeling.named("rindu"), "id", seed=3, verses=True, pantun=True)
    verse = [line for line in words.lines if line.section == 3]
    assert [line.source for line in verse] == ["machine"] * 4


def test_an_instrumental_has_no_words() -> None:
    plan = plan_of(("intro", 0, None), ("verse", 0, None))
    assert write_words(("aku rindu",), plan, Feeling.named("sedih"), "id", seed=1, verses=True) == Words("id", ())


def test_same_seed_same_words_other_seed_others() -> None:
    text = "paragraph"
    assert written(text, "pop", seed=5) == written(text, "pop", seed=5)
    assert len({written(text, "pop", seed=seed)[1] for seed in range(8)}) > 1


def test_words_that_the_person_repeats_more_than_six_times_are_all_sung() -> None:
    lines = ("pulanglah padaku",) * 9
    words = write_words(lines, POP, Feeling.named("rindu"), "id", seed=1, verses=False)
    assert [line.text for line in words.lines].count("pulanglah padaku") == 9


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text(alphabet="aiueoktrnsm ,.!?😭2-'", min_size=1, max_size=30), max_size=12),
    st.sampled_from(sorted(PLANS)),
    st.sampled_from(["id", "en"]),
    st.integers(0, 99),
    st.booleans(),
)
def test_any_lines_give_singable_words(told: list[str], plan: str, language: str, seed: int, verses: bool) -> None:
    lines = split_lines("\n".join(told), language)
    words = write_words(lines, PLANS[plan], Feeling.unread(), language, seed=seed, verses=verses)
    assert [line.text for line in words.lines[: len(lines)]] == list(lines)
    assert all(line.syllables for line in words.lines)
    most = max(MOST, max(Counter(plain_letters(line) for line in lines).values(), default=0))
    assert max(Counter(plain_letters(line.text) for line in words.lines).values()) <= most
