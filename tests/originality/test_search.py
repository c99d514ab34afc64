from __future__ import annotations

import numpy as np
import pytest

from originality.music import song, tune
from senandung.originality import places
from senandung.originality.check import index_songs
from senandung.originality.index import MusicIndex
from senandung.originality.query import Query, QueryPart
from senandung.originality.scanning import kept
from senandung.originality.search import Passage, find_passages

Rows = list[tuple[int, int]]


@pytest.fixture(scope="module")
def index() -> MusicIndex:
    return index_songs([(f"tune {seed}", song(tune(seed))) for seed in range(60)])


def query(*voices: Rows) -> Query:
    """One part that plays several voices, times in 24ths of a quarter."""
    rows = np.asarray(sorted({row for voice in voices for row in voice}), dtype=np.int64)
    part = QueryPart("piano", rows[:, 0] * 20, np.full(len(rows), 120), rows[:, 1])
    return Query((part,), np.arange(0, int(rows[-1, 0]) * 20 + 1920, 1920))


def nearest(index: MusicIndex, name: str, *voices: Rows) -> Passage:
    """The best passage of a work."""
    found = [each for each in find_passages(query(*voices), index, most=60)
             if index.works[index.pieces[int(index.voice_piece[each.voice])].work].title == name]  # fmt: skip
    assert found, f"{name} is not found"
    return found[0]


def chords(last: int, every: int, seed: int) -> Rows:
    """A low and a high note at a time, by chance."""
    rng = np.random.default_rng(seed)
    return [(onset, int(rng.integers(low, low + 12))) for onset in range(0, last, every) for low in (36, 84)]


def test_threads_change_nothing(index: MusicIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = query(tune(7), tune(900), [(onset, pitch - 12) for onset, pitch in tune(31)])
    two = find_passages(asked, index, most=60)
    monkeypatch.setattr(places, "THREADS", 1)
    assert find_passages(asked, index, most=60) == two
    monkeypatch.setattr(places, "THREADS", 5)
    assert find_passages(asked, index, most=60) == two


def test_a_slow_voice_is_found_under_quick_chords(index: MusicIndex) -> None:
    slow = [(2 * onset, pitch) for onset, pitch in tune(12)]
    found = nearest(index, "tune 12", slow, chords(slow[-1][0], 6, 5))
    assert len(found.here) >= 36
    assert found.scale == pytest.approx(40)


@pytest.mark.parametrize("begin", [0, 5, 12])
def test_a_dotted_voice_is_found_wherever_it_begins(begin: int) -> None:
    rows = [(begin + 12 * number, pitch) for number, (_, pitch) in enumerate(tune(21, 48))]
    index = index_songs([("even", song(rows)), *((f"tune {seed}", song(tune(seed))) for seed in range(60, 90))])
    dotted = [(onset - begin + 6 * (number % 2), pitch) for number, (onset, pitch) in enumerate(rows)]
    found = nearest(index, "even", dotted)
    assert len(found.here) >= 46
    assert found.in_tempo > 0.95


def test_what_sounds_beside_a_passage_says_nothing_of_it() -> None:
    common, rare = [(f"common {number}", song(tune(3))) for number in range(9)], ("rare", song(tune(4)))
    others = [(f"tune {seed}", song(tune(seed))) for seed in range(60, 90)]
    index = index_songs([*common, rare, *others])
    alone = nearest(index, "rare", tune(4))
    beside = nearest(index, "rare", tune(4), [(onset, pitch + 24) for onset, pitch in tune(3)])
    assert beside.level < 0.25 * beside.bits
    assert beside.excess > 0.7 * alone.excess


def test_what_no_folder_can_keep_is_compiled_all_the_same() -> None:
    names: dict[str, object] = {}
    exec("def twice(number):\n    return 2 * number\n", names)  # a function of no file, so of no folder for it
    assert kept(names["twice"])(21) == 42
