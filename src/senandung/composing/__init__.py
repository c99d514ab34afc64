"""Feeling, style and words become a song: plan, words, harmony, melody, arrangement."""
