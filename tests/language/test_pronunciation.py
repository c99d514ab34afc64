"""Words to phonemes: against lists written by hand, and what holds for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.phonemes import PHONEMES, check_syllable
from senandung.domain.words import Line, Syllable, Words
from senandung.files.lexicon import load_lexicon
from senandung.language.pronunciation import Pronunciation, parse_lexicon, pronounce
from senandung.language.syllables import syllabify_line
from senandung.language.tables import english_lexicon, english_sounds, indonesian_sounds, indonesian_vowels, sounds_of

HERE = Path(__file__).parent


def said(text: str, language: str = "id", lexicon: dict[str, str] | None = None) -> Pronunciation:
    lines = tuple(Line(row, syllabify_line(row, language)) for row in text.split("\n"))
    return pronounce(Words(language, lines), lexicon or {})


def joined(found: Pronunciation) -> str:
    return " . ".join(" ".join(sounds) for sounds in found.syllables)


def rows(name: str) -> list[tuple[str, str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines if line and not line.startswith("#")]


def share(name: str, language: str) -> tuple[float, int]:
    """The share of a list's words that are wholly right, and how many words it has."""
    table = rows(name)
    right = 0
    for word, phonemes in table:
        found = said(word, language).syllables
        right += [symbol for sounds in found for symbol in sounds] == phonemes.replace(".", " ").split()
    return right / len(table), len(table)


@pytest.mark.parametrize(
    ("name", "language", "least", "size"),
    [
        ("indonesian-phonemes.tsv", "id", 0.99, 500),
        ("indonesian-phonemes-held-back.tsv", "id", 0.96, 200),
        ("indonesian-phonemes-fresh.tsv", "id", 0.95, 230),
        ("english-phonemes.tsv", "en", 0.97, 150),
        ("english-phonemes-held-back.tsv", "en", 0.88, 100),
    ],
)
def test_words_are_said_as_written_by_hand(name: str, language: str, least: float, size: int) -> None:
    right, count = share(name, language)
    assert count >= size
    assert right >= least


def test_no_word_held_back_stands_in_the_list_that_the_rules_were_mended_with() -> None:
    for language in ("indonesian", "english"):
        words = {word for word, _ in rows(f"{language}-phonemes.tsv")}
        assert not words & {word for word, _ in rows(f"{language}-phonemes-held-back.tsv")}
    held_back = {word for name in ("", "-held-back") for word, _ in rows(f"indonesian-phonemes{name}.tsv")}
    assert not held_back & {word for word, _ in rows("indonesian-phonemes-fresh.tsv")}


def test_every_table_holds_known_phonemes_and_one_answer_a_root() -> None:
    for sounds in indonesian_sounds().values():
        for syllable in sounds:
            check_syllable(syllable)
    for symbols in (*english_lexicon().values(), *(said.split() for said in english_sounds().values())):
        assert all(symbol in PHONEMES for symbol in symbols)
    assert all(any(PHONEMES[symbol].vowel for symbol in symbols) for symbols in english_lexicon().values())
    roots = [*indonesian_vowels("e"), *indonesian_vowels("name")]
    assert len({root.replace("é", "e") for root in roots}) == len(roots) > 900


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("kecap kêcap", "k e . tʃ a p . k ə . tʃ a p"),
        ("péka", "p e . k a"),
        ("pe\u0301ka pe\u0302ka", "p e . k a . p ə . k a"),
        ("rinduuu", "r i n . d u"),
        ("sayaaang", "s a . j a ŋ"),
        ("malam-malam", "m a . l a m . m a . l a m"),
        ("malam2", "m a . l a m . m a . l a m"),
        ("2 hati", "d u . w a . h a . t i"),
        ("anak-anakku", "a . n a ʔ . a . n a ʔ . k u"),
        ("Jum'at", "dʒ u m . ʔ a t"),
        ("'kan", "k a n"),
        ("bgt", "b a . ŋ ə t"),
        ("hp", "h a . p e"),
        ("masukkan masukan", "m a . s u ʔ . k a n . m a . s u . k a n"),
        ("tinggallah", "t i ŋ . g a l . l a h"),
        ("massa", "m a . s a"),
        ("diisi diambil", "d i . ʔ i . s i . d i . j a m . b i l"),
        ("kerahkan kerah", "k ə . r a h . k a n . k e . r a h"),
        ("ke", "k ə"),
        ("menempati memberi", "m ə . n ə m . p a . t i . m ə m . b ə . r i"),
        ("nembak ngejek", "n ɛ m . b a ʔ . ŋ ɛ . dʒ ɛ ʔ"),
        ("musikku akademik cantik", "m u . s i k . k u . a . k a . d e . m i k . tʃ a n . t i ʔ"),
        ("cafe", "k a . f e"),
        ("cinta in the moonlight", "tʃ i n . t a . ɪ n . ð ə . m u n . l a j t"),
    ],
)
def test_indonesian_as_people_write_it(text: str, phonemes: str) -> None:
    found = said(text)
    assert joined(found) == phonemes
    assert found.unsure == ()


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("foreverrr", "f ɝ . ɛ . v ɝ"),
        ("I'm fallin'", "a j m . f ɔ . l ɪ n"),
        ("window's", "w ɪ n . d o w z"),
        ("fire", "f a j ɹ"),
        ("every", "ɛ v . ɹ i"),
        ("heartbeats", "h ɑ ɹ t . b i t s"),
        ("around", "ə . ɹ a w n d"),
        ("a scent", "ə . s ɛ n t"),
        ("my rindu", "m a j . r i n . d u"),
    ],
)
def test_english_as_people_write_it(text: str, phonemes: str) -> None:
    found = said(text, "en")
    assert joined(found) == phonemes
    assert found.unsure == ()


