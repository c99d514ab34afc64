"""MusicXML 4.0 (W3C Community Group final report, 2021), partwise, in and out: docs/formats.md says what is kept."""

from __future__ import annotations

from senandung.files.musicxml_read import load_musicxml
from senandung.files.musicxml_write import musicxml_text, save_musicxml

__all__ = ["load_musicxml", "musicxml_text", "save_musicxml"]
