"""Reading a line by lexicon and rules: the rules one by one, properties, abstaining, bounds."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.feeling import BASIC, PLACES, Feeling
from senandung.sensing.lexical import MOST_EVIDENCE, read_words


def notes_of(feeling: Feeling) -> str:
    """All notes of a feeling's evidence in one text."""
    return "; ".join(piece.note for piece in feeling.evidence)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "rapat jam 10 di kantor", "meeting at ten", "12345", "...", "hati-hati", "?!", "https://sedih.id"],
)
def test_abstains_rather_than_invents(text: str) -> None:
    feeling = read_words(text, "id")
    assert feeling == Feeling.unread()
    assert not feeling.readable


def test_one_word_of_scenery_is_not_a_feeling_but_two_colour_weakly() -> None:
    assert not read_words("hujan", "id").readable
    feeling = read_words("hujan malam ini", "id")
    assert feeling.readable
    assert -0.3 < feeling.valence < 0
    assert feeling.valence_spread > 0.4
    assert feeling.strongest == "netral"


@pytest.mark.parametrize("name", [name for name in PLACES if name != "netral"])
def test_a_named_feeling_is_read_as_itself(name: str) -> None:
    feeling = read_words(f"aku {name}", "id")
    assert feeling.words[0] == name
    assert feeling.basic[PLACES[name].basic] == max(feeling.basic.values())


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("kerinduan", "rindu"),
        ("merindukanmu", "rindu"),
        ("kurindukan", "rindu"),
        ("menyakitkan", "sakit"),
        ("bersedih", "sedih"),
        ("kesedihanku", "sedih"),
        ("menakutkan", "takut"),
        ("ketakutan", "takut"),
        ("menenangkan", "tenang"),
        ("dicintai", "cinta"),
        ("mencintaimu", "cinta"),
        ("kemarahannya", "marah"),
        ("nyebelin", "sebel"),
        ("ngangenin", "kangen"),
        ("sedih-sedih", "sedih"),
        ("sedih2", "sedih"),
        ("seneeeeng", "seneng"),
        ("rinduuu", "rindu"),
        ("sediihh", "sedih"),
        ("𝓼𝓮𝓭𝓲𝓱", "sedih"),
    ],
)
def test_affixes_and_spellings_reach_the_stem(word: str, stem: str) -> None:
    read, plain = read_words(word, "id"), read_words(stem, "id")
    assert read.readable
    assert read.strongest == plain.strongest
    assert math.copysign(1, read.valence) == math.copysign(1, plain.valence)


NEGATORS = ("nggak", "gak", "ga", "gk", "ngga", "enggak", "kagak", "tidak", "tak", "bukan", "belum", "jangan")


@pytest.mark.parametrize("negator", [*NEGATORS, "ora", "ndak", "teu", "henteu"])
def test_negation_turns_and_damps(negator: str) -> None:
    plain, turned = read_words("sedih", "id"), read_words(f"aku {negator} sedih", "id")
    assert 0 < turned.valence < -plain.valence
    assert turned.basic["sedih"] == 0
    assert notes_of(turned) == "negated"
    assert "sedih" not in turned.words


@pytest.mark.parametrize("text", ["I'm not happy", "I was never happy", "we aren't happy", "dont feel happy", "no joy"])
def test_english_negation(text: str) -> None:
    assert read_words(text, "en").valence < 0


def test_negation_ends_at_the_clause_and_at_the_next_feeling() -> None:
    assert "negated" not in notes_of(read_words("nggak, aku sedih", "id"))
    assert [piece.note for piece in read_words("nggak sedih malah senang", "id").evidence] == ["negated", ""]
    assert [piece.note for piece in read_words("nggak sedih atau marah", "id").evidence] == ["negated", "negated"]


def test_two_negations_cancel() -> None:
    assert read_words("gak bisa berhenti nangis", "id").valence < -0.3
    assert read_words("berhenti nangis dong", "id").valence > 0
    assert read_words("can't stop crying", "en").valence < -0.3


def test_degree() -> None:
    weak, plain, strong = (abs(read_words(text, "id").valence) for text in ("agak sedih", "sedih", "sedih banget"))
    assert weak < plain < strong
    assert abs(read_words("sangat sedih", "id").valence) > plain
    assert abs(read_words("sedih sekali lagi", "id").valence) == pytest.approx(plain)
    assert abs(read_words("sediiiih", "id").valence) > plain


def test_capitals_and_marks_move_arousal() -> None:
    plain = read_words("aku kesel", "id").arousal
    assert read_words("AKU KESEL", "id").arousal > plain
    assert read_words("aku kesel!", "id").arousal > plain
    assert read_words("aku kesel!!!", "id").arousal > read_words("aku kesel!", "id").arousal
    assert read_words("aku kesel…", "id").arousal < plain
    assert read_words("kamu kesel?", "id").valence_spread > read_words("kamu kesel", "id").valence_spread


