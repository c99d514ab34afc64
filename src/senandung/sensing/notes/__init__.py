"""Feeling in notes: a score, a MIDI file, a song of one's own."""
