"""Senandung: feeling from the traces people leave, a whole song from it, and the memory kept with the music."""

__version__ = "0.1.0"
