"""Memories as a file: they come back as they were, and what is no such file is said so."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from senandung.domain.errors import FileError
from senandung.domain.feeling import PLACES
from senandung.domain.fuzzy_date import FuzzyDate
from senandung.domain.listen import Piece
from senandung.domain.memory import ENDINGS, KINDS, Felt, Memory, Note, Voice
from senandung.domain.memory_book import BookMemory, BookVow, MemoryBook
from senandung.files.memories_json import load_memories, memories_json_text, save_memories

TEXT = some.text(some.characters(codec="utf-8"), max_size=60)
NAME = TEXT.filter(lambda text: bool(text.strip()))
TIMES = some.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=some.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
PIECES = some.builds(
    Piece, NAME, TEXT, TEXT, some.none() | some.integers(1, 10**7), some.none() | some.just("IDA012345678"),
    some.none() | some.just("0a1b"), some.none() | some.just("https://example.org/a"),
)  # fmt: skip
FELT = some.builds(
    lambda point, words: Felt(*point, tuple(dict.fromkeys(words))),
    some.just((None, None)) | some.tuples(some.floats(-1, 1), some.floats(-1, 1)),
    some.lists(some.sampled_from(sorted(PLACES)), max_size=4),
)
WHEN = some.builds(
    lambda said, days: FuzzyDate(said, *days),
    TEXT,
    some.just((None, None))
    | some.tuples(some.none(), some.dates())
    | some.tuples(some.dates(), some.dates()).map(sorted).map(tuple),
)
MEMORIES = some.builds(
    lambda start, length, kind, when, people, place, felt, text: Memory(
        start, None if length is None else start + length, kind, when,
        tuple(dict.fromkeys(" ".join(name.split()) for name in people)), place, felt, text,
    ),
    some.integers(0, 10**6), some.none() | some.integers(1, 10**5), some.sampled_from(KINDS), WHEN,
    some.lists(NAME, max_size=3), TEXT, FELT, TEXT,
)  # fmt: skip
NOTES = some.builds(Note, TEXT, FELT)
VOWS = some.builds(
    BookVow, PIECES, TIMES, some.none() | TIMES, some.none() | some.sampled_from(ENDINGS), some.booleans(),
    some.integers(0, 10**6), NOTES, NOTES,
)  # fmt: skip
VOICES = some.none() | some.builds(Voice, some.just("audio/webm"), some.binary(min_size=1, max_size=40))


@some.composite
def books(draw: some.DrawFn) -> MemoryBook:
    vows = tuple(draw(some.lists(VOWS, max_size=2)))
    number = some.none() | some.integers(0, len(vows) - 1) if vows else some.none()
    each = some.builds(BookMemory, PIECES, MEMORIES, TIMES, TIMES, some.booleans(), VOICES, number)
    return MemoryBook(draw(TIMES), tuple(draw(some.lists(each, max_size=3))), vows)


@given(books())
def test_a_book_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, book: MemoryBook) -> None:
    path = tmp_path_factory.mktemp("book") / "memories.json"
    save_memories(book, path)
    assert load_memories(path) == book
    assert path.read_text("utf-8") == memories_json_text(book)


BOOK = MemoryBook(
    datetime(2026, 3, 1, tzinfo=UTC),
    (
        BookMemory(
            Piece("Kangen", "Dewa 19"),
            Memory(1000, text="hujan", when=FuzzyDate("2009", date(2009, 1, 1), date(2009, 12, 31))),
            datetime(2026, 1, 1, tzinfo=UTC),
            datetime(2026, 1, 1, tzinfo=UTC),
        ),
    ),
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda plain: plain.update(format="x"), "not a file of memories"),
        (lambda plain: plain.update(version=2), "must have version 1, got 2"),
        (lambda plain: plain["memories"][0].pop("people"), "a value is missing: people"),
        (lambda plain: plain["memories"][0].update(start_ms=-1), "whole milliseconds"),
        (lambda plain: plain["memories"][0]["song"].update(title=""), "must have a title"),
        (lambda plain: plain["memories"][0].update(created="2026-01-01T00:00:00"), "needs its zone"),
        (lambda plain: plain["memories"][0].update(listening=0), "one of its book"),
        (lambda plain: plain["memories"][0]["when"].update({"from": "2010-01-01"}), "must not be after"),
        (lambda plain: plain["memories"][0].update(voice={"type": "audio/webm", "base64": "?"}), "not of its kind"),
        (lambda plain: plain.update(memories=3), "not of its kind"),
    ],
)
def test_what_breaks_a_rule_is_said(tmp_path: Path, change: object, said: str) -> None:
    plain = json.loads(memories_json_text(BOOK))
    assert callable(change)
    change(plain)
    path = tmp_path / "memories.json"
    path.write_text(json.dumps(plain), "utf-8")
    with pytest.raises(FileError, match=said):
        load_memories(path)


def test_what_is_no_json_is_said(tmp_path: Path) -> None:
    path = tmp_path / "memories.json"
    for data, said in (
        (b"{", "not a JSON file"),
        (b"[]", "not a file of memories"),
        (b"\xff\xfe\xff", "not a UTF-8 file"),
    ):
        path.write_bytes(data)
        with pytest.raises(FileError, match=said):
            load_memories(path)
