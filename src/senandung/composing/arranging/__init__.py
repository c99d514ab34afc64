"""Arranging: a sketch becomes the parts of a band.

`arrange` is the only way in; `parallels` checks two voices for parallel fifths and octaves.
"""

from senandung.composing.arranging.band import arrange

__all__ = ["arrange"]