def test_the_clause_after_tapi_outweighs_and_both_stay() -> None:
    glad_last, sad_last = read_words("sedih tapi senang", "id"), read_words("senang tapi sedih", "id")
    assert glad_last.valence > 0 > sad_last.valence
    for feeling in (glad_last, sad_last):
        assert min(feeling.basic["sedih"], feeling.basic["senang"]) > 0.2
        assert set(feeling.words[:2]) == {"sedih", "senang"}
        assert feeling.valence_spread > 0.5
    assert read_words("meski sedih, aku senang", "id").valence > 0
    assert read_words("aku senang walaupun sedih", "id").valence > 0
    assert read_words("happy but sad", "en").valence < 0


def test_sarcasm_needs_praise_nuisance_and_a_cue() -> None:
    mocking = read_words("bagus banget ya macetnya, makasih pak", "id")
    assert mocking.strongest == "marah"
    assert mocking.valence < -0.3
    assert "sarcasm" in notes_of(mocking)
    assert "sarcasm" not in notes_of(read_words("bagus banget ya lagunya, makasih pak", "id"))
    assert "sarcasm" not in notes_of(read_words("macet tapi senang, makasih ya", "id"))
    assert read_words("makasih udah bohong", "id").valence < 0


def test_loss_is_sad_longing() -> None:
    feeling = read_words("tiap denger lagu ini inget almarhum bapak", "id")
    assert feeling.words[:2] == ("sedih", "rindu")


def test_longing_keeps_love_and_sadness() -> None:
    feeling = read_words("aku rindu kamu", "id")
    assert feeling.basic["sedih"] > feeling.basic["cinta"] > 0.2
    assert feeling.valence_spread > 0.3


def test_emoji() -> None:
    assert read_words("😭😭😭", "id").readable
    assert read_words("😭😭😭", "id").valence < read_words("😭", "id").valence
    assert read_words("👍🏽", "id").valence > 0
    assert read_words("❤️‍🔥", "id").readable
    tears = read_words("lulus juga akhirnya 😭😭", "id")
    assert tears.valence > 0.4
    assert "tears of joy" in notes_of(tears)
    assert not read_words("🪑", "id").readable


def test_laughter_is_glad_and_a_mask_beside_bad_words() -> None:
    assert read_words("wkwkwk", "id").strongest == "senang"
    assert read_words("sedih wkwk", "id").strongest == "sedih"


def test_spread_shrinks_with_agreement_and_grows_with_difference() -> None:
    one, two = read_words("sedih", "id"), read_words("sedih, pilu, nestapa", "id")
    assert two.valence_spread < one.valence_spread < 0.7
    assert read_words("sedih senang", "id").valence_spread > one.valence_spread


def test_a_refrain_does_not_drown_the_rest() -> None:
    assert read_words("sedih " * 50 + ". marah, kesel, benci", "id").basic["marah"] > 0.3


def test_evidence_stands_in_text_order_and_its_weights_leave_room_for_the_prior() -> None:
    feeling = read_words("nggak sedih, marah banget 😡", "id")
    assert [piece.what for piece in feeling.evidence] == ["sedih", "marah", "😡"]
    assert [piece.note.split(",")[0] for piece in feeling.evidence] == ["negated", "intensified", "emoji"]
    assert 0 < sum(piece.weight for piece in feeling.evidence) < 1


def test_a_long_text_keeps_the_heaviest_evidence_only() -> None:
    feeling = read_words("sedih! marah? senang. " * 2000, "id")
    assert len(feeling.evidence) == MOST_EVIDENCE
    assert feeling.valence_spread >= 0.1


@pytest.mark.parametrize("text", ["happy", "aku happy banget", "i miss you", "move on"])
def test_english_words_in_indonesian_lines(text: str) -> None:
    assert read_words(text, "id").readable


PIECES = ("aku", "sedih", "senang", "rindu", "macet", "bagus", "happy", "haha", "😭", "nggak", "not", "tapi", "but")
CHANGES = ("meski", "banget", "agak", "ya", "makasih", "!!!", "…", ",", "?", "\n")


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES + CHANGES), max_size=25).map(" ".join)))
def test_any_text_gives_a_valid_feeling_and_the_same_again(text: str) -> None:
    for language in ("id", "en"):
        feeling = read_words(text, language)
        assert feeling == read_words(text, language)
        assert math.fsum(feeling.basic[name] for name in BASIC) == pytest.approx(1)
        assert feeling.readable == bool(feeling.evidence)
        assert set(feeling.words) <= set(PLACES)
