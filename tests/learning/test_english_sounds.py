"""The rules and the lexicon of English sounds, made from a pronouncing dictionary."""

from __future__ import annotations

from pathlib import Path

from senandung.language.english_rules import read_by_rule
from senandung.learning.english_sounds import SAID, align, build, learn_rules, main, to_phonemes

DICTIONARY = """
night N AY1 T
light L AY1 T
right R AY1 T
sight S AY1 T
fight F AY1 T
tight T AY1 T
nit N IH1 T
lit L IH1 T
sit S IH1 T
fit F IH1 T
tin T IH1 N
sin S IH1 N
knit N IH1 T
said S EH1 D
"""


def test_letters_say_what_the_dictionary_has() -> None:
    assert align("night", ["N", "AY1", "T"]) == ("n", "a j", "", "", "t")
    assert align("box", ["B", "AA1", "K", "S"]) == ("b", "ɑ", "k s")
    assert align("zzz", ["AH0", "W", "EY1"]) is None
    assert to_phonemes(["AH0", "B", "AH1", "V"]) == ("ə", "b", "ʌ", "v")


def test_rules_read_a_word_that_they_have_not_seen() -> None:
    words = {line.split()[0]: line.split()[1:] for line in DICTIONARY.strip().splitlines()}
    aligned = {word: said for word, phones in words.items() if (said := align(word, phones)) is not None}
    seen = {word: said for word, said in aligned.items() if word != "tight"}
    rules = learn_rules(seen, {})
    assert read_by_rule("tight", rules) == ("t", "a", "j", "t")
    assert read_by_rule("sit", rules) == ("s", "ɪ", "t")


def test_a_word_held_back_is_not_in_the_rules_and_so_in_the_lexicon_beside_those_set_by_hand() -> None:
    rules, lexicon, share = build(DICTIONARY, ["said", "night"], ["said"])
    assert "said\ts ɛ d" in lexicon
    assert not any(row.startswith("night\t") for row in lexicon)
    assert len(lexicon) == len(SAID) + 1
    assert 0 <= share <= 1
    assert all(row.count("|") == 2 and row.count("\t") == 1 for row in rules)
    assert not any(row.startswith("#") for row in rules)


def test_both_tables_are_written_with_their_licence(tmp_path: Path) -> None:
    for name, text in (("dict", DICTIONARY), ("words", "said night"), ("held", "fit")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    main([str(tmp_path / "dict"), str(tmp_path / "words"), str(tmp_path / "held"), str(tmp_path)])
    for name in ("english-sounds.tsv", "english-lexicon.tsv"):
        assert "Carnegie Mellon University, BSD 2-clause" in (tmp_path / name).read_text("utf-8").splitlines()[0]
