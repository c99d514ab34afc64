"""A person's tune in a song: python bench/motif.py --works FILE --data DIR [--part songs|hums|all] [--motifs N].

`--works` is the list of works of the packed corpus (works.jsonl), `--data` the folder of the public sets: motifs are
openings of held-out works (split "valid"), which neither the tables nor the network saw, and random tunes.

- songs: every style, several motifs and seeds: an independent matcher looks for the motif where the song's plan says it
  stands, in notes alone; also by chance, in songs without it. Harmonic fit and melody measures beside songs without it.
- hums: tunes sung, hummed and whistled by the project's own voices, read back.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from senandung.api.motif import read_motif
from senandung.composing.compose import compose
from senandung.composing.decoding.engine import load_engine
from senandung.composing.motif.staging import Use
from senandung.composing.motif.theme import Staged
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style, style_names
from senandung.composing.tables import load_table
from senandung.domain.errors import SenandungError
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.motif import Motif, Statement, Theme, Tone
from senandung.domain.scales import SCALES, Key
from senandung.domain.song import Note, Provenance, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.language.lines import split_lines

SETS = ("cre_irish", "openewld", "open_hymnal", "openscore_lieder", "blasphemer_mus")

TEXTS = (
    "aku rindu kamu, malam ini hujan turun lagi",
    "Aku pulang sendiri malam ini\nlampu kota menyala satu satu\nkau tak lagi menunggu di sana\n"
    "dan aku masih menyebut namamu\nrindu ini tak tahu jalan pulang\nrindu ini tak mau juga hilang\n"
    "biarlah hujan yang bercerita\ntentang kita",
    "Terima kasih ibu, untuk semua pagi yang kau bangunkan dengan sabar\ndoamu masih menjagaku sampai hari ini",
    "pulang",
)

Line = Sequence[tuple[int, int]]
"""Onset and pitch of notes in order."""


# the matcher: it knows intervals and times between onsets, and nothing of composing


def found_at(pattern: Line, notes: Line, *, mirror: bool = False, near: int = 0) -> list[int]:
    """Onsets at which a pattern stands in a line: all intervals and all ratios of times between onsets.

    A note may be said again on its pitch before the next one of the pattern (another syllable). `near` is by how many
    semitones each interval may differ, as where a scale moves it; `mirror` turns intervals over.
    """
    sign = -1 if mirror else 1
    wanted = [sign * (b[1] - a[1]) for a, b in pairwise(pattern)]
    spans = [b[0] - a[0] for a, b in pairwise(pattern)]
    found = []
    for first in range(len(notes)):
        if _stands(wanted, spans, notes, first, near):
            found.append(notes[first][0])
    return found


def _stands(wanted: Sequence[int], spans: Sequence[int], notes: Line, first: int, near: int) -> bool:
    # the scale of time is what any note of the line behind the first says of the pattern's first span
    for second in range(first + 1, min(first + 8, len(notes))):
        if any(notes[at][1] != notes[first][1] for at in range(first, second)):
            break
        scale = (notes[second][0] - notes[first][0]) / spans[0]
        if _follows(wanted, spans, notes, first, second, scale, near):
            return True
    return False


def _follows(
    wanted: Sequence[int], spans: Sequence[int], notes: Line, first: int, second: int, scale: float, near: int
) -> bool:
    place, at = first, second
    for interval, span in zip(wanted, spans, strict=True):
        due = notes[place][0] + span * scale
        at = place + 1
        while at < len(notes) and notes[at][0] < due - 2:
            if notes[at][1] != notes[place][1]:
                return False
            at += 1
        if at >= len(notes) or abs(notes[at][0] - due) > 2:
            return False
        heard = notes[at][1] - notes[place][1]
        if abs(heard - interval) > near or (interval * heard < 0):
            return False
        place = at
    return True


def line_of(track: Track) -> Line:
    """The highest note at every onset of a track; of keys whose hands are known, of the right hand."""
    tops: dict[int, int] = {}
    for note in [note for note in track.notes if note.staff == 1] or track.notes:
        tops[note.onset] = max(note.pitch, tops.get(note.onset, 0))
    return sorted(tops.items())


def is_there(motif: Motif, one: Statement, song: Song) -> bool:
    """Whether the matcher finds a statement's tones of a motif, in its form, where the plan says."""
    tones = [(tone.onset, tone.pitch) for tone in motif.tones[one.first : one.first + one.count]]
    track = next(track for track in song.tracks if track.name == one.track)
    mirror = one.form == "inversion"
    exact = not mirror and not one.steps % 7
    line = line_of(track)
    places = found_at(tones, line, mirror=mirror, near=0 if exact else 1)
    if one.onset not in places:  # a player of chords: only what lies above the tune's lowest tone
        inside = [pitch for onset, pitch in line if one.onset <= onset < one.end]
        low = max(inside, default=0) - (max(p for _, p in tones) - min(p for _, p in tones)) - 1
        places = found_at(tones, [row for row in line if row[1] >= low], mirror=mirror, near=0 if exact else 1)
    return one.onset in places


