"""OpenUtau projects (USTX 0.9): the vocal part in and out.

Lyrics follow OpenUtau's ways: an English word stands on its first note and "+" asks for its next syllable; in
Indonesian, for which banks are sung syllable by syllable, each note has its own. "+~" holds the syllable before. The
comment of the part holds all words with their syllables divided by "·", so that none are lost.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError
from senandung.domain.metre import Metre
from senandung.domain.scales import key_of_pitch_class
from senandung.domain.singing import Singing
from senandung.domain.song import KeyChange, MetreChange, Note, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.domain.words import Words
from senandung.files.building import Part, build_song
from senandung.files.limits import MAX_NOTES, MAX_TICKS, checked_song
from senandung.files.lyrics import SungText
from senandung.files.provenance import fields_of_text, label_of, label_text, provenance_of_fields
from senandung.files.reading import MEGABYTE, decode_text, read_bytes
from senandung.files.ustx_curves import pitch_points, ustx_curves
from senandung.files.writing import write_atomically
from senandung.language.syllables import syllabify_word

MAX_BYTES = 10 * MEGABYTE

MAX_ALIASES = 16
"""The most YAML aliases of a file; OpenUtau writes none, and many are how a small file pretends to be huge."""

WITH_THE_LEAD = 0.8
"""The share of a part's notes that must begin with the leading part's for it to sing along with that."""

MAX_DEPTH = 50
"""The most that YAML lists and mappings may stand in each other."""

EXPRESSIONS: tuple[tuple[str, str, str, int, int, int], ...] = (
    ("dyn", "dynamics (curve)", "Curve", -240, 120, 0),
    ("pitd", "pitch deviation (curve)", "Curve", -1200, 1200, 0),
    ("clr", "voice color", "Options", 0, -1, 0),
    ("vel", "velocity", "Numerical", 0, 200, 100),
    ("vol", "volume", "Numerical", 0, 200, 100),
    ("genc", "gender (curve)", "Curve", -100, 100, 0),
    ("brec", "breathiness (curve)", "Curve", -100, 100, 0),
    ("tenc", "tension (curve)", "Curve", -100, 100, 0),
    ("voic", "voicing (curve)", "Curve", 0, 100, 100),
    ("shfc", "tone shift (curve)", "Curve", -1200, 1200, 0),
)
"""OpenUtau's expressions as a new project declares them: abbreviation, name, type, least, most, default."""


def save_ustx(song: Song, path: Path, *singings: Singing) -> None:
    """Write the song's vocal part, and those who sing along, as a project; without a vocal part it has an empty one.

    Inverse of `load_ustx` for these parts, the tempos and the metres. With `singings` of this song the project has
    their curves too (`files.ustx_curves`), and each syllable's phonemes as a hint, "rin[r i n]".
    """
    write_atomically(path, ustx_text(song, *singings).encode("utf-8"))


def ustx_text(song: Song, *singings: Singing) -> str:
    """The text of the project; the same song and singings give the same text."""
    import yaml

    sung = [song.vocal, *song.backings]
    by_track = {singing.track: singing for singing in singings}
    curves = [ustx_curves(song, by_track[part.name]) if part and part.name in by_track else [] for part in sung]
    project = {
        "name": song.title,
        "comment": label_text(label_of(song)),
        "output_dir": "Vocal",
        "cache_dir": "UCache",
        "ustx_version": "0.9",
        "resolution": TICKS_PER_QUARTER,
        "bpm": _bpm(song.tempos[0]),
        "beat_per_bar": song.metres[0].metre.numerator,
        "beat_unit": song.metres[0].metre.denominator,
        "expressions": {row[0]: _expression(row) for row in EXPRESSIONS},
        "exp_selectors": ["dyn", "pitd", "clr", "vel", "vol"],
        "exp_primary": 0,
        "exp_secondary": 1,
        "key": 7 * song.keys[0].key.fifths % 12,  # OpenUtau counts from the major key of the signature
        "time_signatures": _time_signatures(song),
        "tempos": [{"position": change.onset, "bpm": _bpm(change)} for change in song.tempos],
        "tracks": [
            {
                "singer": "",
                "phonemizer": "OpenUtau.Core.DefaultPhonemizer",
                "renderer_settings": {},
                "track_name": part.name if part else song.title,
                "track_color": "Blue",
                "mute": False,
                "solo": False,
                "volume": -7 if number else 0,
                "pan": 28 if number else 0,
                "track_expressions": [],
                "voice_color_names": [""],
            }
            for number, part in enumerate(sung)
        ],
        "voice_parts": [
            {
                "duration": max(song.end, TICKS_PER_QUARTER),
                "name": part.name if part else song.title,
                "comment": _words_comment(song.words) if part is song.vocal and part else "",
                "track_no": number,
                "position": 0,
                "notes": _notes(song, part, by_track.get(part.name)) if part else [],
                "curves": [f"of part {number}"],
            }
            for number, part in enumerate(sung)
        ],
        "wave_parts": [],
    }
    text: str = yaml.safe_dump(project, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)
    for number, rows in enumerate(curves):
        text = text.replace(f"\n  curves: [of part {number}]\n", f"\n{_curves_text(rows)}\n", 1)
    return text


