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
from senandung.originality.index import MusicIndex, WorkRow, save_index
from senandung.originality.report import HumanRange, excess_of, score_of
from senandung.originality.search import WEIGHED, Passage, find_passages

SINGERS = frozenset({"voice", "soprano", "alto", "tenor", "basso", "choir"})

SAME_MUSIC_NOTES, SAME_MUSIC_BITS = 25, 95.0
"""A held-out work is the same music as a training work, and tells nothing of how near people come to each other by
chance, where a passage of so many notes exceeds its level by so many bits, holes or not."""

TITLE_LETTERS, TITLE_BITS = 6, 40.0
"""It is the same music too where the titles are the same, of so many letters, and a passage says so many bits."""

FEWEST_NOTES = 24
"""Notes of a held-out piece; a shorter one says nothing."""

_NOBODY = frozenset({"anonim", "anonymous", "traditional", "trad", "unknown", "various", "folk"})


@dataclass(frozen=True)
class HeldOut:
    """A held-out work that was checked.

    `excess` is that of its nearest passage, in bits, `nearest` the work that has it, `same` whether it is the same
    music; `own` is the excess where its composer's own works and its tradition's count too.
    """

    set: str
    work: str
    group: str
    family: str
    notes: int
    excess: float
    nearest: str
    same: bool
    own: float = 0.0

    @property
    def score(self) -> float:
        """Its score."""
        return score_of(self.excess, self.notes)

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
            if sum(piece_query(piece).notes for piece in pieces) >= FEWEST_NOTES:
                found.append(check_work(index, row, pieces))
    return found


def check_work(index: MusicIndex, row: dict[str, Any], pieces: Sequence[Piece]) -> HeldOut:
    """A held-out work against the index.

    Parameters
    ----------
    row : its row of the manifest.
    pieces : its stretches without a gap.
    """
    queries = [piece_query(piece) for piece in pieces]
    found = [passage for query in queries for passage in find_passages(query, index, most=WEIGHED)]
    return judged(index, row, piece_family(pieces[0]), sum(query.notes for query in queries), found)


def judged(index: MusicIndex, row: dict[str, Any], family: str, notes: int, found: Sequence[Passage]) -> HeldOut:
    """A held-out work by its passages.

    Parameters
    ----------
    row : its row of the manifest.
    """
    passages = sorted(found, key=lambda passage: -passage.excess)
    others = [each for each in passages if not are_related(row, index.works[_work(index, each)])]
    return HeldOut(
        row["set"],
        f"{row['composer']}: {row['title']}",
        row["group"],
        family,
        notes,
        others[0].excess if others else 0.0,
        index.works[_work(index, others[0])].name if others else "",
        is_same_music(index, others, row),
        passages[0].excess if passages else 0.0,
    )


def _work(index: MusicIndex, passage: Passage) -> int:
    return index.pieces[int(index.voice_piece[passage.voice])].work


def are_related(row: dict[str, Any], work: WorkRow) -> bool:
    """Whether two works may share music by rights: they are by one composer, who borrows from himself, or by nobody and
    of one set, for what is handed down is handed down in variants."""
    one, other = _name(row["composer"]), _name(work.composer)
    return bool(one & other) if one or other else row["set"] == work.set


def _name(composer: str) -> set[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"\(.*?\)", "", composer))
    return set(_plain(apart.replace("ł", "l").replace("Ł", "L")).split()) - _NOBODY


def is_same_music(index: MusicIndex, passages: Sequence[Passage], row: dict[str, Any]) -> bool:
    """Whether a held-out work is a copy, an arrangement or another source of a training work."""
    long = any(len(each.here) >= SAME_MUSIC_NOTES and each.likeness >= SAME_MUSIC_BITS for each in passages)
    title = _plain(row["title"])
    near = (index.works[_work(index, each)] for each in passages if each.bits >= TITLE_BITS)
    return long or (len(title) >= TITLE_LETTERS and any(_plain(work.title) == title for work in near))


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
    """The range by all works, and what of each half lies below the range that the other half sets."""
    others = [row for row in held if not row.same]
    halves = {mine: [row for row in others if row.tuning == mine] for mine in (True, False)}
    fitted = {mine: HumanRange.fit([(row.family, row.score) for row in half]) for mine, half in halves.items() if half}
    limits = fitted.get(True) or fitted[False]

    def below(rows: Sequence[HeldOut], by: HumanRange) -> list[HeldOut]:
        return [row for row in rows if row.score < by.of(row.family)[1][0]]

    alarms = below(halves[False], limits)
    own = [row for row in held if not row.tuning and score_of(row.own, row.notes) < limits.of(row.family)[1][0]]
    return HumanRange.fit([(row.family, row.score) for row in others]), {
        "held_out": len(held), "same_music": len(held) - len(others), "tuning": len(halves[True]),
        "reported": len(halves[False]), "below": len(alarms),
        "below_works": [f"{row.work} / {row.nearest}" for row in alarms],
        "below_with_related": len(own), "reported_with_related": sum(not row.tuning for row in held),
        "same_works": [f"{row.work} / {row.nearest}" for row in held if row.same],
        "tuning_ranges": {name: list(row) for name, row in limits.ranges.items()},
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
        f"| {name} | {count} | {low:.3f}–{high:.3f} | {excess_of(low):.0f}–{excess_of(high):.0f} |"
        for name, (low, high, count) in human.ranges.items()
    )
    return _CARD.format(
        index=INDEX_NAME, human=RANGE_NAME, megabytes=size / 1e6, notes=index.notes, voices=len(index.starts) - 1,
        works=len(index.works), table=table, ranges=ranges, long=SAME_MUSIC_NOTES, excess=SAME_MUSIC_BITS,
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
    "{held_out:,} held-out works were checked. Works of the same composer, and of the same set where both are "
    "nobody's, do not count beside each other: people borrow from themselves, and what is handed down has variants. "
    "{same_music} are the same music as a training work (another source, an arrangement) and were left out: a passage "
    "of {long} notes and {excess:.0f} bits beyond its level, or the same title; `{human}` names them. All others set "
    "the range. Checked on halves, by the hash of their groups: of {reported} works {below} ({share:.1%}) lie below "
    "the range that the other {tuning} set. With related works and the same music counted too {below_with_related} of "
    "{reported_with_related} do.\n\n"
    "| family | works | score | bits beyond the level |\n|---|---|---|---|\n{ranges}\n\n"
    "1 % lie below and 4 % above; a family of fewer than 40 works takes the range of all. Bits are those of a piece of "
    "1,024 notes; 4 more for twice the notes. Score = 1 / (1 + bits / 50).\n"
)


def _licence(name: str, licences: dict[str, str]) -> str:
    return "public domain or CC BY, per work" if name == "mutopia" else licences[name]
