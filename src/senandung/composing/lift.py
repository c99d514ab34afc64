"""The last chorus raised: a new key without preparation, as pop songs do it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from senandung.composing.plan import Plan, Wishes
from senandung.domain.scales import Key, key_of_pitch_class
from senandung.domain.song import ChordSpan, KeyChange, Track, tidy_notes
from senandung.domain.style import Style

CHANCES: Mapping[str, float] = MappingProxyType({"pop-ballad": 0.33, "pop-upbeat": 0.25})
"""How often a style raises its last chorus: "a last chorus one tone higher" is commonly stated of ballads."""

TONE = 2
"""Semitones."""


def choose_lift(plan: Plan, style: Style, wishes: Wishes, *, seed: int) -> Plan:
    """The plan with its last chorus raised by a tone, or as it was.

    Only a chorus that was heard before can be raised; a wished key or wished chords are kept throughout, and where
    sections have keys of their own there are changes enough.
    """
    choruses = sum(section.kind == "chorus" for section in plan.sections)
    free = wishes.key is None and not wishes.chords and not plan.changes_key
    if choruses < 2 or not free or random.Random(f"lift {seed}").random() >= CHANCES.get(style.name, 0.0):
        return plan
    return replace(plan, lift=TONE)


def key_changes(plan: Plan) -> tuple[KeyChange, ...]:
    """The song's keys: its own and those of its sections, or the raised one from the last chorus on."""
    if plan.changes_key:
        found, tick = [KeyChange(0, plan.key_of(0))], 0
        for index, section in enumerate(plan.sections):
            if plan.key_of(index) != found[-1].key:
                found.append(KeyChange(tick, plan.key_of(index)))
            tick += section.bars * plan.metre.bar_ticks
        return tuple(found)
    at = plan.lift_onset
    return (KeyChange(0, plan.key),) if at is None else (KeyChange(0, plan.key), KeyChange(at, _raised_key(plan)))


def raise_chords(plan: Plan, chords: Sequence[ChordSpan]) -> tuple[ChordSpan, ...]:
    """The chords of the home key with those from the last chorus on in the raised one."""
    at = plan.lift_onset
    if at is None:
        return tuple(chords)
    fifths = _raised_key(plan).tonic.fifths - plan.key.tonic.fifths
    return tuple(replace(c, chord=c.chord.transposed(fifths)) if c.onset >= at else c for c in chords)


def raise_tracks(plan: Plan, tracks: Sequence[Track]) -> tuple[Track, ...]:
    """The parts with everything from the last chorus on raised; nothing of the old key sounds into it.

    A note above its instrument's range comes an octave lower.
    """
    at = plan.lift_onset
    if at is None:
        return tuple(tracks)
    raised = []
    for track in tracks:
        if track.sound.drum:
            raised.append(track)
            continue
        notes = []
        for note in track.notes:
            if note.onset >= at:
                pitch = note.pitch + plan.lift
                notes.append(replace(note, pitch=pitch if track.sound.plays(pitch) else pitch - 12))
            else:
                notes.append(replace(note, duration=min(note.duration, at - note.onset)))
        raised.append(replace(track, notes=tidy_notes(notes)))
    return tuple(raised)


def _raised_key(plan: Plan) -> Key:
    return key_of_pitch_class((plan.key.tonic.pitch_class + plan.lift) % 12, plan.key.mode)