def _notes(song: Song, part: Track, singing: Singing | None) -> list[dict[str, Any]]:
    """The notes of a part; with its singing, they have the hints and the points on which its pitch stands."""
    rows = [_note(note, lyric) for note, lyric in _lyrics(part.notes, song.words)]
    if singing is not None:
        hints = _hints(part.notes, song.words, singing)
        for before, note, row in zip((None, *part.notes), part.notes, rows, strict=False):
            row["pitch"]["data"] = pitch_points(before, note)
            row["lyric"] += hints.get(note, "")
    return rows


def load_ustx(path: Path) -> Song:
    """Read a project into a song: a track a part, the first with words the vocal one. Inverse of `save_ustx`.

    Pitch curves, vibrato and expressions are not read. Raises `FileError` for anything but a USTX project.
    """
    path = Path(path)
    return parse_ustx(decode_text(path, read_bytes(path, MAX_BYTES)), path)


def parse_ustx(text: str, path: Path) -> Song:
    """The song of a project's text; `path` is named in errors."""
    project = _load_yaml(text, path)
    if not isinstance(project, dict) or "voice_parts" not in project:
        raise FileError(path, "not a USTX project: it has no voice_parts")
    scale = TICKS_PER_QUARTER / _number(project.get("resolution", "480"), "resolution", path, low=1)
    names = [str(track.get("track_name") or "") for track in _rows(project.get("tracks"), "tracks", path)]
    parts: dict[int, Part] = {}
    for row in _rows(project.get("voice_parts"), "voice_parts", path):
        track = round(_number(row.get("track_no", "0"), "track_no", path))
        name = names[track] if 0 <= track < len(names) else str(row.get("name") or "")
        part = parts.setdefault(track, Part(name, instrument="voice"))
        _read_part(part, row, scale, path)
    _find_backings([parts[track] for track in sorted(parts)])
    key = round(_number(project.get("key", "0"), "key", path)) % 12
    return checked_song(
        path,
        lambda: build_song(
            str(project.get("name") or path.stem),
            [parts[track] for track in sorted(parts)],
            tempos=_tempos(project, scale, path),
            metres=_metres(project, path),
            keys=[KeyChange(0, key_of_pitch_class(key, "major"))],
            provenance=provenance_of_fields(fields_of_text(str(project.get("comment") or ""))),
        ),
    )


def project_comment(path: Path) -> str:
    """The comment of a project, in which a label stands."""
    project = _load_yaml(decode_text(path, read_bytes(path, MAX_BYTES)), path)
    return str(project.get("comment") or "") if isinstance(project, dict) else ""


def _find_backings(parts: Sequence[Part]) -> None:
    """Parts whose notes begin with those of the part with the most words sing along with it."""
    lead = max(parts, key=lambda part: len(part.lyrics), default=None)
    if lead is None or not lead.lyrics:
        return
    onsets = {note.onset for note in lead.notes}
    for part in parts:
        together = sum(note.onset in onsets for note in part.notes)
        if part is not lead and together and together >= WITH_THE_LEAD * len(part.notes):
            lead.role, part.role = "vocal", "backing"


def _curves_text(curves: Sequence[Mapping[str, Any]]) -> str:
    """The curves as YAML: an emitter for anything takes seconds for so many numbers."""
    if not curves:
        return "  curves: []"
    lines = ["  curves:"]
    for curve in curves:
        lines += [f"  - xs: {curve['xs']}", f"    ys: {curve['ys']}", f"    abbr: {curve['abbr']}"]
    return "\n".join(lines)


