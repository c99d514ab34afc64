"""Recordings → notes in seconds → a song."""
