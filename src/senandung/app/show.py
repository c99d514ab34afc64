"""What a person sees of the results on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from senandung.domain.instruments import INSTRUMENTS

if TYPE_CHECKING:
    from senandung.api.compose import Composed
    from senandung.api.create import Created
    from senandung.api.sing import Sung
    from senandung.domain.song import Song
    from senandung.rendering.masking import Audibility


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


def say_created(made: Created) -> None:
    """Print what `create` made."""
    song = made.song
    _say_song(made.composed)
    _say_remarks([*made.composed.remarks, *made.remarks])
    if made.voice:
        above = "" if made.voice_to_band is None else f", {made.voice_to_band:+.1f} dB to the band"
        print(f"  sung by {made.voice}{above}")
    print(f"  {_minutes(made.seconds)}, {len(song.tracks)} tracks, seed {song.provenance.seed}")
    print(f"  {_relative(made.folder)}/index.html plays it; the other {len(made.files) - 1} files stand beside it")


def say_composed(made: Composed, folder: Path) -> None:
    """Print what `compose` made."""
    _say_song(made)
    notes = sum(len(track.notes) for track in made.song.tracks)
    print(f"  {_minutes(made.song.seconds)}, {len(made.song.tracks)} tracks, {notes} notes, "
          f"seed {made.song.provenance.seed}")  # fmt: skip
    _say_remarks(made.remarks)
    print(f"  {_relative(folder)}/song.json, song.mid, song.musicxml")


def say_sung(made: Sung) -> None:
    """Print what `sing` made."""
    singing = made.singing
    syllables = len({each.syllable for each in singing.phonemes})
    print(f"“{made.song.title}”, sung by {singing.voice}")
    _say_remarks(made.remarks)
    print(f"  {_minutes(singing.seconds)}, {syllables} syllables, {len(singing.breaths)} breaths, seed {made.seed}")
    print(f"  {_relative(made.folder)}/{', '.join(made.files)}")


def say_masking(masking: Mapping[str, Audibility] | None) -> None:
    """Print how much of each part is heard beside the others."""
    for name, each in (masking or {}).items():
        by = f", hidden most by {each.hidden_by}" if each.hidden_by else ""
        print(f"  {name}: {each.audible:.0%} heard{by}")


def say_notes(song: Song, folder: Path, what: str, seed: int, remarks: Sequence[str]) -> None:
    """Print what `continue` and `rewrite` made: `what` says which notes are new."""
    notes = sum(len(track.notes) for track in song.tracks)
    print(f"“{song.title}”")
    print(f"  {what}")
    _say_remarks(remarks)
    print(f"  {_minutes(song.seconds)}, {len(song.tracks)} tracks, {notes} notes, seed {seed}")
    print(f"  {_relative(folder)}/song.json, song.mid, song.musicxml")


def _say_remarks(remarks: Sequence[str]) -> None:
    for remark in remarks:
        print(f"  note: {remark}")


def _say_song(made: Composed) -> None:
    song = made.song
    chosen = "" if made.style_was_chosen else ", chosen from the feeling"
    print(f"“{song.title}”")
    if not made.feeling_asked:
        pass  # nothing was given that a feeling could be read from
    elif made.feeling.readable:
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
                "kind": "song",
            }
        )
    return [*rows, *_network_styles_plain(), *_own_styles_plain()]


def _own_styles_plain() -> list[dict[str, Any]]:
    """The styles of one's own, in the same form; one that cannot be read says so."""
    from senandung.api.own_styles import own_style, own_style_names
    from senandung.domain.errors import SenandungError

    rows: list[dict[str, Any]] = []
    for name in own_style_names():
        try:
            style = own_style(name)
        except SenandungError as error:
            rows.append({"name": name, "title": name, "kind": "own", "broken": str(error)})
            continue
        row = next(iter(style.ensembles.values()))
        rows.append(
            {
                "name": name,
                "title": name,
                "description": {language: style.learned(language) for language in ("id", "en")},
                "tempo": [style.bpm[0], style.bpm[-1]] if style.bpm else None,
                "metres": list(row["metres"]),
                "modes": list(dict.fromkeys(key.split()[1] for key in row["keys"])),
                "ensembles": {each: held["works"] for each, held in style.ensembles.items()},
                "by": style.by,
                "ground": style.ground,
                "kind": "own",
            }
        )
    return rows


