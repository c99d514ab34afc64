"""Sound files: what is written is read back by soundfile and ffprobe; what is broken gets one sentence."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from senandung.domain.errors import FileError, InputError, MissingProgramError, OutputError
from senandung.domain.recording import Recording
from senandung.files.audio import LABEL, AudioTags, load_audio, save_audio, save_stems

TAGS = AudioTags("Rindu 😭 hujan", story="Malam itu…\nhujan.", licence="CC0-1.0 é")
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


@pytest.fixture(scope="module")
def tone() -> Recording:
    """Three seconds: 440 Hz left, 660 Hz right."""
    times = np.arange(3 * 44100) / 44100
    both = np.stack((np.sin(2 * np.pi * 440 * times), np.sin(2 * np.pi * 660 * times)))
    return Recording((0.5 * both).astype(np.float32), 44100)


def probe(path: Path) -> dict[str, object]:
    """What ffprobe says of a file: its format with tags of file and stream joined, and its first stream."""
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    tags = {**said["streams"][0].get("tags", {}), **said["format"].get("tags", {})}
    return {**said["streams"][0], **said["format"], "tags": {key.lower(): text for key, text in tags.items()}}


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg"])
def test_tags_and_length_are_read_by_ffprobe(tmp_path: Path, tone: Recording, ending: str) -> None:
    path = tmp_path / f"lagu.{ending}"
    save_audio(tone, path, TAGS)
    said = probe(path)
    assert abs(float(str(said["duration"])) - 3.0) < 0.06
    assert said["channels"] == 2
    tags = said["tags"]
    assert isinstance(tags, dict)
    assert tags["title"] == TAGS.title
    assert tags["artist"] == "Senandung"
    assert tags["copyright"] == TAGS.licence
    assert LABEL in tags["comment"]
    assert "Malam itu…\nhujan." in tags["comment"]
    assert "Senandung" in " ".join(tags.values())
    assert "date" not in tags
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg"])
def test_the_same_recording_gives_the_same_bytes(tmp_path: Path, tone: Recording, ending: str) -> None:
    for name in ("a", "b"):
        save_audio(tone, tmp_path / f"{name}.{ending}", TAGS)
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


@pytest.mark.parametrize(("ending", "bits", "within"), [("wav", 24, 2e-7), ("flac", 24, 2e-7), ("flac", 16, 3.1e-5)])
def test_lossless_formats_come_back(tmp_path: Path, tone: Recording, ending: str, bits: int, within: float) -> None:
    path = tmp_path / f"lagu.{ending}"
    save_audio(tone, path, bits=bits)
    assert soundfile.info(path).subtype == f"PCM_{bits}"
    back = load_audio(path)
    assert back.sample_rate == 44100
    assert float(np.abs(back.samples - tone.samples).max()) <= within


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["mp3", "ogg", "m4a", "webm", "mp4", "mkv"])
def test_lossy_formats_and_films_keep_their_pitch(tmp_path: Path, tone: Recording, ending: str) -> None:
    path = tmp_path / f"a b'.{ending}"
    if ending in ("mp3", "ogg"):
        save_audio(tone, path)
    else:
        wav = tmp_path / "x.wav"
        save_audio(tone, wav)
        picture = ["-f", "lavfi", "-i", "color=s=64x64:d=3"] if ending in ("mp4", "mkv") else []
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", wav, *picture, path], check=True)
    back = load_audio(path, sample_rate=22050)
    assert back.sample_rate == 22050
    assert abs(back.seconds - 3.0) < 0.12
    for channel, hz in zip(back.samples, (440, 660), strict=True):
        middle = channel[22050:44100] * np.hanning(22050)
        assert abs(int(np.abs(np.fft.rfft(middle)).argmax()) - hz) <= 1
    assert load_audio(path, mono=True, sample_rate=8000).channels == 1


def test_a_part_of_a_recording(tmp_path: Path, tone: Recording) -> None:
    path = tmp_path / "a.wav"
    save_audio(tone, path)
    part = load_audio(path, start=1.0, seconds=0.5)
    assert part.samples.shape == (2, 22050)
    assert float(np.abs(part.samples - tone.samples[:, 44100:66150]).max()) < 2e-7
    with pytest.raises(FileError, match="no sound after 5 s"):
        load_audio(path, start=5.0)


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["wav", "m4a"])
def test_what_is_too_long_is_refused(tmp_path: Path, tone: Recording, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    save_audio(tone, tmp_path / "a.wav")
    if ending == "m4a":
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", tmp_path / "a.wav", path], check=True)
    with pytest.raises(FileError, match="at most 1 s"):
        load_audio(path, max_seconds=1.0)
    assert load_audio(path, max_seconds=4.0).seconds > 2.9


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["wav", "mp3", "flac", "ogg", "m4a", "webm", "mp4", "xyz"])
@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "the file is empty"),
        (b"aku rindu kamu, malam ini hujan turun lagi\n" * 40, "not a sound|holds no sound"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "not a sound|holds no sound"),
        (b"ffconcat version 1.0\nfile other.wav\n", "not a sound|holds no sound"),
        (b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\x00\x00\x00\x01\x00", "not a sound|holds no sound"),
        (b"\x00" * 4096, "not a sound|holds no sound"),
    ],
)
def test_what_is_no_sound_gets_one_sentence(tmp_path: Path, ending: str, data: bytes, match: str) -> None:
    path = tmp_path / f"rusak.{ending}"
    path.write_bytes(data)
    with pytest.raises(FileError, match=match) as caught:
        load_audio(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("ending", ["flac", "ogg", "mp3", "m4a"])
@needs_ffmpeg
def test_damaged_files_end_in_sound_or_an_error(tmp_path: Path, tone: Recording, ending: str) -> None:
    whole, path = tmp_path / f"whole.{ending}", tmp_path / f"broken.{ending}"
    if ending == "m4a":
        save_audio(tone, tmp_path / "x.wav")
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", tmp_path / "x.wav", whole], check=True)
    else:
        save_audio(tone, whole)
    data = bytearray(whole.read_bytes())
    rng = np.random.default_rng(5)
    for length in (60, 1000, len(data) // 2, len(data)):
        broken = data[:length]
        for place in rng.integers(0, length, 20):
            broken[int(place)] ^= 0x5A
        path.write_bytes(broken)
        try:
            assert load_audio(path).seconds < 30
        except FileError as error:
            assert "\n" not in str(error)


def test_a_header_that_promises_too_much(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros((100, 1)), 44100)
    data = bytearray(path.read_bytes())
    data[40:44] = (0x7FFFFFFF).to_bytes(4, "little")
    path.write_bytes(data)
    assert load_audio(path).samples.shape == (1, 100)


def test_no_numbers_no_file_no_channels(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full(100, np.nan), 44100, subtype="FLOAT")
    with pytest.raises(FileError, match="must be numbers"):
        load_audio(path)
    with pytest.raises(FileError, match="no such file"):
        load_audio(tmp_path / "none.wav")
    with pytest.raises(FileError, match="no such file"):
        load_audio(tmp_path)
    soundfile.write(path, np.zeros((100, 9)), 44100)
    with pytest.raises(FileError, match=r"1\.\.8 channels, got 9"):
        load_audio(path)
    soundfile.write(path, np.zeros((0, 1)), 44100)
    with pytest.raises(FileError, match="holds no sound"):
        load_audio(path)


@needs_ffmpeg
def test_a_film_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "bisu.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "color=s=64x64:d=1", path], check=True)
    with pytest.raises(FileError, match="holds no sound"):
        load_audio(path)


def test_unknown_ending(tmp_path: Path, tone: Recording) -> None:
    with pytest.raises(InputError, match=r"unknown sound format '\.wave'; did you mean '\.wav'"):
        save_audio(tone, tmp_path / "a.wave")


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg"])
@needs_ffmpeg
def test_a_folder_that_is_not_there(tmp_path: Path, tone: Recording, ending: str) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        save_audio(tone, tmp_path / "none" / f"a.{ending}")


@contextmanager
def room_on_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg"])
@needs_ffmpeg
def test_no_room_on_the_disk_leaves_nothing(tmp_path: Path, tone: Recording, ending: str) -> None:
    with room_on_disk(6_000), pytest.raises(OutputError, match="cannot be written"):
        save_audio(tone, tmp_path / f"a.{ending}", TAGS)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_file_before(tmp_path: Path, tone: Recording) -> None:
    path = tmp_path / "a.wav"
    save_audio(tone, path)
    before = path.read_bytes()
    with room_on_disk(6_000), pytest.raises(OutputError):
        save_audio(tone, path, TAGS)
    assert path.read_bytes() == before


def test_without_ffmpeg(tmp_path: Path, tone: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match="apt install ffmpeg"):
        save_audio(tone, tmp_path / "a.mp3")
    save_audio(tone, tmp_path / "a.wav", TAGS)
    (tmp_path / "a.m4a").write_bytes(b"x")
    with pytest.raises(MissingProgramError, match="apt install ffmpeg"):
        load_audio(tmp_path / "a.m4a")


def test_stems_are_numbered_and_named(tmp_path: Path, tone: Recording) -> None:
    paths = save_stems({"Biola II": tone, "Bas": tone}, tmp_path, TAGS)
    assert [path.name for path in paths] == ["01-biola-ii.flac", "02-bas.flac"]
    with soundfile.SoundFile(paths[0]) as file:
        assert file.title == "Rindu 😭 hujan — Biola II"
        assert file.subtype == "PCM_16"


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg"])
def test_tags_that_are_empty_long_or_odd(tmp_path: Path, tone: Recording, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    save_audio(tone, path, AudioTags("a\0b=\udc80;#", artist="", story="hujan " * 200_000))
    tags = probe(path)["tags"]
    assert isinstance(tags, dict)
    assert tags["title"] == "a b=?;#"
    assert len(tags["comment"]) > 10_000
    assert "artist" not in tags
    assert abs(load_audio(path).seconds - 3) < 0.06


def test_loud_samples_are_clipped_not_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    save_audio(Recording(np.array([[1.5, -1.5, 0.25]], dtype=np.float32), 44100), path)
    assert load_audio(path).samples[0].round(3).tolist() == [1.0, -1.0, 0.25]
