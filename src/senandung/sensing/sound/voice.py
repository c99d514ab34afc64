"""A voice note → a feeling: how aroused the voice is, hardly how pleased, and what was heard of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.audio.resample import resample
from senandung.audio.voicing import RATE, STEP
from senandung.domain.feeling import Feeling
from senandung.domain.reading import FeltSpan, Moment, Reading
from senandung.domain.time import Second
from senandung.sensing.additive import feel_cues, feeling_of
from senandung.sensing.sound.voice_baseline import VoiceBaseline, cue_of
from senandung.sensing.sound.voice_cues import HeardVoice, VoiceCues, find_voice_cues, listen, part_of
from senandung.sensing.sound.voice_rules import rules_for
from senandung.sensing.sound.voice_tune import HummedTune, tune_of

VALENCE_SPREAD, AROUSAL_SPREAD = 0.70, 0.35
"""Spreads of a reading of a voice nobody knows (notes on feeling: prosody tells arousal at r .84, valence at .41)."""

OWN_VALENCE_SPREAD, OWN_AROUSAL_SPREAD = 0.60, 0.25
"""Spreads with a baseline of `ENOUGH_NOTES` of the person's own notes."""

ENOUGH_NOTES = 10

NOISY = 12.0
"""dB of the speech over the room below which a reading is less sure."""

SHORTEST: Second = 1.0
"""Seconds of speech below which nothing is read."""

LONGEST: Second = 600.0
"""Seconds of a note that are looked at."""

WINDOW: Second = 4.0
STEP_OF_WINDOWS: Second = 2.0
"""Length of a window of the feeling over time, and seconds from one to the next."""

TUNE_VALENCE_SPREAD, TUNE_AROUSAL_SPREAD = 0.50, 0.35
"""Spreads of a hummed tune's reading: as of music without its words, from one voice."""

OTHER_VOICE = 7.0
"""Semitones between a note's pitch and the baseline's from which on it is taken for somebody else's voice."""

SUNG = "it is sung or hummed: its melody can be a song's theme"
BY_TUNE = "the feeling is read from the tune (mode, pace, range), not from how the voice sounds"
STANDS_OUT = 0.2
"""Arousal by which a window must stand above the note to be its peak."""

HARDLY_VALENCE = "a voice tells how stirred someone is, hardly whether they are glad or sad: their words would"


@dataclass(frozen=True, eq=False)
class VoiceReading:
    """What was read of a voice note.

    Parameters
    ----------
    feeling : of the whole.
    curve : the feeling over time.
    cues : what was measured.
    moments : long pauses, and where the voice is most stirred if that stands out.
    baseline : what it was compared with; None for voices in general.
    remarks : for the person.
    tune : what was sung or hummed; None where it was spoken.
    """

    feeling: Feeling
    curve: tuple[FeltSpan, ...]
    cues: VoiceCues
    moments: tuple[Moment, ...] = ()
    baseline: VoiceBaseline | None = None
    remarks: tuple[str, ...] = ()
    tune: HummedTune | None = None

    def reading(self, name: str) -> Reading:
        """The reading as of a trace that is called `name`."""
        facts = facts_of(self.cues)
        if self.tune is not None:
            facts |= self.tune.facts
        return Reading(
            "voice",
            name,
            self.feeling,
            curve=self.curve,
            moments=self.moments,
            melody=self.tune.notes if self.tune is not None else (),
            facts=MappingProxyType(facts),
            remarks=self.remarks,
        )


def read_voice(
    samples: NDArray[np.float32], rate: int, *, name: str = "voice note", baseline: VoiceBaseline | None = None
) -> Reading:
    """Read a voice note.

    Parameters
    ----------
    samples : mono, shape (n,).
    rate : samples a second, in Hz.
    name : what the note is called to the person.
    baseline : the person's own usual voice, where they asked for it to be kept; None compares with voices in general.
    """
    return feel_voice(samples, rate, baseline=baseline).reading(name)


def feel_voice(
    samples: NDArray[np.float32], rate: int, *, baseline: VoiceBaseline | None = None, own: bool = False
) -> VoiceReading:
    """As `read_voice`, with the cues, from which a baseline can be made.

    Parameters
    ----------
    own : the person says that it is their own voice: the baseline counts however far away the pitch lies.
    """
    kept = np.asarray(samples[: round(LONGEST * rate)], dtype=np.float32)
    slow = resample(kept[None, :], rate, RATE)[0]
    heard = listen(slow.astype(np.float64))
    cues = find_voice_cues(heard)
    remarks = [f"only the first {LONGEST / 60:g} minutes were listened to"] if len(kept) < len(samples) else []
    if cues.speech < SHORTEST or not cues.voiced:
        few = f"less than {SHORTEST:g} s of speech could be heard, so nothing is read from the voice"
        return VoiceReading(Feeling.unread(), (), cues, remarks=(few,))
    if cues.noise < NOISY:
        remarks.append("the room is nearly as loud as the voice: read with caution")
    tune = tune_of(slow, heard, cues)
    if tune is not None and tune.felt is not None:
        feeling = feeling_of(tune.felt, TUNE_VALENCE_SPREAD, TUNE_AROUSAL_SPREAD)
        return VoiceReading(feeling, tune.curve, cues, remarks=(SUNG, BY_TUNE, *remarks), tune=tune)
    remarks = [*([SUNG] if tune is not None else []), HARDLY_VALENCE, *remarks]
    usual, about = _usual(baseline, cues, own)
    remarks += about
    known = min(1.0, usual.notes / ENOUGH_NOTES) if usual is not None else 0.0
    doubt = 1.3 if cues.noise < NOISY else 1.0
    feeling = feeling_of(
        feel_cues(rules_for(usual), cues),
        VALENCE_SPREAD + known * (OWN_VALENCE_SPREAD - VALENCE_SPREAD),
        min(1.0, doubt * (AROUSAL_SPREAD + known * (OWN_AROUSAL_SPREAD - AROUSAL_SPREAD))),
    )
    curve = _curve(heard, cues, usual)
    moments = tuple(sorted((*_pauses(heard), *_peak(curve)), key=lambda moment: moment.start))
    return VoiceReading(feeling, curve, cues, moments, usual, tuple(remarks), tune)