def test_a_word_that_cannot_be_read_is_sung_and_named_by_its_line() -> None:
    found = said("aku rindu\nwkwk Москва 歌 123")
    assert found.unsure == ((2, "wkwk"), (2, "Москва"), (2, "歌"))
    assert found.syllables[4] == ("w", "k", "w", "ə", "ʔ")
    assert found.syllables[5:7] == (("ə",), ("ə",))


def test_where_vowels_and_syllables_differ_the_syllables_win() -> None:
    words = Words("en", (Line("river love", (Syllable("river"), *_word("lo", "ve"))),))
    found = pronounce(words)
    assert len(found.syllables) == 3
    assert found.unsure == ((1, "river"), (1, "love"))
    assert found.syllables[1:] == (("l", "ʌ"), ("ʌ", "v"))


def _word(*texts: str) -> tuple[Syllable, ...]:
    last = len(texts) - 1
    return tuple(Syllable(text, begins_word=at == 0, ends_word=at == last) for at, text in enumerate(texts))


def test_a_syllables_own_phonemes_come_before_the_lexicon_and_the_lexicon_before_the_rules() -> None:
    lexicon = {"Rindu": "r e n . d o", "kau": "k a . u"}
    assert joined(said("rinduuu", lexicon=lexicon)) == "r e n . d o"
    own = Words("id", (Line("rindu", (*_word("rin", "du")[:1], Syllable("du", True, False, True, ("d", "ɔ", "h")))),))
    assert pronounce(own, lexicon).syllables == (("r", "e", "n"), ("d", "ɔ", "h"))
    found = said("rindu-rindu kau", lexicon=lexicon)
    assert joined(found) == "r e n . d o . r e n . d o . k a"
    assert found.unsure == ((1, "kau"),)


def test_a_lexicon_without_dots_is_divided_as_it_is_sung() -> None:
    assert joined(said("rindu", lexicon={"rindu": "r i n d u"})) == "r i n . d u"


def test_a_wrong_entry_given_to_pronounce_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="a phoneme must be one of"):
        said("rindu", lexicon={"rindu": "r ii n . d u"})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("rindu r i n . d u", "a line must be a word, a tab and its phonemes, got 'rindu r i n . d u'"),
        ("rindu\t", "a line must be a word, a tab and its phonemes"),
        ("\tr i n", "a line must be a word, a tab and its phonemes"),
        ("rindu\tr i n\td u", "a line must be a word, a tab and its phonemes"),
        ("rindu\tR i n . d u", "a phoneme must be one of"),
        ("rindu\tr i n . d", "a syllable must have exactly one vowel, got 'd'"),
        ("rindu\tr i n .", "a syllable must have exactly one vowel"),
        ("rindu\tr n d", "a syllable must have exactly one vowel"),
        ("Aku\ta . k o", "a word must stand once, got 'Aku' again"),
    ],
)
def test_a_bad_line_of_a_lexicon_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text(f"# mine\naku\ta . k u\n\n{line}\n", encoding="utf-8")
    with pytest.raises(FileError) as raised:
        load_lexicon(path)
    assert str(raised.value).startswith(f"{path}, line 4: {reason}")


def test_a_lexicon_is_read_with_its_words_in_lower_case(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_bytes("\ufeff# mine\r\nRindu\tr i n . d u\r\nDe\u0301wi\td e w i\r\n".encode())
    assert load_lexicon(path) == {"rindu": "r i n . d u", "d\u00e9wi": "d e w i"}
    assert parse_lexicon("", path) == {}
    assert [len(sounds_of(entry)) for entry in load_lexicon(path).values()] == [2, 1]


LETTERS = st.text(alphabet="abcdefghijklmnoprstuwyzéêngkaiu'-", min_size=1, max_size=20)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.text(max_size=40), LETTERS, st.lists(LETTERS, max_size=5).map(" ".join)), st.sampled_from(["id", "en"])
)
def test_any_text_has_phonemes_for_every_syllable(text: str, language: str) -> None:
    syllables = syllabify_line(text, language)
    if not syllables:
        return
    found = pronounce(Words(language, (Line(text, syllables),)))
    assert len(found.syllables) == len(syllables)
    for sounds in found.syllables:
        check_syllable(sounds)
    for number, word in found.unsure:
        assert number == 1
        assert word in "".join(syllable.text for syllable in syllables)