# motifs


def held_out(works: Path, data: Path, most: int, seed: int) -> Iterator[tuple[str, Motif, Key]]:
    """Openings of held-out works: a name, the motif, and the key that the file states."""
    rows = defaultdict(list)
    for line in works.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == "valid" and row["set"] in SETS:
            rows[row["set"]].append(row)
    rng = random.Random(seed)
    names = [name for name in SETS if rows[name]]
    taken = 0
    for own in rows.values():
        rng.shuffle(own)
    while taken < most and any(rows.values()):
        for name in names:
            if not rows[name] or taken >= most:
                continue
            row = rows[name].pop()
            try:
                read = read_motif(data / row["file"])
            except SenandungError:
                continue
            yield f"{name}: {row['title']}"[:50], read.motif, read.motif.key
            taken += 1


def random_motif(seed: int) -> Motif:
    """A tune of chance: two or four bars, steps and some leaps in a scale, values of a few kinds."""
    rng = random.Random(seed)
    mode = rng.choice(("major", "minor"))
    metre = Metre.parse(rng.choice(("4/4", "4/4", "3/4", "6/8")))
    scale = [60 + 12 * octave + step for octave in (0, 1) for step in SCALES[mode]]
    values = (240, 480, 720) if metre.is_compound else (240, 480, 480, 960, 720)
    at, place, tones = rng.choice((0, 0, 0, -240)), rng.randrange(3, 9), []
    end = metre.bar_ticks * rng.choice((2, 2, 4))
    while at < end - 240:
        length = min(rng.choice(values), end - at)
        tones.append(Tone(at, length, scale[place]))
        at += length
        place = min(max(place + rng.choice((-4, -2, -1, -1, 1, 1, 2, 3, 0)), 0), len(scale) - 1)
    tones = tones[:60]
    if len({tone.pitch for tone in tones}) < 2 or len(tones) < 4:
        return random_motif(seed + 1000)
    return Motif(tuple(tones), Key.parse("C" if mode == "major" else "Cm"), metre, rng.choice((70.0, 96.0, 120.0)))


# hums


