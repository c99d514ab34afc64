"""Standard MIDI files in and out (Standard MIDI Files 1.0, MIDI Manufacturers Association).

A syllable is a lyric event; one whose word goes on ends with a hyphen, the last of a line with a carriage return
(RP-017). Text is UTF-8. What a MIDI file keeps and loses: docs/formats.md.
"""

from __future__ import annotations

from senandung.files.midi_read import load_midi
from senandung.files.midi_write import midi_bytes, save_midi

__all__ = ["load_midi", "midi_bytes", "save_midi"]
