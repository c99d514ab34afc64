"""Which sounds a line is sung with: CV, VCV, CVVC, clusters, diphthongs, substitutes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from senandung.domain.phonemes import PHONEMES
from senandung.domain.recording import Recording
from senandung.files.audio import save_audio
from senandung.files.oto import Oto, save_oto
from senandung.singing.banks.aliases import KANA, SUBSTITUTES, variants, written
from senandung.singing.banks.bank import Bank, load_bank
from senandung.singing.banks.plan import Piece, plan_pieces
from singing.banks.made_up_banks import singing_of


def named(folder: Path, *names: str) -> Bank:
    """A bank whose sounds are silent: only their names and times count."""
    save_audio(Recording(np.zeros((1, 44_100), dtype=np.float32), 44_100), folder / "a.wav", bits=16)
    save_oto([Oto("a.wav", name, 100, 180, -700, 120, 40) for name in names], folder / "oto.ini")
    return load_bank(folder)


def sung(bank: Bank, *syllables: str) -> tuple[list[Piece], str]:
    singing = singing_of([(tuple(each.split()), 60.0) for each in syllables])
    phrases, gaps = plan_pieces(bank, singing.phonemes, singing.pitch)
    return [piece for phrase in phrases for piece in phrase.pieces], gaps.sentence("x")


@pytest.mark.parametrize(
    ("names", "syllables", "aliases", "remark"),
    [
        (["a", "ka", "ku"], ["a", "k a", "k u"], ["a", "ka", "ku"], ""),
        (["- a", "a ka", "a ku", "ku"], ["a", "k a", "k u"], ["- a", "a ka", "a ku"], ""),
        (["a", "ka", "a k", "a n"], ["a", "k a n"], ["a", "a k", "ka", "a n"], ""),
        (["a", "ra", "pa"], ["p r a"], ["pa", "ra"], ""),
        (["pra", "a"], ["p r a"], ["pra"], ""),
        (["la", "i"], ["l a j"], ["la", "i"], ""),
        (["la", "a y"], ["l a j"], ["la", "a y"], ""),
        (["あ", "- か", "a り"], ["k a", "ɾ i"], ["- か", "a り"], ""),
        (["k@", "ka"], ["k ə"], ["k@"], ""),
        (["ke", "ka"], ["k ə"], ["ke"], "the voice x has no sound for ə (sung as e, once)"),
        (["ke", "o"], ["k ɛ", "ɔ"], ["ke", "o"], ""),
        (["nga"], ["ŋ a", "ŋ a"], ["nga", "nga"], ""),
        (["ga", "a"], ["ŋ a", "ŋ a"], ["ga", "ga"], "the voice x has no sound for ŋ (sung as g, 2 times)"),
        (["a"], ["z a"], ["a"], "the voice x has no sound for z (left out, once)"),
        (["a k", "da"], ["d a ʔ"], ["da", "a k"], ""),
        (["- k", "k a", "a n"], ["k a n"], ["k a", "a n"], ""),
    ],
)
def test_a_line_is_sung_with_these_sounds(
    names: list[str], syllables: list[str], aliases: list[str], remark: str, tmp_path: Path
) -> None:
    pieces, said = sung(named(tmp_path, *names), *syllables)
    assert [piece.sound.alias for piece in pieces] == aliases
    assert said == remark


def test_pieces_follow_each_other_and_vowels_lie_on_their_time(tmp_path: Path) -> None:
    bank = named(tmp_path, "a", "ka", "ri", "i n", "mu", "a k")
    singing = singing_of([(("a",), 60.0), (("k", "a"), 60.0), (("r", "i", "n"), 60.0), (("m", "u"), 60.0)])
    phrases, _ = plan_pieces(bank, singing.phonemes, singing.pitch)
    (phrase,) = phrases
    for one, two in pairwise(phrase.pieces):
        assert one.rises[0] <= two.rises[0]
    for piece in phrase.pieces:
        assert piece.rises[0] < piece.rises[1]
        assert all(a <= b for a, b in pairwise(piece.at))
        assert all(piece.sound.start - 0.2 <= s <= piece.sound.end + 1e-9 for s in piece.source)
    for each in singing.phonemes:
        if PHONEMES[each.symbol].vowel and each.symbol != "a":
            piece = next(p for p in phrase.pieces if p.sound.alias in ("ri", "mu") and each.start in p.at)
            assert piece.source[piece.at.index(each.start)] == pytest.approx(piece.sound.onset)


def test_substitutes_are_phonemes_and_no_sound_is_its_own() -> None:
    for wanted, others in SUBSTITUTES.items():
        assert wanted in PHONEMES
        assert wanted not in others
        assert all(PHONEMES[other].vowel == PHONEMES[wanted].vowel for other in others)
    assert all(consonant == "" or consonant in PHONEMES for consonant, _ in KANA)
    first = next(iter(variants(("ŋ",), "ə")))
    assert (first.head, first.vowel, first.replaced) == (("ŋ",), "ə", ())
    assert "ng@" in list(written(("ŋ",), "ə"))


def test_what_public_banks_have_beside_the_rule_is_read(tmp_path: Path) -> None:
    """Files that differ by case only, one that no line names, a line beyond its recording's end, an empty oto.ini."""
    for name in ("ka.wav", "Ka.wav", "mu.wav", "a.wav"):
        save_audio(Recording(np.zeros((1, 44_100), dtype=np.float32), 44_100), tmp_path / name, bits=16)
    (tmp_path / "oto.ini").write_text(
        "ka.wav=,10,0,0,50,20\nKa.wav=,20,0,0,50,20\na.wav=a,5000,0,0,0,0\nA.WAV=a2,0,0,0,0,0\n", encoding="utf-8"
    )
    (tmp_path / "rendah").mkdir()
    (tmp_path / "rendah" / "oto.ini").write_text("#Charset:UTF-8\n", encoding="utf-8")
    bank = load_bank(tmp_path)
    found = {name: bank.find([name], 60) for name in ("ka", "Ka", "mu", "a", "a2")}
    assert {name: sound and sound.path.name for name, sound in found.items()} == {
        "ka": "ka.wav", "Ka": "Ka.wav", "mu": "mu.wav", "a": None, "a2": "a.wav",
    }  # fmt: skip
    assert bank.find(["a", "a2"], 60) == found["a2"]
    mu = found["mu"]
    assert mu is not None
    assert (mu.start, mu.onset, mu.end) == (0, 0, 1)
