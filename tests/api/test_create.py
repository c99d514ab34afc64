"""A whole song from one line: what is in the folder agrees with itself, and a failure leaves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

import senandung
from senandung.api.create import Created, folder_for
from senandung.api.verify import EXPECTED
from senandung.domain.errors import InvalidValueError, OutputError
from senandung.files.singing_json import load_singing, save_singing
from senandung.files.song_json import load_song, save_song

LINE = "aku rindu kamu, malam ini hujan turun lagi"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Created:
    out = tmp_path_factory.mktemp("songs") / "rindu"
    with ThreadPoolExecutor(1) as executor:
        return senandung.create(LINE, seed=11, minutes=1, story="untuk ibu", out=out, executor=executor)


@pytest.mark.slow
def test_every_file_is_there(made: Created) -> None:
    for name in EXPECTED:
        assert (made.folder / name).stat().st_size > 0, name
    assert len(list((made.folder / "stems").glob("*.flac"))) == len([t for t in made.song.tracks if t.notes])
    assert [path.name for path in made.folder.parent.iterdir()] == ["rindu"]


@pytest.mark.slow
def test_it_is_sung_by_a_voice_above_the_band(made: Created) -> None:
    singing = load_singing(made.folder / "singing.json")
    assert singing.song_id == made.song.song_id
    assert made.voice == singing.voice
    assert {each.syllable for each in singing.phonemes} == set(range(len(made.song.words.syllables)))
    assert made.voice_to_band is not None
    assert 0 < made.voice_to_band < 4
    assert "pitd" in (made.folder / "song.ustx").read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_edited_singing_is_rendered_and_one_of_another_song_is_sung_anew(made: Created, tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    subprocess.run(["cp", "-r", str(made.folder), str(folder)], check=True)
    singing = load_singing(folder / "singing.json")
    save_singing(replace(singing, pitch=singing.pitch - np.float32(2), voice="jati"), folder / "singing.json")
    again = senandung.render(folder, out=tmp_path / "again")
    assert again.voice == "jati"
    assert load_singing(tmp_path / "again" / "singing.json").pitch.mean() < singing.pitch.mean() - 1.9
    save_song(replace(load_song(folder / "song.json"), title="Lain"), folder / "song.json")
    anew = senandung.render(folder, out=tmp_path / "anew", voice=False)
    assert any("of other notes or words" in remark for remark in anew.remarks)
    assert anew.voice is None


@pytest.mark.slow
def test_the_saved_song_is_the_song(made: Created) -> None:
    assert load_song(made.folder / "song.json") == made.song
    assert made.song.provenance.story == "untuk ibu"


@pytest.mark.slow
def test_midi_holds_every_note_of_the_song(made: Created) -> None:
    midi = mido.MidiFile(made.folder / "song.mid")
    struck = sum(m.type == "note_on" and m.velocity > 0 for track in midi.tracks for m in track)
    assert struck == sum(len(track.notes) for track in made.song.tracks)


@pytest.mark.slow
def test_stems_sum_to_the_song(made: Created) -> None:
    song, rate = soundfile.read(made.folder / "song.wav", always_2d=True)
    total = np.zeros_like(song)
    for stem in (made.folder / "stems").glob("*.flac"):
        samples, stem_rate = soundfile.read(stem, always_2d=True)
        assert stem_rate == rate
        total += samples
    rms = float(np.sqrt(np.mean((total - song) ** 2)))
    assert 20 * np.log10(rms) < -80


@pytest.mark.slow
def test_verify_finds_it_whole_and_then_not(made: Created, tmp_path: Path) -> None:
    report = senandung.verify(made.folder, audio=True)
    assert (report.whole, report.notes_remade, report.audio_remade) == (True, True, True)
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(made.folder), str(copy)], check=True)
    (copy / "score.pdf").unlink()
    midi = mido.MidiFile(copy / "song.mid")
    next(m for m in midi.tracks[1] if m.type == "note_on" and m.velocity > 0).note += 1
    midi.save(copy / "song.mid")
    report = senandung.verify(copy)
    assert not report.whole
    assert "score.pdf is missing" in report.problems
    assert any(problem.startswith("song.mid does not hold") for problem in report.problems)


@pytest.mark.slow
def test_the_page_asks_nothing_of_any_server(made: Created) -> None:
    page = (made.folder / "index.html").read_text(encoding="utf-8")
    for attribute in ('src="http', 'href="http', "url(http", "//cdn", "@import"):
        assert attribute not in page
    assert "untuk ibu" in page


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    program = "import sys; from senandung.app.cli import main; sys.exit(main(sys.argv[1:]))"
    texts = []
    for number in range(2):
        out = tmp_path / str(number)
        arguments = ["compose", LINE, "--seed", "5", "--out", str(out), "--json"]
        done = subprocess.run([sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True)
        assert json.loads(done.stdout)["seed"] == 5
        texts.append([(out / name).read_bytes() for name in ("song.json", "song.mid", "song.musicxml")])
    assert texts[0] == texts[1]


def test_composing_needs_no_torch_and_no_web_framework() -> None:
    program = (
        "import sys, senandung; senandung.compose('aku rindu', seed=1); "
        "print([m for m in ('torch', 'tensorflow', 'flask', 'fastapi', 'starlette', 'requests') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(senandung.domain.errors.MissingProgramError, match="fluidsynth"):
        senandung.create(LINE, seed=1, minutes=0.5, out=tmp_path / "song")
    assert list(tmp_path.iterdir()) == []


def test_no_room_on_the_disk_is_said_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    with pytest.raises(OutputError, match="400 MB must be free on this disk, got 1 MB"):
        senandung.create(LINE, seed=1, out=tmp_path / "song")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_output_folder(tmp_path: Path) -> None:
    (tmp_path / "song").write_text("x", encoding="utf-8")
    with pytest.raises(InvalidValueError, match="is a file"):
        senandung.create(LINE, out=tmp_path / "song")


def test_titles_become_safe_free_folder_names(made: Created, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.chdir(tmp_path)
    odd = replace(made.song, title="../../Ça va? 😭 / ok")
    assert folder_for(odd, None) == tmp_path / "songs" / "ca-va-ok"
    (tmp_path / "songs" / "ca-va-ok").mkdir(parents=True)
    assert folder_for(odd, None).name == "ca-va-ok-2"
    assert folder_for(replace(made.song, title="😭"), None).name == "lagu"
