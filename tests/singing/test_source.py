"""The glottal source against the LF model's own statements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.errors import InvalidValueError
from senandung.singing.source import RD_HIGH, RD_LOW, lf_pulse, wavetables

RDS = st.floats(RD_LOW, RD_HIGH)


@given(RDS)
def test_a_period_has_no_net_flow(rd: float) -> None:
    times = (np.arange(200_000) + 0.5) / 200_000
    derivative = lf_pulse(rd).flow_derivative(times)
    assert abs(derivative.mean()) < 1e-4
    flow = np.cumsum(derivative) / len(times)
    assert flow.min() > -0.01 * flow.max(), "air flows outwards"


@given(st.floats(RD_LOW, 2.0))
def test_the_excitation_is_where_it_should_be_and_has_strength_1(rd: float) -> None:
    pulse = lf_pulse(rd)
    times = np.linspace(0, 1, 100_001)
    derivative = pulse.flow_derivative(times)
    assert derivative.min() == pytest.approx(-1, abs=0.01)
    assert times[np.argmin(derivative)] == pytest.approx(pulse.excitation, abs=2e-4)


@pytest.mark.parametrize("rd", [0.3, 0.5, 1.0, 1.7, 2.7])
def test_the_harmonics_are_those_of_the_sampled_period(rd: float) -> None:
    n = 1 << 18
    sampled = np.fft.rfft(lf_pulse(rd).flow_derivative((np.arange(n) + 0.5) / n))[:60] / n
    sampled *= np.exp(-1j * np.pi * np.arange(60) / n)
    assert np.abs(lf_pulse(rd).harmonics(59) - sampled).max() < 1e-4


@pytest.mark.parametrize("rd", [0.7, 1.0, 1.7, 2.5])
def test_the_harmonics_fall_as_the_return_phase_says(rd: float) -> None:
    """Below 1 / (2π·Ta) 6 dB an octave, above it 12 (Fant 1995, section 2)."""
    pulse = lf_pulse(rd)
    level = 20 * np.log10(np.abs(pulse.harmonics(4000)))
    corner = 1 / (2 * np.pi * pulse.back)

    def fall(low: int) -> float:
        return float(level[low // 2 * 2 : low + low // 2].mean() - level[low * 2 : low * 3].mean())

    assert fall(max(int(corner * 12), 40)) == pytest.approx(12, abs=1.0)
    if corner > 30:
        assert fall(6) < 10


def test_a_pressed_voice_is_brighter_than_a_lax_one() -> None:
    def tilt(rd: float) -> float:
        level = np.abs(lf_pulse(rd).harmonics(20))
        return float(20 * np.log10(level[1] / level[15]))

    falls = [tilt(rd) for rd in (0.5, 1.0, 1.6, 2.2, 2.7)]
    assert falls == sorted(falls)
    assert falls[-1] - falls[0] > 15


@pytest.mark.parametrize("f0", [87.3, 261.6, 523.3, 1046.5])
def test_nothing_is_folded_back(f0: float) -> None:
    n = 1 << 16
    phase = np.arange(n) * f0 / 44_100
    sound = wavetables().read(phase, np.full(n, f0), np.full(n, 0.5))
    spectrum = np.abs(np.fft.rfft(sound * np.blackman(n)))
    frequency = np.fft.rfftfreq(n, 1 / 44_100)
    distance = np.abs(frequency / f0 - np.round(frequency / f0)) * f0
    between = spectrum[(distance > 15) & (frequency > 20)]
    assert 20 * np.log10(between.max() / spectrum.max()) < -75


def test_rd_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"Rd must be in 0\.3\.\.2\.7, got 3"):
        lf_pulse(3.0)
