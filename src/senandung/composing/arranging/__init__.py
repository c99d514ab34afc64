"""Arranging: a sketch becomes the parts of a band.

`arrange` is the way in; `parallels` finds parallel fifths and octaves between two voices.
"""

from senandung.composing.arranging.band import arrange
from senandung.composing.arranging.parallels import parallels

__all__ = ["arrange", "parallels"]
