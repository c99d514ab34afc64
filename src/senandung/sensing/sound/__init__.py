"""Feeling in sound: music, concerts, voices."""
