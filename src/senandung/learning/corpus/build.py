"""All sets read, audited, grouped and divided: the corpus."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from senandung.domain.errors import SenandungError
from senandung.learning.corpus.assemble import assemble
from senandung.learning.corpus.duplicates import find_groups, melody_shingles
from senandung.learning.corpus.sets import PLAN_SETS, SETS, MusicSet, Work

READERS = 4
"""Raised where a change of the readers or of the audit changes what is packed, so that a corpus is packed again."""

_CANNOT_READ = (ValueError, IndexError, KeyError, AttributeError, TypeError, ZeroDivisionError)
"""What readers made for speed raise where a file is not what they expect, beside errors of our own."""

_LOG = logging.getLogger(__name__)


def read_set(found: MusicSet, data: Path) -> Iterator[Work]:
    """The works of a set with their pieces; one that cannot be read has none and says why in `dropped`."""
    root = data / found.folder
    for work in found.works(root, found):
        work.file = f"{found.folder}/{work.path.relative_to(root).as_posix()}"
        try:
            if found.plans is not None:
                work.pieces = found.plans(work.path)
                work.dropped["work: nothing left"] += not work.pieces
                yield work
                continue
            raw = found.read(work)
        except (SenandungError, *_CANNOT_READ) as error:
            _LOG.debug("%s: %s", work.path, error)
            work.dropped["work: cannot be read"] += 1
            yield work
            continue
        if work.refused:
            work.dropped[f"work: {work.refused}"] += 1
            yield work
            continue
        if not work.tempo_known:
            raw.tempo = None
        work.pieces, work.dropped = assemble(
            raw, work.style, cap=work.cap, drums=found.drums, least_fit=found.least_fit, least_lead=found.least_lead
        )
        if work.ensemble:
            work.pieces = [replace(piece, ensemble=work.ensemble) for piece in work.pieces]
        yield work


def read_corpus(data: Path, names: Sequence[str] = (), *, progress: Callable[[str], None] | None = None) -> list[Work]:
    """The works of every set under `data`, duplicates left out, groups joined.

    With `names` only of those sets; sets of plans are read only where they are named.
    """
    works: list[Work] = []
    for found in (*SETS, *(found for found in PLAN_SETS if found.name in names)):
        if (names and found.name not in names) or not (data / found.folder).exists():
            continue
        read = list(read_set(found, data))
        works.extend(read)
        if progress:
            notes = sum(piece.note_count for work in read for piece in work.pieces)
            progress(f"{found.name}: {len(read)} works, {notes} notes")
    return join_duplicates(works)


def join_duplicates(works: list[Work]) -> list[Work]:
    """The works with copies left out, and with near copies in one group.

    A copy is a work whose melody is at least 95 % that of an earlier one of the same set and as long.
    """
    shingles = [melody_shingles(work.pieces) for work in works]
    pairs = find_groups(shingles)
    parent = list(range(len(works)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    by_group: dict[str, int] = {}
    for index, work in enumerate(works):
        first = by_group.setdefault(work.group, index)
        parent[root(index)] = root(first)
    copies: Counter[int] = Counter()
    for one, other, likeness in pairs:
        parent[max(root(one), root(other))] = min(root(one), root(other))
        early, late = works[one], works[other]
        counts = [sum(piece.note_count for piece in work.pieces) for work in (early, late)]
        if early.set == late.set and likeness >= 0.95 and abs(counts[0] - counts[1]) <= 0.05 * max(counts):
            copies[other] += 1
    for index, work in enumerate(works):
        work.group = works[root(index)].group
        if copies[index]:
            work.dropped["work: copy of another"] += 1
            work.pieces = []
    return works
