"""A person's own word for traces: it outweighs what is read of them, and is kept where they ask for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from senandung.api.feel import parse_feeling
from senandung.api.kept import PERSON, fingerprint_of_all, keep_correction, person_feeling
from senandung.api.traces import Sensed, Trace, marks_of, sense
from senandung.domain.feeling import Feeling

if TYPE_CHECKING:
    from senandung.api.voice_notes import Listening
    from senandung.remembering.store.kept import Kept


@dataclass(frozen=True)
class Corrected:
    """A correction: what is felt now, with each reading and the person's own; what was read; what was kept, or None."""

    sensed: Sensed
    read: Feeling
    kept: Kept | None = None

    @property
    def feeling(self) -> Feeling:
        """What the person said."""
        return self.sensed.feeling


def correct(
    *traces: Trace, said: str, keep: bool = False, language: str | None = None, listening: Listening | None = None
) -> Corrected:
    """Say what traces feel like; the result is what was said.

    Parameters
    ----------
    traces : as for `feel`.
    said : a feeling word, or a point "valence,arousal".
    keep : remember it for the same text or file: its fingerprint and the numbers, neither text nor sound.
    language : "id" or "en"; None reads it from the text.
    listening : as for `feel`.

    >>> corrected = correct("aku rindu kamu", said="senang")
    >>> corrected.feeling.words[0], corrected.read.words[0], corrected.kept is None
    ('senang', 'rindu', True)
    """
    from senandung.domain.reading import Reading
    from senandung.sensing.fusion import fuse_readings

    meant = parse_feeling(said)
    own = person_feeling(meant.valence, meant.arousal, "" if "," in said else meant.words[0])
    read = sense(traces, language, recalling=False, listening=listening)
    readings = (*read.readings, Reading(PERSON, "you", own))
    kept = None
    if keep:
        marks = marks_of(traces)
        # A voice note whose words were recognised has two readings and is one trace.
        kinds = [reading.kind for reading in read.readings[: len(marks)]]
        kept = keep_correction(own, read.feeling, kinds, fingerprint_of_all(marks))
    return Corrected(replace(read, readings=readings, feeling=fuse_readings(readings)), read.feeling, kept)
