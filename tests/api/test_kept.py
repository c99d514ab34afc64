"""Corrections: they outweigh what is read, are kept only when asked, count for the same trace, and teach a little."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from senandung.api.compose import compose
from senandung.api.correct import correct
from senandung.api.feel import feel
from senandung.api.kept import (
    delete_kept,
    export_kept,
    fingerprint,
    fingerprint_of_all,
    keep_baseline,
    keep_feeling,
    kept_plain,
    kept_things,
    load_baseline,
    recall,
)
from senandung.api.traces import sense
from senandung.app.cli import main
from senandung.domain.errors import FileError, InvalidValueError, UnknownNameError
from senandung.domain.feeling import Evidence, Feeling
from senandung.domain.reading import Reading
from senandung.domain.recording import Recording
from senandung.files.audio import save_audio


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of its own for every test."""
    monkeypatch.setenv("SENANDUNG_KEPT", str(tmp_path / "kept"))
    return tmp_path / "kept" / "kept.db"


def test_a_text_is_known_by_what_it_says_and_a_file_by_its_bytes(tmp_path: Path) -> None:
    assert fingerprint("Aku  RINDU\n") == fingerprint("aku rindu") != fingerprint("aku rindu.")
    assert fingerprint("caf\u00e9") == fingerprint("cafe\u0301")
    one, two = tmp_path / "a.wav", tmp_path / "b.wav"
    one.write_bytes(b"abc")
    two.write_bytes(b"abc")
    assert fingerprint(one) == fingerprint(two) != fingerprint("abc")
    two.write_bytes(b"abd")
    assert fingerprint(one) != fingerprint(two)
    assert fingerprint_of_all(["x", "y"]) == fingerprint_of_all(["y", "x"]) != fingerprint_of_all(["x"]) == "x"
    with pytest.raises(FileError, match="cannot be read"):
        fingerprint(tmp_path / "none.wav")


def test_a_correction_is_the_result_and_is_kept_only_when_asked(store: Path) -> None:
    made = correct("aku rindu kamu", said="senang")
    assert (made.feeling.valence, made.feeling.arousal, made.feeling.valence_spread) == (0.8, 0.4, 0.1)
    assert made.read.words[0] == "rindu" and made.feeling.evidence[0].what == "your own word"
    assert any(piece.what == "rindu kamu" for piece in made.feeling.evidence), "what was read stands beside it"
    assert sum(piece.weight for piece in made.feeling.evidence) <= 1 + 1e-9
    assert not store.exists()
    assert correct("aku rindu kamu", said="0.1,-0.9", keep=True).feeling.arousal == -0.9
    assert store.exists()


@pytest.mark.parametrize("said", ["gembirr", "2,0", "x,y"])
def test_a_correction_that_says_nothing_is_refused_and_not_kept(said: str, store: Path) -> None:
    with pytest.raises((InvalidValueError, UnknownNameError)):
        correct("aku rindu", said=said, keep=True)
    assert not store.exists()


def test_it_counts_for_the_same_text_the_next_time_and_the_last_word_counts() -> None:
    correct("aku rindu kamu", said="marah", keep=True)
    correct("Aku rindu kamu", said="senang", keep=True)
    assert len(kept_things()) == 1
    assert feel("aku  rindu kamu").words[0] == "senang"
    assert feel("aku rindu dia").words[0] == "rindu"
    sensed = sense(("aku rindu kamu",))
    assert [reading.kind for reading in sensed.readings] == ["text", "person"]
    assert "counts" in sensed.remarks[0]
    delete_kept()
    assert feel("aku rindu kamu").words[0] == "rindu"


def test_a_recording_is_known_whatever_it_is_called(tmp_path: Path) -> None:
    time = np.arange(4 * 22050) / 22050
    tone = (0.2 * np.sin(2 * np.pi * 220 * time)).astype(np.float32)
    save_audio(Recording(tone[None, :], 22050), tmp_path / "a.wav")
    (tmp_path / "b.wav").write_bytes((tmp_path / "a.wav").read_bytes())
    correct(tmp_path / "a.wav", said="tenang", keep=True)
    assert sense((tmp_path / "b.wav",)).feeling.words[0] == "tenang"


def test_a_song_is_made_from_it_and_says_so() -> None:
    correct("aku rindu kamu", said="girang", keep=True)
    made = compose("aku rindu kamu", seed=1, style="folk-guitar", bars=16)
    assert made.feeling.words[0] == "girang" and any("counts" in remark for remark in made.remarks)
    wished = compose("aku rindu kamu", seed=1, style="folk-guitar", bars=16, feeling="sedih")
    assert wished.feeling.words[0] == "sedih" and wished.remarks == ()


def test_one_trace_corrected_does_not_silence_the_others() -> None:
    correct("a", said="senang", keep=True)
    sad = Reading("song", "b", Feeling.named("sedih"))
    shown, feeling, _ = recall([("a", [Reading("text", "a", Feeling.named("marah"))]), ("b", [sad])])
    assert [reading.kind for reading in shown] == ["text", "person", "song"]
    assert [part.words[0] for part in feeling.parts] == ["senang", "sedih"]


