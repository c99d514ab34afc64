# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""Data cards of the tables: sets, commits, licences, counts, what was dropped, and bits on held-out works."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from senandung.composing.tables import Context, MarkovChain
from senandung.learning import extract_chords, extract_form, extract_melody
from senandung.learning.extract_chords import SongBars
from senandung.learning.sung_parts import SungPart

LIEDER = 400
"""How many songs of OpenScore Lieder are read: those whose names' hashes come first."""

HELD_OUT = 10
"""One work in this many is held out: those whose name's hash is divisible by it."""


# measures


def chord_bits(chain: MarkovChain, songs: Sequence[SongBars]) -> tuple[float, float, float, int, float]:
    """Bits a bar of the chain, of its unigrams and of the uniform distribution; bars counted, and the share known."""
    pairs = [pair for song in songs for pair in extract_chords.examples(song)]
    known = [pair for pair in pairs if pair[1] in chain.counts[()]]
    return *_bits(chain, known), len(known), len(known) / max(len(pairs), 1)


def interval_bits(chain: MarkovChain, parts: Sequence[SungPart], mode: str) -> tuple[float, float, float, int]:
    """Bits a note of the chain, of its unigrams and of the uniform distribution; notes counted."""
    pairs = [
        pair
        for part in parts
        if part.key.mode == mode
        for phrase in extract_melody.phrases(part)
        for pair in extract_melody.interval_examples(phrase)
    ]
    return *_bits(chain, pairs), len(pairs)


def _bits(chain: MarkovChain, pairs: Sequence[tuple[Context, str]]) -> tuple[float, float, float]:
    unigrams = MarkovChain({(): chain.counts[()]}, chain.alphabet)
    return chain.bits(pairs), unigrams.bits(pairs), math.log2(len(chain.alphabet))


# cards


def _commit(data: Path, name: str) -> str:
    path = data / name / "SOURCE_COMMIT"
    return path.read_text(encoding="utf-8").strip() if path.exists() else "unknown"


def _held(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names))) or "none"


def card_chords(
    data: Path, works: dict[str, list[SongBars]], kept: dict[str, list[SongBars]], table: dict[str, Any]
) -> str:
    """The card of chords.json."""
    rows = []
    learned = {name: len(works[name]) - len(kept[name]) for name in works}
    for name, works_kept in kept.items():
        for mode, minor in (("major", False), ("minor", True)):
            chain = MarkovChain.from_plain(table[name][mode])
            songs = [song for song in works_kept if song.minor == minor]
            if not songs or not chain.alphabet:
                continue
            own, unigram, uniform, count, share = chord_bits(chain, songs)
            rows.append(
                f"| {name} | {mode} | {len(chain.alphabet)} | {own:.2f} | {unigram:.2f} | {uniform:.2f} | {count} | {share:.0%} |"
            )
    return f"""# chords.json

Chords by bar as Roman numerals: Markov chains with the place in the phrase, the bar before and two bars before.

- "pop": mcgill_billboard, CC0 (Burgoyne, Wild & Fujinaga, ISMIR 2011), {_commit(data, "mcgill_billboard")}. {learned["pop"]} songs.
- "song": openewld lead sheets, MIT, {_commit(data, "openewld")}. {learned["song"]} sheets with chords.
- "hymn": open_hymnal, public domain, {_commit(data, "open_hymnal")}. {learned["hymn"]} hymns whose four voices end together; each half bar (the bar in triple metre) has the chord that explains most of its sounding time, among triads, dominant, minor and half-diminished sevenths.
- Form: `{{table: {{"major" | "minor": {{context: {{bar: count}}}}}}}}`; the context's items are divided by tabs: place ("0".."3" in the four-bar phrase, "e2" and "e1" at a section's end), bar before, two bars before ("^verse" before a verse's first bar). A bar is one chord, or two that share it. Degrees above the tonic are those of the major scale with flats; in minor "#" raises the natural third, sixth and seventh.
- Dropped: inversions and extensions (ninths and more are sevenths, sixths and added tones are triads, power chords major), a third chord in a bar, bars seen fewer than 8 times (4 in "song" and "hymn"), contexts seen fewer than 4 times, annotations without a tonic.
- A song is minor where its tonic chord is minor more often than major. A key change inside a song is followed.
- Held out: names whose SHA-256 is divisible by {HELD_OUT}. {" ".join(f"{name}: {_held(song.name for song in held)}." for name, held in kept.items())}

Bits a bar on the held-out works (bars that the table knows; the last column says how many those are):

| table | mode | bars known | chain | unigrams | uniform | bars | known |
|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}
"""


def card_form(data: Path, pop: Sequence[SongBars]) -> str:
    """The card of form.json."""
    return f"""# form.json

Orders of sections and their lengths in bars.

- mcgill_billboard, CC0 (Burgoyne, Wild & Fujinaga, ISMIR 2011), {_commit(data, "mcgill_billboard")}. {len(pop)} songs.
- Form: `{{"orders": [[[kind, …], count], …], "bars": {{kind: {{bars: count}}}}}}`. Annotators' names are brought to eight kinds; sections of one kind that follow each other are one in "orders".
- Dropped: orders with fewer than 4 or more than {extract_form.LONGEST} sections or without verse or chorus; lengths seen fewer than 3 times; the works that chords.json holds out.
"""


def _sets(data: Path, sung: dict[str, list[SungPart]]) -> str:
    licences = {"openewld": "MIT", "open_hymnal": "public domain", "openscore_lieder": "CC0"}
    return "\n".join(
        f"- {name}: {licences[name]}, {_commit(data, name)}. {len({part.name for part in parts})} works, {len(parts)} stretches of one key and metre, {sum(note.begins for part in parts for note in part.notes)} syllables."
        for name, parts in sung.items()
    )


