"""Frames → how a film looks over time; and picture and sound → one reading of the film."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from senandung.domain.feeling import Evidence, Feeling
from senandung.domain.reading import FeltSpan, Moment, Reading
from senandung.sensing.additive import Felt, feeling_of
from senandung.sensing.film.colour import Frames, Seen, see
from senandung.sensing.film.cuts import Cuts, find_cuts
from senandung.sensing.film.rules import AROUSAL_SPREAD, VALENCE_SPREAD, PictureCues, feel_picture
from senandung.sensing.fusion import fuse_readings

if TYPE_CHECKING:
    from senandung.domain.time import Second

WINDOW: Second = 4.0
STEP: Second = 2.0

CUT_SPAN: Second = 30.0
"""Seconds around a window in which its cuts are counted."""

FEW_CUTS = 6
"""Up to so many cuts are moments by themselves."""

FAST = 24.0
"""Cuts a minute from which on cutting is very fast (the highest class of Lang et al. 2000)."""

STILL = 1.0
"""Distance in L*a*b* from frame to frame below which nothing moves."""

STANDS_OUT = 0.12
"""Arousal by which the most intense window must stand above the mean, to be a peak."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of a film that was looked at: its beginning in the film, and its frames at `rate` a second."""

    start: Second
    frames: Frames
    rate: float

    @property
    def seconds(self) -> Second:
        """Its length."""
        return len(self.frames) / self.rate


@dataclass(frozen=True, eq=False)
class PictureReading:
    """How a film looks.

    Parameters
    ----------
    feeling : of the whole, by its looks alone.
    windows : the feeling over time, in order.
    cuts : seconds of hard cuts; `dissolves` the (start, end) of dissolves.
    fast : stretches of fast cutting.
    facts : measured figures.
    still : whether it is one picture that stands still.
    """

    feeling: Feeling
    windows: tuple[tuple[PictureCues, Felt], ...]
    cuts: tuple[Second, ...]
    dissolves: tuple[tuple[Second, Second], ...]
    fast: tuple[tuple[Second, Second], ...]
    facts: Mapping[str, float | str]
    still: bool


def read_picture(stretches: Sequence[Stretch]) -> PictureReading:
    """Read how a film looks, from one stretch (the film) or from several of a long one.

    Every stretch holds at least one frame.
    """
    looked = [
        (stretch, seen, find_cuts(seen)) for stretch in stretches for seen in (see(stretch.frames, stretch.rate),)
    ]
    seconds = math.fsum(stretch.seconds for stretch, _, _ in looked)
    hard = [stretch.start + place / stretch.rate for stretch, _, cuts in looked for place in cuts.hard.tolist()]
    soft = [
        (stretch.start + first / stretch.rate, stretch.start + last / stretch.rate)
        for stretch, _, cuts in looked
        for first, last in cuts.soft
    ]
    one_take = not hard and not soft
    still = one_take and all(float(seen.step.max()) < STILL for _, seen, _ in looked)
    a_minute = None if one_take or seconds < 4 else 60 * len(hard) / seconds
    moving = [_motion(seen, cuts, slice(None)) for _, seen, cuts in looked]
    lengths = [len(stretch.frames) for stretch, _, _ in looked]
    told = [(motion, length) for motion, length in zip(moving, lengths, strict=True) if motion is not None]
    whole = PictureCues(
        0.0,
        max(looked[-1][0].start + looked[-1][0].seconds, 1e-3),
        float(np.concatenate([seen.light for _, seen, _ in looked]).mean()),
        float(np.concatenate([seen.chroma for _, seen, _ in looked]).mean()),
        a_minute,
        math.fsum(m * n for m, n in told) / sum(n for _, n in told) if told and not still else None,
    )
    windows = tuple(
        (cues, feel_picture(cues))
        for stretch, seen, cuts in looked
        for cues in _windows(stretch, seen, cuts, one_take, still)
    )
    facts: dict[str, float | str] = {
        "brightness": round(whole.brightness, 1),
        "saturation": round(whole.saturation, 1),
        "cuts": len(hard),
        "dissolves": len(soft),
    }
    if a_minute is not None:
        facts["cuts_a_minute"] = round(a_minute, 1)
    if whole.motion is not None:
        facts["motion"] = round(whole.motion, 1)
    feeling = feeling_of(feel_picture(whole), VALENCE_SPREAD, AROUSAL_SPREAD)
    fast = tuple(span for stretch, _, cuts in looked for span in _fast(stretch, cuts))
    return PictureReading(feeling, windows, tuple(hard), tuple(soft), fast, MappingProxyType(facts), still)


def read_film(name: str, seconds: Second, picture: PictureReading, sound: Reading | None) -> Reading:
    """One reading of a film: its picture and its sound, weighed by how sure each is.

    Parameters
    ----------
    seconds : length of the film.
    sound : the reading of its sound; None without a track of sound.
    """
    remarks = []
    heard = sound if sound is not None and sound.feeling.readable else None
    if sound is None:
        remarks.append("the film has no sound: its picture alone was read, which tells little")
    elif heard is None:
        remarks.append("nothing could be read of the film's sound: its picture alone was read, which tells little")
    if picture.still:
        remarks.append("the picture stands still: only its colours were read")
    feeling = picture.feeling
    if heard is not None:
        feeling = fuse_readings(
            [Reading(heard.kind, "sound", heard.feeling), Reading("video", "picture", picture.feeling)]
        )
        feeling = replace(feeling, evidence=_told_plainly(feeling.evidence))
    curve = _curve(picture, heard)
    facts: dict[str, float | str] = {"seconds": round(seconds, 1), **picture.facts}
    facts["sound"] = "none" if sound is None else "unread" if heard is None else heard.kind
    for key, value in (heard.facts if heard is not None else {}).items():
        facts.setdefault(key, value)
    return Reading(
        "video",
        name,
        feeling,
        curve=curve,
        moments=_moments(picture, heard, curve),
        melody=() if heard is None else heard.melody,
        facts=MappingProxyType(facts),
        remarks=(*remarks, *(() if sound is None else sound.remarks)),
    )