def _usual(baseline: VoiceBaseline | None, cues: VoiceCues, own: bool) -> tuple[VoiceBaseline | None, list[str]]:
    """The baseline if it can be of this voice, and what is said of it."""
    if baseline is None or not baseline.notes:
        return None, []
    away = (cue_of(cues, "pitch") or 0.0) - baseline.means.get("pitch", 0.0)
    if not own and abs(away) > OTHER_VOICE:
        return None, ["it seems to be another person's voice than the kept one: compared with voices in general"]
    notes = f"{baseline.notes} earlier note" + ("s" if baseline.notes > 1 else "")
    return baseline, [f"compared with your own voice, of {notes}"]


def facts_of(cues: VoiceCues) -> dict[str, float | str]:
    """Figures for the person; what was not heard is left out."""
    facts: dict[str, float | str] = {
        "seconds": round(cues.seconds, 2),
        "speech_seconds": round(cues.speech, 2),
    }
    if not cues.voiced:
        return facts
    facts |= {
        "pitch_hz": round(cues.pitch, 1),
        "pitch_range_semitones": round(cues.pitch_range, 1),
        "syllables_a_second": round(cues.rate, 2),
        "syllables_a_second_of_speech": round(cues.articulation, 2),
        "pauses": cues.pauses,
        "pause_share": round(cues.pause_share, 3),
        "pause_seconds": round(cues.pause_length, 2),
        "loudness_range_db": round(cues.level_range, 1),
        "hnr_db": round(cues.harmonics, 1),
        "cpp_db": round(cues.cepstral_peak, 1),
        "alpha_ratio_db": round(cues.alpha, 1),
        "spectral_slope_db_a_khz": round(cues.slope, 1),
        "room_db_below": round(min(cues.noise, 99.0), 1),
    }
    if cues.jitter is not None:
        facts["jitter_percent"] = round(100 * cues.jitter, 2)
    if cues.shimmer is not None:
        facts["shimmer_percent"] = round(100 * cues.shimmer, 2)
    return facts


def _curve(heard: HeardVoice, whole: VoiceCues, baseline: VoiceBaseline | None) -> tuple[FeltSpan, ...]:
    """The feeling over time: each window by the same rules, and by how loud it is against the note."""
    # Within a note the gain is the same throughout: loudness counts, against the note's own.
    inside = (baseline or VoiceBaseline()).with_note(whole)
    loudness = replace(inside, means=MappingProxyType({**inside.means, "level": whole.level}))
    rules = [rule for rule in rules_for(baseline) if rule.name not in ("level", "jitter", "cepstral_peak")]
    rules += [replace(rule, arousal=0.10, unit=4.0) for rule in rules_for(loudness) if rule.name == "level"]
    spans: list[FeltSpan] = []
    last = max(whole.seconds - WINDOW, 0.0)
    starts: Sequence[float] = np.arange(0.0, last + STEP_OF_WINDOWS, STEP_OF_WINDOWS).tolist()
    for start in starts:
        begin = min(start, last)
        end = min(begin + WINDOW, whole.seconds)
        cues = find_voice_cues(part_of(heard, round(begin / STEP), round(end / STEP)), fine=False)
        if cues.speech < SHORTEST or cues.voiced * cues.speech < 0.3 or end <= begin:
            continue
        felt = feel_cues(rules, cues)
        span = FeltSpan(begin, end, felt.valence, felt.arousal, felt.lead)
        if not spans or span.start > spans[-1].start:
            spans.append(span)
    return tuple(spans)


def _peak(curve: Sequence[FeltSpan]) -> tuple[Moment, ...]:
    """Where the voice is most stirred, if that stands out from the note."""
    if len(curve) < 4:
        return ()
    top = max(curve, key=lambda span: span.arousal)
    above = top.arousal - sum(span.arousal for span in curve) / len(curve)
    return (Moment(top.start, top.end, "peak", min(1.0, above)),) if above > STANDS_OUT else ()


def _pauses(heard: HeardVoice) -> tuple[Moment, ...]:
    """The long pauses, of a second and more."""
    stretches = heard.stretches
    gaps = [(a[1] * STEP, b[0] * STEP) for a, b in itertools.pairwise(stretches)]
    return tuple(Moment(start, end, "pause", min(1.0, (end - start) / 3)) for start, end in gaps if end - start >= 1.0)