_DROPPED = """- Dropped: scores without 8 syllables, all verses but the first, repeats (not unfolded), grace notes, second voices, hymns that change metre or whose bars do not fit, phrases of fewer than 3 or more than 18 syllables, leaps beyond an octave.
- Phrases end where a word ends with punctuation or a rest of a beat follows. Keys: the signature's major or minor by the probe-tone profile (Krumhansl & Kessler 1982) and the last note."""


def card_melody(
    data: Path,
    sung: dict[str, list[SungPart]],
    learned: Sequence[SungPart],
    kept: Sequence[SungPart],
    table: dict[str, Any],
) -> str:
    """The card of melody.json."""
    rows = []
    for mode in ("major", "minor"):
        chain = MarkovChain.from_plain(table["intervals"][mode])
        if not chain.alphabet:
            continue
        own, unigram, uniform, count = interval_bits(chain, kept, mode)
        rows.append(f"| {mode} | {own:.2f} | {unigram:.2f} | {uniform:.2f} | {count} |")
    return f"""# melody.json

How sung lines move: intervals, chord tones on strong and weak beats, ends, arches, and the usual bands of a phrase.

{_sets(data, sung)}
- Of openscore_lieder {LIEDER} scores, those whose names' hashes come first. {table["phrases"]} phrases in all.
- Form: `intervals` {{mode: chain}} with context (semitones above the tonic, how the note was reached, beat or not); `degrees` counts; `chord_tones` {{metrical weight: [chord tones, notes]}} (openewld only); `endings`; `arches` after Huron (1996); `bands` 10 %, 50 % and 90 % of range in semitones and shares of repeats, steps and leaps in a phrase.
{_DROPPED}
- Held out ({len({part.name for part in kept})} of {len({part.name for part in [*learned, *kept]})} works): {_held(part.name for part in kept)}.

Bits a note on the held-out works:

| mode | chain | unigrams | uniform | notes |
|---|---|---|---|---|
{chr(10).join(rows)}
"""


def card_rhythm(
    data: Path, sung: dict[str, list[SungPart]], learned: Sequence[SungPart], kept: Sequence[SungPart]
) -> str:
    """The card of rhythm.json."""
    table = extract_melody.extract_rhythm(learned, keep=10_000)
    own = unigram = uniform = 0.0
    known = every = 0
    for part in kept:
        for phrase in extract_melody.phrases(part):
            for metre, place, pattern in extract_melody.bar_patterns(phrase):
                every += 1
                seen = table.get(metre, {}).get(place, {}).get(str(len(pattern.split())), {})
                if pattern in seen:
                    known += 1
                    own -= math.log2(seen[pattern] / sum(seen.values()))
                    pooled = _pooled(table, metre)
                    unigram -= math.log2(pooled[pattern] / sum(pooled.values()))
                    uniform += math.log2(len(pooled))
    count = max(known, 1)
    return f"""# rhythm.json

Where the syllables of a sung bar begin.

{_sets(data, sung)}
- Form: `{{metre: {{"first" | "inner" | "last" | "only": {{syllables: {{pattern: count}}}}}}}}`; a pattern is onsets in sixteenths from the bar line; the place is the bar's in its phrase. `pickups`: sixteenths before the first bar line. 2/2, 3/2 and 4/2 are read in halved values. The 24 commonest patterns of each number are kept, those seen once are not.
{_DROPPED}
- Held out as in melody.json. Bits a bar there, given metre, place and number of syllables: {own / count:.2f}; given the metre alone {unigram / count:.2f}; uniform over the metre's patterns {uniform / count:.2f} ({known} bars, {known / max(every, 1):.0%} of all; the others have patterns never seen).
"""


def card_drums(data: Path, table: dict[str, Any]) -> str:
    """The card of drums.json."""
    return f"""# drums.json

Drum bars per style, from human performances.

- Set: groove_midi (Gillick et al. 2019), CC BY 4.0, copy in {_commit(data, "groove_midi")}. {sum(style["bars"] for style in table.values())} bars in {len(table)} styles.
- Used: rows of info.csv with split = train whose file is in the archive. Dropped: validation and test rows, styles with fewer than 16 bars, bars with fewer than 5 strokes, the last bar of each performance.
- Form: `{{style: {{"metre", "steps", "bars", "patterns": [{{"hits": {{"36": [[step, velocity], …]}}, "count": n}}], "fills": [{{"hits", "count"}}]}}}}`. Keys are General MIDI percussion keys (36 bass drum, 38 snare, 37 cross-stick, 42 closed, 46 open, 44 pedal hat, 51 ride, 53 bell, 49 and 57 crash, 48, 45, 43 toms). `steps` are sixteenths in the bar (16 in 4/4, 12 in 3/4 and 6/8). `count` is the number of performances that play the pattern; patterns stand in falling order of it. A pattern is one set of bass drum, snare and cross-stick strokes; the other sounds and all velocities are those of at least two fifths of, and the mean over, its bars that keep time on the same cymbal. Styles in another metre have it in their name (`rock 6/8`). `fills` are second halves of bars of the fills in 4/4 (steps 8 to 15), four to twelve strokes, where no stroke lies further than .3 of a sixteenth from the grid; they may be empty.
- Micro-timing is not kept: drum-feel.safetensors has it.
- Weights: CC BY 4.0. Attribution stands in NOTICE.
"""


def _pooled(table: dict[str, Any], metre: str) -> Counter[str]:
    pooled: Counter[str] = Counter()
    for numbers in table[metre].values():
        for seen in numbers.values():
            pooled.update(seen)
    return pooled
