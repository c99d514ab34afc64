"""Lines, language, numbers and rhyme on texts as people write them."""

from __future__ import annotations

import pytest

from senandung.domain.errors import InvalidValueError
from senandung.language.detect import detect_language, word_language
from senandung.language.letters import words_of
from senandung.language.lines import LONGEST, normalise_text, split_lines
from senandung.language.numbers import spell_number, sung_text
from senandung.language.rhyme import count_syllables, rhyme_key
from senandung.language.syllables import syllabify_line


@pytest.mark.parametrize(
    "text",
    [
        "aku rindu kamu, malam ini hujan turun lagi", "rindu", "gak tau kenapa galau bgt", "kangen", "sedih bgt sumpah",
        "aku kangen kowe, ojo lungo", "abdi sono ka anjeun", "kenapa kamu pergi tanpa pamit",
        "wkwkwk capek banget hari ini",
        "lagi overthinking, susah move on dari dia", "crush aku ternyata udah punya pacar, sad banget",
        "😭😭😭", "", "123",
        "Alhamdulillah akhirnya lulus juga", "jatuh cinta lagi", "Bandung, 2019", "mau pulang", "ibu", "hujan",
        "loro atiku, kowe milih wong liyo", "happy birthday sayangku, semoga bahagia selalu",
    ],
)  # fmt: skip
def test_indonesian_is_heard(text: str) -> None:
    assert detect_language(text) == "id"


@pytest.mark.parametrize(
    "text",
    [
        "I miss you tonight", "love", "the rain is falling again", "why did you leave me alone?", "happy", "I'm fine.",
        "Missing someone who never came back", "dancing in the kitchen with my grandmother", "broken heart",
        "You were the best thing that happened to me", "summer nights",
        "I can't sleep", "It's been three years, sayang",
        "heartbroken and tired", "we made it to the mountain",
    ],
)  # fmt: skip
def test_english_is_heard(text: str) -> None:
    assert detect_language(text) == "en"


@pytest.mark.parametrize("word", ["main", "air", "sore", "sate", "cape", "bangeet", "doong", "ideal"])
def test_indonesian_words_that_look_english_stay_indonesian(word: str) -> None:
    assert word_language(word, "id") == "id"


@pytest.mark.parametrize(
    ("n", "indonesian", "english"),
    [
        (0, "nol", "zero"),
        (10, "sepuluh", "ten"),
        (11, "sebelas", "eleven"),
        (19, "sembilan belas", "nineteen"),
        (21, "dua puluh satu", "twenty-one"),
        (100, "seratus", "one hundred"),
        (101, "seratus satu", "one hundred one"),
        (1000, "seribu", "one thousand"),
        (1998, "seribu sembilan ratus sembilan puluh delapan", "one thousand nine hundred ninety-eight"),
        (2024, "dua ribu dua puluh empat", "two thousand twenty-four"),
        (1_000_000, "satu juta", "one million"),
        (-5, "minus lima", "minus five"),
    ],
)
def test_numbers_in_words(n: int, indonesian: str, english: str) -> None:
    assert spell_number(n, "id") == indonesian
    assert spell_number(n, "en") == english


@pytest.mark.parametrize(
    ("written", "language", "sung"),
    [
        ("3 tahun", "id", "tiga tahun"),
        ("ke-2", "id", "kedua"),
        ("ke-1", "id", "pertama"),
        ("tahun 2024", "id", "tahun dua ribu dua puluh empat"),
        ("2x", "id", "dua kali"),
        ("100%", "id", "seratus persen"),
        ("Rp10.000", "id", "sepuluh ribu rupiah"),
        ("Rp 1.500.000", "id", "satu juta lima ratus ribu rupiah"),
        ("jam 10.30", "id", "jam sepuluh tiga puluh"),
        ("jam 07:00", "id", "jam tujuh"),
        ("malam2", "id", "malam-malam"),
        ("teman2ku", "id", "teman-temanku"),
        ("3,5 jam", "id", "tiga koma lima jam"),
        ("0812", "id", "nol delapan satu dua"),
        ("in 1998", "en", "in nineteen ninety-eight"),
        ("in 2005", "en", "in two thousand five"),
        ("the 3rd time", "en", "the third time"),
        ("2x", "en", "two times"),
        ("$20", "en", "twenty dollars"),
        ("7:05", "en", "seven zero five"),
        ("no number", "en", "no number"),
    ],
)
def test_what_is_written_in_figures_is_sung_in_words(written: str, language: str, sung: str) -> None:
    assert sung_text(written, language) == sung