def hummed(motif: Motif, how: str, seed: int) -> tuple[np.ndarray, int]:
    """A motif as the project's voices sing it: "la" sung, hummed, or whistled by a sine that drifts."""
    from sing import RATE, by_hum, by_voice, sung  # the bench beside this one

    from senandung.domain.song import FeelingPoint, MetreChange, Section
    from senandung.domain.words import Line as Verse
    from senandung.domain.words import Words
    from senandung.language.syllables import syllabify_line
    from senandung.singing.voices import VOICES

    rng = random.Random(seed)
    lead = 2 * motif.metre.bar_ticks
    text = " ".join(["la" if how == "voice" else "na"] * len(motif.tones))
    words = Words("id", (Verse(text, syllabify_line(text, "id")),))
    voice = VOICES[rng.choice(sorted(VOICES))]
    middle = sum(tone.pitch for tone in motif.tones) / len(motif.tones)
    octave = 12 * round(((voice.low + voice.high) / 2 - middle) / 12)
    notes = tuple(
        Note(lead + tone.onset, tone.duration, tone.pitch + octave, 80, at) for at, tone in enumerate(motif.tones)
    )
    end = (notes[-1].end // motif.metre.bar_ticks + 1) * motif.metre.bar_ticks
    quarters = motif.bpm * motif.metre.beat_ticks / 480
    song = Song(
        "Hum", (Track("Vokal", "vocal", "voice", notes),), tempos=(TempoChange.at_bpm(0, quarters),),
        metres=(MetreChange(0, motif.metre),), sections=(Section("Bait", "verse", 0, end, 0.5),), words=words,
        provenance=Provenance(1, "0", "pop-ballad"),
        feeling_curve=(FeelingPoint(0, 0.0, 0.0, 0.3), FeelingPoint(end, 0.0, 0.0, 0.3)),
    )  # fmt: skip
    performance, singing = sung(song, voice, seed)
    if how == "voice":
        sound = by_voice(singing, voice, seed)
    elif how == "hum":
        sound = by_hum(singing, voice, seed)
    else:
        sound = whistled(performance.parts[0].notes, RATE, seed)
    room = np.random.default_rng(seed).normal(0, 10 ** (-50 / 20), len(sound))
    shifted = np.asarray(sound, dtype=np.float64) * 0.5 / max(float(np.abs(sound).max()), 1e-9) + room
    detuned = 2 ** (rng.uniform(-45, 45) / 1200)  # nobody hums at A4 = 440 Hz
    return np.interp(np.arange(0, len(shifted) - 1, detuned), np.arange(len(shifted)), shifted), RATE


def whistled(notes: Sequence[object], rate: int, seed: int) -> np.ndarray:
    """A whistle two octaves up: a sine with glides, a little vibrato, a drifting tuning and breath noise."""
    rng = np.random.default_rng(seed)
    end = max(note.onset + note.duration for note in notes)  # type: ignore[attr-defined]
    count = int((end + 0.3) * rate)
    times = np.arange(count) / rate
    pitch, level = np.full(count, np.nan), np.zeros(count)
    for note in notes:
        start = note.onset + rng.normal(0, 0.015)  # type: ignore[attr-defined]
        inside = (times >= start) & (times < start + note.duration * 0.95)  # type: ignore[attr-defined]
        pitch[inside] = note.pitch + 24 + rng.normal(0, 0.12)  # type: ignore[attr-defined]
        level[inside] = 1.0
    known = np.isfinite(pitch)
    pitch = np.interp(times, times[known], pitch[known])
    glide = np.ones(int(0.04 * rate)) / int(0.04 * rate)
    pitch = np.convolve(np.pad(pitch, len(glide) // 2, mode="edge"), glide, mode="same")[len(glide) // 2 :][:count]
    level = np.convolve(level, glide, mode="same")
    hz = 440 * 2 ** ((pitch - 69 + 0.15 * np.sin(2 * np.pi * 5.2 * times) + 0.04 * times) / 12)
    return level * (np.sin(2 * np.pi * np.cumsum(hz) / rate) + rng.normal(0, 0.03, count))


@dataclass(frozen=True)
class Heard:
    """How a hummed motif was read back."""

    intervals: float
    values: float
    whole: bool
    key: bool
    mode: bool
    metre: bool
    tempo: float


def hummable(motif: Motif) -> Motif:
    """The motif as slowly as people hum: its usual tone is a third of a second or longer."""
    gaps = sorted(b.onset - a.onset for a, b in pairwise(motif.tones))
    seconds = gaps[len(gaps) // 2] / motif.metre.beat_ticks * 60 / motif.bpm
    return replace(motif, bpm=max(motif.bpm * min(seconds / 0.33, 1.0), 20.0))


def collapsed(motif: Motif) -> Motif:
    """The motif with tones that are said again on one pitch joined: a closed mouth does not divide them."""
    tones: list[Tone] = []
    for tone in motif.tones:
        if tones and tones[-1].pitch == tone.pitch:
            tones[-1] = replace(tones[-1], duration=tone.end - tones[-1].onset)
        else:
            tones.append(tone)
    return replace(motif, tones=tuple(tones)) if len(tones) >= 4 else motif


def compare(truth: Motif, read: Motif) -> Heard:
    """The share of a motif's intervals and of its onset ratios that were read, by alignment of both rows."""
    from difflib import SequenceMatcher

    one, other = list(truth.intervals), list(read.intervals)
    same = sum(block.size for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())

    def ratios(motif: Motif) -> list[float]:
        spans = [b.onset - a.onset for a, b in pairwise(motif.tones)]
        return [round(b / a, 2) for a, b in pairwise(spans)]

    first, second = ratios(truth), ratios(read)
    alike = sum(block.size for block in SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks())
    return Heard(
        same / len(one),
        alike / max(len(first), 1),
        one == other and first == second,
        truth.key.is_minor == read.key.is_minor
        and (truth.tones[0].pitch - truth.key.tonic.pitch_class) % 12
        == (read.tones[0].pitch - read.key.tonic.pitch_class) % 12,
        truth.key.is_minor == read.key.is_minor,
        truth.metre.beats % 2 == read.metre.beats % 2 and truth.metre.is_compound == read.metre.is_compound,
        read.bpm / truth.bpm,
    )


# figures


def fit_of(song: Song, sung_only: Sequence[Statement] | None) -> tuple[int, int]:
    """Strong tones of the sung line (half bar or stronger, or a beat long) that are chord tones, and all of them."""
    lead = song.vocal or next(track for track in song.tracks if track.role == "melody")
    metre = song.metres[0].metre
    good = count = 0
    for note in lead.notes:
        if sung_only is not None and not any(
            one.track == lead.name and one.onset <= note.onset < one.end for one in sung_only
        ):
            continue
        if metre.weight(note.onset) < 3 and note.duration < metre.beat_ticks:
            continue
        chord = song.chord_at(note.onset)
        if chord is not None:
            good += note.pitch % 12 in chord.pitch_classes
            count += 1
    return good, count


def measures_of(song: Song) -> dict[str, float]:
    """Of the sung line, phrase by phrase: how far range and shares lie from the learned bands; and its compass."""
    lead = song.vocal or next(track for track in song.tracks if track.role == "melody")
    bands = load_table("melody")["bands"]
    phrases: list[list[int]] = [[]]
    before = None
    for note in lead.notes:
        if before is not None and note.onset - before.end >= 240:
            phrases.append([])
        phrases[-1].append(note.pitch)
        before = note
    out: dict[str, list[float]] = defaultdict(list)
    for pitches in phrases:
        if len(pitches) < 5:
            continue
        moves = [abs(b - a) for a, b in pairwise(pitches)]
        own = {
            "range": float(max(pitches) - min(pitches)),
            "repeats": sum(m == 0 for m in moves) / len(moves),
            "steps": sum(1 <= m <= 2 for m in moves) / len(moves),
            "leaps": sum(m >= 5 for m in moves) / len(moves),
        }
        for name, value in own.items():
            out[name].append(float(bands[name][0] <= value <= bands[name][2]))
    found = {name: statistics.fmean(values) for name, values in out.items()}
    pitches = [note.pitch for note in lead.notes]
    found["compass"] = float(max(pitches) - min(pitches))
    syllables = {note.syllable for note in lead.notes if note.syllable is not None}
    found["notes a syllable"] = len(lead.notes) / max(len(syllables), 1)
    return found


@contextmanager
def planned_uses() -> Iterator[list[Use]]:
    """The uses of the motif in the song that was composed last, as its plan has them before anything is played."""
    uses: list[Use] = []
    standing = Staged.standing

    def noted(staged: Staged, tracks: Sequence[Track]) -> Theme:
        uses[:] = staged.uses
        return standing(staged, tracks)

    Staged.standing = noted  # type: ignore[method-assign]
    try:
        yield uses
    finally:
        Staged.standing = standing  # type: ignore[method-assign]


def missing_of(uses: Sequence[Use], theme: Theme) -> list[Use]:
    """Uses that were planned and are not in the song, neither whole nor without a pickup that had no room."""
    there = {(one.onset, one.form, one.first + one.count) for one in theme.statements}
    lost = []
    for use in uses:
        begins = {use.onset, *[use.start + tone.onset for tone in use.tones if tone.onset >= 0][:1]}
        if not any((onset, use.form, use.first + use.count) in there for onset in begins):
            lost.append(use)
    return lost


def songs(motifs: Sequence[tuple[str, Motif]], styles: Sequence[str], seeds: Sequence[int], *, engine: bool) -> None:
    """Every motif in every style."""
    network = load_engine() if engine else None
    total, there, failed, chance = 0, 0, 0, 0
    by_form: dict[str, list[bool]] = defaultdict(list)
    sung_home: list[bool] = []
    counts: list[int] = []
    changed = planned = 0
    lost: list[str] = []
    fits: dict[str, list[tuple[int, int]]] = defaultdict(list)
    rows: dict[str, dict[str, list[float]]] = {"with": defaultdict(list), "without": defaultdict(list)}
    bad: list[str] = []
    start = time.time()
    for style in styles:
        there_style = total_style = 0
        for number, (name, motif) in enumerate(motifs):
            for seed in seeds:
                text = TEXTS[(number + seed) % len(TEXTS)]
                given = {"language": "id", "seed": seed, "version": "0", "engine": network}
                voice = style not in ("string-quartet",) or seed % 2 == 0
                lines = split_lines(text, "id")
                feeling = Feeling.named(("rindu", "girang", "sedih", "marah")[(number + seed) % 4])
                try:
                    with planned_uses() as uses:
                        song = compose(
                            feeling, load_style(style), lines, Wishes(minutes=1.5, motif=motif, voice=voice), **given
                        )
                except SenandungError as error:
                    failed += 1
                    bad.append(f"{style}, {name}, seed {seed}: {error}")
                    continue
                theme: Theme = song.motif  # type: ignore[assignment]
                planned += len(uses)
                lost += [f"{style}, {name}, seed {seed}: {use.form} at {use.onset} by "
                         f"{'the singer' if use.sung else 'a player'}" for use in missing_of(uses, theme)]  # fmt: skip
                same = _same_tune(motif, theme.motif)
                changed += not same
                lead = song.vocal or next(track for track in song.tracks if track.role == "melody")
                known = [one for one in theme.statements if is_there(motif if same else theme.motif, one, song)]
                for one in theme.statements:
                    by_form[one.form].append(one in known)
                total_style += len(theme.statements)
                there_style += len(known)
                counts.append(len(theme.statements))
                home = any(one.track == lead.name and one.form in ("statement", "repetition") for one in known)
                sung_home.append(home)
                if not home:
                    bad.append(f"{style}, {name}, seed {seed}: no whole statement is sung")
                plain = compose(
                    feeling, load_style(style), lines,
                    Wishes(minutes=1.5, voice=voice, metre=song.metres[0].metre, key=song.keys[0].key), **given,
                )  # fmt: skip
                pattern = [(tone.onset, tone.pitch) for tone in theme.motif.tones]
                chance += any(found_at(pattern[:6], line_of(t)) for t in plain.tracks if not t.sound.drum)
                fits["motif"].append(fit_of(song, theme.statements))
                fits["with"].append(fit_of(song, None))
                fits["without"].append(fit_of(plain, None))
                for kind, each in (("with", song), ("without", plain)):
                    for what, value in measures_of(each).items():
                        rows[kind][what].append(value)
        total, there = total + total_style, there + there_style
        print(f"{style:20} {there_style}/{total_style} statements found where the plan says", flush=True)
    print(f"all: {there}/{total} = {there / max(total, 1):.4f}; {len(sung_home)} songs, {failed} refused, "
          f"{changed} tunes adapted; {statistics.fmean(counts):.1f} statements a song; "
          f"a whole statement sung in {sum(sung_home)}/{len(sung_home)}")  # fmt: skip
    print(f"of {planned} places that were planned {len(lost)} are not in the song:")
    for line in lost[:40]:
        print("  ", line)
    print("by form:", {form: f"{sum(found)}/{len(found)}" for form, found in sorted(by_form.items())})
    print(f"by chance: the first six tones stand somewhere in {chance}/{len(sung_home)} songs without the motif")
    for kind, pairs in fits.items():
        print(f"strong tones in the chord, {kind}: {sum(a for a, _ in pairs) / max(sum(b for _, b in pairs), 1):.3f}")
    for what in rows["with"]:
        print(f"{what:18} with {statistics.fmean(rows['with'][what]):.3f}  without "
              f"{statistics.fmean(rows['without'][what]):.3f}")  # fmt: skip
    for line in bad[:40]:
        print("  ", line)
    print(f"{time.time() - start:.0f} s")


def _same_tune(one: Motif, other: Motif) -> bool:
    """Whether two motifs have the same intervals and ratios of time."""
    if one.intervals != other.intervals:
        return False
    spans = [[b.onset - a.onset for a, b in pairwise(m.tones)] for m in (one, other)]
    scale = spans[1][0] / spans[0][0]
    return all(abs(b - a * scale) <= 2 for a, b in zip(*spans, strict=True))


def hums(motifs: Sequence[tuple[str, Motif]], seed: int) -> None:
    """Motifs sung, hummed and whistled, and read back."""
    import soundfile

    results: dict[str, list[Heard]] = defaultdict(list)
    joined: dict[str, list[Heard]] = defaultdict(list)
    failed: Mapping[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, quick) in enumerate(motifs):
            motif = hummable(quick)
            for how in ("voice", "hum", "whistle"):
                sound, rate = hummed(motif, how, seed + number)
                path = Path(folder) / f"{number}-{how}.wav"
                soundfile.write(path, sound, rate)
                try:
                    read = read_motif(path).motif
                    results[how].append(compare(motif, read))
                    joined[how].append(compare(collapsed(motif), collapsed(read)))
                except SenandungError as error:
                    failed[how].append(f"{name}: {str(error).rpartition(':')[2]}")
    for how, rows in results.items():
        means = {what: statistics.fmean(float(getattr(row, what)) for row in rows)
                 for what in ("intervals", "values", "whole", "key", "mode", "metre")}  # fmt: skip
        tempi = sum(0.9 < row.tempo < 1.12 for row in rows) / len(rows)
        print(f"{how:8} {len(rows)} read, {len(failed[how])} not: "
              + ", ".join(f"{what} {value:.3f}" for what, value in means.items()) + f", tempo {tempi:.3f}")  # fmt: skip
        print("         repeated tones joined: intervals "
              f"{statistics.fmean(row.intervals for row in joined[how]):.3f}, "
              f"values {statistics.fmean(row.values for row in joined[how]):.3f}")  # fmt: skip
        for line in failed[how][:5]:
            print("     ", line)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", choices=("songs", "hums", "all"), default="all")
    parser.add_argument("--motifs", type=int, default=12)
    parser.add_argument("--chance", type=int, default=6, help="random motifs beside those of works")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--styles", default="")
    parser.add_argument("--tables", action="store_true", help="without the network")
    given = parser.parse_args()
    works = [(name, motif) for name, motif, _ in held_out(given.works, given.data, given.motifs, given.seed)]
    motifs = [*works, *((f"chance {n}", random_motif(100 * given.seed + n)) for n in range(given.chance))]
    styles = given.styles.split(",") if given.styles else [
        name for name in style_names() if load_style(name).gendhing is None
    ]  # fmt: skip
    print(f"{len(works)} motifs of held-out works, {given.chance} of chance, {len(styles)} styles, {given.seeds} seeds")
    if given.part in ("hums", "all"):
        hums(motifs, given.seed)
    if given.part in ("songs", "all"):
        songs(motifs, styles, range(given.seed, given.seed + given.seeds), engine=not given.tables)


if __name__ == "__main__":
    main()
