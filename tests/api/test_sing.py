"""A song with words is sung into a folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

import senandung
from senandung.app.cli import main
from senandung.domain.errors import FileError, InvalidValueError, UnknownNameError
from senandung.domain.song import Song
from senandung.files.singing_json import load_singing, save_singing
from senandung.files.song_json import save_song, song_json_text
from singing.sung_songs import sung_song


@pytest.fixture(scope="module")
def short() -> Song:
    return sung_song(("aku rindu kamu",), step=240, last=480, bpm=100)


@pytest.fixture(scope="module")
def made(short: Song, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sung")
    save_song(short, folder / "song.json")
    assert main(["sing", str(folder / "song.json"), "--plot", "--voice", "bayu"]) == 0
    return folder / "song-vocal"


def test_vocal_wav_singing_json_and_the_picture_are_written(made: Path, short: Song) -> None:
    assert sorted(path.name for path in made.iterdir()) == ["singing.json", "singing.png", "vocal.wav"]
    singing = load_singing(made / "singing.json")
    sound, rate = soundfile.read(made / "vocal.wav", always_2d=True)
    assert (rate, sound.shape[1]) == (44_100, 1)
    assert len(sound) == pytest.approx(singing.seconds * rate, abs=2)
    assert singing.voice == "bayu"
    assert singing.song_id == short.song_id
    first = round(singing.phonemes[0].start * rate)
    assert np.abs(sound[: first - 2000]).max() < 0.3 * np.abs(sound).max()
    inside = sound[first : round(singing.phonemes[-1].end * rate)]
    assert np.sqrt(np.mean(inside**2)) > 0.01


def test_an_edited_singing_is_sung(made: Path, short: Song, tmp_path: Path) -> None:
    singing = load_singing(made / "singing.json")
    save_singing(replace(singing, pitch=singing.pitch + np.float32(1)), tmp_path / "edited.json")
    again = senandung.sing(short, out=tmp_path / "again", singing=tmp_path / "edited.json")
    assert again.singing.voice == "bayu"
    before, _ = soundfile.read(made / "vocal.wav")
    after, _ = soundfile.read(tmp_path / "again" / "vocal.wav")
    assert before.shape == after.shape
    assert not np.allclose(before, after, atol=1e-3)
    save_singing(replace(singing, song_id="0" * 64), tmp_path / "other.json")
    with pytest.raises(FileError, match="the singing of another song than 'Rindu'"):
        senandung.sing(short, out=tmp_path / "no", singing=tmp_path / "other.json")
    save_singing(replace(singing, voice="orang"), tmp_path / "voice.json")
    with pytest.raises(FileError, match=r"unknown voice 'orang'; known are: .*; name who sings it, or .* with --voice"):
        senandung.sing(short, out=tmp_path / "no", singing=tmp_path / "voice.json")
    assert not (tmp_path / "no").exists()


def test_the_command_says_what_it_made_in_json(short: Song, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_song(short, tmp_path / "song.json")
    assert main(["sing", str(tmp_path / "song.json"), "--out", str(tmp_path / "out"), "--json", "--seed", "5"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["files"] == ["singing.json", "vocal.wav"]
    assert said["syllables"] == len(short.words.syllables)
    assert said["seed"] == 5


def test_what_cannot_be_sung_is_refused(short: Song, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown voice 'melatti'; did you mean 'melati'"):
        senandung.sing(short, out=tmp_path / "out", voice="melatti")
    with pytest.raises(InvalidValueError, match="must have a vocal part with words to be sung"):
        senandung.sing(replace(short, tracks=()), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_word_that_nobody_can_be_sure_of_is_sung_named_by_its_line_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = sung_song(("aku rindu", "kata brr itu"), step=240, last=480, bpm=120)
    save_song(song, tmp_path / "song.json")
    assert main(["sing", str(tmp_path / "song.json"), "--out", str(tmp_path / "out"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["remarks"] == [
        "nobody can be sure how to pronounce “brr” (line 2); a lexicon can say it, in as many syllables"
    ]
    assert said["unsure"] == [{"line": 2, "word": "brr"}]
    singing = load_singing(tmp_path / "out" / "singing.json")
    assert singing.unsure == ((2, "brr"),)
    assert {each.syllable for each in singing.phonemes} == set(range(len(song.words.syllables)))


def test_a_lexicon_says_how_a_word_is_sung(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = sung_song(("aku rindu", "kata brr itu"), step=240, last=480, bpm=120)
    lexicon = tmp_path / "mine.tsv"
    lexicon.write_text("# mine\nbrr\tb u r\nrindu\tr i n . d o\n", encoding="utf-8")
    save_song(song, tmp_path / "song.json")
    command = ["sing", str(tmp_path / "song.json"), "--lexicon", str(lexicon), "--out"]
    assert main([*command, str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["remarks"] == []
    singing = load_singing(tmp_path / "out" / "singing.json")
    sung = [each.symbol for each in singing.phonemes]
    assert "".join(sung) == "akurindokataburitu"
    lexicon.write_text("rindu\tr i n . d y\n", encoding="utf-8")
    assert main([*command, str(tmp_path / "no")]) == 2
    assert "line 1: a phoneme must be one of" in capsys.readouterr().err
    assert main([*command[:3], str(tmp_path / "none.tsv"), "--out", str(tmp_path / "no")]) == 2
    assert main([*command, str(tmp_path / "no"), "--singing", str(tmp_path / "out")]) == 2
    assert "not a singing that has its phonemes already" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


def test_a_lexicon_given_to_compose_stays_in_the_song(tmp_path: Path) -> None:
    lexicon = tmp_path / "mine.tsv"
    lexicon.write_text("rindu\tr i n . d o\nkamu\tk a\n", encoding="utf-8")
    plain = senandung.compose("aku rindu kamu", bars=8, seed=3)
    said = senandung.compose("aku rindu kamu", bars=8, seed=3, lexicon=lexicon)
    assert said.song.tracks == plain.song.tracks
    own = {syllable.text: syllable.phonemes for syllable in said.song.words.syllables}
    assert (own["rin"], own["du"], own["mu"]) == (("r", "i", "n"), ("d", "o"), ())
    assert said.song.song_id != plain.song.song_id


def test_the_phonemes_of_a_syllable_in_song_json_are_what_is_heard(short: Song, tmp_path: Path) -> None:
    plain = json.loads(song_json_text(short))
    row = plain["words"]["lines"][0]["syllables"][3]
    assert row == ["du", 0, 0, 1]
    row.append("d i")
    (tmp_path / "song.json").write_text(json.dumps(plain), encoding="utf-8")
    for name, source in (("before", short), ("after", tmp_path / "song.json")):
        senandung.sing(source, out=tmp_path / name, voice="jati", seed=1)
    singing = load_singing(tmp_path / "after" / "singing.json")
    assert [each.symbol for each in singing.sung(3)] == ["d", "i"]
    vowel = singing.sung(3)[-1]
    bright = []
    for name in ("before", "after"):
        sound, rate = soundfile.read(tmp_path / name / "vocal.wav")
        inside = sound[round((vowel.start + 0.03) * rate) : round((vowel.end - 0.03) * rate)]
        power = np.abs(np.fft.rfft(inside * np.hanning(len(inside)))) ** 2
        hertz = np.fft.rfftfreq(len(inside), 1 / rate)
        bright.append(power[(hertz > 1700) & (hertz < 2600)].sum() / power[hertz < 1200].sum())
    assert bright[1] > 20 * bright[0]  # /i/ has its second formant there, /u/ has nothing


def test_who_sings_along_has_a_singing_and_a_sound_of_its_own_and_is_edited_like_the_first(tmp_path: Path) -> None:
    song = sung_song(("aku rindu kamu",), step=240, last=480, bpm=100)
    (vocal,) = song.tracks
    along = tuple(replace(note, pitch=note.pitch - 3) for note in vocal.notes[2:])
    song = replace(song, tracks=(vocal, replace(vocal, name="Vokal latar", role="backing", notes=along)))
    save_song(song, tmp_path / "song.json")
    made = senandung.sing(tmp_path / "song.json", out=tmp_path / "out", voice="kenanga")
    assert made.files == ("singing-2.json", "singing.json", "vocal-2.wav", "vocal.wav")
    second = load_singing(made.folder / "singing-2.json")
    assert (second.track, second.voice) == ("Vokal latar", "kenanga")
    assert [each.symbol for each in second.phonemes] == list("rindukamu")
    sound, rate = soundfile.read(made.folder / "vocal-2.wav")
    assert not np.abs(sound[: round((second.phonemes[0].start - 0.5) * rate)]).any()
    save_singing(replace(second, pitch=second.pitch + np.float32(2)), made.folder / "singing-2.json")
    again = senandung.sing(tmp_path / "song.json", out=tmp_path / "again", singing=made.folder, voice="jati")
    kept = load_singing(again.folder / "singing-2.json")
    assert np.array_equal(kept.pitch, load_singing(made.folder / "singing-2.json").pitch)
    assert kept.voice == load_singing(again.folder / "singing.json").voice == "jati"
