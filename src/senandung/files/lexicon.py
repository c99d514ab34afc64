"""A person's own pronunciations: one word a line, a tab, its phonemes; see docs/pronunciation.md."""

from __future__ import annotations

from pathlib import Path

from senandung.files.reading import MEGABYTE, decode_text, read_bytes
from senandung.language.pronunciation import parse_lexicon

MAX_BYTES = 4 * MEGABYTE


def load_lexicon(path: Path) -> dict[str, str]:
    """Read a lexicon: word in lower case → its phonemes, every line checked."""
    return parse_lexicon(decode_text(path, read_bytes(path, MAX_BYTES)), path)
