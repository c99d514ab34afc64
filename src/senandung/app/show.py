"""What a person sees of the results on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from senandung.domain.feeling import Feeling
from senandung.domain.instruments import INSTRUMENTS

if TYPE_CHECKING:
    from senandung.api.compose import Composed
    from senandung.api.create import Created


class Progress:
    """One line that says what is being done, on a terminal only."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __call__(self, stage: str, share: float) -> None:
        """Show a stage and how much of all is done, 0..1."""
        if self._shown:
            bar = "█" * round(20 * share)
            print(f"\r\x1b[K{bar:·<20} {stage}", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def feeling_plain(feeling: Feeling) -> dict[str, Any]:
    """A feeling as `feel --json` prints it."""
    return {
        "valence": round(feeling.valence, 4),
        "arousal": round(feeling.arousal, 4),
        "spread": {"valence": round(feeling.valence_spread, 4), "arousal": round(feeling.arousal_spread, 4)},
        "basic": {name: round(share, 6) for name, share in feeling.basic.items()},
        "words": list(feeling.words),
        "evidence": [
            {
                "what": item.what,
                "valence": round(item.valence, 4),
                "arousal": round(item.arousal, 4),
                "weight": round(item.weight, 4),
                "note": item.note,
            }
            for item in feeling.evidence
        ],
        "readable": feeling.readable,
    }


def say_feeling(feeling: Feeling) -> None:
    """Print a feeling as a person reads it."""
    if not feeling.readable:
        print("Belum terbaca. (Nothing in it could be read as a feeling.)")
        return
    shares = sorted(feeling.basic.items(), key=lambda row: -row[1])
    print(", ".join(feeling.words[:3]) or "—")
    print(f"  valence {feeling.valence:+.2f} ± {feeling.valence_spread:.2f}, "
          f"arousal {feeling.arousal:+.2f} ± {feeling.arousal_spread:.2f}")  # fmt: skip
    print("  " + ", ".join(f"{name} {share:.0%}" for name, share in shares if share >= 0.01))
    for item in feeling.evidence:
        note = f" ({item.note})" if item.note else ""
        print(f"  · {item.what}{note}: {item.valence:+.2f}/{item.arousal:+.2f}, weight {item.weight:.0%}")


def say_created(made: Created) -> None:
    """Print what `create` made."""
    song = made.song
    _say_song(made.composed)
    print(f"  {_minutes(made.seconds)}, {len(song.tracks)} tracks, seed {song.provenance.seed}")
    print(f"  {_relative(made.folder)}/index.html plays it; the other {len(made.files) - 1} files stand beside it")


def say_composed(made: Composed, folder: Path) -> None:
    """Print what `compose` made."""
    _say_song(made)
    notes = sum(len(track.notes) for track in made.song.tracks)
    print(f"  {_minutes(made.song.seconds)}, {len(made.song.tracks)} tracks, {notes} notes, "
          f"seed {made.song.provenance.seed}")  # fmt: skip
    print(f"  {_relative(folder)}/song.json, song.mid, song.musicxml")


def _say_song(made: Composed) -> None:
    song = made.song
    chosen = "" if made.style_was_chosen else ", chosen from the feeling"
    print(f"“{song.title}”")
    if made.feeling.readable:
        print(f"  feeling: {', '.join(made.feeling.words[:2])} "
              f"(valence {made.feeling.valence:+.2f}, arousal {made.feeling.arousal:+.2f})")  # fmt: skip
    else:
        print("  feeling: belum terbaca, so a neutral one; say it with --feeling")
    tempo = song.tempo_map.bpm_at(0)
    print(f"  style: {song.provenance.style}{chosen}; {song.keys[0].key}, {song.metres[0].metre}, {tempo:.0f} bpm")


def styles_plain() -> list[dict[str, Any]]:
    """Every style as `styles --json` prints it."""
    from senandung.composing.styles import load_style, style_names

    rows = []
    for name in style_names():
        style = load_style(name)
        rows.append(
            {
                "name": style.name,
                "title": style.title,
                "description": dict(style.description),
                "tempo": list(style.tempo),
                "metres": list(style.metres),
                "modes": list(style.modes),
                "ensemble": [{"track": p.track, "role": p.role, "instrument": p.instrument} for p in style.ensemble],
                "lead": style.lead,
                "tuning": style.tuning,
                "sources": list(style.sources),
            }
        )
    return rows


def instruments_plain() -> list[dict[str, Any]]:
    """Every instrument as `styles --json` prints it."""
    return [
        {
            "name": row.name,
            "english": row.english,
            "indonesian": row.indonesian,
            "bank": row.bank,
            "program": row.program,
            "range": [row.low, row.high],
        }
        for row in INSTRUMENTS.values()
    ]


def say_styles() -> None:
    """Print the styles and the instruments."""
    print("Styles")
    for row in styles_plain():
        description: Mapping[str, str] = row["description"]
        print(f"  {row['name']:16} {description.get('en', '')}")
        print(f"  {'':16} {row['tempo'][0]:.0f}–{row['tempo'][1]:.0f} bpm, {', '.join(row['metres'])}; "
              + ", ".join(player["instrument"] for player in row["ensemble"]))  # fmt: skip
    print("Instruments (for --ensemble)")
    names = list(INSTRUMENTS)
    for start in range(0, len(names), 6):
        print("  " + ", ".join(names[start : start + 6]))


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _relative(folder: Path) -> str:
    try:
        return str(folder.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(folder)
