"""How bands of composed songs play: what a strict arranger would count.

    make bench-arranging                                  the pop styles, ten songs each (two minutes)
    make bench-arranging ARGS="--styles folk-guitar --songs 4 --seed 100"

Notes only, nothing is rendered. A figure is the rhythm of one player in one bar (drums: with the drums struck; basses
and chords: with the contour). Every share is over all songs of a style; `docs/benchmarks.md` says what each row means.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

import numpy as np

import senandung
from senandung.composing.arranging import parallels
from senandung.domain.song import Note, Section, Song, Track

STYLES = ("pop-ballad", "pop-upbeat", "pop-rock", "folk-guitar", "pop-melayu")
TEXTS = (
    "aku rindu kamu, malam ini hujan turun lagi",
    "hari ini kita menang, ayo menari sampai pagi",
    "jalan pulang terasa jauh, lampu kota satu satu padam",
)
AROUSALS = (-0.6, -0.2, 0.2, 0.6)
STEP = 120
KICK = (35, 36)
SNARES_AND_TOMS = frozenset({37, 38, 40, 41, 43, 45, 47, 48, 50})
ACCOMPANYING = ("chords", "pad", "bass", "drums", "counter")
RISE = 1.15
"""A bar counts as building where it has so many times the struck velocity of the mean of the three bars before it."""
HOOK_NOTES = 4
"""Notes in a row whose rhythm and direction must agree for two sections to share a figure."""

ROWS = (
    "kick strokes with the bass",
    "bass tones on a kick",
    "bass stepping into a new chord",
    "different bass figures a song",
    "different figures a player and song",
    "bars with the section kind's usual figure",
    "fourth bars that differ from the one before",
    "usual chorus figures shared by two songs",
    "a voice's step between chords, semitones",
    "outer parallels in 100 changes",
    "inner voices that move inside a chord, share",
    "counter-notes in the voice's gaps",
    "rubs with the voice in 1,000 notes",
    "notes a bar: intro",
    "notes a bar: verse",
    "notes a bar: chorus",
    "notes a bar and intensity, correlation",
    "notes a bar and asked arousal, correlation",
    "choruses with a build before them",
    "songs with a breakdown",
    "intro and outro or interlude share a figure",
    "intro and chorus share a figure",
    "moments at which players enter in the first 12 bars",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--styles", default=",".join(STYLES), help="styles, divided by commas")
    parser.add_argument("--songs", type=int, default=10, help="songs of each style")
    parser.add_argument("--seed", type=int, default=0, help="the first song's; the others follow")
    given = parser.parse_args()
    styles = given.styles.split(",")
    table = {style: measure(style, range(given.seed, given.seed + given.songs)) for style in styles}
    print(f"{given.songs} songs a style, seeds {given.seed} to {given.seed + given.songs - 1}\n")
    print(f"| | {' | '.join(styles)} |")
    print(f"|{'---|' * (len(styles) + 1)}")
    for row in ROWS:
        cells = ["–" if row not in table[style] else f"{table[style][row]:.2f}" for style in styles]
        print(f"| {row} | {' | '.join(cells)} |")


def measure(style: str, seeds: Iterable[int]) -> dict[str, float]:
    """The rows of one style: means over its songs."""
    found: dict[str, list[float]] = defaultdict(list)
    usual: list[dict[str, object]] = []
    for seed in seeds:
        song = senandung.compose(TEXTS[seed % len(TEXTS)], style=style, seed=seed).song
        for measured in (_bass(song), _harmony(song), _counter(song), _density(song), _form(song)):
            for row, value in measured.items():
                found[row].append(value)
        figures, chorus = _figures(song)
        for row, value in figures.items():
            found[row].append(value)
        usual.append(chorus)
    alike = [
        float(np.mean([one[name] == other[name] for name in one.keys() & other.keys()]))
        for one, other in combinations(usual, 2)
        if one.keys() & other.keys()
    ]
    if alike:
        found["usual chorus figures shared by two songs"] = [float(np.mean(alike))]
    stirred, dense = [], []
    for number, seed in enumerate(list(seeds)[:3]):
        for arousal in AROUSALS:
            song = senandung.compose(TEXTS[number % 3], style=style, seed=seed, feeling=f"0,{arousal}").song
            stirred.append(arousal)
            dense.append(float(np.mean(list(_notes_a_bar(song).values()))))
    found["notes a bar and asked arousal, correlation"] = [float(np.corrcoef(stirred, dense)[0, 1])]
    return {row: float(np.nanmean(values)) for row, values in found.items()}


def _parts(song: Song, *roles: str) -> list[Track]:
    return [track for track in song.tracks if track.role in roles and track.notes]


def _bass(song: Song) -> dict[str, float]:
    kit = next((track for track in song.tracks if track.instrument == "drums"), None)
    basses = _parts(song, "bass")
    if not basses:
        return {}
    notes = sorted(basses[0].notes)
    onsets = {note.onset for note in notes}
    rows: dict[str, float] = {}
    if kit is not None:
        bars = {_bar(song, onset) for onset in onsets}
        kicks = {note.onset for note in kit.notes if note.pitch in KICK and _bar(song, note.onset) in bars}
        playing = {_bar(song, kick) for kick in kicks}
        if kicks:
            rows["kick strokes with the bass"] = _share(bool({k - STEP, k, k + STEP} & onsets) for k in kicks)
            rows["bass tones on a kick"] = _share(o in kicks for o in onsets if _bar(song, o) in playing)
    steps = []
    for before, after in pairwise(notes):
        change = any(chord.onset == after.onset for chord in song.chords)
        if change and after.onset and (after.pitch - before.pitch) % 12 and after.onset - before.onset <= 480:
            steps.append(abs(after.pitch - before.pitch) <= 2)
        elif change and (after.pitch - before.pitch) % 12:
            steps.append(False)
    rows["bass stepping into a new chord"] = float(np.mean(steps)) if steps else float("nan")
    rows["different bass figures a song"] = float(len(set(_by_bar(song, basses[0]).values())))
    return rows


def _bar(song: Song, tick: int) -> int:
    return tick // song.metres[0].metre.bar_ticks


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return float(np.mean(listed)) if listed else float("nan")


def _by_bar(song: Song, track: Track) -> dict[int, object]:
    """The figure of each bar in which the player begins a note."""
    bars: dict[int, list[Note]] = defaultdict(list)
    for note in sorted(track.notes):
        bars[_bar(song, note.onset)].append(note)
    figures: dict[int, object] = {}
    for number, notes in bars.items():
        start = number * song.metres[0].metre.bar_ticks
        if track.sound.drum:
            figures[number] = frozenset((note.onset - start, note.pitch) for note in notes)
            continue
        tops: dict[int, tuple[int, int]] = {}
        for note in notes:
            low, count = tops.get(note.onset - start, (note.pitch, 0))
            tops[note.onset - start] = (min(low, note.pitch), count + 1)
        rows = sorted(tops.items())
        contour = [0, *(int(np.sign(b[1][0] - a[1][0])) for a, b in pairwise(rows))]
        figures[number] = tuple(
            (onset, min(2, count), way) for (onset, (_, count)), way in zip(rows, contour, strict=True)
        )
    return figures


def _figures(song: Song) -> tuple[dict[str, float], dict[str, object]]:
    different, kept, turned = [], [], []
    chorus: dict[str, object] = {}
    kinds: dict[int, str] = {}
    for section in song.sections:
        for number in range(_bar(song, section.onset), _bar(song, section.end - 1) + 1):
            kinds[number] = section.kind
    fourth = {_bar(song, s.onset) + at for s in song.sections for at in range(3, _bars(song, s), 4)}
    for track in _parts(song, "chords", "bass", "drums"):
        figures = _by_bar(song, track)
        different.append(len(set(figures.values())))
        by_kind: dict[str, Counter[object]] = defaultdict(Counter)
        for number, figure in figures.items():
            by_kind[kinds[number]][figure] += 1
        kept += [
            counts.most_common(1)[0][1] / sum(counts.values())
            for counts in by_kind.values()
            if sum(counts.values()) > 3
        ]
        if "chorus" in by_kind:
            chorus[track.name] = by_kind["chorus"].most_common(1)[0][0]
        turned += [figures[n] != figures[n - 1] for n in fourth if n in figures and n - 1 in figures]
    rows = {
        "different figures a player and song": float(np.mean(different)),
        "bars with the section kind's usual figure": float(np.mean(kept)),
        "fourth bars that differ from the one before": _share(turned),
    }
    return rows, chorus


def _bars(song: Song, section: Section) -> int:
    return section.duration // song.metres[0].metre.bar_ticks


def _sounding(notes: Sequence[Note], tick: int) -> list[int]:
    return sorted({note.pitch for note in notes if note.onset <= tick < note.end})


def _harmony(song: Song) -> dict[str, float]:
    moved, inner, spans, found, changes = [], 0, 0, 0, 0
    bass = _parts(song, "bass")
    for track in _parts(song, "pad"):
        notes = sorted(track.notes)
        for before, after in pairwise(song.chords):
            one, other = _sounding(notes, before.onset), _sounding(notes, after.onset)
            if before.chord != after.chord and one and len(one) == len(other):
                moved.append(float(np.mean([abs(a - b) for a, b in zip(one, other, strict=True)])))
        for chord in song.chords:
            at = {note.onset for note in notes if chord.onset <= note.onset < chord.onset + chord.duration}
            if _sounding(notes, chord.onset):
                spans += 1
                inner += len(at - {chord.onset}) > 0 and chord.duration > 2 * 480
        if bass:
            tops = [
                Note(c.onset, c.duration, max(pitches), 64)
                for c in song.chords
                if (pitches := _sounding(notes, c.onset))
            ]
            lows = [
                Note(c.onset, c.duration, min(pitches), 64)
                for c in song.chords
                if (pitches := _sounding(bass[0].notes, c.onset))
            ]
            found += len(parallels(tops, lows))
            changes += len(tops)
    if not moved:
        return {}
    rows = {"a voice's step between chords, semitones": float(np.mean(moved))}
    rows["inner voices that move inside a chord, share"] = inner / max(1, spans)
    if changes:
        rows["outer parallels in 100 changes"] = 100 * found / changes
    return rows


def _counter(song: Song) -> dict[str, float]:
    voice = song.vocal
    if voice is None:
        return {}
    sung = sorted(voice.notes)
    led = [s for s in song.sections if any(s.onset <= n.onset < s.end for n in sung)]
    free, rubs, total = [], 0, 0
    for track in _parts(song, "counter"):
        for note in track.notes:
            if not any(s.onset <= note.onset < s.end for s in led):
                continue
            total += 1
            under = [s for s in sung if s.onset <= note.onset < s.end]
            free.append(not under or (under[0].duration > 480 and note.onset - under[0].onset >= 480))
            rubs += any(s.onset == note.onset and abs(s.pitch - note.pitch) in (1, 13) for s in under)
    if not total:
        return {}
    return {
        "counter-notes in the voice's gaps": _share(free),
        "rubs with the voice in 1,000 notes": 1000 * rubs / total,
    }


def _notes_a_bar(song: Song) -> dict[int, int]:
    counts = dict.fromkeys(range(_bar(song, song.end - 1) + 1), 0)
    for track in _parts(song, *ACCOMPANYING):
        for note in track.notes:
            counts[_bar(song, note.onset)] += 1
    return counts


def _density(song: Song) -> dict[str, float]:
    counts = _notes_a_bar(song)
    by_kind: dict[str, list[float]] = defaultdict(list)
    dense, full = [], []
    for section in song.sections:
        first = _bar(song, section.onset)
        here = float(np.mean([counts[n] for n in range(first, first + _bars(song, section))]))
        by_kind[section.kind].append(here)
        dense.append(here)
        full.append(section.intensity)
    rows = {
        f"notes a bar: {kind}": float(np.mean(by_kind[kind])) for kind in ("intro", "verse", "chorus") if by_kind[kind]
    }
    if len(set(full)) > 1:
        rows["notes a bar and intensity, correlation"] = float(np.corrcoef(dense, full)[0, 1])
    return rows


def _struck(song: Song, number: int) -> int:
    drums = [n for t in _parts(song, "drums") for n in t.notes if _bar(song, n.onset) == number]
    return sum(n.velocity for n in drums) + sum(n.velocity for n in drums if n.pitch in SNARES_AND_TOMS)


def _builds(song: Song, number: int) -> bool:
    """Whether a bar drives at the next one: more is struck, or all but a stroke falls silent, or the tones rise."""
    before = [_struck(song, n) for n in range(max(0, number - 3), number)]
    if before and _struck(song, number) > RISE * float(np.mean(before)):
        return True
    bar = song.metres[0].metre.bar_ticks
    late = [
        n
        for t in _parts(song, *ACCOMPANYING)
        for n in t.notes
        if number * bar + bar // 2 <= n.onset < (number + 1) * bar
    ]
    usual = [
        n
        for t in _parts(song, *ACCOMPANYING)
        for n in t.notes
        if (number - 1) * bar + bar // 2 <= n.onset < number * bar
    ]
    return len(usual) >= 6 and len(late) <= len(usual) // 4


def _form(song: Song) -> dict[str, float]:
    rows: dict[str, float] = {}
    choruses = [s for s in song.sections if s.kind == "chorus" and s.onset]
    if choruses:
        rows["choruses with a build before them"] = _share(_builds(song, _bar(song, s.onset) - 1) for s in choruses)
    bar = song.metres[0].metre.bar_ticks
    first = next((s for s in song.sections if s.kind == "chorus"), None)

    def players(onset: int, end: int) -> int:
        return len([t for t in _parts(song, *ACCOMPANYING) if any(n.onset < end and n.end > onset for n in t.notes)])

    if first is not None:
        full = players(first.onset, first.end)
        late = [s for s in song.sections if s.onset > 0.4 * song.end and s.kind not in ("intro", "outro")]
        rows["songs with a breakdown"] = float(
            any(players(s.onset + bar // 2, min(s.end, s.onset + 2 * bar)) <= full // 2 for s in late)
        )
    lines = {kind: _leading(song, kind) for kind in ("intro", "interlude", "outro")}
    chorus = [] if first is None or song.vocal is None else [
        n for n in sorted(song.vocal.notes) if first.onset <= n.onset < first.end
    ]  # fmt: skip
    if lines["intro"]:
        others = [lines[kind] for kind in ("interlude", "outro") if lines[kind]]
        if others:
            rows["intro and outro or interlude share a figure"] = float(
                any(_grams(lines["intro"]) & _grams(other) for other in others)
            )
        if chorus:
            rows["intro and chorus share a figure"] = float(bool(_grams(lines["intro"]) & _grams(chorus)))
    entries = {min(n.onset for n in t.notes) // bar for t in _parts(song, *ACCOMPANYING)}
    rows["moments at which players enter in the first 12 bars"] = float(len([e for e in entries if e < 12]))
    return rows


def _leading(song: Song, kind: str) -> list[Note]:
    """What leads in the first section of a kind: the counter-lines, and where none plays the top of the chords."""
    section = next((s for s in song.sections if s.kind == kind), None)
    if section is None:
        return []
    for roles in (("counter", "melody"), ("chords",)):
        notes = sorted(n for t in _parts(song, *roles) for n in t.notes if section.onset <= n.onset < section.end)
        if notes:
            highest = {n.onset: n for n in sorted(notes, key=lambda n: n.pitch)}
            return [highest[onset] for onset in sorted(highest)]
    return []


def _grams(notes: Sequence[Note]) -> set[tuple[tuple[int, int], ...]]:
    """Figures of `HOOK_NOTES`: distances between onsets and directions; evenly repeated tones are no figure."""
    rows = [(b.onset - a.onset, int(np.sign(b.pitch - a.pitch))) for a, b in pairwise(notes)]
    grams = {tuple(rows[at : at + HOOK_NOTES - 1]) for at in range(len(rows) - HOOK_NOTES + 2)}
    return {gram for gram in grams if len({distance for distance, _ in gram}) > 1 and any(way for _, way in gram)}


if __name__ == "__main__":
    main()
