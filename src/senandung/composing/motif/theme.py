"""A song's theme from beginning to end: fitted before the plan, staged on it, harmonised, sung and played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot

from senandung.composing.form import key_of_chords
from senandung.composing.melody.motif_words import ThemeLine
from senandung.composing.melody.slots import place_lines
from senandung.composing.melody.write import lead_range
from senandung.composing.motif.fitting import fit_key, fit_metre, fit_tempo
from senandung.composing.motif.harmony import harmonise_theme
from senandung.composing.motif.playing import play_theme
from senandung.composing.motif.said_again import say_again
from senandung.composing.motif.staging import Use, by_line, stage_theme
from senandung.composing.motif.standing import theme_of
from senandung.composing.plan import Plan, Wishes
from senandung.composing.styles import load_style, style_names
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.motif import Motif, Theme
from senandung.domain.provenance import Given
from senandung.domain.song import ChordSpan, Section, Track
from senandung.domain.style import Style
from senandung.domain.time import TICKS_PER_QUARTER
from senandung.domain.words import Words

SPOILED = ("new-harmony", "appoggiatura")
"""Devices of the climax that would change the motif, or its chords, where it stands there."""

SILENCED = ("sudden-texture",)
"""Devices that would silence the motif's player in the beat before the climax."""


def fit_motif(wishes: Wishes, style: Style, *, seed: int) -> tuple[Wishes, tuple[str, ...]]:
    """The wishes with their motif in the song's key and metre, and sentences on what was done to it.

    Parameters
    ----------
    wishes : with a motif, or without one: then they stay as they are.
    style : gives metres, modes and the compass of the line.
    seed : chooses among keys in which the motif lies equally well.

    Raises `InvalidValueError` where the style cannot carry it.
    """
    if wishes.motif is None:
        return wishes, ()
    if style.gendhing is not None or (wishes.key is not None and wishes.key.laras):
        raise InvalidValueError(
            f"a motif of twelve-tone music cannot be carried by {style.name}, whose tones are the gamelan's: "
            "choose another style, such as langgam-jawa or campursari"
        )
    metred = fit_metre(wishes.motif, style.metres, style.name, wishes.metre)
    asked = wishes.key or (key_of_chords(wishes.chords) if wishes.chords else None)
    low, high = lead_range(style)
    keyed = fit_key(metred.motif, style, low, high, asked, seed=seed)
    said = ("the chords are those that were asked for: the motif is sung over them",) if wishes.chords else ()
    return replace(wishes, motif=keyed.motif), (*metred.remarks, *keyed.remarks, *said)


def style_for_motif(motif: Motif, style: Style, feeling: Feeling, language: str) -> Style:
    """The style that was chosen for a feeling, or the nearest to the feeling that has the motif's metre."""

    def fits(each: Style) -> bool:
        if each.gendhing is not None:
            return False
        try:
            return not fit_metre(motif, each.metres, each.name, None).remarks
        except InvalidValueError:
            return False

    if fits(style):
        return style
    fitting = [each for each in map(load_style, style_names()) if fits(each)]
    near = [each for each in fitting if not each.languages or language in each.languages] or fitting

    def distance(each: Style) -> float:
        return hypot(each.place[0] - feeling.valence, each.place[1] - feeling.arousal) / max(each.reach, 1e-6)

    return min(near, key=distance, default=style)


@dataclass(frozen=True)
class Staged:
    """A motif on the plan of one song: its uses, in order, and the words, of which short lines may be said again."""

    motif: Motif
    plan: Plan
    words: Words
    uses: tuple[Use, ...]
    lines: Mapping[tuple[int, int], ThemeLine]
    ends: tuple[int, ...]

    @classmethod
    def of(
        cls, motif: Motif, plan: Plan, sections: Sequence[Section], words: Words, feeling: Feeling, style: Style, *,
        seed: int,
    ) -> Staged:  # fmt: skip
        """Stage a fitted motif.

        Parameters
        ----------
        motif : in the song's key and metre (`fit_motif`).
        plan, sections, words, feeling, style : the song's.
        seed : the melody's: lines are placed by it.
        """
        if motif.tones[0].onset < 0 and plan.lift:  # a pickup would stand in the old key
            plan = replace(plan, lift=0, devices=tuple(name for name in plan.devices if name != "new-key"))
        motif = fit_tempo(motif, plan.bpm * plan.metre.beat_ticks / TICKS_PER_QUARTER)
        slots = place_lines(plan, sections, words, feeling, seed)
        low, high = lead_range(style)
        uses = stage_theme(motif, plan, sections, slots, low, high - plan.lift, seed=seed)
        lines: dict[tuple[int, int], ThemeLine] = {}
        for use in uses:
            if use.sung:
                divided = {line: own for line, own in by_line(use, slots, plan.metre).items() if own}
                for line, tones in divided.items():
                    lines[use.section, line] = ThemeLine(tones, goes_on=line != max(divided))
        again = say_again(words, slots, lines)
        moved = place_lines(plan, sections, again, feeling, seed)
        if [(slot.start, slot.end) for slot in moved] == [(slot.start, slot.end) for slot in slots]:
            words = again
        return cls(motif, plan, words, uses, lines, tuple(sections[use.section].end for use in uses))

    def planned(self) -> Plan:
        """The plan without devices that would spoil the motif where it stands on the climax."""
        metre = self.plan.metre
        tick = (self.plan.climax or 0) * metre.bar_ticks
        without: tuple[str, ...] = ()
        if any(use.start - 2 * metre.bar_ticks < tick < use.end for use in self.uses):
            without += SPOILED
        played = [use.start + tone.onset for use in self.uses if not use.sung for tone in use.tones]
        if any(tick - metre.beat_ticks <= onset < tick for onset in played):
            without += SILENCED
        return replace(self.plan, devices=tuple(name for name in self.plan.devices if name not in without))

    def harmonised(self, chords: Sequence[ChordSpan], style: Style, wishes: Wishes) -> tuple[ChordSpan, ...]:
        """The chords, fitted to the motif where nobody asked for others."""
        return tuple(chords) if wishes.chords else harmonise_theme(chords, self.uses, self.plan, style)

    def played(self, tracks: Sequence[Track]) -> tuple[Track, ...]:
        """The arranged tracks with the motif where instruments take it up."""
        return play_theme(tracks, self.uses, self.ends)

    def standing(self, tracks: Sequence[Track]) -> Theme:
        """The motif, and where it stands in the tracks."""
        return theme_of(self.motif, self.uses, tracks)


def given_of(motif: Motif) -> Given:
    """What a song's provenance says of a motif."""
    return Given("motif", f"a tune of {len(motif.tones)} notes, {motif.key}, {motif.metre}")
