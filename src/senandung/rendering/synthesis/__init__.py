"""Instruments that the sound font lacks, computed from tables of their partials: no samples."""
