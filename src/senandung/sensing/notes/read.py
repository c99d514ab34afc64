"""Notes → what they feel like: the whole, and over time, each window with what drives it."""

from __future__ import annotations

from types import MappingProxyType

from senandung.domain.feeling import Feeling
from senandung.domain.reading import FeltSpan, Moment, Reading
from senandung.domain.scales import key_of_pitch_class
from senandung.sensing.additive import feeling_of
from senandung.sensing.notes.cues import NoteStory, find_note_cues
from senandung.sensing.notes.events import LONGEST, Events
from senandung.sensing.notes.rules import WITH, WITHOUT, feel_notes

FEWEST = 8
"""Pitched notes, below which nothing is read."""

SHORTEST = 3.0
"""Seconds of notes, below which nothing is read."""

NO_MODE = 0.6
"""Spread of valence where the tuning has no major and minor."""

STANDS_OUT = 0.12
"""Arousal by which the fullest window must stand above the whole, to be a peak."""


def read_notes(events: Events, name: str) -> Reading:
    """Read notes; too few or too short ones are unread.

    Parameters
    ----------
    events : from `events_of_song` or `events_of_performance`.
    name : what the trace is called to the person.
    """
    pitched = int((~events.drum).sum())
    if pitched < FEWEST or events.seconds < SHORTEST:
        said = "drums alone tell no feeling" if not pitched and len(events.onset) else "too few notes to read a feeling"
        return Reading("notes", name, Feeling.unread(), remarks=(said,))
    story = find_note_cues(events)
    dynamics = story.whole.velocity is not None
    spreads = WITH if dynamics else WITHOUT
    valence_spread = NO_MODE if events.tuned else spreads.valence
    feeling = feeling_of(feel_notes(story.whole, dynamics=dynamics), valence_spread, spreads.arousal)
    curve = []
    for window in story.windows:
        felt = feel_notes(window, dynamics=dynamics)
        curve.append(FeltSpan(window.start, window.end, felt.valence, felt.arousal, felt.lead))
    remarks = []
    if not dynamics:
        remarks.append("the notes say nothing of loud and soft: arousal is told by the other cues, less surely")
    if events.tuned:
        remarks.append("its tuning has no major or minor: valence is told by the other cues, hardly")
    if events.cut:
        remarks.append(f"only the first {LONGEST / 60:.0f} minutes were read")
    return Reading(
        "notes",
        name,
        feeling,
        curve=tuple(curve),
        moments=_peak(curve),
        facts=MappingProxyType(_facts(events, story)),
        remarks=tuple(remarks),
    )


def _peak(curve: list[FeltSpan]) -> tuple[Moment, ...]:
    """The most intense window, where one stands out."""
    if len(curve) < 4:
        return ()
    top = max(curve, key=lambda span: span.arousal)
    above = top.arousal - sum(span.arousal for span in curve) / len(curve)
    return (Moment(top.start, top.end, "peak", min(1.0, above)),) if above > STANDS_OUT else ()


def _facts(events: Events, story: NoteStory) -> dict[str, float | str]:
    whole = story.whole
    facts: dict[str, float | str] = {
        "seconds": round(events.seconds, 1),
        "notes": len(events.onset),
        "onsets_a_second": round(whole.onsets, 2),
        "register": round(whole.register, 1),
    }
    if whole.majorness is not None:
        facts["key"] = str(key_of_pitch_class(story.tonic, "minor" if story.minor else "major"))
        facts["majorness"] = round(whole.majorness, 2)
    if whole.tempo:
        facts["tempo"] = round(whole.tempo, 1)
    if whole.velocity is not None:
        facts["velocity"] = round(whole.velocity, 1)
    return facts
