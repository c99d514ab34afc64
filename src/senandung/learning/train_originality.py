"""From a packed corpus to the originality index and the human range, with their data card."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senandung.composing.pieces.piece import Piece
from senandung.learning.index_originality import index_corpus, piece_query, pieces_of, work_rows
from senandung.learning.pack import Packed, load_folder
from senandung.originality.check import INDEX_NAME, RANGE_NAME, family_by
from senandung.originality.index import MusicIndex, save_index
from senandung.originality.report import HumanRange, bits_of, score_of
from senandung.originality.search import Passage, find_passages

SINGERS = frozenset({"voice", "soprano", "alto", "tenor", "basso", "choir"})

SAME_MUSIC_NOTES, SAME_MUSIC_PASSAGES, SAME_MUSIC_BITS = 60, 4, 60.0
"""A held-out work is the same music as a training work, and tells nothing of how near humans come to each other, where
one passage has so many notes in common, or so many passages with the same work say so many bits each."""

FEWEST_NOTES = 24
"""Notes of a held-out piece; a shorter one says nothing."""


@dataclass(frozen=True)
class HeldOut:
    """A held-out work that was checked: its family, its score, its nearest work, whether it is the same music."""

    set: str
    work: str
    group: str
    family: str
    notes: int
    bits: float
    nearest: str
    same: bool

    @property
    def score(self) -> float:
        """Its score."""
        return score_of(self.bits)

    @property
    def tuning(self) -> bool:
        """Whether it is of the half by which the range is set; figures are reported on the other."""
        return hashlib.sha256(f"originality:{self.group}".encode()).digest()[0] % 2 == 0


def piece_family(piece: Piece) -> str:
    """The family of a piece of the corpus, as `family_of` finds a song's."""
    used = [part for number, part in enumerate(piece.parts) if any(bar.notes[number] for bar in piece.bars)]
    pitched = [part.instrument for part in used if part.instrument != "drums"]
    if len(pitched) == 1 and piece.ensemble in ("tune", "solo"):
        return "tune"
    singers = sum(name in SINGERS for name in pitched)
    return family_by(set(pitched), len(pitched), singers, drums=len(pitched) < len(used))


def check_held_out(
    index: MusicIndex, sets: dict[str, Packed], rows: dict[str, list[dict[str, Any]]], progress: Callable[[str], None]
) -> list[HeldOut]:
    """Every held-out work against the index; of a work of several pieces the nearest counts."""
    found = []
    for name, packed in sets.items():
        progress(f"checking {name}")
        decoded = pieces_of(packed)
        for row in rows[name]:
            pieces = [next(decoded) for _ in range(row["pieces"])]
            best, notes, passages = 0.0, 0, list[Passage]()
            for piece in pieces:
                query = piece_query(piece)
                notes += query.notes
                passages += find_passages(query, index)
            if notes < FEWEST_NOTES:
                continue
            passages.sort(key=lambda passage: -passage.bits)
            best = passages[0].bits if passages else 0.0
            near = index.works[_work(index, passages[0])].name if passages else ""
            work = f"{row['composer']}: {row['title']}"
            same = is_same_music(index, passages, row)
            found.append(HeldOut(name, work, row["group"], piece_family(pieces[0]), notes, best, near, same))
    return found


def _work(index: MusicIndex, passage: Passage) -> int:
    return index.pieces[int(index.voice_piece[passage.voice])].work


def is_same_music(index: MusicIndex, passages: Sequence[Passage], row: dict[str, Any]) -> bool:
    """Whether a held-out work is a copy, an arrangement or another source of a training work."""
    long = any(len(passage.here) >= SAME_MUSIC_NOTES and passage.bits >= SAME_MUSIC_BITS for passage in passages)
    often = Counter(_work(index, passage) for passage in passages if passage.bits >= SAME_MUSIC_BITS)
    title = _plain(row["title"])
    named = any(title and _plain(index.works[work].title) == title for work in often)
    return long or named or any(count >= SAME_MUSIC_PASSAGES for count in often.values())


def _plain(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title).casefold()
    return " ".join(re.findall(r"[a-z]{3,}", letters))


def build_originality(packed: Path, out: Path, progress: Callable[[str], None]) -> None:
    """Write the index, the human range and their card into a folder."""
    sets = load_folder(packed)
    index = index_corpus(sets["train"], work_rows(packed, "train"), progress)
    progress("packing")
    save_index(index, out / INDEX_NAME)
    measure_originality(packed, index, out, progress)