def _hints(notes: Sequence[Note], words: Words, singing: Singing) -> dict[Note, str]:
    """OpenUtau's phonetic hint of each note that has a lyric: a syllable's phonemes, in English a word's."""
    sounds: dict[int, list[str]] = {}
    for each in singing.phonemes:
        sounds.setdefault(each.syllable, []).append(each.symbol)
    hints: dict[Note, str] = {}
    begun: set[int] = set()
    for note in notes:
        number = note.syllable
        if number is None or number not in sounds or number in begun:
            continue
        begun.add(number)
        said = sounds[number]
        if words.language == "en":
            if not words.syllables[number].begins_word:
                continue
            for following in range(number + 1, len(words.syllables)):
                if words.syllables[following].begins_word:
                    break
                said = [*said, *sounds.get(following, [])]
        hints[note] = f"[{' '.join(said)}]"
    return hints


def _expression(row: tuple[str, str, str, int, int, int]) -> dict[str, Any]:
    abbreviation, name, kind, low, high, default = row
    expression: dict[str, Any] = {
        "name": name, "abbr": abbreviation, "type": kind, "min": low, "max": high, "default_value": default,
        "is_flag": False, "flag": "",
    }  # fmt: skip
    return {**expression, "options": []} if kind == "Options" else expression


def _bpm(change: TempoChange) -> float:
    return round(change.bpm, 9)


def _time_signatures(song: Song) -> list[dict[str, int]]:
    bars = {tick: index for index, tick in enumerate(song.bar_starts() or (0,))}
    return [
        {"bar_position": bars[onset], "beat_per_bar": metre.numerator, "beat_unit": metre.denominator}
        for onset, metre in ((change.onset, change.metre) for change in song.metres)
        if onset in bars
    ]


def _words_comment(words: Words) -> str:
    lines = []
    for line in words.lines:
        text = ""
        for syllable in line.syllables:
            text += ("" if not text else " " if syllable.begins_word else "·") + syllable.text
        lines.append(text)
    return "\n".join(lines)


def _lyrics(notes: Sequence[Note], words: Words) -> list[tuple[Note, str]]:
    lyrics: list[tuple[Note, str]] = []
    before: int | None = None
    for note in notes:
        if note.syllable is None:
            lyric = "a"
        elif note.syllable == before:
            lyric = "+~"
        elif words.language == "en":
            syllable = words.syllables[note.syllable]
            lyric = _word_at(words, note.syllable) if syllable.begins_word else "+"
        else:
            lyric = words.syllables[note.syllable].text.rstrip("-")
        before = note.syllable
        lyrics.append((note, lyric or "a"))
    return lyrics


def _word_at(words: Words, number: int) -> str:
    text = words.syllables[number].text
    for syllable in words.syllables[number + 1 :]:
        if syllable.begins_word:
            break
        text += syllable.text
    return text


def _note(note: Note, lyric: str) -> dict[str, Any]:
    return {
        "position": note.onset,
        "duration": note.duration,
        "tone": note.pitch,
        "lyric": lyric,
        "pitch": {
            "data": [{"x": -40, "y": 0, "shape": "io"}, {"x": 40, "y": 0, "shape": "io"}],
            "snap_first": True,
        },
        "vibrato": {
            "length": 0, "period": 175, "depth": 25, "in": 10, "out": 10, "shift": 0, "drift": 0, "vol_link": 0,
        },
        "phoneme_expressions": [],
        "phoneme_overrides": [],
    }  # fmt: skip


