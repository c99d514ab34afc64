"""The computed instruments, measured from their samples against their tables."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from senandung.domain.errors import InvalidValueError, MissingProgramError, UnknownNameError
from senandung.domain.hand_drums import STROKES, stroke_at, stroke_key
from senandung.domain.instruments import INSTRUMENTS, instrument
from senandung.domain.performance import Part, Performance, PlayedNote
from senandung.domain.pitch import midi_to_hz
from senandung.rendering import render as room
from senandung.rendering.render import render
from senandung.rendering.strips import GAMELAN, strip_of
from senandung.rendering.synthesis.gamelan import IDIOPHONES
from senandung.rendering.synthesis.membranes import HITS
from senandung.rendering.synthesis.play import FULL, SYNTHESISED, play_part
from senandung.rendering.synthesis.strings import PLUCKED

RATE = 44_100
PITCHED = sorted(name for name in SYNTHESISED if not instrument(name).drum)
Sound = NDArray[np.float64]


def played(name: str, *notes: PlayedNote, seconds: float = 2.0, seed: int = 0, track: str = "x") -> Sound:
    role = "drums" if instrument(name).drum else "melody"
    return play_part(Part(track, role, name, notes), seconds, RATE, seed=seed).astype(np.float64)


def peak_hz(sound: Sound, near: float, width: float = 0.035) -> float:
    """The strongest frequency within a share of `near`, by an interpolated spectrum."""
    size = 1 << 21
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    low, high = round(near * (1 - width) * size / RATE), round(near * (1 + width) * size / RATE)
    return float((low + spectrum[low : high + 1].argmax()) * RATE / size)


def course_of(sound: Sound, hz: float, width: float) -> tuple[Sound, Sound]:
    """Amplitude and frequency along a sound of what lies within `width` Hz of `hz`."""
    from scipy.signal import butter, sosfiltfilt

    turned = sound * np.exp(-2j * np.pi * hz * np.arange(len(sound)) / RATE)
    sos = butter(2, width, fs=RATE, output="sos")
    slow = sosfiltfilt(sos, turned.real) + 1j * sosfiltfilt(sos, turned.imag)
    frequency = hz + np.diff(np.unwrap(np.angle(slow)), prepend=0.0) * RATE / (2 * np.pi)
    return 2 * np.abs(slow), frequency


@pytest.mark.parametrize("name", PITCHED)
def test_every_tone_of_the_range_is_in_tune_by_its_sound(name: str) -> None:
    low, high = INSTRUMENTS[name].low, INSTRUMENTS[name].high
    for pitch in sorted({*range(low, high + 1, 7), high}):
        cents = 31.7 - 5 * (pitch % 12)
        wanted = midi_to_hz(pitch) * 2 ** (cents / 1200)
        seconds = 3.0 if wanted < 110 else 1.6
        sound = played(name, PlayedNote(0.05, seconds, pitch, 84, ((0.0, cents),)), seconds=seconds)
        away = 1200 * np.log2(peak_hz(sound[round(0.12 * RATE) :], wanted, 0.02) / wanted)
        assert abs(away) < 1.5, f"{name} {pitch}: {away:.2f} cents"


@pytest.mark.parametrize("name", sorted(IDIOPHONES))
def test_partials_stand_where_the_table_has_them(name: str) -> None:
    kind = IDIOPHONES[name]
    pitch = sum(instrument(name).comfortable) // 2
    hz = midi_to_hz(pitch)
    base = kind.seconds60[1] * (kind.seconds60[0] / hz) ** kind.shorter
    window = 0.5 if hz < 200 else 0.2
    sound = played(name, PlayedNote(0.0, 4.0, pitch, 80), seconds=4.0)[round(0.04 * RATE) :][: round(window * RATE)]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 19))
    mean: dict[float, float] = {}
    for partial in kind.partials:
        if partial.ratio * hz > 0.4 * RATE or partial.level < -26:
            continue
        found = peak_hz(sound, partial.ratio * hz, 0.02)
        assert abs(found - partial.ratio * hz) < max(partial.beat, 0.012 * partial.ratio * hz) + 1, partial
        at = round(found * (1 << 19) / RATE)
        seconds = 0.04 + np.arange(len(sound)) / RATE
        fallen = np.average(10 ** (-3 * seconds / (partial.decay * base)), weights=np.hanning(len(sound)))
        mean[partial.ratio] = 20 * float(np.log10(spectrum[at - 20 : at + 21].max() / fallen)) - partial.level
        if not partial.beat:
            assert mean[partial.ratio] - mean[1.0] == pytest.approx(0.0, abs=4.5), partial


@pytest.mark.parametrize("name", sorted(IDIOPHONES))
def test_fundamentals_die_away_as_the_table_has_it(name: str) -> None:
    kind = IDIOPHONES[name]
    pitch = sum(instrument(name).comfortable) // 2
    hz = midi_to_hz(pitch)
    wanted = kind.seconds60[1] * (kind.seconds60[0] / hz) ** kind.shorter
    level, _ = course_of(played(name, PlayedNote(0.0, 9.0, pitch, 80), seconds=min(wanted, 6.0)), hz, 0.12 * hz)
    first, last = round(0.12 * len(level)), round(0.45 * len(level))
    slope = 20 * np.log10(level[last] / level[first]) / ((last - first) / RATE)
    assert -60 / slope == pytest.approx(wanted, rel=0.06)


def test_the_gong_swells_at_the_rate_of_its_pair() -> None:
    pair = next(partial for partial in IDIOPHONES["gong"].partials if partial.beat)
    hz = midi_to_hz(29)
    level, _ = course_of(played("gong", PlayedNote(0.0, 9.0, 29, 90), seconds=9.0), pair.ratio * hz, 12.0)
    level = level[RATE : 8 * RATE : 441]  # a hundred a second
    at = np.arange(len(level))
    log = np.log(level)
    swell = log - np.polyval(np.polyfit(at, log, 1), at)
    spectrum = np.abs(np.fft.rfft(swell * np.hanning(len(swell)), 1 << 14))
    rate = float(np.fft.rfftfreq(1 << 14, 0.01)[1 + spectrum[1:].argmax()])
    assert rate == pytest.approx(pair.beat, abs=0.1)
    assert swell.max() - swell.min() > 0.7  # 6 dB and more between the wave's top and its bottom


@pytest.mark.parametrize("name", ["saron", "slenthem", "peking"])
def test_a_bar_is_damped_as_the_next_one_is_struck(name: str) -> None:
    low = instrument(name).comfortable[0]
    one, two = PlayedNote(0.0, 0.2, low, 90), PlayedNote(1.0, 0.2, low + 5, 90)
    hz = midi_to_hz(low)
    alone, _ = course_of(played(name, one, seconds=2.5), hz, 10.0)
    both, _ = course_of(played(name, one, two, seconds=2.5), hz, 10.0)
    at = round(0.9 * RATE)
    assert both[at] == pytest.approx(alone[at], rel=0.05)  # its written end does not stop it
    at = round(1.45 * RATE)
    assert both[at] < 0.03 * alone[at]


def test_kettles_and_gongs_ring_on_through_other_strokes() -> None:
    for name, low in (("bonang-barung", 69), ("kenong", 64), ("gong", 29)):
        one, two = PlayedNote(0.0, 0.2, low, 90), PlayedNote(0.8, 0.2, low + 5, 90)
        hz = midi_to_hz(low)
        alone, _ = course_of(played(name, one, seconds=2.5), hz, 4.0)
        both, _ = course_of(played(name, one, two, seconds=2.5), hz, 4.0)
        at = round(1.6 * RATE)
        assert both[at] == pytest.approx(alone[at], rel=0.1)


@pytest.mark.parametrize("name", sorted(SYNTHESISED - HITS.keys()))
def test_harder_is_louder_and_brighter(name: str) -> None:
    pitch = instrument(name).comfortable[0] + 3

    def loud_and_bright(velocity: int) -> tuple[float, float]:
        sound = played(name, PlayedNote(0.0, 0.6, pitch, velocity), seconds=0.6)
        spectrum = np.abs(np.fft.rfft(sound)) ** 2
        hz = np.fft.rfftfreq(len(sound), 1 / RATE)
        return float(spectrum.sum()), float((spectrum * hz).sum() / spectrum.sum())

    soft, hard = loud_and_bright(45), loud_and_bright(115)
    assert hard[0] > 10 * soft[0]
    assert hard[1] > soft[1]


@pytest.mark.parametrize("name", sorted(PLUCKED))
def test_a_string_is_stiff_and_has_holes_where_it_is_plucked(name: str) -> None:
    kind = PLUCKED[name]
    pitch = instrument(name).comfortable[0]
    hz = midi_to_hz(pitch)
    sound = played(name, PlayedNote(0.0, 1.0, pitch, 100), seconds=1.0)
    k = 9
    wanted = k * hz * np.sqrt((1 + kind.stiffness * k**2) / (1 + kind.stiffness))
    assert 1200 * np.log2(peak_hz(sound, wanted, 0.01) / wanted) == pytest.approx(0.0, abs=3.0)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    level = [spectrum[round(n * hz) - 6 : round(n * hz) + 7].max() for n in range(1, 10)]
    hole = min(range(2, 10), key=lambda n: abs(np.sin(np.pi * n * kind.plucked_at)))
    if hole < 9:
        assert level[hole - 1] < min(level[hole - 2], level[hole])


def test_the_dut_slides_upwards_and_the_duk_does_not() -> None:
    def hz_at(stroke: str, second: float) -> float:
        sound = played("gendang", PlayedNote(0.0, 0.2, stroke_key("gendang", stroke), 100), seconds=0.7)
        _, frequency = course_of(sound, 105.0, 70.0)
        return float(frequency[round(second * RATE)])

    assert hz_at("dut", 0.03) < 98
    assert hz_at("dut", 0.28) == pytest.approx(84 * 2 ** (7.3 / 12), rel=0.03)
    assert hz_at("ndut", 0.05) < 86
    assert hz_at("ndut", 0.45) == pytest.approx(74 * 2 ** (9.5 / 12), rel=0.04)
    assert hz_at("duk", 0.05) == pytest.approx(hz_at("duk", 0.10), rel=0.04)


def test_a_stroke_chokes_its_own_head_only() -> None:
    dut, tak = stroke_key("gendang", "dut"), stroke_key("gendang", "tak")
    rest = slice(round(0.24 * RATE), round(0.34 * RATE))
    alone = played("gendang", PlayedNote(0.0, 0.1, dut, 100), seconds=0.6)[rest]
    other = played("gendang", PlayedNote(0.0, 0.1, dut, 100), PlayedNote(0.01, 0.1, tak, 1), seconds=0.6)[rest]
    same = played("gendang", PlayedNote(0.0, 0.1, dut, 100), PlayedNote(0.12, 0.1, dut, 1), seconds=0.6)[rest]
    assert np.abs(other).max() > 0.8 * np.abs(alone).max()
    assert np.abs(same).max() < 0.05 * np.abs(alone).max()


def test_the_sulings_pitch_follows_its_bend_and_its_breath_is_heard() -> None:
    hz = midi_to_hz(76)
    bend = ((0.0, 0.0), (0.4, 0.0), (0.5, 60.0), (1.2, 60.0))
    sound = played("suling", PlayedNote(0.0, 1.2, 76, 84, bend), seconds=1.3)
    _, frequency = course_of(sound, hz, 80.0)
    assert 1200 * np.log2(np.median(frequency[round(0.2 * RATE) : round(0.35 * RATE)]) / hz) == pytest.approx(0, abs=2)
    assert 1200 * np.log2(np.median(frequency[round(0.7 * RATE) : RATE]) / hz) == pytest.approx(60, abs=2)
    spectrum = np.abs(np.fft.rfft(sound[: round(0.4 * RATE)] * np.hanning(round(0.4 * RATE))))
    tone = spectrum[round(hz * 0.4) - 4 : round(hz * 0.4) + 5].max()
    between = np.median(spectrum[round(3.3 * hz * 0.4) : round(3.7 * hz * 0.4)])
    assert -80 < 20 * np.log10(between / tone) < -35


@pytest.mark.parametrize("name", sorted(SYNTHESISED))
def test_the_same_seed_gives_the_same_samples_and_the_end_is_silent(name: str) -> None:
    low, high = instrument(name).comfortable
    notes = tuple(PlayedNote(0.1 * n, 0.1, low + (5 * n) % (high - low + 1), 127) for n in range(30))
    sound = played(name, *notes, seconds=4.0)
    assert np.array_equal(sound, played(name, *notes, seconds=4.0))
    assert not np.array_equal(sound, played(name, *notes, seconds=4.0, seed=1))
    assert np.isfinite(sound).all()
    assert 0.02 < np.abs(sound).max() <= FULL + 1e-6
    assert abs(sound[-1]) < 1e-3
    assert abs(sound[0]) < 0.05
    assert len(sound) == 4 * RATE
    assert not played(name, seconds=1.0).any()


@pytest.mark.parametrize("name", sorted(SYNTHESISED - {"gong"}))
def test_tones_end_without_a_click(name: str) -> None:
    pitch = instrument(name).comfortable[0] + 2
    sound = played(name, PlayedNote(0.0, 0.3, pitch, 100), PlayedNote(0.6, 0.1, pitch, 1), seconds=3.0)
    steps = np.abs(np.diff(sound))
    early = max(float(steps[: round(0.25 * RATE)].max()), 1e-9)
    later = steps[round(0.3 * RATE) : round(0.59 * RATE)]
    assert later.max() <= early
    last = np.flatnonzero(np.abs(sound) > 1e-7)[-1]
    assert np.abs(sound[last - 44 : last]).max() < 2e-3


def test_a_part_that_would_be_too_loud_is_lowered() -> None:
    notes = tuple(PlayedNote(0.0, 1.0, pitch, 127) for pitch in range(28, 52) for _ in range(2))
    assert np.abs(played("keroncong-bass", *notes, seconds=1.0)).max() == pytest.approx(FULL, abs=1e-6)


@st.composite
def any_part(draw: st.DrawFn) -> Part:
    """Notes of any pitch, length and bend, on any computed instrument."""
    name = draw(st.sampled_from(sorted(SYNTHESISED)))
    bends = st.lists(st.tuples(st.floats(0, 1), st.floats(-2400, 2400)), max_size=4)
    note = st.builds(
        PlayedNote,
        st.floats(0, 1.2),
        st.floats(0.0001, 2),
        st.integers(0, 127),
        st.integers(1, 127),
        bends.map(lambda points: tuple(sorted(dict(points).items()))),
    )
    return Part("x", "drums" if instrument(name).drum else "melody", name, tuple(draw(st.lists(note, max_size=5))))


@settings(max_examples=60, deadline=None)
@given(any_part(), st.sampled_from((16_000, 44_100, 48_000)))
def test_any_part_can_be_computed(part: Part, rate: int) -> None:
    sound = play_part(part, 1.0, rate)
    assert sound.shape == (rate,)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= FULL + 1e-6


def test_what_cannot_be_computed_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"must be one of bonang-barung, .* got piano"):
        play_part(Part("x", "melody", "piano", ()), 1.0, RATE)
    with pytest.raises(InvalidValueError, match="a part must last, got 0"):
        play_part(Part("x", "melody", "saron", ()), 0.0, RATE)
    with pytest.raises(InvalidValueError, match="16000 Hz or more, got 4000"):
        play_part(Part("x", "melody", "saron", ()), 1.0, 4000)
    with pytest.raises(UnknownNameError, match="unknown stroke of the gendang 'dutt'; did you mean 'dut'"):
        stroke_key("gendang", "dutt")
    with pytest.raises(UnknownNameError, match="unknown hand drum 'drums'"):
        stroke_key("drums", "dut")


def test_the_tables_of_strokes_fit_together() -> None:
    assert {name: set(hits) for name, hits in HITS.items()} == {name: set(rows) for name, rows in STROKES.items()}
    for name, rows in STROKES.items():
        keys = [stroke.key for stroke in rows.values()]
        assert len(set(keys)) == len(keys)
        assert all(instrument(name).plays(key) for key in keys)
        assert all(stroke_at(name, stroke.key) == stroke for stroke in rows.values())


def test_every_instrument_of_the_gamelan_is_computed_and_has_its_strip() -> None:
    gamelan = {name for name, row in INSTRUMENTS.items() if row.family == "gamelan"}
    assert gamelan | {"kendang"} == set(GAMELAN)
    assert set(GAMELAN) <= SYNTHESISED
    parts = [Part("Gong", "bass", "gong", ()), Part("Saron", "melody", "saron", ())]
    assert strip_of(parts[0], parts).high_pass < 30


def test_a_gamelan_needs_no_sound_font_and_its_stems_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise MissingProgramError("fluidsynth is not installed: apt install fluidsynth")

    monkeypatch.setattr(room, "find_program", missing)
    balungan = tuple(PlayedNote(0.2 + 0.5 * n, 0.5, pitch, 80) for n, pitch in enumerate((74, 76, 79, 81) * 2))
    parts = (
        Part("Saron", "melody", "saron", balungan),
        Part("Gong", "bass", "gong", (PlayedNote(0.2, 3.0, 29, 90),)),
        Part("Kendang", "drums", "kendang", (PlayedNote(0.2, 0.2, 41, 90), PlayedNote(2.2, 0.2, 63, 80))),
    )
    with render(Performance("0" * 16, parts, 4.7)) as mix:
        total = np.sum([stem.samples.astype(np.float64) for stem in mix.stems.values()], axis=0)
        assert np.abs(total - mix.mix.samples).max() < 1e-5
        assert mix.loudness == pytest.approx(-14, abs=0.2)
        assert mix.true_peak <= -1.0
    with pytest.raises(MissingProgramError, match="apt install fluidsynth"):
        render(Performance("0" * 16, (*parts, Part("Piano", "chords", "piano", balungan)), 4.7))


def test_onsets_are_where_the_performance_has_them() -> None:
    for name in ("saron", "cak", "kendang", "bonang-barung"):
        pitch = 63 if name == "kendang" else instrument(name).comfortable[0]
        wanted = [0.5, 0.9, 1.35]
        sound = played(name, *(PlayedNote(at, 0.3, pitch, 100) for at in wanted), seconds=2.0)
        for before, at in pairwise([0.0, *wanted]):
            quiet = np.abs(sound[round((at - 0.02) * RATE) : round(at * RATE) - 1]).max()
            struck = np.abs(sound[round(at * RATE) : round((at + 0.01) * RATE)]).max()
            assert struck > 1.5 * quiet, (name, before, at)