def _told_plainly(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Evidence of both, what weighed most first; that it is of the picture or the sound goes into its note."""
    found = []
    for piece in sorted(evidence, key=lambda piece: -piece.weight):
        source, what = piece.what.split(": ", 1)
        found.append(replace(piece, what=what, note=f"{source}: {piece.note}" if piece.note else source))
    return tuple(found)


def _windows(stretch: Stretch, seen: Seen, cuts: Cuts, one_take: bool, still: bool) -> list[PictureCues]:
    seconds, rate = stretch.seconds, stretch.rate
    last = max(seconds - WINDOW, 0.0)
    found = []
    for number in range(math.ceil(last / STEP) + 1):
        start = min(number * STEP, last)
        end = min(start + WINDOW, seconds)
        inside = slice(round(start * rate), max(round(end * rate), round(start * rate) + 1))
        middle = (start + end) / 2
        low, high = max(0.0, middle - CUT_SPAN / 2), min(seconds, middle + CUT_SPAN / 2)
        near = int(((cuts.hard >= low * rate) & (cuts.hard < high * rate)).sum())
        cutting = None if one_take or high - low < WINDOW else 60 * near / (high - low)
        found.append(
            PictureCues(
                stretch.start + start,
                stretch.start + end,
                float(seen.light[inside].mean()),
                float(seen.chroma[inside].mean()),
                cutting,
                None if still else _motion(seen, cuts, inside),
            )
        )
    return found


def _motion(seen: Seen, cuts: Cuts, inside: slice) -> float | None:
    """Mean change of L* a second where the picture goes on."""
    told = seen.motion[inside][cuts.steady[inside]]
    return float(told.mean()) * seen.rate if len(told) else None


def _fast(stretch: Stretch, cuts: Cuts) -> list[tuple[Second, Second]]:
    """Stretches in which five and more cuts follow each other at `FAST` and more."""
    runs: list[list[Second]] = []
    for at in (stretch.start + cuts.hard / stretch.rate).tolist():
        if runs and at - runs[-1][-1] <= 60 / FAST:
            runs[-1].append(at)
        else:
            runs.append([at])
    return [(run[0], run[-1]) for run in runs if len(run) >= 5]


def _curve(picture: PictureReading, heard: Reading | None) -> tuple[FeltSpan, ...]:
    """Picture and sound over time; each window of the picture with the sound's window nearest to it."""
    sound = [] if heard is None else list(heard.curve)
    middles = np.array([(span.start + span.end) / 2 for span in sound])
    found = []
    for cues, felt in picture.windows:
        end = max(cues.end, cues.start + 1e-3)
        beside = None
        if heard is not None and len(middles):
            nearest = int(np.abs(middles - (cues.start + end) / 2).argmin())
            if abs(middles[nearest] - (cues.start + end) / 2) <= WINDOW / 2:
                beside = sound[nearest]
        if heard is None or beside is None:
            found.append(FeltSpan(cues.start, end, felt.valence, felt.arousal, felt.lead))
            continue
        seen_weights = (1 / VALENCE_SPREAD**2, 1 / AROUSAL_SPREAD**2)
        heard_weights = (1 / heard.feeling.valence_spread**2, 1 / heard.feeling.arousal_spread**2)
        seen_at, heard_at = (felt.valence, felt.arousal), (beside.valence, beside.arousal)
        valence, arousal = (
            (a * p + b * q) / (p + q) for a, p, b, q in zip(seen_at, seen_weights, heard_at, heard_weights, strict=True)
        )
        moved = [
            math.hypot(*(value * weight for value, weight in zip(at, weights, strict=True)))
            for at, weights in ((seen_at, seen_weights), (heard_at, heard_weights))
        ]
        found.append(FeltSpan(cues.start, end, valence, arousal, felt.lead if moved[0] > moved[1] else beside.lead))
    return tuple(found)


def _moments(picture: PictureReading, heard: Reading | None, curve: Sequence[FeltSpan]) -> tuple[Moment, ...]:
    found = [] if heard is None else [moment for moment in heard.moments if moment.what != "peak"]
    if len(picture.cuts) <= FEW_CUTS:
        found += [Moment(at, at, "cut", 1.0) for at in picture.cuts]
    for start, end in picture.fast:
        found.append(Moment(start, end, "fast cutting", 1.0))
    if len(curve) >= 4:
        mean = math.fsum(span.arousal for span in curve) / len(curve)
        top = max(curve, key=lambda span: span.arousal)
        if top.arousal - mean > STANDS_OUT:
            found.append(Moment(top.start, top.end, "peak", min(1.0, top.arousal - mean)))
    return tuple(sorted(found, key=lambda moment: (moment.start, moment.end)))
