"""What a person sees of a transcription."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from senandung.api.transcribe import Transcribed


def transcribed_plain(made: Transcribed) -> dict[str, Any]:
    """A transcription as `transcribe --json` prints it."""
    song = made.song
    return {
        "song_id": song.song_id,
        "read_as": made.kind,
        "one_voice": round(made.single, 3),
        "notes": sum(len(track.notes) for track in song.tracks),
        "instrument": song.tracks[0].instrument,
        "key": str(song.keys[0].key),
        "key_confidence": round(made.key_confidence, 3),
        "tempo": round(made.tempo, 2),
        "pulse_clarity": round(made.clarity, 3),
        "metre": str(song.metres[0].metre),
        "tuning_cents": round(made.cents, 1),
        "seconds": round(made.seconds, 3),
        "remarks": list(made.remarks),
    }


def say_transcribed(made: Transcribed, folder: Path, files: Sequence[str]) -> None:
    """Print what `transcribe` made."""
    song = made.song
    count = sum(len(track.notes) for track in song.tracks)
    how = "one voice" if made.kind == "voice" else "several notes at a time"
    print(f"“{song.title}”, heard as {how}")
    print(f"  {count} notes; {song.keys[0].key}, {song.metres[0].metre}, {made.tempo:.0f} bpm, "
          f"tuned {made.cents:+.0f} cents from A4 = 440 Hz")  # fmt: skip
    for remark in made.remarks:
        print(f"  note: {remark}")
    print(f"  {folder}: {', '.join(files)}")
