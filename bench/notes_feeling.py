"""How the reader of notes agrees with what scores say of themselves, with what was asked of a composer, and with sound.

    .venv/bin/python bench/notes_feeling.py scores --data DIR [--part test]
    .venv/bin/python bench/notes_feeling.py composed --pieces 15 --seed 500
    .venv/bin/python bench/notes_feeling.py sound FOLDER...

`scores`: no set of notes with people's ratings is among the data. What scores say of themselves stands in for it: tempo
and mood words (slow or grave against fast or lively) and stated keys. Composers are split in two by a hash of their
name; usual values, units and weights of the reader were set while looking at one half (`--part dev`), the figures are
of the other. Words of tempo set the playback's tempo in most scores, so that reading arousal from seconds is circular:
every score is also read at one tempo, and with neither tempo nor density.

`composed`: pieces that were composed for a point of the plane, as `senandung compose --feeling` does. Composer and
reader share their cues: nearly circular. It says that what is asked arrives in the notes and is read from them.

`sound`: songs of one's own (song.json beside song.wav): the notes' reading against the sound's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from senandung.api.compose import compose
from senandung.domain.errors import SenandungError
from senandung.domain.song import Song
from senandung.domain.tempo import TempoChange
from senandung.files.notes import load_notes
from senandung.files.song_json import load_song
from senandung.sensing.notes.cues import NoteCues, find_note_cues
from senandung.sensing.notes.events import Events, events_of_song
from senandung.sensing.notes.read import read_notes
from senandung.sensing.notes.rules import RULES, feel_notes

SLOW = r"adagio|largo|larghetto|lento|grave|mesto|dolente|langsam|lamentoso|adagietto"
FAST = r"allegro|presto|vivace|vivo|con brio|giocoso|scherzando|schnell|lebhaft|rasch|prestissimo"
NEITHER = r"moderato|non troppo|andante|allegretto|andantino|allegro moderato|ma non"

FIXED = 96.0
"""Quarters a minute at which every score is also read."""

QUADRANTS = {"glad": (0.6, 0.6), "angry": (-0.6, 0.6), "sad": (-0.6, -0.6), "calm": (0.6, -0.6)}

SONG_STYLES = ("pop-ballad", "pop-upbeat", "keroncong", "pop-rock", "folk-guitar", "dangdut", "pop-melayu")
CLASSICAL = ("chopin", "mozart", "bach", "schubert")


def auc(values: Sequence[float], labels: Sequence[bool]) -> float:
    """How often a value of the one class lies above one of the other; .5 is chance.

    >>> auc([1, 2, 3], [False, False, True])
    1.0
    """
    high = np.array([v for v, told in zip(values, labels, strict=True) if told])
    low = np.array([v for v, told in zip(values, labels, strict=True) if not told])
    if not len(high) or not len(low):
        return float("nan")
    difference = high[:, None] - low[None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def interval(values: Sequence[float], labels: Sequence[bool], *, seed: int = 1) -> str:
    """The AUC with its 95 % interval over 500 draws of the pieces."""
    rng = np.random.default_rng(seed)
    rows = np.array(values), np.array(labels, dtype=bool)
    drawn = []
    for _ in range(500):
        at = rng.integers(0, len(rows[0]), len(rows[0]))
        drawn.append(auc(rows[0][at].tolist(), rows[1][at].tolist()))
    low, high = np.nanpercentile(drawn, (2.5, 97.5))
    return f"{auc(values, labels):.3f} [{low:.3f}, {high:.3f}]"


# scores


def scores(data: Path, most: int, part: str) -> list[dict[str, Any]]:
    """The cues of labelled scores of one half of the composers."""
    sources: dict[str, Callable[[Path], Iterator[tuple[Path, str, str, str]]]] = {
        "polish": _polish, "lieder": _lieder, "mutopia": _mutopia,
    }  # fmt: skip
    rows = []
    for source, find in sources.items():
        chosen = [row for row in find(data) if _half(row[1]) == part]
        chosen.sort(key=lambda row: (not row[2], hashlib.sha1(row[0].name.encode()).hexdigest()))
        began, count = time.perf_counter(), 0
        for path, composer, pace, mode in chosen:
            if count >= most:
                break
            try:
                song = load_notes(path)
                stated = _cues(events_of_song(song))
                fixed = _cues(events_of_song(replace(song, tempos=(TempoChange.at_bpm(0, FIXED),))))
            except SenandungError:
                continue
            if stated is None or fixed is None:
                continue
            count += 1
            rows.append({
                "source": source, "composer": composer, "path": path.name, "pace": pace, "mode": mode,
                "stated": asdict(stated), "fixed": asdict(fixed),
            })  # fmt: skip
        sys.stderr.write(f"{source}: {count} scores, {time.perf_counter() - began:.0f} s\n")
    return rows


def _cues(events: Events) -> NoteCues | None:
    pitched = int((~events.drum).sum())
    return find_note_cues(events).whole if pitched >= 40 else None


def _half(composer: str) -> str:
    return "dev" if int(hashlib.sha1(composer.encode()).hexdigest(), 16) % 2 else "test"


def pace_of(text: str) -> str:
    """fast, slow or nothing, by the words of a heading.

    >>> pace_of("Allegro con brio"), pace_of("Adagio"), pace_of("Allegro moderato")
    ('fast', 'slow', '')
    """
    text = text.lower()
    slow, fast = re.search(rf"\b({SLOW})\b", text), re.search(rf"\b({FAST})\b", text)
    if re.search(rf"\b({NEITHER})\b", text) or bool(slow) == bool(fast):
        return ""
    return "slow" if slow else "fast"


def _polish(data: Path) -> Iterator[tuple[Path, str, str, str]]:
    for path in sorted((data / "polish_scores").rglob("*.krn")):
        text = path.read_text(encoding="utf-8", errors="replace")[:20_000]
        composer = re.search(r"^!!!COM: (.+)$", text, re.MULTILINE)
        heading = " ".join(re.findall(r"^!!!(?:OMD|OTL)[^:]*:\s*(.+)$", text, re.MULTILINE))
        key = re.search(r"^\*([a-gA-G])[#-]*:", text, re.MULTILINE)
        pace, mode = pace_of(heading), "" if key is None else "major" if key[1].isupper() else "minor"
        if pace or mode:
            yield path, composer[1] if composer else path.parts[-2], pace, mode


def _lieder(data: Path) -> Iterator[tuple[Path, str, str, str]]:
    for path in sorted((data / "openscore_lieder").rglob("*.mxl")):
        try:
            with zipfile.ZipFile(path) as archive:
                inside = [item for item in archive.namelist() if item.endswith((".xml", ".musicxml"))]
                name = next(item for item in inside if "META" not in item)
                text = archive.read(name).decode("utf-8", "replace")
        except (OSError, StopIteration, zipfile.BadZipFile):
            continue
        pace = pace_of(" ".join(re.findall(r"<words[^>]*>([^<]+)</words>", text[:60_000])[:2]))
        if pace:
            yield path, path.parts[-4], pace, ""


def _mutopia(data: Path) -> Iterator[tuple[Path, str, str, str]]:
    for line in (data / "mutopia" / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        title = row["title"]
        minor = re.search(r"\b(minor|moll|mineur)\b", title, re.IGNORECASE)
        major = re.search(r"\b(major|dur|majeur)\b", title, re.IGNORECASE)
        mode = "" if bool(minor) == bool(major) else "minor" if minor else "major"
        if mode:
            for file in row["midi_files"][:1]:
                yield data / "mutopia" / file["path"], row["composer_id"], "", mode


def felt(cues: dict[str, Any], *, without: Iterable[str] = (), dynamics: bool = True) -> tuple[float, float]:
    """Valence and arousal of stored cues, some rules left out."""
    own = NoteCues(**cues)
    told = feel_notes(own, dynamics=dynamics and own.velocity is not None)
    left = [told.shares[rule.name] for rule in RULES if rule.name not in set(without)]
    return sum(share[0] for share in left), sum(share[1] for share in left)


def scores_table(rows: Sequence[dict[str, Any]]) -> str:
    """Figures of labelled scores in Markdown."""
    lines = [
        "| scores | slow, fast | in seconds (circular) | at one tempo | without tempo and density | nor dynamics |",
        "|---|---|---|---|---|---|",
    ]
    pace = ("tempo", "onsets")
    for source in (*dict.fromkeys(row["source"] for row in rows), "all"):
        told = [row for row in rows if row["pace"] and source in (row["source"], "all")]
        if not told:
            continue
        fast = [row["pace"] == "fast" for row in told]
        cells = [
            interval([felt(row["stated"])[1] for row in told], fast),
            interval([felt(row["fixed"], without=("tempo",))[1] for row in told], fast),
            interval([felt(row["fixed"], without=pace)[1] for row in told], fast),
            interval([felt(row["fixed"], without=pace, dynamics=False)[1] for row in told], fast),
        ]
        lines.append(f"| {source} | {fast.count(False)}, {fast.count(True)} | " + " | ".join(cells) + " |")
    lines += ["", "| scores | minor, major | valence | majorness | mode is right |", "|---|---|---|---|---|"]
    for source in (*dict.fromkeys(row["source"] for row in rows), "all"):
        told = [row for row in rows if row["mode"] and source in (row["source"], "all")]
        if not told:
            continue
        major = [row["mode"] == "major" for row in told]
        cells = [
            interval([felt(row["stated"])[0] for row in told], major),
            interval([row["stated"]["majorness"] for row in told], major),
        ]
        signs = [(row["stated"]["majorness"] > 0) == one for row, one in zip(told, major, strict=True)]
        right = [np.mean([s for s, one in zip(signs, major, strict=True) if one is mode]) for mode in (False, True)]
        cells.append(f"{100 * right[0]:.0f} %, {100 * right[1]:.0f} %")
        lines.append(f"| {source} | {major.count(False)}, {major.count(True)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


# composed


def composed(pieces: int, seed: int) -> list[dict[str, Any]]:
    """Compose pieces for each quadrant, half songs and half in classical styles, and read their notes."""
    rows = []
    for name, (valence, arousal) in QUADRANTS.items():
        for number in range(pieces):
            styles = SONG_STYLES if number % 2 else CLASSICAL
            style = styles[number // 2 % len(styles)]
            options: dict[str, Any] = {"bars": 24} if style in CLASSICAL else {"minutes": 1.0}
            made = compose(
                *(("hujan turun di atas kota, aku duduk menunggu malam",) if style in SONG_STYLES else ()),
                style=style, feeling=f"{valence},{arousal}", seed=seed + number, **options,
            )  # fmt: skip
            rows.append({"quadrant": name, "style": style, "songs": style in SONG_STYLES, **_read(made.song)})
        sys.stderr.write(f"{name} done\n")
    return rows


def _read(song: Song) -> dict[str, Any]:
    events = events_of_song(song)
    reading = read_notes(events, "piece")
    cues = find_note_cues(events).whole
    without = feel_notes(cues, dynamics=False)
    return {
        "valence": reading.feeling.valence, "arousal": reading.feeling.arousal,
        "valence without": without.valence, "arousal without": without.arousal, "cues": asdict(cues),
    }  # fmt: skip


def composed_table(rows: Sequence[dict[str, Any]]) -> str:
    """Figures of composed pieces in Markdown."""
    lines = ["| pieces | reader | four quadrants | valence AUC | arousal AUC | " + " | ".join(QUADRANTS) + " |"]
    lines.append("|---|" + "---|" * 8)
    for label, chosen in (
        ("songs", [row for row in rows if row["songs"]]),
        ("classical", [row for row in rows if not row["songs"]]),
        ("all", list(rows)),
    ):
        for kind, suffix in (("with velocity", ""), ("without", " without")):
            values = [(row["valence" + suffix], row["arousal" + suffix]) for row in chosen]
            asked = [QUADRANTS[row["quadrant"]] for row in chosen]
            heard = [
                next(name for name, at in QUADRANTS.items() if (at[0] > 0, at[1] > 0) == (v > 0, a > 0))
                for v, a in values
            ]
            right = np.mean([one == row["quadrant"] for one, row in zip(heard, chosen, strict=True)])
            cells = [f"{100 * right:.0f} % of {len(chosen)}"]
            cells += [interval([v[axis] for v in values], [a[axis] > 0 for a in asked]) for axis in (0, 1)]
            for name in QUADRANTS:
                here = [one for one, row in zip(heard, chosen, strict=True) if row["quadrant"] == name]
                cells.append(", ".join(f"{other} {here.count(other)}" for other in QUADRANTS if other in here))
            lines.append(f"| {label} | {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


# sound


def beside_sound(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Songs of one's own: what is read of the notes and of the sound."""
    from senandung.audio.hearing import RATE, hear
    from senandung.files.audio import load_audio
    from senandung.sensing.sound.song import read_song

    rows = []
    for folder in folders:
        song = load_song(folder / "song.json")
        sound = read_song(hear([load_audio(folder / "song.wav", sample_rate=RATE, mono=True).samples[0]]))
        notes = read_notes(events_of_song(song), folder.name)
        heard = {round(window.start): window for window in sound.windows}
        pairs = [(span, heard[round(span.start)]) for span in notes.curve if round(span.start) in heard]
        inside = [
            float(np.corrcoef([getattr(a, axis) for a, _ in pairs], [getattr(b, axis) for _, b in pairs])[0, 1])
            for axis in ("valence", "arousal")
        ]
        rows.append({
            "song": folder.name, "style": song.provenance.style, **_read(song), "inside": inside,
            "sound valence": sound.feeling.valence, "sound arousal": sound.feeling.arousal,
        })  # fmt: skip
    return rows


