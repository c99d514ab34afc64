"""How often each degree of a key sounds: what tells the key of notes or of a recording.

Temperley (2007), *Music and Probability*, table 6.1 (Kostka-Payne corpus).
"""

from __future__ import annotations

MAJOR = (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400)
MINOR = (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330)
"""Probability that each degree, counted in semitones from the tonic, sounds in a short segment."""
