"""The bronze of the gamelan, as tables of partials: bars, kettles and gongs.

Ratios, levels and decays of real instruments scatter by more than the tables' last digit; each row is one typical set.
"checked" in a source was read there; "as quoted" is known from other authors' accounts and could not be read in print;
"ours" was set by ear and eye. Decay times are ours throughout: no printed table of them was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from senandung.rendering.synthesis.idiophones import Idiophone, Partial

FUNDAMENTAL = Partial(1.0, 0.0, 1.0)

SARON = Idiophone(
    (
        FUNDAMENTAL,
        Partial(2.39, -27.0, 0.35),
        Partial(2.78, -19.0, 0.40, 3.0, -9.0),
        Partial(4.75, -24.0, 0.22),
        Partial(5.08, -28.0, 0.20),
        Partial(5.96, -25.0, 0.16),
        Partial(9.1, -34.0, 0.10),
    ),
    (540.0, 4.5),
    (0.0006, 0.00022),
    (-19.0, 900.0, 5200.0, 0.03),
    "next",
    "ratios 2.39 2.78 4.75 5.08 5.96: a saron in Sethares, Tuning, Timbre, Spectrum, Scale, as quoted; its second "
    "strong partial near the 2.76 of a free bar (Fletcher & Rossing 1998); level -20 dB after the peking, checked",
)
"""Saron barung: thick bronze bars over a trough, a wooden hammer."""

DEMUNG = replace(SARON, seconds60=(270.0, 7.0), contact=(0.0010, 0.0004), knock=(-20.0, 500.0, 3500.0, 0.04))

PEKING = Idiophone(
    (
        FUNDAMENTAL,
        Partial(2.69, -18.0, 0.55),
        Partial(2.97, -17.1, 0.50),
        Partial(5.07, -14.7, 0.30),
        Partial(8.6, -32.0, 0.10),
    ),
    (1083.0, 2.6),
    (0.00035, 0.00014),
    (-17.0, 1800.0, 9000.0, 0.02),
    "next",
    "peking slendro 1 of 1083 Hz: 2911, 3212 and 5486 Hz at -20.2, -20.1 and -22.4 dB (M. A. Maula, Universitas Islam "
    "Indonesia, Spectrum Identification of Peking), checked: these are the levels of the first 0.3 s; the highest ours",
)
"""Peking (saron panerus): small thick bars and a hammer of horn."""

GENDER = Idiophone(
    (
        FUNDAMENTAL,
        Partial(2.01, -30.0, 0.45),
        Partial(2.57, -32.0, 0.30),
        Partial(4.05, -38.0, 0.18),
        Partial(4.80, -40.0, 0.14),
        Partial(6.27, -44.0, 0.10),
    ),
    (270.0, 9.0),
    (0.0022, 0.0011),
    (-30.0, 200.0, 1200.0, 0.04),
    "same",
    "ratios 2.01 2.57 4.05 4.80 6.27: a gendèr in Sethares, as quoted; tubes and padded discs leave nearly a sine (C. "
    "Scholz, comp.music 1989, checked); levels ours",
    damped60=0.10,
)
"""Gendèr barung and panerus: thin bars over tuned tubes, padded discs."""

SLENTHEM = replace(GENDER, seconds60=(136.0, 14.0), contact=(0.0040, 0.0018), damping="next", damped60=0.20)

GAMBANG = Idiophone(
    (FUNDAMENTAL, Partial(2.77, -13.0, 0.45), Partial(5.18, -21.0, 0.25), Partial(8.2, -27.0, 0.15)),
    (270.0, 0.7),
    (0.0011, 0.0005),
    (-12.0, 400.0, 3000.0, 0.02),
    "same",
    "wooden bars: near the 1 : 2.76 : 5.40 of a free bar (Fletcher & Rossing 1998); levels and decay ours",
    shorter=0.5,
)

BONANG = Idiophone(
    (
        FUNDAMENTAL,
        Partial(1.52, -15.0, 0.60, 2.5, -6.0),
        Partial(2.61, -30.0, 0.30),
        Partial(3.46, -14.0, 0.35, 5.0, -5.0),
        Partial(3.92, -17.0, 0.30),
        Partial(5.7, -30.0, 0.16),
    ),
    (420.0, 2.6),
    (0.0009, 0.0003),
    (-18.0, 500.0, 3500.0, 0.03),
    "same",
    "ratios 1.52 3.46 3.92: a bonang in Sethares, as quoted; pairs of the modes with nodal diameters, as small gongs "
    "have them (Perrin et al. 2013, checked); levels and decay ours",
)
"""Bonang barung and panerus: kettles on cords, sticks wound with cord."""

BONANG_PANERUS = replace(BONANG, seconds60=(840.0, 1.5), contact=(0.0006, 0.0002), knock=(-17.0, 800.0, 5000.0, 0.02))

KENONG = Idiophone(
    (
        FUNDAMENTAL,
        Partial(1.52, -25.0, 0.50, 1.6, -6.0),
        Partial(2.02, -17.0, 0.55, 1.3, -7.0),
        Partial(3.02, -21.0, 0.40),
        Partial(3.98, -26.0, 0.30, 4.0, -5.0),
        Partial(5.05, -30.0, 0.22),
    ),
    (400.0, 5.0),
    (0.0014, 0.0006),
    (-24.0, 300.0, 2200.0, 0.04),
    "same",
    "a deep kettle, nearly harmonic to the ear; ratios, levels and decay ours",
    damped60=0.25,
)

KETHUK = replace(
    BONANG,
    partials=(FUNDAMENTAL, Partial(1.47, -9.0, 0.7), Partial(2.55, -16.0, 0.5), Partial(3.6, -22.0, 0.4)),
    seconds60=(310.0, 0.32),
    contact=(0.0018, 0.0008),
    knock=(-12.0, 250.0, 1800.0, 0.03),
    source="a flat low kettle whose player presses the stick on the boss: a short dull tone (commonly stated); ours",
)
KEMPYANG = replace(
    KETHUK,
    partials=(FUNDAMENTAL, Partial(1.53, -14.0, 0.7), Partial(3.4, -18.0, 0.4), Partial(3.9, -22.0, 0.3)),
    seconds60=(700.0, 0.9),
    contact=(0.0009, 0.0004),
    knock=(-16.0, 500.0, 3000.0, 0.02),
    source="as kethuk, higher and longer; ours",
)

GONG = Idiophone(
    (
        FUNDAMENTAL,
        Partial(2.0, -3.0, 0.70, 1.9, -2.0),
        Partial(2.98, -11.0, 0.50, 2.6, -5.0),
        Partial(3.52, -15.0, 0.40),
        Partial(4.02, -13.0, 0.38, 3.1, -4.0),
        Partial(5.03, -18.0, 0.28),
        Partial(5.92, -19.0, 0.25, 4.2, -4.0),
        Partial(7.04, -22.0, 0.20),
        Partial(8.1, -25.0, 0.16, 5.5, -3.0),
        Partial(9.55, -28.0, 0.13),
        Partial(12.1, -32.0, 0.10),
        Partial(15.3, -37.0, 0.07),
    ),
    (44.5, 30.0),
    (0.014, 0.007),
    (-34.0, 60.0, 400.0, 0.15),
    "never",
    "about a dozen decaying partials over 44.5 Hz, some near harmonics and some not, with a swell of a few Hz (gong "
    "ageng of Kyai Parijata, Delft; Ayers & Horner, Synthesizing a Javanese Gong Ageng, checked in part); two strong "
    "modes nearly 1 : 2, whose inexact octave beats (Krueger et al. 2010, after Physics Today 63(9), checked); "
    "each single ratio, level and decay ours",
    shorter=0.75,
)
"""Gong ageng and suwukan: the ombak is the beat of the octave's pair."""

