"""The road from archives to weights on small sets of our own making."""

from __future__ import annotations

import io
import json
import lzma
import subprocess
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from learning.made_up_sets import WORKS, write_sets
from learning.toy import other_tune, tune_piece
from senandung.app.cli import main
from senandung.domain.errors import FileError, InvalidValueError, MissingProgramError
from senandung.learning import unpack as unpacking
from senandung.learning.composer_card import composer_card, licence_of, source_facts
from senandung.learning.corpus.build import read_corpus
from senandung.learning.corpus.sets import SETS
from senandung.learning.pack import load_folder, pack_pieces, save_folder
from senandung.learning.road import corpus_key, travel
from senandung.learning.unpack import find_sources, fingerprint_folder, gather, unpack

NAMES = [found.name for found in SETS]
MADE_UP = ("cre_irish", "open_hymnal", "openewld", "polish_scores")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sets(tmp_path_factory.mktemp("data"))


def archive(folder: Path, into: Path) -> Path:
    path = into / f"{folder.name}.tar.xz"
    with tarfile.open(path, "w:xz") as out:
        out.add(folder, folder.name)
    return path


def hostile(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as out:
        for member, content in members:
            member.size = len(content)
            out.addfile(member, io.BytesIO(content))
    path.write_bytes(lzma.compress(stream.getvalue()))
    return path


def link(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


# sets


def test_an_archive_unpacks_to_the_folder_it_was_made_of(data: Path, tmp_path: Path) -> None:
    path = archive(data / "cre_irish", tmp_path)
    home = unpack(path, "cre_irish", tmp_path / "sets")
    assert fingerprint_folder(home) == fingerprint_folder(data / "cre_irish")
    assert [p.name for p in (tmp_path / "sets").iterdir()] == ["cre_irish"]


@pytest.mark.parametrize(
    "name",
    ["../outside.txt", "/tmp/outside.txt", "cre_irish/../../outside.txt", "other/file.txt", "cre_irish\\..\\x.txt"],
)
def test_paths_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    path = hostile(tmp_path / "x.tar.xz", (tarfile.TarInfo("cre_irish/a.txt"), b"a"), (tarfile.TarInfo(name), b"b"))
    with pytest.raises(FileError, match=r"plain files below cre_irish/ only, got "):
        unpack(path, "cre_irish", tmp_path / "sets")
    assert list((tmp_path / "sets").iterdir()) == []
    assert not (tmp_path / "outside.txt").exists()


def test_links_bombs_and_halves_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = hostile(tmp_path / "x.tar.xz", (link("cre_irish/passwd", "/etc/passwd"), b""))
    with pytest.raises(FileError, match="plain files"):
        unpack(path, "cre_irish", tmp_path / "sets")
    whole = hostile(tmp_path / "y.tar.xz", (tarfile.TarInfo("cre_irish/zeros"), bytes(300_000)))
    with monkeypatch.context() as patch:
        patch.setattr(unpacking, "MOST_BYTES", 100_000)
        with pytest.raises(FileError, match="must unpack to at most"):
            unpack(whole, "cre_irish", tmp_path / "sets")
    whole.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(FileError, match="not a whole archive"):
        unpack(whole, "cre_irish", tmp_path / "sets")
    (tmp_path / "z.tar.xz").write_bytes(b"nothing")
    with pytest.raises(FileError, match="not a whole archive"):
        unpack(tmp_path / "z.tar.xz", "cre_irish", tmp_path / "sets")


def test_sets_are_found_as_folders_and_as_archives(data: Path, tmp_path: Path) -> None:
    archive(data / "open_hymnal", tmp_path)
    found = find_sources(tmp_path, NAMES)
    assert {name: source.packed for name, source in found.items()} == {"open_hymnal": True}
    assert {name: source.packed for name, source in find_sources(data, NAMES).items()} == dict.fromkeys(MADE_UP, False)
    with pytest.raises(FileError, match="none of the music sets is here"):
        find_sources(data / "open_hymnal" / "Complete", NAMES)
    with pytest.raises(FileError, match="this is one of the sets; give the folder that holds them"):
        find_sources(data / "open_hymnal", NAMES)
    with pytest.raises(FileError, match="no such folder"):
        find_sources(data / "nowhere", NAMES)


def test_the_corpus_key_follows_content_and_seed(data: Path, tmp_path: Path) -> None:
    first, again = (find_sources(data, NAMES) for _ in range(2))
    assert corpus_key(first, 1) == corpus_key(again, 1) != corpus_key(first, 2)
    other = write_sets(tmp_path, works=2)
    assert corpus_key(find_sources(other, NAMES), 1) != corpus_key(first, 1)


# corpus and card


def test_made_up_sets_are_read_whole_and_packed_the_same_twice(data: Path, tmp_path: Path) -> None:
    facts = [save_folder(read_corpus(data), data, tmp_path / name, seed=1) for name in ("one", "two")]
    assert facts[0] == facts[1]
    assert sorted(facts[0]["sets"]) == sorted(MADE_UP)
    rows = facts[0]["sets"]
    assert all(row["works_kept"] == WORKS and row["pieces"]["valid"] == 3 for row in rows.values())
    notes = {name: sum(row["notes"].values()) for name, row in rows.items()}
    assert notes == {name: WORKS * count for name, count in
                     {"cre_irish": 48, "open_hymnal": 128, "openewld": 32, "polish_scores": 64}.items()}  # fmt: skip
    assert set(load_folder(tmp_path / "one")["valid"]) == set(MADE_UP)
    for name in MADE_UP:
        assert (tmp_path / "one" / f"{name}.train.npz.xz").read_bytes() == (
            tmp_path / "two" / f"{name}.train.npz.xz"
        ).read_bytes()
    manifest = [json.loads(line) for line in (tmp_path / "one" / "works.jsonl").read_text("utf-8").splitlines()]
    assert len(manifest) == 4 * WORKS
    assert all(row["licence"] and row["credit"] and (data / row["file"]).exists() for row in manifest)


def test_the_card_says_where_everything_comes_from(data: Path, tmp_path: Path) -> None:
    save_folder(read_corpus(data), data, tmp_path / "packed", seed=1)
    network = tmp_path / "network"
    network.mkdir()
    log = [{"parameters": 700, "device": "cpu", "config": "tiny"}, {"step": 50, "tokens": 99, "loss": 4.25}]
    (network / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in log))
    table = [{"set": "openewld", "windows": 3, "notes": 96, "tokens_per_note": 2.0, "network": 3.5, "n-gram": 4.75,
              "network pitch": 2.0, "n-gram pitch": 3.0}]  # fmt: skip
    gate = {"pitch nats by place in window": {"0-64": 2.5}, "pitch nats by track of the bar": {"1": 2.5},
            "nats a note of a swapped style": 0.02, "passes": {"style": True, "by track": False}}  # fmt: skip
    (network / "measured.json").write_text(json.dumps({"table": table, "gate": gate, "step": 50}))
    card = composer_card(
        tmp_path / "packed", network, source_facts({name: data / name for name in MADE_UP}), [network / "log.jsonl"]
    )
    for name in MADE_UP:
        (source,) = [found for found in SETS if found.name == name]
        row = next(line for line in card.splitlines() if line.startswith(f"| {name} |"))
        assert source.home in row
        assert "0123456789abcdef" in row
        assert source.licence in row
        assert source.credit in card
    assert "| openewld | 96 | 3.50 | 4.75 |" in card
    assert "style: passed, by track: not passed" in card
    assert "700 parameters, on cpu, 50 steps, 99 tokens" in card
    assert "**Licence of these weights:** CC BY 4.0" in card
    assert "to 95 % is left out. What is left: of the held-out spans of 16 tokens " in card


@pytest.mark.parametrize(
    ("licences", "expected"),
    [
        (["CC0", "MIT", "public domain"], "CC BY 4.0"),
        (["CC0", "CC BY-SA 4.0"], "CC BY-SA 4.0"),
        (["Creative Commons Attribution-ShareAlike 3.0"], "CC BY-SA 4.0"),
        (["Creative Commons Attribution Share Alike 3.0"], "CC BY-SA 4.0"),
    ],
)
def test_share_alike_data_make_share_alike_weights(licences: list[str], expected: str) -> None:
    assert licence_of(licences) == expected


def test_notice_credits_every_set() -> None:
    notice = (Path(__file__).parents[2] / "NOTICE").read_text(encoding="utf-8")
    assert "Polish Music Heritage in Open Access\n  Copyright 2019-2022 The Fryderyk Chopin Institute" in notice
    words = "OpenScore,Mutopia,Open Hymnal,OpenEWLD,Ceol Rince,Freedoom project,Blasphemer,Groove MIDI"
    assert [word for word in words.split(",") if word not in notice] == []


# the road


def test_the_whole_road_and_going_on(data: Path, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    archives = tmp_path / "archives"
    archives.mkdir()
    for name in MADE_UP:
        archive(data / name, archives)
    told: list[tuple[str, float]] = []
    first = travel(archives, tmp_path / "out", config="tiny", steps=2, minutes=1e-4,
                   progress=lambda stage, share: told.append((stage, share)))  # fmt: skip
    assert first.stages == dict.fromkeys(("sets", "corpus", "training", "measures", "weights"), "made")
    assert first.step == 1
    assert first.missing == tuple(name for name in NAMES if name not in MADE_UP)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    packed_at = (tmp_path / "out" / "packed" / "index.json").stat().st_mtime_ns
    second = travel(archives, tmp_path / "out", config="tiny", steps=2)
    assert second.step == 2
    assert (second.stages["sets"], second.stages["corpus"], second.stages["training"]) == ("kept", "kept", "made")
    assert (tmp_path / "out" / "packed" / "index.json").stat().st_mtime_ns == packed_at
    third = travel(archives, tmp_path / "out", config="tiny", steps=2)
    assert set(third.stages.values()) == {"kept"}
    assert third.files == second.files
    names = [path.name for path in third.files]
    assert names == ["composer.facts.json", "composer.safetensors", "composer.card.md"]
    assert all(path.stat().st_size > 0 for path in third.files)
    assert json.loads(third.files[0].read_text("utf-8"))["step"] == 2
    assert third.measured is not None
    assert {row["set"] for row in third.measured["table"]} == {*MADE_UP, "all"}
    with pytest.raises(InvalidValueError, match="holds a training with seed 1; choose another output folder"):
        travel(archives, tmp_path / "out", config="tiny", steps=2, seed=2)
    (tmp_path / "out" / "packed" / "openewld.train.npz.xz").unlink()
    again = travel(archives, tmp_path / "out", config="tiny", steps=2)
    assert (again.stages["corpus"], again.stages["training"]) == ("made", "kept")


# the command


def test_the_command_says_what_is_wrong_in_one_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def says(*arguments: str) -> str:
        assert main(["train", "composer", *arguments]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err.count("\n") == 1
        return shown.err

    assert "none of the music sets is here" in says("--data", str(tmp_path))
    assert "no such folder" in says("--data", str(tmp_path / "nowhere"))
    assert "unknown configuration 'smal'; did you mean 'small'?" in says("--data", str(data), "--config", "smal")
    assert "minutes must be a number above 0" in says("--data", str(data), "--minutes", "0")
    assert "steps must be a whole number" in says("--data", str(data), "--steps", "0")
    assert "--data" in says()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("hello")
    if find_spec("torch"):
        assert "holds other things" in says("--data", str(data), "--out", str(tmp_path / "full"))


def test_tables_name_the_sets_that_are_missing(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "tables", "--data", str(data), "--out", str(tmp_path / "tables")]) == 2
    assert "the sets mcgill_billboard, openscore_lieder, groove_midi are needed too" in capsys.readouterr().err
    assert not (tmp_path / "tables").exists()


def test_sets_are_gathered_from_folders_and_archives(data: Path, tmp_path: Path) -> None:
    both = tmp_path / "both"
    both.mkdir()
    archive(data / "open_hymnal", both)
    (both / "openewld").symlink_to(data / "openewld")
    room = tmp_path / "room"
    room.mkdir()
    gather(both, ["open_hymnal", "openewld"], room)
    assert fingerprint_folder(room / "open_hymnal") == fingerprint_folder(data / "open_hymnal")
    assert (room / "openewld" / "SOURCE_COMMIT").exists()


def test_without_torch_the_command_says_how_to_install_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("senandung.learning.road.find_spec", lambda name: None)
    with pytest.raises(MissingProgramError, match=r"needs torch, which is not installed.*docs/training.md"):
        travel(data, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_copying_is_measured_where_there_are_pieces_enough() -> None:
    pytest.importorskip("torch")
    from senandung.learning import evaluate
    from senandung.learning.training_run import BESIDE

    few, many = (
        {"toy": pack_pieces("toy", [tune_piece(other_tune(seed)) for seed in range(1, count)])} for count in (9, 120)
    )
    held = evaluate.windows_by_set(few, 96, 4)
    assert list(BESIDE["copying"](few, held)) == ["n-gram"]
    rows = evaluate.table(held, BESIDE["copying"](many, held))
    assert 0 < rows[-1]["copy"] < 1.0  # what is held out here stands in the training part too
    assert 0 < rows[-1]["copy, own"] < 1.0


def test_a_song_is_written_without_learning(tmp_path: Path) -> None:
    code = (
        "import sys; from senandung.app.cli import main; "
        f"main(['compose', 'aku rindu', '--bars', '8', '--seed', '1', '--out', {str(tmp_path / 'song')!r}, '--json']); "
        "sys.exit(any(name.startswith('senandung.learning') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
