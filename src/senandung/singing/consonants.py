"""The consonants: one row each. Where the tongue goes, what is heard of it.

Loci (F2 at the consonant as a line over F2 of the vowel): Sussman, McCaffrey & Matthews (1991), J. Acoust. Soc. Am.
90(3). Levels and spectra of noise: Stevens (1998), "Acoustic Phonetics", chapters 7 and 8; tuned as docs/voice.md says.
Frequencies are a grown man's, in Hz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Spectrum = tuple[tuple[float, float], ...]
"""Points of a noise's spectrum: Hz, dB; straight between them over the logarithm of frequency."""


@dataclass(frozen=True)
class Locus:
    """Where a place of articulation pulls the formants.

    `slope` and `start` give F2 at the consonant: slope · F2 of the vowel + start. `f3` is F3 there; `glide` the seconds
    in which the formants reach the vowel.
    """

    slope: float
    start: float
    f3: float
    glide: float


LOCI: Mapping[str, Locus] = MappingProxyType(
    {
        "labial": Locus(0.62, 370.0, 2250.0, 0.045),
        "dental": Locus(0.5, 800.0, 2550.0, 0.05),
        "alveolar": Locus(0.42, 1010.0, 2650.0, 0.055),
        "palatal": Locus(0.25, 1650.0, 2800.0, 0.075),
        "velar": Locus(0.9, 350.0, 2250.0, 0.06),
        "glottal": Locus(1.0, 0.0, 0.0, 0.03),
    }
)


@dataclass(frozen=True)
class Consonant:
    """How a consonant sounds.

    Parameters
    ----------
    voice : strength of voicing through the mouth, linear.
    level : of a nasal, liquid or glide in dB against a vowel, None for others.
    bar : strength of the voice bar heard through the walls while the mouth is closed.
    noise : level of frication in dB against a vowel, None for none; `spectrum` its shape.
    burst : level of the release in dB, `release` its length in seconds, from the burst to the vowel's voicing.
    f1 : F1 while it is held.
    target : F2 and F3 of a sonorant, and how much of them its neighbours take (0..1).
    zero : Hz of a nasal's zero.
    """

    voice: float = 0.0
    level: float | None = None
    bar: float = 0.0
    noise: float | None = None
    spectrum: Spectrum = ()
    burst: float | None = None
    release: float = 0.0
    f1: float = 300.0
    target: tuple[float, float, float] | None = None
    zero: float | None = None


_DIFFUSE_LOW: Spectrum = ((100, -20), (400, 0), (1200, -2), (4000, -10), (10000, -16), (20000, -26))
_DIFFUSE_HIGH: Spectrum = ((100, -40), (1500, -14), (3000, -4), (4500, 0), (7000, -4), (12000, -12), (20000, -24))
_S: Spectrum = ((100, -60), (1500, -45), (3000, -24), (4200, -10), (5600, -1), (7500, 0), (10000, -5), (20000, -20))
_SH: Spectrum = ((100, -60), (1200, -30), (1900, -10), (2700, 0), (3800, -1), (5500, -7), (9000, -16), (20000, -32))
_F: Spectrum = ((100, -20), (1000, -10), (2500, -5), (6000, 0), (10000, -1), (14000, -5), (20000, -14))
_TH: Spectrum = ((100, -30), (1500, -14), (4000, -6), (7000, 0), (10000, -2), (20000, -14))

CONSONANTS: Mapping[str, Consonant] = MappingProxyType(
    {
        "p": Consonant(burst=-10, release=0.018, spectrum=_DIFFUSE_LOW),
        "b": Consonant(bar=0.25, burst=-20, release=0.006, spectrum=_DIFFUSE_LOW),
        "t": Consonant(burst=-5, release=0.029, spectrum=_DIFFUSE_HIGH),
        "d": Consonant(bar=0.25, burst=-16, release=0.008, spectrum=_DIFFUSE_HIGH),
        "k": Consonant(burst=-4, release=0.047),
        "g": Consonant(bar=0.25, burst=-15, release=0.010),
        "ʔ": Consonant(),
        "tʃ": Consonant(noise=-10, spectrum=_SH, burst=-6, release=0.055),
        "dʒ": Consonant(bar=0.25, noise=-15, spectrum=_SH, burst=-11, release=0.035),
        "f": Consonant(noise=-18, spectrum=_F),
        "v": Consonant(voice=0.3, noise=-25, spectrum=_F, f1=300),
        "θ": Consonant(noise=-20, spectrum=_TH),
        "ð": Consonant(voice=0.35, noise=-28, spectrum=_TH),
        "s": Consonant(noise=-7, spectrum=_S),
        "z": Consonant(voice=0.25, noise=-13, spectrum=_S),
        "ʃ": Consonant(noise=-7, spectrum=_SH),
        "ʒ": Consonant(voice=0.25, noise=-12, spectrum=_SH),
        "x": Consonant(noise=-14),
        "h": Consonant(),
        "m": Consonant(voice=1.0, level=-4.0, zero=1050, f1=270),
        "n": Consonant(voice=1.0, level=-4.0, zero=1650, f1=270),
        "ɲ": Consonant(voice=1.0, level=-4.0, zero=2100, f1=260),
        "ŋ": Consonant(voice=1.0, level=-4.0, zero=3200, f1=280),
        "l": Consonant(voice=1.0, level=-3.0, f1=340, target=(1250, 2750, 0.35)),
        "r": Consonant(voice=1.0, level=-3.0, f1=430, target=(1350, 1900, 0.25)),
        "ɾ": Consonant(voice=1.0, level=-3.0, f1=350, target=(1500, 2400, 0.4)),
        "ɹ": Consonant(voice=1.0, level=-3.0, f1=340, target=(1150, 1600, 0.15)),
        "w": Consonant(voice=1.0, level=-3.0, f1=300, target=(680, 2250, 0.1)),
        "j": Consonant(voice=1.0, level=-3.0, f1=270, target=(2250, 3000, 0.1)),
    }
)
"""Every consonant by its symbol."""