def test_a_language_that_is_not_known_is_said() -> None:
    with pytest.raises(InvalidValueError, match="language must be id or en, got 'fr'"):
        spell_number(1, "fr")
    with pytest.raises(InvalidValueError, match="language must be id or en, got 'fr'"):
        sung_text("un", "fr")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("aku rindu kamu, malam ini hujan turun lagi", ("aku rindu kamu", "malam ini hujan turun lagi")),
        ("rindu", ("rindu",)),
        ("Hujan.\nAku pulang.\n\nSendiri.", ("Hujan", "Aku pulang", "Sendiri")),
        ("ya, aku tahu", ("ya, aku tahu",)),
        ("kangen banget 😭 #RinduBerat https://contoh.id", ("kangen banget Rindu Berat",)),
        (
            "aku menunggu di stasiun karena kamu bilang akan pulang",
            ("aku menunggu di stasiun", "karena kamu bilang akan pulang"),
        ),
        ("😭😭😭", ()),
        ("", ()),
        ("... !!! ???", ()),
    ],
)
def test_lines_as_a_singer_would_take_them(text: str, lines: tuple[str, ...]) -> None:
    assert split_lines(text, "id") == lines


def test_a_paragraph_becomes_lines_of_singable_length() -> None:
    text = (
        "Malam itu kita duduk berdua di tepi pantai sambil mendengarkan ombak yang datang dan pergi dan kamu bercerita "
        "tentang rumah masa kecilmu yang sudah tidak ada lagi. Sekarang aku kembali ke sini sendirian, hanya ditemani "
        "angin, dan aku baru mengerti bahwa yang kurindukan bukan hanya kamu tetapi juga diriku yang dulu."
    )
    lines = split_lines(text, "id")
    counts = [count_syllables(line, "id") for line in lines]
    assert max(counts) <= LONGEST
    assert min(counts) >= 4
    assert " ".join(lines) == text.replace(",", "").replace(".", "")
    assert not any(words_of(line)[-1] in ("yang", "dan", "di", "ke", "aku", "masih") for line in lines)


def test_normalising_keeps_accents_and_line_ends() -> None:
    assert normalise_text("péla\u200bn  “ke\u0301” \u2019ku\r\ndua", "id") == 'pélan "ké" \'ku\ndua'
    assert normalise_text("𝓻𝓲𝓷𝓭𝓾 & ｋａｍｕ", "id") == "rindu dan kamu"


@pytest.mark.parametrize(
    ("word", "language", "key"),
    [
        ("rinduuu", "id", "u"), ("Kamu!", "id", "u"), ("malam", "id", "am"), ("bintang", "id", "ang"),
        ("pulau", "id", "au"),
        ("cintai", "id", "i"), ("hati-hati", "id", "i"), ("tonight", "en", "ight"), ("light", "en", "ight"),
        ("yg", "id", "yg"),
        ("...", "id", ""), ("sayangggg", "id", "ang"), ("my", "en", "y"),
    ],
)  # fmt: skip
def test_rhymes(word: str, language: str, key: str) -> None:
    assert rhyme_key(word, language) == key


def test_function_words_are_light_and_verbs_are_not() -> None:
    stressed = {
        syllable.text: syllable.stressed for syllable in syllabify_line("yang di hatiku dan the love of mine", "id")
    }
    assert not any(stressed[word] for word in ("yang", "di", "dan", "the", "of"))
    assert stressed["love"]
    assert stressed["mine"]


@pytest.mark.parametrize(
    ("word", "language", "divided"),
    [
        ("air", "id", ["a", "ir"]),
        ("air", "en", ["air"]),
        ("main", "en", ["main"]),
        ("american", "en", ["a", "me", "ri", "can"]),
        ("kenangan", "en", ["ke", "na", "ngan"]),
        ("rindunya", "en", ["rin", "du", "nya"]),
    ],
)
def test_a_word_of_both_languages_takes_that_of_its_line(word: str, language: str, divided: list[str]) -> None:
    assert [syllable.text for syllable in syllabify_line(word, language)] == divided


def test_a_slash_between_blanks_is_a_line_end() -> None:
    assert split_lines("aku rindu malam ini / kau jauh di sana", "id") == ("aku rindu malam ini", "kau jauh di sana")
    assert split_lines("dan/atau kita pulang", "id") == ("dan/atau kita pulang",)