KEMPUL = replace(
    GONG,
    partials=(
        FUNDAMENTAL,
        Partial(1.98, -8.0, 0.6, 2.4, -4.0),
        Partial(2.47, -19.0, 0.4),
        Partial(2.99, -16.0, 0.4, 3.3, -5.0),
        Partial(3.9, -21.0, 0.3),
        Partial(5.2, -25.0, 0.2, 5.1, -4.0),
        Partial(6.8, -30.0, 0.14),
    ),
    seconds60=(180.0, 8.0),
    contact=(0.006, 0.003),
    knock=(-30.0, 120.0, 900.0, 0.08),
    damping="same",
    damped60=0.4,
    source="a smaller hanging gong, as the gong; ours",
)

IDIOPHONES: Mapping[str, Idiophone] = MappingProxyType(
    {
        "slenthem": SLENTHEM,
        "demung": DEMUNG,
        "saron": SARON,
        "peking": PEKING,
        "gender-barung": GENDER,
        "gender-panerus": replace(GENDER, seconds60=(540.0, 5.5), contact=(0.0014, 0.0007)),
        "gambang": GAMBANG,
        "bonang-barung": BONANG,
        "bonang-panerus": BONANG_PANERUS,
        "kenong": KENONG,
        "kethuk": KETHUK,
        "kempyang": KEMPYANG,
        "kempul": KEMPUL,
        "gong": GONG,
    }
)
"""By the instrument's name."""
