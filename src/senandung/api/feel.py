"""Traces → one feeling with its evidence."""

from __future__ import annotations

from pathlib import Path

from senandung.api.traces import Sensed, Trace, sense
from senandung.api.voice_notes import Listening
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling


def feel(*traces: Trace, language: str | None = None, listening: Listening | None = None) -> Feeling:
    """Read the feeling of one or several traces.

    Parameters
    ----------
    traces : a str is text; a Path is a recording, a film or notes by its ending, a song folder, else a UTF-8 text.
    language : "id" or "en"; None reads it from the text.
    listening : what the recordings are, a speech recogniser for voice notes, whether they are the person's own.

    >>> feel("aku rindu kamu").words[0]
    'rindu'
    """
    return read_feeling(*traces, language=language, listening=listening).feeling


def read_feeling(*traces: Trace, language: str | None = None, listening: Listening | None = None) -> Sensed:
    """As `feel`, with each trace's own reading: its curve, moments, words and figures.

    >>> [reading.kind for reading in read_feeling("aku rindu kamu").readings]
    ['text']
    """
    return sense(traces, language, listening=listening)


def save_feeling_read(sensed: Sensed, out: Path | str) -> None:
    """Write what was read into a new folder: feeling.png, and the first melody that was sung as melody.mid."""
    from senandung.domain.performance import Part
    from senandung.drawing.readings import save_readings
    from senandung.files.folders import new_folder
    from senandung.rendering.part_midi import save_part_midi

    melody = next((reading.melody for reading in sensed.readings if reading.melody), ())
    with new_folder(out) as folder:
        save_readings(sensed.feeling, sensed.readings, sensed.sentence, sensed.language, folder / "feeling.png")
        if melody:
            part = Part("melody", "melody", "flute", melody)
            save_part_midi(part, folder / "melody.mid", melody[-1].onset + melody[-1].duration)


def parse_feeling(text: str | Feeling) -> Feeling:
    """The feeling of a word ("rindu", "calm") or of a point "valence,arousal"; one that is a feeling already stays.

    >>> parse_feeling("-0.6,-0.3").valence
    -0.6
    """
    if isinstance(text, Feeling):
        return text
    if "," not in text:
        return Feeling.named(text)
    try:
        valence, arousal = (float(item) for item in text.split(","))
    except ValueError:
        raise InvalidValueError(f"a feeling must be a word or a point such as -0.5,0.2, got {text!r}") from None
    return Feeling.at(valence, arousal)
