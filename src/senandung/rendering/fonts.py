"""Sound fonts of a person's own: one for everything, or one for an instrument.

An instrument's own font takes the place of the installed one, and of what is computed for that instrument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from senandung.domain.checks import require
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.instruments import Instrument, instrument
from senandung.domain.performance import Part
from senandung.rendering.presets import DRUM_BANK, Preset, load_presets, near_presets
from senandung.rendering.soundfont import find_soundfont
from senandung.rendering.synthesis.play import SYNTHESISED


@dataclass(frozen=True)
class OwnFont:
    """A sound font of a person's own.

    Parameters
    ----------
    path : of an SF2 or SF3 file.
    instrument : whose sound it is; "" for every instrument that is not computed.
    bank, program : which of its presets; None takes the instrument's own General MIDI number, or the only preset.
    """

    path: Path
    instrument: str = ""
    bank: int | None = None
    program: int | None = None

    def __post_init__(self) -> None:
        for what, number, most in (("a bank", self.bank, DRUM_BANK), ("a program", self.program, 127)):
            fits = number is None or (isinstance(number, int) and 0 <= number <= most)
            require(fits, f"{what} of a sound font must be in 0..{most}", number)
        require((self.bank is None) == (self.program is None), "a bank must go with a program", self.program)
        require(self.instrument != "" or self.bank is None, "a program must be an instrument's", self.program)
        if self.instrument:
            instrument(self.instrument)


@dataclass(frozen=True)
class Sound:
    """What plays a part through fluidsynth: the font, and the bank and program in it. `own` says whose font it is."""

    font: Path
    bank: int
    program: int
    own: bool = False


def sounds_of(parts: Sequence[Part], fonts: Sequence[OwnFont] = ()) -> dict[str, Sound]:
    """What plays each part, by track name; a part that is computed here is left out.

    Every preset that is asked for is there, else `FileError` names those that are near.

    Parameters
    ----------
    parts : what is played by instruments, and not sung.
    fonts : at most one for all, and at most one for an instrument.
    """
    check_playing(parts, fonts)
    named = _by_instrument(fonts)
    held: dict[Path, tuple[Preset, ...]] = {}
    found: dict[str, Sound] = {}
    for part in parts:
        own = named.get(part.instrument)
        if own is None and part.instrument in SYNTHESISED:
            continue
        own = own or named.get("")
        if own is None:
            kind = instrument(part.instrument)
            found[part.track] = Sound(find_soundfont(), DRUM_BANK if kind.drum else kind.bank, kind.program)
            continue
        if own.path not in held:
            held[own.path] = load_presets(own.path)
        bank, program = preset_of(instrument(part.instrument), own, held[own.path])
        found[part.track] = Sound(own.path, bank, program, own=True)
    return found


def check_playing(parts: Sequence[Part], fonts: Sequence[OwnFont]) -> None:
    """Refuse a font of an instrument that none of the parts has."""
    playing = {part.instrument for part in parts}
    for font in fonts:
        if font.instrument and font.instrument not in playing:
            there = ", ".join(sorted(playing)) or "voices only"
            name = font.instrument
            raise InvalidValueError(f"a sound font must be of an instrument that plays here ({there}), got {name}")


def preset_of(played: Instrument, font: OwnFont, presets: Sequence[Preset]) -> tuple[int, int]:
    """The bank and program of a font for an instrument; `FileError` where it has none.

    >>> from senandung.domain.instruments import instrument
    >>> solo = (Preset(0, 0, "Solo violin"),)
    >>> preset_of(instrument("violin"), OwnFont(Path("solo.sf2"), "violin"), solo)
    (0, 0)
    >>> preset_of(instrument("violin"), OwnFont(Path("solo.sf2"), "violin", 0, 40), solo)
    Traceback (most recent call last):
        ...
    senandung.domain.errors.FileError: solo.sf2: no program 0:40 for violin; near are 0:0 Solo violin
    """
    usual = DRUM_BANK if played.drum else played.bank, played.program
    wanted = usual if font.bank is None or font.program is None else (font.bank, font.program)
    there = {(preset.bank, preset.program) for preset in presets}
    if wanted in there:
        return wanted
    if font.instrument and font.bank is None and len(presets) == 1:
        return presets[0].bank, presets[0].program
    near = ", ".join(str(preset) for preset in near_presets(presets, *wanted))
    choose = "" if font.bank is not None else f"; choose with {played.name}=FILE:BANK:PROGRAM"
    raise FileError(font.path, f"no program {wanted[0]}:{wanted[1]} for {played.name}; near are {near}{choose}")


def _by_instrument(fonts: Sequence[OwnFont]) -> Mapping[str, OwnFont]:
    named: dict[str, OwnFont] = {}
    for font in fonts:
        who = font.instrument or "a song"
        if font.instrument in named:
            raise InvalidValueError(
                f"{who} must have one sound font, got {named[font.instrument].path} and {font.path}"
            )
        named[font.instrument] = font
    return named
