"""Films as traces: made by ffmpeg from colours, patterns and tones, so that what is in them is known."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from senandung.api.films import film_facts, read_film_file
from senandung.api.traces import read_recording, sense
from senandung.app.cli import main
from senandung.domain.errors import FileError
from senandung.domain.feeling import Feeling
from senandung.domain.reading import FeltSpan, Moment, Reading
from senandung.files.film import SIDE, load_frames, probe_film
from senandung.sensing.film.colour import see, to_lab
from senandung.sensing.film.cuts import find_cuts
from senandung.sensing.film.read import Stretch, read_film, read_picture
from senandung.sensing.film.rules import PictureCues, feel_picture

MakeFilm = Callable[..., Path]

TONES = "sine=f=262:d={0},volume=0.2"


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> MakeFilm:
    """Makes a film of pictures (lavfi graphs, one after the other) and a sound, or of one of them."""
    folder = tmp_path_factory.mktemp("films")

    def make(name: str, *pictures: str, sound: str = "", options: str = "-r 12") -> Path:
        path = folder / name
        if path.exists():
            return path
        command = ["ffmpeg", "-v", "error", "-nostdin", "-y"]
        for source in (*pictures, *([sound] if sound else [])):
            command += ["-f", "lavfi", "-i", source]
        if pictures:
            joined = "".join(f"[{number}:v]" for number in range(len(pictures)))
            command += ["-filter_complex", f"{joined}concat=n={len(pictures)}[v]", "-map", "[v]"]
        if sound:
            command += ["-map", f"{len(pictures)}:a"]
        subprocess.run([*command, *options.split(), str(path)], check=True)
        return path

    return make


def colour(name: str, seconds: float) -> str:
    return f"color={name}:s=64x48:r=12:d={seconds}"


def moving(pattern: str, seconds: float, more: str = "") -> str:
    return f"{pattern}=s=64x48:r=12:d={seconds}{more},format=yuv420p"


def frames_of(*rows: tuple[np.ndarray, int]) -> np.ndarray:
    """Frames in which each picture stands for a number of frames, a little restless."""
    rng = np.random.default_rng(1)
    every = [np.clip(each + rng.normal(0, 2, each.shape), 0, 255) for each, count in rows for _ in range(count)]
    return np.stack(every).astype(np.uint8)


def scene(seed: int) -> np.ndarray:
    """A picture of some fields of colour."""
    fields = np.random.default_rng(seed).uniform(20, 235, (6, 6, 3))
    return np.kron(fields, np.ones((SIDE // 6, SIDE // 6, 1)))


def test_a_file_says_what_it_holds(film: MakeFilm) -> None:
    both = probe_film(film("both.mp4", colour("red", 2), sound=TONES.format(2)))
    assert (both.pictures, both.sound, both.width, both.height) == (True, True, 64, 48)
    assert both.seconds == pytest.approx(2, abs=0.15)
    assert not probe_film(film("mute.mp4", colour("red", 2))).sound
    assert not probe_film(film("heard.mp4", sound=TONES.format(2))).pictures


def test_frames_come_at_an_even_rate_and_small(film: MakeFilm) -> None:
    frames = load_frames(film("both.mp4", colour("red", 2), sound=TONES.format(2)), rate=8)
    assert frames.shape == (16, SIDE, SIDE, 3)
    assert frames.dtype == np.uint8
    assert frames[8].mean(axis=(0, 1)) == pytest.approx([253, 0, 0], abs=6)


def test_a_part_of_a_film(film: MakeFilm) -> None:
    path = film("two.mp4", colour("red", 2), colour("blue", 2))
    assert load_frames(path, rate=8, start=3, seconds=0.5)[0].mean(axis=(0, 1)).argmax() == 2
    with pytest.raises(ValueError, match="must begin at 0 s or later"):
        load_frames(path, rate=8, start=-1)


def test_lightness_and_chroma_are_those_of_the_standard() -> None:
    # White, black and the primaries of sRGB in CIELAB (D65), as colour tables have them.
    known = {
        (255, 255, 255): (100, 0, 0),
        (0, 0, 0): (0, 0, 0),
        (0, 0, 255): (32.3, 79.2, -107.9),
        (0, 255, 0): (87.7, -86.2, 83.2),
    }
    for rgb, lab in known.items():
        assert to_lab(np.array([rgb], dtype=np.uint8))[0] == pytest.approx(lab, abs=0.6)


def test_bars_around_the_picture_do_not_darken_it() -> None:
    frames = frames_of((scene(3), 16))
    boxed = np.zeros_like(frames)
    boxed[:, 9:39] = frames[:, 9:39]
    assert see(boxed, 8).light.mean() == pytest.approx(
        see(frames[:, 9:39].repeat(2, axis=1)[:, :48], 8).light.mean(), abs=4
    )


def test_colours_move_feeling_as_published() -> None:
    usual = feel_picture(PictureCues(0, 1, 40, 15))
    bright, strong = feel_picture(PictureCues(0, 1, 55, 15)), feel_picture(PictureCues(0, 1, 40, 24))
    assert (usual.valence, usual.arousal) == (0, 0)
    steps = [bright.valence, bright.arousal, strong.valence, strong.arousal]
    assert np.arctanh(steps) / 0.25 == pytest.approx([0.69, -0.31, 0.22, 0.60])


def test_hard_cuts_are_found_where_they_are() -> None:
    cuts = find_cuts(see(frames_of((scene(1), 20), (scene(2), 12), (scene(3), 30), (scene(4), 9)), 8))
    assert cuts.hard.tolist() == [20, 32, 62]
    assert cuts.soft == ()


def test_flashes_are_no_cuts() -> None:
    white = np.full((SIDE, SIDE, 3), 250.0)
    assert not len(find_cuts(see(frames_of((scene(1), 20), (white, 1), (scene(1), 20)), 8)).hard)
    assert not len(find_cuts(see(frames_of((scene(1), 20), (white, 2), (scene(1), 20)), 8)).hard)


def test_a_pan_is_no_cut() -> None:
    wide = np.tile(scene(5), (1, 3, 1))
    frames = np.stack([wide[:, step * 2 : step * 2 + SIDE] for step in range(40)]).astype(np.uint8)
    cuts = find_cuts(see(frames, 8))
    assert (len(cuts.hard), cuts.soft) == (0, ())


def test_a_dissolve_is_found_and_is_no_cut() -> None:
    first, last = scene(1), scene(2)
    mixed = [(first * (1 - share) + last * share, 1) for share in np.linspace(0, 1, 10)[1:-1]]
    cuts = find_cuts(see(frames_of((first, 20), *mixed, (last, 20)), 8))
    assert not len(cuts.hard)
    assert len(cuts.soft) == 1
    assert cuts.soft[0][0] < 24 < cuts.soft[0][1]


def test_light_that_rises_slowly_is_no_dissolve() -> None:
    rows = [(scene(1) * share, 1) for share in np.linspace(0.4, 1, 24)]
    assert find_cuts(see(frames_of((scene(1) * 0.4, 12), *rows, (scene(1), 12)), 8)).soft == ()


def test_many_cuts_stir_and_are_a_moment() -> None:
    slow = read_picture([Stretch(0, frames_of(*[(scene(seed % 2), 100) for seed in range(4)]), 8)])
    fast = read_picture([Stretch(0, frames_of(*[(scene(seed % 2), 8) for seed in range(50)]), 8)])
    assert fast.feeling.arousal > slow.feeling.arousal + 0.2
    assert fast.facts["cuts"] == 49
    assert "fast cutting" in {moment.what for moment in read_film("a", 50, fast, None).moments}
    assert {moment.what for moment in read_film("a", 50, slow, None).moments} == {"cut"}


def test_picture_and_sound_are_one_reading() -> None:
    picture = read_picture([Stretch(0, frames_of((scene(1), 64)), 8)])
    sad = Feeling.named("sedih")
    curve = (FeltSpan(0, 4, -0.6, -0.3, "minor"), FeltSpan(4, 8, -0.7, 0.2, "minor"))
    sound = Reading("song", "x.mp4", sad, curve=curve, moments=(Moment(1, 2, "applause", 0.5),), facts={"tempo": 90.0})
    reading = read_film("x.mp4", 8, picture, sound)
    assert (reading.kind, reading.name, reading.facts["sound"], reading.facts["tempo"]) == (
        "video",
        "x.mp4",
        "song",
        90.0,
    )
    low, high = sorted((sad.valence, picture.feeling.valence))
    assert low < reading.feeling.valence < high
    assert abs(reading.feeling.valence - sad.valence) < abs(reading.feeling.valence - picture.feeling.valence)
    assert reading.feeling.valence_spread < picture.feeling.valence_spread
    assert [span.lead for span in reading.curve].count("minor") > 0
    assert "applause" in {moment.what for moment in reading.moments}


def test_a_film_with_sound_is_read_whole(film: MakeFilm) -> None:
    path = film(
        "sung.mp4",
        moving("testsrc", 3),
        moving("mandelbrot", 3).replace(":d=3", ",trim=duration=3"),
        sound=TONES.format(6),
    )
    reading = sense((path,)).readings[0]
    assert (reading.kind, reading.name, reading.facts["cuts"]) == ("video", "sung.mp4", 1)
    assert reading.facts["sound"] != "none"
    assert 2.7 < next(moment for moment in reading.moments if moment.what == "cut").start < 3.3


@pytest.mark.parametrize(
    ("name", "pictures", "sound", "said"),
    [
        ("mute.mp4", [colour("red", 2)], "", "the film has no sound"),
        ("silent.mp4", [moving("testsrc", 4)], "anullsrc=d=4", "nothing could be read of the film's sound"),
        ("one.mp4", ["testsrc=s=64x48:r=12:d=0.08"], "", "the picture stands still"),
        ("still.mkv", [colour("gray", 4)], TONES.format(4), "the picture stands still"),
    ],
)
def test_what_is_missing_is_said(film: MakeFilm, name: str, pictures: list[str], sound: str, said: str) -> None:
    reading = sense((film(name, *pictures, sound=sound),)).readings[0]
    assert reading.kind == "video"
    assert reading.feeling.readable
    assert any(said in remark for remark in reading.remarks)


def test_a_film_without_a_picture_is_a_recording(film: MakeFilm) -> None:
    assert sense((film("heard.mp4", sound=TONES.format(4)),)).readings[0].kind != "video"


def test_a_cover_picture_is_no_film(film: MakeFilm, tmp_path: Path) -> None:
    sound, cover = film("heard.mp4", sound=TONES.format(4)), tmp_path / "cover.png"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=blue:s=32x32", "-frames:v", "1", cover], check=True
    )
    path = tmp_path / "covered.mp4"
    command = ["ffmpeg", "-v", "error", "-i", sound, "-i", cover, "-map", "0", "-map", "1", "-c", "copy"]
    subprocess.run([*command, "-disposition:v:0", "attached_pic", path], check=True)
    assert film_facts(path) is None


def test_a_tall_film_of_varying_rate(film: MakeFilm) -> None:
    vary = "testsrc=s=48x96:r=24:d=4,select='not(mod(n\\,3))+lt(n\\,40)'"
    path = film("tall.mkv", vary, options="-fps_mode vfr")
    assert len(load_frames(path, rate=8)) == pytest.approx(32, abs=2)
    assert sense((path,)).readings[0].facts["seconds"] == pytest.approx(4, abs=0.2)


def test_a_damaged_film_gives_what_there_is_or_a_sentence(film: MakeFilm, tmp_path: Path) -> None:
    whole = film("long.mkv", moving("testsrc", 8))
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    reading = sense((broken,)).readings[0]
    assert any("could be read only up to" in said for said in reading.remarks)
    for name, data in (("zero.mp4", b""), ("noise.mp4", bytes(range(256)) * 40)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(FileError, match=r"empty|not a sound or film"):
            sense((tmp_path / name,))


def test_a_film_that_does_not_say_its_length(tmp_path: Path) -> None:
    path = tmp_path / "recorded.webm"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", moving("testsrc", 3), "-f", "webm", "-live", "1", "pipe:1"]
    path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    assert probe_film(path).seconds is None
    assert sense((path,)).readings[0].facts["seconds"] == pytest.approx(3, abs=0.2)


def test_a_list_of_other_files_is_not_opened(film: MakeFilm, tmp_path: Path) -> None:
    other = film("mute.mp4", colour("red", 2))
    (tmp_path / "list.mp4").write_text(f"#EXTM3U\n#EXTINF:2,\n{other}\n#EXT-X-ENDLIST\n")
    with pytest.raises(FileError, match="not a sound or film"):
        sense((tmp_path / "list.mp4",))


def test_ten_hours_are_refused_in_a_sentence(film: MakeFilm, capsys: pytest.CaptureFixture[str]) -> None:
    path = film("ten.mkv", "color=red:s=16x16:r=1/600:d=36000", options="-r 1/600 -c:v ffv1")
    assert main(["feel", str(path)]) == 2
    assert "at most 3 hours, got 10.0" in capsys.readouterr().err


def test_a_long_film_is_read_in_pieces(film: MakeFilm, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LONGEST_WHOLE", 30.0), ("PIECES", 4), ("PIECE", 5.0)):
        monkeypatch.setattr(f"senandung.api.films.{name}", value)
    path = film("long.mp4", colour("white", 30), colour("black", 30), sound=TONES.format(60))
    facts = film_facts(path)
    assert facts is not None
    reading = read_film_file(path, facts, read_recording)
    assert any("of 1 minutes of picture, 4 stretches of 5 seconds" in said for said in reading.remarks)
    assert [span.start for span in reading.curve][::2] == pytest.approx([0, 55 / 3, 110 / 3, 55], abs=0.01)
    assert reading.curve[0].valence > reading.curve[-1].valence
    assert reading.facts["sound"] == "song"


def test_feel_says_it_on_the_command_line(film: MakeFilm, capsys: pytest.CaptureFixture[str]) -> None:
    path = film("mute.mp4", colour("red", 2))
    assert main(["feel", str(path), "aku senang sekali hari ini"]) == 0
    assert "mute.mp4 (video)" in capsys.readouterr().out