def _network_styles_plain() -> list[dict[str, Any]]:
    """The styles of the network, in the form of the song styles; `ensembles` counts the works of each."""
    from senandung.composing.catalogue import (
        KINDS,
        TITLES,
        all_cells,
        cell_of,
        choose,
        composer_styles,
        ensembles_of,
        usual_ensemble,
    )
    from senandung.composing.pieces.asked import ANY_STYLE
    from senandung.composing.pieces.vocabulary import tempo_of_bin
    from senandung.composing.wishing import choose_players

    rows = []
    for name in composer_styles():
        chosen = choose(name)
        ensemble = usual_ensemble(chosen)
        cell = cell_of(chosen, ensemble) or all_cells(chosen)
        tempos = [tempo_of_bin(index) for index, weight in enumerate(cell.tempos) if weight > 0] or [40.0, 208.0]
        _, seats, _ = choose_players(chosen, ())
        kind = KINDS.get(name)
        title = TITLES[name] if kind is None else kind.english.capitalize()
        english = f"After the works of {title}" if kind is None else title
        indonesian = f"Menurut karya {title}" if kind is None else kind.indonesian.capitalize()
        rows.append(
            {
                "name": name,
                "title": title,
                "description": {"id": f"{indonesian}.", "en": f"{english}."},
                "tempo": [tempos[0], tempos[-1]],
                "metres": cell.metres_by_use(),
                "modes": list(dict.fromkeys(key.split()[1] for key in cell.keys)),
                "ensemble": [{"track": seat.name, "role": "", "instrument": seat.instrument} for seat in seats],
                "ensembles": ensembles_of(chosen) if ANY_STYLE not in chosen.weights else {ensemble: cell.works},
                "lead": "",
                "tuning": "equal",
                "sources": ["composers.card.md"],
                "kind": "composer" if kind is None else "music",
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
    rows = styles_plain()
    print("Song styles (with words; written by rules)")
    for row in rows:
        if row["kind"] != "song":
            continue
        description: Mapping[str, str] = row["description"]
        print(f"  {row['name']:16} {description.get('en', '')}")
        print(f"  {'':16} {row['tempo'][0]:.0f}–{row['tempo'][1]:.0f} bpm, {', '.join(row['metres'])}; "
              + ", ".join(player["instrument"] for player in row["ensemble"]))  # fmt: skip
    print("Composers and kinds of music (the network; instrumental). Ensembles with enough works, the usual one first")
    for row in rows:
        if row["kind"] in ("composer", "music"):
            print(f"  {row['name']:16} {row['title']}: {', '.join(_usual_first(row))}")
    own = [row for row in rows if row["kind"] == "own"]
    if own:
        print("Your own (senandung learn; styles show NAME)")
        for row in own:
            print(f"  {row['name']:16} {row.get('broken') or row['description']['en']}")
    print("  Blends: chopin+band, chopin:2+band:1. An ensemble may be named for its instruments: --ensemble quartet")
    print("Instruments (for --ensemble)")
    names = list(INSTRUMENTS)
    for start in range(0, len(names), 6):
        print("  " + ", ".join(names[start : start + 6]))


def _usual_first(row: Mapping[str, Any]) -> list[str]:
    """The ensembles of a style, the one that is taken where none is asked first."""
    from senandung.composing.catalogue import choose, usual_ensemble

    usual = usual_ensemble(choose(row["name"]))
    return [usual, *(name for name in row["ensembles"] if name != usual)]


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _relative(folder: Path) -> str:
    try:
        return str(folder.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(folder)
