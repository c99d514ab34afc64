"""Learning a style of one's own: what is read, what is left out, what is counted, what comes back."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from composing.networks import RandomNetwork
from senandung.composing.own.contexts import FAMILIES, START, step
from senandung.composing.own.leaning import Leaning, Table
from senandung.composing.pieces.follow import follow
from senandung.composing.pieces.tokens import encode_bars, encode_header
from senandung.composing.pieces.vocabulary import SIZE
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.own_style import LearnedFile, OwnStyle
from senandung.domain.song import Note, Song, Track
from senandung.files.midi import save_midi
from senandung.files.musicxml import save_musicxml
from senandung.files.own_style import load_own_style, save_own_style
from senandung.learning.own import facts
from senandung.learning.own.learn import divide, learn_style
from senandung.learning.own.marginals import fit, leaned, listen, windows_of
from senandung.learning.own.read import find_files, read_work, read_works


def tune(seed: int, bars: int = 12) -> Song:
    """A piano piece: a walking tune over broken chords."""
    rng = np.random.default_rng(seed)
    scale = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76)
    place, notes, left = 4, [], []
    for bar in range(bars):
        for beat in range(4):
            place = int(np.clip(place + rng.integers(-2, 3), 0, len(scale) - 1))
            notes.append(Note(1920 * bar + 480 * beat, 480, scale[place]))
        root = (48, 53, 55, 48)[bar % 4]
        left += [Note(1920 * bar + 960 * half, 960, root + 12 * half - 5 * half) for half in range(2)]
    return Song(
        f"Tune {seed}",
        (Track("Piano", "melody", "piano", tuple(notes)), Track("Piano left", "chords", "piano", tuple(left))),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tunes, and files that are not to be learned from."""
    where = tmp_path_factory.mktemp("band")
    for seed in (1, 2):
        save_midi(tune(seed), where / f"tune-{seed}.mid")
    save_musicxml(tune(3), where / "tune-3.musicxml")
    (where / "copy.mid").write_bytes((where / "tune-1.mid").read_bytes())
    (where / "empty.mid").write_bytes(b"")
    (where / "broken.mid").write_bytes((where / "tune-2.mid").read_bytes()[:30])
    (where / "huge.mid").write_bytes(b"MThd" + bytes(9_000_000))
    (where / "letter.txt").write_text("not music")
    return where


def test_what_cannot_be_learned_from_is_left_out_with_the_reason(folder: Path) -> None:
    works, left = read_works(find_files([folder]))
    assert [work.path.name for work in works] == ["copy.mid", "tune-2.mid", "tune-3.musicxml"]
    why = {each.path.name: each.why for each in left}
    assert why["empty.mid"] == "is empty"
    assert why["tune-1.mid"] == "the same music as copy.mid"
    assert "8 MB" in why["huge.mid"]
    assert why["broken.mid"]
    assert "letter.txt" not in why, "a folder's other files are not looked at"
    assert works[0].sha256 == hashlib.sha256((folder / "copy.mid").read_bytes()).hexdigest()


def test_the_same_music_in_another_key_is_a_duplicate(tmp_path: Path) -> None:
    first, second = tune(4, 24), tune(4, 24)
    up = tuple(
        Track(
            track.name, track.role, track.instrument, tuple(Note(n.onset, n.duration, n.pitch + 3) for n in track.notes)
        )
        for track in second.tracks
    )
    save_midi(first, tmp_path / "a.mid")
    save_midi(Song("b", up), tmp_path / "b.mid")
    works, left = read_works([tmp_path / "a.mid", tmp_path / "b.mid"])
    assert len(works) == 1 and left[0].why == "the same music as a.mid"


