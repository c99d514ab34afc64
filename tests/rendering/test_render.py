"""Rendered sound, judged by pyloudnorm and by its samples."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_up import band_song
from numpy.typing import NDArray
from scipy.signal import butter

from audio.second_meter import integrated_loudness
from rendering.small_fonts import font_bytes
from senandung.audio.filters import filtered, gain_at
from senandung.audio.mixing import correlation
from senandung.audio.true_peak import true_peak
from senandung.domain.errors import FileError, InvalidValueError, MachineError, MissingProgramError, OutputError
from senandung.domain.instruments import INSTRUMENTS, instrument
from senandung.domain.performance import Part, Performance, PlayedNote
from senandung.domain.recording import Recording
from senandung.domain.song import ROLES
from senandung.performing.perform import perform
from senandung.rendering.fluidsynth import raw_pieces, synthesise
from senandung.rendering.fonts import OwnFont
from senandung.rendering.master import closing_gain, master_gain, riding_gain
from senandung.rendering.mix import Mix
from senandung.rendering.render import SAMPLE_RATE, render
from senandung.rendering.riding import part_ride
from senandung.rendering.soundfont import find_program, find_soundfont
from senandung.rendering.strips import EVENED, PLACES, STRIPS, TONES, balance_of, place_of, strip_of
from senandung.rendering.vocal import VOICE_TO_BAND

try:
    TOOLS = find_program(), find_soundfont()
except MissingProgramError:
    TOOLS = None
needs_fluidsynth = pytest.mark.skipif(TOOLS is None, reason="fluidsynth or a sound font is not installed")

BAND = band_song(6, bpm=100)


def low_pass(frequency: float) -> NDArray[np.float64]:
    return np.asarray(butter(2, frequency, fs=SAMPLE_RATE, output="sos")[0])


SONG = replace(BAND, tracks=tuple(t for t in BAND.tracks if t.name in ("Melodi", "Piano", "Bas", "Drum")))
SHORT = replace(SONG, tracks=SONG.tracks[:1])


@pytest.fixture(scope="module")
def mix() -> Iterator[Mix]:
    """Fourteen seconds of a band."""
    with render(perform(SONG, seed=1)) as rendered:
        yield rendered


@needs_fluidsynth
def test_loudness_and_peak_are_what_was_promised(mix: Mix) -> None:
    samples = mix.mix.samples
    assert integrated_loudness(samples, SAMPLE_RATE) == pytest.approx(-14, abs=0.1)
    assert 20 * np.log10(true_peak(samples)) <= -1.0
    assert mix.loudness == pytest.approx(-14, abs=0.1)
    assert mix.true_peak <= -1.0


@needs_fluidsynth
def test_ends_are_quiet_the_middle_sounds_and_mono_keeps_it(mix: Mix) -> None:
    samples = mix.mix.samples
    few = SAMPLE_RATE // 200
    assert float(np.abs(samples[:, :few]).max()) < 0.002
    assert float(np.abs(samples[:, -few:]).max()) < 0.002
    assert float(np.abs(samples.mean(axis=1)).max()) < 1e-3
    assert correlation(samples) > 0.3
    sides = [integrated_loudness(np.stack((side, side)), SAMPLE_RATE) for side in samples]
    assert abs(sides[0] - sides[1]) < 1.0
    seconds = samples[:, : samples.shape[1] // SAMPLE_RATE * SAMPLE_RATE].reshape(2, -1, SAMPLE_RATE)
    assert float(np.sqrt((seconds[:, :-1] ** 2).mean(axis=(0, 2))).min()) > 1e-3
    played = perform(SONG, seed=1).seconds
    assert 0.5 <= mix.mix.seconds - played <= 6


@needs_fluidsynth
def test_the_low_end_stands_in_the_middle(mix: Mix) -> None:
    samples = mix.mix.samples
    low = filtered(np.stack((samples[0] + samples[1], samples[0] - samples[1])), *[low_pass(80)] * 2)
    middle, sides = (low.astype(np.float64) ** 2).sum(axis=1)
    assert sides < 0.01 * middle


@needs_fluidsynth
def test_stems_sum_to_the_song(mix: Mix) -> None:
    assert list(mix.stems) == [track.name for track in SONG.tracks]
    total = np.sum([stem.samples.astype(np.float64) for stem in mix.stems.values()], axis=0)
    difference = total - mix.mix.samples
    assert 10 * np.log10((difference**2).mean() / (mix.mix.samples**2).mean()) < -120


@needs_fluidsynth
def test_the_lead_is_above_every_part_that_accompanies_it(mix: Mix) -> None:
    lead = mix.stem_loudness["Melodi"]
    others = [level for track, level in mix.stem_loudness.items() if track != "Melodi"]
    assert all(2.5 <= lead - level <= 12 for level in others)
    for track, stem in mix.stems.items():
        assert stem.samples.shape == mix.mix.samples.shape
        assert correlation(stem.samples) > 0.2, track
    bass = mix.stems["Bas"].samples
    assert abs(10 * np.log10((bass[0] ** 2).mean() / (bass[1] ** 2).mean())) < 0.5


@needs_fluidsynth
def test_the_same_performance_gives_the_same_samples(mix: Mix) -> None:
    with render(perform(SONG, seed=1), workers=1) as again:
        assert np.array_equal(again.mix.samples, mix.mix.samples)


@needs_fluidsynth
def test_notes_sound_when_they_are_played(tmp_path: Path) -> None:
    assert TOOLS is not None
    onsets = (0.5, 1.25, 2.0)
    part = Part("Piano", "chords", "piano", tuple(PlayedNote(at, 0.3, 60, 90) for at in onsets))
    raw = synthesise(part, tmp_path, "a", 3.0, SAMPLE_RATE, TOOLS)
    sound = np.concatenate(list(raw_pieces(raw)), axis=1)
    assert 2.9 < sound.shape[1] / SAMPLE_RATE < 6.0
    assert [file.name for file in tmp_path.iterdir()] == [raw.name]
    level = np.sqrt((sound[:, : 3 * SAMPLE_RATE] ** 2).sum(axis=0).reshape(-1, 441).mean(axis=1))
    for onset in onsets:
        at = round(onset * 100)
        assert level[at : at + 6].max() > 3 * level[at - 3]


@needs_fluidsynth
def test_a_bend_is_heard_to_the_cent(tmp_path: Path) -> None:
    assert TOOLS is not None
    hz = {}
    for cents in (0.0, 31.0):
        note = PlayedNote(0.1, 3.0, 69, 90, ((0.0, cents),) if cents else ())
        raw = synthesise(Part("a", "melody", "flute", (note,)), tmp_path, "a", 3.2, SAMPLE_RATE, TOOLS)
        sound = np.concatenate(list(raw_pieces(raw)), axis=1)[0, SAMPLE_RATE : 3 * SAMPLE_RATE]
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 20))
        hz[cents] = float(spectrum.argmax())
    assert 1200 * np.log2(hz[31.0] / hz[0.0]) == pytest.approx(31, abs=2)


@needs_fluidsynth
def test_expression_is_heard_in_decibels_and_without_clicks(tmp_path: Path) -> None:
    assert TOOLS is not None
    note = PlayedNote(0.1, 5.0, 67, 90)
    part = Part("a", "melody", "clarinet", (note,), (), ((0.0, 1.0), (2.0, 1.0), (2.5, 0.5), (5.1, 0.5)))
    raw = synthesise(part, tmp_path, "a", 5.2, SAMPLE_RATE, TOOLS)
    sound = np.concatenate(list(raw_pieces(raw)), axis=1).mean(axis=0)
    power = [(sound[first * SAMPLE_RATE : (first + 1) * SAMPLE_RATE] ** 2).mean() for first in (1, 3)]
    assert 10 * np.log10(power[1] / power[0]) == pytest.approx(40 * np.log10(0.5), abs=1.0)
    steps = np.abs(np.diff(sound, 2))
    changing, steady = steps[2 * SAMPLE_RATE : 5 * SAMPLE_RATE // 2], steps[SAMPLE_RATE : 2 * SAMPLE_RATE]
    assert changing.max() < 1.5 * steady.max()


@needs_fluidsynth
def test_a_sung_part_replaces_the_instrument_and_keeps_its_place() -> None:
    performance = perform(SONG, seed=1)
    times = np.arange(round(performance.seconds * SAMPLE_RATE)) / SAMPLE_RATE
    hum = Recording((0.2 * np.sin(2 * np.pi * 1234 * times)).astype(np.float32)[None, :], SAMPLE_RATE)
    parts = tuple(part for part in performance.parts if part.track in ("Melodi", "Bas"))
    heard: list[tuple[float, str]] = []
    with render(
        Performance(performance.song_id, parts, performance.seconds),
        sung={"Melodi": hum},
        pans={"Melodi": 0.5},
        levels={"Melodi": 3.0},
        progress=lambda share, what: heard.append((share, what)),
    ) as rendered:
        stem = rendered.stems["Melodi"].samples
        # a voice stands above its band as the strip says, and the 3 dB asked for come to that
        assert rendered.voice_to_band == pytest.approx(VOICE_TO_BAND + 3, abs=1)
    spectrum = np.abs(np.fft.rfft(stem[0, SAMPLE_RATE : 2 * SAMPLE_RATE]))
    assert int(spectrum.argmax()) == 1234
    assert float((stem[1] ** 2).mean()) > 2 * float((stem[0] ** 2).mean())
    assert [what for _, what in heard] == ["Melodi", "Bas", "master"]
    assert [share for share, _ in heard] == sorted(share for share, _ in heard)


@needs_fluidsynth
def test_a_single_soft_instrument_is_mastered_too() -> None:
    song = band_song(6)
    alone = replace(song, tracks=tuple(track for track in song.tracks if track.name == "Piano"))
    with render(perform(alone, seed=1)) as rendered:
        assert integrated_loudness(rendered.mix.samples, SAMPLE_RATE) == pytest.approx(-14, abs=0.1)
        assert rendered.true_peak <= -1.0


@needs_fluidsynth
def test_nothing_stays_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    performance = perform(SHORT, seed=1)
    with render(performance) as rendered:
        assert list(tmp_path.iterdir())
        assert rendered.mix.seconds > 1
    assert list(tmp_path.iterdir()) == []
    broken = tmp_path.parent / "broken.sf2"
    broken.write_bytes(b"no sound font")
    with pytest.raises(FileError, match="not a sound font: it begins with b'no sound fon'"):
        render(performance, fonts=[OwnFont(broken)])
    broken.write_bytes(font_bytes((0, instrument(SHORT.tracks[0].instrument).program, "Nothing behind it")))
    with pytest.raises(MachineError, match="fluidsynth must play Melodi, got exit status"):
        render(performance, fonts=[OwnFont(broken)])
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match="temporary folder cannot be made"):
        render(performance)


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingProgramError, match="apt install musescore-general-soundfont"):
        find_soundfont(None, (tmp_path,))
    with pytest.raises(MissingProgramError, match="there is no sound font at"):
        find_soundfont(tmp_path / "x.sf3")
    assert shutil.which("sh")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match="fluidsynth is not installed: apt install fluidsynth"):
        render(perform(band_song(1), seed=1))


def test_what_cannot_be_rendered_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="must have a part with notes"):
        render(Performance("", (Part("Piano", "chords", "piano", ()),), 1.0))
    with pytest.raises(InvalidValueError, match="workers must be 1 or more, got 0"):
        render(perform(band_song(1), seed=1), workers=0)
    low = Recording(np.zeros((1, 8000), dtype=np.float32), 8000)
    with pytest.raises(InvalidValueError, match="must be at 44100 Hz, got 8000"):
        render(perform(band_song(1), seed=1), sung={"Melodi": low})


def test_every_role_has_its_strip_and_place() -> None:
    assert set(STRIPS) == set(PLACES) == set(ROLES)
    parts = [Part(str(number), "chords", "guitar", ()) for number in range(7)]
    places = [place_of(part, parts) for part in parts]
    assert len(set(places[:5])) == 5
    assert abs(sum(places[:4])) < 0.2
    assert place_of(parts[0], parts[:1]) == 0.0
    assert strip_of(parts[0], parts).high_pass > strip_of(Part("b", "bass", "bass", ()), parts).high_pass


@pytest.mark.parametrize("level", [3e-3, 0.05, 1.0])
def test_the_master_reaches_its_loudness_from_any_level(level: float) -> None:
    rng = np.random.default_rng(3)
    samples = (level * rng.standard_normal((2, 6 * SAMPLE_RATE)) * 0.1).astype(np.float32)
    samples[:, ::30_000] *= 8
    master = master_gain(samples, SAMPLE_RATE)
    mastered = samples * master.gain[None, :]
    assert integrated_loudness(mastered, SAMPLE_RATE) == pytest.approx(-14, abs=0.1)
    assert 20 * np.log10(true_peak(mastered)) <= -1.0


def test_the_master_of_silence_is_silence() -> None:
    master = master_gain(np.zeros((2, SAMPLE_RATE), dtype=np.float32), SAMPLE_RATE)
    assert float(master.gain.max()) == 1.0
    assert master.push == 0.0


def test_sections_come_nearer_and_the_end_may_die_away() -> None:
    soft_loud_soft = np.concatenate((np.full(150, 0.001), np.full(300, 0.05), np.full(150, 0.0001)))
    ride = riding_gain(soft_loud_soft, 45.0)
    assert ride[60] == pytest.approx(5.0)
    assert -3.0 <= ride[300] <= 0.0
    assert np.all(ride[450:] == ride[449])
    assert float(np.abs(np.diff(ride)).max()) < 0.6
    assert np.all(riding_gain(np.full(100, 0.01), 10.0) == 0.0)


def test_a_hand_on_a_part_lifts_its_soft_passages_and_waits_in_its_rests() -> None:
    soft_rest_loud = np.concatenate((np.full(150, 0.0005), np.zeros(200), np.full(300, 0.02)))
    hand = 20 * np.log10(part_ride(soft_rest_loud, 60.0))
    assert hand[60] == pytest.approx(5.0)
    assert hand[170] > 4
    assert -2.0 <= hand[500] <= 0.0
    assert np.all(hand[600:] == hand[599])
    assert float(np.abs(np.diff(hand)).max()) < 0.6
    assert np.all(part_ride(np.zeros(50), 5.0) == 1.0)
    assert np.all(part_ride(np.full(100, 0.01), 10.0) == 1.0)


def test_a_tambourine_is_tamed_where_it_plays() -> None:
    kit = [Part(str(key), "drums", "drums", (PlayedNote(0.1, 0.1, key, 80),)) for key in (42, 54)]
    at = [sum(gain_at(s, 11_400, SAMPLE_RATE) for s in strip_of(part, kit).sections(SAMPLE_RATE)) for part in kit]
    assert at[1] - at[0] == pytest.approx(-10, abs=0.1)


def test_every_tone_and_strip_is_a_stable_filter() -> None:
    for name in INSTRUMENTS:
        for role in ROLES:
            part = Part("a", role, name, ())
            for section in strip_of(part, (part, part)).sections(SAMPLE_RATE):
                assert np.abs(np.roots(section[3:])).max() < 1
    assert set(TONES) <= set(INSTRUMENTS)
    assert set(EVENED) <= set(INSTRUMENTS)


def test_a_long_last_sound_is_played_diminuendo_and_a_short_one_is_not() -> None:
    gain = closing_gain(12 * 1000, 1000, 5.0, 10.0)
    assert np.all(gain[:6000] == 1.0)
    assert 20 * np.log10(gain[10_000]) == pytest.approx(-8.0, abs=0.01)
    assert np.all(np.diff(gain) <= 0)
    assert np.all(closing_gain(12 * 1000, 1000, 9.0, 10.0) == 1.0)


@pytest.mark.parametrize(
    "roles", [("vocal", "chords"), ("vocal", "bass", "drums", "chords", "chords", "pad", "counter")]
)
def test_a_small_and_a_large_band_are_as_present(roles: tuple[str, ...]) -> None:
    parts = [Part(str(number), role, "piano", ()) for number, role in enumerate(roles)]
    levels = balance_of(parts)
    band = 10 * np.log10(sum(10 ** (level / 10) for track, level in levels.items() if track != "0"))
    assert levels["0"] == STRIPS["vocal"].loudness
    assert -23.1 <= band <= -18.4
    assert all(level < levels["0"] for track, level in levels.items() if track != "0")
