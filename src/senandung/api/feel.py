"""Traces → one feeling with its evidence."""

from __future__ import annotations

from senandung.api.traces import Trace, sense
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling


def feel(*traces: Trace, language: str | None = None) -> Feeling:
    """Read the feeling of one or several traces.

    Parameters
    ----------
    traces : a str is text; a Path is a recording (or a film, whose sound is heard) by its ending, else a UTF-8 text.
    language : "id" or "en"; None reads it from the text.

    >>> feel("aku rindu kamu").words[0]
    'rindu'
    """
    return sense(traces, language).feeling


def parse_feeling(text: str) -> Feeling:
    """The feeling of a word ("rindu", "calm") or of a point "valence,arousal".

    >>> parse_feeling("-0.6,-0.3").valence
    -0.6
    """
    if "," not in text:
        return Feeling.named(text)
    try:
        valence, arousal = (float(item) for item in text.split(","))
    except ValueError:
        raise InvalidValueError(f"a feeling must be a word or a point such as -0.5,0.2, got {text!r}") from None
    return Feeling.at(valence, arousal)