def sound_table(rows: Sequence[dict[str, Any]]) -> str:
    """Correlations between the notes' reading and the sound's."""
    lines = ["| | valence | arousal |", "|---|---|---|"]
    for label, suffix in (("with velocity", ""), ("without", " without")):
        cells = [
            f"{np.corrcoef([row[axis + suffix] for row in rows], [row[f'sound {axis}'] for row in rows])[0, 1]:.2f}"
            for axis in ("valence", "arousal")
        ]
        lines.append(f"| between songs, {label} | " + " | ".join(cells) + " |")
    inside = np.array([row["inside"] for row in rows])
    middle = np.nanmedian(inside, axis=0)
    lines.append(f"| inside a song, median | {middle[0]:.2f} | {middle[1]:.2f} |")
    apart = [
        f"{np.mean([abs(row[axis] - row[f'sound {axis}']) for row in rows]):.2f}" for axis in ("valence", "arousal")
    ]
    lines.append("| mean distance | " + " | ".join(apart) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("scores", "composed", "sound"))
    parser.add_argument("folders", nargs="*", type=Path, help="song folders, for sound")
    parser.add_argument("--data", type=Path, help="folder with the public data")
    parser.add_argument("--part", choices=("dev", "test"), default="test")
    parser.add_argument("--most", type=int, default=300, help="scores of each source")
    parser.add_argument("--pieces", type=int, default=15, help="pieces of each quadrant")
    parser.add_argument("--seed", type=int, default=500)
    parser.add_argument("--json", type=Path, help="file for all figures; read instead of measured where it exists")
    given = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    print(f"commit {commit.stdout.strip()}, {platform.machine()}\n", flush=True)
    rows: list[dict[str, Any]]
    if given.json and given.json.exists():
        rows = json.loads(given.json.read_text())
    elif given.what == "scores":
        if given.data is None:
            parser.error("scores need --data DIR")
        rows = scores(given.data, given.most, given.part)
    elif given.what == "composed":
        rows = composed(given.pieces, given.seed)
    else:
        rows = beside_sound(given.folders)
    if given.json and not given.json.exists():
        given.json.write_text(json.dumps(rows))
    print({"scores": scores_table, "composed": composed_table, "sound": sound_table}[given.what](rows))


if __name__ == "__main__":
    main()
