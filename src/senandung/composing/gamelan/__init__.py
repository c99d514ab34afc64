"""Gendhing for a Central Javanese gamelan: a balungan, and every part that follows from it."""
