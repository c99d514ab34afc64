from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from originality.music import tune
from senandung.api.train import train_originality
from senandung.composing.pieces import vocabulary
from senandung.composing.pieces.piece import Piece, PieceBar, PieceNote, PiecePart
from senandung.learning.index_originality import index_corpus, piece_query, pieces_of
from senandung.learning.pack import pack_pieces, save_packed
from senandung.learning.train_originality import (
    HeldOut,
    are_related,
    card,
    check_work,
    human_range,
    is_same_music,
    piece_family,
)
from senandung.originality.index import WorkRow, load_index
from senandung.originality.query import QueryPart
from senandung.originality.report import excess_of
from senandung.originality.search import find_passages


def piece(*seeds: int) -> Piece:
    """Twelve bars for as many parts as seeds."""
    bars = []
    for bar in range(12):
        rows = tuple(
            tuple(PieceNote(onset - 96 * bar, pitch, 6) for onset, pitch in tune(seed, 60) if onset // 96 == bar)
            for seed in seeds
        )
        bars.append(PieceBar("4/4", 0, "major", (None, None), rows))
    parts = tuple(PiecePart("violin", number) for number in range(len(seeds)))
    return Piece("haydn", "strings", parts, tuple(bars), 96.0, 2, 2)


def row(title: str) -> dict[str, object]:
    return {"title": title, "composer": "A", "set": "s", "licence": "CC0", "pieces": 1, "group": title}


def test_an_inner_voice_of_the_corpus_is_found_and_named() -> None:
    pieces = [piece(seed, seed + 1, seed + 2) for seed in range(0, 60, 3)]
    packed = pack_pieces("s", pieces)
    assert list(pieces_of(packed))[3].note_count == pieces[3].note_count
    index = index_corpus({"s": packed}, {"s": [row(f"work {number}") for number in range(20)]})
    found = find_passages(piece_query(piece(900, 13, 901)), index)
    best = found[0]
    assert index.works[index.pieces[int(index.voice_piece[best.voice])].work].title == "work 4"
    assert (int(index.voice_part[best.voice]), best.part) == (1, 1)
    assert len(best.here) >= 35


def test_a_hidden_tune_is_found_among_the_notes_of_one_part() -> None:
    pieces = [piece(seed) for seed in range(60)]
    index = index_corpus({"s": pack_pieces("s", pieces)}, {"s": [row(f"work {number}") for number in range(60)]})
    one, other = piece_query(piece(900)).parts[0], piece_query(piece(13)).parts[0]
    order = np.lexsort((np.r_[one.pitches, other.pitches], np.r_[one.onsets, other.onsets]))
    columns = [np.r_[getattr(one, name), getattr(other, name)][order] for name in ("onsets", "lengths", "pitches")]
    best = find_passages(replace(piece_query(piece(900)), parts=(QueryPart("both", *columns),)), index)[0]
    assert index.works[index.pieces[int(index.voice_piece[best.voice])].work].title == "work 13"
    assert len(best.here) >= 40


def test_what_many_works_have_says_less_than_what_one_has() -> None:
    rare = [piece(seed, seed + 1) for seed in range(0, 40, 2)]
    packed, rows = pack_pieces("s", rare), [row(f"work {number}") for number in range(20)]
    alone = find_passages(piece_query(rare[4]), index_corpus({"s": packed}, {"s": rows}))[0]
    common = pack_pieces("s", [*rare, *[rare[4]] * 8])
    index = index_corpus({"s": common}, {"s": [*rows, *(row(f"again {number}") for number in range(8))]})
    found = find_passages(piece_query(rare[4]), index)[0]
    assert found.level > 0.8 * found.bits
    assert found.excess < 0.5 * alone.excess


def test_own_and_handed_down_music_is_related() -> None:
    held = {"composer": "SchubertF", "set": "mutopia", "title": "Der Tod"}
    assert are_related(held, WorkRow("Quartet", "Schubert, Franz", "openscore_quartets", "CC0"))
    assert not are_related(held, WorkRow("Quartet", "Haydn, Joseph", "openscore_quartets", "CC0"))
    nobody = {"composer": "traditional", "set": "cre_irish", "title": "A reel"}
    assert are_related(nobody, WorkRow("Another reel", "traditional", "cre_irish", "CC0"))
    assert not are_related(nobody, WorkRow("Kyrie", "Anonim", "polish_scores", "CC BY"))


def test_a_held_out_work_is_checked_without_its_composer() -> None:
    pieces = [piece(seed, seed + 1) for seed in range(0, 40, 2)]
    rows = [{**row(f"work {number}"), "composer": "A Abcd" if number == 3 else "Else"} for number in range(20)]
    index = index_corpus({"s": pack_pieces("s", pieces)}, {"s": rows})
    held = check_work(index, {**row("other"), "composer": "Abcd, A"}, [pieces[3]])
    assert held.nearest != "A Abcd: work 3"
    assert held.own > 2 * held.excess
    assert not held.same


def test_the_same_title_is_the_same_music() -> None:
    pieces = [piece(seed, seed + 1) for seed in range(0, 40, 2)]
    index = index_corpus(
        {"s": pack_pieces("s", pieces)}, {"s": [row(f"Larghetto {'abcdefghij'[n % 10] * 3}{n}") for n in range(20)]}
    )
    found = find_passages(piece_query(pieces[5]), index)
    assert is_same_music(index, found, row("Larghetto fff"))
    assert not is_same_music(index, [replace(each, bits=20.0) for each in found], row("Larghetto fff"))
    assert is_same_music(index, found, row("Presto"))


def test_range_and_card_say_what_was_left_out() -> None:
    held = [
        HeldOut(
            "s", f"w{number}", f"g{number}", "strings", 100, 40.0 + number % 30, "x", same=number % 10 == 0, own=99.0
        )
        for number in range(200)
    ]
    human, facts = human_range(held)
    assert facts["same_music"] == 20
    assert facts["tuning"] + facts["reported"] == 180
    assert facts["below"] <= 0.05 * facts["reported"]
    assert facts["below_with_related"] == facts["reported_with_related"] > 0
    assert human.of("strings")[0] == "strings"
    index = index_corpus({"s": pack_pieces("s", [piece(1, 2)])}, {"s": [row("a")]})
    text = card(index, human, facts, 1000)
    assert "20 are the same music" in text
    assert "| s | 1 |" in text
    assert piece_family(piece(1, 2)) == "strings"
    assert np.isclose(excess_of(held[0].score, held[0].notes), 40)


def test_training_writes_index_range_and_card(tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.mkdir()
    rows, tokens = [], {}
    for split, seeds in (("train", range(0, 24, 2)), ("valid", range(100, 112, 2))):
        made = pack_pieces("s", [piece(seed, seed + 1) for seed in seeds])
        save_packed(made, packed / f"s.{split}.npz.xz")
        tokens[split] = len(made.tokens)
        rows += [{**row(f"work {seed}"), "split": split} for seed in seeds]
    facts = {"vocabulary": vocabulary.VERSION, "vocabulary_size": vocabulary.SIZE, "sets": {"s": {"tokens": tokens}}}
    (packed / "index.json").write_text(json.dumps(facts), encoding="utf-8")
    (packed / "works.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    made = train_originality(packed, out=tmp_path / "made")
    index, facts = load_index(made / "index.safetensors"), json.loads((made / "human.json").read_text(encoding="utf-8"))
    assert len(index.works) == 12
    assert facts["held_out"] == facts["tuning"] + facts["reported"] + facts["same_music"] == 6
    assert set(facts["ranges"]) == {"all", "strings"}
    assert "| s | 12 |" in (made / "originality.card.md").read_text(encoding="utf-8")