def measure_originality(packed: Path, index: MusicIndex, out: Path, progress: Callable[[str], None]) -> None:
    """Write the human range and the card beside an index."""
    held = check_held_out(index, load_folder(packed)["valid"], work_rows(packed, "valid"), progress)
    human, facts = human_range(held)
    plain = {"ranges": {name: list(row) for name, row in human.ranges.items()}, **facts}
    (out / RANGE_NAME).write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    size = (out / INDEX_NAME).stat().st_size
    (out / "originality.card.md").write_text(card(index, human, facts, size), encoding="utf-8")


def human_range(held: Sequence[HeldOut]) -> tuple[HumanRange, dict[str, Any]]:
    """The range by the half that tunes, and what of the other half lies below it."""
    others = [row for row in held if not row.same]
    human = HumanRange.fit([(row.family, row.score) for row in others if row.tuning])
    rest = [row for row in others if not row.tuning]
    below = [row for row in rest if row.score < human.of(row.family)[1][0]]
    return human, {
        "held_out": len(held), "same_music": len(held) - len(others), "tuning": len(others) - len(rest),
        "reported": len(rest), "below": len(below),
        "below_works": [f"{row.work} / {row.nearest}" for row in below],
    }  # fmt: skip


def card(index: MusicIndex, human: HumanRange, facts: dict[str, Any], size: int) -> str:
    """The data card."""
    works = Counter(work.set for work in index.works)
    notes: Counter[str] = Counter()
    for voice, count in enumerate((index.starts[1:] - index.starts[:-1]).tolist()):
        notes[index.works[index.pieces[int(index.voice_piece[voice])].work].set] += count
    licences = {work.set: work.licence for work in index.works}
    table = "\n".join(
        f"| {name} | {works[name]:,} | {notes[name]:,} | {_licence(name, licences)} |" for name in sorted(works)
    )
    ranges = "\n".join(
        f"| {name} | {count} | {low:.3f}–{high:.3f} | {bits_of(low):.0f}–{bits_of(high):.0f} |"
        for name, (low, high, count) in human.ranges.items()
    )
    return _CARD.format(
        index=INDEX_NAME, human=RANGE_NAME, megabytes=size / 1e6, notes=index.notes, voices=len(index.starts) - 1,
        works=len(index.works), table=table, ranges=ranges, long=SAME_MUSIC_NOTES, often=SAME_MUSIC_PASSAGES,
        share=facts["below"] / max(facts["reported"], 1), **facts,
    )  # fmt: skip


_CARD = (
    "# originality\n\n"
    "- `{index}` ({megabytes:.1f} MB): {notes:,} notes in {voices:,} voices of {works:,} works: every voice of the "
    "training part of the composer's corpus, as steps from note to note, with composer, title, set, licence and bars. "
    "The notes can be read from it; it is the open music itself.\n"
    "- `{human}`: where the scores of held-out human works lie.\n"
    "- **Licence:** CC BY 4.0, for most of it is Polish Music Heritage in Open Access, CC BY 4.0; every work's own "
    "licence stands in its row. Credits: those of the composer's weights (composer.card.md) and NOTICE.\n"
    "- **Made by:** `senandung train originality --data DIR`; the same packed corpus gives the same bytes.\n\n"
    "| set | works | notes | licence |\n|---|---|---|---|\n{table}\n\n"
    "Not in it: groove_midi (drums have no pitch) and drum parts; works of the held-out part of the corpus; bars that "
    "the packing dropped (`docs/training.md`), so that bars are counted as they were learned. The tables of chords, "
    "melody, form and hymns were counted from the same sets, the held-out part included: they hold turns of two or "
    "three notes and cannot hand out a tune.\n\n"
    "## The human range\n\n"
    "{held_out:,} held-out works were checked; {same_music} of them are the same music as a training work (another "
    "source, an arrangement, a parody) and were left out: a passage of {long} notes in common, {often} passages with "
    "one work, or its title. Half of the rest, by the hash of their groups, set the range ({tuning}); of the "
    "other half ({reported}) {below} lie below it ({share:.1%}).\n\n"
    "| family | works | score | bits of the nearest passage |\n|---|---|---|---|\n{ranges}\n\n"
    "2 % lie below and 3 % above; a family of fewer than 40 works takes the range of all. "
    "Score = 1 / (1 + bits / 50).\n"
)


def _licence(name: str, licences: dict[str, str]) -> str:
    return "public domain or CC BY, per work" if name == "mutopia" else licences[name]