def _load_yaml(text: str, path: Path) -> Any:
    """YAML with every scalar as text, so that the lyric "no" stays a word."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        aliases = depth = 0
        for event in yaml.parse(text, Loader=loader):
            aliases += isinstance(event, yaml.AliasEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if aliases > MAX_ALIASES:
                raise FileError(path, f"a USTX project may use at most {MAX_ALIASES} YAML aliases")
            if depth > MAX_DEPTH:
                raise FileError(path, f"a USTX project may nest YAML at most {MAX_DEPTH} deep")
        return yaml.load(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise FileError(path, f"damaged YAML: {error.problem or 'unreadable'}", line=line) from error
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        raise FileError(path, f"damaged YAML: {str(error).splitlines()[0][:100] or 'unreadable'}") from error


def _rows(value: Any, name: str, path: Path) -> list[dict[str, Any]]:
    if value in (None, "", "null"):
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise FileError(path, f"{name} must be a list of rows, got {str(value)[:40]!r}")
    return value


def _number(value: Any, name: str, path: Path, low: float = -1e9) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or not low <= number <= 1e9:
        raise FileError(path, f"{name} must be a number, got {str(value)[:40]!r}")
    return number


def _read_part(part: Part, row: Mapping[str, Any], scale: float, path: Path) -> None:
    start = _number(row.get("position", "0"), "position", path)
    sung: list[tuple[Tick, str]] = []
    for note in _rows(row.get("notes"), "notes", path):
        lyric = str(note.get("lyric") or "").strip()
        if lyric in ("R", "r"):
            continue
        onset = round((start + _number(note.get("position"), "position", path)) * scale)
        duration = max(1, round(_number(note.get("duration"), "duration", path) * scale))
        pitch = round(_number(note.get("tone"), "tone", path))
        if onset < 0 or onset + duration > MAX_TICKS or not 0 <= pitch <= 127 or len(part.notes) >= MAX_NOTES:
            raise FileError(path, f"a note must lie in 0..{MAX_TICKS} ticks and pitches 0..127, got {note!r:.80}")
        part.notes.append(Note(onset, duration, pitch))
        sung.append((onset, re.sub(r"\[[^\]]*\]", "", lyric).strip() or "a"))
    stated = _stated_words(str(row.get("comment") or ""))
    starts = [onset for onset, lyric in sung if lyric not in ("+~", "+*", "-")]
    if stated and len(stated) == len(starts):
        part.lyrics.update(zip(starts, stated, strict=True))
        return
    _place_lyrics(part, sung)


def _place_lyrics(part: Part, sung: Sequence[tuple[Tick, str]]) -> None:
    index = 0
    while index < len(sung):
        onset, lyric = sung[index]
        index += 1
        if lyric in ("+~", "+*", "-"):
            continue
        places = [onset]
        while index < len(sung) and sung[index][1] in ("+", "+~", "+*", "-"):
            if sung[index][1] == "+":
                places.append(sung[index][0])
            index += 1
        word = "a" if lyric == "+" else lyric
        divided = [syllable.text for syllable in syllabify_word(word, "en")]
        if len(places) == 1 or len(divided) != len(places):
            divided = [word]
        for place, text in enumerate(divided):
            part.lyrics[places[place]] = SungText(text, place == 0, place == len(divided) - 1)


def _stated_words(comment: str) -> list[SungText]:
    """The syllables of a part's comment as `save_ustx` writes it."""
    stated = []
    for line in comment.split("\n"):
        words = [word.split("·") for word in line.split()]
        for place, syllables in enumerate(words):
            for nth, text in enumerate(syllables):
                last = nth == len(syllables) - 1
                stated.append(SungText(text, nth == 0, last, last and place == len(words) - 1))
    return stated


def _tempos(project: Mapping[str, Any], scale: float, path: Path) -> list[TempoChange]:
    rows = _rows(project.get("tempos"), "tempos", path) or [{"position": "0", "bpm": project.get("bpm", "120")}]
    return [
        TempoChange.at_bpm(
            round(_number(row.get("position", "0"), "position", path, low=0) * scale),
            _number(row.get("bpm"), "bpm", path),
        )
        for row in rows
    ]


def _metres(project: Mapping[str, Any], path: Path) -> list[MetreChange]:
    rows = _rows(project.get("time_signatures"), "time_signatures", path)
    if not rows and "beat_per_bar" in project:
        rows = [{"bar_position": "0", "beat_per_bar": project["beat_per_bar"], "beat_unit": project.get("beat_unit")}]
    changes: list[MetreChange] = []
    bar = tick = 0
    for row in sorted(rows, key=lambda row: _number(row.get("bar_position", "0"), "bar_position", path)):
        position = round(_number(row.get("bar_position", "0"), "bar_position", path, low=0))
        if changes:
            tick += (position - bar) * changes[-1].metre.bar_ticks
        elif position:
            tick = position * Metre().bar_ticks
        bar = position
        numerator = round(_number(row.get("beat_per_bar"), "beat_per_bar", path))
        changes.append(MetreChange(tick, Metre(numerator, round(_number(row.get("beat_unit"), "beat_unit", path)))))
    return changes