def test_a_file_that_is_named_must_be_there_and_hold_notes(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file or folder"):
        find_files([tmp_path / "none"])
    save_midi(Song("a", (Track("Piano", "melody", "piano", (Note(0, 480, 60),)),)), tmp_path / "one.mid")
    with pytest.raises(FileError, match="at least 32 notes"):
        read_work(tmp_path / "one.mid")
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    with pytest.raises(FileError, match="is a recording"):
        read_work(tmp_path / "a.wav")


def test_of_a_recording_of_which_a_part_was_heard_the_whole_length_is_told_and_no_form(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(name.encode())
    part = read_work(tmp_path / "a.wav", lambda _: (tune(7, 16), 0.25))
    whole = read_work(tmp_path / "b.wav", lambda _: (tune(8, 16), 1.0))
    style = learn_style([part, whole], RandomNetwork(3), name="own", by="me", ground="chopin", most_tokens=200)
    assert next(iter(style.ensembles.values()))["bars"] == [16, 64]
    assert len(style.forms) == 1 and sum(bars for bars, _ in style.forms[0]) == 16


def test_figures_are_shares(folder: Path) -> None:
    works, _ = read_works(find_files([folder]))
    shown = facts.figures([work.pieces for work in works])
    assert set(shown) <= set(facts.FIGURES)
    for name in ("chords", "tones", "intervals", "lengths", "onsets", "metres"):
        assert 0.9 <= sum(shown[name].values()) <= 1.0001, name
    assert shown["lengths"]["1"] == pytest.approx(2 / 3, abs=0.02), "two quarters to each half"
    assert shown["metres"] == {"4/4": 1.0}
    assert facts.overlap(shown["tones"], shown["tones"]) == pytest.approx(1, abs=0.001)


def test_every_fourth_work_is_kept_back(folder: Path) -> None:
    works, _ = read_works(find_files([folder]))
    assert divide(works) == (works, [])
    train, held = divide([*works, *works[:1]])
    assert not held or held[0] not in train


# the tables


def test_the_outcome_of_every_token_that_came_is_one_of_its_family(folder: Path) -> None:
    piece = read_work(folder / "tune-2.mid").pieces[0]
    tokens = [*encode_header(piece), *(token for bar in encode_bars(piece) for token in bar)]
    features = follow(tokens)
    place, seen = START, dict.fromkeys((family.name for family in FAMILIES), 0)
    for index, token in enumerate(tokens[:-1]):
        place = step(place, token, features[index])
        for family in FAMILIES:
            key = family.key(place)
            if key is not None:
                outcomes = family.outcomes(key)
                assert outcomes.shape == (SIZE,) and outcomes.max() < family.size and outcomes.min() >= -1
                seen[family.name] += int(outcomes[tokens[index + 1]] >= 0)
    assert all(count for name, count in seen.items() if name not in ("drum", "mate")), seen


def test_what_is_learned_makes_the_same_music_likelier(folder: Path) -> None:
    piece = read_work(folder / "tune-2.mid").pieces[0]
    network = RandomNetwork(1, context=1024, spread=0.0)
    heard = listen(windows_of(piece, network.context), network)
    table = fit(heard, trust=5.0)
    assert leaned(heard, table).nats < heard.nats - 0.3
    assert leaned(heard, table, 0.0).nats == pytest.approx(heard.nats, abs=1e-4)


def test_a_leaning_network_reads_forks_and_forgets_as_the_network_does(folder: Path) -> None:
    piece = read_work(folder / "tune-2.mid").pieces[0]
    tokens = np.asarray([[*encode_header(piece), *encode_bars(piece)[0]]])
    features = follow(tokens[0].tolist())[None]
    network = RandomNetwork(1, context=1024, spread=0.0)
    table = fit(listen(windows_of(piece, 1024), network), trust=5.0)
    plain, empty = network.begin(1), Leaning(network, [(table, 0.0)]).begin(1)
    assert np.allclose(plain.feed(tokens, features), empty.feed(tokens, features))
    whole = Leaning(network, [(table, 1.0)]).begin(1)
    at_once = whole.feed(tokens, features)
    stepwise = Leaning(network, [(table, 1.0)]).begin(1)
    for at in range(tokens.shape[1]):
        last = stepwise.feed(tokens[:, at : at + 1], features[:, at : at + 1])
    assert np.allclose(at_once, last, atol=1e-4)
    whole.truncate(tokens.shape[1] - 2)
    again = whole.keep([0, 0]).feed(np.tile(tokens[:, -2:], (2, 1)), np.tile(features[:, -2:], (2, 1, 1)))
    assert np.allclose(again[0] - again[1], 0) and np.allclose(again[:1], at_once, atol=1e-4)


def test_a_table_must_fit_the_families() -> None:
    with pytest.raises(InvalidValueError, match="a family must be one of"):
        Table({"taste": {0: np.zeros(12, dtype=np.float32)}})
    with pytest.raises(InvalidValueError, match="a row of tone must have 12 outcomes"):
        Table({"tone": {0: np.zeros(11, dtype=np.float32)}})


# the style


def test_a_style_comes_back_from_its_file(folder: Path, tmp_path: Path) -> None:
    works, _ = read_works(find_files([folder]))
    style = learn_style(works, RandomNetwork(1, context=512, spread=0.0), name="band", by="Rina", ground="romantic")
    assert (
        style.learned_from == f"learned from 3 files of {sum(work.notes for work in works):,} notes, the music of Rina"
    )
    assert list(style.ensembles) == ["piano"]
    save_own_style(style, tmp_path / "a.style")
    back = load_own_style(tmp_path / "a.style")
    assert (back.name, back.by, back.files, back.ground, back.bpm, back.forms) == (
        style.name, style.by, style.files, style.ground, style.bpm, style.forms,
    )  # fmt: skip
    assert back.figures == style.figures and np.array_equal(back.spans, style.spans)
    assert {name: set(rows) for name, rows in back.tables.items()} == {
        name: set(rows) for name, rows in style.tables.items() if rows
    }
    for name, rows in back.tables.items():
        for number, row in rows.items():
            assert np.allclose(row, style.tables[name][number], atol=2e-3)
    save_own_style(back, tmp_path / "b.style")
    assert (tmp_path / "a.style").read_bytes() == (tmp_path / "b.style").read_bytes()


@pytest.mark.parametrize("data", [b"", b"MThd", b"\x00" * 64, b'{"a": 1}' * 20])
def test_another_file_is_no_style(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.style").write_bytes(data)
    with pytest.raises(FileError, match=r"a\.style: (is empty|not a style of one's own)"):
        load_own_style(tmp_path / "a.style")


MELODY = {"intervals": {"major": {"": {"2": 3}}}, "chord_tones": {"4": [1, 2]}, "endings": {"major": {"inner": {}}},
          "bands": {"range": [3.0, 7.0, 12.0]}, "phrases": 4}  # fmt: skip


@pytest.mark.parametrize(
    ("melody", "rhythm"),
    [
        ({"intervals": 3}, {}),
        ({"intervals": {"major": {"": {"2": 0}}}}, {}),
        ({"intervals": {"major": {"": {"two": 1}}}}, {}),
        ({"chord_tones": {"4": [3, 2]}}, {}),
        ({"bands": {"range": [7.0, 3.0, 12.0]}}, {}),
        ({"endings": {"major": {}}}, {}),
        ({}, {"4/4": {"first": {"2": {"4 4": 1}}}}),
        ({}, {"4/4": {"first": {"2": {"0 x": 1}}}}),
    ],
)
def test_tunes_that_cannot_be_are_refused(melody: dict[str, object], rhythm: dict[str, object], tmp_path: Path) -> None:
    row = {"piano": {"works": 1}}
    files = (LearnedFile("x.mid", "0" * 64, 8, 90),)
    whole = {"melody": MELODY, "rhythm": {"4/4": {"first": {"2": {"0 8": 5}}}}}
    good = OwnStyle("a", "Rina", files, "romantic", "pop-ballad", False, row, tunes=whole)
    save_own_style(good, tmp_path / "good.style")
    assert dict(load_own_style(tmp_path / "good.style").tunes) == whole
    bad = OwnStyle("a", "Rina", files, "romantic", "pop-ballad", False, row,
                   tunes={"melody": {**MELODY, **melody}, "rhythm": rhythm})  # fmt: skip
    save_own_style(bad, tmp_path / "bad.style")
    with pytest.raises(FileError, match="not a whole style of one's own"):
        load_own_style(tmp_path / "bad.style")


def test_a_cut_style_is_refused(folder: Path, tmp_path: Path) -> None:
    row = {"piano": {"works": 1}}
    style = OwnStyle("a", "Rina", (LearnedFile("x.mid", "0" * 64, 8, 90),), "romantic", "pop-ballad", False, row)
    save_own_style(style, tmp_path / "a.style")
    whole = (tmp_path / "a.style").read_bytes()
    for cut in (7, 40, len(whole) // 2):
        (tmp_path / "b.style").write_bytes(whole[:cut])
        with pytest.raises(FileError):
            load_own_style(tmp_path / "b.style")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "My band"}, "lower-case words"),
        ({"by": ""}, "whose music"),
        ({"files": ()}, "learned from a file"),
        ({"ensembles": {}}, "must have an ensemble"),
        ({"forms": (((8, 0),),)}, "sections must have bars"),
    ],
)
def test_a_style_is_checked_when_it_is_made(change: dict[str, object], message: str) -> None:
    held: dict[str, object] = {
        "name": "a", "by": "Rina", "files": (LearnedFile("x.mid", "0" * 64, 8, 90),), "ground": "bach",
        "song_ground": "pop-rock", "sings": True, "ensembles": {"piano": {}},
    }  # fmt: skip
    with pytest.raises(InvalidValueError, match=message):
        OwnStyle(**{**held, **change})  # type: ignore[arg-type]