def test_what_was_said_of_several_holds_for_these_together() -> None:
    readings = [Reading("text", "a", Feeling.named("marah")), Reading("song", "b", Feeling.named("sedih"))]
    from senandung.api.kept import keep_correction, person_feeling

    mark = fingerprint_of_all([fingerprint("a"), fingerprint("b")])
    keep_correction(person_feeling(0.3, 0.3), Feeling.named("marah"), ["text", "song"], mark)
    _, feeling, remarks = recall([("b", [readings[1]]), ("a", [readings[0]])])
    assert (feeling.valence, feeling.arousal) == (0.3, 0.3) and remarks
    assert recall([("a", [readings[0]])])[1] == readings[0].feeling


def test_three_corrections_teach_a_little_and_say_so() -> None:
    lines = ("senang banget hari ini", "aku bahagia sekali", "bangga banget sama adik", "tenang sekali pagi ini")
    before = feel("aku bangga sama kamu")
    for line in lines[:2]:
        correct(line, said="sedih", keep=True)
    assert feel("aku bangga sama kamu") == before
    for line in lines[2:]:
        correct(line, said="sedih", keep=True)
    after = feel("aku bangga sama kamu")
    assert before.valence - 0.25 <= after.valence < before.valence
    assert after.evidence[-1].what == "your earlier corrections"
    assert after.valence_spread == before.valence_spread
    assert feel("rapat jam 10 di kantor").readable is False, "what was not read is not moved"


def test_corrections_are_taught_against_what_was_read_not_against_themselves() -> None:
    for number in range(6):
        correct(f"senang banget hari ini {number}", said="0.5,0.0", keep=True)
    first = kept_plain(kept_things()[0])["read"]
    last = kept_plain(kept_things()[-1])["read"]
    assert first == pytest.approx(last, abs=0.05)


def test_a_feeling_is_kept_without_words_unless_they_are_asked_for(store: Path) -> None:
    feeling = Feeling(0.1, 0.2, evidence=(Evidence("Wulandari", 0.1, 0.2, 0.5, "learned: cinta"),))
    keep_feeling(feeling, ["text"])
    assert b"Wulandari" not in store.read_bytes()
    assert kept_plain(kept_things()[0])["feeling"]["evidence"] == [{"arousal": 0.2, "valence": 0.1, "weight": 0.5}]
    keep_feeling(feeling, ["text"], words=True)
    assert b"Wulandari" in store.read_bytes()
    delete_kept(2)
    assert b"Wulandari" not in store.read_bytes() and len(kept_things()) == 1


def test_there_is_one_baseline_of_the_voice() -> None:
    assert load_baseline() is None
    keep_baseline({"pitch": 180.0, "takes": [1, 2]})
    keep_baseline({"pitch": 190.0, "takes": [1, 2, 3]})
    assert load_baseline() == {"pitch": 190.0, "takes": [1, 2, 3]} and len(kept_things()) == 1


def test_what_could_not_be_read_is_not_kept(capsys: pytest.CaptureFixture[str], store: Path) -> None:
    assert main(["feel", "rapat jam 10 di kantor", "--keep"]) == 0
    assert "nothing is kept" in capsys.readouterr().out and not store.exists()


def test_all_is_exported_into_a_new_file(tmp_path: Path) -> None:
    correct("aku rindu", said="senang", keep=True)
    keep_baseline({"pitch": 180.0})
    path = tmp_path / "mine.json"
    assert export_kept(path) == 2
    kinds = [each["kind"] for each in json.loads(path.read_text(encoding="utf-8"))["kept"]]
    assert kinds == ["correction", "baseline"]
    with pytest.raises(InvalidValueError, match="new file"):
        export_kept(path)


def test_the_commands(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["kept"]) == 0 and "Nothing is kept." in capsys.readouterr().out
    assert main(["feel", "ya sudahlah", "--correct", "sedih", "--keep"]) == 0
    said = capsys.readouterr().out
    assert "you said: sedih" in said and "kept as 1" in said and "SHA-256" in said
    assert main(["feel", "aku rindu", "--keep", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] == 2
    assert main(["kept", "list"]) == 0
    listed = capsys.readouterr().out
    assert "correction" in listed and "feeling" in listed
    assert main(["kept", "show", "1"]) == 0 and "said: [-0.65, -0.3]" in capsys.readouterr().out
    assert main(["kept", "export", str(tmp_path / "e.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] == 2
    assert main(["kept", "delete", "1"]) == 0 and main(["kept", "delete", "--all"]) == 0
    capsys.readouterr()
    assert main(["kept", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["kept", "delete"], "must be told which NUMBER, or --all"),
        (["kept", "delete", "x"], "must be given by its number"),
        (["kept", "show", "4"], r"numbers of the list (none), got 4"),
        (["kept", "delete", "4"], r"numbers of the list (none), got 4"),
        (["kept", "delete", "4", "--all"], "not both"),
        (["kept", "list", "4"], "takes nothing more"),
        (["kept", "show", "--all"], "--all belongs to kept delete"),
        (["kept", "export"], "must be told which FILE"),
        (["kept", "forget"], "invalid choice"),
        (["feel", "aku rindu", "--keep-words"], "--keep-words goes with --keep"),
        (["feel", "aku rindu", "--correct", "gembirr"], "unknown feeling"),
    ],
)
def test_bad_requests_get_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str], store: Path
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert sentence in said.err and said.err.count("\n") == 1 and said.out == ""
    assert not store.exists()
